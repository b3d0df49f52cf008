#!/bin/sh
# exch-settle --bonds: trades pay accrued interest, what is open is worth it, and
# what is wrong in a table is told.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

cat >bonds.csv <<'X'
symbol,coupon,daycount,per_year,issue,maturity
UST,4%,act/act-icma,2,2024-02-15,2034-02-15
CORP,6%,30/360,2,2024-03-01,2034-03-01
X

# ---- two of FACTS: 1000 at 6 % for 134/360, and 100 at 4 % for 2 * 115/181 ----

bond() { # DATE SYMBOL QUANTITY
	printf 'date %s\n' "$1"
	printf 'instrument %s tick 0.01 currency USD kind bond reference 99.50\n' "$2"
	printf '10:00  block %s %s @ 99.50 buyer ANN seller BEN\n' "$3" "$2"
}
bond 2026-07-14 CORP 1000 >corp.txt
day corp.txt >corp.xst
bond 2026-06-09 UST 100 >ust.txt
day ust.txt >ust.xst
cat >want.corp <<'X'
2026-07-15,2026-03-01,134,995.00,22.333333
X
cat >want.ust <<'X'
2026-06-10,2026-02-15,115,99.50,1.270718
X
for b in corp ust; do
	for m in 1 2 3; do
		exch-settle -q -m $m --bonds bonds.csv --until settled \
			-o $b.$m.set $b.xst
		rows accrued date,since,days,principal,accrued $b.$m.set >got
		same got want.$b "$b: what has accrued, under model $m"
		is "$(unbalanced $b.$m.set)" 0 "$b: every entry balances, under model $m"
		exits 0 "$b: it reconciles, under model $m" \
			exch-settle report -q -o x reconcile $b.$m.set
	done
done
is "$(exch-settle report -q -f csv balances corp.3.set | tr '\n' ' ')" \
	"account,ledger,unit,amount 1,holding,CORP,1000 1,holding,USD,-1017.333333 2,holding,CORP,-1000 2,holding,USD,1017.333333 " \
	"the buyer has paid both"
is "$(exch-settle report -q -f csv accrued corp.3.set |
	columns symbol,total)" "CORP,1017.333333" "and the report adds them up"
exch-settle -q --until settled -o flat.set corp.xst
is "$(rows accrued match flat.set)" "" "without the table it trades flat"
is "$(rows net cash flat.set | sort -u | tr '\n' ' ')" "-995.00 995.00 " \
	"at its price"
sed 's/ kind bond//' corp.txt >share.txt
day share.txt | exch-settle -q --bonds bonds.csv --until settled >share.set
is "$(rows accrued match share.set)" "" "what is no bond pays none"

# ---- it is taken back with its trade ----

{ cat corp.txt; echo '+1s    break 1 CORP'; } >bust.txt
day bust.txt | exch-settle -q --bonds bonds.csv --until settled >bust.set
is "$(rows bust match bust.set)" 1 "a trade is broken"
is "$(exch-settle report -q -f csv balances bust.set | wc -l)" 1 \
	"and its interest is taken back"

# ---- what fails is worth a day of interest more, and a penalty is not ----

printf 'account,symbol,quantity,price\n9,ABC,1,1.00\n' >none.csv
exch-settle -q --bonds bonds.csv --opening none.csv --until 2026-07-16 \
	--penalties "$src/data/settle/penalties.csv" -o fail.set corp.xst
rows posting account,amount,date,why,ledger fail.set |
	grep '^[12],.*,mark,holding' >got
cat >want <<'X'
1,0.166667,2026-07-16,mark,holding
2,-0.166667,2026-07-16,mark,holding
X
same got want "134 days become 135: 22.333333 become 22.50"
is "$(rows penalty value fail.set | sort -u)" 995.00 \
	"the penalty is of the price"
exits 0 "it reconciles" exch-settle report -q -o x reconcile fail.set
exch-settle -q --bonds bonds.csv --opening none.csv --until 2026-07-16 \
	--close-out short -o bought.set corp.xst
is "$(rows posting account,amount,why,ledger bought.set |
	grep ',buy-in,outside' | grep -v ',0.00,')" \
	"4294967295,1017.50,buy-in,outside" "a buy-in pays 995.00 and 22.50"
exits 0 "and reconciles" exch-settle report -q -o x reconcile bought.set

# ---- a block is handed on with its interest, at a price without it ----

printf 'account,to,ratio\n1,11,75%%\n1,12,25%%\n' >parts.csv
exch-settle -q --bonds bonds.csv --allocations parts.csv -o parts.set corp.xst
rows allocation to,price,qty,cash parts.set >got
cat >want <<'X'
11,99.50,750,-763.00
12,99.50,250,-254.333333
X
same got want "parts pay their interest"
exits 0 "and reconcile" exch-settle report -q -o x reconcile parts.set

# ---- reconciliation finds interest that is told wrongly ----

exch-replay -q -f json corp.3.set >corp.json
for wrong in 's/"accrued":22.333333/"accrued":22.33/' \
	'/"t":"accrued"/s/"match":"1"/"match":"2"/' '/"t":"accrued"/d'; do
	sed "$wrong" corp.json | exch-replay -q -o wrong.set -
	exits 1 "interest told wrongly is a difference: $wrong" \
		exch-settle report -q -o x reconcile wrong.set
done

# ---- what is wrong ----

bond 2034-02-28 CORP 1000 >late.txt
day late.txt >late.xst
exits 1 "at maturity nothing is captured" \
	exch-settle --bonds bonds.csv -o late.set late.xst 2>said
has said 'CORP would settle on 20340301, when it bears no interest' "and it is told"
exits 3 "and the run stops with --strict" \
	exch-settle -q --strict --bonds bonds.csv -o x.set late.xst 2>said
refuse() { # ROW PATTERN WHAT
	printf 'symbol,coupon,daycount,per_year,issue,first,maturity\n%s\n' \
		"$1" >bad.csv
	exits 3 "$3" exch-settle -q --bonds bad.csv -o x.set corp.xst 2>said
	has said "bad.csv:$2" "and is told: $3"
}
refuse A,6%,30/361,2,2024-03-01,,2034-03-01 "2:6: .*daycount" "an unknown day count"
refuse A,6%,30/360,5,2024-03-01,,2034-03-01 "2:13: .*per_year" "five coupons a year"
refuse A,-6%,30/360,2,2024-03-01,,2034-03-01 "2:3: .*coupon" "a coupon below 0"
refuse A,6%,30/360,2,2024-03-01,,2024-03-01 "2: the maturity is not after the issue" \
	"a maturity on the issue"
refuse A,6%,30/360,2,2024-03-01,2024-03-01,2034-03-01 "2: the first coupon" \
	"a first coupon on the issue"
refuse A,6%,30/360,2,1970-01-01,,2034-03-01 "2: the coupons begin before 1970" "coupons before 1970"
refuse "$(printf '%s\n%s' A,6%,30/360,2,2024-03-01,,2034-03-01 \
	A,5%,30/360,2,2024-03-01,,2034-03-01)" "3: line 2 is the same bond" "a bond twice"

finish
