/*
 * exch-feed: market data of a stream of events, as tables for people and
 * programs or in the form of a venue's feed.  What there is stands in src/md,
 * options and the loop are those of exch-report (front.h).
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "exch-feed/ladder.h"
#include "exch-feed/live.h"
#include "exch-report/front.h"
#include "md/md.h"

static const struct exch_opt opts[] = {
    {"symbols", 's', "NAME,...", "only these instruments", OPT_SYMBOLS},
    {"levels", 'n', "N", "depth and others: price levels a side (20)",
	OPT_LEVELS},
    {"every", 0, "WHEN", "event (default), or a time such as 1s", OPT_EVERY},
    {"at", 0, "TIME,...", "at these times of day", OPT_AT},
    {"changed", 0, NULL, "only when what is shown changed", OPT_CHANGED},
    {"imbalance", 0, "N", "top: also what stands on N levels a side",
	OPT_IMBALANCE},
    {"interval", 'i', "WHAT",
	"bars: a time (1m), or trades:N, volume:N, turnover:N", OPT_INTERVAL},
    {"fill", 0, NULL, "bars: also those without a trade", OPT_FILL},
    {"with", 0, "NAME:N,...", "bars: sma, ema, rsi, bollinger, atr over N",
	OPT_WITH},
    {"phases", 0, NULL, "stats: a row for each phase and auction", OPT_PHASES},
    {"alarms", 0, NULL, "quality: a row for each alarm", OPT_ALARMS},
    {"stale", 0, "TIME", "quality: silence that is too long (1m)", OPT_STALE},
    {"speed", 0, "N", "ladder: so many seconds a second, or max", OPT_SPEED},
    {"from", 0, "TIME", "ladder: go to this time of day first", OPT_FROM},
    {"framing", 0, "HOW", "itch: file (default), or moldudp64 in a pcap",
	OPT_FRAMING},
    {"session", 0, "NAME", "itch, ouch: its session (EX and the date)",
	OPT_SESSION},
    {"live", 0, "GROUP:PORT", "itch: as multicast, as it happens", OPT_LIVE},
    {"live-b", 0, "GROUP:PORT", "the same on a second line", OPT_LIVE_B},
    {"interface", 0, "NAME", "multicast goes out there", OPT_INTERFACE},
    {"ttl", 0, "N", "networks that multicast may go through (1)", OPT_TTL},
    {"pace", 0, "HOW", "realtime, 60x, or messages a second", OPT_PACE},
    {"retransmit", 0, "HOST:PORT", "send again what is asked for there",
	OPT_RETRANSMIT},
    {"keep", 0, "N", "messages kept for that (1000000)", OPT_KEEP},
    {"snapshot", 0, "HOST:PORT", "tell there who comes late how it stands",
	OPT_SNAPSHOT},
    {"linger", 0, "TIME", "stay so long behind the end (3s)", OPT_LINGER},
    {"impair-a", 0, "HOW,...",
	"loss=5%,duplicate=,reorder=,delay=,jitter=", OPT_IMPAIR_A},
    {"impair-b", 0, "HOW,...", "the same for the second line", OPT_IMPAIR_B},
    {"tz", 0, "ZONE", "times are local to it (UTC)", OPT_TZ},
    {"digest", 0, NULL, "print the SHA-256 of the records read", OPT_DIGEST},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

int
main(int argc, char **argv)
{
	static const struct exch_report *all[16];
	const struct exch_report *const *md;
	unsigned n;
	struct front f = {.tool = "exch-feed",
	    .usage = "FEED [SYMBOL] [FILE]",
	    .about = "market data of a stream",
	    .one = "feed",
	    .levels = 20,
	    .opts = opts,
	    .groups = EXCH_CLI_BIN | EXCH_CLI_SEED,
	    .own = &live_own};

	md = exch_md_all(&n);
	exch_check(n < EXCH_ARRAY_LEN(all));
	memcpy(all, md, n * sizeof(*all));
	all[n] = &feed_ladder;
	f.all = all;
	f.n = n + 1;
	return front_main(&f, argc, argv);
}
