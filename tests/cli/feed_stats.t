#!/bin/sh
# exch-feed stats: against what exch-report counts on its own, what sqlite3
# makes of the stored history, and what awk makes of the quotes one by one;
# a day that can be followed by hand; bad input.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# cols FILE NAME...: these columns of a CSV table, and its rows of instruments.
cols() {
	cols_file=$1
	shift
	awk -F, -v OFS=, -v want="$*" '
	NR == 1 {
		for (i = 1; i <= NF; i++) at[$i] = i
		n = split(want, name, " ")
		next
	}
	("scope" in at) && $at["scope"] != "instrument" { next }
	$at["symbol"] == "#0" { next }
	{
		row = ""
		for (i = 1; i <= n; i++)
			row = row (name[i] in at ? $at[name[i]] : "?") ","
		print row
	}' "$cols_file"
}
# shellcheck disable=SC2034 # used by both
same_cols="symbol currency trades volume turnover vwap open high low close \
	spread spread_ticks quoted_seconds auctions auction_volume \
	open_auction_price open_auction_volume close_auction_price \
	close_auction_volume orders cancels expired replaces rejects"

### against exch-report, for every scenario

bad=
rows=0
for f in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt; do
	exch-replay -q "$f" 2>/dev/null | exch-match -q >s.xst 2>/dev/null
	[ -s s.xst ] || continue
	exch-feed stats -q -f csv s.xst >stats.csv
	exch-report summary -q -f csv s.xst >summary.csv
	# shellcheck disable=SC2086 # a list of names
	cols stats.csv $same_cols >got
	# shellcheck disable=SC2086
	cols summary.csv $same_cols >want
	rows=$((rows + $(wc -l <want)))
	cmp -s got want || bad="$bad $f"
done
is "$bad" "" "every scenario: what exch-report counts"
[ "$rows" -gt 50 ]
result $? "of $rows instruments"

### the sample day: sqlite3

when='--date 2026-01-05 --tz America/New_York'
# shellcheck disable=SC2086 # a list of words
exch-replay -q $when "$src/data/sample.pcap.zst" >venue.xst &&
	exch-replay -q $when --raw "$src/data/sample.pcap.zst" >raw.xst &&
	exch-match -q -o engine.xst venue.xst &&
	exch-store -q day.db engine.xst
result $? "the sample day in three forms, and stored"
exch-feed stats -f csv engine.xst >engine.csv
sqlite3 -csv day.db "
WITH mass AS (SELECT instrument, price, qty, time, auction, kind, id, cash
		FROM tape WHERE ifnull(kind, 0) NOT IN (4, 5)),
told AS (SELECT id, instrument, time, price, qty, auction, 0 AS kind
		FROM executions
	UNION ALL SELECT id, instrument, time, price, qty, auction, kind
		FROM trades)
SELECT i.symbol,
	(SELECT count(*) FROM tape t WHERE t.instrument = i.instrument),
	(SELECT sum(qty) FROM tape t WHERE t.instrument = i.instrument),
	(SELECT printf('%.4f', sum(price / 1000 * qty) / 1e6 / sum(qty))
		FROM tape t WHERE t.instrument = i.instrument),
	(SELECT printf('%.4f', price / 1e9) FROM told t
		WHERE t.instrument = i.instrument ORDER BY id LIMIT 1),
	(SELECT printf('%.4f', max(price) / 1e9) FROM told t
		WHERE t.instrument = i.instrument),
	(SELECT printf('%.4f', min(price) / 1e9) FROM told t
		WHERE t.instrument = i.instrument),
	(SELECT printf('%.4f', price / 1e9) FROM told t
		WHERE t.instrument = i.instrument ORDER BY id DESC LIMIT 1),
	(SELECT max(qty) FROM told t WHERE t.instrument = i.instrument
		AND auction = 0),
	(SELECT printf('%.4f', price / 1e9) FROM told t
		WHERE t.instrument = i.instrument AND auction = 0
		ORDER BY qty DESC, id LIMIT 1),
	(SELECT strftime('%Y-%m-%dT%H:%M:%S', time / 1000000000, 'unixepoch')
		FROM told t WHERE t.instrument = i.instrument AND auction = 0
		ORDER BY qty DESC, id LIMIT 1),
	(SELECT count(*) FROM acks a WHERE a.instrument = i.instrument),
	(SELECT count(*) FROM cancels c WHERE c.instrument = i.instrument),
	(SELECT count(*) FROM replaces r WHERE r.instrument = i.instrument),
	(SELECT count(*) FROM rejects r WHERE r.instrument = i.instrument),
	(SELECT count(*) FROM trades t WHERE t.instrument = i.instrument
		AND kind = 2),
	(SELECT sum(qty) FROM trades t WHERE t.instrument = i.instrument
		AND kind = 2)
FROM symbols i ORDER BY i.instrument" >want
cols engine.csv symbol trades volume vwap open high low close largest_qty \
	largest_px largest_time orders cancels replaces rejects auctions \
	auction_volume | sed 's/,$//; s/\(T..:..:..\)\.[0-9]*Z/\1/' >got
same got want "prices, volumes, orders and auctions are those of sqlite3"

### quotes one by one: awk over the top of the book, and the phases

# weigh: symbol, spread, bp, depths, quoted and continuous seconds, from the
# phases and the top of the book; times as seconds of the day.
weigh() {
	{
		exch-feed stats --phases -q -f csv "$1" |
			awk -F, 'NR > 1 && $3 != "auction" { print $1 ",P," $2 "," $3 }'
		exch-feed top -q -f csv "$1" |
			awk -F, 'NR > 1 { print $1 ",Q," $2 "," $3 "," $4 "," $5 "," $6 }'
		echo "$2,Z"
	} | sort -s -t, -k1,1 | awk -F, '
	function sec(t,   d) {
		d = substr(t, 9, 2) * 86400
		return d + substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + \
		    substr(t, 18, 2) + substr(t, 20, 10)
	}
	function pass(s, t,   dt) {
		dt = t - since[s]
		since[s] = t
		if (phase[s] != "continuous") return
		open[s] += dt
		if (bq[s] + 0 == 0 || aq[s] + 0 == 0 || bp[s] >= ap[s]) return
		quoted[s] += dt
		spread[s] += (ap[s] - bp[s]) * dt
		mid[s] += (ap[s] + bp[s]) / 2 * dt
		bd[s] += bq[s] * dt; ad[s] += aq[s] * dt
	}
	{ t = sec($1) }
	$2 == "P" && $3 == "" { for (s in phase) { pass(s, t); phase[s] = $4 } }
	$2 == "P" && $3 != "" { if (!($3 in since)) since[$3] = t
		pass($3, t); phase[$3] = $4 }
	$2 == "Q" { if (!($3 in since)) since[$3] = t
		pass($3, t); bp[$3] = $4 + 0; bq[$3] = $5; ap[$3] = $6 + 0; aq[$3] = $7 }
	$2 == "Z" { for (s in phase) {
		pass(s, t)
		printf "%s,%.4f,%.2f,%.2f,%.2f,%.3f,%.3f\n", s,
			spread[s] / quoted[s], spread[s] / mid[s] * 1e4,
			bd[s] / quoted[s], ad[s] / quoted[s], quoted[s], open[s] } }
	' | sort
}
# near GOT WANT: the same but for the last digit that is shown.
near() {
	paste -d, "$1" "$2" | awk -F, '
	{ n = NF / 2
	  if (n != int(n) || $1 != $(n + 1)) { print "# " $0; exit 1 }
	  for (i = 2; i <= n; i++) {
		d = $i - $(n + i); e = i == 2 ? 0.00011 : i < 6 ? 0.011 : 0.0011
		if (d > e || d < -e) { print "# column " i ": " $0; exit 1 }
	  } }'
}
last=$(exch-replay -f json engine.xst | sed -n 's/.*"time":"\([^"]*\)".*/\1/p' | tail -n 1)
weigh engine.xst "$last" >want
is "$(wc -l <want | tr -d ' ')" 5 "quotes of five instruments"
cols engine.csv symbol spread spread_bps bid_depth ask_depth quoted_seconds \
	continuous_seconds | sed 's/,$//' | sort >got
ok "spread, depth and times are those of the quotes" near got want
for s in raw venue; do
	exch-feed stats -f csv $s.xst >$s.csv
	cols $s.csv symbol spread spread_ticks spread_bps bid_depth ask_depth \
		quoted_seconds continuous_seconds halts halted_seconds auctions \
		auction_volume trades volume >got
	cols engine.csv symbol spread spread_ticks spread_bps bid_depth \
		ask_depth quoted_seconds continuous_seconds halts \
		halted_seconds auctions auction_volume trades volume >want
	same got want "the same quotes and volumes from the $s"
done
exch-replay -q --raw -f json raw.xst | awk '
	/"t":"book-add"/ { k = "a" } /"t":"book-(delete|reduce)"/ { k = "x" }
	/"t":"book-replace"/ { k = "u" }
	k != "" { split($0, p, "\"symbol\":\""); s = substr(p[2], 1, 4)
		n[s, k]++; all[s]; k = "" }
	END { for (s in all) print s "," n[s, "a"] "," n[s, "x"] "," n[s, "u"] }' |
	sort >want
cols raw.csv symbol orders cancels replaces | sed 's/,$//' | sort >got
same got want "orders of a display are what it adds and takes away"

### a day that can be followed by hand

cat >day.txt <<'S'
date 2026-01-05
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:00:00   phase call open
09:00:01   ann buy 100 ABC @ 10.00
09:00:02   bob sell 60 ABC @ 9.98
09:30:00   phase continuous
09:30:10   bob sell 200 ABC @ 10.10
09:30:20   cay buy 50 ABC @ 10.10
09:30:30   cay buy 70 ABC @ 10.10
09:30:35   cay buy 0 ABC @ 10.10
09:30:40   halt ABC reason T1
09:31:40   phase continuous ABC
09:31:50   bob sell 10 XYZ @ 5.00
S
exch-replay -q day.txt | exch-match -q >day.xst
result $? "a small day is matched"
exch-feed stats -f csv day.xst >day.csv
cols day.csv symbol trades largest_qty largest_px largest_time spread \
	spread_ticks bid_depth ask_depth quoted_seconds continuous_seconds \
	quoted_percent halts halted_seconds >got
# Bid 40 at 10.00; from 09:30:10 on an offer of 200, 150, 80 at 10.10; halted
# from 09:30:40 to 09:31:40; the day ends at 09:31:50.
cat >want <<'C'
ABC,3,70,10.10,2026-01-05T09:30:30.000000000Z,0.10,10.0000,40.00,127.50,40.000000000,50.000000000,80.00,1,60.000000000,
XYZ,0,,,,,,,,0.000000000,110.000000000,0.00,0,0.000000000,
C
same got want "weighted by hand"
cols day.csv symbol auctions auction_volume open_auction_price \
	open_auction_volume close_auction_price orders rejects reject_percent \
	order_to_trade >got
cat >want <<'C'
ABC,1,60,10.00,60,,5,1,16.66,1.66,
XYZ,0,0,,,,1,0,0.00,,
C
same got want "the auction, and what was refused"
exch-feed stats --phases -f csv day.xst >got
cat >want <<'C'
time,symbol,what,cross,reason,seconds,price,volume,imbalance,side
2026-01-05T09:00:00.000000000Z,,call,open,,1800.000000000,,,,
2026-01-05T09:30:00.000000000Z,,continuous,,,110.000000000,,,,
2026-01-05T09:30:00.000000000Z,ABC,auction,open,,,10.00,60,40,B
2026-01-05T09:30:40.000000000Z,ABC,halt,,T1,60.000000000,,,,
2026-01-05T09:31:40.000000000Z,ABC,continuous,,,10.000000000,,,,
C
same got want "--phases"
is "$(exch-feed stats --phases -f json -s ABC day.xst | sed -n 3p)" \
	'{"time":"2026-01-05T09:30:00.000000000Z","symbol":"ABC","what":"auction","cross":"open","reason":null,"seconds":null,"price":10.00,"volume":60,"imbalance":40,"side":"B"}' \
	"--phases as JSON"
is "$(exch-feed stats --phases -f csv -s XYZ day.xst | wc -l | tr -d ' ')" 3 \
	"of one instrument, with what is for all"
exch-feed stats -f json -s XYZ day.xst >got
is "$(wc -l <got | tr -d ' ')" 1 "--symbols: a row for each of them"
has got '^{"symbol":"XYZ",.*"spread":null' "as JSON"
exch-feed stats day.xst >got
for what in '^Trading$' '^Quotes, weighted with time$' '^Orders$' \
	'^Phases and auctions$' '^  ABC  *0.10   10.0000  99.50  ' \
	'^09:30:40.000000000  ABC  *halt  *-  *T1  *60.000000000'; do
	has got "$what" "the page has $what"
done

# A display without a phase: time counts from its first record on.
cat >display.json <<'J'
{"t":"header","major":1,"minor":0,"start":"2026-01-05T09:30:00.000000000Z","id":"bd6033d5ae366c463f72262aed40cb0a","date":20260105,"source":1,"text":""}
{"t":"instrument","source":1,"seq":"1","time":"2026-01-05T09:30:00.000000000Z","symbol":"ABC","instr":1,"isin":"","mic":"","currency":"USD","kind":"equity","px_decimals":2,"qty_exponent":0,"iflags":0,"tick":0.01,"lot":1,"min_qty":0,"max_qty":null,"reference":null,"strike":null,"multiplier":1,"expiry":null,"underlying":0,"tick_table":0,"settle_days":2}
{"t":"book-add","source":1,"seq":"2","time":"2026-01-05T09:30:01.000000000Z","symbol":"ABC","instr":1,"order":"1","price":10.00,"qty":100,"side":"buy","mpid":""}
{"t":"book-add","source":1,"seq":"3","time":"2026-01-05T09:30:03.000000000Z","symbol":"ABC","instr":1,"order":"2","price":10.02,"qty":50,"side":"sell","mpid":""}
{"t":"book-delete","source":1,"seq":"4","time":"2026-01-05T09:30:08.000000000Z","symbol":"ABC","instr":1,"order":"2"}
{"t":"end","records":"4","status":"complete"}
J
exch-replay -q --raw display.json | exch-feed stats -f csv >got.csv
result $? "a display by hand"
cols got.csv symbol currency spread spread_bps bid_depth ask_depth \
	quoted_seconds continuous_seconds orders cancels >got
echo "ABC,USD,0.02,19.98,100.00,50.00,5.000000000,7.000000000,2,1," >want
same got want "its quotes"

### bad input

exch-replay -q day.txt >asked.xst
exits 3 "orders that nobody matched" sh -c "exch-feed stats asked.xst >got 2>err"
exits 3 "not a stream" sh -c "exch-feed stats day.txt >got 2>err"
exits 1 "no such instrument" sh -c "exch-feed stats -s NONE day.xst >got 2>err"
has err "'NONE'" "it is named"
exits 2 "--phases is not for top" sh -c "exch-feed top --phases day.xst 2>err"
head -c 9000000 engine.xst >cut.xst
exits 3 "a stream that was cut" sh -c "exch-feed stats -f csv cut.xst >got 2>err"
is "$(wc -l <got | tr -d ' ')" 6 "what was whole is shown"

finish
