#!/bin/sh
# exch-store killed at random moments: what is there is whole, what comes
# later continues it, no row is lost and none comes twice.  `make
# check-store-kills' does the same a hundred times.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
kills=${EXCH_KILLS:-8}
seed=${EXCH_SEED:-1}

exch-replay --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	--count 150000 "$src/data/sample.pcap.zst" | exch-match -o day.xst
result $? "a day"
began=$(date +%s%N)
exch-store --digest whole.db day.xst 2>digest
result $? "loaded without a disturbance"
took=$(($(date +%s%N) - began))

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

# Moments all over the time that a load takes.
awk -v n="$kills" -v seed="$seed" -v ns="$took" 'BEGIN {
	srand(seed)
	for (i = 0; i < n; i++)
		printf "%.3f\n", rand() * ns * 0.8 / 1e9
}' >moments
bad=0
wholes=0
rm -f kill.db kill.db-wal kill.db-shm
while read -r moment; do
	exch-store kill.db day.xst 2>err &
	pid=$!
	sleep "$moment"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ -e kill.db ] || continue
	# Before its first transaction it is an empty file.
	tables=$(sqlite3 kill.db "SELECT count(*) FROM sqlite_schema")
	[ "$tables" -gt 0 ] || continue
	exch-store verify -o verify kill.db 2>err || {
		bad=$((bad + 1))
		echo "# seed $seed, killed after $moment s:"
		sed 's/^/# /' err verify | head -n 8
	}
	if [ "$(sqlite3 kill.db "SELECT count(*) FROM streams
		WHERE status = 0")" -gt 0 ]; then
		wholes=$((wholes + 1))
		exch-store kill.db day.xst
		said kill.db >got
		cmp -s got want || bad=$((bad + 1))
		rm -f kill.db kill.db-wal kill.db-shm
	fi
done <moments
is "$bad" 0 "after each of $kills kills everything fits"
exch-store --digest kill.db day.xst 2>got
same got digest "loaded to its end"
exits 0 "everything fits" exch-store verify -o verify kill.db
said kill.db >got
same got want "the same rows as without a disturbance"
exch-replay --digest kill.db 2>got >/dev/null
same got digest "the same stream"
echo "# $kills kills, $wholes histories came to their end between them"
finish
