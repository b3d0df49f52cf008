#!/bin/sh
# exch-settle --lending: what would not be delivered is borrowed, costs a fee for
# each night, and is given back; by hand, over days and streams.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# Ann has none.  5 lends 8,000 at 3.6 %, 6 has less than it would lend, at a
# tenth of that.
cat >one.txt <<'X'
date 2026-10-07
instrument ABC tick 0.01 currency USD reference 10.00
10:00  block 10000 ABC @ 10.00 buyer BEN seller ANN
X
cat >had.csv <<'X'
account,symbol,quantity,price
5,ABC,9000,9.00
6,ABC,3000,9.00
3,ABC,6001,9.00
X
cat >lend.csv <<'X'
account,symbol,quantity,rate
5,ABC,8000,3.6%
2,ABC,100,0
6,ABC,5000,0.36%
6,XYZ,100,1%
X
day one.txt >one.xst
dtc=$src/data/settle/dtc.csv
exch-settle --calendar "$dtc" --opening had.csv --lending lend.csv \
	--until 2026-10-13 -o one.set one.xst 2>said
has said '2 settled, 0 fails' "all of it settles on its day"
has said '2 times somebody lent to another' "since two have lent"
exch-settle report -q -f csv balances one.set | grep ',loan,\|,USD,' >got
# A night of 7,000 at 10.00 and 3.6 % a year of 360 days is 7.00; from the 8th
# to the 13th are one night and four, for Columbus Day is no settlement day.
cat >want <<'X'
1,holding,USD,-100000.00
2,loan,ABC,-10000
2,holding,USD,99963.50
5,loan,ABC,7000
5,holding,USD,35.00
6,loan,ABC,3000
6,holding,USD,1.50
X
same got want "the cheaper one lends all that it has, the other the rest"
rows posting date,account,amount,why one.set |
	grep ',loan$' | grep -v ',0.00,' >got
cat >want <<'X'
2026-10-09,2,-7.30,loan
2026-10-09,5,7.00,loan
2026-10-09,6,0.30,loan
2026-10-13,2,-29.20,loan
2026-10-13,5,28.00,loan
2026-10-13,6,1.20,loan
X
same got want "by the night"
is "$(unbalanced one.set)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile one.set
exits 0 "the ledger balances" exch-settle report -q -o x trial-balance one.set
exch-settle -q --calendar "$dtc" --opening had.csv --lending lend.csv \
	--until 2026-10-13 -o again.set one.xst
cmp -s one.set again.set
result $? "again, the same bytes"

# The next stream goes on with the loans.  Ann buys 6,000 more than she sells;
# they arrive on the 15th, and go to who is dearest.
cat >two.txt <<'X'
date 2026-10-14
instrument ABC tick 0.01 currency USD reference 12.00
10:00  block 1 ABC @ 12.00 buyer BEN seller ANN
+1s    block 6001 ABC @ 12.00 buyer ANN seller CIA
X
day two.txt >two.xst
exch-settle --calendar "$dtc" --from one.set --lending lend.csv --need \
	securities --until 2026-10-16 -o two.set two.xst 2>said
has said '3 settled, 0 fails' "the next stream"
exch-settle report -q -f csv balances two.set |
	grep ',loan,\|^[25],holding,ABC' >got
printf '%s\n' 2,loan,ABC,-4000 5,holding,ABC,8000 5,loan,ABC,1000 \
	6,loan,ABC,3000 >want
same got want "what has come is given back"
rows posting date,account,amount,why two.set |
	grep '^[-0-9]*,5,.*,loan$' | grep -v ',0.00,' >got
# At 12.00: 8.40 a night for 7,000, and 1.20 for 1,000.
printf '%s\n' 2026-10-14,5,8.40,loan 2026-10-15,5,8.40,loan \
	2026-10-16,5,1.20,loan >want
same got want "and costs no more"
exits 0 "it reconciles" exch-settle report -q -o x reconcile two.set
is "$(unbalanced two.set)" 0 "every entry balances"
# Without the table the loans stay, and nobody pays.
exch-settle -q --calendar "$dtc" --from one.set --need securities \
	--until 2026-10-16 -o without.set two.xst
is "$(rows posting why without.set | grep -c loan)" 0 "without the table nothing"
is "$(exch-settle report -q -f csv balances without.set | grep -c ',loan,')" 3 \
	"is done about them"

# What is too little covers a part; the rest fails, as without anybody.
sed 's/8000/1000/; s/5000/500/' lend.csv >less.csv
exch-settle -q --calendar "$dtc" --opening had.csv --lending less.csv \
	--until 2026-10-08 -o less.set one.xst
is "$(rows fail account,qty less.set | tr '\n' ' ')" "1,8500 2,-8500 " \
	"a part is covered, and the rest fails"
# Who lends delivers first what it has sold itself.
cat >own.txt <<'X'
date 2026-10-07
instrument ABC tick 0.01 currency USD reference 10.00
10:00  block 10000 ABC @ 10.00 buyer BEN seller ANN
+1s    block 8500 ABC @ 10.00 buyer BEN seller CIA
+1s    block 1 ABC @ 10.00 buyer BEN seller DAN
+1s    block 8500 ABC @ 10.00 buyer BEN seller LEN
X
day own.txt >own.xst
sed 's/^3,.*/3,ABC,8500,9.00/' had.csv >own.csv
exch-settle -q --calendar "$dtc" --opening own.csv --lending lend.csv \
	--until 2026-10-08 -o own.set own.xst
is "$(exch-settle report -q -f csv balances own.set | grep '^[56],.*ABC' |
	grep -v outside | tr '\n' ' ')" "5,loan,ABC,500 6,loan,ABC,3000 " \
	"it lends what it does not need"

# The other models, and who is asked for nothing.
for how in "-m 1" "-m 2 --whole" "-m 2 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --calendar "$dtc" --opening had.csv \
		--lending lend.csv --until 2026-10-13 -o other.set one.xst
	exch-settle report -q -f csv balances other.set >got
	exch-settle report -q -f csv balances one.set >want
	same got want "the same balances ($how)"
	exits 0 "it reconciles" exch-settle report -q -o x reconcile other.set
done
exch-settle -q --need none --opening had.csv --lending lend.csv \
	--until settled -o none.set one.xst
is "$(rows posting why none.set | grep -c loan)" 0 \
	"who is not asked for securities borrows none"

# Who has lent has what the company pays, from who has borrowed; a split makes
# two of one.
cat >act.csv <<'X'
ex,record,pay,action,symbol,into,new,old,cash,price
2026-10-09,2026-10-09,2026-10-13,dividend,ABC,,,,0.50,
2026-10-13,,,split,ABC,,2,1,,
X
exch-settle --calendar "$dtc" --opening had.csv --lending lend.csv \
	--actions act.csv --until 2026-10-14 -o act.set one.xst 2>said
exch-settle report -q -f csv balances act.set |
	grep '^[256],\(loan\|holding\),ABC' >got
printf '%s\n' 2,loan,ABC,-20000 5,holding,ABC,4000 5,loan,ABC,14000 \
	6,loan,ABC,6000 >want
same got want "a split of what is lent"
rows posting account,ledger,amount,why act.set |
	grep '^[256],holding,.*,action$' | grep -v ',0.00,' | sort >got
printf '%s\n' 2,holding,-5000.00,action 5,holding,4500.00,action \
	6,holding,1500.00,action >want
same got want "a dividend: 0.50 for 9,000 and 3,000, and 10,000 pay it"
is "$(unbalanced act.set)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile act.set

# Collateral of 102 %, on which lenders pay 1.8 % a year.  100,000.00 are lent
# over one night and four, 120,000.00 from the 14th on, and 48,000.00 from the
# 15th on, when 6,000 shares have come back to the dearer one.
cat >coll.csv <<'X'
from,until,collateral,rebate,source
2026-01-01,,102%,1.8%,an agreement
X
secured="--calendar $dtc --lending lend.csv --collateral coll.csv"
# shellcheck disable=SC2086 # options
exch-settle -q $secured --opening had.csv --until 2026-10-13 -o coll.set one.xst
exch-settle report -q -f csv balances coll.set |
	grep ',collateral,\|,USD,' >got
# 5 has fees of 35.00 and pays 3.57 and 14.28 for 71,400.00; 6 has 1.50 and pays
# 1.53 and 6.12 for 30,600.00.
cat >want <<'X'
1,holding,USD,-100000.00
2,collateral,USD,102000.00
2,holding,USD,-2011.00
5,collateral,USD,-71400.00
5,holding,USD,71417.15
6,collateral,USD,-30600.00
6,holding,USD,30593.85
X
sort got >sorted
same sorted want "102 % of what is lent, and a rebate for each night"
is "$(unbalanced coll.set)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile coll.set
# shellcheck disable=SC2086 # options
exch-settle -q $secured --from coll.set --need securities \
	--until 2026-10-16 -o coll2.set two.xst
rows posting date,account,amount,ledger,why coll2.set |
	grep ',collateral,loan$' >got
cat >want <<'X'
2026-10-14,2,20400.00,collateral,loan
2026-10-14,5,-14280.00,collateral,loan
2026-10-14,6,-6120.00,collateral,loan
2026-10-15,2,-73440.00,collateral,loan
2026-10-15,5,73440.00,collateral,loan
X
same got want "it is marked to the price, and goes with what is given back"
rows posting date,entry,account,amount,ledger,why coll2.set |
	grep ',holding,loan$' | grep -v ',0.00,' | awk -F, -v OFS=, '
	$3 == 2 { print $1, $4 }' >got
# Each day what lenders ask, what they pay for what they had overnight, and then
# the collateral: 8.40 and 0.36, 5.10; 6.12; 1.20 and 0.36, 2.448.
cat >want <<'X'
2026-10-14,-8.76
2026-10-14,5.10
2026-10-14,-20400.00
2026-10-15,-8.76
2026-10-15,6.12
2026-10-15,73440.00
2026-10-16,-1.56
2026-10-16,2.448
X
same got want "what the borrower pays and has, day by day"
is "$(unbalanced coll2.set)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile coll2.set
exits 0 "the ledger balances" exch-settle report -q -o x trial-balance coll2.set
# Where no row tells any more, all of it goes back.
sed 's/-01,,102/-01,2026-10-09,102/' coll.csv >ends.csv
exch-settle -q --calendar "$dtc" --lending lend.csv --collateral ends.csv \
	--opening had.csv --until 2026-10-09 -o ends.set one.xst
is "$(exch-settle report -q -f csv balances ends.set | grep -c collateral)" 0 \
	"none where the table tells none"
exits 2 "collateral of nothing" exch-settle --collateral coll.csv one.xst 2>said
has said '--collateral is of what --lending lends' "is told"

# 6 recalls all it has lent on the 14th.  5 can lend 1,000 more in its place.
# The other 2,000 are late on the 15th and cost 12.00 and 2 % more.
recall() {
	printf '%b' "date,account,symbol,keeps,days\n$1" >recall.csv
	exch-settle --calendar "$dtc" --from one.set --lending lend.csv \
		--recalls recall.csv --premium 200 --need securities \
		--until 2026-10-16 -o recall.set two.xst 2>said
	exch-settle report -q -f csv balances recall.set |
		grep ',loan,\|^[256],holding,ABC' >got
}
recall '2026-10-14,6,ABC,0,1\n'
has said '1 loans that came late were bought in' "a recall that comes late"
printf '%s\n' 2,loan,ABC,-2000 5,holding,ABC,7000 5,loan,ABC,2000 \
	6,holding,ABC,3000 >want
same got want "another one lends in its place, and the rest is bought"
rows posting date,account,qty,amount,ledger,why recall.set |
	grep ',buy-in$' >got
cat >want <<'X'
2026-10-15,6,-2000,0.00,loan,buy-in
2026-10-15,6,2000,0.00,holding,buy-in
2026-10-15,2,2000,0.00,loan,buy-in
2026-10-15,2,-2000,0.00,outside,buy-in
2026-10-15,2,0,-24480.00,holding,buy-in
2026-10-15,2,0,24480.00,outside,buy-in
X
same got want "the borrower pays 2,000 times 12.24"
is "$(unbalanced recall.set)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile recall.set
exits 0 "the ledger balances" \
	exch-settle report -q -o x trial-balance recall.set
# A day later it is in time: what Ann has bought on the 14th goes to 6 first.
recall '2026-10-14,6,ABC,0,2\n'
is "$(grep -c 'bought in' said)" 0 "one that is given back in time"
printf '%s\n' 2,loan,ABC,-4000 5,holding,ABC,5000 5,loan,ABC,4000 \
	6,holding,ABC,3000 >want
same got want "to who recalls it, before who is dearer"
# What it keeps stays, and the last row counts.
recall '2026-10-14,6,ABC,0,1\n2026-10-15,6,ABC,2500,1\n'
is "$(grep -c 'bought in' said)" 0 "less is recalled the next day"
grep '^6' got >kept
printf '%s\n' 6,holding,ABC,1000 6,loan,ABC,2000 >want
same kept want "nobody borrows from it, and what is lent stays"

# A reverse split that leaves a borrower nothing: nobody pays, and no collateral
# stays behind.
cat >small.txt <<'X'
date 2026-10-07
instrument ABC tick 0.01 currency USD reference 10.00
10:00  block 2 ABC @ 10.00 buyer BEN seller ANN
10:00  block 2 ABC @ 10.00 buyer BEN seller CAL
X
printf '%s\n' account,symbol,quantity,price 5,ABC,4,9.00 >small.had
printf '%s\n' account,symbol,quantity,rate 5,ABC,4,3.6% >small.lend
cat >reverse.csv <<'X'
ex,record,pay,action,symbol,into,new,old,cash,price
2026-10-13,,,reverse-split,ABC,,1,3,,
X
printf '%s\n' from,until,collateral,rebate,source \
	2026-01-01,,102%,1.8%,here >small.coll
exch-replay -q small.txt | exch-match -q -o small.xst
for until in 2026-10-09 2026-10-14; do
	exits 0 "small loans until $until" exch-settle -q --calendar "$dtc" \
		--opening small.had --lending small.lend --collateral small.coll \
		--actions reverse.csv --until "$until" -o small.set small.xst
	is "$(unbalanced small.set)" 0 "every entry balances"
	exch-settle report -q -f csv balances small.set >small.$until
done
is "$(grep -c ',loan,ABC,-2$' small.2026-10-09)" 2 "two have borrowed"
is "$(awk -F, '$2 == "collateral" { n += $4 } END { print n + 0 }' \
	small.2026-10-09 small.2026-10-14)" 0 "all collateral is somebody's"

# What is lent afterwards is what is owed.  The lender has 1 of 4 thirds and cash
# for the other third; of the borrowers one owes nothing and pays for two thirds,
# the other owes a third more and has that.  At 30.00.
exch-settle -q --calendar "$dtc" --opening small.had --lending small.lend \
	--actions reverse.csv --until 2026-10-13 -o odd.set small.xst
exch-settle report -q -f csv balances odd.set | grep ',loan,' >got
printf '%s\n' 3,loan,ABC,-1 5,loan,ABC,1 >want
same got want "a reverse split leaves no share that nobody owes"
rows posting account,amount,ledger,why odd.set |
	grep ',holding,action' | grep -v '^1\|,0.00,' >got
printf '%s\n' 5,10.00,holding,action 2,-20.00,holding,action \
	3,10.00,holding,action >want
same got want "and fractions are paid"
# The same of a merger: 1 for 3 of another, at 7.50.
sed 's/^10:00/instrument XYZ tick 0.01 currency USD reference 7.50\n&/;t' \
	small.txt | awk '!/XYZ/ || !n++' >smaller.txt
printf '%s\n' ex,record,pay,action,symbol,into,new,old,cash,price \
	2026-10-13,,,merger,ABC,XYZ,1,3,, >merger.csv
exch-replay -q smaller.txt | exch-match -q -o smaller.xst
exch-settle -q --calendar "$dtc" --opening small.had --lending small.lend \
	--actions merger.csv --until 2026-10-13 -o odd.set smaller.xst
exch-settle report -q -f csv balances odd.set | grep ',loan,' >got
printf '%s\n' 3,loan,XYZ,-1 5,loan,XYZ,1 >want
same got want "nor does a merger"
rows posting account,amount,ledger,why odd.set |
	grep ',holding,action' | grep -v '^1\|,0.00,' >got
printf '%s\n' 5,2.50,holding,action 2,-5.00,holding,action \
	3,2.50,holding,action >want
same got want "whose fractions are paid, too"

# It is of the shares of its day: after a split of two for one twice as many stay.
# The 1,000 that 6 wants back on the 9th are bought before it.
sed 2d act.csv >split.csv
sed 's/^5,ABC,8000/5,ABC,7000/' lend.csv >few.csv
printf '%s\n' date,account,symbol,keeps,days 2026-10-09,6,ABC,2000,0 >recall.csv
exch-settle -q --calendar "$dtc" --opening had.csv --lending few.csv \
	--recalls recall.csv --actions split.csv --until 2026-10-14 \
	-o split.set one.xst
exch-settle report -q -f csv balances split.set |
	grep '^[256],\(loan\|holding\),ABC' >got
printf '%s\n' 2,loan,ABC,-18000 5,holding,ABC,4000 5,loan,ABC,14000 \
	6,holding,ABC,2000 6,loan,ABC,4000 >want
same got want "a split of what a lender keeps"

# A merger: 10,000 ABC become 5,000 XYZ, of which 6 has lent 1,500.  It has said
# that it keeps 1,000 ABC: 500 XYZ, and 1,000 are bought on the day that is three
# settlement days behind the recall, at 20.00.
{
	sed 2q one.txt
	echo instrument XYZ tick 0.01 currency USD reference 20.00
	sed 1,2d one.txt
} >merge.txt
day merge.txt >merge.xst
printf '%s\n' ex,record,pay,action,symbol,into,new,old,cash,price \
	2026-10-13,,,merger,ABC,XYZ,1,2,, >merger.csv
grep -v XYZ few.csv >abc.csv
merged() {
	printf '%b' "date,account,symbol,keeps,days\n$1" >recall.csv
	exch-settle -q --calendar "$dtc" --opening had.csv --lending "$2" \
		--recalls recall.csv --actions merger.csv --until 2026-10-15 \
		-o merged.set merge.xst
	rows posting date,account,symbol,qty,amount,ledger,why merged.set |
		grep '^[^,]*,[26],.*,\(loan\|holding\),buy-in' | cut -d, -f1-6 >got
}
merged '2026-10-09,6,ABC,1000,3\n' abc.csv
cat >want <<'X'
2026-10-15,6,XYZ,-1000,0.00,loan
2026-10-15,6,XYZ,1000,0.00,holding
2026-10-15,2,XYZ,1000,0.00,loan
2026-10-15,2,,0,-20000.00,holding
X
same got want "a recall goes into what the instrument was merged into"
# What it offers of that itself it has not recalled.
merged '2026-10-09,6,ABC,1000,3\n' few.csv
is "$(head -n 1 got)" 2026-10-15,6,XYZ,-900,0.00,loan "besides what it offers"
# A row about that itself counts instead.
merged '2026-10-09,6,ABC,1000,3\n2026-10-14,6,XYZ,1200,1\n' abc.csv
is "$(head -n 1 got)" 2026-10-15,6,XYZ,-300,0.00,loan "until another row says"
# Both, if it came before the merger: 500 and 200.
merged '2026-10-09,6,ABC,1000,3\n2026-10-09,6,XYZ,200,1\n' abc.csv
is "$(head -n 1 got)" 2026-10-15,6,XYZ,-800,0.00,loan "or adds to it"
# About what it lent of the old one there is no row: it keeps all 1,500 of that.
merged '2026-10-09,6,XYZ,200,1\n' abc.csv
is "$(wc -l <got)" 0 "what no row is about is not recalled with it"
merged '2026-10-14,6,XYZ,200,1\n' abc.csv
is "$(head -n 1 got)" 2026-10-15,6,XYZ,-1300,0.00,loan \
	"but is behind the merger"
# The last row about the old one counts.
merged '2026-10-09,6,ABC,0,1\n2026-10-10,6,ABC,1000,2\n' abc.csv
is "$(head -n 1 got)" 2026-10-15,6,XYZ,-1000,0.00,loan \
	"of several the last before it"
exits 0 "it reconciles" exch-settle report -q -o x reconcile merged.set
is "$(unbalanced merged.set)" 0 "every entry balances"

# It has replaced that one also behind another merger: of the 3,000 ABC that are
# now 1,500 QQQ 6 keeps 100.
sed 's/^instrument XYZ/instrument QQQ tick 0.01 currency USD reference 20.00\n&/' \
	merge.txt >twice.txt
day twice.txt >twice.xst
echo 2026-10-15,,,merger,XYZ,QQQ,1,1,, | cat merger.csv - >mergers.csv
printf '%s\n' date,account,symbol,keeps,days 2026-10-09,6,ABC,1000,5 \
	2026-10-14,6,XYZ,100,2 >recall.csv
exch-settle -q --calendar "$dtc" --opening had.csv --lending abc.csv \
	--recalls recall.csv --actions mergers.csv --until 2026-10-20 \
	-o merged.set twice.xst
exch-settle report -q -f csv balances merged.set | grep '^6,loan' >got
echo 6,loan,QQQ,100 >want
same got want "through two mergers the last row counts"

# One that comes when nothing settles is as one of the next settlement day: of
# Saturday and Columbus Day both as of the 13th.
for date in 2026-10-10 2026-10-12 2026-10-13; do
	printf '%s\n' date,account,symbol,keeps,days $date,6,ABC,0,1 >recall.csv
	exch-settle -q --calendar "$dtc" --opening had.csv --lending few.csv \
		--recalls recall.csv --until 2026-10-15 -o sat.set one.xst
	is "$(rows posting date,account,qty,ledger,why sat.set |
		grep ',6,.*,loan,buy-in')" 2026-10-14,6,-3000,loan,buy-in \
		"a recall of $date"
done

# Loans have 63 bits each; the product of one with the sum of three is more than
# 127: 9e18 x 27e18.  With less of each it is not.
huge() {
	{
		echo "date 2026-10-07"
		echo "instrument ABC tick 0.000000001 currency USD"
		for pair in "0 BEN ANN" "1 DAN CIA" "2 FOX EVE"; do
			# shellcheck disable=SC2086 # words
			set -- "$1" $pair
			echo "10:0$2  $3 buy $1 ABC @ 0.000000001"
			echo "+1s    $4 sell $1 ABC @ 0.000000001"
		done
	} >huge.txt
	day huge.txt >huge.xst
	for a in 11 12 13; do
		echo "$a,ABC,$1"
	done >each
	{
		echo account,symbol,quantity,price
		sed 's/$/,0/' each
	} >many.csv
	{
		echo account,symbol,quantity,rate
		sed 's/$/,0%/' each
	} >lent.csv
}
printf '%s\n' date,account,symbol,keeps,days 2026-10-09,11,ABC,0,0 >recall.csv
printf '%s\n' ex,record,pay,action,symbol,into,new,old,cash,price \
	2026-10-12,,,reverse-split,ABC,,9,10,, >fewer.csv
for table in "--recalls recall.csv" "--actions fewer.csv"; do
	for each in 2000000000000000000 9000000000000000000; do
		huge $each
		# shellcheck disable=SC2086 # words
		exch-settle -q -m 1 --opening many.csv --lending lent.csv $table \
			--until 2026-10-12 -o huge.set huge.xst 2>said
		is "$?" $((each > 2000000000000000000 ? 3 : 0)) \
			"three loans of $each, $table"
	done
	has said 'loans of ABC are more than numbers can say' "is told"
done

# Bad tables.
bad() {
	printf 'account,symbol,quantity,rate\n%b' "$1" >bad.csv
	exits 3 "$2" exch-settle -q --lending bad.csv -o x.set one.xst 2>said
	has said "bad.csv:$3" "is told where"
}
bad '5,ABC,1,1%\n5,ABC,2,1%\n' "one that lends twice" 3
bad '5,ABC,0,1%\n' "nothing" 2
bad '5,ABC,1,-1%\n' "for less than nothing" 2
bad '0,ABC,1,1%\n' "nobody" 2
bad '5,ABC,1\n' "no rate" 2
badly() {
	printf '%b' "$2" >bad.csv
	exits 3 "$3" exch-settle -q --lending lend.csv "--$1" bad.csv -o x.set \
		one.xst 2>said
	has said "bad.csv:$4" "is told where"
}
badly recalls 'date,account,symbol,keeps,days\n2026-10-14,6,ABC,0,1\n2026-10-14,6,ABC,1,1\n' \
	"recalled twice" 3
badly recalls 'date,account,symbol,keeps,days\n2026-10-14,6,ABC,0,1\n2026-10-13,6,ABC,1,1\n' \
	"days out of order" 3
badly collateral 'from,until,collateral,rebate,source\n2026-01-01,,102%,0,a\n2026-02-01,,105%,0,b\n' \
	"two for a day" 3
badly collateral 'from,until,collateral,rebate,source\n2026-01-01,,-1%,0,a\n' \
	"less than nothing" 2
finish
