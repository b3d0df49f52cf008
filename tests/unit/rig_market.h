/*
 * An engine of tests/unit/rig.h that keeps the rules of a market file, and
 * its clock.
 */
#ifndef EXCH_TESTS_RIG_MARKET_H
#define EXCH_TESTS_RIG_MARKET_H

#include "rig.h"

/* Borrowed by the engine that was opened last. */
static struct exch_market rig_market;

/*
 * An engine with these lines of a market and instrument 1.  Times of day are
 * those of the first of January 1970, where the rig's clock begins.
 */
static inline void
rig_open_market(
    struct rig *r, const char *rules, int64_t reference, exch_qty lot)
{
	struct exch_match_opts o = {
	    .ladder = exch_ladder_by_name("xetra"),
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .market = &rig_market,
	};
	struct exch_diag d = {.code = EXCH_OK};
	char text[400];

	snprintf(text, sizeof(text), "name x\n%s", rules);
	exch_market_clear(&rig_market);
	if (exch_market_parse(text, strlen(text), "test", &rig_market, &d) !=
	    0) {
		printf("# %s\n", d.text);
		abort();
	}
	exch_market_date(&rig_market, 19700101, NULL, NULL);
	rig_open_opts(r, &o);
	rig_instrument(
	    r, (struct rig_instrument){.lot = lot, .reference = reference});
}

/* The clock goes on to a time; what it does. */
static inline const char *
rig_clock_to(struct rig *r, exch_ts time)
{
	r->now = time;
	r->err = exch_match_advance(r->m, time, &r->d);
	return rig_events(r, 0);
}

#endif
