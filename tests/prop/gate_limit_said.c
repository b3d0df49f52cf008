/* What people say to the gate of gate_limit.c: limits, and the switch. */
#include <config.h>

#include <string.h>

#include "prop/gate_limit_day.h"

/* One at a time; on 0: none. */
static struct exch_rec_kill pulled;

void
said_begin(void)
{
	pulled.on = 0;
}

static void
send_limit(struct exch_rec_limit *r, uint8_t what, int64_t value)
{
	struct exch_judged v;

	r->h.len8 = 0;
	r->bytes = sizeof(*r);
	r->what = what;
	r->value = value;
	judge(r, &v);
	differ += v.rule != EXCH_RULE_NONE;
}

/* Tight or wide, of any size up to 10 ^ digits. */
static int64_t
some_limit(unsigned digits)
{
	int64_t n = 1;

	if (below(2) == 0)
		return INT64_C(1) << 60;
	for (uint64_t i = 1 + below(digits); i > 0; i--)
		n *= 10;
	return (int64_t)below((uint64_t)n);
}

static void
say_group(uint8_t group)
{
	struct exch_rec_limit r;
	struct plain_group *g = &plain_group[group];
	int64_t loss = (int64_t)(1 + below(below(2) == 0 ? 100000 : 400));

	HEAD(r, EXCH_REC_LIMIT, 0);
	r.member[0] = group == 1 ? 'G' : 'H';
	if (group == 1) {
		g->loss = loss * 1000000;
		send_limit(&r, EXCH_LIMIT_OF_GROUP_LOSS, g->loss);
		return;
	}
	switch (below(6)) {
	case 0:
		g->open_orders = some_limit(3);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_OPEN_ORDERS, g->open_orders);
		break;
	case 1:
		g->position = some_limit(4);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_POSITION, g->position);
		break;
	case 2:
		g->gross = some_limit(4);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_GROSS, g->gross);
		break;
	case 3:
		g->notional = some_limit(12);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_NOTIONAL, g->notional);
		break;
	case 4:
		g->credit = some_limit(13);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_CREDIT, g->credit);
		break;
	default:
		g->loss = some_limit(13);
		send_limit(&r, EXCH_LIMIT_OF_GROUP_LOSS, g->loss);
	}
}

/* What longs need, in one instrument or in all. */
static void
say_margin(struct exch_rec_limit *r, struct plain_account *a)
{
	uint32_t rate = (uint32_t)(200000 + below(100) * 1001);

	if (below(2) == 0) {
		r->h.instr = 1 + (uint32_t)below(INSTRUMENTS);
		a->rate_in[plain_instr[r->h.instr].renamed][r->h.instr] = rate;
	} else {
		a->limits.rate[0] = rate;
	}
	send_limit(r, EXCH_LIMIT_OF_MARGIN_LONG, rate);
}

void
say_limit(uint32_t n)
{
	struct exch_rec_limit r;
	struct plain_account *a = &plain_account[n];
	struct plain_limits *l = &a->limits;

	if (a->group != 0) {
		say_group(a->group);
		return;
	}
	HEAD(r, EXCH_REC_LIMIT, 0);
	r.account = n;
	if (l->rate[0] != EXCH_COLLAR_NONE) {
		say_margin(&r, a);
	} else if (l->sector != EXCH_COLLAR_NONE) {
		l->sector = (uint32_t)(200000 + below(100) * 101);
		send_limit(&r, EXCH_LIMIT_OF_SECTOR, l->sector);
	} else if (l->loss != EXCH_LIMIT_NONE) {
		l->loss = (int64_t)(500 + below(500)) * 1000000;
		send_limit(&r, EXCH_LIMIT_OF_LOSS, l->loss);
	}
}

/* ---- the switch ---- */

static bool *
switch_of(const struct exch_rec_kill *k)
{
	return k->account != 0
		   ? &plain_account[k->account].killed[k->h.instr]
		   : &plain_killed[k->member[0] != '\0'][k->h.instr];
}

static void
send_kill(struct exch_rec_kill *k, bool on)
{
	struct exch_judged v;

	k->on = on;
	*switch_of(k) = on;
	judge(k, &v);
	differ += v.rule != EXCH_RULE_NONE;
	take_own();
}

/* Nothing of whom it stops rests any more. */
static void
look_for_rest(const struct exch_rec_kill *k)
{
	if (k->member[0] == '\0') {
		differ += cancel_all(k->account, k->h.instr) > 0;
		return;
	}
	for (uint32_t a = 1; a <= ACCOUNTS; a++)
		if (plain_account[a].is_member)
			differ += cancel_all(a, k->h.instr) > 0;
}

void
say_kill(uint32_t a)
{
	struct exch_rec_kill *k = &pulled;

	if (k->on != 0) {
		if (below(8) == 0)
			send_kill(k, false);
		return;
	}
	if (below(40) != 0)
		return;
	HEAD(*k, EXCH_REC_KILL,
	    below(2) == 0 ? 1 + (uint32_t)below(INSTRUMENTS) : 0);
	k->h.len8 = 0;
	k->bytes = sizeof(*k);
	switch (below(4)) {
	case 0:
		break;
	case 1:
		k->member[0] = 'M';
		break;
	default:
		k->account = a;
	}
	send_kill(k, true);
	look_for_rest(k);
}
