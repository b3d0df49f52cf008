/*
 * Executions in the order in which they came: those whose horizons are still
 * to come, and the last EXCH_TCA_WINDOW in case one is broken (tca.h).
 *
 * All wait for the same horizons, so that what is due next at a horizon is
 * the one behind the last that was due: no heap.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/tca.h"

/* The oldest that something is still to come of. */
static uint64_t
oldest_due(const struct exch_tca *s)
{
	uint64_t n = s->fills.next;

	for (unsigned h = 0; h < s->nhorizons; h++)
		if (s->fills.due[h] < n)
			n = s->fills.due[h];
	return n;
}

static bool
grow(struct exch_tca_fills *l)
{
	uint64_t cap = l->cap == 0 ? 1024 : l->cap * 2;
	struct exch_tca_fill *p = exch_calloc(cap, sizeof(*p));

	if (p == NULL)
		return false;
	for (uint64_t i = l->first; i < l->next; i++)
		p[i & (cap - 1)] = l->fill[i & (l->cap - 1)];
	exch_free(l->fill);
	l->fill = p;
	l->cap = cap;
	return true;
}

/* When the first of them is due; none: far away. */
static void
set_next(struct exch_tca *s)
{
	s->next_due = EXCH_TS_NONE;
	for (unsigned h = 0; h < s->nhorizons; h++) {
		exch_ts at;

		if (s->fills.due[h] == s->fills.next)
			continue;
		at = exch_tca_fill_at(s, s->fills.due[h])->time + s->horizon[h];
		if (at < s->next_due)
			s->next_due = at;
	}
}

struct exch_tca_fill *
exch_tca_fill_new(struct exch_tca *s)
{
	struct exch_tca_fills *l = &s->fills;
	struct exch_tca_fill *f;

	if (l->next - l->first == l->cap) {
		uint64_t keep = oldest_due(s);

		if (l->next - keep < EXCH_TCA_WINDOW)
			keep = l->next < EXCH_TCA_WINDOW
				   ? 0
				   : l->next - EXCH_TCA_WINDOW;
		if (keep > l->first)
			l->first = keep;
		else if (!grow(l))
			return NULL;
	}
	f = exch_tca_fill_at(s, l->next++);
	memset(f, 0, sizeof(*f));
	for (unsigned h = 0; h < EXCH_TCA_HORIZONS; h++)
		f->mark[h] = EXCH_TCA_NONE;
	f->time = s->clock;
	set_next(s);
	return f;
}

uint64_t
exch_tca_fill_find(struct exch_tca *s, uint32_t place, uint64_t match,
    uint8_t source, uint8_t matcher)
{
	uint64_t other = 0;

	for (uint64_t i = s->fills.next; i > s->fills.first; i--) {
		const struct exch_tca_fill *f = exch_tca_fill_at(s, i - 1);

		if (f->match != match || f->place != place || f->broken)
			continue;
		if (f->source == source)
			return i;
		/* numbers of the venue and of the engine differ */
		if (other == 0 && f->exec == (source == matcher))
			other = i;
	}
	return other;
}

void
exch_tca_fill_due(struct exch_tca *s, exch_ts now)
{
	for (unsigned h = 0; h < s->nhorizons; h++) {
		uint64_t *n = &s->fills.due[h];

		for (; *n < s->fills.next; (*n)++) {
			struct exch_tca_fill *f = exch_tca_fill_at(s, *n);
			int64_t width;

			if (f->time + s->horizon[h] >= now)
				break;
			f->mark[h] = exch_tca_mid(s, f->place, &width);
			if (!f->broken)
				exch_tca_cell_mark(s, f, h, false);
		}
	}
	set_next(s);
}

void
exch_tca_fill_end(struct exch_tca *s)
{
	/* what held at the last instant is known, what comes then is not */
	if (s->fills.next != 0)
		exch_tca_fill_due(s, s->clock + 1);
}
