/*
 * What stands behind the quantity of an order or a replacement: price, type,
 * time in force, instructions.  A word is a row of the table; words of one
 * class contradict each other and may stand once.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "feed/scenario_terms.h"
#include "rec/dir.h"

/* Orders number themselves below this: STREAM, "Who is who". */
#define ORDER_MAX ((UINT64_C(1) << 63) - 1)

/* Classes of words; of each an order has at most one. */
enum {
	PRICE = 1 << 0,
	TRIGGER = 1 << 1,
	PEG = 1 << 2,
	TIF = 1 << 3,
	SHOW = 1 << 4,
	HIDE = 1 << 5,
	WHOLE = 1 << 6, /* all or none, minimum */
	POST = 1 << 7,
	PLACE = 1 << 8, /* by-id */
	IMPOSED = 1 << 9,
	IMBALANCE = 1 << 10,
	OCO = 1 << 11,
	STP = 1 << 12,
	GROUP = 1 << 13,
	SESSION = 1 << 14,
	NAME = 1 << 15,
	NUMBER = 1 << 16,
	DISCRETION = 1 << 17,
	CHILD = 1 << 18,
	CLIENT = 1 << 19,
	REQUEST = 1 << 24,
	SWEEP = 1 << 25
};

typedef int take_fn(struct scn *s, struct scn_terms *t);

/* Append an entry; there is room for one of every tag. */
static void
entry(struct scn_terms *t, uint16_t tag, uint32_t small, uint64_t value)
{
	t->ext[t->next] =
	    (struct exch_ext){.tag = tag, .small = small, .value = value};
	t->next++;
}

/* ---- prices and types ---- */

static int
take_price(struct scn *s, struct scn_terms *t)
{
	t->priced = true;
	if (exch_scn_accept(s, "market")) {
		t->ordtype = EXCH_ORD_MARKET;
		return 0;
	}
	if (exch_scn_accept(s, "market-to-limit") ||
	    exch_scn_accept(s, "mtl")) {
		t->ordtype = EXCH_ORD_MTL;
		return 0;
	}
	t->ordtype = EXCH_ORD_LIMIT;
	return exch_scn_price(s, t->in32, &t->price);
}

static int
take_market(struct scn *s, struct scn_terms *t)
{
	(void)s;
	t->priced = true;
	t->ordtype = EXCH_ORD_MARKET;
	return 0;
}

static int
take_mtl(struct scn *s, struct scn_terms *t)
{
	(void)s;
	t->priced = true;
	t->ordtype = EXCH_ORD_MTL;
	return 0;
}

static int
take_trigger(struct scn *s, struct scn_terms *t, uint8_t type)
{
	exch_px px = 0;
	int rc = exch_scn_price(s, t->in32, &px);

	t->trigger = type;
	entry(t, EXCH_EXT_STOP, 0, (uint64_t)px);
	return rc;
}

static int
take_stop(struct scn *s, struct scn_terms *t)
{
	return take_trigger(s, t, EXCH_ORD_STOP);
}

static int
take_touched(struct scn *s, struct scn_terms *t)
{
	return take_trigger(s, t, EXCH_ORD_MIT);
}

/* "0.05" of price or "1.5%". */
static int
take_trail(struct scn *s, struct scn_terms *t)
{
	struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	bool percent = w != NULL && w->n > 1 && w->p[w->n - 1] == '%';
	exch_px v = 0;
	int rc;

	if (percent)
		w->n--;
	rc = percent ? exch_scn_number(s, "percent such as 1.5%", &v)
		     : exch_scn_price(s, t->in32, &v);
	if (percent)
		w->n++;
	t->trigger = EXCH_ORD_STOP;
	if (rc != 0)
		return rc;
	if (!percent) {
		entry(t, EXCH_EXT_TRAIL, EXCH_TRAIL_AMOUNT, (uint64_t)v);
		return 0;
	}
	if (v % 1000 != 0)
		return exch_scn_fail(
		    s, w, EXCH_ERR_RANGE, "percent have at most six decimals");
	entry(t, EXCH_EXT_TRAIL, EXCH_TRAIL_PERCENT, (uint64_t)v / 1000);
	return 0;
}

static int
take_peg(struct scn *s, struct scn_terms *t)
{
	static const struct {
		const char *word;
		uint8_t code;
	} kinds[] = {{"mid", EXCH_PEG_MID}, {"primary", EXCH_PEG_PRIMARY},
	    {"market", EXCH_PEG_MARKET}};
	exch_px offset = 0;
	unsigned i;
	int rc = 0;

	for (i = 0; i < EXCH_ARRAY_LEN(kinds); i++)
		if (exch_scn_accept(s, kinds[i].word))
			break;
	if (i == EXCH_ARRAY_LEN(kinds))
		return exch_scn_expected(s, "mid, primary or market");
	if (exch_scn_accept(s, "offset"))
		rc = exch_scn_price(s, t->in32, &offset);
	t->pegged = true;
	entry(t, EXCH_EXT_PEG, kinds[i].code, (uint64_t)offset);
	return rc;
}

/* ---- quantities ---- */

static int
take_show(struct scn *s, struct scn_terms *t)
{
	exch_qty q = 0;
	uint64_t vary = 0;
	int rc = exch_scn_qty(s, t->qty_exponent, &q);

	if (rc == 0 && exch_scn_accept(s, "vary")) {
		struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
		bool percent = w != NULL && w->n > 1 && w->p[w->n - 1] == '%';

		if (percent)
			w->n--;
		rc = exch_scn_whole(
		    s, "a part of what is shown such as 10%", 100, &vary);
		if (percent)
			w->n++;
	}
	entry(t, EXCH_EXT_DISPLAY, (uint32_t)vary, q);
	return rc;
}

static int
take_min(struct scn *s, struct scn_terms *t)
{
	exch_qty q = 0;
	int rc = exch_scn_qty(s, t->qty_exponent, &q);

	entry(t, EXCH_EXT_MIN_QTY, EXCH_MIN_TOTAL, q);
	return rc;
}

static int
take_min_each(struct scn *s, struct scn_terms *t)
{
	exch_qty q = 0;
	int rc = exch_scn_qty(s, t->qty_exponent, &q);

	entry(t, EXCH_EXT_MIN_QTY, EXCH_MIN_EACH, q);
	return rc;
}

/* ---- times ---- */

/* A time, or a date: the end of that day where the scenario stands. */
static int
take_until(struct scn *s, struct scn_terms *t)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	struct exch_when day = s->when;
	const char *need = NULL;
	uint32_t date;
	exch_ts at;

	if (w == NULL)
		return exch_scn_expected(s, "a time or a date");
	s->at++;
	t->tif = EXCH_TIF_GTT;
	if (exch_when_parse(&day, w->p, w->n, &at, &need) == 0) {
		entry(t, EXCH_EXT_EXPIRE, 0, at);
		return 0;
	}
	t->tif = EXCH_TIF_GTD;
	if (exch_date_parse(w->p, w->n, &date) != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "expected a time such as 10:30 or a date such as "
		    "2026-01-30, found \"%.*s\"",
		    (int)(w->n < 32 ? w->n : 32), w->p);
	exch_when_init(&day, date, s->when.tz, s->when.utc);
	if (exch_when_parse(&day, "23:59:59.999999999", 18, &at, &need) != 0)
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "this date has no end that can be told");
	entry(t, EXCH_EXT_EXPIRE, 0, at + 1);
	return 0;
}

/* ---- links ---- */

/* A group's name; every file numbers its own from 1. */
static int
take_oco(struct scn *s, struct scn_terms *t)
{
	const struct scn_word *w;
	uint32_t number;
	int rc = exch_scn_name(s, "a name for the group", &w);

	if (rc != 0)
		return rc;
	if (exch_names_find(s->groups, w->p, w->n, &number) != 0) {
		rc = exch_names_add(s->groups, w->p, w->n, &number);
		if (rc == EXCH_ERR_LIMIT)
			return exch_scn_fail(s, w, EXCH_ERR_LIMIT,
			    "a scenario has at most %u groups", EXCH_SCN_NAMES);
		if (rc != 0)
			return exch_scn_nomem(s);
	}
	entry(t, EXCH_EXT_OCO, 0, (uint64_t)number + 1);
	return 0;
}

static int
take_stp(struct scn *s, struct scn_terms *t)
{
	static const struct exch_word modes[] = {{EXCH_STP_NEWEST, "newest"},
	    {EXCH_STP_OLDEST, "oldest"}, {EXCH_STP_BOTH, "both"},
	    {EXCH_STP_DECREMENT, "decrement"}, {EXCH_STP_NONE, "none"},
	    {0, NULL}};
	uint8_t mode = 0;
	uint64_t group = 0;
	int rc = exch_scn_code(s, modes, "a way to prevent it", &mode);

	if (rc == 0 && exch_scn_accept(s, "group"))
		rc = exch_scn_whole(
		    s, "the number of the group", UINT64_MAX, &group);
	entry(t, EXCH_EXT_STP, mode, group);
	return rc;
}

/* The request that an order answers, by name or number. */
static int
take_answers(struct scn *s, struct scn_terms *t)
{
	exch_oid id = 0;
	int rc = exch_scn_order_id(s, &id);

	entry(t, EXCH_EXT_REQUEST, 0, id);
	return rc;
}

static int
take_session(struct scn *s, struct scn_terms *t)
{
	uint64_t v = 0;
	int rc = exch_scn_whole(s, "the number of the session", UINT64_MAX, &v);

	entry(t, EXCH_EXT_SESSION, 0, v);
	return rc;
}

static int
take_discretion(struct scn *s, struct scn_terms *t)
{
	exch_px px = 0;
	int rc = exch_scn_price(s, t->in32, &px);

	entry(t, EXCH_EXT_DISCRETION, 0, (uint64_t)px);
	return rc;
}

/* "child of entry": the name or the number of an order. */
static int
take_child(struct scn *s, struct scn_terms *t)
{
	exch_oid id = 0;
	int rc;

	if (!exch_scn_accept(s, "of"))
		return exch_scn_expected(s, "of and an order");
	rc = exch_scn_order_id(s, &id);
	entry(t, EXCH_EXT_PARENT, 0, id);
	return rc;
}

static int
take_client(struct scn *s, struct scn_terms *t)
{
	uint64_t v = 0;
	int rc = exch_scn_whole(
	    s, "the client's number of the order", UINT64_MAX, &v);

	entry(t, EXCH_EXT_CLIENT, 0, v);
	return rc;
}

int
exch_scn_new_name(struct scn *s, const struct scn_word **name)
{
	uint32_t number;
	int rc = exch_scn_name(s, "a name for the order", name);

	if (rc != 0)
		return rc;
	if (exch_names_find(s->names, (*name)->p, (*name)->n, &number) == 0)
		return exch_scn_fail(s, *name, EXCH_ERR_FORMAT,
		    "the name \"%.*s\" was given to an order in line %llu "
		    "already",
		    (int)(*name)->n, (*name)->p,
		    (unsigned long long)s->order[number].line);
	return 0;
}

static int
take_name(struct scn *s, struct scn_terms *t)
{
	return exch_scn_new_name(s, &t->name);
}

static int
take_number(struct scn *s, struct scn_terms *t)
{
	int rc =
	    exch_scn_whole(s, "the number of the order", ORDER_MAX, &t->id);

	if (rc == 0 && t->id == 0)
		rc = exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_RANGE,
		    "orders are numbered from 1");
	return rc;
}

/* ---- the words ---- */

static const struct word {
	const char *word;
	uint32_t class;
	take_fn *take; /* what follows; NULL: the codes are all */
	uint8_t tif;
	uint8_t ordflags;
	uint8_t flags;
} words[] = {
    {"@", PRICE, take_price, 0, 0, 0},
    {"at", PRICE, take_price, 0, 0, 0},
    {"market", PRICE, take_market, 0, 0, 0},
    {"market-to-limit", PRICE, take_mtl, 0, 0, 0},
    {"mtl", PRICE, take_mtl, 0, 0, 0},
    {"stop", TRIGGER, take_stop, 0, 0, 0},
    {"touched", TRIGGER, take_touched, 0, 0, 0},
    {"trail", TRIGGER, take_trail, 0, 0, 0},
    {"peg", PEG, take_peg, 0, 0, 0},
    {"day", TIF, NULL, EXCH_TIF_DAY, 0, 0},
    {"gtc", TIF, NULL, EXCH_TIF_GTC, 0, 0},
    {"ioc", TIF, NULL, EXCH_TIF_IOC, 0, 0},
    {"fok", TIF, NULL, EXCH_TIF_FOK, 0, 0},
    {"ato", TIF, NULL, EXCH_TIF_ATO, 0, 0},
    {"atc", TIF, NULL, EXCH_TIF_ATC, 0, 0},
    {"gfa", TIF, NULL, EXCH_TIF_GFA, 0, 0},
    {"until", TIF, take_until, 0, 0, 0},
    {"show", SHOW, take_show, 0, 0, 0},
    {"hidden", HIDE, NULL, 0, EXCH_ORD_HIDDEN, 0},
    {"aon", WHOLE, NULL, 0, EXCH_ORD_AON, 0},
    {"min", WHOLE, take_min, 0, 0, 0},
    {"min-each", WHOLE, take_min_each, 0, 0, 0},
    {"post-only", POST, NULL, 0, EXCH_ORD_POST_ONLY, 0},
    {"slide", POST, NULL, 0, EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE, 0},
    {"by-id", PLACE, NULL, 0, EXCH_ORD_BY_ID, 0},
    {"sweep", SWEEP, NULL, 0, EXCH_ORD_SWEEP, 0},
    {"imposed", IMPOSED, NULL, 0, 0, EXCH_F_IMPOSED},
    {"imbalance-only", IMBALANCE, NULL, 0, EXCH_ORD_IMBALANCE, 0},
    {"oco", OCO, take_oco, 0, 0, 0},
    {"stp", STP, take_stp, 0, 0, 0},
    {"session", SESSION, take_session, 0, 0, 0},
    {"request", REQUEST, NULL, 0, EXCH_ORD_REQUEST, 0},
    {"answers", REQUEST, take_answers, 0, 0, 0},
    {"discretion", DISCRETION, take_discretion, 0, 0, 0},
    {"child", CHILD, take_child, 0, 0, 0},
    {"client", CLIENT, take_client, 0, 0, 0},
    {"as", NAME, take_name, 0, 0, 0},
    {"id", NUMBER, take_number, 0, 0, 0},
};

_Static_assert(EXCH_SCN_EXT >= 14, "one entry of every class");

/*
 * What people write who know other venues: a word that looks like one of
 * ours may be nothing of the kind (FAK is IOC and not FOK).
 */
static const struct {
	const char *theirs;
	const char *ours;
} slang[] = {{"limit", "@ PRICE"}, {"for", "@ PRICE"}, {"mkt", "market"},
    {"stop-limit", "@ LIMIT stop PRICE"}, {"mit", "touched PRICE"},
    {"lit", "@ LIMIT touched PRICE"}, {"trailing", "trail DISTANCE"},
    {"iceberg", "show QUANTITY"}, {"display", "show QUANTITY"}, {"fak", "ioc"},
    {"gtd", "until DATE"}, {"gtt", "until TIME"}, {"moo", "@ market ato"},
    {"loo", "@ PRICE ato"}, {"opg", "ato"}, {"moc", "@ market atc"},
    {"loc", "@ PRICE atc"}, {"io", "imbalance-only"}, {"midpoint", "peg mid"}};

static const char *
translated(const struct scn_word *w)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(slang); i++)
		if (exch_scn_is(w, slang[i].theirs))
			return slang[i].ours;
	return NULL;
}

bool
exch_scn_is_term(struct scn *s, const struct scn_word *w)
{
	uint32_t number;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++)
		if (exch_scn_is(w, words[i].word))
			return true;
	/* Another venue's word, where a symbol can be left out and is not it. */
	return translated(w) != NULL && exch_names_count(s->symbols) == 1 &&
	       s->o->tick <= 0 &&
	       exch_names_find(s->symbols, w->p, w->n, &number) != 0 &&
	       (s->o->known == NULL ||
		   exch_dir_symbol(s->o->known, w->p, w->n) == 0);
}

static int
bad_term(struct scn *s)
{
	const char *all[EXCH_ARRAY_LEN(words)];
	const struct scn_word *w = &s->word[s->at];
	const char *near;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++)
		all[i] = words[i].word;
	near = translated(w);
	if (near == NULL)
		near = exch_scn_nearest(w, all, EXCH_ARRAY_LEN(words));
	if (near == NULL)
		return exch_scn_expected(s,
		    "@ PRICE, market, ioc, fok, gtc, show, stop, as NAME or "
		    "another option of exch-scenario(5)");
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "\"%.*s\" says nothing of an order (did you mean \"%s\"?)",
	    (int)(w->n < 32 ? w->n : 32), w->p, near);
}

/* The second word of a class: which one stood there already? */
static int
contradiction(struct scn *s, const struct word *w, const struct scn_terms *t)
{
	const struct scn_word *at = &s->word[s->at - 1];
	const char *first = w->word;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++)
		if (words[i].class == w->class && (t->said >> i & 1) != 0)
			first = words[i].word;
	if (strcmp(first, w->word) == 0)
		return exch_scn_fail(s, at, EXCH_ERR_FORMAT,
		    "\"%s\" stands here for the second time", w->word);
	return exch_scn_fail(s, at, EXCH_ERR_FORMAT,
	    "\"%s\" contradicts \"%s\" before it", w->word, first);
}

static int
take_one(struct scn *s, struct scn_terms *t)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++) {
		const struct word *w = &words[i];

		if (!exch_scn_accept(s, w->word))
			continue;
		if ((t->classes & w->class) != 0)
			return contradiction(s, w, t);
		t->classes |= w->class;
		t->said |= UINT64_C(1) << i;
		t->ordflags |= w->ordflags;
		t->flags |= w->flags;
		if (w->class == TIF)
			t->tif = w->tif;
		return w->take != NULL ? w->take(s, t) : 0;
	}
	return bad_term(s);
}

_Static_assert(EXCH_ARRAY_LEN(words) <= 64, "scn_terms.said");

/* The type of an order follows from its words. */
static void
settle_type(struct scn_terms *t)
{
	bool limit = t->priced && t->ordtype == EXCH_ORD_LIMIT;

	if (t->pegged) {
		t->ordtype = EXCH_ORD_PEG;
		t->priced = true;
	} else if (t->trigger == EXCH_ORD_STOP) {
		t->ordtype = limit ? EXCH_ORD_STOP_LIMIT : EXCH_ORD_STOP;
		t->priced = true;
	} else if (t->trigger == EXCH_ORD_MIT) {
		t->ordtype = limit ? EXCH_ORD_LIT : EXCH_ORD_MIT;
		t->priced = true;
	}
}

int
exch_scn_terms(struct scn *s, struct scn_terms *t)
{
	int rc = 0;

	while (rc == 0 && s->at < s->nwords)
		rc = take_one(s, t);
	settle_type(t);
	return rc;
}
