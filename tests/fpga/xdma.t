#!/bin/sh
# A card behind two character devices, which are pipes here with the
# software's matcher behind them.
. "${srcdir:-.}/tests/fpga/lib.sh"

fake=$bin/tests/tools/fakecard
mkfifo h2c c2h
devices=xdma,h2c=h2c,c2h=c2h,slots=65536

# with FAKE-OPTION... : the fake for the next run.
with() {
	"$fake" "$@" h2c c2h 2>fake.err &
	card=$!
}

every_kind >all.txt
exch-replay -o all.xst all.txt
exch-replay --date 2026-01-05 --tz America/New_York -o day.orders \
	"$src/data/sample.pcap.zst" 2>err
exch-match --digest -o x day.orders 2>want
with
exch-match -v -e fpga --card $devices --digest -o x day.orders 2>err
result $? "a day by a card behind devices" || sed 's/^/# /' err
wait $card
is "$(tail -n 1 err)" "$(cat want)" "is the day by the software"
n=$(sed -n 's/.*card: \([0-9]*\) commands.*/\1/p' err)
ok "of which it did most" test "${n:-0}" -gt 150000
with
exch-match -e both --card $devices --digest -o x day.orders 2>err
wait $card
is "$(tail -n 1 err)" "$(cat want)" "so it is with both engines"

exch-match --digest -o x all.xst 2>want
for bytes in 1 7 31 33; do
	with -b $bytes
	exch-match -e fpga --card $devices --digest -o x all.xst 2>err
	is "$?,$(cat err)" "0,$(cat want)" "reads of $bytes bytes"
	wait $card
done

with -o 50
exch-match -e both --card $devices --digest -o x all.xst 2>err
is "$?,$(cat err)" "0,$(cat want)" "orders and events of before are swept away"
wait $card

# ---- the device goes, is mute, or wrong ----

# What comes before orders: a probe, a barrier, and a sweep of 8 symbols.
exch-match -q -f json all.xst >full
first=18 wrong=''
k=0
while [ "$k" -lt 9 ]; do
	for end in -d -m -s; do
		with $end $((first + k))
		exch-match -q -e fpga --card $devices,timeout=200 -f json \
			all.xst >part 2>err
		[ $? = 4 ] || wrong="$wrong $end$k"
		wait $card
		case $end in
		-d) grep -q 'told none: c2h: the card has gone$' err ;;
		-m) grep -q 'told none: c2h gives nothing for too long$' err ;;
		-s) grep -q 'told [A-Z]' err ;;
		esac || wrong="$wrong $end$k!"
		lines=$(($(wc -l <part) - 1))
		head -n "$lines" part >x
		head -n "$lines" full | cmp -s - x || wrong="$wrong $end$k="
		sed -n "$((lines + 1)),\$p" full | grep -v '"t":"schema"' |
			head -n 1 | grep -q '"source":1,' ||
			wrong="$wrong $end$k?"
	done
	k=$((k + 1))
done
is "$wrong" "" "a device that dies, is mute or wrong ends the run at a command"

# Commands to a card that has gone: an error, and no signal that kills.
with -d $((first + 5000))
exch-match -q -e fpga --card $devices -o x day.orders 2>err
is "$?" 4 "a device that dies in the middle of the day"
ok "is told" grep -q 'c2h: the card has gone$\|h2c: cannot be written' err
wait $card

# Signals do not make a wait begin anew: the run ends before they do.
with -m $first
{
	# shellcheck disable=SC2016 # the inner shell's own number
	sh -c 'echo $$ >pid; exec exch-match -q -e fpga --card "$0" -o x all.xst' \
		$devices,timeout=300 2>err
	echo $? >ended
} &
i=0
until [ -s ended ] || [ $i = 200 ]; do
	grep -q mute fake.err && kill -USR1 "$(cat pid)" 2>kill.err
	sleep 0.05
	i=$((i + 1))
done
ok "signals do not keep a mute device waited for" test -s ended
wait
is "$(cat ended)" 4 "which ends the run"

# ---- engines that differ: the device is given back before they try again ----

awk 'BEGIN {
	for (i = 0; i < 8; i++) print "instrument S" i " tick 0.01"
	for (i = 0; i < 4000; i++)
		print "09:30", i % 3 ? "ANN" : "BEN", i % 64 < 40 ? "buy" : "sell",
		    1 + i % 9, "S" i * 5 % 8, "@ 10.0" i % 7
}' | exch-replay -o many.xst
commands() {
	exch-replay -f json "$1" | grep -c '"t":"new"'
}
with -j -r
exch-match -e both --card $devices --difference d.xst -o x many.xst 2>err
is "$?,$(commands d.xst)" 4,4 "a wrong matcher behind devices shrinks to 4 orders"
has err 'd.xst: .*: the engines differ there, too' "where they differ again"
kill $card
wait
with -j
exch-match -e both --card $devices --difference d.xst -o x many.xst 2>err
is $? 4 "one that is there once"
has err 'd.xst: .*: not tried again: card xdma: h2c: .*nobody takes commands' \
	"is told to be so, and not to agree"
wait

# ---- symbols that go ahead of one another ----

exch-match --digest -o x many.xst 2>many.want
with -a
exch-match -e fpga --card $devices -o x many.xst 2>err
is $? 4 "a card whose symbols go ahead of one another"
wait
with -a
exch-match -e fpga --card $devices,apart=1 --digest -o x many.xst 2>err
is "$?,$(cat err)" "0,$(cat many.want)" "is right when it is said to be one"
wait

# ---- before the first order ----

refused() {
	exits 2 "$1" exch-match -e fpga --card "$2" -o x all.xst 2>err
	ok "... $3" grep -q "$3" err || sed 's/^/# /' err
}
with -d 0
refused "a card that is not alive" $devices 'gave no sign of life'
wait $card
with -n 4
refused "a card with fewer symbols" $devices 'say how many by symbols=N'
wait $card
with
refused "a card with fewer slots" xdma,h2c=h2c,c2h=c2h 'slots=N'
wait $card
with -l 1000
refused "a card with fewer levels" $devices 'levels=N'
wait $card
with -n 4
exch-match -e fpga --card $devices,symbols=4 --digest -o x all.xst 2>err
is "$?,$(cat err)" "0,$(cat want)" "which it may say"
wait $card
with -l 1000
exch-match -e both --card $devices,levels=1000 --digest -o x all.xst 2>err
is "$?,$(cat err)" "0,$(cat want)" "as well as levels"
wait $card
refused "no device" xdma,h2c=none,c2h=c2h 'is the driver there'
refused "a file" xdma,h2c=all.txt,c2h=c2h 'all.txt is no device'
is "$(head -n 1 all.txt)" "instrument ABC tick 0.01" "is left as it is"
# Devices that say something for ever, or whose other end is never opened.
refused "zeros" xdma,h2c=/dev/null,c2h=/dev/zero "zero: no card's events"
cat h2c >x &
yes "$(printf '\001%030d' 0)" >c2h 2>yes.err &
refused "events without end" $devices "c2h: no card's events"
wait
cat h2c >x &
refused "a pipe that nobody writes to" $devices 'c2h: nobody gives events'
wait
refused "no names" xdma 'name its devices'
refused "an option that is none" xdma,speed=9 'speed=9: no such option'
refused "a number that is none" $devices,timeout=0 'timeout=0: no such option'
refused "neither yes nor no" $devices,apart=2 'apart=2: no such option'
finish
