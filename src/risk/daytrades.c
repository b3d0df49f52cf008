/* Trades of the days before (daytrades.h). */
#include <config.h>

#include "base/alloc.h"
#include "base/time.h"
#include "risk/daytrades.h"

#define ROW struct exch_day_trades_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
static const struct exch_column columns[] = {
    {.name = "date", .kind = EXCH_CELL_DATE, AT(date)},
    {.name = "account",
	.kind = EXCH_CELL_U32,
	AT(account),
	.least = 1,
	.most = UINT32_MAX},
    {.name = "daytrades", .kind = EXCH_CELL_U32, AT(day_trades)},
    {.name = "trades", .kind = EXCH_CELL_U32, AT(trades)},
};
static const struct exch_reftable_shape shape = {
    "a table of day trades", columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef ROW

static int
by_account(const void *x, const void *y)
{
	const struct exch_day_trades_row *a = x, *b = y;
	int c = (a->account > b->account) - (a->account < b->account);

	return c != 0 ? c : (a->date > b->date) - (a->date < b->date);
}

static int
check(const struct exch_reftable *t, struct exch_diag *d)
{
	const struct exch_day_trades_row *r = t->row;

	for (size_t i = 0; i < t->n; i++)
		if (r[i].day_trades > r[i].trades)
			return exch_reftable_bad(t, i, d,
			    "more day trades than trades: expected at most "
			    "%u",
			    r[i].trades);
	return exch_reftable_once(t, sizeof(*r), by_account,
	    "tells the account's trades of that day already", d);
}

int
exch_day_trades_parse(const char *text, size_t n, const char *name,
    struct exch_day_trades *out, struct exch_diag *d)
{
	int err;

	*out = (struct exch_day_trades){.order = NULL};
	err = exch_reftable_parse(text, n, name, &shape, &out->t, d);
	if (err == 0)
		err = check(&out->t, d);
	if (err == 0) {
		out->order = exch_reftable_order(
		    &out->t, sizeof(struct exch_day_trades_row), by_account, d);
		err = out->order == NULL ? EXCH_ERR_NOMEM : EXCH_OK;
	}
	if (err != 0)
		exch_day_trades_clear(out);
	return err;
}

void
exch_day_trades_clear(struct exch_day_trades *x)
{
	exch_reftable_clear(&x->t);
	exch_free(x->order);
	x->order = NULL;
}

int
exch_day_trades_since(
    const struct exch_calendar *c, uint32_t date, uint32_t *since)
{
	static const struct exch_calendar
	    weeks; /* only their ends are closed */
	unsigned left = EXCH_DAY_TRADES_DAYS - 1;

	if (c != NULL)
		return exch_calendar_step(c, date, -(int)left, since);
	for (*since = date; left > 0;) {
		*since = exch_days_date(exch_date_days(*since) - 1);
		left -= !exch_calendar_closed(&weeks, *since);
	}
	return EXCH_OK;
}

void
exch_day_trades_add(const struct exch_day_trades *x, uint32_t account,
    uint32_t since, uint32_t date, uint64_t *day_trades, uint64_t *trades)
{
	const struct exch_day_trades_row key = {account, since, 0, 0};
	const struct exch_day_trades_row *r = x->t.row;
	size_t low = 0, high = x->t.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_account(&r[x->order[mid]], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < x->t.n; low++) {
		const struct exch_day_trades_row *row = &r[x->order[low]];

		if (row->account != account || row->date >= date)
			return;
		*day_trades += row->day_trades;
		*trades += row->trades;
	}
}
