/*
 * Which record type has which table, and the SQL of it.  Framing other than
 * SOURCE has none, nor have private types: they are in the blocks alone.
 */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "store/tables.h"

#define ROW(T, name, more, keep, what)                                         \
	{                                                                      \
		name, EXCH_REC_##T, EXCH_MORE_##more, EXCH_KEPT_##keep, what   \
	}

/* In order of type. */
static const struct exch_store_table tables[] = {
    ROW(SOURCE, "sources", STREAM, ORDERS, "tools that made the stream"),
    ROW(INSTRUMENT, "instruments", STREAM, TRADES, "what is traded"),
    ROW(ACCOUNT, "accounts", STREAM, TRADES, "whose orders they are"),
    ROW(PHASE, "phases", NONE, ORDERS, "phases and halts"),
    ROW(GAP, "gaps", NONE, ORDERS, "messages of a feed that are missing"),
    ROW(NOTICE, "notices", NONE, ORDERS, "what the venue said besides"),
    ROW(ERROR, "errors", NONE, ORDERS, "records and input that were bad"),
    ROW(NEW, "orders", NONE, ORDERS, "orders as they were asked for"),
    ROW(CANCEL, "cancel_requests", NONE, ORDERS, "cancels asked for"),
    ROW(REPLACE, "replace_requests", NONE, ORDERS, "replacements asked for"),
    ROW(MASS_CANCEL, "mass_cancel_requests", NONE, ORDERS,
	"cancels of many orders"),
    ROW(QUOTE, "quotes", NONE, ORDERS, "two-sided quotes"),
    ROW(ACCEPT, "accepts", NONE, ORDERS, "answers that were taken"),
    ROW(BLOCK, "block_reports", NONE, ORDERS, "trades agreed elsewhere"),
    ROW(BREAK, "break_requests", NONE, ORDERS, "trades to be broken"),
    ROW(ACK, "acks", NONE, ORDERS, "orders that were accepted"),
    ROW(REJECT, "rejects", NONE, ORDERS, "commands that were refused"),
    ROW(EXEC, "executions", ACCOUNTS, TRADES, "fills of two orders"),
    ROW(CANCELLED, "cancels", NONE, ORDERS, "quantity taken away"),
    ROW(REPLACED, "replaces", NONE, ORDERS, "orders that were replaced"),
    ROW(TRADE, "trades", ACCOUNTS, TRADES, "trades without two orders"),
    ROW(BUST, "busts", NONE, TRADES, "trades that were broken"),
    ROW(EXPECT, "expected", NONE, ORDERS, "executions of the venue itself"),
    ROW(MISS, "misses", NONE, ORDERS, "where venue and engine differ"),
    ROW(RESTATED, "restated", NONE, ORDERS, "orders the venue changed"),
    ROW(TRIGGERED, "triggered", NONE, ORDERS, "conditions that came true"),
    ROW(MASS_DONE, "mass_cancels", NONE, ORDERS, "cancels of many, done"),
    ROW(BOOK_ADD, "book_adds", NONE, ORDERS, "a feed's book: added"),
    ROW(BOOK_EXEC, "book_executions", NONE, ORDERS, "a feed's book: executed"),
    ROW(BOOK_REDUCE, "book_reductions", NONE, ORDERS, "a feed's book: reduced"),
    ROW(BOOK_DELETE, "book_deletes", NONE, ORDERS, "a feed's book: gone"),
    ROW(BOOK_REPLACE, "book_replaces", NONE, ORDERS, "a feed's book: replaced"),
    ROW(BOOK_PRINT, "book_prints", NONE, ORDERS, "a feed's book: printed"),
    ROW(BOOK_LEVEL, "book_levels", NONE, ORDERS, "a feed's book: at a price"),
    ROW(BOOK_TOP, "book_tops", NONE, ORDERS, "a feed's book: the best"),
    ROW(AUCTION, "auctions", NONE, ORDERS, "what auctions showed and gave"),
    ROW(RISK, "verdicts", NONE, ORDERS, "what a gate said of commands"),
    ROW(POSITION, "positions", NONE, TRADES, "what accounts had"),
    ROW(LIMIT, "limits", NONE, ORDERS, "limits that changed"),
    ROW(KILL, "switches", NONE, ORDERS, "switches of the gate"),
    ROW(DECISION, "decisions", NONE, ORDERS, "what was decided on held orders"),
    ROW(OBLIGATION, "obligations", NONE, TRADES, "what a trade makes due"),
    ROW(NET, "nets", NONE, TRADES, "obligations of an account together"),
    ROW(CASH, "cash_nets", NONE, TRADES, "cash of an account for a day"),
    ROW(POSTING, "postings", NONE, TRADES, "legs of entries in the ledger"),
    ROW(DEPOSIT, "deposits", NONE, TRADES, "cash from outside"),
    ROW(ALLOCATION, "allocations", NONE, TRADES, "parts of block trades"),
    ROW(ACTION, "corporate_actions", NONE, TRADES, "what companies do"),
    ROW(FAIL, "fails", NONE, TRADES, "what was not met on its day"),
    ROW(BALANCE, "balances", NONE, TRADES, "what accounts come to"),
    ROW(RATE, "rates", NONE, TRADES, "what a currency is worth"),
    ROW(PENALTY, "penalties", NONE, TRADES, "charged and given for fails"),
    ROW(COMPARED, "comparisons", NONE, TRADES, "reports of trades, compared"),
    ROW(ACCRUED, "accruals", NONE, TRADES, "interest that trades paid"),
    ROW(PRICE, "prices", NONE, TRADES, "what settlement values at"),
    ROW(ALERT, "alerts", NONE, TRADES, "what people should look at"),
};

static const char *const common[EXCH_STORE_COMMON] = {
    "id", "source", "seq", "time", "instrument", "flags"};

static const char *const accounts[] = {"buy_account", "sell_account", "cash"};

/* Fields whose names SQL has taken, or that a person would misread. */
static const struct {
	const char *field;
	const char *column;
} renamed[] = {
    {"order", "order_id"},
    {"new_order", "new_order_id"},
    {"bid_order", "bid_order_id"},
    {"ask_order", "ask_order_id"},
    {"buy", "buy_order_id"},
    {"sell", "sell_order_id"},
    {"resting", "resting_order_id"},
    {"got_resting", "got_resting_order_id"},
    {"cross", "auction"},
    {"limit", "bound"},
    {"group", "event_group"},
    {"on", "switched"},
    {"by", "said_by"},
    {"id", "number"},
    {"match", "match_id"},
    {"got_match", "got_match_id"},
    {"instrument", "given_instrument"},
    {"to", "to_account"},
};

const struct exch_store_table *
exch_store_tables(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(tables);
	return tables;
}

int
exch_store_table_of(uint8_t type)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(tables); i++)
		if (tables[i].type == type)
			return (int)i;
	return -1;
}

const char *
exch_store_column(const struct exch_field *f)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(renamed); i++)
		if (strcmp(renamed[i].field, f->name) == 0)
			return renamed[i].column;
	return f->name;
}

static unsigned
more_columns(const struct exch_store_table *t)
{
	return t->more == EXCH_MORE_ACCOUNTS
		   ? (unsigned)EXCH_ARRAY_LEN(accounts)
		   : t->more == EXCH_MORE_STREAM;
}

unsigned
exch_store_width(const struct exch_store_table *t)
{
	unsigned n = EXCH_STORE_COMMON + exch_schema_of(t->type)->nfields +
		     more_columns(t);

	exch_check(n <= EXCH_STORE_COLUMNS);
	return n;
}

const char *
exch_store_heading(const struct exch_store_table *t, unsigned i)
{
	const struct exch_schema *s = exch_schema_of(t->type);

	if (i < EXCH_STORE_COMMON)
		return common[i];
	i -= EXCH_STORE_COMMON;
	if (i < s->nfields)
		return exch_store_column(&s->field[i]);
	return t->more == EXCH_MORE_ACCOUNTS ? accounts[i - s->nfields]
					     : "stream";
}

static bool
is_text(enum exch_kind k)
{
	return k == EXCH_K_C4 || k == EXCH_K_C12 || k == EXCH_K_C16 ||
	       k == EXCH_K_C24 || k == EXCH_K_TEXT;
}

void
exch_store_ddl(struct exch_buf *b, const struct exch_store_table *t)
{
	const struct exch_schema *s = exch_schema_of(t->type);
	unsigned n = exch_store_width(t);

	exch_buf_fmt(b, "CREATE TABLE %s (id INTEGER PRIMARY KEY", t->name);
	for (unsigned i = 1; i < n; i++) {
		unsigned k = i - EXCH_STORE_COMMON;
		bool text = i >= EXCH_STORE_COMMON && k < s->nfields &&
			    is_text(s->field[k].kind);

		exch_buf_fmt(b, ", %s %s", exch_store_heading(t, i),
		    text ? "TEXT" : "INTEGER");
	}
	exch_buf_str(b, ")");
	exch_buf_char(b, '\0');
}
