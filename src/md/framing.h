/*
 * Messages into bytes: one after the other in a file, each behind its length
 * (Nasdaq's BinaryFILE), as packets of MoldUDP64 in a pcap, or as these packets
 * alone for a publisher (publish.h).  Who makes the messages does not know
 * which.
 */
#ifndef EXCH_MD_FRAMING_H
#define EXCH_MD_FRAMING_H

#include "base/buf.h"
#include "base/err.h"
#include "rec/rec.h"

/* Of a MoldUDP64 packet: more would not fit a frame of Ethernet. */
#define EXCH_FRAMING_PACKET 1400u

enum exch_framing_how {
	EXCH_FRAMING_FILE,
	EXCH_FRAMING_PCAP,
	EXCH_FRAMING_PACKETS /* taken by exch_framing_next() */
};

struct exch_framing {
	enum exch_framing_how how;
	char session[10]; /* with blanks behind it */
	uint64_t next;	  /* number of the next message, from 1 */
	uint16_t count;	  /* messages of the packet at hand ... */
	exch_ts time;	  /* ... and the time of the first */
	struct exch_buf at_hand;
	struct exch_buf out; /* what is whole: the caller takes it away */
};

/* `session` is copied. */
void exch_framing_open(
    struct exch_framing *f, enum exch_framing_how how, const char session[10]);
/* A message of at most 64 KiB. */
void exch_framing_put(
    struct exch_framing *f, const void *message, size_t n, exch_ts time);
/* What was put may leave: an event is over. */
void exch_framing_flush(struct exch_framing *f);
/*
 * EXCH_FRAMING_PACKETS: the packet of `out` at *at, with its header, which then
 * is behind it.  False: there is none left.
 */
bool exch_framing_next(const struct exch_framing *f, size_t *at,
    const unsigned char **p, size_t *n, exch_ts *time);
/* No message comes any more, `time` is that of the last. */
void exch_framing_close(struct exch_framing *f, exch_ts time);
void exch_framing_clear(struct exch_framing *f);

#endif
