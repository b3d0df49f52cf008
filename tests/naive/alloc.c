/*
 * The naive allocation (alloc.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/alloc.h"

struct job {
	const struct exch_alloc_order *o;
	size_t n;
	exch_qty *part;
	exch_qty unit;
	exch_qty left; /* of this step */
	uint32_t *next;
};

static exch_qty
smaller(exch_qty a, exch_qty b)
{
	return a < b ? a : b;
}

static exch_qty
still_open(const struct job *j, size_t i)
{
	return j->o[i].qty - j->part[i];
}

static void
hand_out(struct job *j, size_t i, exch_qty q)
{
	q = smaller(smaller(q, still_open(j, i)), j->left);
	j->part[i] += q;
	j->left -= q;
}

/* By queue, to those of one participant or (who NULL) to all. */
static void
queue(struct job *j, const uint32_t *who, exch_qty q)
{
	for (size_t i = 0; i < j->n; i++) {
		exch_qty before = j->left;

		if (who != NULL && j->o[i].owner != *who)
			continue;
		hand_out(j, i, q);
		q -= before - j->left;
	}
}

static exch_qty
open_to(const struct job *j, uint32_t who)
{
	exch_u128 sum = 0;

	for (size_t i = 0; i < j->n; i++)
		if (j->o[i].owner == who)
			sum += still_open(j, i);
	return sum > EXCH_QTY_NONE ? EXCH_QTY_NONE : (exch_qty)sum;
}

/* The lowest participant number from `from` on with an order here. */
static bool
participant(const struct job *j, uint64_t from, uint32_t *who)
{
	bool any = false;

	for (size_t i = 0; i < j->n; i++) {
		uint32_t w = j->o[i].owner;

		if (w >= from && (!any || w < *who)) {
			*who = w;
			any = true;
		}
	}
	return any;
}

static exch_qty
bounded(const struct exch_alloc_step *s, exch_qty q)
{
	if (s->min > q)
		return 0;
	if (s->max > 0 && q > s->max)
		return s->max;
	return q;
}

static exch_qty
part_of(const struct job *j, exch_qty q, unsigned percent)
{
	exch_qty x = (exch_qty)((exch_u128)q * percent / 100);

	return x / j->unit * j->unit;
}

static void
do_top(struct job *j, const struct exch_alloc_step *s)
{
	for (size_t i = 0; i < j->n; i++) {
		exch_qty q = part_of(j, j->left, s->percent);

		if (!j->o[i].top)
			continue;
		if (still_open(j, i) >= s->min)
			hand_out(j, i, s->max > 0 ? smaller(q, s->max) : q);
		return;
	}
}

static void
do_lmm(struct job *j, const struct exch_alloc_step *s)
{
	exch_qty base = j->left;
	uint64_t from = 0;
	uint32_t who = 0;

	while (participant(j, from, &who)) {
		unsigned percent = 0;

		for (size_t i = 0; i < j->n && percent == 0; i++)
			if (j->o[i].owner == who && still_open(j, i) > 0)
				percent = j->o[i].lmm;
		queue(j, &who, bounded(s, part_of(j, base, percent)));
		from = (uint64_t)who + 1;
	}
}

/* Weights by size, or by size and place in the queue. */
static void
do_pro_rata(struct job *j, const struct exch_alloc_step *s)
{
	bool by_place = s->kind == EXCH_ALLOC_TIME_PRO_RATA;
	exch_qty base = j->left;
	exch_u128 all = 0;

	for (size_t i = 0; i < j->n; i++)
		for (size_t k = by_place ? i : j->n - 1; k < j->n; k++)
			all += still_open(j, i);
	for (size_t i = 0; i < j->n && all > 0; i++) {
		exch_u128 w =
		    (exch_u128)still_open(j, i) * (by_place ? j->n - i : 1);
		exch_qty q = (exch_qty)(w * base / all);

		hand_out(j, i, bounded(s, q / j->unit * j->unit));
	}
}

static void
do_size(struct job *j, const struct exch_alloc_step *s)
{
	exch_qty *size = calloc(j->n + 1, sizeof(*size));
	exch_qty base = j->left;
	exch_u128 all = 0;

	if (size == NULL)
		abort();
	for (size_t i = 0; i < j->n; i++) {
		size[i] = still_open(j, i);
		all += size[i];
	}
	for (size_t k = 0; k < j->n; k++) {
		size_t big = 0;
		exch_qty q;

		for (size_t i = 0; i < j->n; i++)
			if (size[i] > size[big])
				big = i;
		q = size[big];
		if (s->kind == EXCH_ALLOC_SIZE_UP && q > 0) {
			exch_u128 up = 0;
			exch_u128 want = (exch_u128)q * base;

			/* The smallest number of units that is enough. */
			up = want / all / j->unit;
			while (up * j->unit * all < want)
				up++;
			up *= j->unit;
			q = bounded(s, up > q ? q : (exch_qty)up);
		}
		hand_out(j, big, q);
		size[big] = 0;
	}
	free(size);
}

static void
do_parity(struct job *j, const struct exch_alloc_step *s)
{
	exch_qty lot = s->lot > 0 ? s->lot : j->unit;
	uint32_t who = 0;
	size_t idle = 0;

	/* Who was done before the step has no place in the circle. */
	bool *in = calloc(j->n + 1, sizeof(*in));
	if (in == NULL)
		abort();
	for (size_t i = 0; i < j->n; i++)
		in[i] = still_open(j, i) > 0;
	while (j->left > 0 && idle <= j->n) {
		exch_qty before = j->left;
		bool any = false;

		for (int turn = 0; turn < 2 && !any; turn++)
			for (size_t i = 0; i < j->n; i++) {
				uint32_t w = j->o[i].owner;

				if (in[i] && (turn == 1 || w >= *j->next) &&
				    (!any || w < who)) {
					who = w;
					any = true;
				}
			}
		if (!any)
			break;
		queue(j, &who, smaller(lot, open_to(j, who)));
		idle = before == j->left ? idle + 1 : 0;
		/* The next number in the circle. */
		any = false;
		for (int turn = 0; turn < 2 && !any; turn++)
			for (size_t i = 0; i < j->n; i++) {
				uint32_t w = j->o[i].owner;

				if (in[i] && (turn == 1 || w > who) &&
				    (!any || w < *j->next)) {
					*j->next = w;
					any = true;
				}
			}
	}
	free(in);
}

static void
do_step(struct job *j, const struct exch_alloc_step *s)
{
	switch (s->kind) {
	case EXCH_ALLOC_TOP:
		do_top(j, s);
		break;
	case EXCH_ALLOC_LMM:
		do_lmm(j, s);
		break;
	case EXCH_ALLOC_FIFO:
		queue(j, NULL, j->left);
		break;
	case EXCH_ALLOC_PRO_RATA:
	case EXCH_ALLOC_TIME_PRO_RATA:
		do_pro_rata(j, s);
		break;
	case EXCH_ALLOC_SIZE:
	case EXCH_ALLOC_SIZE_UP:
		do_size(j, s);
		break;
	case EXCH_ALLOC_PARITY:
		do_parity(j, s);
		break;
	case EXCH_ALLOC_LEVELING:
		for (size_t i = 0; i < j->n && s->min > 0; i++)
			if (j->part[i] == 0)
				hand_out(j, i, j->unit);
		break;
	default:
		break;
	}
}

void
naive_alloc(const struct exch_alloc *a, uint32_t *next, exch_qty unit,
    const struct exch_alloc_order *o, size_t n, exch_qty incoming,
    exch_qty *part)
{
	struct job j = {
	    .o = o, .n = n, .part = part, .unit = unit, .next = next};
	exch_qty rest = incoming;

	memset(part, 0, n * sizeof(*part));
	for (size_t i = 0; i < EXCH_ALLOC_STEPS; i++) {
		const struct exch_alloc_step *s = &a->step[i];
		exch_qty most = rest;

		if (rest == 0)
			return;
		if (s->kind == EXCH_ALLOC_SPLIT) {
			most = part_of(&j, rest, s->percent);
			if (++i == EXCH_ALLOC_STEPS)
				break;
			s = &a->step[i];
		}
		j.left = most;
		do_step(&j, s);
		rest -= most - j.left;
	}
	j.left = rest;
	queue(&j, NULL, rest);
}
