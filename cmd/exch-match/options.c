/*
 * exch-match's options, and what each of them says.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dec.h"
#include "base/time.h"
#include "exch-match/tool.h"
#include "rec/schema.h"

enum opt_id {
	OPT_MARKET = 256,
	OPT_LADDER,
	OPT_ALLOCATION,
	OPT_SELF_TRADE,
	OPT_TIMETABLE,
	OPT_CALENDAR,
	OPT_DATE,
	OPT_TZ,
	OPT_PHASE,
	OPT_ORDERS,
	OPT_JOBS,
	OPT_SHARD,
	OPT_SHARD_TABLE,
	OPT_REMATCH,
	OPT_STRICT,
	OPT_JOURNAL,
	OPT_SYNC,
	OPT_SEGMENT,
	OPT_FROM,
	OPT_BROKEN_PIPE,
	OPT_RECOVER,
	OPT_CHECK,
	OPT_UNTIL,
	OPT_STANDBY,
	OPT_SERVE,
	OPT_STANDBY_SYNC,
	OPT_LEASE,
	OPT_ENGINE,
	OPT_CARD,
	OPT_CARD_STATS,
	OPT_DIFFERENCE,
	OPT_RISK,
	OPT_ACCOUNTS,
	OPT_RESTRICTED,
	OPT_INSTRUMENTS,
	OPT_MARGIN,
	OPT_DAY_TRADES,
	OPT_CLIENTS,
	OPT_EXPLAIN
};

const struct exch_opt match_opts[] = {
    {"market", 'm', "FILE", "rules of a venue: exch-market(5)", OPT_MARKET},
    {"ladder", 'l', "NAME", "rules for the auction price (plain-ref)",
	OPT_LADDER},
    {"allocation", 'a', "NAME[,PARAMETER=N]...",
	"who gets how much at one price (fifo)", OPT_ALLOCATION},
    {"self-trade", 0, "MODE", "what an owner who meets himself does (none)",
	OPT_SELF_TRADE},
    {"timetable", 't', "FILE", "phases of the day by the clock", OPT_TIMETABLE},
    {"calendar", 0, "FILE", "days without trading, and early closes",
	OPT_CALENDAR},
    {"date", 0, "DATE", "trading date of the timetable", OPT_DATE},
    {"tz", 0, "ZONE", "zone of the timetable's times", OPT_TZ},
    {"phase", 0, "NAME", "phase at the start (continuous)", OPT_PHASE},
    {"orders", 0, "N", "live orders to make room for", OPT_ORDERS},
    {"jobs", 'j', "N", "threads to match on (1)", OPT_JOBS},
    {"risk", 0, "FILE", "judge commands by limits, a table of exch-tables(5)",
	OPT_RISK},
    {"accounts", 0, "FILE", "with --risk: who may trade", OPT_ACCOUNTS},
    {"restricted", 0, "FILE", "with --risk: what may not be traded",
	OPT_RESTRICTED},
    {"instruments", 0, "FILE", "with --risk: their sectors", OPT_INSTRUMENTS},
    {"clients", 0, "FILE", "with --risk: to whom accounts belong", OPT_CLIENTS},
    {"margin", 0, "FILE", "with --risk: margin rules by date", OPT_MARGIN},
    {"day-trades", 0, "FILE", "with --risk: day trades of the days before",
	OPT_DAY_TRADES},
    {"explain", 0, "ORDER", "with --risk: tell each verdict on it, and why",
	OPT_EXPLAIN},
    {"shard", 0, "K/N", "match the K-th part of N of the instruments only",
	OPT_SHARD},
    {"shard-table", 0, "FILE", "volumes by which symbols are dealt out",
	OPT_SHARD_TABLE},
    {"rematch", 0, NULL, "match again: old executions are compared",
	OPT_REMATCH},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {"journal", 0, "DIR", "keep the input in DIR, and go on after a kill",
	OPT_JOURNAL},
    {"sync", 0, "none|batch|each", "when the journal is made durable (batch)",
	OPT_SYNC},
    {"segment-size", 0, "BYTES", "of the journal's files (268435456)",
	OPT_SEGMENT},
    {"from", 0, "POSITION", "leave out so many records of the output",
	OPT_FROM},
    {"on-broken-pipe", 0, "stop|continue",
	"what to do when the reader has gone (stop)", OPT_BROKEN_PIPE},
    {"recover", 0, NULL, "the input is the journal in the directory DIR",
	OPT_RECOVER},
    {"check", 0, NULL, "with --recover: prove the journal, match nothing",
	OPT_CHECK},
    {"until", 0, "TIME", "with --recover: up to this time", OPT_UNTIL},
    {"standby", 0, "DIR|HOST:PORT",
	"follow the journal of a run, and take over from it", OPT_STANDBY},
    {"serve", 0, "HOST:PORT", "send the journal to a standby", OPT_SERVE},
    {"standby-sync", 0, "MS|wait",
	"results wait for the standby, at most so long", OPT_STANDBY_SYNC},
    {"lease", 0, "FILE[,MS]", "who has it releases results", OPT_LEASE},
    {"engine", 'e', "soft|fpga|both", "what matches (soft)", OPT_ENGINE},
    {"card", 0, "FILE[,OPTION]...",
	"the module of the card, or soft: exch-fpga(7)", OPT_CARD},
    {"card-stats", 0, NULL, "tell the card's cycles at the end",
	OPT_CARD_STATS},
    {"difference", 0, "FILE", "what --engine both differs in (difference.xst)",
	OPT_DIFFERENCE},
    {0},
};

static int
set_ladder(struct run *r, struct exch_cli *c, const char *value)
{
	const struct exch_ladder *l;
	char names[256] = "";
	size_t at = 0;
	unsigned n, i;

	r->match.ladder = exch_ladder_by_name(value);
	r->ladder_given = true;
	if (r->match.ladder != NULL)
		return 0;
	l = exch_ladder_all(&n);
	for (i = 0; i < n && at < sizeof(names) - 1; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
		    i == 0 ? "" : ", ", l[i].name);
	return exch_cli_usage(
	    c, "no ladder is called '%s': it is one of %s", value, names);
}

/* "pro-rata,min=2": a row of the table, with its parameters changed. */
static int
set_allocation(struct run *r, struct exch_cli *c, const char *value)
{
	size_t n = strcspn(value, ",");
	const struct exch_alloc *all;
	char names[320] = "", word[64];
	size_t at = 0;
	unsigned count, i;

	all = exch_alloc_all(&count);
	for (i = 0; i < count; i++) {
		if (strlen(all[i].name) == n &&
		    memcmp(all[i].name, value, n) == 0)
			break;
		if (at < sizeof(names) - 1)
			at += (size_t)snprintf(names + at, sizeof(names) - at,
			    "%s%s", i == 0 ? "" : ", ", all[i].name);
	}
	if (i == count)
		return exch_cli_usage(c,
		    "no allocation is called '%.*s': it is one of %s", (int)n,
		    value, names);
	r->alloc = all[i];
	for (value += n; *value == ','; value += n) {
		const char *eq;
		uint64_t v;

		value++;
		n = strcspn(value, ",");
		eq = memchr(value, '=', n);
		if (eq == NULL || (size_t)(eq - value) >= sizeof(word) ||
		    exch_uint_parse(eq + 1, n - (size_t)(eq + 1 - value), &v) !=
			0)
			return exch_cli_usage(c,
			    "--allocation: '%.*s' is not PARAMETER=NUMBER",
			    (int)n, value);
		memcpy(word, value, (size_t)(eq - value));
		word[eq - value] = '\0';
		if (exch_alloc_set(&r->alloc, word, v) != 0)
			return exch_cli_usage(c,
			    "--allocation: %s takes no '%.*s'", r->alloc.name,
			    (int)n, value);
	}
	/* The plain queue needs no allocating. */
	r->match.alloc = exch_alloc_is_queue(&r->alloc) ? NULL : &r->alloc;
	return 0;
}

static int
set_self_trade(struct run *r, struct exch_cli *c, const char *value)
{
	static const struct exch_word modes[] = {{EXCH_STP_NONE, "none"},
	    {EXCH_STP_NEWEST, "newest"}, {EXCH_STP_OLDEST, "oldest"},
	    {EXCH_STP_BOTH, "both"}, {EXCH_STP_DECREMENT, "decrement"},
	    {0, NULL}};
	uint16_t code;

	if (exch_word_code(modes, value, strlen(value), &code) != 0)
		return exch_cli_usage(c,
		    "--self-trade: '%s' is none of none, newest, oldest, "
		    "both, decrement",
		    value);
	r->match.stp = (uint8_t)code;
	return 0;
}

static int
set_phase(struct run *r, struct exch_cli *c, const char *value)
{
	uint16_t code;

	if (exch_word_code(exch_words_phase, value, strlen(value), &code) != 0)
		return exch_cli_usage(c,
		    "no phase is called '%s': it is one of closed, pre-open, "
		    "call, continuous, halt",
		    value);
	r->match.phase = (uint8_t)code;
	return 0;
}

static int
set_sync(struct run *r, struct exch_cli *c, const char *value)
{
	static const struct exch_word modes[] = {{JOURNAL_BATCH, "batch"},
	    {JOURNAL_EACH, "each"}, {JOURNAL_NONE, "none"}, {0, NULL}};
	uint16_t code;

	if (exch_word_code(modes, value, strlen(value), &code) != 0)
		return exch_cli_usage(
		    c, "--sync: '%s' is none of none, batch, each", value);
	r->journal.sync = (enum journal_sync)code;
	r->journal.sync_given = true;
	return 0;
}

static int
set_broken_pipe(struct run *r, struct exch_cli *c, const char *value)
{
	r->journal.outlive = strcmp(value, "continue") == 0;
	if (!r->journal.outlive && strcmp(value, "stop") != 0)
		return exch_cli_usage(c,
		    "--on-broken-pipe: '%s' is neither stop nor continue",
		    value);
	return 0;
}

/* "FILE,MS": the period may be left out, and the name have commas. */
static int
set_lease(struct run *r, struct exch_cli *c, char *value)
{
	char *comma = strrchr(value, ',');
	uint64_t ms;

	r->pair.path = value;
	if (comma == NULL)
		return 0;
	if (exch_uint_parse(comma + 1, strlen(comma + 1), &ms) != 0 ||
	    ms < 100 || ms > 3600000)
		return exch_cli_usage(c,
		    "--lease: '%s' is no period: write 100 to 3600000 "
		    "milliseconds",
		    comma + 1);
	*comma = '\0';
	r->pair.period = ms * 1000000;
	return 0;
}

static int
set_standby_sync(struct run *r, struct exch_cli *c, const char *value)
{
	uint64_t ms = 0;

	r->pair.sync = true;
	r->pair.for_ever = strcmp(value, "wait") == 0;
	if (!r->pair.for_ever &&
	    (exch_uint_parse(value, strlen(value), &ms) != 0 || ms > 3600000))
		return exch_cli_usage(c,
		    "--standby-sync: '%s' is neither wait nor a number of "
		    "milliseconds",
		    value);
	r->pair.patience = ms * 1000000;
	return 0;
}

/* Options of journals. */
static int
journal_option(struct run *r, struct exch_cli *c, int id, const char *value)
{
	struct journal *j = &r->journal;

	switch (id) {
	case OPT_JOURNAL:
		j->dir = value;
		return 0;
	case OPT_SYNC:
		return set_sync(r, c, value);
	case OPT_SEGMENT:
		if (exch_uint_parse(value, strlen(value), &j->segment) != 0 ||
		    j->segment == 0)
			return exch_cli_usage(
			    c, "--segment-size needs a number of bytes");
		return 0;
	case OPT_FROM:
		if (exch_uint_parse(value, strlen(value), &j->from) != 0)
			return exch_cli_usage(
			    c, "--from needs a number of records");
		j->from_given = true;
		return 0;
	case OPT_BROKEN_PIPE:
		return set_broken_pipe(r, c, value);
	case OPT_STANDBY:
		r->standby.from = value;
		return 0;
	case OPT_SERVE:
		r->pair.serve = value;
		return 0;
	case OPT_STANDBY_SYNC:
		return set_standby_sync(r, c, value);
	case OPT_LEASE:
		/* The words of the command line are ours to cut. */
		return set_lease(r, c, (char *)(uintptr_t)value);
	case OPT_RECOVER:
		j->recover = true;
		return 0;
	case OPT_CHECK:
		j->check = true;
		return 0;
	default:
		if (exch_ts_parse(value, strlen(value), &j->until) != 0)
			return exch_cli_usage(c,
			    "--until: '%s' is no time: write "
			    "2026-01-05T15:30:00Z",
			    value);
		j->until_given = true;
		return 0;
	}
}

/* A directory alone, or an address with a journal for what comes from there. */
static int
standby_agrees(struct run *r, struct exch_cli *c)
{
	struct standby *s = &r->standby;
	bool address = s->from != NULL && strchr(s->from, ':') != NULL;

	if (s->from == NULL)
		return -1;
	s->link = r->journal.dir != NULL;
	if (s->link && !address)
		return exch_cli_usage(c,
		    "--standby with --journal follows a run at HOST:PORT, and "
		    "'%s' is none; one in a directory is followed without "
		    "--journal",
		    s->from);
	if (!s->link && address && strchr(s->from, '/') == NULL &&
	    access(s->from, F_OK) != 0)
		return exch_cli_usage(c,
		    "--standby %s needs --journal, where it keeps what it gets",
		    s->from);
	if (!s->link)
		r->journal.dir = s->from;
	return -1;
}

/* Of runs that have another one beside them. */
static int
pair_options_agree(struct run *r, struct exch_cli *c)
{
	struct standby *s = &r->standby;
	const struct pair *p = &r->pair;
	int n;

	if (s->from != NULL && r->journal.recover)
		return exch_cli_usage(
		    c, "--standby and --recover do not go together");
	if (s->from != NULL && c->format_given && c->format != EXCH_FMT_BIN)
		return exch_cli_usage(c,
		    "the output of a standby is binary: convert it behind a "
		    "pipe");
	n = standby_agrees(r, c);
	if (n >= 0)
		return n;
	if ((s->from != NULL || p->serve != NULL) && r->jobs > 1)
		return exch_cli_usage(
		    c, "--standby and --serve match on one thread");
	if (p->serve != NULL && r->journal.dir == NULL)
		return exch_cli_usage(c, "--serve goes with --journal");
	if (p->sync && p->serve == NULL)
		return exch_cli_usage(c, "--standby-sync goes with --serve");
	if (p->sync && !p->for_ever && p->path == NULL)
		return exch_cli_usage(c,
		    "--standby-sync with a time goes with --lease, where it "
		    "is said that the standby lags");
	if (p->path != NULL && p->serve == NULL && !s->link)
		return exch_cli_usage(c,
		    "--lease goes with --serve, or with --standby HOST:PORT");
	return -1;
}

/* Of a gate: what it cannot do, and what needs one. */
static int
gate_agrees(const struct run *r, struct exch_cli *c)
{
	const char *const *path = r->gate.tables.path;

	if (path[RISK_LIMITS] == NULL &&
	    (r->gate.explain.on || path[RISK_ACCOUNTS] != NULL ||
		path[RISK_RESTRICTED] != NULL ||
		path[RISK_INSTRUMENTS] != NULL || path[RISK_CLIENTS] != NULL ||
		path[RISK_RATES] != NULL || path[RISK_DAY_TRADES] != NULL))
		return exch_cli_usage(c,
		    "--accounts, --restricted, --instruments, --clients, "
		    "--margin, --day-trades and --explain go with --risk");
	if (path[RISK_DAY_TRADES] != NULL && path[RISK_RATES] == NULL)
		return exch_cli_usage(c,
		    "--day-trades goes with --margin FILE, which has the rule "
		    "they are for");
	if (path[RISK_LIMITS] == NULL)
		return -1;
	if (r->match.parts > 1)
		return exch_cli_usage(c,
		    "--risk needs all instruments: what an account may do in "
		    "one depends on the others, so there is no --shard");
	if (r->card.both)
		return exch_cli_usage(
		    c, "--engine both has no gate: put exch-risk in front");
	return risk_asked_check(&r->gate.explain, c);
}

/* Options that make sense together only. */
int
match_options_agree(struct run *r, struct exch_cli *c)
{
	const struct journal *j = &r->journal;
	int n;
	bool file = c->output != NULL && strcmp(c->output, "-") != 0;

	if (j->recover && j->dir != NULL)
		return exch_cli_usage(c,
		    "--recover reads the journal that is its operand: leave "
		    "out --journal");
	n = pair_options_agree(r, c);
	if (n < 0)
		n = match_card_agrees(r, c);
	if (n < 0)
		n = gate_agrees(r, c);
	if (n >= 0)
		return n;
	if (!j->recover && (j->check || j->until_given))
		return exch_cli_usage(
		    c, "--check and --until go with --recover");
	if (j->dir == NULL && (j->sync_given || j->segment != 0 || j->outlive))
		return exch_cli_usage(c,
		    "--sync, --segment-size and --on-broken-pipe go with "
		    "--journal");
	if (r->match.parts > 1 &&
	    (j->dir != NULL || j->recover || j->from_given))
		return exch_cli_usage(
		    c, "--shard takes no journal, and writes all it has");
	if (r->match.parts > 1 && (r->jobs > 1 || r->rematch))
		return exch_cli_usage(
		    c, "--shard goes without -j and --rematch");
	if (j->dir != NULL && file && j->from_given)
		return exch_cli_usage(c,
		    "--from is for pipes: an output file knows how far it "
		    "is");
	return -1;
}

/* "2/3" */
static int
set_shard(struct run *r, struct exch_cli *c, const char *value)
{
	const char *slash = strchr(value, '/');
	uint64_t k = 0, n = 0;

	if (slash == NULL ||
	    exch_uint_parse(value, (size_t)(slash - value), &k) != 0 ||
	    exch_uint_parse(slash + 1, strlen(slash + 1), &n) != 0 || k == 0 ||
	    k > n || n > EXCH_SHARDS_MAX)
		return exch_cli_usage(c,
		    "--shard is K/N, such as 1/2, N at most %u",
		    EXCH_SHARDS_MAX);
	r->match.part = (uint32_t)k - 1;
	r->match.parts = (uint32_t)n;
	return 0;
}

int
match_option(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct run *r = arg;
	uint64_t n;

	switch (id) {
	case OPT_MARKET:
		r->market_path = value;
		return 0;
	case OPT_LADDER:
		return set_ladder(r, c, value);
	case OPT_ALLOCATION:
		r->allocation = value;
		return set_allocation(r, c, value);
	case OPT_SELF_TRADE:
		return set_self_trade(r, c, value);
	case OPT_TIMETABLE:
		r->timetable_path = value;
		return 0;
	case OPT_CALENDAR:
		r->calendar_path = value;
		return 0;
	case OPT_DATE:
		if (exch_date_parse(value, strlen(value), &r->date) != 0)
			return exch_cli_usage(
			    c, "'%s' is no date: write 2026-01-05", value);
		return 0;
	case OPT_TZ:
		r->tz_name = value;
		return 0;
	case OPT_PHASE:
		return set_phase(r, c, value);
	case OPT_ORDERS:
		if (exch_uint_parse(value, strlen(value), &n) != 0 ||
		    n > UINT64_C(1) << 30)
			return exch_cli_usage(
			    c, "--orders needs a number up to 2^30");
		r->match.orders = (size_t)n;
		return 0;
	case OPT_JOBS:
		if (exch_uint_parse(value, strlen(value), &n) != 0 || n == 0 ||
		    n > EXCH_SHARDS_MAX)
			return exch_cli_usage(c,
			    "-j needs a number from 1 to %u", EXCH_SHARDS_MAX);
		r->jobs = (uint32_t)n;
		return 0;
	case OPT_SHARD:
		return set_shard(r, c, value);
	case OPT_RISK:
		r->gate.tables.path[RISK_LIMITS] = value;
		return 0;
	case OPT_ACCOUNTS:
		r->gate.tables.path[RISK_ACCOUNTS] = value;
		return 0;
	case OPT_RESTRICTED:
		r->gate.tables.path[RISK_RESTRICTED] = value;
		return 0;
	case OPT_EXPLAIN:
		return risk_ask(&r->gate.explain, c, value);
	case OPT_CLIENTS:
		r->gate.tables.path[RISK_CLIENTS] = value;
		return 0;
	case OPT_INSTRUMENTS:
		r->gate.tables.path[RISK_INSTRUMENTS] = value;
		return 0;
	case OPT_MARGIN:
		r->gate.tables.path[RISK_RATES] = value;
		return 0;
	case OPT_DAY_TRADES:
		r->gate.tables.path[RISK_DAY_TRADES] = value;
		return 0;
	case OPT_SHARD_TABLE:
		r->shard_table = value;
		return 0;
	case OPT_REMATCH:
		r->rematch = true;
		return 0;
	case OPT_STRICT:
		r->strict = true;
		return 0;
	case OPT_ENGINE:
		return match_set_engine(r, c, value);
	case OPT_CARD:
		match_set_card(r, value);
		return 0;
	case OPT_CARD_STATS:
		r->card.stats = true;
		return 0;
	case OPT_DIFFERENCE:
		r->card.difference = value;
		return 0;
	default:
		return journal_option(r, c, id, value);
	}
}
