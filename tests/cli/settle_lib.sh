# Shared by the tests of exch-settle, behind lib.sh:
# . "${srcdir:-.}/tests/cli/settle_lib.sh"
# shellcheck shell=sh

# columns NAME,...: of a CSV, by their names
columns() {
	awk -F, -v OFS=, -v want="$1" '
	NR == 1 { n = split(want, w, ","); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "," : "\n" }'
}

# rows TYPE NAME,... STREAM: of the records of a type
rows() {
	exch-replay -q -f csv --type "$1" "$3" | columns "$2"
}

# day FILE: match a scenario
day() {
	exch-replay -q "$1" | exch-match -q
}

# What every ledger keeps: each entry adds up to 0 in each unit.
unbalanced() {
	rows posting entry,symbol,currency,qty,amount "$1" | awk -F, '
	function units(s,   sign, p) {
		sign = s ~ /^-/ ? -1 : 1; sub(/^-/, "", s); p = s
		sub(/[.].*/, "", p); sub(/^[^.]*[.]?/, "", s)
		return sign * (p * 1000000 + substr(s "000000", 1, 6))
	}
	{ k = $1 "," $2 "," $3; sum[k] += $4 + units($5) }
	END { for (k in sum) bad += sum[k] != 0; print bad + 0 }'
}
