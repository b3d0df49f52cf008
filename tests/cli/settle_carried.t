#!/bin/sh
# exch-settle --from: days one by one, each from what the one before has left,
# come to what a run over all of them comes to; also those on which nobody
# trades, for loans, their collateral and recalls go by the last price.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# Ann sells what she has not, at 12.00 where the reference is 10.00.  The days
# behind it have an order each that nobody takes, and Friday to Tuesday are a
# weekend and Columbus Day.
trade='10:00  BEN buy 3000 ABC @ 12.00
+1s    ANN sell 3000 ABC @ 12.00'
quiet='10:00  BEN buy 1 ABC @ 1.00'
abc='instrument ABC tick 0.01 currency USD'
printf '%s\n' "date 2026-10-07" "$abc reference 10.00" "$trade" >1.txt
for d in 2 3 4 5; do
	case $d in
	2) date=2026-10-08 ;;
	3) date=2026-10-09 ;;
	4) date=2026-10-13 ;;
	5) date=2026-10-14 ;;
	esac
	printf '%s\n' "date $date" "$abc" "$quiet" >$d.txt
done
cat 1.txt >all.txt
for d in 2 3 4 5; do
	grep -v instrument $d.txt >>all.txt
done
printf '%s\n' account,symbol,quantity,price 5,ABC,2000,9.00 6,ABC,3000,9.00 \
	>had.csv
printf '%s\n' account,symbol,quantity,rate 5,ABC,2000,3.6% 6,ABC,3000,0.36% \
	>lend.csv
printf '%s\n' from,until,collateral,rebate,source \
	2026-01-01,2026-10-13,102%,1.8%,a 2026-10-13,,105%,1.8%,b >coll.csv
# 6 lends it all and keeps 500 from the 9th on; 5 lends 2,000 in its place, and
# the other 500 are bought on the 13th.
printf '%s\n' date,account,symbol,keeps,days 2026-10-09,6,ABC,500,1 >recall.csv

# moved STREAM...: what was posted, but for what there was before
moved() {
	for f; do
		rows posting date,account,symbol,currency,qty,amount,ledger,why \
			"$f"
	done | grep -v ',opening$' | sort
}

# chain OPTION...: each day from the one before
chain() {
	last="--opening had.csv"
	for d in 1 2 3 4 5; do
		day $d.txt >$d.xst
		# shellcheck disable=SC2086 # words
		exch-settle -q $last --need securities "$@" -o $d.set $d.xst ||
			return 1
		last="--from $d.set"
	done
}

day all.txt >all.xst
dtc=$src/data/settle/dtc.csv
for how in "-m 3" "-m 1" "-m 2 --bilateral"; do
	# shellcheck disable=SC2086 # options
	set -- $how --calendar "$dtc" --lending lend.csv --collateral coll.csv \
		--recalls recall.csv --premium 200 --seed 3
	ok "all days ($how)" exch-settle -q --opening had.csv "$@" -o all.set \
		all.xst
	ok "day by day ($how)" chain "$@"
	moved all.set >want
	moved 1.set 2.set 3.set 4.set 5.set >got
	same got want "the same is posted ($how)"
	exch-settle report -q -f csv balances all.set >want
	exch-settle report -q -f csv balances 5.set >got
	same got want "and the same is left ($how)"
done
# By hand, at 12.00: 102 % of 36,000.00 until the 9th, 105 % of 30,000.00 when
# 500 have been bought for 6,120.00.
moved 1.set 2.set 3.set 4.set 5.set >all
grep '^[^,]*,2,.*,collateral,' all >got
cat >want <<'X'
2026-10-08,2,,USD,0,36720.00,collateral,loan
2026-10-13,2,,USD,0,-5220.00,collateral,loan
X
same got want "collateral on days without a trade"
grep '^[^,]*,2,,USD,.*,holding,buy-in' all >got
echo 2026-10-13,2,,USD,0,-6120.00,holding,buy-in >want
same got want "and what was recalled is bought"
# 3,000 at 0.36 % for a night; 500 and 2,500 over four, of which 2,000 are dearer.
grep '^[^,]*,2,,USD,.*,holding,loan' all | cut -d, -f1,6 | sort >got
awk 'BEGIN {
	rebate = 36720 * 0.018 / 360
	printf "2026-10-08,-36720.00\n"
	printf "2026-10-09,%.3f\n2026-10-09,%.2f\n", rebate, -36000 * 0.0036 / 360
	printf "2026-10-13,%.3f\n", 4 * rebate
	printf "2026-10-13,5220.00\n"
	printf "2026-10-13,%.2f\n", -4 * (24000 * 0.036 + 12000 * 0.0036) / 360
	printf "2026-10-14,%.3f\n", 31500 * 0.018 / 360
	printf "2026-10-14,%.2f\n", -(24000 * 0.036 + 6000 * 0.0036) / 360
}' | sort >want
same got want "loans cost by the last price"

# A stream of an older version tells no price at its end: the last execution is
# looked at, or else the reference.
older() {
	exch-replay -q -f json "$1" | grep -v '"t":"price"' | awk '
	match($0, /"source":[0-9]+,"seq":"/) {
		who = substr($0, RSTART, RLENGTH)
		sub(/"seq":"[0-9]+"/, "\"seq\":\"" ++c[who] "\"")
	}
	!/"t":"end"/ { print }' | exch-replay -q --partial >old.set
}
exch-settle -q --opening had.csv "$@" -o 1.set 1.xst
older 1.set
is "$(exch-replay -q -f json old.set | grep -c '"t":"price"')" 0 "an older stream"
day 2.txt >2.xst
for f in 1 old; do
	exch-settle -q --from $f.set --need securities "$@" -o next.$f 2.xst
	moved next.$f >$f.moved
done
same old.moved 1.moved "goes on at the price of its last execution"
is "$(grep -c ',36720.00,collateral,' old.moved)" 1 "which is 12.00"
# One that tells a price that is none was made by somebody else.
exch-replay -q -f json 1.set | grep -v '"t":"end"' | sed \
	'/"t":"price"/s/"price":[0-9.]*/"price":null/' |
	exch-replay -q --partial >none.set
exits 3 "a price that is none" exch-settle --from none.set "$@" -o x.set 2.xst 2>said
has said 'none.set.*a price is none' "is told"
# What has expired is still valued as long as somebody owes or lends some of it.
# The days behind it do not announce it.
def='instrument DEF tick 0.01 currency USD'
printf '%s\n' "date 2026-10-07" \
	"instrument ABC kind bond tick 0.01 currency USD expiry 2026-10-09 reference 10.00" \
	"$trade" >1.txt
sed "2a\\
$def" 1.txt >all.txt
for d in 2 3 4 5; do
	sed "s/^instrument.*/$def/; s/ABC/DEF/" $d.txt >ended.txt
	mv ended.txt $d.txt
	grep -v instrument $d.txt >>all.txt
done
day all.txt >all.xst
set -- -m 3 --calendar "$dtc" --lending lend.csv --collateral coll.csv
ok "all days of what expires" exch-settle -q --opening had.csv \
	--need securities "$@" -o all.set all.xst
ok "day by day" chain "$@"
moved all.set >want
moved 1.set 2.set 3.set 4.set 5.set >got
same got want "the same is posted"
for d in 3 5; do
	is "$(rows price symbol,price $d.set)" ABC,12.00 "its price is told on day $d"
done

# The price of one currency is none of another.
printf '%s\n' 'date 2026-10-13' 'instrument ABC tick 0.01 currency EUR' \
	'10:00  BEN buy 1 ABC @ 1.00' '+1s    ANN sell 1 ABC @ 1.00' >eur.txt
day eur.txt >eur.xst
exits 1 "another currency" exch-settle --from 2.set \
	"$@" -o eur.set eur.xst 2>said
has said 'ABC was announced in another currency before' "is told"
has said 'a trade of instrument 1, which was never announced' \
	"and so are its trades"
is "$(rows obligation symbol,qty,cash eur.set | grep -c ',1,')" 0 \
	"which are none of the other currency"
# Also where the same stream has announced it before.
sed 's/EUR/USD/' eur.txt >usd.txt
day usd.txt | exch-replay -q -f json | awk '
/"t":"end"/ { next }
{ print }
/"t":"instrument"/ && !n++ { sub(/USD/, "EUR"); print }' | awk '
match($0, /"source":[0-9]+,"seq":"/) {
	who = substr($0, RSTART, RLENGTH)
	sub(/"seq":"[0-9]+"/, "\"seq\":\"" ++c[who] "\"")
}
{ print }' | exch-replay -q --partial >both.xst
exits 1 "two currencies" exch-settle -o both.set both.xst 2>said
is "$(rows obligation symbol,qty,cash both.set | wc -l)" 0 \
	"nothing is owed in the first"

# An id that settlement gave to one of before is no other's later on.
printf '%s\n' account,symbol,quantity,price 5,GONE,10,9.00 >gone.csv
printf '%s\n' 'date 2026-10-08' 'instrument ABC tick 0.01 currency USD' \
	'instrument NEW tick 0.01 currency USD' '10:00  BEN buy 1 ABC @ 1.00' \
	'10:01  BEN buy 1 NEW @ 1.00' >ids.txt
# NEW is announced behind the first order, as 65536.
sed '/NEW/d; s/10-08/10-07/' ids.txt >known.txt
day known.txt >known.xst
exch-settle -q --opening gone.csv -o known.set known.xst
day ids.txt | exch-replay -q -f json | awk '
/"t":"instrument".*"NEW"/ { late = $0; next }
/"t":"end"/ { next }
/"instr":2,/ && late != "" { print late; late = "" }
{ print }' | awk '
{ sub(/"instr":2,/, "\"instr\":65536,") }
match($0, /"source":[0-9]+,"seq":"/) {
	who = substr($0, RSTART, RLENGTH)
	sub(/"seq":"[0-9]+"/, "\"seq\":\"" ++c[who] "\"")
}
{ print }' | exch-replay -q --partial >ids.xst
exits 1 "an id that is taken" exch-settle --from known.set -o ids.set ids.xst 2>said
has said 'id 65536 of NEW was given to GONE before' "is told"
finish
