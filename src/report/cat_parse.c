/* Lines of files of the Consolidated Audit Trail (cat_parse.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "report/cat_parse.h"

static void
tell(struct exch_cat_reader *r, const char *field, const char *rule,
    const char *value, size_t n, const char *why)
{
	const struct exch_cat_rule *x = exch_cat_rule(r->spec, rule);

	r->fn(r->arg, field, x->code, value, n, why != NULL ? why : x->text);
}

/* ---- lines ---- */

static int
fill(struct exch_cat_reader *r, struct exch_diag *d)
{
	r->at = 0;
	return exch_in_read(r->in, r->buf, sizeof(r->buf), &r->have, d);
}

/* The next line into r->raw, as much of it as one may have. */
static int
next_line(struct exch_cat_reader *r, struct exch_diag *d)
{
	bool any = false;

	r->nraw = 0;
	r->long_line = false;
	for (;;) {
		const char *p, *lf;
		size_t n, room;
		int rc;

		if (r->at == r->have && (rc = fill(r, d)) != EXCH_OK)
			return rc;
		if (r->have == 0)
			break;
		any = true;
		p = r->buf + r->at;
		lf = memchr(p, '\n', r->have - r->at);
		n = lf != NULL ? (size_t)(lf - p) : r->have - r->at;
		room = sizeof(r->raw) - r->nraw;
		memcpy(r->raw + r->nraw, p, n < room ? n : room);
		r->nraw += n < room ? n : room;
		if (n > room)
			r->long_line = true;
		r->at += n + (lf != NULL);
		if (lf != NULL)
			break;
	}
	if (r->nraw > 0 && r->raw[r->nraw - 1] == '\r')
		r->nraw--;
	if (r->nraw > EXCH_CAT_LINE)
		r->long_line = true;
	r->number += any;
	return any;
}

/* The layout is that of the day in firmROEID, if it has one. */
static int
set_date(
    struct exch_cat_reader *r, const char *p, size_t n, struct exch_diag *d)
{
	uint64_t v;

	if (n < 8 || exch_uint_parse(p, 8, &v) != 0 ||
	    !exch_date_is((uint32_t)v))
		return EXCH_OK;
	return exch_cat_spec_at(r->spec, (uint32_t)v, d);
}

/* ---- CSV ---- */

/* A record that deletes another has only what names it. */
static const struct exch_cat_event *
deletion(const struct exch_cat_spec *s)
{
	return exch_cat_event(s, "DEL", 3);
}

static int
parse_csv(struct exch_cat_reader *r, struct exch_diag *d)
{
	const char *p = r->raw, *end = r->raw + r->nraw;
	struct {
		const char *p;
		size_t n;
	} f[EXCH_CAT_POSITIONS];
	unsigned n = 0;
	bool more = false;
	int rc;

	for (;;) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		size_t k =
		    comma != NULL ? (size_t)(comma - p) : (size_t)(end - p);

		if (n < EXCH_CAT_POSITIONS) {
			f[n].p = p;
			f[n++].n = k;
		} else {
			more = true;
		}
		if (comma == NULL)
			break;
		p = comma + 1;
	}
	if (n < 3) {
		tell(r, "", "unreadable", r->raw, r->nraw, NULL);
		return EXCH_OK;
	}
	rc = set_date(r, f[2].p, f[2].n, d);
	if (rc != EXCH_OK)
		return rc;
	if (f[0].n == 3 && memcmp(f[0].p, "DEL", 3) == 0 && n <= 3)
		r->event = deletion(r->spec);
	else if (n > 3)
		r->event = exch_cat_event(r->spec, f[3].p, f[3].n);
	if (r->event == NULL) {
		r->fn(r->arg, "type", 2105, n > 3 ? f[3].p : "",
		    n > 3 ? f[3].n : 0, "no known event");
		return EXCH_OK;
	}
	if (more || n > r->event->n)
		tell(r, "", "unknown-field", "", 0, NULL);
	for (unsigned i = 0; i < n && i < r->event->n; i++) {
		const struct exch_cat_field *x = &r->event->field[i];

		if (x->type == EXCH_CAT_BLANK && f[i].n > 0)
			tell(r, x->name, "blank", f[i].p, f[i].n, NULL);
		else if (x->type != EXCH_CAT_BLANK)
			exch_cat_put(&r->line, x->id, f[i].p, f[i].n);
	}
	return EXCH_OK;
}

/* ---- JSON: one flat object, with objects and arrays in it ---- */

struct cursor {
	const char *p, *end;
};

static void
blanks(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
		c->p++;
}

static bool
take(struct cursor *c, char want)
{
	blanks(c);
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

/* What stands between quotes, with its escapes. */
static bool
string(struct cursor *c, const char **p, size_t *n)
{
	if (!take(c, '"'))
		return false;
	*p = c->p;
	while (c->p < c->end && *c->p != '"')
		c->p += *c->p == '\\' ? 2 : 1;
	if (c->p >= c->end)
		return false;
	*n = (size_t)(c->p - *p);
	c->p++;
	return true;
}

/* Over an object or array and all that is in it; no recursion, no depth. */
static bool
nested(struct cursor *c)
{
	unsigned depth = 0;
	const char *s;
	size_t n;

	do {
		if (c->p >= c->end)
			return false;
		if (*c->p == '"') {
			if (!string(c, &s, &n))
				return false;
			continue;
		}
		if (*c->p == '{' || *c->p == '[')
			depth++;
		if (*c->p == '}' || *c->p == ']')
			depth--;
		c->p++;
	} while (depth > 0);
	return true;
}

static bool
value(struct cursor *c, struct exch_cat_member *m)
{
	blanks(c);
	if (c->p == c->end)
		return false;
	m->kind = *c->p;
	m->p = c->p;
	if (*c->p == '"')
		return string(c, &m->p, &m->n);
	if (*c->p == '{' || *c->p == '[') {
		if (!nested(c))
			return false;
		m->n = (size_t)(c->p - m->p);
		return true;
	}
	while (c->p < c->end && strchr(",]} \t", *c->p) == NULL)
		c->p++;
	m->n = (size_t)(c->p - m->p);
	m->kind = m->kind == 't' || m->kind == 'f' ? 't' : '0';
	return m->n > 0;
}

/* The members of an object into m, `most` at most; -1: it is none. */
static int
object(struct cursor *c, struct exch_cat_member *m, unsigned most)
{
	unsigned n = 0;

	if (!take(c, '{'))
		return -1;
	if (take(c, '}'))
		return 0;
	do {
		if (n == most || !string(c, &m[n].name, &m[n].nname) ||
		    !take(c, ':') || !value(c, &m[n]))
			return -1;
		n++;
	} while (take(c, ','));
	return take(c, '}') ? (int)n : -1;
}

static const struct exch_cat_member *
member(const struct exch_cat_reader *r, const char *name)
{
	for (unsigned i = 0; i < r->nmembers; i++)
		if (r->member[i].nname == strlen(name) &&
		    memcmp(r->member[i].name, name, r->member[i].nname) == 0)
			return &r->member[i];
	return NULL;
}

/* Behind the value, without the backslashes; what is no ASCII stays wrong. */
static void
unescaped(struct exch_cat_line *l, unsigned id, const char *p, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\\')
			continue;
		exch_cat_more(l, id, '\0', p + from, i - from);
		i++;
		if (p[i] == '\\' || p[i] == '"' || p[i] == '/')
			exch_cat_more(l, id, '\0', p + i, 1);
		else
			exch_cat_more(l, id, '\0', "\x7f", 1);
		from = i + 1;
	}
	if (from < n)
		exch_cat_more(l, id, '\0', p + from, n - from);
}

/* Does a JSON value of that kind belong to a field of that type? */
static bool
kind_fits(uint8_t type, char kind)
{
	switch (type) {
	case EXCH_CAT_BOOLEAN:
	case EXCH_CAT_TRUE:
		return kind == 't';
	case EXCH_CAT_UNSIGNED:
	case EXCH_CAT_PRICE:
	case EXCH_CAT_QUANTITY:
	case EXCH_CAT_DATE:
	case EXCH_CAT_SECONDS:
		return kind == '0';
	case EXCH_CAT_TIMESTAMP:
		return kind == '0' || kind == '"';
	case EXCH_CAT_PAIRS:
		return kind == '{';
	case EXCH_CAT_SIDES:
	case EXCH_CAT_ARRAY:
		return kind == '[';
	default:
		return kind == '"';
	}
}

/* {"AOK":true,"DISP":10.00} to AOK|DISP=10.00. */
static bool
pairs(struct exch_cat_reader *r, const struct exch_cat_field *f,
    const struct exch_cat_member *m)
{
	struct exch_cat_member x[EXCH_CAT_POSITIONS];
	struct cursor c = {m->p, m->p + m->n};
	int n = object(&c, x, EXCH_CAT_POSITIONS);

	for (int i = 0; i < n; i++) {
		const struct exch_cat_choice *ch =
		    exch_cat_choice(r->spec, f->list, x[i].name, x[i].nname);

		if (ch != NULL && !kind_fits(ch->takes, x[i].kind))
			return false;
		if (x[i].kind == '{' || x[i].kind == '[')
			return false;
		exch_cat_more(&r->line, f->id, '|', x[i].name, x[i].nname);
		if (x[i].kind == 't' && x[i].n == 4)
			continue;
		exch_cat_more(&r->line, f->id, '=', "", 0);
		unescaped(&r->line, f->id, x[i].p, x[i].n);
	}
	return n >= 0;
}

/* [{"orderID":"1", ...}, ...] to ...@1@...|... */
static bool
sides(struct exch_cat_reader *r, const struct exch_cat_field *f,
    const struct exch_cat_member *m)
{
	const struct exch_cat_event *side = r->spec->side;
	struct exch_cat_member x[EXCH_CAT_POSITIONS];
	struct cursor c = {m->p, m->p + m->n};
	bool first = true;

	if (!take(&c, '['))
		return false;
	do {
		int n = object(&c, x, EXCH_CAT_POSITIONS), used = 0;

		if (n < 0)
			return false;
		if (!first)
			exch_cat_more(&r->line, f->id, '\0', "|", 1);
		first = false;
		for (unsigned i = 0; i < side->n; i++) {
			const struct exch_cat_field *y = &side->field[i];

			if (i > 0)
				exch_cat_more(&r->line, f->id, '\0', "@", 1);
			for (int j = 0; j < n; j++) {
				if (x[j].nname != strlen(y->name) ||
				    memcmp(x[j].name, y->name, x[j].nname) != 0)
					continue;
				if (!kind_fits(y->type, x[j].kind))
					return false;
				unescaped(&r->line, f->id, x[j].p, x[j].n);
				used++;
			}
		}
		if (used != n)
			return false;
	} while (take(&c, ','));
	return take(&c, ']');
}

static const struct exch_cat_field *
field_of(const struct exch_cat_event *e, const struct exch_cat_member *m)
{
	for (unsigned i = 0; i < e->n; i++)
		if (e->field[i].type != EXCH_CAT_BLANK &&
		    strlen(e->field[i].name) == m->nname &&
		    memcmp(e->field[i].name, m->name, m->nname) == 0)
			return &e->field[i];
	return NULL;
}

static void
take_member(struct exch_cat_reader *r, const struct exch_cat_member *m)
{
	const struct exch_cat_field *f = field_of(r->event, m);
	bool ok = true;

	if (f == NULL) {
		tell(r, "", "unknown-field", m->name, m->nname, NULL);
		return;
	}
	if (r->line.v[f->id].n > 0) {
		tell(r, f->name, "unreadable", m->p, m->n, "it stands twice");
		return;
	}
	if (!kind_fits(f->type, m->kind))
		ok = false;
	else if (f->type == EXCH_CAT_PAIRS)
		ok = pairs(r, f, m);
	else if (f->type == EXCH_CAT_SIDES)
		ok = sides(r, f, m);
	else if (f->type == EXCH_CAT_ARRAY)
		exch_cat_put(&r->line, f->id, m->p, m->n);
	else
		unescaped(&r->line, f->id, m->p, m->n);
	if (!ok)
		r->fn(r->arg, f->name,
		    f->code != 0 ? f->code
				 : exch_cat_rule(r->spec, "field")->code,
		    m->p, m->n, "no JSON value of its type");
}

static int
parse_json(struct exch_cat_reader *r, struct exch_diag *d)
{
	struct cursor c = {r->raw, r->raw + r->nraw};
	const struct exch_cat_member *id, *type, *action;
	int n = object(&c, r->member, EXCH_ARRAY_LEN(r->member));
	int rc = EXCH_OK;

	blanks(&c);
	r->nmembers = n > 0 ? (unsigned)n : 0;
	if (n < 0 || c.p != c.end) {
		tell(r, "", "unreadable", r->raw, r->nraw, NULL);
		return EXCH_OK;
	}
	id = member(r, "firmROEID");
	type = member(r, "type");
	action = member(r, "actionType");
	if (id != NULL)
		rc = set_date(r, id->p, id->n, d);
	if (rc != EXCH_OK)
		return rc;
	if (action != NULL && action->n == 3 && type == NULL &&
	    memcmp(action->p, "DEL", 3) == 0)
		r->event = deletion(r->spec);
	else if (type != NULL && type->kind == '"')
		r->event = exch_cat_event(r->spec, type->p, type->n);
	if (r->event == NULL) {
		r->fn(r->arg, "type", 2105, type != NULL ? type->p : "",
		    type != NULL ? type->n : 0, "no known event");
		return EXCH_OK;
	}
	for (unsigned i = 0; i < r->nmembers; i++)
		take_member(r, &r->member[i]);
	return EXCH_OK;
}

int
exch_cat_next(struct exch_cat_reader *r, struct exch_diag *d)
{
	int rc = next_line(r, d);

	if (rc <= 0)
		return rc;
	if (!r->begun) {
		r->begun = true;
		r->json = r->nraw > 0 && r->raw[0] == '{';
	}
	r->event = NULL;
	exch_cat_begin(&r->line);
	if (r->long_line) {
		tell(r, "", "too-long", r->raw, 60, NULL);
		return 1;
	}
	rc = r->json ? parse_json(r, d) : parse_csv(r, d);
	if (rc == EXCH_OK && r->line.bad)
		tell(r, "", "unreadable", r->raw, r->nraw, NULL);
	if (r->line.bad)
		r->event = NULL;
	return rc == EXCH_OK ? 1 : rc;
}
