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
#include "base/time.h"
#include "match/match.h"
#include "prop/flow.h"
#include "rec/zio.h"
#include "ref/timetable.h"
#include "tap.h"

#define COMMANDS 700
#define DEEP 1500 /* until books need more than they began with */
#define FLOWS 6	  /* of each case */
/* More allocations than any of the flows needs. */
#define MANY 4000

static const struct {
	const char *profile;
	const char *market; /* file in data/markets, or NULL */
	const char *alloc;
	uint8_t stp;
	const char *rules;  /* lines of a market, or NULL */
	const char *met[3]; /* words its records have to have */
	bool expect;
	bool deep;
} cases[] = {
    {.profile = "dense"},
    {.profile = "dense", .expect = true},
    {.profile = "deep", .deep = true},
    {.profile = "deep",
	.deep = true,
	.rules = "name general\nband static 1000%\n"},
    {.profile = "auction"},
    {.profile = "stops", .market = "nasdaq"},
    {.profile = "pegs", .alloc = "cme-k", .stp = EXCH_STP_OLDEST},
    {.profile = "icebergs", .market = "xetra"},
    {.profile = "conditions", .alloc = "parity", .stp = EXCH_STP_BOTH},
    {.profile = "calls", .market = "xetra"},
    {.profile = "links", .market = "dark-midpoint"},
    {.profile = "general", .alloc = "time", .stp = EXCH_STP_DECREMENT},
    {.profile = "general", .market = "options-prorata"},
    {.profile = "makers"},
    {.profile = "requests", .market = "xetra"},
    {.profile = "brackets"},
    {.profile = "discretion", .alloc = "cme-q"},
    /* Commands are 1.5 us apart. */
    {.profile = "storm",
	.rules = "name held\nspeed-bump 150us\nthrottle 3 4us\n"},
    {.profile = "general",
	.rules = "name stops\ncollar 20%\nshort-sale 1%\n"
		 "interrupt dynamic 2% 9us\ninterrupt static 5% 9us\n"
		 "monitor 1% 9us\nindicative 1ms\nrandom-end halt 5us\n"},
    {.profile = "pegs",
	.rules = "name luld\nluld from 0 5%\nluld window 200us\n"
		 "luld hold 1us\nluld limit 3us\nluld pause 20us\n"},
    {.profile = "auction",
	.alloc = "parity",
	.rules = "name members\naccounts announced\n"
		 "self-trade oldest by member\n"},
    {.profile = "general",
	.rules = "name breaker\nbreaker index AX\n"
		 "breaker fall 0.01% halt 20us\n"
		 "breaker fall 0.1% halt 50us\nbreaker fall 1% close\n"
		 "luld from 0 2% double\nluld double 22:13:20.0003\n",
	.met = {"MWC1", "MWCQ", "luld lower"}},
    {.profile = "calls",
	.rules = "name timetable\nrandom-end open 30us\nrandom-end close 30us\n"
		 "monitor 0.01% 20us\nfreeze close 40us new cancel replace\n"
		 "indicative 1ms\nphase call orders limit market\n"
		 "interrupt dynamic 1% 30us\nladder close nyse\nladder xetra\n"
		 "tick 0 0.01\ntick 99 0.02\n"
		 "session 22:13:20.0001 call open\n"
		 "session 22:13:20.0002 continuous\n"
		 "session 22:13:20.0004 call close\n"
		 "session 22:13:20.0005 end\n"
		 "session 22:13:20.0006 call open\n"
		 "session 22:13:20.0007 continuous\nsession 22:13:25 end\n",
	.met = {"RND", "EXT", "VOLA"}},
};

/* The day of the flows, in UTC. */
#define FLOW_DATE 20231114

/* Of the flow in hand. */
static unsigned commands;

static char *
read_market(const char *name, size_t *n)
{
	const char *top = getenv("top_srcdir");
	static char text[65536];
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/data/markets/%s.market",
	    top != NULL ? top : ".", name);
	f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	*n = fread(text, 1, sizeof(text), f);
	fclose(f);
	return text;
}

/* The commands, made against the naive engine. */
static union flow_cmd *
make_flow(const char *profile, bool expect, const struct exch_market *market,
    uint64_t seed)
{
	/* Of the market's rules only those that make records of their own. */
	const struct naive_rules rules = {
	    .announced = market != NULL && market->announced,
	    .by_member = market != NULL && market->stp_member};
	union flow_cmd *cmd = calloc(commands, sizeof(*cmd));
	const struct flow_profile *p;
	struct flow_gen g;
	struct naive n;
	unsigned np;

	p = flow_profiles(&np);
	while (np > 0 && strcmp(p->name, profile) != 0) {
		p++;
		np--;
	}
	if (np == 0 || cmd == NULL)
		abort();
	flow_gen_init(&g, seed, p, expect);
	naive_init(&n, "plain-ref", EXCH_PHASE_CONTINUOUS);
	if (market != NULL)
		n.rules = &rules;
	for (unsigned i = 0; i < commands; i++) {
		flow_next(&g, &n, &cmd[i]);
		naive_clock(&n, cmd[i].h.time);
		naive_apply(&n, &cmd[i].h);
	}
	naive_clear(&n);
	return cmd;
}

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
	union flow_cmd *cmd =
	    make_flow(cases[i].profile, cases[i].expect, mo->market, seed);
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

/* The market's sessions, on the day of the flows. */
static void
read_timetable(const struct exch_market *market, struct exch_timetable *table)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_tz *utc = NULL;

	if (market->sessions == NULL)
		return;
	tap_ok(exch_tz_fixed(0, &utc) == EXCH_OK &&
		   exch_timetable_parse(market->sessions, market->nsessions,
		       "market", FLOW_DATE, utc, table, &d) == EXCH_OK,
	    "and its timetable");
	exch_tz_free(utc);
}

static void
try_case(unsigned i)
{
	struct exch_match_opts mo = {.phase = EXCH_PHASE_CONTINUOUS,
	    .alloc = cases[i].alloc != NULL ? exch_alloc_by_name(cases[i].alloc)
					    : NULL,
	    .stp = cases[i].stp,
	    .expect = cases[i].expect};
	struct verdict v = {.done = true, .told = true, .prefix = true};
	struct exch_market market;
	struct exch_timetable table = {.n = 0};
	struct exch_diag d = {.code = EXCH_OK};
	char name[120];

	exch_market_init(&market);
	if (cases[i].market != NULL || cases[i].rules != NULL) {
		const char *text = cases[i].rules;
		size_t len = text != NULL ? strlen(text) : 0;

		if (text == NULL)
			text = read_market(cases[i].market, &len);
		tap_ok(text != NULL && exch_market_parse(text, len, "market",
					   &market, &d) == EXCH_OK,
		    "the market is read");
		exch_market_date(&market, FLOW_DATE, NULL, NULL);
		mo.market = &market;
		/* Those of files are over when the flows begin. */
		if (cases[i].rules != NULL)
			read_timetable(&market, &table);
		mo.timetable = table.n > 0 ? &table : NULL;
	}
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
