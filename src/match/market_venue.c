/*
 * Venues of a market with rules of their own, exch-market(5), VENUES: each is
 * a file beside the market's.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "match/market_line.h"
#include "ref/timetable.h"
#include "ref/venue.h"

/* "*.NAME" has to fit where a timetable names an instrument. */
#define NAME_MOST (EXCH_VENUE_SYMBOL - 2u)

static int
no_memory(struct exch_market_line *p)
{
	return exch_diag_set(p->d, EXCH_ERR_NOMEM, p->name, EXCH_POS_LINE,
	    p->line, "out of memory for a venue");
}

/* The file stands where the market's own does, unless its name says more. */
static char *
beside(const char *name, struct exch_piece file)
{
	const char *slash = file.p[0] != '/' ? strrchr(name, '/') : NULL;
	size_t dir = slash != NULL ? (size_t)(slash + 1 - name) : 0;
	char *path = exch_malloc(dir + file.n + 1);

	if (path == NULL)
		return NULL;
	memcpy(path, name, dir);
	memcpy(path + dir, file.p, file.n);
	path[dir + file.n] = '\0';
	return path;
}

/* What belongs to the whole market stands in its own file. */
static int
check_whole(struct exch_market_line *p, const struct exch_market_venue *v)
{
	const struct exch_market *k = v->rules;

	if (k->breaker.n == 0 && k->day.calendar[0] == '\0')
		return 0;
	return exch_diag_set(p->d, EXCH_ERR_FORMAT, v->path, EXCH_POS_NONE, 0,
	    "%s is for the whole market: its line stands in %s, which names "
	    "this file as that of a venue",
	    k->breaker.n != 0 ? "breaker" : "calendar", p->name);
}

static int
read_rules(struct exch_market_line *p, struct exch_market_venue *v)
{
	struct exch_place at = exch_line_place(p, p->word[2].p);
	struct exch_diag own = {0};
	char *text = NULL;
	size_t n = 0;
	int rc = p->files->slurp(p->files->arg, v->path, &text, &n, &own);

	if (rc != 0) {
		(void)exch_place_fail(p->d, (enum exch_err)rc, &at, "%s: %s",
		    v->path,
		    own.text[0] != '\0' ? own.text
					: exch_err_text((enum exch_err)rc));
		if (p->d != NULL)
			p->d->sys = own.sys;
		return rc;
	}
	rc = exch_market_parse(text, n, v->path, v->rules, p->d);
	exch_free(text);
	return rc != 0 ? rc : check_whole(p, v);
}

static int
check_name(struct exch_market_line *p, struct exch_piece w)
{
	if (w.n > NAME_MOST)
		return exch_line_bad(
		    p, w, "is longer than the 22 letters of a venue");
	if (memchr(w.p, '.', w.n) != NULL)
		return exch_line_bad(p, w,
		    "has a point: a venue is what stands behind the last one "
		    "of a symbol");
	for (unsigned i = 0; i < p->m->nvenues; i++)
		if (exch_line_is(w, p->m->venue[i].name))
			return exch_line_bad(p, w, "has its rules already");
	return 0;
}

/* "venue LIT lit.market". */
int
exch_line_venue(struct exch_market_line *p)
{
	struct exch_market *m = p->m;
	struct exch_market_venue *v;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(
		    p, "venue needs its name and the file of its rules");
	if (p->files == NULL)
		return exch_line_wrong(p,
		    "the rules of a venue stand in a file, and none can be "
		    "named here");
	rc = check_name(p, p->word[1]);
	if (rc != 0)
		return rc;
	if (m->nvenues == EXCH_MARKET_VENUES)
		return exch_line_wrong(
		    p, "there are more than 15 venues with rules of their own");
	if (m->venue == NULL)
		m->venue = exch_calloc(EXCH_MARKET_VENUES, sizeof(*m->venue));
	if (m->venue == NULL)
		return no_memory(p);
	v = &m->venue[m->nvenues];
	v->path = beside(p->name, p->word[2]);
	v->rules = exch_calloc(1, sizeof(*v->rules));
	m->nvenues++;
	if (v->path == NULL || v->rules == NULL)
		return no_memory(p);
	memcpy(v->name, p->word[1].p, p->word[1].n);
	return read_rules(p, v);
}

unsigned
exch_market_venue_of(const struct exch_market *m, const char *symbol)
{
	size_t n = exch_venue_len(symbol);
	unsigned i = 0;

	while (i < m->nvenues && !exch_venue_is(symbol, n, m->venue[i].name))
		i++;
	return i;
}

const struct exch_market *
exch_market_rules(const struct exch_market *m, const char *symbol)
{
	unsigned i = m != NULL ? exch_market_venue_of(m, symbol) : 0;

	return m != NULL && i < m->nvenues ? m->venue[i].rules : m;
}

/* ---- times of day ---- */

static int
date_one(const struct exch_market_venue *v, uint32_t date,
    const struct exch_tz *tz, const struct exch_calendar *c,
    struct exch_timetable *t, struct exch_diag *d)
{
	struct exch_market *k = v->rules;
	struct exch_timetable own = {0};
	int err = EXCH_OK;

	exch_market_date(k, date, tz, c);
	if (t == NULL || k->sessions == NULL)
		return EXCH_OK;
	err = exch_timetable_parse(
	    k->sessions, k->nsessions, v->path, date, tz, &own, d);
	if (err == EXCH_OK && exch_timetable_join(t, &own, v->name) != EXCH_OK)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the timetable");
	return err;
}

int
exch_market_venues_date(struct exch_market *m, uint32_t date,
    const struct exch_tz *tz, const struct exch_calendar *c,
    int (*zone)(const char *name, struct exch_tz **tz, struct exch_diag *d),
    struct exch_timetable *t, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (unsigned i = 0; i < m->nvenues && err == EXCH_OK; i++) {
		const struct exch_market_venue *v = &m->venue[i];
		struct exch_tz *own = NULL;

		if (v->rules->zone[0] != '\0')
			err = zone(v->rules->zone, &own, d);
		if (err == EXCH_OK)
			err =
			    date_one(v, date, own != NULL ? own : tz, c, t, d);
		exch_tz_free(own);
	}
	return err;
}
