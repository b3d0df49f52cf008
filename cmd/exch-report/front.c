/* Options, the loop, exit codes and the manifest file (front.h). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/dec.h"
#include "base/time.h"
#include "common/pace.h"
#include "exch-report/front.h"
#include "exch-report/params.h"
#include "report/redact.h"
#include "store/store.h"

/* Which reports take an option; 0: all of them. */
static const unsigned taken_by[OPT_END - OPT_ALL] = {
    [0] = EXCH_TAKES_ALL,
    [OPT_LEVELS - OPT_ALL] = EXCH_TAKES_DEPTH,
    [OPT_EVERY - OPT_ALL] = EXCH_TAKES_WHEN,
    [OPT_AT - OPT_ALL] = EXCH_TAKES_WHEN,
    [OPT_CHANGED - OPT_ALL] = EXCH_TAKES_WHEN,
    [OPT_IMBALANCE - OPT_ALL] = EXCH_TAKES_IMBALANCE,
    [OPT_INTERVAL - OPT_ALL] = EXCH_TAKES_BARS,
    [OPT_FILL - OPT_ALL] = EXCH_TAKES_BARS,
    [OPT_WITH - OPT_ALL] = EXCH_TAKES_BARS,
    [OPT_SPEED - OPT_ALL] = EXCH_TAKES_PACE,
    [OPT_FROM - OPT_ALL] = EXCH_TAKES_PACE,
    [OPT_MISSES - OPT_ALL] = EXCH_TAKES_MISSES,
    [OPT_MANIFEST - OPT_ALL] = EXCH_TAKES_MANIFEST,
    [OPT_SIGN - OPT_ALL] = EXCH_TAKES_MANIFEST,
    [OPT_REDACT - OPT_ALL] = EXCH_TAKES_REDACT,
    [OPT_SESSION - OPT_ALL] = EXCH_TAKES_FRAMING | EXCH_TAKES_SESSION,
    [OPT_FRAMING - OPT_ALL] = EXCH_TAKES_FRAMING,
    [OPT_SYMBOLS - OPT_ALL] = EXCH_TAKES_WATCH,
    [OPT_PHASES - OPT_ALL] = EXCH_TAKES_PHASES,
    [OPT_ALARMS - OPT_ALL] = EXCH_TAKES_QUALITY,
    [OPT_STALE - OPT_ALL] = EXCH_TAKES_QUALITY,
};

/* Records with bad content that are told one by one. */
#define BAD_TOLD 5

/* What the command line said, and what is open. */
struct tool {
	struct exch_cli cli;
	const struct front *front;
	struct exch_report_opts o;
	const struct exch_report *report;
	const char *input;
	const char *zone;
	const char *manifest;
	const char *sign;
	const char *redact;
	struct params params;
	const char *rules;
	bool given[OPT_END - OPT_ALL];
	uint64_t at[EXCH_REPORT_AT_MAX];
	struct exch_tz *tz;
	bool file; /* the input is a file of the report's form */
	enum exch_report_file how;
	struct exch_in *in;
	struct exch_reader *reader;
	struct exch_cli_out *out;
	struct exch_report_run *run;
	bool strict;
	bool stopped; /* by a signal */
	uint64_t bad; /* records left out: their content is bad */
	int code;
};

/* ---- options ---- */

static int
set_every(struct tool *t, struct exch_cli *c, const char *value)
{
	if (strcmp(value, "event") == 0) {
		t->o.when = EXCH_WHEN_EVENT;
		return 0;
	}
	t->o.when = EXCH_WHEN_EVERY;
	/* a row per instrument each time: less than this is a slip */
	if (exch_duration_parse(value, strlen(value), &t->o.every) == 0 &&
	    t->o.every >= 1000000)
		return 0;
	return exch_cli_usage(c,
	    "--every: '%s' is neither event nor a time from 1ms to 24h, "
	    "such as 500ms, 1s or 5m",
	    value);
}

static int
by_time(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int
set_at(struct tool *t, struct exch_cli *c, const char *value)
{
	t->o.when = EXCH_WHEN_AT;
	t->o.at = t->at;
	for (;;) {
		size_t n = strcspn(value, ",");

		if (t->o.nat == EXCH_REPORT_AT_MAX)
			return exch_cli_usage(
			    c, "--at takes %d times", EXCH_REPORT_AT_MAX);
		if (exch_tod_parse(value, n, &t->at[t->o.nat++]) != 0)
			return exch_cli_usage(c,
			    "--at: '%.*s' is no time of day such as 09:30 "
			    "or 14:57:00.5",
			    (int)(n < 40 ? n : 40), value);
		if (value[n] == '\0')
			break;
		value += n + 1;
	}
	qsort(t->at, t->o.nat, sizeof(t->at[0]), by_time);
	return 0;
}

static int
set_count(struct exch_cli *c, const char *name, const char *value,
    uint64_t least, uint64_t most, unsigned *out)
{
	uint64_t n;

	if (exch_uint_parse(value, strlen(value), &n) != 0 || n < least ||
	    n > most)
		return exch_cli_usage(c, "--%s needs a number from %u to %u",
		    name, (unsigned)least, (unsigned)most);
	*out = (unsigned)n;
	return 0;
}

/* A bar is as long as a time, or as so many trades, so much volume ... */
static int
set_interval(struct tool *t, struct exch_cli *c, const char *value)
{
	static const struct {
		const char *name;
		enum exch_report_bar bar;
	} by[] = {{"trades:", EXCH_BAR_TRADES}, {"volume:", EXCH_BAR_VOLUME},
	    {"turnover:", EXCH_BAR_TURNOVER}};
	size_t n = strlen(value);

	t->o.bar = EXCH_BAR_TIME;
	if (exch_duration_parse(value, n, &t->o.interval) == 0 &&
	    t->o.interval >= 1000000)
		return 0;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(by); i++) {
		size_t head = strlen(by[i].name);

		if (strncmp(value, by[i].name, head) != 0)
			continue;
		t->o.bar = by[i].bar;
		if (exch_dec_parse(value + head, n - head, 6, &t->o.each) ==
			0 &&
		    t->o.each > 0 &&
		    (t->o.bar != EXCH_BAR_TRADES || t->o.each % 1000000 == 0))
			return 0;
	}
	return exch_cli_usage(c,
	    "--interval: '%s' is no time from 1ms to 24h such as 1s, 5m or "
	    "1h, nor trades:N, volume:N or turnover:N",
	    value);
}

static int
set_with(struct tool *t, struct exch_cli *c, const char *value)
{
	struct exch_diag d = {0};

	if (exch_ind_parse(value, &t->o.indicators, &d) == 0)
		return 0;
	return exch_cli_usage(c, "--with: %s", d.text);
}

static int
set_speed(struct tool *t, struct exch_cli *c, const char *value)
{
	struct exch_pace pace;

	if (exch_pace_parse(&pace, value) != 0)
		return exch_cli_usage(c,
		    "--speed: '%s' is neither max nor a number such as 0.5, 1 "
		    "or 60x",
		    value);
	t->o.speed = pace.speed;
	return 0;
}

static int
set_from(struct tool *t, struct exch_cli *c, const char *value)
{
	if (exch_tod_parse(value, strlen(value), &t->o.begin) == 0)
		return 0;
	return exch_cli_usage(c,
	    "--from: '%s' is no time of day such as 09:30 or 14:57:00.5",
	    value);
}

static int
set_stale(struct tool *t, struct exch_cli *c, const char *value)
{
	if (exch_duration_parse(value, strlen(value), &t->o.stale) == 0)
		return 0;
	return exch_cli_usage(c,
	    "--stale: '%s' is no time up to 24h, such as 500ms, 10s or 5m",
	    value);
}

/* Ten letters and digits, blanks behind them. */
static int
set_session(struct tool *t, struct exch_cli *c, const char *value)
{
	size_t n = strlen(value);

	for (size_t i = 0; i < n; i++)
		if (value[i] < 0x21 || value[i] > 0x7e)
			n = 0;
	if (n == 0 || n > sizeof(t->o.session))
		return exch_cli_usage(c,
		    "--session: '%s' is no session: 1 to 10 printable "
		    "characters without blanks",
		    value);
	memset(t->o.session, ' ', sizeof(t->o.session));
	memcpy(t->o.session, value, n);
	return 0;
}

static int
set_framing(struct tool *t, struct exch_cli *c, const char *value)
{
	t->o.packets = strcmp(value, "moldudp64") == 0;
	if (t->o.packets || strcmp(value, "file") == 0)
		return 0;
	return exch_cli_usage(
	    c, "--framing: '%s' is neither file nor moldudp64", value);
}

static int
handle(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct tool *t = arg;

	if (id >= PARAMS_FIRST) {
		params_take(&t->params, id, value);
		return 0;
	}
	if (id >= OPT_END)
		return t->front->own->option(t->front->own->arg, c, id, value);
	t->given[id - OPT_ALL] = true;
	switch (id) {
	case OPT_ALL:
		t->o.all = true;
		return 0;
	case OPT_LEVELS:
		return set_count(c, "levels", value, 1, EXCH_REPORT_LEVELS_MAX,
		    &t->o.levels);
	case OPT_EVERY:
		return set_every(t, c, value);
	case OPT_AT:
		return set_at(t, c, value);
	case OPT_CHANGED:
		t->o.changed = true;
		return 0;
	case OPT_IMBALANCE:
		return set_count(c, "imbalance", value, 1,
		    EXCH_REPORT_LEVELS_MAX, &t->o.imbalance);
	case OPT_INTERVAL:
		return set_interval(t, c, value);
	case OPT_WITH:
		return set_with(t, c, value);
	case OPT_SPEED:
		return set_speed(t, c, value);
	case OPT_FROM:
		return set_from(t, c, value);
	case OPT_FILL:
		t->o.fill = true;
		return 0;
	case OPT_MISSES:
		return set_count(c, "misses", value, 0, 1000000, &t->o.misses);
	case OPT_MANIFEST:
		t->manifest = value;
		t->o.hash = true;
		return 0;
	case OPT_SIGN:
		t->sign = value;
		return 0;
	case OPT_REDACT:
		t->redact = value;
		return 0;
	case OPT_SESSION:
		return set_session(t, c, value);
	case OPT_FRAMING:
		return set_framing(t, c, value);
	case OPT_SYMBOLS:
		t->o.watch = value;
		return 0;
	case OPT_PHASES:
		t->o.phases = true;
		return 0;
	case OPT_ALARMS:
		t->o.alarms = true;
		return 0;
	case OPT_STALE:
		return set_stale(t, c, value);
	case OPT_RULES:
		t->rules = value;
		return 0;
	case OPT_CHECK:
	case OPT_SHOW:
		t->file = true;
		t->how = id == OPT_CHECK ? EXCH_FILE_CHECK : EXCH_FILE_SHOW;
		return 0;
	case OPT_TZ:
		t->zone = value;
		return 0;
	case OPT_STRICT:
		t->strict = true;
		return 0;
	default:
		t->o.digest = true;
		return 0;
	}
}

static int
no_such_report(
    const struct exch_cli *c, const struct front *f, const char *name)
{
	char names[2048] = "";
	size_t at = 0;

	if (name != NULL && (strcmp(name, "-") == 0 || access(name, F_OK) == 0))
		return exch_cli_usage(c,
		    "the first operand is the name of a %s: %s %s %s", f->one,
		    f->tool, f->all[0]->name, name);
	for (unsigned i = 0; i < f->n && at < sizeof(names) - 1; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
		    i == 0 ? "" : ", ", f->all[i]->name);
	if (name == NULL)
		return exch_cli_usage(
		    c, "which %s? It is one of %s", f->one, names);
	return exch_cli_usage(
	    c, "no %s is called '%s': it is one of %s", f->one, name, names);
}

static const struct exch_report *
by_name(const struct front *f, const char *name)
{
	for (unsigned i = 0; i < f->n && name != NULL; i++)
		if (strcmp(f->all[i]->name, name) == 0)
			return f->all[i];
	return NULL;
}

/* What is not for a file that is checked or shown, and the other way round. */
static int
settle_file(const struct tool *t)
{
	const struct exch_cli *c = &t->cli;
	const char *option = t->how == EXCH_FILE_CHECK ? "check" : "show";

	if (t->given[OPT_CHECK - OPT_ALL] && t->given[OPT_SHOW - OPT_ALL])
		return exch_cli_usage(
		    c, "--check and --show exclude each other");
	if (t->report->file == NULL)
		return exch_cli_usage(c,
		    "--%s is not an option of the %s '%s': no file has its "
		    "form",
		    option, t->front->one, t->report->name);
	if (t->manifest != NULL || t->o.digest)
		return exch_cli_usage(c,
		    "--%s reads a file: --manifest and --digest are of streams",
		    option);
	return -1;
}

/*
 * What stands before the file in reports of one thing: a symbol, an order, a
 * picture.  -1: go on.
 */
static int
settle_first(struct tool *t, const char *name, int *at)
{
	const struct exch_cli *c = &t->cli;

	if ((t->report->takes & EXCH_TAKES_SYMBOL) != 0) {
		if (c->noperands < 2 || strchr(c->operand[1], ',') != NULL)
			return exch_cli_usage(c,
			    "'%s' is of one symbol: %s %s SYMBOL [FILE]", name,
			    t->front->tool, name);
		if (c->noperands == 2 && isatty(STDIN_FILENO) &&
		    access(c->operand[1], F_OK) == 0)
			return exch_cli_usage(c,
			    "'%s' is a file: %s %s SYMBOL %s", c->operand[1],
			    t->front->tool, name, c->operand[1]);
		t->o.watch = c->operand[(*at)++];
	}
	if ((t->report->takes & EXCH_TAKES_ORDER) != 0) {
		if (c->noperands < 2)
			return exch_cli_usage(c,
			    "'%s' is of one order: %s %s ORDER [FILE]", name,
			    t->front->tool, name);
		if (c->noperands == 2 &&
		    strspn(c->operand[1], "0123456789") !=
			strlen(c->operand[1]) &&
		    access(c->operand[1], F_OK) == 0)
			return exch_cli_usage(c,
			    "'%s' is a file: %s %s ORDER %s", c->operand[1],
			    t->front->tool, name, c->operand[1]);
		t->o.order = c->operand[(*at)++];
	}
	if ((t->report->takes & EXCH_TAKES_PICTURE) != 0) {
		if (c->noperands < 2)
			return exch_cli_usage(c,
			    "'%s' is of one picture: %s %s NAME [FILE]", name,
			    t->front->tool, name);
		t->o.picture = c->operand[(*at)++];
	}
	return -1;
}

/* Options that are not of this report, or not of one another.  -1: go on. */
static int
settle_options(const struct tool *t, const char *name)
{
	const struct exch_cli *c = &t->cli;

	for (const struct exch_opt *o = t->front->opts; o->name != NULL; o++) {
		unsigned by = o->id < OPT_END ? taken_by[o->id - OPT_ALL] : 0;

		if (by != 0 && t->given[o->id - OPT_ALL] &&
		    (t->report->takes & by) == 0)
			return exch_cli_usage(c,
			    "--%s is not an option of the %s '%s'", o->name,
			    t->front->one, name);
	}
	if (t->given[OPT_EVERY - OPT_ALL] && t->given[OPT_AT - OPT_ALL])
		return exch_cli_usage(c, "--every and --at exclude each other");
	if (t->o.fill && t->o.bar != EXCH_BAR_TIME)
		return exch_cli_usage(c,
		    "--fill is for bars of time: those of trades, volume or "
		    "turnover have none that are empty");
	if (t->report->zone != NULL && t->zone != NULL)
		return exch_cli_usage(c,
		    "--tz is not an option of the %s '%s': its times are of %s",
		    t->front->one, name, t->report->zone);
	if (t->manifest != NULL &&
	    !(c->format_given && c->format == EXCH_FMT_CSV))
		return exch_cli_usage(c, "--manifest needs -f csv");
	if (t->sign != NULL && t->manifest == NULL)
		return exch_cli_usage(c,
		    "--sign signs the manifest: add --manifest FILE, and the "
		    "signature is FILE.sig");
	if ((t->report->binary || t->report->form) && !t->file &&
	    c->format_given)
		return exch_cli_usage(
		    c, "-f is for text: '%s' has a form of its own", name);
	if (c->format_given && c->format == EXCH_FMT_BIN &&
	    (!t->report->stream || t->o.imbalance > 0))
		return exch_cli_usage(c,
		    "-f bin is a stream of quotes: the %s '%s' has none%s",
		    t->front->one, name,
		    t->o.imbalance > 0 ? " with --imbalance" : "");
	if (t->report->screen && (c->format_given || c->output != NULL))
		return exch_cli_usage(c,
		    "'%s' is shown in the terminal: -f and -o are not for it",
		    name);
	return -1;
}

/* Operands, and options that do not go together.  -1: go on. */
static int
settle(struct tool *t)
{
	const struct exch_cli *c = &t->cli;
	const char *name = c->noperands > 0 ? c->operand[0] : t->front->first;
	int at, code;

	t->report = by_name(t->front, name);
	if (t->report == NULL)
		return no_such_report(c, t->front, name);
	at = 1;
	code = settle_first(t, name, &at);
	if (code >= 0)
		return code;
	if (c->noperands > at + 1)
		return exch_cli_usage(
		    c, "one input only, '%s' is too many", c->operand[at + 1]);
	t->input = c->noperands > at ? c->operand[at] : NULL;
	code = settle_options(t, name);
	if (code >= 0)
		return code;
	/* a pipe has its pace from who fills it */
	if (t->report->screen && !t->given[OPT_SPEED - OPT_ALL])
		t->o.speed = t->input != NULL && strcmp(t->input, "-") != 0
				 ? EXCH_SEC
				 : 0;
	if (t->front->own != NULL) {
		code = t->front->own->settle(
		    t->front->own->arg, &t->cli, t->report, &t->o);

		if (code >= 0)
			return code;
	}
	if (t->report->binary && t->o.publish == NULL && c->output == NULL &&
	    isatty(STDOUT_FILENO))
		return exch_cli_usage(
		    c, "'%s' is not for terminals: add -o FILE", name);
	if (t->report->levels != 0 && !t->given[OPT_LEVELS - OPT_ALL])
		t->o.levels = t->report->levels;
	if (t->file) {
		code = settle_file(t);

		if (code >= 0)
			return code;
	}
	t->o.given = t->params.given;
	at = params_settle(
	    &t->params, c, t->report, t->front->one, t->rules, t->file);
	if (at < 0 && t->redact != NULL)
		at = t->front->kept->secret(
		    &t->cli, t->redact, &t->o.secret, &t->o.nsecret);
	if (at < 0 && t->manifest != NULL && t->input != NULL)
		exch_cli_reads(&t->cli, t->input);
	if (at < 0 && t->manifest != NULL)
		at = t->front->kept->settle(&t->cli, t->manifest, t->sign);
	return at;
}

/* ---- running ---- */

/* Before a wait: whoever reads us sees what there is. */
static int
on_wait(void *arg, struct exch_diag *d)
{
	struct tool *t = arg;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	exch_cli_progress(&t->cli, t->in, exch_reader_position(t->reader));
	if (t->report->wait != NULL && t->run != NULL) {
		int err = t->report->wait(t->run, d);

		if (err != 0)
			return err;
	}
	return exch_table_flush(&t->run->table, d);
}

/* What is known of one that is not read. */
static const struct exch_stream_info no_stream = {.text = ""};

/* What the line of the stream's header behind `key` says, or NULL. */
static const char *
header_value(const struct tool *t, const char *key)
{
	const char *p = exch_reader_info(t->reader)->text;
	size_t n = strlen(key);

	while (*p != '\0' && strncmp(p, key, n) != 0) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return *p != '\0' ? p + n : NULL;
}

/*
 * The zone that the stream's header names.  Where the machine does not know
 * it, times are of UTC: nobody asked for it.
 */
static void
zone_of_stream(struct tool *t)
{
	const char *zone = header_value(t, "zone=");
	struct exch_diag unused = {0};
	char name[64];
	size_t n = zone != NULL ? strcspn(zone, "\n") : 0;

	if (n == 0 || n >= sizeof(name))
		return;
	memcpy(name, zone, n);
	name[n] = '\0';
	if (exch_cli_zone(name, &t->tz, &unused) != 0) {
		t->tz = NULL;
		exch_cli_note(&t->cli,
		    "there is no zone '%s' here: times are of UTC", name);
	}
}

static int
open_all(struct tool *t, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_out *out;
	int err = 0;

	if (t->report->zone != NULL)
		t->zone = t->report->zone;
	if (t->zone != NULL)
		err = exch_cli_zone(t->zone, &t->tz, d);
	if (err == 0 && t->front->own != NULL)
		err = t->front->own->open(t->front->own->arg, d);
	if (err == 0)
		err = exch_cli_open(&t->cli, t->input, &t->in, d);
	if (err == 0)
		err = params_open(&t->params, &t->cli, t->report, d);
	if (err == 0 && !t->file)
		err = exch_reader_open(t->in, &ro, &t->reader, d);
	if (err == 0 && !t->file && t->report->local && t->zone == NULL)
		zone_of_stream(t);
	if (err == 0)
		err = exch_cli_out_open(&t->cli, &t->out, d);
	if (err != 0)
		return err;
	t->o.format = t->cli.format;
	t->o.tz = t->tz;
	t->o.stop = &exch_cli_signal;
	t->o.file = t->file;
	out = exch_cli_out_stream(t->out);
	if (t->front->own != NULL && t->front->own->through != NULL)
		err =
		    t->front->own->through(t->front->own->arg, &t->o, &out, d);
	if (err != 0)
		return err;
	err = exch_report_new(t->report, &t->o,
	    t->file ? &no_stream : exch_reader_info(t->reader), out, &t->run,
	    d);
	if (err == 0 && !t->file)
		exch_in_on_wait(t->in, on_wait, t);
	return err;
}

/* The worst code stays. */
static void
set_code(struct tool *t, int code)
{
	if (code > t->code)
		t->code = code;
}

/* A record with bad content is told and left out unless --strict. */
static int
leave_out(struct tool *t, const struct exch_rec *rec, struct exch_diag *d)
{
	if (t->bad++ < BAD_TOLD)
		exch_cli_note(&t->cli, "source %u, record %llu: %s",
		    rec->source, (unsigned long long)exch_reader_seq(t->reader),
		    d->text);
	exch_diag_clear(d);
	return 1;
}

/* Records taken between two looks at signals and the clock. */
#define AT_A_TIME 4096

/* Every record.  0, EXCH_ERR_STOP, or the error of the report. */
static int
read_all(struct tool *t, bool *damaged, struct exch_diag *d)
{
	const struct exch_rec *bad;
	int err;

	exch_check(t->reader != NULL);
	for (;;) {
		err = exch_report_read(t->run, t->reader, AT_A_TIME, &bad, d);
		if (err == EXCH_ERR_FORMAT && bad != NULL && !t->strict)
			err = leave_out(t, bad, d);
		else if (err < 0 && bad != NULL)
			return err;
		if (err <= 0)
			break;
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		exch_cli_progress(
		    &t->cli, t->in, exch_reader_position(t->reader));
	}
	if (err == 0)
		return 0;
	if (err == EXCH_ERR_STOP || exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	/* the stream broke off: the report is made of what was whole */
	*damaged = true;
	set_code(t, exch_cli_fail(&t->cli, d));
	exch_diag_clear(d);
	return 0;
}

static void
tell_status(struct tool *t)
{
	enum exch_status up = exch_reader_status(t->reader);

	if (up == EXCH_STATUS_COMPLETE || up == EXCH_STATUS_UNKNOWN ||
	    (up == EXCH_STATUS_CONTINUED && t->cli.partial))
		return;
	exch_cli_note(&t->cli,
	    "%s: the stream is complete only up to here: "
	    "the tool before this one %s",
	    exch_in_name(t->in),
	    up == EXCH_STATUS_SIGNAL	  ? "was stopped by a signal"
	    : up == EXCH_STATUS_ERROR	  ? "stopped on an error"
	    : up == EXCH_STATUS_CONTINUED ? "goes on in another part"
					  : "had incomplete input");
	set_code(t, EXCH_EXIT_INPUT);
}

/* The output of one shard is a stream like others, and not the whole. */
static void
tell_shard(const struct tool *t)
{
	const char *p = header_value(t, "shard=");

	if (p != NULL)
		exch_cli_note(&t->cli,
		    "%s: only the events of shard %.*s are here: exch-replay "
		    "merges those of all shards",
		    exch_in_name(t->in), (int)strcspn(p, ":\n"), p);
}

static void
tell_lacks(struct tool *t)
{
	unsigned lacks = exch_report_lacks(t->run);
	const char *name;
	size_t n = exch_report_unwatched(t->run, &name);

	if ((lacks & (EXCH_NEEDS_MATCH | EXCH_NEEDS_BOOK)) != 0) {
		exch_cli_note(&t->cli,
		    "the stream has orders but no answers: put exch-match in "
		    "the pipe: exch-replay FILE | exch-match | %s %s",
		    t->front->tool, t->report->name);
		set_code(t, EXCH_EXIT_INPUT);
	} else if ((lacks & EXCH_NEEDS_EXPECT) != 0) {
		exch_cli_note(&t->cli,
		    "nothing was compared: the stream does not carry the "
		    "venue's own executions, which exch-replay takes from "
		    "market data");
		set_code(t, EXCH_EXIT_INPUT);
	}
	if (t->bad != 0) {
		exch_cli_note(&t->cli,
		    "%llu records had bad content and are not in the %s",
		    (unsigned long long)t->bad, t->front->one);
		set_code(t, EXCH_EXIT_NO);
	}
	if (n > 0) {
		exch_cli_note(&t->cli,
		    "--symbols: the stream has no instrument '%.*s'", (int)n,
		    name);
		set_code(t, EXCH_EXIT_NO);
	}
	if (t->run->absent != 0) {
		exch_cli_note(&t->cli,
		    "--%s: the stream has no instrument '%.24s'%s",
		    t->run->absent_from, t->run->absent_name,
		    t->run->absent > 1 ? ", nor others of the table" : "");
		set_code(t, EXCH_EXIT_NO);
	}
	if (t->run->left_out != 0)
		exch_cli_note(&t->cli, "left out: %llu %s",
		    (unsigned long long)t->run->left_out, t->run->left_why);
	if (t->run->faults != 0) {
		exch_cli_note(&t->cli, "%llu of what was compared differ",
		    (unsigned long long)t->run->faults);
		set_code(t, EXCH_EXIT_NO);
	}
	if (t->run->lacking)
		set_code(t, EXCH_EXIT_NO);
	if (t->run->unknown != 0) {
		exch_cli_note(&t->cli,
		    "%llu records speak of orders that the stream does not "
		    "hold: was a part of it left out?",
		    (unsigned long long)t->run->unknown);
		set_code(t, EXCH_EXIT_NO);
	}
}

static void
tell_notes(struct tool *t)
{
	const struct exch_report_notes *x = &t->run->notes;

	for (unsigned i = 0; i < x->n; i++)
		exch_cli_note(&t->cli, "%s", x->text[i]);
	if (x->more != 0)
		exch_cli_note(&t->cli, "and %llu more of that kind",
		    (unsigned long long)x->more);
	if (x->n != 0 || x->more != 0)
		set_code(t, EXCH_EXIT_NO);
}

/* Which key made the pseudonyms: a pseudonym, too. */
static void
put_key(struct exch_buf *b, const char *key, size_t n)
{
	char id[EXCH_REDACT_TEXT];
	struct exch_redact x;

	exch_redact_init(&x, key, n);
	exch_redact_text(&x, "key", "", 0, id);
	exch_buf_str(b, b->len > 0 ? " redact=" : "redact=");
	exch_buf_add(b, id, sizeof(id));
}

/* What of the command line changes the report, as words. */
static int
write_manifest(struct tool *t, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	if (t->zone != NULL)
		exch_buf_fmt(&b, "tz=%s", t->zone);
	params_words(&t->params, t->report, &b);
	if (t->o.secret != NULL)
		put_key(&b, t->o.secret, t->o.nsecret);
	exch_buf_char(&b, '\0');
	err = b.failed ? exch_report_nomem(d)
		       : t->front->kept->write(&t->cli, t->run, b.p, d);
	exch_buf_free(&b);
	return err;
}

/* All was read, or as much as there was: finish and commit. */
static int
finish(struct tool *t, bool damaged, struct exch_diag *d)
{
	enum exch_status status = exch_reader_status(t->reader);
	struct exch_cli_out *out = t->out;
	int err;

	if (t->stopped)
		status = EXCH_STATUS_SIGNAL;
	err = exch_report_finish(t->run, status, damaged, d);
	if (err == 0 && t->front->own != NULL)
		err = t->front->own->close(
		    t->front->own->arg, t->stopped || exch_cli_signal != 0, d);
	if (err == EXCH_ERR_STOP) {
		t->stopped = true;
		err = 0;
	}
	if (err != 0)
		return err;
	t->stopped = t->stopped || exch_cli_signal != 0;
	/* half a file under its final name would pass for a whole */
	if (t->stopped && t->cli.output != NULL)
		return 0;
	t->out = NULL;
	err = exch_cli_out_commit(out, d);
	if (err == 0 && t->manifest != NULL && !t->stopped)
		err = write_manifest(t, d);
	if (err != 0)
		return err;
	if (t->o.digest && t->run->digest[0] != '\0')
		fprintf(stderr, "%s\n", t->run->digest);
	if (!t->stopped) {
		tell_status(t);
		tell_shard(t);
		tell_lacks(t);
		tell_notes(t);
	}
	return 0;
}

/*
 * A record ends the run: rows that were made before it are whole.  Not of a
 * file, which would pass for all of it, nor of half a zstd frame.
 */
static void
keep_rows(struct tool *t)
{
	struct exch_diag d = {0};

	if (t->cli.output == NULL && !t->cli.zstd)
		(void)exch_table_flush(&t->run->table, &d); /* it failed */
}

/* A file of the report's form: what is found in it, and commit. */
static int
take_file(struct tool *t, struct exch_diag *d)
{
	struct exch_cli_out *out = t->out;
	int err = exch_report_take_file(t->run, t->how, t->in, d);

	if (err != 0)
		return err;
	t->out = NULL;
	if (t->run->faults != 0)
		set_code(t, EXCH_EXIT_NO);
	return exch_cli_out_commit(out, d);
}

static void
run(struct tool *t)
{
	struct exch_diag d = {0};
	bool damaged = false;
	int err = open_all(t, &d);

	if (err == 0 && t->file) {
		err = take_file(t, &d);
	} else if (err == 0) {
		err = read_all(t, &damaged, &d);
		exch_cli_progress_end();
		exch_in_on_wait(t->in, NULL, NULL);
		if (err == EXCH_ERR_STOP) {
			t->stopped = true;
			exch_diag_clear(&d);
			err = 0;
		} else if (err != 0) {
			keep_rows(t);
		}
	}
	if (err == 0 && !t->file)
		err = finish(t, damaged, &d);
	if (err != 0 && exch_cli_signal == 0) {
		if (d.code == EXCH_OK)
			exch_diag_set(&d, (enum exch_err)err, NULL,
			    EXCH_POS_NONE, 0, "%s",
			    exch_err_text((enum exch_err)err));
		set_code(t, exch_cli_fail(&t->cli, &d));
	}
	if (t->front->own != NULL)
		t->front->own->free(t->front->own->arg);
	exch_report_free(t->run);
	exch_cli_out_abort(t->out);
	exch_reader_close(t->reader);
	exch_in_close(t->in);
	exch_tz_free(t->tz);
	params_free(&t->params);
	if (t->front->kept != NULL)
		t->front->kept->free();
}

/* What there is by name, for --help. */
static void
describe(const struct front *f, char *p, size_t room)
{
	size_t at = (size_t)snprintf(p, room, "%s:\n\n", f->about);

	for (unsigned i = 0; i < f->n && at < room; i++)
		at += (size_t)snprintf(p + at, room - at, "  %-12s %s%s",
		    f->all[i]->name, f->all[i]->what, i + 1 < f->n ? "\n" : "");
}

int
front_main(const struct front *f, int argc, char **argv)
{
	static struct tool t = {.cli = {.history = exch_store_source,
				    .groups = EXCH_CLI_PARTIAL | EXCH_CLI_ZSTD},
	    .o = {.interval = 60 * EXCH_SEC,
		.stale = 60 * EXCH_SEC,
		.misses = 20,
		.begin = EXCH_TS_NONE}};
	static char about[4096];
	int code;

	t.front = f;
	t.o.levels = f->levels;
	t.cli.groups |= f->groups;
	t.cli.tool = f->tool;
	params_build(&t.params, f->opts, f->all, f->n);
	t.cli.opts = t.params.opt;
	t.rules = f->rules;
	t.cli.usage = f->usage;
	describe(f, about, sizeof(about));
	t.cli.about = about;
	code = exch_cli_parse(&t.cli, argc, argv, handle, &t);
	if (code < 0)
		code = settle(&t);
	if (code >= 0)
		return code;
	run(&t);
	exch_cli_reraise();
	return t.code;
}
