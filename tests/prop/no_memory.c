/*
 * The engine when memory runs out: random flows of every profile, under
 * plain rules and under the markets of data/markets, with the n-th
 * allocation failing for n = 1, 2, ... until none does.  Whatever fails, the
 * engine says so, and what it had written before that command is the
 * beginning of what it writes when nothing fails.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "prop/cases.h"
#include "rec/zio.h"

#define COMMANDS 700
#define DEEP 1500 /* until books need more than they began with */
#define FLOWS 6	  /* of each case */
/* More allocations than any of the flows needs. */
#define MANY 4000

/* Of the flow in hand. */
static unsigned commands;

/* One run of the engine over the flow. */
struct once {
	unsigned done;	 /* commands carried out before something failed */
	size_t mark;	 /* bytes of records until then */
	uint64_t allocs; /* the run made */
	unsigned char *bytes;
	size_t nbytes;
};

/* Only events: the blocks around them are the writer's business. */
static void
collect(struct once *o, const struct exch_out *out)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_in *in = NULL;
	struct exch_reader *rd = NULL;
	const struct exch_rec *r;
	size_t n;
	const void *p = exch_out_mem_bytes(out, &n);

	o->bytes = malloc(n + 1);
	if (o->bytes == NULL || exch_in_mem(p, n, "run", &in, &d) != EXCH_OK ||
	    exch_reader_open(in, NULL, &rd, &d) != EXCH_OK)
		abort();
	while (exch_reader_next(rd, &r, &d) > 0) {
		if (r->type == EXCH_REC_SOURCE || r->type == EXCH_REC_SCHEMA)
			continue;
		/* A mark stands behind every command carried out. */
		if (r->type == EXCH_REC_CHECKPOINT) {
			o->mark = o->nbytes;
			continue;
		}
		memcpy(o->bytes + o->nbytes, r, exch_rec_len(r));
		o->nbytes += exch_rec_len(r);
	}
	exch_reader_close(rd);
	exch_in_close(in);
}

static int
carry_out(struct exch_match *m, struct exch_writer *w,
    const union flow_cmd *cmd, struct once *o, struct exch_diag *d)
{
	for (; o->done < commands; o->done++) {
		const struct exch_rec *r = &cmd[o->done].h;
		int err = exch_match_advance(m, r->time, d);

		if (err == EXCH_OK)
			err = exch_match_apply(m, r, d);
		if (err != EXCH_OK)
			return err;
		(void)exch_writer_new(
		    w, EXCH_REC_CHECKPOINT, 48, 0, (exch_ts)o->done);
	}
	return exch_match_advance(m, EXCH_TS_NONE, d);
}

/*
 * fail: which allocation of the engine fails, 0 none.  The output is not
 * the engine's, so it is made before and read after.
 */
static int
run(const struct exch_match_opts *mo, const union flow_cmd *cmd, uint64_t fail,
    struct once *o)
{
	struct exch_writer_opts wo = {.tool = "no_memory", .options = ""};
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_match *m = NULL;
	struct exch_writer *w = NULL;
	struct exch_out *out = NULL;
	uint64_t before;
	int err;

	memset(o, 0, sizeof(*o));
	if (exch_out_mem(&out) != EXCH_OK ||
	    exch_writer_open(out, &wo, &w, &d) != EXCH_OK)
		abort();
	before = exch_alloc_count();
	if (fail != 0)
		exch_alloc_fail_at(fail);
	err = exch_match_new(mo, w, &m, &d);
	if (err == EXCH_OK)
		err = carry_out(m, w, cmd, o, &d);
	exch_alloc_fail_at(0);
	o->allocs = exch_alloc_count() - before;
	exch_match_free(m);
	(void)exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	collect(o, out);
	exch_writer_free(w);
	exch_out_free(out);
	return err;
}

/* Do the records have these letters anywhere? */
static bool
has(const struct once *o, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= o->nbytes; i++)
		if (memcmp(o->bytes + i, word, n) == 0)
			return true;
	return false;
}

/* What all flows of a case showed. */
struct verdict {
	bool done;    /* without a failure everything is carried out */
	bool told;    /* every failure is */
	bool prefix;  /* and what was done before stays as it is */
	unsigned met; /* a bit for each word that a flow had */
	unsigned failed;
};

static void
try_flow(unsigned i, uint64_t seed, const struct exch_match_opts *mo,
    struct verdict *v)
{
	union flow_cmd *cmd = case_flow(
	    cases[i].profile, cases[i].expect, mo->market, seed, commands);
	struct once whole, part;
	uint64_t n;

	v->done = v->done && run(mo, cmd, 0, &whole) == EXCH_OK;
	for (unsigned k = 0; k < 3 && cases[i].met[k] != NULL; k++)
		v->met |= (unsigned)has(&whole, cases[i].met[k]) << k;
	for (n = 1; n < MANY; n++) {
		int err = run(mo, cmd, n, &part);

		v->prefix = v->prefix && part.mark <= whole.nbytes &&
			    memcmp(part.bytes, whole.bytes, part.mark) == 0;
		v->failed += err == EXCH_ERR_NOMEM;
		v->told = v->told && (err == EXCH_OK || err == EXCH_ERR_NOMEM);
		v->told =
		    v->told && (err == EXCH_OK) == (part.done == commands);
		free(part.bytes);
		if (err == EXCH_OK && part.allocs < n)
			break;
	}
	v->told = v->told && n < MANY;
	free(whole.bytes);
	free(cmd);
}

static void
try_case(unsigned i)
{
	struct verdict v = {.done = true, .told = true, .prefix = true};
	struct exch_match_opts mo;
	struct exch_market market;
	struct exch_timetable table;
	char name[120];

	case_open(i, &mo, &market, &table);
	commands = cases[i].deep ? DEEP : COMMANDS;
	for (uint64_t k = 0; k < (cases[i].deep ? 1 : FLOWS); k++)
		try_flow(i, 40 + i + 100 * k, &mo, &v);
	tap_ok(v.done, "nothing fails: all done");
	snprintf(name, sizeof(name),
	    "%s, %s: %u allocations fail, each is told", cases[i].profile,
	    mo.market != NULL ? market.name : "plain", v.failed);
	tap_ok(v.told && v.failed > 0, name);
	tap_ok(v.prefix, "  and what was done before stays as it is");
	for (unsigned k = 0; k < 3 && cases[i].met[k] != NULL; k++)
		tap_ok(v.met >> k & 1, cases[i].met[k]);
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
