/*
 * Filling of diagnoses.  Printing them, and the words for errno, are left
 * to cmd/common.
 */
#include <config.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

/* Copy a name, cut to the room there is. */
static void
set_name(struct exch_diag *d, const char *name)
{
	size_t n;

	if (name == NULL)
		return;
	n = strnlen(name, sizeof(d->name) - 1);
	memmove(d->name, name, n);
	d->name[n] = '\0';
}

__attribute__((format(printf, 4, 0))) static void
fill(struct exch_diag *d, enum exch_err code, const char *name, const char *fmt,
    va_list ap)
{
	d->code = code;
	set_name(d, name);
	/* A cut text still says what is wrong. */
	(void)vsnprintf(d->text, sizeof(d->text), fmt, ap);
}

enum exch_err
exch_diag_set(struct exch_diag *d, enum exch_err code, const char *name,
    enum exch_pos kind, uint64_t where, const char *fmt, ...)
{
	va_list ap;

	if (d == NULL || d->code != EXCH_OK)
		return code;
	d->sys = 0;
	d->kind = kind;
	d->where = where;
	d->column = 0;
	va_start(ap, fmt);
	fill(d, code, name, fmt, ap);
	va_end(ap);
	return code;
}

enum exch_err
exch_diag_sys(
    struct exch_diag *d, const char *name, int sys, const char *fmt, ...)
{
	va_list ap;

	if (d == NULL || d->code != EXCH_OK)
		return EXCH_ERR_IO;
	d->sys = sys;
	d->kind = EXCH_POS_NONE;
	d->where = 0;
	d->column = 0;
	va_start(ap, fmt);
	fill(d, EXCH_ERR_IO, name, fmt, ap);
	va_end(ap);
	return EXCH_ERR_IO;
}

enum exch_err
exch_diag_more(struct exch_diag *d, const char *more)
{
	size_t n;

	if (d == NULL || d->code == EXCH_OK)
		return EXCH_OK;
	n = strlen(d->text);
	(void)snprintf(d->text + n, sizeof(d->text) - n, "; %s", more);
	return d->code;
}

void
exch_diag_where(const struct exch_diag *d, char where[EXCH_DIAG_WHERE])
{
	static const struct {
		const char *where, *column;
	} words[] = {[EXCH_POS_NONE] = {"", ""},
	    [EXCH_POS_BYTE] = {":byte ", ""},
	    [EXCH_POS_LINE] = {":", ":"},
	    [EXCH_POS_PACKET] = {":packet ", ", byte "},
	    [EXCH_POS_RECORD] = {":record ", ""}};
	const char *column = words[d->kind].column;
	char at[32] = "", behind[32] = "";

	if (d->kind != EXCH_POS_NONE)
		(void)snprintf(at, sizeof(at), "%" PRIu64, d->where);
	if (d->column > 0 && column[0] != '\0')
		(void)snprintf(behind, sizeof(behind), "%" PRIu64, d->column);
	where[0] = '\0';
	if (d->name[0] != '\0') /* all of it has room */
		(void)snprintf(where, EXCH_DIAG_WHERE, "%s%s%s%s%s", d->name,
		    words[d->kind].where, at, behind[0] != '\0' ? column : "",
		    behind);
}

void
exch_diag_clear(struct exch_diag *d)
{
	if (d != NULL)
		memset(d, 0, sizeof(*d));
}

const char *
exch_err_text(enum exch_err code)
{
	switch (code) {
	case EXCH_OK:
		return "no error";
	case EXCH_ERR_NOMEM:
		return "out of memory";
	case EXCH_ERR_IO:
		return "system call failed";
	case EXCH_ERR_FORMAT:
		return "malformed input";
	case EXCH_ERR_CUT:
		return "input ends early";
	case EXCH_ERR_RANGE:
		return "value out of range";
	case EXCH_ERR_VERSION:
		return "format is of a newer version";
	case EXCH_ERR_EXISTS:
		return "exists already";
	case EXCH_ERR_ABSENT:
		return "does not exist";
	case EXCH_ERR_LIMIT:
		return "capacity used up";
	case EXCH_ERR_NEED:
		return "an option is needed";
	case EXCH_ERR_STOP:
		return "stopped";
	case EXCH_ERR_LATE:
		return "no answer in time";
	case EXCH_ERR_DIFFERS:
		return "not the same as before";
	}
	return "unknown error";
}
