/*
 * Lines of a scenario that deal: quotes, answers that are accepted, trades
 * reported from outside the book, trades that are broken, and values that
 * nobody deals in.
 */
#include <config.h>

#include "base/alloc.h"
#include "feed/scenario.h"

/* Orders number themselves below this: STREAM, "Who is who". */
#define ORDER_MAX ((UINT64_C(1) << 63) - 1)

/* "@ PRICE", or the same with "at". */
static int
price(struct scn *s, uint32_t instr, exch_px *px)
{
	if (!exch_scn_accept(s, "@") && !exch_scn_accept(s, "at"))
		return exch_scn_expected(s, "@ and a price");
	return exch_scn_price(s, exch_scn_in32(s, instr), px);
}

/*
 * The instrument a line may name where it stands, or the only one.  `stop`
 * is a word that may stand there instead.
 */
static int
instrument(struct scn *s, const char *const *stop, uint32_t *instr)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	int rc;

	for (; w != NULL && *stop != NULL; stop++)
		if (exch_scn_is(w, *stop))
			w = NULL;
	if (w == NULL)
		return exch_scn_only_instrument(s, instr);
	rc = exch_scn_instrument(s, w, instr);
	s->at++;
	return rc;
}

/* ---- quotes ---- */

/* One side of a quote as the line says it. */
struct leg {
	bool said;
	exch_px price;
	exch_qty qty;
	exch_oid id; /* 0: not said */
	const struct scn_word *name;
};

static int
take_leg(struct scn *s, uint32_t instr, struct leg *l)
{
	int rc;

	if (l->said)
		return exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_FORMAT,
		    "a quote has one bid and one offer");
	l->said = true;
	rc = exch_scn_qty(s, s->instr[instr].qty_exponent, &l->qty);
	if (rc == 0)
		rc = price(s, instr, &l->price);
	while (rc == 0) {
		if (exch_scn_accept(s, "as"))
			rc = exch_scn_new_name(s, &l->name);
		else if (exch_scn_accept(s, "id"))
			rc = exch_scn_whole(
			    s, "the number of the order", ORDER_MAX, &l->id);
		else
			break;
	}
	return rc;
}

/* What the account quotes in the instrument, made if need be. */
static struct scn_quote *
quote_of(struct scn *s, uint32_t account, uint32_t instr)
{
	for (uint32_t i = 0; i < s->nquote; i++)
		if (s->quote[i].account == account &&
		    s->quote[i].instr == instr)
			return &s->quote[i];
	if (!exch_room(&s->quote, s->nquote, &s->quote_cap, sizeof(*s->quote)))
		return NULL;
	s->quote[s->nquote] =
	    (struct scn_quote){.account = account, .instr = instr};
	return &s->quote[s->nquote++];
}

/* The number of a side: its own, the last one's, or the next free. */
static int
number_leg(struct scn *s, const struct leg *l, uint32_t account, uint32_t instr,
    exch_oid *last)
{
	if (!l->said)
		return 0;
	if (l->id != 0 || l->name != NULL || *last == 0)
		*last = exch_scn_new_id(s, l->id);
	if (l->name == NULL)
		return 0;
	return exch_scn_name_order(s, l->name, *last, instr, account, l->price);
}

/* Behind the symbol, in any order. */
static int
quote_words(struct scn *s, uint32_t instr, struct leg leg[2],
    struct exch_rec_quote *r, struct exch_ext *session)
{
	bool none = exch_scn_accept(s, "none");
	uint64_t v = 0;
	int rc = 0;

	while (rc == 0 && s->at < s->nwords) {
		if (!none && exch_scn_accept(s, "bid")) {
			rc = take_leg(s, instr, &leg[0]);
		} else if (!none && (exch_scn_accept(s, "offer") ||
					exch_scn_accept(s, "ask"))) {
			rc = take_leg(s, instr, &leg[1]);
		} else if (exch_scn_accept(s, "mass")) {
			rc = exch_scn_whole(
			    s, "the number of the mass quote", UINT32_MAX, &v);
			r->mass = (uint32_t)v;
		} else if (exch_scn_accept(s, "session")) {
			session->tag = EXCH_EXT_SESSION;
			rc = exch_scn_whole(s, "the number of the session",
			    UINT64_MAX, &session->value);
		} else {
			rc = exch_scn_expected(
			    s, "bid, offer, none, mass N or session N");
		}
	}
	if (rc == 0 && !none && !leg[0].said && !leg[1].said)
		rc = exch_scn_expected(s, "bid, offer or none");
	return rc;
}

int
exch_scn_quote(struct scn *s, uint32_t account)
{
	static const char *const stop[] = {
	    "bid", "offer", "ask", "none", "mass", "session", NULL};
	struct {
		struct exch_rec_quote r;
		struct exch_ext session;
	} u = {.r.h.type = EXCH_REC_QUOTE, .r.account = account};
	struct leg leg[2] = {{.price = EXCH_PX_NONE}, {.price = EXCH_PX_NONE}};
	struct scn_quote *q;
	uint32_t instr;
	int rc = instrument(s, stop, &instr);

	if (rc == 0)
		rc = quote_words(s, instr, leg, &u.r, &u.session);
	if (rc != 0)
		return rc;
	q = quote_of(s, account, instr);
	if (q == NULL)
		return exch_scn_nomem(s);
	rc = number_leg(s, &leg[0], account, instr, &q->id[0]);
	if (rc == 0)
		rc = number_leg(s, &leg[1], account, instr, &q->id[1]);
	if (rc != 0)
		return rc;
	u.r.h.instr = s->instr[instr].h.instr;
	u.r.bid_order = leg[0].said ? q->id[0] : 0;
	u.r.ask_order = leg[1].said ? q->id[1] : 0;
	u.r.bid = leg[0].price;
	u.r.ask = leg[1].price;
	u.r.bid_qty = leg[0].qty;
	u.r.ask_qty = leg[1].qty;
	return exch_scn_give(s, &u.r.h, sizeof(u.r), u.session.tag != 0, 'Q');
}

/* ---- requests ---- */

int
exch_scn_take_answer(struct scn *s, uint32_t account)
{
	struct exch_rec_accept r = {
	    .h.type = EXCH_REC_ACCEPT, .qty = EXCH_QTY_NONE};
	struct scn_ref request = {0};
	int rc = exch_scn_order_id(s, &r.answer);

	if (rc == 0 && !exch_scn_accept(s, "for"))
		rc = exch_scn_expected(s, "for and the request");
	if (rc == 0)
		rc = exch_scn_ref(s, account, &request);
	if (rc == 0 && exch_scn_accept(s, "by"))
		rc = exch_scn_qty(
		    s, s->instr[request.instr].qty_exponent, &r.qty);
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc != 0)
		return rc;
	r.h.instr = s->instr[request.instr].h.instr;
	r.order = request.id;
	return exch_scn_give(s, &r.h, sizeof(r), 0, 'A');
}

/* ---- outside the book ---- */

static int
party(struct scn *s, uint32_t *account)
{
	const struct scn_word *w;
	int rc = exch_scn_name(s, "an account", &w);

	return rc == 0 ? exch_scn_account(s, w, account) : rc;
}

static int
block_words(struct scn *s, uint32_t instr, struct exch_rec_block *r)
{
	int rc = price(s, instr, &r->price);

	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "buyer"))
			rc = party(s, &r->buyer);
		else if (exch_scn_accept(s, "seller"))
			rc = party(s, &r->seller);
		else if (exch_scn_accept(s, "report"))
			rc = exch_scn_whole(s, "the number of the report",
			    ORDER_MAX, &r->report);
		else
			rc = exch_scn_expected(
			    s, "buyer ACCOUNT, seller ACCOUNT or report N");
	}
	return rc;
}

int
exch_scn_block(struct scn *s)
{
	static const char *const stop[] = {"@", "at", NULL};
	struct exch_rec_block r = {.h.type = EXCH_REC_BLOCK};
	unsigned begin = s->at, after;
	uint32_t instr;
	int rc;

	/* The instrument, which comes second, tells the unit of the first. */
	(void)exch_scn_next(s);
	rc = instrument(s, stop, &instr);
	after = s->at;
	s->at = begin;
	if (rc == 0)
		rc = exch_scn_qty(s, s->instr[instr].qty_exponent, &r.qty);
	s->at = after;
	if (rc == 0)
		rc = block_words(s, instr, &r);
	if (rc != 0)
		return rc;
	r.h.instr = s->instr[instr].h.instr;
	r.report = exch_scn_new_id(s, r.report);
	return exch_scn_give(s, &r.h, sizeof(r), 0, 'B');
}

int
exch_scn_break(struct scn *s)
{
	static const char *const stop[] = {"with", NULL};
	struct exch_rec_break r = {
	    .h.type = EXCH_REC_BREAK, .price = EXCH_PX_NONE};
	uint32_t instr = 0;
	int rc = exch_scn_whole(
	    s, "the number of an execution", UINT64_MAX, &r.match);

	if (rc == 0)
		rc = instrument(s, stop, &instr);
	if (rc == 0 && exch_scn_accept(s, "with")) {
		rc = exch_scn_qty(s, s->instr[instr].qty_exponent, &r.qty);
		if (rc == 0)
			rc = price(s, instr, &r.price);
	}
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc != 0)
		return rc;
	r.h.instr = s->instr[instr].h.instr;
	return exch_scn_give(s, &r.h, sizeof(r), 0, 'K');
}

/* An index: a trade of nothing, at its value. */
int
exch_scn_value(struct scn *s)
{
	static const char *const stop[] = {"@", "at", NULL};
	struct exch_rec_trade r = {.h.type = EXCH_REC_TRADE};
	uint32_t instr = 0;
	int rc = instrument(s, stop, &instr);

	if (rc == 0)
		rc = price(s, instr, &r.price);
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc != 0)
		return rc;
	r.h.instr = s->instr[instr].h.instr;
	return exch_scn_give(s, &r.h, sizeof(r), 0, 'V');
}
