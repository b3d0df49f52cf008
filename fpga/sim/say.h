/*
 * Commands and events of the card as lines for people.
 */
#ifndef EXCH_FPGA_SAY_H
#define EXCH_FPGA_SAY_H

#include <cstdio>

#include "card/card.h"

struct line {
	char text[160];
};

inline const char *
op_name(unsigned op)
{
	static const char *const name[] = {
	    "?", "NEW", "CANCEL", "REDUCE", "REPLACE", "MASS", "BARRIER"};

	return name[op < sizeof(name) / sizeof(*name) ? op : 0];
}

inline const char *
kind_name(unsigned kind)
{
	static const char *const name[] = {"?", "RESTED", "TRADE", "EXPIRED",
	    "CANCELLED", "REDUCED", "REPLACED", "PREVENTED", "REJECTED",
	    "BARRIER", "SWEPT"};

	return name[kind < sizeof(name) / sizeof(*name) ? kind : 0];
}

/* "NEW no. 3: buy 120 at 65537, slot 2" */
inline line
say_command(const exch_card_cmd *k)
{
	line l;
	unsigned op = k->op & 15;
	bool sells = (k->flags & EXCH_CARD_SELL) != 0;
	int n = snprintf(l.text, sizeof(l.text), "%s no. %llu", op_name(op),
	    (unsigned long long)exch_card_get(k->seq, 6));
	char *p = l.text + n;
	size_t room = sizeof(l.text) - (size_t)n;

	if (op == EXCH_CARD_MASS)
		snprintf(p, room, ": %s", sells ? "asks" : "bids");
	else if (op != EXCH_CARD_BARRIER)
		snprintf(p, room, ": %s %u at %u%s%s%s%s, slot %u",
		    sells ? "sell" : "buy", (unsigned)exch_card_get(k->qty, 4),
		    (unsigned)exch_card_get(k->price, 3),
		    k->flags & EXCH_CARD_MARKET ? " market" : "",
		    k->flags & EXCH_CARD_IOC ? " ioc" : "",
		    k->flags & EXCH_CARD_FOK ? " fok" : "",
		    k->flags & EXCH_CARD_POST ? " post-only" : "", k->slot);
	return l;
}

/* "TRADE 3.0: 100 at 65536, maker 0 gone" */
inline line
say_event(const exch_card_evt *e)
{
	line l;
	bool maker = e->kind != EXCH_CARD_RESTED &&
		     e->kind != EXCH_CARD_EXPIRED &&
		     e->kind < EXCH_CARD_REJECTED;
	int n = snprintf(l.text, sizeof(l.text), "%s %llu.%u: %u at %u",
	    kind_name(e->kind), (unsigned long long)exch_card_get(e->seq, 6),
	    e->index, e->qty, e->price);

	if (maker)
		n += snprintf(l.text + n, sizeof(l.text) - (size_t)n,
		    ", maker %u%s", e->maker,
		    e->flags & EXCH_CARD_GONE	     ? " gone"
		    : e->flags & EXCH_CARD_REFRESHED ? " to the back"
						     : "");
	if (e->left != 0)
		n += snprintf(l.text + n, sizeof(l.text) - (size_t)n,
		    ", left %u", e->left);
	if (e->flags & EXCH_CARD_LAST)
		snprintf(l.text + n, sizeof(l.text) - (size_t)n, "; the last");
	return l;
}

#endif
