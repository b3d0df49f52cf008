/* Columns and cells of the audit (audit.h). */
#include <config.h>

#include <string.h>

#include "rec/schema.h"
#include "report/audit.h"
#include "report/counted.h"

const struct exch_label exch_audit_client = EXCH_LABEL("client");
const struct exch_label exch_audit_venue = EXCH_LABEL("venue");
const struct exch_label exch_audit_auction = EXCH_LABEL("auction");

static const struct exch_label events[] = {
    [EXCH_AUDIT_ACCEPTED] = EXCH_LABEL("accepted"),
    [EXCH_AUDIT_EXECUTED] = EXCH_LABEL("executed"),
    [EXCH_AUDIT_CANCELLED] = EXCH_LABEL("cancelled"),
    [EXCH_AUDIT_EXPIRED] = EXCH_LABEL("expired"),
    [EXCH_AUDIT_REPLACED] = EXCH_LABEL("replaced"),
    [EXCH_AUDIT_REJECTED] = EXCH_LABEL("rejected"),
    [EXCH_AUDIT_RESTATED] = EXCH_LABEL("restated"),
    [EXCH_AUDIT_TRIGGERED] = EXCH_LABEL("triggered"),
    [EXCH_AUDIT_TRADE] = EXCH_LABEL("trade"),
    [EXCH_AUDIT_BUST] = EXCH_LABEL("bust"),
    [EXCH_AUDIT_PHASE] = EXCH_LABEL("phase"),
    [EXCH_AUDIT_AUCTION] = EXCH_LABEL("auction"),
    [EXCH_AUDIT_GAP] = EXCH_LABEL("gap"),
    [EXCH_AUDIT_ERROR] = EXCH_LABEL("error"),
    [EXCH_AUDIT_NOTICE] = EXCH_LABEL("notice"),
    [EXCH_AUDIT_MASS_CANCEL] = EXCH_LABEL("mass-cancel"),
    [EXCH_AUDIT_RISK] = EXCH_LABEL("risk"),
    [EXCH_AUDIT_LIMIT] = EXCH_LABEL("limit"),
    [EXCH_AUDIT_SWITCH] = EXCH_LABEL("switch"),
    [EXCH_AUDIT_DECISION] = EXCH_LABEL("decision"),
    [EXCH_AUDIT_ALERT] = EXCH_LABEL("alert"),
    [EXCH_AUDIT_REVIEW] = EXCH_LABEL("review"),
};

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

static inline char *
put_qty(struct exch_table *t, char *p, exch_qty v, unsigned scale)
{
	return v == EXCH_QTY_NONE ? exch_cell_none(t, p)
				  : exch_cell_qty(t, p, v, scale);
}

/* ---- what outsiders do not see ---- */

static inline __attribute__((always_inline)) char *
put_order(struct exch_report_run *run, char *p, exch_oid id)
{
	const struct exch_audit *s = run->state;

	if (__builtin_expect(s->redacts, 0))
		id = exch_redact_id(&s->redact, "order", id);
	return exch_cell_id(&run->table, p, id);
}

/* A name of somebody: an account, a member, a person, or with one in it. */
static char *
put_name(struct exch_report_run *run, char *p, const char *kind,
    const char *name, size_t n)
{
	const struct exch_audit *s = run->state;
	char other[EXCH_REDACT_TEXT];

	if (n == 0 || !s->redacts)
		return exch_cell_text(&run->table, p, name, n);
	exch_redact_text(&s->redact, kind, name, n, other);
	return exch_cell_text(&run->table, p, other, sizeof(other));
}

__attribute__((noinline, cold)) static char *
put_other_account(struct exch_report_run *run, char *p, uint32_t account)
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);
	char digits[16];

	if (a != NULL)
		return put_name(run, p, "account", a->name, a->n);
	return put_name(run, p, "account", digits,
	    (size_t)(exch_fmt_u64(digits, account) - digits));
}

static inline char *
put_account(struct exch_report_run *run, char *p, uint32_t account)
{
	const struct exch_audit *s = run->state;

	if (__builtin_expect(!s->redacts, 1) || account == 0)
		return exch_cell_account(run, p, account);
	return put_other_account(run, p, account);
}

/* The client's number of an order is one of those. */
__attribute__((noinline, cold)) static char *
put_other_life(struct exch_report_run *run, char *p, const struct exch_life *o)
{
	const struct exch_audit *s = run->state;
	struct exch_life other = *o;

	other.terms.client =
	    exch_redact_id(&s->redact, "client", o->terms.client);
	return exch_cell_life(run, p, &other);
}

/* What people wrote may tell of anybody; the venue's own codes do not. */
static char *
put_note(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	bool wrote = w->said != NULL || w->event == EXCH_AUDIT_ERROR;

	if (s->redacts && wrote && w->nnote > 0)
		return exch_cell_word(&run->table, p, "redacted");
	return exch_cell_text(&run->table, p, w->note, w->nnote);
}

/* ---- cells ---- */

/* Status and terms of an order, where the row is of one. */
static inline char *
put_life(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_life *o = w->o;

	if (o == NULL)
		return exch_cell_nones(t, p, LIFE_COLS);
	p = __builtin_expect(s->redacts, 0) ? put_other_life(run, p, o)
					    : exch_cell_life(run, p, o);
	p = put_order(run, p, o->replaces);
	p = exch_cell_px(t, p, o->price, run->insts.inst[o->key.place].px_show);
	return exch_cell_label(t, p, exch_label_of(&run->labels.tif, o->tif));
}

static inline bool
is_said(const struct exch_audit_market *m, const struct exch_quote *q,
    const struct exch_inst *in)
{
	return m->n != 0 && m->px[0] == q->px[0] && m->px[1] == q->px[1] &&
	       m->qty[0] == q->qty[0] && m->qty[1] == q->qty[1] &&
	       m->show == in->px_show && m->scale == in->qty_scale;
}

static char *
put_quote(struct exch_table *t, char *p, const struct exch_quote *q,
    const struct exch_inst *in, struct exch_audit_market *m)
{
	const char *start = p;
	size_t n;

	for (unsigned side = 0; side < 2; side++) {
		p = exch_cell_px(t, p, q->px[side], in->px_show);
		p = q->px[side] == EXCH_PX_NONE
			? exch_cell_none(t, p)
			: exch_cell_qty(t, p, q->qty[side], in->qty_scale);
	}
	n = (size_t)(p - start);
	m->n = 0;
	if (!exch_cell_is_csv(t) || n > sizeof(m->cells))
		return p;
	*m = (struct exch_audit_market){{q->px[0], q->px[1]},
	    {q->qty[0], q->qty[1]}, in->px_show, in->qty_scale, (uint8_t)n, ""};
	memcpy(m->cells, start, n);
	return p;
}

static inline char *
put_market(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	struct exch_audit *s = run->state;
	const struct exch_quote *q =
	    w->instrument ? exch_quotes_of(&s->quotes, w->place) : NULL;
	const struct exch_inst *in;
	struct exch_audit_market *m;

	if (q == NULL)
		return exch_cell_nones(&run->table, p, MARKET_COLS);
	in = &run->insts.inst[w->place];
	m = &s->market[w->place];
	if (!is_said(m, q, in))
		return put_quote(&run->table, p, q, in, m);
	memcpy(p, m->cells, sizeof(m->cells));
	return p + m->n;
}

static size_t
length(const char *s, size_t most)
{
	return s != NULL ? strnlen(s, most) : 0;
}

__attribute__((noinline)) static char *
put_said(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	const struct exch_audit_said *x = w->said;
	struct exch_table *t = &run->table;
	const struct exch_inst *in =
	    w->instrument ? &run->insts.inst[w->place] : NULL;
	int scale = in != NULL ? in->qty_scale : 0;
	unsigned show = in != NULL ? in->px_show : 0;

	p = exch_cell_word(t, p, x->rule);
	p = exch_cell_word(t, p, x->verdict);
	p = exch_counted_cell(t, p, x->unit, x->limit, scale, show);
	p = exch_counted_cell(t, p, x->unit, x->observed, scale, show);
	p = put_name(run, p, "person", x->by, length(x->by, x->nby));
	p = exch_cell_id(t, p, x->ref);
	p = put_name(
	    run, p, "member", x->member, length(x->member, x->nmember));
	p = put_name(run, p, "alert", x->alert, length(x->alert, x->nalert));
	p = exch_cell_word(t, p, x->disposition);
	return exch_cell_text(t, p, x->when, length(x->when, x->nwhen));
}

/* From new_order to note: what few rows have. */
__attribute__((noinline)) static char *
put_rare(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;

	p = put_order(run, p, w->new_order);
	p = exch_cell_word(t, p, w->command);
	p = w->cause == EXCH_CAUSE_NONE
		? exch_cell_none(t, p)
		: exch_cell_word(
		      t, p, exch_word_of(exch_words_cause, w->cause));
	return put_note(run, p, w);
}

static inline char *
put_phase(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	uint8_t cross;

	if (!w->instrument)
		return exch_cell_none(&run->table, p);
	return exch_cell_label(&run->table, p,
	    exch_label_of(&run->labels.phase,
		exch_track_phase(s->track, w->place, &cross)));
}

/* From liquidity on. */
static inline __attribute__((always_inline)) char *
put_tail(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;

	p = exch_cell_label(t, p, w->liquidity);
	p = __builtin_expect(w->why != NULL, 0)
		? exch_cell_word(t, p, w->why)
		: exch_cell_label(t, p, w->reason);
	p = exch_cell_flags(run, p, w->flags, w->more);
	p = exch_cell_label(t, p, w->type);
	p = exch_cell_label(t, p, w->tif);
	if (__builtin_expect(w->new_order != 0 || w->command != NULL ||
				 w->cause != EXCH_CAUSE_NONE || w->nnote != 0,
		0))
		p = put_rare(run, p, w);
	else
		p = exch_cell_nones(t, p, RARE_COLS);
	p = exch_cell_label(t, p, w->initiator);
	p = put_phase(run, p, w);
	p = put_life(run, p, w);
	p = put_market(run, p, w);
	p = put_order(run, p, w->o != NULL ? w->o->first : 0);
	p = exch_cell_label(t, p, w->cross);
	p = exch_cell_char(t, p, w->aggressor);
	return __builtin_expect(w->said == NULL, 1)
		   ? exch_cell_nones(t, p, SAID_COLS)
		   : put_said(run, p, w);
}

/* Which record it was; a review has none. */
static inline char *
put_record(struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	const struct exch_audit *s = run->state;
	struct exch_report_source *src;
	struct exch_table *t = &run->table;

	if (w->r == NULL) {
		p = exch_cell_nones(t, p, 2);
		return exch_cell_text(t, p, w->at, length(w->at, 64));
	}
	src = &run->source[w->r->source];
	if (src->row_first == 0)
		src->row_first = s->seq;
	src->row_last = s->seq;
	p = exch_cell_id(t, p, s->seq);
	p = exch_cell_u64(t, p, w->r->source);
	return exch_cell_time(t, p, w->r->time);
}

/* What it was about, up to contra_order. */
static inline __attribute__((always_inline)) char *
put_subject(
    struct exch_report_run *run, char *p, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;
	unsigned show = 2;
	unsigned scale = 0;

	if (w->instrument) {
		show = run->insts.inst[w->place].px_show;
		scale = run->insts.inst[w->place].qty_scale;
		p = exch_cell_symbol(run, p, w->place);
	} else {
		p = exch_cell_text(t, p, w->symbol, length(w->symbol, 24));
	}
	p = put_order(run, p, w->order);
	p = w->who != NULL
		? put_name(run, p, "account", w->who, length(w->who, 160))
		: put_account(run, p, w->account);
	p = exch_cell_char(t, p,
	    w->side == EXCH_BUY	   ? 'B'
	    : w->side == EXCH_SELL ? 'S'
				   : '\0');
	p = exch_cell_px(t, p, w->price, show);
	p = put_qty(t, p, w->qty, scale);
	p = put_qty(t, p, w->leaves, scale);
	p = exch_cell_id(t, p, w->match);
	return put_order(run, p, w->contra);
}

void
exch_audit_put(struct exch_report_run *run, const struct exch_audit_row *w)
{
	struct exch_table *t = &run->table;
	char *p;

	exch_table_row(t);
	p = put_record(run, t->p, w);
	p = exch_cell_label(t, p, &events[w->event]);
	p = put_subject(run, p, w);
	t->p = put_tail(run, p, w);
	exch_table_end(t);
}
