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

# What results have of it: 100 and 200 rest at its price when it comes.
# ahead:fills:volume:inventory_max:turnover:maker_share
of="ahead fills volume inventory_max turnover maker_share"
while read -r fill want; do
	exch-sim -D fill="$fill" --results "$fill.db" -o out.xst paper.txt 2>err ||
		cat err
	is "$(exch-sim compare "$fill.db" -f csv | awk -F, -v of="$of" '
		$3 == "ME" { v[$6] = $8 }
		END {
			n = split(of, name, " ")
			for (i = 1; i <= n; i++)
				printf "%s:", v[name[i]]
		}' | sed 's/\.0*:/:/g')" "$want" "its figures, fill $fill"
done <<'EOF'
market 300:1:50:50:500:1:
touch 300:1:50:50:500:1:
ghost 300:1:50:50:500:1:
l2:power2 300:1:40:40:400:1:
l2:risk-averse 300:0:0:0:0::
EOF

# What meets an order at once, and what a program says of that.
cat >asks.awk <<'EOF'
$1 == "exch" { print "ready protocol=1 name=asks wake=timer" }
$1 == "turn" { turn = $2; rings = 0 }
$1 == "timer" { rings = 1 }
$1 == "." {
	if (turn == 1) print "wake 2000000000"
	while (rings && (getline line <"asked.txt") > 0) print line
	print "."
	fflush()
}
EOF
cat >asks.txt <<EOF
set fill market
fill \$fill
instrument XYZ tick 0.01 lot 10
begin 09:30
end 09:31
strategy ME record said.txt run sh $src/scenarios/agents/awk.sh -f asks.awk
09:30:00 ANN sell 100 XYZ @ 10.00
+1s      BEN sell 200 XYZ @ 10.01
+2s      CIA buy 10 XYZ @ 9.00
+10s     CIA buy 10 XYZ @ 9.00
+10s     EVE sell 10 XYZ @ 10.01
EOF
# answers FILL COMMAND...: what became of them, without times.
answers() {
	fill=$1
	shift
	printf '%s\n' "$@" >asked.txt
	exch-sim -D fill="$fill" -o out.xst asks.txt 2>err || cat err
	sed -n 's/^> \([a-z]*\) [0-9]* XYZ \([12] .*\)/\1 \2/p' said.txt
}
# alike WHAT ANSWERS COMMAND...: as in the market, by each model.
alike() {
	what=$1 want=$2
	shift 2
	for fill in market touch l2:risk-averse ghost; do
		is "$(answers $fill "$@")" "$want" "$what, fill $fill"
	done
}
alike 'all of it or nothing: nothing' 'accepted 1 6
cancelled 1 310 fok' 'buy 310 @ 10.01 fok as 1'
alike '  all of it' 'accepted 1 6
filled 1 buy 10.00 100 150 taker
filled 1 buy 10.01 150 0 taker' 'buy 250 @ 10.01 fok as 1'
alike '  at any price' 'accepted 1 6
cancelled 1 310 fok' 'buy 310 @ market fok as 1'
alike 'one that must not take does not' 'rejected 1 post-only' \
	'buy 10 @ 10.00 post-only as 1'
alike '  it rests' 'accepted 1 6' 'buy 10 @ 9.99 post-only as 1'
alike '  and is one that rests' 'rejected 1 flags' \
	'buy 10 @ 9.99 post-only ioc as 1'
alike 'a replacement is refused by its lot' 'accepted 1 6
rejected 1 lot' 'buy 10 @ 9.99 as 1' 'replace 1 with 15 @ 9.98'
alike '  by its tick' 'accepted 1 6
rejected 1 tick' 'buy 10 @ 9.99 as 1' 'replace 1 with 20 @ 9.985'
for fill in touch l2:risk-averse ghost; do
	# What stands there was taken, and does not come again; EVE does.
	is "$(answers $fill 'buy 500 @ 10.01 as 1')" 'accepted 1 6
filled 1 buy 10.00 100 400 taker
filled 1 buy 10.01 200 200 taker
filled 1 buy 10.01 200 0 maker' "the rest of an order waits, fill $fill"
	is "$(sed -n 's/^> filled \([0-9]*\) .* maker/\1/p' said.txt)" \
		23000000000 "  until somebody comes"
	is "$(answers $fill 'buy 10 @ 9.99 ato as 1')" 'rejected 1 tif' \
		'  no order waits for an auction'
	is "$(answers $fill 'buy 10 @ 9.99 aon as 1')" 'rejected 1 flags' \
		'  nor to be executed as a whole'
done

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

# What the reports make of it.  Nobody is on the other side of an execution on
# paper, which is no order that is missing.

# sums FILE KEYS VALUE [IF IS]: of a CSV without quoted commas, by key.
sums() {
	awk -F, -v key="$2" -v val="$3" -v if_="$4" -v is_="$5" 'NR == 1 {
		for (i = 1; i <= NF; i++) at[$i] = i
		next
	}
	(if_ == "" || $at[if_] == is_) && $at[val] > 0 { n[$at[key]] += $at[val] }
	END { for (k in n) print k, n[k] }' "$1" | sort
}

sed 's/^end .*/end 09:35/' "$src/scenarios/lessons/10-deceit.scn" >maker.scn
for model in touch l2:power2 ghost; do
	exch-sim -D fill="$model" -o maker.xst maker.scn 2>err || cat err
	# by order, from the executions as they are
	exch-report trades -f csv -o trades.csv maker.xst
	grep 'imposed\|^time' trades.csv >paper.csv
	{
		sums paper.csv buy_order qty
		sums paper.csv sell_order qty
	} | grep -v '^ ' | sort >want
	all=$(awk '{ n += $2 } END { print n + 0 }' want)
	ok "$model: orders are executed" test "$all" -gt 0
	for report in orders tca audit funnel latency; do
		by=
		case $report in
		tca | funnel | latency) by='--by account' ;;
		esac
		# shellcheck disable=SC2086 # two words
		exits 0 "  $report takes them" \
			exch-report $report $by -f csv -o $report.csv maker.xst 2>err
		is "$(cat err)" "" "    and says nothing"
	done
	sums orders.csv order filled account MM >got
	same want got "  orders has what trades has, by order"
	sums audit.csv order qty event executed >got.all
	awk 'NR == FNR { mine[$1] = 1; next } $1 in mine' want got.all >got
	same want got "  and so has audit"
	is "$(awk -F, '$4 == "executed" && $7 == ""' audit.csv | wc -l)" 0 \
		"    without a row of nobody"
	is "$(sums funnel.csv account filled state entered | grep '^MM ')" \
		"MM $all" "  funnel has their sum"
	is "$(sums tca.csv account filled | grep '^MM ')" "MM $all" "  and tca"
	is "$(sums latency.csv account count stage order-to-execution |
		grep '^MM ')" "MM $(wc -l <want)" "  latency has that many orders"
	exch-report pnl -f csv -o pnl.csv maker.xst
	is "$(awk -F, '$1 == "of" && $2 == "MM" { print $6 + $7 }' pnl.csv)" \
		"$all" "  pnl has bought and sold that"
	for report in summary 605 cat surveil bestex html; do
		exits 0 "  $report takes them" exch-report $report \
			-r "$src/data/report" -o out maker.xst 2>err || cat err
		is "$(grep -c 'does not hold' err)" 0 "    and misses no order"
	done
	echo account,imid >parties.csv
	for report in aml large-trader 'rts22 --parties parties.csv'; do
		# shellcheck disable=SC2086 # three words
		exch-report $report -r "$src/data/report" -o of maker.xst 2>err
		[ -s of ]
		result $? "  ${report%% *} takes them" || cat err
		rm -f of
		is "$(grep -c 'left out' err)" 0 \
			"    and leaves out nobody who is not there"
	done
	# says that an instrument without an ISIN cannot be reported
	exits 1 "  rts24 takes them" exch-report rts24 -f csv \
		-r "$src/data/report" -o rts24.csv maker.xst 2>err
	is "$(grep -c 'does not hold' err)" 0 "    and misses no order"
	is "$(grep -c ',FILL,\|,PARF,' rts24.csv)" \
		"$(awk -F, '$4 == "executed"' audit.csv | wc -l)" \
		"    and has an event of each side"
done

# An order that is really missing still is.
exch-sim -D fill=touch -f json -o maker.json maker.scn 2>err
first=$(sed -n 's/.*"t":"exec".*imposed.*"buy":"\([1-9][0-9]*\)".*/\1/p' \
	maker.json | sed -n 1p)
grep -v "\"t\":\"ack\".*\"order\":\"$first\"" maker.json |
	grep -v '"t":"end"' >less.json
exits 1 "an order on paper that is left out" \
	exch-report orders --partial -o out less.json 2>err
has err '1 records speak of orders' "  is told"
finish
