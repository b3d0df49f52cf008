#!/bin/sh
# exch-report confirms: both sides of a day by hand, with fees, days of
# settlement, a break and a correction.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >fees.csv <<'X'
scope,name,symbol,maker-unit,taker-unit,auction
all,,,-0.002,0.003,0.01%
X
cat >parties.csv <<'X'
account,name,capacity
ANN,"=Ann, Inc.",principal
BEN,Ben,agency
X
cat >day.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
instrument XYZ tick 0.5 currency EUR
10:00  BEN sell 100 ABC @ 10.00
+1s    ANN buy 60 ABC @ 10.00
+1s    block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 4 XYZ @ 20.5 buyer BEN seller ANN
+1s    break 1 ABC with 50 @ 9.99
X
exch-replay day.txt | exch-match -q -o day.xst
exch-settle -q -c 2 -o day.set day.xst
# The correction is charged as an auction is: nobody came in.
exch-report confirms -f csv --fees fees.csv --parties parties.csv day.set >got
awk -F, 'NR > 1 { sub(/"'"'"'=Ann, Inc."/, "Ann"); $0 = $0 }
	{ print $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
		$16, $18 }' got >short
cat >want <<'X'
state account name symbol side qty price cash fee net currency settles capacity liquidity kind match
new ANN Ann ABC B 60 10.00 -600.00 0.18 -600.18 USD 20261013 principal taker exec 1
new BEN Ben ABC S 60 10.00 600.00 -0.12 600.12 USD 20261013 agency maker exec 1
new ANN Ann ABC B 1000 10.00 -10000.00 1.00 -10001.00 USD 20261013 principal auction block 2
new BEN Ben ABC S 1000 10.00 10000.00 1.00 9999.00 USD 20261013 agency auction block 2
new BEN Ben XYZ B 4 20.5 -82.00 0.0082 -82.0082 EUR 20261013 agency auction block 1
new ANN Ann XYZ S 4 20.5 82.00 0.0082 81.9918 EUR 20261013 principal auction block 1
broken ANN Ann ABC B 60 10.00 600.00 -0.18 600.18 USD 20261013 principal taker exec 1
broken BEN Ben ABC S 60 10.00 -600.00 0.12 -600.12 USD 20261013 agency maker exec 1
corrected ANN Ann ABC B 50 9.99 -499.50 0.04995 -499.54995 USD 20261013 principal auction corrected 3
corrected BEN Ben ABC S 50 9.99 499.50 0.04995 499.45005 USD 20261013 agency auction corrected 3
X
same short want "both sides"
# Cash is what settlement has as due, for everybody and currency.
sums() {
	awk -F, -v col="$1" -v a="$2" -v c="$3" 'NR > 1 { s[$a " " $c] += $col }
		END { for (k in s) printf "%s %.2f\n", k, s[k] }' | sort
}
sed 's/"[^"]*"/name/' got | sums 9 3 12 >cash
exch-report confirms -f csv day.set | sed 's/"[^"]*"/name/' | sums 11 3 12 >net
same cash net "no table of fees: net is cash"
exch-settle report -q -f csv nets day.set >nets
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["account"] != "ccp" { s[$at["account"] " " $at["currency"]] += $at["cash"] }
	END { for (k in s) printf "%s %.2f\n", k, s[k] }' nets |
	sed 's/^1 /BEN /; s/^2 /ANN /' | sort >want
same cash want "as settlement nets it"

exch-report confirms -f csv --account BEN day.xst >got
is "$(cut -d, -f 3 got | sort -u | tr '\n' ' ')" "BEN account " "one account"
is "$(wc -l <got)" 6 "by its name"
exch-report confirms -f csv --account 1 day.xst >number
same number got "or its number"
is "$(sed -n 2p got | cut -d, -f 13)" "" "not settled: no day"
echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report confirms -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
finish
