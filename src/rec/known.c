/*
 * Schemas of one stream.  What a SCHEMA record says is outside data: names
 * become keys of JSON lines and headings of tables, offsets become
 * addresses.  So everything is checked here once, and a text that fails is
 * dropped whole.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/known.h"

#define FIELDS_MAX 64u
#define NAME_MAX_LEN 31u
#define SIZE_MAX_FIXED 2040u

/* A schema with the storage it points to. */
struct learned {
	struct exch_schema s;
	char name[NAME_MAX_LEN + 1];
	struct exch_field field[FIELDS_MAX];
	char fname[FIELDS_MAX][NAME_MAX_LEN + 1];
	uint64_t gaps[(SIZE_MAX_FIXED + 7) / 8];
};

struct exch_known {
	const struct exch_schema *of[256];
	struct learned *learned[256];
	const uint64_t *gaps[256];
	uint64_t *builtin_gaps; /* of all the types known here */
};

/* All bits of the fixed part, then the fields' bytes taken out. */
static void
fill_gaps(const struct exch_schema *s, uint64_t *gaps)
{
	unsigned char *p = (unsigned char *)gaps;

	memset(p, 0xff, s->size);
	memset(p, 0, sizeof(struct exch_rec));
	if (s->var)
		memset(p + sizeof(struct exch_rec), 0, 8);
	for (unsigned i = 0; i < s->nfields; i++)
		memset(
		    p + s->field[i].off, 0, exch_kind_size(s->field[i].kind));
}

struct exch_known *
exch_known_new(void)
{
	struct exch_known *k = exch_calloc(1, sizeof(*k));
	const struct exch_schema *s;
	uint64_t *gaps;
	size_t words = 0;
	unsigned n;

	if (k == NULL)
		return NULL;
	s = exch_schema_all(&n);
	for (unsigned i = 0; i < n; i++)
		words += s[i].size / 8u;
	gaps = k->builtin_gaps = exch_calloc(words, sizeof(*gaps));
	if (gaps == NULL) {
		exch_known_free(k);
		return NULL;
	}
	for (unsigned i = 0; i < n; i++) {
		k->of[s[i].type] = &s[i];
		fill_gaps(&s[i], gaps);
		k->gaps[s[i].type] = gaps;
		gaps += s[i].size / 8u;
	}
	return k;
}

void
exch_known_free(struct exch_known *k)
{
	if (k == NULL)
		return;
	for (unsigned i = 0; i < 256; i++)
		exch_free(k->learned[i]);
	exch_free(k->builtin_gaps);
	exch_free(k);
}

/* A word of lower-case letters, digits and `also` that begins so. */
static bool
word(char out[NAME_MAX_LEN + 1], const char *s, size_t n, char also)
{
	if (n == 0 || n > NAME_MAX_LEN || s[0] < 'a' || s[0] > 'z')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] >= '0' && s[i] <= '9') || s[i] == also))
			return false;
	memcpy(out, s, n);
	out[n] = 0;
	return true;
}

/* Keys that every record has in the text forms. */
static bool
reserved(const char *s)
{
	static const char *const keys[] = {"t", "type", "source", "seq", "time",
	    "symbol", "instr", "flags", "ext", "tail", "raw"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(keys); i++)
		if (strcmp(s, keys[i]) == 0)
			return true;
	return false;
}

static bool
overlaps(const struct exch_field *a, const struct exch_field *b)
{
	return a->off < b->off + exch_kind_size(b->kind) &&
	       b->off < a->off + exch_kind_size(a->kind);
}

/* "name:kind@off" as the next field. */
static bool
take_field(struct learned *l, const char *s, size_t n)
{
	unsigned i = l->s.nfields;
	struct exch_field *f = &l->field[i];
	const char *colon = memchr(s, ':', n);
	const char *at = memchr(s, '@', n);
	uint64_t off;

	if (i == FIELDS_MAX || colon == NULL || at == NULL || at < colon)
		return false;
	if (!word(l->fname[i], s, (size_t)(colon - s), '_') ||
	    reserved(l->fname[i]) ||
	    exch_kind_by_name(colon + 1, (size_t)(at - colon - 1), &f->kind) !=
		0 ||
	    exch_uint_parse(at + 1, n - (size_t)(at + 1 - s), &off) != 0)
		return false;
	if (off < sizeof(struct exch_rec) ||
	    off > SIZE_MAX_FIXED - exch_kind_size(f->kind))
		return false;
	if (l->s.var)
		return false; /* text is the last field */
	f->off = (uint16_t)off;
	f->name = l->fname[i];
	f->words = NULL;
	l->s.var = f->kind == EXCH_K_TEXT;
	for (unsigned k = 0; k < i; k++)
		if (overlaps(f, &l->field[k]) ||
		    strcmp(l->fname[k], l->fname[i]) == 0)
			return false;
	l->s.nfields++;
	if (off + exch_kind_size(f->kind) > l->s.size)
		l->s.size = (uint16_t)((off + exch_kind_size(f->kind) + 7) &
				       ~UINT64_C(7));
	return true;
}

/* Lines and rows that are no records have these words. */
static bool
no_type(const char *s)
{
	return strcmp(s, "header") == 0 || strcmp(s, "end") == 0 ||
	       strcmp(s, "type") == 0;
}

/* Words separated by one blank each: the name, then the fields. */
static bool
take_text(struct learned *l, const char *s, size_t n)
{
	bool first = true;

	while (n > 0) {
		const char *blank = memchr(s, ' ', n);
		size_t part = blank != NULL ? (size_t)(blank - s) : n;

		if (first ? !word(l->name, s, part, '-')
			  : !take_field(l, s, part))
			return false;
		first = false;
		s += part + (blank != NULL);
		n -= part + (blank != NULL);
	}
	return !first && !no_type(l->name);
}

/*
 * Two fields of variable records lie in every layout: the length at 16,
 * which no schema names.
 */
static bool
clear_of_length(const struct learned *l)
{
	static const struct exch_field length = {"", EXCH_K_U64, 16, NULL};

	for (unsigned i = 0; l->s.var && i < l->s.nfields; i++)
		if (overlaps(&l->field[i], &length))
			return false;
	return true;
}

int
exch_known_note(
    struct exch_known *k, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_schema *in;
	const struct exch_schema *other;
	struct learned *l;

	if (r->type != EXCH_REC_SCHEMA)
		return 0;
	in = EXCH_REC_AS_LONG(r, exch_rec_schema);
	if (in == NULL || in->ntext > exch_rec_len(r) - sizeof(*in))
		return 0;
	/*
	 * Of a type known here the built-in layout is used: appended fields
	 * of a newer version are kept as bytes.
	 */
	if (exch_schema_of(in->rtype) != NULL)
		return 0;
	l = exch_calloc(1, sizeof(*l));
	if (l == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for schemas");
	l->s.type = in->rtype;
	l->s.version = in->version;
	l->s.size = sizeof(struct exch_rec);
	l->s.name = l->name;
	l->s.field = l->field;
	if (!take_text(l, (const char *)(in + 1), in->ntext) ||
	    !clear_of_length(l) ||
	    ((other = exch_known_by_name(k, l->name, strlen(l->name))) !=
		    NULL &&
		other->type != in->rtype)) {
		exch_free(l);
		return 0;
	}
	if (l->s.var && l->s.size < 24)
		l->s.size = 24;
	fill_gaps(&l->s, l->gaps);
	k->gaps[in->rtype] = l->gaps;
	exch_free(k->learned[in->rtype]);
	k->learned[in->rtype] = l;
	k->of[in->rtype] = &l->s;
	return 0;
}

const struct exch_schema *
exch_known_of(const struct exch_known *k, uint8_t type)
{
	return k->of[type];
}

const uint64_t *
exch_known_gaps(const struct exch_known *k, uint8_t type)
{
	return k->gaps[type];
}

const struct exch_schema *
exch_known_by_name(const struct exch_known *k, const char *s, size_t n)
{
	const struct exch_schema *found = exch_schema_by_name(s, n);

	for (unsigned i = 0; found == NULL && i < 256; i++)
		if (k->learned[i] != NULL && strlen(k->learned[i]->name) == n &&
		    memcmp(k->learned[i]->name, s, n) == 0)
			found = &k->learned[i]->s;
	return found;
}
