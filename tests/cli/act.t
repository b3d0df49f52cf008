#!/bin/sh
# What the gate does by itself when somebody has lost too much.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >act.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
instrument DEF tick 0.01 reference 20.00
09:30  MAKER  sell 1000 ABC @ 10.00
+1s    MAKER  buy 100 ABC @ 9.50
+1s    MAKER  buy 30 ABC @ 9.40
+1s    TWO    buy 100 ABC @ 10.00
+1s    TWO    buy 5 DEF @ 18.00
+1s    THREE  buy 100 ABC @ 10.00
+1s    THREE  buy 5 DEF @ 18.00
+1s    FOUR   buy 100 ABC @ 10.00
+1s    FOUR   sell 5 DEF @ 21.00
+1s    FIVE   buy 100 ABC @ 10.00
+1s    FIVE   buy 5 ABC @ 9.00
+1s    FIVE   buy 5 DEF @ 18.00
+1s    SIX    sell 10 ABC @ 9.50
+1s    TWO    buy 5 DEF @ 18.00
+1s    THREE  buy 5 DEF @ 18.00
+1s    THREE  sell 10 ABC @ 10.50
+1s    MAKER  buy 100 ABC @ 9.30
+1s    SIX    sell 1 ABC @ 9.30
+1s    switch on of THREE
+1s    THREE  buy 5 DEF @ 18.00
EOF
cat >act.csv <<'EOF'
scope,name,loss,on-loss,stop-loss
account,2,40,cancel,
account,3,40,suspend,
account,4,40,liquidate,
account,5,,,40
EOF
cat >accounts.csv <<'EOF'
account,balance
1,100000
2,10000
3,10000
4,10000
5,10000
6,10000
EOF
exch-replay -q -o act.xst act.txt
result $? "a scenario"
exch-match -q --risk act.csv --accounts accounts.csv -o first.xst act.xst
cp first.xst done.xst
exch-replay -q -f text done.xst |
	sed -n '/09:30:12/,$ { s/^[^ ]*  *//; s/23058430092136939\([0-9]*\)/G\1/
		s/  */ /g; p }' | grep -E \
	'^([A-Z]+ )?(risk|exec|cancelled|mass)|\(gate\)$' >got
cat >want <<'EOF'
ABC exec 10 @ 9.50 buy 2 sell 13 (seller took)
ABC risk pass the mass-cancel of order 0, account 5: stop-loss 50000000 of 40000000
ABC mass-cancel cancel all of account 5 (gate)
ABC cancelled order 11 by 5: mass
ABC mass-done cancel: 1 orders cancelled
ABC risk pass the new of order G53, account 5: stop-loss 50000000 of 40000000
ABC new sell 100 market ioc order G53 account 5 (gate)
ABC exec 90 @ 9.50 buy 2 sell G53 (seller took)
ABC exec 10 @ 9.40 buy 3 sell G53 (seller took)
risk pass the mass-cancel of order 0, account 4: loss 50000000 of 40000000
mass-cancel cancel all of account 4 (gate)
DEF cancelled order 9 by 5: mass
mass-done cancel: 1 orders cancelled
ABC risk pass the new of order G54, account 4: loss 50000000 of 40000000
ABC new sell 100 market ioc order G54 account 4 (gate)
ABC exec 20 @ 9.40 buy 3 sell G54 (seller took)
ABC cancelled order G54 by 80: ioc
risk pass the mass-cancel of order 0, account 3: loss 50000000 of 40000000
mass-cancel cancel all of account 3 (gate)
DEF cancelled order 7 by 5: mass
mass-done cancel: 1 orders cancelled
risk pass the mass-cancel of order 0, account 2: loss 50000000 of 40000000
mass-cancel cancel all of account 2 (gate)
DEF cancelled order 5 by 5: mass
mass-done cancel: 1 orders cancelled
ABC risk pass the new of order G55, account 4: loss 60000000 of 40000000
ABC new sell 80 market ioc order G55 account 4 (gate)
ABC cancelled order G55 by 80: ioc
DEF risk reject the new of order 14, account 2: loss 60000000 of 40000000
DEF risk reject the new of order 15, account 3: kill
ABC exec 1 @ 9.30 buy 17 sell 18 (seller took)
ABC risk pass the new of order G56, account 4: loss 68000000 of 40000000
ABC new sell 80 market ioc order G56 account 4 (gate)
ABC exec 80 @ 9.30 buy 17 sell G56 (seller took)
DEF risk reject the new of order 19, account 3: loss 70000000 of 40000000
EOF
same got want "orders go, accounts rest, positions are closed"
exch-risk report positions -f csv -q done.xst 2>/dev/null |
	awk -F , '$1 == 4 || $1 == 5 { print $4 }' | tr '\n' ' ' >got
is "$(cat got)" "0 0 " "until there is nothing left"

exch-match -q --rematch --risk act.csv --accounts accounts.csv -o again.xst \
	first.xst
for f in first again; do
	exch-replay -q -f text $f.xst | sed -n 's/^[^ ]* *ABC  *//p' |
		grep '^exec\|(gate)$' >$f.own
done
same again.own first.own "matched again, the gate does it once"
exch-match -q --rematch --risk act.csv --accounts accounts.csv -e fpga \
	--card soft -o card.xst first.xst
ok "with a card, too" cmp card.xst again.xst

# An instrument may be announced behind the first order for it.
cat >late.txt <<'EOF'
instrument DEF tick 0.01 reference 10.00
instrument ABC tick 0.01 reference 10.00
09:30  TWO    buy 1 ABC @ 1.00
+1s    MAKER  sell 1000 ABC @ 10.00
+1s    MAKER  buy 100 ABC @ 9.50
+1s    TWO    buy 100 ABC @ 10.00
+1s    SIX    sell 10 ABC @ 9.50
EOF
printf 'scope,symbol,stop-loss\nall,ABC,40\n' >late.csv
exch-replay -q -f json late.txt |
	awk '/"t":"instrument"/ && /"ABC"/ { kept = $0; next } { print }
	/"t":"new"/ && kept != "" { print kept; kept = "" }' |
	awk 'match($0, /"seq":"[0-9]+"/) { $0 = substr($0, 1, RSTART - 1) \
	"\"seq\":\"" ++n "\"" substr($0, RSTART + RLENGTH) } { print }' |
	exch-match -q --risk late.csv -f text | sed -n 's/^.*  \(exec .*\)/\1/p' \
	>got
is "$(sed 's/ *buy.*//' got | tr '\n' ' ')" \
	"exec         100 @ 10.00 exec         10 @ 9.50 exec         90 @ 9.50 " \
	"a stop for an instrument that is announced late"

# What a position costs may be near the end of numbers, and so may its size.
cat >large.txt <<'EOF'
instrument ABC tick 0.01 reference 1000.00
09:30  MAKER  sell 4000000000000000000 @ 1000.00
+1s    TWO    buy 4000000000000000000 @ 1000.00
+1s    SIX    buy 1000000000000000000 @ 1000.00
+1s    TWO    sell 1000000000000000000 @ 1000.00
EOF
printf 'scope,stop-loss\nall,5\n' >large.csv
exch-replay -q -o large.xst large.txt
exch-match -q --risk large.csv -o large.out large.xst
is "$? $(exch-replay -q -f text large.out | grep -c ' exec ')" "0 2" \
	"a large position, and a part of it"
exch-replay -q -f text large.out | grep -c 'stop-loss' >got
is "$(cat got)" 0 "a part of a large position costs its part"

# Numbers of the gate's own orders may be used by others: it takes the next one.
cat >own.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
09:30  MAKER  sell 100 @ 10.00 as a
+1s    MAKER  buy 100 @ 9.00 as b
+1s    MAKER  sell 1 @ 12.00 as c
+1s    MAKER  sell 1 @ 12.00 as d
+1s    TWO    buy 50 @ 10.00
+1s    OTHER  sell 10 @ 9.00
EOF
printf 'scope,name,loss,on-loss\naccount,2,40,liquidate\n' >own.csv
exch-replay -q -f json own.txt | sed '/"t":"new"/ {
	s/"order":"3"/"order":"2305843009213693953"/
	s/"order":"4"/"order":"2305843009213693954"/ }' | exch-replay -q -o own.xst
exch-match -q --risk own.csv --accounts accounts.csv -f text own.xst |
	sed -n 's/.* exec  *//p' >got
cat >want <<'EOF'
50 @ 10.00 buy 5 sell 1 (buyer took)
10 @ 9.00 buy 2 sell 6 (seller took)
50 @ 9.00 buy 2 sell 2305843009213693955 (seller took)
EOF
same got want "a liquidation goes past numbers that are taken"

# A short position costs what it brought; an order has the market's size.
cat >short.txt <<'EOF'
instrument ABC tick 0.01 reference 10.00 max 30
09:30  ONE  buy 30 ABC @ 10.00
+1s    ONE  buy 30 ABC @ 10.00
+1s    TWO  sell 30 ABC @ 10.00
+1s    TWO  sell 20 ABC @ 10.00
+1s    ONE  sell 30 ABC @ 11.00
+1s    ONE  sell 30 ABC @ 11.00
+1s    TWO  buy 10 ABC @ 10.50
+1s    SIX  sell 5 ABC @ 10.50
+1s    SIX  buy 1 ABC @ 11.00
EOF
printf 'scope,name,stop-loss\naccount,2,22.50\n' >short.csv
exch-replay -q -o short.xst short.txt
result $? "a short position"
exch-match -q --risk short.csv -o done.xst short.xst
exch-replay -q -f text done.xst | sed -n 's/^[^ ]* ABC  *//p' |
	grep '^risk\|exec .* buy 2305' | sed 's/ order [0-9]*,//; s/ buy.*//' >got
cat >want <<'EOF'
risk         pass the mass-cancel of account 2: stop-loss 45000000 of 22500000
risk         pass the new of account 2: stop-loss 45000000 of 22500000
exec         29 @ 11.00
exec         1 @ 11.00
risk         pass the new of account 2: stop-loss 15000000 of 22500000
exec         15 @ 11.00
EOF
same got want "is bought back in parts"

# Prices of two instruments move at once: each position is closed once.
cat >both.txt <<'EOF'
instrument ABC tick 0.01
instrument DEF tick 0.01
09:30  MAKER  sell 10 ABC @ 10.00
+1s    MAKER  sell 10 DEF @ 10.00
+1s    TWO    buy 10 ABC @ 10.00
+1s    TWO    buy 10 DEF @ 10.00
+1s    phase call halt
+1s    MAKER  sell 20 ABC @ 8.00
+1s    MAKER  sell 20 DEF @ 8.00
+1s    SIX    buy 50 ABC @ 8.00
+1s    SIX    buy 50 DEF @ 8.00
+1s    phase continuous
EOF
printf 'scope,name,loss,on-loss,stop-loss\naccount,2,30,liquidate,5\n' >both.csv
exch-replay -q -o both.xst both.txt
exch-match -q --risk both.csv -o done.xst both.xst
exch-replay -q -f text done.xst | sed -n 's/^[^ ]* \([A-Z]*\)  *\(new.*(gate)\)/\1 \2/p' |
	tr -s ' ' >got
cat >want <<'EOF'
ABC new sell 10 market ioc order 2305843009213693954 account 2 (gate)
DEF new sell 10 market ioc order 2305843009213693953 account 2 (gate)
EOF
sort got >sorted
same sorted want "two prices at once, and each position is closed once"
exch-risk report positions -f csv -q done.xst 2>/dev/null |
	awk -F , '$1 == 2 { print $4 }' | tr '\n' ' ' >got
is "$(cat got)" "0 0 " "to nothing"

# ---- tables ----

refused() {
	exch-match --risk bad.csv act.xst >/dev/null 2>said
	echo "$? $(sed 's/^exch-match: //' said)"
}
printf 'scope,name,symbol,on-loss\naccount,1,ABC,cancel\n' >bad.csv
is "$(refused | cut -d : -f 1-3)" "3 bad.csv:2: messages, per, duplicate, \
open-orders, credit, loss, sector, on-loss and day-trader are of accounts" \
	"of accounts"
printf 'scope,on-loss\nall,panic\n' >bad.csv
is "$(refused)" "3 bad.csv:2:5: 'panic' is no 'on-loss': expected one of \
reduce, cancel, suspend, liquidate" "no such action"
printf 'scope,stop-loss\nall,5\n' >bad.csv
exch-risk -q -l bad.csv act.xst >/dev/null 2>said
has said '^exch-risk: bad.csv:2: margin, .* of exch-match --risk$' \
	"a gate in front sees no losses"

# ---- a day: journal and card make the same of it ----

exch-replay -q --date 2026-01-05 --tz America/New_York --accounts uniform:40 \
	-o day.xst "$src/data/sample.pcap.zst"
cat >day.csv <<'EOF'
scope,name,loss,on-loss,stop-loss
all,,2000,liquidate,500
account,1,1000,cancel,
account,2,1000,suspend,
EOF
exch-match -q --risk day.csv -o ref.xst day.xst
exch-replay -f csv --type risk ref.xst 2>/dev/null | sed 1d |
	cut -d , -f 13-15 | sort | uniq -c | awk '$1 > 10 { print $2 }' |
	tr '\n' ' ' >got
is "$(cat got)" "kill,reject,new kill,reject,replace \
loss,pass,mass-cancel loss,pass,new loss,reject,new \
stop-loss,pass,mass-cancel stop-loss,pass,new " "a day with all of it"
exch-match -q --risk day.csv --journal j --segment-size 500000 -o out.xst \
	day.xst
ok "with a journal: the same file" cmp out.xst ref.xst
last=$(find j -name '0*.xst' | sort | tail -n 1)
dd if="$last" of=cut.tmp bs=300001 count=1 2>/dev/null && mv cut.tmp "$last"
exch-match -q --risk day.csv --journal j --segment-size 500000 -o out.xst \
	day.xst
ok "a journal that was cut: the same file" cmp out.xst ref.xst
exch-match -q --risk day.csv -e fpga --card soft -o card.xst day.xst
ok "with a card: the same file" cmp card.xst ref.xst

finish
