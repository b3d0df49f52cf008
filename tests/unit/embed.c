/*
 * The engine for other programs: events are handed out once, states go
 * from one engine to the next, and what can fail says why.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "embed/engine.h"
#include "tap.h"

static const char dated[] = "name x\nzone UTC\nsession 09:00 continuous\n";

static void
announce(struct exch_embed *e)
{
	struct exch_rec_instrument r = {
	    .h = exch_embed_head(EXCH_REC_INSTRUMENT, sizeof(r), 1, 0),
	    .symbol = "ABC",
	    .tick = 1000,
	    .lot = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE};

	tap_is_i64(exch_embed_submit(e, &r.h, NULL), 0, "an instrument");
}

static struct exch_rec_new
order(exch_oid id, uint8_t side, int64_t price, exch_qty qty)
{
	struct exch_rec_new r = {
	    .h = exch_embed_head(EXCH_REC_NEW, sizeof(r), 1, id),
	    .order = id,
	    .side = side,
	    .price = price * 1000,
	    .qty = qty,
	    .ordtype = EXCH_ORD_LIMIT,
	    .tif = EXCH_TIF_DAY};

	return r;
}

static void
hand_out(void)
{
	struct exch_rec_new sell = order(1, EXCH_SELL, 10, 5);
	struct exch_rec_new buy = order(2, EXCH_BUY, 11, 3);
	struct exch_embed_opts o;
	struct exch_embed *e;
	const struct exch_rec *r;
	size_t n;

	exch_embed_defaults(&o);
	o.source = 9;
	tap_is_i64(exch_embed_new(&o, &e, NULL), 0, "an engine");
	announce(e);
	tap_ok(exch_embed_next(e) == NULL, "which says nothing yet");
	tap_is_i64(exch_embed_submit(e, &sell.h, NULL), 0, "a seller");
	tap_is_i64(exch_embed_submit(e, &buy.h, NULL), 0, "a buyer");
	r = exch_embed_next(e);
	tap_ok(r != NULL && r->type == EXCH_REC_ACK && r->source == 9,
	    "the first event, of the source asked for");
	n = exch_embed_drain(e, &r);
	tap_is_u64(n,
	    sizeof(struct exch_rec_ack) + sizeof(struct exch_rec_exec),
	    "the others at once");
	r = (const void *)((const char *)r + sizeof(struct exch_rec_ack));
	tap_ok(r->type == EXCH_REC_EXEC &&
		   ((const struct exch_rec_exec *)(const void *)r)->qty == 3,
	    "an execution of 3");
	tap_ok(exch_embed_next(e) == NULL, "and no event twice");
	exch_embed_free(e);
	exch_embed_free(NULL);
}

/* Some record of a random flow. */
static void
random_order(struct exch_embed *e, struct exch_rng *g, exch_oid id)
{
	struct exch_rec_new r = order(id,
	    exch_rng_chance(g, 1, 2) ? EXCH_BUY : EXCH_SELL,
	    100 + (int64_t)exch_rng_below(g, 20), 1 + exch_rng_below(g, 50));
	struct exch_rec_cancel c = {
	    .h = exch_embed_head(EXCH_REC_CANCEL, sizeof(c), 1, id),
	    .order = exch_rng_below(g, id),
	    .qty = EXCH_QTY_NONE};

	if (exch_embed_submit(
		e, exch_rng_chance(g, 1, 3) ? &c.h : &r.h, NULL) != 0)
		abort();
}

static void
states(void)
{
	struct exch_rng a, b;
	struct exch_embed *first, *second;
	const struct exch_rec *x, *y;
	bool same = true;
	uint64_t hash;
	void *bytes;
	size_t n, m;

	exch_rng_seed(&a, 7);
	tap_ok(exch_embed_new(NULL, &first, NULL) == 0 &&
		   exch_embed_new(NULL, &second, NULL) == 0,
	    "two engines");
	announce(first);
	for (exch_oid id = 1; id < 2000; id++)
		random_order(first, &a, id);
	hash = exch_embed_hash(first);
	tap_is_i64(exch_embed_save(first, &bytes, &n), 0, "a state");
	tap_is_i64(exch_embed_load(second, bytes, n), 0, "is taken over");
	tap_is_u64(exch_embed_hash(second), hash, "with its hash");
	tap_is_i64(exch_embed_load(second, bytes, n), EXCH_ERR_EXISTS,
	    "and not once more");
	(void)exch_embed_drain(first, &x);
	b = a;
	for (exch_oid id = 2000; id < 4000 && same; id++) {
		random_order(first, &a, id);
		random_order(second, &b, id);
		n = exch_embed_drain(first, &x);
		m = exch_embed_drain(second, &y);
		same = n == m && memcmp(x, y, n) == 0;
	}
	tap_ok(same, "both go on alike");
	tap_is_u64(exch_embed_hash(first), exch_embed_hash(second),
	    "to the same state");
	tap_ok(exch_embed_hash(first) != hash, "which is another");
	exch_embed_free(second);
	free(bytes);
	exch_embed_free(first);
}

/* A state that is cut, or that belongs to nothing. */
static void
bad_states(void)
{
	struct exch_embed *e;
	void *bytes;
	size_t n;
	unsigned taken = 0, tried = 0;

	if (exch_embed_new(NULL, &e, NULL) != 0)
		abort();
	announce(e);
	tap_is_i64(exch_embed_save(e, &bytes, &n), 0, "a state to be cut");
	exch_embed_free(e);
	for (size_t cut = 0; cut < n; cut += 1 + n / 300) {
		if (exch_embed_new(NULL, &e, NULL) != 0)
			abort();
		tried++;
		taken += exch_embed_load(e, bytes, cut) == 0;
		exch_embed_free(e);
	}
	tap_ok(tried > 100 && taken == 0, "cut anywhere it is refused");
	bytes = exch_realloc(bytes, n + 1, 1);
	if (bytes == NULL || exch_embed_new(NULL, &e, NULL) != 0)
		abort();
	tap_is_i64(exch_embed_load(e, bytes, n + 1), EXCH_ERR_FORMAT,
	    "and with a byte too many");
	exch_embed_free(e);
	free(bytes);
}

static void
refusals(void)
{
	struct exch_embed_opts o;
	struct exch_embed *e = NULL;
	struct exch_diag d = {0};
	struct exch_rec_new r = order(1, EXCH_BUY, 1, 1);

	exch_embed_defaults(&o);
	o.source = 0;
	tap_is_i64(exch_embed_new(&o, &e, &d), EXCH_ERR_RANGE, "no source 0");
	exch_embed_defaults(&o);
	o.phase = EXCH_PHASE_END;
	tap_is_i64(exch_embed_new(&o, &e, NULL), EXCH_ERR_RANGE,
	    "no phase to begin in");
	exch_embed_defaults(&o);
	o.market = "nonsense\n";
	o.market_bytes = strlen(o.market);
	exch_diag_clear(&d);
	tap_is_i64(exch_embed_new(&o, &e, &d), EXCH_ERR_FORMAT, "no market");
	tap_ok(d.text[0] != '\0', "and a sentence about it");
	o.market = dated;
	o.market_bytes = strlen(dated);
	tap_is_i64(
	    exch_embed_new(&o, &e, NULL), EXCH_ERR_NEED, "times need a date");
	o.date = 20260105;
	tap_is_i64(exch_embed_new(&o, &e, NULL), 0, "and have it");
	announce(e);
	r.h.len8 = 3;
	exch_diag_clear(&d);
	tap_is_i64(exch_embed_submit(e, &r.h, &d), EXCH_ERR_FORMAT,
	    "a record shorter than its type");
	exch_embed_free(e);
}

/* The sessions of a market are its timetable: time opens it. */
static void
clockwork(void)
{
	struct exch_embed_opts o;
	struct exch_embed *e;
	const struct exch_rec *r;
	const exch_ts nine = UINT64_C(1767603600) * EXCH_SEC;

	exch_embed_defaults(&o);
	o.market = dated;
	o.market_bytes = strlen(dated);
	o.date = 20260105;
	o.phase = EXCH_PHASE_CLOSED;
	if (exch_embed_new(&o, &e, NULL) != 0)
		abort();
	announce(e);
	(void)exch_embed_drain(e, &r);
	tap_is_i64(exch_embed_advance(e, nine - 1, NULL), 0, "before nine");
	tap_is_u64(exch_embed_drain(e, &r), 0, "nothing happens");
	tap_is_i64(exch_embed_advance(e, nine, NULL), 0, "at nine");
	r = exch_embed_next(e);
	tap_ok(r != NULL && r->type == EXCH_REC_PHASE && r->time == nine,
	    "trading begins");
	exch_embed_free(e);
}

static void
no_memory(void)
{
	unsigned failed = 0;
	bool ok = true;

	for (uint64_t at = 1; at < 400; at++) {
		struct exch_embed *e = NULL;
		int rc;

		exch_alloc_fail_at(at);
		rc = exch_embed_new(NULL, &e, NULL);
		exch_alloc_fail_at(0);
		failed += rc == EXCH_ERR_NOMEM;
		ok = ok && (rc == 0 || rc == EXCH_ERR_NOMEM);
		if (rc == 0)
			exch_embed_free(e);
		if (rc == 0 && at > 1)
			break;
	}
	tap_ok(ok && failed > 10, "memory that fails at every place");
}

int
main(void)
{
	hand_out();
	states();
	bad_states();
	refusals();
	clockwork();
	no_memory();
	return tap_done();
}
