/*
 * JSON lines: one flat object per record, per header and per end.  What
 * jq would round is a string; prices and quantities are decimal literals.
 *
 * Strings are bytes in records and Unicode in JSON.  UTF-8 goes through as
 * it is; a byte that is not part of UTF-8 becomes the lone surrogate
 * U+DC00 + byte, which no UTF-8 text contains, and comes back as the byte.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "rec/view_priv.h"

static char *
put_u4(char *p, unsigned c)
{
	unsigned char b[2] = {(unsigned char)(c >> 8), (unsigned char)c};

	*p++ = '\\';
	*p++ = 'u';
	return exch_val_hex(p, b, 2);
}

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Length of the UTF-8 sequence at s (RFC 3629), 0 when there is none. */
static size_t
utf8_len(const unsigned char *s, size_t n)
{
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return n >= 2 && is_tail(s[1]) ? 2 : 0;
	if ((s[0] & 0xf0) == 0xe0) {
		if (n < 3 || !is_tail(s[1]) || !is_tail(s[2]) ||
		    (s[0] == 0xe0 && s[1] < 0xa0) ||
		    (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		return 3;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		if (n < 4 || !is_tail(s[1]) || !is_tail(s[2]) ||
		    !is_tail(s[3]) || (s[0] == 0xf0 && s[1] < 0x90) ||
		    (s[0] == 0xf4 && s[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

/* At most 6 bytes per byte, and the quotes. */
static char *
put_string(char *p, const char *str, size_t n)
{
	const unsigned char *s = (const unsigned char *)str;

	*p++ = '"';
	while (n > 0) {
		size_t part = 1;

		if (*s == '"' || *s == '\\') {
			*p++ = '\\';
			*p++ = (char)*s;
		} else if (*s < 0x20 || *s == 0x7f) {
			p = put_u4(p, *s);
		} else if (*s < 0x80) {
			*p++ = (char)*s;
		} else if ((part = utf8_len(s, n)) > 0) {
			memcpy(p, s, part);
			p += part;
		} else {
			part = 1;
			p = put_u4(p, 0xdc00u + *s);
		}
		s += part;
		n -= part;
	}
	*p++ = '"';
	return p;
}

/* ,"name": */
static char *
put_key(char *p, const char *name)
{
	*p++ = ',';
	*p++ = '"';
	p = exch_val_str(p, name);
	*p++ = '"';
	*p++ = ':';
	return p;
}

static char *
put_id(char *p, const char *name, uint64_t v)
{
	p = put_key(p, name);
	*p++ = '"';
	p = exch_uint_put(p, v);
	*p++ = '"';
	return p;
}

static char *
put_hex(char *p, const char *name, const unsigned char *b, size_t n)
{
	p = put_key(p, name);
	*p++ = '"';
	p = exch_val_hex(p, b, n);
	*p++ = '"';
	return p;
}

static char *
put_time(struct exch_view *v, char *p, const char *name, exch_ts t)
{
	p = put_key(p, name);
	*p++ = '"';
	p = exch_val_time(v, p, t);
	*p++ = '"';
	return p;
}

/* The keys that every record has. */
static char *
put_common(struct exch_view *v, char *p, const struct exch_rec *r,
    const struct exch_shape *sh, uint64_t seq)
{
	const char *s;
	size_t n;

	p = exch_val_str(p, "{\"t\":\"");
	p = exch_val_type(p, sh, r->type);
	*p++ = '"';
	p = put_key(p, "source");
	p = exch_uint_put(p, r->source);
	if (seq != 0)
		p = put_id(p, "seq", seq);
	p = put_time(v, p, "time", r->time);
	s = exch_val_symbol(v, r, &n);
	if (n > 0 && r->type != EXCH_REC_INSTRUMENT) {
		p = put_key(p, "symbol");
		p = put_string(p, s, n);
	}
	if (r->instr != 0) {
		p = put_key(p, "instr");
		p = exch_uint_put(p, r->instr);
	}
	if ((r->flags & (sh->next > 0 ? 0x7f : 0xff)) != 0) {
		p = put_key(p, "flags");
		*p++ = '"';
		p = exch_val_flags(p, r->flags, sh->next > 0);
		*p++ = '"';
	}
	return p;
}

static char *
put_field(struct exch_view *v, char *p, const struct exch_field *f,
    const struct exch_shape *sh, const struct exch_rec *r,
    const struct exch_val_unit *u)
{
	const unsigned char *rec = (const unsigned char *)r;
	enum exch_val kind;
	const char *s;
	char *start;
	size_t n;

	p = put_key(p, f->name);
	s = exch_val_string(f, sh, rec, &n);
	if (s != NULL)
		return put_string(p, s, n);
	start = p;
	p = exch_val_put(v, p + 1, f, rec, u, &kind);
	switch (kind) {
	case EXCH_VAL_NONE:
		return exch_val_str(start, "null");
	case EXCH_VAL_NUMBER:
		memmove(start, start + 1, (size_t)(p - start - 1));
		return p - 1;
	case EXCH_VAL_ID:
	case EXCH_VAL_WORD:
		*start = '"';
		*p++ = '"';
	}
	return p;
}

static void
json_record(struct exch_view *v, const struct exch_rec *r, uint64_t seq)
{
	struct exch_val_unit u = exch_val_unit_of(v, r);
	struct exch_shape sh;
	char *start, *p;

	exch_shape_of(v->known, r, &sh);
	/* Every byte may become six; keys and values of fields besides. */
	start = exch_buf_room(
	    &v->text, 1024 + 6 * exch_rec_len(r) +
			  (sh.s != NULL ? sh.s->nfields * 96u : 0));
	if (start == NULL)
		return;
	p = put_common(v, start, r, &sh, seq);
	for (unsigned i = 0; !sh.raw && sh.s != NULL && i < sh.s->nfields; i++)
		p = put_field(v, p, &sh.s->field[i], &sh, r, &u);
	if (sh.next > 0) {
		p = put_key(p, "ext");
		*p++ = '"';
		p = exch_val_ext(p, sh.ext, sh.next);
		*p++ = '"';
	}
	if (sh.ntail > 0 || sh.raw)
		p = put_hex(p,
		    !sh.raw	   ? "tail"
		    : r->len8 != 0 ? "raw"
				   : "rawlong",
		    sh.tail, sh.ntail);
	*p++ = '}';
	*p++ = '\n';
	v->text.len += (size_t)(p - start);
}

static void
json_begin(struct exch_view *v)
{
	const struct exch_stream_info *in = v->info;
	size_t text = strlen(in->text);
	char *start = exch_buf_room(&v->text, 1024 + 6 * text);
	char *p = start;

	if (p == NULL)
		return;
	p = exch_val_str(p, "{\"t\":\"header\"");
	p = put_key(p, "major");
	p = exch_uint_put(p, in->major);
	p = put_key(p, "minor");
	p = exch_uint_put(p, in->minor);
	p = put_time(v, p, "start", in->start);
	p = put_hex(p, "id", in->id, sizeof(in->id));
	p = put_key(p, "date");
	p = exch_uint_put(p, in->date);
	p = put_key(p, "source");
	p = exch_uint_put(p, in->source);
	p = put_key(p, "text");
	p = put_string(p, in->text, text);
	*p++ = '}';
	*p++ = '\n';
	v->text.len += (size_t)(p - start);
}

static void
json_end(struct exch_view *v, uint64_t records, enum exch_status status)
{
	char *start = exch_buf_room(&v->text, 256);
	char *p = start;

	if (p == NULL)
		return;
	p = exch_val_str(p, "{\"t\":\"end\"");
	p = put_id(p, "records", records);
	p = put_key(p, "status");
	*p++ = '"';
	p = exch_val_str(p, exch_word_of(exch_words_status, (uint16_t)status));
	*p++ = '"';
	*p++ = '}';
	*p++ = '\n';
	v->text.len += (size_t)(p - start);
}

const struct exch_view_ops exch_view_json = {json_begin, json_record, json_end};
