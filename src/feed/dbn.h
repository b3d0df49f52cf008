/*
 * Inside of the reader of Databento's DBN files: dbn.c knows the file, mbo.c
 * what the records of the schema `mbo` (market by order) mean.
 */
#ifndef EXCH_FEED_DBN_H
#define EXCH_FEED_DBN_H

#include "feed/feed.h"

/* Flags of a record. */
enum {
	EXCH_MBO_LAST = 128,	/* of its event */
	EXCH_MBO_SNAPSHOT = 32, /* displayed before the file begins */
	EXCH_MBO_BAD_RECV = 8	/* its time of capture is none */
};

struct exch_mbo_rec {
	exch_ts time; /* of the venue */
	exch_ts captured;
	exch_oid order;
	exch_px price; /* or none */
	uint32_t size;
	uint8_t flags;
	char action; /* A C M R T F N */
	char side;   /* A B N */
};

/* Records of an event that are kept until it is over. */
#define EXCH_MBO_EVENT 65536u

struct exch_mbo;

/* All are borrowed.  EXCH_ERR_NOMEM. */
int exch_mbo_new(const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_mbo **out, struct exch_diag *d);
void exch_mbo_free(struct exch_mbo *m);
/*
 * The next record, of an instrument that was announced.  What is wrong with
 * it is told with `at`.  EXCH_ERR_NOMEM, or what the sink says.
 */
int exch_mbo_take(struct exch_mbo *m, uint32_t instr,
    const struct exch_mbo_rec *r, const struct exch_feed_at *at,
    struct exch_diag *d);
/* The file ends: events that were not over are taken as they are. */
int exch_mbo_finish(struct exch_mbo *m, struct exch_diag *d);

#endif
