/*
 * exch-replay: a recorded day as a stream of orders.  Options and the life
 * of the run; what happens to a record is take.c's business.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "exch-replay/tool.h"
#include "feed/names.h"
#include "store/store.h"

enum {
	OPT_AS = 256,
	OPT_SYMBOL,
	OPT_FROM,
	OPT_TO,
	OPT_COUNT,
	OPT_DATE,
	OPT_TZ,
	OPT_TICK,
	OPT_COLUMNS,
	OPT_SPEED,
	OPT_RAW,
	OPT_NO_EXPECT,
	OPT_ACCOUNTS,
	OPT_CAPTURE_TIME,
	OPT_JOIN,
	OPT_INTERFACE,
	OPT_REREQUEST,
	OPT_SNAPSHOT,
	OPT_WAIT,
	OPT_IDLE,
	OPT_BACKUP,
	OPT_SILENT,
	OPT_BACKUP_REREQUEST,
	OPT_BACKUP_SNAPSHOT,
	OPT_SNIFF,
	OPT_FILTER,
	OPT_VENUE,
	OPT_BY_TIME,
	OPT_INDEX,
	OPT_STEP,
	OPT_STRICT
};

static const struct exch_opt options[] = {
    {"as", 0, "FEED", "read the input as this feed: see exch-replay(1)",
	OPT_AS},
    {"date", 0, "DATE", "date of times without one, YYYY-MM-DD", OPT_DATE},
    {"tz", 0, "ZONE", "zone of local times: Asia/Shanghai, +08:00, UTC",
	OPT_TZ},
    {"symbol", 0, "NAME,...", "only these symbols; names a nameless input",
	OPT_SYMBOL},
    {"tick", 0, "STEP", "price step of an input that does not tell it",
	OPT_TICK},
    {"columns", 0, "OURS=THEIRS,...", "names of the columns of an order CSV",
	OPT_COLUMNS},
    {"from", 0, "TIME", "begin here, with the book as it stood", OPT_FROM},
    {"index", 0, NULL, "write FILE.xsti, with which --from is fast", OPT_INDEX},
    {"to", 0, "TIME", "end before this time", OPT_TO},
    {"count", 0, "N", "end after this many messages", OPT_COUNT},
    {"speed", 0, "FACTOR", "1: as fast as it happened; 0.1, 60, max",
	OPT_SPEED},
    {"step", 0, NULL, "as text, and wait for Enter behind each event",
	OPT_STEP},
    {"raw", 0, NULL, "what the feed displayed, without aggressors", OPT_RAW},
    {"no-expect", 0, NULL, "without the venue's executions", OPT_NO_EXPECT},
    {"accounts", 0, "RULE", "accounts for orders without: uniform:N, zipf:N",
	OPT_ACCOUNTS},
    {"venue", 0, "NAME", "put .NAME behind each symbol", OPT_VENUE},
    {"by-time", 0, NULL, "bring several streams together by time", OPT_BY_TIME},
    {"capture-time", 0, NULL, "keep the time of capture in each record",
	OPT_CAPTURE_TIME},
    {"join", 0, "GROUP:PORT,...", "read one or two lines of multicast",
	OPT_JOIN},
    {"interface", 0, "NAME", "they come from there", OPT_INTERFACE},
    {"rerequest", 0, "HOST:PORT", "ask there for what was lost", OPT_REREQUEST},
    {"snapshot", 0, "HOST:PORT", "ask there how it stands, when it has begun",
	OPT_SNAPSHOT},
    {"wait", 0, "TIME", "how long a gap may last (1s; asked for: 10s)",
	OPT_WAIT},
    {"idle", 0, "TIME", "end when nothing comes for so long", OPT_IDLE},
    {"backup", 0, "GROUP:PORT,...", "go on with this feed when that is silent",
	OPT_BACKUP},
    {"silent", 0, "TIME", "for so long (3s)", OPT_SILENT},
    {"backup-rerequest", 0, "HOST:PORT", "--rerequest of the backup",
	OPT_BACKUP_REREQUEST},
    {"backup-snapshot", 0, "HOST:PORT", "--snapshot of the backup",
	OPT_BACKUP_SNAPSHOT},
    {"sniff", 0, "INTERFACE", "read the packets that come there", OPT_SNIFF},
    {"filter", 0, "EXPRESSION", "those that pass it: see pcap-filter(7)",
	OPT_FILTER},
    {"strict", 0, NULL, "stop at the first malformed message", OPT_STRICT},
    {0}};

/* ---- options ---- */

static int
take_as(struct tool *t, struct exch_cli *c, const char *v)
{
	struct exch_buf b = {0};
	unsigned n;
	const struct exch_feed *const *feeds = exch_feed_all(&n);
	int rc;

	t->feed.as = v;
	if (strcmp(v, "stream") == 0)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(v, feeds[i]->name) == 0) {
			exch_buf_free(&b);
			return 0;
		}
		exch_buf_str(&b, feeds[i]->name);
		exch_buf_str(&b, ", ");
	}
	exch_buf_char(&b, '\0');
	rc = exch_cli_usage(c,
	    "--as: no feed is called '%s': there are %sstream", v,
	    b.failed ? "" : b.p);
	exch_buf_free(&b);
	return rc;
}

static int
handle_input(struct tool *t, struct exch_cli *c, int id, const char *v)
{
	switch (id) {
	case OPT_AS:
		return take_as(t, c, v);
	case OPT_DATE:
		if (exch_date_parse(v, strlen(v), &t->feed.date) != 0)
			return exch_cli_usage(
			    c, "--date: '%s' is not YYYY-MM-DD", v);
		break;
	case OPT_TZ:
		t->tz_name = v;
		break;
	case OPT_SYMBOL:
		if (pick_add(&t->pick, v) != 0)
			return exch_cli_usage(c,
			    "--symbol: '%s' is not NAME,... with up to 24 "
			    "bytes each",
			    v);
		break;
	case OPT_TICK:
		if (exch_dec_parse(v, strlen(v), 9, &t->feed.tick) != 0 ||
		    t->feed.tick <= 0 || t->feed.tick == EXCH_PX_NONE)
			return exch_cli_usage(c,
			    "--tick: '%s' is not a price step such as 0.01", v);
		break;
	case OPT_COLUMNS:
		t->feed.columns = v;
		break;
	case OPT_CAPTURE_TIME:
		t->feed.capture_time = true;
		break;
	default:
		return -1;
	}
	return 0;
}

static int
set_time(struct exch_cli *c, const char *name, const char *v, uint64_t *ns)
{
	if (exch_duration_parse(v, strlen(v), ns) == 0)
		return 0;
	return exch_cli_usage(
	    c, "--%s: '%s' is no time such as 500ms or 10s", name, v);
}

static int
handle_live(struct tool *t, struct exch_cli *c, int id, const char *v)
{
	switch (id) {
	case OPT_JOIN:
		return live_join(&t->join, c, "join", v);
	case OPT_INTERFACE:
		t->join.interface = v;
		return 0;
	case OPT_REREQUEST:
		t->join.ask = v;
		return 0;
	case OPT_SNAPSHOT:
		t->join.snapshot = v;
		return 0;
	case OPT_WAIT:
		return set_time(c, "wait", v, &t->join.wait);
	case OPT_IDLE:
		return set_time(c, "idle", v, &t->join.idle);
	case OPT_BACKUP:
		return live_join(&t->spare, c, "backup", v);
	case OPT_SILENT:
		return set_time(c, "silent", v, &t->silent);
	case OPT_SNIFF:
		t->sniff.interface = v;
		return 0;
	case OPT_FILTER:
		t->sniff.filter = v;
		return 0;
	case OPT_BACKUP_REREQUEST:
		t->spare.ask = v;
		return 0;
	case OPT_BACKUP_SNAPSHOT:
		t->spare.snapshot = v;
		return 0;
	default:
		return -1;
	}
}

static int
handle(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct tool *t = arg;
	int rc = handle_input(t, c, id, v);

	if (rc < 0)
		rc = handle_live(t, c, id, v);
	if (rc >= 0)
		return rc;
	switch (id) {
	case OPT_FROM:
		t->from_text = v;
		break;
	case OPT_TO:
		t->to_text = v;
		break;
	case OPT_COUNT:
		if (exch_uint_parse(v, strlen(v), &t->count) != 0)
			return exch_cli_usage(
			    c, "--count: '%s' is not a whole number", v);
		break;
	case OPT_SPEED:
		if (exch_pace_parse(&t->pace, v) != 0)
			return exch_cli_usage(c,
			    "--speed: '%s' is not a factor such as 0.1, 1, "
			    "60 or max",
			    v);
		break;
	case OPT_RAW:
		t->raw = true;
		break;
	case OPT_NO_EXPECT:
		t->no_expect = true;
		break;
	case OPT_ACCOUNTS:
		t->owners_text = v;
		break;
	case OPT_VENUE:
		if (!venue_is_name(v))
			return exch_cli_usage(c,
			    "--venue: '%s' is not a name of up to 8 letters, "
			    "digits, - and _",
			    v);
		t->venue = v;
		break;
	case OPT_BY_TIME:
		t->by_time = true;
		break;
	case OPT_INDEX:
		t->index = true;
		break;
	case OPT_STEP:
		t->stepwise = true;
		break;
	default:
		t->strict = true;
		break;
	}
	return 0;
}

/* The rule of --accounts; -1 to go on. */
static int
owners(struct tool *t)
{
	int rc = t->owners_text == NULL ? EXCH_OK
					: exch_owner_rule_parse(t->owners_text,
					      t->cli.seed, &t->owners);

	if (t->owners_text != NULL && t->raw)
		return exch_cli_usage(&t->cli,
		    "what a feed displayed has no accounts: leave out --raw or "
		    "--accounts");
	if (rc == EXCH_OK)
		return -1;
	if (rc == EXCH_ERR_NOMEM)
		return exch_cli_usage(
		    &t->cli, "--accounts: out of memory for so many");
	return exch_cli_usage(&t->cli,
	    rc == EXCH_ERR_RANGE
		? "--accounts: '%s' is not of 1 to 10000000 accounts"
		: "--accounts: '%s' is no rule: uniform:N or zipf:N",
	    t->owners_text);
}

/* How --step shows them; -1 to go on. */
static int
stepwise(struct tool *t)
{
	struct exch_cli *c = &t->cli;

	if (!t->stepwise)
		return -1;
	if (c->zstd || (c->format_given && c->format != EXCH_FMT_TEXT))
		return exch_cli_usage(
		    c, "--step shows text: leave out -f and -z");
	if (input_is_live(t))
		return exch_cli_usage(c,
		    "--join does not wait for anybody: write it with -o, and "
		    "step through that");
	c->format = EXCH_FMT_TEXT;
	c->format_given = true;
	c->progress = -1;
	/* What belongs together is not shown apart because time has passed. */
	c->flush_us = EXCH_SEC;
	return -1;
}

/* What changes the records, for the SOURCE record; never a file's name. */
static void
describe(struct tool *t)
{
	struct exch_buf *b = &t->options;

	if (t->feed.as != NULL)
		exch_buf_fmt(b, "as=%s ", t->feed.as);
	if (t->feed.date != 0)
		exch_buf_fmt(b, "date=%08u ", (unsigned)t->feed.date);
	if (t->tz_name != NULL)
		exch_buf_fmt(b, "tz=%s ", t->tz_name);
	for (unsigned i = 0; i < t->pick.n; i++)
		exch_buf_fmt(b, "symbol=%s ", t->pick.symbol[i]);
	if (t->feed.tick != 0) {
		exch_buf_str(b, "tick=");
		exch_buf_dec(b, t->feed.tick, 9, 0);
		exch_buf_char(b, ' ');
	}
	if (t->feed.columns != NULL)
		exch_buf_fmt(b, "columns=%s ", t->feed.columns);
	if (t->from_text != NULL)
		exch_buf_fmt(b, "from=%s ", t->from_text);
	if (t->to_text != NULL)
		exch_buf_fmt(b, "to=%s ", t->to_text);
	if (t->count != UINT64_MAX)
		exch_buf_fmt(b, "count=%llu ", (unsigned long long)t->count);
	exch_buf_str(b, t->raw ? "raw " : "");
	exch_buf_str(b, t->no_expect ? "no-expect " : "");
	if (t->owners_text != NULL)
		exch_buf_fmt(b, "accounts=%s seed=%llu ", t->owners_text,
		    (unsigned long long)t->cli.seed);
	if (t->venue != NULL)
		exch_buf_fmt(b, "venue=%s ", t->venue);
	exch_buf_str(b, t->by_time ? "by-time " : "");
	exch_buf_str(b, t->feed.capture_time ? "capture-time " : "");
	if (b->len > 0)
		b->len--; /* the last blank */
	exch_buf_char(b, '\0');
}

/* ---- the run ---- */

static int
prepare(struct tool *t, struct exch_diag *d)
{
	int rc = 0;

	if (t->tz_name != NULL)
		rc = exch_cli_zone(t->tz_name, &t->tz, d);
	t->feed.tz = t->tz;
	t->feed.zone = exch_cli_zone;
	t->dir = exch_dir_new();
	t->accounts = exch_names_new(UINT32_MAX - 1);
	if (t->dir == NULL || t->accounts == NULL || t->options.failed)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (rc == 0)
		rc = input_survey(t, d);
	if (rc == 0 && t->stepwise)
		rc = step_open(t, d);
	return rc == 0 ? exch_cli_out_open(&t->cli, &t->out, d) : rc;
}

/* Every operand in turn; a cut one is told and the next begun. */
static int
read_all(struct tool *t, struct exch_diag *d)
{
	int rc = 0;

	for (unsigned i = 0; i < t->nops && rc == 0 && !t->enough; i++) {
		rc = input_run(t, &t->op[i], d);
		if (rc == EXCH_ERR_STOP && t->enough)
			rc = 0;
		if (rc == EXCH_ERR_CUT) {
			exch_cli_report(&t->cli, d);
			exch_diag_clear(d);
			t->cut = true;
			rc = 0;
		}
	}
	return rc;
}

/* What the recording itself lacks: worth a word without -v. */
static void
incomplete(const struct tool *t)
{
	const struct exch_replay_stats *st =
	    t->replay != NULL ? exch_replay_stats(t->replay) : NULL;

	if (t->st.gap_messages != 0)
		exch_cli_note(&t->cli, "%llu messages are missing in %llu gaps",
		    (unsigned long long)t->st.gap_messages,
		    (unsigned long long)t->st.gaps);
	if (t->st.late != 0)
		exch_cli_note(&t->cli,
		    "%llu messages came too late for their place and were left "
		    "out",
		    (unsigned long long)t->st.late);
	if (backup_is_on(t->second) && t->spare_st.gap_messages != 0)
		exch_cli_note(&t->cli,
		    "%s: %llu messages are missing in %llu gaps",
		    t->spare.group[0].name,
		    (unsigned long long)t->spare_st.gap_messages,
		    (unsigned long long)t->spare_st.gaps);
	if (st != NULL && st->unknown_refs != 0)
		exch_cli_note(&t->cli,
		    "%llu references to orders that the input does not show",
		    (unsigned long long)st->unknown_refs);
}

/*
 * How many records a copy leaves out is known without reading them; which of
 * them would have been picked, or left out for another reason, is not.
 */
static void
left_out(const struct tool *t)
{
	bool known = t->copy != NULL && t->pick.n == 0;

	if (t->before != 0 || (known && t->skipped != 0))
		exch_cli_note(&t->cli,
		    "%llu records before --from were left out: what of them "
		    "rested is not known (exch-replay(1), WINDOWS)",
		    (unsigned long long)(t->before + (known ? t->skipped : 0)));
	if (!known && t->skipped != 0)
		exch_cli_note(&t->cli,
		    "%llu more, of all kinds and instruments, were not read",
		    (unsigned long long)t->skipped);
}

/* After the last record of a run that was not broken off. */
static int
complete(struct tool *t, struct exch_diag *d)
{
	int rc = take_begin(t, 0, d);

	if (rc == 0 && t->replay != NULL)
		rc = exch_replay_finish(t->replay, d);
	for (unsigned i = 0; pick_missing(&t->pick, i) != NULL; i++) {
		if (t->enough)
			break;
		exch_cli_note(&t->cli, "no input knows the symbol %s",
		    pick_missing(&t->pick, i));
		t->missing = true;
	}
	incomplete(t);
	agree_end(t);
	left_out(t);
	return rc;
}

/* One alone is a stream like any other. */
static bool
are_shards(const struct tool *t)
{
	bool some = false;

	for (unsigned i = 0; i < t->nops; i++)
		some |= t->op[i].shard;
	return t->nops > 1 && some;
}

/* Shards are put together as they are. */
static int
merge_only(const struct tool *t, struct exch_diag *d)
{
	if (t->options.len <= 1 && t->pace.speed == 0 && !t->stepwise)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "shards are merged as they are: leave out options that concern "
	    "records, and use them behind");
}

static int
run(struct tool *t)
{
	struct exch_diag d = {0};
	enum exch_status status = EXCH_STATUS_COMPLETE;
	int code = EXCH_EXIT_OK;
	int rc = prepare(t, &d);

	if (rc == 0 && are_shards(t)) {
		rc = merge_only(t, &d);
		if (rc == 0)
			rc = merge_run(t, &d);
	} else {
		if (rc == 0)
			rc = t->by_time ? bytime_run(t, &d) : read_all(t, &d);
		if (rc == 0)
			rc = complete(t, &d);
	}
	if (exch_cli_signal != 0) {
		status = EXCH_STATUS_SIGNAL;
	} else if (rc != 0) {
		if (d.code == EXCH_OK)
			exch_diag_set(&d, (enum exch_err)rc, t->in_name,
			    EXCH_POS_NONE, 0, "%s",
			    exch_err_text((enum exch_err)rc));
		code = exch_cli_fail(&t->cli, &d);
		status = EXCH_STATUS_ERROR;
		if (t->replay != NULL)
			(void)exch_replay_finish(
			    t->replay, NULL); /* reported */
	} else if (t->cut) {
		status = EXCH_STATUS_UPSTREAM;
		code = EXCH_EXIT_INPUT;
	} else if (t->troubles != 0 || t->missing) {
		code = EXCH_EXIT_NO;
	}
	if (t->w == NULL) {
		exch_cli_out_abort(t->out);
		return code;
	}
	stats_print(t);
	return exch_cli_end(&t->cli, t->out, t->w, status, code);
}

int
main(int argc, char **argv)
{
	static struct tool t = {
	    .cli = {.tool = "exch-replay",
		.opts = options,
		.history = exch_store_source,
		.usage = "[FILE]...",
		.about = "turn a recorded day into the stream of its orders"},
	    .count = UINT64_MAX};
	int code = exch_cli_parse(&t.cli, argc, argv, handle, &t);

	if (code < 0)
		code = owners(&t);
	if (code < 0)
		code = live_settle(&t);
	if (code < 0)
		code = sniff_settle(&t);
	if (code < 0)
		code = stepwise(&t);
	if (code < 0) {
		describe(&t);
		code = t.index ? seek_index(&t) : run(&t);
	}
	exch_replay_free(t.replay);
	snap_free(t.snap);
	step_close(&t);
	backup_free(t.second);
	seek_free(&t);
	input_free(&t);
	exch_dir_free(t.dir);
	exch_names_free(t.accounts);
	exch_tz_free(t.tz);
	exch_tz_free(t.said);
	exch_buf_free(&t.options);
	among_free(t.among);
	agree_free(t.agree);
	exch_free(t.named);
	pick_free(&t.pick);
	exch_owner_rule_clear(&t.owners);
	exch_cli_reraise();
	return code;
}
