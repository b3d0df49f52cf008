#!/bin/sh
# exch-match --engine both: two engines on one input, and what is done when
# they differ; and that of a command on which a card fails nothing is told,
# whatever it was.  The card is the software's, which answers wrongly when it
# is told to.  EXCH_CARD_EVENTS: so many events of the day are spoilt.
. "${srcdir:-.}/tests/cli/lib.sh"

events=${EXCH_CARD_EVENTS:-4}

cat >all.txt <<'END'
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30 ANN buy 100 ABC @ 10.00 as a
09:30 BEN buy 100 ABC @ 10.00 as b
09:30 BEN sell 10 XYZ @ 20.00
09:31 CIA sell 150 ABC @ 10.00
09:31 GUS buy 30 ABC @ 10.00 show 10
09:32 reduce b by 20
09:33 DEE buy 50 ABC @ 9.99 as d
09:34 replace d with 60 @ 9.98
09:34 DEE buy 50 XYZ @ 19.99
09:35 EVE sell 25 ABC @ 10.00
09:35 EVE sell 10 ABC @ 10.05 ioc
09:36 cancel b
09:36 cancel all of DEE
09:37 phase halt
09:38 FAY buy 10 ABC @ 9.97
END
exch-replay -o all.xst all.txt
result $? "orders that make every kind of event" || exit 1

# ---- no difference: the output of one ----

exch-match --digest -o x.xst all.xst 2>want
exch-match -e both --card soft --digest -o x.xst all.xst 2>got
ok "two engines that agree make the output of one" cmp want got
ok "and leave no other file" test ! -e difference.xst
n=$(exch-match -e both --card soft --card-stats -o x.xst all.xst 2>&1 |
	sed -n 's/.*commands, \([0-9]*\) events.*/\1/p')
ok "there are some events" test "${n:-0}" -ge 12

# ---- any wrong or lost event is noticed, and shrinks ----

# differs CARD FILE: both engines, which have to differ.
differs() {
	exch-match -e both --card "$1" --difference d.xst -o x.xst "$2" 2>err
	[ $? = 4 ] && grep -q '^exch-match: given: ' err &&
		grep -q '^exch-match: soft: ' err &&
		grep -q '^exch-match: fpga: ' err
}

# commands FILE: of a stream, what was asked for.
commands() {
	exch-replay -f json "$1" | grep -c '"t":"\(new\|cancel\|replace\|phase\|mass-cancel\)"'
}

event=0 missed='' large='' lost=''
while [ "$event" -lt "${n:-0}" ]; do
	for fault in flip=$event.0 flip=$event.9 flip=$event.129 flip=$event.200 lose=$event; do
		rm -f d.xst
		differs "soft,$fault" all.xst || missed="$missed $fault"
		[ "$(commands d.xst)" -le $((event + 1)) ] ||
			large="$large $fault"
		differs "soft,$fault" d.xst || lost="$lost $fault"
	done
	event=$((event + 1))
done
is "$missed" "" "any of $n events, wrong or lost, is noticed by both"
is "$lost" "" "in what is written of them it is again"
is "$large" "" "which has a command an event at most"

# A fault that depends on the books, as those of programs do.
exch-replay --date 2026-01-05 --tz America/New_York -o day.orders \
	"$src/data/sample.pcap.zst" 2>err
differs soft,jump=1 day.orders
result $? "a matcher that lets the second go first is found in a day"
is "$(commands d.xst)" 4 "in four orders: three that wait and one that comes"
ok "how to try again is said" grep -q \
	'try it again: exch-match --engine both --card soft,jump=1 d.xst' err
differs soft,jump=1 d.xst
result $? "by which it is found again"
is "$(grep -c '^exch-match: soft: ' err)" 4 "what the software made of it: 4"

# A day whose n-th event is wrong needs so many events: the shortest way there
# is not looked for any longer than stated.
missed='' i=0
while [ "$i" -lt "$events" ]; do
	i=$((i + 1))
	event=$((i * i * 1031 % 200))
	differs "soft,flip=$event.$((i * 37 % 256))" day.orders &&
		differs "soft,flip=$event.$((i * 37 % 256))" d.xst ||
		missed="$missed $event"
	[ "$(commands d.xst)" -le $((event + 1)) ] || missed="$missed $event!"
done
is "$missed" "" "of the day, too, $events wrong events are noticed and shrink"

# What was before stands, and nothing of that command.
exch-match -q -f json all.xst >full
exch-match -q -e both --card soft,flip=2.129 -f json all.xst >part 2>err
lines=$(($(wc -l <part) - 1))
head -n "$lines" part >x
head -n "$lines" full | cmp - x
result $? "what was told is a beginning of what is right"
sed -n "$((lines + 1)),\$p" full | grep -v '"t":"schema"' | head -n 1 >x
ok "up to the command" grep -q '"t":"new".*"order":"3"' x

# A difference is not an answer to --partial, and the input may be a pipe.
head -c 100000000 day.orders | exch-match -e both --card soft,jump=1 \
	--difference d.xst -o x.xst 2>err
is "$?,$(commands d.xst)" 4,4 "a pipe can be read once: what it gave is kept"

# ---- a card that fails in the middle of any command ----

# Files of rules are named by those that need them.
cd "$src/scenarios/ordertypes" || exit 1
broken='' runs=0
for f in iceberg mass-cancel mass-quote one-cancels-other peg-market \
	stop-cascade replace-iceberg good-till-time halt kill-switch; do
	opts=$(sed -n 's/^#! exch-match //p' $f.txt)
	exch-replay -o "$scratch/o.xst" $f.txt
	# shellcheck disable=SC2086 # several options
	exch-match -q $opts -f json "$scratch/o.xst" >"$scratch/full"
	event=0
	# shellcheck disable=SC2086
	until exch-match -q -e fpga --card soft,lose=$event $opts -f json \
		"$scratch/o.xst" >"$scratch/part" 2>"$scratch/err"; do
		runs=$((runs + 1))
		lines=$(($(wc -l <"$scratch/part") - 1))
		head -n "$lines" "$scratch/part" >"$scratch/x"
		head -n "$lines" "$scratch/full" | cmp -s - "$scratch/x" ||
			broken="$broken $f.$event"
		# What comes next is a record of the input, or the clock's
		# first event: never the rest of a command's.
		sed -n "$((lines + 1)),\$p" "$scratch/full" |
			grep -v '"t":"schema"' | head -n 1 |
			grep -q '"source":1,' || broken="$broken $f.$event?"
		event=$((event + 1))
		[ "$event" -lt 100 ] || break
	done
done
cd "$scratch" || exit 1
is "$broken" "" "no command's events are told in part, in $runs failures"
ok "of which there are some" test "$runs" -ge 25

# ---- what does not go together ----

exits 2 "a journal" exch-match -e both --card soft --journal j all.xst 2>err
ok "is left to a standby" grep -q 'a standby with another engine' err
exits 2 "a file for differences without them" \
	exch-match -e fpga --card soft --difference d.xst all.xst -o x 2>err
exits 2 "both and threads" \
	exch-match -e both --card soft -j 2 all.xst -o x 2>err
differs soft,flip=2.129 all.xst
ln d.xst old.xst
cp d.xst kept.xst
differs soft,flip=8.9 all.xst
ok "what is written is a new file" cmp old.xst kept.xst
ok "of the other difference" test "$(commands d.xst)" != "$(commands old.xst)"
ln -s all.xst link.xst
cp all.xst kept.xst
exch-match -e both --card soft,flip=2.129 --difference link.xst -o x.xst \
	all.xst 2>err
is "$?" 4 "a file for differences that is the input"
ok "is left" cmp all.xst kept.xst
has err 'link.xst: it is what was read, and stays' "which is told"
exch-match -e both --card soft,flip=2.129 --difference all.xst -o x.xst \
	<all.xst 2>err
ok "also when that is the standard input" cmp all.xst kept.xst
is "$(find . -name '.*xst*')" "" "no temporary file is left"
exch-match -e both --card soft,flip=2.129 --difference /nowhere/d.xst \
	-o x all.xst 2>err
is "$?" 4 "a difference that cannot be written is told all the same"
ok "as is why" grep -q '/nowhere/d.xst: cannot create' err
finish
