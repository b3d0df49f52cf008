/*
 * Messages that were sent, kept for those who lost them: the last so many of
 * them, found by their numbers, and the packets that answer a request of
 * MoldUDP64.  What is older is gone, and is said to be.
 */
#ifndef EXCH_MD_KEPT_H
#define EXCH_MD_KEPT_H

#include "md/framing.h"
#include "md/publish.h"

#define EXCH_KEPT_MAX 100000000u
/* The longest answer. */
#define EXCH_KEPT_PACKET (EXCH_MOLD_HEAD + EXCH_FRAMING_PACKET)

struct exch_kept_slot;

struct exch_kept {
	struct exch_kept_slot *slot; /* by number, modulo `room` */
	uint64_t room;
	uint64_t next; /* the number that comes next; 1: none was sent */
	unsigned char session[10];
};

/* How a request was answered. */
enum exch_kept_answer {
	EXCH_KEPT_SENT,	   /* by messages */
	EXCH_KEPT_OLD,	   /* they are gone: by the number of the oldest */
	EXCH_KEPT_FUTURE,  /* not at all: they were not sent yet */
	EXCH_KEPT_FOREIGN, /* not at all: of another session */
	EXCH_KEPT_BAD	   /* not at all: this is no request */
};

/* Room for 1 to EXCH_KEPT_MAX messages.  EXCH_ERR_NOMEM. */
int exch_kept_init(struct exch_kept *k, uint64_t room);
/* Good after a failed init, and of zeros, too. */
void exch_kept_clear(struct exch_kept *k);
/* The messages of a packet, which is the next one. */
void exch_kept_put(struct exch_kept *k, const unsigned char *p, size_t n);
/* The oldest message that is there; `next` when there is none. */
static inline uint64_t
exch_kept_oldest(const struct exch_kept *k)
{
	return k->next > k->room ? k->next - k->room : 1;
}
/*
 * The answer to a request of n bytes, with as many messages as one packet
 * holds, into `to`, which has room for EXCH_KEPT_PACKET; *len is 0 where there
 * is none.  To a request for what is gone it is a packet without messages
 * that has the number of the oldest.
 */
enum exch_kept_answer exch_kept_answer(const struct exch_kept *k,
    const unsigned char *request, size_t n, unsigned char *to, size_t *len);

#endif
