/*
 * Raw ITCH 5.0 files as Nasdaq publishes them (BinaryFILE 1.00): a 2-byte
 * length before each message, and perhaps a length of 0 at the end.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/itch.h"
#include "feed/run.h"

/* Holds the longest frame and enough to make reads few. */
#define BUFFER (512u << 10)
#define FRAME_MAX (2 + 65535)

/*
 * The first frames must have the exact length of a known type: one, if the
 * input is so short that no more are whole.
 */
static bool
match(const unsigned char *p, size_t n)
{
	unsigned frames = 0;
	size_t i = 0;

	while (i + 3 <= n && frames < 8) {
		size_t len = exch_be16(p + i);

		if (len == 0 || len != exch_itch_len[p[i + 2]])
			return false;
		i += 2 + len;
		frames++;
	}
	return frames > 0;
}

struct file {
	struct exch_in *in;
	struct exch_run run;
	struct exch_feed_stats *st;
	struct exch_itch *it;
	unsigned char *buf;
	size_t have;	 /* bytes in buf */
	uint64_t offset; /* of buf[0] in the input */
	bool ended;	 /* an end mark was the last frame */
};

static int
after_end(struct file *f, const struct exch_feed_at *at, struct exch_diag *d)
{
	f->ended = false;
	return exch_run_trouble(&f->run, at,
	    "data after the frame of length 0 that ends a session", d);
}

/* Decode the whole frames in the buffer and keep the rest. */
static int
frames(struct file *f, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_BYTE, 0, 0};
	const unsigned char *p = f->buf;
	size_t left = f->have;
	int err = 0;

	while (left >= 2) {
		size_t len = exch_be16(p);

		if (left < 2 + len)
			break;
		at.where = f->offset + (uint64_t)(p - f->buf);
		if (__builtin_expect(len == 0, 0)) {
			f->st->ends += !f->ended;
			f->ended = true;
		} else {
			if (__builtin_expect(f->ended, 0))
				err = after_end(f, &at, d);
			if (err == 0)
				err = exch_itch_message(
				    f->it, p + 2, len, &at, d);
			if (err != 0)
				return err;
		}
		p += 2 + len;
		left -= 2 + len;
	}
	memmove(f->buf, p, left);
	f->offset += f->have - left;
	f->have = left;
	return 0;
}

static int
cut(const struct file *f, struct exch_diag *d)
{
	size_t want = f->have >= 2 ? exch_be16(f->buf) : 0;

	if (f->have < 2)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(f->in),
		    EXCH_POS_BYTE, f->offset,
		    "the input ends inside the length of a message");
	return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(f->in),
	    EXCH_POS_BYTE, f->offset,
	    "the input ends after %zu of %zu bytes of a message", f->have - 2,
	    want);
}

static int
read_all(struct file *f, struct exch_diag *d)
{
	for (;;) {
		size_t got = 0;
		int err = exch_run_flush(&f->run, d);

		if (err == 0)
			err = exch_in_read(
			    f->in, f->buf + f->have, BUFFER - f->have, &got, d);
		if (err != 0)
			return err;
		if (got == 0)
			break;
		f->have += got;
		err = frames(f, d);
		if (err != 0)
			return err;
	}
	return f->have > 0 ? cut(f, d) : 0;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct file f = {.in = in, .st = st};
	uint64_t start = exch_in_offset(in);
	int err;

	_Static_assert(BUFFER >= 2 * FRAME_MAX, "a frame always fits");
	f.offset = start;
	exch_run_begin(&f.run, sink);
	err = exch_itch_new(o, &f.run, st, &f.it, d);
	if (err != 0)
		return err;
	f.buf = exch_malloc(BUFFER);
	if (f.buf == NULL)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for a buffer");
	else
		err = read_all(&f, d);
	st->bytes += exch_in_offset(in) - start;
	exch_free(f.buf);
	exch_itch_free(f.it);
	return err;
}

const struct exch_feed exch_feed_itchfile = {
    .name = "itch50",
    .what = "Nasdaq TotalView-ITCH 5.0, raw file or inside a capture",
    .match = match,
    .run = run,
    .book = true,
    .ids_ascend = true,
};
