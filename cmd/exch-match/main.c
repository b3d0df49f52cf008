/*
 * exch-match: a filter that matches the orders of a stream and adds what
 * the venue says to them.  The engine is src/match; this file is options,
 * the loop, and the refusal of streams that cannot be matched.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/dec.h"
#include "base/sha256.h"
#include "base/time.h"
#include "common/cli.h"
#include "match/match.h"
#include "rec/schema.h"
#include "ref/calendar.h"
#include "ref/timetable.h"

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
	OPT_REMATCH,
	OPT_STRICT
};

static const struct exch_opt opts[] = {
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
    {"rematch", 0, NULL, "match again: old executions are compared",
	OPT_REMATCH},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

/* How many records of bad content are told one by one. */
#define BAD_TOLD 5

/* What the command line said, and what runs on it. */
struct run {
	struct exch_cli cli;
	struct exch_match_opts match;
	const char *market_path;
	struct exch_market market;
	struct exch_alloc alloc;
	const char *allocation;
	const char *timetable_path;
	const char *calendar_path; /* by option */
	struct exch_calendar calendar;
	bool calendar_on;
	const char *tz_name;
	uint32_t date;
	bool rematch;
	uint8_t old_source; /* of an earlier matcher, 0: none seen */
	bool ladder_given;
	bool strict;
	char *table; /* the timetable's text until it is parsed */
	size_t ntable;
	struct exch_timetable timetable;
	char options[512];
	struct exch_match *engine;
	uint64_t bad;	    /* records with bad content */
	uint64_t refused;   /* instruments among them */
	uint64_t displayed; /* BOOK_* records: nothing to match */
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
handle(void *arg, struct exch_cli *c, int id, const char *value)
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
	case OPT_REMATCH:
		r->rematch = true;
		return 0;
	default:
		r->strict = true;
		return 0;
	}
}

/* The value of a key=value line of the header, copied; false without. */
static bool
header_value(
    const struct exch_stream_info *info, const char *key, char *out, size_t n)
{
	const char *p = info->text;
	size_t klen = strlen(key), len;

	for (; *p != '\0'; p += *p == '\n') {
		len = strcspn(p, "\n");
		if (len > klen && memcmp(p, key, klen) == 0 && p[klen] == '=' &&
		    len - klen - 1 < n) {
			memcpy(out, p + klen + 1, len - klen - 1);
			out[len - klen - 1] = '\0';
			return true;
		}
		p += len;
	}
	return false;
}

/* Are there times of day, in a timetable or in the market's rules? */
static bool
has_times(const struct run *r)
{
	return r->timetable_path != NULL ||
	       (r->match.market != NULL && exch_market_dated(&r->market));
}

/* The timetable as the calendar has it. */
static int
keep_calendar(struct run *r, const struct exch_tz *tz, struct exch_diag *d)
{
	if (!exch_calendar_knows(&r->calendar, r->date))
		exch_cli_note(&r->cli,
		    "the calendar knows nothing of %u: taken as a year "
		    "without holidays",
		    (unsigned)(r->date / 10000));
	if (r->timetable_path == NULL ||
	    exch_calendar_apply(&r->calendar, r->date, tz, &r->timetable) == 0)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the timetable");
}

/* Date and zone of all times: by option, else by the stream's header. */
static int
load_times(
    struct run *r, const struct exch_stream_info *info, struct exch_diag *d)
{
	char zone[64];
	const char *name = r->tz_name;
	const char *path =
	    r->timetable_path != NULL ? r->timetable_path : r->market_path;
	struct exch_tz *tz = NULL;
	int err;

	if (r->date == 0)
		r->date = info->date;
	if (r->date == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    "the stream does not tell its date: add --date");
	if (name == NULL && r->market.zone[0] != '\0')
		name = r->market.zone;
	if (name == NULL && header_value(info, "zone", zone, sizeof(zone)))
		name = zone;
	if (name == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    path == r->market_path
			? "the zone of the market is not told: add a line "
			  "\"zone NAME\" or --tz"
			: "the stream does not tell its zone: add --tz");
	err = exch_cli_zone(name, &tz, d);
	if (err == 0 && r->timetable_path != NULL)
		err = exch_timetable_parse(r->table, r->ntable,
		    r->timetable_path, r->date, tz, &r->timetable, d);
	if (err == 0 && r->calendar_on)
		err = keep_calendar(r, tz, d);
	if (err == 0 && r->match.market != NULL)
		exch_market_date(&r->market, r->date, tz,
		    r->calendar_on ? &r->calendar : NULL);
	exch_tz_free(tz);
	return err;
}

static int
begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d)
{
	struct run *r = arg;
	const struct exch_stream_info *info = exch_reader_info(in);
	char yes[8];
	int err;

	if (has_times(r)) {
		err = load_times(r, info, d);
		if (err != 0)
			return err;
	}
	if (r->timetable_path != NULL)
		r->match.timetable = &r->timetable;
	r->match.expect =
	    r->rematch || (header_value(info, "expect", yes, sizeof(yes)) &&
			      strcmp(yes, "yes") == 0);
	r->match.seed = r->cli.seed;
	r->match.stop = &exch_cli_signal;
	return exch_match_new(&r->match, out, &r->engine, d);
}

/* An old execution becomes what the new one is compared with. */
static int
expect_again(struct run *r, const struct exch_rec *rec, struct exch_writer *out,
    struct exch_diag *d)
{
	const struct exch_rec_exec *old = EXCH_REC_AS(rec, exch_rec_exec);
	struct exch_rec_expect e = {0}, *p;

	if (old == NULL)
		return 0;
	p = exch_writer_new(
	    out, EXCH_REC_EXPECT, sizeof(*p), rec->instr, rec->time);
	p->match = old->match;
	p->buy = old->buy;
	p->sell = old->sell;
	p->price = p->print = old->price;
	p->qty = old->qty;
	p->aggressor = old->aggressor;
	p->cross = old->cross;
	e = *p;
	return exch_match_apply(r->engine, &e.h, d);
}

/* Trades that a matcher makes itself; others are of the venue. */
static bool
is_own_trade(const struct exch_rec *rec)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(rec, exch_rec_trade);

	return t != NULL &&
	       (t->kind == EXCH_PRINT_BLOCK || t->kind == EXCH_PRINT_CORRECTED);
}

/* Whether a record is a matcher's answer to a command. */
static bool
is_answer(const struct run *r, const struct exch_rec *rec)
{
	switch (rec->type) {
	case EXCH_REC_RESTATED:
	case EXCH_REC_TRIGGERED:
	case EXCH_REC_MASS_DONE:
		return true;
	case EXCH_REC_TRADE:
		return is_own_trade(rec);
	case EXCH_REC_BUST:
		/* A matcher has broken what it told before. */
		return rec->source == r->old_source;
	default:
		return rec->type >= EXCH_REC_ACK &&
		       rec->type <= EXCH_REC_REPLACED;
	}
}

/*
 * With --rematch, what an earlier matcher found out is left out: its answers,
 * what it was compared with, and its auctions' results.
 */
static bool
is_old(const struct exch_rec *rec)
{
	const struct exch_rec_auction *a;

	if (rec->type == EXCH_REC_EXPECT || rec->type == EXCH_REC_MISS)
		return true;
	a = rec->type == EXCH_REC_AUCTION ? EXCH_REC_AS(rec, exch_rec_auction)
					  : NULL;
	return a != NULL && a->final != 0;
}

/*
 * Bad content of a known type: told in the stream, counted, survived
 * unless --strict.
 */
static int
bad_content(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct exch_rec_error *e;

	if (r->strict || d->code != EXCH_ERR_FORMAT)
		return d->code;
	e = exch_writer_new_text(out, EXCH_REC_ERROR, sizeof(*e), rec->instr,
	    rec->time, d->text, strlen(d->text));
	e->code = -EXCH_ERR_FORMAT;
	e->severity = 2;
	e->ref_source = rec->source;
	e->ref_seq = seq;
	if (r->bad++ < BAD_TOLD)
		exch_cli_note(&r->cli, "source %u, record %llu: %s",
		    rec->source, (unsigned long long)seq, d->text);
	exch_diag_clear(d);
	return 0;
}

/*
 * Answers of an earlier matcher, and with --rematch whatever else it found:
 * true when the record is dealt with.
 */
static __attribute__((noinline)) bool
take_old(struct run *r, const struct exch_rec *rec, struct exch_writer *out,
    struct exch_diag *d, int *err)
{
	if (is_answer(r, rec)) {
		r->old_source = rec->source;
		*err =
		    !r->rematch
			? (int)exch_diag_set(d, EXCH_ERR_NEED, NULL,
			      EXCH_POS_NONE, 0,
			      "the stream was matched already: add --rematch")
		    : rec->type == EXCH_REC_EXEC ? expect_again(r, rec, out, d)
						 : 0;
		return true;
	}
	r->displayed += rec->type >= EXCH_REC_BOOK_ADD &&
			rec->type <= EXCH_REC_BOOK_REPLACE;
	*err = 0;
	return r->rematch && is_old(rec);
}

/* The engine has told in the stream that it does not take an instrument. */
static __attribute__((noinline)) int
instrument_refused(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d)
{
	r->refused = exch_match_stats(r->engine)->refused;
	if (r->bad++ < BAD_TOLD)
		exch_cli_note(&r->cli,
		    "source %u, record %llu: instrument refused: the ERROR "
		    "record behind it says why",
		    rec->source, (unsigned long long)seq);
	if (!r->strict)
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "an instrument was refused: the ERROR record behind it says why");
}

static int
record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err;

	err = exch_match_advance(r->engine, rec->time, d);
	if (__builtin_expect(err != 0, 0))
		return err;
	/* What is no command may be a matcher's. */
	if (rec->type >= EXCH_REC_ACK && take_old(r, rec, out, d, &err))
		return err;
	exch_writer_copy(out, rec, seq);
	err = exch_match_apply(r->engine, rec, d);
	if (__builtin_expect(err != 0, 0))
		return bad_content(r, rec, seq, out, d);
	if (__builtin_expect(rec->type == EXCH_REC_INSTRUMENT, 0) &&
	    exch_match_stats(r->engine)->refused != r->refused)
		return instrument_refused(r, rec, seq, d);
	return 0;
}

/*
 * Exact executions of all that the venue had, imposed ones included, in
 * hundredths of a percent, never rounded up.
 */
static void
tell_fidelity(const struct run *r, const struct exch_match_stats *s)
{
	uint64_t n = s->expected + s->imposed;
	uint64_t part =
	    n == 0 ? 0 : (uint64_t)((exch_u128)s->exact * 10000 / n);

	if (part == 10000 && s->missed != 0)
		part = 9999;
	if (!r->match.expect || n + s->missed == 0)
		return;
	exch_cli_note(&r->cli,
	    "fidelity %llu.%02llu %%: %llu of %llu executions exact, "
	    "%llu missed, %llu imposed",
	    (unsigned long long)(part / 100), (unsigned long long)(part % 100),
	    (unsigned long long)s->exact, (unsigned long long)n,
	    (unsigned long long)s->missed, (unsigned long long)s->imposed);
}

static void
tell(const struct run *r)
{
	const struct exch_match_stats *s = exch_match_stats(r->engine);

	if (s->commands == 0 && r->displayed != 0)
		exch_cli_note(&r->cli,
		    "no orders to match: the stream shows what a feed "
		    "displayed; leave out --raw of exch-replay");
	if (r->bad != 0)
		exch_cli_note(&r->cli,
		    "%llu records had bad content and were not matched",
		    (unsigned long long)r->bad);
	if (s->rows_idle != 0)
		exch_cli_note(&r->cli,
		    "%llu lines of the timetable were passed over: the stream "
		    "did not know their instruments by then",
		    (unsigned long long)s->rows_idle);
	if (r->cli.verbose == 0)
		return;
	exch_cli_note(&r->cli,
	    "%llu commands, %llu accepted, %llu rejected, %llu executions, "
	    "%llu cancelled, %llu replaced, %llu auctions",
	    (unsigned long long)s->commands, (unsigned long long)s->acks,
	    (unsigned long long)s->rejects, (unsigned long long)s->execs,
	    (unsigned long long)s->cancels, (unsigned long long)s->replaces,
	    (unsigned long long)s->auctions);
	tell_fidelity(r, s);
}

/*
 * The rest of the day happens only where the day is known to be over: of
 * an input that was cut, what is written is the beginning of what the
 * whole input gives.
 */
static int
finish(void *arg, bool whole, struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err = 0;

	(void)out;
	if (r->engine == NULL)
		return 0;
	if (whole) {
		err = exch_match_advance(r->engine, EXCH_TS_NONE, d);
		if (err == 0)
			err = exch_match_finish(r->engine, d);
	}
	if (err != 0)
		return err;
	if (!whole && exch_match_stats(r->engine)->held != 0)
		exch_cli_note(&r->cli,
		    "%llu commands were still held by the speed bump: the "
		    "output has them without their events",
		    (unsigned long long)exch_match_stats(r->engine)->held);
	tell(r);
	return r->bad != 0 ? EXCH_EXIT_NO : 0;
}

/* The first 16 digits of a text's SHA-256: what is in it, not its name. */
static void
hash16(const char *text, size_t n, char hex[65])
{
	unsigned char sum[32];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, text, n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
	hex[16] = '\0';
}

/*
 * The market file.  Its sessions are the timetable where none is given; the
 * options go before its ladders, allocation and mode.
 */
static int
load_market(struct run *r, char hex[65], struct exch_diag *d)
{
	char *text = NULL;
	size_t n = 0;
	int err = exch_cli_slurp(r->market_path, &text, &n, d);

	if (err == 0)
		err = exch_market_parse(text, n, r->market_path, &r->market, d);
	if (err == 0)
		hash16(text, n, hex);
	exch_free(text);
	if (err != 0)
		return err;
	r->match.market = &r->market;
	if (r->ladder_given)
		memset(r->market.ladder, 0, sizeof(r->market.ladder));
	if (r->allocation != NULL)
		r->market.alloc.name = NULL;
	if (r->match.stp != EXCH_STP_MARKET)
		r->market.stp = EXCH_STP_MARKET;
	if (r->timetable_path == NULL && r->market.sessions != NULL) {
		r->timetable_path = r->market_path;
		r->table = r->market.sessions;
		r->ntable = r->market.nsessions;
		r->market.sessions = NULL; /* it is ours now */
	}
	return 0;
}

/*
 * The calendar named by option; else that of the market, which stands in
 * the directory calendars beside the market's file, or beside its directory.
 */
static int
slurp_calendar(struct run *r, char **text, size_t *n, struct exch_diag *d)
{
	static const char *const where[] = {"", "../"};
	const char *slash;
	char path[4096];
	int dir;
	int err = 0;

	exch_check(r->market_path != NULL);
	slash = strrchr(r->market_path, '/');
	dir = slash != NULL ? (int)(slash + 1 - r->market_path) : 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(where); i++) {
		exch_diag_clear(d);
		snprintf(path, sizeof(path), "%.*s%scalendars/%s.csv", dir,
		    r->market_path, where[i], r->market.day.calendar);
		err = exch_cli_slurp(path, text, n, d);
		if (err != EXCH_ERR_ABSENT)
			return err;
	}
	exch_diag_clear(d);
	return exch_diag_set(d, err, r->market_path, EXCH_POS_NONE, 0,
	    "no calendars/%s.csv beside this file or its directory: copy it "
	    "there, or name it by --calendar",
	    r->market.day.calendar);
}

static int
load_calendar(struct run *r, char hex[65], struct exch_diag *d)
{
	const char *name = r->calendar_path;
	char *text = NULL;
	size_t n = 0;
	int err;

	if (name != NULL) {
		err = exch_cli_slurp(name, &text, &n, d);
	} else {
		name = r->market.day.calendar;
		err = slurp_calendar(r, &text, &n, d);
	}
	if (err == 0)
		err = exch_calendar_parse(text, n, name, &r->calendar, d);
	r->calendar_on = err == 0;
	if (err == 0)
		hash16(text, n, hex);
	exch_free(text);
	return err;
}

/*
 * The options that change the result, for the SOURCE record.  The filter
 * opens its output before the timetable is read, so its bytes are hashed
 * here; they are kept, because a pipe cannot be read twice.
 */
static int
describe(struct run *r)
{
	struct exch_diag d = {0};
	char hex[65] = "none", market[65] = "", calendar[65] = "";
	char date[32] = "";
	size_t at;

	if (r->timetable_path != NULL) {
		if (exch_cli_slurp(
			r->timetable_path, &r->table, &r->ntable, &d) != 0)
			return exch_cli_fail(&r->cli, &d);
		hash16(r->table, r->ntable, hex);
	}
	if (r->market_path != NULL && load_market(r, market, &d) != 0)
		return exch_cli_fail(&r->cli, &d);
	if (!has_times(r) && r->calendar_path != NULL)
		return exch_cli_usage(&r->cli,
		    "--calendar needs a timetable, by --timetable or by the "
		    "sessions of --market");
	if (has_times(r) &&
	    (r->calendar_path != NULL || r->market.day.calendar[0] != '\0') &&
	    load_calendar(r, calendar, &d) != 0)
		return exch_cli_fail(&r->cli, &d);
	if (r->date != 0)
		snprintf(date, sizeof(date), " date=%u", r->date);
	snprintf(r->options, sizeof(r->options),
	    "ladder=%s phase=%s timetable=%s%s%s%.120s%s%s%.100s",
	    r->match.ladder->name,
	    exch_word_of(exch_words_phase, r->match.phase), hex, date,
	    r->tz_name != NULL ? " tz=" : "",
	    r->tz_name != NULL ? r->tz_name : "", r->rematch ? " rematch" : "",
	    r->match.alloc != NULL ? " allocation=" : "",
	    r->match.alloc != NULL ? r->allocation : "");
	at = strlen(r->options);
	if (r->match.stp != EXCH_STP_MARKET && r->match.stp != EXCH_STP_NONE)
		at += (size_t)snprintf(r->options + at, sizeof(r->options) - at,
		    " self-trade=%u", r->match.stp);
	if (market[0] != '\0')
		at += (size_t)snprintf(r->options + at, sizeof(r->options) - at,
		    " market=%s:%s", r->market.name, market);
	if (calendar[0] != '\0')
		at += (size_t)snprintf(r->options + at, sizeof(r->options) - at,
		    " calendar=%s", calendar);
	if (r->cli.seed != 0)
		snprintf(r->options + at, sizeof(r->options) - at, " seed=%llu",
		    (unsigned long long)r->cli.seed);
	return -1;
}

int
main(int argc, char **argv)
{
	struct run r = {.cli = {.tool = "exch-match",
			    .opts = opts,
			    .usage = "[FILE]",
			    .about = "match the orders of a stream"},
	    .match = {.phase = EXCH_PHASE_CONTINUOUS,
		.ladder = exch_ladder_by_name("plain-ref")}};
	struct exch_cli_filter f = {.options = r.options,
	    .arg = &r,
	    .begin = begin,
	    .record = record,
	    .finish = finish};
	int code = exch_cli_parse(&r.cli, argc, argv, handle, &r);

	if (code < 0)
		code = describe(&r);
	if (code < 0)
		code = exch_cli_filter(&r.cli, &f);
	exch_match_free(r.engine);
	exch_timetable_clear(&r.timetable);
	exch_calendar_clear(&r.calendar);
	exch_market_clear(&r.market);
	exch_free(r.table);
	return code;
}
