/*
 * Rings of what is one thing (things.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "ref/venue.h"
#include "report/things.h"

void
exch_things_clear(struct exch_things *t)
{
	exch_free(t->thing);
	exch_free(t->sorted);
	*t = (struct exch_things){0};
}

/* ---- names ---- */

/* By currency and by ISIN or name: 0, they may be one thing. */
static int
by_name(const struct exch_thing *a, const struct exch_thing *b)
{
	int c = memcmp(a->currency, b->currency, sizeof(a->currency));

	if (c == 0)
		c = memcmp(a->isin, b->isin, sizeof(a->isin));
	if (c != 0 || a->isin[0] != '\0')
		return c;
	if (a->nname != b->nname)
		return a->nname < b->nname ? -1 : 1;
	return memcmp(a->symbol, b->symbol, a->nname);
}

static int
by_symbol(const struct exch_thing *a, const struct exch_thing *b)
{
	int c = by_name(a, b);

	return c != 0 ? c : memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

static const struct exch_thing *
sorted(const struct exch_things *t, size_t i)
{
	return &t->thing[t->sorted[i]];
}

/* The first that does not stand before it. */
static size_t
find(const struct exch_things *t, const struct exch_thing *x)
{
	size_t from = 0, to = t->nsorted;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (by_symbol(sorted(t, mid), x) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* ---- rings ---- */

/*
 * Has one MIC two of them?  The second of a MIC is found soon; and however many
 * have one symbol, as where a feed tells none, it is never two.
 */
static bool
is_crowded(const struct exch_things *t, size_t from, size_t to)
{
	if (from == to || by_symbol(sorted(t, from), sorted(t, to - 1)) == 0)
		return false;
	for (size_t i = from; i < to; i++) {
		const struct exch_thing *a = sorted(t, i);

		for (size_t k = from; k < i; k++) {
			const struct exch_thing *b = sorted(t, k);

			if (memcmp(a->mic, b->mic, sizeof(a->mic)) == 0 &&
			    by_symbol(a, b) != 0)
				return true;
		}
	}
	return false;
}

static void
close_ring(const struct exch_things *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		t->thing[t->sorted[i]].next =
		    t->sorted[i + 1 < to ? i + 1 : from];
}

/* Those that may be one thing, around where such a one stands or stood. */
static void
relink(const struct exch_things *t, const struct exch_thing *x, size_t at)
{
	size_t from = at, to = at, ring;

	while (from > 0 && by_name(sorted(t, from - 1), x) == 0)
		from--;
	while (to < t->nsorted && by_name(sorted(t, to), x) == 0)
		to++;
	if (x->isin[0] != '\0' || !is_crowded(t, from, to)) {
		close_ring(t, from, to);
		return;
	}
	for (; from < to; from = ring) {
		for (ring = from + 1; ring < to; ring++)
			if (by_symbol(sorted(t, from), sorted(t, ring)) != 0)
				break;
		close_ring(t, from, ring);
	}
}

static void
leave(struct exch_things *t, uint32_t place)
{
	struct exch_thing was = t->thing[place];
	size_t at = find(t, &was);

	while (t->sorted[at] != place)
		at++;
	t->nsorted--;
	memmove(t->sorted + at, t->sorted + at + 1,
	    (t->nsorted - at) * sizeof(*t->sorted));
	relink(t, &was, at);
}

int
exch_things_join(struct exch_things *t, uint32_t place,
    const struct exch_what *w, const struct exch_inst *in, struct exch_diag *d)
{
	struct exch_thing new = {
	    .nsymbol = in->nsymbol, .next = place, .in = true};
	struct exch_thing *x;
	size_t at;
	int rc =
	    exch_report_grow(&t->thing, &t->n, place + 1, sizeof(*t->thing), d);

	if (rc != EXCH_OK)
		return rc;
	memcpy(new.currency, w->currency, sizeof(new.currency));
	memcpy(new.isin, w->isin, sizeof(new.isin));
	memcpy(new.mic, w->mic, sizeof(new.mic));
	memcpy(new.symbol, in->symbol, in->nsymbol);
	new.nname = (uint8_t)exch_venue_thing(in->symbol, in->nsymbol);
	x = &t->thing[place];
	if (x->in && by_symbol(x, &new) == 0 &&
	    memcmp(x->mic, new.mic, sizeof(new.mic)) == 0)
		return EXCH_OK;
	if (x->in)
		leave(t, place);
	x->in = false;
	if (!exch_room(
		&t->sorted, t->nsorted, &t->cap_sorted, sizeof(*t->sorted)))
		return exch_report_nomem(d);
	at = find(t, &new);
	memmove(t->sorted + at + 1, t->sorted + at,
	    (t->nsorted++ - at) * sizeof(*t->sorted));
	t->sorted[at] = place;
	*x = new;
	relink(t, x, at);
	return EXCH_OK;
}
