/*
 * Names of clients, and the commands they send (clients.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "feed/clients.h"
#include "feed/text.h"

int
exch_clients_init(struct exch_clients *c, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink)
{
	*c = (struct exch_clients){.o = o, .sink = sink};
	c->own_accounts =
	    o->accounts == NULL ? exch_names_new(UINT32_MAX - 1) : NULL;
	c->accounts = o->accounts != NULL ? o->accounts : c->own_accounts;
	c->orders = exch_names_new(UINT32_MAX - 1);
	return exch_symbols_init(&c->symbols, o, sink, 0) == 0 &&
		       c->accounts != NULL && c->orders != NULL
		   ? EXCH_OK
		   : EXCH_ERR_NOMEM;
}

void
exch_clients_clear(struct exch_clients *c)
{
	exch_names_free(c->own_accounts);
	exch_names_free(c->orders);
	exch_symbols_clear(&c->symbols);
	exch_free(c->order);
	*c = (struct exch_clients){0};
}

bool
exch_client_pair(const struct exch_client_name *name,
    char to[static EXCH_CLIENTS_PAIR], size_t *n)
{
	if (name->nwho + name->n + 1 > EXCH_CLIENTS_PAIR ||
	    memchr(name->who, '\001', name->nwho) != NULL)
		return false;
	memcpy(to, name->who, name->nwho);
	to[name->nwho] = '\001';
	memcpy(to + name->nwho + 1, name->name, name->n);
	*n = name->nwho + 1 + name->n;
	return true;
}

/* The number of a name, made if need be; *fresh: it was. */
static int
number(struct exch_names *names, const char *p, size_t n, uint32_t *id,
    bool *fresh)
{
	*fresh = exch_names_find(names, p, n, id) != 0;
	return *fresh ? exch_names_add(names, p, n, id) : EXCH_OK;
}

static int
grow(struct exch_clients *c, uint32_t n)
{
	uint32_t cap = c->norder == 0 ? 1024 : c->norder * 2;
	struct exch_client_order *p;

	/* names are numbered one after another */
	if (n < c->norder)
		return EXCH_OK;
	if (c->norder > UINT32_MAX / 2)
		return EXCH_ERR_NOMEM;
	p = exch_realloc(c->order, cap, sizeof(*p));
	if (p == NULL)
		return EXCH_ERR_NOMEM;
	memset(p + c->norder, 0, (cap - c->norder) * sizeof(*p));
	c->order = p;
	c->norder = cap;
	return EXCH_OK;
}

int
exch_clients_order(struct exch_clients *c, const struct exch_client_name *name,
    exch_oid *id, struct exch_client_order **o)
{
	char pair[EXCH_CLIENTS_PAIR];
	uint32_t k;
	size_t n;
	bool fresh;

	if (!exch_client_pair(name, pair, &n))
		return EXCH_ERR_RANGE;
	if (number(c->orders, pair, n, &k, &fresh) != 0 || grow(c, k) != 0)
		return EXCH_ERR_NOMEM;
	*id = (c->o->first_order == 0 ? 1 : c->o->first_order) + k;
	*o = &c->order[k];
	if (fresh)
		(*o)->first = k;
	return EXCH_OK;
}

int
exch_clients_find(const struct exch_clients *c,
    const struct exch_client_name *name, exch_oid *id,
    struct exch_client_order **o)
{
	char pair[EXCH_CLIENTS_PAIR];
	uint32_t k;
	size_t n;

	if (!exch_client_pair(name, pair, &n) ||
	    exch_names_find(c->orders, pair, n, &k) != 0 || k >= c->norder)
		return EXCH_ERR_ABSENT;
	*id = (c->o->first_order == 0 ? 1 : c->o->first_order) + k;
	*o = &c->order[k];
	return EXCH_OK;
}

int
exch_clients_account(struct exch_clients *c, const char *p, size_t n, exch_ts t,
    uint32_t *account, struct exch_diag *d)
{
	uint32_t k;
	bool fresh;

	if (number(c->accounts, p, n, &k, &fresh) != 0)
		return EXCH_ERR_NOMEM;
	*account = k + 1;
	return fresh ? exch_text_account(c->sink, k + 1, p, n, "", 0, t, d)
		     : EXCH_OK;
}

/* ---- commands ---- */

void
exch_command_entry(
    struct exch_command *c, uint16_t tag, uint32_t small, uint64_t value)
{
	c->ext[c->next++] =
	    (struct exch_ext){.tag = tag, .small = small, .value = value};
}

int
exch_command_give(const struct exch_feed_sink *sink, struct exch_command *c,
    uint8_t type, size_t size, uint32_t instr, exch_ts t, struct exch_diag *d)
{
	uint64_t out[(sizeof(c->u) + sizeof(c->ext)) / 8];
	size_t n = c->next * sizeof(c->ext[0]);

	c->u.h.type = type;
	c->u.h.len8 = (uint8_t)((size + n) / 8);
	c->u.h.flags = c->next != 0 ? EXCH_F_EXT : 0;
	c->u.h.instr = instr;
	c->u.h.time = t;
	memcpy(out, &c->u, size);
	memcpy((char *)out + size, c->ext, n);
	return sink->record(
	    sink->arg, (const struct exch_rec *)(const void *)out, d);
}
