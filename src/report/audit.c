/*
 * exch-report audit: the whole life of every order as one row per event and
 * order, in the order of the stream: who asked, what the venue did, what
 * was left.  An execution gives two rows, the buyer's first.  Trades without
 * orders, broken trades, phases, auction results, gaps and errors have rows
 * of their own, so that nothing the stream says about the day is missing.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/quotes.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/track.h"

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
};

/* A row; what stays zero is an empty cell. */
struct row {
	const struct exch_rec *r;
	const char *event;
	bool instrument; /* the record speaks of one */
	uint32_t place;
	exch_oid order;
	uint32_t account;
	uint8_t side;
	exch_px price;
	exch_qty qty; /* EXCH_QTY_NONE: empty; so is leaves */
	exch_qty leaves;
	uint64_t match;
	exch_oid contra;
	const char *liquidity;
	const char *reason;
	uint8_t flags;	  /* of the header */
	const char *more; /* another flag, or NULL */
	const char *type;
	const char *tif;
	exch_oid new_order;
	const char *command;
	uint16_t cause;
	const char *note;
	size_t nnote;
	const char *initiator;
	const struct exch_life *o; /* as it is after the event, or NULL */
};

struct audit {
	struct exch_track *track;
	struct exch_quotes quotes;
	uint64_t seq;		     /* of the record at hand */
	struct exch_rec_block block; /* the last one reported */
	/* the order a command let in last: what it trades it began itself */
	exch_oid came;
	uint32_t came_place;
	uint8_t matcher; /* whose phase at the start is known */
};

static const char client[] = "client";
static const char venue[] = "venue";

static struct row
row_of(const struct exch_rec *r, const char *event)
{
	return (struct row){.r = r,
	    .event = event,
	    .price = EXCH_PX_NONE,
	    .qty = EXCH_QTY_NONE,
	    .leaves = EXCH_QTY_NONE,
	    .flags = r->flags};
}

static void
put_qty(struct exch_table *t, exch_qty v, unsigned scale)
{
	if (v == EXCH_QTY_NONE)
		exch_table_none(t);
	else
		exch_table_qty(t, v, scale);
}

/* Status, terms and the market, of rows that speak of an instrument. */
static void
put_life(struct exch_report_run *run, const struct row *w)
{
	struct exch_table *t = &run->table;
	const struct exch_life *o = w->o;
	unsigned show;

	if (o == NULL) {
		for (unsigned i = 0; i < 11; i++)
			exch_table_none(t);
		return;
	}
	show = run->insts.inst[o->key.place].px_show;
	exch_report_life(run, o);
	exch_table_id(t, o->replaces);
	exch_table_px(t, o->price, show);
	exch_table_word(t, exch_word_of(exch_words_tif, o->tif));
}

static void
put_market(struct exch_report_run *run, const struct row *w)
{
	const struct audit *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_quote *q =
	    w->instrument ? exch_quotes_of(&s->quotes, w->place) : NULL;
	const struct exch_inst *in;

	if (q == NULL) {
		for (unsigned i = 0; i < 4; i++)
			exch_table_none(t);
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

static void
put_tail(struct exch_report_run *run, const struct row *w)
{
	const struct audit *s = run->state;
	uint8_t cross;

	struct exch_table *t = &run->table;

	exch_table_word(t, w->liquidity);
	exch_table_word(t, w->reason);
	exch_report_flags(run, w->flags, w->more);
	exch_table_word(t, w->type);
	exch_table_word(t, w->tif);
	exch_table_id(t, w->new_order);
	exch_table_word(t, w->command);
	if (w->cause == EXCH_CAUSE_NONE)
		exch_table_none(t);
	else
		exch_table_word(t, exch_word_of(exch_words_cause, w->cause));
	exch_table_text(t, w->note, w->nnote);
	exch_table_word(t, w->initiator);
	exch_table_word(
	    t, w->instrument ? exch_word_of(exch_words_phase,
				   exch_track_phase(s->track, w->place, &cross))
			     : NULL);
	put_life(run, w);
	put_market(run, w);
	exch_table_end(t);
}

static void
put(struct exch_report_run *run, const struct row *w)
{
	const struct audit *s = run->state;
	struct exch_report_source *src = &run->source[w->r->source];
	struct exch_table *t = &run->table;
	unsigned show = 2;
	unsigned scale = 0;

	if (src->row_first == 0)
		src->row_first = s->seq;
	src->row_last = s->seq;
	exch_table_row(t);
	exch_table_id(t, s->seq);
	exch_table_u64(t, w->r->source);
	exch_table_time(t, w->r->time);
	exch_table_word(t, w->event);
	if (w->instrument) {
		show = run->insts.inst[w->place].px_show;
		scale = run->insts.inst[w->place].qty_scale;
		exch_report_symbol(run, w->place);
	} else {
		exch_table_none(t);
	}
	exch_table_id(t, w->order);
	exch_report_account(run, w->account);
	exch_table_word(t, exch_report_side(w->side, NULL));
	exch_table_px(t, w->price, show);
	put_qty(t, w->qty, scale);
	put_qty(t, w->leaves, scale);
	exch_table_id(t, w->match);
	exch_table_id(t, w->contra);
	put_tail(run, w);
}

/* ---- events of orders ---- */

static void
set_life(struct row *w, const struct exch_life *o)
{
	if (o == NULL)
		return;
	w->account = o->account;
	w->side = o->side;
	w->leaves = o->open;
	w->o = o;
	w->flags |= o->flags & (EXCH_F_SYNTHETIC | EXCH_F_IMPOSED);
}

static void
set_terms(struct row *w, const struct exch_life *o)
{
	if (o == NULL)
		return;
	w->price = o->price;
	w->qty = o->qty;
	w->type = exch_word_of(exch_words_ordtype, o->ordtype);
	w->tif = exch_word_of(exch_words_tif, o->tif);
	if ((o->ordflags & EXCH_ORD_POST_ONLY) != 0)
		w->more = "post-only";
}

static void
set_executed(const struct audit *s, struct row *w, const struct exch_change *c)
{
	const struct exch_rec_exec *r = EXCH_CHANGE_REC(c, exch_rec_exec);
	exch_oid taker = r->aggressor == EXCH_BUY ? r->buy : r->sell;

	/* auctions, triggered orders and pegs that move are the venue's */
	if (r->aggressor == EXCH_SIDE_NONE || s->came != taker ||
	    s->came_place != c->place)
		w->initiator = venue;

	w->event = "executed";
	w->side = c->side;
	w->contra = c->contra;
	w->match = r->match;
	w->price = r->price;
	w->qty = r->qty;
	if (r->aggressor == EXCH_SIDE_NONE)
		w->liquidity = "auction";
	else
		w->liquidity = r->aggressor == c->side ? "taker" : "maker";
}

static void
set_cancelled(struct row *w, const struct exch_change *c)
{
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	const struct exch_ext *x =
	    exch_rec_ext(c->r, sizeof(*r), EXCH_EXT_CAUSE);

	w->event = exch_life_cancel(r->reason) == EXCH_LIFE_EXPIRE
		       ? "expired"
		       : "cancelled";
	if (!exch_life_by_client(r->reason))
		w->initiator = venue;
	w->qty = r->qty;
	w->reason = exch_word_of(exch_words_reason, r->reason);
	if (x != NULL)
		w->cause = (uint16_t)x->small;
}

static void
set_replaced(struct row *w, const struct exch_change *c)
{
	const struct exch_rec_replaced *r =
	    EXCH_CHANGE_REC(c, exch_rec_replaced);

	set_terms(w, c->next);
	w->event = "replaced";
	w->qty = r->qty;
	w->leaves = r->qty;
	if (c->next != NULL) {
		w->account = c->next->account;
		w->o = c->next;
	}
	if (r->new_order != r->order)
		w->new_order = r->new_order;
	if (r->kept != 0)
		w->more = "kept";
}

static void
set_rejected(struct row *w, const struct exch_change *c)
{
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);

	w->event = "rejected";
	w->leaves = EXCH_QTY_NONE;
	w->reason = exch_word_of(exch_words_reject, r->code);
	w->command = exch_word_of(exch_words_command, r->command);
	if (r->command == EXCH_REC_NEW || r->command == EXCH_REC_REPLACE)
		set_terms(w, c->o);
}

static void
set_restated(struct row *w, const struct exch_change *c)
{
	const struct exch_rec_restated *r =
	    EXCH_CHANGE_REC(c, exch_rec_restated);

	w->event = "restated";
	w->initiator = venue;
	w->price = r->price;
	w->qty = r->shown;
	w->reason = exch_word_of(exch_words_restate, r->reason);
}

static void
set_triggered(struct row *w, const struct exch_change *c)
{
	w->event = "triggered";
	w->initiator = venue;
	w->price = EXCH_CHANGE_REC(c, exch_rec_triggered)->price;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct row w = row_of(c->r, "accepted");
	struct audit *s = run->state;

	(void)d;
	w.initiator = client;
	w.instrument = true;
	w.place = c->place;
	w.order = c->order;
	set_life(&w, c->o);
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		set_terms(&w, c->o);
		s->came = c->order;
		s->came_place = c->place;
		break;
	case EXCH_CHANGE_EXECUTED:
		set_executed(s, &w, c);
		break;
	case EXCH_CHANGE_CANCELLED:
		set_cancelled(&w, c);
		break;
	case EXCH_CHANGE_REPLACED:
		set_replaced(&w, c);
		s->came = EXCH_CHANGE_REC(c, exch_rec_replaced)->new_order;
		s->came_place = c->place;
		break;
	case EXCH_CHANGE_RESTATED:
		set_restated(&w, c);
		break;
	case EXCH_CHANGE_TRIGGERED:
		set_triggered(&w, c);
		/* from here on it is the venue that acts */
		s->came = 0;
		break;
	case EXCH_CHANGE_REJECTED:
		set_rejected(&w, c);
		break;
	}
	put(run, &w);
	return EXCH_OK;
}

/* ---- the rest of the day ---- */

static int
put_trade(struct exch_report_run *run, const struct exch_rec *r, struct row *w,
    struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	const struct audit *s = run->state;
	const struct exch_rec_block *block = &s->block;

	if (t == NULL)
		return exch_report_short(r, d);
	w->event = "trade";
	w->order = t->buy;
	w->contra = t->sell;
	w->match = t->match;
	w->price = t->price;
	w->qty = t->qty;
	w->reason = exch_word_of(exch_words_print, t->kind);
	w->cause = t->cause;
	if (t->cross != EXCH_CROSS_NONE)
		w->liquidity = "auction";
	if (t->kind != EXCH_PRINT_BLOCK) {
		put(run, w);
		return EXCH_OK;
	}
	w->side = EXCH_BUY;
	w->account = block->report == t->buy ? block->buyer : 0;
	put(run, w);
	w->side = EXCH_SELL;
	w->account = block->report == t->buy ? block->seller : 0;
	put(run, w);
	return EXCH_OK;
}

static int
put_bust(struct exch_report_run *run, const struct exch_rec *r, struct row *w,
    struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);

	if (b == NULL)
		return exch_report_short(r, d);
	w->event = "bust";
	w->match = b->match;
	put(run, w);
	return EXCH_OK;
}

static int
put_phase(struct exch_report_run *run, const struct exch_rec *r, struct row *w,
    struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);

	if (p == NULL)
		return exch_report_short(r, d);
	w->event = "phase";
	w->initiator = venue;
	w->reason = exch_word_of(exch_words_phase, p->phase);
	w->price = p->reference;
	w->note = p->reason;
	w->nnote = strnlen(p->reason, sizeof(p->reason));
	put(run, w);
	return EXCH_OK;
}

static int
put_auction(struct exch_report_run *run, const struct exch_rec *r,
    struct row *w, struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);

	if (a == NULL)
		return exch_report_short(r, d);
	/* indicative prices are market data, not events of the day */
	if (a->final == 0)
		return EXCH_OK;
	w->event = "auction";
	w->initiator = venue;
	w->price = a->price;
	w->qty = a->paired;
	w->leaves = a->imbalance;
	w->side = a->side;
	w->reason = exch_word_of(exch_words_cross, a->cross);
	put(run, w);
	return EXCH_OK;
}

static int
put_gap(struct exch_report_run *run, const struct exch_rec *r, struct row *w,
    struct exch_diag *d)
{
	const struct exch_rec_gap *g = EXCH_REC_AS(r, exch_rec_gap);

	if (g == NULL)
		return exch_report_short(r, d);
	w->event = "gap";
	w->qty = g->count;
	w->match = g->first;
	w->note = g->session;
	w->nnote = strnlen(g->session, sizeof(g->session));
	put(run, w);
	return EXCH_OK;
}

static int
put_error(struct exch_report_run *run, const struct exch_rec *r, struct row *w,
    struct exch_diag *d)
{
	const struct exch_rec_error *e = EXCH_REC_AS_LONG(r, exch_rec_error);
	size_t room;

	if (e == NULL)
		return exch_report_short(r, d);
	room = exch_rec_len(r) - sizeof(*e);
	w->event = "error";
	w->reason = exch_word_of(exch_words_severity, e->severity);
	w->note = (const char *)(e + 1);
	w->nnote = e->ntext < room ? e->ntext : room;
	put(run, w);
	return EXCH_OK;
}

static int
open_audit(struct exch_report_run *run, struct exch_diag *d)
{
	struct audit *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_track_new(change, run, &s->track, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
record_other(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct row w = row_of(r, NULL);

	if (r->instr != 0) {
		int rc = exch_insts_place(&run->insts, r->instr, &w.place, d);

		if (rc != EXCH_OK)
			return rc;
		w.instrument = true;
	}
	switch (r->type) {
	case EXCH_REC_TRADE:
		return put_trade(run, r, &w, d);
	case EXCH_REC_BUST:
		return put_bust(run, r, &w, d);
	case EXCH_REC_PHASE:
		return put_phase(run, r, &w, d);
	case EXCH_REC_AUCTION:
		return put_auction(run, r, &w, d);
	case EXCH_REC_GAP:
		return put_gap(run, r, &w, d);
	case EXCH_REC_ERROR:
		return put_error(run, r, &w, d);
	default:
		return EXCH_OK;
	}
}

static int
record_audit(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct audit *s = run->state;
	struct exch_diag unused = {0};
	uint32_t place = 0;
	int rc = EXCH_OK;
	int err;

	s->seq = seq;
	if (r->type == EXCH_REC_BLOCK && EXCH_REC_AS(r, exch_rec_block) != NULL)
		memcpy(&s->block, r, sizeof(s->block));
	if (s->matcher != run->matcher) {
		s->matcher = run->matcher;
		exch_track_first_phase(s->track, exch_report_phase(run));
	}
	/* a phase without an instrument speaks to all */
	if (r->instr != 0 || exch_track_wants(r->type))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_PHASE &&
	    (r->instr == 0 || run->insts.inst[place].announced))
		rc = exch_track_record(s->track, r, place, d);
	if (rc == EXCH_OK)
		rc = exch_track_wants(r->type)
			 ? exch_track_record(s->track, r, place, d)
			 : record_other(run, r, d);
	if (rc != EXCH_OK && rc != EXCH_ERR_FORMAT)
		return rc;
	/* the books go on, whatever was wrong: told once is enough */
	err =
	    exch_quotes_record(&s->quotes, run, r, rc == EXCH_OK ? d : &unused);
	return rc != EXCH_OK ? rc : err;
}

static int
close_audit(struct exch_report_run *run, struct exch_diag *d)
{
	struct audit *s = run->state;

	(void)d;
	run->unknown = exch_track_unknown(s->track);
	return EXCH_OK;
}

static void
free_audit(struct exch_report_run *run)
{
	struct audit *s = run->state;

	exch_track_free(s->track);
	exch_quotes_clear(&s->quotes);
}

const struct exch_report exch_report_audit = {
    .name = "audit",
    .what = "every event of every order, with a manifest",
    .takes = EXCH_TAKES_MANIFEST,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_audit,
    .record = record_audit,
    .close = close_audit,
    .free = free_audit,
};
