/*
 * Specials that have something in common: those of one group of which one
 * cancels the others, children of one parent, quotes of one account, answers
 * to one request.  Each kind is a hash table of chains; a chain is in the order of entry, and a
 * special may stand in one chain of each kind.  Tables grow with what
 * stands in them, so that no chain gets long by chance.
 */
#ifndef EXCH_MATCH_CHAIN_H
#define EXCH_MATCH_CHAIN_H

#include "base/types.h"

struct exch_match;
struct exch_special;

enum exch_chain {
	EXCH_CHAIN_OCO,	   /* group and account */
	EXCH_CHAIN_CHILD,  /* parent and instrument; while it waits */
	EXCH_CHAIN_QUOTE,  /* account and instrument; of quotes */
	EXCH_CHAIN_ANSWER, /* entry of the request, and instrument */
	EXCH_CHAINS
};

struct exch_link {
	uint32_t prev, next; /* specials of the same bucket, 0: none */
};

struct exch_chains {
	struct exch_bucket {
		uint32_t first, last;
	} * bucket; /* NULL until one comes */
	unsigned bits;
	uint32_t n;
};

/* What those of a chain have in common. */
struct exch_chain_key {
	uint64_t a;
	uint32_t b;
};

/* To the end of its chain.  False: m->ended. */
bool exch_chain_join(
    struct exch_match *m, enum exch_chain k, struct exch_special *s);
void exch_chain_leave(
    struct exch_match *m, enum exch_chain k, const struct exch_special *s);
/* The chain's first; the next one of the same chain; NULL: none. */
struct exch_special *exch_chain_first(
    const struct exch_match *m, enum exch_chain k, struct exch_chain_key key);
struct exch_special *exch_chain_next(const struct exch_match *m,
    enum exch_chain k, const struct exch_special *s);

#endif
