/* Spreads between commodities, in their order (spread.h). */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ref/dated.h"
#include "risk/market.h"
#include "risk/spread.h"

#define NANO 1e-9
/* What is left of a delta by rounding is nothing. */
#define LITTLE 1e-9

struct spread_row {
	struct exch_dated span;
	uint32_t priority;
	char symbol[EXCH_SYMBOL];
	uint8_t other;
	exch_px ratio;
	int64_t credit; /* 10^-9 */
	char source[EXCH_DATED_SOURCE_MAX];
};

static const struct exch_cell_word sides[] = {{"a", 0}, {"b", 1}, {NULL, 0}};

#define ROW struct spread_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {EXCH_DATED_COLUMNS(ROW),
    {.name = "priority",
	.kind = EXCH_CELL_U32,
	AT(priority),
	.least = 1,
	.most = UINT32_MAX},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = EXCH_SYMBOL},
    {.name = "side", .kind = EXCH_CELL_WORD, AT(other), .words = sides},
    {.name = "ratio",
	.kind = EXCH_CELL_PX,
	AT(ratio),
	.least = 1,
	.most = 1000000 * EXCH_PX_ONE},
    {.name = "credit",
	.kind = EXCH_CELL_RATE,
	AT(credit),
	.least = 0,
	.most = EXCH_PX_ONE},
    EXCH_DATED_SOURCE(ROW)};
static const struct exch_reftable_shape shape = {
    "a table of spreads", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef ROW

static int
by_leg(const void *x, const void *y)
{
	const struct spread_row *a = x, *b = y;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return memcmp(a->symbol, b->symbol, EXCH_SYMBOL);
}

int
exch_spreads_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &shape, t, by_leg, d);
}

/* ---- of a day ---- */

static int
by_priority(const void *x, const void *y)
{
	const struct spread_row *a = x, *b = y;

	return (a->priority > b->priority) - (a->priority < b->priority);
}

/* The first leg of the next spread. */
static size_t
end_of(const struct exch_spreads *s, size_t first)
{
	size_t i = first + 1;

	while (i < s->n && s->leg[i].priority == s->leg[first].priority)
		i++;
	return i;
}

static int
check_sides(const struct exch_spreads *s, const struct exch_reftable *t,
    const size_t *place, uint32_t date, struct exch_diag *d)
{
	for (size_t i = 0, end; i < s->n; i = end) {
		bool other = s->leg[i].other;
		size_t k = i;

		end = end_of(s, i);
		while (k < end && s->leg[k].other == other)
			k++;
		if (k == end)
			return exch_reftable_bad(t, place[i], d,
			    "spread %u of %04u-%02u-%02u has no leg on side "
			    "%s: expected one on each",
			    s->leg[i].priority, date / 10000, date / 100 % 100,
			    date % 100, other ? "a" : "b");
	}
	return EXCH_OK;
}

int
exch_spreads_at(const struct exch_reftable *t, uint32_t date,
    struct exch_spreads *out, struct exch_diag *d)
{
	const struct spread_row *r = t->row;
	size_t *order = exch_reftable_order(t, sizeof(*r), by_priority, d);
	int err;

	*out = (struct exch_spreads){.n = 0};
	if (order == NULL)
		return EXCH_ERR_NOMEM;
	out->leg = exch_calloc(t->n + 1, sizeof(*out->leg));
	if (out->leg == NULL) {
		exch_free(order);
		return exch_diag_set(d, EXCH_ERR_NOMEM, t->name, EXCH_POS_NONE,
		    0, "out of memory for spreads");
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct spread_row *x = &r[order[i]];

		if (!exch_dated_holds(&x->span, date))
			continue;
		/* From here on that is where the leg stands. */
		order[out->n] = order[i];
		out->leg[out->n++] = (struct exch_spread_leg){x->symbol,
		    x->priority, x->other != 0, (double)x->ratio * NANO,
		    (double)x->credit * NANO};
	}
	err = check_sides(out, t, order, date, d);
	exch_free(order);
	if (err != 0)
		exch_spreads_clear(out);
	return err;
}

void
exch_spreads_clear(struct exch_spreads *s)
{
	exch_free(s->leg);
	*s = (struct exch_spreads){.n = 0};
}

static int
by_symbol(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return memcmp(*a, *b, EXCH_SYMBOL);
}

void
exch_spreads_keep(struct exch_spreads *s, const char **symbol, size_t n)
{
	size_t kept = 0;

	qsort(symbol, n, sizeof(*symbol), by_symbol);
	for (size_t i = 0, end; i < s->n; i = end) {
		size_t k = i;

		end = end_of(s, i);
		while (k < end && bsearch(&s->leg[k].symbol, symbol, n,
				      sizeof(*symbol), by_symbol) != NULL)
			k++;
		for (k = k == end ? i : end; k < end; k++)
			s->leg[kept++] = s->leg[k];
	}
	s->n = kept;
}

/* ---- of somebody ---- */

/* The first of its rows in the order of symbols.  NULL: nothing is held of it. */
static struct exch_spread_root *
root_of(struct exch_spread_root *root, size_t n, const char *symbol)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(root[mid].symbol, symbol, EXCH_SYMBOL) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && memcmp(root[low].symbol, symbol, EXCH_SYMBOL) == 0
		   ? &root[low]
		   : NULL;
}

/* How many of it the deltas make; below 0: the other way round. */
static double
count_of(const struct exch_spread_leg *leg, size_t n,
    struct exch_spread_root *root, size_t nroots)
{
	double count = INFINITY;
	int way = 0;

	for (size_t i = 0; i < n; i++) {
		const struct exch_spread_root *r =
		    root_of(root, nroots, leg[i].symbol);
		int is;

		if (r == NULL || fabs(r->delta) < LITTLE)
			return 0;
		is = (r->delta > 0) != leg[i].other ? 1 : -1;
		if (way != 0 && is != way)
			return 0;
		way = is;
		count = fmin(count, fabs(r->delta) / leg[i].ratio);
	}
	return way * count;
}

/* Those of the same symbol stay as they were. */
static int
by_symbol_and_place(const void *x, const void *y)
{
	const struct exch_spread_root *a = x, *b = y;
	int c = memcmp(a->symbol, b->symbol, EXCH_SYMBOL);

	return c != 0 ? c : (a->place > b->place) - (a->place < b->place);
}

void
exch_spread_credits(
    const struct exch_spreads *s, struct exch_spread_root *root, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		root[i].place = i;
		root[i].credit = 0;
	}
	qsort(root, n, sizeof(*root), by_symbol_and_place);
	for (size_t i = 0, end; i < s->n; i = end) {
		double count;

		end = end_of(s, i);
		count = count_of(&s->leg[i], end - i, root, n);
		for (size_t k = i; k < end && count != 0; k++) {
			const struct exch_spread_leg *leg = &s->leg[k];
			struct exch_spread_root *r =
			    root_of(root, n, leg->symbol);
			double delta = leg->ratio * count;

			r->credit += r->risk * fabs(delta) * leg->credit;
			r->delta -= leg->other ? -delta : delta;
		}
	}
}
