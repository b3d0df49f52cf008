/*
 * Error codes and the diagnosis that travels with them.
 *
 * A function that can fail returns 0 or a negative code.  Code that reads
 * outside data fills a struct exch_diag once, at the place that knows
 * what went wrong and where; callers pass it up untouched and cmd/common
 * prints it.
 */
#ifndef EXCH_BASE_ERR_H
#define EXCH_BASE_ERR_H

#include "base/types.h"

/* Numbers are fixed: they appear in records and scripts. */
enum exch_err {
	EXCH_OK = 0,
	EXCH_ERR_NOMEM = -1,   /* allocation failed; the object is unusable */
	EXCH_ERR_IO = -2,      /* a system call failed; diag.sys has errno */
	EXCH_ERR_FORMAT = -3,  /* malformed input; reading may not go on */
	EXCH_ERR_CUT = -4,     /* input ends early; what came before is whole */
	EXCH_ERR_RANGE = -5,   /* a value does not fit its type or unit */
	EXCH_ERR_VERSION = -6, /* format is of a newer major version */
	EXCH_ERR_EXISTS = -7,  /* already there (duplicate id) */
	EXCH_ERR_ABSENT = -8,  /* not there (unknown id or name) */
	EXCH_ERR_LIMIT = -9,   /* a stated capacity is used up */
	EXCH_ERR_NEED = -10,   /* an option is needed; diag.text names it */
	EXCH_ERR_STOP = -11,   /* the consumer asked to stop; not a failure */
	EXCH_ERR_LATE = -12,   /* no answer in the time there was for it */
	EXCH_ERR_DIFFERS = -13 /* it is not what it was before; see diag */
};

/* What a position counts. */
enum exch_pos {
	EXCH_POS_NONE,
	EXCH_POS_BYTE,
	EXCH_POS_LINE,
	EXCH_POS_PACKET,
	EXCH_POS_RECORD
};

/*
 * A diagnosis.  `where` is a position in the stream `name`: a byte offset,
 * a line or packet number from 1, the sequence number of a record, as
 * `kind` says; `column`
 * is a column (from 1) or a byte offset inside the packet, when not zero.
 */
struct exch_diag {
	enum exch_err code;
	int sys; /* errno, or 0 */
	enum exch_pos kind;
	uint64_t where;
	uint64_t column;
	char name[128]; /* stream or file name, cut if longer */
	/* One sentence without a full stop; a list of words may be in it. */
	char text[512];
};

/*
 * Fill *d (which may be NULL) and return `code`, so that a failing line
 * reads `return exch_diag_set(...)`.  The first diagnosis wins: a filled
 * one is left alone.  `name` is kept as it was when NULL.
 */
enum exch_err exch_diag_set(struct exch_diag *d, enum exch_err code,
    const char *name, enum exch_pos kind, uint64_t where, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* As above with errno kept; the text gets ": strerror" on printing. */
enum exch_err exch_diag_sys(struct exch_diag *d, const char *name, int sys,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * What to do about it, or why it is so, behind what it says already: "; MORE".
 * Returns its code.  NULL and one that says nothing are left alone.
 */
enum exch_err exch_diag_more(struct exch_diag *d, const char *more);

/* Bytes of a name with a position, with the end. */
#define EXCH_DIAG_WHERE 192u
/* "day.xst:record 17", "scenario.txt:3:7", or "" where it has no name. */
void exch_diag_where(const struct exch_diag *d, char where[EXCH_DIAG_WHERE]);

/* Forget a diagnosis so that the next one can be kept. */
void exch_diag_clear(struct exch_diag *d);

/* A short phrase for a code: "input ends early".  Never NULL. */
const char *exch_err_text(enum exch_err code);

#endif
