#!/bin/sh
# exch-store purge, hold and release: what goes, when, and that the chain
# holds afterwards; and histories of an older version.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
us=$src/data/store/retention-us.csv
eu=$src/data/store/retention-eu.csv

# day DATE: a day of three orders.
day() {
	cat <<END
date $1
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
+1s BEN buy 60 @ 10.01
+1s CIA buy 10 @ 9.99 stop 10.00
END
}
for date in 2012-02-29 2014-06-02 2019-01-07; do
	day $date | exch-replay | exch-match -q -o $date.xst
	exch-store -q day.db $date.xst
done
result $? "three days"
cp day.db all.db
sqlite3 day.db .dump >before

# What would go.
ok "told, and nothing done" exch-store purge --policy "$us" --on 2019-01-06 \
	-o got day.db
awk -F, '{ print $1, $3, $4, $5 }' got >a
cat >want <<'END'
stream kind from state
1 orders 2015-03-01 due
1 trades 2018-03-01 due
1 audit 2018-03-01 due
2 orders 2017-06-02 due
2 trades 2020-06-02 early
2 audit 2020-06-02 early
3 orders 2022-01-07 early
3 trades 2025-01-07 early
3 audit 2025-01-07 early
END
same a want "by kinds and days; 29 February is 1 March"
sqlite3 day.db .dump >after
same after before "nothing was changed"
is "$(awk -F, '$1 == 1 && $3 == "orders" { print $6 }' got)" \
	"$(sqlite3 day.db "SELECT (SELECT count(*) FROM orders WHERE id >> 40 = 1) +
	(SELECT count(*) FROM acks WHERE id >> 40 = 1) +
	(SELECT count(*) FROM phases WHERE id >> 40 = 1) +
	(SELECT count(*) FROM cancels WHERE id >> 40 = 1) +
	(SELECT count(*) FROM rejects WHERE id >> 40 = 1) +
	(SELECT count(*) FROM triggered WHERE id >> 40 = 1) +
	(SELECT count(*) FROM sources WHERE id >> 40 = 1)")" "rows are counted"
exits 3 "a table that begins later" exch-store purge --policy "$eu" \
	--on 2019-01-06 -o got day.db 2>err
has err "no row tells 'orders' for 2012-02-29" "is told"

# A name in what is held stays.
cp day.db named.db
ok "a stream is held" exch-store hold --stream 2 --who legal --why case named.db
exits 3 "a name in it" exch-store erase named.db ANN 2>err
has err "stream 2 is held and names the person: nothing was erased" "is told"
exits 0 "and nothing was" exch-store verify -q -o got named.db
is "$(sqlite3 named.db "SELECT count(*) FROM accounts WHERE text = 'ANN'")" 3 \
	"in none of them"
ok "released" exch-store release --stream 2 --who legal --why over named.db
ok "it goes" exch-store erase -q named.db ANN

# What settles later is kept from then on.
exch-settle -q -o settled.xst 2019-01-07.xst
ok "a day that settles" exch-store -q later.db settled.xst
ok "added up" exch-store rollup -q later.db
is "$(sqlite3 later.db "SELECT max(date) FROM postings")" 20190108 "the day after"
exch-store purge --policy "$us" --on 2025-01-07 -o got later.db
is "$(awk -F, '$3 != "orders" { print $2, $4, $5 }' got | uniq)" \
	"date from state
2019-01-07 2025-01-08 early" "years count from there"
exch-store purge --policy "$us" --on 2022-01-08 --apply -o got later.db
is "$(awk -F, '$3 == "orders" { print $5 }' got)" purged "orders go"
exch-store purge --policy "$us" --on 2025-01-08 --apply -o got later.db
is "$(awk -F, 'NR > 1 { print $5 }' got | sort | uniq -c | tr -s " \n" " ")" \
	" 1 gone 2 purged " "and then the rest"
is "$(sqlite3 later.db "SELECT note FROM audit WHERE kind = 'purge'" | tail -1)" \
	"audit 20250108, 6 years from 20190108" "the chain tells the day"
ok "and holds" exch-store verify -q -o got later.db
cp later.db sums.db
sqlite3 sums.db "UPDATE daily_instruments SET volume = volume + 1"
exits 1 "sums of what is gone" exch-store verify -q -o got sums.db 2>err
has err "its daily sums are not those of the chain" "are of the chain, too"
sqlite3 later.db "INSERT INTO blocks SELECT n, 'x' FROM audit
	WHERE kind = 'data' LIMIT 1"
exits 1 "a block that is back" exch-store verify -q -o got later.db 2>err
has err "stream 1: 1 blocks are there that were purged" "is told"

# Too early.
exits 1 "one that is too young" exch-store purge --policy "$us" \
	--on 2019-01-08 --stream 3 --apply -o got day.db 2>err
has err 'stream 3: trades of 20190107 are kept for 6 years: they may go from 2025-01-07 on' \
	"the day is told"
sqlite3 day.db .dump >after
same after before "nothing was changed"
exits 2 "a day that has not come" exch-store purge --policy "$us" \
	--on 2199-01-01 --apply day.db 2>err
has err 'that day has not come yet' "is told"
exits 2 "no day" exch-store purge --policy "$us" day.db 2>err
exits 2 "no table" exch-store purge --on 2019-01-08 day.db 2>err
exits 2 "no date" exch-store purge --policy "$us" --on 2019-02-30 day.db 2>err
echo "from,until,kind,years,source
2000-01-01,,ordres,3,me" >bad.csv
exits 3 "a table of another kind" exch-store purge --policy bad.csv \
	--on 2019-01-08 day.db 2>err
has err "bad.csv:2" "its line is told"

# Held.
ok "a stream is held" exch-store hold --stream 2012-02-29 --who anna \
	--why "case | 4711" day.db
ok "an account is held" exch-store hold --account 3 --who anna --why 4712 all.db
exits 3 "twice" exch-store hold --stream 1 --who anna --why "case | 4711" \
	day.db 2>err
has err 'held already, by him and for that' "is told"
exits 2 "an account that no stream has" \
	exch-store hold --account 77 --who anna --why x day.db 2>err
has err 'no stream has account 77: load first what it has a part in, or hold streams by --stream' \
	"is told, and what to do"
is "$(sqlite3 day.db "SELECT count(*) FROM holds")" 1 "nothing is held by it"

# Several on one thing.
cp day.db two.db
ok "held by another" exch-store hold --stream 1 --who ben --why tax two.db
ok "and for more" exch-store hold --stream 1 --who anna --why audit two.db
sqlite3 two.db "SELECT n FROM holds ORDER BY n" >links
exits 2 "which of them is released?" \
	exch-store release --stream 1 --who eve --why closed two.db 2>err
has err "3 holds are on it: add --hold with one of $(sed -n 1p links) (anna|case | 4711), $(sed -n 2p links) (ben|tax), $(sed -n 3p links) (anna|audit)" \
	"they are told"
exits 1 "one that is none of it" exch-store release --stream 2 \
	--hold "$(sed -n 2p links)" --who eve --why closed two.db 2>err
exits 1 "one that is no hold" exch-store release --hold 1 --who eve \
	--why closed two.db 2>err
exits 2 "no number" exch-store release --hold x --who eve --why y two.db 2>err
exits 2 "one that is to be held" exch-store hold --hold 1 --who eve --why y \
	two.db 2>err
exits 2 "two things" exch-store hold --stream 1 --account 3 --who eve --why y \
	two.db 2>err
ok "released by its number" exch-store release --stream 1 \
	--hold "$(sed -n 2p links)" --who eve --why closed two.db
exits 1 "once" exch-store release --hold "$(sed -n 2p links)" --who eve \
	--why closed two.db 2>err
ok "held by him again" exch-store hold --stream 1 --who ben --why tax two.db
sqlite3 two.db "SELECT who, why, released IS NULL FROM holds ORDER BY n" >got
printf '%s\n' "anna|case | 4711|1" "ben|tax|0" "anna|audit|1" "ben|tax|1" >want
same got want "each by itself"
sqlite3 two.db "SELECT n FROM holds WHERE released IS NULL ORDER BY n" >links
for k in 1 2 3; do
	exch-store purge --policy "$us" --on 2019-01-06 --stream 1 -o got two.db
	is "$(grep -c ,held, got)" 3 "while one is left it is held, $k"
	ok "one more" exch-store release --hold "$(sed -n ${k}p links)" \
		--who eve --why closed two.db
done
exch-store purge --policy "$us" --on 2019-01-06 --stream 1 -o got two.db
is "$(grep -c ,held, got)" 0 "behind the last it is not"
exits 0 "the chain holds" exch-store verify -o verify two.db
# A release of before did not say of which hold it was: there was one.
cp day.db past.db
sqlite3 past.db "INSERT INTO audit SELECT n + 1, stream, 'release', 0, 0, 0,
	content, '0|eve|closed', '' FROM audit ORDER BY n DESC LIMIT 1"
is "$(sqlite3 past.db "SELECT released > n FROM holds")" 1 \
	"a release without a number ends it"
exits 1 "no such hold" exch-store release --stream 2 --who ben --why x day.db 2>err
exits 2 "nobody" exch-store hold --stream 2 --why x day.db 2>err
exits 2 "of what?" exch-store hold --who anna --why x day.db 2>err
exits 2 "a bar in who" exch-store hold --stream 2 --who 'a|b' --why x day.db 2>err
exits 2 "no account" exch-store hold --account 0 --who a --why x day.db 2>err
# Where it cannot be told nothing goes.
cp day.db tell.db
exch-store release --stream 1 --who eve --why closed tell.db
sqlite3 tell.db .dump >want
exits 4 "no place for what went" exch-store purge --policy "$us" \
	--on 2019-01-06 --apply -o none/got tell.db 2>err
sqlite3 tell.db .dump >got
same got want "nothing has gone"
if [ -w /dev/full ]; then
	exits 4 "no room for what went" sh -c 'exch-store purge --policy "$1" \
		--on 2019-01-06 --apply tell.db 2>err >/dev/full' sh "$us"
	sqlite3 tell.db .dump >got
	same got want "nothing has gone, either"
else
	skip "no room for what went" "there is no /dev/full"
fi
exits 0 "into a pipe" sh -c 'exch-store purge --policy "$1" --on 2019-01-06 \
	--apply tell.db | cat >got' sh "$us"
is "$(grep -c ,purged, got)" 4 "it goes"

exits 1 "held, it does not go" exch-store purge --policy "$us" \
	--on 2019-01-06 --stream 1 --apply -o got day.db 2>err
has err 'stream 1: orders are held' "is told"
ok "none of an account" exch-store purge --policy "$us" --on 2019-01-06 \
	--apply -o got all.db
is "$(grep -c ',held,' got)" 9 "all three days have it"
sqlite3 day.db "SELECT stream, account, who, why, released FROM holds" >got
echo "1||anna|case | 4711|" >want
same got want "the view tells it"
exits 0 "it fits" exch-store verify -o verify day.db
ok "released" exch-store release --stream 1 --who eve --why closed day.db
is "$(sqlite3 day.db "SELECT released > n FROM holds")" 1 "the view tells it"
tip=$(sqlite3 day.db "SELECT chain FROM audit ORDER BY n DESC LIMIT 1")

# Gone.
exch-replay --digest day.db --stream 2 2>digest.2 >/dev/null
ok "purged" exch-store purge --policy "$us" --on 2019-01-06 --apply -o got day.db
is "$(grep -c ',purged,' got)" 4 "four kinds"
exits 0 "everything fits" exch-store verify -o verify day.db
has verify '^purged: parts of 2 streams' "verify knows it"
exch-store list day.db | cut -d, -f1,8 >got
printf '%s\n' stream,purged "1,orders trades audit" 2,orders 3, >want
same got want "list tells what"
for t in $(sqlite3 day.db "SELECT name FROM sqlite_schema WHERE type = 'table'
	AND sql LIKE '%(id INTEGER%'"); do
	sqlite3 day.db "SELECT '$t' FROM $t WHERE id >> 40 = 1 LIMIT 1"
done >got
same got /dev/null "no row of the first day is there"
is "$(sqlite3 day.db "SELECT count(*) FROM orders WHERE id >> 40 = 2"),$(
	sqlite3 day.db "SELECT count(*) FROM executions WHERE id >> 40 = 2")" \
	"0,1" "of the second its trades"
is "$(sqlite3 day.db "SELECT count(*) FROM audit WHERE kind = 'data'"),$(
	sqlite3 day.db "SELECT count(*) FROM blocks")" "3,2" "hashes of blocks stay"
sqlite3 day.db "SELECT chain FROM audit" >got
has got "$tip" "what the chain was is in it"
exch-replay --digest day.db --stream 2 2>got >/dev/null
same got digest.2 "what has its blocks comes back"
exits 3 "what has none does not" exch-replay -o got --stream 1 day.db 2>err
has err 'stream 1 was purged' "is told"
exits 3 "it is not loaded again" exch-store day.db 2012-02-29.xst 2>err
has err 'stream 1 was purged: it is not loaded any more' "is told"
ok "one with its blocks changes nothing" exch-store day.db 2014-06-02.xst
ok "rebuild" exch-store rebuild day.db
exits 0 "brings back nothing" exch-store verify -o verify day.db
is "$(sqlite3 day.db "SELECT count(*) FROM orders WHERE id >> 40 < 3")" 0 \
	"no order"
ok "again" exch-store purge --policy "$us" --on 2019-01-06 --apply -o got day.db
is "$(grep -c ',purged,' got)" 0 "changes nothing"
cp day.db bad.db
sqlite3 bad.db "UPDATE streams SET purged = 7"
exits 1 "a mark without a link" exch-store verify -o verify bad.db 2>err
has err 'stream 2: its mark of what was purged is not what it was' "is found"
cp day.db bad.db
sqlite3 bad.db "INSERT INTO orders (id) VALUES (1 << 40)"
exits 1 "a row that is back" exch-store verify -o verify bad.db 2>err
has err 'table orders, row [0-9]*: no record made it' "is found"
cat day.db day.db-wal 2>/dev/null | grep -c 2012-02-29 >got
is "$(sqlite3 day.db "SELECT count(*) FROM personal WHERE block = 2")" 0 \
	"names have gone with their blocks"

# Of an older version: 1 had no column of what was purged.
older() {
	cp all.db "$1"
	sqlite3 "$1" "DROP VIEW holds; DROP VIEW purges;
		ALTER TABLE streams DROP COLUMN purged; PRAGMA user_version = 1" ||
		return
}
older old.db
result $? "a history of version 1"
exch-replay --digest 2014-06-02.xst 2>want >/dev/null
exch-replay --digest old.db --stream 2 2>got >/dev/null
same got want "is read"
ok "and listed" exch-store list -o got old.db
exits 3 "it is not written" exch-store old.db 2014-06-02.xst 2>err
has err 'of version 1, this program writes 4: carry it forward by exch-store migrate' \
	"what to do is told"
exits 3 "and not verified" exch-store verify old.db 2>err
sqlite3 old.db .dump >want
for what in "hold --stream 1 --who anna --why 1" "release --account 3 --who a --why 1" \
	rebuild rollup "purge --policy $us --on 2019-01-06 --apply" erase; do
	name=
	[ "$what" != erase ] || name=ANN
	# shellcheck disable=SC2086 # the words of the command
	exits 3 "${what%% *} is refused" exch-store $what old.db $name 2>err
	has err 'carry it forward by exch-store migrate' "${what%% *}: what to do"
	sqlite3 old.db .dump >got
	same got want "${what%% *} leaves it as it was"
done
is "$(sqlite3 old.db "PRAGMA user_version")" 1 "and of its version"
# What others made in it stays, whatever it is called.
sqlite3 old.db "CREATE TABLE mine (a); INSERT INTO mine VALUES (7);
	CREATE VIEW my_orders AS SELECT id FROM orders"
cp old.db others.db
cp day.db victim.db
sqlite3 victim.db .dump >want
sqlite3 others.db 'CREATE VIEW "ZZ""; COMMIT; ATTACH '"'victim.db'"' AS p;
	DELETE FROM p.blocks; --" AS SELECT 1'
for what in migrate rebuild; do
	ok "$what beside what others made" exch-store $what -q others.db
	sqlite3 victim.db .dump >got
	same got want "$what: a name is no statement"
	is "$(sqlite3 others.db "SELECT a FROM mine"),$(sqlite3 others.db "SELECT
		count(*) FROM sqlite_schema WHERE name IN ('mine', 'my_orders')
		OR name LIKE 'ZZ%'")" "7,3" "$what: it stays"
done
exits 0 "it fits" exch-store verify -o verify others.db
sqlite3 old.db "DROP TABLE mine; DROP VIEW my_orders"
ok "migrated" exch-store migrate old.db 2>err
has err 'from version 1 to 4' "is told"
exits 0 "it fits" exch-store verify -o verify old.db
sqlite3 old.db "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
	AND name NOT LIKE 'sqlite%' ORDER BY name" >got
sqlite3 all.db "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
	AND name NOT LIKE 'sqlite%' ORDER BY name" >want
same got want "it has the schema of a new one"
for t in streams audit blocks personal orders executions words; do
	sqlite3 old.db "SELECT * FROM $t" | sha256sum
done >got
for t in streams audit blocks personal orders executions words; do
	sqlite3 all.db "SELECT * FROM $t" | sha256sum
done >want
same got want "and every row"
ok "again" exch-store migrate old.db 2>err
has err 'of version 4 already' "changes nothing"
exits 3 "nothing to migrate" exch-store migrate none.db 2>err
# Killed on its way: all of it is done, or nothing.
bad=0
for k in 0 1 2 3 4 5 6 7; do
	rm -f old.db old.db-wal old.db-shm
	older old.db
	exch-store migrate old.db 2>err &
	pid=$!
	sleep 0.00$k
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	exch-store migrate -q old.db || bad=$((bad + 1))
	exch-store verify -o verify old.db 2>err || bad=$((bad + 1))
done
is "$bad" 0 "migrations that are killed lose nothing"

# Version 3 kept a settled day's prices as records of no known type.
printf '%s\n' "date 2026-10-07" \
	"instrument ABC tick 0.01 currency USD reference 10.00" \
	"10:00 ANN buy 30 ABC @ 12.00" "+1s BEN sell 30 ABC @ 12.00" >settled.txt
exch-replay -q settled.txt | exch-match -q | exch-settle -q -o settled.xst 2>err
result $? "a settled day"
exch-store -q settled.db settled.xst
cp settled.db old.db
sqlite3 old.db "DROP TABLE prices; PRAGMA user_version = 3"
exits 3 "it is not written" exch-store old.db settled.xst 2>err
has err 'of version 3, this program writes 4' "is told"
ok "a history of version 3" exch-store migrate -q old.db
is "$(sqlite3 old.db "SELECT count(*) FROM prices")" \
	"$(exch-replay -q -f csv --type price settled.xst | sed 1d | grep -c .)" \
	"has a table of prices then"
is "$(sqlite3 old.db "SELECT count(*) FROM prices")" 1 "and the one in it"
exits 0 "it fits" exch-store verify -o verify old.db
exits 0 "it is written" exch-store -q old.db settled.xst

sqlite3 old.db "PRAGMA user_version = 0"
exits 3 "version 0" exch-store list old.db 2>err

finish
