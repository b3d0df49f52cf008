#!/bin/sh
# Bars: of time against what sqlite3 makes of the stored trades, of trades,
# volume and turnover against the trades counted by awk, indicators against
# the textbook's formulas in floating point.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# sums DB SECONDS: time, symbol, open, high, low, close, volume, trades and
# VWAP of each bar; of trades agreed outside the book only volume and VWAP.  A trade that is
# broken later stays in its bar, which was out by then.
sums() {
	sqlite3 -csv "$1" "
	WITH told AS (SELECT id, instrument, time, price, qty, 0 AS kind
			FROM executions
		UNION ALL SELECT id, instrument, time, price, qty, kind
			FROM trades),
	t AS (SELECT m.id, i.symbol, m.qty, m.price,
			m.time / 1000000000 / $2 * $2 AS bar,
			iif(ifnull(m.kind, 0) IN (4, 5), NULL, m.price) AS p
		FROM told m JOIN symbols i ON i.stream = m.id >> 40
			AND i.instrument = m.instrument),
	b AS (SELECT bar, symbol, max(p) AS high, min(p) AS low,
			sum(qty) AS volume, count(*) AS n,
			sum(price / 100000 * qty) / 1e4 / sum(qty) AS vwap,
			min(iif(p IS NULL, NULL, id)) AS first,
			max(iif(p IS NULL, NULL, id)) AS last
		FROM t GROUP BY bar, symbol)
	SELECT strftime('%Y-%m-%dT%H:%M:%S', bar, 'unixepoch'), symbol,
		printf('%.4f', f.price / 1e9), printf('%.4f', high / 1e9),
		printf('%.4f', low / 1e9), printf('%.4f', l.price / 1e9),
		volume, n, printf('%.6f', vwap)
	FROM b JOIN told f ON f.id = first JOIN told l ON l.id = last
	ORDER BY 1, 2"
}

# bars FILE OPTION...: the same of exch-feed.
bars() {
	exch-feed bars -q -f csv "$@" | awk -F, -v OFS=, 'NR > 1 {
		printf "%s,%s,%.4f,%.4f,%.4f,%.4f,%s,%s,%s\n",
			substr($1, 1, 19), $2, $3, $4, $5, $6, $7, $10, $9
	}' | sort -t, -k1,2
}

# agree DB FILE SECONDS OPTION...: VWAP to half of its last digit.
agree() {
	sums "$1" "$3" >want
	sec=$3
	bars "$2" -i "${sec}s" >got
	[ -s want ] && paste -d, want got | awk -F, '
		{ for (i = 1; i < 9; i++) if ($i != $(i + 9)) bad = 1
		  if ($9 - $18 > 0.0000505 || $18 - $9 > 0.0000505) bad = 1
		  if (bad) { print "# " $0; exit 1 } }'
}

exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q -o day.xst
exch-store -q day.db day.xst
for sec in 1 60 300 3600; do
	ok "bars of $sec s are those of sqlite3" agree day.db day.xst $sec
done
ok "there are some" test "$(wc -l <want)" -gt 20

# The Shanghai day, where it is there.
real=$data/derived/sse600519_20230207
if [ -r "$real.orders.csv" ]; then
	when='--date 2023-02-07 --tz Asia/Shanghai'
	printf '%s\t%s\n' 09:15 'call	open' 09:25 closed 09:30 continuous \
		11:30 closed 13:00 continuous 14:57 'call	close' 15:00 closed \
		>timetable
	# shellcheck disable=SC2086 # a list of words
	exch-replay -q $when --symbol 600519 --tick 0.01 "$real.orders.csv" |
		exch-match -q $when --ladder plain-high --timetable timetable \
			-o real.xst
	exch-store -q real.db real.xst
	for sec in 60 1800; do
		ok "bars of $sec s of a real day" agree real.db real.xst $sec
	done
	is "$(bars real.xst -i 24h | cut -d, -f 8)" 18685 "all of its trades"
else
	skip "bars of a real day" "no real data: set EXCH_TESTDATA"
fi

# ---- bars that trades fill ----

exch-feed trades -q -f csv day.xst >trades.csv

# filled WHAT N: time, until, symbol, open, high, low, close, volume, trades,
# of the trades one by one; what is not full last, in the order of symbols.
filled() {
	awk -F, -v OFS=, -v what="$1" -v each="$2" '
	function out(s) {
		print begin[s], time[s], s, open[s], high[s], low[s], px[s],
			volume[s], n[s]
		delete n[s]
	}
	NR == 1 || $9 == "bust" { next }
	{ s = $2
	  if (!(s in n)) {
		begin[s] = $1; open[s] = high[s] = low[s] = $4
		volume[s] = cash[s] = n[s] = 0
	  }
	  time[s] = $1; px[s] = $4; volume[s] += $5; cash[s] += $4 * $5
	  n[s]++
	  if ($4 > high[s] + 0) high[s] = $4
	  if ($4 < low[s] + 0) low[s] = $4
	  if ((what == "trades" && n[s] >= each) ||
	      (what == "volume" && volume[s] >= each) ||
	      (what == "turnover" && cash[s] >= each))
		out(s) }
	END { split("ALFA BRVO CHRL DLTA ECHO", order, " ")
		for (i = 1; i <= 5; i++) if (order[i] in n) out(order[i]) }' \
		trades.csv
}
for by in trades:1 trades:7 trades:100000 volume:1000 volume:2500.5 \
	turnover:250000 turnover:0.01; do
	filled "${by%:*}" "${by#*:}" >want
	exch-feed bars -q -f csv -i $by day.xst |
		awk -F, -v OFS=, 'NR > 1 { print $1, $2, $3, $4, $5, $6, $7, $8, $11 }' >got
	same got want "bars of $by"
done
is "$(exch-feed bars -q -f csv -i trades:1 day.xst | head -n 1)" \
	"time,until,symbol,open,high,low,close,volume,turnover,vwap,trades" \
	"they say when they were full"
is "$(exch-feed bars -q -f csv -i volume:900 day.xst |
	awk -F, 'NR > 1 { v += $8; n += $11 } END { print v, n }')" \
	"$(awk -F, 'NR > 1 && $9 != "bust" { v += $5; n++ } END { print v, n }' trades.csv)" \
	"no trade is lost, none is twice"

# ---- indicators ----

with=sma:5,ema:9,rsi:14,bollinger:20:2.5,atr:14,sma:1,rsi:2,atr:1,bollinger:3,ema:1

# textbook FILE: the same by the textbook, rows as symbol and values.
textbook() {
	awk -F, '
	function avg(n,   i, v) {
		for (i = k - n + 1; i <= k; i++) v += c[s, i]
		return v / n
	}
	function sma(n) { return k < n ? "" : avg(n) }
	function ema(n,   i, e) {
		if (k < n) return ""
		for (i = 1; i <= n; i++) e += c[s, i] / n
		for (; i <= k; i++) e = c[s, i] * 2 / (n + 1) + e * (1 - 2 / (n + 1))
		return e
	}
	function rsi(n,   i, u, d, x) {
		if (k <= n) return ""
		for (i = 2; i <= k; i++) {
			x = c[s, i] - c[s, i - 1]
			if (i <= n + 1) {
				u += (x > 0 ? x : 0) / n; d += (x < 0 ? -x : 0) / n
			} else {
				u = (u * (n - 1) + (x > 0 ? x : 0)) / n
				d = (d * (n - 1) + (x < 0 ? -x : 0)) / n
			}
		}
		return u + d < 1e-13 ? "" : d == 0 ? 100 : 100 - 100 / (1 + u / d)
	}
	function sd(n,   i, m, v) {
		m = avg(n)
		for (i = k - n + 1; i <= k; i++) v += (c[s, i] - m) ^ 2
		return sqrt(v / n)
	}
	function band(n, w) {
		return k < n ? "" : avg(n) + w * sd(n)
	}
	function max(a, b) { return a > b ? a : b }
	function atr(n,   i, a, t) {
		if (k <= n) return ""
		for (i = 2; i <= k; i++) {
			t = max(h[s, i] - l[s, i], max(h[s, i] - c[s, i - 1],
				c[s, i - 1] - l[s, i]))
			a = i <= n + 1 ? a + t / n : (a * (n - 1) + t) / n
		}
		return a
	}
	function want(v, what) {
		if ((v == "") != ($col == "") || v - $col > 0.000051 ||
			$col - v > 0.000051) {
			print "# row " NR ": " what " is " $col ", not " v
			bad = 1
		}
		if (v != "") some[what]++
		col++
	}
	NR == 1 { next }
	{ s = $2; k = ++n[s]; c[s, k] = $6; h[s, k] = $4; l[s, k] = $5
	  col = 11
	  want(sma(5), "sma5"); want(ema(9), "ema9"); want(rsi(14), "rsi14")
	  want(band(20, -2.5), "low"); want(sma(20), "mid"); want(band(20, 2.5), "high")
	  want(atr(14), "atr14"); want(sma(1), "sma1"); want(rsi(2), "rsi2")
	  want(atr(1), "atr1")
	  want(band(3, -2), "low"); want(sma(3), "mid"); want(band(3, 2), "high")
	  want(ema(1), "ema1")
	  if (bad) exit }
	END { for (w in some) seen++
		if (bad || seen != 11) { print "# " seen " kinds"; exit 1 } }' "$1"
}
exch-feed bars -q -f csv -i 5m --with $with day.xst >with.csv
is "$(head -n 1 with.csv | cut -d, -f 11-)" \
	"sma5,ema9,rsi14,bb20_low,bb20_mid,bb20_high,atr14,sma1,rsi2,atr1,bb3_low,bb3_mid,bb3_high,ema1" \
	"columns of indicators"
ok "indicators over bars of 5 minutes" textbook with.csv
exch-feed bars -q -f csv -i 2m --fill --with $with day.xst >with.csv
ok "and over those without a trade" textbook with.csv
exch-feed bars -q -f csv -i trades:20 --with $with day.xst |
	cut -d, -f 2- >with.csv
ok "and over bars of 20 trades" textbook with.csv

# Prices at both ends of what there is: they have means, but no deviation.
cat >wide.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30:00 A buy 1 @ 90000000.01
09:30:01 B sell 1 @ 90000000.01
09:31:00 A buy 1 @ 0.01
09:31:01 B sell 1 @ 0.01
09:32:00 A buy 1 @ 90000000
09:32:01 B sell 1 @ 90000000
END
exch-replay -q wide.txt | exch-match -q |
	exch-feed bars -q -f csv --with sma:2,bollinger:2,atr:2,rsi:1,ema:2 >wide.csv
is "$(tail -n 1 wide.csv | cut -d, -f 11-)" \
	"45000000.0050,-44999999.9850,45000000.0050,134999999.9950,89999999.9950,100.0000,75000000.0033" \
	"wide swings"
# Nothing changes: no strength, no width.
for i in 1 2 3 4; do
	echo "09:3$i:00 A buy 1 @ 5"
	echo "09:3$i:01 B sell 1 @ 5"
done | { sed -n '1,2p' wide.txt; cat; } >flat.txt
exch-replay -q flat.txt | exch-match -q |
	exch-feed bars -q -f csv --with rsi:2,bollinger:2,atr:2 >flat.csv
is "$(tail -n 1 flat.csv | cut -d, -f 11-)" ",5.0000,5.0000,5.0000,0.0000" \
	"a market that stands still"

# ---- bad input ----

for with in sma sma: sma:0 sma:1001 sma:x sma:2: rsi:2:2 bollinger:2:0 \
	bollinger:2:0.001 bollinger:2:100.01 mean:3 , sma:2, ; do
	exits 2 "--with $with" exch-feed bars --with "$with" day.xst 2>err
	has err "is no indicator: sma:N" "is told"
done
exits 2 "twice" exch-feed bars --with sma:2,sma:2 day.xst 2>err
has err "has its columns twice" "is told"
is "$(exch-feed bars -q -f csv --with sma:5 --with ema:3 day.xst | head -n 1 |
	cut -d, -f 11-)" "sma5,ema3" "two lists are one"
exits 2 "too many" exch-feed bars --with "$(seq -s , -f 'sma:%g' 17)" \
	day.xst 2>err
has err "16 indicators are the most" "is told"
for by in trades:0 trades:1.5 trades: volume:-1 turnover:x ticks:5 25h \
	volume:0.0000001 trades:99999999999999999999; do
	exits 2 "-i $by" exch-feed bars -i "$by" day.xst 2>err
	has err "nor trades:N, volume:N or turnover:N" "is told"
done
exits 2 "--fill needs time" exch-feed bars --fill -i trades:3 day.xst 2>err
has err "--fill is for bars of time" "is told"
exits 2 "indicators are of bars" exch-feed top --with sma:3 day.xst 2>err

finish
