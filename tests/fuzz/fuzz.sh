#!/bin/sh
# make fuzz: every harness with libFuzzer under ASan and UBSan, one after
# the other, from its corpus.  Run in the build directory; needs clang.
#
# From the environment:
#	FUZZ_SECONDS	of CPU time per harness   (600)
#	FUZZ_ONLY	names of harnesses        (all of them)
#
# Prints one line per harness: name, CPU seconds, inputs tried, new inputs
# kept.  Inputs that fail stay in fuzz-build/NAME.found; the exit code is 1.
set -eu
src=${top_srcdir-..}
seconds=${FUZZ_SECONDS-600}
cc=${FUZZ_CC-clang}
command -v "$cc" >/dev/null || {
	echo "fuzz: needs clang (FUZZ_CC names another)" >&2
	exit 2
}
src=$(cd "$src" && pwd)
mkdir -p fuzz-build
cd fuzz-build
[ -f config.status ] || "$src/configure" -q CC="$cc" --enable-fuzzer \
	--enable-sanitizers CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
only=${FUZZ_ONLY-$(cd "$src/tests/fuzz" && echo fuzz_*.c |
	sed 's/fuzz_\([a-z0-9]*\)\.c/\1/g')}
bad=0
# Sets spent: seconds of CPU time that ended children of this shell used.
# Not in a subshell, which would have children of its own.
cpu() {
	times >cpu
	spent=$(awk 'NR == 2 { gsub(/[ms]/, " ")
		print int($1 * 60 + $2 + $3 * 60 + $4) }' cpu)
}
for h in $only; do
	make -s "tests/fuzz/fuzz_$h" >make.log 2>&1 || {
		cat make.log >&2
		exit 2
	}
	mkdir -p "$h.new" "$h.found"
	: >"$h.log"
	cpu
	begin=$spent used=0
	# Time on the wall is not time of the processor: go on until it is.
	while [ "$used" -lt "$seconds" ]; do
		"tests/fuzz/fuzz_$h" -max_total_time=$((seconds - used)) \
			-print_final_stats=1 -artifact_prefix="$h.found/" \
			"$h.new" "$src/tests/fuzz/corpus/$h" >>"$h.log" 2>&1 || {
			bad=1
			echo "fuzz: $h failed; see fuzz-build/$h.log" >&2
			break
		}
		cpu
		used=$((spent - begin))
	done
	echo "$h: $used s," \
		"$(awk '/number_of_executed_units/ { n += $2 }
			END { print n + 0 }' "$h.log") inputs," \
		"$(find "$h.new" -type f | wc -l) kept"
done
exit $bad
