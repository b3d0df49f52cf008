/* Indicators over bars (indicator.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/even.h"
#include "report/indicator.h"
#include "report/report.h"
#include "report/tape.h"

/* What is carried on has so many units in one of a price. */
#define FINE 1000000000

/* Farther from their mean than this, closes have no deviation to show. */
#define FAR (INT64_C(1) << 58)

/* Means that are carried on, in 10^-18. */
struct carried {
	exch_i128 a; /* ema; rises; true range */
	exch_i128 b; /* falls */
};

/* Of one instrument. */
struct exch_ind_one {
	uint64_t bars;
	exch_px last;		/* close */
	exch_px *close;		/* ring of `keep` */
	struct carried state[]; /* of each of the list; the ring behind them */
};

/* ---- the list ---- */

static const struct {
	const char *name;
	const char *column;
	uint32_t most_parts;
} kinds[] = {
    [EXCH_IND_SMA] = {"sma", "sma", 1},
    [EXCH_IND_EMA] = {"ema", "ema", 1},
    [EXCH_IND_RSI] = {"rsi", "rsi", 1},
    [EXCH_IND_BOLLINGER] = {"bollinger", "bb", 2},
    [EXCH_IND_ATR] = {"atr", "atr", 1},
};

static int
bad_item(const char *s, size_t n, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "'%.*s' is no indicator: sma:N, ema:N, rsi:N, bollinger:N or "
	    "bollinger:N:K, atr:N, with N bars from 1 to %d and K from 0.01 "
	    "to 100",
	    (int)(n < 40 ? n : 40), s, EXCH_IND_BARS);
}

static bool
set_kind(struct exch_ind_spec *spec, const char *s, size_t n)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(kinds); i++)
		if (strlen(kinds[i].name) == n &&
		    memcmp(kinds[i].name, s, n) == 0) {
			spec->kind = (enum exch_ind_kind)i;
			return true;
		}
	return false;
}

static bool
set_n(struct exch_ind_spec *spec, const char *s, size_t n)
{
	uint64_t v;

	if (exch_uint_parse(s, n, &v) != 0 || v == 0 || v > EXCH_IND_BARS)
		return false;
	spec->n = (uint32_t)v;
	return true;
}

static bool
set_width(struct exch_ind_spec *spec, const char *s, size_t n)
{
	int64_t v;

	if (exch_dec_parse(s, n, 2, &v) != 0 || v <= 0 || v > EXCH_IND_WIDTH)
		return false;
	spec->width = (uint32_t)v;
	return true;
}

static bool
parse_item(const char *s, size_t n, struct exch_ind_spec *spec)
{
	const char *end = s + n;
	const char *colon = memchr(s, ':', n);
	const char *second;

	spec->width = 200;
	if (colon == NULL || !set_kind(spec, s, (size_t)(colon - s)))
		return false;
	s = colon + 1;
	second = memchr(s, ':', (size_t)(end - s));
	if (second == NULL)
		return set_n(spec, s, (size_t)(end - s));
	return kinds[spec->kind].most_parts == 2 &&
	       set_n(spec, s, (size_t)(second - s)) &&
	       set_width(spec, second + 1, (size_t)(end - second - 1));
}

/* Two with the same columns would be one. */
static bool
is_new(const struct exch_ind_list *list, const struct exch_ind_spec *spec)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->spec[i].kind == spec->kind &&
		    list->spec[i].n == spec->n)
			return false;
	return true;
}

int
exch_ind_parse(const char *s, struct exch_ind_list *list, struct exch_diag *d)
{
	for (;;) {
		size_t n = strcspn(s, ",");
		struct exch_ind_spec spec;

		if (!parse_item(s, n, &spec))
			return bad_item(s, n, d);
		if (!is_new(list, &spec))
			return exch_diag_set(d, EXCH_ERR_FORMAT, NULL,
			    EXCH_POS_NONE, 0, "'%.*s' has its columns twice",
			    (int)n, s);
		if (list->n == EXCH_INDS_MAX)
			return exch_diag_set(d, EXCH_ERR_FORMAT, NULL,
			    EXCH_POS_NONE, 0, "%d indicators are the most",
			    EXCH_INDS_MAX);
		list->spec[list->n++] = spec;
		if (s[n] == '\0')
			return EXCH_OK;
		s += n + 1;
	}
}

/* ---- bars ---- */

/* It is made of the last n closes and of nothing before. */
static bool
is_window(const struct exch_ind_spec *spec)
{
	return spec->kind == EXCH_IND_SMA || spec->kind == EXCH_IND_BOLLINGER;
}

void
exch_inds_init(struct exch_inds *x, const struct exch_ind_list *list)
{
	memset(x, 0, sizeof(*x));
	x->list = *list;
	for (unsigned i = 0; i < list->n; i++)
		if (is_window(&list->spec[i]) && list->spec[i].n > x->keep)
			x->keep = list->spec[i].n;
}

void
exch_inds_clear(struct exch_inds *x)
{
	for (uint32_t i = 0; i < x->cap; i++)
		exch_free(x->of[i]);
	exch_free(x->of);
	memset(x, 0, sizeof(*x));
}

static int
make_one(struct exch_inds *x, uint32_t place, struct exch_diag *d)
{
	size_t head =
	    sizeof(struct exch_ind_one) + x->list.n * sizeof(struct carried);
	struct exch_ind_one *o;
	int rc =
	    exch_report_grow(&x->of, &x->cap, place + 1, sizeof(*x->of), d);

	if (rc != EXCH_OK)
		return rc;
	o = exch_calloc(1, head + x->keep * sizeof(exch_px));
	if (o == NULL)
		return exch_report_nomem(d);
	o->close = (exch_px *)(void *)((unsigned char *)o + head);
	x->of[place] = o;
	return EXCH_OK;
}

/* The close of the bar so many before the last one. */
static exch_px
close_before(
    const struct exch_inds *x, const struct exch_ind_one *o, uint64_t n)
{
	return o->close[(o->bars - 1 - n) % x->keep];
}

/*
 * The mean of n values: summed up while they are too few, then divided; from
 * then on 1 / n of each, and of what there was the rest.
 */
static void
smooth(exch_i128 *mean, exch_i128 v, uint64_t nth, uint32_t n)
{
	v *= FINE;
	if (nth <= n)
		*mean += v;
	if (nth == n)
		*mean = exch_div_half_even(*mean, n);
	if (nth > n)
		*mean = exch_div_half_even(*mean * (n - 1) + v, n);
}

static exch_i128
true_range(const struct exch_ind_bar *b, exch_px before)
{
	exch_i128 r = (exch_i128)b->high - b->low;

	if ((exch_i128)b->high - before > r)
		r = (exch_i128)b->high - before;
	if ((exch_i128)before - b->low > r)
		r = (exch_i128)before - b->low;
	return r;
}

static void
take_ema(struct carried *s, exch_px close, uint64_t nth, uint32_t n)
{
	exch_i128 v = (exch_i128)close * FINE;

	if (nth <= n)
		smooth(&s->a, close, nth, n);
	else
		s->a += exch_div_half_even((v - s->a) * 2, n + 1);
}

/* A bar that is not the first; o->bars counts it. */
static void
take_change(struct carried *s, const struct exch_ind_spec *spec,
    const struct exch_ind_one *o, const struct exch_ind_bar *b)
{
	exch_i128 up = (exch_i128)b->close - o->last;
	uint64_t nth = o->bars - 1;

	if (spec->kind == EXCH_IND_ATR) {
		smooth(&s->a, true_range(b, o->last), nth, spec->n);
	} else {
		smooth(&s->a, up > 0 ? up : 0, nth, spec->n);
		smooth(&s->b, up < 0 ? -up : 0, nth, spec->n);
	}
}

int
exch_inds_take(struct exch_inds *x, uint32_t place,
    const struct exch_ind_bar *b, struct exch_diag *d)
{
	struct exch_ind_one *o;

	if (place >= x->cap || x->of[place] == NULL) {
		int rc = make_one(x, place, d);

		if (rc != EXCH_OK)
			return rc;
	}
	o = x->of[place];
	o->bars++;
	for (unsigned i = 0; i < x->list.n; i++) {
		const struct exch_ind_spec *spec = &x->list.spec[i];
		struct carried *s = &o->state[i];

		if (spec->kind == EXCH_IND_EMA)
			take_ema(s, b->close, o->bars, spec->n);
		else if (is_window(spec))
			s->a += (exch_i128)b->close -
				(o->bars > spec->n ? close_before(x, o, spec->n)
						   : 0);
		else if (o->bars > 1)
			take_change(s, spec, o, b);
	}
	if (x->keep != 0)
		o->close[(o->bars - 1) % x->keep] = b->close;
	o->last = b->close;
	return EXCH_OK;
}

/* ---- values ---- */

/* Of 10^-18, as a mean of prices is shown. */
static exch_px
shown(exch_i128 v, const struct exch_inst *in)
{
	exch_i128 step = (exch_i128)exch_pow10[9 - exch_tape_mean_decimals(in)];

	v = exch_div_half_even(v, FINE * step) * step;
	return v < INT64_MAX && v > INT64_MIN ? (exch_px)v : EXCH_PX_NONE;
}

static void
put_mean(struct exch_table *t, exch_i128 v, const struct exch_inst *in)
{
	exch_table_px(t, shown(v, in), (unsigned)exch_tape_mean_decimals(in));
}

/* In per cent with four decimals. */
static void
put_strength(struct exch_table *t, const struct carried *s)
{
	if (s->a + s->b == 0)
		exch_table_none(t);
	else
		exch_table_dec(
		    t, exch_div_half_even(s->a * 1000000, s->a + s->b), 4, 4);
}

/* The root, rounded down. */
static exch_u128
root(exch_u128 v)
{
	exch_u128 r = 0;

	for (exch_u128 bit = (exch_u128)1 << 126; bit != 0; bit >>= 2) {
		if (v >= r + bit) {
			v -= r + bit;
			r = r / 2 + bit;
		} else {
			r /= 2;
		}
	}
	return r;
}

/*
 * The deviation of the last n closes from their mean (10^-18), in 10^-18;
 * false: it is too wide.
 */
static bool
deviation(const struct exch_inds *x, const struct exch_ind_one *o, uint32_t n,
    exch_i128 mean, exch_i128 *sd)
{
	exch_i128 at = exch_div_half_even(mean, FINE);
	exch_u128 squares = 0;

	for (uint32_t i = 0; i < n; i++) {
		exch_i128 far = close_before(x, o, i) - at;

		if (far >= FAR || far <= -FAR)
			return false;
		squares += (exch_u128)(far * far);
	}
	/* as many digits as fit under the root */
	*sd = squares >> 67 == 0 ? (exch_i128)root(squares * FINE * FINE / n)
				 : (exch_i128)root(squares / n) * FINE;
	return true;
}

/* The mean of a window, in 10^-18. */
static exch_i128
mean_of(const struct carried *s, uint32_t n)
{
	return exch_div_half_even(s->a * FINE, n);
}

static void
put_band(struct exch_table *t, const struct exch_inds *x,
    const struct exch_ind_one *o, unsigned i, const struct exch_inst *in)
{
	const struct exch_ind_spec *spec = &x->list.spec[i];
	exch_i128 mean = mean_of(&o->state[i], spec->n);
	exch_i128 wide;
	bool known = deviation(x, o, spec->n, mean, &wide);

	if (known)
		wide = exch_div_half_even(wide * (exch_i128)spec->width, 100);
	if (known)
		put_mean(t, mean - wide, in);
	else
		exch_table_none(t);
	put_mean(t, mean, in);
	if (known)
		put_mean(t, mean + wide, in);
	else
		exch_table_none(t);
}

/* The bar from which on there is a value. */
static uint64_t
first_bar(const struct exch_ind_spec *spec)
{
	bool changes = spec->kind == EXCH_IND_RSI || spec->kind == EXCH_IND_ATR;

	return (uint64_t)spec->n + (changes ? 1 : 0);
}

static unsigned
columns_of(const struct exch_ind_spec *spec)
{
	return spec->kind == EXCH_IND_BOLLINGER ? 3 : 1;
}

void
exch_inds_cells(const struct exch_inds *x, uint32_t place,
    const struct exch_inst *in, struct exch_table *t)
{
	const struct exch_ind_one *o = place < x->cap ? x->of[place] : NULL;

	for (unsigned i = 0; i < x->list.n; i++) {
		const struct exch_ind_spec *spec = &x->list.spec[i];

		if (o == NULL || o->bars < first_bar(spec)) {
			for (unsigned k = 0; k < columns_of(spec); k++)
				exch_table_none(t);
			continue;
		}
		switch (spec->kind) {
		case EXCH_IND_SMA:
			put_mean(t, mean_of(&o->state[i], spec->n), in);
			break;
		case EXCH_IND_RSI:
			put_strength(t, &o->state[i]);
			break;
		case EXCH_IND_BOLLINGER:
			put_band(t, x, o, i, in);
			break;
		case EXCH_IND_EMA:
		case EXCH_IND_ATR:
			put_mean(t, o->state[i].a, in);
			break;
		}
	}
}

unsigned
exch_inds_columns(const struct exch_ind_list *list,
    char name[EXCH_IND_COLS][EXCH_IND_NAME], struct exch_col *cols)
{
	static const char *const band[] = {"_low", "_mid", "_high"};
	unsigned n = 0;

	for (unsigned i = 0; i < list->n; i++) {
		const struct exch_ind_spec *spec = &list->spec[i];
		unsigned many = columns_of(spec);

		for (unsigned k = 0; k < many; k++, n++) {
			(void)snprintf(name[n], EXCH_IND_NAME, "%s%u%s",
			    kinds[spec->kind].column, (unsigned)spec->n,
			    many == 1 ? "" : band[k]);
			cols[n] = (struct exch_col){name[n], EXCH_COL_NUM, 11};
		}
	}
	return n;
}
