#!/bin/sh
# make coverage: how much of the engine the tests reach.  Builds the tree
# once more with gcc's counters, runs make check there, and prints for every
# file of the parts asked for the lines run and the branches taken, in both
# directions of every condition.  Run in the build directory; needs gcov
# and jq.
#
# From the environment:
#	COVERAGE_PARTS	directories below src	(match book)
#	COVERAGE_MISSED	1: name the branches never taken
#
# A header's inline functions are counted once, however many files have
# them: a branch counts as taken where any of them took it.  An object that
# no test ran counts with all it has.
#
# exch_check() is a condition whose one direction is the program's end, which
# no test may reach.  The first figures count that direction as missed; those
# below "without checks" leave it out: a branch never taken of a line that
# says exch_check.  Nothing else is left out.
#
# Real days are not used, so the figures are the same on every machine.
set -eu
EXCH_TESTDATA=/nonexistent
export EXCH_TESTDATA
src=$(cd "${top_srcdir-..}" && pwd)
parts=${COVERAGE_PARTS-match book}
for tool in gcov jq; do
	command -v "$tool" >/dev/null || {
		echo "coverage: needs $tool" >&2
		exit 2
	}
done
mkdir -p coverage-build
cd coverage-build
# Without optimisation a branch of the object is one of the text.
[ -f config.status ] || "$src/configure" -q CC="${CC-gcc}" \
	CFLAGS='-g -O0 --coverage'
find . -name '*.gcda' -exec rm -f {} +
make -s -k check >check.log 2>&1 || {
	echo "coverage: tests fail; see coverage-build/check.log" >&2
	exit 1
}
# Where the invariants stand: NAME:LINE.
checks=$(cd "$src" && for part in $parts; do
	grep -n 'exch_check(' "src/$part"/*.[ch] | cut -d: -f1,2
done)
for part in $parts; do
	find "src/$part" -name '*.gcno' | sort | while read -r f; do
		gcov --branch-probabilities --branch-counts --json-format \
			--stdout "$f" 2>/dev/null
	done
done | jq -c --arg parts "$parts" '
	.files[] | (.file | sub(".*/src/"; "src/")) as $name
	| select(any($parts | split(" ")[]; . as $p |
		$name | startswith("src/" + $p + "/")))
	| .lines[] | {name: $name, line: .line_number, count: .count,
		taken: [.branches[] | .count > 0]}' |
	jq -rs --arg missed "${COVERAGE_MISSED-}" --arg checks "$checks" '
	($checks | split("\n") | map({(.): true}) | add) as $is_check
	# One entry per line of the text, wherever it was compiled.
	| [group_by([.name, .line])[]
	| ([.[].taken | length] | max) as $n
	| {name: .[0].name, line: .[0].line, run: any(.[]; .count > 0),
	   taken: [range($n) as $i | any(.[]; .taken[$i] // false)]}
	| .check = ($is_check["\(.name):\(.line)"] // false)]
	| (if $missed == "1" then
		(.[] | select((.check | not) and any(.taken[]; not))
		| "\(.name):\(.line): \([.taken[] | select(not)]
			| length) of \(.taken | length)")
	   else empty end),
	  ((group_by(.name) + [.])[]
	| (if ([.[].name] | unique | length) == 1
	   then .[0].name else "all of them" end) as $name
	| [$name, length, ([.[] | select(.run)] | length),
	   ([.[].taken | length] | add), ([.[].taken[] | select(.)] | length),
	   ([.[] | select(.check) | .taken[] | select(not)] | length)]
	| @tsv)' |
	awk -F '\t' '
	function share(part, whole) {
		return whole == 0 ? 100 : 100 * part / whole
	}
	NF == 1 { print; next }
	!rows++ {
		printf "%-26s %13s %18s %16s\n", "file", "lines", "branches",
			"without checks"
	}
	{
		printf "%-26s %5d %5.1f %% %8d %5.1f %%%9d %5.1f %%\n", $1,
			$2, share($3, $2), $4, share($5, $4), $4 - $6,
			share($5, $4 - $6)
	}'
