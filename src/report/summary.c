/*
 * exch-report summary: the day on one page.  This file counts; the books
 * are followed for spreads and for what rests at the end.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/summary.h"

static int
open_summary(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_summary *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_books_init(&s->books, &run->insts, d);
	return rc != EXCH_OK ? rc : exch_summary_columns(run, d);
}

/* ---- records ---- */

static int
at_place(struct exch_summary *s, uint32_t place, struct exch_diag *d)
{
	if (__builtin_expect(place < s->n, 1))
		return EXCH_OK;
	return exch_report_grow(&s->by, &s->n, place + 1, sizeof(*s->by), d);
}

static void
add_auction(struct exch_sum *b, uint8_t cross, exch_px price, exch_qty qty)
{
	struct exch_sum_auction *a =
	    &b->auction[cross < EXCH_SUM_CROSSES ? cross : 0];

	a->n++;
	a->price = price;
	a->volume += qty;
}

static int
take_trade(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	const struct exch_rec_trade *t;
	struct exch_tape_print print;
	int rc = exch_tape_trade(&s->tape, &run->insts, place, r, &print, d);

	if (rc != EXCH_OK || r->type == EXCH_REC_EXEC)
		return rc;
	t = EXCH_REC_AS(r, exch_rec_trade);
	if (t->kind == EXCH_PRINT_CROSS)
		add_auction(&s->by[place], t->cross, t->price, t->qty);
	return EXCH_OK;
}

static int
take_auction(struct exch_sum *b, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);

	if (a == NULL)
		return exch_report_short(r, d);
	if (a->final != 0 && a->price != EXCH_PX_NONE && a->paired != 0)
		add_auction(b, a->cross, a->price, a->paired);
	return EXCH_OK;
}

static inline int
take_cancelled(
    struct exch_sum *b, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_cancelled *c = EXCH_REC_AS(r, exch_rec_cancelled);

	if (c == NULL)
		return exch_report_short(r, d);
	exch_sum_cancelled(b, c->reason);
	return EXCH_OK;
}

__attribute__((noinline)) static int
take_reject(struct exch_summary *s, struct exch_sum *b,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_reject *j = EXCH_REC_AS(r, exch_rec_reject);

	if (exch_report_repeats(r))
		return EXCH_OK;
	if (j == NULL)
		return exch_report_short(r, d);
	b->rejects++;
	exch_summary_rejected(s, j->code);
	return EXCH_OK;
}

__attribute__((noinline)) static int
take_fidelity(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	int rc = exch_report_grow(
	    &s->fidel, &s->nfidel, place + 1, sizeof(*s->fidel), d);

	if (rc == EXCH_OK)
		rc = exch_fidel_record(&s->fidel[place], r, d);
	if (rc == EXCH_OK)
		rc = exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	return rc;
}

/* What stands beside the orders: gaps, errors, phases. */
__attribute__((noinline)) static int
take_other(struct exch_summary *s, const struct exch_rec *r)
{
	const struct exch_rec_gap *g = EXCH_REC_AS(r, exch_rec_gap);

	if (r->type == EXCH_REC_GAP && g != NULL) {
		s->gaps++;
		s->gap_messages += g->count;
	} else if (r->type == EXCH_REC_ERROR) {
		s->errors++;
	}
	return EXCH_OK;
}

/* A change of phase begins or ends quoting, of one instrument or of all. */
__attribute__((noinline)) static int
take_phase(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place = 0;
	uint32_t last;
	int rc = EXCH_OK;

	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = at_place(s, place, d);
	if (rc == EXCH_OK)
		rc = exch_books_record(&s->books, r, place, run->matcher, d);
	if (rc != EXCH_OK)
		return rc;
	last = r->instr != 0 ? place + 1 : s->n;
	for (; place < last && place < s->books.n; place++)
		exch_sum_look(s, place, s->clock);
	return EXCH_OK;
}

static inline int
take_event(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	struct exch_sum *b = &s->by[place];

	switch (r->type) {
	case EXCH_REC_EXEC:
	case EXCH_REC_TRADE:
		return take_trade(s, run, r, place, d);
	case EXCH_REC_BUST:
		return exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	case EXCH_REC_EXPECT:
	case EXCH_REC_MISS:
		return take_fidelity(s, run, r, place, d);
	case EXCH_REC_AUCTION:
		return take_auction(b, r, d);
	case EXCH_REC_ACK:
		b->orders += !exch_report_repeats(r);
		return EXCH_OK;
	case EXCH_REC_CANCELLED:
		return take_cancelled(b, r, d);
	case EXCH_REC_REPLACED:
		b->replaces++;
		return EXCH_OK;
	case EXCH_REC_REJECT:
		return take_reject(s, b, r, d);
	default:
		return EXCH_OK;
	}
}

/* Any record with an instrument. */
static inline int
take_market(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (r->type >= EXCH_REC_ACK) {
		/* that a mass cancel is done concerns no instrument */
		if (r->instr != 0 || r->type != EXCH_REC_MASS_DONE)
			s->by[place].used = true;
		rc = take_event(s, run, r, place, d);
	}
	if (rc == EXCH_OK && r->type < EXCH_REC_BOOK_ADD)
		rc = exch_books_record(&s->books, r, place, run->matcher, d);
	return rc;
}

/* Directory, phases, notices; and the first record of an instrument. */
__attribute__((noinline)) static int
take_rare(struct exch_summary *s, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place;
	int rc;

	if (r->type == EXCH_REC_PHASE)
		return take_phase(s, run, r, d);
	if (r->type < EXCH_REC_NEW && !exch_books_wants(r, run->matcher))
		return take_other(s, r);
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = at_place(s, place, d);
	return rc != EXCH_OK ? rc : take_market(s, run, r, place, d);
}

/*
 * The spread is looked at when the event is over, and that is when the next
 * record comes: the clock still stands at the event.
 */
static int
record_summary(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_summary *s = run->state;
	uint32_t place;

	(void)seq;
	exch_summary_look(s);
	if (r->time > s->clock)
		s->clock = r->time;
	place = exch_insts_known(&run->insts, r->instr);
	if (__builtin_expect(r->type < EXCH_REC_NEW || place >= s->n, 0))
		return take_rare(s, run, r, d);
	return take_market(s, run, r, place, d);
}

/* ---- the end ---- */

int64_t
exch_sum_spread(const struct exch_sum *s)
{
	exch_i128 area, mean;

	if (s->quoted == 0 ||
	    __builtin_mul_overflow(s->spread_area, 10000, &area))
		return -1;
	mean = exch_div_half_even(area, (exch_i128)s->quoted);
	return mean <= INT64_MAX ? (int64_t)mean : -1;
}

exch_px
exch_sum_spread_px(const struct exch_sum *s, const struct exch_inst *in)
{
	exch_i128 area;

	if (__builtin_mul_overflow(s->spread_area, in->tick, &area))
		return EXCH_PX_NONE;
	return exch_mean_px(area, s->quoted, exch_tape_mean_decimals(in));
}

static void
add_total(struct exch_report_run *run, uint32_t place, struct exch_sum_total *t)
{
	struct exch_summary *s = run->state;
	const struct exch_inst *in = &run->insts.inst[place];
	const struct exch_sum *b = &s->by[place];
	const struct exch_tape_sum *tape =
	    place < s->tape.n ? &s->tape.sum[place] : NULL;

	if (!b->used)
		return;
	if (t->instruments++ == 0) {
		memcpy(t->currency, in->currency, sizeof(t->currency));
		t->qty_scale = in->qty_scale;
	}
	if (memcmp(t->currency, in->currency, sizeof(t->currency)) != 0)
		t->same_currency = false;
	if (t->qty_scale != in->qty_scale)
		t->same_scale = false;
	t->sum.orders += b->orders;
	t->sum.cancels += b->cancels;
	t->sum.expired += b->expired;
	t->sum.replaces += b->replaces;
	t->sum.rejects += b->rejects;
	t->sum.resting += b->resting;
	for (unsigned i = 0; i < EXCH_SUM_CROSSES; i++) {
		t->sum.auction[i].n += b->auction[i].n;
		t->sum.auction[i].volume += b->auction[i].volume;
	}
	if (place < s->nfidel)
		exch_fidel_sum(&t->fidel, &s->fidel[place]);
	if (tape == NULL)
		return;
	t->trades += tape->trades;
	t->volume += tape->volume;
	t->turnover += tape->turnover;
	t->blocks += tape->blocks;
	t->block_volume += tape->block_volume;
	t->busts += tape->busts;
	t->corrected += tape->corrected;
}

void
exch_summary_total(struct exch_report_run *run, struct exch_sum_total *t)
{
	struct exch_summary *s = run->state;

	memset(t, 0, sizeof(*t));
	t->same_currency = true;
	t->same_scale = true;
	for (uint32_t i = 0; i < run->insts.n && i < s->n; i++)
		add_total(run, i, t);
}

static int
close_summary(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_summary *s = run->state;
	struct exch_tape_sum *unused;
	int rc;

	exch_summary_look(s);
	rc = exch_books_finish(&s->books, d);
	run->unknown = s->books.unknown;
	if (!exch_report_compared(run))
		s->nfidel = 0;
	/* every instrument has its figures, also those where nothing was */
	if (rc == EXCH_OK && run->insts.n > 0)
		rc = at_place(s, run->insts.n - 1, d);
	if (rc == EXCH_OK && run->insts.n > 0)
		rc = exch_tape_at(&s->tape, run->insts.n - 1, &unused, d);
	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = 0; i < run->insts.n && i < s->books.n; i++) {
		struct exch_sum *b = &s->by[i];

		exch_sum_until(b, s->clock);
		b->resting = exch_books_live(&s->books, i);
		b->used |= b->orders + b->cancels + b->replaces != 0;
	}
	if (run->o.format == EXCH_FMT_TEXT)
		return exch_summary_page(run, d);
	exch_summary_rows(run);
	return EXCH_OK;
}

static void
free_summary(struct exch_report_run *run)
{
	struct exch_summary *s = run->state;

	exch_books_clear(&s->books);
	exch_tape_clear(&s->tape);
	exch_free(s->by);
	exch_free(s->fidel);
}

const struct exch_report exch_report_summary = {
    .name = "summary",
    .what = "the day on one page",
    .takes = EXCH_TAKES_ALL,
    .open = open_summary,
    .record = record_summary,
    .ahead = exch_summary_ahead,
    .close = close_summary,
    .free = free_summary,
};
