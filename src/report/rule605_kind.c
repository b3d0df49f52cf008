/* What an order is counted as (rule605.h). */
#include <config.h>

#include <string.h>

#include "report/rule605.h"

static const struct exch_cell_word kinds[] = {{"horizon", EXCH_605_HORIZON},
    {"time", EXCH_605_TIME}, {"worth", EXCH_605_WORTH}, {"lot", EXCH_605_LOT},
    {"shares", EXCH_605_SHARES}, {NULL, 0}};

static const struct exch_column columns[] = {
    EXCH_DATED_COLUMNS(struct exch_605_band),
    {.name = "kind",
	.kind = EXCH_CELL_WORD,
	.off = offsetof(struct exch_605_band, kind),
	.words = kinds},
    {.name = "word",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_605_band, word),
	.size = 11},
    {.name = "low",
	.kind = EXCH_CELL_DEC,
	.off = offsetof(struct exch_605_band, low)},
    {.name = "high",
	.kind = EXCH_CELL_DEC,
	.off = offsetof(struct exch_605_band, high),
	.may_lack = true,
	.lack = INT64_MAX},
    {.name = "value",
	.kind = EXCH_CELL_DEC,
	.off = offsetof(struct exch_605_band, value),
	.may_lack = true},
    EXCH_DATED_SOURCE(struct exch_605_band),
};

static const struct exch_reftable_shape shape = {
    .what = "a table of bands",
    .column = columns,
    .ncolumns = EXCH_ARRAY_LEN(columns),
    .row = sizeof(struct exch_605_band),
};

static int
by_word(const void *a, const void *b)
{
	const struct exch_605_band *x = a;
	const struct exch_605_band *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return memcmp(x->word, y->word, sizeof(x->word));
}

/* The bands of a kind follow each other upwards and do not overlap. */
static int
check_order(struct exch_605_bands *b, const struct exch_605_band *x, size_t row,
    struct exch_diag *d)
{
	const struct exch_605_band *before = NULL;

	for (unsigned i = 0; i < b->n; i++)
		if (b->band[i]->kind == x->kind)
			before = b->band[i];
	if (x->low >= x->high)
		return exch_reftable_bad(
		    &b->table, row, d, "the band ends before it begins");
	if (before == NULL ||
	    (x->kind == EXCH_605_HORIZON ? before->low < x->low
					 : before->high <= x->low))
		return EXCH_OK;
	return exch_reftable_bad(
	    &b->table, row, d, "the band begins before the one above it ends");
}

int
exch_605_read(struct exch_605_bands *b, const struct exch_given *given,
    uint32_t date, struct exch_diag *d)
{
	unsigned count[5] = {0};
	const struct exch_605_band *x;
	int rc;

	*b = (struct exch_605_bands){0};
	if (given == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "a table of bands is needed");
	rc = exch_dated_parse(
	    given->text, given->n, given->value, &shape, &b->table, by_word, d);
	x = b->table.row;
	for (size_t i = 0; rc == EXCH_OK && i < b->table.n; i++) {
		if (!exch_dated_holds(&x[i].span, date))
			continue;
		rc = check_order(b, &x[i], i, d);
		count[x[i].kind]++;
		if (rc == EXCH_OK &&
		    (b->n == EXCH_ARRAY_LEN(b->band) || count[x[i].kind] > 15))
			rc = exch_reftable_bad(
			    &b->table, i, d, "too many bands for one day");
		if (rc == EXCH_OK)
			b->band[b->n++] = &x[i];
	}
	if (rc == EXCH_OK && (count[EXCH_605_HORIZON] > EXCH_605_HORIZONS ||
				 count[EXCH_605_TIME] > EXCH_605_TIMES))
		rc = exch_diag_set(d, EXCH_ERR_LIMIT, given->value,
		    EXCH_POS_NONE, 0, "more than %u horizons or times",
		    EXCH_605_HORIZONS);
	return rc;
}

void
exch_605_clear(struct exch_605_bands *b)
{
	exch_reftable_clear(&b->table);
}

const struct exch_605_band *
exch_605_nth(
    const struct exch_605_bands *b, enum exch_605_band_kind kind, unsigned n)
{
	for (unsigned i = 0; i < b->n; i++)
		if (b->band[i]->kind == kind && n-- == 0)
			return b->band[i];
	return NULL;
}

int
exch_605_find(
    const struct exch_605_bands *b, enum exch_605_band_kind kind, exch_i128 v)
{
	int n = 0;

	for (unsigned i = 0; i < b->n; i++) {
		if (b->band[i]->kind != kind)
			continue;
		if (v >= b->band[i]->low &&
		    (b->band[i]->high == INT64_MAX || v < b->band[i]->high))
			return n;
		n++;
	}
	return -1;
}

static bool
is_market(uint8_t type)
{
	return type == EXCH_ORD_MARKET || type == EXCH_ORD_MTL;
}

/* Limits of before 2024, by their distance from the own side of the quote. */
static enum exch_605_type
classic(bool buy, exch_px price, const struct exch_605_quote *q)
{
	/* so that up is better for a buyer as for a seller */
	exch_px own = buy ? q->bid : -q->ask;
	exch_px far = buy ? q->ask : -q->bid;
	exch_px p = buy ? price : -price;

	if (p >= far)
		return EXCH_605_CLASSIC + 1;
	if (p > own)
		return EXCH_605_INSIDE;
	if (p == own)
		return EXCH_605_AT;
	/* near: within ten cents */
	return own - p <= EXCH_PX_ONE / 10 ? EXCH_605_NEAR : EXCH_605_NONE;
}

enum exch_605_type
exch_605_type_of(const struct exch_life *o, bool stop, bool old,
    const struct exch_605_quote *q)
{
	bool buy = o->side == EXCH_BUY;
	bool ioc = o->tif == EXCH_TIF_IOC || o->tif == EXCH_TIF_FOK;
	exch_i128 twice = (exch_i128)2 * o->price - q->bid - q->ask;

	if (is_market(o->type)) {
		if (old)
			return EXCH_605_CLASSIC;
		return stop ? EXCH_605_MARKET_STOP : EXCH_605_MARKET;
	}
	if (o->price == EXCH_PX_NONE)
		return o->terms.peg == EXCH_PEG_MID && !old ? EXCH_605_MIDPOINT
							    : EXCH_605_RESTING;
	if (old)
		return classic(buy, o->price, q);
	if (buy ? o->price >= q->ask : o->price <= q->bid)
		return stop  ? EXCH_605_MARKETABLE_STOP
		       : ioc ? EXCH_605_MARKETABLE_IOC
			     : EXCH_605_MARKETABLE;
	if (stop)
		return EXCH_605_RESTING_STOP;
	if (buy ? twice >= 0 : twice <= 0)
		return ioc ? EXCH_605_MIDPOINT_IOC : EXCH_605_MIDPOINT;
	return ioc ? EXCH_605_RESTING_IOC : EXCH_605_RESTING;
}

const char *
exch_605_word(enum exch_605_type type)
{
	static const char *const word[] = {"none", "market", "marketable",
	    "marketable-ioc", "midpoint", "midpoint-ioc", "nonmarketable",
	    "nonmarketable-ioc", "market-stop", "marketable-stop",
	    "nonmarketable-stop", "11", "12", "13", "14", "15"};

	return word[type];
}
