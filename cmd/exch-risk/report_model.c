/* Reports on what could happen: value at risk, stress, Greeks, back-test. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-risk/report.h"
#include "risk/backtest.h"

/* ---- value at risk ---- */

/* NULL: nobody knows. */
static void
put_var(struct risk_tool *t, const struct exch_holder *who,
    const struct exch_account_var *v)
{
	static const struct exch_account_var none = {.history = NAN,
	    .history_es = NAN,
	    .normal = NAN,
	    .normal_es = NAN,
	    .stressed = NAN,
	    .carlo = {NAN, NAN, NAN},
	    .cost = NAN,
	    .days_out = NAN,
	    .liquid = NAN};
	struct exch_table *o = &t->out;

	exch_table_row(o);
	risk_account(o, who);
	risk_number(o, t->var.level / 1e6);
	exch_table_u64(o, t->var.horizon);
	if (v != NULL)
		exch_table_u64(o, v->days);
	else
		exch_table_none(o);
	v = v != NULL ? v : &none;
	risk_money(o, v->history);
	risk_money(o, v->history_es);
	risk_money(o, v->normal);
	risk_money(o, v->normal_es);
	risk_money(o, v->drawn ? v->carlo.var : NAN);
	risk_money(o, v->drawn ? v->carlo.es : NAN);
	risk_money(o, v->drawn ? v->carlo.se : NAN);
	risk_money(o, v->stressed);
	risk_money(o, t->var.liquidity != NULL ? v->cost : NAN);
	risk_number(o, v->days_out);
	risk_money(o, t->var.liquidity != NULL ? v->liquid : NAN);
	exch_table_end(o);
}

bool
risk_is_thin(const struct risk_tool *t, uint64_t n)
{
	return n < risk_whole_tail(t);
}

uint64_t
risk_whole_tail(const struct risk_tool *t)
{
	uint32_t rest = 1000000 - t->var.level;

	return (1000000 + rest - 1) / rest;
}

/* The worst of too few says no more than that it was the worst. */
static void
tell_thin(const struct risk_tool *t, size_t thin)
{
	if (thin > 0)
		exch_cli_note(&t->cli,
		    "%zu accounts have a history of fewer than %llu days, of "
		    "which a level of %g%% leaves less than one: their "
		    "history_var and history_es are the worst day's",
		    thin, (unsigned long long)risk_whole_tail(t),
		    t->var.level / 1e4);
	if (risk_is_thin(t, t->var.carlo.paths))
		exch_cli_note(&t->cli,
		    "--paths %llu leaves less than one at a level of %g%%: "
		    "carlo_var and carlo_es are the worst path's",
		    (unsigned long long)t->var.carlo.paths, t->var.level / 1e4);
}

int
risk_var(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"level", EXCH_COL_NUM, 6},
	    {"horizon", EXCH_COL_NUM, 7}, {"days", EXCH_COL_NUM, 5},
	    {"history_var", EXCH_COL_NUM, 12}, {"history_es", EXCH_COL_NUM, 12},
	    {"normal_var", EXCH_COL_NUM, 12}, {"normal_es", EXCH_COL_NUM, 12},
	    {"carlo_var", EXCH_COL_NUM, 12}, {"carlo_es", EXCH_COL_NUM, 12},
	    {"carlo_se", EXCH_COL_NUM, 9}, {"stressed_var", EXCH_COL_NUM, 12},
	    {"liquidity_cost", EXCH_COL_NUM, 14},
	    {"liquidation_days", EXCH_COL_NUM, 16},
	    {"liquid_var", EXCH_COL_NUM, 12}};
	const struct exch_holder *who;
	size_t i = 0, undrawn = 0, thin = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL) {
		struct exch_account_var v;

		if (risk_unknown(t, who) > 0) {
			put_var(t, who, NULL);
			continue;
		}
		err = exch_account_var(&t->h, who, &t->var, &v, d);
		if (err == 0)
			put_var(t, who, &v);
		undrawn += err == 0 && !v.drawn;
		thin += err == 0 && risk_is_thin(t, v.days);
		/* It holds nothing; what lacks is told. */
		if (err == EXCH_ERR_ABSENT && d->code == EXCH_OK)
			err = EXCH_OK;
	}
	if (undrawn > 0)
		exch_cli_note(&t->cli,
		    "%zu accounts have no Monte Carlo value: the history is "
		    "too short for what they hold, or some of it moves as one",
		    undrawn);
	if (err == 0)
		tell_thin(t, thin);
	return err;
}

/* ---- stress ---- */

int
risk_scenario_profit(const struct risk_tool *t, const struct exch_holder *who,
    size_t first, double *profit, uint32_t *unknown, struct exch_diag *d)
{
	const struct exch_scenario_row *row = t->table[RISK_SCENARIOS].row;

	*profit = 0;
	*unknown = 0;
	for (size_t i = 0; i < who->n; i++) {
		const struct exch_held *x = &t->h.holding[who->first + i];
		const struct exch_thing *g = &t->h.thing[x->place];
		const struct exch_thing *root = &t->h.thing[g->root];
		struct exch_leg leg;
		double shock, vol, got;

		if (x->qty == 0)
			continue;
		exch_scenario_move(&t->table[RISK_SCENARIOS], first,
		    root->symbol, root->kind, &shock, &vol);
		if (exch_held_leg(&t->h, x, &leg) != 0 ||
		    exch_leg_profit(&leg, shock, vol, &got) != 0)
			++*unknown;
		else
			*profit += got;
	}
	if (isfinite(*profit))
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "what account %u has is worth no number in the scenario '%.24s'",
	    who->account, row[first].name);
}

/* As an export that went wrong is. */
void
risk_tell_stress(const struct risk_tool *t)
{
	if (t->table[RISK_SCENARIOS].n == 0)
		exch_cli_note(&t->cli,
		    "%s: the table has no rows: there is no scenario",
		    t->table[RISK_SCENARIOS].name);
}

static int
stress_of(
    struct risk_tool *t, const struct exch_holder *who, struct exch_diag *d)
{
	const struct exch_reftable *s = &t->table[RISK_SCENARIOS];
	const struct exch_scenario_row *row = s->row;

	for (size_t k = 0; k < s->n; k = exch_scenario_next(s, k)) {
		uint32_t unknown;
		double profit;
		int err = risk_scenario_profit(t, who, k, &profit, &unknown, d);

		if (err != 0)
			return err;
		exch_table_row(&t->out);
		risk_account(&t->out, who);
		exch_table_text(&t->out, row[k].name,
		    strnlen(row[k].name, sizeof(row[k].name)));
		/* A part of it may be a gain where the whole is a loss. */
		risk_money(&t->out, unknown == 0 ? profit : NAN);
		exch_table_u64(&t->out, unknown);
		exch_table_end(&t->out);
	}
	return EXCH_OK;
}

int
risk_stress(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"scenario", EXCH_COL_TEXT, 24},
	    {"profit", EXCH_COL_NUM, 14}, {"unknown", EXCH_COL_NUM, 7}};
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	risk_tell_stress(t);
	while (err == 0 && (who = risk_next(t, &i)) != NULL)
		if (who->n > 0)
			err = stress_of(t, who, d);
	return err;
}

/* ---- Greeks ---- */

static void
put_greeks(struct risk_tool *t, const struct exch_holder *who,
    const struct exch_held *x)
{
	const struct exch_thing *g = &t->h.thing[x->place];
	struct exch_table *o = &t->out;
	const struct exch_greeks none = {.price = NAN,
	    .delta = NAN,
	    .gamma = NAN,
	    .vega = NAN,
	    .theta = NAN,
	    .rho = NAN};
	struct exch_greeks k;
	double n = (double)x->qty * g->unit;

	if (!g->follows || exch_bsm(&g->terms, &k) != 0)
		k = none;
	exch_table_row(o);
	risk_account(o, who);
	risk_symbol(o, g);
	exch_table_dec(o, x->qty, g->qty_scale, 0);
	exch_table_word(o, g->put ? "put" : "call");
	risk_number(o, g->follows ? g->terms.spot : NAN);
	exch_table_px(o, g->strike, g->decimals);
	risk_number(o, g->follows ? g->terms.years : NAN);
	risk_number(o, g->follows ? g->terms.rate : NAN);
	risk_number(o, g->follows ? g->terms.vol : NAN);
	risk_number(o, g->implied);
	exch_table_px(o, g->mark, g->decimals);
	risk_number(o, k.price);
	risk_number(o, k.delta);
	risk_number(o, k.gamma);
	risk_number(o, k.vega);
	risk_number(o, k.theta);
	risk_number(o, k.rho);
	risk_number(o, n * k.delta);
	risk_number(o, n * k.gamma);
	risk_money(o, n * k.vega);
	risk_money(o, n * k.theta);
	risk_money(o, n * k.rho);
	exch_table_end(o);
}

int
risk_greeks(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"symbol", EXCH_COL_TEXT, 8},
	    {"qty", EXCH_COL_NUM, 8}, {"right", EXCH_COL_TEXT, 5},
	    {"spot", EXCH_COL_NUM, 9}, {"strike", EXCH_COL_NUM, 9},
	    {"years", EXCH_COL_NUM, 8}, {"rate", EXCH_COL_NUM, 8},
	    {"vol", EXCH_COL_NUM, 8}, {"implied", EXCH_COL_NUM, 8},
	    {"mark", EXCH_COL_NUM, 9}, {"price", EXCH_COL_NUM, 9},
	    {"delta", EXCH_COL_NUM, 9}, {"gamma", EXCH_COL_NUM, 9},
	    {"vega", EXCH_COL_NUM, 10}, {"theta", EXCH_COL_NUM, 10},
	    {"rho", EXCH_COL_NUM, 10}, {"held_delta", EXCH_COL_NUM, 12},
	    {"held_gamma", EXCH_COL_NUM, 12}, {"held_vega", EXCH_COL_NUM, 12},
	    {"held_theta", EXCH_COL_NUM, 12}, {"held_rho", EXCH_COL_NUM, 12}};
	const struct exch_holder *who;
	size_t i = 0, certain = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL)
		for (size_t k = 0; k < who->n; k++) {
			const struct exch_held *x =
			    &t->h.holding[who->first + k];
			const struct exch_thing *g = &t->h.thing[x->place];

			if (x->qty == 0 || g->kind != EXCH_KIND_OPTION)
				continue;
			put_greeks(t, who, x);
			certain += g->follows && g->terms.years > 0 &&
				   g->terms.vol == 0;
		}
	if (certain > 0)
		exch_cli_note(&t->cli,
		    "%zu rows have a volatility of 0: price and Greeks are "
		    "those of the discounted forward, gamma and vega 0",
		    certain);
	return err;
}

/* ---- back-test ---- */

uint32_t
risk_last_profit(const struct risk_tool *t)
{
	const struct exch_pl_row *r = t->table[RISK_PROFITS].row;
	size_t n = t->table[RISK_PROFITS].n;

	return n > 0 ? r[n - 1].date : 0;
}

struct backtest {
	uint32_t days, hits;
	struct exch_lr kupiec;
	struct exch_christoffersen c;
	struct exch_traffic basel, frtb;
};

static int
count(struct risk_tool *t, struct backtest *b, struct exch_diag *d)
{
	const struct exch_reftable *p = &t->table[RISK_PROFITS];
	const struct exch_pl_row *r = p->row;
	uint32_t ppm = 1000000 - t->var.level;
	bool *hit;
	int err;

	if (p->n < 2 || p->n > UINT32_MAX)
		return exch_diag_set(d, EXCH_ERR_FORMAT, p->name, EXCH_POS_NONE,
		    0, "a back-test of %zu days: expected two or more", p->n);
	hit = exch_calloc(p->n, sizeof(*hit));
	if (hit == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a back-test");
	b->days = (uint32_t)p->n;
	for (size_t i = 0; i < p->n; i++) {
		/* A loss beyond what was told, without turning signs. */
		hit[i] = (exch_i128)r[i].pl < -(exch_i128)r[i].var;
		b->hits += hit[i];
	}
	err = exch_kupiec(b->hits, b->days, ppm, &b->kupiec);
	if (err == 0)
		err = exch_christoffersen(hit, b->days, ppm, &b->c);
	exch_free(hit);
	if (err != 0)
		return exch_diag_set(d, err, p->name, EXCH_POS_NONE, 0,
		    "%u exceptions of %u days at a level of %g%% have no test",
		    b->hits, b->days, t->var.level / 1e4);
	err = exch_backtest_at(&t->table[RISK_ZONES], t->date,
	    EXCH_BACKTEST_BASEL, b->hits, &b->basel, d);
	return err != 0 ? err
			: exch_backtest_at(&t->table[RISK_ZONES], t->date,
			      EXCH_BACKTEST_FRTB, b->hits, &b->frtb, d);
}

static const char *
judged(const struct exch_lr *lr)
{
	return lr->p < 0.05 ? "rejected" : "kept";
}

int
risk_backtest(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"days", EXCH_COL_NUM, 6},
	    {"level", EXCH_COL_NUM, 6}, {"exceptions", EXCH_COL_NUM, 10},
	    {"kupiec", EXCH_COL_NUM, 10}, {"kupiec_p", EXCH_COL_NUM, 9},
	    {"kupiec_model", EXCH_COL_TEXT, 12},
	    {"independence", EXCH_COL_NUM, 12},
	    {"independence_p", EXCH_COL_NUM, 14},
	    {"independence_model", EXCH_COL_TEXT, 18},
	    {"joint", EXCH_COL_NUM, 10}, {"joint_p", EXCH_COL_NUM, 9},
	    {"joint_model", EXCH_COL_TEXT, 11}, {"zone", EXCH_COL_TEXT, 6},
	    {"basel_multiplier", EXCH_COL_NUM, 16},
	    {"frtb_multiplier", EXCH_COL_NUM, 15}};
	static const char *const zones[] = {"green", "yellow", "red"};
	struct backtest b = {0};
	struct exch_table *o = &t->out;
	bool usual;
	int err = count(t, &b, d);

	if (err == 0)
		err =
		    exch_table_columns(o, cols, EXCH_ARRAY_LEN(cols), true, d);
	if (err != 0)
		return err;
	/* Zones are of 250 days at 99 % only. */
	usual = b.days == 250 && t->var.level == 990000;
	exch_table_row(o);
	exch_table_u64(o, b.days);
	risk_number(o, t->var.level / 1e6);
	exch_table_u64(o, b.hits);
	risk_number(o, b.kupiec.value);
	risk_number(o, b.kupiec.p);
	exch_table_word(o, judged(&b.kupiec));
	risk_number(o, b.c.independent.value);
	risk_number(o, b.c.independent.p);
	exch_table_word(o, judged(&b.c.independent));
	risk_number(o, b.c.joint.value);
	risk_number(o, b.c.joint.p);
	exch_table_word(o, judged(&b.c.joint));
	exch_table_word(o, usual ? zones[b.basel.zone] : NULL);
	risk_number(o, usual ? (double)b.basel.multiplier / 1e9 : NAN);
	risk_number(o, usual ? (double)b.frtb.multiplier / 1e9 : NAN);
	exch_table_end(o);
	return EXCH_OK;
}
