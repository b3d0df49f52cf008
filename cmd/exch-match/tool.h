/*
 * exch-match's parts:
 *
 *	main.c     the life of the run
 *	options.c  the command line
 *	rules.c    market, timetable, calendar: files, and the date they need
 *	filter.c   the path of a record: old answers, the engine, bad content
 *	journal.c  the same with a journal, and after a kill
 *	snapshot.c shortcuts to a record of the journal
 *	recover.c  a journal without its input
 *	shards.c   the same with several threads
 *	plan.c     which instrument is whose
 *	gated.c    a gate before the engine
 *	standby.c  a journal that another run writes
 *	follow.c   the same over a connection, with a journal of its own
 *	pair.c     a run that has such a standby
 *	card.c     an engine with a card
 *	aside.c    results that wait for the card, and for another engine
 *	differ.c   what two engines made of a command, told and kept
 *	shrink.c   fewer commands of which they make different things
 */
#ifndef EXCH_CMD_MATCH_TOOL_H
#define EXCH_CMD_MATCH_TOOL_H

#include <stdio.h>

#include "base/buf.h"
#include "card/card.h"
#include "common/cli.h"
#include "exch-risk/tables.h"
#include "journal/journal.h"
#include "journal/lease.h"
#include "journal/serve.h"
#include "journal/tail.h"
#include "match/crew.h"
#include "match/match.h"
#include "ref/calendar.h"
#include "ref/timetable.h"

/* When records of the journal are made durable. */
enum journal_sync { JOURNAL_BATCH, JOURNAL_EACH, JOURNAL_NONE };

/* Of runs with a journal, and of --recover. */
struct journal {
	const char *dir;
	enum journal_sync sync;
	uint64_t segment; /* bytes, 0: the usual */
	uint64_t from;	  /* where the output begins */
	exch_ts until;
	bool from_given;
	bool until_given;
	bool sync_given;
	bool recover;
	bool check;
	bool outlive; /* the reader of the output */
	bool over;    /* the input is, and all its records are there */
	bool ended;   /* and the journal says so */

	struct exch_journal *j;
	struct exch_reader *in;
	uint64_t end;	  /* records in it when the run began */
	unsigned tail;	  /* framing behind its last record */
	unsigned framing; /* the same, not met in the input again yet */
	bool passing;	  /* the input is not behind them yet */
	bool whole;	  /* it begins with its first record */
	uint32_t had;	  /* CRC of what was matched again ... */
	uint32_t now;	  /* ... and of what the input gave for it */
	struct exch_writer *out;
	int child; /* writes a snapshot and compresses segments; 0: none */
	bool due;  /* a segment was closed since the last one */
	/* Snapshots, by position; which one a replay comes to next. */
	struct exch_snapshot snap[EXCH_SNAPSHOTS];
	size_t nsnap, at_snap;
	struct exch_snapshot start; /* the one that was put back, ... */
	struct exch_snapshot seen;  /* ... and for the input's records */
};

/* The shares of instruments, as a table or a look ahead has them. */
struct match_plan {
	struct match_share {
		char symbol[24];
		uint32_t id; /* of a look ahead */
		uint64_t volume;
		uint32_t with; /* another row, in the same shard; or itself */
		uint32_t shard;
	} * row; /* by symbol, once it is made */
	size_t n, cap;
	uint32_t crc; /* of who has what; 0: dealt out in turn */
};

/* A run that waits for another one to die, and has done all it did. */
struct standby {
	const char *from; /* the directory of its journal, HOST:PORT or NULL */
	bool link;	  /* it is the latter */
	struct exch_writer *w; /* holds the last results */
	uint64_t position;     /* records matched */
	uint64_t next[256];    /* numbers behind them */
	uint32_t mark;	       /* checksum of the last block's header */
	uint8_t stream[16];    /* id of the journal's, when there is one */
	int lock;	       /* of the journal, while nobody else has it */
	uint64_t since;	       /* when it became the primary */
};

/* Two runs with a journal each: what goes to the other, and who releases. */
struct pair {
	const char *serve; /* HOST:PORT, or NULL */
	const char *path;  /* of the lease, or NULL */
	uint64_t period;   /* of it, ns; 0: the usual */
	bool sync;	   /* results wait for the standby ... */
	bool for_ever;	   /* ... as long as it takes, or ... */
	uint64_t patience; /* ... so many ns */

	struct exch_serve *s;
	struct exch_lease *lease;
	struct exch_node me;
	struct exch_node named; /* the standby that was in step last */
	bool alone;		/* results do not wait: the standby lags */
	uint64_t released;	/* records that results went out for */
	uint64_t due;		/* records at which the state is told, or 0 */
	uint64_t told;		/* where it was told last */
};

/*
 * Bytes of results that may wait for the disk: a fifth of a second of a
 * million orders a second.  Twice that is used while so much waits.
 */
#define JOURNAL_AHEAD ((size_t)16 << 20)
/*
 * What a run's output may lack that its journal has: what waits for the disk,
 * what stands in its pipe, and some blocks.
 */
#define JOURNAL_LAG (2 * JOURNAL_AHEAD + ((size_t)4 << 20))

/* The matcher that --engine fpga and both ask for. */
struct card {
	bool on;
	bool both; /* and the software beside it, to be compared with */
	bool stats;
	const char *name; /* of --card, so many bytes of it; or NULL */
	size_t nname;
	const char *difference;	  /* the file of --difference, or NULL */
	struct exch_card_ops own; /* with what its options say it has */
};

/* The gate of --risk, and results on their way past it. */
struct match_gate {
	struct risk_tables tables;
	struct exch_risk_gate *gate; /* NULL: there is none */
	struct exch_writer *draft;
	struct risk_tally tally;
	struct risk_asked explain;
};

/* The name of a market, a colon, 16 digits of its hash; and a NUL. */
#define MATCH_MARKET_WORD (sizeof(((struct exch_market *)NULL)->name) + 17)

/* What the command line said, and what runs on it. */
struct run {
	struct exch_cli cli;
	struct exch_match_opts match;
	const char *market_path;
	struct exch_market market;
	struct exch_alloc alloc;
	const char *allocation;
	const char *timetable_path;
	const char *calendar_path; /* by option */
	struct exch_calendar calendar;
	bool calendar_on;
	const char *tz_name;
	uint32_t date;
	bool rematch;
	uint8_t old_source; /* of an earlier matcher, 0: none seen */
	/* by source: "NAME:HASH", or "none"; "" of what is no matcher */
	char old_market[256][MATCH_MARKET_WORD];
	bool ladder_given;
	bool strict;
	char *table; /* the timetable's text until it is parsed */
	size_t ntable;
	struct exch_timetable timetable;
	char options[512];
	struct exch_match *engine;
	struct journal journal;
	struct standby standby;
	struct pair pair;
	struct card card;
	struct match_aside *aside; /* NULL: there is no card */
	struct match_gate gate;
	bool apart;	    /* a crew, a card or a gate: not the short way */
	uint64_t bad;	    /* records with bad content */
	uint64_t refused;   /* instruments among them */
	uint64_t displayed; /* BOOK_* records: nothing to match */
	bool in_front;	    /* a gate has seen the stream */
	uint64_t undecided; /* what only a gate acts upon, and none did */
	uint32_t jobs;	    /* threads, 1 without -j */
	const char *shard_table;
	struct match_plan plan;
	bool planned;
	char shard_text[48];	/* of --shard: a line of the header */
	struct exch_crew *crew; /* NULL: there are no threads */
};

/* ---- options.c ---- */

extern const struct exch_opt match_opts[];
/* One option, as exch_cli_parse calls it; `arg` is the run. */
int match_option(void *arg, struct exch_cli *c, int id, const char *value);
/* After all of them: -1 to go on, or the exit code. */
int match_options_agree(struct run *r, struct exch_cli *c);

/* ---- rules.c ---- */

/*
 * Read the files of the rules, and put the options that change the result
 * into r->options.  Returns -1 to go on, or an exit code.
 */
int match_describe(struct run *r);
/* Date and zone of all times, once the stream's header is known. */
int match_dates(
    struct run *r, const struct exch_stream_info *info, struct exch_diag *d);
/* The value of a key=value line of the header, copied; false without. */
bool match_header_value(
    const struct exch_stream_info *info, const char *key, char *out, size_t n);
/* What reading the rules has taken. */
void match_rules_free(struct run *r);

/* ---- plan.c ---- */

/* A table of symbols and volumes. */
int match_plan_table(
    struct match_plan *p, const char *path, struct exch_diag *d);
/*
 * A look at the first records of the input, or all; an input that cannot be
 * read twice is left alone.
 */
int match_plan_ahead(
    struct match_plan *p, struct exch_cli *c, bool all, struct exch_diag *d);
/* So many shards, the heaviest rows first; only then rows can be found. */
int match_plan_deal(struct match_plan *p, uint32_t shards, struct exch_diag *d);
/* As of struct exch_match_opts; arg is the plan. */
uint32_t match_plan_shard(void *arg, const struct exch_rec_instrument *r);
void match_plan_free(struct match_plan *p);

/* ---- shards.c ---- */

/* Before the engine is made, once; and behind that. */
int match_shards_plan(struct run *r, struct exch_diag *d);
int match_shards_start(
    struct run *r, struct exch_writer *out, struct exch_diag *d);
/* A record for the threads: as exch_crew_take. */
int match_offer(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d);
int match_settle(void *arg, struct exch_diag *d);

/* ---- filter.c: the calls of struct exch_cli_filter ---- */

/* The engine, once the header of the input is known. */
int match_start(struct run *r, const struct exch_stream_info *info,
    struct exch_writer *out, struct exch_diag *d);
/* Whether a record is a matcher's answer to a command. */
bool match_is_answer(const struct run *r, const struct exch_rec *rec);
/* Whether it is passed on or left out without the engine's seeing it. */
bool match_is_passed(const struct run *r, const struct exch_rec *rec);
/*
 * Answers of an earlier matcher, and with --rematch whatever else it found:
 * true when the record is dealt with.
 */
bool match_take_old(struct run *r, const struct exch_rec *rec,
    struct exch_writer *out, struct exch_diag *d, int *err);
/*
 * Of a record that is no event: what says who made the stream, and what is
 * for a gate.
 */
void match_note_other(struct run *r, const struct exch_rec *rec);
/*
 * Bad content of a known type: told in the stream, counted, survived
 * unless --strict.
 */
int match_bad_content(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
/* The engine has told in the stream that it does not take an instrument. */
int match_instrument_refused(struct run *r, const struct exch_rec *rec,
    uint64_t seq, struct exch_diag *d);
int match_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d);
size_t match_ahead(void *arg, const struct exch_reader *in);
/* The loop over all records, where nothing but match_record is done. */
int match_loop(struct exch_cli_loop *l, struct exch_diag *d);
int match_record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
int match_finish(
    void *arg, bool whole, struct exch_writer *out, struct exch_diag *d);

/* ---- journal.c: the four calls with a journal ---- */

int journal_open(void *arg, struct exch_reader *in, struct exch_writer_opts *w,
    struct exch_diag *d);
int journal_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d);
int journal_record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
int journal_finish(
    void *arg, bool whole, struct exch_writer *out, struct exch_diag *d);
/* The filter has ended with that code: the journal says so, if it is so. */
int journal_over(struct run *r, int code);
void journal_close(struct run *r);
/* What was appended is durable; segments are compressed when it is time. */
int journal_sync(struct run *r, struct exch_diag *d);
/* The lines that say what the run is. */
void journal_run_lines(const struct run *r, char *out, size_t n);
/*
 * Match what a journal holds: 0 all of it, 1 up to before the first record
 * that is later than --until, or an error.
 */
int journal_replay(struct run *r, const char *dir, struct exch_journal_in *in,
    struct exch_writer *out, struct exch_diag *d);

/* ---- snapshot.c ---- */

/*
 * Between two records, with j->due: a process of its own writes what there
 * is now, and compresses closed segments.
 */
int snapshot_take(struct run *r, struct exch_diag *d);
/* Wait for that, and compress the rest. */
void snapshot_end(struct run *r);
/* See what there is; what is damaged is told and left out. */
int snapshot_list(struct run *r, const char *dir, struct exch_diag *d);
/*
 * Put back the newest that fits, if any, as j->start: taken of a run with
 * this input, when the journal had no more than `end` records and the output
 * has all but what it may lack behind `have`.
 */
int snapshot_load(struct run *r, const struct exch_stream_info *in,
    uint64_t end, uint64_t have, struct exch_diag *d);
/* Without one, but with closed segments to be compressed: of a standby. */
void snapshot_pack(struct run *r);
/*
 * Whether a record, with so many numbered ones before it, is in a snapshot;
 * its framing counts down.
 */
bool snapshot_has(struct exch_snapshot *s, uint64_t at, uint64_t seq);
/*
 * A replay is before record `at`: EXCH_ERR_FORMAT when a snapshot of that
 * place has another state.
 */
int snapshot_compare(
    struct run *r, uint64_t at, const char *dir, struct exch_diag *d);

/* One record of the journal, matched once more. */
int journal_again(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
/* What a journal was written by is this program under these options. */
int journal_check_run(
    const struct run *r, const char *had, const char *dir, struct exch_diag *d);

/* ---- pair.c: with a standby that has its own journal ---- */

/* The journal is ours: take the lease, and listen. */
int pair_open(struct run *r, struct exch_diag *d);
/* The lease, for who wants it: as exch_lease_take. */
int pair_take(struct run *r, struct exch_diag *d);
/* All before `position` is durable: may results leave that need it? */
int pair_release(struct run *r, uint64_t position, struct exch_diag *d);
/* Between two records: tell the standby the state, if it is time. */
void pair_check(
    struct run *r, uint64_t position, const struct exch_writer *out);
/* Who we are: host and directory. */
void pair_node(struct run *r);
void pair_close(struct run *r);

/* ---- follow.c: a standby that has a journal of its own ---- */

/* Until the lease is ours, or somebody says so; *over: nothing to take. */
int standby_follow_link(struct run *r, bool *over, struct exch_diag *d);

/* ---- gated.c: a run with a gate ---- */

/*
 * Before the engine is made, which writes into its draft without a card; on
 * that day, 0: nobody tells it.
 */
int match_gate_start(
    struct run *r, uint32_t date, struct exch_writer *out, struct exch_diag *d);
/* The gate is shown the events of a draft behind *seen bytes. */
int match_gate_look(struct run *r, const struct exch_writer *draft,
    size_t *seen, struct exch_diag *d);
/*
 * A record for the gate.  What says no of it is written to `w`, and to *no,
 * for the engine; no->rule EXCH_RULE_NONE: nothing does.
 */
int match_gate_judge(struct run *r, const struct exch_rec *rec,
    struct exch_writer *w, struct exch_rec_risk *no, struct exch_diag *d);
/*
 * The gate's own next command, written to `w` behind what says no of it, which
 * is in *no, too.  *own is good until the gate is shown anything.  1: there is
 * one; 0: none; or an error.
 */
int match_gate_own(struct run *r, struct exch_writer *w,
    const struct exch_rec **own, struct exch_rec_risk *no, struct exch_diag *d);
/*
 * Matched again, what a gate gave by itself is left out, for this one gives it
 * again: RISK records that pass, mass cancels, and orders that close positions.
 * What was held in front and released comes as it is.
 */
bool match_gate_gave(const struct run *r, const struct exch_rec *rec);
/* As match_record(), and as match_finish(), without a card. */
int match_gated_record(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
int match_gated_finish(
    struct run *r, struct exch_writer *out, struct exch_diag *d);
/* The notices at the end. */
void match_gate_tell(struct run *r, bool whole);
/* The state of the run as one number: of the engine, and of the gate. */
uint64_t match_state_hash(const struct run *r);
struct exch_image;
void match_gate_layout(struct exch_image *im, const struct run *r);
void match_gate_image(struct exch_image *im, struct run *r);
void match_gate_free(struct run *r);

/* ---- standby.c ---- */

/* Engine and held results, by the header of a journal. */
int standby_begin(
    struct run *r, const struct exch_stream_info *part, struct exch_diag *d);
/* The records of a block into our own journal, as a block. */
int standby_keep(
    struct run *r, const struct exch_tail_block *b, struct exch_diag *d);
/* The records of a block into the engine. */
int standby_take(
    struct run *r, const struct exch_tail_block *b, struct exch_diag *d);
/* What there is of a journal now. */
int standby_catch_up(struct run *r, struct exch_tail *t, struct exch_diag *d);
/* A moment, in which nothing has to happen. */
void standby_pause(void);

/*
 * Follow the journal of a run until it is dead: -1 when its journal is
 * ours and all of it is matched, or an exit code.
 */
int match_standby(struct run *r);
/* Of a run that may have been one: where an output into a pipe begins. */
uint64_t standby_from(const struct run *r);
/* Whether the engine that followed is the one of this output. */
bool standby_is_warm(struct run *r);
/* It is: does it stand where the journal ends? */
int standby_ready(struct run *r, struct exch_diag *d);
void standby_close(struct run *r);

/* ---- card.c ---- */

/* --engine and --card; and whether they agree with the others: -1. */
int match_set_engine(struct run *r, struct exch_cli *c, const char *value);
void match_set_card(struct run *r, const char *value);
int match_card_agrees(const struct run *r, struct exch_cli *c);
/* The card into r->match, before the engine is made. */
int match_card_load(struct run *r, struct exch_diag *d);
/* What it did, as far as that was asked for. */
void match_card_tell(const struct run *r);

/* ---- aside.c: a run with a card ---- */

/*
 * The engine, and with --engine both the other one.  Their results go to
 * `out` behind what caused them when the card has said what is due, at the
 * latest when match_settle() is called.
 */
int match_aside_start(struct run *r, const struct exch_stream_info *info,
    struct exch_writer *out, struct exch_diag *d);
/* As match_record(). */
int match_aside_record(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d);
/* One record to the engines, without its being copied. */
int match_aside_apply(
    struct run *r, const struct exch_rec *rec, struct exch_diag *d);
int match_aside_settle(struct run *r, struct exch_diag *d);
/* The rest of the day, and the end. */
int match_aside_finish(struct run *r, struct exch_diag *d);
void match_aside_free(struct run *r);

/* ---- differ.c: two engines differ ---- */

/* What was given to the engines, in the order in which it was. */
struct match_spool {
	FILE *f; /* each record behind its number; NULL: not kept */
	uint64_t n;
	struct exch_stream_info info; /* of the stream they are of */
};

/* A stretch of results. */
struct match_results {
	const unsigned char *p;
	size_t n;
};

/* Begin to keep; without room for it nothing is. */
void match_spool_open(const struct run *r, struct match_spool *s);
void match_spool_add(struct run *r, struct match_spool *s,
    const struct exch_rec *rec, uint64_t seq);
void match_spool_close(struct match_spool *s);
/*
 * The engines differ at the last of the first n records kept, or (rec NULL)
 * behind them, at the end.  What they made of it is told, with `why` in place
 * of what the card's engine made of it if that is a sentence; and what is
 * needed for it is written to a file.
 */
struct match_differs {
	const struct exch_rec *rec;
	uint64_t seq;
	uint64_t n;
	struct match_results soft, card;
	const char *why;
};
void match_differ(struct run *r, const struct match_spool *s,
    const struct match_differs *x, const struct exch_writer *of);

/* ---- shrink.c ---- */

/* Records in memory, one behind the other, each with its number. */
struct match_flow {
	struct exch_buf bytes; /* each record behind 8 bytes, its number */
	struct exch_buf at;    /* of them: where each is, size_t */
	size_t n;
	uint32_t *in; /* those that are chosen, nin, in ascending order */
	size_t nin;
	bool end; /* and then the end of the stream */
};

static inline const struct exch_rec *
match_flow_rec(const struct match_flow *f, uint32_t i)
{
	const size_t *at = (const void *)f->at.p;

	return (const void *)(f->bytes.p + at[i]);
}

/* A record that no choice leaves out: it announces. */
bool match_flow_needs(const struct exch_rec *rec);
/*
 * Do new engines make different things of the chosen ones?  Then (1) those
 * behind the record at which they do are not chosen any more.  0: they do not;
 * an error: there are no such engines, as a card may be for one at a time.
 */
int match_flow_differs(struct run *r, struct match_flow *f,
    const struct exch_writer *of, struct exch_diag *d);
/* Choose fewer, as long as that is so. */
void match_flow_shrink(
    struct run *r, struct match_flow *f, const struct exch_writer *of);

/* ---- recover.c ---- */

/* --recover; returns the exit code. */
int match_recover(struct run *r);

#endif
