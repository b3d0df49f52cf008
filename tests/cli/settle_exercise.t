#!/bin/sh
# exch-settle --exercises: options that end, by exception and by wish, who is
# assigned, and what is delivered and paid; by hand, under all models.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

cat >opt.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 55.00
instrument C50 kind option tick 0.01 currency USD multiplier 100 strike 50 expiry 2026-10-09 underlying ABC
instrument P60 kind option tick 0.01 currency USD multiplier 100 strike 60 expiry 2026-10-09 underlying ABC right put
instrument C60 kind option tick 0.01 currency USD multiplier 100 strike 60 expiry 2026-10-09 underlying ABC
10:00  block 3 C50 @ 5.10 buyer ANN seller BEN
+1s    block 2 C50 @ 5.00 buyer ANN seller CIA
+1s    block 4 P60 @ 5.00 buyer DAN seller BEN
+1s    block 7 C60 @ 0.10 buyer DAN seller ANN
X
day opt.txt >opt.xst
echo date,account,symbol,wish,contracts >none.csv
exch-settle --exercises none.csv --until settled -o none.xst opt.xst 2>said
has said '9 contracts were exercised' "what is in the money, without a wish"
# 5 calls at 50 and 4 puts at 60; premiums 1,530 + 1,000, 2,000 and 70.
exch-settle report -q -f csv balances none.xst >got
cat >want <<'X'
account,ledger,unit,amount
1,holding,ABC,500
1,holding,USD,-27460.00
2,holding,ABC,100
2,holding,USD,-5470.00
3,holding,ABC,-200
3,holding,USD,11000.00
4,holding,ABC,-400
4,holding,USD,21930.00
X
same got want "100 shares and the strike for each, and nothing of the options"
is "$(unbalanced none.xst)" 0 "every entry balances"
exits 0 "it reconciles" exch-settle report -q -o x reconcile none.xst
rows posting date,why none.xst | grep exercise | sort -u >got
echo 2026-10-09,exercise >want
same got want "on the day of its end"
is "$(rows posting account,qty,date,ledger,why none.xst |
	grep -c '^4,-400,2026-10-12,holding,settle')" 1 \
	"and delivered on the next settlement day"

# A trade that is broken, or corrected, behind the end of its series: what came
# of it stays, and no contract comes back.  On its last day it goes back.
late() {
	{
		cat opt.txt
		printf '%b' "$1"
	} >late.txt
	day late.txt >late.xst
	exch-settle --exercises none.csv "$2" "$3" --until settled -o late.set \
		late.xst 2>said
	got=$?
	exch-settle report -q -f csv balances late.set >got
}
exch-settle report -q -f csv balances none.xst >want
for model in 3 1; do
	late 'date 2026-10-12\n10:00  break 2 C50\n' -m $model
	is $got 1 "one that is broken late (model $model)"
	has said 'C50 has ended on 20261009: a trade in it is broken too late' \
		"is told"
	same got want "and changes nothing"
	late 'date 2026-10-12\n10:00  break 2 C50 with 1 @ 5.00\n' -m $model
	is $got 1 "one that is corrected late"
	same got want "changes nothing either"
	late '+1s  break 2 C50\n' -m $model
	is $got 0 "one of the last day can be broken"
	is "$(grep '^3' got)" "" "and nobody has anything of it"
	exits 0 "it reconciles" exch-settle report -q -o x reconcile late.set
done
# So it is in the stream of the next day, which remembers no trade of before.
printf '%s\n' 'date 2026-10-12' "$(grep 'instrument' opt.txt)" \
	'10:00  block 1 C50 @ 5.10 buyer ANN seller BEN' >next.txt
day next.txt >next.xst
exch-settle -q --exercises none.csv -o first.set opt.xst
exits 1 "a trade after the end" exch-settle --exercises none.csv --from first.set \
	-o next.set next.xst 2>said
has said 'C50 has ended on 20261009: a trade in it is too late' "is told"
is "$(exch-settle report -q -f csv balances next.set | grep -c C50)" 0 \
	"and nobody has any"

# A venue may number its trades as obligations of exercises are numbered.
exch-replay -q -f json opt.xst |
	sed '/"t":"trade"/s/"match":"\([0-9]*\)"/"match":"230584300921369400\1"/' |
	exch-replay -q >high.xst
is "$(rows trade match high.xst | sort -u | head -n 1)" 2305843009213694001 \
	"numbers from 2^61 up"
exch-settle -q --exercises none.csv --until settled -o high.set high.xst
exits 0 "are no exercises" exch-settle report -q -o x reconcile high.set
exch-settle report -q -f csv balances high.set >got
exch-settle report -q -f csv balances none.xst >want
same got want "and settle as any"

# A wish for some of them.
echo 2026-10-09,1,C50,abandon,1 | cat none.csv - >wish.csv
echo 2026-10-09,4,C60,exercise, >>wish.csv
exch-settle --exercises wish.csv --until settled -o wish.xst opt.xst 2>said
has said '15 contracts were exercised' "4 of 5, and 7 that are out of the money"
exch-settle report -q -f csv balances wish.xst | grep ',ABC,\|,[CP][56]0,' |
	awk -F, '{ n += $4; print $1, $3, $4 > "got" } END { print n + 0 }' >sum
is "$(cat sum)" 0 "shares add up to nothing"
has got '^1 ABC -300' "Ann: 400 by her calls, 700 to deliver"
is "$(unbalanced wish.xst)" 0 "every entry balances"
# The same seed assigns the same, and any seed as many.
exch-settle -q --exercises wish.csv --until settled -o again.xst opt.xst
cmp -s wish.xst again.xst
result $? "the same seed, the same stream"
for seed in 1 2 3 4 5 6 7 8; do
	exch-settle -q --seed $seed --exercises wish.csv --until settled \
		-o seed.xst opt.xst
	exch-settle report -q -f csv balances seed.xst |
		awk -F, '$3 == "ABC" && $1 == 3 { print $4 }'
done | sort | uniq -c | wc -l >kinds
is "$(($(cat kinds) > 1))" 1 "by chance: Cia is assigned one or two"

# Pro rata it is the same whatever the seed is: 4 of 5 are 2 and 2.
echo 2026-10-09,1,C50,abandon,1 | cat none.csv - >four.csv
for seed in 1 2 3 4; do
	exch-settle -q --seed $seed --assign pro-rata --exercises four.csv \
		--until settled -o rata.xst opt.xst
	exch-settle report -q -f csv balances rata.xst |
		awk -F, '$3 == "ABC" && $1 == 3 { print $4 }'
done | sort | uniq -c | sed 's/^ *//' >kinds
is "$(cat kinds)" "4 -200" "pro rata: Cia is assigned two of her two"
exits 0 "it reconciles" exch-settle report -q -o x reconcile rata.xst
exits 2 "no such way" exch-settle --assign fifo --exercises four.csv opt.xst \
	2>said
has said "'fifo' is neither random nor pro-rata" "is told"
exits 2 "nothing to assign" exch-settle --assign pro-rata opt.xst 2>said
has said 'assign is of what' "is told"

# Delivery versus payment of the other models.
for model in 1 2; do
	exch-settle -q -m $model --exercises none.csv --until settled \
		-o model.xst opt.xst
	exch-settle report -q -f csv balances model.xst >got
	exch-settle report -q -f csv balances none.xst >want
	same got want "model $model comes to the same"
	is "$(unbalanced model.xst)" 0 "and balances"
done

# Before its day: of what is settled, and never more than there is.
sed 's/expiry 2026-10-09/expiry 2026-11-20/' opt.txt >later.txt
cat >>later.txt <<'X'
date 2026-10-13
10:00  block 1 ABC @ 55.00 buyer ANN seller BEN
X
day later.txt >later.xst
echo 2026-10-13,1,C50,exercise,2 | cat none.csv - >early.csv
exch-settle --exercises early.csv --until settled -o early.xst later.xst 2>said
has said '2 contracts were exercised' "early, as wished"
exch-settle report -q -f csv balances early.xst | grep '^1,holding,C50' >got
echo 1,holding,C50,3 >want
same got want "the rest stays"
exits 0 "it reconciles" exch-settle report -q -o x reconcile early.xst

# What an exercise leaves between a pair goes on the next day, also to a writer
# of a lower number than the holder has.
printf '%s\n' 'date 2026-10-12' 'instrument ABC tick 0.01 currency USD' \
	'10:00  ANN buy 1 ABC @ 1.00' >after.txt
day after.txt >after.xst
exch-settle -q -m 2 --bilateral --exercises none.csv -o pair.set opt.xst
exits 0 "pairs of exercises" exch-settle -q -m 2 --bilateral --exercises none.csv \
	--from pair.set --until settled -o pairs.set after.xst
exch-settle report -q -f csv balances pairs.set >got
exch-settle report -q -f csv balances none.xst >want
same got want "come to the same"

# Refused.
echo 2026-10-09,1,C50,exercise,6 | cat none.csv - >bad.csv
exits 3 "more than there is" exch-settle -q --exercises bad.csv -o x opt.xst 2>err
has err 'bad.csv:2: account 1 has 5 contracts left on that day' "its line is told"
echo 2026-10-09,1,C50,keep, | cat none.csv - >bad.csv
exits 3 "no such wish" exch-settle -q --exercises bad.csv -o x opt.xst 2>err
has err 'bad.csv:2' "its line is told"
printf '%s\n' 2026-10-09,1,C50,exercise,1 2026-10-09,1,C50,exercise,2 |
	cat none.csv - >bad.csv
exits 3 "twice" exch-settle -q --exercises bad.csv -o x opt.xst 2>err
has err 'bad.csv:3' "its line is told"
printf '%s\n' 2026-10-09,1,C50,exercise,1 2026-10-08,1,C50,exercise,2 |
	cat none.csv - >bad.csv
exits 3 "days out of order" exch-settle -q --exercises bad.csv -o x opt.xst 2>err
has err 'its day is before that of the row above' "is told"
printf 'account,symbol,quantity,price\n5,C50,1,1.00\n' >had.csv
exits 3 "nobody has written it" exch-settle -q --need none --opening had.csv \
	--exercises none.csv -o x opt.xst 2>err
has err 'C50 on 20261009: more is exercised than anybody has written' "is told"
sed 's/ reference 55.00//' opt.txt >price.txt
day price.txt >price.xst
exits 3 "no price" exch-settle -q --exercises none.csv -o x price.xst 2>err
has err 'nobody knows the price of its underlying' "is told"
exch-settle -q --until settled -o plain.xst opt.xst
is "$(rows posting why plain.xst | grep -c exercise)" 0 \
	"without the table nothing is exercised"

finish
