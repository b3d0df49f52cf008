/*
 * The models of orders on paper (paper.h).
 *
 * An execution at a worse price than an order's, for whoever rests, has gone
 * through it; so has what comes to its price on the other side.  Both fill all
 * of it under every model.  What stood there already when the order came has
 * not come to it: the order has taken that, and it only still stands there
 * because the market takes no notice.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/paper_priv.h"

int
exch_fill_parse(const char *s, size_t n, struct exch_fill_model *m)
{
	static const struct {
		const char *word;
		enum exch_fill fill;
	} words[] = {{"market", EXCH_FILL_MARKET},
	    {"rematch", EXCH_FILL_MARKET}, {"agents", EXCH_FILL_MARKET},
	    {"touch", EXCH_FILL_TOUCH}, {"ghost", EXCH_FILL_GHOST}};
	char name[16];

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++) {
		if (strlen(words[i].word) == n &&
		    memcmp(words[i].word, s, n) == 0) {
			*m = (struct exch_fill_model){.fill = words[i].fill};
			return EXCH_OK;
		}
	}
	if (n <= 3 || n - 3 >= sizeof(name) || memcmp(s, "l2:", 3) != 0)
		return EXCH_ERR_FORMAT;
	memcpy(name, s + 3, n - 3);
	name[n - 3] = '\0';
	*m = (struct exch_fill_model){
	    .fill = EXCH_FILL_L2, .queue = exch_estimate_by_name(name)};
	/* Touch has a word of its own, and no model here sees single orders. */
	return m->queue == EXCH_ESTIMATE_MODELS ||
		       m->queue == EXCH_ESTIMATE_TOUCH ||
		       exch_estimate_needs_orders(m->queue)
		   ? EXCH_ERR_FORMAT
		   : EXCH_OK;
}

/* ---- coming ---- */

static exch_slot
level_of(const struct sim_instr *in, const struct sim_paper *p)
{
	return exch_book_level(in->m.store, in->m.book,
	    p->side == 0 ? EXCH_BUY : EXCH_SELL, p->tick);
}

static exch_qty
level_qty(const struct sim_instr *in, const struct sim_paper *p)
{
	exch_slot l = level_of(in, p);

	return l == EXCH_SLOT_NONE ? 0 : in->m.store->slot[l].qty;
}

static int
by_number(const void *a, const void *b)
{
	exch_oid x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Who rests there now. */
static int
remember(const struct sim_instr *in, struct sim_paper *p)
{
	exch_slot l = level_of(in, p);
	size_t cap = 0;

	p->nahead = 0;
	exch_free(p->ahead);
	p->ahead = NULL;
	if (l == EXCH_SLOT_NONE)
		return EXCH_OK;
	for (exch_slot o = exch_book_first(in->m.store, l); o != EXCH_SLOT_NONE;
	     o = exch_book_after(in->m.store, o)) {
		if (!exch_room(&p->ahead, p->nahead, &cap, sizeof(*p->ahead)))
			return EXCH_ERR_NOMEM;
		p->ahead[p->nahead++] = in->m.store->slot[o].id;
	}
	qsort(p->ahead, p->nahead, sizeof(*p->ahead), by_number);
	return EXCH_OK;
}

exch_qty
exch_paper_meets(
    const struct sim_instr *in, const struct sim_paper *p, bool limit)
{
	exch_slot l = in->m.book->side[!p->side].best;
	exch_qty sum = 0;

	while (l != EXCH_SLOT_NONE) {
		const struct exch_slot_data *q = &in->m.store->slot[l];

		if (limit &&
		    (p->side == 0 ? q->tick > p->tick : q->tick < p->tick))
			break;
		sum =
		    q->qty < EXCH_QTY_NONE - sum ? sum + q->qty : EXCH_QTY_NONE;
		l = exch_book_worse(in->m.store, in->m.book, l);
	}
	return sum;
}

int
exch_paper_place(
    const struct exch_sim *s, const struct sim_instr *in, struct sim_paper *p)
{
	p->level = level_qty(in, p);
	p->front = (double)p->level;
	p->traded = 0;
	p->over = 0;
	p->all = false;
	p->met = in->m.open ? exch_paper_meets(in, p, true) : 0;
	return s->o.fill.fill == EXCH_FILL_GHOST ? remember(in, p) : EXCH_OK;
}

/* ---- trades ---- */

/* Did the resting order of an execution stand behind this one? */
static bool
behind(const struct sim_paper *p, exch_oid resting)
{
	return p->nahead == 0 || bsearch(&resting, p->ahead, p->nahead,
				     sizeof(*p->ahead), by_number) == NULL;
}

void
exch_paper_trade(const struct exch_sim *s, const struct sim_instr *in,
    struct sim_paper *p, const struct exch_rec_exec *e)
{
	int64_t tick = e->price / in->tick;
	bool rests = e->aggressor != (p->side == 0 ? EXCH_BUY : EXCH_SELL);

	if (p->side == 0 ? tick < p->tick : tick > p->tick) {
		p->all = true;
		return;
	}
	if (tick != p->tick || !rests || e->aggressor == 0)
		return;
	switch (s->o.fill.fill) {
	case EXCH_FILL_TOUCH:
		p->all = true;
		break;
	case EXCH_FILL_GHOST:
		if (behind(p, p->side == 0 ? e->buy : e->sell))
			p->all = true;
		break;
	default:
		p->traded += e->qty;
		break;
	}
}

/* ---- what has become of it ---- */

/*
 * Its place after the level has changed; what was traded beyond it fills, by
 * whole lots: a model takes parts of cancels from the front, and no exchange
 * executes a part of a lot.
 */
static exch_qty
advance(const struct exch_sim *s, const struct sim_instr *in,
    struct sim_paper *p, exch_qty now)
{
	struct exch_level_change c = {.before = p->level,
	    .after = now,
	    .traded = p->traded,
	    .traded_others = p->traded};
	exch_qty fill = 0;

	p->front = exch_estimate(s->o.fill.queue, p->front, &c);
	if (exch_estimate_filled(p->front)) {
		p->over += (exch_qty)(0.5 - p->front);
		p->front = 0;
		fill = p->over - p->over % in->m.lot;
		p->over -= fill;
	}
	p->level = now;
	p->traded = 0;
	return fill;
}

exch_qty
exch_paper_look(
    const struct exch_sim *s, const struct sim_instr *in, struct sim_paper *p)
{
	exch_qty met = in->m.open ? exch_paper_meets(in, p, true) : 0, fill;

	if (met > p->met)
		p->all = true;
	p->met = met;
	fill = s->o.fill.fill == EXCH_FILL_L2
		   ? advance(s, in, p, level_qty(in, p))
		   : 0;
	if (p->all || fill > p->leaves)
		fill = p->leaves;
	p->all = false;
	return fill;
}
