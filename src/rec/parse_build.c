/*
 * Cells into a record: the opposite of what the views do, driven by the
 * same schemas.  Every cell must be known and every field present, so that
 * a misspelt column is an error and not a zero.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "rec/parse_priv.h"
#include "rec/shape.h"

/* Lengths that len8 can say. */
#define SHORT_MAX 2040u

struct exch_cell *
exch_parse_cell(struct exch_parse *p, const char *key)
{
	size_t n = strlen(key);

	/* Cells mostly come in the order in which they are asked for. */
	for (unsigned i = 0; i < p->ncell; i++) {
		unsigned at = p->hint + i;
		struct exch_cell *c;

		if (at >= p->ncell)
			at -= p->ncell;
		c = &p->cell[at];
		if (!c->used && c->nkey == n && memcmp(c->key, key, n) == 0) {
			c->used = true;
			p->hint = at + 1 < p->ncell ? at + 1 : 0;
			return c;
		}
	}
	return NULL;
}

/* How much of a text a message shows. */
static int
shown(size_t n)
{
	return n < 40 ? (int)n : 40;
}

int
exch_parse_unused(struct exch_parse *p, struct exch_diag *d)
{
	for (unsigned i = 0; i < p->ncell; i++) {
		const struct exch_cell *c = &p->cell[i];

		/* Empty cells of other types' columns do no harm. */
		if (c->used || (p->csv && c->null))
			continue;
		return EXCH_PARSE_BAD(p, d, "unknown or repeated key '%.*s'",
		    shown(c->nkey), c->key);
	}
	return 0;
}

static int
bad_value(struct exch_parse *p, const char *key, const struct exch_cell *c,
    struct exch_diag *d)
{
	if (c == NULL)
		return EXCH_PARSE_BAD(p, d, "'%s' is missing", key);
	if (c->null)
		return EXCH_PARSE_BAD(p, d, "'%s' has no value", key);
	return EXCH_PARSE_BAD(
	    p, d, "'%s' cannot be '%.*s'", key, shown(c->n), c->s);
}

int
exch_parse_number(struct exch_parse *p, const char *key, uint64_t max,
    uint64_t *v, struct exch_diag *d)
{
	struct exch_cell *c = exch_parse_cell(p, key);

	if (c == NULL || c->null || exch_uint_parse(c->s, c->n, v) != 0 ||
	    *v > max)
		return bad_value(p, key, c, d);
	return 0;
}

static int
hex1(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
exch_parse_hex(
    const char *s, size_t n, unsigned char *out, size_t max, size_t *len)
{
	if (n % 2 != 0 || n / 2 > max)
		return -1;
	for (size_t i = 0; i < n; i += 2) {
		int hi = hex1(s[i]);
		int lo = hex1(s[i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i / 2] = (unsigned char)(hi << 4 | lo);
	}
	*len = n / 2;
	return 0;
}

/* ---- fields ---- */

/*
 * A quantity of `scale` decimals; below 0 as many as are written, which is
 * how a table without its instrument was written.
 */
static int
parse_qty(const char *s, size_t n, int scale, uint64_t *v)
{
	const char *point = memchr(s, '.', n);
	size_t whole = point != NULL ? (size_t)(point - s) : n;
	size_t frac = point != NULL ? n - whole - 1 : 0;
	uint64_t part = 0;

	if (point != NULL && exch_uint_parse(point + 1, frac, &part) != 0)
		return EXCH_ERR_FORMAT;
	while (scale >= 0 && frac > (size_t)scale) {
		if (part % 10 != 0)
			return EXCH_ERR_RANGE;
		part /= 10;
		frac--;
	}
	if (scale < 0)
		scale = frac <= 9 ? (int)frac : 9;
	if (frac > (size_t)scale || exch_uint_parse(s, whole, v) != 0)
		return EXCH_ERR_FORMAT;
	if (__builtin_mul_overflow(*v, exch_pow10[scale], v) ||
	    __builtin_add_overflow(
		*v, part * exch_pow10[(size_t)scale - frac], v) ||
	    *v == EXCH_QTY_NONE)
		return EXCH_ERR_RANGE;
	return 0;
}

static int
qty_scale(struct exch_parse *p)
{
	const struct exch_rec *r = (const void *)p->rec;
	const struct exch_rec_instrument *e;

	if (r->type == EXCH_REC_INSTRUMENT)
		e = (const void *)p->rec; /* its exponent stands before */
	else
		e = exch_dir_instrument(p->dir, r->instr);
	return e != NULL ? exch_val_unit(e).qty_scale : -1;
}

static int
put_uint(unsigned char *at, const struct exch_cell *c, size_t size)
{
	uint64_t v;

	if (exch_uint_parse(c->s, c->n, &v) != 0 ||
	    (size < 8 && v >> (8 * size) != 0))
		return EXCH_ERR_FORMAT;
	memcpy(at, &v, size);
	return 0;
}

static int
put_int(unsigned char *at, const struct exch_cell *c, size_t size)
{
	int64_t v;

	if (exch_dec_parse(c->s, c->n, 0, &v) != 0 ||
	    (size == 1 && (v < INT8_MIN || v > INT8_MAX)))
		return EXCH_ERR_FORMAT;
	memcpy(at, &v, size);
	return 0;
}

static int
put_px(unsigned char *at, const struct exch_cell *c)
{
	int64_t v = EXCH_PX_NONE;

	if (!c->null &&
	    (exch_dec_parse(c->s, c->n, 9, &v) != 0 || v == EXCH_PX_NONE))
		return EXCH_ERR_FORMAT;
	exch_put_le64(at, (uint64_t)v);
	return 0;
}

static int
put_qty(struct exch_parse *p, unsigned char *at, const struct exch_cell *c)
{
	uint64_t v = EXCH_QTY_NONE;

	if (!c->null && parse_qty(c->s, c->n, qty_scale(p), &v) != 0)
		return EXCH_ERR_FORMAT;
	exch_put_le64(at, v);
	return 0;
}

static int
put_date(unsigned char *at, const struct exch_cell *c)
{
	uint32_t v = 0;

	if (c->null) {
		exch_put_le32(at, 0);
		return 0;
	}
	if (memchr(c->s, '-', c->n) == NULL)
		return put_uint(at, c, 4);
	if (exch_date_parse(c->s, c->n, &v) != 0)
		return EXCH_ERR_FORMAT;
	exch_put_le32(at, v);
	return 0;
}

static int
put_code(unsigned char *at, const struct exch_field *f,
    const struct exch_cell *c, size_t size)
{
	uint16_t code;

	if (exch_word_code(f->words, c->s, c->n, &code) != 0)
		return put_uint(at, c, size);
	memcpy(at, &code, size);
	return 0;
}

static int
put_chars(unsigned char *at, const struct exch_cell *c, size_t size)
{
	if (c->n > size)
		return EXCH_ERR_RANGE;
	if (c->n > 0)
		memcpy(at, c->s, c->n);
	return 0;
}

/* The value of one field into the record; other than 0 when it cannot be. */
static int
put_field(
    struct exch_parse *p, const struct exch_field *f, const struct exch_cell *c)
{
	unsigned char *at = p->rec + f->off;
	size_t size = exch_kind_size(f->kind);
	int64_t cash;
	uint64_t ts;

	switch (f->kind) {
	case EXCH_K_PX:
		return put_px(at, c);
	case EXCH_K_QTY:
		return put_qty(p, at, c);
	case EXCH_K_DATE:
		return put_date(at, c);
	case EXCH_K_C4:
	case EXCH_K_C12:
	case EXCH_K_C16:
	case EXCH_K_C24:
		return put_chars(at, c, size);
	case EXCH_K_TEXT:
		if (c->n > UINT16_MAX)
			return EXCH_ERR_RANGE;
		exch_put_le16(at, (uint16_t)c->n);
		return 0;
	default:
		break;
	}
	if (c->null)
		return EXCH_ERR_FORMAT;
	switch (f->kind) {
	case EXCH_K_CASH:
		if (exch_dec_parse(c->s, c->n, 6, &cash) != 0)
			return EXCH_ERR_FORMAT;
		exch_put_le64(at, (uint64_t)cash);
		return 0;
	case EXCH_K_I8:
	case EXCH_K_I64:
		return put_int(at, c, size);
	case EXCH_K_TS:
		if (exch_ts_parse(c->s, c->n, &ts) != 0)
			return EXCH_ERR_FORMAT;
		exch_put_le64(at, ts);
		return 0;
	case EXCH_K_CODE8:
	case EXCH_K_CODE16:
		return put_code(at, f, c, size);
	default:
		return put_uint(at, c, size);
	}
}

/* ---- what follows the fields ---- */

/* "cause:4:0" or "text=6162" at rec + *len. */
static int
put_entry(struct exch_parse *p, const char *s, size_t n, size_t *len)
{
	const char *mark = memchr(s, ':', n);
	const char *second;
	unsigned char *at = p->rec + *len;
	uint64_t tag, small, value;
	uint16_t code;
	size_t name, bytes;

	if (*len + sizeof(struct exch_ext) > EXCH_REC_MAX)
		return EXCH_ERR_RANGE;
	if (mark == NULL)
		mark = memchr(s, '=', n);
	if (mark == NULL)
		return EXCH_ERR_FORMAT;
	name = (size_t)(mark - s);
	if (exch_word_code(exch_words_ext, s, name, &code) == 0)
		tag = code;
	else if (exch_uint_parse(s, name, &tag) != 0 || tag > UINT16_MAX)
		return EXCH_ERR_FORMAT;
	if (((tag & 0x8000u) != 0) != (*mark == '='))
		return EXCH_ERR_FORMAT;
	s = mark + 1;
	n -= name + 1;
	memset(at, 0, sizeof(struct exch_ext));
	exch_put_le16(at, (uint16_t)tag);
	if (*mark == '=') {
		size_t room = EXCH_REC_MAX - *len - 16;

		if (exch_parse_hex(s, n, at + 8,
			room < UINT16_MAX ? room : UINT16_MAX, &bytes) != 0)
			return EXCH_ERR_FORMAT;
		exch_put_le16(at + 2, (uint16_t)bytes);
		memset(at + 8 + bytes, 0, -bytes & 7);
		*len += 8 + ((bytes + 7) & ~(size_t)7);
		return 0;
	}
	second = memchr(s, ':', n);
	if (second == NULL ||
	    exch_uint_parse(s, (size_t)(second - s), &small) != 0 ||
	    small > UINT32_MAX ||
	    exch_uint_parse(second + 1, n - (size_t)(second + 1 - s), &value) !=
		0)
		return EXCH_ERR_FORMAT;
	exch_put_le32(at + 4, (uint32_t)small);
	exch_put_le64(at + 8, value);
	*len += sizeof(struct exch_ext);
	return 0;
}

static int
put_entries(struct exch_parse *p, const char *s, size_t n, size_t *len)
{
	while (n > 0) {
		const char *semi = memchr(s, ';', n);
		size_t part = semi != NULL ? (size_t)(semi - s) : n;
		int err = put_entry(p, s, part, len);

		if (err != 0)
			return err;
		s += part + (semi != NULL);
		n -= part + (semi != NULL);
	}
	p->rec[offsetof(struct exch_rec, flags)] |= EXCH_F_EXT;
	return 0;
}

/* Bytes that stand as hex, and how. */
enum bytes_kind { BYTES_NONE, BYTES_TAIL, BYTES_RAW, BYTES_RAWLONG };

struct rest {
	enum bytes_kind kind;
	const char *hex;
	size_t nhex;
	const struct exch_cell *ext;
};

static void
take_hex(struct rest *r, enum bytes_kind kind, const char *s, size_t n)
{
	r->kind = kind;
	r->hex = s;
	r->nhex = n;
}

/* JSON has keys of their own for bytes, CSV has one column for all. */
static void
take_rest(struct exch_parse *p, struct rest *r)
{
	static const struct {
		const char *key;
		enum bytes_kind kind;
	} kinds[] = {{"tail", BYTES_TAIL}, {"raw", BYTES_RAW},
	    {"rawlong", BYTES_RAWLONG}};

	*r = (struct rest){.kind = BYTES_NONE};
	for (size_t i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		const struct exch_cell *c = exch_parse_cell(p, kinds[i].key);

		if (c != NULL && !c->null)
			take_hex(r, kinds[i].kind, c->s, c->n);
	}
	r->ext = exch_parse_cell(p, "ext");
	if (r->ext == NULL || r->ext->null) {
		r->ext = NULL;
		return;
	}
	for (size_t i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i].key);

		if (r->ext->n > n && r->ext->s[n] == '=' &&
		    memcmp(r->ext->s, kinds[i].key, n) == 0) {
			take_hex(r, kinds[i].kind, r->ext->s + n + 1,
			    r->ext->n - n - 1);
			r->ext = NULL;
			return;
		}
	}
}

/* ---- the record ---- */

static int
take_type(struct exch_parse *p, const struct exch_schema **s, uint8_t *type,
    struct exch_diag *d)
{
	const char *key = p->csv ? "type" : "t";
	const struct exch_cell *c;

	p->hint = 0;
	for (unsigned i = 0; i < p->ncell; i++)
		p->cell[i].used = false;
	c = exch_parse_cell(p, key);
	if (c == NULL)
		return bad_value(p, key, c, d);
	*s = exch_known_by_name(p->known, c->s, c->n);
	if (*s != NULL) {
		*type = (*s)->type;
	} else {
		size_t n;

		if (c->n != 4 || memcmp(c->s, "0x", 2) != 0 ||
		    exch_parse_hex(c->s + 2, 2, type, 1, &n) != 0)
			return bad_value(p, key, c, d);
		*s = exch_known_of(p->known, *type);
	}
	if (*type == EXCH_REC_SEQ)
		return EXCH_PARSE_BAD(
		    p, d, "seq records have no place in text");
	return 0;
}

static int
take_flags(struct exch_parse *p, uint8_t *flags, struct exch_diag *d)
{
	const struct exch_cell *c = exch_parse_cell(p, "flags");
	const char *s;
	size_t n;

	*flags = 0;
	if (c == NULL)
		return 0;
	for (s = c->s, n = c->n; n > 0;) {
		const char *plus = memchr(s, '+', n);
		size_t part = plus != NULL ? (size_t)(plus - s) : n;
		uint16_t bit;
		uint64_t v;

		if (exch_word_code(exch_words_flag, s, part, &bit) == 0)
			v = bit;
		else if (exch_uint_parse(s, part, &v) != 0 || v > UINT8_MAX)
			return bad_value(p, "flags", c, d);
		*flags |= (uint8_t)v;
		s += part + (plus != NULL);
		n -= part + (plus != NULL);
	}
	return 0;
}

/* The instrument: by its number, by its symbol, or by both if they agree. */
static int
take_instr(
    struct exch_parse *p, uint8_t type, uint32_t *id, struct exch_diag *d)
{
	const struct exch_cell *number = exch_parse_cell(p, "instr");
	const struct exch_cell *symbol = NULL;
	const struct exch_rec_instrument *e;
	uint64_t v = 0;

	if (type != EXCH_REC_INSTRUMENT)
		symbol = exch_parse_cell(p, "symbol");
	if (number != NULL && !number->null &&
	    (exch_uint_parse(number->s, number->n, &v) != 0 || v > UINT32_MAX))
		return bad_value(p, "instr", number, d);
	*id = (uint32_t)v;
	if (symbol == NULL || symbol->n == 0)
		return 0;
	if (v == 0) {
		*id = exch_dir_symbol(p->dir, symbol->s, symbol->n);
		return *id != 0 ? 0 : bad_value(p, "symbol", symbol, d);
	}
	e = exch_dir_instrument(p->dir, *id);
	if (e == NULL)
		return 0;
	if (strnlen(e->symbol, sizeof(e->symbol)) != symbol->n ||
	    memcmp(e->symbol, symbol->s, symbol->n) != 0)
		return EXCH_PARSE_BAD(p, d, "instrument %u is not '%.*s'", *id,
		    shown(symbol->n), symbol->s);
	return 0;
}

static int
take_seq(struct exch_parse *p, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_cell *c;
	int err;

	p->seq = 0;
	if (exch_rec_is_framing(r->type)) {
		c = exch_parse_cell(p, "seq");
		return c == NULL || c->null ? 0 : bad_value(p, "seq", c, d);
	}
	err = exch_parse_number(p, "seq", UINT64_MAX - 1, &p->seq, d);
	if (err != 0)
		return err;
	if (p->seq == 0 || r->source == 0 || p->seq < p->next[r->source])
		return EXCH_PARSE_BAD(p, d, "sequence numbers go back");
	p->next[r->source] = p->seq + 1;
	p->records++;
	return 0;
}

/* The 16 bytes that all records have. */
static int
take_head(struct exch_parse *p, struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_cell *time;
	uint64_t source = 0;
	int err;

	err = exch_parse_number(p, "source", p->source_max, &source, d);
	if (err != 0)
		return err;
	r->source = (uint8_t)source;
	err = take_seq(p, r, d);
	if (err != 0)
		return err;
	time = exch_parse_cell(p, "time");
	if (time == NULL || exch_ts_parse(time->s, time->n, &r->time) != 0)
		return bad_value(p, "time", time, d);
	err = take_instr(p, r->type, &r->instr, d);
	if (err != 0)
		return err;
	return take_flags(p, &r->flags, d);
}

/* Fields, text and what follows; *len is the record's length so far. */
static int
put_fields(struct exch_parse *p, const struct exch_schema *s, size_t *len,
    struct exch_diag *d)
{
	const struct exch_cell *c = NULL;

	*len = s->size;
	memset(p->rec + sizeof(struct exch_rec), 0,
	    s->size - sizeof(struct exch_rec));
	for (unsigned i = 0; i < s->nfields; i++) {
		c = exch_parse_cell(p, s->field[i].name);
		if (c == NULL || put_field(p, &s->field[i], c) != 0)
			return bad_value(p, s->field[i].name, c, d);
	}
	if (!s->var)
		return 0;
	if (c == NULL || c->n > EXCH_REC_MAX - 8 - *len)
		return EXCH_PARSE_BAD(p, d, "text is too long");
	if (c->n > 0)
		memcpy(p->rec + *len, c->s, c->n);
	*len += c->n;
	memset(p->rec + *len, 0, -*len & 7);
	*len = (*len + 7) & ~(size_t)7;
	return 0;
}

static int
put_bytes(struct exch_parse *p, const struct rest *r, size_t *len,
    struct exch_diag *d)
{
	size_t n;

	if (r->kind == BYTES_NONE)
		return 0;
	if (exch_parse_hex(
		r->hex, r->nhex, p->rec + *len, EXCH_REC_MAX - *len, &n) != 0 ||
	    n % 8 != 0)
		return EXCH_PARSE_BAD(p, d, "bytes of the record are wrong");
	*len += n;
	return 0;
}

/* Write the length where it belongs. */
static int
put_len(struct exch_parse *p, struct exch_rec *r, bool is_long, size_t len,
    bool given, struct exch_diag *d)
{
	if (!is_long) {
		if (len > SHORT_MAX)
			return EXCH_PARSE_BAD(p, d, "record is too long");
		r->len8 = (uint8_t)(len / 8);
		return 0;
	}
	r->len8 = 0;
	if (given) {
		/* Raw bytes bring it along. */
		if (len < sizeof(*r) + 8 ||
		    exch_le64(p->rec + sizeof(*r)) != len)
			return EXCH_PARSE_BAD(
			    p, d, "record has another length than it says");
		return 0;
	}
	exch_put_le64(p->rec + sizeof(*r), len);
	return 0;
}

int
exch_parse_build(struct exch_parse *p, struct exch_diag *d)
{
	struct exch_rec *r = (void *)p->rec;
	const struct exch_schema *s = NULL;
	struct rest rest;
	size_t len = sizeof(*r);
	bool raw;
	int err;

	memset(r, 0, sizeof(*r));
	err = take_type(p, &s, &r->type, d);
	if (err == 0)
		err = take_head(p, r, d);
	if (err != 0)
		return err;
	take_rest(p, &rest);
	raw = rest.kind == BYTES_RAW || rest.kind == BYTES_RAWLONG;
	if (!raw) {
		if (s == NULL)
			return EXCH_PARSE_BAD(p, d, "bytes are missing");
		err = put_fields(p, s, &len, d);
		if (err != 0)
			return err;
	}
	if (rest.ext != NULL &&
	    (raw || put_entries(p, rest.ext->s, rest.ext->n, &len) != 0))
		return bad_value(p, "ext", rest.ext, d);
	err = put_bytes(p, &rest, &len, d);
	if (err == 0)
		err = put_len(p, r, raw ? rest.kind == BYTES_RAWLONG : s->var,
		    len, raw, d);
	if (err == 0)
		err = exch_parse_unused(p, d);
	if (err != 0)
		return err;
	if (!exch_shape_text_fits(r, len))
		return EXCH_PARSE_BAD(p, d, "text reaches beyond its record");
	err = exch_known_note(p->known, r, d);
	if (err == 0 && exch_dir_note(p->dir, r, NULL) == EXCH_ERR_NOMEM)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(p->in),
		    EXCH_POS_LINE, p->line, "out of memory for instruments");
	return err;
}
