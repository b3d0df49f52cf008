#!/bin/sh
# How fast a stream gets into a history, and how fast it is read and verified;
# prints CSV.  Run by "make bench-store" in the build directory.
#
#	BENCH_STREAM	the stream to load (the sample day, matched)
#	BENCH_RUNS	runs per figure; the best counts (5)
set -eu
export LC_ALL=C TZ=UTC0
runs=${BENCH_RUNS-5}
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
# Executions alone: what a row costs.
exch-replay -q -f csv --type exec "$dir/day.xst" | exch-replay -q \
	-o "$dir/exec.xst"

echo "what,records,bytes,load_s,records_per_s,index_s,cpu_s"
for what in day exec; do
	for _ in $(seq "$runs"); do
		rm -f "$dir"/t.db*
		# user and system time of this load alone
		sh -c "exch-store -v $dir/t.db $dir/$what.xst 2>$dir/said; times" |
			tail -n 1 >"$dir/times"
		awk -v what=$what -v bytes="$(wc -c <"$dir/$what.xst")" '
			function sec(t) { split(t, p, /[ms]/)
				return p[1] * 60 + p[2] }
			FILENAME ~ /times$/ { cpu = sec($1) + sec($2); next }
			/added in/ { for (i = 1; i < NF; i++) {
				if ($(i + 1) == "added") n = $i
				if ($(i + 1) == "s,") s = $i } }
			/indexes:/ { x = $(NF - 1) }
			END { printf "%s,%d,%d,%.3f,%.0f,%.3f,%.2f\n", what, n,
				bytes, s, n / s, x, cpu }' \
			"$dir/times" "$dir/said"
	done | sort -t, -k4,4n | head -n 1
done
