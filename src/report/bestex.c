/*
 * exch-report bestex: how well orders were executed, by kind of instrument and
 * venue: price against the best of all venues, fees, likelihood and speed.
 * Modelled on what Delegated Regulations (EU) 2017/575 and 2017/576 (RTS 27
 * and 28) asked for, which nobody has to publish any more; exch-tca(7) has the
 * definitions.
 *
 * A venue is the MIC of an instrument.  Of those that are one thing (things.h)
 * the best of all quotes is what an execution is held against.
 *
 * An execution is a trade-through if another venue showed a better price: what
 * 17 CFR 242.611 keeps trading centers from, outside auctions and while no
 * quotes cross.  Of intermarket sweeps, which may, it is told apart, and so it
 * is where every better price flickered (flicker.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/schema.h"
#include "report/charges.h"
#include "report/flicker.h"
#include "report/quotes.h"
#include "report/reports.h"
#include "report/things.h"
#include "report/tracked.h"
#include "report/who.h"

/* Where a deal keeps the best prices of its time. */
enum { NOTE_BID = 2, NOTE_ASK = 3, NOTE_THROUGH = 4 };

static const struct exch_report_param params[] = {
    {.name = "top",
	.arg = "N",
	.what = "bestex: so many venues, and what is left in one row (5)"},
    EXCH_PARAM_ACCOUNT,
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    EXCH_PARAM_PRODUCTS,
    {0},
};

static const struct exch_col cols[] = {
    {"what", EXCH_COL_TEXT, 5},
    {"class", EXCH_COL_TEXT, 6},
    {"currency", EXCH_COL_TEXT, 8},
    {"venue", EXCH_COL_TEXT, 5},
    {"rank", EXCH_COL_NUM, 4},
    {"orders", EXCH_COL_NUM, 7},
    {"executed", EXCH_COL_NUM, 8},
    {"executed_pct", EXCH_COL_NUM, 6},
    {"withdrawn", EXCH_COL_NUM, 9},
    {"zero_fill", EXCH_COL_NUM, 9},
    {"passive_pct", EXCH_COL_NUM, 6},
    {"aggressive_pct", EXCH_COL_NUM, 6},
    {"auction_pct", EXCH_COL_NUM, 6},
    {"executions", EXCH_COL_NUM, 10},
    {"value", EXCH_COL_NUM, 12},
    {"value_pct", EXCH_COL_NUM, 6},
    {"orders_pct", EXCH_COL_NUM, 6},
    {"quoted_bp", EXCH_COL_NUM, 9},
    {"effective_bp", EXCH_COL_NUM, 9},
    {"eq_ratio", EXCH_COL_NUM, 6},
    {"better_pct", EXCH_COL_NUM, 6},
    {"at_pct", EXCH_COL_NUM, 6},
    {"worse_pct", EXCH_COL_NUM, 6},
    {"improvement", EXCH_COL_NUM, 9},
    {"fees", EXCH_COL_NUM, 9},
    {"fees_bp", EXCH_COL_NUM, 9},
    {"all_in_bp", EXCH_COL_NUM, 9},
    {"passive_mean", EXCH_COL_NUM, 12},
    {"aggressive_mean", EXCH_COL_NUM, 12},
    {"unquoted", EXCH_COL_NUM, 8},
    {"broken", EXCH_COL_NUM, 6},
    {"through", EXCH_COL_NUM, 7},
    {"through_sweep", EXCH_COL_NUM, 7},
    {"through_flicker", EXCH_COL_NUM, 7},
};

/* Where a price of who takes was against the quote. */
enum { BETTER, AT, WORSE, WHERES };

/* Trade-throughs: those that the rule forbids, and its exceptions. */
enum { FORBIDDEN, SWEPT, FLICKERED, THROUGHS };

/*
 * Of an instrument; sums of prices times quantities, once for each execution
 * of who takes and was quoted.  Of a row, the same in cash.
 */
struct cell {
	uint64_t orders, withdrawn, zero_fill;
	uint64_t
	    executed[EXCH_LIQUIDITIES]; /* orders, by their first execution */
	exch_u128 waited[EXCH_LIQUIDITIES]; /* ns until that */
	uint64_t execs, unquoted, broken;
	uint64_t through[THROUGHS];
	exch_i128 value;       /* cash of all sides */
	exch_i128 taken;       /* of who takes */
	exch_i128 fees;	       /* of all sides */
	exch_i128 taken_fees;  /* of who takes */
	exch_i128 effective;   /* twice the distance from the midpoint */
	exch_i128 quoted;      /* offer less bid */
	exch_i128 improvement; /* better than the quote, less worse */
	exch_i128 base[WHERES];
};

/* A live order under whatever id it has now. */
struct order {
	struct exch_key key;
	exch_ts entered;
	bool executed;
	bool sweep;
};

struct row {
	uint8_t kind;
	char currency[8];
	char mic[4];
	struct cell sum;
};

struct bestex {
	struct exch_charges charges;
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_flicker flicker;
	struct exch_whats whats;
	struct exch_keyed order;
	struct cell *cell; /* by place */
	uint32_t ncells;
	struct exch_things things;
	uint64_t top;
	bool overflow;
	/* at the end */
	struct row *row;
	size_t nrows, caprows;
};

static int
cell_of(
    struct bestex *s, uint32_t place, struct cell **out, struct exch_diag *d)
{
	int rc = exch_report_grow(
	    &s->cell, &s->ncells, place + 1, sizeof(*s->cell), d);

	*out = rc == EXCH_OK ? &s->cell[place] : NULL;
	return rc;
}

/* ---- the same thing elsewhere ---- */

/* The better of what was the best, and what a venue shows. */
static void
take_better(exch_px px[2], const exch_px q[2])
{
	if (q[0] != EXCH_PX_NONE && (px[0] == EXCH_PX_NONE || q[0] > px[0]))
		px[0] = q[0];
	if (q[1] != EXCH_PX_NONE && (px[1] == EXCH_PX_NONE || q[1] < px[1]))
		px[1] = q[1];
}

/*
 * The best of all venues, and of all others; false: a side is missing, or they
 * cross.
 */
static bool
best_of(
    const struct bestex *s, uint32_t place, exch_px px[2], exch_px elsewhere[2])
{
	uint32_t i = place;

	px[0] = px[1] = elsewhere[0] = elsewhere[1] = EXCH_PX_NONE;
	do {
		const struct exch_quote *q = exch_quotes_of(&s->quotes, i);

		if (q != NULL)
			take_better(px, q->px);
		if (q != NULL && i != place)
			take_better(elsewhere, q->px);
		i = exch_things_next(&s->things, i);
	} while (i != place);
	return px[0] != EXCH_PX_NONE && px[1] != EXCH_PX_NONE && px[0] <= px[1];
}

/* Did somebody elsewhere show a better price, while no quotes crossed? */
static bool
is_through(exch_px price, const exch_px px[2], const exch_px elsewhere[2])
{
	if (px[0] != EXCH_PX_NONE && px[1] != EXCH_PX_NONE && px[0] > px[1])
		return false;
	return (elsewhere[0] != EXCH_PX_NONE && price < elsewhere[0]) ||
	       (elsewhere[1] != EXCH_PX_NONE && price > elsewhere[1]);
}

/* Did all flicker that showed a better price? */
static bool
is_flicker(struct bestex *s, const struct exch_deal *x)
{
	uint32_t i = x->place;

	while ((i = exch_things_next(&s->things, i)) != x->place) {
		const struct exch_quote *q = exch_quotes_of(&s->quotes, i);

		for (unsigned side = 0; q != NULL && side < 2; side++)
			if (q->px[side] != EXCH_PX_NONE &&
			    (side == 0 ? x->price < q->px[0]
				       : x->price > q->px[1]) &&
			    !exch_flicker_had(
				&s->flicker, i, side, x->price, x->time))
				return false;
	}
	return true;
}

/* ---- executions ---- */

static void
accrue(struct bestex *s, exch_i128 *sum, exch_i128 a, exch_i128 b)
{
	exch_i128 v;

	if (__builtin_mul_overflow(a, b, &v) ||
	    __builtin_add_overflow(*sum, v, sum))
		s->overflow = true;
}

/* Who takes, against what could be seen. */
static void
judge(
    struct bestex *s, struct cell *c, const struct exch_deal *x, unsigned side)
{
	exch_i128 n = x->state == EXCH_DEAL_BROKEN ? -(exch_i128)x->qty
						   : (exch_i128)x->qty;
	exch_px bid = x->note[NOTE_BID], ask = x->note[NOTE_ASK];
	exch_i128 sign = side == 0 ? 1 : -1;
	exch_i128 better =
	    sign * ((exch_i128)(side == 0 ? ask : bid) - (exch_i128)x->price);

	if (bid == EXCH_PX_NONE) {
		c->unquoted += x->state == EXCH_DEAL_BROKEN ? UINT64_MAX : 1;
		return;
	}
	accrue(
	    s, &c->effective, sign * (2 * (exch_i128)x->price - bid - ask), n);
	accrue(s, &c->quoted, (exch_i128)ask - bid, n);
	accrue(s, &c->improvement, better, n);
	accrue(s,
	    &c->base[better > 0	   ? BETTER
		     : better == 0 ? AT
				   : WORSE],
	    x->price, n);
}

/* What two agreed on was no order's; it counts for tiers of fees alone. */
static bool
is_execution(const struct exch_deal *x)
{
	return x->price != EXCH_PX_NONE &&
	       (x->kind == EXCH_PRINT_NONE || x->kind == EXCH_PRINT_CORRECTED);
}

/* What stands for a broken one has no quote of its time. */
static bool
takes(const struct exch_deal *x, unsigned side)
{
	return x->side[side].how == EXCH_LIQUIDITY_TAKER &&
	       x->kind != EXCH_PRINT_CORRECTED;
}

static int
charged(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *charge, struct exch_diag *d)
{
	struct bestex *s = run->state;
	struct cell *c;
	exch_i128 fee =
	    x->state == EXCH_DEAL_BROKEN ? -charge->fee : charge->fee;
	int rc = cell_of(s, x->place, &c, d);

	if (rc != EXCH_OK || !is_execution(x) ||
	    !exch_deals_wanted(
		&s->charges.deals, x->side[charge->side].account))
		return rc;
	c->fees += fee;
	if (takes(x, charge->side))
		c->taken_fees += fee;
	return EXCH_OK;
}

static void
add_side(
    struct bestex *s, struct cell *c, const struct exch_deal *x, unsigned side)
{
	bool back = x->state == EXCH_DEAL_BROKEN;
	exch_i128 cash = back ? -x->cash : x->cash;

	c->execs += back ? UINT64_MAX : 1;
	c->broken += back;
	c->value += cash;
	if (!takes(x, side))
		return;
	c->taken += cash;
	if (x->note[NOTE_THROUGH] != 0)
		c->through[x->note[NOTE_THROUGH] - 1] += back ? UINT64_MAX : 1;
	judge(s, c, x, side);
}

/* Is who takes marked as taking better prices elsewhere, too? */
static bool
is_sweep(const struct bestex *s, const struct exch_deal *x)
{
	for (unsigned side = 0; side < 2; side++) {
		const struct order *o =
		    exch_keyed_find(&s->order, x->place, x->side[side].order);

		if (takes(x, side) && o != NULL && o->sweep)
			return true;
	}
	return false;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct bestex *s = run->state;
	struct cell *c;
	int rc = cell_of(s, x->place, &c, d);

	if (rc != EXCH_OK)
		return rc;
	if (x->state != EXCH_DEAL_BROKEN) {
		exch_px px[2], elsewhere[2];
		bool seen = best_of(s, x->place, px, elsewhere);

		x->note[NOTE_THROUGH] = !is_through(x->price, px, elsewhere) ? 0
					: is_sweep(s, x)   ? 1 + SWEPT
					: is_flicker(s, x) ? 1 + FLICKERED
							   : 1 + FORBIDDEN;
		x->note[NOTE_BID] = seen ? px[0] : EXCH_PX_NONE;
		x->note[NOTE_ASK] = seen ? px[1] : EXCH_PX_NONE;
	}
	for (unsigned side = 0; side < 2; side++)
		if (is_execution(x) &&
		    exch_deals_wanted(&s->charges.deals, x->side[side].account))
			add_side(s, c, x, side);
	return exch_charges_sides(&s->charges, x, charged, d);
}

/* ---- orders ---- */

/* Its first execution, or nothing new. */
static void
first_execution(struct cell *c, const struct exch_change *x, struct order *o)
{
	const struct exch_rec_exec *e = EXCH_CHANGE_REC(x, exch_rec_exec);
	enum exch_liquidity how = exch_fee_liquidity(
	    (enum exch_side)e->aggressor, (enum exch_side)x->side);

	if (o->executed)
		return;
	o->executed = true;
	c->executed[how]++;
	if (x->r->time > o->entered)
		c->waited[how] += x->r->time - o->entered;
}

static int
entered(struct bestex *s, struct cell *c, const struct exch_change *x,
    struct exch_diag *d)
{
	struct order *o;
	int rc = exch_keyed_add(&s->order, x->place, x->order, &o);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	o->entered = x->r->time;
	o->sweep = (x->o->ordflags & EXCH_ORD_SWEEP) != 0;
	c->orders++;
	return EXCH_OK;
}

/* It goes on under another id. */
static int
renamed(struct bestex *s, const struct exch_change *x, struct exch_diag *d)
{
	struct order *o = exch_keyed_find(&s->order, x->place, x->order);
	struct order was;
	int rc;

	if (o == NULL || x->next == NULL || x->next->key.id == x->order)
		return EXCH_OK;
	was = *o;
	exch_keyed_drop(&s->order, o);
	rc = exch_keyed_add(&s->order, x->place, x->next->key.id, &o);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	o->entered = was.entered;
	o->executed = was.executed;
	o->sweep = was.sweep;
	return EXCH_OK;
}

static int
change(void *arg, const struct exch_change *x, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct bestex *s = run->state;
	struct order *o;
	struct cell *c;
	int rc;

	if (x->o == NULL || x->kind == EXCH_CHANGE_REJECTED ||
	    !exch_deals_wanted(&s->charges.deals, x->o->account))
		return EXCH_OK;
	rc = cell_of(s, x->place, &c, d);
	if (rc == EXCH_OK && x->kind == EXCH_CHANGE_ACCEPTED)
		rc = entered(s, c, x, d);
	if (rc == EXCH_OK && x->kind == EXCH_CHANGE_REPLACED)
		return renamed(s, x, d);
	o = exch_keyed_find(&s->order, x->place, x->order);
	if (rc != EXCH_OK || o == NULL)
		return rc;
	if (x->kind == EXCH_CHANGE_EXECUTED)
		first_execution(c, x, o);
	if (!x->ended)
		return EXCH_OK;
	if (!o->executed) {
		c->withdrawn++;
		c->zero_fill +=
		    x->o->tif == EXCH_TIF_IOC || x->o->tif == EXCH_TIF_FOK;
	}
	exch_keyed_drop(&s->order, o);
	return EXCH_OK;
}

/* ---- rows ---- */

static bool
same_row(const struct row *a, const struct row *b, bool venue)
{
	return a->kind == b->kind && strcmp(a->currency, b->currency) == 0 &&
	       (!venue || memcmp(a->mic, b->mic, sizeof(a->mic)) == 0);
}

static void
add(struct cell *to, const struct cell *c)
{
	to->orders += c->orders;
	to->withdrawn += c->withdrawn;
	to->zero_fill += c->zero_fill;
	for (unsigned i = 0; i < EXCH_LIQUIDITIES; i++) {
		to->executed[i] += c->executed[i];
		to->waited[i] += c->waited[i];
	}
	to->execs += c->execs;
	to->unquoted += c->unquoted;
	to->broken += c->broken;
	for (unsigned i = 0; i < THROUGHS; i++)
		to->through[i] += c->through[i];
	to->value += c->value;
	to->taken += c->taken;
	to->fees += c->fees;
	to->taken_fees += c->taken_fees;
	to->effective += c->effective;
	to->quoted += c->quoted;
	to->improvement += c->improvement;
	for (unsigned i = 0; i < WHERES; i++)
		to->base[i] += c->base[i];
}

/* Prices times quantities become cash. */
static int
to_cash(const struct exch_inst *in, struct cell *c)
{
	exch_i128 *sum[] = {&c->effective, &c->quoted, &c->improvement,
	    &c->base[BETTER], &c->base[AT], &c->base[WORSE]};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(sum); i++)
		if (exch_money_sum(&in->money, *sum[i], 1, sum[i]) != EXCH_OK)
			return EXCH_ERR_RANGE;
	return EXCH_OK;
}

/* The cell of a place, in the row of its venue. */
static int
collect(struct exch_report_run *run, uint32_t place, struct exch_diag *d)
{
	struct bestex *s = run->state;
	const struct exch_inst *in = &run->insts.inst[place];
	struct cell c = s->cell[place];
	struct row r = {.kind = in->kind};
	const struct exch_what *w;
	size_t i = 0;
	int rc = exch_what_of(&s->whats, run, place, &w, d);

	if (rc != EXCH_OK || (c.orders == 0 && c.execs == 0 && c.broken == 0))
		return rc;
	memcpy(r.currency, in->currency, sizeof(r.currency));
	memcpy(r.mic, w->mic, sizeof(r.mic));
	if (s->overflow || to_cash(in, &c) != EXCH_OK)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "sums of prices and quantities do not fit 128 bits");
	while (i < s->nrows && !same_row(&s->row[i], &r, true))
		i++;
	if (i == s->nrows) {
		if (!exch_room(&s->row, s->nrows, &s->caprows, sizeof(*s->row)))
			return exch_report_nomem(d);
		s->row[s->nrows++] = r;
	}
	add(&s->row[i].sum, &c);
	return EXCH_OK;
}

/* By class and currency; in them the largest first. */
static bool
before(const struct row *a, const struct row *b)
{
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind;
	c = strcmp(a->currency, b->currency);
	if (c != 0)
		return c < 0;
	if (a->sum.value != b->sum.value)
		return a->sum.value > b->sum.value;
	return memcmp(a->mic, b->mic, sizeof(a->mic)) < 0;
}

static uint64_t
executed(const struct cell *c)
{
	return c->executed[0] + c->executed[1] + c->executed[2];
}

static void
put_mean(struct exch_report_run *run, exch_u128 sum, uint64_t n)
{
	if (n == 0)
		exch_table_none(&run->table);
	else
		exch_table_dec(&run->table, (exch_i128)(sum / n), 9, 9);
}

static void
put_prices(struct exch_report_run *run, const struct cell *c)
{
	exch_i128 base = c->base[BETTER] + c->base[AT] + c->base[WORSE];
	exch_i128 half, fees;

	exch_report_ratio(run, c->quoted, base, 4, 4);
	exch_report_ratio(run, c->effective, base, 4, 4);
	exch_report_ratio(run, c->effective, c->quoted, 2, 2);
	for (unsigned i = 0; i < WHERES; i++)
		exch_report_ratio(run, c->base[i], base, 2, 2);
	exch_report_cash(run, c->improvement, base != 0);
	exch_report_cash(run, c->fees, true);
	exch_report_ratio(run, c->taken_fees, c->taken, 4, 4);
	if (exch_report_part(c->effective, 2 * base, 4, 4, &half) &&
	    exch_report_part(c->taken_fees, c->taken, 4, 4, &fees))
		exch_table_dec(&run->table, half + fees, 4, 4);
	else
		exch_table_none(&run->table);
}

static void
put(struct exch_report_run *run, const char *what, const struct row *r,
    uint64_t rank, const struct cell *all)
{
	struct exch_table *t = &run->table;
	const struct cell *c = &r->sum;
	exch_i128 done = (exch_i128)executed(c);

	exch_table_row(t);
	exch_table_word(t, what);
	exch_table_word(t, exch_word_of(exch_words_kind, r->kind));
	exch_table_text(t, r->currency, strlen(r->currency));
	exch_report_chars(run, r->mic, sizeof(r->mic));
	exch_table_id(t, rank);
	exch_table_u64(t, c->orders);
	exch_table_u64(t, (uint64_t)done);
	exch_report_ratio(run, done, (exch_i128)c->orders, 2, 2);
	exch_table_u64(t, c->withdrawn);
	exch_table_u64(t, c->zero_fill);
	for (unsigned i = 0; i < EXCH_LIQUIDITIES; i++)
		exch_report_ratio(run, (exch_i128)c->executed[i], done, 2, 2);
	exch_table_u64(t, c->execs);
	exch_report_cash(run, c->value, true);
	exch_report_ratio(run, c->value, all->value, 2, 2);
	exch_report_ratio(run, done, (exch_i128)executed(all), 2, 2);
	put_prices(run, c);
	put_mean(run, c->waited[EXCH_LIQUIDITY_MAKER],
	    c->executed[EXCH_LIQUIDITY_MAKER]);
	put_mean(run, c->waited[EXCH_LIQUIDITY_TAKER],
	    c->executed[EXCH_LIQUIDITY_TAKER]);
	exch_table_u64(t, c->unquoted);
	exch_table_u64(t, c->broken);
	for (unsigned i = 0; i < THROUGHS; i++)
		exch_table_u64(t, c->through[i]);
	exch_table_end(t);
}

/* A class in a currency: n venues, the largest first. */
static void
put_class(struct exch_report_run *run, const struct row *r, size_t n)
{
	const struct bestex *s = run->state;
	struct row all = *r, rest = *r;

	all.sum = (struct cell){0};
	rest.sum = (struct cell){0};
	memset(all.mic, 0, sizeof(all.mic));
	memset(rest.mic, 0, sizeof(rest.mic));
	for (size_t i = 0; i < n; i++) {
		add(&all.sum, &r[i].sum);
		if (i >= s->top)
			add(&rest.sum, &r[i].sum);
	}
	put(run, "class", &all, 0, &all.sum);
	for (size_t i = 0; i < n && i < s->top; i++)
		put(run, "venue", &r[i], i + 1, &all.sum);
	if (n > s->top)
		put(run, "rest", &rest, 0, &all.sum);
}

/* ---- the report ---- */

static int
open_bestex(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *top = exch_report_given(run, "top");
	struct bestex *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->top = 5;
	if (top != NULL &&
	    (exch_uint_parse(top->value, strlen(top->value), &s->top) != 0 ||
		s->top < 1 || s->top > 1000))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--top: '%.40s' is no number from 1 to 1000", top->value);
	rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK)
		rc = exch_whats_init(&s->whats, run, d);
	if (rc == EXCH_OK &&
	    exch_keyed_init(&s->order, sizeof(struct order)) != 0)
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   EXCH_ARRAY_LEN(cols), true, d)
			     : rc;
}

static int
record_bestex(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct bestex *s = run->state;
	uint32_t place = exch_insts_known(&run->insts, r->instr);
	const struct exch_quote *q;
	int rc = exch_things_note(&s->things, &s->whats, run, r, d);

	if (rc == EXCH_OK)
		rc = exch_charges_record(&s->charges, r, seq, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_record(&s->tracked, run, r, d);
	rc = exch_quotes_after(&s->quotes, run, r, rc, d);
	q = exch_quotes_of(&s->quotes, place);
	return rc == EXCH_OK && q != NULL
		   ? exch_flicker_note(&s->flicker, place, q, d)
		   : rc;
}

static int
close_bestex(struct exch_report_run *run, struct exch_diag *d)
{
	struct bestex *s = run->state;
	size_t begin = 0;
	int rc = EXCH_OK;

	exch_charges_close(&s->charges);
	exch_tracked_close(&s->tracked, run);
	for (uint32_t i = 0; rc == EXCH_OK && i < s->ncells && i < run->insts.n;
	     i++)
		rc = collect(run, i, d);
	if (rc != EXCH_OK)
		return rc;
	for (size_t i = 1; i < s->nrows; i++) {
		struct row x = s->row[i];
		size_t k = i;

		for (; k > 0 && before(&x, &s->row[k - 1]); k--)
			s->row[k] = s->row[k - 1];
		s->row[k] = x;
	}
	for (size_t i = 0; i < s->nrows; i++) {
		if (i + 1 < s->nrows &&
		    same_row(&s->row[i], &s->row[i + 1], false))
			continue;
		put_class(run, s->row + begin, i + 1 - begin);
		begin = i + 1;
	}
	return EXCH_OK;
}

static void
free_bestex(struct exch_report_run *run)
{
	struct bestex *s = run->state;

	exch_charges_free(&s->charges);
	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_flicker_clear(&s->flicker);
	exch_whats_clear(&s->whats);
	exch_keyed_clear(&s->order);
	exch_free(s->cell);
	exch_things_clear(&s->things);
	exch_free(s->row);
}

const struct exch_report exch_report_bestex = {
    .name = "bestex",
    .what = "how well orders were executed, by class and venue",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_bestex,
    .record = record_bestex,
    .close = close_bestex,
    .free = free_bestex,
};
