/*
 * Venues: what is paid there, and the way to them.  An agent's own latency is
 * the way to where its orders part; behind that each venue has its own, and
 * what goes by one way does not overtake.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "ref/venue.h"
#include "sim/kernel.h"

/* ---- life ---- */

static void
drop_laws(struct exch_latency *const latency[EXCH_PATHS])
{
	for (unsigned i = 0; i < EXCH_PATHS; i++)
		exch_latency_free(latency[i]);
}

void
exch_where_close(struct exch_sim *s)
{
	for (size_t i = 0; i < s->nvenue; i++) {
		drop_laws(s->venue[i].o.latency);
		exch_free((void *)(uintptr_t)s->venue[i].o.name);
	}
	exch_free(s->venue);
	s->nvenue = 0;
}

int
exch_sim_add_venue(struct exch_sim *s, const struct exch_sim_venue_opts *o,
    struct exch_diag *d)
{
	char *name = exch_strdup(o->name);
	struct sim_venue *v;

	if (name == NULL ||
	    !exch_room(&s->venue, s->nvenue, &s->cap_venue, sizeof(*v))) {
		exch_free(name);
		drop_laws(o->latency);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for venues");
	}
	v = &s->venue[s->nvenue++];
	v->o = *o;
	v->o.name = name;
	return EXCH_OK;
}

uint32_t
exch_where_is(const struct exch_sim *s, const struct exch_rec_instrument *r)
{
	size_t n = exch_venue_len(r->symbol);

	for (uint32_t i = 0; i < s->nvenue; i++)
		if (exch_venue_is(r->symbol, n, s->venue[i].o.name))
			return i + 1;
	return 0;
}

/* ---- fees ---- */

int64_t
exch_sim_fee(const struct exch_sim *s, size_t agent, uint32_t instr, bool maker)
{
	const struct sim_desk *k = s->desk[agent];
	const struct sim_instr *in = exch_sim_instr(s, instr);
	uint32_t venue = in != NULL ? in->venue : 0;
	const struct exch_sim_venue_opts *o =
	    venue != 0 ? &s->venue[venue - 1].o : NULL;

	if (o == NULL || !o->fees || k->fees)
		return maker ? k->a.maker_fee : k->a.taker_fee;
	return maker ? o->maker_fee : o->taker_fee;
}

/* ---- an agent's ways ---- */

void
exch_where_drop(struct sim_desk *k, size_t nvenue)
{
	for (size_t i = 0; k->leg != NULL && i < nvenue; i++)
		drop_laws(k->leg[i].latency);
	exch_free(k->leg);
	exch_free(k->access);
}

/* The laws are a venue's, the queues by which they keep order an agent's. */
static int
make_legs(const struct exch_sim *s, struct sim_desk *k)
{
	k->leg = exch_calloc(s->nvenue, sizeof(*k->leg));
	if (k->leg == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 0; i < s->nvenue; i++) {
		for (unsigned p = 0; p < EXCH_PATHS; p++) {
			const struct exch_latency *l = s->venue[i].o.latency[p];
			struct exch_latency **to = &k->leg[i].latency[p];

			if (l == NULL)
				continue;
			*to = exch_latency_copy(l);
			if (*to == NULL)
				return EXCH_ERR_NOMEM;
		}
	}
	return EXCH_OK;
}

static uint64_t
least(const struct exch_latency *l)
{
	return l != NULL ? exch_latency_least(l) : 0;
}

static struct exch_agent_access
access_to(const struct exch_sim *s, const struct sim_desk *k, uint32_t instr)
{
	const struct sim_instr *in = exch_sim_instr(s, instr);
	uint32_t venue = in->venue;
	struct exch_agent_access a = {
	    .maker_fee = exch_sim_fee(s, k->no, instr, true),
	    .taker_fee = exch_sim_fee(s, k->no, instr, false),
	    .entry = least(k->latency[EXCH_PATH_NEW]),
	    .dark = in->dark,
	    .least = in->least};

	if (venue != 0)
		a.entry += least(k->leg[venue - 1].latency[EXCH_PATH_NEW]);
	return a;
}

int
exch_where_open(struct exch_sim *s, struct sim_desk *k)
{
	int err = s->nvenue != 0 ? make_legs(s, k) : EXCH_OK;

	if (err != EXCH_OK)
		return err;
	k->access = exch_calloc(k->a.ninstr + 1u, sizeof(*k->access));
	if (k->access == NULL)
		return EXCH_ERR_NOMEM;
	for (unsigned i = 0; i < k->a.ninstr; i++)
		k->access[i] = access_to(s, k, k->told[i].h.instr);
	k->a.access = k->access;
	return EXCH_OK;
}

exch_ts
exch_where_arrival(struct exch_sim *s, struct sim_desk *k,
    enum exch_sim_path path, uint32_t instr, exch_ts t)
{
	const struct sim_instr *in = exch_sim_instr(s, instr);
	uint32_t venue = in != NULL ? in->venue : 0;
	struct exch_latency *own = k->latency[path];
	struct exch_latency *leg = venue != 0 && k->leg != NULL
				       ? k->leg[venue - 1].latency[path]
				       : NULL;

	if (own != NULL)
		t = exch_latency_arrival(own, &k->rng, t);
	return leg != NULL ? exch_latency_arrival(leg, &k->rng, t) : t;
}
