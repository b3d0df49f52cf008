/*
 * The path of a record from a decoder to the output: numbers of several
 * inputs brought together (among.c), symbols and times picked (day.c), the
 * pace kept, and the aggressors put back (src/replay) where the input showed
 * a book.
 *
 * Records that stand for what holds (instruments, accounts, phases) pass
 * whatever the window is: without them nothing inside it can be read.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "exch-replay/tool.h"

/* Trouble that is told line by line before it is only counted. */
#define TOLD 20

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

static bool
standing(uint8_t type)
{
	return type == EXCH_REC_INSTRUMENT || type == EXCH_REC_ACCOUNT ||
	       type == EXCH_REC_PHASE || exch_rec_is_framing(type);
}

/* ---- opening ---- */

void
take_error(struct tool *t, const char *text, size_t n)
{
	struct exch_rec_error *e = exch_writer_new_text(
	    t->w, EXCH_REC_ERROR, sizeof(*e), 0, t->last, text, n);

	e->code = -EXCH_ERR_FORMAT;
	e->severity = 1;
}

/* What was malformed before the output could begin: one record for all. */
static void
early_errors(struct tool *t)
{
	char text[80];
	int n = snprintf(text, sizeof(text),
	    "%llu pieces of malformed input before the first record",
	    (unsigned long long)t->early_troubles);

	if (n > 0 && t->early_troubles != 0)
		take_error(t, text, (size_t)n);
}

int
take_begin(struct tool *t, exch_ts start, struct exch_diag *d)
{
	struct exch_buf text = {0};
	struct exch_writer_opts o = {
	    .options = t->options.p, .upstream = t->copy, .start = start};
	struct exch_replay_opts ro = {.expect = t->expect,
	    .by_id = !t->by_arrival,
	    .orders = 1u << 16,
	    .owners = t->owners.n != 0 ? &t->owners : NULL};
	int rc = 0;

	if (t->w != NULL)
		return 0;
	/* A copied stream's head keeps its lines. */
	if (t->expect && t->copy == NULL)
		exch_buf_str(&text, "expect=yes\n");
	if (t->raw && t->copy == NULL)
		exch_buf_str(&text, "raw=yes\n");
	if (t->raw && t->by_arrival && t->copy == NULL)
		exch_buf_str(&text, "places=arrival\n");
	rc = day_head(t, start, &text, &o.date, d);
	exch_buf_char(&text, '\0');
	if (rc == 0 && text.failed)
		rc = no_memory(d);
	o.text = text.p;
	o.step = t->step != NULL ? &t->stepper : NULL;
	if (rc == 0)
		rc = exch_cli_writer(&t->cli, t->out, t->in, &o, &t->w, d);
	if (rc == 0 && t->hold)
		rc = exch_replay_new(&ro, t->w, &t->replay, d);
	if (rc == 0) {
		t->last = start;
		early_errors(t);
	}
	exch_buf_free(&text);
	return rc;
}

/* ---- trouble ---- */

static void
error_record(struct tool *t, const struct exch_feed_at *at, const char *text)
{
	static const char *const unit[] = {
	    "", "byte ", "line ", "packet ", "record "};
	char line[320];
	int n;

	if (t->w == NULL) {
		t->early_troubles++;
		return;
	}
	n = at->kind == EXCH_POS_NONE
		? snprintf(line, sizeof(line), "%s", text)
		: snprintf(line, sizeof(line), "%s%llu: %s", unit[at->kind],
		      (unsigned long long)at->where, text);
	if (n > 0)
		take_error(t, line,
		    (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void
take_report(struct tool *t, uint64_t n, const struct exch_diag *why)
{
	if (n <= TOLD || t->cli.verbose > 0)
		exch_cli_report(&t->cli, why);
	else if (n == TOLD + 1)
		exch_cli_note(&t->cli,
		    "more malformed input is only counted (-v shows all)");
}

int
take_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct tool *t = arg;
	struct exch_diag own = {0};

	t->troubles++;
	exch_diag_set(
	    &own, EXCH_ERR_FORMAT, t->in_name, at->kind, at->where, "%s", text);
	own.column = at->offset;
	error_record(t, at, text);
	if (t->strict) {
		if (d != NULL && d->code == EXCH_OK)
			*d = own;
		return EXCH_ERR_FORMAT;
	}
	take_report(t, t->troubles, &own);
	return 0;
}

void
take_zone(void *arg, const char *name)
{
	struct tool *t = arg;

	if (t->said_zone[0] == '\0')
		snprintf(t->said_zone, sizeof(t->said_zone), "%s", name);
}

void
take_by_arrival(void *arg)
{
	struct tool *t = arg;

	t->by_arrival = true;
	if (t->replay != NULL)
		exch_replay_by_arrival(t->replay);
}

/* Nothing was displayed, and nobody has to be put back. */
void
take_commands(void *arg)
{
	struct tool *t = arg;

	t->book = false;
	if (t->w == NULL && t->nops == 1)
		t->hold = t->expect = false;
}

/* ---- delivering ---- */

/* Wait for the event's time, with everything before it written out. */
static int
keep_pace(struct tool *t, exch_ts at, struct exch_diag *d)
{
	int rc = 0;

	if (exch_pace_ahead(&t->pace, at) == 0)
		return 0;
	if (t->replay != NULL)
		exch_replay_until(t->replay, at);
	rc = exch_writer_flush(t->w, d);
	if (rc == 0)
		exch_pace_wait(&t->pace, at);
	return rc == 0 && exch_cli_signal != 0 ? EXCH_ERR_STOP : rc;
}

/* An order that nobody has. */
static void
own(const struct tool *t, struct exch_rec *r)
{
	struct exch_rec_new *n = (void *)r;
	struct exch_rec_quote *q = (void *)r;

	if (EXCH_REC_AS(r, exch_rec_new) != NULL && r->type == EXCH_REC_NEW &&
	    n->account == 0)
		n->account = exch_owner_by_rule(&t->owners, r->instr, n->order);
	if (r->type == EXCH_REC_QUOTE &&
	    EXCH_REC_AS(r, exch_rec_quote) != NULL && q->account == 0)
		q->account = exch_owner_by_rule(&t->owners, r->instr,
		    q->bid_qty > 0 ? q->bid_order : q->ask_order);
}

static void
write_own(struct tool *t, const struct exch_rec *r)
{
	size_t n = exch_rec_len(r);
	struct exch_rec *o =
	    exch_writer_new(t->w, r->type, n, r->instr, r->time);

	memcpy(o + 1, r + 1, n - sizeof(*r));
	o->len8 = r->len8;
	o->flags = r->flags;
	if (t->owners.n != 0)
		own(t, o);
}

static inline int
deliver_one(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	int rc = t->w != NULL ? 0 : take_begin(t, r->time, d);

	if (rc == 0 && t->pace.speed != 0 && !standing(r->type) &&
	    (r->flags & EXCH_F_SNAPSHOT) == 0)
		rc = keep_pace(t, r->time, d);
	if (rc != 0)
		return rc;
	t->last = r->time;
	if (t->hold)
		rc = exch_replay_take(t->replay, r, d);
	else
		write_own(t, r);
	return rc == 0 ? exch_cli_tick(t->out, d) : rc;
}

int
take_seed(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	return deliver_one(arg, r, d);
}

/* ---- what passes ---- */

/* An INSTRUMENT: 0 passes, 1 is not wanted. */
static int
instrument(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);
	char symbol[25];

	if (i == NULL || r->instr == 0 || r->instr > EXCH_INSTR_MAX)
		return exch_diag_set(d, EXCH_ERR_FORMAT, t->in_name,
		    EXCH_POS_NONE, 0, "a malformed INSTRUMENT record");
	venue_symbol(t, i, symbol);
	if (pick_note(&t->pick, r->instr, symbol) != 0)
		return no_memory(d);
	if (!pick_wants(&t->pick, r->instr))
		return 1;
	return exch_dir_note(t->dir, r, d);
}

static void
note_order(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_new *n = EXCH_REC_AS(r, exch_rec_new);
	const struct exch_rec_replace *c = EXCH_REC_AS(r, exch_rec_replace);
	const struct exch_rec_quote *q = EXCH_REC_AS(r, exch_rec_quote);
	const struct exch_rec_block *b = EXCH_REC_AS(r, exch_rec_block);
	exch_oid id = 0;

	if (r->type == EXCH_REC_NEW && n != NULL)
		id = n->order;
	else if (r->type == EXCH_REC_REPLACE && c != NULL)
		id = c->new_order;
	else if (r->type == EXCH_REC_BLOCK && b != NULL)
		id = b->report;
	else if (r->type == EXCH_REC_QUOTE && q != NULL)
		id = q->bid_order > q->ask_order ? q->bid_order : q->ask_order;
	if (id > t->highest && id < EXCH_OID_SYNTHETIC)
		t->highest = id;
}

/* 0: goes on to the output; 1: left out. */
static inline int
admit(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	int rc;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	if (r->type == EXCH_REC_INSTRUMENT)
		return instrument(t, r, d);
	if (!pick_wants(&t->pick, r->instr))
		return 1;
	if (standing(r->type))
		return 0;
	if (t->from_text != NULL || t->to_text != NULL) {
		rc = day_window(t, r, d);
		if (rc != 0)
			return rc;
	}
	if (t->apart)
		return 0;
	if (t->taken == t->count || step_is_over(t)) {
		t->enough = true;
		return EXCH_ERR_STOP;
	}
	t->taken++;
	return 0;
}

/* What comes behind the last one counted is not waited for. */
static inline int
reached_count(struct tool *t)
{
	if (t->taken < t->count || t->count == 0)
		return 0;
	t->enough = true;
	return EXCH_ERR_STOP;
}

static inline int
take_mapped(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	int rc = admit(t, r, d);

	if (rc == 0 && t->nops > 1)
		note_order(t, r);
	if (rc == 0)
		rc = deliver_one(t, r, d);
	if (rc < 0)
		return rc;
	return rc == 0 ? reached_count(t) : 0;
}

int
take_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct tool *t = arg;
	int rc = 0;

	if (t->venue != NULL && r->type == EXCH_REC_INSTRUMENT)
		rc = venue_record(t, &r, d);
	if (rc == 0 && t->nops > 1)
		rc = among_record(t, &r, d);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return take_mapped(t, r, d);
}

/* Nothing to pick, to count, to map or to wait for. */
static inline bool
is_plain(const struct tool *t)
{
	return t->w != NULL && t->hold && t->nops == 1 && t->pick.n == 0 &&
	       t->from_text == NULL;
}

/* Displays of a book, up to the first record that is none; *n: so many. */
static int
take_displays(struct tool *t, const void *p, size_t *n, struct exch_diag *d)
{
	int rc;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	rc = exch_replay_run(t->replay, p, n, d);
	t->last = exch_replay_last(t->replay);
	return rc == 0 ? exch_cli_tick(t->out, d) : rc;
}

int
take_run(void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d)
{
	struct tool *t = arg;
	const char *p = (const void *)r;
	const char *end = p + n;
	int rc = 0;

	while (p < end && rc == 0) {
		const struct exch_rec *one = (const void *)p;
		size_t k = (size_t)(end - p);

		if (is_plain(t) && exch_replay_is_display(one)) {
			rc = take_displays(t, one, &k, d);
		} else {
			k = exch_rec_len(one);
			rc = take_record(t, one, d);
		}
		p += k;
	}
	return rc;
}

int
take_copy(
    struct tool *t, const struct exch_rec *r, uint64_t seq, struct exch_diag *d)
{
	int rc = admit(t, r, d);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (t->no_expect && r->type == EXCH_REC_EXPECT)
		return 0;
	if (t->pace.speed != 0 && !standing(r->type))
		rc = keep_pace(t, r->time, d);
	if (rc != 0)
		return rc;
	exch_writer_copy(t->w, r, seq);
	rc = exch_cli_tick(t->out, d);
	return rc == 0 ? reached_count(t) : rc;
}
