#!/bin/sh
# exch-report sla: answers, settlement and time open, counted by hand.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# rows MEASURE FILE
rows() {
	sed -n "s/^$1,//p" "$2"
}

# ---- the market ----

# ABC is open for 100 s, halted for 20, open for 80; XYZ from its first word on
# but for the last 50 s of these; the close comes at 200 s.
cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30:00 ANN sell 100 ABC @ 10.00 as a
+10s     ANN sell 100 XYZ @ 10.00
+10s     ANN sell 100 XYZ @ 10.005
+80s     halt ABC reason T1
+20s     resume ABC
+30s     halt XYZ
+50s     phase closed
+100s    cancel a
T
exch-replay -q day.txt >day.cmd
exch-match -q -o day.xst day.cmd
result $? "matched"
exch-report sla -f csv day.xst >got
is "$(rows answered got)" "order,3,3,100.00,0
cancel,1,1,100.00,0
replace,0,0,,0" "answers"
is "$(rows available got)" "ABC,180.000000000,200.000000000,90.00,1
XYZ,150.000000000,200.000000000,75.00,1" "time open"
is "$(rows complete got)" "stream,1,1,100.00,0" "the stream"
exch-match -q -f json day.cmd | sed '
	/"t":"ack"/s/\.000000000Z/.000250000Z/
	/"t":"reject"/s/\.000000000Z/.004000000Z/' >late.json
exch-report sla -f csv --within 1ms late.json >got
is "$(rows in-time got)" "order,2,3,66.66,1
cancel,1,1,100.00,0
replace,0,0,,0" "--within"
# Acknowledgements that were lost.
grep -v '"t":"ack"' late.json >lost.json
exch-report sla -q --partial -f csv lost.json >got
is "$(rows answered got | head -n 1)" "order,1,3,33.33,2" "not answered"

# ---- settlement: exch-clearing(7), WHO DOES NOT DELIVER ----

cat >three.txt <<'T'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    block 400 ABC @ 9.98 buyer CIA seller ANN
T
printf '%s\n' account,symbol,quantity,price 2,ABC,300,9.00 >had.csv
exch-replay three.txt | exch-match -q -o three.xst
exch-settle -q --opening had.csv --until settled -o fail.xst three.xst
exch-report sla -f csv fail.xst >got
# Ben and Cia are to deliver 300 each; Cia's are worth 3,030.00 at 10.10.
is "$(grep ^settled got)" "settled,20261012 USD,1,2,50.00,1
settled-cash,20261012 USD,2978.00,6008.00,49.56,3030.00" "nets"
is "$(rows available got)" "ABC,2.000000000,2.000000000,100.00,0" \
	"settlement is no time of the market"
# Each alone: Ann has nothing to give Cia until she has bought it.
exch-settle -q --model 1 --opening had.csv --until settled -o fail.xst three.xst
exch-report sla -f csv fail.xst >got
want=$(exch-settle report -q -f csv fails fail.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["qty"] < 0 && $at["age"] == 0 { n++; sum += $at["cash"] }
	END { printf "settled,20261012 USD,%d,3,%.2f,%d\n", 3 - n,
		int((3 - n) * 10000 / 3) / 100, n
		printf "settled-cash,20261012 USD,%.2f,21027.00,%.2f,%.2f\n",
		21027 - sum, int((21027 - sum) * 10000 / 21027) / 100, sum }')
is "$(grep ^settled got)" "$want" "each alone, as exch-settle has it"

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report sla -f csv -o empty.csv empty.xst
is "$(rows available empty.csv)" "" "has no instruments"
exits 2 "no time" exch-report sla --within soon empty.xst 2>err
finish
