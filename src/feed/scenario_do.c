/*
 * The lines of a scenario that make something happen: orders, cancels,
 * replacements, phases.  Whether the market accepts an order is not asked
 * here: a scenario may well show how one is refused.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/dec.h"
#include "feed/scenario_terms.h"
#include "rec/schema.h"

/* Orders number themselves below this: STREAM, "Who is who". */
#define ORDER_MAX ((UINT64_C(1) << 63) - 1)

/* Those that may stand behind an account, then the others. */
static const char *const verbs[] = {"buy", "sell", "short", "short-exempt",
    "cancel", "reduce", "replace", "quote", "accept", "deposit", "withdraw",
    "block", "break", "value", "phase", "halt", "resume", "kill", "release",
    "disconnect", "approve", "refuse", "limit", "switch", "instrument",
    "account", "date", "zone"};
#define ORDER_VERBS 11

int
exch_scn_give_long(struct scn *s, struct exch_rec *r, char what)
{
	r->time = s->now;
	s->st->messages++;
	s->st->by_type[(unsigned char)what]++;
	return s->sink->record(s->sink->arg, r, s->d);
}

int
exch_scn_give(
    struct scn *s, struct exch_rec *r, size_t size, unsigned n, char what)
{
	if (n != 0)
		r->flags |= EXCH_F_EXT;
	r->len8 = (uint8_t)((size + n * sizeof(struct exch_ext)) / 8);
	return exch_scn_give_long(s, r, what);
}

/* Without entries. */
static int
give(struct scn *s, struct exch_rec *r, size_t size, char what)
{
	return exch_scn_give(s, r, size, 0, what);
}

/* ---- names of orders ---- */

int
exch_scn_name_order(struct scn *s, const struct scn_word *w, exch_oid id,
    uint32_t instr, uint32_t account, exch_px price)
{
	uint32_t number;
	int rc = exch_names_add(s->names, w->p, w->n, &number);

	if (rc == EXCH_ERR_LIMIT)
		return exch_scn_fail(s, w, EXCH_ERR_LIMIT,
		    "a scenario has at most %u named orders", EXCH_SCN_NAMES);
	if (rc != 0)
		return exch_scn_nomem(s);
	if (!exch_room(&s->order, number, &s->order_cap, sizeof(*s->order)))
		return exch_scn_nomem(s);
	s->order[number] = (struct scn_order){.id = id,
	    .instr = instr,
	    .account = account,
	    .price = price,
	    .line = s->line};
	return 0;
}

exch_oid
exch_scn_new_id(struct scn *s, exch_oid given)
{
	exch_oid id = given != 0 ? given : s->next_order;

	if (id >= s->next_order)
		s->next_order = id + 1;
	return id;
}

/* ---- orders ---- */

static int
order(struct scn *s, uint8_t side, uint32_t account)
{
	struct {
		struct exch_rec_new r;
		struct exch_ext ext[EXCH_SCN_EXT];
	} u = {.r.side = side, .r.account = account};
	struct exch_rec_new *r = &u.r;
	struct scn_terms t = {.price = EXCH_PX_NONE};
	const struct scn_word *qty = exch_scn_next(s), *w;
	uint32_t instr;
	unsigned after;
	int rc;

	if (qty != NULL && (unsigned char)(qty->p[0] - '0') > 9) {
		s->at--;
		return exch_scn_expected(s, "a quantity such as 100");
	}
	/* The instrument, which comes second, tells the unit of the first. */
	w = s->at < s->nwords ? &s->word[s->at] : NULL;
	if (qty != NULL && w != NULL && !exch_scn_is_term(s, w)) {
		rc = exch_scn_instrument(s, w, &instr);
		after = s->at + 1;
	} else {
		rc = exch_scn_only_instrument(s, &instr);
		after = s->at;
	}
	if (rc != 0)
		return rc;
	s->at = qty != NULL ? (unsigned)(qty - s->word) : s->nwords;
	rc = exch_scn_qty(s, s->instr[instr].qty_exponent, &r->qty);
	s->at = after;
	t.qty_exponent = s->instr[instr].qty_exponent;
	t.in32 = exch_scn_in32(s, instr);
	if (rc == 0)
		rc = exch_scn_terms(s, &t);
	if (rc == 0 && !t.priced)
		rc = exch_scn_expected(s, "a price: @ 10.01 or @ market");
	if (rc != 0)
		return rc;
	r->h.type = EXCH_REC_NEW;
	r->h.flags = t.flags;
	r->h.instr = s->instr[instr].h.instr;
	r->order = exch_scn_new_id(s, t.id);
	r->price = t.price;
	r->ordtype = t.ordtype;
	r->tif = t.tif;
	r->ordflags = t.ordflags;
	memcpy(u.ext, t.ext, sizeof(u.ext));
	if (t.name != NULL)
		rc = exch_scn_name_order(
		    s, t.name, r->order, instr, account, t.price);
	return rc == 0 ? exch_scn_give(s, &r->h, sizeof(*r), t.next, 'N') : rc;
}

/* ---- references to orders ---- */

static int
by_number(struct scn *s, struct scn_ref *ref)
{
	const struct scn_word *w;
	int rc = exch_scn_whole(s, "an order", ORDER_MAX, &ref->id);

	if (rc != 0)
		return rc;
	w = s->at < s->nwords ? &s->word[s->at] : NULL;
	if (w == NULL || exch_scn_is(w, "by") || exch_scn_is(w, "with") ||
	    exch_scn_is(w, "of") || exch_scn_is(w, "session") ||
	    exch_scn_is(w, "because") || exch_scn_is(w, "imposed"))
		return exch_scn_only_instrument(s, &ref->instr);
	s->at++;
	return exch_scn_instrument(s, w, &ref->instr);
}

int
exch_scn_named_order(struct scn *s, struct scn_ref *ref)
{
	const struct scn_word *w;
	uint32_t number;
	int rc = exch_scn_name(s, "the name or number of an order", &w);
	if (rc != 0)
		return rc;
	if (exch_names_find(s->names, w->p, w->n, &number) != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "no order is called \"%.*s\": an order gets its name by "
		    "\"as %.*s\" at the end of its line",
		    (int)(w->n < 32 ? w->n : 32), w->p,
		    (int)(w->n < 32 ? w->n : 32), w->p);
	ref->named = &s->order[number];
	ref->id = ref->named->id;
	ref->instr = ref->named->instr;
	return 0;
}

int
exch_scn_order_id(struct scn *s, exch_oid *id)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	struct scn_ref ref = {0};
	int rc;

	if (w != NULL && (unsigned char)(w->p[0] - '0') <= 9)
		return exch_scn_whole(s, "an order", ORDER_MAX, id);
	rc = exch_scn_named_order(s, &ref);
	*id = ref.id;
	return rc;
}

int
exch_scn_ref(struct scn *s, uint32_t account, struct scn_ref *ref)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	int rc;

	if (w != NULL && (unsigned char)(w->p[0] - '0') <= 9)
		return by_number(s, ref);
	rc = exch_scn_named_order(s, ref);
	if (rc != 0)
		return rc;
	exch_check(w != NULL && ref->named != NULL);
	if (account != 0 && ref->named->account != 0 &&
	    account != ref->named->account)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" is the order of another account",
		    (int)(w->n < 32 ? w->n : 32), w->p);
	return 0;
}

/*
 * "of ACCOUNT": whose order it has to be.  Unlike the account in front of
 * the line this is for the market to find out.
 */
static int
take_owner(struct scn *s, struct exch_ext *x, unsigned *n)
{
	const struct scn_word *w;
	uint32_t account = 0;
	int rc;

	if (!exch_scn_accept(s, "of"))
		return 0;
	rc = exch_scn_name(s, "an account", &w);
	if (rc == 0)
		rc = exch_scn_account(s, w, &account);
	x[(*n)++] =
	    (struct exch_ext){.tag = EXCH_EXT_ACCOUNT, .value = account};
	return rc;
}

/* ---- many at once ---- */

/* "[buy|sell] [SYMBOL] [of ACCOUNT] [session N]", in any order. */
static int
mass(struct scn *s, uint8_t kind)
{
	struct exch_rec_mass_cancel r = {.kind = kind};
	const struct scn_word *w;
	uint32_t instr;
	int rc = 0;

	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "buy")) {
			r.side = EXCH_BUY;
		} else if (exch_scn_accept(s, "sell")) {
			r.side = EXCH_SELL;
		} else if (exch_scn_accept(s, "of")) {
			rc = exch_scn_name(s, "an account", &w);
			if (rc == 0)
				rc = exch_scn_account(s, w, &r.account);
		} else if (exch_scn_accept(s, "session")) {
			rc = exch_scn_whole(s, "the number of the session",
			    UINT64_MAX, &r.session);
		} else if (r.h.instr == 0) {
			rc = exch_scn_instrument_or(s, &s->word[s->at],
			    "buy, sell, of ACCOUNT nor session N", &instr);
			if (rc == 0)
				r.h.instr = s->instr[instr].h.instr;
			s->at++;
		} else {
			rc = exch_scn_expected(
			    s, "buy, sell, of ACCOUNT or session N");
		}
	}
	if (rc != 0)
		return rc;
	r.h.type = EXCH_REC_MASS_CANCEL;
	return give(s, &r.h, sizeof(r), 'M');
}

static int
cancel(struct scn *s, uint32_t account, bool part)
{
	struct {
		struct exch_rec_cancel r;
		struct exch_ext x[2];
	} u = {.r.qty = EXCH_QTY_NONE};
	struct exch_rec_cancel *r = &u.r;
	struct scn_ref ref = {0};
	unsigned n = 0;
	int rc;

	if (!part && account == 0 && exch_scn_accept(s, "all"))
		return mass(s, EXCH_MASS_CANCEL);
	rc = exch_scn_ref(s, account, &ref);
	if (rc == 0)
		rc = take_owner(s, u.x, &n);
	if (rc == 0 && exch_scn_accept(s, "session")) {
		u.x[n].tag = EXCH_EXT_SESSION;
		rc = exch_scn_whole(s, "the number of the session", UINT64_MAX,
		    &u.x[n++].value);
	}
	if (rc != 0)
		return rc;
	if (exch_scn_accept(s, "by"))
		rc = exch_scn_qty(s, s->instr[ref.instr].qty_exponent, &r->qty);
	else if (part)
		rc = exch_scn_expected(s, "by and a quantity");
	if (rc == 0 && exch_scn_accept(s, "imposed"))
		r->h.flags = EXCH_F_IMPOSED;
	if (rc == 0)
		rc = exch_scn_end(s);
	if (rc != 0)
		return rc;
	r->h.type = EXCH_REC_CANCEL;
	r->h.instr = s->instr[ref.instr].h.instr;
	r->order = ref.id;
	return exch_scn_give(s, &r->h, sizeof(*r), n, 'X');
}

static int
replace(struct scn *s, uint32_t account)
{
	struct {
		struct exch_rec_replace r;
		struct exch_ext ext[EXCH_SCN_EXT];
	} u = {0};
	struct exch_rec_replace *r = &u.r;
	struct scn_terms t = {.price = EXCH_PX_NONE};
	struct scn_ref ref = {0};
	int rc = exch_scn_ref(s, account, &ref);

	if (rc == 0)
		rc = take_owner(s, t.ext, &t.next);
	if (rc == 0 && !exch_scn_accept(s, "with"))
		rc = exch_scn_expected(s, "with and the new quantity");
	if (rc == 0) {
		t.qty_exponent = s->instr[ref.instr].qty_exponent;
		t.in32 = exch_scn_in32(s, ref.instr);
		rc = exch_scn_qty(s, t.qty_exponent, &r->qty);
	}
	if (rc == 0)
		rc = exch_scn_terms(s, &t);
	if (rc != 0)
		return rc;
	if (!t.priced) {
		if (ref.named == NULL)
			return exch_scn_expected(s, "a price: @ 10.01");
		t.price = ref.named->price;
	}
	r->h.type = EXCH_REC_REPLACE;
	r->h.flags = t.flags;
	r->h.instr = s->instr[ref.instr].h.instr;
	r->order = ref.id;
	r->new_order =
	    t.name != NULL || t.id != 0 ? exch_scn_new_id(s, t.id) : ref.id;
	r->price = t.price;
	r->tif = t.tif;
	r->ordflags = t.ordflags;
	if (ref.named != NULL && t.name == NULL) {
		ref.named->price = t.price;
		ref.named->id = r->new_order;
	}
	if (t.name != NULL)
		rc = exch_scn_name_order(s, t.name, r->new_order, ref.instr,
		    ref.named != NULL ? ref.named->account : 0, t.price);
	memcpy(u.ext, t.ext, sizeof(u.ext));
	return rc == 0 ? exch_scn_give(s, &r->h, sizeof(*r), t.next, 'R') : rc;
}

/* ---- phases ---- */

static int
take_reason(struct scn *s, struct exch_rec_phase *r)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (w == NULL || w->n > sizeof(r->reason))
		return exch_scn_expected(s, "a reason of at most 4 letters");
	memcpy(r->reason, w->p, w->n);
	s->at++;
	return 0;
}

/* Behind the word of the phase, in any order. */
static int
phase_rest(struct scn *s, struct exch_rec_phase *r)
{
	uint32_t instr;
	bool in32 = false;
	int rc = 0;

	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "reference")) {
			rc = exch_scn_price(s, in32, &r->reference);
		} else if (exch_scn_accept(s, "reason")) {
			rc = take_reason(s, r);
		} else if (exch_scn_accept(s, "imposed")) {
			r->h.flags = EXCH_F_IMPOSED;
		} else if (r->h.instr == 0) {
			rc = exch_scn_instrument_or(s, &s->word[s->at],
			    r->phase == EXCH_PHASE_CALL &&
				    r->cross == EXCH_CROSS_NONE
				? "an auction (open, close, halt, intraday, "
				  "extended), reference, reason nor imposed"
				: "reference, reason nor imposed",
			    &instr);
			if (rc == 0) {
				r->h.instr = s->instr[instr].h.instr;
				in32 = exch_scn_in32(s, instr);
			}
			s->at++;
		} else {
			rc = exch_scn_expected(
			    s, "reference, reason or the end");
		}
	}
	if (rc != 0)
		return rc;
	r->h.type = EXCH_REC_PHASE;
	return give(s, &r->h, sizeof(*r), 'P');
}

static int
phase(struct scn *s)
{
	struct exch_rec_phase r = {.reference = EXCH_PX_NONE};
	int rc = exch_scn_code(s, exch_words_phase, "a phase", &r.phase);

	if (rc != 0)
		return rc;
	for (unsigned i = 0; exch_words_cross[i].word != NULL; i++) {
		if (exch_scn_accept(s, exch_words_cross[i].word)) {
			r.cross = (uint8_t)exch_words_cross[i].code;
			break;
		}
	}
	return phase_rest(s, &r);
}

static int
halt(struct scn *s, uint8_t to)
{
	struct exch_rec_phase r = {.phase = to, .reference = EXCH_PX_NONE};

	return phase_rest(s, &r);
}

/* ---- the line ---- */

/* 1: the next word is none of those that orders begin with. */
/* Cash of an account, which has to stand in front. */
static int
deposit(struct scn *s, uint32_t account, int sign)
{
	struct exch_rec_deposit r = {.account = account};
	const struct scn_word *w = exch_scn_next(s);

	if (account == 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "expected an account in front: ANN deposit 1000.00");
	if (w == NULL || exch_dec_parse(w->p, w->n, 6, &r.amount) != 0 ||
	    r.amount <= 0) {
		s->at -= w != NULL;
		return exch_scn_expected(s, "an amount such as 1000.00");
	}
	r.amount *= sign;
	r.h.type = EXCH_REC_DEPOSIT;
	return exch_scn_end(s) != 0 ? EXCH_ERR_FORMAT
				    : give(s, &r.h, sizeof(r), 'C');
}

static int
order_verb(struct scn *s, uint32_t account)
{
	if (exch_scn_accept(s, "buy"))
		return order(s, EXCH_BUY, account);
	if (exch_scn_accept(s, "sell"))
		return order(s, EXCH_SELL, account);
	if (exch_scn_accept(s, "short"))
		return order(s, EXCH_SHORT, account);
	if (exch_scn_accept(s, "short-exempt"))
		return order(s, EXCH_SHORT_EXEMPT, account);
	if (exch_scn_accept(s, "cancel"))
		return cancel(s, account, false);
	if (exch_scn_accept(s, "reduce"))
		return cancel(s, account, true);
	if (exch_scn_accept(s, "replace"))
		return replace(s, account);
	if (exch_scn_accept(s, "quote"))
		return exch_scn_quote(s, account);
	if (exch_scn_accept(s, "accept"))
		return exch_scn_take_answer(s, account);
	if (exch_scn_accept(s, "deposit"))
		return deposit(s, account, 1);
	if (exch_scn_accept(s, "withdraw"))
		return deposit(s, account, -1);
	return 1;
}

static bool
is_verb(const struct scn_word *w)
{
	for (unsigned i = 0; i < ORDER_VERBS; i++) {
		if (exch_scn_is(w, verbs[i]))
			return true;
	}
	return false;
}

static int
bad_verb(struct scn *s, unsigned at)
{
	const struct scn_word *w;
	const char *near;

	s->at = at;
	if (at >= s->nwords)
		return exch_scn_expected(s, "buy, sell, cancel or replace");
	w = &s->word[at];
	near = exch_scn_nearest(w, verbs, EXCH_ARRAY_LEN(verbs));
	if (near == NULL && at + 1 < s->nwords)
		/* Either may be the word that was meant to be one of ours. */
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "expected an order such as \"ACC1 buy 100 ABC @ 10.01\", "
		    "found \"%.*s %.*s\"",
		    (int)(w->n < 32 ? w->n : 32), w->p,
		    (int)(w[1].n < 32 ? w[1].n : 32), w[1].p);
	if (near == NULL)
		return exch_scn_expected(
		    s, "an order such as \"ACC1 buy 100 ABC @ 10.01\"");
	if (exch_scn_is(w, near))
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%s\" begins its line: no time stands before it", near);
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "expected buy, sell, cancel or replace, found \"%.*s\" (did you "
	    "mean \"%s\"?)",
	    (int)(w->n < 32 ? w->n : 32), w->p, near);
}

int
exch_scn_event(struct scn *s)
{
	unsigned begin = s->at;
	const struct scn_word *w;
	uint32_t account = 0;
	int rc;

	if (!s->timed)
		return exch_scn_fail(s, &s->word[0], EXCH_ERR_FORMAT,
		    "the first thing that happens needs a time: begin the "
		    "line with 09:30 or so");
	if (exch_scn_accept(s, "phase"))
		return phase(s);
	if (exch_scn_accept(s, "halt"))
		return halt(s, EXCH_PHASE_HALT);
	if (exch_scn_accept(s, "resume"))
		return halt(s, EXCH_PHASE_CONTINUOUS);
	if (exch_scn_accept(s, "block"))
		return exch_scn_block(s);
	if (exch_scn_accept(s, "break"))
		return exch_scn_break(s);
	if (exch_scn_accept(s, "value"))
		return exch_scn_value(s);
	if (exch_scn_accept(s, "kill"))
		return mass(s, EXCH_MASS_KILL);
	if (exch_scn_accept(s, "release"))
		return mass(s, EXCH_MASS_RELEASE);
	if (exch_scn_accept(s, "disconnect"))
		return mass(s, EXCH_MASS_DISCONNECT);
	if (exch_scn_accept(s, "approve"))
		return exch_scn_decide(s, EXCH_VERDICT_PASS);
	if (exch_scn_accept(s, "refuse"))
		return exch_scn_decide(s, EXCH_VERDICT_REJECT);
	if (exch_scn_accept(s, "limit"))
		return exch_scn_limit(s);
	if (exch_scn_accept(s, "switch"))
		return exch_scn_switch(s);
	rc = order_verb(s, 0);
	if (rc != 1)
		return rc;
	/* An account, if a verb follows it; else a verb spelt wrong. */
	if (begin + 1 >= s->nwords || !is_verb(&s->word[begin + 1])) {
		w = begin < s->nwords ? &s->word[begin] : NULL;
		if (w == NULL ||
		    exch_scn_nearest(w, verbs, EXCH_ARRAY_LEN(verbs)) != NULL)
			return bad_verb(s, begin);
		return bad_verb(s, begin + 1 < s->nwords &&
					   exch_scn_nearest(&s->word[begin + 1],
					       verbs, ORDER_VERBS) != NULL
				       ? begin + 1
				       : begin);
	}
	rc = exch_scn_name(s, "an account", &w);
	if (rc == 0)
		rc = exch_scn_account(s, w, &account);
	return rc == 0 ? order_verb(s, account) : rc;
}
