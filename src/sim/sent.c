/*
 * An agent's commands as they reach the engine.  Agents number their orders
 * themselves; what they say about a number that is none of their live orders
 * is answered here, as a gateway answers it, and nobody can speak of an order
 * of somebody else's.
 */
#include <config.h>

#include "sim/kernel.h"

void
exch_desk_drop(struct exch_sim *s, struct sim_order *o)
{
	struct sim_desk *k = s->desk[o->desk];
	struct sim_tag *t = exch_keyed_find(&k->tags, 0, o->tag);

	if (t != NULL)
		exch_keyed_drop(&k->tags, t);
	exch_keyed_drop(&s->orders, o);
}

static int
refuse(struct exch_sim *s, struct sim_desk *k, const struct exch_agent_cmd *c,
    enum exch_reject why)
{
	struct exch_agent_msg m = {
	    .what = EXCH_TOLD_REJECTED,
	    .side = c->side,
	    .reason = (uint16_t)why,
	    .instr = c->instr,
	    .tag = c->tag,
	    .price = c->price,
	};

	return exch_desk_tell(s, k, EXCH_PATH_RESPONSE, &m);
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the orders of agents");
}

/* ---- new orders ---- */

/* Number and owner of a new order are known from here on. */
static int
remember(struct exch_sim *s, struct sim_desk *k, const struct exch_agent_cmd *c,
    exch_oid id)
{
	struct sim_order *o;
	struct sim_tag *t;
	int err = exch_keyed_add(&k->tags, 0, c->tag, &t);

	if (err != EXCH_OK)
		return err;
	t->order = id;
	t->instr = c->instr;
	err = exch_keyed_add(&s->orders, c->instr, id, &o);
	if (err != EXCH_OK)
		return err;
	o->tag = c->tag;
	o->desk = k->no;
	o->side = c->side;
	o->price = o->asked = c->price;
	o->leaves = c->qty;
	return EXCH_OK;
}

/* A NEW with what an order may carry beyond its fixed part. */
struct long_new {
	struct exch_rec_new n;
	struct exch_ext ext[3];
};

/* Those that wait for a price carry it. */
static bool
waits(uint8_t ordtype)
{
	return ordtype == EXCH_ORD_STOP || ordtype == EXCH_ORD_STOP_LIMIT ||
	       ordtype == EXCH_ORD_MIT || ordtype == EXCH_ORD_LIT;
}

static unsigned
extend(struct long_new *r, const struct exch_agent_cmd *c)
{
	unsigned n = 0;

	if (c->display != 0)
		r->ext[n++] = (struct exch_ext){
		    .tag = EXCH_EXT_DISPLAY, .value = c->display};
	if (waits(c->ordtype))
		r->ext[n++] = (struct exch_ext){
		    .tag = EXCH_EXT_STOP, .value = (uint64_t)c->stop};
	if (r->n.ordtype == EXCH_ORD_PEG)
		r->ext[n++] = (struct exch_ext){
		    .tag = EXCH_EXT_PEG, .small = EXCH_PEG_MID};
	if (n != 0)
		r->n.h.flags |= EXCH_F_EXT;
	r->n.h.len8 += (uint8_t)(n * sizeof(r->ext[0]) / 8);
	return n;
}

/* ---- on paper: checked as the engine would check them ---- */

static enum exch_reject
check_paper(const struct sim_instr *in, exch_qty qty, bool limit, exch_px price)
{
	if (in->phase == EXCH_PHASE_CLOSED || in->phase == EXCH_PHASE_END)
		return EXCH_REJ_PHASE;
	if (qty == 0 || qty < in->rec.min_qty || qty > in->rec.max_qty)
		return EXCH_REJ_QTY;
	if (qty % in->m.lot != 0)
		return EXCH_REJ_LOT;
	if (limit && (price == EXCH_PX_NONE || price <= 0))
		return EXCH_REJ_PRICE;
	if (limit && price % in->tick != 0)
		return EXCH_REJ_TICK;
	return EXCH_REJ_NONE;
}

/* Ordinary orders only: nothing waits there for an auction or a price. */
static enum exch_reject
check_words(const struct sim_instr *in, const struct exch_rec_new *n)
{
	const unsigned known =
	    EXCH_ORD_POST_ONLY | EXCH_ORD_HIDDEN | EXCH_ORD_SWEEP;
	bool limit = n->ordtype == EXCH_ORD_LIMIT;
	bool now = n->tif == EXCH_TIF_IOC || n->tif == EXCH_TIF_FOK;

	if ((!limit && n->ordtype != EXCH_ORD_MARKET) ||
	    (n->h.flags & EXCH_F_EXT) != 0)
		return EXCH_REJ_TYPE;
	if (n->side != EXCH_BUY && n->side != EXCH_SELL)
		return EXCH_REJ_SIDE;
	if (!now && n->tif != EXCH_TIF_DAY && n->tif != EXCH_TIF_GTC)
		return EXCH_REJ_TIF;
	if ((n->ordflags & ~known) != 0 ||
	    ((n->ordflags & EXCH_ORD_POST_ONLY) != 0 && (!limit || now)) ||
	    ((n->ordflags & EXCH_ORD_SWEEP) != 0 &&
		(n->ordflags != EXCH_ORD_SWEEP || !limit ||
		    n->tif != EXCH_TIF_IOC)))
		return EXCH_REJ_FLAGS;
	return now && !in->m.open ? EXCH_REJ_PHASE : EXCH_REJ_NONE;
}

static int
on_paper(struct exch_sim *s, struct exch_rec_new *n, struct exch_diag *d)
{
	const struct sim_instr *in = exch_sim_instr(s, n->h.instr);
	enum exch_reject why = check_words(in, n);

	if (why == EXCH_REJ_NONE)
		why = check_paper(
		    in, n->qty, n->ordtype == EXCH_ORD_LIMIT, n->price);
	n->ordflags |= EXCH_ORD_HIDDEN;
	return exch_paper_new(s, n, why, d);
}

/*
 * Where orders trade at the midpoint, an ordinary one is an order there, and its
 * limit that of the peg; that it is an intermarket sweep concerns nobody.
 */
static void
into_the_dark(struct exch_rec_new *n)
{
	if (n->ordtype != EXCH_ORD_LIMIT && n->ordtype != EXCH_ORD_MARKET)
		return;
	n->ordtype = EXCH_ORD_PEG;
	n->ordflags = EXCH_ORD_HIDDEN;
}

static int
enter(struct exch_sim *s, struct sim_desk *k, const struct exch_agent_cmd *c,
    struct exch_diag *d)
{
	struct long_new r = {
	    .n = {.h = {EXCH_REC_NEW, sizeof(r.n) / 8, 0, 0, c->instr, s->now},
		.price = c->price,
		.qty = c->qty,
		.account = k->account,
		.side = c->side,
		.ordtype = c->ordtype,
		.tif = c->tif,
		.ordflags = c->ordflags}};

	if (exch_keyed_find(&k->tags, 0, c->tag) != NULL)
		return refuse(s, k, c, EXCH_REJ_DUPLICATE);
	if (exch_sim_instr(s, c->instr) == NULL)
		return refuse(s, k, c, EXCH_REJ_INSTRUMENT);
	if (exch_sim_instr(s, c->instr)->dark)
		into_the_dark(&r.n);
	(void)extend(&r, c);
	r.n.order = s->next_order++;
	if (remember(s, k, c, r.n.order) != EXCH_OK)
		return no_memory(d);
	if (s->o.fill.fill == EXCH_FILL_MARKET)
		return exch_sim_command(s, &r.n.h, d);
	return on_paper(s, &r.n, d);
}

/* ---- changes ---- */

static int
cancel(struct exch_sim *s, const struct sim_tag *t, struct exch_diag *d)
{
	struct exch_rec_cancel r = {
	    .h = {EXCH_REC_CANCEL, sizeof(r) / 8, 0, 0, t->instr, s->now},
	    .order = t->order,
	    .qty = EXCH_QTY_NONE,
	};

	return s->o.fill.fill == EXCH_FILL_MARKET ? exch_sim_command(s, &r.h, d)
						  : exch_paper_cancel(s, &r, d);
}

static int
replace(struct exch_sim *s, const struct exch_agent_cmd *c,
    const struct sim_tag *t, struct exch_diag *d)
{
	struct sim_order *o = exch_keyed_find(&s->orders, t->instr, t->order);
	struct exch_agent_cmd whole = *c;
	enum exch_reject why;
	struct exch_rec_replace r = {
	    .h = {EXCH_REC_REPLACE, sizeof(r) / 8, 0, 0, t->instr, s->now},
	    .order = t->order,
	    .new_order = t->order,
	    .price = c->price,
	    .qty = c->qty,
	    .tif = c->tif,
	    .ordflags = c->ordflags,
	};

	if (o == NULL)
		return EXCH_OK;
	if (r.price == EXCH_PX_NONE)
		r.price = o->price;
	if (s->o.fill.fill == EXCH_FILL_MARKET) {
		o->asked = r.price;
		return exch_sim_command(s, &r.h, d);
	}
	why = check_paper(exch_sim_instr(s, t->instr), r.qty, true, r.price);
	if (why != EXCH_REJ_NONE) {
		whole.instr = t->instr; /* it need not have named it */
		return refuse(s, s->desk[o->desk], &whole, why);
	}
	o->asked = r.price;
	return exch_paper_replace(s, &r, d);
}

static int
cancel_all(struct exch_sim *s, const struct sim_desk *k,
    const struct exch_agent_cmd *c, struct exch_diag *d)
{
	struct sim_order *o;
	uint32_t at = 0;
	int err = EXCH_OK;
	struct exch_rec_mass_cancel r = {
	    .h = {EXCH_REC_MASS_CANCEL, sizeof(r) / 8, 0, 0, c->instr, s->now},
	    .account = k->account,
	    .kind = EXCH_MASS_CANCEL,
	};

	if (s->o.fill.fill == EXCH_FILL_MARKET)
		return exch_sim_command(s, &r.h, d);
	while (
	    err == EXCH_OK && (o = exch_keyed_next(&s->orders, &at)) != NULL) {
		struct exch_rec_cancel one = {
		    .h = {EXCH_REC_CANCEL, sizeof(one) / 8, 0, 0, o->key.place,
			s->now},
		    .order = o->key.id,
		    .qty = EXCH_QTY_NONE,
		};

		if (o->desk == k->no &&
		    (c->instr == 0 || c->instr == o->key.place))
			err = exch_paper_cancel(s, &one, d);
	}
	return err;
}

int
exch_desk_send(struct exch_sim *s, struct sim_desk *k,
    const struct sim_flight *f, struct exch_diag *d)
{
	const struct exch_agent_cmd *c = &f->cmd;
	struct sim_instr *in = exch_sim_instr(s, c->instr);
	const struct sim_tag *t;

	if (in != NULL)
		in->dirty = true;
	if (f->again)
		return refuse(s, k, c, EXCH_REJ_DUPLICATE);
	if (c->what == EXCH_AGENT_NEW)
		return enter(s, k, c, d);
	if (c->what == EXCH_AGENT_CANCEL_ALL)
		return cancel_all(s, k, c, d);
	t = exch_keyed_find(&k->tags, 0, c->tag);
	if (t == NULL)
		return refuse(s, k, c, EXCH_REJ_UNKNOWN_ORDER);
	return c->what == EXCH_AGENT_CANCEL ? cancel(s, t, d)
					    : replace(s, c, t, d);
}
