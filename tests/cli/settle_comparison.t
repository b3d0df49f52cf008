#!/bin/sh
# exch-settle --reported: trades that two sides report are compared; what both
# say the same of settles, and of the rest it is told why not.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

cat >quiet.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
instrument XYZ tick 0.01 currency USD reference 20.00
10:00  block 5 XYZ @ 20.00 buyer ANN seller BEN
X
day quiet.txt >quiet.xst

# ---- one of each kind, by hand ----

# 1 and 2 say the same, one by its price and one by its amount; 3 and 4 differ by
# 0.75.  All others differ in what the number's comment says.
cat >two.csv <<'X'
report,account,against,symbol,side,quantity,price,amount,traded,settles
1,1,2,ABC,buy,100,10.00,,2026-10-09,2026-10-13
2,2,1,ABC,sell,100,,1000.00,2026-10-09,2026-10-13
3,1,2,ABC,buy,50,,500.00,2026-10-09,2026-10-13
4,2,1,ABC,sell,50,,500.75,2026-10-09,2026-10-13
# the quantity
5,1,3,ABC,buy,10,9.00,,2026-10-09,2026-10-13
6,3,1,ABC,sell,11,9.00,,2026-10-09,2026-10-13
# the settlement date
7,1,3,ABC,buy,20,9.00,,2026-10-09,2026-10-13
8,3,1,ABC,sell,20,9.00,,2026-10-09,2026-10-14
# the trade date: 10 is of a day that does not come
9,1,3,ABC,buy,25,9.00,,2026-10-09,2026-10-13
10,3,1,ABC,sell,25,9.00,,2026-10-12,2026-10-13
# the side
11,1,3,ABC,buy,30,9.00,,2026-10-09,2026-10-13
12,3,1,ABC,buy,30,9.00,,2026-10-09,2026-10-13
# the instrument
13,1,3,ABC,buy,40,9.00,,2026-10-09,2026-10-13
14,3,1,XYZ,sell,40,9.00,,2026-10-09,2026-10-13
# the other side
15,1,3,ABC,buy,60,9.00,,2026-10-09,2026-10-13
16,4,1,ABC,sell,60,9.00,,2026-10-09,2026-10-13
# of which nobody else knows
17,1,7,ABC,buy,70,9.00,,2026-10-09,2026-10-13
# several things
18,1,5,ABC,buy,80,10.00,,2026-10-09,2026-10-13
19,5,1,ABC,sell,81,11.00,,2026-10-09,2026-10-14
# an instrument that nobody has announced
20,1,6,NOPE,buy,5,1.00,,2026-10-09,2026-10-13
21,6,1,NOPE,sell,5,1.00,,2026-10-09,2026-10-13
X
exch-settle --reported two.csv --until settled -o two.set quiet.xst 2>said
is $? 0 "reports are compared"
has said '1 reported trades matched, 18 reports unmatched, 1 of them alleged' \
	"which is told"
exch-settle report -q -f csv comparison two.set |
	columns report,account,against,symbol,state,differs,other >got
cat >want <<'X'
1,1,2,ABC,matched,nothing,2
2,2,1,ABC,matched,nothing,1
3,1,2,ABC,unmatched,cash,4
4,2,1,ABC,unmatched,cash,3
5,1,3,ABC,unmatched,quantity,6
6,3,1,ABC,unmatched,quantity,5
7,1,3,ABC,unmatched,settles,8
8,3,1,ABC,unmatched,settles,7
9,1,3,ABC,unmatched,traded,10
11,1,3,ABC,unmatched,side,12
12,3,1,ABC,unmatched,side,11
13,1,3,ABC,unmatched,instrument,14
14,3,1,XYZ,unmatched,instrument,13
15,1,3,ABC,unmatched,account,16
16,4,1,ABC,unmatched,against,15
17,1,7,ABC,unmatched,all,
,7,1,ABC,alleged,nothing,17
18,1,5,ABC,unmatched,much,19
19,5,1,ABC,unmatched,much,18
20,1,6,,unmatched,instrument,21
21,6,1,,unmatched,instrument,20
X
same got want "what is nearest, and in what it differs"
exch-settle report -q -f csv balances two.set >got
cat >want <<'X'
account,ledger,unit,amount
1,holding,ABC,100
1,holding,XYZ,5
1,holding,USD,-1100.00
2,holding,ABC,-100
2,holding,XYZ,-5
2,holding,USD,1100.00
X
same got want "and only what matches settles"

# Within the tolerance what the one who delivers says is paid.
for how in "" "-m 1" "-m 2 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --reported two.csv --tolerance 0.75 \
		--until settled -o tol.set quiet.xst
	is "$(exch-settle report -q -f csv balances tol.set | grep USD)" \
		"1,holding,USD,-1600.75
2,holding,USD,1600.75" "0.75 are tolerated, and the seller's counts (${how:-model 3})"
	is "$(unbalanced tol.set)" 0 "every entry balances"
	ok "reports, nets and ledger agree" \
		exch-settle report -q -o differs reconcile tol.set
done
exch-settle -q --reported two.csv --tolerance 0.749999 -o tol.set quiet.xst
is "$(rows compared state tol.set | grep -c '^matched')" 2 \
	"a millionth less is not enough"
rows net account,date,qty,symbol two.set | grep 'ABC$' | tr '\n' ' ' >got
printf %s '1,2026-10-13,100,ABC 2,2026-10-13,-100,ABC ' >want
same got want "it settles on the day that was agreed on"
exch-replay -q -f json two.set >two.json
sed '/"compared",.*"report":"2",/d' two.json >less.json
exits 1 "without a report something differs" exch-settle report -q --partial \
	-o differs reconcile less.json 2>said

# On the next day the same table is about that day.
sed 's/^date .*/date 2026-10-12/' quiet.txt >monday.txt
day monday.txt >monday.xst
exch-settle -q --reported two.csv --from two.set -o next.set monday.xst 2>said ||
	exch-settle -q --reported two.csv -o next.set monday.xst
is "$(exch-settle report -q -f csv comparison next.set |
	columns report,state,differs,other)" "10,unmatched,traded,9" \
	"reports of other days are nearest, and are not told again"

# ---- many, against the simplest comparison there is ----

awk 'BEGIN {
	srand(7)
	print "report,account,against,symbol,side,quantity,amount,traded,settles"
	for (i = 1; i <= 1500; i++) {
		a = 1 + int(rand() * 3); b = 1 + int(rand() * 3)
		if (a == b) b = a % 3 + 1
		printf "%d,%d,%d,%s,%s,%d,%d.%02d,2026-10-09,2026-10-1%d\n", i, a, b,
			rand() < 0.5 ? "ABC" : "XYZ", rand() < 0.5 ? "buy" : "sell",
			10 + int(rand() * 4), 100 + int(rand() * 4), int(rand() * 3) * 25,
			3 + int(rand() * 2)
	}
}' >many.csv
for tolerance in 0 0.25 1; do
	exch-settle -q --reported many.csv --tolerance $tolerance -o many.set \
		quiet.xst
	rows compared report,state,differs,other many.set >told
	# Each pair agrees and is one; of what is alike as many are matched as
	# can be: cash in ascending order, which is the most there is; and what
	# is named differs in that and in nothing else.
	awk -F, -v tol=$tolerance '
	function cents(v,   p) { split(v, p, "."); return p[1] * 100 + p[2] }
	function abs(v) { return v < 0 ? -v : v }
	function alike(i, k) {
		return who[i] == whom[k] && whom[i] == who[k] && sym[i] == sym[k] &&
			side[i] != side[k] && qty[i] == qty[k] && day[i] == day[k]
	}
	FNR == NR {
		if ($1 == "report") next
		who[$1] = $2; whom[$1] = $3; sym[$1] = $4; side[$1] = $5; qty[$1] = $6
		cash[$1] = cents($7); day[$1] = $9; n = $1
		next
	}
	$1 != 0 { state[$1] = $2; differs[$1] = $3; other[$1] = $4 }
	END {
		t = tol * 100
		for (i = 1; i <= n; i++) {
			k = other[i]
			if (state[i] == "matched") {
				got++
				if (other[k] != i || !alike(i, k) || abs(cash[i] - cash[k]) > t)
					bad++
				continue
			}
			if (differs[i] == "cash" && !(alike(i, k) && abs(cash[i] - cash[k]) > t))
				bad++
			if (differs[i] == "quantity" && (qty[i] == qty[k] ||
			    who[i] != whom[k] || sym[i] != sym[k] || day[i] != day[k]))
				bad++
			if (differs[i] == "settles" && (day[i] == day[k] || qty[i] != qty[k]))
				bad++
			for (k = 1; k <= n && differs[i] != "cash"; k++)
				bad += state[k] != "matched" && alike(i, k)
		}
		# Again, one after the other in order of the cash.
		for (c = 0; c < 100000; c += 25)
			for (i = 1; i <= n; i++)
				if (cash[i] == c && side[i] == "buy")
					order[++m] = i
		for (j = 1; j <= m; j++) {
			i = order[j]; best = 0
			for (k = 1; k <= n; k++)
				if (!taken[k] && alike(i, k) && abs(cash[i] - cash[k]) <= t &&
				    (!best || cash[k] < cash[best]))
					best = k
			if (best) { taken[best] = 1; want += 2 }
		}
		print (got == want), (want > 100), bad + 0
	}' many.csv told >got
	echo 1 1 0 >want
	same got want "as many as can be are matched, and reasons are true ($tolerance)"
	ok "nothing differs" exch-settle report -q -o differs reconcile many.set
	is "$(unbalanced many.set)" 0 "every entry balances"
done
exch-settle -q --reported many.csv --tolerance 1 -o again.set quiet.xst
same again.set many.set "again, the same bytes"

# ---- what is refused ----

# refused LINE[:COLUMN] WORDS ROW NAME: the table, with where it is wrong.
refused() {
	head -n 2 two.csv >bad.csv
	echo "$3" >>bad.csv
	exits 3 "$4" exch-settle -q --reported bad.csv -o x.set quiet.xst 2>said
	has said "bad.csv:$1: .*$2" "$1 says why"
}
days=2026-10-09,2026-10-13
refused 3 "line 2 has the same number" "1,2,1,ABC,sell,1,1.00,,$days" "a number twice"
refused 3:1 "is no 'report'" "0,2,1,ABC,sell,1,1.00,,$days" "the number 0"
refused 3 "is the account itself" "2,2,2,ABC,sell,1,1.00,,$days" "with itself"
refused 3 "one of 'price' and 'amount'" "2,2,1,ABC,sell,1,1.00,1.00,$days" "both"
refused 3 "one of 'price' and 'amount'" "2,2,1,ABC,sell,1,,,$days" "neither"
refused 3 "'settles' is before" "2,2,1,ABC,sell,1,1.00,,2026-10-09,2026-10-08" \
	"a settlement before the trade"
refused 3:16 "is no 'quantity'" "2,2,1,ABC,sell,0,1.00,,$days" "of nothing"
refused 3:11 "is no 'side'" "2,2,1,ABC,short,1,1.00,,$days" "no side"
refused 3 "worth more than numbers" \
	"2,2,1,ABC,sell,9223372036854775807,9000000000,,$days" "more than there is"
exits 2 "a tolerance below 0" exch-settle --tolerance -1 quiet.xst 2>said
exits 2 "one that is no number" exch-settle --tolerance few quiet.xst 2>said

finish
