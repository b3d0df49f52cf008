#!/bin/sh
# Several days of random trades through exch-settle, and all of it looked at
# again by settle_days.  settle.t [ACCOUNTS TRADES [ERRORS]]
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
# On the last of them nobody trades, and what was due before still settles.
"$days" gen "$accounts" "$instruments" 0 20260109 20260109 >20260109.xst

# run MODEL OPTION...: all days, and the look at them
run() {
	model=$1
	shift
	last=
	set -- -q -m "$model" --calendar "$src/data/settle/dtc.csv" \
		--currency USD --seed 7 "$@"
	for date in 20260105 20260106 20260107 20260108 20260109; do
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

# agree: nothing differs in any of the days
agree() {
	for f in 2026*.set; do
		exch-settle report -q -f csv reconcile "$f" >differ || {
			head -n 5 differ | sed 's/^/# /'
			return 1
		}
	done
}

ok "model 3" run 3
ok "trades, ledger and positions agree" agree
cat 2026*.set | cksum >once
ok "model 3 again" run 3
cat 2026*.set | cksum >again
same again once "the same bytes"
ok "model 1" run 1
ok "and they agree" agree
ok "model 2" run 2
ok "and they agree" agree
ok "model 1, pairs" run 1 --bilateral
ok "and they agree" agree
ok "model 2, pairs, whole" run 2 --bilateral --whole
ok "and they agree" agree

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

# Loans: who would fail to deliver borrows of those who lend, day after day, and
# buys it of the last account on the day behind them, which has enough of all.
whale=$((accounts + 1))
awk -F, -v OFS=, -v m="$instruments" -v whale="$whale" '
BEGIN { print "account,symbol,quantity,price" }
NR > 1 { print }
END { for (i = 1; i <= m; i++) print whale, "S" i, 1000000000, "1.00" }
' opening.csv >opening.lent
awk -v n="$accounts" -v m="$instruments" -v each="$((trades / accounts * 30))" '
BEGIN {
	print "account,symbol,quantity,rate"
	for (a = 1; a <= n; a++)
		for (i = 1; i <= m; i++)
			if ((a * 5 + i) % 4 == 0)
				print a ",S" i "," each * (1 + a % 3) "," a % 50 / 10 "%"
}' >lend.csv

awk -F, -v OFS=, '
BEGIN { print "date,account,symbol,keeps,days" }
NR > 1 && ++n % 3 == 0 {
	print "2026-01-0" 6 + (n > 500) + (n > 200), $1, $2, int($3 / 4), n % 4
}' lend.csv >recall.csv
sed 1q recall.csv >recalls.csv
sed 1d recall.csv | sort -t, -k1,1 >>recalls.csv
printf '%s\n' from,until,collateral,rebate,source \
	2026-01-01,2026-01-07,102%,1%,a 2026-01-07,,105%,2.5%,b >collateral.csv

# lent MODEL OPTION...: all days with loans, and the look at them
lent() {
	model=$1
	shift
	set -- -q -m "$model" --calendar "$src/data/settle/dtc.csv" \
		--currency USD --seed 7 --lending lend.csv "$@"
	last=
	for date in 20260105 20260106 20260107 20260108 20260109 20260112; do
		[ "$date" = 20260112 ] || cp "$date.xst" now.xst
		if [ -z "$last" ]; then
			exch-settle "$@" --opening opening.lent \
				-o "$date.set" now.xst || return 1
		elif [ "$date" = 20260112 ]; then
			"$days" cover "$whale" "$instruments" "$date" \
				"$last" >now.xst || return 1
			exch-settle "$@" --need securities --from "$last" \
				--until 2026-01-13 -o "$date.set" now.xst ||
				return 1
		else
			exch-settle "$@" --need securities --from "$last" \
				-o "$date.set" now.xst || return 1
		fi
		last=$date.set
	done
	look="lent $whale $instruments $model"
	case $* in
	*collateral*)
		look="secured ${look#* } collateral.csv recalls.csv"
		# Under the others what is borrowed in vain goes back at once.
		# And of what is recalled on the first day on which something
		# settles nothing is lent yet: others lend from the beginning.
		some='[0-9]*'
		[ "$model" = 3 ] && grep -q '^2026-01-0[78]' recalls.csv &&
			some='[1-9][0-9]*'
		;;
	*) some=0 ;;
	esac
	# shellcheck disable=SC2086 # words
	"$days" $look 2026*.set >seen
	bad=$?
	sed 's/^# /&lent, /' seen
	# shellcheck disable=SC2086 # words
	"$days" $look 2026010[56789].set >before
	grep -q ", 0 loans at the end, $some bought in, 0 bad" seen &&
		grep -q ', [1-9][0-9]* loans at the end' before && return $bad
}

more="--collateral collateral.csv --recalls recalls.csv"
for how in "3" "1" "2" "1 --bilateral" "2 --bilateral --whole" "3 $more" \
	"1 $more"; do
	# shellcheck disable=SC2086 # options
	ok "model $how, with loans, all given back" lent $how
	ok "and they agree" agree
done
rm -f 2026*.set

# Reconciliation finds every error: a number changed, a record lost or twice.
errors=${3:-100}

# seeded GOOD.json SEED WHERE: files of it with an error each in a line of WHERE
seeded() {
	awk -v errors="$errors" -v seed="$2" -v where="$3" '
BEGIN { srand(seed) }
# Numbers as if there had been no error: it is not found by them.
function numbered(s,   who) {
	if (match(s, /"source":[0-9]+,"seq":"/)) {
		who = substr(s, RSTART, RLENGTH)
		sub(/"seq":"[0-9]+"/, "\"seq\":\"" ++c[who] "\"", s)
	}
	return s
}
/^{"t":"(exec|obligation|net|posting|balance)"/ && $0 ~ where { spot[++n] = NR }
{ line[NR] = $0 }
END {
	for (e = 1; e <= errors; e++) {
		k = spot[1 + int(rand() * n)]
		how = int(rand() * 4)
		l = line[k]
		field = l ~ /"t":"posting"|"t":"balance"/ && l ~ /"qty":"0"/ ? "amount" : "qty"
		if (l ~ /"t":"net"/ && l ~ /"qty":"0","cash":0/)
			how = 0
		if (l ~ /"t":"obligation"/ && rand() < 0.5) {
			how = 0
			field = "cash"
		}
		if (how == 0 || l ~ /"t":"exec"/)
			sub("\"" field "\":\"?-?", "&1", l)
		else if (how == 1)
			sub(/"account":[0-9]+/, "\"account\":13", l)
		else if (how == 2)
			l = ""
		else
			l = l "\n" l
		f = sprintf("error.%04d.json", e)
		delete c
		for (i = 1; i <= NR; i++) {
			m = split(i == k ? l : line[i], part, "\n")
			for (j = 1; j <= m; j++)
				print numbered(part[j]) >f
		}
		close(f)
	}
}' "$1"
}

# found GOOD.json: in how many of them something differs
found() {
	found=0
	for f in error.*.json; do
		grep -v '"t":"end"' "$f" | exch-replay -q --partial >error.xst
		exch-settle report -q reconcile --partial error.xst \
			>differ 2>&1
		if [ $? -eq 1 ]; then
			found=$((found + 1))
		else
			diff "$1" "$f" | sed 's/^/# not found: /'
		fi
		rm "$f"
	done
}

"$days" gen 12 2 30 5 20260105 >small.xst
awk -F, 'NR == 1 || $1 <= 12' opening.csv >few.csv
exch-settle -q --opening few.csv --until settled -f json small.xst >small.json
exch-replay -q small.json >small.set
ok "without an error nothing differs" \
	exch-settle report -q -o differ reconcile small.set
seeded small.json 3 ''
found small.json
is "$found" "$errors" "all of $errors errors are found"

# Options: random trades in series that end on the first day, the third and
# later, and wishes of who holds them, of which some have a series in parts of
# shares; the same seed as above.
awk -v seed=8 'BEGIN {
	srand(seed)
	print "date 2026-01-05"
	print "instrument ABC tick 0.01 currency USD reference 55.00"
	for (i = 1; i <= 6; i++)
		printf "instrument O%d kind option tick 0.01 currency USD " \
			"multiplier %s strike %d expiry 2026-01-%02d " \
			"underlying ABC%s\n", i, i == 6 ? "10.5" : "100",
			45 + 4 * i, 5 + i % 3 * 2, i % 2 ? "" : " right put"
	for (d = 5; d <= 7; d++) {
		if (d > 5)
			printf "date 2026-01-%02d\n", d
		for (k = 0; k < 12; k++) {
			b = 1 + int(rand() * 6)
			o = k % 4 ? sprintf("O%d", 1 + int(rand() * 6)) : "ABC"
			if (d > 5 && o ~ /[36]/ || d == 7 && o !~ /[25]/)
				o = "ABC"
			printf "%s  block %d %s @ %.2f buyer A%d seller A%d\n",
				k ? "+1s" : "10:00", 1 + int(rand() * 9), o,
				o == "ABC" ? 50 + int(rand() * 10) : 1, b,
				1 + (b + int(rand() * 5)) % 6
		}
	}
}' >options.txt
exch-replay -q options.txt | exch-match -q >options.xst
echo date,account,symbol,wish,contracts >wishes.csv
exch-settle -q --exercises wishes.csv --until 2026-01-06 -f json options.xst |
	awk -F'"' '/"t":"posting"/ && /"symbol":"O[25]"/' >held.json
# Those of one who holds the series that ends last, on the day before its end.
awk '/"why":"settle"/ && /"ledger":"holding"/ && /"date":"2026-01-06"/ {
	match($0, /"account":[0-9]+/)
	a = substr($0, RSTART + 10, RLENGTH - 10)
	match($0, /"qty":"-?[0-9]+/)
	q = substr($0, RSTART + 7, RLENGTH - 7)
	match($0, /"symbol":"O[0-9]/)
	s = substr($0, RSTART + 10, RLENGTH - 10)
	if (a + 0 < 13)
		has[a "," s] += q
}
END {
	for (k in has)
		if (has[k] > 0)
			print "2026-01-06," k ",exercise,1"
}' held.json | sort >>wishes.csv
is "$(($(wc -l <wishes.csv) > 1))" 1 "somebody wishes something"
for how in "-m 1" "-m 2" "-m 1 --bilateral" "-m 2 --bilateral --whole" "-m 3"; do
	# shellcheck disable=SC2086 # options
	exch-settle $how --exercises wishes.csv --until settled -f json \
		options.xst >options.json 2>said
	has said 'contracts were exercised' "options, $how"
	exch-replay -q options.json >options.set
	case $how in
	*bilateral*) # nets of pairs are of streams of one date
		exch-settle report -q -f csv reconcile options.set >all.csv
		[ $? -le 1 ]
		result $? "it was looked at, $how"
		awk -F, 'NR > 1 && $1 != "net"' all.csv >differ
		is "$(wc -l <differ)" 0 "but for nets nothing differs"
		;;
	*)
		ok "nothing differs" \
			exch-settle report -q -o differ reconcile options.set
		;;
	esac
done
# The obligations have numbers from 2^61 up.
seeded options.json 5 '"why":"exercise"|"match":"23[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]"'
found options.json
is "$found" "$errors" "all of $errors errors in exercises are found"
seeded options.json 6 ''
found options.json
is "$found" "$errors" "and all of $errors anywhere"
# Nets that exercises replace on the same day are looked at, too.
seeded options.json 9 '"t":"net"'
found options.json
is "$found" "$errors" "and all of $errors in nets"

finish
