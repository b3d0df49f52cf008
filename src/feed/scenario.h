/*
 * The scenario text, exch-scenario(5): what its files share.
 *
 *	scenario.c       lines in, words of a line, the whole run
 *	scenario_set.c   date, zone, instrument, account: what holds
 *	scenario_do.c    orders and phases: what happens
 *	scenario_deal.c  quotes, trades by agreement, broken trades
 *	scenario_terms.c what an order says behind its quantity
 *	scenario_word.c  numbers, times and the complaints about them
 */
#ifndef EXCH_FEED_SCENARIO_H
#define EXCH_FEED_SCENARIO_H

#include "base/place.h"
#include "feed/feed.h"
#include "feed/names.h"
#include "feed/text.h"
#include "feed/when.h"
#include "rec/schema.h"

/* Longest line, and words in it. */
#define EXCH_SCN_LINE 4096u
#define EXCH_SCN_WORDS 128u
/* Names of orders that one file may give. */
#define EXCH_SCN_NAMES (1u << 20)

struct scn;

struct scn_word {
	const char *p;
	size_t n;
	uint32_t column; /* from 1 */
	/* The first variable in it that -D has given, or NULL. */
	const char *given;
};

/* An order that has a name. */
struct scn_order {
	exch_oid id;
	uint32_t instr; /* number in the tables below */
	uint32_t account;
	exch_px price;
	uint64_t line; /* that named it */
};

/* The numbers of an account's quote in an instrument, 0: none yet. */
struct scn_quote {
	uint32_t account;
	uint32_t instr;
	exch_oid id[2]; /* bid and offer */
};

/* An order that a line speaks of. */
struct scn_ref {
	exch_oid id;
	uint32_t instr;
	struct scn_order *named; /* NULL: by number */
};

/*
 * Who understands more lines than a scenario of orders has: a simulation.
 * Both calls look at the words from s->at on and return 1, having taken none,
 * when the line is not theirs.
 */
struct exch_scn_more {
	void *arg;
	/* A line that sets something, without a time. */
	int (*setting)(void *arg, struct scn *s);
	/* What happens at s->now; `account` 0: nobody was named. */
	int (*event)(void *arg, struct scn *s);
	/*
	 * What stands for $NAME; NULL: there is no such name.  *given receives
	 * the name where the value is one of -D; it stays good.
	 */
	const char *(*value)(
	    void *arg, const char *name, size_t n, const char **given);
	/* A zone is named by the word before s->at: 0, or a complaint. */
	int (*zone)(void *arg, struct scn *s, const char *name);
};

struct scn {
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_in *in;
	struct exch_diag *d;

	/* The line. */
	uint64_t line;
	struct scn_word word[EXCH_SCN_WORDS];
	unsigned nwords;
	unsigned at; /* next word */
	uint32_t end_column;
	char put[2 * EXCH_SCN_LINE]; /* words with values in them */
	size_t nput;

	/* The clock. */
	struct exch_when when;
	bool dated; /* some line has named the date */
	struct exch_tz *own_tz;
	bool timed; /* some line had a time */
	exch_ts now;

	/* What holds. */
	struct exch_names *symbols;
	struct exch_rec_instrument *instr; /* by number of the symbol */
	size_t instr_cap;
	uint32_t next_instr;
	struct exch_names *names;  /* of orders */
	struct exch_names *groups; /* one cancels the other */
	struct scn_order *order;   /* by number of the name */
	size_t order_cap;
	struct exch_names *accounts; /* the caller's or own_accounts */
	struct exch_names *own_accounts;
	exch_oid next_order;
	struct scn_quote *quote;
	uint32_t nquote;
	size_t quote_cap;
};

/* ---- scenario.c ---- */

/*
 * The lines of another input stand here instead of the one in hand, whose
 * words are gone when it comes back.
 */
int exch_scn_include(struct scn *s, struct exch_in *in);

/* ---- scenario_word.c: every failure returns the code of its diagnosis ---- */

/* Where a word stands, or (NULL) where the line ends; as good as the input. */
struct exch_place exch_scn_place(const struct scn *s, const struct scn_word *w);
/* A complaint there. */
int exch_scn_fail(struct scn *s, const struct scn_word *w, enum exch_err code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "expected WHAT, found ..." at the next word. */
int exch_scn_expected(struct scn *s, const char *what);
int exch_scn_nomem(struct scn *s);
/* The next word, or NULL at the end of the line. */
const struct scn_word *exch_scn_next(struct scn *s);
bool exch_scn_is(const struct scn_word *w, const char *word);
/* Is the next word this one?  Then pass over it. */
bool exch_scn_accept(struct scn *s, const char *word);
/* Nothing more may follow. */
int exch_scn_end(struct scn *s);
/* The nearest of the words to a misspelt one, or NULL. */
const char *exch_scn_nearest(
    const struct scn_word *w, const char *const *words, unsigned n);
/* A code by its word, with a list of the words when there is none. */
int exch_scn_code(struct scn *s, const struct exch_word *words,
    const char *what, uint8_t *code);
/* A number with up to nine decimals that is no price of the book. */
int exch_scn_number(struct scn *s, const char *what, exch_px *v);
/* A price; of an instrument in 32nds it may be written so. */
int exch_scn_price(struct scn *s, bool in32, exch_px *px);
/* Are the prices of this instrument in 32nds? */
static inline bool
exch_scn_in32(const struct scn *s, uint32_t instr)
{
	return (s->instr[instr].iflags & EXCH_INSTR_32NDS) != 0;
}
/* A quantity in units of 10^exponent. */
int exch_scn_qty(struct scn *s, int exponent, exch_qty *q);
int exch_scn_whole(struct scn *s, const char *what, uint64_t max, uint64_t *v);
/* A name for an order or an account, from the next word. */
int exch_scn_name(struct scn *s, const char *what, const struct scn_word **w);
/* A time at the beginning of a line: sets the clock.  1 when there is none. */
int exch_scn_time(struct scn *s);

/* ---- scenario_set.c ---- */

/* Lines that set something.  1 when the line is none of them. */
int exch_scn_setting(struct scn *s);
/* Number of an instrument; says what is near when it is not known. */
int exch_scn_instrument(
    struct scn *s, const struct scn_word *w, uint32_t *number);
/* The same where other words can stand: which, "a, b nor c". */
int exch_scn_instrument_or(struct scn *s, const struct scn_word *w,
    const char *others, uint32_t *number);
/* The only instrument there is. */
int exch_scn_only_instrument(struct scn *s, uint32_t *number);
/* Account number of a name; new names are announced. */
int exch_scn_account(struct scn *s, const struct scn_word *w, uint32_t *id);

/* ---- scenario_do.c ---- */

/* What happens at s->now. */
int exch_scn_event(struct scn *s);
/* A record goes out, with n entries behind its fixed part. */
int exch_scn_give(
    struct scn *s, struct exch_rec *r, size_t size, unsigned n, char what);
/* The same of a record that tells its length itself. */
int exch_scn_give_long(struct scn *s, struct exch_rec *r, char what);
/* The number of a new order: its own, or with 0 the next free one. */
exch_oid exch_scn_new_id(struct scn *s, exch_oid given);
/* A name that no order has yet; and giving it to one. */
int exch_scn_new_name(struct scn *s, const struct scn_word **name);
int exch_scn_name_order(struct scn *s, const struct scn_word *w, exch_oid id,
    uint32_t instr, uint32_t account, exch_px price);
/* An order by its name; or its number alone by name or number. */
int exch_scn_named_order(struct scn *s, struct scn_ref *ref);
int exch_scn_order_id(struct scn *s, exch_oid *id);
/* By name, or by number and symbol; with an account it must be its. */
int exch_scn_ref(struct scn *s, uint32_t account, struct scn_ref *ref);

/* ---- scenario_gate.c: behind the word of the same name ---- */

int exch_scn_decide(struct scn *s, uint8_t verdict);
int exch_scn_switch(struct scn *s);
int exch_scn_limit(struct scn *s);

/* ---- scenario_deal.c: behind the word of the same name ---- */

int exch_scn_quote(struct scn *s, uint32_t account);
int exch_scn_take_answer(struct scn *s, uint32_t account);
int exch_scn_block(struct scn *s);
int exch_scn_break(struct scn *s);
int exch_scn_value(struct scn *s);

#endif
