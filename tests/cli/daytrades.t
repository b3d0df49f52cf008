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

finish
