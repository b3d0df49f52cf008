#!/bin/sh
# exch-report realism --against: distances by hand, and as a program has them
# that keeps every value.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

tools=$src/tests/tools

# cell FACT STATISTIC COLUMN FILE
cell() {
	awk -F, -v f="$1" -v s="$2" -v c="$3" \
		'$1 == f && $2 == s { print $c; exit }' "$4"
}

# day NAME <SCENARIO
day() {
	{
		printf 'date 2024-03-07\ninstrument ABC tick 0.01\n'
		cat
	} >"$1.txt"
	exch-replay -q "$1.txt" | exch-match -q -o "$1.xst"
}

# agree NAME REFERENCE DAY HOURS: what both programs say.
agree() {
	exch-report realism -f csv --against "$2" -o got "$3" || return 1
	for i in "$2" "$3"; do
		exch-report depth -n 1 --every 1s -f csv -o "${i%.xst}.1s" "$i"
		exch-report depth -n 1 -f csv -o "${i%.xst}.all" "$i"
	done
	awk -F, -v OFMT=%.12g -v CONVFMT=%.17g -v open="$4" -f "$tools/realism_given.awk" \
		"${2%.xst}.1s" "${3%.xst}.1s" "${2%.xst}.all" "${3%.xst}.all" >want
	is "$(wc -l <want)" 8 "$1: there are figures to compare"
	awk '
		NR == FNR {
			split($0, c, ",")
			v[c[1] " " c[2]] = c[5]
			part[c[1] " " c[2]] = c[11]
			next
		}
		{
			k = $1 " " $2
			off = v[k] - $3
			if (!(k in v) || v[k] == "" || off * off > 1e-15)
				print "# " k ": " v[k] ", not " $3
			if ($4 < 100 && part[k] !~ " " $4 " percent")
				print "# " k ": " part[k] ", not " $4
		}' got want >bad
	cat bad
	[ ! -s bad ]
	result $? "$1: each is that of the second program"
}

# levels REFERENCE DAY: orders by levels, and what stands on the first ten.
levels() {
	for i in "$@"; do
		exch-replay -q -f json "$i" |
			awk -v OFMT=%.12g -v book=1 -v lives=lives \
				-v levels=list -v curves=curve \
				-f "$tools/realism_flow.awk" >figures
		exch-report depth -n 10 --every 1s -f csv "$i" | awk -F, '
			NR == 1 {
				for (i = 1; i <= NF; i++)
					if ($i ~ /_qty_/)
						side[i] = $i ~ /^bid/ ? 1 : 2
				next
			}
			{
				n[1] = n[2] = 0
				for (i in side)
					n[side[i]] += $i
				if (n[1] && n[2])
					print "ten-levels " n[1] "\nten-levels " n[2]
			}' >>list
		mv list "${i%.xst}.list"
		[ ! -e curve ] || mv curve "${i%.xst}.curve"
	done
	awk -v OFMT=%.12g -v CONVFMT=%.17g -f "$tools/realism_apart.awk" \
		"${1%.xst}.list" "${2%.xst}.list" >want
	is "$(wc -l <want)" 6 "levels: there are figures to compare"
	exch-report realism -f csv --against "$1" "$2" >got
	while read -r f s want; do
		ok "  $f $s $want" awk -v a="$(cell "$f" "$s" 5 got)" -v b="$want" \
			'BEGIN { exit a == "" || (a - b) ^ 2 > 1e-15 }'
	done <want
}

# ---- by hand: the hour, and what is offered ----

# Two seconds of spread 2 before ten, two after, then four of spread 1.
day a <<'T'
09:59:58 ANN buy 100 ABC @ 10.00
09:59:58 ANN sell 40 ABC @ 10.02
10:00:02 BOB sell 10 ABC @ 10.01
10:00:06 BOB buy 1 ABC @ 1.00
T
# A second of spread 1, three of spread 3.
day b <<'T'
10:00:00 ANN buy 100 ABC @ 10.00
10:00:00 ANN sell 12 ABC @ 10.01 as near
10:00:00 ANN sell 5 ABC @ 10.03
10:00:01 cancel near
10:00:04 BOB buy 1 ABC @ 1.00
T
exch-report realism -f csv --against a.xst b.xst >got
# At ten: 1 and 2 by 4:2, against 1 and 3 by 1:3; the mean is 4/3.
is "$(cell spread-given-hour l1 5 got)" 1.500000000 "spread by the hour"
is "$(cell spread-given-hour w1-by-mean 5 got)" 0.875000000 \
	"  of what it takes to move it"
is "$(cell spread-given-hour l1 11 got)" \
	"no band: over 75 percent of the reference" "  an hour has no counterpart"
# Four seconds have spread 2, which only one day has; five 10 and not 12.
is "$(cell ask-given-spread l1 5 got)" 2.000000000 "offers by the spread"
is "$(cell ask-given-spread w1-by-mean 5 got)" 0.200000000 \
	"  of what it takes to move it"
is "$(cell ask-given-spread l1 11 got)" \
	"no band: over 55 percent of the reference" \
	"  a spread has no counterpart"
is "$(cell ask-given-spread l1 8 got)" "" "  and a day of one block no interval"
is "$(cell spread-given-volatility l1 11 got)" "they have no class in common" \
	"a minute is needed to see how prices move"
day early <<'T'
08:00:00 ANN buy 100 ABC @ 10.00
08:00:00 ANN sell 40 ABC @ 10.25
08:00:04 BOB buy 1 ABC @ 1.00
T
exch-report realism -f csv --against a.xst early.xst >got
is "$(cell spread-given-hour l1 5 got)" "" "no hour in common, no distance"
is "$(cell ask-given-spread l1 11 got)" "they have no class in common" \
	"nor spread"

# ---- by hand: levels ----

# Orders join levels 1 1 2 2 1; the second is withdrawn, then the first.
day steps <<'T'
10:00:00 ANN buy 100 ABC @ 10.00
10:00:01 ANN sell 100 ABC @ 10.05 as first
10:00:02 ANN buy 100 ABC @ 9.00
10:00:03 ANN sell 30 ABC @ 10.09 as second
10:00:04 ANN buy 100 ABC @ 10.01
10:00:05 cancel second
10:00:06 cancel first
T
# 1 1 2 3 1, and the third is withdrawn: bids of 10.00, 9.99 and 9.98.
day stairs <<'T'
10:00:00 ANN buy 100 ABC @ 10.00
10:00:01 ANN sell 100 ABC @ 10.05
10:00:02 ANN buy 100 ABC @ 9.99
10:00:03 ANN buy 30 ABC @ 9.98 as third
10:00:04 ANN sell 100 ABC @ 10.04
10:00:05 cancel third
T
exch-report realism -f csv --against steps.xst stairs.xst >got
# 3 and 2 of five, against 3, 1 and 1; the mean is 7/5.
is "$(cell order-level l1 5 got)" 0.400000000 "levels that orders join"
is "$(cell order-level w1-by-mean 5 got)" 0.142857143 \
	"  of what it takes to move one"
# From 2 and 1 to 3.
is "$(cell withdrawal-level l1 5 got)" 2.000000000 "levels that they leave"
is "$(cell withdrawal-level w1-by-mean 5 got)" 1.000000000 \
	"  of what it takes to move both"
levels steps.xst stairs.xst

# ---- by hand: how far the largest are ----

day tiny <<'T'
10:00:00 ANN buy 1 ABC @ 10.00
10:00:01 ANN sell 1 ABC @ 10.01
T
day huge <<'T'
10:00:00 ANN buy 1125899906842624 ABC @ 10.00
10:00:01 ANN sell 1125899906842624 ABC @ 10.01
T
# 2^50 stands for what is in the eighth that it begins.
exch-report realism -f csv --against tiny.xst huge.xst >got
far=$(cell sizes w1-by-mean 5 got)
ok "a distance of 10^15 is a number in a table, too" [ "${far%%.*}" -gt \
	1125899906842624 ] && [ "${far%%.*}" -lt 1266637395197952 ]
exch-report realism -f json --against tiny.xst huge.xst >got.json
has got.json "\"value\":\"*$far" "  and in JSON"

# ---- by hand: how prices move ----

# Seconds 60 to 65 after a minute without a move, spread 2; then 5 after one.
day calm <<'T'
09:30:00 ANN buy 100 ABC @ 10.00
09:30:00 ANN sell 40 ABC @ 10.02
09:31:06 BOB sell 10 ABC @ 10.01
09:31:10 BOB buy 1 ABC @ 1.00
T
day wide <<'T'
09:30:00 ANN buy 100 ABC @ 10.00
09:30:00 ANN sell 40 ABC @ 10.02 as near
09:30:00 ANN sell 40 ABC @ 10.03
09:31:02 cancel near
09:31:10 BOB buy 1 ABC @ 1.00
T
exch-report realism -f csv --against calm.xst wide.xst >got
is "$(cell spread-given-volatility l1 5 got)" 0.909090909 \
	"spread by how the midpoint moves: 6 are equal, 5 are not"
is "$(cell spread-given-volatility w1-by-mean 5 got)" 0.588235294 \
	"  of what it takes to move it"
agree "two short days" calm.xst wide.xst ""

# ---- by hand: the last classes have all that is more ----

# A spread of 1 for 62 seconds, then a wide one for nine.
for px in 30.47 30.48 30.49 50.00; do
	day "to$px" <<T
09:30:00 ANN buy 100 ABC @ 10.00
09:30:00 ANN sell 40 ABC @ 10.01 as near
09:30:00 ANN sell 40 ABC @ $px
09:31:02 cancel near
09:31:10 BOB buy 1 ABC @ 1.00
T
done
all="no band: for people to compare"
part="no band: over %d percent of the reference"
exch-report realism -f csv --against to30.47.xst to30.48.xst >got
# shellcheck disable=SC2059 # a format
is "$(cell ask-given-spread l1 11 got)" "$(printf "$part" 87)" \
	"2,047 ticks are not in the class of 2,048"
exch-report realism -f csv --against to30.48.xst to50.00.xst >got
is "$(cell ask-given-spread l1 11 got)" "$all" "  4,000 are"
# shellcheck disable=SC2059 # a format
is "$(cell spread-given-volatility l1 11 got)" "$(printf "$part" 18)" \
	"2,047 half ticks in a second are not in the class of 2,048"
exch-report realism -f csv --against to30.49.xst to50.00.xst >got
is "$(cell spread-given-volatility l1 11 got)" "$all" "  3,999 are"
exch-report realism -f json --against to30.49.xst to50.00.xst | tail -n 1 >line
has line '^{"fact":"spread-given-volatility","statistic":"w1-by-mean",.*"verdict":"not-applicable"' \
	"as JSON"
exch-report realism --against to30.49.xst to50.00.xst >page
has page '^ *spread-given-volatility  *w1-by-mean ' "and on a page"

# ---- random days ----

for seed in 1 2; do
	awk -v seed=$seed -v steps=6000 -f "$tools/random_day.awk" |
		exch-replay -q - 2>err | exch-match -q -o day$seed.xst
done
agree "random days" day1.xst day2.xst ""
levels day1.xst day2.xst
awk -F, '$1 ~ /-given-/ && !($8 < $9 && $9 > 0) { bad = 1; print "# " $0 }
	$1 ~ /-given-/ { n++ } END { exit bad || n != 6 }' got
result $? "with intervals"
exch-report realism -f csv --against day1.xst day1.xst >self
awk -F, '$1 ~ /-given-/ { n++; bad += $5 != "0.000000000" }
	END { exit bad || n != 6 }' self
result $? "a day is not apart from itself"

# Six curves: all lags of both, differences by the sizes of the first.
awk '
	NR == FNR { ref[$1, $2] = $3; next }
	($1, $2) in ref {
		n[$1]++
		off[$1] += ($3 - ref[$1, $2]) < 0 ? ref[$1, $2] - $3 : $3 - ref[$1, $2]
		size[$1] += ref[$1, $2] < 0 ? -ref[$1, $2] : ref[$1, $2]
	}
	END { for (k in n) if (n[k] == 7) printf "%s %.12g\n", k, off[k] / size[k] }
' day1.curve day2.curve >want
is "$(wc -l <want)" 5 "what events did to the midpoint: there are curves"
while read -r s want; do
	ok "  $s $want" awk -v a="$(cell impact "$s" 5 got)" -v b="$want" \
		'BEGIN { exit a == "" || (a - b) ^ 2 > 1e-15 }'
done <want
awk -F, '$2 ~ /-apart$/ && $5 != "" && !($8 < $9 && $9 > 0) { bad = 1; print "# " $0 }
	$2 ~ /-apart$/ { n++ } END { exit bad || n != 6 }' got
result $? "  with intervals"
is "$(cell impact ca1-apart 11 got)" "fewer than 100 such events" \
	"  of enough events"

# ---- a real day ----

real=$data/derived/sse600519_20230207
if [ -r "$real.orders.csv" ]; then
	printf '%s\n' '09:15 call open' '09:25 closed' '09:30 continuous' \
		'11:30 closed' '13:00 continuous' '14:57 call close' \
		'15:00 closed' >sse.times
	when='--date 2023-02-07 --tz Asia/Shanghai'
	shares() { # NAME [OPTION...]
		name=$1
		shift
		# shellcheck disable=SC2086 # a list of options
		exch-replay -q $when --symbol 600519 --tick 0.01 "$@" \
			"$real.orders.csv" |
			exch-match -q $when --ladder plain-high \
				--timetable sse.times -o "$name"
	}
	shares sse.xst
	shares morning.xst --to 11:00
	agree "a day of shares" sse.xst morning.xst \
		"01:30:00-03:30:00 05:00:00-06:57:00"
	exch-report realism -f csv --against sse.xst sse.xst >self
	awk -F, '$2 ~ /^(l1|w1-by-mean)$/ || $2 ~ /-apart$/ {
		n++; if ($5 != "0.000000000") { bad = 1; print "# " $0 } }
		END { exit bad || n < 28 }' self
	result $? "a day of shares is not apart from itself"
else
	skip "a day of shares" "no real data: set EXCH_TESTDATA"
fi
finish
