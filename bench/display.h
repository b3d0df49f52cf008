/*
 * What a venue displays of a flow (load.h): ITCH 5.0 messages with their
 * lengths before them.
 */
#ifndef EXCH_BENCH_DISPLAY_H
#define EXCH_BENCH_DISPLAY_H

#include "bench/load.h"
#include "book/book.h"

/* Prices of the flow are cents. */
#define DISPLAY_TICK 10000000

struct display {
	unsigned char *bytes;
	size_t nbytes;
	size_t head;	      /* bytes of the stock directory */
	uint64_t n;	      /* messages behind it */
	uint32_t instruments; /* 1 to here */
	uint64_t live;	      /* orders left at the end */
	uint64_t sum;	      /* display_sum() of them */
};

/* Aborts when out of memory. */
void display_make(
    const struct load *l, uint32_t instruments, struct display *v);
void display_free(struct display *v);

/* Of all books: orders, prices, quantities and queues in one number. */
uint64_t display_sum(const struct exch_book_store *s,
    const struct exch_book *book, uint32_t instruments);

#endif
