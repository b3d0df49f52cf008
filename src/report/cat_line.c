/* The forms of an event of the Consolidated Audit Trail. */
#include <config.h>

#include <string.h>

#include "report/cat.h"

/* Bytes behind `from` are a line with its end: not longer than one may be. */
static int
line_end(struct exch_buf *out, size_t from)
{
	if (!out->failed && out->len - from > EXCH_CAT_LINE) {
		out->len = from;
		return EXCH_ERR_RANGE;
	}
	exch_buf_char(out, '\n');
	return out->failed ? EXCH_ERR_NOMEM : EXCH_OK;
}

/*
 * Is there an array that only stands in the other form?  Nobody tells here what
 * its members are called.
 */
static bool
other_form(
    const struct exch_cat_event *e, const struct exch_cat_line *l, bool json)
{
	for (unsigned i = 0; i < e->n; i++) {
		const struct exch_cat_value *v = &l->v[e->field[i].id];

		if (e->field[i].type == EXCH_CAT_ARRAY && v->n > 0 &&
		    (v->p[0] == '[') != json)
			return true;
	}
	return false;
}

int
exch_cat_csv(const struct exch_cat_event *e, const struct exch_cat_line *l,
    struct exch_buf *out)
{
	size_t from = out->len;
	unsigned n = e->n;

	if (other_form(e, l, false))
		return EXCH_ERR_ABSENT;
	/* blanks behind the last field that is needed may go */
	while (n > e->least && l->v[e->field[n - 1].id].n == 0)
		n--;
	for (unsigned i = 0; i < n; i++) {
		const struct exch_cat_field *f = &e->field[i];
		const struct exch_cat_value *v = &l->v[f->id];

		if (i > 0)
			exch_buf_char(out, ',');
		if (f->type != EXCH_CAT_BLANK && v->n > 0)
			exch_buf_add(out, v->p, v->n);
	}
	return line_end(out, from);
}

static void
put_name(struct exch_buf *out, const char *name, size_t n)
{
	char last = out->len > 0 ? out->p[out->len - 1] : '{';

	if (last != '{' && last != '[')
		exch_buf_char(out, ',');
	exch_buf_char(out, '"');
	exch_buf_add(out, name, n);
	exch_buf_add(out, "\":", 2);
}

static void
put_string(struct exch_buf *out, const char *p, size_t n)
{
	exch_buf_char(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\\')
			exch_buf_char(out, '\\');
		exch_buf_char(out, p[i]);
	}
	exch_buf_char(out, '"');
}

static bool
all_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return n > 0;
}

/* A value of a simple type. */
static void
put_plain(struct exch_buf *out, uint8_t type, const char *p, size_t n)
{
	switch (type) {
	case EXCH_CAT_BOOLEAN:
		exch_buf_str(out, (p[0] | 32) == 't' ? "true" : "false");
		return;
	case EXCH_CAT_UNSIGNED:
	case EXCH_CAT_PRICE:
	case EXCH_CAT_QUANTITY:
	case EXCH_CAT_DATE:
	case EXCH_CAT_SECONDS:
		exch_buf_add(out, p, n);
		return;
	case EXCH_CAT_TIMESTAMP:
		if (all_digits(p, n)) {
			exch_buf_add(out, p, n);
			return;
		}
		put_string(out, p, n);
		return;
	default:
		put_string(out, p, n);
	}
}

static void
put_pairs(const struct exch_cat_spec *s, const struct exch_cat_field *f,
    const struct exch_cat_value *v, struct exch_buf *out)
{
	const char *p = v->p;
	size_t n = v->n;

	exch_buf_char(out, '{');
	while (n > 0) {
		const char *bar = memchr(p, '|', n);
		size_t k = bar != NULL ? (size_t)(bar - p) : n;
		const char *eq = memchr(p, '=', k);
		size_t head = eq != NULL ? (size_t)(eq - p) : k;
		const struct exch_cat_choice *c =
		    exch_cat_choice(s, f->list, p, head);

		put_name(out, p, head);
		if (eq == NULL)
			exch_buf_str(out, "true");
		else
			put_plain(out, c != NULL ? c->takes : EXCH_CAT_TEXT,
			    eq + 1, k - head - 1);
		p += k + (bar != NULL);
		n -= k + (bar != NULL);
	}
	exch_buf_char(out, '}');
}

static void
put_side(const struct exch_cat_spec *s, const char *p, size_t n,
    struct exch_buf *out)
{
	exch_buf_char(out, '{');
	for (unsigned i = 0; i < s->side->n; i++) {
		const struct exch_cat_field *f = &s->side->field[i];
		const char *at = memchr(p, '@', n);
		size_t k = at != NULL ? (size_t)(at - p) : n;

		if (k > 0) {
			put_name(out, f->name, strlen(f->name));
			put_plain(out, f->type, p, k);
		}
		p += k + (at != NULL);
		n -= k + (at != NULL);
	}
	exch_buf_char(out, '}');
}

static void
put_sides(const struct exch_cat_spec *s, const struct exch_cat_value *v,
    struct exch_buf *out)
{
	const char *p = v->p;
	size_t n = v->n;

	exch_buf_char(out, '[');
	while (n > 0) {
		const char *bar = memchr(p, '|', n);
		size_t k = bar != NULL ? (size_t)(bar - p) : n;

		if (p != v->p)
			exch_buf_char(out, ',');
		put_side(s, p, k, out);
		p += k + (bar != NULL);
		n -= k + (bar != NULL);
	}
	exch_buf_char(out, ']');
}

int
exch_cat_json(const struct exch_cat_spec *s, const struct exch_cat_event *e,
    const struct exch_cat_line *l, struct exch_buf *out)
{
	size_t from = out->len;

	if (other_form(e, l, true))
		return EXCH_ERR_ABSENT;
	exch_buf_char(out, '{');
	for (unsigned i = 0; i < e->n; i++) {
		const struct exch_cat_field *f = &e->field[i];
		const struct exch_cat_value *v = &l->v[f->id];

		if (v->n == 0 || f->type == EXCH_CAT_BLANK)
			continue;
		put_name(out, f->name, strlen(f->name));
		if (f->type == EXCH_CAT_PAIRS)
			put_pairs(s, f, v, out);
		else if (f->type == EXCH_CAT_SIDES)
			put_sides(s, v, out);
		else if (f->type == EXCH_CAT_ARRAY)
			exch_buf_add(out, v->p, v->n);
		else
			put_plain(out, f->type, v->p, v->n);
	}
	exch_buf_char(out, '}');
	return line_end(out, from);
}

/* What is no text for a terminal is shown as a question mark. */
static void
put_shown(struct exch_buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		exch_buf_char(out, p[i] < 0x20 || p[i] > 0x7e ? '?' : p[i]);
}

void
exch_cat_page(const struct exch_cat_event *e, const struct exch_cat_line *l,
    uint64_t line, struct exch_buf *out)
{
	exch_buf_fmt(out, "%s%llu  %s\n", line > 1 ? "\n" : "",
	    (unsigned long long)line, e->name);
	for (unsigned i = 0; i < e->n; i++) {
		const struct exch_cat_field *f = &e->field[i];
		const struct exch_cat_value *v = &l->v[f->id];

		if (v->n == 0 || f->type == EXCH_CAT_BLANK)
			continue;
		exch_buf_fmt(out, "    %2u %-22s  ", i + 1, f->name);
		put_shown(out, v->p, v->n);
		exch_buf_char(out, '\n');
	}
}
