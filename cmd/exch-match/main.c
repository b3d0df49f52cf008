/*
 * exch-match: a filter that matches the orders of a stream and adds what
 * the venue says to them.  The engine is src/match; tool.h says what is in
 * which file.
 */
#include <config.h>

#include "exch-match/tool.h"

int
main(int argc, char **argv)
{
	struct run r = {.cli = {.tool = "exch-match",
			    .opts = match_opts,
			    .usage = "[FILE]",
			    .about = "match the orders of a stream"},
	    .match = {.phase = EXCH_PHASE_CONTINUOUS,
		.ladder = exch_ladder_by_name("plain-ref")}};
	struct exch_cli_filter f = {.options = r.options,
	    .arg = &r,
	    .begin = match_begin,
	    .record = match_record,
	    .finish = match_finish};
	int code = exch_cli_parse(&r.cli, argc, argv, match_option, &r);

	if (code < 0)
		code = match_describe(&r);
	if (code < 0)
		code = exch_cli_filter(&r.cli, &f);
	exch_match_free(r.engine);
	match_rules_free(&r);
	return code;
}
