/*
 * Layouts as data: one row per field of every record type.  The structs in
 * rec.h say the same to the compiler; offsets come from them, so that the
 * two cannot differ.  The text of SCHEMA records is made here too; reading
 * it back is known.c's business.
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "base/dec.h"
#include "rec/schema.h"

static const struct {
	const char *name;
	uint8_t size;
} kinds[] = {
    [EXCH_K_U8] = {"u8", 1},
    [EXCH_K_U16] = {"u16", 2},
    [EXCH_K_U32] = {"u32", 4},
    [EXCH_K_U64] = {"u64", 8},
    [EXCH_K_I8] = {"i8", 1},
    [EXCH_K_I64] = {"i64", 8},
    [EXCH_K_PX] = {"px", 8},
    [EXCH_K_QTY] = {"qty", 8},
    [EXCH_K_TS] = {"ts", 8},
    [EXCH_K_DATE] = {"date", 4},
    [EXCH_K_C4] = {"c4", 4},
    [EXCH_K_C12] = {"c12", 12},
    [EXCH_K_C16] = {"c16", 16},
    [EXCH_K_C24] = {"c24", 24},
    [EXCH_K_TEXT] = {"text", 2},
    [EXCH_K_CODE8] = {"code8", 1},
    [EXCH_K_CODE16] = {"code16", 2},
    [EXCH_K_CASH] = {"cash", 8},
};

size_t
exch_kind_size(enum exch_kind kind)
{
	return kinds[kind].size;
}

const char *
exch_kind_name(enum exch_kind kind)
{
	return kinds[kind].name;
}

int
exch_kind_by_name(const char *s, size_t n, enum exch_kind *kind)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(kinds); i++) {
		if (strlen(kinds[i].name) == n &&
		    memcmp(kinds[i].name, s, n) == 0) {
			*kind = (enum exch_kind)i;
			return 0;
		}
	}
	return EXCH_ERR_ABSENT;
}

/* F(field, KIND) for a plain field, C(field, KIND, words) for a code. */
#define F(m, k)                                                                \
	{                                                                      \
#m, EXCH_K_##k, (uint16_t)offsetof(struct REC, m), NULL        \
	}
#define C(m, k, w)                                                             \
	{                                                                      \
#m, EXCH_K_##k, (uint16_t)offsetof(struct REC, m),             \
		    exch_words_##w                                             \
	}
#define TEXT                                                                   \
	{                                                                      \
		"text", EXCH_K_TEXT, (uint16_t)offsetof(struct REC, ntext),    \
		    NULL                                                       \
	}

#define REC exch_rec_schema
static const struct exch_field f_schema[] = {
    F(rtype, U8), F(version, U8), TEXT};
#undef REC

#define REC exch_rec_source
static const struct exch_field f_source[] = {
    F(id, U8), F(shard, U8), F(config, U64), TEXT};
#undef REC

#define REC exch_rec_instrument
static const struct exch_field f_instrument[] = {F(symbol, C24), F(isin, C12),
    F(mic, C4), F(currency, C4), C(kind, CODE8, kind), F(px_decimals, U8),
    F(qty_exponent, I8), F(iflags, U8), F(tick, PX), F(lot, QTY),
    F(min_qty, QTY), F(max_qty, QTY), F(reference, PX), F(strike, PX),
    F(multiplier, PX), F(expiry, DATE), F(underlying, U32), F(tick_table, U32),
    F(settle_days, U8)};
#undef REC

#define REC exch_rec_account
static const struct exch_field f_account[] = {F(id, U32), F(member, C16), TEXT};
#undef REC

#define REC exch_rec_seq
static const struct exch_field f_seq[] = {F(next, U64)};
#undef REC

#define REC exch_rec_phase
static const struct exch_field f_phase[] = {C(phase, CODE8, phase),
    C(cross, CODE8, cross), F(reason, C4), F(reference, PX)};
#undef REC

#define REC exch_rec_gap
static const struct exch_field f_gap[] = {
    F(session, C16), F(first, U64), F(count, U64)};
#undef REC

#define REC exch_rec_notice
static const struct exch_field f_notice[] = {TEXT};
#undef REC

#define REC exch_rec_error
static const struct exch_field f_error[] = {F(code, U16),
    C(severity, CODE8, severity), F(ref_source, U8), F(ref_seq, U64), TEXT};
#undef REC

#define REC exch_rec_new
static const struct exch_field f_new[] = {F(order, U64), F(price, PX),
    F(qty, QTY), F(account, U32), C(side, CODE8, side),
    C(ordtype, CODE8, ordtype), C(tif, CODE8, tif),
    C(ordflags, CODE8, ordflags)};
#undef REC

#define REC exch_rec_cancel
static const struct exch_field f_cancel[] = {F(order, U64), F(qty, QTY)};
#undef REC

#define REC exch_rec_replace
static const struct exch_field f_replace[] = {F(order, U64), F(new_order, U64),
    F(price, PX), F(qty, QTY), F(account, U32), C(tif, CODE8, tif),
    C(ordflags, CODE8, ordflags)};
#undef REC

#define REC exch_rec_mass_cancel
static const struct exch_field f_mass_cancel[] = {F(session, U64),
    F(account, U32), C(side, CODE8, side), C(kind, CODE8, mass)};
#undef REC

#define REC exch_rec_quote
static const struct exch_field f_quote[] = {F(bid_order, U64),
    F(ask_order, U64), F(bid, PX), F(ask, PX), F(bid_qty, QTY), F(ask_qty, QTY),
    F(account, U32), F(mass, U32)};
#undef REC

#define REC exch_rec_accept
static const struct exch_field f_accept[] = {
    F(order, U64), F(answer, U64), F(qty, QTY)};
#undef REC

#define REC exch_rec_block
static const struct exch_field f_block[] = {
    F(report, U64), F(price, PX), F(qty, QTY), F(buyer, U32), F(seller, U32)};
#undef REC

#define REC exch_rec_break
static const struct exch_field f_break[] = {
    F(match, U64), F(price, PX), F(qty, QTY)};
#undef REC

#define REC exch_rec_ack
static const struct exch_field f_ack[] = {F(order, U64)};
#undef REC

#define REC exch_rec_reject
static const struct exch_field f_reject[] = {
    F(order, U64), C(code, CODE16, reject), C(command, CODE8, command)};
#undef REC

#define REC exch_rec_exec
static const struct exch_field f_exec[] = {F(match, U64), F(buy, U64),
    F(sell, U64), F(price, PX), F(qty, QTY), C(aggressor, CODE8, side),
    C(cross, CODE8, cross)};
#undef REC

#define REC exch_rec_cancelled
static const struct exch_field f_cancelled[] = {
    F(order, U64), F(qty, QTY), C(reason, CODE16, reason), F(open, U8)};
#undef REC

#define REC exch_rec_replaced
static const struct exch_field f_replaced[] = {
    F(order, U64), F(new_order, U64), F(qty, QTY), F(kept, U8)};
#undef REC

#define REC exch_rec_restated
static const struct exch_field f_restated[] = {F(order, U64), F(price, PX),
    F(leaves, QTY), F(shown, QTY), C(reason, CODE16, restate)};
#undef REC

#define REC exch_rec_triggered
static const struct exch_field f_triggered[] = {F(order, U64), F(price, PX)};
#undef REC

#define REC exch_rec_mass_done
static const struct exch_field f_mass_done[] = {
    F(count, U64), C(kind, CODE8, mass)};
#undef REC

#define REC exch_rec_part
static const struct exch_field f_part[] = {F(due, TS), F(unit, U32),
    F(gen, U32), F(step, U8), F(shared, U8), F(section, U8)};
#undef REC

#define REC exch_rec_trade
static const struct exch_field f_trade[] = {F(match, U64), F(buy, U64),
    F(sell, U64), F(price, PX), F(qty, QTY), C(aggressor, CODE8, side),
    C(cross, CODE8, cross), C(kind, CODE8, print), C(cause, CODE16, cause)};
#undef REC

#define REC exch_rec_bust
static const struct exch_field f_bust[] = {F(match, U64)};
#undef REC

#define REC exch_rec_expect
static const struct exch_field f_expect[] = {F(match, U64), F(buy, U64),
    F(sell, U64), F(price, PX), F(qty, QTY), C(aggressor, CODE8, side),
    C(cross, CODE8, cross), C(cause, CODE16, cause), F(group, U32),
    F(print, PX)};
#undef REC

#define REC exch_rec_miss
static const struct exch_field f_miss[] = {F(match, U64), F(got_match, U64),
    F(resting, U64), F(got_resting, U64), F(price, PX), F(got_price, PX),
    F(qty, QTY), F(got_qty, QTY), C(cause, CODE16, cause),
    C(aggressor, CODE8, side)};
#undef REC

#define REC exch_rec_book_add
static const struct exch_field f_book_add[] = {F(order, U64), F(price, PX),
    F(qty, QTY), C(side, CODE8, side), F(mpid, C4)};
#undef REC

#define REC exch_rec_book_exec
static const struct exch_field f_book_exec[] = {
    F(order, U64), F(qty, QTY), F(match, U64), F(price, PX), F(printable, U8)};
#undef REC

#define REC exch_rec_book_reduce
static const struct exch_field f_book_reduce[] = {F(order, U64), F(qty, QTY)};
#undef REC

#define REC exch_rec_book_delete
static const struct exch_field f_book_delete[] = {F(order, U64)};
#undef REC

#define REC exch_rec_book_replace
static const struct exch_field f_book_replace[] = {
    F(order, U64), F(new_order, U64), F(price, PX), F(qty, QTY)};
#undef REC

#define REC exch_rec_book_print
static const struct exch_field f_book_print[] = {F(match, U64), F(price, PX),
    F(qty, QTY), F(order, U64), C(side, CODE8, side), C(kind, CODE8, print),
    C(cross, CODE8, cross)};
#undef REC

#define REC exch_rec_book_level
static const struct exch_field f_book_level[] = {
    F(price, PX), F(qty, QTY), C(side, CODE8, side)};
#undef REC

#define REC exch_rec_book_top
static const struct exch_field f_book_top[] = {
    F(bid, PX), F(ask, PX), F(bid_qty, QTY), F(ask_qty, QTY)};
#undef REC

#define REC exch_rec_auction
static const struct exch_field f_auction[] = {F(price, PX), F(paired, QTY),
    F(imbalance, QTY), F(reference, PX), F(far, PX), C(side, CODE8, side),
    C(cross, CODE8, cross), F(final, U8), F(variation, U8)};
#undef REC

#define REC exch_rec_risk
static const struct exch_field f_risk[] = {F(order, U64), F(limit, I64),
    F(observed, I64), F(ref, U64), F(account, U32), C(rule, CODE8, rule),
    C(verdict, CODE8, verdict), C(command, CODE8, command)};
#undef REC

#define REC exch_rec_position
static const struct exch_field f_position[] = {F(qty, I64), F(mark, PX),
    F(cost, CASH), F(realised, CASH), F(unrealised, CASH), F(fees, CASH),
    F(account, U32), F(trades, U32)};
#undef REC

#define REC exch_rec_limit
static const struct exch_field f_limit[] = {F(value, I64), F(member, C16),
    F(by, C16), F(account, U32), C(what, CODE8, limit), TEXT};
#undef REC

#define REC exch_rec_kill
static const struct exch_field f_kill[] = {
    F(member, C16), F(by, C16), F(account, U32), C(on, CODE8, switch), TEXT};
#undef REC

#define REC exch_rec_decision
static const struct exch_field f_decision[] = {
    F(order, U64), F(ref, U64), F(by, C16), C(verdict, CODE8, verdict), TEXT};
#undef REC

#define REC exch_rec_alert
static const struct exch_field f_alert[] = {F(limit, I64), F(observed, I64),
    F(account, U32), C(severity, CODE8, severity), C(rule, CODE8, rule), TEXT};
#undef REC

#define REC exch_rec_deposit
static const struct exch_field f_deposit[] = {F(amount, CASH), F(account, U32)};
#undef REC

#define REC exch_rec_obligation
static const struct exch_field f_obligation[] = {F(match, U64), F(qty, I64),
    F(cash, CASH), F(account, U32), F(against, U32), F(date, DATE),
    F(currency, C4), C(status, CODE8, due)};
#undef REC

#define REC exch_rec_net
static const struct exch_field f_net[] = {F(qty, I64), F(cash, CASH),
    F(gross_qty, QTY), F(gross_cash, CASH), F(market, CASH), F(price, PX),
    F(account, U32), F(against, U32), F(date, DATE), F(since, DATE),
    F(trades, U32), F(currency, C4)};
#undef REC

#define REC exch_rec_cash
static const struct exch_field f_cash[] = {F(amount, CASH), F(gross, CASH),
    F(account, U32), F(date, DATE), F(currency, C4)};
#undef REC

#define REC exch_rec_posting
static const struct exch_field f_posting[] = {F(entry, U64), F(qty, I64),
    F(amount, CASH), F(account, U32), F(date, DATE), F(currency, C4),
    C(ledger, CODE8, ledger), C(why, CODE8, posted)};
#undef REC

#define REC exch_rec_balance
static const struct exch_field f_balance[] = {F(qty, I64), F(amount, CASH),
    F(account, U32), F(date, DATE), F(currency, C4), C(ledger, CODE8, ledger)};
#undef REC

#define REC exch_rec_allocation
static const struct exch_field f_allocation[] = {F(order, U64), F(price, PX),
    F(qty, I64), F(cash, CASH), F(account, U32), F(to, U32), F(date, DATE),
    F(currency, C4)};
#undef REC

#define REC exch_rec_action
static const struct exch_field f_action[] = {F(id, U64), F(cash, PX),
    F(price, PX), F(new_shares, U32), F(old_shares, U32), F(instrument, U32),
    F(ex_date, DATE), F(record_date, DATE), F(pay_date, DATE), F(currency, C4),
    C(kind, CODE8, action)};
#undef REC

#define REC exch_rec_fail
static const struct exch_field f_fail[] = {F(qty, I64), F(cash, CASH),
    F(price, PX), F(account, U32), F(against, U32), F(date, DATE), F(age, U32),
    C(reason, CODE8, fail), F(currency, C4)};
#undef REC

#define REC exch_rec_rate
static const struct exch_field f_rate[] = {
    F(rate, PX), F(date, DATE), F(base, C4), F(quote, C4)};
#undef REC

#define REC exch_rec_penalty
static const struct exch_field f_penalty[] = {F(amount, CASH), F(value, CASH),
    F(rate, PX), F(account, U32), F(against, U32), F(date, DATE),
    F(currency, C4)};
#undef REC

#define REC exch_rec_compared
static const struct exch_field f_compared[] = {F(report, U64), F(other, U64),
    F(qty, I64), F(cash, CASH), F(price, PX), F(account, U32), F(against, U32),
    F(traded, DATE), F(date, DATE), F(currency, C4), C(state, CODE8, compared),
    C(differs, CODE8, differs)};
#undef REC

#define REC exch_rec_accrued
static const struct exch_field f_accrued[] = {F(match, U64), F(principal, CASH),
    F(accrued, CASH), F(since, DATE), F(date, DATE), F(days, U32),
    F(currency, C4)};
#undef REC

#define REC exch_rec_price
static const struct exch_field f_price[] = {F(price, PX), F(date, DATE)};
#undef REC

#define ROW(T, name, m, var)                                                   \
	{                                                                      \
		EXCH_REC_##T, 1, sizeof(struct exch_rec_##m), var, name,       \
		    f_##m, EXCH_ARRAY_LEN(f_##m)                               \
	}

/* In order of type. */
static const struct exch_schema schemas[] = {
    ROW(SCHEMA, "schema", schema, true),
    ROW(SOURCE, "source", source, true),
    ROW(INSTRUMENT, "instrument", instrument, false),
    ROW(ACCOUNT, "account", account, true),
    {EXCH_REC_CLOCK, 1, sizeof(struct exch_rec), false, "clock", NULL, 0},
    ROW(SEQ, "seq", seq, false),
    ROW(PHASE, "phase", phase, false),
    ROW(GAP, "gap", gap, false),
    ROW(NOTICE, "notice", notice, true),
    ROW(ERROR, "error", error, true),
    ROW(NEW, "new", new, false),
    ROW(CANCEL, "cancel", cancel, false),
    ROW(REPLACE, "replace", replace, false),
    ROW(MASS_CANCEL, "mass-cancel", mass_cancel, false),
    ROW(QUOTE, "quote", quote, false),
    ROW(ACCEPT, "accept", accept, false),
    ROW(BLOCK, "block", block, false),
    ROW(BREAK, "break", break, false),
    ROW(ACK, "ack", ack, false),
    ROW(REJECT, "reject", reject, false),
    ROW(EXEC, "exec", exec, false),
    ROW(CANCELLED, "cancelled", cancelled, false),
    ROW(REPLACED, "replaced", replaced, false),
    ROW(TRADE, "trade", trade, false),
    ROW(BUST, "bust", bust, false),
    ROW(EXPECT, "expect", expect, false),
    ROW(MISS, "miss", miss, false),
    ROW(RESTATED, "restated", restated, false),
    ROW(TRIGGERED, "triggered", triggered, false),
    ROW(MASS_DONE, "mass-done", mass_done, false),
    ROW(PART, "part", part, false),
    ROW(BOOK_ADD, "book-add", book_add, false),
    ROW(BOOK_EXEC, "book-exec", book_exec, false),
    ROW(BOOK_REDUCE, "book-reduce", book_reduce, false),
    ROW(BOOK_DELETE, "book-delete", book_delete, false),
    ROW(BOOK_REPLACE, "book-replace", book_replace, false),
    ROW(BOOK_PRINT, "book-print", book_print, false),
    ROW(BOOK_LEVEL, "book-level", book_level, false),
    ROW(BOOK_TOP, "book-top", book_top, false),
    ROW(AUCTION, "auction", auction, false),
    ROW(RISK, "risk", risk, false),
    ROW(POSITION, "position", position, false),
    ROW(LIMIT, "limit", limit, true),
    ROW(KILL, "kill", kill, true),
    ROW(DECISION, "decision", decision, true),
    ROW(OBLIGATION, "obligation", obligation, false),
    ROW(NET, "net", net, false),
    ROW(CASH, "cash", cash, false),
    ROW(POSTING, "posting", posting, false),
    ROW(DEPOSIT, "deposit", deposit, false),
    ROW(ALLOCATION, "allocation", allocation, false),
    ROW(ACTION, "action", action, false),
    ROW(FAIL, "fail", fail, false),
    ROW(BALANCE, "balance", balance, false),
    ROW(RATE, "rate", rate, false),
    ROW(PENALTY, "penalty", penalty, false),
    ROW(COMPARED, "compared", compared, false),
    ROW(ACCRUED, "accrued", accrued, false),
    ROW(PRICE, "price", price, false),
    ROW(ALERT, "alert", alert, true),
};

const struct exch_schema *
exch_schema_of(uint8_t type)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(schemas); i++)
		if (schemas[i].type == type)
			return &schemas[i];
	return NULL;
}

const struct exch_schema *
exch_schema_by_name(const char *name, size_t n)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(schemas); i++)
		if (strlen(schemas[i].name) == n &&
		    memcmp(schemas[i].name, name, n) == 0)
			return &schemas[i];
	return NULL;
}

const struct exch_schema *
exch_schema_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(schemas);
	return schemas;
}

static char *
put(char *p, const char *end, const char *s)
{
	while (*s != 0) {
		exch_check(p < end);
		*p++ = *s++;
	}
	return p;
}

size_t
exch_schema_text(const struct exch_schema *s, char *p)
{
	const char *end = p + EXCH_SCHEMA_TEXT_MAX;
	char *at = put(p, end, s->name);

	for (unsigned i = 0; i < s->nfields; i++) {
		const struct exch_field *f = &s->field[i];

		at = put(at, end, " ");
		at = put(at, end, f->name);
		at = put(at, end, ":");
		at = put(at, end, exch_kind_name(f->kind));
		at = put(at, end, "@");
		exch_check(end - at >= 5);
		at = exch_uint_put(at, f->off);
	}
	return (size_t)(at - p);
}
