/* What each option of a front says, and which go together (front_run.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "common/pace.h"
#include "exch-report/front_run.h"

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

static int
set_every(struct front_run *t, struct exch_cli *c, const char *value)
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
set_at(struct front_run *t, struct exch_cli *c, const char *value)
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
set_interval(struct front_run *t, struct exch_cli *c, const char *value)
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
set_with(struct front_run *t, struct exch_cli *c, const char *value)
{
	struct exch_diag d = {0};

	if (exch_ind_parse(value, &t->o.indicators, &d) == 0)
		return 0;
	return exch_cli_usage(c, "--with: %s", d.text);
}

static int
set_speed(struct front_run *t, struct exch_cli *c, const char *value)
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
set_from(struct front_run *t, struct exch_cli *c, const char *value)
{
	if (exch_tod_parse(value, strlen(value), &t->o.begin) == 0)
		return 0;
	return exch_cli_usage(c,
	    "--from: '%s' is no time of day such as 09:30 or 14:57:00.5",
	    value);
}

static int
set_stale(struct front_run *t, struct exch_cli *c, const char *value)
{
	if (exch_duration_parse(value, strlen(value), &t->o.stale) == 0)
		return 0;
	return exch_cli_usage(c,
	    "--stale: '%s' is no time up to 24h, such as 500ms, 10s or 5m",
	    value);
}

/* Ten letters and digits, blanks behind them. */
static int
set_session(struct front_run *t, struct exch_cli *c, const char *value)
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
set_framing(struct front_run *t, struct exch_cli *c, const char *value)
{
	t->o.packets = strcmp(value, "moldudp64") == 0;
	if (t->o.packets || strcmp(value, "file") == 0)
		return 0;
	return exch_cli_usage(
	    c, "--framing: '%s' is neither file nor moldudp64", value);
}

/* Options that have nothing to say but that they are there. */
static void
say(struct front_run *t, int id)
{
	switch (id) {
	case OPT_ALL:
		t->o.all = true;
		break;
	case OPT_CHANGED:
		t->o.changed = true;
		break;
	case OPT_FILL:
		t->o.fill = true;
		break;
	case OPT_PHASES:
		t->o.phases = true;
		break;
	case OPT_ALARMS:
		t->o.alarms = true;
		break;
	case OPT_CHECK:
	case OPT_SHOW:
		t->o.file = true;
		t->how = id == OPT_CHECK ? EXCH_FILE_CHECK : EXCH_FILE_SHOW;
		break;
	case OPT_STRICT:
		t->strict = true;
		break;
	default:
		t->o.digest = true;
	}
}

/* Where a word is kept that others look at; NULL: it is looked at here. */
static const char **
kept_word(struct front_run *t, int id)
{
	switch (id) {
	case OPT_MANIFEST:
		return &t->manifest;
	case OPT_SIGN:
		return &t->sign;
	case OPT_REDACT:
		return &t->redact;
	case OPT_SYMBOLS:
		return &t->o.watch;
	case OPT_RULES:
		return &t->rules;
	case OPT_TZ:
		return &t->zone;
	default:
		return NULL;
	}
}

static int
set_value(struct front_run *t, struct exch_cli *c, int id, const char *value)
{
	switch (id) {
	case OPT_LEVELS:
		return set_count(c, "levels", value, 1, EXCH_REPORT_LEVELS_MAX,
		    &t->o.levels);
	case OPT_EVERY:
		return set_every(t, c, value);
	case OPT_AT:
		return set_at(t, c, value);
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
	case OPT_MISSES:
		return set_count(c, "misses", value, 0, 1000000, &t->o.misses);
	case OPT_SESSION:
		return set_session(t, c, value);
	case OPT_FRAMING:
		return set_framing(t, c, value);
	default:
		return set_stale(t, c, value);
	}
}

int
front_option(void *run, struct exch_cli *c, int id, const char *value)
{
	struct front_run *t = run;
	const char **word;

	if (id >= PARAMS_FIRST) {
		params_take(&t->params, id, value);
		return 0;
	}
	if (id >= OPT_END)
		return t->front->own->option(t->front->own->arg, c, id, value);
	t->given[id - OPT_ALL] = true;
	if (value == NULL) {
		say(t, id);
		return 0;
	}
	word = kept_word(t, id);
	if (word == NULL)
		return set_value(t, c, id, value);
	*word = value;
	t->o.hash = t->manifest != NULL;
	return 0;
}

bool
front_is_filter(const struct front_run *t)
{
	const struct exch_report_param *x = t->report->params;
	const struct params *p = &t->params;

	for (; x != NULL && x->name != NULL; x++)
		for (unsigned i = 0; x->filter && i < p->n; i++)
			if (p->value[i] != NULL &&
			    strcmp(p->param[i]->name, x->name) == 0)
				return true;
	return false;
}

int
front_options_settle(const struct front_run *t, const char *name)
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
	if ((t->report->binary || t->report->form) && !t->o.file &&
	    c->format_given)
		return exch_cli_usage(
		    c, "-f is for text: '%s' has a form of its own", name);
	if (front_is_filter(t) && c->format_given)
		return exch_cli_usage(c,
		    "-f is for tables: a stream of records is shown by "
		    "exch-replay -f text, csv or json");
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
