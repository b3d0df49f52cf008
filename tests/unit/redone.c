/*
 * rec/redone: which execution of the engine stands for one of the venue's.
 * The streams say what the engine does (src/match/fidelity.c): an execution
 * waits for its EXPECT until the next command of its instrument.
 */
#include <config.h>

#include "base/alloc.h"
#include "rec/redone.h"
#include "tap.h"

#define VENUE 1
#define ENGINE 2

static struct exch_redone x;

static int
exec(uint32_t instr, uint64_t match, exch_oid resting, exch_qty qty)
{
	struct exch_rec_exec e = {.h = {.type = EXCH_REC_EXEC,
				      .len8 = sizeof(e) / 8,
				      .source = ENGINE,
				      .instr = instr},
	    .match = match,
	    .buy = resting,
	    .sell = 900,
	    .price = 10,
	    .qty = qty,
	    .aggressor = EXCH_SELL};

	return exch_redone_record(&x, &e.h);
}

static int
expect(uint32_t instr, uint64_t match, exch_oid resting, exch_qty qty)
{
	struct exch_rec_expect e = {.h = {.type = EXCH_REC_EXPECT,
					.len8 = sizeof(e) / 8,
					.source = VENUE,
					.instr = instr},
	    .match = match,
	    .buy = resting,
	    .sell = 901,
	    .price = 10,
	    .qty = qty,
	    .aggressor = EXCH_SELL};

	return exch_redone_record(&x, &e.h);
}

static int
command(uint32_t instr)
{
	struct exch_rec_new n = {
	    .h = {.type = EXCH_REC_NEW, .len8 = sizeof(n) / 8, .instr = instr}};

	return exch_redone_record(&x, &n.h);
}

/* What stands for it: a number of the engine's, 0 nothing, or its own. */
static void
is(uint32_t instr, uint64_t match, enum exch_redone_said said, uint64_t want,
    const char *name)
{
	uint8_t source = VENUE;
	uint64_t m = match;
	enum exch_redone_said got = exch_redone_of(&x, instr, &m, &source);

	tap_is_i64(got, said, name);
	if (got == EXCH_REDONE_EXEC) {
		tap_is_u64(m, want, "    its number");
		tap_is_u64(source, ENGINE, "    and whose it is");
	}
}

static void
pairs(void)
{
	uint8_t source = ENGINE;
	uint64_t m = 70;

	tap_is_i64(
	    exch_redone_init(&x, EXCH_REDONE_WINDOW), 0, "nothing is known");
	is(1, 70, EXCH_REDONE_OWN, 0, "a number nobody told is as it stands");
	tap_is_i64(command(1) + exec(1, 1, 5, 100) + exec(1, 2, 6, 50) +
		       exec(2, 1, 5, 100),
	    0, "an order meets two, and another instrument has one");
	tap_is_i64(expect(1, 70, 5, 100) + expect(1, 71, 6, 50), 0,
	    "the venue says the same");
	is(1, 70, EXCH_REDONE_EXEC, 1, "the first");
	is(1, 71, EXCH_REDONE_EXEC, 2, "the second");
	is(2, 70, EXCH_REDONE_OWN, 0, "numbers are an instrument's");
	tap_is_i64(exch_redone_of(&x, 1, &m, &source), EXCH_REDONE_OWN,
	    "and their source's");
	tap_is_i64(command(1) + exec(1, 3, 7, 10) + expect(1, 72, 7, 11), 0,
	    "of another quantity");
	is(1, 72, EXCH_REDONE_NONE, 0, "nothing stands for it");
	tap_is_i64(
	    command(1) + exec(1, 4, 7, 10) + command(1) + expect(1, 73, 7, 10),
	    0, "one that the venue did not do");
	is(1, 73, EXCH_REDONE_NONE, 0, "waits for no later order's");
	tap_is_i64(command(1) + exec(1, 5, 8, 10) + expect(1, 70, 8, 10), 0,
	    "a number comes again");
	is(1, 70, EXCH_REDONE_EXEC, 5, "it is the latest with it");
	exch_redone_clear(&x);
}

/* One that is imposed has a TRADE, with the number it has. */
static void
imposed(void)
{
	struct exch_rec_expect e = {.h = {.type = EXCH_REC_EXPECT,
					.len8 = sizeof(e) / 8,
					.flags = EXCH_F_IMPOSED,
					.source = VENUE,
					.instr = 1},
	    .match = 70};

	tap_is_i64(exch_redone_init(&x, EXCH_REDONE_WINDOW), 0, "again");
	tap_is_i64(exch_redone_record(&x, &e.h), 0, "one is imposed");
	is(1, 70, EXCH_REDONE_OWN, 0, "its trade has its number");
	exch_redone_clear(&x);
}

/* The window is full; a number that came again is as old as its last. */
static void
window(void)
{
	int err = exch_redone_init(&x, EXCH_REDONE_WINDOW);

	err |= exec(1, 1, 5, 100) | expect(1, 1, 5, 100);
	err |= exec(1, 2, 5, 100) | expect(1, 2, 5, 100);
	err |= exec(1, 3, 5, 100) | expect(1, 1, 5, 100);
	for (uint64_t i = 3; i < EXCH_REDONE_WINDOW; i++)
		err |= expect(1, i, 5, 100);
	tap_is_i64(err, 0, "as many as the window has");
	is(1, 2, EXCH_REDONE_EXEC, 2, "the oldest is there");
	tap_is_i64(expect(1, EXCH_REDONE_WINDOW, 5, 100), 0, "one more");
	tap_is_i64(expect(1, EXCH_REDONE_WINDOW + 1, 5, 100), 0, "and another");
	is(1, 2, EXCH_REDONE_OWN, 0, "it is forgotten");
	is(1, 1, EXCH_REDONE_EXEC, 3, "the one that came again is not");
	exch_redone_clear(&x);
}

static void
memory(void)
{
	int err = EXCH_ERR_NOMEM;

	for (uint64_t n = 1; err == EXCH_ERR_NOMEM && n < 50; n++) {
		exch_alloc_fail_at(n);
		err = exch_redone_init(&x, EXCH_REDONE_WINDOW);
		if (err == 0)
			err = exec(1, 1, 5, 100);
		if (err == 0)
			err = expect(1, 70, 5, 100);
		exch_alloc_fail_at(0);
		exch_redone_clear(&x);
	}
	tap_is_i64(err, 0, "each allocation that fails is an error");
}

int
main(void)
{
	pairs();
	imposed();
	window();
	memory();
	return tap_done();
}
