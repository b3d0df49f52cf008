/*
 * Records between a decoder and whoever takes them.  They are made in place,
 * one behind the other as in a stream's block, and handed on as a run: the
 * taker sees what comes next before it comes, and pays for a call once.
 *
 * Everything that a decoder has to say goes through here, so that trouble
 * keeps its place among the records.  Who waits for input flushes before.
 */
#ifndef EXCH_FEED_RUN_H
#define EXCH_FEED_RUN_H

#include "feed/feed.h"

/*
 * Bytes after which a run is handed on: some forty orders, which stay in
 * the first cache with all that is looked up for them.
 */
#define EXCH_RUN_BYTES 2048u
/* The longest record made in place. */
#define EXCH_RUN_RECORD 1024u

struct exch_run {
	const struct exch_feed_sink *sink;
	uint32_t n;	/* bytes of whole records */
	uint32_t limit; /* hand on from here */
	uint64_t buf[(EXCH_RUN_BYTES + EXCH_RUN_RECORD) / 8];
};

/* A taker without `run` is given every record at once. */
static inline void
exch_run_begin(struct exch_run *u, const struct exch_feed_sink *sink)
{
	u->sink = sink;
	u->n = 0;
	u->limit = sink->run != NULL ? EXCH_RUN_BYTES : 0;
}

/* Hand on what there is.  What the taker says is handed back. */
int exch_run_flush(struct exch_run *u, struct exch_diag *d);
/* Trouble, behind the records before it. */
int exch_run_trouble(struct exch_run *u, const struct exch_feed_at *at,
    const char *text, struct exch_diag *d);
/* A record made elsewhere. */
int exch_run_copy(
    struct exch_run *u, const struct exch_rec *r, struct exch_diag *d);

/*
 * The record of n bytes that was made in the room grows by its time of capture,
 * unless that is EXCH_TS_NONE.  The bytes it has now.
 */
size_t exch_run_captured(struct exch_run *u, size_t n, exch_ts captured);

/* Where the next record is to be made. */
static inline void *
exch_run_room(struct exch_run *u)
{
	return (char *)u->buf + u->n;
}

/* It was made there, and is n bytes long. */
static inline int
exch_run_add(struct exch_run *u, size_t n, struct exch_diag *d)
{
	u->n += (uint32_t)n;
	return __builtin_expect(u->n < u->limit, 1) ? 0 : exch_run_flush(u, d);
}

#endif
