/*
 * CSV: tables of one type each, RFC 4180 quotes where they are needed and
 * nowhere else, LF.  The first columns are the same for all types; the
 * last, "ext", holds whatever the fields cannot say and is nearly always
 * empty.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "rec/view_priv.h"

/* type,source,seq,time,symbol,instr,flags before the fields, ext behind. */
static const char common[] = "type,source,seq,time,symbol,instr,flags";
#define COMMON_COLUMNS 7u

static bool
needs_quotes(const char *s, size_t n)
{
	if (n == 0)
		return false;
	/* Readers drop blanks at the ends of unquoted fields. */
	if (s[0] == ' ' || s[0] == '\t' || s[n - 1] == ' ' || s[n - 1] == '\t')
		return true;
	for (size_t i = 0; i < n; i++)
		if (s[i] == ',' || s[i] == '"' || s[i] == '\n' || s[i] == '\r')
			return true;
	return false;
}

/* At most 2 bytes per byte, and the quotes. */
static char *
put_string(char *p, const char *s, size_t n)
{
	if (!needs_quotes(s, n)) {
		memcpy(p, s, n);
		return p + n;
	}
	*p++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			*p++ = '"';
		*p++ = s[i];
	}
	*p++ = '"';
	return p;
}

static void
put_heading(struct exch_view *v, const struct exch_schema *s, uint8_t type)
{
	struct exch_buf *b = &v->text;

	if (v->in_table)
		exch_buf_char(b, '\n');
	v->in_table = true;
	v->type = type;
	v->columns = COMMON_COLUMNS + 1;
	exch_buf_str(b, common);
	for (unsigned i = 0; s != NULL && i < s->nfields; i++) {
		if (exch_val_is_symbol(&s->field[i]))
			continue;
		exch_buf_char(b, ',');
		exch_buf_str(b, s->field[i].name);
		v->columns++;
	}
	exch_buf_str(b, ",ext\n");
}

/* A type asked for has its heading even when no row follows. */
static void
csv_begin(struct exch_view *v)
{
	const struct exch_schema *s = exch_schema_of(v->opts->csv_type);

	if (v->opts->csv_multi || v->opts->csv_type == 0)
		return;
	v->type_known = true;
	v->type = v->opts->csv_type;
	if (s != NULL)
		put_heading(v, s, v->type);
}

/* Does this record get a row, and a heading before it? */
static bool
take_type(
    struct exch_view *v, const struct exch_rec *r, const struct exch_shape *sh)
{
	if (v->opts->csv_multi) {
		if (!v->in_table || v->type != r->type)
			put_heading(v, sh->s, r->type);
		return true;
	}
	if (!v->type_known) {
		/* The first the tool itself says, directories apart. */
		if (r->source != v->info->source || r->type < 0x10)
			return false;
		v->type_known = true;
		v->type = r->type;
	}
	if (r->type != v->type)
		return false;
	if (!v->in_table)
		put_heading(v, sh->s, r->type);
	return true;
}

static char *
put_common(struct exch_view *v, char *p, const struct exch_rec *r,
    const struct exch_shape *sh, uint64_t seq)
{
	const char *s;
	size_t n;

	p = exch_val_type(p, sh, r->type);
	*p++ = ',';
	p = exch_uint_put(p, r->source);
	*p++ = ',';
	if (seq != 0)
		p = exch_uint_put(p, seq);
	*p++ = ',';
	p = exch_val_time(v, p, r->time);
	*p++ = ',';
	s = exch_val_symbol(v, r, &n);
	/* An instrument's own symbol stands here instead of with its fields. */
	if (r->type == EXCH_REC_INSTRUMENT && (sh->raw || sh->s == NULL))
		n = 0;
	else if (r->type == EXCH_REC_INSTRUMENT)
		s = exch_val_string(
		    &sh->s->field[0], sh, (const unsigned char *)r, &n);
	p = put_string(p, s, n);
	*p++ = ',';
	if (r->instr != 0)
		p = exch_uint_put(p, r->instr);
	*p++ = ',';
	return exch_val_flags(p, r->flags, sh->next > 0);
}

static char *
put_rest(char *p, const struct exch_rec *r, const struct exch_shape *sh)
{
	*p++ = ',';
	if (sh->next > 0)
		return exch_val_ext(p, sh->ext, sh->next);
	if (sh->ntail == 0 && !sh->raw)
		return p;
	p = exch_val_str(p, !sh->raw	   ? "tail="
			    : r->len8 != 0 ? "raw="
					   : "rawlong=");
	return exch_val_hex(p, sh->tail, sh->ntail);
}

static void
csv_record(struct exch_view *v, const struct exch_rec *r, uint64_t seq)
{
	struct exch_val_unit u = exch_val_unit_of(v, r);
	const unsigned char *rec = (const unsigned char *)r;
	struct exch_shape sh;
	char *start, *p;

	exch_shape_of(v->known, r, &sh);
	if (!take_type(v, r, &sh))
		return;
	start = exch_buf_room(
	    &v->text, 1024 + 4 * exch_rec_len(r) +
			  (sh.s != NULL ? sh.s->nfields * 64u : 0));
	if (start == NULL)
		return;
	p = put_common(v, start, r, &sh, seq);
	for (unsigned i = 0; sh.s != NULL && i < sh.s->nfields; i++) {
		const struct exch_field *f = &sh.s->field[i];
		enum exch_val kind;
		const char *s;
		size_t n;

		if (exch_val_is_symbol(f))
			continue;
		*p++ = ',';
		if (sh.raw)
			continue;
		s = exch_val_string(f, &sh, rec, &n);
		p = s != NULL ? put_string(p, s, n)
			      : exch_val_put(v, p, f, rec, &u, &kind);
	}
	p = put_rest(p, r, &sh);
	*p++ = '\n';
	v->text.len += (size_t)(p - start);
	v->rows++;
}

/* "end,,ROWS,,STATUS" with as many columns as the last table. */
static void
csv_end(struct exch_view *v, uint64_t records, enum exch_status status)
{
	struct exch_buf *b = &v->text;

	(void)records; /* those of the stream; a reader can count rows only */
	if (!v->opts->trailer)
		return;
	if (!v->in_table)
		put_heading(v, NULL, 0);
	exch_buf_str(b, "end,,");
	exch_buf_uint(b, v->rows);
	exch_buf_str(b, ",,");
	exch_buf_str(b, exch_word_of(exch_words_status, (uint16_t)status));
	for (unsigned i = 5; i < v->columns; i++)
		exch_buf_char(b, ',');
	exch_buf_char(b, '\n');
}

const struct exch_view_ops exch_view_csv = {csv_begin, csv_record, csv_end};
