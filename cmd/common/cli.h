/*
 * What every tool's command line has in common: options from one table,
 * opening of input and output, signals, progress, exit codes, and the
 * printing of diagnoses.  The only place, with the mains, that prints.
 */
#ifndef EXCH_CMD_COMMON_CLI_H
#define EXCH_CMD_COMMON_CLI_H

#include "base/err.h"
#include "rec/stream.h"

enum exch_exit {
	EXCH_EXIT_OK = 0,
	EXCH_EXIT_NO = 1,     /* done, and the answer is no */
	EXCH_EXIT_USAGE = 2,
	EXCH_EXIT_INPUT = 3,  /* input unusable */
	EXCH_EXIT_SYSTEM = 4
};

/* One option.  Tables end with a row of zeros. */
struct exch_opt {
	const char *name; /* long name */
	char letter;      /* or 0 */
	const char *arg;  /* name of its argument, or NULL */
	const char *help; /* one line */
	int id;           /* >= 256, own to the tool */
};

/* What the common options said. */
struct exch_cli {
	const char *tool; /* "exch-match" */
	const struct exch_opt *opts;
	const char *usage; /* operands: "[FILE]" */
	int verbose;
	bool quiet;
	const char *output; /* -o, or NULL */
	bool zstd;          /* -z, or the output's name ends in .zst */
	bool format_given;
	enum exch_format format;
	const char *csv_type;
	bool csv_multi;
	bool trailer;
	bool digest;
	bool partial;
	bool checksum;
	bool unbuffered;
	int progress; /* -1 never, 0 auto, 1 always */
	uint64_t seed;
	bool seed_given;
	char **operand;
	int noperands;
};

/*
 * Parse argv by the common table and the tool's own, whose options go to
 * `handle` (return 0, or print a complaint with exch_cli_usage and return
 * its value).  Serves --help and --version itself.  Returns -1 to go on,
 * or an exit code.
 */
int exch_cli_parse(struct exch_cli *c, int argc, char **argv,
    int (*handle)(void *arg, struct exch_cli *c, int id, const char *value),
    void *arg);
/* Print a usage error and "Try 'TOOL --help'."; returns EXCH_EXIT_USAGE. */
int exch_cli_usage(const struct exch_cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "exch-match: NAME:POSITION: sentence" to stderr. */
void exch_cli_report(const struct exch_cli *c, const struct exch_diag *d);
/* A line to stderr unless -q. */
void exch_cli_note(const struct exch_cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Exit code that goes with an error code. */
int exch_cli_exit_of(enum exch_err code);

/* Open one operand ("-" or NULL: standard input; a terminal: exit 2). */
int exch_cli_open(struct exch_cli *c, const char *operand,
    struct exch_in **in, struct exch_diag *d);
/* The whole of a small file (timetable, scenario); freed by the caller. */
int exch_cli_slurp(const char *path, char **bytes, size_t *n,
    struct exch_diag *d);
/* The zone named by --tz: "+08:00", "UTC", or a name of the tz database. */
int exch_cli_zone(const char *name, struct exch_tz **tz, struct exch_diag *d);

/*
 * The output: standard output or -o (a temporary file, renamed at commit).
 * Chooses the format (text on a terminal), refuses binary to a terminal.
 */
struct exch_cli_out;
int exch_cli_out_open(struct exch_cli *c, struct exch_cli_out **o,
    struct exch_diag *d);
struct exch_out *exch_cli_out_stream(struct exch_cli_out *o);
/* Flush, check, rename.  Frees o. */
int exch_cli_out_commit(struct exch_cli_out *o, struct exch_diag *d);
/* Remove what was begun.  Frees o. */
void exch_cli_out_abort(struct exch_cli_out *o);

/*
 * A writer on that output, wired so that it is flushed when reading `in`
 * would block (in may be NULL) and on SIGINT/SIGTERM.
 */
int exch_cli_writer(struct exch_cli *c, struct exch_cli_out *o,
    struct exch_in *in, struct exch_writer_opts *w, struct exch_writer **out,
    struct exch_diag *d);

/*
 * A filter's whole life: open the input stream, the output and the writer,
 * call `record` per record, close with the right status, print the digest.
 * `record` copies what it passes on.  Returns the exit code.
 */
/* Signals: SIGPIPE default; SIGINT and SIGTERM set this. */
extern volatile int exch_cli_signal;
void exch_cli_signals(void);
/* After cleaning up: die of the signal that came, if one did. */
void exch_cli_reraise(void);

/* Progress on standard error; cheap: call once per block or so. */
void exch_cli_progress(
    struct exch_cli *c, const struct exch_in *in, uint64_t records);

#endif
