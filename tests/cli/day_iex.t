#!/bin/sh
# IEX: a day of DEEP 1.0 from its test system, captured with eleven restarts
# and cut at its end; a capture for each message of DEEP+, DEEP and TOPS; and
# a day of another venue in the messages of DEEP+, which is the day that it is
# in its own.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/pcap-iex/DEEP10.pcap.gz
small=$data/pcap-omi
[ -r "$day" ] || skip_all "no real data: set EXCH_TESTDATA"

# number NAME: a line of the statistics, 0 when absent.
number() {
	awk -v name="$1" '
	{ line = $0; sub(/^ */, "", line); n = $NF; sub(/ *[0-9]*$/, "", line) }
	line == name { v = n } END { print v + 0 }' stats.txt
}

# types: the messages by their types.
types() {
	awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }
		END { print "" }' stats.txt
}

exch-replay -v -o day.xst "$day" 2>stats.txt
is $? 3 "the capture ends inside a packet"
has stats.txt "packet 121315: the capture ends inside this packet, after 476 of 1506 bytes" \
	"which is told"
is "$(number packets)" 121314 "whole packets"
is "$(number heartbeats)" 7937 "heartbeats"
is "$(number sessions)" 12 "runs under one session"
is "$(grep -c 'session 1132527616 starts again' stats.txt)" 11 \
	"each restart is told"
is "$(number gaps)" 0 "no gap"
is "$(types)" \
	"5 14627 8 12941 B 73 E 59 H 93638 O 93638 P 93636 S 44 T 83343 " \
	"messages by type"
exch-replay --partial -f csv --type trade day.xst 2>/dev/null >trades.csv
is "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	{ n++; q += $c["qty"] } END { print n, q }' trades.csv)" \
	"83343 19782510" "trades and their shares"
is "$(exch-replay --partial -f csv --type book-level day.xst 2>/dev/null |
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["price"] != "" { n++ } $c["price"] == "" { new++ }
	END { print n, (new > 11) }')" "27568 1" \
	"levels, and where they begin anew"
exch-match -o match.xst day.xst 2>/dev/null
is "$(exch-report --partial -f csv summary match.xst 2>/dev/null | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["scope"] == "total" { print $c["trades"], $c["volume"] }')" \
	"83270 19763027" "the report adds them up, but for the broken ones"

# one FOLDER FILE COUNTS: the messages of a small capture.
one() {
	exch-replay -v "$small/$1/$2" -o small.xst 2>stats.txt &&
		test "$(types)" = "$3${3:+ }"
	result $? "$2: $3" || sed 's/^/# /' stats.txt
}
one DeepPlus.IexTp.1.0.2 a_AddOrder.pcap "a 1"
one DeepPlus.IexTp.1.0.2 M_OrderModify.pcap "M 1"
one DeepPlus.IexTp.1.0.2 R_OrderDelete.pcap "R 1"
one DeepPlus.IexTp.1.0.2 L_OrderExecuted.pcap "L 3"
one DeepPlus.IexTp.1.0.2 T_Trade.pcap "T 4"
one DeepPlus.IexTp.1.0.2 B_TradeBreak.pcap "B 1"
one DeepPlus.IexTp.1.0.2 E_SecurityEvent.pcap "E 35"
one DeepPlus.IexTp.1.0.2 S_SystemEvent.pcap "H 16 I 16 O 17 P 17 S 1"
one DeepPlus.IexTp.1.0.2 D_SecurityDirectory.pcap "D 1 H 17 I 16 O 16 P 16"
one Deep.IexTp.v1.0 PriceLevelBuyUpdateMessage.pcap "8 1"
one Deep.IexTp.v1.0 PriceLevelSellUpdateMessage.pcap "5 1"
one Deep.IexTp.v1.0 Heartbeat.pcap ""
one Tops.IexTp.v1.5 QuoteUpdateMessage.pcap "Q 1"
one Tops.IexTp.v1.5 TradeReportMessage.pcap "T 1"
one Tops.IexTp.v1.5 OfficialPriceMessage.pcap "X 1"
one Tops.IexTp.v1.5 AuctionInformationMessage.pcap "A 1"
one Tops.IexTp.v1.5 SecurityDirectoryMessage.pcap "D 2 H 12 O 13 P 13 Q 12"
is "$(exch-replay --raw -f text "$small/DeepPlus.IexTp.1.0.2/a_AddOrder.pcap" |
	grep book-add)" \
	"12:54:42.503661342 IBKR     book-add     sell 100 @ 136.5000 order 27866022694354954" \
	"an order of DEEP+"
is "$(exch-replay -f text "$small/Tops.IexTp.v1.5/QuoteUpdateMessage.pcap" |
	grep book-top)" \
	"15:08:20.930439360 ATSG     book-top     bid 18773 @ 24.1900 ask 60677 @ 24.2500" \
	"a quote of TOPS"

# Packets that somebody put together in an order of his own: whatever comes
# behind its place is late, and none is lost from the accounts.
exch-replay -v "$small/DeepPlus.IexTp.1.0.2/all_message_types.pcap" -o all.xst \
	2>stats.txt
is "$(($(number messages) + $(number 'messages too late') + \
	$(number duplicates)))" 447 "447 messages in all"

# Cut anywhere in its last packet it says so, and loses nothing before it.
gzip -dc "$day" | head -c 1000000 >cut.pcap
exch-replay -v -o cut.xst cut.pcap 2>stats.txt
is $? 3 "cut in the middle of a packet"
has stats.txt "the capture ends inside this packet" "is said with it"
n=$(number packets)
ok "what came before is there" test "$n" -gt 1000

exch-replay --as iextp "$data/derived/sse600519_20230207.moldudp64.pcap" \
	>none.xst 2>said
is $? 3 "--as iextp of ITCH"
has said 'none of the 48762 packets carries IEX-TP' "is none of it"
exch-replay --as iextp "$data/derived/sse600519_20230207.itch50.zst" \
	>none.xst 2>said
is $? 3 "--as iextp of a file"
has said 'found in captures only' "cannot be"

# refused FOLDER NAME: each of its captures is refused by that name; they are
# counted, since a heartbeat alone looks like nothing.
refused() {
	seen=0
	for f in "$small/$1"/*.pcap; do
		exch-replay --date 2023-02-07 --tz UTC "$f" >none.xst 2>said
		test $? -eq 3 && grep -q "they look like $2, which is not read" \
			said && seen=$((seen + 1))
	done
	is "$seen" "$3" "$1: $2"
}
refused IntegratedFeed.Pillar.v2.5 "XDP of NYSE Pillar" 9
refused Equities.MemiorDepth.v1.3 "Memoir of MEMX" 8
refused JnxEquities.Pts.Itch.v1.6 "MoldUDP64 with another ITCH .*" 5
refused Ntp.Itch.v1.05 "MoldUDP64 with another ITCH .*" 20
refused JnxEquities.Pts.Ouch.v1.11 "SoupBinTCP with something else .*" 3

# OUCH 5.0 of Nasdaq, a message each.
ouch5() { # symbol, price, quantity and side of an order, from its packet in hex
	awk 'function hex(at, n,   v, i) {
		for (i = 0; i < 2 * n; i++) v = v * 16 + index("0123456789abcdef",
			substr($0, 2 * at + 1 + i, 1)) - 1
		return v }
	{ for (i = 13; hex(i, 1) > 32; i++) s = s sprintf("%c", hex(i, 1))
	  printf "%s %.4f %d %s\n", s, hex(21, 8) / 10000, hex(9, 4),
		hex(8, 1) == 66 ? "buy" : "sell" }'
}
ouch=$small/Nasdaq.Nsm.Ouch.v5.0
exch-replay -q -f json -o enter.json "$ouch/EnterOrderMessage.pcap"
result $? "an order in OUCH 5.0"
is "$(sed -n 's/.*"t":"new".*"symbol":"\([A-Z]*\)".*"price":\([0-9.]*\),"qty":\([0-9]*\),.*"side":"\([a-z]*\)".*/\1 \2 \3 \4/p' enter.json)" \
	"$(tshark -r "$ouch/EnterOrderMessage.pcap" -T fields -e tcp.payload \
		2>/dev/null | ouch5)" "is what its bytes say"
for m in ServerHeartbeatPacket ClientHeartbeatPacket OrderAcceptedMessage \
	CanceledMessage; do
	exch-replay -q -o none.xst "$ouch/$m.pcap"
	is $? 0 "OUCH 5.0, which asks for nothing: $m"
done
exch-replay -o none.xst "$ouch/CancelOrderMessage.pcap" 2>said
is $? 1 "a cancel alone"
has said 'packet 1, byte 54: OUCH message X: of an order that was not seen$' \
	"is of an order that nobody knows"

# A day in Shanghai in the messages of DEEP+: who rested and who came in, the
# executions and the depth are those of the same day in ITCH.
sse=$data/derived/sse600519_20230207
zstd -dc "$sse.itch50.zst" >day.itch50
"$bin/tests/tools/deepplus" <day.itch50 >day.pcap
exch-replay -v -o plus.xst day.pcap 2>stats.txt
result $? "the day in DEEP+"
is "$(types)" "L 19231 R 14152 S 6 a 31612 " "messages by type"
# orders FILE: who rested and who came in.
orders() {
	exch-replay -f csv --type new "$1" | cut -d , -f 4-
}
exch-replay --date 2023-02-07 --tz Asia/Shanghai -o itch.xst day.itch50
orders itch.xst >want
orders plus.xst >got
same got want "the orders are those of ITCH, and all aggressors"
exch-match -v -o plus.match.xst plus.xst 2>match.txt
has match.txt ' 18139 of 18139 executions exact, 0 missed, 0 imposed' \
	"every execution exact"
is "$(exch-report -f csv summary plus.match.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["scope"] == "total" { print $c["volume"] }')" 2432171 "its volume"
zstd -dc "$sse.depth10.csv.zst" >depth10.csv
is "$("$bin/tests/tools/depth10" depth10.csv <plus.match.xst)" \
	"4858 snapshots equal, 0 not" "ten levels at every snapshot"
"$bin/tests/tools/deepplus" lines <day.itch50 >lines.pcap
exch-replay -v -o lines.xst lines.pcap 2>stats.txt
is "$(exch-replay -f csv --csv-multi lines.xst | sha256sum)" \
	"$(exch-replay -f csv --csv-multi plus.xst | sha256sum)" \
	"two lines that lose some are one that does not"
is "$(number gaps)" 0 "without a gap"

finish
