#!/bin/sh
# exch-feed --live and exch-replay --join: what one sends on two lines of
# multicast the other has, whatever is lost on the way.  Loopback only; nothing
# here depends on how long something takes.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
09:30 phase continuous
+1s A buy 100 ABC @ 10.02 as a1
+1s B sell 60 ABC @ 10.00 as b1
+1s C sell 50 ABC @ 10.05 as c1
+1s D sell 30 ABC @ 10.02 as d1
+1s E buy 40 ABC @ 10.01 as e1
+1s reduce e1 by 4
+1s F buy 70 ABC @ 10.06 as f1
+1s replace f1 with 30 @ 10.03
+1s replace e1 with 50 @ 10.02 as e2
+1s G sell 200 ABC @ 10.04 show 50 as g1
+1s H buy 80 ABC @ 10.04 as h1
+1s cancel e2
END
exch-replay -q day.txt | exch-match -q -o day.xst
exch-feed itch --framing moldudp64 -o day.pcap day.xst
when='--date 2026-02-02 --tz UTC'
# shellcheck disable=SC2086 # a list of words
exch-replay -q $when -o day.want day.pcap

# shellcheck source=tests/cli/live_lib.sh
. "$src/tests/cli/live_lib.sh"
a=$(group 195 26400)
b=$(group 196 26401)
find_port "$a" retransmit
send() {
	exch-feed itch --live "$a" --interface lo --linger 300ms "$@"
}
# shellcheck disable=SC2086 # a list of words, here and below
listen one $when --join "$a" --idle 5s
send day.xst 2>send.err
status=$?
wait "$reader" 2>/dev/null
if [ "$status" -ne 0 ] || grep -q 'nothing has come$' one.err ||
	grep -q 'cannot join' one.err; then
	sed 's/^/# /' send.err one.err
	skip_all "no multicast on the loopback here"
fi
same one day.want "one line: the records of the capture"

# Each on its own, and both together.
listen two $when --join "$a,$b" --idle 20s
ok "two lines, of which one is bad" send -v --live-b "$b" \
	--impair-a loss=60% day.xst 2>sent
heard 0 "are read"
same two day.want "the other one fills the gaps"
lost=$(number sent "messages in them")
[ "$lost" -gt 0 ]
result $? "some were lost on purpose"
is "$(number two.err "  filled from the other line")" "$lost" \
	"and filled from the other line"
ok "again" send -v --live-b "$b" --impair-a loss=60% day.xst 2>again
same again sent "the seed decides what is lost"
send -v --live-b "$b" --impair-a loss=60% --seed 99 day.xst 2>again
! cmp -s again sent
result $? "another seed, other packets"

listen odd $when --join "$a,$b" --idle 20s
ok "doubled, moved and late" send -v --live-b "$b" --impair-a \
	duplicate=50%,reorder=50%,delay=2ms,jitter=3ms --impair-b \
	loss=10%,reorder=30% day.xst 2>sent
heard 0 "they are read"
same odd day.want "and put in order"
[ "$(number sent "sent twice on purpose")" -gt 0 ] &&
	[ "$(number sent "moved on purpose")" -gt 0 ] &&
	[ "$(number sent "delayed on purpose")" -gt 0 ]
result $? "all of it happened"

# What both lost is asked for.
listen asked $when --join "$a" --rerequest "$at" --idle 20s
ok "one line, half of it lost" send -v --impair-a loss=50% \
	--retransmit "$at" day.xst 2>sent
heard 0 "what was lost is asked for"
same asked day.want "and comes"
[ "$(number asked.err requests)" -gt 0 ]
result $? "by requests"
[ "$(number sent "messages sent again")" -ge "$(number sent "messages in them")" ]
result $? "that were answered"

# Nobody to ask: it is told.
listen hole $when --join "$a" --wait 200ms --idle 20s
send -v --impair-a loss=50% day.xst 2>sent
heard 0 "a hole"
has hole.err "session EX20260202: messages [0-9]* to [0-9]* are lost" "is told"
is "$(number hole.err "messages in gaps")" "$(number sent "messages in them")" \
	"as many as were lost"
exch-replay -q -f csv --type gap hole | awk -F, 'NR > 1' >gaps
is "$(wc -l <gaps)" "$(number hole.err gaps | awk '{ print $1 / 2 }')" \
	"and stands in the stream"

# Too old.
listen old $when --join "$a" --rerequest "$at" --wait 30s --idle 20s
send -v --impair-a loss=100% --retransmit "$at" --keep 3 day.xst 2>sent
heard 0 "what is not kept"
has sent "message 1 was asked for and is not kept any more: the oldest is" "is told by the sender"
has old.err "session EX20260202: messages 1 to [0-9]* are lost" "and by the reader"
[ "$(number sent "for what is not kept")" -gt 0 ]
result $? "it is counted"

# Who comes late asks for all of it.
exch-feed itch --live "$a" --interface lo --linger 20s --retransmit "$at" \
	day.xst &
sender=$!
listen late $when --join "$a" --rerequest "$at" --idle 20s
heard 0 "a reader that comes late"
same late day.want "has everything"
exits 4 "a port in use" send --retransmit "$at" day.xst 2>err
has err "$at: cannot be asked there: Address already in use" "is told"
kill "$sender"
wait "$sender" 2>/dev/null
is "$?" 143 "a sender that is killed while it waits"

# A sender that dies, a reader that does not read, a reader that leaves.
listen dead $when --join "$a" --idle 1s
exch-feed itch --live "$a" --interface lo --pace 2 day.xst 2>err &
sender=$!
sleep 1
kill "$sender"
wait "$sender" 2>/dev/null
heard 3 "a session that breaks off"
has dead.err "nothing has come" "is told"
listen deaf $when --join "$a" --rerequest "$at" --idle 20s
kill -STOP "$reader"
ok "nobody reads: the sender ends all the same" send --retransmit "$at" day.xst
kill -CONT "$reader"
kill "$reader"
wait "$reader" 2>/dev/null
exch-replay -q --interface lo $when --join "$a" -f json --idle 20s 2>err |
	head -n 1 >first &
for i in 1 2 3 4 5 6 7 8 9 10; do
	send day.xst
	[ -s first ] && break
done
[ -s first ]
result $? "a reader whose own reader leaves"
listen slow $when --join "$a" --idle 20s
(
	head -c $(($(wc -c <day.xst) / 2)) day.xst
	sleep 2
	tail -c +$(($(wc -c <day.xst) / 2 + 1)) day.xst
) | send
heard 0 "an input that pauses"
same slow day.want "is sent as it comes"

# What cannot be.
while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" exch-feed itch $words day.xst 2>err
	has err "$text" "why"
done <<'END'
character 1: no multicast group|--live 10.0.0.1:5000
character 5: not a number from 0 to 255|--live 239.300.1.1:5000
character 10: not a colon and a port|--live 239.1.1.1
character 11: not a port from 1 to 65535|--live 239.1.1.1:0
character 11: not a port from 1 to 65535|--live 239.1.1.1:65536
character 15: too much behind the port|--live 239.1.1.1:5000x
--ttl: '256' is no number from 0 to 255|--live 239.1.1.1:5000 --ttl 256
nosuch0: there is no such network interface|--live 239.1.1.1:5000 --interface nosuch0
need --live|--retransmit 127.0.0.1:5000
need --live|--impair-a loss=1%
both lines cannot be|--live 239.1.1.1:5000 --live-b 239.1.1.1:5000
--impair-b needs --live-b|--live 239.1.1.1:5000 --impair-b loss=1%
character 6: not a share|--live 239.1.1.1:5000 --impair-a loss=101%
character 9: not loss=|--live 239.1.1.1:5000 --impair-a loss=1%,luck=2%
character 9: said twice|--live 239.1.1.1:5000 --impair-a loss=1%,loss=2%
character 7: not a time|--live 239.1.1.1:5000 --impair-a delay=11s
--pace: 'soon'|--live 239.1.1.1:5000 --pace soon
--keep needs --retransmit|--live 239.1.1.1:5000 --keep 5
no address: write HOST:PORT|--live 239.1.1.1:5000 --retransmit nowhere
writes no file|--live 239.1.1.1:5000 -o x
END
exits 2 "another feed" exch-feed top --live 239.1.1.1:5000 day.xst 2>err
has err "not an option of the feed 'top'" "why"
while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" exch-replay $words 2>err </dev/null
	has err "$text" "why"
done <<'END'
character 1: no multicast group|--join 10.0.0.1:5000
character 20: not a number|--join 239.1.1.1:5000,239.x
two lines at most|--join 239.1.1.1:1,239.1.1.1:2,239.1.1.1:3
both lines cannot be|--join 239.1.1.1:1,239.1.1.1:1
need --join|--rerequest 127.0.0.1:5000
reads no files|--join 239.1.1.1:1 day.pcap
--wait: 'long' is no time|--join 239.1.1.1:1 --wait long
for what was recorded|--join 239.1.1.1:1 --speed 1
nosuch0: there is no such network interface|--join 239.1.1.1:1 --interface nosuch0
END

# A whole day, of which both lines lose a twentieth.
whole() {
	listen "$1" $2 --join "$a,$b" --rerequest "$at" --idle 60s
	ok "$3: sent" exch-feed itch --live "$a" --live-b "$b" --interface lo \
		-v $4 --impair-a loss=5% --impair-b loss=5% --retransmit "$at" \
		--linger 2s "$1.xst" 2>sent
	heard 0 "and read"
	same "$1" "$1.want" "$3: every message arrives"
	[ "$(number sent "lost on purpose")" -gt 100 ] &&
		[ "$(number "$1.err" requests)" -gt 0 ]
	result $? "though packets were lost on both lines"
}
ny='--date 2026-01-05 --tz America/New_York'
exch-replay -q $ny "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-feed itch --tz America/New_York --framing moldudp64 -o sample.pcap \
	sample.xst
exch-replay -q $ny -o sample.want sample.pcap
whole sample "$ny" "the sample day" "--tz America/New_York"

if [ -r "$data/derived/sse600519_20230207.moldudp64.pcap" ]; then
	sse='--date 2023-02-07 --tz Asia/Shanghai'
	exch-replay -q $sse "$data/derived/sse600519_20230207.moldudp64.pcap" |
		exch-match -q -o sse.xst
	exch-feed itch --tz Asia/Shanghai --framing moldudp64 -o sse.pcap sse.xst
	exch-replay -q $sse -o sse.want sse.pcap
	whole sse "$sse" "a day of Shanghai" "--tz Asia/Shanghai"
else
	skip "a day of Shanghai, live" "no real data: set EXCH_TESTDATA"
fi

finish
