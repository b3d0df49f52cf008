/*
 * A program behind a pipe without an exchange behind it: a market that walks
 * at random asks it, accepts its orders, fills what the market reaches, and
 * prints what it said.
 *
 *	askagent [-n TURNS] [-l LINES] [-a AHEAD] [-i INSTRUMENTS]
 *	    [-p PATIENCE] [-s SEED] [-r RECORD | -R REPLAY] [-m N] [-q] [-t]
 *	    COMMAND
 *
 * LINES are those of the market in a turn, AHEAD the turns that are asked
 * before the first is answered; the N-th allocation fails; -q prints nothing, -t a count and how long it
 * took.  Its exit codes are those of the tools.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "sim/agent.h"

#define ORDERS 4096
#define MESSAGES 65536
#define STEP 1000000 /* ns between two turns */

static const exch_ts begin = UINT64_C(1767623400) * EXCH_SEC;

struct order {
	uint64_t tag; /* 0: free */
	uint8_t side;
	uint32_t instr;
	exch_px price;
	exch_qty qty;
};

static struct {
	unsigned turns, lines, ahead, ninstr, patience_ms, no_memory;
	uint64_t seed;
	const char *command, *record, *replay;
	bool quiet, timed;
} the = {.turns = 20, .lines = 1, .ahead = 1, .ninstr = 1, .seed = 1};

static struct order book[ORDERS];
static unsigned used; /* places of the book that ever had one */
static struct exch_agent_msg msg[MESSAGES];
static size_t nmsg;
static exch_px bid[64];
static exch_ts wake = EXCH_TS_NONE;
static uint64_t said;

static void
tell(struct exch_agent_msg m)
{
	if (nmsg < MESSAGES)
		msg[nmsg++] = m;
}

/* ---- what the agent says ---- */

struct exch_agent_out {
	exch_ts now;
};

static void
print(const struct exch_agent_cmd *c)
{
	static const char *const word[] = {
	    "new", "cancel", "replace", "cancel-all", "wake"};
	const double price = c->price == EXCH_PX_NONE ? 0 : (double)c->price;

	printf("%s instr=%u tag=%" PRIu64, word[c->what], c->instr, c->tag);
	if (c->what == EXCH_AGENT_NEW)
		printf(" %s %s %s %s", exch_word_of(exch_words_side, c->side),
		    exch_word_of(exch_words_ordtype, c->ordtype),
		    exch_word_of(exch_words_tif, c->tif),
		    exch_word_of(exch_words_ordflags, c->ordflags));
	if (c->what == EXCH_AGENT_NEW || c->what == EXCH_AGENT_REPLACE)
		printf(" qty=%" PRIu64 " price=%.9f", c->qty, price / 1e9);
	if (c->what == EXCH_AGENT_WAKE)
		printf(" at=%" PRIu64, c->at - begin);
	printf(" busy=%" PRIu64 "\n", c->busy);
}

static struct order *
find(uint64_t tag)
{
	for (unsigned i = 0; i < ORDERS; i++) {
		if (book[i].tag == tag)
			return &book[i];
	}
	return NULL;
}

static void
reject(const struct exch_agent_out *o, const struct exch_agent_cmd *c,
    uint16_t why)
{
	tell((struct exch_agent_msg){.time = o->now,
	    .what = EXCH_TOLD_REJECTED,
	    .instr = c->instr,
	    .tag = c->tag,
	    .reason = why});
}

static void
gone(const struct exch_agent_out *o, struct order *b)
{
	tell((struct exch_agent_msg){.time = o->now,
	    .what = EXCH_TOLD_CANCELED,
	    .instr = b->instr,
	    .tag = b->tag,
	    .qty = b->qty,
	    .reason = EXCH_WHY_USER});
	b->tag = 0;
}

static void
enter(const struct exch_agent_out *o, const struct exch_agent_cmd *c)
{
	struct order *b = find(c->tag);

	if (b != NULL) {
		reject(o, c, EXCH_REJ_DUPLICATE);
		return;
	}
	b = find(0);
	if (b == NULL) {
		reject(o, c, EXCH_REJ_KILLED);
		return;
	}
	if (b >= book + used)
		used = (unsigned)(b - book) + 1;
	*b = (struct order){c->tag, c->side, c->instr, c->price, c->qty};
	if (c->price == EXCH_PX_NONE)
		b->price = c->side == EXCH_BUY ? INT64_MAX - 1 : INT64_MIN;
	tell((struct exch_agent_msg){.time = o->now,
	    .what = EXCH_TOLD_ACCEPTED,
	    .instr = c->instr,
	    .tag = c->tag,
	    .order = c->tag + 1000});
}

int
exch_agent_say(struct exch_agent_out *o, const struct exch_agent_cmd *c)
{
	struct order *b = c->tag != 0 ? find(c->tag) : NULL;

	said++;
	if (!the.quiet)
		print(c);
	switch (c->what) {
	case EXCH_AGENT_NEW:
		enter(o, c);
		break;
	case EXCH_AGENT_CANCEL:
	case EXCH_AGENT_REPLACE:
		if (b == NULL) {
			reject(o, c, EXCH_REJ_UNKNOWN_ORDER);
		} else if (c->what == EXCH_AGENT_CANCEL) {
			gone(o, b);
		} else {
			b->qty = c->qty;
			b->price =
			    c->price != EXCH_PX_NONE ? c->price : b->price;
			tell((struct exch_agent_msg){.time = o->now,
			    .what = EXCH_TOLD_REPLACED,
			    .instr = b->instr,
			    .tag = b->tag,
			    .price = b->price,
			    .qty = b->qty});
		}
		break;
	case EXCH_AGENT_CANCEL_ALL:
		for (unsigned i = 0; i < ORDERS; i++) {
			if (book[i].tag != 0)
				gone(o, &book[i]);
		}
		break;
	default:
		if (c->at < wake)
			wake = c->at;
	}
	return EXCH_OK;
}

/* ---- the market ---- */

/* What the market has reached is filled, at the order's price. */
static void
fill(exch_ts now)
{
	for (unsigned i = 0; i < used; i++) {
		struct order *b = &book[i];
		exch_px at;
		bool reached;

		if (b->tag == 0)
			continue;
		at = bid[b->instr - 1];
		reached = b->side == EXCH_BUY ? b->price > at
					      : b->price < at + 20000000;
		if (!reached)
			continue;
		if (b->price == INT64_MAX - 1 || b->price == INT64_MIN)
			b->price = at;
		tell((struct exch_agent_msg){.time = now,
		    .what = EXCH_TOLD_FILLED,
		    .instr = b->instr,
		    .side = b->side,
		    .tag = b->tag,
		    .price = b->price,
		    .qty = b->qty,
		    .maker = true});
		b->tag = 0;
	}
}

static void
walk(exch_ts now, struct exch_rng *rng)
{
	for (unsigned i = 0; i < the.lines; i++) {
		uint32_t k = (uint32_t)exch_rng_below(rng, the.ninstr);
		int step = (int)exch_rng_below(rng, 3) - 1;

		bid[k] += step * 10000000;
		if (exch_rng_chance(rng, 1, 8))
			tell((struct exch_agent_msg){.time = now,
			    .what = EXCH_TOLD_TRADE,
			    .instr = k + 1,
			    .side = step < 0 ? EXCH_SELL : EXCH_BUY,
			    .price = bid[k] + (step < 0 ? 0 : 20000000),
			    .qty = 100});
		else
			tell((struct exch_agent_msg){.time = now,
			    .what = EXCH_TOLD_TOP,
			    .instr = k + 1,
			    .price = bid[k],
			    .qty = 100 * (1 + exch_rng_below(rng, 9)),
			    .price2 = bid[k] + 20000000,
			    .qty2 = 100 * (1 + exch_rng_below(rng, 9))});
	}
}

/* ---- the run ---- */

static int
fail(const struct exch_diag *d, int err)
{
	fprintf(stderr, "askagent: %s", d->name);
	if (d->where > 0)
		fprintf(stderr, ":%" PRIu64, d->where);
	if (d->where > 0 && d->column > 0)
		fprintf(stderr, ":%" PRIu64, d->column);
	fprintf(stderr, "%s%s\n", d->name[0] != '\0' ? ": " : "", d->text);
	if (d->code != err)
		fprintf(stderr, "askagent: the diagnosis has code %d, not %d\n",
		    d->code, err);
	return err == EXCH_ERR_DIFFERS			     ? 1
	       : err == EXCH_ERR_LATE			     ? 124
	       : err == EXCH_ERR_IO || err == EXCH_ERR_NOMEM ? 4
							     : 3;
}

static int
one_turn(struct exch_agent *a, unsigned i, struct exch_rng *rng,
    uint64_t *lines, struct exch_diag *d)
{
	exch_ts now = begin + (uint64_t)i * STEP;
	int err;

	if (i > 0) {
		walk(now, rng);
		fill(now);
	}
	if (i > 0 && wake <= now) {
		wake = EXCH_TS_NONE;
		tell((struct exch_agent_msg){
		    .time = now, .what = EXCH_TOLD_TIMER});
	}
	if (i + 1 == the.turns)
		tell((struct exch_agent_msg){
		    .time = now, .what = EXCH_TOLD_END});
	*lines += nmsg + 2;
	err = a->kind->ask(a, now, msg, nmsg, d);
	nmsg = 0;
	return err;
}

static int
run(struct exch_agent *a, uint64_t *lines, struct exch_diag *d)
{
	struct exch_rng rng;
	unsigned answered = 0;
	int err = EXCH_OK;

	exch_rng_seed(&rng, the.seed);
	for (unsigned i = 0; i < 64; i++)
		bid[i] = 100 * EXCH_PX_ONE;
	for (unsigned i = 0; err == EXCH_OK && i < the.turns; i++) {
		err = one_turn(a, i, &rng, lines, d);
		while (err == EXCH_OK &&
		       (i - answered >= the.ahead || i + 1 == the.turns) &&
		       answered <= i) {
			struct exch_agent_out o = {
			    begin + (uint64_t)answered * STEP};

			err = a->kind->answer(a, &o, d);
			answered++;
		}
	}
	return err;
}

static int
set(struct exch_params *p, const char *name, const char *value)
{
	struct exch_diag d = {0};
	const char *near;

	struct exch_param_said given = {.name = name,
	    .nname = strlen(name),
	    .value = value,
	    .nvalue = value != NULL ? strlen(value) : 0};

	return value == NULL ? 0 : exch_params_set(p, &given, &near, &d);
}

static int
options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:l:a:i:m:p:s:r:R:qt")) != -1) {
		unsigned v =
		    optarg != NULL ? (unsigned)strtoul(optarg, NULL, 10) : 0;

		switch (c) {
		case 'n':
			the.turns = v;
			break;
		case 'l':
			the.lines = v;
			break;
		case 'a':
			the.ahead = v;
			break;
		case 'i':
			the.ninstr = v;
			break;
		case 'p':
			the.patience_ms = v;
			break;
		case 's':
			the.seed = v;
			break;
		case 'r':
			the.record = optarg;
			break;
		case 'R':
			the.replay = optarg;
			break;
		case 'm':
			the.no_memory = v;
			break;
		case 'q':
			the.quiet = true;
			break;
		case 't':
			the.timed = true;
			break;
		default:
			return 2;
		}
	}
	the.command = argv[optind];
	return the.ninstr < 1 || the.ninstr > 64 ? 2 : 0;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int
main(int argc, char **argv)
{
	static struct exch_rec_instrument instr[64];
	static struct exch_agent_access access[64];
	const struct exch_agent_kind *kind = &exch_agent_program;
	struct exch_agent a = {.kind = kind,
	    .name = "tested",
	    .seed = 12345678901234567890u,
	    .instr = instr,
	    .access = access,
	    .maker_fee = -20000,
	    .taker_fee = 300000,
	    .begin = begin,
	    .least_latency = 50000};
	struct exch_params *p;
	struct exch_diag d = {0};
	char patience[32];
	uint64_t lines = 0;
	double from;
	int err;

	if (options(argc, argv) != 0)
		return 2;
	for (unsigned i = 0; i < the.ninstr; i++) {
		instr[i] = (struct exch_rec_instrument){.h.instr = i + 1,
		    .px_decimals = 2,
		    .tick = 10000000,
		    .lot = 1,
		    .max_qty = EXCH_QTY_NONE,
		    .reference = 100 * EXCH_PX_ONE};
		access[i] = (struct exch_agent_access){
		    .maker_fee = a.maker_fee, .taker_fee = a.taker_fee};
		snprintf(instr[i].symbol, sizeof(instr[i].symbol), "%s%.0u",
		    "ABC", i);
	}
	a.ninstr = the.ninstr;
	a.end = begin + (uint64_t)the.turns * STEP;
	snprintf(patience, sizeof(patience), "%ums",
	    the.patience_ms > 0 ? the.patience_ms : 10000);
	if (exch_params_new(kind->param, kind->nparam, NULL, &p) != 0 ||
	    set(p, "command", the.command) != 0 ||
	    set(p, "record", the.record) != 0 ||
	    set(p, "replay", the.replay) != 0 ||
	    set(p, "patience", patience) != 0)
		return 2;
	a.params = p;
	a.state = calloc(1, kind->size);
	from = seconds();
	exch_alloc_fail_at(the.no_memory);
	err = kind->open(&a, &d);
	if (err == EXCH_OK && !the.quiet)
		printf("levels=%u orders=%d trades=%d wakes=%x\n",
		    a.wants.levels, a.wants.orders, a.wants.trades,
		    a.wants.wakes);
	if (err == EXCH_OK) {
		err = run(&a, &lines, &d);
		kind->close(&a);
	}
	if (the.timed)
		printf("%" PRIu64 " lines, %" PRIu64 " commands, %.3f s, "
		       "%.2f million lines/s, %.2f us a turn\n",
		    lines, said, seconds() - from,
		    (double)lines / (seconds() - from) / 1e6,
		    (seconds() - from) / the.turns * 1e6);
	exch_params_free(p);
	free(a.state);
	fflush(stdout);
	return err == EXCH_OK ? 0 : fail(&d, err);
}
