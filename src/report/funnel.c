/*
 * exch-report funnel: what became of the orders that came in, by state.  An
 * order is one from its command to its end, under however many numbers.  Each
 * ends in one state, so that those of a level add up to the level above, and
 * what was asked for is what was executed, what is gone and what is left.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/schema.h"
#include "report/grid.h"
#include "report/reports.h"
#include "report/tracked.h"

enum state {
	ENTERED,
	HELD,
	UNANSWERED,
	RISK_REJECTED,
	REJECTED,
	ACCEPTED,
	FILLED,
	PARTLY_FILLED,
	CANCELLED,
	EXPIRED,
	RESTING,
	STATES
};

static const struct {
	const char *word, *people;
	uint8_t level;
} states[STATES] = {
    [ENTERED] = {"entered", "entered", 0},
    [HELD] = {"held", "  held", 1},
    [UNANSWERED] = {"unanswered", "  unanswered", 1},
    [RISK_REJECTED] = {"risk-rejected", "  risk-rejected", 1},
    [REJECTED] = {"rejected", "  rejected", 1},
    [ACCEPTED] = {"accepted", "  accepted", 1},
    [FILLED] = {"filled", "    filled", 2},
    [PARTLY_FILLED] = {"partly-filled", "    partly-filled", 2},
    [CANCELLED] = {"cancelled", "    cancelled", 2},
    [EXPIRED] = {"expired", "    expired", 2},
    [RESTING] = {"resting", "    resting", 2},
};

enum by { BY_ACCOUNT, BY_SYMBOL, BY_SIDE, BY_TYPE, BY_TIF, BYS };

static const char *const by_words[BYS] = {
    "account", "symbol", "side", "type", "tif"};

static const struct exch_col cols[] = {
    {"account", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"side", EXCH_COL_TEXT, 4},
    {"type", EXCH_COL_TEXT, 8},
    {"tif", EXCH_COL_TEXT, 4},
    {"level", EXCH_COL_NUM, 5},
    {"state", EXCH_COL_TEXT, 17},
    {"reason", EXCH_COL_TEXT, 14},
    {"orders", EXCH_COL_NUM, 9},
    {"percent", EXCH_COL_NUM, 7},
    {"qty", EXCH_COL_NUM, 12},
    {"filled", EXCH_COL_NUM, 12},
    {"gone", EXCH_COL_NUM, 12},
    {"leaves", EXCH_COL_NUM, 12},
};

/* The reason of an order that rests, behind those of records. */
#define STILL_RESTS UINT16_MAX

/* Orders and quantities, in 10^-9. */
struct sum {
	uint64_t orders;
	exch_u128 qty, filled, gone, leaves;
};

/* Orders that are alike in what --by asks for. */
struct group {
	struct exch_key key; /* place + 1, and what group_of() says */
	struct sum entered, accepted;
	uint32_t account;
	uint8_t side, type, tif;
};

/* Those of a group in a state, for a reason: slot, and both of these. */
struct cell {
	struct exch_key key;
	struct sum sum;
};

/* One order, asked for or live, under whatever number it has now. */
struct order {
	struct exch_key key;
	exch_qty qty, filled, gone;
	uint32_t account;
	uint8_t side, type, tif;
	bool held;
};

struct funnel {
	struct exch_tracked tracked;
	struct exch_keyed groups, cells, orders;
	bool by[BYS];
	bool holds;	   /* the record before was a gate's verdict: hold */
	exch_oid quote[2]; /* asked for by the last QUOTE */
	exch_oid last;	   /* asked for by the last command; 0: none */
	uint32_t last_place;
};

/* ---- options ---- */

static int
set_by(struct funnel *s, const char *p, struct exch_diag *d)
{
	if (strcmp(p, "all") == 0)
		return EXCH_OK;
	for (;;) {
		size_t n = strcspn(p, ",");
		unsigned i = 0;

		while (i < BYS && (strlen(by_words[i]) != n ||
				      memcmp(by_words[i], p, n) != 0))
			i++;
		if (i == BYS || s->by[i])
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0, "--by: '%.*s' %s",
			    (int)(n < 40 ? n : 40), p,
			    i == BYS ? "is none of account, symbol, side, "
				       "type, tif, or all"
				     : "comes twice");
		s->by[i] = true;
		if (p[n] == '\0')
			return EXCH_OK;
		p += n + 1;
	}
}

/* ---- counting ---- */

static int
group_of(struct funnel *s, uint32_t place, const struct order *o,
    struct group **out, struct exch_diag *d)
{
	uint32_t account = s->by[BY_ACCOUNT] ? o->account : 0;
	uint8_t side = s->by[BY_SIDE] ? o->side : 0;
	uint8_t type = s->by[BY_TYPE] ? o->type : 0;
	uint8_t tif = s->by[BY_TIF] ? o->tif : 0;
	int rc = exch_keyed_add(&s->groups, s->by[BY_SYMBOL] ? place + 1 : 0,
	    (uint64_t)account << 24 | (uint64_t)type << 16 |
		(uint64_t)side << 8 | tif,
	    out);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	(*out)->account = account;
	(*out)->side = side;
	(*out)->type = type;
	(*out)->tif = tif;
	return EXCH_OK;
}

static void
add(struct sum *x, const struct order *o, exch_qty leaves, unsigned scale)
{
	static const uint32_t powers[] = {1000000000, 100000000, 10000000,
	    1000000, 100000, 10000, 1000, 100, 10, 1};
	exch_u128 unit = powers[scale];

	x->orders++;
	x->filled += o->filled * unit;
	x->gone += o->gone * unit;
	x->leaves += leaves * unit;
	x->qty += ((exch_u128)o->filled + o->gone + leaves) * unit;
}

/* An order has its end, or the stream has. */
static int
count(struct exch_report_run *run, uint32_t place, const struct order *o,
    exch_qty leaves, enum state state, uint16_t reason, struct exch_diag *d)
{
	struct funnel *s = run->state;
	unsigned scale = run->insts.inst[place].qty_scale;
	struct group *g;
	struct cell *c;
	int rc = group_of(s, place, o, &g, d);

	if (rc != EXCH_OK)
		return rc;
	add(&g->entered, o, leaves, scale);
	if (states[state].level == 2)
		add(&g->accepted, o, leaves, scale);
	rc = exch_keyed_add(
	    &s->cells, g->key.slot, (uint64_t)state << 16 | reason, &c);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	add(&c->sum, o, leaves, scale);
	return EXCH_OK;
}

/* ---- orders ---- */

static int
ask(struct funnel *s, uint32_t place, const struct order *as, exch_oid id,
    struct exch_diag *d)
{
	struct exch_key key;
	struct order *o;
	int rc = exch_keyed_add(&s->orders, place, id, &o);

	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK; /* it comes again, and is one */
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	key = o->key;
	*o = *as;
	o->key = key;
	s->last = id;
	s->last_place = place;
	return EXCH_OK;
}

/* A command that asks for an order: it is counted once it is answered. */
static int
take_command(struct funnel *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_new *n = EXCH_REC_AS_ASKED(r, exch_rec_new);
	const struct exch_rec_quote *q = EXCH_REC_AS_ASKED(r, exch_rec_quote);
	struct order o = {.held = s->holds};
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_NEW && n != NULL) {
		o.qty = n->qty;
		o.account = n->account;
		o.side = n->side;
		o.type = n->ordtype;
		o.tif = n->tif;
		return ask(s, place, &o, n->order, d);
	}
	if (r->type != EXCH_REC_QUOTE || q == NULL)
		return EXCH_OK;
	o.account = q->account;
	o.type = EXCH_ORD_LIMIT;
	s->quote[0] = q->bid_order;
	s->quote[1] = q->ask_order;
	for (unsigned side = 0; side < 2 && rc == EXCH_OK; side++) {
		o.side = side == 0 ? EXCH_BUY : EXCH_SELL;
		o.qty = side == 0 ? q->bid_qty : q->ask_qty;
		/* one that stays is not asked for again */
		if (o.qty > 0)
			rc = ask(s, place, &o,
			    side == 0 ? q->bid_order : q->ask_order, d);
	}
	return rc;
}

static void
drop(struct funnel *s, struct order *o)
{
	if (o != NULL)
		exch_keyed_drop(&s->orders, o);
}

/* All that was asked for is gone. */
static int
refuse(struct exch_report_run *run, const struct exch_rec_reject *r,
    uint32_t place, struct order was, struct exch_diag *d)
{
	bool risk = r->code >= EXCH_REJ_RISK;

	was.gone = was.qty;
	return count(run, place, &was, 0, risk ? RISK_REJECTED : REJECTED,
	    risk ? (uint16_t)(r->code - EXCH_REJ_RISK) : r->code, d);
}

/* Both sides of a quote are refused at once. */
static int
refuse_quote(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct funnel *s = run->state;
	int rc = EXCH_OK;

	for (unsigned i = 0; i < 2 && rc == EXCH_OK; i++) {
		struct order *o =
		    exch_keyed_find(&s->orders, c->place, s->quote[i]);
		struct order was;

		if (s->quote[i] == 0 || o == NULL ||
		    exch_track_find(s->tracked.track, c->place, s->quote[i]))
			continue;
		was = *o;
		drop(s, o);
		rc = refuse(
		    run, EXCH_CHANGE_REC(c, exch_rec_reject), c->place, was, d);
	}
	return rc;
}

static int
take_reject(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);
	struct funnel *s = run->state;
	struct order *o = exch_keyed_find(&s->orders, c->place, c->order);
	struct order was = {.qty = c->o->qty,
	    .account = c->o->account,
	    .side = c->o->side,
	    .type = c->o->ordtype,
	    .tif = c->o->tif};

	if (r->command == EXCH_REC_QUOTE)
		return refuse_quote(run, c, d);
	if (r->command != EXCH_REC_NEW)
		return EXCH_OK;
	/* one whose number was taken is an order that came in, too */
	if (o == NULL ||
	    exch_track_find(s->tracked.track, c->place, c->order) != NULL)
		return refuse(run, r, c->place, was, d);
	was = *o;
	drop(s, o);
	return refuse(run, r, c->place, was, d);
}

static int
take_replaced(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	const struct exch_rec_replaced *r =
	    EXCH_CHANGE_REC(c, exch_rec_replaced);
	struct funnel *s = run->state;
	struct order *o = exch_keyed_find(&s->orders, c->place, c->order);
	struct order was;
	struct exch_key key;
	int rc;

	if (o == NULL || r->new_order == r->order)
		return EXCH_OK;
	was = *o;
	drop(s, o);
	rc = exch_keyed_add(&s->orders, c->place, r->new_order, &o);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	key = o->key;
	*o = was;
	o->key = key;
	return EXCH_OK;
}

/* What a withdrawn order ended as, and what took the rest of it. */
static int
take_cancelled(struct exch_report_run *run, const struct exch_change *c,
    struct order *o, struct exch_diag *d)
{
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	enum state state = exch_life_cancel(r->reason) == EXCH_LIFE_EXPIRE
			       ? EXPIRED
			       : CANCELLED;

	return count(run, c->place, o, 0, o->filled > 0 ? PARTLY_FILLED : state,
	    r->reason, d);
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct funnel *s = run->state;
	struct order *o;
	int rc = EXCH_OK;

	switch (c->kind) {
	case EXCH_CHANGE_REJECTED:
		return take_reject(run, c, d);
	case EXCH_CHANGE_REPLACED:
		return take_replaced(run, c, d);
	case EXCH_CHANGE_EXECUTED:
	case EXCH_CHANGE_CANCELLED:
		break;
	default:
		return EXCH_OK;
	}
	o = exch_keyed_find(&s->orders, c->place, c->order);
	if (o == NULL || c->o == NULL)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_EXECUTED)
		o->filled += EXCH_CHANGE_REC(c, exch_rec_exec)->qty;
	else
		o->gone += EXCH_CHANGE_REC(c, exch_rec_cancelled)->qty;
	if (!c->ended)
		return EXCH_OK;
	rc = c->kind == EXCH_CHANGE_EXECUTED
		 ? count(run, c->place, o, 0, FILLED, 0, d)
		 : take_cancelled(run, c, o, d);
	drop(s, o);
	return rc;
}

static int
record_funnel(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_risk *k =
	    r->type == EXCH_REC_RISK ? EXCH_REC_AS(r, exch_rec_risk) : NULL;
	struct funnel *s = run->state;
	uint32_t place;
	int rc = EXCH_OK;

	(void)seq;
	/* the answer before is told again: what was said is no new order */
	if (exch_report_repeats(r) && s->last != 0) {
		drop(s, exch_keyed_find(&s->orders, s->last_place, s->last));
		s->last = 0;
	}
	if (r->type == EXCH_REC_NEW || r->type == EXCH_REC_QUOTE) {
		s->last = 0;
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
		if (rc == EXCH_OK)
			rc = take_command(s, r, place, d);
	}
	s->holds = k != NULL && k->verdict == EXCH_VERDICT_HOLD &&
		   k->command == EXCH_REC_NEW;
	return rc == EXCH_OK ? exch_tracked_record(&s->tracked, run, r, d) : rc;
}

/* ---- rows ---- */

static const char *
reason_word(enum state state, uint16_t reason)
{
	switch (state) {
	case RISK_REJECTED:
		return exch_word_of(exch_words_rule, reason);
	case REJECTED:
		return exch_word_of(exch_words_reject, reason);
	case PARTLY_FILLED:
		return reason == STILL_RESTS
			   ? "resting"
			   : exch_word_of(exch_words_reason, reason);
	case CANCELLED:
	case EXPIRED:
		return exch_word_of(exch_words_reason, reason);
	default:
		return NULL;
	}
}

static void
put(struct exch_report_run *run, const struct group *g, enum state state,
    const char *reason, const struct sum *x)
{
	const struct funnel *s = run->state;
	struct exch_table *t = &run->table;
	const char *word = t->format == EXCH_FMT_TEXT ? states[state].people
						      : states[state].word;

	exch_table_row(t);
	exch_report_account(run, g->account);
	if (g->key.place > 0)
		exch_report_symbol(run, g->key.place - 1);
	else
		exch_table_none(t);
	exch_table_word(t, exch_report_side(g->side, NULL));
	exch_table_word(t,
	    s->by[BY_TYPE] ? exch_word_of(exch_words_ordtype, g->type) : NULL);
	exch_table_word(
	    t, s->by[BY_TIF] ? exch_word_of(exch_words_tif, g->tif) : NULL);
	exch_table_u64(t, states[state].level);
	exch_table_word(t, word);
	exch_table_word(t, reason);
	exch_table_u64(t, x->orders);
	exch_table_dec(
	    t, (exch_i128)exch_hundredths(x->orders, g->entered.orders), 2, 2);
	exch_table_dec(t, (exch_i128)x->qty, 9, 0);
	exch_table_dec(t, (exch_i128)x->filled, 9, 0);
	exch_table_dec(t, (exch_i128)x->gone, 9, 0);
	exch_table_dec(t, (exch_i128)x->leaves, 9, 0);
	exch_table_end(t);
}

/* The cells of a group come one behind the other, by state and reason. */
static void
put_group(struct exch_report_run *run, const struct group *g, void **cells,
    uint32_t ncells)
{
	bool accepted = false;

	put(run, g, ENTERED, NULL, &g->entered);
	for (uint32_t i = 0; i < ncells; i++) {
		const struct cell *c = cells[i];
		enum state state = (enum state)(c->key.id >> 16);

		if (states[state].level == 2 && !accepted) {
			put(run, g, ACCEPTED, NULL, &g->accepted);
			accepted = true;
		}
		put(run, g, state, reason_word(state, c->key.id & 0xffff),
		    &c->sum);
	}
}

static int
put_all(struct exch_report_run *run, struct exch_diag *d)
{
	struct funnel *s = run->state;
	void **groups = exch_keyed_sorted(&s->groups);
	void **cells = exch_keyed_sorted(&s->cells);
	uint32_t ncells = s->cells.live;
	int rc = EXCH_OK;

	if (groups == NULL || cells == NULL) {
		rc = exch_report_nomem(d);
		goto out;
	}
	for (uint32_t i = 0; i < s->groups.live; i++) {
		const struct group *g = groups[i];
		uint32_t first = 0, n;

		/* cells are sorted by the slots of their groups */
		for (uint32_t step = ncells; step > 0;) {
			uint32_t half = step / 2;
			const struct cell *c = cells[first + half];

			if (c->key.place < g->key.slot) {
				first += half + 1;
				step -= half + 1;
			} else {
				step = half;
			}
		}
		for (n = 0; first + n < ncells; n++)
			if (((const struct cell *)cells[first + n])
				->key.place != g->key.slot)
				break;
		put_group(run, g, cells + first, n);
	}
out:
	exch_free(groups);
	exch_free(cells);
	return rc;
}

/* What is left of those that have no end, and those without an answer. */
static int
count_open(struct exch_report_run *run, struct exch_diag *d)
{
	struct funnel *s = run->state;
	const struct order *o;
	uint32_t at = 0;
	int rc = EXCH_OK;

	while (
	    rc == EXCH_OK && (o = exch_keyed_next(&s->orders, &at)) != NULL) {
		const struct exch_life *live =
		    exch_track_find(s->tracked.track, o->key.place, o->key.id);

		if (live == NULL)
			rc = count(run, o->key.place, o, o->qty,
			    o->held ? HELD : UNANSWERED, 0, d);
		else if (o->filled > 0)
			rc = count(run, o->key.place, o, live->open,
			    PARTLY_FILLED, STILL_RESTS, d);
		else
			rc = count(
			    run, o->key.place, o, live->open, RESTING, 0, d);
	}
	return rc;
}

static int
open_funnel(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *by = exch_report_given(run, "by");
	struct funnel *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = set_by(s, by != NULL ? by->value : "all", d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->groups, sizeof(struct group)) != EXCH_OK ||
		exch_keyed_init(&s->cells, sizeof(struct cell)) != EXCH_OK ||
		exch_keyed_init(&s->orders, sizeof(struct order)) != EXCH_OK))
		rc = exch_report_nomem(d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

static int
close_funnel(struct exch_report_run *run, struct exch_diag *d)
{
	struct funnel *s = run->state;
	int rc = count_open(run, d);

	exch_tracked_close(&s->tracked, run);
	return rc == EXCH_OK ? put_all(run, d) : rc;
}

static void
free_funnel(struct exch_report_run *run)
{
	struct funnel *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_keyed_clear(&s->groups);
	exch_keyed_clear(&s->cells);
	exch_keyed_clear(&s->orders);
}

static const struct exch_report_param params[] = {
    {.name = "by",
	.arg = "WHAT,...",
	.what = "a row for each account, symbol, ... (tca, latency, ...)"},
    {0},
};

const struct exch_report exch_report_funnel = {
    .name = "funnel",
    .what = "orders by what became of them",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_funnel,
    .record = record_funnel,
    .close = close_funnel,
    .free = free_funnel,
};
