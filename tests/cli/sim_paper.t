#!/bin/sh
# exch-sim: an order on paper, by each model, against what it has to get by
# hand.  300 rest before its 50 and 100 behind; 100 of those in front are
# cancelled, 250 are bought.
. "${srcdir:-.}/tests/cli/lib.sh"

# A seller of 50 at 10.00, two seconds after the beginning.
cat >me.awk <<'EOF'
$1 == "exch" { print "ready protocol=1 name=me wake=timer" }
$1 == "turn" { turn = $2; rings = 0 }
$1 == "timer" { rings = 1 }
$1 == "." {
	if (turn == 1) print "wake 2000000000"
	if (rings) print "sell 50 XYZ @ 10.00 as 1"
	print "."
	fflush()
}
EOF
cat >paper.txt <<EOF
set fill market
fill \$fill
instrument XYZ tick 0.01
begin 09:30
end 09:31
strategy ME run sh $src/scenarios/agents/awk.sh -f me.awk
09:30:00 ANN sell 100 XYZ @ 10.00 as first
+1s      BEN sell 200 XYZ @ 10.00
+1.5s    EVE sell 100 XYZ @ 10.00
+0.5s    cancel first
+1s      DAN buy 250 XYZ @ market
EOF

# filled MODEL: units that ME sold.
filled() {
	exch-sim -D fill="$1" -o out.xst paper.txt 2>err || cat err
	exch-report pnl -f csv out.xst |
		awk -F, '$1 == "of" && $2 == "ME" { n = $7 } END { print n + 0 }'
}

is "$(filled market)" 50 "in the market: 200 are in front of it, 250 are bought"
is "$(filled touch)" 50 "touch: the price trades"
is "$(filled ghost)" 50 "ghost: an order behind it trades"
# 300 of 400 were in front of it: 75 of the 100 go there, 225 remain.
is "$(filled l2:power1)" 25 "power1: 250 - 225"
# 9 of 10: 90 go, 210 remain.
is "$(filled l2:power2)" 40 "power2: 250 - 210"
# 27 of 28: 96.4 go, 203.6 remain.
is "$(filled l2:power3)" 46 "power3: 250 - 203.6"
# ln 301 = 5.7071 and ln 101 = 4.6151: 55.3 go, 244.7 remain.
is "$(filled l2:log)" 5 "log: 250 - 244.7"
is "$(filled l2:risk-averse)" 0 "risk-averse: 300 stay in front"

# Alone at its price: whoever is executed there came behind it.
sed '/DAN/d; s/10\.00/10.01/' paper.txt >alone.txt
cat >>alone.txt <<'EOF'
+1s      FAY sell 10 XYZ @ 10.00
+1s      GUS buy 10 XYZ @ 10.00
EOF
exch-sim -D fill=ghost -o out.xst alone.txt 2>err || cat err
is "$(exch-report pnl -f csv out.xst |
	awk -F, '$1 == "of" && $2 == "ME" { print $7 }')" 50 "ghost: nobody in front"

# Another tick while it waits: its price stays, where there is such a price.
cat >tick.txt <<EOF
set tick 0.01
date 2026-01-05
fill touch
instrument XYZ tick 0.02
begin 09:30
end 09:31
strategy ME run sh $src/scenarios/agents/awk.sh -f me.awk
09:30:05 CAT buy 1 XYZ @ 9.00 as bid
+1s      cancel bid
instrument XYZ tick \$tick
+1s      FAY sell 10 XYZ @ 10.05
+1s      GUS buy 10 XYZ @ 10.05
EOF
exch-sim -f json tick.txt >tick.json 2>err
is "$(sed -n 's/.*"t":"exec".*imposed.*"price":\([0-9.]*\),.*/\1/p' tick.json)" \
	10.00 "the tick changes, the price of an order does not"
exch-sim -D tick=0.15 -f json tick.txt >tick.json 2>err
is "$(grep '"t":"exec"' tick.json | grep -c imposed)" 0 \
	"  an order that is on no tick is not executed"
has tick.json '"t":"cancelled".*"qty":50,.*"reason":"imposed"' \
	"  but cancelled"

# What the stream has of it.
exch-sim -D fill=l2:power2 -f json paper.txt >out.json 2>err
is "$(grep -c '"t":"new".*"account":1[,}]' out.json)" 1 "the order is in the stream"
ok "  hidden, since nobody sees it" \
	grep -q '"t":"new".*hidden' out.json
is "$(grep '"t":"exec"' out.json | grep -c '"flags":"imposed"\|imposed')" 1 \
	"its execution is imposed"
exch-feed depth out.json >depth.txt 2>err
is $? 0 "  and the book of a feed does without it"
finish
