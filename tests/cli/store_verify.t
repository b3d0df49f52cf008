#!/bin/sh
# exch-store verify: whatever is changed in a history is found and named.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

cat >day.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
+1s BEN buy 60 @ 10.01
+1s CIA buy 10 @ 9.99 stop 10.00
+1s BEN buy 70 @ 10.01
END
exch-replay day.txt | exch-match -o day.xst
exch-store good.db day.xst
exits 0 "a history fits" exch-store verify -o verify good.db
tip=$(sed -n 's/^chain: //p' verify)
is "$tip" "$(sqlite3 good.db 'SELECT chain FROM audit ORDER BY n DESC LIMIT 1')" \
	"the tip of the chain"

# A tip that was noted: what comes later does not change that it is there.
cp good.db grown.db
exits 0 "the tip that was noted" exch-store verify --tip "$tip" -o verify good.db
has verify '^noted: link 3 of 3$' "is the last link"
exch-store --label more grown.db day.xst
exits 0 "with more behind it" exch-store verify --tip "$tip" -o verify grown.db
has verify '^noted: link 3 of 6$' "it is a link"
grown=$(sqlite3 grown.db 'SELECT chain FROM audit ORDER BY n DESC LIMIT 1')
sqlite3 grown.db "DROP TRIGGER audit_keeps;
	DELETE FROM blocks WHERE block > 3; DELETE FROM personal WHERE block > 3;
	DELETE FROM audit WHERE n > 3; DELETE FROM streams WHERE stream > 1;
	$(sqlite3 good.db "SELECT sql FROM sqlite_schema
		WHERE name = 'audit_keeps'")"
for t in $(sqlite3 grown.db "SELECT name FROM sqlite_schema WHERE type = 'table'
	AND sql LIKE '%(id INTEGER%'"); do
	sqlite3 grown.db "DELETE FROM $t WHERE id >> 40 > 1"
done
exits 0 "cut at a link it fits by itself" \
	exch-store verify -o verify grown.db 2>err || sed 's/^/# /' err
exits 1 "with what was noted it does not" \
	exch-store verify --tip "$grown" -o verify grown.db 2>err
has err 'the tip that was noted is none of its 3 links' "is told"
exits 2 "no hash" exch-store verify --tip 12 good.db 2>err

# damaged NAME PATTERN SQL: the fault is found.
damaged() {
	cp good.db bad.db
	sqlite3 bad.db "$3" >/dev/null || result 1 "$1: could not be made"
	exits 1 "$1" exch-store verify -o verify bad.db 2>err
	has err "$2" "$1: what it is" || head -n 5 err | sed 's/^/# /'
	has verify '^DAMAGED$' "$1: in words"
}

# Every table that has rows: a value changed, a row gone, a row too many.
tables=$(sqlite3 good.db "SELECT name FROM sqlite_schema WHERE type = 'table'
	AND name NOT IN ('streams', 'audit', 'blocks', 'personal', 'words')")
for t in $tables; do
	[ "$(sqlite3 good.db "SELECT count(*) FROM $t")" -gt 0 ] || continue
	echo "$t" >>full
	last=$(sqlite3 good.db "SELECT name FROM pragma_table_info('$t')
		ORDER BY cid DESC LIMIT 1")
	damaged "$t: a value" "table $t, row [0-9]*: $last is 'other'" \
		"UPDATE $t SET $last = 'other'
			WHERE id = (SELECT min(id) FROM $t)"
	damaged "$t: a row gone" "table $t, row [0-9]*: it is missing" \
		"DELETE FROM $t WHERE id = (SELECT max(id) FROM $t)"
	damaged "$t: a row too many" "table $t, row [0-9]*: no record made it" \
		"CREATE TEMP TABLE x AS SELECT * FROM $t LIMIT 1;
		UPDATE x SET id = (SELECT max(id) FROM $t) + 1;
		INSERT INTO $t SELECT * FROM x"
done
is "$(tr '\n' ' ' <full)" \
	"entries sources instruments accounts orders acks rejects executions " \
	"the tables that were damaged"
damaged "a row of no stream" "table orders: 1 rows are of no stream" \
	"INSERT INTO orders (id) VALUES (7)"

# The chain.
for t in UPDATE DELETE; do
	case $t in
	UPDATE) sql="UPDATE audit SET records = 7 WHERE n = 2" ;;
	*) sql="DELETE FROM audit WHERE n = 2" ;;
	esac
	sqlite3 good.db "$sql" 2>err
	is $? 19 "$t of the chain is refused" ||
		sed 's/^/# /' err
done
open='DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps'
damaged "triggers gone" "schema: audit_stays is missing" "$open"
for column in stream kind position records bytes content note; do
	for value in "'$column'" 77; do
	damaged "a link: $column" "chain: link 2 is not what it was" \
		"$open; UPDATE audit SET $column = $value WHERE n = 2"
	done
done
# Values that read as what was there, and that SQL tells from it.
for value in "stream = stream + (1 << 32)" "kind = kind || char(0)" \
	"kind = CAST(kind AS BLOB)" "content = content || 'x'" \
	"content = CAST(content AS BLOB)" "note = note || char(0) || 'x'" \
	"note = CAST(note AS BLOB)" "chain = chain || char(0)" \
	"chain = chain || 'x'"; do
	damaged "a link: $value" "chain: link 2 is not what it was" \
		"$open; UPDATE audit SET $value WHERE n = 2"
done
damaged "a link gone" "chain: link 2 is missing, 3 follows" \
	"$open; DELETE FROM audit WHERE n = 2"
damaged "the chain's hash" "chain: link 3 is not what it was" \
	"$open; UPDATE audit SET chain = upper(chain) WHERE n = 3"

# Blocks.
damaged "a block changed" "a block of stream 1 is damaged" \
	"UPDATE blocks SET zstd = substr(zstd, 1, 40) || x'00' ||
		substr(zstd, 42) WHERE block = 2"
damaged "a block gone" "a block of stream 1 is damaged: it is not there" \
	"DELETE FROM blocks"
damaged "a block too many" "1 blocks have no link" \
	"INSERT INTO blocks VALUES (99, x'00')"
damaged "the head" "stream 1: its head block is not what it was" \
	"UPDATE streams SET head = CAST(head || x'00' AS BLOB)"
damaged "the head is text" "stream 1: its head block is not what it was" \
	"UPDATE streams SET head = head || ''"
damaged "the tail" "stream 1: its end block is not what it was" \
	"UPDATE streams SET tail = CAST(tail || x'00' AS BLOB)"
damaged "no tail" "stream 1: its end block is not what it was" \
	"UPDATE streams SET tail = NULL"
for column in identity label date start status settings; do
	damaged "the stream's $column" "stream 1: its $column is not" \
		"UPDATE streams SET $column = 7"
done
damaged "the digest" "stream 1: its digest is another" \
	"UPDATE streams SET digest = 'sha256:0 7'"
damaged "no digest" "stream 1: its digest is not what it was" \
	"UPDATE streams SET digest = NULL"
damaged "names that nobody erased" \
	"personal fields are missing that nobody erased" \
	"UPDATE personal SET salt = NULL, bytes = NULL;
	UPDATE accounts SET text = NULL"
damaged "names as text" "personal field of block 2 at byte" \
	"UPDATE personal SET bytes = CAST(bytes AS TEXT)"
damaged "a salt gone" "personal field of block 2 at byte" \
	"UPDATE personal SET salt = NULL"
damaged "a stream gone" "1 streams of the chain are not there" \
	"DELETE FROM streams; DELETE FROM blocks; DELETE FROM personal;
	$(for t in $(sqlite3 good.db "SELECT name FROM sqlite_schema
		WHERE type = 'table' AND sql LIKE '%(id INTEGER%'"); do
		echo "DELETE FROM $t;"
	done)"
damaged "the records" "stream 1: it says 1 records" \
	"UPDATE streams SET records = 1"
damaged "a name" "personal field of block 2 at byte" \
	"UPDATE personal SET bytes = CAST('BEN' AS BLOB)"
damaged "a salt" "personal field of block 2 at byte" \
	"UPDATE personal SET salt = x'00'"
damaged "a name elsewhere" "personal field of block 2 at byte" \
	"UPDATE personal SET offset = offset + 1024
	WHERE offset = (SELECT max(offset) FROM personal)"
damaged "a hash of a name" "personal field of block 2 at byte" \
	"UPDATE personal SET stands = zeroblob(32)"
damaged "a view" "schema: fills is not what it was" \
	"DROP VIEW fills; CREATE VIEW fills AS SELECT 1"
damaged "a table's form" "schema: orders is not what it was" \
	"ALTER TABLE orders ADD COLUMN more"
damaged "a trigger of somebody else" "schema: trigger more is none of ours" \
	"CREATE TRIGGER more AFTER INSERT ON orders
	BEGIN DELETE FROM personal; END"
damaged "a stream of no number" "no stream has the number 4294967297" \
	"UPDATE streams SET stream = (1 << 32) + 1"
exits 3 "is not read as another" exch-store list bad.db 2>err

# A trigger of somebody else does not run when a stream is loaded.
cp good.db bad.db
sqlite3 bad.db "CREATE TRIGGER more AFTER INSERT ON orders
	BEGIN DELETE FROM personal; DELETE FROM blocks; END"
ok "a stream beside a strange trigger" exch-store --label more bad.db day.xst
sqlite3 bad.db "DROP TRIGGER more"
exits 0 "is what it is without it" exch-store verify -o verify bad.db
damaged "a name of no block" "1 personal fields are of no block" \
	"INSERT INTO personal VALUES (77, 0, zeroblob(32), x'01', 'ANN')"
damaged "an entry of no stream" "table entries: 1 rows are of no stream" \
	"INSERT INTO entries VALUES (7, 1, 1, 0, 0, NULL)"

# Blocks that are empty, or in the place of another kind.
damaged "an empty block" "a block of stream 1 is damaged: its length" \
	"$open; UPDATE audit SET bytes = 0 WHERE kind = 'data';
	UPDATE blocks SET zstd = x''"
exits 3 "an empty block cannot be gone on with" \
	exch-store bad.db day.xst 2>err
sqlite3 good.db "SELECT writefile('tail.bin', tail) FROM streams" >got
zstd -q tail.bin
damaged "an end among the records" "a block of stream 1 is damaged: it is of" \
	"$open; UPDATE audit SET bytes = $(wc -c <tail.bin) WHERE kind = 'data';
	UPDATE blocks SET zstd = readfile('tail.bin.zst')"
exits 3 "an end among the records cannot be gone on with" \
	exch-store bad.db day.xst 2>err
for part in head tail; do
	damaged "an empty $part" "its .* block is not what it was" \
		"UPDATE streams SET $part = x''"
done
sqlite3 bad.db "UPDATE streams SET head = x''"
exits 3 "an empty head cannot be gone on with" exch-store bad.db day.xst 2>err
has err 'the header of stream 1 is damaged' "that is told"

# Every byte of the file: what is read at all is guarded.
exch-store verify -o want good.db
size=$(wc -c <good.db)
lost=0
for k in $(seq 1 "${EXCH_FLIPS:-30}"); do
	at=$((k * 7919 * 131 % size))
	cp good.db bad.db
	old=$(dd if=bad.db bs=1 skip=$at count=1 2>/dev/null | od -An -tu1)
	# shellcheck disable=SC2059 # the octal number is the format
	printf "$(printf '\\%03o' $((old ^ 1)))" |
		dd of=bad.db bs=1 seek=$at conv=notrunc 2>/dev/null
	if exch-store verify -o got bad.db 2>err; then
		# Nobody reads it: it is free space of a page.
		sqlite3 good.db .dump >a
		sqlite3 bad.db .dump >b 2>&1
		cmp -s a b || lost=$((lost + 1))
	elif [ $? -gt 3 ]; then
		lost=$((lost + 1))
	fi
done
is "$lost" 0 "no changed byte of a row gets through"

finish
