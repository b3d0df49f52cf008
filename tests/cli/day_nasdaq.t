#!/bin/sh
# Nasdaq and BX as captured: a file that begins in the middle of a day, and
# small captures of every message type, some with blanked addresses, ports
# and sequence numbers (data/README.md sections 3 and 4).
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

snippet=$data/nasdaq/12302019_SNIPPET.NASDAQ_ITCH50
[ -r "$snippet" ] || skip_all "no real data: set EXCH_TESTDATA"

# The messages of -v output, summed by type.
types() {
	sed -n 's/^  messages \([^ ]\)  */\1 /p' "$1" |
		awk '{ n[$1] += $2 } END { for (t in n) print t, n[t] }' |
		sort | tr '\n' ' '
}

### a file without its beginning

exch-replay -v --date 2019-12-30 --tz America/New_York "$snippet" \
	2>replay.txt >day.xst && exch-match day.xst >events.xst
result $? "a file of the middle of a day is replayed and matched"
is "$(types replay.txt)" \
	"A 367 C 1 D 167 E 28 F 193 I 4 P 4 Q 4 S 1 U 225 X 6 " \
	"1,000 messages by type"
has replay.txt '^  references to unknown orders  *394$' \
	"394 references to orders added before"
exch-match day.xst -f json >events.json
has events.json '"text":"unknown-orders references=394 successors=5"' \
	"and the stream says so"
is "$(grep -c '"t":"reject"' events.json)" 0 "nothing is refused"
is "$(grep '"t":"trade"' events.json | grep -c '"kind":"imposed"')" 28 \
	"the volume of their executions is kept"
is "$(exch-report trades -f csv events.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["kind"] == "imposed" { v += $c["qty"]; told += $c["price"] != "" }
	END { print v + 0, told + 0 }')" \
	"$(grep '"t":"expect"' events.json |
		sed 's/.*"qty":\([0-9]*\).*/\1/' |
		awk '{ v += $1 } END { print v, 0 }')" \
	"at no price, because the file does not tell it"
ok "and makes no turnover" test "$(exch-report summary -f csv events.xst |
	grep -c -e 922337203 -e 1844674407)" -eq 0
is "$(grep '"t":"instrument"' events.json | grep -v -c '"symbol":""')" \
	"$(grep -c '"t":"instrument"' events.json)" \
	"every instrument has a symbol"

### one capture per message type

# captures DIR OPTIONS...: statistics of every file, in all.txt.
captures() {
	dir=$data/pcap-omi/$1
	shift
	: >all.txt
	bad=0
	for f in "$dir"/*.pcap; do
		if ! exch-replay -v "$@" --tz America/New_York "$f" \
			2>one.txt >one.xst || ! exch-match one.xst >two.xst; then
			bad=1
			sed 's/^/# /' one.txt
		fi
		cat one.txt >>all.txt
	done
	result $bad "every capture of $(basename "$dir") is read and matched"
}

# packets: their sum.
packets() {
	awk '$1 == "packets" && NF == 2 { n += $2 } END { print n + 0 }' all.txt
}

captures Nasdaq.Equities.TotalView.Itch.v5.0.20230822 \
	--date 2023-08-22 --as itch50
is "$(packets)" 71 "71 packets"
is "$(types all.txt)" \
	"A 5 C 5 D 5 E 5 F 5 H 5 I 5 J 5 L 5 P 5 Q 5 S 1 U 5 X 5 Y 5 " \
	"messages by type"

captures Nasdaq.Equities.TotalView.Itch.v5.0 --date 2023-08-22
is "$(packets)" 9 "9 packets"
is "$(types all.txt)" "A 37 D 2 E 1 F 2 H 1 I 1 L 1 U 1 " "messages by type"

captures Bx.Equities.TotalView.Itch.v5.0.20230822 \
	--date 2023-08-22 --as itch50
is "$(packets)" 56 "56 packets"
is "$(types all.txt)" \
	"A 5 C 5 D 5 E 5 F 5 H 5 N 5 P 5 S 1 U 5 X 5 Y 5 " "messages by type"

captures Bx.Equities.TotalView.Itch.v5.0 --date 2023-08-22
is "$(packets)" 3 "3 packets"
is "$(types all.txt)" "A 1 D 1 U 1 " "messages by type"

# shellcheck disable=SC2317
blanked() {
	exch-replay --date 2023-08-22 --tz America/New_York \
		"$data/pcap-omi/Bx.Equities.TotalView.Itch.v5.0.20230822/OrderDeleteMessage.pcap" \
		2>err.txt >out.xst
}
exits 2 "blanked captures ask for the feed's name" blanked
has err.txt 'add --as itch50' "in so many words"

finish
