/*
 * settle/ledger: entries that balance, those that are too much and change
 * nothing, balances in their order, and what does not balance ends the program.
 */
#include <config.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "settle/ledger.h"
#include "tap.h"

#define USD EXCH_UNIT_CASH
#define ABC 7

static struct exch_diag d;

static int64_t
has(const struct exch_ledger *l, uint32_t account, uint32_t unit)
{
	return (int64_t)exch_ledger_balance(
	    l, account, unit, EXCH_LEDGER_HOLDING);
}

/* 100 for 1,000.00 from 2 to 1. */
static int
trade(struct exch_ledger *l, exch_i128 qty, exch_i128 cash)
{
	const struct exch_leg leg[] = {{1, ABC, EXCH_LEDGER_HOLDING, qty},
	    {2, ABC, EXCH_LEDGER_HOLDING, -qty},
	    {1, USD, EXCH_LEDGER_HOLDING, -cash},
	    {2, USD, EXCH_LEDGER_HOLDING, cash}};

	return exch_ledger_post(l, leg, 4, &d);
}

static void
entries(void)
{
	struct exch_ledger l;

	tap_is_i64(exch_ledger_init(&l), 0, "a ledger");
	tap_is_i64(has(&l, 1, ABC), 0, "which has nothing");
	tap_is_i64(trade(&l, 100, 1000), 0, "an entry");
	tap_is_i64((int64_t)l.entries, 1, "is the first");
	tap_is_i64(has(&l, 1, ABC), 100, "who has bought has them");
	tap_is_i64(has(&l, 2, USD), 1000, "who has sold has the cash");
	tap_is_i64((int64_t)exch_ledger_balance(&l, 1, ABC, EXCH_LEDGER_DUE), 0,
	    "and nothing is due");
	tap_is_i64(trade(&l, -100, -1000), 0, "back");
	tap_is_i64(has(&l, 1, ABC), 0, "nothing is left");
	tap_is_i64(trade(&l, 5, INT64_MAX), 0, "as much as there can be");
	tap_is_i64(trade(&l, 5, 1), EXCH_ERR_RANGE, "and one more is refused");
	tap_ok(strstr(d.text, "more than numbers can say") != NULL, "is told");
	tap_is_i64(has(&l, 1, ABC), 5, "no leg of it was posted");
	tap_is_i64(has(&l, 2, ABC), -5, "on no side");
	tap_is_i64((int64_t)l.entries, 3, "and it has no number");
	tap_is_i64(trade(&l, 5, -1), 0, "less is posted");
	tap_is_i64(has(&l, 2, USD), INT64_MAX - 1, "and counts");
	exch_ledger_clear(&l);
}

/* What each tells: in order, none of 0, and the sums. */
struct seen {
	struct exch_leg last;
	exch_i128 sum[2];
	unsigned n, bad, stop;
};

static int
see(void *arg, const struct exch_leg *b, struct exch_diag *x)
{
	struct seen *s = arg;
	bool up =
	    s->n == 0 || b->account > s->last.account ||
	    (b->account == s->last.account &&
		(b->unit > s->last.unit ||
		    (b->unit == s->last.unit && b->ledger > s->last.ledger)));

	(void)x;
	s->bad += !up || b->amount == 0;
	s->sum[b->unit == USD] += b->amount;
	s->last = *b;
	return ++s->n == s->stop ? 5 : 0;
}

static void
random_ones(void)
{
	struct exch_ledger l;
	struct exch_rng r;
	struct seen s = {.n = 0};
	exch_i128 want = 0;

	exch_rng_seed(&r, 4);
	tap_is_i64(exch_ledger_init(&l), 0, "another one");
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t v = exch_rng_u64(&r);
		uint32_t a = 1 + (uint32_t)(v % 50),
			 b = 1 + (uint32_t)(v >> 8) % 50;
		uint8_t to = (uint8_t)(1 + (v >> 20) % 3);
		exch_i128 q = (exch_i128)(v >> 40) - (1 << 23);
		uint32_t unit = (v >> 30 & 1) != 0 ? USD : ABC;
		const struct exch_leg leg[] = {
		    {a, unit, to, q}, {b, unit, EXCH_LEDGER_HOLDING, -q}};

		if (exch_ledger_post(&l, leg, 2, &d) != 0)
			s.bad++;
		if (unit == USD && a == 9 && to == EXCH_LEDGER_DUE)
			want += q;
	}
	tap_is_i64(exch_ledger_each(&l, see, &s, &d), 0, "all are told");
	tap_is_i64(s.bad, 0, "by account, unit and ledger, none of 0");
	tap_ok(s.sum[0] == 0 && s.sum[1] == 0, "and add up to 0 in each unit");
	tap_ok(s.n > 200 && s.n <= 300, "as many as there are");
	tap_ok(exch_ledger_balance(&l, 9, USD, EXCH_LEDGER_DUE) == want,
	    "one of them is what was posted");
	s = (struct seen){.stop = 3};
	tap_is_i64(exch_ledger_each(&l, see, &s, &d), 5, "what stops is told");
	tap_is_i64(s.n, 3, "and stops");
	exch_ledger_clear(&l);
}

/* A program that posts what does not balance is wrong, and ends. */
static void
unbalanced(void)
{
	static const struct exch_leg bad[][2] = {
	    {{1, USD, EXCH_LEDGER_HOLDING, 5},
		{2, USD, EXCH_LEDGER_HOLDING, -4}},
	    {{1, USD, EXCH_LEDGER_HOLDING, 5},
		{2, ABC, EXCH_LEDGER_HOLDING, -5}},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		int status = 0;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			const struct rlimit none = {0, 0};
			struct exch_ledger l;

			(void)setrlimit(RLIMIT_CORE, &none);
			(void)freopen("/dev/null", "w", stderr);
			(void)exch_ledger_init(&l);
			(void)exch_ledger_post(&l, bad[i], 2, &d);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
		    i == 0 ? "an entry that does not balance ends it"
			   : "nor one of two units");
	}
}

int
main(void)
{
	entries();
	random_ones();
	unbalanced();
	return tap_done();
}
