/* Scenario text: any bytes. */
#include <config.h>

#include <stdlib.h>

#include "base/time.h"
#include "feed/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	(void)arg;
	(void)d;
	/* The framing is what every taker relies on. */
	if (exch_rec_len(r) < sizeof(*r) || exch_rec_len(r) > EXCH_REC_MAX)
		abort();
	return 0;
}

static int
trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	(void)arg;
	(void)at;
	(void)text;
	(void)d;
	abort(); /* a scenario stops at its first mistake */
}

static int
zone(const char *name, struct exch_tz **tz, struct exch_diag *d)
{
	if (name[0] == '/' || name[0] == '.')
		abort();
	if (name[0] != 'A')
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "no zone %s", name);
	return exch_tz_fixed(7200, tz);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exch_feed_sink sink = {.record = record, .trouble = trouble};

	(void)exch_feed_scenario.match(data, size);
	for (unsigned i = 0; i < 2; i++) {
		struct exch_feed_opts o = {
		    .zone = zone, .tick = i == 0 ? 0 : 10000000};
		struct exch_feed_stats st = {0};
		struct exch_diag d = {0};
		struct exch_in *in;
		int rc;

		if (exch_in_mem(data, size, "fuzz", &in, &d) != 0)
			return 0;
		rc = exch_feed_scenario.run(in, &o, &sink, &st, &d);
		if (rc != 0 && d.code == EXCH_OK)
			abort();
		exch_in_close(in);
	}
	return 0;
}
