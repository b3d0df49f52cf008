#!/bin/sh
# exch-sim with programs: the same market whatever their language, transcripts
# that take their place, several of them, and what becomes of bad ones.
. "${srcdir:-.}/tests/cli/lib.sh"

cp "$src"/scenarios/agents/* .
awk='sh awk.sh -f'

# scenario LINE...: a market for five minutes, with these lines.
scenario() {
	cat <<EOF
date 2026-01-05
instrument ABC tick 0.01 lot 100 reference 100.00
instrument XYZ tick 0.01 lot 100 reference 100.00
seed 7
begin 09:30
end 09:33
flow zero ABC accounts 50 market-rate 1
flow zero XYZ accounts 50 market-rate 1
latency all 200us
EOF
	printf '%s\n' "$@"
}

# digest SCENARIO: of the run.
digest() {
	exch-sim --digest "$1" 2>&1 >/dev/null | head -n 1
}

# ---- one strategy, three languages ----
scenario "strategy MM record awk.txt run $awk maker.awk" >sim.txt
exch-sim --digest -o awk.xst sim.txt 2>awk.digest
is $? 0 "a market maker in awk"
exch-report pnl -f csv awk.xst >pnl.csv
has pnl.csv '^of,MM,ABC,' "it has traded on its own account"
is "$(digest sim.txt)" "$(head -n 1 awk.digest)" "once more it is the same"
# by this machine's speed nothing changes
cat >slow.sh <<'EOF'
sh awk.sh -f maker.awk | while IFS= read -r line; do
	case $line in
	buy*7) sleep 0.05 ;;
	esac
	printf '%s\n' "$line"
done
EOF
scenario "strategy MM record slow.txt run sh slow.sh" >slow.sim
is "$(digest slow.sim)" "$(head -n 1 awk.digest)" "and so it is when it is slow"
same slow.txt awk.txt "with the same transcript"
if command -v python3 >/dev/null; then
	scenario "strategy MM record py.txt run python3 maker.py" >py.sim
	is "$(digest py.sim)" "$(head -n 1 awk.digest)" \
		"the same in Python is the same market"
	same py.txt awk.txt "and has the same transcript"
else
	skip "maker.py" "no python3"
fi
if command -v "${CC:-cc}" >/dev/null; then
	"${CC:-cc}" -O1 -o maker maker.c
	scenario "strategy MM record c.txt run ./maker" >c.sim
	is "$(digest c.sim)" "$(head -n 1 awk.digest)" \
		"the same in C is the same market"
	same c.txt awk.txt "and has the same transcript"
else
	skip "maker.c" "no compiler called ${CC:-cc}"
fi

# ---- transcripts ----
scenario "strategy MM replay awk.txt" >replay.sim
is "$(digest replay.sim)" "$(head -n 1 awk.digest)" \
	"the transcript takes its place"
sed 's/market-rate 1/market-rate 1.001/' replay.sim >other.sim
exch-sim other.sim >/dev/null 2>err
is $? 1 "in another market it does not"
has err '^exch-sim: awk.txt:[0-9]*: the program was told .*; turn ' \
	"and the first difference has its place"
# A transcript that somebody has added to, or of which nothing is left.
# refuses FILE EXIT PATTERN WHAT
refuses() {
	sed "s/awk.txt/$1/" replay.sim >wrong.sim
	exits "$2" "$4" exch-sim -q -o wrong.xst wrong.sim 2>err
	has err "^exch-sim: $1:$3" "  is told where"
}
n=$(wc -l <awk.txt)
{
	cat awk.txt
	echo '< buy 1 ABC @ market as 99999'
} >more.txt
refuses more.txt 3 "$((n + 1)): something stands behind the last line" \
	"a line behind the last one"
sed 's/^= .*/= 3/' awk.txt >three.txt
refuses three.txt 1 "$n: [0-9]* blocks stand before this line, not 3" \
	"another number of blocks"
: >none.txt
refuses none.txt 3 '1: this is no transcript' "an empty transcript"
# A transcript in the place of what the run is made of, or makes.
echo '# nothing' >more.sim
# takes FILE [OPTION...]: a run whose transcript would take its place.
takes() {
	file=$1
	shift
	{
		sed "s/replay.*/record $file run sh awk.sh -f maker.awk/" \
			replay.sim
		echo 'include more.sim'
	} >own.sim
	[ ! -e "$file" ] || cp "$file" kept
	exits 3 "a transcript over $file" exch-sim "$@" own.sim 2>err
	has err "own.sim:[0-9]*:[0-9]*: record $file: this run reads that file" \
		"  is refused"
	[ ! -e "$file" ] || same "$file" kept "  which is left as it is"
}
takes own.sim -o taken.xst
takes more.sim -o taken.xst
takes taken.xst -o taken.xst
[ ! -e taken.xst ]
result $? "  and nothing is made"
exch-sim --results taken.db -o /dev/null sim.txt
takes taken.db --results taken.db -o taken.xst
{
	sed "s/replay.*/record both.txt run sh awk.sh -f maker.awk/" replay.sim
	echo "strategy TWO record both.txt run sh awk.sh -f maker.awk"
} >both.sim
exits 3 "two transcripts in one file" exch-sim -o taken.xst both.sim 2>err
has err 'both.sim:[0-9]*:21: record both.txt: ' "  the second is refused"
[ ! -e both.txt ]
result $? "  and nothing is made"
sed 's/both.txt/\/dev\/null/' both.sim >null.sim
ok "  unless it is a device" exch-sim -o /dev/null null.sim

# A pipe stays one, as a device does.
mkfifo pipe
timeout 60 cat pipe >piped.txt &
sed 's/replay.*/record pipe run '"sh awk.sh -f maker.awk/" replay.sim >pipe.sim
exits 0 "a transcript into a pipe" exch-sim -q -o pipe.xst pipe.sim
wait
ok "  which is still one" test -p pipe
same piped.txt awk.txt "  and gave what a file has"
# What it was told is what the stream has: its executions, one by one.
sed -n 's/^> filled [0-9]* ABC [0-9]* \([a-z]*\) \([0-9.]*\) \([0-9]*\) .*/\1 \2 \3/p' \
	awk.txt >told
[ "$(wc -l <told)" -gt 20 ]
result $? "it was told executions"
exch-sim -f json sim.txt | awk '
	function value(key,    s) {
		if (!match($0, "\"" key "\":\"?[^,\"}]*"))
			return ""
		s = substr($0, RSTART, RLENGTH)
		sub(/.*:"?/, "", s)
		return s
	}
	/"t":"account"/ && /"text":"MM"/ { mm = value("id") }
	/"t":"new"/ && value("account") == mm {
		own[value("symbol") " " value("order")] = 1
	}
	/"t":"exec"/ && value("symbol") == "ABC" {
		if (own["ABC " value("buy")])
			print "buy", value("price"), value("qty")
		if (own["ABC " value("sell")])
			print "sell", value("price"), value("qty")
	}' >stream
same told stream "the same that stand in the stream, in their order"

# ---- several ----
scenario "strategy MM run $awk maker.awk" \
	"strategy TWAP on XYZ run $awk twap.awk" \
	"strategy ARB run $awk arbitrage.awk" "agent N noise on ABC" >several.sim
exch-sim --digest -o several.xst several.sim 2>err
is "$?$(grep -v '^sha256' err)" 0 "three programs and an agent that is built in"
is "$(digest several.sim)" "$(head -n 1 err)" "are the same every time"
exch-report pnl -f csv several.xst >pnl.csv
is "$(awk -F, '$2 == "TWAP" && $3 == "XYZ" { print $6 }' pnl.csv)" 2000 \
	"TWAP has bought 2,000"

# ---- every book that can be subscribed ----
cat >books.awk <<'EOF'
# Keeps three books, by orders, by levels, by best prices, and compares them.
$1 == "exch" { print "ready protocol=1 sub=" book ",trades wake=all" }
$1 == "bbo" { best = $4 " " $5 " " $6 " " $7 }
$1 == "level" { if ($6 == 0) delete level[$4, $5]; else level[$4, $5] = $6 }
$1 == "add" { side[$4] = $5; price[$4] = $6; qty[$4] = $7 }
$1 == "left" { if ($5 == 0) delete qty[$4]; else qty[$4] = $5 }
$1 == "turn" { now = $3 }
$1 == "." {
	if (book == "l3") {
		for (k in level)
			delete level[k]
		for (o in qty)
			level[side[o], price[o]] += qty[o]
	}
	if (book != "bbo") {
		bid = offer = "-"
		count["buy"] = count["sell"] = 0
		for (k in level) {
			split(k, part, SUBSEP)
			if (++count[part[1]] > most)
				print now, "has more levels than it asked for" >out
			if (part[1] == "buy" && (bid == "-" || part[2] + 0 > bid + 0))
				bid = part[2]
			if (part[1] == "sell" && (offer == "-" || part[2] + 0 < offer + 0))
				offer = part[2]
		}
		best = bid " " level["buy", bid] + 0 " " offer " " level["sell", offer] + 0
		delete level["buy", "-"]
		delete level["sell", "-"]
	}
	if (best != last && best != "" && best != "- 0 - 0")
		print now, best >out
	last = best
	print "."
	fflush()
}
EOF
for sub in bbo l2:2 l2 l3; do
	most=1000000
	case $sub in
	l2:2) most=2 ;;
	l2) most=10 ;;
	esac
	scenario "strategy B on ABC run $awk books.awk -v book=$sub -v out=$sub.book -v most=$most" |
		sed 's/^end.*/end 09:30:40/' >books.sim
	exch-sim books.sim >/dev/null 2>err
	is "$?$(cat err)" 0 "a book by $sub"
done
[ "$(wc -l <bbo.book)" -gt 50 ]
result $? "its best prices change"
same l2:2.book bbo.book "two levels give the same best prices"
same l2.book bbo.book "so do ten"
same l3.book bbo.book "and orders"

# ---- what is displayed, and what is not ----
# A hidden order, an iceberg that goes to the back of its queue, replacements
# that keep their place and lose it, a stop that waits.
for sub in l3 l2; do
	cat >$sub.awk <<EOF
\$1 == "exch" { print "ready protocol=1 sub=$sub" }
\$1 == "." { print "."; fflush() }
EOF
done
cat >shown.sim <<EOF
instrument ABC tick 0.01 lot 1 reference 10.00
seed 1
begin 09:30
end 09:31
strategy L3 record l3.txt run $awk l3.awk
strategy L2 record l2.txt run $awk l2.awk
09:30:01 ANN sell 50 @ 10.05 hidden
+1s      ANN sell 60 @ 10.06 show 20
+1s      BOB sell 10 @ 10.06
+1s      CARL buy 60 @ 10.05
+1s      CARL buy 20 @ 10.06
+1s      ANN sell 30 @ 10.10 as x
+1s      replace x with 20
+1s      replace x with 40 @ 10.11
+1s      BOB buy 10 @ 9.00 as y
+1s      cancel y
+1s      BOB buy 5 @ 10.00 stop 10.07
EOF
exch-sim shown.sim >/dev/null 2>err
is "$?$(cat err)" 0 "a book by hand"
sed -n 's/^> \([al][de][df]t*\) \([0-9]*\)000000000 ABC/\1 \2/p' l3.txt >got
cat >want <<'EOF'
add 2 2 sell 10.06 20
add 3 3 sell 10.06 10
add 4 4 buy 10.05 10
left 4 1 0
left 5 2 20
left 5 2 0
add 5 2 sell 10.06 20
add 6 6 sell 10.10 30
left 7 6 20
left 8 6 0
add 8 6 sell 10.11 40
add 9 7 buy 9.00 10
left 10 7 0
EOF
same got want "orders as they are displayed"
sed -n 's/^> level \([0-9]*\)000000000 ABC/\1/p' l2.txt >got
cat >want <<'EOF'
2 sell 10.06 20
3 sell 10.06 30
4 buy 10.05 10
6 sell 10.10 30
7 sell 10.10 20
8 sell 10.10 0
8 sell 10.11 40
9 buy 9.00 10
10 buy 9.00 0
EOF
same got want "and levels"

# ---- bad ones ----
# fails STATUS NAME MESSAGE COMMAND
fails() {
	scenario "strategy MM patience 1s run $4" >bad.sim
	exch-sim bad.sim >/dev/null 2>err
	is $? "$1" "$2"
	has err "$3" "$2: says so"
}
fails 124 "it hangs" \
	'^exch-sim: bad.sim:10:29: agent MM: it said nothing for 1000 ms, and was ended' \
	"sleep 100"
cat >waits.awk <<'EOF'
$1 == "exch" { print "ready protocol=1" }
$1 == "." { print "." }
EOF
fails 124 "it keeps what it says until its end" \
	'said nothing for 1000 ms, and was ended: it hangs, or its answers are not flushed (in awk: fflush(), and mawk needs -W interactive); this was to answer the greeting$' \
	"$awk waits.awk | tail -n 9"
fails 3 "it dies" \
	'^exch-sim: bad.sim:10:29: agent MM: it has ended with status 3;' "exit 3"
fails 3 "it talks" '^exch-sim: agent MM:1: expected "ready protocol=1 ..."' yes
cat >bad.awk <<'EOF'
$1 == "exch" { print "ready protocol=1" }
$1 == "turn" && $2 == 12 { print "cancel 5"; print "sell 100 @ 99.50 as 1" }
$1 == "." { print "."; fflush() }
EOF
fails 3 "it does not say of what" \
	'^exch-sim: agent MM:[0-9]*:10: expected the symbol of an instrument, not "@"; turn 12, [0-9]* ns after the beginning$' \
	"$awk bad.awk"

scenario "strategy MM patience 1s" >bad.sim
exch-sim bad.sim >/dev/null 2>err
is $? 3 "no command"
has err '^exch-sim: bad.sim:10:[0-9]*: expected "run" and a command' "and where"

# ---- others' orders ----
cat >thief.awk <<'EOF'
$1 == "exch" { print "ready protocol=1" }
$1 == "turn" && $2 % 5 == 0 { for (i = 1; i < 50; i++) print "cancel " i }
$1 == "turn" && $2 % 5 == 1 { print "cancel all" }
$1 == "." { print "."; fflush() }
EOF
scenario "strategy T record thief.txt run $awk thief.awk" >thief.sim
scenario "strategy T record none.txt run $awk nothing.awk" >nothing.sim
sed '/^.1 == "turn"/d' thief.awk >nothing.awk
exch-sim -o thief.xst thief.sim
exch-sim -o nothing.xst nothing.sim
for f in thief nothing; do # but for the place in the stream
	exch-report trades -f csv $f.xst | sed 's/,[0-9]*$//' >$f.csv
done
same thief.csv nothing.csv "whoever cancels what is not his changes nothing"
has thief.txt '^> rejected [0-9]* - 1 unknown-order$' "and is told so"
is "$(grep -c '^> rejected' thief.txt)" "$(grep -c '^< cancel [0-9]' thief.txt)" \
	"every time"

# ---- orders that wait for a price ----
cat >touch.awk <<'EOF'
$1 == "exch" { print "ready protocol=1" }
$1 == "turn" && $2 == 1 {
	print "buy 100 @ market touched 9.98 as 1"
	print "buy 100 @ 10.10 touched 9.97 as 2"
	print "buy 100 @ 10.10 stop 10.05 as 3"
}
$1 == "." { print "."; fflush() }
EOF
cat >touch.sim <<EOF
instrument ABC tick 0.01 reference 10.00
begin 09:30
end 09:31
strategy T record touch.txt run $awk touch.awk
09:30:01 ANN sell 300 @ 10.04
         ANN sell 500 @ 10.05
         ANN buy 100 @ 9.98
         ANN buy 100 @ 9.97
+1s      BOB sell 100 @ 9.98
+1s      BOB sell 100 @ 9.97
+1s      BOB buy 200 @ 10.05
EOF
exch-sim touch.sim >/dev/null 2>err
is "$?$(cat err)" 0 "a program's orders that wait for a price"
grep -E '^> (accepted|rejected|filled) ' touch.txt >got
cat >want <<'EOF'
> accepted 1 ABC 1 8
> accepted 1 ABC 2 9
> accepted 1 ABC 3 10
> filled 2000000000 ABC 1 buy 10.04 100 0 taker
> filled 3000000000 ABC 2 buy 10.04 100 0 taker
> filled 4000000000 ABC 3 buy 10.05 100 0 taker
EOF
same got want "trade when it comes"

# ---- the example ----
exch-sim -o market.xst market.scn 2>err
is "$?$(cat err)" 0 "market.scn runs"
exch-report pnl -f csv market.xst >pnl.csv
is "$(awk -F, '$2 == "TWAP" && $3 == "ABC" { print $6 }' pnl.csv)" 2000 \
	"and TWAP has bought 2,000"
# ---- an instrument that becomes another one ----

cat >told.awk <<'EOF'
$1 == "exch" { print "ready protocol=1 name=t sub=bbo" }
$1 == "." { print "."; fflush() }
EOF
cat >tick.txt <<EOF
instrument ABC tick 0.01 reference 10.00
seed 2
begin 09:00
end 09:10
strategy T record told.txt run $awk told.awk
agent MM adaptive quantity 2
agent MK maker quantity 2
agent VAL1 value rate 1 noise 5 sigma 0.3 quantity 2
agent VAL2 value rate 1 noise 5 sigma 0.3 quantity 2
agent NOISE noise rate 2
agent BUY pov quantity 1000 limit 10.13
latency all 1ms
09:05 cancel all ABC
instrument ABC tick 0.05 max 1000
EOF
exch-sim -o tick.xst tick.txt
is "$(sed -n 's/^> \(instrument [0-9].*\)/\1/p' told.txt)" \
	"instrument 300000000000 ABC tick 0.05 lot 1 unit 1 decimals 2 reference 10.00 min 1 max 1000" \
	"a program is told of a new tick"
exch-replay -q -f csv --type new tick.xst | awk -F, 'NR == 1 {
		for (i = 1; i <= NF; i++)
			c[$i] = i
		next
	}
	substr($c["time"], 12, 12) > "09:05:00.002" && $c["price"] != "" {
		n++
		p = sprintf("%.0f", $c["price"] * 1000) + 0
		off += p % 50 != 0
		away += p < 9000 || p > 11000
	}
	END {
		many = n > 500
		print many, off + 0, away + 0
	}' >got
is "$(cat got)" "1 0 0" "agents that are built in go on in its steps"
is "$(exch-report trades -f csv tick.xst |
	awk -F, 'substr($1, 12, 5) > "09:05"' | wc -l | awk '{ print ($1 > 100) }')" 1 \
	"  and at the prices that they knew"

# ---- turns without an end ----

cat >spin.awk <<'EOF'
$1 == "exch" { print "ready protocol=1 name=t sub=none" }
$1 == "turn" { print "wake +1ns" }
$1 == "." { print "."; fflush() }
EOF
spin() {
	cat <<-EOF
		instrument ABC tick 0.01 reference 10.00
		begin 09:00
		end 09:00:00.000002
		turns $1
		strategy SPIN run $awk spin.awk
	EOF
}
spin 1000 >spin.txt
exits 3 "who wakes himself all the time is stopped" \
	exch-sim -o x.xst spin.txt 2>err
has err '^exch-sim: spin.txt:5:10: agent SPIN has had 1000 turns within 1000 ns.*latency.*turns N' \
	"  by name, and with what to do"
spin 3000 >spin.txt
exits 0 "  unless the scenario lets him" exch-sim -q -o x.xst spin.txt

# ---- a program that stands in the scenario ----
scenario "strategy ONE run sh awk.sh '\$\$1 == \"exch\" { print \"ready protocol=1 sub=bbo\" } \$\$1 == \".\" { print \".\"; fflush() }'" >one.txt
exits 0 "dollars of a command are written twice" exch-sim -q -o x.xst one.txt
scenario "strategy ONE run sh awk.sh '\$1 == 1'" >one.txt
exits 3 "  and once they are a variable" exch-sim -q -o x.xst one.txt 2>err
has err 'nothing is known of [$]1: .*[$][$] is a dollar itself' "    as is said"
finish
