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

# An index that another program builds, between a look for it and its making.
sqlite3 day.db "DROP INDEX acks_order"
(
	echo "BEGIN IMMEDIATE; CREATE INDEX acks_order ON acks (order_id);"
	cat go.fifo
	echo "COMMIT;"
) | sqlite3 day.db &
pid=$!
exec 9>go.fifo
sleep 1
exch-store day.db day.xst 2>err 9>&- &
load=$!
sleep 1
exec 9>&-
wait $pid
wait $load
is $? 0 "an index that another program has built meanwhile is there" ||
	sed 's/^/# /' err
is "$(sqlite3 day.db "SELECT count(*) FROM sqlite_schema
	WHERE name = 'acks_order'")" 1 "it was"

# Two loads of one stream at once.  One of them has seen its end before the
# other brought more: it must not put its own end behind what it did not see.
head -c $(($(wc -c <day.xst) / 2)) day.xst >half.xst
exch-store race.db half.xst 2>err
sqlite3 race.db "UPDATE streams SET status = NULL, tail = NULL, digest = NULL"
exch-store race.db <go.fifo 2>err &
pid=$!
exec 9>go.fifo
cat half.xst >&9
sleep 1
ok "the whole stream, while another program loads its half" \
	exch-store race.db day.xst
exec 9>&-
wait $pid
is $? 4 "the half comes to its end later"
has err 'another program loads the same stream' "is told"
exits 0 "everything fits" exch-store verify -o verify race.db
exch-replay --digest race.db 2>got >/dev/null
same got digest "it is the whole stream"

# Two that begin at once: one is refused, or finds what the other has stored.
for k in 1 2 3; do
	rm -f race.db race.db-wal race.db-shm
	exch-store race.db day.xst 2>err.1 &
	pid=$!
	exch-store race.db day.xst 2>err.2
	code=$?
	wait $pid
	echo "$? $code" >codes
	has codes '^0 0$\|^0 4$\|^4 0$' "two at once, $k" ||
		sed 's/^/# /' err.1 err.2
	exits 0 "they fit" exch-store verify -o verify race.db
	exch-replay --digest race.db 2>got >/dev/null
	same got digest "the whole stream"
done

# Names that mean something to SQL, end early, or are no text at all.
cat >names.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
+1s BEN buy 60 @ 10.01
+1s CIA buy 10 @ 9.99
+1s DAN buy 10 @ 9.98
END
cat >names.sed <<'END'
/"t":"account"/{
s/"ANN"/"x'); DROP TABLE orders; --\\""/
s/"BEN"/"be\\u0000nn"/
s/"CIA"/"\\udcff\\udcfe%s%n"/
s/"DAN"/"Ünä"/
}
s/"order":"1"/"order":"9223372036854775808"/
s/"sell":"1"/"sell":"9223372036854775808"/
END
exch-replay names.txt | exch-match -f json | sed -f names.sed >names.json
exch-replay --digest names.json 2>names.digest >names.xst
result $? "a stream of hostile names, and an id of 2^63"
ok "it is loaded" exch-store --digest names.db names.json 2>got
same got names.digest "with its digest"
exits 0 "and fits" exch-store verify -o verify names.db
exch-replay --digest names.db 2>got >names.xst
same got names.digest "it comes back"
is "$(sqlite3 names.db "SELECT group_concat(hex(text)) FROM accounts")" \
	"7827293B2044524F50205441424C45206F72646572733B202D2D22,6265006E6E,FFFE2573256E,C39C6EC3A4" \
	"names are what they were"
is "$(sqlite3 names.db "SELECT DISTINCT order_id FROM asked
	WHERE order_id LIKE '9223%'")" 9223372036854775808 "the id is whole"
ok "a name in SQL is erased" \
	exch-store erase -q names.db "x'); DROP TABLE orders; --\""
ok "one that is no text" \
	exch-store erase -q names.db "$(printf '\377\376%%s%%n')"
exits 1 "one that ends early is another" exch-store erase -q names.db be
exits 2 "nobody has no name" exch-store erase -q names.db ''
exits 0 "everything fits" exch-store verify -o verify names.db
is "$(sqlite3 names.db "SELECT group_concat(hex(text))
	FROM (SELECT text FROM accounts ORDER BY id)")" \
	",6265006E6E,,C39C6EC3A4" "two are gone"

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
