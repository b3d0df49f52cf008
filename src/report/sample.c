/*
 * When books are looked at (sample.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/sample.h"

/* The levels of one side into out[0..n-1]; the rest has qty 0. */
static void
collect(struct exch_samples *s, uint32_t place, unsigned side,
    struct exch_sample_level *out, unsigned n)
{
	const struct exch_books *b = &s->follow.books;
	const struct exch_slot_data *slots = b->tally.level;
	exch_slot level = exch_books_top(b, place, side);
	unsigned i = 0;

	while (level != EXCH_SLOT_NONE) {
		out[i].tick = slots[level].tick;
		out[i].qty = slots[level].qty;
		if (++i == n)
			return;
		level = exch_tally_worse(&b->tally, level);
	}
	memset(out + i, 0, (n - i) * sizeof(*out));
}

/* Fill s->now; false when it equals what was shown of this place. */
static int
look(struct exch_report_run *run, uint32_t place, bool *differs,
    struct exch_diag *d)
{
	struct exch_samples *s = run->state;
	unsigned n = run->o.levels;
	size_t size = (size_t)2 * n * sizeof(*s->now);
	char *shown;
	int rc;

	collect(s, place, 0, s->now, n);
	collect(s, place, 1, s->now + n, n);
	*differs = true;
	if (!run->o.changed)
		return EXCH_OK;
	rc = exch_report_grow(&s->shown, &s->nshown, place + 1, size, d);
	if (rc != EXCH_OK)
		return rc;
	shown = (char *)s->shown + place * size;
	*differs = memcmp(shown, s->now, size) != 0;
	if (*differs)
		memcpy(shown, s->now, size);
	return EXCH_OK;
}

int
exch_samples_sample(struct exch_report_run *run, uint32_t place, exch_ts time,
    struct exch_diag *d)
{
	struct exch_samples *s = run->state;
	struct exch_tape_sum *sum = NULL;
	bool differs;
	int rc;

	if (!exch_report_watched(run, place))
		return EXCH_OK;
	rc = look(run, place, &differs, d);
	if (rc != EXCH_OK || !differs)
		return rc;
	if (!s->tapeless)
		rc = exch_tape_at(&s->tape, place, &sum, d);
	return rc == EXCH_OK ? s->put(run, place, time, sum, d) : rc;
}

/* The sample time after `next`, or the first one that is not before t. */
static void
schedule(struct exch_report_run *run, exch_ts t, bool first)
{
	struct exch_samples *s = run->state;

	s->next = EXCH_TS_NONE;
	if (run->o.when == EXCH_WHEN_EVERY) {
		s->next = t - t % run->o.every;
		if ((!first || s->next < t) &&
		    __builtin_add_overflow(s->next, run->o.every, &s->next))
			s->next = EXCH_TS_NONE; /* time ends before it */
	} else if (run->o.when == EXCH_WHEN_AT && s->nth < run->o.nat) {
		s->next =
		    exch_tz_local(run->o.tz, s->date, run->o.at[s->nth++]);
	}
}

static void
start(struct exch_report_run *run, exch_ts t)
{
	struct exch_samples *s = run->state;
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t);

	s->started = true;
	s->date = run->info->date;
	if (s->date == 0)
		s->date = exch_ts_date(t + (exch_ts)(off * (int64_t)EXCH_SEC));
	schedule(run, t, true);
}

static int
sample_all(struct exch_report_run *run, exch_ts time, struct exch_diag *d)
{
	struct exch_samples *s = run->state;
	int rc = exch_follow_finish(&s->follow, d);

	for (uint32_t i = 0; rc == EXCH_OK && i < run->insts.n; i++) {
		struct exch_books_inst *si;

		/* What is for all instruments is none's: 0 has no book. */
		if (run->insts.inst[i].id == 0)
			continue;
		rc = exch_books_at(&s->follow.books, i, &si, d);
		if (rc == EXCH_OK)
			rc = exch_samples_sample(run, i, time, d);
	}
	return rc;
}

/* Samples due before a record of time t is looked at. */
static int
advance(void *arg, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_samples *s = run->state;
	int rc = EXCH_OK;

	if (run->o.when == EXCH_WHEN_EVENT)
		return EXCH_OK;
	if (!s->started)
		start(run, t);
	while (rc == EXCH_OK && s->next < t && !exch_report_stopped(run)) {
		exch_ts at = s->next;

		rc = sample_all(run, at, d);
		/*
		 * Nothing changes until t, which may be centuries from now: of
		 * the samples before it only this one can show anything.
		 */
		if ((run->o.changed || s->sifted) &&
		    run->o.when == EXCH_WHEN_EVERY)
			schedule(run, t, true);
		else
			schedule(run, at, false);
	}
	return rc;
}

/* Are all fields there that the tape would look at? */
static int
check_trade(const struct exch_rec *r, struct exch_diag *d)
{
	static const uint8_t sizes[UINT8_MAX + 1] = {
	    [EXCH_REC_EXEC] = sizeof(struct exch_rec_exec),
	    [EXCH_REC_TRADE] = sizeof(struct exch_rec_exec),
	    [EXCH_REC_BUST] = sizeof(struct exch_rec_bust),
	    [EXCH_REC_EXPECT] = sizeof(struct exch_rec_expect),
	    [EXCH_REC_MISS] = sizeof(struct exch_rec_miss),
	};

	return r->len8 * 8u >= sizes[r->type] ? EXCH_OK
					      : exch_report_short(r, d);
}

int
exch_samples_trade(struct exch_report_run *run, uint32_t place,
    const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_samples *s = run->state;
	struct exch_tape_print print;
	int rc;

	if (s->tapeless)
		return check_trade(r, d);
	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE)
		return exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	rc = exch_tape_trade(&s->tape, &run->insts, place, r, &print, d);
	return rc == EXCH_OK && s->print != NULL
		   ? s->print(run, place, r, &print, d)
		   : rc;
}

static int
trade(void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	return exch_samples_trade(arg, place, r, d);
}

static int
event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;

	return run->o.when == EXCH_WHEN_EVENT
		   ? exch_samples_sample(run, place, t, d)
		   : EXCH_OK;
}

int
exch_samples_begin(struct exch_report_run *run,
    int (*put)(struct exch_report_run *run, uint32_t place, exch_ts time,
	const struct exch_tape_sum *sum, struct exch_diag *d),
    struct exch_diag *d)
{
	struct exch_follow_watch watch = {
	    .arg = run, .time = advance, .trade = trade, .event = event};
	struct exch_samples *s = run->state;
	int rc;

	s->next = EXCH_TS_NONE;
	s->put = put;
	rc = exch_follow_init(&s->follow, run, &watch, d);
	if (rc != EXCH_OK)
		return rc;
	s->now = exch_calloc((size_t)2 * run->o.levels, sizeof(*s->now));
	return s->now != NULL ? EXCH_OK : exch_report_nomem(d);
}

int
exch_samples_open(struct exch_report_run *run,
    int (*put)(struct exch_report_run *run, uint32_t place, exch_ts time,
	const struct exch_tape_sum *sum, struct exch_diag *d),
    struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct exch_samples), d);

	return rc == EXCH_OK ? exch_samples_begin(run, put, d) : rc;
}

int
exch_samples_columns(struct exch_report_run *run,
    const struct exch_sample_columns *c, bool header, struct exch_diag *d)
{
	unsigned side = c->each * run->o.levels;
	unsigned total = c->nfirst + 2 * side;
	struct exch_col *cols = exch_calloc(total, sizeof(*cols));
	/* names live as long as the table is made */
	char(*names)[EXCH_COL_NAME] = exch_calloc(total, sizeof(*names));
	int rc = EXCH_ERR_NOMEM;

	if (cols == NULL || names == NULL) {
		(void)exch_report_nomem(d);
		goto out;
	}
	memcpy(cols, c->first, c->nfirst * sizeof(*cols));
	for (unsigned i = 0; i < 2 * side; i++) {
		unsigned kind = i % c->each;
		const char *what = c->what[i / side * c->each + kind];
		size_t len = strlen(what);
		struct exch_col *col = &cols[c->nfirst + i];

		memcpy(names[i], what, len);
		*exch_fmt_u64(names[i] + len, i % side / c->each) = '\0';
		col->name = names[i];
		col->kind = kind < 2 ? EXCH_COL_NUM : EXCH_COL_TEXT;
	}
	rc = exch_table_columns(&run->table, cols, total, header, d);
out:
	exch_free(names);
	exch_free(cols);
	return rc;
}

int
exch_samples_record(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_samples *s = run->state;

	(void)seq;
	if (__builtin_expect(s->failed != EXCH_OK, 0)) {
		*d = s->diag;
		return s->failed;
	}
	return exch_follow_record(&s->follow, run, r, d);
}

int
exch_samples_close(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_samples *s = run->state;
	int rc = s->failed;

	if (rc == EXCH_OK)
		rc = exch_follow_finish(&s->follow, d);
	else
		*d = s->diag;
	run->unknown = s->follow.books.unknown;
	/* times listed beyond the last record: the book stays as it is */
	while (rc == EXCH_OK && !exch_report_stopped(run) &&
	       s->next != EXCH_TS_NONE &&
	       (run->o.when == EXCH_WHEN_AT || s->next <= s->follow.clock)) {
		rc = sample_all(run, s->next, d);
		schedule(run, s->next, false);
	}
	return rc;
}

void
exch_samples_free(struct exch_report_run *run)
{
	struct exch_samples *s = run->state;

	exch_follow_clear(&s->follow);
	exch_tape_clear(&s->tape);
	exch_free(s->shown);
	exch_free(s->now);
	exch_buf_free(&s->text);
}
