#!/bin/sh
# exch-settle --defaults: what a member has open is closed out, the loss goes
# down the layers, everybody else settles; by hand, and at random.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# layers STREAM: the report without the day
layers() {
	exch-settle report -q -f csv waterfall "$1" |
		columns defaulter,layer,account,amount
}

# ---- by hand ----

# Ann has bought 1,000 at 10.00 and sold 500 at 10.20: she is to get 500 for
# 4,900.00.  At 8.00 they are worth 4,000.00: closing out costs 900.00.
cat >four.txt <<'X'
date 2026-10-06
instrument ABC tick 0.01 currency USD reference 8.00
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 500 ABC @ 10.20 buyer CIA seller ANN
+1s    block 100 ABC @ 8.00 buyer DAN seller CIA
X
cat >fund.csv <<'X'
account,margin,fund,assess
0,,200.00,
1,300.00,100.00,100.00
2,300.00,100.00,100.00
3,300.00,50.00,50.00
4,300.00,50.00,50.00
X
cat >defaults.csv <<'X'
date,account
2026-10-07,1
X
day four.txt >four.xst
exch-settle -q --default-fund fund.csv --defaults defaults.csv \
	--until settled -o gone.xst four.xst
result $? "a member defaults"
# 300 + 100 + 200 + (100 + 50 + 50) = 800; the 100.00 that are left are asked of
# the others by what they can be asked: 100 to 50 to 50.
layers gone.xst >got
cat >want <<'X'
1,margin,1,300.00
1,own-fund,1,100.00
1,capital,ccp,200.00
1,mutual,2,100.00
1,mutual,3,50.00
1,mutual,4,50.00
1,assessment,2,50.00
1,assessment,3,25.00
1,assessment,4,25.00
1,all,,900.00
X
same got want "900.00 go down all layers, in their order"
exch-settle report -q -f csv balances gone.xst | grep ',holding,' >got
cat >want <<'X'
2,holding,ABC,-1000
2,holding,USD,9950.00
3,holding,ABC,400
3,holding,USD,-4325.00
4,holding,ABC,100
4,holding,USD,-825.00
X
same got want "the others settle, less what they are asked; the counterparty has nothing"
is "$(unbalanced gone.xst)" 0 "every entry balances"
exits 0 "the ledger balances" exch-settle report -q -o x trial-balance gone.xst
exits 0 "and agrees with the trades" exch-settle report -q -o x reconcile \
	gone.xst
rows posting account,qty,amount,ledger,why gone.xst | grep buy-in >got
cat >want <<'X'
4294967295,-500,0.00,holding,buy-in
4294967295,500,0.00,outside,buy-in
4294967295,0,4000.00,holding,buy-in
4294967295,0,-4000.00,outside,buy-in
X
same got want "500 are sold outside for 4,000.00"

# Less: at 9.40 they are worth 4,700.00, and 200.00 end in the margin.  More: at
# 7.00 1,400.00 are lost, of which all layers bear 1,000.00.  And at 10.00 there
# is a gain of 100.00, which is of the estate.
for at in 9.40 7.00 10.00; do
	sed "s/reference 8.00/reference $at/" four.txt >other.txt
	day other.txt | exch-settle -q --default-fund fund.csv \
		--defaults defaults.csv --until settled -o $at.xst
	is "$(unbalanced $at.xst)" 0 "at $at every entry balances"
done
layers 9.40.xst >got
printf '%s\n' 1,margin,1,200.00 1,all,,200.00 >want
same got want "a small loss ends in the margin"
layers 7.00.xst | tail -n 5 >got
cat >want <<'X'
1,assessment,2,100.00
1,assessment,3,50.00
1,assessment,4,50.00
1,uncovered,ccp,400.00
1,all,,1400.00
X
same got want "what nobody bears is told"
exch-settle report -q -f csv balances 7.00.xst | grep '^ccp,[hl]' >got
echo ccp,loss,USD,-400.00 >want
same got want "and stands in a ledger of its own"
layers 10.00.xst >got
printf '%s\n' 1,gain,1,-100.00 1,all,,-100.00 >want
same got want "a gain is of who has defaulted"

# A third of a cent has to be shared: 100.00 for 3 x 100.00 is even, 50.01 for
# three is 16.67 each, and for 100, 50 and 50 it is 25.005, 12.5025 and 12.5025.
sed 's/reference 8.00/reference 8.49998/' four.txt >other.txt
sed -i 's/tick 0.01/tick 0.00001/' other.txt
day other.txt | exch-settle -q --default-fund fund.csv \
	--defaults defaults.csv --until settled -o part.xst
layers part.xst | grep mutual >got
cat >want <<'X'
1,mutual,2,25.005
1,mutual,3,12.5025
1,mutual,4,12.5025
X
same got want "parts of the fund are pro rata, to the millionth"

# Without a fund all of it is left to the counterparty.
exch-settle -q --defaults defaults.csv --until settled -o bare.xst four.xst
layers bare.xst >got
printf '%s\n' 1,uncovered,ccp,900.00 1,all,,900.00 >want
same got want "without a fund nothing is covered"

# ---- the lesson of exch-clearing(7) ----

cat >three.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    block 400 ABC @ 9.98 buyer CIA seller ANN
X
printf '%s\n' account,margin,fund,assess 0,,5.00, 1,30.00,30.00,30.00 \
	2,30.00,10.00,10.00 3,30.00,10.00,10.00 >small.csv
printf 'date,account\n2026-10-12,2\n' >ben.csv
day three.txt | exch-settle -q --default-fund small.csv --defaults ben.csv \
	--until settled -o lesson.xst
layers lesson.xst >got
cat >want <<'X'
2,margin,2,30.00
2,own-fund,2,10.00
2,capital,ccp,5.00
2,mutual,1,15.00
2,mutual,3,5.00
2,all,,65.00
X
same got want "65.00 of Ben: 30, 10, 5, and 20 of Ann and Cia by 30 to 10"
exch-settle report -q -f csv balances lesson.xst | grep ',holding,' >got
cat >want <<'X'
1,holding,ABC,600
1,holding,USD,-6008.00
3,holding,ABC,-300
3,holding,USD,3043.00
X
same got want "whose trades settle"

# ---- days ----

# Ben defaults a day later, out of what Ann has left of the fund; his 1,000
# were delivered, and what he has sold on the second day is open.
cat >both.csv <<'X'
date,account
2026-10-07,1
2026-10-08,2
X
exch-settle -q --default-fund fund.csv --defaults both.csv -o first.xst four.xst
is "$(layers first.xst)" "" "before its day nobody has defaulted"
cat >second.txt <<'X'
date 2026-10-07
instrument ABC tick 0.01 currency USD reference 8.50
10:00  block 1 ABC @ 8.50 buyer ANN seller BEN
+1s    block 300 ABC @ 8.00 buyer DAN seller BEN
X
# 301 sold for 2,408.50, at 8.50 they are worth 2,558.50: 150.00.
day second.txt | exch-settle -q --from first.xst --default-fund fund.csv \
	--defaults both.csv --until settled -o second.xst
layers second.xst | grep -v '^1,' >got
printf '%s\n' 2,margin,2,150.00 2,all,,150.00 >want
same got want "the next one a day later"
# Ann: 500 for 4,900.00 at 8.50 are 650.00 short.
layers second.xst | grep '^1,' >got
cat >want <<'X'
1,margin,1,300.00
1,own-fund,1,100.00
1,capital,ccp,200.00
1,mutual,2,25.00
1,mutual,3,12.50
1,mutual,4,12.50
1,all,,650.00
X
same got want "and the first one, when its day comes"
is "$(unbalanced second.xst)" 0 "every entry balances"
exch-settle report -q -f csv balances second.xst | grep 'fund\|margin' >got
cat >want <<'X'
2,margin,USD,150.00
2,fund,USD,75.00
3,margin,USD,300.00
3,fund,USD,37.50
4,margin,USD,300.00
4,fund,USD,37.50
X
same got want "what is left goes on from day to day"

# Two currencies: euros are worth 1.10.  60.00 euros lost are 66.00.
cat >euro.txt <<'X'
date 2026-10-06
instrument XYZ tick 0.01 currency EUR reference 40.00
10:00  block 6 XYZ @ 50.00 buyer ANN seller BEN
X
printf 'date,base,quote,rate\n2026-10-06,EUR,USD,1.10\n' >rates.csv
day euro.txt >euro.xst
exch-settle -q --currency USD --default-fund fund.csv --rates rates.csv \
	--defaults defaults.csv --until settled -o euro.out euro.xst
layers euro.out >got
printf '%s\n' 1,margin,1,66.00 1,all,,66.00 >want
same got want "a loss in another currency is valued"
exch-settle report -q -f csv balances euro.out | grep '^ccp,holding' >got
printf '%s\n' ccp,holding,EUR,-60.00 ccp,holding,USD,66.00 | sort >want
sort -o got got
same got want "and not changed"
exits 3 "without rates" exch-settle --currency USD --default-fund fund.csv \
	--defaults defaults.csv --until settled -o x.xst euro.xst 2>said
has said 'nobody knows what its EUR are worth in USD' "is told"

# ---- what is refused ----

sed 's/ reference 8.00//' four.txt >none.txt
day none.txt >none.xst
exits 3 "a default without a price" exch-settle --defaults defaults.csv \
	--until settled -o x.xst none.xst 2>said
has said 'account 1 defaults on 20261007 with ABC of no price' "is told"
exits 2 "without a counterparty" exch-settle -m 2 --defaults defaults.csv \
	four.xst 2>said
has said 'defaults is of model 3' "is told"
bad() {
	exits 3 "$1: status 3" exch-settle --default-fund "$2" --defaults "$3" \
		-o x.xst four.xst 2>said
	has said "$4" "  $4"
}
printf 'date,account\n2026-10-07,1\n2026-10-08,1\n' >b.csv
bad "twice" fund.csv b.csv 'b.csv:3: line 2 has this account'
printf 'date,account\n2026-10-08,1\n2026-10-07,2\n' >b.csv
bad "backwards" fund.csv b.csv 'b.csv:3: it is before the default above it'
printf 'date,account\n2026-10-07,0\n' >b.csv
bad "the counterparty" fund.csv b.csv "b.csv:2:.*'0' is no 'account'"
printf 'account,fund\n1,5\n1,6\n' >f.csv
bad "a member twice" f.csv defaults.csv 'f.csv:3: line 2 has this account'
printf 'account,margin,fund\n0,5,6\n' >f.csv
bad "margin of the counterparty" f.csv defaults.csv 'f.csv:2: account 0 is'
printf 'account,fund\n1,-5\n' >f.csv
bad "less than nothing" f.csv defaults.csv "f.csv:2:.*'-5' is no 'fund'"

# ---- at random ----

# Three of twenty default on one day, in two securities; some fail to deliver.
awk 'BEGIN {
	srand(9)
	print "date 2026-10-06"
	print "instrument AAA tick 0.01 currency USD reference 9.37"
	print "instrument BBB tick 0.01 currency USD reference 21.13"
	for (i = 0; i < 400; i++) {
		b = int(rand() * 20); s = (b + 1 + int(rand() * 19)) % 20
		k = int(rand() * 2)
		printf "%s block %d %s @ %.2f buyer A%02d seller A%02d\n", \
		    i == 0 ? "10:00" : "+1s", 1 + int(rand() * 500), \
		    k ? "BBB" : "AAA", (k + 1) * 10 + rand() * 2 - 1, b, s
	}
}' >many.txt
day many.txt >many.xst
awk 'BEGIN {
	print "account,margin,fund,assess"
	print "0,,1000,"
	for (a = 1; a <= 20; a++)
		printf "%d,%d.%02d,%d.%02d,%d\n", a, 500 + a, a, 300 + 7 * a, \
		    a * 3, 200
}' >big.csv
printf 'date,account\n' >three.csv
for a in 4 11 17; do echo 2026-10-07,$a; done >>three.csv
awk 'BEGIN { print "account,symbol,quantity,price"
	for (a = 1; a <= 20; a += 2) print a ",AAA,900,1" }' >had.csv
for opening in "" "--opening had.csv"; do
	# shellcheck disable=SC2086 # an option and its value
	exch-settle -q $opening --default-fund big.csv --defaults three.csv \
		--until settled -o three.xst many.xst
	# Each net of the three at the day's price.
	exch-replay -q -f csv --type net three.xst | columns account,symbol,qty,cash,flags |
		awk -F, '$5 == "" && ($1 == 4 || $1 == 11 || $1 == 17) {
			loss[$1] -= $3 * ($2 == "AAA" ? 9.37 : 21.13) + $4 }
		END { printf "4,all,,%.2f\n11,all,,%.2f\n17,all,,%.2f\n", loss[4], loss[11], loss[17] }' >want
	layers three.xst | grep ,all, >got
	same got want "each loss is what closing out costs, ${opening:-all deliver}"
	is "$(unbalanced three.xst)" 0 "every entry balances"
	exits 0 "and it reconciles" exch-settle report -q -o x reconcile three.xst
	exch-settle report -q -f csv balances three.xst |
		grep '^ccp,\(holding\|due\),' >got
	[ -n "$opening" ] || same got /dev/null "the counterparty is even"
done
exch-settle -q --default-fund big.csv --defaults three.csv --until settled \
	-o three.xst many.xst
exch-settle -q --until settled -o plain.xst many.xst
for f in three plain; do
	exch-settle report -q -f csv balances $f.xst |
		grep -v '^\(4\|11\|17\|ccp\),' | grep ',\(AAA\|BBB\),' >$f.has
done
same three.has plain.has "everybody else has the securities that it would have"
layers three.xst | awk -F, '$2 == "assessment" { a[$3] += $4 }
	END { for (k in a) print k "," a[k] }' | sort >asked
for f in three plain; do
	exch-settle report -q -f csv balances $f.xst | grep ',holding,USD,' |
		grep -v '^\(4\|11\|17\|ccp\),' >$f.cash
done
awk -F, 'FILENAME == "asked" { a[$1] = $2; next }
FILENAME == "plain.cash" { p[$1] = $4; next }
{ d = p[$1] - a[$1] - $4; if (d > 1e-4 || d < -1e-4) bad++; n++ }
END { print n, bad + 0 }' asked plain.cash three.cash >got
is "$(cat got)" "17 0" "and the cash, less what it was asked"
exch-settle -q --default-fund big.csv --defaults three.csv --until settled \
	-o again.xst many.xst
ok "and again the same bytes" cmp -s three.xst again.xst

finish
