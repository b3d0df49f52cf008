/*
 * A line of a market file on its way through the table of keys: what the
 * files that know keys share (market.c, market_day.c).
 */
#ifndef EXCH_MATCH_MARKET_LINE_H
#define EXCH_MATCH_MARKET_LINE_H

#include <string.h>

#include "base/place.h"
#include "match/market.h"

struct exch_word;

#define EXCH_LINE_WORDS 40

struct exch_piece {
	const char *p;
	size_t n;
};

struct exch_market_line {
	struct exch_market *m;
	const struct exch_market_files *files; /* NULL: there are none */
	const char *name;
	uint64_t line;
	struct exch_piece whole; /* the line */
	struct exch_piece word[EXCH_LINE_WORDS];
	size_t nwords;
	uint64_t seen;		/* keys that may stand once */
	uint64_t session_lines; /* that the text of the sessions has */
	size_t session_cap;
	struct exch_diag *d;
};

/* The quoted word, short enough for a message. */
#define EXCH_LINE_QUOTE(w) (int)((w).n < 40 ? (w).n : 40), (w).p

static inline bool
exch_line_is(struct exch_piece w, const char *s)
{
	return strlen(s) == w.n && memcmp(s, w.p, w.n) == 0;
}

/* Where that stands, which is of the line. */
struct exch_place exch_line_place(
    const struct exch_market_line *p, const char *at);
/* Refuse the line for a word, or, at its key, for what the whole of it lacks. */
int exch_line_bad(
    struct exch_market_line *p, struct exch_piece w, const char *what);
int exch_line_wrong(struct exch_market_line *p, const char *what);
/* ... because it is none of these words, from the one with that place on. */
int exch_line_none_of(struct exch_market_line *p, struct exch_piece w,
    const struct exch_word *words, unsigned from);
/* A decimal with so many places, not negative. */
int exch_line_decimal(
    struct exch_market_line *p, struct exch_piece w, int scale, int64_t *v);
/* "10%" to percent x 10^6. */
int exch_line_percent(
    struct exch_market_line *p, struct exch_piece w, uint64_t *out);
int exch_line_duration(
    struct exch_market_line *p, struct exch_piece w, uint64_t *ns);
/* "15:25" to ns behind midnight. */
int exch_line_tod(
    struct exch_market_line *p, struct exch_piece w, uint64_t *ns);
/* The words from `at` on, of a code, a bit each. */
int exch_line_set(struct exch_market_line *p, size_t at,
    const struct exch_word *words, uint64_t set[4]);

/* The word as an auction that a market may have rules for. */
int exch_line_cross(
    struct exch_market_line *p, struct exch_piece w, uint8_t *cross);

/* ---- market_day.c: keys of what goes by the clock and by the day ---- */

int exch_line_random_end(struct exch_market_line *p);
int exch_line_phase(struct exch_market_line *p);
int exch_line_freeze(struct exch_market_line *p);
int exch_line_calendar(struct exch_market_line *p);

/* ---- market_luld.c ---- */

int exch_line_luld(struct exch_market_line *p);

/* ---- market_breaker.c ---- */

int exch_line_breaker(struct exch_market_line *p);
/* Once all lines are read. */
int exch_line_breaker_whole(struct exch_market_line *p);

/* ---- market_venue.c ---- */

int exch_line_venue(struct exch_market_line *p);

#endif
