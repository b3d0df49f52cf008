#!/bin/sh
# exch-report fees: the day of settle_fees.t by rule, and against the ledger;
# and the sample day, whose sums are those of exch-settle.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# BEN rests with 100 and ANN takes 60: ANN 60 x 0.003 = 0.18, BEN is given back
# 60 x 0.002 = 0.12.  Blocks of 10,000.00 and 200.00 cost 0.01 %: ANN 1.00, BEN
# 1.00 and 0.02; CIA, of a member that pays half, 200.00 x 0.005 % = 0.01.  What
# CIA takes is broken.
cat >fees.csv <<'X'
scope,name,symbol,maker-unit,taker-unit,auction
all,,,-0.002,0.003,0.01%
member,HALF,,-0.001,0.0015,0.005%
X
printf '%s\n' account,member,balance 1,,20000.00 2,,0 3,HALF,1000.00 >accounts.csv
printf '%s\n' account,member CIA,HALF >parties.csv
cat >day.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  ANN buy 1 ABC @ 1.00
+1s    BEN sell 100 ABC @ 10.00
+1s    ANN buy 60 ABC @ 10.00
+1s    block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 20 ABC @ 10.00 buyer CIA seller BEN
+1s    CIA buy 10 ABC @ 10.00
+1s    break 4 ABC
X
exch-replay day.txt | exch-match -q -o day.xst
exch-settle -q --fees fees.csv -a accounts.csv --until settled -o day.set day.xst
result $? "settled"
exits 0 "as the ledger has it" \
	exch-report fees -f csv --fees fees.csv --parties parties.csv -o got day.set
cat >want <<'X'
what,account,line,scope,name,symbol,from,liquidity,currency,executions,value,fee,ledger,paid
rule,,2,all,,,0,maker,USD,1,600.00,-0.12,,
rule,,2,all,,,0,taker,USD,1,600.00,0.18,,
rule,,2,all,,,0,auction,USD,3,20200.00,2.02,,
rule,,3,member,HALF,,0,taker,USD,0,0.00,0.00,,
rule,,3,member,HALF,,0,auction,USD,1,200.00,0.01,,
account,ANN,,,,,,,USD,2,10600.00,1.18,1.18,1.18
account,BEN,,,,,,,USD,3,10800.00,0.90,0.90,0.90
account,CIA,,,,,,,USD,1,200.00,0.01,0.01,0.01
total,,,,,,,,USD,6,21600.00,2.09,2.09,2.09
X
same got want "by rule and account"

# Without a table it is what the ledger says, without a ledger the table.
exch-report fees -f csv day.set | cut -d, -f 1,2,12-14 >got
cat >want <<'X'
what,account,fee,ledger,paid
account,ANN,,1.18,1.18
account,BEN,,0.90,0.90
account,CIA,,0.01,0.01
total,,,2.09,2.09
X
same got want "the ledger alone"
exits 0 "no ledger" exch-report fees -f csv --fees fees.csv \
	--parties parties.csv -o got day.xst
is "$(tail -n 1 got)" "total,,,,,,,,USD,6,21600.00,2.09,," "the table alone"

# Nobody told that CIA's member pays half: that is a difference.
exits 1 "they differ" exch-report fees -f csv --fees fees.csv -o got day.set 2>err
has err '1 of what was compared differ' "one account"
is "$(grep CIA got)" "account,CIA,,,,,,,USD,1,200.00,0.02,0.01,0.01" "whose"

# ---- a day of many, with tiers ----

cat >tiers.csv <<'X'
scope,name,symbol,from,maker,taker,auction,taker-unit,least,most
all,,,0,-0.2%,0.3%,0.1%,0.001,0.01,100
all,,,1000,-0.25%,0.25%,0.1%,0,0,90
all,,ALFA,0,-0.1%,0.35%,0.1%,0,0,1000000
X
exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 80000 "$src/data/sample.pcap.zst" | exch-match -q |
	exch-settle -q --fees tiers.csv -o sample.set
exits 0 "the sample day, as settled" \
	exch-report fees -f csv --fees tiers.csv -o got sample.set
awk -F, '$1 == "total" { print ($12 == $13), ($13 != "0.00") }' got >same
is "$(sort -u same)" "1 1" "total and ledger"
# Rules come to what accounts do, in integers of 10^-6.
awk -F, 'function micro(s,   n, p) {
		n = s ~ /^-/ ? -1 : 1; sub(/^-/, "", s); split(s, p, ".")
		return n * (p[1] * 1000000 + substr(p[2] "000000", 1, 6))
	}
	$1 == "rule" || $1 == "none" { rule += micro($12); n++ }
	$1 == "account" { account += micro($12) }
	END { print (rule == account), (n > 4) }' got >sums
is "$(cat sums)" "1 1" "rules come to the same"

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report fees -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 3 "a bad table" exch-report fees --fees day.txt empty.xst 2>err
finish
