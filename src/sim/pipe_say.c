/*
 * What a program is told, as lines of text.  Every line of a turn is a word,
 * the time in nanoseconds since the run began, and mostly a symbol: times
 * since 1970 would not fit the numbers of awk.  There is a line for every
 * change of the market, so this is written by hand.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "rec/schema.h"
#include "sim/pipe.h"

/* No line is longer: eight numbers, a symbol, words. */
#define LINE_MOST 256u
/* Ids of instruments are small numbers in every scenario. */
#define ID_MOST (1u << 20)

/* ---- instruments ---- */

static int
add_name(struct exch_pipe_words *w, const struct exch_rec_instrument *i,
    struct exch_diag *d)
{
	struct exch_pipe_name *t = &w->name[w->n];

	t->len = (uint8_t)strnlen(i->symbol, sizeof(i->symbol));
	memcpy(t->symbol, i->symbol, t->len);
	t->scale = (uint8_t)-i->qty_exponent;
	t->decimals = i->px_decimals;
	t->instr = i->h.instr;
	for (unsigned k = 0; k < t->len; k++) {
		if (t->symbol[k] <= ' ' || t->symbol[k] > '~' ||
		    t->symbol[k] == '@')
			return exch_diag_set(d, EXCH_ERR_FORMAT, NULL,
			    EXCH_POS_NONE, 0,
			    "\"%.24s\" is no symbol that a program can be "
			    "told: it has blanks, or a @, in it",
			    t->symbol);
	}
	w->mixed |= t->scale != w->name[0].scale;
	w->at[t->instr] = ++w->n;
	return EXCH_OK;
}

int
exch_pipe_words_init(
    struct exch_pipe_words *w, const struct exch_agent *a, struct exch_diag *d)
{
	uint32_t most = 0;
	int err = EXCH_OK;

	*w = (struct exch_pipe_words){.begin = a->begin};
	for (unsigned i = 0; i < a->ninstr; i++)
		most = a->instr[i].h.instr > most ? a->instr[i].h.instr : most;
	if (most >= ID_MOST)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "a program cannot be told of instrument number %u", most);
	w->nat = most + 1;
	w->at = exch_calloc(w->nat, sizeof(*w->at));
	w->name = exch_calloc(a->ninstr + 1, sizeof(*w->name));
	w->price = exch_calloc(EXCH_PIPE_PRICES, sizeof(*w->price));
	if (w->at == NULL || w->name == NULL || w->price == NULL)
		err = EXCH_ERR_NOMEM;
	for (unsigned i = 0; err == EXCH_OK && i < a->ninstr; i++)
		err = add_name(w, &a->instr[i], d);
	if (err != EXCH_OK)
		exch_pipe_words_clear(w);
	return err;
}

void
exch_pipe_words_clear(struct exch_pipe_words *w)
{
	exch_free(w->at);
	exch_free(w->name);
	exch_free(w->price);
	*w = (struct exch_pipe_words){0};
}

/* ---- parts of lines ---- */

static char *
put(char *p, const char *s, size_t n)
{
	memcpy(p, s, n);
	return p + n;
}

/* A word, with the blank before it. */
static char *
put_word(char *p, const char *s)
{
	*p++ = ' ';
	return put(p, s, strlen(s));
}

/* What happened before the run begins is below zero. */
static char *
put_time(char *p, const struct exch_pipe_words *w, exch_ts t)
{
	*p++ = ' ';
	if (t < w->begin) {
		*p++ = '-';
		return exch_uint_put(p, w->begin - t);
	}
	return exch_uint_put(p, t - w->begin);
}

static char *
put_number(char *p, uint64_t v)
{
	*p++ = ' ';
	return exch_uint_put(p, v);
}

static char *
put_qty(char *p, const struct exch_pipe_name *t, exch_qty v)
{
	*p++ = ' ';
	if (t == NULL || t->scale == 0 || v > INT64_MAX)
		return exch_uint_put(p, v);
	return exch_dec_put(p, (int64_t)v, t->scale, 0);
}

/* One that is there, through those that were written lately. */
static char *
put_price(char *p, const struct exch_pipe_words *w,
    const struct exch_pipe_name *t, exch_px v)
{
	uint8_t decimals = t != NULL ? t->decimals : 0;
	struct exch_pipe_price *c;
	uint64_t h = (uint64_t)v * UINT64_C(0x9e3779b97f4a7c15);

	*p++ = ' ';
	if (v == EXCH_PX_NONE) {
		*p++ = '-';
		return p;
	}
	c = &w->price[h >> 56];
	if (c->price != v || c->decimals != decimals || c->len == 0) {
		c->price = v;
		c->decimals = decimals;
		c->len =
		    (uint8_t)(exch_dec_put(c->text, v, 9, decimals) - c->text);
	}
	memcpy(p, c->text, sizeof(c->text)); /* as long as there is room */
	return p + c->len;
}

static char *
put_side(char *p, uint8_t side)
{
	if (side == EXCH_BUY)
		return put(p, " buy", 4);
	if (side == EXCH_SIDE_NONE)
		return put(p, " -", 2);
	return put(p, " sell", 5);
}

/* A code in words, as exch-stream(5) has them; a number when it has none. */
static char *
put_code(char *p, const struct exch_word *words, uint16_t code)
{
	const char *word = exch_word_of(words, code);

	return word != NULL ? put_word(p, word) : put_number(p, code);
}

/* ---- a turn ---- */

static const struct {
	char word[12];
	uint8_t len;
} start[] = {
#define START(told, word) [EXCH_TOLD_##told] = {word, sizeof(word) - 1}
    START(TOP, "bbo"), START(LEVEL, "level"), START(TRADE, "trade"),
    START(ADD, "add"), START(LEFT, "left"), START(PHASE, "phase"),
    START(INSTRUMENT, "instrument"), START(ACCEPTED, "accepted"),
    START(REJECTED, "rejected"), START(FILLED, "filled"),
    START(CANCELED, "cancelled"), START(REPLACED, "replaced"),
    START(TIMER, "timer"), START(END, "end")
#undef START
};

static char *
put_top(char *p, const struct exch_pipe_words *w,
    const struct exch_pipe_name *t, const struct exch_agent_msg *m)
{
	bool bid = m->price != EXCH_PX_NONE, offer = m->price2 != EXCH_PX_NONE;

	p = put_price(p, w, t, m->price);
	p = put_qty(p, t, bid ? m->qty : 0);
	p = put_price(p, w, t, m->price2);
	return put_qty(p, t, offer ? m->qty2 : 0);
}

/* A quantity that need not be there. */
static char *
put_bound(char *p, const struct exch_pipe_name *t, exch_qty v)
{
	if (v == EXCH_QTY_NONE || v > INT64_MAX)
		return put(p, " -", 2);
	return put_qty(p, t, v);
}

/* As in the greeting. */
static char *
put_instrument(char *p, const struct exch_pipe_words *w,
    const struct exch_pipe_name *t, const struct exch_agent_msg *m)
{
	p = put_price(put_word(p, "tick"), w, NULL, m->price);
	p = put_qty(put_word(p, "lot"), t, m->qty);
	p = put_qty(put_word(p, "unit"), t, 1);
	p = put_number(put_word(p, "decimals"), m->reason);
	p = put_price(put_word(p, "reference"), w, t, m->price2);
	p = put_bound(put_word(p, "min"), t, m->qty2);
	return put_bound(put_word(p, "max"), t, m->order);
}

/* What stands behind the symbol. */
static char *
put_rest(char *p, const struct exch_pipe_words *w,
    const struct exch_pipe_name *t, const struct exch_agent_msg *m)
{
	switch (m->what) {
	case EXCH_TOLD_TOP:
		return put_top(p, w, t, m);
	case EXCH_TOLD_ADD:
		p = put_number(p, m->order);
		/* fallthrough */
	case EXCH_TOLD_LEVEL:
	case EXCH_TOLD_TRADE:
		p = put_side(p, m->side);
		p = put_price(p, w, t, m->price);
		return put_qty(p, t, m->qty);
	case EXCH_TOLD_LEFT:
		return put_qty(put_number(p, m->order), t, m->qty);
	case EXCH_TOLD_PHASE:
		return put_code(p, exch_words_phase, m->reason);
	case EXCH_TOLD_INSTRUMENT:
		return put_instrument(p, w, t, m);
	case EXCH_TOLD_ACCEPTED:
		return put_number(put_number(p, m->tag), m->order);
	case EXCH_TOLD_REJECTED:
		return put_code(
		    put_number(p, m->tag), exch_words_reject, m->reason);
	case EXCH_TOLD_FILLED:
		p = put_side(put_number(p, m->tag), m->side);
		p = put_qty(put_price(p, w, t, m->price), t, m->qty);
		return put_word(
		    put_qty(p, t, m->qty2), m->maker ? "maker" : "taker");
	case EXCH_TOLD_CANCELED:
		p = put_qty(put_number(p, m->tag), t, m->qty);
		return put_code(p, exch_words_reason, m->reason);
	case EXCH_TOLD_REPLACED:
		p = put_price(put_number(p, m->tag), w, t, m->price);
		return put_qty(p, t, m->qty);
	default:
		return p;
	}
}

static char *
put_msg(
    char *p, const struct exch_pipe_words *w, const struct exch_agent_msg *m)
{
	struct exch_pipe_name *t = NULL;

	if (m->what >= EXCH_ARRAY_LEN(start))
		return p;
	memcpy(p, start[m->what].word, sizeof(start[0].word));
	p = put_time(p + start[m->what].len, w, m->time);
	if (m->what != EXCH_TOLD_TIMER && m->what != EXCH_TOLD_END) {
		if (m->instr < w->nat && w->at[m->instr] != 0)
			t = &w->name[w->at[m->instr] - 1];
		if (t != NULL && m->what == EXCH_TOLD_INSTRUMENT)
			t->decimals = (uint8_t)m->reason;
		*p++ = ' ';
		if (t == NULL) {
			*p++ = '-';
		} else {
			memcpy(p, t->symbol, sizeof(t->symbol));
			p += t->len;
		}
		p = put_rest(p, w, t, m);
	}
	*p++ = '\n';
	return p;
}

void
exch_pipe_say_turn(const struct exch_pipe_words *w, uint64_t turn, exch_ts now,
    const struct exch_agent_msg *m, size_t n, struct exch_buf *b)
{
	char *p = exch_buf_room(b, LINE_MOST);

	if (p == NULL)
		return;
	p = put_time(put_number(put(p, "turn", 4), turn), w, now);
	*p++ = '\n';
	b->len = (size_t)(p - b->p);
	for (size_t i = 0; i < n; i++) {
		p = exch_buf_room(b, LINE_MOST);
		if (p == NULL)
			return;
		b->len = (size_t)(put_msg(p, w, &m[i]) - b->p);
	}
	exch_buf_add(b, ".\n", 2);
}

/* ---- hello ---- */

static void
say_price(struct exch_buf *b, const char *word, exch_px v, int decimals)
{
	exch_buf_str(b, word);
	if (v == EXCH_PX_NONE)
		exch_buf_char(b, '-');
	else
		exch_buf_dec(b, v, 9, decimals);
}

static void
say_qty(struct exch_buf *b, const char *word, exch_qty v, int scale)
{
	exch_buf_str(b, word);
	if (v == EXCH_QTY_NONE || v > INT64_MAX)
		exch_buf_char(b, '-');
	else
		exch_buf_dec(b, (int64_t)v, scale, 0);
}

/* Where the instrument's venue has fees of its own. */
static void
say_fees(struct exch_buf *b, const struct exch_agent *a, unsigned i)
{
	const struct exch_agent_access *x = &a->access[i];

	if (x->maker_fee == a->maker_fee && x->taker_fee == a->taker_fee)
		return;
	exch_buf_str(b, " maker ");
	exch_buf_dec(b, x->maker_fee, 9, 0);
	exch_buf_str(b, " taker ");
	exch_buf_dec(b, x->taker_fee, 9, 0);
}

static void
say_instrument(struct exch_buf *b, const struct exch_agent *a, unsigned n)
{
	const struct exch_rec_instrument *i = &a->instr[n];
	int scale = -i->qty_exponent;

	exch_buf_str(b, "instrument ");
	exch_buf_add(b, i->symbol, strnlen(i->symbol, sizeof(i->symbol)));
	say_price(b, " tick ", i->tick, 0);
	say_qty(b, " lot ", i->lot, scale);
	say_qty(b, " unit ", 1, scale);
	exch_buf_fmt(b, " decimals %u", i->px_decimals);
	say_price(b, " reference ", i->reference, i->px_decimals);
	say_qty(b, " min ", i->min_qty, scale);
	say_qty(b, " max ", i->max_qty, scale);
	say_fees(b, a, n);
	exch_buf_char(b, '\n');
}

void
exch_pipe_say_hello(const struct exch_pipe_words *w, const struct exch_agent *a,
    struct exch_buf *b)
{
	char time[32];

	*exch_ts_put(time, a->begin) = '\0';
	exch_buf_fmt(b, "exch %u\nagent %s\n", EXCH_PIPE_PROTOCOL, a->name);
	/* as many bits as a double holds: some languages know nothing else */
	exch_buf_str(b, "seed ");
	exch_buf_uint(b, a->seed >> 11);
	exch_buf_fmt(b, "\nbegin %s\nend ", time);
	if (a->end == EXCH_TS_NONE || a->end < w->begin)
		exch_buf_char(b, '-');
	else
		exch_buf_uint(b, a->end - w->begin);
	exch_buf_str(b, "\nlatency ");
	exch_buf_uint(b, a->least_latency);
	exch_buf_str(b, "\nfees maker ");
	exch_buf_dec(b, a->maker_fee, 9, 0);
	exch_buf_str(b, " taker ");
	exch_buf_dec(b, a->taker_fee, 9, 0);
	exch_buf_char(b, '\n');
	for (unsigned i = 0; i < a->ninstr; i++)
		say_instrument(b, a, i);
	exch_buf_add(b, ".\n", 2);
}
