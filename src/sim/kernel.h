/*
 * What the files of the simulation share.
 *
 *	kernel.c  life, who is next, the run
 *	venue.c   commands into the engine, events out of it
 *	crowd.c   flows as actors
 *	desk.c    agents as actors: turns, and what is on its way
 *	where.c   venues: their fees, and the way to them
 *	told.c    events as messages to agents
 *	sent.c    an agent's commands, as they reach the engine
 *	day.c     a recorded day as an actor, and how far it drifts
 *	paper.c   orders that do not enter the market, and paper_model.c
 *	resync.c  bringing the simulated books back to the recorded ones
 */
#ifndef EXCH_SIM_KERNEL_H
#define EXCH_SIM_KERNEL_H

#include "base/buf.h"
#include "base/keyed.h"
#include "sim/agenda.h"
#include "sim/day.h"
#include "sim/sim.h"
#include "sim/transit.h"

#define EXCH_SIM_NOBODY UINT32_MAX

/* How far the middles of an instrument were apart when last looked at. */
struct sim_apart {
	exch_ts since;
	double ticks;
	bool known;
};

/* An instrument that has been announced; m.instr is its id. */
struct sim_instr {
	struct exch_sim_market m;
	exch_px tick;
	uint8_t phase;
	uint32_t flows; /* the first on it, or nobody; linked by next */
	uint32_t desks; /* how many agents are told of it */
	uint32_t venue; /* whose it is, from 1; 0: of none that was told */
	bool dark;	/* at the midpoint of others: exch-market(5) */
	exch_qty least; /* of an order there */
	bool dirty;	/* its book may differ from the recorded one */
	struct sim_apart apart;
	uint64_t top[4]; /* bid, its quantity, offer, its quantity: as told */
	struct sim_levels *levels; /* NULL: nobody is told of them */
	struct exch_rec_instrument rec;
};

struct sim_flow {
	struct exch_flow f;
	uint32_t instr;
	uint32_t account;
	uint32_t accounts;
	uint32_t next; /* on the same instrument */
	uint32_t actor;
	struct exch_params *params;
	struct exch_place at; /* of its instrument */
};

/* A live order of an agent: key.id its number, key.place the instrument. */
struct sim_order {
	struct exch_key key;
	uint64_t tag;
	uint32_t desk;
	uint8_t side;
	uint8_t zero[3];
	exch_px price;
	exch_px asked; /* by a replacement on its way through the engine */
	exch_qty leaves;
};

/* The agent's own number of it: key.id; key.place is 0. */
struct sim_tag {
	struct exch_key key;
	exch_oid order;
	uint32_t instr;
	uint32_t zero;
};

/* A command on its way. */
struct sim_flight {
	struct exch_agent_cmd cmd;
	bool again; /* a new order with the tag of one that was on its way */
};

struct sim_venue {
	struct exch_sim_venue_opts o; /* the name is ours */
};

/* What is between an agent and a venue, behind the agent's own latencies. */
struct sim_leg {
	struct exch_latency *latency[EXCH_PATHS];
};

/* An agent, and what is between it and the market. */
struct sim_desk {
	struct exch_agent a;
	struct exch_params *params;
	struct exch_rng rng; /* of latencies */
	struct exch_latency *latency[EXCH_PATHS];
	struct sim_leg *leg; /* by venue, NULL: none has latencies */
	struct exch_agent_access *access; /* a.access */
	bool fees;			  /* are its own, everywhere */
	struct exch_sim_outage *outage;	  /* by their beginning */
	unsigned noutage;
	uint32_t no;
	uint32_t account;
	uint32_t actor;
	bool open;
	uint32_t *only; /* ids of what it trades; NULL: everything */
	unsigned nonly;
	struct exch_rec_instrument *told; /* a.instr */
	/* Messages that wake it, and the others, in one count. */
	struct exch_transit waking, other;
	uint64_t nmsg;
	exch_ts last;		     /* of their arrivals */
	struct exch_agent_msg *turn; /* what it is told in a turn */
	size_t nturn, cap_turn;
	exch_ts wake;		    /* the timer it asked for */
	exch_ts second;		    /* from when on its turns are counted */
	uint64_t turns;		    /* since then */
	struct exch_transit flight; /* struct sim_flight */
	uint64_t nflight;
	/* Orders that are not there yet, but for those that come again. */
	struct exch_keyed aloft;
	/* Times of turns without an answer, from `answered` on. */
	exch_ts *asked;
	size_t answered, nasked, cap_asked;
	struct exch_keyed tags;
};

/* Whose answer is taken, and of which turn. */
struct exch_agent_out {
	struct exch_sim *s;
	struct sim_desk *k;
	exch_ts turn;
};

/* The command that is being carried out. */
struct sim_hand {
	uint32_t flow;	/* whose it is, or nobody */
	exch_oid order; /* of a new order; 0: none */
	uint64_t qty;	/* what is left of it */
	bool gone;	/* refused or cancelled */
};

struct sim_day;	  /* day_priv.h */
struct sim_paper; /* paper_priv.h */

struct exch_sim {
	struct exch_sim_opts o;
	struct exch_writer *out;
	struct exch_writer *draft; /* events before they are copied */
	struct exch_match *match;
	exch_ts now;
	struct sim_instr *instr; /* as they were announced */
	size_t ninstr, cap_instr;
	uint32_t *place; /* by id: where in `instr`, from 1; 0: unknown */
	size_t nplace;
	struct sim_flow *flow;
	size_t nflow, cap_flow;
	struct sim_desk **desk;
	size_t ndesk, cap_desk;
	struct sim_venue *venue;
	size_t nvenue, cap_venue;
	struct sim_day *day;	/* or NULL */
	struct exch_buf script; /* its records, one behind the other */
	size_t at;		/* of the next one */
	struct exch_agenda agenda;
	struct sim_hand hand;
	uint32_t changed; /* id of the instrument the command has touched */
	bool all_changed; /* or the clock any of them */
	exch_oid next_order;
	struct sim_paper *paper; /* orders beside the market */
	size_t npaper, cap_paper;
	uint64_t paper_match;	  /* executions of them */
	struct exch_keyed orders; /* of agents: struct sim_order, desk.c */
	struct exch_sim_stats st;
};

/* The least time of a command on its way: nobody is where the engine is. */
#define EXCH_SIM_STEP 1u

/* Actors: the script, the day, then flows, then agents. */
#define EXCH_SIM_SCRIPT 0u
#define EXCH_SIM_DAY 1u
#define EXCH_SIM_FLOWS 2u
static inline uint32_t
exch_sim_flow_actor(const struct exch_sim *s, size_t i)
{
	(void)s;
	return (uint32_t)(EXCH_SIM_FLOWS + i);
}
static inline uint32_t
exch_sim_desk_actor(const struct exch_sim *s, size_t i)
{
	return (uint32_t)(EXCH_SIM_FLOWS + s->nflow + i);
}

/* It stays where it is until another one is announced. */
static inline struct sim_instr *
exch_sim_instr(const struct exch_sim *s, uint32_t id)
{
	return id < s->nplace && s->place[id] != 0 ? &s->instr[s->place[id] - 1]
						   : NULL;
}

/* A stream of random numbers that belongs to a name. */
void exch_sim_stream(struct exch_rng *r, uint64_t seed, const char *name);

/* ---- venue.c ---- */

/*
 * One record at s->now into the stream and the engine; what comes of it is
 * written and told to whom it concerns.  The record's time is set.
 */
int exch_sim_command(
    struct exch_sim *s, struct exch_rec *r, struct exch_diag *d);
/* The same of somebody else's record, which is copied with its number. */
int exch_sim_pass(struct exch_sim *s, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/* Time comes to `t`; EXCH_TS_NONE: the rest of the day. */
int exch_sim_clock(struct exch_sim *s, exch_ts t, struct exch_diag *d);
/* What the engine is not given: a record into the stream, as this tool's. */
void exch_sim_write(struct exch_sim *s, const struct exch_rec *r);
/* Whoever looks on (sim.h) is shown a record. */
int exch_sim_show(
    struct exch_sim *s, const struct exch_rec *r, struct exch_diag *d);

/* ---- crowd.c ---- */

int exch_crowd_open(struct exch_sim *s, struct exch_diag *d);
void exch_crowd_close(struct exch_sim *s);
int exch_crowd_act(struct exch_sim *s, size_t i, struct exch_diag *d);
/* So much of an order went: was it one of these flows'? */
bool exch_crowd_less(
    struct exch_sim *s, struct sim_instr *in, exch_oid order, uint64_t qty);
/* The command in hand is over: who has to think again? */
void exch_crowd_settle(struct exch_sim *s);

/* ---- day.c ---- */

int exch_past_open(struct exch_sim *s, struct exch_diag *d);
void exch_past_close(struct exch_sim *s);
/* It ended before its end: the day is not known to be over. */
bool exch_past_is_broken(const struct exch_sim *s);
int exch_past_act(struct exch_sim *s, struct exch_diag *d);
/* Events of the engine, n bytes. */
void exch_past_hear(struct exch_sim *s, const unsigned char *p, size_t n);
/* An agent's order was executed, now. */
void exch_past_filled(struct exch_sim *s);

/* ---- desk.c ---- */

int exch_desk_open(struct exch_sim *s, struct exch_diag *d);
/* Their first turns, and then what stands already. */
int exch_desk_begin(struct exch_sim *s, struct exch_diag *d);
void exch_desk_close(struct exch_sim *s);
int exch_desk_act(struct exch_sim *s, size_t i, struct exch_diag *d);
/* The last turns. */
int exch_desk_end(struct exch_sim *s, struct exch_diag *d);
/* A message begins its way, now; m->at and m->time are set.  EXCH_ERR_NOMEM. */
int exch_desk_tell(struct exch_sim *s, struct sim_desk *k,
    enum exch_sim_path path, struct exch_agent_msg *m);

/* ---- where.c ---- */

void exch_where_close(struct exch_sim *s);
/* The venue of an instrument, from 1; 0: none that was told. */
uint32_t exch_where_is(
    const struct exch_sim *s, const struct exch_rec_instrument *r);
/* An agent's ways to all venues, and what holds for it at them. */
int exch_where_open(struct exch_sim *s, struct sim_desk *k);
void exch_where_drop(struct sim_desk *k, size_t nvenue);
/* When what leaves at `t` by that path, about that instrument, is there. */
exch_ts exch_where_arrival(struct exch_sim *s, struct sim_desk *k,
    enum exch_sim_path path, uint32_t instr, exch_ts t);

/* ---- paper.c: in place of the engine; the records are written and shown ---- */

void exch_paper_close(struct exch_sim *s);
int exch_paper_new(struct exch_sim *s, const struct exch_rec_new *n,
    enum exch_reject why, struct exch_diag *d);
int exch_paper_cancel(
    struct exch_sim *s, const struct exch_rec_cancel *c, struct exch_diag *d);
int exch_paper_replace(
    struct exch_sim *s, const struct exch_rec_replace *r, struct exch_diag *d);
/*
 * The tick was another one: prices stay, and who is on none any more is
 * cancelled.  EXCH_ERR_NOMEM.
 */
int exch_paper_announced(
    struct exch_sim *s, struct sim_instr *in, exch_px was, struct exch_diag *d);
/* An execution of the market; and when a command's events are over. */
void exch_paper_hear(struct exch_sim *s, const struct sim_instr *in,
    const struct exch_rec_exec *e);
int exch_paper_settle(
    struct exch_sim *s, struct sim_instr *in, struct exch_diag *d);

/* ---- told.c ---- */

/* An event that is told to the owner of its order and nobody else. */
int exch_desk_own(struct exch_sim *s, const struct exch_rec *r);

/* An event that an agent may have to be told. */
int exch_desk_hear(
    struct exch_sim *s, struct sim_instr *in, const struct exch_rec *r);
/* Is it told of this instrument? */
bool exch_desk_sees(const struct sim_desk *k, uint32_t instr);
/* The book of an instrument has changed, perhaps. */
int exch_desk_book(struct exch_sim *s, struct sim_instr *in);
/* An instrument that was there has been announced anew. */
int exch_desk_announced(
    struct exch_sim *s, const struct exch_rec_instrument *r);
/* A phase, of one instrument or (NULL) of all. */
int exch_desk_phase(struct exch_sim *s, uint32_t instr, uint8_t phase);

/* ---- levels.c ---- */

/* Somebody wants n levels of it.  EXCH_ERR_NOMEM. */
int exch_desk_levels_open(struct sim_instr *in, unsigned n);
/* What has changed in them, for those who want it. */
int exch_desk_levels(struct exch_sim *s, struct sim_instr *in);

/* ---- sent.c ---- */

/* A command has reached the engine. */
int exch_desk_send(struct exch_sim *s, struct sim_desk *k,
    const struct sim_flight *f, struct exch_diag *d);
/* An order of an agent is gone. */
void exch_desk_drop(struct exch_sim *s, struct sim_order *o);

#endif
