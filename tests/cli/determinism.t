#!/bin/sh
# The same input and options give the same bytes: run twice, from another
# directory, under another locale and zone, to a file or through a pipe,
# from one file or another with the same content.
. "${srcdir:-.}/tests/cli/lib.sh"

day=$src/data/sample.pcap.zst
opts="--date 2026-01-05 --tz America/New_York"

# run NAME: the whole pipe with digests, every output kept.
run() {
	# shellcheck disable=SC2086 # a list of options
	exch-replay --digest $opts "$day" 2>"$1.d1" >"$1.orders" &&
		exch-match --digest "$1.orders" 2>"$1.d2" >"$1.events" &&
		exch-report summary "$1.events" >"$1.page" &&
		exch-report -f csv trades "$1.events" >"$1.trades" &&
		exch-match --rematch -f json "$1.events" >"$1.json"
}

# compare NAME TEXT: against the first run.
compare() {
	for k in d1 d2 orders events page trades json; do
		ok "$2: the same $k" cmp "$1.$k" a.$k
	done
}

ok "first run" run a
ok "the digest names a hash and a count" \
	grep -q '^sha256:[0-9a-f]\{64\} [0-9][0-9]*$' a.d2

ok "second run" run b
compare b "again"

mkdir -p elsewhere/deep
(cd elsewhere/deep && run c && mv c.* ../..)
compare c "another directory"

# A locale with a comma as the decimal sign if there is one; the variables
# must not matter in any case.
loc=$(locale -a 2>/dev/null | grep -i -m 1 '^\(de\|fr\|nl\|pl\)_.*utf')
(
	LC_ALL=${loc:-de_DE.UTF-8}
	LANG=$LC_ALL
	TZ=Asia/Kathmandu
	COLUMNS=40
	export LC_ALL LANG TZ COLUMNS
	run d
)
compare d "locale ${loc:-named but not installed}, zone of Kathmandu"

# The same records through pipes: blocks may be cut elsewhere, so the
# digests, and the text forms byte for byte.
# shellcheck disable=SC2086
cat "$day" | exch-replay --digest $opts 2>p.d1 | cat |
	exch-match --digest 2>p.d2 | cat >p.events
same p.d1 a.d1 "through pipes: the same digest of the orders"
same p.d2 a.d2 "through pipes: the same digest of the events"
exch-report summary p.events >p.page
exch-report -f csv trades <p.events >p.trades
same p.page a.page "through pipes: the same page"
ok "through pipes: the same trades" cmp p.trades a.trades

# Standard output against -o.
exch-report -o o.page summary a.events
same o.page a.page "-o: the same page"
exch-match --rematch -f json -o o.json a.events
ok "-o: the same JSON" cmp o.json a.json
exch-match -o o.events a.orders
exch-match -z -o z.events a.orders
exch-report summary z.events >z.page
same z.page a.page "compressed: the same page"

# Plain and gzip instead of zstd.
if command -v zstd >/dev/null; then
	zstd -dc "$day" >day.pcap
	gzip -c day.pcap >day.gz
	for f in day.pcap day.gz; do
		# shellcheck disable=SC2086
		exch-replay --digest $opts -o x.orders "$f" 2>x.d1
		same x.d1 a.d1 "$f: the same digest"
	done
else
	skip "plain and gzip" "no zstd"
fi
finish
