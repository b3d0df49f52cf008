/*
 * A line of multicast: packets go out in their order and at once, or as its
 * impairment (md/impair.h) has it.
 */
#ifndef EXCH_CMD_FEED_LINES_H
#define EXCH_CMD_FEED_LINES_H

#include "md/impair.h"
#include "sock/udp.h"

/* Packets of a line that are held back by its impairment. */
#define LINE_LATE_MAX 65536u

struct line_late;

struct line {
	struct exch_udp_group to;
	int fd; /* -1: not open */
	bool impaired;
	struct exch_impair impair;
	struct line_late *late, *last; /* by the time when they are due */
	unsigned nlate;
	uint64_t sent; /* packets with messages, copies counted */
};

/*
 * A packet with `messages` messages.  EXCH_ERR_NOMEM, EXCH_ERR_IO: the system
 * does not send.  `now` is the clock.
 */
int line_put(struct line *l, const unsigned char *p, size_t n,
    unsigned messages, uint64_t now, struct exch_diag *d);
/* A packet without messages: heartbeats are never impaired. */
int line_tell(const struct line *l, const unsigned char *p, size_t n,
    struct exch_diag *d);
/* What is due; with `all` what waits for others, too. */
int line_due(struct line *l, uint64_t now, bool all, struct exch_diag *d);
/* Nothing is held back. */
static inline bool
line_is_empty(const struct line *l)
{
	return l->nlate == 0;
}
void line_close(struct line *l);

#endif
