/*
 * Merging the books of venues (venues.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/venues.h"
#include "ref/venue.h"

/* Places of one thing, in the order of the directory. */
struct exch_venues_link {
	uint32_t first;
	uint32_t last; /* of the first only */
	uint32_t next; /* 0: none */
};

/* The next level of a venue that was not taken. */
struct exch_venues_at {
	uint32_t place;
	exch_slot level;
};

void
exch_venues_clear(struct exch_venues *v)
{
	exch_free(v->link);
	exch_free(v->at);
	memset(v, 0, sizeof(*v));
}

size_t
exch_venues_thing(const struct exch_inst *in)
{
	return exch_venue_thing(in->symbol, in->nsymbol);
}

static bool
same_thing(const struct exch_inst *a, const struct exch_inst *b)
{
	size_t n = exch_venues_thing(a);

	return n == exch_venues_thing(b) &&
	       memcmp(a->symbol, b->symbol, n) == 0;
}

/* The places that have come to be known since. */
static int
link_new(struct exch_venues *v, const struct exch_insts *x, struct exch_diag *d)
{
	const struct exch_inst *in = x->inst;
	int rc =
	    exch_report_grow(&v->link, &v->nlink, x->n, sizeof(*v->link), d);

	for (; rc == EXCH_OK && v->linked < x->n; v->linked++) {
		uint32_t place = v->linked;
		uint32_t i = 0;

		while (i < place && (v->link[i].first != i ||
					!same_thing(&in[i], &in[place])))
			i++;
		v->link[place] =
		    (struct exch_venues_link){.first = i, .last = place};
		if (i == place)
			continue;
		v->link[v->link[i].last].next = place;
		v->link[i].last = place;
	}
	return rc;
}

int
exch_venues_first(struct exch_venues *v, const struct exch_insts *x,
    uint32_t place, uint32_t *first, struct exch_diag *d)
{
	int rc = v->linked < x->n ? link_new(v, x, d) : EXCH_OK;

	if (rc == EXCH_OK)
		*first = v->link[place].first;
	return rc;
}

static void
add_name(struct exch_venues_level *l, const struct exch_inst *in)
{
	size_t thing = exch_venues_thing(in);
	size_t from = thing + (thing < in->nsymbol);
	size_t n = in->nsymbol - from;

	/* a thing without a venue is at one that has no name */
	if (n == 0 || l->nnames + n + 1 > sizeof(l->names))
		return;
	if (l->nnames > 0)
		l->names[l->nnames++] = '+';
	memcpy(l->names + l->nnames, in->symbol + from, n);
	l->nnames = (uint8_t)(l->nnames + n);
}

static int
units_differ(const struct exch_inst *in, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%.*s has another unit of quantity than the other venues of the "
	    "same thing",
	    (int)in->nsymbol, in->symbol);
}

/* The best level of a side at every venue that has one: v->at[], in *m. */
static int
begin(struct exch_venues *v, struct exch_report_run *run,
    const struct exch_books *books, uint32_t first, unsigned side, uint32_t *m,
    struct exch_diag *d)
{
	const struct exch_inst *in = run->insts.inst;
	uint32_t i = first;
	int rc;

	*m = 0;
	do {
		exch_slot l = i < books->n ? exch_books_top(books, i, side)
					   : EXCH_SLOT_NONE;

		if (in[i].qty_scale != in[first].qty_scale)
			return units_differ(&in[i], d);
		if (l != EXCH_SLOT_NONE && exch_report_watched(run, i)) {
			rc = exch_report_grow(
			    &v->at, &v->nat, *m + 1, sizeof(*v->at), d);
			if (rc != EXCH_OK)
				return rc;
			v->at[(*m)++] =
			    (struct exch_venues_at){.place = i, .level = l};
		}
		i = v->link[i].next;
	} while (i != 0);
	return EXCH_OK;
}

/* Take the best price that is left, of every venue that has it. */
static bool
take_best(struct exch_venues *v, const struct exch_insts *x,
    const struct exch_books *books, unsigned side, uint32_t m,
    struct exch_venues_level *l)
{
	exch_px best = EXCH_PX_NONE;

	for (uint32_t i = 0; i < m; i++) {
		exch_px px =
		    exch_books_px(books, v->at[i].place, v->at[i].level);

		if (px != EXCH_PX_NONE &&
		    (best == EXCH_PX_NONE ||
			(side == 0 ? px > best : px < best)))
			best = px;
	}
	if (best == EXCH_PX_NONE)
		return false;
	l->px = best;
	for (uint32_t i = 0; i < m; i++) {
		struct exch_venues_at *a = &v->at[i];

		if (exch_books_px(books, a->place, a->level) != best)
			continue;
		if (__builtin_add_overflow(
			l->qty, books->tally.level[a->level].qty, &l->qty))
			l->qty = EXCH_QTY_NONE - 1;
		add_name(l, &x->inst[a->place]);
		a->level = exch_tally_worse(&books->tally, a->level);
	}
	return true;
}

int
exch_venues_book(struct exch_venues *v, struct exch_report_run *run,
    const struct exch_books *books, uint32_t first,
    struct exch_venues_level *out, unsigned n, struct exch_diag *d)
{
	memset(out, 0, (size_t)2 * n * sizeof(*out));
	for (unsigned side = 0; side < 2; side++) {
		uint32_t m;
		int rc = begin(v, run, books, first, side, &m, d);

		if (rc != EXCH_OK)
			return rc;
		for (unsigned i = 0; i < n; i++)
			if (!take_best(v, &run->insts, books, side, m,
				&out[side * n + i]))
				break;
	}
	return EXCH_OK;
}

const char *
exch_venues_state(
    const struct exch_venues_level *bid, const struct exch_venues_level *ask)
{
	if (bid->qty == 0 || ask->qty == 0 || bid->px < ask->px)
		return NULL;
	return bid->px == ask->px ? "locked" : "crossed";
}

void
exch_venues_cells(struct exch_table *t, const struct exch_venues_level *l,
    const struct exch_inst *in)
{
	exch_table_px(t, l->qty > 0 ? l->px : EXCH_PX_NONE, in->px_show);
	if (l->qty > 0)
		exch_table_qty(t, l->qty, in->qty_scale);
	else
		exch_table_none(t);
	exch_table_text(t, l->names, l->nnames);
}
