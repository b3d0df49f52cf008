# Shared by the tests of exch-risk report and watch, behind lib.sh:
# . "$src/tests/cli/risk_lib.sh"
# shellcheck shell=sh

report() {
	exch-risk report --rules "$src/data/risk" "$@"
}

# day FILE: a scenario matched.
day() {
	exch-replay -q --date 2026-01-05 "$1.txt" | exch-match -q -o "$1.xst"
}

# cell FILE ROW COLUMN: of CSV without quotes; the row is a pattern.
cell() {
	awk -F , -v row="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$0 ~ row && at[name] { print $at[name]; found = 1; exit }
		END { if (!found) print "no such cell" }' "$1"
}

# says STATUS WORDS NAME COMMAND...: it exits so and says that first.
says() {
	want="$1 $2"
	what=$3
	shift 3
	"$@" >out 2>said
	is "$? $(sed -n 1p said)" "$want" "$what"
}
