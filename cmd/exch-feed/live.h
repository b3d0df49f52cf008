/*
 * A feed as it happens: its packets as multicast on one or two lines, and a
 * server that sends again what was lost (exch-feed(1), LIVE).
 */
#ifndef EXCH_CMD_FEED_LIVE_H
#define EXCH_CMD_FEED_LIVE_H

#include "exch-report/front.h"

enum live_opt {
	OPT_LIVE = OPT_END,
	OPT_LIVE_B,
	OPT_INTERFACE,
	OPT_TTL,
	OPT_PACE,
	OPT_RETRANSMIT,
	OPT_KEEP,
	OPT_SNAPSHOT,
	OPT_LINGER,
	OPT_IMPAIR_A,
	OPT_IMPAIR_B
};

extern const struct front_own live_own;

#endif
