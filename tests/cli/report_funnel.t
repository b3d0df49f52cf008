#!/bin/sh
# exch-report funnel: each state by hand; sums that add up on days, beside what
# SQL says of their history.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# cells FILE COLUMN...
cells() {
	cells_file=$1
	shift
	awk -F, -v want="$*" 'NR == 1 {
		n = split(want, w, " ")
		for (i = 1; i <= NF; i++) at[$i] = i
		next
	}
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "|" : "\n" }' \
		"$cells_file"
}

# sums FILE: what does not add up, by group.
sums() {
	cells "$1" account symbol side type tif level orders qty filled gone \
		leaves | awk -F'|' '
		{
			g = $1 "|" $2 "|" $3 "|" $4 "|" $5
			n[g, $6] += $7; q[g, $6] += $8; groups[g] = 1
			if ($8 - $9 - $10 - $11 > 1e-6 ||
			    $9 + $10 + $11 - $8 > 1e-6) print "row " NR
			if ($6 == 1) last[g] = $7
		}
		END {
			for (g in groups) {
				if (n[g, 0] != n[g, 1]) print g ": orders"
				if (q[g, 0] - q[g, 1] > 1e-6) print g ": qty"
				# accepted is the last of its level, if any
				if (n[g, 2] > 0 && n[g, 2] != last[g])
					print g ": accepted"
			}
		}'
}

cat >limits.csv <<'E'
scope,name,size,hold,approvers
all,,500,size,ann
account,3,500,none,
E
cat >orders.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
instrument BTC unit 0.01 tick 1 kind crypto
09:30  A1  sell 100 ABC @ 10.00 as a
+1s    A2  buy 40 ABC @ 10.00
+1s    A1  sell 600 ABC @ 10.00 as held
+1s    A1  sell 700 ABC @ 10.00 as refused
+1s    refuse refused by ann
+1s    A3  buy 600 ABC @ 10.00
+1s    A2  buy 10 ABC @ 10.005
+1s    replace a with 50 @ 10.01 id 70
+1s    A2  buy 20 ABC @ 10.01 ioc
+1s    A2  buy 50 ABC @ 10.01 ioc
+1s    A2  buy 5 ABC @ 10.00 ioc
+1s    A2  buy 7 ABC @ 9.00 as gone
+1s    cancel gone by 3
+1s    cancel gone
+1s    A2  buy 8 ABC @ 9.00
+1s    A1  sell 30 ABC @ 11.00
+1s    A2  buy 20 ABC @ 11.00
+1s    A1  buy 0.25 BTC @ 9
+1s    A1  quote ABC bid 5 @ 9.50 offer 6 @ 9.40
+1s    A1  quote ABC bid 5 @ 9.50 offer 6 @ 12
+1s    A1  buy 3 ABC @ 9.00 id 1
+1s    A1  buy 4 ABC @ 9.00 id 2 client 5
+1s    A1  buy 4 ABC @ 9.00 id 2 client 5
+1s    A1  buy 9 ABC @ 9.00 id 2
E
exch-replay -q -o orders.xst orders.txt &&
	exch-risk -q -l limits.csv orders.xst | exch-match -q -o day.xst
result $? "a day"
exch-report funnel -f csv -o funnel.csv day.xst
result $? "its funnel"
cells funnel.csv level state reason orders percent qty filled gone leaves >got
cat >want <<'E'
0|entered||21|100.00|2218.25|220|1362|636.25
1|held||1|4.76|600|0|0|600
1|risk-rejected|size|2|9.52|1300|0|1300|0
1|rejected|duplicate|1|4.76|9|0|9|0
1|rejected|tick|1|4.76|10|0|10|0
1|rejected|quote|2|9.52|11|0|11|0
1|accepted||14|66.66|288.25|220|32|36.25
2|filled||4|19.04|170|170|0|0
2|partly-filled|ioc|1|4.76|50|30|20|0
2|partly-filled|resting|1|4.76|30|20|0|10
2|cancelled|user|1|4.76|7|0|7|0
2|expired|ioc|1|4.76|5|0|5|0
2|resting||6|28.57|26.25|0|0|26.25
E
same got want "each state"
sums funnel.csv >bad
same bad /dev/null "it adds up"
for by in account account,symbol symbol,side,type,tif; do
	exch-report funnel --by $by -f csv -o by.csv day.xst
	sums by.csv >bad
	same bad /dev/null "by $by, too"
	is "$(cells by.csv state orders | awk -F'|' '$1 == "entered" {
		n += $2 } END { print n }')" "$(cells funnel.csv state orders |
		sed -n 's/^entered|//p')" "by $by: all of them"
done
exch-report funnel --by symbol -f csv day.xst | sed -n '/,BTC,.*,2,/p' >got
echo ',BTC,,,,2,resting,,1,100.00,0.25,0,0,0.25' >want
same got want "quantities are the instrument's"
exch-report funnel -f json day.xst | sed -n 1p >got
has got '"level":0,"state":"entered","reason":null,"orders":' "as JSON"
exch-report funnel day.xst >page
has page '  accepted ' "for people"
exits 2 "--by what is not there" exch-report funnel --by colour -o x day.xst \
	2>err
has err "'colour' is none of account" "which is told"
exits 2 "--by the same twice" exch-report funnel --by side,side -o x day.xst \
	2>err
exits 3 "a stream without answers" exch-report funnel -o x orders.xst 2>err
has err 'exch-match' "what it lacks"
printf 'date 2026-01-05\ninstrument ABC tick 0.01\n' | exch-replay -q |
	exch-match -q | exch-report funnel -f csv >got
is "$(wc -l <got | tr -d ' ')" 1 "an empty day has a header"

# ---- days, beside SQL ----

day() {
	exch-report funnel -q -f csv -o funnel.csv "$1"
	result $? "$2: the funnel"
	sums funnel.csv >bad
	same bad /dev/null "$2: it adds up"
	exch-report funnel -q -f csv --by account,type -o by.csv "$1"
	sums by.csv >bad
	same bad /dev/null "$2: and by account and type"
	rm -f day.db*
	exch-store -q day.db "$1"
	cells funnel.csv state orders filled gone | awk -F'|' '
		$1 == "entered" { print "entered", $2, $3, $4 }
		$1 == "accepted" { print "accepted", $2 }
		$1 == "risk-rejected" { risk += $2 }
		$1 == "rejected" { venue += $2 }
		END { print "refused", risk + 0, venue + 0 }' | sort >got
	sqlite3 -separator ' ' day.db "
		SELECT 'entered', count(*), (SELECT 2 * sum(qty)
			FROM executions), (SELECT sum(qty) FROM cancels) +
			(SELECT ifnull(sum(o.qty), 0) FROM rejects r
			JOIN orders o ON o.order_id = r.order_id
			AND +o.instrument = r.instrument
			WHERE r.command = 17) FROM orders;
		SELECT 'accepted', count(*) FROM acks;
		SELECT 'refused', (SELECT count(*) FROM rejects
			WHERE command = 17 AND code >= 64),
			(SELECT count(*) FROM rejects
			WHERE command = 17 AND code < 64)" | sort >want
	same got want "$2: as the history has it"
	is "$(cells funnel.csv state leaves | sed -n 's/^accepted|//p')" \
		"$(exch-report orders -q -f csv "$1" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$at["state"] == "resting" { n += $at["leaves"] }
		END { print n + 0 }')" "$2: what rests, as the orders have it"
}
if command -v sqlite3 >/dev/null; then
	printf 'scope,size\nall,300\n' >size.csv
	exch-replay -q --accounts zipf:300 --date 2026-01-05 \
		--tz America/New_York "$src/data/sample.pcap.zst" |
		exch-risk -q -l size.csv | exch-match -q -o sample.xst
	day sample.xst "the sample day"
	sse=$data/derived/sse600519_20230207
	if [ -r "$sse.orders.csv" ]; then
		printf '%s\n' '09:15 call open' '09:25:00.8 continuous' \
			'14:57 call close' '15:00 closed' >timetable
		exch-replay -q --date 2023-02-07 --tz Asia/Shanghai \
			--symbol 600519 --tick 0.01 "$sse.orders.csv" |
			exch-match -q --ladder plain-high \
				--timetable timetable -o sse.xst
		day sse.xst "the day of Shanghai"
	else
		skip "the day of Shanghai" "no real data: set EXCH_TESTDATA"
	fi
else
	skip "days beside SQL" "sqlite3 is not installed"
fi

finish
