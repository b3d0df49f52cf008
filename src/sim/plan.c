/*
 * A scenario into a plan, and a plan into a simulation.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/near.h"
#include "sim/plan_priv.h"

/* Longest value of a variable. */
#define VALUE_MOST 1024u

void
exch_plan_init(struct exch_plan *p)
{
	*p = (struct exch_plan){.begin = EXCH_TS_NONE, .end = EXCH_TS_NONE};
}

static void
drop_agent(struct exch_plan_agent *a)
{
	exch_params_free(a->o.p);
	for (unsigned i = 0; i < EXCH_PATHS; i++)
		exch_latency_free(a->o.latency[i]);
	exch_free(a->name);
	exch_free(a->instr);
	exch_free(a->outage);
}

void
exch_plan_clear(struct exch_plan *p)
{
	for (size_t i = 0; i < p->nflow; i++) {
		exch_params_free(p->flow[i].o.p);
		exch_free(p->flow[i].name);
	}
	for (size_t i = 0; i < p->nagent; i++)
		drop_agent(&p->agent[i]);
	for (size_t i = 0; i < p->nvenue; i++) {
		for (unsigned k = 0; k < EXCH_PATHS; k++)
			exch_latency_free(p->venue[i].o.latency[k]);
		exch_free(p->venue[i].name);
	}
	exch_free(p->venue);
	for (size_t i = 0; i < p->nvalue; i++) {
		exch_free(p->value[i].name);
		exch_free(p->value[i].value);
	}
	exch_free(p->flow);
	exch_free(p->agent);
	exch_free(p->value);
	exch_free(p->market);
	exch_free(p->day);
	for (size_t i = 0; i < p->nfile; i++)
		exch_free(p->file[i]);
	exch_free(p->file);
	exch_buf_free(&p->script);
	exch_buf_free(&p->text);
	exch_plan_init(p);
}

/* ---- variables ---- */

static char *
copy(const char *p, size_t n)
{
	char *q = exch_malloc(n + 1);

	if (q == NULL)
		return NULL;
	memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

char *
exch_plan_word(const struct scn_word *w)
{
	return copy(w->p, w->n);
}

static struct exch_plan_value *
find_value(const struct exch_plan *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->nvalue; i++) {
		if (strlen(p->value[i].name) == n &&
		    memcmp(p->value[i].name, name, n) == 0)
			return &p->value[i];
	}
	return NULL;
}

static int
set_value(struct exch_plan *p, const char *name, size_t nname,
    const char *value, size_t nvalue, bool given)
{
	struct exch_plan_value *v = find_value(p, name, nname);
	char *text;

	/* What -D says goes before what a line says. */
	if (v != NULL && v->given)
		return given ? EXCH_ERR_EXISTS : EXCH_OK;
	text = copy(value, nvalue);
	if (text == NULL)
		return EXCH_ERR_NOMEM;
	if (v != NULL) {
		exch_free(v->value);
		v->value = text;
		return EXCH_OK;
	}
	if (!exch_room(&p->value, p->nvalue, &p->cap_value, sizeof(*v))) {
		exch_free(text);
		return EXCH_ERR_NOMEM;
	}
	v = &p->value[p->nvalue];
	*v = (struct exch_plan_value){
	    .name = copy(name, nname), .value = text, .given = given};
	p->nvalue++;
	return v->name != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

static bool
is_name(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		if (c != '_' && !(c >= '0' && c <= '9') &&
		    !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'))
			return false;
	}
	return n > 0 && n < 64;
}

int
exch_plan_define(struct exch_plan *p, const char *text)
{
	const char *eq = strchr(text, '=');
	size_t n = eq != NULL ? (size_t)(eq - text) : 0;

	if (!is_name(text, n) || strlen(eq + 1) > VALUE_MOST)
		return EXCH_ERR_FORMAT;
	return set_value(p, text, n, eq + 1, strlen(eq + 1), true);
}

/* The variable that a line sets or asks for under a name like this. */
static const char *
near_value(const struct exch_plan *p, const char *name)
{
	const char *best = NULL;
	size_t n = strlen(name);

	for (size_t i = 0; i < p->nvalue; i++) {
		const struct exch_plan_value *v = &p->value[i];
		const char *two[] = {v->name, best};

		if (!v->given || v->used)
			best = exch_nearest(name, n, two, best == NULL ? 1 : 2);
	}
	return best;
}

const char *
exch_plan_unused(const struct exch_plan *p, const char **near)
{
	*near = NULL;
	for (size_t i = 0; i < p->nvalue; i++) {
		const struct exch_plan_value *v = &p->value[i];

		if (v->given && !v->used) {
			*near = near_value(p, v->name);
			return v->name;
		}
	}
	return NULL;
}

static const char *
value_of(void *arg, const char *name, size_t n, const char **given)
{
	struct plan_read *r = arg;
	struct exch_plan_value *v = find_value(r->p, name, n);

	if (v == NULL)
		return NULL;
	v->used = true;
	*given = v->given ? v->name : NULL;
	return v->value;
}

/* ---- lines ---- */

int
exch_plan_said(struct scn *s, const struct scn_word *w, int err,
    const struct exch_diag *own)
{
	struct exch_place at = exch_scn_place(s, w);

	if (err == EXCH_OK)
		return EXCH_OK;
	if (err == EXCH_ERR_NOMEM)
		return exch_scn_nomem(s);
	if (own->code == EXCH_OK)
		return exch_scn_fail(s, w, (enum exch_err)err, "%s",
		    exch_err_text((enum exch_err)err));
	return exch_place_told(s->d, &at, own);
}

struct exch_place
exch_plan_place(
    const struct plan_read *r, const struct scn *s, const struct scn_word *w)
{
	struct exch_place at = exch_scn_place(s, w);

	at.file = r->file;
	return at;
}

/* The file that is read from here on: places have its name. */
static int
begin_file(struct plan_read *r, const struct exch_in *in)
{
	struct exch_plan *p = r->p;
	char *name = exch_strdup(exch_in_name(in));

	if (name == NULL ||
	    !exch_room(&p->file, p->nfile, &p->cap_file, sizeof(*p->file))) {
		exch_free(name);
		return EXCH_ERR_NOMEM;
	}
	p->file[p->nfile++] = name;
	r->file = name;
	return EXCH_OK;
}

/* set NAME VALUE */
static int
set_line(struct plan_read *r, struct scn *s)
{
	const struct scn_word *name = exch_scn_next(s);
	const struct scn_word *value = exch_scn_next(s);

	if (name != NULL && memchr(name->p, '=', name->n) != NULL)
		return exch_scn_fail(s, name, EXCH_ERR_FORMAT,
		    "there is no \"=\" between a variable and its value: put "
		    "a blank there");
	if (name == NULL || !is_name(name->p, name->n)) {
		s->at = 1;
		return exch_scn_expected(
		    s, "the name of a variable, of letters, digits and _");
	}
	if (value == NULL)
		return exch_scn_expected(s, "its value");
	if (exch_scn_is(value, "=") && s->at < s->nwords)
		return exch_scn_fail(s, value, EXCH_ERR_FORMAT,
		    "there is no \"=\" between a variable and its value: "
		    "leave it out");
	if (value->n > VALUE_MOST)
		return exch_scn_fail(s, value, EXCH_ERR_FORMAT,
		    "a value has at most %u bytes", VALUE_MOST);
	if (set_value(r->p, name->p, name->n, value->p, value->n, false) !=
	    EXCH_OK)
		return exch_scn_nomem(s);
	return exch_scn_end(s);
}

/* Is the file of that name, as it was opened, being read already? */
static bool
inside(const struct plan_read *r, const char *name)
{
	for (unsigned i = 0; i <= r->depth; i++) {
		if (strcmp(r->inside[i], name) == 0)
			return true;
	}
	return false;
}

/* include FILE */
static int
include_line(struct plan_read *r, struct scn *s)
{
	const struct scn_word *w = exch_scn_next(s);
	struct exch_diag own = {0};
	const char *file = r->file;
	struct exch_in *in = NULL;
	char *path;
	int rc;

	if (w == NULL)
		return exch_scn_expected(s, "the name of a file");
	path = exch_plan_word(w);
	if (path == NULL)
		return exch_scn_nomem(s);
	if (r->depth == EXCH_PLAN_DEPTH)
		rc = exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "more than %u files within files", EXCH_PLAN_DEPTH);
	else
		rc = exch_plan_said(
		    s, w, r->o->open(r->o->arg, path, &in, &own), &own);
	if (rc == 0 && inside(r, exch_in_name(in)))
		rc = exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "%s is being read already: it would include itself for "
		    "ever",
		    path);
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc == 0 && begin_file(r, in) != EXCH_OK)
		rc = exch_scn_nomem(s);
	if (rc == 0) {
		r->inside[++r->depth] = r->file;
		rc = exch_scn_include(s, in);
		r->depth--;
	}
	r->file = file;
	exch_in_close(in);
	exch_free(path);
	return rc;
}

static int
setting(void *arg, struct scn *s)
{
	static const struct {
		const char *word;
		int (*line)(struct plan_read *r, struct scn *s);
	} lines[] = {{"set", set_line}, {"include", include_line},
	    {"flow", exch_plan_flow_line}, {"agent", exch_plan_agent_line},
	    {"strategy", exch_plan_strategy_line},
	    {"latency", exch_plan_latency_line}, {"fees", exch_plan_fees_line},
	    {"outage", exch_plan_outage_line}, {"venue", exch_plan_venue_line}};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(lines); i++) {
		if (exch_scn_accept(s, lines[i].word))
			return lines[i].line(arg, s);
	}
	return exch_plan_setting(arg, s);
}

static int
event(void *arg, struct scn *s)
{
	(void)arg;
	(void)s;
	return 1;
}

static int
record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct plan_read *pr = arg;

	exch_buf_add(&pr->p->script, r, exch_rec_len(r));
	if (!pr->p->script.failed)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the scenario");
}

static int
trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	(void)arg;
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, NULL, at->kind, at->where, "%s", text);
}

static int
zone(void *arg, struct scn *s, const char *name)
{
	struct plan_read *r = arg;

	if (r->p->begin != EXCH_TS_NONE || r->p->end != EXCH_TS_NONE ||
	    r->noutage != 0)
		return exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_FORMAT,
		    "the zone is named behind the times of begin, end or an "
		    "outage: put its line before theirs");
	if (r->p->zone[0] == '\0' && strlen(name) < sizeof(r->p->zone))
		memcpy(r->p->zone, name, strlen(name) + 1);
	return 0;
}

int
exch_plan_read(struct exch_plan *p, struct exch_in *in,
    const struct exch_plan_opts *o, struct exch_diag *d)
{
	struct plan_read r = {.p = p, .o = o, .d = d};
	struct exch_scn_more more = {&r, setting, event, value_of, zone};
	struct exch_feed_sink sink = {
	    .arg = &r, .record = record, .trouble = trouble};
	struct exch_feed_stats *st = exch_calloc(1, sizeof(*st));
	int rc = EXCH_ERR_NOMEM;

	r.feed = (struct exch_feed_opts){
	    .date = o->date, .tz = o->tz, .zone = o->zone, .more = &more};
	if (st != NULL)
		rc = begin_file(&r, in);
	r.inside[0] = r.file;
	if (rc == 0)
		rc = exch_feed_scenario.run(in, &r.feed, &sink, st, d);
	if (rc == 0)
		rc = exch_plan_settings(p, d);
	if (rc == 0)
		rc = exch_plan_assign(&r, d);
	for (size_t i = 0; i < r.nlatency; i++) {
		exch_free(r.latency[i].agent);
		exch_latency_free(r.latency[i].law);
	}
	exch_free(r.latency);
	exch_plan_outages_clear(&r);
	exch_free(st);
	if (rc == EXCH_ERR_NOMEM)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the scenario");
	return rc;
}

/* ---- into a simulation ---- */

int
exch_plan_start(struct exch_plan *p, struct exch_sim *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t at = 0; at < p->script.len && err == EXCH_OK;) {
		const struct exch_rec *r = (void *)(p->script.p + at);

		at += exch_rec_len(r);
		if (exch_sim_script(s, r) != EXCH_OK)
			err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for the scenario");
	}
	for (size_t i = 0; i < p->nvenue && err == EXCH_OK; i++) {
		err = exch_sim_add_venue(s, &p->venue[i].o, d);
		memset(p->venue[i].o.latency, 0, sizeof(p->venue[i].o.latency));
	}
	for (size_t i = 0; i < p->nflow && err == EXCH_OK; i++) {
		err = exch_sim_add_flow(s, &p->flow[i].o, d);
		p->flow[i].o.p = NULL;
	}
	for (size_t i = 0; i < p->nagent && err == EXCH_OK; i++) {
		struct exch_plan_agent *a = &p->agent[i];

		err = exch_sim_add_agent(s, &a->o, d);
		a->o.p = NULL;
		memset(a->o.latency, 0, sizeof(a->o.latency));
	}
	return err;
}
