/*
 * Allocation at one price (alloc.h).  A run goes through the steps of its
 * list; each is one pass over the orders, those that need another order
 * than the queue's use the caller's scratch.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/err.h"
#include "match/alloc.h"

int
exch_alloc_reserve(struct exch_alloc_scratch *s, size_t n)
{
	struct exch_alloc_slot *p;
	size_t cap = s->n == 0 ? 64 : s->n;

	if (n <= s->n)
		return EXCH_OK;
	while (cap < n)
		cap *= 2;
	p = exch_realloc(s->slot, cap, sizeof(*p));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	s->slot = p;
	s->n = cap;
	return EXCH_OK;
}

void
exch_alloc_scratch_clear(struct exch_alloc_scratch *s)
{
	exch_free(s->slot);
	*s = (struct exch_alloc_scratch){NULL, 0};
}

/*
 * One step of a run.  `base` is what it may give out, fixed; `left` what it
 * has not given out yet.
 */
struct pass {
	const struct exch_alloc_order *o;
	size_t n;
	exch_qty *part;
	struct exch_alloc_slot *slot;
	struct exch_alloc_state *st;
	exch_qty unit;
	exch_qty base;
	exch_qty left;
};

static exch_qty
least(exch_qty a, exch_qty b)
{
	return a < b ? a : b;
}

static exch_qty
open_of(const struct pass *p, size_t i)
{
	return p->o[i].qty - p->part[i];
}

/* Give order i up to `want`, as far as it is open and there is any. */
static exch_qty
give(struct pass *p, size_t i, exch_qty want)
{
	exch_qty q = least(least(want, open_of(p, i)), p->left);

	p->part[i] += q;
	p->left -= q;
	return q;
}

static exch_qty
whole_units(const struct pass *p, exch_qty q)
{
	return p->unit == 1 ? q : q - q % p->unit;
}

static exch_qty
percent_of(const struct pass *p, exch_qty q, unsigned percent)
{
	return whole_units(p, (exch_qty)((exch_u128)q * percent / 100));
}

/* A step's minimum and maximum on one share. */
static exch_qty
limited(const struct exch_alloc_step *s, exch_qty q)
{
	if (q < s->min)
		return 0;
	return s->max != 0 ? least(q, s->max) : q;
}

static exch_u128
sum_open(const struct pass *p)
{
	exch_u128 sum = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		sum += open_of(p, i);
	return sum;
}

static void
fifo(struct pass *p)
{
	size_t i;

	for (i = 0; i < p->n && p->left > 0; i++)
		(void)give(p, i, EXCH_QTY_NONE); /* how much does not matter */
}

static void
top(struct pass *p, const struct exch_alloc_step *s)
{
	exch_qty most = percent_of(p, p->base, s->percent);
	size_t i;

	for (i = 0; i < p->n && !p->o[i].top; i++)
		;
	if (i == p->n || open_of(p, i) < s->min)
		return;
	if (s->max != 0)
		most = least(most, s->max);
	(void)give(p, i, most); /* how much does not matter */
}

static void
pro_rata(struct pass *p, const struct exch_alloc_step *s)
{
	exch_u128 total = sum_open(p);
	size_t i;

	for (i = 0; i < p->n && total > 0; i++) {
		exch_u128 share = (exch_u128)open_of(p, i) * p->base / total;

		(void)give(p, i, limited(s, whole_units(p, (exch_qty)share)));
	}
}

/*
 * floor(a * b / c) for a <= c < 2^127.  The product can have 160 bits;
 * then it is divided bit by bit as it is made: r stays below c.
 */
static exch_qty
share_of(exch_u128 a, exch_qty b, exch_u128 c)
{
	exch_u128 r = 0;
	exch_qty q = 0;
	unsigned bit;

	if (a >> 64 == 0)
		return (exch_qty)(a * b / c);
	for (bit = 64; bit-- > 0;) {
		r *= 2;
		q *= 2;
		if (r >= c) {
			r -= c;
			q++;
		}
		if ((b >> bit & 1) != 0) {
			r += a;
			if (r >= c) {
				r -= c;
				q++;
			}
		}
	}
	return q;
}

/* Below 2^64 * n * (n + 1) / 2, which is below 2^127 for 32 bits of n. */
static void
time_pro_rata(struct pass *p, const struct exch_alloc_step *s)
{
	exch_u128 total = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		total += (exch_u128)open_of(p, i) * (p->n - i);
	for (i = 0; i < p->n && total > 0; i++) {
		exch_u128 w = (exch_u128)open_of(p, i) * (p->n - i);
		exch_qty share = share_of(w, p->base, total);

		(void)give(p, i, limited(s, whole_units(p, share)));
	}
}

/* Orders of a heap: what stands on top comes out first. */
typedef bool (*first_fn)(
    const struct exch_alloc_slot *a, const struct exch_alloc_slot *b);

static bool
larger(const struct exch_alloc_slot *a, const struct exch_alloc_slot *b)
{
	return a->qty != b->qty ? a->qty > b->qty : a->at < b->at;
}

static bool
last_owner(const struct exch_alloc_slot *a, const struct exch_alloc_slot *b)
{
	return a->owner != b->owner ? a->owner > b->owner : a->at > b->at;
}

static void
sift(struct exch_alloc_slot *v, size_t n, size_t i, first_fn first)
{
	struct exch_alloc_slot x = v[i];

	for (;;) {
		size_t c = 2 * i + 1;

		if (c >= n)
			break;
		if (c + 1 < n && first(&v[c + 1], &v[c]))
			c++;
		if (!first(&v[c], &x))
			break;
		v[i] = v[c];
		i = c;
	}
	v[i] = x;
}

static void
heapify(struct exch_alloc_slot *v, size_t n, first_fn first)
{
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift(v, n, i, first);
}

/* Take the first one out; it is found behind the rest, at v[n - 1]. */
static void
pop(struct exch_alloc_slot *v, size_t n, first_fn first)
{
	struct exch_alloc_slot x = v[0];

	v[0] = v[n - 1];
	sift(v, n - 1, 0, first);
	v[n - 1] = x;
}

/* The open orders, or only those with a share; returns how many. */
static size_t
collect(struct pass *p, bool lmm_only)
{
	size_t i, n = 0;

	exch_check(p->slot != NULL); /* needs_scratch() knows who comes here */
	for (i = 0; i < p->n; i++)
		if (open_of(p, i) > 0 && (!lmm_only || p->o[i].lmm != 0))
			p->slot[n++] =
			    (struct exch_alloc_slot){.qty = open_of(p, i),
				.at = (uint32_t)i,
				.owner = p->o[i].owner};
	return n;
}

/* A heap, not a sort: a small order stops after the first few. */
static void
by_size(struct pass *p, const struct exch_alloc_step *s)
{
	exch_u128 total = sum_open(p);
	size_t n = collect(p, false); /* 0, if the sum is */

	heapify(p->slot, n, larger);
	for (; n > 0 && p->left > 0; n--) {
		struct exch_alloc_slot x = p->slot[0];
		exch_qty want = EXCH_QTY_NONE;

		pop(p->slot, n, larger);
		if (s->kind == EXCH_ALLOC_SIZE_UP) {
			exch_u128 m = (exch_u128)x.qty * p->base;
			exch_u128 up = m / total + (m % total != 0);

			up = (up + p->unit - 1) / p->unit * p->unit;
			want = limited(s, up > x.qty ? x.qty : (exch_qty)up);
		}
		(void)give(p, x.at, want); /* left says it */
	}
}

/*
 * Make participants of the n orders in the scratch: ascending by number,
 * qty what is open of all their orders, at the first of them in the queue.
 * A sum above 2^64 - 1 is told as that, more than can be asked for.
 */
static size_t
participants(struct pass *p, size_t n)
{
	struct exch_alloc_slot *v = p->slot;
	size_t i, k = 0;

	heapify(v, n, last_owner);
	for (i = n; i > 1; i--)
		pop(v, i, last_owner);
	for (i = 0; i < n; i++) {
		if (k > 0 && v[k - 1].owner == v[i].owner)
			v[k - 1].qty +=
			    least(v[i].qty, EXCH_QTY_NONE - v[k - 1].qty);
		else
			v[k++] = v[i];
	}
	return k;
}

/*
 * Hand the participants' parts to their orders in queue order.  `left` has
 * been reduced already.
 */
static void
hand_on(struct pass *p, size_t k, bool lmm_only)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		size_t lo = 0, hi = k;
		exch_qty q;

		if (lmm_only && p->o[i].lmm == 0)
			continue;
		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (p->slot[mid].owner < p->o[i].owner)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo == k || p->slot[lo].owner != p->o[i].owner)
			continue;
		q = least(open_of(p, i), p->slot[lo].part);
		p->part[i] += q;
		p->slot[lo].part -= q;
	}
}

static void
lmm(struct pass *p, const struct exch_alloc_step *s)
{
	size_t k = participants(p, collect(p, true));
	size_t i;

	for (i = 0; i < k; i++) {
		struct exch_alloc_slot *v = &p->slot[i];
		unsigned percent = (unsigned)least(p->o[v->at].lmm, 100);
		exch_qty q = limited(s, percent_of(p, p->base, percent));

		v->part = least(least(q, v->qty), p->left);
		p->left -= v->part;
	}
	hand_on(p, k, true);
}

/*
 * Whole rounds at once, as many lots to everybody who is still open; the
 * last round is left to the turns, which move the pointer.
 */
static void
parity_rounds(struct pass *p, size_t k, exch_qty lot)
{
	exch_qty rounds = EXCH_QTY_NONE;
	size_t i, active = 0;

	for (i = 0; i < k; i++) {
		if (p->slot[i].qty == 0)
			continue;
		active++;
		rounds = least(rounds, p->slot[i].qty / lot);
	}
	if (active == 0)
		return;
	rounds = least(
	    rounds, (exch_qty)((p->left - 1) / ((exch_u128)lot * active)));
	for (i = 0; i < k; i++) {
		if (p->slot[i].qty == 0)
			continue;
		p->slot[i].qty -= rounds * lot;
		p->slot[i].part += rounds * lot;
		p->left -= rounds * lot;
	}
}

/*
 * The turns of the participants: one lot each, or what is open, or what is
 * left.  The pointer stays behind the last one served.  Every time around
 * the whole rounds at least one participant is done, so the number of
 * turns does not depend on the quantities.
 */
static void
parity(struct pass *p, const struct exch_alloc_step *s)
{
	exch_qty lot = s->lot != 0 ? s->lot : p->unit;
	size_t k = participants(p, collect(p, false));
	size_t at = 0, turn;

	if (k == 0)
		return;
	while (at < k && p->slot[at].owner < p->st->next)
		at++;
	while (p->left > 0) {
		exch_qty before = p->left;

		parity_rounds(p, k, lot);
		for (turn = 0; turn < k && p->left > 0; turn++) {
			struct exch_alloc_slot *v = &p->slot[at % k];
			exch_qty q = least(least(lot, v->qty), p->left);

			at = at % k + 1;
			if (q == 0)
				continue;
			v->qty -= q;
			v->part += q;
			p->left -= q;
		}
		if (p->left == before)
			break;
	}
	if (p->left < p->base)
		p->st->next = p->slot[at % k].owner;
	hand_on(p, k, false);
}

static void
leveling(struct pass *p, const struct exch_alloc_step *s)
{
	size_t i;

	for (i = 0; i < p->n && p->left > 0 && s->min != 0; i++)
		if (p->part[i] == 0)
			(void)give(p, i, p->unit); /* left says it */
}

static void
apply(struct pass *p, const struct exch_alloc_step *s)
{
	switch (s->kind) {
	case EXCH_ALLOC_END:
	case EXCH_ALLOC_SPLIT:
		break;
	case EXCH_ALLOC_TOP:
		top(p, s);
		break;
	case EXCH_ALLOC_LMM:
		lmm(p, s);
		break;
	case EXCH_ALLOC_FIFO:
		fifo(p);
		break;
	case EXCH_ALLOC_SIZE:
	case EXCH_ALLOC_SIZE_UP:
		by_size(p, s);
		break;
	case EXCH_ALLOC_PRO_RATA:
		pro_rata(p, s);
		break;
	case EXCH_ALLOC_TIME_PRO_RATA:
		time_pro_rata(p, s);
		break;
	case EXCH_ALLOC_LEVELING:
		leveling(p, s);
		break;
	case EXCH_ALLOC_PARITY:
		parity(p, s);
		break;
	}
}

static bool
needs_scratch(const struct exch_alloc *a)
{
	size_t i;

	for (i = 0; i < EXCH_ALLOC_STEPS; i++) {
		enum exch_alloc_kind k = a->step[i].kind;

		if (k == EXCH_ALLOC_LMM || k == EXCH_ALLOC_SIZE ||
		    k == EXCH_ALLOC_SIZE_UP || k == EXCH_ALLOC_PARITY)
			return true;
	}
	return false;
}

int
exch_alloc_run(const struct exch_alloc *a, struct exch_alloc_state *st,
    const struct exch_alloc_order *o, size_t n, exch_qty incoming,
    exch_qty *part)
{
	struct pass p = {.o = o, .n = n, .part = part, .st = st};
	exch_qty rest = incoming;
	exch_qty budget = EXCH_QTY_NONE;
	size_t i;

	exch_check(n <= UINT32_MAX);
	if (n == 0)
		return EXCH_OK;
	memset(part, 0, n * sizeof(*part));
	if (needs_scratch(a)) {
		if (exch_alloc_reserve(st->scratch, n) != EXCH_OK)
			return EXCH_ERR_NOMEM;
		p.slot = st->scratch->slot;
	}
	p.unit = st->unit == 0 ? 1 : st->unit;
	for (i = 0; i < EXCH_ALLOC_STEPS && rest > 0; i++) {
		const struct exch_alloc_step *s = &a->step[i];

		if (s->kind == EXCH_ALLOC_SPLIT) {
			budget = percent_of(&p, rest, s->percent);
			continue;
		}
		p.base = p.left = least(rest, budget);
		apply(&p, s);
		rest -= p.base - p.left;
		budget = EXCH_QTY_NONE;
	}
	p.base = p.left = rest;
	fifo(&p);
	return EXCH_OK;
}

bool
exch_alloc_before(
    const struct exch_alloc_order *a, const struct exch_alloc_order *b)
{
	if (a->time / 1000 != b->time / 1000)
		return a->time / 1000 < b->time / 1000;
	if (a->qty != b->qty)
		return a->qty > b->qty;
	return a->entry < b->entry;
}
