#!/bin/sh
# exch-report trace: all that was said of one order, through a chain of
# replacements, in the order of the stream; beside what a search for its number
# finds in the stream as JSON.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >limits.csv <<'E'
scope,size,hold,approvers
all,500,size,ann bob
E
cat >orders.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30  A1  sell 600 ABC @ 10.02 as big id 1
+1s    A2  buy 5 XYZ @ 10.02 id 1
+1s    approve big by ann because it is a hedge
+1s    A2  buy 100 ABC @ 10.02 id 2
+1s    replace big with 400 @ 10.03 id 7 as next
+1s    A3  buy 10 ABC @ 10.00 id 3
+1s    A3  buy 20 ABC @ 9.99 id 4 child of 3
+1s    A2  buy 100 ABC @ 10.03 id 5
+1s    cancel 1 ABC
+1s    replace next with 200 @ 10.04 id 9
+1s    break 1 ABC
+1s    cancel 9 ABC
+1s    A3  sell 10 ABC @ 10.05 id 7
+1s    cancel 7 ABC
+1s    A3  sell 15 ABC @ 10.06 id 9
E
exch-replay -q orders.txt | exch-risk -q -l limits.csv | exch-match -q |
	exch-settle -q --until settled >day.xst
result $? "a day"

# cells COLUMN...: of rows.csv, of which the last column may have commas.
cells() {
	awk -F, -v want="$*" 'NR == 1 {
		n = split(want, w, " ")
		for (i = 1; i <= NF; i++) at[$i] = i
		next
	}
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "|" : "\n" }' \
		rows.csv
}

exch-report trace -f csv ABC/1 day.xst >rows.csv
result $? "the trace of the first number"
cells life source record relation order account status filled leaves >got
cat >want <<'E'
1|2|risk|order|1||||
1|1|new|order|1||||
1|1|decision|order|1||||
1|2|new|order|1||||
1|3|ack|order|1|A1|new|0|600
1|3|exec|order|1|A1|partially-filled|100|500
1|4|obligation|trade|1|A1|||
1|1|replace|order|1|A1|pending-replace|100|500
1|3|replaced|order|1|A1|replaced|100|400
1|3|exec|order|7|A1|partially-filled|100|300
1|4|obligation|trade|7|A1|||
1|1|cancel|order|1||||
1|3|reject|order|1||||
1|1|replace|order|7|A1|pending-replace|100|300
1|3|replaced|order|7|A1|replaced|100|200
1|1|break|trade|1|A1|||
1|3|bust|trade|1|A1|||
1|4|obligation|trade|1|A1|||
1|1|cancel|order|9|A1|pending-cancel|0|200
1|3|cancelled|order|9|A1|cancelled|0|0
E
same got want "all of it, in order"
cp rows.csv first.csv
exch-report trace -f csv ABC/7 day.xst >rows.csv
cells life order status >got
sed -n '$p' got >one
echo '2|7|cancelled' >want
same one want "a number of the chain that is asked for has another life"
exch-report trace -f csv ABC/9 day.xst >rows.csv
cells life record order status >last
cat >want <<'E'
1|risk|1|
1|new|1|
1|decision|1|
1|new|1|
1|ack|1|new
1|exec|1|partially-filled
1|replace|1|pending-replace
1|replaced|1|replaced
1|exec|7|partially-filled
1|replace|7|pending-replace
1|replaced|7|replaced
1|break|1|
1|bust|1|
1|obligation|1|
1|cancel|9|pending-cancel
1|cancelled|9|cancelled
2|new|9|
2|ack|9|new
E
same last want "the last number: the same chain, and its second life"

exch-report trace ABC/3 day.xst | sed 's/  *$//' >page
cat >want <<'E'
time                symbol       order  status              filled    leaves  record      said
09:30:05.000000000  ABC              3  -                        -         -  new         buy 10 @ 10.00 limit day order 3 account 3
09:30:05.000000000  ABC              3  new                      0        10  ack         order 3
09:30:06.000000000  ABC              3  -                        -         -  new         buy 20 @ 9.99 limit day order 4 account 3 child of 3
E
same page want "for people"
exch-report trace ABC/9 day.xst | sed -n '$p' >page
echo 'replaced: 1 > 7 > 9' >want
same page want "with the chain at the end"
exch-report trace -f json ABC/1 day.xst >rows.json
is "$(wc -l <rows.json)" "$(($(wc -l <first.csv) - 1))" "as JSON"
is "$(exch-report trace -f csv XYZ/1 day.xst | sed 1d | cut -d, -f5 | sort -u)" \
	XYZ "an order of the same number elsewhere is another one"
is "$(exch-report trace -f csv 1 day.xst | sed 1d | cut -d, -f5 | sort -u |
	tr '\n' ' ')" "ABC XYZ " "without a symbol both are shown"

# ---- what is wrong ----

# said STATUS NAME COMMAND...: and what it says is in err.
said() {
	said_want=$1
	said_name=$2
	shift 2
	said_got=0
	"$@" >out 2>err || said_got=$?
	is "$said_got" "$said_want" "$said_name"
}

said 1 "an order that is not there" exch-report trace 99 day.xst
has err 'no record refers to order 99' "which is told"
said 1 "a symbol that has none" exch-report trace NOPE/1 day.xst
for bad in x ABC/ ABC/x 0 -1 18446744073709551616 1.5; do
	said 2 "no order: $bad" exch-report trace -- "$bad" day.xst
	has err "'$bad' is no order" "which is told"
done
said 2 "no order at all" exch-report trace
said 2 "a file in its place" exch-report trace day.xst
has err "exch-report trace ORDER day.xst" "what to do"
exch-replay -q orders.txt -o unmatched.xst
said 3 "a stream without answers" exch-report trace 1 unmatched.xst
has err 'exch-match' "what it lacks"

# ---- beside a search ----

# search DAY N...: records that name the order, by source and number.
search() {
	day=$1
	shift
	exch-replay -q -f json "$day" >day.json
	for id in "$@"; do
		exch-report trace -q -f csv "$id" "$day" >rows.csv
		# all numbers that it has had
		all=$(cells relation order | sed -n 's/^order|//p' | sort -u |
			tr '\n' '|')
		grep -E "\"(order|new_order|buy|sell|resting|got_resting)\":\"(${all%|})\"" \
			day.json |
			sed -n 's/.*"source":\([0-9]*\),"seq":"\([0-9]*\)".*/\1 \2/p' |
			sort -u >want
		cells relation source seq | sed -n 's/^order|//p' |
			tr '|' ' ' | sort -u >got
		ok "$day: order $id is named" test -s want
		same got want "$day: and each record that names it is there"
		cells time >when
		sort -c when
		result $? "$day: in order"
	done
}
exch-replay -q --date 2026-01-05 --tz America/New_York --count 60000 \
	"$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
# Some that came in, and those with the most executions.
exch-report orders -q -f csv sample.xst | awk -F, 'NR % 2500 == 7 { print $3 }' \
	>ids
# shellcheck disable=SC2046 # several numbers
search sample.xst $(cat ids)
sse=$data/derived/sse600519_20230207
if [ -r "$sse.orders.csv" ]; then
	exch-replay -q --date 2023-02-07 --tz Asia/Shanghai --symbol 600519 \
		--tick 0.01 "$sse.orders.csv" |
		exch-match -q --ladder plain-high -o sse.xst
	exch-report orders -q -f csv sse.xst | sed 1d |
		sort -t, -k 17,17nr -k 3,3n | sed 3q | cut -d, -f3 >ids
	# shellcheck disable=SC2046 # several numbers
	search sse.xst $(cat ids)
else
	skip "the day of Shanghai" "no real data: set EXCH_TESTDATA"
fi

finish
