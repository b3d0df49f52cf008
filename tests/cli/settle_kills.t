#!/bin/sh
# exch-settle killed in the middle of two days that follow each other: a file
# that it writes is there whole or is not touched, the same command again gives
# the bytes of a run that nobody disturbed, and a history behind it goes on
# where it was.  `make check-settle-kills' does the same a hundred times.
#
# Where a run is killed depends on the seed and not on the machine: it reads a
# pipe, and is killed when so many bytes have gone through it, and some
# milliseconds later.  A third of the kills come when all has been read, since
# that is when days end and settle.  One that comes too late is not counted, and
# another one is tried.
# shellcheck disable=SC2086 # options are words, and days and models numbers
. "${srcdir:-.}/tests/cli/lib.sh"

kills=${EXCH_KILLS:-6}
seed=${EXCH_SEED:-1}

# Two days of fifty accounts, of whom ten have something to deliver.
for day in 1 2; do
	exch-replay --date 2026-01-0$((day + 4)) --tz America/New_York \
		--accounts zipf:50 --count 30000 "$src/data/sample.pcap.zst" |
		exch-match -q -o $day.xst
	result $? "day $day"
done
size=$(wc -c <1.xst)
echo account,symbol,quantity,price >had.csv
exch-replay -q -f csv --type instrument 1.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ for (a = 1; a <= 10; a++) print a "," $at["symbol"] ",300,1.00" }' \
	>>had.csv

# model NUMBER: options of the first day and of the second.
model() {
	case $1 in
	3) set -- 3 "--need securities" ;;
	1) set -- 1 "--need securities" ;;
	2) set -- 2 "--need securities --bilateral" ;;
	esac
	first="-q -m $1 --opening had.csv --seed 7 $2"
	second="-q -m $1 --until settled --seed 7 $2"
}

# settle DAY FROM [OPTION...]: FROM is the output of the first day.
settle() {
	day=$1
	from=$2
	shift 2
	case $day in
	1) exch-settle $first "$@" ;;
	*) exch-settle $second --from "$from" "$@" ;;
	esac
}

for m in 3 1 2; do
	model $m
	settle 1 - -o want$m.1 1.xst
	result $? "model $m, the first day"
	# Some of the last day is open at its end: nobody has that much.
	settle 2 want$m.1 -o want$m.2 2.xst
	result $? "and the second one"
done
ok "something failed" test \
	"$(exch-replay -q -f csv --type fail want3.2 | wc -l)" -gt 100
ok "and is carried on" test \
	"$(exch-replay -q -f csv --type net want3.1 | wc -l)" -gt 100
[ $tap_bad -eq 0 ] || finish

mkfifo stream.fifo told.fifo

# feed DAY BYTES SECONDS: through the pipe, and the kill of $pid; true when it
# ran until then.
feed() {
	{
		head -c "$2"
		echo there >told.fifo
		cat
	} <"$1.xst" >stream.fifo 2>/dev/null &
	feeder=$!
	read -r _ <told.fifo
	sleep "$3"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	status=$?
	wait $feeder 2>/dev/null
	[ $status -eq 137 ]
}

# ---- into a file ----

# kill_file DAY FROM BYTES SECONDS: $had is what is there before, or nothing.
kill_file() {
	# Not by settle(), so that it is the tool that is killed.
	case $1 in
	1) exch-settle $first -o kill.xst <stream.fifo 2>err & ;;
	*) exch-settle $second --from "$2" -o kill.xst <stream.fifo 2>err & ;;
	esac
	pid=$!
	feed "$1" "$3" "$4" && hits=$((hits + 1))
	if [ -e kill.xst ]; then
		cmp -s kill.xst want$m.$1 ||
			{ [ -n "$had" ] && cmp -s kill.xst "$had"; }
	else
		[ -z "$had" ]
	fi || {
		bad=$((bad + 1))
		echo "# model $m, day $1, killed $4 s after byte $3:" \
			"what is there is neither old nor whole"
	}
	# What was begun lies beside it and is in nobody's way.
	settle "$1" "$2" -o kill.xst "$1.xst" || bad=$((bad + 1))
	cmp kill.xst want$m.$1 || bad=$((bad + 1))
}

awk -v n="$kills" -v seed="$seed" -v size="$size" 'BEGIN {
	srand(seed)
	split("3 1 2", model, " ")
	for (i = 0; i < 4 * n; i++)
		printf "%d %d %d %.3f %d\n", model[i % 3 + 1], i % 2 + 1,
		    rand() < 0.33 ? size : rand() * size, rand() * 0.02,
		    rand() < 0.5
}' >moments
bad=0
hits=0
tries=0
while read -r m day at delay old; do
	[ "$hits" -lt "$kills" ] || break
	tries=$((tries + 1))
	model "$m"
	rm -f kill.xst
	had=
	[ "$old" = 0 ] || {
		echo precious >precious
		cp precious kill.xst
		had=precious
	}
	# The second day goes on from what a first one that was killed became.
	if [ "$day" = 2 ]; then
		settle 1 - -o again.1 1.xst || bad=$((bad + 1))
		kill_file 2 again.1 "$at" "$delay"
	else
		kill_file 1 - "$at" "$delay"
		mv kill.xst again.1
		settle 2 again.1 -o kill.xst 2.xst
		cmp kill.xst want$m.2 || bad=$((bad + 1))
	fi
done <moments
is "$bad" 0 "after each kill: old or whole, and then the same bytes" ||
	echo "# seed $seed"
is "$hits" "$kills" "so many hit a run that wrote a file"
echo "# $tries were tried"

# ---- into a history ----

if command -v sqlite3 >/dev/null; then
	# What a history says, whatever blocks and links it has.
	said() {
		exch-replay --stream "$2" --digest -o /dev/null "$1" 2>&1
		for t in trades executions obligations nets cash_nets postings \
			fails balances; do
			sqlite3 "$1" "SELECT * FROM $t" | sha256sum
		done
	}
	for m in 3 1; do
		exch-store -q whole$m.db want$m.1
		exch-store -q whole$m.db want$m.2
		{
			said whole$m.db 1
			said whole$m.db 2
		} >want$m.said
	done

	# kill_pipe DAY FROM BYTES SECONDS: the history is told of the cut.
	kill_pipe() {
		rm -f pipe.fifo
		mkfifo pipe.fifo
		exch-store -q kill.db <pipe.fifo 2>err &
		store=$!
			case $1 in
		1) exch-settle $first <stream.fifo >pipe.fifo 2>err2 & ;;
		*) exch-settle $second --from "$2" <stream.fifo >pipe.fifo 2>err2 & ;;
		esac
		pid=$!
		if feed "$1" "$3" "$4"; then
			hits=$((hits + 1))
			wait $store
			[ $? -eq 3 ] || bad=$((bad + 1))
		else
			wait $store || bad=$((bad + 1))
		fi
		exch-store verify -o verify kill.db 2>err || {
			# It may have been killed before it had written anything.
			[ ! -e kill.db ] || grep -q 'no table\|empty\|not a' err ||
				bad=$((bad + 1))
		}
	}

	awk -v n="$kills" -v seed="$seed" -v size="$size" 'BEGIN {
		srand(seed + 1)
		for (i = 0; i < 2 * n; i++)
			printf "%d %d %.3f %d %.3f\n", i % 2 ? 1 : 3,
			    rand() * size, rand() * 0.02,
			    rand() < 0.5 ? size : rand() * size, rand() * 0.02
	}' >moments
	bad=0
	hits=0
	tries=0
	while read -r m at delay at2 delay2; do
		[ "$hits" -lt "$kills" ] || break
		tries=$((tries + 2))
		model "$m"
		rm -f kill.db*
		kill_pipe 1 - "$at" "$delay"
		settle 1 - 1.xst | exch-store -q kill.db || bad=$((bad + 1))
		kill_pipe 2 want$m.1 "$at2" "$delay2"
		settle 2 want$m.1 2.xst | exch-store -q kill.db ||
			bad=$((bad + 1))
		exch-store verify -o verify kill.db || bad=$((bad + 1))
		{
			said kill.db 1
			said kill.db 2
		} >got
		cmp got want$m.said || bad=$((bad + 1))
	done <moments
	is "$bad" 0 "the pipe started anew: a history with all rows, none twice" ||
		echo "# seed $seed"
	is "$((hits >= kills))" 1 "so many hit a run before a history"
	echo "# $tries were tried"
else
	skip "a history" "sqlite3 is not installed"
fi

# ---- other ends ----

model 3
echo precious >full.xst
if [ -c /dev/full ]; then
	exits 4 "a full disk" settle 1 - -o /dev/full 1.xst 2>err
	has err "^exch-settle: .*No space left on device" "is told"
	is "$(wc -l <err | tr -d ' ')" 1 "once"
else
	skip "a full disk" "there is no /dev/full"
fi
for day in 1 2; do
	status=0
	(
		trap '' XFSZ
		ulimit -f 64
		settle $day want3.1 -o full.xst $day.xst 2>err
	) || status=$?
	is $status 4 "a file that is too large, day $day"
	has err "^exch-settle: full.xst: .*File too large" "is told"
	is "$(cat full.xst)" precious "and the old one is there"
	set -- .full.xst.*
	[ ! -e "$1" ]
	result $? "and nothing beside it"
	settle $day want3.1 -o full.xst $day.xst && cmp -s full.xst want3.$day
	result $? "with room it comes out as it should"
	echo precious >full.xst
	(settle $day want3.1 $day.xst | head -c 10 >part) 2>err
	is "$(cat err)" "" "a closed pipe: silent"
	head -c $((size / 2)) $day.xst >cut.xst
	exits 3 "an input that is cut" settle $day want3.1 -o cut.out cut.xst \
		2>err
	is "$(exch-replay -q --partial -f csv --type balance cut.out | tail -n +2)" \
		"" "settles nothing"
done
head -c $(($(wc -c <want3.1) - 5000)) want3.1 >cut.1
exits 3 "and a day cannot go on from one that was cut" settle 2 cut.1 \
	-o no.xst 2.xst 2>err
has err "^exch-settle: cut.1:.*end block" "which is told"
[ ! -e no.xst ]
result $? "and nothing is written"

finish
