/*
 * What several inputs say of one thing.  An account is of one member: who
 * says otherwise is told, and what was said first holds, as a gate has it
 * (exch-risk(1)).  A symbol is one contract for all that are read at the same
 * time; whoever is read later may have new terms, as a new day has.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "rec/schema.h"

/* Of an account: its member, and who said so. */
struct said {
	uint32_t by; /* number of the operand, from 1; 0: nobody */
	char member[16];
	struct exch_feed_at at;
};

struct agree {
	struct said *account; /* by number in the output */
	uint32_t n;
	struct map instr; /* the same to the operand that told it, from 1 */
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

struct agree *
agree_new(void)
{
	return exch_calloc(1, sizeof(struct agree));
}

void
agree_free(struct agree *g)
{
	if (g == NULL)
		return;
	exch_free(g->account);
	map_clear(&g->instr);
	exch_free(g);
}

static uint32_t
number_of(const struct tool *t, const struct operand *op)
{
	return (uint32_t)(op - t->op) + 1;
}

/* As messages call it. */
static const char *
name_of(const struct operand *op)
{
	return strcmp(op->path, "-") == 0 ? "standard input" : op->path;
}

/* ---- accounts ---- */

static struct said *
said_of(struct agree *g, uint32_t id)
{
	if (id >= g->n) {
		uint32_t n = (id / 256 + 1) * 256;
		struct said *p = exch_realloc(g->account, n, sizeof(*p));

		if (p == NULL)
			return NULL;
		memset(p + g->n, 0, (n - g->n) * sizeof(*p));
		g->account = p;
		g->n = n;
	}
	return &g->account[id];
}

static int
another_member(struct tool *t, const struct exch_rec_account *a,
    const struct said *s, struct exch_diag *d)
{
	char record[40] = "", text[200];

	/* It gets into the output: of several inputs no name is there. */
	if (s->at.kind == EXCH_POS_RECORD)
		snprintf(record, sizeof(record), "record %" PRIu64 " of ",
		    s->at.where);
	snprintf(text, sizeof(text),
	    "account '%.*s' is of member '%.16s' here and of '%.16s' in "
	    "%sinput %u, which holds: call one of them otherwise",
	    a->ntext < 40 ? (int)a->ntext : 40, (const char *)(a + 1),
	    a->member, s->member, record, s->by);
	return take_trouble(t, &t->at, text, d);
}

int
agree_account(
    struct tool *t, const struct exch_rec_account *a, struct exch_diag *d)
{
	struct said *s = said_of(t->agree, a->id);
	int rc;

	if (s == NULL)
		return no_memory(d);
	if (s->by != 0 && a->member[0] == '\0')
		return 1;
	if (s->by != 0 && s->member[0] != '\0') {
		if (memcmp(s->member, a->member, sizeof(s->member)) == 0)
			return 1;
		rc = another_member(t, a, s, d);
		return rc == 0 ? 1 : rc;
	}
	s->by = number_of(t, t->now);
	s->at = t->at;
	memcpy(s->member, a->member, sizeof(s->member));
	return 0;
}

/* ---- instruments ---- */

/* Is nothing said in a field?  Whoever does not know has 0, or no price. */
static bool
is_open(const struct exch_field *f, const void *p)
{
	static const char zero[24];
	exch_px px = 0;

	if (f->kind == EXCH_K_PX)
		memcpy(&px, p, sizeof(px));
	return px == EXCH_PX_NONE ||
	       memcmp(p, zero, exch_kind_size(f->kind)) == 0;
}

static bool
is_term(const struct exch_field *f)
{
	static const char *const name[] = {"isin", "mic", "currency", "kind",
	    "qty_exponent", "tick", "lot", "strike", "multiplier", "expiry"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(name); i++)
		if (strcmp(f->name, name[i]) == 0)
			return true;
	return false;
}

/* The first of the terms in which two differ, or NULL. */
static const struct exch_field *
difference(
    const struct exch_rec_instrument *a, const struct exch_rec_instrument *b)
{
	const struct exch_schema *s = exch_schema_of(EXCH_REC_INSTRUMENT);

	for (unsigned i = 0; i < s->nfields; i++) {
		const struct exch_field *f = &s->field[i];
		const char *x = (const char *)a + f->off;
		const char *y = (const char *)b + f->off;

		if (is_term(f) && memcmp(x, y, exch_kind_size(f->kind)) != 0 &&
		    (f->kind == EXCH_K_I8 || f->kind == EXCH_K_CODE8 ||
			(!is_open(f, x) && !is_open(f, y))))
			return f;
	}
	return NULL;
}

/* Two streams have one symbol at the same time. */
static int
shared(struct tool *t, const struct exch_rec_instrument *i,
    const struct operand *other, struct exch_diag *d)
{
	const struct exch_rec_instrument *known =
	    exch_dir_instrument(t->dir, i->h.instr);
	const struct exch_field *f =
	    known != NULL ? difference(i, known) : NULL;

	if (f != NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, t->in_name, t->at.kind,
		    t->at.where,
		    "%.24s has another %s than in %.128s: it is not one "
		    "contract, so give each its venue by --venue, or read one "
		    "after the other without --by-time",
		    i->symbol, f->name, name_of(other));
	if (!t->now->shares)
		exch_cli_note(&t->cli,
		    "%s has %.24s as %s has: its orders meet in one book; "
		    "--venue tells venues apart",
		    t->in_name, i->symbol, name_of(other));
	t->now->shares = true;
	return 0;
}

int
agree_instrument(
    struct tool *t, const struct exch_rec_instrument *i, struct exch_diag *d)
{
	struct map *by = &t->agree->instr;
	uint32_t first = map_get(by, i->h.instr);
	int rc = 0;

	if (first != 0 && !t->op[first - 1].ended)
		return pick_wants(&t->pick, i->h.instr)
			   ? shared(t, i, &t->op[first - 1], d)
			   : 0;
	rc = map_set(by, i->h.instr, number_of(t, t->now));
	return rc == 0 ? 0 : no_memory(d);
}

/* ---- inputs as a whole ---- */

void
agree_end(const struct tool *t)
{
	const struct operand *matched = NULL, *orders = NULL;

	for (unsigned i = 0; i < t->nops; i++) {
		const struct operand *op = &t->op[i];

		if (op->answered && matched == NULL)
			matched = op;
		if (op->asked && !op->answered && orders == NULL)
			orders = op;
	}
	if (matched != NULL && orders != NULL)
		exch_cli_note(&t->cli,
		    "%s was matched and %s was not: its orders have no "
		    "answers; match it first, or all of it behind with "
		    "exch-match --rematch",
		    name_of(matched), name_of(orders));
}

static int
identity(const struct operand *op, struct stat *st)
{
	return strcmp(op->path, "-") == 0 ? fstat(STDIN_FILENO, st)
					  : stat(op->path, st);
}

int
agree_files(const struct tool *t, struct exch_diag *d)
{
	struct stat a, b;

	for (unsigned i = 0; i < t->nops; i++) {
		if (identity(&t->op[i], &a) != 0)
			continue; /* told where it is opened */
		for (unsigned k = i + 1; k < t->nops; k++)
			if (identity(&t->op[k], &b) == 0 &&
			    a.st_dev == b.st_dev && a.st_ino == b.st_ino)
				return exch_diag_set(d, EXCH_ERR_NEED,
				    name_of(&t->op[k]), EXCH_POS_NONE, 0,
				    "this is the same file as %s: each of its "
				    "orders would come twice",
				    name_of(&t->op[i]));
	}
	return 0;
}
