#!/bin/sh
# Binary PITCH: a day of another venue in its messages is the day that it is in
# its own, on two lines that lose some, too; units that are cleared or begin again,
# and live lines.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck source=tests/cli/backup_lib.sh
. "$src/tests/cli/backup_lib.sh"
pitch2=$bin/tests/tools/pitch2

# books FILE: books of five levels every five minutes, but for what was traded.
books() {
	exch-feed depth -n 5 --every 5m -f csv "$1" | cut -d , -f 1,2,7- | sort
}
# moves FILE: all that moves a book, by symbol.
moves() {
	for type in book-add book-exec book-reduce book-replace book-delete; do
		exch-replay -q --raw -f csv --type $type "$1" | cut -d , -f 4,5,7-
	done | sort -s -t , -k 2,2
}

ny='--date 2026-01-05 --tz America/New_York'
# shellcheck disable=SC2086
exch-replay -q $ny "$src/data/sample.pcap.zst" | exch-match -q |
	exch-feed itch --tz America/New_York -o sample.itch
"$pitch2" <sample.itch >sample.pcap
# shellcheck disable=SC2086
exch-replay -q --raw $ny -o itch.xst sample.itch
# shellcheck disable=SC2086
exch-replay -v --raw $ny -o pitch.xst sample.pcap 2>stats.txt
result $? "the sample day in PITCH" || sed 's/^/# /' stats.txt
is "$(grep -c "messages malformed\|packets malformed" stats.txt)" 0 \
	"nothing is wrong with it"
# types LETTER...: of ITCH, by the messages themselves.
types() {
	"$bin/exch-replay" -v --raw $ny -o none.xst sample.itch 2>&1 | awk '
	$1 == "messages" && NF == 3 { n[$2] = $3 }
	END { print n["A"], n["E"], n["C"], n["D"], n["U"] + n["X"], n["H"] }'
}
# shellcheck disable=SC2086
is "$(awk '$1 == "messages" && NF == 3 { n[$2] = $3 }
	END { print n["0x21"] + n["0x22"] + n["0x2f"], n["0x23"], n["0x24"],
		n["0x29"], n["0x25"] + n["0x26"] + n["0x27"] + n["0x28"], n["0x31"] }' \
	stats.txt)" "$(types)" "as many messages of a kind as in ITCH"
for day in itch pitch; do
	exch-replay --raw -f csv --type book-exec $day.xst |
		cut -d , -f 4,5,9,10 >$day.execs
	books $day.xst >$day.books
done
same pitch.execs itch.execs "executions are those of the day in ITCH"
ok "which are many" test "$(wc -l <itch.execs)" -gt 30000
same pitch.books itch.books "and so are the books"
# shellcheck disable=SC2086
exch-replay -q $ny sample.pcap | exch-match -v -o none.xst 2>match.txt
has match.txt ' 39450 of 39450 executions exact, 0 missed, 0 imposed' \
	"every execution exact"

"$pitch2" lines <sample.itch >lines.pcap
# shellcheck disable=SC2086
exch-replay -v --raw $ny -o lines.xst lines.pcap 2>stats.txt
moves pitch.xst >want
moves lines.xst >got
same got want "two lines that lose some are one that does not"
is "$(grep -c '^  gaps' stats.txt)" 0 "without a gap"
is "$(awk '$1 == "sessions" { print $2 }' stats.txt)" 2 "two units on four lines"

# ---- a short one ----

"$pitch2" <day.itch >pitch.pcap
exch-replay pitch.pcap >none.xst 2>said
is $? 2 "PITCH tells no date"
has said 'add --date YYYY-MM-DD --tz ' "which is asked for"
# shellcheck disable=SC2086
exch-replay -q $when -o pitch.want pitch.pcap
result $? "a short day"
"$pitch2" clear <day.itch >clear.pcap
# shellcheck disable=SC2086
exch-replay -q $when --raw -f text clear.pcap 2>said |
	sed -n '/unit-clear unit=2/,/unit-clear/p' | grep -c 'book-delete  order [12]$' >n
is "$(cat n)" 2 "a unit that is cleared has no orders"
"$pitch2" again <day.itch >again.pcap
# shellcheck disable=SC2086
exch-replay -q $when --raw -o again.xst again.pcap 2>said
has said 'session 2 starts again at sequence number 1' "a unit begins again"
# Orders that were displayed when it did, and only those, are gone.
# shellcheck disable=SC2086
is "$(exch-replay --raw -f csv --type book-delete again.xst | cut -d , -f 5,8)" \
	"$(printf 'symbol,order\nABC,1\nABC,2\nXYZ,3\nABC,5\n')" "without its orders"

# ---- what it is not ----

# shellcheck disable=SC2086
exch-replay $when --as pitchbin day.pcap >none.xst 2>said
is $? 3 "--as pitchbin of ITCH"
has said 'carries binary PITCH' "is none of it"
# shellcheck disable=SC2086
exch-replay $when --as iextp pitch.pcap >none.xst 2>said
is $? 3 "--as iextp of PITCH"
has said 'IEX-TP' "is none of that"
# shellcheck disable=SC2086
exch-replay $when --as pitchbin day.itch >none.xst 2>said
is $? 3 "--as pitchbin of a file"
has said 'pitchbin is found in captures only' "cannot be"
# shellcheck disable=SC2086
exch-replay -q $when --raw --as pitchbin -o as.xst pitch.pcap
# shellcheck disable=SC2086
exch-replay -q $when --raw -o raw.xst pitch.pcap
moves raw.xst >want
moves as.xst >got
same got want "--as pitchbin of PITCH"

# Cut at each byte of its last packet it gives what came before, and says so.
size=$(wc -c <pitch.pcap)
good=0
for n in $(seq $((size - 60)) $((size - 1))); do
	head -c "$n" pitch.pcap >cut.pcap
	# shellcheck disable=SC2086
	exch-replay -q $when -o cut.xst cut.pcap 2>said
	test $? -eq 3 && grep -q 'the capture ends inside' said &&
		good=$((good + 1))
done
is "$good" 60 "cut anywhere"

# ---- live ----

a=$(group 207 26430)
b=$(group 208 26431)
# shellcheck disable=SC2086
listen one $when --join "$a" --idle 5s
first <pitch.pcap
status=0
wait "$reader" || status=$?
if [ "$status" -ne 0 ]; then
	sed 's/^/# /' one.err
	skip "live lines" "no multicast on the loopback here"
	finish
fi
same one pitch.want "live, until each unit says that it is over"
# Two lines, of which each has a part; and heartbeats, of eight bytes.
# shellcheck disable=SC2086
listen two $when --raw --join "$a,$b" --wait 5s --idle 20s
echo 0800000101000000 | first -x
first -n 3 <pitch.pcap
second -f 3 <pitch.pcap
first -f 2 <pitch.pcap
heard 0 "two lines"
moves two >got
same got want "are one"
is "$(grep -c 'are lost' two.err)" 0 "without a gap"

finish
