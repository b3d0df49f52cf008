/* A verdict as a record, and in words: what each rule's numbers are. */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "rec/stream.h"
#include "risk/gate.h"

enum unit { NOTHING, COUNT, CASH, PRICE, TIME, SHARE };

/* What stands before the observed value, and between it and the limit. */
static const struct {
	enum unit unit;
	const char *before, *between;
} rules[] = {
    [EXCH_RULE_NONE] = {NOTHING, "it passes", NULL},
    [EXCH_RULE_ACCOUNT] = {NOTHING,
	"the account is not known, or its state lets it enter nothing", NULL},
    [EXCH_RULE_PERMISSION] = {NOTHING,
	"the account may not trade this, or not sell what it has not got",
	NULL},
    [EXCH_RULE_THROTTLE] = {COUNT, "message ", " where it may send "},
    [EXCH_RULE_SIZE] = {COUNT, "a quantity of ", ", at most "},
    [EXCH_RULE_VALUE] = {CASH, "worth ", ", at most "},
    [EXCH_RULE_COLLAR] = {PRICE, "", " off the reference, at most "},
    [EXCH_RULE_DUPLICATE] = {TIME, "the same came ", " before, not within "},
    [EXCH_RULE_OPEN_ORDERS] = {COUNT, "open orders would be ", ", at most "},
    [EXCH_RULE_POSITION] = {COUNT, "the position could become ", ", at most "},
    [EXCH_RULE_CREDIT] = {CASH, "cash could be short by ", ", at most "},
    [EXCH_RULE_MARGIN] = {CASH, "margin would be ", " of an equity of "},
    [EXCH_RULE_CONCENTRATION] = {SHARE, "", " of the account, at most "},
    [EXCH_RULE_SECTOR] = {SHARE, "the sector would be ",
	" of the account, at most "},
    [EXCH_RULE_LOSS] = {CASH, "the day has lost ", ", at most "},
    [EXCH_RULE_STOP] = {CASH, "the position has lost ", ", at most "},
    [EXCH_RULE_KILL] = {NOTHING, "somebody pulled the switch", NULL},
    [EXCH_RULE_GROUP_OPEN_ORDERS] = {COUNT,
	"open orders of the group would be ", ", at most "},
    [EXCH_RULE_GROUP_POSITION] = {COUNT, "the group's position could become ",
	", at most "},
    [EXCH_RULE_GROUP_GROSS] = {COUNT, "the group's positions could add up to ",
	", at most "},
    [EXCH_RULE_GROUP_NOTIONAL] = {CASH, "the group's positions could be worth ",
	", at most "},
    [EXCH_RULE_GROUP_CREDIT] = {CASH, "the group's cash could be short by ",
	", at most "},
    [EXCH_RULE_GROUP_LOSS] = {CASH, "the day has lost the group ",
	", at most "},
    [EXCH_RULE_SELF_TRADE] = {PRICE, "at ",
	" it would meet one of its own at "},
    [EXCH_RULE_DAY_TRADER_EQUITY] = {CASH, "the equity of a day trader is ",
	", at least "},
    [EXCH_RULE_DAY_TRADER_POWER] = {CASH,
	"positions of a day trader could be worth ", ", at most "},
    [EXCH_RULE_AUTHORITY] = {NOTHING,
	"it is not theirs to decide, or nothing to decide on", NULL},
};

static void
number(struct exch_buf *b, enum unit unit, int64_t v)
{
	/* Of an order without a price. */
	if (unit == CASH && v == INT64_MAX) {
		exch_buf_str(b, "any amount");
		return;
	}
	if (unit == PRICE && v == EXCH_PX_NONE) {
		exch_buf_str(b, "any price");
		return;
	}
	exch_buf_dec(b, v,
	    unit == PRICE   ? 9
	    : unit == CASH  ? 6
	    : unit == SHARE ? 4
			    : 0,
	    unit == CASH ? 2 : 0);
	if (unit == SHARE)
		exch_buf_char(b, '%');
	if (unit == TIME)
		exch_buf_str(b, " ns");
}

void
exch_judged_text(struct exch_buf *b, const struct exch_judged *v)
{
	exch_buf_str(b, rules[v->rule].before);
	if (rules[v->rule].unit == NOTHING)
		return;
	number(b, rules[v->rule].unit, v->observed);
	exch_buf_str(b, rules[v->rule].between);
	number(b, rules[v->rule].unit, v->limit);
}

const struct exch_rec_risk *
exch_judged_put(struct exch_writer *w, const struct exch_rec *command,
    const struct exch_judged *v)
{
	struct exch_rec_risk *k = exch_writer_new(
	    w, EXCH_REC_RISK, sizeof(*k), command->instr, command->time);

	k->order = v->order;
	k->limit = v->limit;
	k->observed = v->observed;
	k->account = v->account;
	k->rule = (uint8_t)v->rule;
	k->verdict = (uint8_t)v->verdict;
	k->ref = v->ref;
	k->command = command->type;
	return k;
}

void
exch_judged_give(struct exch_writer *w, const struct exch_rec *own)
{
	size_t n = exch_rec_len(own), head = sizeof(*own);
	struct exch_rec *r =
	    exch_writer_put(w, own->type, n, own->instr, own->time);

	r->flags = own->flags;
	memcpy((char *)r + head, (const char *)own + head, n - head);
}
