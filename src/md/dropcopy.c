/*
 * exch-feed fix-orders: what the venue tells the owners of orders, in FIX 4.4:
 * an ExecutionReport for each change of an order, one for each side of an
 * execution, and an OrderCancelReject for a cancel or replacement refused.
 *
 * OrderQty is what an order is good for: what was taken away without a trade
 * is not in it while the order lives, so that CumQty + LeavesQty = OrderQty.
 */
#include <config.h>

#include <stdio.h>

#include "md/fix.h"
#include "md/md.h"
#include "rec/schema.h"
#include "report/tape.h"
#include "report/tracked.h"

struct dropcopy {
	struct exch_tracked tracked;
	struct exch_fix fix;
};

/* OrdRejReason. */
static unsigned
why_rejected(uint16_t code)
{
	switch (code) {
	case EXCH_REJ_INSTRUMENT:
		return 1;
	case EXCH_REJ_PHASE:
		return 2;
	case EXCH_REJ_UNKNOWN_ORDER:
		return 5;
	case EXCH_REJ_DUPLICATE:
	case EXCH_REJ_CLIENT:
		return 6;
	case EXCH_REJ_TYPE:
	case EXCH_REJ_TIF:
	case EXCH_REJ_FLAGS:
		return 11;
	case EXCH_REJ_QTY:
	case EXCH_REJ_LOT:
		return 13;
	default:
		return code >= EXCH_REJ_RISK ? 3 : 99;
	}
}

/* CxlRejReason. */
static unsigned
why_not_cancelled(uint16_t code)
{
	return code == EXCH_REJ_UNKNOWN_ORDER ? 1
	       : code == EXCH_REJ_DUPLICATE   ? 6
					      : 99;
}

/* OrdType; FIX has no value for limit-if-touched, which waits as a stop. */
static char
type_of(const struct exch_life *o)
{
	switch (o->ordtype) {
	case EXCH_ORD_MARKET:
	case EXCH_ORD_LIMIT:
	case EXCH_ORD_STOP:
	case EXCH_ORD_STOP_LIMIT:
		return (char)('0' + o->ordtype);
	case EXCH_ORD_LIT:
		return '4';
	default:
		return (char)o->ordtype;
	}
}

/* TimeInForce; times and auctions of any kind are said as 4.4 can. */
static char
tif_of(const struct exch_life *o)
{
	return o->tif == EXCH_TIF_GTT	? '6'
	       : o->tif == EXCH_TIF_GFA ? '2'
					: (char)('0' + o->tif);
}

static void
put_account(struct exch_report_run *run, uint32_t account)
{
	struct dropcopy *s = run->state;
	const struct exch_account *a;

	if (account == 0)
		return;
	a = exch_insts_account(&run->insts, account);
	if (a != NULL)
		exch_fix_text(&s->fix, 1, a->name, a->n);
	else
		exch_fix_u64(&s->fix, 1, account);
}

/* ClOrdID: the client's number, or ours where it has none. */
static void
put_client(struct exch_fix *f, unsigned tag, const struct exch_life *o)
{
	char text[24];

	if (o->terms.client != 0)
		exch_fix_u64(f, tag, o->terms.client);
	else
		exch_fix_text(f, tag, text,
		    (size_t)snprintf(text, sizeof(text), "#%llu",
			(unsigned long long)o->key.id));
}

/* A word of the stream's own tables, if it has one for this. */
static void
put_word(struct exch_fix *f, const char *word)
{
	if (word != NULL)
		exch_fix_word(f, 58, word);
}

/* The head of an ExecutionReport, with what the order is. */
static void
begin(struct exch_report_run *run, const struct exch_change *c,
    const struct exch_life *o, char exec, char status)
{
	struct dropcopy *s = run->state;
	const struct exch_inst *in = &run->insts.inst[c->place];
	struct exch_fix *f = &s->fix;

	exch_fix_begin(f, '8', c->r->time);
	exch_fix_u64(f, 37, o->key.id);
	put_client(f, 11, o);
	exch_fix_u64(f, 17, f->seq);
	exch_fix_char(f, 150, exec);
	exch_fix_char(f, 39, status);
	put_account(run, o->account);
	exch_fix_symbol(f, in);
	exch_fix_char(f, 54, o->side == EXCH_BUY ? '1' : '2');
	exch_fix_char(f, 40, type_of(o));
	exch_fix_px(f, 44, o->price, in->px_show);
	exch_fix_px(f, 99, o->terms.stop, in->px_show);
	exch_fix_char(f, 59, tif_of(o));
	if (o->terms.expire != 0)
		exch_fix_time(f, 126, o->terms.expire);
	exch_fix_time(f, 60, c->r->time);
}

/* And its end: quantities, of an order that lives or not. */
static int
end(struct exch_report_run *run, const struct exch_change *c,
    const struct exch_life *o, exch_qty qty, exch_qty leaves,
    struct exch_diag *d)
{
	struct dropcopy *s = run->state;
	const struct exch_inst *in = &run->insts.inst[c->place];
	struct exch_fix *f = &s->fix;
	exch_px mean =
	    exch_mean_px(o->notional, o->filled, exch_tape_mean_decimals(in));

	exch_fix_qty(f, 38, qty, in->qty_scale);
	exch_fix_qty(f, 151, leaves, in->qty_scale);
	exch_fix_qty(f, 14, o->filled, in->qty_scale);
	exch_fix_px(f, 6, mean != EXCH_PX_NONE ? mean : 0, in->px_show);
	return exch_fix_end(f, &run->table, d);
}

/* Of an order as it is after the change. */
static int
put(struct exch_report_run *run, const struct exch_change *c,
    const struct exch_life *o, struct exch_diag *d)
{
	bool over = c->ended && exch_life_is_end(o->stage.state);
	exch_qty qty = o->qty - o->cancelled;

	/* what it ends with it was good for until now */
	if (over && c->kind == EXCH_CHANGE_CANCELLED)
		qty += EXCH_CHANGE_REC(c, exch_rec_cancelled)->qty;
	return end(run, c, o, qty, over ? 0 : o->open, d);
}

static char
status_of(const struct exch_life *o)
{
	return exch_life_fix((uint8_t)exch_life_shown(&o->stage));
}

static int
executed(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct dropcopy *s = run->state;
	const struct exch_rec_exec *e = EXCH_CHANGE_REC(c, exch_rec_exec);
	const struct exch_inst *in = &run->insts.inst[c->place];

	begin(run, c, c->o, 'F', status_of(c->o));
	exch_fix_qty(&s->fix, 32, e->qty, in->qty_scale);
	exch_fix_px(&s->fix, 31, e->price, in->px_show);
	if (e->aggressor == EXCH_BUY || e->aggressor == EXCH_SELL)
		exch_fix_char(
		    &s->fix, 851, e->aggressor == c->o->side ? '2' : '1');
	return put(run, c, c->o, d);
}

/* Whole, because it was asked for or its time was over; or a part. */
static int
cancelled(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct dropcopy *s = run->state;
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	char exec = exch_life_by_client(r->reason) ? '5' : 'D';

	if (c->ended)
		exec = c->o->stage.state == EXCH_LIFE_EXPIRED ? 'C' : '4';
	begin(run, c, c->o, exec, status_of(c->o));
	if (exec == 'D')
		exch_fix_u64(&s->fix, 378, 5); /* part of it declined */
	put_word(&s->fix, exch_word_of(exch_words_reason, r->reason));
	return put(run, c, c->o, d);
}

static int
replaced(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct dropcopy *s = run->state;
	const struct exch_life *o = c->next;

	if (o == NULL)
		return EXCH_OK;
	begin(run, c, o, '5', status_of(o));
	put_client(&s->fix, 41, c->o);
	return end(run, c, o, o->qty - o->cancelled, o->open, d);
}

/* A NEW that was refused, or what was asked of an order that stands. */
static int
rejected(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct dropcopy *s = run->state;
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);
	struct exch_fix *f = &s->fix;
	const char *why = exch_word_of(exch_words_reject, r->code);
	const struct exch_life *o;

	if (r->command == EXCH_REC_NEW || r->command == EXCH_REC_QUOTE) {
		if (c->o == NULL)
			return EXCH_OK;
		begin(run, c, c->o, '8', '8');
		exch_fix_u64(f, 103, why_rejected(r->code));
		put_word(f, why);
		return end(run, c, c->o, c->o->qty, 0, d);
	}
	if (r->command != EXCH_REC_CANCEL && r->command != EXCH_REC_REPLACE)
		return EXCH_OK;
	o = exch_track_find(s->tracked.track, c->place, c->order);
	exch_fix_begin(f, '9', c->r->time);
	if (o != NULL) {
		exch_fix_u64(f, 37, o->key.id);
		put_client(f, 11, o);
		put_client(f, 41, o);
	} else {
		exch_fix_word(f, 37, "NONE");
		exch_fix_u64(f, 11, c->order);
		exch_fix_u64(f, 41, c->order);
	}
	exch_fix_char(f, 39, o != NULL ? status_of(o) : '8');
	exch_fix_char(f, 434, r->command == EXCH_REC_CANCEL ? '1' : '2');
	exch_fix_u64(f, 102, why_not_cancelled(r->code));
	put_word(f, why);
	exch_fix_time(f, 60, c->r->time);
	return exch_fix_end(f, &run->table, d);
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct dropcopy *s = run->state;

	if (c->o == NULL && c->kind != EXCH_CHANGE_REJECTED)
		return EXCH_OK;
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		begin(run, c, c->o, '0', status_of(c->o));
		return put(run, c, c->o, d);
	case EXCH_CHANGE_EXECUTED:
		return executed(run, c, d);
	case EXCH_CHANGE_CANCELLED:
		return cancelled(run, c, d);
	case EXCH_CHANGE_REPLACED:
		return replaced(run, c, d);
	case EXCH_CHANGE_REJECTED:
		return rejected(run, c, d);
	case EXCH_CHANGE_RESTATED:
	case EXCH_CHANGE_TRIGGERED:
		begin(run, c, c->o, 'D', status_of(c->o));
		exch_fix_u64(&s->fix, 378, 99);
		exch_fix_word(&s->fix, 58,
		    c->kind == EXCH_CHANGE_TRIGGERED ? "triggered"
						     : "restated");
		return put(run, c, c->o, d);
	}
	return EXCH_OK;
}

static int
open_dropcopy(struct exch_report_run *run, struct exch_diag *d)
{
	struct dropcopy *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	return exch_tracked_open(&s->tracked, run, change, d);
}

static int
record_dropcopy(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct dropcopy *s = run->state;

	(void)seq;
	return exch_tracked_record(&s->tracked, run, r, d);
}

static int
close_dropcopy(struct exch_report_run *run, struct exch_diag *d)
{
	struct dropcopy *s = run->state;

	(void)d;
	exch_tracked_close(&s->tracked, run);
	return EXCH_OK;
}

static void
free_dropcopy(struct exch_report_run *run)
{
	struct dropcopy *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_fix_free(&s->fix);
}

const struct exch_report exch_md_dropcopy = {
    .name = "fix-orders",
    .what = "FIX 4.4: execution reports of all orders, a drop copy",
    .needs = EXCH_NEEDS_MATCH,
    .binary = true,
    .open = open_dropcopy,
    .record = record_dropcopy,
    .close = close_dropcopy,
    .free = free_dropcopy,
};
