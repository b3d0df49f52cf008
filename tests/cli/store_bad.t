#!/bin/sh
# exch-store where the system refuses: a database that is locked, read-only
# or on a full disk, and one whose bytes are not what they were.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

exch-replay --date 2026-01-05 --tz America/New_York --count 40000 \
	"$src/data/sample.pcap.zst" | exch-match --digest -o day.xst 2>digest
exch-store day.db day.xst
result $? "a history"

# Locked: another program is in a transaction for longer than we wait.
rm -f go.fifo done.fifo
mkfifo go.fifo
(
	echo "BEGIN IMMEDIATE;"
	cat go.fifo
) | sqlite3 day.db &
pid=$!
exec 9>go.fifo
sleep 1
exits 4 "locked" exch-store --label other day.db day.xst 2>err
has err 'locked: another program writes it' "is told"
exits 0 "it can be read meanwhile" exch-report -o /dev/null summary day.db
exits 0 "and verified" exch-store verify -o verify day.db
exec 9>&-
wait $pid
ok "afterwards it is loaded" exch-store --label other day.db day.xst

# Read-only: the file, and the directory it is in.
mkdir ro
cp day.db ro/day.db
chmod 444 ro/day.db
chmod 555 ro
if [ "$(id -u)" -eq 0 ]; then
	skip "a file that may not be written" "root may write it"
else
	exits 4 "a file that may not be written" \
		exch-store --label x ro/day.db day.xst 2>err
fi
chmod 755 ro

# A full disk, of the size of the file that may be written.
for blocks in 8 64 512 4096; do
	rm -f full.db full.db-wal full.db-shm
	(
		ulimit -f $blocks
		trap '' XFSZ
		exch-store full.db day.xst
	) 2>err
	is $? 4 "no more than $blocks blocks"
	has err 'full.db: ' "is told"
	ok "with space it is loaded" exch-store --digest full.db day.xst 2>got
	same got digest "to its end"
	exits 0 "and fits" exch-store verify -o verify full.db
done

# Any byte of the file: a diagnosis, never a crash, and never other records.
size=$(wc -c <full.db)
bad=0
for k in $(seq 1 "${EXCH_FLIPS:-25}"); do
	at=$((k * 1048583 % size))
	cp full.db bad.db
	printf '\377\000\252' | dd of=bad.db bs=1 seek=$at conv=notrunc 2>/dev/null
	exch-replay --digest bad.db 2>got >/dev/null
	code=$?
	case $code in
	0) grep -q "$(cat digest)" got || bad=$((bad + 1)) ;;
	2 | 3 | 4) ;;
	*) bad=$((bad + 1)) ;;
	esac
	exch-store verify -o verify bad.db 2>err
	[ $? -le 4 ] || bad=$((bad + 1))
	exch-store bad.db day.xst 2>err
	[ $? -le 4 ] || bad=$((bad + 1))
done
is "$bad" 0 "damaged anywhere it is told, or harmless"
for cut in 10 100 1000 16384 100000; do
	head -c $cut full.db >bad.db
	exch-replay bad.db >/dev/null 2>err
	is $? 3 "cut after $cut bytes"
done

finish
