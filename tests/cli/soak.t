#!/bin/sh
# Some seconds of what `make soak' does for an hour.
. "${srcdir:-.}/tests/cli/lib.sh"

SOAK_SECONDS=${EXCH_SOAK_SECONDS:-8} SOAK_PACE=20000 SOAK_EVERY=700 \
	SOAK_MESSAGES=80000 SOAK_SEED=${EXCH_SEED:-1} SOAK_DIR=$scratch/soak
export SOAK_SECONDS SOAK_PACE SOAK_EVERY SOAK_MESSAGES SOAK_SEED SOAK_DIR
cd "$bin" && sh "$src/tests/drill/soak.sh" >"$scratch/table"
result $? "days with kills"
cd "$scratch" || exit 1
sed 's/^/# /' table
for journal in one two; do
	for who in primary standby reader; do
		n=$(sed -n "s/^$journal.* $who *\([0-9]*\) .*/\1/p" table)
		sum=$((${sum:-0} + ${n:-0}))
	done
done
[ "$sum" -ge 4 ]
result $? "some were killed"
has table 'available [0-9.]* %$' "it says how much of the time results were there"
has table '^0 lost, 0 twice$' "and that none was lost or came twice"

# The comparison notices: another day's output is none of this one.
exch-replay -q -o other.xst "$src/scenarios/auction.txt"
exch-match -q -o other.out other.xst
exch-match -q -o day.out soak/day.xst
"$bin/tests/tools/takeovers" join day.out other.out other.out >said
is $? 1 "an output that is another one is told"
finish
