#!/bin/sh
# exch-report tax: lots by hand, by three methods; and that nothing is lost on
# the sample day.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'T'
date 2026-10-09
instrument ABC tick 0.01 currency USD
instrument EUX tick 0.01 currency EUR
instrument XYZ tick 0.01 currency USD
10:00  block 100 ABC @ 10 buyer ANN seller BOB
+1s    block 100 ABC @ 12 buyer ANN seller BOB
+1s    block 150 ABC @ 11 buyer BOB seller ANN
+1s    block 30 XYZ @ 5 buyer BOB seller ANN
+1s    block 3 EUX @ 7 buyer ANN seller BOB
+1s    block 40 XYZ @ 4 buyer ANN seller BOB
+1s    block 1000 ABC @ 99 buyer ANN seller BOB
+1s    break 4 ABC
T
exch-replay day.txt | exch-match -q -o day.xst
result $? "matched"

# rows METHOD...: of ANN
rows() {
	exch-report tax -f csv --account ANN --lots "$@" day.xst |
		cut -d, -f 1,3-
}
rows fifo >got
cat >want <<'T'
what,symbol,currency,position,opened,opened_match,closed,closed_match,qty,cost,proceeds,gain,term
open,EUX,EUR,long,20261009,1,,,3,21.00,,,
gain,,EUR,,,,,,,,,0.00,short
gain,,EUR,,,,,,,,,0.00,long
closed,ABC,USD,long,20261009,1,20261009,3,100,1000.00,1100.00,100.00,short
closed,ABC,USD,long,20261009,2,20261009,3,50,600.00,550.00,-50.00,short
open,ABC,USD,long,20261009,2,,,50,600.00,,,
closed,XYZ,USD,short,20261009,1,20261009,2,30,120.00,150.00,30.00,short
open,XYZ,USD,long,20261009,2,,,10,40.00,,,
gain,,USD,,,,,,,,,80.00,short
gain,,USD,,,,,,,,,0.00,long
T
same got want "first in, first out"
rows lifo | grep ',ABC,' >got
cat >want <<'T'
closed,ABC,USD,long,20261009,2,20261009,3,100,1200.00,1100.00,-100.00,short
closed,ABC,USD,long,20261009,1,20261009,3,50,500.00,550.00,50.00,short
open,ABC,USD,long,20261009,1,,,50,500.00,,,
T
same got want "last in, first out"
cat >picks.csv <<'T'
account,symbol,closes,lot,quantity
ANN,ABC,3,2,70
ANN,ABC,3,1,40
BOB,ABC,3,1,1
T
rows specific --picks picks.csv | grep ',ABC,' >got
cat >want <<'T'
closed,ABC,USD,long,20261009,2,20261009,3,70,840.00,770.00,-70.00,short
closed,ABC,USD,long,20261009,1,20261009,3,40,400.00,440.00,40.00,short
closed,ABC,USD,long,20261009,1,20261009,3,40,400.00,440.00,40.00,short
open,ABC,USD,long,20261009,1,,,20,200.00,,,
open,ABC,USD,long,20261009,2,,,30,360.00,,,
T
same got want "as picked, and the oldest for the rest"

# Fees are part of cost and proceeds; what one paid a third of is divided.
printf '%s\n' scope,name,symbol,auction all,,,1% >fees.csv
rows fifo --fees fees.csv | grep 'closed,ABC' >got
cat >want <<'T'
closed,ABC,USD,long,20261009,1,20261009,3,100,1010.00,1089.00,79.00,short
closed,ABC,USD,long,20261009,2,20261009,3,50,606.00,544.50,-61.50,short
T
same got want "with fees"

# Lots of another year: the first day after a year is long term.
cat >had.csv <<'T'
account,symbol,quantity,price,opened
ANN,ABC,20,1.5,2025-10-08
ANN,ABC,10,1.5,2025-10-09
ANN,ABC,5,2,
T
rows fifo --opening had.csv | grep 'closed,ABC\|gain,,USD' >got
cat >want <<'T'
closed,ABC,USD,long,20251008,,20261009,3,20,30.00,220.00,190.00,long
closed,ABC,USD,long,20251009,,20261009,3,10,15.00,110.00,95.00,short
closed,ABC,USD,long,,,20261009,3,5,10.00,55.00,45.00,short
closed,ABC,USD,long,20261009,1,20261009,3,100,1000.00,1100.00,100.00,short
closed,ABC,USD,long,20261009,2,20261009,3,15,180.00,165.00,-15.00,short
gain,,USD,,,,,,,,,255.00,short
gain,,USD,,,,,,,,,190.00,long
T
same got want "lots from before"

# ---- nothing is lost: gains and open lots are the cash of the trades ----

exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 80000 "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-report confirms -f csv sample.xst | awk -F, 'NR > 1 { s[$3] += $9 }
	END { for (k in s) printf "%s %.6f\n", k, s[k] }' | sort >cash
[ "$(wc -l <cash)" -gt 10 ]
result $? "accounts traded"
for lots in fifo lifo; do
	exch-report tax -f csv --lots $lots sample.xst | awk -F, '
		$1 == "closed" { s[$2] += $13; n++ }
		$1 == "open" { s[$2] += $12 - $11 }
		END { for (k in s) printf "%s %.6f\n", k, s[k] }' | sort >sum
	same sum cash "$lots: cash paid is gain less what is open"
done

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report tax -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 2 "no such method" exch-report tax --lots hifo empty.xst 2>err
exits 2 "picks are missing" exch-report tax --lots specific empty.xst 2>err
exits 2 "picks for nothing" exch-report tax --picks picks.csv empty.xst 2>err
finish
