#!/bin/sh
# Broken trades: what each report that counts trades says of a day is the same
# with the trade and its break as without both.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/broken_lib.sh
. "$src/tests/cli/broken_lib.sh"

if ! command -v sqlite3 >/dev/null; then
	skip_all "sqlite3 is not installed"
fi

# col FILE NAME: a column of the rows of a CSV without quotes.
col() {
	awk -F, -v want="$2" 'NR == 1 {
		for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ print $at[want] }' "$1"
}

# ---- the venue breaks what the engine did again ----

broken_day

# both REPORT OPTION...: REPORT.day and REPORT.whole; nothing is left in.
both() {
	name=$1
	shift
	exits 0 "$name of the day" exch-report "$name" --rules \
		"$src/data/report" -f csv -o "$name.day" "$@" day.xst 2>err
	is "$(cat err)" "" "with nothing to say of what was broken"
	exch-report "$name" --rules "$src/data/report" -f csv \
		-o "$name.whole" "$@" whole.xst
}
# less NAME REPORT COLUMN BY: the sum of a column is so much less.
less() {
	{
		col "$2.day" "$3" | sed 's/^/-1 /'
		col "$2.whole" "$3" | sed 's/^/1 /'
	} | awk -v by="$4" '{ s += $1 * $2 } END { d = s - by
		print (d < 0.005 && d > -0.005), s }' >sum
	is "$(cut -d' ' -f1 sum)" 1 "$1" || sed 's/^/# /' sum
}
worth() {
	awk -v n="$1" -v cash="$cash" 'BEGIN { printf "%.2f", n * cash }'
}
both summary # a row of the instrument, and one of all
less "summary: one trade" summary trades 2
less "its turnover" summary turnover "$(worth 2)"
less "counted as broken" summary broken -2
both bestex # both sides; a row of the class, and one of its venue
less "bestex: both sides" bestex executions 4
less "their value" bestex value "$(worth 4)"
less "and broken" bestex broken -4
both fees # accounts, and all of them
less "fees: both sides" fees executions 4
both pnl # the same
less "pnl: bought by one, sold by another" pnl executions 4
both tax
both tca
both statement
is "$(grep -c ',broken,' statement.day)" 2 "a statement has both sides back"
is "$(grep -cv ',broken,' statement.day)" "$(grep -c '' statement.whole)" \
	"and nothing else"
both confirms
is "$(grep -c '^broken,' confirms.day)" 2 "and both have a confirmation"
for f in day whole; do
	exch-report cat --rules "$src/data/report" -q -o cat.$f $f.xst
	grep -c 'cancelFlag  *true\|"cancelFlag": *true' cat.$f >cat.n
	echo "$f $(cat cat.n)"
done >cancelled
is "$(cat cancelled)" "day 1
whole 0" "and CAT a trade with cancelFlag"

# ---- and what it did not do again ----

missed_day
for name in summary bestex pnl; do
	exch-report $name --rules "$src/data/report" -f csv -o $name.miss \
		missed.xst 2>err
	is "$(grep 'left out' err)" "" "$name has nothing to say of it"
done
is "$(col summary.miss trades | tail -n 1) $(col summary.miss broken | tail -n 1)" \
	"$(col summary.whole trades | tail -n 1) 1" "summary: all trades stand"
same bestex.miss bestex.whole "bestex: all stand"
same pnl.miss pnl.whole "pnl: all stand"

finish
