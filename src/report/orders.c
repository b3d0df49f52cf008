/*
 * exch-report orders: the life of every order in one row, written when it
 * ends; those still resting at the end of the stream come last, in the
 * order in which they came in.
 *
 * In every row qty = filled + cancelled + leaves.  An order replaced under
 * a new id ends with what it had left in `leaves`, which went on to
 * `replaced_by`.
 */
#include <config.h>

#include "rec/schema.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/tape.h"
#include "report/tracked.h"

static const struct exch_col cols[] = {
    {"entry_time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 12},
    {"account", EXCH_COL_TEXT, 8},
    {"side", EXCH_COL_TEXT, 4},
    {"type", EXCH_COL_TEXT, 6},
    {"tif", EXCH_COL_TEXT, 4},
    {"price", EXCH_COL_NUM, 11},
    {"qty", EXCH_COL_NUM, 9},
    {"filled", EXCH_COL_NUM, 9},
    {"avg_price", EXCH_COL_NUM, 11},
    {"cancelled", EXCH_COL_NUM, 9},
    {"leaves", EXCH_COL_NUM, 9},
    {"state", EXCH_COL_TEXT, 9},
    {"reason", EXCH_COL_TEXT, 12},
    {"end_time", EXCH_COL_TIME, 18},
    {"executions", EXCH_COL_NUM, 10},
    {"changes", EXCH_COL_NUM, 7},
    {"replaces", EXCH_COL_ID, 12},
    {"replaced_by", EXCH_COL_ID, 12},
    {"flags", EXCH_COL_TEXT, 8},
    {"status", EXCH_COL_TEXT, 16},
    {"ord_status", EXCH_COL_TEXT, 10},
    {"working_price", EXCH_COL_NUM, 13},
    {"displayed", EXCH_COL_NUM, 9},
    {"min_qty", EXCH_COL_NUM, 9},
    {"stop_price", EXCH_COL_NUM, 11},
    {"expire", EXCH_COL_TIME, 18},
    {"client_order", EXCH_COL_ID, 12},
};

struct orders {
	struct exch_tracked tracked;
};

/* How an order ended. */
struct ending {
	const char *state;
	const char *reason;
	exch_ts time; /* EXCH_TS_NONE: it did not */
	exch_oid replaced_by;
};

static void
put(struct exch_report_run *run, const struct exch_life *o,
    const struct ending *e)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[o->key.place];

	exch_table_row(t);
	exch_table_time(t, o->entered);
	exch_report_symbol(run, o->key.place);
	exch_table_id(t, o->key.id);
	exch_report_account(run, o->account);
	exch_table_word(t, exch_report_side(o->side, NULL));
	exch_table_word(t, exch_word_of(exch_words_ordtype, o->ordtype));
	exch_table_word(t, exch_word_of(exch_words_tif, o->tif));
	exch_table_px(t, o->price, in->px_show);
	exch_table_qty(t, o->qty, in->qty_scale);
	exch_table_qty(t, o->filled, in->qty_scale);
	exch_table_px(t,
	    exch_mean_px(o->notional, o->filled, exch_tape_mean_decimals(in)),
	    in->px_decimals);
	exch_table_qty(t, o->cancelled, in->qty_scale);
	exch_table_qty(t, o->open, in->qty_scale);
	exch_table_word(t, e->state);
	exch_table_word(t, e->reason);
	if (e->time == EXCH_TS_NONE)
		exch_table_none(t);
	else
		exch_table_time(t, e->time);
	exch_table_u64(t, o->execs);
	exch_table_u64(t, o->changes);
	exch_table_id(t, o->replaces);
	exch_table_id(t, e->replaced_by);
	exch_report_flags(run, o->flags, NULL);
	exch_report_life(run, o);
	exch_table_end(t);
}

static void
put_cancelled(struct exch_report_run *run, const struct exch_change *c)
{
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);

	put(run, c->o,
	    &(struct ending){exch_life_word(c->o->stage.state),
		exch_word_of(exch_words_reason, r->reason), c->r->time, 0});
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	const struct exch_rec_reject *rej;
	exch_oid next;

	(void)d;
	if (c->kind == EXCH_CHANGE_REJECTED) {
		rej = EXCH_CHANGE_REC(c, exch_rec_reject);
		/* a refused CANCEL or REPLACE is no order */
		if (rej->command == EXCH_REC_NEW)
			put(run, c->o,
			    &(struct ending){exch_life_word(c->o->stage.state),
				exch_word_of(exch_words_reject, rej->code),
				c->r->time, 0});
		return EXCH_OK;
	}
	if (c->o == NULL || !c->ended)
		return EXCH_OK;
	switch (c->kind) {
	case EXCH_CHANGE_EXECUTED:
		put(run, c->o,
		    &(struct ending){exch_life_word(c->o->stage.state), NULL,
			c->r->time, 0});
		break;
	case EXCH_CHANGE_CANCELLED:
		put_cancelled(run, c);
		break;
	case EXCH_CHANGE_REPLACED:
		next = EXCH_CHANGE_REC(c, exch_rec_replaced)->new_order;
		put(run, c->o,
		    &(struct ending){exch_life_word(c->o->stage.state), NULL,
			c->r->time, next});
		break;
	default:
		break;
	}
	return EXCH_OK;
}

static int
open_orders(struct exch_report_run *run, struct exch_diag *d)
{
	struct orders *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
record_orders(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct orders *s = run->state;

	(void)seq;
	return exch_tracked_record(&s->tracked, run, r, d);
}

static int
put_resting(void *arg, const struct exch_life *o, struct exch_diag *d)
{
	(void)d;
	put(arg, o, &(struct ending){"resting", NULL, EXCH_TS_NONE, 0});
	return EXCH_OK;
}

static int
close_orders(struct exch_report_run *run, struct exch_diag *d)
{
	struct orders *s = run->state;

	exch_tracked_close(&s->tracked, run);
	return exch_track_each(s->tracked.track, put_resting, run, d);
}

static void
free_orders(struct exch_report_run *run)
{
	struct orders *s = run->state;

	exch_tracked_free(&s->tracked);
}

const struct exch_report exch_report_orders = {
    .name = "orders",
    .what = "the life of every order",
    .needs = EXCH_NEEDS_MATCH,
    .open = open_orders,
    .record = record_orders,
    .close = close_orders,
    .free = free_orders,
};
