#!/bin/sh
# exch-store killed in the middle of loads: what is there is whole, what
# comes later continues it, no row is lost and none comes twice.  `make
# check-store-kills' does the same a hundred times.
#
# Where a load is killed depends on the seed and not on the machine: it reads
# a pipe, and is killed when so many bytes have gone through it, and some
# milliseconds later, so that the kills hit transactions, too.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
kills=${EXCH_KILLS:-8}
seed=${EXCH_SEED:-1}

exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 150000 "$src/data/sample.pcap.zst" | exch-match -o day.xst
result $? "a day"
exch-store --digest whole.db day.xst 2>digest
result $? "loaded without a disturbance"
size=$(wc -c <day.xst)
head -c $((size / 2)) day.xst >half.xst
exch-store half.db half.xst 2>err
total=$(sqlite3 whole.db "SELECT records FROM streams")
mkfifo stream.fifo told.fifo

# What a history says, whatever blocks and links it has.
said() {
	for t in streams orders acks executions trades cancels replaces \
		rejects misses expected entries accounts; do
		case $t in
		streams) cols="identity, records, status, digest" ;;
		*) cols="*" ;;
		esac
		sqlite3 "$1" "SELECT $cols FROM $t" | sha256sum
	done
}
said whole.db >want

# load_and_kill BYTES SECONDS: a load is killed so many seconds after so many
# bytes went into it; true when it ran until then.
load_and_kill() {
	exch-store kill.db <stream.fifo 2>err &
	pid=$!
	{
		head -c "$1"
		echo there >told.fifo
		cat
	} <day.xst >stream.fifo 2>/dev/null &
	feeder=$!
	read -r _ <told.fifo
	sleep "$2"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	status=$?
	wait $feeder 2>/dev/null
	[ $status -eq 137 ]
}

# records: those that are in the history, none before its first transaction.
records() {
	sqlite3 kill.db "SELECT records FROM streams" 2>/dev/null | grep . ||
		echo 0
}

# How far each load comes behind the one before, in four parts of what one
# of them adds if they share the stream evenly, and the milliseconds.
awk -v n="$kills" -v seed="$seed" 'BEGIN {
	srand(seed)
	for (i = 0; i < n; i++)
		printf "%.4f %.3f\n", rand() * 2, rand() * 0.02
}' >moments
bad=0
hits=0
wholes=0
at=0
while read -r part delay; do
	before=$(records)
	at=$(awk -v r="$before" -v t="$total" -v s="$size" -v n="$kills" \
		-v part="$part" 'BEGIN {
		at = s * (r / t + part * 2 / (n + 2))
		printf "%d", at < s * 0.98 ? at : s * 0.98
	}')
	load_and_kill "$at" "$delay" && hits=$((hits + 1))
	now=$(records)
	[ "$now" -ge "$before" ] || {
		bad=$((bad + 1))
		echo "# $before records were there, and $now are"
	}
	[ "$now" -gt 0 ] || continue
	exch-store verify -o verify kill.db 2>err || {
		bad=$((bad + 1))
		echo "# seed $seed, killed $delay s after byte $at:"
		sed 's/^/# /' err verify | head -n 8
	}
	# The last part of the stream is left to a load that nobody kills.
	if [ "$now" -gt $((total / 10 * 9)) ]; then
		wholes=$((wholes + 1))
		exch-store kill.db day.xst || bad=$((bad + 1))
		said kill.db >got
		cmp -s got want || bad=$((bad + 1))
		rm -f kill.db kill.db-wal kill.db-shm
	fi
done <moments
is "$bad" 0 "after each of $kills kills everything fits"
is "$((hits * 10 >= kills * 9))" 1 "nine of ten hit a load that ran" ||
	echo "# $hits did"
exch-store --digest kill.db day.xst 2>got
same got digest "loaded to its end"
exits 0 "everything fits" exch-store verify -o verify kill.db
said kill.db >got
same got want "the same rows as without a disturbance"
exch-replay --digest kill.db 2>got >/dev/null
same got digest "the same stream"
echo "# $hits of $kills kills hit a load, $wholes histories came to their end" \
	"between them"

# The other commands that write, killed after a part of the time they take.
#
# kill_in PART COMMAND...: true when it was killed before its end.
kill_in() {
	part=$1
	shift
	"$@" >out 2>err &
	pid=$!
	sleep "$(awk -v ns="$took" -v part="$part" 'BEGIN {
		printf "%.3f", part * ns / 1e9
	}')"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -eq 137 ]
}
name=$(sqlite3 whole.db "SELECT text FROM accounts LIMIT 1")
mkdir keep
for command in erase rebuild backup restore archive; do
	bad=0
	hits=0
	for part in time 0.05 0.2 0.4 0.6 0.8; do
		rm -f kill.db* keep/*
		cp whole.db kill.db
		case $command in
		erase) set -- erase kill.db "$name" ;;
		rebuild) set -- rebuild kill.db ;;
		backup) set -- backup whole.db kill.db && rm kill.db ;;
		restore) set -- restore kill.db half.db ;;
		archive) set -- archive -o keep/day.xst.zst kill.db ;;
		esac
		if [ $part = time ]; then
			began=$(date +%s%N)
			exch-store "$@" >out 2>err
			took=$(($(date +%s%N) - began))
			continue
		fi
		kill_in $part exch-store "$@" && hits=$((hits + 1))
		case $command in
		archive)
			# The file is there when it is whole.
			[ ! -e keep/day.xst.zst ] ||
				exch-replay -o out keep/day.xst.zst || bad=$((bad + 1))
			;;
		backup)
			# What is there can be written over.
			[ ! -e kill.db ] || exch-store verify -o out kill.db 2>err ||
				exch-store backup whole.db kill.db ||
				bad=$((bad + 1))
			;;
		esac
		[ -e kill.db ] || continue
		exch-store verify -o verify kill.db 2>err || {
			bad=$((bad + 1))
			sed 's/^/# /' err | head -n 5
		}
	done
	is "$bad" 0 "$command killed: all of it is done, or nothing"
	echo "# $hits of 5 were killed before their end"
done

finish
