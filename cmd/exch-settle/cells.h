/* Cells that several of the reports of exch-settle have. */
#ifndef EXCH_CMD_SETTLE_CELLS_H
#define EXCH_CMD_SETTLE_CELLS_H

#include <stdio.h>
#include <string.h>

#include "rec/dir.h"
#include "report/table.h"

/* A day; 0 is none. */
static inline void
settle_cell_date(struct exch_table *t, uint32_t v)
{
	char text[11];

	if (v == 0) {
		exch_table_none(t);
		return;
	}
	(void)snprintf(text, sizeof(text), "%04u-%02u-%02u", v / 10000 % 10000,
	    v / 100 % 100, v % 100);
	exch_table_text(t, text, 10);
}

/* Up to a NUL, or all of it. */
static inline void
settle_cell_text(struct exch_table *t, const char *s, size_t most)
{
	exch_table_text(t, s, strnlen(s, most));
}

static inline void
settle_cell_symbol(
    struct exch_table *t, const struct exch_dir *dir, uint32_t instr)
{
	const struct exch_rec_instrument *in = exch_dir_instrument(dir, instr);

	if (in == NULL)
		exch_table_none(t);
	else
		settle_cell_text(t, in->symbol, sizeof(in->symbol));
}

static inline void
settle_cell_account(struct exch_table *t, uint32_t v)
{
	if (v == EXCH_ACCOUNT_CCP)
		exch_table_word(t, "ccp");
	else if (v == EXCH_ACCOUNT_BANK)
		exch_table_word(t, "bank");
	else if (v == EXCH_ACCOUNT_VENUE)
		exch_table_word(t, "venue");
	else
		exch_table_u64(t, v);
}

static inline void
settle_cell_qty(struct exch_table *t, const struct exch_dir *dir,
    uint32_t instr, exch_i128 v)
{
	exch_table_dec(t, v, exch_dir_qty_scale(dir, instr), 0);
}

static inline void
settle_cell_cash(struct exch_table *t, exch_i128 v)
{
	exch_table_dec(t, v, 6, 2);
}

#endif
