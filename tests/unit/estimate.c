/*
 * The queue models against their definition, and an audit of orders that are
 * executed otherwise than by price and time.
 */
#include <config.h>

#include "base/real.h"
#include "book/estimate.h"
#include "report/queue_audit.h"
#include "report_kit.h"
#include "tap.h"

static bool
near(double a, double b)
{
	double off = a - b;

	return off < 1e-12 && off > -1e-12;
}

static void
shares(void)
{
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_POWER1, 30, 10), 0.25),
	    "power1: as much as stands there");
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_POWER2, 30, 10), 0.1),
	    "power2: by squares");
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_POWER3, 3, 1), 1 / 28.0),
	    "power3: by cubes");
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_LOG, 8, 2), 1 / 3.0),
	    "log: ln 3 and ln 9");
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_POWER2, 0, 0), 1),
	    "nothing ahead: all was behind");
	tap_ok(near(exch_estimate_behind(EXCH_ESTIMATE_RISK, 5, 5), 1),
	    "risk-averse: all was behind");
	for (unsigned m = 0; m < EXCH_ESTIMATE_MODELS; m++)
		if (exch_estimate_by_name(
			exch_estimate_name((enum exch_estimate_model)m)) != m)
			tap_ok(false, "a name leads back to its model");
	tap_ok(exch_estimate_by_name("power4") == EXCH_ESTIMATE_MODELS,
	    "a name that is none");
}

static void
steps(void)
{
	struct exch_level_change c = {.before = 100, .after = 60};

	tap_ok(near(exch_estimate(EXCH_ESTIMATE_POWER1, 50, &c), 30),
	    "of 40 that go half was ahead");
	tap_ok(
	    near(exch_estimate(EXCH_ESTIMATE_RISK, 50, &c), 50), "or nothing");
	tap_ok(near(exch_estimate(EXCH_ESTIMATE_RISK, 90, &c), 60),
	    "no more is ahead than stands there");
	c.after = 2;
	tap_ok(near(exch_estimate(EXCH_ESTIMATE_POWER3, 5, &c), 2),
	    "those behind lose no more than they have");
	c.after = 60;
	c.deleted = true;
	tap_ok(near(exch_estimate(EXCH_ESTIMATE_DELETE, 50, &c), 0),
	    "any-delete: an order went");
	c = (struct exch_level_change){
	    .before = 100, .after = 70, .traded = 30, .traded_others = 30};
	tap_ok(near(exch_estimate(EXCH_ESTIMATE_POWER2, 50, &c), 20),
	    "what trades was ahead, and nothing was withdrawn");
	tap_ok(exch_estimate_filled(exch_estimate(EXCH_ESTIMATE_LOG, 29, &c)),
	    "one more trades than is ahead");
	tap_ok(!exch_estimate_filled(exch_estimate(EXCH_ESTIMATE_LOG, 30, &c)),
	    "as much as is ahead");
	tap_ok(exch_estimate_filled(exch_estimate(EXCH_ESTIMATE_TOUCH, 99, &c)),
	    "touch: it trades");
}

/* ---- a matched stream ---- */

static void
add_gone(struct tape *t, exch_oid id, exch_qty qty, uint16_t cause)
{
	struct exch_rec_cancelled *c = add(t, EXCH_REC_CANCELLED,
	    sizeof(*c) + (cause != 0 ? 8 : 0), MATCHER, EXCH_F_LAST);
	struct exch_ext *x = (struct exch_ext *)(void *)(c + 1);

	c->order = id;
	c->qty = qty;
	c->reason = EXCH_WHY_USER;
	if (cause == 0)
		return;
	c->reason = EXCH_WHY_IMPOSED;
	c->h.flags |= EXCH_F_EXT;
	c->h.len8 = (sizeof(*c) + 16) / 8;
	t->n += 1;
	*x = (struct exch_ext){
	    .tag = EXCH_EXT_CAUSE, .small = cause, .value = 0};
}

static struct exch_queue_score
run(const struct tape *t)
{
	struct exch_queue_score score = {0};
	struct exch_queue_audit q;
	struct exch_insts insts = {0};
	struct exch_diag d = {0};
	uint32_t place;
	bool ok = exch_queue_audit_init(&q, &insts, &d) == EXCH_OK;

	for (size_t i = 0; ok && i < t->n;) {
		const struct exch_rec *r =
		    (const struct exch_rec *)(const void *)&t->word[i];

		if (r->type == EXCH_REC_INSTRUMENT)
			ok = exch_insts_note(&insts, r, &d) == EXCH_OK;
		else
			ok = exch_insts_place(&insts, r->instr, &place, &d) ==
				 EXCH_OK &&
			     exch_queue_audit_record(
				 &q, r, place, MATCHER, &d) == EXCH_OK;
		i += r->len8;
	}
	ok = ok && exch_queue_audit_finish(&q, &d) == EXCH_OK;
	tap_ok(ok, "the stream is taken");
	if (ok && q.nscores > 0)
		score = q.score[0];
	exch_queue_audit_clear(&q);
	exch_insts_clear(&insts);
	return score;
}

static void
begin(struct tape *t)
{
	memset(t, 0, sizeof(*t));
	t->time = EXCH_SEC;
	add_instrument(t);
	add_order(t, 1, EXCH_SELL, 1000, 100, true);
	add_order(t, 2, EXCH_SELL, 1000, 100, true);
	add_order(t, 3, EXCH_SELL, 1000, 100, true);
}

static void
imposed(void)
{
	static struct tape t;
	struct exch_queue_score s;

	begin(&t);
	add_order(&t, 9, EXCH_BUY, 1000, 10, false);
	add_exec(&t, 1, 9, 1, 1000, 10);
	add_gone(&t, 2, 100, EXCH_CAUSE_QUEUE);
	s = run(&t);
	tap_is_u64(s.orders, 2, "one that the venue executed is left out");
	tap_is_u64(s.apart, 1, "and counted");
	tap_is_u64(s.filled, 1, "of the others one is executed");
	begin(&t);
	add_gone(&t, 1, 50, EXCH_CAUSE_QUEUE);
	s = run(&t);
	tap_is_u64(s.orders, 0, "what is imposed contests nothing");
	tap_is_u64(s.calm, 2, "for the others");
	begin(&t);
	add_order(&t, 9, EXCH_BUY, 1000, 10, false);
	add_exec(&t, 1, 9, 1, 1000, 10);
	add_gone(&t, 2, 100, EXCH_CAUSE_CROSS);
	s = run(&t);
	tap_is_u64(s.orders, 3, "one that an auction takes was not executed");
	tap_is_u64(s.filled, 1, "until then");
}

static void
auction(void)
{
	static struct tape t;
	struct exch_rec_exec *e;
	struct exch_queue_score s;

	begin(&t);
	add_order(&t, 9, EXCH_BUY, 999, 300, true);
	e = add(&t, EXCH_REC_EXEC, sizeof(*e), MATCHER, EXCH_F_LAST);
	*e = (struct exch_rec_exec){.h = e->h,
	    .match = 1,
	    .buy = 9,
	    .sell = 1,
	    .price = 1000 * PX,
	    .qty = 60,
	    .cross = EXCH_CROSS_CLOSE};
	s = run(&t);
	tap_is_u64(s.orders, 0, "an auction contests nothing");
	tap_is_u64(s.calm, 4, "for anyone");
}

int
main(void)
{
	shares();
	steps();
	imposed();
	auction();
	return tap_done();
}
