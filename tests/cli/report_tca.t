#!/bin/sh
# exch-report tca: the worked example of exch-tca(7), a day followed by hand
# with broken, corrected and replaced trades, queues, parties; and a day of
# Shanghai against the same definitions in SQL.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# cells FILE ROW: "column value" of a row of a CSV, from 1.
cells() {
	awk -F, -v row="$2" '
		NR == 1 { n = split($0, name, ",") }
		NR == row + 1 { for (i = 1; i <= n; i++) print name[i], $i }' \
		"$1"
}

# want FILE ROW WHO: standard input has columns and what they should say.
want() {
	cells "$1" "$2" >cells
	while read -r column value; do
		is "$(sed -n "s/^$column //p" cells)" "$value" "$3: $column"
	done
}

# ---- one order: the numbers of Rule 605's example ----

cat >one.txt <<'T'
date 2024-03-07
instrument XYZ tick 0.01 currency USD
09:30:00 MM buy 500 XYZ @ 99.98
         MM sell 500 XYZ @ 100.02 as ask
         HID sell 200 XYZ @ 100.01 hidden
+1s      ANN buy 300 XYZ @ market
+500ms   MM buy 500 XYZ @ 100.00
+200ms   cancel ask
         MM sell 500 XYZ @ 100.06
+10s     MM buy 1 XYZ @ 99
T
exch-replay one.txt | exch-match -q -o one.xst
result $? "matched"
exch-report tca -f csv --by type one.xst >one.csv
want one.csv 1 "one order" <<'T'
type market
currency USD
orders 1
qty 300
filled 300
fill_ratio 100.00
executions 2
value 30004.00
arrival_cost 4.00
shortfall 4.00
shortfall_bp 1.3333
effective 0.026667
quoted 0.040000
eq_ratio 66.67
realised -0.033333
impact 0.060000
first_mean 0.000000000
marked_1ms 300
markout_bp_1ms -1.3332
markout_bp_1s 1.6664
taker_bp_10s 1.6664
marked_1m 0
markout_bp_1m
unquoted 0
T
# The midpoint of a horizon is that of its last instant.
exits 2 "a name that is too long" exch-report tca --horizons 499999999ns one.xst 2>err
exch-report tca -f csv --by type --horizons 499ms,500ms,700ms one.xst >at.csv
want at.csv 1 "horizons" <<'T'
realised -0.033333
markout_bp_499ms -1.3332
markout_bp_500ms -0.3333
markout_bp_700ms 1.6664
T
exch-report tca -f csv --by type --horizons 499ms,700ms --horizon 499ms \
	one.xst >at.csv
want at.csv 1 "--horizon" <<'T'
realised 0.026667
impact 0.000000
T

# ---- a day by hand: broken, corrected, replaced ----

cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
instrument EUX tick 0.5 currency EUR
09:30:00 MM buy 1000 ABC @ 9.98
         MM sell 500 ABC @ 10.02
+1s      ANN buy 200 ABC @ 10.02 ioc
+1s      BOB sell 100 ABC @ 10.00
+1s      ANN buy 150 ABC @ market
+1s      BOB sell 100 ABC @ 10.05 as c
+1s      replace c with 100 @ 9.98
+1s      break 2 ABC
+1s      break 3 ABC with 50 @ 10.01
+1s      MM buy 10 EUX @ 20
         MM sell 10 EUX @ 21
+1s      ANN buy 4 EUX @ 21 ioc
+1s      ANN buy 100 ABC @ 9.99 as rest
+1s      MM buy 100 ABC @ 10.00
+1s      cancel rest
T
exch-replay day.txt | exch-match -q -o day.xst
result $? "matched"
exch-report tca -f csv day.xst >day.csv
cut -d, -f 1-3 day.csv >rows
cat >rows.want <<'T'
account,symbol,currency
MM,ABC,USD
MM,EUX,EUR
ANN,ABC,USD
ANN,EUX,EUR
BOB,ABC,USD
T
same rows rows.want "a row for each account and instrument"
# 3 orders: 200 @ 10.02, midpoint 10.00; 150, of which 100 were broken and 50
# corrected to 10.01, midpoint 9.99; 100 not executed, whose midpoint went
# from 10.00 to 10.01.
want day.csv 3 ANN <<'T'
orders 3
qty 450
filled 250
executions 2
value 2504.50
arrival_cost 5.00
opportunity_cost 1.00
shortfall 6.00
shortfall_bp 17.1453
vwap_cost 0.00
broken 1
unquoted 0
taker_qty 250
effective 0.040000
rested 1
T
# Broken as well; and one order under two ids, from 10.00 to 9.98.
want day.csv 5 BOB <<'T'
orders 2
qty 200
filled 100
executions 1
broken 1
arrival_cost 2.00
opportunity_cost 0.00
shortfall_bp 20.0000
T
want day.csv 1 MM <<'T'
orders 3
filled 350
unquoted 2
maker_qty 350
earned_bp 39.9714
T
want day.csv 4 "in euro" <<'T'
currency EUR
arrival_cost 2.00
effective 1.000000
T
exch-report tca -f csv --by all day.xst >all.csv
is "$(wc -l <all.csv)" 3 "currencies are never added up"
want all.csv 1 "all in EUR" <<'T'
currency EUR
orders 3
T
# As text, every account has its line in every table.
exch-report tca day.xst >day.text
is "$(grep -c '^  BOB ABC USD ' day.text)" 4 "text: four tables"

# ---- queues ----

cat >queue.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
09:30 A sell 100 ABC @ 10 as a
      B sell 50 ABC @ 10
      C sell 70 ABC @ 10
      D sell 5 ABC @ 10
+1s   reduce a by 40
+1s   E buy 120 ABC @ 10
+1s   E buy 30 ABC @ 10
T
exch-replay queue.txt | exch-match -q -o queue.xst
result $? "matched"
exch-report tca -f csv --by account queue.xst >queue.csv
# A is in front; B had 100 ahead, then 60; C 150, then 110 in one event; D
# 220, and is never reached.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	{ print $1, $at["rested"], $at["ahead"], $at["rested_filled"],
		$at["ahead_filled"], $at["ahead_at_fill"] }' queue.csv >queue
cat >queue.want <<'T'
account rested ahead rested_filled ahead_filled ahead_at_fill
A 1 0 1 0 0
B 1 100 1 100 60
C 1 150 1 150 110
D 1 220 0  
E 0  0  
T
same queue queue.want "what was ahead, on entry and when executed"

# ---- who is behind accounts ----

cat >parties.csv <<'T'
account,strategy,group,member
ANN,=momentum,"G,1",M1
BOB,value,"G,1",M2
MM,value,G2,M2
T
exch-report tca -f csv --parties parties.csv --by strategy day.xst |
	cut -d, -f 1-3 >by
cat >by.want <<'T'
strategy,currency,orders
'=momentum,EUR,1
'=momentum,USD,3
value,EUR,2
value,USD,5
T
same by by.want "by strategy; a formula is made safe"
exch-report tca -f csv --parties parties.csv --by group,member day.xst |
	sed -n 's/\(.*,USD,[0-9]*\),.*/\1/p' >by
cat >by.want <<'T'
"G,1",M1,USD,3
"G,1",M2,USD,2
G2,M2,USD,3
T
same by by.want "by group and member"
exch-report tca -f csv --by strategy,account day.xst | sed -n 2p >by
has by '^,MM,EUR,2,' "nobody told of strategies"

# ---- what there is nothing of ----

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report tca -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 0 "as text" exch-report tca -o empty.text empty.xst
sed '/ANN\|BOB\|break\|replace\|rest/d' day.txt | exch-replay - |
	exch-match -q -o quiet.xst
exch-report tca -f csv quiet.xst >quiet.csv
want quiet.csv 1 "a day without trades" <<'T'
orders 3
filled 0
fill_ratio 0.00
shortfall_bp 10.0000
effective
first_p50
T
exch-replay -q day.txt >day.cmd
exits 3 "nobody matched" exch-report tca -q -o none.text day.cmd
for bad in '--by colour' '--by symbol,symbol' '--horizons 1s,1s' \
	'--horizons 25h' '--horizon 3s' '--horizons 1s --horizon 2s'; do
	# shellcheck disable=SC2086 # two words
	exits 2 "refused: $bad" exch-report tca $bad day.xst 2>err
done
has err "^exch-report: --horizon: '2s' is none of --horizons" "and told why"

exch-report tca -f csv day.xst >all.csv
who=$(sed -n '2s/,.*//p' all.csv)
exch-report tca -f csv --account "$who" day.xst >got
awk -F, -v who="$who" 'NR == 1 || $1 == who' all.csv >want
[ "$(wc -l <want)" -lt "$(wc -l <all.csv)" ]
result $? "of several accounts"
same got want "one alone, with the figures it has among all"
# total FILE: what was filled of its rows.
total() {
	awk -F, 'NR == 1 { while ($++i != "filled"); next }
		{ n += $i } END { print n }' "$1"
}
exch-report tca -f csv --by symbol --account "$who" day.xst >got
is "$(total got)" "$(total want)" "and whatever its rows are of"

# ---- a day of Shanghai ----

day=$data/derived/sse600519_20230207
if [ ! -r "$day.orders.csv" ]; then
	skip "a day of Shanghai" "no real data: set EXCH_TESTDATA"
elif ! command -v sqlite3 >/dev/null; then
	skip "a day of Shanghai" "sqlite3 is not installed"
else
	printf '%s\n' '09:15 call open' '09:25:00.8 continuous' \
		'14:57 call close' '15:00 closed' >timetable
	exch-replay --date 2023-02-07 --tz Asia/Shanghai --symbol 600519 \
		--tick 0.01 "$day.orders.csv" | exch-match --ladder plain-high \
		--timetable timetable >sse.xst
	exch-report audit -f csv sse.xst >audit.csv
	exch-report depth -n 1 -f csv sse.xst >depth.csv
	exch-report tca -f csv --by side sse.xst >tca.csv
	sqlite3 :memory: <"$src/tests/tools/tca.sql" >facts
	is "$(grep -c '|same$' facts)" 76 "figures agree"
	is "$(grep -v '|same$' facts)" "" "no figure differs"
fi
finish
