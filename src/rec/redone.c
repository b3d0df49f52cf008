/* Which execution stands for one of the venue's (redone.h). */
#include <config.h>

#include "base/alloc.h"
#include "rec/redone.h"

struct exch_redone_exec {
	uint64_t match;
	exch_oid resting;
	exch_px price;
	exch_qty qty;
	uint32_t next;
	uint8_t source;
	uint8_t aggressor;
};

struct exch_redone_key {
	uint64_t match;
	uint32_t instr;
};

/* Known by (instrument, the venue's number). */
struct venue {
	struct exch_key key;
	uint64_t at;	/* in the ring; a number may come again */
	uint64_t match; /* the engine's; 0: it has none */
	uint8_t source; /* the engine */
	uint8_t by;	/* who told the venue's */
};

/* Of an instrument; 0: nothing waits. */
struct waiting {
	struct exch_key key;
	uint32_t first, last;
};

int
exch_redone_init(struct exch_redone *x, uint64_t window)
{
	int err = exch_keyed_init(&x->venue, sizeof(struct venue));
	int more = exch_keyed_init(&x->waiting, sizeof(struct waiting));

	x->window = window;
	return err != 0 ? err : more;
}

void
exch_redone_clear(struct exch_redone *x)
{
	exch_keyed_clear(&x->venue);
	exch_keyed_clear(&x->waiting);
	exch_free(x->exec);
	exch_free(x->ring);
	*x = (struct exch_redone){.free = 0};
}

/* ---- the engine's ---- */

/* Who came in may have another number here and there: nobody saw it. */
static exch_oid
resting(uint8_t aggressor, exch_oid buy, exch_oid sell)
{
	return aggressor == EXCH_BUY ? sell : buy;
}

static int
wait_for(struct exch_redone *x, const struct exch_rec_exec *e)
{
	uint32_t i = x->free;
	struct waiting *w;
	int err = exch_keyed_add(&x->waiting, e->h.instr, 0, &w);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	if (i != 0) {
		x->free = x->exec[i].next;
	} else {
		x->nexec += x->nexec == 0; /* 0 is none */
		if (!exch_room(
			&x->exec, x->nexec, &x->cap_exec, sizeof(*x->exec)))
			return EXCH_ERR_NOMEM;
		i = (uint32_t)x->nexec++;
	}
	x->exec[i] = (struct exch_redone_exec){.match = e->match,
	    .resting = resting(e->aggressor, e->buy, e->sell),
	    .price = e->price,
	    .qty = e->qty,
	    .source = e->h.source,
	    .aggressor = e->aggressor};
	if (w->first == 0)
		w->first = i;
	else
		x->exec[w->last].next = i;
	w->last = i;
	return EXCH_OK;
}

/* A command of its instrument: nobody asks for them any more. */
static void
wait_no_more(struct exch_redone *x, uint32_t instr)
{
	struct waiting *w = exch_keyed_find(&x->waiting, instr, 0);

	if (w == NULL || w->first == 0)
		return;
	x->exec[w->last].next = x->free;
	x->free = w->first;
	w->first = 0;
}

/* ---- the venue's ---- */

/* Another one in the ring, whose oldest is forgotten. */
static int
remember(
    struct exch_redone *x, const struct exch_rec_expect *e, struct venue **out)
{
	size_t at = (size_t)(x->next % x->window);
	struct exch_redone_key *k;
	struct venue *old;
	int err;

	if (!exch_room(&x->ring, at, &x->cap_ring, sizeof(*x->ring)))
		return EXCH_ERR_NOMEM;
	k = &x->ring[at];
	if (x->next >= x->window &&
	    (old = exch_keyed_find(&x->venue, k->instr, k->match)) != NULL &&
	    old->at + x->window == x->next)
		exch_keyed_drop(&x->venue, old);
	err = exch_keyed_add(&x->venue, e->h.instr, e->match, out);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	*k = (struct exch_redone_key){e->match, e->h.instr};
	(*out)->at = x->next++;
	(*out)->match = 0;
	(*out)->by = e->h.source;
	return EXCH_OK;
}

/* As the engine compares them (src/match/fidelity.c). */
static int
expect(struct exch_redone *x, const struct exch_rec_expect *e)
{
	struct waiting *w = exch_keyed_find(&x->waiting, e->h.instr, 0);
	struct exch_redone_exec *p;
	struct venue *v;
	uint32_t i;
	int err;

	/* what was imposed is a TRADE that the venue's source tells itself */
	if ((e->h.flags & EXCH_F_IMPOSED) != 0)
		return EXCH_OK;
	err = remember(x, e, &v);
	if (err != 0 || w == NULL || w->first == 0)
		return err;
	i = w->first;
	p = &x->exec[i];
	w->first = p->next;
	p->next = x->free;
	x->free = i;
	if (p->resting == resting(e->aggressor, e->buy, e->sell) &&
	    p->aggressor == e->aggressor && p->qty == e->qty &&
	    p->price == e->price) {
		v->match = p->match;
		v->source = p->source;
	}
	return EXCH_OK;
}

int
exch_redone_record(struct exch_redone *x, const struct exch_rec *r)
{
	const struct exch_rec_expect *venue;
	const struct exch_rec_exec *e;

	if (r->type == EXCH_REC_EXEC) {
		e = EXCH_REC_AS(r, exch_rec_exec);
		return e != NULL ? wait_for(x, e) : EXCH_OK;
	}
	if (r->type == EXCH_REC_EXPECT) {
		venue = EXCH_REC_AS(r, exch_rec_expect);
		return venue != NULL ? expect(x, venue) : EXCH_OK;
	}
	if (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_BREAK)
		wait_no_more(x, r->instr);
	return EXCH_OK;
}

enum exch_redone_said
exch_redone_of(const struct exch_redone *x, uint32_t instr, uint64_t *match,
    uint8_t *source)
{
	const struct venue *v = exch_keyed_find(&x->venue, instr, *match);

	if (v == NULL || v->by != *source)
		return EXCH_REDONE_OWN;
	if (v->match == 0)
		return EXCH_REDONE_NONE;
	*match = v->match;
	*source = v->source;
	return EXCH_REDONE_EXEC;
}
