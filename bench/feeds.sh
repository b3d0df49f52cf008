#!/bin/sh
# What each feed costs to decode; prints CSV.  Run by "make bench-feeds" in the
# build directory.
#
#	EXCH_TESTDATA	real captures (../shared/data beside the source tree);
#			without them only the feeds that can be made here
#	BENCH_MESSAGES	of the generated day, by which ITCH, OUCH and DEEP+ are
#			measured (2000000)
#	BENCH_RUNS	runs per figure (5)
#	BENCH_COUNT	no: no instructions (yes)
#
# "raw" is what was displayed (exch-replay --raw), "orders" the commands with
# aggressors put back; both are written to /dev/null, as records.  From times
# and instructions those of a process that reads a few lines are taken off.
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
messages=${BENCH_MESSAGES-2000000}
start=0
idle=0
src=$(cd "${0%/*}/.." && pwd)
data=${EXCH_TESTDATA-$src/../shared/data}
dir=$(mktemp -d "${TMPDIR:-/tmp}/exch-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# cpu INPUT OPTION...: best CPU time of a run, in ns.
cpu() {
	bench/measure "$runs" /dev/null - ./exch-replay -q "$@" \
		2>"$dir/said" | cut -d ' ' -f 3
}
instructions() {
	valgrind --tool=cachegrind --cache-sim=no \
		--cachegrind-out-file=/dev/null ./exch-replay -q \
		-o /dev/null "$@" 2>"$dir/counted"
	sed -n 's/.*I *refs: *//p' "$dir/counted" | tr -d ','
}
# feed NAME FILE OPTION...
feed() {
	name=$1 file=$2
	shift 2
	[ -r "$file" ] || {
		echo "bench: $name: no $file" >&2
		return 0
	}
	for how in raw orders; do
		[ "$how" = raw ] && raw=--raw || raw=
		echo "bench: $name: $how" >&2
		# shellcheck disable=SC2086 # none or one
		./exch-replay -v $raw "$@" -o /dev/null "$file" \
			2>"$dir/said" || {
			sed "s/^/bench: $name: /; q" "$dir/said" >&2
			return 0
		}
		n=$(figure messages "$dir/said")
		# shellcheck disable=SC2086
		ns=$(($(cpu $raw "$@" "$file") - idle))
		i=
		# shellcheck disable=SC2086
		[ "$count" = no ] ||
			i=$((($(instructions $raw "$@" "$file") - start) / n))
		awk -v OFS=, -v m="$machine" -v c="$compiler" -v f="$name" \
			-v h="$how" -v n="$n" -v ns="$ns" -v i="$i" 'BEGIN {
			print m, c, f, h, n, sprintf("%.1f", ns / n),
				sprintf("%.2f", n * 1000 / ns), i }'
	done
}
# plain FILE: without its compression, which is not the feed's.
plain() {
	[ -r "$1" ] || return 0
	case $1 in
	*.gz) gzip -dc "$1" ;;
	*.xz) xz -dc "$1" ;;
	*) zstd -dcq "$1" ;;
	esac >"$2"
}

[ "$count" = no ] || start=$(instructions "$src/scenarios/first.txt")
idle=$(cpu "$src/scenarios/first.txt")
echo "machine,compiler,feed,what,messages,ns_cpu,million_per_s,instructions"
data/gen-sample --messages "$messages" --symbols 100 >"$dir/itch.pcap" \
	2>"$dir/said"
# shellcheck disable=SC2086 # a list of options
{
	feed itch "$dir/itch.pcap" $when
	./exch-replay -q $when "$dir/itch.pcap" | ./exch-match -q \
		-o "$dir/day.xst"
	./exch-feed itch -q --tz America/New_York -o "$dir/day.itch50" \
		"$dir/day.xst"
	feed itch-file "$dir/day.itch50" $when
	head -c -2 "$dir/day.itch50" | tests/tools/pitch2 >"$dir/pitch2.pcap"
	feed pitch-binary "$dir/pitch2.pcap" $when
	./exch-feed ouch -q --tz America/New_York -o "$dir/ouch.pcap" \
		"$dir/day.xst" 2>"$dir/said"
	feed ouch "$dir/ouch.pcap" $when
}
# The length of 0 at its end is the file's.
head -c -2 "$dir/day.itch50" | tests/tools/deepplus >"$dir/deepplus.pcap"
feed deep+ "$dir/deepplus.pcap" --date 2023-02-07 --tz Asia/Shanghai
plain "$data/pcap-iex/DEEP10.pcap.gz" "$dir/deep.pcap"
# This capture is cut in its last packet.
feed deep "$dir/deep.pcap" --count 390000

plain "$data/databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst" "$dir/mbo.dbn"
feed dbn "$dir/mbo.dbn" --tick 0.25
feed pitch "$data/pitch/pitch_example_data" --date 2008-10-01 \
	--tz America/New_York
plain "$data/sse/AX_sbe_sse_600519.log.zst" "$dir/sse.log"
feed sse "$dir/sse.log" --date 2023-02-07 --tz Asia/Shanghai --tick 0.01
plain "$data/lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst" \
	"$dir/AAPL_2012-06-21_34200000_37800000_message_50.csv"
feed lobster "$dir/AAPL_2012-06-21_34200000_37800000_message_50.csv" \
	--date 2012-06-21 --tz America/New_York --symbol AAPL --tick 0.01
plain "$data/bitstamp/2015-05-01.log.xz" "$dir/bitstamp.log"
feed bitstamp "$dir/bitstamp.log"
