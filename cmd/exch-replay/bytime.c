/*
 * --by-time: streams of several venues, or of parts of a market, as one.
 * The record that is next is that of the earliest time; of equal times, that
 * of the operand that was named first.  What a stream has after a later time
 * goes with that: the order of its own records stays, and those of one event
 * are not parted.
 *
 * Instruments and accounts are brought together by their names, as where
 * inputs are read one after the other (among.c); each stream has numbers of
 * its own until then.
 */
#include <config.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"

struct lane {
	struct operand *op;
	struct exch_reader *reader;
	const struct exch_rec *rec; /* next record; NULL: there is no more */
	exch_ts due;		    /* the latest of its times so far */
};

struct lanes {
	struct tool *t;
	struct lane *lane;
	unsigned n;
};

/* ---- lanes ---- */

/* The input that is told of, and whose numbers count. */
static void
turn_to(struct tool *t, struct lane *l)
{
	t->now = l->op;
	t->in = l->op->in;
	t->in_name = exch_in_name(t->in);
	/* What is there leaves before this one is waited for. */
	if (t->w != NULL)
		exch_cli_out_input(t->out, t->in);
}

/* One that is cut ends, and the others go on. */
static int
step(struct lanes *s, struct lane *l, struct exch_diag *d)
{
	struct tool *t = s->t;
	int n = exch_reader_next(l->reader, &l->rec, d);

	if (n > 0) {
		if (l->rec->time > l->due)
			l->due = l->rec->time;
		return 0;
	}
	l->rec = NULL;
	l->op->ended = true;
	if (n == 0)
		input_upstream_end(t, exch_reader_status(l->reader));
	if (n != EXCH_ERR_CUT)
		return n;
	exch_cli_report(&t->cli, d);
	exch_diag_clear(d);
	t->cut = true;
	return 0;
}

static int
open_one(
    struct lanes *s, struct operand *op, struct lane *l, struct exch_diag *d)
{
	struct tool *t = s->t;
	struct exch_reader_opts o = {.partial = t->cli.partial};
	int rc = 0;

	if (op->feed != NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, op->path, EXCH_POS_NONE,
		    0,
		    "only streams are brought together by time, and this is "
		    "%s: make one of it first, with exch-replay -o",
		    op->feed->name);
	if (op->in == NULL)
		rc = exch_cli_open(&t->cli, op->path, &op->in, d);
	l->op = op;
	if (rc == 0)
		rc = exch_reader_open(op->in, &o, &l->reader, d);
	if (rc == 0)
		input_stream(t, exch_reader_info(l->reader));
	return rc;
}

static int
open_all(struct lanes *s, struct exch_diag *d)
{
	struct tool *t = s->t;
	exch_ts start = EXCH_TS_NONE;
	int rc = 0;

	s->lane = exch_calloc(t->nops, sizeof(*s->lane));
	if (s->lane == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	s->n = t->nops;
	for (unsigned i = 0; i < s->n && rc == 0; i++)
		rc = open_one(s, &t->op[i], &s->lane[i], d);
	for (unsigned i = 0; i < s->n && rc == 0; i++) {
		struct lane *l = &s->lane[i];
		exch_ts at = exch_reader_info(l->reader)->start;

		if (at < start)
			start = at;
		turn_to(t, l);
		rc = step(s, l, d);
	}
	return rc == 0 ? take_begin(t, start != EXCH_TS_NONE ? start : 0, d)
		       : rc;
}

static void
close_all(struct lanes *s)
{
	exch_cli_out_input(s->t->out, NULL);
	for (unsigned i = 0; i < s->n; i++)
		exch_reader_close(s->lane[i].reader);
	exch_free(s->lane);
}

/* ---- the order ---- */

static bool
is_before(const struct lane *a, const struct lane *b)
{
	return a->due < b->due || (a->due == b->due && a < b);
}

/* The one whose record is next, and the one behind it; NULL: none. */
static struct lane *
first_of(struct lanes *s, const struct lane **second)
{
	struct lane *first = NULL;

	*second = NULL;
	for (unsigned i = 0; i < s->n; i++) {
		struct lane *l = &s->lane[i];

		if (l->rec == NULL)
			continue;
		if (first == NULL || is_before(l, first)) {
			*second = first;
			first = l;
		} else if (*second == NULL || is_before(l, *second)) {
			*second = l;
		}
	}
	return first;
}

/* All that one has before the next of another is due. */
static int
take_turn(struct lanes *s, struct lane *l, const struct lane *second,
    struct exch_diag *d)
{
	struct tool *t = s->t;
	int rc = 0;

	turn_to(t, l);
	while (rc == 0 && l->rec != NULL &&
	       (second == NULL || is_before(l, second))) {
		rc = input_absorb(t, l->rec, exch_reader_seq(l->reader), d);
		t->st.messages++;
		if (rc == 0)
			rc = step(s, l, d);
	}
	return rc;
}

int
bytime_run(struct tool *t, struct exch_diag *d)
{
	struct lanes s = {.t = t};
	const struct lane *second;
	struct lane *l;
	int rc = agree_files(t, d);

	if (rc == 0)
		rc = open_all(&s, d);
	while (rc == 0 && (l = first_of(&s, &second)) != NULL)
		rc = take_turn(&s, l, second, d);
	if (rc == EXCH_ERR_STOP && t->enough)
		rc = 0;
	close_all(&s);
	return rc;
}
