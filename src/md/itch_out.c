/* ITCH 5.0 as it is written (itch_out.h). */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "md/itch_out.h"

#define SYMBOL EXCH_ITCH_SYMBOL

static void
put_be48(unsigned char *p, uint64_t v)
{
	exch_put_be16(p, (uint16_t)(v >> 32));
	exch_put_be32(p + 2, (uint32_t)v);
}

/* Type, stock locate, tracking number (none), time stamp. */
static void
put_head(unsigned char *to, char type, const struct exch_itch_head *h)
{
	to[0] = (unsigned char)type;
	exch_put_be16(to + 1, h->locate);
	exch_put_be16(to + 3, 0);
	put_be48(to + 5, h->time);
}

char
exch_itch_cross(uint8_t cross)
{
	static const char type[] = {' ', 'O', 'C', 'H', 'I', 'A'};

	return cross < sizeof(type) ? type[cross] : ' ';
}

size_t
exch_itch_put_system(
    unsigned char *to, const struct exch_itch_head *h, char event)
{
	put_head(to, 'S', h);
	to[11] = (unsigned char)event;
	return 12;
}

/* What the stream does not tell is said as for a common stock. */
size_t
exch_itch_put_directory(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s)
{
	put_head(to, 'R', h);
	memcpy(to + 11, s->symbol, SYMBOL);
	to[19] = ' '; /* market category */
	to[20] = ' '; /* financial status */
	exch_put_be32(to + 21, s->lot);
	/* any size; common stock; live; no threshold, IPO or tier */
	memcpy(to + 25, "NCZ PN  N", 9);
	exch_put_be32(to + 34, 0);
	to[38] = 'N';
	return 39;
}

size_t
exch_itch_put_action(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, char state, const char reason[4])
{
	put_head(to, 'H', h);
	memcpy(to + 11, s->symbol, SYMBOL);
	to[19] = (unsigned char)state;
	to[20] = ' ';
	memset(to + 21, ' ', 4);
	for (unsigned i = 0; i < 4 && reason[i] != '\0'; i++)
		to[21 + i] = (unsigned char)reason[i];
	return 25;
}

size_t
exch_itch_put_add(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, const struct exch_itch_add *a)
{
	put_head(to, 'A', h);
	exch_put_be64(to + 11, a->ref);
	to[19] = (unsigned char)a->side;
	exch_put_be32(to + 20, a->shares);
	memcpy(to + 24, s->symbol, SYMBOL);
	exch_put_be32(to + 32, a->price);
	return 36;
}

size_t
exch_itch_put_replace(unsigned char *to, const struct exch_itch_head *h,
    uint64_t old, const struct exch_itch_add *a)
{
	put_head(to, 'U', h);
	exch_put_be64(to + 11, old);
	exch_put_be64(to + 19, a->ref);
	exch_put_be32(to + 27, a->shares);
	exch_put_be32(to + 31, a->price);
	return 35;
}

size_t
exch_itch_put_executed(unsigned char *to, const struct exch_itch_head *h,
    uint64_t ref, uint32_t shares, uint64_t match)
{
	put_head(to, 'E', h);
	exch_put_be64(to + 11, ref);
	exch_put_be32(to + 19, shares);
	exch_put_be64(to + 23, match);
	return 31;
}

size_t
exch_itch_put_executed_at(unsigned char *to, const struct exch_itch_head *h,
    uint64_t ref, uint32_t shares, uint64_t match, char printable,
    uint32_t price)
{
	(void)exch_itch_put_executed(to, h, ref, shares, match);
	to[0] = 'C';
	to[31] = (unsigned char)printable;
	exch_put_be32(to + 32, price);
	return 36;
}

size_t
exch_itch_put_reduce(unsigned char *to, const struct exch_itch_head *h,
    uint64_t ref, uint32_t shares)
{
	put_head(to, 'X', h);
	exch_put_be64(to + 11, ref);
	exch_put_be32(to + 19, shares);
	return 23;
}

size_t
exch_itch_put_delete(
    unsigned char *to, const struct exch_itch_head *h, uint64_t ref)
{
	put_head(to, 'D', h);
	exch_put_be64(to + 11, ref);
	return 19;
}

/* Reference 0 and side B, as the specification has it since 2014. */
size_t
exch_itch_put_trade(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, uint32_t shares, uint32_t price,
    uint64_t match)
{
	put_head(to, 'P', h);
	exch_put_be64(to + 11, 0);
	to[19] = 'B';
	exch_put_be32(to + 20, shares);
	memcpy(to + 24, s->symbol, SYMBOL);
	exch_put_be32(to + 32, price);
	exch_put_be64(to + 36, match);
	return 44;
}

size_t
exch_itch_put_cross(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, uint64_t shares, uint32_t price,
    uint64_t match, char type)
{
	put_head(to, 'Q', h);
	exch_put_be64(to + 11, shares);
	memcpy(to + 19, s->symbol, SYMBOL);
	exch_put_be32(to + 27, price);
	exch_put_be64(to + 31, match);
	to[39] = (unsigned char)type;
	return 40;
}

size_t
exch_itch_put_broken(
    unsigned char *to, const struct exch_itch_head *h, uint64_t match)
{
	put_head(to, 'B', h);
	exch_put_be64(to + 11, match);
	return 19;
}

size_t
exch_itch_put_imbalance(unsigned char *to, const struct exch_itch_head *h,
    const struct exch_itch_stock *s, const struct exch_itch_imbalance *i)
{
	put_head(to, 'I', h);
	exch_put_be64(to + 11, i->paired);
	exch_put_be64(to + 19, i->imbalance);
	to[27] = (unsigned char)i->direction;
	memcpy(to + 28, s->symbol, SYMBOL);
	exch_put_be32(to + 36, i->far);
	exch_put_be32(to + 40, i->near);
	exch_put_be32(to + 44, i->reference);
	to[48] = (unsigned char)i->type;
	to[49] = (unsigned char)i->variation;
	return 50;
}
