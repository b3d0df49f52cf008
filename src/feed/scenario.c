/*
 * Scenarios, exch-scenario(5): a market's day as a person writes it down.
 *
 *	instrument ABC tick 0.01
 *	09:30:00 ACC1 buy 100 ABC @ 10.01 as bid1
 *	+250ms   ACC2 sell 40 ABC @ market
 *	09:31    cancel bid1
 *
 * A scenario is written by hand, so that the first mistake ends the run:
 * what stands behind it was meant to happen after it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "feed/scenario.h"
#include "rec/dir.h"

/* When neither the file nor an option has a date: a Monday. */

/* ---- recognising ---- */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The first word of the first line that says anything. */
static bool
first_word(const char *p, size_t n, struct scn_word *w)
{
	size_t i = 0;

	while (i < n && (blank(p[i]) || p[i] == '\n'))
		i++;
	w->p = p + i;
	w->n = 0;
	while (i + w->n < n && !blank(p[i + w->n]) && p[i + w->n] != '\n')
		w->n++;
	return w->n > 0;
}

static bool
match(const unsigned char *p, size_t n)
{
	static const char *const words[] = {
	    "date", "zone", "instrument", "account"};
	struct scn_word w;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	if (!first_word((const char *)p, n, &w))
		return false;
	if (w.p[0] == '#')
		return true;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++) {
		if (exch_scn_is(&w, words[i]))
			return true;
	}
	/* A time of day or a stamp; the rows of a CSV have commas in it. */
	if (w.n < 4 || (unsigned char)(w.p[0] - '0') > 9 ||
	    memchr(w.p, ':', w.n) == NULL)
		return false;
	for (size_t i = 0; i < w.n; i++) {
		if ((unsigned char)(w.p[i] - '0') > 9 &&
		    strchr(":.-+TZ", w.p[i]) == NULL)
			return false;
	}
	return true;
}

/* ---- lines ---- */

/* Letters of a variable's name, which `{` and `}` may enclose. */
static size_t
name_length(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] == '_' || (p[i] >= '0' && p[i] <= '9') ||
			    (p[i] >= 'A' && p[i] <= 'Z') ||
			    (p[i] >= 'a' && p[i] <= 'z')))
		i++;
	return i;
}

static int
put_bytes(struct scn *s, const char *p, size_t n)
{
	if (n > sizeof(s->put) - s->nput)
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "with its values the line is longer than %zu bytes",
		    sizeof(s->put));
	memcpy(s->put + s->nput, p, n);
	s->nput += n;
	return 0;
}

/* One $NAME, ${NAME} or $$ at p[0]; *used receives its letters. */
static int
put_value(
    struct scn *s, struct scn_word *w, const char *p, size_t n, size_t *used)
{
	const struct exch_scn_more *more = s->o->more;
	size_t brace = n > 1 && p[1] == '{';
	size_t len = name_length(p + 1 + brace, n - 1 - brace);
	const char *value, *given = NULL;

	*used = 2;
	if (n > 1 && p[1] == '$')
		return put_bytes(s, "$", 1);
	*used = 1 + len + 2 * brace;
	if (len == 0 || *used > n || (brace && p[*used - 1] != '}'))
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "expected the name of a variable behind $, such as $qty "
		    "or ${qty}, or $$ for a dollar itself");
	value = more->value(more->arg, p + 1 + brace, len, &given);
	w->given = w->given != NULL ? w->given : given;
	if (value == NULL)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "nothing is known of $%.*s: add a line \"set %.*s VALUE\" "
		    "before, or -D %.*s=VALUE; $$ is a dollar itself",
		    (int)len, p + 1 + brace, (int)len, p + 1 + brace, (int)len,
		    p + 1 + brace);
	return put_bytes(s, value, strlen(value));
}

/* A word with values for its variables. */
static int
expand(struct scn *s, struct scn_word *w)
{
	size_t from = s->nput, i = 0, used;
	int rc = 0;

	if (s->o->more == NULL || memchr(w->p, '$', w->n) == NULL)
		return 0;
	for (; i < w->n && rc == 0; i += used) {
		used = 1;
		rc = w->p[i] == '$' ? put_value(s, w, w->p + i, w->n - i, &used)
				    : put_bytes(s, w->p + i, 1);
	}
	w->p = s->put + from;
	w->n = s->nput - from;
	return rc;
}

/* Words apart at blanks; `@` is a word of its own; `#` ends the line. */
static int
split(struct scn *s, const char *p, size_t n)
{
	size_t i = 0;
	int rc;

	s->nwords = 0;
	s->at = 0;
	s->nput = 0;
	while (i < n) {
		struct scn_word *w = &s->word[s->nwords];

		if (blank(p[i])) {
			i++;
			continue;
		}
		if (p[i] == '#')
			break;
		if (s->nwords == EXCH_SCN_WORDS) {
			s->end_column = (uint32_t)i + 1;
			return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
			    "a line has at most %u words", EXCH_SCN_WORDS);
		}
		*w = (struct scn_word){p + i, 0, (uint32_t)i + 1, NULL};
		if (p[i] == '@') {
			w->n = 1;
			i++;
		} else {
			while (i < n && !blank(p[i]) && p[i] != '@') {
				i++;
				w->n++;
			}
		}
		rc = expand(s, w);
		if (rc != 0)
			return rc;
		s->nwords++;
	}
	s->end_column = (uint32_t)i + 1;
	return 0;
}

/* What only a simulation understands, said where there is none. */
static int
for_others(struct scn *s)
{
	static const char *const words[] = {"agent", "begin", "day", "end",
	    "fees", "fill", "flow", "include", "latency", "market", "outage",
	    "resync", "seed", "set", "strategy", "turns"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++) {
		if (exch_scn_is(&s->word[s->at], words[i]))
			return exch_scn_fail(s, &s->word[s->at],
			    EXCH_ERR_FORMAT,
			    "\"%s\" is a line of a market that runs by itself: "
			    "give this scenario to exch-sim",
			    words[i]);
	}
	return 0;
}

static int
long_line(struct scn *s)
{
	s->end_column = EXCH_SCN_LINE;
	return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
	    "the line is longer than %u bytes", EXCH_SCN_LINE);
}

/* Words are texts, and the rest of a line may be one: none holds a 0. */
static int
no_text(struct scn *s, size_t at)
{
	s->end_column = (uint32_t)at + 1;
	return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
	    "there is a byte of 0, as in UTF-16: save the file as UTF-8");
}

static int
each_line(struct scn *s, const char *p, size_t n)
{
	const char *zero;
	int rc;

	s->line++;
	if (n > EXCH_SCN_LINE)
		return long_line(s);
	zero = memchr(p, '\0', n);
	if (zero != NULL)
		return no_text(s, (size_t)(zero - p));
	if (s->line == 1 && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	rc = split(s, p, n);
	if (rc != 0 || s->nwords == 0)
		return rc;
	rc = exch_scn_setting(s);
	if (rc == 1 && s->o->more != NULL)
		rc = s->o->more->setting(s->o->more->arg, s);
	if (rc != 1)
		return rc;
	rc = exch_scn_time(s);
	if (rc < 0)
		return rc;
	if (s->at == s->nwords)
		return exch_scn_expected(s,
		    "what happens then, such as \"ACC1 buy 100 ABC @ 10.01\"");
	rc = s->o->more != NULL ? s->o->more->event(s->o->more->arg, s)
				: for_others(s);
	return rc == 1 || (rc == 0 && s->o->more == NULL) ? exch_scn_event(s)
							  : rc;
}

/* ---- the run ---- */

/* Whole lines out of buf[0..end); what is left moves to the front. */
static int
lines(struct scn *s, char *buf, size_t *end)
{
	size_t pos = 0;
	int rc = 0;

	while (rc == 0) {
		char *nl = memchr(buf + pos, '\n', *end - pos);

		if (nl == NULL)
			break;
		rc = each_line(s, buf + pos, (size_t)(nl - buf) - pos);
		pos = (size_t)(nl - buf) + 1;
	}
	*end -= pos;
	memmove(buf, buf + pos, *end);
	/* it is too long already: no need to see its end */
	return rc == 0 && *end > EXCH_SCN_LINE ? each_line(s, buf, *end) : rc;
}

static int
read_lines(struct scn *s)
{
	char *buf = exch_malloc(EXCH_SCN_LINE * 2);
	size_t end = 0, got;
	int rc;

	if (buf == NULL)
		return exch_scn_nomem(s);
	for (;;) {
		rc = exch_in_read(
		    s->in, buf + end, EXCH_SCN_LINE * 2 - end, &got, s->d);
		if (rc != 0 || got == 0)
			break;
		end += got;
		rc = lines(s, buf, &end);
		if (rc != 0)
			break;
	}
	/* The last line may lack its end, if the input has one. */
	if (rc == 0 && end > 0)
		rc = each_line(s, buf, end);
	exch_free(buf);
	return rc;
}

int
exch_scn_include(struct scn *s, struct exch_in *in)
{
	struct exch_in *was = s->in;
	uint64_t line = s->line;
	int rc;

	s->in = in;
	s->line = 0;
	rc = read_lines(s);
	s->in = was;
	s->line = line;
	s->nwords = s->at = 0;
	return rc;
}

static int
begin(struct scn *s)
{
	uint32_t date = s->o->date != 0 ? s->o->date : EXCH_SCENARIO_DATE;

	s->symbols = exch_names_new(EXCH_INSTR_MAX);
	s->names = exch_names_new(EXCH_SCN_NAMES);
	s->groups = exch_names_new(EXCH_SCN_NAMES);
	s->own_accounts =
	    s->o->accounts == NULL ? exch_names_new(UINT32_MAX - 1) : NULL;
	s->accounts = s->o->accounts != NULL ? s->o->accounts : s->own_accounts;
	s->next_instr = s->o->known != NULL ? exch_dir_max(s->o->known) + 1 : 1;
	s->next_order = s->o->first_order != 0 ? s->o->first_order : 1;
	exch_when_init(&s->when, date, s->o->tz, s->o->tz == NULL);
	return s->symbols == NULL || s->names == NULL || s->groups == NULL ||
		       s->accounts == NULL
		   ? exch_scn_nomem(s)
		   : 0;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct scn *s = exch_calloc(1, sizeof(*s));
	uint64_t before = exch_in_offset(in);
	int rc;

	if (s == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(in),
		    EXCH_POS_NONE, 0, "out of memory");
	s->o = o;
	s->sink = sink;
	s->st = st;
	s->in = in;
	s->d = d;
	rc = begin(s);
	if (rc == 0)
		rc = read_lines(s);
	st->lines += s->line;
	st->bytes += exch_in_offset(in) - before;
	exch_names_free(s->symbols);
	exch_names_free(s->names);
	exch_names_free(s->groups);
	exch_names_free(s->own_accounts);
	exch_free(s->instr);
	exch_free(s->order);
	exch_free(s->quote);
	exch_tz_free(s->own_tz);
	exch_free(s);
	return rc;
}

const struct exch_feed exch_feed_scenario = {
    .name = "scenario",
    .what = "orders written by hand, exch-scenario(5)",
    .match = match,
    .run = run,
    .book = false,
};
