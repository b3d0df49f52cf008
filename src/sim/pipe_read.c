/*
 * What a program says: a line is words between blanks, and begins with what
 * is to be done.  Words are those of exch-scenario(5), where it has them.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/near.h"
#include "base/time.h"
#include "sim/pipe.h"

/* More than any line of the protocol has. */
#define WORDS 32u
/* The longest wake or thinking that is asked for. */
#define TIME_MOST (365 * 24 * 3600 * EXCH_SEC)

struct word {
	const char *p;
	size_t n;
};

struct line {
	const struct exch_pipe_words *w;
	const char *text;
	struct word word[WORDS];
	unsigned n, at; /* the next one to be read */
	struct exch_diag *d;
};

/* ---- words ---- */

static bool
is(struct word a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.p, s, a.n) == 0;
}

/* A complaint about the next word, or that there is none. */
static int
refuse(struct line *l, int code, const char *want)
{
	const struct word *a = l->at < l->n ? &l->word[l->at] : NULL;

	if (l->d->code != EXCH_OK)
		return code;
	if (a != NULL)
		(void)exch_diag_set(l->d, (enum exch_err)code, NULL,
		    EXCH_POS_LINE, 0, "expected %s, not \"%.*s\"", want,
		    (int)(a->n < 40 ? a->n : 40), a->p);
	else
		(void)exch_diag_set(l->d, (enum exch_err)code, NULL,
		    EXCH_POS_LINE, 0, "expected %s at the end of the line",
		    want);
	if (a != NULL)
		l->d->column = (uint64_t)(a->p - l->text) + 1;
	return code;
}

/* Words between blanks; an @ is a word, whatever stands beside it. */
static int
split(struct line *l, const char *s, size_t n)
{
	size_t i = 0;

	l->text = s;
	l->n = l->at = 0;
	if (n > 0 && s[n - 1] == '\r')
		n--;
	while (i < n) {
		size_t from = i;

		if (s[i] == ' ' || s[i] == '\t') {
			i++;
			continue;
		}
		if (s[i] == '#' && l->n == 0)
			return EXCH_OK;
		if (l->n == WORDS)
			return exch_diag_set(l->d, EXCH_ERR_LIMIT, NULL,
			    EXCH_POS_LINE, 0, "more than %u words in a line",
			    WORDS);
		if (s[i++] != '@')
			while (
			    i < n && s[i] != ' ' && s[i] != '\t' && s[i] != '@')
				i++;
		l->word[l->n++] = (struct word){s + from, i - from};
	}
	return EXCH_OK;
}

/* Takes the next word when it is this one. */
static bool
eat(struct line *l, const char *s)
{
	if (l->at >= l->n || !is(l->word[l->at], s))
		return false;
	l->at++;
	return true;
}

static int
at_end(struct line *l, const char *want)
{
	return l->at == l->n ? EXCH_OK : refuse(l, EXCH_ERR_FORMAT, want);
}

/* ---- values ---- */

static int
take_tag(struct line *l, uint64_t *tag)
{
	struct word a = l->at < l->n ? l->word[l->at] : (struct word){"", 0};

	if (exch_uint_parse(a.p, a.n, tag) != EXCH_OK || *tag == 0)
		return refuse(l, EXCH_ERR_FORMAT,
		    "a number of its own for the order, 1 or more");
	l->at++;
	return EXCH_OK;
}

static int
take_price(struct line *l, exch_px *v)
{
	struct word a = l->at < l->n ? l->word[l->at] : (struct word){"", 0};
	int err = exch_dec_parse(a.p, a.n, 9, v);

	if (err == EXCH_ERR_RANGE)
		return refuse(
		    l, EXCH_ERR_RANGE, "a price of at most nine decimals");
	if (err != EXCH_OK || *v == EXCH_PX_NONE)
		return refuse(l, EXCH_ERR_FORMAT, "a price");
	l->at++;
	return EXCH_OK;
}

/* In units of 10^-scale; zero is no quantity. */
static int
take_qty(struct line *l, int scale, exch_qty *v)
{
	struct word a = l->at < l->n ? l->word[l->at] : (struct word){"", 0};
	int64_t q = 0;
	int err = exch_dec_parse(a.p, a.n, scale, &q);

	if (err == EXCH_ERR_RANGE)
		return refuse(l, EXCH_ERR_RANGE,
		    scale == 0 ? "a whole quantity"
			       : "a quantity in the instrument's unit");
	if (err != EXCH_OK || q <= 0)
		return refuse(l, EXCH_ERR_FORMAT, "a quantity above 0");
	*v = (exch_qty)q;
	l->at++;
	return EXCH_OK;
}

/* "10ms", or digits: nanoseconds. */
static int
take_time(struct line *l, struct word a, uint64_t *ns)
{
	if (exch_uint_parse(a.p, a.n, ns) != EXCH_OK &&
	    exch_duration_parse(a.p, a.n, ns) != EXCH_OK)
		return refuse(l, EXCH_ERR_FORMAT,
		    "a time such as 50us or 10ms, or nanoseconds");
	if (*ns > TIME_MOST)
		return refuse(l, EXCH_ERR_RANGE, "a time within a year");
	l->at++;
	return EXCH_OK;
}

static const struct exch_pipe_name *
find(const struct exch_pipe_words *w, struct word a)
{
	for (unsigned i = 0; i < w->n; i++) {
		const struct exch_pipe_name *t = &w->name[i];

		if (t->len == a.n && memcmp(t->symbol, a.p, a.n) == 0)
			return t;
	}
	return NULL;
}

/*
 * A symbol, which may be left out where there is one instrument: then what
 * stands there is something else.  NULL: there is none, and that was said.
 */
static const struct exch_pipe_name *
take_symbol(struct line *l)
{
	const struct exch_pipe_name *t =
	    l->at < l->n ? find(l->w, l->word[l->at]) : NULL;

	if (t != NULL) {
		l->at++;
		return t;
	}
	if (l->w->n == 1 && (l->at == l->n || is(l->word[l->at], "@")))
		return &l->w->name[0];
	(void)refuse(l, EXCH_ERR_FORMAT, "the symbol of an instrument");
	return NULL;
}

/* ---- orders ---- */

static const struct {
	const char *word;
	uint8_t tif;   /* when it is one: + 1 */
	uint8_t flags; /* enum exch_ordflag */
} option[] = {{"day", EXCH_TIF_DAY + 1, 0}, {"gtc", EXCH_TIF_GTC + 1, 0},
    {"ioc", EXCH_TIF_IOC + 1, 0}, {"fok", EXCH_TIF_FOK + 1, 0},
    {"ato", EXCH_TIF_ATO + 1, 0}, {"atc", EXCH_TIF_ATC + 1, 0},
    {"gfa", EXCH_TIF_GFA + 1, 0}, {"post-only", 0, EXCH_ORD_POST_ONLY},
    {"slide", 0, EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE},
    {"hidden", 0, EXCH_ORD_HIDDEN}, {"aon", 0, EXCH_ORD_AON},
    {"imbalance-only", 0, EXCH_ORD_IMBALANCE}, {"sweep", 0, EXCH_ORD_SWEEP}};

#define OPTIONS                                                                \
	"ioc, fok, day, gtc, post-only, slide, hidden, aon, ato, atc, gfa, "   \
	"imbalance-only, sweep, show, stop, touched or as"

/* One that is a word; 0: it is none of them. */
static int
word_option(struct line *l, struct exch_agent_cmd *c, bool *has_tif)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(option); i++) {
		if (!is(l->word[l->at], option[i].word))
			continue;
		if (option[i].tif != 0) {
			if (*has_tif)
				return refuse(l, EXCH_ERR_FORMAT,
				    "one of ioc, fok, day, gtc, ato, atc and "
				    "gfa");
			*has_tif = true;
			c->tif = (uint8_t)(option[i].tif - 1);
		}
		c->ordflags |= option[i].flags;
		l->at++;
		return 1;
	}
	return 0;
}

/* A stop, or one if touched: of a limit or a market order. */
static int
take_stop(struct line *l, struct exch_agent_cmd *c, bool touched)
{
	bool market = c->price == EXCH_PX_NONE;

	if (c->stop != EXCH_PX_NONE)
		return refuse(l, EXCH_ERR_FORMAT, "one of stop and touched");
	c->ordtype = touched ? (market ? EXCH_ORD_MIT : EXCH_ORD_LIT)
			     : (market ? EXCH_ORD_STOP : EXCH_ORD_STOP_LIMIT);
	l->at++;
	return take_price(l, &c->stop);
}

static int
take_option(struct line *l, const struct exch_pipe_name *t,
    struct exch_agent_cmd *c, bool *has_tif)
{
	int got = word_option(l, c, has_tif);

	if (got != 0)
		return got < 0 ? got : EXCH_OK;
	if (is(l->word[l->at], "stop") || is(l->word[l->at], "touched"))
		return take_stop(l, c, is(l->word[l->at], "touched"));
	if (eat(l, "show"))
		return take_qty(l, t->scale, &c->display);
	if (eat(l, "as"))
		return take_tag(l, &c->tag);
	return refuse(l, EXCH_ERR_FORMAT, OPTIONS);
}

/*
 * buy QTY [SYMBOL] @ PRICE [OPTION ...] as TAG.  The symbol says what the
 * quantity before it is counted in.
 */
static int
new_order(struct line *l, struct exch_agent_cmd *c)
{
	const struct exch_pipe_name *t;
	unsigned qty = l->at, behind;
	bool has_tif = false;
	int err;

	if (l->at++ >= l->n)
		return refuse(l, EXCH_ERR_FORMAT, "a quantity");
	t = take_symbol(l);
	if (t == NULL)
		return EXCH_ERR_FORMAT;
	behind = l->at;
	l->at = qty;
	err = take_qty(l, t->scale, &c->qty);
	if (err != EXCH_OK)
		return err;
	l->at = behind;
	if (!eat(l, "@"))
		return refuse(l, EXCH_ERR_FORMAT, "@ and a price");
	c->what = EXCH_AGENT_NEW;
	c->instr = t->instr;
	c->ordtype = EXCH_ORD_LIMIT;
	if (eat(l, "market"))
		c->ordtype = EXCH_ORD_MARKET;
	else
		err = take_price(l, &c->price);
	while (err == EXCH_OK && l->at < l->n)
		err = take_option(l, t, c, &has_tif);
	if (err == EXCH_OK && c->tag == 0)
		err = refuse(l, EXCH_ERR_FORMAT,
		    "\"as\" and a number of its own for the order");
	return err;
}

/* replace TAG with QTY [SYMBOL] [@ PRICE] */
static int
replace(struct line *l, struct exch_agent_cmd *c)
{
	const struct exch_pipe_name *t = l->w->n > 0 ? &l->w->name[0] : NULL;
	int scale, err = take_tag(l, &c->tag);

	if (err != EXCH_OK)
		return err;
	if (!eat(l, "with"))
		return refuse(l, EXCH_ERR_FORMAT,
		    "\"with\" and the quantity that shall be open");
	if (l->at + 1 < l->n && find(l->w, l->word[l->at + 1]) != NULL) {
		t = find(l->w, l->word[l->at + 1]);
	} else if (l->w->mixed) {
		l->at++;
		return refuse(l, EXCH_ERR_FORMAT,
		    "the symbol: quantities have several units");
	}
	scale = t != NULL ? t->scale : 0;
	err = take_qty(l, scale, &c->qty);
	if (err == EXCH_OK && l->at < l->n && find(l->w, l->word[l->at]) == t)
		l->at++;
	c->what = EXCH_AGENT_REPLACE;
	if (err == EXCH_OK && eat(l, "@"))
		err = take_price(l, &c->price);
	return err != EXCH_OK ? err : at_end(l, "@ and a price");
}

/* cancel TAG, cancel all [SYMBOL] */
static int
cancel(struct line *l, struct exch_agent_cmd *c)
{
	const struct exch_pipe_name *t;
	int err = EXCH_OK;

	if (!eat(l, "all")) {
		c->what = EXCH_AGENT_CANCEL;
		err = take_tag(l, &c->tag);
		return err != EXCH_OK ? err : at_end(l, "nothing more");
	}
	c->what = EXCH_AGENT_CANCEL_ALL;
	if (l->at < l->n) {
		t = take_symbol(l);
		if (t == NULL)
			return EXCH_ERR_FORMAT;
		c->instr = t->instr;
	}
	return at_end(l, "nothing more");
}

/* wake +TIME (from now), wake TIME (since the beginning) */
static int
wake(struct line *l, exch_ts now, struct exch_agent_cmd *c)
{
	struct word a = l->at < l->n ? l->word[l->at] : (struct word){"", 0};
	bool from_now = a.n > 0 && *a.p == '+';
	uint64_t ns;
	int err;

	if (from_now) {
		a.p++;
		a.n--;
	}
	err = take_time(l, a, &ns);
	if (err != EXCH_OK)
		return err;
	c->what = EXCH_AGENT_WAKE;
	c->at = from_now ? now : l->w->begin;
	c->at = ns < EXCH_TS_NONE - c->at ? c->at + ns : EXCH_TS_NONE - 1;
	return at_end(l, "nothing more");
}

static int
think(struct line *l, uint64_t *busy)
{
	uint64_t ns;
	int err = take_time(
	    l, l->at < l->n ? l->word[l->at] : (struct word){"", 0}, &ns);

	if (err == EXCH_OK)
		err = at_end(l, "nothing more");
	if (err == EXCH_OK)
		*busy = *busy + ns < TIME_MOST ? *busy + ns : TIME_MOST;
	return err;
}

static const char *const verb[] = {"buy", "sell", "short", "short-exempt",
    "cancel", "replace", "wake", "busy", NULL};
enum { BUY, SELL, SHORT, EXEMPT, CANCEL, REPLACE, WAKE, BUSY };
#define VERBS                                                                  \
	"buy, sell, short, short-exempt, cancel, replace, wake, busy or a "    \
	"full stop"

static int
unknown(struct line *l)
{
	const char *near =
	    exch_nearest(l->word[0].p, l->word[0].n, verb, BUSY + 1);

	l->at = 0;
	return refuse(l, EXCH_ERR_FORMAT, near != NULL ? near : VERBS);
}

int
exch_pipe_command(const struct exch_pipe_words *w, exch_ts now,
    const char *line, size_t n, struct exch_agent_cmd *c, uint64_t *busy,
    struct exch_diag *d)
{
	static const uint8_t side[] = {
	    EXCH_BUY, EXCH_SELL, EXCH_SHORT, EXCH_SHORT_EXEMPT};
	struct line l = {.w = w, .d = d};
	int what = 0, err = split(&l, line, n);

	if (err != EXCH_OK || l.n == 0)
		return err;
	while (verb[what] != NULL && !is(l.word[0], verb[what]))
		what++;
	*c = (struct exch_agent_cmd){
	    .price = EXCH_PX_NONE, .stop = EXCH_PX_NONE};
	l.at = 1;
	switch (what) {
	case BUY:
	case SELL:
	case SHORT:
	case EXEMPT:
		c->side = side[what];
		err = new_order(&l, c);
		break;
	case CANCEL:
		err = cancel(&l, c);
		break;
	case REPLACE:
		err = replace(&l, c);
		break;
	case WAKE:
		err = wake(&l, now, c);
		break;
	case BUSY:
		return think(&l, busy);
	default:
		return unknown(&l);
	}
	return err == EXCH_OK ? 1 : err;
}
