/*
 * Tables of corporate actions and of penalties, and what each row does to
 * positions, orders, options and prices of any size: an error, or nothing is
 * lost.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "settle/action.h"
#include "settle/penalty.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct exch_rng rng;

/* Any number of any size, 0 and up. */
static int64_t
some(void)
{
	return (int64_t)(exch_rng_u64(&rng) >> (1 + exch_rng_below(&rng, 63)));
}

static void
position(const struct exch_action_row *a, const struct exch_action_prices *p)
{
	struct exch_money m = exch_money_of(
	    (int)exch_rng_below(&rng, 10), some(), EXCH_KIND_EQUITY);
	struct exch_holding h = {some() - some(), some() - some()};
	struct exch_holding r = {-h.qty, -h.cost};
	struct exch_action_effect e, f;
	int err = exch_action_position(a, &h, p, &m, &m, &e);

	if (exch_action_position(a, &r, p, &m, &m, &f) != err)
		abort();
	if (err != EXCH_OK)
		return;
	if (e.own.cost + e.into.cost + e.cost != h.cost ||
	    e.own.qty != -f.own.qty || e.into.qty != -f.into.qty ||
	    e.cash != -f.cash || e.lieu != -f.lieu || e.cost != -f.cost)
		abort();
}

static void
order(const struct exch_action_row *a, const struct exch_action_prices *p)
{
	struct exch_open_order o = {.limit = some() + 1,
	    .stop = EXCH_PX_NONE,
	    .qty = (exch_qty)some(),
	    .side = EXCH_BUY};
	struct exch_open_order was = o;
	struct exch_option_terms t = {.strike = some() + 1,
	    .multiplier = some(),
	    .shares = some(),
	    .contracts = some()};
	enum exch_order_fate fate;

	if (exch_action_order(a, p, some() + 1, 1, &o, &fate) == EXCH_OK &&
	    fate != EXCH_ORDER_CANCELLED &&
	    (o.limit > was.limit || o.limit <= 0 || o.qty < was.qty))
		abort();
	if (exch_action_option(a, some() + 1, &t) == EXCH_OK && t.strike <= 0)
		abort();
}

static void
row(const struct exch_action_row *a)
{
	struct exch_action_prices p = {some(), some(), some()};
	exch_i128 history = EXCH_HISTORY_ONE;
	bool large;

	position(a, &p);
	order(a, &p);
	if (exch_action_history(a, &p, &history) == EXCH_OK && history < 0)
		abort();
	(void)exch_action_is_large(a, &p, &large);
}

static void
penalties(const char *text, size_t n)
{
	struct exch_reftable t;
	struct exch_diag d = {0};
	int64_t points;

	if (exch_penalties_parse(text, n, "fuzz", &t, &d) != EXCH_OK) {
		if (d.code == EXCH_OK || t.n != 0)
			abort();
	} else if (exch_penalty_points(&t, 20260105, EXCH_PENALTY_LIQUID,
		       &points, &d) == EXCH_OK &&
		   points < 0) {
		abort();
	}
	exch_reftable_clear(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct exch_reftable t;
	struct exch_diag d = {0};

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	exch_rng_seed(&rng, size > 0 ? data[size / 2] : 0);
	if (exch_actions_parse(text, size, "fuzz", &t, &d) == EXCH_OK) {
		for (size_t i = 0; i < t.n; i++)
			for (int k = 0; k < 8; k++)
				row((struct exch_action_row *)t.row + i);
	} else if (d.code == EXCH_OK || t.n != 0) {
		abort();
	}
	exch_reftable_clear(&t);
	penalties(text, size);
	free(text);
	return 0;
}
