/*
 * Which UDP flows carry MoldUDP64 with ITCH 5.0, IEX-TP or binary PITCH, and
 * which decoder is theirs.
 */
#ifndef EXCH_FEED_DEMUX_H
#define EXCH_FEED_DEMUX_H

#include "feed/mold.h"

/* A UDP datagram of a capture: a packet and where it goes to. */
struct exch_datagram {
	struct exch_payload k; /* of any length */
	uint8_t family;	       /* 4 or 6 */
	uint16_t dport;
	const unsigned char *dst; /* 4 or 16 bytes */
	bool of_capture;	  /* its line is accounted for */
};

struct exch_demux;

int exch_demux_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_demux **out, struct exch_diag *d);
void exch_demux_free(struct exch_demux *x);
int exch_demux_take(
    struct exch_demux *x, const struct exch_datagram *u, struct exch_diag *d);
/*
 * The session that took the packet before, if it would take every packet of
 * its name that goes to the same place without another look; else NULL.  *line
 * is that packet's.
 */
struct exch_seq_session *exch_demux_settled(
    const struct exch_demux *x, struct exch_feed_line **line);
struct exch_seq *exch_demux_mold(const struct exch_demux *x);
/* Those of IEX-TP; NULL: none has come. */
struct exch_seq *exch_demux_iextp(const struct exch_demux *x);
/* Those of binary PITCH; NULL: none has come. */
struct exch_seq *exch_demux_pitch(const struct exch_demux *x);
/* Is this a packet of binary PITCH, where it goes to?  It has its header then. */
bool exch_demux_is_pitch(struct exch_demux *x, const struct exch_datagram *u);
/* The session of one; NULL: it is not known yet. */
struct exch_seq_session *exch_demux_pitch_session(
    struct exch_demux *x, const struct exch_datagram *u);
/* Messages of any session have come (exch_seq_spoke()). */
bool exch_demux_spoke(const struct exch_demux *x);
/* For the sessions of all, as exch_seq_rule() and the others of feed/seq.h. */
void exch_demux_rule(struct exch_demux *x, const struct exch_seq_rules *r);
int exch_demux_tick(struct exch_demux *x, exch_ts now, struct exch_diag *d);
/* There are sessions that are over, and none is on (exch_seq_over()). */
bool exch_demux_over(const struct exch_demux *x);
/* End of the capture. */
int exch_demux_finish(struct exch_demux *x, struct exch_diag *d);
/*
 * Has anything of the feed been seen?  Heartbeats alone are enough as long
 * as nothing else was there: other feeds send the same ones.
 */
bool exch_demux_found(const struct exch_demux *x);
/* What packets of others look like (feed/guess.h), or NULL. */
const char *exch_demux_guess(const struct exch_demux *x);

#endif
