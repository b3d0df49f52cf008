/* Lots come behind and go in front (position.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/cash.h"
#include "risk/position.h"

void
exch_position_clear(struct exch_position *p)
{
	exch_free(p->lot);
	*p = (struct exch_position){0};
}

/* Room for one more lot behind the others. */
static int
room(struct exch_position *p)
{
	uint32_t cap = p->cap == 0 ? 2 : p->cap * 2;
	struct exch_lot *lot;

	if (p->first + p->nlots < p->cap)
		return EXCH_OK;
	if (p->first > p->cap / 2) {
		memmove(p->lot, p->lot + p->first, p->nlots * sizeof(*p->lot));
		p->first = 0;
		return EXCH_OK;
	}
	if (cap < p->cap)
		return EXCH_ERR_NOMEM;
	lot = exch_realloc(p->lot, cap, sizeof(*lot));
	if (lot == NULL)
		return EXCH_ERR_NOMEM;
	p->lot = lot;
	p->cap = cap;
	return EXCH_OK;
}

/* Both have cost the same for one: then the lot may grow. */
static bool
is_alike(const struct exch_lot *l, exch_qty qty, exch_i128 cost)
{
	exch_i128 x, y;

	return !__builtin_mul_overflow(l->cost, (exch_i128)qty, &x) &&
	       !__builtin_mul_overflow(cost, (exch_i128)l->qty, &y) && x == y;
}

/* There is room. */
static void
open_lot(struct exch_position *p, enum exch_lot_method method, exch_qty qty,
    exch_i128 cost)
{
	struct exch_lot *l;

	p->cost += cost;
	if (p->nlots > 0) {
		l = &p->lot[p->first + p->nlots - 1];
		if (method == EXCH_LOTS_AVERAGE || is_alike(l, qty, cost)) {
			l->qty += qty;
			l->cost += cost;
			return;
		}
	}
	p->lot[p->first + p->nlots++] = (struct exch_lot){qty, cost};
}

/* That many of the lots are closed, which are there: what they had cost. */
static exch_i128
close_lots(struct exch_position *p, exch_qty qty)
{
	exch_i128 sum = 0;

	while (qty > 0) {
		struct exch_lot *l = &p->lot[p->first];
		exch_qty n = qty < l->qty ? qty : l->qty;
		exch_i128 cost = exch_cash_part(l->cost, n, l->qty);

		sum += cost;
		l->cost -= cost;
		l->qty -= n;
		qty -= n;
		if (l->qty == 0) {
			p->first++;
			p->nlots--;
		}
	}
	if (p->nlots == 0)
		p->first = 0;
	p->cost -= sum;
	return sum;
}

int
exch_position_trade(struct exch_position *p, enum exch_lot_method method,
    bool sell, exch_qty qty, exch_i128 cash, struct exch_diag *d)
{
	exch_qty held = p->qty < 0 ? -(exch_qty)p->qty : (exch_qty)p->qty;
	exch_qty closes = 0;
	exch_i128 cost = sell ? -cash : cash, part = 0;
	int64_t after;

	if (qty > INT64_MAX ||
	    __builtin_add_overflow(
		p->qty, sell ? -(int64_t)qty : (int64_t)qty, &after) ||
	    after == INT64_MIN)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "a position is beyond what numbers can say");
	if (room(p) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for positions");
	if ((p->qty > 0 && sell) || (p->qty < 0 && !sell))
		closes = qty < held ? qty : held;
	if (closes > 0) {
		part = exch_cash_part(cost, closes, qty);
		p->realised -= part + close_lots(p, closes);
	}
	if (qty > closes)
		open_lot(p, method, qty - closes, cost - part);
	p->qty = after;
	return EXCH_OK;
}
