/*
 * What the probe module has beyond the others (CARD_PROBE): a bit of a table
 * turned over, once; what is read and written, as lines of the trace; and the
 * signals of the lane as a VCD.
 *
 * flip=CYCLE.TABLE.WORD.BIT, or flips=SEED or SEED.CYCLES: in a cycle below
 * CYCLES, of a word that an order of that moment uses, all by chance.
 * told=FILE: what was turned over.  lost=CYCLE: from then on nothing is
 * answered.  vcd=FILE.
 */
#ifndef EXCH_FPGA_PROBE_H
#define EXCH_FPGA_PROBE_H

#include <cstdio>
#include <string>

#include "card/option.h"
#include "tables.h"
#include "verilated_vcd_c.h"

class probe {
      public:
	~probe()
	{
		if (told != nullptr)
			fclose(told);
		wave.close();
		delete inside;
	}

	/* As those of option.h do. */
	bool set_option(const char **o)
	{
		const char *p = *o;

		if (!take_option(&p))
			return false;
		*o = p;
		return true;
	}

	bool wants_wave() const
	{
		return !vcd.empty();
	}

	/* The tables of a new model are: their clearing is at its end. */
	static void clear(Vcard *t)
	{
		t->rootp->exch_lane__DOT__core__DOT__clr = (1u << SB) - 1;
	}

	/* The model is out of reset, and its tables are clear. */
	bool begin(Vcard *t)
	{
		inside = new (std::nothrow) tables(t);
		if (inside == nullptr)
			return false;
		if (wants_wave()) {
			wave.set_time_unit("1ns");
			wave.set_time_resolution("1ns");
			t->trace(&wave, 99);
			wave.open(vcd.c_str());
		}
		running = true;
		return vcd.empty() || wave.isOpen();
	}

	bool is_lost(uint64_t now) const
	{
		return now >= lost_at;
	}

	/* Before the edge that ends a cycle. */
	void before(uint64_t now)
	{
		if (!running)
			return;
		port q = inside->look(T_qty);

		if (q.writes && q.to >= used)
			used = q.to + 1;
		if (now < flip_at)
			return;
		if (any && !choose())
			return;
		turn_over(now);
	}

	/* The signals as they are, in ns of a clock of 250 MHz. */
	void dump(uint64_t ns)
	{
		if (running && wave.isOpen())
			wave.dump(ns);
	}

	/* All that is read and written in this cycle. */
	void show(FILE *f) const
	{
		std::string reads, writes;
		char text[200];

		for (unsigned t = 0; running && t < T_N; t++) {
			port p = inside->look(t);

			if (p.reads) {
				say_place(text, sizeof(text), t, p.from);
				add(reads, "reads", text);
			}
			if (p.writes) {
				int n = say_place(text, sizeof(text), t, p.to);

				n += snprintf(
				    text + n, sizeof(text) - (size_t)n, " = ");
				say_word(text + n, sizeof(text) - (size_t)n, t,
				    p.what);
				add(writes, "writes", text);
			}
		}
		if (!writes.empty())
			fprintf(f, "%s\n", writes.c_str());
		if (!reads.empty())
			fprintf(f, "%s\n", reads.c_str());
	}

      private:
	static const unsigned WIDTH = 76;
	static const uint64_t NEVER = UINT64_MAX;

	tables *inside = nullptr;
	bool running = false;
	uint64_t lost_at = NEVER, flip_at = NEVER;
	unsigned table = 0, at = 0, bit = 0;
	bool any = false;    /* where is left to chance */
	uint64_t chance = 1; /* for that */
	unsigned used = 0;   /* slots that had orders are below it */
	FILE *told = nullptr;
	std::string vcd;
	VerilatedVcdC wave;

	/* One more, on a line of its own when the last one is full. */
	static void add(std::string &list, const char *first, const char *text)
	{
		size_t line = list.rfind('\n');
		size_t have =
		    list.size() - (line == std::string::npos ? 0 : line + 1);

		if (list.empty()) {
			char head[32];

			snprintf(head, sizeof(head), "%-8s%-7s ", "", first);
			list = head;
		} else if (have + strlen(text) + 2 > WIDTH || *first == 'w') {
			list += "\n" + std::string(16, ' ');
		} else {
			list += "  ";
		}
		list += text;
	}

	bool take_option(const char **p)
	{
		char text[4096];

		if (exch_option_uint(p, "lost=", 0, UINT64_MAX, &lost_at))
			return true;
		if (exch_option_text(p, "flip=", text, sizeof(text)))
			return set_flip(text);
		if (exch_option_text(p, "flips=", text, sizeof(text)))
			return set_flips(text);
		if (told == nullptr &&
		    exch_option_text(p, "told=", text, sizeof(text))) {
			told = fopen(text, "w");
			return told != nullptr;
		}
		if (!exch_option_text(p, "vcd=", text, sizeof(text)))
			return false;
		vcd = text;
		return true;
	}

	/* Behind such a name of a table and a dot; NULL: it is another one. */
	static const char *behind(const char *s, const char *name)
	{
		const char *p = exch_option_value(s, name);

		return p != nullptr && *p == '.' ? p + 1 : nullptr;
	}

	/* CYCLE.TABLE.WORD.BIT */
	bool set_flip(const char *s)
	{
		const char *word = nullptr;
		uint64_t w, b;
		unsigned t = 0;

		if (!exch_option_digits(&s, &flip_at) || *s++ != '.')
			return false;
		while (
		    t < T_N && (word = behind(s, tables::name(t))) == nullptr)
			t++;
		if (word == nullptr ||
		    !exch_option_pair(&word, "", '.', &w, &b) ||
		    b >= tables::bits(t) || w >= tables::words(t))
			return false;
		table = t;
		at = (unsigned)w;
		bit = (unsigned)b;
		return true;
	}

	/* SEED or SEED.CYCLES */
	bool set_flips(const char *s)
	{
		uint64_t seed, within = 1000000;

		if (!exch_option_uint(&s, "", 0, UINT64_MAX, &seed) &&
		    !exch_option_pair(&s, "", '.', &seed, &within))
			return false;
		chance = seed * 0x9e3779b97f4a7c15u + 1;
		any = within > 0;
		flip_at = any ? below(within) : 0;
		return any;
	}

	/* splitmix64, its high part */
	uint64_t below(uint64_t n)
	{
		uint64_t z = chance += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		return (z ^ z >> 31) % n;
	}

	/* A word of any table that some order uses; false: there is none. */
	bool choose()
	{
		unsigned from = used > 0 ? (unsigned)below(used) : 0, i;

		for (i = 0; i < used; i++)
			if (inside->get(T_qty, (from + i) % used).at(33, 1))
				break;
		if (i == used)
			return false;
		unsigned slot = (from + i) % used;
		word o = inside->get(T_inf, slot);
		unsigned side = (unsigned)o.at(84, 1);
		unsigned sym = (unsigned)o.at(81, 3);
		unsigned px = (unsigned)o.at(64, KB);
		unsigned key = side ? px : ~px & ((1u << KB) - 1);

		table = (unsigned)below(T_N);
		bit = (unsigned)below(tables::bits(table));
		at = table == T_lvl ? sym << KB | px
		     : table == T_leaf
			 ? (sym << 1 | side) << (KB - WB) | key >> WB
		     : table == T_mid
			 ? (sym << 1 | side) << (KB - 2 * WB) | key >> 2 * WB
		     : table == T_top || table == T_ctx ? sym
							: slot;
		any = false;
		return true;
	}

	void turn_over(uint64_t now)
	{
		char place[64], was[160], is[160];

		say_place(place, sizeof(place), table, at);
		say_word(was, sizeof(was), table, inside->get(table, at));
		inside->flip(table, at, bit);
		say_word(is, sizeof(is), table, inside->get(table, at));
		flip_at = NEVER;
		if (told == nullptr)
			return;
		fprintf(told, "cycle %llu: bit %u of %s: %s; now %s\n",
		    (unsigned long long)now, bit, place, was, is);
		fflush(told);
	}
};

#endif
