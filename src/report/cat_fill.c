/* Events of the Consolidated Audit Trail get their fields (cat_make.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "rec/schema.h"
#include "report/cat_make.h"

/* The trading day ends at 16:15 Eastern time, the specification says (6.4). */
#define DAY_END ((16 * 3600 + 15 * 60) * EXCH_SEC)

static uint32_t
open_day(const struct exch_cat *s, uint32_t date)
{
	while (exch_calendar_closed(&s->calendar, date))
		date = exch_days_date(exch_date_days(date) + 1);
	return date;
}

/* The trading day of a time, and its date of the local clock. */
uint32_t
exch_cat_trading_day(struct exch_cat *s, exch_ts time, uint32_t *date)
{
	uint64_t tod;

	*date = exch_cat_date(s->tz, time, &tod);
	if (s->day.date != *date) {
		s->day.date = *date;
		s->day.end = DAY_END;
		/* an early day ends as much earlier; closed ones do not care */
		(void)exch_calendar_move(&s->calendar, *date, &s->day.end);
		s->day.today = open_day(s, *date);
		s->day.next =
		    open_day(s, exch_days_date(exch_date_days(*date) + 1));
	}
	return tod > s->day.end ? s->day.next : s->day.today;
}

/* A word of ours in a field that has a list of values. */
static void
put_ours(struct exch_cat *s, unsigned id, const char *list, const char *word)
{
	exch_cat_word(&s->line, id, exch_cat_ours(&s->spec, list, word));
}

static const char *
symbol_of(const struct exch_cat *s, uint32_t place, size_t *n)
{
	const struct exch_inst *in = &s->run->insts.inst[place];
	const struct exch_product *p = exch_products_of(&s->products, in);

	if (p != NULL && p->listed[0] != '\0') {
		*n = strnlen(p->listed, sizeof(p->listed));
		return p->listed;
	}
	*n = in->nsymbol;
	return in->symbol;
}

/* Looked at once: a symbol that is none of CAT's stays none. */
static bool
symbol_ok(struct exch_cat *s, uint32_t place, int *rc, struct exch_diag *d)
{
	static const struct exch_cat_field field = {.type = EXCH_CAT_SYMBOL};
	size_t n;
	const char *p;

	*rc = exch_report_grow(
	    &s->symbol_ok, &s->nsymbols, place + 1, sizeof(*s->symbol_ok), d);
	if (*rc != EXCH_OK)
		return false;
	if (s->symbol_ok[place] == 0) {
		p = symbol_of(s, place, &n);
		s->symbol_ok[place] =
		    n > 0 && exch_cat_fault(&s->spec, &field, p, n) == NULL ? 1
									    : 2;
	}
	return s->symbol_ok[place] == 1;
}

static void
put_roeid(struct exch_cat *s, uint32_t date)
{
	char text[32];
	char *p = exch_uint_put(text, date);

	*p++ = '_';
	exch_cat_put(&s->line, EXCH_CATF_ROEID, text, (size_t)(p - text));
	if (s->group != NULL) {
		exch_cat_more(&s->line, EXCH_CATF_ROEID, '\0', s->group,
		    strlen(s->group));
		exch_cat_more(&s->line, EXCH_CATF_ROEID, '\0', "-", 1);
	}
	p = exch_uint_put(text, s->told + 1);
	exch_cat_more(
	    &s->line, EXCH_CATF_ROEID, '\0', text, (size_t)(p - text));
}

bool
exch_cat_fill_begin(struct exch_cat *s, const char *name, uint32_t place,
    exch_ts time, int *rc, struct exch_diag *d)
{
	struct exch_cat_line *l = &s->line;
	uint32_t date;
	size_t n;
	const char *symbol;

	s->trading = exch_cat_trading_day(s, time, &date);
	*rc = exch_cat_spec_at(&s->spec, date, d);
	if (*rc != EXCH_OK)
		return false;
	if (!symbol_ok(s, place, rc, d)) {
		s->left[EXCH_CAT_LEFT_SYMBOL] += *rc == EXCH_OK;
		return false;
	}
	s->event = exch_cat_event(&s->spec, name, strlen(name));
	if (s->event == NULL) {
		*rc = exch_dated_absent(&s->spec.fields, date, name, d);
		return false;
	}
	exch_cat_begin(l);
	exch_cat_put(l, EXCH_CATF_ACTION, "NEW", 3);
	put_roeid(s, date);
	exch_cat_word(l, EXCH_CATF_TYPE, name);
	exch_cat_word(l, EXCH_CATF_REPORTER, s->imid);
	symbol = symbol_of(s, place, &n);
	exch_cat_put(l, EXCH_CATF_SYMBOL, symbol, n);
	exch_cat_time(l, EXCH_CATF_TIME, s->tz, time);
	exch_cat_flag(l, EXCH_CATF_MANUAL, false);
	exch_cat_flag(l, EXCH_CATF_DUP, false);
	exch_cat_u64(l, EXCH_CATF_SEQ, s->seq);
	return true;
}

void
exch_cat_fill_order(struct exch_cat *s, const struct exch_life *o)
{
	exch_cat_time(&s->line, EXCH_CATF_ORDER_DATE, s->tz, o->entered);
	exch_cat_u64(&s->line, EXCH_CATF_ORDER, o->key.id);
}

void
exch_cat_fill_prior(struct exch_cat *s, const struct exch_life *o)
{
	exch_cat_time(&s->line, EXCH_CATF_PRIOR_DATE, s->tz, o->entered);
	exch_cat_u64(&s->line, EXCH_CATF_PRIOR_ORDER, o->key.id);
}

/* ---- what an order asks for ---- */

static void
pair(struct exch_cat *s, unsigned id, const char *list, const char *word,
    const char *value, size_t n)
{
	const char *name = exch_cat_ours(&s->spec, list, word);

	if (*name == '\0')
		return;
	exch_cat_more(&s->line, id, '|', name, strlen(name));
	if (n > 0)
		exch_cat_more(&s->line, id, '=', value, n);
}

static void
put_tif(struct exch_cat *s, const struct exch_life *o)
{
	static const char list[] = "timeInForce";
	const char *word = exch_word_of(exch_words_tif, o->tif);
	const char *name = exch_cat_ours(&s->spec, list, word);
	const struct exch_cat_choice *c =
	    exch_cat_choice(&s->spec, list, name, strlen(name));
	exch_ts expire = o->terms.expire;
	uint32_t date = s->trading;
	char text[40];
	char *p = text;
	uint64_t tod;

	if (c != NULL && c->takes == EXCH_CAT_DATE) {
		if (o->tif == EXCH_TIF_GTD && expire != 0)
			date = exch_cat_date(s->tz, expire, &tod);
		p = exch_uint_put(text, date);
	} else if (c != NULL && c->takes == EXCH_CAT_TIMESTAMP) {
		p = exch_cat_stamp(text, s->tz, expire);
	}
	pair(s, EXCH_CATF_TIF, list, word, text, (size_t)(p - text));
}

static const char handling[] = "handlingInstructions";

static void
instruct(struct exch_cat *s, bool yes, const char *word)
{
	if (yes)
		pair(s, EXCH_CATF_HANDLING, handling, word, NULL, 0);
}

static void
instruct_px(struct exch_cat *s, exch_px v, const char *word)
{
	char text[48];

	if (v == EXCH_PX_NONE)
		return;
	if (v < 0 || v % 10 != 0)
		s->line.bad = true;
	pair(s, EXCH_CATF_HANDLING, handling, word, text,
	    (size_t)(exch_dec_put(text, v, 9, 0) - text));
}

static void
put_handling(struct exch_cat *s, const struct exch_life *o)
{
	const struct exch_terms *t = &o->terms;
	bool limit = o->price != EXCH_PX_NONE;
	char text[48];

	instruct(s, (o->ordflags & EXCH_ORD_POST_ONLY) != 0, "post-only");
	instruct(s, (o->ordflags & EXCH_ORD_AON) != 0, "aon");
	instruct(s, (o->ordflags & EXCH_ORD_SLIDE) != 0, "slide");
	instruct(s, (o->ordflags & EXCH_ORD_IMBALANCE) != 0, "imbalance");
	instruct(s, o->tif == EXCH_TIF_FOK, "fok");
	instruct(s, o->tif == EXCH_TIF_GFA, "gfa");
	if (o->tif == EXCH_TIF_ATO)
		instruct(s, true, limit ? "limit-ato" : "market-ato");
	if (o->tif == EXCH_TIF_ATC)
		instruct(s, true, limit ? "limit-atc" : "market-atc");
	instruct(s, o->ordtype == EXCH_ORD_MTL, "mtl");
	instruct(s, t->peg == EXCH_PEG_MID, "mid");
	instruct(s, t->peg == EXCH_PEG_PRIMARY, "primary");
	instruct(s, t->peg == EXCH_PEG_MARKET, "market");
	if (t->any)
		instruct(s, t->discretion != EXCH_PX_NONE, "discretion");
	if (t->display != 0) {
		unsigned scale = s->run->insts.inst[o->key.place].qty_scale;

		instruct(s, true, "reserve");
		pair(s, EXCH_CATF_HANDLING, handling, "display", text,
		    (size_t)(exch_dec128_put(
				 text, (exch_i128)t->display, (int)scale, 0) -
			     text));
	}
	if (t->any)
		instruct_px(s, t->stop, "stop");
}

/* Limit, stop ... as they came in; a peg is what its price says. */
static const char *
type_word(uint8_t type, exch_px price)
{
	if (type == EXCH_ORD_PEG)
		type = price != EXCH_PX_NONE ? EXCH_ORD_LIMIT : EXCH_ORD_MARKET;
	return exch_word_of(exch_words_ordtype, type);
}

void
exch_cat_fill_terms(struct exch_cat *s, const struct exch_life *o)
{
	struct exch_cat_line *l = &s->line;
	unsigned scale = s->run->insts.inst[o->key.place].qty_scale;

	put_ours(
	    s, EXCH_CATF_SIDE, "side", exch_word_of(exch_words_side, o->side));
	if (o->price != EXCH_PX_NONE)
		exch_cat_px(l, EXCH_CATF_PRICE, o->price);
	exch_cat_qty(l, EXCH_CATF_QTY, o->qty, scale);
	if (o->terms.min != 0)
		exch_cat_qty(l, EXCH_CATF_MIN_QTY, o->terms.min, scale);
	put_ours(s, EXCH_CATF_ORDER_TYPE, "orderType",
	    type_word(o->ordtype, o->price));
	put_tif(s, o);
	if (s->session != NULL)
		exch_cat_word(l, EXCH_CATF_SESSION, s->session);
	else
		put_ours(s, EXCH_CATF_SESSION, "tradingSession", "regular");
	put_handling(s, o);
	exch_cat_flag(
	    l, EXCH_CATF_CUST_DISPLAY, (o->ordflags & EXCH_ORD_HIDDEN) != 0);
	put_ours(s, EXCH_CATF_ISO, "isoInd", "none");
	exch_cat_flag(l, EXCH_CATF_SOLICITED, false);
	exch_cat_flag(l, EXCH_CATF_AFFILIATE, false);
	put_ours(s, EXCH_CATF_DEPT, "deptType", "venue");
}

/* ---- who ---- */

bool
exch_cat_is_own(const struct exch_cat *s, uint32_t account)
{
	const struct exch_party *p =
	    exch_parties_of(&s->parties, &s->run->insts, account);
	size_t n = strlen(s->imid);

	return p != NULL && p->fdid[0] != '\0' &&
	       (p->imid[0] == '\0' || (strnlen(p->imid, sizeof(p->imid)) == n &&
					  memcmp(p->imid, s->imid, n) == 0));
}

/* "A17": what stands for an account of which the table does not say. */
static size_t
stand_in(char *text, uint32_t account)
{
	text[0] = 'A';
	return (size_t)(exch_uint_put(text + 1, account) - text);
}

/* firmDesignatedID and accountHolderType; in one text with an @ between. */
static void
put_holder(struct exch_cat *s, uint32_t account, unsigned fdid, unsigned holder)
{
	static const char *const roles[] = {[EXCH_ROLE_NONE] = "none",
	    [EXCH_ROLE_CLIENT] = "client",
	    [EXCH_ROLE_HOUSE] = "house",
	    [EXCH_ROLE_MAKER] = "maker"};
	const struct exch_party *p =
	    exch_parties_of(&s->parties, &s->run->insts, account);
	char text[24];
	const char *word;

	if (p != NULL && p->fdid[0] != '\0')
		exch_cat_more(&s->line, fdid, '\0', p->fdid,
		    strnlen(p->fdid, sizeof(p->fdid)));
	else
		exch_cat_more(
		    &s->line, fdid, '\0', text, stand_in(text, account));
	if (fdid == holder)
		exch_cat_more(&s->line, fdid, '\0', "@", 1);
	word = exch_cat_ours(&s->spec, "accountHolderType",
	    roles[p != NULL ? p->role : EXCH_ROLE_NONE]);
	if (p != NULL && p->holder[0] != '\0')
		exch_cat_more(&s->line, holder, '\0', p->holder, 1);
	else
		exch_cat_more(&s->line, holder, '\0', word, strlen(word));
}

void
exch_cat_fill_sender(struct exch_cat *s, const struct exch_life *o)
{
	struct exch_cat_line *l = &s->line;
	const struct exch_party *p =
	    exch_parties_of(&s->parties, &s->run->insts, o->account);
	char text[24];

	exch_cat_word(l, EXCH_CATF_REPRESENTATIVE, "N");
	if (exch_cat_is_own(s, o->account)) {
		put_holder(s, o->account, EXCH_CATF_FDID, EXCH_CATF_HOLDER);
		exch_cat_flag(l, EXCH_CATF_NEGOTIATED, false);
		return;
	}
	exch_cat_word(l, EXCH_CATF_RECEIVER, s->own);
	if (p != NULL && p->imid[0] != '\0')
		exch_cat_put(l, EXCH_CATF_SENDER, p->imid,
		    strnlen(p->imid, sizeof(p->imid)));
	else
		exch_cat_put(
		    l, EXCH_CATF_SENDER, text, stand_in(text, o->account));
	put_ours(s, EXCH_CATF_SENDER_TYPE, "senderType", "member");
	exch_cat_u64(l, EXCH_CATF_ROUTED,
	    o->terms.client != 0 ? o->terms.client : o->key.id);
}

void
exch_cat_fill_initiator(struct exch_cat *s, bool client)
{
	put_ours(
	    s, EXCH_CATF_INITIATOR, "initiator", client ? "client" : "venue");
}

/* ---- where it stands, and what the market was ---- */

static void
put_nbbo(struct exch_cat *s, uint32_t place, const struct exch_quote *q)
{
	static const unsigned px[2] = {
	    EXCH_CATF_NBB_PRICE, EXCH_CATF_NBO_PRICE};
	static const unsigned qty[2] = {EXCH_CATF_NBB_QTY, EXCH_CATF_NBO_QTY};
	struct exch_cat_line *l = &s->line;
	bool known = s->nbbo && q != NULL && q->known;

	for (unsigned i = 0; i < 2; i++) {
		bool there = known && q->px[i] != EXCH_PX_NONE;

		exch_cat_px(l, px[i], there ? q->px[i] : 0);
		exch_cat_qty(l, qty[i], there ? q->qty[i] : 0,
		    s->run->insts.inst[place].qty_scale);
	}
	put_ours(
	    s, EXCH_CATF_NBBO_SOURCE, "nbboSource", known ? "book" : "none");
	if (known)
		exch_cat_time(l, EXCH_CATF_NBBO_TIME, s->tz, q->time);
}

void
exch_cat_fill_book(struct exch_cat *s, const struct exch_life *o)
{
	struct exch_cat_line *l = &s->line;
	unsigned scale = s->run->insts.inst[o->key.place].qty_scale;
	exch_px working = o->working != EXCH_PX_NONE ? o->working : 0;

	put_ours(s, EXCH_CATF_ATS_DISPLAY, "atsDisplayInd",
	    o->shown > 0 ? "displayed" : "hidden");
	exch_cat_px(l, EXCH_CATF_DISPLAY_PRICE, o->shown > 0 ? working : 0);
	exch_cat_px(l, EXCH_CATF_WORKING_PRICE, working);
	exch_cat_qty(l, EXCH_CATF_DISPLAY_QTY, o->shown, scale);
	put_ours(s, EXCH_CATF_ATS_TYPE, "atsOrderType",
	    exch_word_of(exch_words_ordtype, o->ordtype));
	put_nbbo(s, o->key.place, exch_quotes_of(&s->quotes, o->key.place));
}

/* ---- trades ---- */

static void
put_details(struct exch_cat *s, unsigned id, const struct exch_cat_side *side)
{
	struct exch_cat_line *l = &s->line;
	const char *value = exch_cat_ours(
	    &s->spec, "side", exch_word_of(exch_words_side, side->side));
	char text[64];
	char *p = text;

	if (side->order == 0) {
		exch_cat_put(l, id, "@@", 2);
		exch_cat_more(l, id, '\0', value, strlen(value));
		exch_cat_more(l, id, '\0', "@@", 2);
		put_holder(s, side->account, id, id);
		exch_cat_more(l, id, '\0', "@@", 2);
		return;
	}
	p = exch_cat_stamp(p, s->tz, side->entered);
	*p++ = '@';
	p = exch_uint_put(p, side->order);
	*p++ = '@';
	exch_cat_put(l, id, text, (size_t)(p - text));
	exch_cat_more(l, id, '\0', value, strlen(value));
	exch_cat_more(l, id, '\0', "@@@@@", 5);
}

/* As the parties' table has it for an account of the venue's own; or agent. */
static const char *
capacity(const struct exch_cat *s, const struct exch_cat_trade *t)
{
	static const char *const words[] = {[EXCH_CAPACITY_NONE] = "agency",
	    [EXCH_CAPACITY_AGENCY] = "agency",
	    [EXCH_CAPACITY_PRINCIPAL] = "principal",
	    [EXCH_CAPACITY_RISKLESS] = "riskless"};

	for (unsigned i = 0; i < 2; i++) {
		const struct exch_party *p = exch_parties_of(
		    &s->parties, &s->run->insts, t->side[i].account);

		if (t->side[i].known && p != NULL &&
		    p->capacity != EXCH_CAPACITY_NONE &&
		    exch_cat_is_own(s, t->side[i].account))
			return words[p->capacity];
	}
	return words[EXCH_CAPACITY_AGENCY];
}

void
exch_cat_fill_trade(struct exch_cat *s, const struct exch_cat_trade *t)
{
	struct exch_cat_line *l = &s->line;
	unsigned scale = s->run->insts.inst[t->place].qty_scale;

	exch_cat_time(l, EXCH_CATF_TRADE_DATE, s->tz, t->time);
	exch_cat_u64(l, EXCH_CATF_TRADE, t->match);
	exch_cat_flag(l, EXCH_CATF_CANCEL_FLAG, false);
	exch_cat_qty(l, EXCH_CATF_QTY, t->qty, scale);
	exch_cat_px(l, EXCH_CATF_PRICE, t->price);
	put_ours(s, EXCH_CATF_CAPACITY, "capacity", capacity(s, t));
	exch_cat_u64(l, EXCH_CATF_TAPE, t->match);
	if (s->market_center != NULL)
		exch_cat_word(l, EXCH_CATF_MARKET_CENTER, s->market_center);
	put_ours(s, EXCH_CATF_SIDES_TOLD, "sideDetailsInd",
	    t->side[0].known && t->side[1].known ? "both"
	    : t->side[0].known			 ? "buy"
						 : "sell");
	if (t->side[0].known)
		put_details(s, EXCH_CATF_BUY_DETAILS, &t->side[0]);
	if (t->side[1].known)
		put_details(s, EXCH_CATF_SELL_DETAILS, &t->side[1]);
	exch_cat_flag(l, EXCH_CATF_MULTI_LEG, false);
	put_nbbo(s, t->place, &t->quote);
}
