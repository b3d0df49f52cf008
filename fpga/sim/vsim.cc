/*
 * The matcher in RTL, translated by Verilator, behind the table of functions
 * of card.h: exch_lane, or exch_card with CARD_HBM.  This file plays the card's
 * bus: a ring of beats in, a ring of events out, a clock between them; hbm.h
 * plays the memory behind exch_card.
 *
 * Options: stall=PERCENT (each port refuses so often, by chance), seed=N (of
 * that chance), trace=FILE (what the matcher does, cycle by cycle), with a
 * memory hbm=MIN-MAX (cycles from a request to its answer, by chance) and
 * flip=READ.BIT (of 256, in the memory, as that is read), and with CARD_PROBE
 * those of probe.h.  random=SEED: what no reset sets, the tables
 * among it, is anything at first.  Of RTL with faults in it (fpga/mutate)
 * mutant=N chooses one.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "Vcard.h"
#include "card/card.h"
#include "card/option.h"
#include "first.h"
#include "say.h"
#include "verilated.h"
#ifdef CARD_HBM
#include "hbm.h"
#endif
#ifdef CARD_PROBE
#include "probe.h"
#endif
#if VM_COVERAGE
#include "verilated_cov.h"
#endif
#ifndef CARD_SLOTS
#define CARD_LEVELS (1u << 17)
#define CARD_SLOTS (1u << 20)
#endif
#ifndef CARD_SYMS
#define CARD_SYMS 5000
#endif

namespace {

const size_t IN = 4096, OUT = 4096;
/* So many cycles, and so many more for each order that rests, are enough for
 * the events of a poll: an order that has to be filled whole counts them all
 * before its first one. */
const uint64_t PATIENCE = 4096, PER_ORDER = 16;

struct beat {
	unsigned char b[32];
};

} // namespace

struct exch_card {
	VerilatedContext context;
	Vcard *top;
	beat in[IN];
	exch_card_evt out[OUT];
	size_t in_at, in_n, out_at, out_n;
	uint64_t waiting; /* commands without their last event */
	firsts first;	  /* of them those that are in the lane */
	uint64_t live;	  /* orders that rest, by the events */
	exch_card_stats st;
	unsigned op;	/* of the command in hand */
	uint64_t since; /* the cycle in which it began */
#ifdef CARD_HBM
	hbm memory;
#endif
	bool starved; /* no memory was left in the middle of a cycle */
	bool second;  /* the next beat is the second of a command: */
	exch_card_cmd cmd;
	uint64_t chance;
	unsigned stall;
	unsigned random;   /* a seed + 1; 0: all is 0 at first */
	unsigned char bug; /* of hazards.sh */
#ifdef CARD_MUTANTS
	uint16_t mutant;
#endif
	FILE *trace;
#ifdef CARD_PROBE
	probe eye;
#endif
};

namespace {

/* By state_t of exch_core.sv. */
const struct {
	const char *name, *does;
} states[] = {{"CLEAR", "the tables are cleared"}, {"IDLE", ""},
    {"V", "the tables answer, and it is decided what X does"},
    {"X", "all is written at once, and an event is made"},
    {"AGAIN", "the order comes once more, at its new price"},
    {"H1", "what an iceberg hides is asked for"}, {"H2", "and counted"},
    {"L1", "the next price in use is in the leaf word"},
    {"L2", "its first order is asked for"},
    {"L3", "and is the best one from now on"},
    {"M1", "the next leaf word in use is in the mid word"},
    {"M2", "it is here"}, {"T1", "the next mid word in use is in the top word"},
    {"T2", "it is here"}, {"F1", "what there is, is counted first"},
    {"F2", "it is here"}, {"F3", "it is counted"},
    {"F4", "the words of its level are asked for"},
    {"F5", "the next level is looked for"}};

bool
refuses(exch_card *c)
{
	if (c->stall == 0)
		return false;
	c->chance ^= c->chance << 13;
	c->chance ^= c->chance >> 7;
	c->chance ^= c->chance << 17;
	return (c->chance >> 33) % 100 < c->stall;
}

void
say(exch_card *c, const char *what, const char *more)
{
	if (c->trace != nullptr)
		fprintf(c->trace, "%8llu  %-6s %s\n",
		    (unsigned long long)c->st.cycles, what, more);
}

void
say_state(exch_card *c, unsigned state)
{
	char text[100];
	unsigned i = state < sizeof(states) / sizeof(*states) ? state : 0;

	snprintf(text, sizeof(text), "%s: %s", op_name(c->op), states[i].does);
	say(c, states[i].name, text);
}

/* H1, H2 look at an iceberg whole, F1 to F5 at the orders a FOK may take. */
bool
looks_through(unsigned state)
{
	return state == 5 || state == 6 || (state >= 14 && state <= 18);
}

/* What the matcher does in this cycle. */
void
watch(exch_card *c)
{
	Vcard *t = c->top;
	uint64_t now = c->st.cycles;

	c->st.idle += !t->busy;
	if (c->trace != nullptr && t->busy)
		say_state(c, t->seen_state);
	if (t->seen_fin) {
		uint64_t took = now + 1 - c->since;

		c->st.n[c->op]++;
		c->st.busy[c->op] += took;
		if (took > c->st.most[c->op])
			c->st.most[c->op] = took;
	}
	if (t->seen_go) {
		c->op = t->seen_op;
		c->since = now + 1;
		say(c, "begins", op_name(c->op));
	}
	if (c->first.awaited() && looks_through(t->seen_state))
		c->first.become(EXCH_CARD_LONG);
#ifdef CARD_PROBE
	if (c->trace != nullptr && (t->busy || t->seen_go))
		c->eye.show(c->trace);
#endif
}

void
take_event(exch_card *c)
{
	exch_card_evt *e = &c->out[(c->out_at + c->out_n++) % OUT];
	bool last;

	memcpy(e, &c->top->m_data, 32);
	last = (e->flags & EXCH_CARD_LAST) != 0;
	c->waiting -= last;
	if (last)
		c->first.leave(e);
	c->st.events++;
	c->live += e->kind == EXCH_CARD_RESTED;
	c->live -= c->live > 0 && (e->flags & EXCH_CARD_GONE) != 0;
	if (c->trace != nullptr)
		say(c, "event", say_event(e).text);
}

/* Does a command that goes in at the end of this cycle meet nobody? */
bool
quiet(const exch_card *c)
{
#ifdef CARD_HBM
	return c->top->seen_quiet;
#else
	return c->first.nobody() && !c->top->busy;
#endif
}

/* A beat goes in at the end of this cycle. */
void
give_beat(exch_card *c)
{
	const exch_card_cmd *k = (const exch_card_cmd *)&c->in[c->in_at];
	bool peak = (k->flags & EXCH_CARD_PEAK) != 0;

	if (!c->second) {
		c->cmd = *k;
		if (c->trace != nullptr)
			say(c, "door", say_command(k).text);
	}
	if (c->second || !peak)
		c->first.come(&c->cmd, c->st.cycles, quiet(c));
	c->second = !c->second && peak;
	c->in_at = (c->in_at + 1) % IN;
	c->in_n--;
}

#ifdef CARD_HBM
/* What the matcher says of its memory. */
void
watch_memory(exch_card *c)
{
	const Vcard *t = c->top;
	int i;

	c->st.late += t->seen_late;
	c->st.full += t->seen_full;
	c->st.dropped += t->seen_dropped;
	for (i = 0; i < 3; i++) {
		c->st.reads[i] += t->seen_reads >> i & 1;
		c->st.misses[i] += t->seen_misses >> i & 1;
	}
	if (t->seen_late)
		say(c, "late", "");
	if (t->arvalid && t->arready) {
		c->st.fetched++;
		c->first.fetch(t->arid, t->araddr);
	}
	if (t->seen_came)
		c->first.came(t->seen_rid);
	if (c->first.awaited() && (t->seen_late || t->seen_full))
		c->first.become(EXCH_CARD_FAR);
	c->st.written += t->wvalid && t->wready;
}
#endif

void
clock(exch_card *c)
{
#ifdef CARD_PROBE
	c->top->eval();
	c->eye.before(c->st.cycles);
	c->eye.dump(4 * c->st.cycles);
#endif
	c->top->clk = 1;
	c->top->eval();
#ifdef CARD_PROBE
	c->eye.dump(4 * c->st.cycles + 2);
#endif
	c->top->clk = 0;
	c->top->eval();
	c->st.cycles++;
}

void
tick(exch_card *c)
{
	Vcard *t = c->top;
	bool give = c->in_n > 0 && !refuses(c);
	bool take = c->out_n < OUT && !refuses(c);
	exch_card_evt e;

	t->s_valid = give;
	t->m_ready = take;
	if (give)
		memcpy(&t->s_data, c->in[c->in_at].b, 32);
#ifdef CARD_HBM
	c->memory.drive(t, c->st.cycles);
	watch_memory(c);
	c->memory.take(t, c->st.cycles);
#endif
	watch(c);
	if (t->m_valid && c->first.awaited()) {
		memcpy(&e, &t->m_data, 32);
		c->first.event(&e, c->st.cycles, &c->st);
	}
	if (t->m_valid && take) {
		take_event(c);
	} else if (t->m_valid) {
		c->st.held++;
		c->first.held();
	}
	if (give && t->s_ready)
		give_beat(c);
	clock(c);
}

/* ---- options ---- */

#ifdef CARD_HBM
bool
set_memory(exch_card *c, const char **o)
{
	hbm &m = c->memory;
	const char *p = *o;
	uint64_t x, y;

	if (exch_option_pair(&p, "flip=", '.', &x, &y) && y < 256) {
		m.flip_read = x;
		m.flip_bit = y;
	} else if (exch_option_pair(&p, "hbm=", '-', &x, &y) && x > 0 &&
		   x <= y && y <= 100000) {
		m.least = (unsigned)x;
		m.most = (unsigned)y;
	} else {
		return false;
	}
	*o = p;
	return true;
}
#endif

bool
set_trace(exch_card *c, const char **o)
{
	const char *p = *o;
	char name[4096];

	if (c->trace != nullptr ||
	    !exch_option_text(&p, "trace=", name, sizeof(name)))
		return false;
	c->trace = fopen(name, "w");
	if (c->trace != nullptr)
		fprintf(c->trace, "   cycle  where  what\n");
	*o = p;
	return c->trace != nullptr;
}

bool
set_option(exch_card *c, const char **o)
{
	uint64_t v;

	if (exch_option_uint(o, "stall=", 0, 99, &v))
		c->stall = (unsigned)v;
	else if (exch_option_uint(o, "seed=", 0, UINT64_MAX, &v))
		c->chance = v * 0x9e3779b97f4a7c15u + 1;
	else if (exch_option_uint(o, "random=", 0, UINT32_MAX - 1, &v))
		c->random = (unsigned)v + 1;
#ifdef CARD_MUTANTS
	else if (exch_option_uint(o, "mutant=", 0, UINT16_MAX, &v))
		c->mutant = (uint16_t)v;
#endif
#ifdef CARD_BUGS
	else if (exch_option_uint(o, "bug=", 0, 255, &v))
		c->bug = (unsigned char)v;
#endif
#ifdef CARD_HBM
	else if (set_memory(c, o))
		return true;
#endif
#ifdef CARD_PROBE
	else if (c->eye.set_option(o))
		return true;
#endif
	else
		return set_trace(c, o);
	return true;
}

bool
set_options(exch_card *c, const char *o, char *why, size_t size)
{
	while (o != nullptr && *o != '\0') {
		const char *at = o;

		if (!set_option(c, &o)) {
			snprintf(why, size,
			    "%.*s: no such option of the simulated card, or "
			    "not such a value; there are stall=0 to 99, "
			    "seed=N, random=SEED"
#ifdef CARD_HBM
			    ", hbm=MIN-MAX, flip=READ.BIT"
#endif
#ifdef CARD_PROBE
			    ", flip=CYCLE.TABLE.WORD.BIT, flips=SEED, "
			    "told=FILE, lost=CYCLE, vcd=FILE"
#endif
			    " and trace=FILE",
			    exch_option_len(at), at);
			return false;
		}
	}
	return true;
}

/* ---- the table of functions ---- */

void
close_card(exch_card *c)
{
#if VM_COVERAGE
	const char *file = getenv("EXCH_COVERAGE");

	if (file != nullptr)
		c->context.coveragep()->write(file);
#endif
	if (c->trace != nullptr)
		fclose(c->trace);
	delete c->top;
	delete c;
}

/* Through reset, and the clearing of the tables; false: for ever. */
bool
start(exch_card *c)
{
	Vcard *t = c->top;
	uint64_t cycles = c->st.cycles;
	unsigned i;

	t->clk = 0;
	t->rst = 1;
	t->s_valid = 0;
	t->m_ready = 0;
#ifdef CARD_BUGS
	t->bug = c->bug;
#endif
#ifdef CARD_MUTANTS
	t->mutant = c->mutant;
#endif
	t->eval();
	for (i = 0; i < 4; i++)
		clock(c);
	t->rst = 0;
#ifdef CARD_PROBE
	c->eye.clear(t);
#endif
	i = 0;
	do
		clock(c);
	while (t->busy && ++i < 4 * CARD_SLOTS);
	c->st.cycles = cycles;
	return !t->busy;
}

const exch_card_limits most = {CARD_SYMS, CARD_LEVELS, CARD_SLOTS};
#ifdef CARD_PROBE
const char files[] = "trace=,vcd=,told=";
#else
const char files[] = "trace=";
#endif

bool
make_card(exch_card *c, const exch_card_limits *l, const char *options,
    char *why, size_t size)
{
	const char *beyond = exch_card_beyond(&most, l);

	if (beyond != nullptr) {
		snprintf(why, size,
		    "it has %u symbols, %u levels and %u slots: too few %s",
		    most.symbols, most.levels, most.slots, beyond);
		return false;
	}
	if (!set_options(c, options, why, size))
		return false;
	snprintf(why, size, "out of memory");
	if (c->random != 0) {
		c->context.randReset(2);
		c->context.randSeed((int)c->random);
	}
#ifdef CARD_PROBE
	c->context.traceEverOn(true);
#endif
	c->top = new Vcard(&c->context);
#ifdef CARD_HBM
	return c->memory.open(c->chance, c->stall);
#else
	return true;
#endif
}

#ifdef CARD_PROBE
bool
open_eyes(exch_card *c, char *why, size_t size)
{
	if (c->eye.begin(c->top))
		return true;
	snprintf(
	    why, size, "out of memory, or the file of vcd= cannot be made");
	return false;
}
#endif

bool
begin(exch_card *c, const exch_card_limits *l, const char *options, char *why,
    size_t size)
{
	c->chance = 1;
	if (!make_card(c, l, options, why, size))
		return false;
	if (!start(c)) {
		snprintf(why, size, "it does not come out of reset");
		return false;
	}
#ifdef CARD_PROBE
	return open_eyes(c, why, size);
#else
	return true;
#endif
}

/* What the model cannot have it throws, and nobody outside catches that. */
exch_card *
open_card(
    const exch_card_limits *l, const char *options, char *why, size_t size)
{
	exch_card *c = nullptr;

	try {
		c = new exch_card();
		if (begin(c, l, options, why, size))
			return c;
	} catch (const std::bad_alloc &) {
		snprintf(why, size, "out of memory");
	} catch (const std::exception &e) {
		/* There is no thread to be had, which each model makes. */
		snprintf(why, size, "it cannot be made: %s", e.what());
	}
	if (c != nullptr)
		close_card(c);
	return nullptr;
}

/* Whatever is going on: a card of which the driver has cleared the memory. */
void
reset(exch_card *c)
{
	c->in_n = c->out_n = 0;
	c->waiting = 0;
	c->second = false;
	c->first.clear();
#ifdef CARD_HBM
	c->memory.clear();
#endif
	(void)start(c); /* if not, it answers nothing more */
}

size_t
submit(exch_card *c, const void *beats, size_t n)
{
	const beat *b = (const beat *)beats;
	size_t i = 0;

	while (i < n) {
		size_t of = b[i].b[1] & EXCH_CARD_PEAK ? 2 : 1;

		if (i + of > n || c->in_n + of > IN)
			break;
		for (; of > 0; of--)
			c->in[(c->in_at + c->in_n++) % IN] = b[i++];
		c->waiting++;
		c->st.commands++;
	}
	return i;
}

bool
is_dead(const exch_card *c)
{
#ifdef CARD_PROBE
	if (c->eye.is_lost(c->st.cycles))
		return true;
#endif
	return c->starved;
}

/* What was seen so far is in its file, or will never be. */
bool
trace_is_lost(const exch_card *c)
{
	return c->trace != nullptr &&
	       (fflush(c->trace) != 0 || ferror(c->trace) != 0);
}

const char *
trouble(const exch_card *c)
{
	return c->starved	  ? ": out of memory"
	       : trace_is_lost(c) ? ": the file of trace= cannot be written"
				  : nullptr;
}

/* So many cycles at most, until there are that many events. */
void
run(exch_card *c, size_t max, uint64_t most)
{
	uint64_t k = 0;

	/* Some more than the first, so that the lane is not waited for. */
	while (c->waiting > 0 && c->out_n < max && c->out_n < OUT && k < most &&
	       !is_dead(c)) {
		tick(c);
		k++;
	}
}

size_t
poll(exch_card *c, exch_card_evt *e, size_t max, bool *fault)
{
	size_t n = 0;
	uint64_t most = PATIENCE + PER_ORDER * c->live;

	if (c->stall != 0)
		most = most * 400 / (100 - c->stall);
#ifdef CARD_HBM
	most *= c->memory.most + 16;
#endif
	/* From a cycle that was not finished nothing goes on. */
	try {
		run(c, max, most);
	} catch (const std::bad_alloc &) {
		c->starved = true;
	}
	*fault = (c->out_n == 0 && c->waiting > 0) || trace_is_lost(c);
	while (n < max && c->out_n > 0) {
		e[n++] = c->out[c->out_at];
		c->out_at = (c->out_at + 1) % OUT;
		c->out_n--;
	}
	return n;
}

void
stats(const exch_card *c, exch_card_stats *s)
{
	*s = c->st;
}

} // namespace

extern "C" __attribute__((visibility("default")))
#ifdef CARD_HBM
const struct exch_card_ops exch_card_module = {EXCH_CARD_ABI, "hbm", most, true,
    open_card, submit, poll, stats, close_card, trouble, reset, files};
#else
const struct exch_card_ops exch_card_module = {EXCH_CARD_ABI, "vsim", most,
    false, open_card, submit, poll, stats, close_card, trouble, reset, files};
#endif
