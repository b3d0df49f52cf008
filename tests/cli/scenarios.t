#!/bin/sh
# The scenarios of the tree: every one is read and matched, and those that
# say in their comments what happens are held to it.
. "${srcdir:-.}/tests/cli/lib.sh"

count=0
for f in "$src"/scenarios/*.txt; do
	[ -f "$f" ] || continue
	count=$((count + 1))
	name=${f##*/}
	exch-replay "$f" >out.xst 2>err
	is "$?$(cat err)" 0 "$name is read without a word"
	exits 0 "$name is matched" sh -c 'exch-match out.xst >/dev/null 2>err'
	# Text forms and back, too.
	is "$(exch-replay -f json "$f" | exch-replay --digest 2>&1 >/dev/null)" \
		"$(exch-replay --digest "$f" 2>&1 >/dev/null)" \
		"$name as JSON is the same"
	case $(sed -n 1p "$f") in
	'# '*) result 0 "$name begins by saying what it shows" ;;
	*) result 1 "$name begins by saying what it shows" ;;
	esac
done
ok "there are scenarios" test "$count" -ge 6

column() {
	exch-replay "$src/scenarios/$1" | exch-match -f csv --type "$2" |
		awk -F, -v names="$3" 'NR == 1 {
			n = split(names, want, " ")
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		{
			line = ""
			for (i = 1; i <= n; i++)
				line = line (i > 1 ? " " : "") $at[want[i]]
			print line
		}'
}

is "$(column first.txt exec "buy sell qty price")" "1 2 40 10.01" \
	"first.txt: one trade"
is "$(column queue.txt exec "buy sell qty price")" "1 3 60 10.00
2 3 20 10.00
4 5 10 10.00
2 5 40 9.99" "queue.txt: in the order its comments give"
is "$(column halt.txt exec "buy sell qty price cross")" \
	"3 6 50 5.00 none
4 5 100 20.10 halt
4 2 100 20.10 halt" "halt.txt: resumes with an auction"
is "$(column refused.txt reject code | sort -u | wc -l)" 9 \
	"refused.txt: nine reasons"
is "$(column refused.txt ack order)" 1 "refused.txt: one order is accepted"
is "$(column auction.txt auction "price paired imbalance side")" \
	"10.02 600 100 sell
10.02 200 50 sell" "auction.txt: 600 shares, 100 left to sell"
is "$(column coin.txt exec "qty price")" "0.10000 91000.0" \
	"coin.txt: a tenth of a coin"

# ---- lessons: every file has its events below its orders ----

# A line "#! exch-match OPTION ..." gives options, with files beside the
# lesson, lines "#> ..." the events
# in the words of -f text, acknowledgements left out, and lines "#= ..." what
# was traded of each instrument: symbol, volume, turnover.
lessons=0 sums=0
for f in "$src"/scenarios/ordertypes/*.txt "$src"/scenarios/classes/*.txt; do
	[ -f "$f" ] || continue
	lessons=$((lessons + 1))
	opts=$(sed -n 's/^#! exch-match //p' "$f")
	# shellcheck disable=SC2086 # several options
	exch-replay "$f" | (cd "${f%/*}" && exch-match $opts -f text) 2>err |
		awk -f "$src/tests/tools/events.awk" >got
	sed -n 's/^#> //p' "$f" >want
	is "$(cat got err)" "$(cat want)" "${f##*/}: what its comments promise"
	grep -q '^#= ' "$f" || continue
	sums=$((sums + 1))
	# shellcheck disable=SC2086 # several options
	exch-replay "$f" | (cd "${f%/*}" && exch-match $opts) |
		exch-report -f csv 2>err | awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$1 == "instrument" {
			print $2, $at["volume"], $at["turnover"]
		}' >got
	sed -n 's/^#= //p' "$f" >want
	is "$(cat got err)" "$(cat want)" "${f##*/}: and what was traded"
done
ok "there are lessons" test "$lessons" -ge 57
is "$sums" 7 "one for every class of instruments"

# ---- a mistake ----

cat >slip.txt <<'END'
instrument ABC tick 0.01
09:30 ANN buy 100 @ 10.01
09:31 ANN bye 100 @ 10.01
09:32 ANN buy 100 @ 10.01
END
exch-replay -f json slip.txt >out 2>err
is $? 3 "a slip ends the run"
is "$(cat err)" 'exch-replay: slip.txt:3:11: expected buy, sell, cancel or replace, found "bye" (did you mean "buy"?)' \
	"with place, expectation and a guess"
is "$(grep -c '"t":"new"' out)" 1 "what stands before it has happened"
is "$(tail -n 1 out)" '{"t":"end","records":"3","status":"error"}' \
	"and the stream says that it is not complete"
while IFS='|' read -r line want; do
	{
		echo 'instrument UST price 32nds tick 0-00+'
		echo 'instrument ABC tick 0.01'
		printf '%s\n' "$line"
	} >slip.txt
	exch-replay slip.txt 2>&1 >/dev/null | sed 's/.*slip.txt:3:/3:/' >err
	is "$(cat err)" "$want" "refused: $line"
done <<'END'
09:30 buy 100 UST @ 99-32|3:21: "99-32": 32nds go from 00 to 31, and what may follow is + or one of 1, 2, 3, 5, 6, 7, 8
09:30 buy 100 UST @ 99-164|3:21: "99-164": 32nds go from 00 to 31, and what may follow is + or one of 1, 2, 3, 5, 6, 7, 8
09:30 buy 100 UST @ 99-1|3:21: expected a price such as 99-16+ or 99.5, found "99-1"
09:30 buy 100 UST @ x|3:21: expected a price such as 99-16+ or 99.5, found "x"
09:30 buy 100 UST stop 99-40|3:24: "99-40": 32nds go from 00 to 31, and what may follow is + or one of 1, 2, 3, 5, 6, 7, 8
09:30 buy 100 ABC @ 99-16|3:21: "99-16" is in 32nds, and the prices of this instrument are not: announce it with "price 32nds"
instrument X tick 0-01 price 32nds|3:19: "0-01" is in 32nds, and the prices of this instrument are not: announce it with "price 32nds"
instrument X price 32nds tick 0-00|3:31: the tick must be above zero
instrument X price 64ths|3:20: expected 32nds or decimal, found "64ths"
instrument X tick 1 multiplier 0-16|3:32: expected a multiplier such as 50, found "0-16"
instrument X tick 1 underlying Y|3:32: the underlying "Y" has to be another instrument, announced before
instrument ABC underlying ABC|3:27: the underlying "ABC" has to be another instrument, announced before
END
printf '09:30 buy 100 \033[31mABC @ 10\n' >escape.txt
exch-replay escape.txt >out 2>err
is "$(tr -d '[:print:]\n' <err | wc -c)" 0 "control characters are escaped"
finish
