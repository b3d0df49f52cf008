#!/bin/sh
# exch-replay --backup: a feed that falls silent, and another one that takes its
# place, of the same format or another.  Loopback only.  When a feed is silent
# depends on a clock; what is written does not.
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck source=tests/cli/backup_lib.sh
. "$src/tests/cli/backup_lib.sh"
a=$(group 201 26400)
b=$(group 202 26401)

# shellcheck disable=SC2086
listen one $when --join "$a" --idle 5s
first <day.pcap
status=0
wait "$reader" || status=$?
if [ "$status" -ne 0 ]; then
	sed 's/^/# /' one.err
	skip_all "no multicast on the loopback here"
fi
same one day.want "mcast sends a capture"
# IEX-TP by itself: its last message says that it is over.
listen iex --join "$a" --idle 20s
first <plus.pcap
heard 0 "IEX-TP is read live"
same iex plus.want "as from a capture"
listen hole --join "$a" --wait 200ms --idle 20s
(
	first -n 1 <plus.pcap
	first -f 3 <plus.pcap
)
heard 0 "IEX-TP with a hole"
has hole.err "session 20230207: messages 7 to 12 are lost" "is told"
is "$(exch-replay -q -f csv --type gap hole | cut -d , -f 8-10)" \
	"session,first,count
20230207,7,6" "and stands in the stream"

# ---- the change ----

# change NAME PCAP N: the first dies behind N packets; the second said all, and
# as well all that the first did not get to say.
change() {
	both "$1" --silent 1s
	second <"$2"
	first -n "$3" <day.pcap
	heard 0 "$1: the first falls silent behind $3 packets"
	has "$1.err" "^exch-replay: $a: nothing has come for 1000 ms: going on with $b" \
		"$1: is told"
	is "$(told "$1" | wc -l)" 1 "$1: once in the stream, too"
	executions "$1" >got
	same got want "$1: every execution is there, once"
	exch-match -q "$1" -o "$1.matched"
	exch-replay -q -f csv --type exec "$1.matched" | cut -d , -f 4,5,9- |
		sort >got.x
	exch-replay -q -f csv --type exec want.matched | cut -d , -f 4,5,9- |
		sort >want.x
	same got.x want.x "$1: and the matching does them"
	is "$(exch-replay -q -f csv --type reject "$1.matched" 2>err | wc -l)" \
		"$(exch-replay -q -f csv --type reject want.matched 2>err | wc -l)" \
		"$1: without a reject"
	exch-feed depth -q --at 09:31 --tz Asia/Shanghai -f csv "$1.matched" |
		cut -d , -f 2- >got.book
	same got.book want.book "$1: no order of the first is left over"
}
executions day.want >want
[ "$(wc -l <want)" -gt 6 ]
result $? "the day has executions"
exch-match -q day.want -o want.matched
exch-feed depth -q --at 09:31 --tz Asia/Shanghai -f csv want.matched |
	cut -d , -f 2- >want.book
# shellcheck disable=SC2086
packets=$(exch-replay -v $when day.pcap 2>&1 >/dev/null |
	sed -n 's/^  packets  *//p')
for n in 2 4 $((packets - 4)); do
	change "same-$n" other.pcap "$n"
	change "plus-$n" plus.pcap "$n"
done

# The order of the two does not matter: what the second says afterwards.
both later --silent 1s
first -n 4 <day.pcap
second <plus.pcap
heard 0 "the second speaks after the first"
same later plus-4 "it is the same"

# What is raw gives the same commands when it is read again.
both raw --silent 1s --raw
second <plus.pcap
first -n 4 <day.pcap
heard 0 "--raw"
exch-replay -q -f csv --type new raw | cut -d , -f 4- >got
exch-replay -q -f csv --type new plus-4 | cut -d , -f 4- >orders
same got orders "read again, it is the same"
[ "$(grep -c 'snapshot+imposed' got)" -gt 0 ]
result $? "what the second displayed is marked"

# The first comes back: too late.
both back --silent 1s
first -n 4 <day.pcap
for _ in $(seq 200); do
	second -n 1 -p 100 <plus.pcap
	! grep -q "going on with" back.err || break
done
first -f 5 <day.pcap
second -f 2 <plus.pcap
heard 0 "the first comes back"
same back plus-4 "nobody listens any more"

# Nothing ever came.
both never --silent 200ms
second <plus.pcap
heard 0 "the first never says a word"
has never.err "0 orders taken back, 0 of .* displayed" "there is nothing to take back"
is "$(told never)" "2023-02-07T01:30:00.000000000Z from=$a to=$b overrun=0" \
	"it has the time of what comes first"
executions never >got
executions plus.want >want.plus
same got want.plus "and everything is the second's"

# Heartbeats are life.
both alive --silent 2s
second <plus.pcap
first -n 4 <day.pcap
for _ in 1 2 3 4 5 6 7 8; do
	sleep 0.5
	echo 4558323032333032303700000000000000090000 | first -x
done
first -f 5 <day.pcap
heard 0 "a first feed that only has heartbeats for a while"
is "$(number alive.err heartbeats)" 8 "has them"
same alive day.want "is not silent"

# Neither says anything.
# shellcheck disable=SC2086
listen neither $when --join "$a" --backup "$b" --silent 1s --idle 3s
until_says neither.err "joined $b" "$reader"
second -n 1 <plus.pcap
first -n 4 <day.pcap
heard 3 "both are silent"
! grep -q "going on" neither.err
result $? "there is nobody to go on with"
has neither.err "^exch-replay: $a:packet 4: nothing has come since" "it is told"

# Who begins late does not know what rested, and says so.
both late --silent 1s --wait 200ms
second -f 2 <plus.pcap
until_says late.err "are lost" "$reader"
first -n 4 <day.pcap
heard 0 "a second feed that was heard late"
has late.err "^exch-replay: $b: session 20230207: messages 1 to 6 are lost" \
	"is told with its name"
is "$(exch-replay -q -f json late | sed -n '/"text":"backup/,$p' |
	grep -c '"t":"gap"')" 1 "and stands in the stream, behind the change"

# Unless somebody is asked: all of it has been sent when the reader begins.
find_port "$b" retransmit
exch-feed itch --tz Asia/Shanghai --interface lo --live "$b" --linger 30s \
	--retransmit "$at" day.xst &
sender=$!
# Who hears its end knows that.
# shellcheck disable=SC2086
exch-replay -q --interface lo $when --join "$b" --wait 10ms -o some
both asked --silent 1s --backup-rerequest "$at"
first -n 4 <day.pcap
heard 0 "a second feed that is asked for its beginning"
kill "$sender"
wait "$sender" 2>/dev/null
executions asked >got
same got want "every execution is there, once"
[ "$(number asked.err requests)" -gt 0 ]
result $? "by requests"

# A snapshot is the book of the second, as it stands.
find_port "$b" snapshot
exch-feed itch --tz Asia/Shanghai --interface lo --live "$b" --pace 10 \
	--linger 5s --snapshot "$at" day.xst &
sender=$!
# Who hears something knows that the others come late.
# shellcheck disable=SC2086
exch-replay -q --interface lo $when --join "$b" --wait 10ms --count 3 -o some
both begun --silent 1s --backup-snapshot "$at"
first -n 2 <day.pcap
heard 0 "a second feed that tells how it stands"
wait "$sender"
has begun.err "a snapshot of [0-9]* messages stands for those up to" "is told"
exch-match -q begun | exch-feed depth -q --at 09:31 --tz Asia/Shanghai -f csv |
	cut -d , -f 2,7- >got.book
cut -d , -f 1,6- <want.book >want.begun
same got.book want.begun "the book is that of the day in the end"

# ---- levels ----

iex 32772 >deep.hex <<'EOF'
0 level buy 7 10.00
1 level buy 100 10.02
2 trade 60 10.02
2 level buy 40 10.02
3 level sell 50 10.05
3 level buy 0 10.00
4 trade 30 10.02
4 level buy 10 10.02
7 trade 50 10.05
7 level sell 0 10.05
9 end
EOF
both levels --silent 1s
second -x <deep.hex
first -n 4 <day.pcap
heard 0 "from orders to levels"
is "$(exch-replay -q -f json levels | sed -n '/"text":"backup/,$p' | sed -n '
	s/.*"t":"\(cancel\|book-level\|trade\)".*/\1/p' | tr '\n' ' ')" \
	"cancel cancel book-level book-level book-level book-level trade book-level trade book-level " \
	"orders go, levels stand, and what comes later follows" ||
	exch-replay -q -f text levels | sed 's/^/# /'
is "$(exch-replay -q -f csv --type book-level levels | cut -d , -f 4,5,7- |
	sed -n 2,5p)" "2023-02-07T01:30:03.000000000Z,ABC,,10.0000,7,buy,
2023-02-07T01:30:03.000000000Z,ABC,last,10.0200,40,buy,
2023-02-07T01:30:03.000000000Z,ABC,last,10.0500,50,sell,
2023-02-07T01:30:03.000000000Z,ABC,last,10.0000,0,buy," \
	"those that were there before that time, and what happened at it"

both orders --silent 1s
second <day.pcap
first -x -n 7 <deep.hex
heard 0 "from levels to orders"
exch-replay -q -f json orders | sed -n '/"text":"backup/,$p' | sed 1d >got
is "$(head -n 1 got | sed 's/,"seq":"[0-9]*"//; s/"source":[0-9]*,//')" \
	'{"t":"book-level","time":"2023-02-07T01:30:04.000000000Z","symbol":"ABC","instr":1,"flags":"last","price":null,"qty":0,"side":"none"}' \
	"the levels go"
is "$(grep -c '"t":"new"' got) $(grep -c '"t":"expect"' got)" "8 4" \
	"what rests at that time and what comes later are there"

# Quotes are taken back, too, and stand as they were.
iex 32771 >tops.hex <<'EOF'
1 quote 100 10.02 10.05 50
2 trade 60 10.02
2 quote 40 10.02 10.05 50
4 trade 30 10.02
4 quote 10 10.02 10.05 50
9 end
EOF
both quotes --silent 1s
second -x <tops.hex
first -n 4 <day.pcap
heard 0 "from orders to quotes"
is "$(exch-replay -q -f json quotes | sed -n '/"text":"backup/,$p' | sed -n '
	s/.*"t":"\(cancel\|book-top\|trade\)".*/\1/p' | tr '\n' ' ')" \
	"cancel cancel book-top trade book-top " \
	"orders go, a quote stands, and what comes later follows" ||
	exch-replay -q -f text quotes | sed 's/^/# /'
both tops --silent 1s
second <day.pcap
first -x -n 3 <tops.hex
heard 0 "from quotes to orders"
exch-replay -q -f json tops | sed -n '/"text":"backup/,$p' | sed 1d >got
is "$(head -n 1 got | sed 's/.*"t":"book-top".*"bid":\([^,]*\),.*"ask":\([^,]*\),.*/\1 \2/')" \
	"null null" "the quote goes" || sed 's/^/# /' got

# ---- what cannot be ----

while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" exch-replay $words 2>err </dev/null
	has err "$text" "why"
done <<'EOF'
--backup: '10.0.0.1:5000', character 1: no multicast group|--join 239.1.1.1:1 --backup 10.0.0.1:5000
--backup: '.*': two lines at most|--join 239.1.1.1:1 --backup 239.1.1.2:1,239.1.1.3:1,239.1.1.4:1
--backup: 239.1.1.1:1 is of --join already|--join 239.1.1.1:1 --backup 239.1.1.1:1
need --backup|--join 239.1.1.1:1 --silent 1s
need --backup|--join 239.1.1.1:1 --backup-snapshot 127.0.0.1:5000
need --join|--backup 239.1.1.1:1
need --join|--silent 1s
--silent: 'long' is no time|--join 239.1.1.1:1 --backup 239.1.1.2:1 --silent long
EOF

finish
