#!/bin/sh
# exch-report pnl: a day by hand, with a break; and the sample day against the
# positions of exch-risk, whose gains are realised and unrealised.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# MM stands at 99.98 and 100.02, HID hides 200 at 100.01; ANN buys 300 at the
# midpoint 100.00: she pays 2.00 + 2.00 of spread.  MM buys another 10 at 99.98
# from BOB, which is broken.  The last price is 99.98, then 100.02 again.
cat >day.txt <<'T'
date 2024-03-07
instrument XYZ tick 0.01 currency USD
instrument EUX tick 0.01 currency EUR reference 7
09:30:00 MM buy 500 XYZ @ 99.98
         MM sell 500 XYZ @ 100.02
         HID sell 200 XYZ @ 100.01 hidden
+1s      ANN buy 300 XYZ @ market
+1s      block 10 EUX @ 6.5 buyer ANN seller BOB
+1s      BOB sell 10 XYZ @ market
+1s      break 3 XYZ
+1s      BOB buy 5 XYZ @ market
T
exch-replay day.txt | exch-match -q -o day.xst
result $? "matched"
printf '%s\n' scope,name,symbol,maker-unit,taker-unit,auction \
	all,,,-0.001,0.002,0.1% >fees.csv
exch-report pnl -f csv --fees fees.csv day.xst >got
cat >want <<'T'
what,account,symbol,currency,executions,bought,sold,position,cash,mark,value,gross,spread,move,fees,net
of,MM,XYZ,USD,2,0,105,-105,10502.10,100.02,-10502.10,0.00,2.10,-2.10,-0.105,0.105
all,MM,,USD,2,,,,10502.10,,-10502.10,0.00,2.10,-2.10,-0.105,0.105
of,HID,XYZ,USD,1,0,200,-200,20002.00,100.02,-20004.00,-2.00,2.00,-4.00,-0.20,-1.80
all,HID,,USD,1,,,,20002.00,,-20004.00,-2.00,2.00,-4.00,-0.20,-1.80
of,ANN,XYZ,USD,2,300,0,300,-30004.00,100.02,30006.00,2.00,-4.00,6.00,0.60,1.40
of,ANN,EUX,EUR,1,10,0,10,-65.00,7.00,70.00,5.00,,,0.065,4.935
all,ANN,,USD,2,,,,-30004.00,,30006.00,2.00,-4.00,6.00,0.60,1.40
all,ANN,,EUR,1,,,,-65.00,,70.00,5.00,,,0.065,4.935
of,BOB,XYZ,USD,1,5,0,5,-500.10,100.02,500.10,0.00,-0.10,0.10,0.01,-0.01
of,BOB,EUX,EUR,1,0,10,-10,65.00,7.00,-70.00,-5.00,,,0.065,-5.065
all,BOB,,USD,1,,,,-500.10,,500.10,0.00,-0.10,0.10,0.01,-0.01
all,BOB,,EUR,1,,,,65.00,,-70.00,-5.00,,,0.065,-5.065
T
same got want "by hand"
exch-report pnl -f csv --mark mid day.xst | sed -n 's/^of,ANN,XYZ,//p' >got
is "$(cut -d, -f 6-8,10 got)" "-30004.00,100.00,30000.00,-4.00" "at the midpoint"

exch-report pnl -f csv --fees fees.csv --account BOB,1 day.xst >got
sed -n '1p; /,MM,/p; /,BOB,/p' want >some
same got some "of two accounts, by name and number"
exch-report pnl -f csv --account BOB,HIM day.xst >got 2>err
is "$? $(wc -l <got)" "1 5" "one that nobody has"
has err "^exch-report: --account: the stream has no account 'HIM'$" "is told"

exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 80000 "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-report pnl -f csv sample.xst >pnl
awk -F, '$1 == "of" { printf "%s %s %s %.4f\n", $2, $3, $8, $12 }' pnl |
	sort >got
exch-risk report -q -f csv positions sample.xst | awk -F, '
	NR > 1 && $1 != 0 { printf "%s %s %s %.4f\n", $1, $3, $4, $8 + $9 }' |
	sort >want
[ "$(wc -l <want)" -gt 50 ]
result $? "positions are there"
same got want "as exch-risk has them"
is "$(awk -F, '$1 == "all" { gross += $12; cash += $9; spread += $13 }
	END { printf "%.4f %.4f %.4f", gross, cash, spread }' pnl |
	sed 's/-0\.0000/0.0000/g')" "0.0000 0.0000 0.0000" "they add up to nothing"

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report pnl -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 2 "no such mark" exch-report pnl --mark close empty.xst 2>err
finish
