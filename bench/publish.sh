#!/bin/sh
# How fast market data is published, and how late; prints CSV.  Run by
# "make bench-publish" in the build directory; see bench/README.md.
#
#	BENCH_MESSAGES	of the generated days		(3000000)
#	BENCH_SYMBOLS	in them				(1 1000)
#	BENCH_RUNS	runs per figure; the best counts	(5)
#	BENCH_COUNT	no: no instructions		(yes)
#	BENCH_DIR	where days are kept		(bench-data)
#	PUBLISH_RATES	events a second, live		(20000 100000)
#	PUBLISH_SECONDS	of each live run		(5)
#	PUBLISH_GROUP	of the live runs		(239.1.2.3:26400)
#	CC_NAME		what the compiler column says
#
# A day is there as exch-match has answered it ("matched") and as the venue
# displayed it ("shown"): the same books, in more records and in fewer.  And as
# its best bids and offers alone ("quotes"), as a feed of the top of the book
# tells them: there every message is one that is published.  What is published
# goes to a file.
set -eu
# shellcheck source=bench/lib.sh
. "${0%/*}/lib.sh"
messages=${BENCH_MESSAGES-3000000}
symbols=${BENCH_SYMBOLS-1 1000}
dir=${BENCH_DIR-bench-data}
rates=${PUBLISH_RATES-20000 100000}
seconds=${PUBLISH_SECONDS-5}
group=${PUBLISH_GROUP-239.1.2.3:26400}
mkdir -p "$dir"
out=$(mktemp -d "$dir/publish.XXXXXX")
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# prepare DAY MESSAGES SYMBOLS: the forms of a day, and how many messages
# went in: of the feed, and commands.
prepare() {
	if [ ! -f "$1.matched" ]; then
		echo "bench: making $1" >&2
		data/gen-sample --messages "$2" --symbols "$3" \
			--live "$(($3 < 50 ? 20000 : 100000))" \
			>"$out/pcap" 2>"$1.gen"
		# shellcheck disable=SC2086 # a list of options
		{
			./exch-replay -v --raw $when -o "$1.shown" \
				"$out/pcap" 2>"$1.shown.stats"
			./exch-replay -v $when -o "$out/orders" "$out/pcap" \
				2>"$1.matched.stats"
		}
		./exch-match -q -o "$out/matched" "$out/orders"
		./exch-feed -q top -f bin -o "$1.quotes" "$1.shown"
		./exch-replay -q -f csv --type book-top "$1.quotes" |
			awk 'END { print "messages", NR - 1 }' >"$1.quotes.stats"
		mv "$out/matched" "$1.matched"
		rm "$out/pcap" "$out/orders"
	fi
}
# entered DAY FORM: messages that went in.
entered() {
	case $2 in
	matched) figure commands "$1.matched.stats" ;;
	*) figure messages "$1.$2.stats" ;;
	esac
}
instructions() {
	valgrind --tool=cachegrind --cache-sim=no \
		--cachegrind-out-file=/dev/null ./exch-feed -q "$@" \
		2>"$out/counted" >/dev/null
	sed -n 's/.*I *refs: *//p' "$out/counted" | tr -d ','
}
# Rows or messages of what was published.
rows() {
	case $1 in
	*bin*)
		./exch-replay -q -f csv --type book-top "$out/x" |
			awk 'END { print NR - 1 }'
		;;
	itch*)
		# shellcheck disable=SC2086 # a list of options
		./exch-replay -v --raw $when -o /dev/null "$out/x" \
			2>"$out/said"
		figure messages "$out/said"
		;;
	*json) awk 'END { print NR }' "$out/x" ;;
	*) awk 'END { print NR - 1 }' "$out/x" ;; # the head
	esac
}
# Instructions per message that went in, starting and ending left out: the
# difference of two short days.
per_message() {
	# shellcheck disable=SC2086 # a list of options
	i1=$(instructions $3 "$dir/l1-100-$1.$2")
	# shellcheck disable=SC2086
	i3=$(instructions $3 "$dir/l1-300-$1.$2")
	echo $(((i3 - i1) / ($(entered "$dir/l1-300-$1" "$2") - \
		$(entered "$dir/l1-100-$1" "$2"))))
}
# feed SYMBOLS FORM OPTION...
feed() {
	k=$1 form=$2
	shift 2
	how=$*
	echo "bench: $k symbols, $form: $how" >&2
	day=$dir/l1-$messages-$k
	# shellcheck disable=SC2046 # three numbers
	set -- $(bench/measure "$runs" "$day.$form" "$out/x" ./exch-feed -q \
		"$@" | cut -d ' ' -f 1-3)
	i=
	[ "$count" = no ] || i=$(per_message "$k" "$form" "$how")
	awk -v OFS=, -v m="$machine" -v c="$compiler" -v f="$form" \
		-v w="$messages-messages-$k-symbols" -v h="$how" \
		-v n="$(entered "$day" "$form")" -v r="$(rows "$how")" \
		-v wall="$1" -v cpu="$3" -v i="$i" 'BEGIN {
		print m, c, w, f, h, n, r, sprintf("%.1f", wall / n),
			sprintf("%.1f", cpu / n), sprintf("%.2f", n * 1e3 / cpu),
			sprintf("%.2f", r * 1e3 / cpu), i }'
}

echo "machine,compiler,workload,from,feed,messages,rows,ns_best,ns_cpu," \
	"million_in_per_s,million_rows_per_s,instructions" | tr -d ' '
for k in $symbols; do
	prepare "$dir/l1-$messages-$k" "$messages" "$k"
	if [ "$count" = yes ]; then
		prepare "$dir/l1-100-$k" 100000 "$k"
		prepare "$dir/l1-300-$k" 300000 "$k"
	fi
	for form in matched shown; do
		feed "$k" "$form" top -f bin
		feed "$k" "$form" top -f csv
		feed "$k" "$form" top -f json
		feed "$k" "$form" top -f text
		feed "$k" "$form" depth -n 10 --changed -f csv
	done
	feed "$k" quotes top -f bin
	feed "$k" quotes top -f csv
	feed "$k" matched trades -f csv
	feed "$k" matched bars -f csv
	feed "$k" matched itch --tz America/New_York
done

# How late: of the first day, as it comes.
echo
echo "machine,compiler,what,rate,events,messages,lost,p50_us,p99_us,p999_us," \
	"max_us" | tr -d ' '
day=$dir/l1-$messages-${symbols%% *}.matched
# live WHAT RATE OPTION... -- COMMAND...
live() {
	what=$1 rate=$2
	shift 2
	echo "bench: live $what, $rate events a second" >&2
	bench/publish --stream "$day" --rate "$rate" --seconds "$seconds" \
		"$@" >"$out/live"
	echo "$machine,$compiler,$what,$(tail -n 1 "$out/live")"
}
for rate in $rates; do
	live top "$rate" -- ./exch-feed -q top -f bin
	live itch "$rate" --group "$group" -- ./exch-feed -q itch \
		--live "$group" --interface lo --linger 10ms
done
