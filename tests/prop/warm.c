/*
 * Once the engine has seen a day as deep as those to come, orders cost no
 * allocation: random flows of every kind (cases.h), several days of them
 * through one engine, of which the later ones are counted.  A day ends with
 * a mass cancel, so that every day begins with empty books.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "prop/cases.h"
#include "rec/stream.h"
#include "rec/zio.h"

#define COMMANDS 4000
#define WARM 3 /* days that make the engine as large as it will be */
#define DAYS 8

struct bench {
	int fd;
	struct exch_out *out;
	struct exch_writer *w;
	struct exch_match *m;
};

static void
open_bench(struct bench *b, const struct exch_match_opts *mo)
{
	struct exch_writer_opts wo = {.tool = "warm", .options = ""};
	struct exch_diag d = {.code = EXCH_OK};

	b->fd = open("/dev/null", O_WRONLY);
	if (b->fd < 0 ||
	    exch_out_fd(b->fd, EXCH_OUT_PLAIN, "null", &b->out, &d) != 0 ||
	    exch_writer_open(b->out, &wo, &b->w, &d) != 0 ||
	    exch_match_new(mo, b->w, &b->m, &d) != 0)
		abort();
}

static void
close_bench(struct bench *b)
{
	struct exch_diag d = {.code = EXCH_OK};

	exch_match_free(b->m);
	(void)exch_writer_close(b->w, EXCH_STATUS_COMPLETE, &d);
	exch_writer_free(b->w);
	exch_out_free(b->out);
	close(b->fd);
}

/* The same command a day later; an expiry is later, too. */
static void
postpone(union flow_cmd *c, uint64_t by)
{
	struct exch_ext *e = NULL;

	c->h.time += by;
	if ((c->h.flags & EXCH_F_EXT) == 0)
		return;
	if (c->h.type == EXCH_REC_NEW)
		e = (void *)exch_rec_ext(
		    &c->h, sizeof(struct exch_rec_new), EXCH_EXT_EXPIRE);
	else if (c->h.type == EXCH_REC_REPLACE)
		e = (void *)exch_rec_ext(
		    &c->h, sizeof(struct exch_rec_replace), EXCH_EXT_EXPIRE);
	if (e != NULL && e->value < EXCH_TS_NONE / 2)
		e->value += by;
}

static bool
apply(struct bench *b, const struct exch_rec *r)
{
	struct exch_diag d = {.code = EXCH_OK};

	return exch_match_advance(b->m, r->time, &d) == EXCH_OK &&
	       exch_match_apply(b->m, r, &d) == EXCH_OK;
}

static bool
day(struct bench *b, union flow_cmd *cmd, uint64_t length)
{
	struct exch_rec_mass_cancel all = {.h = {.type = EXCH_REC_MASS_CANCEL,
					       .len8 = sizeof(all) / 8,
					       .source = 1},
	    .kind = EXCH_MASS_CANCEL,
	    .side = EXCH_SIDE_NONE};
	bool ok = true;

	for (unsigned i = 0; i < COMMANDS; i++) {
		ok = ok && apply(b, &cmd[i].h);
		all.h.time = cmd[i].h.time;
		postpone(&cmd[i], length);
	}
	/* Nobody is shut out tomorrow, and nothing rests. */
	all.kind = EXCH_MASS_RELEASE;
	ok = ok && apply(b, &all.h);
	all.kind = EXCH_MASS_CANCEL;
	return ok && apply(b, &all.h);
}

static void
try_case(unsigned i)
{
	struct exch_match_opts mo;
	struct exch_market market;
	struct exch_timetable table;
	union flow_cmd *cmd;
	struct bench b;
	uint64_t length, before = 0, execs = 0;
	bool ok = true;
	char name[120];

	case_open(i, &mo, &market, &table);
	cmd = case_flow(
	    cases[i].profile, cases[i].expect, mo.market, 7 + i, COMMANDS);
	length = cmd[COMMANDS - 1].h.time - cmd[0].h.time + EXCH_SEC;
	open_bench(&b, &mo);
	for (unsigned k = 0; k < DAYS; k++) {
		if (k == WARM) {
			before = exch_alloc_count();
			execs = exch_match_stats(b.m)->execs;
		}
		ok = ok && day(&b, cmd, length);
	}
	snprintf(name, sizeof(name), "%s, %s: no allocation in %u commands",
	    cases[i].profile, mo.market != NULL ? market.name : "plain",
	    (DAYS - WARM) * COMMANDS);
	tap_is_u64(exch_alloc_count() - before, 0, name);
	tap_ok(
	    ok && exch_match_stats(b.m)->execs > execs, "  though they trade");
	close_bench(&b);
	free(cmd);
	exch_timetable_clear(&table);
	exch_market_clear(&market);
}

int
main(void)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(cases); i++)
		try_case(i);
	return tap_done();
}
