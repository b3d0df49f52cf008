/*
 * Commands without an answer: found by their order, the oldest first, the
 * sides of a quote as orders of their own, and what is sent again.
 */
#include <config.h>

#include "report/asked.h"
#include "tap.h"

static struct exch_asked a;

static int
put(uint8_t type, exch_oid order, exch_qty qty, uint64_t client)
{
	struct {
		struct exch_rec_new n;
		struct exch_ext e;
	} r = {.n = {.h = {.type = type,
			 .flags = EXCH_F_EXT,
			 .len8 = sizeof(r) / 8,
			 .instr = 3},
		   .order = order,
		   .price = 100,
		   .qty = qty},
	    .e = {.tag = EXCH_EXT_CLIENT, .value = client}};
	struct exch_diag d = {0};

	return exch_asked_put(&a, &r.n.h, &d);
}

static void
test_order(void)
{
	struct exch_ask k;
	struct exch_ask *open;

	tap_ok(put(EXCH_REC_NEW, 1, 10, 41) == 0 &&
		   put(EXCH_REC_NEW, 2, 20, 42) == 0 &&
		   put(EXCH_REC_NEW, 1, 30, 43) == 0,
	    "three are asked for");
	open = exch_asked_new(&a, 3, 1);
	tap_ok(
	    open != NULL && open->cmd.n.qty == 10 && open->terms.client == 41,
	    "the oldest of an id is found");
	tap_ok(exch_asked_take(&a, EXCH_REC_NEW, 3, 1, &k) &&
		   k.cmd.n.qty == 10 &&
		   exch_asked_take(&a, EXCH_REC_NEW, 3, 1, &k) &&
		   k.cmd.n.qty == 30 &&
		   !exch_asked_take(&a, EXCH_REC_NEW, 3, 1, &k),
	    "and answered first");
	tap_ok(!exch_asked_take(&a, EXCH_REC_NEW, 4, 2, &k) &&
		   !exch_asked_take(&a, EXCH_REC_REPLACE, 3, 2, &k),
	    "not another instrument's, and no other command");
	tap_ok(exch_asked_take(&a, EXCH_REC_NEW, 3, 2, &k) &&
		   exch_asked_new(&a, 3, 2) == NULL,
	    "what is answered is gone");
}

static void
test_quote(void)
{
	struct exch_rec_quote q = {
	    .h = {.type = EXCH_REC_QUOTE, .len8 = sizeof(q) / 8, .instr = 3},
	    .bid_order = 7,
	    .ask_order = 8,
	    .bid = 100,
	    .ask = 200,
	    .bid_qty = 10,
	    .ask_qty = 20,
	    .account = 5};
	struct exch_diag d = {0};
	struct exch_ask k;

	tap_ok(exch_asked_put(&a, &q.h, &d) == 0 &&
		   exch_asked_take(&a, EXCH_REC_QUOTE, 3, 8, &k) &&
		   k.cmd.n.price == 200 && k.cmd.n.qty == 20 &&
		   k.cmd.n.side == EXCH_SELL && k.other == 7 &&
		   k.cmd.n.account == 5,
	    "the offer");
	tap_ok(exch_asked_take(&a, EXCH_REC_QUOTE, 3, 7, &k) &&
		   k.cmd.n.price == 100 && k.cmd.n.side == EXCH_BUY &&
		   k.cmd.n.ordtype == EXCH_ORD_LIMIT && k.other == 8,
	    "the bid");
	q.bid_qty = 0;
	tap_ok(exch_asked_put(&a, &q.h, &d) == 0 &&
		   exch_asked_new(&a, 3, 7) == NULL &&
		   exch_asked_take(&a, EXCH_REC_QUOTE, 3, 8, &k),
	    "a side without quantity has no order");
	q.h.len8 = 3;
	tap_ok(exch_asked_put(&a, &q.h, &d) < 0, "a short one");
}

static void
test_repeated(void)
{
	uint64_t client = 41;

	tap_ok(put(EXCH_REC_NEW, 1, 10, 41) == 0 &&
		   put(EXCH_REC_NEW, 2, 20, 42) == 0,
	    "one is sent again");
	exch_asked_repeated(&a, 3, &client);
	tap_ok(exch_asked_new(&a, 3, 1) == NULL &&
		   exch_asked_new(&a, 3, 2) != NULL,
	    "it is known by its client's number");
	exch_asked_repeated(&a, 3, NULL);
	tap_ok(exch_asked_new(&a, 3, 2) == NULL, "or is the last");
}

/* Answers that never come do not fill the memory. */
static void
test_most(void)
{
	bool ok = true;

	for (exch_oid i = 1; i <= 100000; i++)
		ok = ok && put(EXCH_REC_NEW, i, 1, 0) == 0;
	tap_ok(ok && a.n <= 65536, "the older ones are forgotten");
	tap_ok(exch_asked_new(&a, 3, 100000) != NULL &&
		   exch_asked_new(&a, 3, 1) == NULL,
	    "the newest is there");
	exch_asked_clear(&a);
}

int
main(void)
{
	test_order();
	test_quote();
	test_repeated();
	test_most();
	return tap_done();
}
