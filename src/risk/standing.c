/* How accounts stand (standing.h). */
#include <config.h>

#include <math.h>

#include "base/alloc.h"
#include "risk/standing.h"
#include "risk/stress.h"

#define CASH 1e6

/* ---- rules of the day ---- */

int
exch_margin_day(const struct exch_reftable *rules,
    const struct exch_reftable *tims, const struct exch_reftable *span,
    enum exch_span_convention convention, uint32_t date, bool phased,
    struct exch_margin_day *out, struct exch_diag *d)
{
	struct exch_margin_rates unused;
	struct exch_diag none = {0};
	uint32_t last = exch_margin_rules_trader_last(rules, date);
	int err;

	*out = (struct exch_margin_day){
	    .tims = tims, .span = span, .convention = convention, .date = date};
	err = exch_margin_rules_at(
	    rules, date, phased, &out->rates, &out->trader, d);
	if (err == 0 && last != 0)
		(void)exch_margin_rules_at(
		    rules, last, false, &unused, &out->before, &none);
	return err;
}

/* ---- roots ---- */

static const struct exch_held *
held(const struct exch_holdings *h, const struct exch_holder *who, size_t i)
{
	return &h->holding[who->first + i];
}

bool
exch_held_leads(
    const struct exch_holdings *h, const struct exch_holder *who, size_t i)
{
	uint32_t root = h->thing[held(h, who, i)->place].root;

	if (held(h, who, i)->qty == 0)
		return false;
	for (size_t j = 0; j < i; j++)
		if (held(h, who, j)->qty != 0 &&
		    h->thing[held(h, who, j)->place].root == root)
			return false;
	return true;
}

/* The legs of a root, all or those of a kind; *n of them. */
static int
legs_of(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, uint8_t kind, struct exch_leg *leg, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < who->n; i++) {
		const struct exch_held *x = held(h, who, i);
		const struct exch_thing *t = &h->thing[x->place];
		int err;

		if (x->qty == 0 || t->root != root ||
		    (kind != EXCH_KIND_ANY && t->kind != kind))
			continue;
		err = exch_held_known(h, x) ? exch_held_leg(h, x, &leg[*n])
					    : EXCH_ERR_ABSENT;
		if (err != 0)
			return err;
		++*n;
	}
	return *n > 0 ? EXCH_OK : EXCH_ERR_ABSENT;
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for a portfolio");
}

int
exch_points_of_root(const struct exch_holdings *h,
    const struct exch_holder *who, uint32_t root,
    const struct exch_margin_day *m, uint8_t kind,
    struct exch_points_margin *out, struct exch_diag *d)
{
	struct exch_leg *leg = exch_calloc(who->n + 1, sizeof(*leg));
	struct exch_points p;
	size_t n;
	int err;

	if (leg == NULL)
		return no_memory(d);
	err = legs_of(h, who, root, kind, leg, &n);
	if (err == 0)
		err =
		    exch_tims_at(m->tims, m->date, h->thing[root].class, &p, d);
	if (err == 0)
		err = exch_points_margin(&p, leg, n, out);
	exch_free(leg);
	return err;
}

int
exch_points_apart(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, const struct exch_margin_day *m, double *out,
    struct exch_diag *d)
{
	*out = 0;
	for (uint8_t kind = 0; kind <= EXCH_KIND_CRYPTO; kind++) {
		struct exch_points_margin p;
		int err = exch_points_of_root(h, who, root, m, kind, &p, d);

		if (err == 0)
			*out += p.requirement;
		else if (err != EXCH_ERR_ABSENT || d->code != EXCH_OK)
			return err;
	}
	return EXCH_OK;
}

/* Contracts of the root that the legs move like. */
static int
delta_of(const struct exch_leg *leg, size_t n, double unit, double *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		struct exch_greeks g = {.delta = 1};
		int err = leg[i].option ? exch_bsm(&leg[i].terms, &g) : 0;

		if (err != 0)
			return err;
		*out += leg[i].qty * g.delta * leg[i].size / unit;
	}
	return EXCH_OK;
}

/* What is held of a root has an array; of what nobody can value none has. */
static int
span_of_legs(const struct exch_span *s, const struct exch_thing *t,
    const struct exch_leg *leg, size_t n, struct exch_span_root *out)
{
	struct exch_span_charges charges = {0};
	struct exch_span_array *array = exch_calloc(n + 1, sizeof(*array));
	double *qty = exch_calloc(n + 1, sizeof(*qty));
	int err = array != NULL && qty != NULL
		      ? delta_of(leg, n, t->unit, &out->delta)
		      : EXCH_ERR_NOMEM;

	for (size_t i = 0; err == 0 && i < n; i++) {
		qty[i] = leg[i].qty;
		err = exch_span_array(s, &leg[i], &array[i]);
		if (leg[i].option && qty[i] < 0)
			charges.short_option -=
			    qty[i] * leg[i].size * t->short_option;
	}
	if (err == 0)
		exch_span_margin(array, qty, n, &charges, &out->m);
	out->least = charges.short_option;
	exch_free(array);
	exch_free(qty);
	return err;
}

/* EXCH_ERR_ABSENT without a diagnosis: nothing that has a range. */
static int
span_of_root(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, const struct exch_margin_day *m, struct exch_span_root *out,
    struct exch_diag *d)
{
	const struct exch_thing *t = &h->thing[root];
	struct exch_span s = {
	    .price_range = (double)t->scan * 1e-9, .vol_range = t->vol_scan};
	struct exch_leg *leg;
	size_t n = 0;
	int err;

	*out = (struct exch_span_root){.place = root};
	if (t->scan == EXCH_PX_NONE)
		return EXCH_ERR_ABSENT;
	err = exch_span_at(m->span, m->date, m->convention, &s, d);
	if (err != 0)
		return err;
	leg = exch_calloc(who->n + 1, sizeof(*leg));
	if (leg == NULL)
		return no_memory(d);
	err = legs_of(h, who, root, EXCH_KIND_ANY, leg, &n);
	out->known = err == 0;
	if (err == 0)
		err = span_of_legs(&s, t, leg, n, out);
	exch_free(leg);
	if (err == EXCH_ERR_NOMEM)
		return no_memory(d);
	if (err == EXCH_ERR_RANGE)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "what account %u has on '%.24s' is worth no number in a "
		    "scenario of SPAN",
		    who->account, t->symbol);
	return err == EXCH_ERR_ABSENT ? EXCH_OK : err;
}

/* Credits come off the scan risk, and the least for short options stays. */
static int
give_credits(const struct exch_holdings *h, const struct exch_margin_day *m,
    struct exch_span_root *x, size_t n, struct exch_diag *d)
{
	struct exch_spread_root *root = exch_calloc(n + 1, sizeof(*root));

	if (root == NULL)
		return no_memory(d);
	for (size_t i = 0; i < n; i++)
		root[i] = (struct exch_spread_root){
		    .symbol = h->thing[x[i].place].symbol,
		    .delta = x[i].delta,
		    .risk = x[i].delta != 0
				? x[i].m.price_risk / fabs(x[i].delta)
				: 0};
	exch_spread_credits(m->spreads, root, n);
	for (size_t i = 0; i < n; i++) {
		struct exch_span_root *of = &x[root[i].place];

		if (!of->known)
			continue;
		of->credit = root[i].credit;
		of->m.requirement = fmax(of->m.scan - of->credit, of->least);
	}
	exch_free(root);
	return EXCH_OK;
}

int
exch_span_of(const struct exch_holdings *h, const struct exch_holder *who,
    const struct exch_margin_day *m, struct exch_span_root **out, size_t *n,
    struct exch_diag *d)
{
	/* What an account before had to say must not count here. */
	struct exch_diag own = {0};
	struct exch_span_root *x = exch_calloc(who->n + 1, sizeof(*x));
	int err = x != NULL ? EXCH_OK : no_memory(d);

	*out = x;
	*n = 0;
	for (size_t i = 0; err == 0 && i < who->n; i++) {
		if (!exch_held_leads(h, who, i))
			continue;
		err = span_of_root(h, who,
		    h->thing[held(h, who, i)->place].root, m, &x[*n], &own);
		if (err == 0)
			++*n;
		else if (err == EXCH_ERR_ABSENT && own.code == EXCH_OK)
			err = EXCH_OK;
		else if (d != NULL && d->code == EXCH_OK)
			*d = own;
	}
	if (err == 0 && m->spreads != NULL)
		err = give_credits(h, m, x, *n, d);
	if (err != 0) {
		exch_free(x);
		*out = NULL;
		*n = 0;
	}
	return err;
}

const struct exch_span_root *
exch_span_at_root(const struct exch_span_root *x, size_t n, uint32_t root)
{
	for (size_t i = 0; i < n; i++)
		if (x[i].place == root)
			return &x[i];
	return NULL;
}

/* ---- sums ---- */

/* Rounded up to the next 10^-6, within what cash can say. */
static int
to_cash(double money, exch_cash *out)
{
	double c = ceil(money * CASH - 1e-3);

	if (!(fabs(c) < 9e18))
		return EXCH_ERR_RANGE;
	*out = (exch_cash)c;
	return EXCH_OK;
}

static int
add(exch_cash *sum, exch_cash v)
{
	return __builtin_add_overflow(*sum, v, sum) ? EXCH_ERR_RANGE : EXCH_OK;
}

/* What a stock or fund needs; per share only where one is a share. */
static int
stock(const struct exch_margin_rates *r, const struct exch_thing *t,
    const struct exch_held *x, exch_cash *initial, exch_cash *keep)
{
	int err = exch_margin_initial(r, x->qty, t->mark, initial);

	return err != 0 ? err : exch_margin_keep(r, x->qty, t->mark, keep);
}

static bool
is_stock(const struct exch_thing *t)
{
	return (t->kind == EXCH_KIND_EQUITY || t->kind == EXCH_KIND_ETF) &&
	       t->qty_scale == 0 && t->mark >= 0;
}

static bool
is_derivative(const struct exch_thing *t)
{
	return t->kind == EXCH_KIND_OPTION || t->kind == EXCH_KIND_FUTURE;
}

/* A holding by itself; what derivatives need is asked of their roots. */
static int
add_holding(const struct exch_holdings *h, const struct exch_held *x,
    const struct exch_margin_day *m, struct exch_standing *s)
{
	const struct exch_thing *t = &h->thing[x->place];
	exch_cash value, initial = 0, keep = 0;
	int err = add(&s->realised, x->realised);

	s->trades += x->buys + x->sells;
	s->day_trades += x->buys < x->sells ? x->buys : x->sells;
	if (err == 0)
		err = add(&s->unrealised, x->unrealised);
	if (err != 0 || x->qty == 0)
		return err;
	s->unknown += !t->ended && !exch_held_known(h, x);
	err = exch_held_value(h, x, &value);
	if (err == EXCH_ERR_ABSENT) {
		s->unmarked++;
		return EXCH_OK;
	}
	if (err == 0 && value > 0)
		err = add(&s->longs, value);
	else if (err == 0)
		err = add(&s->shorts, -value);
	if (err == 0 && is_stock(t))
		err = stock(&m->rates, t, x, &initial, &keep);
	else if (err == 0 && !is_derivative(t))
		initial = keep = value < 0 ? -value : value;
	if (err == 0)
		err = add(&s->initial, initial);
	return err != 0 ? err : add(&s->keep, keep);
}

/* All that those of a kind in a root are worth, which they keep. */
static int
add_worth(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, uint8_t kind, double *need)
{
	for (size_t i = 0; i < who->n; i++) {
		const struct exch_held *x = held(h, who, i);
		const struct exch_thing *t = &h->thing[x->place];
		exch_cash value;
		int err;

		if (t->root != root || t->kind != kind || t->ended)
			continue;
		err = exch_held_value(h, x, &value);
		if (err == EXCH_ERR_RANGE)
			return err;
		*need += fabs((double)value) / CASH;
	}
	return EXCH_OK;
}

/* Portfolio margin's least for the options of a root; 0: no rule tells it. */
static double
least_of_options(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, const struct exch_margin_day *m)
{
	struct exch_diag none = {0};
	struct exch_points p;
	double n = 0;

	if (exch_tims_at(m->tims, m->date, h->thing[root].class, &p, &none) !=
	    0)
		return 0;
	for (size_t i = 0; i < who->n; i++) {
		const struct exch_held *x = held(h, who, i);
		const struct exch_thing *t = &h->thing[x->place];

		if (t->root == root && t->kind == EXCH_KIND_OPTION && !t->ended)
			n += fabs((double)x->qty) * t->unit;
	}
	return n * p.least_option;
}

/*
 * What options, or futures, of one root need: of what no rule knows enough
 * about all that it is worth.
 */
static int
derivatives_of(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, const struct exch_margin_day *m,
    const struct exch_span_root *span, exch_cash *out, struct exch_diag *d)
{
	struct exch_points_margin p;
	struct exch_diag own = {0};
	double need = 0;
	int err;

	*out = 0;
	err = exch_points_of_root(h, who, root, m, EXCH_KIND_OPTION, &p, &own);
	if (err == 0)
		need += p.requirement;
	else if (err == EXCH_ERR_ABSENT) {
		err = add_worth(h, who, root, EXCH_KIND_OPTION, &need);
		need = fmax(need, least_of_options(h, who, root, m));
	} else if (own.code != EXCH_OK)
		*d = own;
	if (err == 0 && h->thing[root].kind == EXCH_KIND_FUTURE) {
		if (span != NULL && span->known)
			need = span->m.requirement;
		else
			err = add_worth(h, who, root, EXCH_KIND_FUTURE, &need);
	}
	return err != 0 ? err : to_cash(need, out);
}

static int
add_root(const struct exch_holdings *h, const struct exch_holder *who,
    uint32_t root, const struct exch_margin_day *m,
    const struct exch_span_root *span, struct exch_standing *s,
    struct exch_diag *d)
{
	struct exch_points_margin p;
	struct exch_diag own = {0};
	exch_cash need = 0;
	int err = derivatives_of(h, who, root, m, span, &need, d);

	if (err == 0)
		err = add(&s->derivatives, need);
	if (err != 0)
		return err;
	err = exch_points_of_root(h, who, root, m, EXCH_KIND_ANY, &p, &own);
	if (err == EXCH_ERR_ABSENT) {
		s->portfolio_known = false;
		return EXCH_OK;
	}
	if (own.code != EXCH_OK)
		*d = own;
	if (err == 0)
		err = to_cash(p.requirement, &need);
	return err == 0 ? add(&s->portfolio, need) : err;
}

static int
add_roots(const struct exch_holdings *h, const struct exch_holder *who,
    const struct exch_margin_day *m, struct exch_standing *s,
    struct exch_diag *d)
{
	struct exch_span_root *span;
	size_t n;
	int err = exch_span_of(h, who, m, &span, &n, d);

	if (err == EXCH_ERR_ABSENT)
		err = EXCH_OK;
	for (size_t i = 0; i < who->n && err == 0; i++) {
		uint32_t root = h->thing[held(h, who, i)->place].root;

		if (exch_held_leads(h, who, i))
			err = add_root(h, who, root, m,
			    exch_span_at_root(span, n, root), s, d);
	}
	exch_free(span);
	return err;
}

static exch_cash
greater(exch_cash a, exch_cash b)
{
	return a > b ? a : b;
}

static void
require(const struct exch_margin_day *m, struct exch_standing *s)
{
	exch_cash least =
	    exch_margin_equity(&m->rates, s->keep, s->longs, s->shorts);

	s->required_after = least;
	s->day_trader =
	    exch_is_day_trader(&m->before, s->day_trades, s->trades);
	s->required_before =
	    s->day_trader ? greater(least, m->before.equity) : least;
	s->required = exch_is_day_trader(&m->trader, s->day_trades, s->trades)
			  ? greater(least, m->trader.equity)
			  : least;
	s->call = s->equity < s->required ? s->required - s->equity : 0;
}

int
exch_standing_of(const struct exch_holdings *h, const struct exch_holder *who,
    const struct exch_margin_day *m, struct exch_standing *out,
    struct exch_diag *d)
{
	int err = EXCH_OK;

	*out = (struct exch_standing){.portfolio_known = true};
	for (size_t i = 0; i < who->n && err == 0; i++)
		err = add_holding(h, held(h, who, i), m, out);
	out->known = out->unmarked == 0;
	out->day_trades_now = out->day_trades;
	out->trades_now = out->trades;
	if (m->earlier != NULL)
		exch_day_trades_add(m->earlier, who->account, m->since, m->date,
		    &out->day_trades, &out->trades);
	if (err == 0)
		err = add_roots(h, who, m, out, d);
	if (err == 0)
		err = add(&out->initial, out->derivatives);
	if (err == 0)
		err = add(&out->keep, out->derivatives);
	out->equity = who->cash;
	if (err == 0)
		err = add(&out->equity, out->longs);
	if (err == 0)
		err = add(&out->equity, -out->shorts);
	/* Nobody, account 0, cannot be asked for anything. */
	if (err == 0 && who->account != 0)
		require(m, out);
	if (err == EXCH_ERR_RANGE)
		return exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
		    "what account %u has is more than cash can say",
		    who->account);
	return err;
}

/* ---- concentration ---- */

int
exch_concentration_of(const struct exch_holdings *h,
    const struct exch_holder *who, struct exch_concentration *out,
    struct exch_diag *d)
{
	double *value = exch_calloc(who->n + 1, sizeof(*value)), sum = 0;
	double most = 0;
	int err;

	*out = (struct exch_concentration){0};
	if (value == NULL)
		return no_memory(d);
	for (size_t i = 0; i < who->n; i++) {
		exch_cash cash = 0;

		if (exch_held_value(h, held(h, who, i), &cash) != 0)
			continue;
		value[i] = fabs((double)cash);
		sum += value[i];
		out->holdings += cash != 0;
		if (value[i] > most) {
			most = value[i];
			out->largest = held(h, who, i)->place;
		}
	}
	err = exch_hhi(value, who->n, &out->hhi);
	if (err == 0)
		out->share = most / sum;
	exch_free(value);
	return err != EXCH_ERR_RANGE
		   ? err
		   : exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
			 "what account %u has is worth no number",
			 who->account);
}
