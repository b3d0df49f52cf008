/*
 * What clients call their orders.  The same number of the same account
 * again is answered as it was the first time, so that a client who does not
 * know whether an order arrived may say it once more.
 *
 * The latest EXCH_CLIENTS numbers are remembered, first in, first out, in a
 * ring; an open addressing table finds them.  The memory does not depend on
 * the instruments or on what lives, so that engines that share the work can
 * all keep the same window, as long as each of them sees every order.
 *
 * What an order says is compared by the first 16 bytes of its SHA-256: the
 * orders themselves may be 2 KiB each, and nobody finds two that agree in
 * these, not even on purpose.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "match/general.h"
#include "match/part.h"

#define MASK (2 * EXCH_CLIENTS - 1)

/* In place of a code: it was told elsewhere (part.h). */
#define UNKNOWN UINT16_MAX

static size_t
home_of(uint32_t account, uint64_t id)
{
	uint64_t h =
	    (id ^ (uint64_t)account << 32) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (size_t)(h >> 32) & MASK;
}

/* Where the number stands in the table, or the free place it would take. */
static size_t
place_of(const struct exch_clients *t, uint32_t account, uint64_t id)
{
	size_t i = home_of(account, id);

	for (; t->table[i] != 0; i = (i + 1) & MASK) {
		const struct exch_client *c = &t->ring[t->table[i] - 1];

		if (c->id == id && c->account == account)
			break;
	}
	return i;
}

/* Out of the table, which closes up behind it. */
static void
forget(struct exch_clients *t, const struct exch_client *c)
{
	size_t gap = place_of(t, c->account, c->id), i = gap;

	for (;;) {
		const struct exch_client *x;

		i = (i + 1) & MASK;
		if (t->table[i] == 0)
			break;
		x = &t->ring[t->table[i] - 1];
		/* It may move back as far as its home, not beyond. */
		if (((i - home_of(x->account, x->id)) & MASK) <
		    ((i - gap) & MASK))
			continue;
		t->table[gap] = t->table[i];
		gap = i;
	}
	t->table[gap] = 0;
}

static bool
have_memory(struct exch_match *m)
{
	struct exch_clients *t = &m->all->clients;

	if (t->ring == NULL)
		t->ring = exch_calloc(EXCH_CLIENTS, sizeof(*t->ring));
	if (t->table == NULL)
		t->table = exch_calloc(MASK + 1, sizeof(*t->table));
	if (t->ring == NULL || t->table == NULL)
		m->ended = true;
	return !m->ended;
}

/* Everything an order says but for its time, its number and who said it. */
static void
digest(const struct exch_rec_new *c, unsigned char out[16])
{
	const unsigned char *p = (const unsigned char *)c;
	size_t from = offsetof(struct exch_rec_new, order) + sizeof(c->order);
	unsigned char flags = (unsigned char)(c->h.flags & ~EXCH_F_DUP);
	unsigned char sum[32];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, &flags, 1);
	exch_sha256_add(&s, &c->h.instr, sizeof(c->h.instr));
	exch_sha256_add(&s, p + from, exch_rec_len(&c->h) - from);
	exch_sha256_end(&s, sum);
	memcpy(out, sum, 16);
}

static void
answer(struct exch_match *m, const struct exch_rec_new *c,
    const struct exch_client *first)
{
	struct exch_rec_ack *a;

	if (first->code != EXCH_REJ_NONE) {
		exch_engine_reject(
		    m, &c->h, first->order, (enum exch_reject)first->code);
	} else {
		a = exch_engine_emit(m, EXCH_REC_ACK, sizeof(*a), c->h.instr);
		a->order = first->order;
		m->st.acks++;
	}
	m->last->flags |= EXCH_F_DUP;
}

bool
exch_client_answers(struct exch_match *m, const struct exch_rec_new *c,
    uint64_t id, struct exch_client *as)
{
	struct exch_clients *t = &m->all->clients;
	const struct exch_client *first;
	uint32_t at;

	if (!have_memory(m))
		return true;
	*as = (struct exch_client){
	    .id = id, .account = c->account, .order = c->order};
	digest(c, as->digest);
	at = t->table[place_of(t, c->account, id)];
	if (at == 0)
		return false;
	first = &t->ring[at - 1];
	if (memcmp(first->digest, as->digest, sizeof(as->digest)) == 0 &&
	    first->code == UNKNOWN)
		m->all->part->why =
		    "a client said an order twice, to several parts";
	else if (memcmp(first->digest, as->digest, sizeof(as->digest)) == 0)
		answer(m, c, first);
	else
		exch_engine_reject(m, &c->h, c->order, EXCH_REJ_CLIENT);
	return true;
}

bool
exch_client_foreign(
    struct exch_match *m, const struct exch_rec_new *c, uint64_t id)
{
	struct exch_clients *t = &m->all->clients;
	struct exch_client as = {
	    .id = id, .account = c->account, .order = c->order};

	if (!have_memory(m) || t->table[place_of(t, c->account, id)] != 0)
		return false;
	digest(c, as.digest);
	exch_client_note(m, &as, (enum exch_reject)UNKNOWN);
	return true;
}

void
exch_client_note(
    struct exch_match *m, struct exch_client *as, enum exch_reject code)
{
	struct exch_clients *t = &m->all->clients;
	struct exch_client *c = &t->ring[t->next];

	if (t->full)
		forget(t, c);
	as->code = (uint16_t)code;
	t->table[place_of(t, as->account, as->id)] = t->next + 1;
	*c = *as;
	t->next = (t->next + 1) % EXCH_CLIENTS;
	t->full |= t->next == 0;
}
