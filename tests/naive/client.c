/*
 * The naive engine: orders that are said twice, and accounts that are
 * announced, from exch-ordertypes(7) and exch-market(5); see naive.h.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

#define WINDOW 65536

/* Do two orders say the same? */
static bool
same(const struct exch_rec_new *a, const struct exch_rec_new *b)
{
	size_t n = exch_rec_len(&a->h);

	return n == exch_rec_len(&b->h) && a->h.instr == b->h.instr &&
	       (a->h.flags | EXCH_F_DUP) == (b->h.flags | EXCH_F_DUP) &&
	       memcmp(&a->price, &b->price,
		   n - offsetof(struct exch_rec_new, price)) == 0;
}

bool
naive_client_answers(struct naive *n, const struct exch_rec_new *c, uint64_t id)
{
	const struct naive_client *x = NULL;
	struct exch_rec_ack *e;

	for (size_t i = 0; i < n->nclient; i++)
		if (n->client[i].account == c->account && n->client[i].id == id)
			x = &n->client[i];
	if (x == NULL)
		return false;
	if (!same((const void *)x->said, c)) {
		naive_reject(n, &c->h, c->order, EXCH_REJ_CLIENT);
		return true;
	}
	if (x->code != EXCH_REJ_NONE) {
		naive_reject(n, &c->h, x->order, x->code);
	} else {
		e = naive_emit(n, EXCH_REC_ACK, sizeof(*e), c->h.instr);
		e->order = x->order;
	}
	((struct exch_rec *)(void *)(n->out + n->last_out))->flags |=
	    EXCH_F_DUP;
	return true;
}

void
naive_client_note(struct naive *n, const struct exch_rec_new *c, uint64_t id,
    enum exch_reject code)
{
	struct naive_client *x;

	if (n->nclient == WINDOW) {
		free(n->client[0].said);
		n->nclient--;
		memmove(
		    n->client, n->client + 1, n->nclient * sizeof(*n->client));
	}
	n->client = realloc(n->client, (n->nclient + 1) * sizeof(*n->client));
	if (n->client == NULL)
		abort();
	x = &n->client[n->nclient++];
	*x = (struct naive_client){
	    c->account, id, c->order, code, malloc(exch_rec_len(&c->h))};
	if (x->said == NULL)
		abort();
	memcpy(x->said, c, exch_rec_len(&c->h));
}

void
naive_client_clear(struct naive *n)
{
	for (size_t i = 0; i < n->nclient; i++)
		free(n->client[i].said);
	free(n->client);
	free(n->account);
}

void
naive_announce(struct naive *n, const struct exch_rec_account *a)
{
	n->account =
	    realloc(n->account, (n->naccount + 1) * sizeof(*n->account));
	if (n->account == NULL)
		abort();
	n->account[n->naccount++] = *a;
}

bool
naive_is_announced(const struct naive *n, uint32_t account)
{
	for (size_t i = 0; i < n->naccount; i++)
		if (n->account[i].id == account && account != 0)
			return true;
	return false;
}

static const char *
member_of(const struct naive *n, uint32_t account)
{
	for (size_t i = n->naccount; i > 0; i--)
		if (n->account[i - 1].id == account && account != 0)
			return n->account[i - 1].member;
	return "";
}

bool
naive_one_member(const struct naive *n, uint32_t a, uint32_t b)
{
	const char *x = member_of(n, a), *y = member_of(n, b);

	return n->rules != NULL && n->rules->by_member && *x != '\0' &&
	       strncmp(x, y, 16) == 0;
}
