/*
 * Several inputs: instruments and accounts have numbers in each of them, and
 * one number each in the output.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "feed/names.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* Where an instrument of this input stands among those of all inputs. */
static uint32_t
our_number(const struct tool *t, const struct exch_rec_instrument *i)
{
	uint32_t id = exch_dir_symbol(
	    t->dir, i->symbol, strnlen(i->symbol, sizeof(i->symbol)));

	if (id != 0)
		return id;
	if (exch_dir_instrument(t->dir, i->h.instr) == NULL)
		return i->h.instr;
	return exch_dir_max(t->dir) + 1;
}

static int
map_set(struct map *m, uint32_t from, uint32_t to)
{
	if (from >= m->n) {
		uint32_t n = (from / 256 + 1) * 256;
		uint32_t *v;

		if (from == to)
			return 0;
		v = exch_realloc(m->to, n, sizeof(*v));
		if (v == NULL)
			return EXCH_ERR_NOMEM;
		memset(v + m->n, 0, (n - m->n) * sizeof(*v));
		m->to = v;
		m->n = n;
	}
	m->to[from] = to;
	return 0;
}

static inline uint32_t
mapped(const struct map *m, uint32_t from)
{
	return from < m->n && m->to[from] != 0 ? m->to[from] : from;
}

/*
 * An ACCOUNT of a stream: text inputs share one table of names, and a
 * stream's accounts are brought into it.  1: the name is known already.
 */
static int
account(struct tool *t, struct exch_rec_account *a, struct exch_diag *d)
{
	const char *name = (const char *)(a + 1);
	uint32_t number;
	bool known = exch_names_find(t->accounts, name, a->ntext, &number) == 0;
	int rc = known || a->ntext == 0
		     ? 0
		     : exch_names_add(t->accounts, name, a->ntext, &number);

	if (a->ntext == 0)
		return 0;
	if (rc == 0)
		rc = map_set(&t->account_map, a->id, number + 1);
	if (rc != 0)
		return no_memory(d);
	a->id = number + 1;
	return known;
}

/* Where a command names accounts; NULL: nowhere, or only once. */
static void
owners(struct exch_rec *r, uint32_t *owner[2])
{
	void *p = r;

	owner[0] = owner[1] = NULL;
	if (r->type == EXCH_REC_NEW && EXCH_REC_AS(r, exch_rec_new) != NULL) {
		owner[0] = &((struct exch_rec_new *)p)->account;
	} else if (r->type == EXCH_REC_REPLACE &&
		   EXCH_REC_AS(r, exch_rec_replace) != NULL) {
		owner[0] = &((struct exch_rec_replace *)p)->account;
	} else if (r->type == EXCH_REC_MASS_CANCEL &&
		   EXCH_REC_AS(r, exch_rec_mass_cancel) != NULL) {
		owner[0] = &((struct exch_rec_mass_cancel *)p)->account;
	} else if (r->type == EXCH_REC_QUOTE &&
		   EXCH_REC_AS(r, exch_rec_quote) != NULL) {
		owner[0] = &((struct exch_rec_quote *)p)->account;
	} else if (r->type == EXCH_REC_BLOCK &&
		   EXCH_REC_AS(r, exch_rec_block) != NULL) {
		owner[0] = &((struct exch_rec_block *)p)->buyer;
		owner[1] = &((struct exch_rec_block *)p)->seller;
	}
}

/* A copy of the record under the numbers its names have in the output. */
static int
renumber(struct tool *t, struct exch_rec *r, struct exch_diag *d)
{
	void *p = r;
	uint32_t *owner[2];

	r->instr = mapped(&t->instr_map, r->instr);
	if (t->kind != NULL)
		return 0; /* text inputs use our numbers of accounts */
	if (r->type == EXCH_REC_ACCOUNT) {
		struct exch_rec_account *a = p;

		if (exch_rec_len(r) < sizeof(*a) ||
		    a->ntext > exch_rec_len(r) - sizeof(*a))
			return 0;
		return account(t, a, d);
	}
	owners(r, owner);
	for (unsigned i = 0; i < 2 && owner[i] != NULL; i++)
		*owner[i] = mapped(&t->account_map, *owner[i]);
	return 0;
}

int
among_record(struct tool *t, const struct exch_rec **rec, struct exch_diag *d)
{
	const struct exch_rec *r = *rec;
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);

	if (r->type == EXCH_REC_INSTRUMENT && i != NULL &&
	    r->instr <= EXCH_INSTR_MAX &&
	    map_set(&t->instr_map, r->instr, our_number(t, i)) != 0)
		return no_memory(d);
	if (t->scratch == NULL)
		t->scratch = exch_malloc(EXCH_REC_MAX);
	if (t->scratch == NULL || exch_rec_len(r) > EXCH_REC_MAX)
		return no_memory(d);
	memcpy(t->scratch, r, exch_rec_len(r));
	*rec = t->scratch;
	return renumber(t, t->scratch, d);
}
