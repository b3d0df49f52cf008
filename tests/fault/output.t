#!/bin/sh
# Output that cannot be written: each gives a message and exit 4, and what
# is unfinished is removed.
. "${srcdir:-.}/tests/cli/lib.sh"

[ -c /dev/full ] || skip_all "there is no /dev/full"

awk 'BEGIN {
	print "date 2023-02-07"
	print "instrument ABC tick 0.01"
	for (i = 0; i < 30000; i++)
		printf "09:%02d:%02d.%03d ACC1 %s 100 ABC @ %.2f\n",
		    int(i / 1200), int(i / 20) % 60, i % 20 * 50,
		    i % 2 ? "buy" : "sell", 10 + i * 7 % 13 / 100
}' >big.txt
head -n 10 big.txt >small.txt
exch-replay big.txt >big.xst && exch-replay small.txt >small.xst
result $? "input is made"

# full NAME COMMAND: run by sh; its output device is full.
full() {
	full_status=0
	sh -c "$2" 2>err || full_status=$?
	is "$full_status" 4 "$1: status 4"
	has err "^exch-[a-z]*: .*No space left on device" "$1: message"
	is "$(wc -l <err | tr -d ' ')" 1 "$1: said once"
}

for form in bin text csv json; do
	for size in small big; do
		full "$form, $size" "exch-match -q -f $form $size.xst >/dev/full"
		full "$form, $size, -o" \
			"exch-match -q -f $form -o /dev/full $size.xst"
	done
done
full "compressed" "exch-match -z big.xst >/dev/full"
full "compressed, small" "exch-match -z small.xst >/dev/full"
# Results of a journal leave behind the back of who makes them.
full "with a journal" "exch-match -q --journal j1 big.xst >/dev/full"
full "with a journal, small" "exch-match -q --journal j2 small.xst >/dev/full"
full "with a journal, while the input is waited for" \
	"{ cat small.xst; sleep 1; } | exch-match -q --journal j3 >/dev/full"
full "exch-replay" "exch-replay big.txt >/dev/full"
full "exch-replay, small" "exch-replay small.txt >/dev/full"
exch-match -o events.xst big.xst
for form in text csv json; do
	full "exch-report trades, $form" \
		"exch-report trades -f $form events.xst >/dev/full"
done
full "exch-report" "exch-report summary events.xst >/dev/full"

# A limit on the size of files stands for a full disk under -o.
echo precious >keep.xst
status=0
(
	trap '' XFSZ
	ulimit -f 64
	exch-match -o keep.xst big.xst 2>err
) || status=$?
is "$status" 4 "file too large: status 4"
has err "^exch-match: keep.xst: .*File too large" "file too large: message"
is "$(cat keep.xst)" precious "the old file is there"
set -- .keep.xst.*
[ ! -e "$1" ]
result $? "no temporary file is left"

# And under a journal, where nothing leaves any more.
for sync in batch each; do
	status=0
	(
		trap '' XFSZ
		ulimit -f 64
		exch-match --journal "f$sync" --sync $sync -o /dev/null big.xst \
			2>err
	) || status=$?
	is "$status" 4 "a journal that is too large, $sync: status 4"
	has err "^exch-match: f$sync.*File too large" "  its message"
	is "$(wc -l <err | tr -d ' ')" 1 "  said once"
done

# Standard error that is full or closed must not stop the work.
exch-match -v -o a.xst big.xst 2>/dev/full
result $? "full standard error"
exch-match -v -o b.xst big.xst 2>&-
result $? "closed standard error"
same a.xst b.xst "and nothing of it in the output"

# Readers that leave early end a whole pipeline without a word.
for form in bin text csv json; do
	(exch-replay big.txt | exch-match -q -f "$form" | head -c 10 >/dev/null) \
		2>err
	is "$(cat err)" "" "closed pipe, $form: silent"
done
(exch-replay big.txt | exch-match -q --journal j4 | head -c 10 >/dev/null) 2>err
is "$(cat err)" "" "closed pipe, with a journal: silent"

finish
