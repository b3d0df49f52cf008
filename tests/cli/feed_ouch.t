#!/bin/sh
# exch-feed ouch: OUCH 4.2 in SoupBinTCP, read again by tshark and by
# exch-replay; TCP as networks make it; and what is none of it.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

tcpcap() {
	"$bin/tests/tools/tcpcap" "$@"
}
differ() {
	! cmp -s "$1" "$2"
}
# commands FILE: what was asked, a line each.
commands() {
	exch-replay -q -f json "$1" | sed -n 's/.*"seq":"[0-9]*",\("time".*\)/\1/p' |
		grep '"order":' | sed 's/"instr":[0-9]*,//; s/"account":[0-9]*,//
		s/"\(new_\)*order":"[0-9]*",//g; /"match"/d'
}

exch-replay -q --date 2026-01-05 --tz America/New_York --accounts zipf:20 \
	-o in.xst "$src/data/sample.pcap.zst"
exch-match -q -o day.xst in.xst
exch-feed ouch -q -o day.pcap day.xst
ok "a day of twenty accounts" test -s day.pcap

# ---- tshark ----

if command -v tshark >/dev/null; then
	tshark -r day.pcap -d tcp.port==26400,soupbintcp -o tcp.check_checksum:TRUE \
		-T fields -e tcp.checksum.status -e soupbintcp.packet_type \
		-e ouch.packet_type -e _ws.malformed -e _ws.expert.severity \
		2>/dev/null | tr -d "'" >shark
	is "$(awk -F'\t' '$1 != 1 || $4 != "" { n++ } END { print (NR > 400000 ? n + 0 : "no") }' shark)" 0 \
		"tshark: every sum is right, nothing is malformed"
	# SYN and FIN are told as a chat, which is no complaint
	is "$(awk -F'\t' '$5 != "" && $2 != ""' shark | wc -l)" 0 "nor complained of"
	awk -F'\t' '$3 != "" { print $2, $3 }' shark | sort | uniq -c |
		awk '{ print $2, $3, $1 }' >got
	exch-replay -q -f json day.xst | awk '
		/"t":"ack"/ { a++ } /"t":"exec"/ { e += 2 }
		/"t":"replaced"/ { u++ } /"t":"cancelled"/ { c++
			x += /"reason":"user"/ }
		END { print "S A", a; print "S C", c; print "S E", e
			print "S U", u; print "U O", a; print "U U", u
			print "U X", x }' | grep -v ' $' | LC_ALL=C sort >want
	LC_ALL=C sort -o got got
	same got want "as many messages of each kind as the stream has answers"
else
	skip "tshark is not installed"
fi

# ---- and back ----

exch-replay -q -o back.xst day.pcap
commands back.xst >got
# what the venue imposed nobody asked for
exch-replay -q -f json in.xst | grep -v '"cause"' |
	sed -n 's/.*"seq":"[0-9]*",\("time".*\)/\1/p' | grep '"order":' |
	sed 's/"instr":[0-9]*,//; s/"account":[0-9]*,//
	s/"\(new_\)*order":"[0-9]*",//g; s/"flags":"synthetic",//; s/"by-id"/"none"/
	/"match"/d; /imposed/d' >want
same got want "the capture gives back what was asked, at its times"
ok "which is a day's" test "$(wc -l <got)" -gt 160000

exch-replay -q -f json back.xst | grep -c '"t":"account"' >accounts
is "$(cat accounts)" 20 "by the same number of accounts"

# ---- sweeps ----

cat >sweep.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30:00 A sell 100 ABC @ 10.00
         B buy 10 ABC @ 10.00 ioc
         B buy 20 ABC @ 10.00 ioc sweep
END
exch-replay -q sweep.txt | exch-match -q | exch-feed ouch -q -o sweep.pcap
exch-replay -q -f text sweep.pcap | sed -n 's/.* new  *\(.*\) limit.*account [0-9]*/\1/p' >got
printf '%s\n' 'sell 100 @ 10.0000' 'buy 10 @ 10.0000' 'buy 20 @ 10.0000 sweep' >want
same got want "an order that is marked as a sweep is read as one"
if command -v tshark >/dev/null; then
	tshark -r sweep.pcap -d tcp.port==26400,soupbintcp -T fields \
		-e ouch.packet_type -e ouch.iso_eligible \
		2>/dev/null | tr -d "'" |
		awk -F'\t' '$1 ~ /^[OA]$/ { print $1, $2 }' | sort >shark
	is "$(uniq -c shark | awk '{ print $2, $3, $1 }' | tr '\n' ' ')" \
		"A N 2 A Y 1 O N 2 O Y 1 " "tshark sees the mark, too"
else
	skip "tshark is not installed"
fi

# ---- TCP ----

exch-replay -q --date 2026-01-05 --tz America/New_York --from 15:00 \
	--to 15:20 "$src/data/sample.pcap.zst" | exch-match -q | exch-feed ouch -q \
	-o one.pcap
exch-replay -q -o one.xst one.pcap
for how in split again "split again"; do
	# shellcheck disable=SC2086
	tcpcap mangle 7 $how <one.pcap >other.pcap
	ok "captured otherwise ($how)" differ one.pcap other.pcap
	exch-replay -q -o other.xst other.pcap
	same other.xst one.xst "it gives the same bytes"
done
tcpcap one-way <one.pcap >way.pcap
exch-replay -q -o way.xst way.pcap
for seed in 1 2 3 4 5; do
	tcpcap mangle $seed split again reorder <way.pcap >other.pcap
	exch-replay -q -o other.xst other.pcap
	same other.xst way.xst "out of order, cut and twice: the same (seed $seed)"
done
tcpcap mangle 1 lose <way.pcap >other.pcap
exch-replay -v -o other.xst other.pcap 2>said
is $? 1 "what is missing is told"
has said ': [0-9]* bytes before this packet.s are missing in a TCP connection$' \
	"with its place"
commands way.xst >want
commands other.xst >got
n=$(wc -l <got) all=$(wc -l <want)
ok "and no more is lost than that ($n of $all)" test "$n" -gt $((all * 97 / 100))
is "$(diff want got | grep -c '^>')" 0 "nothing is made up"

# ---- FIX ----

{
	printf '8=FIX.4.4|9=0|35=D|49=C1|56=X|34=1|52=20260105-14:30:00.000|11=a|55=ABC|54=1|60=20260105-14:30:00|38=100|40=2|44=10.5|59=0|10=000|\n'
	printf '8=FIX.4.4|9=0|35=D|49=C1|56=X|34=2|52=20260105-14:30:01.000|11=b|55=ABC|54=2|60=20260105-14:30:01|38=60|40=2|44=10.4|59=0|10=000|\n'
	printf '8=FIX.4.4|9=0|35=F|49=C1|56=X|34=3|52=20260105-14:30:02.000|11=c|41=a|55=ABC|54=1|60=20260105-14:30:02|38=100|10=000|\n'
} | awk '{ # lengths and sums made right
	n = split($0, f, "|"); body = ""
	for (i = 3; i < n - 1; i++) body = body f[i] "\001"
	m = f[1] "\0019=" length(body) "\001" body
	for (i = 0; i < 256; i++) ord[sprintf("%c", i)] = i
	sum = 0
	for (i = 1; i <= length(m); i++) sum += ord[substr(m, i, 1)]
	printf "%s10=%03d\001", m, sum % 256 }' >log.fix
exch-replay -q --tick 0.01 -o want.xst log.fix
for seed in 1 2 3; do
	for _ in 1 2 3 4 5 6; do cat log.fix; done | head -c "$(wc -c <log.fix)" |
		tcpcap wrap $seed | tcpcap mangle $seed split again reorder >fix.pcap
	exch-replay -q --tick 0.01 -o got.xst fix.pcap
	commands want.xst >want
	commands got.xst >got
	same got want "FIX in TCP is as FIX in a log (seed $seed)"
done
is "$(wc -l <got)" 3 "of three commands"
exch-replay fix.pcap >/dev/null 2>said
is $? 2 "without a tick it asks for one"
has said 'add --tick STEP$' "by its option"

# ---- both, and what else there is ----

{
	cat one.pcap
	tail -c +25 fix.pcap
	printf 'POST /orders HTTP/1.1\r\nHost: x\r\n\r\n' | tcpcap wrap 5 |
		tail -c +25
} >both.pcap
exch-replay -q --tick 0.01 -o both.xst both.pcap
is "$(exch-replay -q -f json both.xst | grep -c '"t":"new"')" \
	$(($(exch-replay -q -f json one.xst | grep -c '"t":"new"') + 2)) \
	"OUCH and FIX in one capture, and HTTP that is neither"
is "$(exch-replay -q -f json both.xst | sed -n 's/.*"t":"new".*"order":"\([0-9]*\)".*/\1/p' |
	sort | uniq -d | wc -l)" 0 "their orders have numbers of their own"
for n in 1 5 6 7 40; do
	tcpcap skip $n <one.pcap >mid.pcap
	exch-replay -o mid.xst mid.pcap 2>/dev/null
	got=$(exch-replay -q -f json mid.xst | grep -c '"t":"new"')
	all=$(exch-replay -q -f json one.xst | grep -c '"t":"new"')
	ok "begun in the middle, at packet $n: $got of $all orders" test \
		"$got" -ge $((all - n))
done
# A first segment of one byte.
for n in 1 2 3; do
	printf '\0\1R\0\1R\0\1R' | tcpcap wrap $n |
		tcpcap mangle $n split >beat.pcap
	exch-replay -v -o beat.xst beat.pcap 2>said
	has said '^  heartbeats  *3$' "known by its first bytes, in whatever pieces ($n)"
done

# ---- what is none ----

head -c 3000 one.pcap >cut.pcap
exch-replay -o cut.xst cut.pcap 2>said
is $? 3 "a capture that is cut"
has said 'cut.pcap:packet [0-9]*: the capture ends inside this packet' \
	"is told with its place"
exch-replay --as itch50 one.pcap >/dev/null 2>said
is $? 3 "no market data in it"
has said 'none of the [0-9]* packets carries' "which is told"
exch-replay --as tcp "$src/data/sample.pcap.zst" >/dev/null 2>said
is $? 3 "no order entry in market data"
exch-replay --as tcp day.xst >/dev/null 2>said
is $? 3 "nor in what is no capture"
has said 'tcp is found in captures only$' "and where it may be"
exch-replay -q "$src/scenarios/auction.txt" | exch-match -q |
	exch-feed ouch -o auction.pcap 2>said
is $? 0 "an auction's orders"
exch-replay -q auction.pcap -o auction.xst
is "$(commands auction.xst | wc -l)" 5 "of which two wait for it at any price"
has said "left out: 2 orders" "which OUCH 4.2 does not have"

# Sizes and kinds that the protocol does not have.
cat >kinds.txt <<-'END'
	instrument ABC tick 0.01
	09:30 ANN sell 50 @ 10.00 show 10
	      BOB buy 5 @ 9.00
END
exch-replay -q kinds.txt | exch-match -q | exch-feed ouch -o kinds.pcap 2>said
is $? 0 "an iceberg"
has said 'left out: 1 orders are of kinds that OUCH 4.2 does not have$' \
	"is left out, and that is told"
exch-replay -q kinds.pcap -o kinds.xst
is "$(commands kinds.xst | wc -l)" 1 "and the other is there"
for bad in "buy 1000000 @ 9.00" "buy 5 @ 200000.00"; do
	printf 'instrument ABC tick 0.01\n09:30 BOB %s\n' "$bad" >big.txt
	exch-replay -q big.txt | exch-match -q | exch-feed ouch -q -o no.pcap 2>said
	is $? 3 "no room for: $bad"
	has said 'OUCH has no room for a .* of ABC$' "is said"
done
is "$(exch-replay -q kinds.txt | exch-match -q | exch-feed ouch -s XYZ -o no.pcap 2>&1 |
	grep -c 'no instrument .XYZ.')" 1 "a symbol that is not there"
finish
