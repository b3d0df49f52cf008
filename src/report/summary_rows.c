/*
 * The summary as a table: one row per instrument, then the total.
 */
#include <config.h>

#include <string.h>

#include "report/summary.h"

static const struct exch_col cols[] = {
    {"scope", EXCH_COL_TEXT, 0},
    {"symbol", EXCH_COL_TEXT, 0},
    {"currency", EXCH_COL_TEXT, 0},
    {"orders", EXCH_COL_NUM, 0},
    {"cancels", EXCH_COL_NUM, 0},
    {"expired", EXCH_COL_NUM, 0},
    {"replaces", EXCH_COL_NUM, 0},
    {"rejects", EXCH_COL_NUM, 0},
    {"resting", EXCH_COL_NUM, 0},
    {"trades", EXCH_COL_NUM, 0},
    {"volume", EXCH_COL_NUM, 0},
    {"turnover", EXCH_COL_NUM, 0},
    {"vwap", EXCH_COL_NUM, 0},
    {"open", EXCH_COL_NUM, 0},
    {"high", EXCH_COL_NUM, 0},
    {"low", EXCH_COL_NUM, 0},
    {"close", EXCH_COL_NUM, 0},
    {"spread", EXCH_COL_NUM, 0},
    {"spread_ticks", EXCH_COL_NUM, 0},
    {"quoted_seconds", EXCH_COL_NUM, 0},
    {"open_auction_price", EXCH_COL_NUM, 0},
    {"open_auction_volume", EXCH_COL_NUM, 0},
    {"close_auction_price", EXCH_COL_NUM, 0},
    {"close_auction_volume", EXCH_COL_NUM, 0},
    {"auctions", EXCH_COL_NUM, 0},
    {"auction_volume", EXCH_COL_NUM, 0},
    {"expected", EXCH_COL_NUM, 0},
    {"exact", EXCH_COL_NUM, 0},
    {"missed", EXCH_COL_NUM, 0},
    {"unexpected", EXCH_COL_NUM, 0},
    {"imposed", EXCH_COL_NUM, 0},
    {"fidelity", EXCH_COL_NUM, 0},
    {"blocks", EXCH_COL_NUM, 0},
    {"block_volume", EXCH_COL_NUM, 0},
    {"broken", EXCH_COL_NUM, 0},
    {"corrected", EXCH_COL_NUM, 0},
};

int
exch_summary_columns(struct exch_report_run *run, struct exch_diag *d)
{
	return exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
	    run->o.format != EXCH_FMT_TEXT, d);
}

static void
put_orders(struct exch_table *t, const struct exch_sum *b)
{
	exch_table_u64(t, b->orders);
	exch_table_u64(t, b->cancels);
	exch_table_u64(t, b->expired);
	exch_table_u64(t, b->replaces);
	exch_table_u64(t, b->rejects);
	exch_table_u64(t, b->resting);
}

static void
put_volume(struct exch_table *t, exch_u128 v, unsigned scale)
{
	exch_table_dec(t, (exch_i128)v, (int)scale, 0);
}

static void
put_spread(
    struct exch_table *t, const struct exch_sum *b, const struct exch_inst *in)
{
	exch_px px = exch_sum_spread_px(b, in);
	int64_t spread = exch_sum_spread(b);

	exch_table_px(t, px, in->px_decimals);
	if (spread < 0)
		exch_table_none(t);
	else
		exch_table_dec(t, spread, 4, 4);
	exch_table_dec(t, (exch_i128)b->quoted, 9, 9);
}

static void
put_auctions(
    struct exch_table *t, const struct exch_sum *b, const struct exch_inst *in)
{
	static const uint8_t kinds[] = {EXCH_CROSS_OPEN, EXCH_CROSS_CLOSE};
	exch_u128 volume = 0;
	uint64_t n = 0;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		const struct exch_sum_auction *a = &b->auction[kinds[i]];

		if (in == NULL || a->n == 0) {
			exch_table_none(t);
			exch_table_none(t);
			continue;
		}
		exch_table_px(t, a->price, in->px_show);
		put_volume(t, a->volume, in->qty_scale);
	}
	for (unsigned i = 0; i < EXCH_SUM_CROSSES; i++) {
		n += b->auction[i].n;
		volume += b->auction[i].volume;
	}
	exch_table_u64(t, n);
	if (in == NULL)
		exch_table_none(t);
	else
		put_volume(t, volume, in->qty_scale);
}

static void
put_fidelity(struct exch_table *t, const struct exch_fidel *f)
{
	exch_table_u64(t, f->expected);
	exch_table_u64(t, exch_fidel_exact(f));
	exch_table_u64(t, f->missed);
	exch_table_u64(t, f->unexpected);
	exch_table_u64(t, f->imposed);
	if (exch_fidel_share(f) == EXCH_FIDEL_NONE)
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)exch_fidel_share(f), 2, 2);
}

static void
put_instrument(struct exch_report_run *run, uint32_t place)
{
	static const struct exch_fidel nothing;
	struct exch_summary *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	const struct exch_sum *b = &s->by[place];
	const struct exch_tape_sum *tape = &s->tape.sum[place];

	exch_table_row(t);
	exch_table_word(t, "instrument");
	exch_report_symbol(run, place);
	exch_table_text(t, in->currency, strlen(in->currency));
	put_orders(t, b);
	exch_tape_put(t, tape, in);
	put_spread(t, b, in);
	put_auctions(t, b, in);
	put_fidelity(t, place < s->nfidel ? &s->fidel[place] : &nothing);
	exch_table_u64(t, tape->blocks);
	put_volume(t, tape->block_volume, in->qty_scale);
	exch_table_u64(t, tape->busts);
	exch_table_u64(t, tape->corrected);
	exch_table_end(t);
}

static void
put_total(struct exch_report_run *run)
{
	struct exch_table *t = &run->table;
	struct exch_sum_total sum;

	exch_summary_total(run, &sum);
	exch_table_row(t);
	exch_table_word(t, "total");
	exch_table_none(t);
	exch_table_text(
	    t, sum.currency, sum.same_currency ? strlen(sum.currency) : 0);
	put_orders(t, &sum.sum);
	exch_table_u64(t, sum.trades);
	/* amounts of different units do not add up */
	if (sum.same_scale)
		put_volume(t, sum.volume, sum.qty_scale);
	else
		exch_table_none(t);
	if (sum.same_currency)
		exch_table_dec(t, sum.turnover, 6, 2);
	else
		exch_table_none(t);
	for (unsigned i = 0; i < 8; i++)
		exch_table_none(t);
	put_auctions(t, &sum.sum, NULL);
	put_fidelity(t, &sum.fidel);
	exch_table_u64(t, sum.blocks);
	if (sum.same_scale)
		put_volume(t, sum.block_volume, sum.qty_scale);
	else
		exch_table_none(t);
	exch_table_u64(t, sum.busts);
	exch_table_u64(t, sum.corrected);
	exch_table_end(t);
}

void
exch_summary_rows(struct exch_report_run *run)
{
	const struct exch_summary *s = run->state;

	/* Without an event 0 is no instrument: a command was for all. */
	for (uint32_t i = 0; i < run->insts.n; i++)
		if (run->insts.inst[i].id != 0 || s->by[i].used)
			put_instrument(run, i);
	put_total(run);
}
