/* Rebalancing: the orders, currency by currency (rebalance.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/capital.h"
#include "report/plan.h"
#include "report/rebalance.h"

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

int
exch_rebalance_columns(struct exch_report_run *run, struct exch_diag *d)
{
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

/* A currency of an account, at the end. */
struct basket {
	uint32_t which;
	char currency[8];
	struct exch_rebalance_position **of; /* n of them, and their plan */
	struct exch_plan plan;
	exch_i128 worth;
};

/*
 * The one that was asked for, and where there is none the other one.  The
 * reference of an instrument is neither: it may be far from what orders meet.
 */
static exch_px
mark_of(const struct exch_rebalance *s, uint32_t place)
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

/*
 * Of amounts so large sums of any number and products with a rate of 10^-9 are
 * left inside 128 bits; 0 instead of others.
 */
static exch_i128
fits(struct exch_rebalance *s, exch_i128 v)
{
	const exch_i128 most = (exch_i128)1 << 92;

	if (v <= most && v >= -most)
		return v;
	s->overflow = true;
	return 0;
}

/* Worth at the mark, 10^-6. */
static exch_i128
worth_of(struct exch_rebalance *s, const struct exch_inst *in, exch_px px,
    exch_i128 qty)
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
lots_of(struct exch_rebalance *s, exch_i128 qty, exch_qty lot)
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
	struct exch_rebalance *s = run->state;
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
limit_of(const struct exch_rebalance *s, const struct exch_inst *in, exch_px px,
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
	struct exch_rebalance *s = run->state;
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
	const struct exch_rebalance *s = run->state;
	const struct exch_capital *c = s->capital.row;
	const struct exch_rebalance_purse *p;
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
	struct exch_rebalance *s = run->state;
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
	const struct exch_rebalance_position *a =
	    *(const struct exch_rebalance_position *const *)x;
	const struct exch_rebalance_position *b =
	    *(const struct exch_rebalance_position *const *)y;

	return a->key.id < b->key.id ? -1 : a->key.id > b->key.id;
}

/*
 * Currency by currency, as its instruments come; the first that has anything to
 * settle has the cash of no currency.
 */
static int
settle_account(struct exch_report_run *run,
    struct exch_rebalance_position **all, size_t n, uint32_t which,
    struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	struct basket b = {.which = which};
	size_t at = 0;
	bool first = true;
	int rc = EXCH_OK;

	b.of = exch_calloc(n + 1, sizeof(struct exch_rebalance_position *));
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
			struct exch_rebalance_position *p = all[i];

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

int
exch_rebalance_settle(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_rebalance *s = run->state;
	struct exch_rebalance_position **all;
	int rc = EXCH_OK;

	all = (struct exch_rebalance_position **)(void *)exch_keyed_sorted(
	    &s->position);
	if (all == NULL)
		return exch_report_nomem(d);
	s->next++;
	for (uint32_t i = 0, n; rc == EXCH_OK && i < s->position.live; i += n) {
		uint32_t which = all[i]->key.place;

		n = 1;
		while (
		    i + n < s->position.live && all[i + n]->key.place == which)
			n++;
		qsort(all + i, n, sizeof(struct exch_rebalance_position *),
		    by_place);
		rc = settle_account(run, all + i, n, which, d);
	}
	exch_free(all);
	return rc;
}
