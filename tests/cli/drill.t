#!/bin/sh
# A short form of `make drill', and that it can fail.
. "${srcdir:-.}/tests/cli/lib.sh"

# drill SETTING...: its table into table.
drill() {
	rm -rf drill
	(cd "$bin" && env DRILL_DIR="$scratch/drill" "$@" DRILL_MESSAGES=60000 \
		DRILL_SECONDS=3 sh "$src/tests/drill/drill.sh") >"$scratch/table"
}

drill DRILL_KILLS=1 DRILL_SEED="${EXCH_SEED:-2}"
is $? 0 "a disaster, and four ways back"
sed 's/^/# /' table
for way in primary standby backup+tail; do
	has table "^$way  *[0-9]*  *[0-9.]*  *0  yes\$" "$way: nothing is lost"
done
has table '^backup  *[0-9]*  *[0-9.]*  *[1-9][0-9]*  yes$' \
	"the copy alone lacks results, which the input gives again"

drill DRILL_KILLS=0 DRILL_DAMAGE=yes
is $? 1 "a damaged copy: the drill fails"
has table '^drill: backup+tail: .*empty/0[0-9.a-z]*:byte [0-9]*: ' \
	"and names file and offset"
has table '^standby .* yes$' "the other ways go through"
finish
