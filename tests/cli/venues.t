#!/bin/sh
# Venues with rules of their own in one engine, exch-market(5), VENUES: each
# instrument is matched as by an engine of its venue alone, and what is kept of
# accounts and held back is kept by venue.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# events FILE SYMBOL: what happened there, but for the place in the stream.
events() {
	exch-report trades -f csv "$1" | awk -F, -v s="$2" '
		$2 == s { print $1, $3, $4, $5, $6, $7, $8, $9 }'
	exch-report audit -f csv "$1" | awk -F, -v s="$2" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
		}
		$at["symbol"] == s && $at["event"] != "phase" {
			print $at["time"], $at["order"], $at["event"],
				$at["reason"]
		}'
}

cat >plain.market <<'EOF2'
name plain
EOF2
cat >fair.market <<'EOF2'
# who shows more gets more
name fair
allocation pro-rata
tick 5 0.05
self-trade newest
EOF2
cat >slow.market <<'EOF2'
name slow
speed-bump 350us
throttle 3 1s
EOF2
cat >quick.market <<'EOF2'
name quick
speed-bump 100us
throttle 2 1s
EOF2
cat >day.market <<'EOF2'
name day
zone America/New_York
session 09:30:05 call close
session 09:30:06 closed
EOF2
cat >all.market <<'EOF2'
name all
zone America/New_York
venue FAIR fair.market
venue SLOW slow.market
venue QUICK quick.market
venue DAY day.market
EOF2

cat >all.txt <<'EOF2'
date 2026-01-05
zone America/New_York
instrument ABC tick 0.01
instrument ABC.FAIR tick 0.01
instrument ABC.SLOW tick 0.01
instrument ABC.QUICK tick 0.01
instrument ABC.DAY tick 0.01
09:30:00 A buy 300 ABC @ 9.95
         B buy 100 ABC @ 9.95
         C sell 200 ABC @ 9.95
         A buy 300 ABC.FAIR @ 9.95
         B buy 100 ABC.FAIR @ 9.95
         B buy 100 ABC.FAIR @ 9.96
         C sell 200 ABC.FAIR @ 9.95
         A sell 10 ABC.FAIR @ 9.95
09:30:01 A buy 300 ABC.SLOW @ 9.95
         A buy 10 ABC.SLOW @ 9.94
         B sell 100 ABC.SLOW @ 9.95
+200us   A buy 50 ABC @ 9.90
         A buy 50 ABC @ 9.90
         A buy 60 ABC.SLOW @ 9.90
         A buy 70 ABC.SLOW @ 9.90
         A buy 80 ABC.FAIR @ 9.90
         A buy 90 ABC.QUICK @ 9.90
+50us    A buy 91 ABC.QUICK @ 9.90
         C sell 20 ABC.QUICK @ 9.90
+50us    C sell 20 ABC.SLOW @ 9.90
         A buy 92 ABC.QUICK @ 9.90
09:30:02 A buy 300 ABC.DAY @ 9.95
09:30:05.5 B sell 100 ABC.DAY @ 9.90
         B sell 10 ABC @ 9.90
09:30:07 B sell 10 ABC.DAY @ 9.90
         B sell 10 ABC.FAIR @ 9.90
EOF2
exch-replay -q all.txt -o all.xst
exits 0 "five venues in one run" exch-match -q --market all.market -o got.xst all.xst
for v in FAIR SLOW QUICK DAY; do
	low=$(echo "$v" | tr '[:upper:]' '[:lower:]')
	exch-replay -q --symbol "ABC.$v" -o one.xst all.xst &&
		exch-match -q --market "$low.market" -o one.got one.xst
	events one.got "ABC.$v" >want
	events got.xst "ABC.$v" >got
	[ "$(wc -l <want)" -ge 5 ]
	result $? "$v: there is something to compare"
	same got want "$v: as in an engine of its own"
done
exch-replay -q --symbol ABC -o one.xst all.xst &&
	exch-match -q --market plain.market -o one.got one.xst
events one.got ABC >want
events got.xst ABC >got
same got want "a venue without a file has the rules of the market's"

# By hand: 200 over 300 and 100 are 150 and 50; 9.96 is off the steps of FAIR.
events got.xst ABC.FAIR | awk '$8 == "exec" { print $3, $4 }' >got
printf '%s\n' '9.95 150' '9.95 50' >want
same got want "shares by the rules of FAIR, and its steps of price"

for j in 2 4; do
	exch-match -q -j "$j" --market all.market -o j.xst all.xst
	ok "-j $j: the same bytes" cmp got.xst j.xst
done

# Random flows, over all of them.
cat >flows.scn <<'EOF2'
date 2026-01-05
zone America/New_York
market all.market
instrument ABC tick 0.01 reference 6.00
instrument ABC.FAIR tick 0.05 reference 6.00
instrument ABC.SLOW tick 0.01 reference 6.00
instrument ABC.QUICK tick 0.01 reference 6.00
seed 3
begin 09:30
end 09:30:05
flow zero ABC accounts 5 market-rate 200 limit-rate 20 cancel-rate 8 size 100,300
flow zero ABC.FAIR accounts 5 market-rate 200 limit-rate 20 cancel-rate 8 size 100,300
flow zero ABC.SLOW accounts 90 market-rate 200 limit-rate 20 cancel-rate 8 size 100,300
flow zero ABC.QUICK accounts 90 market-rate 200 limit-rate 20 cancel-rate 8 size 100,300
EOF2
exch-sim -q --orders -o flows.xst flows.scn
exits 0 "random flows" exch-match -q --market all.market -o got.flows flows.xst
for v in FAIR SLOW QUICK; do
	low=$(echo "$v" | tr '[:upper:]' '[:lower:]')
	exch-replay -q --symbol "ABC.$v" -o one.xst flows.xst &&
		exch-match -q --market "$low.market" -o one.got one.xst
	events one.got "ABC.$v" >want
	events got.flows "ABC.$v" >got
	[ "$(wc -l <want)" -ge 1000 ]
	result $? "$v: $(wc -l <want | tr -d ' ') events"
	same got want "$v: as in an engine of its own"
done

# A journal, cut and taken up again.
exch-match -q --market all.market --journal j -o whole.flows flows.xst
ok "with a journal: the same" cmp whole.flows got.flows
exch-match -q --market all.market --recover -o again.flows j
ok "from the journal: the same" cmp again.flows got.flows

# The rules are known by all their files.
exch-match -q --market all.market all.xst -f text | grep -c "market=all:" >/dev/null
result $? "the stream names them"
sed 's/pro-rata/fifo/' fair.market >fair2.market && mv fair2.market fair.market
exch-match -q --market all.market -o other.xst all.xst
! cmp -s got.xst other.xst
result $? "another file of a venue, other rules"

# What is announced when a venue has closed begins so, and elsewhere does not.
cat >late.txt <<'EOF2'
date 2026-01-05
zone America/New_York
instrument ABC tick 0.01
09:30:07 A buy 1 ABC @ 9.95
instrument ABC.DAY tick 0.01
instrument ABC.FAIR tick 0.01
09:30:08 A buy 2 ABC.DAY @ 9.95
         A buy 3 ABC.FAIR @ 9.95
EOF2
exch-replay -q late.txt -o late.xst
exch-match -q --market all.market -o got.xst late.xst
exch-match -q -f text --market all.market late.xst >late.told
has late.told 'ABC.DAY *reject *new of order 2: phase' \
	"announced late at a closed venue: it is closed"
is "$(grep -c ' ack ' late.told)" 2 "elsewhere it is not"
exch-match -q -j 2 --market all.market -o j.xst late.xst
ok "late: the same bytes on two threads" cmp got.xst j.xst

# ---- what is refused ----

cat >nested.market <<'EOF2'
name nested
venue X plain.market
EOF2
cat >dates.market <<'EOF2'
name dates
calendar us
EOF2
bad() {
	bad_name=$1
	bad_want=$2
	shift 2
	printf '%s\n' "name bad" "$@" >bad.market
	exits 3 "$bad_name" exch-match -q --market bad.market -o none.xst all.xst \
		2>err
	has err "$bad_want" "$bad_name: what is said"
}
bad "a file that is not there" 'bad.market:2:9: none.market: ' 'venue X none.market'
bad "no file" 'bad.market:2:1: venue needs its name and the file' 'venue X'
bad "a point" "bad.market:2:7: 'A.B' has a point" 'venue A.B plain.market'
bad "a venue twice" "bad.market:3:7: 'X' has its rules already" \
	'venue X plain.market' 'venue X fair.market'
bad "a venue of a venue" 'nested.market:2:1: the rules of a venue stand in a file' \
	'venue X nested.market'
bad "a calendar" 'dates.market: calendar is for the whole market' \
	'venue X dates.market'
bad "too long a name" 'longer than the 22 letters' \
	'venue ABCDEFGHIJKLMNOPQRSTUVW plain.market'
i=0
set --
while [ $i -lt 16 ]; do
	set -- "$@" "venue V$i plain.market"
	i=$((i + 1))
done
bad "sixteen" 'bad.market:17:1: there are more than 15 venues' "$@"

finish
