/*
 * Fuzzing of binary PITCH.  The input is datagrams, each behind a byte of how
 * and one of its length: as it is, or with a header that fits what follows, so
 * that the messages are reached, under the next number or one near it, of one of
 * two units and by one of two ways.  Records have to be well formed, and every
 * message that was taken is a record's, bad, unknown or of no effect.
 */
#include <config.h>

#include "base/bytes.h"
#include "feed/pitchudp.h"
#include "feed/run.h"
#include "feed_sink.h"

enum {
	AS_IT_IS = 1,
	LATER = 2,
	EARLIER = 4,
	CUT = 8,
	UNIT = 16,
	WAY = 32,
	ANEW = 64,
	NO_NUMBER = 128
};

/* The messages that n bytes are, as far as they are whole. */
static unsigned
count(const unsigned char *p, size_t n)
{
	unsigned k = 0;

	while (n >= 1 && p[0] != 0 && p[0] <= n) {
		n -= p[0];
		p += p[0];
		k++;
	}
	return k;
}

/* The header of n bytes behind it; the next number. */
static uint32_t
header(unsigned char *p, unsigned how, size_t n, uint32_t first)
{
	unsigned k = count(p + EXCH_PITCHUDP_HEADER, n);

	if ((how & ANEW) != 0)
		first = 1;
	exch_put_le16(p, (uint16_t)(EXCH_PITCHUDP_HEADER + n));
	p[2] = (unsigned char)k;
	p[3] = (how & UNIT) != 0 ? 1 : 2;
	exch_put_le32(p + 4,
	    (how & NO_NUMBER) != 0
		? 0
		: first + (how & LATER) - ((how & EARLIER) != 0 ? 1 : 0));
	return first + k;
}

static void
datagrams(struct exch_pitchudp *x, const uint8_t *p, size_t size)
{
	static unsigned char buf[EXCH_PITCHUDP_HEADER + 256];
	struct exch_diag d = {0};
	uint32_t next[2] = {1, 1};
	exch_ts now = 0;

	while (size >= 2 && size - 2 >= p[1]) {
		unsigned how = p[0], unit = (how & UNIT) != 0;
		size_t n = p[1];
		struct exch_payload u = {.p = buf,
		    .cut = (how & CUT) != 0,
		    .time = now += EXCH_SEC / 4,
		    .number = 1};

		if ((how & AS_IT_IS) != 0) {
			memcpy(buf, p + 2, n);
			u.n = n;
		} else {
			memcpy(buf + EXCH_PITCHUDP_HEADER, p + 2, n);
			next[unit] = header(buf, how, n, next[unit]);
			u.n = EXCH_PITCHUDP_HEADER + n - (u.cut && n > 0);
		}
		(void)exch_pitchudp_is(&u, false);
		(void)exch_pitchudp_is_idle(&u);
		exch_check(
		    exch_pitchudp_take(x, (how & WAY) / WAY, &u, &d) == 0);
		p += 2 + n;
		size -= 2 + n;
	}
	exch_check(exch_pitchudp_finish(x, &d) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct exch_tz *tz;
	struct exch_feed_sink sink = {
	    .record = fuzz_record, .trouble = fuzz_trouble};
	struct exch_feed_opts o = {.date = 20230207, .capture_time = true};
	struct exch_feed_stats st = {0};
	struct exch_diag d = {0};
	struct exch_pitchudp *x;
	struct exch_run run;

	if (tz == NULL && exch_tz_fixed(-5 * 3600, &tz) != 0)
		abort();
	o.tz = tz;
	exch_run_begin(&run, &sink);
	if (exch_pitchudp_new(&o, &run, &st, &x, &d) == 0) {
		datagrams(x, data, size);
		exch_check(
		    st.messages_bad + st.messages_unknown <= st.messages);
	}
	exch_pitchudp_free(x);
	return 0;
}
