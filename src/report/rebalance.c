/*
 * exch-report rebalance: the orders that bring accounts to the weights of a
 * table, as a file of exch-orders(5): from what they hold at the end of the
 * stream, at the prices of that time, in whole lots.
 *
 * What they held before comes from --positions and --capital, or from the
 * opening balances of a ledger; trades, fees and deposits are the stream's.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "ref/table.h"
#include "report/capital.h"
#include "report/charges.h"
#include "report/marks.h"
#include "report/plan.h"
#include "report/quotes.h"
#include "report/reports.h"

static const struct exch_param params[] = {
    {.name = "target",
	.arg = "FILE",
	.what = "rebalance: weights: account,symbol,weight",
	.table = true,
	.needed = true},
    {.name = "positions",
	.arg = "FILE",
	.what = "rebalance: held before: account,symbol,quantity",
	.table = true},
    {.name = "capital",
	.arg = "FILE",
	.what = "performance: capital of accounts: account,currency,capital",
	.table = true},
    {.name = "mark",
	.arg = "WHAT",
	.what = "pnl: value positions at the last price, or the mid (last)"},
    {.name = "through",
	.arg = "BP",
	.what = "rebalance: limits so far through the price (50)"},
    {.name = "least",
	.arg = "CASH",
	.what = "rebalance: smaller trades are left out (0)"},
    {.name = "tolerance",
	.arg = "RATE",
	.what = "rebalance: cash may be off by so much of the worth (0.5%)"},
    {.name = "keep",
	.what = "rebalance: what the table does not name stays as it is"},
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

/* As exch-orders(5) names them. */
static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"action", EXCH_COL_TEXT, 6},
    {"order", EXCH_COL_ID, 8},
    {"side", EXCH_COL_TEXT, 4},
    {"qty", EXCH_COL_NUM, 9},
    {"price", EXCH_COL_NUM, 11},
    {"tif", EXCH_COL_TEXT, 3},
    {"account", EXCH_COL_TEXT, 8},
    {"note", EXCH_COL_TEXT, 20},
};

struct weight {
	char account[32];
	char symbol[24];
	int64_t weight; /* 10^-9 */
};

struct had {
	char account[32];
	char symbol[24];
	int64_t qty; /* below 0: sold short */
};

#define TEXT(row, field, column)                                               \
	{                                                                      \
		.name = column, .kind = EXCH_CELL_TEXT,                        \
		.off = (uint16_t)offsetof(row, field),                         \
		.size = sizeof(((row *)0)->field)                              \
	}

static const struct exch_column weight_columns[] = {
    TEXT(struct weight, account, "account"),
    TEXT(struct weight, symbol, "symbol"),
    {.name = "weight",
	.kind = EXCH_CELL_RATE,
	.off = (uint16_t)offsetof(struct weight, weight),
	.least = -1000000000,
	.most = 1000000000},
};

static const struct exch_column had_columns[] = {
    TEXT(struct had, account, "account"),
    TEXT(struct had, symbol, "symbol"),
    {.name = "quantity",
	.kind = EXCH_CELL_INT,
	.off = (uint16_t)offsetof(struct had, qty),
	.least = -INT64_MAX,
	.most = INT64_MAX},
};

/* What an account holds of an instrument, in its units. */
struct position {
	struct exch_key key; /* which of the table's accounts; the place */
	exch_i128 qty;
	int64_t weight; /* 10^-9 */
	bool wanted;	/* the table names it */
};

/* And its cash of a currency, by trades and openings. */
struct purse {
	struct exch_key key; /* which account; letters of the currency */
	exch_i128 cash;
};

struct rebalance {
	struct exch_charges charges;
	struct exch_quotes quotes;
	struct exch_marks marks;
	struct exch_reftable target, had, capital;
	char (*name)[33]; /* accounts of the table, as they come */
	uint32_t naccounts;
	/* by number of the account while they come; of those of the table */
	struct exch_keyed held, paid, position, purse;
	exch_oid next;	   /* number of an order */
	int64_t through;   /* bp */
	int64_t least;	   /* 10^-6 */
	int64_t tolerance; /* 10^-9 */
	bool at_mid, keep;
	bool overflow;
};

/* A currency of an account, at the end. */
struct basket {
	uint32_t which;
	char currency[8];
	struct position **of; /* n of them, and their plan */
	struct exch_plan plan;
	exch_i128 worth;
};

/* ---- whose ---- */

static int
hold(struct exch_keyed *k, uint32_t who, uint32_t place, exch_i128 qty,
    struct position **out, struct exch_diag *d)
{
	int rc = exch_keyed_add(k, who, place, out);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	(*out)->qty += qty;
	return EXCH_OK;
}

static int
pay(struct exch_keyed *k, uint32_t who, uint32_t code, exch_i128 cash,
    struct exch_diag *d)
{
	struct purse *p;
	int rc = exch_keyed_add(k, who, code, &p);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	p->cash += cash;
	return EXCH_OK;
}

/* ---- what happens ---- */

static int
add(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 takes = c->side == 0 ? sign : -sign;
	uint32_t account = x->side[c->side].account;
	struct position *p;
	int rc =
	    hold(&s->held, account, x->place, takes * (exch_i128)x->qty, &p, d);

	return rc != EXCH_OK
		   ? rc
		   : pay(&s->paid, account,
			 exch_letters(run->insts.inst[x->place].currency),
			 -takes * x->cash - sign * c->fee, d);
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	int rc = exch_charges_sides(&s->charges, x, add, d);

	return rc == EXCH_OK ? exch_marks_deal(&s->marks, x, d) : rc;
}

/* What a ledger says that there was before; changes of companies, too. */
static int
take_posting(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *x = EXCH_REC_AS(r, exch_rec_posting);
	struct rebalance *s = run->state;
	struct position *p;
	uint32_t place;
	int rc;

	if (x == NULL)
		return exch_report_short(r, d);
	if (x->ledger != EXCH_LEDGER_HOLDING ||
	    x->account >= EXCH_ACCOUNT_VENUE ||
	    (x->why != EXCH_POSTED_OPENING && x->why != EXCH_POSTED_ACTION))
		return EXCH_OK;
	if (x->qty == 0)
		return pay(&s->paid, x->account, exch_letters(x->currency),
		    x->amount, d);
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	return rc != EXCH_OK ? rc
			     : hold(&s->held, x->account, place, x->qty, &p, d);
}

static int
take_deposit(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_deposit *x = EXCH_REC_AS(r, exch_rec_deposit);
	struct rebalance *s = run->state;

	if (x == NULL)
		return exch_report_short(r, d);
	/* in whatever currency the account has */
	return pay(&s->paid, x->account, 0, x->amount, d);
}

/* ---- at the end ---- */

/*
 * The one that was asked for, and where there is none the other one.  The
 * reference of an instrument is neither: it may be far from what orders meet.
 */
static exch_px
mark_of(const struct rebalance *s, uint32_t place)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, place);
	exch_px last = exch_marks_of(&s->marks, place), sum;

	if (last != EXCH_PX_NONE && !s->at_mid)
		return last;
	if (q != NULL && q->px[0] != EXCH_PX_NONE && q->px[1] != EXCH_PX_NONE &&
	    q->px[0] <= q->px[1] &&
	    !__builtin_add_overflow(q->px[0], q->px[1], &sum))
		return sum / 2;
	return last;
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
named(const struct rebalance *s, const char account[32])
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
gather(struct exch_report_run *run, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	const struct position *h;
	const struct purse *p;
	struct position *to;
	int rc = EXCH_OK;

	for (uint32_t i = 0; i < s->naccounts; i++) {
		uint32_t at = 0;

		while (rc == EXCH_OK &&
		       (h = exch_keyed_next(&s->held, &at)) != NULL)
			if (exch_report_is_account(
				run, s->name[i], h->key.place))
				rc = hold(&s->position, i, (uint32_t)h->key.id,
				    h->qty, &to, d);
		at = 0;
		while (rc == EXCH_OK &&
		       (p = exch_keyed_next(&s->paid, &at)) != NULL)
			if (exch_report_is_account(
				run, s->name[i], p->key.place))
				rc = pay(&s->purse, i, (uint32_t)p->key.id,
				    p->cash, d);
	}
	return rc;
}

/* Both tables speak of instruments of the stream. */
static int
take_tables(struct exch_report_run *run, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	const struct weight *w = s->target.row;
	const struct had *h = s->had.row;
	struct position *p;
	int rc = EXCH_OK;

	for (size_t i = 0; rc == EXCH_OK && i < s->target.n; i++) {
		uint32_t place = place_of(run, w[i].symbol);

		if (place == UINT32_MAX) {
			absent(run, w[i].symbol, "target");
			continue;
		}
		rc =
		    hold(&s->position, named(s, w[i].account), place, 0, &p, d);
		if (rc != EXCH_OK)
			break;
		p->weight = w[i].weight;
		p->wanted = true;
	}
	for (size_t i = 0; rc == EXCH_OK && i < s->had.n; i++) {
		uint32_t place = place_of(run, h[i].symbol);
		uint32_t which = named(s, h[i].account);

		if (which == UINT32_MAX)
			continue;
		if (place == UINT32_MAX) {
			absent(run, h[i].symbol, "positions");
			continue;
		}
		rc = hold(&s->position, which, place, h[i].qty, &p, d);
	}
	return rc;
}

/*
 * Of amounts so large sums of any number and products with a rate of 10^-9 are
 * left inside 128 bits; 0 instead of others.
 */
static exch_i128
fits(struct rebalance *s, exch_i128 v)
{
	const exch_i128 most = (exch_i128)1 << 92;

	if (v <= most && v >= -most)
		return v;
	s->overflow = true;
	return 0;
}

/* Worth at the mark, 10^-6. */
static exch_i128
worth_of(
    struct rebalance *s, const struct exch_inst *in, exch_px px, exch_i128 qty)
{
	exch_i128 v;

	if (!__builtin_mul_overflow((exch_i128)px, qty, &v) &&
	    exch_money_sum(&in->money, v, 1, &v) == EXCH_OK)
		return fits(s, v);
	s->overflow = true;
	return 0;
}

/* Whole lots of a holding. */
static int64_t
lots_of(struct rebalance *s, exch_i128 qty, exch_qty lot)
{
	exch_i128 lots = qty / (exch_i128)lot;

	if (lots <= INT64_MAX / 2 && lots >= -(INT64_MAX / 2))
		return (int64_t)lots;
	s->overflow = true;
	return 0;
}

/* Fills items; false: it cannot be done, and that was told. */
static bool
value(struct exch_report_run *run, struct basket *b)
{
	struct rebalance *s = run->state;
	exch_i128 wants = 0;
	int64_t weights = 0;

	b->worth = fits(s, b->plan.cash);
	for (size_t i = 0; i < b->plan.n; i++) {
		uint32_t place = (uint32_t)b->of[i]->key.id;
		const struct exch_inst *in = &run->insts.inst[place];
		exch_px px = mark_of(s, place);
		struct exch_plan_item *x = &b->plan.item[i];
		exch_qty lot = in->lot > 0 ? in->lot : 1;

		if (px == EXCH_PX_NONE || px <= 0 || in->qty_scale != 0) {
			exch_report_tell(run,
			    "account %s: '%.*s' %s: no orders",
			    s->name[b->which], (int)in->nsymbol, in->symbol,
			    in->qty_scale != 0 ? "has parts of one"
					       : "has no price above 0");
			return false;
		}
		x->held = worth_of(s, in, px, b->of[i]->qty);
		x->lot = worth_of(s, in, px, (exch_i128)lot);
		x->held_lots = lots_of(s, b->of[i]->qty, lot);
		b->worth += x->held;
		weights += b->of[i]->weight;
	}
	b->worth = fits(s, b->worth);
	if (s->overflow)
		return true; /* settle() refuses it */
	if (b->worth <= 0 || weights > 1000000000) {
		exch_report_tell(run, "account %s: %s %.4s: no orders",
		    s->name[b->which],
		    b->worth <= 0 ? "is worth nothing (see --capital) in"
				  : "has weights of more than 100% in",
		    b->currency);
		return false;
	}
	for (size_t i = 0; i < b->plan.n; i++) {
		struct exch_plan_item *x = &b->plan.item[i];

		if (x->lot <= 0)
			x->lot = 1; /* it is worth less than 10^-6 */
		x->want = exch_div_half_even(
		    b->worth * (exch_i128)b->of[i]->weight, 1000000000);
		wants += x->want;
	}
	b->plan.keep = b->worth - wants;
	return true;
}

/* So far through the price, on a tick on this side of it. */
static exch_px
limit_of(const struct rebalance *s, const struct exch_inst *in, exch_px px,
    bool sells)
{
	exch_i128 tick = in->tick > 0 ? in->tick : 1;
	exch_i128 v =
	    (exch_i128)px * (10000 + (sells ? -s->through : s->through));
	exch_i128 n = v / (10000 * tick);

	if (sells && n * 10000 * tick != v)
		n++;
	v = n * tick;
	return v < tick ? (exch_px)tick : v >= EXCH_PX_NONE ? px : (exch_px)v;
}

static char *
put_percent(char *p, exch_i128 part, exch_i128 whole)
{
	exch_i128 v;

	if (exch_report_part(part, whole, 2, 2, &v))
		p = exch_dec128_put(p, v, 2, 2);
	*p++ = '%';
	return p;
}

static void
put_order(struct exch_report_run *run, const struct basket *b, size_t i)
{
	struct rebalance *s = run->state;
	const struct exch_plan_item *x = &b->plan.item[i];
	uint32_t place = (uint32_t)b->of[i]->key.id;
	const struct exch_inst *in = &run->insts.inst[place];
	uint64_t lots = x->lots < 0 ? 0 - (uint64_t)x->lots : (uint64_t)x->lots;
	struct exch_table *t = &run->table;
	char note[128], *p = note;

	p = put_percent(p, x->held, b->worth);
	p = exch_fmt_copy(p, " to ", 4);
	p = put_percent(p, x->held + (exch_i128)x->lots * x->lot, b->worth);
	p = exch_fmt_copy(p, " of ", 4);
	p = put_percent(p, b->of[i]->weight, 1000000000);
	exch_table_row(t);
	exch_table_time(t, run->last_time);
	exch_report_symbol(run, place);
	exch_table_word(t, "new");
	exch_table_id(t, s->next++);
	exch_table_word(t, x->lots < 0 ? "sell" : "buy");
	exch_table_u64(t, lots * (in->lot > 0 ? in->lot : 1));
	exch_table_px(
	    t, limit_of(s, in, mark_of(s, place), x->lots < 0), in->px_show);
	exch_table_word(t, "day");
	exch_table_text(t, s->name[b->which], strlen(s->name[b->which]));
	exch_table_text(t, note, (size_t)(p - note));
	exch_table_end(t);
}

static exch_i128
cash_of(const struct exch_report_run *run, const struct basket *b, bool first)
{
	const struct rebalance *s = run->state;
	const struct exch_capital *c = s->capital.row;
	const struct purse *p;
	uint32_t code = exch_letters(b->currency);
	exch_i128 cash = 0;

	p = exch_keyed_find(&s->purse, b->which, code);
	if (p != NULL)
		cash += p->cash;
	p = first && code != 0 ? exch_keyed_find(&s->purse, b->which, 0) : NULL;
	if (p != NULL)
		cash += p->cash;
	for (size_t i = 0; i < s->capital.n; i++)
		if (strncmp(c[i].account, s->name[b->which], 32) == 0 &&
		    (c[i].currency[0] == '\0'
			    ? first
			    : strncmp(c[i].currency, b->currency, 4) == 0))
			cash += c[i].cash;
	return cash;
}

/* Quantities of orders are those of a stream. */
static bool
orders_fit(const struct exch_report_run *run, const struct basket *b)
{
	for (size_t i = 0; i < b->plan.n; i++) {
		exch_i128 lot =
		    (exch_i128)run->insts.inst[b->of[i]->key.id].lot;
		exch_i128 qty =
		    (exch_i128)b->plan.item[i].lots * (lot > 0 ? lot : 1);

		if (qty > INT64_MAX || qty < -INT64_MAX)
			return false;
	}
	return true;
}

/* One currency of an account. */
static int
settle(struct exch_report_run *run, struct basket *b, bool first,
    struct exch_diag *d)
{
	struct rebalance *s = run->state;
	exch_i128 off;

	b->plan.cash = cash_of(run, b, first);
	b->plan.least = s->least;
	if (!value(run, b))
		return EXCH_OK;
	if (s->overflow || exch_plan_make(&b->plan) != EXCH_OK ||
	    !orders_fit(run, b))
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "account %s: holdings, or orders, are too large for a "
		    "stream; see --positions and --capital",
		    s->name[b->which]);
	for (unsigned buys = 0; buys < 2; buys++)
		for (size_t i = 0; i < b->plan.n; i++)
			if (buys ? b->plan.item[i].lots > 0
				 : b->plan.item[i].lots < 0)
				put_order(run, b, i);
	off = b->plan.over < 0 ? -b->plan.over : b->plan.over;
	if (off > exch_div_half_even(
		      b->worth * (exch_i128)s->tolerance, 1000000000)) {
		char text[EXCH_FMT_MAX + 1];

		*exch_dec128_put(text, b->plan.over, 6, 2) = '\0';
		exch_report_tell(run,
		    "account %s: cash is off by %s %.4s: lots, or --least, are "
		    "too large for these weights",
		    s->name[b->which], text, b->currency);
	}
	return EXCH_OK;
}

static int
by_place(const void *x, const void *y)
{
	const struct position *a = *(const struct position *const *)x;
	const struct position *b = *(const struct position *const *)y;

	return a->key.id < b->key.id ? -1 : a->key.id > b->key.id;
}

/*
 * Currency by currency, as its instruments come; the first that has anything to
 * settle has the cash of no currency.
 */
static int
settle_account(struct exch_report_run *run, struct position **all, size_t n,
    uint32_t which, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	struct basket b = {.which = which};
	size_t at = 0;
	bool first = true;
	int rc = EXCH_OK;

	b.of = exch_calloc(n + 1, sizeof(struct position *));
	b.plan.item = exch_calloc(n + 1, sizeof(*b.plan.item));
	if (b.of == NULL || b.plan.item == NULL)
		rc = exch_report_nomem(d);
	while (rc == EXCH_OK && at < n) {
		memcpy(b.currency, run->insts.inst[all[at]->key.id].currency,
		    sizeof(b.currency));
		b.plan.n = 0;
		for (size_t i = at; i < n; i++) {
			const struct exch_inst *in =
			    &run->insts.inst[all[i]->key.id];
			struct position *p = all[i];

			if (strcmp(in->currency, b.currency) != 0)
				continue;
			if (p->wanted || (p->qty != 0 && !s->keep))
				b.of[b.plan.n++] = p;
			all[i] = all[at]; /* it is taken */
			all[at++] = p;
		}
		if (b.plan.n == 0)
			continue;
		rc = settle(run, &b, first, d);
		first = false;
	}
	exch_free(b.of);
	exch_free(b.plan.item);
	return rc;
}

/* ---- the report ---- */

static int
by_both(const void *x, const void *y)
{
	const struct weight *a = x, *b = y;
	int c = memcmp(a->account, b->account, sizeof(a->account));

	return c != 0 ? c : memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

static int
had_by_both(const void *x, const void *y)
{
	const struct had *a = x, *b = y;
	int c = memcmp(a->account, b->account, sizeof(a->account));

	return c != 0 ? c : memcmp(a->symbol, b->symbol, sizeof(a->symbol));
}

static int
name_accounts(struct exch_report_run *run, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	const struct weight *w = s->target.row;

	s->name = exch_calloc(s->target.n + 1, sizeof(*s->name));
	if (s->name == NULL)
		return exch_report_nomem(d);
	for (size_t i = 0; i < s->target.n; i++)
		if (named(s, w[i].account) == UINT32_MAX)
			memcpy(s->name[s->naccounts++], w[i].account, 32);
	return EXCH_OK;
}

static int
read_tables(struct exch_report_run *run, struct exch_diag *d)
{
	static const struct exch_reftable_shape weights = {"a table of weights",
	    weight_columns, EXCH_ARRAY_LEN(weight_columns),
	    sizeof(struct weight)};
	static const struct exch_reftable_shape had = {"a table of positions",
	    had_columns, EXCH_ARRAY_LEN(had_columns), sizeof(struct had)};
	const struct exch_given *t = exch_report_given(run, "target");
	const struct exch_given *p = exch_report_given(run, "positions");
	struct rebalance *s = run->state;
	int rc = EXCH_OK;

	if (t != NULL)
		rc = exch_reftable_parse(
		    t->text, t->n, t->value, &weights, &s->target, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_once(&s->target, sizeof(struct weight),
		    by_both, "has the same account and symbol", d);
	if (rc == EXCH_OK && p != NULL)
		rc = exch_reftable_parse(
		    p->text, p->n, p->value, &had, &s->had, d);
	if (rc == EXCH_OK)
		rc = exch_reftable_once(&s->had, sizeof(struct had),
		    had_by_both, "has the same account and symbol", d);
	if (rc == EXCH_OK)
		rc = exch_capital_read(&s->capital, run, d);
	return rc == EXCH_OK ? name_accounts(run, d) : rc;
}

/* A number of 10^-scale from 0 to `most`, or `lack`. */
static int
take_number(struct exch_report_run *run, const char *name, int scale,
    int64_t most, int64_t *out, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, name);
	size_t n = g != NULL ? strlen(g->value) : 0;
	bool percent = n > 1 && g->value[n - 1] == '%' && scale == 9;

	if (g == NULL)
		return EXCH_OK;
	if (exch_dec_parse(
		g->value, n - percent, percent ? scale - 2 : scale, out) == 0 &&
	    *out >= 0 && *out <= most)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--%s: '%.40s' is no %s", name, g->value,
	    scale == 0	 ? "number of basis points from 0 to 5000"
	    : scale == 6 ? "amount such as 1000 or 250.50"
			 : "rate from 0 to 100%, such as 0.5%");
}

static int
set_options(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *mark = exch_report_given(run, "mark");
	struct rebalance *s = run->state;
	int rc;

	s->through = 50;
	s->tolerance = 5000000;
	s->keep = exch_report_given(run, "keep") != NULL;
	s->at_mid = mark != NULL && strcmp(mark->value, "mid") == 0;
	if (mark != NULL && !s->at_mid && strcmp(mark->value, "last") != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--mark: '%.40s' is neither last nor mid", mark->value);
	rc = take_number(run, "through", 0, 5000, &s->through, d);
	if (rc == EXCH_OK)
		rc = take_number(run, "least", 6, INT64_MAX, &s->least, d);
	if (rc == EXCH_OK)
		rc = take_number(
		    run, "tolerance", 9, 1000000000, &s->tolerance, d);
	return rc;
}

static int
open_rebalance(struct exch_report_run *run, struct exch_diag *d)
{
	struct rebalance *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = set_options(run, d);
	if (rc == EXCH_OK)
		rc = read_tables(run, d);
	if (rc == EXCH_OK)
		rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->held, sizeof(struct position)) != 0 ||
		exch_keyed_init(&s->paid, sizeof(struct purse)) != 0 ||
		exch_keyed_init(&s->position, sizeof(struct position)) != 0 ||
		exch_keyed_init(&s->purse, sizeof(struct purse)) != 0))
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_rebalance(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	struct rebalance *s = run->state;
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_NEW && n != NULL && n->order > s->next &&
	    n->order >> 63 == 0)
		s->next = n->order;
	if (r->type == EXCH_REC_POSTING)
		rc = take_posting(run, r, d);
	else if (r->type == EXCH_REC_DEPOSIT)
		rc = take_deposit(run, r, d);
	if (rc == EXCH_OK)
		rc = exch_charges_record(&s->charges, r, seq, d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

static int
close_rebalance(struct exch_report_run *run, struct exch_diag *d)
{
	struct rebalance *s = run->state;
	struct position **all;
	int rc;

	exch_charges_close(&s->charges);
	rc = gather(run, d);
	if (rc == EXCH_OK)
		rc = take_tables(run, d);
	if (rc != EXCH_OK)
		return rc;
	all = (struct position **)(void *)exch_keyed_sorted(&s->position);
	if (all == NULL)
		return exch_report_nomem(d);
	s->next++;
	for (uint32_t i = 0, n; rc == EXCH_OK && i < s->position.live; i += n) {
		uint32_t which = all[i]->key.place;

		n = 1;
		while (
		    i + n < s->position.live && all[i + n]->key.place == which)
			n++;
		qsort(all + i, n, sizeof(struct position *), by_place);
		rc = settle_account(run, all + i, n, which, d);
	}
	exch_free(all);
	return rc;
}

static void
free_rebalance(struct exch_report_run *run)
{
	struct rebalance *s = run->state;

	exch_charges_free(&s->charges);
	exch_quotes_clear(&s->quotes);
	exch_marks_clear(&s->marks);
	exch_reftable_clear(&s->target);
	exch_reftable_clear(&s->had);
	exch_reftable_clear(&s->capital);
	exch_free(s->name);
	exch_keyed_clear(&s->held);
	exch_keyed_clear(&s->paid);
	exch_keyed_clear(&s->position);
	exch_keyed_clear(&s->purse);
}

const struct exch_report exch_report_rebalance = {
    .name = "rebalance",
    .what = "orders that bring accounts to target weights",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_rebalance,
    .record = record_rebalance,
    .close = close_rebalance,
    .free = free_rebalance,
};
