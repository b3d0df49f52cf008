/*
 * exch-report: the end of a pipe, where a stream becomes a page or a table.
 * The reports are in src/report, options and the loop in front.c.
 */
#include <config.h>

#include <string.h>

#include "exch-report/draw.h"
#include "exch-report/kept.h"

static const struct exch_opt opts[] = {
    {"all", 'a', NULL, "summary: every instrument, not the first 20", OPT_ALL},
    {"levels", 'n', "N", "depth: price levels a side (10)", OPT_LEVELS},
    {"every", 0, "WHEN", "depth: event (default), or a time such as 1s",
	OPT_EVERY},
    {"at", 0, "TIME,...", "depth: at these times of day", OPT_AT},
    {"changed", 0, NULL, "depth: only when the levels changed", OPT_CHANGED},
    {"interval", 'i', "WHAT",
	"bars: a time (1m), or trades:N, volume:N, turnover:N", OPT_INTERVAL},
    {"fill", 0, NULL, "bars: also those without a trade", OPT_FILL},
    {"with", 0, "NAME:N,...", "bars: sma, ema, rsi, bollinger, atr over N",
	OPT_WITH},
    {"misses", 0, "N", "fidelity: how many misses are listed (20)", OPT_MISSES},
    {"manifest", 0, "MANIFEST", "audit: write counts and hash to FILE",
	OPT_MANIFEST},
    {"sign", 0, "FILE", "audit: sign the manifest with this private key",
	OPT_SIGN},
    {"redact", 0, "FILE", "audit: pseudonyms for names and orders, by this key",
	OPT_REDACT},
    {"rules", 'r', "DIR", "tables of rules, instead of those of the package",
	OPT_RULES},
    {"check", 0, NULL, "the file is such a report: tell what is wrong with it",
	OPT_CHECK},
    {"show", 0, NULL, "the file is such a report: show it to people", OPT_SHOW},
    {"symbols", 0, "NAME,...", "html, plot: these instruments only",
	OPT_SYMBOLS},
    {"tz", 0, "ZONE", "local times in text and CSV (UTC)", OPT_TZ},
    {"digest", 0, NULL, "print the SHA-256 of the records read", OPT_DIGEST},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

int
main(int argc, char **argv)
{
	struct front f = {.tool = "exch-report",
	    .usage = "[REPORT [FILE]]",
	    .about = "make a report of a stream",
	    .one = "report",
	    .first = "summary",
	    .levels = 10,
	    .groups = EXCH_CLI_VIEW,
	    .opts = opts,
	    .own = &draw_own,
	    .rules = EXCH_REPORT_DIR,
	    .kept = &kept_files};

	if (argc > 1 && strcmp(argv[1], "verify") == 0)
		return verify_main(argc - 1, argv + 1);
	f.all = exch_report_all(&f.n);
	return front_main(&f, argc, argv);
}
