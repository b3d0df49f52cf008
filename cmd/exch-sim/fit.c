/*
 * exch-sim fit: parameters of a model of flow from a matched stream, as lines
 * of a scenario.
 */
#include <config.h>

#include <string.h>

#include "exch-sim/tool.h"
#include "sim/fit.h"

static int
take(struct tool *t, struct exch_fit *f, const char *path, struct exch_diag *d)
{
	struct exch_reader_opts o = {0};
	const struct exch_rec *r;
	struct exch_reader *reader = NULL;
	struct exch_in *in = NULL;
	int err = exch_cli_open(&t->cli, path, &in, d);

	if (err == EXCH_OK)
		err = exch_reader_open(in, &o, &reader, d);
	while (err == EXCH_OK && (err = exch_reader_next(reader, &r, d)) > 0)
		err = exch_fit_record(f, r, d);
	exch_reader_close(reader);
	exch_in_close(in);
	return err;
}

static bool
known(const char *kind)
{
	for (const char *const *k = exch_fit_kinds; *k != NULL; k++)
		if (strcmp(*k, kind) == 0)
			return true;
	return false;
}

int
sim_fit(struct tool *t)
{
	struct exch_buf b = {0};
	struct exch_diag d = {0};
	struct exch_fit *f = NULL;
	int n = t->cli.noperands, err;

	if (n < 2 || n > 3 || !known(t->cli.operand[1]))
		return exch_cli_usage(&t->cli,
		    "fit takes a kind, which is zero, cst, hawkes or queue, "
		    "and one stream");
	err = exch_fit_new(t->symbol, &f, &d);
	if (err == EXCH_OK)
		err = take(t, f, n == 3 ? t->cli.operand[2] : "-", &d);
	if (err == EXCH_OK)
		err = exch_fit_finish(f, &d);
	if (err == EXCH_OK)
		err = exch_fit_write(f, t->cli.operand[1], &b, &d);
	exch_fit_free(f);
	return sim_say(t, &b, err, &d);
}
