/*
 * exch-feed stats: counting (stats.h).
 *
 * What is asked of the venue is told by whoever tells the books: by the
 * answers of an engine, the commands of a venue's day, or the display.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "md/stats.h"

/* ---- time ---- */

/* Time passes, with everything as it is. */
static void
pass(struct exch_stat *b, exch_ts now)
{
	const struct exch_stat_quote *q = &b->now;
	uint64_t ns;

	if (now <= b->since)
		return;
	ns = now - b->since;
	b->since = now;
	if (b->phase == EXCH_PHASE_HALT)
		b->halted += ns;
	if (b->phase != EXCH_PHASE_CONTINUOUS)
		return;
	b->continuous += ns;
	if (!exch_stat_is_quoted(q))
		return;
	b->quoted += ns;
	b->spread_area +=
	    (exch_u128)((uint64_t)q->px[1] - (uint64_t)q->px[0]) * ns;
	if (q->px[0] < 0)
		b->below = true;
	else
		b->mid_area +=
		    (exch_u128)((uint64_t)q->px[0] + (uint64_t)q->px[1]) * ns;
	for (unsigned i = 0; i < 2; i++)
		b->qty_area[i] += (exch_u128)q->qty[i] * ns;
}

/* The state of a place, made if need be: it begins now. */
static int
at_place(struct exch_stats *s, uint32_t place, struct exch_diag *d)
{
	int rc;

	if (__builtin_expect(place < s->made, 1))
		return EXCH_OK;
	rc = exch_report_grow(&s->by, &s->n, place + 1, sizeof(*s->by), d);
	for (; rc == EXCH_OK && s->made <= place; s->made++) {
		s->by[s->made].phase = s->first_phase;
		s->by[s->made].since =
		    s->follow.clock > s->clock ? s->follow.clock : s->clock;
	}
	return rc;
}

/* ---- what the follower of the books tells ---- */

static int
add_act(
    struct exch_stats *s, const struct exch_stat_act *a, struct exch_diag *d)
{
	int rc = exch_report_grow(
	    &s->act, &s->act_cap, s->nact + 1, sizeof(*s->act), d);

	if (rc == EXCH_OK)
		s->act[s->nact++] = *a;
	return rc;
}

static int
add_auction(
    struct exch_stats *s, const struct exch_stat_act *a, struct exch_diag *d)
{
	struct exch_sum_auction *sum =
	    &s->by[a->place]
		 .auction[a->cross < EXCH_SUM_CROSSES ? a->cross : 0];

	sum->n++;
	sum->price = a->price;
	sum->volume += a->volume;
	return add_act(s, a, d);
}

static int
on_trade(
    void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_stats *s = run->state;
	const struct exch_rec_trade *t;
	struct exch_tape_print p;
	struct exch_stat *b;
	uint8_t cross;
	int rc;

	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE)
		return exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	rc = exch_tape_trade(&s->tape, &run->insts, place, r, &p, d);
	if (rc == EXCH_OK)
		rc = at_place(s, place, d);
	if (rc != EXCH_OK)
		return rc;
	b = &s->by[place];
	/* the auction stands at the same offset in both, and the tape has
	 * seen that all of an EXEC is there */
	_Static_assert(offsetof(struct exch_rec_exec, cross) ==
			   offsetof(struct exch_rec_trade, cross),
	    "EXEC and TRADE agree");
	cross = ((const struct exch_rec_exec *)(const void *)r)->cross;
	t = r->type == EXCH_REC_TRADE ? EXCH_REC_AS(r, exch_rec_trade) : NULL;
	if (t != NULL && t->kind == EXCH_PRINT_CROSS)
		return add_auction(s,
		    &(struct exch_stat_act){.time = r->time,
			.price = t->price,
			.volume = t->qty,
			.place = place,
			.auction = true,
			.cross = cross},
		    d);
	if (cross == EXCH_CROSS_NONE && p.kind != EXCH_PRINT_BLOCK &&
	    p.kind != EXCH_PRINT_CORRECTED && p.qty > b->largest) {
		b->largest = p.qty;
		b->largest_px = p.price;
		b->largest_time = r->time;
	}
	return EXCH_OK;
}

static int
on_event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct exch_stats *s = run->state;
	struct exch_stat_quote q = {.px = {0}};
	struct exch_stat *b;
	int rc = at_place(s, place, d);

	if (rc != EXCH_OK)
		return rc;
	b = &s->by[place];
	for (unsigned i = 0; i < 2; i++)
		exch_books_best(
		    &s->follow.books, place, i, &q.px[i], &q.qty[i]);
	if (memcmp(&q, &b->now, sizeof(q)) == 0)
		return EXCH_OK;
	/* what lies between the event and the record that ends it is later */
	(void)t;
	pass(b, s->follow.clock);
	b->now = q;
	return EXCH_OK;
}

/* ---- records ---- */

static int
take_phase(struct exch_stats *s, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);
	struct exch_stat_act act = {.place = EXCH_STAT_ALL};
	uint32_t i = 0;
	int rc = EXCH_OK;

	if (p == NULL)
		return exch_report_short(r, d);
	if (r->instr != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &act.place, d);
		if (rc == EXCH_OK)
			rc = at_place(s, act.place, d);
		i = act.place;
	}
	/* as in the books: nobody has a phase that is none */
	if (rc != EXCH_OK || p->phase > EXCH_PHASE_END ||
	    (r->instr != 0 && !run->insts.inst[i].announced))
		return rc;
	if (r->instr == 0)
		s->first_phase = p->phase;
	for (; i < s->made; i++) {
		struct exch_stat *b = &s->by[i];

		pass(b, s->clock);
		if (p->phase == EXCH_PHASE_HALT && b->phase != EXCH_PHASE_HALT)
			b->halts++;
		b->phase = p->phase;
		if (r->instr != 0)
			break;
	}
	act.time = r->time;
	act.price = p->reference;
	act.phase = p->phase;
	act.cross = p->cross;
	memcpy(act.reason, p->reason, sizeof(act.reason));
	return add_act(s, &act, d);
}

static int
take_auction(struct exch_stats *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);

	if (a == NULL)
		return exch_report_short(r, d);
	if (a->final == 0 || a->price == EXCH_PX_NONE || a->paired == 0)
		return EXCH_OK;
	return add_auction(s,
	    &(struct exch_stat_act){.time = r->time,
		.price = a->price,
		.volume = a->paired,
		.imbalance = a->imbalance,
		.place = place,
		.auction = true,
		.cross = a->cross,
		.side = a->side},
	    d);
}

static void
count_answer(struct exch_stat *b, const struct exch_rec *r)
{
	const struct exch_rec_cancelled *c;

	switch (r->type) {
	case EXCH_REC_ACK:
		b->orders += !exch_report_repeats(r);
		return;
	case EXCH_REC_REJECT:
		b->rejects += !exch_report_repeats(r);
		return;
	case EXCH_REC_REPLACED:
		b->replaces++;
		return;
	case EXCH_REC_CANCELLED:
		c = EXCH_REC_AS(r, exch_rec_cancelled);
		if (c == NULL)
			return;
		if (exch_sum_is_cancel(c->reason))
			b->cancels++;
		else
			b->expired++;
		return;
	default:
		return;
	}
}

/* What nobody has answered, a venue has accepted. */
static void
count_command(struct exch_stat *b, const struct exch_rec *r)
{
	b->orders += r->type == EXCH_REC_NEW;
	b->replaces += r->type == EXCH_REC_REPLACE;
	/* what is imposed makes room for a trade */
	b->cancels +=
	    r->type == EXCH_REC_CANCEL && (r->flags & EXCH_F_IMPOSED) == 0;
}

static void
count_display(struct exch_stat *b, const struct exch_rec *r)
{
	b->orders += r->type == EXCH_REC_BOOK_ADD;
	b->replaces += r->type == EXCH_REC_BOOK_REPLACE;
	b->cancels +=
	    r->type == EXCH_REC_BOOK_REDUCE || r->type == EXCH_REC_BOOK_DELETE;
}

static int
record_stats(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_stats *s = run->state;
	uint32_t place = 0;
	struct exch_stat *b;
	int rc = exch_follow_record(&s->follow, run, r, d);

	(void)seq;
	if (rc != EXCH_OK)
		return rc;
	if (r->time > s->clock && r->time != EXCH_TS_NONE)
		s->clock = r->time;
	if (r->type == EXCH_REC_PHASE)
		return take_phase(s, run, r, d);
	if (r->type < EXCH_REC_NEW || r->instr == 0)
		return EXCH_OK;
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = at_place(s, place, d);
	if (rc != EXCH_OK)
		return rc;
	b = &s->by[place];
	b->used = true;
	if (r->type == EXCH_REC_AUCTION)
		return take_auction(s, r, place, d);
	if (r->type >= EXCH_REC_BOOK_ADD)
		count_display(b, r);
	else if (s->follow.by == EXCH_FOLLOW_ENGINE)
		count_answer(b, r);
	else
		count_command(b, r);
	return EXCH_OK;
}

/* ---- the end ---- */

/* Until when each phase lasted: until the next that is for the same. */
static int
measure_phases(struct exch_stats *s, struct exch_diag *d)
{
	exch_ts *next = exch_calloc((size_t)s->made + 1, sizeof(*next));
	exch_ts all = s->clock;

	if (next == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < s->made; i++)
		next[i] = s->clock;
	for (uint32_t i = s->nact; i-- > 0;) {
		struct exch_stat_act *a = &s->act[i];
		exch_ts until = all;

		if (a->auction)
			continue;
		if (a->place != EXCH_STAT_ALL && next[a->place] < until)
			until = next[a->place];
		a->lasts = until > a->time ? until - a->time : 0;
		if (a->place != EXCH_STAT_ALL)
			next[a->place] = a->time;
		else
			all = a->time;
	}
	exch_free(next);
	return EXCH_OK;
}

static int
close_stats(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_stats *s = run->state;
	struct exch_tape_sum *unused;
	uint32_t n = run->insts.n;
	int rc = exch_follow_finish(&s->follow, d);

	run->unknown = s->follow.books.unknown;
	/* every instrument has its figures, also those where nothing was */
	if (rc == EXCH_OK && n > 0)
		rc = at_place(s, n - 1, d);
	if (rc == EXCH_OK && n > 0)
		rc = exch_tape_at(&s->tape, n - 1, &unused, d);
	if (rc == EXCH_OK)
		rc = measure_phases(s, d);
	if (rc != EXCH_OK)
		return rc;
	for (uint32_t i = 0; i < s->made; i++)
		pass(&s->by[i], s->clock);
	return exch_stats_show(run, d);
}

static int
open_stats(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_follow_watch watch = {
	    .arg = run, .trade = on_trade, .event = on_event};
	struct exch_stats *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->first_phase = EXCH_PHASE_CONTINUOUS;
	rc = exch_follow_init(&s->follow, run, &watch, d);
	return rc == EXCH_OK ? exch_stats_columns(run, d) : rc;
}

static void
free_stats(struct exch_report_run *run)
{
	struct exch_stats *s = run->state;

	exch_follow_clear(&s->follow);
	exch_tape_clear(&s->tape);
	exch_free(s->by);
	exch_free(s->act);
}

const struct exch_report exch_md_stats = {
    .name = "stats",
    .what = "statistics of the session: prices, quotes, orders, phases",
    .takes = EXCH_TAKES_WATCH | EXCH_TAKES_PHASES,
    .needs = EXCH_NEEDS_BOOK,
    .open = open_stats,
    .record = record_stats,
    .close = close_stats,
    .free = free_stats,
};
