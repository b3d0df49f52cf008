/*
 * Flows as actors: what a model draws becomes a command, and what becomes of
 * its orders is told to it.
 */
#include <config.h>

#include "base/alloc.h"
#include "sim/kernel.h"

/* A number of the run; the first of its stream is that of agents. */
static uint64_t
common(uint64_t seed)
{
	struct exch_rng r;

	exch_sim_stream(&r, seed, "");
	(void)exch_rng_u64(&r);
	return exch_rng_u64(&r);
}

int
exch_sim_add_flow(
    struct exch_sim *s, const struct exch_sim_flow_opts *o, struct exch_diag *d)
{
	struct sim_flow *f;

	if (!exch_room(&s->flow, s->nflow, &s->cap_flow, sizeof(*f))) {
		exch_params_free(o->p);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for flows");
	}
	f = &s->flow[s->nflow];
	*f = (struct sim_flow){
	    .f = {.kind = o->kind,
		.params = o->p,
		.begin = s->o.begin,
		.end = s->o.end},
	    .instr = o->instr,
	    .account = o->account,
	    .accounts = o->accounts,
	    .at = o->at,
	    .params = o->p,
	};
	exch_sim_stream(&f->f.rng, s->o.seed, o->name);
	f->f.run = common(s->o.seed);
	s->nflow++;
	f->f.live = exch_live_new();
	f->f.state = exch_calloc(1, o->kind->size + 1);
	if (f->f.live == NULL || f->f.state == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for flows");
	return EXCH_OK;
}

void
exch_crowd_close(struct exch_sim *s)
{
	for (size_t i = 0; i < s->nflow; i++) {
		struct sim_flow *f = &s->flow[i];

		if (f->f.kind->close != NULL && f->f.state != NULL)
			f->f.kind->close(&f->f);
		exch_live_free(f->f.live);
		exch_free(f->f.state);
		exch_params_free(f->params);
	}
	exch_free(s->flow);
	s->nflow = 0;
}

/* When it acts next. */
static void
plan(struct exch_sim *s, struct sim_flow *f, struct sim_instr *in)
{
	in->m.now = s->now;
	exch_agenda_set(&s->agenda, f->actor, f->f.kind->when(&f->f, &in->m));
}

int
exch_crowd_open(struct exch_sim *s, struct exch_diag *d)
{
	for (size_t i = s->nflow; i-- > 0;) {
		struct sim_flow *f = &s->flow[i];
		struct sim_instr *in = exch_sim_instr(s, f->instr);
		int err;

		if (in == NULL)
			return exch_place_fail(d, EXCH_ERR_RANGE, &f->at,
			    "this instrument is not there when the run "
			    "begins: put its line before those with a time");
		if (in->m.reference == EXCH_SIM_NO_TICK)
			return exch_place_fail(d, EXCH_ERR_RANGE, &f->at,
			    "%.24s has a flow and no price to begin at: add "
			    "\"reference PRICE\" to its line",
			    in->rec.symbol);
		f->actor = exch_sim_flow_actor(s, i);
		f->next = in->flows;
		in->flows = (uint32_t)i;
		err = f->f.kind->open(&f->f, d);
		if (err != EXCH_OK)
			return err;
		plan(s, f, in);
	}
	return EXCH_OK;
}

bool
exch_crowd_less(
    struct exch_sim *s, struct sim_instr *in, exch_oid order, uint64_t qty)
{
	for (uint32_t i = in->flows; i != EXCH_SIM_NOBODY;
	     i = s->flow[i].next) {
		struct exch_live *l = s->flow[i].f.live;
		unsigned side;
		int64_t tick;
		uint64_t lots;

		if (!exch_live_find(l, order, &side, &tick, &lots))
			continue;
		qty /= in->m.lot;
		exch_live_left(l, order, qty < lots ? lots - qty : 0);
		return true;
	}
	return false;
}

/* ---- acting ---- */

static uint32_t
whose(struct sim_flow *f)
{
	if (f->accounts <= 1)
		return f->account;
	return f->account + (uint32_t)exch_rng_below(&f->f.rng, f->accounts);
}

/* What no price holds is told as the largest: the engine refuses it. */
static exch_px
price_of(const struct sim_instr *in, int64_t tick)
{
	exch_px price;

	return __builtin_mul_overflow(tick, in->tick, &price) ? EXCH_PX_NONE - 1
							      : price;
}

static int
enter(struct exch_sim *s, struct sim_flow *f, struct sim_instr *in,
    const struct exch_flow_order *o, struct exch_diag *d)
{
	bool limit = o->what == EXCH_FLOW_LIMIT;
	struct exch_rec_new r = {
	    .h = {EXCH_REC_NEW, sizeof(r) / 8, 0, 0, f->instr, s->now},
	    .order = s->next_order++,
	    .price = limit ? price_of(in, o->tick) : EXCH_PX_NONE,
	    .qty = o->lots * in->m.lot,
	    .account = whose(f),
	    .side = o->side == 0 ? EXCH_BUY : EXCH_SELL,
	    .ordtype = limit ? EXCH_ORD_LIMIT : EXCH_ORD_MARKET,
	    .tif = limit ? EXCH_TIF_DAY : EXCH_TIF_IOC,
	};

	s->hand.order = r.order;
	s->hand.qty = r.qty;
	s->hand.gone = false;
	return exch_sim_command(s, &r.h, d);
}

/* Its limit order rests, or what is left of it. */
static int
rest(struct exch_sim *s, struct sim_flow *f, const struct sim_instr *in,
    const struct exch_flow_order *o, struct exch_diag *d)
{
	if (s->hand.gone || s->hand.qty == 0)
		return EXCH_OK;
	if (exch_live_add(f->f.live, s->hand.order, o->side, o->tick,
		s->hand.qty / in->m.lot) == EXCH_OK)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the orders of a flow");
}

/* What the phase leaves to do. */
static bool
may(const struct sim_instr *in, uint8_t what)
{
	switch (in->phase) {
	case EXCH_PHASE_CONTINUOUS:
		return true;
	case EXCH_PHASE_CALL:
	case EXCH_PHASE_PRE_OPEN:
		return what != EXCH_FLOW_MARKET;
	default:
		return false;
	}
}

static int
carry_out(struct exch_sim *s, struct sim_flow *f, struct sim_instr *in,
    const struct exch_flow_order *o, struct exch_diag *d)
{
	struct exch_rec_cancel c = {
	    .h = {EXCH_REC_CANCEL, sizeof(c) / 8, 0, 0, f->instr, s->now},
	    .order = o->id,
	    .qty = EXCH_QTY_NONE,
	};
	int err = EXCH_OK;

	switch (may(in, o->what) ? o->what : EXCH_FLOW_NOTHING) {
	case EXCH_FLOW_LIMIT:
		err = enter(s, f, in, o, d);
		in = exch_sim_instr(s, f->instr);
		return err == EXCH_OK ? rest(s, f, in, o, d) : err;
	case EXCH_FLOW_MARKET:
		return enter(s, f, in, o, d);
	case EXCH_FLOW_CANCEL:
		return exch_sim_command(s, &c.h, d);
	default:
		return err;
	}
}

int
exch_crowd_act(struct exch_sim *s, size_t i, struct exch_diag *d)
{
	struct sim_flow *f = &s->flow[i];
	struct sim_instr *in = exch_sim_instr(s, f->instr);
	struct exch_flow_order o = {0};
	int err;

	in->m.now = s->now;
	f->f.kind->act(&f->f, &in->m, &o);
	s->hand.flow = (uint32_t)i;
	in->dirty = true;
	err = carry_out(s, f, in, &o, d);
	s->hand.flow = EXCH_SIM_NOBODY;
	s->hand.order = 0;
	if (err != EXCH_OK)
		return err;
	if (f->f.kind->told != NULL)
		f->f.kind->told(&f->f, &in->m, true);
	plan(s, f, in);
	return EXCH_OK;
}

/* ---- the others have done something ---- */

static void
tell(struct exch_sim *s, struct sim_instr *in)
{
	for (uint32_t i = in->flows; i != EXCH_SIM_NOBODY;
	     i = s->flow[i].next) {
		struct sim_flow *f = &s->flow[i];

		if (i == s->hand.flow)
			continue;
		in->m.now = s->now;
		if (f->f.kind->told != NULL)
			f->f.kind->told(&f->f, &in->m, false);
		if (f->f.kind->reactive)
			plan(s, f, in);
	}
}

void
exch_crowd_settle(struct exch_sim *s)
{
	if (s->all_changed) {
		for (size_t i = 0; i < s->ninstr; i++) {
			tell(s, &s->instr[i]);
		}
	} else if (s->changed != 0) {
		tell(s, exch_sim_instr(s, s->changed));
	}
}
