/*
 * --backup: a second feed takes the place of one that fell silent.
 *
 * It is decoded beside the first from the beginning on.  What it said up to the
 * time of the first's last record is only followed, so that its book is known;
 * what it said of later is kept.  At the change the first's book is taken back,
 * that of the second is displayed as it stood at that time, and then comes all
 * that was kept: nothing that happened while the first was silent is missing.
 *
 *	first	a b c d		silent
 *	second	a b c d e f g	h i ...
 *		followed| kept |
 *
 * Which time it is, is told by the records and not by a clock; only when the
 * change is made depends on one, and the records do not depend on that.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"

/* What is kept at most; a quiet first feed, or one of a few instruments. */
#define KEPT (32u << 20)
#define GAPS (64u << 10)
#define SILENT (3 * EXCH_SEC)

struct backup {
	struct tool *t;
	struct exch_feed_sink first_sink, sink;
	struct exch_feed_opts opts;
	struct stand *first, *second;
	struct exch_buf kept;
	size_t from;	      /* where in it the oldest record is */
	struct exch_buf gaps; /* records of what the second has lost */
	exch_ts until;	      /* time of the latest record of the first */
	exch_ts followed;     /* and of the second's that were followed */
	uint64_t overrun;     /* records of later that were followed */
	uint64_t taken_back, displayed;
	bool by_arrival;
	bool live;   /* the change was made ... */
	bool untold; /* ... and its record waits for a time */
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
	int err = stand_take(b->first, r, d);

	if (r->time > b->until)
		b->until = r->time;
	return err == 0 ? take_record(t, r, d) : err;
}

static void
keep_gap(struct backup *b, const struct exch_rec *r)
{
	if (r->type == EXCH_REC_GAP && b->gaps.len < GAPS)
		exch_buf_add(&b->gaps, r, exch_rec_len(r));
}

/* The oldest records become part of what stands. */
static int
follow(struct backup *b, struct exch_diag *d)
{
	int err = 0;

	while (b->from < b->kept.len && err == 0) {
		const struct exch_rec *r = (const void *)(b->kept.p + b->from);
		bool much = b->kept.len - b->from > KEPT;

		if (r->time > b->until && !much)
			break;
		b->overrun += r->time > b->until;
		if (r->time > b->followed)
			b->followed = r->time;
		keep_gap(b, r);
		err = stand_take(b->second, r, d);
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

static int put_change(struct backup *b, exch_ts at, struct exch_diag *d);

static int
second_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct backup *b = arg;
	int err = 0;

	if (!b->live) {
		exch_buf_add(&b->kept, r, exch_rec_len(r));
		return b->kept.failed ? no_memory(d) : follow(b, d);
	}
	if (b->untold)
		err = put_change(b, r->time, d);
	return err == 0 ? take_record(b->t, r, d) : err;
}

static int
second_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct tool *t = ((struct backup *)arg)->t;
	const char *name = t->in_name;
	int err;

	t->in_name = t->spare.group[0].name;
	err = take_trouble(t, at, text, d);
	t->in_name = name;
	return err;
}

static void
second_by_arrival(void *arg)
{
	struct backup *b = arg;

	b->by_arrival = true;
	if (b->live)
		take_by_arrival(b->t);
}

/* ---- the change ---- */

/* The record that tells it. */
static int
put_change(struct backup *b, exch_ts at, struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[256];
	} u = {.r = {.h = {.type = EXCH_REC_NOTICE, .time = at}}};
	int n = snprintf(u.text, sizeof(u.text),
	    "backup from=%s to=%s overrun=%llu", b->t->join.group[0].name,
	    b->t->spare.group[0].name, (unsigned long long)b->overrun);

	b->untold = false;
	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + (((size_t)n + 7) & ~(size_t)7);
	memset(u.text + n, 0, sizeof(u.text) - (size_t)n);
	return take_record(b->t, &u.r.h, d);
}

/* Records of a buffer; at `at`, unless it is 0. */
static int
give_buf(struct backup *b, struct exch_buf *buf, size_t from, exch_ts at,
    struct exch_diag *d)
{
	int err = 0;

	while (from < buf->len && err == 0) {
		struct exch_rec *r = (void *)(buf->p + from);

		if (at != 0)
			r->time = at;
		err = take_record(b->t, r, d);
		from += exch_rec_len(r);
	}
	return err;
}

/* The first's place is the second's now. */
static void
hand_over(struct backup *b)
{
	struct tool *t = b->t;

	t->op[0].ended = true;
	t->now = &t->op[1];
	t->in_name = t->spare.group[0].name;
	b->live = true;
	if (b->by_arrival)
		take_by_arrival(t);
}

static void
say(const struct backup *b)
{
	const struct tool *t = b->t;

	exch_cli_note(&t->cli,
	    "%s: nothing has come for %llu ms: going on with %s; %llu orders "
	    "taken back, %llu displayed",
	    t->join.group[0].name,
	    (unsigned long long)(t->silent / (EXCH_SEC / 1000)),
	    t->spare.group[0].name, (unsigned long long)b->taken_back,
	    (unsigned long long)b->displayed);
	if (b->overrun != 0)
		exch_cli_note(&t->cli,
		    "%llu records of the time before the change did not fit "
		    "and are only in its book",
		    (unsigned long long)b->overrun);
}

/* When it is: no record of the second will be before, but for those that say so. */
static exch_ts
time_of(const struct backup *b)
{
	if (b->until != 0 || b->followed != 0)
		return b->until > b->followed ? b->until : b->followed;
	if (b->from == b->kept.len)
		return 0;
	return ((const struct exch_rec *)(const void *)(b->kept.p + b->from))
	    ->time;
}

static int
change(void *arg, struct exch_diag *d)
{
	struct backup *b = arg;
	int err = follow(b, d);
	exch_ts at = time_of(b);

	b->untold = at == 0;
	if (err == 0 && at != 0)
		err = put_change(b, at, d);
	if (err == 0)
		err = stand_clear(
		    b->first, at, take_record, b->t, &b->taken_back, d);
	hand_over(b);
	if (err == 0)
		err = stand_give(
		    b->second, at, take_record, b->t, &b->displayed, d);
	if (err == 0)
		err = give_buf(b, &b->gaps, 0, at, d);
	say(b);
	if (err == 0)
		err = give_buf(b, &b->kept, b->from, 0, d);
	exch_buf_free(&b->kept);
	exch_buf_free(&b->gaps);
	b->from = 0;
	return err;
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
	if (b->first == NULL || b->second == NULL)
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
			if (strcmp(j->group[i].name, t->join.group[k].name) ==
			    0)
				return exch_cli_usage(c,
				    "--backup: %s is of --join already",
				    j->group[i].name);
	if (t->silent == 0)
		t->silent = SILENT;
	return -1;
}

void
backup_free(struct backup *b)
{
	if (b == NULL)
		return;
	stand_free(b->first);
	stand_free(b->second);
	exch_buf_free(&b->kept);
	exch_buf_free(&b->gaps);
	exch_free(b);
}
