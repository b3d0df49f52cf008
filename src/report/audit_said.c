/*
 * Rows of what gates and people said: verdicts, limits, switches, decisions,
 * alerts and what became of them; and why a command was refused (audit.h).
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "rec/schema.h"
#include "report/audit.h"
#include "report/counted.h"

static struct exch_audit_said
said_of(void)
{
	return (struct exch_audit_said){
	    .limit = INT64_MAX, .observed = INT64_MAX};
}

static void
set_numbers(
    struct exch_audit_said *x, uint8_t rule, int64_t limit, int64_t observed)
{
	if (rule != EXCH_RULE_NONE)
		x->rule = exch_word_of(exch_words_rule, rule);
	x->unit = exch_rule_unit(rule);
	x->limit = limit;
	x->observed = observed;
}

/* The text behind the fixed part, as much of it as is there. */
static void
set_note(struct exch_audit_row *w, size_t fixed, uint16_t n)
{
	size_t room = exch_rec_len(w->r) - fixed;

	w->note = (const char *)w->r + fixed;
	w->nnote = n < room ? n : room;
}

/* ---- gates ---- */

static int
put_risk(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_risk *k = EXCH_REC_AS(r, exch_rec_risk);
	struct exch_audit_said x = said_of();
	struct exch_audit *s = run->state;

	if (k == NULL)
		return exch_report_short(r, d);
	if (k->verdict == EXCH_VERDICT_REJECT)
		memcpy(&s->refused, r, sizeof(s->refused));
	w->event = EXCH_AUDIT_RISK;
	w->initiator = &exch_audit_venue;
	w->order = k->order;
	w->account = k->account;
	w->command = exch_word_of(exch_words_command, k->command);
	set_numbers(&x, k->rule, k->limit, k->observed);
	x.verdict = exch_word_of(exch_words_verdict, k->verdict);
	x.ref = k->ref;
	w->said = &x;
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_limit(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_limit *l = EXCH_REC_AS_LONG(r, exch_rec_limit);
	struct exch_audit_said x = said_of();

	if (l == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_LIMIT;
	w->initiator = &exch_audit_client;
	w->account = l->account;
	w->why = exch_word_of(exch_words_limit, l->what);
	x.unit = exch_counted_limit(l->what);
	x.limit = l->value;
	x.by = l->by;
	x.nby = sizeof(l->by);
	x.member = l->member;
	x.nmember = sizeof(l->member);
	set_note(w, sizeof(*l), l->ntext);
	w->said = &x;
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_kill(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_kill *k = EXCH_REC_AS_LONG(r, exch_rec_kill);
	struct exch_audit_said x = said_of();

	if (k == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_SWITCH;
	w->initiator = &exch_audit_client;
	w->account = k->account;
	w->why = exch_word_of(exch_words_switch, k->on);
	x.by = k->by;
	x.nby = sizeof(k->by);
	x.member = k->member;
	x.nmember = sizeof(k->member);
	set_note(w, sizeof(*k), k->ntext);
	w->said = &x;
	exch_audit_put(run, w);
	return EXCH_OK;
}

static int
put_decision(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_decision *c =
	    EXCH_REC_AS_LONG(r, exch_rec_decision);
	struct exch_audit_said x = said_of();

	if (c == NULL)
		return exch_report_short(r, d);
	w->event = EXCH_AUDIT_DECISION;
	w->initiator = &exch_audit_client;
	w->order = c->order;
	x.verdict = exch_word_of(exch_words_verdict, c->verdict);
	x.by = c->by;
	x.nby = sizeof(c->by);
	x.ref = c->ref;
	set_note(w, sizeof(*c), c->ntext);
	w->said = &x;
	exch_audit_put(run, w);
	return EXCH_OK;
}

/* ---- alerts ---- */

static void
set_case(struct exch_audit_said *x, const struct exch_case *c)
{
	x->disposition = "open";
	if (c == NULL)
		return;
	x->disposition = c->status;
	x->by = c->by;
	x->nby = sizeof(c->by);
	x->when = c->when;
	x->nwhen = sizeof(c->when);
}

/*
 * One of a limit has no other name than its number; one of surveillance, of no
 * rule, says its own first, by which people keep what became of it.
 */
static void
name_alert(const struct exch_rec_alert *a, uint64_t seq, char name[96])
{
	const char *text = (const char *)(a + 1);
	size_t room = exch_rec_len(&a->h) - sizeof(*a);
	const char *end = memchr(text, ' ', a->ntext < room ? a->ntext : room);

	memset(name, 0, 96);
	if (a->rule == EXCH_RULE_NONE && end != NULL && end - text < 96)
		memcpy(name, text, (size_t)(end - text));
	else
		(void)snprintf(name, 96, "alert-%u-%llu", a->h.source,
		    (unsigned long long)seq);
}

static int
put_alert(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	const struct exch_rec_alert *a = EXCH_REC_AS_LONG(r, exch_rec_alert);
	struct exch_audit_said x = said_of();
	struct exch_audit *s = run->state;
	struct exch_case *c;
	char name[96];

	if (a == NULL)
		return exch_report_short(r, d);
	name_alert(a, s->seq, name);
	c = exch_cases_of(&s->cases, name);
	if (c != NULL)
		c->found = true;
	w->event = EXCH_AUDIT_ALERT;
	w->initiator = &exch_audit_venue;
	w->account = a->account;
	w->why = exch_word_of(exch_words_severity, a->severity);
	set_numbers(&x, a->rule, a->limit, a->observed);
	x.alert = name;
	x.nalert = sizeof(name);
	set_case(&x, c);
	set_note(w, sizeof(*a), a->ntext);
	w->said = &x;
	exch_audit_put(run, w);
	return EXCH_OK;
}

int
exch_audit_judged(struct exch_report_run *run, const struct exch_rec *r,
    struct exch_audit_row *w, struct exch_diag *d)
{
	switch (r->type) {
	case EXCH_REC_RISK:
		return put_risk(run, r, w, d);
	case EXCH_REC_LIMIT:
		return put_limit(run, r, w, d);
	case EXCH_REC_KILL:
		return put_kill(run, r, w, d);
	case EXCH_REC_DECISION:
		return put_decision(run, r, w, d);
	case EXCH_REC_ALERT:
		return put_alert(run, r, w, d);
	default:
		return EXCH_OK;
	}
}

static void
put_review(struct exch_report_run *run, const struct exch_case *c)
{
	struct exch_audit_row w = exch_audit_row_of(NULL);
	struct exch_audit_said x = said_of();

	w.event = EXCH_AUDIT_REVIEW;
	w.symbol = c->symbol;
	w.who = c->accounts;
	w.at = c->ended;
	w.note = c->note;
	w.nnote = strnlen(c->note, sizeof(c->note));
	x.rule = c->pattern[0] != '\0' ? c->pattern : NULL;
	x.alert = c->alert;
	x.nalert = sizeof(c->alert);
	set_case(&x, c);
	w.said = &x;
	exch_audit_put(run, &w);
}

void
exch_audit_reviews(struct exch_report_run *run)
{
	struct exch_audit *s = run->state;
	const struct exch_case *c = s->cases.table.row;

	for (size_t i = 0; i < s->cases.table.n; i++) {
		if (c[i].found)
			continue;
		/* the stream's own are known by their records */
		if (strncmp(c[i].alert, "alert-", 6) == 0)
			exch_report_tell(run,
			    "--reviews: the stream has no %.96s", c[i].alert);
		put_review(run, &c[i]);
	}
}

/* ---- refusals ---- */

/* What the instrument asks for, of rules that stand in its own record. */
static void
set_terms(struct exch_audit_said *x, const struct exch_inst *in, uint16_t code,
    const struct exch_life *asked)
{
	exch_qty bound;

	switch (code) {
	case EXCH_REJ_TICK:
		x->unit = EXCH_UNIT_PRICE;
		x->limit = in->tick;
		x->observed = asked->price;
		return;
	case EXCH_REJ_LOT:
		bound = in->lot;
		break;
	case EXCH_REJ_QTY:
		bound = asked->qty > in->max_qty ? in->max_qty : in->min_qty;
		break;
	default:
		return;
	}
	if (bound > INT64_MAX || asked->qty > INT64_MAX)
		return;
	x->unit = EXCH_UNIT_QTY;
	x->limit = (int64_t)bound;
	x->observed = (int64_t)asked->qty;
}

void
exch_audit_why(const struct exch_report_run *run,
    const struct exch_rec_reject *r, const struct exch_life *asked,
    uint32_t place, struct exch_audit_said *x)
{
	const struct exch_audit *s = run->state;
	const struct exch_rec_risk *k = &s->refused;

	*x = said_of();
	x->verdict = exch_word_of(exch_words_verdict, EXCH_VERDICT_REJECT);
	if (r->code < EXCH_REJ_RISK) {
		x->rule = exch_word_of(exch_words_reject, r->code);
		set_terms(x, &run->insts.inst[place], r->code, asked);
		return;
	}
	x->rule =
	    exch_word_of(exch_words_rule, (uint16_t)(r->code - EXCH_REJ_RISK));
	/* the gate's record stands directly before the command */
	if (k->order == r->order && k->h.instr == r->h.instr &&
	    k->command == r->command && k->rule == r->code - EXCH_REJ_RISK) {
		set_numbers(x, k->rule, k->limit, k->observed);
		x->ref = k->ref;
	}
}
