#!/bin/sh
# Pictures of small days by themselves: bins that become wider, gains that are
# those of pnl, and what cannot be drawn.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

report() {
	exch-report "$@" --rules "$src/data/report"
}

# ---- a quote, and silence behind it ----

cat >quiet.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01
10:00:00 A buy 10 ABC @ 1.00
10:00:00 B sell 10 ABC @ 1.05
10:05:00 A buy 1 ABC @ 0.99
T
exch-replay -q quiet.txt | exch-match -q -o quiet.xst
for last in 10:05:00 10:00:07 10:00:00.3 13:17:03 23:00:00; do
	sed "s/^10:05:00/$last/" quiet.txt | exch-replay -q |
		exch-match -q -o quiet.xst
	report plot spread -q --data quiet.xst >data
	awk -F '\t' '
		/^#/ || NF < 2 { next }
		{ n++; bad += $3 > 100 || (n > 1 && before != 100); before = $3 }
		END { exit n < 2 || bad > 0 }' data
	result $? "until $last: each bin was quoted all of it, and not more" ||
		sed -n '1,5s/^/# /p' data
done

# ---- what rested for less than a bin ----

cat >short.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01
10:00:00 A buy 10 ABC @ 1.00
+10us    B sell 10 ABC @ 1.00
+1h      B sell 10 ABC @ 1.00 ioc
T
exch-replay -q short.txt | exch-match -q -o short.xst
exits 1 "no book at the end of any bin" report plot depth -o x.svg short.xst 2>said
has said 'No order of ABC rested at the end of a bin of' "is told as it is"

finish
