#!/bin/sh
# gcc and clang build all of it without a warning, and what they have built
# says the same of the same days.  Run by "make check-compilers" in the build
# directory; SRCDIR is the first argument.
set -eu
src=$1
export LC_ALL=C TZ=UTC0

for cc in gcc clang; do
	echo "check-compilers: $cc"
	mkdir -p "compilers/$cc"
	(
		cd "compilers/$cc"
		[ -f config.status ] ||
			"$src/configure" -q --enable-werror CC="$cc"
		${MAKE-make} -s all data/gen-sample
		# A generated day, and the simulated ones, which have digests.
		data/gen-sample 2>/dev/null | ./exch-replay --digest \
			--date 2026-01-05 --tz America/New_York 2>orders |
			./exch-match --digest 2>events >/dev/null
		cat orders events
		for t in scenarios lessons models agents loading; do
			srcdir=$src top_builddir=. "${SHELL-sh}" \
				"$src/tests/cli/sim_$t.t" >"$t.log" 2>&1 || {
				grep -e '^not ok' "$t.log"
				exit 1
			}
			echo "sim_$t.t: $(grep -c '^ok' "$t.log")"
		done
	)
done
for what in orders events; do
	cmp "compilers/gcc/$what" "compilers/clang/$what"
done
echo "gcc and clang: the same digests"
