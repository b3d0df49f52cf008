/*
 * IEX's feeds: DEEP+ 1.0 shows every order, DEEP 1.0 what rests at each price,
 * TOPS 1.5 and 1.6 the best of both sides.  They share most messages, and a
 * decoder of all of them shares its instruments.  How messages come is
 * feed/iextp.h's.
 */
#ifndef EXCH_FEED_IEX_H
#define EXCH_FEED_IEX_H

#include "feed/feed.h"
#include "feed/seq.h"

/* Message protocols by their numbers in the transport's header. */
enum exch_iex_protocol {
	EXCH_IEX_TOPS_1_5 = 0x8002,
	EXCH_IEX_TOPS_1_6 = 0x8003,
	EXCH_IEX_DEEP = 0x8004,
	EXCH_IEX_DEEP_PLUS = 0x8005
};

struct exch_iex;
struct exch_iex_line; /* messages of one protocol, from one session */

int exch_iex_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_iex **out, struct exch_diag *d);
void exch_iex_free(struct exch_iex *x);

/* "TOPS", "DEEP" or "DEEP+"; NULL: it is none of the protocols known. */
const char *exch_iex_name(uint16_t protocol);
/* The length of a type in the protocol's specification, 0: it has none. */
size_t exch_iex_len(uint16_t protocol, unsigned char type);

/* A line of a known protocol, which lives as long as x.  EXCH_ERR_NOMEM. */
int exch_iex_line(struct exch_iex *x, uint16_t protocol,
    struct exch_iex_line **out, struct exch_diag *d);
/* What exch_seq_kind asks of a decoder. */
int exch_iex_blocks(struct exch_iex_line *l, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d);
int exch_iex_gap(struct exch_iex_line *l, const char *session, uint64_t first,
    uint64_t count, exch_ts captured, struct exch_diag *d);
bool exch_iex_later(
    const struct exch_iex_line *l, const unsigned char *p, size_t n);
/* It begins anew with this message: nothing displayed before is there now. */
int exch_iex_again(struct exch_iex_line *l, const unsigned char *p, size_t n,
    struct exch_diag *d);
/* Its last message was that of the end. */
bool exch_iex_over(const struct exch_iex_line *l);

#endif
