/*
 * Cells that several reports have: symbols, accounts, flags.
 */
#include <config.h>

#include <string.h>

#include "base/even.h"
#include "report/report.h"
#include "report/track.h"

char *
exch_cell_symbol(struct exch_report_run *run, char *p, uint32_t place)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[place];

	if (__builtin_expect(!in->plain, 0))
		return exch_cell_text(t, p, in->symbol, in->nsymbol);
	p = exch_cell_begin(t, p);
	memcpy(p, in->symbol, sizeof(in->symbol));
	return exch_cell_end(t, p + in->nsymbol);
}

char *
exch_cell_account(struct exch_report_run *run, char *p, uint32_t account)
{
	struct exch_table *t = &run->table;
	const struct exch_account *a;

	if (account == 0)
		return exch_cell_none(t, p);
	a = exch_insts_account(&run->insts, account);
	if (a == NULL)
		return exch_cell_u64(t, p, account);
	if (__builtin_expect(!a->plain, 0))
		return exch_cell_text(t, p, a->name, a->n);
	p = exch_cell_begin(t, p);
	memcpy(p, a->name, sizeof(a->name));
	return exch_cell_end(t, p + a->n);
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
static char *
put_flags(struct exch_report_run *run, char *p, uint8_t flags, const char *more)
{
	char word[96] = "";
	char *end = word;

	if ((flags & EXCH_F_SNAPSHOT) != 0)
		end = add_word(end, word, "snapshot");
	if ((flags & EXCH_F_DUP) != 0)
		end = add_word(end, word, "duplicate");
	if ((flags & EXCH_F_SYNTHETIC) != 0)
		end = add_word(end, word, "synthetic");
	if ((flags & EXCH_F_IMPOSED) != 0)
		end = add_word(end, word, "imposed");
	if ((flags & EXCH_F_GATE) != 0)
		end = add_word(end, word, "gate");
	if (more != NULL)
		end = add_word(end, word, more);
	*end = '\0';
	return exch_cell_word(&run->table, p, word);
}

char *
exch_cell_flags(
    struct exch_report_run *run, char *p, uint8_t flags, const char *more)
{
	const uint8_t shown = EXCH_F_SNAPSHOT | EXCH_F_DUP | EXCH_F_SYNTHETIC |
			      EXCH_F_IMPOSED | EXCH_F_GATE;

	if (__builtin_expect((flags & shown) == 0 && more == NULL, 1))
		return exch_cell_none(&run->table, p);
	return put_flags(run, p, flags, more);
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

/* What few orders have: least quantity, stop, end, the client's number. */
static char *
put_terms(struct exch_report_run *run, char *p, const struct exch_life *o)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[o->key.place];

	p = o->terms.min == 0
		? exch_cell_none(t, p)
		: exch_cell_qty(t, p, o->terms.min, in->qty_scale);
	p = exch_cell_px(t, p, o->terms.stop, in->px_show);
	p = o->terms.expire == 0 ? exch_cell_none(t, p)
				 : exch_cell_time(t, p, o->terms.expire);
	return exch_cell_id(t, p, o->terms.client);
}

char *
exch_cell_life(struct exch_report_run *run, char *p, const struct exch_life *o)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[o->key.place];
	uint8_t shown = (uint8_t)exch_life_shown(&o->stage);
	bool live = !exch_life_is_end(o->stage.state);

	p = exch_cell_label(t, p, &run->labels.status[shown]);
	p = exch_cell_char(t, p, exch_life_fix(shown));
	p = exch_cell_px(t, p, live ? o->working : EXCH_PX_NONE, in->px_show);
	p = exch_cell_qty(t, p, live ? o->shown : 0, in->qty_scale);
	return __builtin_expect(!o->terms.any, 1) ? exch_cell_nones(t, p, 4)
						  : put_terms(run, p, o);
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
