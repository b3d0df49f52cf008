/* A verdict as a record, and in words: what each rule's numbers are. */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "rec/stream.h"
#include "risk/gate.h"

/*
 * What stands before the observed value, and between it and the limit; NULL:
 * words alone.
 */
static const struct {
	const char *before, *between;
} rules[] = {
    [EXCH_RULE_NONE] = {"it passes", NULL},
    [EXCH_RULE_ACCOUNT] =
	{"the account is not known, or its state lets it enter nothing", NULL},
    [EXCH_RULE_PERMISSION] =
	{"the account may not trade this, or not sell what it has not got",
	    NULL},
    [EXCH_RULE_THROTTLE] = {"message ", " where it may send "},
    [EXCH_RULE_SIZE] = {"a quantity of ", ", at most "},
    [EXCH_RULE_VALUE] = {"worth ", ", at most "},
    [EXCH_RULE_COLLAR] = {"", " off the reference, at most "},
    [EXCH_RULE_DUPLICATE] = {"the same came ", " before, not within "},
    [EXCH_RULE_OPEN_ORDERS] = {"open orders would be ", ", at most "},
    [EXCH_RULE_POSITION] = {"the position could become ", ", at most "},
    [EXCH_RULE_CREDIT] = {"cash could be short by ", ", at most "},
    [EXCH_RULE_MARGIN] = {"margin would be ", " of an equity of "},
    [EXCH_RULE_CONCENTRATION] = {"", " of the account, at most "},
    [EXCH_RULE_SECTOR] = {"the sector would be ", " of the account, at most "},
    [EXCH_RULE_LOSS] = {"the day has lost ", ", at most "},
    [EXCH_RULE_STOP] = {"the position has lost ", ", at most "},
    [EXCH_RULE_KILL] = {"somebody pulled the switch", NULL},
    [EXCH_RULE_GROUP_OPEN_ORDERS] = {"open orders of the group would be ",
	", at most "},
    [EXCH_RULE_GROUP_POSITION] = {"the group's position could become ",
	", at most "},
    [EXCH_RULE_GROUP_GROSS] = {"the group's positions could add up to ",
	", at most "},
    [EXCH_RULE_GROUP_NOTIONAL] = {"the group's positions could be worth ",
	", at most "},
    [EXCH_RULE_GROUP_CREDIT] = {"the group's cash could be short by ",
	", at most "},
    [EXCH_RULE_GROUP_LOSS] = {"the day has lost the group ", ", at most "},
    [EXCH_RULE_SELF_TRADE] = {"at ", " it would meet one of its own at "},
    [EXCH_RULE_DAY_TRADER_EQUITY] = {"the equity of a day trader is ",
	", at least "},
    [EXCH_RULE_DAY_TRADER_POWER] = {"positions of a day trader could be worth ",
	", at most "},
    [EXCH_RULE_AUTHORITY] = {"who decides is none of the approvers", NULL},
    [EXCH_RULE_NOT_HELD] = {"nothing is held that this could decide on", NULL},
    [EXCH_RULE_UNKNOWN] = {"there is no such member, group or instrument",
	NULL},
    [EXCH_RULE_IMPOSSIBLE] =
	{"no limit can be that, or this gate cannot ask for it", NULL},
    [EXCH_RULE_NOT_STOPPED] =
	{"no such switch was pulled for them that this could release", NULL},
};

static void
number(struct exch_buf *b, enum exch_rule_unit unit, int64_t v)
{
	/* Of an order without a price. */
	if (unit == EXCH_UNIT_CASH && v == INT64_MAX) {
		exch_buf_str(b, "any amount");
		return;
	}
	if (unit == EXCH_UNIT_PRICE && v == EXCH_PX_NONE) {
		exch_buf_str(b, "any price");
		return;
	}
	exch_buf_dec(b, v,
	    unit == EXCH_UNIT_PRICE   ? 9
	    : unit == EXCH_UNIT_CASH  ? 6
	    : unit == EXCH_UNIT_SHARE ? 4
				      : 0,
	    unit == EXCH_UNIT_CASH ? 2 : 0);
	if (unit == EXCH_UNIT_SHARE)
		exch_buf_char(b, '%');
	if (unit == EXCH_UNIT_TIME)
		exch_buf_str(b, " ns");
}

void
exch_judged_text(struct exch_buf *b, const struct exch_judged *v)
{
	enum exch_rule_unit unit = exch_rule_unit(v->rule);

	exch_buf_str(b, rules[v->rule].before);
	if (rules[v->rule].between == NULL)
		return;
	/* So much is refused where nobody has set a limit, too. */
	if (unit == EXCH_UNIT_QTY && v->observed == INT64_MAX)
		exch_buf_str(b, "more than numbers can say");
	else
		number(b, unit, v->observed);
	exch_buf_str(b, rules[v->rule].between);
	number(b, unit, v->limit);
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
