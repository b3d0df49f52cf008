/*
 * A table of synthetic instruments, exch-feed(1): each is a weighted sum of
 * others, its legs.
 *
 *	name,leg,ratio
 *	CAL,NEAR,1
 *	CAL,FAR,-1
 *
 * All names of the table, of legs and of synthetics, are numbered, so that
 * who follows a stream looks a symbol up once, and has from its number the
 * synthetics that it moves.
 */
#ifndef EXCH_MD_LEGS_H
#define EXCH_MD_LEGS_H

#include "ref/table.h"

#define EXCH_LEGS_NAME 24 /* bytes of a symbol */
#define EXCH_LEGS_NONE UINT32_MAX

/* A row of the table: a leg is known by its row. */
struct exch_legs_leg {
	char synthetic[EXCH_LEGS_NAME];
	char leg[EXCH_LEGS_NAME];
	int64_t ratio; /* 10^-9; above 0: bought, below: sold */
};

/* Rows first..first+n-1. */
struct exch_legs_sum {
	uint32_t first;
	uint32_t n;
	uint32_t name; /* number of its own */
};

struct exch_legs {
	struct exch_reftable table; /* of struct exch_legs_leg */
	struct exch_legs_sum *sum;  /* in the order of the table */
	uint32_t n;
	uint32_t most;		      /* legs of the one that has most */
	char (*name)[EXCH_LEGS_NAME]; /* by number, in the order of bytes */
	uint32_t nnames;
	uint32_t *number; /* by row: of its leg */
	/*
	 * Synthetics by the names that they depend on, which are their legs'
	 * and their own: those of name i are user[users[i] .. users[i+1]-1],
	 * in the order of the table.
	 */
	uint32_t *users;
	uint32_t *user;
};

static inline const struct exch_legs_leg *
exch_legs_row(const struct exch_legs *l, uint32_t row)
{
	return (const struct exch_legs_leg *)l->table.row + row;
}

/*
 * The text is borrowed as long as *l is used.  A table that is refused is
 * empty; clear is good for it, too.
 */
int exch_legs_parse(struct exch_legs *l, const char *text, size_t n,
    const char *name, struct exch_diag *d);
void exch_legs_clear(struct exch_legs *l);
/* The number of a name; EXCH_LEGS_NONE: the table does not have it. */
uint32_t exch_legs_number(
    const struct exch_legs *l, const char *name, size_t n);

#endif
