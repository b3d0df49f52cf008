#!/bin/sh
# Several days of random trades through exch-settle, and all of it looked at
# again by settle_days.  settle.t [ACCOUNTS TRADES]
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

accounts=${1:-300}
trades=${2:-3000}
instruments=6
days=$bin/tests/prop/settle_days

# Who has how much at first: not enough for all, and some have nothing.
awk -v n="$accounts" -v m="$instruments" -v each="$((trades / accounts * 40))" '
BEGIN {
	print "account,symbol,quantity,price"
	for (a = 1; a <= n; a++)
		for (i = 1; i <= m; i++)
			if ((a * 7 + i) % 3 > 0)
				print a ",S" i "," (a * 31 + i * 17) % 11 * each ",1.00"
}' >opening.csv
awk -v n="$accounts" -v each="$((trades / accounts * 4000))" '
BEGIN {
	print "account,balance"
	for (a = 1; a <= n; a++)
		print a "," (a * 13) % 7 * each ".00"
}' >accounts.csv

for date in 20260105 20260106 20260107 20260108; do
	"$days" gen "$accounts" "$instruments" "$trades" "$date" "$date" \
		>"$date.xst"
done

# run MODEL OPTION...: all days, and the look at them
run() {
	model=$1
	shift
	last=
	set -- -q -m "$model" --calendar "$src/data/settle/dtc.csv" \
		--currency USD --seed 7 "$@"
	for date in 20260105 20260106 20260107 20260108; do
		if [ -z "$last" ]; then
			exch-settle "$@" -a accounts.csv --opening opening.csv \
				-o "$date.set" "$date.xst" || return 1
		else
			exch-settle "$@" --need both --from "$last" \
				-o "$date.set" "$date.xst" || return 1
		fi
		last=$date.set
	done
	"$days" check "$accounts" "$instruments" "$model" 2026*.set
}

ok "model 3" run 3
cat 2026*.set | cksum >once
ok "model 3 again" run 3
cat 2026*.set | cksum >again
same again once "the same bytes"
ok "model 1" run 1
ok "model 2" run 2
ok "model 1, pairs" run 1 --bilateral
ok "model 2, pairs, whole" run 2 --bilateral --whole

# What the look is worth: one posting less, or another number in one.
exch-settle -q -a accounts.csv --opening opening.csv --currency USD -f json \
	20260105.xst >good.json
exch-replay -q good.json >good.xst
ok "from JSON it is as good" "$days" check "$accounts" "$instruments" 3 good.xst
for what in '/"t":"posting"/ && ++n == 500 { sub(/"account":[0-9]+/, "\"account\":1") }' \
	'/"t":"net"/ && ++n == 50 { sub(/"qty":/, "\"qty\":1") }' \
	'/"t":"balance"/ && ++n == 40 { sub(/"account":[0-9]+/, "\"account\":2") }' \
	'/"t":"obligation"/ && ++n == 50 { sub(/"qty":/, "\"qty\":1") }'; do
	awk "$what { print }" good.json | exch-replay -q >bad.xst 2>/dev/null
	"$days" check "$accounts" "$instruments" 3 bad.xst >found
	is $? 1 "found: $what"
done

finish
