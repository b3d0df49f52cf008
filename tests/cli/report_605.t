#!/bin/sh
# exch-report 605 and 606: the example of exch-regulatory(7), orders that wait
# and are triggered, several venues, and a real day against a program that makes
# the same of other reports (tests/tools/rule605.awk).
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

rules=$src/data/report
report() {
	exch-report -r "$rules" "$@"
}
# row TYPE COLUMN...: cells of the rows of a kind of order in the file `got`.
row() {
	awk -F, -v want="$*" '
		BEGIN { n = split(want, w, " ") }
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["order_type"] == w[1] {
			for (i = 2; i <= n; i++)
				printf "%s%s", $at[w[i]], i < n ? " " : "\n"
		}' got
}

# ---- the example ----

cat >example.txt <<'T'
date 2026-11-20
zone America/New_York
instrument XYZ tick 0.01 currency USD mic XSIM
09:30 MM buy 1000 @ 99.98 as bid
      MM sell 1000 @ 100.02 as ask
      MM sell 200 @ 100.01 hidden
10:00 CUST buy 300 @ market
10:00:00.5 replace bid with 1000 @ 100.01 id 50
      replace ask with 1000 @ 100.05 id 51
10:10 CUST sell 10 @ 100.05
T
exch-replay example.txt | exch-match -q >example.xst
ok "the example is made" report 605 -f csv -o got example.xst 2>err
is "$(row market orders shares executed effective_spread quoted_spread \
	effective_quoted)" "1 300 300 0.026667 0.040000 66.67" \
	"effective, quoted, E/Q"
is "$(row market realized_50ms realized_1s impact_1s realized_5m)" \
	"0.026667 -0.033333 0.060000 -0.033333" "realised, impact"
is "$(row market improved_shares improved_amount improved_avg \
	at_quote_shares outside_shares)" "200 2.00 0.010000 100 0" "improvement"
is "$(row market worth lot)" "10k-50k round" "its size"
has err 'left out: 2 orders that are not covered' "who came before a quote"
report 605 --classic --participant P --center XSIM -q example.xst >lines
has lines '^P|XSIM|202611|XYZ|11|21|1|300|0|300|0|300|0|0|0|0|-0.0333|0.0267|200|0.0100|0.0000|100|0.0000|0|0.0000|0.0000$' \
	"and as lines were"
awk -F'|' 'NF != 26 { exit 1 }' lines
result $? "with as many cells as ever"

# ---- kinds of orders ----

cat >kinds.txt <<'T'
date 2026-11-20
instrument XYZ tick 0.01 currency USD mic XSIM
10:00 MM buy 1000 @ 10.00
      MM sell 1000 @ 10.10
+1s   A buy 100 @ 10.10
+1s   A buy 50 @ 10.10 ioc
+1s   A buy 70 @ 10.05
+1s   B sell 70 @ 10.05
+1s   A buy 30 @ 9.90 as deep
+1s   A buy 40 @ 10.00 as at
+1s   cancel at by 15
+1s   A buy 20 @ market stop 10.10
+1s   A sell 25 @ 9.95 stop 9.99
+1s   A buy 5 @ 10.07 ioc
+1s   A buy 6 @ 10.01 ioc
+1s   B buy 1 @ 10.10
+1s   B sell 1020 @ 10.00
+30s  B sell 40 @ 9.90
+1s   replace deep with 10
T
exch-replay kinds.txt | exch-match -q >kinds.xst
report 605 -f csv -q kinds.xst >got
is "$(row marketable lot orders shares executed)" \
"odd 1 1 1
odd 2 110 105
round 1 100 100
round 1 1020 1020" "marketable limits, by worth"
is "$(row marketable-ioc lot shares executed)" "odd 50 50" "and at once"
is "$(row midpoint shares executed effective_spread)" "70 70 0.000000" \
	"at the midpoint"
is "$(row midpoint-ioc shares cancelled)" "5 5" "or not at all"
is "$(row nonmarketable-ioc shares cancelled)" "6 6" "nor behind it"
is "$(row market-stop shares executed avg_time)" "20 20 0.000000" \
	"a stop is received when it is triggered"
# 30 @ 9.90 wait until the bids above are gone
is "$(row nonmarketable orders shares cancelled executed)" "2 70 15 55" \
	"those that rest"
# 5 of the last one and 25 of the second stop rest at the end
is "$(awk -F, 'NR > 1 { s += $6 - $7 - $8 } END { print s }' got)" 30 \
	"nothing is lost"

# ---- several venues ----

cat >venues.txt <<'T'
date 2026-11-20
instrument XYZ tick 0.01 currency USD mic AAAA
10:00 MM buy 1000 @ 10.00
      MM sell 1000 @ 10.10
10:01 A buy 100 @ market
10:02 A buy 10 @ 9.00
T
sed 's/AAAA/BBBB/;s/10.00$/10.02/;s/10.10$/10.08/;/10:0[12]/d' venues.txt >other.txt
exch-replay --venue AAAA -o venues.cmd venues.txt
exch-replay --venue BBBB -o other.cmd other.txt
exch-replay --by-time venues.cmd other.cmd | exch-match -q >both.xst
report 605 -f csv -q both.xst >got
is "$(row market symbol quoted_spread effective_spread effective_quoted \
	outside_shares outside_amount)" \
	"XYZ.AAAA 0.060000 0.100000 166.67 100 2.00" \
	"the quote is the best of both venues"
is "$(row nonmarketable symbol orders shares)" "XYZ.AAAA 1 10
XYZ.BBBB 2 2000" "with the first venue's two sides the other's are covered"
report 606 -f csv -q both.xst >got606
is "$(cut -d , -f 1-5 got606)" "month,section,venue,orders,orders_pct
2026-11,stocks,AAAA,4,66.67
2026-11,stocks,BBBB,2,33.33" "606 has a row for each"
# Instruments of one exchange whose names have a point are no venues.
sed 's/XYZ/XYZ.A/' venues.txt >a.txt
sed 's/XYZ/XYZ.B/;s/BBBB/AAAA/' other.txt >b.txt
exch-replay -o a.cmd a.txt
exch-replay -o b.cmd b.txt
exch-replay --by-time a.cmd b.cmd | exch-match -q >apart.xst
report 605 -f csv -q apart.xst >got
is "$(row market quoted_spread outside_shares)" "0.100000 0" \
	"two classes of one exchange are not one share"
# The same ISIN is, whatever the names are.
isin() {
	echo "symbol,isin"
	echo "XYZ.A,US0378331005"
	echo "XYZ.B,$1"
}
isin US0378331005 >one.csv
report 605 -f csv -q --products one.csv apart.xst >got
is "$(row market quoted_spread outside_shares)" "0.060000 100" \
	"those of one ISIN are"

# ---- 606 ----

report 606 -f csv -o got606 kinds.xst 2>err
is $? 0 "606 is made"
# of fifteen: six meet the quote, seven do not, two are stops
is "$(sed 1d got606)" "2026-11,stocks,XSIM,15,100.00,$(
	exch-report orders -f csv kinds.xst |
	awk -F, 'NR > 1 { s += $9 } END { print s }'),$(
	exch-report trades -f csv kinds.xst |
	awk -F, 'NR > 1 { s += 2 * $5 } END { print s }'),0.00,40.00,46.67,13.33" \
	"orders, shares, executed and kinds"
has err 'the stream tells none' "that there are no routes is said"

# ---- little or nothing ----

printf '%s\n' 'date 2026-11-20' 'instrument ABC tick 0.01' |
	exch-replay | exch-match -q >empty.xst
for r in 605 606; do
	report $r -f csv empty.xst >got
	is $? 0 "$r of an empty day"
	is "$(wc -l <got)" 1 "has a header"
	exits 4 "$r: a full disk is told" sh -c \
		"exch-report -q -r '$rules' $r kinds.xst >/dev/full 2>/dev/null"
	report $r -f csv -q kinds.xst >one
	report $r -f csv -q kinds.xst >two
	same one two "$r: the same bytes every time"
done
printf '%s\n' 'from,until,kind,word,low,high,value,source' \
	'2000-01-01,,time,a,0,10,,x' '2000-01-01,,time,b,5,20,,x' >bad.csv
exits 3 "bands that overlap are refused" report 605 --bands bad.csv \
	kinds.xst 2>err
has err 'bad.csv:3' "with the line"

# ---- a real day ----

day=$data/derived/sse600519_20230207
if [ ! -r "$day.orders.csv" ]; then
	skip "the day of 600519" "no real data: set EXCH_TESTDATA"
	finish
fi
printf '%s\n' '09:15 call open' '09:25:00.8 continuous' '14:57 call close' \
	'15:00 closed' >timetable
exch-replay --date 2023-02-07 --tz Asia/Shanghai --symbol 600519 \
	--tick 0.01 "$day.orders.csv" |
	exch-match -q --ladder plain-high --timetable timetable >sse.xst
report 605 -f csv -q sse.xst >got
exch-report depth -n 1 --changed -f csv sse.xst >depth.csv
exch-report audit -f csv sse.xst >audit.csv
awk -f "$src/tests/tools/rule605.awk" depth.csv audit.csv >want
awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["order_type"] == "market" || $at["order_type"] == "marketable" {
		q = $at["executed"]
		o += $at["orders"]
		s += $at["shares"]
		e += q
		eff += $at["effective_spread"] * q
		quo += $at["quoted_spread"] * q
		imp += $at["improved_shares"]
		amt += $at["improved_amount"]
		par += $at["at_quote_shares"]
		out += $at["outside_shares"]
		rea += $at["realized_1s"] * q
	}
	END {
		printf "%d %d %d %.4f %.4f %d %.2f %d %d %.3f\n", o, s, e,
		    eff / e, quo / e, imp, amt, par, out, rea / e
	}' got >sums
is "$(cat sums)" "$(awk '{ printf "%s %s %s %.4f %.4f %s %s %s %s %.3f\n",
	$1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }' want)" \
	"as another program makes it of other reports"
finish
