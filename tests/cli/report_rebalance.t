#!/bin/sh
# exch-report rebalance: orders by hand, in lots and with filters; and the
# orders run through the market: weights are reached, cash is what was left.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

rebalance() {
	exch-report rebalance -q -f csv "$@"
}
# The same, with what it says.
told() {
	exch-report rebalance -f csv "$@"
}
# row FILE SYMBOL: "side qty price" of its order.
row() {
	awk -F, -v s="$2" '$2 == s { print $5, $6, $7 }' "$1"
}

# ---- by hand: exch-report(1), Rebalancing ----

cat >book.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 lot 10 currency USD
instrument DEF tick 0.05 lot 1 currency USD
instrument GHI tick 0.01 lot 100 currency USD
09:00 MM buy 100000 ABC @ 10.00
      MM sell 100000 ABC @ 10.01
      MM buy 100000 DEF @ 99.95
      MM sell 100000 DEF @ 100.00
      MM buy 100000 GHI @ 4.99
      MM sell 100000 GHI @ 5.01
09:01 ANN buy 2000 ABC @ 10.01
      ANN buy 100 DEF @ 100.00
T
exch-replay book.txt | exch-match -q -o book.xst
printf '%s\n' account,symbol,weight ANN,ABC,20% ANN,DEF,50% ANN,GHI,0.25 >w.csv
printf '%s\n' account,currency,capital ANN,USD,100000.00 >cap.csv
exits 0 "three weights" rebalance --target w.csv --capital cap.csv \
	-o orders.csv book.xst
# 2,000 at 10.01 are 20.02 %: a lot less is nearer; GHI has the midpoint, 5.00
cat >want <<'T'
time,symbol,action,order,side,qty,price,tif,account,note
2024-03-07T09:01:00.000000000Z,DEF,new,10,buy,400,100.50,day,ANN,10.00% to 50.00% of 50.00%
2024-03-07T09:01:00.000000000Z,GHI,new,11,buy,5000,5.02,day,ANN,0.00% to 25.00% of 25.00%
T
sed -i '/,ABC,/d' orders.csv
same orders.csv want "to whole lots, limits on ticks within 50 bp, sells first"
rebalance --target w.csv --capital cap.csv -o orders.csv book.xst
is "$(row orders.csv ABC)" "sell 10 9.96" "a lot of ten too many is sold"

# reached FILE: "SYMBOL part-of-worth" of ANN in 10^-4, and of cash, at marks.
reached() {
	exch-replay book.txt "$1" | exch-match -q |
		exch-report pnl -q -f csv | awk -F, -v all=100000 '
		$2 == "ANN" && $1 == "of" {
			printf "%s %d\n", $3, ($11 * 10000 / all) + 0.5
			cash += $9 }
		END { printf "cash %d\n", (all + cash) * 10000 / all + 0.5 }'
}
is "$(reached orders.csv | tr '\n' ' ')" "ABC 1990 DEF 5000 GHI 2505 cash 503 " \
	"matched: within a lot and the spread of the weights"

# What the table does not name is sold, or stays.
printf '%s\n' account,symbol,weight ANN,DEF,50% >one.csv
rebalance --target one.csv --capital cap.csv -o got book.xst
is "$(row got ABC), $(row got DEF)" "sell 2000 9.96, buy 400 100.50" \
	"what is not named goes"
rebalance --target one.csv --capital cap.csv --keep -o got book.xst
# of 79,980: 39,990 are 399.9 lots; for the 300th there is no cash
is "$(row got ABC), $(row got DEF)" ", buy 299 100.50" "with --keep it stays"

rebalance --target w.csv --capital cap.csv --least 200 -o got book.xst
is "$(row got ABC), $(row got DEF)" ", buy 399 100.50" \
	"--least: a small sale is not made, and what it would have paid for neither"
rebalance --target w.csv --capital cap.csv --mark mid -o got book.xst
is "$(row got DEF)" "buy 400 100.45" "--mark mid"
rebalance --target w.csv --capital cap.csv --through 0 -o got book.xst
is "$(row got DEF)" "buy 400 100.00" "--through 0"

# A reference is no price of the book: before a trade the midpoint is it.
cat >ref.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 lot 1 currency USD reference 5.00
09:00 MM buy 100000 ABC @ 10.00
      MM sell 100000 ABC @ 10.02
      ANN deposit 100000.00
T
exch-replay ref.txt | exch-match -q -o ref.xst
printf '%s\n' account,symbol,weight ANN,ABC,50% >half.csv
rebalance --target half.csv -o got ref.xst
rebalance --target half.csv --mark mid -o want ref.xst
same got want "a reference does not stand before the midpoint"
is "$(row got ABC)" "buy 4995 10.06" "50,000 at 10.01"

# Cash of no currency is that of the first currency that orders are in.
cat >two.txt <<'T'
date 2024-03-07
instrument EUA tick 0.01 lot 1 currency EUR
instrument ABC tick 0.01 lot 1 currency USD
09:00 MM buy 100000 EUA @ 10.00
      MM sell 100000 EUA @ 10.00
      ANN buy 10 EUA @ 10.00
      MM buy 100000 ABC @ 9.99
      MM sell 100000 ABC @ 10.01
      ANN deposit 100000.00
T
exch-replay two.txt | exch-match -q -o two.xst
rebalance --target half.csv --keep -o got two.xst
is "$(row got ABC)$(row got EUA)" "buy 5000 10.05" \
	"--keep: what is left alone takes no cash"

# Positions from before: an odd lot is closed as far as lots go.
printf '%s\n' account,symbol,quantity ANN,GHI,150 >had.csv
rebalance --target one.csv --capital cap.csv --positions had.csv -o got book.xst
is "$(row got GHI)" "sell 100 4.98" "150 in lots of 100 are not sold short"
printf '%s\n' account,symbol,weight ANN,GHI,-10% >short.csv
rebalance --target short.csv --capital cap.csv -o got book.xst
is "$(row got GHI) $(row got ABC)" "sell 2000 4.98 sell 2000 9.96" \
	"a weight below 0 is sold short"

# A ledger's opening balances are such positions, its deposits cash.
printf '%s\n' account,balance 1,0 2,100000.00 >accounts.csv
exch-settle -q -a accounts.csv -o book.set book.xst
rebalance --target w.csv -o got book.set
rebalance --target w.csv --capital cap.csv -o want book.xst
same got want "a ledger of exch-settle says the same as --capital"
(
	sed 2,4p -n book.txt
	echo '08:00 ANN deposit 100000.00'
	sed 1,4d book.txt
) >deposit.body
(
	echo date 2024-03-07
	cat deposit.body
) >deposit.txt
exch-replay deposit.txt | exch-match -q -o deposit.xst
rebalance --target w.csv -o got deposit.xst
same got want "and so does a deposit"

# ---- many instruments, through the market ----

awk 'BEGIN {
	srand(11)
	print "date 2024-03-07"
	for (i = 1; i <= 40; i++) {
		lot[i] = substr("1  10 100", 1 + 3 * int(rand() * 3), 3) + 0
		printf "instrument S%02d tick 0.01 lot %d currency USD\n", i, lot[i]
	}
	print "09:00 MM deposit 1.00"
	for (i = 1; i <= 40; i++) {
		p = int(100 + rand() * 9000)
		printf "      MM sell 10000000 S%02d @ %.2f\n", i, p / 100
		printf "      MM buy 10000000 S%02d @ %.2f\n", i, p / 100 - 0.01
		printf "      A%d buy %d S%02d @ %.2f\n", 1 + i % 3,
		    lot[i] * int(1 + rand() * 20), i, p / 100
	}
}' >many.txt
awk 'BEGIN {
	srand(12)
	print "account,symbol,weight"
	for (a = 1; a <= 3; a++)
		for (i = 1; i <= 40; i++)
			if (rand() < 0.5)
				printf "A%d,S%02d,%.4f\n", a, i, rand() * 0.045
}' >many.csv
printf '%s\n' account,capital A1,5000000 A2,5000000 A3,5000000 >many.cap
exch-replay many.txt | exch-match -q -o many.xst
exits 0 "three accounts, forty instruments" rebalance --target many.csv \
	--capital many.cap -o many.orders many.xst
exch-replay many.txt many.orders | exch-match -q -o after.xst
exch-report pnl -q -f csv after.xst >after.csv
# Everybody takes at the last price, so that marks do not move by more than the
# cent of the spread: each weight is within a lot, and cash within 0.5 %.
awk -F, '
	FILENAME == "many.csv" { if (FNR > 1) want[$1 "," $2] = $3; next }
	FILENAME == "many.txt" { next }
	$1 == "of" && $2 != "MM" {
		n++
		w = want[$2 "," $3] + 0; cash[$2] += $9; seen[$2 "," $3] = 1
		part[$2] += w; worth[$2] += $11
		off = $11 / 5000000 - w; if (off < 0) off = -off
		# at most a lot of 100 at 91.00, and a cent of each share
		if (off > 100 * $10 / 5000000 + 0.001) {
			bad++; print "# " $2, $3, $11 / 5000000, w }
	}
	END {
		for (k in want) if (!(k in seen) && want[k] > 0.002) {
			bad++; print "# not bought: " k }
		for (a in cash) {
			left = (5000000 + cash[a]) / 5000000
			off = left - (1 - part[a]); if (off < 0) off = -off
			if (off > 0.005) { bad++; print "# cash " a, left, part[a] }
		}
		print (n > 60), bad + 0 }' many.csv after.csv >check
grep '^#' check
is "$(tail -n 1 check)" "1 0" "matched: all weights are reached, and cash is neutral"
rebalance --target many.csv --capital many.cap --least 2000 -o again after.xst
is "$(wc -l <again)" 1 "and then there is nothing to do"

# ---- orders are for exch-replay, not for a spreadsheet ----

sed 's/ABC/=ABC/; s/ANN/=ANN/' book.txt >formula.txt
exch-replay formula.txt | exch-match -q -o formula.xst
sed 's/ABC/=ABC/; s/ANN/=ANN/' w.csv >formula.csv
sed 's/ANN/=ANN/' cap.csv >formula.cap
exits 0 "a symbol and an account that begin with =" \
	rebalance --target formula.csv --capital formula.cap -o formula.out \
	formula.xst
is "$(awk -F, '$2 == "=ABC" { print $5, $6, $7, $9 }' formula.out)" \
	"sell 10 9.96 =ANN" "are what they are"
exch-replay formula.txt formula.out | exch-match -q |
	exch-report pnl -q -f csv -o pnl.csv
is "$(awk -F, '$2 == "'"'=ANN"'" && $1 == "of" { print $3 }' pnl.csv |
	sort | tr '\n' ' ')" "'=ABC DEF GHI " "and the orders are =ANN's"
is "$(sed 's/=ABC/ABC/g; s/=ANN/ANN/g' formula.out | sed 's/,note$//; s/,[^,]*$//')" \
	"$(sed 's/,note$//; s/,[^,]*$//' orders.csv)" "as those of other names"

# ---- bad input ----

exits 2 "no table" told book.xst 2>err
has err 'needs --target FILE' "and what is needed"
printf '%s\n' account,symbol,weight ANN,ABC,60% ANN,DEF,50% >over.csv
exits 1 "weights of 110 %" told --target over.csv --capital cap.csv -o out \
	book.xst 2>err
has err 'ANN: has weights of more than 100% in USD' "are told"
is "$(wc -l <out)" 1 "and nothing is ordered"
exits 1 "nothing to divide" told --target w.csv -o out book.xst 2>err
has err 'is worth nothing (see --capital)' "says what is missing"
printf '%s\n' account,symbol,weight ANN,XYZ,60% >none.csv
exits 1 "an instrument that is not there" told --target none.csv \
	--capital cap.csv -o out book.xst 2>err
has err "no instrument 'XYZ'" "is named"
printf '%s\n' account,symbol,weight ANN,ABC,60% ANN,ABC,20% >twice.csv
exits 3 "a weight twice" told --target twice.csv book.xst 2>err
has err 'twice.csv:3' "where it stands"
printf '%s\n' account,symbol,quantity ANN,ABC,10 ANN,ABC,10 >twice.csv
exits 3 "a position twice" told --target w.csv --positions twice.csv book.xst \
	2>err
has err 'twice.csv:3' "where it stands"
printf '%s\n' account,currency,capital ANN,USD,10 ANN,,20 ANN,USD,30 >twice.csv
exits 3 "capital twice" told --target w.csv --capital twice.csv book.xst 2>err
has err 'twice.csv:4' "where it stands"
printf '%s\n' account,symbol,quantity ANN,ABC,9223372036854775807 >huge.csv
sed 's/lot 10 /lot 1 /' book.txt >lots.txt
exch-replay lots.txt | exch-match -q -o lots.xst
exits 3 "a holding of too many lots" told --target w.csv --positions huge.csv \
	lots.xst 2>err
has err 'account ANN: holdings, or orders, are too large' "is refused"
sed 's/lot 10 currency USD/& multiplier 1000000/' book.txt >wide.txt
exch-replay wide.txt | exch-match -q -o wide.xst
exits 3 "nor one that is worth too much" told --target w.csv \
	--positions huge.csv wide.xst 2>err
has err 'account ANN: holdings, or orders, are too large' "with the same words"
printf '%s\n' account,symbol,weight ANN,ABC,sixty >word.csv
exits 3 "no weight" told --target word.csv book.xst 2>err
has err 'word.csv:2:9' "where it stands, too"
printf '%s\n' account,currency,capital ANN,USD,300 >poor.csv
printf '%s\n' account,symbol,weight BOB,GHI,60% >bob.csv
printf '%s\n' account,capital BOB,300 >poor.csv
exits 1 "lots too large" told --target bob.csv --capital poor.csv -o out \
	book.xst 2>err
has err 'BOB: cash is off by 180.00 USD: lots' "are told, with the amount"
exits 2 "--through" told --target w.csv --through 1% book.xst 2>err
has err 'basis points from 0 to 5000' "and why"
exch-replay book.txt | told --target w.csv >out 2>err
is $? 3 "a stream without answers"
finish
