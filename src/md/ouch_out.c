/* OUCH 4.2 as it is written (ouch_out.h). */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "md/ouch_out.h"

#define TOKEN EXCH_OUCH_TOKEN
#define SYMBOL EXCH_OUCH_SYMBOL

size_t
exch_ouch_put_enter(unsigned char *to, const struct exch_ouch_order *o)
{
	to[0] = 'O';
	memcpy(to + 1, o->token, TOKEN);
	to[15] = (unsigned char)o->side;
	exch_put_be32(to + 16, o->shares);
	memcpy(to + 20, o->symbol, SYMBOL);
	exch_put_be32(to + 28, o->price);
	exch_put_be32(to + 32, o->tif);
	memcpy(to + 36, "    ", 4); /* the firm that the session is of */
	to[40] = (unsigned char)o->display;
	to[41] = 'O'; /* capacity: another one */
	to[42] = (unsigned char)o->sweep;
	exch_put_be32(to + 43, o->least);
	to[47] = (unsigned char)o->cross;
	to[48] = ' '; /* customer type: as the session has it */
	return 49;
}

size_t
exch_ouch_put_replace(
    unsigned char *to, const char old[TOKEN], const struct exch_ouch_order *o)
{
	to[0] = 'U';
	memcpy(to + 1, old, TOKEN);
	memcpy(to + 15, o->token, TOKEN);
	exch_put_be32(to + 29, o->shares);
	exch_put_be32(to + 33, o->price);
	exch_put_be32(to + 37, o->tif);
	to[41] = (unsigned char)o->display;
	to[42] = (unsigned char)o->sweep;
	exch_put_be32(to + 43, o->least);
	return 47;
}

size_t
exch_ouch_put_cancel(
    unsigned char *to, const char token[TOKEN], uint32_t shares)
{
	to[0] = 'X';
	memcpy(to + 1, token, TOKEN);
	exch_put_be32(to + 15, shares);
	return 19;
}

/* Type, time and token of every answer. */
static void
put_head(unsigned char *to, char type, uint64_t time, const char token[TOKEN])
{
	to[0] = (unsigned char)type;
	exch_put_be64(to + 1, time);
	memcpy(to + 9, token, TOKEN);
}

/* What an acceptance says of an order, up to its state: it lives. */
static void
put_order(unsigned char *to, const struct exch_ouch_order *o)
{
	to[23] = (unsigned char)o->side;
	exch_put_be32(to + 24, o->shares);
	memcpy(to + 28, o->symbol, SYMBOL);
	exch_put_be32(to + 36, o->price);
	exch_put_be32(to + 40, o->tif);
	memcpy(to + 44, "    ", 4);
	to[48] = (unsigned char)o->display;
	exch_put_be64(to + 49, o->ref);
	to[57] = 'O';
	to[58] = (unsigned char)o->sweep;
	exch_put_be32(to + 59, o->least);
	to[63] = (unsigned char)o->cross;
	to[64] = 'L';
}

size_t
exch_ouch_put_accepted(
    unsigned char *to, uint64_t time, const struct exch_ouch_order *o)
{
	put_head(to, 'A', time, o->token);
	put_order(to, o);
	to[65] = ' ';
	return 66;
}

size_t
exch_ouch_put_replaced(unsigned char *to, uint64_t time,
    const struct exch_ouch_order *o, const char old[TOKEN])
{
	put_head(to, 'U', time, o->token);
	put_order(to, o);
	memcpy(to + 65, old, TOKEN);
	to[79] = ' ';
	return 80;
}

size_t
exch_ouch_put_cancelled(unsigned char *to, uint64_t time,
    const char token[TOKEN], uint32_t shares, char reason)
{
	put_head(to, 'C', time, token);
	exch_put_be32(to + 23, shares);
	to[27] = (unsigned char)reason;
	return 28;
}

size_t
exch_ouch_put_executed(unsigned char *to, uint64_t time,
    const char token[TOKEN], uint32_t shares, uint32_t price, char liquidity,
    uint64_t match)
{
	put_head(to, 'E', time, token);
	exch_put_be32(to + 23, shares);
	exch_put_be32(to + 27, price);
	to[31] = (unsigned char)liquidity;
	exch_put_be64(to + 32, match);
	return 40;
}

size_t
exch_ouch_put_rejected(
    unsigned char *to, uint64_t time, const char token[TOKEN], char reason)
{
	put_head(to, 'J', time, token);
	to[23] = (unsigned char)reason;
	return 24;
}

size_t
exch_ouch_put_cancel_rejected(
    unsigned char *to, uint64_t time, const char token[TOKEN])
{
	put_head(to, 'I', time, token);
	return 23;
}
