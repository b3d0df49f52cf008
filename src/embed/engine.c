/*
 * The engine for other programs (engine.h): the matcher with a draft of a
 * stream as its output, whose records are handed out as they lie.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "base/time.h"
#include "embed/engine.h"
#include "match/match.h"
#include "ref/timetable.h"

struct exch_embed {
	struct exch_match *match;
	struct exch_writer *draft; /* the events */
	size_t at;		   /* bytes of it that were handed out */
	bool begun;		   /* it has a state of its own */
	struct exch_market market;
	struct exch_timetable timetable;
};

void
exch_embed_defaults(struct exch_embed_opts *o)
{
	*o = (struct exch_embed_opts){
	    .phase = EXCH_PHASE_CONTINUOUS, .source = 2};
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* The market's rules, and its sessions as the timetable. */
static int
read_market(struct exch_embed *e, const struct exch_embed_opts *o,
    struct exch_match_opts *mo, struct exch_diag *d)
{
	struct exch_market *m = &e->market;
	struct exch_tz *tz = NULL;
	int err;

	if (o->market == NULL)
		return EXCH_OK;
	err = exch_market_parse(o->market, o->market_bytes, "market", m, d);
	if (err != EXCH_OK)
		return err;
	mo->market = m;
	if (!exch_market_dated(m) && m->sessions == NULL)
		return EXCH_OK;
	if (o->date == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, "market", EXCH_POS_NONE,
		    0, "the market has times of day: they need a date");
	err = exch_tz_fixed(o->utc_offset, &tz);
	if (err == EXCH_OK && m->sessions != NULL) {
		err = exch_timetable_parse(m->sessions, m->nsessions, "market",
		    o->date, tz, &e->timetable, d);
		mo->timetable = &e->timetable;
	}
	if (err == EXCH_OK)
		exch_market_date(m, o->date, tz, NULL);
	exch_tz_free(tz);
	return err;
}

/* A draft that says `source`: one of a writer that nobody reads. */
static int
open_draft(struct exch_embed *e, uint8_t source, struct exch_diag *d)
{
	struct exch_stream_info before = {.source = (uint8_t)(source - 1)};
	struct exch_writer_opts wo = {
	    .tool = "engine", .options = "", .upstream_info = &before};
	struct exch_writer *w = NULL;
	struct exch_out *out = NULL;
	int err = EXCH_OK;

	if (source == 0)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "there is no source 0");
	if (exch_out_mem(&out) != 0)
		err = no_memory(d);
	if (err == EXCH_OK)
		err = exch_writer_open(out, &wo, &w, d);
	if (err == EXCH_OK && exch_writer_draft(w, &e->draft) != 0)
		err = no_memory(d);
	exch_writer_free(w);
	exch_out_free(out);
	return err;
}

int
exch_embed_new(
    const struct exch_embed_opts *o, struct exch_embed **e, struct exch_diag *d)
{
	struct exch_embed *n = exch_calloc(1, sizeof(*n));
	struct exch_embed_opts plain;
	struct exch_match_opts mo = {0};
	int err = EXCH_OK;

	if (n == NULL)
		return no_memory(d);
	if (o == NULL) {
		exch_embed_defaults(&plain);
		o = &plain;
	}
	exch_market_init(&n->market);
	if (o->phase > EXCH_PHASE_HALT)
		err = exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "there is no phase %u to begin in", o->phase);
	mo.phase = o->phase;
	mo.seed = o->seed;
	mo.orders = o->orders;
	if (err == EXCH_OK)
		err = read_market(n, o, &mo, d);
	if (err == EXCH_OK)
		err = open_draft(n, o->source, d);
	if (err == EXCH_OK)
		err = exch_match_new(&mo, n->draft, &n->match, d);
	if (err != EXCH_OK) {
		exch_embed_free(n);
		return err;
	}
	*e = n;
	return EXCH_OK;
}

void
exch_embed_free(struct exch_embed *e)
{
	if (e == NULL)
		return;
	exch_match_free(e->match);
	exch_writer_free(e->draft);
	exch_timetable_clear(&e->timetable);
	exch_market_clear(&e->market);
	exch_free(e);
}

/* Where all was handed out, there is room again. */
static inline void
begin(struct exch_embed *e)
{
	const unsigned char *bytes;

	if (e->at == 0 || e->at != exch_writer_drafted(e->draft, &bytes))
		return;
	exch_writer_draft_clear(e->draft);
	e->at = 0;
}

int
exch_embed_submit(
    struct exch_embed *e, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	begin(e);
	e->begun = true;
	err = exch_match_advance(e->match, r->time, d);
	if (err == EXCH_OK)
		err = exch_match_apply(e->match, r, d);
	return err != EXCH_OK ? err : exch_writer_error(e->draft, d);
}

int
exch_embed_advance(struct exch_embed *e, exch_ts time, struct exch_diag *d)
{
	int err;

	begin(e);
	e->begun = true;
	err = exch_match_advance(e->match, time, d);
	return err != EXCH_OK ? err : exch_writer_error(e->draft, d);
}

const struct exch_rec *
exch_embed_next(struct exch_embed *e)
{
	const unsigned char *bytes;
	size_t n = exch_writer_drafted(e->draft, &bytes);
	const struct exch_rec *r;

	if (e->at == n)
		return NULL;
	r = (const void *)(bytes + e->at);
	e->at += exch_rec_len(r);
	return r;
}

size_t
exch_embed_drain(struct exch_embed *e, const struct exch_rec **first)
{
	const unsigned char *bytes;
	size_t at = e->at;

	e->at = exch_writer_drafted(e->draft, &bytes);
	*first = (const void *)(bytes + at);
	return e->at - at;
}

uint64_t
exch_embed_hash(const struct exch_embed *e)
{
	return exch_match_hash(e->match);
}

/* ---- images ---- */

struct image {
	unsigned char *p;
	size_t n;
	size_t cap;
};

static int
save_bytes(void *arg, void *p, size_t n)
{
	struct image *v = arg;

	if (n > v->cap - v->n) {
		size_t cap = v->cap + v->cap / 2 + n + 4096;
		unsigned char *q = exch_realloc(v->p, cap, 1);

		if (q == NULL)
			return EXCH_ERR_NOMEM;
		v->p = q;
		v->cap = cap;
	}
	memcpy(v->p + v->n, p, n);
	v->n += n;
	return EXCH_OK;
}

static int
load_bytes(void *arg, void *p, size_t n)
{
	struct image *v = arg;

	if (n > v->cap - v->n)
		return EXCH_ERR_CUT;
	memcpy(p, v->p + v->n, n);
	v->n += n;
	return EXCH_OK;
}

int
exch_embed_save(struct exch_embed *e, void **bytes, size_t *n)
{
	struct image v = {0};
	struct exch_image im = {.move = save_bytes, .arg = &v};
	int err = exch_match_image(e->match, &im);

	if (err != EXCH_OK) {
		exch_free(v.p);
		return err;
	}
	*bytes = v.p;
	*n = v.n;
	return EXCH_OK;
}

int
exch_embed_load(struct exch_embed *e, const void *bytes, size_t n)
{
	/* it is only read */
	struct image v = {.p = (unsigned char *)(uintptr_t)bytes, .cap = n};
	struct exch_image im = {.reading = true, .move = load_bytes, .arg = &v};
	int err;

	if (e->begun)
		return EXCH_ERR_EXISTS;
	e->begun = true;
	err = exch_match_image(e->match, &im);
	/* what follows belongs to something else */
	return err == EXCH_OK && v.n != n ? EXCH_ERR_FORMAT : err;
}
