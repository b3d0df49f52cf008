#!/bin/sh
# Runs with a journal: going on after kills, what is refused and how, and
# what --recover gives.
. "${srcdir:-.}/tests/cli/lib.sh"

opts="--date 2026-01-05 --tz America/New_York"
# shellcheck disable=SC2086 # a list of options
exch-replay $opts -o in.xst "$src/data/sample.pcap.zst" &&
	exch-match -q --digest -o ref.xst in.xst 2>ref.digest
result $? "an input, and a run without a journal"
records=$(sed 's/.* //' ref.digest)
inputs=$(exch-match --recover --check nothing 2>&1 | wc -l)
is "$inputs" 1 "--check of no journal: a line on standard error"

# ---- undisturbed, and again ----
exch-match -q --digest --journal j --segment-size 1500000 -o out.xst in.xst \
	2>digest
same digest ref.digest "with a journal: the same digest"
ok "and the same file" cmp out.xst ref.xst
exch-match -q --digest --journal j -o out.xst in.xst 2>digest
same digest ref.digest "again over the same: the same digest"
ok "and the same file again" cmp out.xst ref.xst
exch-match --recover --check j >table
result $? "--check: the journal is proved"
has table '^journal-options=ladder=plain-ref ' "it says what the run was"
has table '^[0-9]* records, the input is over$' "and that the input was over"
n=$(sed -n 's/ records, .*//p' table)
is "$(awk '$2 == "zstd" || $2 == "plain" { s += $4 } END { print s }' table)" \
	"$n" "its rows add up"
is "$(grep -c ' closed$' table)" "$(find j -name '0*.xst*' | wc -l)" \
	"each segment has its row"
find j -name '*.zst' | grep . >/dev/null
result $? "closed segments are compressed"
is "$(exch-match --recover --check j 2>&1 >/dev/null)" "" "with their indexes"
exch-match -q --recover --digest -o rec.xst j 2>digest
same digest ref.digest "--recover: the same digest"
ok "--recover: the same file" cmp rec.xst ref.xst

# ---- killed at moments of our choice ----
# cut FILE BYTES
cut_at() {
	dd if="$1" of=cut.tmp bs="$2" count=1 2>/dev/null && mv cut.tmp "$1"
}
for size in 0 39 100 5000000 8123457; do
	rm -rf k out.xst
	exch-match -q --journal k -o out.xst in.xst
	cut_at k/000000000000.xst 6000001
	if [ "$size" -eq 0 ]; then
		rm out.xst
	else
		cut_at out.xst "$size"
	fi
	exch-match --journal k -o out.xst in.xst 2>err
	ok "journal cut, output of $size bytes: the same file" \
		cmp out.xst ref.xst
	has err 'byte [0-9]*: an interrupted write of [0-9]* bytes is cut off' \
		"and a notice"
done

# A run that was stopped in order, by a signal.
rm -rf k out.xst
mkfifo fifo
exch-match -q --journal k -o out.xst fifo 2>err &
pid=$!
head -c 4000000 in.xst >head.part
{ cat head.part; sleep 1; kill -TERM "$pid"; sleep 1; } >fifo
wait "$pid"
is $? 143 "a signal ends the run"
exch-report -f csv --partial trades out.xst >/dev/null 2>err
is $? 3 "its output says that it was stopped"
exch-match -q --journal k -o out.xst in.xst
ok "the next run makes it whole" cmp out.xst ref.xst

# ---- snapshots ----
rm -rf k out.xst
exch-match -v --journal k --segment-size 1500000 -o out.xst in.xst 2>err
has err 'snapshot at record [0-9]*: the run stood still for [0-9]* us' \
	"snapshots are taken"
ok "beside that nothing changes" cmp out.xst ref.xst
cp -R k whole
exch-match --recover --check k >table
has table '^snapshot at record [0-9]*, output from [0-9]*, state [0-9a-f]*$' \
	"--check lists them"
# again NAME: after the journal lost its end, and the output more of it.
again() {
	last=$(find k -name '0*.xst' | sort | tail -n 1)
	cut_at "$last" 400000
	cut_at out.xst 19000000
	exch-match -v --journal k --segment-size 1500000 -o out.xst in.xst 2>err
	ok "$1: the same file" cmp out.xst ref.xst
}
again "from a snapshot"
has err 'k: the snapshot at record [0-9]* is put back' "it was used"
exch-match -v --recover --digest -o rec.xst k 2>err
has err 'the state at record [0-9]* is that of its snapshot' \
	"a replay comes to the same state"
rm -rf k && cp -R whole k
for f in k/*.img; do
	printf X | dd of="$f" bs=1 seek=20000 conv=notrunc 2>/dev/null
done
exch-match --recover --check k >table 2>err
is $? 3 "--check tells a damaged snapshot"
has err 'k/[0-9]*.img.*:' "and which"
again "from damaged snapshots"
has err 'the snapshot is passed over' "they are told"
is "$(grep -c 'is put back' err)" 0 "and not used"
rm -rf k && cp -R whole k
for f in k/*.img; do cut_at "$f" 30000; done
again "from snapshots cut off"
rm -rf k && cp -R whole k
f=$(find k -name '*.xst.zst' | sort | head -n 1)
for bytes in 20 1 9; do
	cut_at "$f" $(($(wc -c <"$f") - bytes))
	exch-match --recover --check k >table 2>err
	is "$?,$(cat err)" \
		"0,exch-match: $f: no index, or not all of it: the records are there" \
		"a segment without the end of its index, $bytes bytes"
done
rm -rf k && cp -R whole k
mv "$(find k -name '*.img' | sort | tail -n 1)" k/000000000500.img
again "from a snapshot of another position"
rm -rf k && cp -R whole k
rm -f "$(find k -name '*.xst' | sort | tail -n 1)"
for f in $(find k -name '*.xst.zst' | sort | tail -n 2); do
	zstd -q -d --rm "$f" 2>/dev/null || rm "$f"
done
rm -f "$(find k -name '*.xst' | sort | tail -n 1)"
cut_at out.xst 9000000
exch-match -v --journal k --segment-size 1500000 -o out.xst in.xst 2>err
ok "from snapshots ahead of journal and output: the same file" \
	cmp out.xst ref.xst
rm -rf k && cp -R whole k
rm -f out.xst
exch-match -v --journal k -o out.xst in.xst 2>err
is "$(grep -c 'is put back' err)" 0 "an output that is gone is made from the start"
ok "and is the same file" cmp out.xst ref.xst

# ---- threads ----
rm -rf k out.xst
exch-match -q -j 2 --journal k --segment-size 1500000 -o out.xst in.xst
ok "-j 2: the same file" cmp out.xst ref.xst
rm -rf two && cp -R k two
again "-j 2, gone on with by one thread"
is "$(grep -c 'is put back' err)" 0 "which takes no snapshot of two"
rm -rf k && mv two k
cut_at "$(find k -name '0*.xst' | sort | tail -n 1)" 400000
exch-match -v -j 2 --journal k -o out.xst in.xst 2>err
ok "-j 2, gone on with by two: the same file" cmp out.xst ref.xst
has err 'k: the snapshot at record [0-9]* is put back' \
	"which do, and it was used"
# Where the output lacks a little of what the snapshot needs, or has it.
at=$(exch-match --recover --check k |
	sed -n 's/^snapshot.* output from \([0-9]*\),.*/\1/p' | tail -n 1)
bytes=$(wc -c <ref.xst)
bytes=$((bytes / 1000 * at / (records / 1000)))
for more in 20000 300000 600000; do
	cp ref.xst out.xst
	cut_at out.xst $((bytes - 300000 + more))
	exch-match -q -j 2 --journal k -o out.xst in.xst
	ok "-j 2, an output cut near the snapshot: the same file" \
		cmp out.xst ref.xst
done
rm -rf k && cp -R whole k
last=$(find k -name '0*.xst' | sort | tail -n 1)
cut_at "$last" 400000
cut_at out.xst 19000000
exch-match -q -j 2 --journal k -o out.xst in.xst
ok "one thread, gone on with by -j 2: the same file" cmp out.xst ref.xst
exch-match -q -j 2 --recover -o rec.xst k
ok "-j 2 --recover: the same file" cmp rec.xst ref.xst

# ---- the output in a pipe ----
rm -rf k
exch-match -q --journal k in.xst >whole.xst
half=$((records / 2))
exch-match -q --digest --journal k --from "$half" in.xst 2>digest >tail.xst
same digest ref.digest "--from: the digest is that of the whole stream"
exch-replay -q --partial -f json tail.xst | grep -vc '"t":"\(header\|end\|schema\|source\)"' >count
is "$(cat count)" $((records - half)) "--from: as many records as are left"
exch-report summary tail.xst >/dev/null 2>err
is $? 3 "a part is not taken for a whole"
has err 'part of a stream' "and the message says so"
exch-match --journal k in.xst 2>err >/dev/null
has err 'begins at its first record again: --from' "a notice about --from"
exits 3 "--from behind the end" \
	exch-match -q --from $((records + 1)) -o x.xst in.xst

# ---- from a later position of the input ----
rm -rf k
exch-match -q --journal k -o out.xst in.xst
cut_at k/000000000000.xst 6000001
exch-match -q --recover --check k >table
n=$(sed -n 's/ records, .*//p' table)
# A part of the input: a segment of another journal of it, without what a
# journal adds to the header.  Records of the middle are matched once.
exits 3 "a record between journal and input is missing" sh -c \
	'exch-match -q --from 1000 in.xst >part.xst; exch-match -q --journal new \
		-o new.xst part.xst 2>err'
has err 'input begins at record 1000, and the journal ends at 0' \
	"it names the positions"

# ---- what is refused ----
exch-match -q --journal j --ladder xetra -o o2.xst in.xst 2>err
is $? 2 "other options: refused"
has err 'was written with journal-options=ladder=plain-ref' "with what differs"
# Of long ones the end counts, too.
zeros=$(printf '%0120d' 0)
exch-match -q --journal long --allocation "pro-rata,min=${zeros}1" \
	-o long.xst in.xst
exch-match -q --journal long --allocation "pro-rata,min=${zeros}2" \
	-o o2.xst in.xst 2>err
is $? 2 "a long option that ends otherwise: refused"
exch-match --allocation "pro-rata,min=$zeros$zeros$zeros${zeros}1" \
	-o o2.xst in.xst 2>err
is $? 2 "one that the stream has no room for: refused"
has err 'and the stream has room for 511' "it says so"
rm -rf long long.xst
exch-match -q --recover --ladder xetra -o o2.xst j 2>err
is $? 2 "--recover under other options: refused"
sed -n 1,40p "$src/scenarios/crossed-book.scn" >/dev/null 2>&1
printf '%s\n' 'instrument ABC tick 0.01' '09:00 A buy 100 ABC @ 10.00' >a.scn
exch-replay -q -o a.xst a.scn
exch-match -q --journal j -o o2.xst a.xst 2>err
is $? 2 "another input: refused"
has err 'the journal is of another input' "it says so"
# The same id, other records: an input that was edited.
cat >b.scn <<'EOF'
instrument ABC tick 0.01
09:00 A buy 100 ABC @ 10.00
EOF
sed 's/10.00/10.01/' b.scn >c.scn
exch-replay -q -o b.xst b.scn && exch-replay -q -o c.xst c.scn
rm -rf k
exch-match -q --journal k -o o3.xst b.xst
exch-match -q --journal k -o o4.xst c.xst 2>err
is $? 3 "an edited input: refused"
has err 'not the one of the journal' "it says so"
printf '%s\n' '09:01 A sell 100 ABC @ 10.00' >>b.scn
exch-replay -q -o d.xst b.scn
exch-match -q --journal k -o o5.xst d.xst 2>err
is $? 3 "an input that goes on behind its end: refused"
echo precious >keep
exch-match -q --journal k -o keep b.xst 2>err
is $? 3 "an output file that is no stream: refused"
is "$(cat keep)" precious "and left alone"
cp ref.xst other.xst
exch-match -q --journal k -o other.xst b.xst 2>err
is $? 2 "an output file of another run: refused"
ok "and left alone" cmp other.xst ref.xst
exits 2 "text into a file that is gone on with" \
	exch-match -q --journal k -f json -o t.json b.xst
exits 2 "compression as well" exch-match -q --journal k -o t.xst.zst b.xst
exits 2 "--sync without --journal" exch-match --sync each b.xst
exits 2 "an unknown --sync" exch-match --journal k --sync now b.xst
exits 2 "--check without --recover" exch-match --check b.xst
exits 2 "--from with an output file" \
	exch-match --journal k --from 1 -o o3.xst b.xst
exits 3 "no such journal" exch-match --recover --check nowhere
printf x >file
exits 4 "a file in place of the directory" \
	exch-match -q --journal file -o x.xst b.xst

# ---- in use ----
rm -rf k out.xst
exch-match -q --journal k -o out.xst fifo &
pid=$!
exec 9>fifo
cat head.part >&9
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -s k/000000000000.xst ] && break
	sleep 0.2
done
exch-match -q --journal k -o out2.xst in.xst 2>err
is $? 4 "a second writer: refused"
has err "in use: process $pid writes it" "it names the first"
exch-match --recover --check k >table 2>err
result $? "a check beside a running writer"
has err "process $pid is writing it" "says so"
kill -9 "$pid"
exec 9>&-
wait "$pid" 2>/dev/null
exch-match -q --journal k -o out.xst in.xst
ok "after the kill: the same file" cmp out.xst ref.xst

# ---- damage ----
rm -rf k
exch-match -q --journal k -o out.xst in.xst
printf X | dd of=k/000000000000.xst bs=1 seek=500000 conv=notrunc 2>/dev/null
exch-match -q --journal k -o out.xst in.xst 2>err
is $? 3 "a damaged segment: refused"
has err 'k/000000000000.xst:byte [0-9]*: checksum of a block is wrong' \
	"with file and offset"
exch-match --recover --check k >table 2>err
is $? 3 "--check: refused as well"
has err 'k/000000000000.xst:byte [0-9]*: checksum' "with file and offset"
mv "$(find j -name '0000000[1-9]*.xst*' | sort | head -n 1)" gone
exch-match --recover --check j >table 2>err
is $? 3 "a missing segment: refused"
has err 'segment begins at record [0-9]*, and the one before ends at' \
	"with where"
exch-match --recover --check "$src" >table 2>err
is $? 3 "a directory without a journal"

# A journal of a newer format.
exch-replay -q -o plain.xst b.scn
rm -rf k && mkdir k && cp plain.xst k/000000000000.xst
exch-match -q --journal k -o x.xst plain.xst 2>err
is $? 3 "a stream that is no segment"
has err 'no segment of a journal' "it says so"

# ---- full disk, and nowhere to write ----
rm -rf k out.xst
status=0
(
	trap '' XFSZ
	ulimit -f 2048
	exch-match -q --journal k --segment-size 100000000 in.xst \
		2>err >/dev/null
) || status=$?
is "$status" 4 "a file too large: status 4"
has err 'k.*File too large' "said of the journal"
exch-match -q --journal k -o out.xst in.xst
ok "with room again: the same file" cmp out.xst ref.xst
rm -rf k out.xst
status=0
(
	trap '' XFSZ
	ulimit -f 2048
	exch-match -q --journal k --segment-size 100000 -o out.xst in.xst 2>err
) || status=$?
is "$status" 4 "an output too large: status 4"
has err 'out.xst.*File too large' "said of the output"
exch-match -q --journal k -o out.xst in.xst
ok "with room again: the same file" cmp out.xst ref.xst
if [ "$(id -u)" -ne 0 ]; then
	mkdir ro && chmod 555 ro
	exits 4 "a directory that cannot be written" \
		exch-match -q --journal ro -o x.xst b.xst
else
	skip "a directory that cannot be written" "root writes everywhere"
fi

# ---- a reader that goes ----
rm -rf k
exch-match --journal k --on-broken-pipe continue in.xst 2>err |
	head -c 1000 >/dev/null
has err 'the reader has gone' "a notice"
exch-match -q --recover -o rec.xst k
ok "the run went on without it" cmp rec.xst ref.xst
rm -rf k
{ exch-match -q --journal k in.xst; echo $? >status; } 2>err |
	head -c 1000 >/dev/null
is "$(cat status)" 141 "by default it ends the run"
exch-match -q --journal k -o out2.xst in.xst
ok "which is gone on with" cmp out2.xst ref.xst

# ---- up to a time ----
exch-match -q --recover --until 2026-01-05T15:00:00Z -o until.xst k
result $? "--until"
last=$(exch-replay -q -f json until.xst | grep -o '"time":"[^"]*"' |
	sort | tail -n 1)
expr "$last" '<=' '"time":"2026-01-05T15:00:00.000000000Z"' >/dev/null
result $? "nothing is later"
n=$(exch-replay -q -f json until.xst | wc -l)
[ "$n" -gt 1000 ] && [ "$n" -lt "$records" ]
result $? "and something is there"

# ---- text as input, each record at once ----
exch-replay -q -f json b.scn >b.json
rm -rf k
exch-match -q --journal k --sync each -o t1.xst b.json
exch-match -q -o t2.xst b.json
ok "JSON in, --sync each: the same file" cmp t1.xst t2.xst
exch-match -q --journal k --sync none -o t1.xst b.json
ok "and again" cmp t1.xst t2.xst

finish
