/*
 * Fuzzing of MoldUDP64 sessions.  Six bytes of input make a packet: which
 * number it begins with, how many messages, when, what is damaged.  The
 * order references are the sequence numbers, so the harness knows what may
 * be delivered: numbers that only ascend, none of them inside a gap that
 * was reported, and every number up to the last either delivered, lost or
 * bad.
 */
#include <config.h>

#include "base/bytes.h"
#include "feed/mold.h"
#include "feed/run.h"
#include "feed_sink.h"

static uint64_t next_number; /* the lowest that may still come */
static uint64_t accounted;

static int
record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	if (r->type == EXCH_REC_BOOK_ADD) {
		const struct exch_rec_book_add *a = (const void *)r;

		exch_check(a->order >= next_number);
		next_number = a->order + 1;
		accounted++;
	} else if (r->type == EXCH_REC_GAP) {
		const struct exch_rec_gap *g = (const void *)r;

		exch_check(g->first >= next_number && g->count > 0);
		next_number = g->first + g->count;
		accounted += g->count;
	}
	return fuzz_record(arg, r, d);
}

/* A packet of up to 7 adds; returns its length. */
static size_t
build(unsigned char *p, uint64_t first, unsigned count)
{
	static const unsigned char add[36] = {'A', 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 'B', 0, 0, 0, 1, 'T', ' ', ' ', ' ', ' ',
	    ' ', ' ', ' ', 0, 0, 1, 0};
	size_t n = EXCH_MOLD_HEADER;

	memcpy(p, "FUZZ      ", 10);
	exch_put_be64(p + 10, first);
	exch_put_be16(p + 18, (uint16_t)count);
	for (unsigned i = 0; i < count && count != EXCH_MOLD_END; i++) {
		exch_put_be16(p + n, sizeof(add));
		memcpy(p + n + 2, add, sizeof(add));
		exch_put_be64(p + n + 2 + 11, first + i);
		n += 2 + sizeof(add);
	}
	return n;
}

static void
packet(struct exch_seq *m, struct exch_seq_session *s, const uint8_t *c,
    exch_ts now, uint64_t number, struct exch_diag *d)
{
	unsigned char p[EXCH_MOLD_HEADER + 8 * 38];
	struct exch_payload k = {.p = p, .time = now, .number = number};
	/* Numbers from 2 on: 1 may begin the session again. */
	uint64_t first = 2 + c[0] + (c[1] == 255 ? UINT64_C(1) << 50 : 0);
	unsigned count = c[2] % 8;

	k.n = build(p, first, count);
	if (c[2] == 255)
		k.n = build(p, first, EXCH_MOLD_END);
	if (c[4] > 240) /* cut */
		k.n = EXCH_MOLD_HEADER + c[5] % (k.n - EXCH_MOLD_HEADER + 1);
	else if (c[4] > 230) /* a count that lies */
		exch_put_be16(p + 18, c[5]);
	exch_check(exch_mold_take(m, s, &k, d) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct exch_tz *tz;
	struct exch_feed_sink sink = {
	    .record = record, .trouble = fuzz_trouble};
	struct exch_feed_opts o = {.date = 20230207};
	struct exch_run run;
	struct exch_feed_stats st = {0};
	struct exch_diag d = {0};
	struct exch_itch *it = NULL;
	struct exch_seq *m = NULL;
	struct exch_seq_session *s;
	exch_ts now = 0;

	if (tz == NULL && exch_tz_fixed(0, &tz) != 0)
		abort();
	o.tz = tz;
	next_number = 0;
	accounted = 0;
	exch_run_begin(&run, &sink);
	if (exch_itch_new(&o, &run, &st, &it, &d) == 0 &&
	    exch_mold_new(&run, &st, false, &m, &d) == 0 &&
	    exch_mold_open(
		m, (const unsigned char *)"FUZZ      ", it, &s, &d) == 0) {
		for (size_t i = 0; i + 6 <= size; i += 6) {
			now += data[i + 3] * (EXCH_SEC / 64);
			packet(m, s, data + i, now, i / 6 + 1, &d);
		}
		exch_check(exch_seq_finish(m, &d) == 0);
		exch_check(st.messages_bad == 0);
		exch_check(accounted == st.messages + st.gap_messages);
	}
	exch_seq_free(m);
	exch_itch_free(it);
	return 0;
}
