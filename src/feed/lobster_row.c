/*
 * One row of a LOBSTER message file: six columns of plain numbers, parsed
 * by hand because a day has millions of them.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "feed/lobster.h"
#include "feed/rows.h"

/*
 * Seconds with a fraction of any length: some files carry the noise of
 * floating point behind the ninth digit, which is left out.
 */
static bool
parse_time(const struct exch_field_at *f, uint64_t *ns)
{
	const char *p = f->p, *end = f->p + f->n;
	uint64_t v = 0;
	int digits = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++, digits++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (digits == 0 || digits > 6)
		return false;
	digits = 0;
	if (p < end && *p == '.') {
		for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
			if (digits < 9) {
				v = v * 10 + (uint64_t)(*p - '0');
				digits++;
			}
		}
	}
	if (p != end)
		return false;
	*ns = v * exch_pow10[9 - digits];
	return true;
}

static bool
parse_u64(const struct exch_field_at *f, uint64_t *v)
{
	return exch_uint_parse(f->p, f->n, v) == 0;
}

static bool
parse_price(const struct exch_field_at *f, int64_t *v)
{
	/* Up to 10^11 dollars: what fits when scaled to 10^-9. */
	return exch_dec_parse(f->p, f->n, 0, v) == 0 && *v >= -1 &&
	       *v <= INT64_C(10000000000000);
}

static bool
parse_side(const struct exch_field_at *f, int8_t *side)
{
	int64_t v;

	if (exch_dec_parse(f->p, f->n, 0, &v) != 0 || v < -1 || v > 1)
		return false;
	*side = (int8_t)v;
	return true;
}

/* Do the values make sense together? */
static const char *
judge(const struct exch_lob_row *r, unsigned *field)
{
	if (r->type <= EXCH_LOB_HIDDEN && r->side == 0) {
		*field = 6;
		return "direction is neither 1 nor -1";
	}
	if (r->type <= EXCH_LOB_EXEC && r->id == 0) {
		*field = 3;
		return "order id is 0";
	}
	if (r->type <= EXCH_LOB_CROSS && r->price <= 0) {
		*field = 5;
		return "price is not positive";
	}
	if (r->type <= EXCH_LOB_HIDDEN && r->size == 0) {
		*field = 4;
		return "size is 0";
	}
	return NULL;
}

const char *
exch_lob_parse(const struct exch_field_at *f, unsigned nfields,
    struct exch_lob_row *r, unsigned *field)
{
	uint64_t type, size;

	*r = (struct exch_lob_row){0};
	*field = 0;
	if (nfields != 6)
		return "a row of a LOBSTER file has 6 columns";
	*field = 1;
	if (!parse_time(&f[0], &r->ns))
		return "time is not seconds after midnight";
	*field = 2;
	if (!parse_u64(&f[1], &type) || type < 1 || type > 7)
		return "type is not 1 to 7";
	r->type = (uint8_t)type;
	*field = 3;
	/* A halt has 0 or -1 in the columns that it does not use. */
	if (!parse_u64(&f[2], &r->id) && type != EXCH_LOB_HALT)
		return "order id is not a number";
	*field = 4;
	if ((!parse_u64(&f[3], &size) || size > UINT32_MAX)) {
		if (type != EXCH_LOB_HALT)
			return "size is not a number";
		size = 0;
	}
	r->size = (uint32_t)size;
	*field = 5;
	if (!parse_price(&f[4], &r->price))
		return "price is not a number";
	*field = 6;
	if (!parse_side(&f[5], &r->side))
		return "direction is not a number";
	return judge(r, field);
}
