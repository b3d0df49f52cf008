/*
 * Random corporate actions on random positions: what somebody has is worth the
 * same before and after but for amounts that are rounded, long and short are
 * mirrors, cost goes nowhere; and of small positions, the same as handing out
 * shares one by one.
 *
 *	settle_actions [SEED [RUNS]]
 */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "settle/action.h"
#include "tap.h"

/* Half a millionth, in 10^-9: what one rounded amount may be off by. */
#define HALF 500

static struct exch_rng rng;
static struct exch_money m;

struct deal {
	struct exch_action_row a;
	struct exch_action_prices p;
	struct exch_holding h;
	exch_px right; /* of one share, 10^-9 */
};

static int64_t
from_to(int64_t least, int64_t most)
{
	return least +
	       (int64_t)exch_rng_below(&rng, (uint64_t)(most - least) + 1);
}

/*
 * Prices afterwards are drawn, and those before follow from what makes them
 * whole numbers of 10^-9.
 */
static void
price(struct deal *x)
{
	struct exch_action_row *a = &x->a;
	exch_px n = a->new_shares, o = a->old_shares;

	x->p.ex = from_to(1, 100000) * 1000 * o;
	x->p.into = from_to(1, 100000) * 1000 * o;
	switch (a->kind) {
	case EXCH_ACTION_DIVIDEND:
		x->p.cum = x->p.ex + a->cash;
		break;
	case EXCH_ACTION_STOCK:
		x->p.cum = x->p.ex / o * (o + n);
		break;
	case EXCH_ACTION_RIGHTS:
		a->price = from_to(1, 1000000) * 1000;
		x->right = from_to(1, 100000) * n;
		x->p.cum = a->price + x->right / n * (o + n);
		x->p.ex = x->p.cum - x->right;
		x->p.into = x->right;
		break;
	case EXCH_ACTION_SPIN_OFF:
		x->p.cum = x->p.ex + x->p.into / o * n;
		break;
	case EXCH_ACTION_MERGER:
		x->p.cum = a->cash + x->p.into / o * n;
		break;
	default:
		x->p.cum = x->p.ex / o * n;
	}
}

static void
draw(struct deal *x, int64_t most)
{
	struct exch_action_row *a = &x->a;

	*x = (struct deal){.h.qty = from_to(-most, most)};
	x->h.cost = (exch_i128)x->h.qty * from_to(1, 1000000);
	a->kind = (uint8_t)from_to(EXCH_ACTION_DIVIDEND, EXCH_ACTION_SPIN_OFF);
	a->new_shares = (uint32_t)from_to(1, 40);
	a->old_shares = (uint32_t)from_to(1, 40);
	if (a->kind == EXCH_ACTION_DIVIDEND || a->kind == EXCH_ACTION_MERGER)
		a->cash = from_to(1, 5000000) * 1000;
	price(x);
}

static bool
near(exch_i128 a, exch_i128 b, int64_t off)
{
	return a - b <= off && b - a <= off;
}

/* All in 10^-9. */
static bool
same_value(const struct deal *x, const struct exch_action_effect *e)
{
	exch_i128 was = (exch_i128)x->h.qty * x->p.cum;
	exch_i128 is = (exch_i128)e->own.qty * x->p.ex +
		       (exch_i128)e->into.qty * x->p.into +
		       (e->cash + e->lieu) * 1000;

	/* Cash and the fraction are rounded each. */
	return near(was, is, 2 * HALF);
}

static bool
same_price(const struct deal *x)
{
	struct exch_fraction f;
	int err = exch_action_ex_price(&x->a, &x->p, &f);

	if (x->a.kind == EXCH_ACTION_MERGER)
		return err == EXCH_ERR_ABSENT;
	return err == EXCH_OK && f.den == 1 && f.num == x->p.ex;
}

static bool
mirrors(const struct deal *x, const struct exch_action_effect *e)
{
	struct exch_holding h = {-x->h.qty, -x->h.cost};
	struct exch_action_effect r;

	return exch_action_position(&x->a, &h, &x->p, &m, &m, &r) == EXCH_OK &&
	       r.own.qty == -e->own.qty && r.own.cost == -e->own.cost &&
	       r.into.qty == -e->into.qty && r.into.cost == -e->into.cost &&
	       r.cash == -e->cash && r.lieu == -e->lieu && r.cost == -e->cost;
}

/* ---- share by share ---- */

/* For each share so many parts of a new one; what makes a whole is handed out. */
static int64_t
hand_out(int64_t shares, int64_t parts, int64_t whole, int64_t *rest)
{
	int64_t out = 0;

	*rest = 0;
	for (int64_t i = 0; i < shares; i++)
		for (*rest += parts; *rest >= whole; *rest -= whole)
			out++;
	return out;
}

static bool
same_by_hand(const struct deal *x, const struct exch_action_effect *e)
{
	const struct exch_action_row *a = &x->a;
	int64_t sign = x->h.qty < 0 ? -1 : 1, shares = sign * x->h.qty;
	int64_t n = a->new_shares, o = a->old_shares, rest = 0;
	int64_t own = shares, into = 0;
	exch_px at = x->p.ex;

	switch (a->kind) {
	case EXCH_ACTION_STOCK:
		own = hand_out(shares, o + n, o, &rest);
		break;
	case EXCH_ACTION_SPLIT:
	case EXCH_ACTION_REVERSE:
		own = hand_out(shares, n, o, &rest);
		break;
	case EXCH_ACTION_MERGER:
	case EXCH_ACTION_SPIN_OFF:
		into = hand_out(shares, n, o, &rest);
		own = a->kind == EXCH_ACTION_MERGER ? 0 : shares;
		at = x->p.into;
		break;
	case EXCH_ACTION_RIGHTS:
		into = shares;
		break;
	default:
		break;
	}
	/* Prices are multiples of `old`. */
	return e->own.qty == sign * own && e->into.qty == sign * into &&
	       near(e->lieu * 1000, sign * (exch_i128)rest * (at / o), HALF);
}

/* ---- runs ---- */

static void
show(const struct deal *x, const char *what)
{
	printf("# %s: kind %u, %u for %u, cash %lld, price %lld, qty %lld\n",
	    what, x->a.kind, x->a.new_shares, x->a.old_shares,
	    (long long)x->a.cash, (long long)x->a.price, (long long)x->h.qty);
}

static unsigned
run(int64_t most, bool by_hand)
{
	struct exch_action_effect e;
	struct deal x;
	const char *bad = NULL;

	draw(&x, most);
	if (exch_action_position(&x.a, &x.h, &x.p, &m, &m, &e) != EXCH_OK)
		bad = "refused";
	else if (!same_value(&x, &e))
		bad = "another value";
	else if (!same_price(&x))
		bad = "another price";
	else if (e.own.cost + e.into.cost + e.cost != x.h.cost)
		bad = "cost that is lost";
	else if (!mirrors(&x, &e))
		bad = "no mirror";
	else if (by_hand && !same_by_hand(&x, &e))
		bad = "not as by hand";
	if (bad != NULL)
		show(&x, bad);
	return bad != NULL;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 20000;
	unsigned bad = 0;

	exch_rng_seed(&rng, seed);
	m = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	for (unsigned i = 0; i < runs && bad < 10; i++)
		bad += run(2000, true);
	tap_is_u64(bad, 0, "small positions are as by hand");
	for (unsigned i = 0; i < runs && bad < 10; i++)
		bad += run(INT64_C(1000000000000000), false);
	tap_is_u64(bad, 0, "large ones keep their value");
	if (bad != 0)
		printf("# seed %llu\n", (unsigned long long)seed);
	return tap_done();
}
