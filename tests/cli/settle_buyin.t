#!/bin/sh
# exch-settle --close-out: who has not delivered on the day of Rule 204 is bought
# in, at which price and for whose money; by hand, and at random.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- by hand ----

# Ben has his 300, Cia none: Ann waits for 300 from Monday on, marked at 10.10.
cat >three.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    block 400 ABC @ 9.98 buyer CIA seller ANN
X
cat >had.csv <<'X'
account,symbol,quantity,price
2,ABC,300,9.00
X
day three.txt >three.xst
set -- --opening had.csv --until 2026-10-20
exch-settle "$@" --close-out short --premium 200 -o short.xst three.xst 2>said
has said '1 fails were bought in' "one is bought in"
rows fail account,qty,age short.xst >got
printf '%s\n' 1,300,0 3,-300,0 >want
same got want "it fails on its day, and not any more on the next"
# 300 at 10.10 are 3,030.00, and 2 % more 3,090.60; Cia was to get 3,030.00.
rows posting account,qty,amount,ledger,date,why short.xst | grep buy-in |
	grep -v ',due,' >got
cat >want <<'X'
4294967295,300,0.00,holding,2026-10-13,buy-in
4294967295,-300,0.00,outside,2026-10-13,buy-in
4294967295,0,-3090.60,holding,2026-10-13,buy-in
4294967295,0,3090.60,outside,2026-10-13,buy-in
3,0,-60.60,holding,2026-10-13,buy-in
4294967295,0,60.60,holding,2026-10-13,buy-in
X
same got want "300 for 3,090.60; who has not delivered pays 60.60"
# Cia: 13.00 of the mark less 60.60.
exch-settle report -q -f csv balances short.xst | grep ',\(holding\|due\),' >got
cat >want <<'X'
1,holding,ABC,600
1,holding,USD,-6008.00
2,holding,USD,2965.00
3,holding,USD,-47.60
X
same got want "Ann has hers, and the counterparty nothing"
is "$(unbalanced short.xst)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile short.xst
exch-settle -q "$@" --close-out long -o long.xst three.xst
rows fail account,age long.xst | tr '\n' ' ' >got
echo "1,0 3,0 1,1 3,1 1,2 3,2 " | tr -d '\n' >want
same got want "after a long sale on the third day"
exch-settle report -q -f csv balances long.xst | grep '^3,holding' >got
echo 3,holding,USD,13.00 >want
same got want "and without a premium at the price"
# The days are those of the report.
exch-settle report -q -f csv --calendar "$src/data/settle/dtc.csv" fails \
	short.xst | columns account,short_by,long_by | grep '^3' >got
exch-settle -q "$@" --calendar "$src/data/settle/dtc.csv" --close-out short \
	-o dtc.xst three.xst
rows posting date,why dtc.xst | grep buy-in | sort -u >day
exch-settle report -q -f csv --calendar "$src/data/settle/dtc.csv" fails \
	dtc.xst | columns account,short_by | grep '^3' >got
is "$(cut -d, -f1 day)" "$(cut -d, -f2 got)" "on the day that the report tells"

# Who gets the securities in time delivers them: Cia buys 300 on the 12th.
cat >late.txt <<'X'
date 2026-10-12
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1 ABC @ 10.20 buyer ANN seller BEN
+1s    block 200 ABC @ 10.20 buyer CIA seller BEN
X
sed 's/300/600/' had.csv >more.csv
exch-settle -q --opening more.csv -o friday.xst three.xst
day late.txt >late.xst
exch-settle -q --from friday.xst --need securities --close-out short \
	--until 2026-10-20 -o late.out late.xst
rows posting account,qty,ledger,date,why late.out |
	awk -F, '$5 == "buy-in" && $2 != 0 && $3 == "holding"' >got
echo 4294967295,100,holding,2026-10-13,buy-in >want
same got want "only what has not come is bought: 300 less 200"
exch-settle report -q -f csv balances late.out | grep ',due,' >got
same got /dev/null "and nothing is open"

# Several fails of one account, of other days: each on its own third day, and
# what comes meanwhile goes to the oldest.
cat >more.txt <<'X'
date 2026-10-12
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1 ABC @ 10.20 buyer ANN seller BEN
+1s    block 120 ABC @ 10.20 buyer BEN seller CIA
X
cat >third.txt <<'X'
date 2026-10-13
instrument ABC tick 0.01 currency USD reference 10.30
10:00  block 1 ABC @ 10.30 buyer ANN seller BEN
+1s    block 50 ABC @ 10.30 buyer CIA seller BEN
X
exch-settle -q --opening had.csv -o friday.xst three.xst
day more.txt >more.xst
day third.txt >third.xst
for how in short long; do
	exch-settle -q --from friday.xst --need securities --close-out $how \
		-o monday.xst more.xst
	exch-settle -q --from monday.xst --need securities --close-out $how \
		--until 2026-10-20 -o tuesday.xst third.xst
	for f in monday tuesday; do
		rows posting date,qty,ledger,why $f.xst | awk -F, -v OFS=, '
			$4 == "buy-in" && $3 == "outside" && $2 < 0 {
				print $1, -$2 }' >>$how.got
		is "$(unbalanced $f.xst)" 0 "every entry balances ($how, $f)"
		exits 0 "it reconciles" \
			exch-settle report -q -o x reconcile $f.xst
	done
done
# 300 are due on the 12th and 120 on the 13th; 50 come on the 14th.
printf '%s\n' 2026-10-13,300 2026-10-14,70 >want
same short.got want "short: what has not come by the day behind each"
printf '%s\n' 2026-10-15,250 2026-10-16,120 >want
same long.got want "long: by the third; what came went to the older one"

exits 2 "no kind of sale" exch-settle --close-out soon three.xst 2>said
has said "'soon' is neither short nor long" "is told"
exits 2 "no premium" exch-settle --close-out short --premium 2% three.xst \
	2>said
has said "'2%' is no number from 0 to 10000" "is told"
exits 2 "a premium of nothing" exch-settle --premium 2 three.xst 2>said
has said 'premium is of what' "is told"
exits 2 "without a counterparty" exch-settle -m 1 --close-out short three.xst \
	2>said
has said 'close-out is of model 3' "is told"

# At a price below 0 who buys is paid: 100 at -5.00 bring 500.00, and 2 % less.
cat >neg.txt <<'X'
date 2026-10-09
instrument FUT kind future tick 0.01 currency USD reference -5.00
10:00  block 100 FUT @ -5.00 buyer ANN seller BEN
X
day neg.txt >neg.xst
printf '%s\n' account,symbol,quantity,price 3,FUT,1,1.00 >neg.csv
exch-settle -q --opening neg.csv --until 2026-10-20 --close-out short \
	--premium 200 -o neg.set neg.xst
rows posting account,amount,ledger,why neg.set |
	grep ',holding,buy-in$' | grep -v ',0.00,' >got
cat >want <<'X'
4294967295,490.00,holding,buy-in
2,-10.00,holding,buy-in
4294967295,10.00,holding,buy-in
X
same got want "the premium does not make it cheaper below 0"

# Ben owes 300 of two trades and is to receive 100: 200 are bought.  Ann cannot
# pay, so that they stay open; the trades are those of Ben's net, not theirs, too.
cat >part.txt <<'X'
date 2026-10-08
instrument ABC tick 0.01 currency USD reference 10.00
10:00  block 100 ABC @ 10.00 buyer ANN seller BEN
+1s    block 200 ABC @ 10.00 buyer ANN seller BEN
date 2026-10-09
10:00  block 100 ABC @ 10.00 buyer BEN seller CIA
X
day part.txt >part.xst
printf '%s\n' account,symbol,quantity,price 3,ABC,100,1.00 >part.csv
printf '%s\n' account,balance 1,0 2,100000 3,0 >part.cash
exch-settle -q --opening part.csv -a part.cash --until 2026-10-12 \
	--close-out short -o part.set part.xst
rows net flags,account,qty,trades part.set | grep '^snapshot' >got
cat >want <<'X'
snapshot,1,300,2
snapshot,3,-100,1
snapshot,4294967295,-200,0
X
same got want "trades of what is bought in part are counted once"
exits 0 "it reconciles" exch-settle report -q -o x reconcile part.set

# ---- at random ----

awk 'BEGIN {
	srand(3)
	for (d = 6; d <= 8; d++) {
		f = "day" d ".txt"
		print "date 2026-10-0" d > f
		printf "instrument AAA tick 0.01 currency USD reference %d\n", d + 3 > f
		printf "instrument BBB tick 0.01 currency EUR reference %d\n", 30 - d > f
		for (i = 0; i < 200; i++) {
			b = int(rand() * 20); s = (b + 1 + int(rand() * 19)) % 20
			at = i == 0 ? "10:00" : "+1s"
			printf "%s block %d %s @ %.2f buyer A%02d seller A%02d\n", \
			    at, 1 + int(rand() * 500), rand() < 0.5 ? "AAA" : "BBB", \
			    10 + rand() * 10, b, s > f
		}
	}
	print "account,symbol,quantity,price"
	for (a = 1; a <= 20; a += 2) { print a ",AAA,700,1"; print a ",BBB,300,1" }
}' >some.csv
exch-replay -q day6.txt | exch-match -q | exch-settle -q --opening some.csv \
	--close-out short --premium 50 -o d6.xst
for d in 7 8; do
	[ $d = 8 ] && last="--until 2026-10-12" || last=
	# shellcheck disable=SC2086 # an option and its value
	exch-replay -q day$d.txt | exch-match -q | exch-settle -q \
		--from d$((d - 1)).xst --need securities --close-out short \
		--premium 50 $last -o d$d.xst
	is "$(unbalanced d$d.xst)" 0 "day $d: every entry balances"
	exits 0 "it reconciles" exch-settle report -q -o x reconcile d$d.xst
	rows net symbol,date,qty,flags d$d.xst | awk -F, '
	$4 == "" { q[$1 $2] += $3 } END { for (k in q) bad += q[k] != 0; print bad + 0 }' >got
	is "$(cat got)" 0 "nets add up to nothing"
	rows fail age,qty d$d.xst | awk -F, '$1 > 0 && $2 < 0' >got
	same got /dev/null "nobody fails to deliver on a second day"
done
rows posting account,ledger,qty,why d8.xst |
	awk -F, '$4 == "buy-in" && $2 == "outside" && $3 < 0' | wc -l >n
ok "much was bought in" test "$(cat n)" -gt 9

finish
