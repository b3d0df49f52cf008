/*
 * A market's rules as a text file, exch-market(5): what a venue takes, how
 * it shares a price, how its auctions find theirs, which prices it allows.
 * A new venue is a new file.
 */
#ifndef EXCH_MATCH_MARKET_H
#define EXCH_MATCH_MARKET_H

#include "base/err.h"
#include "match/alloc.h"
#include "match/ladder.h"
#include "match/step.h"

struct exch_calendar;
struct exch_timetable;
struct exch_tz;

/* Auctions that may have a ladder of their own: enum exch_cross. */
#define EXCH_MARKET_CROSSES 6
#define EXCH_MARKET_TICKS 32
#define EXCH_MARKET_MAKERS 16

/* A participant with a share of its own: alloc.h, LMM. */
struct exch_market_maker {
	uint32_t account;
	uint8_t percent;
};

/*
 * How far a price may be from a reference, in percent x 10^6; 0: as far as
 * it likes.
 */
struct exch_market_band {
	uint64_t still;	  /* from the instrument's reference */
	uint64_t dynamic; /* from the last execution */
};

/* Quantities that are no multiple of the lot. */
enum exch_odd_lots {
	EXCH_ODD_REFUSE = 0,
	EXCH_ODD_TAKE = 1,
	EXCH_ODD_NOW = 2 /* only of orders that trade at once or not at all */
};

/*
 * What protects the market; 0 is none.  Shares are percent x 10^6, times ns.
 * exch-market(5), PROTECTIONS, gives the rules.
 */
struct exch_market_guard {
	uint64_t collar;
	uint64_t short_sale;
	uint64_t throttle; /* new orders of an account ... */
	uint64_t window;   /* ... in so long */
	uint64_t bump;
	struct exch_market_band interrupt;
	uint64_t still_time; /* so long does either interrupt */
	uint64_t dynamic_time;
	uint64_t monitor;
	uint64_t monitor_time;
	uint64_t indicative;
	uint8_t odd_lots; /* enum exch_odd_lots */
};

/* What a freeze refuses. */
enum exch_freeze {
	EXCH_FREEZE_NEW = 1,
	EXCH_FREEZE_CANCEL = 2,
	EXCH_FREEZE_REPLACE = 4
};

/* The last time before a call ends, in which some commands are refused. */
struct exch_market_freeze {
	uint64_t before; /* the end of the call, ns */
	uint64_t types[4];
	uint64_t tifs[4];
	uint8_t cross;
	uint8_t what; /* enum exch_freeze, ored */
};

#define EXCH_MARKET_PHASES 6
#define EXCH_MARKET_FREEZES 16

/* What goes by the phase and by the day: exch-market(5), THE DAY. */
struct exch_market_day {
	uint64_t random_end[EXCH_MARKET_CROSSES]; /* ns, 0: none */
	uint64_t types[EXCH_MARKET_PHASES][4];
	uint64_t tifs[EXCH_MARKET_PHASES][4];
	struct exch_market_freeze freeze[EXCH_MARKET_FREEZES];
	unsigned nfreeze;
	char calendar[32]; /* "": none */
	bool calls;	   /* random ends or freezes */
};

/*
 * A time of day of the market's clock.  What the file says becomes a time
 * of the trading date by exch_market_date(); until then it never comes.
 */
struct exch_market_time {
	uint64_t tod; /* ns, EXCH_TS_NONE: not said */
	exch_ts on;   /* EXCH_TS_NONE: never */
};

/* Limit up, limit down: exch-market(5).  Shares are percent x 10^6. */
#define EXCH_MARKET_LULD_BANDS 16

enum exch_luld_rel { EXCH_LULD_ABOVE, EXCH_LULD_FROM, EXCH_LULD_BELOW };

struct exch_market_luld {
	struct exch_market_luld_band {
		exch_px at; /* prices of yesterday it is for */
		uint64_t share;
		exch_px most; /* how wide at most, 0: any */
		uint8_t rel;  /* enum exch_luld_rel */
		bool doubles; /* before the close */
	} band[EXCH_MARKET_LULD_BANDS];
	unsigned nbands; /* 0: the market has none of this */
	uint64_t window; /* times in ns */
	uint64_t change;
	uint64_t hold;
	uint64_t limit;
	uint64_t pause;
	struct exch_market_time doubles;
	bool reject; /* what is beyond a band, instead of moving it */
};

/* The market-wide breaker: exch-market(5).  Shares are percent x 10^6. */
#define EXCH_MARKET_FALLS 9

struct exch_market_breaker {
	char symbol[24]; /* of the index, NUL padded */
	struct exch_market_fall {
		uint64_t share; /* of the close, below it */
		uint64_t halt;	/* ns, 0: closed for the day */
	} fall[EXCH_MARKET_FALLS];
	unsigned n; /* levels, 0: the market has no breaker */
	struct exch_market_time until; /* levels halt */
};

/* A venue whose rules are those of a file of its own: ref/venue.h. */
#define EXCH_MARKET_VENUES 15

struct exch_market_venue {
	char name[24];
	char *path; /* of the file, for messages */
	struct exch_market *rules;
};

struct exch_market {
	char name[32];
	struct exch_market_venue *venue; /* instruments elsewhere have ours */
	unsigned nvenues;
	const struct exch_ladder *ladder[EXCH_MARKET_CROSSES]; /* NULL: the
								* engine's */
	struct exch_alloc alloc; /* name NULL: fifo */
	uint8_t stp;		 /* enum exch_stp */
	struct exch_market_maker maker[EXCH_MARKET_MAKERS];
	unsigned nmakers;
	uint64_t types[4]; /* order types it takes, a bit per code */
	uint64_t tifs[4];  /* times in force */
	struct exch_market_tick tick[EXCH_MARKET_TICKS];
	unsigned nticks;
	struct exch_market_band band;
	struct exch_market_guard guard;
	struct exch_market_day day;
	struct exch_market_luld luld;
	struct exch_market_breaker breaker;
	exch_qty block_min;  /* of a trade agreed outside the book */
	uint64_t block_band; /* how far its price may be, 0: any */
	char *sessions;	     /* a timetable's text, NULL: none */
	size_t nsessions;
	char zone[64];	       /* of the sessions, "": not told */
	bool midpoint;	       /* of other venues: mid.c */
	exch_qty midpoint_min; /* of an order and each execution, 0: any */
	bool announced;	       /* only accounts that were, may have orders */
	bool stp_member;       /* accounts of one member have one owner */
	bool any;	       /* something concerns every single order */
};

/* The plain market: everything is taken, nothing is limited. */
void exch_market_init(struct exch_market *m);
/*
 * Read the text of a market file.  EXCH_ERR_FORMAT with line and reason for
 * a line that makes no sense; EXCH_ERR_NOMEM.  *m is to be cleared in any
 * case.
 */
int exch_market_parse(const char *text, size_t n, const char *name,
    struct exch_market *m, struct exch_diag *d);
/* The same where its lines may name files, in the directory of `name`. */
struct exch_market_files {
	/* A file's text, with a byte 0 behind it; freed by exch_free(). */
	int (*slurp)(void *arg, const char *path, char **text, size_t *n,
	    struct exch_diag *d);
	void *arg;
};
int exch_market_read(const char *text, size_t n, const char *name,
    const struct exch_market_files *files, struct exch_market *m,
    struct exch_diag *d);
void exch_market_clear(struct exch_market *m);

/* The venue that a padded symbol is at, from 0; m->nvenues: ours. */
unsigned exch_market_venue_of(const struct exch_market *m, const char *symbol);
/* The rules of its venue, or ours; of no market (NULL) NULL. */
const struct exch_market *exch_market_rules(
    const struct exch_market *m, const char *symbol);
/*
 * Sessions of venues join the timetable, or with NULL they do not, and their
 * times of day become those of the date.  A venue without a zone has that of
 * the market.
 */
int exch_market_venues_date(struct exch_market *m, uint32_t date,
    const struct exch_tz *tz, const struct exch_calendar *c,
    int (*zone)(const char *name, struct exch_tz **tz, struct exch_diag *d),
    struct exch_timetable *t, struct exch_diag *d);

/* Has it, or a venue of it, rules that need the date? */
bool exch_market_dated(const struct exch_market *m);
/*
 * Its times of day become those of a date in a zone, moved as the calendar,
 * or NULL, says; one that does not take place never comes.
 */
void exch_market_date(struct exch_market *m, uint32_t date,
    const struct exch_tz *tz, const struct exch_calendar *c);

static inline bool
exch_market_takes(const uint64_t set[4], uint8_t code)
{
	return (set[code / 64] >> (code % 64) & 1) != 0;
}

/* Is the price on the step of its size? */
bool exch_market_on_tick(const struct exch_market *m, exch_px price);
/*
 * Is the price within `percent` (x 10^6) of the reference?  Without a
 * reference, or with 0 percent, every price is.  The bound belongs to the
 * band; products are exact.
 */
bool exch_market_within(exch_px price, exch_px reference, uint64_t percent);

#endif
