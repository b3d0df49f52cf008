/*
 * The summary as a page of text for people.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/grid.h"
#include "report/summary.h"

/* Instruments shown without --all. */
#define TOP 20

/* What the page is made from. */
struct page {
	struct exch_report_run *run;
	struct exch_summary *s;
	struct exch_sum_total total;
	uint32_t *order; /* places to show, largest turnover first */
	uint32_t n;
	struct exch_buf text;
};

static void
title(struct page *p, const char *s)
{
	exch_buf_char(&p->text, '\n');
	exch_buf_str(&p->text, s);
	exch_buf_char(&p->text, '\n');
}

static void
flush(struct page *p)
{
	if (!p->text.failed && p->text.len > 0)
		exch_table_raw(&p->run->table, p->text.p, p->text.len);
	p->text.len = 0;
}

/* ---- head ---- */

static void
put_date(struct page *p)
{
	uint32_t date = p->run->info->date;
	exch_ts t = p->run->first_time;

	if (date == 0 && t != EXCH_TS_NONE)
		date = exch_ts_date(
		    t + (exch_ts)((int64_t)exch_tz_offset(p->run->o.tz, t) *
				  (int64_t)EXCH_SEC));
	if (date == 0)
		return;
	exch_buf_fmt(&p->text, "Date       %04u-%02u-%02u\n", date / 10000,
	    date / 100 % 100, date % 100);
}

static void
put_tod(struct page *p, exch_ts t)
{
	int64_t off = (int64_t)exch_tz_offset(p->run->o.tz, t);
	exch_ts local = t + (exch_ts)(off * (int64_t)EXCH_SEC);
	char tod[20];

	(void)exch_tod_put(tod, local % (UINT64_C(86400) * EXCH_SEC));
	exch_buf_add(&p->text, tod, 18);
}

static void
put_times(struct page *p)
{
	struct exch_report_run *run = p->run;
	int off;

	if (run->first_time == EXCH_TS_NONE)
		return;
	exch_buf_str(&p->text, "Time       ");
	put_tod(p, run->first_time);
	exch_buf_str(&p->text, " to ");
	put_tod(p, run->last_time);
	off = exch_tz_offset(run->o.tz, run->first_time);
	exch_buf_str(&p->text, " UTC");
	if (off != 0)
		exch_buf_fmt(&p->text, "%c%02d:%02d", off < 0 ? '-' : '+',
		    abs(off) / 3600, abs(off) / 60 % 60);
	exch_buf_char(&p->text, '\n');
}

static void
put_sources(struct page *p)
{
	const char *label = "Made by    ";

	for (unsigned i = 0; i < 256; i++) {
		const char *c = p->run->source[i].text;

		if (c == NULL)
			continue;
		exch_buf_str(&p->text, label);
		for (; *c != '\0'; c++)
			exch_buf_char(&p->text,
			    (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
		exch_buf_char(&p->text, '\n');
		label = "           ";
	}
}

static void
put_head(struct page *p)
{
	struct exch_report_run *run = p->run;

	put_date(p);
	put_times(p);
	exch_buf_str(&p->text, "Records    ");
	exch_buf_uint(&p->text, run->numbered);
	exch_buf_fmt(
	    &p->text, "\nStream     %s\n", exch_report_status_word(run));
	put_sources(p);
	exch_buf_fmt(&p->text, "Digest     %s\n",
	    run->digest[0] != '\0' ? run->digest
				   : "not computed: add --digest");
	flush(p);
}

/* ---- tables ---- */

static void
grid_symbol(struct exch_grid *g, const struct exch_inst *in)
{
	exch_grid_text(g, in->symbol, in->nsymbol);
}

static int
put_trading(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {"symbol", "trades", "volume",
	    "turnover", "", "VWAP", "open", "high", "low", "close"};
	struct exch_grid g;

	title(p, "Trading");
	flush(p);
	exch_grid_init(&g, 1u | 1u << 4, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t place = p->order[i];
		const struct exch_inst *in = &p->run->insts.inst[place];
		const struct exch_tape_sum *t = &p->s->tape.sum[place];

		grid_symbol(&g, in);
		exch_grid_u64(&g, t->trades);
		exch_grid_dec(&g, (exch_i128)t->volume, in->qty_scale, 0);
		exch_grid_dec(&g, t->turnover, 6, 2);
		exch_grid_text(&g, in->currency, strlen(in->currency));
		exch_grid_px(&g, exch_tape_vwap(t, in),
		    (unsigned)exch_tape_mean_decimals(in));
		exch_grid_px(&g, t->open, in->px_show);
		exch_grid_px(&g, t->high, in->px_show);
		exch_grid_px(&g, t->low, in->px_show);
		exch_grid_px(&g, t->last, in->px_show);
	}
	if (p->total.instruments != 1) {
		exch_grid_str(&g, "total");
		exch_grid_u64(&g, p->total.trades);
		if (p->total.same_scale)
			exch_grid_dec(&g, (exch_i128)p->total.volume,
			    p->total.qty_scale, 0);
		else
			exch_grid_str(&g, "-");
		if (p->total.same_currency)
			exch_grid_dec(&g, p->total.turnover, 6, 2);
		else
			exch_grid_str(&g, "-");
		exch_grid_text(&g, p->total.currency,
		    p->total.same_currency ? strlen(p->total.currency) : 0);
		for (unsigned i = 0; i < 5; i++)
			exch_grid_str(&g, "");
	}
	return exch_grid_print(&g, &p->run->table, d);
}

static int
put_blocks(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {
	    "symbol", "trades", "volume", "turnover", ""};
	struct exch_grid g;

	if (p->total.blocks == 0)
		return EXCH_OK;
	title(p, "Of them agreed outside the book");
	flush(p);
	exch_grid_init(&g, 1u | 1u << 4, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < p->n; i++) {
		const struct exch_inst *in = &p->run->insts.inst[p->order[i]];
		const struct exch_tape_sum *t = &p->s->tape.sum[p->order[i]];

		if (t->blocks == 0)
			continue;
		grid_symbol(&g, in);
		exch_grid_u64(&g, t->blocks);
		exch_grid_dec(&g, (exch_i128)t->block_volume, in->qty_scale, 0);
		exch_grid_dec(&g, t->block_turnover, 6, 2);
		exch_grid_text(&g, in->currency, strlen(in->currency));
	}
	return exch_grid_print(&g, &p->run->table, d);
}

static void
grid_orders(struct exch_grid *g, const struct exch_sum *b)
{
	exch_grid_u64(g, b->orders);
	exch_grid_u64(g, b->cancels);
	exch_grid_u64(g, b->expired);
	exch_grid_u64(g, b->replaces);
	exch_grid_u64(g, b->rejects);
	exch_grid_u64(g, b->resting);
}

static void
grid_spread(
    struct exch_grid *g, const struct exch_sum *b, const struct exch_inst *in)
{
	int64_t spread = exch_sum_spread(b);
	uint64_t sec = b->quoted / EXCH_SEC;
	struct exch_buf t = {0};

	if (spread < 0) {
		exch_grid_str(g, "-");
		exch_grid_str(g, "-");
		exch_grid_str(g, "-");
		return;
	}
	exch_grid_px(g, exch_sum_spread_px(b, in), in->px_decimals);
	exch_grid_dec(g, spread, 4, 4);
	exch_buf_uint(&t, sec / 3600);
	exch_buf_fmt(
	    &t, ":%02u:%02u", (unsigned)(sec / 60 % 60), (unsigned)(sec % 60));
	exch_grid_text(g, t.p, t.len);
	exch_buf_free(&t);
}

static int
put_orders(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {"symbol", "orders", "cancels",
	    "expired", "replaces", "rejects", "resting", "spread", "in ticks",
	    "quoted"};
	struct exch_grid g;

	title(p, "Orders");
	flush(p);
	exch_grid_init(&g, 1u, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < p->n; i++) {
		const struct exch_sum *b = &p->s->by[p->order[i]];

		const struct exch_inst *in = &p->run->insts.inst[p->order[i]];

		grid_symbol(&g, in);
		grid_orders(&g, b);
		grid_spread(&g, b, in);
	}
	if (p->total.instruments != 1) {
		exch_grid_str(&g, "total");
		grid_orders(&g, &p->total.sum);
		for (unsigned i = 0; i < 3; i++)
			exch_grid_str(&g, "");
	}
	return exch_grid_print(&g, &p->run->table, d);
}

static int
put_auctions(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {
	    "symbol", "auction", "number", "price", "volume"};
	struct exch_grid g;
	bool any = false;

	for (unsigned c = 0; c < EXCH_SUM_CROSSES; c++)
		any |= p->total.sum.auction[c].n != 0;
	if (!any)
		return EXCH_OK;
	title(p, "Auctions");
	flush(p);
	exch_grid_init(&g, 3u, heads, EXCH_ARRAY_LEN(heads));
	for (uint32_t i = 0; i < p->n; i++)
		for (unsigned c = 0; c < EXCH_SUM_CROSSES; c++) {
			const struct exch_inst *in =
			    &p->run->insts.inst[p->order[i]];
			const struct exch_sum_auction *a =
			    &p->s->by[p->order[i]].auction[c];

			if (a->n == 0)
				continue;
			grid_symbol(&g, in);
			exch_grid_str(
			    &g, exch_word_of(exch_words_cross, (uint16_t)c));
			exch_grid_u64(&g, a->n);
			exch_grid_px(&g, a->price, in->px_show);
			exch_grid_dec(
			    &g, (exch_i128)a->volume, in->qty_scale, 0);
		}
	return exch_grid_print(&g, &p->run->table, d);
}

static int
put_rejects(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {"reason", "commands"};
	struct exch_grid g;

	if (p->total.sum.rejects == 0)
		return EXCH_OK;
	title(p, "Rejects");
	flush(p);
	exch_grid_init(&g, 1u, heads, EXCH_ARRAY_LEN(heads));
	for (unsigned i = 0; i < EXCH_SUM_REJECTS; i++) {
		const char *w =
		    i == 0 ? "other"
			   : exch_word_of(exch_words_reject, (uint16_t)i);

		if (p->s->reject[i] == 0)
			continue;
		exch_grid_str(&g, w != NULL ? w : "other");
		exch_grid_u64(&g, p->s->reject[i]);
	}
	return exch_grid_print(&g, &p->run->table, d);
}

/* ---- fidelity ---- */

static void
grid_cause(struct exch_grid *g, const char *what, unsigned cause, uint64_t n)
{
	const char *w = exch_word_of(exch_words_cause, (uint16_t)cause);

	if (n == 0)
		return;
	exch_grid_str(g, what);
	exch_grid_str(g, w != NULL ? w : "other");
	exch_grid_u64(g, n);
	exch_grid_str(g, "");
}

static int
put_fidelity(struct page *p, struct exch_diag *d)
{
	static const char *const heads[] = {"", "cause", "executions", "%"};
	const struct exch_fidel *f = &p->total.fidel;
	struct exch_grid g;

	if (f->expected == 0 && f->imposed == 0)
		return EXCH_OK;
	title(p, "Fidelity");
	flush(p);
	exch_grid_init(&g, 3u, heads, EXCH_ARRAY_LEN(heads));
	exch_grid_str(&g, "expected");
	exch_grid_str(&g, "");
	exch_grid_u64(&g, f->expected);
	exch_grid_str(&g, "");
	exch_grid_str(&g, "exact");
	exch_grid_str(&g, "");
	exch_grid_u64(&g, exch_fidel_exact(f));
	if (exch_fidel_share(f) == EXCH_FIDEL_NONE)
		exch_grid_str(&g, "-");
	else
		exch_grid_hundredths(&g, exch_fidel_share(f));
	exch_grid_str(&g, "groups");
	exch_grid_str(&g, "exact");
	exch_grid_u64(&g, f->groups - f->groups_bad);
	exch_grid_percent(&g, f->groups - f->groups_bad, f->groups);
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		grid_cause(&g,
		    i == EXCH_CAUSE_UNEXPECTED ? "unexpected" : "missed", i,
		    f->missed_by[i]);
	for (unsigned i = 0; i < EXCH_FIDEL_CAUSES; i++)
		grid_cause(&g, "imposed", i, f->imposed_by[i]);
	return exch_grid_print(&g, &p->run->table, d);
}

/* ---- notes ---- */

static void
note(struct page *p, bool *any, const char *what, uint64_t n)
{
	if (n == 0)
		return;
	if (!*any)
		title(p, "Notes");
	*any = true;
	exch_buf_str(&p->text, "  ");
	exch_buf_str(&p->text, what);
	exch_buf_str(&p->text, ": ");
	exch_buf_uint(&p->text, n);
	exch_buf_char(&p->text, '\n');
}

static void
put_notes(struct page *p)
{
	struct exch_report_run *run = p->run;
	bool any = false;
	uint64_t asked =
	    run->count[EXCH_REC_NEW] + run->count[EXCH_REC_CANCEL] +
	    run->count[EXCH_REC_REPLACE] + run->count[EXCH_REC_QUOTE] +
	    run->count[EXCH_REC_BLOCK];

	note(p, &any, "more instruments (--all or -f csv shows them)",
	    p->total.instruments - p->n);
	note(p, &any,
	    "commands without an answer (put exch-match before exch-report)",
	    run->matcher == 0 ? asked : 0);
	note(p, &any, "gaps in the feed", p->s->gaps);
	note(p, &any, "messages missing in them", p->s->gap_messages);
	note(p, &any, "errors reported by earlier tools", p->s->errors);
	note(p, &any, "broken trades", p->s->tape.busts);
	note(p, &any, "broken trades not subtracted (trade not at hand)",
	    p->s->tape.busts_unknown);
	note(p, &any, "corrected trades", p->total.corrected);
	note(p, &any, "answers about orders that the stream does not hold",
	    run->unknown);
	flush(p);
}

/* ---- choosing ---- */

struct rank {
	exch_i128 turnover;
	uint32_t place;
};

static int
by_turnover(const void *a, const void *b)
{
	const struct rank *x = a;
	const struct rank *y = b;

	if (x->turnover != y->turnover)
		return x->turnover > y->turnover ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int
choose(struct page *p, struct exch_diag *d)
{
	uint32_t n = p->run->insts.n;
	struct rank *rank = exch_calloc((size_t)n + 1, sizeof(*rank));
	uint32_t used = 0;

	p->order = exch_calloc((size_t)n + 1, sizeof(*p->order));
	if (rank == NULL || p->order == NULL) {
		exch_free(rank);
		return exch_report_nomem(d);
	}
	for (uint32_t i = 0; i < n; i++)
		if (p->s->by[i].used) {
			rank[used].turnover = p->s->tape.sum[i].turnover;
			rank[used++].place = i;
		}
	qsort(rank, used, sizeof(*rank), by_turnover);
	p->n = used > TOP && !p->run->o.all ? TOP : used;
	for (uint32_t i = 0; i < p->n; i++)
		p->order[i] = rank[i].place;
	exch_free(rank);
	return EXCH_OK;
}

int
exch_summary_page(struct exch_report_run *run, struct exch_diag *d)
{
	struct page p = {.run = run, .s = run->state};
	int rc;

	exch_summary_total(run, &p.total);
	rc = choose(&p, d);
	if (rc == EXCH_OK) {
		put_head(&p);
		rc = put_trading(&p, d);
	}
	if (rc == EXCH_OK)
		rc = put_blocks(&p, d);
	if (rc == EXCH_OK)
		rc = put_orders(&p, d);
	if (rc == EXCH_OK)
		rc = put_auctions(&p, d);
	if (rc == EXCH_OK)
		rc = put_rejects(&p, d);
	if (rc == EXCH_OK)
		rc = put_fidelity(&p, d);
	if (rc == EXCH_OK)
		put_notes(&p);
	if (rc == EXCH_OK && p.text.failed)
		rc = exch_report_nomem(d);
	exch_buf_free(&p.text);
	exch_free(p.order);
	return rc;
}
