/* Histories of prices, and correlations (history.h). */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "risk/history.h"
#include "risk/var.h"

#define AT(f) .off = (uint16_t)offsetof(ROW, f)

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for a history of prices");
}

/* ---- closing prices ---- */

#define ROW struct exch_close_row
static const struct exch_column close_columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = EXCH_SYMBOL},
    {.name = "close",
	.kind = EXCH_CELL_PX,
	AT(close),
	.least = 1,
	.most = EXCH_PX_NONE - 1},
};
static const struct exch_reftable_shape close_shape = {
    "a table of closing prices", close_columns, EXCH_ARRAY_LEN(close_columns),
    sizeof(ROW)};
#undef ROW

static int
by_symbol_and_date(const void *x, const void *y)
{
	const struct exch_close_row *a =
	    *(const struct exch_close_row *const *)x;
	const struct exch_close_row *b =
	    *(const struct exch_close_row *const *)y;
	int c = memcmp(a->symbol, b->symbol, EXCH_SYMBOL);

	if (c != 0)
		return c;
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return (a > b) - (a < b); /* as they stand in the file */
}

static bool
is_same(const struct exch_close_row *a, const struct exch_close_row *b)
{
	return a->date == b->date &&
	       memcmp(a->symbol, b->symbol, EXCH_SYMBOL) == 0;
}

static int
put_in_order(struct exch_prices *p, struct exch_diag *d)
{
	const struct exch_close_row *row = p->t.row;

	p->row = exch_calloc(p->t.n + 1, sizeof(*p->row));
	if (p->row == NULL)
		return no_memory(d);
	for (size_t i = 0; i < p->t.n; i++)
		p->row[i] = &row[i];
	qsort(p->row, p->t.n, sizeof(*p->row), by_symbol_and_date);
	for (size_t i = 1; i < p->t.n; i++)
		if (is_same(p->row[i], p->row[i - 1]))
			return exch_reftable_bad(&p->t,
			    (size_t)(p->row[i] - row), d,
			    "line %llu has a price of that day already",
			    (unsigned long long)p->t.line[p->row[i - 1] - row]);
	return EXCH_OK;
}

int
exch_prices_parse(const char *text, size_t n, const char *name,
    struct exch_prices *p, struct exch_diag *d)
{
	int err;

	memset(p, 0, sizeof(*p));
	err = exch_reftable_parse(text, n, name, &close_shape, &p->t, d);
	if (err == 0)
		err = put_in_order(p, d);
	if (err != 0)
		exch_prices_clear(p);
	return err;
}

void
exch_prices_clear(struct exch_prices *p)
{
	exch_reftable_clear(&p->t);
	exch_free(p->row);
	p->row = NULL;
}

/* Where a symbol's rows begin in the order; p->t.n: it has none. */
static size_t
first_of(const struct exch_prices *p, const char *symbol)
{
	size_t low = 0, high = p->t.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(p->row[mid]->symbol, symbol, EXCH_SYMBOL) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < p->t.n &&
	    memcmp(p->row[low]->symbol, symbol, EXCH_SYMBOL) == 0)
		return low;
	return p->t.n;
}

exch_px
exch_price_at(const struct exch_prices *p, const char *symbol, uint32_t date)
{
	exch_px close = EXCH_PX_NONE;

	for (size_t i = first_of(p, symbol); i < p->t.n; i++) {
		if (memcmp(p->row[i]->symbol, symbol, EXCH_SYMBOL) != 0 ||
		    p->row[i]->date > date)
			break;
		close = p->row[i]->close;
	}
	return close;
}

/* ---- returns ---- */

/* Walks through the days of one symbol, the latest first. */
struct walk {
	const struct exch_prices *p;
	const char *symbol;
	size_t first, at; /* at == first: there are no more */
};

static const struct exch_close_row *
now(const struct walk *w)
{
	return w->at == w->first ? NULL : w->p->row[w->at - 1];
}

/* Go back to the day or one before it. */
static void
back_to(struct walk *w, uint32_t date)
{
	while (w->at > w->first && w->p->row[w->at - 1]->date > date)
		w->at--;
}

/* The latest day up to `date` that all have; 0: there is none. */
static uint32_t
common_day(struct walk *w, size_t n, uint32_t date)
{
	for (size_t i = 0, agree = 0; agree < n; i = (i + 1) % n) {
		const struct exch_close_row *r;

		back_to(&w[i], date);
		r = now(&w[i]);
		if (r == NULL)
			return 0;
		agree = r->date == date ? agree + 1 : 1;
		date = r->date;
	}
	return date;
}

static int
start(struct walk *w, const struct exch_prices *p, const char *const *symbol,
    size_t n, struct exch_diag *d)
{
	for (size_t i = 0; i < n; i++) {
		w[i] = (struct walk){.p = p, .symbol = symbol[i]};
		w[i].first = w[i].at = first_of(p, symbol[i]);
		if (w[i].first == p->t.n)
			return exch_diag_set(d, EXCH_ERR_ABSENT, p->t.name,
			    EXCH_POS_NONE, 0, "there are no prices of '%.24s'",
			    symbol[i]);
		while (w[i].at < p->t.n && memcmp(p->row[w[i].at]->symbol,
					       symbol[i], EXCH_SYMBOL) == 0)
			w[i].at++;
	}
	return EXCH_OK;
}

/* Rows come out the latest first: turned round at the end. */
static void
turn(struct exch_returns *r)
{
	size_t n = r->nsymbols;

	for (size_t i = 0, j = r->ndays; i + 1 < j--; i++) {
		uint32_t day = r->date[i];

		r->date[i] = r->date[j];
		r->date[j] = day;
		for (size_t k = 0; k < n; k++) {
			double x = r->r[i * n + k];

			r->r[i * n + k] = r->r[j * n + k];
			r->r[j * n + k] = x;
		}
	}
}

static void
fill(struct exch_returns *r, struct walk *w, size_t n, uint32_t date,
    size_t most, double *later)
{
	uint32_t day = common_day(w, n, date), before;

	while (day != 0 && r->ndays < most) {
		for (size_t i = 0; i < n; i++)
			later[i] = (double)now(&w[i])->close;
		before = common_day(w, n, day - 1);
		if (before == 0)
			break;
		for (size_t i = 0; i < n; i++)
			r->r[r->ndays * n + i] =
			    later[i] / (double)now(&w[i])->close - 1.0;
		r->date[r->ndays++] = day;
		day = before;
	}
	turn(r);
}

int
exch_returns_of(const struct exch_prices *p, const char *const *symbol,
    size_t nsymbols, uint32_t date, size_t most, struct exch_returns *out,
    struct exch_diag *d)
{
	struct walk *w = exch_calloc(nsymbols + 1, sizeof(*w));
	double *later = exch_calloc(nsymbols + 1, sizeof(*later));
	size_t rows = most < p->t.n ? most : p->t.n;
	int err;

	*out = (struct exch_returns){.nsymbols = nsymbols};
	out->date = exch_calloc(rows + 1, sizeof(*out->date));
	out->r = exch_calloc(rows * nsymbols + 1, sizeof(*out->r));
	if (w == NULL || later == NULL || out->date == NULL || out->r == NULL)
		err = no_memory(d);
	else
		err = start(w, p, symbol, nsymbols, d);
	if (err == 0 && nsymbols > 0)
		fill(out, w, nsymbols, date, rows, later);
	if (err == 0 && out->ndays == 0)
		err = exch_diag_set(d, EXCH_ERR_ABSENT, p->t.name,
		    EXCH_POS_NONE, 0,
		    "no two days up to %u have prices of all that is held",
		    date);
	exch_free(w);
	exch_free(later);
	if (err != 0)
		exch_returns_clear(out);
	return err;
}

void
exch_returns_clear(struct exch_returns *r)
{
	exch_free(r->r);
	exch_free(r->date);
	*r = (struct exch_returns){0};
}

static double
mean_of(const struct exch_returns *r, size_t i)
{
	double sum = 0;

	for (size_t k = 0; k < r->ndays; k++)
		sum += r->r[k * r->nsymbols + i];
	return sum / (double)r->ndays;
}

/* Sum of the products of two symbols' distances from their means. */
static double
product(const struct exch_returns *r, size_t i, size_t j)
{
	double a = mean_of(r, i), b = mean_of(r, j), sum = 0;

	for (size_t k = 0; k < r->ndays; k++)
		sum += (r->r[k * r->nsymbols + i] - a) *
		       (r->r[k * r->nsymbols + j] - b);
	return sum;
}

void
exch_returns_sd(const struct exch_returns *r, double *sd)
{
	for (size_t i = 0; i < r->nsymbols; i++)
		sd[i] = r->ndays > 1
			    ? sqrt(product(r, i, i) / (double)(r->ndays - 1))
			    : 0;
}

void
exch_returns_corr(const struct exch_returns *r, double *corr)
{
	size_t n = r->nsymbols;

	for (size_t i = 0; i < n; i++) {
		double own = product(r, i, i);

		corr[i * n + i] = 1.0;
		for (size_t j = 0; j < i; j++) {
			double size = sqrt(own * product(r, j, j));
			double c = size > 0 ? product(r, i, j) / size : 0;

			c = fmax(-1.0, fmin(1.0, c)); /* by rounding */
			corr[i * n + j] = corr[j * n + i] = c;
		}
	}
}

/* ---- correlations ---- */

struct corr_row {
	char a[EXCH_SYMBOL], b[EXCH_SYMBOL];
	int64_t corr; /* 10^-9 */
};

#define ROW struct corr_row
static const struct exch_column corr_columns[] = {
    {.name = "a", .kind = EXCH_CELL_TEXT, AT(a), .size = EXCH_SYMBOL},
    {.name = "b", .kind = EXCH_CELL_TEXT, AT(b), .size = EXCH_SYMBOL},
    {.name = "correlation",
	.kind = EXCH_CELL_RATE,
	AT(corr),
	.least = -EXCH_PX_ONE,
	.most = EXCH_PX_ONE},
};
static const struct exch_reftable_shape corr_shape = {"a table of correlations",
    corr_columns, EXCH_ARRAY_LEN(corr_columns), sizeof(ROW)};
#undef ROW

static bool
is_pair(const struct corr_row *r, const char *a, const char *b)
{
	return (memcmp(r->a, a, EXCH_SYMBOL) == 0 &&
		   memcmp(r->b, b, EXCH_SYMBOL) == 0) ||
	       (memcmp(r->a, b, EXCH_SYMBOL) == 0 &&
		   memcmp(r->b, a, EXCH_SYMBOL) == 0);
}

/* Of a pair the one that comes first, by the alphabet. */
static int
by_pair(const void *x, const void *y)
{
	const struct corr_row *r[2] = {x, y};
	const char *low[2], *high[2];
	int c;

	for (unsigned i = 0; i < 2; i++) {
		bool turned = memcmp(r[i]->a, r[i]->b, EXCH_SYMBOL) > 0;

		low[i] = turned ? r[i]->b : r[i]->a;
		high[i] = turned ? r[i]->a : r[i]->b;
	}
	c = memcmp(low[0], low[1], EXCH_SYMBOL);
	return c != 0 ? c : memcmp(high[0], high[1], EXCH_SYMBOL);
}

int
exch_correlations_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &corr_shape, t, d);
	const struct corr_row *r = t->row;

	for (size_t i = 0; err == 0 && i < t->n; i++)
		if (memcmp(r[i].a, r[i].b, EXCH_SYMBOL) == 0)
			err = exch_reftable_bad(
			    t, i, d, "'%.24s' and itself: that is 1", r[i].a);
	if (err == 0)
		err = exch_reftable_once(
		    t, sizeof(*r), by_pair, "has this pair already", d);
	if (err != 0)
		exch_reftable_clear(t);
	return err;
}

int
exch_correlations_of(const struct exch_reftable *t, const char *const *symbol,
    size_t n, double *corr, struct exch_diag *d)
{
	const struct corr_row *r = t->row;

	for (size_t i = 0; i < n; i++) {
		bool named = n == 1;

		for (size_t j = 0; j < n; j++)
			corr[i * n + j] = i == j;
		for (size_t k = 0; k < t->n; k++) {
			named = named ||
				memcmp(r[k].a, symbol[i], EXCH_SYMBOL) == 0 ||
				memcmp(r[k].b, symbol[i], EXCH_SYMBOL) == 0;
			for (size_t j = 0; j < n; j++)
				if (is_pair(&r[k], symbol[i], symbol[j]))
					corr[i * n + j] =
					    (double)r[k].corr * 1e-9;
		}
		if (!named)
			return exch_diag_set(d, EXCH_ERR_ABSENT, t->name,
			    EXCH_POS_NONE, 0,
			    "there is no correlation of '%.24s'", symbol[i]);
	}
	return EXCH_OK;
}

/* Names, and lines, that are told one by one. */
#define TOLD 4

/* The row about a pair, or t->n. */
static size_t
row_of(const struct exch_reftable *t, const char *a, const char *b)
{
	const struct corr_row *r = t->row;
	size_t i = 0;

	while (i < t->n && !is_pair(&r[i], a, b))
		i++;
	return i;
}

static void
say_symbols(struct exch_buf *b, const char *const *symbol, size_t n)
{
	for (size_t i = 0; i < n && i < TOLD; i++)
		exch_buf_fmt(b, "%s'%.24s'",
		    i == 0	 ? ""
		    : i + 1 == n ? " and "
				 : ", ",
		    symbol[i]);
	if (n > TOLD)
		exch_buf_fmt(b, " and %zu others", n - TOLD);
}

/* The lines of their pairs; the last one is returned, 0: there is none. */
static uint64_t
say_lines(struct exch_buf *b, const struct exch_reftable *t,
    const char *const *symbol, size_t n)
{
	uint64_t last = 0;
	size_t told = 0, none[2] = {0, 0};

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			size_t at = row_of(t, symbol[i], symbol[j]);

			if (at == t->n && none[0] == none[1]) {
				none[0] = i;
				none[1] = j;
			} else if (at < t->n) {
				last = t->line[at] > last ? t->line[at] : last;
				if (told++ < TOLD)
					exch_buf_fmt(b, "%s%llu",
					    told > 1 ? ", "
						     : "; look at lines ",
					    (unsigned long long)t->line[at]);
			}
		}
	if (told > TOLD)
		exch_buf_fmt(b, " and %zu more", told - TOLD);
	if (none[0] != none[1])
		exch_buf_fmt(b, "; '%.24s' with '%.24s' has none, which is 0",
		    symbol[none[1]], symbol[none[0]]);
	return last;
}

int
exch_correlations_bad(const struct exch_reftable *t, const char *const *symbol,
    size_t n, double pivot, struct exch_diag *d)
{
	struct exch_buf b = {0};
	uint64_t line;
	int err;

	exch_buf_str(&b, "the correlations of ");
	say_symbols(&b, symbol, n);
	exch_buf_fmt(&b,
	    " are not positive definite (pivot %.6g): they contradict each "
	    "other, or one follows from the others",
	    pivot);
	line = say_lines(&b, t, symbol, n);
	exch_buf_char(&b, '\0');
	err = b.failed ? no_memory(d)
		       : exch_diag_set(d, EXCH_ERR_RANGE, t->name,
			     EXCH_POS_LINE, line, "%s", b.p);
	exch_buf_free(&b);
	return err;
}
