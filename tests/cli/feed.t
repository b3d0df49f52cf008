#!/bin/sh
# exch-feed: what a venue shows of its events, read by a decoder that knows the
# specification's table only (tests/tools/itch.awk), and by exch-replay.
. "${srcdir:-.}/tests/cli/lib.sh"

# messages FILE: ITCH in words.
messages() {
	od -An -v -tu1 -w1 "$1" | awk -f "$src/tests/tools/itch.awk"
}

cat >day.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
instrument XYZ tick 0.0001
09:00 phase call open ABC
+1s A buy 100 ABC @ 10.02 as a1
+1s B sell 60 ABC @ 10.00 as b1
+1s C sell 50 ABC @ 10.05 as c1
09:30 phase continuous
09:31 D sell 30 ABC @ 10.02 as d1
+1s E buy 40 ABC @ 10.01 as e1
+1s reduce e1 by 4
+1s F buy 70 ABC @ 10.06 as f1
+1s replace f1 with 30 @ 10.03
+1s replace e1 with 50 @ 10.02 as e2
+1s G sell 200 ABC @ 10.04 show 50 as g1
+1s H buy 80 ABC @ 10.04 as h1
+1s I buy 30 XYZ @ 1.2345 hidden as i1
+1s J sell 10 XYZ @ 1.2340
+1s break 1 XYZ
+1s phase halt ABC
+1s phase continuous ABC
+1s K sell 30 ABC @ 10.05 as k1
+1s replace k1 with 60 @ 10.02
+1s cancel e2
END
exch-replay day.txt | exch-match -q -o day.xst
ok "a day as ITCH" exch-feed itch -o day.itch day.xst
messages day.itch >got
cat >want <<'END'
S 32400000000000 0 O
R 32400000000000 1 ABC 1
R 32400000000000 2 XYZ 1
S 32400000000000 0 S
H 32400000000000 1 ABC Q 
A 32401000000000 1 1 B 100 ABC 100200
A 32402000000000 1 2 S 60 ABC 100000
A 32403000000000 1 3 S 50 ABC 100500
S 34200000000000 0 Q
I 34200000000000 1 60 40 B ABC 0 100200 0 O
C 34200000000000 1 1 60 N 100200
C 34200000000000 1 2 60 N 100200
Q 34200000000000 1 60 ABC 100200 O
E 34260000000000 1 1 30
A 34261000000000 1 4 B 40 ABC 100100
X 34262000000000 1 4 4
E 34263000000000 1 3 50
A 34263000000000 1 5 B 20 ABC 100600
U 34264000000000 1 5 6 30 100300
U 34265000000000 1 4 7 50 100200
A 34266000000000 1 8 S 50 ABC 100400
E 34267000000000 1 8 50
A 34267000000000 1 9 S 50 ABC 100400
E 34267000000000 1 9 30
P 34269000000000 2 B 10 XYZ 12345
B 34270000000000 2 1099511627777
H 34271000000000 1 ABC H 
H 34272000000000 1 ABC T 
A 34273000000000 1 10 S 30 ABC 100500
E 34274000000000 1 6 30
E 34274000000000 1 1 10
E 34274000000000 1 7 20
D 34274000000000 1 10
D 34275000000000 1 7
S 34275000000000 0 M
S 34275000000000 0 E
S 34275000000000 0 C
end
END
same got want "what is displayed of every order, and what became of it"
ok "in a pipe" sh -c 'exch-feed itch <day.xst >pipe.itch'
same pipe.itch day.itch "the same bytes"

# Read again: the same executions, the same books.
exch-replay -q --date 2026-02-02 --tz UTC day.itch | exch-match -q -o back.xst
execs() {
	exch-report trades -f csv "$1" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["cross"] == "" { print $at["time"], $at["symbol"], $at["price"] + 0, $at["qty"] }'
}
execs day.xst | sed '/ XYZ /d' >want
execs back.xst | sed '/ XYZ /d' >got
is "$(wc -l <want)" 7 "seven executions of displayed orders"
same got want "read again they are executed again"
depth() {
	exch-feed depth -f csv --at \
		09:00:30,09:31:03.5,09:31:05.5,09:31:08.5,09:31:13.5,09:31:14.5 "$1" |
		sed 's/,*$//; s/0*\(,\|$\)/\1/g' | cut -d, -f1,2,7-
}
depth day.xst >want
depth back.xst >got
is "$(wc -l <want)" 13 "books at six times"
same got want "and stand as they stood"

# As packets.
ok "MoldUDP64" exch-feed itch --framing moldudp64 --session SESS01 -o day.pcap day.xst
exch-replay -q --date 2026-02-02 --tz UTC day.pcap | exch-match -q --digest \
	-o packets.xst 2>got
exch-replay -q --date 2026-02-02 --tz UTC day.itch | exch-match -q --digest \
	-o file.xst 2>want
execs packets.xst >got
execs file.xst >want
same got want "the packets tell the same"
if command -v tshark >/dev/null; then
	tshark -r day.pcap -d udp.port==26400,moldudp64 -T fields \
		-e moldudp64.session -e moldudp64.sequence -e moldudp64.count \
		-e ip.checksum.status -e udp.checksum.status \
		-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
		2>/dev/null >packets
	awk '$1 != "SESS01" || $2 != next_ + 1 || $4 != 1 || $5 != 1 { print }
		{ if ($3 != 65535) next_ += $3; else ended = 1 }
		END { print next_, ended }' packets >got
	is "$(cat got)" "$(messages day.itch | grep -vc end) 1" \
		"tshark counts the same messages, in packets without a fault"
else
	skip "tshark counts the messages" "tshark is not installed"
fi

# What does not fit, and what is no feed.
day() {
	printf '%s\n' "date 2026-02-02" "$1" "09:30 A buy $2" |
		exch-replay -q | exch-match -q
}
for case in \
	"the symbol of|instrument ABCDEFGHI tick 0.01|1 @ 1" \
	"no multiple|instrument ABC tick 0.00001|1 @ 1.00001" \
	"above 429496|instrument ABC tick 0.01|1 @ 429496.73" \
	"a quantity of 4294967296|instrument ABC tick 0.01|4294967296 @ 1"; do
	day "$(echo "$case" | cut -d'|' -f2)" "$(echo "$case" | cut -d'|' -f3)" >odd.xst
	exits 3 "no room for it" exch-feed itch -o odd.itch odd.xst 2>err
	has err "ITCH has no room for .*" "is told"
	has err "$(echo "$case" | cut -d'|' -f1)" "and what it is"
	[ ! -e odd.itch ]
	result $? "nothing is left behind"
done
exits 2 "which feed" exch-feed 2>err
has err "which feed? It is one of top, depth, nbbo, consolidated, synthetic, orders, trades, bars, stats, quality, itch" "is asked"
exits 2 "a file first" exch-feed day.xst 2>err
has err "the first operand is the name of a feed: exch-feed top day.xst" "is told"
exits 2 "no such feed" exch-feed pitch day.xst 2>err
has err "no feed is called 'pitch'" "is told"
exits 2 "a table's form" exch-feed itch -f csv day.xst 2>err
has err "'itch' has a form of its own" "is told"
exits 2 "an option of another feed" exch-feed itch --levels 3 day.xst 2>err
has err "levels is not an option of the feed 'itch'" "is told"
exits 2 "no session" exch-feed itch --session "A B" day.xst 2>err
exits 2 "a session that is too long" exch-feed itch --session ABCDEFGHIJK day.xst 2>err
exits 2 "no framing" exch-feed itch --framing udp day.xst 2>err
exch-replay -q day.txt >orders.xst
exits 3 "orders that nobody matched" exch-feed itch -o odd.itch orders.xst 2>err
has err "exch-match | exch-feed itch" "is told"
exch-replay -q day.txt | exch-match -q -u | cat >blocks.xst
head -c $(($(wc -c <blocks.xst) - 300)) blocks.xst >cut.xst
exits 3 "a stream that was cut" exch-feed itch -o cut.itch cut.xst 2>err
messages cut.itch | head -n 25 >got
messages day.itch | head -n 25 >want
same got want "as far as it goes"
exits 3 "nothing" exch-feed itch -o odd.itch </dev/null 2>err
if [ -c /dev/full ]; then
	exits 4 "a full disk" exch-feed itch -o /dev/full day.xst 2>err
fi
exch-feed itch day.xst | head -c 10 >head.itch
is "$(wc -c <head.itch)" 10 "a reader that leaves"

finish
