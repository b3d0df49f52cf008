#!/bin/sh
# The first minutes of a morning in PITCH: the volume of each symbol as the
# file's own lines add up, and as it was counted by others.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/pitch/pitch_example_data
[ -r "$day" ] || skip_all "no real data: set EXCH_TESTDATA"
what='--date 2008-10-01 --tz America/New_York'

# shellcheck disable=SC2086
exch-replay -v $what "$day" 2>stats.txt | exch-match -v -o day.xst 2>match.txt
result $? "20,000 lines are recognised, replayed and matched"
is "$(awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }' stats.txt)" \
	"A 10361 E 20 P 27 X 9592 " "messages by type"
has match.txt ' 20 of 20 executions exact, 0 missed, 0 imposed' \
	"every execution exact"

exch-report -f csv --all summary day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["symbol"] != "" && $c["volume"] > 0 { print $c["volume"], $c["symbol"] }' |
	sort -k 1,1nr -k 2 >got
cat >want <<'X'
5000 OIH
2000 SPY
1209 DRYS
577 ZVZZT
495 AAPL
400 PTR
400 UYG
320 FXP
229 DIA
210 BAC
X
head -10 got >first
same first want "the ten symbols that traded most"
is "$(awk '{ n += $1 } END { print n }' got)" 11440 "shares of all"

# The same from the lines alone: the symbol of E is that of its order.
sed 's/^S//' "$day" | awk '
	substr($0, 9, 1) == "A" { of[substr($0, 10, 12)] = substr($0, 29, 6) }
	substr($0, 9, 1) == "E" { n[of[substr($0, 10, 12)]] += substr($0, 22, 6) }
	substr($0, 9, 1) == "P" { n[substr($0, 29, 6)] += substr($0, 23, 6) }
	END { for (s in n) { t = s; sub(/ *$/, "", t); print n[s], t } }' |
	sort -k 1,1nr -k 2 >want
same got want "and all as the lines add up"

# Cut anywhere in its last line it says so, and loses nothing before it.
head -c 5000 "$day" >cut
# shellcheck disable=SC2086
exch-replay $what -o cut.xst cut 2>said
is $? 3 "cut in the middle of a line"
whole=$(wc -l <cut)
has said "cut:$((whole + 1)): the input ends with half a line" "is said with it"
is "$(exch-replay -f csv --type new cut.xst 2>/dev/null | sed 1d | wc -l)" \
	"$(head -"$whole" "$day" | grep -c '^S........A')" "what came before is there"

# Binary PITCH of BYX: what each capture holds, by the bytes that tshark shows.
# It begins behind the messages that would have told the second, so that each is
# trouble once for a unit.
small=$data/pcap-omi/Byx.Equities.DepthOfBook.Pitch.v2.41
byx='--date 2022-05-02 --tz America/New_York'
# one FILE STATUS COUNTS
one() {
	# shellcheck disable=SC2086
	exch-replay -v $byx -o small.xst "$small/$1" 2>stats.txt
	is $? "$2" "$1"
	is "$(awk '$1 == "messages" && $2 ~ /^0x/ { printf "%s %s ", $2, $3 }' \
		stats.txt)" "$3 " "$1: messages by type"
}
one AddOrderShortMessage.pcap 1 "0x20 2 0x22 7"
has stats.txt 'packet 1, byte 55: unit 17 has told no second yet' \
	"which is all that is wrong"
ok "and is told once" test "$(grep -c 'packet ' stats.txt)" -eq 1
# shellcheck disable=SC2086
exch-replay -q --raw $byx -f csv --type book-add \
	"$small/AddOrderShortMessage.pcap" 2>/dev/null | cut -d , -f 4,5,9-11 >got
# By hand from the packets in hexadecimal.
cat >want <<'X'
time,symbol,price,qty,side
2022-05-02T04:00:00.999997000Z,MAT,20.6600,400,buy
2022-05-02T13:30:00.000646000Z,JDST,7.5600,21700,buy
2022-05-02T13:30:00.000674000Z,IXN,59.9000,200,buy
2022-05-02T13:30:00.000771000Z,IWO,235.2600,100,sell
2022-05-02T13:30:00.000777000Z,IWO,234.1400,100,buy
2022-05-02T13:30:00.000754000Z,YANG,11.3300,8200,buy
2022-05-02T13:30:00.000772000Z,XSVN,46.6700,100,buy
X
same got want "its orders"
one MultipleMessages.pcap 0 "0x20 1 0x22 2"
one ModifyOrderShortMessage.pcap 1 "0x28 1"
has stats.txt 'PITCH message 0x28 of 19 bytes: nobody displayed this order' \
	"an order from before"

finish
