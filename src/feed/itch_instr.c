/*
 * Instruments of the ITCH decoder.  The stock locate is the instrument id;
 * who has none, or another venue's, gets an id above all locates.
 */
#include <config.h>

#include <stdio.h>

#include "base/alloc.h"
#include "feed/itch_priv.h"

/* Eight characters of a stock; bytes that are no text become `?`. */
static size_t
stock_text(const unsigned char *p, char out[24])
{
	size_t n = 8;

	memset(out, 0, 24);
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return n;
}

static int
announce(struct exch_itch *it, uint32_t id, const char symbol[24], uint8_t kind,
    exch_ts t, struct exch_diag *d)
{
	struct exch_rec_instrument r = {
	    .h =
		EXCH_ITCH_HEAD(EXCH_REC_INSTRUMENT, exch_rec_instrument, id, t),
	    .kind = kind,
	    .px_decimals = it->px_decimals,
	    .tick = it->tick,
	    .lot = 1, /* round lots do not bind: odd lots are displayed */
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE,
	};

	memcpy(r.symbol, symbol, sizeof(r.symbol));
	return exch_itch_emit(it, &r.h, d);
}

/* An id that is no locate; 0 when they are used up. */
static uint32_t
fresh_id(struct exch_itch *it)
{
	struct exch_itch_ids *ids = it->ids;

	if (ids->next < EXCH_ITCH_LOCATES)
		ids->next = EXCH_ITCH_LOCATES;
	if (ids->next > EXCH_INSTR_MAX)
		return 0;
	return ids->next++;
}

static struct exch_itch_symbol *
symbol_slot(struct exch_itch_symbol *table, size_t cap, uint64_t stock)
{
	size_t i = (size_t)(stock * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	for (;; i++) {
		struct exch_itch_symbol *s = &table[i & (cap - 1)];

		if (s->id == 0 || s->stock == stock)
			return s;
	}
}

static bool
symbols_grow(struct exch_itch *it)
{
	size_t cap = it->symbols_cap != 0 ? it->symbols_cap * 2 : 64;
	struct exch_itch_symbol *t = exch_calloc(cap, sizeof(*t));

	if (t == NULL)
		return false;
	for (size_t i = 0; i < it->symbols_cap; i++) {
		if (it->symbols[i].id != 0)
			*symbol_slot(t, cap, it->symbols[i].stock) =
			    it->symbols[i];
	}
	exch_free(it->symbols);
	it->symbols = t;
	it->symbols_cap = cap;
	return true;
}

/* The id of a stock that came with locate 0; announces a new one. */
static int
by_symbol(struct exch_itch *it, const unsigned char *stock, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	struct exch_itch_symbol *s;
	char text[24];

	if (it->nsymbols * 2 >= it->symbols_cap && !symbols_grow(it))
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for symbols");
	s = symbol_slot(it->symbols, it->symbols_cap, exch_be64(stock));
	if (s->id == 0) {
		uint32_t fresh = fresh_id(it);

		*id = 0;
		if (fresh == 0)
			return 0;
		s->id = fresh;
		s->stock = exch_be64(stock);
		it->nsymbols++;
		stock_text(stock, text);
		*id = fresh;
		return announce(it, fresh, text, EXCH_KIND_EQUITY, t, d);
	}
	*id = s->id;
	return 0;
}

int
exch_itch_first_sight(struct exch_itch *it, uint16_t locate,
    const unsigned char *stock, exch_ts t, uint32_t *id, struct exch_diag *d)
{
	uint32_t have = it->instr[locate] & EXCH_ITCH_ID;
	char text[24];
	bool named = stock != NULL && stock_text(stock, text) > 0;

	if (locate == 0 && named)
		return by_symbol(it, stock, t, id, d);
	*id = have;
	if (have != 0 && !named)
		return 0;
	if (have == 0)
		have = !it->mapped && locate != 0 ? locate : fresh_id(it);
	*id = have;
	if (have == 0)
		return 0;
	if (!named) {
		memset(text, 0, sizeof(text));
		snprintf(text, sizeof(text), "#%u", locate);
	}
	it->instr[locate] = have | (named ? EXCH_ITCH_NAMED : 0);
	return announce(it, have, text, EXCH_KIND_EQUITY, t, d);
}

int
exch_itch_directory(struct exch_itch *it, const unsigned char *p, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	char text[24];

	if (locate == 0 || stock_text(p + 11, text) == 0)
		return exch_itch_first_sight(it, locate, p + 11, t, id, d);
	*id = it->instr[locate] & EXCH_ITCH_ID;
	if (*id == 0)
		*id = !it->mapped ? locate : fresh_id(it);
	if (*id == 0)
		return 0;
	it->instr[locate] = *id | EXCH_ITCH_NAMED;
	return announce(it, *id, text,
	    p[33] == 'Y' ? EXCH_KIND_ETF : EXCH_KIND_EQUITY, t, d);
}
