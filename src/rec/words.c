/*
 * The words of every code, for people and for the text forms.  A word is
 * as fixed as its number: both stand in exch-stream(5).
 */
#include <config.h>

#include <string.h>

#include "rec/schema.h"

const struct exch_word exch_words_side[] = {{EXCH_SIDE_NONE, "none"},
    {EXCH_BUY, "buy"}, {EXCH_SELL, "sell"}, {EXCH_SHORT, "short"},
    {EXCH_SHORT_EXEMPT, "short-exempt"}, {0, NULL}};

const struct exch_word exch_words_ordtype[] = {{EXCH_ORD_MARKET, "market"},
    {EXCH_ORD_LIMIT, "limit"}, {EXCH_ORD_STOP, "stop"},
    {EXCH_ORD_STOP_LIMIT, "stop-limit"}, {EXCH_ORD_MIT, "mit"},
    {EXCH_ORD_MTL, "mtl"}, {EXCH_ORD_PEG, "peg"}, {EXCH_ORD_LIT, "lit"},
    {0, NULL}};

const struct exch_word exch_words_tif[] = {{EXCH_TIF_DAY, "day"},
    {EXCH_TIF_GTC, "gtc"}, {EXCH_TIF_ATO, "ato"}, {EXCH_TIF_IOC, "ioc"},
    {EXCH_TIF_FOK, "fok"}, {EXCH_TIF_GTD, "gtd"}, {EXCH_TIF_ATC, "atc"},
    {EXCH_TIF_GTT, "gtt"}, {EXCH_TIF_GFA, "gfa"}, {0, NULL}};

/*
 * A set of bits, each of whose sensible combinations has its word; others
 * are written as numbers.
 */
const struct exch_word exch_words_ordflags[] = {{0, "none"},
    {EXCH_ORD_POST_ONLY, "post-only"}, {EXCH_ORD_BY_ID, "by-id"},
    {EXCH_ORD_POST_ONLY | EXCH_ORD_BY_ID, "post-only+by-id"},
    {EXCH_ORD_HIDDEN, "hidden"}, {EXCH_ORD_AON, "aon"},
    {EXCH_ORD_HIDDEN | EXCH_ORD_AON, "hidden+aon"},
    {EXCH_ORD_HIDDEN | EXCH_ORD_POST_ONLY, "hidden+post-only"},
    {EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE, "slide"},
    {EXCH_ORD_POST_ONLY | EXCH_ORD_SLIDE | EXCH_ORD_HIDDEN, "hidden+slide"},
    {EXCH_ORD_IMBALANCE, "imbalance-only"}, {EXCH_ORD_REQUEST, "request"},
    {EXCH_ORD_SWEEP, "sweep"}, {0, NULL}};

const struct exch_word exch_words_phase[] = {{EXCH_PHASE_CLOSED, "closed"},
    {EXCH_PHASE_PRE_OPEN, "pre-open"}, {EXCH_PHASE_CALL, "call"},
    {EXCH_PHASE_CONTINUOUS, "continuous"}, {EXCH_PHASE_HALT, "halt"},
    {EXCH_PHASE_END, "end"}, {0, NULL}};

const struct exch_word exch_words_cross[] = {{EXCH_CROSS_NONE, "none"},
    {EXCH_CROSS_OPEN, "open"}, {EXCH_CROSS_CLOSE, "close"},
    {EXCH_CROSS_HALT, "halt"}, {EXCH_CROSS_INTRADAY, "intraday"},
    {EXCH_CROSS_EXTENDED, "extended"}, {0, NULL}};

const struct exch_word exch_words_reject[] = {{EXCH_REJ_NONE, "none"},
    {EXCH_REJ_INSTRUMENT, "instrument"}, {EXCH_REJ_DUPLICATE, "duplicate"},
    {EXCH_REJ_UNKNOWN_ORDER, "unknown-order"}, {EXCH_REJ_SIDE, "side"},
    {EXCH_REJ_TYPE, "type"}, {EXCH_REJ_TIF, "tif"}, {EXCH_REJ_FLAGS, "flags"},
    {EXCH_REJ_QTY, "qty"}, {EXCH_REJ_LOT, "lot"}, {EXCH_REJ_PRICE, "price"},
    {EXCH_REJ_TICK, "tick"}, {EXCH_REJ_PHASE, "phase"},
    {EXCH_REJ_POST_ONLY, "post-only"}, {EXCH_REJ_STOP, "stop"},
    {EXCH_REJ_DISPLAY, "display"}, {EXCH_REJ_MIN_QTY, "min-qty"},
    {EXCH_REJ_EXPIRE, "expire"}, {EXCH_REJ_PEG, "peg"}, {EXCH_REJ_LINK, "link"},
    {EXCH_REJ_KILLED, "killed"}, {EXCH_REJ_BAND, "band"},
    {EXCH_REJ_CLIENT, "client"}, {EXCH_REJ_SHORT, "short"},
    {EXCH_REJ_COLLAR, "collar"}, {EXCH_REJ_QUOTE, "quote"},
    {EXCH_REJ_ACCOUNT, "account"}, {EXCH_REJ_MATCH, "match"},
    {EXCH_REJ_THROTTLE, "throttle"}, {EXCH_REJ_DISCRETION, "discretion"},
    {EXCH_REJ_REQUEST, "request"}, {EXCH_REJ_FOREIGN, "foreign"},
    {EXCH_REJ_RISK, "risk"}, {EXCH_REJ_RISK_ACCOUNT, "risk-account"},
    {EXCH_REJ_RISK_PERMISSION, "risk-permission"},
    {EXCH_REJ_RISK_THROTTLE, "risk-throttle"},
    {EXCH_REJ_RISK_SIZE, "risk-size"}, {EXCH_REJ_RISK_VALUE, "risk-value"},
    {EXCH_REJ_RISK_COLLAR, "risk-collar"},
    {EXCH_REJ_RISK_DUPLICATE, "risk-duplicate"},
    {EXCH_REJ_RISK_OPEN_ORDERS, "risk-open-orders"},
    {EXCH_REJ_RISK_POSITION, "risk-position"},
    {EXCH_REJ_RISK_CREDIT, "risk-credit"},
    {EXCH_REJ_RISK_MARGIN, "risk-margin"},
    {EXCH_REJ_RISK_CONCENTRATION, "risk-concentration"},
    {EXCH_REJ_RISK_SECTOR, "risk-sector"}, {EXCH_REJ_RISK_LOSS, "risk-loss"},
    {EXCH_REJ_RISK_KILL, "risk-kill"},
    {EXCH_REJ_RISK_AUTHORITY, "risk-authority"},
    {EXCH_REJ_RISK_GROUP_OPEN_ORDERS, "risk-group-open-orders"},
    {EXCH_REJ_RISK_GROUP_POSITION, "risk-group-position"},
    {EXCH_REJ_RISK_GROUP_GROSS, "risk-group-gross"},
    {EXCH_REJ_RISK_GROUP_NOTIONAL, "risk-group-notional"},
    {EXCH_REJ_RISK_GROUP_CREDIT, "risk-group-credit"},
    {EXCH_REJ_RISK_GROUP_LOSS, "risk-group-loss"},
    {EXCH_REJ_RISK_SELF_TRADE, "risk-self-trade"},
    {EXCH_REJ_RISK_DAY_TRADER_EQUITY, "risk-day-trader-equity"},
    {EXCH_REJ_RISK_DAY_TRADER_POWER, "risk-day-trader-power"}, {0, NULL}};

const struct exch_word exch_words_rule[] = {{EXCH_RULE_NONE, "none"},
    {EXCH_RULE_ACCOUNT, "account"}, {EXCH_RULE_PERMISSION, "permission"},
    {EXCH_RULE_THROTTLE, "throttle"}, {EXCH_RULE_SIZE, "size"},
    {EXCH_RULE_VALUE, "value"}, {EXCH_RULE_COLLAR, "collar"},
    {EXCH_RULE_DUPLICATE, "duplicate"}, {EXCH_RULE_OPEN_ORDERS, "open-orders"},
    {EXCH_RULE_POSITION, "position"}, {EXCH_RULE_CREDIT, "credit"},
    {EXCH_RULE_MARGIN, "margin"}, {EXCH_RULE_CONCENTRATION, "concentration"},
    {EXCH_RULE_SECTOR, "sector"}, {EXCH_RULE_LOSS, "loss"},
    {EXCH_RULE_KILL, "kill"}, {EXCH_RULE_AUTHORITY, "authority"},
    {EXCH_RULE_STOP, "stop-loss"},
    {EXCH_RULE_GROUP_OPEN_ORDERS, "group-open-orders"},
    {EXCH_RULE_GROUP_POSITION, "group-position"},
    {EXCH_RULE_GROUP_GROSS, "group-gross"},
    {EXCH_RULE_GROUP_NOTIONAL, "group-notional"},
    {EXCH_RULE_GROUP_CREDIT, "group-credit"},
    {EXCH_RULE_GROUP_LOSS, "group-loss"}, {EXCH_RULE_SELF_TRADE, "self-trade"},
    {EXCH_RULE_DAY_TRADER_EQUITY, "day-trader-equity"},
    {EXCH_RULE_DAY_TRADER_POWER, "day-trader-power"},
    {EXCH_RULE_NOT_HELD, "not-held"}, {EXCH_RULE_UNKNOWN, "unknown"},
    {EXCH_RULE_IMPOSSIBLE, "impossible"},
    {EXCH_RULE_NOT_STOPPED, "not-stopped"}, {0, NULL}};

const struct exch_word exch_words_verdict[] = {{EXCH_VERDICT_PASS, "pass"},
    {EXCH_VERDICT_REJECT, "reject"}, {EXCH_VERDICT_HOLD, "hold"}, {0, NULL}};

const struct exch_word exch_words_switch[] = {
    {0, "release"}, {1, "kill"}, {0, NULL}};

const struct exch_word exch_words_limit[] = {{EXCH_LIMIT_OF_SIZE, "size"},
    {EXCH_LIMIT_OF_VALUE, "value"}, {EXCH_LIMIT_OF_POSITION, "position"},
    {EXCH_LIMIT_OF_COLLAR, "collar"},
    {EXCH_LIMIT_OF_MARGIN_LONG, "margin-long"},
    {EXCH_LIMIT_OF_MARGIN_SHORT, "margin-short"},
    {EXCH_LIMIT_OF_CONCENTRATION, "concentration"},
    {EXCH_LIMIT_OF_MESSAGES, "messages"}, {EXCH_LIMIT_OF_PER, "per"},
    {EXCH_LIMIT_OF_DUPLICATE, "duplicate"},
    {EXCH_LIMIT_OF_OPEN_ORDERS, "open-orders"},
    {EXCH_LIMIT_OF_CREDIT, "credit"}, {EXCH_LIMIT_OF_SECTOR, "sector"},
    {EXCH_LIMIT_OF_LOSS, "loss"},
    {EXCH_LIMIT_OF_GROUP_OPEN_ORDERS, "group-open-orders"},
    {EXCH_LIMIT_OF_GROUP_POSITION, "group-position"},
    {EXCH_LIMIT_OF_GROUP_GROSS, "group-gross"},
    {EXCH_LIMIT_OF_GROUP_NOTIONAL, "group-notional"},
    {EXCH_LIMIT_OF_GROUP_CREDIT, "group-credit"},
    {EXCH_LIMIT_OF_GROUP_LOSS, "group-loss"}, {0, NULL}};

enum exch_rule_unit
exch_rule_unit(enum exch_rule rule)
{
	static const uint8_t units[EXCH_RULES] = {
	    [EXCH_RULE_PERMISSION] = EXCH_UNIT_QTY,
	    [EXCH_RULE_THROTTLE] = EXCH_UNIT_COUNT,
	    [EXCH_RULE_SIZE] = EXCH_UNIT_QTY,
	    [EXCH_RULE_VALUE] = EXCH_UNIT_CASH,
	    [EXCH_RULE_COLLAR] = EXCH_UNIT_PRICE,
	    [EXCH_RULE_DUPLICATE] = EXCH_UNIT_TIME,
	    [EXCH_RULE_OPEN_ORDERS] = EXCH_UNIT_COUNT,
	    [EXCH_RULE_POSITION] = EXCH_UNIT_QTY,
	    [EXCH_RULE_CREDIT] = EXCH_UNIT_CASH,
	    [EXCH_RULE_MARGIN] = EXCH_UNIT_CASH,
	    [EXCH_RULE_CONCENTRATION] = EXCH_UNIT_SHARE,
	    [EXCH_RULE_SECTOR] = EXCH_UNIT_SHARE,
	    [EXCH_RULE_LOSS] = EXCH_UNIT_CASH,
	    [EXCH_RULE_STOP] = EXCH_UNIT_CASH,
	    [EXCH_RULE_GROUP_OPEN_ORDERS] = EXCH_UNIT_COUNT,
	    [EXCH_RULE_GROUP_POSITION] = EXCH_UNIT_QTY,
	    [EXCH_RULE_GROUP_GROSS] = EXCH_UNIT_QTY,
	    [EXCH_RULE_GROUP_NOTIONAL] = EXCH_UNIT_CASH,
	    [EXCH_RULE_GROUP_CREDIT] = EXCH_UNIT_CASH,
	    [EXCH_RULE_GROUP_LOSS] = EXCH_UNIT_CASH,
	    [EXCH_RULE_SELF_TRADE] = EXCH_UNIT_PRICE,
	    [EXCH_RULE_DAY_TRADER_EQUITY] = EXCH_UNIT_CASH,
	    [EXCH_RULE_DAY_TRADER_POWER] = EXCH_UNIT_CASH,
	};

	return rule < EXCH_ARRAY_LEN(units) ? (enum exch_rule_unit)units[rule]
					    : EXCH_UNIT_NONE;
}

enum exch_limit_unit
exch_limit_unit(uint8_t what)
{
	switch (what) {
	case EXCH_LIMIT_OF_SIZE:
	case EXCH_LIMIT_OF_POSITION:
	case EXCH_LIMIT_OF_GROUP_POSITION:
	case EXCH_LIMIT_OF_GROUP_GROSS:
		return EXCH_LIMIT_IN_UNITS;
	case EXCH_LIMIT_OF_VALUE:
	case EXCH_LIMIT_OF_CREDIT:
	case EXCH_LIMIT_OF_LOSS:
	case EXCH_LIMIT_OF_GROUP_NOTIONAL:
	case EXCH_LIMIT_OF_GROUP_CREDIT:
	case EXCH_LIMIT_OF_GROUP_LOSS:
		return EXCH_LIMIT_IN_CASH;
	case EXCH_LIMIT_OF_COLLAR:
	case EXCH_LIMIT_OF_MARGIN_LONG:
	case EXCH_LIMIT_OF_MARGIN_SHORT:
	case EXCH_LIMIT_OF_CONCENTRATION:
	case EXCH_LIMIT_OF_SECTOR:
		return EXCH_LIMIT_IN_SHARES;
	case EXCH_LIMIT_OF_PER:
	case EXCH_LIMIT_OF_DUPLICATE:
		return EXCH_LIMIT_IN_TIME;
	default:
		return EXCH_LIMIT_IN_NUMBERS;
	}
}

const struct exch_word exch_words_reason[] = {{EXCH_WHY_NONE, "none"},
    {EXCH_WHY_USER, "user"}, {EXCH_WHY_IOC, "ioc"}, {EXCH_WHY_FOK, "fok"},
    {EXCH_WHY_NO_LIQUIDITY, "no-liquidity"}, {EXCH_WHY_UNCROSSED, "uncrossed"},
    {EXCH_WHY_IMPOSED, "imposed"}, {EXCH_WHY_CAPACITY, "capacity"},
    {EXCH_WHY_MIN_QTY, "min-qty"}, {EXCH_WHY_SELF_TRADE, "self-trade"},
    {EXCH_WHY_EXPIRED, "expired"}, {EXCH_WHY_MASS, "mass"},
    {EXCH_WHY_KILL, "kill"}, {EXCH_WHY_DISCONNECT, "disconnect"},
    {EXCH_WHY_OCO, "oco"}, {EXCH_WHY_PARENT, "parent"},
    {EXCH_WHY_POST_ONLY, "post-only"}, {EXCH_WHY_QUOTE, "quote"},
    {EXCH_WHY_REQUEST, "request"}, {EXCH_WHY_BAND, "band"},
    {EXCH_WHY_COLLAR, "collar"}, {EXCH_WHY_SHORT, "short"}, {0, NULL}};

const struct exch_word exch_words_restate[] = {{EXCH_RESTATE_NONE, "none"},
    {EXCH_RESTATE_REFRESH, "refresh"}, {EXCH_RESTATE_PEG, "peg"},
    {EXCH_RESTATE_SLIDE, "slide"}, {EXCH_RESTATE_TO_LIMIT, "to-limit"},
    {EXCH_RESTATE_ENTER, "enter"}, {EXCH_RESTATE_LEAVE, "leave"},
    {EXCH_RESTATE_DISCRETION, "discretion"}, {EXCH_RESTATE_BAND, "band"},
    {0, NULL}};

const struct exch_word exch_words_mass[] = {{EXCH_MASS_CANCEL, "cancel"},
    {EXCH_MASS_KILL, "kill"}, {EXCH_MASS_RELEASE, "release"},
    {EXCH_MASS_DISCONNECT, "disconnect"}, {0, NULL}};

const struct exch_word exch_words_cause[] = {{EXCH_CAUSE_NONE, "none"},
    {EXCH_CAUSE_CROSS, "cross"}, {EXCH_CAUSE_HIDDEN, "hidden"},
    {EXCH_CAUSE_CROSSED_ADD, "crossed-add"}, {EXCH_CAUSE_QUEUE, "queue"},
    {EXCH_CAUSE_THROUGH, "through"},
    {EXCH_CAUSE_UNKNOWN_ORDER, "unknown-order"},
    {EXCH_CAUSE_OVERFILL, "overfill"}, {EXCH_CAUSE_PRICE_GAP, "price-gap"},
    {EXCH_CAUSE_ORDER, "order"}, {EXCH_CAUSE_QTY, "qty"},
    {EXCH_CAUSE_PRICE, "price"}, {EXCH_CAUSE_ABSENT, "absent"},
    {EXCH_CAUSE_UNEXPECTED, "unexpected"}, {EXCH_CAUSE_TRUNCATED, "truncated"},
    {0, NULL}};

const struct exch_word exch_words_print[] = {{0, "none"},
    {EXCH_PRINT_HIDDEN, "hidden"}, {EXCH_PRINT_CROSS, "cross"},
    {EXCH_PRINT_IMPOSED, "imposed"}, {EXCH_PRINT_BLOCK, "block"},
    {EXCH_PRINT_CORRECTED, "corrected"}, {EXCH_PRINT_TRADE, "trade"},
    {0, NULL}};

const struct exch_word exch_words_kind[] = {{EXCH_KIND_EQUITY, "equity"},
    {EXCH_KIND_ETF, "etf"}, {EXCH_KIND_BOND, "bond"},
    {EXCH_KIND_FUTURE, "future"}, {EXCH_KIND_OPTION, "option"},
    {EXCH_KIND_FX, "fx"}, {EXCH_KIND_CRYPTO, "crypto"}, {0, NULL}};

const struct exch_word exch_words_due[] = {{EXCH_DUE_OPEN, "open"},
    {EXCH_DUE_BROKEN, "broken"}, {EXCH_DUE_SETTLED, "settled"},
    {EXCH_DUE_PARTIAL, "partial"}, {EXCH_DUE_FAILED, "failed"}, {0, NULL}};

const struct exch_word exch_words_ledger[] = {{EXCH_LEDGER_HOLDING, "holding"},
    {EXCH_LEDGER_DUE, "due"}, {EXCH_LEDGER_OUTSIDE, "outside"},
    {EXCH_LEDGER_FEES, "fees"}, {EXCH_LEDGER_PENALTY, "penalty"},
    {EXCH_LEDGER_LOAN, "loan"}, {EXCH_LEDGER_MARGIN, "margin"},
    {EXCH_LEDGER_FUND, "fund"}, {EXCH_LEDGER_LOSS, "loss"},
    {EXCH_LEDGER_ENTITLED, "entitled"}, {EXCH_LEDGER_ROUNDING, "rounding"},
    {EXCH_LEDGER_COLLATERAL, "collateral"}, {0, NULL}};

const struct exch_word exch_words_posted[] = {{EXCH_POSTED_OPENING, "opening"},
    {EXCH_POSTED_DEPOSIT, "deposit"}, {EXCH_POSTED_NET, "net"},
    {EXCH_POSTED_SETTLE, "settle"}, {EXCH_POSTED_MARK, "mark"},
    {EXCH_POSTED_FEE, "fee"}, {EXCH_POSTED_PENALTY, "penalty"},
    {EXCH_POSTED_ACTION, "action"}, {EXCH_POSTED_BREAK, "break"},
    {EXCH_POSTED_BUY_IN, "buy-in"}, {EXCH_POSTED_LOAN, "loan"},
    {EXCH_POSTED_ALLOCATE, "allocate"}, {EXCH_POSTED_DEFAULT, "default"},
    {EXCH_POSTED_CONVERT, "convert"}, {EXCH_POSTED_EXERCISE, "exercise"},
    {0, NULL}};

const struct exch_word exch_words_fail[] = {
    {EXCH_FAIL_SECURITIES, "securities"}, {EXCH_FAIL_CASH, "cash"},
    {EXCH_FAIL_OTHER, "other"}, {0, NULL}};

const struct exch_word exch_words_compared[] = {
    {EXCH_COMPARED_UNMATCHED, "unmatched"}, {EXCH_COMPARED_MATCHED, "matched"},
    {EXCH_COMPARED_ALLEGED, "alleged"}, {0, NULL}};

const struct exch_word exch_words_differs[] = {
    {EXCH_DIFFERS_NOTHING, "nothing"}, {EXCH_DIFFERS_CASH, "cash"},
    {EXCH_DIFFERS_SETTLES, "settles"}, {EXCH_DIFFERS_TRADED, "traded"},
    {EXCH_DIFFERS_SIDE, "side"}, {EXCH_DIFFERS_INSTRUMENT, "instrument"},
    {EXCH_DIFFERS_ACCOUNT, "account"}, {EXCH_DIFFERS_AGAINST, "against"},
    {EXCH_DIFFERS_QTY, "quantity"}, {EXCH_DIFFERS_MUCH, "much"},
    {EXCH_DIFFERS_ALL, "all"}, {0, NULL}};

const struct exch_word exch_words_action[] = {
    {EXCH_ACTION_DIVIDEND, "dividend"}, {EXCH_ACTION_STOCK, "stock-dividend"},
    {EXCH_ACTION_SPLIT, "split"}, {EXCH_ACTION_REVERSE, "reverse-split"},
    {EXCH_ACTION_MERGER, "merger"}, {EXCH_ACTION_RIGHTS, "rights"},
    {EXCH_ACTION_SPIN_OFF, "spin-off"}, {0, NULL}};

const struct exch_word exch_words_severity[] = {
    {0, "info"}, {1, "warning"}, {2, "error"}, {3, "critical"}, {0, NULL}};

const struct exch_word exch_words_command[] = {{0, "none"},
    {EXCH_REC_NEW, "new"}, {EXCH_REC_CANCEL, "cancel"},
    {EXCH_REC_REPLACE, "replace"}, {EXCH_REC_MASS_CANCEL, "mass-cancel"},
    {EXCH_REC_QUOTE, "quote"}, {EXCH_REC_ACCEPT, "accept"},
    {EXCH_REC_BLOCK, "block"}, {EXCH_REC_BREAK, "break"},
    {EXCH_REC_LIMIT, "limit"}, {EXCH_REC_KILL, "kill"},
    {EXCH_REC_DECISION, "decision"}, {0, NULL}};

const struct exch_word exch_words_status[] = {{0, "complete"},
    {1, "upstream-incomplete"}, {2, "error"}, {3, "signal"}, {4, "continued"},
    {0, NULL}};

/* Bits of the header's flags; EXCH_F_EXT follows from the entries. */
const struct exch_word exch_words_flag[] = {{EXCH_F_LAST, "last"},
    {EXCH_F_SNAPSHOT, "snapshot"}, {EXCH_F_DUP, "dup"},
    {EXCH_F_SYNTHETIC, "synthetic"}, {EXCH_F_IMPOSED, "imposed"},
    {EXCH_F_GATE, "gate"}, {EXCH_F_EXT, "extended"}, {0, NULL}};

const struct exch_word exch_words_ext[] = {{EXCH_EXT_CAUSE, "cause"},
    {EXCH_EXT_CAPTURE_TIME, "capture-time"}, {EXCH_EXT_STOP, "stop"},
    {EXCH_EXT_DISPLAY, "display"}, {EXCH_EXT_MIN_QTY, "min-qty"},
    {EXCH_EXT_EXPIRE, "expire"}, {EXCH_EXT_PEG, "peg"},
    {EXCH_EXT_TRAIL, "trail"}, {EXCH_EXT_DISCRETION, "discretion"},
    {EXCH_EXT_CLIENT, "client"}, {EXCH_EXT_STP, "stp"}, {EXCH_EXT_OCO, "oco"},
    {EXCH_EXT_PARENT, "parent"}, {EXCH_EXT_SESSION, "session"},
    {EXCH_EXT_REQUEST, "request"}, {EXCH_EXT_ACCOUNT, "account"},
    {EXCH_EXT_TEXT, "text"}, {0, NULL}};

const char *
exch_word_of(const struct exch_word *words, uint16_t code)
{
	if (words == NULL)
		return NULL;
	for (; words->word != NULL; words++)
		if (words->code == code)
			return words->word;
	return NULL;
}

int
exch_word_code(
    const struct exch_word *words, const char *s, size_t n, uint16_t *code)
{
	if (words == NULL)
		return EXCH_ERR_ABSENT;
	for (; words->word != NULL; words++) {
		if (strlen(words->word) == n &&
		    memcmp(words->word, s, n) == 0) {
			*code = words->code;
			return 0;
		}
	}
	return EXCH_ERR_ABSENT;
}
