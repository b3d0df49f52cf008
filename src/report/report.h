/*
 * Reports: each is a row in one table with the same few functions.  A run
 * takes the records of a stream one by one and writes text, CSV or JSON.
 *
 *	exch_report_new(exch_report_by_name("bars"), &opts, info, out, &run, d)
 *	while (exch_report_read(run, reader, 4096, &bad, d) > 0)
 *		;
 *	exch_report_finish(run, exch_reader_status(reader), false, d);
 *
 * A new report is one file with one struct exch_report and one row in
 * report.c.  Memory grows with live orders, instruments and accounts only.
 */
#ifndef EXCH_REPORT_REPORT_H
#define EXCH_REPORT_REPORT_H

#include "base/err.h"
#include "rec/stream.h"
#include "report/indicator.h"
#include "report/insts.h"
#include "report/labels.h"
#include "report/table.h"

struct exch_publisher;
struct exch_in;

/*
 * An option of one report, or of a few: it stands in the report's file, and
 * whoever serves a command line makes an option of it.  Lists end with a row
 * of zeros.
 */
struct exch_report_param {
	const char *name; /* "legs": --legs */
	char letter;	  /* or 0 */
	const char *arg;  /* name of its argument; NULL: a flag */
	const char *what; /* one line */
	bool table;  /* the argument is a file, and the report gets its text */
	bool stream; /* it is another stream, and the report reads it */
	bool needed;
	/* the table that holds when none is given: a file of the package */
	const char *stock;
	/* with it a stream of records is written: exch_report_run.writer */
	bool filter;
};

/* Most parameters of a report; checked. */
#define EXCH_PARAMS_MAX 16

/* What was said about a parameter; all NULL: nothing. */
struct exch_given {
	const char *value; /* as it was given; of a table, its path */
	const char *text;  /* of a table, with a NUL behind it */
	size_t n;
	struct exch_in *in; /* of a stream, open for one reader */
};

/* When depth gives a row. */
enum exch_report_when {
	EXCH_WHEN_EVENT, /* after every event */
	EXCH_WHEN_EVERY, /* at every multiple of `every` */
	EXCH_WHEN_AT	 /* at the times listed */
};

/* What makes a bar full. */
enum exch_report_bar {
	EXCH_BAR_TIME,
	EXCH_BAR_TRADES,
	EXCH_BAR_VOLUME,
	EXCH_BAR_TURNOVER
};

/* Longest list of times for EXCH_WHEN_AT. */
#define EXCH_REPORT_AT_MAX 4096
#define EXCH_REPORT_LEVELS_MAX 1000

struct exch_report_opts {
	enum exch_format format;  /* text, CSV or JSON */
	const struct exch_tz *tz; /* NULL: UTC; owned by the caller */
	bool digest;		  /* SHA-256 over the records read */
	bool hash; /* SHA-256 over the bytes written (manifest) */
	bool bare; /* CSV for another report, not for people (parts.h) */
	bool all;  /* summary as text: every instrument */
	/* depth */
	unsigned levels;
	enum exch_report_when when;
	uint64_t every;	    /* ns */
	const uint64_t *at; /* ns since local midnight, ascending */
	size_t nat;
	bool changed; /* only when the levels shown changed */
	/* top */
	unsigned imbalance; /* over so many levels a side; 0: without */
	/* what makes pseudonyms of names and orders; NULL: they stay */
	const char *secret;
	size_t nsecret;
	/* of one order alone: its number, as its user says it; NULL: none */
	const char *order;
	/* the symbols looked at, with commas between them; NULL: all */
	const char *watch;
	/* bars */
	enum exch_report_bar bar;
	uint64_t interval; /* of EXCH_BAR_TIME: ns */
	int64_t each;	   /* of the others: so much, in 10^-6 */
	bool fill;
	struct exch_ind_list indicators;
	/* what passes as time does */
	uint64_t speed; /* 10^-9 seconds a second; 0: as it comes */
	uint64_t begin; /* ns since local midnight; EXCH_TS_NONE: at once */
	/* stats */
	bool phases; /* a row for each phase and auction instead */
	/* quality */
	bool alarms;	/* a row for each of them */
	uint64_t stale; /* ns of silence that are too many */
	/* fidelity */
	unsigned misses; /* how many are listed */
	bool file; /* what is read is a file, not a stream: report->file() */
	/* about report->params, in their order; NULL: about none */
	const struct exch_given *given;
	/* plot: which picture (NULL: price), and what is made of it */
	const char *picture;
	uint8_t drawing; /* enum exch_report_draw */
	/* feeds of messages */
	char session[10]; /* with blanks behind it; [0] '\0': by the date */
	bool packets;	  /* of MoldUDP64 in a pcap, not a file of messages */
	/* who gets the packets (md/publish.h); NULL: they are the output */
	const struct exch_publisher *publish;
	/* what is read, for a report that is a filter */
	const struct exch_reader *upstream;
	/*
	 * Not 0 at any time: stop.  Far times give many rows between two
	 * records; NULL: never.
	 */
	const volatile int *stop;
};

/* What becomes of a picture: a file, or a script for gnuplot that makes it. */
enum exch_report_draw { EXCH_DRAW_SVG, EXCH_DRAW_PNG, EXCH_DRAW_PDF };

/* Which options a report takes. */
enum exch_report_takes {
	EXCH_TAKES_ALL = 1,
	EXCH_TAKES_DEPTH = 2, /* levels */
	EXCH_TAKES_BARS = 4,  /* bar, interval, each, fill, indicators */
	EXCH_TAKES_MISSES = 8,
	EXCH_TAKES_MANIFEST = 16,
	EXCH_TAKES_FRAMING = 32, /* session, packets */
	EXCH_TAKES_WHEN = 64,	 /* every, at, changed */
	EXCH_TAKES_WATCH = 128,
	EXCH_TAKES_SYMBOL = 256, /* one, as its first operand: watch */
	EXCH_TAKES_PACE = 512,	 /* speed, begin */
	EXCH_TAKES_PHASES = 1024,
	EXCH_TAKES_SESSION = 2048, /* session alone */
	EXCH_TAKES_QUALITY = 4096, /* alarms, stale */
	EXCH_TAKES_IMBALANCE = 8192,
	EXCH_TAKES_ORDER = 16384,   /* one, as its first operand: order */
	EXCH_TAKES_PICTURE = 32768, /* its name, as its first operand */
	EXCH_TAKES_REDACT = 65536   /* secret */
};

/* What is done with a file that a report, ours or another's, has made. */
enum exch_report_file {
	EXCH_FILE_CHECK, /* a row for each fault in it */
	EXCH_FILE_SHOW	 /* laid out for people */
};

/* What a report cannot do without; checked at the end of the stream. */
enum exch_report_needs {
	EXCH_NEEDS_MATCH = 1,  /* the answers of exch-match */
	EXCH_NEEDS_EXPECT = 2, /* the venue's own executions */
	EXCH_NEEDS_BOOK = 4    /* one of them, or a feed's display */
};

struct exch_report_run;

struct exch_report {
	const char *name;
	const char *what; /* one line for --help */
	unsigned takes;
	unsigned needs;
	bool binary;	 /* no text, whatever the format */
	bool stream;	 /* in binary form it is a stream of records */
	bool screen;	 /* it takes the terminal */
	bool form;	 /* text of a form of its own, such as XML: no -f */
	bool bare;	 /* its CSV is input of a tool, not a table: no guard */
	unsigned levels; /* unless told; 0: what the tool says */
	/* its times are of this zone and no other; NULL: as is asked */
	const char *zone;
	bool local; /* without --tz its times are of the stream's own zone */
	const struct exch_report_param *params; /* NULL: none */
	/*
	 * Does a run with these options look at a table of the package, one of
	 * its params?  Those that it does not need not be there.  NULL: at all.
	 */
	bool (*looks)(const struct exch_report_opts *o,
	    const struct exch_report_param *x);
	/* Returns the report's state, kept in run->state. */
	int (*open)(struct exch_report_run *run, struct exch_diag *d);
	int (*record)(struct exch_report_run *run, const struct exch_rec *r,
	    uint64_t seq, struct exch_diag *d);
	/*
	 * Takes what it can of the records that lie ahead in the block, with
	 * the same result as record() of each; NULL: it has no such short
	 * way.  Whatever it leaves comes one by one.
	 */
	void (*ahead)(struct exch_report_run *run, struct exch_reader *in);
	/*
	 * Nothing has come for a moment: called four times a second while
	 * that lasts; not EXCH_OK: the run ends.  NULL: it does not care.
	 */
	int (*wait)(struct exch_report_run *run, struct exch_diag *d);
	/*
	 * Instead of a stream, take a file of the report's form: one call
	 * between open() and free(), without any other.  run->faults counts
	 * what is wrong with it; only a file that cannot be read is an error.
	 * NULL: the report reads none.
	 */
	int (*file)(struct exch_report_run *run, enum exch_report_file how,
	    struct exch_in *in, struct exch_diag *d);
	/*
	 * The report is a filter (run->writer): what of the stream goes on.
	 * Called behind record() for every record, of whatever type.
	 */
	int (*pass)(struct exch_report_run *run, const struct exch_rec *r,
	    uint64_t seq, struct exch_diag *d);
	/* Everything was read: write what is left.  run->status is set. */
	int (*close)(struct exch_report_run *run, struct exch_diag *d);
	void (*free)(struct exch_report_run *run);
};

/* Who made records of the stream. */
struct exch_report_source {
	char *text;	    /* "exch-match 0.1.0 ladder=xetra", or NULL */
	uint64_t config;    /* hash of the options in the text */
	uint64_t row_first; /* numbers of records that gave a row (audit) */
	uint64_t row_last;
};

/* What a type of record asks for before the report sees it. */
enum exch_report_how {
	EXCH_HOW_NOTHING,
	EXCH_HOW_ANSWER, /* its source is the matcher */
	EXCH_HOW_LOOK	 /* more: report.c */
};

/*
 * What people have to put right, told when the report is made: "account X:
 * its LEI has wrong check digits".  The answer of the run is then no.  Each is
 * said once by whoever says it, so that there are as many as accounts and
 * instruments at most; behind the first ones they are counted.
 */
#define EXCH_REPORT_NOTES_MAX 100u

struct exch_report_notes {
	char *text[EXCH_REPORT_NOTES_MAX];
	unsigned n;
	uint64_t more;
};

/* What all reports share. */
struct exch_report_run {
	const struct exch_report *report;
	struct exch_report_opts o;
	const struct exch_stream_info *info; /* the reader's */
	struct exch_table table;
	/* the report's own, where it writes a stream and no table; or NULL */
	struct exch_writer *writer;
	struct exch_insts insts;
	struct exch_labels labels;
	uint8_t *watched; /* by place: 0 not known, 1 yes, 2 no */
	uint32_t nwatched;
	uint64_t count[256]; /* records by type */
	bool known[256];     /* types that reports see */
	uint8_t how[256];    /* enum exch_report_how, by type */
	uint64_t numbered;   /* at the end: those that are not framing */
	exch_ts first_time;  /* of market records; EXCH_TS_NONE: none */
	exch_ts last_time;   /* the largest */
	uint8_t matcher;     /* source of the last answer, 0: none so far */
	bool damaged;	     /* the stream ended before its end */
	enum exch_status status;
	uint64_t unknown; /* answers about orders the stream does not hold */
	/* What the report cannot show, and what that is: "orders are ..." */
	uint64_t left_out;
	const char *left_why;
	bool lacking; /* it should: the report is not whole without */
	/* Instruments that a table names and the stream does not, the first */
	uint64_t absent;
	const char *absent_name; /* up to 24 bytes, the report's */
	const char *absent_from; /* the option with that table: "legs" */
	/* Of a file that was checked, or of what a report compares. */
	uint64_t faults;
	struct exch_report_notes notes;
	struct exch_report_source source[256];
	struct exch_sha256 sha;
	char digest[96]; /* "sha256:HEX RECORDS" once finished, or "" */
	void *state;
};

/* The table of reports; *n receives how many. */
const struct exch_report *const *exch_report_all(unsigned *n);
/* NULL when there is none of this name. */
const struct exch_report *exch_report_by_name(const char *name);

/* `info` must stay good as long as the run. */
int exch_report_new(const struct exch_report *report,
    const struct exch_report_opts *o, const struct exch_stream_info *info,
    struct exch_out *out, struct exch_report_run **run, struct exch_diag *d);
void exch_report_free(struct exch_report_run *run);
int exch_report_record(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/*
 * Take about `most` records of a stream: 1 when there may be more, 0 at its
 * end, or an error.  *bad is then the record that the report could not take
 * (good until the next call), or NULL when it is the stream that is at
 * fault; after the former reading may go on.
 */
int exch_report_read(struct exch_report_run *run, struct exch_reader *in,
    uint32_t most, const struct exch_rec **bad, struct exch_diag *d);
/* `damaged`: the stream broke off; the report says so. */
int exch_report_finish(struct exch_report_run *run, enum exch_status status,
    bool damaged, struct exch_diag *d);

/*
 * Whether a matcher compared its executions with the venue's.  Without it
 * EXPECT records say nothing: no MISS would not mean that all is exact.
 */
bool exch_report_compared(const struct exch_report_run *run);
/* Of the report's needs those that the stream did not meet. */
unsigned exch_report_lacks(const struct exch_report_run *run);

/*
 * A file instead of a stream, for reports that read one: what was found is
 * written, run->faults says how many faults there were.  Nothing else is to
 * be done with the run but to free it.
 */
int exch_report_take_file(struct exch_report_run *run,
    enum exch_report_file how, struct exch_in *in, struct exch_diag *d);

/* ---- for reports ---- */

/* "complete", "upstream incomplete", ... */
const char *exch_report_status_word(const struct exch_report_run *run);
/* A record shorter than its type: the diagnosis. */
int exch_report_short(const struct exch_rec *r, struct exch_diag *d);
int exch_report_nomem(struct exch_diag *d);
/* What was said about a parameter of the report; NULL: nothing. */
const struct exch_given *exch_report_given(
    const struct exch_report_run *run, const char *name);
/* A note; without the memory for it it is counted. */
void exch_report_tell(struct exch_report_run *run, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether opts.stop says so. */
bool exch_report_stopped(const struct exch_report_run *run);
/*
 * Whether opts.watch names the instrument of a place.  _find is for those
 * that were not asked about before.
 */
bool exch_report_watch_find(struct exch_report_run *run, uint32_t place);

static inline bool
exch_report_watched(struct exch_report_run *run, uint32_t place)
{
	if (run->o.watch == NULL)
		return true;
	if (place < run->nwatched && run->watched[place] != 0)
		return run->watched[place] == 1;
	return exch_report_watch_find(run, place);
}

/*
 * The first name of opts.watch that the stream did not announce: its length,
 * with *name inside opts.watch, and how many such names there are; 0: it has
 * announced all.
 */
size_t exch_report_unwatched(
    const struct exch_report_run *run, const char **name, size_t *all);

/* A zeroed state of this size in run->state. */
int exch_report_state(
    struct exch_report_run *run, size_t size, struct exch_diag *d);
/* Cells that several reports have, by value (table.h). */
char *exch_cell_symbol(struct exch_report_run *run, char *p, uint32_t place);
char *exch_cell_account(struct exch_report_run *run, char *p, uint32_t account);
/* Header flags as words, "imposed+synthetic"; `more` may be NULL. */
char *exch_cell_flags(
    struct exch_report_run *run, char *p, uint8_t flags, const char *more);
/*
 * What an order is now: status, ord_status, working_price, displayed,
 * min_qty, stop_price, expire, client_order.
 */
struct exch_life;
char *exch_cell_life(
    struct exch_report_run *run, char *p, const struct exch_life *o);

/* The same, at the end of what was written. */
static inline void
exch_report_symbol(struct exch_report_run *run, uint32_t place)
{
	run->table.p = exch_cell_symbol(run, run->table.p, place);
}

static inline void
exch_report_account(struct exch_report_run *run, uint32_t account)
{
	run->table.p = exch_cell_account(run, run->table.p, account);
}

static inline void
exch_report_flags(struct exch_report_run *run, uint8_t flags, const char *more)
{
	run->table.p = exch_cell_flags(run, run->table.p, flags, more);
}

static inline void
exch_report_life(struct exch_report_run *run, const struct exch_life *o)
{
	run->table.p = exch_cell_life(run, run->table.p, o);
}

/* Cash, 10^-6; not known: nothing. */
void exch_report_cash(struct exch_report_run *run, exch_i128 v, bool known);
/*
 * part of whole, times 10^up (2: percent, 4: basis points), half-even to so
 * many decimals; nothing of nothing.
 */
void exch_report_ratio(struct exch_report_run *run, exch_i128 part,
    exch_i128 whole, unsigned up, unsigned decimals);
/* The same as a number of 10^-decimals; false: there is none. */
bool exch_report_part(exch_i128 part, exch_i128 whole, unsigned up,
    unsigned decimals, exch_i128 *out);
/* A real number to nine decimals; nothing if it is not known, or too large. */
void exch_report_real(struct exch_report_run *run, double v, bool known);
/* The day of a time in the zone of --tz, YYYYMMDD. */
uint32_t exch_report_day(const struct exch_report_run *run, exch_ts t);
/* A letter array of a table or record: up to its first NUL. */
void exch_report_chars(struct exch_report_run *run, const char *s, size_t size);
/* CSV and audit letters "B", "S"; `none` for no side. */
const char *exch_report_side(uint8_t side, const char *none);

/* The phase in which the matcher began, as its source record says. */
uint8_t exch_report_phase(const struct exch_report_run *run);

/* An array of `size` bytes each, zeroed, at least n long. */
int exch_report_grow(
    void *array, uint32_t *cap, uint32_t n, size_t size, struct exch_diag *d);

/* An answer told again, to an order that its client said again. */
static inline bool
exch_report_repeats(const struct exch_rec *r)
{
	return (r->flags & EXCH_F_DUP) != 0 &&
	       (r->type == EXCH_REC_ACK || r->type == EXCH_REC_REJECT);
}

#endif
