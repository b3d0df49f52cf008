#!/bin/sh
# The gate within the matcher: a run of exch-match --risk says what a walk over
# all orders says (gate.c), with a journal and a card, too.  There are no threads
# to compare: the gate asks what an account did in every instrument, and -j is not
# followed, which is told.
#
#	gate_match.t [ACCOUNTS COMMANDS]
. "${srcdir:-.}/tests/cli/lib.sh"

"$bin/tests/prop/gate" --seed 7 --accounts "${1:-2000}" \
	--commands "${2:-60000}" --write . >out
result $? "a day, and what the walk says of it"
match() {
	exch-match -q --risk limits.csv --accounts accounts.csv \
		--restricted restricted.csv --instruments instruments.csv --margin margin.csv \
		--day-trades daytrades.csv \
		--date 2026-01-05 "$@" orders.xst
}
match --digest -o 1.xst 2>want
result $? "it is matched"
exch-replay -f csv --type risk 1.xst 2>/dev/null |
	awk -F , 'NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 }' >got
same got verdicts "each verdict is that of the walk"
is "$(($(wc -l <got) > ${2:-60000} / 10))" 1 "and there are many"
exch-replay -f csv --type reject 1.xst 2>/dev/null | grep -c ',risk-' >refused
is "$(($(cat refused)))" "$(($(wc -l <got)))" "each command is refused"
exch-match --risk limits.csv --accounts accounts.csv \
	--restricted restricted.csv --instruments instruments.csv \
	--margin margin.csv --day-trades daytrades.csv --date 2026-01-05 \
	-j 2 --digest -o 2.xst orders.xst 2>said
grep -x "$(cat want)" said >digest
same digest want "-j 2: the same digest"
is "$(grep -c '^exch-match: --risk matches on one thread$' said)" 1 \
	"and it is told that it was one thread"
match --journal j --segment-size 1000000 --digest -o 3.xst 2>digest
same digest want "with a journal: the same digest"
match -e fpga --card soft --digest -o 4.xst 2>digest
same digest want "with a card: the same digest"

finish
