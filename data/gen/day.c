/*
 * The trading day: what happens at which time, and random flow between.
 *
 *	03:59:50  start of messages, directory, states, participants
 *	04:00:00  system hours: thin trading before the session
 *	09:25:00  imbalance indicator for the opening
 *	09:30:00  market hours; every symbol's opening cross
 *	11:20:30  one symbol is sold down ...
 *	11:21:07  ... paused (LUDP), collars, indicator, and at
 *	11:26:07  its halt cross and resumption
 *	13:47:00  another is halted for news (T1), quoted, resumed 14:12:00
 *	15:50:00  imbalance indicator for the close
 *	16:00:00  closing crosses; orders for the session end
 *	20:00:00  end of system hours
 */
#include <config.h>

#include <string.h>

#include "gen.h"

#define OPEN_AT GEN_HM(9, 30)
#define CLOSE_AT GEN_HM(16, 0)
#define END_AT GEN_HM(20, 0)

static struct gen_sym *
choose(struct gen *g)
{
	uint64_t r = exch_rng_below(&g->rng, g->weight[g->nsym - 1]);
	unsigned lo = 0, hi = g->nsym - 1, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (g->weight[mid] > r)
			hi = mid;
		else
			lo = mid + 1;
	}
	return &g->sym[lo];
}

static void
flow_until(struct gen *g, int64_t end)
{
	struct gen_sym *s = NULL;
	bool follows;
	int64_t gap;

	for (;;) {
		gap = gen_pace_pause(g, &follows);
		if (g->now + gap >= end) {
			if (g->now < end)
				g->now = end;
			return;
		}
		g->now += gap;
		g->tracking++;
		if (g->shock < g->nsym && exch_rng_chance(&g->rng, 1, 2))
			s = &g->sym[g->shock];
		else if (!follows || s == NULL ||
			 exch_rng_chance(&g->rng, 15, 100))
			s = choose(g);
		if (s->state != GEN_SHUT)
			gen_flow_event(g, s);
	}
}

/* A moment later; several messages of the venue follow one another. */
static void
tick(struct gen *g, int64_t ns)
{
	g->now += ns / 2 + (int64_t)exch_rng_below(&g->rng, (uint64_t)ns);
	g->tracking++;
}

static void
morning(struct gen *g)
{
	static const uint64_t breaker[3] = {UINT64_C(493216000000),
	    UINT64_C(461395600000), UINT64_C(424271200000)};
	static const char *const mpid[] = {"AAMM", "BBMM", "CCMM", "DDMM"};

	g->now = GEN_HM(3, 59) + 50 * GEN_SEC;
	gen_itch_system(g, 'O');
	for (unsigned i = 0; i < g->nsym; i++) {
		tick(g, 4000);
		gen_itch_directory(g, &g->sym[i]);
		tick(g, 2000);
		gen_itch_action(g, &g->sym[i], 'T', "");
		tick(g, 2000);
		gen_itch_regsho(g, &g->sym[i], i % 7 == 3 ? '2' : '0');
		for (size_t m = 0; m < EXCH_ARRAY_LEN(mpid); m++) {
			tick(g, 2000);
			gen_itch_position(g, &g->sym[i], mpid[m]);
		}
	}
	tick(g, 100000);
	gen_itch_breaker(g, breaker);
	g->now = GEN_HM(4, 0);
	gen_itch_system(g, 'S');
	for (unsigned i = 0; i < g->nsym; i++)
		g->sym[i].state = GEN_OPEN;
}

/* Flow, and an indicator for all symbols every `step`, until `end`. */
static void
indicate(struct gen *g, int64_t end, int64_t step, char type)
{
	/* With many symbols the indicator would drown the flow. */
	int64_t stretch = 1 + (int64_t)(g->nsym * UINT64_C(25000) / g->wanted);

	for (int64_t t = g->now; t < end; t += step * stretch) {
		flow_until(g, t);
		for (unsigned i = 0; i < g->nsym; i++) {
			tick(g, 2000);
			gen_cross_interest(g, &g->sym[i], 1);
			gen_cross_indicate(g, &g->sym[i], type);
		}
	}
	flow_until(g, end);
}

static void
prepare(struct gen *g)
{
	for (unsigned i = 0; i < g->nsym; i++)
		gen_cross_interest(g, &g->sym[i], 60);
}

static void
crosses(struct gen *g, char type)
{
	for (unsigned i = 0; i < g->nsym; i++) {
		tick(g, 40 * GEN_MS / g->nsym + 1000);
		gen_cross_hold(g, &g->sym[i], type);
	}
}

/* A symbol stops: orders may come and go, nothing trades. */
static void
halt(struct gen *g, struct gen_sym *s, int64_t end, char state,
    const char *reason)
{
	bool paused = state == 'P';

	gen_itch_action(g, s, state, reason);
	s->state = GEN_HALTED;
	if (paused) {
		tick(g, 400 * GEN_US);
		gen_itch_collar(g, s, s->last / GEN_TICK * GEN_TICK);
	} else {
		flow_until(g, end - 300 * GEN_SEC);
		gen_itch_action(g, s, 'Q', "T3");
	}
	gen_cross_interest(g, s, 30);
	for (int64_t t = end - 300 * GEN_SEC; t < end; t += 5 * GEN_SEC) {
		flow_until(g, t + 400 * GEN_MS);
		gen_cross_interest(g, s, 1);
		gen_cross_indicate(g, s, 'H');
	}
	flow_until(g, end);
	gen_cross_hold(g, s, 'H');
	tick(g, 20 * GEN_US);
	gen_itch_action(g, s, 'T', reason);
	s->state = GEN_OPEN;
}

static void
session(struct gen *g)
{
	if (g->nsym > 2) {
		flow_until(g, GEN_HM(11, 20) + 30 * GEN_SEC);
		g->shock = 2;
		g->shock_floor = g->sym[2].fair / 100 * 93;
		flow_until(g, GEN_HM(11, 21) + 7 * GEN_SEC);
		g->shock = g->nsym;
		g->sym[2].fair += g->sym[2].fair / 60;
		halt(g, &g->sym[2], GEN_HM(11, 26) + 7 * GEN_SEC, 'P', "LUDP");
	}
	if (g->nsym > 3) {
		flow_until(g, GEN_HM(13, 47));
		halt(g, &g->sym[3], GEN_HM(14, 12), 'H', "T1");
	}
	flow_until(g, GEN_HM(15, 50));
}

/* Orders for the session go when it is over. */
static void
expire(struct gen *g)
{
	for (unsigned i = 0; i < g->nsym; i++) {
		struct gen_sym *s = &g->sym[i];

		for (uint32_t k = s->nlive; k-- > 0;) {
			struct gen_order *o = &g->order[s->live[k]];

			if (!o->day)
				continue;
			tick(g, 1500);
			gen_itch_delete(g, s, o->ref);
			gen_book_take(g, s, s->live[k], o->qty);
		}
	}
}

void
gen_day(struct gen *g)
{
	morning(g);
	flow_until(g, GEN_HM(9, 25));
	prepare(g);
	indicate(g, GEN_HM(9, 28), 10 * GEN_SEC, 'O');
	indicate(g, OPEN_AT, GEN_SEC, 'O');
	gen_itch_system(g, 'Q');
	crosses(g, 'O');
	session(g);
	prepare(g);
	indicate(g, GEN_HM(15, 55), 10 * GEN_SEC, 'C');
	indicate(g, CLOSE_AT, GEN_SEC, 'C');
	gen_itch_system(g, 'M');
	crosses(g, 'C');
	tick(g, 2 * GEN_SEC);
	expire(g);
	flow_until(g, GEN_HM(16, 31));
	gen_itch_broken(g, &g->sym[0], g->sym[0].last_match);
	flow_until(g, END_AT);
	gen_itch_system(g, 'E');
	g->now += 5 * GEN_SEC;
	gen_itch_system(g, 'C');
}
