/* Values of the Consolidated Audit Trail: put into a line, and checked. */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "report/cat.h"
#include "report/fmt.h"

/* ---- putting an event together ---- */

void
exch_cat_begin(struct exch_cat_line *l)
{
	memset(l->v, 0, sizeof(l->v));
	l->used = 0;
	l->bad = false;
}

void
exch_cat_put(struct exch_cat_line *l, unsigned id, const char *p, size_t n)
{
	l->v[id] = (struct exch_cat_value){0};
	exch_cat_more(l, id, '\0', p, n);
}

void
exch_cat_more(
    struct exch_cat_line *l, unsigned id, char between, const char *p, size_t n)
{
	struct exch_cat_value *v = &l->v[id];
	char *to = l->text + l->used;
	size_t head = v->n;

	if (sizeof(l->text) - l->used < head + 1 + n ||
	    head + 1 + n > EXCH_CAT_LINE) {
		l->bad = true;
		return;
	}
	/* what was put last can grow where it is; the rest moves */
	if (head > 0 && v->p + head == to) {
		to = l->text + l->used - head;
	} else if (head > 0) {
		memcpy(to, v->p, head);
	}
	v->p = to;
	if (head > 0 && between != '\0')
		to[head++] = between;
	if (n > 0)
		memcpy(to + head, p, n);
	v->n = (uint16_t)(head + n);
	l->used = (size_t)(to - l->text) + v->n;
}

void
exch_cat_word(struct exch_cat_line *l, unsigned id, const char *word)
{
	exch_cat_put(l, id, word, strlen(word));
}

void
exch_cat_flag(struct exch_cat_line *l, unsigned id, bool yes)
{
	exch_cat_word(l, id, yes ? "true" : "false");
}

void
exch_cat_u64(struct exch_cat_line *l, unsigned id, uint64_t v)
{
	char num[24];

	exch_cat_put(l, id, num, (size_t)(exch_uint_put(num, v) - num));
}

/* Numeric(10,8). */
void
exch_cat_px(struct exch_cat_line *l, unsigned id, exch_px v)
{
	char num[48];

	if (v < 0 || v % 10 != 0)
		l->bad = true;
	exch_cat_put(l, id, num, (size_t)(exch_dec_put(num, v, 9, 0) - num));
}

/* Numeric(12,6). */
void
exch_cat_qty(struct exch_cat_line *l, unsigned id, exch_qty v, unsigned scale)
{
	char num[48];
	uint64_t finest = scale > 6 ? exch_pow10[scale - 6] : 1;

	if (v % finest != 0 || v / exch_pow10[scale] >= exch_pow10[12])
		l->bad = true;
	exch_cat_put(l, id, num,
	    (size_t)(exch_dec128_put(num, (exch_i128)v, (int)scale, 0) - num));
}

/* Nanoseconds of the local clock since 1970. */
static uint64_t
local(const struct exch_tz *tz, exch_ts t)
{
	int64_t off = (int64_t)exch_tz_offset(tz, t) * (int64_t)EXCH_SEC;

	/* no clock stood there before 1970 */
	if (off < 0 && t < (uint64_t)-off)
		return 0;
	return t + (uint64_t)off;
}

uint32_t
exch_cat_date(const struct exch_tz *tz, exch_ts t, uint64_t *tod)
{
	uint64_t ns = local(tz, t);

	*tod = ns % (86400 * EXCH_SEC);
	return exch_days_date((int64_t)(ns / (86400 * EXCH_SEC)));
}

char *
exch_cat_stamp(char *p, const struct exch_tz *tz, exch_ts t)
{
	uint64_t tod;
	uint32_t date = exch_cat_date(tz, t, &tod);
	uint32_t s = (uint32_t)(tod / EXCH_SEC);

	for (int i = 7; i >= 0; i--, date /= 10)
		p[i] = (char)('0' + date % 10);
	p[8] = 'T';
	p[9] = (char)('0' + s / 36000);
	p[10] = (char)('0' + s / 3600 % 10);
	p[11] = (char)('0' + s / 600 % 6);
	p[12] = (char)('0' + s / 60 % 10);
	p[13] = (char)('0' + s / 10 % 6);
	p[14] = (char)('0' + s % 10);
	p[15] = '.';
	return exch_fmt_nine(p + 16, (uint32_t)(tod % EXCH_SEC));
}

void
exch_cat_time(
    struct exch_cat_line *l, unsigned id, const struct exch_tz *tz, exch_ts t)
{
	char stamp[40];

	exch_cat_put(
	    l, id, stamp, (size_t)(exch_cat_stamp(stamp, tz, t) - stamp));
}

/* ---- checking one ---- */

bool
exch_cat_plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] > 0x7e || p[i] == ',' || p[i] == '|' ||
		    p[i] == '"' || p[i] == '@')
			return false;
	return true;
}

static bool
digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > 0;
}

/* Up to `whole` digits, and behind a point up to `part`. */
static bool
numeric(const char *p, size_t n, size_t whole, size_t part)
{
	const char *point = memchr(p, '.', n);
	size_t head = point != NULL ? (size_t)(point - p) : n;

	if (!digits(p, head) || head > whole)
		return false;
	return point == NULL ||
	       (digits(point + 1, n - head - 1) && n - head - 1 <= part);
}

static unsigned
number(const char *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (unsigned)(p[i] - '0');
	return v;
}

bool
exch_cat_read_time(const char *p, size_t n, const struct exch_tz *tz,
    exch_ts *t, unsigned *ndigits)
{
	uint64_t ns = 0;
	unsigned h, m, s;

	if (n == 19 && digits(p, n)) {
		*ndigits = 9;
		return exch_uint_parse(p, n, t) == 0;
	}
	if (n < 15 || (p[8] != 'T' && p[8] != ' ') || !digits(p, 8) ||
	    !digits(p + 9, 6) || !exch_date_is(number(p, 8)))
		return false;
	h = number(p + 9, 2);
	m = number(p + 11, 2);
	s = number(p + 13, 2);
	if (h > 23 || m > 59 || s > 59)
		return false;
	*ndigits = 0;
	if (n > 15) {
		if (p[15] != '.' || n < 19 || n > 25 || !digits(p + 16, n - 16))
			return false;
		*ndigits = (unsigned)(n - 16);
		ns = number(p + 16, n - 16) * exch_pow10[9 - *ndigits];
	}
	*t = exch_tz_local(tz, number(p, 8),
	    (uint64_t)(h * 3600 + m * 60 + s) * EXCH_SEC + ns);
	return true;
}

/* Letters, digits and hyphens. */
static bool
code(const char *p, size_t n, size_t most)
{
	for (size_t i = 0; i < n; i++)
		if (!(p[i] >= '0' && p[i] <= '9') &&
		    !(p[i] >= 'A' && p[i] <= 'Z') &&
		    !(p[i] >= 'a' && p[i] <= 'z') && p[i] != '-')
			return false;
	return n > 0 && n <= most;
}

static bool
imid(const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);
	size_t head = colon != NULL ? (size_t)(colon - p) : 0;

	if (colon == NULL)
		return code(p, n, 20);
	return digits(p, head) && head <= 10 &&
	       code(colon + 1, n - head - 1, 20);
}

static bool
is_word(const char *p, size_t n, const char *word)
{
	if (n != strlen(word))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((p[i] | 32) != word[i])
			return false;
	return true;
}

bool
exch_cat_true(const struct exch_cat_value *v)
{
	return is_word(v->p, v->n, "true");
}

static const char *
pair_fault(const struct exch_cat_spec *s, const struct exch_cat_field *f,
    const char *p, size_t n)
{
	const char *eq = memchr(p, '=', n);
	size_t head = eq != NULL ? (size_t)(eq - p) : n;
	const struct exch_cat_choice *c = exch_cat_choice(s, f->list, p, head);
	struct exch_cat_field value = {.size = 64};

	if (c == NULL)
		return "a name that it may not have";
	if ((c->takes == EXCH_CAT_TRUE) != (eq == NULL))
		return eq == NULL ? "a name that needs a value"
				  : "a name that has no value";
	if (eq == NULL)
		return NULL;
	value.type = c->takes;
	return exch_cat_fault(s, &value, eq + 1, n - head - 1) == NULL
		   ? NULL
		   : "a name with a value that it may not have";
}

static const char *
pairs_fault(const struct exch_cat_spec *s, const struct exch_cat_field *f,
    const char *p, size_t n)
{
	const char *why = NULL;

	for (;;) {
		const char *bar = memchr(p, '|', n);
		size_t k = bar != NULL ? (size_t)(bar - p) : n;

		why = pair_fault(s, f, p, k);
		if (why != NULL || bar == NULL)
			return why;
		p += k + 1;
		n -= k + 1;
	}
}

/* One element of the details of a side. */
static const char *
side_fault(const struct exch_cat_spec *s, const char *p, size_t n)
{
	for (unsigned i = 0; i < s->side->n; i++) {
		const struct exch_cat_field *f = &s->side->field[i];
		const char *at = memchr(p, '@', n);
		size_t k = at != NULL ? (size_t)(at - p) : n;

		if ((at == NULL) != (i + 1 == s->side->n))
			return "an element without all its members";
		if (k > 0 && exch_cat_fault(s, f, p, k) != NULL)
			return "an element with a member that cannot be";
		p += k + (at != NULL);
		n -= k + (at != NULL);
	}
	return NULL;
}

static const char *
sides_fault(const struct exch_cat_spec *s, const char *p, size_t n)
{
	const char *why;

	for (;;) {
		const char *bar = memchr(p, '|', n);
		size_t k = bar != NULL ? (size_t)(bar - p) : n;

		why = side_fault(s, p, k);
		if (why != NULL || bar == NULL)
			return why;
		p += k + 1;
		n -= k + 1;
	}
}

static const char *
roeid_fault(const char *p, size_t n)
{
	if (n < 10 || n > 8 + 1 + 64 || p[8] != '_' || !digits(p, 8) ||
	    !exch_date_is(number(p, 8)))
		return "no YYYYMMDD_ID";
	return exch_cat_plain(p, n) ? NULL : "a character that may not be";
}

/* Elements that no table tells of: of CSV their characters are looked at. */
static const char *
array_fault(const char *p, size_t n)
{
	if (p[0] == '[')
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] > 0x7e || p[i] == '"')
			return "a character that may not be";
	return NULL;
}

const char *
exch_cat_fault(const struct exch_cat_spec *s, const struct exch_cat_field *f,
    const char *p, size_t n)
{
	static const struct exch_tz *const utc;
	uint64_t u;
	unsigned k;

	switch ((enum exch_cat_type)f->type) {
	case EXCH_CAT_TEXT:
		if (!exch_cat_plain(p, n) && f->id != EXCH_CAT_FIELDS)
			return "a character that may not be";
		return n <= f->size ? NULL : "too long";
	case EXCH_CAT_SYMBOL:
		return exch_cat_plain(p, n) && n <= 22 && p[0] != ' '
			   ? NULL
			   : "no symbol";
	case EXCH_CAT_REPORTER:
		return code(p, n, 20) ? NULL : "no IMID";
	case EXCH_CAT_IMID:
		return imid(p, n) ? NULL : "no IMID, or CRD:IMID";
	case EXCH_CAT_ROEID:
		return roeid_fault(p, n);
	case EXCH_CAT_EVENT:
		return exch_cat_event(s, p, n) != NULL ? NULL
						       : "no known event";
	case EXCH_CAT_TIMESTAMP:
		return exch_cat_read_time(p, n, utc, &u, &k)
			   ? NULL
			   : "no time such as 20261120T093000.123456789";
	case EXCH_CAT_BOOLEAN:
		return is_word(p, n, "true") || is_word(p, n, "false")
			   ? NULL
			   : "neither true nor false";
	case EXCH_CAT_UNSIGNED:
		return exch_uint_parse(p, n, &u) == 0 ? NULL : "no number";
	case EXCH_CAT_PRICE:
		return numeric(p, n, 10, 8) ? NULL : "no Numeric(10,8)";
	case EXCH_CAT_QUANTITY:
		return numeric(p, n, 12, 6) ? NULL : "no Numeric(12,6)";
	case EXCH_CAT_CHOICE:
		return exch_cat_choice(s, f->list, p, n) != NULL
			   ? NULL
			   : "not one of its values";
	case EXCH_CAT_PAIRS:
		return pairs_fault(s, f, p, n);
	case EXCH_CAT_SIDES:
		return sides_fault(s, p, n);
	case EXCH_CAT_ARRAY:
		return array_fault(p, n);
	case EXCH_CAT_BLANK:
		return "not blank";
	case EXCH_CAT_DATE:
		return n == 8 && digits(p, n) && exch_date_is(number(p, n))
			   ? NULL
			   : "no date such as 20261120";
	case EXCH_CAT_SECONDS:
		return digits(p, n) && n <= 12 ? NULL : "no number";
	case EXCH_CAT_TRUE:
		break;
	}
	return NULL;
}
