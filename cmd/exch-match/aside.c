/*
 * A run with a card: what the engine makes of a record waits beside it until
 * the card has said what is due, and follows the record into the output
 * then.  So many commands are on their way to the card and back, and of one
 * that fails no result is released.
 *
 *	rec    | record | record | record |          as they came
 *	draft  | results of 1 | of 2 |  of 3 |       ^ before   * behind it
 *	        ^^^^*****^*****
 *
 * What an order's record causes before it stands there, as of the clock, is
 * put before it.  With --engine both a software engine is given the same
 * records and has to make the same results of each, byte for byte.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-match/tool.h"

/* Records that wait, and bytes of their results, at most. */
#define MOST 512u
#define MOST_BYTES ((size_t)1 << 18)

struct held {
	size_t begin;  /* of what it causes, in the draft */
	size_t before; /* the record goes here */
	size_t rec;    /* its bytes, n; 0: there is none */
	size_t n;
	uint64_t seq;
	uint64_t kept; /* records in the spool with this one */
};

struct match_aside {
	struct exch_writer *out;
	struct exch_writer *draft;
	struct exch_match *soft; /* of --engine both; else NULL */
	struct exch_writer *soft_draft;
	size_t same; /* bytes of both that were compared */
	size_t seen; /* bytes that the gate has seen */
	struct held held[MOST];
	unsigned n;
	struct exch_buf rec;
	struct match_spool spool;
	bool dead; /* told, and nothing follows */
	struct exch_diag why;
};

static struct match_results
results_of(const struct exch_writer *draft, size_t from, size_t to)
{
	const unsigned char *p;
	size_t n = exch_writer_drafted(draft, &p);

	if (to > n)
		to = n;
	return (struct match_results){p + from, from < to ? to - from : 0};
}

/* ---- into the output ---- */

/* The first n that wait, with their results. */
static void
put(struct match_aside *a, unsigned n)
{
	const unsigned char *p;
	size_t all = exch_writer_drafted(a->draft, &p);
	size_t at = 0, end = n < a->n ? a->held[n].begin : all;

	for (unsigned i = 0; i < n; i++) {
		const struct held *h = &a->held[i];

		exch_writer_adopt(a->out, p + at, h->before - at);
		at = h->before;
		if (h->n != 0)
			exch_writer_copy(
			    a->out, (const void *)(a->rec.p + h->rec), h->seq);
	}
	exch_writer_adopt(a->out, p + at, end - at);
}

static void
clear(struct match_aside *a)
{
	exch_writer_draft_clear(a->draft);
	if (a->soft != NULL)
		exch_writer_draft_clear(a->soft_draft);
	a->n = 0;
	a->rec.len = 0;
	a->same = a->seen = 0;
}

/* The engines differ at the k-th that waits; `why` of the card, or NULL. */
static void
differ(struct run *r, unsigned k, const char *why)
{
	struct match_aside *a = r->aside;
	const struct held *h = &a->held[k];
	size_t to = k + 1 < a->n ? a->held[k + 1].begin : SIZE_MAX;
	struct match_differs x = {
	    .rec = h->n != 0 ? (const void *)(a->rec.p + h->rec) : NULL,
	    .seq = h->seq,
	    .n = h->kept,
	    .soft = results_of(a->soft_draft, h->begin, to),
	    .card = results_of(a->draft, h->begin, to),
	    .why = why};

	match_differ(r, &a->spool, &x, a->out);
}

/* Nothing follows what failed at the k-th that waits. */
static int
die(struct run *r, unsigned k, const struct exch_diag *d)
{
	struct match_aside *a = r->aside;

	put(a, k);
	a->dead = true;
	a->why = *d;
	clear(a);
	return d->code;
}

int
match_aside_settle(struct run *r, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	uint64_t label = 0;
	int err;

	if (a->dead) {
		*d = a->why;
		return d->code;
	}
	err = exch_match_settle(r->engine, &label, d);
	if (err == 0)
		err = exch_writer_error(a->draft, d);
	if (err == 0) {
		put(a, a->n);
		clear(a);
		return 0;
	}
	if (a->soft != NULL && err == EXCH_ERR_IO && label < a->n)
		differ(r, (unsigned)label, d->text);
	return die(r, label < a->n ? (unsigned)label : a->n, d);
}

/* ---- into the engines ---- */

/*
 * The last that waits has failed, unless one before it has: what is told is
 * the first.
 */
static int
fail(struct run *r, int err, struct exch_diag *d)
{
	struct exch_diag first = {0};
	uint64_t label = 0;

	if (err == EXCH_ERR_STOP)
		return err;
	if (exch_match_settle(r->engine, &label, &first) != 0 &&
	    label < r->aside->n) {
		*d = (struct exch_diag){0};
		return match_aside_settle(r, d);
	}
	return die(r, r->aside->n - 1, d);
}

/* Both engines have done something: did they make the same of it? */
static int
compare(struct run *r, int err, int soft, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	const struct held *h = &a->held[a->n - 1];
	const struct exch_rec *rec = (const void *)(a->rec.p + h->rec);
	struct exch_diag own = {0};
	struct match_results x, y;
	uint64_t label;

	if (a->soft == NULL || err == EXCH_ERR_STOP || soft == EXCH_ERR_STOP)
		return err != 0 ? err : soft;
	x = results_of(a->draft, a->same, SIZE_MAX);
	y = results_of(a->soft_draft, a->same, SIZE_MAX);
	if (err == soft && x.n == y.n && memcmp(x.p, y.p, x.n) == 0) {
		a->same += x.n;
		return err;
	}
	if (err != soft && (err == EXCH_ERR_NEED || err == EXCH_ERR_NOMEM))
		return err; /* what only a card has too little of */
	/* One before it may have failed, and the card alone knows. */
	if (exch_match_settle(r->engine, &label, &own) != 0)
		return fail(r, EXCH_ERR_IO, d);
	differ(r, a->n - 1, NULL);
	*d = (struct exch_diag){0};
	return exch_diag_set(d, EXCH_ERR_IO, NULL, EXCH_POS_NONE, 0,
	    "the engines differ at record %llu of source %u",
	    (unsigned long long)h->seq, h->n != 0 ? rec->source : 0);
}

/* What the engine has said is shown to the gate, if there is one. */
static int
look(struct run *r, int err, struct exch_diag *d)
{
	if (err != 0 || r->gate.gate == NULL)
		return err;
	return match_gate_look(r, r->aside->draft, &r->aside->seen, d);
}

static int
advance(struct run *r, exch_ts time, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	struct exch_diag other = {0};
	int err = exch_match_advance(r->engine, time, d);

	err = compare(r, err,
	    a->soft != NULL ? exch_match_advance(a->soft, time, &other) : 0, d);
	return look(r, err, d);
}

int
match_aside_apply(
    struct run *r, const struct exch_rec *rec, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	struct exch_diag other = {0};
	int err = exch_match_apply(r->engine, rec, d);

	err = compare(r, err,
	    a->soft != NULL ? exch_match_apply(a->soft, rec, &other) : 0, d);
	return look(r, err, d);
}

/* A verdict stands before the record, and the engine has it first. */
static int
judge(struct run *r, const struct exch_rec *rec, struct exch_diag *d)
{
	struct exch_rec_risk no;
	int err;

	if (r->gate.gate == NULL)
		return 0;
	err = match_gate_judge(r, rec, r->aside->draft, &no, d);
	return err == 0 && no.rule != EXCH_RULE_NONE
		   ? match_aside_apply(r, &no.h, d)
		   : err;
}

/* What the gate gives by itself stands among the results. */
static int
give(struct run *r, struct exch_diag *d)
{
	const struct exch_rec *own;
	struct exch_rec_risk no;
	int err = 0, got = 0;

	while (err == 0 && r->gate.gate != NULL &&
	       (got = match_gate_own(r, r->aside->draft, &own, &no, d)) > 0) {
		if (no.rule != EXCH_RULE_NONE)
			err = match_aside_apply(r, &no.h, d);
		if (err == 0)
			err = match_aside_apply(r, own, d);
	}
	return got < 0 ? got : err;
}

/* One more waits; what is asked of the card is for it. */
static int
begin(struct run *r, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	size_t now = results_of(a->draft, 0, SIZE_MAX).n;
	int err = 0;

	if (a->n == MOST || now > MOST_BYTES || a->dead)
		err = match_aside_settle(r, d);
	if (err != 0)
		return err;
	now = results_of(a->draft, 0, SIZE_MAX).n;
	a->held[a->n++] =
	    (struct held){.begin = now, .before = now, .kept = a->spool.n};
	exch_match_label(r->engine, a->n - 1);
	return 0;
}

/* The record of the last that waits. */
static int
keep(struct match_aside *a, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d)
{
	struct held *h = &a->held[a->n - 1];

	h->rec = a->rec.len;
	h->n = exch_rec_len(rec);
	h->seq = seq;
	exch_buf_add(&a->rec, rec, h->n);
	if (!a->rec.failed)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for commands");
}

/* What an engine's answer to a record may be besides its results. */
static int
after(struct run *r, const struct exch_rec *rec, uint64_t seq, int err,
    struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	struct exch_diag own = {0};
	int n;

	if (err == EXCH_ERR_FORMAT && !a->dead) {
		n = match_aside_settle(r, &own);
		if (n == 0)
			return match_bad_content(r, rec, seq, a->out, d);
		*d = own;
		return n;
	}
	if (err != 0)
		return a->dead ? err : fail(r, err, d);
	if (rec->type != EXCH_REC_INSTRUMENT)
		return 0;
	if (exch_match_stats(r->engine)->refused == r->refused)
		return judge(r, rec, d);
	err = match_aside_settle(r, d);
	return err != 0 ? err : match_instrument_refused(r, rec, seq, d);
}

/* What is no command may be a matcher's. */
static int
take_old(
    struct run *r, const struct exch_rec *rec, bool *done, struct exch_diag *d)
{
	int err = match_aside_settle(r, d);

	if (err == 0)
		err = begin(r, d);
	if (err == 0)
		*done = match_take_old(r, rec, r->aside->out, d, &err);
	return err;
}

int
match_aside_record(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	bool old = rec->type >= EXCH_REC_ACK, done = false;
	int err;

	if (match_gate_gave(r, rec))
		return 0;
	err = begin(r, d);
	if (err != 0)
		return err;
	if (a->soft != NULL) {
		match_spool_add(r, &a->spool, rec, seq);
		a->held[a->n - 1].kept = a->spool.n;
	}
	if (rec->type <= EXCH_REC_ACCOUNT)
		match_note_other(r, rec);
	if (!old)
		err = keep(a, rec, seq, d);
	if (err == 0)
		err = advance(r, rec->time, d);
	if (err == 0 && !old && rec->type != EXCH_REC_INSTRUMENT)
		err = judge(r, rec, d);
	if (err != 0)
		return a->dead ? err : fail(r, err, d);
	a->held[a->n - 1].before = results_of(a->draft, 0, SIZE_MAX).n;
	if (old) {
		err = take_old(r, rec, &done, d);
		if (err == 0 && !done)
			err = keep(a, rec, seq, d);
		if (err == 0 && !done)
			err = judge(r, rec, d);
		if (err != 0 || done)
			return err;
		/* What people decide at a gate is judged, too. */
		a->held[a->n - 1].before = results_of(a->draft, 0, SIZE_MAX).n;
	}
	err = after(r, rec, seq, match_aside_apply(r, rec, d), d);
	return err == 0 ? give(r, d) : err;
}

/* ---- life ---- */

/* The same results, and yet another state. */
static int
compare_states(struct run *r, struct exch_diag *d)
{
	struct match_aside *a = r->aside;

	if (a->soft == NULL ||
	    exch_match_hash(r->engine) == exch_match_hash(a->soft))
		return 0;
	differ(r, a->n - 1, "another state");
	return exch_diag_set(d, EXCH_ERR_IO, NULL, EXCH_POS_NONE, 0,
	    "the engines made the same results and have different states");
}

int
match_aside_finish(struct run *r, struct exch_diag *d)
{
	struct match_aside *a = r->aside;
	struct exch_diag other = {0};
	int err = begin(r, d);

	if (err == 0)
		err = advance(r, EXCH_TS_NONE, d);
	if (err == 0) {
		err = exch_match_finish(r->engine, d);
		err = compare(r, err,
		    a->soft != NULL ? exch_match_finish(a->soft, &other) : 0,
		    d);
	}
	if (err == 0)
		err = compare_states(r, d);
	if (err != 0)
		return a->dead ? err : fail(r, err, d);
	return match_aside_settle(r, d);
}

int
match_aside_start(struct run *r, const struct exch_stream_info *info,
    struct exch_writer *out, struct exch_diag *d)
{
	struct match_aside *a = exch_calloc(1, sizeof(*a));
	struct exch_match_opts o = r->match;
	int err;

	r->aside = a;
	if (a == NULL)
		goto nomem;
	a->out = out;
	if (exch_writer_draft(out, &a->draft) != 0)
		goto nomem;
	err = exch_match_new(&r->match, a->draft, &r->engine, d);
	if (err != 0 || !r->card.both)
		return err;
	if (exch_writer_draft(out, &a->soft_draft) != 0)
		goto nomem;
	o.card = NULL;
	a->spool.info = *info;
	match_spool_open(r, &a->spool);
	return exch_match_new(&o, a->soft_draft, &a->soft, d);
nomem:
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for results that wait");
}

void
match_aside_free(struct run *r)
{
	struct match_aside *a = r->aside;

	r->aside = NULL;
	if (a == NULL)
		return;
	exch_match_free(a->soft);
	exch_writer_free(a->draft);
	exch_writer_free(a->soft_draft);
	match_spool_close(&a->spool);
	exch_buf_free(&a->rec);
	exch_free(a);
}
