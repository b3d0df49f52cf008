/* Columns and cells of the audit (audit.h). */
#include <config.h>

#include <string.h>

#include "rec/schema.h"
#include "report/audit.h"
#include "report/counted.h"

const char exch_audit_client[] = "client";
const char exch_audit_venue[] = "venue";

/* Columns are only ever added behind the others: exch-audit(7). */
static const struct exch_col cols[] = {
    {"seq", EXCH_COL_ID, 10},
    {"source", EXCH_COL_NUM, 6},
    {"time", EXCH_COL_TIME, 18},
    {"event", EXCH_COL_TEXT, 9},
    {"symbol", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 12},
    {"account", EXCH_COL_TEXT, 8},
    {"side", EXCH_COL_TEXT, 4},
    {"price", EXCH_COL_NUM, 11},
    {"qty", EXCH_COL_NUM, 9},
    {"leaves", EXCH_COL_NUM, 9},
    {"match", EXCH_COL_ID, 8},
    {"contra_order", EXCH_COL_ID, 12},
    {"liquidity", EXCH_COL_TEXT, 9},
    {"reason", EXCH_COL_TEXT, 13},
    {"flags", EXCH_COL_TEXT, 9},
    {"type", EXCH_COL_TEXT, 6},
    {"tif", EXCH_COL_TEXT, 4},
    {"new_order", EXCH_COL_ID, 12},
    {"command", EXCH_COL_TEXT, 7},
    {"cause", EXCH_COL_TEXT, 8},
    {"note", EXCH_COL_TEXT, 8},
    {"initiator", EXCH_COL_TEXT, 9},
    {"phase", EXCH_COL_TEXT, 10},
    {"status", EXCH_COL_TEXT, 16},
    {"ord_status", EXCH_COL_TEXT, 10},
    {"working_price", EXCH_COL_NUM, 13},
    {"displayed", EXCH_COL_NUM, 9},
    {"min_qty", EXCH_COL_NUM, 9},
    {"stop_price", EXCH_COL_NUM, 11},
    {"expire", EXCH_COL_TIME, 18},
    {"client_order", EXCH_COL_ID, 12},
    {"prior_order", EXCH_COL_ID, 12},
    {"limit_price", EXCH_COL_NUM, 11},
    {"time_in_force", EXCH_COL_TEXT, 13},
    {"bid", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"ask", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"first_order", EXCH_COL_ID, 12},
    {"cross", EXCH_COL_TEXT, 8},
    {"aggressor", EXCH_COL_TEXT, 9},
    {"rule", EXCH_COL_TEXT, 12},
    {"verdict", EXCH_COL_TEXT, 7},
    {"limit", EXCH_COL_NUM, 11},
    {"observed", EXCH_COL_NUM, 11},
    {"by", EXCH_COL_TEXT, 8},
    {"ref", EXCH_COL_ID, 4},
    {"member", EXCH_COL_TEXT, 8},
    {"alert", EXCH_COL_TEXT, 10},
    {"disposition", EXCH_COL_TEXT, 11},
    {"when", EXCH_COL_TEXT, 10},
};

/* Of the columns from new_order on, from status, bid and rule on. */
#define RARE_COLS 4
#define LIFE_COLS 11
#define MARKET_COLS 4
#define SAID_COLS 10

int
exch_audit_columns(struct exch_report_run *run, struct exch_diag *d)
{
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

const char *
exch_audit_cross(uint8_t cross)
{
	return cross == EXCH_CROSS_NONE ? NULL
					: exch_word_of(exch_words_cross, cross);
}

const char *
exch_audit_aggressor(uint8_t side)
{
	return side == EXCH_BUY ? "B" : side == EXCH_SELL ? "S" : "N";
}

static void
put_qty(struct exch_table *t, exch_qty v, unsigned scale)
{
	if (v == EXCH_QTY_NONE)
		exch_table_none(t);
	else
		exch_table_qty(t, v, scale);
}

/* ---- what outsiders do not see ---- */

static inline __attribute__((always_inline)) void
put_order(struct exch_report_run *run, exch_oid id)
{
	const struct exch_audit *s = run->state;

	if (__builtin_expect(s->redacts, 0))
		id = exch_redact_id(&s->redact, "order", id);
	exch_table_id(&run->table, id);
}

/* A name of somebody: an account, a member, a person, or with one in it. */
static void
put_name(struct exch_report_run *run, const char *kind, const char *p, size_t n)
{
	const struct exch_audit *s = run->state;
	char other[EXCH_REDACT_TEXT];

	if (n > 0 && s->redacts) {
		exch_redact_text(&s->redact, kind, p, n, other);
		p = other;
		n = sizeof(other);
	}
	exch_table_text(&run->table, p, n);
}

__attribute__((noinline, cold)) static void
put_other_account(struct exch_report_run *run, uint32_t account)
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);
	char digits[16];

	if (a != NULL)
		put_name(run, "account", a->name, a->n);
	else
		put_name(run, "account", digits,
		    (size_t)(exch_fmt_u64(digits, account) - digits));
}

static inline void
put_account(struct exch_report_run *run, uint32_t account)
{
	const struct exch_audit *s = run->state;

	if (__builtin_expect(!s->redacts, 1) || account == 0)
		exch_report_account(run, account);
	else
		put_other_account(run, account);
}

/* The client's number of an order is one of those. */
__attribute__((noinline, cold)) static void
put_other_life(struct exch_report_run *run, const struct exch_life *o)
{
	const struct exch_audit *s = run->state;
	struct exch_life other = *o;

	other.terms.client =
	    exch_redact_id(&s->redact, "client", o->terms.client);
	exch_report_life(run, &other);
}

/* What people wrote may tell of anybody; the venue's own codes do not. */
static void
put_note(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	bool wrote = w->said != NULL || strcmp(w->event, "error") == 0;

	if (s->redacts && wrote && w->nnote > 0)
		exch_table_word(&run->table, "redacted");
	else
		exch_table_text(&run->table, w->note, w->nnote);
}

/* ---- cells ---- */

/* Status, terms and the market, of rows that speak of an instrument. */
static void
put_life(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_life *o = w->o;
	unsigned show;

	if (o == NULL) {
		exch_table_nones(t, LIFE_COLS);
		return;
	}
	show = run->insts.inst[o->key.place].px_show;
	if (__builtin_expect(s->redacts, 0))
		put_other_life(run, o);
	else
		exch_report_life(run, o);
	put_order(run, o->replaces);
	exch_table_px(t, o->price, show);
	exch_table_word(t, exch_word_of(exch_words_tif, o->tif));
}

static void
put_market(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_quote *q =
	    w->instrument ? exch_quotes_of(&s->quotes, w->place) : NULL;
	const struct exch_inst *in;

	if (q == NULL) {
		exch_table_nones(t, MARKET_COLS);
		return;
	}
	in = &run->insts.inst[w->place];
	for (unsigned side = 0; side < 2; side++) {
		exch_table_px(t, q->px[side], in->px_show);
		if (q->px[side] == EXCH_PX_NONE)
			exch_table_none(t);
		else
			exch_table_qty(t, q->qty[side], in->qty_scale);
	}
}

static size_t
length(const char *s, size_t most)
{
	return s != NULL ? strnlen(s, most) : 0;
}

__attribute__((noinline)) static void
put_said(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit_said *x = w->said;
	struct exch_table *t = &run->table;
	const struct exch_inst *in =
	    w->instrument ? &run->insts.inst[w->place] : NULL;
	int scale = in != NULL ? in->qty_scale : 0;
	unsigned show = in != NULL ? in->px_show : 0;

	exch_table_word(t, x->rule);
	exch_table_word(t, x->verdict);
	exch_counted_put(t, x->unit, x->limit, scale, show);
	exch_counted_put(t, x->unit, x->observed, scale, show);
	put_name(run, "person", x->by, length(x->by, x->nby));
	exch_table_id(t, x->ref);
	put_name(run, "member", x->member, length(x->member, x->nmember));
	put_name(run, "alert", x->alert, length(x->alert, x->nalert));
	exch_table_word(t, x->disposition);
	exch_table_text(t, x->when, length(x->when, x->nwhen));
}

/* From new_order to note: what few rows have. */
__attribute__((noinline)) static void
put_rare(struct exch_report_run *run, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;

	put_order(run, w->new_order);
	exch_table_word(t, w->command);
	if (w->cause == EXCH_CAUSE_NONE)
		exch_table_none(t);
	else
		exch_table_word(t, exch_word_of(exch_words_cause, w->cause));
	put_note(run, w);
}

static inline __attribute__((always_inline)) void
put_tail(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_table *t = &run->table;
	uint8_t cross;

	exch_table_word(t, w->liquidity);
	exch_table_word(t, w->reason);
	exch_report_flags(run, w->flags, w->more);
	exch_table_word(t, w->type);
	exch_table_word(t, w->tif);
	if (__builtin_expect(w->new_order != 0 || w->command != NULL ||
				 w->cause != EXCH_CAUSE_NONE || w->nnote != 0,
		0))
		put_rare(run, w);
	else
		exch_table_nones(t, RARE_COLS);
	exch_table_word(t, w->initiator);
	exch_table_word(
	    t, w->instrument ? exch_word_of(exch_words_phase,
				   exch_track_phase(s->track, w->place, &cross))
			     : NULL);
	put_life(run, w);
	put_market(run, w);
	put_order(run, w->o != NULL ? w->o->first : 0);
	exch_table_word(t, w->cross);
	exch_table_word(t, w->aggressor);
	if (__builtin_expect(w->said == NULL, 1))
		exch_table_nones(t, SAID_COLS);
	else
		put_said(run, w);
	exch_table_end(t);
}

/* Which record it was; a review has none. */
static void
put_record(struct exch_report_run *run, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_report_source *src;
	struct exch_table *t = &run->table;

	if (w->r == NULL) {
		exch_table_none(t);
		exch_table_none(t);
		exch_table_text(t, w->at, length(w->at, 64));
		return;
	}
	src = &run->source[w->r->source];
	if (src->row_first == 0)
		src->row_first = s->seq;
	src->row_last = s->seq;
	exch_table_id(t, s->seq);
	exch_table_u64(t, w->r->source);
	exch_table_time(t, w->r->time);
}

void
exch_audit_put(struct exch_report_run *run, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;
	unsigned show = 2;
	unsigned scale = 0;

	exch_table_row(t);
	put_record(run, w);
	exch_table_word(t, w->event);
	if (w->instrument) {
		show = run->insts.inst[w->place].px_show;
		scale = run->insts.inst[w->place].qty_scale;
		exch_report_symbol(run, w->place);
	} else {
		exch_table_text(t, w->symbol, length(w->symbol, 24));
	}
	put_order(run, w->order);
	if (w->who != NULL)
		put_name(run, "account", w->who, length(w->who, 160));
	else
		put_account(run, w->account);
	exch_table_word(t, exch_report_side(w->side, NULL));
	exch_table_px(t, w->price, show);
	put_qty(t, w->qty, scale);
	put_qty(t, w->leaves, scale);
	exch_table_id(t, w->match);
	put_order(run, w->contra);
	put_tail(run, w);
}
