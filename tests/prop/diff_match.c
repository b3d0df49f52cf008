/*
 * The differential driver: random flows through the engine and the naive
 * engine, which must agree in every record and every book.
 *
 *	diff_match [--seed N] [--runs N] [--commands N] [--ladder NAME]
 *	    [--profile NAME] [--market FILE] [--break FAULT] [--out FILE]
 *	    [--shards N] [--threads] [--coverage] [--make]
 *
 * Every run has its own seed (the first one's plus its number), profile
 * and ladder, and happens in a child process.  When one fails, its flow is
 * made again, shrunk and left as a JSON stream in FILE, and the exit code
 * is 1.  --break makes the naive engine wrong on purpose, to see that this
 * program would notice.
 *
 * --shards deals the instruments out to so many shards of the engine;
 * --threads lets threads do the same flow again, which must give the same
 * bytes.
 *
 * --make only leaves the flow of the seed in FILE, without rules of its own
 * but those that exch-match's options give, for others to run.
 *
 * With --market the rules are those of a market file, which each engine
 * reads with its own reader, and the time is that of a trading day, or of a
 * part of it.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dec.h"
#include "match/ladder.h"
#include "match/match.h"
#include "prop/lockstep.h"
#include "rec/schema.h"

struct options {
	uint64_t seed;
	uint64_t runs;
	uint64_t commands;
	const struct exch_ladder *ladder;   /* NULL: all in turn */
	const struct flow_profile *profile; /* NULL: all in turn */
	enum naive_fault fault;
	const char *market; /* text of a file, NULL: rules made here */
	const char *market_path;
	const char *out;
	uint64_t shards;
	bool threads;
	bool make;
	bool coverage;
};

static const char *const faults[] = {
    [NAIVE_SOUND] = "none",
    [NAIVE_FAULT_FIFO] = "fifo",
    [NAIVE_FAULT_PRICE] = "price",
    [NAIVE_FAULT_QTY] = "qty",
    [NAIVE_FAULT_REPLACE] = "replace",
    [NAIVE_FAULT_UNCROSS] = "uncross",
    [NAIVE_FAULT_BY_ID] = "by-id",
    [NAIVE_FAULT_FREEZE] = "freeze",
    [NAIVE_FAULT_RANDOM] = "random-end",
    [NAIVE_FAULT_DOUBLE] = "double",
    [NAIVE_FAULT_BREAKER] = "breaker",
};

static const char *const allocs[] = {"pro-rata", "cme-a", "time", "size",
    "cme-o", "options", "time-pro-rata", "parity", "cme-k", "cme-s", "cme-q",
    "cme-t"};

/* Rules of a market: bands, ticks by price, orders it does not take. */
static void
make_rules(uint64_t n, struct naive_rules *r)
{
	if (n % 3 != 0)
		r->still = 1000000 * (1 + n % 30);
	if (n % 5 != 0)
		r->dynamic = 100000 * (1 + n % 50);
	if (n % 2 == 0) {
		r->nticks = 2;
		r->step[0] = 10000000;
		r->from[1] = 99 * EXCH_PX_ONE;
		r->step[1] = 50000000;
	}
	/* As many as there may be, ever coarser. */
	for (size_t i = 0; n % 8 == 3 && i < EXCH_ARRAY_LEN(r->from); i++) {
		r->from[i] = (exch_px)(94 * EXCH_PX_ONE / 100 * (i + 80) / 80);
		r->step[i] = (exch_px)(10000000 * (i / 8 + 1));
		r->nticks = i + 1;
	}
	r->block_min = n % 4 * 7;
	r->block_band = n % 3 * 2000000;
	r->no_type[EXCH_ORD_MARKET] = n % 7 == 0;
	r->no_tif[EXCH_TIF_FOK] = n % 11 == 0;
	r->announced = n % 4 == 1;
	r->by_member = n % 4 >= 2;
}

/* A share somewhere between a millionth of a percent and a hundred. */
static uint64_t
some_share(struct exch_rng *g)
{
	uint64_t most = 100000000;

	for (uint64_t k = exch_rng_below(g, 5); k > 0; k--)
		most /= 10;
	return 1 + exch_rng_below(g, most);
}

static uint64_t
some_time(struct exch_rng *g)
{
	return 1000 * (1 + exch_rng_below(g, 60));
}

/*
 * Protections: ranges as narrow as the flows' prices are, times as short as
 * their steps.
 */
static void
make_guard(uint64_t n, struct naive_rules *r)
{
	struct exch_rng g;

	exch_rng_seed(&g, n);
	if (exch_rng_below(&g, 3) == 0)
		r->collar = some_share(&g);
	if (exch_rng_below(&g, 2) == 0)
		r->short_sale = some_share(&g) / 20 + 1;
	if (exch_rng_below(&g, 4) == 0) {
		r->throttle = 1 + exch_rng_below(&g, 12);
		r->window = some_time(&g);
	}
	if (exch_rng_below(&g, 4) == 0)
		r->bump = some_time(&g) / 2;
	if (exch_rng_below(&g, 2) == 0) {
		r->stop_still = some_share(&g);
		r->stop_still_time = some_time(&g);
	}
	if (exch_rng_below(&g, 2) == 0) {
		r->stop_dynamic = some_share(&g);
		r->stop_dynamic_time = some_time(&g);
	}
	if (exch_rng_below(&g, 2) == 0) {
		r->monitor = some_share(&g);
		r->monitor_time = some_time(&g);
	}
	if (exch_rng_below(&g, 2) == 0)
		r->indicative = some_time(&g) / 4 + 1;
	r->odd_take = exch_rng_below(&g, 3) == 0;
	r->odd_now = !r->odd_take && exch_rng_below(&g, 2) == 0;
}

/* Some of all codes that orders have, or most. */
static void
some_codes(struct exch_rng *g, bool named[256], unsigned of, unsigned in)
{
	for (unsigned i = 0; i < 16; i++)
		named[i] = exch_rng_below(g, in) < of;
}

static void
make_freeze(struct exch_rng *g, struct naive_freeze *f)
{
	uint64_t what = 1 + exch_rng_below(g, 7);

	f->cross = (uint8_t)(1 + exch_rng_below(g, 5));
	f->part = some_time(g);
	f->command[EXCH_REC_NEW] = what & 1;
	f->command[EXCH_REC_CANCEL] = what & 2;
	f->command[EXCH_REC_REPLACE] = what & 4;
	memset(f->type, 1, sizeof(f->type));
	memset(f->tif, 1, sizeof(f->tif));
	if (exch_rng_below(g, 2) == 0)
		some_codes(g, f->type, 2, 3);
	if (exch_rng_below(g, 2) == 0)
		some_codes(g, f->tif, 2, 3);
}

/* As many changes of phase as calls can have ends in so many commands. */
static void
make_rows(struct exch_rng *g, uint64_t commands, unsigned ninstr,
    struct naive_rules *r)
{
	static const uint8_t next[] = {EXCH_PHASE_CONTINUOUS,
	    EXCH_PHASE_CONTINUOUS, EXCH_PHASE_CONTINUOUS, EXCH_PHASE_CLOSED,
	    EXCH_PHASE_PRE_OPEN, EXCH_PHASE_HALT, EXCH_PHASE_END,
	    EXCH_PHASE_CALL};
	exch_ts time = FLOW_BEGIN;

	r->nrows = commands / 50;
	if (r->nrows > EXCH_ARRAY_LEN(r->row))
		r->nrows = EXCH_ARRAY_LEN(r->row);
	for (size_t i = 0; i < r->nrows; i++) {
		struct naive_row *x = &r->row[i];

		/* Sometimes two at a time; a command takes 1.5 us. */
		time += exch_rng_below(g, 8) == 0
			    ? 0
			    : exch_rng_below(g, 3 * commands / r->nrows * 1000);
		x->time = time;
		x->phase = EXCH_PHASE_CALL;
		if (i % 2 != 0)
			x->phase =
			    next[exch_rng_below(g, EXCH_ARRAY_LEN(next))];
		if (x->phase == EXCH_PHASE_CALL)
			x->cross = (uint8_t)(1 + exch_rng_below(g, 5));
		if (exch_rng_below(g, 3) != 0)
			continue;
		/* One that is not there is passed over. */
		x->symbol[0] = (char)('A' + exch_rng_below(g, ninstr + 1));
		x->symbol[1] = 'X';
	}
}

/* What goes by the phase and by the clock, for half of the markets. */
static void
make_day(uint64_t n, uint64_t commands, unsigned ninstr, struct naive_rules *r)
{
	struct exch_rng g;

	exch_rng_seed(&g, ~n);
	if (exch_rng_below(&g, 2) == 0)
		return;
	r->day = true;
	for (unsigned i = 0; i < 6; i++) {
		if (exch_rng_below(&g, 4) == 0)
			some_codes(&g, r->no_type_in[i], 1, 4);
		if (exch_rng_below(&g, 4) == 0)
			some_codes(&g, r->no_tif_in[i], 1, 4);
		if (i > 0 && exch_rng_below(&g, 2) == 0)
			r->random_end[i] = some_time(&g);
	}
	r->nfreezes = exch_rng_below(&g, 5);
	for (size_t i = 0; i < r->nfreezes; i++)
		make_freeze(&g, &r->freeze[i]);
	if (exch_rng_below(&g, 4) != 0)
		make_rows(&g, commands, ninstr, r);
}

/* A ladder for some auctions; the others have that of the run. */
static void
make_ladders(uint64_t n, struct naive_rules *r)
{
	unsigned nladders;
	const struct exch_ladder *l = exch_ladder_all(&nladders);
	struct exch_rng g;

	exch_rng_seed(&g, n + 77);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(r->ladder); i++)
		if (exch_rng_below(&g, 3) != 0)
			snprintf(r->ladder[i], sizeof(r->ladder[i]), "%s",
			    l[exch_rng_below(&g, nladders)].name);
}

/* Market makers of 1 to 32 percent, for allocations that know any. */
static void
make_makers(uint64_t n, struct naive_rules *r)
{
	for (size_t i = 0; i < 3; i++) {
		r->maker[i] = (uint32_t)(1 + (n + i) % 4);
		r->maker_percent[i] = (uint8_t)(n / (i + 1) % 33);
	}
}

/* Bands as narrow as the flows' prices, and about as often as they move. */
static void
make_luld(uint64_t n, uint64_t commands, struct naive_rules *r)
{
	struct exch_rng g;

	exch_rng_seed(&g, n * 3 + 1);
	r->nluld = 1 + exch_rng_below(&g, 3);
	for (size_t i = 0; i < r->nluld; i++) {
		r->luld[i].rel = (int)exch_rng_below(&g, 3) - 1;
		r->luld[i].at = (exch_px)exch_rng_below(&g, 20) * EXCH_PX_ONE;
		r->luld[i].share = 10000 + exch_rng_below(&g, 1500000);
		if (exch_rng_below(&g, 3) == 0)
			r->luld[i].most =
			    1 + (exch_px)exch_rng_below(&g, 5 * EXCH_PX_ONE);
		r->luld[i].twice = exch_rng_below(&g, 3) != 0;
	}
	if (exch_rng_below(&g, 3) != 0)
		r->luld_twice =
		    FLOW_BEGIN + exch_rng_below(&g, 1000 * commands);
	r->luld_window = some_time(&g) * 5;
	r->luld_change = 1 + exch_rng_below(&g, 1000000);
	r->luld_hold = some_time(&g) / 4;
	r->luld_limit = some_time(&g) / 8 + 1;
	r->luld_pause = some_time(&g) / 4;
	r->luld_reject = exch_rng_below(&g, 3) == 0;
}

/*
 * A breaker: the first instrument, which has a close, is the index mostly;
 * its prices are seldom a percent away from it.
 */
static void
make_breaker(
    uint64_t n, uint64_t commands, unsigned ninstr, struct naive_rules *r)
{
	struct exch_rng g;
	uint64_t share = 0;

	exch_rng_seed(&g, n * 5 + 2);
	r->index[0] = 'A';
	if (exch_rng_below(&g, 4) == 0)
		r->index[0] = (char)('A' + exch_rng_below(&g, ninstr));
	r->index[1] = 'X';
	r->nfalls = 1 + exch_rng_below(&g, EXCH_ARRAY_LEN(r->fall));
	for (size_t i = 0; i < r->nfalls; i++) {
		share += 1 + exch_rng_below(&g, 100000);
		r->fall[i].share = share;
		if (exch_rng_below(&g, 12) != 0)
			r->fall[i].halt = some_time(&g);
	}
	if (exch_rng_below(&g, 3) == 0)
		r->fall_until =
		    FLOW_BEGIN + exch_rng_below(&g, 2000 * commands);
}

/* The n-th profile with orders of the general market. */
static const struct flow_profile *
general_profile(uint64_t n)
{
	unsigned all, general = 0;
	const struct flow_profile *p = flow_profiles(&all);

	for (unsigned i = 0; i < all; i++)
		general += p[i].general != 0;
	n %= general;
	for (; p->general == 0 || n-- > 0; p++)
		;
	return p;
}

/*
 * The time of a run: the days that the rules have, or an hour or a quarter of
 * it around some line of the timetable.
 */
static void
plan_time(uint64_t n, const struct naive_rules *r, unsigned days,
    exch_ts *begin, exch_ts *end)
{
	static const uint64_t minute = 60 * EXCH_SEC;
	uint64_t around = n % 4 == 2 ? 60 * minute : 15 * minute;
	struct exch_rng g;

	*begin = FLOW_VENUE_MIDNIGHT + 9 * 60 * minute;
	*end = FLOW_VENUE_MIDNIGHT + days * FLOW_DAY;
	if (r->nrows == 0)
		return;
	exch_rng_seed(&g, n);
	*begin = r->row[0].time;
	*end = r->row[r->nrows - 1].time;
	if (n % 4 >= 2)
		*begin = *end = r->row[exch_rng_below(&g, r->nrows)].time;
	else
		around = 10 * minute;
	/* Most of such days is before it, or behind. */
	*begin -= n % 8 >= 6 ? around / 4 : around;
	*end += n % 8 >= 6 ? around : around / 4;
}

/* A run by a market file. */
static void
plan_market(
    const struct options *o, uint64_t n, struct flow *f, struct flow_gen *g)
{
	unsigned days = n % 4 == 1 ? 2 : 1;
	exch_ts begin, end;

	f->market = o->market;
	f->market_path = o->market_path;
	f->general = true;
	f->ladder = "plain-ref";
	f->phase = n % 5 == 0 ? (uint8_t)(n / 5 % 6) : EXCH_PHASE_CONTINUOUS;
	for (unsigned day = 0; day < days; day++) {
		struct naive_rules *r = &f->rules, whole = *r;
		const char *wrong;

		/* What a file says once is not to be said twice; times of
		 * day are those of the first. */
		memset(r, 0, sizeof(*r));
		memcpy(r->row, whole.row, sizeof(r->row));
		r->nrows = whole.nrows;
		wrong = naive_read_market(o->market,
		    FLOW_VENUE_MIDNIGHT + day * FLOW_DAY, r, &f->stp);
		if (wrong != NULL) {
			fprintf(stderr, "diff_match: %s: %s\n", o->market_path,
			    wrong);
			exit(3);
		}
		if (day > 0) {
			r->luld_twice = whole.luld_twice;
			r->fall_until = whole.fall_until;
		}
	}
	f->alloc = f->rules.share.name;
	plan_time(n, &f->rules, days, &begin, &end);
	flow_gen_init(g, n,
	    o->profile != NULL ? o->profile : general_profile(n), f->expect);
	flow_gen_venue(g, &f->rules, begin, (end - begin) / o->commands + 1);
}

/* Ladder, profile, phase and EXPECT of a run follow from its number. */
static void
plan(const struct options *o, uint64_t run, struct flow *f, struct flow_gen *g)
{
	unsigned nprofiles;
	unsigned nladders;
	const struct flow_profile *p = flow_profiles(&nprofiles);
	const struct exch_ladder *l = exch_ladder_all(&nladders);
	uint64_t n = o->seed + run;

	memset(f, 0, sizeof(*f));
	f->expect = n % 3 == 0;
	if (o->market != NULL) {
		plan_market(o, n, f, g);
		return;
	}
	l = o->ladder != NULL ? o->ladder : &l[n % nladders];
	p = o->profile != NULL ? o->profile : &p[n / nladders % nprofiles];
	f->ladder = l->name;
	/* A round of all ladders at a time, however many there are. */
	f->phase = EXCH_PHASE_CONTINUOUS;
	if (n / nladders % 5 == 0)
		f->phase = (uint8_t)(n / nladders / 5 % 5);
	f->general = p->general != 0 || p->rules;
	if (o->make) {
		flow_gen_init(g, n, p, f->expect);
		return;
	}
	if (p->rules) {
		f->stp = (uint8_t)(n % 6);
		make_rules(n / 3, &f->rules);
		/* As narrow as prices are. */
		if (n % 4 == 1)
			f->rules.still = 50000 * (1 + n % 10);
		f->rules.luld_twice = f->rules.fall_until = EXCH_TS_NONE;
		flow_gen_init(g, n, p, f->expect);
		return;
	}
	if (f->general && n % 2 == 0) {
		f->alloc = allocs[n / 2 % EXCH_ARRAY_LEN(allocs)];
		make_makers(n / 2, &f->rules);
		f->stp = n / 7 % 3 == 0 ? (uint8_t)(n % 6) : 0;
	}
	if (f->general && n % 4 == 1)
		make_rules(n / 4, &f->rules);
	if (f->general && n / 4 % 2 == 0)
		make_guard(n, &f->rules);
	if (f->general)
		make_day(n, o->commands, p->ninstr, &f->rules);
	if (f->general && n % 3 == 2)
		make_ladders(n, &f->rules);
	f->rules.luld_twice = f->rules.fall_until = EXCH_TS_NONE;
	if (f->general && n % 5 < 2)
		make_luld(n, o->commands, &f->rules);
	if (f->general && n % 7 < 3)
		make_breaker(n, o->commands, p->ninstr, &f->rules);
	flow_gen_init(g, n, p, f->expect);
}

static struct lockstep_opts
run_opts(const struct options *o)
{
	return (struct lockstep_opts){.fault = o->fault,
	    .commands = o->commands,
	    .look_every = 997,
	    .shards = (uint32_t)o->shards,
	    .apart = o->threads};
}

/* One run in a child; what it covered is added to the shared memory. */
static bool
run_fails(const struct options *o, uint64_t run, struct coverage *shared)
{
	struct lockstep_opts ro = run_opts(o);
	struct lockstep l;
	struct flow f;
	struct flow_gen g;
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == -1) {
		perror("fork");
		exit(4);
	}
	if (pid == 0) {
		plan(o, run, &f, &g);
		lockstep_run(&f, &g, &ro, &l, shared);
		/* Not _exit(): coverage is counted when a process ends. */
		exit(l.differ ? 1 : 0);
	}
	if (waitpid(pid, &status, 0) != pid) {
		perror("waitpid");
		exit(4);
	}
	return status != 0;
}

/* The flow of a run once more, without running the engine. */
static void
make_flow(const struct options *o, uint64_t run, struct flow *f)
{
	struct lockstep_opts ro = run_opts(o);
	struct flow_gen g;
	struct naive n;
	size_t cap = ro.commands + 16 * FLOW_DRAIN_STEPS;

	plan(o, run, f, &g);
	f->cmd = calloc(cap, sizeof(*f->cmd));
	if (f->cmd == NULL)
		exit(4);
	naive_init(&n, f->ladder, f->phase);
	n.fault = o->fault;
	n.expect = f->expect;
	n.alloc = f->alloc;
	n.rules = &f->rules;
	n.stp = f->stp;
	n.seed = 7;
	for (; f->n < ro.commands; f->n++) {
		flow_next(&g, &n, &f->cmd[f->n]);
		naive_clock(&n, f->cmd[f->n].h.time);
		naive_apply(&n, &f->cmd[f->n].h);
	}
	for (unsigned s = 0; flow_drain(&g, &n, s, &f->cmd[f->n]); s++) {
		naive_clock(&n, f->cmd[f->n].h.time);
		naive_apply(&n, &f->cmd[f->n].h);
		f->n++;
	}
	naive_clear(&n);
}

/* What differs, from a child because it may crash. */
static void
explain(const struct flow *f, const struct lockstep_opts *ro)
{
	struct coverage c = {.commands = 0};
	struct flow copy = *f;
	struct lockstep l;
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		lockstep_run(&copy, NULL, ro, &l, &c);
		printf("# command %zu: %s\n", l.at + 1, l.what);
		lockstep_print(&copy, &l);
		fflush(stdout);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		exit(4);
	if (WIFSIGNALED(status))
		printf("# the engine died of signal %d\n", WTERMSIG(status));
	else if (status != 0)
		printf("# the engine ended the program\n");
}

static bool
leave(const struct flow *f, const char *path)
{
	const char *phase = exch_word_of(exch_words_phase, f->phase);

	if (flow_write(f, path) != 0)
		return false;
	printf("# replay: exch-match --%s %s --phase %s -f json %s\n",
	    f->market != NULL ? "market" : "ladder",
	    f->market != NULL ? f->market_path : f->ladder,
	    phase == NULL ? "?" : phase, path);
	return true;
}

static int
report(const struct options *o, uint64_t run)
{
	struct lockstep_opts ro = run_opts(o);
	struct flow f;
	struct flow_gen g;
	size_t before;

	plan(o, run, &f, &g);
	printf("# seed %" PRIu64 " fails: profile %s, %s %s\n", o->seed + run,
	    g.p->name, f.market != NULL ? "market" : "ladder",
	    f.market != NULL ? f.market_path : f.ladder);
	make_flow(o, run, &f);
	before = f.n;
	/* Looking at every step finds a book that differs at once. */
	ro.look_every = 1;
	if (!flow_fails(&f, &ro)) {
		printf("# but not when it is run again\n");
		free(f.cmd);
		return 1;
	}
	flow_shrink(&f, &ro);
	printf("# shrunk from %zu to %zu commands\n", before, f.n);
	explain(&f, &ro);
	leave(&f, o->out);
	free(f.cmd);
	return 1;
}

static int
make_only(const struct options *o)
{
	struct flow f;
	struct flow_gen g;
	bool left;

	plan(o, 0, &f, &g);
	make_flow(o, 0, &f);
	left = leave(&f, o->out);
	free(f.cmd);
	return left ? 0 : 4;
}

static void
count(const char *what, const struct exch_word *words, const uint64_t *v,
    unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const char *w = exch_word_of(words, (uint16_t)i);

		if (w != NULL || v[i] != 0)
			printf("%s %s %" PRIu64 "\n", what, w == NULL ? "?" : w,
			    v[i]);
	}
}

static void
print_coverage(const struct coverage *c)
{
	for (unsigned i = 0; i < 256; i++) {
		const struct exch_schema *s = exch_schema_of((uint8_t)i);

		if (c->type[i] != 0)
			printf("record %s %" PRIu64 "\n",
			    s == NULL ? "?" : s->name, c->type[i]);
	}
	count("reject", exch_words_reject, c->reject, 64);
	count("reason", exch_words_reason, c->reason, 64);
	count("restate", exch_words_restate, c->restate, 16);
	count("cause", exch_words_cause, c->cause, 16);
	count("cross", exch_words_cross, c->cross, 8);
	count("print", exch_words_print, c->print, 8);
	count("refused-in", exch_words_phase, c->phase, 6);
	printf("frozen new %" PRIu64 "\nfrozen cancel %" PRIu64
	       "\nfrozen replace %" PRIu64 "\n",
	    c->frozen[EXCH_REC_NEW], c->frozen[EXCH_REC_CANCEL],
	    c->frozen[EXCH_REC_REPLACE]);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(c->clock); i++)
		printf("clock %s %" PRIu64 "\n",
		    i == 0 ? "timetable" : coverage_clock[i], c->clock[i]);
	printf("kept no %" PRIu64 "\nkept yes %" PRIu64 "\n", c->kept[0],
	    c->kept[1]);
}

static int
usage(const char *complaint, const char *value)
{
	fprintf(stderr,
	    "diff_match: %s: %s\n"
	    "usage: diff_match [--seed N] [--runs N] [--commands N]\n"
	    "    [--ladder NAME] [--profile NAME] [--market FILE]\n"
	    "    [--break FAULT] [--out FILE] [--shards N] [--threads]\n"
	    "    [--coverage] [--make]\n",
	    complaint, value);
	return 2;
}

static bool
set_number(const char *s, uint64_t *v)
{
	return exch_uint_parse(s, strlen(s), v) == EXCH_OK;
}

static bool
set_profile(struct options *o, const char *s)
{
	unsigned n;
	const struct flow_profile *p = flow_profiles(&n);

	for (unsigned i = 0; i < n; i++)
		if (strcmp(p[i].name, s) == 0)
			o->profile = &p[i];
	return o->profile != NULL;
}

static bool
set_fault(struct options *o, const char *s)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(faults); i++) {
		if (strcmp(faults[i], s) == 0) {
			o->fault = (enum naive_fault)i;
			return true;
		}
	}
	return false;
}

static const char *
read_text(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	return n == sizeof(text) - 1 ? NULL : text;
}

static bool
set_option(struct options *o, int c, const char *s)
{
	switch (c) {
	case 's':
		return set_number(s, &o->seed);
	case 'r':
		return set_number(s, &o->runs);
	case 'c':
		return set_number(s, &o->commands);
	case 'l':
		o->ladder = exch_ladder_by_name(s);
		return o->ladder != NULL;
	case 'p':
		return set_profile(o, s);
	case 'b':
		return set_fault(o, s);
	case 'm':
		o->market_path = s;
		o->market = read_text(s);
		return o->market != NULL;
	case 'o':
		o->out = s;
		return true;
	case 'n':
		return set_number(s, &o->shards) &&
		       o->shards <= EXCH_SHARDS_MAX;
	case 't':
		o->threads = true;
		return true;
	case 'k':
		o->make = true;
		return true;
	case 'v':
		o->coverage = true;
		return true;
	default:
		return false;
	}
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"seed", required_argument, NULL, 's'},
	    {"runs", required_argument, NULL, 'r'},
	    {"commands", required_argument, NULL, 'c'},
	    {"ladder", required_argument, NULL, 'l'},
	    {"profile", required_argument, NULL, 'p'},
	    {"market", required_argument, NULL, 'm'},
	    {"break", required_argument, NULL, 'b'},
	    {"out", required_argument, NULL, 'o'},
	    {"shards", required_argument, NULL, 'n'},
	    {"threads", no_argument, NULL, 't'},
	    {"make", no_argument, NULL, 'k'},
	    {"coverage", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0},
	};
	struct options o = {
	    .seed = 1, .runs = 48, .commands = 4000, .out = "diff_match.json"};
	struct coverage *c;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!set_option(&o, opt, optarg))
			return usage("bad option",
			    optarg == NULL ? "see below" : optarg);
	if (optind != argc)
		return usage("no operand is taken", argv[optind]);
	if (o.make)
		return make_only(&o);
	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED) {
		perror("mmap");
		return 4;
	}
	for (uint64_t run = 0; run < o.runs; run++)
		if (run_fails(&o, run, c))
			return report(&o, run);
	printf("# %" PRIu64 " runs, %" PRIu64 " commands, %" PRIu64
	       " events, %" PRIu64 " books compared, at most %" PRIu64
	       " live orders: no difference\n",
	    o.runs, c->commands, c->events, c->books, c->deepest);
	if (o.threads)
		printf("# threads executed %" PRIu64 " of %" PRIu64
		       " records\n",
		    c->threads.apart, c->threads.records);
	if (o.coverage)
		print_coverage(c);
	return 0;
}
