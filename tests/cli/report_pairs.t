#!/bin/sh
# The short way of the summary (src/report/summary_ahead.c) gives what the
# records give one by one, which is how they are taken for --digest: on the
# sample day, on every scenario, and where records are missing.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

when='--date 2026-01-05 --tz America/New_York'

# same NAME: both ways of NAME.xst, as CSV and as a page without its digest.
same() {
	exch-report summary -f csv "$1.xst" >short.csv 2>short.err
	a=$?
	exch-report summary -f csv --digest "$1.xst" >long.csv 2>long.err
	b=$?
	grep -v '^sha256:' long.err >told
	exch-report summary --all "$1.xst" 2>page.err | grep -v '^Digest' >short.txt
	exch-report summary --all --digest "$1.xst" 2>page.err |
		grep -v '^Digest' >long.txt
	[ "$a" -eq "$b" ] && [ -s long.csv ] && cmp short.csv long.csv && cmp short.err told &&
		cmp short.txt long.txt
}

# shellcheck disable=SC2086 # $when is a list of options
exch-replay $when "$src/data/sample.pcap.zst" | exch-match >day.xst
ok 'the sample day' same day

bad=0
for f in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt; do
	opts=$(sed -n 's/^#! exch-match //p' "$f")
	# shellcheck disable=SC2086 # several options
	exch-replay "$f" | (cd "${f%/*}" && exch-match $opts) >scenario.xst
	same scenario || {
		echo "# ${f#"$src"/}"
		bad=1
	}
done
result "$bad" 'every scenario'

# Orders without their answers, answers without their orders, executions
# that are missing: whatever the stream says, both ways say the same of it.
# Commands without answers are looked through for each answer: a part of the
# day is enough.
exch-replay -f json day.xst | head -n 60000 >day.json
for every in 7 50 333; do
	awk -v n="$every" 'NR < 40 || (NR % n != 0 && !/"t":"end"/)' day.json |
		exch-replay --partial - >gaps.xst 2>/dev/null
	ok "every ${every}th record is missing" same gaps
done
ok 'and that answers speak of unknown orders' grep -q 'does not hold' short.err

finish
