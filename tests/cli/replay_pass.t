#!/bin/sh
# exch-replay of a stream of which nothing is asked: its blocks pass whole,
# brought from the file into the pipe.  What arrives has the records, the
# messages and the exit codes of a copy record by record, which --count makes.
. "${srcdir:-.}/tests/cli/lib.sh"

one_by_one="--count 1000000000"

"$bin/data/gen-sample" --messages 40000 --symbols 5 >day.pcap 2>/dev/null
exch-replay -q --date 2026-01-05 --tz America/New_York -o day.xst day.pcap
rm day.pcap

# through FILE [OPTION...]: what comes through a pipe into "piped", the exit
# codes into "codes", messages of exch-replay into "err".
through() {
	file=$1
	shift
	{
		exch-replay "$@" "$file" 2>err
		echo $? >codes
	} | cat >piped
	exch-replay -f json piped 2>told >json
	echo $? >>codes
}

# events FILE: without what tells the options, --count among them.
events() {
	grep -v '"t":"\(header\|source\)"' "$1"
}

# alike NAME FILE: both ways are.
alike() {
	# shellcheck disable=SC2086 # an option with its argument
	through "$2" $one_by_one
	mv codes codes1
	mv err err1
	events json >json1
	through "$2"
	events json >json2
	if cmp -s codes codes1 && cmp -s err err1 && cmp -s json1 json2; then
		result 0 "$1"
	else
		result 1 "$1"
		paste codes1 codes | sed 's/^/# codes /'
		diff err1 err | sed 's/^/# /'
	fi
}

# blocks FILE: where they begin, with their kind.
blocks() {
	grep -abo 'XST1[HDE]' "$1" | sed 's/:XST1/ /'
}

alike "a whole day" day.xst
cp json day.json
is "$(paste -sd ' ' codes)" "0 0" "is whole behind the pipe"
blocks day.xst >in
is "$(($(grep -c D in) > 4))" 1 "it has some blocks"
# block FILE: its last full one, byte for byte.
block() {
	blocks "$1" | tail -n 3 | head -n 2 | cut -d ' ' -f 1 | paste -sd ' ' - >place
	read -r from to <place
	head -c "$to" "$1" | tail -c "+$((from + 1))"
}
block day.xst >was
block piped >is
same is was "a block of orders is the same bytes"

exch-replay -o whole.xst day.xst
# shellcheck disable=SC2086 # an option with its argument
exch-replay $one_by_one -o records.xst day.xst
blocks whole.xst >in
blocks records.xst >out
is "$(cut -d ' ' -f 2 in | uniq -c)" "$(cut -d ' ' -f 2 out | uniq -c)" \
	"files are cut by their content alone"
exch-replay day.xst >redirected.xst
same redirected.xst whole.xst "so are those that a shell opens"
# comes NAME: as records, what the pipe brought into "piped".
comes() {
	exch-replay -f json piped >json
	events json >json2
	same json2 json1 "$1"
}
exch-replay <day.xst | cat >piped
comes "standard input that is a file"
# shellcheck disable=SC2002 # it is to be a pipe
cat day.xst | exch-replay | cat >piped
comes "or a pipe"
exch-replay -f csv --type new day.xst | cat >csv
is "$(wc -l <csv)" "$(($(grep -c '"t":"new"' json1) + 1))" "other forms"
exch-replay --digest day.xst 2>told | cat >piped
is "$(exch-replay --digest piped 2>&1 >/dev/null)" "$(cat told)" "the digest"

# ---- what is damaged ----

size=$(wc -c <day.xst)
middle=$((size / 2))
head -c $middle day.xst >cut.xst
alike "a cut file" cut.xst
is "$(head -n 1 codes)" 3 "it is incomplete"
head -c $((size - 30)) day.xst >cut.xst
alike "an end block that is cut" cut.xst
cp day.xst bad.xst
printf '\252' | dd of=bad.xst bs=1 seek=$middle conv=notrunc 2>/dev/null
alike "a damaged block" bad.xst
is "$(paste -sd ' ' codes)" "3 3" "it is told, here and behind the pipe"
has err "checksum of a block is wrong" "as what it is"
blocks bad.xst | awk -v m=$middle '$1 < m { n = $1 } END { print n }' >place
is "$(($(blocks piped | tail -n 1 | cut -d ' ' -f 1) < $(cat place) + 4096))" 1 \
	"nothing of it or behind it leaves"
zstd -q day.xst -o day.xst.zst 2>/dev/null &&
	alike "a compressed file" day.xst.zst

# ---- readers ----

{
	exch-replay day.xst 2>err
	echo $? >codes
} | head -c 100 >/dev/null
is "$(cat err)" "" "a reader that has gone is no trouble"
events day.json >json1
exch-replay day.xst | dd bs=777 2>/dev/null >piped
comes "a reader of small pieces"

# Changed between our look and the reader's: by what the system does it is the
# old bytes or a damaged block that arrives, and never other records.
mkfifo pipe
cp day.xst live.xst
exch-replay live.xst >pipe 2>err &
pid=$!
exec 3<pipe
dd bs=1 count=40 <&3 2>/dev/null >head
printf '\252' | dd of=live.xst bs=1 seek=$middle conv=notrunc 2>/dev/null
cat head - <&3 | exch-replay -f json 2>told >json
exec 3<&-
wait $pid
events json | grep -v '"t":"end"' >json2
head -n "$(wc -l <json2)" json1 >part
same json2 part "a file that changes: no other records"
is "$(($(wc -l <json2) > 100)) $(grep -c . told | tr 0 1)" "1 1" \
	"and those before it"
finish
