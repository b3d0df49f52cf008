/*
 * What a lender still lends, by the rows of the table of recalls, through the
 * splits and mergers behind them.
 *
 * What an account offers of a symbol counts as a row from before all others, so
 * that of loans that come together in a merger those are not recalled about
 * which there is no row: each row keeps what it is about, and what no row is
 * about is kept as it is offered.
 */
#include <config.h>

#include <string.h>

#include "settle/action_priv.h"
#include "settle/borrow_priv.h"
#include "settle/fraction.h"

/* A row of either table. */
struct row {
	const char *symbol;
	uint64_t keeps;
	uint32_t account;
	uint32_t date; /* 0: an offer */
	size_t next;   /* rows of recalls from here on are later ones */
};

/* What it says today. */
struct now {
	const char *symbol;
	uint64_t kept;	/* rounded down, as loans are */
	uint32_t since; /* merged into that symbol on this day; 0: it was not */
	bool over;	/* a later row says it instead */
};

static uint64_t
times(uint64_t kept, struct exch_fraction f)
{
	exch_u128 most = (exch_u128)kept * (exch_u128)f.num / (exch_u128)f.den;

	/* Loans have 63 bits. */
	return most < INT64_MAX ? (uint64_t)most : INT64_MAX;
}

/* Does a later row of the account, from before a day, say it about a symbol? */
static bool
is_over(const struct exch_borrow *w, const struct row *row,
    const char symbol[24], uint32_t from, uint32_t before)
{
	const struct exch_reftable *t = w->s->o.recalls;
	const struct exch_recall_row *r = t->row;

	for (size_t k = row->next; k < t->n && r[k].date <= w->date; k++)
		if (r[k].account == row->account && r[k].date >= from &&
		    r[k].date < before &&
		    memcmp(r[k].symbol, symbol, sizeof(r[k].symbol)) == 0)
			return true;
	return false;
}

/*
 * A row is of the shares of its day, and loans follow splits and mergers:
 * without this what a lender wanted to keep would be bought in, and what it
 * wanted back would be forgotten.  Under each symbol that it has on its way a
 * later row takes its place.  An offer is of the shares of each day, until a
 * merger makes others of what it has lent.
 */
static struct now
follow(const struct exch_borrow *w, const struct row *row)
{
	const struct exch_reftable *t = w->s->o.actions;
	const struct exch_action_row *a = t != NULL ? t->row : NULL;
	struct now x = {.symbol = row->symbol, .kept = row->keeps};

	for (size_t i = 0; t != NULL && i < t->n && a[i].ex <= w->date; i++) {
		if (a[i].ex <= row->date ||
		    memcmp(a[i].symbol, x.symbol, sizeof(a[i].symbol)) != 0)
			continue;
		if (a[i].kind != EXCH_ACTION_MERGER) {
			if (row->date != 0 || x.since != 0)
				x.kept =
				    times(x.kept, exch_action_shares(&a[i]));
		} else if (a[i].into[0] != '\0') {
			x.over |= is_over(w, row, x.symbol, x.since, a[i].ex);
			x.kept = times(x.kept, exch_action_given(&a[i]));
			x.symbol = a[i].into;
			x.since = a[i].ex;
		}
	}
	x.over |= is_over(w, row, x.symbol, x.since, UINT32_MAX);
	return x;
}

/*
 * From which day the days of a row are counted: one that comes when nothing
 * settles is as one of the next settlement day, or borrowers would have a run
 * less to give back.
 */
static int
due_of(
    const struct exch_borrow *w, const struct exch_recall_row *r, uint32_t *due)
{
	const struct exch_calendar *c = w->s->o.calendar;
	int err = exch_settle_step(c, r->date, 0, due, w->d);

	return err != 0 ? err : exch_settle_step(c, *due, r->days, due, w->d);
}

/* What is offered of it and of what was merged into it, and no row is about. */
static exch_u128
offered(const struct exch_borrow *w, uint32_t account, const char symbol[24])
{
	const struct exch_reftable *t = w->s->o.lending;
	const struct exch_lending_row *r = t->row;
	exch_u128 sum = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct row row = {
		    r[i].symbol, r[i].quantity, account, 0, 0};
		struct now x;

		if (r[i].account != account)
			continue;
		x = follow(w, &row);
		if (!x.over && memcmp(x.symbol, symbol, sizeof(r->symbol)) == 0)
			sum += x.kept;
	}
	return sum;
}

/* Of the days of all rows about it the last one counts. */
int
exch_borrow_kept(const struct exch_borrow *w, uint32_t listed, uint32_t account,
    uint64_t *kept, uint32_t *due)
{
	const struct exch_reftable *t = w->s->o.recalls;
	const struct exch_recall_row *r = t != NULL ? t->row : NULL;
	const char *symbol = w->s->listed[listed].is.symbol;
	bool any = false;
	exch_u128 sum = 0;
	uint32_t day = 0;
	int err = EXCH_OK;

	*kept = UINT64_MAX;
	if (due != NULL)
		*due = 0;
	for (size_t i = 0; t != NULL && i < t->n && err == 0; i++) {
		const struct row row = {
		    r[i].symbol, r[i].keeps, account, r[i].date, i + 1};
		struct now x;

		if (r[i].date > w->date || r[i].account != account)
			continue;
		x = follow(w, &row);
		if (x.over || memcmp(x.symbol, symbol, sizeof(r->symbol)) != 0)
			continue;
		any = true;
		sum += x.kept;
		if (due == NULL)
			continue;
		err = due_of(w, &r[i], &day);
		*due = day > *due ? day : *due;
	}
	if (!any)
		return err;
	sum += offered(w, account, symbol);
	*kept = sum < INT64_MAX ? (uint64_t)sum : INT64_MAX;
	return err;
}
