/* A group's limits, by looking at each of its accounts (gate_walk.h). */
#include <config.h>

#include <string.h>

#include "prop/gate_walk.h"

/* All of them, with the entry of `a` in e->instr, and without. */
struct sums {
	__int128 open[2], position, gross, was_gross;
	__int128 value, cash, opening, worth;
	unsigned orders;
};

static __int128
larger(__int128 a, __int128 b)
{
	return a > b ? a : b;
}

static void
add(uint32_t m, bool mine, const struct entry *e, struct sums *s)
{
	struct entry none = {.instr = e->instr};
	const struct entry *x = mine ? e : &none;
	struct entry of = {.instr = e->instr, .old = x->old};
	__int128 value;
	unsigned n;

	of.side = EXCH_SELL;
	s->open[1] += open_of(m, &of, &value, &n);
	of.side = EXCH_BUY;
	s->open[0] += open_of(m, &of, &value, &n);
	s->value += value;
	s->orders += n;
	s->position += account[m].position[e->instr];
	none.side = EXCH_BUY;
	s->was_gross += larger(most_of(m, e->instr, false, &none),
	    most_of(m, e->instr, true, &none));
	s->gross += larger(
	    most_of(m, e->instr, false, x), most_of(m, e->instr, true, x));
	s->cash += account[m].cash;
	s->opening += account[m].opening;
	none.instr = 0;
	for (uint32_t i = 1; i <= INSTRS; i++)
		s->worth +=
		    (__int128)account[m].position[i] * mark_of(i, &none) / 1000;
}

static const char *
group_of(uint32_t a)
{
	const struct exch_account_row *row = row_of(a);

	return row != NULL && row->group[0] != '\0' ? row->group : NULL;
}

static bool
same_group(uint32_t a, uint32_t m)
{
	return group_of(a) != NULL && group_of(m) != NULL &&
	       strncmp(group_of(m), group_of(a), 16) == 0;
}

static struct sums
look(uint32_t a, const struct entry *e)
{
	struct sums s = {.orders = 0};

	for (uint32_t m = 1; m <= naccounts; m++)
		if (same_group(a, m))
			add(m, m == a, e, &s);
	return s;
}

static const struct exch_limits_row *
limits_of(uint32_t a, const char *symbol)
{
	return group_of(a) == NULL
		   ? NULL
		   : row_for(EXCH_SCOPE_GROUP, group_of(a), symbol);
}

static int64_t
position_limit(uint32_t a, uint32_t instr)
{
	const struct exch_limits_row *in = limits_of(a, gate_symbols[instr]);
	const struct exch_limits_row *all = limits_of(a, "");

	return in != NULL && in->order.position != EXCH_LIMIT_NONE
		   ? in->order.position
	       : all != NULL ? all->order.position
			     : EXCH_LIMIT_NONE;
}

static bool
beyond_loss(
    uint32_t a, const struct entry *e, const struct sums *s, int64_t limit)
{
	return most_of(a, e->instr, e->side != EXCH_BUY, e) > 0 &&
	       above(EXCH_RULE_GROUP_LOSS, limit,
		   s->opening - s->cash - s->worth);
}

bool
gate_group_says(uint32_t a, const struct entry *e)
{
	const struct exch_limits_row *l = limits_of(a, "");
	bool sell = e->side != EXCH_BUY;
	__int128 mine = cash_of(e->price, e->qty);
	struct sums s;

	if (l == NULL)
		return false;
	s = look(a, e);
	return (e->adds > 0 &&
		   above(EXCH_RULE_GROUP_OPEN_ORDERS, l->account.open_orders,
		       s.orders + (__int128)e->adds)) ||
	       above(EXCH_RULE_GROUP_POSITION, position_limit(a, e->instr),
		   s.open[sell] + e->qty + (sell ? -s.position : s.position)) ||
	       (s.gross > s.was_gross &&
		   (above(EXCH_RULE_GROUP_GROSS, l->group.gross, s.gross) ||
		       above(EXCH_RULE_GROUP_NOTIONAL, l->group.notional,
			   size_of(s.gross * mark_of(e->instr, e) / 1000)))) ||
	       ((!sell || mine < 0) &&
		   above(EXCH_RULE_GROUP_CREDIT, l->account.credit,
		       s.value - s.cash + (sell ? -mine : mine) + e->also)) ||
	       beyond_loss(a, e, &s, l->account.loss);
}

/* The best of an account's that the entry would meet, or what there was. */
static exch_px
met(uint32_t m, const struct entry *e, exch_px best)
{
	bool sell = e->side != EXCH_BUY;

	for (const struct order *o = account[m].live; o != NULL; o = o->next)
		if (o->instr == e->instr && o->sell != sell && o != e->gone &&
		    (sell ? o->price >= e->price : o->price <= e->price) &&
		    (best == EXCH_PX_NONE ||
			(sell ? o->price > best : o->price < best)))
			best = o->price;
	return best;
}

bool
gate_group_meets(uint32_t a, const struct entry *e)
{
	const struct exch_account_row *row = row_of(a);
	bool all = row != NULL && strcmp(row->member, "M1") == 0;
	exch_px best = EXCH_PX_NONE;

	if (a == 9)
		return false;
	best = met(a, e, best);
	for (uint32_t m = 1; all && m <= naccounts; m++)
		if (m != a && same_group(a, m))
			best = met(m, e, best);
	return best != EXCH_PX_NONE && no(EXCH_RULE_SELF_TRADE, best, e->price);
}

unsigned
gate_group_beyond(uint32_t a)
{
	const struct exch_limits_row *l = limits_of(a, "");
	struct entry e = {.instr = 0};
	unsigned n = 0;

	for (e.instr = 1; l != NULL && e.instr <= INSTRS; e.instr++) {
		struct sums s = look(a, &e);
		int64_t most = position_limit(a, e.instr);

		n += s.position + s.open[0] > most ||
		     s.open[1] - s.position > most ||
		     s.gross > l->group.gross ||
		     s.value - s.cash > l->account.credit;
	}
	return n;
}
