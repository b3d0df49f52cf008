#!/bin/sh
# exch-report realism: a random day and a real one against programs that keep
# every value and take every mean in a second pass; two days against each other.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

tools=$src/tests/tools

# value STATISTIC FILE: its value.
value() {
	awk -F, -v s="$1" '$2 == s { print $5; exit }' "$2"
}

# agree NAME STREAM HOURS BOOK: what both programs say stands in `got`.
agree() {
	exch-report realism -f csv -o got "$2" || return 1
	exch-report depth -n 1 --every 1s -f csv "$2" |
		awk -F, -v OFMT=%.12g -v CONVFMT=%.17g -v open="$3" \
			-f "$tools/realism_returns.awk" >want
	exch-replay -q -f json "$2" |
		awk -v OFMT=%.12g -v book="$4" -v lives=lives \
			-f "$tools/realism_flow.awk" >>want
	awk 'NF > 1 { n++ } END { exit n < 15 }' want
	result $? "$1: there are figures to compare"
	awk -F, '
		NR == FNR { v[$2] = $5; next }
		{
			split($0, w, " ")
			off = v[w[1]] - w[2]
			off = off < 0 ? -off : off
			size = w[2] < 0 ? -w[2] : w[2]
			if (!(w[1] in v) || (v[w[1]] == "") != (w[2] == "") ||
			    off > 1e-7 * (1 + size))
				print "# " w[1] ": " v[w[1]] ", not " w[2]
		}' got want >bad
	cat bad
	[ ! -s bad ]
	result $? "$1: each is that of the second program"
}

# verdict STATISTIC FILE
verdict() {
	awk -F, -v s="$1" '$2 == s { print $10; exit }' "$2"
}

# ---- random days ----

for seed in 1 2; do
	awk -v seed=$seed -v steps=6000 -f "$tools/random_day.awk" |
		exch-replay -q - 2>err | exch-match -q -o day$seed.xst
	agree "random day $seed" day$seed.xst "" 1
	awk '/^mo1-1 / { mo = 1 } /^behind-1-5 / { far = 1 }
		END { exit !mo || !far }' want
	result $? "and what needs a book"
	sort -g -k 2 lives >sorted
	# shellcheck disable=SC2016 # a program of awk
	for q in p10:100 median:500 p90:900; do
		ok "lifetimes: ${q%:*}, at most a sixteenth too long" \
			awk -v got="$(value "life-${q%:*}" got)" -v q="${q#*:}" '
			{ v[NR] = $2 }
			END { want = v[int((NR * q + 999) / 1000)]
				exit got < want - 1e-9 || got > want * 17 / 16 }' sorted
	done
done
# The spread, as the summary has it.
want=$(exch-report summary -f csv day2.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ printf "%.4f", $at["spread_ticks"]; exit }')
is "$(printf %.4f "$(value spread-mean got)")" "$want" "spread, as in the summary"

# ---- two days ----

exch-report realism -f csv --against day1.xst day1.xst >self
awk -F, '$2 ~ /^(l1|w1-by-mean)$/ && $5 + 0 != 0 { bad = 1 }
	$2 == "l1" { n++ } END { exit bad || n != 14 }' self
result $? "a day is not apart from itself"
awk -F, '($11 == "" && $10 == "not-applicable") ||
	($2 ~ /^(life-.*|adds-per-taker)$/ && $10 != "pass") { bad = 1; print "# " $0 } END { exit bad }' self
result $? "passes what compares it with itself, and says why where nothing does"
exch-report realism -f csv --against day1.xst day2.xst >two
exch-report realism -f csv --against day1.xst --seed 1 day2.xst >again
same two again "the seed is 1 unless said"
exch-report realism -f csv --against day1.xst --seed 2 day2.xst >other
ok "another seed draws other blocks" test "$(cmp two other 2>&1)" != ""
is "$(cut -d, -f 1-7,10 two)" "$(cut -d, -f 1-7,10 other)" \
	"which changes intervals only"
is "$(awk -F, '$2 == "l1" && $1 == "order-placement" { print $10 }' two)" \
	pass "two days of one kind are near"
exch-report realism -f json day1.xst | head -n 1 >line
has line '^{"fact":"fat-tails","statistic":"kurtosis-1s","unit":null,"reference":null,"value":' \
	"as JSON"
exch-report realism --against day1.xst day2.xst >page
has page '^ABC: [0-9]* of [0-9]* facts with a band pass, against ABC' "a page"
exch-report realism --against - -f csv day2.xst <day1.xst >piped
same piped two "the other day from a pipe"

# ---- what cannot be ----

awk -v seed=1 -v steps=9 -f "$tools/random_day.awk" | exch-replay -q -o new.xst -
exits 3 "commands alone" exch-report realism new.xst 2>err
has err "put exch-match in the pipe" "and what to do"
cat >pair.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30:00 ANN sell 100 ABC @ 10.00
+1s      ANN buy 100 ABC @ 9.00
+1s      ANN sell 100 XYZ @ 10.00
T
exch-replay -q pair.txt | exch-match -q -o pair.xst
exch-report realism --strict pair.xst >out 2>err
result $((! $?)) "two instruments"
has err "several instruments, ABC and XYZ: name one with --symbol" "are told"
exch-report realism -f csv --symbol ABC pair.xst >got
is "$(value spread-mean got)" 100.000000000 "and one of them chosen"
exits 1 "none of that name" exch-report realism --symbol ABCD -o page pair.xst 2>err
has err "symbol: the stream has no instrument 'ABCD'" "is told"
has page "^Nothing happens on this day" "and nothing shown"
exits 3 "nor in the other day" exch-report realism --symbol XYZ \
	--against day1.xst pair.xst 2>err
has err "day1.xst.*nothing happens in an instrument 'XYZ'" "is told, too"
exch-replay -q -f json day1.xst | grep -v '"t":"new".*"order":"9"' >lost.json
exits 1 "an order that was lost" exch-report realism --partial -o page lost.json 2>err
has err "speak of orders that the stream does not hold" "is told"
n=$(sed -n '$s/.*"records":"\([0-9]*\)".*/\1/p' lost.json)
sed "\$s/\"records\":\"$n\"/\"records\":\"$((n - 1))\"/" lost.json >less.json
exits 1 "an order that was lost in the other day" \
	exch-report realism --against less.json -o page day1.xst 2>err
has err "speak of orders that the stream does not hold" "is told, too"

# A writer that was stopped says so at the end of its stream.
exch-replay -q -f json day1.xst |
	sed '$s/"status":"complete"/"status":"error"/' >part.json
exits 3 "half a day" exch-report realism -o page part.json 2>err
exits 3 "half of the other day" \
	exch-report realism --against part.json -o page day1.xst 2>err
has err "part.json: this day is not whole" "is refused"

# Quantities of thousandths against whole ones.
cat >whole.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
09:30:00 ANN sell 1000 ABC @ 10.00
09:30:01 ANN buy 1000 ABC @ 9.00
09:30:09 ANN buy 1000 ABC @ 9.00
T
sed 's/ tick 0.01/ unit 0.001&/; s/ 1000 ABC/ 1 ABC/' whole.txt >parts.txt
for f in whole parts; do
	exch-replay -q $f.txt | exch-match -q -o $f.xst
done
exch-report realism -f csv --against whole.xst parts.xst >got
is "$(awk -F, '$2 ~ /l1|w1/ && $11 ~ /other units/ { print $1, $10 }' got |
	sort -u)" "ask-given-spread not-applicable
best-quantity not-applicable
sizes not-applicable
ten-levels not-applicable" "quantities in other units are not compared"
is "$(awk -F, '$1 == "spread" && $2 == "l1" { print $5 + 0 }' got)" 0 \
	"and what is no quantity is"
# Of the same one, and so large that classes ended before them.
sed 's/ 1000 ABC/ 9000000000000000 ABC/' whole.txt >large.txt
sed 's/ 1000 ABC/ 5000000000000000 ABC/' whole.txt >less.txt
for f in large less; do
	exch-replay -q $f.txt | exch-match -q -o $f.xst
done
exch-report realism -f csv --against large.xst less.xst >got
is "$(awk -F, '$1 == "sizes" && $2 == "l1" { print $5 + 0, $10 }' got)" \
	"2 fail" "the largest sizes are told apart"

# A middle that goes up and down by as much: no figure of what is rounded.
awk 'BEGIN {
	print "date 2024-03-07\ninstrument ABC tick 0.01"
	print "09:30:00 ANN sell 9 ABC @ 100.01\n+0s BOB buy 9 ABC @ 99.97"
	for (i = 1; i < 600; i += 2) {
		print "+1s CAT buy 1 ABC @ 99.99 as c" i
		print "+1s CAT cancel c" i
	}
}' | exch-replay -q - | exch-match -q -o flip.xst
exch-report realism -f csv flip.xst >got
is "$(verdict acf-1 got)" fail "up and down: there is linear memory"
is "$(awk -F, '$2 ~ /^abs-acf/ { print $5, $10, $11 }' got | sort -u)" \
	" not-applicable all are the same" "and none of how large they are"

exits 2 "no number" exch-report realism --seed x day1.xst 2>err
exch-report realism --against hand.xst day1.xst 2>err
has err "hand.xst" "a reference that is not there"
echo no stream >none.xst
exch-report realism --against none.xst day1.xst 2>err
has err "none.xst.*not an exch stream" "or is no stream"

# ---- a real day ----

day=$data/derived/sse600519_20230207
if [ -r "$day.orders.csv" ]; then
	printf '%s\n' '09:15 call open' '09:25 closed' '09:30 continuous' \
		'11:30 closed' '13:00 continuous' '14:57 call close' \
		'15:00 closed' >sse.times
	when='--date 2023-02-07 --tz Asia/Shanghai'
	# shellcheck disable=SC2086 # a list of options
	exch-replay -q $when --symbol 600519 --tick 0.01 "$day.orders.csv" |
		exch-match -q $when --ladder plain-high \
			--timetable sse.times -o sse.xst
	agree "a day of shares" sse.xst \
		"01:30:00-03:30:00 05:00:00-06:57:00"
	awk -F, '$5 != "" { print "# " $1 " " $2 " " $5 " " $10 }' got
	is "$(verdict abs-acf-20 got)" pass "volatility comes in clusters"
	is "$(verdict u-shape got)" pass "and volume at the ends of the day"
	# Half hours from 01:30 and 05:00 UTC, the last one of 27 minutes.
	is "$(exch-report trades -f csv sse.xst | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["cross"] == "" {
			t = substr($at["time"], 12, 2) * 2 + substr($at["time"], 15, 1) / 3
			v[int(t + 0.001)] += $at["qty"] }
		END {
			ends = v[3] / 1800 + v[13] / 1620
			middle = v[6] / 1800 + v[10] / 1800
			printf "%.6f", ends / middle
		}')" \
		"$(printf %.6f "$(value u-shape got)")" "as the trades have it"
else
	skip "a day of shares" "no real data: set EXCH_TESTDATA"
fi
finish
