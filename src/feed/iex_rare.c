/*
 * IEX messages that move no book: instruments, phases, auctions, broken trades
 * and those that become words.
 */
#include <config.h>

#include "base/alloc.h"
#include "feed/iex_priv.h"
#include "feed/text.h"
#include "feed/words.h"

#define BAD(text) exch_iex_bad(l, m, text, d)

static const struct exch_sentence sentences[] = {
    {'S', "system", {{"event", EXCH_W_CHAR, 1}}},
    {'D', "directory",
	{{"flags", EXCH_W_HEX, 1}, {"round-lot", EXCH_W_U32L, 18},
	    {"adjusted-close", EXCH_W_PXL, 22}, {"luld-tier", EXCH_W_U8, 30}}},
    {'I', "retail-interest", {{"flag", EXCH_W_CHAR, 1}}},
    {'O', "operational-halt", {{"action", EXCH_W_CHAR, 1}}},
    {'P', "short-sale-test",
	{{"status", EXCH_W_U8, 1}, {"detail", EXCH_W_CHAR, 18}}},
    {'E', "security", {{"event", EXCH_W_CHAR, 1}}},
    {'X', "official-price",
	{{"of", EXCH_W_CHAR, 1}, {"price", EXCH_W_PXL, 18}}},
};

static int
notice(struct exch_iex_line *l, const struct exch_iex_message *m, uint32_t id,
    struct exch_diag *d)
{
	struct {
		struct exch_rec_notice r;
		char text[EXCH_SENTENCE_TEXT + 8];
	} u = {
	    .r = {.h = {.type = EXCH_REC_NOTICE, .instr = id, .time = m->t}}};
	size_t n =
	    exch_sentence(sentences, EXCH_ARRAY_LEN(sentences), m->p, u.text);

	u.r.ntext = (uint16_t)n;
	u.r.bytes = sizeof(u.r) + ((n + 7) & ~(size_t)7);
	return exch_iex_emit(l->x, &u.r.h, d);
}

static int
phase(struct exch_iex_line *l, const struct exch_iex_message *m, uint32_t id,
    uint8_t to, const unsigned char *reason, struct exch_diag *d)
{
	struct exch_rec_phase r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_PHASE, exch_rec_phase, id, m->t),
	    .phase = to,
	    .reference = EXCH_PX_NONE,
	};

	for (int i = 0; reason != NULL && i < 4 && reason[i] > ' '; i++)
		r.reason[i] = reason[i] < 0x7f ? (char)reason[i] : '?';
	return exch_iex_emit(l->x, &r.h, d);
}

static int
forget_orders(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	struct exch_iex *x = l->x;
	int err = EXCH_OK;

	for (uint32_t id = 1;
	     x->orders.order.live > 0 && err == 0 && id < x->names.next; id++)
		err = exch_live_clear(&x->orders, id, m->t, &x->sink, d);
	return err;
}

static int
put_nothing(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, struct exch_diag *d)
{
	struct exch_rec_book_level level = {
	    .h = EXCH_IEX_HEAD(
		EXCH_REC_BOOK_LEVEL, exch_rec_book_level, id, m->t),
	    .price = EXCH_PX_NONE,
	};
	struct exch_rec_book_top top = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_BOOK_TOP, exch_rec_book_top, id, m->t),
	    .bid = EXCH_PX_NONE,
	    .ask = EXCH_PX_NONE,
	};

	level.h.flags = EXCH_F_LAST;
	return exch_iex_emit(
	    l->x, l->protocol == EXCH_IEX_DEEP ? &level.h : &top.h, d);
}

static int
forget_levels(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	void **sorted = exch_keyed_sorted(&l->x->symbols);
	int err = EXCH_OK;

	if (sorted == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to clear books");
	for (uint32_t i = 0; i < l->x->symbols.live && err == 0; i++) {
		struct exch_iex_symbol *s = sorted[i];

		if ((s->shown & l->bit) == 0)
			continue;
		s->shown &= ~(uint32_t)l->bit;
		err = put_nothing(l, m, s->id, d);
	}
	exch_free(sorted);
	return err;
}

/* Nothing that was displayed in a run before is there now. */
static int
forget(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	return l->protocol == EXCH_IEX_DEEP_PLUS ? forget_orders(l, m, d)
						 : forget_levels(l, m, d);
}

int
exch_iex_again(struct exch_iex_line *l, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	struct exch_iex_message m = {.p = p, .n = n};

	if (n < EXCH_IEX_TIME + 8)
		return EXCH_OK;
	m.t = exch_le64(p + EXCH_IEX_TIME);
	return forget(l, &m, d);
}

/* As with ITCH: the market hours inside system hours change no rule. */
static int
on_system(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	if (m->p[EXCH_IEX_FLAGS] == 'O')
		err = forget(l, m, d);
	if (err == 0)
		err = notice(l, m, 0, d);
	if (err != 0)
		return err;
	l->over = m->p[EXCH_IEX_FLAGS] == 'C'; /* the last of a day */
	switch (m->p[EXCH_IEX_FLAGS]) {
	case 'S':
		return phase(l, m, 0, EXCH_PHASE_CONTINUOUS, NULL, d);
	case 'E':
		return phase(l, m, 0, EXCH_PHASE_CLOSED, NULL, d);
	default:
		return 0;
	}
}

/* O and P: orders are collected, and not matched. */
static int
on_status(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, struct exch_diag *d)
{
	switch (m->p[EXCH_IEX_FLAGS]) {
	case 'T':
		return phase(
		    l, m, id, EXCH_PHASE_CONTINUOUS, m->p + EXCH_IEX_BODY, d);
	case 'H':
		return phase(
		    l, m, id, EXCH_PHASE_HALT, m->p + EXCH_IEX_BODY, d);
	case 'O':
	case 'P':
		return phase(
		    l, m, id, EXCH_PHASE_PRE_OPEN, m->p + EXCH_IEX_BODY, d);
	default:
		return BAD("trading status is not one of T H O P");
	}
}

/* An instrument that was announced by its symbol alone, and all about it. */
static int
on_directory(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, struct exch_diag *d)
{
	struct exch_rec_instrument r;
	const unsigned char *p = m->p + EXCH_IEX_SYMBOL;
	size_t n = 8;
	int err = EXCH_OK;

	if ((m->p[EXCH_IEX_FLAGS] & 0x20) != 0) {
		while (n > 0 && p[n - 1] <= ' ')
			n--;
		exch_text_instrument(
		    &r, id, (const char *)p, n, l->x->tick, m->t);
		for (size_t i = 0; i < n; i++)
			if (p[i] <= ' ' || p[i] >= 0x7f)
				r.symbol[i] = '?';
		r.kind = EXCH_KIND_ETF;
		err = exch_iex_emit(l->x, &r.h, d);
	}
	return err != 0 ? err : notice(l, m, id, d);
}

static int
on_broken(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, struct exch_diag *d)
{
	struct exch_rec_bust r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_BUST, exch_rec_bust, id, m->t),
	    .match = exch_le64(m->p + 30),
	};

	return exch_iex_emit(l->x, &r.h, d);
}

/* ---- auctions ---- */

static uint8_t
cross_of(unsigned char c)
{
	switch (c) {
	case 'O':
		return EXCH_CROSS_OPEN;
	case 'C':
		return EXCH_CROSS_CLOSE;
	case 'I':
	case 'H':
	case 'V':
		return EXCH_CROSS_HALT;
	default:
		return EXCH_CROSS_NONE;
	}
}

/* 0: there is none; false: out of range. */
static bool
price_or_none(const unsigned char *p, exch_px *px)
{
	bool good = exch_iex_price(p, px);

	if (*px == 0)
		*px = EXCH_PX_NONE;
	return good;
}

static int
on_auction(struct exch_iex_line *l, const struct exch_iex_message *m,
    uint32_t id, struct exch_diag *d)
{
	const unsigned char *p = m->p;
	struct exch_rec_auction r = {
	    .h = EXCH_IEX_HEAD(EXCH_REC_AUCTION, exch_rec_auction, id, m->t),
	    .paired = exch_le32(p + 18),
	    .imbalance = exch_le32(p + 38),
	    .side = p[42] == 'B'   ? EXCH_BUY
		    : p[42] == 'S' ? EXCH_SELL
				   : EXCH_SIDE_NONE,
	    .cross = cross_of(p[1]),
	};

	if (!price_or_none(p + 22, &r.reference) ||
	    !price_or_none(p + 30, &r.price) || !price_or_none(p + 48, &r.far))
		return BAD("a price is out of range");
	return exch_iex_emit(l->x, &r.h, d);
}

int
exch_iex_rare(struct exch_iex_line *l, const struct exch_iex_message *m,
    struct exch_diag *d)
{
	uint32_t id;
	int err;

	if (m->p[0] == 'S')
		return on_system(l, m, d);
	err = exch_iex_instrument(l, m, &id, d);
	if (err != 0 || id == 0)
		return err;
	switch (m->p[0]) {
	case 'H':
		return on_status(l, m, id, d);
	case 'D':
		return on_directory(l, m, id, d);
	case 'B':
		return on_broken(l, m, id, d);
	case 'A':
		return on_auction(l, m, id, d);
	default: /* I O P E X */
		return notice(l, m, id, d);
	}
}
