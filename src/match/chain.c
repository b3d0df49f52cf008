/*
 * Chains of specials: chain.h.
 */
#include <config.h>

#include "base/alloc.h"
#include "match/general.h"

#define FIRST_BITS 6u
#define MOST_BITS 24u

static struct exch_chain_key
key_of(enum exch_chain k, const struct exch_special *s)
{
	switch (k) {
	case EXCH_CHAIN_OCO:
		return (struct exch_chain_key){s->oco, s->account};
	case EXCH_CHAIN_CHILD:
		return (struct exch_chain_key){s->parent, s->instr};
	case EXCH_CHAIN_ANSWER:
		return (struct exch_chain_key){s->request, s->instr};
	default:
		return (struct exch_chain_key){s->account, s->instr};
	}
}

static struct exch_bucket *
bucket_of(const struct exch_chains *c, struct exch_chain_key key)
{
	uint64_t h =
	    (key.a ^ (uint64_t)key.b << 32) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return &c->bucket[h >> (64 - c->bits)];
}

static void
append(struct exch_match *m, enum exch_chain k, struct exch_special *s)
{
	struct exch_bucket *b = bucket_of(&m->g.chains[k], key_of(k, s));
	uint32_t i = exch_special_index(m, s);

	s->link[k] = (struct exch_link){.prev = b->last};
	if (b->last != 0)
		m->g.special[b->last].link[k].next = i;
	else
		b->first = i;
	b->last = i;
}

/*
 * Twice as many buckets.  Whoever stands in one of the new ones comes out of
 * the same old one, so that the order of entry is kept.  Without memory it
 * stays as it is.
 */
static void
grow(struct exch_match *m, enum exch_chain k)
{
	struct exch_chains *c = &m->g.chains[k];
	struct exch_chains old = *c;
	struct exch_bucket *p = exch_calloc((size_t)2 << old.bits, sizeof(*p));

	if (p == NULL)
		return;
	c->bucket = p;
	c->bits++;
	for (size_t at = 0; at < (size_t)1 << old.bits; at++) {
		uint32_t i, next;

		for (i = old.bucket[at].first; i != 0; i = next) {
			next = m->g.special[i].link[k].next;
			append(m, k, &m->g.special[i]);
		}
	}
	exch_free(old.bucket);
}

bool
exch_chain_join(struct exch_match *m, enum exch_chain k, struct exch_special *s)
{
	struct exch_chains *c = &m->g.chains[k];

	if (c->bucket == NULL) {
		c->bits = FIRST_BITS;
		c->bucket =
		    exch_calloc((size_t)1 << c->bits, sizeof(*c->bucket));
	}
	if (c->bucket == NULL) {
		m->ended = true;
		return false;
	}
	if (c->n >> c->bits != 0 && c->bits < MOST_BITS)
		grow(m, k);
	append(m, k, s);
	c->n++;
	return true;
}

void
exch_chain_leave(
    struct exch_match *m, enum exch_chain k, const struct exch_special *s)
{
	struct exch_chains *c = &m->g.chains[k];
	struct exch_special *pool = m->g.special;
	struct exch_link l = s->link[k];
	struct exch_bucket *b;

	if (c->bucket == NULL)
		return; /* m->ended */
	b = bucket_of(c, key_of(k, s));
	if (l.prev != 0)
		pool[l.prev].link[k].next = l.next;
	else
		b->first = l.next;
	if (l.next != 0)
		pool[l.next].link[k].prev = l.prev;
	else
		b->last = l.prev;
	c->n--;
}

/* The first with the key from a place of its bucket on. */
static struct exch_special *
from(const struct exch_match *m, enum exch_chain k, struct exch_chain_key key,
    uint32_t i)
{
	for (; i != 0; i = m->g.special[i].link[k].next) {
		struct exch_special *s = &m->g.special[i];
		struct exch_chain_key has = key_of(k, s);

		if (has.a == key.a && has.b == key.b)
			return s;
	}
	return NULL;
}

struct exch_special *
exch_chain_first(
    const struct exch_match *m, enum exch_chain k, struct exch_chain_key key)
{
	const struct exch_chains *c = &m->g.chains[k];

	return c->bucket == NULL ? NULL
				 : from(m, k, key, bucket_of(c, key)->first);
}

struct exch_special *
exch_chain_next(
    const struct exch_match *m, enum exch_chain k, const struct exch_special *s)
{
	return from(m, k, key_of(k, s), s->link[k].next);
}
