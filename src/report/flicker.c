/*
 * Quotes that flicker (flicker.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/flicker.h"

#define WITHIN EXCH_SEC
/* Gone from the front until the rest is moved there. */
#define GONE_LEAST 64u

void
exch_flicker_clear(struct exch_flicker *f)
{
	for (uint32_t i = 0; i < f->n; i++)
		for (unsigned side = 0; side < 2; side++)
			exch_free(f->side[i][side].past);
	exch_free(f->side);
	*f = (struct exch_flicker){0};
}

/* No better, for who takes it: an offer as high, a bid as low. */
static bool
is_no_better(unsigned side, exch_px a, exch_px b)
{
	return side == 0 ? a <= b : a >= b;
}

static void
forget(struct exch_flicker_side *s, exch_ts now)
{
	while (s->first < s->end && now - s->past[s->first].until > WITHIN)
		s->first++;
	if (s->first < GONE_LEAST || s->first < s->end / 2)
		return;
	memmove(s->past, s->past + s->first,
	    (s->end - s->first) * sizeof(*s->past));
	s->end -= s->first;
	s->first = 0;
}

static int
changed(struct exch_flicker_side *s, unsigned side, exch_px px, exch_ts now,
    struct exch_diag *d)
{
	exch_px was = s->px;

	s->px = px;
	forget(s, now);
	if (was == EXCH_PX_NONE)
		return EXCH_OK;
	while (s->first < s->end &&
	       is_no_better(side, was, s->past[s->end - 1].px))
		s->end--;
	if (!exch_room(&s->past, s->end, &s->cap, sizeof(*s->past)))
		return exch_report_nomem(d);
	s->past[s->end++] = (struct exch_flicker_past){was, now};
	return EXCH_OK;
}

int
exch_flicker_note(struct exch_flicker *f, uint32_t place,
    const struct exch_quote *q, struct exch_diag *d)
{
	uint32_t n = f->n;
	int rc =
	    exch_report_grow(&f->side, &f->n, place + 1, sizeof(*f->side), d);

	if (rc != EXCH_OK)
		return rc;
	for (; n < f->n; n++)
		f->side[n][0].px = f->side[n][1].px = EXCH_PX_NONE;
	for (unsigned side = 0; side < 2 && rc == EXCH_OK; side++)
		if (f->side[place][side].px != q->px[side])
			rc = changed(&f->side[place][side], side, q->px[side],
			    q->time, d);
	return rc;
}

bool
exch_flicker_had(struct exch_flicker *f, uint32_t place, unsigned side,
    exch_px price, exch_ts now)
{
	struct exch_flicker_side *s;

	if (place >= f->n)
		return false;
	s = &f->side[place][side];
	forget(s, now);
	return s->first < s->end &&
	       is_no_better(side, s->past[s->first].px, price);
}
