/*
 * exch-report rts24: records of orders modelled on RTS 24, one row for each
 * event of each order, and one for each change of phase and each indicative
 * auction price.  The table of fields (data/report/rts24.csv) says which there
 * are, in which order and what they are called; what is put into each is here.
 * exch-regulatory(7).
 *
 * After every row of an order that lives its remaining quantity is its initial
 * one less what it has traded: changes of quantity change the initial one.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/forms.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/rts24.h"
#include "report/tracked.h"
#include "report/who.h"

/* What is known of a live order besides its life. */
struct extra {
	struct exch_key key; /* as that of the life */
	exch_oid root;	     /* the id it came in with */
	uint64_t nth;	     /* not 0: behind the id, which came before */
	exch_qty filled;
	exch_qty initial;
	exch_ts received;
	exch_ts priority;
	bool quote;
};

/* Of a book: ids that came before are not above the highest. */
struct book {
	exch_oid highest;
	uint64_t orders;
};

struct rts24 {
	struct exch_tracked tracked;
	struct exch_keyed extra;
	struct exch_whos whos;
	struct exch_whats whats;
	struct exch_form_table fields;
	struct exch_col *cols;
	struct book *book; /* by place */
	uint32_t nbook;
	uint64_t seq;
	exch_oid quoted[2]; /* the ids of the last QUOTE, and of which */
	uint32_t quoted_instr;
};

/* A row; what stays zero is an empty cell. */
struct row {
	const struct exch_rec *r;
	uint32_t place;
	const char *event;
	const struct exch_life *o; /* NULL: of the market */
	const struct extra *x;
	struct exch_who who;
	const struct exch_what *what;
	const struct exch_rec_exec *exec;
	uint8_t side;
	exch_px auction_price; /* or none */
	exch_qty auction_qty;  /* or none */
	bool gone;	       /* nothing is left of the order */
};

/* ---- cells ---- */

static void
put_px(struct exch_table *t, exch_px v)
{
	char cell[EXCH_FORM_MAX];
	char *p =
	    v == EXCH_PX_NONE ? NULL : exch_form_decimal(cell, v, 9, 18, 13);

	if (p != NULL)
		*p = '\0';
	exch_table_word(t, p != NULL ? cell : NULL);
}

static void
put_qty(struct exch_report_run *run, const struct row *w, exch_qty v)
{
	const struct exch_inst *in = &run->insts.inst[w->place];
	unsigned frac = in->kind == EXCH_KIND_BOND ? 5 : 17;
	char cell[EXCH_FORM_MAX];
	char *p = exch_form_decimal(cell, v, in->qty_scale, 18, frac);

	if (p != NULL)
		*p = '\0';
	exch_table_word(&run->table, p != NULL ? cell : NULL);
}

static void
put_time(struct exch_table *t, exch_ts v)
{
	char cell[EXCH_FORM_MAX];

	*exch_form_time(cell, v) = '\0';
	exch_table_word(t, cell);
}

#define PUT_CELL(t, row, m)                                                    \
	exch_table_text(t, (row)->m, strnlen((row)->m, sizeof((row)->m)))

/* Not inlined: a choice of words of known lengths makes gcc see ghosts. */
static __attribute__((noinline)) void
put_word(struct exch_table *t, const char *w)
{
	exch_table_word(t, w);
}

static void
put_bool(struct exch_table *t, bool v)
{
	put_word(t, v ? "true" : "false");
}

/* Fields 1 to 8: who. */
static void
put_who(struct exch_table *t, const struct row *w, unsigned field)
{
	const struct exch_who *who = &w->who;
	const struct exch_party *p = who->party;

	if (w->o == NULL || p == NULL) {
		exch_table_none(t);
		return;
	}
	switch (field) {
	case 1:
		exch_table_text(t, who->firm, strlen(who->firm));
		break;
	case 2:
		put_bool(t, false);
		break;
	case 3:
		exch_table_text(t, who->behind, strlen(who->behind));
		break;
	case 4:
		PUT_CELL(t, p, decision);
		break;
	case 5:
		if (p->execution[0] != '\0')
			PUT_CELL(t, p, execution);
		else
			put_word(t, who->client ? "NORE" : NULL);
		break;
	case 7:
		put_word(t, exch_who_capacity(who));
		break;
	case 8:
		put_bool(t, p->role == EXCH_ROLE_MAKER);
		break;
	default:
		exch_table_none(t);
	}
}

static const char *
validity(uint8_t tif)
{
	switch (tif) {
	case EXCH_TIF_GTC:
		return "GTCV";
	case EXCH_TIF_IOC:
		return "IOCV";
	case EXCH_TIF_FOK:
		return "FOKV";
	case EXCH_TIF_GTD:
		return "GTDV";
	case EXCH_TIF_GTT:
		return "GTTV";
	default:
		return "DAVY";
	}
}

static bool
is_of_auction(const struct exch_life *o)
{
	return o->tif == EXCH_TIF_ATO || o->tif == EXCH_TIF_ATC ||
	       o->tif == EXCH_TIF_GFA ||
	       (o->ordflags & EXCH_ORD_IMBALANCE) != 0;
}

/* Fields 9 to 15: when. */
static void
put_when(
    struct rts24 *s, struct exch_table *t, const struct row *w, unsigned field)
{
	const struct exch_life *o = w->o;

	if (field == 9) {
		put_time(t, w->r->time);
	} else if (field == 15) {
		exch_table_u64(t, s->seq);
	} else if (o == NULL) {
		exch_table_none(t);
	} else if (field == 10) {
		put_word(t, validity(o->tif));
	} else if (field == 11) {
		put_word(t, is_of_auction(o) ? "VFAR" : NULL);
	} else if (field == 12 && o->terms.expire != 0 &&
		   (o->tif == EXCH_TIF_GTT || o->tif == EXCH_TIF_GTD)) {
		put_time(t, o->terms.expire);
	} else if (field == 13 && w->x != NULL) {
		put_time(t, w->x->priority);
	} else {
		exch_table_none(t);
	}
}

static void
put_code(struct exch_table *t, const struct extra *x)
{
	char cell[48];
	char *p = exch_fmt_u64(cell, x->root);

	if (x->nth != 0) {
		*p++ = 'N';
		p = exch_fmt_u64(p, x->nth);
	}
	*p = '\0';
	put_word(t, cell);
}

/* Fields 16 to 20: what. */
static void
put_what(struct exch_table *t, const struct row *w, unsigned field)
{
	char date[16];

	switch (field) {
	case 16:
		PUT_CELL(t, w->what, mic);
		break;
	case 17:
		exch_table_text(t, w->what->symbol, w->what->nsymbol);
		break;
	case 18:
		if (w->what->isin[0] != '\0')
			PUT_CELL(t, w->what, isin);
		else
			exch_table_text(t, w->what->symbol, w->what->nsymbol);
		break;
	case 19:
		if (w->x == NULL) {
			exch_table_none(t);
			break;
		}
		*exch_form_date(date, exch_ts_date(w->x->received)) = '\0';
		put_word(t, date);
		break;
	default:
		if (w->x != NULL)
			put_code(t, w->x);
		else
			exch_table_none(t);
	}
}

static bool
is_stop(const struct exch_life *o)
{
	return o->type == EXCH_ORD_STOP || o->type == EXCH_ORD_STOP_LIMIT ||
	       o->type == EXCH_ORD_MIT || o->type == EXCH_ORD_LIT;
}

static const char *
status_of(const struct row *w)
{
	if (w->gone)
		return "INAC";
	if (w->x != NULL && w->x->quote)
		return "FIRM";
	return w->o->apart ? "INAC" : "ACTI";
}

/* Fields 21 to 28: terms. */
static void
put_terms(struct exch_table *t, const struct row *w, unsigned field)
{
	const struct exch_life *o = w->o;

	if (o == NULL) {
		exch_table_none(t);
		return;
	}
	switch (field) {
	case 21:
		put_word(t, w->event);
		break;
	case 22:
		put_word(t, exch_word_of(exch_words_ordtype,
				o->type != 0 ? o->type : o->ordtype));
		break;
	case 23:
		put_word(t, is_stop(o) ? "STOP" : "LMTO");
		break;
	case 24:
		put_px(t, o->type == EXCH_ORD_PEG ? EXCH_PX_NONE : o->price);
		break;
	case 25:
		put_px(t, o->terms.discretion);
		break;
	case 26:
		put_px(t, o->terms.stop);
		break;
	case 27:
		put_px(t, o->type == EXCH_ORD_PEG ? o->price : EXCH_PX_NONE);
		break;
	default:
		put_px(t, w->exec != NULL ? w->exec->price : EXCH_PX_NONE);
	}
}

/* Fields 29 to 35: notations, side and status. */
static void
put_notation(struct exch_report_run *run, const struct row *w, unsigned field)
{
	bool bond = run->insts.inst[w->place].kind == EXCH_KIND_BOND;
	struct exch_table *t = &run->table;

	switch (field) {
	case 29:
		PUT_CELL(t, w->what, currency);
		break;
	case 31:
		put_word(t, bond ? "PERC" : "MONE");
		break;
	case 32:
		put_word(t, w->o == NULL	  ? NULL
			    : w->side == EXCH_BUY ? "BUYI"
						  : "SELL");
		break;
	case 33:
		put_word(t, w->o != NULL ? status_of(w) : NULL);
		break;
	case 34:
		put_word(t, bond ? "NOML" : "UNIT");
		break;
	case 35:
		if (bond)
			PUT_CELL(t, w->what, currency);
		else
			exch_table_none(t);
		break;
	default:
		exch_table_none(t);
	}
}

/* Fields 36 to 42: quantities. */
static void
put_quantity(struct exch_report_run *run, const struct row *w, unsigned field)
{
	const struct exch_life *o = w->o;
	struct exch_table *t = &run->table;
	exch_qty v = EXCH_QTY_NONE;

	if (o == NULL) {
		exch_table_none(t);
		return;
	}
	if (field == 36)
		v = w->x != NULL ? w->x->initial : o->qty;
	else if (field == 37)
		v = w->gone ? 0 : o->open;
	else if (field == 38)
		v = w->gone ? 0 : o->shown;
	else if (field == 39 && w->exec != NULL)
		v = w->exec->qty;
	else if (field == 40 && o->terms.min != 0 && !o->terms.each)
		v = o->terms.min;
	else if (field == 40 && (o->ordflags & EXCH_ORD_AON) != 0)
		v = o->qty;
	else if (field == 41 && o->terms.min != 0 && o->terms.each)
		v = o->terms.min;
	if (v != EXCH_QTY_NONE)
		put_qty(run, w, v);
	else if (field == 42 && o->terms.min != 0 && o->terms.each)
		put_bool(t, false);
	else
		exch_table_none(t);
}

/* Fields 43 to 48. */
static void
put_more(struct exch_report_run *run, const struct row *w, unsigned field)
{
	const struct exch_life *o = w->o;
	struct exch_table *t = &run->table;
	char cell[EXCH_TVTIC_MAX];

	if (o == NULL) {
		exch_table_none(t);
	} else if (field == 43) {
		put_bool(t, (o->ordflags & EXCH_ORD_POST_ONLY) != 0);
	} else if (field == 44 && w->exec != NULL &&
		   w->exec->aggressor != EXCH_SIDE_NONE) {
		put_word(t, w->exec->aggressor == w->side ? "AGRE" : "PASV");
	} else if (field == 45) {
		put_bool(t, o->terms.stp);
	} else if (field == 46) {
		exch_table_id(
		    t, o->terms.parent != 0 ? o->terms.parent : o->terms.oco);
	} else if (field == 48 && w->exec != NULL) {
		*exch_tvtic(cell, w->r->instr, w->exec->match) = '\0';
		put_word(t, cell);
	} else {
		exch_table_none(t);
	}
}

/* NULL, a code that has no word, adds nothing. */
static void
capitals(char *out, size_t room, const char *word)
{
	size_t n = strlen(out);

	for (; word != NULL && *word != '\0' && n + 1 < room; word++)
		out[n++] = *word >= 'a' && *word <= 'z'
			       ? (char)(*word - 'a' + 'A')
			       : *word;
	out[n] = '\0';
}

/* Fields 49 to 51: the market. */
static void
put_market(struct exch_report_run *run, const struct row *w, unsigned field)
{
	const struct rts24 *s = run->state;
	char cell[64] = "";
	uint8_t cross;
	uint8_t phase;

	if (field == 50) {
		put_px(&run->table, w->auction_price);
	} else if (field == 51 && w->auction_qty != EXCH_QTY_NONE) {
		put_qty(run, w, w->auction_qty);
	} else if (field == 49) {
		phase = exch_track_phase(s->tracked.track, w->place, &cross);
		capitals(
		    cell, sizeof(cell), exch_word_of(exch_words_phase, phase));
		if (phase == EXCH_PHASE_CALL && cross != EXCH_CROSS_NONE) {
			capitals(cell, sizeof(cell), " ");
			capitals(cell, sizeof(cell),
			    exch_word_of(exch_words_cross, cross));
		}
		put_word(&run->table, cell);
	} else {
		exch_table_none(&run->table);
	}
}

/* ---- rows ---- */

static void
put_field(struct exch_report_run *run, const struct row *w, unsigned field)
{
	struct exch_table *t = &run->table;

	if (field <= 8)
		put_who(t, w, field);
	else if (field <= 15)
		put_when(run->state, t, w, field);
	else if (field <= 20)
		put_what(t, w, field);
	else if (field <= 28)
		put_terms(t, w, field);
	else if (field <= 35)
		put_notation(run, w, field);
	else if (field <= 42)
		put_quantity(run, w, field);
	else if (field <= 48)
		put_more(run, w, field);
	else if (field <= 51)
		put_market(run, w, field);
	else
		exch_table_none(t); /* of a later regulation */
}

static int
put(struct exch_report_run *run, struct row *w, struct exch_diag *d)
{
	struct rts24 *s = run->state;
	int rc = exch_what_of(&s->whats, run, w->place, &w->what, d);

	if (rc == EXCH_OK && w->o != NULL)
		rc = exch_who_of(&s->whos, run, w->o->account, &w->who, d);
	if (rc != EXCH_OK)
		return rc;
	s->seq++;
	exch_table_row(&run->table);
	for (unsigned i = 0; i < s->fields.n; i++)
		put_field(run, w, s->fields.field[i]->field);
	exch_table_end(&run->table);
	return EXCH_OK;
}

/* What an order that comes in is called for the rest of the day. */
static int
name_order(struct rts24 *s, uint32_t place, exch_oid id, struct extra *x,
    struct exch_diag *d)
{
	struct book *b;
	int rc = exch_report_grow(
	    &s->book, &s->nbook, place + 1, sizeof(*s->book), d);

	if (rc != EXCH_OK)
		return rc;
	b = &s->book[place];
	b->orders++;
	x->root = id;
	x->nth = id > b->highest ? 0 : b->orders;
	if (id > b->highest)
		b->highest = id;
	return EXCH_OK;
}

static int
add(struct rts24 *s, const struct exch_change *c, struct extra **out,
    struct exch_diag *d)
{
	struct extra *x;
	int rc = exch_keyed_add(&s->extra, c->place, c->order, &x);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	*out = x;
	x->filled = 0;
	x->initial = c->o->qty;
	x->received = c->r->time;
	x->priority = c->r->time;
	x->quote = s->quoted_instr == c->r->instr &&
		   (s->quoted[0] == c->order || s->quoted[1] == c->order);
	return name_order(s, c->place, c->order, x, d);
}

/* A refused order has no life: it is called like those that have one. */
static int
put_rejected(struct exch_report_run *run, const struct exch_change *c,
    struct row *w, struct exch_diag *d)
{
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);
	struct extra x = {.initial = c->o->qty,
	    .received = c->r->time,
	    .priority = c->r->time};
	int rc;

	/* a refused CANCEL or REPLACE changes nothing */
	if (r->command != EXCH_REC_NEW)
		return EXCH_OK;
	rc = name_order(run->state, c->place, c->order, &x, d);
	if (rc != EXCH_OK)
		return rc;
	w->event = "REMO";
	w->x = &x;
	w->gone = true;
	return put(run, w, d);
}

/* The order goes on under another id, and is called what it was. */
static int
move(struct rts24 *s, const struct exch_change *c, struct extra **x,
    struct exch_diag *d)
{
	struct extra was = **x;
	struct extra *to;
	int rc;

	if (c->next->key.id == c->order)
		return EXCH_OK;
	exch_keyed_drop(&s->extra, *x);
	rc = exch_keyed_add(&s->extra, c->place, c->next->key.id, &to);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	was.key = to->key;
	*to = was;
	*x = to;
	if (c->next->key.id > s->book[c->place].highest)
		s->book[c->place].highest = c->next->key.id;
	return EXCH_OK;
}

static const char *
cancel_event(const struct exch_rec_cancelled *r)
{
	if (r->open != 0)
		return exch_life_by_client(r->reason) ? "REME" : "REMA";
	if (exch_life_cancel(r->reason) == EXCH_LIFE_EXPIRE)
		return "EXPI";
	return exch_life_by_client(r->reason) ? "CAME" : "CAMO";
}

static const char *
restate_event(uint16_t reason)
{
	return reason == EXCH_RESTATE_ENTER || reason == EXCH_RESTATE_LEAVE
		   ? "CHMO"
		   : "REMA";
}

/* What the change makes of the order, and what it is called. */
static int
apply(struct rts24 *s, const struct exch_change *c, struct row *w,
    struct extra *x, struct exch_diag *d)
{
	int rc = EXCH_OK;

	switch (c->kind) {
	case EXCH_CHANGE_EXECUTED:
		w->exec = EXCH_CHANGE_REC(c, exch_rec_exec);
		x->filled += w->exec->qty;
		w->event = c->ended ? "FILL" : "PARF";
		break;
	case EXCH_CHANGE_CANCELLED:
		w->event = cancel_event(EXCH_CHANGE_REC(c, exch_rec_cancelled));
		if (!c->ended)
			x->initial = x->filled + c->o->open;
		break;
	case EXCH_CHANGE_REPLACED:
		w->event = "REME";
		w->o = c->next;
		if (EXCH_CHANGE_REC(c, exch_rec_replaced)->kept == 0)
			x->priority = c->r->time;
		x->initial = x->filled + c->next->open;
		rc = move(s, c, &x, d);
		break;
	case EXCH_CHANGE_RESTATED:
		w->event = restate_event(
		    EXCH_CHANGE_REC(c, exch_rec_restated)->reason);
		x->priority = c->r->time;
		break;
	case EXCH_CHANGE_TRIGGERED:
		w->event = "TRIG";
		x->priority = c->r->time;
		break;
	default:
		break;
	}
	w->x = x;
	return rc;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct rts24 *s = run->state;
	struct row w = {.r = c->r,
	    .place = c->place,
	    .o = c->o,
	    .event = "NEWO",
	    .auction_price = EXCH_PX_NONE,
	    .auction_qty = EXCH_QTY_NONE};
	struct extra *x = NULL;
	int rc = EXCH_OK;

	if (c->o == NULL)
		return EXCH_OK; /* counted: nothing is known of it */
	w.side = c->o->side;
	if (c->kind == EXCH_CHANGE_REJECTED)
		return put_rejected(run, c, &w, d);
	if (c->kind == EXCH_CHANGE_ACCEPTED)
		rc = add(s, c, &x, d);
	else
		x = exch_keyed_find(&s->extra, c->place, c->order);
	if (rc != EXCH_OK || x == NULL ||
	    (c->kind == EXCH_CHANGE_REPLACED && c->next == NULL))
		return rc;
	w.x = x;
	rc = apply(s, c, &w, x, d);
	w.gone = c->ended && c->kind != EXCH_CHANGE_REPLACED;
	if (rc == EXCH_OK)
		rc = put(run, &w, d);
	if (w.gone &&
	    (x = exch_keyed_find(&s->extra, c->place, c->order)) != NULL)
		exch_keyed_drop(&s->extra, x);
	return rc;
}

/* ---- the market ---- */

static int
put_place(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    exch_px price, exch_qty qty, struct exch_diag *d)
{
	struct row w = {
	    .r = r, .place = place, .auction_price = price, .auction_qty = qty};

	return run->insts.inst[place].announced ? put(run, &w, d) : EXCH_OK;
}

static int
put_phase(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place;
	int rc = EXCH_OK;

	if (r->instr != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		return rc != EXCH_OK ? rc
				     : put_place(run, r, place, EXCH_PX_NONE,
					   EXCH_QTY_NONE, d);
	}
	for (place = 0; rc == EXCH_OK && place < run->insts.n; place++)
		rc = put_place(run, r, place, EXCH_PX_NONE, EXCH_QTY_NONE, d);
	return rc;
}

static int
put_auction(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);
	uint32_t place;
	int rc;

	if (a == NULL)
		return exch_report_short(r, d);
	/* the result is in the executions */
	if (a->final != 0 || r->instr == 0)
		return EXCH_OK;
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	return rc != EXCH_OK ? rc
			     : put_place(run, r, place, a->price, a->paired, d);
}

/* ---- the report ---- */

static enum exch_col_kind
kind_of(const struct exch_form_field *f)
{
	if (strncmp(f->format, "DECIMAL-", 8) == 0 ||
	    strncmp(f->format, "AMOUNT-", 7) == 0)
		return EXCH_COL_NUM;
	if (strncmp(f->format, "INTEGER-", 8) == 0)
		return EXCH_COL_ID;
	return EXCH_COL_TEXT;
}

static int
make_columns(struct exch_report_run *run, struct exch_diag *d)
{
	struct rts24 *s = run->state;
	unsigned n = s->fields.n;
	char(*name)[EXCH_COL_NAME + 8];
	int rc;

	/* the table keeps copies of the names */
	s->cols = exch_calloc(n, sizeof(*s->cols));
	name = exch_calloc(n, sizeof(*name));
	if (s->cols == NULL || name == NULL) {
		exch_free(name);
		return exch_report_nomem(d);
	}
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(name[i], sizeof(name[i]), "%u_%.*s",
		    s->fields.field[i]->field, EXCH_COL_NAME - 3,
		    s->fields.field[i]->name);
		s->cols[i] = (struct exch_col){
		    name[i], (uint8_t)kind_of(s->fields.field[i]), 8};
	}
	rc = exch_table_columns(&run->table, s->cols, n, true, d);
	exch_free(name);
	return rc;
}

static int
open_rts24(struct exch_report_run *run, struct exch_diag *d)
{
	struct rts24 *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_form_read(&s->fields, exch_report_given(run, "fields"),
	    run->o.file ? EXCH_DATED_FOR_EVER - 1 : exch_form_day(run), d);
	if (rc != EXCH_OK || run->o.file)
		return rc;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_who_what_init(&s->whos, &s->whats, run, d);
	if (rc == EXCH_OK &&
	    exch_keyed_init(&s->extra, sizeof(struct extra)) != EXCH_OK)
		rc = exch_report_nomem(d);
	return rc == EXCH_OK ? make_columns(run, d) : rc;
}

static int
record_rts24(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_quote *q;
	struct rts24 *s = run->state;
	int rc;

	(void)seq;
	exch_whats_note(&s->whats, run, r);
	if (r->type == EXCH_REC_QUOTE &&
	    (q = EXCH_REC_AS_ASKED(r, exch_rec_quote)) != NULL) {
		s->quoted[0] = q->bid_order;
		s->quoted[1] = q->ask_order;
		s->quoted_instr = r->instr;
	}
	rc = exch_tracked_record(&s->tracked, run, r, d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_PHASE)
		return put_phase(run, r, d);
	if (r->type == EXCH_REC_AUCTION)
		return put_auction(run, r, d);
	return EXCH_OK;
}

static int
close_rts24(struct exch_report_run *run, struct exch_diag *d)
{
	struct rts24 *s = run->state;

	(void)d;
	exch_tracked_close(&s->tracked, run);
	if (!s->whos.given && s->seq > 0) {
		run->left_out = s->seq;
		run->left_why = "rows do not say who: --parties FILE does";
	}
	return EXCH_OK;
}

static void
free_rts24(struct exch_report_run *run)
{
	struct rts24 *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_keyed_clear(&s->extra);
	exch_whos_clear(&s->whos);
	exch_whats_clear(&s->whats);
	exch_form_clear(&s->fields);
	exch_free(s->cols);
	exch_free(s->book);
}

static int
file_rts24(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d)
{
	struct rts24 *s = run->state;

	return exch_rts24_file(run, &s->fields, how, in, d);
}

static const struct exch_report_param params[] = {
    EXCH_PARAM_PARTIES,
    EXCH_PARAM_PRODUCTS,
    {.name = "fields",
	.arg = "FILE",
	.what = "its fields, instead of those of the package",
	.table = true,
	.stock = "rts24.csv"},
    {0},
};

const struct exch_report exch_report_rts24 = {
    .name = "rts24",
    .what = "records of orders, modelled on RTS 24",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_rts24,
    .record = record_rts24,
    .file = file_rts24,
    .close = close_rts24,
    .free = free_rts24,
};
