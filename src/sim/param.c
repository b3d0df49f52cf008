/*
 * Parameters by name: reading, defaults, complaints.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/near.h"
#include "base/plural.h"
#include "base/time.h"
#include "sim/param.h"

/* The most names that a misspelt one is compared with. */
#define TABLE_MOST 64u
#define NUMBER_MOST 64u /* letters of one */
#define TIME_MOST (24 * 3600e9)

struct exch_params {
	const struct exch_param *table;
	unsigned n;
	struct exch_place of;
	struct exch_param_value value[];
};

static const double *
defaults(const struct exch_param *t)
{
	return t->defs != NULL ? t->defs : &t->def;
}

int
exch_params_new(const struct exch_param *table, unsigned n,
    const struct exch_place *of, struct exch_params **p)
{
	struct exch_params *q =
	    exch_calloc(1, sizeof(*q) + n * sizeof(q->value[0]));

	if (q == NULL)
		return EXCH_ERR_NOMEM;
	q->table = table;
	q->n = n;
	if (of != NULL)
		q->of = *of;
	for (unsigned i = 0; i < n; i++) {
		if (table[i].needed || table[i].kind == EXCH_PARAM_TEXT)
			continue;
		q->value[i].v = defaults(&table[i]);
		q->value[i].n = table[i].defs != NULL ? table[i].ndefs : 1;
	}
	*p = q;
	return EXCH_OK;
}

/* What was given is ours, defaults are the table's. */
static void
drop(struct exch_params *p, unsigned i)
{
	if (p->value[i].v != defaults(&p->table[i]))
		exch_free((void *)(uintptr_t)p->value[i].v);
	exch_free((void *)(uintptr_t)p->value[i].text);
}

void
exch_params_free(struct exch_params *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->n; i++)
		drop(p, i);
	exch_free(p);
}

static int
refuse(struct exch_diag *d, enum exch_err code, const struct exch_param *t,
    const char *value, size_t n, const char *what)
{
	return exch_diag_set(d, code, NULL, EXCH_POS_NONE, 0,
	    "%s: \"%.*s\" is not %s", t->name, (int)(n < 32 ? n : 32), value,
	    what);
}

/* Digits with a point: what they say without it, and how often to divide. */
static bool
digits(const char **p, const char *end, double *v, int *down)
{
	bool point = false;
	int n = 0;

	*v = 0;
	*down = 0;
	for (; *p < end; (*p)++) {
		if (**p == '.' && !point) {
			point = true;
			continue;
		}
		if ((unsigned char)(**p - '0') > 9)
			break;
		*v = *v * 10 + (**p - '0');
		*down += point;
		n++;
	}
	return n > 0;
}

/* "e-15"; nothing is 0. */
static bool
exponent(const char **p, const char *end, int *e)
{
	bool minus;

	*e = 0;
	if (*p == end)
		return true;
	if (**p != 'e' && **p != 'E')
		return false;
	(*p)++;
	minus = *p < end && **p == '-';
	*p += *p < end && (**p == '-' || **p == '+');
	if (*p == end)
		return false;
	for (; *p < end && (unsigned char)(**p - '0') <= 9 && *e < 1000; (*p)++)
		*e = *e * 10 + (**p - '0');
	*e = minus ? -*e : *e;
	return *p == end;
}

/*
 * A number as people write it.  Up to 15 digits and powers of ten to 22 it is
 * the nearest one; beyond that the last bits may be off, everywhere alike,
 * which the C library does not promise.
 */
static bool
number(const char *s, size_t n, double *v)
{
	const char *end = s + n;
	bool minus = n > 0 && *s == '-';
	double ten = 1;
	int down, e;

	s += n > 0 && (*s == '-' || *s == '+');
	if (n >= NUMBER_MOST || !digits(&s, end, v, &down) ||
	    !exponent(&s, end, &e))
		return false;
	e -= down;
	if (e > 300 || e < -300)
		return false;
	for (int i = e < 0 ? -e : e; i > 0; i--)
		ten *= 10;
	*v = e < 0 ? *v / ten : *v * ten;
	*v = minus ? -*v : *v;
	return *v <= 1e300 && *v >= -1e300;
}

const char *
exch_param_time(double ns, char text[EXCH_PARAM_TIME_ROOM])
{
	static const struct {
		uint64_t ns;
		const char *word;
	} units[] = {{3600 * EXCH_SEC, "h"}, {EXCH_SEC, "s"}, {1000000, "ms"},
	    {1000, "us"}};
	uint64_t n = (uint64_t)(ns < TIME_MOST ? ns : TIME_MOST);
	const char *word = n == 0 ? "s" : "ns";

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(units); i++) {
		if (n != 0 && n % units[i].ns == 0) {
			n /= units[i].ns;
			word = units[i].word;
			break;
		}
	}
	(void)snprintf(text, EXCH_PARAM_TIME_ROOM, "%llu%s",
	    (unsigned long long)n, word); /* has room */
	return text;
}

static int
set_time(const struct exch_param *t, const char *s, size_t n, double *v,
    struct exch_diag *d)
{
	char least[EXCH_PARAM_TIME_ROOM], most[EXCH_PARAM_TIME_ROOM];
	uint64_t ns = 0;

	if (!(n == 1 && s[0] == '0') && exch_duration_parse(s, n, &ns) != 0)
		return refuse(d, EXCH_ERR_FORMAT, t, s, n,
		    "a time such as 50us, 10ms or 2s");
	*v = (double)ns;
	if (*v < t->min || *v > t->max)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "%s: %.*s is not within %s and %s", t->name,
		    (int)(n < 32 ? n : 32), s, exch_param_time(t->min, least),
		    exch_param_time(t->max, most));
	return EXCH_OK;
}

static int
set_word(const struct exch_param *t, const char *s, size_t n, double *v,
    struct exch_diag *d)
{
	char list[256];
	size_t at = 0;

	for (unsigned i = 0; t->words[i] != NULL; i++) {
		size_t len = strlen(t->words[i]);

		if (len == n && memcmp(t->words[i], s, n) == 0) {
			*v = i;
			return EXCH_OK;
		}
		if (at + len + 8 < sizeof(list)) {
			memcpy(list + at, i == 0 ? "" : ", ", i == 0 ? 0 : 2);
			at += i == 0 ? 0 : 2;
			memcpy(list + at, t->words[i], len);
			at += len;
		}
	}
	list[at] = '\0';
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "%s: \"%.*s\" is none of %s", t->name, (int)(n < 32 ? n : 32), s,
	    list);
}

static int
set_number(const struct exch_param *t, const char *s, size_t n, double *v,
    struct exch_diag *d)
{
	if (!number(s, n, v))
		return refuse(d, EXCH_ERR_FORMAT, t, s, n, "a number");
	if (*v < t->min || *v > t->max)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "%s: %.*s is not within %.9g and %.9g", t->name,
		    (int)(n < 32 ? n : 32), s, t->min, t->max);
	return EXCH_OK;
}

/* One number, or several by commas, into v. */
static int
set_numbers(const struct exch_param *t, const char *s, size_t n, double *v,
    unsigned *got, struct exch_diag *d)
{
	unsigned most = t->most == 0 ? 1 : t->most;
	const char *comma;
	size_t len;
	int rc;

	for (*got = 0; *got < most; s += len + 1, n -= len + 1) {
		comma = memchr(s, ',', n);
		len = comma != NULL ? (size_t)(comma - s) : n;
		rc = t->kind == EXCH_PARAM_TIME ? set_time(t, s, len, v, d)
						: set_number(t, s, len, v, d);
		if (rc != EXCH_OK)
			return rc;
		(*got)++;
		v++;
		if (len == n)
			return EXCH_OK;
	}
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "%s has at most %u number%s", t->name, most, exch_plural(most));
}

static int
set_text(struct exch_param_value *to, const char *s, size_t n)
{
	char *text = exch_malloc(n + 1);

	if (text == NULL)
		return EXCH_ERR_NOMEM;
	memcpy(text, s, n);
	text[n] = '\0';
	to->text = text;
	to->given = true;
	return EXCH_OK;
}

static int
set_value(const struct exch_param *t, struct exch_param_value *to,
    const char *s, size_t n, struct exch_diag *d)
{
	double *v;
	unsigned got = 1;
	int rc;

	if (t->kind == EXCH_PARAM_TEXT)
		return set_text(to, s, n);
	v = exch_calloc(t->most == 0 ? 1 : t->most, sizeof(*v));
	if (v == NULL)
		return EXCH_ERR_NOMEM;
	rc = t->kind == EXCH_PARAM_WORD ? set_word(t, s, n, v, d)
					: set_numbers(t, s, n, v, &got, d);
	if (rc != EXCH_OK) {
		exch_free(v);
		return rc;
	}
	*to = (struct exch_param_value){.v = v, .n = got, .given = true};
	return EXCH_OK;
}

/* The table's name that is alike. */
static const char *
alike(const struct exch_params *p, const char *name, size_t n)
{
	const char *words[TABLE_MOST];
	unsigned k = p->n < TABLE_MOST ? p->n : TABLE_MOST;

	for (unsigned i = 0; i < k; i++)
		words[i] = p->table[i].name;
	return exch_nearest(name, n, words, k);
}

static bool
is_named(const struct exch_param *t, const struct exch_param_said *said)
{
	return strlen(t->name) == said->nname &&
	       memcmp(t->name, said->name, said->nname) == 0;
}

int
exch_params_set(struct exch_params *p, const struct exch_param_said *said,
    const char **near, struct exch_diag *d)
{
	unsigned i = 0;
	int rc;

	*near = NULL;
	while (i < p->n && !is_named(&p->table[i], said))
		i++;
	if (i == p->n) {
		*near = alike(p, said->name, said->nname);
		return EXCH_ERR_ABSENT;
	}
	if (p->value[i].given)
		return exch_diag_set(d, EXCH_ERR_EXISTS, NULL, EXCH_POS_NONE, 0,
		    "%s was given before", p->table[i].name);
	rc =
	    set_value(&p->table[i], &p->value[i], said->value, said->nvalue, d);
	if (rc == EXCH_OK)
		p->value[i].at = said->at;
	return rc;
}

const char *
exch_params_missing(const struct exch_params *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (p->table[i].needed && !p->value[i].given)
			return p->table[i].name;
	}
	return NULL;
}

const struct exch_param_value *
exch_params_get(const struct exch_params *p, unsigned i)
{
	return &p->value[i];
}

double
exch_params_number(const struct exch_params *p, unsigned i)
{
	return p->value[i].v[0];
}

const struct exch_place *
exch_params_place(const struct exch_params *p, unsigned i)
{
	return p->value[i].given ? &p->value[i].at : &p->of;
}

int
exch_params_refuse(const struct exch_params *p, unsigned i, struct exch_diag *d,
    const char *fmt, ...)
{
	char text[sizeof(d->text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut when longer */
	va_end(ap);
	return exch_place_fail(
	    d, EXCH_ERR_RANGE, exch_params_place(p, i), "%s", text);
}
