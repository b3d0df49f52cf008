/*
 * exch-replay's parts:
 *
 *	main.c    options, the life of the run, exit code
 *	input.c   operands: which kind each is, and reading it to its end
 *	take.c    the path of a record: what passes, aggressors, output
 *	day.c     zone and date of the input, the window of --from and --to
 *	among.c   one of several inputs: its numbers
 *	agree.c   what several inputs say of one thing
 *	pick.c    --symbol
 *	venue.c   --venue
 *	bytime.c  --by-time
 *	merge.c   shards of exch-match
 *	snap.c    the displayed book before --from
 *	seek.c    --index, and what need not be read before --from
 *	live.c    --join
 *	sniff.c   --sniff
 *	step.c    --step
 *	backup.c  --backup
 *	stand.c   what a feed has said that still holds
 *	told.c    how far it came
 *	stats.c   -v
 */
#ifndef EXCH_CMD_REPLAY_TOOL_H
#define EXCH_CMD_REPLAY_TOOL_H

#include "base/buf.h"
#include "base/keyed.h"
#include "common/cli.h"
#include "common/pace.h"
#include "feed/feed.h"
#include "feed/join.h"
#include "feed/sniff.h"
#include "replay/replay.h"

/* ---- pick.c: the symbols asked for ---- */

struct pick {
	char (*symbol)[25];
	bool *seen;
	unsigned n;
	/* By instrument id: 0 not announced, 1 wanted, 2 not wanted. */
	uint8_t *want;
	uint32_t cap;
};

/* "A,B,C"; EXCH_ERR_RANGE for an empty or long one, EXCH_ERR_NOMEM. */
int pick_add(struct pick *p, const char *list);
void pick_free(struct pick *p);
/* Note an INSTRUMENT record's symbol; EXCH_ERR_NOMEM. */
int pick_note(struct pick *p, uint32_t instr, const char *symbol);
/* Does a record of this instrument (0: of all) pass? */
static inline bool
pick_wants(const struct pick *p, uint32_t instr)
{
	if (p->n == 0 || instr == 0)
		return true;
	return instr < p->cap && p->want[instr] == 1;
}
/* The n-th symbol that no input announced, or NULL. */
const char *pick_missing(const struct pick *p, unsigned n);

/* ---- snap.c: what a feed displayed before --from ---- */

struct snap;

struct snap *snap_new(void);
void snap_free(struct snap *s);
/* Follow a BOOK_* record; others are ignored.  EXCH_ERR_NOMEM. */
int snap_take(struct snap *s, const struct exch_rec *r);
/* Give what rests, in order of display. */
int snap_give(struct snap *s,
    int (*take)(void *arg, const struct exch_rec *r, struct exch_diag *d),
    void *arg, struct exch_diag *d);
/* Of an order; EXCH_PX_NONE: it is not displayed. */
exch_px snap_price(const struct snap *s, uint32_t instr, exch_oid order);

/* ---- stand.c: what a feed has said that still holds ---- */

struct stand;
typedef int stand_fn(void *arg, const struct exch_rec *r, struct exch_diag *d);

struct stand *stand_new(void);
void stand_free(struct stand *s);
/* Follow a record.  EXCH_ERR_NOMEM. */
int stand_take(struct stand *s, const struct exch_rec *r, struct exch_diag *d);
/* Of an order; EXCH_PX_NONE: it is not displayed. */
exch_px stand_price(const struct stand *s, uint32_t instr, exch_oid order);
/* What `s` calls an instrument of `other`, by its symbol; 0: nothing. */
uint32_t stand_same(
    const struct stand *s, const struct stand *other, uint32_t instr);
/*
 * Records of time `at` that take back what is displayed, and *n: so many orders.
 */
int stand_clear(struct stand *s, exch_ts at, stand_fn *take, void *arg,
    uint64_t *n, struct exch_diag *d);
/* And that say all of it once more: instruments, phases, levels, orders. */
int stand_give(struct stand *s, exch_ts at, stand_fn *take, void *arg,
    uint64_t *n, struct exch_diag *d);

/* ---- told.c: how far a feed came, and what it told last ---- */

struct told;

/* NULL: no memory. */
struct told *told_new(void);
void told_free(struct told *t);
/* Its next record; `s` is what stood before it.  EXCH_ERR_NOMEM. */
int told_note(struct told *t, const struct stand *s, const struct exch_rec *r,
    struct exch_diag *d);
/* Its latest time, 0: none; and that of its last record, also if it is damaged. */
exch_ts told_last(const struct told *t);
exch_ts told_reached(const struct told *t);
/* May it have told something of this time? */
bool told_knows(const struct told *t, exch_ts at);
/* What is up to this time is in order. */
exch_ts told_before(const struct told *t);
/*
 * A record of another feed that takes the place of the first; both stand as they
 * were before it.  Is it no execution, or one that the first has told?  It is
 * taken off then.
 */
bool told_is_all(struct told *t, const struct stand *first,
    const struct stand *second, const struct exch_rec *r);
/*
 * The record goes on, but for as much of an execution as the first has told,
 * which only leaves the book.
 */
int told_else(struct told *t, const struct stand *first,
    const struct stand *second, const struct exch_rec *r, stand_fn *take,
    void *arg, struct exch_diag *d);

/* ---- the tool ---- */

/*
 * Numbers to other numbers; 0: none.  Those that streams count up from 1 stand
 * in a list, and the few beyond it by themselves.
 */
struct map {
	uint32_t *to;
	uint32_t n;
	struct exch_keyed far;
};

struct operand {
	const char *path;
	struct exch_in *in; /* kept open from the beginning: not seekable */
	const struct exch_feed *feed; /* NULL: a record stream */
	bool shard;		      /* of exch-match --shard */

	/* Of several: its numbers to those of the output; 0: the same. */
	struct map instr;
	struct map account;
	bool ended;    /* all of it was taken */
	bool shares;   /* instruments with another one, as was told */
	bool asked;    /* orders came in ... */
	bool answered; /* ... and somebody has matched them */
};

struct among;
struct agree;
struct step;
struct exch_seek;

struct tool {
	struct exch_cli cli;
	struct exch_feed_opts feed;
	struct exch_tz *tz;
	const char *tz_name;
	char said_zone[64];   /* by the first input that names one, or "" */
	struct exch_tz *said; /* the same, once it was needed */
	const char *from_text;
	const char *to_text;
	const char *tick_text;
	uint64_t count; /* UINT64_MAX: all */
	bool raw;
	bool no_expect;
	const char *owners_text; /* --accounts */
	struct exch_owner_rule owners;
	bool strict;
	bool by_time;
	const char *venue; /* --venue, or NULL */
	struct pick pick;
	struct exch_pace pace;	 /* --speed */
	struct exch_buf options; /* for SOURCE: those that change results */

	struct exch_join join; /* --join: no lines without it */
	struct exch_join_stats joined;
	struct exch_join spare; /* --backup: no lines without it */
	struct exch_join_stats spared;
	struct exch_feed_stats spare_st;
	uint64_t silent;	 /* --silent */
	struct exch_sniff sniff; /* --sniff: no interface without it */
	struct backup *second;

	struct operand *op;
	unsigned nops;

	struct operand *now; /* being read */
	struct exch_in *in;
	const char *in_name;
	const struct exch_feed *kind; /* NULL: a record stream */
	bool book;		      /* it shows a book and not commands */
	struct exch_reader *copy; /* records are copied from it to the end */
	bool expect;		  /* EXPECT records are carried */
	bool hold;		  /* aggressors are put back */
	bool by_arrival;	  /* ids do not tell the time of orders */

	struct exch_dir *dir;	     /* instruments written so far */
	struct exch_names *accounts; /* of text inputs */
	exch_oid highest;	     /* order number seen */
	struct exch_feed_at at;	     /* of the record of a stream */
	struct among *among;	     /* of several inputs */
	struct agree *agree;
	void *named; /* a record with its venue's name */

	bool window_known;
	exch_ts from;
	exch_ts to;
	struct snap *snap; /* until --from is reached */
	uint64_t before;   /* commands left out before --from */
	bool index;	   /* --index */
	struct exch_seek *seek;
	uint64_t skipped; /* records that were not even read */

	bool stepwise; /* --step */
	struct step *step;
	struct exch_stepper stepper;

	struct exch_cli_out *out;
	struct exch_writer *w;
	struct exch_replay *replay;
	exch_ts last;	/* time of the record before */
	uint64_t taken; /* records that count for --count */
	bool apart;	/* those that are written now do not */
	uint64_t troubles;
	uint64_t early_troubles; /* before the output began */
	bool cut;		 /* some input was incomplete */
	bool enough;		 /* --to or --count reached */
	bool missing;		 /* a symbol asked for was never seen */

	struct exch_feed_stats st;
};

/* ---- take.c ---- */

/* The sink's functions; `arg` is the tool. */
int take_record(void *arg, const struct exch_rec *r, struct exch_diag *d);
int take_run(
    void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d);
int take_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d);
void take_zone(void *arg, const char *name);
void take_commands(void *arg);
void take_by_arrival(void *arg);
/* Trouble of an input that is the n-th, on standard error. */
void take_report(struct tool *t, uint64_t n, const struct exch_diag *why);
/* An ERROR record for malformed input; `text` may be cut. */
void take_error(struct tool *t, const char *text, size_t n);
/*
 * A record that passes whatever is picked, as of the state at --from, with the
 * flag SNAPSHOT.
 */
int take_seed(void *arg, const struct exch_rec *r, struct exch_diag *d);
/* A record of a stream with its own sequence number. */
int take_copy(struct tool *t, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/* Open the writer if no record did so yet. */
int take_begin(struct tool *t, exch_ts start, struct exch_diag *d);

/* ---- day.c ---- */

/* Zone (a line of text) and date for the header of the output. */
int day_head(struct tool *t, exch_ts start, struct exch_buf *text,
    uint32_t *date, struct exch_diag *d);
/*
 * 1: the record is outside the window, and noted; EXCH_ERR_STOP: so is all
 * that follows.  The first one inside comes behind what rested before.
 */
int day_window(struct tool *t, const struct exch_rec *r, struct exch_diag *d);
/*
 * A time, or a time of the day of the input, of which `first` is another one;
 * `option` is what complaints begin with.
 */
int day_time(struct tool *t, const char *text, const char *option,
    exch_ts first, exch_ts *out, struct exch_diag *d);

/* ---- step.c: event by event ---- */

/* The terminal that is asked; t->stepper is for the writer. */
int step_open(struct tool *t, struct exch_diag *d);
/* Whoever sits there has seen enough. */
bool step_is_over(const struct tool *t);
void step_close(struct tool *t);

/* ---- among.c ---- */

/* EXCH_ERR_NOMEM. */
int map_set(struct map *m, uint32_t from, uint32_t to);
void map_clear(struct map *m);
uint32_t map_far(const struct map *m, uint32_t from);
static inline uint32_t
map_get(const struct map *m, uint32_t from)
{
	if (from < m->n)
		return m->to[from];
	return m->far.live > 0 ? map_far(m, from) : 0;
}

void among_free(struct among *a);
/*
 * *r becomes a copy under the numbers its names have in the output, good
 * until the next call.  1: it says nothing new.
 */
int among_record(
    struct tool *t, const struct exch_rec **r, struct exch_diag *d);

/* ---- agree.c ---- */

struct agree *agree_new(void);
void agree_free(struct agree *g);
/*
 * Under numbers of the output: what an input says of an instrument for the
 * first time.  EXCH_ERR_NEED: it is another contract for those who are read
 * at the same time.
 */
int agree_instrument(
    struct tool *t, const struct exch_rec_instrument *i, struct exch_diag *d);
/* An account with a name.  1: it says nothing new, or was told as wrong. */
int agree_account(
    struct tool *t, const struct exch_rec_account *a, struct exch_diag *d);
/* At the end: some were matched, and others were not. */
void agree_end(const struct tool *t);
/* Both name one file.  EXCH_ERR_NEED: and are read at the same time. */
int agree_files(const struct tool *t, struct exch_diag *d);

/* ---- venue.c ---- */

bool venue_is_name(const char *s);
/* An INSTRUMENT becomes a copy with its venue's name, good likewise. */
int venue_record(
    struct tool *t, const struct exch_rec **r, struct exch_diag *d);
/* Its symbol without that. */
void venue_symbol(
    const struct tool *t, const struct exch_rec_instrument *i, char out[25]);

/* ---- input.c ---- */

/* It is no file. */
bool input_is_live(const struct tool *t);
/* Find every operand's kind before anything is written. */
int input_survey(struct tool *t, struct exch_diag *d);
/* Read one to its end. */
int input_run(struct tool *t, struct operand *op, struct exch_diag *d);
/* What the head of a stream that is not copied says of its records. */
void input_stream(struct tool *t, const struct exch_stream_info *info);
/* A record of it, under its own number. */
int input_absorb(struct tool *t, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/* How a stream ended, if that is worth a word. */
void input_upstream_end(struct tool *t, enum exch_status s);
void input_free(struct tool *t);

/* How the decoder's finds are taken. */
struct exch_feed_sink input_sink(struct tool *t);

/* ---- seek.c: an index, and reading with one ---- */

/* The run of --index; an exit code. */
int seek_index(struct tool *t);
/* Has the stream in hand an index that can be used? */
int seek_open(struct tool *t, struct exch_diag *d);
/* If the reader stands where nothing passes for a while, it goes on behind. */
int seek_on(struct tool *t, struct exch_reader *reader, struct exch_diag *d);
void seek_free(struct tool *t);

/* ---- live.c: multicast ---- */

/* However they were written. */
bool live_same(const struct exch_udp_group *a, const struct exch_udp_group *b);
/* Of an option, "GROUP:PORT[,GROUP:PORT]"; 0 or an exit code. */
int live_join(
    struct exch_join *j, struct exch_cli *c, const char *option, const char *v);
/* What goes with it; -1 to go on, or an exit code. */
int live_settle(struct tool *t);
/* Before each wait: what was made goes out. */
int live_waiting(void *arg, struct exch_diag *d);
/* Everything until the sessions are over. */
int live_run(struct tool *t, struct exch_diag *d);

/* ---- sniff.c: an interface ---- */

/* As live_settle(). */
int sniff_settle(struct tool *t);
/* Everything until the sessions are over. */
int sniff_run(struct tool *t, struct exch_diag *d);

/* ---- backup.c: and a second feed of it ---- */

/* As live_settle(). */
int backup_settle(struct tool *t);
/*
 * The sink of the first and its options are those without a backup; the sink
 * becomes another one.  EXCH_ERR_NOMEM.
 */
int backup_begin(struct tool *t, struct exch_feed_sink *sink,
    const struct exch_feed_opts *o, struct exch_join_backup *out,
    struct exch_diag *d);
/* Behind the last record: a change that waits for the second is made now. */
int backup_end(struct backup *b, struct exch_diag *d);
/* Was the change made? */
bool backup_is_on(const struct backup *b);
void backup_free(struct backup *b);

/* ---- merge.c: the shards of one run ---- */

/* Does the header of a stream say that it is one? */
int merge_is_shard(struct exch_in *in, bool *shard, struct exch_diag *d);
/* All operands into one stream. */
int merge_run(struct tool *t, struct exch_diag *d);

/* ---- bytime.c: several streams, by time ---- */

int bytime_run(struct tool *t, struct exch_diag *d);

/* ---- stats.c ---- */

void stats_print(const struct tool *t);

#endif
