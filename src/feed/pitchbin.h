/*
 * PITCH in its binary form, as Cboe's (before: BATS') equities markets send it
 * by multicast.  How messages come is feed/pitchudp.h's.
 */
#ifndef EXCH_FEED_PITCHBIN_H
#define EXCH_FEED_PITCHBIN_H

#include "feed/feed.h"
#include "feed/seq.h"

struct exch_pitchbin;
struct exch_pitchbin_line; /* the messages of one unit */

/* EXCH_ERR_NEED: the date or the zone is missing. */
int exch_pitchbin_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_pitchbin **out,
    struct exch_diag *d);
void exch_pitchbin_free(struct exch_pitchbin *x);

/* The length of a type with the byte that tells it; 0: there is no such type. */
size_t exch_pitchbin_len(unsigned char type);

/* A line, which lives as long as x.  EXCH_ERR_NOMEM. */
int exch_pitchbin_line(struct exch_pitchbin *x, unsigned unit,
    struct exch_pitchbin_line **out, struct exch_diag *d);
/* What exch_seq_kind asks of a decoder. */
int exch_pitchbin_blocks(struct exch_pitchbin_line *l, struct exch_blocks *b,
    const struct exch_feed_at *at, struct exch_diag *d);
int exch_pitchbin_gap(struct exch_pitchbin_line *l, const char *session,
    uint64_t first, uint64_t count, exch_ts captured, struct exch_diag *d);
bool exch_pitchbin_later(
    const struct exch_pitchbin_line *l, const unsigned char *p, size_t n);
/* It begins anew with this message: nothing displayed before is there now. */
int exch_pitchbin_again(struct exch_pitchbin_line *l, const unsigned char *p,
    size_t n, struct exch_diag *d);
/* Its last message was that of the end. */
bool exch_pitchbin_over(const struct exch_pitchbin_line *l);

#endif
