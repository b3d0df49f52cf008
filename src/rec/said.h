/*
 * Orders with a client's own number that the matcher has not answered yet, in
 * the order in which they came.  It answers one that was said before by the
 * answer to the first, whose number stands there (exch-ordertypes(7), SAID
 * TWICE).  Answers come in the order of the orders, and so it is for the
 * oldest of these.
 */
#ifndef EXCH_REC_SAID_H
#define EXCH_REC_SAID_H

#include "base/err.h"
#include "rec/rec.h"

struct exch_said_order {
	exch_oid order;
	uint32_t instr;
	uint32_t pad;
};

/* All zero: none. */
struct exch_said {
	struct exch_said_order *list; /* from `at` up to `n` */
	uint32_t at, n, cap;
};

void exch_said_clear(struct exch_said *s);
/* Those without such a number, and imposed ones, are not kept.  NOMEM. */
int exch_said_keep(struct exch_said *s, const struct exch_rec_new *c);
static inline int
exch_said_new(struct exch_said *s, const struct exch_rec_new *c)
{
	return (c->h.flags & EXCH_F_EXT) == 0 ? EXCH_OK : exch_said_keep(s, c);
}
/*
 * The order that an answer, an ACK or a REJECT, is for: the one that stands
 * there, or that was said again.  False: what was said again is not known.
 */
bool exch_said_find(
    struct exch_said *s, const struct exch_rec *r, exch_oid *order);
static inline bool
exch_said_answer(struct exch_said *s, const struct exch_rec *r, exch_oid *order)
{
	return s->n == 0 ? (r->flags & EXCH_F_DUP) == 0
			 : exch_said_find(s, r, order);
}

struct exch_image;
void exch_said_image(struct exch_image *im, struct exch_said *s);

#endif
