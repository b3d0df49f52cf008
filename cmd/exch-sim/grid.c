/*
 * The runs of a sweep (grid.h).
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-sim/grid.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

static int
many(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
	    "more than %u runs: make several sweeps of it", SIM_GRID_MOST);
}

void
sim_grid_clear(struct sim_grid *g)
{
	for (size_t i = 0; i < g->naxis; i++) {
		for (size_t k = 0; k < g->axis[i].n; k++)
			exch_free(g->axis[i].value[k]);
		exch_free(g->axis[i].value);
		exch_free(g->axis[i].text);
	}
	exch_free(g->axis);
	exch_free(g->range);
	exch_free(g->scenario);
	exch_free(g->from);
	exch_free(g->seeds);
	*g = (struct sim_grid){0};
}

/* ---- numbers and ranges ---- */

/* "17": the whole of n bytes. */
static bool
number(const char *p, size_t n, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned)(p[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, digit, v))
			return false;
	}
	return n > 0;
}

static const char *
dots(const char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (p[i] == '.' && p[i + 1] == '.')
			return p + i;
	}
	return NULL;
}

/* "1..5" or "7"; 1: a range, 0: a number, -1: neither. */
static int
range(const char *p, size_t n, uint64_t *a, uint64_t *b)
{
	const char *mid = dots(p, n);

	if (mid == NULL) {
		if (!number(p, n, a))
			return -1;
		*b = *a;
		return 0;
	}
	return number(p, (size_t)(mid - p), a) &&
		       number(mid + 2, (size_t)(p + n - mid - 2), b)
		   ? 1
		   : -1;
}

/* ---- what is said ---- */

static int
add_value(struct sim_axis *x, const char *p, size_t n, struct exch_diag *d)
{
	char *v;

	if (x->n == SIM_GRID_MOST)
		return many(d);
	if (!exch_room(&x->value, x->n, &x->cap, sizeof(*x->value)))
		return no_memory(d);
	v = exch_malloc(n + 1);
	if (v == NULL)
		return no_memory(d);
	memcpy(v, p, n);
	v[n] = '\0';
	x->value[x->n++] = v;
	return EXCH_OK;
}

static int
add_values(struct sim_axis *x, const char *p, size_t n, struct exch_diag *d)
{
	uint64_t a, b;
	char text[24];
	int err = EXCH_OK;

	if (n == 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "-D %s: a value between commas is missing", x->text);
	if (range(p, n, &a, &b) != 1)
		return add_value(x, p, n, d);
	if (a > b)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "-D %s: a range goes upwards", x->text);
	if (b - a >= SIM_GRID_MOST)
		return many(d);
	for (uint64_t i = 0; i <= b - a && err == EXCH_OK; i++) {
		int len = snprintf(text, sizeof(text), "%" PRIu64, a + i);

		err = add_value(x, text, (size_t)len, d);
	}
	return err;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A value twice would be one run with two jobs. */
static int
check_values(const struct sim_axis *x, struct exch_diag *d)
{
	const char **v = exch_calloc(x->n, sizeof(*v));
	int err = EXCH_OK;

	if (v == NULL)
		return no_memory(d);
	memcpy(v, x->value, x->n * sizeof(*v));
	qsort(v, x->n, sizeof(*v), by_text);
	for (size_t i = 1; i < x->n && err == EXCH_OK; i++) {
		if (strcmp(v[i - 1], v[i]) == 0)
			err = exch_diag_set(d, EXCH_ERR_EXISTS, NULL,
			    EXCH_POS_NONE, 0, "-D %s: has the value '%s' twice",
			    x->text, v[i]);
	}
	exch_free(v);
	return err;
}

/* A name that was there before. */
static bool
again(const struct sim_grid *g, const struct sim_axis *x)
{
	for (size_t i = 0; i < g->naxis; i++) {
		if (g->axis[i].nname == x->nname &&
		    memcmp(g->axis[i].text, x->text, x->nname) == 0)
			return true;
	}
	return false;
}

int
sim_grid_define(struct sim_grid *g, const char *text, struct exch_diag *d)
{
	const char *eq = strchr(text, '='), *p = eq, *end;
	struct sim_axis *x;
	int err = EXCH_OK;

	if (eq == NULL)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "-D: '%s' is not NAME=VALUE,VALUE... or NAME=A..B", text);
	if (!exch_room(&g->axis, g->naxis, &g->cap, sizeof(*g->axis)))
		return no_memory(d);
	x = &g->axis[g->naxis];
	*x = (struct sim_axis){
	    .text = exch_strdup(text), .nname = (size_t)(eq - text)};
	if (x->text == NULL)
		return no_memory(d);
	if (again(g, x))
		err = exch_diag_set(d, EXCH_ERR_EXISTS, NULL, EXCH_POS_NONE, 0,
		    "-D: %s: the variable was given before", text);
	g->naxis++;
	for (; err == EXCH_OK && *p != '\0'; p = end) {
		end = p + 1 + strcspn(p + 1, ",");
		err = add_values(x, p + 1, (size_t)(end - (p + 1)), d);
	}
	return err == EXCH_OK ? check_values(x, d) : err;
}

static int
add_seeds(struct sim_grid *g, const char *p, size_t n, struct exch_diag *d)
{
	struct sim_seeds *s;

	if (!exch_room(&g->range, g->nrange, &g->cap_range, sizeof(*g->range)))
		return no_memory(d);
	s = &g->range[g->nrange];
	if (range(p, n, &s->first, &s->last) < 0 || s->first > s->last)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "--seeds: '%s' is not a list of numbers and ranges such "
		    "as 1..100,200",
		    g->seeds);
	/* A seed twice would be one run with two jobs. */
	for (size_t i = 0; i < g->nrange; i++) {
		if (s->first <= g->range[i].last &&
		    s->last >= g->range[i].first)
			return exch_diag_set(d, EXCH_ERR_EXISTS, NULL,
			    EXCH_POS_NONE, 0, "--seeds: '%s' has a seed twice",
			    g->seeds);
	}
	if (s->last - s->first >= SIM_GRID_MOST)
		return many(d);
	g->nseeds += s->last - s->first + 1;
	g->nrange++;
	return EXCH_OK;
}

int
sim_grid_seeds(struct sim_grid *g, const char *text, struct exch_diag *d)
{
	const char *p = text, *end;
	int err = EXCH_OK;

	g->seeds = exch_strdup(text);
	if (g->seeds == NULL)
		return no_memory(d);
	for (; err == EXCH_OK; p = end + 1) {
		end = strchr(p, ',');
		if (end == NULL)
			return add_seeds(g, p, strlen(p), d);
		err = add_seeds(g, p, (size_t)(end - p), d);
	}
	return err;
}

int
sim_grid_count(struct sim_grid *g, struct exch_diag *d)
{
	g->runs = g->nseeds;
	for (size_t i = 0; i < g->naxis; i++) {
		if (__builtin_mul_overflow(g->runs, g->axis[i].n, &g->runs))
			return many(d);
	}
	return g->runs > SIM_GRID_MOST ? many(d) : EXCH_OK;
}

/* ---- a run ---- */

uint64_t
sim_grid_seed(const struct sim_grid *g, uint64_t i)
{
	uint64_t at = (i - 1) % g->nseeds;

	for (size_t k = 0;; k++) {
		uint64_t n = g->range[k].last - g->range[k].first + 1;

		if (at < n)
			return g->range[k].first + at;
		at -= n;
	}
}

void
sim_grid_value(
    const struct sim_grid *g, uint64_t i, size_t axis, struct exch_buf *b)
{
	const struct sim_axis *x = &g->axis[axis];
	uint64_t at = (i - 1) / g->nseeds;

	for (size_t k = g->naxis - 1; k > axis; k--)
		at /= g->axis[k].n;
	exch_buf_add(b, x->text, x->nname + 1);
	exch_buf_str(b, x->value[at % x->n]);
}

/* ---- as a file ---- */

/* A line of a word and a text, whose line feeds and backslashes are told. */
static void
put_line(struct exch_buf *b, const char *word, const char *text)
{
	exch_buf_fmt(b, "%s ", word);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			exch_buf_str(b, "\\n");
		else if (*text == '\\')
			exch_buf_str(b, "\\\\");
		else
			exch_buf_char(b, *text);
	}
	exch_buf_char(b, '\n');
}

void
sim_grid_put(const struct sim_grid *g, struct exch_buf *b)
{
	exch_buf_str(b, "# A sweep of exch-sim, version 2: exch-sweep(7)\n");
	put_line(b, "scenario", g->scenario);
	if (g->from != NULL)
		put_line(b, "from", g->from);
	put_line(b, "seeds", g->seeds);
	for (size_t i = 0; i < g->naxis; i++)
		put_line(b, "define", g->axis[i].text);
}

static int
get_line(
    struct sim_grid *g, const char *word, const char *text, struct exch_diag *d)
{
	if (strcmp(word, "scenario") == 0 && g->scenario == NULL) {
		g->scenario = exch_strdup(text);
		return g->scenario != NULL ? EXCH_OK : no_memory(d);
	}
	if (strcmp(word, "from") == 0 && g->from == NULL) {
		g->from = exch_strdup(text);
		return g->from != NULL ? EXCH_OK : no_memory(d);
	}
	if (strcmp(word, "seeds") == 0 && g->seeds == NULL)
		return sim_grid_seeds(g, text, d);
	if (strcmp(word, "define") == 0)
		return sim_grid_define(g, text, d);
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "'%s' is no line of a sweep", word);
}

/* One line without its end, taken apart in place. */
static int
take_line(struct sim_grid *g, char *line, struct exch_diag *d)
{
	char *text = strchr(line, ' '), *to, *p;

	if (*line == '#' || *line == '\0')
		return EXCH_OK;
	if (text != NULL)
		*text++ = '\0';
	else
		text = line + strlen(line);
	for (p = to = text; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			*to++ = *++p == 'n' ? '\n' : *p;
		else
			*to++ = *p;
	}
	*to = '\0';
	return get_line(g, line, text, d);
}

int
sim_grid_get(
    struct sim_grid *g, const char *text, size_t n, struct exch_diag *d)
{
	char *copy = exch_malloc(n + 1), *line, *end;
	int err = EXCH_OK;

	if (copy == NULL)
		return no_memory(d);
	memcpy(copy, text, n);
	copy[n] = '\0';
	for (line = copy; err == EXCH_OK && *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (end == NULL) {
			err = exch_diag_set(d, EXCH_ERR_CUT, NULL,
			    EXCH_POS_NONE, 0, "the last line is cut");
			break;
		}
		*end = '\0';
		err = take_line(g, line, d);
	}
	if (err == EXCH_OK && line != copy + n)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "it is damaged: there is a byte of 0");
	exch_free(copy);
	if (err == EXCH_OK && (g->scenario == NULL || g->seeds == NULL))
		err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "no scenario or no seeds");
	return err == EXCH_OK ? sim_grid_count(g, d) : err;
}
