/*
 * Running figures of what traded (tape.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/report.h"
#include "report/tape.h"

enum past_kind { PAST_NONE, PAST_EXEC, PAST_TRADE, PAST_EXPECT };

#define PAST_ANY (1u << PAST_EXEC | 1u << PAST_TRADE | 1u << PAST_EXPECT)

struct exch_tape_past {
	uint64_t match;
	exch_px price;
	exch_qty qty;
	uint32_t place;
	uint8_t kind;	/* enum past_kind */
	uint8_t print;	/* enum exch_print of a TRADE */
	uint8_t source; /* who told it */
};

/* So many are on their way before they are written. */
#define AHEAD 16

void
exch_tape_clear(struct exch_tape *t)
{
	exch_free(t->sum);
	exch_big_free(t->past, EXCH_TAPE_WINDOW * sizeof(*t->past));
	memset(t, 0, sizeof(*t));
}

static int
make_sum(struct exch_tape *t, uint32_t place, struct exch_diag *d)
{
	uint32_t old = t->n;
	int rc =
	    exch_report_grow(&t->sum, &t->n, place + 1, sizeof(*t->sum), d);

	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = old; i < t->n; i++) {
		t->sum[i].open = EXCH_PX_NONE;
		t->sum[i].high = EXCH_PX_NONE;
		t->sum[i].low = EXCH_PX_NONE;
		t->sum[i].last = EXCH_PX_NONE;
	}
	return EXCH_OK;
}

int
exch_tape_at(struct exch_tape *t, uint32_t place, struct exch_tape_sum **sum,
    struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (__builtin_expect(place >= t->n, 0))
		rc = make_sum(t, place, d);
	*sum = rc == EXCH_OK ? &t->sum[place] : NULL;
	return rc;
}

static int
remember(
    struct exch_tape *t, const struct exch_tape_past *p, struct exch_diag *d)
{
	if (__builtin_expect(t->past == NULL, 0)) {
		t->past = exch_big_alloc(EXCH_TAPE_WINDOW * sizeof(*t->past));
		if (t->past == NULL)
			return exch_report_nomem(d);
	}
	/* the window has left the caches by the time it comes round */
	__builtin_prefetch(&t->past[(t->next + AHEAD) % EXCH_TAPE_WINDOW], 1);
	t->past[t->next++ % EXCH_TAPE_WINDOW] = *p;
	return EXCH_OK;
}

static int
too_big(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "turnover does not fit 128 bits");
}

static int
add_up(struct exch_tape_sum *s, const struct exch_tape_print *p,
    struct exch_diag *d)
{
	exch_i128 v;

	if (__builtin_expect(p->price == EXCH_PX_NONE, 0)) {
		s->trades++;
		s->volume += p->qty;
		s->unpriced += p->qty;
		return EXCH_OK;
	}
	if (__builtin_mul_overflow(
		(exch_i128)p->price, (exch_i128)p->qty, &v) ||
	    __builtin_add_overflow(s->notional, v, &s->notional) ||
	    __builtin_add_overflow(s->turnover, p->cash, &s->turnover))
		return too_big(d);
	s->trades++;
	s->volume += p->qty;
	if (p->kind == EXCH_PRINT_BLOCK) {
		s->blocks++;
		s->block_volume += p->qty;
		s->block_turnover += p->cash;
		return EXCH_OK;
	}
	if (p->kind == EXCH_PRINT_CORRECTED) {
		s->corrected++;
		return EXCH_OK;
	}
	if (s->open == EXCH_PX_NONE) {
		s->open = p->price;
		s->high = p->price;
		s->low = p->price;
	} else {
		if (p->price > s->high)
			s->high = p->price;
		if (p->price < s->low)
			s->low = p->price;
	}
	s->last = p->price;
	return EXCH_OK;
}

int
exch_tape_trade(struct exch_tape *t, const struct exch_insts *x, uint32_t place,
    const struct exch_rec *r, struct exch_tape_print *print,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	const struct exch_rec_trade *tr = EXCH_REC_AS(r, exch_rec_trade);
	struct exch_tape_past past;
	struct exch_tape_sum *s;
	int rc = exch_tape_at(t, place, &s, d);

	/* match, buy, sell, price and qty stand at the same offsets in both */
	_Static_assert(offsetof(struct exch_rec_exec, qty) ==
			   offsetof(struct exch_rec_trade, qty),
	    "EXEC and TRADE agree");
	if (rc != EXCH_OK)
		return rc;
	if (e == NULL)
		return exch_report_short(r, d);
	print->price = e->price;
	print->qty = e->qty;
	print->cash = 0;
	print->kind = r->type == EXCH_REC_TRADE && tr != NULL ? tr->kind : 0;
	if (e->price != EXCH_PX_NONE &&
	    exch_money_cash(
		&x->inst[place].money, e->price, e->qty, &print->cash) != 0)
		return too_big(d);
	past.match = e->match;
	past.price = e->price;
	past.qty = e->qty;
	past.place = place;
	past.kind = r->type == EXCH_REC_EXEC ? PAST_EXEC : PAST_TRADE;
	past.print = print->kind;
	past.source = r->source;
	rc = remember(t, &past, d);
	return rc != EXCH_OK ? rc : add_up(s, print, d);
}

/*
 * The latest execution with this number and one of these kinds, told by
 * this source, or with 0 by any.
 */
static struct exch_tape_past *
find_past(struct exch_tape *t, uint32_t place, uint64_t match, unsigned kinds,
    uint8_t source)
{
	uint64_t n = t->next < EXCH_TAPE_WINDOW ? t->next : EXCH_TAPE_WINDOW;

	for (uint64_t i = 1; i <= n; i++) {
		struct exch_tape_past *p =
		    &t->past[(t->next - i) % EXCH_TAPE_WINDOW];

		if (p->match == match && p->place == place &&
		    (source == 0 || p->source == source) &&
		    (kinds >> p->kind & 1) != 0)
			return p;
	}
	return NULL;
}

static int
take_bust(struct exch_tape *t, const struct exch_insts *x, uint32_t place,
    const struct exch_rec_bust *b, uint8_t matcher, struct exch_diag *d)
{
	unsigned venue = 1u << PAST_TRADE | 1u << PAST_EXPECT;
	unsigned own = 1u << PAST_EXEC;
	struct exch_tape_past *p;
	struct exch_tape_sum *s;
	exch_i128 cash;
	int rc = exch_tape_at(t, place, &s, d);

	if (rc != EXCH_OK)
		return rc;
	/*
	 * Numbers of the venue and of the engine are different counters: one
	 * that its source has told is no other's, though nothing is left of it.
	 */
	p = find_past(
	    t, place, b->match, PAST_ANY | 1u << PAST_NONE, b->h.source);
	if (p == NULL)
		p = find_past(t, place, b->match,
		    b->h.source == matcher ? own : venue, 0);
	t->busts++;
	s->busts++;
	if (p != NULL && p->kind == PAST_NONE)
		return EXCH_OK;
	if (p == NULL || s->trades == 0 || s->volume < p->qty) {
		t->busts_unknown++;
		return EXCH_OK;
	}
	s->trades--;
	s->volume -= p->qty;
	p->kind = PAST_NONE;
	if (p->print == EXCH_PRINT_CORRECTED && s->corrected > 0)
		s->corrected--;
	if (p->price == EXCH_PX_NONE) {
		s->unpriced -= p->qty;
		return EXCH_OK;
	}
	if (exch_money_cash(&x->inst[place].money, p->price, p->qty, &cash) !=
	    0)
		return too_big(d);
	if (p->print == EXCH_PRINT_BLOCK && s->blocks > 0) {
		s->blocks--;
		s->block_volume -= p->qty;
		s->block_turnover -= cash;
	}
	s->turnover -= cash;
	s->notional -= (exch_i128)p->price * (exch_i128)p->qty;
	return EXCH_OK;
}

int
exch_tape_note(struct exch_tape *t, const struct exch_insts *x, uint32_t place,
    const struct exch_rec *r, uint8_t matcher, struct exch_diag *d)
{
	const struct exch_rec_expect *e;
	const struct exch_rec_bust *b;
	const struct exch_rec_miss *m;
	struct exch_tape_past *p;

	if (r->type == EXCH_REC_EXPECT) {
		if ((e = EXCH_REC_AS(r, exch_rec_expect)) == NULL)
			return exch_report_short(r, d);
		/* what was imposed has a TRADE of its own */
		if ((r->flags & EXCH_F_IMPOSED) != 0)
			return EXCH_OK;
		return remember(t,
		    &(struct exch_tape_past){.match = e->match,
			.price = e->price,
			.qty = e->qty,
			.place = place,
			.kind = PAST_EXPECT,
			.source = r->source},
		    d);
	}
	if (r->type == EXCH_REC_MISS) {
		if ((m = EXCH_REC_AS(r, exch_rec_miss)) == NULL)
			return exch_report_short(r, d);
		/* the engine did not do it: breaking it takes nothing away */
		if (t->next == 0 || m->match == 0)
			return EXCH_OK;
		p = &t->past[(t->next - 1) % EXCH_TAPE_WINDOW];
		if (p->kind == PAST_EXPECT && p->match == m->match)
			p->kind = PAST_NONE;
		return EXCH_OK;
	}
	if ((b = EXCH_REC_AS(r, exch_rec_bust)) == NULL)
		return exch_report_short(r, d);
	return take_bust(t, x, place, b, matcher, d);
}

void
exch_tape_put(struct exch_table *t, const struct exch_tape_sum *s,
    const struct exch_inst *in)
{
	exch_table_u64(t, s->trades);
	exch_table_dec(t, (exch_i128)s->volume, in->qty_scale, 0);
	exch_table_dec(t, s->turnover, 6, 2);
	exch_table_px(
	    t, exch_tape_vwap(s, in), (unsigned)exch_tape_mean_decimals(in));
	exch_table_px(t, s->open, in->px_show);
	exch_table_px(t, s->high, in->px_show);
	exch_table_px(t, s->low, in->px_show);
	exch_table_px(t, s->last, in->px_show);
}
