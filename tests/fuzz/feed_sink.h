/*
 * The sink of the feed harnesses: checks that every record is well formed
 * by the stream's own table, and that nothing is delivered after a stop.
 */
#ifndef EXCH_TESTS_FUZZ_FEED_SINK_H
#define EXCH_TESTS_FUZZ_FEED_SINK_H

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/time.h"
#include "feed/feed.h"
#include "rec/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t fuzz_records;

static inline int
fuzz_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_schema *s = exch_schema_of(r->type);
	size_t n = exch_rec_len(r);
	volatile unsigned char sum = 0;

	(void)arg;
	(void)d;
	exch_check(s != NULL && n >= s->size && n % 8 == 0);
	exch_check(n <= EXCH_REC_MAX && r->source == 0);
	exch_check(r->instr <= EXCH_INSTR_MAX);
	for (size_t i = 0; i < n; i++)
		sum = (unsigned char)(sum + ((const unsigned char *)r)[i]);
	fuzz_records++;
	return 0;
}

static inline int
fuzz_run(void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d)
{
	const char *p = (const void *)r;

	exch_check(n > 0);
	while (n > 0) {
		const struct exch_rec *one = (const void *)p;
		size_t len = exch_rec_len(one);

		exch_check(len >= sizeof(*one) && len <= n);
		(void)fuzz_record(arg, one, d);
		p += len;
		n -= len;
	}
	return 0;
}

static inline int
fuzz_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	(void)arg;
	(void)d;
	exch_check(at->kind != EXCH_POS_NONE && text[0] != 0);
	return 0;
}

/* Run a feed over bytes; the diagnosis must fit the result. */
static inline void
fuzz_feed(const struct exch_feed *f, const uint8_t *p, size_t n, const char *as,
    bool capture_time)
{
	static struct exch_tz *tz;
	struct exch_feed_sink sink = {
	    .record = fuzz_record, .run = fuzz_run, .trouble = fuzz_trouble};
	struct exch_feed_opts o = {.date = 20230207,
	    .symbol = "FUZZ",
	    .tick = 10000000,
	    .as = as,
	    .capture_time = capture_time};
	struct exch_feed_stats st = {0};
	struct exch_diag d = {0};
	struct exch_in *in;
	int err;

	if (tz == NULL && exch_tz_fixed(-5 * 3600, &tz) != 0)
		abort();
	o.tz = tz;
	if (f->match != NULL)
		(void)f->match(p, n < 4096 ? n : 4096);
	if (exch_in_mem(p, n, "fuzz", &in, &d) != 0)
		return;
	err = f->run(in, &o, &sink, &st, &d);
	exch_check(err <= 0 && (err == 0 || d.text[0] != 0));
	exch_in_close(in);
}

#endif
