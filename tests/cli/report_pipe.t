#!/bin/sh
# The whole pipe and its last tool: a day with accounts through the gate, the
# matcher and settlement into what a compliance office keeps.  The totals are
# asked of the history, by SQL.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
printf 'scope,size,position\nall,50000,20000\n' >limits.csv

# day NAME MATCHER-OPTION...: orders.xst goes all the way, twice.
day() {
	name=$1
	shift
	for run in one two; do
		exch-risk -q --limits limits.csv orders.xst |
			exch-match -q "$@" | exch-settle -q --until settled |
			tee $run.xst |
			exch-report cat -f csv --rules "$src/data/report" \
				>$run.csv 2>said
		echo $? >rc
	done
	ok "$name: the same events twice" cmp -s one.csv two.csv
	exch-report cat --check -q --rules "$src/data/report" one.csv >faults
	result $? "$name: a file of events without a fault" ||
		sed -n '1,5s/^/# /p' faults
	rm -f day.db*
	exch-store -q day.db one.xst
	# Prints of orders that nobody displayed are left out, and told.  A break
	# of the venue's own execution is of the engine's, or of none.
	left=$(sed -n 's/^exch-report: left out: \([0-9]*\) .*/\1/p' said)
	is "${left:-0}" "$(sqlite3 day.db 'SELECT (SELECT count(*) FROM trades) +
		(SELECT count(*) FROM busts b WHERE NOT EXISTS (SELECT 1
			FROM expected x WHERE x.match_id = b.match_id AND
			x.instrument = b.instrument AND x.source = b.source))')" \
		"$name: what is no event is counted"
	is "$(cat rc)" "$((${left:-0} > 0))" "$name: which the exit status says"
	# Of each kind how many, how much, and for how much money: prices have
	# at most four decimals, so that whole numbers are exact.
	awk -F, '$4 == "MEOA" || $4 == "MENO" { n["in"]++; q["in"] += $23 }
		$4 == "MEOM" { n["changed"]++; q["changed"] += $29 }
		$4 == "MEOC" { n["cancelled"]++; q["cancelled"] += $13 }
		$4 == "MEOT" { n["traded"]++; q["traded"] += $16
			cash += $16 * int($17 * 10000 + 0.5) }
		END { for (k in n) print k, n[k], q[k]
			printf "cash %.0f\n", cash }' one.csv | sort >got
	sqlite3 -separator ' ' day.db "
		SELECT 'in', count(*), sum(o.qty) FROM acks a JOIN orders o
			ON o.order_id = a.order_id
			AND +o.instrument = a.instrument;
		SELECT 'changed', count(*), sum(qty) FROM replaces
			HAVING count(*) > 0;
		SELECT 'cancelled', count(*), sum(qty) FROM cancels
			JOIN words ON field = 'cancels.reason' AND code = reason
			WHERE word NOT IN ('expired', 'ioc', 'fok');
		SELECT 'traded', count(*), sum(qty) FROM executions;
		SELECT 'cash', sum(qty * (price / 100000))
			FROM executions" | sort | sed 's/^cash  */cash /' >want
	same got want "$name: counts, quantities and money as the history has them"
	# Every order once, and what it came with is where it went.
	sed -n 's/^[^,]*,,[^,]*,ME[ON][AO],[^,]*,[^,]*,\([^,]*\),\([^,]*\),.*/\2 \1/p' \
		one.csv | sort >orders
	ok "$name: there are orders" test "$(wc -l <orders)" -gt 10000
	sqlite3 -separator ' ' day.db 'SELECT i.symbol, a.order_id FROM acks a
		JOIN instruments i ON i.instrument = a.instrument' | sort >want
	same orders want "$name: each order that was accepted, and each once"
}

exch-replay -q --accounts zipf:300 --date 2026-01-05 --tz America/New_York \
	-o orders.xst "$src/data/sample.pcap.zst"
day 'the sample day'

sse=$data/derived/sse600519_20230207
if [ -r "$sse.orders.csv" ]; then
	printf '%s\t%s\n' 09:15 'call	open' 09:25 closed 09:30 continuous \
		11:30 closed 13:00 continuous 14:57 'call	close' 15:00 closed \
		>timetable
	when='--date 2023-02-07 --tz Asia/Shanghai'
	# shellcheck disable=SC2086 # a list of words
	exch-replay -q $when --symbol 600519 --tick 0.01 --accounts zipf:500 \
		-o orders.xst "$sse.orders.csv"
	# shellcheck disable=SC2086 # a list of words
	day 'the day of Shanghai' $when --ladder plain-high \
		--timetable timetable
else
	skip 'the day of Shanghai' 'no real data: set EXCH_TESTDATA'
fi

finish
