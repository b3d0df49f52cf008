/*
 * Agents that are programs behind a pipe: the kind "program" of agent.h.
 *
 * A turn is said in lines (pipe_say.c), which go to the program with others
 * (pipe_child.c); its answer is taken when the kernel needs it, and its lines
 * are commands (pipe_read.c).  Both may pass through a transcript, or come
 * from one (transcript.c).  Nothing but what the program says decides what it
 * does: not when it says it, and not how fast the machine is.
 *
 * Every failure says who, in which of its lines, in which turn and when, and
 * ends the program.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/pipe.h"
#include "sim/pipe_child.h"
#include "sim/transcript.h"

enum { COMMAND, PATIENCE, RECORD, REPLAY };
static const struct exch_param table[] = {[COMMAND] = {.name = "command",
					      .unit = "",
					      .what = "what the shell runs",
					      .kind = EXCH_PARAM_TEXT},
    [PATIENCE] = {.name = "patience",
	.unit = "",
	.what = "wall time that an answer may take",
	.kind = EXCH_PARAM_TIME,
	.def = 10e9,
	.max = 24 * 3600e9},
    [RECORD] = {.name = "record",
	.unit = "",
	.what = "file that receives what both sides say",
	.kind = EXCH_PARAM_TEXT},
    [REPLAY] = {.name = "replay",
	.unit = "",
	.what = "such a file, which answers instead of the program",
	.kind = EXCH_PARAM_TEXT}};

/* A turn that waits for its answer. */
struct asked {
	exch_ts now;
	bool last;
};

struct pipe {
	struct exch_pipe_words words;
	struct exch_child *child;	/* NULL: a replay */
	struct exch_transcript *script; /* or NULL */
	bool replay;
	/* turns asked .. asked + waiting, in a ring of cap */
	struct asked *asked;
	size_t first, waiting, cap;
	uint64_t turns, answered; /* the first turn is 1 */
	uint64_t line;		  /* of what it said, or of the transcript */
};

/* ---- failures ---- */

/* The turn, which stands behind every sentence. */
static void
add_turn(const struct pipe *s, struct exch_diag *d)
{
	char text[128];

	if (s->waiting == 0) {
		(void)exch_diag_more(d, s->answered == 0
					    ? "this was to answer the greeting"
					    : "the last turn was answered");
		return;
	}
	(void)snprintf(text, sizeof(text),
	    "turn %" PRIu64 ", %" PRIu64 " ns after the beginning",
	    s->answered + 1, s->asked[s->first].now - s->words.begin);
	(void)exch_diag_more(d, text);
}

/* What a transcript ends with; without memory it is not whole. */
static void
end_script(struct pipe *s, const char *p, size_t n, const struct exch_diag *d)
{
	struct exch_diag second = {0};
	struct exch_buf b = {0};

	exch_buf_str(&b, d->name);
	if (d->kind == EXCH_POS_LINE)
		exch_buf_fmt(&b, ":%" PRIu64, d->where);
	exch_buf_str(&b, ": ");
	exch_buf_str(&b, d->text);
	exch_buf_char(&b, '\0');
	if (!b.failed) /* the first failure is the one that is told */
		(void)exch_transcript_failed(s->script, p, n, b.p, &second);
	exch_buf_free(&b);
}

/*
 * The diagnosis is d, but for who and where; n bytes of an answer were there.
 * The program is not waited for any more.
 */
static int
fail(struct exch_agent *a, const char *p, size_t n, struct exch_diag *d)
{
	struct pipe *s = a->state;

	if (!s->replay) {
		(void)snprintf(
		    d->name, sizeof(d->name), "agent %s", a->name); /* cut */
		d->kind = s->line > 0 ? EXCH_POS_LINE : EXCH_POS_NONE;
		d->where = s->line;
		add_turn(s, d);
	} else if (d->name[0] == '\0') {
		(void)snprintf(d->name, sizeof(d->name), "%s",
		    exch_params_get(a->params, REPLAY)->text); /* cut */
		d->kind = EXCH_POS_LINE;
		d->where = s->line;
		add_turn(s, d);
	} else if (d->code == EXCH_ERR_DIFFERS) {
		add_turn(s, d);
	}
	if (s->script != NULL && !s->replay)
		end_script(s, p, n, d);
	exch_child_free(s->child);
	s->child = NULL;
	return d->code;
}

/* A system's failure is one, whatever the program did. */
static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* ---- both directions ---- */

/* Where the next block is said. */
static struct exch_buf *
mouth(struct pipe *s)
{
	return s->replay ? exch_transcript_told(s->script)
			 : exch_child_out(s->child);
}

/* A block was said, from byte `from` of that buffer on. */
static int
said(struct exch_agent *a, size_t from, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_buf *b = mouth(s);
	int err;

	if (b->failed)
		return no_memory(d);
	if (s->replay)
		return EXCH_OK;
	if (s->script != NULL)
		exch_buf_add(exch_transcript_told(s->script), b->p + from,
		    b->len - from);
	err = exch_child_told(s->child);
	if (err == EXCH_OK)
		return EXCH_OK;
	(void)exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE, 0,
	    "it %s", exch_child_why(s->child));
	return fail(a, "", 0, d);
}

/* The answer to the oldest block; or what there is of it, and d. */
static int
heard(struct pipe *s, const char **p, size_t *n, struct exch_diag *d)
{
	int err;

	if (s->replay) {
		err = exch_transcript_hear(s->script, p, n, &s->line, d);
		s->line--; /* of the line before it */
		return err;
	}
	err = exch_child_hear(s->child, p, n);
	if (err == EXCH_OK)
		return EXCH_OK;
	return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE, 0,
	    "it %s", exch_child_why(s->child));
}

/* The line that begins at *p, without its end; false: there is none. */
static bool
line_of(const char **p, size_t *n, const char **line, size_t *len)
{
	const char *end = *n > 0 ? memchr(*p, '\n', *n) : NULL;

	if (end == NULL)
		return false;
	*line = *p;
	*len = (size_t)(end - *p);
	*p = end + 1;
	*n -= *len + 1;
	return true;
}

static bool
is_stop(const char *line, size_t n)
{
	return n > 0 && line[0] == '.' &&
	       (n == 1 || (n == 2 && line[1] == '\r'));
}

/* ---- turns ---- */

static int
obey(struct exch_agent *a, exch_ts now, const char *p, size_t n,
    struct exch_agent_out *o, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_agent_cmd c;
	const char *line;
	uint64_t busy = 0;
	size_t len;
	int err = EXCH_OK;

	while (err >= 0 && line_of(&p, &n, &line, &len)) {
		s->line++;
		if (is_stop(line, len))
			break;
		err =
		    exch_pipe_command(&s->words, now, line, len, &c, &busy, d);
		if (err != 1)
			continue;
		c.busy = busy;
		err = exch_agent_say(o, &c);
		if (err != EXCH_OK)
			return no_memory(d);
	}
	return err < 0 ? err : EXCH_OK;
}

static bool
add_asked(struct pipe *s, exch_ts now, bool last)
{
	if (s->waiting == s->cap) {
		size_t cap = s->cap > 0 ? 2 * s->cap : 16;
		struct asked *q = exch_calloc(cap, sizeof(*q));

		if (q == NULL)
			return false;
		for (size_t i = 0; i < s->waiting; i++)
			q[i] = s->asked[(s->first + i) & (s->cap - 1)];
		exch_free(s->asked);
		s->asked = q;
		s->first = 0;
		s->cap = cap;
	}
	s->asked[(s->first + s->waiting++) & (s->cap - 1)] =
	    (struct asked){now, last};
	return true;
}

static int
ask(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m, size_t n,
    struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_buf *b = mouth(s);
	size_t from = b->len;

	if (!add_asked(s, now, n > 0 && m[n - 1].what == EXCH_TOLD_END))
		return no_memory(d);
	exch_pipe_say_turn(&s->words, ++s->turns, now, m, n, b);
	return said(a, from, d);
}

/* There are no more turns: what is left of both sides is nothing. */
static int
leave(struct exch_agent *a, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_diag own = {0};
	int err = EXCH_OK;

	if (!s->replay) {
		err = exch_child_end(s->child);
		if (err != EXCH_OK)
			(void)exch_diag_set(&own, (enum exch_err)err, NULL,
			    EXCH_POS_NONE, 0, "it %s behind the end",
			    exch_child_why(s->child));
	}
	if (err == EXCH_OK && s->script != NULL)
		return exch_transcript_end(s->script, d);
	if (err == EXCH_OK)
		return EXCH_OK;
	(void)fail(a, "", 0, &own);
	*d = d->code == EXCH_OK ? own : *d;
	return err;
}

/*
 * The answer may have ended in the middle: what stands before that is read
 * first, as the reason is often there.  To the last turn a program may answer
 * by ending in order.
 */
static int
answer(struct exch_agent *a, struct exch_agent_out *o, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct asked q = s->asked[s->first];
	struct exch_diag why = {0}, own = {0};
	const char *p;
	size_t n;
	int end = heard(s, &p, &n, &why), err;

	err = obey(a, q.now, p, n, o, &own);
	if (err == EXCH_OK && end == EXCH_ERR_CUT && q.last && n == 0 &&
	    !s->replay && exch_child_content(s->child)) {
		end = EXCH_OK;
		p = ".\n";
		n = 2;
	}
	if (err == EXCH_OK && end != EXCH_OK) {
		err = end;
		own = why;
	}
	if (err != EXCH_OK) {
		(void)fail(a, p, n, &own);
		if (d->code == EXCH_OK)
			*d = own;
		return err;
	}
	if (s->script != NULL && !s->replay)
		err = exch_transcript_heard(s->script, p, n, d);
	s->first = (s->first + 1) & (s->cap - 1);
	s->waiting--;
	s->answered++;
	if (err == EXCH_OK && q.last)
		err = leave(a, d);
	return err;
}

/* ---- beginning and end ---- */

static void
close_pipe(struct exch_agent *a)
{
	struct pipe *s = a->state;

	exch_child_free(s->child);
	exch_transcript_free(s->script);
	exch_pipe_words_clear(&s->words);
	exch_free(s->asked);
	*s = (struct pipe){0};
}

const struct exch_param_value *
exch_agent_record(
    const struct exch_agent_kind *kind, const struct exch_params *p)
{
	const struct exch_param_value *v =
	    kind == &exch_agent_program ? exch_params_get(p, RECORD) : NULL;

	return v != NULL && v->text != NULL ? v : NULL;
}

/* The program is started, or the file opened that takes its place. */
static int
begin(struct exch_agent *a, struct exch_diag *d)
{
	const char *command = exch_params_get(a->params, COMMAND)->text;
	const char *record = exch_params_get(a->params, RECORD)->text;
	const char *replay = exch_params_get(a->params, REPLAY)->text;
	double patience = exch_params_number(a->params, PATIENCE);
	struct pipe *s = a->state;
	int err = EXCH_OK;

	if (replay != NULL && record != NULL)
		return exch_params_refuse(a->params, RECORD, d,
		    "agent %s: either record or replay: leave one of them out",
		    a->name);
	s->replay = replay != NULL;
	if (s->replay)
		return exch_transcript_replay(replay, a->name, &s->script, d);
	if (command == NULL)
		return exch_params_refuse(a->params, COMMAND, d,
		    "agent %s: a program needs its command", a->name);
	if (record != NULL)
		err = exch_transcript_record(record, a->name, &s->script, d);
	if (err == EXCH_OK)
		err =
		    exch_child_start(command, (uint64_t)patience, &s->child, d);
	return err;
}

/* What has failed is what one of its words asks for. */
static const struct exch_place *
asked_for(const struct exch_agent *a)
{
	const struct pipe *s = a->state;

	if (s->replay)
		return exch_params_place(a->params, REPLAY);
	if (s->script == NULL && exch_params_get(a->params, RECORD)->given)
		return exch_params_place(a->params, RECORD);
	return exch_params_place(a->params, COMMAND);
}

/* The answer to hello is one line, ready. */
static int
greet(struct exch_agent *a, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_buf *b = mouth(s);
	struct exch_diag why = {0}, own = {0};
	const char *p, *rest, *line;
	size_t n, left, len;
	bool ready = false;
	int end, err;

	exch_pipe_say_hello(&s->words, a, b);
	err = said(a, 0, d);
	if (err != EXCH_OK)
		return err;
	end = heard(s, &p, &n, &why);
	rest = p;
	left = n;
	while (err >= 0 && line_of(&rest, &left, &line, &len)) {
		s->line++;
		if (is_stop(line, len))
			break;
		err = exch_pipe_ready(line, len, &a->wants, &own);
		ready |= err == 1;
	}
	if (err >= 0 && end != EXCH_OK) {
		err = end;
		own = why;
	} else if (err >= 0 && !ready) {
		err = exch_diag_set(&own, EXCH_ERR_FORMAT, NULL, EXCH_POS_LINE,
		    0,
		    "expected \"ready protocol=1 ...\" before the full stop");
	}
	if (err < 0) {
		(void)fail(a, p, n, &own);
		*d = d->code == EXCH_OK ? own : *d;
		return err;
	}
	return s->script != NULL && !s->replay
		   ? exch_transcript_heard(s->script, p, n, d)
		   : EXCH_OK;
}

static int
open_pipe(struct exch_agent *a, struct exch_diag *d)
{
	struct pipe *s = a->state;
	struct exch_diag own = {0};
	int err = exch_pipe_words_init(&s->words, a, &own);

	if (err == EXCH_OK)
		err = begin(a, &own);
	if (err == EXCH_OK)
		err = greet(a, &own);
	if (err == EXCH_OK)
		return EXCH_OK;
	if (err == EXCH_ERR_NOMEM)
		(void)no_memory(&own);
	err = exch_place_told(d, asked_for(a), &own);
	close_pipe(a);
	return err;
}

const struct exch_agent_kind exch_agent_program = {.name = "program",
    .what = "a program that is asked in lines of text, exch-agent(7)",
    .param = table,
    .nparam = EXCH_ARRAY_LEN(table),
    .size = sizeof(struct pipe),
    .open = open_pipe,
    .close = close_pipe,
    .ask = ask,
    .answer = answer};
