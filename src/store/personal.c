/*
 * Fields about people.  In a block they are zeros; beside it they lie with a
 * salt, and the chain holds only a hash over both.  So they can be taken
 * away when somebody asks for it, and the chain holds.  Without the salt
 * nobody can try out names against the hash that is left.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "rec/schema.h"
#include "store/priv.h"

/* The names of accounts, and those who changed a limit or decided. */
static const struct {
	uint8_t type;
	const char *field;
} fields[] = {
    {EXCH_REC_ACCOUNT, "text"},
    {EXCH_REC_LIMIT, "by"},
    {EXCH_REC_KILL, "by"},
    {EXCH_REC_DECISION, "by"},
};

static const struct exch_field *
field_of(const struct exch_schema *s, const char *name)
{
	for (unsigned i = 0; i < s->nfields; i++)
		if (strcmp(s->field[i].name, name) == 0)
			return &s->field[i];
	return NULL;
}

struct exch_personal
exch_personal_of(const struct exch_rec *r)
{
	struct exch_personal none = {0, 0};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(fields); i++) {
		const unsigned char *p = (const unsigned char *)r;
		const struct exch_schema *s;
		const struct exch_field *f;
		struct exch_personal v;

		if (fields[i].type != r->type)
			continue;
		s = exch_schema_of(r->type);
		/* A record of another form keeps what it has. */
		if (s->var != (r->len8 == 0) || exch_rec_len(r) < s->size)
			return none;
		f = field_of(s, fields[i].field);
		if (f->kind == EXCH_K_TEXT)
			v = (struct exch_personal){
			    s->size, exch_le16(p + f->off)};
		else
			v = (struct exch_personal){
			    f->off, exch_kind_size(f->kind)};
		return exch_all_zero(p + v.off, v.n) ? none : v;
	}
	return none;
}

void
exch_personal_commit(size_t at, const unsigned char *salt, size_t nsalt,
    const unsigned char *p, size_t n, unsigned char out[32])
{
	unsigned char place[16];
	struct exch_sha256 s;

	exch_put_le64(place, at);
	exch_put_le64(place + 8, n);
	exch_sha256_init(&s);
	exch_sha256_add(&s, place, sizeof(place));
	exch_sha256_add(&s, salt, nsalt);
	exch_sha256_add(&s, p, n);
	exch_sha256_end(&s, out);
}
