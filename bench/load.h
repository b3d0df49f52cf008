/*
 * Order flows for measuring the engine from memory: commands as the
 * stream has them, one behind the other, seeded, and the same bytes on
 * every machine.  The generator keeps books of its own (src/book), so that
 * it knows which orders still live when it cancels one.
 */
#ifndef EXCH_BENCH_LOAD_H
#define EXCH_BENCH_LOAD_H

#include "base/types.h"

/* Shares are per 1000 of the commands, as far as the book allows them. */
struct load_shape {
	const char *name;
	const char *about;
	uint32_t instruments; /* busy by Zipf's law */
	uint32_t live;	      /* orders per market to keep near */
	uint32_t replace;
	uint32_t stale;	       /* cancels of orders that are gone */
	uint32_t ioc;	       /* of new orders */
	uint32_t marketable;   /* of new orders */
	uint32_t far;	       /* ticks from the touch at most */
	uint32_t swing;	       /* ticks the middle moves per 1000 commands */
	bool falls;	       /* always downwards */
	bool fill_then_cancel; /* half adds, then all cancelled at random */
};

extern const struct load_shape load_shapes[];
extern const unsigned load_nshapes;

struct load {
	unsigned char *bytes; /* records, INSTRUMENT first */
	size_t nbytes;
	size_t head;   /* bytes before what is measured: INSTRUMENT records
			* and the commands that fill the books */
	uint64_t n;    /* commands measured */
	uint64_t live; /* orders left at the end */
	uint64_t most; /* and at most at a time */
};

/* Ticks are cents.  Aborts when out of memory. */
void load_make(
    const struct load_shape *s, uint64_t seed, uint64_t n, struct load *l);
void load_free(struct load *l);

#endif
