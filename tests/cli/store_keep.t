#!/bin/sh
# exch-store: backups while it is written, archives and back, names taken
# away, tables made again.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

cat >day.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
09:30 ANNABELLA sell 100 @ 10.01
+1s BENVENUTO buy 60 @ 10.01
+1s ANNABELLA cancel 1
END
exch-replay day.txt | exch-match --digest -o day.xst 2>digest
exch-store day.db day.xst
result $? "a history"

# Erased.
exits 1 "a name that is not there" exch-store erase day.db CLARA
exits 0 "that leaves it as it was" exch-store verify -o verify day.db
grep -c ANNABELLA day.db >got
is "$(($(cat got) > 0))" 1 "a name is in the file"
ok "it is erased" exch-store erase -q day.db ANNABELLA
cat day.db day.db-wal 2>/dev/null | grep -c ANNABELLA >got
is "$(cat got)" 0 "and nowhere in the file"
exits 0 "the chain holds" exch-store verify -o verify day.db
has verify '^erased: 1 personal fields' "verify knows it"
is "$(sqlite3 day.db "SELECT group_concat(ifnull(text, '-')) FROM accounts")" \
	"-,BENVENUTO" "the other name stays"
is "$(sqlite3 day.db "SELECT kind, records FROM audit
	ORDER BY n DESC LIMIT 1")" "erase|1" "the chain tells it"
ok "the stream comes back without it" exch-replay -f json -o got day.db
is "$(grep -c ANNABELLA got) $(grep -c BENVENUTO got)" "0 1" "as it should"
ok "the file it came from changes nothing" exch-store day.db day.xst
cat day.db day.db-wal 2>/dev/null | grep -c ANNABELLA >got
is "$(cat got)" 0 "the name does not come back"
exits 0 "it still fits" exch-store verify -o verify day.db
sqlite3 day.db "UPDATE accounts SET text = 'ANNABELLA' WHERE text IS NULL"
exits 1 "written into a table it is found" \
	exch-store verify -o verify day.db 2>err
has err "table accounts, row .*: text is 'ANNABELLA', its record says NULL" \
	"and told"

# Tables made again.
ok "rebuild" exch-store rebuild day.db
exits 0 "makes it fit" exch-store verify -o verify day.db
sqlite3 day.db "DROP VIEW fills; DROP TABLE triggered; DELETE FROM orders;
	ALTER TABLE acks ADD COLUMN more; UPDATE words SET word = 'x'"
exits 1 "damage of any kind" exch-store verify -o verify day.db 2>err
ok "rebuild" exch-store rebuild day.db
exits 0 "undoes it" exch-store verify -o verify day.db
sqlite3 day.db "UPDATE words SET word = 'x' WHERE field = 'orders.side'"
exits 1 "a word that was changed is found" \
	exch-store verify -o verify day.db 2>err
has err "table words: orders.side 0 is 'x'" "and told"

# Erased while its load is not at its end: the digest is that of what comes.
{
	cat day.txt
	awk 'BEGIN { for (i = 0; i < 8000; i++)
		print "+1s BENVENUTO buy 1 @ 9." 10 + i % 80 }'
} >named.txt
exch-replay named.txt | exch-match --digest -o named.xst 2>want
head -c $(($(wc -c <named.xst) / 2)) named.xst >cut.xst
exits 3 "a load that is cut" exch-store erased.db cut.xst 2>err
ok "a name is erased meanwhile" exch-store erase -q erased.db BENVENUTO
ok "loading goes on" exch-store --digest erased.db named.xst 2>got
same got want "the digest is over the name"
is "$(sqlite3 erased.db "SELECT digest FROM streams")" "$(cat want)" \
	"in the history, too"
exits 0 "and everything fits" exch-store verify -o verify erased.db

# Archived, and back.
exch-replay --date 2026-01-05 --tz America/New_York --count 80000 \
	"$src/data/sample.pcap.zst" | exch-match --digest -o big.xst 2>digest
exch-store big.db big.xst
ok "archive" exch-store archive --digest big.db -o big.xst.zst 2>err
has err 'bytes of records in .* : 1$' "tells the ratio"
grep ^sha256: err >got
same got digest "and the digest"
exch-replay -f json big.xst >want
zstd -qdc big.xst.zst | exch-replay -f json >got
sed 1d want | grep -v '"t":"source"' >a
sed 1d got | grep -v '"t":"source"' >b
same b a "without our tools it is the stream"
ok "loaded" exch-store --digest back.db big.xst.zst 2>got
same got digest "it has its digest"
exch-store list big.db >a
exch-store list back.db >b
same b a "and its identity"
exits 3 "a stream that is cut" sh -c "head -c 3000000 big.xst |
	exch-store cut.db 2>/dev/null || exch-store archive cut.db -o cut.zst" \
	2>err
has err 'not complete when it was loaded' "is told"
exits 3 "and so is its archive" exch-replay -o /dev/null cut.zst 2>err

# Backups, of a history that is being loaded.
exch-store load.db big.xst &
pid=$!
n=0
bad=0
while kill -0 $pid 2>/dev/null && [ $n -lt 40 ]; do
	rm -f copy.db
	# Before its first transaction there is nothing to copy.
	if exch-store backup load.db copy.db 2>err; then
		n=$((n + 1))
		exch-store verify -o verify copy.db 2>>err || bad=$((bad + 1))
	fi
done
wait $pid
result $? "the load was not disturbed"
is "$bad" 0 "each of its backups fits" || sed 's/^/# /' err
echo "# $n backups were made while it was loaded"
rm -f copy.db
ok "a backup of the whole" exch-store backup load.db copy.db
exch-replay --digest copy.db 2>got >/dev/null
same got digest "is the whole"
exits 3 "a second one into the same file" exch-store backup load.db copy.db 2>err
has err 'a database is there already' "is refused"
cp big.db old.db
ok "restored over another history" exch-store restore day.db copy.db
exch-replay --digest day.db 2>got >/dev/null
same got digest "it is the one restored"
ok "restored where nothing was" exch-store restore new.db copy.db
exits 0 "it fits" exch-store verify -o verify new.db
sqlite3 foreign.db "CREATE TABLE t (a)"
exits 3 "over another program's database" \
	exch-store restore foreign.db copy.db 2>err
exits 3 "from another program's database" \
	exch-store restore new2.db foreign.db 2>err
exits 3 "from nothing" exch-store restore new2.db none.db 2>err
exits 2 "from where?" exch-store restore new2.db 2>err
# Who reads keeps the pages as they were: it is said, and done when he ends.
exch-store read.db named.xst
mkfifo reader
sqlite3 read.db <reader >/dev/null &
reading=$!
exec 3>reader
echo "BEGIN; SELECT count(*) FROM streams;" >&3
printf 'SELECT 1;\n.shell touch begun\n' >&3
while [ ! -e begun ]; do sleep 0.1; done
exits 4 "a name is erased while somebody reads" \
	exch-store erase read.db BENVENUTO 2>err
has err '1 fields were erased' "it is erased"
has err 'stays in its log, read.db-wal, until he has ended' "and where not yet"
echo "COMMIT;" >&3
exec 3>&-
wait "$reading"
exits 1 "again, when nobody reads" exch-store erase read.db BENVENUTO 2>err
! cat read.db* | grep -q BENVENUTO
result $? "now it is nowhere"
exits 2 "erase whom?" exch-store erase day.db 2>err

finish
