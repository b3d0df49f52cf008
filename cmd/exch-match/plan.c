/*
 * Which instrument is whose: instruments by their volumes, the heaviest
 * first, each to whoever has least by then.  Those whose orders cancel each
 * other stay together, so that such orders do not make all threads wait.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/crc32c.h"
#include "base/csv.h"
#include "base/dec.h"
#include "exch-match/tool.h"

/* Records of the look ahead: enough to know who is busy. */
#define AHEAD 1000000u

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the shares of instruments");
}

static struct match_share *
add(struct match_plan *p)
{
	if (!exch_room(&p->row, p->n, &p->cap, sizeof(*p->row)))
		return NULL;
	p->row[p->n] = (struct match_share){.with = (uint32_t)p->n};
	return &p->row[p->n++];
}

/* ---- a table ---- */

struct table {
	struct match_plan *p;
	const char *path;
};

static int
table_row(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	const struct table *t = arg;
	struct match_share *s;
	uint64_t volume;

	if (row->nfields >= 2 &&
	    exch_uint_parse(row->field[1], row->len[1], &volume) != 0 &&
	    row->line == 1)
		return 0; /* names of the columns */
	if (row->nfields < 2 || row->len[0] == 0 ||
	    row->len[0] > sizeof(s->symbol) ||
	    exch_uint_parse(row->field[1], row->len[1], &volume) != 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, t->path, EXCH_POS_LINE,
		    row->line, "a row is a symbol and a volume");
	s = add(t->p);
	if (s == NULL)
		return no_memory(d);
	memcpy(s->symbol, row->field[0], row->len[0]);
	s->volume = volume;
	return 0;
}

int
match_plan_table(struct match_plan *p, const char *path, struct exch_diag *d)
{
	struct table t = {p, path};
	char *bytes = NULL;
	size_t n = 0;
	int err = exch_cli_slurp(path, &bytes, &n, d);

	if (err == 0)
		err = exch_csv_parse(bytes, n, path, table_row, &t, d);
	exch_free(bytes);
	return err;
}

/* ---- a look ahead ---- */

/* Orders that cancel each other: which row was met with a group first. */
struct group {
	uint64_t group;
	uint32_t account;
	uint32_t row; /* from 1; 0: free */
};

struct look {
	struct match_plan *p;
	uint32_t *row_of; /* per id from 1, or 0 */
	struct group *group;
	size_t ngroup, cap; /* a power of two */
};

/* The row that stands for all that are together. */
static uint32_t
head_of(struct match_plan *p, uint32_t i)
{
	while (p->row[i].with != i)
		i = p->row[i].with = p->row[p->row[i].with].with;
	return i;
}

static struct group *
place_of(const struct look *l, uint64_t group, uint32_t account)
{
	uint64_t h =
	    (group ^ (uint64_t)account << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 32);

	for (;; i++) {
		struct group *g = &l->group[i & (l->cap - 1)];

		if (g->row == 0 || (g->group == group && g->account == account))
			return g;
	}
}

static bool
grow(struct look *l)
{
	struct group *was = l->group;
	size_t n = l->cap;

	if (l->ngroup * 2 < n)
		return true;
	l->cap = n == 0 ? 256 : n * 2;
	l->group = exch_calloc(l->cap, sizeof(*l->group));
	if (l->group == NULL) {
		l->group = was;
		l->cap = n;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (was[i].row != 0)
			*place_of(l, was[i].group, was[i].account) = was[i];
	exch_free(was);
	return true;
}

static int
link_order(struct look *l, const struct exch_rec_new *c, uint32_t row,
    struct exch_diag *d)
{
	const struct exch_ext *e =
	    exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_OCO);
	struct group *g;

	if (e == NULL)
		return 0;
	if (!grow(l))
		return no_memory(d);
	g = place_of(l, e->value, c->account);
	if (g->row == 0) {
		*g = (struct group){e->value, c->account, row};
		l->ngroup++;
	}
	l->p->row[head_of(l->p, row - 1)].with = head_of(l->p, g->row - 1);
	return 0;
}

static int
look_at(struct look *l, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *i =
	    r->type == EXCH_REC_INSTRUMENT ? EXCH_REC_AS(r, exch_rec_instrument)
					   : NULL;
	const struct exch_rec_new *c =
	    r->type == EXCH_REC_NEW ? EXCH_REC_AS(r, exch_rec_new) : NULL;
	uint32_t *row;

	if (r->instr == 0 || r->instr > EXCH_INSTR_MAX)
		return 0;
	row = &l->row_of[r->instr];
	if (*row == 0 && i != NULL) {
		struct match_share *s = add(l->p);

		if (s == NULL)
			return no_memory(d);
		memcpy(s->symbol, i->symbol, sizeof(s->symbol));
		s->id = r->instr;
		*row = (uint32_t)l->p->n;
	}
	if (*row == 0 || r->type < EXCH_REC_NEW || r->type > EXCH_REC_BREAK)
		return 0;
	l->p->row[*row - 1].volume++;
	return c != NULL ? link_order(l, c, *row, d) : 0;
}

static int
look_ahead(
    struct match_plan *p, struct exch_in *in, bool all, struct exch_diag *d)
{
	struct exch_reader_opts o = {.partial = true};
	struct look l = {.p = p};
	struct exch_reader *r = NULL;
	const struct exch_rec *rec;
	int err = exch_reader_open(in, &o, &r, d);

	l.row_of = exch_calloc(EXCH_INSTR_MAX + 1, sizeof(*l.row_of));
	if (err == 0 && l.row_of == NULL)
		err = no_memory(d);
	for (uint64_t n = 0;
	     err == 0 && (all || n < AHEAD) && exch_reader_next(r, &rec, d) > 0;
	     n++)
		err = look_at(&l, rec, d);
	exch_free(l.row_of);
	exch_free(l.group);
	exch_reader_close(r);
	return err;
}

int
match_plan_ahead(
    struct match_plan *p, struct exch_cli *c, bool all, struct exch_diag *d)
{
	const char *path = c->noperands > 0 ? c->operand[0] : "-";
	struct exch_diag own = {0};
	struct exch_in *in = NULL;
	struct stat st;
	int err;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	err = exch_cli_open(c, path, &in, d);
	if (err != 0)
		return err;
	/* What is wrong with the input is told when it is read. */
	err = look_ahead(p, in, all, &own);
	exch_in_close(in);
	if (err != EXCH_ERR_NOMEM)
		return 0;
	*d = own;
	return err;
}

/* ---- shares ---- */

/* Instruments that stay together, by one of them. */
struct heap {
	uint64_t volume;
	uint32_t row;
};

static int
heaviest(const void *a, const void *b)
{
	const struct heap *x = a, *y = b;

	if (x->volume != y->volume)
		return x->volume < y->volume ? 1 : -1;
	return x->row < y->row ? -1 : 1;
}

static int
by_symbol(const void *a, const void *b)
{
	const struct match_share *x = a, *y = b;

	return strncmp(x->symbol, y->symbol, sizeof(x->symbol));
}

static void
give(struct match_plan *p, struct heap *heap, uint32_t shards)
{
	uint64_t load[EXCH_SHARDS_MAX] = {0};

	for (uint32_t i = 0; i < p->n; i++)
		heap[i].row = i;
	for (uint32_t i = 0; i < p->n; i++)
		heap[head_of(p, i)].volume += p->row[i].volume;
	qsort(heap, p->n, sizeof(*heap), heaviest);
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t least = 0;

		for (uint32_t k = 1; k < shards; k++)
			if (load[k] < load[least])
				least = k;
		p->row[heap[i].row].shard = least;
		load[least] += heap[i].volume;
	}
	for (uint32_t i = 0; i < p->n; i++)
		p->row[i].shard = p->row[head_of(p, i)].shard;
}

int
match_plan_deal(struct match_plan *p, uint32_t shards, struct exch_diag *d)
{
	struct heap *heap;

	if (p->n == 0)
		return 0;
	heap = exch_calloc(p->n, sizeof(*heap));
	if (heap == NULL)
		return no_memory(d);
	give(p, heap, shards);
	exch_free(heap);
	qsort(p->row, p->n, sizeof(*p->row), by_symbol);
	/* Of a symbol that is there twice any row may be found. */
	for (size_t i = 1; i < p->n; i++)
		if (by_symbol(&p->row[i - 1], &p->row[i]) == 0)
			p->row[i].shard = p->row[i - 1].shard;
	for (size_t i = 0; i < p->n; i++) {
		p->crc = exch_crc32c(
		    p->crc, p->row[i].symbol, sizeof(p->row[i].symbol));
		p->crc = exch_crc32c(
		    p->crc, &p->row[i].shard, sizeof(p->row[i].shard));
	}
	return 0;
}

uint32_t
match_plan_shard(void *arg, const struct exch_rec_instrument *r)
{
	const struct match_plan *p = arg;
	struct match_share key;
	const struct match_share *s;

	if (p->n == 0)
		return EXCH_SHARD_NEXT;
	memcpy(key.symbol, r->symbol, sizeof(key.symbol));
	s = bsearch(&key, p->row, p->n, sizeof(*p->row), by_symbol);
	return s != NULL ? s->shard : EXCH_SHARD_NEXT;
}

void
match_plan_free(struct match_plan *p)
{
	exch_free(p->row);
}
