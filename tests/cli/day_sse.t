#!/bin/sh
# A day of the Shanghai exchange: what the tools make of it must be what the
# exchange did.  Twice: from the orders alone, auctions included, and from a
# feed that shows only what rested (data/README.md section 1).
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/derived/sse600519_20230207
[ -r "$day.moldudp64.pcap" ] || skip_all "no real data: set EXCH_TESTDATA"
tools=$bin/tests/tools
when='--date 2023-02-07 --tz Asia/Shanghai'
zstd -qdc "$day.depth10.csv.zst" >depth10.csv

# The columns of a CSV, by their names.
columns() {
	awk -F, -v want="$1" '
	NR == 1 { n = split(want, w, ","); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "," : "\n" }'
}

# What exch-match said (JSON lines), without what was said of the stream.
events() {
	grep '"source":2,' "$1" |
		grep -v -e '"t":"schema"' -e '"t":"source"' -e '"t":"header"'
}

# Executions, without their sequence numbers.
execs() {
	grep '"t":"exec"' "$1" | sed 's/"seq":"[0-9]*",//'
}

### from the log

log=$data/sse/AX_sbe_sse_600519.log.zst
# shellcheck disable=SC2086
exch-replay -v $when --tick 0.01 -o log.xst "$log" 2>stats.txt
result $? "the level-2 log is read"
is "$(awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }' stats.txt)" \
	"A 31612 D 14152 E 18685 S 5146 " "messages by type"
# shellcheck disable=SC2086
exch-replay $when --symbol 600519 --tick 0.01 "$day.orders.csv" >orders.xst
for type in new cancel; do
	exch-replay -f csv --type $type orders.xst >want
	exch-replay -f csv --type $type log.xst >got
	same got want "each $type is that of the orders"
done
zstd -dc "$log" | head -c 3000000 >cut.log
# shellcheck disable=SC2086
exch-replay $when --tick 0.01 -o cut.xst cut.log 2>said
is $? 3 "a log cut in a line"
has said "the input ends with half a line" "is told"
ok "what was whole is there" \
	test "$(exch-replay --partial -f csv --type new cut.xst 2>/dev/null |
		wc -l)" -gt 100

### from the orders

cat >timetable <<'T'
09:15	call	open
09:25	closed
09:30	continuous
11:30	closed
13:00	continuous
14:57	call	close
15:00	closed
T
# shellcheck disable=SC2086
exch-replay $when --symbol 600519 --tick 0.01 "$day.orders.csv" >orders.xst &&
	exch-match $when --ladder plain-high --timetable timetable \
		orders.xst >matched.xst &&
	exch-match $when --ladder plain-high --timetable timetable \
		orders.xst -f csv --type exec >exec.csv
result $? "the orders are matched"

columns trade_no,price,qty,buy_order,sell_order,aggressor \
	<"$day.trades.csv" |
	awk -F, -v OFS=, '{ $2 = sprintf("%.4f", $2); print }' >want
columns match,price,qty,buy,sell,aggressor <exec.csv |
	awk -F, -v OFS=, '
	{ $2 = sprintf("%.4f", $2)
	  $6 = $6 == "buy" ? "B" : $6 == "sell" ? "S" : "N"; print }' >got
is "$(wc -l <want | tr -d ' ')" 18685 "18,685 true trades"
same got want "every trade: number, price, quantity, orders, aggressor"
# shellcheck disable=SC2086 # a list of words
exch-match $when --market "$src/data/markets/sse.market" orders.xst \
	-f csv --type exec | columns match,price,qty,buy,sell,aggressor >got2
columns match,price,qty,buy,sell,aggressor <exec.csv >want2
same got2 want2 "the market file sse.market makes the same trades"
for ladder in sse-open sse-close; do
	# shellcheck disable=SC2086
	exch-match $when --ladder $ladder --timetable timetable \
		orders.xst -f csv --type exec >by.csv
	same by.csv exec.csv "the same trades by the rules of $ladder"
done

is "$(awk -F, '
	{ p = int($2 * 100 + 0.5); v += $3; t += p * $3 }
	NR == 1 { o = h = l = p }
	p > h { h = p } p < l { l = p }
	END { printf "%d %.2f %.4f %.2f %.2f %.2f %.2f", v, t / 100,
	      t / 100 / v, o / 100, h / 100, l / 100, p / 100 }' got)" \
	"2432171 4373671735.48 1798.2583 1808.08 1808.80 1787.73 1797.00" \
	"volume, turnover, VWAP, open, high, low, close"
is "$(columns cross <exec.csv | sort | uniq -c | tr -s ' \n' ' ')" \
	" 212 close 18139 none 334 open " "334 opening and 212 closing trades"
is "$("$tools/depth10" depth10.csv <matched.xst)" \
	"4858 snapshots equal, 0 not" "ten levels at every snapshot (orders)"

### from the feed

# shellcheck disable=SC2086
exch-replay -v $when "$day.moldudp64.pcap" >day.xst 2>replay.txt &&
	exch-match -v --digest day.xst >events.xst 2>match.txt
result $? "the capture is replayed and matched"
is "$(sed -n 's/^  messages \([^ ]\)  */\1 /p' replay.txt | tr '\n' ' ')" \
	"A 31612 C 1092 D 14152 E 18139 Q 2 R 1 S 6 " "messages by type"
has replay.txt '^  packets  *48762$' "48,762 packets"
if grep -q -e gaps -e duplicates -e reordered -e imposed replay.txt; then
	result 1 "no gap, nothing imposed"
else
	result 0 "no gap, nothing imposed"
fi
has match.txt ' 18139 of 18139 executions exact, 0 missed, 0 imposed' \
	"fidelity 18,139 of 18,139"

exch-match day.xst -f json >events.json
is "$(grep -c '"t":"exec"' events.json)" 18139 "18,139 executions"
is "$(grep -c '"t":"miss"' events.json)" 0 "no miss"
is "$(grep '"t":"expect"' events.json | grep -c imposed)" 0 \
	"no imposed execution"
is "$(grep -c '"t":"reject"' events.json)" 0 "no reject"
is "$(grep -c '"t":"auction"' events.json)" 0 \
	"the engine runs no auction of its own"
is "$("$tools/depth10" depth10.csv <events.xst)" \
	"4858 snapshots equal, 0 not" "ten levels at every snapshot (feed)"

# Written as a feed again: message by message what came in.
# shellcheck disable=SC2086
exch-feed itch --tz Asia/Shanghai -o again.itch events.xst &&
	exch-feed itch --tz Asia/Shanghai --framing moldudp64 -o again.pcap \
		events.xst
result $? "exch-feed writes the day as ITCH"
zstd -qdc "$day.itch50.zst" >day.itch
# What moves an order or tells a trade, references by their order.
messages() {
	od -An -v -tu1 -w1 "$1" | awk -f "$src/tests/tools/itch.awk" |
		grep "^[^HRS]" | grep -v "^end"
}
messages again.itch >got
messages day.itch >want
is "$(wc -l <want)" 64997 "64,997 messages of orders and trades"
same got want "each of them as it came in"
# shellcheck disable=SC2086
exch-replay -q $when again.pcap | exch-match -q -o again.xst
is "$("$tools/depth10" depth10.csv <again.xst)" \
	"4858 snapshots equal, 0 not" "ten levels at every snapshot (again)"
execs_of() {
	exch-replay -q -f csv --type exec "$1" |
		columns time,symbol,price,qty,aggressor
}
execs_of events.xst >want
execs_of again.xst >got
same got want "and the same executions"

# What the venue executed is never read by the matching.
events events.json >want
# shellcheck disable=SC2086
exch-replay $when --no-expect "$day.moldudp64.pcap" |
	exch-match -f json >bare.json
is "$(grep -c '"t":"expect"' bare.json)" 0 "EXPECT records left out"
events bare.json >got
same got want "without them the events are the same"

# One EXPECT altered: one miss, of that kind, and the same executions.
execs events.json >want
# shellcheck disable=SC2086
exch-replay $when "$day.moldudp64.pcap" -f json >day.json
alter() {
	awk -v pattern="$2" -v by="$3" '
	/"t":"expect"/ && ++n == 9000 { if (sub(pattern, by)) done = 1 }
	{ print } END { exit !done }' day.json >altered.json
	result $? "an EXPECT is altered: $1"
	exch-match -f json altered.json >altered.out
	is "$(grep '"t":"miss"' altered.out |
		sed 's/.*"cause":"\([a-z]*\)".*/\1/')" "$1" \
		"exactly one miss: $1"
	execs altered.out >got
	same got want "the executions are the same: $1"
}
alter qty '"qty":[0-9]*' '"qty":3'
alter price '"price":[0-9.]*' '"price":1.23'
alter order '"buy":"[0-9]*","sell":"[0-9]*"' '"buy":"1","sell":"1"'

# The same feed in other wrappings gives the same commands and events.
digest() {
	# shellcheck disable=SC2086
	exch-replay $when "$@" | { exch-match --digest >/dev/null; } 2>&1
}
want=$(grep sha256 match.txt)
is "$(digest <"$day.moldudp64.pcap")" "$want" "standard input"
for mode in pcapng pcapng-be usec swapped vlan qinq sll sll2 raw loop ipv6; do
	"$tools/rewrap" $mode <"$day.moldudp64.pcap" >wrapped
	is "$(digest wrapped)" "$want" "$mode"
done
gzip -c <"$day.moldudp64.pcap" >wrapped
is "$(digest wrapped)" "$want" "gzip"
"$tools/rewrap" pcapng <"$day.moldudp64.pcap" | zstd -q >wrapped
is "$(digest wrapped)" "$want" "pcapng in zstd"
is "$(digest "$day.itch50.zst")" "$want" "the ITCH file"
"$tools/rewrap" itch <"$day.moldudp64.pcap" >wrapped
is "$(digest wrapped)" "$want" "messages taken out of the capture"
if command -v editcap >/dev/null; then
	editcap -F pcapng "$day.moldudp64.pcap" wrapped 2>/dev/null
	is "$(digest wrapped)" "$want" "pcapng by editcap"
else
	skip "pcapng by editcap" "no editcap"
fi

finish
