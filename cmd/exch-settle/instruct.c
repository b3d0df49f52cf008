/* Instructions and confirmations out of the records (instruct.h). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "exch-settle/instruct.h"

struct item {
	struct exch_key key;
	uint64_t match;
	struct settle_message m;
};

int
settle_instruct_init(struct settle_instruct *c)
{
	*c = (struct settle_instruct){0};
	return exch_keyed_init(&c->known, sizeof(struct item));
}

void
settle_instruct_clear(struct settle_instruct *c)
{
	exch_keyed_clear(&c->known);
}

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for instructions");
}

/* ---- identities ---- */

/* A day and 80 bits of a hash: 20261012-0123456789abcdef0123 */
static uint64_t
name(char id[SETTLE_ID + 1], uint32_t date, const char *text)
{
	unsigned char sum[32];
	char hex[65];
	struct exch_sha256 s;
	uint64_t hash;

	exch_sha256_init(&s);
	exch_sha256_add(&s, text, strlen(text));
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
	(void)snprintf(id, SETTLE_ID + 1, "%08u-%.20s", date % 100000000, hex);
	memcpy(&hash, sum, sizeof(hash));
	return hash;
}

/* By symbols: the stream's own numbers are others on another day. */
static uint64_t
identify(struct settle_message *m, uint64_t match, const struct exch_dir *dir)
{
	const struct exch_rec_instrument *in =
	    exch_dir_instrument(dir, m->instr);
	char text[128];

	(void)snprintf(text, sizeof(text), "%.24s|%u|%u|%u|%llu|%.4s",
	    in != NULL ? in->symbol : "", m->date, m->account, m->against,
	    (unsigned long long)match, m->currency);
	return name(m->id, m->date, text);
}

static void
confirm(struct settle_message *m, uint32_t day)
{
	char text[64];

	m->effective = day;
	(void)snprintf(text, sizeof(text), "%s|%u", m->id, day);
	(void)name(m->confirmed, day, text);
}

/* ---- what is to be settled ---- */

/* The latest of a net counts; what is broken on the day is to be settled no more. */
static int
instruct(struct settle_instruct *c, const struct settle_message *of,
    uint64_t match, bool back, const struct exch_dir *dir, struct exch_diag *d)
{
	struct settle_message m = *of;
	uint64_t hash = identify(&m, match, dir);
	struct item *i;
	int err = exch_keyed_add(&c->known, m.account, hash, &i);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return nomem(d);
	if (err == EXCH_ERR_EXISTS && back) {
		exch_keyed_drop(&c->known, i);
		return EXCH_OK;
	}
	i->match = match;
	i->m = m;
	i->m.left = m.qty;
	return EXCH_OK;
}

static int
net(struct settle_instruct *c, const struct exch_rec_net *n,
    const struct exch_dir *dir, struct exch_diag *d)
{
	struct settle_message m = {.instr = n->h.instr,
	    .account = n->account,
	    .against = n->against,
	    .date = n->date,
	    .qty = n->qty,
	    .cash = n->cash};

	memcpy(m.currency, n->currency, 4);
	/* With nets of pairs the obligations before them are not settled. */
	if (!c->nets) {
		exch_keyed_clear(&c->known);
		if (exch_keyed_init(&c->known, sizeof(struct item)) != 0)
			return nomem(d);
	}
	c->nets = true;
	return instruct(c, &m, 0, false, dir, d);
}

/* ---- and what was ---- */

/* Of one side of it. */
static int
tell(struct settle_instruct *c, bool other, uint32_t day,
    const struct exch_dir *dir, settle_message_fn *fn, void *arg,
    struct exch_diag *d)
{
	const struct exch_rec_obligation *o = &c->met;
	struct settle_message m = {.instr = o->h.instr,
	    .account = other ? o->against : o->account,
	    .against = other ? o->account : o->against,
	    .date = o->date,
	    .qty = other ? -o->qty : o->qty,
	    .cash = other ? -o->cash : o->cash,
	    .partial = o->status == EXCH_DUE_PARTIAL};
	struct item *i;
	uint64_t hash;

	memcpy(m.currency, o->currency, 4);
	hash = identify(&m, c->nets ? 0 : o->match, dir);
	confirm(&m, day);
	i = exch_keyed_find(&c->known, m.account, hash);
	if (i != NULL) {
		m.whole = true;
		m.again = i->m.left != i->m.qty;
		i->m.left -= m.qty;
		m.left = i->m.left;
	}
	return fn(arg, &m, d);
}

static int
posted(struct settle_instruct *c, const struct exch_rec_posting *p,
    const struct exch_dir *dir, settle_message_fn *fn, void *arg,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	if (!c->waits)
		return EXCH_OK;
	c->waits = false;
	if (fn == NULL)
		return EXCH_OK;
	err = tell(c, false, p->date, dir, fn, arg, d);
	if (err == 0 && c->met.against != EXCH_ACCOUNT_CCP)
		err = tell(c, true, p->date, dir, fn, arg, d);
	return err;
}

static int
obligation(struct settle_instruct *c, const struct exch_rec_obligation *o,
    const struct exch_dir *dir, struct exch_diag *d)
{
	struct settle_message m = {.instr = o->h.instr,
	    .account = o->account,
	    .against = o->against,
	    .date = o->date,
	    .qty = o->qty,
	    .cash = o->cash};

	if (o->status == EXCH_DUE_SETTLED || o->status == EXCH_DUE_PARTIAL) {
		c->met = *o;
		c->waits = true;
		return EXCH_OK;
	}
	/* What one has with himself settles by itself. */
	if (c->nets || o->against == EXCH_ACCOUNT_CCP ||
	    o->against == o->account)
		return EXCH_OK;
	memcpy(m.currency, o->currency, 4);
	return instruct(c, &m, o->match, o->status == EXCH_DUE_BROKEN, dir, d);
}

int
settle_instruct_take(struct settle_instruct *c, const struct exch_rec *r,
    const struct exch_dir *dir, settle_message_fn *fn, void *arg,
    struct exch_diag *d)
{
	const struct exch_rec_net *n = EXCH_REC_AS(r, exch_rec_net);
	const struct exch_rec_obligation *o =
	    EXCH_REC_AS(r, exch_rec_obligation);
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);

	if ((r->flags & EXCH_F_SNAPSHOT) != 0)
		return EXCH_OK;
	if (r->type == EXCH_REC_NET && n != NULL)
		return net(c, n, dir, d);
	if (r->type == EXCH_REC_OBLIGATION && o != NULL)
		return obligation(c, o, dir, d);
	if (r->type == EXCH_REC_POSTING && p != NULL)
		return posted(c, p, dir, fn, arg, d);
	return EXCH_OK;
}

/* ---- all of them ---- */

#define ORDER(f)                                                               \
	if (x->f != y->f)                                                      \
	return x->f < y->f ? -1 : 1

static int
by_what(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a;
	const struct item *y = *(const struct item *const *)b;

	ORDER(m.date);
	ORDER(m.instr);
	ORDER(m.account);
	ORDER(m.against);
	ORDER(match);
	return 0;
}

int
settle_instruct_each(struct settle_instruct *c, settle_message_fn *fn,
    void *arg, struct exch_diag *d)
{
	const struct item **list =
	    exch_calloc((size_t)c->known.live + 1, sizeof(*list));
	const struct item *i;
	uint32_t at = 0, n = 0;
	int err = EXCH_OK;

	if (list == NULL)
		return nomem(d);
	while ((i = exch_keyed_next(&c->known, &at)) != NULL)
		if (i->m.qty != 0 || i->m.cash != 0)
			list[n++] = i;
	qsort(list, n, sizeof(*list), by_what);
	for (uint32_t k = 0; k < n && err == 0; k++)
		err = fn(arg, &list[k]->m, d);
	exch_free(list);
	return err;
}
