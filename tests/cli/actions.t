#!/bin/sh
# exch-settle --actions: what companies do, to what accounts have and to what is
# open, once, over several days, and with a ledger that balances.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# have STREAM: what accounts hold at its end
have() {
	exch-settle report -q -f csv balances "$1" | grep ',holding,' |
		sed 's/,holding//'
}
# sound STREAM NAME: all ledgers add up to 0, and agree with what is open
sound() {
	exits 0 "$2, and nothing differs" exch-settle report -q -o recon reconcile "$1"
	exits 0 "$2" exch-settle report -q -o trial trial-balance "$1"
}
head='ex,record,pay,action,symbol,into,new,old,cash,price'

# one ROW REFERENCE [QTY]: an account with QTY shares on the ex-date
one() {
	printf 'date 2026-10-06\ninstrument ABC tick 0.01 currency EUR %s\n%s\n' \
		"reference $2" '10:00  ANN buy 1 ABC @ 1.00' >one.txt
	printf 'account,symbol,quantity,price\n7,ABC,%s,1.00\n' "$3" >one.csv
	printf '%s\n%s\n' "$head" "$1" >one.act
	exch-replay -q one.txt | exch-match -q |
		exch-settle -q --opening one.csv --need none --actions one.act \
			-o one.xst
}

# ---- numbers ----

one 2026-10-06,,,dividend,ABC,,,,0.50, 19.50 300
is "$(have one.xst)" "7,ABC,300
7,EUR,150.00" "a dividend of 0.50 brings 300 shares 150.00"
one 2026-10-06,,,dividend,ABC,,,,0.50, 19.50 -300
is "$(have one.xst)" "7,ABC,-300
7,EUR,-150.00" "and who is short of 300 owes 150.00"
one 2026-10-06,,,split,ABC,,3,2,, 20.00 101
is "$(have one.xst)" "7,ABC,151
7,EUR,10.00" "3 for 2: 101 become 151, and half a share at 20.00"
sound one.xst "and the ledger balances"
one 2026-10-06,,,reverse-split,ABC,,1,10,, 100.00 1005
is "$(have one.xst)" "7,ABC,100
7,EUR,50.00" "1 for 10: 1005 become 100, and half a new share"
one 2026-10-06,,,merger,ABC,NEW,2,5,25.00, 40.00 100
is "$(have one.xst | sort)" "7,EUR,2500.00
7,NEW,40" "a merger: 100 become 2,500.00 and 40 of the other"
sound one.xst "and the ledger balances"
one 2026-10-06,,,rights,ABC,ABCR,1,4,,8.00 12.00 100
is "$(have one.xst)" "7,ABC,100
7,ABCR,100" "a right for each share"
one 2026-10-06,,,spin-off,ABC,SUB,1,5,, 12.00 100
is "$(have one.xst)" "7,ABC,100
7,SUB,20" "a spin-off: one for five"
one 2026-10-06,,,stock-dividend,ABC,,1,20,, 12.00 100
is "$(have one.xst)" "7,ABC,105" "5 percent in stock"
one 2026-10-05,,,split,ABC,,3,2,, 20.00 101
is "$(have one.xst)" "7,ABC,101" "what was before the first day has been done"
exch-replay -q -f csv --type action one.xst >got
is "$(wc -l <got)" 1 "and is not told"

# ---- what is open: Ann has bought 100, Ben and Cia have sold 49 and 51 ----

cat >mon.txt <<'X'
date 2026-10-05
instrument ABC tick 0.01 currency EUR reference 30.00
10:00  block 49 ABC @ 30.00 buyer ANN seller BEN
+1s    block 51 ABC @ 30.00 buyer ANN seller CIA
X
exch-replay -q mon.txt | exch-match -q >mon.xst
for how in "-m 1" "-m 1 --bilateral" "-m 2" "-m 3"; do
	printf '%s\n%s\n' "$head" 2026-10-06,,,split,ABC,,3,2,, >split.act
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --actions split.act --until 2026-10-06 \
		-o split.xst mon.xst
	have split.xst >got
	case $how in
	*3)
		printf '%s\n' 1,ABC,150 1,EUR,-3000.00 2,ABC,-73 2,EUR,1460.00 \
			3,ABC,-76 3,EUR,1520.00 >want
		;;
	*)
		printf '%s\n' 1,ABC,149 1,EUR,-2980.00 2,ABC,-73 2,EUR,1460.00 \
			3,ABC,-76 3,EUR,1520.00 >want
		;;
	esac
	same got want "halves of shares are paid at 20.00 ($how)"
	sound split.xst "the ledger balances ($how)"
done
# Nets of the day before, with the counterparty's, add up to 0.
printf 'account,symbol,quantity,price\n9,ABC,1,1.00\n' >none.csv
exch-settle -q --actions split.act --opening none.csv --until 2026-10-06 \
	-o fail.xst mon.xst
exch-replay -q -f csv --type net fail.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["flags"] ~ /snapshot/ { q += $at["qty"]; c += $at["cash"]; n++ }
	END { print n, q, c }' >got
echo 3 0 0 >want
same got want "what is open adds up to 0"

# ---- dividends: from the ex-date to the day of payment ----

printf '%s\n%s\n' "$head" 2026-10-06,2026-10-06,2026-10-08,dividend,ABC,,,,0.50, >div.act
exch-settle -q --actions div.act --until 2026-10-07 -o wed.xst mon.xst
exch-settle report -q -f csv balances wed.xst | grep entitled >got
printf '%s\n' 1,entitled,ABC,100 2,entitled,ABC,-49 3,entitled,ABC,-51 >want
same got want "who bought before the ex-date is entitled, settled or not"
exch-settle -q --actions div.act --until 2026-10-08 -o thu.xst mon.xst
have thu.xst >want
grep -c '1,EUR,-2950.00' want >got
is "$(cat got)" 1 "and has 50.00 on the day of payment"
is "$(exch-settle report -q -f csv balances thu.xst | grep -c entitled)" 0 \
	"nothing is left to come"
sound thu.xst "and the ledger balances"
# The same by days, each from the one before.
exch-settle -q --actions div.act -o day.5 mon.xst
last=day.5
for n in 6 7 8 9; do
	printf 'date 2026-10-0%s\ninstrument ABC tick 0.01 currency EUR\n%s\n' \
		$n '10:00  ANN buy 1 ABC @ 1.00' >day.txt
	exch-replay -q day.txt | exch-match -q |
		exch-settle -q --actions div.act --from "$last" -o day.$n
	last=day.$n
done
have day.9 >got
same got want "four days, each from the one before, pay it once"
is "$(exch-replay -q -f csv --type action day.6 | wc -l) $(
	exch-replay -q -f csv --type action day.7 | wc -l)" "2 1" "and tell it once"
# Who fails to deliver over the record date owes it all the same.
exch-settle -q --actions div.act --opening none.csv --until 2026-10-08 \
	-o late.xst mon.xst
exch-settle report -q -f csv balances late.xst | grep '^1,' >got
printf '%s\n' 1,due,ABC,100 1,due,EUR,-2950.00 1,outside,EUR,-50.00 >want
same got want "who waits has it, and what he waits for is worth so much less"
exch-replay -q -f csv --type posting late.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["why"] == "action" && $at["amount"] + 0 != 0 && $at["ledger"] == "holding" {
		print $at["account"], $at["amount"], $at["date"] }' >got
printf '%s\n' "1 50.00 2026-10-08" "2 -24.50 2026-10-08" "3 -25.50 2026-10-08" \
	"9 0.50 2026-10-08" >want
same got want "from who does not deliver, over the record date"

# ---- what is refused ----

# refused ROWS WHAT
refused() {
	printf '%s\n%s\n' "$head" "$1" >bad.act
	exits 3 "refused: $2" exch-settle -q --actions bad.act -o x.xst \
		--until 2026-10-09 mon.xst 2>err
	has err "$2" "and told"
}
refused '2026-10-07,,,dividend,ABC,,,,0.50,
2026-10-06,,,dividend,ABC,,,,0.50,' 'bad.act:3.*the ex-date is before that of line 2'
refused '2026-10-06,,,dividend,ABC,,,,0.50,
2026-10-06,,,dividend,ABC,,,,0.50,' 'bad.act:3.*is the same action'
refused '2026-10-06,,2026-10-09,dividend,ABC,,,,0.50,
2026-10-07,,2026-10-09,dividend,ABC,,,,0.50,' 'before the last one is paid'
refused '2026-10-06,,,merger,ABC,NEW,1,7,,' 'at a price nobody knows'

finish
