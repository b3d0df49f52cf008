/*
 * exch-report 606: where orders went, modelled on the quarterly report of 17
 * CFR 242.606(a): by month, kind of security and venue, how many of the orders
 * and shares went there, and what kinds of orders they were.
 *
 * A stream does not tell routes: orders are in it where they arrived.  So the
 * venue of an order is that of its instrument (products' MIC, else the
 * record's), and a stream merged of several venues tells of several.  Nothing
 * is known of payments, nor which orders were directed.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/even.h"
#include "base/time.h"
#include "report/quotes.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/rule605.h"
#include "report/tracked.h"
#include "report/who.h"

static const struct exch_col cols[] = {
    {"month", EXCH_COL_TEXT, 7},
    {"section", EXCH_COL_TEXT, 8},
    {"venue", EXCH_COL_TEXT, 6},
    {"orders", EXCH_COL_NUM, 8},
    {"orders_pct", EXCH_COL_NUM, 6},
    {"shares", EXCH_COL_NUM, 10},
    {"executed", EXCH_COL_NUM, 10},
    {"market_pct", EXCH_COL_NUM, 6},
    {"marketable_pct", EXCH_COL_NUM, 6},
    {"nonmarketable_pct", EXCH_COL_NUM, 6},
    {"other_pct", EXCH_COL_NUM, 6},
};

enum kind { MARKET, MARKETABLE, RESTING, OTHER, NKINDS };
enum section { STOCKS, OPTIONS, NSECTIONS };

/* The rule names ten venues, and every one with five percent. */
#define MOST 10u
#define LEAST_PCT 5u

/* A venue in a month. */
struct venue {
	uint32_t month; /* YYYYMM */
	uint8_t section;
	char mic[4];
	uint64_t orders;
	uint64_t kind[NKINDS];
	exch_u128 shares; /* 10^-9 */
	exch_u128 executed;
};

struct rule606 {
	struct exch_tracked tracked;
	struct exch_quotes quotes;
	struct exch_whats whats;
	struct venue *venue;
	size_t n, cap;
};

static int
venue_of(struct exch_report_run *run, uint32_t place, exch_ts time,
    struct venue **out, struct exch_diag *d)
{
	struct rule606 *s = run->state;
	uint8_t section =
	    run->insts.inst[place].kind == EXCH_KIND_OPTION ? OPTIONS : STOCKS;
	uint32_t month = exch_ts_date(time) / 100;
	const struct exch_what *what;
	int rc = exch_what_of(&s->whats, run, place, &what, d);

	if (rc != EXCH_OK)
		return rc;
	/* the last one is nearly always the one that is wanted */
	for (size_t i = s->n; i-- > 0;)
		if (s->venue[i].month == month &&
		    s->venue[i].section == section &&
		    memcmp(s->venue[i].mic, what->mic, 4) == 0) {
			*out = &s->venue[i];
			return EXCH_OK;
		}
	if (!exch_room(&s->venue, s->n, &s->cap, sizeof(*s->venue)))
		return exch_report_nomem(d);
	*out = &s->venue[s->n++];
	**out = (struct venue){.month = month, .section = section};
	memcpy((*out)->mic, what->mic, 4);
	return EXCH_OK;
}

static enum kind
kind_of(const struct rule606 *s, const struct exch_life *o)
{
	const struct exch_quote *x = exch_quotes_of(&s->quotes, o->key.place);
	struct exch_605_quote q;

	if (o->type == EXCH_ORD_MARKET || o->type == EXCH_ORD_MTL)
		return MARKET;
	if (o->type != EXCH_ORD_LIMIT)
		return OTHER;
	/* a side that nobody quotes is met by no limit */
	q.bid =
	    x != NULL && x->px[0] != EXCH_PX_NONE ? x->px[0] : -EXCH_PX_NONE;
	q.ask = x != NULL ? x->px[1] : EXCH_PX_NONE;
	if (o->side == EXCH_BUY)
		return o->price >= q.ask ? MARKETABLE : RESTING;
	return o->price <= q.bid ? MARKETABLE : RESTING;
}

static exch_u128
nano(const struct exch_report_run *run, uint32_t place, exch_qty qty)
{
	exch_u128 v = qty;

	for (unsigned i = run->insts.inst[place].qty_scale; i < 9; i++)
		v *= 10;
	return v;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct rule606 *s = run->state;
	struct venue *v = NULL;
	int rc;

	if (c->o == NULL || (c->kind != EXCH_CHANGE_ACCEPTED &&
				c->kind != EXCH_CHANGE_EXECUTED))
		return EXCH_OK;
	rc = venue_of(run, c->place, c->r->time, &v, d);
	if (rc != EXCH_OK)
		return rc;
	if (c->kind == EXCH_CHANGE_EXECUTED) {
		v->executed +=
		    nano(run, c->place, EXCH_CHANGE_REC(c, exch_rec_exec)->qty);
		return EXCH_OK;
	}
	v->orders++;
	v->shares += nano(run, c->place, c->o->qty);
	v->kind[kind_of(s, c->o)]++;
	return EXCH_OK;
}

/* ---- rows ---- */

static void
put(struct exch_report_run *run, const struct venue *v, bool others,
    uint64_t all)
{
	static const char *const section[] = {"stocks", "options"};
	struct exch_table *t = &run->table;
	char month[16];

	(void)exch_fmt_u64(month, v->month);
	memmove(month + 5, month + 4, 2);
	month[4] = '-';
	month[7] = '\0';
	exch_table_row(t);
	exch_table_word(t, month);
	exch_table_word(t, section[v->section]);
	if (others)
		exch_table_word(t, "others");
	else
		exch_table_text(t, v->mic, strnlen(v->mic, sizeof(v->mic)));
	exch_table_u64(t, v->orders);
	exch_report_ratio(run, v->orders, all, 2, 2);
	exch_table_dec(t, (exch_i128)v->shares, 9, 0);
	exch_table_dec(t, (exch_i128)v->executed, 9, 0);
	for (unsigned i = 0; i < NKINDS; i++)
		exch_report_ratio(run, v->kind[i], v->orders, 2, 2);
	exch_table_end(t);
}

/* By month and section; in them the largest first. */
static int
compare(const struct venue *a, const struct venue *b)
{
	if (a->month != b->month)
		return a->month < b->month ? -1 : 1;
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->orders != b->orders)
		return a->orders > b->orders ? -1 : 1;
	return memcmp(a->mic, b->mic, sizeof(a->mic));
}

static void
sort(struct venue *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct venue x = v[i];
		size_t k = i;

		for (; k > 0 && compare(&v[k - 1], &x) > 0; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

static void
add(struct venue *to, const struct venue *v)
{
	to->orders += v->orders;
	to->shares += v->shares;
	to->executed += v->executed;
	for (unsigned i = 0; i < NKINDS; i++)
		to->kind[i] += v->kind[i];
}

/* A section of a month: n venues, the largest first. */
static void
put_section(struct exch_report_run *run, const struct venue *v, size_t n)
{
	struct venue rest = {.month = v->month, .section = v->section};
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += v[i].orders;
	for (size_t i = 0; i < n; i++) {
		if (i < MOST || v[i].orders * 100 >= all * LEAST_PCT)
			put(run, &v[i], false, all);
		else
			add(&rest, &v[i]);
	}
	if (rest.orders > 0)
		put(run, &rest, true, all);
}

static int
open_606(struct exch_report_run *run, struct exch_diag *d)
{
	struct rule606 *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK)
		rc = exch_whats_init(&s->whats, run, d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
record_606(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct rule606 *s = run->state;
	int rc;

	(void)seq;
	exch_whats_note(&s->whats, run, r);
	rc = exch_tracked_record(&s->tracked, run, r, d);
	return rc == EXCH_OK ? exch_quotes_record(&s->quotes, run, r, d) : rc;
}

static int
close_606(struct exch_report_run *run, struct exch_diag *d)
{
	struct rule606 *s = run->state;
	size_t begin = 0;

	(void)d;
	exch_tracked_close(&s->tracked, run);
	sort(s->venue, s->n);
	for (size_t i = 0; i < s->n; i++) {
		run->left_out += s->venue[i].orders;
		if (i + 1 < s->n &&
		    s->venue[i].month == s->venue[i + 1].month &&
		    s->venue[i].section == s->venue[i + 1].section)
			continue;
		put_section(run, s->venue + begin, i + 1 - begin);
		begin = i + 1;
	}
	run->left_why = "routes: the stream tells none, and orders count for "
			"the venue of their instrument";
	return EXCH_OK;
}

static void
free_606(struct exch_report_run *run)
{
	struct rule606 *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_whats_clear(&s->whats);
	exch_free(s->venue);
}

static const struct exch_report_param params[] = {
    EXCH_PARAM_PRODUCTS,
    {0},
};

const struct exch_report exch_report_606 = {
    .name = "606",
    .what = "orders by venue, modelled on Rule 606",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_606,
    .record = record_606,
    .close = close_606,
    .free = free_606,
};
