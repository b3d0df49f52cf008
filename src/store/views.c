/*
 * The SQL of the views.  Numbers stay exact: prices, cash and quantities are
 * decimal text made of integers.  What recurs is written short:
 *
 *	@px(c) @cash(c)    10^-9 and 10^-6 as decimals
 *	@qty(c)            a quantity by the exponent of the instrument i
 *	@time(c) @date(c)  ISO 8601
 *	@id(c)             an id, those of 2^63 and more, too
 *	@word(t.f)         the word of the code in field f of table t, whose
 *	                   alias is the first letter of its name
 *	@stream(t)         the stream of a row of t
 *	@symbol(t)         joins the instrument of a row of t, as i
 */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "store/views.h"

/* In each, # stands for the argument. */
static const struct {
	const char *name;
	const char *text;
} shorts[] = {
    {"px", "iif(# IS NULL, NULL, rtrim(rtrim(printf('%s%d.%09d',"
	   " iif(# < 0, '-', ''), abs(# / 1000000000), abs(# % 1000000000)),"
	   " '0'), '.'))"},
    {"cash", "iif(# IS NULL, NULL, rtrim(rtrim(printf('%s%d.%06d',"
	     " iif(# < 0, '-', ''), abs(# / 1000000), abs(# % 1000000)),"
	     " '0'), '.'))"},
    {"qty", "CASE WHEN # IS NULL THEN NULL"
	    " WHEN ifnull(i.qty_exponent, 0) = 0 THEN printf('%u', #)"
	    " ELSE rtrim(rtrim(substr(printf('%0*u', 1 - i.qty_exponent, #), 1,"
	    " length(printf('%0*u', 1 - i.qty_exponent, #)) + i.qty_exponent)"
	    " || '.' || substr(printf('%0*u', 1 - i.qty_exponent, #),"
	    " i.qty_exponent), '0'), '.') END"},
    {"time", "strftime('%Y-%m-%dT%H:%M:%S', # / 1000000000, 'unixepoch')"
	     " || printf('.%09dZ', # % 1000000000)"},
    {"date", "iif(# IS NULL, NULL, printf('%04d-%02d-%02d', # / 10000,"
	     " # / 100 % 100, # % 100))"},
    {"id", "printf('%u', #)"},
    {"stream", "#.id >> 40"},
    {"symbol", " LEFT JOIN symbols i ON i.stream = #.id >> 40"
	       " AND i.instrument = #.instrument"},
};

static const struct {
	const char *name;
	const char *sql;
} views[] = {
    /* max() makes the other columns those of the row that has it. */
    {"symbols", "SELECT stream, instrument, symbol, mic, currency, px_decimals,"
		" qty_exponent, multiplier, max(id) AS id"
		" FROM instruments GROUP BY stream, instrument"},
    {"runs", "SELECT s.stream, @date(s.date) AS date, s.label,"
	     " o.number AS source, o.text AS tool, s.records,"
	     " CASE s.status WHEN 0 THEN 'complete' WHEN 1 THEN 'upstream'"
	     " WHEN 2 THEN 'error' WHEN 3 THEN 'signal' WHEN 4 THEN 'continued'"
	     " ELSE 'cut' END AS status, s.digest"
	     " FROM streams s LEFT JOIN sources o ON o.stream = s.stream"},
    {"days", "SELECT stream, @date(date) AS day FROM streams"},
    {"asked",
	"SELECT o.id, @stream(o) AS stream, @time(o.time) AS time, i.symbol,"
	" @id(o.order_id) AS order_id, @word(orders.side) AS side,"
	" @word(orders.ordtype) AS type, @word(orders.tif) AS tif,"
	" @px(o.price) AS price, @qty(o.qty) AS qty, o.account,"
	" ifnull((SELECT state FROM (SELECT a.id, 'accepted' AS state"
	" FROM acks a WHERE a.order_id = o.order_id"
	" AND a.instrument = o.instrument"
	" AND a.id BETWEEN o.id AND o.id | 1099511627775"
	" UNION ALL SELECT r.id, 'refused' FROM rejects r"
	" WHERE r.order_id = o.order_id AND r.instrument = o.instrument"
	" AND r.command = 17"
	" AND r.id BETWEEN o.id AND o.id | 1099511627775)"
	" ORDER BY id LIMIT 1),"
	" iif(EXISTS (SELECT 1 FROM verdicts v WHERE v.id = o.id - 1"
	" AND v.order_id = o.order_id AND v.instrument = o.instrument"
	" AND v.verdict = 2), 'held', 'unanswered')) AS state"
	" FROM orders o@symbol(o)"},
    {"fills",
	"SELECT e.id, @stream(e) AS stream, @time(e.time) AS time, i.symbol,"
	" @id(e.match_id) AS match_id, @px(e.price) AS price,"
	" @qty(e.qty) AS qty, @cash(e.cash) AS cash,"
	" @word(executions.aggressor) AS aggressor,"
	" @word(executions.auction) AS auction,"
	" @id(e.buy_order_id) AS buy_order_id,"
	" @id(e.sell_order_id) AS sell_order_id,"
	" e.buy_account, e.sell_account FROM executions e@symbol(e)"},
    /*
     * A number is its source's.  Where the venue breaks what the engine did
     * again, its own execution leads to the engine's.
     * Instruments have an index that would walk all of its days for every
     * bust; the + leaves the numbers to an index made for the question.
     */
    {"broken", "SELECT e.id, b.id AS bust FROM busts b CROSS JOIN executions e"
	       " ON +e.instrument = b.instrument AND e.match_id = b.match_id"
	       " AND e.source = b.source AND e.id BETWEEN b.id >> 40 << 40 AND "
	       "b.id | 1099511627775"
	       " UNION SELECT t.id, b.id FROM busts b CROSS JOIN trades t"
	       " ON +t.instrument = b.instrument AND t.match_id = b.match_id"
	       " AND t.source = b.source AND t.id BETWEEN b.id >> 40 << 40 AND "
	       "b.id | 1099511627775"
	       " UNION SELECT e.id, b.id FROM busts b CROSS JOIN expected x"
	       " ON x.instrument = b.instrument AND x.match_id = b.match_id"
	       " AND x.source = b.source AND x.id BETWEEN b.id >> 40 << 40 AND "
	       "b.id | 1099511627775"
	       " CROSS JOIN executions e ON e.buy_order_id = x.buy_order_id"
	       " AND e.sell_order_id = x.sell_order_id"
	       " AND e.instrument = x.instrument AND e.qty = x.qty"
	       " AND e.price = x.price AND e.id BETWEEN x.id >> 40 << 40 AND "
	       "x.id | 1099511627775"},
    /* Everything that is volume: executions, and trades without orders. */
    {"tape",
	"SELECT id, time, instrument, match_id, price, qty, cash, auction,"
	" buy_account, sell_account, NULL AS kind FROM executions"
	" WHERE id NOT IN (SELECT id FROM broken)"
	" UNION ALL SELECT id, time, instrument, match_id, price, qty, cash,"
	" auction, buy_account, sell_account, kind FROM trades"
	" WHERE id NOT IN (SELECT id FROM broken)"},
    /*
     * Prices of blocks and of corrected trades are of another time.  The
     * first and the last price are looked up by their rows in the tables: in
     * the tape, each mention of them would go through all of it again.
     */
    {"bars_of_day",
	"SELECT t.stream, i.symbol, t.trades, t.volume,"
	" @cash(t.turnover) AS turnover,"
	" @px(t.o) AS open, @px(t.high) AS high, @px(t.low) AS low,"
	" @px(t.c) AS close FROM (SELECT *,"
	" ifnull((SELECT price FROM executions WHERE id = first),"
	" (SELECT price FROM trades WHERE id = first)) AS o,"
	" ifnull((SELECT price FROM executions WHERE id = last),"
	" (SELECT price FROM trades WHERE id = last)) AS c"
	" FROM (SELECT s AS stream, instrument, count(*) AS trades,"
	" sum(qty) AS volume, sum(cash) AS turnover, max(p) AS high,"
	" min(p) AS low, min(id) AS id,"
	" min(iif(p IS NULL, NULL, id)) AS first,"
	" max(iif(p IS NULL, NULL, id)) AS last"
	" FROM (SELECT *, id >> 40 AS s,"
	" iif(ifnull(kind, 0) IN (4, 5), NULL, price) AS p FROM tape)"
	" GROUP BY s, instrument)) t@symbol(t)"},
    {"order_history",
	"SELECT *, @time(time) AS at FROM ("
	"SELECT id, time, instrument, order_id, 'asked' AS event, price,"
	" qty, NULL AS code FROM orders"
	" UNION ALL SELECT id, time, instrument, order_id, 'accepted', NULL,"
	" NULL, NULL FROM acks"
	" UNION ALL SELECT id, time, instrument, order_id, 'refused', NULL,"
	" NULL, @word(rejects.code) FROM rejects r"
	" UNION ALL SELECT id, time, instrument, buy_order_id, 'bought',"
	" price, qty, NULL FROM executions"
	" UNION ALL SELECT id, time, instrument, sell_order_id, 'sold',"
	" price, qty, NULL FROM executions"
	" UNION ALL SELECT id, time, instrument, order_id, 'cancel asked',"
	" NULL, qty, NULL FROM cancel_requests"
	" UNION ALL SELECT id, time, instrument, order_id, 'cancelled', NULL,"
	" qty, @word(cancels.reason) FROM cancels c"
	" UNION ALL SELECT id, time, instrument, order_id, 'replace asked',"
	" price, qty, NULL FROM replace_requests"
	" UNION ALL SELECT id, time, instrument, order_id, 'replaced', NULL,"
	" qty, NULL FROM replaces"
	" UNION ALL SELECT id, time, instrument, new_order_id, 'replaces',"
	" NULL, qty, NULL FROM replaces WHERE new_order_id <> order_id"
	" UNION ALL SELECT id, time, instrument, order_id, 'restated', price,"
	" leaves, @word(restated.reason) FROM restated r"
	" UNION ALL SELECT id, time, instrument, order_id, 'triggered',"
	" price, NULL, NULL FROM triggered"
	" UNION ALL SELECT id, time, instrument, order_id, 'judged', NULL,"
	" NULL, @word(verdicts.rule) FROM verdicts v)"},
    {"refusals",
	"SELECT r.id, @stream(r) AS stream, @time(r.time) AS time, i.symbol,"
	" @id(r.order_id) AS order_id, @word(rejects.command) AS command,"
	" @word(rejects.code) AS why FROM rejects r@symbol(r)"},
    {"judged",
	"SELECT v.id, @stream(v) AS stream, @time(v.time) AS time, i.symbol,"
	" @id(v.order_id) AS order_id, v.account,"
	" @word(verdicts.rule) AS rule, @word(verdicts.verdict) AS verdict,"
	" v.bound, v.observed FROM verdicts v@symbol(v)"},
    /* Each execution on both sides. */
    {"sides", "SELECT id, time, instrument, buy_account AS account, qty,"
	      " -cash AS cash FROM tape"
	      " UNION ALL SELECT id, time, instrument, sell_account, -qty, cash"
	      " FROM tape"},
    {"account_days",
	"SELECT s.stream, s.account, i.symbol, s.fills, s.bought, s.sold,"
	" s.net, @cash(s.money) AS cash"
	" FROM (SELECT id >> 40 AS stream, account, instrument,"
	" count(*) AS fills, sum(iif(qty > 0, qty, 0)) AS bought,"
	" sum(iif(qty < 0, -qty, 0)) AS sold, sum(qty) AS net,"
	" sum(cash) AS money, min(id) AS id FROM sides"
	" WHERE account IS NOT NULL"
	" GROUP BY id >> 40, account, instrument) s@symbol(s)"},
    {"holdings",
	"SELECT p.stream, p.account, i.symbol, p.qty, @px(p.mark) AS mark,"
	" @cash(p.cost) AS cost, @cash(p.realised) AS realised,"
	" @cash(p.unrealised) AS unrealised, @cash(p.fees) AS fees"
	" FROM (SELECT id >> 40 AS stream, account, instrument, qty, mark,"
	" cost, realised, unrealised, fees, max(id) AS id FROM positions"
	" GROUP BY id >> 40, account, instrument) p@symbol(p)"},
    {"timetable",
	"SELECT p.id, @stream(p) AS stream, @time(p.time) AS time,"
	" ifnull(i.symbol, 'all') AS symbol, @word(phases.phase) AS phase,"
	" @word(phases.auction) AS auction, p.reason"
	" FROM phases p@symbol(p)"},
    {"uncrossings",
	"SELECT a.id, @stream(a) AS stream, @time(a.time) AS time, i.symbol,"
	" @word(auctions.auction) AS auction, @px(a.price) AS price,"
	" @qty(a.paired) AS paired, @qty(a.imbalance) AS imbalance,"
	" @word(auctions.side) AS side"
	" FROM auctions a@symbol(a) WHERE a.final = 1"},
    {"due", "SELECT o.id, @stream(o) AS stream, @time(o.time) AS traded,"
	    " @date(o.date) AS date, i.symbol, o.account, o.against, o.qty,"
	    " @cash(o.cash) AS cash, o.currency,"
	    " @word(obligations.status) AS status"
	    " FROM obligations o@symbol(o)"},
    {"ledger",
	"SELECT p.id, @stream(p) AS stream, @date(p.date) AS date, p.entry,"
	" p.account, @word(postings.ledger) AS ledger,"
	" @word(postings.why) AS why, i.symbol, p.qty,"
	" @cash(p.amount) AS amount, p.currency"
	" FROM postings p@symbol(p)"},
    /* Every row of it is 0 where the ledger balances. */
    {"trial_balance",
	"SELECT t.stream, t.currency, i.symbol, t.qty,"
	" @cash(t.amount) AS amount"
	" FROM (SELECT id >> 40 AS stream, currency, instrument,"
	" sum(qty) AS qty, sum(amount) AS amount, min(id) AS id FROM postings"
	" GROUP BY id >> 40, currency, iif(currency IS NULL, instrument, 0))"
	" t@symbol(t)"},
    {"warnings",
	"SELECT a.id, @stream(a) AS stream, @time(a.time) AS time, i.symbol,"
	" a.account, @word(alerts.severity) AS severity,"
	" @word(alerts.rule) AS rule, a.bound, a.observed, a.text"
	" FROM alerts a@symbol(a)"},
    /* A note is the account, who and why, with bars between. */
    {"holds", "SELECT h.n, nullif(h.stream, 0) AS stream,"
	      " nullif(CAST(h.note AS INTEGER), 0) AS account,"
	      " substr(h.said, 1, instr(h.said, '|') - 1) AS who,"
	      " substr(h.said, instr(h.said, '|') + 1) AS why,"
	      " (SELECT min(r.n) FROM audit r WHERE r.kind = 'release'"
	      " AND r.stream = h.stream AND r.n > h.n"
	      " AND CAST(r.note AS INTEGER) = CAST(h.note AS INTEGER)"
	      " AND r.position IN (0, h.n)) AS released"
	      " FROM (SELECT *, substr(note, instr(note, '|') + 1) AS said"
	      " FROM audit WHERE kind = 'hold') h"},
    {"purges", "SELECT n, stream, note AS what, records, bytes"
	       " FROM audit WHERE kind = 'purge'"},
};

static void
put_short(struct exch_buf *b, const char *text, const char *arg, size_t n)
{
	for (; *text != '\0'; text++)
		if (*text == '#')
			exch_buf_add(b, arg, n);
		else
			exch_buf_char(b, *text);
}

static void
put_word(struct exch_buf *b, const char *arg, size_t n)
{
	const char *dot = memchr(arg, '.', n);
	size_t table = dot != NULL ? (size_t)(dot - arg) : 0;

	exch_check(dot != NULL);
	exch_buf_str(b, "ifnull((SELECT word FROM words WHERE field = '");
	exch_buf_add(b, arg, n);
	exch_buf_str(b, "' AND code = ");
	exch_buf_char(b, arg[0]);
	exch_buf_add(b, arg + table, n - table);
	exch_buf_str(b, "), ");
	exch_buf_char(b, arg[0]);
	exch_buf_add(b, arg + table, n - table);
	exch_buf_str(b, ")");
}

/* From behind '(' to its ')'. */
static size_t
argument(const char *p)
{
	size_t n = 0;

	for (unsigned depth = 1;; n++) {
		exch_check(p[n] != '\0');
		depth += p[n] == '(';
		depth -= p[n] == ')';
		if (depth == 0)
			return n;
	}
}

static void
expand(struct exch_buf *b, const char *p)
{
	while (*p != '\0') {
		size_t name, n, i = 0;

		if (*p != '@') {
			exch_buf_char(b, *p++);
			continue;
		}
		name = strcspn(++p, "(");
		n = argument(p + name + 1);
		if (name == 4 && memcmp(p, "word", 4) == 0) {
			put_word(b, p + name + 1, n);
		} else {
			while (strlen(shorts[i].name) != name ||
			       memcmp(shorts[i].name, p, name) != 0) {
				i++;
				exch_check(i < EXCH_ARRAY_LEN(shorts));
			}
			put_short(b, shorts[i].text, p + name + 1, n);
		}
		p += name + n + 2;
	}
}

int
exch_views_each(int (*each)(void *arg, const char *name, const char *sql,
		    struct exch_diag *d),
    void *arg, struct exch_diag *d)
{
	int err = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(views) && err == 0; i++) {
		struct exch_buf b = {0};

		exch_buf_fmt(&b, "CREATE VIEW %s AS ", views[i].name);
		expand(&b, views[i].sql);
		exch_buf_char(&b, '\0');
		err = b.failed ? exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
				     EXCH_POS_NONE, 0,
				     "out of memory for the schema")
			       : each(arg, views[i].name, b.p, d);
		exch_buf_free(&b);
	}
	return err;
}
