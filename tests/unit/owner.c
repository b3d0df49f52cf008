/*
 * rec/owner: whose an order is.  One that a gate holds is in the stream twice,
 * and comes once.
 */
#include <config.h>

#include "rec/owner.h"
#include "tap.h"

/* An order with a client's own number. */
struct command {
	struct exch_rec_new n;
	struct exch_ext client;
};

static struct exch_owners o;

static int
say(exch_oid order, uint32_t account, uint8_t flags)
{
	struct command c = {.n = {.h = {.type = EXCH_REC_NEW,
				      .len8 = sizeof(c) / 8,
				      .flags = EXCH_F_EXT | flags,
				      .instr = 1},
				.order = order,
				.account = account,
				.qty = 100},
	    .client = {.tag = EXCH_EXT_CLIENT, .value = 7}};

	return exch_owners_record(&o, &c.n.h);
}

static int
hold(exch_oid order)
{
	struct exch_rec_risk k = {
	    .h = {.type = EXCH_REC_RISK, .len8 = sizeof(k) / 8, .instr = 1},
	    .order = order,
	    .command = EXCH_REC_NEW,
	    .verdict = EXCH_VERDICT_HOLD};

	return exch_owners_record(&o, &k.h);
}

static int
take(exch_oid order, uint8_t flags)
{
	struct exch_rec_ack a = {.h = {.type = EXCH_REC_ACK,
				     .len8 = sizeof(a) / 8,
				     .flags = flags,
				     .instr = 1},
	    .order = order};

	return exch_owners_record(&o, &a.h);
}

static void
held(void)
{
	tap_is_i64(exch_owners_init(&o), 0, "nobody has anything");
	tap_is_i64(say(1, 11, 0) + take(1, 0), 0, "an order");
	tap_is_u64(exch_owner_of(&o, 1, 1), 11, "is its account's");
	tap_is_i64(hold(2) + say(2, 12, 0), 0, "one is held");
	/* Its number was taken: the answer names the one that has it. */
	tap_is_i64(say(3, 13, 0) + take(1, EXCH_F_DUP), 0, "one said twice");
	tap_is_u64(o.said.n - o.said.at, 0, "that is what was answered");
	tap_is_u64(o.coming.live, 1, "and the held one is to come");
	tap_is_i64(say(2, 12, EXCH_F_GATE), 0, "the gate gives it again");
	tap_is_u64(o.said.n - o.said.at, 1, "it waits for its answer, once");
	tap_is_i64(take(2, 0), 0, "which comes");
	tap_is_u64(exch_owner_of(&o, 1, 2), 12, "it is its account's");
	tap_is_u64(o.said.n - o.said.at, 0, "nothing waits any more");
	tap_is_u64(o.coming.live, 0, "nor is to come");
	/* A verdict is of the command that follows it. */
	tap_is_i64(hold(4) + say(5, 15, 0), 0, "another one comes first");
	tap_is_u64(o.said.n - o.said.at, 1, "and is not the one that is held");
	exch_owners_clear(&o);
}

int
main(void)
{
	held();
	return tap_done();
}
