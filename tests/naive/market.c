/*
 * The naive engine's own reader of market files, line by line as
 * exch-market(5) has the keys, so that both engines come from the file to
 * the same rules on two ways.  What it does not know it refuses: a key that
 * is new has to be made known here, too.  Files are taken to be well formed
 * otherwise; their mistakes are the business of tests/unit/market.c.
 *
 * Left out are `zone' and `calendar': the day is one of UTC, without
 * holidays.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive/naive.h"

#define WORDS 40

struct reader {
	struct naive_rules *r;
	uint8_t *stp;
	exch_ts midnight;
	char word[WORDS][64];
	size_t n;
	const char *wrong;
};

struct code {
	const char *word;
	int code;
};

static const struct code types[] = {{"limit", EXCH_ORD_LIMIT},
    {"market", EXCH_ORD_MARKET}, {"stop", EXCH_ORD_STOP},
    {"stop-limit", EXCH_ORD_STOP_LIMIT}, {"mit", EXCH_ORD_MIT},
    {"lit", EXCH_ORD_LIT}, {"mtl", EXCH_ORD_MTL}, {"peg", EXCH_ORD_PEG},
    {NULL, 0}};

static const struct code tifs[] = {{"day", EXCH_TIF_DAY}, {"gtc", EXCH_TIF_GTC},
    {"gtd", EXCH_TIF_GTD}, {"gtt", EXCH_TIF_GTT}, {"ioc", EXCH_TIF_IOC},
    {"fok", EXCH_TIF_FOK}, {"ato", EXCH_TIF_ATO}, {"atc", EXCH_TIF_ATC},
    {"gfa", EXCH_TIF_GFA}, {NULL, 0}};

static const struct code phases[] = {{"closed", EXCH_PHASE_CLOSED},
    {"pre-open", EXCH_PHASE_PRE_OPEN}, {"call", EXCH_PHASE_CALL},
    {"continuous", EXCH_PHASE_CONTINUOUS}, {"halt", EXCH_PHASE_HALT},
    {"end", EXCH_PHASE_END}, {NULL, 0}};

static const struct code crosses[] = {{"none", EXCH_CROSS_NONE},
    {"open", EXCH_CROSS_OPEN}, {"close", EXCH_CROSS_CLOSE},
    {"halt", EXCH_CROSS_HALT}, {"intraday", EXCH_CROSS_INTRADAY},
    {"extended", EXCH_CROSS_EXTENDED}, {NULL, 0}};

static const struct code modes[] = {{"none", EXCH_STP_NONE},
    {"newest", EXCH_STP_NEWEST}, {"oldest", EXCH_STP_OLDEST},
    {"both", EXCH_STP_BOTH}, {"decrement", EXCH_STP_DECREMENT}, {NULL, 0}};

static const struct code commands[] = {{"new", EXCH_REC_NEW},
    {"cancel", EXCH_REC_CANCEL}, {"replace", EXCH_REC_REPLACE}, {NULL, 0}};

static bool
is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void
wrong(struct reader *x, const char *what)
{
	if (x->wrong == NULL)
		x->wrong = what;
}

/* -1: no such word. */
static int
find(const struct code *c, const char *word)
{
	while (c->word != NULL && !is(c->word, word))
		c++;
	return c->word == NULL ? -1 : c->code;
}

static unsigned
must(struct reader *x, const struct code *c, const char *word)
{
	int code = find(c, word);

	if (code < 0)
		wrong(x, "a word that is not known");
	return code < 0 ? 0 : (unsigned)code;
}

/* ---- values ---- */

/* Digits with a point: so many places; a unit or a percent sign is left. */
static uint64_t
number(const char *s, int places, const char **unit)
{
	uint64_t v = 0;
	bool point = false;

	for (; (*s >= '0' && *s <= '9') || *s == '.'; s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		v = v * 10 + (uint64_t)(*s - '0');
		places -= point;
	}
	while (places-- > 0)
		v *= 10;
	if (unit != NULL)
		*unit = s;
	return v;
}

static exch_px
price(const char *s)
{
	return (exch_px)number(s, 9, NULL);
}

/* Percent x 10^6. */
static uint64_t
share(const char *s)
{
	return number(s, 6, NULL);
}

static uint64_t
duration(struct reader *x, const char *s)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", EXCH_SEC},
	    {"m", 60 * EXCH_SEC}, {"h", 3600 * EXCH_SEC}};
	const char *unit;
	uint64_t v = number(s, 0, &unit);

	for (size_t i = 0; i < EXCH_ARRAY_LEN(units); i++)
		if (is(units[i].unit, unit))
			return v * units[i].ns;
	wrong(x, "a time without a unit");
	return 0;
}

/* All codes but those named from word `from` on. */
static void
leave_out(
    struct reader *x, size_t from, const struct code *words, bool none[256])
{
	memset(none, 1, 256);
	for (size_t i = from; i < x->n; i++)
		none[must(x, words, x->word[i])] = false;
}

/* ---- keys ---- */

static void
take_ladder(struct reader *x)
{
	const char *name = x->word[x->n - 1];

	for (unsigned i = 0; i < 6; i++) {
		bool mine = x->n == 3 ? i == must(x, crosses, x->word[1])
				      : x->r->ladder[i][0] == '\0';

		if (mine)
			snprintf(x->r->ladder[i], sizeof(x->r->ladder[i]), "%s",
			    name);
	}
}

/* A parameter of all steps that have it. */
static void
set_parameter(struct exch_alloc_step *s, const char *name, uint64_t v)
{
	bool parts = s->kind == EXCH_ALLOC_PRO_RATA ||
		     s->kind == EXCH_ALLOC_TIME_PRO_RATA ||
		     s->kind == EXCH_ALLOC_SIZE_UP;
	bool top = s->kind == EXCH_ALLOC_TOP;
	bool lmm = s->kind == EXCH_ALLOC_LMM;

	if ((parts && is(name, "min")) || (top && is(name, "top-min")) ||
	    (lmm && is(name, "lmm-min")) ||
	    (s->kind == EXCH_ALLOC_LEVELING && is(name, "leveling")))
		s->min = v;
	if ((parts && is(name, "max")) || (top && is(name, "top-max")) ||
	    (lmm && is(name, "lmm-max")))
		s->max = v;
	if ((top && is(name, "top-percent")) ||
	    (s->kind == EXCH_ALLOC_SPLIT && is(name, "fifo-percent")))
		s->percent = (uint8_t)v;
	if (s->kind == EXCH_ALLOC_PARITY && is(name, "lot"))
		s->lot = v;
}

static void
take_allocation(struct reader *x)
{
	const struct exch_alloc *a = exch_alloc_by_name(x->word[1]);

	if (a == NULL) {
		wrong(x, "an allocation that is not known");
		return;
	}
	/* Everybody's own order by the queue needs no sharing. */
	if (is(a->name, "fifo") || is(a->name, "cme-f"))
		return;
	x->r->share = *a;
	for (size_t i = 2; i + 1 < x->n; i += 2)
		for (size_t k = 0; k < EXCH_ALLOC_STEPS; k++)
			set_parameter(&x->r->share.step[k], x->word[i],
			    number(x->word[i + 1], 0, NULL));
}

static void
take_maker(struct reader *x)
{
	for (size_t i = 0; i < 16; i++) {
		if (x->r->maker_percent[i] != 0)
			continue;
		x->r->maker[i] = (uint32_t)number(x->word[1], 0, NULL);
		x->r->maker_percent[i] = (uint8_t)number(x->word[2], 0, NULL);
		return;
	}
}

static void
take_self_trade(struct reader *x)
{
	*x->stp = (uint8_t)must(x, modes, x->word[1]);
	x->r->by_member = x->n == 4;
}

static void
take_orders(struct reader *x)
{
	leave_out(x, 1, types, x->r->no_type);
}

static void
take_valid(struct reader *x)
{
	leave_out(x, 1, tifs, x->r->no_tif);
}

static void
take_tick(struct reader *x)
{
	x->r->from[x->r->nticks] = price(x->word[1]);
	x->r->step[x->r->nticks++] = price(x->word[2]);
}

static void
take_band(struct reader *x)
{
	if (is(x->word[1], "static"))
		x->r->still = share(x->word[2]);
	else
		x->r->dynamic = share(x->word[2]);
}

static void
take_block(struct reader *x)
{
	if (is(x->word[1], "min"))
		x->r->block_min = number(x->word[2], 0, NULL);
	else
		x->r->block_band = share(x->word[2]);
}

static void
take_accounts(struct reader *x)
{
	x->r->announced = true;
}

static void
take_collar(struct reader *x)
{
	x->r->collar = share(x->word[1]);
}

static void
take_odd_lots(struct reader *x)
{
	x->r->odd_take = is(x->word[1], "take");
	x->r->odd_now = is(x->word[1], "now");
}

static void
take_short_sale(struct reader *x)
{
	x->r->short_sale = share(x->word[1]);
}

static void
take_throttle(struct reader *x)
{
	x->r->throttle = number(x->word[1], 0, NULL);
	x->r->window = duration(x, x->word[2]);
}

static void
take_bump(struct reader *x)
{
	x->r->bump = duration(x, x->word[1]);
}

static void
take_interrupt(struct reader *x)
{
	uint64_t time = duration(x, x->word[3]);

	if (is(x->word[1], "static")) {
		x->r->stop_still = share(x->word[2]);
		x->r->stop_still_time = time;
	} else {
		x->r->stop_dynamic = share(x->word[2]);
		x->r->stop_dynamic_time = time;
	}
}

static void
take_monitor(struct reader *x)
{
	x->r->monitor = share(x->word[1]);
	x->r->monitor_time = duration(x, x->word[2]);
}

static void
take_indicative(struct reader *x)
{
	x->r->indicative = duration(x, x->word[1]);
}

/* HH:MM, HH:MM:SS. */
static exch_ts
time_of_day(struct reader *x, const char *t)
{
	uint64_t at = number(t, 0, &t) * 3600;

	if (*t == ':')
		at += number(t + 1, 0, &t) * 60;
	if (*t == ':')
		at += number(t + 1, 0, &t);
	if (*t != '\0')
		wrong(x, "a time of day that is not known");
	return x->midnight + at * EXCH_SEC;
}

static void
take_luld(struct reader *x)
{
	/* One more than naive_luld.rel. */
	static const struct code rels[] = {
	    {"below", 0}, {"from", 1}, {"above", 2}, {NULL, 0}};
	struct naive_rules *r = x->r;
	const char *what = x->word[1];

	if (find(rels, what) >= 0) {
		struct naive_luld *b = &r->luld[r->nluld++];

		b->rel = find(rels, what) - 1;
		b->at = price(x->word[2]);
		b->share = share(x->word[3]);
		b->most = x->n >= 6 ? price(x->word[5]) : 0;
		b->twice = is(x->word[x->n - 1], "double");
	} else if (is(what, "window")) {
		r->luld_window = duration(x, x->word[2]);
	} else if (is(what, "change")) {
		r->luld_change = share(x->word[2]);
	} else if (is(what, "hold")) {
		r->luld_hold = duration(x, x->word[2]);
	} else if (is(what, "limit")) {
		r->luld_limit = duration(x, x->word[2]);
	} else if (is(what, "pause")) {
		r->luld_pause = duration(x, x->word[2]);
	} else if (is(what, "double")) {
		r->luld_twice = time_of_day(x, x->word[2]);
	} else if (is(what, "outside")) {
		r->luld_reject = is(x->word[2], "reject");
	} else {
		wrong(x, "a word of luld that is not known");
	}
}

/* "breaker fall 7% halt 15m", "breaker fall 20% close". */
static void
take_breaker(struct reader *x)
{
	struct naive_rules *r = x->r;
	struct naive_fall *f = &r->fall[r->nfalls];

	if (is(x->word[1], "index")) {
		memcpy(r->index, x->word[2], sizeof(r->index));
	} else if (is(x->word[1], "until")) {
		r->fall_until = time_of_day(x, x->word[2]);
	} else if (is(x->word[1], "fall") && x->n >= 4) {
		r->nfalls++;
		f->share = share(x->word[2]);
		if (is(x->word[3], "halt"))
			f->halt = duration(x, x->word[4]);
	} else {
		wrong(x, "a word of breaker that is not known");
	}
}

static void
take_random_end(struct reader *x)
{
	x->r->random_end[must(x, crosses, x->word[1])] =
	    duration(x, x->word[2]);
}

static void
take_phase(struct reader *x)
{
	unsigned phase = must(x, phases, x->word[1]);

	if (is(x->word[2], "orders"))
		leave_out(x, 3, types, x->r->no_type_in[phase]);
	else
		leave_out(x, 3, tifs, x->r->no_tif_in[phase]);
}

static void
take_freeze(struct reader *x)
{
	struct naive_freeze *f = &x->r->freeze[x->r->nfreezes++];
	bool any_type = true, any_tif = true;

	f->cross = (uint8_t)must(x, crosses, x->word[1]);
	f->part = duration(x, x->word[2]);
	for (size_t i = 3; i < x->n; i++) {
		const char *w = x->word[i];

		if (find(commands, w) >= 0) {
			f->command[find(commands, w)] = true;
		} else if (find(types, w) >= 0) {
			f->type[find(types, w)] = true;
			any_type = false;
		} else {
			f->tif[must(x, tifs, w)] = true;
			any_tif = false;
		}
	}
	if (any_type)
		memset(f->type, 1, sizeof(f->type));
	if (any_tif)
		memset(f->tif, 1, sizeof(f->tif));
}

/* "session 09:30[:SS] call open [SYMBOL]", "session 16:00 end [- SYMBOL]". */
static void
take_session(struct reader *x)
{
	struct naive_row *row = &x->r->row[x->r->nrows++];

	row->time = time_of_day(x, x->word[1]);
	row->phase = (uint8_t)must(x, phases, x->word[2]);
	if (row->phase == EXCH_PHASE_CALL)
		row->cross = (uint8_t)must(x, crosses, x->word[3]);
	if (x->n == 5)
		memcpy(row->symbol, x->word[4], sizeof(row->symbol));
}

static void
pass(struct reader *x)
{
	(void)x;
}

static const struct {
	const char *key;
	void (*take)(struct reader *x);
	size_t words; /* at least */
} keys[] = {{"name", pass, 2}, {"ladder", take_ladder, 2},
    {"allocation", take_allocation, 2}, {"market-maker", take_maker, 3},
    {"self-trade", take_self_trade, 2}, {"orders", take_orders, 2},
    {"valid", take_valid, 2}, {"tick", take_tick, 3}, {"band", take_band, 3},
    {"collar", take_collar, 2}, {"odd-lots", take_odd_lots, 2},
    {"short-sale", take_short_sale, 2}, {"throttle", take_throttle, 3},
    {"speed-bump", take_bump, 2}, {"interrupt", take_interrupt, 4},
    {"monitor", take_monitor, 3}, {"indicative", take_indicative, 2},
    {"luld", take_luld, 3}, {"breaker", take_breaker, 3},
    {"block", take_block, 3}, {"accounts", take_accounts, 2},
    {"random-end", take_random_end, 3}, {"phase", take_phase, 4},
    {"freeze", take_freeze, 4}, {"calendar", pass, 2}, {"zone", pass, 2},
    {"session", take_session, 3}};

/* ---- lines ---- */

static const char *
split(struct reader *x, const char *s)
{
	x->n = 0;
	while (*s != '\0' && *s != '\n') {
		size_t len = strcspn(s, " \t\r\n#");

		if (*s == '#')
			return s + strcspn(s, "\n");
		if (len == 0) {
			s++;
			continue;
		}
		if (x->n == WORDS || len >= sizeof(x->word[0])) {
			wrong(x, "a line that is too long");
			return s + strcspn(s, "\n");
		}
		memset(x->word[x->n], 0, sizeof(x->word[0]));
		memcpy(x->word[x->n++], s, len);
		s += len;
	}
	return s;
}

static void
take_line(struct reader *x)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(keys); i++) {
		if (!is(x->word[0], keys[i].key))
			continue;
		if (x->n < keys[i].words)
			wrong(x, "a line that is too short");
		else
			keys[i].take(x);
		return;
	}
	wrong(x, "a key the naive engine does not know");
}

const char *
naive_read_market(
    const char *text, exch_ts midnight, struct naive_rules *r, uint8_t *stp)
{
	struct reader x = {.r = r, .stp = stp, .midnight = midnight};

	r->luld_window = 5 * 60 * EXCH_SEC;
	r->luld_change = 1000000;
	r->luld_hold = 30 * EXCH_SEC;
	r->luld_limit = 15 * EXCH_SEC;
	r->luld_pause = 5 * 60 * EXCH_SEC;
	r->luld_twice = r->fall_until = EXCH_TS_NONE;
	while (x.wrong == NULL && *text != '\0') {
		text = split(&x, text);
		text += *text == '\n';
		if (x.n > 0)
			take_line(&x);
	}
	return x.wrong;
}
