#!/bin/sh
# exch-risk report: each measure of accounts that traded, against worked
# numbers of books and against awk; tables that lack or are wrong.
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/risk_lib.sh
. "$src/tests/cli/risk_lib.sh"

# near GOT WANT TOLERANCE NAME
near() {
	echo "$1 $2 $3" | awk '{ d = $1 - $2; if (d < 0) d = -d
		exit !(NF == 3 && d <= $3) }'
	result $? "$4" || echo "# got $1, want $2 within $3"
}

# drawn_near FILE NAME: account 1's Monte Carlo value against the normal one.
drawn_near() {
	near "$(cell "$1" ^1, carlo_var)" "$(cell "$1" ^1, normal_var)" \
		"$(cell "$1" ^1, carlo_se | awk '$1 > 0 { print 3 * $1 }')" "$2"
}

# ---- positions, cash and profits ----

cat >book.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
09:30 A1 buy 300 ABC @ 10.00
+1s A2 sell 100 ABC @ 10.00
+1s A3 sell 200 ABC @ 10.00
+1s A1 sell 400 ABC @ 11.00
+1s A2 buy 400 ABC @ 11.00
+1s A3 buy 50 XYZ @ 20.00
+1s A1 sell 50 XYZ @ 20.00
+1s A4 buy 10 XYZ @ 19.00
EOF
day book
report positions -f csv book.xst >got
cat >want <<'EOF'
account,name,symbol,qty,cost,mark,value,realised,unrealised,buys,sells
1,A1,ABC,-100,11.00,11.00,-1100.00,300.00,0.00,2,1
1,A1,XYZ,-50,20.00,20.00,-1000.00,0.00,0.00,0,1
2,A2,ABC,300,11.00,11.00,3300.00,-100.00,0.00,1,1
3,A3,ABC,-200,10.00,11.00,-2200.00,0.00,-200.00,0,1
3,A3,XYZ,50,20.00,20.00,1000.00,0.00,0.00,1,0
EOF
same got want "positions at average cost, also through zero"
report accounts -f csv book.xst >got
awk -F , 'NR > 1 { cash += $3; pl += $4 + $5; net += $8; e += $6 }
	END { printf "%.6f %.6f %.6f %.6f\n", cash, pl, net, e }' got >sums
is "$(cat sums)" "0.000000 0.000000 0.000000 0.000000" \
	"cash, profits, exposure and equity of all accounts close"
printf 'account,balance\n1,5000.00\n9,7.00\n' >accounts.csv
report accounts -a accounts.csv -f csv book.xst >got
is "$(cell got ^1, cash)" 7400.00 "a balance from before"
is "$(cell got ^9, equity)" 7.00 "an account that did nothing"
is "$(cell got ^1, gross) $(cell got ^1, net) $(cell got ^1, leverage)" \
	"2100.00 -2100.00 0.396226" "exposure and leverage"
report accounts --account 9 -a accounts.csv -f csv book.xst | sed 1d >got
is "$(cut -d , -f 1,3 got)" 9,7.00 "one account alone"

printf 'account,symbol,quantity,price\n1,ABC,100,9.00\n' >opening.csv
printf 'scope,maker\nall,0.001\n' >fees.csv
report positions --opening opening.csv -f csv book.xst >got
is "$(cell got ^1,.*ABC qty) $(cell got ^1,.*ABC realised)" "0 500.00" \
	"a position from before, at average cost"
report positions --lots fifo --opening opening.csv -f csv book.xst >got
is "$(cell got ^1,.*ABC realised)" 500.00 "closed whole: fifo says the same"
report accounts --fees fees.csv -f csv book.xst |
	awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ c += $3 + $at["fees"]; f += $at["fees"] }
	END { printf "%.6f %.2f", c, f }' >got
is "$(cat got)" "0.000000 $(printf '%.2f' \
	"$(awk 'BEGIN { print 0.001 * (3000 + 4400 + 1000) }')")" \
	"fees leave, and all else closes"

# ---- broken and corrected ----

{
	cat book.txt
	echo '+1s break 1 ABC'
} >broken.txt
day broken
report positions -f csv broken.xst >got
is "$(cell got ^1,A1,ABC qty) $(cell got ^2,.*ABC qty)" "-200 400" \
	"a broken execution is taken back"
report accounts -f csv broken.xst |
	awk -F , 'NR > 1 { c += $3; e += $6 } END { printf "%.6f %.6f", c, e }' >got
is "$(cat got)" "0.000000 0.000000" "and all still closes"
{
	cat book.txt
	echo '+1s break 1 ABC with 150 @ 10.50'
} >broken.txt
day broken
report positions -f csv broken.xst >got
is "$(cell got ^1,A1,ABC qty) $(cell got ^2,.*ABC qty)" "-50 250" \
	"a corrected one is another one"
is "$(cell got ^1,A1,ABC buys) $(cell got ^2,.*ABC sells)" "2 1" \
	"and no more trades than before"

# ---- Regulation T, FINRA: FACTS by hand ----

cat >regt.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument PEN tick 0.01 currency USD
09:30 A1 buy 100 ABC @ 50
+1s A2 sell 100 ABC @ 50
+1s A3 sell 1000 PEN @ 4.00
+1s A4 buy 1000 PEN @ 4.00
EOF
day regt
printf 'account,balance\n1,2500.00\n2,2500.00\n' >accounts.csv
report accounts -a accounts.csv -f csv regt.xst >got
is "$(cell got ^1, initial) $(cell got ^1, maintenance)" "2500.00 1250.00" \
	"long 100 at 50: half at first, a quarter kept"
is "$(cell got ^1, equity) $(cell got ^1, required) $(cell got ^1, call)" \
	"2500.00 2000.00 0.00" "and 2000 at least"
is "$(cell got ^2, initial) $(cell got ^2, maintenance)" "2500.00 1500.00" \
	"short 100 at 50: half besides the proceeds, 30% kept"
is "$(cell got ^3, maintenance) $(cell got ^3, call)" "4000.00 4000.00" \
	"a short one below 5 keeps all of it"
printf 'account,balance\n1,2499.99\n' >accounts.csv
cat >down.txt <<'EOF'
instrument ABC tick 0.01 currency USD
09:30 A1 buy 1000 ABC @ 50
+1s A2 sell 1000 ABC @ 50
+1s A3 buy 1 ABC @ 33.33
+1s A2 sell 1 ABC @ 33.33
EOF
day down
printf 'account,balance\n1,25000.00\n' >accounts.csv
report accounts -a accounts.csv -f csv down.xst >got
is "$(cell got ^1, equity) $(cell got ^1, required) $(cell got ^1, call)" \
	"8330.00 8332.50 2.50" "at 33.33 it is called, a cent above not"
sed 's/33\.33/33.34/' down.txt >up.txt
day up
report accounts -a accounts.csv -f csv up.xst >got
is "$(cell got ^1, call)" 0.00 "as the price of the call says"

# ---- day traders, before and after ----

for i in 1 2 3 4 5 6; do
	echo "+1s A1 buy 10 ABC @ 50"
	echo "+1s A2 sell 10 ABC @ 50"
	echo "+1s A1 sell 9 ABC @ 50"
	echo "+1s A2 buy 9 ABC @ 50"
done >rows
{
	echo 'instrument ABC tick 0.01 currency USD'
	sed '1s/+1s/09:30/' rows
} >trader.txt
day trader
for when in 2026-06-03: 2026-06-04: 2026-06-04:--phase-in \
	2027-10-19:--phase-in 2027-10-20:--phase-in; do
	# shellcheck disable=SC2086 # an option or nothing
	report accounts --date "${when%:*}" ${when#*:} -f csv trader.xst >got
	echo "$when $(cell got ^1, required_old) $(cell got ^1, \
		required_new) $(cell got ^1, required)"
done >rules
cat >want <<'EOF'
2026-06-03: 25000.00 300.00 25000.00
2026-06-04: 25000.00 300.00 300.00
2026-06-04:--phase-in 25000.00 300.00 25000.00
2027-10-19:--phase-in 25000.00 300.00 25000.00
2027-10-20:--phase-in 25000.00 300.00 300.00
EOF
same rules want "the day trader's rule by date"

# ---- portfolio margin and Greeks ----

cat >put.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument ABCP tick 0.0001 kind option right put underlying ABC strike 100 expiry 2027-01-05 multiplier 100 currency USD
instrument ABCC tick 0.000001 kind option underlying ABC strike 100 expiry 2027-01-05 multiplier 100 currency USD
instrument OLDC tick 0.01 kind option underlying ABC strike 90 expiry 2026-01-05 multiplier 100 currency USD
09:30 A1 buy 100 ABC @ 100
+1s A2 sell 100 ABC @ 100
+1s A1 buy 1 ABCP @ 5.5735
+1s A2 sell 1 ABCP @ 5.5735
+1s A3 buy 2 ABCC @ 11.123762
+1s A4 sell 2 ABCC @ 11.123762
+1s A3 buy 2 OLDC @ 10
+1s A4 sell 2 OLDC @ 10
EOF
day put
echo 'date,rate
2026-01-01,5%' >rates.csv
printf 'date,vol,yield\n2026-01-01,25%%,2%%\n' >vols.csv
report greeks --rates rates.csv --vols vols.csv -f csv put.xst >got
near "$(cell got ABCC price)" 11.123762 1e-6 "a call by Black and others"
near "$(cell got ABCC implied)" 0.25 1e-6 "and back to its volatility"
near "$(cell got ABCC delta)" 0.584955 1e-6 "delta"
near "$(cell got ABCC gamma)" 0.015179 1e-6 "gamma"
near "$(cell got ABCC vega)" 37.948089 1e-6 "vega"
near "$(cell got ABCC theta)" -5.942188 1e-6 "theta"
near "$(cell got ABCC rho)" 47.371729 1e-6 "rho"
near "$(cell got ^1,.*ABCP price)" 8.226837 1e-6 "a put"
near "$(cell got ^4,.*ABCC held_delta)" -116.990999 1e-4 "sold: of two hundred"
is "$(cell got OLDC price) $(cell got OLDC delta) $(cell got OLDC vega)" \
	"10 1 0" "an expired one is worth what it pays"

# A put that has expired hedges nothing: ten points, 15% down.
cat >ended.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument PUT tick 0.01 kind option right put underlying ABC strike 100 expiry 2026-01-02 multiplier 100 currency USD
09:30 A1 buy 100 ABC @ 100
+1s A2 sell 100 ABC @ 100
+1s A1 buy 1 PUT @ 5.34
+1s A2 sell 1 PUT @ 5.34
EOF
day ended
exch-risk report margin --rates rates.csv -r "$src/data/risk" --account 1 \
	-f csv ended.xst >got 2>err
grep '^1,A1,,portfolio,' got | cut -d , -f 5 >portfolio
is "$(cat portfolio)" 1500.00 "a put that has expired is no hedge"
has err '1 positions .* expired by 20260105 .*PUT, of 20260102' "and it is told"
sed 's/2026-01-02/2026-01-05/' ended.txt >last.txt
day last
exch-risk report margin --rates rates.csv -r "$src/data/risk" --account 1 \
	-f csv last.xst >got 2>err
grep '^1,A1,,portfolio,' got | cut -d , -f 5 >portfolio
is "$(cat portfolio) $(grep -c expired err)" "37.50 0" "on its last day it is"

# Of what no rule knows enough about all that it is worth is kept: two futures
# of 1,000 without a range, and a put without a price of what it is on.
cat >bare.txt <<'EOF'
instrument FUT tick 0.01 kind future multiplier 1000 currency USD
instrument XYZ tick 0.01 currency USD
instrument XP tick 0.01 kind option right put underlying XYZ strike 50 expiry 2026-06-19 multiplier 100 currency USD
09:30 A1 buy 2 FUT @ 10
+1s A2 sell 2 FUT @ 10
+1s A1 sell 3 XP @ 4.20
+1s A2 buy 3 XP @ 4.20
EOF
day bare
report margin --rates rates.csv -f csv bare.xst >got 2>err
awk -F, '$4 ~ /initial|maintenance/ { print $1, $4, $5 }' got >bare
cat >want <<'EOF'
1 initial 21260.00
1 maintenance 21260.00
2 initial 21260.00
2 maintenance 21260.00
EOF
same bare want "what no rule knows enough about keeps all that it is worth"
printf 'date,vol\n2026-01-01,20%%\n' >vols.csv
report greeks --rates rates.csv --vols vols.csv -f csv put.xst >got
near "$(cell got ABCP price)" 5.573526 1e-6 "without a yield"
near "$(cell got ABCC delta)" 0.636831 1e-6 "and a call's delta"
echo 'date,symbol,vol
2026-01-01,ABC,0%' >zero.csv
report greeks --rates rates.csv --vols zero.csv -f csv put.xst >got
is "$(cell got ABCP price) $(cell got ABCP vega)" "0 0" \
	"without volatility a put on what rises is worth nothing"
# The quarter of a year of the worked example, as days.
sed 's/2027-01-05/2026-04-06/; s/5\.5735/5.3409/' put.txt >quarter.txt
day quarter
printf 'date,vol\n2026-01-01,30%%\n' >vols.csv
report margin --rates rates.csv --vols vols.csv -f csv quarter.xst >got
near "$(cell got ^1,A1,ABC,portfolio requirement)" 544.04 1 \
	"portfolio margin of a share and its put"
is "$(cell got ^1,A1,ABC,portfolio scenario)" -0.15 "worst 15% down"

# ---- SPAN arrays ----

cat >span.txt <<'EOF'
instrument FUT tick 0.01 kind future multiplier 50 currency USD
09:30 A1 buy 2 FUT @ 1000
+1s A2 sell 2 FUT @ 1000
EOF
day span
echo 'date,symbol,scan
2026-01-01,FUT,30' >vols.csv
report margin --vols vols.csv -f csv span.xst >got
is "$(cell got ^1,.*span requirement) $(cell got ^1,.*span scenario)" \
	"3000.00 13" "two futures, a range of 30, the whole of it down"
is "$(cell got ^2,.*span requirement) $(cell got ^2,.*span scenario)" \
	"3000.00 11" "sold: up"
cat >short.txt <<'EOF'
instrument FUT tick 0.01 kind future multiplier 50 currency USD
instrument FAR tick 0.01 kind option underlying FUT strike 9000 expiry 2026-03-20 multiplier 50 currency USD
09:30 A1 sell 4 FAR @ 0.01
+1s A2 buy 4 FAR @ 0.01
+1s A3 buy 1 FUT @ 1000
+1s A4 sell 1 FUT @ 1000
EOF
day short
echo 'date,symbol,vol,scan,short-option
2026-01-01,FUT,,30,1.5
2026-01-01,FAR,20%,,' >vols.csv
report margin --vols vols.csv -f csv short.xst >got
is "$(cell got ^1,.*span requirement) $(cell got ^2,.*span requirement)" \
	"300.00 0.00" "four short options on 50, at least 1.50 each; none bought"
is "$(cell got ^4,.*span requirement)" 1500.00 "nor of a future"

# ---- credits between commodities ----

# A 1,500 for one, B 800, C 100.  Account 1: 14 A, -25 B, -30 C.  Account 2 has
# the other side of all.  Account 3 has 10 A and four calls on A that are worth
# what A is above 1: deltas of 14.  Account 4 is short of all three.
cat >ics.txt <<'EOF'
instrument A tick 0.01 kind future multiplier 50 currency USD
instrument B tick 0.01 kind future multiplier 20 currency USD
instrument C tick 0.01 kind future multiplier 10 currency USD
instrument CA tick 0.01 kind option underlying A strike 1 expiry 2026-03-20 multiplier 50 currency USD
09:30 A1 buy 14 A @ 1000
+1s A2 sell 14 A @ 1000
+1s A2 buy 25 B @ 2000
+1s A1 sell 25 B @ 2000
+1s A2 buy 30 C @ 500
+1s A1 sell 30 C @ 500
+1s A3 buy 10 A @ 1000
+1s A4 sell 10 A @ 1000
+1s A3 buy 4 CA @ 999
+1s A5 sell 4 CA @ 999
+1s A5 buy 25 B @ 2000
+1s A3 sell 25 B @ 2000
+1s A5 buy 30 C @ 500
+1s A3 sell 30 C @ 500
+1s A4 sell 5 B @ 2000
+1s A5 buy 5 B @ 2000
EOF
day ics
echo 'date,symbol,vol,scan,short-option
2026-01-01,A,,30,1.5
2026-01-01,B,,40,
2026-01-01,C,,10,
2026-01-01,CA,0,,' >vols.csv
printf 'date,rate\n2020-01-01,0\n' >zero.csv
cat >spreads.csv <<'EOF'
from,until,priority,symbol,side,ratio,credit,source
2020-01-01,,2,A,a,1,50%,second
2020-01-01,,2,C,b,3,50%,second
2020-01-01,,1,B,b,2,70%,first
2020-01-01,,1,A,a,1,70%,first
2020-01-01,,3,NONE,a,1,100%,nobody has it
2020-01-01,,3,B,b,1,100%,nobody has it
2020-01-01,2020-01-02,7,B,a,1,100%,a day that is gone
EOF
ics() {
	report margin --vols vols.csv --rates zero.csv "$@" -f csv ics.xst >got
}
# needs ACCOUNT: of A, B and C, and credits
needs() {
	for s in A B C; do
		cell got "^$1,.*,$s,span," requirement
	done
	for s in A B C; do
		cell got "^$1,.*,$s,span-credit," requirement
	done
}
ics --spreads spreads.csv
want="6750.00 6000.00 2775.00 14250.00 14000.00 225.00"
is "$(needs 1 | tr '\n' ' ')" "$want " "in the order of priorities"
is "$(needs 2 | tr '\n' ' ')" "$want " "and the other way round"
is "$(needs 3 | tr '\n' ' ')" "$want " "options by their deltas"
is "$(needs 4 | tr '\n' ' ')" "15000.00 4000.00 no such cell \
0.00 0.00 no such cell " \
	"none who is short of both"
is "$(cell got '^1,[^,]*,,maintenance,' requirement)" 15525.00 \
	"it is less to be kept, too"
ics
is "$(cell got '^1,[^,]*,,maintenance,' requirement)" 44000.00 "without a table"
is "$(needs 1 | tr '\n' ' ')" "21000.00 20000.00 3000.00 no such cell \
no such cell no such cell " "no credits"
# All of A's scan risk is taken off; 4 short calls on 50 keep 1.50 each.
sed 's/,A,a,1,70%/,A,a,1,100%/' spreads.csv >more.csv
ics --spreads more.csv
is "$(cell got '^5,.*,A,span,' requirement)" "300.00" \
	"the least for short options stays"
# Three legs: 1 A against 1 B and 2 C; C makes 15 of it, A 14 of which all.
cat >legs.csv <<'EOF'
from,priority,symbol,side,ratio,credit,source
2020-01-01,1,A,b,1,10%,three
2020-01-01,1,B,a,1,20%,three
2020-01-01,1,C,a,2,30%,three
EOF
ics --spreads legs.csv
is "$(needs 1 | tr '\n' ' ')" "18900.00 17760.00 2160.00 2100.00 2240.00 840.00 " \
	"a spread of three legs"
refused() {
	printf '%s\n' from,until,priority,symbol,side,ratio,credit,source "$1" \
		>bad.csv
	report margin --vols vols.csv --rates zero.csv --spreads bad.csv \
		ics.xst >/dev/null 2>said
	is "$? $(cat said)" "3 exch-risk report: bad.csv:$2" "$3"
}
refused 2020-01-01,,1,A,a,1,50%,x "2: spread 1 of 2026-01-05 has no \
leg on side b: expected one on each" "one side"
refused "2020-01-01,,1,A,a,1,50%,x
2020-01-01,,1,A,b,1,50%,x" "3: line 2 says the same for some of these days" \
	"an underlying twice"
refused 2020-01-01,2020-01-01,1,A,a,1,50%,x "2: it would end before it begins: \
expected 'until' after 'from'" "no day"
awk 'NR == 1; END { for (i = 0; i < 50000; i++)
	printf "2020-01-01,,%d,%s%d,%s,1,50%%,x\n", 9 + int(i / 2), \
		"X", i, i % 2 ? "a" : "b" }' spreads.csv >many.csv
sed 1d spreads.csv >>many.csv
ics --spreads many.csv
is "$(needs 1 | tr '\n' ' ')" "$want " "among 50,000 of things that nobody holds"
refused 2020-01-01,,1,A,a,0,50%,x "2:19: '0' is no 'ratio': expected a price of at \
most nine decimals from 0.000000001 to 1000000" "no ratio"
refused 2020-01-01,,1,A,a,1,101%,x "2:21: '101%' is no 'credit': expected a rate \
such as -0.05 or -5% from 0 to 1" "more than all"
refused 2020-01-01,,0,A,a,1,1%,x "2:13: '0' is no 'priority': expected a whole \
number from 1 to 4294967295" "no priority"
refused 2020-01-01,,1,A,c,1,1%,x "2:17: 'c' is no 'side': expected one of a, b" \
	"no side"

# ---- value at risk: a history of a hundred days, and awk ----

awk 'BEGIN {
	print "date,symbol,close"
	a = 100; b = 50; seed = 12345
	for (i = 0; i < 101; i++) {
		printf "2025-%02d-%02d,ABC,%.4f\n", 6 + int(i / 25),
			1 + i % 25, a
		printf "2025-%02d-%02d,XYZ,%.4f\n", 6 + int(i / 25),
			1 + i % 25, b
		seed = (seed * 1103515245 + 12345) % 2147483648
		x = seed / 2147483648 - 0.5
		seed = (seed * 1103515245 + 12345) % 2147483648
		y = seed / 2147483648 - 0.5
		a *= 1 + x / 20
		b *= 1 + (x + y) / 30
	}
}' >prices.csv
cat >var.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
09:30 A1 buy 1000 ABC @ 100
+1s A2 sell 1000 ABC @ 100
+1s A1 buy 500 XYZ @ 50
+1s A2 sell 500 XYZ @ 50
EOF
day var
report var --level 95% -p prices.csv -f csv var.xst >got
awk -F , 'NR > 1 { if ($2 in last)
		pl[n[$2]++] += ($3 / last[$2] - 1) * ($2 == "ABC" ? 1e5 : 25e3)
		last[$2] = $3 }
	END {
		m = n["ABC"]
		for (i = 0; i < m; i++) {
			s += pl[i]
			for (j = i; j > 0 && v[j - 1] > pl[i]; j--)
				v[j] = v[j - 1]
			v[j] = pl[i]
		}
		for (i = 0; i < m; i++)
			q += (pl[i] - s / m) ^ 2
		for (i = 0; i < 5; i++)
			es -= v[i] / 5
		print m, -v[4], es, 1.6448536269514722 * sqrt(q / (m - 1)),
			2.0627128075074257 * sqrt(q / (m - 1))
	}' CONVFMT=%.9g OFMT=%.9g prices.csv >want
read -r days hist es normal nes <want
is "$(cell got ^1, days)" "$days" "days of history"
near "$(cell got ^1, history_var)" "$hist" 0.006 "the fifth worst of a hundred"
near "$(cell got ^1, history_es)" "$es" 0.006 "and the mean of these"
near "$(cell got ^1, normal_var)" "$normal" 0.006 "normal"
near "$(cell got ^1, normal_es)" "$nes" 0.006 "and beyond it"
drawn_near got "Monte Carlo within three standard errors of it"
near "$(cell got ^2, normal_var)" "$normal" 0.006 "sold: the same"
# Two days of prices make one return, which deviates from nothing.
{ sed -n 1p prices.csv; sed 1d prices.csv | sort -t , -k 1,1 | head -n 4; } >two.csv
report var -p two.csv -f csv var.xst >few 2>err
result $? "a history of two days"
is "$(cell few ^1, days) $(cell few ^1, normal_var) $(cell few ^1, stressed_var)" "1  " \
	"has no normal value"
has err "accounts have no Monte Carlo value" "and nothing to draw from"
report var -j 3 --level 95% -p prices.csv -f csv var.xst >more
same more got "on three threads, every digit"
report var --seed 2 --level 95% -p prices.csv -f csv var.xst >more
! cmp -s more got
result $? "another seed, other paths"
report var --level 95% --horizon 4 -p prices.csv -f csv var.xst >four
near "$(cell four ^1, normal_var)" "$(echo "$normal" | awk '{ print 2 * $1 }')" \
	0.01 "four days are twice one"

# Hull: 10m at 2% and 5m at 1% a day, 0.3: 1,620,114 in ten days at 99%.
cat >hull.txt <<'EOF'
instrument ABC tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
09:30 A1 buy 100000 ABC @ 100
+1s A2 sell 100000 ABC @ 100
+1s A1 buy 100000 XYZ @ 50
+1s A2 sell 100000 XYZ @ 50
EOF
day hull
# 2% and 1% times the root of 252.
printf 'date,symbol,vol\n2026-01-01,ABC,0.317490157\n2026-01-01,XYZ,0.158745079\n' \
	>vols.csv
printf 'a,b,correlation\nABC,XYZ,0.3\n' >corr.csv
report var --horizon 10 --vols vols.csv --correlations corr.csv \
	-p prices.csv -f csv hull.xst >got
near "$(cell got ^1, normal_var)" 1620114 1 "two assets of a book"
drawn_near got "paths within three standard errors"
report var --horizon 10 --stress 0.5 --vols vols.csv --correlations corr.csv \
	-p prices.csv -f csv hull.xst >got
near "$(cell got ^1, stressed_var)" \
	"$(awk 'BEGIN { v = 4e10 + 25e8 + 2 * 0.65 * 2e5 * 5e4
		printf "%.6f", 2.3263478740 * sqrt(10 * v) }')" 1 "0.3 becomes 0.65"
# Bangia: a million, .2% and .05%, k 3 adds 1,750.
printf 'symbol,volume,spread,spread-sd\nABC,50000,0.2%%,0.05%%\n' >liquid.csv
cat >bangia.txt <<'EOF'
instrument ABC tick 0.01 currency USD
09:30 A1 buy 10000 ABC @ 100
+1s A2 sell 10000 ABC @ 100
EOF
day bangia
report var --liquidity liquid.csv -p prices.csv -f csv bangia.xst >got
is "$(cell got ^1, liquidity_cost)" 1750.00 "the cost of a way out"
is "$(cell got ^1, liquidation_days)" 1 "10,000 at a fifth of 50,000 a day"

# ---- stress, concentration ----

cat >scenarios.csv <<'EOF'
name,symbol,kind,shock,vol
crash,,,-20.47%,
split,ABC,,-50%,
split,,equity,10%,
EOF
report stress -s scenarios.csv -f csv var.xst >got
is "$(cell got ^1,A1,crash profit)" -25587.50 "everything falls"
is "$(cell got ^1,A1,split profit)" -47500.00 "each by its own row"
report stress -f csv var.xst >got
is "$(cell got ^2,.*1987-crash-sp500 profit)" 25587.50 \
	"days of the past come with the rules"
cat >hhi.txt <<'EOF'
instrument AA tick 1 currency USD
instrument BB tick 1 currency USD
instrument CC tick 1 currency USD
09:30 A1 buy 5 AA @ 10
+1s A2 sell 5 AA @ 10
+1s A1 buy 3 BB @ 10
+1s A2 sell 3 BB @ 10
+1s A1 buy 2 CC @ 10
+1s A2 sell 2 CC @ 10
EOF
day hhi
report concentration -f csv hhi.xst >got
is "$(cell got ^1, hhi) $(cell got ^1, effective) $(cell got ^1, largest)" \
	"0.38 2.631579 AA" "a half, three tenths and a fifth"

# ---- back-tests ----

# days EXCEPTION...: 250 days with losses beyond the VaR on these.
days() {
	awk -v at=" $* " 'BEGIN { print "date,pl,var"
		for (i = 0; i < 250; i++)
			printf "2025-%02d-%02d,%d,10.00\n", 1 + int(i / 28),
				1 + i % 28, index(at, " " i " ") ? -11 : -10 }'
}
days 40 41 42 120 200 201 >pl.csv
report backtest --profits pl.csv -f csv >got
is "$(cell got ^250 exceptions) $(cell got ^250 zone)" "6 yellow" \
	"six exceptions; a loss as large as the VaR is none"
near "$(cell got ^250 kupiec)" 3.5554 5e-5 "Kupiec"
near "$(cell got ^250 independence)" 15.9153 5e-5 "Christoffersen"
near "$(cell got ^250 joint)" 19.4707 5e-5 "both"
is "$(cell got ^250 kupiec_model) $(cell got ^250 joint_model)" \
	"kept rejected" "as the tests say"
is "$(cell got ^250 basel_multiplier) $(cell got ^250 frtb_multiplier)" \
	"3.5 1.76" "multipliers"
days 20 60 100 140 180 220 >pl.csv
report backtest --profits pl.csv -f csv >got
near "$(cell got ^250 independence)" 0.2963 5e-5 "one by one"
near "$(cell got ^250 joint)" 3.8517 5e-5 "kept"

# A hundred thousand rows need a moment; each against each took nine seconds.
mkdir many
cp "$src"/data/risk/*.csv many
awk 'BEGIN { print "from,until,rule,exceptions,zone,multiplier,source"
	for (i = 0; i < 100000; i++)
		printf "2020-01-01,,%s,%d,green,1.5,x\n", \
			i % 2 ? "basel" : "frtb", i / 2 }' >many/backtest.csv
printf 'date,pl,var\n2026-01-05,1,2\n2026-01-06,1,2\n' >quiet.csv
(
	ulimit -t 4
	exch-risk report backtest --rules many --profits quiet.csv -f csv >got
)
is "$? $(cell got ^2, exceptions)" "0 0" "rules of a hundred thousand rows"

# ---- decisions ----

echo 'scope,name,size
account,2,50' >limits.csv
exch-replay -q book.txt --date 2026-01-05 | exch-risk -q -l limits.csv |
	exch-match -q -o gated.xst
report decisions -f csv gated.xst >got
is "$(sed 1d got | cut -d , -f 3-9)" \
	"2,2,new,reject,size,50,100
5,2,new,reject,size,50,400" "what the gate refused"
cat >units.txt <<'EOF'
instrument ABC tick 0.01 unit 0.001 reference 10.00
instrument XYZ tick 0.01
09:30  A1  sell 1.5 ABC @ 10.00
+1s    A1  sell 2.25 ABC @ 10.00
+1s    A1  buy 1 ABC @ 10.00
+1s    A1  buy 1 ABC @ market
+1s    A1  sell 1 ABC @ 10.61
+1s    A2  buy 1 XYZ @ 1.50
+1s    A2  buy 1 XYZ @ market
+1s    A3  buy 1 XYZ @ 1.50
+1s    A3  buy 1 XYZ @ 1.50
EOF
cat >units.csv <<'EOF'
scope,name,symbol,size,value,collar,self-trade,duplicate
all,,ABC,2000,,5%,account,
account,2,,,1.00,,,
account,3,,,,,,2s
EOF
exch-replay -q units.txt --date 2026-01-05 | exch-risk -q -l units.csv |
	exch-match -q -o units.xst
report decisions -f csv units.xst >got
cut -d , -f 2,3,7-9 got | sed 1d >cells
cat >want <<'EOF'
ABC,2,size,2,2.25
ABC,3,self-trade,10.00,10.00
ABC,4,self-trade,10.00,
ABC,5,collar,0.50,0.61
XYZ,6,value,1.00,1.50
XYZ,7,value,1.00,
XYZ,9,duplicate,2000000000,1000000000
EOF
same cells want "symbols, and what each instrument and rule counts in"
report decisions -f json units.xst | sed -n '6s/.*"limit"/"limit"/p' >cells
has cells '^"limit":1.00,"observed":null,' "any amount is no number"

# ---- who and what is not there ----

report positions --account 77 -f csv book.xst >got 2>said
is "$? $(wc -l <got) $(cat said)" "1 1 exch-risk report: --account: the \
stream has no account 77" "an account that is nowhere"
report decisions --account 1 -f csv gated.xst >got 2>said
is "$? $(wc -l <got) $(cat said)" "0 1 " "one that nothing was said of"
exch-replay -q -o never.xst book.txt --date 2026-01-05
for r in positions page; do
	report $r -o got never.xst 2>said
	is "$? $(cat said)" "3 exch-risk report: the stream has orders but no \
answers: put exch-match in the pipe: exch-replay FILE | exch-match | exch-risk \
report $r" "$r of what was never matched"
done
report decisions -f csv never.xst >got 2>said
is "$? $(cat said)" "0 " "decisions come before the matcher"
cat >lost.csv <<'EOF'
account,quantity,symbol,price
1,5,ABC,9
1,5,ABCD,9
EOF
report positions --opening lost.csv -f csv book.xst >got 2>said
is "$? $(wc -c <got) $(cat said)" "3 0 exch-risk report: lost.csv:3:5: 'ABCD' \
is no instrument of the stream: expected a symbol that an INSTRUMENT record has" \
	"a position in nothing"
exch-risk watch -q --opening lost.csv -o got.xst book.xst 2>said
is "$? $(cat said)" "3 exch-risk watch: lost.csv:3:5: 'ABCD' is no \
instrument of the stream: expected a symbol that an INSTRUMENT record has" \
	"and watched"
printf 'scope,symbol,maker\nall,ABCE,0.001\n' >lost.csv
printf 'name,shock,symbol\ncrash,-5%%,ABCF\n' >lost2.csv
report stress --fees lost.csv -s lost2.csv -f csv book.xst >got 2>said
is "$? $(cat said)" "0 exch-risk report: lost.csv:2:5: 'ABCE' is no instrument \
of the stream: expected a symbol that an INSTRUMENT record has
exch-risk report: lost2.csv:2:11: 'ABCF' is no instrument of the stream: expected \
a symbol that an INSTRUMENT record has" "fees and scenarios of others are told"

# ---- the page ----

printf 'account,balance\n1,30000.00\n2,30000.00\n' >accounts.csv
sed 's/A1/<b>\&"/' var.txt >names.txt
day names
report page -a accounts.csv -p prices.csv -o page.html names.xst
result $? "a page"
has page.html '^<!doctype html>' "is HTML"
has page.html '&#60;b&#62;&#38;&#34;' "names are text"
! grep -e '<script' -e '<b>&' -e 'https*:' -e 'nan' -e 'inf' page.html
result $? "nothing is run, fetched, or no number"
has page.html '<b class="bad">8,750</b><span>margin calls' "what for"
has page.html '<b class="bad">2</b><span>accounts called' "who is called"
has page.html '<td class=l>1987-crash-sp500</td>' "and stressed"
report page -a accounts.csv -p prices.csv names.xst | cmp - page.html
result $? "the same again"
report page var.xst >page.html
has page.html 'add --prices' "without prices it says what to add"
exits 2 "a page has no format" report page -f csv var.xst

# ---- what lacks, what is wrong ----

# status WANT NAME ARGUMENT...: of a report; its words go to err.
status() {
	want=$1
	what=$2
	shift 2
	got=0
	report "$@" >out 2>err || got=$?
	is "$got" "$want" "$what"
}
# refuses PATTERN ARGUMENT...
refuses() {
	pattern=$1
	shift
	code=3
	case $pattern in
	*needs*) code=2 ;;
	esac
	status "$code" "refused: $pattern" "$@"
	has err "$pattern" "and told"
	same out /dev/null "and nothing else"
}
refuses "report 'var' needs more: add --prices FILE" var var.xst
refuses "report 'backtest' needs more: add --profits" backtest
printf 'date,symbol,close\n2026-01-02,XYZ,5\n' >bad.csv
refuses "there are no prices of 'ABC'" var -p bad.csv var.xst
printf 'date,symbol,close\n2026-01-05,ABC,-5\n' >bad.csv
refuses "bad.csv:2:16: '-5' is no 'close'" var -p bad.csv var.xst
printf 'a,b,correlation\nABC,XYZ,1.01\n' >bad.csv
refuses "bad.csv:2:9: '1.01' is no 'correlation'" \
	var -p prices.csv --correlations bad.csv var.xst
printf 'a,b,correlation\nABC,XYZ,1\n' >bad.csv
refuses "not positive definite.*pivot 0" \
	var -p prices.csv --correlations bad.csv var.xst
printf 'date,pl,var\n2026-01-05,1,1\n' >bad.csv
refuses "a back-test of 1 days" backtest --profits bad.csv
refuses "no row tells 'initial-long' for 2019-12-31" \
	accounts --date 2019-12-31 var.xst
refuses "none/margin.csv" accounts --rules none var.xst
refuses "--rules names the directory" accounts --rules none var.xst
sed 's/XYZ tick 0.01 currency USD/XYZ tick 0.01 currency EUR/' var.txt >two.txt
day two
refuses "in USD and in EUR" positions two.xst
cat >big.txt <<'EOF'
instrument ABC tick 0.01 currency USD
09:30 A1 buy 9000000000000000 ABC @ 9000000
+1s A2 sell 9000000000000000 ABC @ 9000000
EOF
day big
status 1 "an execution beyond numbers" accounts big.xst
has err "source [0-9]*, record [0-9]*: an execution is worth more than \
numbers can say" "is told, and not in the report"
status 3 "and strictly it is refused" accounts --strict big.xst
cat >oil.txt <<'EOF'
instrument OIL tick 0.01 kind future multiplier 1000 currency USD
09:30 A1 buy 1 OIL @ -37.63
+1s A2 sell 1 OIL @ -37.63
EOF
day oil
report positions -f csv oil.xst >got
is "$(cell got ^1, cost) $(cell got ^1, value)" "-37.63 -37630.00" \
	"a price below 0"
status 2 "a report that there is not" vaar var.xst
has err "it is one of accounts" "and which there are"
status 2 "a level of 1" var --level 1 var.xst
head -c 600 var.xst >cut.xst
status 3 "a stream that was cut" positions cut.xst
exch-replay -q --date 2026-01-05 hull.txt | report positions -f json >got
same got /dev/null "orders that nobody matched leave nothing"

finish
