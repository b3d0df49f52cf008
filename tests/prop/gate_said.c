/* What people say to the gate, and what a list of it comes to (gate_said.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "embed/engine.h"
#include "prop/gate_said.h"
#include "risk/limits.h"

const char *const gate_symbols[INSTRS + 1] = {
    "", "AAA", "BBB", "CCC", "DDD", "EEE", "FFF"};
struct exch_rec_kill gate_killed;

static struct {
	uint32_t account, instr; /* 0: all */
	size_t off;		 /* in a row of the table of limits */
	int64_t value;
} * said;
static size_t nsaid;

#define ROW struct exch_limits_row
static const struct {
	uint8_t what;
	size_t off;
	int64_t from, most;
} limits[] = {{EXCH_LIMIT_OF_SIZE, offsetof(ROW, order.size), 50, 600},
    {EXCH_LIMIT_OF_VALUE, offsetof(ROW, order.value), 500000000, 6000000000},
    {EXCH_LIMIT_OF_OPEN_ORDERS, offsetof(ROW, account.open_orders), 2, 30}};

static uint32_t
some_instr(struct exch_rng *rng)
{
	return exch_rng_below(rng, 2) == 0
		   ? 1 + (uint32_t)exch_rng_below(rng, INSTRS)
		   : 0;
}

static void
make_kill(struct exch_rec_kill *k, uint32_t account, exch_ts now,
    struct exch_rng *rng)
{
	bool on = gate_killed.on == 0;
	uint32_t instr = on ? some_instr(rng) : gate_killed.h.instr;

	k->h = exch_embed_head(EXCH_REC_KILL, sizeof(*k), instr, now);
	k->account = !on			   ? gate_killed.account
		     : exch_rng_below(rng, 9) == 0 ? 0
						   : account;
	k->on = on;
	k->bytes = sizeof(*k);
	k->h.len8 = 0;
	gate_killed = *k;
}

static void
make_limit(struct exch_rec_limit *l, uint32_t account, exch_ts now,
    struct exch_rng *rng)
{
	uint64_t i = exch_rng_below(rng, 3);
	uint32_t instr = i < 2 ? some_instr(rng) : 0;

	l->h = exch_embed_head(EXCH_REC_LIMIT, sizeof(*l), instr, now);
	l->account = exch_rng_below(rng, 12) == 0 ? 0 : account;
	l->what = limits[i].what;
	l->value = limits[i].from +
		   (int64_t)exch_rng_below(rng, (uint64_t)limits[i].most);
	l->bytes = sizeof(*l);
	l->h.len8 = 0;
	said = realloc(said, (nsaid + 1) * sizeof(*said));
	said[nsaid].account = l->account;
	said[nsaid].instr = instr;
	said[nsaid].off = limits[i].off;
	said[nsaid++].value = l->value;
}

void
gate_said_make(
    struct exch_rec *x, uint32_t account, exch_ts now, struct exch_rng *rng)
{
	if (gate_killed.on != 0 || exch_rng_below(rng, 8) == 0)
		make_kill((void *)x, account, now, rng);
	else
		make_limit((void *)x, account, now, rng);
}

int64_t
gate_said_limit(uint32_t account, const char *symbol, size_t off)
{
	for (size_t i = nsaid; i-- > 0;)
		if (said[i].account == account && said[i].off == off &&
		    strcmp(gate_symbols[said[i].instr], symbol) == 0)
			return said[i].value;
	return EXCH_LIMIT_NONE;
}

void
gate_said_clear(void)
{
	free(said);
	said = NULL;
	nsaid = 0;
	gate_killed.on = 0;
}
