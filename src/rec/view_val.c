/*
 * Values as text, the same in all forms: numbers by hand, times with the
 * second kept from one record to the next, codes as words.  Quoting is
 * left to the forms.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/px32.h"
#include "base/time.h"
#include "rec/view_priv.h"

/* An instrument speaks in its own units, even if the directory refused it. */
static const struct exch_rec_instrument *
instrument_of(const struct exch_view *v, const struct exch_rec *r)
{
	if (r->type == EXCH_REC_INSTRUMENT)
		return EXCH_REC_AS(r, exch_rec_instrument);
	return exch_dir_instrument(v->dir, r->instr);
}

struct exch_val_unit
exch_val_unit_of(const struct exch_view *v, const struct exch_rec *r)
{
	return exch_val_unit(instrument_of(v, r));
}

struct exch_val_unit
exch_val_unit_people(const struct exch_view *v, const struct exch_rec *r)
{
	const struct exch_rec_instrument *e = instrument_of(v, r);
	struct exch_val_unit u = exch_val_unit(e);

	u.in32 = e != NULL && (e->iflags & EXCH_INSTR_32NDS) != 0;
	return u;
}

/*
 * Times after the last whole year that 64 bits hold are not dates that
 * exch_ts_parse() takes: they stay numbers, as does EXCH_TS_NONE.
 */
#define DATES_END (UINT64_C(18429292800) * EXCH_SEC) /* 2554-01-01 */

char *
exch_val_time(struct exch_view *v, char *p, exch_ts t)
{
	uint64_t sec = t / EXCH_SEC;
	uint32_t frac = (uint32_t)(t % EXCH_SEC);

	if (t >= DATES_END)
		return exch_uint_put(p, t);
	if (sec != v->sec || v->stamp[0] == 0) {
		(void)exch_ts_put(v->stamp, sec * EXCH_SEC);
		v->sec = sec;
	}
	memcpy(p, v->stamp, 30);
	for (char *q = p + 28; frac != 0; q--) {
		*q = (char)('0' + frac % 10);
		frac /= 10;
	}
	return p + 30;
}

char *
exch_val_px(
    char *p, int64_t v, const struct exch_val_unit *u, enum exch_val *kind)
{
	if (v == EXCH_PX_NONE) {
		*kind = EXCH_VAL_NONE;
		return p;
	}
	if (u->in32)
		return exch_px32_put(p, v, u->px_decimals);
	return exch_dec_put(p, v, 9, u->px_decimals);
}

/* Always with all decimals of the instrument: readers can count them. */
char *
exch_val_qty(
    char *p, uint64_t v, const struct exch_val_unit *u, enum exch_val *kind)
{
	if (v == EXCH_QTY_NONE) {
		*kind = EXCH_VAL_NONE;
		return p;
	}
	if (u->qty_scale == 0)
		return exch_uint_put(p, v);
	return exch_dec128_put(p, (exch_i128)v, u->qty_scale, u->qty_scale);
}

static char *
put_date(char *p, uint32_t v, enum exch_val *kind)
{
	char s[16];
	char *end;
	uint32_t back;

	if (v == 0) {
		*kind = EXCH_VAL_NONE;
		return p;
	}
	end = exch_uint_put(s, v);
	if (end != s + 8 || exch_date_parse(s, 8, &back) != 0)
		return exch_uint_put(p, v);
	*kind = EXCH_VAL_WORD;
	memcpy(p, s, 4);
	p[4] = '-';
	memcpy(p + 5, s + 4, 2);
	p[7] = '-';
	memcpy(p + 8, s + 6, 2);
	return p + 10;
}

static char *
put_code(
    char *p, const struct exch_word *words, uint16_t v, enum exch_val *kind)
{
	const char *s = exch_word_of(words, v);

	if (s == NULL)
		return exch_uint_put(p, v);
	*kind = EXCH_VAL_WORD;
	return exch_val_str(p, s);
}

static char *
put_int(char *p, int64_t v)
{
	return exch_dec_put(p, v, 0, 0);
}

char *
exch_val_put(struct exch_view *v, char *p, const struct exch_field *f,
    const unsigned char *rec, const struct exch_val_unit *u,
    enum exch_val *kind)
{
	const unsigned char *at = rec + f->off;

	*kind = EXCH_VAL_NUMBER;
	switch (f->kind) {
	case EXCH_K_U8:
		return exch_uint_put(p, *at);
	case EXCH_K_U16:
		return exch_uint_put(p, exch_le16(at));
	case EXCH_K_U32:
		return exch_uint_put(p, exch_le32(at));
	case EXCH_K_U64:
		*kind = EXCH_VAL_ID;
		return exch_uint_put(p, exch_le64(at));
	case EXCH_K_I8:
		return put_int(p, (int8_t)*at);
	case EXCH_K_I64:
		*kind = EXCH_VAL_ID;
		return put_int(p, (int64_t)exch_le64(at));
	case EXCH_K_PX:
		return exch_val_px(p, (int64_t)exch_le64(at), u, kind);
	case EXCH_K_CASH:
		return exch_dec_put(p, (int64_t)exch_le64(at), 6, 2);
	case EXCH_K_QTY:
		return exch_val_qty(p, exch_le64(at), u, kind);
	case EXCH_K_TS:
		*kind = EXCH_VAL_WORD;
		return exch_val_time(v, p, exch_le64(at));
	case EXCH_K_DATE:
		return put_date(p, exch_le32(at), kind);
	case EXCH_K_CODE8:
		return put_code(p, f->words, *at, kind);
	case EXCH_K_CODE16:
		return put_code(p, f->words, exch_le16(at), kind);
	case EXCH_K_C4:
	case EXCH_K_C12:
	case EXCH_K_C16:
	case EXCH_K_C24:
	case EXCH_K_TEXT:
		break;
	}
	*kind = EXCH_VAL_NONE;
	return p;
}

const char *
exch_val_string(const struct exch_field *f, const struct exch_shape *sh,
    const unsigned char *rec, size_t *n)
{
	const char *s = (const char *)rec + f->off;

	switch (f->kind) {
	case EXCH_K_TEXT:
		*n = sh->ntext;
		return sh->text;
	case EXCH_K_C4:
	case EXCH_K_C12:
	case EXCH_K_C16:
	case EXCH_K_C24:
		*n = exch_kind_size(f->kind);
		while (*n > 0 && s[*n - 1] == 0)
			--*n;
		return s;
	default:
		return NULL;
	}
}

bool
exch_val_is_symbol(const struct exch_field *f)
{
	return f->kind == EXCH_K_C24 && strcmp(f->name, "symbol") == 0;
}

char *
exch_val_flags(char *p, uint8_t flags, bool ext)
{
	char *start = p;

	if (ext)
		flags &= (uint8_t)~EXCH_F_EXT;
	for (unsigned bit = 0; bit < 8; bit++) {
		uint8_t one = (uint8_t)(flags & 1u << bit);
		const char *s = exch_word_of(exch_words_flag, one);

		if (one == 0)
			continue;
		if (p != start)
			*p++ = '+';
		p = s != NULL ? exch_val_str(p, s) : exch_uint_put(p, one);
	}
	return p;
}

char *
exch_val_hex(char *p, const unsigned char *b, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*p++ = digits[b[i] >> 4];
		*p++ = digits[b[i] & 15];
	}
	return p;
}

char *
exch_val_ext(char *p, const unsigned char *ext, size_t n)
{
	const unsigned char *end = ext + n;

	for (const unsigned char *e = ext; e < end;) {
		uint16_t tag = exch_le16(e);
		const char *s = exch_word_of(exch_words_ext, tag);

		if (e != ext)
			*p++ = ';';
		p = s != NULL ? exch_val_str(p, s) : exch_uint_put(p, tag);
		if ((tag & 0x8000u) != 0) {
			*p++ = '=';
			p = exch_val_hex(p, e + 8, exch_le16(e + 2));
		} else {
			*p++ = ':';
			p = exch_uint_put(p, exch_le32(e + 4));
			*p++ = ':';
			p = exch_uint_put(p, exch_le64(e + 8));
		}
		e += exch_shape_entry(e, (size_t)(end - e));
	}
	return p;
}

char *
exch_val_type(char *p, const struct exch_shape *sh, uint8_t type)
{
	if (sh->s != NULL)
		return exch_val_str(p, sh->s->name);
	*p++ = '0';
	*p++ = 'x';
	return exch_val_hex(p, &type, 1);
}

const char *
exch_val_symbol(const struct exch_view *v, const struct exch_rec *r, size_t *n)
{
	const struct exch_rec_instrument *e;

	e = exch_dir_instrument(v->dir, r->instr);
	*n = e != NULL ? strnlen(e->symbol, sizeof(e->symbol)) : 0;
	return e != NULL ? e->symbol : "";
}
