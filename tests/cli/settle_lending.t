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
finish
