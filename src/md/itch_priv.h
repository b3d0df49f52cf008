/*
 * Inside of the ITCH feed: itch.c takes the records, itch_book.c knows what a
 * subscriber has seen, itch_trades.c tells what was traded, itch_put.c is what
 * every message needs.
 */
#ifndef EXCH_MD_ITCH_PRIV_H
#define EXCH_MD_ITCH_PRIV_H

#include "base/keyed.h"
#include "md/framing.h"
#include "md/itch_out.h"
#include "md/md.h"
#include "report/books.h"
#include "report/report.h"

/* What a subscriber has of an order; shares 0: nothing. */
struct exch_md_seen {
	struct exch_key key; /* place, id */
	uint64_t ref;
	uint64_t event;	 /* the last that spoke of it */
	uint64_t rank;	 /* of its entering, by which it stands; 0: none */
	uint64_t was;	 /* it is that order's next life; 0: it is not */
	uint32_t shares; /* displayed */
	uint32_t price;	 /* 10^-4 */
	uint8_t side;
	bool goes_on; /* another takes its place, if it comes to rest */
	uint8_t zero[6];
};

/* Who enters in an event, and after whom. */
struct exch_md_turn {
	uint64_t rank;
	uint32_t slot;
};

/* An auction of the event: one print for all. */
struct exch_md_cross {
	uint64_t shares;
	uint64_t match;
	uint32_t price;
	uint8_t type;
};

/*
 * Of an auction that the venue told without its orders: what it took from one
 * that was displayed.  The price comes with the print behind all of them.
 */
struct exch_md_taken {
	uint64_t ref;
	uint32_t place;
	uint32_t shares;
	bool all; /* nothing is left of it */
};

struct exch_md_named {
	struct exch_itch_stock s;
	bool told;
};

struct exch_md_itch_feed {
	struct exch_books books;
	struct exch_books_watch watch;
	struct exch_keyed seen;
	uint32_t *spoken; /* slots of the event's orders, in turn */
	uint32_t nspoken, spoken_cap;
	struct exch_md_turn *turn; /* the same, by their rank */
	uint32_t turn_cap;
	struct exch_md_taken *taken;
	uint32_t ntaken, taken_cap;
	struct exch_md_cross *cross; /* by place */
	uint32_t ncross;
	uint32_t *crossed; /* places with one that is not told yet */
	uint32_t ncrossed, crossed_cap;
	struct exch_md_named *stock; /* by place */
	uint32_t nstock;
	struct exch_framing framing;
	uint64_t event, rank, refs;
	exch_ts midnight; /* local, of the day; NONE: nothing came yet */
	exch_ts now;
	bool open; /* market hours were said to have begun */
	int err;   /* within a call of the books */
};

static inline struct exch_md_itch_feed *
of(struct exch_report_run *run)
{
	return run->state;
}

static inline const struct exch_inst *
inst_of(const struct exch_report_run *run, uint32_t place)
{
	return &run->insts.inst[place];
}

/* ---- itch_put.c ---- */

/* EXCH_ERR_LIMIT: ITCH has no room for it. */
int exch_md_no_room(const struct exch_report_run *run, uint32_t place,
    const char *what, struct exch_diag *d);
/* In 10^-4; where there may be none: 0. */
int exch_md_price(const struct exch_report_run *run, uint32_t place, exch_px px,
    uint32_t *out, struct exch_diag *d);
int exch_md_price_or_none(const struct exch_report_run *run, uint32_t place,
    exch_px px, uint32_t *out, struct exch_diag *d);
int exch_md_shares(const struct exch_report_run *run, uint32_t place,
    exch_qty qty, uint32_t *out, struct exch_diag *d);
/* Locate and the time that it is now. */
int exch_md_head(struct exch_report_run *run, uint32_t place,
    struct exch_itch_head *h, struct exch_diag *d);
void exch_md_put(struct exch_md_itch_feed *s, const unsigned char *m, size_t n);
int exch_md_system(
    struct exch_report_run *run, char event, struct exch_diag *d);
/* How a place is called; once it is told it stays so. */
int exch_md_name(struct exch_report_run *run, uint32_t place, exch_qty lot,
    struct exch_diag *d);
/* The stock of a place, told before anything is told of it. */
int exch_md_stock(struct exch_report_run *run, uint32_t place,
    struct exch_itch_head *h, const struct exch_itch_stock **out,
    struct exch_diag *d);

/* ---- itch_book.c ---- */

/* The order is spoken of in this event: the end of it looks at it. */
int exch_md_speak(struct exch_report_run *run, uint32_t place, exch_oid id,
    struct exch_md_seen **out, struct exch_diag *d);
/* For the books, `arg` being the run. */
void exch_md_enters(void *arg, const struct exch_tally_new *o, bool by_id);
void exch_md_leaves(void *arg, uint32_t place, exch_oid id);
/* It has come, has become more, or has another place. */
int exch_md_grow(
    struct exch_report_run *run, struct exch_md_seen *o, struct exch_diag *d);
int exch_md_end_event(struct exch_report_run *run, struct exch_diag *d);

/* ---- itch_trades.c ---- */

int exch_md_executed(struct exch_report_run *run, const struct exch_rec_exec *e,
    uint32_t place, struct exch_diag *d);
int exch_md_traded(struct exch_report_run *run, const struct exch_rec_trade *t,
    uint32_t place, struct exch_diag *d);
/* The prints of the event's own auctions. */
int exch_md_crosses(struct exch_report_run *run, struct exch_diag *d);
/* Does it tell what an auction took? */
bool exch_md_is_taken(const struct exch_rec *r);
int exch_md_take(struct exch_report_run *run,
    const struct exch_rec_cancelled *c, uint32_t place, struct exch_diag *d);
/* They are executions at the price of the auction `c`; NULL: there is none. */
int exch_md_put_taken(struct exch_report_run *run,
    const struct exch_md_cross *c, struct exch_diag *d);

#endif
