#!/bin/sh
# What a simulated market costs; prints CSV.  Run by "make bench-sim" in the
# build directory; see bench/README.md.
#
#	BENCH_MINUTES	of the market			(60)
#	BENCH_RUNS	runs per figure; the best counts	(5)
#	BENCH_COUNT	no: no instructions		(yes)
#	SIM_FLOWS	kinds of flow	(zero cst hawkes queue mike)
#	SIM_LATENCIES	of the program that listens	(1ms 50ms)
#	CC_NAME		what the compiler column says
#
# Flow comes from its model, meets the engine and is written.  Then a program
# listens to the first of these markets, and is told each order and execution:
# in a turn for each event, or in one for each execution.
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
minutes=${BENCH_MINUTES-60}
flows=${SIM_FLOWS-zero cst hawkes queue mike}
latencies=${SIM_LATENCIES-1ms 50ms}
out=$(mktemp -d "${TMPDIR:-/tmp}/exch-bench.XXXXXX")
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# scenario KIND MINUTES: a busy market of one instrument.
scenario() {
	awk -v kind="$1" -v minutes="$2" 'BEGIN {
		print "date 2026-01-05\nzone America/New_York\nseed 1"
		print "instrument ABC tick 0.01 lot 1 reference 100.00"
		end = 9 * 60 + 30 + minutes
		print "begin 09:30"
		printf "end %02d:%02d\n", end / 60, end % 60
		print "flow", kind, "ABC profile 20" }'
}
# told WORD: what exch-sim -v said of the last run, "N WORD".
told() {
	awk -v w="$1" '{ for (i = 2; i <= NF; i++) {
		x = $i; sub(",", "", x)
		if (x == w) print $(i - 1) } }' "$out/said"
}
# run SCENARIO: best wall and processor time.
run() {
	./exch-sim -v -o /dev/null "$1" 2>"$out/said"
	bench/measure "$runs" - - ./exch-sim -q "$1" 2>/dev/null |
		cut -d ' ' -f 1,3
}
instructions() {
	valgrind --tool=cachegrind --cache-sim=no \
		--cachegrind-out-file=/dev/null ./exch-sim -q -o /dev/null \
		"$1" 2>"$out/counted"
	sed -n 's/.*I *refs: *//p' "$out/counted" | tr -d ','
}
# Instructions per command, starting and ending left out: the difference of
# two short runs.
per_command() {
	scenario "$1" 1 >"$out/1"
	scenario "$1" 3 >"$out/3"
	./exch-sim -v -o /dev/null "$out/1" 2>"$out/said"
	n1=$(told commands) i1=$(instructions "$out/1")
	./exch-sim -v -o /dev/null "$out/3" 2>"$out/said"
	n3=$(told commands) i3=$(instructions "$out/3")
	echo $(((i3 - i1) / (n3 - n1)))
}

echo "machine,compiler,flow,commands,events,ns_best,ns_cpu," \
	"million_commands_per_s,million_records_per_s,instructions" | tr -d ' '
for kind in $flows; do
	echo "bench: flow $kind" >&2
	scenario "$kind" "$minutes" >"$out/$kind"
	# shellcheck disable=SC2046 # two numbers
	set -- $(run "$out/$kind")
	commands=$(told commands) events=$(told events) i=
	[ "$count" = no ] || i=$(per_command "$kind")
	awk -v OFS=, -v m="$machine" -v c="$compiler" -v k="$kind" \
		-v n="$commands" -v e="$events" -v wall="$1" -v cpu="$2" \
		-v i="$i" 'BEGIN { print m, c, k, n, e, sprintf("%.1f", wall / n),
			sprintf("%.1f", cpu / n), sprintf("%.2f", n * 1e3 / cpu),
			sprintf("%.2f", (n + e) * 1e3 / cpu), i }'
done

echo
echo "machine,compiler,latency,wake,commands,turns,lines,ns_best,ns_cpu," \
	"million_lines_per_s" | tr -d ' '
for latency in $latencies; do
	for wake in all trades; do
		echo "bench: a program $latency away, woken by $wake" >&2
		{
			scenario "${flows%% *}" "$(((minutes + 5) / 6))"
			echo "strategy L run bench/listener l3,trades $wake"
			echo "latency all $latency"
		} >"$out/heard"
		# shellcheck disable=SC2046 # two numbers
		set -- $(run "$out/heard")
		awk -v OFS=, -v m="$machine" -v c="$compiler" -v l="$latency" \
			-v w="$wake" -v n="$(told commands)" -v t="$(told turns)" \
			-v lines="$(told lines)" -v wall="$1" -v cpu="$2" \
			'BEGIN { print m, c, l, w, n, t, lines,
				sprintf("%.1f", wall / lines),
				sprintf("%.1f", cpu / lines),
				sprintf("%.2f", lines * 1e3 / wall) }'
	done
done
