/*
 * Tables of exch-sim's calls: text unless told, and never binary.
 */
#include <config.h>

#include "exch-sim/tool.h"
#include "report/table.h"

bool
sim_wants_rows(const struct tool *t)
{
	return t->cli.format_given && t->cli.format != EXCH_FMT_TEXT;
}

int
sim_table_open(struct tool *t, struct exch_table *tab, struct exch_diag *d)
{
	int err;

	*tab = (struct exch_table){0};
	if (!t->cli.format_given)
		t->cli.format = EXCH_FMT_TEXT;
	else if (t->cli.format == EXCH_FMT_BIN)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "a table is no stream: -f text, csv or json");
	t->cli.format_given = true;
	err = exch_cli_out_open(&t->cli, &t->out, d);
	if (err != EXCH_OK)
		return err;
	return exch_table_init(
	    tab, exch_cli_out_stream(t->out), t->cli.format, NULL, d);
}

int
sim_table_close(
    struct tool *t, struct exch_table *tab, int err, struct exch_diag *d)
{
	if (err == EXCH_OK)
		err = exch_table_flush(tab, d);
	exch_table_clear(tab);
	if (err == EXCH_OK)
		return exch_cli_out_commit(t->out, d);
	exch_cli_out_abort(t->out);
	return err;
}
