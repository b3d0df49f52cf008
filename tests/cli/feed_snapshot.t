#!/bin/sh
# exch-feed --snapshot and exch-replay --snapshot: who comes late has the market
# as it stands, and goes on with the multicast.  Loopback only; what takes time is
# waited for.
. "${srcdir:-.}/tests/cli/lib.sh"

dial=$bin/tests/tools/dial
cat >day.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30 phase continuous
+1s A buy 100 ABC @ 10.02 as a1
+1s B buy 60 ABC @ 10.02 as b1
+1s C sell 50 ABC @ 10.05 as c1
+1s D sell 30 ABC @ 10.02 as d1
+1s E buy 40 XYZ @ 10.01 as e1
+1s reduce e1 by 4
+1s A buy 70 XYZ @ 10.00 as f1
+1s replace a1 with 30 @ 10.02
+1s G sell 200 ABC @ 10.04 show 50 as g1
+1s H buy 80 ABC @ 10.04 as h1
+1s halt XYZ reason T1
+1s I buy 5 ABC @ 10.02 as i1
+1s J sell 90 ABC @ 10.01 as j1
+1s cancel b1
+1s phase continuous XYZ
+1s K sell 500 XYZ @ 10.00 as k1
+1s L sell 9 ABC @ 10.02 as l1
END
exch-replay -q day.txt | exch-match -q -o day.xst
exch-feed itch -o day.itch day.xst
exch-feed itch --framing moldudp64 -o day.pcap day.xst
when='--date 2026-02-02 --tz UTC'
# shellcheck disable=SC2086 # a list of words, here and below
exch-replay -q $when -o day.want day.pcap

# shellcheck source=tests/cli/live_lib.sh
. "$src/tests/cli/live_lib.sh"
a=$(group 197 26400)
find_port "$a" snapshot
# The messages of a session of SoupBinTCP, behind their lengths, as numbers.
messages() {
	od -An -v -tu1 -w1 "$1" | awk '
		n == 0 && !half { high = $1; half = 1; next }
		n == 0 { n = high * 256 + $1; half = at = 0; next }
		at++ == 0 {
			type = $1
			if (type == 83)
				print int((n - 1) / 256) "\n" (n - 1) % 256
			if (at == n)
				n = 0
			next
		}
		{ if (type == 83) print $1 }
		at == n { n = 0 }'
}
# login SESSION NUMBER
login() {
	printf '\000\057L%-6s%-10s%10s%20s' me secret "$1" "$2"
}

# ask FILE: a snapshot; its number in $next, its messages as numbers in FILE.m.
ask() {
	login '' 1 | "$dial" 127.0.0.1 "$port" 5000 >"$1"
	messages "$1" >"$1.m"
	next=$(tail -n 20 "$1.m" | awk '{ printf "%c", $1 } END { print "" }' |
		tr -d ' ')
}
# book FILE [N]: what the first N messages of FILE make.
book() {
	awk -v upto="${2-}" -f "$src/tests/tools/book.awk" "$1"
}

# ---- the server, by another client and another decoder ----

# Ten messages a second; whenever somebody asks, the answer is the book of all
# messages before the one that it names.
exch-feed itch --live "$a" --interface lo --pace 10 --linger 60s \
	--snapshot "$at" -v day.xst 2>sent &
sender=$!
od -An -v -tu1 -w1 day.itch >day.m
all=$(awk 'n == 0 && !half { high = $1; half = 1; next }
	n == 0 { n = high * 256 + $1; half = 0; count += n > 0; next }
	{ n-- } END { print count }' day.m)
for i in $(seq 200); do
	ask got
	[ "${next:-0}" -gt 20 ] && break
	sleep 0.1
done
book got.m >got.book
book day.m $((next - 1)) >want.book
same got.book want.book "a snapshot is the book of all messages before it"
[ "$next" -lt "$all" ] && [ "$(grep -c ' [BS] ' got.book)" -gt 2 ]
result $? "of the middle of the day"
is "$(tail -n 21 got.m | head -n 1)" 71 "and its last message is a G"
for i in $(seq 200); do
	ask got
	[ "$next" -gt "$all" ] && break
	sleep 0.1
done
is "$next" $((all + 1)) "the day ends"
book got.m >got.book
book day.m >want.book
same got.book want.book "and a snapshot is the book that is left"
has got.book '^2 XYZ *1 T' "states, too"
ask again
same again got "who asks again is told the same"
login EX20260202 '' | "$dial" 127.0.0.1 "$port" 5000 >named
same named got "also by the name of the session"
for bad in 'OTHER 1' 'EX20260202 2' 'EX20260202 x'; do
	# shellcheck disable=SC2086
	login $bad | "$dial" 127.0.0.1 "$port" 5000 >refused
	is "$(od -An -v -c refused | tr -s ' ')" ' \0 002 J S' \
		"login $bad is refused"
done
printf 'GET / HTTP/1.1\r\n\r\n' | "$dial" 127.0.0.1 "$port" 5000 >refused
is "$?$(wc -c <refused)" 00 "who speaks something else is sent away"
idle=
for i in $(seq 64); do
	"$dial" -n 127.0.0.1 "$port" 90000 </dev/null &
	idle="$idle $!"
done
sleep 1
# Sixteen have a place, and the others wait for it as he does.
login '' 1 | "$dial" 127.0.0.1 "$port" 30000 >again
same again got "many who say nothing are sent away"
# shellcheck disable=SC2086
kill $idle
kill "$sender"
wait "$sender"
is "$(number sent refused)" 3 "it counts whom it refused"
[ "$(number sent given)" -ge 5 ]
result $? "and what it gave"

# ---- a reader that comes late ----

# behind FILE TIME: records later than that as text, without the numbers that
# count from the beginning.
behind() {
	exch-replay -q -f json "$1" | awk -F'"time":"' -v t="$2" '
		{ split($2, x, "\"") }
		x[1] > t' | sed -E '/"t":"(schema|header|end)"/d
		s/"seq":"[0-9]*",//; s/"group":[0-9]+,//
		s/"46116860184[0-9]*"/"made up"/g'
}
# book_at FILE TIME: the best levels.
book_at() {
	exch-match -q "$1" | exch-feed depth -q --at "$2" -n 10 -f csv - |
		cut -d, -f2,7-
}
# late NAME OPTIONS TIME PACE OPTION...: a day at a pace, and one who comes
# late, when a snapshot has more than a few messages.
late() {
	name=$1 of=$2 time=$3 pace=$4
	shift 4
	exch-feed itch --live "$a" --interface lo --linger 5s --pace "$pace" \
		--snapshot "$at" "$@" "$name.xst" 2>sent &
	sender=$!
	for i in $(seq 200); do
		ask got 2>err
		[ "${next:-0}" -gt $((pace * 2)) ] && break
		kill -0 "$sender" 2>/dev/null || break
		sleep 0.1
	done
	# shellcheck disable=SC2086
	listen late $of --join "$a" --snapshot "$at" --idle 20s
	heard 0 "$name: a reader that comes late"
	has late.err "a snapshot of [0-9]* messages stands for those up to" \
		"$name: is told so"
	wait "$sender"
	# the first record but one is of the snapshot
	began=$(exch-replay -q -f json late | sed -n \
		's/.*"t":"new",.*"time":"\([^"]*\)".*/\1/p' | head -n 1)
	behind late "$began" >late.txt
	behind "$name.want" "$began" >want.txt
	same late.txt want.txt "$name: all that comes then is the same"
	book_at late "$time" >late.book
	book_at "$name.want" "$time" >want.book
	same late.book want.book "$name: so is the book"
}
late day "$when" 10:00 8
ny='--date 2026-01-05 --tz America/New_York'
# shellcheck disable=SC2086
exch-replay -q $ny "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-feed itch --tz America/New_York --framing moldudp64 -o sample.pcap \
	sample.xst
# shellcheck disable=SC2086
exch-replay -q $ny -o sample.want sample.pcap
late sample "$ny" 20:59 20000 --tz America/New_York
[ "$(wc -l <want.txt)" -gt 1000 ]
result $? "most of the day was heard"

# Who was there in time needs none.
# shellcheck disable=SC2086
listen there $when --join "$a" --snapshot "$at" --idle 20s
exch-feed itch --live "$a" --interface lo --linger 300ms day.xst
heard 0 "who is there in time does not ask"
is "$(number there.err "attempts at a snapshot")" 0 "though there is no server"
same there day.want "and has everything"

# Nor does he need what he asked for when the beginning comes after all, on the
# other line.  What the server says then is not read, and must not keep him
# busy: a second of the processor is much more than he needs, and much less than
# he would take.  Seed 9: the first packet is lost, and no other one.
b=${a%:*}:26401
printf '\000\001H' | "$dial" -w 127.0.0.1 "$port" 1500 >heard 2>server.err &
server=$!
until_says server.err listens "$server"
(
	# shellcheck disable=SC3045 # every sh that we know has it
	ulimit -t 1
	# shellcheck disable=SC2086
	exec exch-replay -v --interface lo -o after $when --join "$a,$b" \
		--snapshot "$at" --wait 60s --idle 20s 2>after.err
) &
reader=$!
until_says after.err joined "$reader"
exch-feed itch --live "$a" --live-b "$b" --interface lo --pace 3 --linger 1s \
	--impair-a loss=3% --impair-b delay=1500ms --seed 9 -v day.xst 2>sent
status=0
wait "$reader" || status=$?
is "$status" 0 "a beginning that comes after all" || sed 's/^/# /' after.err
is "$(number sent "lost on purpose")" 1 "it was missing on one line"
[ "$(number after.err "attempts at a snapshot")" -gt 0 ]
result $? "long enough for a question"
same after day.want "and there is everything"
kill "$server"
wait "$server"

# ---- sessions ----

# begun: somebody is told more than a few messages.
begun() {
	for i in $(seq 200); do
		ask got 2>err
		[ "${next:-0}" -gt "$1" ] && break
		sleep 0.1
	done
}

# Two on one line, which have both begun, and a server of the second.
sed 's/2026-02-02/2026-02-03/; s/ABC/PQR/g; s/XYZ/TUV/g' day.txt >two.txt
exch-replay -q two.txt | exch-match -q -o two.xst
exch-feed itch --live "$a" --interface lo --pace 3 --linger 1s \
	--snapshot "$at" day.xst &
first=$!
begun 2
find_port "$a" snapshot
exch-feed itch --live "$a" --interface lo --pace 3 --linger 1s \
	--snapshot "$at" two.xst &
second=$!
begun 2
listen both --date 2026-02-03 --tz UTC --join "$a" --snapshot "$at" \
	--wait 2s --idle 20s
heard 0 "two sessions that have begun, and the snapshot of one"
wait "$first" "$second"
is "$(sed -n 's/.*session \(.*\): messages .* are lost/\1/p' both.err |
	sort -u)" EX20260202 "only the other one lacks its beginning" ||
	sed 's/^/# /' both.err

# The same, but the name is short, and the server has its blanks on the left.
short() {
	exch-feed itch --live "$a" --interface lo --pace 3 --linger 1s "$@"
}
short --session SHORT --snapshot "$at" day.xst &
first=$!
begun 2
find_port "$a" snapshot
short --session OTHER --snapshot "$at" two.xst &
second=$!
begun 2
find_port "$a" snapshot
printf '\000\037A     SHORT                   1\000\026SG                   4' |
	"$dial" -w 127.0.0.1 "$port" 5000 >heard 2>server.err &
server=$!
until_says server.err listens "$server"
# shellcheck disable=SC2086
listen left $when --join "$a" --snapshot "$at" --wait 2s --idle 20s
until_says left.err "snapshot of" "$reader"
kill "$server"
heard 0 "two sessions, and a snapshot whose name is padded on the left"
is "$(sed -n 's/.*session \(.*\): messages 1 to .* are lost/\1/p' left.err |
	sort -u)" OTHER "it is of the one that is called so" ||
	sed 's/^/# /' left.err
wait "$first" "$second" "$server"

# A session that is heard from its beginning has a hole, and then another one is
# heard that has begun before: that has its snapshot all the same.  Seed 3: not
# the first packet is lost, but one of the next.
find_port "$a" snapshot
exch-feed itch --live "$a" --interface lo --pace 3 --linger 1s \
	--snapshot "$at" two.xst &
second=$!
begun 2
kill -STOP "$second"
# shellcheck disable=SC2086
listen hole $when --join "$a" --snapshot "$at" --wait 200ms --idle 20s
exch-feed itch --live "$a" --interface lo --pace 5 --linger 1s \
	--impair-a loss=20% --seed 3 day.xst &
first=$!
until_says hole.err "are lost" "$reader"
kill -CONT "$second"
heard 0 "a session with a hole, and one that has begun before"
wait "$first" "$second"
is "$(sed -n 's/.*session \(.*\): messages .* are lost/\1/p' hole.err |
	sort -u)" EX20260202 "what is lost is of the first"
has hole.err "a snapshot of [0-9]* messages stands for those up to" \
	"and the second has its snapshot" || sed 's/^/# /' hole.err

# A session begins anew under its name, behind a snapshot, and is shorter than
# what that stood for.
exch-feed itch --live "$a" --interface lo --pace 3 --linger 60s \
	--snapshot "$at" day.xst &
sender=$!
begun 12
# shellcheck disable=SC2086
listen anew $when --join "$a" --snapshot "$at" --idle 20s
until_says anew.err "a snapshot of" "$reader"
kill -KILL "$sender"
cat >anew.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
11:00 phase continuous
+1s A buy 100 ABC @ 10.02 as a1
END
exch-replay -q anew.txt | exch-match -q -o anew.xst
exch-feed itch --live "$a" --interface lo --linger 1s anew.xst
heard 1 "a session that begins anew behind a snapshot, and is shorter"
has anew.err "session EX20260202 starts again at sequence number 1" "is told"
wait "$sender"

# The only one may be called otherwise.
exch-feed itch --live "$a" --interface lo --pace 3 --linger 1s \
	--snapshot "$at" day.xst &
sender=$!
begun 2
find_port "$a" snapshot
printf '\000\037A     OTHER                   1\000\026SG                   4' |
	"$dial" -w 127.0.0.1 "$port" 5000 >heard 2>server.err &
server=$!
until_says server.err listens "$server"
# shellcheck disable=SC2086
listen named $when --join "$a" --snapshot "$at" --idle 20s
until_says named.err "snapshot of" "$reader"
kill "$server"
heard 0 "one session, and a snapshot under another name"
has named.err "the snapshot is of session '     OTHER', and what comes is 'EX20260202'" \
	"is told"
wait "$sender" "$server"

# ---- servers that are none ----

exch-feed itch --live "$a" --interface lo --pace 1000 --linger 60s day.xst &
sender=$!
# Who hears the end of it knows that the others will come late.
# shellcheck disable=SC2086
listen over $when --join "$a" --wait 100ms --idle 20s
wait "$reader"
while IFS='|' read -r want name text words; do
	rm -f server.err
	[ -z "$words" ] || {
		printf "$words" | "$dial" -l 127.0.0.1 "$port" 5000 >heard 2>server.err &
		server=$!
		until_says server.err listens "$server"
	}
	# shellcheck disable=SC2086
	listen none $when --join "$a" --snapshot "$at" --wait 100ms --idle 20s
	wait "$reader"
	is "$?" "$want" "a server that $name"
	has none.err "$at: .*$text" "is told" || sed 's/^/# /' none.err
	[ -z "$words" ] || kill "$server"
done <<'END'
4|is not there|cannot connect: Connection refused|
3|closes at once|the connection was closed before the snapshot was whole|\000
3|is another one|what comes is not SoupBinTCP|HTTP/1.1 400 Bad Request\r\n
4|refuses the login|the login was refused|\000\002JA
4|does not know the session|no snapshot of this session is given|\000\002JS
3|talks too early|messages before the login is accepted|\000\002SR
3|ends too early|the session ends before the snapshot|\000\001Z
3|tells no number|ends without the number of the next|\000\037AEX20260202                   1\000\026SG                   0
3|tells of what never was|stands for messages up to 999998, and the session ends with [1-9]|\000\037AEX20260202                   1\000\026SG              999999
3|says nothing|has a message without a byte|\000\037AEX20260202                   1\000\001S
END
kill "$sender"
wait "$sender"

# ---- what cannot be ----

while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" $words 2>err </dev/null
	has err "$text" "why"
done <<'END'
need --live|exch-feed itch --snapshot 127.0.0.1:5000 day.xst
need --join|exch-replay --snapshot 127.0.0.1:5000
no address: write HOST:PORT|exch-feed itch --live 239.1.1.1:5000 --snapshot here day.xst
no address: write HOST:PORT|exch-replay --join 239.1.1.1:5000 --snapshot here
END
"$dial" -l 127.0.0.1 "$port" 10 </dev/null 2>server.err &
server=$!
until_says server.err listens "$server"
exits 4 "a port in use" exch-feed itch --live "$a" --snapshot "$at" day.xst 2>err
has err "$at: cannot listen: Address already in use" "is told"
kill "$server"

finish
