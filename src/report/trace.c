/* exch-report trace: all that was said of one order (trace.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "base/keyed.h"
#include "rec/schema.h"
#include "rec/view.h"
#include "report/reports.h"
#include "report/trace.h"
#include "report/tracked.h"

static const struct exch_col cols[] = {
    {"life", EXCH_COL_NUM, 4},
    {"seq", EXCH_COL_ID, 8},
    {"source", EXCH_COL_NUM, 6},
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"record", EXCH_COL_TEXT, 10},
    {"relation", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 8},
    {"account", EXCH_COL_TEXT, 8},
    {"status", EXCH_COL_TEXT, 16},
    {"filled", EXCH_COL_NUM, 8},
    {"leaves", EXCH_COL_NUM, 8},
    {"match", EXCH_COL_ID, 8},
    {"said", EXCH_COL_TEXT, 20},
};

/* People get the words, and what is left. */
static const struct exch_col people[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 8},
    {"status", EXCH_COL_TEXT, 16},
    {"filled", EXCH_COL_NUM, 8},
    {"leaves", EXCH_COL_NUM, 8},
    {"record", EXCH_COL_TEXT, 10},
    {"said", EXCH_COL_TEXT, 20},
};

/* What an order was behind a record. */
struct after {
	exch_oid order;
	exch_qty filled;
	exch_qty leaves; /* EXCH_QTY_NONE: it is not there */
	uint32_t account;
	uint8_t status; /* enum exch_life_state */
	uint8_t zero[3];
};

/* The records of a live order, each behind what it was behind it. */
struct kept {
	uint64_t seq;
	struct after after;
};

struct trail {
	struct exch_key key; /* place and id */
	unsigned char *p;
	size_t n, cap;
};

/* One of the orders that are asked for. */
struct mine {
	struct exch_key key;
};

/* A trade of theirs: place << 8 | who numbered it, and its number. */
struct traded {
	struct exch_key key;
	exch_oid order;
	uint64_t account;
};

struct trace {
	struct exch_tracked tracked;
	struct exch_view *view;
	struct exch_writer_opts form;
	struct exch_buf words;
	struct exch_buf chain; /* "1 > 7 > 9" */
	exch_oid want;
	const char *symbol; /* or NULL: any */
	size_t nsymbol;
	struct exch_keyed trails, mine, trades, told;
	struct after now[2]; /* of the record at hand */
	unsigned nnow;
	uint32_t lives;
	exch_oid judged; /* what the record before was a gate's verdict on */
};

/* ---- the operand ---- */

/* "7", or "ABC/7" where several instruments have an order of that number. */
static int
read_operand(struct trace *s, const char *text, struct exch_diag *d)
{
	const char *slash = text != NULL ? strrchr(text, '/') : NULL;
	const char *id = slash != NULL ? slash + 1 : text;

	if (slash != NULL) {
		s->symbol = text;
		s->nsymbol = (size_t)(slash - text);
	}
	if (id == NULL || exch_uint_parse(id, strlen(id), &s->want) != 0 ||
	    s->want == 0)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "'%.40s' is no order: it is its number, or SYMBOL/NUMBER",
		    text != NULL ? text : "");
	return EXCH_OK;
}

static bool
is_wanted(const struct exch_report_run *run, uint32_t place, exch_oid id)
{
	const struct trace *s = run->state;
	const struct exch_inst *in;

	if (id != s->want)
		return false;
	in = &run->insts.inst[place];
	return s->symbol == NULL ||
	       (in->nsymbol == s->nsymbol &&
		   memcmp(in->symbol, s->symbol, s->nsymbol) == 0);
}

/* ---- what is kept ---- */

static int
told(int err, struct exch_diag *d)
{
	return err == EXCH_OK || err == EXCH_ERR_EXISTS ? EXCH_OK
							: exch_report_nomem(d);
}

static int
add_mine(struct trace *s, uint32_t place, exch_oid id, struct exch_diag *d)
{
	struct mine *m;

	return told(exch_keyed_add(&s->mine, place, id, &m), d);
}

static void
drop_trail(struct trace *s, uint32_t place, exch_oid id)
{
	struct trail *t = exch_keyed_find(&s->trails, place, id);

	if (t == NULL)
		return;
	exch_free(t->p);
	exch_keyed_drop(&s->trails, t);
}

static int
keep(struct trail *t, const struct kept *k, const struct exch_rec *r,
    struct exch_diag *d)
{
	size_t n = exch_rec_len(r);
	size_t need = t->n + sizeof(*k) + n;

	if (need > t->cap) {
		size_t cap = need < 512 ? 512 : need * 2;
		unsigned char *p = exch_realloc(t->p, 1, cap);

		if (p == NULL)
			return exch_report_nomem(d);
		t->p = p;
		t->cap = cap;
	}
	memcpy(t->p + t->n, k, sizeof(*k));
	memcpy(t->p + t->n + sizeof(*k), r, n);
	t->n = need;
	return EXCH_OK;
}

/* The order goes on under another number, and so do its records. */
static int
move_trail(struct trace *s, uint32_t place, exch_oid from, exch_oid to,
    struct exch_diag *d)
{
	struct trail *old = exch_keyed_find(&s->trails, place, from);
	struct trail was;
	struct trail *t;
	int rc;

	if (old == NULL || from == to)
		return EXCH_OK;
	was = *old;
	exch_keyed_drop(&s->trails, old);
	drop_trail(s, place, to);
	rc = told(exch_keyed_add(&s->trails, place, to, &t), d);
	if (rc != EXCH_OK) {
		exch_free(was.p);
		return rc;
	}
	t->p = was.p;
	t->n = was.n;
	t->cap = was.cap;
	return EXCH_OK;
}

/* ---- rows ---- */

struct row {
	const struct exch_rec *r;
	uint64_t seq;
	uint32_t place;
	const char *relation;
	exch_oid order;
	uint64_t match;
	struct after after;
};

static void
put_after(struct exch_report_run *run, const struct row *w)
{
	struct exch_table *t = &run->table;
	const struct after *a = &w->after;
	unsigned scale =
	    w->r->instr != 0 ? run->insts.inst[w->place].qty_scale : 0;

	exch_table_word(
	    t, a->status == EXCH_LIFE_NONE ? NULL : exch_life_word(a->status));
	if (a->leaves == EXCH_QTY_NONE) {
		exch_table_none(t);
		exch_table_none(t);
	} else {
		exch_table_qty(t, a->filled, scale);
		exch_table_qty(t, a->leaves, scale);
	}
}

static void
put_symbol(struct exch_report_run *run, const struct row *w)
{
	if (w->r->instr != 0)
		exch_report_symbol(run, w->place);
	else
		exch_table_none(&run->table);
}

static int
put_row(struct exch_report_run *run, const struct row *w, struct exch_diag *d)
{
	struct trace *s = run->state;
	struct exch_table *t = &run->table;
	const struct exch_schema *schema = exch_schema_of(w->r->type);
	const char *name = schema != NULL ? schema->name : NULL;

	s->words.len = 0;
	if (exch_view_said(s->view, w->r, &s->words) != EXCH_OK)
		return exch_report_nomem(d);
	exch_table_row(t);
	if (t->format != EXCH_FMT_TEXT) {
		exch_table_u64(t, s->lives);
		exch_table_id(t, w->seq);
		exch_table_u64(t, w->r->source);
		exch_table_time(t, w->r->time);
		put_symbol(run, w);
		exch_table_word(t, name);
		exch_table_word(t, w->relation);
		exch_table_id(t, w->order);
		exch_report_account(run, w->after.account);
		put_after(run, w);
		exch_table_id(t, w->match);
	} else {
		exch_table_time(t, w->r->time);
		put_symbol(run, w);
		exch_table_id(t, w->order);
		put_after(run, w);
		exch_table_word(t, name);
	}
	exch_table_text(t, s->words.p, s->words.len);
	exch_table_end(t);
	return EXCH_OK;
}

/* The chain as people read it. */
static void
note_chain(struct trace *s, const struct exch_rec *r)
{
	const struct exch_rec_replaced *p =
	    r->type == EXCH_REC_REPLACED ? EXCH_REC_AS(r, exch_rec_replaced)
					 : NULL;

	if (p == NULL || p->order == p->new_order)
		return;
	if (s->chain.len == 0)
		exch_buf_uint(&s->chain, p->order);
	exch_buf_str(&s->chain, " > ");
	exch_buf_uint(&s->chain, p->new_order);
}

/* A trade of theirs: breaks and obligations will name it. */
static int
note_trade(struct trace *s, const struct exch_trace_refs *x,
    const struct row *w, struct exch_diag *d)
{
	uint8_t by[2] = {x->numbered_by, 0};
	int rc = EXCH_OK;

	for (unsigned i = 0; i < 2 && rc == EXCH_OK; i++) {
		struct traded *t;

		/* what the venue did is not what was traded here */
		if (by[i] == 0 && w->r->type == EXCH_REC_EXPECT)
			continue;
		rc = told(exch_keyed_add(
			      &s->trades, w->place << 8 | by[i], x->match, &t),
		    d);
		if (rc != EXCH_OK)
			continue;
		t->order = w->order;
		t->account = w->after.account;
	}
	return rc;
}

static int
tell(struct exch_report_run *run, const struct exch_trace_refs *x,
    const struct row *w, struct exch_diag *d)
{
	struct trace *s = run->state;
	struct mine *m;
	int rc = told(exch_keyed_add(&s->told, w->r->source, w->seq, &m), d);

	note_chain(s, w->r);
	if (rc == EXCH_OK && x->trades)
		rc = note_trade(s, x, w, d);
	return rc == EXCH_OK ? put_row(run, w, d) : rc;
}

/* All that was kept of an order, which is one of those asked for. */
static int
tell_trail(struct exch_report_run *run, uint32_t place, exch_oid id,
    struct exch_diag *d)
{
	struct trace *s = run->state;
	struct trail *t = exch_keyed_find(&s->trails, place, id);
	unsigned char *p;
	size_t n, at = 0;
	int rc = EXCH_OK;

	if (t == NULL)
		return EXCH_OK;
	p = t->p;
	n = t->n;
	exch_keyed_drop(&s->trails, t);
	while (rc == EXCH_OK && at < n) {
		const struct exch_rec *r =
		    (const void *)(p + at + sizeof(struct kept));
		struct exch_trace_refs x;
		struct kept k;

		memcpy(&k, p + at, sizeof(k));
		exch_trace_refs_of(&x, r);
		rc = add_mine(s, place, k.after.order, d);
		if (rc == EXCH_OK)
			rc = tell(run, &x,
			    &(struct row){r, k.seq, place, "order",
				k.after.order, x.match, k.after},
			    d);
		at += sizeof(k) + exch_rec_len(r);
	}
	exch_free(p);
	return rc;
}

/* ---- records ---- */

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct trace *s = run->state;
	const struct exch_life *o = c->o;
	struct after *a;

	(void)d;
	if (o == NULL || s->nnow == EXCH_ARRAY_LEN(s->now))
		return EXCH_OK;
	a = &s->now[s->nnow++];
	*a = (struct after){.order = c->order,
	    .filled = o->filled,
	    .leaves = o->open,
	    .account = o->account,
	    .status = (uint8_t)exch_life_shown(&o->stage)};
	/* a refused order never had anything */
	if (c->kind == EXCH_CHANGE_REJECTED)
		a->leaves = EXCH_QTY_NONE;
	if (c->kind == EXCH_CHANGE_REPLACED && c->next != NULL)
		a->leaves = c->next->open;
	return EXCH_OK;
}

/* What an order is behind the record at hand. */
static struct after
after_of(const struct trace *s, uint32_t place, exch_oid id)
{
	const struct exch_life *o;

	for (unsigned i = 0; i < s->nnow; i++)
		if (s->now[i].order == id)
			return s->now[i];
	o = exch_track_find(s->tracked.track, place, id);
	if (o == NULL)
		return (struct after){.order = id, .leaves = EXCH_QTY_NONE};
	return (struct after){.order = id,
	    .filled = o->filled,
	    .leaves = o->open,
	    .account = o->account,
	    .status = (uint8_t)exch_life_shown(&o->stage)};
}

/*
 * A number of theirs that comes back is another order, unless it is asked for.
 * What a gate says of an order stands in front of it and is the first of it.
 */
static void
begin_life(struct exch_report_run *run, const struct exch_trace_refs *x,
    const struct exch_rec *r, uint32_t place)
{
	struct trace *s = run->state;
	exch_oid judged = s->judged;

	s->judged = r->type == EXCH_REC_RISK ? x->order[0] : 0;
	for (unsigned i = 0; i < 2; i++) {
		struct mine *m;

		if (x->order[i] == 0 || x->order[i] == judged ||
		    exch_track_knows(
			s->tracked.track, r->instr, place, x->order[i]))
			continue;
		m = exch_keyed_find(&s->mine, place, x->order[i]);
		if (is_wanted(run, place, x->order[i]))
			s->lives++;
		else if (m != NULL)
			exch_keyed_drop(&s->mine, m);
	}
}

/* Which of the orders that it names are theirs from now on. */
static int
claim(struct exch_report_run *run, const struct exch_trace_refs *x,
    const struct exch_rec *r, uint32_t place, struct exch_diag *d)
{
	struct trace *s = run->state;
	const struct exch_rec_replaced *p =
	    r->type == EXCH_REC_REPLACED ? EXCH_REC_AS(r, exch_rec_replaced)
					 : NULL;
	int rc = EXCH_OK;

	for (unsigned i = 0; i < 2 && rc == EXCH_OK; i++) {
		if (!is_wanted(run, place, x->order[i]))
			continue;
		rc = tell_trail(run, place, x->order[i], d);
		if (rc == EXCH_OK)
			rc = add_mine(s, place, x->order[i], d);
	}
	if (rc != EXCH_OK || p == NULL)
		return rc;
	if (is_wanted(run, place, p->new_order)) {
		s->lives += s->lives == 0;
		rc = tell_trail(run, place, p->order, d);
		if (rc == EXCH_OK)
			rc = add_mine(s, place, p->order, d);
	}
	if (rc == EXCH_OK && exch_keyed_find(&s->mine, place, p->order) != NULL)
		rc = add_mine(s, place, p->new_order, d);
	return rc;
}

/* Its relation to what is asked for, and whose it is; false: it has none. */
static bool
relate(const struct trace *s, const struct exch_trace_refs *x, uint32_t place,
    struct row *w)
{
	const struct traded *t = NULL;

	for (unsigned i = 0; i < 2; i++)
		if (x->order[i] != 0 &&
		    exch_keyed_find(&s->mine, place, x->order[i]) != NULL) {
			w->relation = "order";
			w->order = x->order[i];
			w->after = after_of(s, place, w->order);
			return true;
		}
	w->after = (struct after){.leaves = EXCH_QTY_NONE};
	if (x->match != 0 && !x->trades)
		t = exch_keyed_find(
		    &s->trades, place << 8 | x->numbered_by, x->match);
	if (t != NULL &&
	    (x->account == 0 || t->account == 0 || t->account == x->account)) {
		w->relation = "trade";
		w->order = t->order;
		w->after.account = (uint32_t)t->account;
		return true;
	}
	w->order = x->parent;
	w->relation = "child";
	if (x->parent != 0 && exch_keyed_find(&s->mine, place, x->parent))
		return true;
	w->order = 0;
	w->relation = "record";
	return x->source != 0 &&
	       exch_keyed_find(&s->told, x->source, x->seq) != NULL;
}

/* Of orders that are not asked for, or not yet. */
static int
keep_all(struct exch_report_run *run, const struct exch_trace_refs *x,
    const struct exch_rec *r, uint64_t seq, uint32_t place, struct exch_diag *d)
{
	struct trace *s = run->state;
	bool event = r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_TRIGGERED;
	int rc = EXCH_OK;

	for (unsigned i = 0; i < 2 && rc == EXCH_OK; i++) {
		exch_oid id = x->order[i];
		struct trail *t;

		if (id == 0 || exch_keyed_find(&s->mine, place, id) != NULL)
			continue;
		t = exch_keyed_find(&s->trails, place, id);
		if (t == NULL && x->begins)
			rc = told(exch_keyed_add(&s->trails, place, id, &t), d);
		if (t == NULL || rc != EXCH_OK)
			continue;
		rc = keep(t, &(struct kept){seq, after_of(s, place, id)}, r, d);
	}
	if (rc == EXCH_OK && r->type == EXCH_REC_REPLACED &&
	    EXCH_REC_AS(r, exch_rec_replaced) != NULL)
		rc = move_trail(s, place, x->order[0],
		    ((const struct exch_rec_replaced *)(const void *)r)
			->new_order,
		    d);
	/* it is gone: nobody can become it any more */
	for (unsigned i = 0; i < 2 && event; i++)
		if (x->order[i] != 0 && !exch_track_knows(s->tracked.track,
					    r->instr, place, x->order[i]))
			drop_trail(s, place, x->order[i]);
	return rc;
}

static int
record_trace(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct trace *s = run->state;
	struct exch_trace_refs x;
	struct row w = {.r = r, .seq = seq};
	uint32_t place = 0;
	int rc = EXCH_OK;
	int bad;

	if (r->type < EXCH_REC_NEW && exch_view_note(s->view, r) != EXCH_OK)
		return exch_report_nomem(d);
	exch_trace_refs_of(&x, r);
	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	s->nnow = 0;
	if (r->instr == 0)
		x.order[0] = x.order[1] = x.match = x.parent = 0;
	if (x.begins)
		begin_life(run, &x, r, place);
	/* what was wrong is told, and the record referred to it all the same */
	bad = exch_tracked_record(&s->tracked, run, r, d);
	if (bad != EXCH_OK && bad != EXCH_ERR_FORMAT)
		return bad;
	rc = claim(run, &x, r, place, d);
	w.place = place;
	w.match = x.match;
	if (rc == EXCH_OK && relate(s, &x, place, &w))
		rc = tell(run, &x, &w, d);
	if (rc == EXCH_OK)
		rc = keep_all(run, &x, r, seq, place, d);
	return rc != EXCH_OK ? rc : bad;
}

/* ---- the report ---- */

static int
open_trace(struct exch_report_run *run, struct exch_diag *d)
{
	struct trace *s;
	int rc = exch_report_state(run, sizeof(*s), d);
	bool text = run->table.format == EXCH_FMT_TEXT;

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->form.format = EXCH_FMT_TEXT;
	rc = read_operand(s, run->o.order, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK &&
	    (exch_view_new(&s->form, run->info, &s->view) != EXCH_OK ||
		exch_keyed_init(&s->trails, sizeof(struct trail)) != 0 ||
		exch_keyed_init(&s->mine, sizeof(struct mine)) != 0 ||
		exch_keyed_init(&s->trades, sizeof(struct traded)) != 0 ||
		exch_keyed_init(&s->told, sizeof(struct mine)) != 0))
		rc = exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(&run->table, text ? people : cols,
	    text ? EXCH_ARRAY_LEN(people) : EXCH_ARRAY_LEN(cols), true, d);
}

static int
close_trace(struct exch_report_run *run, struct exch_diag *d)
{
	struct trace *s = run->state;
	struct exch_table *t = &run->table;

	if (s->chain.failed)
		return exch_report_nomem(d);
	if (t->rows == 0)
		exch_report_tell(
		    run, "no record refers to order %s", run->o.order);
	if (t->format == EXCH_FMT_TEXT && s->chain.len > 0) {
		exch_table_raw(t, "\nreplaced: ", 11);
		exch_table_raw(t, s->chain.p, s->chain.len);
		exch_table_raw(t, "\n", 1);
	}
	return EXCH_OK;
}

static void
free_trace(struct exch_report_run *run)
{
	struct trace *s = run->state;
	struct trail *t;
	uint32_t at = 0;

	while ((t = exch_keyed_next(&s->trails, &at)) != NULL)
		exch_free(t->p);
	exch_keyed_clear(&s->trails);
	exch_keyed_clear(&s->mine);
	exch_keyed_clear(&s->trades);
	exch_keyed_clear(&s->told);
	exch_view_free(s->view);
	exch_tracked_free(&s->tracked);
	exch_buf_free(&s->words);
	exch_buf_free(&s->chain);
}

const struct exch_report exch_report_trace = {
    .name = "trace",
    .what = "everything that referred to one order",
    .takes = EXCH_TAKES_ORDER,
    .needs = EXCH_NEEDS_MATCH,
    .open = open_trace,
    .record = record_trace,
    .close = close_trace,
    .free = free_trace,
};
