/*
 * Words of a scenario into values.  The format is for people, and so are
 * the refusals: each says what was expected, what stands there instead,
 * and which known word is near.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dec.h"
#include "base/near.h"
#include "base/px32.h"
#include "feed/scenario.h"
#include "rec/schema.h"

/* Bytes of a sentence, with its end. */
#define TEXT_MOST 256

/* ---- complaints ---- */

struct exch_place
exch_scn_place(const struct scn *s, const struct scn_word *w)
{
	return (struct exch_place){.file = exch_in_name(s->in),
	    .line = s->line,
	    .column = w != NULL ? w->column : s->end_column,
	    .given = w != NULL ? w->given : NULL};
}

int
exch_scn_fail(struct scn *s, const struct scn_word *w, enum exch_err code,
    const char *fmt, ...)
{
	struct exch_place at = exch_scn_place(s, w);
	char text[TEXT_MOST];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return exch_place_fail(s->d, code, &at, "%s", text);
}

/* How much of a word a message shows. */
static int
cut(const struct scn_word *w)
{
	return w->n < 32 ? (int)w->n : 32;
}

int
exch_scn_expected(struct scn *s, const char *what)
{
	if (s->at >= s->nwords)
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "expected %s, but the line ends here", what);
	return exch_scn_fail(s, &s->word[s->at], EXCH_ERR_FORMAT,
	    "expected %s, found \"%.*s\"", what, cut(&s->word[s->at]),
	    s->word[s->at].p);
}

int
exch_scn_nomem(struct scn *s)
{
	return exch_scn_fail(s, NULL, EXCH_ERR_NOMEM, "out of memory");
}

/* ---- words ---- */

const struct scn_word *
exch_scn_next(struct scn *s)
{
	return s->at < s->nwords ? &s->word[s->at++] : NULL;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
exch_scn_is(const struct scn_word *w, const char *word)
{
	size_t i = 0;

	while (i < w->n && word[i] != '\0' && lower(w->p[i]) == word[i])
		i++;
	return i == w->n && word[i] == '\0';
}

bool
exch_scn_accept(struct scn *s, const char *word)
{
	if (s->at >= s->nwords || !exch_scn_is(&s->word[s->at], word))
		return false;
	s->at++;
	return true;
}

int
exch_scn_end(struct scn *s)
{
	return s->at < s->nwords ? exch_scn_expected(s, "the end of the line")
				 : 0;
}

const char *
exch_scn_nearest(const struct scn_word *w, const char *const *words, unsigned n)
{
	return exch_nearest(w->p, w->n, words, n);
}

/* "one, two, ..." in `room` bytes: a sentence ends with a whole word. */
static void
put_list(const struct exch_word *words, char *list, size_t room)
{
	size_t n = 0;
	bool fits = true;

	list[0] = '\0';
	for (unsigned i = 0; fits && words[i].word != NULL; i++) {
		bool last = words[i + 1].word == NULL;

		fits = n + strlen(words[i].word) + 2 +
			   (last ? 1 : sizeof(", ...")) <=
		       room;
		n += (size_t)snprintf(list + n, room - n, "%s%s",
		    i == 0 ? "" : ", ", fits ? words[i].word : "...");
	}
}

int
exch_scn_code(struct scn *s, const struct exch_word *words, const char *what,
    uint8_t *code)
{
	char list[TEXT_MOST];
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;

	for (unsigned i = 0; w != NULL && words[i].word != NULL; i++) {
		if (exch_scn_is(w, words[i].word)) {
			*code = (uint8_t)words[i].code;
			s->at++;
			return 0;
		}
	}
	if (w == NULL) {
		put_list(words, list, sizeof(list) - strlen(what) - 40);
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "expected %s (%s), but the line ends here", what, list);
	}
	put_list(
	    words, list, sizeof(list) - strlen(what) - 14 - (size_t)cut(w));
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT, "\"%.*s\" is not %s (%s)",
	    cut(w), w->p, what, list);
}

/* ---- numbers ---- */

/*
 * Copy a number without the signs that group its digits: 1_000 anywhere
 * between digits, 1,000 only where every group has three.
 */
static bool
ungroup(const struct scn_word *w, char *out, size_t room, size_t *n)
{
	size_t k = 0, since = 0;
	bool groups = false, frac = false;

	for (size_t i = 0; i < w->n; i++) {
		char c = w->p[i];
		bool between = i > 0 && i + 1 < w->n &&
			       (unsigned char)(w->p[i - 1] - '0') <= 9 &&
			       (unsigned char)(w->p[i + 1] - '0') <= 9;

		if (c == '_' && between)
			continue;
		if (c == ',' && between && !frac) {
			if (groups ? since != 3 : since > 3)
				return false;
			groups = true;
			since = 0;
			continue;
		}
		if (c == '.') {
			if (groups && since != 3)
				return false;
			frac = true;
		}
		since++;
		if (k == room)
			return false;
		out[k++] = c;
	}
	*n = k;
	return frac || !groups || since == 3;
}

static int
decimal(struct scn *s, const char *what, int scale, int64_t *v)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	char text[48];
	size_t n;
	int rc;

	if (w == NULL ||
	    (unsigned char)(w->p[w->n > 1 && w->p[0] == '-'] - '0') > 9)
		return exch_scn_expected(s, what);
	if (!ungroup(w, text, sizeof(text), &n))
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\": digits are grouped as in 1,000 or 1_000", cut(w),
		    w->p);
	rc = exch_dec_parse(text, n, scale, v);
	if (rc == EXCH_ERR_RANGE && scale == 0)
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "\"%.*s\" is not a whole number, or too large", cut(w),
		    w->p);
	if (rc == EXCH_ERR_RANGE || (rc == 0 && *v == INT64_MAX))
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "\"%.*s\" has more than %d decimals or is too large",
		    cut(w), w->p, scale);
	if (rc != 0)
		return exch_scn_expected(s, what);
	s->at++;
	return 0;
}

int
exch_scn_number(struct scn *s, const char *what, exch_px *v)
{
	return decimal(s, what, 9, v);
}

int
exch_scn_price(struct scn *s, bool in32, exch_px *px)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	exch_px v = 0;
	int rc = w != NULL ? exch_px32_parse(w->p, w->n, &v) : EXCH_ERR_FORMAT;

	/* Not of that shape: a decimal, which always will do. */
	if (rc == EXCH_ERR_FORMAT)
		return decimal(s,
		    in32 ? "a price such as 99-16+ or 99.5"
			 : "a price such as 10.01",
		    9, px);
	if (!in32)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" is in 32nds, and the prices of this instrument "
		    "are not: announce it with \"price 32nds\"",
		    cut(w), w->p);
	if (rc != 0)
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "\"%.*s\": 32nds go from 00 to 31, and what may follow is "
		    "+ or one of 1, 2, 3, 5, 6, 7, 8",
		    cut(w), w->p);
	*px = v;
	s->at++;
	return 0;
}

int
exch_scn_qty(struct scn *s, int exponent, exch_qty *q)
{
	int64_t v = 0;
	int rc;

	if (s->at < s->nwords && s->word[s->at].p[0] == '-')
		return exch_scn_expected(s, "a quantity such as 100");
	rc = decimal(s, "a quantity such as 100", -exponent, &v);
	if (rc == 0)
		*q = (exch_qty)v;
	return rc;
}

int
exch_scn_whole(struct scn *s, const char *what, uint64_t max, uint64_t *v)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (w == NULL || exch_uint_parse(w->p, w->n, v) != 0)
		return exch_scn_expected(s, what);
	if (*v > max)
		return exch_scn_fail(s, w, EXCH_ERR_RANGE,
		    "\"%.*s\" is too large, the most is %llu", cut(w), w->p,
		    (unsigned long long)max);
	s->at++;
	return 0;
}

int
exch_scn_name(struct scn *s, const char *what, const struct scn_word **w)
{
	const struct scn_word *c = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (c == NULL || (unsigned char)(c->p[0] - '0') <= 9 ||
	    c->p[0] == '@' || c->p[0] == '+' || c->p[0] == '-')
		return exch_scn_expected(s, what);
	if (c->n > EXCH_TEXT_NAME)
		return exch_scn_fail(s, c, EXCH_ERR_RANGE,
		    "a name has at most %u bytes", EXCH_TEXT_NAME);
	s->at++;
	*w = c;
	return 0;
}

/* ---- time ---- */

/* "+10ms", "-0.5s": how far from the line before.  1 when it is not one. */
static int
relative(const struct scn_word *w, int64_t *ns)
{
	static const struct {
		const char *unit;
		int64_t ns;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000},
	    {"s", 1000000000}, {"m", 60000000000}, {"min", 60000000000},
	    {"h", 3600000000000}};
	size_t n = 1;
	int64_t v;

	while (
	    n < w->n && ((unsigned char)(w->p[n] - '0') <= 9 || w->p[n] == '.'))
		n++;
	/* At most 999,999.999999999 of a unit. */
	if (exch_dec_parse(w->p + 1, n - 1, 9, &v) != 0 ||
	    v >= 1000000 * EXCH_PX_ONE)
		return 1;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(units); i++) {
		struct scn_word unit = {w->p + n, w->n - n, 0, NULL};
		exch_i128 x = (exch_i128)v * units[i].ns;

		if (!exch_scn_is(&unit, units[i].unit))
			continue;
		if (x % EXCH_PX_ONE != 0)
			return 1;
		*ns = (int64_t)(x / EXCH_PX_ONE);
		if (w->p[0] == '-')
			*ns = -*ns;
		return 0;
	}
	return 1;
}

static int
from_before(struct scn *s, const struct scn_word *w)
{
	int64_t ns;

	if (!s->timed)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" counts from the line before, but no line had a "
		    "time yet",
		    cut(w), w->p);
	if (relative(w, &ns) != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" is not a step such as +10ms (ns, us, ms, s, m, "
		    "h)",
		    cut(w), w->p);
	if (ns < 0 ? s->now < (uint64_t)-ns
		   : (uint64_t)ns >= EXCH_TS_NONE - s->now)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\" leads out of the years 1970 to 2553", cut(w),
		    w->p);
	s->now += (uint64_t)ns;
	return 0;
}

int
exch_scn_time(struct scn *s)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	const char *need = NULL;
	exch_ts t;
	int rc;

	if (w == NULL)
		return 1;
	if (w->n > 1 && (w->p[0] == '+' || w->p[0] == '-')) {
		s->at++;
		return from_before(s, w);
	}
	if ((unsigned char)(w->p[0] - '0') > 9)
		return 1;
	rc = exch_when_parse(&s->when, w->p, w->n, &t, &need);
	if (rc != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "expected a time such as 09:30 or 09:30:00.250, found "
		    "\"%.*s\"",
		    cut(w), w->p);
	if (s->timed && t < s->now)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "%.*s is earlier than the line before: put the lines in "
		    "order, or name the next day with a line \"date "
		    "YYYY-MM-DD\"",
		    cut(w), w->p);
	s->at++;
	s->now = t;
	s->timed = true;
	return 0;
}
