#!/bin/sh
# exch-replay --sniff: the packets of an interface, as a capture of it has them.
# Loopback only; needs the right to capture.
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck source=tests/cli/backup_lib.sh
. "$src/tests/cli/backup_lib.sh"
a=$(group 205 26420)
b=$(group 206 26421)
a_only="udp and dst host ${a%:*} and dst port ${a#*:}"
# and no more than both: other tests may talk on the loopback, too
both="udp and (dst port ${a#*:} or dst port ${b#*:})"

# sniff FILE FILTER OPTION...: what passes it into FILE, behind the shell's back.
sniff() {
	to=$1
	only=$2
	shift 2
	exch-replay -v --sniff lo --filter "$only" -o "$to" "$@" 2>"$to.err" &
	reader=$!
	until_says "$to.err" "reading lo" "$reader"
}

# shellcheck disable=SC2086
sniff one "$a_only" $when --idle 5s
first <day.pcap
status=0
wait "$reader" || status=$?
[ "$status" -eq 0 ] || {
	sed 's/^/# /' one.err
	skip_all "no right to capture on the loopback"
}
same one day.want "ITCH is read from an interface, until its session is over"
is "$(number one.err packets)" "$(tshark -r day.pcap 2>err | wc -l)" \
	"as many packets as were sent"

sniff iex "$a_only" --idle 20s
first <plus.pcap
heard 0 "IEX-TP"
same iex plus.want "as from a capture"

# Two lines that lose some: the lines of the statistics, too.
sniff lines "$both" --idle 20s
second -n 2 <plus.pcap
first -f 2 <plus.pcap
heard 0 "two lines, of which each has a part"
same lines plus.want "are one feed"
[ "$(grep -c "^exch-replay: .*\(${a%:*}\|${b%:*}\)" lines.err)" -eq 2 ]
result $? "each is told" || sed 's/^/# /' lines.err

# Whatever else comes there.
# shellcheck disable=SC2086
sniff others "$both" $when --idle 20s
first -n 4 <day.pcap
echo 0102030405 | second -x
first -f 5 <day.pcap
heard 0 "among others"
same others day.want "they are passed over"
[ "$(number others.err "packets of others")" -ge 1 ]
result $? "and counted"

# A gap does not wait for ever, though nothing else comes.
# shellcheck disable=SC2086
sniff hole "$a_only" $when --raw --idle 4s
first -n 2 <day.pcap
first -f 4 -n 2 <day.pcap
until_grows() {
	for _ in $(seq 100); do
		[ "$(exch-replay -q --partial -f csv --type gap "$1" 2>/dev/null |
			wc -l)" -lt 2 ] || return 0
		sleep 0.1
	done
	return 1
}
heard 3 "a session that goes silent"
has hole.err "^exch-replay: lo:packet 4: nothing has come since" "is told"
is "$(exch-replay -q --partial -f csv --type gap hole | sed 1d | cut -d , -f 9,10)" \
	"7,1" "what is missing is told, too"

exits 2 "no such interface" exch-replay -q --sniff nowhere0 -o x 2>err
has err "^exch-replay: nowhere0: this interface cannot be read" "is told"
exits 2 "no filter" exch-replay -q --sniff lo --filter "udp prot 5" -o x 2>err
has err "^exch-replay: lo: this is no filter: " "is told"
sniff nothing "$a_only" --idle 300ms
heard 0 "an interface where nothing comes"
is "$(exch-replay -q -f json nothing | tail -n 1)" \
	'{"t":"end","records":"0","status":"complete"}' "has no records"
# shellcheck disable=SC2086
sniff ended "$a_only" $when
first -n 4 <day.pcap
sleep 0.2
kill -TERM "$reader"
status=0
wait "$reader" || status=$?
is "$status" 143 "SIGTERM"
is "$(exch-replay -q --partial -f csv --type new ended 2>err | sed 1d | wc -l)" 3 \
	"what had come is kept" || sed 's/^/# /' ended.err

while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" exch-replay $words 2>err </dev/null
	has err "$text" "why"
done <<'EOT'
--filter needs --sniff|--filter udp
two inputs: take one|--sniff lo --join 239.1.1.1:1
reads no files: 'day.pcap'|--sniff lo day.pcap
not for --sniff|--sniff lo --speed 1
EOT

finish
