#!/bin/sh
# exch-report queue-audit: a queue followed by hand, random days against a
# program that walks through every event for every order, real days.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

walk=$src/tests/tools/queue_audit.awk

# walked NAME STREAM: the figures of the stream are those of the walk.
walked() {
	exch-report queue-audit -f csv "$2" >got || return 1
	exch-replay -q -f json "$2" | awk -f "$walk" >want
	same got want "$1"
}

# ---- by hand ----

# Two wait, then a third, and the first goes.  60 trade: the second is
# executed, and the third is not.
cat >hand.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
09:30:00 ANN sell 100 ABC @ 10.00 as first
+1s      BEN sell 80 ABC @ 10.00
+1s      CIA sell 100 ABC @ 10.00 as third
+1s      cancel first
+1s      DAN buy 60 ABC @ 10.00
+1s      cancel third
T
exch-replay -q hand.txt | exch-match -q -o hand.xst
exch-report queue-audit -f csv hand.xst >got
# touch expects both.  By trades alone 100 are ahead of the second still; of the
# 100 that went half was ahead of it, as so much was ahead as behind.  Nobody
# stands behind the third: 80 are ahead of it for all but any-delete.
is "$(cut -d, -f 2-8,12 got)" "model,orders,filled,predicted,false_fills,missed,accuracy,best
touch,2,1,2,1,0,50.00,0
risk-averse,2,1,0,0,1,50.00,0
any-delete,2,1,2,1,0,50.00,0
power1,2,1,1,0,0,100.00,1
power2,2,1,1,0,0,100.00,0
power3,2,1,1,0,0,100.00,0
log,2,1,1,0,0,100.00,0" "three orders"
exch-report queue-audit hand.xst >page
has page "^power1 is the best .* about 100.00% of 2 contested orders" \
	"the page says which is best"
has page "^Not contested: 1; left out: 0" "and how many were not contested"
exch-report queue-audit -f json --by symbol hand.xst >got.json
is "$(wc -l <got.json)" 14 "by symbol, and all of them"
has got.json '^{"symbol":"ABC","model":"touch","orders":2,' "as JSON"

# What does not count: calls, snapshots of orders, executions of auctions.
cat >call.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
09:00:00 phase call open
+1s      ANN sell 100 ABC @ 10.00
+1s      BEN buy 60 ABC @ 10.00
09:30:00 phase continuous
+1s      CIA sell 10 ABC @ 10.01
+1s      DAN buy 5 ABC @ 10.00
T
exch-replay -q call.txt | exch-match -q -o call.xst
exch-report queue-audit -f csv call.xst >got
is "$(cut -d, -f 3 got | tail -n 1)" 0 "an order of a call is not asked about"
walked "a call and what follows" call.xst

exits 2 "no such rows" exch-report queue-audit --by account hand.xst 2>err
has err "rows by symbol, not by 'account'" "and why"
echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exch-report queue-audit -o page empty.xst
has page "^No order stood at a price that traded" "an empty day"

# ---- random days ----

for seed in 1 2 3 4 5 6; do
	awk -v seed=$seed -v steps=1200 -f "$src/tests/tools/random_day.awk" |
		exch-replay -q - 2>err | exch-match -q -o day.xst
	walked "random day $seed" day.xst
	awk -F, '$2 == "power2" && $3 > 100 { good = 1 } END { exit !good }' got
	result $? "on which more than a hundred orders were contested"
done

# ---- real days ----

# right MODEL: its accuracy, as a whole number.
right() {
	awk -F, -v m="$1" '$1 == "total" && $2 == m { print int($8) }' got
}

esh4=$data/databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst
if [ -r "$esh4" ]; then
	exch-replay -q --tick 0.25 "$esh4" | exch-match -q -o esh4.xst
	walked "a night of futures" esh4.xst
	ok "power2 is right about most" test "$(right power2)" -ge 85
	ok "more often than by trades alone" \
		test "$(right power2)" -gt "$(right risk-averse)"
	ok "and than by price alone" \
		test "$(right power2)" -gt "$(right touch)"
else
	skip "a night of futures" "no real data: set EXCH_TESTDATA"
fi
sse=$data/derived/sse600519_20230207.moldudp64.pcap
if [ -r "$sse" ]; then
	exch-replay -q --date 2023-02-07 --tz Asia/Shanghai "$sse" |
		exch-match -q -o sse.xst
	walked "a day of shares" sse.xst
else
	skip "a day of shares" "no real data: set EXCH_TESTDATA"
fi
finish
