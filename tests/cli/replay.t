#!/bin/sh
# exch-replay: what it says and how it ends for inputs that are missing, of
# the wrong kind, malformed or cut; what it asks for; its filters.
. "${srcdir:-.}/tests/cli/lib.sh"

# says STATUS PATTERN NAME COMMAND...: exit status and what it complains.
says() {
	says_want=$1
	says_pattern=$2
	says_name=$3
	shift 3
	says_got=0
	"$@" >out 2>err </dev/null || says_got=$?
	is "$says_got" "$says_want" "$says_name: status $says_want"
	has err "$says_pattern" "$says_name: message"
}

# records FILE TYPE: how many of this type.
records() {
	exch-replay -f json --partial "$1" 2>/dev/null |
		grep -c "^{\"t\":\"$2\""
}

digest() {
	exch-replay --digest "$@" 2>&1 >/dev/null | grep '^sha256:'
}

cat >a.csv <<'END'
time,symbol,action,order,side,qty,price
2026-01-05T14:30:00Z,ABC,N,1,B,100,10.01
2026-01-05T14:30:01Z,ABC,N,2,S,60,10.00
2026-01-05T14:30:02Z,XYZ,N,3,S,60,10.00
2026-01-05T14:30:03Z,ABC,X,1,,,
END
cat >s.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
14:30 ANN buy 100 @ 10.01 as bid
+1s BOB sell 60 @ 10.00
+2s cancel bid
END

# ---- kinds ----

says 3 "the input is empty" "nothing on standard input" exch-replay
: >empty
says 3 "empty: the input is empty" "an empty file" exch-replay empty
says 3 "nowhere: cannot open" "no such file" exch-replay nowhere
says 2 "operand 2 is empty" "an operand without a name" exch-replay empty ""
says 3 "cannot open" "a directory" exch-replay .
echo "Dear Sir or Madam" >letter
says 3 "none of the kinds of input known: pcap, dbn, itch50" "a letter" \
	exch-replay letter
head -c 5000 /dev/urandom >noise
says 3 "noise" "random bytes" exch-replay noise
says 3 "nowhere: cannot open" "the second file is missing" \
	exch-replay s.txt nowhere
is "$(wc -c <out)" 0 "and nothing was written before it was missed"

# ---- options ----

says 2 "no feed is called 'fax'" "--as" exch-replay --as fax s.txt
says 2 "not YYYY-MM-DD" "--date" exch-replay --date today s.txt
says 2 "no time zone" "--tz" exch-replay --tz Mars/Base s.txt
says 2 "not a price step" "--tick" exch-replay --tick 0 s.txt
says 2 "not a price step" "--tick that means none" \
	exch-replay --tick 9223372036.854775807 s.txt
says 2 "not a whole number" "--count" exch-replay --count -1 s.txt
says 2 "not a factor" "--speed" exch-replay --speed fast s.txt
says 2 "not a factor" "--speed 0" exch-replay --speed 0 s.txt
says 2 "not NAME" "--symbol" exch-replay --symbol ,A s.txt
says 2 "neither HH:MM" "--from" exch-replay --from noon s.txt
says 2 "neither HH:MM" "--to" exch-replay --to noon s.txt
says 2 "no record type" "--type" exch-replay -f csv --type boat s.txt

# ---- what the input cannot tell ----

sed 's/2026-01-05T\(.*\)Z,ABC/\1/; /XYZ/d; s/,symbol//' a.csv >bare.csv
says 2 "add --date" "no date" exch-replay bare.csv
says 2 "add --tz" "no zone" exch-replay --date 2026-01-05 bare.csv
says 2 "add --symbol" "no symbol" \
	exch-replay --date 2026-01-05 --tz UTC bare.csv
says 2 "add --tick" "no tick" \
	exch-replay --date 2026-01-05 --tz UTC --symbol ABC bare.csv
is "$(wc -c <out)" 0 "nothing was written"
exits 0 "with all four" exch-replay -o bare.xst --date 2026-01-05 --tz UTC \
	--symbol ABC --tick 0.01 bare.csv
is "$(records bare.xst new) $(records bare.xst cancel)" "2 1" "its records"
exch-replay -f json --date 20260105 --tz America/New_York \
	--symbol ABC --tick 0.01 bare.csv >out
has out '"new".*"2026-01-05T19:30:00.000000000Z"' "New York's clock"

# ---- malformed rows ----

awk 'BEGIN {
	print "time,symbol,action,order,side,qty,price"
	for (i = 1; i <= 60; i++)
		printf "2026-01-05T14:30:00Z,ABC,N,%s,B,%s,10.01\n",
		    i, i % 2 ? 100 : "1O0"
}' >bad.csv
says 1 'bad.csv:3:32: column qty: "1O0" is not a whole number' \
	"30 bad rows" exch-replay --tick 0.01 -o bad.xst bad.csv
is "$(grep -c 'column qty' err)" 20 "20 of them are told"
has err "only counted" "the rest is counted"
is "$(records bad.xst new)" 30 "the good rows are delivered"
is "$(records bad.xst error)" 30 "so are the errors"
exch-replay -v --tick 0.01 bad.csv >out 2>err
is "$(grep -c 'column qty' err)" 30 "-v tells all"
has err "malformed input  *30" "and counts them"
says 3 "bad.csv:3:32" "--strict" exch-replay --strict --tick 0.01 bad.csv
is "$(grep -c 'column qty' err)" 1 "stops at the first"
is "$(exch-replay --partial -f json out 2>/dev/null | grep -c '"t":"new"')" 1 \
	"and delivers what was before it"
exits 3 "which a reader is told" sh -c 'exch-replay out >/dev/null 2>err'

sed '1s/$/,stop/; 2,$s/$/,1/' a.csv >stop.csv
says 3 'stop.csv:1:41: column "stop" is not known' \
	"a column nobody knows" exch-replay --tick 0.01 stop.csv
is "$(digest --tick 0.01 --columns -=stop stop.csv)" \
	"$(digest --tick 0.01 a.csv)" "is left out by a map"
sed '1s/time/when/; 1s/order/nr/' a.csv >names.csv
is "$(digest --tick 0.01 --columns time=when,order=nr names.csv)" \
	"$(digest --tick 0.01 a.csv)" "a column map"

# ---- the same bytes in other clothes ----

want=$(digest --tick 0.01 a.csv)
ok "there is a digest" test -n "$want"
gzip -c a.csv >a.gz && zstd -q -c a.csv >a.zst
is "$(digest --tick 0.01 a.gz)" "$want" "gzip"
is "$(digest --tick 0.01 a.zst)" "$want" "zstd"
sed 's/$/\r/' a.csv >crlf.csv
is "$(digest --tick 0.01 crlf.csv)" "$want" "CRLF"
{ printf '\357\273\277' && cat a.csv; } >bom.csv
is "$(digest --tick 0.01 bom.csv)" "$want" "a byte order mark"
sed 's/[^,]*/"&"/g' a.csv >quoted.csv
is "$(digest --tick 0.01 quoted.csv)" "$want" "every field quoted"
is "$(dd if=a.csv bs=1 2>/dev/null | exch-replay --tick 0.01 --digest 2>&1 \
	>/dev/null)" "$want" "byte by byte through a pipe"
for form in json csv; do
	multi=
	[ $form = csv ] && multi=--csv-multi
	# shellcheck disable=SC2086 # an option or none
	exch-replay --tick 0.01 -f $form $multi a.csv >view
	is "$(digest view)" "$want" "through $form and back"
done
exch-replay --tick 0.01 -z -o a.xst.zst a.csv
is "$(digest a.xst.zst)" "$want" "through a compressed stream"

{
	exch-replay --tick 0.01 -f json a.csv | head -n 3
	awk 'BEGIN { printf "{\"t\":\""; for (;;) print "x" }' |
		tr -d '\n' | head -c 2000000
} >endless.json 2>/dev/null
says 3 "endless.json:4: " "a line without an end" \
	exch-replay -o got.xst endless.json

# ---- cut ----

n=$(wc -c <a.zst)
head -c $((n - 5)) a.zst >cut.zst
says 3 "cut.zst" "a compressed file that ends early" \
	exch-replay --tick 0.01 -o cut.xst cut.zst
exch-replay --tick 0.01 a.csv >whole.xst
n=$(wc -c <whole.xst)
head -c $((n - 8)) whole.xst >part.xst
says 3 "part.xst" "a stream without its end" exch-replay -o got.xst part.xst
is "$(records got.xst new)" 3 "what was whole is delivered"
says 3 "complete only up to here" "and known to be incomplete" \
	exch-replay got.xst
bad=0
i=0
while [ $i -lt "$n" ]; do
	head -c $i whole.xst >part.xst
	exch-replay -f json part.xst >out 2>err
	rc=$?
	if [ $rc -ne 3 ] || [ ! -s err ]; then
		echo "# cut at $i: status $rc"
		bad=1
	fi
	i=$((i + 1))
done
is $bad 0 "cut at any byte: status 3 and a message"

# ---- accounts by a rule ----

day="$src/data/sample.pcap.zst"
replay_day() {
	exch-replay -q --date 2026-01-05 --tz America/New_York "$@" "$day"
}
# owners STREAM: instrument, order and account of each NEW
owners() {
	exch-replay -q -f csv --type new "$1" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR > 1 { print $at["instr"], $at["order"], $at["account"] }' |
		sort
}
replay_day --count 20000 --accounts zipf:7 -o z.xst
replay_day --count 20000 -o none.xst
owners z.xst >z.owners
owners none.xst >none.owners
is "$(cut -d ' ' -f 3 z.owners | sort -nu | tr '\n' ' ')" '1 2 3 4 5 6 7 ' \
	"a rule gives accounts to orders"
is "$(cut -d ' ' -f 1,2 z.owners)" "$(cut -d ' ' -f 1,2 none.owners)" \
	"the same orders"
is "$(cut -d ' ' -f 3 none.owners | sort -u)" 0 "that had none"
awk '{ n[$3]++ } END { print (n[1] > 1.7 * n[2] && n[1] < 2.3 * n[2]),
	(n[1] > 5 * n[7]) }' z.owners >out
is "$(cat out)" "1 1" "by Zipf's law the first has twice what the second has"
exch-replay -q --accounts zipf:7 -o again.xst none.xst
owners again.xst >again.owners
is "$(cat again.owners)" "$(cat z.owners)" \
	"the accounts are the same when the stream gets them later"
exch-replay -q --accounts uniform:3 -o again.xst z.xst
owners again.xst >again.owners
is "$(cat again.owners)" "$(cat z.owners)" "who has an account keeps it"
replay_day --count 20000 --accounts zipf:7 --seed 5 -o other.xst
owners other.xst >other.owners
exits 1 "another seed gives others" cmp -s z.owners other.owners
is "$(exch-match -q -f csv --type exec z.xst | cut -d, -f 6- | cksum)" \
	"$(exch-match -q -f csv --type exec none.xst | cut -d, -f 6- | cksum)" \
	"and the day goes as it went"
says 2 "'even:3' is no rule" "a rule that there is not" \
	exch-replay --accounts even:3 none.xst
says 2 "not of 1 to 10000000" "nobody is refused" \
	exch-replay --accounts zipf:0 none.xst
says 2 "no accounts" "a display has none" \
	exch-replay --raw --accounts zipf:3 none.xst

# ---- output ----

exits 4 "a full disk" sh -c 'exch-replay s.txt >/dev/full 2>err'
has err "No space left" "is told"
i=0
while [ $i -lt 3000 ]; do
	cat s.txt
	i=$((i + 1))
done | sed '/^date\|^instr/d; s/14:30/+0s/; s/ as bid//; s/cancel bid/cancel 1/' >body.txt
# More than any pipe holds.
cat s.txt body.txt body.txt body.txt body.txt body.txt body.txt body.txt body.txt >long.txt
sh -c 'exch-replay -f text long.txt; echo $? >status' 2>err | head -n 2 >out
is "$(cat status)" 141 "a closed pipe ends the writer"
is "$(cat err)" "" "silently"
finish
