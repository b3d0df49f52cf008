#!/bin/sh
# Standbys: takeover after kills, one primary at a time, and what is refused.
# `make check-standby' kills 200 primaries of each kind.
. "${srcdir:-.}/tests/cli/lib.sh"

exch-replay --date 2026-01-05 --tz America/New_York -o in.xst \
	"$src/data/sample.pcap.zst" && exch-match -q -o ref.xst in.xst
result $? "an input, and a run without a standby"
kills=${EXCH_TAKEOVERS:-5}
seed=${EXCH_SEED:-1}

# ---- takeovers ----
for kind in dir link; do
	mkdir "$kind" && cd "$kind" || exit 1
	"$bin/tests/tools/takeovers" "$kills" "$seed" "$kind" ../in.xst >said
	result $? "$kind: $kills kills of a primary"
	sed 's/^/# /' said
	cd .. || exit 1
	rm -rf "$kind"
done

# A port that is free now; the next call gives another one.
port() {
	"$bin/tests/tools/takeovers" port
}

# anew [FILE ...]: what a run before has left is not what the next one says: the
# shell goes on before it has emptied the files of what it has just started.
anew() {
	rm -rf p.err s.err "$@"
}

# wait_for FILE PATTERN: until a line says so, for a minute at most.
wait_for() {
	tries=0
	until grep -q -e "$2" "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.05
	done
}

# feed FILE: a part of the input, and the rest once FILE is there.
feed() {
	head -c 4000000 in.xst
	until [ -e "$1" ]; do sleep 0.05; done
	tail -c +4000001 in.xst
}

# ---- nothing happens ----
p=$(port)
exch-match --standby "127.0.0.1:$p" --journal j2 2>s.err &
standby=$!
exch-match --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
	-o out.xst in.xst 2>p.err
result $? "a primary with a standby ends"
wait $standby
result $? "and so does the standby"
has s.err 'the input was over at record 213024: there is nothing to take' \
	"which says why"
ok "the output is that of a run alone" cmp out.xst ref.xst
ok "both journals are the same bytes" \
	cmp j1/000000000000.xst j2/000000000000.xst
anew out.xst

# ---- the standby has more than the primary ----
anew j1 j2
p=$(port)
exch-match -q --standby "127.0.0.1:$p" --journal j2 2>s.err &
standby=$!
feed never 2>/dev/null | exch-match --journal j1 --serve "127.0.0.1:$p" \
	--standby-sync wait 2>p.err >p.out &
wait_for p.err 'in step'
result $? "a primary and a standby in step"
sleep 0.2
pid=$(sed -n 's/.*process \([0-9]*\) writes it/\1/p' <<-E
	$(exch-match --journal j1 -o x.xst in.xst 2>&1)
E
)
kill -9 "$pid"
kill "$standby"
touch never
wait
size=$(wc -c <j1/000000000000.xst)
dd if=j1/000000000000.xst of=cut bs=$((size / 2)) count=1 2>/dev/null
mv cut j1/000000000000.xst
anew
p=$(port)
exch-match --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
	-o x.xst in.xst 2>p.err &
primary=$!
exits 2 "a standby with more than its primary is refused" \
	exch-match -q --standby "127.0.0.1:$p" --journal j2 2>err
has err 'the journal here ends at [0-9]*: the standby.s is the truth' \
	"with what to do"
wait_for p.err 'refused: '
result $? "and the primary says so, too"
kill $primary
wait $primary
[ ! -s x.xst ]
result $? "and has released nothing"
exch-match -q --journal j2 -o out.xst in.xst
result $? "the standby's journal is gone on with by hand"
ok "and gives the same output" cmp out.xst ref.xst

# ---- journals that have parted ----
anew j1 j3 x.xst
exch-match -q --journal j1 -o x.xst in.xst
cp -R j1 j3
size=$(wc -c <j1/000000000000.xst)
for j in j1 j3; do
	dd if=$j/000000000000.xst of=cut bs=$((size / 3)) count=1 2>/dev/null
	mv cut $j/000000000000.xst
	size=$((size * 2))
done
# j1 goes on in blocks that are cut elsewhere.
{
	head -c 4500001 in.xst
	sleep 0.3
	tail -c +4500002 in.xst
} | exch-match -q --journal j1 >/dev/null 2>&1
p=$(port)
exch-match -q --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
	-o x.xst in.xst 2>p.err &
primary=$!
exch-match -q --standby "127.0.0.1:$p" --journal j3 2>err
status=$?
kill $primary 2>/dev/null
wait $primary
[ $status -eq 2 ] && grep -q 'refused: ' err
result $? "a standby that has gone another way is refused" ||
	sed 's/^/# /' err p.err

# ---- by hand ----
anew j1 j2 out.xst never
p=$(port)
exch-match --standby "127.0.0.1:$p" --journal j2 --segment-size 1000000 \
	-o out.xst in.xst 2>s.err &
standby=$!
feed never | exch-match --journal j1 --serve "127.0.0.1:$p" \
	--standby-sync wait -o out.xst 2>p.err &
primary=$!
wait_for p.err 'in step'
# One is renamed when it is whole.
tries=0
until ls j2/*.xst.zst >/dev/null 2>&1 || [ $tries -gt 1200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
ls j2/*.xst.zst >found
result $? "a standby compresses its closed segments"
kill -9 "$(exch-match --journal j1 -o x.xst in.xst 2>&1 |
	sed -n 's/.*process \([0-9]*\) writes it/\1/p')"
wait_for s.err 'SIGUSR2 makes this the primary'
result $? "without a lease the standby stays what it is and says so"
kill -USR2 $standby
wait $standby
result $? "SIGUSR2 makes it the primary"
has s.err 'taken over at record [0-9]*, [0-9.]* ms after the signal' \
	"which says when"
ok "and gives the same output" cmp out.xst ref.xst
touch never
wait $primary

# ---- a primary that stands still ----
anew j1 j2 never lease
p=$(port)
exch-match --standby "127.0.0.1:$p" --journal j2 --lease lease,400 in.xst \
	2>s.err >s.out &
standby=$!
feed never | exch-match --journal j1 --serve "127.0.0.1:$p" \
	--standby-sync wait --lease lease,400 2>p.err >p.out &
primary=$!
wait_for p.err 'in step and may take over'
pid=$(exch-match --journal j1 -o x.xst in.xst 2>&1 |
	sed -n 's/.*process \([0-9]*\) writes it/\1/p')
kill -STOP "$pid"
wait $standby
result $? "the standby of a primary that stands still ends its work"
has s.err 'taken over at record [0-9]*, [0-9.]* ms after the lease' \
	"because the lease ran out"
size=$(wc -c <p.out)
kill -CONT "$pid"
touch never
wait $primary
is $? 4 "the old primary stops when it goes on"
has p.err 'the lease ' "because of the lease"
is "$(wc -c <p.out)" "$size" "and has released nothing since"
ok "both outputs together are the whole" \
	"$bin/tests/tools/takeovers" join ref.xst p.out s.out

# ---- a standby that stands still ----
anew j1 j2 never lease out.xst
p=$(port)
exch-match --standby "127.0.0.1:$p" --journal j2 --lease lease,2000 in.xst \
	2>s.err >s.out &
standby=$!
feed never | exch-match --journal j1 --serve "127.0.0.1:$p" \
	--standby-sync 200 --lease lease,2000 -o out.xst 2>p.err &
primary=$!
wait_for p.err 'in step and may take over'
kill -STOP $standby
touch never
wait $primary
result $? "a primary whose standby stands still ends its work"
has p.err 'no standby has record [0-9]* after 200 ms: going on alone' \
	"and says that it went on alone"
ok "its output is whole" cmp out.xst ref.xst
exch-match -q --journal jq --serve "127.0.0.1:0" --standby-sync 50 \
	--lease leaseq -o alone.xst in.xst 2>q.err
has q.err 'no standby has record [0-9]* after 50 ms: going on alone' \
	"with -q as well"
kill -CONT $standby
wait_for s.err 'does not name this journal as in step'
result $? "the standby does not take over"
kill $standby
wait $standby
[ ! -s s.out ]
result $? "and has said nothing"

# ---- a standby that comes late ----
# late OUTPUT STANDBYS [BYTES]: a primary that has snapshots, a standby that
# begins then, and the primary's death.  Outputs are files, or '' for a pipe
# each; the standby's has so many bytes of the primary's by then.
late() {
	anew j1 p.out s.out out.xst short.xst never
	feed never | exch-match -v --journal j1 --segment-size 1000000 \
		${1:+-o "$1"} 2>p.err >p.out &
	wait_for p.err 'snapshot at record'
	until ls j1/*.img >/dev/null 2>&1; do sleep 0.05; done
	sleep 0.2
	exch-match -v --standby j1 ${2:+-o "$2"} in.xst 2>s.err >s.out &
	standby=$!
	wait_for s.err 'following at record'
	[ -z "${3-}" ] || head -c "$3" "$1" >"$2"
	kill -9 "$(exch-match --journal j1 -o x.xst in.xst 2>&1 |
		sed -n 's/.*process \([0-9]*\) writes it/\1/p')"
	touch never
	wait $standby
}
late out.xst out.xst
result $? "a standby that came late takes over"
has s.err 'the snapshot at record [0-9]* is put back' "it began with a snapshot"
has s.err 'taken over at record' "took over"
ok "and gives the same output" cmp out.xst ref.xst
late '' ''
result $? "into a pipe"
! grep -q 'is put back' s.err
result $? "whose reader may lack what a snapshot stands for"
ok "both outputs together are the whole" \
	"$bin/tests/tools/takeovers" join ref.xst p.out s.out
late out.xst short.xst 1000000
result $? "an output that lacks what the snapshot stands for"
ok "is made again" cmp short.xst ref.xst

# ---- a reader that stands still ----
# still INPUT: a primary whose results nobody reads dies when nearly all that
# the command gives is in its journal; then its reader reads what the pipe has.
still() {
	anew j1 p.out s.out never
	[ -p still ] || mkfifo still
	{
		until [ -e never ]; do sleep 0.05; done
		cat
	} <still >p.out &
	$1 | exch-match -v --journal j1 2>p.err >still &
	primary=$!
	exch-match --standby j1 -v in.xst 2>s.err >s.out &
	standby=$!
	tries=0
	until [ "$(cat j1/*.xst 2>/dev/null | wc -c)" -gt 10000000 ] ||
		[ $tries -gt 1200 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	sleep 0.5
	kill -9 $primary
	touch never
	wait $standby
}
not_over() {
	cat in.xst
	until [ -e never ]; do sleep 0.05; done
}
still not_over
result $? "a standby takes over from a primary that nobody read"
has s.err 'taken over at record' "which it says"
ok "both outputs together are the whole" \
	"$bin/tests/tools/takeovers" join ref.xst p.out s.out
still 'cat in.xst'
result $? "and where the input was over"
has s.err 'taken over at record' "as results had not left"
ok "both outputs together are the whole" \
	"$bin/tests/tools/takeovers" join ref.xst p.out s.out

# ---- a state that differs ----
# differ WHAT: a pair with a line between that changes what the primary tells
# of its state; the standby's status into $status.
differ() {
	anew j1 j2 x.xst
	p=$(port)
	q=$(port)
	"$bin/tests/tools/relay" "127.0.0.1:$q" "127.0.0.1:$p" "$1" >said &
	relay=$!
	exch-match -q --standby "127.0.0.1:$q" --journal j2 2>s.err &
	standby=$!
	exch-match --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
		-o x.xst in.xst 2>p.err &
	primary=$!
	wait $standby
	status=$?
}
differ true
wait $primary
is "$?, $status" "0, 0" "states that are told and agree"
wait $relay
has said '^[2-9] comparisons' "were compared"
for what in hash output; do
	differ $what
	is $status 3 "another $what than the primary's: the standby stops"
	has s.err 'the state at record [0-9]* is not that of the primary, with' \
		"and says where"
	wait_for p.err 'the standby is gone: the state at record [0-9]* is not'
	result $? "the primary is told"
	kill $primary
	wait $primary
done

differ block
is $status 3 "a frame that is more than its block: the standby stops"
has s.err 'behind record 0: it is not one block of data$' "and says why"
kill $primary
wait $primary

# ---- a port that is not a primary's ----
for words in 'SSH-2.0-x' 'XJL1W' 'XJL1W...XXXXXXXX' ''; do
	anew j1 j2 x.xst
	p=$(port)
	"$bin/tests/tools/relay" "127.0.0.1:$p" - "$words" &
	relay=$!
	exch-match --standby "127.0.0.1:$p" --journal j2 2>s.err &
	standby=$!
	wait $relay
	exch-match -q --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
		-o x.xst in.xst
	wait $standby
	result $? "a standby whose port said '$words' follows the primary then"
	has s.err '; the journal here is whole up to record 0' "and told so" ||
		sed 's/^/# /' s.err
done

# ---- wrong usage ----
for args in "--serve :1" "--standby-sync wait" "--lease x" \
	"--standby j1 -f json" "--standby j1 --recover" "--standby j1 -j 2" \
	"--journal j1 --serve :1 --standby-sync 100" \
	"--journal j1 --serve :1 --standby-sync x" \
	"--journal j1 --serve :1 --lease x,1"; do
	# shellcheck disable=SC2086 # a list of options
	exits 2 "refused: $args" exch-match $args in.xst 2>/dev/null
done
exits 2 "refused: no address" \
	exch-match --journal j9 --standby nowhere 2>/dev/null
exits 2 "refused: no address, whatever is in the journal" \
	timeout 20 exch-match --journal j1 --standby nowhere 2>/dev/null
exits 2 "refused: an address and no journal" \
	timeout 20 exch-match --standby 127.0.0.1:9 2>err
has err 'needs --journal' "which is told"
finish
