/* Orders by what is said of them (owner.h). */
#include <config.h>

#include "rec/owner.h"

/* Known by (instrument, id). */
struct owner {
	struct exch_key key;
	exch_qty open;
	exch_oid other; /* of a quote: the order of its other side; or 0 */
	uint32_t account;
	bool quote;
};

int
exch_owners_init(struct exch_owners *o)
{
	int err = exch_keyed_init(&o->coming, sizeof(struct owner));
	int more = exch_keyed_init(&o->live, sizeof(struct owner));

	return err != 0 ? err : more;
}

void
exch_owners_clear(struct exch_owners *o)
{
	exch_keyed_clear(&o->coming);
	exch_keyed_clear(&o->live);
	exch_said_clear(&o->said);
}

uint32_t
exch_owner_of(const struct exch_owners *o, uint32_t instr, exch_oid order)
{
	const struct owner *w = exch_keyed_find(&o->live, instr, order);

	return w != NULL ? w->account : 0;
}

/* Of two of one number on their way the matcher takes the first, if any. */
static int
come(struct exch_owners *o, uint32_t instr, exch_oid id, uint32_t account,
    exch_qty qty, struct owner **out)
{
	int err = exch_keyed_add(&o->coming, instr, id, out);

	if (err != 0)
		return err == EXCH_ERR_EXISTS ? EXCH_OK : EXCH_ERR_NOMEM;
	(*out)->account = account;
	(*out)->open = qty;
	return EXCH_OK;
}

static int
quoted(struct exch_owners *o, const struct exch_rec_quote *q)
{
	const exch_oid id[2] = {q->bid_order, q->ask_order};
	const exch_qty qty[2] = {q->bid_qty, q->ask_qty};
	struct owner *w;
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		if (qty[i] == 0)
			continue;
		err = come(o, q->h.instr, id[i], q->account, qty[i], &w);
		if (err == 0) {
			w->quote = true;
			w->other = qty[1 - i] != 0 ? id[1 - i] : 0;
		}
	}
	return err;
}

static void
drop(struct exch_keyed *k, uint32_t instr, exch_oid id)
{
	struct owner *w = exch_keyed_find(k, instr, id);

	if (w != NULL)
		exch_keyed_drop(k, w);
}

/* The refusal of a quote names one side. */
static void
refused(struct exch_owners *o, const struct exch_rec_reject *j)
{
	const struct owner *w =
	    exch_keyed_find(&o->coming, j->h.instr, j->order);
	exch_oid other = w != NULL && w->quote ? w->other : 0;
	exch_oid id = j->order;

	if (j->command == EXCH_REC_NEW &&
	    !exch_said_answer(&o->said, &j->h, &id))
		return;
	if (j->command != EXCH_REC_NEW && j->command != EXCH_REC_QUOTE)
		return;
	drop(&o->coming, j->h.instr, id);
	if (other != 0)
		drop(&o->coming, j->h.instr, other);
}

/* From one place into another, where an older one of that number gives way. */
static int
move(struct exch_keyed *from, exch_oid id, struct exch_keyed *to,
    uint32_t instr, exch_oid as)
{
	struct owner *w = exch_keyed_find(from, instr, id), *n;
	struct exch_key key;
	int err;

	if (w == NULL)
		return EXCH_OK;
	err = exch_keyed_add(to, instr, as, &n);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return EXCH_ERR_NOMEM;
	w = exch_keyed_find(from, instr, id); /* it may have moved */
	if (w == n)
		return EXCH_OK;
	key = n->key;
	*n = *w;
	n->key = key;
	exch_keyed_drop(from, w);
	return EXCH_OK;
}

static void
less(
    struct exch_owners *o, uint32_t instr, exch_oid id, exch_qty qty, bool ends)
{
	struct owner *w = exch_keyed_find(&o->live, instr, id);

	if (w == NULL)
		return;
	if (ends || qty >= w->open)
		exch_keyed_drop(&o->live, w);
	else
		w->open -= qty;
}

static int
replaced(struct exch_owners *o, const struct exch_rec_replaced *e)
{
	struct owner *w;
	int err;

	/* A quote may leave an order where it is. */
	if (e->order == e->new_order)
		drop(&o->coming, e->h.instr, e->order);
	err = move(&o->live, e->order, &o->live, e->h.instr, e->new_order);
	if (err != 0)
		return err;
	w = exch_keyed_find(&o->live, e->h.instr, e->new_order);
	if (w != NULL)
		w->open = e->qty;
	return EXCH_OK;
}

/* One that was said again was taken before. */
static int
acked(struct exch_owners *o, const struct exch_rec_ack *e)
{
	exch_oid id = e->order;

	if (!exch_said_answer(&o->said, &e->h, &id))
		return EXCH_OK;
	if ((e->h.flags & EXCH_F_DUP) == 0)
		return move(&o->coming, id, &o->live, e->h.instr, id);
	drop(&o->coming, e->h.instr, id);
	return EXCH_OK;
}

/* The verdict stands before the command. */
static void
judged(struct exch_owners *o, const struct exch_rec_risk *k)
{
	bool holds =
	    k->command == EXCH_REC_NEW && k->verdict == EXCH_VERDICT_HOLD;

	o->held = holds ? k->order : 0;
	o->held_instr = k->h.instr;
}

/*
 * One that is held is answered when the gate gives it again, if ever: its turn
 * among those to be answered is then.
 */
static int
asked(struct exch_owners *o, const struct exch_rec_new *c)
{
	bool held =
	    o->held != 0 && c->order == o->held && c->h.instr == o->held_instr;
	struct owner *w;

	o->held = 0;
	if (!held && exch_said_new(&o->said, c) != 0)
		return EXCH_ERR_NOMEM;
	return come(o, c->h.instr, c->order, c->account, c->qty, &w);
}

/* The record as its type, or nothing: others have told of bad content. */
#define WITH(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	break

int
exch_owners_record(struct exch_owners *o, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_NEW: {
		WITH(exch_rec_new, c);
		return asked(o, c);
	}
	case EXCH_REC_RISK: {
		WITH(exch_rec_risk, k);
		judged(o, k);
		break;
	}
	case EXCH_REC_QUOTE: {
		WITH(exch_rec_quote, c);
		return quoted(o, c);
	}
	case EXCH_REC_ACK: {
		WITH(exch_rec_ack, e);
		return acked(o, e);
	}
	case EXCH_REC_REJECT: {
		WITH(exch_rec_reject, e);
		refused(o, e);
		break;
	}
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		less(o, r->instr, e->buy, e->qty, false);
		less(o, r->instr, e->sell, e->qty, false);
		break;
	}
	case EXCH_REC_CANCELLED: {
		WITH(exch_rec_cancelled, e);
		less(o, r->instr, e->order, e->qty, !e->open);
		break;
	}
	case EXCH_REC_REPLACED: {
		WITH(exch_rec_replaced, e);
		return replaced(o, e);
	}
	default:
		break;
	}
	return EXCH_OK;
}
