#!/bin/sh
# A dark pool, exch-market(5), midpoint: whatever moves, and whoever is moved
# first, nothing there trades but at the middle of what the others display.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >dark.market <<'EOF2'
name dark
midpoint
EOF2
cat >pool.market <<'EOF2'
name pool
venue DARK dark.market
EOF2
# told NAME: what exch-match makes of NAME.txt, as text.
told() {
	exch-replay -q "$1.txt" |
		exch-match -q --market pool.market -f text >"$1.told"
}

# The middle goes from 10.00 to 10.09 at once.  A, who has come first, would
# find B where a limit held him short of the old one: at 10.03.
cat >jump.txt <<'EOF2'
date 2026-01-05
instrument ABC.LIT tick 0.01
instrument ABC.DARK tick 0.01
09:30 M buy 300 ABC.LIT @ 9.98
M sell 100 ABC.LIT @ 10.02
M sell 100 ABC.LIT @ 10.20
A buy 100 ABC.DARK peg mid hidden
B sell 100 ABC.DARK @ 10.03 peg mid hidden
M buy 100 ABC.LIT @ 10.02
EOF2
told jump
is "$(sed -n 's/.*DARK *exec *\(.*\) buy.*/\1/p' jump.told)" "100 @ 10.09" \
	"up: at the new middle"
sed 's/^A buy/A sell/; s/^B sell 100 ABC.DARK @ 10.03/B buy 100 ABC.DARK @ 9.97/
	s/^09:30 M buy 300 ABC.LIT @ 9.98/09:30 M sell 300 ABC.LIT @ 10.02/
	s/^M sell 100 ABC.LIT @ 10.02/M buy 100 ABC.LIT @ 9.98/
	s/^M sell 100 ABC.LIT @ 10.20/M buy 100 ABC.LIT @ 9.80/
	s/^M buy 100 ABC.LIT @ 10.02/M sell 100 ABC.LIT @ 9.98/' jump.txt >down.txt
told down
is "$(sed -n 's/.*DARK *exec *\(.*\) buy.*/\1/p' down.told)" "100 @ 9.91" \
	"down: at the new middle"

# A middle that is less than half a tick there is nothing at all.
cat >penny.txt <<'EOF2'
date 2026-01-05
instrument ABC.LIT tick 0.0001
instrument ABC.DARK tick 0.01
09:30 M buy 300 ABC.LIT @ 0.0011
M sell 100 ABC.LIT @ 0.0012
A buy 100 ABC.DARK peg mid hidden
B sell 100 ABC.DARK peg mid hidden
B sell 100 ABC.DARK peg mid hidden ioc
EOF2
told penny
is "$(grep -c 'DARK.*\(exec\|restated\)' penny.told)" 0 "nothing for nothing"
has penny.told 'DARK *cancelled *order 5 by 100: no-liquidity' \
	"who takes at once is told so"

# A random day: an order that rests trades where it was told to stand, which is
# the middle for both or they would not meet.
awk 'BEGIN {
	srand(5)
	print "date 2026-01-05"
	n = split("ABC.LIT ABC.FAR ABC.DARK", s, " ")
	for (i = 1; i <= n; i++)
		print "instrument", s[i], "tick 0.01"
	print "09:30 M buy 1 ABC.LIT @ 1"
	for (i = 0; i < 3000; i++) {
		x = s[1 + int(rand() * n)]
		buys = rand() < 0.5
		p = 10 + (buys ? -1 : 1) * int(rand() * 12) * 0.01
		if (rand() < 0.2)
			p += buys ? 0.06 : -0.06
		limit = ""
		if (rand() < 0.5)
			limit = sprintf("@ %.2f ", 10 + int(rand() * 21 - 10) * 0.01)
		printf "+%dms A%d %s %d %s %s\n", rand() * 400, rand() * 6,
		    buys ? "buy" : "sell", 100 * (1 + int(rand() * 9)), x,
		    x ~ /DARK/ ? limit "peg mid hidden" : sprintf("@ %.2f", p)
	}
}' >random.txt
told random
awk '
$3 == "restated" {
	for (i = 4; i < NF; i++)
		if ($i == "order")
			o = $(i + 1)
	at[o] = $0 ~ / @ / ? $0 : ""
	sub(/.* @ /, "", at[o])
	sub(/ .*/, "", at[o])
}
$2 == "ABC.DARK" && $3 == "exec" {
	n++
	for (i = 4; i < NF; i++) {
		if ($i == "@")
			p = $(i + 1)
		if (($i == "buy" || $i == "sell") && at[$(i + 1)] + 0 != p + 0)
			print "order " $(i + 1) " at " at[$(i + 1)] ": " $0
	}
}
END {
	if (n < 300)
		print n + 0 " executions are too few"
}' random.told >off
: >none
same off none "a random day: everything at the middle"
exch-replay -q random.txt -o random.xst
exch-match -q --market pool.market -o one.xst random.xst
exch-match -q -j 2 --market pool.market -o two.xst random.xst
ok "the same bytes on two threads" cmp one.xst two.xst

finish
