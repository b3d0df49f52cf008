/*
 * Random flows under rules of every kind: profiles (flow.h), each plain or
 * with the file of a venue or lines of a market that go with it.  For tests
 * that do something to the engine on the way.
 */
#ifndef EXCH_TESTS_CASES_H
#define EXCH_TESTS_CASES_H

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "match/match.h"
#include "prop/flow.h"
#include "ref/timetable.h"
#include "tap.h"

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

static inline char *
case_read(const char *name, size_t *n)
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
static inline union flow_cmd *
case_flow(const char *profile, bool expect, const struct exch_market *market,
    uint64_t seed, unsigned commands)
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

/* The market's sessions, on the day of the flows. */
static inline void
case_timetable(const struct exch_market *market, struct exch_timetable *table)
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

/* A case's rules, read into m and t, in *mo. */
static inline void
case_open(unsigned i, struct exch_match_opts *mo, struct exch_market *m,
    struct exch_timetable *t)
{
	const char *text = cases[i].rules;
	size_t len = text != NULL ? strlen(text) : 0;
	struct exch_diag d = {.code = EXCH_OK};

	*mo = (struct exch_match_opts){.phase = EXCH_PHASE_CONTINUOUS,
	    .alloc = cases[i].alloc != NULL ? exch_alloc_by_name(cases[i].alloc)
					    : NULL,
	    .stp = cases[i].stp,
	    .expect = cases[i].expect};
	memset(t, 0, sizeof(*t));
	exch_market_init(m);
	if (cases[i].market == NULL && cases[i].rules == NULL)
		return;
	if (text == NULL)
		text = case_read(cases[i].market, &len);
	tap_ok(text != NULL &&
		   exch_market_parse(text, len, "market", m, &d) == EXCH_OK,
	    "the market is read");
	exch_market_date(m, FLOW_DATE, NULL, NULL);
	mo->market = m;
	/* Those of files are over when the flows begin. */
	if (cases[i].rules != NULL)
		case_timetable(m, t);
	mo->timetable = t->n > 0 ? t : NULL;
}

#endif
