#!/bin/sh
# exch-store rollup: days added up, against SQL of another form over the
# executions, and against reports of the stream; once, and again.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

cat >limits.csv <<'END'
scope,name,symbol,size,position
all,,,2000,4000000
END
exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 80000 "$src/data/sample.pcap.zst" |
	exch-risk -q -l limits.csv | exch-match -q |
	exch-risk watch -q -l limits.csv -o day.xst
exch-store day.db day.xst
result $? "a day with positions"
# The same a day later, where some of it is broken: trades of the venue.
exch-replay --date 2026-01-06 --tz America/New_York \
	--count 80000 "$src/data/sample.pcap.zst" | exch-match -q |
	exch-store day.db
result $? "a second one"
ok "rolled up" exch-store rollup day.db 2>err
has err '2 streams were added up, 0 had been before' "both"
exits 0 "it fits" exch-store verify -o verify day.db

# By window functions and joins, not by what rollup does.
sqlite3 day.db >want "
	WITH gone AS (SELECT id FROM broken),
	all_ AS (SELECT id, instrument, qty, cash, price, 1 AS priced
		FROM executions WHERE id NOT IN gone
		UNION ALL SELECT id, instrument, qty, cash, price,
			kind NOT IN (4, 5) FROM trades WHERE id NOT IN gone),
	edge AS (SELECT id / 1099511627776 AS stream, instrument, price,
		first_value(price) OVER w AS open,
		last_value(price) OVER w AS close FROM all_ WHERE priced
		WINDOW w AS (PARTITION BY id / 1099511627776, instrument
			ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING
			AND UNBOUNDED FOLLOWING))
	SELECT x.stream, x.instrument, x.n, x.volume, x.value,
		(SELECT open FROM edge e WHERE e.stream = x.stream
			AND e.instrument = x.instrument LIMIT 1),
		(SELECT max(price) FROM edge e WHERE e.stream = x.stream
			AND e.instrument = x.instrument),
		(SELECT min(price) FROM edge e WHERE e.stream = x.stream
			AND e.instrument = x.instrument),
		(SELECT close FROM edge e WHERE e.stream = x.stream
			AND e.instrument = x.instrument LIMIT 1)
	FROM (SELECT id / 1099511627776 AS stream, instrument, count(*) AS n,
		sum(qty) AS volume, sum(cash) AS value FROM all_
		GROUP BY 1, 2) x ORDER BY 1, 2"
[ -s want ]
result $? "there are trades"
sqlite3 day.db "SELECT stream, instrument, trades, volume, value, open, high,
	low, close FROM daily_instruments WHERE trades > 0
	ORDER BY stream, instrument" >got
same got want "trades, volume, value and prices"
sqlite3 day.db "SELECT stream, instrument, orders, cancels
	FROM daily_instruments ORDER BY 1, 2" >got
sqlite3 day.db "SELECT s, i, sum(o), sum(c) FROM (
	SELECT id / 1099511627776 AS s, instrument AS i, 1 AS o, 0 AS c
		FROM orders UNION ALL
	SELECT id / 1099511627776, instrument, 0, 1 FROM cancels WHERE open = 0)
	GROUP BY s, i ORDER BY s, i" >want
same got want "orders and cancels"
is "$(sqlite3 day.db "SELECT count(*) FROM daily_instruments
	WHERE abs(vwap - 1000.0 * value / volume) > 1")" 0 "the average price"
exch-report summary -f csv day.xst |
	awk -F, '$1 == "instrument" { print $2 "|" $10 "|" $11 }' | sort >want
sqlite3 day.db "SELECT symbol, trades, volume FROM daily_instruments
	WHERE stream = 1 AND trades > 0" | sort >got
same got want "as exch-report summary has it"

sqlite3 day.db "SELECT stream, account, instrument, fills, bought, sold, cash
	FROM daily_accounts WHERE fills > 0 ORDER BY 1, 2, 3" >got
sqlite3 day.db "SELECT s, a, i, count(*), sum(b), sum(v), sum(m) FROM (
	SELECT id / 1099511627776 AS s, buy_account AS a, instrument AS i,
		qty AS b, 0 AS v, -cash AS m FROM executions
		WHERE id NOT IN (SELECT id FROM broken) UNION ALL
	SELECT id / 1099511627776, sell_account, instrument, 0, qty, cash
		FROM executions WHERE id NOT IN (SELECT id FROM broken))
	WHERE a IS NOT NULL GROUP BY s, a, i ORDER BY 1, 2, 3" >want
[ -s want ]
result $? "accounts have fills"
same got want "what accounts bought and sold"
is "$(sqlite3 day.db "SELECT count(*) FROM daily_accounts
	WHERE position <> bought - sold")" 0 "positions are what they come to"
is "$(sqlite3 day.db "SELECT count(*) > 0 FROM daily_accounts
	WHERE realised <> 0")" 1 "with what they realised"
is "$(sqlite3 day.db "SELECT sum(orders) FROM daily_accounts")" \
	"$(sqlite3 day.db "SELECT count(*) FROM orders WHERE account <> 0")" \
	"every order of an account"
sqlite3 day.db "SELECT o.account, count(*) FROM cancels c JOIN orders o
	ON o.order_id = c.order_id AND o.instrument = c.instrument
	AND o.id = (SELECT max(id) FROM orders x WHERE x.order_id = c.order_id
		AND x.instrument = c.instrument AND x.id < c.id)
	WHERE c.open = 0 AND c.id < 2 << 40 AND o.account <> 0
	GROUP BY o.account ORDER BY o.account" >want
sqlite3 day.db "SELECT account, sum(cancels) AS n FROM daily_accounts
	WHERE stream = 1 GROUP BY account HAVING n > 0 ORDER BY account" >got
same got want "cancels of its orders"

# Again, and with more.
sqlite3 day.db .dump >before
ok "again" exch-store rollup day.db 2>err
has err '0 streams were added up, 2 had been before' "nothing is to be done"
sqlite3 day.db .dump >after
same after before "and nothing was"
head -c $(($(wc -c <day.xst) / 2)) day.xst >half.xst
exch-store half.db half.xst 2>err
ok "half a day" exch-store rollup -q half.db
exits 0 "it fits" exch-store verify -o verify half.db
ok "the whole" exch-store half.db day.xst
exits 0 "sums that are old are no fault" exch-store verify -o verify half.db
ok "is added up again" exch-store rollup -q half.db
for t in instruments accounts; do
	sqlite3 half.db "SELECT * FROM daily_$t" >got
	sqlite3 day.db "SELECT * FROM daily_$t WHERE stream = 1" >want
	same got want "daily_$t of the whole"
done
ok "rebuilt" exch-store rebuild half.db
sqlite3 half.db "SELECT * FROM daily_accounts" >got
same got want "they stay"
sqlite3 half.db "UPDATE daily_accounts SET bought = bought + 1
	WHERE account = (SELECT min(account) FROM daily_accounts)"
exits 1 "one that was changed" exch-store verify -o verify half.db 2>err
has err 'table daily_accounts: [0-9]* rows of stream 1 are not what' "is found"
has err 'stream 1: its daily sums are not those of the chain' "and against the chain"
exits 3 "of nothing" exch-store rollup none.db 2>err

finish
