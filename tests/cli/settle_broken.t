#!/bin/sh
# A trade that the venue broke, by its own number, in a day that is matched
# again: what exch-settle and exch-risk make of the engine's trade is taken back,
# and nothing where the engine did not do it.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"
# shellcheck source=tests/cli/broken_lib.sh
. "$src/tests/cli/broken_lib.sh"

if ! command -v sqlite3 >/dev/null; then
	skip_all "sqlite3 is not installed"
fi

# less COLUMN FILE FILE: how many rows of two CSVs differ by what, from the
# first to the second, with two decimals, the smaller ones first.
less() {
	for f in "$2" "$3"; do
		columns account,symbol,"$1" <"$f" >"$f.col"
	done
	awk -F, '{ k = $1 "," $2 } NR == FNR { was[k] = $3; next }
		{ d = $3 - was[k]; delete was[k] }
		d > 0.004 || d < -0.004 { printf "%.2f\n", d }
		END { for (k in was) print "gone", k }' "$2.col" "$3.col" |
		sort -n | tr '\n' ' '
}

# both DAY: settled, and what is held.
both() {
	exits 0 "$1 is settled" exch-settle -o "$1.settled" "$1.xst" 2>"$1.said"
	is "$(unbalanced "$1.settled")" 0 "every entry balances"
	exch-settle report -q -f csv nets "$1.settled" >"$1.nets"
	exch-risk report -q -f csv positions "$1.xst" >"$1.held"
}

broken_day
both day
both whole
is "$(less qty whole.nets day.nets)" "-$qty.00 $qty.00 " \
	"nets: the buyer has so many less, the seller so many more"
is "$(less cash whole.nets day.nets)" "-$cash $cash " "and for that money"
is "$(less trades whole.nets day.nets)" "-1.00 -1.00 " "a trade less each"
rows obligation match,status,qty day.settled | grep ',broken,' >back
is "$(cut -d, -f1 back | sort -u) $(wc -l <back | tr -d ' ')" "$engine 2" \
	"two obligations with the engine's number are back"
is "$(less qty whole.held day.held)" "-$qty.00 $qty.00 " "positions: the same"
is "$(less buys whole.held day.held)" "-1.00 " "a purchase less"
is "$(less sells whole.held day.held)" "-1.00 " "and a sale"

missed_day
unbroken missed.json kept.xst
both missed
both kept
same missed.nets kept.nets "what the engine did not do is not taken back"
same missed.held kept.held "from what is held neither"
is "$(rows obligation status missed.settled | grep -c broken)" 0 \
	"no obligation is"

finish
