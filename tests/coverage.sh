#!/bin/sh
# make coverage: how much of the engine the tests reach.  Builds the tree
# once more with gcc's counters, runs make check there, and prints for every
# file of the parts asked for the lines run and the branches taken, in both
# directions of every condition.  Run in the build directory; needs gcov
# and jq.
#
# From the environment:
#	COVERAGE_PARTS	directories below src	(match book)
#	COVERAGE_MISSED	1: name the lines with a branch never taken
#
# A header's inline functions are counted once, however many files have
# them: a branch counts as taken where any of them took it.
set -eu
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
for part in $parts; do
	find "src/$part" -name '*.gcda' | sort | while read -r f; do
		gcov --branch-probabilities --branch-counts --json-format \
			--stdout "$f" 2>/dev/null
	done
done | jq -c --arg parts "$parts" '
	.files[] | (.file | sub(".*/src/"; "src/")) as $name
	| select(any($parts | split(" ")[]; . as $p |
		$name | startswith("src/" + $p + "/")))
	| .lines[] | {name: $name, line: .line_number, count: .count,
		taken: [.branches[] | .count > 0]}' |
	jq -rs --arg missed "${COVERAGE_MISSED-}" '
	# One entry per line of the text, wherever it was compiled.
	[group_by([.name, .line])[]
	| ([.[].taken | length] | max) as $n
	| {name: .[0].name, line: .[0].line, run: any(.[]; .count > 0),
	   taken: [range($n) as $i | any(.[]; .taken[$i] // false)]}]
	| (if $missed == "1" then
		(.[] | select(any(.taken[]; not)) | "\(.name):\(.line)")
	   else empty end),
	  ((group_by(.name) + [.])[]
	| (if ([.[].name] | unique | length) == 1
	   then .[0].name else "all of them" end) as $name
	| [$name, length, ([.[] | select(.run)] | length),
	   ([.[].taken | length] | add), ([.[].taken[] | select(.)] | length)]
	| @tsv)' |
	awk -F '\t' 'NF == 1 { print; next }
		!rows++ { printf "%-28s %14s %20s\n", "file", "lines",
			"branches" }
		{ printf "%-28s %5d %6.1f %% %8d %6.1f %%\n", $1, $2,
			$2 == 0 ? 100 : 100 * $3 / $2, $4,
			$4 == 0 ? 100 : 100 * $5 / $4 }'
