/* Market files, and the timetable and the rules that come out of them. */
#include <config.h>

#include <stdlib.h>

#include "base/time.h"
#include "match/market.h"
#include "ref/timetable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Times of the rows never go back, which the engine's clock relies on. */
static void
timetable(const char *text, size_t n)
{
	struct exch_timetable t = {0};
	struct exch_diag d = {0};
	struct exch_tz *tz;

	if (exch_tz_fixed(7200, &tz) != 0)
		abort();
	if (exch_timetable_parse(text, n, "fuzz", 20240105, tz, &t, &d) != 0 &&
	    d.code == EXCH_OK)
		abort();
	for (size_t i = 1; i < t.n; i++)
		if (t.row[i].time < t.row[i - 1].time)
			abort();
	exch_timetable_clear(&t);
	exch_tz_free(tz);
}

/* Any price may be asked about under any rules. */
static void
prices(const struct exch_market *m)
{
	static const exch_px at[] = {
	    INT64_MIN + 1, -1, 0, 1, 10000000, INT64_MAX - 1};
	const size_t n = sizeof(at) / sizeof(at[0]);

	for (size_t i = 0; i < n; i++) {
		(void)exch_market_on_tick(m, at[i]);
		for (size_t j = 0; j < n; j++)
			if (!exch_market_within(at[i], at[j], 0))
				abort(); /* no band refuses nothing */
			else
				(void)exch_market_within(
				    at[i], at[j], m->band.still);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exch_market m;
	struct exch_diag d = {0};
	int rc;

	rc = exch_market_parse((const char *)data, size, "fuzz", &m, &d);
	if (rc != 0 && d.code == EXCH_OK)
		abort();
	if (rc == 0) {
		if (m.nticks > EXCH_MARKET_TICKS)
			abort();
		prices(&m);
		exch_market_date(&m, 20261127, NULL, NULL);
		if (!exch_market_dated(&m) &&
		    (m.luld.doubles.on != EXCH_TS_NONE ||
			m.breaker.until.on != EXCH_TS_NONE))
			abort(); /* a time that nobody said */
		if (m.sessions != NULL)
			timetable(m.sessions, m.nsessions);
	}
	exch_market_clear(&m);
	timetable((const char *)data, size);
	return 0;
}
