/* Numbers of rule books by date (rulebook.h). */
#include <config.h>

#include <math.h>

#include "base/time.h"
#include "ref/dated.h"
#include "risk/rulebook.h"

#define NANO 1e-9

#define AT(f) .off = (uint16_t)offsetof(ROW, f)
#define SPAN EXCH_DATED_COLUMNS(ROW)
#define SOURCE EXCH_DATED_SOURCE(ROW)

static uint32_t
day_before(uint32_t date)
{
	return exch_ts_date(exch_date_ts(date) - 1);
}

/* ---- margin of stocks ---- */

static const struct exch_cell_word margin_rules[] = {
    {"initial-long", EXCH_MARGIN_INITIAL_LONG},
    {"initial-short", EXCH_MARGIN_INITIAL_SHORT},
    {"keep-long", EXCH_MARGIN_KEEP_LONG},
    {"keep-short", EXCH_MARGIN_KEEP_SHORT},
    {"keep-short-cheap", EXCH_MARGIN_KEEP_SHORT_CHEAP},
    {"cheap-below", EXCH_MARGIN_CHEAP_BELOW},
    {"short-least", EXCH_MARGIN_SHORT_LEAST},
    {"short-least-cheap", EXCH_MARGIN_SHORT_LEAST_CHEAP},
    {"minimum-equity", EXCH_MARGIN_MINIMUM_EQUITY},
    {"day-trades", EXCH_MARGIN_DAY_TRADES},
    {"day-trade-share", EXCH_MARGIN_DAY_TRADE_SHARE},
    {"day-trader-equity", EXCH_MARGIN_DAY_TRADER_EQUITY},
    {"day-trader-power", EXCH_MARGIN_DAY_TRADER_POWER}, {NULL, 0}};

struct margin_row {
	struct exch_dated span;
	uint32_t phase_in; /* the firm may keep it until then; 0: it may not */
	uint8_t rule;
	int64_t value; /* 10^-9 */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct margin_row
static const struct exch_column margin_columns[] = {SPAN,
    {.name = "phase-in",
	.kind = EXCH_CELL_DATE,
	AT(phase_in),
	.may_lack = true},
    {.name = "rule", .kind = EXCH_CELL_WORD, AT(rule), .words = margin_rules},
    {.name = "value",
	.kind = EXCH_CELL_RATE,
	AT(value),
	.least = 0,
	.most = INT64_C(1000000000000000)},
    SOURCE};
static const struct exch_reftable_shape margin_shape = {
    "a table of margin rules", margin_columns, EXCH_ARRAY_LEN(margin_columns),
    sizeof(ROW)};
#undef ROW

static int
by_rule(const void *x, const void *y)
{
	const struct margin_row *a = x, *b = y;

	return (a->rule > b->rule) - (a->rule < b->rule);
}

/* Parts are ppm, a number of trades is a whole one. */
static int
check_value(const struct exch_reftable *t, size_t i, struct exch_diag *d)
{
	const struct margin_row *r = (const struct margin_row *)t->row + i;

	switch (r->rule) {
	case EXCH_MARGIN_CHEAP_BELOW:
	case EXCH_MARGIN_SHORT_LEAST:
	case EXCH_MARGIN_SHORT_LEAST_CHEAP:
		return EXCH_OK;
	case EXCH_MARGIN_MINIMUM_EQUITY:
	case EXCH_MARGIN_DAY_TRADER_EQUITY:
		if (r->value % 1000 == 0)
			return EXCH_OK;
		break;
	case EXCH_MARGIN_DAY_TRADES:
	case EXCH_MARGIN_DAY_TRADER_POWER:
		if (r->value % EXCH_PX_ONE == 0)
			return EXCH_OK;
		break;
	default:
		if (r->value % 1000 == 0 && r->value <= 10 * EXCH_PX_ONE)
			return EXCH_OK;
	}
	return exch_reftable_bad(t, i, d,
	    "the value does not suit '%s': expected a whole number, an amount "
	    "of at most six decimals, or a part of at most 1000%%",
	    margin_rules[r->rule].word);
}

int
exch_margin_rules_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_dated_parse(text, n, name, &margin_shape, t, by_rule, d);

	for (size_t i = 0; err == 0 && i < t->n; i++)
		err = check_value(t, i, d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* The values that hold on a day; -1: none. */
static void
values_at(const struct exch_reftable *t, uint32_t date, bool phased,
    int64_t value[EXCH_MARGIN_RULES])
{
	const struct margin_row *r = t->row;

	for (unsigned i = 0; i < EXCH_MARGIN_RULES; i++)
		value[i] = -1;
	for (size_t i = 0; i < t->n; i++) {
		struct exch_dated s = r[i].span;

		if (phased && r[i].phase_in > s.until)
			s.until = r[i].phase_in;
		if (exch_dated_holds(&s, date))
			value[r[i].rule] = r[i].value;
	}
}

int
exch_margin_rules_at(const struct exch_reftable *t, uint32_t date, bool phased,
    struct exch_margin_rates *rates, struct exch_day_trader *day,
    struct exch_diag *d)
{
	int64_t v[EXCH_MARGIN_RULES];

	values_at(t, date, phased, v);
	for (unsigned i = 0; i < EXCH_MARGIN_DAY_TRADES; i++)
		if (v[i] < 0)
			return exch_dated_absent(
			    t, date, margin_rules[i].word, d);
	*rates = (struct exch_margin_rates){
	    .initial_long = (uint32_t)(v[EXCH_MARGIN_INITIAL_LONG] / 1000),
	    .initial_short = (uint32_t)(v[EXCH_MARGIN_INITIAL_SHORT] / 1000),
	    .long_rate = (uint32_t)(v[EXCH_MARGIN_KEEP_LONG] / 1000),
	    .short_rate = (uint32_t)(v[EXCH_MARGIN_KEEP_SHORT] / 1000),
	    .short_cheap = (uint32_t)(v[EXCH_MARGIN_KEEP_SHORT_CHEAP] / 1000),
	    .cheap = v[EXCH_MARGIN_CHEAP_BELOW],
	    .short_least = v[EXCH_MARGIN_SHORT_LEAST],
	    .short_least_cheap = v[EXCH_MARGIN_SHORT_LEAST_CHEAP],
	    .minimum_equity = v[EXCH_MARGIN_MINIMUM_EQUITY] / 1000};
	*day = (struct exch_day_trader){0};
	if (v[EXCH_MARGIN_DAY_TRADES] < 0)
		return EXCH_OK;
	for (unsigned i = EXCH_MARGIN_DAY_TRADES; i < EXCH_MARGIN_RULES; i++)
		if (v[i] < 0)
			return exch_dated_absent(
			    t, date, margin_rules[i].word, d);
	*day = (struct exch_day_trader){
	    .trades = (uint32_t)(v[EXCH_MARGIN_DAY_TRADES] / EXCH_PX_ONE),
	    .share = (uint32_t)(v[EXCH_MARGIN_DAY_TRADE_SHARE] / 1000),
	    .equity = v[EXCH_MARGIN_DAY_TRADER_EQUITY] / 1000,
	    .power = (uint32_t)(v[EXCH_MARGIN_DAY_TRADER_POWER] / EXCH_PX_ONE)};
	return EXCH_OK;
}

uint32_t
exch_margin_rules_trader_last(const struct exch_reftable *t, uint32_t date)
{
	const struct margin_row *r = t->row;
	uint32_t last = 0;

	for (size_t i = 0; i < t->n; i++) {
		uint32_t end = r[i].span.until <= date
				   ? day_before(r[i].span.until)
				   : date;

		if (r[i].rule == EXCH_MARGIN_DAY_TRADES &&
		    r[i].span.from <= date && end > last)
			last = end;
	}
	return last;
}

/* ---- portfolio margin ---- */

const struct exch_cell_word exch_tims_classes[] = {{"stock", EXCH_TIMS_STOCK},
    {"narrow-index", EXCH_TIMS_NARROW_INDEX},
    {"broad-index", EXCH_TIMS_BROAD_INDEX},
    {"large-index", EXCH_TIMS_LARGE_INDEX}, {NULL, 0}};

struct tims_row {
	struct exch_dated span;
	uint8_t class;
	int64_t down, up, least; /* 10^-9 */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct tims_row
static const struct exch_column tims_columns[] = {SPAN,
    {.name = "class",
	.kind = EXCH_CELL_WORD,
	AT(class),
	.words = exch_tims_classes},
    {.name = "down",
	.kind = EXCH_CELL_RATE,
	AT(down),
	.least = 1,
	.most = EXCH_PX_ONE},
    {.name = "up",
	.kind = EXCH_CELL_RATE,
	AT(up),
	.least = 1,
	.most = 10 * EXCH_PX_ONE},
    {.name = "least-option",
	.kind = EXCH_CELL_PX,
	AT(least),
	.least = 0,
	.most = INT64_MAX},
    SOURCE};
static const struct exch_reftable_shape tims_shape = {
    "a table of moves for portfolio margin", tims_columns,
    EXCH_ARRAY_LEN(tims_columns), sizeof(ROW)};
#undef ROW

static int
by_class(const void *x, const void *y)
{
	const struct tims_row *a = x, *b = y;

	return (a->class > b->class) - (a->class < b->class);
}

int
exch_tims_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &tims_shape, t, by_class, d);
}

int
exch_tims_at(const struct exch_reftable *t, uint32_t date,
    enum exch_tims_class class, struct exch_points *out, struct exch_diag *d)
{
	struct tims_row key = {.class = (uint8_t) class};
	const struct tims_row *r =
	    exch_dated_at(t, sizeof(key), date, by_class, &key);

	if (r == NULL)
		return exch_dated_absent(
		    t, date, exch_tims_classes[class].word, d);
	*out = (struct exch_points){.down = (double)r->down * NANO,
	    .up = (double)r->up * NANO,
	    .least_option = (double)r->least * NANO};
	return EXCH_OK;
}

const struct exch_cell_word exch_span_conventions[] = {
    {"older", EXCH_SPAN_OLDER}, {"current", EXCH_SPAN_CURRENT}, {NULL, 0}};

struct span_row {
	struct exch_dated span;
	uint8_t convention;
	int64_t extreme, cover; /* 10^-9 */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct span_row
static const struct exch_column span_columns[] = {SPAN,
    {.name = "convention",
	.kind = EXCH_CELL_WORD,
	AT(convention),
	.words = exch_span_conventions},
    {.name = "extreme",
	.kind = EXCH_CELL_PX,
	AT(extreme),
	.least = EXCH_PX_ONE,
	.most = 10 * EXCH_PX_ONE},
    {.name = "cover",
	.kind = EXCH_CELL_RATE,
	AT(cover),
	.least = 0,
	.most = EXCH_PX_ONE},
    SOURCE};
static const struct exch_reftable_shape span_shape = {
    "a table of extreme moves", span_columns, EXCH_ARRAY_LEN(span_columns),
    sizeof(ROW)};
#undef ROW

static int
by_convention(const void *x, const void *y)
{
	const struct span_row *a = x, *b = y;

	return (a->convention > b->convention) -
	       (a->convention < b->convention);
}

int
exch_span_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(
	    text, n, name, &span_shape, t, by_convention, d);
}

int
exch_span_at(const struct exch_reftable *t, uint32_t date,
    enum exch_span_convention c, struct exch_span *out, struct exch_diag *d)
{
	struct span_row key = {.convention = (uint8_t)c};
	const struct span_row *r =
	    exch_dated_at(t, sizeof(key), date, by_convention, &key);

	if (r == NULL)
		return exch_dated_absent(
		    t, date, exch_span_conventions[c].word, d);
	out->extreme = (double)r->extreme * NANO;
	out->cover = (double)r->cover * NANO;
	return EXCH_OK;
}

/* ---- what back-tests cost ---- */

static const struct exch_cell_word backtest_rules[] = {
    {"basel", EXCH_BACKTEST_BASEL}, {"frtb", EXCH_BACKTEST_FRTB}, {NULL, 0}};
static const struct exch_cell_word zones[] = {{"green", EXCH_ZONE_GREEN},
    {"yellow", EXCH_ZONE_YELLOW}, {"red", EXCH_ZONE_RED}, {NULL, 0}};

struct backtest_row {
	struct exch_dated span;
	uint8_t rule, zone;
	uint32_t exceptions; /* from that many on */
	int64_t multiplier;  /* 10^-9 */
	char source[EXCH_DATED_SOURCE_MAX];
};

#define ROW struct backtest_row
static const struct exch_column backtest_columns[] = {SPAN,
    {.name = "rule", .kind = EXCH_CELL_WORD, AT(rule), .words = backtest_rules},
    {.name = "exceptions", .kind = EXCH_CELL_U32, AT(exceptions)},
    {.name = "zone", .kind = EXCH_CELL_WORD, AT(zone), .words = zones},
    {.name = "multiplier",
	.kind = EXCH_CELL_PX,
	AT(multiplier),
	.least = 0,
	.most = 100 * EXCH_PX_ONE},
    SOURCE};
static const struct exch_reftable_shape backtest_shape = {
    "a table of back-tests' zones", backtest_columns,
    EXCH_ARRAY_LEN(backtest_columns), sizeof(ROW)};
#undef ROW

static int
by_count(const void *x, const void *y)
{
	const struct backtest_row *a = x, *b = y;

	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return (a->exceptions > b->exceptions) -
	       (a->exceptions < b->exceptions);
}

int
exch_backtest_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	return exch_dated_parse(text, n, name, &backtest_shape, t, by_count, d);
}

int
exch_backtest_at(const struct exch_reftable *t, uint32_t date,
    enum exch_backtest_rule rule, uint32_t exceptions, struct exch_traffic *out,
    struct exch_diag *d)
{
	const struct backtest_row *r = t->row, *best = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (r[i].rule == rule && exch_dated_holds(&r[i].span, date) &&
		    r[i].exceptions <= exceptions &&
		    (best == NULL || r[i].exceptions > best->exceptions))
			best = &r[i];
	if (best == NULL)
		return exch_dated_absent(t, date, backtest_rules[rule].word, d);
	*out = (struct exch_traffic){best->zone, best->multiplier};
	return EXCH_OK;
}
