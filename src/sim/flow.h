/*
 * Models of background flow: the anonymous rest of a market, one flow per
 * instrument and model, without latency.  A model is one file and a row of
 * exch_flow_all(); it knows neither the engine nor records.
 *
 * The clock of a flow: when() draws the time of what it does next; when that
 * has come, act() draws what it is, for the market as it stands then.  A
 * flow whose rates depend on the state is asked for another time whenever
 * others have changed that (`reactive`), which is right for processes without
 * memory, and for those whose memory the flow itself keeps.
 *
 *	when() -> t ... at t: act() -> order -> engine -> told() ... -> when()
 */
#ifndef EXCH_SIM_FLOW_H
#define EXCH_SIM_FLOW_H

#include "base/rng.h"
#include "sim/live.h"
#include "sim/market.h"
#include "sim/param.h"

/* 1/s: of a rate that may not be 0, once in 30 years. */
#define EXCH_FLOW_RATE_LEAST 1e-9

enum exch_flow_what {
	EXCH_FLOW_NOTHING = 0, /* after all */
	EXCH_FLOW_LIMIT,       /* rests, or trades first where it crosses */
	EXCH_FLOW_MARKET,      /* what is not executed at once is cancelled */
	EXCH_FLOW_CANCEL       /* one of its own orders, all of it */
};

struct exch_flow_order {
	uint8_t what;
	uint8_t side;  /* 0 buy, 1 sell */
	int64_t tick;  /* of a limit */
	uint64_t lots; /* > 0; not of a cancel */
	exch_oid id;   /* of a cancel: from live */
};

struct exch_flow {
	const struct exch_flow_kind *kind;
	const struct exch_params *params;
	exch_ts begin, end;	/* of the run; a profile goes over it */
	struct exch_rng rng;	/* its own stream: by seed and name */
	uint64_t run;		/* the same for all flows of a run: by seed */
	struct exch_live *live; /* its orders that rest; kept by the caller */
	void *state;		/* kind->size bytes, zero before open() */
};

struct exch_flow_kind {
	const char *name; /* "zero" */
	const char *what; /* a line for people */
	const struct exch_param *param;
	unsigned nparam;
	size_t size; /* of its state */
	bool reactive;
	/*
	 * Parameters that contradict each other: EXCH_ERR_RANGE and why.
	 * close() is called after a failure, too.
	 */
	int (*open)(struct exch_flow *f, struct exch_diag *d);
	void (*close)(struct exch_flow *f); /* may be NULL */
	/* > m->now, or EXCH_TS_NONE: never again. */
	exch_ts (*when)(struct exch_flow *f, const struct exch_sim_market *m);
	void (*act)(struct exch_flow *f, const struct exch_sim_market *m,
	    struct exch_flow_order *o);
	/*
	 * The market has changed, by itself (`own`) or by others; live is up
	 * to date.  May be NULL.
	 */
	void (*told)(
	    struct exch_flow *f, const struct exch_sim_market *m, bool own);
};

/* The models; *n receives how many. */
const struct exch_flow_kind *const *exch_flow_all(unsigned *n);
const struct exch_flow_kind *exch_flow_find(const char *name, size_t n);

#endif
