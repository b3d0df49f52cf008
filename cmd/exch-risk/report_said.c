/*
 * Reports on what was said: what the gate refused or held, what people decided
 * on it, and what they changed.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/keyed.h"
#include "exch-risk/report.h"
#include "rec/schema.h"
#include "report/counted.h"

/* ---- keeping it ---- */

static bool
has_form(const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_RISK:
		return EXCH_REC_AS(r, exch_rec_risk) != NULL;
	case EXCH_REC_LIMIT:
		return EXCH_REC_AS_LONG(r, exch_rec_limit) != NULL;
	case EXCH_REC_KILL:
		return EXCH_REC_AS_LONG(r, exch_rec_kill) != NULL;
	default:
		return EXCH_REC_AS_LONG(r, exch_rec_decision) != NULL;
	}
}

int
risk_keep(struct risk_tool *t, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_rec *copy;

	if (r->type != EXCH_REC_RISK && r->type != EXCH_REC_LIMIT &&
	    r->type != EXCH_REC_KILL && r->type != EXCH_REC_DECISION)
		return EXCH_OK;
	if (!has_form(r))
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "record of type 0x%02x has not the form of its type",
		    r->type);
	if (!exch_room(&t->said, t->nsaid, &t->said_cap, sizeof(*t->said)) ||
	    (copy = exch_malloc(exch_rec_len(r))) == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for what was said");
	memcpy(copy, r, exch_rec_len(r));
	t->said[t->nsaid++] = (struct risk_said){copy, seq};
	return EXCH_OK;
}

void
risk_forget(struct risk_tool *t)
{
	for (size_t i = 0; i < t->nsaid; i++)
		exch_free(t->said[i].r);
	exch_free(t->said);
}

/* ---- cells ---- */

static void
name(struct exch_table *o, const char s[16])
{
	exch_table_text(o, s, strnlen(s, 16));
}

/* Its symbol, or the number of one that was not announced. */
static void
instrument(struct risk_tool *t, uint32_t id)
{
	const struct exch_thing *x = exch_holdings_thing(&t->h, id);
	char number[20];

	if (id == 0)
		exch_table_none(&t->out);
	else if (x != NULL)
		risk_symbol(&t->out, x);
	else
		exch_table_text(&t->out, number,
		    (size_t)(exch_uint_put(number, id) - number));
}

/* What a rule counts, in an instrument (NULL: unknown). */
static void
counted(struct exch_table *o, enum exch_rule_unit unit, int64_t v,
    const struct exch_thing *x)
{
	exch_counted_put(o, unit, v, x != NULL ? x->qty_scale : 0,
	    x != NULL ? x->decimals : 0);
}

static void
limit_and_observed(struct risk_tool *t, const struct exch_rec_risk *k)
{
	const struct exch_thing *x = exch_holdings_thing(&t->h, k->h.instr);
	enum exch_rule_unit unit = exch_rule_unit(k->rule);

	exch_table_word(&t->out, exch_word_of(exch_words_rule, k->rule));
	counted(&t->out, unit, k->limit, x);
	counted(&t->out, unit, k->observed, x);
}

static void
end(struct exch_table *o, const struct risk_said *s)
{
	exch_table_u64(o, s->r->source);
	exch_table_id(o, s->seq);
	exch_table_end(o);
}

/* ---- decisions ---- */

int
risk_decisions(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"time", EXCH_COL_TIME, 18},
	    {"symbol", EXCH_COL_TEXT, 10}, {"order", EXCH_COL_ID, 10},
	    {"account", EXCH_COL_NUM, 8}, {"command", EXCH_COL_TEXT, 8},
	    {"verdict", EXCH_COL_TEXT, 8}, {"rule", EXCH_COL_TEXT, 12},
	    {"limit", EXCH_COL_NUM, 14}, {"observed", EXCH_COL_NUM, 14},
	    {"ref", EXCH_COL_ID, 6}, {"source", EXCH_COL_NUM, 6},
	    {"seq", EXCH_COL_ID, 10}};
	struct exch_table *o = &t->out;
	int err = exch_table_columns(o, cols, EXCH_ARRAY_LEN(cols), true, d);

	for (size_t i = 0; err == 0 && i < t->nsaid; i++) {
		const struct exch_rec_risk *k = (const void *)t->said[i].r;

		/* What passes after all is among the changes and overrides. */
		if (k->h.type != EXCH_REC_RISK || k->rule == EXCH_RULE_NONE ||
		    (t->one && k->account != t->account))
			continue;
		exch_table_row(o);
		exch_table_time(o, k->h.time);
		instrument(t, k->h.instr);
		exch_table_id(o, k->order);
		exch_table_u64(o, k->account);
		exch_table_word(
		    o, exch_word_of(exch_words_command, k->command));
		exch_table_word(
		    o, exch_word_of(exch_words_verdict, k->verdict));
		limit_and_observed(t, k);
		if (k->ref != 0)
			exch_table_id(o, k->ref);
		else
			exch_table_none(o);
		end(o, &t->said[i]);
	}
	return err;
}

/* ---- overrides ---- */

/* Known by (instrument, order): which of what was said holds it. */
struct held {
	struct exch_key key;
	size_t at;
};

static int
note_held(const struct risk_tool *t, struct exch_keyed *all, size_t at)
{
	const struct exch_rec_risk *k = (const void *)t->said[at].r;
	struct held *h;
	int err;

	if (k->h.type != EXCH_REC_RISK || k->verdict != EXCH_VERDICT_HOLD)
		return EXCH_OK;
	err = exch_keyed_add(all, k->h.instr, k->order, &h);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	h->at = at;
	return EXCH_OK;
}

/* What came of it: the gate says so directly before. */
static const char *
effect_of(const struct risk_tool *t, size_t n)
{
	const struct exch_rec_decision *c = (const void *)t->said[n].r;
	const struct exch_rec_risk *k =
	    n > 0 ? (const void *)t->said[n - 1].r : NULL;
	bool about = k != NULL && k->h.type == EXCH_REC_RISK &&
		     k->verdict != EXCH_VERDICT_PASS &&
		     k->command == EXCH_REC_DECISION && k->order == c->order &&
		     k->h.time == c->h.time;

	if (about)
		return k->verdict == EXCH_VERDICT_HOLD ? "held" : "none";
	return c->verdict == EXCH_VERDICT_PASS ? "released" : "refused";
}

static void
override(struct risk_tool *t, size_t n, const struct exch_rec_risk *k)
{
	static const struct exch_rec_risk nothing;
	const struct exch_rec_decision *c = (const void *)t->said[n].r;
	struct exch_table *o = &t->out;

	if (t->one && (k == NULL || k->account != t->account))
		return;
	exch_table_row(o);
	exch_table_time(o, c->h.time);
	instrument(t, c->h.instr);
	exch_table_id(o, c->order);
	exch_table_u64(o, k != NULL ? k->account : 0);
	exch_table_word(
	    o, c->verdict == EXCH_VERDICT_PASS ? "approve" : "refuse");
	exch_table_word(o, effect_of(t, n));
	name(o, c->by);
	exch_counted_text(o, &c->h, sizeof(*c), c->ntext);
	limit_and_observed(t, k != NULL ? k : &nothing);
	exch_table_id(o, k != NULL ? k->ref : 0);
	end(o, &t->said[n]);
}

int
risk_overrides(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"time", EXCH_COL_TIME, 18},
	    {"symbol", EXCH_COL_TEXT, 10}, {"order", EXCH_COL_ID, 10},
	    {"account", EXCH_COL_NUM, 8}, {"decision", EXCH_COL_TEXT, 8},
	    {"effect", EXCH_COL_TEXT, 8}, {"by", EXCH_COL_TEXT, 10},
	    {"why", EXCH_COL_TEXT, 20}, {"rule", EXCH_COL_TEXT, 12},
	    {"limit", EXCH_COL_NUM, 14}, {"observed", EXCH_COL_NUM, 14},
	    {"ref", EXCH_COL_ID, 6}, {"source", EXCH_COL_NUM, 6},
	    {"seq", EXCH_COL_ID, 10}};
	struct exch_keyed held = {0};
	int err =
	    exch_table_columns(&t->out, cols, EXCH_ARRAY_LEN(cols), true, d);

	if (err == 0)
		err = exch_keyed_init(&held, sizeof(struct held));
	for (size_t i = 0; err == 0 && i < t->nsaid; i++) {
		const struct exch_rec *r = t->said[i].r;
		const struct exch_rec_decision *c = (const void *)r;
		const struct held *h;

		/* What holds it after a decision stands before that. */
		if (r->type == EXCH_REC_DECISION) {
			h = exch_keyed_find(&held, r->instr, c->order);
			override(t, i,
			    h != NULL ? (const void *)t->said[h->at].r : NULL);
			err = i > 0 ? note_held(t, &held, i - 1) : EXCH_OK;
		} else if (r->type == EXCH_REC_RISK &&
			   ((const struct exch_rec_risk *)(const void *)r)
				   ->command == EXCH_REC_NEW) {
			err = note_held(t, &held, i);
		}
	}
	exch_keyed_clear(&held);
	return err == 0 || (d != NULL && d->code != 0)
		   ? err
		   : exch_diag_set(d, err, NULL, EXCH_POS_NONE, 0,
			 "out of memory for what is held");
}

/* ---- changes ---- */

/* Who and where: an account, a member or all, an instrument or every one. */
static void
whom(struct risk_tool *t, const struct exch_rec *r, uint32_t account,
    const char member[16])
{
	struct exch_table *o = &t->out;

	instrument(t, r->instr);
	if (account != 0)
		exch_table_u64(o, account);
	else
		exch_table_none(o);
	name(o, member);
}

static void
changed(struct risk_tool *t, const struct exch_rec_limit *l)
{
	struct exch_table *o = &t->out;

	exch_table_word(o, exch_word_of(exch_words_limit, l->what));
	whom(t, &l->h, l->account, l->member);
	counted(o, exch_counted_limit(l->what), l->value,
	    exch_holdings_thing(&t->h, l->h.instr));
	name(o, l->by);
	exch_counted_text(o, &l->h, sizeof(*l), l->ntext);
}

static void
switched(struct risk_tool *t, const struct exch_rec_kill *k)
{
	struct exch_table *o = &t->out;

	exch_table_word(o, exch_word_of(exch_words_switch, k->on));
	whom(t, &k->h, k->account, k->member);
	exch_table_none(o);
	name(o, k->by);
	exch_counted_text(o, &k->h, sizeof(*k), k->ntext);
}

/* Why it has no effect, which the gate said directly before; or NULL. */
static const struct exch_rec_risk *
had_no_effect(const struct risk_tool *t, size_t n)
{
	const struct exch_rec_risk *k =
	    n > 0 ? (const void *)t->said[n - 1].r : NULL;

	return k != NULL && k->h.type == EXCH_REC_RISK &&
		       k->verdict == EXCH_VERDICT_REJECT &&
		       k->command == t->said[n].r->type &&
		       k->h.time == t->said[n].r->time
		   ? k
		   : NULL;
}

/* --account: those for just that one. */
static bool
is_change_of(const struct risk_tool *t, const struct exch_rec *r)
{
	const struct exch_rec_limit *l = (const void *)r;
	const struct exch_rec_kill *k = (const void *)r;

	switch (r->type) {
	case EXCH_REC_LIMIT:
		return !t->one || l->account == t->account;
	case EXCH_REC_KILL:
		return !t->one || k->account == t->account;
	default:
		return false;
	}
}

int
risk_changes(struct risk_tool *t, struct exch_diag *d)
{
	static const struct exch_col cols[] = {{"time", EXCH_COL_TIME, 18},
	    {"what", EXCH_COL_TEXT, 13}, {"symbol", EXCH_COL_TEXT, 10},
	    {"account", EXCH_COL_NUM, 8}, {"member", EXCH_COL_TEXT, 10},
	    {"value", EXCH_COL_NUM, 14}, {"by", EXCH_COL_TEXT, 10},
	    {"why", EXCH_COL_TEXT, 20}, {"effect", EXCH_COL_TEXT, 6},
	    {"rule", EXCH_COL_TEXT, 11}, {"source", EXCH_COL_NUM, 6},
	    {"seq", EXCH_COL_ID, 10}};
	struct exch_table *o = &t->out;
	int err = exch_table_columns(o, cols, EXCH_ARRAY_LEN(cols), true, d);

	for (size_t i = 0; err == 0 && i < t->nsaid; i++) {
		const struct exch_rec *r = t->said[i].r;
		const struct exch_rec_risk *no;

		if (!is_change_of(t, r))
			continue;
		no = had_no_effect(t, i);
		exch_table_row(o);
		exch_table_time(o, r->time);
		if (r->type == EXCH_REC_LIMIT)
			changed(t, (const void *)r);
		else
			switched(t, (const void *)r);
		exch_table_word(o, no == NULL ? "yes" : "none");
		exch_table_word(
		    o, no == NULL ? NULL
				  : exch_word_of(exch_words_rule, no->rule));
		end(o, &t->said[i]);
	}
	return err;
}
