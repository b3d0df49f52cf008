/*
 * The tables of a simulated lane, which fpga/sim/probe.vlt makes public: what
 * stands in them, what is read and written in a cycle, and as lines for
 * people.  The places of the fields are those of exch_core.sv.
 */
#ifndef EXCH_FPGA_TABLES_H
#define EXCH_FPGA_TABLES_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "Vcard.h"
#include "Vcard___024root.h"

#define TABLES(X)                                                              \
	X(qty, 34)                                                             \
	X(inf, 85)                                                             \
	X(ice, 64)                                                             \
	X(nxt, 20)                                                             \
	X(prv, 20)                                                             \
	X(lvl, 40)                                                             \
	X(leaf, 64)                                                            \
	X(mid, 64)                                                             \
	X(top, 64)                                                             \
	X(ctx, 286)

enum table {
#define X(name, bits) T_##name,
	TABLES(X)
#undef X
	    T_N
};

/* A word of a table: up to 288 bits, the lowest first. */
struct word {
	uint32_t w[9];

	uint64_t at(unsigned low, unsigned n) const
	{
		uint64_t v = 0;

		for (unsigned i = n; i-- > 0;)
			v = v << 1 | (w[(low + i) / 32] >> (low + i) % 32 & 1);
		return v;
	}
};

/* What a table is asked and told in a cycle. */
struct port {
	bool reads, writes;
	unsigned from, to;
	word what;
};

inline word
word_of(uint64_t v)
{
	return word{{(uint32_t)v, (uint32_t)(v >> 32)}};
}

template <size_t N>
word
word_of(const VlWide<N> &v)
{
	word w = {};

	static_assert(N <= 9, "a word of a table");
	for (size_t i = 0; i < N; i++)
		w.w[i] = v[i];
	return w;
}

template <class T>
void
turn(T &v, unsigned bit)
{
	v ^= (T)1 << bit;
}

template <size_t N>
void
turn(VlWide<N> &v, unsigned bit)
{
	v[bit / 32] ^= 1u << bit % 32;
}

/* The tables of a model. */
class tables {
      public:
	explicit tables(Vcard *t) : r(t->rootp)
	{
	}

	static const char *name(unsigned t)
	{
#define X(name, bits) #name,
		static const char *const names[] = {TABLES(X)};
#undef X
		return names[t];
	}

	static unsigned bits(unsigned t)
	{
#define X(name, bits) bits,
		static const unsigned n[] = {TABLES(X)};
#undef X
		return n[t];
	}

	static unsigned words(unsigned t)
	{
		switch (t) {
#define X(name, bits)                                                          \
	case T_##name:                                                         \
		return sizeof(Vcard___024root::                                \
			       exch_lane__DOT__##name##__DOT__mem) /           \
		       sizeof(                                                 \
			   Vcard___024root::exch_lane__DOT__##name##__DOT__mem \
			       .m_storage[0]);
			TABLES(X)
#undef X
		default:
			return 0;
		}
	}

	word get(unsigned t, unsigned at) const
	{
		switch (t) {
#define X(name, bits)                                                          \
	case T_##name:                                                         \
		return word_of(r->exch_lane__DOT__##name##__DOT__mem[at]);
			TABLES(X)
#undef X
		default:
			return word{};
		}
	}

	/* One bit of a word turns over. */
	void flip(unsigned t, unsigned at, unsigned bit)
	{
		switch (t) {
#define X(name, bits)                                                          \
	case T_##name:                                                         \
		turn(r->exch_lane__DOT__##name##__DOT__mem[at], bit);          \
		break;
			TABLES(X)
#undef X
		default:
			break;
		}
	}

	port look(unsigned t) const
	{
		port p = as_told(t);

		/* Of these a half may be written, that of a side. */
		if (t == T_top)
			p.what = merge(p, t, r->exch_lane__DOT__top__DOT__wen);
		if (t == T_ctx)
			p.what = merge(p, t, r->exch_lane__DOT__ctx__DOT__wen);
		return p;
	}

      private:
	Vcard___024root *r;

	word merge(const port &p, unsigned t, unsigned sides) const
	{
		word w = get(t, p.to);
		unsigned i, half = bits(t) / 2;

		for (i = 0; i < 2 * half; i++) {
			if ((sides >> i / half & 1) == 0)
				continue;
			w.w[i / 32] &= ~(1u << i % 32);
			w.w[i / 32] |= (uint32_t)p.what.at(i % half, 1)
				       << i % 32;
		}
		return w;
	}

	port as_told(unsigned t) const
	{
		switch (t) {
#define X(name, bits)                                                          \
	case T_##name:                                                         \
		return port{r->exch_lane__DOT__##name##__DOT__ren != 0,        \
		    r->exch_lane__DOT__##name##__DOT__wen != 0,                \
		    r->exch_lane__DOT__##name##__DOT__raddr,                   \
		    r->exch_lane__DOT__##name##__DOT__waddr,                   \
		    word_of(r->exch_lane__DOT__##name##__DOT__wdata)};
			TABLES(X)
#undef X
		default:
			return port{};
		}
	}
};

/* ---- what is in a word ---- */

/* Bits of a key, a slot, a word of the bitmaps. */
const unsigned KB = 17, SB = 20, WB = 6;

/* "leaf[0,ask,1023]" */
inline int
say_place(char *p, size_t n, unsigned t, unsigned at)
{
	unsigned low = t == T_lvl ? KB : t == T_leaf ? KB - WB : KB - 2 * WB;

	switch (t) {
	case T_lvl:
		return snprintf(
		    p, n, "lvl[%u,%u]", at >> low, at & ((1u << low) - 1));
	case T_leaf:
	case T_mid:
		return snprintf(p, n, "%s[%u,%s,%u]", tables::name(t),
		    at >> (low + 1), at >> low & 1 ? "ask" : "bid",
		    at & ((1u << low) - 1));
	default:
		return snprintf(p, n, "%s[%u]", tables::name(t), at);
	}
}

/* The best of a side, as a row of ctx has it from bit `low` on. */
inline int
say_best(char *p, size_t n, const word &w, unsigned low, bool asks)
{
	const unsigned key = 64 + 3 * SB;
	unsigned px = (unsigned)w.at(low + key, KB);

	if (w.at(low + key + KB + 1, 1) == 0)
		return snprintf(p, n, "no %s", asks ? "ask" : "bid");
	return snprintf(p, n, "%s %u: slots %u to %u, %u shown",
	    asks ? "ask" : "bid", asks ? px : ~px & ((1u << KB) - 1),
	    (unsigned)w.at(low + 64 + 2 * SB, SB),
	    (unsigned)w.at(low + 64 + SB, SB), (unsigned)w.at(low + 32, 32));
}

inline void
say_word(char *p, size_t n, unsigned t, const word &w)
{
	int k;

	switch (t) {
	case T_qty:
		snprintf(p, n, w.at(33, 1) ? "%u open%s" : "none",
		    (unsigned)w.at(0, 32), w.at(32, 1) ? ", more hidden" : "");
		break;
	case T_inf:
		snprintf(p, n, "%s %u at %u, owner %u, use %u",
		    w.at(84, 1) ? "sells symbol" : "buys symbol",
		    (unsigned)w.at(81, 3), (unsigned)w.at(64, KB),
		    (unsigned)w.at(32, 32), (unsigned)w.at(0, 32));
		break;
	case T_ice:
		snprintf(p, n, "%u hidden, peak %u", (unsigned)w.at(32, 32),
		    (unsigned)w.at(0, 32));
		break;
	case T_lvl:
		snprintf(p, n, "slots %u to %u", (unsigned)w.at(0, SB),
		    (unsigned)w.at(SB, SB));
		break;
	case T_ctx:
		k = say_best(p, n, w, 0, false);
		k += snprintf(p + k, n - (size_t)k, "; ");
		say_best(p + k, n - (size_t)k, w, 143, true);
		break;
	case T_nxt:
	case T_prv:
		snprintf(p, n, "%u", (unsigned)w.at(0, SB));
		break;
	default:
		snprintf(p, n, "%llx", (unsigned long long)w.at(0, 64));
	}
}

#endif
