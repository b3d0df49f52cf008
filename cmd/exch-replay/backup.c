/*
 * --backup: a second feed takes the place of one that fell silent.
 *
 * It is decoded beside the first from the beginning on.  What it says of times
 * before that of the first's last record is only followed, so that its book is
 * known; the rest is kept.  At the change the first's book is taken back, that of
 * the second is displayed as it stood before that time, and then comes all that
 * was kept, without what the first has told already (told.c): nothing that
 * happened while the first was silent is missing, and nothing is there twice.
 *
 *	first	a b c d		silent
 *	second	a b c d e f g	h i ...
 *		-----  -------
 *		followed  kept
 *
 * A second feed that is behind the first is followed until it has come so far:
 * the change is written then.  Which time it is, is told by the records and not
 * by a clock; only when the change is made depends on one, and the records do not
 * depend on that.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"

/* What is kept at most; a quiet first feed, or one of a few instruments. */
#define KEPT (32u << 20)
#define SILENT (3 * EXCH_SEC)

struct backup {
	struct tool *t;
	struct exch_feed_sink sink;
	struct exch_feed_opts opts;
	struct stand *first, *second;
	struct told *told; /* by the first */
	struct exch_buf kept;
	size_t from;	      /* where in it the oldest record is */
	struct exch_buf gaps; /* records of what the second has lost */
	exch_ts followed; /* latest time of the second's that were followed */
	uint64_t overrun; /* of these, those that were later than the first's */
	uint64_t troubles; /* of the second before the change */
	bool by_arrival;
	bool left;    /* it is no backup any more */
	bool live;    /* the change was made ... */
	bool written; /* ... and stands in the output */
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for a backup");
}

/* ---- before the change ---- */

static int
first_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct tool *t = arg;
	struct backup *b = t->second;
	int err = b->left ? 0 : told_note(b->told, b->first, r, d);

	if (err == 0 && !b->left)
		err = stand_take(b->first, r, d);
	return err == 0 ? take_record(t, r, d) : err;
}

/* A record of the second becomes part of what stands. */
static int
follow_one(struct backup *b, const struct exch_rec *r, struct exch_diag *d)
{
	if (r->time > b->followed)
		b->followed = r->time;
	if (r->type == EXCH_REC_GAP)
		exch_buf_add(&b->gaps, r, exch_rec_len(r));
	return b->gaps.failed ? no_memory(d) : stand_take(b->second, r, d);
}

/* The oldest records do. */
static int
follow(struct backup *b, struct exch_diag *d)
{
	exch_ts until = told_before(b->told);
	int err = 0;

	/* The first has told those, too. */
	if (b->followed <= until)
		b->overrun = 0;
	while (b->from < b->kept.len && err == 0) {
		const struct exch_rec *r = (const void *)(b->kept.p + b->from);
		bool much = b->kept.len - b->from > KEPT;

		if (r->time > until && !much)
			break;
		b->overrun += r->time > told_last(b->told);
		if (much)
			(void)told_is_all(b->told, b->first, b->second, r);
		err = follow_one(b, r, d);
		b->from += exch_rec_len(r);
	}
	/* Moved seldom: half of it is free then. */
	if (b->from > b->kept.len / 2) {
		memmove(b->kept.p, b->kept.p + b->from, b->kept.len - b->from);
		b->kept.len -= b->from;
		b->from = 0;
	}
	return err;
}

/* ---- the change ---- */

/* The record that tells it. */
static int
put_notice(struct backup *b, exch_ts at, struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[256];
	} u = {.r = {.h = {.type = EXCH_REC_NOTICE, .time = at}}};
	int n = snprintf(u.text, sizeof(u.text),
	    "backup from=%s to=%s overrun=%llu", b->t->join.group[0].name,
	    b->t->spare.group[0].name, (unsigned long long)b->overrun);

	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + (((size_t)n + 7) & ~(size_t)7);
	memset(u.text + n, 0, sizeof(u.text) - (size_t)n);
	/* Whoever looks at a later part of the day only has to know it, too. */
	return take_seed(b->t, &u.r.h, d);
}

/* What was malformed in the second counts now that it is needed. */
static void
put_troubles(struct backup *b)
{
	char text[80];
	int n = snprintf(text, sizeof(text),
	    "%llu pieces of malformed input of the backup before the change",
	    (unsigned long long)b->troubles);

	b->t->troubles += b->troubles;
	if (n > 0 && b->troubles != 0)
		take_error(b->t, text, (size_t)n);
}

static int
put_gaps(struct backup *b, exch_ts at, struct exch_diag *d)
{
	int err = 0;

	for (size_t i = 0; i < b->gaps.len && err == 0;) {
		struct exch_rec *r = (void *)(b->gaps.p + i);

		r->time = at;
		err = take_record(b->t, r, d);
		i += exch_rec_len(r);
	}
	exch_buf_free(&b->gaps);
	return err;
}

static void
say_books(const struct backup *b, uint64_t taken_back, uint64_t displayed)
{
	const struct exch_cli *c = &b->t->cli;

	exch_cli_note(c, "%s: %llu orders taken back, %llu of %s displayed",
	    b->t->join.group[0].name, (unsigned long long)taken_back,
	    (unsigned long long)displayed, b->t->spare.group[0].name);
	if (b->overrun != 0)
		exch_cli_note(c,
		    "%llu records of the time before the change did not fit "
		    "and are only in its book",
		    (unsigned long long)b->overrun);
}

/* The first's place in the output is the second's now. */
static int
write_change(struct backup *b, exch_ts at, struct exch_diag *d)
{
	struct tool *t = b->t;
	uint64_t taken_back = 0, displayed = 0;
	int err = put_notice(b, at, d);

	b->written = true;
	t->apart = true;
	if (err == 0)
		err = stand_clear(b->first, at, take_record, t, &taken_back, d);
	t->op[0].ended = true;
	t->now = &t->op[1];
	if (b->by_arrival)
		take_by_arrival(t);
	if (err == 0)
		err = stand_give(b->second, at, take_record, t, &displayed, d);
	if (err == 0)
		put_troubles(b);
	if (err == 0)
		err = put_gaps(b, at, d);
	t->apart = false;
	say_books(b, taken_back, displayed);
	return err;
}

/* Its time: that of the first's last record, or of the first one at all. */
static exch_ts
time_of(const struct backup *b, exch_ts next)
{
	exch_ts at = told_reached(b->told);

	if (b->overrun != 0 && b->followed > at)
		at = b->followed;
	return at != 0 ? at : next;
}

/*
 * A record of the second behind the change.  Those of before the first's last
 * one are only followed, up to one that the first should have told.
 */
static int
go_on(struct backup *b, const struct exch_rec *r, struct exch_diag *d)
{
	int err = 0;

	if (!b->written) {
		if (r->time < told_reached(b->told) &&
		    told_is_all(b->told, b->first, b->second, r))
			return follow_one(b, r, d);
		err = write_change(b, time_of(b, r->time), d);
	}
	if (err != 0 || !told_knows(b->told, r->time))
		return err == 0 ? take_record(b->t, r, d) : err;
	err = told_else(b->told, b->first, b->second, r, take_record, b->t, d);
	return err == 0 ? stand_take(b->second, r, d) : err;
}

static int
change(void *arg, struct exch_diag *d)
{
	struct backup *b = arg;
	struct tool *t = b->t;
	int err = follow(b, d);

	exch_cli_note(&t->cli,
	    "%s: nothing has come for %llu ms: going on with %s",
	    t->join.group[0].name,
	    (unsigned long long)(t->silent / (EXCH_SEC / 1000)),
	    t->spare.group[0].name);
	b->live = true;
	t->in_name = t->spare.group[0].name;
	while (b->from < b->kept.len && err == 0) {
		const struct exch_rec *r = (const void *)(b->kept.p + b->from);

		err = go_on(b, r, d);
		b->from += exch_rec_len(r);
	}
	exch_buf_free(&b->kept);
	b->from = 0;
	return err;
}

int
backup_end(struct backup *b, struct exch_diag *d)
{
	exch_ts at = b != NULL ? time_of(b, 0) : 0;

	/* Without a time nobody has said anything. */
	return b != NULL && b->live && !b->written && at != 0
		   ? write_change(b, at, d)
		   : 0;
}

bool
backup_is_on(const struct backup *b)
{
	return b != NULL && b->live;
}

/* ---- what the second finds ---- */

static int
second_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct backup *b = arg;

	if (b->live)
		return go_on(b, r, d);
	exch_buf_add(&b->kept, r, exch_rec_len(r));
	return b->kept.failed ? no_memory(d) : follow(b, d);
}

/* Before the change it is told, and is no reason to say that the run failed. */
static int
early_trouble(struct backup *b, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct exch_diag why = {0};

	b->troubles++;
	exch_diag_set(&why, EXCH_ERR_FORMAT, b->t->spare.group[0].name,
	    at->kind, at->where, "%s", text);
	why.column = at->offset;
	if (!b->t->strict) {
		take_report(b->t, b->troubles, &why);
		return 0;
	}
	if (d != NULL)
		*d = why;
	return EXCH_ERR_FORMAT;
}

static int
second_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct backup *b = arg;

	return b->live ? take_trouble(b->t, at, text, d)
		       : early_trouble(b, at, text, d);
}

static void
second_by_arrival(void *arg)
{
	struct backup *b = arg;

	b->by_arrival = true;
	if (b->written)
		take_by_arrival(b->t);
}

static void
given_up(void *arg, const struct exch_diag *why)
{
	struct backup *b = arg;
	const struct exch_cli *c = &b->t->cli;

	b->left = true;
	exch_buf_free(&b->kept);
	b->from = 0;
	exch_cli_report(c, why);
	exch_cli_note(
	    c, "%s: it is no backup any more", b->t->spare.group[0].name);
}

/* ---- life ---- */

int
backup_begin(struct tool *t, struct exch_feed_sink *sink,
    const struct exch_feed_opts *o, struct exch_join_backup *out,
    struct exch_diag *d)
{
	struct backup *b = exch_calloc(1, sizeof(*b));

	t->second = b;
	if (b == NULL)
		return no_memory(d);
	b->t = t;
	b->first = stand_new();
	b->second = stand_new();
	b->told = told_new();
	if (b->first == NULL || b->second == NULL || b->told == NULL)
		return no_memory(d);
	sink->record = first_record;
	sink->run = NULL;
	b->sink = (struct exch_feed_sink){.arg = b,
	    .record = second_record,
	    .trouble = second_trouble,
	    .by_arrival = second_by_arrival};
	/* Its instruments have numbers of their own until the change. */
	b->opts = *o;
	b->opts.known = NULL;
	*out = (struct exch_join_backup){.join = t->spare,
	    .opts = &b->opts,
	    .sink = &b->sink,
	    .st = &t->spare_st,
	    .js = &t->spared,
	    .silent = t->silent,
	    .change = change,
	    .given_up = given_up,
	    .arg = b};
	return 0;
}

int
backup_settle(struct tool *t)
{
	const struct exch_cli *c = &t->cli;
	const struct exch_join *j = &t->spare;

	if (j->nlines == 0)
		return j->ask == NULL && j->snapshot == NULL && t->silent == 0
			   ? -1
			   : exch_cli_usage(c,
				 "options of a backup need --backup "
				 "GROUP:PORT");
	for (unsigned i = 0; i < j->nlines; i++)
		for (unsigned k = 0; k < t->join.nlines; k++)
			if (live_same(&j->group[i], &t->join.group[k]))
				return exch_cli_usage(c,
				    "--backup: %s is of --join already",
				    j->group[i].name);
	if (t->silent == 0)
		t->silent = SILENT;
	if (t->join.idle != 0 && t->join.idle <= t->silent)
		return exch_cli_usage(c,
		    "--idle ends the run before --silent is over: make it "
		    "longer");
	return -1;
}

void
backup_free(struct backup *b)
{
	if (b == NULL)
		return;
	stand_free(b->first);
	stand_free(b->second);
	told_free(b->told);
	exch_buf_free(&b->kept);
	exch_buf_free(&b->gaps);
	exch_free(b);
}
