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
	struct exch_ext ext[2];
};

static unsigned
extend(struct long_new *r, const struct exch_agent_cmd *c)
{
	unsigned n = 0;

	if (c->display != 0)
		r->ext[n++] = (struct exch_ext){
		    .tag = EXCH_EXT_DISPLAY, .value = c->display};
	if (c->ordtype == EXCH_ORD_STOP || c->ordtype == EXCH_ORD_STOP_LIMIT)
		r->ext[n++] = (struct exch_ext){
		    .tag = EXCH_EXT_STOP, .value = (uint64_t)c->stop};
	if (n != 0)
		r->n.h.flags |= EXCH_F_EXT;
	r->n.h.len8 += (uint8_t)(n * sizeof(r->ext[0]) / 8);
	return n;
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
	(void)extend(&r, c);
	r.n.order = s->next_order++;
	if (remember(s, k, c, r.n.order) != EXCH_OK)
		return no_memory(d);
	return exch_sim_command(s, &r.n.h, d);
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

	return exch_sim_command(s, &r.h, d);
}

static int
replace(struct exch_sim *s, const struct exch_agent_cmd *c,
    const struct sim_tag *t, struct exch_diag *d)
{
	struct sim_order *o = exch_keyed_find(&s->orders, t->instr, t->order);
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
	o->asked = r.price;
	return exch_sim_command(s, &r.h, d);
}

static int
cancel_all(struct exch_sim *s, const struct sim_desk *k,
    const struct exch_agent_cmd *c, struct exch_diag *d)
{
	struct exch_rec_mass_cancel r = {
	    .h = {EXCH_REC_MASS_CANCEL, sizeof(r) / 8, 0, 0, c->instr, s->now},
	    .account = k->account,
	    .kind = EXCH_MASS_CANCEL,
	};

	return exch_sim_command(s, &r.h, d);
}

int
exch_desk_send(struct exch_sim *s, struct sim_desk *k,
    const struct exch_agent_cmd *c, struct exch_diag *d)
{
	struct sim_instr *in = exch_sim_instr(s, c->instr);
	const struct sim_tag *t;

	if (in != NULL)
		in->dirty = true;
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
