/*
 * Cycles from a command to its first event, of commands that met an idle
 * matcher (card.h, exch_card_class).  What each of them had to wait for is
 * judged from outside: by the states the matcher goes through, and by the
 * fetches of the lines that hold its order, its level and its leaf word.
 */
#ifndef EXCH_FPGA_FIRST_H
#define EXCH_FPGA_FIRST_H

#include <cstdint>
#include <cstring>
#include <vector>

#include "card/card.h"

struct firsts {
	/* A command on its way in, at the end of this cycle. */
	void come(const exch_card_cmd *k, uint64_t now, bool quiet)
	{
		flight f = {};

		memcpy(f.seq, k->seq, 6);
		f.symbol = k->symbol;
		f.bars = (k->op & 15) == EXCH_CARD_BARRIER;
		f.met = now;
		f.counts = quiet && !waits_for(f);
		f.cls = EXCH_CARD_NEAR;
		if (f.counts)
			judge(&f, k);
		open += f.counts;
		flights.push_back(f);
	}

	/* Somebody's first event may be to come: look at what goes on. */
	bool awaited() const
	{
		return open > 0;
	}

	bool nobody() const
	{
		return flights.empty();
	}

	/* All whose first event is to come are slower by that. */
	void become(enum exch_card_class cls)
	{
		for (flight &f : flights)
			if (f.counts && f.cls < cls)
				f.cls = cls;
	}

	/* The taker of events does not: nobody's time counts. */
	void held()
	{
		for (flight &f : flights)
			f.counts = false;
		open = 0;
	}

	/* An event is there in this cycle; it may have been before. */
	void event(const exch_card_evt *e, uint64_t now, exch_card_stats *st)
	{
		for (flight &f : flights)
			if (f.counts && memcmp(f.seq, e->seq, 6) == 0) {
				count(f, now - f.met, st);
				f.counts = false;
				open--;
				break;
			}
	}

	/* The last one of it was taken. */
	void leave(const exch_card_evt *e)
	{
		for (size_t i = 0; i < flights.size(); i++)
			if (memcmp(flights[i].seq, e->seq, 6) == 0) {
				open -= flights[i].counts;
				flights.erase(flights.begin() + (long)i);
				break;
			}
	}

	/* A line is asked for, of the memory; it came. */
	void fetch(unsigned id, uint64_t at)
	{
		fetched[id % IDS] = at + 1;
		for (flight &f : flights)
			if (f.counts && needs(f, at))
				f.cls = EXCH_CARD_FAR;
	}

	void came(unsigned id)
	{
		fetched[id % IDS] = 0;
	}

	void clear()
	{
		flights.clear();
		open = 0;
		memset(fetched, 0, sizeof(fetched));
	}

      private:
	static const unsigned IDS = 16, LINES = 5;
	struct flight {
		uint8_t seq[6];
		uint16_t symbol;
		bool bars, counts;
		int cls;
		uint64_t met;
		uint64_t line[LINES]; /* its address + 1 */
	};

	std::vector<flight> flights; /* with events to come */
	unsigned open = 0;	     /* of them those that count */
	uint64_t fetched[IDS] = {};  /* address + 1 of those on their way */

	bool waits_for(const flight &f) const
	{
		for (const flight &o : flights)
			if (o.symbol == f.symbol || o.bars || f.bars)
				return true;
		return false;
	}

	/* What it needs, and whether that is on its way. */
	void judge(flight *f, const exch_card_cmd *k) const
	{
		name_lines(f, k);
		for (unsigned i = 0; i < IDS; i++)
			if (fetched[i] != 0 && needs(*f, fetched[i] - 1))
				f->cls = EXCH_CARD_FAR;
	}

	static bool needs(const flight &f, uint64_t at)
	{
		for (unsigned i = 0; i < LINES; i++)
			if (f.line[i] == at + 1)
				return true;
		return false;
	}

	/* The memory map of exch_card. */
	static void name_lines(flight *f, const exch_card_cmd *k)
	{
		const uint64_t symbols = 5000, leafs = symbols << 20,
			       orders = leafs + (symbols << 15);
		unsigned op = k->op & 15;

		if (op == 0 || op >= EXCH_CARD_MASS || k->symbol >= symbols)
			return;
		f->line[0] = orders + (k->slot & 0xfffff) * 32 + 1;
		name_price(f, 1, k, exch_card_get(k->price, 3), leafs);
		name_price(f, 3, k, exch_card_get(k->old_price, 3), leafs);
	}

	static void name_price(flight *f, unsigned i, const exch_card_cmd *k,
	    uint64_t price, uint64_t leafs)
	{
		uint64_t symbol = k->symbol, px = price & 0x1ffff;
		unsigned sells = k->flags & EXCH_CARD_SELL;
		uint64_t word = (sells ? px : px ^ 0x1ffff) >> 6;

		f->line[i] = ((symbol << 17 | px) * 8 & ~(uint64_t)31) + 1;
		f->line[i + 1] =
		    leafs +
		    (((symbol * 2 + sells) << 11 | word) * 8 & ~(uint64_t)31) +
		    1;
	}

	static void count(const flight &f, uint64_t took, exch_card_stats *st)
	{
		if (st->first_n++ == 0 || took < st->first_least)
			st->first_least = took;
		if (took > st->first_most)
			st->first_most = took;
		st->first_sum += took;
		st->first[f.cls][exch_card_span(took)]++;
	}
};

#endif
