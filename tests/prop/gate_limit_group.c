/* Limits of a group by a look at each of its accounts (gate_limit.h). */
#include <config.h>

#include "prop/gate_limit.h"

struct plain_group plain_group[GROUPS + 1];

struct sums {
	__int128 open[2], position, gross, was_gross;
	__int128 cash, opening, open_value, worth;
	uint64_t orders;
};

static __int128
worst(const struct plain_account *a, uint32_t i, const __int128 more[2])
{
	__int128 longs = a->position[i] + (__int128)a->open[0][i] + more[0];
	__int128 shorts = (__int128)a->open[1][i] + more[1] - a->position[i];

	return longs > shorts ? longs : shorts;
}

static void
add(uint32_t m, const struct plain_entry *e, struct sums *s)
{
	static const __int128 nothing[2] = {0, 0};
	const struct plain_account *a = &plain_account[m];
	__int128 more[2] = {0, 0};

	if (m == e->account)
		more[e->sell] = (__int128)e->qty - e->old;
	s->was_gross += worst(a, e->instr, nothing);
	s->gross += worst(a, e->instr, more);
	s->open[0] += (__int128)a->open[0][e->instr] + more[0];
	s->open[1] += (__int128)a->open[1][e->instr] + more[1];
	s->position += a->position[e->instr];
	s->cash += a->cash;
	s->opening += a->opening;
	s->open_value += a->open_value;
	s->orders += a->open_orders;
}

/* Positions are added up before they are valued. */
static __int128
worth_of(uint8_t group)
{
	__int128 sum = 0;

	for (uint32_t i = 1; i <= INSTRUMENTS; i++) {
		__int128 n = 0;

		for (uint32_t a = 1; a <= ACCOUNTS; a++)
			if (plain_account[a].group == group)
				n += plain_account[a].position[i];
		sum += plain_value(i, plain_mark(i), n);
	}
	return sum;
}

static bool
above(struct exch_judged *v, enum exch_rule rule, int64_t limit,
    __int128 observed)
{
	return limit != EXCH_LIMIT_NONE && observed > limit &&
	       plain_no(v, rule, limit, observed);
}

static __int128
notional(const struct plain_entry *e, __int128 gross)
{
	exch_px mark = plain_mark(e->instr);
	__int128 v;

	mark = mark == EXCH_PX_NONE ? e->price : mark;
	if (mark == EXCH_PX_NONE)
		return INT64_MAX;
	v = plain_value(e->instr, mark, gross);
	return v < 0 ? -v : v;
}

bool
plain_group_says(const struct plain_entry *e, struct exch_judged *v)
{
	const struct plain_account *a = &plain_account[e->account];
	const struct plain_group *l = &plain_group[a->group];
	struct sums s = {.orders = 0};
	__int128 owed, mine = plain_value(e->instr, e->price, e->qty);

	for (uint32_t m = 1; m <= ACCOUNTS; m++)
		if (plain_account[m].group == a->group)
			add(m, e, &s);
	s.gross += e->beside;
	owed = e->price == EXCH_PX_NONE ? INT64_MAX
					: s.open_value - e->old_value - s.cash +
					      (e->sell ? -mine : mine);
	return (e->adds > 0 && above(v, EXCH_RULE_GROUP_OPEN_ORDERS,
				   l->open_orders, s.orders + e->adds)) ||
	       above(v, EXCH_RULE_GROUP_POSITION, l->position,
		   s.open[e->sell] + (e->sell ? -s.position : s.position)) ||
	       (s.gross > s.was_gross &&
		   (above(v, EXCH_RULE_GROUP_GROSS, l->gross, s.gross) ||
		       above(v, EXCH_RULE_GROUP_NOTIONAL, l->notional,
			   notional(e, s.gross)))) ||
	       ((!e->sell || mine < 0) &&
		   above(v, EXCH_RULE_GROUP_CREDIT, l->credit, owed)) ||
	       ((__int128)a->open[e->sell][e->instr] + e->qty - e->old +
			   (e->sell ? -1 : 1) *
			       (__int128)a->position[e->instr] >
		       0 &&
		   above(v, EXCH_RULE_GROUP_LOSS, l->loss,
		       s.opening - s.cash - worth_of(a->group)));
}
