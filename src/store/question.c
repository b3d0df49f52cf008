/*
 * The twenty questions of exch-schema(5): the page has the same SQL, and a test
 * compares the answers.  What the page says as order 9 and instrument 1 are
 * parameters: @order, @instr.
 */
#include <config.h>

#include "base/check.h"
#include "store/question.h"

static const struct exch_question questions[] = {
    {"bars", "How much was traded, and between which prices?",
	"SELECT * FROM bars_of_day ORDER BY symbol"},
    {"largest", "Which were the ten largest fills?",
	"SELECT f.time, f.symbol, f.price, f.qty, f.cash FROM fills f JOIN"
	" executions e ON e.id = f.id ORDER BY e.cash DESC, e.id LIMIT 10"},
    {"order", "What became of order 9?",
	"SELECT h.id, h.event, h.price, h.qty, h.code, d.day, h.at AS time"
	" FROM order_history h JOIN days d ON d.stream = h.id >> 40"
	" WHERE h.order_id = @order AND h.instrument = @instr"
	" ORDER BY h.id, h.event"},
    {"vwap", "At which average price did each instrument trade?",
	"SELECT i.symbol, round(sum(t.cash) / 1e6 / sum(t.qty), 4) AS vwap"
	" FROM tape t JOIN symbols i ON i.stream = t.id >> 40 AND"
	" i.instrument = t.instrument GROUP BY i.symbol"},
    {"hours", "When in the day was it traded, by the hour?",
	"SELECT strftime('%H', time / 1000000000, 'unixepoch') AS hour,"
	" count(*) AS trades, sum(qty) AS volume FROM tape GROUP BY hour"},
    {"minutes", "What are the bars of five minutes of one instrument?",
	"SELECT strftime('%Y-%m-%dT%H:%M:%S.000000000Z', b.t, 'unixepoch') AS "
	"t,"
	" min(b.price) / 1e9 AS low, max(b.price) / 1e9 AS high,"
	" sum(b.qty) AS volume, d.day FROM (SELECT id >> 40 AS stream,"
	" time / 300000000000 * 300 AS t, price, qty FROM tape"
	" WHERE instrument = @instr) b JOIN days d USING (stream)"
	" GROUP BY b.stream, b.t"},
    {"accepted",
	"How many orders of each account were accepted, and how many refused?",
	"SELECT o.account, count(*) AS orders, sum(EXISTS (SELECT 1 FROM"
	" rejects r WHERE r.order_id = o.order_id AND r.instrument ="
	" o.instrument AND r.command = 17 AND r.id > o.id AND r.id >> 40 ="
	" o.id >> 40)) AS refused FROM"
	" orders o GROUP BY o.account ORDER BY o.account"},
    {"refused", "Why were commands refused?",
	"SELECT command, why, count(*) AS n FROM refusals GROUP BY command,"
	" why ORDER BY n DESC, command, why"},
    {"stopped", "Which rules of the gate stopped whom?",
	"SELECT account, rule, verdict, count(*) AS n FROM judged GROUP BY"
	" account, rule, verdict ORDER BY account, rule"},
    {"accounts", "What did each account buy and sell?",
	"SELECT * FROM account_days ORDER BY account, symbol"},
    {"pairs", "Who traded most with whom?",
	"SELECT buy_account, sell_account, count(*) AS n, sum(qty) AS"
	" volume FROM executions GROUP BY buy_account, sell_account ORDER"
	" BY volume DESC, buy_account, sell_account LIMIT 10"},
    {"self", "Which account traded with itself?",
	"SELECT buy_account, count(*) AS n, sum(qty) AS volume FROM"
	" executions WHERE buy_account = sell_account GROUP BY buy_account"
	" ORDER BY buy_account"},
    {"positions", "Do positions told and executions agree?",
	"SELECT h.account, h.symbol, h.qty, d.net FROM holdings h JOIN"
	" account_days d ON d.stream = h.stream AND d.account = h.account"
	" AND d.symbol = h.symbol ORDER BY h.account, h.symbol"},
    {"auctions", "How much did auctions trade?",
	"SELECT symbol, auction, count(*) AS prints, sum(t.qty) AS volume"
	" FROM (SELECT t.id, i.symbol, t.qty, w.word AS auction FROM tape t"
	" JOIN symbols i ON i.stream = t.id >> 40 AND i.instrument ="
	" t.instrument JOIN words w ON w.field = 'trades.auction' AND"
	" w.code = t.auction) t WHERE auction <> 'none' GROUP BY symbol,"
	" auction"},
    {"lifetimes", "How long did cancelled orders live that never traded?",
	"SELECT CASE WHEN ms < 1000 THEN 'under 1 s' WHEN ms < 60000 THEN"
	" 'under 1 min' ELSE 'longer' END AS life, count(*) AS n FROM"
	" (SELECT (c.time - o.time) / 1000000 AS ms FROM cancels c JOIN"
	" orders o ON o.order_id = c.order_id AND o.instrument ="
	" c.instrument AND o.id < c.id WHERE c.reason = 1 AND c.open = 0"
	" AND c.qty = o.qty) GROUP BY life ORDER BY life"},
    {"ratio", "How many orders did accounts enter for each execution?",
	"SELECT o.account, o.n AS orders, f.n AS fills, round(1.0 * o.n /"
	" f.n, 2) AS ratio FROM (SELECT account, count(*) AS n FROM orders"
	" GROUP BY account) o JOIN (SELECT account, count(*) AS n FROM"
	" sides GROUP BY account) f USING (account) ORDER BY account"},
    {"makers", "Who took and who gave?",
	"SELECT account, sum(took) AS took, sum(qty) - sum(took) AS gave"
	" FROM (SELECT buy_account AS account, qty, iif(aggressor = 1, qty,"
	" 0) AS took FROM executions WHERE aggressor <> 0 UNION ALL SELECT"
	" sell_account, qty, iif(aggressor = 2, qty, 0) FROM executions"
	" WHERE aggressor <> 0) GROUP BY account"},
    {"misses",
	"Which executions of the venue did the engine not give, and why?",
	"SELECT w.word AS cause, count(*) AS n FROM misses m JOIN words w"
	" ON w.field = 'misses.cause' AND w.code = m.cause GROUP BY w.word"
	" ORDER BY w.word"},
    {"broken", "Which trades were broken?",
	"SELECT f.time, f.symbol, f.price, f.qty,"
	" strftime('%Y-%m-%dT%H:%M:%S', b.time / 1000000000, 'unixepoch')"
	" || printf('.%09dZ', b.time % 1000000000) AS broken FROM"
	" broken x JOIN fills f ON f.id = x.id JOIN busts b ON b.id ="
	" x.bust"},
    {"made",
	"Who made the stream, how, and what is the last link of its chain?",
	"SELECT r.date, r.tool, r.records, r.status, (SELECT chain FROM"
	" audit ORDER BY n DESC LIMIT 1) AS tip FROM runs r ORDER BY"
	" r.source"},
};

const struct exch_question *
exch_questions(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(questions);
	return questions;
}
