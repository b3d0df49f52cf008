/*
 * How long something is on its way (latency.h): the laws, the queue in front
 * of a gateway, and the rule that nothing overtakes.
 *
 * A law is shared by all paths that were copied from one; what a path has of
 * its own is when its server is free and what it said last.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/dec.h"
#include "base/near.h"
#include "base/place.h"
#include "base/real.h"
#include "base/time.h"
#include "sim/latency.h"

/* The longest that is drawn or read: as long as a duration may be. */
#define MOST (24 * 3600 * EXCH_SEC)
/* exp(8 sigma) is then within reason for the tails that are drawn at all. */
#define SIGMA_MOST 5.0

enum what { CONSTANT, LOGNORMAL, TABLE, LOAD };

struct law {
	unsigned paths; /* that share it */
	enum what what;
	uint64_t base; /* constant; median; of LOAD */
	uint64_t least;
	uint64_t service; /* of a message, of LOAD */
	double sigma;
	uint64_t *row; /* of TABLE */
	size_t n, cap;
};

struct exch_latency {
	struct law *law;
	double factor;
	exch_ts last; /* what it said last */
	exch_ts idle; /* when the server has done what came so far */
};

/* ---- from words ---- */

struct words {
	const char *const *word;
	unsigned n;
	unsigned *taken;
	struct exch_diag *d;
};

static int
refuse(const struct words *w, const char *what)
{
	const char *s = *w->taken < w->n ? w->word[*w->taken] : NULL;

	if (s == NULL)
		return exch_diag_set(w->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE,
		    0, "latency: %s is missing", what);
	return exch_diag_set(w->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "latency: \"%.32s\" is not %s", s, what);
}

static bool
is_time(const char *s, uint64_t *ns)
{
	if (strcmp(s, "0") == 0) {
		*ns = 0;
		return true;
	}
	return exch_duration_parse(s, strlen(s), ns) == EXCH_OK;
}

/* The next word as a time; `what` says which one is meant. */
static int
take_time(const struct words *w, uint64_t *ns, const char *what)
{
	if (*w->taken >= w->n || !is_time(w->word[*w->taken], ns))
		return refuse(w, what);
	(*w->taken)++;
	return EXCH_OK;
}

static int
take_lognormal(const struct words *w, struct law *l)
{
	int64_t sigma;
	const char *s;
	int err = take_time(w, &l->base, "a median such as 50us");

	if (err != EXCH_OK)
		return err;
	s = *w->taken < w->n ? w->word[*w->taken] : "";
	if (exch_dec_parse(s, strlen(s), 9, &sigma) != EXCH_OK || sigma < 0 ||
	    (double)sigma * 1e-9 > SIGMA_MOST)
		return refuse(w,
		    "a sigma, the standard deviation of the logarithm, "
		    "such as 0.5, from 0 to 5");
	l->sigma = (double)sigma * 1e-9;
	(*w->taken)++;
	/* a least is there when what follows is a time */
	if (*w->taken < w->n && is_time(w->word[*w->taken], &l->least))
		(*w->taken)++;
	if (l->least > l->base) {
		(*w->taken)--;
		return refuse(w, "a least that is below the median");
	}
	return EXCH_OK;
}

static int
take_load(const struct words *w, struct law *l)
{
	int err = take_time(w, &l->base, "a time such as 20us");

	if (err == EXCH_OK)
		err = take_time(
		    w, &l->service, "the time for one message, such as 1us,");
	l->least = l->base + l->service;
	return err;
}

/* ---- a file ---- */

/*
 * The line at that place, without its end.  Blanks around a number and comments
 * are fine.
 */
static int
add_row(struct law *l, struct exch_place at, const char *s, size_t n,
    struct exch_diag *d)
{
	const char *note = memchr(s, '#', n);
	uint64_t v;

	if (note != NULL)
		n = (size_t)(note - s);
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
		at.column++;
	}
	while (
	    n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		n--;
	if (n == 0)
		return EXCH_OK;
	if (exch_uint_parse(s, n, &v) != EXCH_OK || v > MOST)
		return exch_place_fail(d, EXCH_ERR_FORMAT, &at,
		    "\"%.*s\" is no whole number of nanoseconds up to 24 "
		    "hours",
		    (int)(n < 32 ? n : 32), s);
	if (!exch_room(&l->row, l->n, &l->cap, sizeof(*l->row)))
		return EXCH_ERR_NOMEM;
	if (l->n == 0 || v < l->least)
		l->least = v;
	l->row[l->n++] = v;
	return EXCH_OK;
}

static int
read_rows(struct law *l, const char *name, const char *p, size_t n,
    struct exch_diag *d)
{
	struct exch_place at = {.file = name, .column = 1};
	int err = EXCH_OK;

	while (err == EXCH_OK && n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t len = end != NULL ? (size_t)(end - p) : n;

		at.line++;
		err = add_row(l, at, p, len, d);
		len += end != NULL;
		p += len;
		n -= len;
	}
	if (err == EXCH_OK && l->n == 0)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "there are no latencies in it: a whole number of "
		    "nanoseconds on every line");
	return err;
}

static int
take_file(const struct words *w, struct law *l,
    int (*slurp)(void *arg, const char *path, char **bytes, size_t *nbytes,
	struct exch_diag *d),
    void *arg)
{
	const char *name;
	char *p;
	size_t n;
	int err;

	if (*w->taken >= w->n)
		return refuse(w, "the name of a file");
	name = w->word[*w->taken];
	err = slurp(arg, name, &p, &n, w->d);
	if (err != EXCH_OK)
		return err;
	(*w->taken)++;
	err = read_rows(l, name, p, n, w->d);
	exch_free(p);
	return err;
}

/* ---- laws ---- */

static void
leave(struct law *l)
{
	if (--l->paths > 0)
		return;
	exch_free(l->row);
	exch_free(l);
}

static int
take(const struct words *w, struct law *l,
    int (*slurp)(void *arg, const char *path, char **bytes, size_t *nbytes,
	struct exch_diag *d),
    void *arg)
{
	static const char *const name[] = {NULL, "lognormal", "file", "load"};
	const char *s = w->n > 0 ? w->word[0] : "", *near;

	for (enum what i = LOGNORMAL; i <= LOAD; i++) {
		if (strcmp(s, name[i]) != 0)
			continue;
		(*w->taken)++;
		l->what = i;
		return i == LOGNORMAL ? take_lognormal(w, l)
		       : i == LOAD    ? take_load(w, l)
				      : take_file(w, l, slurp, arg);
	}
	l->what = CONSTANT;
	near = exch_nearest(s, strlen(s), name + 1, 3);
	if (near != NULL)
		return exch_diag_set(w->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE,
		    0, "latency: \"%.32s\" is no law; did you mean \"%s\"?", s,
		    near);
	if (take_time(w, &l->base,
		"a time such as 50us, lognormal, file or load") != EXCH_OK)
		return EXCH_ERR_FORMAT;
	l->least = l->base;
	return EXCH_OK;
}

int
exch_latency_parse(const char *const *words, unsigned n, unsigned *taken,
    int (*slurp)(void *arg, const char *path, char **bytes, size_t *nbytes,
	struct exch_diag *d),
    void *arg, struct exch_latency **l, struct exch_diag *d)
{
	const struct words w = {words, n, taken, d};
	struct exch_latency *p = exch_calloc(1, sizeof(*p));
	struct law *law = exch_calloc(1, sizeof(*law));
	int err = p != NULL && law != NULL ? EXCH_OK : EXCH_ERR_NOMEM;

	*taken = 0;
	if (err == EXCH_OK)
		err = take(&w, law, slurp, arg);
	if (err != EXCH_OK) {
		exch_free(p);
		if (law != NULL)
			exch_free(law->row);
		exch_free(law);
		return err;
	}
	law->paths = 1;
	*p = (struct exch_latency){.law = law, .factor = 1};
	*l = p;
	return EXCH_OK;
}

void
exch_latency_free(struct exch_latency *l)
{
	if (l == NULL)
		return;
	leave(l->law);
	exch_free(l);
}

struct exch_latency *
exch_latency_copy(const struct exch_latency *l)
{
	struct exch_latency *p = exch_calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	*p = (struct exch_latency){.law = l->law, .factor = l->factor};
	p->law->paths++;
	return p;
}

/* ---- arrivals ---- */

/* Rounded to whole nanoseconds; 1 changes nothing, however large it is. */
static uint64_t
scaled(const struct exch_latency *l, uint64_t ns)
{
	double v;

	if (l->factor == 1)
		return ns;
	v = (double)ns * l->factor + 0.5;
	return v < 0x1p63 ? (uint64_t)v : INT64_MAX;
}

static exch_ts
later(exch_ts t, uint64_t ns)
{
	return ns < EXCH_TS_NONE - t ? t + ns : EXCH_TS_NONE - 1;
}

static uint64_t
draw_lognormal(const struct law *l, struct exch_rng *rng)
{
	double z = exch_rng_normal(rng);
	double v = (double)l->base * exch_real_exp(l->sigma * z) + 0.5;
	uint64_t ns = v < (double)MOST ? (uint64_t)v : MOST;

	return ns < l->least ? l->least : ns;
}

/*
 * One server: a message is served when it has come and those before it are
 * done (Lindley 1952).  The way to it and from it is `base` together.
 */
static exch_ts
served(struct exch_latency *l, exch_ts t)
{
	exch_ts from = t > l->idle ? t : l->idle;

	l->idle = later(from, scaled(l, l->law->service));
	return later(l->idle, scaled(l, l->law->base));
}

exch_ts
exch_latency_arrival(struct exch_latency *l, struct exch_rng *rng, exch_ts t)
{
	const struct law *law = l->law;
	exch_ts at = t;

	switch (law->what) {
	case CONSTANT:
		at = later(t, scaled(l, law->base));
		break;
	case LOGNORMAL:
		at = later(t, scaled(l, draw_lognormal(law, rng)));
		break;
	case TABLE:
		at = later(t, scaled(l, law->row[exch_rng_below(rng, law->n)]));
		break;
	case LOAD:
		at = served(l, t);
		break;
	}
	if (at < l->last)
		at = l->last;
	l->last = at;
	return at;
}

uint64_t
exch_latency_least(const struct exch_latency *l)
{
	if (l->law->what == LOAD) /* as served() rounds it */
		return scaled(l, l->law->service) + scaled(l, l->law->base);
	return scaled(l, l->law->least);
}

void
exch_latency_scale(struct exch_latency *l, double factor)
{
	exch_check(factor >= 0 && factor <= 1e6);
	l->factor = factor;
}
