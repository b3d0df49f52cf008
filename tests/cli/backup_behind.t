#!/bin/sh
# exch-replay --backup and --join where something is wrong: feeds that are behind,
# damaged times, a change in the middle of an event, others in the group, and a
# backup that has troubles of its own.  Loopback only.
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck source=tests/cli/backup_lib.sh
. "$src/tests/cli/backup_lib.sh"
a=$(group 203 26410)
b=$(group 204 26411)

# shellcheck disable=SC2086
listen one $when --join "$a" --idle 5s
first <day.pcap
status=0
wait "$reader" || status=$?
[ "$status" -eq 0 ] || skip_all "no multicast on the loopback here"
same one day.want "mcast sends a capture"

# until_change FILE COMMAND...: repeated until the change is told.
until_change() {
	file=$1
	shift
	for _ in $(seq 200); do
		"$@"
		! grep -q "going on with" "$file.err" || return 0
		sleep 0.1
	done
}
# whole NAME TIME: the executions, and the book at that time, of the day, once.
whole() {
	is "$(told "$1" | wc -l)" 1 "$1: the change stands in the stream once"
	executions "$1" >got
	same got want "$1: every execution is there, once"
	exch-match -q "$1" | exch-feed depth -q --at "${2:-09:31}" --tz Asia/Shanghai -f csv |
		cut -d , -f 2- >got.book
	same got.book want.book "$1: the book is the day's"
}
executions day.want >want
exch-match -q day.want | exch-feed depth -q --at 09:31 --tz Asia/Shanghai -f csv |
	cut -d , -f 2- >want.book

# ---- a second feed that is behind ----

both behind --silent 1s
first -n 9 <day.pcap
until_change behind eval 'second -n 1 <plus.pcap'
second -f 2 <plus.pcap
heard 0 "all of the second comes behind the change"
whole behind
is "$(told behind)" \
	"2023-02-07T01:30:08.000000000Z from=$a to=$b overrun=0" \
	"it has the time of the first's last record"

both hole --silent 1s --wait 20s
first -n 8 <day.pcap
second -n 2 <other.pcap
second -f 4 <other.pcap
until_change hole sleep 0.1
second -f 3 -n 1 <other.pcap
heard 0 "what the second waits for comes behind the change"
whole hole

# ---- times ----

# The eighth message of the first says 23:00.
damaged() {
	cat <<'HEX'
4558323032333032303700000000000000010005000c53000000001f1aced9f0004f002752000100001f1aced9f00041424320202020202020000000014e435a20504e20204e000000004e002752000200001f1aced9f00058595a20202020202020000000014e435a20504e20204e000000004e000c53000000001f1aced9f00053000c53000000001f1aced9f00051
4558323032333032303700000000000000060001002441000100001f1b0a74ba0000000000000000014200000064414243202020202000018768
4558323032333032303700000000000000070001001f45000100001f1b460f840000000000000000010000003c0000000000000001
4558323032333032303700000000000000080001002441000100004b4e6096600000000000000000025300000032414243202020202000018894
HEX
}
damaged >far.hex
both far --silent 1s
second <plus.pcap
first -x <far.hex
heard 0 "the last time of the first is damaged"
whole far 23:30
both passed --silent 1s
second <plus.pcap
first -x <far.hex
first -f 5 -n 4 <day.pcap
heard 0 "a damaged time, and the first goes on"
whole passed 23:30

# The tenth packet, an order, says 09:00, and the second is behind.
low=$(printf %012x $((32400 * 1000000000)))
tshark -r day.pcap -T fields -e udp.payload 2>err >day.hex
sed "10s/^\(.\{54\}\).\{12\}/\1$low/" day.hex | head -n 10 >low.hex
both low --silent 1s
first -x <low.hex
until_change low eval 'second -n 1 <plus.pcap'
second -f 2 <plus.pcap
heard 0 "a time that is too low"
whole low

# ---- disorder ----

trades() {
	exch-replay -q -f csv --type trade "$1" | sed 1d | cut -d , -f 4,5,11,12 | sort
}
# IEX orders times within a symbol only: ABC is ahead.
iex 32772 7 >ahead.hex <<'EOT'
1 trade 10 10.01
3 trade 11 10.02
2 trade 20 20.01 XYZ
5 trade 12 10.03
2 trade 21 20.02 XYZ
4 trade 22 20.03 XYZ
7 trade 13 10.04
9 end
EOT
listen alone --join "$a" --idle 20s
first -x <ahead.hex
heard 0 "a feed that orders times within a symbol"
trades alone >want.trades
sed 's/0100000007000000/0100000008000000/' ahead.hex >ahead.8.hex
for n in 1 2 3 4 5 6; do
	both "ahead$n" --silent 1s
	second -x <ahead.8.hex
	head -n "$n" ahead.hex | first -x
	heard 0 "it dies behind $n messages"
	trades "ahead$n" >got
	same got want.trades "every trade is there, once"
done
# Two sessions, one of them ahead: in the middle of an event, and by seconds.
iex 32772 7 >s7.hex <<'EOT'
1 trade 10 10.01
6 trade 10 10.02
9 end
EOT
iex 32772 8 XYZ >s8.hex <<'EOT'
5 trade 20 20.01
5 trade 21 20.02
5 trade 22 20.03
9 end
EOT
listen alone --join "$a" --idle 20s
{
	head -n 2 s7.hex
	head -n 3 s8.hex
	tail -n 1 s7.hex
	tail -n 1 s8.hex
} | tee both.hex | first -x
heard 0 "two sessions, of which one is ahead"
trades alone >want.trades
sed 's/010000000\([78]\)000000/010000001\1000000/' both.hex >both.1.hex
for n in 2 3 4; do
	both "middle$n" --silent 1s
	second -x <both.1.hex
	head -n "$n" both.hex | first -x
	heard 0 "it dies behind $n messages"
	trades "middle$n" >got
	same got want.trades "every trade is there, once"
done

# ---- in the middle of an event ----

# One order takes three that rest; the first dies behind one of the executions.
cat >sweep.txt <<'EOT'
date 2023-02-07
zone Asia/Shanghai
instrument ABC tick 0.01
09:30 phase continuous
+1s A sell 10 ABC @ 10.02 as a1
+1s B sell 20 ABC @ 10.03 as b1
+1s C sell 30 ABC @ 10.04 as c1
+1s D buy 60 ABC @ 10.04 as d1
+1s E buy 5 ABC @ 10.00 as e1
EOT
cat >sweep.hex <<'EOT'
4558323032333032303700000000000000010001000c53000000001f1aced9f0004f
4558323032333032303700000000000000020001002752000100001f1aced9f00041424320202020202020000000014e435a20504e20204e000000004e
4558323032333032303700000000000000030001000c53000000001f1aced9f00053
4558323032333032303700000000000000040001000c53000000001f1aced9f00051
4558323032333032303700000000000000050001002441000100001f1b0a74ba000000000000000001530000000a414243202020202000018768
4558323032333032303700000000000000060001002441000100001f1b460f8400000000000000000253000000144142432020202020000187cc
4558323032333032303700000000000000070001002441000100001f1b81aa4e000000000000000003530000001e414243202020202000018830
4558323032333032303700000000000000080001001f45000100001f1bbd45180000000000000000010000000a0000000000000001
EOT
exch-replay -q sweep.txt | exch-match -q -o sweep.xst
exch-feed itch --tz Asia/Shanghai --framing moldudp64 --session OTHER \
	-o sweep.pcap sweep.xst
both sweep --silent 1s
second <sweep.pcap
first -x <sweep.hex
heard 0 "the first dies within an event"
exch-replay -q -f csv --type expect sweep | sed 1d | cut -d , -f 4,11,12 >got
is "$(cat got)" "2023-02-07T01:30:04.000000000Z,10.0200,10
2023-02-07T01:30:04.000000000Z,10.0300,20
2023-02-07T01:30:04.000000000Z,10.0400,30" "its executions are there, each once" ||
	exch-replay -q -f text sweep | sed 's/^/# /'
# The first told two thirds of one execution, as two of its own.
sed '8s/0000000a\(0000000000000001\)$/00000006\1/' sweep.hex >part.hex
both part --silent 1s
second <sweep.pcap
first -x <part.hex
heard 0 "the first dies within an execution"
is "$(exch-replay -q -f csv --type expect part | sed 1d | cut -d , -f 11,12)" \
	"10.0200,6
10.0200,4
10.0300,20
10.0400,30" "what is left of it is told"

# An order that the first never saw: what it told of its execution has no price.
both unseen --silent 1s --wait 200ms
second <plus.pcap
sed -n '1p; 3p' day.hex | first -x
heard 0 "the first executes an order that it does not know"
is "$(exch-replay -q -f csv --type expect unseen | cut -d , -f 4- |
	grep -c '^2023-02-07T01:30:02')" 1 "it is told once"
is "$(exch-replay -q -f csv --type trade unseen | grep -c 'T01:30:02')" 1 \
	"and without a price"

# ---- phases ----

cat >phases.txt <<'EOT'
date 2023-02-07
zone Asia/Shanghai
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:29 phase halt ABC
09:30 phase continuous
+1s A buy 100 ABC @ 10.02 as a1
+1s phase halt XYZ
+1s A buy 100 ABC @ 10.02 as a2
+1s A buy 100 ABC @ 10.02 as a3
EOT
exch-replay -q phases.txt | exch-match -q -o phases.xst
for s in EX20230207 OTHER; do
	exch-feed itch --tz Asia/Shanghai --framing moldudp64 --session "$s" \
		-o "phases.$s.pcap" phases.xst
done
# The last event, C, a second later: the market has closed before.
for s in EX20230207 OTHER; do
	tshark -r "phases.$s.pcap" -T fields -e udp.payload 2>err |
		sed 's/1f1bbd45180043$/1f1bf8dfe20043/' >"phases.$s.hex"
done
# shellcheck disable=SC2086
exch-replay -q -f csv --type phase $when phases.OTHER.pcap | sed 1d |
	cut -d , -f 5,8 | sed 1d >want.phases
[ "$(wc -l <want.phases)" -eq 3 ]
result $? "two instruments are halted, and the market closes"
both phases --silent 1s
second -x <phases.OTHER.hex
sed '$d' phases.EX20230207.hex | first -x
heard 0 "phases of instruments and of the market"
exch-replay -q -f json phases | sed -n '/"text":"backup/,$p' |
	grep '"t":"phase"' | sed 's/.*"symbol":"\([^"]*\)".*"phase":"\([a-z]*\)".*/\1,\2/
	s/.*"phase":"\([a-z]*\)".*/,\1/' >got.phases
same got.phases want.phases "are said again in their order"

# ---- a part of the day ----

both later --silent 1s --from 09:30:08
second <plus.pcap
first -n 4 <day.pcap
heard 0 "--from behind the change"
is "$(told later | wc -l)" 1 "who sees no more than that is told, too"
exch-replay -q -f csv --type expect later | sed 1d | cut -d , -f 4- >got
exch-replay -q -f csv --type expect plus.want | cut -d , -f 4- |
	awk -F , '$1 >= "2023-02-07T01:30:08"' | sed '/^time/d' >want.later
is "$(cut -d , -f 1,5,8,9 got)" "$(cut -d , -f 1,5,8,9 want.later)" \
	"and has the executions of later"
both until --silent 1s --to 09:30:08
second <plus.pcap
first -n 4 <day.pcap
heard 0 "--to behind the change"
is "$(executions until | awk -F , '$1 >= "2023-02-07T01:30:08"' |
	grep -vc '^time')" 0 "nothing of later"
is "$(executions until | grep -v '^time' | wc -l)" \
	"$(grep -v '^time' want | awk -F , '$1 < "2023-02-07T01:30:08"' | wc -l)" \
	"all of before"

# Wherever the count ends: the change is no part of it.
for n in 8 9 10 11 12 13; do
	both "count$n" --silent 1s --count "$n"
	second <plus.pcap
	first -n 4 <day.pcap
	heard 0 "--count $n"
	[ "$(told "count$n" | wc -l)" -eq 0 ] ||
		exch-replay -q -f json "count$n" | sed -n '/"text":"backup/,$p' |
		grep -c '"t":"cancel".*T01:30:03'
done >cancels
sed -n '/^[0-9]*$/!p' cancels
[ "$(grep -c '^2$' cancels)" -ge 2 ]
result $? "--count reaches the change"
is "$(sed -n '/^[0-9]*$/p' cancels | sort -u)" 2 "which is there as a whole"

# ---- others in the group ----

# Rubbish is no life.
both rubbish --silent 1s
second <plus.pcap
first -n 4 <day.pcap
until_change rubbish eval 'echo 0102030405 | first -x'
heard 1 "rubbish in the place of the first"
whole rubbish
# shellcheck disable=SC2086
listen deaf $when --join "$a" --backup "$b" --silent 1s --idle 3s
until_says deaf.err "joined $b" "$reader"
first -n 4 <day.pcap
for _ in 1 2 3 4 5; do
	echo 0102030405 | second -x
	sleep 0.5
done
heard 3 "rubbish in the place of the second"
! grep -q "going on" deaf.err
result $? "there is nobody to go on with"

# A packet without a session's name.
listen blank --idle 5s $when --join "$a"
first -n 4 <day.pcap
echo 0000000000000000000000000000000000010001000c53000000001f1aced9f0004f |
	first -x
first -f 5 <day.pcap
heard 1 "a packet of a blank session"
executions blank >got
same got want "does not end the run"

# Heartbeats of a session of which nothing else comes.
stray() {
	echo 58585858585858585858000000000000000a0000 | first -x
}
# shellcheck disable=SC2086
listen stray $when --join "$a" --idle 10s --wait 200ms
first -n 4 <day.pcap
stray
first -f 5 <day.pcap
heard 0 "a stray heartbeat"
same stray day.want "is not waited for, and leaves nothing"
# shellcheck disable=SC2086
listen asked $when --join "$a" --idle 10s --wait 500ms --snapshot 127.0.0.1:9
first -n 4 <day.pcap
for _ in 1 2 3 4; do
	stray
	sleep 0.3
done
first -f 5 <day.pcap
heard 0 "a stray heartbeat where a snapshot could be had"
is "$(number asked.err "attempts at a snapshot")" 0 "none is asked for"

# A session that begins with a heartbeat, as live ones do, is none of those.
hb() {
	echo 4558323032333032303700000000000000010000
}
listen begun --join "$a" --idle 20s $when
{
	hb
	sed -n 1,4p day.hex
} | first -x
first <other.pcap
sed -n '5,$p' day.hex | first -x
heard 0 "two sessions, of which one begins with a heartbeat"
is "$(executions begun | sed 1d | wc -l)" "$((2 * ($(wc -l <want) - 1)))" \
	"each is read to its end"
# shellcheck disable=SC2086
listen talks $when --join "$a" --idle 2s
{
	hb
	sed -n 1,3p day.hex
} | first -x
first -n 1 <other.pcap
sed -n '4,$p' day.hex | first -x -p 400
heard 3 "one goes on, and the other one does not"
executions talks >got
same got want "is not silent"

# Of IEX-TP, where the feed is MoldUDP64.
c=$(group 207 26412)
# shellcheck disable=SC2086
listen mixed $when --join "$a,$c" --backup "$b" --idle 30s --silent 1s
until_says mixed.err "joined $b" "$reader"
second <plus.pcap
first -n 4 <day.pcap
until_change mixed eval "echo 010004800100000063000000$(
	printf %024d 0)0100000000000000$(printf %016d 0) |
	$mcast -x ${c%:*} ${c#*:}"
heard 0 "heartbeats of another transport are no life"
whole mixed

# And where what is missing is asked for.
find_port "$b" retransmit
exch-feed itch --tz Asia/Shanghai --interface lo --live "$b" --linger 30s \
	--retransmit "$at" --session EX20230207 day.xst &
sender=$!
# shellcheck disable=SC2086
exch-replay -q --interface lo $when --join "$b" --wait 10ms -o some
# shellcheck disable=SC2086
listen asking $when --join "$a" --idle 20s --wait 2s --rerequest "$at"
number=1
{
	head -n 1 day.hex
	sed -n '4,$p' day.hex | while read -r line; do
		number=$((number + 1))
		printf '58585858585858585858%016x0000\n%s\n' "$number" "$line"
	done
} | first -x -p 50
heard 0 "heartbeats of others, and a gap that is asked about"
kill "$sender"
wait "$sender" 2>/dev/null
same asking day.want "it is filled"

# ---- troubles of the second ----

both unneeded --silent 5s
echo 0102030405060708 | second -x
second -n 1 <other.pcap
echo 0102030405060708 | second -x
first <day.pcap
heard 0 "a backup with troubles that nobody needs"
has unneeded.err "^exch-replay: $b:packet 3: packet shorter than" "they are told"
same unneeded day.want "and stand nowhere"

both needed --silent 1s
second -n 1 <other.pcap
echo 0102030405060708 | second -x
second -f 2 <other.pcap
first -n 4 <day.pcap
heard 1 "a backup with troubles that is needed"
whole needed
is "$(exch-replay -q -f json needed | grep '"t":"error"' |
	sed 's/.*"text":"\([^"]*\)".*/\1/')" \
	"1 pieces of malformed input of the backup before the change" \
	"they stand in the stream"

both strict --silent 5s --strict
second -n 1 <other.pcap
echo 0102030405060708 | second -x
first <day.pcap
heard 0 "--strict"
has strict.err "$b: it is no backup any more" "the backup is given up"
same strict day.want "the run goes on"

both alone --silent 5s --wait 300ms --backup-snapshot 127.0.0.1:9
second -f 2 -n 1 <other.pcap
first -n 4 <day.pcap
until_says alone.err "no backup any more" "$reader"
first -f 5 <day.pcap
heard 0 "a backup without a beginning, and nobody who tells it"
has alone.err "$b: it is no backup any more" "is given up"
same alone day.want "the run goes on"

# ---- what cannot be ----

while IFS='|' read -r text words; do
	# shellcheck disable=SC2086
	exits 2 "refused: $words" exch-replay $words 2>err </dev/null
	has err "$text" "why"
done <<'EOT'
--backup: 239.1.1.1:05000 is of --join already|--join 239.1.1.1:5000 --backup 239.1.1.1:05000
--idle ends the run before|--join 239.1.1.1:5000 --backup 239.1.1.2:5000 --idle 2s
--join: both lines cannot be|--join 239.1.1.1:5000,239.1.1.1:05000
EOT

finish
