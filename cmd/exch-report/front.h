/*
 * What exch-report and exch-feed have in common: the first operand names what
 * is made of a stream, options go to it, the stream is read, exit codes tell
 * what was wrong with it.  Each tool is a table of what it makes.
 */
#ifndef EXCH_CMD_REPORT_FRONT_H
#define EXCH_CMD_REPORT_FRONT_H

#include "common/cli.h"
#include "report/report.h"

enum front_opt {
	OPT_ALL = 256,
	OPT_LEVELS,
	OPT_EVERY,
	OPT_AT,
	OPT_CHANGED,
	OPT_IMBALANCE,
	OPT_INTERVAL,
	OPT_FILL,
	OPT_WITH,
	OPT_SPEED,
	OPT_FROM,
	OPT_MISSES,
	OPT_MANIFEST,
	OPT_SIGN,
	OPT_REDACT,
	OPT_SESSION,
	OPT_FRAMING,
	OPT_PHASES,
	OPT_ALARMS,
	OPT_STALE,
	OPT_SYMBOLS,
	OPT_RULES,
	OPT_CHECK,
	OPT_SHOW,
	OPT_TZ,
	OPT_DIGEST,
	OPT_STRICT,
	OPT_END
};

/* What a tool has besides; all of it gets `arg`. */
struct front_own {
	void *arg;
	/* An option from OPT_END on: 0, or an exit code. */
	int (*option)(void *arg, struct exch_cli *c, int id, const char *value);
	/*
	 * All options are known, and what is made; `o` may be changed.  -1 to
	 * go on, or an exit code.
	 */
	int (*settle)(void *arg, struct exch_cli *c,
	    const struct exch_report *report, struct exch_report_opts *o);
	/* Before anything is read. */
	int (*open)(void *arg, struct exch_diag *d);
	/*
	 * The output is open: what is made may go elsewhere first, and be
	 * brought to the output by close().  NULL: it does not.
	 */
	int (*through)(void *arg, const struct exch_report_opts *o,
	    struct exch_out **out, struct exch_diag *d);
	/* Everything was made; `stopped`: by a signal, as far as it went. */
	int (*close)(void *arg, bool stopped, struct exch_diag *d);
	void (*free)(void *arg);
};

/* What is kept beside a table: exch-feed has nothing of the kind. */
struct front_kept {
	/*
	 * The file of --manifest, and of --sign (NULL: no signature), whose key
	 * is read: -1 to go on, or an exit code.
	 */
	int (*settle)(
	    struct exch_cli *c, const char *manifest, const char *key);
	/*
	 * The file of --redact: a key that makes pseudonyms, good until free().
	 * -1, or an exit code.
	 */
	int (*secret)(const struct exch_cli *c, const char *path,
	    const char **text, size_t *n);
	/* The table is whole; `options` are those that change it. */
	int (*write)(struct exch_cli *c, struct exch_report_run *run,
	    const char *options, struct exch_diag *d);
	void (*free)(void);
};

struct front {
	const char *tool;  /* "exch-report" */
	const char *usage; /* "[REPORT [FILE]]" */
	const char *about; /* "make a report of a stream" */
	const char *one;   /* "report": what the first operand names */
	const char *first; /* without operands; NULL: one has to be named */
	const struct exch_report *const *all;
	unsigned n;
	unsigned levels;	     /* of depth, unless told */
	const struct exch_opt *opts; /* of enum front_opt; reports have more */
	const char *rules; /* where tables of the package are; or NULL */
	unsigned groups;   /* of common options, besides those of all */
	const struct front_own *own;   /* NULL: nothing */
	const struct front_kept *kept; /* NULL: nothing */
};

/* A whole run.  Returns the exit code. */
int front_main(const struct front *f, int argc, char **argv);

#endif
