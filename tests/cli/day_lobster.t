#!/bin/sh
# LOBSTER samples: every transition of a book that was published beside its
# messages, and an hour whose aggressor groups must come out exactly, but
# for a few under named causes.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

lob=$data/lobster
[ -r "$lob/AAPL_2012-06-21_first999_message_10.csv" ] ||
	skip_all "no real data: set EXCH_TESTDATA"
what='--date 2012-06-21 --tz America/New_York --symbol AAPL --tick 0.01'

# number NAME: a line of the statistics, 0 when absent.
number() {
	awk -v name="$1" '
	{ line = $0; sub(/^ */, "", line); n = $NF; sub(/ *[0-9]*$/, "", line) }
	line == name { v = n } END { print v + 0 }' stats.txt
}

### 999 messages and the book after each

# shellcheck disable=SC2086
exch-replay -v $what "$lob/AAPL_2012-06-21_first999_message_10.csv" \
	2>stats.txt | exch-match -v >events.xst 2>match.txt
result $? "999 messages are replayed and matched"
is "$(number 'messages 1') $(number 'messages 3') $(number 'messages 4') $(number 'messages 5')" \
	"471 369 98 61" "messages by type"
has match.txt ' 98 of 98 executions exact, 0 missed, 0 imposed' \
	"every execution exact"
is "$("$bin/tests/tools/transitions" \
	"$lob/AAPL_2012-06-21_first999_orderbook_10.csv" <events.xst)" \
	"998 transitions equal, 0 not" "every transition of the book"

### an hour of a book of fifty levels

# shellcheck disable=SC2086
exch-replay -v $what \
	"$lob/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst" \
	2>stats.txt | exch-match -v >events.xst 2>match.txt
result $? "an hour is replayed and matched"
is "$(number 'messages 1') $(number 'messages 2') $(number 'messages 3') $(number 'messages 4') $(number 'messages 5')" \
	"44256 469 41004 4067 2201" "messages by type"
is "$(number 'groups of executions')" 3290 "groups of executions"
ok "997 of 1,000 groups are exact at least" \
	test $(($(number 'groups derived exactly') * 1000)) -ge $((3290 * 997))
imposed=$(number 'executions imposed')
is "$(awk '$1 == "imposed:" { n += $NF } END { print n + 0 }' stats.txt)" \
	"$imposed" "each of the rest has a named cause"
has match.txt " $((4067 - imposed)) of 4067 executions exact, 0 missed, $imposed imposed" \
	"the engine does what was derived"
is "$(number 'references to unknown orders')" 0 \
	"orders the file never added are seeded"
is "$(exch-match --rematch events.xst -f csv --type trade |
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["kind"] == "hidden" { n++; none += $c["aggressor"] == "none" }
	END { print n, none + 0 }')" "2201 0" \
	"hidden executions keep their side"

finish
