/*
 * The way of nearly every packet of a capture: plain Ethernet, IPv4 without
 * options or fragments, UDP, whole and alone, to an address and port where a
 * known session's packets went before.  What it takes for that to be so is
 * asked in one piece, and such packets go straight to their session; all
 * others go to packet.c.
 */
#ifndef EXCH_FEED_LANE_H
#define EXCH_FEED_LANE_H

#include "feed/capture.h"
#include "feed/mold.h"

struct exch_lane {
	uint64_t to; /* address and port, as they stand in the packet */
	struct exch_seq_session *session; /* NULL: free */
	struct exch_feed_line *line;
};

#define EXCH_LANES 8

/* What the inlined calls touch: the first member of exch_packets. */
struct exch_packets_hot {
	bool ethernet;
	uint64_t number; /* of the packet in hand */
	struct exch_seq *mold;
	struct exch_lane lane[EXCH_LANES];
};

/* Where the headers stand, and the session's name behind them. */
enum {
	EXCH_LANE_TYPE = 12,
	EXCH_LANE_TOTAL = 16,
	EXCH_LANE_FRAGMENT = 20,
	EXCH_LANE_TO = 30,
	EXCH_LANE_LENGTH = 38,
	EXCH_LANE_MOLD = 42
};

/* Type IPv4, version 4, five words; UDP, no fragment, captured whole. */
static inline bool
exch_lane_is_simple(
    const struct exch_packets_hot *h, const struct exch_frame *f)
{
	const unsigned char *p = f->p;

	return h->ethernet && f->n >= f->sent &&
	       f->n >= EXCH_LANE_MOLD + EXCH_MOLD_HEADER &&
	       (exch_le32(p + EXCH_LANE_TYPE) & 0x00ffffff) == 0x00450008 &&
	       (exch_le32(p + EXCH_LANE_FRAGMENT) & 0xff00ff3f) == 0x11000000;
}

/* Address and port, without the sender's. */
static inline uint64_t
exch_lane_to(const struct exch_frame *f)
{
	return exch_le64(f->p + EXCH_LANE_TO) & UINT64_C(0xffff0000ffffffff);
}

static inline size_t
exch_lane_index(uint64_t to)
{
	return (to >> 24 ^ to >> 56) % EXCH_LANES;
}

/* The session of a simple packet, its payload and line; NULL: look closer. */
static inline struct exch_seq_session *
exch_lane_find(const struct exch_packets_hot *h, const struct exch_frame *f,
    size_t *n, struct exch_feed_line **line)
{
	const struct exch_lane *l;
	uint64_t to;
	size_t total;

	if (__builtin_expect(!exch_lane_is_simple(h, f), 0))
		return NULL;
	to = exch_lane_to(f);
	l = &h->lane[exch_lane_index(to)];
	total = exch_be16(f->p + EXCH_LANE_TOTAL);
	*n = total - 28;
	if (__builtin_expect(
		l->session == NULL || l->to != to ||
		    EXCH_LANE_TYPE + 2 + total > f->n ||
		    total < 28 + EXCH_MOLD_HEADER ||
		    exch_be16(f->p + EXCH_LANE_LENGTH) != total - 20 ||
		    !exch_seq_is(l->session, f->p + EXCH_LANE_MOLD),
		0))
		return NULL;
	*line = l->line;
	return l->session;
}

/* Any packet; it was counted. */
int exch_packets_take_any(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d);

/* exch_packets_take(), for those who have packets by the million. */
static inline __attribute__((always_inline)) int
exch_lane_take(
    struct exch_packets *k, const struct exch_frame *f, struct exch_diag *d)
{
	struct exch_packets_hot *h = (void *)k;
	struct exch_seq_session *s;
	struct exch_payload u;

	h->number++;
	s = exch_lane_find(h, f, &u.n, &u.line);
	if (__builtin_expect(s == NULL, 0)) {
		struct exch_frame copy = *f; /* the frame stays in registers */

		return exch_packets_take_any(k, &copy, d);
	}
	u.p = f->p + EXCH_LANE_MOLD;
	u.cut = false;
	u.time = f->time;
	u.number = h->number;
	u.offset = EXCH_LANE_MOLD;
	return exch_mold_take(h->mold, s, &u, d);
}

#endif
