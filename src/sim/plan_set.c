/*
 * Lines of a scenario that say from when to when a market runs, by which
 * rules, and with which chances.
 */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "rec/dir.h"
#include "sim/plan_priv.h"

/* seed N */
static int
seed(struct plan_read *r, struct scn *s)
{
	int rc = exch_scn_whole(s, "a seed", UINT64_MAX, &r->p->seed);

	return rc != 0 ? rc : exch_scn_end(s);
}

/* turns N */
static int
turns(struct plan_read *r, struct scn *s)
{
	const char *what = "how many turns an agent may have in a second, from "
			   "1 to 1000000000";
	int rc = exch_scn_whole(s, what, EXCH_SEC, &r->p->turns);

	if (rc == 0 && r->p->turns == 0) {
		s->at--;
		rc = exch_scn_expected(s, what);
	}
	return rc != 0 ? rc : exch_scn_end(s);
}

/* A time of day, which needs no order among the lines. */
static int
bound(struct scn *s, exch_ts *to, const char *what)
{
	const struct scn_word *w = exch_scn_next(s);
	const char *need = NULL;

	if (w == NULL ||
	    exch_when_parse(&s->when, w->p, w->n, to, &need) != EXCH_OK) {
		s->at = 1;
		return exch_scn_expected(s, what);
	}
	return exch_scn_end(s);
}

/* begin TIME */
static int
begin(struct plan_read *r, struct scn *s)
{
	return bound(s, &r->p->begin, "when it begins, such as 09:30");
}

/* end TIME */
static int
end(struct plan_read *r, struct scn *s)
{
	return bound(s, &r->p->end, "when it ends, such as 16:00");
}

/* market FILE */
static int
market(struct plan_read *r, struct scn *s)
{
	const struct scn_word *w = exch_scn_next(s);

	if (w == NULL)
		return exch_scn_expected(s, "the name of a market's file");
	r->p->market = exch_plan_word(w);
	if (r->p->market == NULL)
		return exch_scn_nomem(s);
	return exch_scn_end(s);
}

/* resync none | idle | after TIME | hard */
static int
resync(struct plan_read *r, struct scn *s)
{
	const struct scn_word *w;

	if (exch_scn_accept(s, "none")) {
		r->p->resync = EXCH_RESYNC_NONE;
	} else if (exch_scn_accept(s, "idle")) {
		r->p->resync = EXCH_RESYNC_IDLE;
	} else if (exch_scn_accept(s, "hard")) {
		r->p->resync = EXCH_RESYNC_HARD;
	} else if (exch_scn_accept(s, "after")) {
		r->p->resync = EXCH_RESYNC_AFTER;
		w = exch_scn_next(s);
		if (w == NULL ||
		    exch_duration_parse(w->p, w->n, &r->p->after) != EXCH_OK) {
			s->at -= w != NULL;
			return exch_scn_expected(s, "a time such as 2s");
		}
	} else {
		return exch_scn_expected(s, "none, idle, after TIME or hard");
	}
	return exch_scn_end(s);
}

/* No model of fills: which one is it like? */
static int
no_fill(struct scn *s, const struct scn_word *w)
{
	static const char *const models[] = {"market", "rematch", "agents",
	    "touch", "ghost", "l2:risk-averse", "l2:log", "l2:power1",
	    "l2:power2", "l2:power3"};
	const char *near =
	    w != NULL ? exch_scn_nearest(w, models, EXCH_ARRAY_LEN(models))
		      : NULL;

	if (near != NULL)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" is no model of fills; did you mean \"%s\"",
		    (int)w->n, w->p, near);
	s->at -= w != NULL;
	return exch_scn_expected(s,
	    "market, touch, ghost, l2:risk-averse, l2:log or l2:power2 (1 to "
	    "3)");
}

/* fill MODEL */
static int
fill(struct plan_read *r, struct scn *s)
{
	const struct scn_word *w = exch_scn_next(s);

	if (w == NULL || exch_fill_parse(w->p, w->n, &r->p->fill) != EXCH_OK)
		return no_fill(s, w);
	r->p->rematch = exch_scn_is(w, "rematch");
	return exch_scn_end(s);
}

/* The day's own date and zone hold where the scenario has named none. */
static int
adopt(struct plan_read *r, struct scn *s, const struct exch_plan_day *k,
    struct exch_diag *d)
{
	uint32_t date = k->date != 0 && !s->dated ? k->date : s->when.date;
	int err;

	exch_when_init(&s->when, date, s->when.tz, s->when.utc);
	if (r->p->zone[0] != '\0' || k->zone[0] == '\0')
		return EXCH_OK;
	err = r->o->zone(k->zone, &s->own_tz, d);
	if (err != EXCH_OK)
		return err;
	exch_when_init(&s->when, date, s->own_tz, false);
	memcpy(r->p->zone, k->zone, sizeof(k->zone));
	return EXCH_OK;
}

/* day FILE: its instruments are known from here on. */
static int
day(struct plan_read *r, struct scn *s)
{
	const struct scn_word *w = exch_scn_next(s);
	struct exch_plan_day k = {0};
	struct exch_diag own = {0};
	int err;

	if (w == NULL)
		return exch_scn_expected(s, "the name of a day's orders");
	if (r->p->nflow + r->p->nagent != 0 || r->p->script.len != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "the day stands before instruments, accounts and whoever "
		    "trades");
	r->p->day = exch_plan_word(w);
	if (r->p->day == NULL)
		return exch_scn_nomem(s);
	err = r->o->day(r->o->arg, r->p->day, &k, &own);
	if (err == EXCH_OK)
		err = adopt(r, s, &k, &own);
	if (err != EXCH_OK)
		return exch_plan_said(s, w, err, &own);
	r->feed.known = k.dir;
	r->feed.first_account = k.account;
	r->p->first_order = r->feed.first_order = s->next_order = k.order;
	s->next_instr = exch_dir_max(r->feed.known) + 1;
	return exch_scn_end(s);
}

/* All of them stand once, and leave where they do: which would hold else? */
static const struct line {
	const char *word;
	int (*read)(struct plan_read *r, struct scn *s);
	size_t at; /* in the places */
} lines[] = {
    {"seed", seed, offsetof(struct exch_plan_places, seed)},
    {"begin", begin, offsetof(struct exch_plan_places, begin)},
    {"end", end, offsetof(struct exch_plan_places, end)},
    {"market", market, offsetof(struct exch_plan_places, market)},
    {"day", day, offsetof(struct exch_plan_places, day)},
    {"fill", fill, offsetof(struct exch_plan_places, fill)},
    {"resync", resync, offsetof(struct exch_plan_places, resync)},
    {"turns", turns, offsetof(struct exch_plan_places, turns)},
};

static int
read_line(struct plan_read *r, struct scn *s, const struct line *l)
{
	struct exch_place *at = (void *)((char *)&r->p->at + l->at);

	if (at->file != NULL)
		return exch_scn_fail(s, &s->word[0], EXCH_ERR_FORMAT,
		    "there is a line %s already, %s:%llu: leave one of the "
		    "two out",
		    l->word, at->file, (unsigned long long)at->line);
	*at = exch_plan_place(r, s, s->at < s->nwords ? &s->word[s->at] : NULL);
	return l->read(r, s);
}

int
exch_plan_setting(struct plan_read *r, struct scn *s)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(lines); i++) {
		if (exch_scn_accept(s, lines[i].word))
			return read_line(r, s, &lines[i]);
	}
	return 1;
}

int
exch_plan_settings(const struct exch_plan *p, struct exch_diag *d)
{
	if (p->resync != EXCH_RESYNC_NONE && p->day == NULL)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &p->at.resync,
		    "there is no recorded day that the book could be brought "
		    "back to: leave this line out, or name one by a line "
		    "\"day FILE\"");
	if (p->rematch && p->day == NULL)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &p->at.fill,
		    "there is no recorded day that could be matched again: "
		    "say \"fill market\", or name one by a line \"day "
		    "FILE\"");
	if (p->fill.fill != EXCH_FILL_MARKET && p->nagent == 0)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &p->at.fill,
		    "only orders of agents and strategies lie on paper, and "
		    "there are none: leave this line out, or add one of them");
	return EXCH_OK;
}
