/*
 * The naive engine: who gets how much at one price, rule by rule as
 * exch-match(1), ALLOCATION, words them; see naive.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

struct level {
	const struct naive_share *o;
	size_t n;
	exch_qty *part;
	exch_qty left; /* to be given */
	exch_qty unit;
};

static exch_qty
open_of(const struct level *l, size_t i)
{
	return l->o[i].qty - l->part[i];
}

static void
give(struct level *l, size_t i, exch_u128 want)
{
	if (want > open_of(l, i))
		want = open_of(l, i);
	if (want > l->left)
		want = l->left;
	l->part[i] += (exch_qty)want;
	l->left -= (exch_qty)want;
}

static void
in_turn(struct level *l)
{
	for (size_t i = 0; i < l->n; i++)
		give(l, i, open_of(l, i));
}

static void
top_first(struct level *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->o[i].top) {
			give(l, i, open_of(l, i));
			return;
		}
}

/* weight: by age (the oldest of n counts n times) or by size alone. */
static void
pro_rata(struct level *l, exch_qty least, bool by_age)
{
	exch_qty base = l->left;
	exch_u128 total = 0;

	for (size_t i = 0; i < l->n; i++)
		total += (exch_u128)open_of(l, i) * (by_age ? l->n - i : 1);
	for (size_t i = 0; i < l->n && total > 0; i++) {
		exch_u128 weight =
		    (exch_u128)open_of(l, i) * (by_age ? l->n - i : 1);
		exch_u128 share;

		/* long division where the product would not fit */
		if (weight == 0 || base <= (~(exch_u128)0) / weight) {
			share = weight * base / total;
		} else {
			exch_u128 r = 0;

			share = 0;
			for (int b = 63; b >= 0; b--) {
				r = r * 2 + (base >> b & 1 ? weight : 0);
				share = share * 2 + r / total;
				r %= total;
			}
		}
		share -= share % l->unit;
		give(l, i, share < least ? 0 : share);
	}
}

static size_t
largest(const struct level *l, const bool *done)
{
	size_t best = l->n;

	for (size_t i = 0; i < l->n; i++)
		if (!done[i] &&
		    (best == l->n || open_of(l, i) > open_of(l, best)))
			best = i;
	return best;
}

static void
by_size(struct level *l, bool round_up)
{
	bool *done = calloc(l->n + 1, sizeof(*done));
	exch_qty base = l->left;
	exch_u128 total = 0;
	size_t i;

	if (done == NULL)
		abort();
	for (i = 0; i < l->n; i++)
		total += open_of(l, i);
	while (l->left > 0 && (i = largest(l, done)) < l->n) {
		exch_u128 want = open_of(l, i);

		done[i] = true;
		if (round_up) {
			exch_u128 up = want * base;

			up = up / total + (up % total != 0);
			up = (up + l->unit - 1) / l->unit * l->unit;
			if (up < want)
				want = up;
		}
		give(l, i, want);
	}
	free(done);
}

void
naive_shares(const char *kind, const struct naive_share *o, size_t n,
    exch_qty incoming, exch_qty unit, exch_qty *part)
{
	struct level l = {o, n, part, incoming, unit};

	memset(part, 0, n * sizeof(*part));
	if (strcmp(kind, "cme-a") == 0 || strcmp(kind, "cme-o") == 0)
		top_first(&l);
	if (strcmp(kind, "pro-rata") == 0 || strcmp(kind, "cme-c") == 0 ||
	    strcmp(kind, "cme-o") == 0)
		pro_rata(&l, 1, false);
	else if (strcmp(kind, "cme-a") == 0)
		pro_rata(&l, 2, false);
	else if (strcmp(kind, "time-pro-rata") == 0)
		pro_rata(&l, 1, true);
	else if (strcmp(kind, "size") == 0)
		by_size(&l, false);
	else if (strcmp(kind, "options") == 0)
		by_size(&l, true);
	in_turn(&l);
}
