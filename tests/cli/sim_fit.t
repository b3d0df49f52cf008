#!/bin/sh
# exch-sim fit: parameters of a market that exch-sim has run come back, through
# the engine and the stream, and what is written runs.
. "${srcdir:-.}/tests/cli/lib.sh"

head='date 2026-01-05
zone America/New_York
instrument ABC tick 0.01 lot 100 reference 100.00
instrument DEF tick 0.05 lot 1 reference 20.00
seed 11
begin 09:30
end 10:30'

# make NAME LINE...: runs it.
make_day() {
	name=$1
	shift
	{
		echo "$head"
		printf '%s\n' "$@"
	} >"$name.txt"
	exch-sim -o "$name.xst" "$name.txt"
}

# value FILE NAME [PLACE]: a parameter of the flow, or one number of its list.
value() {
	awk -v name="$2" -v place="${3:-1}" '$1 == "flow" {
		for (i = 4; i < NF; i += 2)
			if ($i == name) {
				split($(i + 1), v, ",")
				print v[place]
			}
	}' "$1"
}

# near GOT WANT TOLERANCE NAME
near() {
	awk -v got="$1" -v want="$2" -v off="$3" 'BEGIN {
		exit !(got != "" && got - want <= off && want - got <= off) }'
	result $? "$4" || echo "# got $1, want $2 within $3"
}

make_day zero \
	'flow zero ABC market-rate 6 limit-rate 1 cancel-rate 0.2 window 20' \
	'flow cst DEF'
result $? "a day of two instruments"
ok "is estimated" exch-sim fit --symbol ABC -o abc.txt zero zero.xst
is "$(sed -n '1s/ reference .*//p' abc.txt)" \
	'instrument ABC tick 0.01 lot 100' "its instrument"
# Three standard errors: sqrt(rate / (sides and prices x 3600 s)) and so on.
near "$(value abc.txt market-rate)" 6 0.13 "market orders"
near "$(value abc.txt limit-rate)" 1 0.008 "limit orders"
near "$(value abc.txt cancel-rate)" 0.2 0.002 "cancels"
near "$(value abc.txt window)" 20 0 "the window"
is "$(value abc.txt size)" 1 "sizes, in lots"

exch-sim fit --symbol DEF cst <zero.xst >def.txt
near "$(value def.txt market-rate)" 0.94 0.035 "mu, from standard input"
near "$(value def.txt limit-rates 1)" 1.85 0.05 "lambda of one tick"
near "$(value def.txt limit-rates 5)" 0.77 0.035 "of five"
near "$(value def.txt cancel-rates 1)" 0.71 0.04 "theta of one tick"

# The engine between commands and events makes no difference.
exch-sim --orders zero.txt | exch-match |
	exch-sim fit --symbol DEF cst >again.txt
ok "the same of a pipe" cmp def.txt again.txt

make_day hawkes 'flow hawkes ABC'
result $? "a day of bursts"
ok "is estimated" exch-sim fit -o h.txt hawkes hawkes.xst
make_day queue 'flow queue ABC theta 0.1'
result $? "a day of queues"
ok "is estimated, too" exch-sim fit -o q.txt queue queue.xst

cat >law <<'END'
order-rate 12
memory 1.6
hidden 8
freedom 1.5
scale 3
cancel-a 0.7
cancel-b 0.25
END
laws=$(cut -d' ' -f1 law)
make_day mike "flow mike ABC $(tr '\n' ' ' <law) reach 60"
result $? "a day of measured laws"

# Over eight seeds: the mean of what is found, within three of its own standard
# errors, which are of long memory for the signs.
for seed in 1 2 3 4 5 6 7 8; do
	sed "s/^seed .*/seed $seed/" mike.txt >seed.txt
	exch-sim -q -o mike.xst seed.txt
	exch-sim fit -o m.txt mike mike.xst
	for name in $laws; do
		echo "$name $(value m.txt $name)"
	done
done >found
while read -r name want; do
	is "$(awk -v name="$name" -v want="$want" '
		$1 == name { n++; s += $2; q += $2 * $2 }
		END {
			s /= n
			e = sqrt((q / n - s * s) / (n - 1))
			off = s > want ? s - want : want - s
			print n, off <= 3 * e + want / 200 && e < 0.1 * want ? \
				"near" : s " and not " want ", within " 3 * e
		}' found)" "8 near" "mike: $name"
done <law
near "$(value m.txt reach)" 60 1 "mike: the farthest price"

# What is written is a scenario but for its day.
for f in abc def h q m; do
	{
		echo 'date 2026-01-05'
		cat $f.txt
		echo 'begin 09:30'
		echo 'end 09:40'
	} >$f.scn
	ok "$f runs" exch-sim -o $f.xst $f.scn
	exch-sim -f text $f.scn | grep -c ' exec ' >n
	[ "$(cat n)" -gt 50 ]
	result $? "  and trades"
done

# keeps PROPERTIES: the instrument is what it was, and can be read.
keeps() {
	printf '%s\n' 'date 2026-01-05' 'begin 09:30' 'end 09:35' \
		"instrument ABC $1 reference 4000" 'flow zero ABC' >was.txt
	exch-sim -o was.xst was.txt
	exch-sim fit zero was.xst >kept.fit
	is "$(sed -n '1s/ reference [^ ]*//p' kept.fit)" "instrument ABC $1" \
		"kept: ${1%% tick*}"
	sed '/^instrument/,$d' was.txt | cat - kept.fit >now.txt
	ok "  and runs" exch-sim -o now.xst now.txt
}
keeps "kind future tick 0.25 lot 1 currency USD multiplier 50 expiry 2026-03-20"
keeps "kind bond price 32nds tick 0.015625 lot 1000 currency USD settle 1"
keeps "kind crypto tick 0.5 decimals 2 unit 0.0001 lot 0.01 currency USD"
keeps "kind option tick 0.01 lot 1 max 500 multiplier 100 strike 100 right put"
keeps "kind etf tick 0.01 lot 100 min 100 currency USD isin US0378331005 mic XNAS"

# A day that is busy at both ends comes back with its U.
make_day busy \
	'flow zero ABC market-rate 6 limit-rate 1 cancel-rate 0.2 window 20 profile 2,1,0.5,0.5,1,1'
exch-sim fit --profile 6 zero busy.xst >busy.fit
part=0
# About 40,000 events in each part of factor 1: three standard errors are 1.5 %.
for want in 2 1 0.5 0.5 1 1; do
	part=$((part + 1))
	near "$(value busy.fit profile $part)" $want 0.03 "part $part of the profile"
done
near "$(value busy.fit market-rate)" 6 0.13 "and market orders are those of the mean"
exch-sim fit --profile 4 zero zero.xst >even.fit
for part in 1 2 3 4; do
	near "$(value even.fit profile $part)" 1 0.03 "an even day has none: part $part"
done
exits 2 "hawkes has no profile" exch-sim fit --profile 6 hawkes busy.xst
exits 2 "--profile 0" exch-sim fit --profile 0 zero busy.xst
exits 2 "--profile without fit" exch-sim --profile 6 busy.txt

# Odd days.  match_day NAME LINE...: orders by hand, matched.
match_day() {
	name=$1
	shift
	{
		echo 'date 2026-01-05'
		printf '%s\n' "$@"
	} | exch-replay -q | exch-match -q -o "$name.xst"
}

# fit_runs NAME KIND: what is written of it is a scenario but for its day.
fit_runs() {
	exch-sim fit "$2" "$1.xst" >odd.fit
	{
		echo 'date 2026-01-05'
		cat odd.fit
		echo 'begin 09:30'
		echo 'end 09:31'
	} >odd.scn
	ok "$2 of a day $1 runs" exch-sim -o odd.xst odd.scn
}

# Four events, two at the beginning and two at the end: one half has as many as
# the other.
match_day short 'instrument ABC tick 0.01' \
	'09:30 A buy 1 ABC @ 10.00' 'B sell 1 ABC @ 10.02' \
	'09:31 A buy 1 ABC @ 9.99' 'A cancel 1'
is "$(exch-sim fit --profile 2 cst short.xst | sed -n 's/.* profile //p')" 1,1 \
	"an event when the day ends is of its last part"
is "$(exch-sim fit zero short.xst | sed -n '1s/.* reference //p')" 10 \
	"without a trade it begins at the middle, rounded down"
for kind in cst hawkes zero; do
	fit_runs short $kind
done

# Every second an order that somebody takes in the next.
match_day even 'instrument BTC kind crypto tick 0.01 unit 0.00000001 lot 0.001' \
	"$(awk 'BEGIN {
		printf "09:30:00 A sell 0.002 BTC @ 10.02\n"
		for (i = 2; i <= 400; i++)
			printf "+1s A %s 0.001 BTC @ 10.0%d\n",
				i % 2 ? "sell" : "buy", i % 4 < 2
	}')"
exits 3 "cst of a day without cancels" exch-sim fit cst even.xst
for kind in zero hawkes; do
	fit_runs even $kind
done
is "$(exch-sim fit zero even.xst | head -n 1 | sed 's/ reference .*//')" \
	'instrument BTC kind crypto tick 0.01 unit 0.00000001 lot 0.001' \
	"kind and unit of the instrument"

match_day far 'instrument ABC tick 0.0001 reference 10' \
	'09:30 A buy 1 ABC @ 9.00' '+1s B sell 1 ABC @ 9.10' \
	'+1s A buy 1 ABC @ 8.9' '+1s A cancel 1'
exits 3 "no order near the other side" exch-sim fit cst far.xst
exch-sim fit cst far.xst 2>err
has err '^exch-sim: ABC: no limit order within 63 ticks of the other side' \
	"  and why"
match_day bids 'instrument ABC tick 0.01' \
	'09:30 A buy 1 ABC @ 9.00' '+1s A buy 1 ABC @ 9.01'
for kind in zero cst hawkes; do
	exits 3 "$kind: bids alone have no price to begin at" \
		exch-sim fit $kind bids.xst
done

# One price is 2^63 - 1 ticks below 0, the other nearly as many above.
match_day wide 'instrument ABC tick 0.000000001 kind future' \
	'09:30 A buy 1 ABC @ -9223372036.854775807' \
	'+1s B sell 1 ABC @ 9223372036.854775806' \
	'+1s A buy 1 ABC @ 0.000000001' '+1s B sell 1 ABC @ 0.000000003' \
	'+1s A buy 1 ABC @ 0.000000002' '+1s A cancel 3'
fit_runs wide zero
fit_runs wide hawkes

# The same as rows: put together again they are the lines.
exch-sim fit -f csv --symbol ABC zero zero.xst | awk '
	NR == 1 { next }
	{
		value = $0
		sub(/^[^,]*,[^,]*,[^,]*,/, "", value)
		sub(/,/, " ", value)
		gsub(/"/, "", value)
		split($0, f, ",")
		if (f[1] != line) {
			printf "%s%s", (line != "" ? "\n" : ""), f[1]
			printf "%s %s", (f[2] != "" ? " " f[2] : ""), f[3]
		}
		line = f[1]
		printf " %s", value
	}
	END { print "" }' >rows.txt
same rows.txt abc.txt "rows of parameters are the lines of the scenario"
exch-sim fit -f json --symbol ABC zero zero.xst >rows.json
has rows.json '^{"line":"flow","kind":"zero","symbol":"ABC","parameter":"window",' \
	"and so they are as JSON"
exits 2 "no kind" exch-sim fit
exits 2 "a kind that cannot be" exch-sim fit noise zero.xst
exits 2 "--symbol without fit" exch-sim --symbol ABC zero.txt
exits 3 "an instrument that is not there" exch-sim fit --symbol XYZ zero zero.xst
exch-sim --orders -o orders.xst zero.txt
exits 3 "a stream that nobody matched" exch-sim fit zero orders.xst

finish
