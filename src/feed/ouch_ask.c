/*
 * Messages of OUCH (ouch_ask.h).
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "feed/ouch_ask.h"
#include "rec/rec.h"

/* Lengths of a type; 0: there is none.  `more`: since 2025. */
struct layout {
	uint8_t type, v42, more42, v50, more50;
};

static const struct layout FROM[] = {
    {'O', 49, 0, 45, 0},
    {'U', 47, 0, 38, 0},
    {'X', 19, 0, 9, 0},
    {'M', 20, 0, 10, 0},
    {'N', 15, 0, 0, 0},
    {'C', 0, 0, 17, 0},
    {'D', 0, 0, 9, 0},
    {'E', 0, 0, 9, 0},
    {'Q', 0, 0, 1, 0},
};

static const struct layout TO[] = {
    {'S', 10, 0, 10, 0},
    {'A', 66, 0, 62, 0},
    {'U', 80, 0, 66, 0},
    {'C', 28, 0, 18, 0},
    {'D', 37, 38, 31, 32},
    {'E', 40, 0, 34, 0},
    {'G', 45, 0, 17, 0},
    {'F', 41, 0, 49, 0},
    {'B', 32, 0, 36, 0},
    {'J', 24, 0, 29, 0},
    {'P', 23, 0, 13, 0},
    {'I', 23, 0, 13, 0},
    {'T', 36, 0, 30, 0},
    {'M', 28, 0, 18, 0},
    {'N', 23, 0, 0, 0},
    {'R', 0, 0, 14, 0},
    {'X', 0, 0, 25, 0},
    {'K', 0, 0, 17, 0},
    {'Q', 0, 0, 13, 0},
};

/* Of 5.0, with the appendage or without. */
static bool
fits(const unsigned char *p, size_t n, size_t base)
{
	return base != 0 &&
	       (n == base ||
		   (n >= base + 2 && n == base + 2 + exch_be16(p + base)));
}

static unsigned
versions(const struct layout *l, size_t types, const unsigned char *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; n != 0 && i < types; i++) {
		if (l[i].type != p[0])
			continue;
		if (n == l[i].v42 || n == l[i].more42)
			v |= EXCH_OUCH_42;
		if (fits(p, n, l[i].v50) || fits(p, n, l[i].more50))
			v |= EXCH_OUCH_50;
	}
	return v;
}

unsigned
exch_ouch_versions_from(const unsigned char *p, size_t n)
{
	return versions(FROM, EXCH_ARRAY_LEN(FROM), p, n);
}

unsigned
exch_ouch_versions_to(const unsigned char *p, size_t n)
{
	return versions(TO, EXCH_ARRAY_LEN(TO), p, n);
}

/* ---- fields ---- */

/* The whole range of prices up to the one that says "at any". */
#define PRICE_MAX 1999999900u
#define PRICE_MARKET 0x7fffffffu

/* The first reason is the one that is told. */
static void
refuse(struct exch_ouch_ask *a, const char *why)
{
	if (a->why == NULL)
		a->why = why;
}

static void
set_price(struct exch_ouch_ask *a, uint64_t price)
{
	a->ordtype = EXCH_ORD_LIMIT;
	a->price = EXCH_PX_NONE;
	if (price == PRICE_MARKET)
		a->ordtype = EXCH_ORD_MARKET;
	else if (price > PRICE_MAX)
		refuse(a, "its price is above 199,999.99");
	else
		a->price = (exch_px)price * EXCH_OUCH_STEP;
}

static void
set_side(struct exch_ouch_ask *a, unsigned char side)
{
	if (side != 'B' && side != 'S' && side != 'T' && side != 'E')
		refuse(a, "its side is none of B, S, T and E");
	a->side = side == 'B' ? EXCH_BUY : EXCH_SELL;
}

static void
set_display(struct exch_ouch_ask *a, unsigned char display)
{
	switch (display) {
	case 'Y':
	case 'A': /* with its name, which is not kept */
	case ' ':
	case 0:
		break;
	case 'N':
		a->ordflags |= EXCH_ORD_HIDDEN;
		break;
	case 'P':
		a->ordflags |= EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE;
		break;
	case 'I':
		a->ordflags |= EXCH_ORD_IMBALANCE;
		break;
	case 'M':
		a->ordflags |= EXCH_ORD_HIDDEN;
		a->peg = EXCH_PEG_MID;
		break;
	default:
		refuse(a, "its display is none of Y, A, N, P, I and M");
		break;
	}
}

static void
set_cross(struct exch_ouch_ask *a, unsigned char cross)
{
	switch (cross) {
	case 'N':
	case ' ':
	case 0:
		break;
	case 'O':
		a->tif = EXCH_TIF_ATO;
		break;
	case 'C':
		a->tif = EXCH_TIF_ATC;
		break;
	case 'H':
		a->tif = EXCH_TIF_GFA;
		break;
	default:
		refuse(a, "its cross is none of N, O, C and H");
		break;
	}
}

static void
set_qty(struct exch_ouch_ask *a, uint32_t qty)
{
	a->qty = qty;
	if (qty == 0 || qty > 999999)
		refuse(a, "its shares are not 1 to 999,999");
}

/* ---- 4.2 ---- */

#define SYSTEM_HOURS 99999u
#define MARKET_HOURS 99998u

static void
set_tif(struct exch_ouch_ask *a, uint32_t tif)
{
	a->tif = EXCH_TIF_DAY;
	if (tif == 0)
		a->tif = EXCH_TIF_IOC;
	else if (tif < 86400) {
		a->tif = EXCH_TIF_GTT;
		a->expires = tif;
	} else if (tif != MARKET_HOURS && tif != SYSTEM_HOURS)
		refuse(a, "its time in force is neither 0 to 86399, 99998 nor "
			  "99999");
}

static struct exch_ouch_token
token42(const unsigned char *p)
{
	size_t n = 14;

	while (n > 1 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	return (struct exch_ouch_token){p, n};
}

static void
read_42(const unsigned char *p, struct exch_ouch_ask *a)
{
	a->token = token42(p + 1);
	switch (p[0]) {
	case 'O':
		a->symbol = p + 20;
		a->firm = p + 36;
		a->least = exch_be32(p + 43);
		set_side(a, p[15]);
		set_qty(a, exch_be32(p + 16));
		set_price(a, exch_be32(p + 28));
		set_tif(a, exch_be32(p + 32));
		set_display(a, p[40]);
		set_cross(a, p[47]);
		break;
	case 'U':
		a->old = a->token;
		a->token = token42(p + 15);
		a->least = exch_be32(p + 42 + 1);
		set_qty(a, exch_be32(p + 29));
		set_price(a, exch_be32(p + 33));
		set_tif(a, exch_be32(p + 37));
		set_display(a, p[41]);
		break;
	case 'X':
		a->qty = exch_be32(p + 15);
		break;
	case 'M':
		set_side(a, p[15]);
		set_qty(a, exch_be32(p + 16));
		break;
	default:
		break;
	}
}

/* ---- 5.0 ---- */

/* Options behind a message, each behind its length and its tag. */
enum {
	TAG_FIRM = 2,
	TAG_LEAST = 3,
	TAG_FLOOR = 5,
	TAG_PRICE_TYPE = 6,
	TAG_OFFSET = 7,
	TAG_POST_ONLY = 12,
	TAG_EXPIRES = 15,
	TAG_SHOWN = 22
};

static void
set_price_type(struct exch_ouch_ask *a, unsigned char type)
{
	switch (type) {
	case 'L':
		break;
	case 'M':
	case 'm':
		a->peg = EXCH_PEG_MID;
		break;
	case 'R':
		a->peg = EXCH_PEG_PRIMARY;
		break;
	case 'P':
		a->peg = EXCH_PEG_MARKET;
		break;
	default:
		refuse(a, "its price type is none of L, M, R and P");
		break;
	}
}

static void
set_option(struct exch_ouch_ask *a, unsigned tag, const unsigned char *v)
{
	switch (tag) {
	case TAG_FIRM:
		a->firm = v;
		break;
	case TAG_LEAST:
		a->least = exch_be32(v);
		break;
	case TAG_FLOOR:
	case TAG_SHOWN:
		a->shown = exch_be32(v);
		break;
	case TAG_PRICE_TYPE:
		set_price_type(a, v[0]);
		break;
	case TAG_OFFSET:
		a->offset = (int32_t)exch_be32(v) * EXCH_OUCH_STEP;
		break;
	case TAG_POST_ONLY:
		if (v[0] == 'P')
			a->ordflags |= EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE;
		break;
	case TAG_EXPIRES:
		a->expires = exch_be32(v);
		break;
	default: /* of no concern for the book */
		break;
	}
}

/* Bytes that the value of one of ours has. */
static size_t
option_size(unsigned tag)
{
	switch (tag) {
	case TAG_FIRM:
	case TAG_LEAST:
	case TAG_FLOOR:
	case TAG_OFFSET:
	case TAG_EXPIRES:
	case TAG_SHOWN:
		return 4;
	default:
		return 1;
	}
}

static void
read_options(const unsigned char *p, size_t n, struct exch_ouch_ask *a)
{
	while (n > 0 && a->why == NULL) {
		size_t len = p[0];

		if (len == 0 || len >= n || len < 1 + option_size(p[1])) {
			refuse(a, "its options do not fit into it");
			return;
		}
		set_option(a, p[1], p + 2);
		p += 1 + len;
		n -= 1 + len;
	}
}

static void
set_tif50(struct exch_ouch_ask *a, unsigned char tif)
{
	switch (tif) {
	case '3':
		a->tif = EXCH_TIF_IOC;
		break;
	case '0':
	case '5': /* into the hours behind the close */
	case 'E':
		a->tif = EXCH_TIF_DAY;
		break;
	case '6':
		a->tif = EXCH_TIF_GTT;
		break;
	default:
		refuse(a, "its time in force is none of 0, 3, 5, 6 and E");
		break;
	}
}

/* Their own number for it, when it is one. */
static uint64_t
client_number(const unsigned char *p)
{
	size_t n = 14;
	uint64_t v;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	return n > 0 && exch_uint_parse((const char *)p, n, &v) == 0 ? v : 0;
}

static struct exch_ouch_token
token50(const unsigned char *p)
{
	return (struct exch_ouch_token){p, 4};
}

static void
read_50(const unsigned char *p, size_t n, struct exch_ouch_ask *a)
{
	size_t base;

	a->token = token50(p + 1);
	switch (p[0]) {
	case 'O':
		base = 45;
		a->symbol = p + 10;
		a->client = client_number(p + 31);
		set_side(a, p[5]);
		set_qty(a, exch_be32(p + 6));
		set_price(a, exch_be64(p + 18));
		set_tif50(a, p[26]);
		set_display(a, p[27]);
		set_cross(a, p[30]);
		break;
	case 'U':
		base = 38;
		a->old = a->token;
		a->token = token50(p + 5);
		a->client = client_number(p + 24);
		set_qty(a, exch_be32(p + 9));
		set_price(a, exch_be64(p + 13));
		set_tif50(a, p[21]);
		set_display(a, p[22]);
		break;
	case 'X':
		a->qty = exch_be32(p + 5);
		return;
	case 'M':
		set_side(a, p[5]);
		set_qty(a, exch_be32(p + 6));
		return;
	case 'C':
		a->firm = p + 5;
		a->symbol = p + 9;
		return;
	default:
		return;
	}
	if (n > base)
		read_options(p + base + 2, n - base - 2, a);
	if (a->tif == EXCH_TIF_GTT && a->expires == 0)
		refuse(a, "it lives until a time that it does not tell");
}

/* Only of what is executed at once: the mark is of no concern for the book. */
static void
set_sweep(struct exch_ouch_ask *a, unsigned char eligible)
{
	if (eligible == 'Y' && a->tif == EXCH_TIF_IOC && a->ordflags == 0 &&
	    a->ordtype == EXCH_ORD_LIMIT)
		a->ordflags = EXCH_ORD_SWEEP;
}

void
exch_ouch_read(const unsigned char *p, size_t n, unsigned versions,
    struct exch_ouch_ask *a)
{
	*a = (struct exch_ouch_ask){.ordtype = EXCH_ORD_LIMIT};
	if ((versions & EXCH_OUCH_42) != 0)
		read_42(p, a);
	else
		read_50(p, n, a);
	if (a->tif != EXCH_TIF_GTT)
		a->expires = 0;
	if (a->peg != 0) {
		a->ordtype = EXCH_ORD_PEG;
		if (a->tif == EXCH_TIF_IOC)
			refuse(a, "it is pegged and does not rest");
	}
	if (p[0] == 'O')
		set_sweep(a, p[(versions & EXCH_OUCH_42) != 0 ? 42 : 29]);
}

bool
exch_ouch_read_fill(
    const unsigned char *p, unsigned versions, struct exch_ouch_fill *f)
{
	bool is_42 = (versions & EXCH_OUCH_42) != 0;

	if (p[0] != 'E' && (!is_42 || p[0] != 'G'))
		return false;
	f->token = is_42 ? token42(p + 9) : token50(p + 9);
	f->qty = exch_be32(p + (is_42 ? 23 : 13));
	return true;
}
