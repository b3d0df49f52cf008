/*
 * The shards of one run of exch-match, merged: all have the input's records,
 * each has the events of its own instruments.  Where several have events
 * behind one record, PART records say which comes first (match/part.h,
 * exch-match(1), SHARDS).  What comes out is what one process writes.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "exch-replay/tool.h"
#include "rec/frame.h"

#define SHARDS_MAX 64u

/* One shard's output. */
struct lane {
	const char *name;
	struct exch_in *in;
	struct exch_reader *reader;
	const struct exch_rec *rec; /* next record; NULL: there is no more */
	uint64_t seq;
	uint32_t no; /* of it, from 1 */
};

struct merge {
	struct tool *t;
	struct lane lane[SHARDS_MAX]; /* by number */
	uint32_t n;
	uint8_t source; /* of exch-match */
	struct exch_stream_info info;
	uint64_t next;	 /* number of the next event */
	bool said[256];	 /* types of events that were described */
	bool introduced; /* exch-match itself was */
	/*
	 * The last event of a step that all shards take: which one is its last
	 * is known when the step is over.
	 */
	struct exch_rec *held; /* EXCH_REC_MAX bytes */
	bool holds;
};

/* ---- who is who ---- */

/* The line "shard=2/3:..." of a header, or NULL. */
static const char *
line_of(const struct exch_stream_info *info)
{
	const char *p = info->text;

	while (*p != '\0' && strncmp(p, "shard=", 6) != 0) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return *p != '\0' ? p : NULL;
}

/* What it says: the number, how many, and the rest of it. */
static const char *
shard_line(const struct exch_stream_info *info, uint32_t *no, uint32_t *of)
{
	const char *p = line_of(info);
	char *end;

	if (p == NULL)
		return NULL;
	*no = (uint32_t)strtoul(p + 6, &end, 10);
	if (*end != '/')
		return NULL;
	*of = (uint32_t)strtoul(end + 1, &end, 10);
	if (*no < 1 || *no > *of || *of > SHARDS_MAX)
		return NULL;
	return end;
}

static bool
has_line(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i + 6 <= n; i++)
		if (memcmp(p + i, "shard=", 6) == 0)
			return true;
	return false;
}

/* The line stands in the header: a block, or the first line of a text. */
int
merge_is_shard(struct exch_in *in, bool *shard, struct exch_diag *d)
{
	const unsigned char *p;
	size_t n, text;
	int rc = exch_in_peek(in, &p, EXCH_FRAME_HEAD, &n, d);

	*shard = false;
	if (rc != 0 || n < EXCH_FRAME_HEAD)
		return rc;
	if (memcmp(p, "XST1", 4) == 0) {
		text = EXCH_FRAME_HEAD + exch_le32(p + 8);
		rc = exch_in_peek(in, &p, text, &n, d);
		*shard = rc == 0 && has_line(p, n);
		return rc;
	}
	/* As much of it as was looked at to see what it is. */
	rc = exch_feed_peek(in, &p, &n, d);
	*shard = rc == 0 && has_line(p, n);
	return rc;
}

/* The header without its line. */
static void
whole_header(struct exch_stream_info *info)
{
	const char *line = line_of(info);
	char *p;
	size_t n;

	if (line == NULL)
		return;
	p = info->text + (line - info->text);
	n = strcspn(p, "\n");
	n += p[n] == '\n';
	memmove(p, p + n, strlen(p + n) + 1);
}

static int
refuse(const struct lane *l, const char *why, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, l->name, EXCH_POS_NONE, 0, "%s", why);
}

/* Is it a shard of the same run as the first one? */
static int
place(struct merge *m, const struct lane *l, struct exch_diag *d)
{
	const struct exch_stream_info *info = exch_reader_info(l->reader);
	const struct exch_stream_info *first;
	uint32_t no = 0, of = 0, no1, of1;
	const char *rest = shard_line(info, &no, &of);
	const char *rest1;

	if (rest == NULL)
		return refuse(l,
		    "no shard: those of exch-match --shard are "
		    "merged with each other only",
		    d);
	if (m->n == 0) {
		m->info = *info;
		m->source = info->source;
		m->n = of;
	}
	first = &m->info;
	rest1 = shard_line(first, &no1, &of1);
	if (of != of1 || memcmp(info->id, first->id, sizeof(info->id)) != 0 ||
	    info->source != first->source ||
	    strncmp(rest, rest1, strcspn(rest, "\n")) != 0)
		return refuse(l,
		    "a shard of another run: the input, the "
		    "options or the shares differ",
		    d);
	if (m->lane[no - 1].reader != NULL)
		return refuse(l, "this shard is there already", d);
	m->lane[no - 1] = *l;
	m->lane[no - 1].no = no;
	return 0;
}

static int
open_lanes(struct merge *m, struct exch_diag *d)
{
	struct tool *t = m->t;
	struct exch_reader_opts o = {.partial = t->cli.partial};
	int rc = 0;

	for (unsigned i = 0; i < t->nops && rc == 0; i++) {
		struct operand *op = &t->op[i];
		struct lane l = {.name = op->path};

		if (op->in == NULL)
			rc = exch_cli_open(&t->cli, op->path, &op->in, d);
		l.in = op->in;
		if (rc == 0)
			rc = exch_reader_open(l.in, &o, &l.reader, d);
		if (rc == 0)
			rc = place(m, &l, d);
		if (rc != 0)
			exch_reader_close(l.reader);
	}
	for (uint32_t i = 0; i < m->n && rc == 0; i++)
		if (m->lane[i].reader == NULL)
			rc = exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0,
			    "shard %u of %u is missing: all of them are merged "
			    "at once",
			    i + 1, m->n);
	return rc;
}

/* ---- reading ---- */

static int
step(struct merge *m, struct lane *l, struct exch_diag *d)
{
	int n = exch_reader_next(l->reader, &l->rec, d);

	(void)m;
	if (n <= 0)
		l->rec = NULL;
	else
		l->seq = exch_reader_seq(l->reader);
	return n < 0 ? n : 0;
}

static bool
is_own(const struct merge *m, const struct lane *l)
{
	return l->rec != NULL && l->rec->source == m->source;
}

/* The PART record that comes next, or NULL. */
static const struct exch_rec_part *
part_of(const struct merge *m, const struct lane *l)
{
	return is_own(m, l) && l->rec->type == EXCH_REC_PART
		   ? EXCH_REC_AS(l->rec, exch_rec_part)
		   : NULL;
}

/* ---- writing ---- */

static void
put(struct merge *m, const struct exch_rec *r)
{
	exch_writer_copy(
	    m->t->w, r, exch_rec_is_framing(r->type) ? 0 : m->next++);
}

static void
let_go(struct merge *m, bool last)
{
	if (!m->holds)
		return;
	m->held->flags = (uint8_t)(m->held->flags & ~EXCH_F_LAST);
	if (last)
		m->held->flags |= EXCH_F_LAST;
	put(m, m->held);
	m->holds = false;
}

static void
hold(struct merge *m, const struct exch_rec *r)
{
	let_go(m, false);
	memcpy(m->held, r, exch_rec_len(r));
	m->holds = true;
}

/* Descriptions of types and of exch-match: once, whoever says them. */
static void
put_framing(struct merge *m, const struct exch_rec *r)
{
	const struct exch_rec_schema *s =
	    r->type == EXCH_REC_SCHEMA ? EXCH_REC_AS_LONG(r, exch_rec_schema)
				       : NULL;
	bool *said = r->type == EXCH_REC_SOURCE ? &m->introduced
		     : s != NULL		? &m->said[s->rtype]
						: NULL;

	if (said != NULL && *said)
		return;
	if (said != NULL)
		*said = true;
	if (s != NULL && s->rtype == EXCH_REC_PART)
		return;
	/* Another event follows: what is held is not the last. */
	let_go(m, false);
	put(m, r);
}

/* Events up to the next PART or record of the input. */
static int
put_events(struct merge *m, struct lane *l, bool shared, exch_ts time,
    struct exch_diag *d)
{
	int rc = 0;

	while (rc == 0 && is_own(m, l) && part_of(m, l) == NULL) {
		const struct exch_rec *r = l->rec;

		if (exch_rec_is_framing(r->type)) {
			put_framing(m, r);
		} else if (shared || time != 0) {
			hold(m, r);
			if (time != 0) {
				bool last = (r->flags & EXCH_F_LAST) != 0;

				m->held->time = time;
				let_go(m, last);
			}
		} else {
			put(m, r);
		}
		rc = step(m, l, d);
	}
	return rc;
}

/* ---- the order of events ---- */

static int
compare(const struct exch_rec_part *a, const struct exch_rec_part *b)
{
#define BY(x, y)                                                               \
	if ((x) != (y))                                                        \
	return (x) < (y) ? -1 : 1
	BY(a->due == 0 ? 0 : 1, b->due == 0 ? 0 : 1);
	BY(a->due, b->due);
	BY(a->step, b->step);
	BY(a->unit, b->unit);
	BY(a->section, b->section);
	BY(a->gen, b->gen);
	BY(a->h.instr, b->h.instr);
#undef BY
	return 0;
}

static bool
same_step(const struct exch_rec_part *a, const struct exch_rec_part *b)
{
	return a->due == b->due && a->step == b->step && a->unit == b->unit;
}

static struct lane *
first_part(struct merge *m)
{
	struct lane *first = NULL;

	for (uint32_t i = 0; i < m->n; i++) {
		const struct exch_rec_part *p = part_of(m, &m->lane[i]);

		if (p != NULL &&
		    (first == NULL || compare(p, part_of(m, first)) < 0))
			first = &m->lane[i];
	}
	return first;
}

/* Sections all shards say alike: COMMON, and DONE with its counts. */
static bool
is_common(const struct exch_rec_part *p)
{
	return p->shared && p->section % 2 == 0 && p->section <= 2;
}

/* The other shards' word for what one said: it is passed over. */
static int
pass_common(
    struct merge *m, struct lane *l, uint64_t *count, struct exch_diag *d)
{
	int rc = step(m, l, d);

	while (rc == 0 && is_own(m, l) && part_of(m, l) == NULL) {
		const struct exch_rec_mass_done *done =
		    l->rec->type == EXCH_REC_MASS_DONE
			? EXCH_REC_AS(l->rec, exch_rec_mass_done)
			: NULL;

		if (exch_rec_is_framing(l->rec->type))
			put_framing(m, l->rec);
		if (done != NULL)
			*count += done->count;
		rc = step(m, l, d);
	}
	return rc;
}

static int
put_common(struct merge *m, const struct exch_rec_part *at, struct lane *l,
    struct exch_diag *d)
{
	uint64_t count = 0;
	int rc = step(m, l, d);

	if (rc == 0)
		rc = put_events(m, l, true, 0, d);
	for (uint32_t i = 0; i < m->n && rc == 0; i++) {
		struct lane *o = &m->lane[i];
		const struct exch_rec_part *p = part_of(m, o);

		if (p != NULL && compare(p, at) == 0)
			rc = pass_common(m, o, &count, d);
	}
	if (m->holds && m->held->type == EXCH_REC_MASS_DONE)
		((struct exch_rec_mass_done *)(void *)m->held)->count += count;
	return rc;
}

/* At the end of the input everybody has the time of the latest. */
static exch_ts
end_time(const struct merge *m, const struct exch_rec_part *at)
{
	exch_ts time = 0;

	if (at->step != EXCH_PART_END)
		return 0;
	for (uint32_t i = 0; i < m->n; i++) {
		const struct exch_rec_part *p = part_of(m, &m->lane[i]);

		if (p != NULL && p->h.time > time)
			time = p->h.time;
	}
	return time;
}

/* Everything that stands behind PART records, before the next input. */
static int
put_parts(struct merge *m, struct exch_diag *d)
{
	struct exch_rec_part now = {.step = UINT8_MAX};
	exch_ts end = 0;
	struct lane *l;
	int rc = 0;

	while (rc == 0 && (l = first_part(m)) != NULL) {
		struct exch_rec_part at = *part_of(m, l);

		if (!same_step(&at, &now))
			let_go(m, true);
		now = at;
		if (end == 0)
			end = end_time(m, &at);
		if (is_common(&at)) {
			rc = put_common(m, &at, l, d);
			continue;
		}
		rc = step(m, l, d);
		if (rc == 0)
			rc = put_events(m, l, at.shared, end, d);
	}
	let_go(m, true);
	return rc;
}

/* What one of the shards says to the record before. */
static int
put_answer(struct merge *m, struct exch_diag *d)
{
	const struct lane *who = NULL;
	int rc = 0;

	for (uint32_t i = 0; i < m->n && rc == 0; i++) {
		struct lane *l = &m->lane[i];

		while (rc == 0 && is_own(m, l) &&
		       exch_rec_is_framing(l->rec->type)) {
			put_framing(m, l->rec);
			rc = step(m, l, d);
		}
		if (rc != 0 || !is_own(m, l) || part_of(m, l) != NULL)
			continue;
		if (who != NULL)
			return refuse(
			    l, "two shards answer the same record", d);
		who = l;
		rc = put_events(m, l, false, 0, d);
	}
	return rc;
}

static bool
is_whole(const struct lane *l)
{
	return exch_reader_status(l->reader) == EXCH_STATUS_COMPLETE;
}

/* The next record of the input, which all have; false: there is none. */
static int
put_input(struct merge *m, bool *more, struct exch_diag *d)
{
	const struct lane *a = &m->lane[0];
	int rc = 0;

	*more = a->rec != NULL;
	for (uint32_t i = 1; i < m->n; i++) {
		const struct lane *l = &m->lane[i];

		/* One that ends early: the others go as far as it does. */
		*more &= l->rec != NULL;
		if ((a->rec == NULL) != (l->rec == NULL) &&
		    is_whole(a->rec == NULL ? a : l))
			return refuse(a->rec == NULL ? a : l,
			    "its input ends before that of the other shards",
			    d);
		if (a->rec != NULL && l->rec != NULL &&
		    (a->seq != l->seq ||
			exch_rec_len(a->rec) != exch_rec_len(l->rec) ||
			memcmp(a->rec, l->rec, exch_rec_len(a->rec)) != 0))
			return refuse(l,
			    "its input is not that of the other "
			    "shards",
			    d);
	}
	if (!*more)
		return 0;
	exch_writer_copy(m->t->w, a->rec, a->seq);
	for (uint32_t i = 0; i < m->n && rc == 0; i++)
		rc = step(m, &m->lane[i], d);
	return rc;
}

/* ---- the whole ---- */

static int
merge_all(struct merge *m, struct exch_diag *d)
{
	bool more = true;
	int rc = 0;

	for (uint32_t i = 0; i < m->n && rc == 0; i++)
		rc = step(m, &m->lane[i], d);
	while (rc == 0 && more) {
		rc = put_answer(m, d);
		if (rc == 0)
			rc = put_parts(m, d);
		if (rc == 0)
			rc = put_input(m, &more, d);
		if (rc == 0)
			rc = exch_cli_tick(m->t->out, d);
	}
	return rc;
}

static void
tell_ends(struct merge *m)
{
	for (uint32_t i = 0; i < m->n; i++) {
		m->t->in_name = m->lane[i].name;
		input_upstream_end(m->t, exch_reader_status(m->lane[i].reader));
	}
}

static int
open_writer(struct merge *m, struct exch_diag *d)
{
	struct exch_writer_opts o = {0};

	whole_header(&m->info);
	o.copy_of = &m->info;
	m->next = 1;
	m->held = exch_malloc(EXCH_REC_MAX);
	if (m->held == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	return exch_cli_writer(
	    &m->t->cli, m->t->out, m->lane[0].in, &o, &m->t->w, d);
}

int
merge_run(struct tool *t, struct exch_diag *d)
{
	struct merge m = {.t = t};
	int rc = open_lanes(&m, d);

	if (rc == 0)
		rc = open_writer(&m, d);
	if (rc == 0)
		rc = merge_all(&m, d);
	if (rc == EXCH_ERR_CUT) {
		exch_cli_report(&t->cli, d);
		exch_diag_clear(d);
		t->cut = true;
		rc = 0;
	} else if (rc == 0) {
		tell_ends(&m);
	}
	exch_cli_out_input(t->out, NULL);
	for (uint32_t i = 0; i < SHARDS_MAX; i++)
		exch_reader_close(m.lane[i].reader);
	exch_free(m.held);
	return rc;
}
