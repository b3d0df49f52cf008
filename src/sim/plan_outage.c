/*
 * Lines of a scenario that take a path of somebody down for a while: the feed
 * that he hears, the line to the exchange, or its answers.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/plan_priv.h"

/* A word, and the time behind it. */
static int
bound(struct scn *s, const char *word, const char *what, exch_ts *t)
{
	const struct scn_word *w;
	const char *need = NULL;

	if (!exch_scn_accept(s, word))
		return exch_scn_expected(s, what);
	w = exch_scn_next(s);
	if (w != NULL &&
	    exch_when_parse(&s->when, w->p, w->n, t, &need) == EXCH_OK)
		return 0;
	s->at -= w != NULL;
	return exch_scn_expected(s, "a time such as 10:05");
}

static int
keep(struct plan_read *r, struct scn *s, const struct plan_outage *o)
{
	if (!exch_room(
		&r->outage, r->noutage, &r->cap_outage, sizeof(*r->outage)))
		return exch_scn_nomem(s);
	r->outage[r->noutage++] = *o;
	return 0;
}

/* outage [of NAME] PATH from TIME to TIME */
int
exch_plan_outage_line(struct plan_read *r, struct scn *s)
{
	struct plan_outage o = {0};
	const struct plan_path *path = NULL;
	int rc = exch_plan_of(s, &o.agent);

	if (rc == 0 && o.agent != NULL)
		(void)exch_plan_agent_so_far(r, s, o.agent, &rc);
	if (rc == 0)
		path = exch_plan_path(s, &rc);
	if (path != NULL) {
		o.first = path->first;
		o.last = path->last;
		rc = bound(s, "from", "\"from\" and a time", &o.from);
		if (rc == 0)
			rc = bound(s, "to", "\"to\" and a time", &o.to);
	}
	if (rc == 0 && o.to <= o.from)
		rc = exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_FORMAT,
		    "the outage has to end behind its beginning");
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc == 0)
		rc = keep(r, s, &o);
	if (rc != 0)
		exch_free(o.agent);
	return rc;
}

static int
by_beginning(const void *a, const void *b)
{
	const struct exch_sim_outage *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

int
exch_plan_outages(const struct plan_read *r, struct exch_plan_agent *a)
{
	size_t cap = 0;
	unsigned n = 0;

	for (size_t i = 0; i < r->noutage; i++) {
		const struct plan_outage *o = &r->outage[i];

		if (o->agent != NULL && strcmp(o->agent, a->name) != 0)
			continue;
		for (unsigned path = o->first; path <= o->last; path++) {
			if (!exch_room(&a->outage, n, &cap, sizeof(*a->outage)))
				return EXCH_ERR_NOMEM;
			a->outage[n++] = (struct exch_sim_outage){
			    o->from, o->to, (enum exch_sim_path)path};
		}
	}
	if (n > 1)
		qsort(a->outage, n, sizeof(*a->outage), by_beginning);
	a->o.outage = a->outage;
	a->o.noutage = n;
	return EXCH_OK;
}

void
exch_plan_outages_clear(struct plan_read *r)
{
	for (size_t i = 0; i < r->noutage; i++)
		exch_free(r->outage[i].agent);
	exch_free(r->outage);
	r->noutage = 0;
}
