/* Executions, auctions and other trades of the feed (itch_priv.h). */
#include <config.h>

#include "md/itch_priv.h"

/* ---- executions ---- */

/*
 * One side of it: nothing to tell where nobody has seen the order, or where it
 * came in anew.  The next part of an iceberg is shown before it is executed.
 */
static int
fill(struct exch_report_run *run, const struct exch_rec_exec *e, uint32_t place,
    exch_oid id, bool *told, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_itch_head h;
	uint64_t match = exch_md_match(place, e->match);
	uint32_t price, shares;
	struct exch_md_seen *o;
	int err = exch_md_speak(run, place, id, &o, d);

	if (err == 0)
		err = exch_md_head(run, place, &h, d);
	if (err == 0 && o->ref != 0 && o->shares == 0 && !o->goes_on)
		err = exch_md_grow(run, o, d);
	if (err != 0 || o->shares == 0 || o->goes_on)
		return err;
	err = exch_md_price(run, place, e->price, &price, d);
	if (err != 0)
		return err;
	shares = e->qty < o->shares ? (uint32_t)e->qty : o->shares;
	if (e->cross == EXCH_CROSS_NONE && price == o->price)
		exch_md_put(
		    s, m, exch_itch_put_executed(m, &h, o->ref, shares, match));
	else
		exch_md_put(s, m,
		    exch_itch_put_executed_at(m, &h, o->ref, shares, match,
			e->cross != EXCH_CROSS_NONE || *told ? 'N' : 'Y',
			price));
	o->shares -= shares;
	*told = true;
	return EXCH_OK;
}

/* Of hidden orders, in part at least. */
static int
hidden(struct exch_report_run *run, uint32_t place, exch_px px, exch_qty qty,
    uint64_t match, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	uint32_t price, shares;
	int err = exch_md_stock(run, place, &h, &stock, d);

	if (err == 0)
		err = exch_md_price(run, place, px, &price, d);
	if (err == 0)
		err = exch_md_shares(run, place, qty, &shares, d);
	if (err == 0)
		exch_md_put(of(run), m,
		    exch_itch_put_trade(m, &h, stock, shares, price,
			exch_md_match(place, match)));
	return err;
}

static int
add_cross(struct exch_report_run *run, const struct exch_rec_exec *e,
    uint32_t place, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	struct exch_md_cross *c;
	int err = exch_report_grow(
	    &s->cross, &s->ncross, place + 1, sizeof(*s->cross), d);

	if (err == 0)
		err = exch_report_grow(&s->crossed, &s->crossed_cap,
		    s->ncrossed + 1, sizeof(*s->crossed), d);
	if (err != 0)
		return err;
	c = &s->cross[place];
	if (c->shares == 0)
		s->crossed[s->ncrossed++] = place;
	err = exch_md_price(run, place, e->price, &c->price, d);
	if (c->shares == 0)
		c->match = e->match;
	c->shares += e->qty;
	c->type = e->cross;
	return err;
}

int
exch_md_executed(struct exch_report_run *run, const struct exch_rec_exec *e,
    uint32_t place, struct exch_diag *d)
{
	bool told = false;
	int err = fill(run, e, place, e->buy, &told, d);

	if (err == 0)
		err = fill(run, e, place, e->sell, &told, d);
	if (err == 0 && e->cross != EXCH_CROSS_NONE)
		err = add_cross(run, e, place, d);
	else if (err == 0 && !told)
		err = hidden(run, place, e->price, e->qty, e->match, d);
	return err;
}

static int
put_cross(struct exch_report_run *run, uint32_t place,
    const struct exch_md_cross *c, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	int err = exch_md_stock(run, place, &h, &stock, d);

	if (err == 0)
		exch_md_put(of(run), m,
		    exch_itch_put_cross(m, &h, stock, c->shares, c->price,
			exch_md_match(place, c->match),
			exch_itch_cross(c->type)));
	return err;
}

int
exch_md_put_taken(struct exch_report_run *run, const struct exch_md_cross *c,
    struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_itch_head h;
	int err = EXCH_OK;

	for (uint32_t i = 0; i < s->ntaken && err == 0; i++) {
		const struct exch_md_taken *t = &s->taken[i];
		size_t n;

		err = exch_md_head(run, t->place, &h, d);
		if (c != NULL)
			n = exch_itch_put_executed_at(m, &h, t->ref, t->shares,
			    exch_md_match(t->place, c->match), 'N', c->price);
		else if (t->all)
			n = exch_itch_put_delete(m, &h, t->ref);
		else
			n = exch_itch_put_reduce(m, &h, t->ref, t->shares);
		if (err == 0)
			exch_md_put(s, m, n);
	}
	s->ntaken = 0;
	return err;
}

/* Does it tell what an auction took? */
bool
exch_md_is_taken(const struct exch_rec *r)
{
	const struct exch_rec_cancelled *c = EXCH_REC_AS(r, exch_rec_cancelled);
	const struct exch_ext *e;

	if (r->type != EXCH_REC_CANCELLED || c == NULL ||
	    c->reason != EXCH_WHY_IMPOSED)
		return false;
	e = exch_rec_ext(r, sizeof(*c), EXCH_EXT_CAUSE);
	return e != NULL && e->small == EXCH_CAUSE_CROSS;
}

int
exch_md_take(struct exch_report_run *run, const struct exch_rec_cancelled *c,
    uint32_t place, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	struct exch_md_taken *t;
	struct exch_md_seen *o;
	int err = exch_md_speak(run, place, c->order, &o, d);

	if (err != 0 || o->shares == 0)
		return err;
	/* one auction at a time: its price is that of its instrument */
	if (s->ntaken != 0 && s->taken[0].place != place)
		err = exch_md_put_taken(run, NULL, d);
	if (err == 0)
		err = exch_report_grow(&s->taken, &s->taken_cap, s->ntaken + 1,
		    sizeof(*s->taken), d);
	if (err != 0)
		return err;
	t = &s->taken[s->ntaken++];
	*t = (struct exch_md_taken){.ref = o->ref,
	    .place = place,
	    .shares = c->qty < o->shares ? (uint32_t)c->qty : o->shares,
	    .all = c->open == 0};
	if (c->open == 0)
		t->shares = o->shares;
	o->shares -= t->shares;
	return EXCH_OK;
}

/* A trade without orders: an auction's, or of hidden ones; others are none. */
int
exch_md_traded(struct exch_report_run *run, const struct exch_rec_trade *t,
    uint32_t place, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	struct exch_md_cross c = {
	    .shares = t->qty, .match = t->match, .type = t->cross};
	int err;

	if (t->kind == EXCH_PRINT_HIDDEN)
		return hidden(run, place, t->price, t->qty, t->match, d);
	if (t->kind != EXCH_PRINT_CROSS)
		return EXCH_OK;
	err = exch_md_price_or_none(run, place, t->price, &c.price, d);
	if (err == 0)
		err = exch_md_put_taken(run,
		    s->ntaken != 0 && s->taken[0].place == place ? &c : NULL,
		    d);
	return err != 0 ? err : put_cross(run, place, &c, d);
}

int
exch_md_crosses(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	int err = EXCH_OK;

	/* of all instruments: an event may go on in another one */
	for (uint32_t i = 0; i < s->ncrossed && err == 0; i++) {
		uint32_t place = s->crossed[i];

		err = put_cross(run, place, &s->cross[place], d);
		s->cross[place] = (struct exch_md_cross){0};
	}
	s->ncrossed = 0;
	return err;
}
