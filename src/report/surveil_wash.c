/*
 * Wash trades: both sides are of one group, or two who are not linked trade
 * there and back.  Who trades much meets himself by chance: the share of his
 * trading decides, and how often that is against how often it would be.
 */
#include <config.h>

#include <string.h>

#include "report/surveil.h"

struct pair {
	struct exch_key key; /* instrument, both actors */
	exch_ts time;
	exch_px price;
	exch_qty qty;
	exch_qty between; /* in the episode */
	uint32_t trips;
	uint8_t side; /* of the first of them */
	uint8_t zero[3];
};

_Static_assert(sizeof(struct pair) <= 64, "as the pool is made");

/*
 * Who has so much of what rests that is traded meets himself as often as others
 * meet him.  Is it more often than that, by so many standard deviations?
 */
static bool
beyond_chance(const struct exch_surv *s, const struct exch_surv_actor *a)
{
	const struct exch_surv_inst *x = &s->inst[a->key.place];
	exch_u128 rests = a->volume[0] + a->volume[1] - a->taken;
	exch_u128 met = rests > a->selfed ? rests - a->selfed : 0;
	exch_u128 all = x->total > a->selfed ? x->total - a->selfed : 0;
	exch_u128 one = 1000000, sd, mean, k;
	/* of one: the part of him in what others traded */
	exch_u128 p = (all != 0 ? met * one / all : 0) + 1;

	sd = (exch_u128)(uint64_t)EXCH_SURV_RULE(s, wash, deviations);
	mean = (exch_u128)(a->nself + a->ntraded) * p;
	k = (exch_u128)a->nself * one;
	return k > mean && (k - mean) * (k - mean) >= sd * sd * mean * one;
}

/* Its trading since an episode began: all of it, and with himself. */
static int
same(struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	struct exch_surv_hit h;
	exch_oid ids[2] = {f->o->key.id, f->with->key.id};

	if (s->now >
	    a->self_at + exch_surv_ns(EXCH_SURV_RULE(s, wash, window))) {
		a->self = 0;
		a->traded = 0;
		a->nself = 0;
		a->ntraded = 0;
	}
	a->self_at = s->now;
	a->self += f->qty;
	a->selfed += f->qty;
	a->nself++;
	if ((exch_u128)a->self * 100 <
		(exch_u128)(a->traded + a->self) *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, wash, share) ||
	    !beyond_chance(s, a))
		return EXCH_OK;
	h = (struct exch_surv_hit){.pattern = EXCH_SURV_WASH,
	    .kind = f->o->account == f->with->account ? "account" : "group",
	    .a = a,
	    .other = f->with->account,
	    .start = s->now,
	    .seq = s->seq,
	    .id = ids,
	    .nids = 2,
	    .need = EXCH_SURV_RULE(s, wash, episodes),
	    .gap = exch_surv_ns(EXCH_SURV_RULE(s, wash, window)),
	    .score = 100};
	return exch_surv_hit(s, &h, d,
	    "with_himself=%llu with_others=%llu share>=%lld%% deviations>=%lld",
	    (unsigned long long)a->self, (unsigned long long)a->traded,
	    (long long)EXCH_SURV_RULE(s, wash, share),
	    (long long)EXCH_SURV_RULE(s, wash, deviations));
}

/* Those whose window is over make room. */
static void
forget(struct exch_surv *s)
{
	exch_ts window = exch_surv_ns(EXCH_SURV_RULE(s, wash, window));
	uint32_t at = 0;
	struct pair *p;

	while ((p = exch_keyed_next(&s->pairs, &at)) != NULL)
		if (p->time + window < s->now)
			exch_keyed_drop(&s->pairs, p);
}

static int
pair_of(struct exch_surv *s, const struct exch_surv_fill *f, struct pair **out,
    struct exch_diag *d)
{
	uint32_t one = f->a->key.slot, two = f->contra->key.slot;
	uint64_t id =
	    one < two ? (uint64_t)one << 32 | two : (uint64_t)two << 32 | one;

	*out = exch_keyed_find(&s->pairs, f->place, id);
	if (*out != NULL)
		return EXCH_OK;
	if (exch_keyed_is_full(&s->pairs))
		forget(s);
	return exch_keyed_add(&s->pairs, f->place, id, out) == EXCH_OK
		   ? EXCH_OK
		   : exch_report_nomem(d);
}

/* No further apart than a tick, or than the spread. */
static bool
one_price(
    const struct exch_surv *s, const struct exch_surv_fill *f, exch_px other)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, f->place);
	exch_px most = s->run->insts.inst[f->place].tick;
	exch_px off = f->price > other ? f->price - other : other - f->price;

	if (q != NULL && q->px[0] != EXCH_PX_NONE && q->px[1] != EXCH_PX_NONE &&
	    q->px[1] - q->px[0] > most)
		most = q->px[1] - q->px[0];
	return off <= most;
}

static int
there_and_back(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	exch_ts window = exch_surv_ns(EXCH_SURV_RULE(s, wash, window));
	int64_t net = EXCH_SURV_RULE(s, wash, net);
	uint8_t side = f->a->key.slot < f->contra->key.slot;
	exch_oid ids[2] = {f->o->key.id, f->with->key.id};
	struct exch_surv_hit h;
	struct pair *p;
	exch_qty off, all;
	bool back;
	int rc = pair_of(s, f, &p, d);

	if (rc != EXCH_OK)
		return rc;
	if (p->time + window < s->now)
		p->between = 0;
	off = f->qty > p->qty ? f->qty - p->qty : p->qty - f->qty;
	back = p->time != 0 && p->time + window >= s->now && p->side != side &&
	       (exch_u128)off * 100 <= (exch_u128)f->qty * (exch_u128)net &&
	       one_price(s, f, p->price);
	p->between += f->qty;
	p->time = s->now;
	p->side = side;
	p->qty = f->qty;
	p->price = f->price;
	if (!back)
		return EXCH_OK;
	/* of the one who trades less with others */
	all = f->a->volume[0] + f->a->volume[1];
	off = f->contra->volume[0] + f->contra->volume[1];
	if (off < all)
		all = off;
	if ((exch_u128)p->between * 100 <
	    (exch_u128)all *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, wash, pair_share))
		return EXCH_OK;
	h = (struct exch_surv_hit){.pattern = EXCH_SURV_WASH,
	    .kind = "round-trip",
	    .a = side != 0 ? f->a : f->contra,
	    .other = side != 0 ? f->contra->account : f->a->account,
	    .start = s->now,
	    .seq = s->seq,
	    .id = ids,
	    .nids = 2,
	    .need = EXCH_SURV_RULE(s, wash, episodes),
	    .gap = window,
	    .score = 100};
	return exch_surv_hit(s, &h, d,
	    "between_both=%llu of=%llu share>=%lld%%",
	    (unsigned long long)p->between, (unsigned long long)all,
	    (long long)EXCH_SURV_RULE(s, wash, pair_share));
}

int
exch_surv_wash(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	if (f->a == f->contra)
		return same(s, f, d);
	f->a->traded += f->qty;
	f->a->ntraded++;
	f->contra->traded += f->qty;
	f->contra->ntraded++;
	return there_and_back(s, f, d);
}
