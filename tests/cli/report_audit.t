#!/bin/sh
# exch-report audit: each kind of row, by hand; a day whose orders are each
# accepted once and whose events add up, beside what SQL says of its history.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# cells FILE COLUMN...: those columns of a CSV without quoted commas.
cells() {
	cells_file=$1
	shift
	awk -F, -v want="$*" 'NR == 1 {
		n = split(want, w, " ")
		for (i = 1; i <= NF; i++) at[$i] = i
		for (i = 1; i <= n; i++)
			if (!(w[i] in at)) { print "no column " w[i]; exit }
		next
	}
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "|" : "\n" }' \
		"$cells_file"
}

# rows FILE EVENT COLUMN...: of the rows of an event.
rows() {
	rows_file=$1
	rows_event=$2
	shift 2
	cells "$rows_file" event "$@" | sed -n "s/^$rows_event|//p"
}

# ---- what gates and people said ----

cat >limits.csv <<'E'
scope,name,symbol,size,position,hold,approvers
all,,,500,900,size position,ann bob
account,3,,,,none,
member,ALPHA,,,400,,
E
cat >accounts.csv <<'E'
account,member,balance
1,ALPHA,100000
2,BETA,100000
3,BETA,100000
E
cat >orders.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01 lot 5 max 100000
09:30  A1  sell 600 @ 10.02 as big
+1s    A2  buy 100 @ 10.02
+1s    A3  buy 600 @ 10.02
+1s    approve big by eve because no reason
+1s    approve big by ann because it is a hedge
+1s    approve big by bob
+1s    A2  buy 700 @ 10.01 as two
+1s    refuse two by bob
+1s    limit size 50 of A2 by bob because loud
+1s    A2  buy 60 @ 10.00
+1s    switch off member BETA by bob because fire
+1s    A2  buy 10 @ 10.00
+1s    switch on member BETA by bob
+1s    A2  buy 10 @ 10.00 as keep
+1s    A2  buy 7 @ 10.00
+1s    A2  buy 10 @ 10.005
+1s    replace keep with 5 @ 10.01 as next id 70
+1s    replace next with 5 @ 10.015 id 71
+1s    replace 70 with 5 @ 10.00 id 72
+1s    halt ABC reason T1
+1s    phase continuous ABC
+1s    kill of A2
+1s    break 1
E
exch-replay -q -o orders.xst orders.txt &&
	exch-risk -q -l limits.csv -a accounts.csv orders.xst |
	exch-match -q -o day.xst
result $? "a scenario"
exch-report audit -f csv -o audit.csv day.xst
result $? "its audit"

rows audit.csv risk order command account rule verdict limit observed ref >got
cat >want <<'E'
1|new|A1|size|hold|500|600|1
3|new|A3|size|reject|500|600|
1|decision|A1|authority|reject|||
1|decision|A1|position|hold|400|600|1
4|new|A2|size|hold|500|700|2
4|new|A2|size|reject|500|700|2
5|new|A2|size|hold|50|60|3
5|new|A2|kill|reject|||3
6|new|A2|kill|reject|||
E
same got want "verdicts of the gate: rule, limit, what was observed"
rows audit.csv rejected order rule verdict limit observed ref reason command >got
cat >want <<'E'
3|size|reject|500|600||risk-size|new
4|size|reject|500|700|2|risk-size|new
5|kill|reject|||3|risk-kill|new
6|kill|reject||||risk-kill|new
8|lot|reject|5|7||lot|new
9|tick|reject|0.01|10.005||tick|new
70|tick|reject|0.01|10.015||tick|replace
E
same got want "refusals: rule and limit, of the gate and of the venue"
rows audit.csv decision order verdict by note ref initiator >got
cat >want <<'E'
1|pass|eve|no reason||client
1|pass|ann|it is a hedge||client
1|pass|bob|||client
4|reject|bob|||client
E
same got want "decisions: who, why, on what"
rows audit.csv limit account reason limit by note >got
echo "A2|size|50|bob|loud" >want
same got want "a limit that was changed"
rows audit.csv switch reason member by note >got
printf '%s\n' 'kill|BETA|bob|fire' 'release|BETA|bob|' >want
same got want "switches"
rows audit.csv replaced order new_order prior_order first_order leaves >got
printf '%s\n' '7|70|7|7|5' '70|72|70|7|5' >want
same got want "a chain of replacements has its beginning"
rows audit.csv executed side order match contra_order liquidity aggressor \
	cross >got
printf '%s\n' 'B|2|1|1|maker|S|' 'S|1|1|2|taker|S|' >want
same got want "who came in is in both rows of an execution"
rows audit.csv phase reason note cross >got
printf '%s\n' 'halt|T1|' 'continuous||' >want
same got want "a halt and its end"
rows audit.csv mass-cancel reason account observed flags initiator >got
printf '%s\n' 'cancel|A2|0|gate|venue' 'kill|A2|1||client' >want
same got want "kill switches of the gate and the venue, and how many they took"
rows audit.csv bust match initiator >got
echo "1|client" >want
same got want "a broken trade"

# ---- alerts and what became of them ----

printf 'scope,position\nall,150\n' >watch.csv
cat >watch.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
09:30  A1  sell 600 @ 10.00
+1s    A2  buy 200 @ 10.00
+1s    A3  buy 300 @ 10.00
E
exch-replay -q watch.txt | exch-match -q |
	exch-risk watch -q -l watch.csv -o alerts.xst
exch-report audit -f csv -o alerts.csv alerts.xst
rows alerts.csv alert account rule limit observed reason disposition by >got
has got '^A2|position|150|200|.*|open|$' "alerts are there"
name=$(rows alerts.csv alert account alert | sed -n 's/^A2|//p' | head -n 1)
cat >reviews.csv <<E
alert,status,by,when,note,accounts,end,pattern,symbol
$name,closed,JD,2026-01-06,agreed before,,,,
spoofing-ABC-A1-1767605400,reviewed,"=KL, chief",2026-01-06,"-1, ""odd""",A1 A3,2026-01-05T09:30:05Z,spoofing,ABC
E
exch-report audit -f csv --reviews reviews.csv -o reviewed.csv alerts.xst
result $? "the reviews are taken"
rows reviewed.csv alert account alert disposition by when | grep "|$name|" >got
echo "A2|$name|closed|JD|2026-01-06" >want
same got want "an alert with its disposition"
sed -n '$p' reviewed.csv >got
cat >want <<'E'
,,2026-01-05T09:30:05Z,review,ABC,,A1 A3,,,,,,,,,,,,,,,"'-1, ""odd""",,,,,,,,,,,,,,,,,,,,,spoofing,,,,"'=KL, chief",,,spoofing-ABC-A1-1767605400,reviewed,2026-01-06
E
same got want "an alert of surveillance behind the records, text as text"
printf 'alert,status\nalert-9-9,closed\n' >bad.csv
exits 1 "a review of what is not there" \
	exch-report audit -f csv --reviews bad.csv -o x.csv alerts.xst 2>err
has err 'the stream has no alert-9-9' "it is named"
printf 'alert,status\nx,done\n' >bad.csv
exits 3 "a review that is none" \
	exch-report audit -f csv --reviews bad.csv -o x.csv alerts.xst 2>err
has err "bad.csv:2:.*'done' is none of open, reviewed and closed" "where it is"

# ---- the examples of the manual ----

mkdir examples work
awk -v dir="$scratch/examples" -f "$src/tests/cli/examples.awk" \
	"$src/man/exch-audit.7"
for f in examples/*; do
	stem=${f%.*}
	case $f in
	*.file) cp "$f" "work/$(cat "$stem.name")" ;;
	*.cmd)
		(cd work && sh "../$f") >"$stem.got" 2>&1
		result $? "line $(cat "$stem.line") of the manual"
		[ -s "$stem.out" ] || continue
		same "$stem.got" "$stem.out" "and what it shows"
		;;
	esac
done

# ---- days, beside SQL ----

day() {
	exch-report audit -q -f csv -o audit.csv "$1"
	result $? "$2: the audit"
	rm -f day.db*
	exch-store -q day.db "$1"
	rows audit.csv accepted symbol order | tr '|' ' ' | sort >got
	sqlite3 -separator ' ' day.db 'SELECT i.symbol, a.order_id FROM acks a
		JOIN instruments i ON i.instrument = a.instrument' | sort >want
	same got want "$2: every order is accepted once"
	is "$(uniq -d got | wc -l)" 0 "$2: none of them twice"
	# An order that is replaced under a new id hands on what it has left.
	cells audit.csv symbol order event qty leaves new_order | awk -F'|' '
		$3 == "accepted" { came[$1, $2] = $4; left[$1, $2] = $5 }
		$3 == "executed" { filled[$1, $2] += $4; left[$1, $2] = $5 }
		$3 == "cancelled" || $3 == "expired" {
			gone[$1, $2] += $4; left[$1, $2] = $5 }
		$3 == "replaced" {
			to = $6 == "" ? $2 : $6
			if (to != $2) {
				handed[$1, $2] = left[$1, $2]
				left[$1, $2] = 0
				came[$1, to] = $4
			} else {
				came[$1, $2] += $4 - left[$1, $2]
			}
			left[$1, to] = $5
		}
		END {
			for (o in came) {
				n++
				if (came[o] != filled[o] + gone[o] + \
				    handed[o] + left[o]) bad++
				q += came[o]; f += filled[o]
				c += gone[o]; r += left[o]
			}
			print n, bad + 0, f, c, r
		}' >sums
	read -r orders bad filled gone resting <sums
	is "$bad" 0 "$2: in = filled + cancelled + resting, each of $orders orders"
	is "$filled $gone" "$(sqlite3 -separator ' ' day.db 'SELECT
		(SELECT 2 * sum(qty) FROM executions),
		(SELECT sum(qty) FROM cancels)')" "$2: as much as the history has"
	is "$resting" "$(exch-report orders -q -f csv "$1" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$at["state"] == "resting" { n += $at["leaves"] }
		END { print n + 0 }')" "$2: what rests, as the orders have it"
}
if command -v sqlite3 >/dev/null; then
	exch-replay -q --date 2026-01-05 --tz America/New_York \
		"$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
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
		# each order by itself: what the history knows, and nothing else
		sqlite3 day.db <"$src/tests/tools/order_sums.sql" >want
		cells audit.csv order event qty leaves | awk -F'|' '
			$2 == "accepted" { came[$1] = $3; left[$1] = $4 }
			$2 == "executed" { filled[$1] += $3; left[$1] = $4 }
			$2 == "cancelled" { gone[$1] += $3; left[$1] = $4 }
			$2 == "expired" { past[$1] += $3; left[$1] = $4 }
			END {
				for (o in came)
					print o, came[o], filled[o] + 0,
						gone[o] + 0, past[o] + 0, left[o]
			}' | sort -n >got
		same got want "each order of it adds up as sqlite3 finds it in the history"
		[ "$(wc -l <want)" -gt 30000 ]
		result $? "all $(wc -l <want | tr -d ' ') of them"
	else
		skip "the day of Shanghai" "no real data: set EXCH_TESTDATA"
	fi
else
	skip "days beside SQL" "sqlite3 is not installed"
fi

finish
