/*
 * The matcher in RTL, translated by Verilator, behind the table of functions
 * of card.h: exch_lane, or exch_card with CARD_HBM.  This file plays the card's
 * bus: a ring of beats in, a ring of events out, a clock between them; hbm.h
 * plays the memory behind exch_card.
 *
 * Options: stall=PERCENT (each port refuses so often, by chance), seed=N (of
 * that chance), trace=FILE (what the matcher does, cycle by cycle), and with
 * a memory hbm=MIN-MAX (cycles from a request to its answer, by chance).
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "Vcard.h"
#include "card/card.h"
#include "verilated.h"
#ifdef CARD_HBM
#include "hbm.h"
#endif

namespace {

const size_t IN = 4096, OUT = 4096;
/* So many cycles without an event, or without an end of those at work. */
const unsigned PATIENCE = 1u << 24;

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
	uint64_t inside;  /* of them those that are in the lane */
	exch_card_stats st;
	unsigned op;	/* of the command in hand */
	uint64_t since; /* the cycle in which it began */
	bool alone;	/* it found nobody before it */
	uint64_t met;	/* in that cycle, and its first event is to come */
	bool near;	/* and waited for nothing so far */
#ifdef CARD_HBM
	hbm memory;
#endif
	bool second; /* the next beat is the second of a command */
	uint64_t chance;
	unsigned stall;
	FILE *trace;
};

namespace {

const char *const state_name[] = {"CLEAR", "IDLE", "V", "X", "AGAIN", "H1",
    "H2", "L1", "L2", "L3", "M1", "M2", "T1", "T2", "F1", "F2", "F3", "F4",
    "F5"};

const char *const op_name[] = {
    "?", "NEW", "CANCEL", "REDUCE", "REPLACE", "MASS", "BARRIER"};

const char *const kind_name[] = {"?", "RESTED", "TRADE", "EXPIRED", "CANCELLED",
    "REDUCED", "REPLACED", "PREVENTED", "REJECTED", "BARRIER", "SWEPT"};

template <size_t N>
const char *
name_of(const char *const (&names)[N], unsigned i)
{
	return names[i < N ? i : 0];
}

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

/* What the matcher does in this cycle. */
void
watch(exch_card *c)
{
	Vcard *t = c->top;
	uint64_t now = c->st.cycles;

	if (t->busy)
		say(c, name_of(state_name, t->seen_state),
		    name_of(op_name, c->op));
	else
		c->st.idle++;
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
		say(c, "reads", name_of(op_name, c->op));
	}
}

unsigned
log2_of(uint64_t v)
{
	unsigned k = 0;

	while (k < 15 && v >> (k + 1) != 0)
		k++;
	return k;
}

void
first_event(exch_card *c)
{
	uint64_t took = c->st.cycles - c->met;

	if (c->st.first_n++ == 0 || took < c->st.first_least)
		c->st.first_least = took;
	if (took > c->st.first_most)
		c->st.first_most = took;
	c->st.first_sum += took;
	c->st.first_log2[log2_of(took)]++;
	if (c->near) {
		c->st.near_n++;
		if (took > c->st.near_most)
			c->st.near_most = took;
	}
	c->alone = false;
}

void
take_event(exch_card *c)
{
	exch_card_evt *e = &c->out[(c->out_at + c->out_n++) % OUT];
	bool last;

	memcpy(e, &c->top->m_data, 32);
	last = (e->flags & EXCH_CARD_LAST) != 0;
	c->waiting -= last;
	c->inside -= last;
	c->st.events++;
	say(c, "event", name_of(kind_name, e->kind));
}

/* A beat goes in at the end of this cycle. */
void
give_beat(exch_card *c)
{
	const exch_card_cmd *k = (const exch_card_cmd *)&c->in[c->in_at];

	if (!c->second) {
		c->alone = c->inside == 0;
		c->inside++;
		say(c, "door", name_of(op_name, k->op % EXCH_CARD_OPS));
	}
	c->met = c->st.cycles;
	c->near = !c->top->busy;
	c->second = !c->second && (k->flags & EXCH_CARD_PEAK) != 0;
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
	if (t->seen_late || t->seen_full || t->arvalid)
		c->near = false;
	c->st.fetched += t->arvalid && t->arready;
	c->st.written += t->wvalid && t->wready;
}
#endif

void
clock(exch_card *c)
{
	c->top->clk = 1;
	c->top->eval();
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
	if (t->m_valid && c->alone)
		first_event(c);
	if (t->m_valid && take)
		take_event(c);
	else if (t->m_valid)
		c->st.held++;
	if (give && t->s_ready)
		give_beat(c);
	clock(c);
}

/* ---- options ---- */

bool
set_option(exch_card *c, const char *o, size_t n)
{
	char *end = nullptr;

	if (strncmp(o, "stall=", 6) == 0) {
		c->stall = (unsigned)strtoul(o + 6, &end, 10);
		return end == o + n && n > 6 && c->stall < 100;
	}
	if (strncmp(o, "seed=", 5) == 0) {
		c->chance = strtoull(o + 5, &end, 10) * 0x9e3779b97f4a7c15u + 1;
		return end == o + n && n > 5;
	}
#ifdef CARD_HBM
	if (strncmp(o, "hbm=", 4) == 0) {
		c->memory.least = (unsigned)strtoul(o + 4, &end, 10);
		if (*end != '-')
			return false;
		c->memory.most = (unsigned)strtoul(end + 1, &end, 10);
		return end == o + n && c->memory.least > 0 &&
		       c->memory.least <= c->memory.most &&
		       c->memory.most <= 100000;
	}
#endif
	if (strncmp(o, "trace=", 6) == 0 && n > 6 && c->trace == nullptr) {
		char name[4096];

		if (n - 6 >= sizeof(name))
			return false;
		memcpy(name, o + 6, n - 6);
		name[n - 6] = '\0';
		c->trace = fopen(name, "w");
		return c->trace != nullptr;
	}
	return false;
}

bool
set_options(exch_card *c, const char *o, char *why, size_t size)
{
	while (o != nullptr && *o != '\0') {
		size_t n = strcspn(o, ",");

		if (!set_option(c, o, n)) {
			snprintf(why, size,
			    "%.*s: no such option of the simulated card, or "
			    "not such a value; there are stall=0 to 99, seed=N"
#ifdef CARD_HBM
			    ", hbm=MIN-MAX"
#endif
			    " and trace=FILE",
			    (int)n, o);
			return false;
		}
		o += n + (o[n] == ',');
	}
	return true;
}

/* ---- the table of functions ---- */

void
close_card(exch_card *c)
{
	if (c->trace != nullptr)
		fclose(c->trace);
	delete c->top;
	delete c;
}

/* Out of reset, and through the clearing of the tables. */
void
start(exch_card *c)
{
	Vcard *t = c->top;
	int i;

	t->clk = 0;
	t->rst = 1;
	t->s_valid = 0;
	t->m_ready = 0;
	t->eval();
	for (i = 0; i < 4; i++)
		clock(c);
	t->rst = 0;
	do
		clock(c);
	while (t->busy);
	c->st.cycles = 0;
}

exch_card *
open_card(
    const exch_card_limits *l, const char *options, char *why, size_t size)
{
	exch_card *c = new (std::nothrow) exch_card();

	(void)l;
	if (c != nullptr)
		c->top = new (std::nothrow) Vcard(&c->context);
	if (c == nullptr || c->top == nullptr) {
		delete c;
		snprintf(why, size, "out of memory");
		return nullptr;
	}
	c->chance = 1;
	if (!set_options(c, options, why, size)) {
		close_card(c);
		return nullptr;
	}
#ifdef CARD_HBM
	if (!c->memory.open(c->chance, c->stall)) {
		close_card(c);
		snprintf(why, size, "no address space for the card's memory");
		return nullptr;
	}
#endif
	start(c);
	return c;
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

size_t
poll(exch_card *c, exch_card_evt *e, size_t max, bool *fault)
{
	size_t n = 0;
	unsigned k = 0;

	*fault = false;
	/* Some more than the first, so that the lane is not waited for. */
	while (c->waiting > 0 && c->out_n < max && c->out_n < OUT &&
	       k < PATIENCE) {
		tick(c);
		k++;
	}
	if (c->out_n == 0 && c->waiting > 0)
		*fault = true;
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
const struct exch_card_ops exch_card_module = {EXCH_CARD_ABI, "hbm",
    {5000, 1u << 17, 1u << 20}, true, open_card, submit, poll, stats,
    close_card};
#else
const struct exch_card_ops exch_card_module = {EXCH_CARD_ABI, "vsim",
    {LANE_SYMS, 1u << 17, 1u << 20}, false, open_card, submit, poll, stats,
    close_card};
#endif
