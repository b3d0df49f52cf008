#!/bin/sh
# exch-report notify: each kind of rule by hand, once for each crossing; what
# is said while a pipe still runs; prices against awk; and rules that are wrong.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# ---- by hand: exch-report(1), Notification ----

cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD reference 10.00
09:30:00 MM sell 100 ABC @ 10.40
         MM sell 100 ABC @ 10.50
         MM sell 100 ABC @ 10.60
         MM buy 100 ABC @ 10.45
         MM buy 100 ABC @ 10.30
+1s      ANN buy 100 ABC @ 10.40
+1s      ANN buy 10 ABC @ 10.50
+1s      ANN buy 10 ABC @ 10.50
+1s      BOB sell 10 ABC @ 10.45 ioc
+1s      ANN buy 10 ABC @ 10.50
+1s      BOB sell 100 ABC @ 10.30 ioc
+1s      ANN buy 10 ABC @ 10.50 as a
+1s      ANN buy 5 ABC @ 9.00 as b
+1s      cancel b
+1s      phase halt ABC
+1s      BOB buy 5 ABC @ market
+1s      phase continuous ABC
T
cat >rules.txt <<'T'
# what I want to know
price ABC above 10.50 rearm 0.10   # and again after 10.40
price ABC below 10.30

move ABC 1.5%
order ANN filled,cancelled
halt
reject BOB
T
exch-replay day.txt | exch-match -q -o day.xst
exits 0 "rules" exch-report notify --when rules.txt -f csv -o got day.xst
cut -d, -f 1-6,8,9 got | sed 's/2024-03-07T//' >short
grep ',price,' short >prices
cat >want <<'T'
09:30:02.000000000Z,2,price,is above,,ABC,10.50,ABC is above: 10.50
09:30:07.000000000Z,2,price,is above,,ABC,10.50,ABC is above: 10.50
T
exch-report trades -f csv day.xst | cut -d, -f 1,4 | sed 's/.*T//' >trades
same prices want "once, not at 10.45, and again when it was 10.40 or less before" ||
	cat trades
is "$(grep -c ',move,' short)" "$(sed 1d trades | awk -F, '
	NR == 1 { from = $2; next }
	{ off = $2 - from; if (off < 0) off = -off
	  if (off * 1000 >= from * 15 - 1e-9) { n++; from = $2 } }
	END { print n + 0 }')" "a move is against what was told last"
is "$(grep ',order,' short | cut -d, -f 2-5 | tr '\n' ' ')" \
	"6,order,filled,ANN 6,order,filled,ANN 6,order,filled,ANN 6,order,filled,ANN 6,order,filled,ANN 6,order,cancelled,ANN " \
	"states of orders, of one account"
is "$(grep ',halt,' short | cut -d, -f 1,4,6 | tr '\n' ' ')" \
	"09:30:10.000000000Z,is halted,ABC 09:30:12.000000000Z,is halted no more,ABC " \
	"a halt and its end"
exch-report notify --when rules.txt -o text day.xst
is "$(sed -n 2p text)" "09:30:02.000000000 ABC is above: 10.50" \
	"as text a time and a sentence" || cat text
is "$(wc -l <text)" "$(sed 1d got | wc -l)" "a line for each"
if command -v jq >/dev/null; then
	exch-report notify --when rules.txt -f json day.xst |
		jq -r '[.rule, .kind, .symbol] | @csv' >json
	is "$(wc -l <json)" "$(wc -l <text)" "JSON has a line for each, too"
else
	skip "JSON has a line for each, too" "no jq"
fi

# ---- what an account is worth ----

cat >worth.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:30:00 MM sell 1000 ABC @ 10.00
+1s      ANN buy 1000 ABC @ 10.00
+1s      MM sell 10 ABC @ 9.50
         BOB buy 10 ABC @ 9.50
+1s      MM sell 10 ABC @ 9.40
         BOB buy 10 ABC @ 9.40
+1s      MM sell 10 ABC @ 9.60
         BOB buy 10 ABC @ 9.60
+1s      MM sell 10 ABC @ 9.45
         BOB buy 10 ABC @ 9.45
T
exch-replay worth.txt | exch-match -q -o worth.xst
printf '%s\n' account,capital ANN,20000.00 >capital.csv
echo 'value ANN below 19500.00' >rules2.txt
exch-report notify --when rules2.txt --capital capital.csv -f csv worth.xst |
	sed 1d | cut -d, -f 1,4,5,8 >got
cat >want <<'T'
2024-03-07T09:30:02.000000000Z,worth is below,ANN,19500.00
2024-03-07T09:30:05.000000000Z,worth is below,ANN,19450.00
T
same got want "capital, cash and positions at the last price"
echo 'value ANN below 19500.00 rearm 200' >rules2.txt
is "$(exch-report notify --when rules2.txt --capital capital.csv worth.xst | wc -l)" \
	1 "and not again before it was 200 more"

# ---- gates ----

cat >limits.csv <<'T'
scope,name,symbol,size
all,,,50
T
echo 'risk' >rules3.txt
exch-replay day.txt | exch-risk -q -l limits.csv | exch-match -q -o gated.xst
exch-report notify --when rules3.txt -f csv gated.xst | sed 1d |
	cut -d, -f 4-6 | sort | uniq -c | sed 's/^ *//' >got
exch-replay -f csv --type risk gated.xst | grep -c ',reject,' >n
is "$(awk '{ n += $1 } END { print n }' got)" "$(cat n)" \
	"every refusal of the gate is said"
has got 'refused by size,ANN,ABC' "with its rule, and whose it was"

# ---- decisions, and changes of orders, are no orders ----

cat >held.csv <<'T'
scope,name,symbol,size,position,hold,approvers
all,,,500,550,size position,ann
T
cat >held.txt <<'T'
date 2026-01-05
instrument ABC tick 0.01
09:30  A1  sell 600 @ 10.02 as big
       A2  buy 100 @ 10.02 as one
+1s    approve big by eve
+1s    approve big by ann
+1s    replace one with 50 @ 10.025
+1s    cancel 99
T
exch-replay -q held.txt | exch-risk -q -l held.csv | exch-match -q -o held.xst
printf '%s\n' risk 'order A2' 'reject A2' reject >rules5.txt
exch-report notify --when rules5.txt held.xst | cut -d ' ' -f 2- >got
cat >want <<'T'
A1: ABC order 1 held by size
A2: ABC order 2 accepted
A1: ABC decision on order 1 refused by authority
A1: ABC order 1 still held by position
A2: ABC order 2 replace refused: tick
A2: ABC order 2 replace refused: tick
ABC order 99 cancel refused: unknown-order
T
same got want "what is refused is said as what it is"
exch-report notify --when rules5.txt -f csv held.xst | cut -d, -f 3,4,7 >got
has got '^risk,decision refused by authority,1$' "in columns, too"
exch-report plot rejects --data --rules "$src/data/report" held.xst |
	grep '^gate' | sort >got
printf 'gate held: size	1\n' >want
same got want "and no bar among commands is a decision's"

# ---- it keeps pace ----

cat >slow.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:30:00 MM sell 10 ABC @ 10.00
         MM sell 10 ABC @ 10.60
+100ms   ANN buy 10 ABC @ 10.00
+100ms   ANN buy 10 ABC @ 10.60
+60s     ANN buy 10 ABC @ 9.00
T
echo 'price ABC above 10.50' >rules4.txt
mkfifo slow
exch-replay --speed 1 slow.txt 2>/dev/null >slow &
replay=$!
exch-match -q slow 2>/dev/null |
	exch-report notify --when rules4.txt >live 2>err &
pid=$!
n=0
while [ ! -s live ] && [ $n -lt 100 ] && kill -0 "$pid" 2>/dev/null; do
	sleep 0.2
	n=$((n + 1))
done
kill -0 "$pid" 2>/dev/null
result $? "the pipe still runs"
has live 'ABC is above: 10.60' "and it was said already"
# It would sleep for the rest of its minute.
kill "$pid" "$replay" 2>/dev/null
wait "$pid" "$replay" 2>/dev/null

# ---- a day, against awk ----

exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:20 \
	"$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-report trades -q -f csv sample.xst >trades.csv
for s in $(cut -d, -f 2 trades.csv | sed 1d | sort -u); do
	p=$(awk -F, -v s="$s" '$2 == s && $4 != "" { print $4 }' trades.csv |
		sort -n | awk '{ v[NR] = $1 } END { print v[int(NR / 2) + 1] }')
	echo "price $s above $p rearm 0.02"
done >many.txt
exch-report notify -q --when many.txt -f csv sample.xst |
	awk -F, 'NR > 1 { print $2, $1 }' >got
# Trades of the book, and not what is broken, corrected or agreed on.
awk '
	FILENAME == "many.txt" { at[$2] = $4; line[$2] = FNR; next }
	FNR == 1 { FS = ","; $0 = $0; next }
	{ split($0, f, ",") }
	f[9] == "bust" || f[9] == "block" || f[9] == "corrected" || f[4] == "" { next }
	{
		s = f[2]; p = f[4] + 0
		if (p >= at[s]) {
			if (armed[s]) print line[s], f[1]
			armed[s] = 0
		} else if (!known[s] || at[s] - p >= 0.02 - 1e-9)
			armed[s] = 1
		known[s] = 1
	}' many.txt trades.csv >want
same got want "crossings of a day, with hysteresis"
is "$(($(wc -l <want) > 5))" 1 "there are some"

# ---- bad input ----

# refused RULE COLUMN WHAT
refused() {
	printf '# a line\n%s\n' "$1" >bad.txt
	exits 3 "'$1'" exch-report notify --when bad.txt day.xst 2>err
	has err "bad.txt:2: column $2: .*$3" "at column $2"
}
refused 'price ABC over 10' 11 'above or below'
refused 'price ABC above ten' 17 'a number'
refused 'price ABC above' 16 'a number'
refused 'price ABC above 10 rearm -1' 26 'not below 0'
refused 'price ABC above 10 again 1' 20 'rearm'
refused 'order ANN filled,gone' 18 'accepted, partly'
refused 'move ABC 0%' 10 'above 0'
refused 'price * above 10' 7 'one symbol'
refused 'move * 1%' 6 'one symbol'
refused 'value * below 0' 7 'one account'
refused 'tell me' 1 'order, price, move'
refused 'halt ABC DEF' 10 'the end of the line'
printf 'halt\nprice ABC\0zz above 10.50\n' >bad.txt
exits 3 "a byte of 0 in a rule" exch-report notify --when bad.txt day.xst 2>err
has err 'bad.txt:2: column 10: .*no byte of 0' "is told with its place"
: >none.txt
exits 3 "no rule" exch-report notify --when none.txt day.xst 2>err
has err 'there is no rule in it' "is told"
exits 2 "no file" exch-report notify day.xst 2>err
has err 'needs --when FILE' "and what is needed"
exch-replay day.txt | exch-report notify --when rules.txt >out 2>err
is $? 3 "a stream without answers"
finish
