/*
 * exch-feed ladder: the book of one instrument in a terminal, while time
 * passes.  ladder.c follows the stream, its clock and what keys ask for;
 * ladder_screen.c is the one file that knows ncurses, and shows a view.
 */
#ifndef EXCH_CMD_FEED_LADDER_H
#define EXCH_CMD_FEED_LADDER_H

#include "base/err.h"
#include "report/report.h"

/* More than any terminal has rows of one side. */
#define LADDER_LEVELS 256
#define LADDER_TAPE 64

struct ladder_level {
	exch_px price;
	exch_qty qty;
};

struct ladder_print {
	exch_ts time;
	exch_px price;
	exch_qty qty;
	uint8_t side; /* of the aggressor, or none */
};

/* The last prints of an instrument, a ring. */
struct ladder_tape {
	struct ladder_print print[LADDER_TAPE];
	uint64_t n; /* so far */
};

/* All that is shown; texts are borrowed for the call. */
struct ladder_view {
	const struct exch_inst *in; /* NULL: it was not announced so far */
	const char *symbol;	    /* of it, or the one that is waited for */
	const struct exch_tz *tz;
	exch_ts time;	   /* of the book; EXCH_TS_NONE: none yet */
	const char *phase; /* NULL: nobody said */
	const char *state; /* "10x", "paused" */
	const char *said;  /* last line; NULL: what the keys do */
	const struct ladder_tape *tape;
	uint64_t trades;
	exch_u128 volume;
	exch_px last, vwap;
	bool auctions; /* what one would give: */
	exch_px auction;
	exch_qty paired, imbalance;
	uint8_t imbalance_side;
	unsigned nbids, nasks; /* best first */
	struct ladder_level bid[LADDER_LEVELS];
	struct ladder_level ask[LADDER_LEVELS];
};

/* ---- ladder_screen.c ---- */

enum ladder_key {
	LADDER_KEY_NONE = -1,
	LADDER_KEY_RESIZED = -2,
	LADDER_KEY_GONE = -3 /* the terminal is */
};

/*
 * Takes the terminal; what is written to standard error waits until it is
 * given back.  EXCH_ERR_NEED: there is none, or none that is known.
 */
int ladder_screen_open(struct exch_diag *d);
/* Gives it back; again or without open: nothing happens. */
void ladder_screen_close(void);
/* Rows of one side that fit. */
unsigned ladder_screen_rows(void);
void ladder_screen_show(const struct ladder_view *v);
/* A key within so many milliseconds (0: if there is one). */
int ladder_screen_key(int ms);

/* ---- ladder.c ---- */

extern const struct exch_report feed_ladder;

#endif
