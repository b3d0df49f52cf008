/*
 * exch-feed nbbo: the best bid and offer over the venues of a thing, and who
 * has them.
 *
 * Instruments are one thing at several venues when their symbols are the same
 * up to the last point: ABC.X and ABC.Y are ABC at X and at Y.  Sizes at the
 * best price are added.  The books of two venues may lock or cross each other
 * for as long as nobody trades on it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/even.h"
#include "md/md.h"
#include "report/sample.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"bid_venues", EXCH_COL_TEXT, 10},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"ask_venues", EXCH_COL_TEXT, 10},
    {"state", EXCH_COL_TEXT, 7},
    {"imbalance", EXCH_COL_NUM, 9},
};

#define VENUES_MAX 127 /* bytes of a list of names that are shown */

/* The best of one side over all venues. */
struct best {
	exch_px px;
	exch_qty qty; /* 0: nobody is there */
	uint8_t nvenues;
	char venues[VENUES_MAX];
};

_Static_assert(sizeof(struct best) == 8 + 8 + 1 + VENUES_MAX,
    "two are compared by their bytes");

/* Of the first place of a thing: what was shown last. */
struct shown {
	struct best side[2];
	exch_ts time;
	bool any;
};

/* Places of one thing, in the order of the directory. */
struct link {
	uint32_t first;
	uint32_t last; /* of the first only */
	uint32_t next; /* 0: none */
};

struct nbbo {
	struct exch_samples samples; /* first: exch_samples_begin() */
	struct link *link;	     /* by place */
	uint32_t nlink;		     /* room */
	uint32_t linked;	     /* places that have one */
	struct shown *shown;	     /* by place */
	uint32_t nshown;
};

/* How much of a symbol names the thing. */
static size_t
thing(const struct exch_inst *in)
{
	for (size_t n = in->nsymbol; n-- > 1;)
		if (in->symbol[n] == '.')
			return n;
	return in->nsymbol;
}

static bool
same_thing(const struct exch_inst *a, const struct exch_inst *b)
{
	size_t n = thing(a);

	return n == thing(b) && memcmp(a->symbol, b->symbol, n) == 0;
}

/* The places that have come to be known since. */
static int
link_new(struct exch_report_run *run, struct exch_diag *d)
{
	struct nbbo *s = run->state;
	const struct exch_inst *in = run->insts.inst;
	int rc = exch_report_grow(
	    &s->link, &s->nlink, run->insts.n, sizeof(*s->link), d);

	for (; rc == EXCH_OK && s->linked < run->insts.n; s->linked++) {
		uint32_t place = s->linked;
		uint32_t i = 0;

		while (i < place && (s->link[i].first != i ||
					!same_thing(&in[i], &in[place])))
			i++;
		s->link[place] = (struct link){.first = i, .last = place};
		if (i == place)
			continue;
		s->link[s->link[i].last].next = place;
		s->link[i].last = place;
	}
	return rc;
}

static void
add_venue(struct best *b, const struct exch_inst *in)
{
	size_t from = thing(in) + (thing(in) < in->nsymbol);
	size_t n = in->nsymbol - from;

	/* a thing without a venue is at one that has no name */
	if (n == 0 || b->nvenues + n + 1 > sizeof(b->venues))
		return;
	if (b->nvenues > 0)
		b->venues[b->nvenues++] = '+';
	memcpy(b->venues + b->nvenues, in->symbol + from, n);
	b->nvenues = (uint8_t)(b->nvenues + n);
}

/* One more venue's best of a side. */
static void
take(struct best *b, unsigned side, exch_px px, exch_qty qty,
    const struct exch_inst *in)
{
	if (qty == 0 || (b->qty > 0 && (side == 0 ? px < b->px : px > b->px)))
		return;
	if (b->qty == 0 || px != b->px)
		*b = (struct best){.px = px};
	if (__builtin_add_overflow(b->qty, qty, &b->qty))
		b->qty = EXCH_QTY_NONE - 1;
	add_venue(b, in);
}

static int
units_differ(const struct exch_inst *in, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%.*s has another unit of quantity than the other venues of the "
	    "same thing",
	    (int)in->nsymbol, in->symbol);
}

static int
collect(struct exch_report_run *run, uint32_t first, struct best side[2],
    struct exch_diag *d)
{
	struct nbbo *s = run->state;
	const struct exch_inst *in = run->insts.inst;
	uint32_t i = first;

	memset(side, 0, 2 * sizeof(*side));
	do {
		if (in[i].qty_scale != in[first].qty_scale)
			return units_differ(&in[i], d);
		for (unsigned k = 0; exch_report_watched(run, i) && k < 2;
		     k++) {
			exch_px px;
			exch_qty qty;

			exch_books_best(
			    &s->samples.follow.books, i, k, &px, &qty);
			take(&side[k], k, px, qty, &in[i]);
		}
		i = s->link[i].next;
	} while (i != 0);
	return EXCH_OK;
}

static const char *
state(const struct best side[2])
{
	if (side[0].qty == 0 || side[1].qty == 0 || side[0].px < side[1].px)
		return NULL;
	return side[0].px == side[1].px ? "locked" : "crossed";
}

static void
put_side(struct exch_table *t, const struct best *b, const struct exch_inst *in)
{
	exch_table_px(t, b->qty > 0 ? b->px : EXCH_PX_NONE, in->px_show);
	if (b->qty > 0)
		exch_table_qty(t, b->qty, in->qty_scale);
	else
		exch_table_none(t);
	exch_table_text(t, b->venues, b->nvenues);
}

/* The bid's part of both less the offer's, -1 to 1. */
static void
put_imbalance(struct exch_table *t, const struct best side[2])
{
	exch_i128 bid = side[0].qty;
	exch_i128 ask = side[1].qty;

	if (bid + ask == 0)
		exch_table_none(t);
	else
		exch_table_dec(t,
		    exch_div_half_even((bid - ask) * 10000, bid + ask), 4, 4);
}

static void
put_row(struct exch_report_run *run, uint32_t first, exch_ts time,
    const struct best side[2])
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[first];

	exch_table_row(t);
	exch_table_time(t, time);
	exch_table_text(t, in->symbol, thing(in));
	put_side(t, &side[0], in);
	put_side(t, &side[1], in);
	exch_table_word(t, state(side));
	put_imbalance(t, side);
	exch_table_end(t);
}

/* The book of one venue is to be shown: it is the thing's that is. */
static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct nbbo *s = run->state;
	struct best side[2];
	struct shown *was;
	uint32_t first;
	int rc = link_new(run, d);

	(void)sum;
	if (rc != EXCH_OK)
		return rc;
	first = s->link[place].first;
	rc = exch_report_grow(
	    &s->shown, &s->nshown, first + 1, sizeof(*s->shown), d);
	if (rc == EXCH_OK)
		rc = collect(run, first, side, d);
	if (rc != EXCH_OK)
		return rc;
	was = &s->shown[first];
	/* at a time each venue comes up, and the thing once */
	if (run->o.when != EXCH_WHEN_EVENT && was->any && was->time == time)
		return EXCH_OK;
	if (run->o.changed && was->any &&
	    memcmp(was->side, side, sizeof(side)) == 0)
		return EXCH_OK;
	memcpy(was->side, side, sizeof(side));
	was->time = time;
	was->any = true;
	put_row(run, first, time, side);
	return EXCH_OK;
}

static int
open_nbbo(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct nbbo), d);

	run->o.levels = 1;
	if (run->o.when == EXCH_WHEN_EVENT)
		run->o.changed = true;
	if (rc == EXCH_OK)
		rc = exch_samples_begin(run, put, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static void
free_nbbo(struct exch_report_run *run)
{
	struct nbbo *s = run->state;

	exch_samples_free(run);
	exch_free(s->link);
	exch_free(s->shown);
}

const struct exch_report exch_md_nbbo = {
    .name = "nbbo",
    .what = "the best bid and offer over venues, ABC.X and ABC.Y",
    .takes = EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_nbbo,
    .record = exch_samples_record,
    .close = exch_samples_close,
    .free = free_nbbo,
};
