/*
 * exch-feed top: best bid and offer, after each event that has changed them
 * or at times; and what stands on both sides over some levels.
 *
 * In binary form it is a stream of quotes, BOOK_TOP records behind the
 * INSTRUMENT records of what they are of, all of them its own: nothing in it
 * tells who asked for what.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "report/sample.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    /* with an imbalance */
    {"bid_sum", EXCH_COL_NUM, 9},
    {"ask_sum", EXCH_COL_NUM, 9},
    {"imbalance", EXCH_COL_NUM, 9},
};
#define NTOP (EXCH_ARRAY_LEN(cols) - 3)

/* What a row with an imbalance says. */
struct row {
	struct exch_sample_level best[2];
	exch_i128 sum[2];
};

struct top {
	struct exch_samples samples; /* first: exch_samples_begin() */
	struct row *shown;	     /* by place; with an imbalance */
	uint32_t nshown;
	/* the binary form */
	struct exch_writer *writer; /* NULL: another form */
	struct exch_buf announced;  /* an INSTRUMENT that was not refused yet */
};

static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	const struct exch_samples *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = exch_samples_tick(s, place);

	(void)sum;
	(void)d;
	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_samples_cells(t, &s->now[0], tick, in);
	exch_samples_cells(t, &s->now[1], tick, in);
	exch_table_end(t);
	return EXCH_OK;
}

static bool
same(const struct row *a, const struct row *b)
{
	for (unsigned i = 0; i < 2; i++)
		if (a->best[i].tick != b->best[i].tick ||
		    a->best[i].qty != b->best[i].qty || a->sum[i] != b->sum[i])
			return false;
	return true;
}

/*
 * With the sums of o.levels.  Those can change and be the same sums: what is
 * shown has changed or there is no row.
 */
static int
put_sums(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct top *s = run->state;
	const struct exch_sample_level *now = s->samples.now;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	exch_px tick = exch_samples_tick(&s->samples, place);
	unsigned n = run->o.levels;
	struct row row = {.best = {now[0], now[n]}};
	int rc = exch_report_grow(
	    &s->shown, &s->nshown, place + 1, sizeof(*s->shown), d);

	(void)sum;
	if (rc != EXCH_OK)
		return rc;
	for (unsigned i = 0; i < 2 * n; i++)
		row.sum[i / n] += now[i].qty;
	if (run->o.changed && same(&row, &s->shown[place]))
		return EXCH_OK;
	s->shown[place] = row;
	exch_table_row(t);
	exch_table_time(t, time);
	exch_report_symbol(run, place);
	exch_samples_cells(t, &row.best[0], tick, in);
	exch_samples_cells(t, &row.best[1], tick, in);
	exch_table_dec(t, row.sum[0], in->qty_scale, 0);
	exch_table_dec(t, row.sum[1], in->qty_scale, 0);
	exch_md_imbalance(t, row.sum[0], row.sum[1]);
	exch_table_end(t);
	return EXCH_OK;
}

/* ---- a stream ---- */

static void
set_side(const struct exch_sample_level *l, exch_px tick, exch_px *price,
    exch_qty *qty)
{
	*price = l->qty != 0 ? l->tick * tick : EXCH_PX_NONE;
	*qty = l->qty;
}

static int
put_quote(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct top *s = run->state;
	const struct exch_sample_level *now = s->samples.now;
	exch_px tick = exch_samples_tick(&s->samples, place);
	struct exch_rec_book_top *q = exch_writer_put(s->writer,
	    EXCH_REC_BOOK_TOP, sizeof(*q), run->insts.inst[place].id, time);

	(void)sum;
	(void)d; /* what goes wrong is told by the end of a run of records */
	set_side(&now[0], tick, &q->bid, &q->bid_qty);
	set_side(&now[1], tick, &q->ask, &q->ask_qty);
	return EXCH_OK;
}

/* The INSTRUMENT before this record holds, unless this is its refusal. */
static void
announce(struct exch_report_run *run, const struct exch_rec *r)
{
	struct top *s = run->state;
	const struct exch_rec *in = (const void *)s->announced.p;
	size_t len = s->announced.len;
	struct exch_rec *own;

	if (len == 0)
		return;
	s->announced.len = 0;
	if (r != NULL && r->type == EXCH_REC_ERROR && r->source == run->matcher)
		return;
	own = exch_writer_new(s->writer, in->type, len, in->instr, in->time);
	own->flags = in->flags;
	memcpy(own + 1, in + 1, len - sizeof(*in));
}

static int
record_stream(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct top *s = run->state;
	int rc;

	announce(run, r);
	if (r->type == EXCH_REC_INSTRUMENT) {
		exch_buf_add(&s->announced, r, exch_rec_len(r));
		if (s->announced.failed)
			return exch_report_nomem(d);
	}
	rc = exch_samples_record(run, r, seq, d);
	return rc == EXCH_OK ? exch_writer_error(s->writer, d) : rc;
}

static int
open_stream(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_writer_opts o = {
	    .tool = "exch-feed", .options = "top", .upstream_info = run->info};
	struct top *s = run->state;

	return exch_writer_open(run->table.out, &o, &s->writer, d);
}

static int
close_stream(struct exch_report_run *run, struct exch_diag *d)
{
	struct top *s = run->state;
	enum exch_status status = run->status;

	announce(run, NULL);
	if (run->damaged ||
	    (status != EXCH_STATUS_COMPLETE && status != EXCH_STATUS_SIGNAL))
		status = EXCH_STATUS_UPSTREAM;
	return exch_writer_close(s->writer, status, d);
}

/* ---- the feed ---- */

static int
record_top(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	const struct top *s = run->state;

	return s->writer == NULL ? exch_samples_record(run, r, seq, d)
				 : record_stream(run, r, seq, d);
}

/* An INSTRUMENT waits for what comes behind it. */
static void
ahead_top(struct exch_report_run *run, struct exch_reader *in)
{
	const struct top *s = run->state;

	if (s->announced.len == 0)
		exch_samples_ahead(run, in);
}

/* Who reads a stream sees what there is. */
static int
wait_top(struct exch_report_run *run, struct exch_diag *d)
{
	const struct top *s = run->state;

	return s->writer == NULL ? EXCH_OK : exch_writer_flush(s->writer, d);
}

static int
close_top(struct exch_report_run *run, struct exch_diag *d)
{
	const struct top *s = run->state;
	int rc = exch_samples_close(run, d);

	return rc == EXCH_OK && s->writer != NULL ? close_stream(run, d) : rc;
}

static int
open_top(struct exch_report_run *run, struct exch_diag *d)
{
	bool sums = run->o.imbalance > 0;
	bool stream = run->o.format == EXCH_FMT_BIN;
	int rc = exch_report_state(run, sizeof(struct top), d);

	run->o.levels = sums ? run->o.imbalance : 1;
	/* what is published is news */
	if (run->o.when == EXCH_WHEN_EVENT)
		run->o.changed = true;
	if (rc == EXCH_OK)
		((struct top *)run->state)->samples.tapeless = true;
	if (rc == EXCH_OK)
		rc = exch_samples_begin(run,
		    stream ? put_quote
		    : sums ? put_sums
			   : put,
		    d);
	if (rc == EXCH_OK && stream)
		return open_stream(run, d);
	return rc == EXCH_OK ? exch_table_columns(&run->table, cols,
				   sums ? EXCH_ARRAY_LEN(cols) : NTOP, true, d)
			     : rc;
}

static void
free_top(struct exch_report_run *run)
{
	struct top *s = run->state;

	exch_samples_free(run);
	exch_free(s->shown);
	exch_writer_free(s->writer);
	exch_buf_free(&s->announced);
}

const struct exch_report exch_md_top = {
    .name = "top",
    .what = "the best bid and offer",
    .takes = EXCH_TAKES_WHEN | EXCH_TAKES_WATCH | EXCH_TAKES_IMBALANCE,
    .needs = EXCH_NEEDS_BOOK,
    .stream = true,
    .open = open_top,
    .record = record_top,
    .ahead = ahead_top,
    .wait = wait_top,
    .close = close_top,
    .free = free_top,
};
