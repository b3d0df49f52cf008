/*
 * Commands by chance for a matcher behind the card's interface, and the
 * host's part in it: slots are handed out, and come back with the events.
 */
#ifndef EXCH_FPGA_FLOW_H
#define EXCH_FPGA_FLOW_H

#include "base/rng.h"
#include "card/card.h"

/* What a flow is made of; see flow_profile(). */
struct flow_profile {
	const char *name;
	uint32_t width;	  /* prices round the middle, in ticks; 0: all */
	uint32_t live;	  /* orders per symbol that rest, about */
	uint32_t qty;	  /* at most */
	unsigned cancels; /* of 100 commands */
	unsigned now;	  /* of 100 new orders that do not rest */
	unsigned edge;	  /* of 100 prices that are the lowest or highest */
	unsigned peaks;	  /* of 100 orders that rest, icebergs; 0: 5 */
	unsigned owners;  /* so many, and nobody; 0: 8 */
	bool fills;	  /* below 3/4 of `live' it is filled until they rest */
};

/* NULL: none of that name; names: flow_names(). */
const struct flow_profile *flow_profile(const char *name);
const char *flow_names(void);

struct flow;

struct flow_opts {
	const struct flow_profile *profile;
	struct exch_card_limits limits;
	uint32_t spread; /* symbols that have orders; 0: all */
	uint64_t seed;
	/* Only commands that are taken, of no owner, shown whole. */
	bool plain;
};

/* NULL: out of memory. */
struct flow *flow_new(const struct flow_opts *o);
void flow_free(struct flow *f);
/* The matcher was reset: there are no orders; chance goes on. */
void flow_reset(struct flow *f);
/* The next command: beats written, 1 or 2. */
size_t flow_next(struct flow *f, struct exch_card_cmd beats[2]);
/* Its events, in their order. */
void flow_heard(struct flow *f, const struct exch_card_evt *e);
/* Orders that rest. */
uint32_t flow_live(const struct flow *f);

#endif
