/* Tables of markets (market.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "risk/market.h"
#include "risk/rulebook.h"

#define NANO 1e-9
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
/* A column that each row has, and one that is left out. */
#define CELL(n, k, f)                                                          \
	{                                                                      \
		.name = n, .kind = k, AT(f)                                    \
	}
#define TEXT(n, f, may)                                                        \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_TEXT, AT(f),                      \
		.size = sizeof(((ROW *)0)->f), .may_lack = may                 \
	}
/* A rate within bounds, 0 when it is left out. */
#define RATE(n, f, low, high)                                                  \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_RATE, AT(f), .may_lack = true,    \
		.least = low, .most = high                                     \
	}
#define SHAPE(what, columns)                                                   \
	{                                                                      \
		what, columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)            \
	}
#define MOST (1000 * EXCH_PX_ONE)

/* Rows that say the same are refused: they compare as equal. */
static int
parse(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, exch_reftable_compare *compare,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, s, t, d);

	if (err == 0)
		err = exch_reftable_once(
		    t, s->row, compare, "is about the same already", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* The same, for tables that are searched. */
static int
parse_sorted(const char *text, size_t n, const char *name,
    const struct exch_reftable_shape *s, exch_reftable_compare *compare,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = parse(text, n, name, s, compare, t, d);

	if (err == 0)
		err = exch_reftable_sort(t, s->row, compare, d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* The last row of such a table that is not behind the key; NULL: none. */
static const void *
last_of(const struct exch_reftable *t, size_t size,
    exch_reftable_compare *compare, const void *key)
{
	const char *row = t->row;
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(row + mid * size, key) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 ? row + (low - 1) * size : NULL;
}

/* ---- rates ---- */

struct rate_row {
	uint32_t date, days;
	int64_t rate;
};

#define ROW struct rate_row
static const struct exch_column rate_columns[] = {
    CELL("date", EXCH_CELL_DATE, date),
    {.name = "days", .kind = EXCH_CELL_U32, AT(days), .may_lack = true},
    {.name = "rate",
	.kind = EXCH_CELL_RATE,
	AT(rate),
	.least = -EXCH_PX_ONE,
	.most = 10 * EXCH_PX_ONE},
};
static const struct exch_reftable_shape rate_shape =
    SHAPE("a table of rates", rate_columns);
#undef ROW

static int
by_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int
by_rate(const void *x, const void *y)
{
	const struct rate_row *a = x, *b = y;

	return a->date != b->date ? by_number(a->date, b->date)
				  : by_number(a->days, b->days);
}

int
exch_rates_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return parse(text, n, name, &rate_shape, by_rate, t, d);
}

int
exch_rate_at(const struct exch_reftable *t, uint32_t date, double days,
    double *rate, struct exch_diag *d)
{
	const struct rate_row *r = t->row, *low = NULL, *high = NULL;
	uint32_t last = 0;

	for (size_t i = 0; i < t->n; i++)
		if (r[i].date <= date && r[i].date > last)
			last = r[i].date;
	for (size_t i = 0; i < t->n; i++) {
		if (r[i].date != last)
			continue;
		if (r[i].days <= days && (low == NULL || r[i].days > low->days))
			low = &r[i];
		if (r[i].days >= days &&
		    (high == NULL || r[i].days < high->days))
			high = &r[i];
	}
	if (low == NULL && high == NULL)
		return exch_diag_set(d, EXCH_ERR_ABSENT, t->name, EXCH_POS_NONE,
		    0, "there is no rate of %u or before", date);
	if (low == NULL || high == NULL || low == high) {
		*rate = (double)(low != NULL ? low : high)->rate * NANO;
		return EXCH_OK;
	}
	*rate = ((double)low->rate + (double)(high->rate - low->rate) *
					 (days - low->days) /
					 (high->days - low->days)) *
		NANO;
	return EXCH_OK;
}

/* ---- volatilities ---- */

#define ROW struct exch_vol_row
static const struct exch_column vol_columns[] = {
    CELL("date", EXCH_CELL_DATE, date),
    TEXT("symbol", symbol, true),
    {.name = "vol",
	.kind = EXCH_CELL_RATE,
	AT(vol),
	.may_lack = true,
	.lack = -1,
	.least = 0,
	.most = 100 * EXCH_PX_ONE},
    RATE("yield", yield, -EXCH_PX_ONE, EXCH_PX_ONE),
    {.name = "class",
	.kind = EXCH_CELL_WORD,
	AT(class),
	.may_lack = true,
	.lack = EXCH_TIMS_STOCK,
	.words = exch_tims_classes},
    {.name = "scan",
	.kind = EXCH_CELL_PX,
	AT(scan),
	.may_lack = true,
	.lack = EXCH_PX_NONE,
	.least = 1,
	.most = EXCH_PX_NONE - 1},
    RATE("vol-scan", vol_scan, 0, 10 * EXCH_PX_ONE),
    {.name = "short-option",
	.kind = EXCH_CELL_PX,
	AT(short_option),
	.may_lack = true,
	.least = 0,
	.most = EXCH_PX_NONE - 1},
};
static const struct exch_reftable_shape vol_shape =
    SHAPE("a table of volatilities", vol_columns);
#undef ROW

static int
by_vol(const void *x, const void *y)
{
	const struct exch_vol_row *a = x, *b = y;

	int c = memcmp(a->symbol, b->symbol, EXCH_SYMBOL);

	return c != 0 ? c : by_number(a->date, b->date);
}

int
exch_vols_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return parse_sorted(text, n, name, &vol_shape, by_vol, t, d);
}

static const struct exch_vol_row *
vol_of(const struct exch_reftable *t, uint32_t date, const char *symbol)
{
	struct exch_vol_row key = {.date = date};
	const struct exch_vol_row *r;

	memcpy(key.symbol, symbol, sizeof(key.symbol));
	r = last_of(t, sizeof(key), by_vol, &key);
	return r != NULL && memcmp(r->symbol, key.symbol, EXCH_SYMBOL) == 0
		   ? r
		   : NULL;
}

/* One of its own, however old, before one of all. */
const struct exch_vol_row *
exch_vol_at(const struct exch_reftable *t, uint32_t date, const char *symbol)
{
	static const char all[EXCH_SYMBOL];
	const struct exch_vol_row *own = vol_of(t, date, symbol);

	return own != NULL ? own : vol_of(t, date, all);
}

/* ---- liquidity ---- */

#define ROW struct exch_liquidity_row
static const struct exch_column liquidity_columns[] = {
    TEXT("symbol", symbol, false),
    {.name = "volume",
	.kind = EXCH_CELL_UINT,
	AT(volume),
	.may_lack = true,
	.least = 1,
	.most = INT64_MAX},
    RATE("spread", spread, 0, EXCH_PX_ONE),
    RATE("spread-sd", spread_sd, 0, EXCH_PX_ONE),
    RATE("haircut", haircut, 0, EXCH_PX_ONE),
};
static const struct exch_reftable_shape liquidity_shape =
    SHAPE("a table of liquidity", liquidity_columns);
#undef ROW

static int
by_symbol(const void *x, const void *y)
{
	const struct exch_liquidity_row *a = x, *b = y;

	return memcmp(a->symbol, b->symbol, EXCH_SYMBOL);
}

int
exch_liquidity_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return parse_sorted(text, n, name, &liquidity_shape, by_symbol, t, d);
}

const struct exch_liquidity_row *
exch_liquidity_of(const struct exch_reftable *t, const char *symbol)
{
	struct exch_liquidity_row key = {.volume = 0};
	const struct exch_liquidity_row *r;

	memcpy(key.symbol, symbol, sizeof(key.symbol));
	r = last_of(t, sizeof(key), by_symbol, &key);
	return r != NULL && by_symbol(r, &key) == 0 ? r : NULL;
}

/* ---- scenarios ---- */

static const struct exch_cell_word kinds[] = {{"equity", EXCH_KIND_EQUITY},
    {"etf", EXCH_KIND_ETF}, {"bond", EXCH_KIND_BOND},
    {"future", EXCH_KIND_FUTURE}, {"option", EXCH_KIND_OPTION},
    {"fx", EXCH_KIND_FX}, {"crypto", EXCH_KIND_CRYPTO}, {NULL, 0}};

#define ROW struct exch_scenario_row
static const struct exch_column scenario_columns[] = {
    TEXT("name", name, false),
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date), .may_lack = true},
    TEXT("symbol", symbol, true),
    {.name = "kind",
	.kind = EXCH_CELL_WORD,
	AT(kind),
	.may_lack = true,
	.lack = EXCH_KIND_ANY,
	.words = kinds},
    {.name = "shock",
	.kind = EXCH_CELL_RATE,
	AT(shock),
	.least = -EXCH_PX_ONE,
	.most = MOST},
    RATE("vol", vol, -EXCH_PX_ONE, MOST),
    TEXT("note", note, true),
};
static const struct exch_reftable_shape scenario_shape =
    SHAPE("a table of scenarios", scenario_columns);
#undef ROW

static bool
is_name(const struct exch_scenario_row *a, const struct exch_scenario_row *b)
{
	return memcmp(a->name, b->name, EXCH_SCENARIO) == 0;
}

static int
by_name(const void *x, const void *y)
{
	const struct exch_scenario_row *a = x, *b = y;

	return memcmp(a->name, b->name, EXCH_SCENARIO);
}

static int
by_move(const void *x, const void *y)
{
	const struct exch_scenario_row *a = x, *b = y;
	int c = by_name(x, y);

	if (c == 0)
		c = by_number(a->kind, b->kind);
	return c != 0 ? c : memcmp(a->symbol, b->symbol, EXCH_SYMBOL);
}

/* Rows of a name stand one behind the other. */
static int
check_together(const struct exch_reftable *t, struct exch_diag *d)
{
	const struct exch_scenario_row *r = t->row;
	size_t *order = exch_reftable_order(t, sizeof(*r), by_name, d);
	size_t bad = t->n, began = 0, first = 0;

	if (order == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 1; i < t->n; i++) {
		if (!is_name(&r[order[i - 1]], &r[order[i]])) {
			first = i;
		} else if (order[i] != order[i - 1] + 1 && order[i] < bad) {
			bad = order[i];
			began = order[first];
		}
	}
	exch_free(order);
	if (bad == t->n)
		return EXCH_OK;
	return exch_reftable_bad(t, bad, d,
	    "the scenario '%.24s' began in line %llu, and others stand "
	    "between: expected its rows together",
	    r[bad].name, (unsigned long long)t->line[began]);
}

int
exch_scenarios_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = parse(text, n, name, &scenario_shape, by_move, t, d);
	const struct exch_scenario_row *r = t->row;

	for (size_t i = 0; err == 0 && i < t->n; i++)
		if (r[i].symbol[0] != '\0' && r[i].kind != EXCH_KIND_ANY)
			err = exch_reftable_bad(t, i, d,
			    "a symbol and a kind: expected one of them");
	if (err == 0)
		err = check_together(t, d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* How exactly a row is about an instrument: 0, it is not. */
static int
rank(const struct exch_scenario_row *r, const char *symbol, uint8_t kind)
{
	if (r->symbol[0] != '\0')
		return memcmp(r->symbol, symbol, EXCH_SYMBOL) == 0 ? 3 : 0;
	if (r->kind != EXCH_KIND_ANY)
		return r->kind == kind ? 2 : 0;
	return 1;
}

void
exch_scenario_move(const struct exch_reftable *t, size_t first,
    const char *symbol, uint8_t kind, double *shock, double *vol)
{
	const struct exch_scenario_row *r = t->row;
	size_t end = exch_scenario_next(t, first);
	int best = 0;

	*shock = *vol = 0;
	for (size_t i = first; i < end; i++) {
		int is = rank(&r[i], symbol, kind);

		if (is <= best)
			continue;
		best = is;
		*shock = (double)r[i].shock * NANO;
		*vol = (double)r[i].vol * NANO;
	}
}

size_t
exch_scenario_next(const struct exch_reftable *t, size_t first)
{
	const struct exch_scenario_row *r = t->row;
	size_t i = first + 1;

	while (i < t->n && is_name(&r[i], &r[first]))
		i++;
	return i;
}

/* ---- profits of days ---- */

#define ROW struct exch_pl_row
static const struct exch_column pl_columns[] = {
    CELL("date", EXCH_CELL_DATE, date),
    CELL("pl", EXCH_CELL_CASH, pl),
    CELL("var", EXCH_CELL_CASH, var),
};
static const struct exch_reftable_shape pl_shape =
    SHAPE("a table of profits and losses", pl_columns);
#undef ROW

int
exch_pl_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &pl_shape, t, d);
	const struct exch_pl_row *r = t->row;

	for (size_t i = 1; err == 0 && i < t->n; i++)
		if (r[i].date <= r[i - 1].date)
			err = exch_reftable_bad(t, i, d,
			    "a day that is not after the one before: expected "
			    "dates in ascending order");
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}
