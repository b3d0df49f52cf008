/* Order CSV: any bytes, with and without a column map. */
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
	(void)d;
	if (at->kind != EXCH_POS_LINE || at->where == 0 || text[0] == '\0')
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct exch_tz *tz;
	static const char *const maps[] = {NULL, "-=*", "qty=size,-=x"};
	struct exch_feed_sink sink = {.record = record, .trouble = trouble};

	if (tz == NULL && exch_tz_fixed(3600, &tz) != 0)
		abort();
	(void)exch_feed_orders.match(data, size);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(maps); i++) {
		struct exch_feed_opts o = {.date = 20260105,
		    .tz = tz,
		    .symbol = "ABC",
		    .tick = 10000000,
		    .columns = maps[i]};
		struct exch_feed_stats st = {0};
		struct exch_diag d = {0};
		struct exch_in *in;
		int rc;

		if (exch_in_mem(data, size, "fuzz", &in, &d) != 0)
			return 0;
		rc = exch_feed_orders.run(in, &o, &sink, &st, &d);
		if (rc != 0 && d.code == EXCH_OK)
			abort();
		exch_in_close(in);
	}
	return 0;
}
