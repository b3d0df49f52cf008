#!/bin/sh
# exch-sim: whatever is wrong with a scenario is told with file, line and
# column, also what shows only when the run begins.  In the lines below a `^`
# stands before the word that is wrong; it is taken out of the scenario.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >head.inc <<'EOF2'
date 2026-01-05
instrument ABC tick 0.01 lot 100 reference 10.00
instrument NIL tick 0.01
instrument ABC.AAA tick 0.01 lot 100 reference 10.00
instrument ABC.BBB tick 0.01 lot 100 reference 10.00
instrument ABC.CCC tick 0.01 lot 10 reference 10.00
begin 09:30
end 09:31
EOF2

# mark FILE: its lines and LINE:COLUMN of the mark, which is taken out.
mark() {
	awk -v out="$1" '{
		at = index($0, "^")
		if (at != 0)
			print NR ":" at
		sub(/\^/, "")
		print >out
	}'
}
# refused PLACE WORDS: what exch-sim says of bad.scn.
refused() {
	exits 3 "refused: $said" timeout 20 exch-sim -q -o none.xst \
		${define:+-D "$define"} bad.scn 2>err
	is "$(tail -n 1 err | sed -n 's/^exch-sim: \([^ ]*\): .*/\1/p')" "$1" \
		"  there: $(tail -n 1 err)"
	has err "$2" "  and why"
}
# alone WORDS LINE...: these lines are the scenario.
alone() {
	words=$1
	shift
	said=$*
	where=$(printf '%s\n' "$@" | mark bad.scn)
	refused "bad.scn:$where" "$words"
}
# bad WORDS LINE...: these lines behind the usual ones; and once more as the
# lines of a file within, between others.
bad() {
	words=$1
	shift
	said=$*
	where=$(printf '%s\n' 'include head.inc' "$@" | mark bad.scn)
	refused "bad.scn:$where" "$words"
	where=$(printf '%s\n' '# within' "$@" | mark inner.inc)
	printf '%s\n' 'include head.inc' 'include inner.inc' '# behind' >bad.scn
	refused "inner.inc:$where" "$words"
}

printf '%s\n' 'instrument ABC.AAA tick 0.01' '09:30 ANN buy 1 @ 9.00' >day.txt
exch-replay -q -o day.xst day.txt

# ---- the whole of a scenario ----

alone 'it would include itself' 'zone Europe/Berlin' \
	'instrument ABC tick 0.01 reference 10.00' 'begin 09:30' \
	'include ^bad.scn'
said='a file that includes the scenario'
printf '%s\n' '# back' 'include bad.scn' >again.inc
printf '%s\n' 'begin 09:30' 'include again.inc' >bad.scn
refused again.inc:2:9 'it would include itself'

alone 'add a line "begin 09:30"' \
	'instrument ABC tick 0.01 reference 10.00' 'flow ^zero ABC'
alone 'add a line "end 10:30"' 'begin 09:30' \
	'instrument ABC tick 0.01 reference 10.00' 'agent ^MM maker' \
	'flow zero ABC'
bad 'a line end already, head.inc:8: ' '^end 09:32' 'flow zero ABC'
# What holds for the whole stands once, in one file or in several.
# twice LINE LINE: the second is refused, and knows where the first stands.
twice() {
	word=${1%% *}
	alone "a line $word already, bad.scn:1: leave one of the two out" \
		"$1" 'instrument NEW tick 0.01' "^$2"
	printf '%s\n' '# first' "$1" >first.inc
	alone "a line $word already, first.inc:2: " 'include first.inc' "^$2"
}
twice 'seed 1' 'seed 1'
twice 'seed 1' 'seed 2'
twice "market $src/scenarios/sim/calm.market" 'market none.market'
twice 'day day.xst' 'day none.xst'
twice 'fill touch' 'fill market'
twice 'resync none' 'resync hard'
twice 'turns 10' 'turns 20'
bad 'put its line before theirs' 'zone ^+01:00'

# ---- what is no line of text ----
# A line is as long whatever pieces of it are read at once.
long=$(printf '%4090s' x | tr ' ' x)
for n in 4095 4096; do
	printf '%s\n' "# $long$(printf "%$((n - 4092))s" x | tr ' ' x)" >bad.scn
	printf 'begin 09:30x\n' >>bad.scn
	said="behind a line of $n bytes"
	refused bad.scn:2:7 'when it begins'
done
for way in 'cat bad.scn' 'sh slow.sh'; do
	printf '%s\n' "# $long$(printf '%5s' x)" 'begin 09:30' >bad.scn
	echo 'head -c 4095 bad.scn; sleep 0.2; tail -c +4096 bad.scn' >slow.sh
	$way | exch-sim -q -o x.xst 2>err
	has err ':1:4096: the line is longer than 4096 bytes' "4097 bytes, $way"
done
printf 'begin 09:30\nstrategy ME run cat\000; sleep 1\n' >bad.scn
said='a byte of 0'
refused bad.scn:2:20 'as in UTF-16'
bad 'a latency of YOU, and no such agent' 'flow zero ABC' \
	'latency of ^YOU all 1ms'
bad 'no recorded day' 'resync ^hard'
bad 'no recorded day' 'flow zero ABC' 'resync ^after 2s'

bad 'no recorded day that could be matched again' 'agent X maker' \
	'fill ^rematch'
bad 'only orders of agents and strategies lie on paper' 'fill ^ghost' \
	'flow zero ABC'
bad 'only orders of agents and strategies lie on paper' 'fill ^l2:power2'

# ---- files ----

bad 'the day stands before' 'day ^none.xst'
alone 'none.xst: cannot open: No such file' 'day ^none.xst'
alone 'no regular file' 'day ^.'
bad 'none.market: cannot open: No such file' 'market ^none.market'
bad 'none.scn: cannot open' 'include ^none.scn'
bad 'none.lat: cannot open' 'latency all file ^none.lat'

# What a file has at a line of its own is told there.
printf '1000\n  soon # or late\n' >bad.lat
printf '%s\n' 'include head.inc' 'latency all file bad.lat' >bad.scn
said='latency all file bad.lat'
refused bad.lat:2:3 '"soon" is no whole number'
# market WORDS LINE...: the market of the scenario has these lines.
market() {
	words=$1
	shift
	said=$*
	where=$(printf '%s\n' 'name x' "$@" | mark bad.market)
	printf '%s\n' 'include head.inc' 'market bad.market' >bad.scn
	refused "bad.market:$where" "$words"
}
market 'phase needs the phase' '^phase'
market "'12' is not a percentage" 'tick 1 0.01' 'band static ^12'
market "'limt' is none of" 'valid day' '  orders market ^limt # or limit'
market "'09:5' is not a time" 'session 09:00 closed' '' 'session ^09:5 call open'
market "'lunch' is not a phase" 'session  09:00	^lunch # and so on'
market "'08:00' is earlier than the row before" \
	' session 09:00 call open' ' session ^08:00 closed'
market 'none.rules: ' 'venue AAA ^none.rules'

# ---- flows ----

bad 'NIL has a flow and no price to begin at' 'flow zero ^NIL'
bad 'not there when the run begins' '09:40 ANN buy 100 ABC @ 9.00' \
	'instrument NEW tick 0.01 reference 10.00' 'flow zero ^NEW'
bad 'one account at least' 'flow zero ABC accounts ^0'
bad 'both 0' 'flow zero ABC market-rate 0 cancel-rate ^0'
bad 'a lot is not divided' 'flow zero ABC size ^1.5'
bad 'a share for each' 'flow zero ABC size 1,2 size-shares ^1,2,3'
bad 'all of them are 0' 'flow zero ABC size 1,2 size-shares ^0,0'
bad 'does not go with a list' 'flow zero ABC size 1,2 size-sigma ^1'
bad 'all of it is 0' 'flow zero ABC profile ^0,0,0'
bad 'the last is not above 0' 'flow cst ABC cancel-rates ^1,0'
bad 'give one of them' 'flow cst ABC limit-rates 1,2 limit-power ^1,2'
bad 'give two numbers' 'flow cst ABC limit-power ^1'
bad 'all rates are 0' 'flow cst ABC limit-rates ^0,0'
bad 'all rates are 0' 'flow cst ABC limit-power ^0,1'
bad 'branching ratio 1: at 1 or more events never end' \
	'flow hawkes ABC dimensions 4 excite ^1,0,0,0,0,1,0,0'
bad 'excite has 3 numbers' 'flow hawkes ABC dimensions 4 excite ^1,2,3'
bad 'excites nothing' \
	'flow hawkes ABC dimensions 4 excite 0,0,0,0,0,0,0,0 branching ^0.5'
bad 'base-rates has 1 number:' 'flow hawkes ABC base-rates ^1'
bad 'all of them are 0' 'flow hawkes ABC base-rates ^0,0,0,0,0,0'
bad 'give a share for each' 'flow hawkes ABC decays 1 decay-shares ^1,2'
bad 'give a share for each' 'flow hawkes ABC decay-shares ^1,2'
bad 'all of them are 0' 'flow hawkes ABC decays 1,2 decay-shares ^0,0'
bad 'give three' 'flow hawkes ABC limit-shares ^1,2'
bad 'more orders come than go' 'flow queue ABC limit-1 100 cancel-1 ^0'
bad 'more orders come than go' 'flow queue ABC limit-2 ^100'

# ---- agents ----

bad 'noise trades one instrument: name it' 'agent ^X noise'
bad 'noise trades one instrument: name it' 'agent X noise on ^ABC,NIL'
bad 'not there when the run begins' '09:40 ANN buy 100 ABC @ 9.00' \
	'instrument NEW tick 0.01 reference 10.00' 'agent X noise on ^NEW'
bad 'agent X: arbitrage is between two' 'agent ^X arbitrage'
bad 'the same lot' 'agent X arbitrage on ^ABC.AAA,ABC.CCC'
bad 'short, 30, has to be less than long, 20' \
	'agent X momentum on ABC short ^30 long 20'
bad 'short, [0-9]*, has to be less than long, 2' \
	'agent X momentum on ABC long ^2'
bad 'a profile of nothing but zeros' \
	'agent X vwap on ABC quantity 1 profile ^0,0'
bad 'what is NIL worth' 'agent X value on ^NIL'
bad 'one thing, whose symbols are the same' 'agent ^R router quantity 1'
bad 'one thing, whose symbols are the same' \
	'agent R router on ^ABC.AAA,NIL quantity 1'
bad 'have not one lot' 'agent R router on ^ABC.AAA,ABC.CCC quantity 1'
bad 'what is posted needs a limit' \
	'agent R router on ABC.AAA,ABC.BBB quantity 1 rest ^post'
alone 'a router trades one thing at 1 to 16 venues' 'begin 09:30' 'end 09:31' \
	'agent ^R router quantity 1'
bad 'has had 10 turns within' 'turns 10' 'flow zero ABC' 'latency all 0' \
	'agent ^R noise on ABC rate 1000000'

# ---- venues ----

bad 'no instrument at ZZZ so far' 'venue ^ZZZ'
alone 'no instrument at BBB so far' 'day day.xst' 'venue AAA taker 1bp' \
	'venue ^BBB'

# ---- programs ----

bad 'agent S: it has ended with status 127, there is no such command' \
	'strategy S run ^./none --of these'
bad 'agent S: it has ended with status 3' 'strategy S run ^exit 3'
bad 'none.txt: cannot open: No such file' 'strategy S replay ^none.txt'
bad 'either record or replay' 'strategy S record ^a.txt replay none.txt'
printf '%s\n' 'include head.inc' 'strategy S record no/where.txt run cat' >bad.scn
exits 4 "a transcript that cannot be written is no mistake in the scenario" \
	exch-sim -q -o none.xst bad.scn 2>err
has err '^exch-sim: bad.scn:2:19: no/where.txt: cannot create: No such file' \
	"  and is told there, too"

# ---- values of -D ----

define=rate=-1
bad 'is not within 0 and .*; -D gives \$rate its value$' \
	'flow zero ABC market-rate ^$rate'
define=size=1.5
bad 'a lot is not divided: .*; -D gives \$size its value$' \
	'flow zero ABC size ^$size'
define=e=3
alone 'ends before it begins.*; -D gives \$e its value$' \
	'instrument ABC tick 0.01 reference 10.00' 'begin 09:30' 'end ^09:2$e'
bad 'a lot is not divided: give whole lots$' "set size 1.5" \
	"# 3\$e" "turns 3\$e" 'flow zero ABC size ^$size'
define=

finish
