/*
 * exch-risk approve and refuse: a filter that puts one decision into a stream
 * of orders, for the gate behind it.  Which order is meant, by the number under
 * which a gate held it, is looked up in what that gate wrote.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "exch-risk/tool.h"
#include "rec/stream.h"
#include "store/store.h"

enum opt_id { OPT_BY = 256, OPT_WHY, OPT_OF, OPT_AT };

static const struct exch_opt opts[] = {
    {"by", 0, "NAME", "who decides", OPT_BY},
    {"why", 0, "TEXT", "the reason", OPT_WHY},
    {"of", 0, "FILE", "the stream in which a gate held the order", OPT_OF},
    {"at", 0, "TIME", "when; without it directly behind the order", OPT_AT},
    {0},
};

struct tool {
	struct exch_cli cli;
	const char *by, *why, *of;
	exch_ts at; /* or none: behind the order */
	uint64_t ref;
	uint8_t verdict;
	uint32_t instr; /* which order it is */
	exch_oid order;
	bool seen, said;
};

/* ---- options ---- */

static int
option(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct tool *t = arg;

	switch (id) {
	case OPT_BY:
		t->by = v;
		return 0;
	case OPT_WHY:
		t->why = v;
		return 0;
	case OPT_OF:
		t->of = v;
		return 0;
	default:
		if (exch_ts_parse(v, strlen(v), &t->at) == 0)
			return 0;
		return exch_cli_usage(c,
		    "--at: '%s' is no time: write 2026-01-05T09:30:00Z or so",
		    v);
	}
}

static int
check(struct tool *t)
{
	struct exch_cli *c = &t->cli;
	const char *ref = c->noperands > 0 ? c->operand[0] : "";

	if (exch_uint_parse(ref, strlen(ref), &t->ref) != 0 || t->ref == 0)
		return exch_cli_usage(c,
		    "the first operand is the number of what is held, as the "
		    "gate's RISK record has it: found '%s'",
		    ref);
	if (t->by == NULL || t->by[0] == '\0' || strlen(t->by) > 16)
		return exch_cli_usage(
		    c, "who decides? Add --by NAME, of at most 16 bytes");
	if (t->why == NULL || t->why[0] == '\0' || strlen(t->why) > 1000)
		return exch_cli_usage(
		    c, "why? Add --why TEXT, of at most 1000 bytes");
	if (t->of == NULL)
		return exch_cli_usage(
		    c, "where was it held? Add --of FILE, what the gate wrote");
	c->operand++;
	c->noperands--;
	return -1;
}

/* ---- which order it is ---- */

static int
look(struct tool *t, struct exch_reader *r, struct exch_diag *d)
{
	const struct exch_rec *rec;
	int got;

	while ((got = exch_reader_next(r, &rec, d)) > 0) {
		const struct exch_rec_risk *k =
		    rec->type == EXCH_REC_RISK ? EXCH_REC_AS(rec, exch_rec_risk)
					       : NULL;

		if (k == NULL || k->ref != t->ref ||
		    k->verdict != EXCH_VERDICT_HOLD)
			continue;
		t->instr = rec->instr;
		t->order = k->order;
		return EXCH_OK;
	}
	return got < 0 ? got
		       : exch_diag_set(d, EXCH_ERR_ABSENT, t->of, EXCH_POS_NONE,
			     0, "nothing is held as %llu there",
			     (unsigned long long)t->ref);
}

static int
find(struct tool *t)
{
	struct exch_reader_opts o = {.partial = true};
	struct exch_diag d = {0};
	struct exch_in *in = NULL;
	struct exch_reader *r = NULL;
	int err = exch_cli_open(&t->cli, t->of, &in, &d);

	if (err == 0)
		err = exch_reader_open(in, &o, &r, &d);
	if (err == 0)
		err = look(t, r, &d);
	exch_reader_close(r);
	exch_in_close(in);
	return err == 0 ? -1 : exch_cli_fail(&t->cli, &d);
}

/* ---- the stream ---- */

static void
say(struct tool *t, struct exch_writer *w, exch_ts time)
{
	struct exch_rec_decision *c = exch_writer_new_text(w, EXCH_REC_DECISION,
	    sizeof(*c), t->instr, time, t->why, strlen(t->why));

	c->order = t->order;
	c->ref = t->ref;
	c->verdict = t->verdict;
	memcpy(c->by, t->by, strlen(t->by));
	t->said = true;
}

static bool
is_it(const struct tool *t, const struct exch_rec *r)
{
	exch_oid order;

	return r->type == EXCH_REC_NEW && r->instr == t->instr &&
	       exch_rec_judged(r, &order) && order == t->order;
}

static int
record(void *arg, const struct exch_rec *r, uint64_t seq, struct exch_writer *w,
    struct exch_diag *d)
{
	struct tool *t = arg;

	(void)d;
	if (t->seen && !t->said && t->at != EXCH_TS_NONE && r->time > t->at)
		say(t, w, t->at);
	exch_writer_copy(w, r, seq);
	if (t->said || !is_it(t, r))
		return EXCH_OK;
	t->seen = true;
	if (t->at != EXCH_TS_NONE && t->at < r->time)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "--at is before the order came");
	if (t->at == EXCH_TS_NONE)
		say(t, w, r->time);
	return EXCH_OK;
}

static int
finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct tool *t = arg;

	if (t->seen && !t->said && whole)
		say(t, w, t->at);
	if (t->said || !whole)
		return 0;
	return exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
	    "order %llu, which is held as %llu, is not in the input",
	    (unsigned long long)t->order, (unsigned long long)t->ref);
}

int
risk_decide_main(int argc, char **argv)
{
	bool approves = strcmp(argv[0], "approve") == 0;
	struct tool t = {
	    .cli = {.tool = approves ? "exch-risk approve" : "exch-risk refuse",
		.opts = opts,
		.history = exch_store_source,
		.usage = "REF --by NAME --why TEXT --of FILE [FILE]",
		.about = approves ? "let an order pass that a gate holds"
				  : "refuse an order that a gate holds"},
	    .at = EXCH_TS_NONE,
	    .verdict = approves ? EXCH_VERDICT_PASS : EXCH_VERDICT_REJECT};
	struct exch_cli_filter f = {
	    .arg = &t, .record = record, .finish = finish};
	int code = exch_cli_parse(&t.cli, argc, argv, option, &t);

	if (code < 0)
		code = check(&t);
	if (code < 0)
		code = find(&t);
	return code < 0 ? exch_cli_filter(&t.cli, &f) : code;
}
