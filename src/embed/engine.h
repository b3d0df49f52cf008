/*
 * The matching engine in your own process: records of commands go in,
 * records of events come out.  No thread, no file, no clock: time is the
 * largest time of the records.  See exch-engine(3); exch-stream(5) has the
 * records and exch-ordertypes(7) what the engine does with them.
 *
 *	struct exch_embed *e;
 *	const struct exch_rec *r;
 *
 *	if (exch_embed_new(NULL, &e, &why) != 0)
 *		...
 *	exch_embed_submit(e, &instrument.h, &why);
 *	exch_embed_submit(e, &order.h, &why);
 *	while ((r = exch_embed_next(e)) != NULL)
 *		if (r->type == EXCH_REC_EXEC)
 *			...
 *	exch_embed_free(e);
 *
 * The same records give the same events, always, and those of exch-match(1).
 * An engine is used by one thread at a time; several know nothing of each
 * other.
 *
 * UNSTABLE before version 1.0: whatever stands here may change with any
 * release, and what does not stand here is no business of yours.
 */
#ifndef EXCH_EMBED_ENGINE_H
#define EXCH_EMBED_ENGINE_H

#include "base/err.h"
#include "base/types.h"
#include "rec/rec.h"

struct exch_embed;

struct exch_embed_opts {
	/*
	 * The text of a market file, exch-market(5), not kept; NULL: prices
	 * and time, no limits.  A calendar that it names is not looked for.
	 */
	const char *market;
	size_t market_bytes;
	/*
	 * The day and the zone of its times of day: YYYYMMDD, and seconds
	 * east of UTC.  EXCH_ERR_NEED when it has such times and date is 0.
	 */
	uint32_t date;
	int utc_offset;
	/* enum exch_phase of every instrument until a PHASE tells another */
	uint8_t phase;
	/* who the events say has made them, 1 to 255; commands are another */
	uint8_t source;
	uint64_t seed; /* of what the rules leave to chance */
	size_t orders; /* live orders expected; more are no mistake */
};

/* Continuous trading without rules of a venue; events of source 2. */
void exch_embed_defaults(struct exch_embed_opts *o);

/*
 * *e is the caller's, to be freed.  `o` NULL: the defaults.  `d` (which may
 * be NULL, here and below) tells a failure in words: EXCH_ERR_NOMEM;
 * EXCH_ERR_FORMAT for a line of the market, EXCH_ERR_NEED for its date.
 */
int exch_embed_new(const struct exch_embed_opts *o, struct exch_embed **e,
    struct exch_diag *d);
void exch_embed_free(struct exch_embed *e); /* NULL is fine */

/*
 * The head of a record of `size` bytes, a multiple of 8 up to 2040: time in
 * nanoseconds since 1970 UTC, and the instrument, 0 for all.
 */
static inline struct exch_rec
exch_embed_head(uint8_t type, size_t size, uint32_t instr, exch_ts time)
{
	struct exch_rec h = {type, (uint8_t)(size / 8), 0, 1, instr, time};

	return h;
}

/*
 * Apply one record, which is not kept: a command (NEW, CANCEL, REPLACE,
 * ...), an INSTRUMENT, an ACCOUNT, a PHASE; others are ignored.  First comes
 * what the clock does up to its time.  A command that the market refuses is
 * no failure: its event is a REJECT.  EXCH_ERR_FORMAT for a record shorter
 * than its type, or with an entry that is cut, which changes nothing; EXCH_ERR_NOMEM, after which the
 * engine is good for nothing but to be freed.
 */
int exch_embed_submit(
    struct exch_embed *e, const struct exch_rec *r, struct exch_diag *d);
/*
 * What the clock does up to a time, without a record; EXCH_TS_NONE: what is
 * left of the day.
 */
int exch_embed_advance(struct exch_embed *e, exch_ts time, struct exch_diag *d);

/*
 * The oldest event that was not handed out, or NULL.  It is the engine's and
 * good until the next submit or advance.  Events that nobody takes stay, and
 * so does their memory.
 */
const struct exch_rec *exch_embed_next(struct exch_embed *e);
/*
 * All of them at once, one record behind the other: *bytes receives the
 * first, and the bytes of all are returned.
 */
size_t exch_embed_drain(struct exch_embed *e, const struct exch_rec **first);

/*
 * A hash of the logical state: time, instruments, books with their queues,
 * what orders have beyond them, phases, protections, what is remembered of
 * accounts and clients.  Engines that were made with the same options and
 * have one hash go on alike.  It walks everything.
 */
uint64_t exch_embed_hash(const struct exch_embed *e);

/*
 * The whole state between two records as bytes, to be freed by free(3), and
 * back into an engine that was made with the same options and has seen no
 * record (EXCH_ERR_EXISTS); events not handed out are not part of it.  Bytes
 * are for the program that wrote them: EXCH_ERR_VERSION for others.  Who
 * keeps them has to know that they are whole; an engine whose load failed is
 * to be freed.
 */
int exch_embed_save(struct exch_embed *e, void **bytes, size_t *n);
int exch_embed_load(struct exch_embed *e, const void *bytes, size_t n);

#endif
