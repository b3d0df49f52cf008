#!/bin/sh
# Times every tool of the pipe alone and the pipe as a whole, and prints
# CSV.  Run by "make bench" in the build directory; see bench/README.md.
#
# From the environment:
#	BENCH_SIZES	messages per day   (1000000 20000000)
#	BENCH_SYMBOLS	symbols            (1 1000)
#	BENCH_RUNS	runs per figure    (5)
#	BENCH_DIR	where days are kept (bench-data, several GB at 20 M)
#	BENCH_SHAPES	flows for the engine alone (all that bench/engine has)
#	BENCH_COMMANDS	of each of them    (1000000)
#	BENCH_COUNT	no: no instructions, which take a minute a row (yes)
#	CC_NAME		what the compiler column says

# shellcheck disable=SC2086 # $when is a list of options
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
sizes=${BENCH_SIZES-1000000 20000000}
symbols=${BENCH_SYMBOLS-1 1000}
dir=${BENCH_DIR-bench-data}
shapes=${BENCH_SHAPES-$(bench/engine --list | cut -d ' ' -f 1)}
commands=${BENCH_COMMANDS-1000000}

mkdir -p "$dir"

say() {
	echo "bench: $*" >&2
}

# row WORKLOAD STAGE UNIT N BEST MEDIAN CPU RSS BYTES INSTRUCTIONS
row() {
	awk -v OFS=, -v m="$machine" -v c="$compiler" -v w="$1" -v s="$2" \
		-v u="$3" -v n="$4" -v b="$5" -v d="$6" -v cpu="$7" \
		-v rss="$8" -v by="$9" -v ins="${10}" 'BEGIN {
		print m, c, w, s, u, n, sprintf("%.1f", b / n),
			sprintf("%.1f", d / n), sprintf("%.1f", cpu / n),
			rss, by, ins }'
}

# time_it WORKLOAD STAGE UNIT N BYTES INSTRUCTIONS INPUT COMMAND...
time_it() {
	w=$1 s=$2 u=$3 n=$4 by=$5 ins=$6 in=$7
	shift 7
	say "$w: $s"
	# shellcheck disable=SC2046 # four numbers
	row "$w" "$s" "$u" "$n" \
		$(bench/measure "$runs" "$in" - "$@" | cut -d " " -f 1-4) "$by" "$ins"
}

# prepare DAY MESSAGES SYMBOLS: the capture and both streams.
prepare() {
	if [ ! -f "$1.matched" ]; then
		say "making $1"
		data/gen-sample --messages "$2" --symbols "$3" \
			--live "$(($3 < 50 ? 20000 : 100000))" \
			>"$1.pcap" 2>"$1.gen"
		./exch-replay -v $when -o "$1.orders" "$1.pcap" \
			2>"$1.stats"
		./exch-match --digest -o "$1.tmp" "$1.orders" 2>"$1.digest"
		mv "$1.tmp" "$1.matched"
	fi
	messages=$(figure messages "$1.stats")
	orders=$(figure commands "$1.stats")
	records=$(sed -n 's/^sha256:[0-9a-f]* //p' "$1.digest")
	per_order=$(($(wc -c <"$1.matched") / orders))
}

# Instructions of a command on one input.
count_of() {
	in=$1
	shift
	valgrind --tool=cachegrind --cache-sim=no \
		--cachegrind-out-file=/dev/null "$@" <"$in" \
		2>"$dir/valgrind.log" >/dev/null
	sed -n 's/.*I *refs: *//p' "$dir/valgrind.log" | tr -d ','
}

# Instructions per unit: the difference of two days, so that start and end
# of a process do not count.  Sets i_replay, i_match, i_report.
instructions() {
	i_replay='' i_match='' i_report=''
	[ "$count" = yes ] || return 0
	say "instructions, $1 symbols"
	prepare "$dir/i100-$1" 100000 "$1"
	m1=$messages o1=$orders r1=$records
	prepare "$dir/i300-$1" 300000 "$1"
	m=$((messages - m1)) o=$((orders - o1)) r=$((records - r1))
	a="$dir/i100-$1" b="$dir/i300-$1"
	i_replay=$((($(count_of "$b.pcap" ./exch-replay $when) - \
		$(count_of "$a.pcap" ./exch-replay $when)) / m))
	i_match=$((($(count_of "$b.orders" ./exch-match) - \
		$(count_of "$a.orders" ./exch-match)) / o))
	i_report=$((($(count_of "$b.matched" ./exch-report) - \
		$(count_of "$a.matched" ./exch-report)) / r))
}

# Instructions per command of the engine alone: those of its loop.
# count_engine SHAPE [OPTION...]
count_engine() {
	[ "$count" = yes ] || return 0
	shape=$1
	shift
	valgrind --tool=callgrind --toggle-collect=replay \
		--callgrind-out-file=/dev/null bench/engine --runs 1 \
		--commands 300000 --shape "$shape" "$@" \
		2>"$dir/valgrind.log" >/dev/null
	sed -n 's/.*Collected : //p' "$dir/valgrind.log" |
		awk '{ printf "%d", $1 / 300000 }'
}

# engine STAGE SHAPE [OPTION...]
engine() {
	stage=$1
	shift
	say "$stage: $1"
	ins=$(count_engine "$@")
	shape=$1
	shift
	bench/engine --runs "$runs" --commands "$commands" --shape "$shape" \
		"$@" |
		awk -F, -v OFS=, -v m="$machine" -v c="$compiler" \
			-v s="$stage" -v ins="$ins" 'NR == 2 {
			print m, c, $1, s, "command", $3, $5, $6, "", "", $8,
			ins }'
}

# The gate alone, for each command of a flow with its events.  Instructions are
# counted over so many commands.
# gate STAGE CHECKS SHAPE COMMANDS
gate() {
	say "$1: $3"
	ins=
	[ "$count" != yes ] || ins=$(valgrind --tool=callgrind \
		--toggle-collect=ask --callgrind-out-file=/dev/null bench/gate \
		--checks "$2" --runs 1 --commands "$4" --shape "$3" 2>&1 \
		>/dev/null |
		awk -v n="$4" '/Collected :/ { printf "%d", $NF / n }')
	bench/gate --checks "$2" --runs "$runs" --commands "$commands" \
		--shape "$3" |
		awk -F, -v OFS=, -v m="$machine" -v c="$compiler" \
			-v s="$1" -v ins="$ins" 'NR == 2 { print m, c, $1, s,
			"command", $2, $3, $4, "", "", "", ins }'
}

# The engine through the library that others link.
embed() {
	say "embed"
	ins=
	[ "$count" != yes ] || ins=$(valgrind --tool=callgrind \
		--toggle-collect=drive --callgrind-out-file=/dev/null \
		bench/embed 2>&1 >/dev/null |
		awk '/Collected :/ { printf "%d", $NF / 1000000 }')
	for _ in $(seq "$runs"); do
		bench/embed | sed -n 2p
	done | sort -t , -k 3n | awk -F, -v OFS=, -v m="$machine" \
		-v c="$compiler" -v ins="$ins" '{ n = $1; ns[NR] = $3 }
		END { print m, c, "demo", "embed", "message", n, ns[1],
			ns[int(NR / 2) + 1], "", "", "", ins }'
}

# The same for books from ITCH; the tool says how many messages it had.
count_itch() {
	[ "$count" = yes ] || return 0
	n=$(valgrind --tool=callgrind --toggle-collect=build \
		--callgrind-out-file=/dev/null bench/itch --runs 1 \
		--messages 300000 --shape "$1" 2>"$dir/valgrind.log" |
		awk -F, 'NR == 2 { print $2 }')
	sed -n 's/.*Collected : //p' "$dir/valgrind.log" |
		awk -v n="$n" '{ printf "%d", $1 / n }'
}

itch() {
	say "itch: $1"
	ins=$(count_itch "$1")
	bench/itch --runs "$runs" --messages "$commands" --shape "$1" |
		awk -F, -v OFS=, -v m="$machine" -v c="$compiler" \
			-v ins="$ins" 'NR == 2 { print m, c, $1, "itch",
			"message", $2, $4, $5, "", "", "", ins }'
}

# journal WORKLOAD SYNC: with a journal, that is not there before a run.
journal() {
	# shellcheck disable=SC2016 # its own arguments
	time_it "$1" "journal-$2" order "$orders" "$per_order" '' \
		"$day.orders" sh -c \
		'rm -rf "$1" && exec ./exch-match --sync "$2" --journal "$1"' \
		- "$dir/journal" "$2"
}

echo "machine,compiler,workload,stage,unit,units,ns_best,ns_median,ns_cpu," \
	"peak_rss_kib,bytes_per_order,instructions" | tr -d ' '
for k in $symbols; do
	instructions "$k"
	for n in $sizes; do
		day=$dir/day-$n-$k
		prepare "$day" "$n" "$k"
		w=$n-messages-$k-symbols
		time_it "$w" replay message "$messages" '' "$i_replay" \
			"$day.pcap" ./exch-replay $when
		time_it "$w" match order "$orders" "$per_order" "$i_match" \
			"$day.orders" ./exch-match
		time_it "$w" match-j2 order "$orders" "$per_order" '' \
			"$day.orders" ./exch-match -j 2
		journal "$w" none
		journal "$w" batch
		time_it "$w" recover order "$orders" "$per_order" '' /dev/null \
			./exch-match --recover "$dir/journal"
		rm -r "$dir/journal"
		time_it "$w" report record "$records" '' "$i_report" \
			"$day.matched" ./exch-report
		time_it "$w" pipe message "$messages" '' '' "$day.pcap" \
			./exch-replay $when '|' ./exch-match '|' \
			./exch-report
		# The same from the kept orders, and what it costs to move their
		# bytes through three programs that do nothing else.
		time_it "$w" pipe-xst message "$messages" '' '' /dev/null \
			./exch-replay "$day.orders" '|' ./exch-match '|' \
			./exch-report
		came=$(wc -c <"$day.orders") went=$(wc -c <"$day.matched")
		time_it "$w" move message "$messages" '' '' "$day.orders" \
			bench/move 1 1 '|' bench/move "$came" "$went" '|' \
			bench/move 1 0
	done
done
for s in $shapes; do
	engine engine "$s"
	engine guarded "$s" --market "${0%/*}/guarded.market"
	# The rules that look at an order and one holding; and those that look
	# at all of some hundreds, for accounts that stand at their limits.
	gate gate order "$s" 300000
	case $s in
	zipf-*) gate gate-limit limit "$s" 50000 ;;
	esac
	itch "$s"
done
embed
