/*
 * --step: the records of one event are shown, and then a line from the
 * terminal says how to go on.  Lines and not keys: the terminal is left as it
 * is, and standard input and output may be anything.
 *
 * An event begins with a command, or with whatever follows the end of the one
 * before: in a stream that nobody has matched commands are all there is.
 * What only stands (instruments, accounts) belongs to the event behind it;
 * nobody writes it in the midst of one.
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dec.h"
#include "exch-replay/tool.h"
#include "rec/schema.h"

#define LINE 256

/* How the next events are gone over. */
enum going { SHOW, TO_TIME, TO_WORD, LEAVE };

struct step {
	struct tool *t;
	int tty;
	enum going how;
	uint64_t left; /* SHOW: so many events before the next question */
	exch_ts until;
	char word[LINE];
	uint64_t passed;

	/* Of the record before. */
	bool any;   /* in this event already: not only what stands */
	bool ended; /* the event has ended with it */
	bool asked; /* a verdict stands before its command */
};

static const char help[] =
    "Enter or n  the next event          N       N events\n"
    "t TIME      to the first event then /WORD   to the next with this type\n"
    "q           leave                           of record, or symbol\n";

static void
say(const struct step *s, const char *text)
{
	/* A terminal that is gone is noticed when it is read. */
	ssize_t n = write(s->tty, text, strlen(text));

	(void)n;
}

/* ---- events ---- */

static bool
is_standing(uint8_t type)
{
	return type < EXCH_REC_PHASE;
}

static bool
is_command(uint8_t type)
{
	return type >= EXCH_REC_NEW && type < EXCH_REC_ACK;
}

/* Is r the first record of another event? */
static bool
begins(const struct step *s, const struct exch_rec *r)
{
	if (s->ended)
		return true;
	return s->any && !s->asked &&
	       (is_command(r->type) || r->type == EXCH_REC_INSTRUMENT ||
		   r->type == EXCH_REC_ACCOUNT);
}

static void
note(struct step *s, const struct exch_rec *r)
{
	if (begins(s, r)) {
		s->any = false;
		s->ended = false;
	}
	if (is_standing(r->type))
		return;
	s->any = true;
	s->ended = (r->flags & EXCH_F_LAST) != 0;
	s->asked = r->type == EXCH_REC_RISK;
}

/* ---- what is looked for ---- */

static bool
is_it(const struct step *s, const struct exch_rec *r)
{
	const struct exch_schema *known = exch_schema_of(r->type);

	if (s->how == TO_TIME)
		return !is_standing(r->type) && r->time >= s->until;
	if (known != NULL && strcmp(known->name, s->word) == 0)
		return true;
	return r->instr != 0 &&
	       exch_dir_symbol(s->t->dir, s->word, strlen(s->word)) == r->instr;
}

/* Is it in the event that begins with r, as far as that is there? */
static bool
is_wanted(const struct step *s, const struct exch_rec *r, size_t n)
{
	const char *p = (const void *)r;
	const char *end = p + n;
	struct step in = *s;

	do {
		if (is_it(s, r))
			return true;
		note(&in, r);
		p += exch_rec_len(r);
		r = (const void *)p;
	} while (p < end && !begins(&in, r));
	return false;
}

/* ---- questions ---- */

/* A line without its end.  False: the terminal has none any more. */
static bool
read_line(const struct step *s, char line[static LINE])
{
	size_t n = 0;
	char c;

	for (;;) {
		ssize_t k = read(s->tty, &c, 1);

		if (k < 0 && errno == EINTR && exch_cli_signal == 0)
			continue;
		if (k <= 0)
			return false;
		if (c == '\n')
			break;
		if (n < LINE - 1)
			line[n++] = c;
	}
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	return true;
}

static bool
set_time(struct step *s, const char *text, exch_ts now)
{
	struct exch_diag d = {0};

	while (isspace((unsigned char)*text))
		text++;
	if (day_time(s->t, text, "t", now, &s->until, &d) == 0) {
		s->how = TO_TIME;
		return true;
	}
	say(s, d.text);
	say(s, "\n");
	return false;
}

/* False: it says nothing about going on. */
static bool
obey(struct step *s, const char *line, const struct exch_rec *r)
{
	s->how = SHOW;
	s->left = 1;
	if (line[0] == '\0' || strcmp(line, "n") == 0)
		return true;
	if (exch_uint_parse(line, strlen(line), &s->left) == 0 && s->left > 0)
		return true;
	if (line[0] == 't' && isspace((unsigned char)line[1]))
		return set_time(s, line + 2, r->time);
	if (line[0] == '/' && line[1] != '\0') {
		s->how = TO_WORD;
		memcpy(s->word, line + 1, strlen(line));
		return true;
	}
	if (strcmp(line, "q") == 0) {
		s->how = LEAVE;
		return true;
	}
	say(s, help);
	return false;
}

static enum exch_step
ask(void *arg, const struct exch_rec *r, size_t n)
{
	struct step *s = arg;
	char line[LINE];

	do {
		say(s, "step> ");
		if (!read_line(s, line)) {
			s->how = LEAVE;
			return EXCH_STEP_PASS;
		}
	} while (!obey(s, line, r));
	s->passed = s->how != SHOW && s->how != LEAVE && !is_wanted(s, r, n);
	s->left = s->how == SHOW ? s->left - 1 : 0;
	if (s->how != LEAVE && s->passed == 0)
		s->how = SHOW;
	note(s, r);
	return s->how == SHOW ? EXCH_STEP_SHOW : EXCH_STEP_PASS;
}

/* ---- record by record ---- */

static void
say_passed(const struct step *s, const char *more)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%llu events passed%s\n",
	    (unsigned long long)s->passed, more);
	say(s, text);
}

static void
arrive(struct step *s)
{
	say_passed(s, "");
	s->how = SHOW;
	s->left = 0;
}

/* The end is shown to whoever did not leave. */
static enum exch_step
end(const struct step *s)
{
	if (s->how == LEAVE)
		return EXCH_STEP_PASS;
	if (s->how != SHOW)
		say_passed(s, ", none of them is the one");
	return EXCH_STEP_SHOW;
}

static enum exch_step
look(void *arg, const struct exch_rec *r, size_t n)
{
	struct step *s = arg;

	if (r == NULL)
		return end(s);
	if (s->how == LEAVE || exch_cli_signal != 0)
		return EXCH_STEP_PASS;
	if (begins(s, r)) {
		if (s->how == SHOW && s->left == 0)
			return EXCH_STEP_ASK;
		if (s->how == SHOW)
			s->left--;
		else if (is_wanted(s, r, n))
			arrive(s);
		else
			s->passed++;
	} else if (s->how != SHOW && is_it(s, r)) {
		/* Not all of its event was there when that began. */
		s->passed--;
		arrive(s);
	}
	note(s, r);
	return s->how == SHOW ? EXCH_STEP_SHOW : EXCH_STEP_PASS;
}

/* ---- life ---- */

int
step_open(struct tool *t, struct exch_diag *d)
{
	static struct step s;

	s = (struct step){
	    .t = t, .tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
	if (s.tty < 0)
		return exch_diag_set(d, EXCH_ERR_NEED, "--step", EXCH_POS_NONE,
		    0,
		    "there is no terminal to ask: leave it out, or run it in "
		    "one");
	t->step = &s;
	t->stepper = (struct exch_stepper){look, ask, &s};
	return 0;
}

bool
step_is_over(const struct tool *t)
{
	return t->step != NULL && t->step->how == LEAVE;
}

void
step_close(struct tool *t)
{
	if (t->step != NULL)
		(void)close(t->step->tty); /* nothing is kept for it */
	t->step = NULL;
}
