/* The subscriber's book, and what it lacks at the end of an event (itch_priv.h). */
#include <config.h>

#include <stdlib.h>

#include "md/itch_priv.h"

/* ---- orders that were spoken of ---- */

int
exch_md_speak(struct exch_report_run *run, uint32_t place, exch_oid id,
    struct exch_md_seen **out, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	struct exch_md_seen *o;
	int err = exch_keyed_add(&s->seen, place, id, &o);

	*out = NULL;
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	if (o->event != s->event) {
		err = exch_report_grow(&s->spoken, &s->spoken_cap,
		    s->nspoken + 1, sizeof(*s->spoken), d);
		if (err != 0)
			return err;
		s->spoken[s->nspoken++] = o->key.slot;
		o->event = s->event;
		o->rank = 0;
		o->was = 0;
		o->goes_on = false;
	}
	*out = o;
	return EXCH_OK;
}

void
exch_md_enters(void *arg, const struct exch_tally_new *o, bool by_id)
{
	struct exch_report_run *run = arg;
	struct exch_md_itch_feed *s = of(run);
	struct exch_md_seen *x;
	struct exch_diag d = {0};

	(void)by_id; /* a place that ITCH cannot say */
	if (exch_md_speak(run, o->place, o->id, &x, &d) != 0)
		s->err = EXCH_ERR_NOMEM;
	else
		x->rank = ++s->rank;
}

void
exch_md_leaves(void *arg, uint32_t place, exch_oid id)
{
	struct exch_report_run *run = arg;
	struct exch_md_seen *x;
	struct exch_diag d = {0};

	if (exch_md_speak(run, place, id, &x, &d) != 0)
		of(run)->err = EXCH_ERR_NOMEM;
}

/* ---- what the subscriber's book lacks ---- */

/* What stands in our book of an order; qty 0: nothing. */
static int
stands(struct exch_report_run *run, const struct exch_md_seen *o, exch_px *px,
    uint32_t *shares, uint8_t *side, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	const struct exch_tally_order *t =
	    exch_tally_find(&s->books.tally, o->key.place, o->key.id);
	int64_t tick;

	*shares = 0;
	if (t == NULL)
		return EXCH_OK;
	tick = exch_tally_tick_of(&s->books.tally, t);
	if (tick == EXCH_TICK_MARKET)
		return EXCH_OK; /* without a price it is not displayed */
	*px = tick * s->books.inst[o->key.place].tick;
	*side = exch_tally_side_of(t);
	return exch_md_shares(run, o->key.place, t->qty, shares, d);
}

/* It has gone, or has become less, where it stands. */
static int
shrink(struct exch_report_run *run, struct exch_md_seen *o, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_md_itch_feed *s = of(run);
	struct exch_itch_head h;
	uint32_t shares, price;
	uint8_t side;
	exch_px px = 0;
	int err = stands(run, o, &px, &shares, &side, d);

	if (err == 0)
		err = exch_md_head(run, o->key.place, &h, d);
	if (err != 0 || o->shares == 0)
		return err;
	if (shares == 0) {
		exch_md_put(s, m, exch_itch_put_delete(m, &h, o->ref));
		o->shares = 0;
		return EXCH_OK;
	}
	err = exch_md_price(run, o->key.place, px, &price, d);
	if (err != 0 || o->rank != 0 || price != o->price ||
	    shares >= o->shares)
		return err;
	exch_md_put(
	    s, m, exch_itch_put_reduce(m, &h, o->ref, o->shares - shares));
	o->shares = shares;
	return EXCH_OK;
}

/* Whose place it takes: its own as it was, or that of the order it was. */
static struct exch_md_seen *
before(struct exch_md_itch_feed *s, struct exch_md_seen *o, uint8_t side)
{
	struct exch_md_seen *was = o;

	if (o->shares == 0 && o->was != 0)
		was = exch_keyed_find(&s->seen, o->key.place, o->was);
	return was != NULL && was->shares != 0 && was->side == side ? was
								    : NULL;
}

/* It has come, has become more, or has another place. */
int
exch_md_grow(
    struct exch_report_run *run, struct exch_md_seen *o, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_md_itch_feed *s = of(run);
	const struct exch_itch_stock *stock;
	struct exch_itch_add a;
	struct exch_itch_head h;
	struct exch_md_seen *was;
	uint8_t side = 0;
	exch_px px = 0;
	int err = stands(run, o, &px, &a.shares, &side, d);

	if (err != 0 || a.shares == 0)
		return err;
	err = exch_md_price(run, o->key.place, px, &a.price, d);
	if (err == 0)
		err = exch_md_stock(run, o->key.place, &h, &stock, d);
	if (err != 0 ||
	    (o->rank == 0 && a.shares == o->shares && a.price == o->price))
		return err;
	a.ref = ++s->refs;
	a.side = side == EXCH_BUY ? 'B' : 'S';
	was = before(s, o, side);
	if (was != NULL)
		exch_md_put(s, m, exch_itch_put_replace(m, &h, was->ref, &a));
	else
		exch_md_put(s, m, exch_itch_put_add(m, &h, stock, &a));
	if (was != NULL)
		was->shares = 0;
	o->ref = a.ref;
	o->shares = a.shares;
	o->price = a.price;
	o->side = side;
	o->rank = 0; /* told */
	return EXCH_OK;
}

/* ---- the end of an event ---- */

static int
by_rank(const void *a, const void *b)
{
	const struct exch_md_turn *x = a, *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static int
arrive(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	int err = exch_report_grow(
	    &s->turn, &s->turn_cap, s->nspoken, sizeof(*s->turn), d);

	if (err != 0)
		return err;
	for (uint32_t i = 0; i < s->nspoken; i++) {
		const struct exch_md_seen *o =
		    exch_keyed_at(&s->seen, s->spoken[i]);

		s->turn[i] = (struct exch_md_turn){o->rank, o->key.slot};
	}
	if (s->nspoken > 1)
		qsort(s->turn, s->nspoken, sizeof(*s->turn), by_rank);
	for (uint32_t i = 0; i < s->nspoken && err == 0; i++)
		err = exch_md_grow(
		    run, exch_keyed_at(&s->seen, s->turn[i].slot), d);
	return err;
}

/* Those that go on wait for whoever takes their place; `left`: nobody has. */
static int
depart(struct exch_report_run *run, bool left, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	int err = EXCH_OK;

	for (uint32_t i = 0; i < s->nspoken && err == 0; i++) {
		struct exch_md_seen *o = exch_keyed_at(&s->seen, s->spoken[i]);

		if (o->goes_on == left)
			err = shrink(run, o, d);
	}
	return err;
}

int
exch_md_end_event(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	int err = exch_md_crosses(run, d);

	if (err == 0)
		err = depart(run, false, d);
	if (err == 0)
		err = arrive(run, d);
	if (err == 0)
		err = depart(run, true, d);
	for (uint32_t i = 0; i < s->nspoken && err == 0; i++) {
		struct exch_md_seen *o = exch_keyed_at(&s->seen, s->spoken[i]);

		if (o->shares == 0)
			exch_keyed_drop(&s->seen, o);
	}
	s->nspoken = 0;
	s->event++;
	return err;
}
