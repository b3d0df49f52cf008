/*
 * Fuzzing of IEX-TP with DEEP+, DEEP and TOPS.  The input is datagrams, each
 * behind a byte of how and one of its length: as it is, or with the header of
 * a segment that fits what follows, so that the messages are reached, under
 * the next number or one near it.  Records have to be well formed, and every
 * message that was taken is a record's, bad, unknown or of no effect.
 */
#include <config.h>

#include "base/bytes.h"
#include "feed/iextp.h"
#include "feed/run.h"
#include "feed_sink.h"

enum { AS_IT_IS = 1, LATER = 2, EARLIER = 4, CUT = 8, PROTOCOL = 0x30 };

/* The messages that n bytes are, as far as they are whole. */
static unsigned
count(const unsigned char *p, size_t n)
{
	unsigned k = 0;

	while (n >= 2 && n - 2 >= exch_le16(p)) {
		size_t len = 2 + (size_t)exch_le16(p);

		p += len;
		n -= len;
		k++;
	}
	return k;
}

/* The header of n bytes behind it; the next number. */
static uint64_t
header(unsigned char *p, unsigned how, size_t n, uint64_t first)
{
	unsigned k = count(p + EXCH_IEXTP_HEADER, n);

	memset(p, 0, EXCH_IEXTP_HEADER);
	p[0] = 1;
	exch_put_le16(p + 2, (uint16_t)(0x8002 + (how & PROTOCOL) / 16));
	exch_put_le16(p + 12, (uint16_t)n);
	exch_put_le16(p + 14, (uint16_t)k);
	exch_put_le64(
	    p + 24, first + (how & LATER) - ((how & EARLIER) != 0 ? 1 : 0));
	return first + k;
}

static void
datagrams(struct exch_iextp *x, const uint8_t *p, size_t size)
{
	static unsigned char buf[EXCH_IEXTP_HEADER + 256];
	struct exch_diag d = {0};
	uint64_t next[4] = {1, 1, 1, 1};
	exch_ts now = 0;

	while (size >= 2 && size - 2 >= p[1]) {
		unsigned how = p[0], line = (how & PROTOCOL) / 16;
		size_t n = p[1];
		struct exch_payload u = {.p = buf,
		    .cut = (how & CUT) != 0,
		    .time = now += EXCH_SEC / 4,
		    .number = 1};

		if ((how & AS_IT_IS) != 0) {
			memcpy(buf, p + 2, n);
			u.n = n;
		} else {
			memcpy(buf + EXCH_IEXTP_HEADER, p + 2, n);
			next[line] = header(buf, how, n, next[line]);
			u.n = EXCH_IEXTP_HEADER + n - (u.cut && n > 0);
		}
		(void)exch_iextp_is(&u);
		exch_check(exch_iextp_take(x, &u, &d) == 0);
		p += 2 + n;
		size -= 2 + n;
	}
	exch_check(exch_iextp_finish(x, &d) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exch_feed_sink sink = {
	    .record = fuzz_record, .trouble = fuzz_trouble};
	struct exch_feed_opts o = {.capture_time = true};
	struct exch_feed_stats st = {0};
	struct exch_diag d = {0};
	struct exch_iextp *x;
	struct exch_run run;

	exch_run_begin(&run, &sink);
	if (exch_iextp_new(&o, &run, &st, &x, &d) == 0) {
		datagrams(x, data, size);
		exch_check(
		    st.messages_bad + st.messages_unknown <= st.messages);
	}
	exch_iextp_free(x);
	return 0;
}
