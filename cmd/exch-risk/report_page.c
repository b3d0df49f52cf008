/*
 * The page: one HTML file that a risk manager reads at a glance.  Whoever is
 * called stands first; every bar has its number beside it, so that nothing is
 * said by colour alone.
 */
#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/plural.h"
#include "exch-risk/report.h"

/* Accounts, and instruments, that are shown. */
#define TOP 25
/* A share of the equity from which on the requirement is a warning. */
#define WARN 0.8

struct line {
	const struct exch_holder *who;
	struct exch_standing s;
	struct exch_concentration c;
	bool holds;
	/* required over equity; infinite when it has none, NAN: not known */
	double used;
	double var, es; /* NAN: not known */
	uint64_t days;	/* of the history they are from */
};

struct page {
	struct risk_tool *t;
	struct line *line; /* by risk, the greatest first */
	size_t n;
	struct exch_buf b;
};

static const char style[] =
    ":root{--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--dim:#5c6b7d;"
    "--line:#dfe4ea;--bar:#4a7fb5;--warn:#c98a14;--bad:#c0392b;--good:#2e7d4f}"
    "@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b222b;"
    "--ink:#e4e9ef;--dim:#94a3b5;--line:#303a46;--bar:#5f97d0;--warn:#e0a530;"
    "--bad:#e2685b;--good:#5cb585}}"
    "*{box-sizing:border-box}body{margin:0;padding:24px;background:var(--bg);"
    "color:var(--ink);font:14px/1.45 system-ui,sans-serif}"
    "main{max-width:1200px;margin:0 auto}h1{font-size:22px;margin:0}"
    "h2{font-size:16px;margin:28px 0 8px}p{color:var(--dim);margin:4px 0 12px}"
    ".tiles{display:grid;gap:12px;margin:16px 0;"
    "grid-template-columns:repeat(auto-fit,minmax(170px,1fr))}"
    ".tile,.card{background:var(--card);border:1px solid var(--line);"
    "border-radius:8px}.tile{padding:12px 14px}.tile b{display:block;"
    "font-size:20px;font-variant-numeric:tabular-nums}"
    ".tile span{color:var(--dim);font-size:12px}.card{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;"
    "font-variant-numeric:tabular-nums}th,td{padding:6px 10px;"
    "text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}"
    "tr:last-child td{border-bottom:0}th{color:var(--dim);font-weight:600;"
    "font-size:12px}th.l,td.l{text-align:left}.good{color:var(--good)}"
    ".bad{color:var(--bad)}.warn{color:var(--warn)}"
    ".bar{display:inline-block;width:110px;height:9px;margin-right:8px;"
    "border-radius:5px;background:var(--line);overflow:hidden}"
    ".bar i{display:block;height:100%;background:var(--bar)}"
    ".bar i.w{background:var(--warn)}.bar i.b{background:var(--bad)}";

/* ---- pieces ---- */

static void
text(struct exch_buf *b, const char *s, size_t most)
{
	for (size_t i = 0; i < most && s[i] != '\0'; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '<' || c == '>' || c == '&' || c == '"')
			exch_buf_fmt(b, "&#%u;", c);
		else
			exch_buf_char(b, c < 0x20 || c >= 0x7f ? '?' : s[i]);
	}
}

/* 1,234,567 with a sign: people read it. */
static void
grouped(struct exch_buf *b, double v)
{
	char num[48];
	size_t n;

	if (!(fabs(v) < 1e27)) {
		exch_buf_char(b, '-');
		return;
	}
	n = (size_t)(exch_dec128_put(num, (exch_i128)rint(v), 0, 0) - num);
	for (size_t i = 0; i < n; i++) {
		exch_buf_char(b, num[i]);
		if (i + 1 < n && num[i] != '-' && (n - i - 1) % 3 == 0)
			exch_buf_char(b, ',');
	}
}

static void
money_cell(struct exch_buf *b, double v, bool coloured)
{
	exch_buf_fmt(b, "<td%s>",
	    !coloured || v == 0 ? ""
	    : v > 0		? " class=good"
				: " class=bad");
	grouped(b, v);
	exch_buf_str(b, "</td>");
}

/* A bar of a share, and the share in percent. */
static void
bar_cell(struct exch_buf *b, double share, double warn, double bad)
{
	double wide = !(share >= 0) ? 0 : share > 1 ? 1 : share;

	exch_buf_fmt(b,
	    "<td class=l><span class=bar><i%s style=\"width:%d%%\">"
	    "</i></span>",
	    share > bad	    ? " class=b"
	    : share >= warn ? " class=w"
			    : "",
	    (int)rint(wide * 100));
	if (share < 100)
		exch_buf_fmt(b, "%d%%", (int)rint(share * 100));
	else
		exch_buf_str(b, isnan(share)   ? "not known"
				: isinf(share) ? "no equity"
					       : "over 10000%");
	exch_buf_str(b, "</td>");
}

static void
tile(struct exch_buf *b, const char *what, double v, const char *class)
{
	exch_buf_fmt(b, "<div class=tile><b class=\"%s\">", class);
	grouped(b, v);
	exch_buf_fmt(b, "</b><span>%s</span></div>", what);
}

static void
who_cell(struct exch_buf *b, const struct exch_holder *who)
{
	exch_buf_str(b, "<td class=l>");
	if (who->account == 0)
		exch_buf_str(b, "nobody's");
	else if (who->name[0] != '\0')
		text(b, who->name, sizeof(who->name));
	else
		exch_buf_uint(b, who->account);
	exch_buf_str(b, "</td>");
}

/* ---- what is shown ---- */

/* What is not known of one may be worse than what is known of others. */
static double
rank(const struct line *l)
{
	return isnan(l->used) ? INFINITY : l->used;
}

static int
by_risk(const void *x, const void *y)
{
	const struct line *a = x, *b = y;

	if (a->s.known != b->s.known)
		return a->s.known ? 1 : -1;
	if (a->s.call != b->s.call)
		return a->s.call > b->s.call ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) > rank(b) ? -1 : 1;
	return (a->who->account > b->who->account) -
	       (a->who->account < b->who->account);
}

static int
take_line(struct page *p, const struct exch_holder *who, struct exch_diag *d)
{
	struct line *l = &p->line[p->n++];
	struct exch_account_var v;
	double equity;
	int err = exch_standing_of(&p->t->h, who, &p->t->margin, &l->s, d);

	if (err != 0)
		return err;
	l->who = who;
	equity = (double)l->s.equity;
	l->used = !l->s.known	       ? NAN
		  : l->s.required == 0 ? 0
		  : equity > 0	       ? (double)l->s.required / equity
				       : INFINITY;
	l->var = l->es = NAN;
	err = exch_concentration_of(&p->t->h, who, &l->c, d);
	l->holds = err == 0;
	if (err == EXCH_ERR_ABSENT)
		return EXCH_OK;
	if (err == 0 && p->t->var.prices != NULL && l->s.unknown == 0) {
		struct exch_var_source source = p->t->var;

		source.carlo.paths = 0; /* the page shows the history's */
		err = exch_account_var(&p->t->h, who, &source, &v, d);
		if (err == 0) {
			l->var = v.history;
			l->es = v.history_es;
			l->days = v.days;
		}
	}
	return err;
}

static int
collect(struct page *p, struct exch_diag *d)
{
	const struct exch_holder *who;
	size_t i = 0;
	int err = 0;

	p->line = exch_calloc(p->t->h.nholders + 1, sizeof(*p->line));
	if (p->line == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a page");
	while (err == 0 && (who = risk_next(p->t, &i)) != NULL)
		err = take_line(p, who, d);
	if (err == 0)
		qsort(p->line, p->n, sizeof(*p->line), by_risk);
	return err;
}

/* ---- sections ---- */

static void
put_head(struct page *p)
{
	struct exch_buf *b = &p->b;
	double gross = 0, calls = 0, called = 0, near = 0, trades = 0;
	uint32_t date = p->t->date;
	size_t unknown = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct exch_standing *s = &p->line[i].s;

		unknown += !s->known;
		gross += (double)s->longs + (double)s->shorts;
		calls += (double)s->call;
		called += s->call > 0;
		trades += (double)s->trades;
		near += p->line[i].used >= WARN;
	}
	exch_buf_fmt(b,
	    "<!doctype html>\n<html lang=en><meta charset=utf-8>"
	    "<meta name=viewport content=\"width=device-width\">"
	    "<title>Risk %04u-%02u-%02u</title><style>%s</style><main>\n"
	    "<h1>Risk on %04u-%02u-%02u</h1><p>Amounts are in the currency of "
	    "what is held",
	    date / 10000, date / 100 % 100, date % 100, style, date / 10000,
	    date / 100 % 100, date % 100);
	if (p->t->h.nholdings > 0 &&
	    p->t->h.thing[p->t->h.holding[0].place].currency[0] != '\0') {
		exch_buf_str(b, ", ");
		text(b, p->t->h.thing[p->t->h.holding[0].place].currency, 4);
	}
	exch_buf_str(b, ".");
	if (risk_has(p->t, RISK_ACCOUNTS) == NULL)
		exch_buf_str(b,
		    " Nobody's balance was given: equity is what the stream "
		    "itself brought, and so are calls. Balances: add "
		    "--accounts.");
	if (unknown > 0) {
		/* A sum of what is known of some is no sum. */
		gross = calls = called = near = NAN;
		exch_buf_fmt(b,
		    " %zu accounts hold something without a price: what they "
		    "have and need is not known, and sums with it are not.",
		    unknown);
	}
	exch_buf_str(b, "</p>\n<div class=tiles>");
	tile(b, "accounts", (double)p->n, "");
	tile(b, "gross exposure", gross / 1e6, "");
	tile(b, "accounts called", called,
	    called > 0 || unknown > 0 ? "bad" : "good");
	tile(b, "margin calls", calls / 1e6,
	    calls > 0 || unknown > 0 ? "bad" : "good");
	tile(b, "accounts above 80%", near,
	    near > 0 || unknown > 0 ? "warn" : "good");
	tile(b, "sides of trades", trades, "");
	exch_buf_str(b, "</div>\n");
}

static void
put_line(struct page *p, const struct line *l)
{
	struct exch_buf *b = &p->b;
	double none = l->s.known ? 0 : NAN; /* which makes no number of any */
	double gross = ((double)l->s.longs + (double)l->s.shorts) / 1e6 + none;
	double equity = (double)l->s.equity / 1e6 + none;

	exch_buf_str(b, "<tr>");
	who_cell(b, l->who);
	bar_cell(b, l->used, WARN, 1);
	money_cell(b, (double)l->s.call / 1e6 + none, false);
	money_cell(b, equity, equity < 0);
	money_cell(b, (double)l->s.required / 1e6 + none, false);
	money_cell(b,
	    ((double)l->s.realised + (double)l->s.unrealised) / 1e6 + none,
	    l->s.known);
	money_cell(b, gross, false);
	if (equity > 0)
		exch_buf_fmt(b, "<td>%.2f</td>", gross / equity);
	else
		exch_buf_str(b, "<td>-</td>");
	if (p->t->var.prices != NULL) {
		money_cell(b, l->var, false);
		money_cell(b, l->es, false);
	}
	exch_buf_str(b, "<td class=l>");
	if (l->holds) {
		text(b, p->t->h.thing[l->c.largest].symbol, EXCH_SYMBOL);
		exch_buf_fmt(b, " %d%%", (int)rint(l->c.share * 100));
	}
	exch_buf_str(b, "</td></tr>\n");
}

/* Which value at risk stands in the table, if one does. */
static void
put_var_words(struct page *p)
{
	struct exch_buf *b = &p->b;
	size_t thin = 0;

	if (p->t->var.prices == NULL) {
		exch_buf_str(b, "Value at risk: add --prices.");
		return;
	}
	for (size_t i = 0; i < p->n; i++)
		thin += !isnan(p->line[i].var) &&
			risk_is_thin(p->t, p->line[i].days);
	exch_buf_fmt(b, "Value at risk by history, %g%%, %u day%s",
	    p->t->var.level / 1e4, p->t->var.horizon,
	    exch_plural(p->t->var.horizon));
	if (thin > 0)
		exch_buf_fmt(b,
		    "; of %zu accounts it is the worst day's, for their "
		    "history has fewer than %llu",
		    thin, (unsigned long long)risk_whole_tail(p->t));
	exch_buf_char(b, '.');
}

static void
put_accounts(struct page *p)
{
	struct exch_buf *b = &p->b;
	size_t n = p->n < TOP ? p->n : TOP;

	exch_buf_fmt(b,
	    "<h2>Accounts by risk</h2><p>The first %zu of %zu: margin calls, "
	    "then how much of the equity the requirement takes. ",
	    n, p->n);
	put_var_words(p);
	exch_buf_fmt(b,
	    "</p><div class=card><table><tr>"
	    "<th class=l>account<th class=l>requirement of equity<th>call"
	    "<th>equity<th>required<th>profit<th>gross<th>leverage%s"
	    "<th class=l>largest</tr>\n",
	    p->t->var.prices != NULL ? "<th>VaR<th>ES" : "");
	for (size_t i = 0; i < n; i++)
		put_line(p, &p->line[i]);
	exch_buf_str(b, "</table></div>\n");
}

/* One scenario over all accounts. */
struct outcome {
	double losses, worst;
	const struct exch_holder *who;
	uint32_t ruined, unknown;
};

static int
outcome_of(const struct page *p, size_t first, struct outcome *out,
    struct exch_diag *d)
{
	*out = (struct outcome){0};
	for (size_t i = 0; i < p->n; i++) {
		double profit;
		uint32_t unknown;
		int err = risk_scenario_profit(
		    p->t, p->line[i].who, first, &profit, &unknown, d);

		if (err != 0)
			return err;
		out->unknown += unknown;
		if (unknown > 0)
			continue;
		if (profit < 0)
			out->losses -= profit;
		if (profit < out->worst) {
			out->worst = profit;
			out->who = p->line[i].who;
		}
		out->ruined += p->line[i].s.known && profit < 0 &&
			       (double)p->line[i].s.equity / 1e6 + profit < 0;
	}
	return EXCH_OK;
}

static void
put_outcome(struct page *p, const struct exch_scenario_row *row,
    const struct outcome *o, double most)
{
	struct exch_buf *b = &p->b;

	exch_buf_str(b, "<tr><td class=l>");
	text(b, row->name, sizeof(row->name));
	exch_buf_str(b, "</td><td class=l>");
	text(b, row->note, sizeof(row->note));
	exch_buf_fmt(b,
	    "</td><td class=l><span class=bar><i style=\"width:%d%%\"></i>"
	    "</span>",
	    most > 0 ? (int)rint(o->losses / most * 100) : 0);
	grouped(b, o->unknown == 0 ? o->losses : NAN);
	exch_buf_str(b, "</td>");
	if (o->who != NULL)
		who_cell(b, o->who);
	else
		exch_buf_str(b, "<td class=l>-</td>");
	money_cell(b, o->worst, true);
	exch_buf_fmt(b, "<td%s>%u</td><td>%u</td></tr>\n",
	    o->ruined > 0 ? " class=bad" : "", o->ruined, o->unknown);
}

static int
put_stress(struct page *p, struct exch_diag *d)
{
	const struct exch_reftable *s = &p->t->table[RISK_SCENARIOS];
	const struct exch_scenario_row *row = s->row;
	struct outcome o;
	double most = 0;
	int err;

	for (size_t k = 0; k < s->n; k = exch_scenario_next(s, k)) {
		err = outcome_of(p, k, &o, d);
		if (err != 0)
			return err;
		most = fmax(most, o.losses);
	}
	if (s->n == 0) {
		exch_buf_str(&p->b,
		    "<h2>Stress</h2><p>The table of scenarios has no rows.</p>"
		    "\n");
		return EXCH_OK;
	}
	exch_buf_str(&p->b,
	    "<h2>Stress</h2><p>What accounts that lose would lose together, "
	    "and how many would have less than nothing left.  With positions "
	    "that are not valued there is no sum, and their accounts are not "
	    "counted.</p>"
	    "<div class=card><table><tr><th class=l>scenario<th class=l>what"
	    "<th class=l>losses<th class=l>worst account<th>its loss"
	    "<th>without equity<th>not valued</tr>\n");
	for (size_t k = 0; k < s->n; k = exch_scenario_next(s, k)) {
		err = outcome_of(p, k, &o, d);
		if (err != 0)
			return err;
		put_outcome(p, &row[k], &o, most);
	}
	exch_buf_str(&p->b, "</table></div>\n");
	return EXCH_OK;
}

/* ---- instruments ---- */

struct open_interest {
	uint32_t place;
	double value; /* long and short */
	double largest;
	const struct exch_holder *who;
};

static int
by_value(const void *x, const void *y)
{
	const struct open_interest *a = x, *b = y;

	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static void
sum_up(const struct page *p, struct open_interest *of)
{
	for (uint32_t i = 0; i < p->t->h.nthings; i++)
		of[i].place = i;
	for (size_t i = 0; i < p->n; i++) {
		const struct exch_holder *who = p->line[i].who;

		for (size_t k = 0; k < who->n; k++) {
			const struct exch_held *x =
			    &p->t->h.holding[who->first + k];
			struct open_interest *o = &of[x->place];
			exch_cash cash;
			double value;

			if (exch_held_value(&p->t->h, x, &cash) != 0)
				continue;
			value = fabs((double)cash / 1e6);
			o->value += value;
			if (value > o->largest) {
				o->largest = value;
				o->who = who;
			}
		}
	}
	qsort(of, p->t->h.nthings, sizeof(*of), by_value);
}

static int
put_instruments(struct page *p, struct exch_diag *d)
{
	struct exch_buf *b = &p->b;
	uint32_t n = p->t->h.nthings;
	struct open_interest *of = exch_calloc((size_t)n + 1, sizeof(*of));

	if (of == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a page");
	sum_up(p, of);
	exch_buf_str(b,
	    "<h2>Concentration</h2><p>What is held of each instrument, long "
	    "and short, and whose part is the largest.</p><div class=card>"
	    "<table><tr><th class=l>instrument<th>held<th class=l>largest "
	    "account<th class=l>its part</tr>\n");
	for (uint32_t i = 0; i < n && i < TOP && of[i].value > 0; i++) {
		exch_buf_str(b, "<tr><td class=l>");
		text(b, p->t->h.thing[of[i].place].symbol, EXCH_SYMBOL);
		exch_buf_str(b, "</td>");
		money_cell(b, of[i].value, false);
		who_cell(b, of[i].who);
		bar_cell(b, of[i].largest / of[i].value, 2, 2);
		exch_buf_str(b, "</tr>\n");
	}
	exch_buf_str(b, "</table></div>\n");
	exch_free(of);
	return EXCH_OK;
}

int
risk_page(struct risk_tool *t, struct exch_diag *d)
{
	struct page p = {.t = t};
	int err = collect(&p, d);

	if (err == 0) {
		put_head(&p);
		put_accounts(&p);
		risk_tell_stress(t);
		err = put_stress(&p, d);
	}
	if (err == 0)
		err = put_instruments(&p, d);
	exch_buf_str(&p.b, "<p>exch-risk report page; what the numbers mean: "
			   "exch-riskmodels(7).</p></main></html>\n");
	if (err == 0 && p.b.failed)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for a page");
	if (err == 0)
		exch_table_raw(&t->out, p.b.p, p.b.len);
	exch_buf_free(&p.b);
	exch_free(p.line);
	return err;
}
