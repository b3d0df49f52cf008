#!/bin/sh
# exch-replay --from with an index: the same bytes as without one, and blocks
# before that are not even looked at; and indexes that are of no use.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

command -v zstd >/dev/null || skip_all "zstd is not installed"
exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q -o day.xst
cp day.xst slow.xst
size=$(wc -c <day.xst)

# put FILE OFFSET OCTAL...: other bytes there.
put() {
	put_file=$1 put_at=$2
	shift 2
	# shellcheck disable=SC2059 # that is what it is for
	printf "$(printf '\\%s' "$@")" |
		dd of="$put_file" bs=1 seek="$put_at" conv=notrunc 2>/dev/null
}
# alike NAME OPTION...: of fast.xst, which has an index, as of slow.xst.
cp day.xst fast.xst
alike() {
	alike_name=$1
	shift
	want=0 got=0
	exch-replay -o want "$@" slow.xst 2>want.err || want=$?
	exch-replay -o got "$@" fast.xst 2>got.err || got=$?
	is "$got" "$want" "$alike_name: status"
	same got want "$alike_name"
}
said() {
	same got.err want.err "and says the same"
}

# ---- with an index ----

exits 0 "--index" exch-replay -v --index fast.xst 2>err
has err '^exch-replay: fast.xst.xsti: [1-9][0-9]* places$' "writes one beside"
ok "which begins as exch-stream(5) says" sh -c \
	"head -c 6 fast.xst.xsti | od -An -c | grep -q 'X   S   T   I 002  *.0'"
for o in 03:00 09:30 14:30 15:30 16:26:07.5 20:59:59 21:00:00.000000001 23:59; do
	alike "--from $o" --from $o
	said
done
alike "--from and --to" --from 15:00 --to 15:05
said
alike "a whole time" --from 2026-01-05T19:12:00Z
alike "in a zone" --from 14:12 --tz America/New_York
alike "--count" --from 15:00 --count 10
alike "before everything" --from 00:00
alike "after everything" --from 2027-01-05T00:00:00Z
said
alike "--symbol" --from 18:00 --symbol CHRL
has got.err "^exch-replay: [0-9]* more, of all kinds and instruments, were not read" \
	"says what is not known"
alike "a symbol that nobody knows" --from 18:00 --symbol NONE
alike "--no-expect" --from 18:00 --no-expect
alike "--accounts" --from 18:00 --accounts zipf:10
alike "--venue" --from 18:00 --venue X
alike "JSON" --from 20:00 -f json
alike "CSV" --from 20:00 -f csv --type exec
alike "text" --from 20:00 -f text
alike "compressed" --from 20:00 -z
alike "fast" --from 20:00 --to 20:10 --speed 100000
is "$(exch-replay -q --digest --from 20:00 fast.xst 2>&1 >/dev/null)" \
	"$(exch-replay -q --digest --from 20:00 slow.xst 2>&1 >/dev/null)" "--digest"
is "$(exch-replay -q --from 20:00 - <fast.xst | exch-replay -f json)" \
	"$(exch-replay -q --from 20:00 slow.xst | exch-replay -f json)" "a pipe"
exch-replay -q --from 20:00 -o got fast.xst fast.xst
exch-replay -q --from 20:00 -o want slow.xst slow.xst
same got want "several inputs are read as ever"

# What is not looked at is not found damaged: so it is not looked at.
half=$((size / 2))
cp fast.xst kept.xst
put fast.xst $half 377 0 377 0 377 0 377 0
exch-replay -q --from 20:00 -o want slow.xst
exits 0 "damage before" exch-replay -q --from 20:00 -o got fast.xst
same got want "is not even looked at"
exits 3 "but behind" sh -c 'exch-replay -q --from 15:00 fast.xst >got 2>err'
has err 'checksum of a block is wrong' "it is found"
mv fast.xst.xsti aside
exits 3 "and without an index" sh -c \
	'exch-replay -q --from 20:00 fast.xst >got 2>err'
cp kept.xst fast.xst
mv aside fast.xst.xsti
cp fast.xst.xsti good.xsti

# ---- compressed: the index is inside ----

exch-replay -q -o day.xst.zst day.xst
zstd -q -d -f -o slow.xst day.xst.zst
# inside NAME OPTION...: of day.xst.zst as of slow.xst.
inside() {
	inside_name=$1
	shift
	exch-replay -o want "$@" slow.xst 2>want.err
	exch-replay -o got "$@" day.xst.zst 2>got.err
	same got want "compressed: $inside_name"
}
for o in 03:00 14:30 19:12 20:00 21:30 23:59; do
	inside "--from $o" --from $o
	said
done
inside "--from and --to" --from 15:00 --to 15:05
inside "--symbol" --from 18:00 --symbol CHRL
packed=$(wc -c <day.xst.zst)
cp day.xst.zst kept.zst
put day.xst.zst $((packed / 2)) 377 0 377 0 377 0 377 0
inside "damage before is not even looked at" --from 20:00
exits 3 "but found by who reads it" sh -c \
	'exch-replay -q --from 12:00 day.xst.zst >got 2>err'
cp kept.zst day.xst.zst
at=$((packed - 2000))
put day.xst.zst $at 377 0 377 0 377
inside "a damaged index" --from 20:00
has got.err '^exch-replay: day.xst.zst: the index is damaged.*: all of the stream is read' \
	"is told"
zstd -q -d -c kept.zst | zstd -q -f -o day.xst.zst
inside "without an index it is read" --from 20:00
said
exch-replay -q --from 20:00 -f json -z -o text.zst day.xst
is "$(zstd -dc text.zst | tail -n 1)" \
	"$(exch-replay -q --from 20:00 -f json day.xst | tail -n 1)" "text"
exits 3 "--index" exch-replay --index kept.zst 2>err
has err "those that are compressed .* have their index inside" "is told"

# ---- times that go back, and what counts whatever its time ----

# Late blocks have records of the morning, early ones some of the evening; and
# in the middle, between trades, an account, a phase and an instrument come.
exch-replay -f json day.xst | awk -v OFS= '
	/"t":"(header|end|schema|source|instrument|phase)"/ { print; next }
	{ n++ }
	n % 9973 == 7 { sub(/"time":"2026-01-05T../, "\"time\":\"2026-01-05T22") }
	n % 19991 == 11 { sub(/"time":"2026-01-05T../, "\"time\":\"2026-01-05T07") }
	{ print }' >back.json
exch-replay -q -o slow.xst back.json
cp slow.xst fast.xst
exch-replay --index fast.xst
for o in 08:00 16:00 18:00 20:30 22:30 23:00; do
	alike "times go back: --from $o" --from $o
	said
done
ok "and some of the evening stood in the morning" sh -c \
	'exch-replay -q --from 22:00 -f json fast.xst | head -n 4000 | grep -q "T22:"'

cat >many.awk <<'END'
BEGIN {
	print "date 2026-01-05\ninstrument ABC tick 0.01"
	for (i = 0; i < 60000; i++) {
		if (i % 15000 == 14000)
			printf "account ACC%d\ninstrument NEW%d tick 0.01\n", i, i
		if (i % 20000 == 19000)
			printf "%02d:%02d:%02d phase halt ABC\n%02d:%02d:%02d phase continuous ABC\n",
				9 + i / 3600, i / 60 % 60, i % 60,
				9 + i / 3600, i / 60 % 60, i % 60
		printf "%02d:%02d:%02d A%d buy 100 ABC @ 1.%02d\n",
			9 + i / 3600, i / 60 % 60, i % 60, i % 7, i % 90
	}
}
END
awk -f many.awk | awk '/^[0-9]/ && substr($1, 1, 2) > 23 { next } { print }' >many.txt
exch-replay -q many.txt | exch-match -q -o slow.xst
cp slow.xst fast.xst
exch-replay --index fast.xst
for o in 08:00 11:00 15:00 20:00 23:59; do
	alike "directories in the middle: --from $o" --from $o
	said
done
ok "are there" sh -c 'test "$(exch-replay -q --from 23:59 -f json fast.xst |
	grep -c "\"t\":\"\(instrument\|phase\)\"")" -gt 4'

# ---- displayed books are read from their beginning ----

exch-replay -q --raw --date 2026-01-05 --tz America/New_York -o slow.xst \
	"$src/data/sample.pcap.zst"
cp slow.xst fast.xst
exch-replay --index fast.xst
alike "what a feed displayed" --from 20:00
alike "and as it was displayed" --from 20:00 --raw
said

# ---- indexes of no use ----

cp day.xst slow.xst
cp day.xst fast.xst
# useless PATTERN NAME: the notice, and the output all the same.
useless() {
	alike "$2" --from 20:00
	has got.err "^exch-replay: fast.xst.xsti: $1.*: all of the stream is read" \
		"$2 is told"
	sed '1d; s/fast.xst/slow.xst/' got.err | cmp -s - want.err
	result $? "and nothing else"
}
: >fast.xst.xsti
useless "this is not an index" "an empty one"
cp day.xst fast.xst.xsti
useless "this is not an index" "a stream"
cp good.xsti fast.xst.xsti
put fast.xst.xsti 4 3
useless "the index has version 3, this program knows 2" "a newer one"
cp good.xsti fast.xst.xsti
put fast.xst.xsti 4 1
useless "an index of version 1" "an older one"
for n in 7 60 79 80 200 $(($(wc -c <good.xsti) - 1)); do
	head -c "$n" good.xsti >fast.xst.xsti
	useless "\(the index ends early\|this is not an index\)" "one of $n bytes"
done
for at in 6 8 16 24 32 40 72 76 81 100 126 $(($(wc -c <good.xsti) - 1)); do
	cp good.xsti fast.xst.xsti
	put fast.xst.xsti "$at" 251
	useless "the index is damaged" "damage at $at"
done
(cat good.xsti && printf x) >fast.xst.xsti
useless "bytes follow the index" "one with more"
rm fast.xst.xsti
mkdir fast.xst.xsti
useless "this is not an index" "a directory"
rmdir fast.xst.xsti
mkfifo fast.xst.xsti
useless "this is not an index" "a pipe that nobody writes to"
rm fast.xst.xsti

# Another stream of the same length.
exch-replay -f json day.xst >day.json
exch-replay -q -o fast.xst day.json
exch-replay --index fast.xst
sed '/"t":"new"/s/"qty":100,/"qty":200,/' day.json | exch-replay -q -o slow.xst
is "$(wc -c <slow.xst)" "$(wc -c <fast.xst)" "a file of the same size"
exits 1 "and other bytes" cmp -s slow.xst fast.xst
cp slow.xst fast.xst
useless "the index is of another file" "of another file"
head -c $((size - 8)) day.xst >fast.xst
cp fast.xst slow.xst
useless "the index is of another file" "of the whole, for a part"
cp day.xst fast.xst
cp day.xst slow.xst
cp good.xsti fast.xst.xsti
alike "and again of this one" --from 20:00
said

# Of somebody else, who may say anything.
if [ "$(id -u)" -eq 0 ]; then
	chown 12345 fast.xst.xsti
	useless "the index is another user's" "of another user"
	chown 12345 fast.xst
	alike "of the stream's own user" --from 20:00
	chown 0 fast.xst fast.xst.xsti
else
	skip "indexes of other users" "not root"
fi

# ---- what has no index ----

exits 3 "a stream that was cut" sh -c \
	'head -c 3000000 day.xst >cut.xst && exch-replay --index cut.xst 2>err'
has err "^exch-replay: cut.xst:byte [0-9]*: stream ends without its end" "is told"
exits 3 "one that is damaged" sh -c \
	"cp day.xst bad.xst && printf x | dd of=bad.xst bs=1 seek=$half \
		conv=notrunc 2>/dev/null && exch-replay --index bad.xst 2>err"
has err "^exch-replay: bad.xst:byte [0-9]*: checksum of a block is wrong" "is, too"
exch-replay -q day.xst | cat >bare.xst
exits 3 "one without checksums" exch-replay --index bare.xst 2>err
has err "a block has no checksum.* write it anew" "is told what helps"
exits 3 "text" sh -c 'exch-replay --index back.json 2>err'
has err "not a plain record stream" "is told"
gzip -c day.xst >day.xst.gz
exits 3 "gzip" exch-replay --index day.xst.gz 2>err
has err "not a plain record stream" "is told"
exits 3 "no file" exch-replay --index none.xst 2>err
exits 2 "standard input" sh -c 'exch-replay --index - <day.xst 2>err'
has err "an index stands beside a file: name it" "is told"
exits 2 "no name" sh -c 'exch-replay --index <day.xst 2>err'
for o in "--from 10:00" "-o x" "--symbol A" "--speed 2" --strict "-f csv" -z \
	--digest --step; do
	# shellcheck disable=SC2086 # two words
	exits 2 "--index $o" exch-replay --index $o day.xst 2>err
	has err "takes the names of files, and no other option" "is told"
done
cp good.xsti victim
ln -s victim link.xst.xsti
cp day.xst link.xst
exits 2 "where a link is" exch-replay --index link.xst 2>err
has err "link.xst.xsti: this is a link to another file: remove it" "is told"
same victim good.xsti "and nothing is written through it"
rm link.xst link.xst.xsti
is "$(echo ./*.xsti)" "./fast.xst.xsti ./good.xsti" "none of them left anything"

finish
