/*
 * The rules of a run: market, timetable and calendar are files, which are
 * read before the stream; the date and zone that they need may be told by
 * its header.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/sha256.h"
#include "base/time.h"
#include "exch-match/tool.h"
#include "rec/schema.h"

bool
match_header_value(
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

/* Times of day of the market's rules, and of its venues'. */
static int
date_market(struct run *r, const struct exch_tz *tz, struct exch_diag *d)
{
	const struct exch_calendar *c = r->calendar_on ? &r->calendar : NULL;
	bool own =
	    r->timetable_path == NULL || r->timetable_path == r->market_path;

	exch_market_date(&r->market, r->date, tz, c);
	return exch_market_venues_date(&r->market, r->date, tz, c,
	    exch_cli_zone, own ? &r->timetable : NULL, d);
}

/* Date and zone of all times: by option, else by the stream's header. */
int
match_dates(
    struct run *r, const struct exch_stream_info *info, struct exch_diag *d)
{
	char zone[64];
	const char *name = r->tz_name;
	const char *path =
	    r->timetable_path != NULL ? r->timetable_path : r->market_path;
	struct exch_tz *tz = NULL;
	int err;

	/* A zone that is none is wrong even where nothing asks for it. */
	if (!has_times(r) && r->tz_name != NULL) {
		err = exch_cli_zone(r->tz_name, &tz, d);
		exch_tz_free(tz);
		return err;
	}
	if (!has_times(r))
		return 0;
	if (r->date == 0)
		r->date = info->date;
	if (r->date == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0,
		    "the stream does not tell its date: add --date");
	if (name == NULL && r->market.zone[0] != '\0')
		name = r->market.zone;
	if (name == NULL &&
	    match_header_value(info, "zone", zone, sizeof(zone)))
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
	if (err == 0 && r->match.market != NULL)
		err = date_market(r, tz, d);
	if (err == 0 && r->calendar_on)
		err = keep_calendar(r, tz, d);
	exch_tz_free(tz);
	return err;
}

/* The first 16 digits of a SHA-256: what is in a text, not its name. */
static void
end16(struct exch_sha256 *s, char hex[65])
{
	unsigned char sum[32];

	exch_sha256_end(s, sum);
	exch_sha256_hex(sum, hex);
	hex[16] = '\0';
}

static void
hash16(const char *text, size_t n, char hex[65])
{
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, text, n);
	end16(&s, hex);
}

/* A file of the market, which is known by what stands in all of them. */
static int
slurp_rules(
    void *arg, const char *path, char **text, size_t *n, struct exch_diag *d)
{
	int err = exch_cli_slurp(path, text, n, d);

	if (err == 0)
		exch_sha256_add(arg, *text, *n);
	return err;
}

/* What the options say goes before the rules of all venues. */
static void
give_way(const struct run *r, struct exch_market *m)
{
	if (r->ladder_given)
		memset(m->ladder, 0, sizeof(m->ladder));
	if (r->allocation != NULL)
		m->alloc.name = NULL;
	if (r->match.stp != EXCH_STP_MARKET)
		m->stp = EXCH_STP_MARKET;
	for (unsigned i = 0; i < m->nvenues; i++)
		give_way(r, m->venue[i].rules);
}

/*
 * The market file.  Its sessions are the timetable where none is given; the
 * options go before its ladders, allocation and mode.
 */
static int
load_market(struct run *r, char hex[65], struct exch_diag *d)
{
	struct exch_sha256 s;
	struct exch_market_files files = {slurp_rules, &s};
	char *text = NULL;
	size_t n = 0;
	int err;

	exch_sha256_init(&s);
	err = slurp_rules(&s, r->market_path, &text, &n, d);
	if (err == 0)
		err = exch_market_read(
		    text, n, r->market_path, &files, &r->market, d);
	exch_free(text);
	if (err != 0)
		return err;
	end16(&s, hex);
	r->match.market = &r->market;
	give_way(r, &r->market);
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

/* What the files of the rules hold, as hashes; "" without a file. */
struct files {
	char timetable[65];
	char market[65];
	char calendar[65];
};

/* One more word of the options; *at goes beyond them where it has no room. */
static __attribute__((format(printf, 3, 4))) void
say(struct run *r, size_t *at, const char *fmt, ...)
{
	size_t room = *at < sizeof(r->options) ? sizeof(r->options) - *at : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->options + sizeof(r->options) - room, room, fmt, ap);
	va_end(ap);
	*at += n > 0 ? (size_t)n : 0; /* these formats do not fail */
}

/* All that a journal is compared by: a cut one would be another's, too. */
static int
say_options(struct run *r, const struct files *f)
{
	size_t at = 0;

	say(r, &at, "ladder=%s phase=%s timetable=%s", r->match.ladder->name,
	    exch_word_of(exch_words_phase, r->match.phase), f->timetable);
	if (r->date != 0)
		say(r, &at, " date=%u", r->date);
	if (r->tz_name != NULL)
		say(r, &at, " tz=%s", r->tz_name);
	if (r->rematch)
		say(r, &at, " rematch");
	if (r->match.alloc != NULL)
		say(r, &at, " allocation=%s", r->allocation);
	if (r->match.stp != EXCH_STP_MARKET && r->match.stp != EXCH_STP_NONE)
		say(r, &at, " self-trade=%u", r->match.stp);
	if (f->market[0] != '\0')
		say(r, &at, " market=%s:%s", r->market.name, f->market);
	if (f->calendar[0] != '\0')
		say(r, &at, " calendar=%s", f->calendar);
	if (r->cli.seed != 0)
		say(r, &at, " seed=%llu", (unsigned long long)r->cli.seed);
	if (r->gate.tables.words[0] != '\0')
		say(r, &at, " %s", r->gate.tables.words);
	if (at < sizeof(r->options))
		return -1;
	return exch_cli_usage(&r->cli,
	    "the options that change the result are %zu bytes, and the stream "
	    "has room for %zu: shorten --tz or --allocation",
	    at, sizeof(r->options) - 1);
}

/*
 * The options that change the result, for the SOURCE record.  The filter
 * opens its output before the timetable is read, so its bytes are hashed
 * here; they are kept, because a pipe cannot be read twice.
 */
int
match_describe(struct run *r)
{
	struct files f = {.timetable = "none"};
	struct exch_diag d = {0};
	int code = risk_tables_load(&r->gate.tables, &r->cli);

	if (code >= 0)
		return code;
	if (r->timetable_path != NULL) {
		if (exch_cli_slurp(
			r->timetable_path, &r->table, &r->ntable, &d) != 0)
			return exch_cli_fail(&r->cli, &d);
		hash16(r->table, r->ntable, f.timetable);
	}
	if (r->market_path != NULL && load_market(r, f.market, &d) != 0)
		return exch_cli_fail(&r->cli, &d);
	if (!has_times(r) && r->calendar_path != NULL)
		return exch_cli_usage(&r->cli,
		    "--calendar needs a timetable, by --timetable or by the "
		    "sessions of --market");
	if (has_times(r) &&
	    (r->calendar_path != NULL || r->market.day.calendar[0] != '\0') &&
	    load_calendar(r, f.calendar, &d) != 0)
		return exch_cli_fail(&r->cli, &d);
	return say_options(r, &f);
}

void
match_rules_free(struct run *r)
{
	exch_timetable_clear(&r->timetable);
	exch_calendar_clear(&r->calendar);
	exch_market_clear(&r->market);
	exch_free(r->table);
}
