/*
 * Lines of a scenario that say how long what somebody sends is on its way, and
 * what he pays: for agents, and for venues.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "feed/names.h"
#include "rec/dir.h"
#include "ref/venue.h"
#include "sim/plan_priv.h"

#define WHOLE INT64_C(1000000000) /* 100 %, as fees are told */

/* ---- latencies ---- */

static const struct plan_path paths[] = {
    {"all", EXCH_PATH_FEED, EXCH_PATH_RESPONSE},
    {"entry", EXCH_PATH_NEW, EXCH_PATH_CANCEL},
    {"feed", EXCH_PATH_FEED, EXCH_PATH_FEED},
    {"new", EXCH_PATH_NEW, EXCH_PATH_NEW},
    {"replace", EXCH_PATH_REPLACE, EXCH_PATH_REPLACE},
    {"cancel", EXCH_PATH_CANCEL, EXCH_PATH_CANCEL},
    {"response", EXCH_PATH_RESPONSE, EXCH_PATH_RESPONSE}};

const struct plan_path *
exch_plan_path(struct scn *s, int *rc)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(paths); i++) {
		if (exch_scn_accept(s, paths[i].word))
			return &paths[i];
	}
	*rc = exch_scn_expected(
	    s, "a path: feed, entry, new, replace, cancel, response or all");
	return NULL;
}

int
exch_plan_of(struct scn *s, char **name)
{
	const struct scn_word *w;

	*name = NULL;
	if (!exch_scn_accept(s, "of"))
		return 0;
	w = exch_scn_next(s);
	if (w == NULL)
		return exch_scn_expected(s, "the name of an agent");
	*name = exch_plan_word(w);
	return *name != NULL ? 0 : exch_scn_nomem(s);
}

/* The law behind a path's word. */
static int
law(struct plan_read *r, struct scn *s, struct exch_latency **l)
{
	char *words[EXCH_SCN_WORDS];
	unsigned n = 0, used = 0, from = s->at;
	struct exch_diag own = {0};
	int rc = EXCH_OK;

	for (; s->at + n < s->nwords && rc == EXCH_OK; n++) {
		words[n] = exch_plan_word(&s->word[s->at + n]);
		if (words[n] == NULL)
			rc = EXCH_ERR_NOMEM;
	}
	if (rc == EXCH_OK)
		rc = exch_latency_parse((const char *const *)words, n, &used,
		    r->o->slurp, r->o->arg, l, &own);
	for (unsigned i = 0; i < n; i++)
		exch_free(words[i]);
	s->at = from + (used < n ? used : n);
	return exch_plan_said(
	    s, s->at < s->nwords ? &s->word[s->at] : NULL, rc, &own);
}

static int
keep_law(struct plan_read *r, struct scn *s, const struct plan_latency *of,
    const struct plan_path *path, const struct exch_latency *l)
{
	for (unsigned i = path->first; i <= path->last; i++) {
		struct plan_latency *k;

		if (!exch_room(
			&r->latency, r->nlatency, &r->cap_latency, sizeof(*k)))
			return exch_scn_nomem(s);
		k = &r->latency[r->nlatency];
		*k = (struct plan_latency){
		    .at = of->at, .path = i, .law = exch_latency_copy(l)};
		k->agent = of->agent != NULL ? exch_strdup(of->agent) : NULL;
		r->nlatency++;
		if (k->law == NULL || (of->agent != NULL && k->agent == NULL))
			return exch_scn_nomem(s);
	}
	return 0;
}

/* The last told holds. */
static int
venue_law(struct scn *s, struct exch_plan_venue *v,
    const struct plan_path *path, const struct exch_latency *l)
{
	for (unsigned i = path->first; i <= path->last; i++) {
		exch_latency_free(v->o.latency[i]);
		v->o.latency[i] = exch_latency_copy(l);
		if (v->o.latency[i] == NULL)
			return exch_scn_nomem(s);
	}
	return 0;
}

/* PATH LAW [PATH LAW]..., to the end of the line: of an agent or a venue. */
static int
laws(struct plan_read *r, struct scn *s, const struct plan_latency *of,
    struct exch_plan_venue *v)
{
	int rc = 0;

	do {
		struct exch_latency *l = NULL;
		const struct plan_path *path = exch_plan_path(s, &rc);

		if (path == NULL)
			return rc;
		rc = law(r, s, &l);
		if (rc == 0 && v != NULL)
			rc = venue_law(s, v, path, l);
		else if (rc == 0)
			rc = keep_law(r, s, of, path, l);
		exch_latency_free(l);
	} while (rc == 0 && s->at < s->nwords);
	return rc;
}

/* latency [of NAME] PATH LAW [PATH LAW]... */
int
exch_plan_latency_line(struct plan_read *r, struct scn *s)
{
	struct plan_latency of = {0};
	int rc = exch_plan_of(s, &of.agent);

	of.at = exch_plan_place(r, s, &s->word[s->at - 1]);
	if (rc == 0)
		rc = laws(r, s, &of, NULL);
	exch_free(of.agent);
	return rc;
}

/* ---- fees ---- */

/* "-0.2bp" or "0.01%" in 10^-9 of the value. */
static int
rate(struct scn *s, int64_t *fee)
{
	const struct scn_word *w = exch_scn_next(s);
	size_t n = w != NULL ? w->n : 0;
	unsigned unit = n > 2 && w->p[n - 2] == 'b' && w->p[n - 1] == 'p' ? 2
			: n > 1 && w->p[n - 1] == '%'			  ? 1
									  : 0;

	if (unit == 0 ||
	    exch_dec_parse(w->p, n - unit, unit == 2 ? 5 : 7, fee) != 0) {
		s->at -= w != NULL;
		return exch_scn_expected(s, "a rate such as 0.2bp or -0.01%");
	}
	if (*fee > WHOLE || *fee < -WHOLE)
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "a fee is no more than the whole value");
	return 0;
}

static struct exch_plan_agent *
find_agent(const struct exch_plan *p, const char *name)
{
	for (size_t i = 0; i < p->nagent; i++) {
		if (strcmp(p->agent[i].name, name) == 0)
			return &p->agent[i];
	}
	return NULL;
}

struct exch_plan_agent *
exch_plan_agent_so_far(
    struct plan_read *r, struct scn *s, const char *name, int *rc)
{
	struct exch_plan_agent *a = find_agent(r->p, name);

	if (a == NULL)
		*rc = exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_FORMAT,
		    "there is no agent %s so far", name);
	return a;
}

/* fees [of NAME] maker RATE taker RATE */
int
exch_plan_fees_line(struct plan_read *r, struct scn *s)
{
	struct exch_plan_agent *a = NULL;
	int64_t maker = 0, taker = 0;
	char *name;
	int rc = exch_plan_of(s, &name);

	if (rc == 0 && name != NULL)
		a = exch_plan_agent_so_far(r, s, name, &rc);
	exch_free(name);
	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "maker"))
			rc = rate(s, &maker);
		else if (exch_scn_accept(s, "taker"))
			rc = rate(s, &taker);
		else
			rc = exch_scn_expected(s, "maker or taker and a rate");
	}
	if (rc != 0)
		return rc;
	if (a == NULL) {
		r->maker_fee = maker;
		r->taker_fee = taker;
		return 0;
	}
	a->o.fees = true;
	a->o.maker_fee = maker;
	a->o.taker_fee = taker;
	return 0;
}

/* ---- venues ---- */

static bool
is_at(const char *symbol, const char *venue)
{
	return exch_venue_is(symbol, exch_venue_len(symbol), venue);
}

/* Is an instrument so far, or one of the day, at that venue? */
static bool
is_somewhere(const struct plan_read *r, const struct scn *s, const char *venue)
{
	const struct exch_dir *day = r->feed.known;

	for (uint32_t i = 0; day != NULL && i <= exch_dir_max(day); i++) {
		const struct exch_rec_instrument *in =
		    exch_dir_instrument(day, i);

		if (in != NULL && is_at(in->symbol, venue))
			return true;
	}
	for (uint32_t i = 0; i < exch_names_count(s->symbols); i++) {
		if (is_at(s->instr[i].symbol, venue))
			return true;
	}
	return false;
}

/* One more, by the name that stands next. */
static int
begin_venue(struct plan_read *r, struct scn *s, struct exch_plan_venue **v)
{
	struct exch_plan *p = r->p;
	const struct scn_word *w = exch_scn_next(s);

	if (w == NULL)
		return exch_scn_expected(s, "the name of a venue");
	if (!exch_room(&p->venue, p->nvenue, &p->cap_venue, sizeof(**v)))
		return exch_scn_nomem(s);
	*v = &p->venue[p->nvenue];
	**v = (struct exch_plan_venue){.name = exch_plan_word(w)};
	(*v)->o.name = (*v)->name;
	if ((*v)->name == NULL)
		return exch_scn_nomem(s);
	p->nvenue++;
	for (size_t i = 0; i + 1 < p->nvenue; i++)
		if (strcmp(p->venue[i].name, (*v)->name) == 0)
			return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
			    "venue %s was told before", (*v)->name);
	if (is_somewhere(r, s, (*v)->name))
		return 0;
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "there is no instrument at %s so far, such as ABC.%s: put this "
	    "line behind theirs",
	    (*v)->name, (*v)->name);
}

/* venue NAME [maker RATE] [taker RATE] [latency PATH LAW [PATH LAW]...] */
int
exch_plan_venue_line(struct plan_read *r, struct scn *s)
{
	struct exch_plan_venue *v = NULL;
	int rc = begin_venue(r, s, &v);

	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "latency"))
			return laws(r, s, NULL, v);
		if (exch_scn_accept(s, "maker"))
			rc = rate(s, &v->o.maker_fee);
		else if (exch_scn_accept(s, "taker"))
			rc = rate(s, &v->o.taker_fee);
		else
			return exch_scn_expected(
			    s, "maker or taker and a rate, or latency");
		v->o.fees = true;
	}
	return rc;
}

/* ---- at the end ---- */

/* The latency of a path: the agent's own, or everybody's; the last told. */
static const struct exch_latency *
latency_of(const struct plan_read *r, const char *name, unsigned path)
{
	const struct exch_latency *own = NULL, *all = NULL;

	for (size_t i = 0; i < r->nlatency; i++) {
		const struct plan_latency *k = &r->latency[i];

		if (k->path != path)
			continue;
		if (k->agent == NULL)
			all = k->law;
		else if (strcmp(k->agent, name) == 0)
			own = k->law;
	}
	return own != NULL ? own : all;
}

int
exch_plan_assign(struct plan_read *r, struct exch_diag *d)
{
	for (size_t i = 0; i < r->nlatency; i++) {
		const struct plan_latency *k = &r->latency[i];

		if (k->agent != NULL && find_agent(r->p, k->agent) == NULL)
			return exch_place_fail(d, EXCH_ERR_FORMAT, &k->at,
			    "there is a latency of %s, and no such agent: it "
			    "needs a line \"agent %s\" or \"strategy %s\"",
			    k->agent, k->agent, k->agent);
	}
	for (size_t i = 0; i < r->p->nagent; i++) {
		struct exch_plan_agent *a = &r->p->agent[i];

		if (!a->o.fees) {
			a->o.maker_fee = r->maker_fee;
			a->o.taker_fee = r->taker_fee;
		}
		if (exch_plan_outages(r, a) != EXCH_OK)
			return exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory");
		for (unsigned k = 0; k < EXCH_PATHS; k++) {
			const struct exch_latency *l =
			    latency_of(r, a->name, k);

			if (l == NULL)
				continue;
			a->o.latency[k] = exch_latency_copy(l);
			if (a->o.latency[k] == NULL)
				return exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
				    EXCH_POS_NONE, 0, "out of memory");
		}
	}
	return EXCH_OK;
}
