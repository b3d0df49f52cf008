#!/bin/sh
# exch-store: what goes in comes out, the same twice, cut, continued, from
# other forms; and what is refused.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
golden=$src/tests/golden/stream-1.0.xst.zst

# The digest line of a command's standard error.
digest_of() {
	"$@" 2>&1 >/dev/null | grep '^sha256:'
}
sql() {
	sqlite3 "$@"
}

exch-replay --date 2026-01-05 --tz America/New_York \
	--count 60000 "$src/data/sample.pcap.zst" |
	exch-match --digest -o day.xst 2>digest
result $? "a day"
ok "it is loaded" exch-store --digest day.db day.xst 2>got
same got digest "with the digest of who made it"
digest_of exch-replay --digest day.db >got
same got digest "and comes back with it"
for report in summary trades orders fidelity; do
	exch-report $report -f csv day.xst >want
	exch-report $report -f csv day.db >got
	same got want "exch-report $report reads it as the stream"
done
exch-risk watch -q -f csv --type position --every 1h day.xst >want
exch-risk watch -q -f csv --type position --every 1h day.db >got
same got want "exch-risk watch, too"
digest_of exch-match --rematch --digest day.xst >want
digest_of exch-match --rematch --digest day.db >got
same got want "exch-match, too"
exch-store verify day.db >verify
result $? "everything fits"
has verify '^everything fits$' "and verify says so"

# Twice.
sql day.db .dump >before
ok "loaded again" exch-store --digest day.db day.xst 2>got
same got digest "its digest is told again"
sql day.db .dump >after
same after before "nothing has changed"

# As a filter, and of other forms.
exch-store --pass --digest pass.db <day.xst 2>got >passed.xst
same got digest "--pass: loaded"
digest_of exch-replay --digest passed.xst >got
same got digest "--pass: passed on"
sql day.db "SELECT * FROM audit WHERE kind = 'data'" >want
exch-replay -f json day.xst | exch-store json.db
sql json.db "SELECT * FROM audit WHERE kind = 'data'" | sort >got
is "$(sql json.db 'SELECT digest FROM streams')" "$(cat digest)" \
	"JSON gives the same stream"
exch-store other.db day.db
is "$(sql other.db 'SELECT digest FROM streams')" "$(cat digest)" \
	"another history, too"
exch-store same.db day.xst
sql same.db .dump >got
same got before "the same input gives the same history"

# Records of every kind, private and unknown ones and the largest ids.
exch-store --digest all.db "$golden" 2>err
result $? "a stream of everything"
has err "1 records are shorter than their type" "one is not as its type"
grep ^sha256: err >want
digest_of exch-replay --digest all.db >got
same got want "comes back"
digest_of exch-replay --digest "$golden" >want
same got want "as it was"
ok "and fits" exch-store verify -o verify all.db
exch-replay -f json all.db | grep -v '"t":"source"' >got
exch-replay -f json "$golden" | grep -v '"t":"source"' >want
sed 1d want >want.rest
sed 1d got >got.rest
same got.rest want.rest "every field of it"
sed 's/"order":"1"/"order":"18446744073709551614"/
	s/"buy":"1"/"buy":"18446744073709551614"/' >big.json <<END
$(exch-replay "$src/scenarios/first.txt" | exch-match -f json)
END
ok "ids of 2^64 - 2" exch-store big.db big.json
is "$(sql big.db "SELECT count(*) FROM orders o JOIN asked a USING (id)
	WHERE o.order_id = -2 AND a.order_id = '18446744073709551614'")" 1 \
	"are negative in tables and all digits in views"
digest_of exch-replay --digest big.json >want
digest_of exch-replay --digest big.db >got
same got want "and come back"

# Cut anywhere, and loaded whole later.
size=$(wc -c <day.xst)
for part in 1 3 7 9; do
	rm -f cut.db
	head -c $((size * part / 10)) day.xst >cut.xst
	exits 3 "$part/10 of a stream" exch-store cut.db cut.xst 2>err
	has err 'stream ends without its end block' "that is told"
	exch-store verify -o verify cut.db || sed 's/^/# /' verify
	exits 3 "reading it is, too" exch-report -o /dev/null summary cut.db \
		2>err
	ok "then the whole" exch-store --digest cut.db day.xst 2>got
	same got digest "has its digest"
	exits 0 "and fits" exch-store verify -o verify cut.db
	digest_of exch-replay --digest cut.db >got
	same got digest "and comes back"
	sql cut.db "SELECT count(*), sum(id), sum(price) FROM orders" >got
	sql day.db "SELECT count(*), sum(id), sum(price) FROM orders" >want
	same got want "no row is missing, none there twice"
done
ok "a part of what is there changes nothing" \
	exch-store --partial cut.db cut.xst
exits 0 "it still fits" exch-store verify -o verify cut.db

# Several streams, and which.
cat >a.txt <<'END'
date 2026-02-02
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
+1s BEN buy 100 @ 10.01
END
sed 's/2026-02-02/2026-02-03/' a.txt >b.txt
sed 's/BEN buy 100/BEN buy 60/' a.txt >c.txt
for f in a b c; do
	exch-replay $f.txt | exch-match -o $f.xst
done
exch-store two.db a.xst && exch-store two.db b.xst
result $? "two days in one history"
exits 2 "which of them?" exch-report summary two.db 2>err
has err '2 streams are there: add --stream with one of 1 (20260202), 2 (20260203)' \
	"those that there are"
for which in 1 20260202 2026-02-02 "$(sql two.db \
	"SELECT substr(identity, 1, 8) FROM streams WHERE stream = 1")"; do
	digest_of exch-replay --digest --stream "$which" two.db >got
	digest_of exch-replay --digest a.xst >want
	same got want "--stream $which"
done
exits 2 "one that is not there" exch-replay --stream 7 two.db 2>err
has err "none is called '7'" "is told"
exits 3 "another stream of the same identity" exch-store two.db c.xst 2>err
has err 'record [0-9]*: stream 1 of the history has the identity' \
	"is refused at the record"
exits 0 "nothing was changed" exch-store verify -o verify two.db
ok "with a label it is another one" exch-store --label c two.db c.xst
digest_of exch-replay --digest --stream c two.db >got
digest_of exch-replay --digest c.xst >want
same got want "and is found by it"
exch-store list two.db >list
is "$(cut -d, -f1,3,4,6 list | tr '\n' ' ')" \
	"stream,date,label,status 1,20260202,,complete 2,20260203,,complete 3,20260202,c,complete " \
	"list"
sql two.db "ATTACH 'day.db' AS d; SELECT (SELECT count(*) FROM orders) > 0,
	(SELECT count(*) FROM d.orders) > 0" >got
is "$(cat got)" "1|1" "histories are attached to each other"
sql two.db "ATTACH 'day.db' AS d; SELECT * FROM bars_of_day
	UNION ALL SELECT * FROM d.bars_of_day" >bars
{
	sql two.db "SELECT * FROM bars_of_day"
	sql day.db "SELECT * FROM bars_of_day"
} >bars.want
same bars bars.want "each with its own views"
exits 0 "three streams fit" exch-store verify -o verify two.db
ok "a label of any characters" exch-store --label "a,\"b' OR 1" two.db c.xst
exch-store list two.db >list
has list ',"a,""b. OR 1",' "is quoted in the list"
digest_of exch-replay --digest --stream "a,\"b' OR 1" two.db >got
same got want "and is found by it"

# What cannot be.
exits 2 "no database" exch-store 2>err
exits 2 "no database of a command" exch-store list 2>err
exits 2 "one operand too many" exch-store list day.db x 2>err
exits 2 "an option of another command" exch-store verify --label x day.db 2>err
exits 2 "-o without --pass" exch-store -o x day.db day.xst 2>err
exits 3 "list of nothing" exch-store list none.db 2>err
[ ! -e none.db ]
result $? "makes nothing"
exits 3 "an empty input" exch-store empty.db /dev/null 2>err
echo "no database at all, and longer than a header is" >text.db
exits 3 "a text as the database" exch-store text.db day.xst 2>err
has err 'this is no database' "is told"
sql foreign.db "CREATE TABLE t (a)"
exits 3 "another program's database" exch-store foreign.db day.xst 2>err
has err 'a database, but no history' "is told"
exits 3 "also to be read" exch-report summary foreign.db 2>err
sql two.db "PRAGMA user_version = 99"
exits 3 "of a newer version" exch-store list two.db 2>err
has err 'of version 99, this program knows 4' "is told"
exits 3 "a directory" exch-store . day.xst 2>err

finish
