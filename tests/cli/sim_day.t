#!/bin/sh
# exch-sim upon a recorded day: without anybody else it is the fidelity run;
# with an agent the drift is told, and the book can be brought back.
. "${srcdir:-.}/tests/cli/lib.sh"

# plain FILE: the records of commands and events, without who made them.
plain() {
	exch-sim -f json "$1" 2>plain.err |
		sed 's/"source":[0-9]*,"seq":"[0-9]*",//' | grep -v '"t":"so\|"t":"sc\|"t":"he\|"t":"en'
}
fidelity() {
	exch-match -f json "$1" |
		sed 's/"source":[0-9]*,"seq":"[0-9]*",//' | grep -v '"t":"so\|"t":"sc\|"t":"he\|"t":"en'
}

# day NAME FILE: the whole of it.
day() {
	printf 'day %s\n' "$2" >day.txt
	plain day.txt >sim.json
	fidelity "$2" >fid.json
	same sim.json fid.json "$1: event for event the fidelity run"
	ok "  which is not empty" test "$(grep -c '"t":"exec"' sim.json)" -gt 100
	has plain.err 'no drift: [0-9]* records of the day, all as recorded' \
		"  and said to be"
	is "$(exch-sim --digest -o sim.xst day.txt 2>&1 | grep -c sha256)" 1 \
		"  as a stream, too"
	exch-report fidelity -f csv sim.xst >sim.csv
	exch-match "$2" | exch-report fidelity -f csv >fid.csv
	same sim.csv fid.csv "  with the same fidelity"
}

exch-replay --date 2026-01-05 --tz America/New_York -q \
	-o orders.xst "$src/data/sample.pcap.zst"
day "the sample day" orders.xst

# An agent: the books part, and by how much is told.
cat >maker.txt <<'EOF'
day orders.xst
begin 09:31
agent MM maker on DLTA half-spread 3 move 2
latency all 1ms
EOF
exch-sim --digest -o mm.xst maker.txt 2>err
is $? 0 "an agent trades upon the day"
has err 'drift: since 2026-01-05T14:3.*Z (record [0-9]* of the day)' \
	"  the drift is told, since when"
exch-report trades -f csv mm.xst >trades.csv
ok "  its own numbers have the top bit" \
	grep -q '92233720368547758[0-9][0-9]' trades.csv
one=$(grep sha256 err)
exch-sim --digest -o mm2.xst maker.txt 2>err
is "$(grep sha256 err)" "$one" "  the same every time"
exch-sim --orders maker.txt | exch-match --digest 2>err >/dev/null
is "$(grep sha256 err)" "$one" "  and exch-match makes the same of its orders"

# drift FIELD FILE: a number of the line.
lost() {
	sed -n 's/.*of \([0-9]*\) units executed that day \([0-9]*\) were not.*/\2/p' "$1"
}
moved() {
	sed -n 's/.* \([0-9]*\) orders moved in .*/\1/p' "$1"
}
exch-sim -o x.xst maker.txt 2>none.err
is "$(moved none.err)" 0 "without a line nothing is moved"
for policy in idle hard 'after 1s'; do
	{ cat maker.txt; echo "resync $policy"; } >resync.txt
	exch-sim -o r.xst resync.txt 2>err
	is $? 0 "resync $policy runs"
	ok "  moves orders" test "$(moved err)" -gt 0
	exch-match --rematch r.xst 2>/dev/null | exch-report trades -f csv |
		cut -d, -f1-8 >again.csv
	exch-report trades -f csv r.xst | cut -d, -f1-8 >once.csv
	same again.csv once.csv "  all of which stands in the stream"
	cp err "$(echo "$policy" | tr -d ' ').err"
done
ok "brought back each time, less is lost" \
	test "$(lost hard.err)" -lt "$(lost none.err)"

# ---- fills on paper ----

# A buyer and a seller of 100 who join the best prices and wait.
cat >join.txt <<EOF
day orders.xst
begin 09:31
strategy JOIN on DLTA run sh $src/scenarios/agents/awk.sh -f $src/scenarios/agents/maker.awk
latency all 1ms
EOF
for model in touch l2:risk-averse l2:power1 l2:power2 l2:power3 l2:log ghost; do
	{ cat join.txt; echo "fill $model"; } >paper.txt
	exch-sim --digest -o paper.xst paper.txt 2>err
	is $? 0 "fill $model runs"
	has err 'no drift' "  and moves nothing"
	exch-report fidelity -f csv paper.xst >paper.csv
	grep ',exact,' paper.csv | cut -d, -f5 >exact
	exch-report pnl -f csv paper.xst | grep '^all,JOIN' | cut -d, -f5 >n
	echo "$model $(cat n)" >>fills
	exch-report summary paper.xst >sum 2>err
	is "$(wc -c <err)" 0 "  no report misses an order"
done
# The order that theory gives: who is filled at a touch is filled most often,
# who is never brought on by a cancel least often.
awk '{ n[$1] = $2 }
	END { exit !(n["touch"] > n["l2:power2"] &&
		n["l2:power2"] >= n["l2:risk-averse"] && n["l2:risk-averse"] > 0 &&
		n["touch"] > n["ghost"]) }' fills
result $? "touch fills most, risk-averse least" || sed 's/^/# /' fills
{ cat join.txt; echo 'fill hope'; } >bad.txt
exits 3 "a model that is none" exch-sim -o x.xst bad.txt 2>err
has err '^exch-sim: bad.txt:5:6: expected market, touch, ghost' "  and said where"

exch-match -o matched.xst orders.xst
printf 'day matched.xst\n' >bad.txt
exits 3 "a day that was matched is refused" exch-sim -o x.xst bad.txt 2>err
has err '^exch-sim: bad.txt:1:5: matched.xst:record [0-9]*: .*give the orders alone' \
	"  with what is wanted"
head -c 20000 orders.xst >cut.xst
printf 'day cut.xst\n' >bad.txt
exits 3 "a day that is cut" exch-sim -o x.xst bad.txt 2>err
# What the tool before had not finished is not finished here.
printf 'day unfinished.xst\n' >unfinished.txt
{ zstd -dcq "$src/data/sample.pcap.zst" | head -c 300000; } >part.pcap
exch-replay -q --date 2026-01-05 --tz America/New_York part.pcap \
	>unfinished.xst 2>err
is $? 3 "a capture that is cut makes a day that is not whole"
exits 3 "  nor is the market upon it" exch-sim -q -o x.xst unfinished.txt 2>err
has err 'unfinished.xst: the stream is complete only up to here' "  and said to be"
exch-report summary x.xst >sum 2>err
has sum '^Stream  *upstream incomplete' "  in the stream, too"

# Orders of an earlier run, whose agents had numbers with the top bit.
exch-sim --orders -q -o earlier.xst maker.txt
{ echo 'day earlier.xst'; echo 'begin 09:31'
	echo 'agent TWO maker on DLTA half-spread 4 move 2'
	echo 'latency all 2ms'; } >second.txt
exch-sim -f json second.txt 2>err >second.json
is "$(grep -c '"t":"reject".*duplicate' second.json)" 0 \
	"numbers begin behind those of the day"
ok "  and there are some" test "$(grep -c '"t":"new".*9223372036' second.json)" -gt 100

mkfifo pipe
printf 'day pipe\n' >bad.txt
exits 3 "a day that is no file" timeout 10 exch-sim -o x.xst bad.txt 2>err
has err 'bad.txt:1:5: .*read twice' "  says why"
printf 'day .\n' >bad.txt
exits 3 "a day that is a directory" timeout 10 exch-sim -o x.xst bad.txt 2>err

# An instrument that the engine refuses to change stays what it was.
cat >retick.txt <<'EOF'
begin 09:00
end 09:03
instrument ABC tick 0.01 reference 10.00
agent MM maker half-spread 1
latency all 1ms
09:01 ANN buy 5 ABC @ 9.90
      BOB sell 5 ABC @ 10.10
+1s   ANN buy 1 ABC @ 9.80
instrument ABC tick 0.07
09:02 ANN buy 1 ABC @ 9.91
EOF
exch-sim -f json retick.txt >retick.json 2>err
ok "an instrument that may not change" grep -q '"t":"error"' retick.json
is "$(grep '"t":"new"' retick.json | sed 's/.*"price":\([0-9]*\).*/\1/' |
	awk '$1 < 9 || $1 > 10' | wc -l)" 0 "  is still what agents quote"

printf 'agent MM maker\nday orders.xst\n' >bad.txt
exits 3 "a day stands before who trades" exch-sim -o x.xst bad.txt 2>err
has err '^exch-sim: bad.txt:2:5: ' "  and says where"

# Who joins a day gets numbers behind its own: some have to be left, 2^40 of
# orders and 2^24 of accounts.
printf '%s\n' 'date 2026-01-05' 'instrument ABC tick 0.01' \
	'09:30 ann buy 1 ABC @ 1' >one.txt
exch-replay -q -f json one.txt >one.json
printf 'day most.json\nagent X noise on ABC rate 1 quantity 1 depth 3 orders 5\n' \
	>most.txt
# most FIELD NUMBER: the order has that number, or that account
most() {
	sed "/\"t\":\"new\"/s/\"$1\":\"*1\"*,/\"$1\":$2,/" one.json >most.json
	grep -c -- "$2" most.json
}
is "$(most order '"18446742974197923839"')" 1 "an order with a large number"
exits 0 "  leaves numbers enough" exch-sim -q -o x.xst most.txt
is "$(most order '"18446742974197923840"')" 1 "one with a larger number"
exits 3 "  does not" exch-sim -q -o x.xst most.txt 2>err
has err '^exch-sim: most.txt:1:5: .*largest numbers' "  which is said"
is "$(most account 4278190079)" 1 "an account with a large number"
exits 0 "  leaves numbers enough" exch-sim -q -o x.xst most.txt
is "$(most account 4278190080)" 1 "one with a larger number"
exits 3 "  does not" exch-sim -q -o x.xst most.txt 2>err

# ---- damaged days ----

cat >whole.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
09:30:00 ANN buy 100 ABC @ 9.99
+1s      BOB sell 100 ABC @ 10.01
+1s      CAT buy 100 ABC @ 9.98
+1s      phase continuous
+1s      DAN buy 30 ABC @ 10.01
EOF
exch-replay -q -f json whole.txt >whole.json
printf 'day damaged.json\nagent MO momentum on ABC every 1ms\n' >damaged.txt

# damaged TYPE FROM TO: records of a type, with something else in them.
damaged() {
	sed "/\"t\":\"$1\"/s/$2/$3/" whole.json >damaged.json
	ok "a day with $1 of $3 instead of $2" test \
		"$(cmp whole.json damaged.json 2>&1 | wc -l)" -gt 0
}
# turns: of the agent, one in each millisecond of the day.
turns() {
	timeout 30 exch-sim -v -o x.xst damaged.txt 2>err || echo "exit $?"
	sed -n 's/.* \([0-9]*\) turns* of agents/\1/p' err
}

damaged new '"symbol":"ABC","instr":1' '"symbol":"","instr":90'
exits 0 "  goes on without an instrument that nobody announced" \
	exch-sim -q -o x.xst damaged.txt
exch-match -f json damaged.json | grep -c '"t":"reject"' >want
exch-sim -q -f json damaged.txt | grep -c '"t":"reject"' >got
same got want "  and refuses each command"

# What numbers instruments have costs nothing.
sed 's/"instr":1,/"instr":16777215,/' whole.json >damaged.json
if (ulimit -v 1000000 && exch-sim --version) >out 2>&1; then
	(ulimit -v 1000000 && exch-sim -q -f json damaged.txt) >out 2>err
	is "$?" 0 "an instrument with the largest number"
	sed 's/"instr":1,/"instr":16777215,/' whole.json | exch-match -f json |
		grep -c '"t":"exec"' >want
	grep -c '"t":"exec"' out >got
	same got want "  trades as another one does"
else
	skip "an instrument with the largest number" "no limit of memory"
fi

# Nor does the order in which they are announced.
{
	echo 'date 2026-01-05'
	seq 20000 | sed 's/.*/instrument S& tick 0.01/'
} >many.txt
exch-replay -q -f json many.txt >many.json
awk '/"t":"instrument"/ { line[++n] = $0; next }
	n > 0 { while (n > 0) print line[n--] }
	{ print }' many.json | awk -F'"seq":"[0-9]*"' '
	/"t":"instrument"/ { $0 = $1 "\"seq\":\"" ++n "\"" $2 } { print }' >back.json
is "$(grep -m 1 -o '"instr":[0-9]*' back.json)" '"instr":20000' "numbers that fall"
printf 'day back.json\nagent MO momentum on S1\n' >back.txt
exits 0 "  take no time of their own" timeout 15 exch-sim -q -o x.xst back.txt

# Nobody waits for years; times that go back are no later than what was before.
cp whole.json damaged.json
turns >want
damaged new '"time":"2026-01-05T09:30:04' '"time":"2026-01-20T09:30:04'
exits 3 "  is refused" timeout 30 exch-sim -q -o x.xst damaged.txt 2>err
has err '^exch-sim: damaged.txt:1:5: damaged.json: record 10 is of 2026-01-20T09:30:04.000000000Z, more than 14 days after 2026-01-05T09:30:04' \
	"  which says where"
has err 'exch-replay --to' "  and what to do"
damaged new '"time":"2026-01-05T09:30:04' '"time":"2026-01-19T09:30:04'
sed 's/momentum.*/noise on ABC rate 0.001/' damaged.txt >rare.txt
exits 0 "  is not" exch-sim -q -o x.xst rare.txt
for type in instrument phase account new; do
	damaged $type '"time":"2026' '"time":"1970'
	turns >got
	same got want "  lasts as long as the whole one"
done
{ echo 'date 1970-01-05'; echo 'begin 09:30'; cat damaged.txt; } >old.txt
cp whole.json damaged.json
exits 3 "a run that begins years before the day" \
	timeout 30 exch-sim -q -o x.xst old.txt 2>err
has err 'begins at 1970-01-05T09:30.* damaged.json, whose first command is of 2026' \
	"  is refused, with both times"

# until_then NAME PLACE END LAST: a run upon damaged.json is refused for its end.
until_then() {
	timeout 30 exch-sim -q -o x.xst old.txt 2>err
	is "$?" 3 "$1 is refused"
	has err "^exch-sim: old.txt:$2: .* ends at $3.* more than 14 days after $4" \
		"  with both times"
}
printf '%s\n' 'day damaged.json' 'end 2027-01-05T10:00' \
	'agent N noise on ABC rate 5' >old.txt
until_then "a run that ends a year behind the day" 2:5 2027-01-05T10:00 2026-01-05T09:30:04
# Without a command it begins with the last announcement.
printf '%s\n' 'date 2026-01-05' 'instrument ABC tick 0.01' >empty.txt
exch-replay -q -f json empty.txt | sed 's/"time":"2026/"time":"1970/' >damaged.json
printf '%s\n' 'day damaged.json' 'end 10:00' 'agent N noise on ABC rate 5' >old.txt
until_then "a day of one announcement, of 1970" 2:5 2026-01-05T10:00 1970-01-05

# ---- date and zone ----

# begins LINE...: when the first order of an agent upon the day comes.
begins() {
	printf '%s\n' "$@" 'agent N noise on ABC rate 1000' >when.txt
	exch-sim -q -f json when.txt 2>&1 |
		sed -n 's/.*"t":"new".*"time":"\([^.]*\)\..*"order":"9223.*/\1/p' |
		head -n 1
}
cp whole.json damaged.json
is "$(begins 'day damaged.json' 'begin 09:29' 'end 09:30')" \
	2026-01-05T09:29:00 "the date is that of the day"
is "$(begins 'zone UTC' 'day damaged.json' 'begin 09:29' 'end 09:30')" \
	2026-01-05T09:29:00 "  where the scenario names a zone, too"
is "$(begins 'date 2026-01-06' 'day damaged.json' 'begin 09:29' 'end 09:30')" \
	2026-01-06T09:29:00 "  and where it names a date, that one"

if [ -f "$data/derived/sse600519_20230207.moldudp64.pcap" ]; then
	exch-replay --date 2023-02-07 --tz Asia/Shanghai -q -o sse.xst \
		"$data/derived/sse600519_20230207.moldudp64.pcap"
	day "sse600519" sse.xst
	is "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
		$c["measure"] == "exact" { n = $c["count"] }
		END { print n }' sim.csv)" 18139 \
		"  every execution of it"
else
	skip "sse600519" "no real data"
fi
finish
