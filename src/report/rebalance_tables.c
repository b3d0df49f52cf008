/* Rebalancing: its tables, and what they say of whom (rebalance.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/capital.h"
#include "report/rebalance.h"

/* What both tables have first, and not twice. */
struct whose {
	char account[32];
	char symbol[24];
};

struct weight {
	struct whose of;
	int64_t weight; /* 10^-9 */
};

struct had {
	struct whose of;
	int64_t qty; /* below 0: sold short */
};

#define TEXT(row, field, column)                                               \
	{                                                                      \
		.name = column, .kind = EXCH_CELL_TEXT,                        \
		.off = (uint16_t)offsetof(row, field),                         \
		.size = sizeof(((row *)0)->field)                              \
	}

static const struct exch_column weight_columns[] = {
    TEXT(struct weight, of.account, "account"),
    TEXT(struct weight, of.symbol, "symbol"),
    {.name = "weight",
	.kind = EXCH_CELL_RATE,
	.off = (uint16_t)offsetof(struct weight, weight),
	.least = -1000000000,
	.most = 1000000000},
};

static const struct exch_column had_columns[] = {
    TEXT(struct had, of.account, "account"),
    TEXT(struct had, of.symbol, "symbol"),
    {.name = "quantity",
	.kind = EXCH_CELL_INT,
	.off = (uint16_t)offsetof(struct had, qty),
	.least = -INT64_MAX,
	.most = INT64_MAX},
};

int
exch_rebalance_hold(struct exch_keyed *k, uint32_t who, uint32_t place,
    exch_i128 qty, struct exch_rebalance_position **out, struct exch_diag *d)
{
	int rc = exch_keyed_add(k, who, place, out);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	(*out)->qty += qty;
	return EXCH_OK;
}

int
exch_rebalance_pay(struct exch_keyed *k, uint32_t who, uint32_t code,
    exch_i128 cash, struct exch_diag *d)
{
	struct exch_rebalance_purse *p;
	int rc = exch_keyed_add(k, who, code, &p);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	p->cash += cash;
	return EXCH_OK;
}

static uint32_t
place_of(const struct exch_report_run *run, const char symbol[24])
{
	for (uint32_t i = 0; i < run->insts.n; i++)
		if (exch_inst_is(&run->insts.inst[i], symbol))
			return i;
	return UINT32_MAX;
}

static uint32_t
named(const struct exch_rebalance *s, const char account[32])
{
	for (uint32_t i = 0; i < s->naccounts; i++)
		if (strncmp(s->name[i], account, 32) == 0)
			return i;
	return UINT32_MAX;
}

static void
absent(struct exch_report_run *run, const char *symbol, const char *from)
{
	if (run->absent++ == 0) {
		run->absent_name = symbol;
		run->absent_from = from;
	}
}

/*
 * What the accounts of the table did: only now are the names known of all
 * numbers that the stream has used.
 */
static int
gather_done(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	const struct exch_rebalance_position *h;
	const struct exch_rebalance_purse *p;
	struct exch_rebalance_position *to;
	int rc = EXCH_OK;

	for (uint32_t i = 0; i < s->naccounts; i++) {
		uint32_t at = 0;

		while (rc == EXCH_OK &&
		       (h = exch_keyed_next(&s->held, &at)) != NULL)
			if (exch_report_is_account(
				run, s->name[i], h->key.place))
				rc = exch_rebalance_hold(&s->position, i,
				    (uint32_t)h->key.id, h->qty, &to, d);
		at = 0;
		while (rc == EXCH_OK &&
		       (p = exch_keyed_next(&s->paid, &at)) != NULL)
			if (exch_report_is_account(
				run, s->name[i], p->key.place))
				rc = exch_rebalance_pay(&s->purse, i,
				    (uint32_t)p->key.id, p->cash, d);
	}
	return rc;
}

/* Both tables speak of instruments of the stream. */
static int
take_tables(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	const struct weight *w = s->target.row;
	const struct had *h = s->had.row;
	struct exch_rebalance_position *p;
	int rc = EXCH_OK;

	for (size_t i = 0; rc == EXCH_OK && i < s->target.n; i++) {
		uint32_t place = place_of(run, w[i].of.symbol);

		if (place == UINT32_MAX) {
			absent(run, w[i].of.symbol, "target");
			continue;
		}
		rc = exch_rebalance_hold(
		    &s->position, named(s, w[i].of.account), place, 0, &p, d);
		if (rc != EXCH_OK)
			break;
		p->weight = w[i].weight;
		p->wanted = true;
	}
	for (size_t i = 0; rc == EXCH_OK && i < s->had.n; i++) {
		uint32_t place = place_of(run, h[i].of.symbol);
		uint32_t which = named(s, h[i].of.account);

		if (which == UINT32_MAX)
			continue;
		if (place == UINT32_MAX) {
			absent(run, h[i].of.symbol, "positions");
			continue;
		}
		rc = exch_rebalance_hold(
		    &s->position, which, place, h[i].qty, &p, d);
	}
	return rc;
}

/* Rows of either table begin with whose they are. */
static int
by_whose(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(struct whose));
}

static int
name_accounts(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	const struct weight *w = s->target.row;

	s->name = exch_calloc(s->target.n + 1, sizeof(*s->name));
	if (s->name == NULL)
		return exch_report_nomem(d);
	for (size_t i = 0; i < s->target.n; i++)
		if (named(s, w[i].of.account) == UINT32_MAX)
			memcpy(s->name[s->naccounts++], w[i].of.account, 32);
	return EXCH_OK;
}

int
exch_rebalance_read(struct exch_report_run *run, struct exch_diag *d)
{
	static const struct exch_reftable_shape weights = {"a table of weights",
	    weight_columns, EXCH_ARRAY_LEN(weight_columns),
	    sizeof(struct weight)};
	static const struct exch_reftable_shape had = {"a table of positions",
	    had_columns, EXCH_ARRAY_LEN(had_columns), sizeof(struct had)};
	const struct exch_given *t = exch_report_given(run, "target");
	const struct exch_given *p = exch_report_given(run, "positions");
	struct exch_rebalance *s = run->state;
	int rc = EXCH_OK;

	if (t != NULL)
		rc = exch_reftable_parse(
		    t->text, t->n, t->value, &weights, &s->target, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_once(&s->target, sizeof(struct weight),
		    by_whose, "has the same account and symbol", d);
	if (rc == EXCH_OK && p != NULL)
		rc = exch_reftable_parse(
		    p->text, p->n, p->value, &had, &s->had, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_once(&s->had, sizeof(struct had), by_whose,
		    "has the same account and symbol", d);
	if (rc == EXCH_OK)
		rc = exch_capital_read(&s->capital, run, d);
	return rc == EXCH_OK ? name_accounts(run, d) : rc;
}

int
exch_rebalance_gather(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = gather_done(run, d);

	return rc == EXCH_OK ? take_tables(run, d) : rc;
}
