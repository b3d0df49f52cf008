/*
 * Cells that several reports have: symbols, accounts, flags.
 */
#include <config.h>

#include <string.h>

#include "base/even.h"
#include "report/report.h"
#include "report/track.h"

void
exch_report_symbol(struct exch_report_run *run, uint32_t place)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];
	char *p;

	if (__builtin_expect(!in->plain, 0)) {
		exch_table_text(t, in->symbol, in->nsymbol);
		return;
	}
	p = exch_cell_begin(t);
	memcpy(p, in->symbol, sizeof(in->symbol));
	exch_cell_end(t, p + in->nsymbol);
}

void
exch_report_account(struct exch_report_run *run, uint32_t account)
{
	const struct exch_account *a;
	char num[16];

	if (account == 0) {
		exch_table_none(&run->table);
		return;
	}
	a = exch_insts_account(&run->insts, account);
	if (a != NULL) {
		exch_table_text(&run->table, a->name, a->n);
		return;
	}
	exch_table_text(
	    &run->table, num, (size_t)(exch_fmt_u64(num, account) - num));
}

void
exch_report_cash(struct exch_report_run *run, exch_i128 v, bool known)
{
	if (known)
		exch_table_dec(&run->table, v, 6, 2);
	else
		exch_table_none(&run->table);
}

bool
exch_report_part(exch_i128 part, exch_i128 whole, unsigned up,
    unsigned decimals, exch_i128 *out)
{
	exch_i128 v;

	if (whole == 0 || __builtin_mul_overflow(
			      part, (exch_i128)exch_pow10[up + decimals], &v))
		return false;
	if (whole < 0) {
		v = -v;
		whole = -whole;
	}
	*out = exch_div_half_even(v, whole);
	return true;
}

void
exch_report_ratio(struct exch_report_run *run, exch_i128 part, exch_i128 whole,
    unsigned up, unsigned decimals)
{
	exch_i128 v;

	if (exch_report_part(part, whole, up, decimals, &v))
		exch_table_dec(&run->table, v, (int)decimals, (int)decimals);
	else
		exch_table_none(&run->table);
}

uint32_t
exch_report_day(const struct exch_report_run *run, exch_ts t)
{
	return exch_ts_date(
	    t + (exch_ts)((int64_t)exch_tz_offset(run->o.tz, t) *
			  (int64_t)EXCH_SEC));
}

void
exch_report_chars(struct exch_report_run *run, const char *s, size_t size)
{
	exch_table_text(&run->table, s, strnlen(s, size));
}

static char *
add_word(char *p, const char *start, const char *w)
{
	if (p != start)
		*p++ = '+';
	return exch_fmt_copy(p, w, strlen(w));
}

/* Rare enough to stay out of the path of every row. */
static void
put_flags(struct exch_report_run *run, uint8_t flags, const char *more)
{
	char word[96] = "";
	char *p = word;

	if ((flags & EXCH_F_SNAPSHOT) != 0)
		p = add_word(p, word, "snapshot");
	if ((flags & EXCH_F_DUP) != 0)
		p = add_word(p, word, "duplicate");
	if ((flags & EXCH_F_SYNTHETIC) != 0)
		p = add_word(p, word, "synthetic");
	if ((flags & EXCH_F_IMPOSED) != 0)
		p = add_word(p, word, "imposed");
	if ((flags & EXCH_F_GATE) != 0)
		p = add_word(p, word, "gate");
	if (more != NULL)
		p = add_word(p, word, more);
	*p = '\0';
	exch_table_word(&run->table, word);
}

void
exch_report_flags(struct exch_report_run *run, uint8_t flags, const char *more)
{
	const uint8_t shown = EXCH_F_SNAPSHOT | EXCH_F_DUP | EXCH_F_SYNTHETIC |
			      EXCH_F_IMPOSED | EXCH_F_GATE;

	if (__builtin_expect((flags & shown) == 0 && more == NULL, 1))
		exch_table_none(&run->table);
	else
		put_flags(run, flags, more);
}

const char *
exch_report_side(uint8_t side, const char *none)
{
	if (side == EXCH_BUY)
		return "B";
	if (side == EXCH_SELL)
		return "S";
	return none;
}

void
exch_report_life(struct exch_report_run *run, const struct exch_life *o)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[o->key.place];
	uint8_t shown = (uint8_t)exch_life_shown(&o->stage);
	char fix = exch_life_fix(shown);
	bool live = !exch_life_is_end(o->stage.state);

	exch_table_word(
	    t, shown == EXCH_LIFE_NONE ? NULL : exch_life_word(shown));
	exch_table_text(t, &fix, fix != '\0');
	exch_table_px(t, live ? o->working : EXCH_PX_NONE, in->px_show);
	exch_table_qty(t, live ? o->shown : 0, in->qty_scale);
	if (__builtin_expect(!o->terms.any, 1)) {
		exch_table_nones(t, 4);
		return;
	}
	if (o->terms.min == 0)
		exch_table_none(t);
	else
		exch_table_qty(t, o->terms.min, in->qty_scale);
	exch_table_px(t, o->terms.stop, in->px_show);
	if (o->terms.expire == 0)
		exch_table_none(t);
	else
		exch_table_time(t, o->terms.expire);
	exch_table_id(t, o->terms.client);
}

void
exch_report_real(struct exch_report_run *run, double v, bool known)
{
	double scaled = v * 1e9;

	/* 128 bits hold 1.7e38 */
	if (!known || !(scaled > -1e38 && scaled < 1e38))
		exch_table_none(&run->table);
	else
		exch_table_dec(&run->table,
		    (exch_i128)(scaled < 0 ? scaled - 0.5 : scaled + 0.5), 9,
		    9);
}
