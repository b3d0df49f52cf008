/*
 * A market that runs by itself: the matching engine, who sends it orders, and
 * the clock between them.  Commands and events go to a stream writer as they
 * happen, as if the one tool stood behind the other in a pipe: commands by
 * the writer, events by its guest (rec/stream.h).
 *
 * Who sends orders is an actor: the script of a scenario, a day that was
 * recorded, a flow (flow.h), an agent (agent.h).  The actor that is due first
 * acts; of several, the one that was added first.  Every actor has random
 * numbers of its own, from the seed and its name, so that nobody's numbers
 * change because somebody else is there.
 */
#ifndef EXCH_SIM_SIM_H
#define EXCH_SIM_SIM_H

#include "match/match.h"
#include "rec/stream.h"
#include "sim/agent.h"
#include "sim/flow.h"
#include "sim/latency.h"
#include "sim/paper.h"

/* Numbers of orders that a simulation adds to a recorded day. */
#define EXCH_SIM_OWN (UINT64_C(1) << 63)

struct exch_sim;

struct exch_sim_opts {
	struct exch_match_opts match; /* one shard */
	uint64_t seed;
	exch_ts begin, end; /* what is due behind `end` does not happen */
	bool orders;	    /* commands only are written */
	struct exch_fill_model fill; /* of agents' orders */
	exch_oid first_order;	     /* number of the first one; 0: 1 */
	/* That an agent may have in a second of the market; 0: 1,000,000. */
	uint64_t turns;
	/* Once in a while; a failure ends the run.  NULL: nobody. */
	int (*tick)(void *arg, struct exch_diag *d);
	void *tick_arg;
	/*
	 * Who looks on, or NULL: told of a command before it is carried out, so
	 * that the books are as whoever sent it left them, and of an event when
	 * it has happened; of orders on paper, too.  A failure, without a
	 * diagnosis, ends the run.
	 */
	int (*seen)(void *arg, const struct exch_rec *r);
	void *seen_arg;
};

struct exch_sim_stats {
	uint64_t commands;
	uint64_t events;
	uint64_t turns; /* of agents */
};

/* `out` is borrowed and has a guest.  EXCH_ERR_NOMEM, or as of the engine. */
int exch_sim_new(const struct exch_sim_opts *o, struct exch_writer *out,
    struct exch_sim **s, struct exch_diag *d);
void exch_sim_free(struct exch_sim *s);

/*
 * A record of the script: what holds (INSTRUMENT, ACCOUNT) or is to happen
 * (commands, PHASE), in the order in which it is to happen.  Copied.
 * EXCH_ERR_NOMEM.
 */
int exch_sim_script(struct exch_sim *s, const struct exch_rec *r);

/*
 * Places in a scenario (base/place.h) are where mistakes are told that show
 * only when the run begins; their names stay the caller's and have to stay
 * good until the simulation is freed.
 *
 * A flow is added before the run; `p` becomes the simulation's in any case.
 */
struct exch_sim_flow_opts {
	const struct exch_flow_kind *kind;
	const char *name; /* for its random numbers */
	uint32_t instr;
	struct exch_params *p;
	/* Its orders are those of so many accounts from the first one on, in
	 * turn by chance. */
	uint32_t account;
	uint32_t accounts;
	struct exch_place at; /* its instrument, in the scenario */
};
int exch_sim_add_flow(struct exch_sim *s, const struct exch_sim_flow_opts *o,
    struct exch_diag *d);

/* The same of an agent; the latencies become the simulation's, too. */
enum exch_sim_path {
	EXCH_PATH_FEED,
	EXCH_PATH_NEW,
	EXCH_PATH_REPLACE,
	EXCH_PATH_CANCEL,
	EXCH_PATH_RESPONSE,
	EXCH_PATHS
};
/*
 * While it lasts nothing comes out of a path of an agent; what would have
 * comes at its end, as when a line is down and all that was sent meanwhile is
 * sent again.
 */
struct exch_sim_outage {
	exch_ts from, to;
	enum exch_sim_path path;
};

/*
 * A venue: instruments whose symbols end with a point and its name
 * (ref/venue.h).  Its latencies come behind those of whoever trades there, and
 * its fees are for all who have none of their own.  The latencies become the
 * simulation's.
 */
struct exch_sim_venue_opts {
	const char *name;
	bool fees;
	int64_t maker_fee, taker_fee;
	struct exch_latency *latency[EXCH_PATHS];
};
int exch_sim_add_venue(struct exch_sim *s, const struct exch_sim_venue_opts *o,
    struct exch_diag *d);

struct exch_sim_agent_opts {
	const struct exch_agent_kind *kind;
	const char *name;
	uint32_t account;
	struct exch_params *p;
	struct exch_latency *latency[EXCH_PATHS]; /* NULL: none at all */
	const uint32_t *instr;			  /* ids that it trades */
	unsigned ninstr;			  /* 0: all */
	int64_t maker_fee, taker_fee;
	const struct exch_sim_outage *outage; /* by their beginning; copied */
	unsigned noutage;
	bool fees;	      /* they are its own, wherever it trades */
	struct exch_place at; /* in the scenario: who it is, */
	struct exch_place on; /* and what it trades, or the same */
};
int exch_sim_add_agent(struct exch_sim *s, const struct exch_sim_agent_opts *o,
    struct exch_diag *d);

/*
 * All of it.  EXCH_ERR_RANGE for parameters that contradict each other,
 * whatever an agent's program has failed with, the writer's error, or what
 * tick() returned.
 */
int exch_sim_run(struct exch_sim *s, struct exch_diag *d);
const struct exch_sim_stats *exch_sim_stats(const struct exch_sim *s);
/* An instrument as it holds, and its market: NULL where it is not announced. */
const struct exch_rec_instrument *exch_sim_instrument(
    const struct exch_sim *s, uint32_t instr);
const struct exch_sim_market *exch_sim_market(
    const struct exch_sim *s, uint32_t instr);
/* What the agent of that number, from 0, pays there; 10^-9 of the value. */
int64_t exch_sim_fee(
    const struct exch_sim *s, size_t agent, uint32_t instr, bool maker);

#endif
