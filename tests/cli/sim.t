#!/bin/sh
# exch-sim: a market that runs by itself.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >quiet.txt <<'EOF'
date 2026-01-05
zone America/New_York
instrument ABC tick 0.01 lot 100 reference 100.00
instrument DEF tick 0.05 lot 1 reference 20.00
seed 7
set rate 2
begin 09:30
end 09:32

flow zero ABC accounts 5 market-rate $rate
flow cst DEF
agent MM maker on ABC quantity 2 half-spread 0
agent TWO maker quantity 1 half-spread 2
latency all 200us
latency of TWO entry lognormal 1ms 0.5 feed 10us
EOF

# ---- the same every time, and what a pipe would give ----

# digest FILE COMMAND...: what --digest says of it.
digest() {
	"$@" 2>digest.err >/dev/null
	sed -n 's/^\(sha256:[0-9a-f]*\) .*/\1/p' digest.err
}

one=$(digest exch-sim --digest quiet.txt)
is "${#one}" 71 "a scenario has a digest"
is "$(digest exch-sim --digest quiet.txt)" "$one" "  the same every time"
is "$(digest exch-sim --digest - <quiet.txt)" "$one" "  from standard input"
for j in 1 2 3; do
	is "$(exch-sim --orders quiet.txt |
		exch-match -j $j --digest 2>&1 >/dev/null | sed 's/ .*//')" \
		"$one" "  exch-match -j $j makes the same of its orders"
done
other=$(digest exch-sim --digest --seed 8 quiet.txt)
ok "another seed is another market" test "$other" != "$one"
is "$(digest exch-sim --digest --seed 7 quiet.txt)" "$one" \
	"--seed goes before the scenario's"
is "$(digest exch-sim --digest -D rate=2 quiet.txt)" "$one" \
	"-D with the same value changes nothing"
other=$(digest exch-sim --digest -D rate=20 quiet.txt)
ok "  another value does" test "$other" != "$one"

exch-sim -v -o quiet.xst quiet.txt 2>err
is $? 0 "it runs"
has err '[0-9]* commands, [0-9]* events, [0-9]* turns of agents' \
	"  and -v tells how much"
exch-report summary -f csv quiet.xst >sum.csv
is "$(awk -F, '$1 == "instrument" && $10 > 0' sum.csv | wc -l)" 2 \
	"both instruments trade"
exch-match -f json <quiet.xst >out 2>err
is $? 2 "exch-match wants --rematch for what was matched"
exch-match --rematch <quiet.xst | exch-report trades -f csv |
	cut -d, -f1-8 >again.csv
exch-report trades -f csv quiet.xst | cut -d, -f1-8 >trades.csv
same again.csv trades.csv "matched again it trades the same"
exch-sim -f json quiet.txt >quiet.json
is "$(sed -n 's/.*"t":"source".*"text":"\(exch-[a-z]*\) .*/\1/p' quiet.json |
	tr '\n' ' ')" "exch-sim exch-match " "two tools are named as its sources"
exch-report trades -f csv quiet.json | cut -d, -f1-8 >json.csv
same json.csv trades.csv "JSON is the same market"
exch-report pnl -f csv quiet.xst >pnl.csv
has pnl.csv 'MM,ABC' "agents have accounts with their names"

# ---- latencies, to the nanosecond ----

cat >late.txt <<'EOF'
instrument ABC tick 0.01 reference 10.00
begin 09:00
end 09:05
agent MM maker half-spread 1 skew 0
latency feed 1ms new 2ms cancel 7ms response 4ms
09:01 ANN buy 5 ABC @ 9.90
      BOB sell 5 ABC @ 10.10
09:02 ANN buy 5 ABC @ 10.05
09:03 BOB sell 1 ABC @ market
EOF
exch-sim -f csv --type new late.txt >new.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ print substr($c["time"], 12), $c["price"] }' new.csv >new.txt
cat >want.txt <<'EOF'
09:01:00.000000000Z 9.9
09:01:00.000000000Z 10.1
09:01:00.003000000Z 9.99
09:01:00.003000000Z 10.01
EOF
head -n 4 new.txt | sed 's/\([0-9]\)0*$/\1/' >got.txt
sed 's/0*$//' want.txt >want2.txt
sed 's/0*$//' got.txt >got2.txt
same got2.txt want2.txt \
	"an order comes behind the feed's time and its own, to the nanosecond"
exch-sim -f csv --type cancel late.txt | sed 1d >cancel.csv
ok "a cancel takes its own time" grep -q '09:0[1-3]:00\.0[01]' cancel.csv

# ---- outages ----

# first LINE...: when the first order of MM comes in, with these lines.
first() {
	{ cat late.txt; printf '%s\n' "$@"; } >out.txt
	exch-sim -f csv --type new out.txt | awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				c[$i] = i
		}
		$c["price"] == "9.99" || $c["price"] == "9.990000000" {
			print substr($c["time"], 12, 12)
			exit
		}'
}
feed='outage of MM feed from 09:00:30 to 09:01:30'
is "$(first)" 09:01:00.003 "without an outage it comes as ever"
is "$(first "$feed")" 09:01:30.002 "what the feed held back is told at its end"
is "$(first 'outage all from 09:00:30 to 09:01:00.0005')" 09:01:00.003 \
	"  and what was on its way is not sent again"
is "$(first 'outage of MM feed from 09:01:10 to 09:02' "$feed")" \
	09:02:00.002 "outages that overlap are one, in any order"
is "$(first 'outage new from 09:01 to 09:01:30')" 09:01:30.000 \
	"an order waits for its line"
is "$(first 'outage cancel from 09:01 to 09:01:30')" 09:01:00.003 \
	"  and not for that of cancels"
is "$(first 'outage all from 09:00 to 10:00')" "" \
	"who is cut off all the time says nothing"

# ---- by hand ----

exch-sim -f json "$src/scenarios/auction.txt" 2>err |
	exch-report trades -f csv | cut -d, -f1-8 >a.csv
exch-replay "$src/scenarios/auction.txt" | exch-match |
	exch-report trades -f csv | cut -d, -f1-8 >b.csv
same a.csv b.csv "a scenario of orders by hand is what it was"

# ---- variables and files ----

printf 'flow zero ABC market-rate ${r}\n' >inner.txt
printf 'instrument ABC tick 0.01 reference 10.00\nbegin 09:00\nend 09:01\n' >outer.txt
printf 'set r 3\ninclude inner.txt\n' >>outer.txt
ok "a file within a file, and a variable with braces" \
	exch-sim -o x.xst outer.txt
mkdir sub
cp inner.txt outer.txt sub
ok "  found beside the scenario" exch-sim -o x.xst sub/outer.txt

# ---- mistakes ----

head='instrument ABC tick 0.01 reference 10.00
begin 09:00
end 09:01'
# bad LINE:COLUMN WORDS TEXT...: the scenario's end, refused there.
bad() {
	where=$1
	words=$2
	shift 2
	printf '%s\n' "$head" "$@" >bad.txt
	exch-sim -o x.xst bad.txt 2>err
	is $? 3 "refused: $*" || cat err
	has err "^exch-sim: bad.txt:$where: .*$words" "  and said where"
}
bad 4:6 'is no model; did you mean "zero"' 'flow zerro ABC'
bad 4:5 'a model, such as zero' 'flow'
bad 4:11 'ABX' 'flow zero ABX'
bad 4:15 'did you mean "market-rate"' 'flow zero ABC market-rat 1'
bad 4:27 'is not a number' 'flow zero ABC market-rate fast'
bad 4:27 'is not within' 'flow zero ABC market-rate -1'
bad 4:26 'the value of a parameter' 'flow zero ABC market-rate'
bad 4:41 'was given before' 'flow zero ABC market-rate 1 market-rate 2'
bad 5:11 'there is a zero-ABC already' 'flow zero ABC' 'flow zero ABC'
bad 4:10 'did you mean "maker"' 'agent MM makr'
bad 5:7 'there is a MM already' 'agent MM maker' 'agent MM maker'
bad 4:7 'nothing is known of \$x' 'set y a$x'
bad 4:9 'being read already' 'include bad.txt'
bad 4:1 'a line begin already, bad.txt:2: ' 'begin 09:30'
bad 4:1 'a line end already, bad.txt:3: ' 'end 09:30'
bad 4:10 'there is no "="' 'set half = 1'
bad 4:5 'there is no "="' 'set half=1'
bad 4:9 'cannot open' 'include none.txt'
bad 4:9 'a path: feed' 'latency 5us'
bad 4:14 '' 'latency feed soon'
bad 4:9 'there is no agent YOU' 'fees of YOU maker 1bp taker 1bp'
bad 4:12 'a rate such as' 'fees maker 5 taker 5'
bad 4:12 'no more than the whole' 'fees maker 101% taker 1bp'
bad 4:11 'no agent YOU so far' 'outage of YOU feed from 09:00 to 09:01'
bad 4:8 'a path: feed' 'outage food from 09:00 to 09:01'
bad 4:13 '"from" and a time' 'outage feed 09:00 to 09:01'
bad 4:18 'a time such as' 'outage feed from soon to 09:01'
bad 4:24 '"to" and a time' 'outage feed from 09:00 until 09:01'
bad 4:27 'behind its beginning' 'outage feed from 09:01 to 09:01'
bad 4:33 '' 'outage feed from 09:00 to 09:01 now'
bad 4:7 'how many turns' 'turns 0'
bad 4:7 'too large' 'turns 1000000001'
bad 4:6 'a seed' 'seed x'
bad 4:8 'none, idle' 'resync now'
bad 4:6 'did you mean "touch"' 'fill touhc'
bad 4:6 'did you mean "l2:power2"' 'fill l2:pwoer2'
bad 4:6 'market, touch, ghost' 'fill soon'
bad 4:5 'market, touch, ghost' 'fill'
bad 4:5 'the day stands before' 'day none.xst'
head=
bad 2:5 'cannot open' 'day none.xst'

head='instrument ABC tick 0.01 reference 10.00
begin 09:00
end 09:01'
exits 2 "-D of what nobody asks for" exch-sim -o x.xst -D x=1 quiet.txt 2>err
has err 'the scenario has no \$x$' "  says so"
exits 2 "-D of a word that is alike" exch-sim -o x.xst -D raet=1 quiet.txt 2>err
has err 'has no \$raet; did you mean "rate"' "  says which"
exits 2 "-D without a value" exch-sim -D x quiet.txt 2>err
exits 2 "-D twice" exch-sim -D rate=1 -D rate=2 quiet.txt 2>err
printf '%s\n' "$head" 'flow zero ABC' >flow.txt
exits 3 "exch-replay does not run a market" exch-replay -o x.xst flow.txt 2>err
has err 'give this scenario to exch-sim' "  and says who does"
is "$(ls x.xst 2>/dev/null)" x.xst "earlier output stays" # of runs that worked

# ---- the machine ----

exits 4 "a full disk" exch-sim -o /dev/full quiet.txt 2>err
sed 's/^end .*/end 23:00/' quiet.txt >long.txt
timeout -s TERM 1 exch-sim -o cut.xst long.txt 2>err
is $? 124 "a signal ends it"
is "$(ls cut.xst 2>/dev/null)" "" "  and leaves no file"
exch-sim long.txt 2>err | head -c 100000 >/dev/null
is "$(wc -c <err)" 0 "a reader that has enough ends it silently"

# ---- realism ----

sed 's/^agent.*//; s/^latency.*//; s/^end .*/end 09:50/; s/^flow cst.*//' \
	quiet.txt >zero.txt
exch-sim -o ref.xst zero.txt && exch-sim --seed 8 -o sim.xst zero.txt
exch-replay -q -f json ref.xst |
	sed '$s/"status":"complete"/"status":"error"/' >part.json
sed 's/^\(instrument \|flow zero \)[A-Z]*/\1XYZ/' zero.txt >xyz.txt
exch-sim -o two.xst xyz.txt
exch-sim realism ref.xst sim.xst >real.txt 2>err
is $? 0 "one market against another"
exch-report realism --against ref.xst sim.xst >report.txt
same real.txt report.txt "  as the report says it"
has real.txt 'ABC: [0-9]* of [0-9]* facts with a band pass' "  with a verdict"
exits 2 "realism needs two streams" exch-sim realism ref.xst 2>err
exits 3 "  matched ones" exch-sim realism ref.xst zero.txt 2>err
exch-sim --orders -o orders.xst zero.txt
exits 3 "  not commands alone" exch-sim realism -o out ref.xst orders.xst 2>err
has err 'orders.xst: the stream has orders but no answers' "    says so"
exits 1 "  of an instrument of both" \
	exch-sim realism -o out --symbol XYZ two.xst ref.xst 2>err
has err "ref.xst: the stream has no instrument 'XYZ'" "    says so"
for order in 'ref.xst part.json' 'part.json ref.xst'; do
	# shellcheck disable=SC2086 # two files
	exits 3 "  whole ones: $order" exch-sim realism -o out $order 2>err
	has err 'part.json: .*whole\|part.json: .*complete only up to here' \
		"    says so"
done

# ---- a market with a zone of its own: the engine behind a pipe has no other ----

printf '%s\n' 'name utc' 'zone UTC' 'session 14:40 pre-open' >utc.market
printf '%s\n' 'market utc.market' >zone.txt
cat quiet.txt >>zone.txt
exch-sim --digest -o zone.xst zone.txt 2>err
one=$(grep sha256 err)
exch-sim --orders zone.txt |
	exch-match -m utc.market --digest 2>err >/dev/null
has err sha256 "a market with a zone"
is "$(grep sha256 err)" "$one" "the zone of the market is that of its sessions"

# ---- models ----

exch-sim models >models
is $? 0 "models are listed"
has models '^flow zero: ' "  flows"
has models '^agent maker: ' "  agents"
has models '^    half-spread  *2 ticks ' "  parameters with default and unit"
finish
