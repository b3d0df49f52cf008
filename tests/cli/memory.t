#!/bin/sh
# Memory follows the live orders, not the length of the day: three million
# messages need no more than one million.  (A million fills the bounded
# windows in which tools look back.)
. "${srcdir:-.}/tests/cli/lib.sh"

[ -z "${sanitizers-}" ] || skip_all "sanitizers keep freed memory"

# The whole pipe at once; peak memory of each of its processes in KiB.
for n in 1000000 3000000; do
	"$bin/bench/measure" 1 - - "$bin/data/gen-sample" --messages $n \
		--live 3000 '|' exch-replay --date 2026-01-05 \
		--tz America/New_York '|' exch-match '|' exch-report summary \
		2>err | cut -d ' ' -f 6- | tr ' ' '\n' >peak.$n
	result $? "a day of $n messages"
done
printf '%s\n' exch-replay exch-match exch-report |
	paste - peak.1000000 peak.3000000 >peaks
while read -r tool small large; do
	# Two megabytes for chance (how far a block fills on a busy machine);
	# a byte per message would be as much.
	ok "$tool: $small KiB, then $large KiB" \
		test "${small:-0}" -gt 500 -a "${large:-99999}" -le \
		$((${small:-0} + ${small:-0} / 10 + 2048))
done <peaks
finish
