/*
 * Threads against one shard; see apart.h.  The records are offered to the
 * crew as exch-match does it.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/crew.h"
#include "prop/apart.h"
#include "rec/stream.h"
#include "rec/zio.h"

/* So often the states are compared on the way. */
#define STOPS 8

struct side {
	struct exch_out *out;
	struct exch_writer *w;
	struct exch_match *m;
	struct exch_crew *crew;
	uint64_t hash[STOPS + 1];
	int err;
	struct exch_diag d;
};

static void
open_side(struct side *s, const struct exch_match_opts *mo, uint32_t shards,
    const struct exch_crew_opts *co)
{
	struct exch_match_opts o = *mo;
	struct exch_writer_opts wo = {
	    .format = EXCH_FMT_BIN, .checksum = true, .tool = "apart"};

	memset(s, 0, sizeof(*s));
	o.shards = shards;
	s->err = exch_out_mem(&s->out);
	if (s->err == 0)
		s->err = exch_writer_open(s->out, &wo, &s->w, &s->d);
	if (s->err == 0)
		s->err = exch_match_new(&o, s->w, &s->m, &s->d);
	if (s->err == 0 && shards > 1)
		s->err = exch_crew_new(s->m, s->w, co, &s->crew, &s->d);
}

static void
close_side(struct side *s)
{
	exch_crew_free(s->crew);
	exch_match_free(s->m);
	exch_writer_free(s->w);
	exch_out_free(s->out);
}

static void
offer(struct side *s, const struct exch_rec *r, uint64_t seq)
{
	int n = s->crew != NULL ? exch_crew_take(s->crew, r, seq, &s->d) : 1;

	if (n == 1)
		n = exch_match_advance(s->m, r->time, &s->d);
	else if (n == 0)
		return;
	if (n == 0) {
		exch_writer_copy(s->w, r, seq);
		n = exch_match_apply(s->m, r, &s->d);
	}
	s->err = n;
}

/* The state behind all records so far. */
static uint64_t
state(struct side *s)
{
	if (s->err == 0 && s->crew != NULL)
		s->err = exch_crew_catch_up(s->crew, &s->d);
	return exch_match_hash(s->m);
}

static void
run(struct side *s, const struct flow *f)
{
	size_t part = f->n / STOPS + 1;

	for (size_t k = 0; k < f->n && s->err == 0; k++) {
		union flow_cmd c = f->cmd[k];

		c.h.source = 7; /* not the writer's */
		offer(s, &c.h, k + 1);
		if (k % part == part - 1)
			s->hash[k / part] = state(s);
	}
	s->hash[STOPS] = state(s);
	if (s->err == 0)
		s->err = exch_match_advance(s->m, EXCH_TS_NONE, &s->d);
	if (s->err == 0)
		s->err = exch_match_finish(s->m, &s->d);
	if (s->err == 0)
		s->err = exch_writer_close(s->w, EXCH_STATUS_COMPLETE, &s->d);
}

/* Record by record, so that it is told where they differ. */
static const char *
same_bytes(const struct side *a, const struct side *b)
{
	static char what[200];
	size_t na, nb, n, i = 0;
	const unsigned char *x = exch_out_mem_bytes(a->out, &na);
	const unsigned char *y = exch_out_mem_bytes(b->out, &nb);

	if (na == nb && memcmp(x, y, na) == 0)
		return NULL;
	n = na < nb ? na : nb;
	while (i < n && x[i] == y[i])
		i++;
	snprintf(what, sizeof(what),
	    "threads differ from one shard in byte %zu of %zu and %zu", i, na,
	    nb);
	return what;
}

static bool
same_stats(const struct side *a, const struct side *b)
{
	struct exch_match_stats x = *exch_match_stats(a->m);
	struct exch_match_stats y = *exch_match_stats(b->m);

	/* How often somebody looked is work, and says nothing of results. */
	x.walked = y.walked = 0;
	return memcmp(&x, &y, sizeof(x)) == 0;
}

const char *
apart_differs(
    const struct flow *f, const struct exch_match_opts *mo, struct apart *a)
{
	static const struct exch_crew_opts how[] = {
	    {.batch = 5, .few = UINT32_MAX}, {.batch = 64, .few = 3},
	    {.batch = 0, .few = UINT32_MAX}};
	static const uint32_t shards[] = {2, 3, 5};
	struct side one;
	const char *what = NULL;

	open_side(&one, mo, 1, NULL);
	run(&one, f);
	if (one.err != 0)
		what = "one shard failed";
	for (size_t i = 0; i < EXCH_ARRAY_LEN(shards) && what == NULL; i++) {
		struct side many;

		open_side(&many, mo, shards[i], &how[i]);
		run(&many, f);
		if (many.err != 0)
			what = "threads failed";
		else
			what = same_bytes(&one, &many);
		if (what == NULL && !same_stats(&one, &many))
			what = "threads counted differently";
		if (what == NULL &&
		    memcmp(one.hash, many.hash, sizeof(one.hash)) != 0)
			what = "threads come to another state";
		a->records += f->n;
		if (many.crew != NULL)
			a->apart += exch_crew_stats(many.crew)->apart;
		close_side(&many);
	}
	close_side(&one);
	return what;
}
