#!/bin/sh
# Records of a known type that are shorter than their fields, in a stream
# that is whole otherwise: every tool tells them and goes on.

. "${srcdir:-.}/tests/cli/lib.sh"
PATH=$bin/tests/tools:$PATH

cat >day.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30 phase continuous
09:30 buy 100 @ 10 id 1
09:31 buy 100 @ 10 id 2
09:32 sell 100 @ 10 id 3
09:33 sell 100 @ 10 id 4
END
exch-replay -o day.xst day.txt
exch-match -o matched.xst day.xst
shorten new <day.xst >short.xst
exch-replay --date 2026-01-05 --tz America/New_York --count 40000 \
	-o prints.xst "$src/data/sample.pcap.zst"

exits 1 "exch-match: a NEW that is too short" sh -c \
	'exch-match -f json short.xst >out 2>err'
has err "source 1, record 3: " "its place is told"
has out '"t":"error".*"ref_source":1,"ref_seq":"3"' "also in the stream"
is "$(grep -c '"t":"exec"' out)" 1 "the orders after it match"
exits 3 "--strict stops" sh -c 'exch-match -q --strict short.xst >out 2>err'
shorten -m new <day.xst >moved.xst
shorten -e new <day.xst >entry.xst
for f in short moved entry; do
	exits 1 "one thread, a NEW that is $f" sh -c \
		"exch-match -o 1.xst $f.xst 2>1.err"
	exits 1 "  and two threads" sh -c \
		"exch-match -j 2 -o 2.xst $f.xst 2>2.err"
	same 2.err 1.err "  say the same"
	same 2.xst 1.xst "  and write the same"
done

shorten -e trade <prints.xst >entry.xst
exits 0 "a print with half an entry, of which nobody asks" \
	exch-match -q -o out.xst entry.xst
shorten trade <prints.xst >print.xst
for j in 1 2; do
	exits 1 "a print that is too short, $j threads" sh -c \
		"exch-match -j $j -o $j.xst print.xst 2>$j.err"
done
same 2.err 1.err "  say the same"
same 2.xst 1.xst "  and write the same"

exits 1 "exch-replay: one of two inputs" sh -c \
	'exch-replay -f json short.xst day.txt >out 2>err'
has err "short.xst:record 3: " "its place is told"
has out '"t":"error".*record 3' "also in the stream"
is "$(grep -c '"t":"new"' out)" 7 "the other orders are there"
exits 3 "--strict stops" sh -c \
	'exch-replay --strict short.xst day.txt >/dev/null 2>err'
exits 0 "a copied stream keeps it as it is" sh -c \
	'exch-replay -o copy.xst short.xst'
exits 1 "so that the next tool tells it" sh -c 'exch-match copy.xst >out 2>err'

printf '%s\n' 34200.1,1,11,100,100000,1 34200.2,1,12,100,100100,-1 \
	34200.3,4,11,100,100000,1 >lobster.csv
lobster="--date 2026-01-05 --tz UTC --symbol ABC --tick 0.01"
# shellcheck disable=SC2086
exch-replay --raw $lobster -o raw.xst lobster.csv
shorten book-add <raw.xst >rawshort.xst
exits 1 "exch-replay: a displayed order of --raw" sh -c \
	'exch-replay -f json rawshort.xst >out 2>err'
has err "rawshort.xst:record" "is told"
is "$(grep -c '"t":"new"' out)" 1 "and the other one is replayed"

# report TYPE REPORT...: what they look at.
report() {
	type=$1
	shift
	# shellcheck disable=SC2086 # with an option
	shorten $type <matched.xst >m.xst
	for report; do
		exits 1 "exch-report $report: a short $type" sh -c \
			"exch-report $report -f csv m.xst >out 2>err"
		has err "source [12], record [0-9]*: " "is told"
		has err "1 record had bad content" "and counted"
	done
}

report new summary orders depth audit
report "-e new" summary orders depth audit
report exec summary trades orders depth bars audit
exits 3 "--strict stops" sh -c 'exch-report trades --strict m.xst >out 2>err'
finish
