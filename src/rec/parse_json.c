/*
 * One JSON line into cells: a flat object of strings, numbers and null, as
 * view_json.c writes it and as jq leaves it.  Nothing else is accepted, so
 * that a mistake is told with its line and not guessed around.
 */
#include <config.h>

#include <string.h>

#include "rec/parse_priv.h"

struct scan {
	struct exch_parse *p;
	char *s;
	char *end;
	struct exch_diag *d;
};

static int
bad(struct scan *c, const char *why)
{
	return EXCH_PARSE_BAD(c->p, c->d, "%s", why);
}

static void
blanks(struct scan *c)
{
	while (
	    c->s < c->end && (*c->s == ' ' || *c->s == '\t' || *c->s == '\r'))
		c->s++;
}

static bool
eat(struct scan *c, char what)
{
	blanks(c);
	if (c->s == c->end || *c->s != what)
		return false;
	c->s++;
	return true;
}

/* Four hex digits at s; -1. */
static int
hex4(const char *s, const char *end)
{
	int v = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	return v;
}

static char *
put_utf8(char *to, unsigned v)
{
	if (v < 0x80) {
		*to++ = (char)v;
	} else if (v < 0x800) {
		*to++ = (char)(0xc0 | v >> 6);
		*to++ = (char)(0x80 | (v & 63));
	} else if (v < 0x10000) {
		*to++ = (char)(0xe0 | v >> 12);
		*to++ = (char)(0x80 | (v >> 6 & 63));
		*to++ = (char)(0x80 | (v & 63));
	} else {
		*to++ = (char)(0xf0 | v >> 18);
		*to++ = (char)(0x80 | (v >> 12 & 63));
		*to++ = (char)(0x80 | (v >> 6 & 63));
		*to++ = (char)(0x80 | (v & 63));
	}
	return to;
}

/*
 * The escape after "\u", to bytes at `to`; c->s moves past it.  A low
 * surrogate alone stands for a byte (view_json.c).
 */
static char *
unicode(struct scan *c, char *to)
{
	int v = hex4(c->s, c->end);
	int low;

	if (v < 0)
		return NULL;
	c->s += 4;
	if (v >= 0xdc80 && v <= 0xdcff) {
		*to++ = (char)(v - 0xdc00);
		return to;
	}
	if (v >= 0xd800 && v <= 0xdbff) {
		if (c->end - c->s < 6 || c->s[0] != '\\' || c->s[1] != 'u')
			return NULL;
		low = hex4(c->s + 2, c->end);
		if (low < 0xdc00 || low > 0xdfff)
			return NULL;
		c->s += 6;
		return put_utf8(to, 0x10000u + ((unsigned)(v - 0xd800) << 10) +
					(unsigned)(low - 0xdc00));
	}
	if (v >= 0xdc00 && v <= 0xdfff)
		return NULL;
	return put_utf8(to, (unsigned)v);
}

static char *
escape(struct scan *c, char *to)
{
	static const char from[] = "\"\\/bfnrt";
	static const char into[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (c->s == c->end)
		return NULL;
	if (*c->s == 'u') {
		c->s++;
		return unicode(c, to);
	}
	at = memchr(from, *c->s, sizeof(from) - 1);
	if (at == NULL)
		return NULL;
	c->s++;
	*to++ = into[at - from];
	return to;
}

/* A string whose first quote was eaten; unescaped where it stands. */
static int
string(struct scan *c, const char **s, size_t *n)
{
	char *to = c->s;

	*s = c->s;
	while (c->s < c->end && *c->s != '"') {
		if ((unsigned char)*c->s < 0x20)
			return bad(c, "control character in a string");
		if (*c->s == '\\') {
			c->s++;
			to = escape(c, to);
			if (to == NULL)
				return bad(c, "unknown escape in a string");
		} else {
			*to++ = *c->s++;
		}
	}
	if (c->s == c->end)
		return bad(c, "string without an end");
	c->s++;
	*n = (size_t)(to - *s);
	return 0;
}

static bool
in_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
	       c == 'e' || c == 'E';
}

static int
value(struct scan *c, struct exch_cell *cell)
{
	if (eat(c, '"'))
		return string(c, &cell->s, &cell->n);
	cell->s = c->s;
	if (c->end - c->s >= 4 && memcmp(c->s, "null", 4) == 0) {
		cell->null = true;
		c->s += 4;
		return 0;
	}
	while (c->s < c->end && in_number(*c->s))
		c->s++;
	cell->n = (size_t)(c->s - cell->s);
	if (cell->n == 0)
		return bad(c, "value is neither a string, a number nor null");
	return 0;
}

static int
pair(struct scan *c)
{
	struct exch_cell *cell = &c->p->cell[c->p->ncell];
	int err;

	if (c->p->ncell == EXCH_CELLS_MAX)
		return bad(c, "too many keys");
	*cell = (struct exch_cell){0};
	if (!eat(c, '"'))
		return bad(c, "key expected");
	err = string(c, &cell->key, &cell->nkey);
	if (err != 0)
		return err;
	if (!eat(c, ':'))
		return bad(c, "colon expected");
	err = value(c, cell);
	if (err == 0)
		c->p->ncell++;
	return err;
}

int
exch_parse_json_line(
    struct exch_parse *p, char *s, size_t n, struct exch_diag *d)
{
	struct scan c = {p, s, s + n, d};
	int err;

	p->ncell = 0;
	p->hint = 0;
	if (!eat(&c, '{'))
		return bad(&c, "not a JSON object");
	if (!eat(&c, '}')) {
		do {
			err = pair(&c);
			if (err != 0)
				return err;
		} while (eat(&c, ','));
		if (!eat(&c, '}'))
			return bad(&c, "comma or closing brace expected");
	}
	blanks(&c);
	return c.s == c.end ? 0 : bad(&c, "text after the object");
}
