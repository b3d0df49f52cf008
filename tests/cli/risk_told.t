#!/bin/sh
# exch-risk watch and report: what is beyond numbers, opening positions that
# cannot be, streams that nobody matched, and which of them is told first.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/risk_lib.sh
. "$src/tests/cli/risk_lib.sh"

# ---- beyond 64 bits ----

cat >far.txt <<'T'
instrument ABC tick 0.01 currency USD
09:30  A1  sell 9000000000000000000 @ 1.00
+1s    A2  buy 9000000000000000000 @ 1.00
+1s    A3  sell 10 @ 2.00
+1s    A4  buy 10 @ 2.00
T
day far
says 1 "exch-risk report: source 2, record 3: an execution is worth more than \
numbers can say: expected 9223372036854.775807 at most; look for a wrong \
quantity, price or multiplier" "a report without it" \
	report positions -f csv far.xst
is "$(sed -n 2p said)" "exch-risk report: 1 record had bad content and could \
not go into the report" "which says so"
is "$(sed 1d out | cut -d , -f 1,4,7 | tr '\n' ' ')" "3,-10,-20.00 4,10,20.00 " \
	"others are in it"
exits 3 "strictly there is none" report positions --strict -o got far.xst
says 1 "exch-risk watch: source 2, record 3: an execution is worth more than \
numbers can say: expected 9223372036854.775807 at most; look for a wrong \
quantity, price or multiplier" "nor is it watched" \
	exch-risk watch -o far.watched far.xst
exch-replay -q -f csv --type position far.watched | cut -d , -f 8,10,14 |
	sed 1d >got
printf '%s,3\n%s,4\n' -10,-20.00 10,20.00 >want
same got want "which has what the report has"
exits 3 "strictly it stops there" exch-risk watch --strict -o got far.xst

# An execution that is not booked is no price for others.
cat >mark.txt <<'T'
instrument ABC tick 0.01 currency USD
09:30  A3  sell 10 @ 2.00
+1s    A4  buy 10 @ 2.00
+1s    A1  sell 9000000000000000000 @ 5.00
+1s    A2  buy 9000000000000000000 @ 5.00
T
day mark
report positions -q -f csv mark.xst 2>/dev/null | sed 1d | cut -d , -f 1,6 | tr '\n' ' ' >got
is "$(cat got)" "1,2.00 2,2.00 " "what is not booked marks nothing"

# Two that are within numbers and are not together.
cat >sum.txt <<'T'
instrument ABC tick 0.01 currency USD
09:30  A1  sell 9000000000000 @ 1.00
+1s    A2  buy 9000000000000 @ 1.00
+1s    A1  sell 9000000000000 @ 1.00
+1s    A2  buy 9000000000000 @ 1.00
T
day sum
says 3 "exch-risk report: what account 1 has in ABC is more than cash can say, \
9223372036854.775807: look for a wrong price or quantity among its trades, or \
leave the instrument out with exch-replay --symbol" "sums beyond numbers" \
	report positions sum.xst
says 1 "exch-risk watch: 2 POSITION records say the largest number there is \
where cash is beyond it: the first is of account 1 in ABC, with a cost of \
-18000000000000.00; look for a wrong quantity or price among its trades" \
	"a cost that a record cannot say" exch-risk watch -o sum.watched sum.xst
exits 1 "with -q, too" exch-risk watch -q -o sum.watched sum.xst
exch-replay -q -f csv --type position sum.watched | cut -d , -f 8,10,14 |
	sed 1d >got
cat >want <<'T'
-18000000000000,-9223372036854.775808,1
18000000000000,9223372036854.775807,2
T
same got want "it is the largest one; quantities are as they are"
cat >half.txt <<'T'
instrument ABC tick 0.01 currency USD
09:30  A1  sell 9000000000000 @ 1.00
+1s    A2  buy 9000000000000 @ 1.00
T
day half
printf 'account,symbol,quantity,price\n7,ABC,1,1\n2,ABC,9000000000000,1\n' \
	>had.csv
says 3 "exch-risk report: what account 2 has in ABC is more than cash can say, \
9223372036854.775807: look for a wrong price or quantity among its trades and \
in line 3 of its opening positions, or leave the instrument out with \
exch-replay --symbol" "with what was held before" \
	report positions --opening had.csv half.xst

# Many that are no sum of a record, though each of them is; two per account.
{
	echo 'instrument ABC tick 0.01 currency USD'
	echo 'instrument DEF tick 0.01 currency USD'
	echo 'instrument GHI tick 0.01 currency USD'
	for i in ABC DEF GHI; do
		printf '+1s A1 sell 8000000000000 %s @ 1.00\n' "$i"
		printf '+1s A2 buy 8000000000000 %s @ 1.00\n' "$i"
	done
} | sed '4s/+1s/09:30/' >three.txt
day three
printf 'scope,name,credit\naccount,2,9000000000000\n' >credit.csv
says 1 "exch-risk watch: 1 ALERT records say the largest number there is where \
more was observed" "an alert that a record cannot say" \
	exch-risk watch -l credit.csv -o three.watched three.xst
exch-replay -q -f csv --type alert three.watched | grep -c 9223372036854775807 \
	>got
is "$(cat got)" 1 "is there all the same"

# More than any position is refused by the gate, also without a limit.
cat >most.txt <<'T'
instrument ABC tick 0.01
09:30  A1  buy 9000000000000000000 @ 1.00
+1s    A1  buy 223372036854775807 @ 1.00
+1s    A1  buy 1 @ 1.00
T
exch-replay -q -o most.xst most.txt
printf 'scope,size\naccount 9,1\n' | sed 's/account 9/all/; s/,1$/,/' >none.csv
exch-risk -l none.csv --explain 3 -f bin most.xst 2>said >/dev/null
is "$(sed 's/.*account 1: //' said | head -n 1)" "the position could become \
more than numbers can say, at most 9223372036854775807" "more than 64 bits"
is "$(tail -n 1 said)" "exch-risk: 3 commands, 1 refused: position 1" "and no other"

# ---- a day without rules ----

printf 'instrument ABC tick 0.01\n09:30 A1 buy 1 @ 1\n+1s A2 sell 1 @ 1\n' |
	exch-replay -q - | exch-match -q -o dateless.xst
report accounts dateless.xst 2>said
is "$? $(sed 's/.*csv: //' said)" "3 no row tells 'initial-long' for 2000-01-03; that \
is the day of the stream, and --date names another one; a scenario is of \
2000-01-03 unless it has a line such as 'date 2026-01-05'" "a scenario without a date"
report accounts --date 1999-01-04 dateless.xst 2>said
is "$? $(sed 's/.*csv: //' said)" "3 no row tells 'initial-long' for 1999-01-04" \
	"one that was asked for"
report accounts -q --date 2026-01-05 -f csv dateless.xst >got
is "$? $(wc -l <got)" "0 3" "and one that has rules"

# ---- opening positions ----

cat >book.txt <<'T'
instrument ABC tick 0.01 currency USD
instrument CAL tick 0.01 kind future multiplier 1000 currency USD
09:30  A1  sell 10 ABC @ 2.00
+1s    A2  buy 10 ABC @ 2.00
T
day book
# both FIRST TABLE NAME: report and watch refuse the table so.
both() {
	printf '%s\n' "$2" >had.csv
	says 3 "exch-risk report: had.csv:$1" "$3" \
		report positions --opening had.csv book.xst
	same out /dev/null "$3: no report"
	says 3 "exch-risk watch: had.csv:$1" "$3, watched" \
		exch-risk watch -q --opening had.csv -o got.xst book.xst
}
both "5:4: 'ABC' of account 17 stands in line 3 already: expected one row with \
the sum, at its average price" "# an export
account,symbol,quantity,price
17,ABC,100,9.00
7,ABC,1,9.00
17,ABC,50,9.00" "a position twice"
printf 'account,symbol,quantity,price\n7,ABC,1,9\n7,ABC,2,9\n' >twice.csv
says 3 "exch-settle: twice.csv:3:3: 'ABC' of account 7 stands in line 2 \
already: expected one row with the sum, at its average price" "also settled" \
	exch-settle -q --opening twice.csv -o got.xst book.xst
both "3:7: '9000000000000000000' of 'ABC' at 9 is beyond what numbers can say: \
expected a worth of 9223372036854.775807 at most" "account,symbol,quantity,price
7,CAL,1,9
7,ABC,9000000000000000000,9.00" "a position beyond numbers"
# 10^9 contracts on 1,000 at 10,000 are; at 1 they are not.
both "2:7: '1000000000' of 'CAL' at 10000 is beyond what numbers can say: \
expected a worth of 9223372036854.775807 at most" "account,symbol,quantity,price
7,CAL,1000000000,10000" "with its multiplier"
both "2:9: '-10' is no price of 'ABC': expected one that is not below 0, which \
only futures may be" "account,symbol,quantity,price
7,ABC,9,-10" "a share at a price below 0"
both "2:9: '9223372036.854775807' is no 'price': expected a price of at most \
nine decimals from -9223372036.854775807 to 9223372036.854775806" \
	"account,symbol,quantity,price
7,ABC,9,9223372036.854775807" "the number of no price"
cat >had.csv <<'T'
account,symbol,quantity,price
7,CAL,1000000000,1
8,CAL,-2,-0.05
7,ABC,9,0
8,ABC,9,1
T
report positions --opening had.csv -f csv book.xst | sed 1d |
	cut -d , -f 1,3-5 | tr '\n' ' ' >got
is "$(cat got)" "1,ABC,-10,2.00 2,ABC,10,2.00 7,ABC,9,0.00 7,CAL,1000000000,1.00 \
8,ABC,9,1.00 8,CAL,-2,-0.05 " "spreads may be below 0, and gifts cost nothing"

# ---- nobody matched it ----

exch-replay -q --date 2026-01-05 -o never.xst book.txt
lacks="the stream has orders but no answers: put exch-match in the pipe: \
exch-replay FILE | exch-match | exch-risk"
printf 'scope,position\nall,5\n' >limits.csv
says 3 "exch-risk watch: $lacks watch" "nothing is to watch before the matcher" \
	exch-risk watch -q -l limits.csv --fail-on-breach -o got.xst never.xst
exch-replay -q -f csv --type new got.xst >got
is "$(wc -l <got | tr -d ' ')" 3 "the orders have passed"
says 3 "exch-risk report: $lacks report accounts" "first of all" \
	exch-risk report --rules none accounts never.xst
has said "^exch-risk report: none/margin.csv: " "then the rules that lack"
says 3 "exch-risk report: none/margin.csv: cannot open; --rules names the \
directory of the rules, data/risk of the sources: No such file or directory" \
	"of a matched one only these" \
	exch-risk report --rules none accounts book.xst
exch-replay -q -o dateless.xst book.txt
says 3 "exch-risk report: $lacks report accounts" "before what rules lack, too" \
	report --date 1999-01-04 -q accounts dateless.xst
printf 'instrument ABC tick 0.01\n' >none.txt
day none
says 0 "" "no orders need no matcher" exch-risk watch -q -o got.xst none.xst

# ---- what expired, of whom ----

cat >ended.txt <<'T'
instrument ABC tick 0.01 currency USD
instrument PUT tick 0.01 kind option right put underlying ABC strike 100 expiry 2026-01-02 multiplier 100 currency USD
09:30 A1 buy 100 ABC @ 100
+1s A2 sell 100 ABC @ 100
+1s A1 buy 1 PUT @ 5.34
+1s A3 sell 1 PUT @ 5.34
T
day ended
for who in : 1: 2: 3:; do
	set -- positions -o table
	[ "$who" = : ] || set -- "$@" --account "${who%:*}"
	report "$@" ended.xst 2>said
	echo "${who%:*} $(sed 's/.*: \([0-9]*\) positions are in options.*/\1/' said)"
done >got
printf ' 2\n1 1\n2 \n3 1\n' >want
same got want "positions in what has expired are those of who is asked for"

# ---- correlations that cannot be ----

cat >four.txt <<'T'
instrument ABC tick 0.01 currency USD
instrument QRS tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
instrument ZZZ tick 0.01 currency USD
09:30 A1 buy 10 ABC @ 100
+1s A2 sell 10 ABC @ 100
+1s A1 buy 10 QRS @ 100
+1s A2 sell 10 QRS @ 100
+1s A1 buy 10 XYZ @ 100
+1s A2 sell 10 XYZ @ 100
+1s A1 buy 10 ZZZ @ 100
+1s A2 sell 10 ZZZ @ 100
T
day four
awk 'BEGIN {
	print "date,symbol,close"
	n = split("ABC QRS XYZ ZZZ", s, " ")
	for (i = 1; i <= 25; i++)
		for (k = 1; k <= n; k++)
			printf "2025-12-%02d,%s,%d\n", i, s[k],
				100 + (i * (3 * k + 1)) % 11
}' >closes.csv
# contradicts LINE WORDS NAME: what stands in corr.csv
contradicts() {
	says 3 "exch-risk report: corr.csv:$1: the correlations of $2" "$3" \
		report var -p closes.csv --correlations corr.csv four.xst
	same out /dev/null "$3: no report"
}
# The pivot is the determinant over that of the first two: -0.62 / 0.19.
printf 'a,b,correlation\n# sectors\nABC,QRS,0.9\nQRS,XYZ,0.9\nZZZ,ABC,0.2\n' \
	>corr.csv
contradicts 4 "'ABC', 'QRS' and 'XYZ' are not positive definite (pivot \
-3.26316): they contradict each other, or one follows from the others; look at \
lines 3, 4; 'ABC' with 'XYZ' has none, which is 0" "a pair that was forgotten"
printf 'a,b,correlation\nXYZ,ZZZ,0.9\nABC,QRS,0\nQRS,XYZ,0.9\n' >corr.csv
contradicts 4 "'QRS', 'XYZ' and 'ZZZ' are not positive definite (pivot \
-3.26316): they contradict each other, or one follows from the others; look at \
lines 4, 2; 'QRS' with 'ZZZ' has none, which is 0" \
	"who has no part in it is not named"

# ---- tables without rows, tails without days, options without volatility ----

printf 'name,symbol,shock\n' >calm.csv
for r in stress page; do
	says 0 "exch-risk report: calm.csv: the table has no rows: there is no \
scenario" "$r without scenarios" report "$r" -s calm.csv -o table book.xst
done
# Prices of 25 days are 24 returns: at 95% a whole one of 20 is left, at 99% none.
says 0 "" "a tail of a day" report var --level 95% -p closes.csv four.xst
says 0 "exch-risk report: 2 accounts have a history of fewer than 100 days, of \
which a level of 99% leaves less than one: their history_var and history_es are \
the worst day's" "a tail of less than a day" report var -p closes.csv four.xst
says 0 "exch-risk report: --paths 199 leaves less than one at a level of 99.5%: \
carlo_var and carlo_es are the worst path's" "a tail of less than a path" \
	sh -c 'exch-risk report var --level 99.5% --paths 199 --account 1 \
		-p closes.csv four.xst 2>&1 >/dev/null | sed 1d >&2'
report var --level 99.5% --paths 200 -p closes.csv -o table four.xst 2>said
is "$? $(grep -c paths said)" "0 0" "200 paths have one"

# A page says what it stands on, and has no columns of nothing.
printf 'account,balance\n1,30000\n2,30000\n' >rich.csv
report page -q -s calm.csv -o poor.html four.xst
report page -q -a rich.csv -p closes.csv -o rich.html four.xst
has poor.html "Nobody's balance was given" "no balances, no equity to speak of"
has poor.html '^<h2>Stress</h2><p>The table of scenarios has no rows[.]</p>$' \
	"no scenarios, no table"
has poor.html 'Value at risk: add --prices[.]</p>' "no prices, no value at risk"
is "$(grep -c '<th>VaR' poor.html) $(grep -c '<th>VaR' rich.html)" "0 1" \
	"nor its columns"
has rich.html "of 2 accounts it is the worst day's, for their history has fewer \
than 100[.]</p>" "and a short history is told"
is "$(grep -c "Nobody's" rich.html)" 0 "with balances nothing is said of them"

cat >sure.txt <<'T'
instrument ABC tick 0.01 currency USD
instrument PUT tick 0.01 kind option right put underlying ABC strike 100 expiry 2027-01-05 multiplier 100 currency USD
instrument CALL tick 0.01 kind option underlying ABC strike 100 expiry 2027-01-05 multiplier 100 currency USD
instrument FAR tick 0.01 kind option underlying ABC strike 130 expiry 2027-01-05 multiplier 100 currency USD
09:30 A1 buy 1 ABC @ 100
+1s A2 sell 1 ABC @ 100
+1s A1 buy 1 PUT @ 5.57
+1s A2 sell 1 PUT @ 5.57
+1s A1 buy 1 CALL @ 5.57
+1s A2 sell 1 CALL @ 5.57
+1s A1 buy 1 FAR @ 5.57
+1s A2 sell 1 FAR @ 5.57
T
day sure
printf 'date,rate\n2026-01-01,5%%\n' >rates.csv
printf 'date,symbol,vol,yield\n2026-01-01,ABC,0%%,2%%\n' >vols.csv
says 0 "exch-risk report: 3 rows have a volatility of 0: price and Greeks are \
those of the discounted forward, gamma and vega 0" "no volatility" report greeks \
	--account 1 --rates rates.csv --vols vols.csv -f csv sure.xst
# price,delta,gamma,vega,theta,rho: 100 e^-.02 - 100 e^-.05, e^-.02, 0, 0,
# 2 e^-.02 - 5 e^-.05 and 100 e^-.05.
awk 'BEGIN {
	q = exp(-.02); r = exp(-.05)
	printf "PUT,0,0,0,0,0,0\nCALL,%.6f,%.6f,0,0,%.5f,%.6f\nFAR,0,0,0,0,0,0\n",
		100 * (q - r), q, 2 * q - 5 * r, 100 * r
}' >want
sed 1d out | cut -d , -f 3,13-18 >got
same got want "the limits, and no more"
# Where forward and strike are the same, half of it.
printf 'date,symbol,vol\n2026-01-01,ABC,0%%\n' >vols.csv
report greeks -q --account 1 --vols vols.csv -f csv sure.xst | sed 1d |
	cut -d , -f 3,13-16 >got
cat >want <<'T'
PUT,0,-0.5,0,0
CALL,0,0.5,0,0
FAR,0,0,0,0
T
same got want "at the forward a half"

finish
