/*
 * exch-report tca: following the stream.  Orders are known by a tracker,
 * midpoints by books that are rebuilt; what waits for a time after its
 * execution stands in a ring of its own (tca.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/reports.h"
#include "report/tca.h"

/* ---- the market ---- */

int64_t
exch_tca_mid(const struct exch_tca *s, uint32_t place, int64_t *width)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, place);
	int64_t mid;

	if (q == NULL || q->px[0] == EXCH_PX_NONE || q->px[1] == EXCH_PX_NONE ||
	    q->px[0] > q->px[1] ||
	    __builtin_add_overflow(q->px[0], q->px[1], &mid) ||
	    __builtin_sub_overflow(q->px[1], q->px[0], width))
		return EXCH_TCA_NONE;
	return mid;
}

static int
market_at(struct exch_tca *s, uint32_t place, struct exch_tca_market **m,
    struct exch_diag *d)
{
	int rc = exch_report_grow(
	    &s->market, &s->nmarkets, place + 1, sizeof(*s->market), d);

	if (rc == EXCH_OK)
		*m = &s->market[place];
	return rc;
}

/* What was traded, or is taken away, for means over the lives of orders. */
static void
add_market(struct exch_tca *s, const struct exch_tca_fill *f, bool back)
{
	struct exch_tca_market *m = &s->market[f->place];
	exch_i128 qty = back ? -(exch_i128)f->qty : (exch_i128)f->qty;

	m->qty += (exch_u128)qty;
	exch_tca_add(s, &m->base, 2 * (exch_i128)f->price, qty);
}

/*
 * An execution is changed afterwards: orders that came behind it have never
 * seen it in the market, and shall not see it change.
 */
static void
spare_later(
    struct exch_tca *s, const struct exch_tca_fill *f, uint64_t n, bool back)
{
	struct exch_tca_order *o;
	uint32_t at = 0;

	while ((o = exch_keyed_next(&s->order, &at)) != NULL) {
		exch_i128 qty = back ? -(exch_i128)f->qty : (exch_i128)f->qty;

		if (o->key.place != f->place || o->print <= n)
			continue;
		o->market_qty += (exch_u128)qty;
		exch_tca_add(s, &o->market_base, 2 * (exch_i128)f->price, qty);
	}
}

/* ---- orders ---- */

static int
accepted(struct exch_tca *s, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_tca_market *m;
	struct exch_tca_order *o;
	struct exch_tca_cell *cell;
	uint32_t slot;
	int64_t width;
	int rc;

	if (c->o == NULL)
		return EXCH_OK;
	if (!exch_only_has(&s->only, c->o->account))
		return EXCH_OK;
	rc = market_at(s, c->place, &m, d);
	if (rc != EXCH_OK)
		return rc;
	slot = exch_tca_cell_of(s, c->o, c->place);
	if (slot == 0)
		return exch_report_nomem(d);
	rc = exch_keyed_add(&s->order, c->place, c->order, &o);
	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	o->entered = c->r->time;
	o->arrival = exch_tca_mid(s, c->place, &width);
	o->market_qty = m->qty;
	o->market_base = m->base;
	o->print = s->fills.next;
	o->cell = slot;
	o->side = c->o->side == EXCH_BUY ? 0 : 1;
	cell = exch_tca_cell_at(s, slot);
	cell->orders++;
	cell->unquoted += o->arrival == EXCH_TCA_NONE;
	return EXCH_OK;
}

/* Against the mean of what was traded while the order lived. */
static void
add_vwap(struct exch_tca *s, const struct exch_tca_order *o,
    const struct exch_tca_market *m, struct exch_tca_cell *cell)
{
	exch_i128 qty = (exch_i128)(m->qty - o->market_qty);
	exch_i128 base = m->base - o->market_base;
	exch_i128 fair;

	if (o->filled == 0 || qty <= 0)
		return;
	if (__builtin_mul_overflow(base, (exch_i128)o->filled, &fair)) {
		s->overflow = true;
		return;
	}
	fair = exch_div_half_even(fair, qty);
	exch_tca_add(s, &cell->vwap, o->base - fair, o->side == 0 ? 1 : -1);
	exch_tca_add(s, &cell->vwap_base, fair, 1);
}

/* It is over, with so much never executed. */
static void
finish_order(struct exch_tca *s, struct exch_tca_order *o, exch_qty unfilled)
{
	struct exch_tca_cell *cell = exch_tca_cell_at(s, o->cell);
	int64_t width, mid = exch_tca_mid(s, o->key.place, &width);

	cell->qty += (exch_u128)o->filled + o->broken + unfilled;
	add_vwap(s, o, &s->market[o->key.place], cell);
	if (unfilled > 0 && o->arrival != EXCH_TCA_NONE &&
	    mid != EXCH_TCA_NONE) {
		exch_i128 move = (exch_i128)mid - o->arrival;

		exch_tca_add(s, &cell->missed, o->side == 0 ? move : -move,
		    (exch_i128)unfilled);
		exch_tca_add(
		    s, &cell->missed_base, o->arrival, (exch_i128)unfilled);
	}
	if (o->joined) {
		cell->joined++;
		cell->ahead += o->ahead;
	}
	exch_keyed_drop(&s->order, o);
}

static int
executed(struct exch_tca *s, const struct exch_change *c, struct exch_diag *d)
{
	const struct exch_rec_exec *r = EXCH_CHANGE_REC(c, exch_rec_exec);
	struct exch_tca_order *o =
	    exch_keyed_find(&s->order, c->place, c->order);
	unsigned side = c->side == EXCH_BUY ? 0 : 1;
	struct exch_tca_cell *cell;
	struct exch_tca_side *x;
	int rc = EXCH_OK;

	if (o == NULL)
		return EXCH_OK;
	x = &exch_tca_fill_at(s, s->fills.next - 1)->side[side];
	cell = exch_tca_cell_at(s, o->cell);
	x->order = c->order;
	x->arrival = o->arrival;
	x->cell = o->cell;
	x->role = r->aggressor == EXCH_SIDE_NONE ? EXCH_TCA_AUCTION
		  : r->aggressor == c->side	 ? EXCH_TCA_TAKER
						 : EXCH_TCA_MAKER;
	o->filled += r->qty;
	exch_tca_add(s, &o->base, 2 * (exch_i128)r->price, (exch_i128)r->qty);
	if (!o->begun) {
		o->begun = true;
		cell->nfirst++;
		rc = exch_tca_time(
		    &cell->first, &cell->first_sum, s->clock - o->entered, d);
	}
	if (rc == EXCH_OK && c->ended) {
		cell->nfull++;
		rc = exch_tca_time(
		    &cell->full, &cell->full_sum, s->clock - o->entered, d);
	}
	return rc;
}

/* It goes on under another id. */
static int
renamed(struct exch_tca *s, struct exch_tca_order *o, uint32_t place,
    exch_oid id, struct exch_diag *d)
{
	struct exch_tca_order was = *o;
	struct exch_tca_order *next;
	int rc;

	exch_keyed_drop(&s->order, o);
	rc = exch_keyed_add(&s->order, place, id, &next);
	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	was.key = next->key;
	*next = was;
	return EXCH_OK;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_tca *s = run->state;
	struct exch_tca_order *o;

	if (c->kind == EXCH_CHANGE_ACCEPTED)
		return accepted(s, c, d);
	if (c->kind == EXCH_CHANGE_EXECUTED)
		return executed(s, c, d);
	o = exch_keyed_find(&s->order, c->place, c->order);
	if (o == NULL)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_CANCELLED && c->ended)
		finish_order(s, o, c->o->cancelled + c->o->open);
	else if (c->kind == EXCH_CHANGE_REPLACED && c->next != NULL &&
		 c->next->key.id != c->order)
		return renamed(s, o, c->place, c->next->key.id, d);
	return EXCH_OK;
}

static void
joined(void *arg, uint32_t place, exch_oid id, exch_qty ahead)
{
	struct exch_tca *s = arg;
	struct exch_tca_order *o = exch_keyed_find(&s->order, place, id);

	if (o == NULL || o->joined)
		return;
	o->joined = true;
	o->ahead = ahead;
}

/* ---- executions ---- */

/* Which of its orders rested, and how far in front; before the books know. */
static void
note_queue(struct exch_tca *s, const struct exch_rec_exec *e, uint32_t place)
{
	struct exch_tca_order *o;
	struct exch_tca_cell *cell;
	exch_qty ahead;
	exch_oid id;
	bool ask;

	if (e->aggressor == EXCH_SIDE_NONE)
		return;
	id = e->aggressor == EXCH_BUY ? e->sell : e->buy;
	o = exch_keyed_find(&s->order, place, id);
	ask = o != NULL && o->joined && !o->begun;
	if (!exch_queue_exec(&s->queue, place, id, e->qty, ask, &ahead) || !ask)
		return;
	cell = exch_tca_cell_at(s, o->cell);
	cell->met++;
	cell->ahead_met += o->ahead;
	cell->ahead_fill += ahead;
}

/* The orders of an execution that it has ended. */
static void
end_filled(struct exch_tca *s, const struct exch_rec_exec *e, uint32_t place)
{
	exch_oid id[2] = {e->buy, e->sell};

	for (unsigned i = 0; i < 2; i++) {
		struct exch_tca_order *o =
		    exch_keyed_find(&s->order, place, id[i]);

		if (o != NULL &&
		    exch_track_find(s->tracked.track, place, id[i]) == NULL)
			finish_order(s, o, 0);
	}
}

static int
new_fill(struct exch_tca *s, const struct exch_rec *r, uint32_t place,
    uint64_t match, exch_px price, exch_qty qty, struct exch_diag *d)
{
	struct exch_tca_fill *f = exch_tca_fill_new(s);
	struct exch_tca_market *m;
	int rc = market_at(s, place, &m, d);

	if (f == NULL)
		return exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	f->match = match;
	f->price = price;
	f->qty = qty;
	f->place = place;
	f->source = r->source;
	f->exec = r->type == EXCH_REC_EXEC;
	f->mid = exch_tca_mid(s, place, &f->width);
	add_market(s, f, false);
	return EXCH_OK;
}

static int
take_exec(struct exch_tca *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	int rc;

	if (e == NULL)
		return exch_report_short(r, d);
	note_queue(s, e, place);
	rc = new_fill(s, r, place, e->match, e->price, e->qty, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_record(&s->tracked, s->run, r, d);
	if (rc != EXCH_OK)
		return rc;
	exch_tca_cell_fill(s, exch_tca_fill_at(s, s->fills.next - 1), false);
	end_filled(s, e, place);
	return EXCH_OK;
}

/* Live orders of an execution have so much more or less. */
static void
change_orders(struct exch_tca *s, const struct exch_tca_fill *f, bool back)
{
	for (unsigned i = 0; i < 2; i++) {
		struct exch_tca_order *o =
		    exch_keyed_find(&s->order, f->place, f->side[i].order);

		if (o == NULL || f->side[i].cell == 0)
			continue;
		if (back) {
			o->filled -= f->qty;
			o->broken += f->qty;
		} else {
			o->filled += f->qty;
			o->broken -= o->broken < f->qty ? o->broken : f->qty;
		}
		exch_tca_add(s, &o->base, 2 * (exch_i128)f->price,
		    back ? -(exch_i128)f->qty : (exch_i128)f->qty);
	}
}

static void
put_fill(struct exch_tca *s, struct exch_tca_fill *f, uint64_t n, bool back)
{
	f->broken = back;
	add_market(s, f, back);
	spare_later(s, f, n, back);
	change_orders(s, f, back);
	exch_tca_cell_fill(s, f, back);
}

static int
take_bust(struct exch_tca *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);
	uint8_t source = r->source;
	uint64_t match, n;

	s->last_broken = 0;
	if (b == NULL)
		return exch_report_short(r, d);
	match = b->match;
	/* the engine did not do it again: it is in no sum */
	if (exch_redone_of(&s->redone, r->instr, &match, &source) ==
	    EXCH_REDONE_NONE)
		return EXCH_OK;
	n = exch_tca_fill_find(s, place, match, source, s->run->matcher);
	s->last_broken = n;
	if (n == 0)
		s->lost++;
	else
		put_fill(s, exch_tca_fill_at(s, n - 1), n - 1, true);
	return EXCH_OK;
}

/* What stands for the one that was broken just before it. */
static void
correct(struct exch_tca *s, const struct exch_rec_trade *t)
{
	uint64_t n = s->last_broken - 1;
	struct exch_tca_fill *f = exch_tca_fill_at(s, n);

	f->match = t->match;
	f->price = t->price;
	f->qty = t->qty;
	f->exec = false;
	put_fill(s, f, n, false);
	for (unsigned h = 0; h < s->nhorizons; h++)
		exch_tca_cell_mark(s, f, h, false);
	for (unsigned i = 0; i < 2; i++)
		if (f->side[i].cell != 0)
			exch_tca_cell_at(s, f->side[i].cell)->broken--;
}

static int
take_trade(struct exch_tca *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);

	if (t == NULL)
		return exch_report_short(r, d);
	if (t->price == EXCH_PX_NONE || t->kind == EXCH_PRINT_BLOCK)
		return EXCH_OK;
	if (t->kind == EXCH_PRINT_CORRECTED) {
		/* of a block, or of what is not remembered: not the market's */
		if (s->last_broken != 0)
			correct(s, t);
		s->last_broken = 0;
		return EXCH_OK;
	}
	return new_fill(s, r, place, t->match, t->price, t->qty, d);
}

/* ---- the report ---- */

static int
open_tca(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_tca *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->run = run;
	exch_only_open(&s->only, run);
	s->next_due = EXCH_TS_NONE;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc != EXCH_OK)
		return rc;
	exch_queue_init(&s->queue, &s->quotes.books, joined, s);
	if (exch_keyed_init(&s->order, sizeof(struct exch_tca_order)) != 0 ||
	    exch_keyed_init(&s->cell, sizeof(struct exch_tca_cell)) != 0 ||
	    exch_redone_init(&s->redone, EXCH_REDONE_WINDOW) != EXCH_OK)
		return exch_report_nomem(d);
	return exch_tca_asked(s, d);
}

static int
take(struct exch_tca *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_EXEC:
		return take_exec(s, r, place, d);
	case EXCH_REC_TRADE:
		return take_trade(s, r, place, d);
	case EXCH_REC_BUST:
		return take_bust(s, r, place, d);
	default:
		return exch_tracked_record(&s->tracked, s->run, r, d);
	}
}

static int
record_tca(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_tca *s = run->state;
	uint32_t place = 0;
	int rc;

	(void)seq;
	if (r->time > s->clock) {
		if (r->time > s->next_due)
			exch_tca_fill_due(s, r->time);
		s->clock = r->time;
	}
	if (exch_redone_record(&s->redone, r) != EXCH_OK)
		return exch_report_nomem(d);
	if (!exch_books_wants(r, run->matcher))
		return EXCH_OK;
	if (r->instr != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		if (rc != EXCH_OK)
			return rc;
	}
	rc = take(s, r, place, d);
	if (rc == EXCH_OK && s->queue.failed)
		return exch_report_nomem(d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

static int
end_resting(void *arg, const struct exch_life *o, struct exch_diag *d)
{
	struct exch_tca *s = arg;
	struct exch_tca_order *x =
	    exch_keyed_find(&s->order, o->key.place, o->key.id);

	(void)d;
	if (x != NULL)
		finish_order(s, x, o->cancelled + o->open);
	return EXCH_OK;
}

static int
close_tca(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_tca *s = run->state;
	int rc;

	exch_tracked_close(&s->tracked, run);
	exch_only_close(&s->only);
	exch_tca_fill_end(s);
	rc = exch_track_each(s->tracked.track, end_resting, s, d);
	if (rc != EXCH_OK)
		return rc;
	if (s->lost > 0) {
		run->left_out = s->lost;
		run->left_why = "broken trades that are not among the last "
				"262,144: their executions stay";
	}
	if (s->overflow)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "sums of prices and quantities do not fit 128 bits");
	return exch_tca_show(s, d);
}

static void
free_tca(struct exch_report_run *run)
{
	struct exch_tca *s = run->state;
	struct exch_tca_cell *c;
	uint32_t at = 0;

	while (s->cell.pool != NULL &&
	       (c = exch_keyed_next(&s->cell, &at)) != NULL) {
		exch_free(c->first);
		exch_free(c->full);
	}
	exch_keyed_clear(&s->cell);
	exch_keyed_clear(&s->order);
	exch_redone_clear(&s->redone);
	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_queue_clear(&s->queue);
	exch_parties_clear(&s->parties);
	exch_free(s->market);
	exch_free(s->fills.fill);
}

const struct exch_report exch_report_tca = {
    .name = "tca",
    .what = "what orders and executions cost against the market",
    .needs = EXCH_NEEDS_MATCH,
    .params = exch_tca_params,
    .open = open_tca,
    .record = record_tca,
    .close = close_tca,
    .free = free_tca,
};
