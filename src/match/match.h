/*
 * The matching engine: commands in, events out.  It applies the market
 * model (phases, order types, auctions, rejects) to the books and writes
 * its events straight into a stream writer, directly after the command
 * that caused them, which the caller has copied before.
 *
 * The engine has no clock: time is the largest time of the commands.
 */
#ifndef EXCH_MATCH_MATCH_H
#define EXCH_MATCH_MATCH_H

#include "base/err.h"
#include "match/alloc.h"
#include "match/ladder.h"
#include "match/market.h"
#include "rec/rec.h"
#include "rec/stream.h"

struct exch_timetable;
struct exch_match;
struct exch_card_ops;

#define EXCH_SHARDS_MAX 64u
#define EXCH_SHARD_NEXT UINT32_MAX

struct exch_match_opts {
	const struct exch_ladder *ladder;	/* auction price; NULL: plain */
	const struct exch_timetable *timetable; /* phases, or NULL */
	uint8_t phase; /* of every instrument until told otherwise */
	bool expect;   /* compare with EXPECT records */
	size_t orders; /* live orders expected, 0: small */
	/* Rules of a venue, or NULL; its ladders, allocation and self-trade
	 * mode go before those below. */
	const struct exch_market *market;
	const struct exch_alloc *alloc; /* who gets how much at one price;
					 * NULL: first come, first served */
	uint64_t seed;			/* of random peaks */
	uint8_t stp; /* enum exch_stp; EXCH_STP_MARKET: none */
	/*
	 * Instruments are dealt out to so many shards, 0 and 1 being the
	 * same, by this function of a first announcement modulo that number;
	 * NULL, or EXCH_SHARD_NEXT: in turn.  What the engine says does not
	 * depend on it.
	 */
	uint32_t shards;
	uint32_t (*deal)(void *arg, const struct exch_rec_instrument *r);
	void *deal_arg;
	/*
	 * With `parts` > 1 only what is dealt to `part`, from 0, of so many
	 * is matched; others do the rest (exch-match(1), SHARDS).  One shard.
	 */
	uint32_t part, parts;
	/*
	 * Not 0 at any time: stop.  Far times give many events between two
	 * records; NULL: never.
	 */
	const volatile int *stop;
	/*
	 * A matcher that is given the ordinary orders of instruments in
	 * continuous trading (card/card.h), or NULL; and its options.  One
	 * shard, and first come, first served.  Borrowed.  The engine writes
	 * what the card has to say before it has said it, so `out` has to be
	 * a draft, of which nothing goes further before exch_match_settle().
	 */
	const struct exch_card_ops *card;
	const char *card_options;
	/* One with more symbols, or NULL: it is taken when they are needed. */
	const struct exch_card_ops *card_more;
};

/* Why an instrument is not, or not any more, aboard the card. */
enum exch_ashore {
	EXCH_ASHORE_PHASE,    /* it does not trade continuously */
	EXCH_ASHORE_CROSSED,  /* its book is */
	EXCH_ASHORE_UNPRICED, /* an order without a price rests */
	EXCH_ASHORE_PRICES,   /* more ticks apart than the card has levels */
	EXCH_ASHORE_QUANTITY, /* no whole lots, or too many of them */
	EXCH_ASHORE_PLACE,    /* an order came before others of its price, or
			       * grew in its place */
	EXCH_ASHORE_FULL,     /* the card has no slot left */
	EXCH_ASHORES
};

/* What an engine's card had to do. */
struct exch_card_tally {
	uint64_t commands; /* of the engine, with something for the card */
	uint64_t others;   /* without */
	uint64_t orders;   /* that the card matched */
	uint64_t changes;  /* of a book, sent to it */
	uint64_t boarded;  /* instruments that came aboard */
	uint64_t moved;	   /* orders that came with them */
	uint64_t ashore[EXCH_ASHORES];
};

/* What the engine did so far. */
struct exch_match_stats {
	uint64_t commands;
	uint64_t acks;
	uint64_t rejects;
	uint64_t execs;
	uint64_t cancels;
	uint64_t replaces;
	uint64_t auctions;
	uint64_t refused;   /* INSTRUMENT records answered by ERROR */
	uint64_t rows_idle; /* of the timetable, for unknown symbols */
	uint64_t held;	    /* by the speed bump, now */
	/* Orders with discretion or a trailing stop, and calls with
	 * indications, that were looked at because some of them might act:
	 * grows with what they do, not with how many there are or how long
	 * they last. */
	uint64_t walked;
	/* fidelity */
	uint64_t expected; /* EXPECT records not imposed */
	uint64_t exact;
	uint64_t missed;
	uint64_t unexpected; /* executions the venue did not have */
	uint64_t imposed;
};

int exch_match_new(const struct exch_match_opts *o, struct exch_writer *out,
    struct exch_match **m, struct exch_diag *d);
void exch_match_free(struct exch_match *m);

/*
 * Apply one record of the input: commands, INSTRUMENT, PHASE and EXPECT;
 * others are ignored.  The record itself must be in the output already.
 * EXCH_ERR_NOMEM, or EXCH_ERR_FORMAT for a record shorter than its type.
 */
int exch_match_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d);
/*
 * Records that lie one behind the other, from *at up to `end`: time comes to
 * each and it is applied.  *at goes behind the last one, or to the one that
 * failed.
 */
int exch_match_run(struct exch_match *m, const unsigned char **at,
    const unsigned char *end, struct exch_diag *d);
/*
 * These will be applied next, in this order: whatever they need is fetched
 * from memory for all of them at once.  Changes nothing.  It pays when
 * books and instruments are more than the near caches hold.  Of an engine
 * with several shards each looks ahead for itself.
 */
#define EXCH_MATCH_AHEAD 48
bool exch_match_is_far(const struct exch_match *m);
void exch_match_ahead(
    const struct exch_match *m, const struct exch_rec *const *rec, size_t n);
/* What the inlined call below touches: the first member of an engine. */
struct exch_match_hot {
	exch_ts due; /* when the clock has something to do */
};

/*
 * What the clock does up to `time`: changes of the timetable, and orders
 * that expire.  At the end of the input EXCH_TS_NONE is the rest of the day,
 * up to the timetable's last change.
 */
int exch_match_advance_slow(
    struct exch_match *m, exch_ts time, struct exch_diag *d);

/* To be called before a record of that time is copied. */
static inline int
exch_match_advance(struct exch_match *m, exch_ts time, struct exch_diag *d)
{
	const struct exch_match_hot *h = (const void *)m;

	return __builtin_expect(time < h->due, 1)
		   ? 0
		   : exch_match_advance_slow(m, time, d);
}
/* End of a whole input: executions nobody expected are accounted. */
int exch_match_finish(struct exch_match *m, struct exch_diag *d);

/*
 * The whole state, between two records: written, or read into an engine
 * that was made with the same options and has seen nothing yet.  After a
 * failure to read the engine is to be freed.  EXCH_ERR_VERSION for an image
 * of another program, EXCH_ERR_NEED for an engine with a part of the
 * instruments, or whatever im->move returned.
 */
struct exch_image;
int exch_match_image(struct exch_match *m, struct exch_image *im);
/*
 * A hash of the logical state: time, instruments, books with their queues,
 * what orders have beyond them, phases, protections, what is remembered of
 * accounts and clients.  Whoever applied the same records to an engine with
 * the same options has the same hash, whatever the number of shards and
 * threads, and with images on the way; between two records, and with a crew
 * when that has caught up.
 */
uint64_t exch_match_hash(const struct exch_match *m);

/*
 * Of an engine with a card: what is applied from now on goes by this label.
 * And: all that the card had to say has come and was as it is due.  Else the
 * engine is to be freed, *label is that of the first command that failed, and
 * what came before it is good.  Without a card nothing is done.
 */
void exch_match_label(struct exch_match *m, uint64_t label);
int exch_match_settle(
    struct exch_match *m, uint64_t *label, struct exch_diag *d);

/* Of its card; NULL: it has none.  Good until the engine goes. */
const struct exch_card_tally *exch_match_card_tally(const struct exch_match *m);
struct exch_card_stats;
/* And what the card says of itself. */
void exch_match_card_stats(
    const struct exch_match *m, struct exch_card_stats *s);
/*
 * It is given back before the engine goes, for others: to be called when all
 * was settled, or has failed.  The figures stay; nothing may be applied.
 */
void exch_match_card_close(struct exch_match *m);

/*
 * Its books, to look at between two records: orders, levels and queues as
 * they stand, and the store that those of an instrument are in.  The book of
 * an instrument that was not announced is NULL.
 */
struct exch_book;
struct exch_book_store;
const struct exch_book_store *exch_match_books(
    const struct exch_match *m, uint32_t instr);
struct exch_book *exch_match_book(const struct exch_match *m, uint32_t instr);

/* Good until the next call. */
const struct exch_match_stats *exch_match_stats(const struct exch_match *m);

#endif
