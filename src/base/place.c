/*
 * Complaints at a place of a text.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>

#include "base/place.h"

/* Whoever reads it looks in the file first, and there is only the name. */
static void
add_given(struct exch_diag *d, const char *name)
{
	char more[128];

	(void)snprintf(
	    more, sizeof(more), "-D gives $%s its value", name); /* cut */
	(void)exch_diag_more(d, more);
}

int
exch_place_fail(struct exch_diag *d, enum exch_err code,
    const struct exch_place *at, const char *fmt, ...)
{
	char text[sizeof(d->text)];
	va_list ap;

	if (d == NULL || d->code != EXCH_OK)
		return code;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut when longer */
	va_end(ap);
	(void)exch_diag_set(d, code, at->file,
	    at->file != NULL ? EXCH_POS_LINE : EXCH_POS_NONE, at->line, "%s",
	    text);
	d->column = at->file != NULL ? at->column : 0;
	if (at->given != NULL)
		add_given(d, at->given);
	return code;
}

int
exch_place_told(struct exch_diag *d, const struct exch_place *at,
    const struct exch_diag *own)
{
	enum exch_err code =
	    own->code == EXCH_ERR_NEED ? EXCH_ERR_FORMAT : own->code;
	char where[EXCH_DIAG_WHERE];

	if (d == NULL || d->code != EXCH_OK)
		return code;
	if (own->kind == EXCH_POS_LINE && own->name[0] != '\0') {
		*d = *own;
		d->code = code;
		return code;
	}
	exch_diag_where(own, where);
	(void)exch_place_fail(d, code, at, "%s%s%s", where,
	    where[0] != '\0' ? ": " : "",
	    own->text[0] != '\0' ? own->text : exch_err_text(own->code));
	d->sys = own->sys;
	return code;
}
