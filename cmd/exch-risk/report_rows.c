/* Reports on what is held now: positions, accounts, margin. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-risk/report.h"
#include "rec/schema.h"
#include "risk/stress.h"

/* ---- cells ---- */

/* v x 10^scale as a whole number, or none. */
static void
real(struct exch_table *t, double v, int scale, double by, int shown)
{
	if (!(fabs(v) < 1e27))
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)rint(v * by), scale, shown);
}

void
risk_money(struct exch_table *t, double v)
{
	real(t, v, 2, 1e2, 2);
}

void
risk_number(struct exch_table *t, double v)
{
	real(t, v, 6, 1e6, 0);
}

void
risk_cash(struct exch_table *t, exch_cash v)
{
	exch_table_dec(t, v, 6, 2);
}

void
risk_symbol(struct exch_table *t, const struct exch_thing *x)
{
	exch_table_text(t, x->symbol, strnlen(x->symbol, sizeof(x->symbol)));
}

void
risk_account(struct exch_table *t, const struct exch_holder *who)
{
	exch_table_u64(t, who->account);
	exch_table_text(t, who->name, strnlen(who->name, sizeof(who->name)));
}

const struct exch_holder *
risk_next(const struct risk_tool *t, size_t *i)
{
	while (*i < t->h.nholders) {
		const struct exch_holder *who = &t->h.holder[(*i)++];

		if (!t->one || who->account == t->account)
			return who;
	}
	return NULL;
}

size_t
risk_unknown(const struct risk_tool *t, const struct exch_holder *who)
{
	size_t n = 0;

	for (size_t i = 0; i < who->n; i++)
		n += !exch_held_known(&t->h, &t->h.holding[who->first + i]);
	return n;
}

/* Cash that is an answer, or none. */
static void
cash_if(struct exch_table *t, bool known, exch_cash v)
{
	if (known)
		risk_cash(t, v);
	else
		exch_table_none(t);
}

/* ---- positions ---- */

static void
put_qty(struct exch_table *t, int64_t qty, unsigned scale)
{
	exch_table_dec(t, qty, (int)scale, 0);
}

static void
put_position(struct risk_tool *t, const struct exch_holder *who,
    const struct exch_held *x)
{
	const struct exch_thing *g = &t->h.thing[x->place];
	exch_cash value;

	exch_table_row(&t->out);
	risk_account(&t->out, who);
	risk_symbol(&t->out, g);
	put_qty(&t->out, x->qty, g->qty_scale);
	exch_table_px(&t->out, x->cost, g->decimals);
	exch_table_px(&t->out, g->mark, g->decimals);
	if (exch_held_value(&t->h, x, &value) == 0)
		risk_cash(&t->out, value);
	else
		exch_table_none(&t->out);
	risk_cash(&t->out, x->realised);
	risk_cash(&t->out, x->unrealised);
	exch_table_u64(&t->out, x->buys);
	exch_table_u64(&t->out, x->sells);
	exch_table_end(&t->out);
}

int
risk_positions(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"symbol", EXCH_COL_TEXT, 8},
	    {"qty", EXCH_COL_NUM, 10}, {"cost", EXCH_COL_NUM, 11},
	    {"mark", EXCH_COL_NUM, 11}, {"value", EXCH_COL_NUM, 14},
	    {"realised", EXCH_COL_NUM, 13}, {"unrealised", EXCH_COL_NUM, 13},
	    {"buys", EXCH_COL_NUM, 6}, {"sells", EXCH_COL_NUM, 6}};
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL)
		for (size_t k = 0; k < who->n; k++)
			put_position(t, who, &t->h.holding[who->first + k]);
	return err;
}

/* ---- accounts ---- */

static void
put_account(struct risk_tool *t, const struct exch_holder *who,
    const struct exch_standing *s)
{
	struct exch_table *o = &t->out;
	double gross = (double)s->longs + (double)s->shorts;
	double net = (double)s->longs - (double)s->shorts;
	double equity = s->known ? (double)s->equity : NAN;

	exch_table_row(o);
	risk_account(o, who);
	risk_cash(o, who->cash);
	risk_cash(o, s->realised);
	cash_if(o, s->known, s->unrealised);
	cash_if(o, s->known, s->equity);
	risk_money(o, s->known ? gross / 1e6 : NAN);
	risk_money(o, s->known ? net / 1e6 : NAN);
	risk_number(o, equity > 0 ? gross / equity : NAN);
	cash_if(o, s->known, s->initial);
	cash_if(o, s->known, s->keep);
	cash_if(o, s->known, s->required_before);
	cash_if(o, s->known, s->required_after);
	cash_if(o, s->known, s->required);
	risk_number(o, equity > 0 ? (double)s->required / equity : NAN);
	cash_if(o, s->known, s->call);
	exch_table_u64(o, s->day_trades);
	exch_table_word(o, s->day_trader ? "yes" : "no");
	exch_table_u64(o, s->unmarked);
	risk_cash(o, who->fees);
	exch_table_end(o);
}

static void
put_day(struct risk_tool *t, uint32_t date, uint32_t account,
    uint64_t day_trades, uint64_t trades)
{
	char day[16];
	int n = snprintf(day, sizeof(day), "%04u-%02u-%02u", date / 10000,
	    date / 100 % 100, date % 100);

	exch_table_row(&t->out);
	exch_table_text(&t->out, day, (size_t)n);
	exch_table_u64(&t->out, account);
	exch_table_u64(&t->out, day_trades);
	exch_table_u64(&t->out, trades);
	exch_table_end(&t->out);
}

/* Those before that may count tomorrow still, and those of the day. */
int
risk_day_trades(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"date", EXCH_COL_TEXT, 10},
	    {"account", EXCH_COL_NUM, 8}, {"daytrades", EXCH_COL_NUM, 9},
	    {"trades", EXCH_COL_NUM, 9}};
	const struct exch_day_trades_row *r = t->day_trades.t.row;
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	for (size_t k = 0; err == 0 && k < t->day_trades.t.n; k++)
		if (r[k].date >= t->margin.since && r[k].date < t->date)
			put_day(t, r[k].date, r[k].account, r[k].day_trades,
			    r[k].trades);
	while (err == 0 && (who = risk_next(t, &i)) != NULL) {
		struct exch_standing s;

		err = exch_standing_of(&t->h, who, &t->margin, &s, d);
		if (err == 0 && who->account != 0 && s.trades_now > 0)
			put_day(t, t->date, who->account, s.day_trades_now,
			    s.trades_now);
	}
	return err;
}

int
risk_accounts(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"cash", EXCH_COL_NUM, 14},
	    {"realised", EXCH_COL_NUM, 12}, {"unrealised", EXCH_COL_NUM, 12},
	    {"equity", EXCH_COL_NUM, 14}, {"gross", EXCH_COL_NUM, 14},
	    {"net", EXCH_COL_NUM, 14}, {"leverage", EXCH_COL_NUM, 9},
	    {"initial", EXCH_COL_NUM, 12}, {"maintenance", EXCH_COL_NUM, 12},
	    {"required_old", EXCH_COL_NUM, 12},
	    {"required_new", EXCH_COL_NUM, 12}, {"required", EXCH_COL_NUM, 12},
	    {"utilisation", EXCH_COL_NUM, 11}, {"call", EXCH_COL_NUM, 12},
	    {"day_trades", EXCH_COL_NUM, 10}, {"day_trader", EXCH_COL_TEXT, 10},
	    {"unmarked", EXCH_COL_NUM, 8}, {"fees", EXCH_COL_NUM, 10}};
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL) {
		struct exch_standing s;

		err = exch_standing_of(&t->h, who, &t->margin, &s, d);
		if (err == 0)
			put_account(t, who, &s);
	}
	return err;
}

/* ---- margin ---- */

/* One row; `scenario` is the point or scenario that is worst, NAN: none. */
static void
put_margin(struct risk_tool *t, const struct exch_holder *who,
    const struct exch_thing *root, const char *method, double need,
    double scenario)
{
	exch_table_row(&t->out);
	risk_account(&t->out, who);
	if (root != NULL)
		risk_symbol(&t->out, root);
	else
		exch_table_none(&t->out);
	exch_table_word(&t->out, method);
	risk_money(&t->out, need);
	risk_number(&t->out, scenario);
	exch_table_end(&t->out);
}

/* A requirement of all that an account holds, if it is known. */
static void
put_whole(struct risk_tool *t, const struct exch_holder *who,
    const char *method, bool known, exch_cash need)
{
	put_margin(t, who, NULL, method, known ? (double)need / 1e6 : NAN, NAN);
}

/* What a root needs together, and what its legs would need apart. */
static int
margin_of_root(struct risk_tool *t, const struct exch_holder *who,
    uint32_t root, const struct exch_span_root *span, struct exch_diag *d)
{
	const struct exch_thing *g = &t->h.thing[root];
	struct exch_points_margin p;
	double apart = 0;
	int err = exch_points_of_root(
	    &t->h, who, root, &t->margin, EXCH_KIND_ANY, &p, d);

	if (err == 0) {
		err =
		    exch_points_apart(&t->h, who, root, &t->margin, &apart, d);
		put_margin(
		    t, who, g, "portfolio", p.requirement, p.move[p.worst]);
		if (err == 0)
			put_margin(t, who, g, "cross-margin-saving",
			    apart - p.requirement, NAN);
	} else if (err == EXCH_ERR_ABSENT && d->code == EXCH_OK) {
		put_margin(t, who, g, "portfolio", NAN, NAN);
		put_margin(t, who, g, "cross-margin-saving", NAN, NAN);
	}
	if ((err == 0 || err == EXCH_ERR_ABSENT) && span != NULL) {
		bool known = span->known;

		put_margin(t, who, g, "span", known ? span->m.requirement : NAN,
		    known ? (double)span->m.active : NAN);
		if (t->margin.spreads != NULL)
			put_margin(t, who, g, "span-credit",
			    known ? span->credit : NAN, NAN);
	}
	return err == EXCH_ERR_ABSENT && d->code == EXCH_OK ? EXCH_OK : err;
}

static int
margin_of(
    struct risk_tool *t, const struct exch_holder *who, struct exch_diag *d)
{
	struct exch_span_root *span;
	struct exch_standing s;
	size_t n;
	int err = exch_standing_of(&t->h, who, &t->margin, &s, d);

	if (err != 0)
		return err;
	put_whole(t, who, "initial", s.known, s.initial);
	put_whole(t, who, "maintenance", s.known, s.keep);
	put_whole(t, who, "day-trader", s.known, s.required_before);
	put_whole(t, who, "intraday", s.known, s.required_after);
	put_whole(t, who, "portfolio", s.portfolio_known, s.portfolio);
	err = exch_span_of(&t->h, who, &t->margin, &span, &n, d);
	for (size_t i = 0; i < who->n && err == 0; i++) {
		uint32_t root =
		    t->h.thing[t->h.holding[who->first + i].place].root;

		if (exch_held_leads(&t->h, who, i))
			err = margin_of_root(
			    t, who, root, exch_span_at_root(span, n, root), d);
	}
	exch_free(span);
	return err;
}

int
risk_margin(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"symbol", EXCH_COL_TEXT, 8},
	    {"method", EXCH_COL_TEXT, 20}, {"requirement", EXCH_COL_NUM, 14},
	    {"scenario", EXCH_COL_NUM, 9}};
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL)
		if (who->n > 0)
			err = margin_of(t, who, d);
	return err;
}

/* ---- concentration ---- */

static int
put_concentration(
    struct risk_tool *t, const struct exch_holder *who, struct exch_diag *d)
{
	struct exch_concentration c;
	int err = exch_concentration_of(&t->h, who, &c, d);

	if (err != 0)
		return err == EXCH_ERR_ABSENT ? EXCH_OK : err;
	exch_table_row(&t->out);
	risk_account(&t->out, who);
	exch_table_u64(&t->out, c.holdings);
	risk_number(&t->out, c.hhi);
	risk_number(&t->out, 1.0 / c.hhi);
	risk_symbol(&t->out, &t->h.thing[c.largest]);
	risk_number(&t->out, c.share);
	exch_table_end(&t->out);
	return EXCH_OK;
}

int
risk_concentration(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"account", EXCH_COL_NUM, 8},
	    {"name", EXCH_COL_TEXT, 8}, {"holdings", EXCH_COL_NUM, 8},
	    {"hhi", EXCH_COL_NUM, 9}, {"effective", EXCH_COL_NUM, 10},
	    {"largest", EXCH_COL_TEXT, 8}, {"share", EXCH_COL_NUM, 9}};
	const struct exch_holder *who;
	size_t i = 0;
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	while (err == 0 && (who = risk_next(t, &i)) != NULL)
		err = put_concentration(t, who, d);
	return err;
}
