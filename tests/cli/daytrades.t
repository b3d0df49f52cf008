#!/bin/sh
# The old rule of day traders over five business days: what a day's report
# writes is what the next one reads.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >accounts.csv <<'EOT'
account,balance
1,100000.00
2,5000.00
3,5000.00
EOT
report() {
	exch-risk report --rules "$src/data/risk" -a accounts.csv -f csv "$@"
}
# day DATE FIRST: account 2 buys and sells once, account 3 buys and keeps.
cat >day.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1  sell 1 @ 10.00
+1s    A2  buy 1 @ 10.00
+1s    A1  buy 1 @ 9.99
+1s    A2  sell 1 @ 9.99
+1s    A1  sell 1 @ 10.00
+1s    A3  buy 1 @ 10.00
EOT
echo date,account,daytrades,trades >before.csv
# Thursday to Thursday: six business days.
for date in 2026-01-08 2026-01-09 2026-01-12 2026-01-13 2026-01-14 2026-01-15; do
	exch-replay -q --date $date day.txt | exch-match -q -o day.xst
	report accounts --day-trades before.csv day.xst >accounts.out
	report day-trades --day-trades before.csv day.xst >next.csv
	echo "$date $(awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
		$1 == 2 { print $c["day_trades"], $c["day_trader"], $c["required"] }' \
		accounts.out)" >>got
	cp next.csv before.csv
done
cat >want <<'EOT'
2026-01-08 1 no 0.00
2026-01-09 2 no 0.00
2026-01-12 3 no 0.00
2026-01-13 4 yes 25000.00
2026-01-14 5 yes 25000.00
2026-01-15 5 yes 25000.00
EOT
same got want "the fourth day trade in five days makes a day trader"
grep '2026-01-\(09\|15\)' next.csv >got
cat >want <<'EOT'
2026-01-09,1,1,3
2026-01-09,2,1,2
2026-01-09,3,0,1
2026-01-15,1,1,3
2026-01-15,2,1,2
2026-01-15,3,0,1
EOT
same got want "what is written is what the next day reads"
is "$(grep -c 2026-01-08 next.csv)" 0 "without what is too old for it"

# The rule is gone, and the count is not.
required() {
	report accounts --day-trades before.csv --date "$@" day.xst | awk -F , '
		NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
		$1 == 2 { print $c["day_trades"], $c["required"] }'
}
cat >before.csv <<'EOT'
date,account,daytrades,trades
2026-06-01,2,3,8
2026-06-02,2,0,60
EOT
is "$(required 2026-06-03)" "4 0.00" "6% of all trades, or more"
sed '$d' before.csv >less.csv && mv less.csv before.csv
is "$(required 2026-06-03)" "4 25000.00" "by date: the old rule"
is "$(required 2026-06-04)" "4 0.00" "by date: intraday margin"
is "$(required 2026-06-04 --phase-in)" "4 25000.00" "and a firm that phases in"
is "$(required 2026-06-05 --phase-in)" "4 25000.00" "on the fifth day"
is "$(required 2026-06-08 --phase-in)" "1 0.00" "and not on the sixth"
printf 'date,event,from,to,note\n2026-06-05,closed,,,\n' >closed.csv
is "$(required 2026-06-08 --phase-in --calendar closed.csv)" "4 25000.00" \
	"a holiday is no business day"
report accounts --day-trades before.csv --date 2027-01-04 \
	--calendar closed.csv day.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk report: closed.csv: the calendar says nothing \
about the five days before 2027-01-04" "a year the calendar does not know"

refused() {
	printf '%s\n' "date,account,daytrades,trades" "$1" >bad.csv
	report accounts --day-trades bad.csv day.xst >/dev/null 2>said
	is "$? $(cat said)" "3 exch-risk report: bad.csv:$2" "$3"
}
refused 2026-01-05,1,3,2 "2: more day trades than trades: expected at most 2" \
	"more than there were"
refused "2026-01-05,1,3,4
2026-01-05,1,0,1" "3: line 2 tells the account's trades of that day already" \
	"twice"
refused 2026-02-30,1,3,4 "2:1: '2026-02-30' is no 'date': expected a date such \
as 2026-11-26" "no day"

# ---- the gate keeps the rule ----

cat >accounts.csv <<'EOT'
account,balance
1,10000000.00
2,30000.00
3,20000.00
4,20000.00
EOT
cat >before.csv <<'EOT'
date,account,daytrades,trades
2026-06-01,2,3,10
2026-06-01,3,3,10
2026-06-01,4,3,80
2026-05-27,4,9,9
EOT
# Account 2 becomes a day trader by order 4: four of twelve trades, with 29,999
# left.  12,000 at the last price 9.99 are 119,880 of four times 30,000; bought
# at 10.00 they are 120,000, and one more is 120,010, until 2.50 come.  Account 3
# has 19,999 then, which is less than 25,000; account 4 made 4 day trades of 82,
# which is 5%: 27 May is the sixth day before 3 June.
cat >gate.txt <<'EOT'
instrument ABC tick 0.01 reference 10.00
09:30  A1  sell 100000 @ 10.00
+1s    A2  buy 100 @ 10.00
+1s    A1  buy 100000 @ 9.99
+1s    A2  sell 100 @ 9.99
+1s    A2  buy 12000 @ 10.00
+1s    A2  buy 1 @ 10.00
+1s    A2  deposit 2.50
+1s    A2  buy 1 @ 10.00
+1s    A2  sell 1 @ 9.99
+1s    A3  buy 100 @ 10.00
+1s    A3  sell 100 @ 9.99
+1s    A3  buy 1 @ 10.00
+1s    A3  sell 1 @ 10.01
+1s    A3  quote bid 1 @ 9.00 offer 1 @ 11.00
+1s    A3  deposit 5001.00
+1s    A3  buy 1 @ 10.00
+1s    A4  buy 100 @ 10.00
+1s    A4  sell 100 @ 9.99
+1s    A4  buy 1 @ 10.00
EOT
exch-replay -q -o gate.xst gate.txt
result $? "a day of day traders"
printf 'scope,day-trader\nall,rule\n' >trader.csv
gate() {
	exch-match -q --accounts accounts.csv --risk "$@" \
		--margin "$src/data/risk/margin.csv" gate.xst
}
verdicts() {
	exch-replay -f csv --type risk 2>/dev/null | awk -F , '
		NR > 1 { print $8 "," $12 "," $13 "," $14 "," $9 "," $10 }'
}
cat >want <<'EOT'
6,2,day-trader-power,reject,120000000000,120010000000
11,3,day-trader-equity,reject,25000000000,19999000000
12,3,day-trader-equity,reject,25000000000,19999000000
13,3,day-trader-equity,reject,25000000000,19999000000
EOT
gate trader.csv --day-trades before.csv --date 2026-06-03 -o out.xst
verdicts <out.xst >got
same got want "least equity and buying power, on the last day of the rule"
exch-replay -f csv --type reject out.xst 2>/dev/null | sed 1d |
	cut -d , -f 8,9 | tr '\n' ' ' >got
is "$(cat got)" "6,risk-day-trader-power 11,risk-day-trader-equity \
12,risk-day-trader-equity 13,risk-day-trader-equity " "with codes of their own"
explained() {
	exch-match --accounts accounts.csv --risk trader.csv --explain "$1" \
		--margin "$src/data/risk/margin.csv" --date 2026-06-03 \
		--day-trades before.csv gate.xst 2>&1 >/dev/null |
		sed -n "s/.*of order $1, //p"
}
is "$(explained 6)" "account 2: positions of a day trader could be worth \
120010.00, at most 120000.00" "the power in words"
is "$(explained 11)" "account 3: the equity of a day trader is 19999.00, at \
least 25000.00" "the equity in words"
is "$(gate trader.csv --day-trades before.csv --date 2026-06-04 | verdicts)" \
	"" "and not the day after"
sed 's/rule/phase-in/' trader.csv >phase.csv
phased() {
	sed "s/2026-06-01/$2/" before.csv >recent.csv
	gate phase.csv --day-trades recent.csv --date "$1" | verdicts
}
is "$(phased 2027-10-19 2027-10-18)" "$(cat want)" "a firm may keep it"
is "$(phased 2027-10-20 2027-10-18)" "" "until then"
is "$(gate trader.csv --date 2026-06-03 | verdicts)" "" \
	"who is not known from before trades for the first time"
is "$(gate trader.csv --day-trades before.csv --date 2026-06-08 | verdicts)" \
	"" "five days later"
printf 'scope,size\nall,100000\n' >plain.csv
is "$(gate plain.csv --day-trades before.csv --date 2026-06-03 | verdicts)" "" \
	"limits have to ask for it"
cat >some.csv <<'EOT'
scope,name,day-trader,hold
all,,rule,day-trader-power
account,3,none,
EOT
is "$(gate some.csv --day-trades before.csv --date 2026-06-03 | verdicts)" \
	"6,2,day-trader-power,hold,120000000000,120010000000" \
	"of some, and held"
# An execution that is broken is no trade: 3 day trades of 11 are left.
cat >broken.txt <<'EOT'
instrument ABC tick 0.01 reference 10.00
09:30  A1  sell 100 @ 10.00
+1s    A2  buy 1 @ 1.00
+1s    A1  buy 100 @ 9.99
+1s    A3  buy 10 @ 10.00
+1s    A3  sell 10 @ 9.99
+1s    A3  buy 1 @ 10.00
+1s    break 2 ABC
+1s    A3  buy 1 @ 10.00
EOT
exch-replay -q -o gate.xst broken.txt
result $? "one that is broken"
is "$(gate trader.csv --day-trades before.csv --date 2026-06-03 | verdicts)" \
	"6,3,day-trader-equity,reject,25000000000,19999900000" \
	"takes its day trade with it"
# Nothing tells what a market order of the first of an instrument is worth.
cat >nothing.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1  sell 1 @ market
+1s    A2  buy 1 @ market
EOT
exch-replay -q -o gate.xst nothing.txt
sed 's/,2,3,10/,2,5,10/' before.csv >y
is "$(gate trader.csv --day-trades y --date 2026-06-03 | verdicts)" \
	"2,2,day-trader-power,reject,120000000000,9223372036854775807" \
	"an order that nobody can value"
exch-match --risk trader.csv -o no.xst gate.xst 2>said
is "$? $(cat said)" "2 exch-match: trader.csv: the rule of day traders goes by \
dated numbers: add --margin FILE, such as risk/margin.csv of the package" \
	"no numbers"
exits 2 "days before without a rule" exch-match --risk trader.csv \
	--day-trades before.csv -o no.xst gate.xst 2>said
has said 'day-trades goes with --margin FILE' "are told"
exch-risk -l trader.csv gate.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk: trader.csv:2: margin, concentration, sector, \
losses, notional, day traders and the last price depend on executions: they are \
limits of exch-match --risk" "not in front"
printf 'scope,symbol,day-trader\nall,ABC,rule\n' >bad.csv
exch-match --risk bad.csv gate.xst >/dev/null 2>said
has said '^exch-match: bad.csv:2: messages, .* day-trader are of accounts' \
	"of no instrument"
printf 'scope,day-trader\nall,yes\n' >bad.csv
exch-match --risk bad.csv gate.xst >/dev/null 2>said
has said "bad.csv:2:5: 'yes' is no 'day-trader': expected one of none, rule, \
phase-in" "no word"

finish
