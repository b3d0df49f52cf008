/* Rules of exch-report notify (notify.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/notify.h"

const char *const exch_notify_states[] = {"accepted", "partly", "filled",
    "cancelled", "replaced", "rejected", "triggered", NULL};

/* Words of a line, with blanks between them. */
#define WORDS 8u
struct word {
	const char *p;
	size_t n;
};

struct line {
	const char *name, *begin;
	uint64_t number;
	struct word word[WORDS];
	unsigned n;
};

static int
refuse(
    const struct line *l, const char *at, const char *what, struct exch_diag *d)
{
	size_t n = strcspn(at, " \t\r\n");

	return exch_diag_set(d, EXCH_ERR_FORMAT, l->name, EXCH_POS_LINE,
	    l->number, "column %zu: '%.*s': expected %s",
	    (size_t)(at - l->begin) + 1, (int)(n < 40 ? n : 40), at, what);
}

static bool
is(const struct word *w, const char *s)
{
	return w->n == strlen(s) && memcmp(w->p, s, w->n) == 0;
}

/* Where the next word would stand. */
static const char *
behind(const struct line *l)
{
	return l->n == 0 ? l->begin : l->word[l->n - 1].p + l->word[l->n - 1].n;
}

static int
take_name(const struct line *l, unsigned at, struct exch_notify_rule *r,
    const char *what, struct exch_diag *d)
{
	const struct word *w = &l->word[at];

	if (at >= l->n)
		return refuse(l, behind(l), what, d);
	if (w->n >= sizeof(r->name))
		return refuse(l, w->p, "a name of at most 63 bytes", d);
	if (is(w, "*"))
		return refuse(l, w->p, what, d);
	memcpy(r->name, w->p, w->n);
	return EXCH_OK;
}

static int
take_number(const struct line *l, unsigned at, int scale, int64_t *out,
    struct exch_diag *d)
{
	const struct word *w = &l->word[at];
	bool percent;

	if (at >= l->n)
		return refuse(l, behind(l), "a number", d);
	percent = w->p[w->n - 1] == '%';
	if (exch_dec_parse(
		w->p, w->n - percent, percent ? scale - 2 : scale, out) != 0)
		return refuse(l, w->p, "a number such as 10.50", d);
	return EXCH_OK;
}

static int
no_more(const struct line *l, unsigned at, struct exch_diag *d)
{
	return at >= l->n ? EXCH_OK
			  : refuse(l, l->word[at].p, "the end of the line", d);
}

static int
take_rearm(const struct line *l, unsigned at, int scale,
    struct exch_notify_rule *r, struct exch_diag *d)
{
	int rc;

	if (at >= l->n)
		return EXCH_OK;
	if (!is(&l->word[at], "rearm"))
		return refuse(
		    l, l->word[at].p, "rearm, or the end of the line", d);
	rc = take_number(l, at + 1, scale, &r->rearm, d);
	if (rc == EXCH_OK && r->rearm < 0)
		rc = refuse(l, l->word[at + 1].p, "a number not below 0", d);
	return rc == EXCH_OK ? no_more(l, at + 2, d) : rc;
}

/* price ABC above 10.50 [rearm 0.10]; value ANN below 1000 [rearm 50] */
static int
crossing(const struct line *l, struct exch_notify_rule *r, int scale,
    const char *what, struct exch_diag *d)
{
	int rc = take_name(l, 1, r, what, d);

	if (rc != EXCH_OK)
		return rc;
	if (l->n < 3 ||
	    (!is(&l->word[2], "above") && !is(&l->word[2], "below")))
		return refuse(l, l->n < 3 ? behind(l) : l->word[2].p,
		    "above or below", d);
	r->below = is(&l->word[2], "below");
	if (l->n > 3 && l->word[3].p[l->word[3].n - 1] == '%')
		return refuse(l, l->word[3].p, "a number such as 10.50", d);
	rc = take_number(l, 3, scale, &r->limit, d);
	return rc == EXCH_OK ? take_rearm(l, 4, scale, r, d) : rc;
}

static int
moving(const struct line *l, struct exch_notify_rule *r, struct exch_diag *d)
{
	int rc = take_name(l, 1, r, "one symbol", d);

	if (rc == EXCH_OK)
		rc = take_number(l, 2, 9, &r->limit, d);
	if (rc == EXCH_OK && (r->limit <= 0 || r->limit > 1000000000000))
		rc = refuse(l, l->word[2].p, "a part above 0, such as 2%", d);
	return rc == EXCH_OK ? no_more(l, 3, d) : rc;
}

static int
take_states(const struct line *l, const struct word *w,
    struct exch_notify_rule *r, struct exch_diag *d)
{
	const char *p = w->p, *end = w->p + w->n;

	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct word one = {
		    p, (size_t)((comma != NULL ? comma : end) - p)};
		unsigned i = 0;

		while (exch_notify_states[i] != NULL &&
		       !is(&one, exch_notify_states[i]))
			i++;
		if (exch_notify_states[i] == NULL)
			return refuse(l, p,
			    "accepted, partly, filled, cancelled, replaced, "
			    "rejected or triggered",
			    d);
		r->states |= 1u << i;
		p += one.n + 1;
	}
	return EXCH_OK;
}

/* order [ANN [filled,rejected]]; * is all accounts */
static int
ordering(const struct line *l, struct exch_notify_rule *r, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (l->n > 1 && !is(&l->word[1], "*"))
		rc = take_name(l, 1, r, "an account", d);
	if (rc == EXCH_OK && l->n > 2)
		rc = take_states(l, &l->word[2], r, d);
	else
		r->states = EXCH_NOTIFY_ALL;
	return rc == EXCH_OK ? no_more(l, 3, d) : rc;
}

static int
one_name(const struct line *l, struct exch_notify_rule *r, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (l->n > 1 && !is(&l->word[1], "*"))
		rc = take_name(l, 1, r, "a name", d);
	return rc == EXCH_OK ? no_more(l, 2, d) : rc;
}

static int
take_rule(const struct line *l, struct exch_notify_rule *r, struct exch_diag *d)
{
	static const struct {
		const char *word;
		enum exch_notify_kind kind;
	} kinds[] = {{"order", EXCH_NOTIFY_ORDER}, {"price", EXCH_NOTIFY_PRICE},
	    {"move", EXCH_NOTIFY_MOVE}, {"value", EXCH_NOTIFY_VALUE},
	    {"halt", EXCH_NOTIFY_HALT}, {"reject", EXCH_NOTIFY_REJECT},
	    {"risk", EXCH_NOTIFY_RISK}};
	unsigned i = 0;

	while (i < EXCH_ARRAY_LEN(kinds) && !is(&l->word[0], kinds[i].word))
		i++;
	if (i == EXCH_ARRAY_LEN(kinds))
		return refuse(l, l->word[0].p,
		    "order, price, move, value, halt, reject or risk", d);
	r->kind = kinds[i].kind;
	r->line = l->number;
	switch (r->kind) {
	case EXCH_NOTIFY_ORDER:
		return ordering(l, r, d);
	case EXCH_NOTIFY_PRICE:
		return crossing(l, r, 9, "one symbol", d);
	case EXCH_NOTIFY_MOVE:
		return moving(l, r, d);
	case EXCH_NOTIFY_VALUE:
		return crossing(l, r, 6, "one account", d);
	default:
		return one_name(l, r, d);
	}
}

/* Up to the end of the line, or what stands behind a number sign. */
static int
split(struct line *l, const char *end, struct exch_diag *d)
{
	const char *p = l->begin;

	l->n = 0;
	while (p < end) {
		const char *w;

		while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		if (p == end || *p == '#')
			break;
		w = p;
		while (p < end && *p != ' ' && *p != '\t' && *p != '\r')
			p++;
		if (memchr(w, '\0', (size_t)(p - w)) != NULL)
			return refuse(l, memchr(w, '\0', (size_t)(p - w)),
			    "text, and no byte of 0", d);
		if (l->n == WORDS)
			return refuse(l, w, "the end of the line", d);
		l->word[l->n++] = (struct word){w, (size_t)(p - w)};
	}
	return EXCH_OK;
}

int
exch_notify_parse(struct exch_notify_rules *x, const char *text, size_t n,
    const char *name, struct exch_diag *d)
{
	struct line l = {.name = name, .begin = text};
	const char *end = text + n;

	while (l.begin < end) {
		const char *nl = memchr(l.begin, '\n', (size_t)(end - l.begin));
		const char *stop = nl != NULL ? nl : end;
		struct exch_notify_rule r = {0};
		int rc;

		l.number++;
		rc = split(&l, stop, d);
		if (rc == EXCH_OK && l.n > 0)
			rc = take_rule(&l, &r, d);
		if (rc != EXCH_OK)
			return rc;
		if (l.n > 0) {
			if (!exch_room(&x->rule, x->n, &x->cap, sizeof(r)) ||
			    exch_keyed_init(&r.held, 32) != EXCH_OK)
				return exch_report_nomem(d);
			x->rule[x->n++] = r;
		}
		l.begin = stop + 1;
	}
	if (x->n > 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "there is no rule in it, such as: price ABC above 10.50");
}

void
exch_notify_clear(struct exch_notify_rules *x)
{
	for (size_t i = 0; i < x->n; i++)
		exch_keyed_clear(&x->rule[i].held);
	exch_free(x->rule);
	*x = (struct exch_notify_rules){0};
}

bool
exch_notify_crossed(struct exch_notify_rule *r, int64_t at)
{
	bool beyond = r->below ? at <= r->limit : at >= r->limit;
	exch_i128 back =
	    r->below ? (exch_i128)at - r->limit : (exch_i128)r->limit - at;
	bool crossed = r->known && r->armed && beyond;

	if (beyond)
		r->armed = false;
	else if (!r->known || back >= r->rearm)
		r->armed = true;
	r->known = true;
	return crossed;
}
