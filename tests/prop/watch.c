/*
 * Rules of protected markets that can be checked without knowing the books;
 * see watch.h.
 */
#include <config.h>

#include <stdlib.h>

#include "prop/watch.h"

struct seen {
	uint32_t id;
	exch_px tick;
	exch_px reference;
	exch_px auction;
	exch_px last;
};

struct watch {
	const struct naive_rules *rules;
	struct seen *in;
	size_t n;
	struct seen before; /* the latest announcement, which may be refused */
	exch_ts now;
	/* Commands not answered yet. */
	struct owed {
		exch_ts due;
		exch_oid id;
		uint32_t instr;
		uint8_t type;
	} * due;
	size_t ndue, first, cap;
	const char *wrong;
};

struct watch *
watch_new(const struct naive_rules *rules)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		abort();
	w->rules = rules;
	return w;
}

void
watch_free(struct watch *w)
{
	free(w->in);
	free(w->due);
	free(w);
}

const char *
watch_wrong(const struct watch *w)
{
	return w->wrong;
}

static void
must(struct watch *w, bool ok, const char *what)
{
	if (!ok && w->wrong == NULL)
		w->wrong = what;
}

static struct seen *
find(struct watch *w, uint32_t id)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->in[i].id == id)
			return &w->in[i];
	w->in = realloc(w->in, (w->n + 1) * sizeof(*w->in));
	if (w->in == NULL)
		abort();
	w->in[w->n] =
	    (struct seen){id, 0, EXCH_PX_NONE, EXCH_PX_NONE, EXCH_PX_NONE};
	return &w->in[w->n++];
}

/* |p - ref| / |ref| <= share / 10^8, in the precision of quotients. */
static bool
near(exch_px p, exch_px ref, uint64_t share)
{
	exch_u128 far, size;

	if (share == 0 || ref == EXCH_PX_NONE)
		return true;
	far = (exch_u128)(p > ref ? (exch_i128)p - ref : (exch_i128)ref - p);
	size = (exch_u128)(ref < 0 ? -(exch_i128)ref : (exch_i128)ref);
	return far * 100000000 <= size * share;
}

static void
on_exec(struct watch *w, const struct exch_rec_exec *e)
{
	struct seen *s = find(w, e->h.instr);
	exch_px still = s->auction != EXCH_PX_NONE ? s->auction : s->reference;

	if (e->aggressor != EXCH_SIDE_NONE) {
		must(w, near(e->price, still, w->rules->stop_still),
		    "an execution outside the static range");
		must(w, near(e->price, s->last, w->rules->stop_dynamic),
		    "an execution outside the dynamic range");
	}
	s->last = e->price;
}

static void
on_instrument(struct watch *w, const struct exch_rec_instrument *c)
{
	struct seen *s = find(w, c->h.instr);

	w->before = *s;
	if (s->tick != 0 && s->tick != c->tick)
		s->last = s->auction = EXCH_PX_NONE;
	s->tick = c->tick;
	s->reference = c->reference;
}

/* NEW and REPLACE have the order's id at the same place. */
static void
owe(struct watch *w, const struct exch_rec *r)
{
	const struct exch_rec_new *c = (const void *)r;

	/* What came before under its client's number is answered as then. */
	if (r->type == EXCH_REC_NEW &&
	    exch_rec_ext(r, sizeof(*c), EXCH_EXT_CLIENT) != NULL)
		return;
	if (w->ndue == w->cap) {
		w->cap = w->cap * 2 + 64;
		w->due = realloc(w->due, w->cap * sizeof(*w->due));
		if (w->due == NULL)
			abort();
	}
	w->due[w->ndue++] = (struct owed){
	    w->now + (r->flags & EXCH_F_IMPOSED ? 0 : w->rules->bump), c->order,
	    r->instr, r->type};
}

/*
 * The answer to a command of this type.  Those to quotes look the same and
 * are not looked for; a REJECT says whose it is.
 */
static void
answer(struct watch *w, const struct exch_rec *r, uint8_t type, exch_oid id,
    bool rejected)
{
	for (size_t i = w->first; i < w->ndue; i++) {
		const struct owed *o = &w->due[i];

		if (o->due == r->time && o->id == id && o->instr == r->instr &&
		    o->type == type) {
			w->due[i] = w->due[w->first++];
			return;
		}
	}
	must(w, !rejected || type == EXCH_REC_NEW,
	    "a reject of nothing, or at another time");
}

void
watch_record(struct watch *w, const struct exch_rec *r)
{
	const struct exch_rec_auction *a = (const void *)r;
	const struct exch_rec_reject *j = (const void *)r;
	const struct exch_rec_ack *ack = (const void *)r;
	const struct exch_rec_replaced *rep = (const void *)r;

	if (r->time > w->now)
		w->now = r->time;
	if (r->type == EXCH_REC_INSTRUMENT)
		on_instrument(w, (const void *)r);
	else if (r->type == EXCH_REC_ERROR)
		*find(w, r->instr) = w->before;
	else if (r->type == EXCH_REC_EXEC)
		on_exec(w, (const void *)r);
	else if (r->type == EXCH_REC_AUCTION && a->final != 0 &&
		 a->price != EXCH_PX_NONE)
		find(w, r->instr)->auction = a->price;
	else if (r->type == EXCH_REC_NEW || r->type == EXCH_REC_REPLACE)
		owe(w, r);
	else if (r->type == EXCH_REC_ACK)
		answer(w, r, EXCH_REC_NEW, ack->order, false);
	else if (r->type == EXCH_REC_REPLACED)
		answer(w, r, EXCH_REC_REPLACE, rep->order, false);
	else if (r->type == EXCH_REC_REJECT &&
		 (j->command == EXCH_REC_NEW || j->command == EXCH_REC_REPLACE))
		answer(w, r, j->command, j->order, true);
}

void
watch_end(struct watch *w)
{
	must(w, w->first == w->ndue, "a command without an answer");
}
