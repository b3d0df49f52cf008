/*
 * Images of the engine: random flows of every profile, under plain rules
 * and those of many markets, in which the engine is written to bytes at
 * random moments and another one goes on from them.  The events are those of
 * an engine that nobody disturbed, and the hashes of the state are equal all
 * the way: whatever an image forgets shows here.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "base/image.h"
#include "prop/cases.h"
#include "rec/zio.h"

#define COMMANDS 3000
#define FLOWS 4 /* of each case */
#define MOVES 12

/* An image in memory. */
struct bytes {
	unsigned char *p;
	size_t n, cap, at;
};

static int
move_out(void *arg, void *p, size_t n)
{
	struct bytes *b = arg;

	while (b->cap - b->n < n) {
		b->cap = b->cap * 2 + 65536;
		b->p = realloc(b->p, b->cap);
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

static int
move_in(void *arg, void *p, size_t n)
{
	struct bytes *b = arg;

	if (b->n - b->at < n)
		return EXCH_ERR_CUT;
	memcpy(p, b->p + b->at, n);
	b->at += n;
	return 0;
}

struct life {
	const struct exch_match_opts *mo;
	struct exch_match *m;
	struct exch_writer *w;
	struct exch_out *out;
	unsigned moves;
	uint64_t bytes; /* of all images */
	bool same;	/* as before, after each move */
};

/* The engine goes, and another one has its state. */
static void
move(struct life *l)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct bytes b = {.n = 0};
	struct exch_image im = {.move = move_out, .arg = &b};
	struct exch_match *next = NULL;
	uint64_t hash = exch_match_hash(l->m);

	l->same = l->same && exch_match_image(l->m, &im) == 0;
	im = (struct exch_image){.reading = true, .move = move_in, .arg = &b};
	l->same = l->same && exch_match_new(l->mo, l->w, &next, &d) == EXCH_OK;
	l->same = l->same && exch_match_image(next, &im) == 0 && b.at == b.n;
	l->same = l->same && exch_match_hash(next) == hash;
	exch_match_free(l->m);
	l->m = next;
	l->moves++;
	l->bytes += b.n;
	free(b.p);
}

/* All records of the output; the caller frees them. */
static unsigned char *
run(const struct exch_match_opts *mo, const union flow_cmd *cmd,
    struct exch_rng *rng, struct life *l, size_t *n, uint64_t *hash)
{
	struct exch_writer_opts wo = {.tool = "images", .options = ""};
	struct exch_diag d = {.code = EXCH_OK};
	unsigned char *copy;
	const void *p;
	int err;

	*l = (struct life){.mo = mo, .same = true};
	if (exch_out_mem(&l->out) != EXCH_OK ||
	    exch_writer_open(l->out, &wo, &l->w, &d) != EXCH_OK ||
	    exch_match_new(mo, l->w, &l->m, &d) != EXCH_OK)
		abort();
	for (unsigned i = 0; i < COMMANDS && l->m != NULL; i++) {
		const struct exch_rec *r = &cmd[i].h;

		if (rng != NULL && exch_rng_below(rng, COMMANDS) < MOVES)
			move(l);
		err = exch_match_advance(l->m, r->time, &d);
		if (err == EXCH_OK)
			err = exch_match_apply(l->m, r, &d);
		exch_diag_clear(&d);
		l->same = l->same && (err == EXCH_OK || err == EXCH_ERR_FORMAT);
	}
	*hash = exch_match_hash(l->m);
	l->same = l->same &&
		  exch_match_advance(l->m, EXCH_TS_NONE, &d) == EXCH_OK &&
		  exch_match_finish(l->m, &d) == EXCH_OK;
	(void)exch_writer_close(l->w, EXCH_STATUS_COMPLETE, &d);
	p = exch_out_mem_bytes(l->out, n);
	copy = malloc(*n);
	memcpy(copy, p, *n);
	exch_match_free(l->m);
	exch_writer_free(l->w);
	exch_out_free(l->out);
	return copy;
}

/* What all flows of a case showed. */
struct verdict {
	bool events;
	bool hashes;
	bool moved;
	unsigned moves;
	uint64_t bytes;
};

static void
try_flow(const char *profile, bool expect, const struct exch_match_opts *mo,
    uint64_t seed, struct verdict *v)
{
	union flow_cmd *cmd =
	    case_flow(profile, expect, mo->market, seed, COMMANDS);
	unsigned char *a, *b;
	struct exch_rng rng;
	struct life one, other;
	uint64_t h1, h2;
	size_t n1, n2;

	exch_rng_seed(&rng, seed);
	a = run(mo, cmd, NULL, &one, &n1, &h1);
	b = run(mo, cmd, &rng, &other, &n2, &h2);
	v->events = v->events && n1 == n2 && memcmp(a, b, n1) == 0;
	v->hashes = v->hashes && h1 == h2;
	v->moved = v->moved && other.same && one.same;
	v->moves += other.moves;
	v->bytes += other.bytes;
	free(a);
	free(b);
	free(cmd);
}

static void
tell(const struct verdict *v, const char *what)
{
	printf("# %s: %u moves, %llu bytes each\n", what, v->moves,
	    (unsigned long long)(v->moves != 0 ? v->bytes / v->moves : 0));
	tap_ok(v->moved && v->moves >= MOVES / 2,
	    "images are written and read, the hashes equal");
	tap_ok(v->events, "  the events are those of one engine");
	tap_ok(v->hashes, "  and so is the hash in the end");
}

static void
try_case(unsigned i)
{
	struct verdict v = {.events = true, .hashes = true, .moved = true};
	struct exch_match_opts mo;
	struct exch_market market;
	struct exch_timetable table;

	case_open(i, &mo, &market, &table);
	for (uint64_t k = 0; k < FLOWS; k++)
		try_flow(cases[i].profile, cases[i].expect, &mo,
		    7 + i + 100 * k, &v);
	tell(&v, cases[i].profile);
	exch_timetable_clear(&table);
	exch_market_clear(&market);
}

/* Any profile, without a market. */
static void
try_profile(const struct flow_profile *p)
{
	struct verdict v = {.events = true, .hashes = true, .moved = true};
	struct exch_match_opts mo = {.phase = EXCH_PHASE_CONTINUOUS, .seed = 3};

	for (uint64_t k = 0; k < FLOWS; k++)
		try_flow(p->name, k == 0, &mo, 5 + 10 * k, &v);
	tell(&v, p->name);
}

/* Images that cannot be read leave an engine that can be freed. */
static void
cut_images(void)
{
	struct exch_match_opts mo = {.phase = EXCH_PHASE_CONTINUOUS};
	struct exch_writer_opts wo = {.tool = "images", .options = ""};
	union flow_cmd *cmd = case_flow("general", false, NULL, 1, 400);
	struct exch_diag d = {.code = EXCH_OK};
	struct bytes b = {.n = 0};
	struct exch_image im = {.move = move_out, .arg = &b};
	struct exch_match *m, *next;
	struct exch_writer *w;
	struct exch_out *out;
	unsigned bad = 0, tried = 0;
	size_t whole;

	exch_out_mem(&out);
	exch_writer_open(out, &wo, &w, &d);
	exch_match_new(&mo, w, &m, &d);
	for (unsigned i = 0; i < 400; i++) {
		(void)exch_match_advance(m, cmd[i].h.time, &d);
		(void)exch_match_apply(m, &cmd[i].h, &d);
		exch_diag_clear(&d);
	}
	exch_match_image(m, &im);
	whole = b.n;
	for (size_t n = 0; n < whole; n += 1 + n / 40, tried++) {
		b.n = n;
		b.at = 0;
		im = (struct exch_image){
		    .reading = true, .move = move_in, .arg = &b};
		exch_match_new(&mo, w, &next, &d);
		bad += exch_match_image(next, &im) != EXCH_ERR_CUT;
		exch_match_free(next);
	}
	tap_ok(bad == 0 && tried > 50, "an image that ends early is refused");
	b.n = whole;
	b.p[0] ^= 1;
	b.at = 0;
	im = (struct exch_image){.reading = true, .move = move_in, .arg = &b};
	exch_match_new(&mo, w, &next, &d);
	tap_is_i64(exch_match_image(next, &im), EXCH_ERR_VERSION,
	    "one of another layout as well");
	exch_match_free(next);
	b.p[0] ^= 1;
	for (tried = 1;; tried++) {
		b.at = 0;
		im = (struct exch_image){
		    .reading = true, .move = move_in, .arg = &b};
		exch_match_new(&mo, w, &next, &d);
		exch_alloc_fail_at(tried);
		bad = (unsigned)-exch_match_image(next, &im);
		exch_alloc_fail_at(0);
		exch_match_free(next);
		if (bad != (unsigned)-EXCH_ERR_NOMEM)
			break;
	}
	tap_ok(bad == 0 && tried > 5, "memory that runs out is told");
	exch_match_free(m);
	exch_writer_free(w);
	exch_out_free(out);
	free(b.p);
	free(cmd);
}

int
main(void)
{
	const struct flow_profile *p;
	unsigned n;

	p = flow_profiles(&n);
	for (unsigned i = 0; i < n; i++)
		try_profile(&p[i]);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(cases); i++)
		try_case(i);
	cut_images();
	return tap_done();
}
