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
	exch_free(t->symbol.place);
	exch_free(t->mic.place);
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

/* The same with the MIC before the symbol. */
static int
by_mic(const struct exch_thing *a, const struct exch_thing *b)
{
	int c = by_name(a, b);

	if (c == 0)
		c = memcmp(a->mic, b->mic, sizeof(a->mic));
	return c != 0 ? c : by_symbol(a, b);
}

/* ---- orders ---- */

typedef int compare(const struct exch_thing *a, const struct exch_thing *b);

static const struct exch_thing *
nth(const struct exch_things *t, const struct exch_things_order *o, size_t i)
{
	return &t->thing[o->place[i]];
}

/* The first that does not stand before it. */
static size_t
find(const struct exch_things *t, const struct exch_things_order *o,
    compare *by, const struct exch_thing *x)
{
	size_t from = 0, to = o->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (by(nth(t, o, mid), x) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool
has_room(struct exch_things_order *o)
{
	return exch_room(&o->place, o->n, &o->cap, sizeof(*o->place));
}

static void
put(const struct exch_things *t, struct exch_things_order *o, compare *by,
    const struct exch_thing *x, uint32_t place)
{
	size_t at = find(t, o, by, x);

	memmove(o->place + at + 1, o->place + at,
	    (o->n++ - at) * sizeof(*o->place));
	o->place[at] = place;
}

static void
take(const struct exch_things *t, struct exch_things_order *o, compare *by,
    uint32_t place)
{
	size_t at = find(t, o, by, &t->thing[place]);

	while (o->place[at] != place)
		at++;
	o->n--;
	memmove(
	    o->place + at, o->place + at + 1, (o->n - at) * sizeof(*o->place));
}

/* ---- rings ---- */

/*
 * Has one MIC two of them?  However many have one symbol, as where a feed tells
 * none, it is never two.
 */
static bool
is_crowded(const struct exch_things *t, const struct exch_thing *x)
{
	const struct exch_things_order *o = &t->mic;

	for (size_t i = find(t, o, by_name, x) + 1; i < o->n; i++) {
		const struct exch_thing *a = nth(t, o, i - 1);
		const struct exch_thing *b = nth(t, o, i);

		if (by_name(b, x) != 0)
			return false;
		if (memcmp(a->mic, b->mic, sizeof(a->mic)) == 0 &&
		    by_symbol(a, b) != 0)
			return true;
	}
	return false;
}

static void
close_ring(const struct exch_things *t, size_t from, size_t to)
{
	const uint32_t *place = t->symbol.place;

	for (size_t i = from; i < to; i++)
		t->thing[place[i]].next = place[i + 1 < to ? i + 1 : from];
}

/* Those that may be one thing with such a one, whether it is there or was. */
static void
relink(const struct exch_things *t, const struct exch_thing *x)
{
	const struct exch_things_order *o = &t->symbol;
	bool apart = x->isin[0] == '\0' && is_crowded(t, x);
	size_t ring;

	for (size_t from = find(t, o, by_name, x);
	     from < o->n && by_name(nth(t, o, from), x) == 0; from = ring) {
		const struct exch_thing *first = nth(t, o, from);

		for (ring = from + 1; ring < o->n; ring++)
			if ((apart ? by_symbol : by_name)(
				first, nth(t, o, ring)) != 0)
				break;
		close_ring(t, from, ring);
	}
}

static void
leave(struct exch_things *t, uint32_t place)
{
	struct exch_thing was = t->thing[place];

	take(t, &t->symbol, by_symbol, place);
	take(t, &t->mic, by_mic, place);
	relink(t, &was);
}

int
exch_things_join(struct exch_things *t, uint32_t place,
    const struct exch_what *w, const struct exch_inst *in, struct exch_diag *d)
{
	struct exch_thing new = {
	    .nsymbol = in->nsymbol, .next = place, .in = true};
	struct exch_thing *x;
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
	if (!has_room(&t->symbol) || !has_room(&t->mic))
		return exch_report_nomem(d);
	put(t, &t->symbol, by_symbol, &new, place);
	put(t, &t->mic, by_mic, &new, place);
	*x = new;
	relink(t, x);
	return EXCH_OK;
}

int
exch_things_note(struct exch_things *t, struct exch_whats *w,
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place = exch_insts_known(&run->insts, r->instr);
	const struct exch_what *what;
	int rc;

	exch_whats_note(w, run, r);
	if (r->type != EXCH_REC_INSTRUMENT || place >= run->insts.n)
		return EXCH_OK;
	rc = exch_what_of(w, run, place, &what, d);
	return rc == EXCH_OK ? exch_things_join(
				   t, place, what, &run->insts.inst[place], d)
			     : rc;
}
