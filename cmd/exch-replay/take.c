/*
 * The path of a record from a decoder to the output: instrument numbers of
 * several inputs brought together, symbols and times picked, the pace
 * kept, and the aggressors put back (src/replay) where the input showed a
 * book.
 *
 * Records that stand for what holds (instruments, accounts, phases) pass
 * whatever the window is: without them nothing inside it can be read.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "feed/names.h"

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

static uint32_t
local_date(const struct exch_tz *tz, exch_ts at)
{
	int64_t off = exch_tz_offset(tz, at);

	return exch_ts_date(at + (uint64_t)(off * (int64_t)EXCH_SEC));
}

/* An ERROR record for malformed input; `text` may be cut. */
static void
put_error(struct tool *t, const char *text, size_t n)
{
	struct exch_rec_error *e = exch_writer_new_text(
	    t->w, EXCH_REC_ERROR, sizeof(*e), 0, t->last, text, n);

	e->code = -EXCH_ERR_FORMAT;
	e->severity = 1;
}

/* The zone that an input names, if one did. */
static int
load_said(struct tool *t, struct exch_diag *d)
{
	return t->said == NULL && t->said_zone[0] != '\0'
		   ? exch_cli_zone(t->said_zone, &t->said, d)
		   : 0;
}

/*
 * Zone and date for the header.  What a scenario says goes before the options,
 * in both: its first record, at midnight where the market is, may be on
 * another day in UTC and at --tz, and the timetable would be that day's.
 */
static int
head_day(struct tool *t, exch_ts start, struct exch_buf *text, uint32_t *date,
    struct exch_diag *d)
{
	const char *name = t->said_zone[0] != '\0' ? t->said_zone : t->tz_name;
	int rc;

	*date = t->feed.date;
	if (t->copy == NULL && name != NULL)
		exch_buf_fmt(text, "zone=%s\n", name);
	if (start == 0 || (*date != 0 && t->kind != &exch_feed_scenario))
		return 0;
	rc = load_said(t, d);
	if (rc == 0)
		*date = local_date(t->said != NULL ? t->said : t->tz, start);
	return rc;
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
		put_error(t, text, (size_t)n);
}

int
take_begin(struct tool *t, exch_ts start, struct exch_diag *d)
{
	struct exch_buf text = {0};
	struct exch_writer_opts o = {
	    .options = t->options.p, .upstream = t->copy, .start = start};
	struct exch_replay_opts ro = {
	    .expect = t->expect, .by_id = true, .orders = 1u << 16};
	int rc = 0;

	if (t->w != NULL)
		return 0;
	/* A copied stream's head keeps its lines. */
	if (t->expect && t->copy == NULL)
		exch_buf_str(&text, "expect=yes\n");
	if (t->raw && t->copy == NULL)
		exch_buf_str(&text, "raw=yes\n");
	rc = head_day(t, start, &text, &o.date, d);
	exch_buf_char(&text, '\0');
	if (rc == 0 && text.failed)
		rc = no_memory(d);
	o.text = text.p;
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
	n = snprintf(line, sizeof(line), "%s%llu: %s", unit[at->kind],
	    (unsigned long long)at->where, text);
	if (n > 0)
		put_error(t, line,
		    (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
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
	if (t->troubles <= TOLD || t->cli.verbose > 0)
		exch_cli_report(&t->cli, &own);
	else if (t->troubles == TOLD + 1)
		exch_cli_note(&t->cli,
		    "more malformed input is only counted (-v shows all)");
	return 0;
}

void
take_zone(void *arg, const char *name)
{
	struct tool *t = arg;

	if (t->said_zone[0] == '\0')
		snprintf(t->said_zone, sizeof(t->said_zone), "%s", name);
}

/* ---- delivering ---- */

/* Wait for the event's time, with everything before it written out. */
static int
keep_pace(struct tool *t, exch_ts at, struct exch_diag *d)
{
	int rc = 0;

	if (pace_ahead(&t->pace, at) == 0)
		return 0;
	if (t->replay != NULL)
		exch_replay_until(t->replay, at);
	rc = exch_writer_flush(t->w, d);
	if (rc == 0)
		pace_wait(&t->pace, at);
	return rc == 0 && exch_cli_signal != 0 ? EXCH_ERR_STOP : rc;
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

static int
deliver(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	return deliver_one(arg, r, d);
}

/* ---- the window ---- */

/*
 * A time of day belongs to the date given, or to that of the first event, in
 * the zone given, or in that of the input.
 */
static int
bound(struct tool *t, const char *text, const char *option, exch_ts first,
    exch_ts *out, struct exch_diag *d)
{
	uint64_t ns;
	uint32_t date = t->feed.date;
	const struct exch_tz *tz;
	int rc;

	if (text == NULL)
		return 0;
	if (exch_ts_parse(text, strlen(text), out) == 0)
		return 0;
	if (exch_tod_parse(text, strlen(text), &ns) != 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "%s: \"%s\" is neither HH:MM[:SS] nor a time like "
		    "2023-02-07T01:30:00Z",
		    option, text);
	rc = load_said(t, d);
	if (rc != 0)
		return rc;
	tz = t->tz_name != NULL || t->said == NULL ? t->tz : t->said;
	if (date == 0)
		date = local_date(tz, first);
	*out = exch_tz_local(tz, date, ns);
	return 0;
}

static int
window_open(struct tool *t, exch_ts first, struct exch_diag *d)
{
	int rc;

	t->from = 0;
	t->to = EXCH_TS_NONE;
	t->window_known = true;
	rc = bound(t, t->from_text, "--from", first, &t->from, d);
	if (rc == 0)
		rc = bound(t, t->to_text, "--to", first, &t->to, d);
	if (rc == 0 && t->to <= t->from)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--to %s is not after --from %s", t->to_text,
		    t->from_text != NULL ? t->from_text : "the beginning");
	return rc;
}

static int
before_window(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	if (!t->book) {
		t->before++;
		return 0;
	}
	if (t->snap == NULL)
		t->snap = snap_new();
	if (t->snap == NULL || snap_take(t->snap, r) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, t->in_name,
		    EXCH_POS_NONE, 0,
		    "out of memory for the orders displayed before --from");
	return 0;
}

/* 1: the record is outside the window. */
static int
windowed(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	int rc = 0;

	if (!t->window_known)
		rc = window_open(t, r->time, d);
	if (rc != 0)
		return rc;
	if (r->time >= t->to) {
		t->enough = true;
		return EXCH_ERR_STOP;
	}
	if (r->time < t->from) {
		rc = before_window(t, r, d);
		return rc != 0 ? rc : 1;
	}
	if (t->snap != NULL) {
		rc = snap_give(t->snap, deliver, t, d);
		snap_free(t->snap);
		t->snap = NULL;
	}
	return rc;
}

/* ---- the directory ---- */

/* Where an instrument of this input stands among those of all inputs. */
static uint32_t
our_number(const struct tool *t, const struct exch_rec_instrument *i)
{
	uint32_t id = exch_dir_symbol(
	    t->dir, i->symbol, strnlen(i->symbol, sizeof(i->symbol)));

	if (id != 0)
		return id;
	if (exch_dir_instrument(t->dir, i->h.instr) == NULL)
		return i->h.instr;
	return exch_dir_max(t->dir) + 1;
}

static int
map_set(struct map *m, uint32_t from, uint32_t to)
{
	if (from >= m->n) {
		uint32_t n = (from / 256 + 1) * 256;
		uint32_t *v;

		if (from == to)
			return 0;
		v = exch_realloc(m->to, n, sizeof(*v));
		if (v == NULL)
			return EXCH_ERR_NOMEM;
		memset(v + m->n, 0, (n - m->n) * sizeof(*v));
		m->to = v;
		m->n = n;
	}
	m->to[from] = to;
	return 0;
}

static inline uint32_t
mapped(const struct map *m, uint32_t from)
{
	return from < m->n && m->to[from] != 0 ? m->to[from] : from;
}

/* An INSTRUMENT: 0 passes, 1 is not wanted. */
static int
instrument(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);

	if (i == NULL || r->instr == 0 || r->instr > EXCH_INSTR_MAX)
		return exch_diag_set(d, EXCH_ERR_FORMAT, t->in_name,
		    EXCH_POS_NONE, 0, "a malformed INSTRUMENT record");
	if (pick_note(&t->pick, r->instr, i->symbol) != 0)
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
		rc = windowed(t, r, d);
		if (rc != 0)
			return rc;
	}
	if (t->taken == t->count) {
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

/*
 * An ACCOUNT of a stream: text inputs share one table of names, and a
 * stream's accounts are brought into it.  1: the name is known already.
 */
static int
account(struct tool *t, struct exch_rec_account *a, struct exch_diag *d)
{
	const char *name = (const char *)(a + 1);
	uint32_t number;
	bool known = exch_names_find(t->accounts, name, a->ntext, &number) == 0;
	int rc = known || a->ntext == 0
		     ? 0
		     : exch_names_add(t->accounts, name, a->ntext, &number);

	if (a->ntext == 0)
		return 0;
	if (rc == 0)
		rc = map_set(&t->account_map, a->id, number + 1);
	if (rc != 0)
		return no_memory(d);
	a->id = number + 1;
	return known;
}

/* Where a command names accounts; NULL: nowhere, or only once. */
static void
owners(struct exch_rec *r, uint32_t *owner[2])
{
	void *p = r;

	owner[0] = owner[1] = NULL;
	if (r->type == EXCH_REC_NEW && EXCH_REC_AS(r, exch_rec_new) != NULL) {
		owner[0] = &((struct exch_rec_new *)p)->account;
	} else if (r->type == EXCH_REC_REPLACE &&
		   EXCH_REC_AS(r, exch_rec_replace) != NULL) {
		owner[0] = &((struct exch_rec_replace *)p)->account;
	} else if (r->type == EXCH_REC_MASS_CANCEL &&
		   EXCH_REC_AS(r, exch_rec_mass_cancel) != NULL) {
		owner[0] = &((struct exch_rec_mass_cancel *)p)->account;
	} else if (r->type == EXCH_REC_QUOTE &&
		   EXCH_REC_AS(r, exch_rec_quote) != NULL) {
		owner[0] = &((struct exch_rec_quote *)p)->account;
	} else if (r->type == EXCH_REC_BLOCK &&
		   EXCH_REC_AS(r, exch_rec_block) != NULL) {
		owner[0] = &((struct exch_rec_block *)p)->buyer;
		owner[1] = &((struct exch_rec_block *)p)->seller;
	}
}

/* A copy of the record under the numbers its names have in the output. */
static int
renumber(struct tool *t, struct exch_rec *r, struct exch_diag *d)
{
	void *p = r;
	uint32_t *owner[2];

	r->instr = mapped(&t->instr_map, r->instr);
	if (t->kind != NULL)
		return 0; /* text inputs use our numbers of accounts */
	if (r->type == EXCH_REC_ACCOUNT) {
		struct exch_rec_account *a = p;

		if (exch_rec_len(r) < sizeof(*a) ||
		    a->ntext > exch_rec_len(r) - sizeof(*a))
			return 0;
		return account(t, a, d);
	}
	owners(r, owner);
	for (unsigned i = 0; i < 2 && owner[i] != NULL; i++)
		*owner[i] = mapped(&t->account_map, *owner[i]);
	return 0;
}

/* One of several inputs: its numbers are brought together with others'. */
static int
take_among(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *i =
	    EXCH_REC_AS(r, exch_rec_instrument);
	int rc;

	if (r->type == EXCH_REC_INSTRUMENT && i != NULL &&
	    r->instr <= EXCH_INSTR_MAX &&
	    map_set(&t->instr_map, r->instr, our_number(t, i)) != 0)
		return no_memory(d);
	if (t->scratch == NULL)
		t->scratch = exch_malloc(EXCH_REC_MAX);
	if (t->scratch == NULL || exch_rec_len(r) > EXCH_REC_MAX)
		return no_memory(d);
	memcpy(t->scratch, r, exch_rec_len(r));
	rc = renumber(t, t->scratch, d);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	return take_mapped(t, t->scratch, d);
}

int
take_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct tool *t = arg;

	return t->nops > 1 ? take_among(t, r, d) : take_mapped(t, r, d);
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
