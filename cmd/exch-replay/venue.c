/*
 * --venue: what is traded in several places has one symbol in all of them.
 * With the name of the place behind a point they are told apart, and who
 * knows that they are one thing (exch-feed nbbo) can still see it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"

#define NAME_MAX_BYTES 8

bool
venue_is_name(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return n > 0 && n <= NAME_MAX_BYTES && s[n] == '\0';
}

int
venue_record(struct tool *t, const struct exch_rec **rec, struct exch_diag *d)
{
	struct exch_rec_instrument *i;
	size_t n, add = strlen(t->venue) + 1;

	if (EXCH_REC_AS(*rec, exch_rec_instrument) == NULL)
		return 0; /* told later */
	if (t->named == NULL)
		t->named = exch_malloc(EXCH_REC_MAX);
	if (t->named == NULL || exch_rec_len(*rec) > EXCH_REC_MAX)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	memcpy(t->named, *rec, exch_rec_len(*rec));
	i = t->named;
	n = strnlen(i->symbol, sizeof(i->symbol));
	if (n + add > sizeof(i->symbol))
		return exch_diag_set(d, EXCH_ERR_RANGE, t->in_name,
		    EXCH_POS_NONE, 0,
		    "'%.24s.%s' is longer than the %zu bytes of a symbol: "
		    "--venue needs a shorter name",
		    i->symbol, t->venue, sizeof(i->symbol));
	i->symbol[n] = '.';
	memcpy(i->symbol + n + 1, t->venue, add - 1);
	*rec = &i->h;
	return 0;
}

void
venue_symbol(
    const struct tool *t, const struct exch_rec_instrument *i, char out[25])
{
	size_t n = strnlen(i->symbol, sizeof(i->symbol));

	if (t->venue != NULL)
		n -= strlen(t->venue) + 1;
	memcpy(out, i->symbol, n);
	out[n] = '\0';
}
