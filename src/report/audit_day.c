/*
 * Rows of what is no order's: trades without two of them, phases, results of
 * auctions, what a mass cancel did, gaps, notices, errors (audit.h).
 */
#include <config.h>

#include <string.h>

#include "rec/schema.h"
#include "report/audit.h"

static int
put_trade(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	const struct exch_audit *s = run->state;
	const struct exch_rec_block *block = &s->block;

	if (t == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_TRADE;
	w->order = t->buy;
	w->contra = t->sell;
	w->match = t->match;
	w->price = t->price;
	w->qty = t->qty;
	w->why = exch_word_of(exch_words_print, t->kind);
	w->cause = t->cause;
	w->cross = exch_audit_cross(run, t->cross);
	w->aggressor = exch_audit_aggressor(t->aggressor);
	if (w->cross->n != 0)
		w->liquidity = &exch_audit_auction;
	if (t->kind != EXCH_PRINT_BLOCK) {
		exch_audit_put(run, w);
		return EXCH_OK;
	}
	w->side = EXCH_BUY;
	w->account = block->report == t->buy ? block->buyer : 0;
	exch_audit_put(run, w);
	w->side = EXCH_SELL;
	w->account = block->report == t->buy ? block->seller : 0;
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_bust(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);
	const struct exch_audit *s = run->state;

	if (b == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_BUST;
	w->initiator = s->breaks ? &exch_audit_client : &exch_audit_venue;
	w->match = b->match;
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_phase(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);

	if (p == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_PHASE;
	w->initiator = &exch_audit_venue;
	w->reason = exch_label_of(&run->labels.phase, p->phase);
	w->price = p->reference;
	w->cross = exch_audit_cross(run, p->cross);
	w->note = p->reason;
	w->nnote = strnlen(p->reason, sizeof(p->reason));
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_auction(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);

	if (a == NULL)
		return exch_report_short(r, d);
	/* indicative prices are market data, not events of the day */
	if (a->final == 0)
		return EXCH_OK;
	w->event = EXCH_AUDIT_AUCTION;
	w->initiator = &exch_audit_venue;
	w->price = a->price;
	w->qty = a->paired;
	w->leaves = a->imbalance;
	w->side = a->side;
	w->reason = exch_label_of(&run->labels.cross, a->cross);
	w->cross = exch_audit_cross(run, a->cross);
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_gap(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_gap *g = EXCH_REC_AS(r, exch_rec_gap);

	if (g == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_GAP;
	w->qty = g->count;
	w->match = g->first;
	w->note = g->session;
	w->nnote = strnlen(g->session, sizeof(g->session));
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_error(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_error *e = EXCH_REC_AS_LONG(r, exch_rec_error);
	size_t room;

	if (e == NULL)
		return exch_report_short(r, d);
	room = exch_rec_len(r) - sizeof(*e);
	w->event = EXCH_AUDIT_ERROR;
	w->why = exch_word_of(exch_words_severity, e->severity);
	w->note = (const char *)(e + 1);
	w->nnote = e->ntext < room ? e->ntext : room;
	exch_audit_put(run, w);
	return EXCH_OK;
}

/* What a MASS_CANCEL, which stands in front of its events, came to. */
static int
put_mass(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_mass_done *m = EXCH_REC_AS(r, exch_rec_mass_done);
	const struct exch_audit *s = run->state;
	struct exch_audit_said x;

	if (m == NULL)
		return exch_report_short(r, d);
	x = (struct exch_audit_said){.unit = EXCH_UNIT_COUNT,
	    .limit = INT64_MAX,
	    .observed = m->count < INT64_MAX ? (int64_t)m->count : INT64_MAX};
	w->said = &x;
	w->event = EXCH_AUDIT_MASS_CANCEL;
	w->initiator = &exch_audit_client;
	w->why = exch_word_of(exch_words_mass, m->kind);
	if (s->mass.kind == m->kind && s->mass.h.instr == r->instr) {
		w->flags |= s->mass.h.flags;
		if ((s->mass.h.flags & EXCH_F_GATE) != 0)
			w->initiator = &exch_audit_venue;
		w->account = s->mass.account;
		w->side = s->mass.side;
	}
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_notice(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_notice *n = EXCH_REC_AS_LONG(r, exch_rec_notice);
	size_t room;

	if (n == NULL)
		return exch_report_short(r, d);
	room = exch_rec_len(r) - sizeof(*n);
	w->event = EXCH_AUDIT_NOTICE;
	w->initiator = &exch_audit_venue;
	w->note = (const char *)(n + 1);
	w->nnote = n->ntext < room ? n->ntext : room;
	exch_audit_put(run, w);
	return EXCH_OK;
}

int
exch_audit_day(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_TRADE:
		return put_trade(run, r, w, d);
	case EXCH_REC_BUST:
		return put_bust(run, r, w, d);
	case EXCH_REC_PHASE:
		return put_phase(run, r, w, d);
	case EXCH_REC_AUCTION:
		return put_auction(run, r, w, d);
	case EXCH_REC_GAP:
		return put_gap(run, r, w, d);
	case EXCH_REC_ERROR:
		return put_error(run, r, w, d);
	case EXCH_REC_NOTICE:
		return put_notice(run, r, w, d);
	case EXCH_REC_MASS_DONE:
		return put_mass(run, r, w, d);
	default:
		return EXCH_OK;
	}
}
