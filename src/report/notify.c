/*
 * exch-report notify: a line when something happens that a rule asks for, for
 * a mail, a hook, or people.  It keeps pace with a pipe: what there is to say
 * is written before the next record is waited for.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/dec.h"
#include "rec/schema.h"
#include "report/capital.h"
#include "report/charges.h"
#include "report/marks.h"
#include "report/notify.h"
#include "report/reports.h"
#include "report/tracked.h"

static const struct exch_report_param params[] = {
    {.name = "when",
	.arg = "FILE",
	.what = "notify: rules, one in a line: price ABC above 10.50",
	.table = true,
	.needed = true},
    {.name = "capital",
	.arg = "FILE",
	.what = "performance: capital of accounts: account,currency,capital",
	.table = true},
    EXCH_PARAM_FEES,
    EXCH_PARAM_PARTIES,
    {0},
};

static const struct exch_col cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"rule", EXCH_COL_NUM, 4},
    {"kind", EXCH_COL_TEXT, 6},
    {"what", EXCH_COL_TEXT, 9},
    {"account", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"order", EXCH_COL_ID, 8},
    {"value", EXCH_COL_NUM, 12},
    {"message", EXCH_COL_TEXT, 40},
};

static const char *const kinds[] = {
    "order", "price", "move", "value", "halt", "reject", "risk"};

/* What an account of a rule holds. */
struct held {
	struct exch_key key;
	exch_i128 qty;
};
_Static_assert(sizeof(struct held) == 32, "as notify_rules.c makes the pool");

struct notify {
	struct exch_charges charges;
	struct exch_tracked tracked;
	struct exch_marks marks;
	struct exch_reftable capital;
	struct exch_notify_rules rules;
	uint8_t *phase; /* by place, + 1; 0: not told */
	uint32_t nphases;
	struct exch_buf b;
};

/* What is said; fields that it does not have are zeros. */
struct said {
	const struct exch_notify_rule *r;
	const char *what;
	const char *on; /* what of the order: "decision"; NULL: itself */
	exch_ts time;
	uint32_t account;
	uint32_t place; /* UINT32_MAX: none */
	exch_oid order;
	exch_i128 value;
	int scale; /* of it; 0: none */
};

/* ---- saying ---- */

static void
put_value(struct exch_buf *b, const struct said *x)
{
	char num[EXCH_FMT_MAX];

	exch_buf_add(b, num,
	    (size_t)(exch_dec128_put(num, x->value, x->scale, 2) - num));
}

/* One sentence, of what the columns have. */
static void
sentence(struct exch_report_run *run, const struct said *x)
{
	struct notify *s = run->state;
	const struct exch_account *a =
	    exch_insts_account(&run->insts, x->account);
	struct exch_buf *b = &s->b;

	b->len = 0;
	if (a != NULL)
		exch_buf_fmt(b, "%.*s: ", (int)a->n, a->name);
	else if (x->account != 0)
		exch_buf_fmt(b, "%u: ", x->account);
	if (x->place != UINT32_MAX) {
		const struct exch_inst *in = &run->insts.inst[x->place];

		exch_buf_fmt(b, "%.*s ", (int)in->nsymbol, in->symbol);
	}
	if (x->on != NULL)
		exch_buf_fmt(b, "%s on ", x->on);
	if (x->order != 0)
		exch_buf_fmt(b, "order %llu ", (unsigned long long)x->order);
	exch_buf_fmt(b, "%s", x->what);
	if (x->scale != 0) {
		exch_buf_fmt(
		    b, "%s", x->r->kind == EXCH_NOTIFY_ORDER ? " at " : ": ");
		put_value(b, x);
	}
	/* it goes where a terminal, or a mail, would take it for more */
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->p[i] < 0x20 || b->p[i] == 0x7f)
			b->p[i] = '?';
}

/* "decision refused by authority" */
static void
put_what(struct exch_table *t, const struct said *x)
{
	char what[128];
	char *p = what;

	if (x->on != NULL) {
		p = exch_fmt_copy(p, x->on, strlen(x->on));
		*p++ = ' ';
	}
	p = exch_fmt_copy(p, x->what, strlen(x->what));
	exch_table_text(t, what, (size_t)(p - what));
}

static int
say(struct exch_report_run *run, const struct said *x, struct exch_diag *d)
{
	struct notify *s = run->state;
	struct exch_table *t = &run->table;

	sentence(run, x);
	if (s->b.failed)
		return exch_report_nomem(d);
	exch_table_row(t);
	if (run->o.format == EXCH_FMT_TEXT) {
		/* a time of day, and the sentence */
		t->cell[0].width = 0;
		exch_table_time(t, x->time);
		*t->p++ = ' ';
		exch_table_raw(t, s->b.p, s->b.len);
		exch_table_raw(t, "\n", 1);
		t->rows++;
		return EXCH_OK;
	}
	exch_table_time(t, x->time);
	exch_table_u64(t, x->r->line);
	exch_table_word(t, kinds[x->r->kind]);
	put_what(t, x);
	exch_report_account(run, x->account);
	if (x->place != UINT32_MAX)
		exch_report_symbol(run, x->place);
	else
		exch_table_none(t);
	exch_table_id(t, x->order);
	if (x->scale != 0)
		exch_table_dec(t, x->value, x->scale, 2);
	else
		exch_table_none(t);
	exch_table_text(t, s->b.p, s->b.len);
	exch_table_end(t);
	return EXCH_OK;
}

static bool
of_account(const struct exch_report_run *run, const struct exch_notify_rule *r,
    uint32_t account)
{
	return r->name[0] == '\0' ||
	       exch_report_is_account(run, r->name, account);
}

static bool
of_symbol(const struct exch_report_run *run, const struct exch_notify_rule *r,
    uint32_t place)
{
	const struct exch_inst *in = &run->insts.inst[place];

	return r->name[0] == '\0' ||
	       (strlen(r->name) == in->nsymbol &&
		   memcmp(r->name, in->symbol, in->nsymbol) == 0);
}

/* ---- orders ---- */

/* Was an order refused, or a command about one? */
static bool
is_order(const struct exch_change *c)
{
	uint8_t command = EXCH_CHANGE_REC(c, exch_rec_reject)->command;

	return command == EXCH_REC_NEW || command == EXCH_REC_QUOTE;
}

static unsigned
state_of(const struct exch_change *c)
{
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		return EXCH_NOTIFY_ACCEPTED;
	case EXCH_CHANGE_EXECUTED:
		return c->ended ? EXCH_NOTIFY_FILLED : EXCH_NOTIFY_PARTLY;
	case EXCH_CHANGE_CANCELLED:
		return EXCH_NOTIFY_CANCELLED;
	case EXCH_CHANGE_REPLACED:
		return EXCH_NOTIFY_REPLACED;
	case EXCH_CHANGE_REJECTED:
		/* an order is as it was when a change of it is refused */
		return is_order(c) ? EXCH_NOTIFY_REJECTED : 0;
	case EXCH_CHANGE_TRIGGERED:
		return EXCH_NOTIFY_TRIGGERED;
	default:
		return 0;
	}
}

static const char *
word_of_state(unsigned state)
{
	unsigned i = 0;

	while (state > 1) {
		state >>= 1;
		i++;
	}
	return exch_notify_states[i];
}

/* The reason of the market; of a change: "replace refused: tick". */
static const char *
reject_text(const struct exch_change *c, char what[96])
{
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);
	const char *why = exch_word_of(exch_words_reject, r->code);
	const char *command = exch_word_of(exch_words_command, r->command);
	const char *part[] = {command != NULL ? command : "command",
	    why != NULL ? " refused: " : " refused", why != NULL ? why : ""};
	char *p = what;

	if (is_order(c))
		return why != NULL ? why : "refused";
	for (size_t i = 0; i < EXCH_ARRAY_LEN(part); i++)
		p = exch_fmt_copy(p, part[i], strlen(part[i]));
	*p = '\0';
	return what;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct notify *s = run->state;
	unsigned state = state_of(c);
	struct said x = {
	    .time = c->r->time, .place = c->place, .order = c->order};
	bool refused = c->kind == EXCH_CHANGE_REJECTED;
	char what[96];
	int rc = EXCH_OK;

	if (c->o == NULL || (state == 0 && !refused))
		return EXCH_OK;
	x.account = c->o->account;
	for (size_t i = 0; rc == EXCH_OK && i < s->rules.n; i++) {
		x.r = &s->rules.rule[i];
		x.what = refused ? "rejected" : word_of_state(state);
		x.scale = 0;
		if (!of_account(run, x.r, x.account))
			continue;
		if (x.r->kind == EXCH_NOTIFY_ORDER &&
		    (x.r->states & state) != 0) {
			if (c->kind == EXCH_CHANGE_EXECUTED) {
				x.value =
				    EXCH_CHANGE_REC(c, exch_rec_exec)->price;
				x.scale = 9;
			}
			rc = say(run, &x, d);
		} else if (x.r->kind == EXCH_NOTIFY_REJECT && refused) {
			x.what = reject_text(c, what);
			rc = say(run, &x, d);
		}
	}
	return rc;
}

/* ---- prices and worth ---- */

/* Cash, and what is held at the marks; saturated where it does not fit. */
static int64_t
worth_of(const struct exch_report_run *run, const struct exch_notify_rule *r)
{
	const struct notify *s = run->state;
	exch_i128 sum = r->cash, v;
	const struct held *h;
	uint32_t at = 0;

	while ((h = exch_keyed_next(&r->held, &at)) != NULL) {
		exch_px px = exch_marks_of(&s->marks, h->key.place);

		if (px != EXCH_PX_NONE &&
		    !__builtin_mul_overflow((exch_i128)px, h->qty, &v) &&
		    exch_money_sum(&run->insts.inst[h->key.place].money, v, 1,
			&v) == EXCH_OK)
			sum += v;
	}
	return sum > INT64_MAX	 ? INT64_MAX
	       : sum < INT64_MIN ? INT64_MIN
				 : (int64_t)sum;
}

static int
look_at_worth(struct exch_report_run *run, struct exch_notify_rule *r,
    exch_ts time, struct exch_diag *d)
{
	int64_t worth = worth_of(run, r);
	struct said x = {.r = r,
	    .what = r->below ? "worth is below" : "worth is above",
	    .time = time,
	    .place = UINT32_MAX,
	    .account = (uint32_t)r->from,
	    .value = worth,
	    .scale = 6};

	return exch_notify_crossed(r, worth) ? say(run, &x, d) : EXCH_OK;
}

static int
trade_of(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct notify *s = run->state;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 takes = c->side == 0 ? sign : -sign;
	uint32_t account = x->side[c->side].account;

	for (size_t i = 0; i < s->rules.n; i++) {
		struct exch_notify_rule *r = &s->rules.rule[i];
		struct held *h;
		int rc;

		if (r->kind != EXCH_NOTIFY_VALUE ||
		    !exch_report_is_account(run, r->name, account))
			continue;
		rc = exch_keyed_add(&r->held, x->place, 0, &h);
		if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
			return exch_report_nomem(d);
		if (r->from == 0) {
			/* the first that is heard of it: what it began with */
			r->from = account;
			r->cash += exch_capital_of(&s->capital, run, account,
			    run->insts.inst[x->place].currency);
			(void)exch_notify_crossed(r, worth_of(run, r));
		}
		h->qty += takes * (exch_i128)x->qty;
		r->cash -= takes * x->cash + sign * c->fee;
	}
	return EXCH_OK;
}

static int
look_at_price(struct exch_report_run *run, struct exch_notify_rule *r,
    const struct exch_deal *x, struct exch_diag *d)
{
	struct said say_it = {.r = r,
	    .time = x->at,
	    .place = x->place,
	    .value = x->price,
	    .scale = 9};
	exch_i128 off;

	if (r->kind == EXCH_NOTIFY_PRICE) {
		say_it.what = r->below ? "is below" : "is above";
		return exch_notify_crossed(r, x->price) ? say(run, &say_it, d)
							: EXCH_OK;
	}
	if (!r->known) {
		r->known = true;
		r->from = x->price;
		return EXCH_OK;
	}
	off = (exch_i128)x->price - r->from;
	say_it.what = off < 0 ? "has fallen" : "has risen";
	off = (off < 0 ? -off : off) * 1000000000;
	if (off < (exch_i128)(r->from < 0 ? -r->from : r->from) * r->limit)
		return EXCH_OK;
	r->from = x->price;
	return say(run, &say_it, d);
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct notify *s = run->state;
	bool price = x->price != EXCH_PX_NONE && x->state == EXCH_DEAL_NEW &&
		     x->kind != EXCH_PRINT_BLOCK &&
		     x->kind != EXCH_PRINT_CORRECTED;
	int rc = exch_charges_sides(&s->charges, x, trade_of, d);

	if (rc == EXCH_OK)
		rc = exch_marks_deal(&s->marks, x, d);
	for (size_t i = 0; rc == EXCH_OK && i < s->rules.n; i++) {
		struct exch_notify_rule *r = &s->rules.rule[i];

		if (r->kind == EXCH_NOTIFY_VALUE && r->from != 0 &&
		    exch_keyed_find(&r->held, x->place, 0) != NULL)
			rc = look_at_worth(run, r, x->at, d);
		else if ((r->kind == EXCH_NOTIFY_PRICE ||
			     r->kind == EXCH_NOTIFY_MOVE) &&
			 price && of_symbol(run, r, x->place))
			rc = look_at_price(run, r, x, d);
	}
	return rc;
}

/* ---- halts, gates ---- */

static int
place_phase(struct exch_report_run *run, const struct exch_rec_phase *p,
    uint32_t place, struct exch_diag *d)
{
	struct notify *s = run->state;
	struct said x = {.time = p->h.time, .place = place};
	bool halt = p->phase == EXCH_PHASE_HALT, was;
	int rc = exch_report_grow(
	    &s->phase, &s->nphases, place + 1, sizeof(*s->phase), d);

	if (rc != EXCH_OK)
		return rc;
	was = s->phase[place] == EXCH_PHASE_HALT + 1;
	s->phase[place] = (uint8_t)(p->phase + 1);
	if (halt == was)
		return EXCH_OK;
	for (size_t i = 0; rc == EXCH_OK && i < s->rules.n; i++) {
		x.r = &s->rules.rule[i];
		x.what = halt ? "is halted" : "is halted no more";
		if (x.r->kind == EXCH_NOTIFY_HALT && of_symbol(run, x.r, place))
			rc = say(run, &x, d);
	}
	return rc;
}

static int
take_phase(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);
	uint32_t place;
	int rc = EXCH_OK;

	if (p == NULL)
		return exch_report_short(r, d);
	if (r->instr != 0) {
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		return rc != EXCH_OK ? rc : place_phase(run, p, place, d);
	}
	for (place = 0; rc == EXCH_OK && place < run->insts.n; place++)
		rc = place_phase(run, p, place, d);
	return rc;
}

/* "refused by size"; "still held by": a decision met the next rule. */
static const char *
verdict_text(const struct exch_rec_risk *v, char what[96])
{
	const char *verdict = v->verdict != EXCH_VERDICT_HOLD ? "refused by "
			      : v->command == EXCH_REC_DECISION
				  ? "still held by "
				  : "held by ";
	const char *rule = exch_word_of(exch_words_rule, v->rule);
	char *p = exch_fmt_copy(what, verdict, strlen(verdict));

	rule = rule != NULL ? rule : "a rule";
	p = exch_fmt_copy(p, rule, strlen(rule));
	*p = '\0';
	return what;
}

/* A verdict of the gate that lets nothing pass, with what is behind it. */
static int
take_verdict(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_risk *v = EXCH_REC_AS(r, exch_rec_risk);
	struct notify *s = run->state;
	struct said x = {.time = r->time, .place = UINT32_MAX};
	char what[96];
	int rc = EXCH_OK;

	if (v == NULL)
		return exch_report_short(r, d);
	if (v->verdict == EXCH_VERDICT_PASS)
		return EXCH_OK;
	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &x.place, d);
	x.account = v->account;
	x.order = v->order;
	x.what = verdict_text(v, what);
	if (v->command == EXCH_REC_DECISION && v->verdict != EXCH_VERDICT_HOLD)
		x.on = "decision";
	for (size_t i = 0; rc == EXCH_OK && i < s->rules.n; i++) {
		x.r = &s->rules.rule[i];
		if (x.r->kind == EXCH_NOTIFY_RISK &&
		    of_account(run, x.r, v->account))
			rc = say(run, &x, d);
	}
	return rc;
}

/* ---- the report ---- */

static int
open_notify(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *when = exch_report_given(run, "when");
	struct notify *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	if (when != NULL)
		rc = exch_notify_parse(
		    &s->rules, when->text, when->n, when->value, d);
	if (rc == EXCH_OK)
		rc = exch_capital_read(&s->capital, run, d);
	if (rc == EXCH_OK)
		rc = exch_charges_open(&s->charges, run, deal, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	return rc == EXCH_OK
		   ? exch_table_columns(&run->table, cols, EXCH_ARRAY_LEN(cols),
			 run->o.format != EXCH_FMT_TEXT, d)
		   : rc;
}

static int
record_notify(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct notify *s = run->state;
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_INSTRUMENT)
		return exch_marks_instrument(&s->marks, run, r, d);
	if (r->type == EXCH_REC_PHASE)
		rc = take_phase(run, r, d);
	else if (r->type == EXCH_REC_RISK)
		rc = take_verdict(run, r, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_record(&s->tracked, run, r, d);
	return rc == EXCH_OK ? exch_charges_record(&s->charges, r, seq, d) : rc;
}

static int
close_notify(struct exch_report_run *run, struct exch_diag *d)
{
	struct notify *s = run->state;

	(void)d;
	exch_charges_close(&s->charges);
	exch_tracked_close(&s->tracked, run);
	return EXCH_OK;
}

static void
free_notify(struct exch_report_run *run)
{
	struct notify *s = run->state;

	exch_charges_free(&s->charges);
	exch_tracked_free(&s->tracked);
	exch_marks_clear(&s->marks);
	exch_reftable_clear(&s->capital);
	exch_notify_clear(&s->rules);
	exch_buf_free(&s->b);
	exch_free(s->phase);
}

const struct exch_report exch_report_notify = {
    .name = "notify",
    .what = "a line when something happens that a rule asks for",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_notify,
    .record = record_notify,
    .close = close_notify,
    .free = free_notify,
};
