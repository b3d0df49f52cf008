#!/bin/sh
# How long orders wait in exch-match: paced loads and bursts without a journal
# and with one, and the highest pace that a journal made durable after every
# record keeps up with.  Prints CSV, and on standard error where it was.  Run
# by "make bench-latency" in the build directory; see bench/README.md.
#
# From the environment:
#	LATENCY_RATES	orders per second	(100000 1000000)
#	LATENCY_SECONDS	of each run		(10)
#	LATENCY_BURSTS	times 1.2 million	(3 10)
#	LATENCY_HISTOGRAM	a directory: the classes of times, a file per run
#	LATENCY_DIR	where journals are kept	(bench-data)
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
rates=${LATENCY_RATES-100000 1000000}
seconds=${LATENCY_SECONDS-10}
bursts=${LATENCY_BURSTS-3 10}
dir=${LATENCY_DIR-bench-data}
keep=${LATENCY_HISTOGRAM-}
mkdir -p "$dir"
journal=$(mktemp -d "$dir/journal.XXXXXX")
trap 'rm -rf "$journal"' EXIT
trap 'exit 1' HUP INT TERM

# Feeder, filter and reader want a processor each.
echo "latency: $machine, load $(cut -d ' ' -f 1 /proc/loadavg \
		2>/dev/null), journal on $(df -P "$dir" |
		awk 'NR == 2 { print $1 }')" >&2
echo "journal,rate,burst,burst_ms,orders,answered,reached,p50_us,p99_us," \
	"p999_us,max_us,queue,calm_ms" | tr -d ' '

# run SYNC OPTION...: one run; SYNC is off, batch or each.
run() {
	sync=$1
	shift
	rm -rf "$journal"/*
	if [ "$sync" = off ]; then
		bench/latency --histogram "$@" -- ./exch-match
	else
		bench/latency --histogram "$@" -- ./exch-match \
			--journal "$journal/j" --sync "$sync"
	fi >"$journal/out" || {
		echo "latency: $sync $*: not all orders were answered" >&2
		exit 1
	}
	[ -z "$keep" ] || cp "$journal/out" \
		"$keep/$sync-$(echo "$*" | tr -d '-' | tr ' ' '-').txt"
	echo "$sync,$(tail -n 1 "$journal/out")"
}

# Kept up with: so many of the orders in the time, and no queue left.
kept() {
	echo "$1" | awk -F, '{ exit !($7 >= 0.98 * $2 && $10 < 100000) }'
}

for rate in $rates; do
	for sync in off batch; do
		run "$sync" --rate "$rate" --seconds "$seconds"
	done
done
for times in $bursts; do
	for sync in off batch; do
		run "$sync" --rate 1200000 --seconds "$seconds" \
			--burst "$times" --burst-ms 100
	done
done

# The highest pace to 5 %: doubled until it is too much, then halved in.
# Prints the row of the last run that kept up.
low=0 rate=${LATENCY_EACH-1000} high=0 best=
while [ "$high" -eq 0 ] || [ $((high - low)) -gt $((low / 20 + 1)) ]; do
	row=$(run each --rate "$rate" --seconds 2 --shape swing)
	if kept "$row"; then
		low=$rate best=$row
		[ "$low" -lt 2000000 ] || break
	else
		high=$rate
	fi
	[ "$low" -gt 0 ] || [ "$high" -gt 100 ] || break
	if [ "$high" -eq 0 ]; then
		rate=$((low * 2))
	else
		rate=$(((low + high) / 2))
	fi
done
[ -z "$best" ] || echo "$best"
