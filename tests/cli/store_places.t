#!/bin/sh
# exch-store: a history is read where nothing may be written, and readers leave
# nothing beside it.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

exch-replay "$src/scenarios/first.txt" | exch-match --digest -o day.xst 2>digest
exch-store -q day.db day.xst
result $? "a history"

# beside DB: what lies there besides it.
beside() {
	for f in "$1"-*; do
		[ ! -e "$f" ] || echo "$f"
	done
}
is "$(beside day.db)" "" "loading leaves nothing beside it"
for read in "exch-store list" "exch-store verify" "exch-replay -f text" \
	"exch-report summary"; do
	$read -o got day.db
	result $? "$read"
	is "$(beside day.db)" "" "$read: nothing is left beside it"
done
exch-store query -o got day.db made
is "$(beside day.db)" "" "query: nothing is left beside it"
ln -s day.db link.db
exch-store list -o got link.db
is "$(beside day.db)$(beside link.db)" "" "by a link: nothing, either"

# Who reads beside another leaves him his files, and the last one takes them.
mkfifo reader
sqlite3 -readonly day.db <reader >/dev/null &
pid=$!
exec 3>reader
printf 'BEGIN; SELECT count(*) FROM streams;\n.shell touch begun\n' >&3
while [ ! -e begun ]; do sleep 0.1; done
ok "a second reader" exch-store list -o got day.db
is "$(beside day.db | wc -l)" 2 "the files of the first one stay"
echo "SELECT count(*) FROM orders; COMMIT;" >&3
exec 3>&-
ok "the first one goes on" wait "$pid"
exch-store list -o got day.db
is "$(beside day.db)" "" "the last one takes them"

# A program that was killed leaves its log: what is in it is read, and stays.
sqlite3 day.db ".dbconfig no_ckpt_on_close on" \
	"CREATE TABLE mine (a)" "INSERT INTO mine VALUES (7)" >/dev/null
[ -s day.db-wal ]
result $? "a log with something in it"
ok "it is read" exch-store list -o got day.db
is "$(beside day.db)" "" "and brought into the database"
is "$(sqlite3 day.db "SELECT a FROM mine")" 7 "nothing is lost"
sqlite3 day.db "DROP TABLE mine"

# ---- where nothing may be written ----

chmod 755 .
mkdir ro "ro/a%20 b?#"
cp day.db "ro/a%20 b?#/day.db"
cp day.db ro
chmod 444 ro/day.db "ro/a%20 b?#/day.db"
chmod 555 ro "ro/a%20 b?#"
# Root may write everywhere; nobody may not, if he may run the tools at all.
if [ "$(id -u)" -ne 0 ]; then
	weak=
else
	weak="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
if ! $weak exch-store --version >got 2>&1 ||
	$weak test -w ro || ! $weak test -r ro/day.db; then
	skip "a history that may only be read" "nobody may run the tools"
else
	for read in "exch-store list" "exch-store verify" \
		"exch-replay --digest" "exch-report summary"; do
		$weak $read ro/day.db >got 2>err
		result $? "$read where nothing may be written" ||
			sed 's/^/# /' err
	done
	$weak exch-replay --digest ro/day.db 2>got >/dev/null
	same got digest "it is the whole stream"
	$weak exch-store query --account 1 ro/day.db accounts >got
	result $? "a question about an account"
	$weak exch-store list "ro/a%20 b?#/day.db" >got
	result $? "a path of any characters"
	(cd ro && $weak exch-store list day.db) >got
	result $? "and none"
	exits 4 "it is not written" $weak exch-store --label x ro/day.db day.xst \
		2>err
	has err 'read-only' "is told"
	# With a log that cannot be read the history is not what it was.
	chmod 755 ro
	sqlite3 day.db ".dbconfig no_ckpt_on_close on" "CREATE TABLE mine (a)" \
		>/dev/null
	cp day.db day.db-wal ro
	chmod 555 ro
	$weak exch-store list ro/day.db >got 2>err
	is $? 4 "a log that is not read is not passed over"
	has err 'day.db-wal' "is told"
fi
chmod -R u+w ro

finish
