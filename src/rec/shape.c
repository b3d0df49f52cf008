/*
 * Deciding how to show a record.  Everything is compared with what the way
 * back would make: padding is zero, lengths are what they would be, text
 * and entries fill their place exactly.  A record that differs is shown as
 * bytes.
 */
#include <config.h>

#include "base/bytes.h"
#include "rec/shape.h"

bool
exch_shape_text_fits(const struct exch_rec *r, size_t len)
{
	const struct exch_schema *s = exch_schema_of(r->type);
	const struct exch_field *f;

	if (s == NULL || !s->var || len < s->size)
		return true;
	f = &s->field[s->nfields - 1];
	return exch_le16((const unsigned char *)r + f->off) <= len - s->size;
}

struct exch_val_unit
exch_val_unit(const struct exch_rec_instrument *e)
{
	struct exch_val_unit u = {0, 0, false};

	if (e != NULL && e->px_decimals <= 9)
		u.px_decimals = e->px_decimals;
	if (e != NULL && e->qty_exponent <= 0 && e->qty_exponent >= -9)
		u.qty_scale = -e->qty_exponent;
	return u;
}

size_t
exch_shape_entry(const unsigned char *p, size_t n)
{
	uint16_t tag;
	uint16_t bytes;
	size_t len;

	if (n < 8)
		return 0;
	tag = exch_le16(p);
	bytes = exch_le16(p + 2);
	if ((tag & 0x8000u) == 0)
		return n >= sizeof(struct exch_ext) && bytes == 0
			   ? sizeof(struct exch_ext)
			   : 0;
	len = 8 + (((size_t)bytes + 7) & ~(size_t)7);
	if (exch_le32(p + 4) != 0 || len > n ||
	    !exch_all_zero(p + 8 + bytes, len - 8 - bytes))
		return 0;
	return len;
}

static bool
entries(const unsigned char *p, size_t n)
{
	while (n > 0) {
		size_t len = exch_shape_entry(p, n);

		if (len == 0)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

/* True when the fixed part holds nothing but its fields. */
static bool
fixed_plain(const unsigned char *p, size_t size, const uint64_t *gaps)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < size; i += 8)
		seen |= exch_le64(p + i) & gaps[i / 8];
	return seen == 0;
}

static bool
take_fixed(const struct exch_known *k, const struct exch_rec *r,
    struct exch_shape *sh, size_t *end)
{
	const unsigned char *p = (const unsigned char *)r;
	const struct exch_schema *s = sh->s;
	size_t len = exch_rec_len(r);
	size_t text_end;

	if (s == NULL || len < s->size || (r->len8 == 0) != s->var ||
	    !fixed_plain(p, s->size, exch_known_gaps(k, r->type)))
		return false;
	*end = s->size;
	if (!s->var)
		return true;
	sh->ntext = exch_le16(p + s->field[s->nfields - 1].off);
	sh->text = (const char *)p + s->size;
	text_end = s->size + sh->ntext;
	*end = (text_end + 7) & ~(size_t)7;
	return *end <= len && exch_all_zero(p + text_end, *end - text_end);
}

void
exch_shape_of(const struct exch_known *k, const struct exch_rec *r,
    struct exch_shape *out)
{
	const unsigned char *p = (const unsigned char *)r;
	size_t len = exch_rec_len(r);
	size_t end = sizeof(*r);

	*out = (struct exch_shape){.s = exch_known_of(k, r->type)};
	if (!take_fixed(k, r, out, &end)) {
		out->raw = true;
		out->ntext = 0;
		end = sizeof(*r);
	}
	if (end == len)
		return;
	if (!out->raw && (r->flags & EXCH_F_EXT) != 0 &&
	    entries(p + end, len - end)) {
		out->ext = p + end;
		out->next = len - end;
		return;
	}
	out->tail = p + end;
	out->ntail = len - end;
}
