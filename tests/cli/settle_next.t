#!/bin/sh
# What has settled is what can be spent on the next day: exch-settle report
# accounts and opening, the gate and the monitor; and SQL that works it out from
# executions.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- by hand ----

# Ann has 20,000.00 and buys 1,000 of Ben for 10,000.00, who has just these.
cat >one.txt <<'X'
date 2026-10-08
instrument ABC tick 0.01 currency USD reference 9.00
10:00  ANN buy 1000 ABC @ 10.00
+1s    BEN sell 1000 ABC @ 10.00
X
printf 'account,balance\n1,20000.00\n2,0.00\n' >cash.csv
printf 'account,symbol,quantity,price\n2,ABC,1000,9.00\n' >had.csv
day one.txt >one.xst
for days in 0 1; do
	exch-settle -q -c $days -a cash.csv --opening had.csv -o t$days.xst \
		one.xst
	exch-settle report -q -f csv -o accounts$days.csv accounts t$days.xst
	exch-settle report -q -f csv -o opening$days.csv opening t$days.xst
done
cat accounts0.csv opening0.csv >got
cat >want <<'X'
account,balance
1,10000.00
2,10000.00
account,symbol,quantity,price
1,ABC,1000,10.00
X
same got want "what settles on its day is there on the next, at the last price"
cat accounts1.csv opening1.csv >got
cat >want <<'X'
account,balance
1,20000.00
2,0.00
account,symbol,quantity,price
2,ABC,1000,10.00
X
same got want "what settles a day later is not"

# On the next day Ann wants to spend 15,000.00, and Ben 5,000.00.
cat >two.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.00
10:00  ANN buy 1500 ABC @ 10.00
+1s    BEN buy 500 ABC @ 10.00
X
printf 'scope,credit\nall,0.00\n' >limits.csv
exch-replay -q two.txt >two.xst
for days in 0 1; do
	exch-match -q --risk limits.csv --accounts accounts$days.csv -f text \
		two.xst | grep -o 'order [12], account.*credit.*' >got$days
done
echo 'order 1, account 1: credit 5000000000 of 0' >want
same got0 want "Ann has spent 10,000.00 of 20,000.00"
echo 'order 2, account 2: credit 5000000000 of 0' >want
same got1 want "and Ben has not got them yet"
exch-match -q two.xst | exch-risk watch -q --accounts accounts0.csv \
	--opening opening0.csv -o watched.xst
result $? "the monitor begins with both"
rows position account,symbol,qty watched.xst | sort -u | grep ABC >got
has got '^1,ABC,1000' "Ann's thousand are hers"

# ---- several currencies ----

printf 'account,currency,amount\n1,USD,5.00\n1,EUR,7.00\n2,EUR,1.00\n' >money.csv
exch-settle -q --currency USD --cash money.csv -o both.xst one.xst
exits 1 "cash of two" exch-settle report -f csv -o x accounts both.xst 2>said
has said 'several currencies: --in' "is told"
exch-settle report -q -f csv --in EUR accounts both.xst >got
printf '%s\n' account,balance 1,7.00 2,1.00 >want
same got want "unless one is named"

# ---- three days, each with the buying power of the one before ----

awk 'BEGIN {
	srand(8)
	for (d = 6; d <= 8; d++) {
		f = "day" d ".txt"
		print "date 2026-10-0" d > f
		print "instrument AAA tick 0.01 currency USD reference 10.00" > f
		print "instrument BBB tick 0.01 currency USD reference 20.00" > f
		# Everybody has the same number on each day.
		for (a = 1; a <= 12; a++)
			printf "%s A%02d buy 1 AAA @ 1.00\n", \
			    a == 1 ? "09:00" : "+1s", a > f
		for (i = 0; i < 400; i++)
			printf "%s A%02d %s %d %s @ %.2f\n", \
			    i == 0 ? "10:00" : "+1s", 1 + int(rand() * 12), \
			    rand() < 0.5 ? "buy" : "sell", 1 + int(rand() * 90), \
			    rand() < 0.5 ? "AAA" : "BBB", \
			    10 + rand() * 10 > f
	}
	print "account,balance"
	for (a = 1; a <= 12; a++) print a ",3000.00"
}' >accounts.csv
for d in 6 7 8; do
	exch-replay -q day$d.txt | exch-match -q --risk limits.csv \
		--accounts accounts.csv -o m$d.xst
	if [ $d = 6 ]; then
		set -- -a accounts.csv
	else
		set -- --from s$((d - 1)).xst --need cash
	fi
	cp accounts.csv before$d.csv
	exch-settle -q "$@" -c 0 -o s$d.xst m$d.xst
	exch-settle report -q -f csv -o accounts.csv accounts s$d.xst
	exits 0 "day $d reconciles" exch-settle report -q -o x reconcile s$d.xst
	is "$(rows fail account s$d.xst)" "" "who can pay at the gate can pay"
	awk -F, 'NR > 1 && $2 < 0' accounts.csv >got
	same got /dev/null "nobody owes anything"
	ok "the gate had something to refuse" test \
		"$(rows reject reason m$d.xst | grep -c credit)" -gt 10
	if command -v sqlite3 >/dev/null; then
		rm -f day.db
		exch-store -q day.db s$d.xst
		# Cash before, less what was bought and more what was sold.
		awk -F, 'NR > 1 { printf "INSERT INTO had VALUES (%d, %.0f);\n", $1, $2 * 1e6 }' \
			before$d.csv >had.sql
		{
			echo 'CREATE TEMP TABLE had (account, cash);'
			cat had.sql
			echo "SELECT account, printf('%.2f', (cash + ifnull((SELECT
				sum(s.cash) FROM sides s
				WHERE s.account = had.account), 0)) / 1e6)
				FROM had ORDER BY account;"
		} | sqlite3 -separator , day.db >want
		tail -n +2 accounts.csv >got
		same got want "day $d: SQL says the same of executions"
	else
		skip "SQL" "sqlite3 is not installed"
	fi
done

finish
