/*
 * The primary's end of a link: a thread that sends the journal to a standby,
 * as far as it is durable, and hears how far the standby has it.  One
 * standby at a time; who connects later takes the place of one that was
 * there, if it is a standby of this journal.
 */
#ifndef EXCH_JOURNAL_SERVE_H
#define EXCH_JOURNAL_SERVE_H

#include "journal/link.h"

struct exch_serve;

struct exch_serve_opts {
	const char *dir;  /* of the journal, which exists */
	const char *at;	  /* HOST:PORT to listen at */
	bool sync;	  /* results wait for acks: for the standby to know */
	uint64_t silence; /* ns without a word: the peer has gone */
	uint64_t (*now)(void); /* monotonic, ns */
};

int exch_serve_open(const struct exch_serve_opts *o, struct exch_serve **out,
    struct exch_diag *d);
/* The journal is durable up to this record. */
void exch_serve_publish(struct exch_serve *s, uint64_t position);
/* The state behind the last record that was published. */
void exch_serve_check(struct exch_serve *s, const struct exch_link_check *c);
/*
 * Does a standby have all up to `position`?  Waits for it, at most `ms`; *node
 * is who it is, and what it has stays with it when it goes.
 */
bool exch_serve_wait(
    struct exch_serve *s, uint64_t position, int ms, struct exch_node *node);
/* Records that the standby has; *node is who it is, none when there is none. */
uint64_t exch_serve_acked(struct exch_serve *s, struct exch_node *node);
/* Something that people should know, in order; false: nothing new. */
bool exch_serve_news(struct exch_serve *s, char text[256]);
/*
 * End it.  A standby that is there is given `ms` to have everything, the
 * journal's end included.
 */
void exch_serve_close(struct exch_serve *s, int ms);

#endif
