#!/bin/sh
# Sweeps: what their jobs are, that they may be killed and done again by
# whomever, and that one database comes of them, always the same.
. "${srcdir:-.}/tests/cli/lib.sh"

if ! command -v sqlite3 >/dev/null; then
	skip_all "no sqlite3"
fi

cat >quiet.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 lot 100 reference 100.00 currency USD
set rate 0.5
set half 1
begin 09:30
end 10:30
flow zero ABC accounts 50 market-rate $rate limit-rate 0.2 cancel-rate 0.1 window 12
agent MM maker quantity 2 half-spread $half
latency all 200us
EOF

dump() { sqlite3 "$1" .dump; }
# job LINE FILE: what a machine does with a line of the list.
job() { sed -n "$1p" "$2" | sh; }

# ---- the list ----
ok "a sweep of 20 runs" exch-sim sweep -q -D half=1..2 -D rate=0.5,0.7 \
	--seeds 1..4,9 --jobs-file jobs.txt --dir one quiet.txt
is "$(wc -l <jobs.txt | tr -d ' ')" 20 "a job a line"
exits 1 "nothing is done so far" exch-sim sweep -q --status -f csv one -o status
is "$(sed -n '1p;2p;6p;7p;21p' status)" "job,state,exit,seed,values
1,missing,,1,half=1 rate=0.5
5,missing,,9,half=1 rate=0.5
6,missing,,1,half=1 rate=0.7
20,missing,,9,half=2 rate=0.7" "the seed changes fastest, then the last variable"

# ---- undisturbed, one after the other ----
ok "all jobs, by a shell" sh jobs.txt
exits 0 "all are done" exch-sim sweep -q --status -f csv one -o status
is "$(wc -l <status | tr -d ' ')" 1 "and none is told of"
ok "merged" exch-sim merge -o one.db one
dump one.db >one.sql
is "$(sqlite3 one.db 'SELECT count(*) FROM run')" 20 "has 20 runs"
is "$(sqlite3 one.db "SELECT count(DISTINCT seed || variables) FROM run WHERE
	seed IN (1, 2, 3, 4, 9)")" 20 "all of them others"
is "$(ls one/part one/failed)" "one/failed:

one/part:" "nothing is left over"
exch-sim --results alone.db --seed 9 -D half=2 -D rate=0.7 -o /dev/null quiet.txt
is "$(sqlite3 alone.db 'SELECT * FROM agent; SELECT * FROM run')" \
	"$(k=$(sqlite3 alone.db 'SELECT key FROM run')
		sqlite3 one.db "SELECT * FROM agent WHERE key = '$k';
			SELECT * FROM run WHERE key = '$k'")" \
	"a job is the run that the command line makes"
ls -l --full-time one/done >before 2>/dev/null || ls -l one/done >before
sh jobs.txt
ls -l --full-time one/done >after 2>/dev/null || ls -l one/done >after
same after before "a job whose result is there does nothing"

# ---- killed, in another order, twice at once, elsewhere ----
sweep() {
	exch-sim sweep -q -D half=1..2 -D rate=0.5,0.7 --seeds 1..4,9 \
		--jobs-file "$1" --dir "$2" quiet.txt
}
sweep torn.txt torn
killed=0
for n in 20 7 3 12; do
	for wait in 0 0.01 0.03 0.06; do
		exch-sim sweep --job $n --dir torn &
		pid=$!
		sleep $wait
		kill -9 $pid 2>/dev/null && killed=$((killed + 1))
		wait $pid 2>/dev/null
	done
done
[ $killed -gt 0 ]
result $? "jobs were killed" || echo "# all were faster"
exits 1 "a torn sweep is not whole" exch-sim sweep -q --status torn -o status
for n in 19 4 11 20 1 8 15 2; do
	job $n torn.txt &
	job $n torn.txt
done
wait
got=0
exch-sim merge -o part.db torn 2>err || got=$?
is "$got" 1 "merged before its end it lacks runs"
grep -Eq "^exch-sim: [0-9]+ (run is|runs are) not there" err
result $? "  and says so" || cat err
sed -n '1!G;h;$p' torn.txt >turned.txt
ok "the rest, from the end" sh turned.txt
ok "merged" exch-sim merge -o torn.db torn
same torn.db one.db "the database is the same, byte for byte"
ok "merged with the other" exch-sim merge -o both.db torn one
same both.db one.db "what is there twice is there once"

# ---- GNU parallel, in a directory with a name ----
odd="a b'c"
mkdir "$odd"
cp quiet.txt "$odd/my \"day\".txt"
if command -v parallel >/dev/null &&
	parallel --version 2>/dev/null | grep -q '^GNU'; then
	exch-sim sweep -q -D half=1..2 -D rate=0.5,0.7 --seeds 1..4,9 \
		--jobs-file "$odd/jobs.txt" --dir "$odd/o" "$odd/my \"day\".txt"
	parallel --jobs 2 --joblog log <"$odd/jobs.txt" 2>par.err &
	pid=$!
	n=0
	# shellcheck disable=SC2012 # names are numbers
	while [ "$(ls "$odd/o/done" | wc -l)" -lt 3 ] && [ $n -lt 300 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	kill -9 $pid
	wait $pid 2>/dev/null
	exits 1 "parallel, killed" exch-sim sweep -q --status "$odd/o" -o status
	ok "parallel --resume-failed" parallel --jobs 2 --joblog log \
		--resume-failed <"$odd/jobs.txt"
	exits 0 "has done the rest" exch-sim sweep -q --status "$odd/o" -o status
	ok "merged" exch-sim merge -o "$odd/all.db" "$odd/o"
	is "$(sqlite3 "$odd/all.db" 'SELECT account, pnl, volume FROM agent')" \
		"$(sqlite3 one.db 'SELECT account, pnl, volume FROM agent')" \
		"the same figures come of it"
else
	skip "GNU parallel" "no parallel"
fi

# ---- names that a line cannot hold as they are ----
n=0
# shellcheck disable=SC2016 # they are to stay as they are
for name in 'x
y' '{} $HOME `w` "q"' "back\\nslash
n"; do
	mkdir "$name"
	cp quiet.txt "$name/q.txt"
	(cd "$name" && exch-sim sweep -q --seeds 1..2 --dir . \
		--jobs-file ../odd.txt q.txt)
	n=$((n + 1))
	is "$(wc -l <odd.txt | tr -d ' ')" 2 "two lines of directory $n"
	ok "  run" sh odd.txt
	exits 0 "  are done" exch-sim sweep -q --status "$name" -o status
done

# Values with blanks and quotes.
cat >words.txt <<'EOF'
instrument ABC tick 0.01 lot 100 reference 100.00
begin 09:30
end 09:31
strategy P run sh p.sh $word
EOF
cat >p.sh <<'EOF'
echo "$#$*" >>words.seen
while read -r l && [ "$l" != . ]; do :; done
printf 'ready protocol=1 sub=bbo\n.\n'
while read -r l; do
	[ "$l" != . ] || echo .
done
EOF
exch-sim sweep -q -D "word=\"it's a\",b" --jobs-file w.txt --dir w words.txt
sh w.txt
exits 0 "values with blanks and quotes" exch-sim sweep -q --status w -o status
ok "merged" exch-sim merge -o w.db w
is "$(sqlite3 w.db "SELECT value FROM variable ORDER BY value")" \
	"\"it's a\"
b" "  stand in the results as they are"

# ---- the same run, and other records ----
cp -R w twin
exch-sim merge -o twins.db w twin
is "$(sqlite3 twins.db 'SELECT count(*) FROM run')" 2 \
	"runs of two directories, the same"
sqlite3 twin/done/2 "UPDATE run SET digest = 'sha256:0 1'"
rm twins.db
for order in 'w twin' 'twin w'; do
	# shellcheck disable=SC2086 # two directories
	exits 1 "with other records in one of them: $order" \
		exch-sim merge -o twins.db $order 2>err
	has err "run 2 has other records than the same run 2 in ${order% *}" \
		"  is told"
	[ ! -e twins.db ]
	result $? "  and nothing is made"
done

# ---- where a job runs ----
mkdir home
cp p.sh home/its.sh
sed 's/p\.sh \$word/its.sh/' words.txt >home/own.txt
(cd home && exch-sim sweep -q --seeds 1..2 --jobs-file jobs --dir d own.txt)
ok "jobs run where the sweep was made" sh -c 'cd / && sh "$1"' sh \
	"$PWD/home/jobs"
exits 0 "  and are done" exch-sim sweep -q --status home/d -o status
is "$(cat home/words.seen)" "0
0" "  a strategy's program, too"
(cd home && exch-sim --seed 2 --results ../here.db -o /dev/null own.txt)
is "$(sqlite3 home/d/done/2 'SELECT key FROM run')" \
	"$(sqlite3 here.db 'SELECT key FROM run')" \
	"  the place is no part of what a run is"
rm home/d/done/1
ok "a directory of results by its own way" \
	sh -c 'cd home/d && exch-sim sweep --job 1 --dir .'
[ -s home/d/done/1 ]
result $? "  has the result" || ls home/d
exits 3 "the same sweep, made elsewhere" \
	exch-sim sweep -q --seeds 1..2 --jobs-file jobs --dir home/d \
	home/own.txt 2>err
has err 'd/sweep: this sweep was made in .*/home, and its jobs run there' \
	"  is told where it was made"
sed -i '/^from /d' home/d/sweep
exits 3 "one of an older version" \
	exch-sim sweep -q --seeds 1..2 --jobs-file jobs --dir home/d \
	home/own.txt 2>err
has err 'd/sweep: an older version made it: remove this file' "  is told so"
rm home/d/sweep
(cd home && exch-sim sweep -q --seeds 1..2 --jobs-file jobs --dir d own.txt)
rm home/d/done/1
mv home/d kept
mv home moved
exits 4 "a directory that is gone" exch-sim sweep --job 1 --dir kept 2>err
grep -q '/home: cannot go to where the sweep was made' err
result $? "  is named" || cat err
grep -v '^from ' kept/sweep >old
mv old kept/sweep
exits 3 "a sweep that does not tell" exch-sim sweep --job 1 --dir kept 2>err
grep -q 'kept/sweep: an older version made it.*make the sweep again' err
result $? "  is to be made again" || cat err
exits 1 "  its status is told" exch-sim sweep -q --status kept -o status

# ---- failures ----
# A scenario is read before its list is written, with the first values.
sed 's/half-spread/half-sprad/' quiet.txt >bad.txt
exits 3 "a scenario with a mistake gets no list" exch-sim sweep -q \
	--seeds 5..6 --jobs-file bad.jobs --dir bad bad.txt 2>err
has err 'bad.txt:8:27: "half-sprad" is no parameter' "  is told where"
[ ! -e bad ] && [ ! -e bad.jobs ]
result $? "  and nothing is made"
{
	cat quiet.txt
	echo 'market no.rules'
} >rules.txt
exits 3 "nor does one without its rules" exch-sim sweep -q \
	--jobs-file bad.jobs --dir bad rules.txt 2>err
has err 'rules.txt:10:8: .*no.rules: cannot open' "  is told where"
exits 3 "a first value that cannot be" exch-sim sweep -q -D half=x,1 \
	--jobs-file bad.jobs --dir bad quiet.txt 2>err
has err 'half-spread: "x" is not a number' "  is told"

# One that is changed behind its list.
cp quiet.txt bad.txt
exch-sim sweep -q --seeds 5..6 --jobs-file bad.jobs --dir bad bad.txt
sed 's/half-spread/half-sprad/' quiet.txt >bad.txt
exits 3 "a job that fails has its exit status" job 1 bad.jobs 2>err
exch-sim sweep -q --status -f csv bad >status
is "$(cat status)" "job,state,exit,seed,values
1,failed,3,5,
2,missing,,6," "  and leaves it"
cp quiet.txt bad.txt
ok "put right it succeeds" job 1 bad.jobs
exch-sim sweep -q --status -f csv bad >status
is "$(sed -n 2p status)" "2,missing,,6," "  and has not failed any more"
echo '# more' >>bad.txt
job 2 bad.jobs
got=0
exch-sim merge -o bad.db bad 2>err || got=$?
[ "$got" -ne 0 ] && grep -q 'different inputs' err && [ ! -e bad.db ]
result $? "runs of a scenario that was changed are not merged"
[ -z "$(ls -- *.tmp* 2>/dev/null)" ]
result $? "and nothing is left of it"

# Of two sweeps that are made at once one is there, and only that one's list.
n=0
bad=0
while [ $n -lt 12 ]; do
	n=$((n + 1))
	rm -rf race 3.jobs 4.jobs
	exch-sim sweep -q --seeds 1..3 --jobs-file 3.jobs --dir race quiet.txt \
		2>err3 &
	exch-sim sweep -q --seeds 1..4 --jobs-file 4.jobs --dir race quiet.txt \
		2>err4
	wait
	jobs=$(cat 3.jobs 4.jobs 2>/dev/null | wc -l)
	[ "seeds 1..$((jobs))" = "$(grep '^seeds' race/sweep)" ] &&
		[ -z "$(ls race/part)" ] || bad=$((bad + 1))
done
is $bad 0 "two sweeps made at once do not mix"
exch-sim sweep -q --dir torn0 -o torn0.txt quiet.txt
head -c 3 /dev/zero >>torn0/sweep
exits 3 "a list with bytes of 0" exch-sim sweep --status torn0 2>err
has err 'torn0/sweep: it is damaged' "  is told"

# says NAME WORDS COMMAND...: wrong usage.
says() {
	name=$1 words=$2
	shift 2
	got=0
	"$@" >out 2>err || got=$?
	is "$got" 2 "$name"
	grep -q -e "$words" err
	result $? "  says so" || sed 's/^/# /' err
}
s="exch-sim sweep quiet.txt --dir z"
# shellcheck disable=SC2086 # a command
{
	says "a range downwards" 'goes upwards' $s -D half=2..1
	says "an empty value" 'is missing' $s -D half=1,,2
	says "a variable twice" 'given before' $s -D half=1 -D half=2
	says "  with one value" 'given before' $s -D half=1 -D half=1
	says "a value twice" "the value '2' twice" $s -D half=2,1,2
	says "  once in a range" "the value '2' twice" $s -D half=1..3,2
	says "a seed twice" 'a seed twice' $s --seeds 1..3,2
	says "no seed" 'not a list' $s --seeds x
	says "too many" 'more than 10000000 runs' $s --seeds 1..10000001
	says "too many together" 'more than 10000000 runs' \
		$s --seeds 1..100000 -D half=1..101
	says "--seed" '--seeds instead' $s --seed 1
	says "what the scenario has not" 'has no $haf; did you mean "half"' \
		$s -D haf=1,2
	says "  with another one" 'has no $haf' $s -D half=1,2 -D haf=1
	says "what is no name" 'is not NAME=VALUE' $s -D ha-lf=1,2
}
[ ! -e z ]
result $? "and none of them has made anything"
says "no directory" 'needs --dir' exch-sim sweep quiet.txt
says "a job that is not there" 'none of 1 to 20' \
	exch-sim sweep --job 21 --dir one
says "merge without -o" 'and -o FILE' exch-sim merge one
# Renamed over a device, it would be one no more.
for file in done/1 done/20 sweep; do
	cp one/$file kept.part
	says "merge into what is merged: $file" 'would be replaced' \
		exch-sim merge -o one/$file one
	same one/$file kept.part "  which is left as it is"
done
ln -s one/done/1 link.part
says "  also by a link" 'would be replaced' exch-sim merge -o link.part one
cp quiet.txt own.txt
echo 'include more.txt' >>own.txt
echo '# nothing' >more.txt
for file in own.txt more.txt; do
	cp $file kept.part
	says "a list over $file, which the scenario is of" 'would be replaced' \
		exch-sim sweep --jobs-file $file --dir z own.txt
	same $file kept.part "  which is left as it is"
done
mkfifo pipe
says "merge into what is no file" 'pipe: no regular file' \
	exch-sim merge -o pipe one
[ -p pipe ]
result $? "  which is left as it is"
got=0
sweep other.txt bad 2>err || got=$?
[ "$got" -ne 0 ] && grep -q 'another sweep is kept there' err
result $? "another sweep in the same directory is refused"
finish
