/*
 * exch-match: a filter that matches the orders of a stream and adds what
 * the venue says to them.  The engine is src/match; tool.h says what is in
 * which file.
 */
#include <config.h>

#include "exch-match/tool.h"
#include "store/store.h"

/* The calls of a run with a journal in place of the plain ones. */
static void
use_journal(struct run *r, struct exch_cli_filter *f)
{
	f->open = journal_open;
	f->begin = journal_begin;
	f->record = journal_record;
	f->loop = NULL;
	f->finish = journal_finish;
	r->cli.append = r->cli.part = true;
	r->cli.outlive = r->journal.outlive;
}

/* Without one: --from, or which shard it is. */
static int
open_plain(void *arg, struct exch_reader *in, struct exch_writer_opts *w,
    struct exch_diag *d)
{
	struct run *r = arg;

	(void)in;
	w->from = r->journal.from;
	if (r->match.parts <= 1)
		return 0;
	w->text = r->shard_text;
	return match_shards_plan(r, d);
}

int
main(int argc, char **argv)
{
	struct run r = {.cli = {.tool = "exch-match",
			    .opts = match_opts,
			    .history = exch_store_source,
			    .usage = "[FILE]",
			    .about = "match the orders of a stream"},
	    .jobs = 1,
	    .match = {.phase = EXCH_PHASE_CONTINUOUS,
		.ladder = exch_ladder_by_name("plain-ref")},
	    .journal = {.until = EXCH_TS_NONE},
	    .standby = {.lock = -1}};
	struct exch_cli_filter f = {.options = r.options,
	    .arg = &r,
	    .open = open_plain,
	    .begin = match_begin,
	    .ahead = match_ahead,
	    .record = match_record,
	    .loop = match_loop,
	    .settle = match_settle,
	    .finish = match_finish};
	struct exch_diag d = {0};
	int code = exch_cli_parse(&r.cli, argc, argv, match_option, &r);

	if (code < 0)
		code = match_options_agree(&r, &r.cli);
	if (code < 0)
		code = match_describe(&r);
	/* Before there is a journal, a lease or an output. */
	if (code < 0 && match_card_load(&r, &d) != 0)
		code = exch_cli_fail(&r.cli, &d);
	if (code < 0 && r.journal.recover) {
		code = match_recover(&r);
	} else if (code < 0) {
		if (r.standby.from != NULL)
			code = match_standby(&r);
	}
	if (code < 0) {
		if (r.journal.dir != NULL)
			use_journal(&r, &f);
		code = journal_over(&r, exch_cli_filter(&r.cli, &f));
	}
	exch_crew_free(r.crew);
	pair_close(&r);
	standby_close(&r);
	journal_close(&r);
	match_aside_free(&r);
	exch_match_free(r.engine);
	match_gate_free(&r);
	match_plan_free(&r.plan);
	match_rules_free(&r);
	risk_tables_clear(&r.gate.tables);
	return code;
}
