/* Value at risk of an account (account_var.h). */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "risk/account_var.h"
#include "risk/stress.h"

#define NANO 1e-9
#define CASH 1e6
#define MOST_PROFIT 9e12   /* that cash can say */
#define LEAST_PART 1e-9	   /* of rounding */
#define TRADING_DAYS 252.0 /* that a year's volatility is spread over */

/* What one account's prices follow: its roots, each once. */
struct factors {
	const struct exch_holdings *h;
	const struct exch_holder *who;
	size_t n;
	uint32_t *place; /* of each, in ascending order */
	const char **symbol;
	double *value; /* delta in money */
	double *sd;    /* of a day's return */
	double *corr;  /* n by n */
	struct exch_returns returns;
};

static void
clear(struct factors *f)
{
	exch_free(f->place);
	exch_free(f->symbol);
	exch_free(f->value);
	exch_free(f->sd);
	exch_free(f->corr);
	exch_returns_clear(&f->returns);
}

static size_t
find(const struct factors *f, uint32_t place)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->place[i] == place)
			return i;
	return f->n;
}

static int
unknown(
    const struct exch_holdings *h, uint32_t place, int err, struct exch_diag *d)
{
	return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE, 0,
	    err == EXCH_ERR_ABSENT
		? "'%.24s' has no price, or no volatility: add --prices or "
		  "--vols"
		: "'%.24s' is worth no number",
	    h->thing[place].symbol);
}

/* The roots and how much of each. */
static int
collect(struct factors *f, struct exch_diag *d)
{
	size_t most = f->who->n;

	f->place = exch_calloc(most + 1, sizeof(*f->place));
	f->symbol = exch_calloc(most + 1, sizeof(*f->symbol));
	f->value = exch_calloc(most + 1, sizeof(*f->value));
	f->sd = exch_calloc(most + 1, sizeof(*f->sd));
	if (f->place == NULL || f->symbol == NULL || f->value == NULL ||
	    f->sd == NULL)
		return EXCH_ERR_NOMEM;
	for (size_t i = 0; i < f->who->n; i++) {
		const struct exch_held *x = &f->h->holding[f->who->first + i];
		uint32_t root = f->h->thing[x->place].root;
		double delta;
		size_t at;
		int err;

		if (x->qty == 0)
			continue;
		err = exch_held_delta(f->h, x, &delta);
		if (err != 0)
			return unknown(f->h, x->place, err, d);
		at = find(f, root);
		if (at == f->n) {
			f->place[f->n] = root;
			f->symbol[f->n++] = f->h->thing[root].symbol;
		}
		f->value[at] += delta;
	}
	return f->n > 0 ? EXCH_OK : EXCH_ERR_ABSENT;
}

/* A day's deviations and correlations, of tables or else of the history. */
static int
moments(struct factors *f, const struct exch_var_source *s, struct exch_diag *d)
{
	f->corr = exch_calloc(f->n * f->n, sizeof(*f->corr));
	if (f->corr == NULL)
		return EXCH_ERR_NOMEM;
	exch_returns_sd(&f->returns, f->sd);
	for (size_t i = 0; i < f->n && s->vols != NULL; i++) {
		const struct exch_vol_row *v =
		    exch_vol_at(s->vols, f->h->date, f->symbol[i]);

		if (v != NULL && v->vol >= 0)
			f->sd[i] = (double)v->vol * NANO / sqrt(TRADING_DAYS);
	}
	if (s->correlations != NULL)
		return exch_correlations_of(
		    s->correlations, f->symbol, f->n, f->corr, d);
	exch_returns_corr(&f->returns, f->corr);
	return EXCH_OK;
}

/* ---- the days as they were ---- */

/* The holding whose profit on a day is the largest, or is no number. */
struct extreme {
	double size; /* of the profit */
	const struct exch_held *x;
	double move; /* of its root */
};

/* Profit of all it holds when the roots move as on one day. */
static int
profit_of_day(const struct factors *f, const double *move, double *out,
    struct extreme *most)
{
	*out = 0;
	*most = (struct extreme){.size = -1};
	for (size_t i = 0; i < f->who->n; i++) {
		const struct exch_held *x = &f->h->holding[f->who->first + i];
		double profit, by = 0;
		struct exch_leg leg;
		int err;

		if (x->qty == 0)
			continue;
		err = exch_held_leg(f->h, x, &leg);
		if (err == 0) {
			by = move[find(f, f->h->thing[x->place].root)];
			err = exch_leg_profit(&leg, by, 0, &profit);
		}
		if (err != 0 || !(fabs(profit) <= most->size))
			*most = (struct extreme){
			    err == 0 ? fabs(profit) : INFINITY, x, by};
		if (err != 0)
			return err;
		*out += profit;
	}
	return fabs(*out) < MOST_PROFIT ? EXCH_OK : EXCH_ERR_RANGE;
}

static int
too_large(const struct factors *f, uint32_t day, const struct extreme *most,
    struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "the profit or loss of account %u on the day %04u-%02u-%02u is "
	    "more than cash can say, most of it in '%.24s', which moved by "
	    "%g%%: look for a wrong price in --prices",
	    f->who->account, day / 10000, day / 100 % 100, day % 100,
	    f->h->thing[most->x->place].symbol, most->move * 100);
}

static int
by_history(const struct factors *f, uint32_t level,
    struct exch_account_var *out, struct exch_diag *d)
{
	size_t n = f->returns.ndays;
	exch_cash *pl = exch_calloc(n + 1, sizeof(*pl));
	struct exch_tail tail;
	int err = pl != NULL ? EXCH_OK : EXCH_ERR_NOMEM;

	for (size_t i = 0; err == 0 && i < n; i++) {
		struct extreme most;
		double profit;

		err = profit_of_day(f, f->returns.r + i * f->n, &profit, &most);
		if (err == EXCH_ERR_RANGE)
			err = too_large(f, f->returns.date[i], &most, d);
		if (err == 0)
			pl[i] = (exch_cash)llround(profit * CASH);
	}
	if (err == 0)
		err = exch_var_history(pl, n, level, &tail);
	if (err == 0) {
		out->days = n;
		out->history = (double)tail.var / CASH;
		out->history_es = (double)tail.es / CASH;
	}
	exch_free(pl);
	return err;
}

/* ---- normal, and drawn ---- */

/* The table's correlations cannot be: of which symbols, or `why` it is else. */
static int
contradict(const struct factors *f, const struct exch_reftable *t,
    const struct exch_diag *why, struct exch_diag *d)
{
	double *l = exch_calloc(f->n * f->n, sizeof(*l));
	double *part = exch_calloc(f->n, sizeof(*part));
	const char **symbol = exch_calloc(f->n, sizeof(*symbol));
	int err = EXCH_ERR_NOMEM;
	double pivot = 0;
	size_t bad, n = 0;

	if (l != NULL && part != NULL && symbol != NULL) {
		bad = exch_corr_blame(f->corr, f->n, l, part, &pivot);
		for (size_t i = 0; i < bad && bad < f->n; i++)
			if (fabs(part[i]) > LEAST_PART)
				symbol[n++] = f->symbol[i];
		if (bad < f->n)
			symbol[n++] = f->symbol[bad];
		err = n > 0 ? exch_correlations_bad(t, symbol, n, pivot, d)
			    : (int)why->code;
		if (n == 0)
			*d = *why;
	}
	exch_free(l);
	exch_free(part);
	exch_free(symbol);
	return err;
}

static int
given_up(const struct factors *f, const struct exch_var_source *s,
    const struct exch_diag *why, struct exch_diag *d)
{
	if (s->correlations != NULL && why->code == EXCH_ERR_RANGE)
		return contradict(f, s->correlations, why, d);
	*d = *why;
	return why->code;
}

static int
by_moments(const struct factors *f, const struct exch_var_source *s,
    struct exch_account_var *out, struct exch_diag *d)
{
	struct exch_assets a = {f->n, f->value, f->sd, f->corr};
	struct exch_diag why = {0};
	double sd;
	int err;

	/* One day deviates from nothing. */
	if (f->returns.ndays < 2 && s->vols == NULL) {
		out->normal = out->normal_es = out->stressed = NAN;
		return EXCH_OK;
	}
	err = exch_assets_sd(&a, &sd);
	if (err != 0) {
		(void)exch_diag_set(&why, err, NULL, EXCH_POS_NONE, 0,
		    "the correlations of what account %u holds contradict each "
		    "other",
		    f->who->account);
		return given_up(f, s, &why, d);
	}
	out->normal = exch_var_normal(0, sd, s->level);
	out->normal_es = exch_es_normal(0, sd, s->level);
	/* As many days as prices, and less, leave nothing to draw from. */
	if (s->carlo.paths > 0)
		err = exch_var_carlo(&a, &s->carlo, &out->carlo, &why);
	out->drawn = s->carlo.paths > 0 && err == 0;
	if (err == EXCH_ERR_NOMEM || (err != 0 && s->correlations != NULL))
		return given_up(f, s, &why, d);
	err = exch_corr_stress(f->corr, f->n, s->stress);
	if (err == 0)
		err = exch_assets_sd(&a, &sd);
	if (err != 0)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "the correlations under stress of what account %u holds "
		    "give no number",
		    f->who->account);
	out->stressed = exch_var_normal(0, sd, s->level);
	return EXCH_OK;
}

/* ---- the way out ---- */

static void
way_out(const struct factors *f, const struct exch_var_source *s,
    struct exch_account_var *out)
{
	out->cost = 0;
	out->days_out = 0;
	for (size_t i = 0; i < f->who->n; i++) {
		const struct exch_held *x = &f->h->holding[f->who->first + i];
		const struct exch_thing *t = &f->h->thing[x->place];
		const struct exch_liquidity_row *l =
		    exch_liquidity_of(s->liquidity, t->symbol);
		double days = NAN;
		exch_cash value = 0;

		if (x->qty == 0)
			continue;
		(void)exch_held_value(f->h, x, &value); /* 0 of no mark */
		if (l != NULL)
			out->cost += exch_liquidity_cost((double)value / CASH,
			    (double)l->spread * NANO,
			    (double)l->spread_sd * NANO, s->spread_k);
		if (l == NULL ||
		    exch_liquidation_days((double)x->qty, s->participation,
			(double)l->volume, &days) != 0)
			days = NAN;
		/* What is not known of one is not known of all. */
		if (isnan(days) || !(days <= out->days_out))
			out->days_out = isnan(out->days_out) ? NAN : days;
	}
}

/* Several days, by the square root of their number. */
static void
scale(struct exch_account_var *v, uint32_t horizon)
{
	double by = sqrt(horizon);

	v->history *= by;
	v->history_es *= by;
	v->normal *= by;
	v->normal_es *= by;
	v->stressed *= by;
	v->carlo.var *= by;
	v->carlo.es *= by;
	v->carlo.se *= by;
}

int
exch_account_var(const struct exch_holdings *h, const struct exch_holder *who,
    const struct exch_var_source *s, struct exch_account_var *out,
    struct exch_diag *d)
{
	struct factors f = {.h = h, .who = who};
	int err;

	*out = (struct exch_account_var){.days_out = NAN};
	err = collect(&f, d);
	if (err == 0)
		err = exch_returns_of(
		    s->prices, f.symbol, f.n, h->date, s->days, &f.returns, d);
	if (err == 0)
		err = moments(&f, s, d);
	if (err == 0)
		err = by_history(&f, s->level, out, d);
	if (err == 0)
		err = by_moments(&f, s, out, d);
	if (err == 0 && s->liquidity != NULL)
		way_out(&f, s, out);
	out->liquid = exch_var_days(out->history,
			  fmax(s->horizon, out->days_out)) + /* but of NAN */
		      out->cost;
	scale(out, s->horizon);
	clear(&f);
	if (err == EXCH_ERR_NOMEM)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a value at risk");
	if (err != 0 && err != EXCH_ERR_ABSENT)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "the value at risk of account %u is no number",
		    who->account);
	return err;
}
