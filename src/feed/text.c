/*
 * Pieces shared by the text inputs.  The number readers have a short way
 * for what nearly every row holds and leave the rest, and all refusals,
 * to base/dec.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "feed/text.h"

uint8_t
exch_text_decimals(exch_px tick)
{
	uint8_t n = 9;

	while (n > 0 && tick % 10 == 0) {
		tick /= 10;
		n--;
	}
	return n;
}

void
exch_text_instrument(struct exch_rec_instrument *r, uint32_t id,
    const char *symbol, size_t n, exch_px tick, exch_ts t)
{
	memset(r, 0, sizeof(*r));
	r->h.type = EXCH_REC_INSTRUMENT;
	r->h.len8 = sizeof(*r) / 8;
	r->h.instr = id;
	r->h.time = t;
	memcpy(r->symbol, symbol, n);
	r->kind = EXCH_KIND_EQUITY;
	r->px_decimals = exch_text_decimals(tick);
	r->tick = tick;
	r->lot = 1;
	r->min_qty = 1;
	r->max_qty = EXCH_QTY_NONE;
	r->reference = EXCH_PX_NONE;
	r->strike = EXCH_PX_NONE;
	r->multiplier = EXCH_PX_ONE;
}

int
exch_text_account(const struct exch_feed_sink *sink, uint32_t id,
    const char *name, size_t n, const char *member, size_t nmember, exch_ts t,
    struct exch_diag *d)
{
	union {
		struct exch_rec_account a;
		uint64_t align[(sizeof(struct exch_rec_account) +
				   EXCH_TEXT_NAME + 1) /
			       8];
	} u;
	size_t size = sizeof(u.a) + (n + 7) / 8 * 8;

	memset(&u, 0, sizeof(u));
	u.a.h.type = EXCH_REC_ACCOUNT;
	u.a.h.time = t;
	u.a.bytes = size;
	u.a.id = id;
	u.a.ntext = (uint16_t)n;
	memcpy(u.a.member, member, nmember);
	memcpy((char *)&u + sizeof(u.a), name, n);
	return sink->record(sink->arg, &u.a.h, d);
}

/* Digits from p on, stopping at `end`; at most 18, so that none is lost. */
static inline const char *
digits(const char *p, const char *end, uint64_t *v)
{
	uint64_t x = *v;

	for (; p < end; p++) {
		unsigned c = (unsigned char)*p - (unsigned)'0';

		if (c > 9)
			break;
		x = x * 10 + c;
	}
	*v = x;
	return p;
}

int
exch_text_price(const char *s, size_t n, exch_px *v)
{
	static const uint32_t unit[10] = {1000000000, 100000000, 10000000,
	    1000000, 100000, 10000, 1000, 100, 10, 1};
	const char *end = s + n, *p = s;
	uint64_t x = 0;
	int rc;

	/* Nine digits and a fraction of up to nine cannot overflow. */
	if (n <= 19) {
		p = digits(s, n > 9 ? s + 9 : end, &x);
		if (p > s && p == end) {
			*v = (exch_px)(x * unit[0]);
			return 0;
		}
		if (p > s && *p == '.' && end - p > 1 && end - p <= 10) {
			const char *point = p;

			p = digits(p + 1, end, &x);
			if (p == end) {
				*v = (exch_px)(x * unit[p - point - 1]);
				return 0;
			}
		}
	}
	rc = exch_dec_parse(s, n, 9, v);
	return rc == 0 && *v == EXCH_PX_NONE ? EXCH_ERR_RANGE : rc;
}

int
exch_text_whole(const char *s, size_t n, uint64_t *v)
{
	const char *end = s + n, *p;
	uint64_t x = 0;
	int rc;

	p = digits(s, n > 18 ? s + 18 : end, &x);
	if (p == end && n > 0) {
		*v = x;
		return 0;
	}
	if (p > s && p < end && *p == '.' && end - p > 1) {
		for (p++; p < end && *p == '0';)
			p++;
		*v = x;
		return p == end ? 0 : EXCH_ERR_FORMAT;
	}
	rc = exch_uint_parse(s, n, v);
	return rc == 0 && *v == UINT64_MAX ? EXCH_ERR_RANGE : rc;
}
