/*
 * Rules of protected markets that can be checked without knowing the books;
 * see watch.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/dec.h"
#include "prop/watch.h"

struct seen {
	uint32_t id;
	exch_px tick;
	exch_px reference;
	exch_px auction;
	exch_px last;
	bool known; /* it was announced */
	bool index; /* the breaker looks at it */
	uint8_t phase;
	bool changes; /* its phase has just, and its auction may follow */
};

/* An order that does not rest: what became of it. */
struct now {
	uint32_t instr;
	exch_oid id;
	exch_qty open, filled;
	bool fok;
	bool parked; /* waits for its trigger */
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
		exch_oid other; /* the answer that is accepted */
		exch_qty qty;
		uint32_t instr;
		uint8_t type;
		uint8_t tif, ordtype;
	} * due;
	size_t ndue, first, cap;
	struct now *now_or_never;
	size_t nnow;
	uint8_t phase; /* instruments announced later begin with */
	size_t level;  /* of the breaker, reached today */
	bool told;     /* by the event in hand */
	const char *wrong;
};

struct watch *
watch_new(const struct naive_rules *rules, uint8_t phase)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		abort();
	w->rules = rules;
	w->phase = phase;
	return w;
}

void
watch_free(struct watch *w)
{
	free(w->in);
	free(w->due);
	free(w->now_or_never);
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
	w->in[w->n] = (struct seen){.id = id,
	    .reference = EXCH_PX_NONE,
	    .auction = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE};
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

/* ---- orders that do not rest ---- */

static struct now *
find_now(struct watch *w, uint32_t instr, exch_oid id)
{
	for (size_t i = 0; i < w->nnow; i++)
		if (w->now_or_never[i].instr == instr &&
		    w->now_or_never[i].id == id)
			return &w->now_or_never[i];
	return NULL;
}

/* So much of the order is done, or of the other of the same number. */
static void
lose(struct watch *w, uint32_t instr, exch_oid id, exch_qty qty, bool fills)
{
	struct now *o = find_now(w, instr, id);

	if (o == NULL)
		return;
	must(w, !fills || !o->parked, "a parked order trades");
	must(w, qty <= o->open, "more is done than there was");
	must(w, fills || !o->fok || o->filled == 0,
	    "fill or kill was filled in part");
	o->open -= qty;
	if (fills)
		o->filled += qty;
	if (o->open == 0)
		*o = w->now_or_never[--w->nnow];
}

static void
come_in(struct watch *w, const struct owed *o)
{
	bool limit = o->ordtype == EXCH_ORD_LIMIT ||
		     o->ordtype == EXCH_ORD_MARKET ||
		     o->ordtype == EXCH_ORD_MTL;

	if (o->tif != EXCH_TIF_IOC && o->tif != EXCH_TIF_FOK)
		return;
	w->now_or_never =
	    realloc(w->now_or_never, (w->nnow + 1) * sizeof(*w->now_or_never));
	if (w->now_or_never == NULL)
		abort();
	w->now_or_never[w->nnow++] = (struct now){.instr = o->instr,
	    .id = o->id,
	    .open = o->qty,
	    .fok = o->tif == EXCH_TIF_FOK,
	    .parked = !limit};
}

/* The end of what a command did. */
static void
all_is_done(struct watch *w)
{
	for (size_t i = 0; i < w->nnow; i++)
		must(w, w->now_or_never[i].parked,
		    w->now_or_never[i].fok ? "fill or kill stays"
					   : "immediate or cancel rests");
}

/* ---- phases ---- */

static void
on_phase(struct watch *w, const struct exch_rec_phase *p)
{
	if (p->phase > EXCH_PHASE_END)
		return;
	if (p->h.instr == 0)
		w->phase = p->phase;
	for (size_t i = 0; i < w->n; i++)
		if (w->in[i].known &&
		    (p->h.instr == 0 || w->in[i].id == p->h.instr)) {
			w->in[i].phase = p->phase;
			w->in[i].changes = true;
			if (p->phase == EXCH_PHASE_END && w->in[i].index)
				w->level = 0;
		}
}

uint8_t
watch_phase(struct watch *w, uint32_t instr)
{
	return find(w, instr)->phase;
}

/* ---- executions and answers ---- */

static void
on_exec(struct watch *w, const struct exch_rec_exec *e)
{
	struct seen *s = find(w, e->h.instr);
	exch_px still = s->auction != EXCH_PX_NONE ? s->auction : s->reference;

	lose(w, e->h.instr, e->buy, e->qty, true);
	lose(w, e->h.instr, e->sell, e->qty, true);
	if (e->aggressor == EXCH_SIDE_NONE)
		must(w, s->changes, "an auction where no phase ends");
	else
		must(w, s->phase == EXCH_PHASE_CONTINUOUS,
		    "an execution outside continuous trading");
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
	if (!s->known)
		s->phase = w->phase;
	s->known = true;
	s->index = w->rules->nfalls != 0 &&
		   memcmp(c->symbol, w->rules->index, sizeof(c->symbol)) == 0;
	if (s->tick != 0 && s->tick != c->tick)
		s->last = s->auction = EXCH_PX_NONE;
	s->tick = c->tick;
	s->reference = c->reference;
}

static bool
is_release(const struct exch_rec_mass_cancel *c)
{
	return c->kind == EXCH_MASS_KILL || c->kind == EXCH_MASS_RELEASE;
}

/* All but mass cancels have the order's id at the same place. */
static void
owe(struct watch *w, const struct exch_rec *r)
{
	const struct exch_rec_new *c = (const void *)r;
	const struct exch_rec_accept *a = (const void *)r;
	struct owed o = {.due = w->now, .instr = r->instr, .type = r->type};

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
	if (r->type != EXCH_REC_MASS_CANCEL)
		o.id = c->order;
	if (r->type == EXCH_REC_NEW) {
		o.qty = c->qty;
		/* What is imposed rests, whatever it says. */
		o.tif =
		    r->flags & EXCH_F_IMPOSED ? (uint8_t)EXCH_TIF_DAY : c->tif;
		o.ordtype = c->ordtype;
	}
	if (r->type == EXCH_REC_ACCEPT)
		o.other = a->answer;
	if (!(r->flags & EXCH_F_IMPOSED) &&
	    (r->type != EXCH_REC_MASS_CANCEL || !is_release((const void *)r)))
		o.due = naive_later(o.due, w->rules->bump);
	w->due[w->ndue++] = o;
}

/*
 * The answer to a command of this type.  Those to quotes look the same and
 * are not looked for; a REJECT says whose it is.
 */
static void
answer(struct watch *w, const struct exch_rec *r, uint8_t type, exch_oid id,
    bool rejected)
{
	bool given =
	    rejected || type == EXCH_REC_CANCEL || type == EXCH_REC_MASS_CANCEL;

	for (size_t i = w->first; i < w->ndue; i++) {
		const struct owed *o = &w->due[i];

		if (o->due == r->time && o->id == id && o->instr == r->instr &&
		    o->type == type) {
			if (!rejected && type == EXCH_REC_NEW)
				come_in(w, o);
			w->due[i] = w->due[w->first++];
			return;
		}
	}
	must(w, !given || type == EXCH_REC_NEW,
	    "an answer to nothing, or at another time");
}

/* Requests and their answers trade only when that is accepted. */
static void
accepted(struct watch *w, const struct exch_rec_exec *e)
{
	for (size_t i = w->first; i < w->ndue; i++) {
		const struct owed *o = &w->due[i];

		if (o->type == EXCH_REC_ACCEPT && o->due == e->h.time &&
		    o->instr == e->h.instr &&
		    ((o->id == e->buy && o->other == e->sell) ||
			(o->id == e->sell && o->other == e->buy))) {
			w->due[i] = w->due[w->first++];
			return;
		}
	}
}

static void
on_cancelled(struct watch *w, const struct exch_rec_cancelled *e)
{
	lose(w, e->h.instr, e->order, e->qty, false);
	if (e->reason == EXCH_WHY_USER || e->reason == EXCH_WHY_IMPOSED)
		answer(w, &e->h, EXCH_REC_CANCEL, e->order, false);
}

static void
on_triggered(struct watch *w, const struct exch_rec_triggered *e)
{
	struct now *o = find_now(w, e->h.instr, e->order);

	if (o != NULL)
		o->parked = false;
}

/* What a parked order is replaced by may rest: it is for the day or longer. */
static void
on_replaced(struct watch *w, const struct exch_rec_replaced *e)
{
	struct now *o = find_now(w, e->h.instr, e->order);

	if (o != NULL)
		*o = w->now_or_never[--w->nnow];
	answer(w, &e->h, EXCH_REC_REPLACE, e->order, false);
}

/* ---- the breaker ---- */

/* The price behind " value=" or " close=". */
static exch_px
said(const char *text, size_t n, const char *word)
{
	size_t k = strlen(word), len = 0;
	exch_px px = EXCH_PX_NONE;

	while (n > k && memcmp(text, word, k) != 0) {
		text++;
		n--;
	}
	while (k + len < n && text[k + len] != ' ')
		len++;
	return exch_dec_parse(text + k, len, 9, &px) == 0 ? px : EXCH_PX_NONE;
}

/* A level is higher than all before, allowed now, and really reached. */
static void
on_notice(struct watch *w, const struct exch_rec_notice *e)
{
	const char *text = (const char *)e + sizeof(*e), *word = "breaker ";
	size_t n = e->ntext, level;
	const struct naive_fall *f;
	exch_px value, close;

	if (n < 15 || memcmp(text, word, strlen(word)) != 0)
		return;
	level = (size_t)(text[14] - '0');
	value = said(text, n, " value=");
	close = said(text, n, " close=");
	must(w, level > w->level && level <= w->rules->nfalls,
	    "a level of the breaker is none, or comes again");
	must(w,
	    find(w, e->h.instr)->index && close > 0 &&
		close == find(w, e->h.instr)->reference,
	    "the breaker looks at another index or close");
	if (w->wrong != NULL)
		return;
	f = &w->rules->fall[level - 1];
	must(w, f->halt == 0 || w->now < w->rules->fall_until,
	    "a level halts too late in the day");
	must(w,
	    (exch_i128)value * 100000000 <=
		(exch_i128)close * (100000000 - (exch_i128)f->share),
	    "a level is not reached by its value");
	w->level = level;
	w->told = true;
}

/* Whatever a level stops has stopped, all of it. */
static void
check_stopped(struct watch *w)
{
	bool closes = w->rules->fall[w->level - 1].halt == 0;

	w->told = false;
	for (size_t i = 0; i < w->n; i++) {
		uint8_t phase = w->in[i].phase;

		must(w,
		    !w->in[i].known ||
			(closes ? phase == EXCH_PHASE_CLOSED ||
				      phase == EXCH_PHASE_END
				: phase != EXCH_PHASE_CONTINUOUS),
		    "the breaker leaves an instrument out");
	}
}

/* Behind the last event of a command, or of what the clock did. */
static void
end_of_events(struct watch *w)
{
	all_is_done(w);
	if (w->told && w->wrong == NULL)
		check_stopped(w);
	for (size_t i = 0; i < w->n; i++)
		w->in[i].changes = false;
}

static bool
is_command(uint8_t type)
{
	return type == EXCH_REC_NEW || type == EXCH_REC_CANCEL ||
	       type == EXCH_REC_REPLACE || type == EXCH_REC_MASS_CANCEL ||
	       type == EXCH_REC_ACCEPT;
}

/* No auction comes to a price that no limit may have. */
static void
on_auction(struct watch *w, const struct exch_rec_auction *a)
{
	struct seen *s = find(w, a->h.instr);
	const struct naive_grid g = {s->tick, w->rules};

	/* Below the first step there is none. */
	must(w,
	    s->tick <= 0 || naive_good(&g, a->price, true) == a->price ||
		naive_good(&g, a->price, false) == a->price,
	    "an auction's price is off the market's table of ticks");
	if (a->final != 0)
		s->auction = a->price;
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
	else if (r->type == EXCH_REC_PHASE)
		on_phase(w, (const void *)r);
	else if (r->type == EXCH_REC_NOTICE)
		on_notice(w, (const void *)r);
	else if (r->type == EXCH_REC_AUCTION && a->price != EXCH_PX_NONE)
		on_auction(w, a);
	else if (is_command(r->type))
		owe(w, r);
	else if (r->type == EXCH_REC_CANCELLED)
		on_cancelled(w, (const void *)r);
	else if (r->type == EXCH_REC_TRIGGERED)
		on_triggered(w, (const void *)r);
	else if (r->type == EXCH_REC_MASS_DONE)
		answer(w, r, EXCH_REC_MASS_CANCEL, 0, false);
	else if (r->type == EXCH_REC_ACK)
		answer(w, r, EXCH_REC_NEW, ack->order, false);
	else if (r->type == EXCH_REC_REPLACED)
		on_replaced(w, rep);
	else if (r->type == EXCH_REC_REJECT && is_command(j->command))
		answer(w, r, j->command, j->order, true);
	if (r->type == EXCH_REC_EXEC) {
		accepted(w, (const void *)r);
		on_exec(w, (const void *)r);
	}
	if (r->flags & EXCH_F_LAST)
		end_of_events(w);
}

void
watch_end(struct watch *w)
{
	must(w, w->first == w->ndue, "a command without an answer");
}
