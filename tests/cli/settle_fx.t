#!/bin/sh
# exch-settle with several currencies: each settles in its own, nobody pays in
# one with another unless money is changed, at which rate, and where the rest of
# the rounding is; and a random run whose every entry is worked out again.
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- two currencies ----

# Ann owes 10,000.00 dollars and has 4,000.00, and 6,000.00 euros.  Ben owes
# 5,000.00 euros and has them.
cat >two.txt <<'X'
date 2026-10-06
instrument ABC tick 0.01 currency USD reference 10.00
instrument XYZ tick 0.01 currency EUR reference 50.00
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 100 XYZ @ 50.00 buyer BEN seller CIA
X
cat >rates.csv <<'X'
date,base,quote,rate
2026-10-06,EUR,USD,1.08
2026-10-07,EUR,USD,1.0825
X
cat >cash.csv <<'X'
account,currency,amount
1,USD,4000.00
1,EUR,6000.00
2,EUR,5000.00
X
exch-replay -q two.txt | exch-match -q -o two.xst
exch-settle -q --currency USD --cash cash.csv --rates rates.csv \
	--until settled -o no.xst two.xst
rows fail account,qty,cash,currency,reason no.xst >got
printf '%s\n' 1,1000,-10000.00,USD,cash 2,-1000,10000.00,USD,other >want
same got want "euros do not pay dollars by themselves"
exch-settle report -q -f csv balances no.xst | grep '^[123],holding' >got
cat >want <<'X'
1,holding,EUR,6000.00
1,holding,USD,4000.00
2,holding,XYZ,100
3,holding,XYZ,-100
3,holding,EUR,5000.00
X
same got want "and the other currency settles"

# 6,000.00 / 1.0825 = 5,542.725173..: 5,542.73 are paid, and 0.004827 are left.
exch-settle --currency USD --cash cash.csv --rates rates.csv --convert \
	--until settled -o yes.xst two.xst 2>said
is "$(rows fail account yes.xst)" "" "money is changed: nothing fails"
rows posting account,ledger,amount,currency,why yes.xst | grep convert >got
cat >want <<'X'
1,holding,6000.00,USD,convert
4294967294,holding,-6000.00,USD,convert
1,holding,-5542.73,EUR,convert
4294967294,holding,5542.725173,EUR,convert
4294967294,rounding,0.004827,EUR,convert
X
same got want "at the rate of the day, to the hundredth; the bank keeps the rest"
exch-settle report -q -f csv balances yes.xst | grep '^bank' >got
cat >want <<'X'
bank,holding,EUR,5542.725173
bank,rounding,EUR,0.004827
bank,holding,USD,-6000.00
X
same got want "in an account of its own"
rows rate date,base,quote,rate yes.xst | tail -n 1 >got
echo 2026-10-07,EUR,USD,1.0825 >want
same got want "the rate is told"
# 10,000.00 + 5,000.00 x 1.0825
has said 'all together traded 15412.50 USD, to be paid 15412.50' \
	"all of it in dollars"
exch-settle report -q -f csv --in USD totals yes.xst | grep ^settle >got
cat >want <<'X'
settle,holding,EUR,5000.00,5412.50
settle,holding,USD,10000.00,10000.00
settle,holding,all,,15412.50
X
same got want "and what has settled"
exits 1 "in a currency nobody knows" exch-settle report -q --in GBP -o x \
	totals yes.xst
exits 0 "without one nothing is valued" exch-settle report -q -f csv -o x \
	totals yes.xst
is "$(grep -c all x)" 0 "and nothing is added up"
exits 0 "trades and ledger agree" exch-settle report -q -o x reconcile yes.xst
exits 0 "and it balances" exch-settle report -q -o x trial-balance yes.xst
for model in 2 "2 --bilateral"; do
	# shellcheck disable=SC2086 # a number, and an option
	exch-settle -q -m $model --currency USD --cash cash.csv \
		--rates rates.csv --convert --until settled -o pairs.xst two.xst
	rows posting account,ledger,amount,currency,why pairs.xst |
		grep convert >got
	is "$(head -n 1 got),$(wc -l <got | tr -d ' ')" \
		"1,holding,6000.00,USD,convert,5" "model $model does it, too"
done

# What one lacks is covered whole or not at all: 5,542.72 are not enough.
sed 's/6000.00/5542.72/' cash.csv >less.csv
exch-settle -q --currency USD --cash less.csv --rates rates.csv --convert \
	--until settled -o less.xst two.xst
rows fail account,reason less.xst >got
printf '%s\n' 1,cash 2,other >want
same got want "a hundredth less, and nothing is changed"
is "$(rows posting why less.xst | grep -c convert)" 0 "not even a part"

# A third currency: 6,000.00 dollars, of which euros buy 3,247.50 (3,000 x
# 1.0825) and yen the 2,752.50 that are left, at 150.30: 413,700.75.
cat >three.csv <<'X'
account,currency,amount
1,USD,4000.00
1,EUR,3000.00
1,JPY,413700.75
2,EUR,5000.00
X
cat >rates3.csv <<'X'
date,base,quote,rate
2026-10-07,EUR,USD,1.0825
2026-10-06,USD,JPY,150.3
X
exch-settle -q --currency USD --cash three.csv --rates rates3.csv --convert \
	--until settled -o three.xst two.xst
exch-settle report -q -f csv balances three.xst | grep '^1,holding' >got
echo 1,holding,ABC,1000 >want
same got want "one currency after the other, to the last yen"

# The next day goes on with what the bank has.
sed 's/^date .*/date 2026-10-08/' two.txt >later.txt
exch-replay -q later.txt | exch-match -q | exch-settle -q --from yes.xst \
	--need cash --rates rates.csv --convert --until settled -o later.xst
rows fail account,currency,reason later.xst | sort >got
printf '%s\n' 1,USD,cash 2,USD,other | sort >want
same got want "Ann has not enough of anything any more"
# Ben has her 10,000.00 dollars of yesterday: 5,000.00 x 1.0825 = 5,412.50.
exch-settle report -q -f csv balances later.xst | grep '^bank' >got
cat >want <<'X'
bank,holding,EUR,542.725173
bank,rounding,EUR,0.004827
bank,holding,USD,-587.50
X
same got want "and Ben buys back euros of what the bank has"

# ---- what is refused ----

bad() {
	exits 3 "$1: status 3" exch-settle --currency USD --cash "$2" \
		--rates "$3" -o x.xst two.xst 2>said
	has said "$4" "  $4"
}
cp rates.csv r.csv
echo 2026-10-07,EUR,USD,1.09 >>r.csv
bad "a rate twice" cash.csv r.csv 'r.csv:4: line 3 has the rate of this pair'
printf 'date,base,quote,rate\n2026-10-07,EUR,USD,1.0a\n' >r.csv
bad "a rate that is none" cash.csv r.csv "r.csv:2:.*'1.0a' is no 'rate'"
printf 'date,base,rate\n2026-10-07,EUR,1.08\n' >r.csv
bad "a column that is not there" cash.csv r.csv "r.csv:1:.*quote"
printf 'account,currency,amount\n1,USD,1.0000001\n' >c.csv
bad "cash that is none" c.csv rates.csv "c.csv:2:.*'1.0000001' is no 'amount'"
: >r.csv
bad "an empty table" cash.csv r.csv "r.csv:.*"
exits 2 "no rates" exch-settle --convert -a a.csv two.xst 2>said
has said 'changes money at --rates' "is told"
exits 2 "nobody is asked" exch-settle --rates rates.csv --convert two.xst \
	2>said
has said 'nobody is asked for cash' "is told"
exits 2 "model 1" exch-settle -m 1 --need cash --rates rates.csv --convert \
	two.xst 2>said
has said 'models 2 and 3' "is told"
exits 2 "which currency is that of accounts" exch-settle --cash cash.csv \
	two.xst 2>said
has said 'currency has to say' "is told"
exits 2 "cash twice" exch-settle --from no.xst --cash cash.csv two.xst 2>said
has said 'from says what accounts have: --cash' "is told"

# ---- at random ----

# Three hundred trades of twenty accounts in three currencies, two days.
awk 'BEGIN {
	srand(5)
	for (d = 6; d <= 7; d++) {
		f = "day" d ".txt"
		print "date 2026-10-0" d > f
		print "instrument AAA tick 0.01 currency USD reference 10.00" > f
		print "instrument BBB tick 0.01 currency EUR reference 20.00" > f
		print "instrument CCC tick 1 currency JPY reference 1500" > f
		for (i = 0; i < 300; i++) {
			b = int(rand() * 20); s = (b + 1 + int(rand() * 19)) % 20
			k = int(rand() * 3)
			p = sprintf("%.2f", (k + 1) * 10 + rand())
			if (k == 2) p = int(1400 + rand() * 200)
			at = i == 0 ? "10:00" : "+1s"
			printf "%s block %d %s @ %s buyer A%02d seller A%02d\n", \
			    at, 1 + int(rand() * 500), \
			    substr("AAABBBCCC", 1 + 3 * k, 3), p, b, s > f
		}
	}
	print "account,currency,amount"
	for (a = 1; a <= 20; a++) {
		print a ",USD," int(rand() * 9000)
		print a ",EUR," int(rand() * 9000) ".13"
		print a ",JPY," int(rand() * 900000)
	}
}' >money.csv
for convert in "" --convert; do
	exch-replay -q day6.txt | exch-match -q |
		exch-settle -q --currency USD --cash money.csv $convert \
			--rates rates3.csv -o a$convert.xst
	exch-replay -q day7.txt | exch-match -q |
		exch-settle -q --from a$convert.xst --need cash $convert \
			--rates rates3.csv --until settled -o b$convert.xst
done
for f in a b; do
	rows posting entry,symbol,currency,qty,amount $f--convert.xst | awk -F, '
	{ sum[$1 "," $2 "," $3] += $4 * 1000000 + $5 * 1000000 }
	END { for (k in sum) if (sum[k] > 0.5 || sum[k] < -0.5) bad++; print bad + 0 }' >got
	is "$(cat got)" 0 "every entry balances, in each currency"
	rows net symbol,date,currency,cash,flags $f--convert.xst | awk -F, '
	$5 == "" { sum[$1 $2 $3] += $4 } END { for (k in sum) if (sum[k] > 1e-4 || sum[k] < -1e-4) bad++; print bad + 0 }' >got
	is "$(cat got)" 0 "nets add up to nothing in each currency"
	exits 0 "it reconciles" exch-settle report -q -o x reconcile $f--convert.xst
done
plain=$(rows fail account b.xst | wc -l)
changed=$(rows fail account b--convert.xst | wc -l)
ok "changing money leaves fewer fails" test "$changed" -lt "$plain" ||
	echo "# $changed, and $plain without"
# Each deal again: got x cost up to the next hundredth is what was paid, unless
# all that there was went; and what the bank has is what it is worth.
rows posting entry,account,ledger,amount,currency,why b--convert.xst |
	awk -F, '$6 == "convert"' >deals
ok "money was changed" test "$(wc -l <deals)" -gt 50
awk -F, '
function per(to, from,   usd) {	# of from for one of to
	usd["USD"] = 1; usd["EUR"] = 1.0825; usd["JPY"] = 1 / 150.3
	return usd[to] / usd[from]
}
function check(   worth, paid) {
	if (e == "") return
	n++
	worth = got * per(to, from)
	if (-gave - worth > 0.01 + 1e-6 || -gave - worth < -2e-6) bad++
	if (bank - worth > 2e-6 || bank - worth < -2e-6) bad++
	if (rest < 0 || bank + rest + gave > 1e-6 || bank + rest + gave < -1e-6) bad++
}
$1 != e { check(); e = $1; rest = bank = 0 }
$2 <= 20 && $4 > 0 { got = $4; to = $5 }
$2 <= 20 && $4 < 0 { gave = $4; from = $5 }
$3 == "rounding" { rest = $4 }
$2 > 20 && $3 == "holding" && $4 > 0 { bank = $4 }
END { check(); print (n > 9), bad + 0 }' deals >got
is "$(cat got)" "1 0" "each deal is worth what was paid, less than a hundredth apart"
exch-replay -q day7.txt | exch-match -q | exch-settle -q --from a--convert.xst \
	--need cash --convert --rates rates3.csv --until settled -o again.xst
ok "and again the same bytes" cmp -s again.xst b--convert.xst

finish
