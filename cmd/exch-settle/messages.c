/*
 * Rows of instructions and confirmations: the cells in the order of the columns
 * that the report declares.
 */
#include <config.h>

#include <string.h>

#include "exch-settle/cells.h"
#include "exch-settle/instruct.h"

static exch_i128
magnitude(int64_t v)
{
	return v < 0 ? -(exch_i128)v : v;
}

/* What it is of: the ISIN if there is one, and the symbol in any case. */
static void
instrument(struct exch_table *o, const struct exch_dir *dir, uint32_t instr)
{
	const struct exch_rec_instrument *in = exch_dir_instrument(dir, instr);

	if (in == NULL)
		exch_table_none(o);
	else
		settle_cell_text(o, in->isin, sizeof(in->isin));
	settle_cell_symbol(o, dir, instr);
}

/* Whose it is, and who is on the other side. */
static void
parties(struct exch_table *o, const struct settle_message *m)
{
	settle_cell_account(o, m->account);
	settle_cell_account(o, m->qty < 0 ? m->account : m->against);
	settle_cell_account(o, m->qty < 0 ? m->against : m->account);
}

/* A code of the standard, or none. */
static void
code(struct exch_table *o, const char *s)
{
	if (s == NULL)
		exch_table_none(o);
	else
		exch_table_text(o, s, strlen(s));
}

static void
movement(struct exch_table *o, const struct settle_message *m)
{
	code(o, m->qty < 0 ? "DELI" : "RECE");
	code(o, m->cash == 0 ? "FREE" : "APMT");
	settle_cell_date(o, m->date);
}

void
settle_message_row(struct exch_table *o, const struct exch_dir *dir,
    const struct settle_message *m)
{
	exch_table_row(o);
	exch_table_text(o, m->id, SETTLE_ID);
	if (m->effective != 0)
		exch_table_text(o, m->confirmed, SETTLE_ID);
	movement(o, m);
	if (m->effective != 0) {
		settle_cell_date(o, m->effective);
		code(o, m->partial ? "PAIN" : m->again ? "PARC" : NULL);
	}
	instrument(o, dir, m->instr);
	settle_cell_qty(o, dir, m->instr, magnitude(m->qty));
	if (m->effective != 0 && m->whole)
		settle_cell_qty(o, dir, m->instr, magnitude(m->left));
	else if (m->effective != 0)
		exch_table_none(o);
	parties(o, m);
	settle_cell_cash(o, magnitude(m->cash));
	settle_cell_text(o, m->currency, 4);
	code(o, m->cash == 0 ? NULL : m->cash < 0 ? "DBIT" : "CRDT");
	exch_table_end(o);
}
