/* Rates of exchange (fx.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/fx.h"

/* ---- tables ---- */

#define ROW struct exch_fx_rate
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "base", .kind = EXCH_CELL_TEXT, AT(base), .size = 4},
    {.name = "quote", .kind = EXCH_CELL_TEXT, AT(quote), .size = 4},
    {.name = "rate",
	.kind = EXCH_CELL_PX,
	AT(rate),
	.least = 1,
	.most = INT64_MAX - 1}};
static const struct exch_reftable_shape shape = {"a table of rates of exchange",
    columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef ROW
#define ROW struct exch_money_row
static const struct exch_column money_columns[] = {
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = EXCH_ACCOUNT_MOST},
    {.name = "currency", .kind = EXCH_CELL_TEXT, AT(currency), .size = 4},
    {.name = "amount", .kind = EXCH_CELL_CASH, AT(amount)}};
static const struct exch_reftable_shape money_shape = {"a table of cash",
    money_columns, EXCH_ARRAY_LEN(money_columns), sizeof(ROW)};
#undef AT
#undef ROW

/* Three capital letters, or four, which NULs follow. */
static bool
is_code(const char code[4])
{
	unsigned n = 0;

	while (n < 4 && code[n] >= 'A' && code[n] <= 'Z')
		n++;
	return n == 4 || (n == 3 && code[3] == '\0');
}

static bool
same(const char a[4], const char b[4])
{
	return memcmp(a, b, 4) == 0;
}

static int
bad_code(const struct exch_reftable *t, size_t row, const char *column,
    const char code[4], struct exch_diag *d)
{
	return exch_reftable_bad(t, row, d,
	    "'%.4s' in column '%s' is no currency: expected its letters, such "
	    "as EUR",
	    code, column);
}

static int
pair_order(const void *a, const void *b)
{
	const struct exch_fx_rate *x = a, *y = b;
	const char *low[2], *high[2];
	int c;

	/* One way round and the other are one pair. */
	for (unsigned i = 0; i < 2; i++) {
		const struct exch_fx_rate *r = i == 0 ? x : y;
		bool up = memcmp(r->base, r->quote, 4) < 0;

		low[i] = up ? r->base : r->quote;
		high[i] = up ? r->quote : r->base;
	}
	c = memcmp(low[0], low[1], 4);
	return c != 0 ? c : memcmp(high[0], high[1], 4);
}

static int
day_order(const void *a, const void *b)
{
	const struct exch_fx_rate *x = a, *y = b;
	int c = pair_order(a, b);

	if (c != 0)
		return c;
	return x->date < y->date ? -1 : x->date > y->date;
}

/* A pair stands one way round on all days. */
static int
check_ways(const struct exch_reftable *t, struct exch_diag *d)
{
	const struct exch_fx_rate *r = t->row;
	size_t *at = exch_reftable_order(t, sizeof(*r), pair_order, d);
	int err = at == NULL ? EXCH_ERR_NOMEM : EXCH_OK;

	for (size_t i = 1; i < t->n && err == 0; i++) {
		const struct exch_fx_rate *x = &r[at[i]], *y = &r[at[i - 1]];

		if (pair_order(x, y) == 0 && !same(x->base, y->base))
			err = exch_reftable_bad(t, at[i], d,
			    "line %llu has this pair the other way round",
			    (unsigned long long)t->line[at[i - 1]]);
	}
	exch_free(at);
	return err;
}

int
exch_fx_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);
	const struct exch_fx_rate *r = t->row;

	for (size_t i = 0; i < t->n && err == 0; i++) {
		if (!is_code(r[i].base))
			err = bad_code(t, i, "base", r[i].base, d);
		else if (!is_code(r[i].quote))
			err = bad_code(t, i, "quote", r[i].quote, d);
		else if (same(r[i].base, r[i].quote))
			err = exch_reftable_bad(
			    t, i, d, "%.4s is bought with itself", r[i].base);
	}
	if (err == 0)
		err = check_ways(t, d);
	if (err == 0)
		err = exch_reftable_once(t, sizeof(*r), day_order,
		    "has the rate of this pair for this day", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

static int
money_order(const void *a, const void *b)
{
	const struct exch_money_row *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return memcmp(x->currency, y->currency, 4);
}

int
exch_moneys_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &money_shape, t, d);
	const struct exch_money_row *r = t->row;

	for (size_t i = 0; i < t->n && err == 0; i++)
		if (!is_code(r[i].currency))
			err = bad_code(t, i, "currency", r[i].currency, d);
	if (err == 0)
		err = exch_reftable_once(t, sizeof(*r), money_order,
		    "says what this account has of it", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

/* ---- rates ---- */

const struct exch_fx_rate *
exch_fx_at(const struct exch_fx_rate *rate, size_t n, uint32_t date,
    const char a[4], const char b[4])
{
	const struct exch_fx_rate *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct exch_fx_rate *r = &rate[i];

		if (r->date <= date &&
		    ((same(r->base, a) && same(r->quote, b)) ||
			(same(r->base, b) && same(r->quote, a))) &&
		    (best == NULL || r->date > best->date))
			best = r;
	}
	return best;
}

static bool
direct(const struct exch_fx_rate *rate, size_t n, uint32_t date,
    const char from[4], const char to[4], struct exch_fraction *out)
{
	const struct exch_fx_rate *r = exch_fx_at(rate, n, date, from, to);

	if (r == NULL)
		return false;
	*out = same(r->base, from) ? exch_fraction_of(r->rate, EXCH_PX_ONE)
				   : exch_fraction_of(EXCH_PX_ONE, r->rate);
	return true;
}

int
exch_fx_worth(const struct exch_fx_rate *rate, size_t n, uint32_t date,
    const char from[4], const char to[4], const char via[4],
    struct exch_fraction *out)
{
	struct exch_fraction a, b;

	if (same(from, to)) {
		*out = (struct exch_fraction){1, 1};
		return EXCH_OK;
	}
	if (direct(rate, n, date, from, to, out))
		return EXCH_OK;
	if (!direct(rate, n, date, from, via, &a) ||
	    !direct(rate, n, date, via, to, &b))
		return EXCH_ERR_ABSENT;
	return exch_fraction_times(a, b, out);
}

/* ---- deals ---- */

/* The least number of whole hundredths that is not less than v x f. */
static int
in_hundredths(exch_i128 v, struct exch_fraction f, exch_i128 *out)
{
	int err =
	    exch_fraction_times(f, (struct exch_fraction){1, EXCH_FX_STEP}, &f);

	if (err == EXCH_OK)
		err = exch_fraction_floor(-v, f, out);
	if (err == EXCH_OK)
		*out = -*out * EXCH_FX_STEP;
	return err;
}

int
exch_fx_buy(exch_i128 want, exch_i128 has, struct exch_fraction rate,
    struct exch_fx_deal *out)
{
	struct exch_fx_deal x = {.got = want};
	int err = in_hundredths(want, rate, &x.paid);

	if (err == EXCH_OK && x.paid > has) {
		x.paid = has / EXCH_FX_STEP * EXCH_FX_STEP;
		err = exch_fraction_floor(
		    x.paid, (struct exch_fraction){rate.den, rate.num}, &x.got);
	}
	if (err == EXCH_OK)
		err = exch_fraction_round(x.got, rate, &x.worth);
	if (err == EXCH_OK)
		*out = x;
	return err;
}
