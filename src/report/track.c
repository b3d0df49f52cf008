/*
 * The order tracker (track.h): a pool of live orders and an open addressing
 * index from (instrument, id), with deletion by shifting back, so that the
 * index never fills with graves.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "report/report.h"
#include "report/track.h"

struct exch_track {
	exch_change_fn *fn;
	void *arg;
	struct exch_life *pool; /* slot 0 is never used */
	uint32_t cap;
	uint32_t used;
	uint32_t free;	 /* list through `place` */
	uint32_t *index; /* slots, or 0 */
	uint32_t mask;
	uint32_t live;
	uint64_t accepted;
	uint64_t unknown;
	/* the last command: a NEW, a REPLACE or a QUOTE */
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_replace r;
		struct exch_rec_quote q;
	} cmd;
};

#define FIRST_INDEX 4096

int
exch_track_new(
    exch_change_fn *fn, void *arg, struct exch_track **out, struct exch_diag *d)
{
	struct exch_track *t = exch_calloc(1, sizeof(*t));

	if (t == NULL)
		return exch_report_nomem(d);
	t->fn = fn;
	t->arg = arg;
	t->cap = FIRST_INDEX / 2;
	t->used = 1;
	t->mask = FIRST_INDEX - 1;
	t->pool = exch_calloc(t->cap, sizeof(*t->pool));
	t->index = exch_calloc(FIRST_INDEX, sizeof(*t->index));
	if (t->pool == NULL || t->index == NULL) {
		exch_track_free(t);
		return exch_report_nomem(d);
	}
	*out = t;
	return EXCH_OK;
}

void
exch_track_free(struct exch_track *t)
{
	if (t == NULL)
		return;
	exch_free(t->pool);
	exch_free(t->index);
	exch_free(t);
}

static inline uint32_t
home_of(const struct exch_track *t, uint32_t place, exch_oid id)
{
	uint64_t h = (id + (uint64_t)place * UINT64_C(0xd6e8feb86659fd93)) *
		     UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(h >> 32) & t->mask;
}

/* Where the order stands in the index, or where it would stand. */
static uint32_t
probe(const struct exch_track *t, uint32_t place, exch_oid id)
{
	uint32_t i = home_of(t, place, id);

	while (t->index[i] != 0) {
		const struct exch_life *o = &t->pool[t->index[i]];

		if (o->id == id && o->place == place)
			break;
		i = (i + 1) & t->mask;
	}
	return i;
}

static struct exch_life *
find(const struct exch_track *t, uint32_t place, exch_oid id)
{
	uint32_t slot = t->index[probe(t, place, id)];

	return slot != 0 ? &t->pool[slot] : NULL;
}

static int
grow(struct exch_track *t, struct exch_diag *d)
{
	uint32_t old = t->mask + 1;
	uint32_t *was = t->index;
	struct exch_life *pool;

	if (t->free == 0 && t->used == t->cap) {
		if (t->cap > UINT32_MAX / 4)
			return exch_diag_set(d, EXCH_ERR_LIMIT, NULL,
			    EXCH_POS_NONE, 0, "too many live orders");
		pool = exch_realloc(t->pool, (size_t)t->cap * 2, sizeof(*pool));
		if (pool == NULL)
			return exch_report_nomem(d);
		t->pool = pool;
		t->cap *= 2;
	}
	if (t->live < old / 2)
		return EXCH_OK;
	t->index = exch_calloc((size_t)old * 2, sizeof(*t->index));
	if (t->index == NULL) {
		t->index = was;
		return exch_report_nomem(d);
	}
	t->mask = old * 2 - 1;
	for (uint32_t i = 0; i < old; i++)
		if (was[i] != 0) {
			const struct exch_life *o = &t->pool[was[i]];

			t->index[probe(t, o->place, o->id)] = was[i];
		}
	exch_free(was);
	return EXCH_OK;
}

/* A new zeroed order; NULL in *out when the id is live already. */
static int
insert(struct exch_track *t, uint32_t place, exch_oid id,
    struct exch_life **out, struct exch_diag *d)
{
	uint32_t slot;
	uint32_t i;
	int rc = grow(t, d);

	*out = NULL;
	if (rc != EXCH_OK)
		return rc;
	i = probe(t, place, id);
	if (t->index[i] != 0)
		return EXCH_OK;
	slot = t->free;
	if (slot != 0)
		t->free = t->pool[slot].place;
	else
		slot = t->used++;
	t->index[i] = slot;
	t->live++;
	*out = &t->pool[slot];
	memset(*out, 0, sizeof(**out));
	(*out)->id = id;
	(*out)->place = place;
	(*out)->nth = t->accepted++;
	return EXCH_OK;
}

static void
drop(struct exch_track *t, uint32_t place, exch_oid id)
{
	uint32_t i = probe(t, place, id);
	uint32_t slot = t->index[i];
	uint32_t j = i;

	if (slot == 0)
		return;
	exch_check(t->pool != NULL);
	t->pool[slot].place = t->free;
	t->free = slot;
	t->live--;
	/* close the hole with whoever probed past it */
	for (;;) {
		const struct exch_life *o;
		uint32_t home;

		t->index[i] = 0;
		do {
			j = (j + 1) & t->mask;
			if (t->index[j] == 0)
				return;
			o = &t->pool[t->index[j]];
			home = home_of(t, o->place, o->id);
		} while (((j - home) & t->mask) < ((j - i) & t->mask));
		t->index[i] = t->index[j];
		i = j;
	}
}

/* Tell of a change; a change that ended the order takes it out after. */
static int
tell(struct exch_track *t, struct exch_change *c, struct exch_diag *d)
{
	if (c->o == NULL)
		t->unknown++;
	return t->fn(t->arg, c, d);
}

static int
take_ack(struct exch_track *t, const struct exch_rec_ack *r, uint32_t place,
    struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_ACCEPTED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	const struct exch_rec_new *n = &t->cmd.n;
	struct exch_rec_new side;
	struct exch_life *o = NULL;
	int rc;

	if (t->cmd.h.type == EXCH_REC_QUOTE) {
		exch_report_quoted(&t->cmd.q, r->order, &side);
		n = &side;
	}
	if (n->h.type == EXCH_REC_NEW && n->order == r->order &&
	    n->h.instr == r->h.instr) {
		rc = insert(t, place, r->order, &o, d);
		if (rc != EXCH_OK)
			return rc;
	}
	if (o != NULL) {
		o->price = n->price;
		o->qty = n->qty;
		o->open = n->qty;
		o->entered = r->h.time;
		o->account = n->account;
		o->side = n->side;
		o->ordtype = n->ordtype;
		o->tif = n->tif;
		o->flags = n->h.flags;
		o->ordflags = n->ordflags;
	}
	c.o = o;
	return tell(t, &c, d);
}

/* Commands that speak of an order that is there already. */
static bool
names_order(uint8_t command)
{
	return command == EXCH_REC_CANCEL || command == EXCH_REC_REPLACE ||
	       command == EXCH_REC_ACCEPT;
}

static int
take_reject(struct exch_track *t, const struct exch_rec_reject *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_life as_asked = {
	    .id = r->order, .place = place, .price = EXCH_PX_NONE};
	struct exch_change c = {.kind = EXCH_CHANGE_REJECTED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	const struct exch_life *live;

	if (r->command == EXCH_REC_NEW && t->cmd.h.type == EXCH_REC_NEW &&
	    t->cmd.n.order == r->order) {
		as_asked.price = t->cmd.n.price;
		as_asked.qty = t->cmd.n.qty;
		as_asked.account = t->cmd.n.account;
		as_asked.side = t->cmd.n.side;
		as_asked.ordtype = t->cmd.n.ordtype;
		as_asked.tif = t->cmd.n.tif;
		as_asked.ordflags = t->cmd.n.ordflags;
		as_asked.flags = t->cmd.h.flags;
	} else if (r->command == EXCH_REC_REPLACE &&
		   t->cmd.h.type == EXCH_REC_REPLACE &&
		   t->cmd.r.order == r->order) {
		as_asked.price = t->cmd.r.price;
		as_asked.qty = t->cmd.r.qty;
		as_asked.account = t->cmd.r.account;
		as_asked.tif = t->cmd.r.tif;
		as_asked.flags = t->cmd.h.flags;
	}
	if (r->command == EXCH_REC_QUOTE && t->cmd.h.type == EXCH_REC_QUOTE)
		as_asked.account = t->cmd.q.account;
	/* a refused change speaks of an order that may be there */
	live = names_order(r->command) ? find(t, place, r->order) : NULL;
	if (live != NULL) {
		as_asked.side = live->side;
		as_asked.account = live->account;
		as_asked.ordtype = live->ordtype;
	}
	as_asked.entered = r->h.time;
	c.o = &as_asked;
	return tell(t, &c, d);
}

static int
take_fill(struct exch_track *t, const struct exch_rec_exec *r, uint32_t place,
    uint8_t side, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_EXECUTED,
	    .r = &r->h,
	    .place = place,
	    .side = side};
	struct exch_life *o;
	exch_qty q = r->qty;
	int rc;

	c.order = side == EXCH_BUY ? r->buy : r->sell;
	c.contra = side == EXCH_BUY ? r->sell : r->buy;
	o = find(t, place, c.order);
	if (o != NULL) {
		exch_i128 v;

		if (q > o->open)
			q = o->open;
		o->open -= q;
		o->filled += q;
		o->execs++;
		if (__builtin_mul_overflow(
			(exch_i128)r->price, (exch_i128)q, &v) ||
		    __builtin_add_overflow(o->notional, v, &o->notional))
			return exch_diag_set(d, EXCH_ERR_RANGE, NULL,
			    EXCH_POS_NONE, 0, "amount does not fit 128 bits");
		c.ended = o->open == 0;
	}
	c.o = o;
	rc = tell(t, &c, d);
	if (rc == EXCH_OK && c.ended)
		drop(t, place, c.order);
	return rc;
}

static int
take_cancelled(struct exch_track *t, const struct exch_rec_cancelled *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_CANCELLED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	struct exch_life *o = find(t, place, r->order);
	exch_qty q = r->qty;
	int rc;

	if (o != NULL) {
		if (q > o->open)
			q = o->open;
		o->open -= q;
		o->cancelled += q;
		c.ended = r->open == 0;
	}
	c.o = o;
	rc = tell(t, &c, d);
	if (rc == EXCH_OK && c.ended)
		drop(t, place, r->order);
	return rc;
}

/* What a REPLACE changes besides quantity. */
static void
apply_replace(
    struct exch_life *o, const struct exch_rec_replace *cmd, exch_qty qty)
{
	o->open = qty;
	o->qty = o->filled + o->cancelled + qty;
	if (cmd == NULL)
		return;
	o->price = cmd->price;
	o->tif = cmd->tif;
	o->ordflags = cmd->ordflags;
	if (cmd->account != 0)
		o->account = cmd->account;
}

static int
take_replaced(struct exch_track *t, const struct exch_rec_replaced *r,
    uint32_t place, struct exch_diag *d)
{
	struct exch_change c = {.kind = EXCH_CHANGE_REPLACED,
	    .r = &r->h,
	    .place = place,
	    .order = r->order};
	const struct exch_rec_replace *cmd =
	    t->cmd.h.type == EXCH_REC_REPLACE && t->cmd.r.order == r->order &&
		    t->cmd.h.instr == r->h.instr
		? &t->cmd.r
		: NULL;
	struct exch_life *o = find(t, place, r->order);
	struct exch_life was;
	struct exch_life *next;
	int rc;

	if (o == NULL)
		return tell(t, &c, d);
	was = *o;
	c.o = &was;
	if (r->new_order == r->order) {
		apply_replace(o, cmd, r->qty);
		o->changes++;
		c.next = o;
		return tell(t, &c, d);
	}
	drop(t, place, r->order);
	rc = insert(t, place, r->new_order, &next, d);
	if (rc != EXCH_OK)
		return rc;
	if (next != NULL) {
		next->side = was.side;
		next->ordtype = was.ordtype;
		next->account = was.account;
		next->price = was.price;
		next->tif = was.tif;
		next->flags = was.flags;
		next->replaces = was.id;
		next->entered = r->h.time;
		apply_replace(next, cmd, r->qty);
	}
	c.next = next;
	c.ended = true;
	return tell(t, &c, d);
}

static int
take_exec(struct exch_track *t, const struct exch_rec_exec *r, uint32_t place,
    struct exch_diag *d)
{
	int rc = take_fill(t, r, place, EXCH_BUY, d);

	return rc != EXCH_OK ? rc : take_fill(t, r, place, EXCH_SELL, d);
}

#define TAKE(T, fn)                                                            \
	(EXCH_REC_AS(r, T) == NULL                                             \
		? exch_report_short(r, d)                                      \
		: fn(t, (const struct T *)(const void *)r, place, d))

int
exch_track_record(struct exch_track *t, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d)
{
	if (exch_report_repeats(r))
		return EXCH_OK;
	switch (r->type) {
	case EXCH_REC_NEW:
		if (EXCH_REC_AS(r, exch_rec_new) == NULL)
			return exch_report_short(r, d);
		memcpy(&t->cmd.n, r, sizeof(t->cmd.n));
		return EXCH_OK;
	case EXCH_REC_REPLACE:
		if (EXCH_REC_AS(r, exch_rec_replace) == NULL)
			return exch_report_short(r, d);
		memcpy(&t->cmd.r, r, sizeof(t->cmd.r));
		return EXCH_OK;
	case EXCH_REC_QUOTE:
		if (EXCH_REC_AS(r, exch_rec_quote) == NULL)
			return exch_report_short(r, d);
		memcpy(&t->cmd.q, r, sizeof(t->cmd.q));
		return EXCH_OK;
	case EXCH_REC_CANCEL:
	case EXCH_REC_MASS_CANCEL:
	case EXCH_REC_ACCEPT:
	case EXCH_REC_BLOCK:
	case EXCH_REC_BREAK:
		t->cmd.h.type = 0;
		return EXCH_OK;
	case EXCH_REC_ACK:
		return TAKE(exch_rec_ack, take_ack);
	case EXCH_REC_REJECT:
		return TAKE(exch_rec_reject, take_reject);
	case EXCH_REC_EXEC:
		return TAKE(exch_rec_exec, take_exec);
	case EXCH_REC_CANCELLED:
		return TAKE(exch_rec_cancelled, take_cancelled);
	case EXCH_REC_REPLACED:
		return TAKE(exch_rec_replaced, take_replaced);
	default:
		return EXCH_OK;
	}
}

static int
by_nth(const void *a, const void *b)
{
	const struct exch_life *x = *(const struct exch_life *const *)a;
	const struct exch_life *y = *(const struct exch_life *const *)b;

	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

int
exch_track_each(struct exch_track *t,
    int (*fn)(void *arg, const struct exch_life *o, struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	const struct exch_life **list;
	size_t n = 0;
	int rc = EXCH_OK;

	if (t->live == 0)
		return EXCH_OK;
	list = exch_calloc(t->live, sizeof(*list));
	if (list == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->index[i] != 0)
			list[n++] = &t->pool[t->index[i]];
	qsort(list, n, sizeof(*list), by_nth);
	for (size_t i = 0; i < n && rc == EXCH_OK; i++)
		rc = fn(arg, list[i], d);
	exch_free(list);
	return rc;
}

uint64_t
exch_track_unknown(const struct exch_track *t)
{
	return t->unknown;
}

size_t
exch_track_live(const struct exch_track *t)
{
	return t->live;
}
