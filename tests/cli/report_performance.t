#!/bin/sh
# exch-report performance: four minutes by hand, and their formulas in awk.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# ANN has 1,000.00 and buys 10 at 10; the price is 11, 9 and 10.50 in the three
# minutes behind.  So she has 1,000, 1,010, 990 and 1,005.
cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:30:10 BOB sell 10 ABC @ 10
         ANN buy 10 ABC @ 10
09:31:05 BOB sell 1 ABC @ 11
         CID buy 1 ABC @ 11
09:32:05 BOB sell 1 ABC @ 9
         CID buy 1 ABC @ 9
09:33:10 BOB sell 1 ABC @ 10.50
         CID buy 1 ABC @ 10.50
T
printf '%s\n' account,capital ANN,1000 >capital.csv
exch-replay day.txt | exch-match -q -o day.xst
result $? "matched"
# ratios FREE [EARLIER...]: mean, deviation, Sharpe, downside and Sortino of the returns
ratios() {
	free=$1
	shift
	printf '%s\n' "$@" 1000 1000 1010 990 1005 | awk -v free="$free" '
		NR > 1 { r[++n] = $1 / was - 1 }
		{ was = $1 }
		END {
			for (i = 1; i <= n; i++) mean += (r[i] - free) / n
			for (i = 1; i <= n; i++) {
				var += (r[i] - free - mean) ^ 2 / (n - 1)
				if (r[i] < free) down += (r[i] - free) ^ 2 / n
			}
			printf "%.9f,%.9f,%.9f,%.9f,%.9f\n", mean + free,
				sqrt(var), mean / sqrt(var), sqrt(down),
				mean / sqrt(down)
		}'
}
exch-report performance -q -f csv --capital capital.csv day.xst >got
is "$(sed -n 's/^ANN,USD,//p' got)" \
	"1000.00,1005.00,5.00,0.005000000,4,$(ratios 0),20.00,0.019801980,100.00,0.100000000,101.25,101.25" \
	"as the formulas have it"
exch-report performance -q -f csv --free 0.001 --capital capital.csv day.xst >got
is "$(sed -n 's/^ANN,USD,//p' got | cut -d, -f 6-10)" "$(ratios 0.001)" \
	"with a return without risk"
# Two minutes before she trades are without a return, too.
sed '/^instrument/a\
09:28:10 BOB sell 1 ABC @ 10\
         CID buy 1 ABC @ 10' day.txt >late.txt
exch-replay late.txt | exch-match -q -o late.xst
exch-report performance -q -f csv --free 0.001 --capital capital.csv late.xst >got
is "$(sed -n 's/^ANN,USD,//p' got | cut -d, -f 5-10)" \
	"6,$(ratios 0.001 1000 1000)" "of an account that comes late"
# Periods in which nothing happens are periods, too.
exch-report performance -q -f csv --period 1s --capital capital.csv day.xst >got
is "$(sed -n 's/^ANN,USD,//p' got | cut -d, -f 5,11,12)" \
	"181,20.00,0.019801980" "by the second"
# Nobody told what BOB has.
is "$(sed -n 's/^BOB,USD,//p' got | cut -d, -f 1-9)" ",,-6.00,,181,,,," \
	"without capital there is no return"
# The worst of a fall is from the peak before it; a fee is a loss.
printf '%s\n' scope,name,symbol,maker,taker,auction all,,,1%,10%,0 >fees.csv
exch-report performance -q -f csv --fees fees.csv --capital capital.csv \
	day.xst >got
is "$(sed -n 's/^ANN,USD,//p' got | cut -d, -f 2,3,11)" "995.00,-5.00,20.00" \
	"with fees"
echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report performance -f csv --capital capital.csv \
	-o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 2 "capital is needed" exch-report performance empty.xst 2>err
exits 2 "no such period" exch-report performance --period 1ns \
	--capital capital.csv empty.xst 2>err
finish
