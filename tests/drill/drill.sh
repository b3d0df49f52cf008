#!/bin/sh
# make drill: a disaster, practised.  A day goes through exch-match with a
# journal and a synchronous standby; primary and standby are killed at random
# moments, and a copy of the journal is taken meanwhile.  Then everything is
# killed at once, and the day is gone on with in each of the ways there are:
#
#	primary		its own journal and output, the command given again
#	standby		the standby's journal, by hand
#	backup+tail	in an empty directory: the copy, and the segments that
#			were written since
#	backup		in an empty directory: the copy alone
#
# Run in the build directory.  Prints a row for each: records of input that
# its journal had, how long it took to match them again, results that had
# been released and are not in it (which the input has to give again), and
# whether the day ended as that of an undisturbed run, by its digest.  Exits
# with 1 when one did not, or when something is lost where nothing may be.
#
# From the environment:
#	DRILL_SEED	of the kills			(1)
#	DRILL_KILLS	before the disaster		(3)
#	DRILL_MESSAGES	of the day			(200000)
#	DRILL_SECONDS	that the day takes		(10)
#	DRILL_DAMAGE	yes: a byte of the copy is changed, which has to be
#			noticed				(no)
#	DRILL_DIR	where to work	(a directory under TMPDIR)
set -u
export LC_ALL=C TZ=UTC0
bin=$(pwd)
seed=${DRILL_SEED-1}
kills=${DRILL_KILLS-3}
dir=${DRILL_DIR-$(mktemp -d "${TMPDIR:-/tmp}/exch-drill.XXXXXX")}
PATH=$bin:$PATH
pieces=100
bad=0

mkdir -p "$dir" && cd "$dir" || exit 4
running=
# shellcheck disable=SC2317 # called by the trap
finish() {
	touch stop
	for p in $running; do kill -9 "$p" 2>/dev/null; done
	wait 2>/dev/null
	[ -n "${DRILL_DIR-}" ] || { cd / && rm -rf "$dir"; }
}
trap finish EXIT
trap 'exit 4' HUP INT TERM

fail() {
	echo "drill: $*"
	exit 1
}

# random N: into $r, a number below N.
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	r=$((seed / 65536 % $1))
}

# ---- the day, at its pace ----

"$bin/data/gen-sample" --messages "${DRILL_MESSAGES-200000}" 2>gen.err |
	exch-replay -q --date 2026-01-05 --tz America/New_York -o day.xst ||
	exit 4
exch-match -q --digest -o ref.xst day.xst 2>ref.digest || exit 4
bytes=$(wc -c <day.xst)
size=$((bytes / pieces + 1))
step=$(awk "BEGIN { print ${DRILL_SECONDS-10} / $pieces }")

# Piece I of the input has come when due/I is there.  The day does not go on
# beyond the piece in the file "upto", however long a takeover may last.
clock() {
	i=0
	while [ $i -lt $pieces ] && [ ! -e stop ]; do
		read -r to <upto
		if [ $i -lt "$to" ]; then
			: >due/$i
			i=$((i + 1))
		fi
		sleep "$step"
	done
}

# The input as far as it has come.
feed() {
	i=0
	while [ $i -lt $pieces ]; do
		until [ -e due/$i ]; do
			[ ! -e stop ] || return
			sleep 0.02
		done
		dd if=day.xst bs=$size skip=$i count=1 2>/dev/null || return
		i=$((i + 1))
	done
}

# ---- two runs ----

# wait_for FILE WORDS: until they are said; after how many ms into $ms.
wait_for() {
	ms=$("$bin/tests/tools/takeovers" until "$1" "$2") ||
		fail "'$2' was not said: $(tail -n 3 "$1")"
}

# start N [PORT]: run number N, the standby of the one at PORT; into $pid,
# where it serves into $port.
start() {
	port=$("$bin/tests/tools/takeovers" port)
	mkfifo "in.$1"
	exch-match -v --journal "j$1" --segment-size 500000 --lease lease,2000 \
		--serve "127.0.0.1:$port" --standby-sync wait \
		${2:+--standby "127.0.0.1:$2"} -o out.xst \
		<"in.$1" 2>>"err.$1" &
	pid=$!
	running="$running $pid"
	feed >"in.$1" 2>/dev/null &
}

# The primary is number $p at $p_port, its standby number $s.
new_standby() {
	s=$n
	n=$((n + 1))
	: >err.$p
	start $s "$p_port"
	s_pid=$pid s_port=$port
	wait_for err.$p 'in step'
}

kill_primary() {
	kill -9 "$p_pid"
	wait "$p_pid" 2>/dev/null
	wait_for err.$s 'taken over'
	at=$(sed -n 's/.*taken over at record \([0-9]*\),.*/\1/p' err.$s)
	printf '%-12s %10s %12s %10s  %s\n' takeover "$at" "$ms" - -
	p=$s p_pid=$s_pid p_port=$s_port
	new_standby
}

kill_standby() {
	kill -9 "$s_pid"
	wait "$s_pid" 2>/dev/null
	new_standby
}

# A part of the day begins; returns at a moment in its first half.
some_time() {
	random $((part / 2))
	moment=$((upto + 1 + r))
	upto=$((upto + part))
	echo $upto >upto.new && mv upto.new upto
	until [ -e due/$moment ]; do sleep 0.01; done
}

# ---- the ways back ----

# records DIR: of input in a journal; fails where it is damaged.
records() {
	exch-match -q --recover --check "$1" >check 2>err &&
		sed -n 's/^\([0-9]*\) records, the input.*/\1/p' check
}

# results FILE: in a stream that may have been cut.
results() {
	exch-replay -q --partial --digest -o /dev/null "$1" 2>&1 |
		sed -n 's/^sha256:[0-9a-f]* //p'
}

# back NAME JOURNAL OUTPUT MAY_LOSE: go on with a journal, and a row of it.
back() {
	had=$(records "$2") || {
		echo "drill: $1: $(cat err)"
		bad=1
		return
	}
	exch-match -q --recover -o made.xst "$2" 2>err
	lost=$((released - $(results made.xst)))
	[ "$lost" -gt 0 ] || lost=0
	exch-match --digest --journal "$2" --segment-size 500000 -o "$3" \
		day.xst 2>err
	ms=$(sed -n 's/.*matched again in \([0-9.]*\) ms.*/\1/p' err)
	equal=no
	grep '^sha256:' err | cmp -s - ref.digest && cmp -s "$3" ref.xst &&
		equal=yes
	[ $equal = yes ] && { [ "$lost" -eq 0 ] || [ "$4" = yes ]; } || bad=1
	printf '%-12s %10s %12s %10s  %s\n' "$1" "$had" "$ms" "$lost" $equal
}

# The segments written since a copy: those from its last one on.
add_tail() {
	last=$(find "$1" -name '0*.xst' | sort | tail -n 1)
	last=$(basename "$last" .xst)
	for f in "$2"/0*.xst*; do
		[ "$(basename "$f" | sed 's/\..*//')" -lt "$last" ] ||
			cp "$f" "$1"
	done
	rm -f "$1/lock" "$1/.next"
	for f in "$1"/0*.xst.zst; do
		[ ! -e "$f" ] || rm -f "${f%.zst}"
	done
}

# ---- the drill ----

mkdir due
part=$((pieces / (kills + 4)))
upto=$part
echo $upto >upto
clock &
printf '%-12s %10s %12s %10s  %s\n' what records "back in ms" \
	lost equal
start 0
p=0 p_pid=$pid p_port=$port n=1
new_standby
i=0
while [ $i -lt "$kills" ]; do
	some_time
	random 3
	if [ $r -eq 0 ]; then kill_standby; else kill_primary; fi
	i=$((i + 1))
done
some_time
cp -R j$p backup
some_time
kill -9 "$p_pid" "$s_pid"
wait "$p_pid" "$s_pid" 2>/dev/null
touch stop

released=$(results out.xst)
if [ "${DRILL_DAMAGE-no}" = yes ]; then
	f=$(find backup -name '0*.xst*' | sort | head -n 1)
	printf X | dd of="$f" bs=1 seek=20000 conv=notrunc 2>/dev/null
fi
cp -R backup empty
cp -R backup empty2
add_tail empty j$p
cp out.xst out.p
cp out.xst out.s
back primary j$p out.p no
back standby j$s out.s no
back backup+tail empty out.t no
back backup empty2 out.b yes
[ $bad -eq 0 ] || fail "the day did not end as it should"
exit 0
