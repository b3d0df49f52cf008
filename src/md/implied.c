/*
 * Walking the books of legs (implied.h).
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "md/implied.h"

static exch_u128
common(exch_u128 a, exch_u128 b)
{
	while (b != 0) {
		exch_u128 r = a % b;

		a = b;
		b = r;
	}
	return a;
}

void
exch_implied_units(
    struct exch_implied_leg *leg, unsigned scale, unsigned leg_scale)
{
	uint64_t ratio =
	    leg->ratio < 0 ? 0 - (uint64_t)leg->ratio : (uint64_t)leg->ratio;
	exch_u128 by = (exch_u128)ratio * exch_pow10[leg_scale];
	exch_u128 times = exch_pow10[9 + scale];
	exch_u128 part = common(by, times);

	/* whole ratios stay in 64 bits, where division is cheap */
	leg->by = by / part;
	leg->times = times / part;
}

/* Stand at a level; false: there is none. */
static bool
stand(const struct exch_books *books, const struct exch_implied_leg *leg,
    struct exch_implied_at *at, exch_slot level)
{
	at->level = level;
	if (level == EXCH_SLOT_NONE)
		return false;
	at->left = books->tally.level[level].qty * leg->times;
	return true;
}

static bool
begin(const struct exch_books *books, const struct exch_implied_leg *leg,
    uint32_t n, struct exch_implied_at *at, unsigned side)
{
	for (uint32_t i = 0; i < n; i++) {
		unsigned of = leg[i].ratio > 0 ? side : 1 - side;

		at[i].depth = 1;
		if (leg[i].place >= books->n ||
		    !stand(books, &leg[i], &at[i],
			exch_books_top(books, leg[i].place, of)))
			return false;
	}
	return true;
}

static int
sum(const struct exch_books *books, const struct exch_implied_leg *leg,
    uint32_t n, const struct exch_implied_at *at, exch_i128 *px)
{
	*px = 0;
	for (uint32_t i = 0; i < n; i++) {
		/* 63 bits each: the product fits */
		exch_i128 part =
		    (exch_i128)leg[i].ratio *
		    exch_books_px(books, leg[i].place, at[i].level);

		if (__builtin_add_overflow(*px, part, px))
			return EXCH_ERR_RANGE;
	}
	return EXCH_OK;
}

/* How many units the legs give where they stand, and which gives least. */
static exch_u128
least(const struct exch_implied_leg *leg, uint32_t n,
    const struct exch_implied_at *at, uint32_t *which)
{
	exch_u128 qty = 0;

	for (uint32_t i = 0; i < n; i++) {
		exch_u128 q = at[i].left / leg[i].by;

		if (i == 0 || q < qty) {
			qty = q;
			*which = i;
		}
	}
	return qty;
}

/* They are taken; false: a leg cannot go on. */
static bool
take(const struct exch_books *books, const struct exch_implied_leg *leg,
    uint32_t n, struct exch_implied_at *at, exch_u128 qty, unsigned levels)
{
	for (uint32_t i = 0; i < n; i++) {
		at[i].left -= qty * leg[i].by;
		if (at[i].left >= leg[i].by)
			continue;
		if (at[i].depth++ == levels ||
		    !stand(books, &leg[i], &at[i],
			exch_tally_worse(&books->tally, at[i].level)))
			return false;
	}
	return true;
}

int
exch_implied_side(const struct exch_books *books,
    const struct exch_implied_leg *leg, uint32_t n, struct exch_implied_at *at,
    unsigned side, struct exch_implied_level *out, unsigned levels)
{
	bool more = begin(books, leg, n, at, side);
	unsigned m = 0;

	memset(out, 0, levels * sizeof(*out));
	while (more && m < levels) {
		uint32_t which = 0;
		exch_u128 qty = least(leg, n, at, &which);

		/* the best prices are shown, whatever can be had there */
		if (qty > 0 || m == 0) {
			if (sum(books, leg, n, at, &out[m].px) != EXCH_OK)
				return EXCH_ERR_RANGE;
			out[m].qty = qty;
			out[m].leg = which;
			out[m++].any = 1;
		}
		more = take(books, leg, n, at, qty, levels);
	}
	return EXCH_OK;
}
