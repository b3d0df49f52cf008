#!/bin/sh
# How fast a stream gets into a history, and how fast it is read and verified;
# prints CSV.  Run by "make bench-store" in the build directory.
#
#	BENCH_STREAM	the stream to load (the sample day, matched)
#	BENCH_ROWS	executions alone, at least so many (1000000)
#	BENCH_RUNS	runs per figure; the best counts (5)
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/exch-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
PATH=$PWD:$PATH
if [ -n "${BENCH_STREAM-}" ]; then
	cp "$BENCH_STREAM" "$dir/day.xst"
else
	exch-replay --date 2026-01-05 --tz America/New_York \
		"$(dirname "$0")/../data/sample.pcap.zst" |
		exch-match -o "$dir/day.xst"
fi
# Executions alone, those of the day again and again: what a row costs.
exch-replay -q -f csv --type exec "$dir/day.xst" >"$dir/exec.csv"
awk -F, -v OFS=, -v rows="${BENCH_ROWS-1000000}" '
	NR == 1 { print; next }
	{ row[NR] = $0 }
	END { while (n < rows) for (i = 2; i <= NR; i++) {
		$0 = row[i]; $3 = $8 = ++n; print } }' "$dir/exec.csv" |
	exch-replay -q -o "$dir/exec.xst"

# The load by itself, with its user and system time; then the indexes, by a
# second load, which finds everything there.
echo "machine,compiler,what,records,bytes,load_s,records_per_s,cpu_s,index_s"
for what in day exec; do
	for _ in $(seq "$runs"); do
		rm -f "$dir"/t.db*
		sh -c "exch-store -v --no-index $dir/t.db $dir/$what.xst \
			2>$dir/said; times" | tail -n 1 >"$dir/times"
		exch-store -v "$dir/t.db" "$dir/$what.xst" 2>"$dir/indexed"
		awk -v m="$machine" -v c="$compiler" -v what=$what -v bytes="$(wc -c <"$dir/$what.xst")" '
			function sec(t) { split(t, p, /[ms]/)
				return p[1] * 60 + p[2] }
			FILENAME ~ /times$/ { cpu = sec($1) + sec($2); next }
			/added in/ && FILENAME ~ /said$/ {
				for (i = 1; i < NF; i++) {
					if ($(i + 1) == "added") n = $i
					if ($(i + 1) == "s,") s = $i } }
			/indexes:/ { x = $(NF - 1) }
			END { printf "%s,%s,%s,%d,%d,%.3f,%.0f,%.2f,%.3f\n", m,
				c, what, n, bytes, s, n / s, cpu, x }' \
			"$dir/times" "$dir/said" "$dir/indexed"
	done | sort -t, -k6,6n | head -n 1
done
