#!/bin/sh
# The whole pipe: orders with accounts through the gate, the matcher, the
# monitor and settlement into a history, where SQL finds what the tools say.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
printf 'scope,size,position\nall,50000,20000\n' >limits.csv

# empty QUERY SENTENCE: it has no row.
empty() {
	sqlite3 day.db "$1" >got
	: >want
	same got want "$2"
}

# settled NAME MATCHER-OPTION...: orders.xst goes all the way, twice.
settled() {
	name=$1
	shift
	for run in one two; do
		exch-risk -q --limits limits.csv orders.xst |
			exch-match -q "$@" | exch-risk watch -q |
			exch-settle --until settled --digest -o $run.xst \
				2>$run.err
		result $? "$name: the pipe, $run" || sed 's/^/# /' $run.err
	done
	ok "$name: the same bytes" cmp -s one.xst two.xst
	has one.err ', to be paid [0-9.]*, [0-9.]* %$' \
		"$name: what netting leaves to be paid is told"
	rm -f day.db*
	grep ^sha256: one.err >want
	exch-store --digest day.db one.xst 2>&1 | grep ^sha256: >got
	same got want "$name: the history has the digest of the stream"
	exch-replay -q --digest -o back.xst day.db 2>&1 | grep ^sha256: >got
	same got want "$name: and gives it back"
	exch-store verify day.db >verify
	result $? "$name: everything fits"

	# From executions alone, and as each tool has it.
	ok "$name: there are trades" test \
		"$(sqlite3 day.db 'SELECT count(*) FROM executions')" -gt 10000
	empty 'SELECT account, instrument, sum(qty), sum(cash) FROM sides
		WHERE account IS NOT NULL GROUP BY account, instrument
		EXCEPT SELECT account, instrument, qty, cash FROM nets' \
		"$name: nets are the sums of executions"
	empty "SELECT account, instrument, sum(qty) FROM sides
		WHERE account IS NOT NULL GROUP BY account, instrument HAVING sum(qty) != 0
		EXCEPT SELECT account, instrument, qty FROM (SELECT account,
			instrument, qty, max(id) FROM positions
			GROUP BY account, instrument)" \
		"$name: and so are positions"
	empty "SELECT account, instrument, sum(qty) FROM sides
		WHERE account IS NOT NULL GROUP BY account, instrument HAVING sum(qty) != 0
		EXCEPT SELECT account, instrument, qty FROM balances" \
		"$name: and what everybody has when all has settled"
	empty 'SELECT instrument, date, sum(qty), sum(cash) FROM nets
		GROUP BY instrument, date HAVING sum(qty) != 0 OR sum(cash) != 0' \
		"$name: nets add up to nothing"
	empty 'SELECT entry, instrument, currency FROM postings
		GROUP BY entry, instrument, currency
		HAVING sum(qty) != 0 OR sum(amount) != 0' \
		"$name: every entry of the ledger balances"
	empty 'SELECT * FROM nets WHERE abs(qty) > gross_qty
		OR abs(cash) > gross_cash' "$name: no net exceeds its gross"
}

exch-replay -q --accounts zipf:300 --date 2026-01-05 --tz America/New_York \
	-o orders.xst "$src/data/sample.pcap.zst"
settled 'the sample day'

sse=$data/derived/sse600519_20230207
if [ -r "$sse.orders.csv" ]; then
	cat >timetable <<'T'
09:15	call	open
09:25	closed
09:30	continuous
11:30	closed
13:00	continuous
14:57	call	close
15:00	closed
T
	when='--date 2023-02-07 --tz Asia/Shanghai'
	# shellcheck disable=SC2086 # a list of words
	exch-replay -q $when --symbol 600519 --tick 0.01 --accounts zipf:500 \
		-o orders.xst "$sse.orders.csv"
	# shellcheck disable=SC2086 # a list of words
	settled 'the day of Shanghai' $when --ladder plain-high \
		--timetable timetable
else
	skip 'the day of Shanghai' 'no real data: set EXCH_TESTDATA'
fi

finish
