/*
 * A market maker: one bid and one offer, so far from the middle of the market,
 * shifted against what it holds, and made anew when the middle has moved.
 * (Avellaneda and Stoikov, High-frequency trading in a limit order book,
 * Quantitative Finance 8, 2008, with a linear shift.)
 *
 * The middle is that of the others: where its own quote is all that stands at the
 * best price, it goes by what stood there before.  Otherwise it would follow
 * itself, a shift for every quote, as far as numbers go.
 *
 * Always true of each side: held + all that may still be executed <= limit.  A
 * quote that is leaving may be, until its cancel is answered; so the one in its
 * place is smaller, or waits.
 */
#include <config.h>

#include "base/alloc.h"
#include "sim/agent_view.h"

enum { P_QTY, P_SPREAD, P_SKEW, P_LIMIT, P_MOVE };

static const struct exch_param params[] = {
    [P_QTY] = {.name = "quantity",
	.unit = "lots",
	.what = "of each quote",
	.def = 1,
	.min = 1,
	.max = 1e12},
    [P_SPREAD] = {.name = "half-spread",
	.unit = "ticks",
	.what = "from the middle of the market to each quote",
	.def = 2,
	.min = 0,
	.max = 1e9},
    [P_SKEW] = {.name = "skew",
	.unit = "ticks",
	.what = "that both quotes shift for each quantity held",
	.def = 0.5,
	.min = 0,
	.max = 1e6},
    [P_LIMIT] = {.name = "limit",
	.unit = "lots",
	.what = "position that it does not exceed",
	.def = 10,
	.min = 1,
	.max = 1e12},
    [P_MOVE] = {.name = "move",
	.unit = "ticks",
	.what = "by which a quote may be off before it is made anew",
	.def = 1,
	.min = 1,
	.max = 1e9},
};

/* A quote: where it is wanted, and the order that stands for it. */
struct quote {
	uint64_t tag; /* 0: none */
	exch_px price;
	uint64_t lots; /* that may still be executed */
};

/* One instrument. */
struct book {
	int64_t held;	   /* lots */
	exch_px mid2;	   /* twice the middle; 0: unknown */
	exch_px others[2]; /* best of somebody else; 0: unknown */
	struct quote q[2];
	uint64_t leaving[2]; /* lots of quotes whose cancel is on its way */
	exch_px left[2];     /* price of the last of them */
};

struct maker {
	struct book *book; /* by place in a->instr */
	uint64_t tag;
};

static int
open_maker(struct exch_agent *a, struct exch_diag *d)
{
	struct maker *m = a->state;

	a->wants = (struct exch_agent_wants){.levels = 1,
	    .wakes = EXCH_WAKES(EXCH_TOLD_TOP) | EXCH_WAKES(EXCH_TOLD_FILLED) |
		     EXCH_WAKES(EXCH_TOLD_CANCELED)};
	m->book = exch_calloc(a->ninstr + 1, sizeof(*m->book));
	return m->book != NULL ? EXCH_OK : exch_agent_no_memory(a, d);
}

static void
close_maker(struct exch_agent *a)
{
	struct maker *m = a->state;

	exch_free(m->book);
}

/* The price of a side on the grid, away from the middle. */
static exch_px
wanted(
    const struct exch_agent *a, const struct book *b, unsigned i, unsigned side)
{
	exch_px tick = a->instr[i].tick;
	double shift = exch_params_number(a->params, P_SKEW) * (double)b->held /
		       exch_params_number(a->params, P_QTY);
	double half = exch_params_number(a->params, P_SPREAD);
	double at = (double)b->mid2 / (2.0 * (double)tick) - shift +
		    (side == 0 ? -half : half);

	return exch_agent_grid(tick, at, side == 0 ? EXCH_BUY : EXCH_SELL);
}

static bool
is_near(exch_px a, exch_px b, exch_px most)
{
	return (a < b ? b - a : a - b) < most;
}

/* What a new quote of a side may have, with none that stands. */
static uint64_t
room(const struct exch_agent *a, const struct book *b, unsigned side)
{
	uint64_t lots = exch_agent_whole(a, P_QTY);
	int64_t left = (int64_t)exch_agent_whole(a, P_LIMIT) -
		       (side == 0 ? b->held : -b->held) -
		       (int64_t)b->leaving[side];

	if (left <= 0)
		return 0;
	return lots < (uint64_t)left ? lots : (uint64_t)left;
}

static int
withdraw(struct book *b, unsigned side, struct exch_agent_out *o)
{
	struct quote *q = &b->q[side];
	uint64_t tag = q->tag;

	if (tag == 0)
		return EXCH_OK;
	b->leaving[side] += q->lots;
	b->left[side] = q->price;
	*q = (struct quote){0};
	return exch_agent_cancel(o, tag);
}

static int
quote(struct exch_agent *a, unsigned i, unsigned side, struct exch_agent_out *o)
{
	struct maker *m = a->state;
	struct book *b = &m->book[i];
	struct quote *q = &b->q[side];
	const struct exch_rec_instrument *in = &a->instr[i];
	exch_px price = wanted(a, b, i, side);
	uint64_t lots;
	int err;

	if (q->tag != 0 && price > 0 &&
	    is_near(q->price, price,
		exch_agent_better(0, (int64_t)exch_agent_whole(a, P_MOVE),
		    in->tick, EXCH_BUY)))
		return EXCH_OK;
	err = withdraw(b, side, o);
	lots = room(a, b, side);
	if (err != EXCH_OK || lots == 0 || price <= 0)
		return err;
	*q = (struct quote){++m->tag, price, lots};
	return exch_agent_limit(o, in->h.instr,
	    side == 0 ? EXCH_BUY : EXCH_SELL, price, lots * in->lot, q->tag);
}

/* So many lots of an order cannot be executed any more. */
static void
less(struct book *b, unsigned side, const struct exch_agent_msg *m,
    uint64_t lots)
{
	struct quote *q = &b->q[side];

	if (m->tag != q->tag) {
		b->leaving[side] -=
		    lots < b->leaving[side] ? lots : b->leaving[side];
		return;
	}
	q->lots -= lots < q->lots ? lots : q->lots;
	if (exch_agent_gone(m))
		*q = (struct quote){0};
}

/* Is what stands at this price its own? */
static bool
is_own(const struct exch_agent *a, unsigned i, unsigned side, exch_px price,
    exch_qty qty)
{
	const struct book *b = &((const struct maker *)a->state)->book[i];
	uint64_t lots = 0;

	if (b->q[side].tag != 0 && b->q[side].price == price)
		lots += b->q[side].lots;
	if (b->left[side] == price)
		lots += b->leaving[side];
	return qty <= lots * a->instr[i].lot;
}

static void
look(const struct exch_agent *a, unsigned i, const struct exch_agent_msg *m)
{
	struct book *b = &((struct maker *)a->state)->book[i];

	if (m->price == EXCH_PX_NONE || m->price2 == EXCH_PX_NONE)
		return;
	/* What stood there before cannot any more, if the other side does. */
	if (!is_own(a, i, 0, m->price, m->qty) || b->others[0] >= m->price2)
		b->others[0] = m->price;
	if (!is_own(a, i, 1, m->price2, m->qty2) || b->others[1] <= m->price)
		b->others[1] = m->price2;
	if (b->others[0] != 0 && b->others[1] != 0)
		b->mid2 = exch_agent_sum(b->others[0], b->others[1]);
}

static void
hear(const struct exch_agent *a, unsigned i, const struct exch_agent_msg *m)
{
	struct book *b = &((struct maker *)a->state)->book[i];
	unsigned side = m->side != EXCH_BUY;
	uint64_t lots = m->qty / a->instr[i].lot;

	switch (m->what) {
	case EXCH_TOLD_TOP:
		look(a, i, m);
		break;
	case EXCH_TOLD_FILLED:
		b->held += side == 0 ? (int64_t)lots : -(int64_t)lots;
		less(b, side, m, lots);
		break;
	case EXCH_TOLD_CANCELED:
		less(b, side, m, lots);
		break;
	case EXCH_TOLD_REJECTED:
		/* A refused quote; of it nothing was executed. */
		if (exch_agent_gone(m))
			less(b, side, m, exch_agent_whole(a, P_QTY));
		break;
	default:
		break;
	}
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct maker *k = a->state;
	int err = EXCH_OK;

	(void)now;
	for (size_t j = 0; j < n; j++) {
		for (unsigned i = 0; i < a->ninstr; i++) {
			if (a->instr[i].h.instr == m[j].instr)
				hear(a, i, &m[j]);
		}
	}
	for (unsigned i = 0; i < a->ninstr && err == EXCH_OK; i++) {
		if (k->book[i].mid2 == 0)
			continue;
		err = quote(a, i, 0, o);
		if (err == EXCH_OK)
			err = quote(a, i, 1, o);
	}
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_maker = {
    .name = "maker",
    .what = "quotes both sides about the middle of the market",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .size = sizeof(struct maker),
    .open = open_maker,
    .close = close_maker,
    .turn = turn,
};
