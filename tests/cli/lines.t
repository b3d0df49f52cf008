#!/bin/sh
# Two lines of a feed in one capture: each message once, and what each line was
# good for, against tshark and against arithmetic.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

when="--date 2026-01-05 --tz America/New_York"
# figure PORT WHAT: a figure of that port's line in what -v told.
figure() {
	awk -v at=":$1\$" -v what="$2" '
	/^exch-replay: / { on = $0 ~ at }
	on { w = substr($0, 3, 28); sub(/ *$/, "", w) }
	on && w == what { print $NF; found = 1 }
	END { if (!found) print 0 }' said
}

zstd -dc "$src/data/sample.pcap.zst" >one.pcap
"$bin/tests/tools/rewrap" lines <one.pcap >two.pcap
# shellcheck disable=SC2086
exch-replay $when -v -o one.xst one.pcap 2>said
is "$(grep -c ': line ' said)" 0 "one line has nothing to be compared with"
total=$(sed -n 's/^  messages  *\([0-9]*\)$/\1/p' said)
# shellcheck disable=SC2086
exch-replay $when -v -o two.xst two.pcap 2>said
is $? 0 "two lines that lose packets"
same two.xst one.xst "between them they have all"
is "$(grep -c ': line ' said)" 2 "both are told of"
is "$(sed -n 's/^  messages  *\([0-9]*\)$/\1/p' said | tail -n 1)" "$total" \
	"each message counts once"

a=$(figure 26400 "messages it was first with")
b=$(figure 26401 "messages it was first with")
is $((a + b)) "$total" "one of them was first with each"
for port in 26400 26401; do
	is "$(figure $port "its messages")" $(($(figure $port "messages it was first with") +
		$(figure $port "messages that were there"))) \
		"new ones and others ($port)"
done
ok "the later one was first with what the other lost" test \
	"$b" -eq "$(figure 26400 "messages in its gaps")"
is $((total - $(figure 26401 "its messages"))) "$(figure 26401 "messages in its gaps")" \
	"what a line lacks is what it jumped over"
if command -v tshark >/dev/null; then
	for port in 26400 26401; do
		tshark -r two.pcap -d udp.port==$port,moldudp64 -Y "udp.dstport == $port" \
			-T fields -e moldudp64.count 2>/dev/null |
			awk '{ n++; if ($1 < 65535) m += $1 } END { print n, m }' >want
		is "$(figure $port "its packets") $(figure $port "its messages")" "$(cat want)" \
			"tshark counts the same ($port)"
	done
else
	skip "tshark is not installed"
fi
packets=$(figure 26401 "its packets")
gaps=$(figure 26401 "its gaps")
ok "gaps where both packets lost held something ($gaps of $packets)" test \
	"$gaps" -gt $((packets / 25)) -a "$gaps" -le $((packets / 18 + 2))

# Behind later ones of its own line.
if command -v mergecap >/dev/null && command -v editcap >/dev/null; then
	editcap -r -F nsecpcap one.pcap part.pcap 1-3000 2>/dev/null
	mergecap -a -F nsecpcap -w whole.pcap part.pcap part.pcap 2>/dev/null
	"$bin/tests/tools/rewrap" lines <whole.pcap >twice.pcap
	# shellcheck disable=SC2086
	exch-replay $when -v -o twice.xst twice.pcap 2>said
	ok "all of it once more is behind" test \
		"$(figure 26401 "packets behind later ones")" -gt 2500
	depth=$(figure 26401 "  by messages, at most")
	# shellcheck disable=SC2086
	exch-replay $when -v -o part.xst part.pcap 2>said
	is "$depth" "$(sed -n 's/^  messages  *\([0-9]*\)$/\1/p' said)" \
		"by all messages"
else
	skip "mergecap is not installed"
fi
finish
