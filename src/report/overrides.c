/*
 * exch-report overrides: every decision on an order that a gate held: who asked
 * for what, which rule held it, who decided and why, and what became of the
 * order afterwards, through the numbers that it got.  Memory grows with what
 * was held and decided.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/schema.h"
#include "report/counted.h"
#include "report/reports.h"
#include "report/tracked.h"

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 8},
    {"account", EXCH_COL_TEXT, 8},
    {"asked", EXCH_COL_TIME, 18},
    {"side", EXCH_COL_TEXT, 4},
    {"type", EXCH_COL_TEXT, 6},
    {"price", EXCH_COL_NUM, 9},
    {"qty", EXCH_COL_NUM, 8},
    {"rule", EXCH_COL_TEXT, 10},
    {"limit", EXCH_COL_NUM, 9},
    {"observed", EXCH_COL_NUM, 9},
    {"decision", EXCH_COL_TEXT, 8},
    {"by", EXCH_COL_TEXT, 8},
    {"why", EXCH_COL_TEXT, 16},
    {"effect", EXCH_COL_TEXT, 8},
    {"because", EXCH_COL_TEXT, 9},
    {"state", EXCH_COL_TEXT, 16},
    {"reason", EXCH_COL_TEXT, 10},
    {"filled", EXCH_COL_NUM, 8},
    {"gone", EXCH_COL_NUM, 8},
    {"leaves", EXCH_COL_NUM, 8},
    {"last_order", EXCH_COL_ID, 10},
    {"last_time", EXCH_COL_TIME, 18},
    {"ref", EXCH_COL_ID, 4},
    {"source", EXCH_COL_NUM, 6},
    {"seq", EXCH_COL_ID, 8},
};

/* What became of an order that was held. */
struct fate {
	const char *state, *reason;
	exch_qty filled, gone, leaves;
	exch_oid last;
	exch_ts time; /* of the last change */
};

/* An order that a gate holds, or held: by instrument and number. */
struct held {
	struct exch_key key;
	struct exch_rec_new asked;
	struct exch_rec_risk risk;
	uint64_t fate; /* place in s->fate */
};

/* What somebody said, with the verdict that stood before it. */
struct said {
	struct exch_rec_decision *c; /* a copy; whole */
	uint64_t seq;
	struct exch_rec_new asked; /* type 0: nothing was held */
	struct exch_rec_risk risk; /* why it was held */
	const char *effect;
	uint8_t because; /* enum exch_rule */
	uint64_t fate;	 /* UINT64_MAX: none */
	uint32_t place;
};

struct overrides {
	struct exch_tracked tracked;
	struct exch_keyed held;
	struct fate *fate;
	size_t nfate, fate_cap;
	struct said *said;
	size_t nsaid, said_cap;
	struct exch_rec_risk before; /* the last record; type 0: no verdict */
};

/* ---- what was held, and decided ---- */

static int
hold(struct overrides *s, const struct exch_rec_new *n, uint32_t place,
    struct exch_diag *d)
{
	struct held *h;
	int rc = exch_keyed_add(&s->held, place, n->order, &h);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	if (!exch_room(&s->fate, s->nfate, &s->fate_cap, sizeof(*s->fate)))
		return exch_report_nomem(d);
	s->fate[s->nfate] = (struct fate){.state = "held",
	    .leaves = n->qty,
	    .last = n->order,
	    .time = n->h.time};
	memcpy(&h->asked, n, sizeof(h->asked));
	h->risk = s->before;
	h->fate = s->nfate++;
	return EXCH_OK;
}

/* Is the record before a verdict on what stands at hand? */
static bool
is_judged(const struct overrides *s, const struct exch_rec *r, exch_oid order)
{
	const struct exch_rec_risk *k = &s->before;

	return k->h.type == EXCH_REC_RISK && k->command == r->type &&
	       k->order == order && k->h.instr == r->instr;
}

static int
decide(struct overrides *s, const struct exch_rec_decision *c, uint64_t seq,
    uint32_t place, struct exch_diag *d)
{
	struct held *h = exch_keyed_find(&s->held, place, c->order);
	bool judged = is_judged(s, &c->h, c->order) &&
		      s->before.verdict != EXCH_VERDICT_PASS;
	bool holds = judged && s->before.verdict == EXCH_VERDICT_HOLD;
	struct said *x;

	if (!exch_room(&s->said, s->nsaid, &s->said_cap, sizeof(*s->said)))
		return exch_report_nomem(d);
	x = &s->said[s->nsaid];
	*x = (struct said){.seq = seq, .fate = UINT64_MAX, .place = place};
	x->c = exch_malloc(exch_rec_len(&c->h));
	if (x->c == NULL)
		return exch_report_nomem(d);
	memcpy(x->c, c, exch_rec_len(&c->h));
	s->nsaid++;
	x->effect = holds			      ? "held"
		    : judged			      ? "none"
		    : c->verdict == EXCH_VERDICT_PASS ? "released"
						      : "refused";
	x->because = judged ? s->before.rule : EXCH_RULE_NONE;
	if (h == NULL)
		return EXCH_OK;
	x->asked = h->asked;
	x->risk = h->risk;
	x->fate = h->fate;
	/* from now on it is this one that holds it */
	if (holds)
		h->risk = s->before;
	return EXCH_OK;
}

/* ---- what became of it ---- */

static int
rename_held(struct overrides *s, uint32_t place, exch_oid from, exch_oid to,
    struct exch_diag *d)
{
	struct held *h = exch_keyed_find(&s->held, place, from);
	struct held was;
	struct exch_key key;
	int rc;

	if (h == NULL || from == to)
		return EXCH_OK;
	was = *h;
	exch_keyed_drop(&s->held, h);
	rc = exch_keyed_add(&s->held, place, to, &h);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	key = h->key;
	*h = was;
	h->key = key;
	s->fate[h->fate].last = to;
	return EXCH_OK;
}

static void
note(struct fate *f, const struct exch_change *c)
{
	const struct exch_life *o = c->o;

	f->time = c->r->time;
	f->reason = NULL;
	if (c->kind == EXCH_CHANGE_REPLACED && c->next != NULL)
		o = c->next;
	f->state = exch_life_word((uint8_t)exch_life_shown(&o->stage));
	f->leaves = o->open;
	switch (c->kind) {
	case EXCH_CHANGE_EXECUTED:
		f->filled += EXCH_CHANGE_REC(c, exch_rec_exec)->qty;
		break;
	case EXCH_CHANGE_CANCELLED:
		f->gone += EXCH_CHANGE_REC(c, exch_rec_cancelled)->qty;
		f->reason = exch_word_of(exch_words_reason,
		    EXCH_CHANGE_REC(c, exch_rec_cancelled)->reason);
		break;
	case EXCH_CHANGE_REJECTED:
		f->gone = o->qty;
		f->leaves = 0;
		f->reason = exch_word_of(exch_words_reject,
		    EXCH_CHANGE_REC(c, exch_rec_reject)->code);
		break;
	default:
		break;
	}
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct overrides *s = run->state;
	struct held *h = exch_keyed_find(&s->held, c->place, c->order);

	if (h == NULL || c->o == NULL)
		return EXCH_OK;
	/* a refused change of it leaves it as it is */
	if (c->kind == EXCH_CHANGE_REJECTED &&
	    EXCH_CHANGE_REC(c, exch_rec_reject)->command != EXCH_REC_NEW)
		return EXCH_OK;
	note(&s->fate[h->fate], c);
	if (c->kind == EXCH_CHANGE_REPLACED)
		return rename_held(s, c->place, c->order,
		    EXCH_CHANGE_REC(c, exch_rec_replaced)->new_order, d);
	/* its number may come back as another order's */
	if (c->ended || c->kind == EXCH_CHANGE_REJECTED)
		exch_keyed_drop(&s->held, h);
	return EXCH_OK;
}

static int
record_overrides(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_new *n =
	    r->type == EXCH_REC_NEW ? EXCH_REC_AS(r, exch_rec_new) : NULL;
	const struct exch_rec_decision *c =
	    r->type == EXCH_REC_DECISION
		? EXCH_REC_AS_LONG(r, exch_rec_decision)
		: NULL;
	struct overrides *s = run->state;
	uint32_t place = 0;
	int rc = EXCH_OK;

	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK && n != NULL && is_judged(s, r, n->order) &&
	    s->before.verdict == EXCH_VERDICT_HOLD)
		rc = hold(s, n, place, d);
	else if (rc == EXCH_OK && c != NULL)
		rc = decide(s, c, seq, place, d);
	else if (rc == EXCH_OK && r->type == EXCH_REC_DECISION)
		rc = exch_report_short(r, d);
	s->before = (struct exch_rec_risk){.order = 0};
	if (r->type == EXCH_REC_RISK && EXCH_REC_AS(r, exch_rec_risk) != NULL)
		memcpy(&s->before, r, sizeof(s->before));
	return rc == EXCH_OK ? exch_tracked_record(&s->tracked, run, r, d) : rc;
}

/* ---- rows ---- */

static void
put_asked(struct exch_report_run *run, const struct said *x)
{
	struct exch_table *t = &run->table;
	const struct exch_inst *in = &run->insts.inst[x->place];
	enum exch_rule_unit unit = exch_rule_unit(x->risk.rule);

	if (x->asked.h.type == 0) {
		exch_table_nones(t, 9);
		return;
	}
	exch_report_account(run, x->asked.account);
	exch_table_time(t, x->asked.h.time);
	exch_table_word(t, exch_report_side(x->asked.side, NULL));
	exch_table_word(t, exch_word_of(exch_words_ordtype, x->asked.ordtype));
	exch_table_px(t, x->asked.price, in->px_show);
	exch_table_qty(t, x->asked.qty, in->qty_scale);
	exch_table_word(t, exch_word_of(exch_words_rule, x->risk.rule));
	exch_counted_put(t, unit, x->risk.limit, in->qty_scale, in->px_show);
	exch_counted_put(t, unit, x->risk.observed, in->qty_scale, in->px_show);
}

static void
put_fate(struct exch_report_run *run, const struct said *x)
{
	const struct overrides *s = run->state;
	struct exch_table *t = &run->table;
	unsigned scale = run->insts.inst[x->place].qty_scale;
	const struct fate *f;

	if (x->fate == UINT64_MAX) {
		exch_table_nones(t, 7);
		return;
	}
	f = &s->fate[x->fate];
	exch_table_word(t, f->state);
	exch_table_word(t, f->reason);
	exch_table_qty(t, f->filled, scale);
	exch_table_qty(t, f->gone, scale);
	exch_table_qty(t, f->leaves, scale);
	exch_table_id(t, f->last);
	exch_table_time(t, f->time);
}

static void
put(struct exch_report_run *run, const struct said *x)
{
	const struct exch_rec_decision *c = x->c;
	struct exch_table *t = &run->table;

	exch_table_row(t);
	exch_table_time(t, c->h.time);
	if (c->h.instr != 0)
		exch_report_symbol(run, x->place);
	else
		exch_table_none(t);
	exch_table_id(t, c->order);
	put_asked(run, x);
	exch_table_word(
	    t, c->verdict == EXCH_VERDICT_PASS ? "approve" : "refuse");
	exch_table_text(t, c->by, strnlen(c->by, sizeof(c->by)));
	exch_counted_text(t, &c->h, sizeof(*c), c->ntext);
	exch_table_word(t, x->effect);
	exch_table_word(t, x->because == EXCH_RULE_NONE
			       ? NULL
			       : exch_word_of(exch_words_rule, x->because));
	put_fate(run, x);
	exch_table_id(t, x->risk.ref);
	exch_table_u64(t, c->h.source);
	exch_table_id(t, x->seq);
	exch_table_end(t);
}

static int
open_overrides(struct exch_report_run *run, struct exch_diag *d)
{
	struct overrides *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK &&
	    exch_keyed_init(&s->held, sizeof(struct held)) != EXCH_OK)
		rc = exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
close_overrides(struct exch_report_run *run, struct exch_diag *d)
{
	struct overrides *s = run->state;

	(void)d;
	exch_tracked_close(&s->tracked, run);
	for (size_t i = 0; i < s->nsaid; i++)
		put(run, &s->said[i]);
	return EXCH_OK;
}

static void
free_overrides(struct exch_report_run *run)
{
	struct overrides *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_keyed_clear(&s->held);
	for (size_t i = 0; i < s->nsaid; i++)
		exch_free(s->said[i].c);
	exch_free(s->said);
	exch_free(s->fate);
}

const struct exch_report exch_report_overrides = {
    .name = "overrides",
    .what = "decisions on orders that a gate held",
    .needs = EXCH_NEEDS_MATCH,
    .open = open_overrides,
    .record = record_overrides,
    .close = close_overrides,
    .free = free_overrides,
};
