/*
 * A program's answer to hello, which says what it wants to be told and when
 * it wants to be asked:
 *
 *	ready protocol=1 name=maker sub=bbo,trades wake=own,timer
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "sim/pipe.h"

#define LEVELS_MOST 255u
#define LEVELS_USUAL 10u

struct part {
	const char *p;
	size_t n;
};

/* The next part up to `end`, which is left out; false: there is none. */
static bool
next(struct part *rest, char end, struct part *part)
{
	const char *to;

	while (end == ' ' && rest->n > 0 && *rest->p == ' ') {
		rest->p++;
		rest->n--;
	}
	if (rest->n == 0)
		return false;
	to = memchr(rest->p, end, rest->n);
	*part = (struct part){
	    rest->p, to != NULL ? (size_t)(to - rest->p) : rest->n};
	rest->p += part->n + (to != NULL);
	rest->n -= part->n + (to != NULL);
	return true;
}

static bool
is(struct part a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.p, s, a.n) == 0;
}

static int
refuse(struct exch_diag *d, struct part a, const char *want)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_LINE, 0,
	    "expected %s, not \"%.*s\"", want, (int)(a.n < 40 ? a.n : 40), a.p);
}

/* ---- sub ---- */

/* l2 or l2:LEVELS */
static bool
levels(struct part a, uint8_t *n)
{
	uint64_t v = LEVELS_USUAL;

	if (a.n < 2 || memcmp(a.p, "l2", 2) != 0)
		return false;
	if (a.n > 2 &&
	    (a.p[2] != ':' || exch_uint_parse(a.p + 3, a.n - 3, &v) != 0))
		return false;
	*n = (uint8_t)v;
	return v > 1 && v <= LEVELS_MOST;
}

static int
sub(struct part list, struct exch_agent_wants *w, struct exch_diag *d)
{
	struct part a;
	uint8_t n = 0;

	*w = (struct exch_agent_wants){0};
	while (next(&list, ',', &a)) {
		if (is(a, "bbo") || levels(a, &n)) {
			if (w->levels != 0)
				return exch_diag_set(d, EXCH_ERR_FORMAT, NULL,
				    EXCH_POS_LINE, 0,
				    "sub has one of bbo and l2, which has the "
				    "best prices, too");
			w->levels = is(a, "bbo") ? 1 : n;
		} else if (is(a, "trades")) {
			w->trades = true;
		} else if (is(a, "l3")) {
			w->orders = true;
		} else if (!is(a, "none")) {
			return refuse(d, a,
			    "bbo, l2, l2:2 to l2:255, l3, trades or none "
			    "behind "
			    "sub=");
		}
	}
	return EXCH_OK;
}

/* ---- wake ---- */

#define BOOK EXCH_WAKES(EXCH_TOLD_LEVEL)
#define ORDERS (EXCH_WAKES(EXCH_TOLD_ADD) | EXCH_WAKES(EXCH_TOLD_LEFT))
#define TIMER EXCH_WAKES(EXCH_TOLD_TIMER)
/* What the market's rules do. */
#define PHASE (EXCH_WAKES(EXCH_TOLD_PHASE) | EXCH_WAKES(EXCH_TOLD_INSTRUMENT))
#define ALL                                                                    \
	(EXCH_WAKES(EXCH_TOLD_TOP) | BOOK | EXCH_WAKES(EXCH_TOLD_TRADE) |      \
	    ORDERS | PHASE | EXCH_WAKES_OWN | TIMER)

/* What it is not told cannot wake it, and that would be found out late. */
static int
not_told(struct exch_diag *d, const char *wake, const char *missing)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_LINE, 0,
	    "wake=%s needs sub=%s", wake, missing);
}

static int
add_wake(struct part a, struct exch_agent_wants *w, struct exch_diag *d)
{
	if (is(a, "all"))
		w->wakes |= ALL;
	else if (is(a, "own"))
		w->wakes |= EXCH_WAKES_OWN;
	else if (is(a, "phase"))
		w->wakes |= PHASE;
	else if (is(a, "bbo"))
		w->wakes |= EXCH_WAKES(EXCH_TOLD_TOP);
	else if (is(a, "l2"))
		w->wakes |= BOOK;
	else if (is(a, "l3"))
		w->wakes |= ORDERS;
	else if (is(a, "trades"))
		w->wakes |= EXCH_WAKES(EXCH_TOLD_TRADE);
	else if (!is(a, "timer"))
		return refuse(d, a,
		    "all, bbo, l2, l3, trades, own, phase or timer behind "
		    "wake=");
	if (is(a, "bbo") && w->levels != 1)
		return not_told(d, "bbo", "bbo");
	if (is(a, "l2") && w->levels < 2)
		return not_told(d, "l2", "l2");
	if (is(a, "l3") && !w->orders)
		return not_told(d, "l3", "l3");
	if (is(a, "trades") && !w->trades)
		return not_told(d, "trades", "trades");
	return EXCH_OK;
}

/* A wake that it asks for always wakes it. */
static int
wake(struct part list, struct exch_agent_wants *w, struct exch_diag *d)
{
	struct part a;
	int err = EXCH_OK;

	w->wakes = TIMER;
	while (err == EXCH_OK && next(&list, ',', &a))
		err = add_wake(a, w, d);
	return err;
}

/* ---- ready ---- */

static int
protocol(struct part v, struct exch_diag *d)
{
	uint64_t n;

	if (exch_uint_parse(v.p, v.n, &n) != EXCH_OK || n == 0)
		return refuse(d, v, "protocol=1");
	if (n != EXCH_PIPE_PROTOCOL)
		return exch_diag_set(d, EXCH_ERR_VERSION, NULL, EXCH_POS_LINE,
		    0,
		    "it speaks version %.*s of the protocol, and this is "
		    "version %u of exch-agent(7): a newer program needs a "
		    "newer simulator",
		    (int)(v.n < 10 ? v.n : 10), v.p, EXCH_PIPE_PROTOCOL);
	return EXCH_OK;
}

/* In whatever order they stand: the values of the keys. */
struct said {
	struct part protocol, sub, wake;
	struct part strange; /* a later version may know what it is */
};

static void
take(struct part word, struct said *s)
{
	struct part key = {"", 0}, value = word;

	if (!next(&value, '=', &key) || key.n == word.n)
		key.n = 0;
	if (is(key, "protocol"))
		s->protocol = value;
	else if (is(key, "sub"))
		s->sub = value;
	else if (is(key, "wake"))
		s->wake = value;
	else if (!is(key, "name"))
		s->strange = word;
}

int
exch_pipe_ready(const char *line, size_t n, struct exch_agent_wants *wants,
    struct exch_diag *d)
{
	struct part rest = {line, n > 0 && line[n - 1] == '\r' ? n - 1 : n};
	struct said s = {{NULL, 0}, {"bbo", 3}, {"all", 3}, {NULL, 0}};
	struct part word;
	int err = EXCH_OK;

	if (!next(&rest, ' ', &word) || word.p[0] == '#')
		return 0;
	if (!is(word, "ready"))
		return refuse(d, word, "\"ready protocol=1 ...\"");
	while (next(&rest, ' ', &word))
		take(word, &s);
	if (s.protocol.p == NULL)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_LINE, 0,
		    "expected protocol=1 behind \"ready\"");
	if (err == EXCH_OK)
		err = protocol(s.protocol, d);
	if (err == EXCH_OK && s.strange.p != NULL)
		err = refuse(d, s.strange, "protocol=, name=, sub= or wake=");
	if (err == EXCH_OK)
		err = sub(s.sub, wants, d);
	if (err == EXCH_OK)
		err = wake(s.wake, wants, d);
	return err == EXCH_OK ? 1 : err;
}
