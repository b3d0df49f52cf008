/*
 * Several inputs: instruments and accounts have numbers in each of them, and
 * one number each in the output.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "feed/names.h"
#include "rec/schema.h"

/* Fields of one record type that name accounts, or instruments. */
#define MOST 3

struct numbers {
	uint16_t account[MOST]; /* offsets; 0: no more */
	uint16_t instr[MOST];
	uint16_t size; /* what extensions stand behind */
};

struct among {
	struct numbers of[256]; /* by type of record */
	uint64_t copy[EXCH_REC_MAX / 8];
};

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

/* Of more than this nobody counts up to. */
#define LISTED (UINT32_C(1) << 20)

struct far {
	struct exch_key key; /* (0, number) */
	uint64_t to;
};

uint32_t
map_far(const struct map *m, uint32_t from)
{
	const struct far *f = exch_keyed_find(&m->far, 0, from);

	return f != NULL ? (uint32_t)f->to : 0;
}

static int
set_far(struct map *m, uint32_t from, uint32_t to)
{
	struct far *f;
	int err = EXCH_OK;

	if (m->far.live == 0)
		err = exch_keyed_init(&m->far, sizeof(*f));
	if (err == 0)
		err = exch_keyed_add(&m->far, 0, from, &f);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return EXCH_ERR_NOMEM;
	f->to = to;
	return EXCH_OK;
}

int
map_set(struct map *m, uint32_t from, uint32_t to)
{
	if (from >= LISTED)
		return set_far(m, from, to);
	if (from >= m->n) {
		uint32_t n = (from / 256 + 1) * 256;
		uint32_t *v = exch_realloc(m->to, n, sizeof(*v));

		if (v == NULL)
			return EXCH_ERR_NOMEM;
		memset(v + m->n, 0, (n - m->n) * sizeof(*v));
		m->to = v;
		m->n = n;
	}
	m->to[from] = to;
	return 0;
}

void
map_clear(struct map *m)
{
	exch_free(m->to);
	exch_keyed_clear(&m->far);
	*m = (struct map){0};
}

static inline uint32_t
mapped(const struct map *m, uint32_t from)
{
	uint32_t to = map_get(m, from);

	return to != 0 ? to : from;
}

/* ---- where numbers stand ---- */

static bool
is_one_of(const char *name, const char *const *list)
{
	while (*list != NULL && strcmp(name, *list) != 0)
		list++;
	return *list != NULL;
}

/* Offsets of fields with these names, up to MOST. */
static void
places_of(
    const struct exch_schema *s, const char *const *names, uint16_t at[MOST])
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nfields && n < MOST; i++)
		if (s->field[i].kind == EXCH_K_U32 &&
		    is_one_of(s->field[i].name, names))
			at[n++] = s->field[i].off;
}

static struct among *
among_new(void)
{
	static const char *const accounts[] = {
	    "account", "against", "to", "buyer", "seller", NULL};
	static const char *const instruments[] = {
	    "underlying", "instrument", NULL};
	struct among *a = exch_calloc(1, sizeof(*a));
	const struct exch_schema *s;
	unsigned n;

	if (a == NULL)
		return NULL;
	s = exch_schema_all(&n);
	for (unsigned i = 0; i < n; i++) {
		places_of(&s[i], accounts, a->of[s[i].type].account);
		places_of(&s[i], instruments, a->of[s[i].type].instr);
		a->of[s[i].type].size = s[i].size;
	}
	return a;
}

void
among_free(struct among *a)
{
	exch_free(a);
}

static void
map_fields(struct exch_rec *r, const uint16_t at[MOST], const struct map *m)
{
	for (unsigned i = 0; i < MOST && at[i] != 0; i++) {
		uint32_t v;

		if (at[i] + sizeof(v) > exch_rec_len(r))
			return;
		memcpy(&v, (char *)r + at[i], sizeof(v));
		v = mapped(m, v);
		memcpy((char *)r + at[i], &v, sizeof(v));
	}
}

/* The account that an order has to have. */
static void
map_extension(struct exch_rec *r, size_t size, const struct map *m)
{
	const struct exch_ext *e = NULL;
	uint64_t v;

	if ((r->flags & EXCH_F_EXT) != 0 && size != 0)
		e = exch_rec_ext(r, size, EXCH_EXT_ACCOUNT);
	if (e == NULL || e->value > UINT32_MAX)
		return;
	v = mapped(m, (uint32_t)e->value);
	memcpy((char *)r + ((const char *)&e->value - (const char *)r), &v,
	    sizeof(v));
}

/* ---- names ---- */

/*
 * An ACCOUNT: text inputs share one table of names, and a stream's accounts
 * are brought into it.  1: it says nothing new.
 */
static int
account(struct tool *t, struct exch_rec_account *a, struct exch_diag *d)
{
	const char *name = (const char *)(a + 1);
	uint32_t number;
	int rc = 0;

	if (a->ntext == 0 || a->ntext > exch_rec_len(&a->h) - sizeof(*a))
		return 0;
	if (t->kind == NULL) {
		if (exch_names_find(t->accounts, name, a->ntext, &number) != 0)
			rc = exch_names_add(
			    t->accounts, name, a->ntext, &number);
		if (rc == 0)
			rc = map_set(&t->now->account, a->id, number + 1);
		if (rc != 0)
			return no_memory(d);
		a->id = number + 1;
	}
	return agree_account(t, a, d);
}

/* What an INSTRUMENT says under our numbers. */
static int
instrument(struct tool *t, struct exch_rec_instrument *i, struct exch_diag *d)
{
	struct map *m = &t->now->instr;
	bool again = map_get(m, i->h.instr) != 0;
	uint32_t ours = our_number(t, i);

	if (map_set(m, i->h.instr, ours) != 0)
		return no_memory(d);
	i->h.instr = ours;
	map_fields(&i->h, t->among->of[EXCH_REC_INSTRUMENT].instr, m);
	return again ? 0 : agree_instrument(t, i, d);
}

/* Whatever numbers a record has become ours. */
static int
renumber(struct tool *t, struct exch_rec *r, struct exch_diag *d)
{
	const struct numbers *n = &t->among->of[r->type];
	void *p = r;

	if (r->type == EXCH_REC_INSTRUMENT &&
	    EXCH_REC_AS(r, exch_rec_instrument) != NULL &&
	    r->instr <= EXCH_INSTR_MAX)
		return instrument(t, p, d);
	if (r->type == EXCH_REC_ACCOUNT &&
	    exch_rec_len(r) >= sizeof(struct exch_rec_account))
		return account(t, p, d);
	r->instr = mapped(&t->now->instr, r->instr);
	map_fields(r, n->instr, &t->now->instr);
	if (t->kind == NULL) { /* text inputs use our numbers of accounts */
		map_fields(r, n->account, &t->now->account);
		map_extension(r, n->size, &t->now->account);
	}
	return 0;
}

int
among_record(struct tool *t, const struct exch_rec **rec, struct exch_diag *d)
{
	const struct exch_rec *r = *rec;

	if (t->among == NULL) {
		t->among = among_new();
		t->agree = agree_new();
	}
	if (t->among == NULL || t->agree == NULL ||
	    exch_rec_len(r) > EXCH_REC_MAX)
		return no_memory(d);
	memcpy(t->among->copy, r, exch_rec_len(r));
	r = *rec = (const void *)t->among->copy;
	t->now->asked |= r->type == EXCH_REC_NEW || r->type == EXCH_REC_QUOTE;
	t->now->answered |=
	    r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED;
	return renumber(t, (void *)t->among->copy, d);
}
