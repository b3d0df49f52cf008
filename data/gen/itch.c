/*
 * ITCH 5.0 messages, byte by byte from the published specification.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "gen.h"

/* The 11 bytes every message starts with; the rest zero. */
static void
head(struct gen *g, unsigned char *m, size_t n, char type, uint16_t locate)
{
	memset(m, 0, n);
	m[0] = (unsigned char)type;
	exch_put_be16(m + 1, locate);
	exch_put_be16(m + 3, g->tracking);
	exch_put_be16(m + 5, (uint16_t)((uint64_t)g->now >> 32));
	exch_put_be32(m + 7, (uint32_t)g->now);
}

static void
send(struct gen *g, const unsigned char *m, size_t n)
{
	gen_wire_message(&g->wire, g->now, m, n);
	g->messages++;
}

/* Text, padded with blanks. */
static void
text(unsigned char *p, size_t width, const char *s)
{
	size_t n = strlen(s);

	memset(p, ' ', width);
	memcpy(p, s, n < width ? n : width);
}

void
gen_itch_system(struct gen *g, char event)
{
	unsigned char m[12];

	head(g, m, sizeof(m), 'S', 0);
	m[11] = (unsigned char)event;
	send(g, m, sizeof(m));
}

void
gen_itch_directory(struct gen *g, const struct gen_sym *s)
{
	unsigned char m[39];

	head(g, m, sizeof(m), 'R', s->locate);
	text(m + 11, 8, s->name);
	m[19] = 'Q';
	m[20] = 'N';
	exch_put_be32(m + 21, 100);
	m[25] = 'N';
	m[26] = 'C';
	text(m + 27, 2, "Z");
	m[29] = 'P';
	m[30] = 'N';
	m[31] = 'N';
	m[32] = '1';
	m[33] = 'N';
	m[38] = 'N';
	send(g, m, sizeof(m));
}

void
gen_itch_action(
    struct gen *g, const struct gen_sym *s, char state, const char *reason)
{
	unsigned char m[25];

	head(g, m, sizeof(m), 'H', s->locate);
	text(m + 11, 8, s->name);
	m[19] = (unsigned char)state;
	m[20] = ' ';
	text(m + 21, 4, reason);
	send(g, m, sizeof(m));
}

void
gen_itch_regsho(struct gen *g, const struct gen_sym *s, char action)
{
	unsigned char m[20];

	head(g, m, sizeof(m), 'Y', s->locate);
	text(m + 11, 8, s->name);
	m[19] = (unsigned char)action;
	send(g, m, sizeof(m));
}

void
gen_itch_position(struct gen *g, const struct gen_sym *s, const char *mpid)
{
	unsigned char m[26];

	head(g, m, sizeof(m), 'L', s->locate);
	text(m + 11, 4, mpid);
	text(m + 15, 8, s->name);
	m[23] = 'Y';
	m[24] = 'N';
	m[25] = 'A';
	send(g, m, sizeof(m));
}

void
gen_itch_breaker(struct gen *g, const uint64_t level[3])
{
	unsigned char m[35];

	head(g, m, sizeof(m), 'V', 0);
	for (int i = 0; i < 3; i++)
		exch_put_be64(m + 11 + 8 * i, level[i]);
	send(g, m, sizeof(m));
}

void
gen_itch_collar(struct gen *g, const struct gen_sym *s, uint32_t px)
{
	unsigned char m[35];

	head(g, m, sizeof(m), 'J', s->locate);
	text(m + 11, 8, s->name);
	exch_put_be32(m + 19, px);
	exch_put_be32(m + 23, px + px / 2000 * 100);
	exch_put_be32(m + 27, px - px / 2000 * 100);
	send(g, m, sizeof(m));
}

void
gen_itch_add(struct gen *g, const struct gen_sym *s, const struct gen_order *o,
    const char *mpid)
{
	unsigned char m[40];
	size_t n = mpid != NULL ? 40 : 36;

	head(g, m, sizeof(m), mpid != NULL ? 'F' : 'A', s->locate);
	exch_put_be64(m + 11, o->ref);
	m[19] = o->side == GEN_BUY ? 'B' : 'S';
	exch_put_be32(m + 20, o->qty);
	text(m + 24, 8, s->name);
	exch_put_be32(m + 32, o->px);
	if (mpid != NULL)
		text(m + 36, 4, mpid);
	send(g, m, n);
}

void
gen_itch_exec(struct gen *g, const struct gen_sym *s, uint64_t ref,
    uint32_t qty, uint64_t match)
{
	unsigned char m[31];

	head(g, m, sizeof(m), 'E', s->locate);
	exch_put_be64(m + 11, ref);
	exch_put_be32(m + 19, qty);
	exch_put_be64(m + 23, match);
	send(g, m, sizeof(m));
}

void
gen_itch_exec_px(struct gen *g, const struct gen_sym *s, uint64_t ref,
    uint32_t qty, uint64_t match, char printable, uint32_t px)
{
	unsigned char m[36];

	head(g, m, sizeof(m), 'C', s->locate);
	exch_put_be64(m + 11, ref);
	exch_put_be32(m + 19, qty);
	exch_put_be64(m + 23, match);
	m[31] = (unsigned char)printable;
	exch_put_be32(m + 32, px);
	send(g, m, sizeof(m));
}

void
gen_itch_reduce(
    struct gen *g, const struct gen_sym *s, uint64_t ref, uint32_t qty)
{
	unsigned char m[23];

	head(g, m, sizeof(m), 'X', s->locate);
	exch_put_be64(m + 11, ref);
	exch_put_be32(m + 19, qty);
	send(g, m, sizeof(m));
}

void
gen_itch_delete(struct gen *g, const struct gen_sym *s, uint64_t ref)
{
	unsigned char m[19];

	head(g, m, sizeof(m), 'D', s->locate);
	exch_put_be64(m + 11, ref);
	send(g, m, sizeof(m));
}

void
gen_itch_replace(struct gen *g, const struct gen_sym *s, uint64_t old,
    const struct gen_order *o)
{
	unsigned char m[35];

	head(g, m, sizeof(m), 'U', s->locate);
	exch_put_be64(m + 11, old);
	exch_put_be64(m + 19, o->ref);
	exch_put_be32(m + 27, o->qty);
	exch_put_be32(m + 31, o->px);
	send(g, m, sizeof(m));
}

void
gen_itch_print(struct gen *g, const struct gen_sym *s, uint32_t qty,
    uint32_t px, uint64_t match)
{
	unsigned char m[44];

	head(g, m, sizeof(m), 'P', s->locate);
	m[19] = 'B';
	exch_put_be32(m + 20, qty);
	text(m + 24, 8, s->name);
	exch_put_be32(m + 32, px);
	exch_put_be64(m + 36, match);
	send(g, m, sizeof(m));
}

void
gen_itch_cross(struct gen *g, const struct gen_sym *s, uint64_t qty,
    uint32_t px, uint64_t match, char type)
{
	unsigned char m[40];

	head(g, m, sizeof(m), 'Q', s->locate);
	exch_put_be64(m + 11, qty);
	text(m + 19, 8, s->name);
	exch_put_be32(m + 27, px);
	exch_put_be64(m + 31, match);
	m[39] = (unsigned char)type;
	send(g, m, sizeof(m));
}

void
gen_itch_broken(struct gen *g, const struct gen_sym *s, uint64_t match)
{
	unsigned char m[19];

	head(g, m, sizeof(m), 'B', s->locate);
	exch_put_be64(m + 11, match);
	send(g, m, sizeof(m));
}

/* How far near is from the reference: L below 1 %, then digits, A B C. */
static char
variation(const struct gen_noii *i)
{
	uint64_t a = i->near, b = i->reference, pct;

	if (a == 0 || b == 0)
		return ' ';
	pct = (a > b ? a - b : b - a) * 100 / b;
	if (pct == 0)
		return 'L';
	if (pct < 10)
		return (char)('0' + pct);
	return pct < 20 ? 'A' : pct < 30 ? 'B' : 'C';
}

void
gen_itch_imbalance(
    struct gen *g, const struct gen_sym *s, const struct gen_noii *i, char type)
{
	unsigned char m[50];

	head(g, m, sizeof(m), 'I', s->locate);
	exch_put_be64(m + 11, i->paired);
	exch_put_be64(m + 19, i->imbalance);
	m[27] = (unsigned char)i->direction;
	text(m + 28, 8, s->name);
	exch_put_be32(m + 36, i->far);
	exch_put_be32(m + 40, i->near);
	exch_put_be32(m + 44, i->reference);
	m[48] = (unsigned char)type;
	m[49] = (unsigned char)variation(i);
	send(g, m, sizeof(m));
}
