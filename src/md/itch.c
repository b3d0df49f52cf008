/*
 * A stream as ITCH 5.0: what the venue would have shown of it.
 *
 * ITCH knows displayed orders only, and what came in shows by what it did to
 * them.  So executions are told of orders that a subscriber has seen; the rest
 * waits for the end of the event and is then what the subscriber's book lacks
 * to be ours: an order that he has and we do not is deleted, one that we have
 * less of reduced, one that moved replaced, one that is new added.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "md/itch_priv.h"
#include "md/md.h"
#include "md/publish.h"

/* ---- records ---- */

/* What a record says of an order, which the end of the event looks at. */
static int
named(struct exch_report_run *run, uint32_t place, exch_oid id,
    struct exch_diag *d)
{
	struct exch_md_seen *o;

	return exch_md_speak(run, place, id, &o, d);
}

static int
replaced(struct exch_report_run *run, const struct exch_rec_replaced *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_md_seen *o;
	int err = exch_md_speak(run, place, r->order, &o, d);

	if (err != 0 || r->kept != 0)
		return err;
	o->goes_on = true;
	if (r->new_order == r->order)
		return EXCH_OK;
	err = exch_md_speak(run, place, r->new_order, &o, d);
	if (err == 0)
		o->was = r->order;
	return err;
}

/* Before the books take it. */
static int
answered(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e;
	const struct exch_rec_replaced *p;
	const struct exch_rec_ack *a;

	switch (r->type) {
	case EXCH_REC_EXEC:
		e = EXCH_REC_AS(r, exch_rec_exec);
		return e != NULL ? exch_md_executed(run, e, place, d)
				 : exch_report_short(r, d);
	case EXCH_REC_REPLACED:
		p = EXCH_REC_AS(r, exch_rec_replaced);
		return p != NULL ? replaced(run, p, place, d)
				 : exch_report_short(r, d);
	case EXCH_REC_CANCELLED:
		if (exch_md_is_taken(r))
			return exch_md_take(run, (const void *)r, place, d);
		/* fall through */
	case EXCH_REC_ACK:
	case EXCH_REC_RESTATED:
	case EXCH_REC_TRIGGERED:
		/* they all begin with the order */
		a = EXCH_REC_AS(r, exch_rec_ack);
		return a != NULL ? named(run, place, a->order, d)
				 : exch_report_short(r, d);
	default:
		return EXCH_OK;
	}
}

/* The state of one stock; T where it is as it was from the start. */
static int
phase_of_one(struct exch_report_run *run, const struct exch_rec_phase *p,
    uint32_t place, struct exch_diag *d)
{
	static const char state[] = {'H', 'Q', 'Q', 'T', 'H', 'H'};
	unsigned char m[EXCH_ITCH_MESSAGE];
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	int err = exch_md_stock(run, place, &h, &stock, d);

	if (err == 0 && p->phase < sizeof(state))
		exch_md_put(of(run), m,
		    exch_itch_put_action(
			m, &h, stock, state[p->phase], p->reason));
	return err;
}

/* The market as a whole opens once, and closes once. */
static int
phase_of_all(struct exch_report_run *run, const struct exch_rec_phase *p,
    struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);

	if (p->phase == EXCH_PHASE_CONTINUOUS && !s->open) {
		s->open = true;
		return exch_md_system(run, 'Q', d);
	}
	if ((p->phase == EXCH_PHASE_CLOSED || p->phase == EXCH_PHASE_END) &&
	    s->open) {
		s->open = false;
		return exch_md_system(run, 'M', d);
	}
	return EXCH_OK;
}

static int
indicated(struct exch_report_run *run, const struct exch_rec_auction *a,
    uint32_t place, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	struct exch_itch_imbalance i = {.paired = a->paired,
	    .imbalance = a->imbalance,
	    .direction = a->side == EXCH_BUY	? 'B'
			 : a->side == EXCH_SELL ? 'S'
			 : a->paired == 0	? 'O'
						: 'N',
	    .type = exch_itch_cross(a->cross),
	    .variation = a->variation != 0 ? (char)a->variation : ' '};
	int err = exch_md_stock(run, place, &h, &stock, d);

	if (err == 0)
		err = exch_md_price_or_none(run, place, a->far, &i.far, d);
	if (err == 0)
		err = exch_md_price_or_none(run, place, a->price, &i.near, d);
	if (err == 0)
		err = exch_md_price_or_none(
		    run, place, a->reference, &i.reference, d);
	if (err == 0)
		exch_md_put(
		    of(run), m, exch_itch_put_imbalance(m, &h, stock, &i));
	return err;
}

static int
broken(struct exch_report_run *run, const struct exch_rec_bust *b,
    uint32_t place, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_itch_head h;
	int err = exch_md_head(run, place, &h, d);

	if (err == 0)
		exch_md_put(of(run), m,
		    exch_itch_put_broken(
			m, &h, exch_md_match(place, b->match)));
	return err;
}

/* What is told at once, beside the books. */
static int
beside(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_phase *p;
	const struct exch_rec_auction *a;
	const struct exch_rec_bust *b;
	const struct exch_rec_trade *t;

	switch (r->type) {
	case EXCH_REC_PHASE:
		if ((p = EXCH_REC_AS(r, exch_rec_phase)) == NULL)
			return exch_report_short(r, d);
		return r->instr == 0 ? phase_of_all(run, p, d)
				     : phase_of_one(run, p, place, d);
	case EXCH_REC_AUCTION:
		a = EXCH_REC_AS(r, exch_rec_auction);
		return a != NULL ? indicated(run, a, place, d)
				 : exch_report_short(r, d);
	case EXCH_REC_BUST:
		b = EXCH_REC_AS(r, exch_rec_bust);
		return b != NULL ? broken(run, b, place, d)
				 : exch_report_short(r, d);
	case EXCH_REC_TRADE:
		t = EXCH_REC_AS(r, exch_rec_trade);
		return t != NULL ? exch_md_traded(run, t, place, d)
				 : exch_report_short(r, d);
	default:
		return EXCH_OK;
	}
}

static int
announced(struct exch_report_run *run, const struct exch_rec_instrument *in,
    struct exch_diag *d)
{
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	uint32_t place;
	int err = exch_insts_place(&run->insts, in->h.instr, &place, d);

	if (err == 0)
		err = exch_md_name(run, place, in->lot, d);
	/* before the day begins they wait for it */
	return err != 0 || of(run)->midnight == EXCH_TS_NONE
		   ? err
		   : exch_md_stock(run, place, &h, &stock, d);
}

/* Local midnight of the day, which the first time decides if nobody told. */
static int
begin(struct exch_report_run *run, exch_ts t, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	uint32_t date = run->info->date;
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t);
	const struct exch_itch_stock *stock;
	struct exch_itch_head h;
	char session[24];
	int err;

	if (date == 0)
		date = exch_ts_date(t + (exch_ts)(off * (int64_t)EXCH_SEC));
	s->midnight = exch_tz_local(run->o.tz, date, 0);
	s->now = t;
	if (run->o.session[0] == '\0')
		(void)snprintf(session, sizeof(session), "EX%08u", date);
	else
		memcpy(session, run->o.session, sizeof(run->o.session));
	exch_framing_open(&s->framing,
	    run->o.publish != NULL ? EXCH_FRAMING_PACKETS
	    : run->o.packets	   ? EXCH_FRAMING_PCAP
				   : EXCH_FRAMING_FILE,
	    session);
	err = exch_md_system(run, 'O', d);
	for (uint32_t i = 0; i < s->nstock && err == 0; i++)
		if (s->stock[i].s.lot != 0)
			err = exch_md_stock(run, i, &h, &stock, d);
	return err != 0 ? err : exch_md_system(run, 'S', d);
}

/* Every packet that is whole to the publisher. */
static int
publish(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_publisher *to = run->o.publish;
	struct exch_published k;
	size_t at = 0;
	int err = EXCH_OK;

	while (err == EXCH_OK &&
	       exch_framing_next(&of(run)->framing, &at, &k.p, &k.n, &k.time))
		err = to->packet(to->arg, &k, d);
	return err;
}

/* What is whole leaves. */
static int
send(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_buf *b = &of(run)->framing.out;
	int err = EXCH_OK;

	if (b->failed || of(run)->framing.at_hand.failed)
		return exch_report_nomem(d);
	if (run->o.publish != NULL)
		err = publish(run, d);
	else
		exch_table_raw(&run->table, b->p, b->len);
	b->len = 0;
	return err;
}

/* Who is subscribed need not wait for what comes next. */
static int
wait_itch(struct exch_report_run *run, struct exch_diag *d)
{
	if (run->o.publish == NULL)
		return EXCH_OK;
	exch_framing_flush(&of(run)->framing);
	return send(run, d);
}

static bool
wanted(const struct exch_report_run *run, const struct exch_rec *r)
{
	return r->type == EXCH_REC_AUCTION || exch_books_wants(r, run->matcher);
}

static int
record_itch(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	uint32_t place = 0;
	int err = EXCH_OK;

	(void)seq;
	if (r->type == EXCH_REC_INSTRUMENT)
		return EXCH_REC_AS(r, exch_rec_instrument) != NULL
			   ? announced(run, (const void *)r, d)
			   : exch_report_short(r, d);
	if (!wanted(run, r))
		return EXCH_OK;
	if (r->time != EXCH_TS_NONE && s->midnight == EXCH_TS_NONE)
		err = begin(run, r->time, d);
	else if (r->time != EXCH_TS_NONE && r->time > s->now)
		s->now = r->time;
	if (err != 0 || s->midnight == EXCH_TS_NONE)
		return err;
	if (r->instr != 0)
		err = exch_insts_place(&run->insts, r->instr, &place, d);
	/* whatever is none of an auction says that no print comes */
	if (err == 0 && s->ntaken != 0 && r->type >= EXCH_REC_ACK &&
	    r->type != EXCH_REC_TRADE && !exch_md_is_taken(r))
		err = exch_md_put_taken(run, NULL, d);
	if (err == 0)
		err = beside(run, r, place, d);
	if (err == 0)
		err = answered(run, r, place, d);
	if (err == 0 && exch_books_wants(r, run->matcher))
		err = exch_books_record(&s->books, r, place, run->matcher, d);
	if (err == 0 && s->err != 0)
		err = exch_report_nomem(d);
	if (err == 0 && s->books.boundary)
		err = exch_md_end_event(run, d);
	return err != 0 ? err : send(run, d);
}

static int
close_itch(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	int err = exch_books_finish(&s->books, d);

	run->unknown = s->books.unknown;
	if (err == 0 && s->midnight == EXCH_TS_NONE)
		err = begin(run, run->info->start, d);
	if (err == 0)
		err = exch_md_put_taken(run, NULL, d);
	if (err == 0)
		err = exch_md_end_event(run, d);
	if (err == 0 && s->open)
		err = exch_md_system(run, 'M', d);
	if (err == 0)
		err = exch_md_system(run, 'E', d);
	if (err == 0)
		err = exch_md_system(run, 'C', d);
	if (err != 0)
		return err;
	exch_framing_close(&s->framing, s->now);
	return send(run, d);
}

static int
open_itch(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_md_itch_feed *s;
	int err = exch_report_state(run, sizeof(*s), d);

	if (err != 0)
		return err;
	s = run->state;
	s->midnight = EXCH_TS_NONE;
	s->event = 1;
	s->watch = (struct exch_books_watch){
	    .arg = run, .enter = exch_md_enters, .leave = exch_md_leaves};
	err = exch_books_init(&s->books, &run->insts, d);
	if (err == 0 &&
	    exch_keyed_init(&s->seen, sizeof(struct exch_md_seen)) != 0)
		err = exch_report_nomem(d);
	s->books.watch = &s->watch;
	return err;
}

static void
free_itch(struct exch_report_run *run)
{
	struct exch_md_itch_feed *s = of(run);

	exch_books_clear(&s->books);
	exch_keyed_clear(&s->seen);
	exch_framing_clear(&s->framing);
	exch_free(s->spoken);
	exch_free(s->turn);
	exch_free(s->taken);
	exch_free(s->cross);
	exch_free(s->crossed);
	exch_free(s->stock);
}

const struct exch_report exch_md_itch = {
    .name = "itch",
    .what = "ITCH 5.0: a file of messages, or MoldUDP64 in a pcap",
    .takes = EXCH_TAKES_FRAMING,
    .needs = EXCH_NEEDS_MATCH,
    .binary = true,
    .open = open_itch,
    .record = record_itch,
    .wait = wait_itch,
    .close = close_itch,
    .free = free_itch,
};
