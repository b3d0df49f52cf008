#!/bin/sh
# A night of E-mini S&P futures, order by order from CME: every record counted,
# the traded volume exact, and who came in put back as the venue matched them.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst
[ -r "$day" ] || skip_all "no real data: set EXCH_TESTDATA"

# number NAME: a line of the statistics, 0 when absent.
number() {
	awk -v name="$1" '
	{ line = $0; sub(/^ */, "", line); n = $NF; sub(/ *[0-9]*$/, "", line) }
	line == name { v = n } END { print v + 0 }' stats.txt
}

exch-replay "$day" -o none.xst 2>said
is $? 2 "the file does not tell its price step"
has said "price step of ESH4: add --tick STEP" "and says what to do"

exch-replay -v --tick 0.25 "$day" 2>stats.txt |
	exch-match -v -o day.xst 2>match.txt
result $? "with it the night is replayed and matched"
is "$(awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }' stats.txt)" \
	"A 29216 C 17999 F 6371 M 12233 T 2973 " "records by action"
is "$(exch-report -f csv summary day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["symbol"] == "ESH4" { print $c["volume"]; exit }')" 9892 \
	"lots that changed hands"

groups=$(number 'groups of executions')
ok "at least 98 of 100 groups of executions are exact" \
	test $(($(number 'groups derived exactly') * 100)) -ge $((groups * 98))
ok "and there are thousands" test "$groups" -gt 2000
imposed=$(number 'executions imposed')
is "$(awk '$1 == "imposed:" { n += $NF } END { print n + 0 }' stats.txt)" \
	"$imposed" "each of the rest has a named cause"
executions=$(number executions)
has match.txt " $((executions - imposed)) of $executions executions exact, 0 missed, $imposed imposed" \
	"the engine does what was derived"
is "$(number 'orders displayed late')" 0 "ids say nothing about time here"

# Records of a decoder can be kept, and be put back later.
exch-replay --raw --tick 0.25 "$day" -o raw.xst && exch-replay -o own.xst raw.xst
result $? "raw, and then from raw"
is "$(exch-replay -f csv own.xst 2>/dev/null | cut -d , -f 1,4- | sha256sum)" \
	"$(exch-replay --tick 0.25 "$day" 2>/dev/null |
		exch-replay -f csv 2>/dev/null | cut -d , -f 1,4- | sha256sum)" \
	"gives the same"

finish
