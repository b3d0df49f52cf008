/*
 * Reading a market file (market.h).  A key is a row of the table.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/near.h"
#include "base/time.h"
#include "match/market_line.h"
#include "rec/schema.h"

struct exch_place
exch_line_place(const struct exch_market_line *p, const char *at)
{
	return (struct exch_place){.file = p->name,
	    .line = p->line,
	    .column = (uint64_t)(at - p->whole.p) + 1};
}

int
exch_line_bad(struct exch_market_line *p, struct exch_piece w, const char *what)
{
	struct exch_place at = exch_line_place(p, w.p);

	return exch_place_fail(
	    p->d, EXCH_ERR_FORMAT, &at, "'%.*s' %s", EXCH_LINE_QUOTE(w), what);
}

int
exch_line_wrong(struct exch_market_line *p, const char *what)
{
	struct exch_place at = exch_line_place(p, p->word[0].p);

	return exch_place_fail(p->d, EXCH_ERR_FORMAT, &at, "%s", what);
}

int
exch_line_none_of(struct exch_market_line *p, struct exch_piece w,
    const struct exch_word *words, unsigned from)
{
	char what[160] = "is none of ";
	size_t n = strlen(what);

	for (unsigned i = from; words[i].word != NULL && n < sizeof(what); i++)
		n += (size_t)snprintf(what + n, sizeof(what) - n, "%s%s",
		    i == from ? "" : ", ", words[i].word);
	return exch_line_bad(p, w, what);
}

/* ---- values ---- */

/* A decimal with so many places, not negative. */
int
exch_line_decimal(
    struct exch_market_line *p, struct exch_piece w, int scale, int64_t *v)
{
	if (exch_dec_parse(w.p, w.n, scale, v) != 0 || *v < 0 ||
	    *v == INT64_MAX)
		return exch_line_bad(p, w, "is not a number such as 0.01");
	return 0;
}

/* "10%" to percent x 10^6. */
int
exch_line_percent(
    struct exch_market_line *p, struct exch_piece w, uint64_t *out)
{
	int64_t v;

	if (w.n < 2 || w.p[w.n - 1] != '%' ||
	    exch_dec_parse(w.p, w.n - 1, 6, &v) != 0 || v <= 0 ||
	    v > 1000000000)
		return exch_line_bad(p, w, "is not a percentage such as 7.5%");
	*out = (uint64_t)v;
	return 0;
}

/* ---- keys ---- */

static int
take_name(struct exch_market_line *p)
{
	struct exch_piece w = p->word[1];

	if (p->nwords != 2 || w.n >= sizeof(p->m->name))
		return exch_line_wrong(
		    p, "name needs one word of at most 31 letters");
	memcpy(p->m->name, w.p, w.n);
	p->m->name[w.n] = '\0';
	return 0;
}

static const struct exch_ladder *
ladder_of(struct exch_piece w)
{
	unsigned n;
	const struct exch_ladder *l = exch_ladder_all(&n);

	for (unsigned i = 0; i < n; i++)
		if (exch_line_is(w, l[i].name))
			return &l[i];
	return NULL;
}

/* "ladder xetra" for all auctions, "ladder close sse-close" for one. */
static int
take_ladder(struct exch_market_line *p)
{
	const struct exch_ladder *l;
	struct exch_piece w = p->word[p->nwords - 1];
	uint8_t cross;
	int rc;

	if (p->nwords < 2 || p->nwords > 3)
		return exch_line_wrong(p,
		    "ladder needs a name, and before it maybe "
		    "open, close, halt, intraday or extended");
	l = ladder_of(w);
	if (l == NULL)
		return exch_line_bad(p, w, "is no ladder of exch-match(1)");
	if (p->nwords == 2) {
		for (unsigned i = 0; i < EXCH_MARKET_CROSSES; i++)
			if (p->m->ladder[i] == NULL)
				p->m->ladder[i] = l;
		return 0;
	}
	rc = exch_line_cross(p, p->word[1], &cross);
	if (rc == 0)
		p->m->ladder[cross] = l;
	return rc;
}

/* "allocation pro-rata min 2". */
static int
take_allocation(struct exch_market_line *p)
{
	unsigned n;
	const struct exch_alloc *all = exch_alloc_all(&n);
	char param[32];
	uint64_t v;

	if (p->nwords < 2 || p->nwords % 2 != 0)
		return exch_line_wrong(p,
		    "allocation needs a name, then parameters with "
		    "a number each, such as pro-rata min 2");
	for (unsigned i = 0; i < n; i++)
		if (exch_line_is(p->word[1], all[i].name))
			p->m->alloc = all[i];
	if (p->m->alloc.name == NULL)
		return exch_line_bad(
		    p, p->word[1], "is no allocation of exch-match(1)");
	for (size_t i = 2; i < p->nwords; i += 2) {
		struct exch_piece w = p->word[i], number = p->word[i + 1];

		if (exch_uint_parse(number.p, number.n, &v) != 0)
			return exch_line_bad(
			    p, number, "is not a whole number");
		/* No parameter's name is as long as the buffer. */
		snprintf(param, sizeof(param), "%.*s", EXCH_LINE_QUOTE(w));
		if (exch_alloc_set(&p->m->alloc, param, v) != 0)
			return exch_line_bad(p, w,
			    "is no parameter of this allocation, "
			    "or has no such value");
	}
	if (exch_alloc_is_queue(&p->m->alloc))
		p->m->alloc.name = NULL;
	return 0;
}

/* "market-maker 7 10%". */
static int
take_maker(struct exch_market_line *p)
{
	struct exch_market *m = p->m;
	uint64_t account = 0, percent = 0;
	unsigned sum = 0;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(p, "market-maker needs the number of an "
					  "account and a percentage");
	if (exch_uint_parse(p->word[1].p, p->word[1].n, &account) != 0 ||
	    account == 0 || account > UINT32_MAX)
		return exch_line_bad(
		    p, p->word[1], "is not the number of an account");
	rc = exch_line_percent(p, p->word[2], &percent);
	if (rc != 0)
		return rc;
	if (percent % 1000000 != 0)
		return exch_line_bad(
		    p, p->word[2], "is not a whole percentage");
	for (unsigned i = 0; i < m->nmakers; i++) {
		if (m->maker[i].account == account)
			return exch_line_bad(
			    p, p->word[1], "has its share already");
		sum += m->maker[i].percent;
	}
	if (sum + percent / 1000000 > 100)
		return exch_line_bad(
		    p, p->word[2], "makes the shares more than 100%");
	if (m->nmakers == EXCH_MARKET_MAKERS)
		return exch_line_wrong(
		    p, "there are more than 16 market makers");
	m->maker[m->nmakers++] = (struct exch_market_maker){
	    (uint32_t)account, (uint8_t)(percent / 1000000)};
	return 0;
}

static int
take_self_trade(struct exch_market_line *p)
{
	static const struct exch_word modes[] = {{EXCH_STP_NONE, "none"},
	    {EXCH_STP_NEWEST, "newest"}, {EXCH_STP_OLDEST, "oldest"},
	    {EXCH_STP_BOTH, "both"}, {EXCH_STP_DECREMENT, "decrement"},
	    {0, NULL}};
	uint16_t code;

	if (p->nwords < 2 ||
	    exch_word_code(modes, p->word[1].p, p->word[1].n, &code) != 0)
		return exch_line_wrong(p,
		    "self-trade needs none, newest, oldest, both "
		    "or decrement");
	if (p->nwords != 2 &&
	    (p->nwords != 4 || !exch_line_is(p->word[2], "by") ||
		!exch_line_is(p->word[3], "member")))
		return exch_line_bad(p, p->word[2],
		    "is too much: behind the mode may stand by member");
	p->m->stp = (uint8_t)code;
	p->m->stp_member = p->nwords == 4;
	p->m->any |= p->m->stp_member;
	return 0;
}

int
exch_line_set(struct exch_market_line *p, size_t at,
    const struct exch_word *words, uint64_t set[4])
{
	if (p->nwords <= at)
		return exch_line_wrong(p, "a list of words is missing");
	memset(set, 0, 4 * sizeof(*set));
	for (size_t i = at; i < p->nwords; i++) {
		uint16_t code;

		if (exch_word_code(words, p->word[i].p, p->word[i].n, &code) !=
		    0)
			return exch_line_none_of(p, p->word[i], words, 0);
		set[code / 64] |= UINT64_C(1) << (code % 64);
	}
	p->m->any = true;
	return 0;
}

static int
take_orders(struct exch_market_line *p)
{
	return exch_line_set(p, 1, exch_words_ordtype, p->m->types);
}

static int
take_valid(struct exch_market_line *p)
{
	return exch_line_set(p, 1, exch_words_tif, p->m->tifs);
}

/* "tick 1 0.01": from a price on. */
static int
take_tick(struct exch_market_line *p)
{
	struct exch_market *m = p->m;
	struct exch_market_tick t;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(p,
		    "tick needs the price from which it holds, and "
		    "the step");
	if (m->nticks == EXCH_MARKET_TICKS)
		return exch_line_wrong(p, "there are more than 32 ticks");
	rc = exch_line_decimal(p, p->word[1], 9, &t.from);
	if (rc == 0)
		rc = exch_line_decimal(p, p->word[2], 9, &t.step);
	if (rc != 0)
		return rc;
	if (t.step == 0)
		return exch_line_bad(p, p->word[2], "is no step");
	if (m->nticks > 0 && t.from <= m->tick[m->nticks - 1].from)
		return exch_line_bad(
		    p, p->word[1], "is not above the price before it");
	m->tick[m->nticks++] = t;
	m->any = true;
	return 0;
}

static int
take_band(struct exch_market_line *p)
{
	uint64_t v = 0;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(p, "band needs static or dynamic, and a "
					  "percentage");
	rc = exch_line_percent(p, p->word[2], &v);
	if (rc != 0)
		return rc;
	if (exch_line_is(p->word[1], "static"))
		p->m->band.still = v;
	else if (exch_line_is(p->word[1], "dynamic"))
		p->m->band.dynamic = v;
	else
		return exch_line_bad(
		    p, p->word[1], "is neither static nor dynamic");
	p->m->any = true;
	return 0;
}

/* ---- protections ---- */

int
exch_line_duration(
    struct exch_market_line *p, struct exch_piece w, uint64_t *ns)
{
	return exch_duration_parse(w.p, w.n, ns) == 0
		   ? 0
		   : exch_line_bad(p, w, "is not a time such as 2m or 350us");
}

int
exch_line_tod(struct exch_market_line *p, struct exch_piece w, uint64_t *ns)
{
	return exch_tod_parse(w.p, w.n, ns) == 0
		   ? 0
		   : exch_line_bad(p, w, "is not a time of day such as 15:25");
}

/* The words behind a key that needs one percentage. */
static int
one_percent(struct exch_market_line *p, uint64_t *out)
{
	p->m->any = true;
	return p->nwords == 2
		   ? exch_line_percent(p, p->word[1], out)
		   : exch_line_wrong(p, "a percentage is missing, or more "
					"than that is there");
}

static int
one_duration(struct exch_market_line *p, uint64_t *out)
{
	p->m->any = true;
	return p->nwords == 2
		   ? exch_line_duration(p, p->word[1], out)
		   : exch_line_wrong(
			 p, "a time is missing, or more than that is there");
}

static int
take_collar(struct exch_market_line *p)
{
	return one_percent(p, &p->m->guard.collar);
}

static int
take_short_sale(struct exch_market_line *p)
{
	return one_percent(p, &p->m->guard.short_sale);
}

static int
take_bump(struct exch_market_line *p)
{
	return one_duration(p, &p->m->guard.bump);
}

/* Every millisecond at most: a call may last for hours. */
static int
take_indicative(struct exch_market_line *p)
{
	int rc = one_duration(p, &p->m->guard.indicative);

	if (rc == 0 && p->m->guard.indicative < 1000000)
		rc = exch_line_bad(p, p->word[1], "is less than a millisecond");
	return rc;
}

static int
take_odd_lots(struct exch_market_line *p)
{
	static const struct exch_word modes[] = {{EXCH_ODD_REFUSE, "refuse"},
	    {EXCH_ODD_TAKE, "take"}, {EXCH_ODD_NOW, "now"}, {0, NULL}};
	uint16_t code;

	if (p->nwords != 2 ||
	    exch_word_code(modes, p->word[1].p, p->word[1].n, &code) != 0)
		return exch_line_wrong(p, "odd-lots needs refuse, take or now");
	p->m->guard.odd_lots = (uint8_t)code;
	p->m->any = true;
	return 0;
}

/* "throttle 100 1s". */
static int
take_throttle(struct exch_market_line *p)
{
	struct exch_market_guard *g = &p->m->guard;

	if (p->nwords != 3)
		return exch_line_wrong(
		    p, "throttle needs how many, and in what time");
	if (exch_uint_parse(p->word[1].p, p->word[1].n, &g->throttle) != 0 ||
	    g->throttle == 0)
		return exch_line_bad(
		    p, p->word[1], "is not a whole number above 0");
	p->m->any = true;
	return exch_line_duration(p, p->word[2], &g->window);
}

/* "interrupt static 12% 2m". */
static int
take_interrupt(struct exch_market_line *p)
{
	struct exch_market_guard *g = &p->m->guard;
	uint64_t share = 0, time = 0;
	bool again;
	int rc;

	if (p->nwords != 4)
		return exch_line_wrong(p,
		    "interrupt needs static or dynamic, a "
		    "percentage and a time");
	p->m->any = true;
	rc = exch_line_duration(p, p->word[3], &time);
	if (rc == 0)
		rc = exch_line_percent(p, p->word[2], &share);
	if (rc != 0)
		return rc;
	if (exch_line_is(p->word[1], "static")) {
		again = g->interrupt.still != 0;
		g->interrupt.still = share;
		g->still_time = time;
	} else if (exch_line_is(p->word[1], "dynamic")) {
		again = g->interrupt.dynamic != 0;
		g->interrupt.dynamic = share;
		g->dynamic_time = time;
	} else {
		return exch_line_bad(
		    p, p->word[1], "is neither static nor dynamic");
	}
	return again ? exch_line_bad(p, p->word[1], "has its range already")
		     : 0;
}

/* "monitor 5% 2m". */
static int
take_monitor(struct exch_market_line *p)
{
	struct exch_market_guard *g = &p->m->guard;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(
		    p, "monitor needs a percentage and a time");
	p->m->any = true;
	rc = exch_line_percent(p, p->word[1], &g->monitor);
	return rc != 0 ? rc
		       : exch_line_duration(p, p->word[2], &g->monitor_time);
}

/* "block min 1000", "block band 5%". */
static int
take_block(struct exch_market_line *p)
{
	struct exch_market *m = p->m;

	if (p->nwords != 3)
		return exch_line_wrong(p,
		    "block needs min and a quantity, or band and "
		    "a percentage");
	if (exch_line_is(p->word[1], "band"))
		return exch_line_percent(p, p->word[2], &m->block_band);
	if (!exch_line_is(p->word[1], "min"))
		return exch_line_bad(p, p->word[1], "is neither min nor band");
	if (exch_uint_parse(p->word[2].p, p->word[2].n, &m->block_min) != 0)
		return exch_line_bad(p, p->word[2], "is not a whole number");
	return 0;
}

static int
take_accounts(struct exch_market_line *p)
{
	if (p->nwords != 2 || !exch_line_is(p->word[1], "announced"))
		return exch_line_wrong(p, "accounts needs the word announced");
	p->m->announced = true;
	p->m->any = true;
	return 0;
}

/* "midpoint", "midpoint min 500". */
static int
take_midpoint(struct exch_market_line *p)
{
	struct exch_market *m = p->m;

	if (p->nwords != 1 &&
	    (p->nwords != 3 || !exch_line_is(p->word[1], "min")))
		return exch_line_wrong(
		    p, "behind midpoint stands nothing, or min and a quantity");
	m->midpoint = m->any = true;
	if (p->nwords == 1 || (exch_uint_parse(p->word[2].p, p->word[2].n,
				   &m->midpoint_min) == 0 &&
				  m->midpoint_min != 0))
		return 0;
	return exch_line_bad(p, p->word[2], "is not a quantity above 0");
}

static int
take_zone(struct exch_market_line *p)
{
	if (p->nwords != 2 || p->word[1].n >= sizeof(p->m->zone))
		return exch_line_wrong(
		    p, "zone needs a name such as Europe/Berlin");
	memcpy(p->m->zone, p->word[1].p, p->word[1].n);
	p->m->zone[p->word[1].n] = '\0';
	return 0;
}

/*
 * "session 09:00 call open": a line of the timetable.  Its words are read
 * when the day is known; empty lines and blanks keep their places right.
 */
static int
take_session(struct exch_market_line *p)
{
	struct exch_market *m = p->m;
	size_t skip = (size_t)(p->word[0].p + p->word[0].n - p->whole.p);
	size_t pad = (size_t)(p->line - 1 - p->session_lines);
	size_t at = m->nsessions, need = at + pad + p->whole.n + 2;
	char *s = m->sessions;

	if (p->nwords < 3)
		return exch_line_wrong(p, "session needs a time and a phase");
	if (need > p->session_cap) {
		s = exch_realloc(s, need * 2, 1);
		if (s == NULL)
			return exch_diag_set(p->d, EXCH_ERR_NOMEM, p->name,
			    EXCH_POS_LINE, p->line,
			    "out of memory for the sessions");
		p->session_cap = need * 2;
	}
	memset(s + at, '\n', pad);
	at += pad;
	memset(s + at, ' ', skip);
	memcpy(s + at + skip, p->whole.p + skip, p->whole.n - skip);
	at += p->whole.n;
	s[at] = '\n';
	s[at + 1] = '\0';
	m->sessions = s;
	m->nsessions = at + 1;
	p->session_lines = p->line;
	return 0;
}

static const struct {
	const char *key;
	int (*take)(struct exch_market_line *p);
	bool once;
} keys[] = {
    {"name", take_name, true},
    {"ladder", take_ladder, false},
    {"allocation", take_allocation, true},
    {"market-maker", take_maker, false},
    {"self-trade", take_self_trade, true},
    {"orders", take_orders, true},
    {"valid", take_valid, true},
    {"tick", take_tick, false},
    {"band", take_band, false},
    {"collar", take_collar, true},
    {"odd-lots", take_odd_lots, true},
    {"short-sale", take_short_sale, true},
    {"throttle", take_throttle, true},
    {"speed-bump", take_bump, true},
    {"interrupt", take_interrupt, false},
    {"monitor", take_monitor, true},
    {"indicative", take_indicative, true},
    {"luld", exch_line_luld, false},
    {"breaker", exch_line_breaker, false},
    {"block", take_block, false},
    {"accounts", take_accounts, true},
    {"random-end", exch_line_random_end, false},
    {"phase", exch_line_phase, false},
    {"freeze", exch_line_freeze, false},
    {"calendar", exch_line_calendar, true},
    {"zone", take_zone, true},
    {"session", take_session, false},
    {"venue", exch_line_venue, false},
    {"midpoint", take_midpoint, true},
};

/* ---- lines ---- */

static void
split(struct exch_market_line *p)
{
	struct exch_piece l = p->whole;
	size_t i = 0;

	p->nwords = 0;
	while (p->nwords < EXCH_LINE_WORDS) {
		size_t start;

		while (i < l.n &&
		       (l.p[i] == ' ' || l.p[i] == '\t' || l.p[i] == '\r'))
			i++;
		if (i == l.n || l.p[i] == '#')
			return;
		start = i;
		while (i < l.n && l.p[i] != ' ' && l.p[i] != '\t' &&
		       l.p[i] != '\r')
			i++;
		p->word[p->nwords++] =
		    (struct exch_piece){l.p + start, i - start};
	}
}

/* All keys would not fit into a message: the one that may be meant. */
static int
bad_key(struct exch_market_line *p)
{
	const char *all[EXCH_ARRAY_LEN(keys)];
	const char *near;
	char what[64];

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(keys); i++)
		all[i] = keys[i].key;
	near =
	    exch_nearest(p->word[0].p, p->word[0].n, all, EXCH_ARRAY_LEN(keys));
	if (near == NULL)
		return exch_line_bad(
		    p, p->word[0], "is no key of exch-market(5)");
	(void)snprintf(what, sizeof(what), "is no key (did you mean '%s'?)",
	    near); /* fits */
	return exch_line_bad(p, p->word[0], what);
}

static int
take_line(struct exch_market_line *p)
{
	split(p);
	if (p->nwords == 0)
		return 0;
	if (p->nwords == EXCH_LINE_WORDS)
		return exch_line_wrong(p, "the line has too many words");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(keys); i++) {
		if (!exch_line_is(p->word[0], keys[i].key))
			continue;
		if (keys[i].once && (p->seen >> i & 1) != 0)
			return exch_line_bad(
			    p, p->word[0], "stands a second time");
		p->seen |= UINT64_C(1) << i;
		return keys[i].take(p);
	}
	return bad_key(p);
}

void
exch_market_init(struct exch_market *m)
{
	memset(m, 0, sizeof(*m));
	memset(m->types, 0xff, sizeof(m->types));
	memset(m->tifs, 0xff, sizeof(m->tifs));
	memset(m->day.types, 0xff, sizeof(m->day.types));
	memset(m->day.tifs, 0xff, sizeof(m->day.tifs));
	m->luld = (struct exch_market_luld){.window = 300 * EXCH_SEC,
	    .change = 1000000,
	    .hold = 30 * EXCH_SEC,
	    .limit = 15 * EXCH_SEC,
	    .pause = 300 * EXCH_SEC,
	    .doubles = {EXCH_TS_NONE, EXCH_TS_NONE}};
	m->breaker.until =
	    (struct exch_market_time){EXCH_TS_NONE, EXCH_TS_NONE};
}

static int
byte_zero(struct exch_market_line *p, const char *zero)
{
	struct exch_place at = exch_line_place(p, zero);

	return exch_place_fail(
	    p->d, EXCH_ERR_FORMAT, &at, "the line has a byte 0");
}

int
exch_market_read(const char *text, size_t n, const char *name,
    const struct exch_market_files *files, struct exch_market *m,
    struct exch_diag *d)
{
	struct exch_market_line p = {
	    .m = m, .files = files, .name = name, .d = d};
	const char *zero;
	size_t at = 0;
	int rc = 0;

	exch_market_init(m);
	/* A byte order mark, as editors write it that think of Windows. */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < n && rc == 0) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - text) - at : n - at;

		p.line++;
		p.whole = (struct exch_piece){text + at, len};
		zero = memchr(text + at, '\0', len);
		if (zero != NULL)
			return byte_zero(&p, zero);
		rc = take_line(&p);
		at += len + 1;
	}
	if (rc == 0 && m->name[0] == '\0')
		rc = exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "the market has no name: add a line \"name NAME\"");
	return rc != 0 ? rc : exch_line_breaker_whole(&p);
}

int
exch_market_parse(const char *text, size_t n, const char *name,
    struct exch_market *m, struct exch_diag *d)
{
	return exch_market_read(text, n, name, NULL, m, d);
}

void
exch_market_clear(struct exch_market *m)
{
	for (unsigned i = 0; i < m->nvenues; i++) {
		if (m->venue[i].rules != NULL)
			exch_market_clear(m->venue[i].rules);
		exch_free(m->venue[i].rules);
		exch_free(m->venue[i].path);
	}
	exch_free(m->venue);
	m->venue = NULL;
	m->nvenues = 0;
	exch_free(m->sessions);
	m->sessions = NULL;
}

/* ---- prices ---- */

bool
exch_market_on_tick(const struct exch_market *m, exch_px price)
{
	uint64_t u = price < 0 ? 0 - (uint64_t)price : (uint64_t)price;
	exch_px step = 0;

	for (unsigned i = 0; i < m->nticks; i++)
		if (u >= (uint64_t)m->tick[i].from)
			step = m->tick[i].step;
	return step == 0 || u % (uint64_t)step == 0;
}

bool
exch_market_within(exch_px price, exch_px reference, uint64_t pct)
{
	exch_i128 far = (exch_i128)price - reference;
	exch_i128 most = reference;

	if (pct == 0 || reference == EXCH_PX_NONE)
		return true;
	if (far < 0)
		far = -far;
	if (most < 0)
		most = -most;
	return far * 100000000 <= most * (exch_i128)pct;
}
