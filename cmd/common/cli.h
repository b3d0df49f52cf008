/*
 * What every tool's command line has in common: options from one table,
 * opening of input and output, signals, progress, exit codes, and the
 * printing of diagnoses.  The only place, with the mains, that prints.
 */
#ifndef EXCH_CMD_COMMON_CLI_H
#define EXCH_CMD_COMMON_CLI_H

#include "base/err.h"
#include "base/time.h"
#include "rec/stream.h"

enum exch_exit {
	EXCH_EXIT_OK = 0,
	EXCH_EXIT_NO = 1, /* done, and the answer is no */
	EXCH_EXIT_USAGE = 2,
	EXCH_EXIT_INPUT = 3, /* input unusable */
	EXCH_EXIT_SYSTEM = 4,
	EXCH_EXIT_LATE = 124 /* a program did not answer; timeout(1)'s number */
};

/* One option.  Tables end with a row of zeros. */
struct exch_opt {
	const char *name; /* long name */
	char letter;	  /* or 0 */
	const char *arg;  /* name of its argument, or NULL */
	const char *help; /* one line */
	int id;		  /* >= 256, own to the tool */
};

/*
 * Which of the common options a tool has.  -h, -V, -v, -q, -o and
 * --progress are everybody's.
 */
enum exch_cli_group {
	EXCH_CLI_FORMAT = 1,   /* -f bin|text|csv|json, binary into pipes */
	EXCH_CLI_VIEW = 2,     /* -f text|csv|json, text without it */
	EXCH_CLI_STREAM = 4,   /* writes a record stream: --type, --csv-multi,
	                          --digest, --checksum, -u, --flush-us */
	EXCH_CLI_PARTIAL = 8,  /* reads a record stream: --partial, --stream */
	EXCH_CLI_SEED = 16,    /* --seed */
	EXCH_CLI_TRAILER = 32, /* --trailer */
	EXCH_CLI_ZSTD = 64,    /* -z */
	EXCH_CLI_BIN = 128     /* -f bin|text|csv|json, text without it */
};

/* What a filter of record streams has. */
#define EXCH_CLI_FILTER                                                        \
	(EXCH_CLI_FORMAT | EXCH_CLI_STREAM | EXCH_CLI_PARTIAL |                \
	    EXCH_CLI_SEED | EXCH_CLI_TRAILER | EXCH_CLI_ZSTD)

/* Files that are remembered as read; of more of them the first. */
#define EXCH_CLI_FILES 32u

/* What the common options said.  The tool fills the first part. */
struct exch_cli {
	const char *tool;	     /* "exch-match" */
	const struct exch_opt *opts; /* its own options */
	const char *usage;	     /* operands: "[FILE]" */
	const char *about;	     /* what it does, one sentence, or NULL */
	unsigned groups; /* enum exch_cli_group; 0 all a filter has */

	int verbose;
	bool quiet;
	const char *output; /* -o, or NULL */
	bool zstd;	    /* -z, or the output's name ends in .zst */
	bool format_given;
	enum exch_format format; /* settled by exch_cli_out_open */
	const char *csv_type;
	bool csv_multi;
	bool trailer;
	bool digest;
	bool summed;  /* the tool itself wants the digest ... */
	char sum[96]; /* and has it here after exch_cli_end() */
	bool partial;
	bool checksum;
	bool unbuffered;
	uint64_t flush_us; /* 10000 unless --flush-us */
	int progress;	   /* -1 never, 0 auto, 1 always */
	uint64_t seed;
	bool seed_given;
	const char *stream; /* --stream, or NULL */
	/*
	 * Opens a stream of the history at `path`, which --stream names; set
	 * by tools that read histories as they read streams.
	 */
	int (*history)(const char *path, const char *stream,
	    struct exch_in **in, struct exch_diag *d);
	char **operand;
	int noperands;
	bool took_stdin;		  /* by exch_cli_open() */
	const char *file[EXCH_CLI_FILES]; /* exch_cli_reads() */
	unsigned nfiles;

	/*
	 * For a run that can be made again after it was killed; the tool sets
	 * them before it opens the output.  With `append` an output file is
	 * written in place, and what a run before has left in it is gone on
	 * with: the records it holds are made again and not written.
	 * With `part` the input may begin in its middle.  `idle` is called
	 * before the tool waits for input.  With `gate` the output is written
	 * by a thread (exch_out_behind).
	 */
	bool append;
	bool part;
	bool outlive; /* a pipe without a reader takes everything */
	bool keep;    /* an output file, too, when a signal ends the run */
	struct exch_out_gate gate;
	/*
	 * A writer that holds (exch_writer_opts), made by the tool: where what
	 * it holds is enough, it becomes the writer of the output, and else it
	 * is freed and another one is opened.
	 */
	struct exch_writer *held;
	bool released; /* it became that writer */
	int (*idle)(void *arg, struct exch_diag *d);
	void *idle_arg;
};

/*
 * Parse argv by the common table and the tool's own, whose options go to
 * `handle` (return 0, or print a complaint with exch_cli_usage and return
 * its value).  Serves --help and --version itself, and sets up signals.
 * Returns -1 to go on, or an exit code.
 */
int exch_cli_parse(struct exch_cli *c, int argc, char **argv,
    int (*handle)(void *arg, struct exch_cli *c, int id, const char *value),
    void *arg);
/* Print a usage error and "Try 'TOOL --help'."; returns EXCH_EXIT_USAGE. */
int exch_cli_usage(const struct exch_cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * "exch-match: NAME:POSITION: sentence" to stderr; unprintable bytes are
 * escaped.  The position is a line (NAME:12), NAME:byte 12 or NAME:packet 12.
 */
void exch_cli_report(const struct exch_cli *c, const struct exch_diag *d);
/* A line to stderr unless -q. */
void exch_cli_note(const struct exch_cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with -q as well: what was promised is not kept from now on. */
void exch_cli_warn(const struct exch_cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Exit code that goes with an error code. */
int exch_cli_exit_of(enum exch_err code);
/*
 * Report and give the exit code: `return exch_cli_fail(c, &diag)`.  It is never
 * 0 for a diagnosis that says nothing.
 */
int exch_cli_fail(const struct exch_cli *c, const struct exch_diag *d);

/*
 * The file is read, and may not be what is written: options that take a FILE
 * and what exch_cli_open() opens are known already.  `path` stays.
 */
void exch_cli_reads(struct exch_cli *c, const char *path);

/*
 * Open one operand ("-" or NULL: standard input).  A terminal is refused
 * with EXCH_ERR_NEED, a file that cannot be opened with EXCH_ERR_ABSENT.  Until
 * the tool has a hook of its own (exch_in_on_wait()), a signal ends a wait for
 * more, and the read is EXCH_ERR_STOP.
 */
int exch_cli_open(struct exch_cli *c, const char *operand, struct exch_in **in,
    struct exch_diag *d);
/*
 * The whole of a small file (timetable, scenario) with a NUL behind it;
 * freed by the caller with exch_free.
 */
int exch_cli_slurp(
    const char *path, char **bytes, size_t *n, struct exch_diag *d);
/*
 * The zone named by --tz: "+08:00", "UTC", or a name of the tz database.
 * EXCH_ERR_NEED when there is no such zone.
 */
int exch_cli_zone(const char *name, struct exch_tz **tz, struct exch_diag *d);

/*
 * The output: standard output or -o (a temporary file, renamed at commit;
 * what is no regular file is written in place).  Chooses the format (text
 * on a terminal) and keeps compressed bytes off terminals (EXCH_ERR_NEED).
 * A file that is read is not written over: nobody who reads a day, a table or a
 * history means to lose it (EXCH_ERR_NEED).
 */
struct exch_cli_out;
int exch_cli_out_open(
    struct exch_cli *c, struct exch_cli_out **o, struct exch_diag *d);
/* Is what is to be written none of the files that are read?  EXCH_ERR_NEED. */
int exch_cli_spares(
    const struct exch_cli *c, const char *path, struct exch_diag *d);
/* Another file, plain: it appears whole or not at all, as that of -o. */
int exch_cli_out_beside(struct exch_cli *c, const char *path,
    struct exch_cli_out **o, struct exch_diag *d);
struct exch_out *exch_cli_out_stream(struct exch_cli_out *o);
/*
 * All of it onto the disk: what is done next cannot be taken back, and is to be
 * done only where it is told.  Nothing is to be written behind it.
 */
int exch_cli_out_sync(struct exch_cli_out *o, struct exch_diag *d);
/* Flush, check, rename.  Frees o. */
int exch_cli_out_commit(struct exch_cli_out *o, struct exch_diag *d);
/* Remove what was begun.  Frees o.  NULL is fine. */
void exch_cli_out_abort(struct exch_cli_out *o);

/*
 * A writer on that output by the common options, wired so that it is
 * flushed when reading `in` would block, and so that a signal ends that
 * wait with EXCH_ERR_STOP (in may be NULL).  The writer must be freed
 * before the output is committed, and `in` not read any more by then.
 */
int exch_cli_writer(struct exch_cli *c, struct exch_cli_out *o,
    struct exch_in *in, struct exch_writer_opts *w, struct exch_writer **out,
    struct exch_diag *d);
/*
 * A tool with several inputs reads another one from now on (NULL: none):
 * the writer is flushed when that would block.
 */
void exch_cli_out_input(struct exch_cli_out *o, struct exch_in *in);
/*
 * For a tool whose input is none of rec's, such as a socket, before it waits
 * there: the records that it has written go out.  EXCH_ERR_STOP when a signal came.  A writer must be there.
 */
int exch_cli_out_wait(struct exch_cli_out *o, struct exch_diag *d);
/*
 * A tool that keeps records back for a while: `settle` is called before the
 * writer is flushed because reading would block, or after each record with
 * -u, and puts them into the writer.  0 or a failure.
 */
void exch_cli_out_settle(struct exch_cli_out *o,
    int (*settle)(void *arg, struct exch_diag *d), void *arg);
/*
 * Once per event or block: flushes when -u was given or --flush-us have
 * passed, shows progress.  EXCH_ERR_STOP when a signal came, or the
 * writer's first error.
 */
int exch_cli_tick(struct exch_cli_out *o, struct exch_diag *d);
/* The same, when so much has passed that it is time to look at the clock. */
int exch_cli_look(struct exch_cli_out *o, struct exch_diag *d);
/*
 * End of a tool that writes records: end block with `status`, the digest
 * line, commit (or removal of an -o file after a signal, a failure to
 * write, or wrong usage found out late).  Frees w and o.  Reports what
 * failed; returns the exit code, `code` when all went well.
 */
int exch_cli_end(struct exch_cli *c, struct exch_cli_out *o,
    struct exch_writer *w, enum exch_status status, int code);

struct exch_cli_loop;

/* A tool between reader and writer. */
struct exch_cli_filter {
	const char *options; /* as in struct exch_writer_opts */
	const char *text;
	void *arg;
	/*
	 * The header of the input was read, the output is not open; what is
	 * said to the writer may be changed.  May be NULL.
	 */
	int (*open)(void *arg, struct exch_reader *r,
	    struct exch_writer_opts *w, struct exch_diag *d);
	/* Both ends are open, no record was read.  May be NULL. */
	int (*begin)(void *arg, struct exch_reader *r, struct exch_writer *w,
	    struct exch_diag *d);
	/*
	 * Time to look at what comes next (exch_reader_ahead).  Returns for
	 * how many records that is good; 0: for one.  May be NULL.
	 */
	size_t (*ahead)(void *arg, const struct exch_reader *r);
	/*
	 * One record, good during the call; the filter copies it on with
	 * exch_writer_copy and adds its own.
	 */
	int (*record)(void *arg, const struct exch_rec *rec, uint64_t seq,
	    struct exch_writer *w, struct exch_diag *d);
	/* As of exch_cli_out_settle.  May be NULL. */
	int (*settle)(void *arg, struct exch_diag *d);
	/*
	 * All records were seen that there are; `whole`: the stream had its
	 * end, so that nothing can follow.  Returns 0, EXCH_EXIT_NO or an
	 * error.  May be NULL.
	 */
	int (*finish)(
	    void *arg, bool whole, struct exch_writer *w, struct exch_diag *d);
	/*
	 * exch_cli_loop() below with the calls above inlined, for filters
	 * that do so little per record that a call counts.  May be NULL.
	 */
	int (*loop)(struct exch_cli_loop *l, struct exch_diag *d);
};

/* What a filter's loop over its records has to do with. */
struct exch_cli_loop {
	const struct exch_cli_filter *f;
	struct exch_reader *reader;
	struct exch_writer *writer;
	struct exch_cli_out *out;
	bool each; /* -u: written record by record */
	bool own;  /* out: the filter or its output failed */
};

/* Between two ticks; a call per record would cost as much as the record. */
#define EXCH_CLI_RECORDS_PER_TICK 16

/*
 * All records of the input.  0 at its end, or the error of the reader or
 * (l->own) of the filter.
 */
static inline __attribute__((always_inline)) int
exch_cli_loop(struct exch_cli_loop *l,
    size_t (*ahead)(void *arg, const struct exch_reader *r),
    int (*record)(void *arg, const struct exch_rec *rec, uint64_t seq,
	struct exch_writer *w, struct exch_diag *d),
    struct exch_diag *d)
{
	struct exch_reader *reader = l->reader;
	struct exch_writer *writer = l->writer;
	void *arg = l->f->arg;
	unsigned per_tick = l->each ? 1 : EXCH_CLI_RECORDS_PER_TICK;
	const struct exch_rec *rec;
	unsigned ticks = per_tick;
	size_t seen = 0;
	int err = 0;
	int n;

	for (;;) {
		if (ahead != NULL && seen-- == 0) {
			seen = ahead(arg, reader);
			seen -= seen > 0;
		}
		n = exch_reader_next(reader, &rec, d);
		if (__builtin_expect(n <= 0, 0))
			return n;
		err = record(arg, rec, exch_reader_seq(reader), writer, d);
		if (err == 0 && --ticks == 0) {
			ticks = per_tick;
			err = exch_cli_tick(l->out, d);
		}
		if (__builtin_expect(err != 0, 0)) {
			l->own = true;
			return err;
		}
	}
}

/*
 * A filter's whole life: open the input (at most one operand), the output
 * and the writer, call `record` per record, close with the right status,
 * print the digest.  Returns the exit code; dies of the signal that came,
 * if one did.
 */
int exch_cli_filter(struct exch_cli *c, const struct exch_cli_filter *f);

/*
 * What a stream's end said of it: true when it was complete.  Else it is told,
 * the output ends with EXCH_STATUS_UPSTREAM, and the tool with EXCH_EXIT_INPUT.
 */
bool exch_cli_upstream(
    const struct exch_cli *c, const struct exch_in *in, enum exch_status up);

/* Records of bad content: the first ones told, the others counted. */
struct exch_cli_bad {
	bool strict; /* --strict: they end the run */
	uint64_t n;
};

/* A record failed as *d says; 0: it was told, and the run goes on. */
int exch_cli_bad_content(struct exch_cli_bad *b, const struct exch_cli *c,
    enum exch_err survived, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d);
/*
 * The run ends with *d, of that record: from now on it says so, unless it names
 * a place already.  Its code.
 */
int exch_cli_name_record(
    const struct exch_rec *r, uint64_t seq, struct exch_diag *d);
/* At the end: how many "could not be judged", and EXCH_EXIT_NO; 0: none. */
int exch_cli_bad_end(
    const struct exch_cli_bad *b, const struct exch_cli *c, const char *what);

/*
 * A small table that an option names: its text with a NUL, freed by the caller
 * with exch_free.  `words`, of `room` bytes, gets " NAME=HASH" of it, for
 * SOURCE.  Wrong usage when it is the file that --output would write over.  -1
 * to go on, or an exit code, of which the user was told.
 */
int exch_cli_table(const struct exch_cli *c, const char *name, const char *path,
    char *words, size_t room, char **text, size_t *n);

/*
 * A file of the package: that of the first of n places, directories by where
 * the program lies, that has one.  `path` gets its name; false: none has.
 */
bool exch_cli_beside(const char *const *place, size_t n, const char *name,
    char *path, size_t size);
/*
 * The directory of the package's tables of a kind, "report" or "risk": those of
 * the sources that the program was built in, or of the prefix that it lies in;
 * else `installed`.  Good until the next call.
 */
const char *exch_cli_tables(const char *kind, const char *installed);

/* Monotonic time in ns: the only clock there is, for pacing and waiting. */
uint64_t exch_cli_now(void);

/* Signals: SIGPIPE default; SIGHUP, SIGINT and SIGTERM set this. */
extern volatile int exch_cli_signal;
/* SIGUSR2 sets this, after the call: before it, it kills. */
extern volatile int exch_cli_usr2;
void exch_cli_want_usr2(void);
/* Done by exch_cli_parse. */
void exch_cli_signals(void);
/* After cleaning up: die of the signal that came, if one did. */
void exch_cli_reraise(void);

/*
 * Progress on standard error; cheap: call once per block or so.  `in` may
 * be NULL.  SIGUSR1 makes the next call print a line in any case.
 */
void exch_cli_progress(
    struct exch_cli *c, const struct exch_in *in, uint64_t records);
/* Wipe the progress line, if one stands on the terminal. */
void exch_cli_progress_end(void);

#endif
