/*
 * Operands: what kind each is, found by its first bytes, and the reading of
 * one to its end.  All are looked at before the first is read, so that a
 * missing file or an unknown format is told before anything is written,
 * and so that the head of the stream can say what will be in it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"
#include "rec/parse.h"
#include "rec/schema.h"

/* Our own stream, binary or as text. */
static bool
is_stream(const unsigned char *p, size_t n)
{
	return (n >= 4 && memcmp(p, "XST1", 4) == 0) ||
	       exch_parse_is_text(p, n);
}

static int
recognise(struct tool *t, struct operand *op, struct exch_diag *d)
{
	struct exch_feed_opts o = t->feed;
	const unsigned char *p;
	size_t n;
	int rc = exch_feed_peek(op->in, &p, &n, d);

	if (rc != 0)
		return rc;
	if (n == 0)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(op->in),
		    EXCH_POS_NONE, 0, "the input is empty");
	if (o.as != NULL ? strcmp(o.as, "stream") == 0 : is_stream(p, n)) {
		op->feed = NULL;
		return merge_is_shard(op->in, &op->shard, d);
	}
	/* A column map is given for a header that nobody else knows. */
	if (o.as == NULL && o.columns != NULL)
		o.as = exch_feed_orders.name;
	return exch_feed_recognise(op->in, &o, &op->feed, d);
}

/* Of a feed: what that means for the records. */
static void
note_feed(struct tool *t, const struct operand *op)
{
	if (op->feed != NULL && op->feed->book) {
		t->hold = !t->raw;
		t->by_arrival |= !op->feed->ids_ascend;
	}
}

static int
survey_one(struct tool *t, struct operand *op, struct exch_diag *d)
{
	int rc = exch_cli_open(&t->cli, op->path, &op->in, d);

	if (rc == 0)
		rc = recognise(t, op, d);
	if (rc == 0)
		note_feed(t, op);
	/* A named file can be opened again: many need not stay open. */
	if (rc == 0 && t->nops > 1 && strcmp(op->path, "-") != 0 &&
	    exch_in_size(op->in) != 0) {
		exch_in_close(op->in);
		op->in = NULL;
	}
	return rc;
}

static void
survey_sniff(struct tool *t)
{
	t->op[0].path = t->sniff.interface;
	t->op[0].feed = &exch_feed_pcap;
	note_feed(t, &t->op[0]);
}

/* Of two feeds nobody knows yet whose orders tell by numbers which is older. */
static void
survey_live(struct tool *t)
{
	for (unsigned i = 0; i < t->nops; i++) {
		t->op[i].path = (i == 0 ? &t->join : &t->spare)->group[0].name;
		t->op[i].feed = &exch_feed_pcap;
		note_feed(t, &t->op[i]);
	}
	t->by_arrival |= t->nops > 1 && t->raw;
}

bool
input_is_live(const struct tool *t)
{
	return t->join.nlines > 0 || t->sniff.interface != NULL;
}

int
input_survey(struct tool *t, struct exch_diag *d)
{
	static char standard[] = "-";
	bool given = t->cli.noperands > 0;
	int rc = 0;

	t->nops = given ? (unsigned)t->cli.noperands : 1;
	t->nops += t->spare.nlines > 0;
	t->op = exch_calloc(t->nops, sizeof(*t->op));
	if (t->op == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	if (t->join.nlines > 0)
		survey_live(t);
	else if (t->sniff.interface != NULL)
		survey_sniff(t);
	for (unsigned i = 0; i < t->nops && rc == 0 && !input_is_live(t); i++) {
		t->op[i].path = given ? t->cli.operand[i] : standard;
		rc = survey_one(t, &t->op[i], d);
	}
	t->expect = t->hold && !t->no_expect;
	return rc;
}

static void
close_one(struct operand *op)
{
	map_clear(&op->instr);
	map_clear(&op->account);
	exch_in_close(op->in);
	op->in = NULL;
}

void
input_free(struct tool *t)
{
	exch_reader_close(t->copy);
	for (unsigned i = 0; t->op != NULL && i < t->nops; i++)
		close_one(&t->op[i]);
	exch_free(t->op);
}

/* ---- record streams ---- */

void
input_upstream_end(struct tool *t, enum exch_status s)
{
	struct exch_diag d = {0};

	if (s == EXCH_STATUS_COMPLETE ||
	    ((s == EXCH_STATUS_UNKNOWN || s == EXCH_STATUS_CONTINUED) &&
		t->cli.partial))
		return;
	t->cut = true;
	exch_diag_set(&d, EXCH_ERR_CUT, t->in_name, EXCH_POS_NONE, 0,
	    "the stream is complete only up to here: the tool before this "
	    "one %s",
	    s == EXCH_STATUS_SIGNAL	 ? "was stopped by a signal"
	    : s == EXCH_STATUS_ERROR	 ? "stopped on an error"
	    : s == EXCH_STATUS_CONTINUED ? "goes on in another part"
					 : "had incomplete input");
	exch_cli_report(&t->cli, &d);
}

/* One of several: the records become ours, under our sequence numbers. */
int
input_absorb(
    struct tool *t, const struct exch_rec *r, uint64_t seq, struct exch_diag *d)
{
	const struct exch_schema *s = exch_schema_of(r->type);
	char text[80];

	t->at = (struct exch_feed_at){.kind = EXCH_POS_RECORD, .where = seq};
	if (exch_rec_is_framing(r->type) ||
	    (t->no_expect && r->type == EXCH_REC_EXPECT))
		return 0;
	if (s == NULL || exch_rec_len(r) >= s->size)
		return take_record(t, r, d);
	snprintf(text, sizeof(text),
	    "a record of type %s is shorter than its fields", s->name);
	return take_trouble(t, &t->at, text, d);
}

/* Is nothing asked of any record of a stream that is copied? */
static bool
as_it_is(const struct tool *t)
{
	return t->pick.n == 0 && t->from_text == NULL && t->to_text == NULL &&
	       t->count == UINT64_MAX && t->pace.speed == 0 &&
	       !t->cli.unbuffered;
}

/* Blocks that can go on whole. */
static int
pass_blocks(struct tool *t, struct exch_reader *reader, struct exch_diag *d)
{
	uint64_t before = exch_reader_position(reader);
	int n, rc = 0;

	while (rc == 0 && (n = exch_writer_pass(t->w, reader, t->in, d)) != 0)
		rc = n < 0 ? n : exch_cli_look(t->out, d);
	t->st.messages += exch_reader_position(reader) - before;
	return rc;
}

static bool
says(const struct exch_stream_info *info, const char *line)
{
	return strstr(info->text, line) != NULL;
}

/* What --raw wrote, as if it came from the feed. */
static bool
as_feed(const struct tool *t, const struct exch_stream_info *info)
{
	return says(info, "raw=yes") && !t->raw;
}

void
input_stream(struct tool *t, const struct exch_stream_info *info)
{
	if (t->feed.date == 0)
		t->feed.date = info->date;
	if (as_feed(t, info) && t->w == NULL) {
		t->book = t->hold = true;
		t->by_arrival |= says(info, "places=arrival");
		t->expect = !t->no_expect;
	}
	if (says(info, "expect=yes") && !t->no_expect)
		t->expect = true;
}

static int
copy_stream(struct tool *t, struct exch_reader *reader, struct exch_diag *d)
{
	const struct exch_rec *r;
	const struct exch_stream_info *info = exch_reader_info(reader);
	/* The head of a copied stream could not stop promising EXPECT. */
	bool alone = t->nops == 1 && !t->no_expect && t->owners.n == 0 &&
		     t->venue == NULL && !as_feed(t, info);
	bool whole;
	int rc = 0, n;

	input_stream(t, info);
	if (alone) {
		t->copy = reader;
		rc = take_begin(t, info->start, d);
	}
	whole = alone && as_it_is(t);
	if (rc == 0)
		rc = seek_open(t, d);
	while (rc == 0) {
		if (whole && exch_reader_between(reader))
			rc = pass_blocks(t, reader, d);
		else if (t->seek != NULL && exch_reader_between(reader))
			rc = seek_on(t, reader, d);
		n = rc == 0 ? exch_reader_next(reader, &r, d) : rc;
		if (n == 0)
			break;
		if (n < 0)
			rc = n;
		else if (alone)
			rc = take_copy(t, r, exch_reader_seq(reader), d);
		else
			rc = input_absorb(t, r, exch_reader_seq(reader), d);
		t->st.messages += n > 0;
	}
	if (rc == 0)
		input_upstream_end(t, exch_reader_status(reader));
	return rc;
}

static int
read_stream(struct tool *t, struct exch_diag *d)
{
	struct exch_reader_opts o = {.partial = t->cli.partial};
	struct exch_reader *reader;
	int rc = exch_reader_open(t->in, &o, &reader, d);

	if (rc != 0)
		return rc;
	rc = copy_stream(t, reader, d);
	/* The writer refers to a copied one as long as it lives. */
	if (t->copy == NULL)
		exch_reader_close(reader);
	return rc;
}

/* ---- feeds ---- */

/*
 * Whether the decoder may run ahead.  Where the run ends at a record, or
 * waits for each, it may not: what is decoded must be what is counted.
 */
static bool
may_run_ahead(const struct tool *t)
{
	return t->count == UINT64_MAX && t->to_text == NULL &&
	       t->pace.speed == 0 && !t->cli.unbuffered;
}

struct exch_feed_sink
input_sink(struct tool *t)
{
	struct exch_feed_sink sink = {.arg = t,
	    .record = take_record,
	    .trouble = take_trouble,
	    .zone = take_zone,
	    .by_arrival = take_by_arrival,
	    .commands = take_commands};

	if (may_run_ahead(t))
		sink.run = take_run;
	return sink;
}

static int
read_feed(struct tool *t, struct exch_diag *d)
{
	struct exch_feed_opts o = t->feed;
	struct exch_feed_sink sink = input_sink(t);

	o.known = t->dir;
	o.accounts = t->accounts;
	o.first_order = t->highest + 1;
	if (t->pick.n == 1)
		o.symbol = t->pick.symbol[0];
	return t->kind->run(t->in, &o, &sink, &t->st, d);
}

int
input_run(struct tool *t, struct operand *op, struct exch_diag *d)
{
	int rc = 0;

	if (t->join.nlines > 0) /* a second one is read beside the first */
		return op == t->op ? live_run(t, d) : 0;
	if (t->sniff.interface != NULL)
		return sniff_run(t, d);
	if (op->in == NULL)
		rc = exch_cli_open(&t->cli, op->path, &op->in, d);
	if (rc != 0)
		return rc;
	t->now = op;
	t->at = (struct exch_feed_at){0};
	t->in = op->in;
	t->in_name = exch_in_name(op->in);
	t->kind = op->feed;
	t->book = op->feed != NULL && op->feed->book;
	if (t->w != NULL)
		exch_cli_out_input(t->out, op->in);
	rc = op->feed == NULL ? read_stream(t, d) : read_feed(t, d);
	op->ended = true;
	/* The last one stays: the end of the run may still look at it. */
	if (t->w != NULL && op != &t->op[t->nops - 1]) {
		exch_cli_out_input(t->out, NULL);
		close_one(op);
	}
	return rc;
}
