#!/bin/sh
# The markets of scenarios/sim: each is the same every time and in the engine's
# hands behind a pipe, and shows what its first lines promise.
#
# A change that is meant to change them writes their digests anew:
#     cd scenarios/sim && for f in *.scn; do
#             echo "$(exch-sim --digest -q -o /dev/null $f 2>&1 |
#                     sed 's/ .*//') $f"
#     done
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"
# shellcheck source=tests/cli/scenario_lib.sh
. "$src/tests/cli/scenario_lib.sh"

dir=$src/scenarios/sim
all_held "$dir"/*.scn

all_shown "$dir"/*.scn
for f in "$dir"/*.scn; do
	has "$dir/README.md" "${f##*/}" "${f##*/} stands in the list"
done

# ---- prices ----

# day SCENARIO: opening, lowest, highest and last price, and the volume.
day() {
	exch-report summary -f csv "$1.xst" | awk -F, '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$2 == "ABC" {
			print $at["open"], $at["low"], $at["high"], \
			    $at["close"], $at["volume"]
		}'
}
# holds SCENARIO CONDITION WHAT: of o(pen), l(owest), h(ighest), c(lose).
holds() {
	prices=$(day "$1")
	echo "$prices" | awk "{
		o = \$1; l = \$2; h = \$3; c = \$4
		exit !($2)
	}"
	result $? "$1: $3 ($prices)"
}
holds flash_crash '(o - l) / o > 0.05 && (c - l) / (o - l) > 0.5' \
	"falls by more than 5 % and takes back more than half"
holds fat_finger '(o - l) / o > 0.1 && (c - l) / (o - l) > 0.9' \
	"falls by more than 10 % and is back"
holds news_shock 'c > 38.60 && c < 39.00' "comes to rest 3 % lower"
holds short_squeeze 'h / 40.40 > 1.15' \
	"rises by 15 % from the first stop on"

# ---- several instruments ----

# together STREAM: 1 and -1 where returns of 5 s move with or against each
# other by more than four errors of what is independent, 0 otherwise.
together() {
	exch-feed top --every 5s -f csv "$1" |
		awk -F, -f "$src/tests/tools/returns.awk" | awk '{
			bound = 4 / sqrt($4)
			print $1, $2, ($3 > bound) - ($3 < -bound)
		}' | sort
}
exch-sim -q -D loading=0 -D against=0 -o strangers.xst "$dir/sector.scn"
is "$(together sector.xst)" "BANK1 BANK2 1
BANK1 HEDGE -1
BANK2 HEDGE -1" "sector: the banks move together, and the hedge against them"
is "$(together strangers.xst)" "BANK1 BANK2 0
BANK1 HEDGE 0
BANK2 HEDGE 0" "  and without loadings each for itself"

# ---- several venues ----

# taken ACCOUNT COLUMN...: of the sum of its venues in exch-report bestex.
taken() {
	taken_who=$1
	shift
	exch-report bestex --account "$taken_who" -f csv routing.xst |
		awk -F, -v want="$*" '
			NR == 1 {
				for (i = 1; i <= NF; i++)
					at[$i] = i
			}
			$1 == "class" {
				n = split(want, w, " ")
				for (i = 1; i <= n; i++)
					printf "%s%s", $at[w[i]], i < n ? " " : "\n"
			}'
}
# better A B: the effective spread of A is less than half of B's.
better() {
	awk -v a="$(taken "$1" effective_bp)" -v b="$(taken "$2" effective_bp)" \
		'BEGIN { exit !(a > 0 && 2 * a < b) }'
}
ok "routing: the router pays less than half of what one venue costs" \
	better SMART NAIVE
is "$(taken SMART through)" 0 "  and trades through nothing but as a sweep"
ok "  who knows one venue does" test "$(taken NAIVE through)" -gt 9
is "$(exch-report trades -f csv routing.xst |
	awk -F, '$2 == "ABC.POOL" { print $4, $5 }')" "39.985 1500" \
	"  the pool gives what it has at the middle"
exch-feed consolidated --levels 1 --every 60s -f csv routing.xst >book.csv
is "$(awk -F, 'NR > 1 && $2 == "ABC" && $6 ~ /NEAR|FAR/' book.csv |
	wc -l | tr -d ' ')" 11 "  exch-feed shows the exchanges as one book"
! grep -q POOL book.csv
result $? "  and nothing of the pool"

# ---- auctions and pauses ----

# sum SCENARIO SYMBOL COLUMN: of the summary.
sum() {
	exch-report summary -f csv "$1.xst" |
		awk -F, -v symbol="$2" -v column="$3" 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$2 == symbol {
			print $at[column]
		}'
}
# volume SCENARIO FROM TO: traded in ABC between two times of day (UTC).
volume() {
	exch-report trades -f csv "$1.xst" |
		awk -F, -v from="$2" -v to="$3" '{
			t = substr($1, 12)
		}
		$2 == "ABC" && t > from && t < to {
			n += $5
		}
		END {
			print n + 0
		}'
}
is "$(sum opening_imbalance ABC open_auction_price)" 41.00 \
	"opening_imbalance: opens 2.5 % above the day before"
is "$(sum opening_imbalance ABC open_auction_volume)" 40000 \
	"  with all that was to be bought"
holds opening_imbalance 'c < 40.20' "  and trading takes it back"
is "$(sum closing_squeeze ABC close_auction_price)" 42.00 \
	"closing_squeeze: closes where the last of it is offered"
is "$(sum closing_squeeze ABC close_auction_volume)" 30000 "  all of it"
is "$(sum rebalance ADD close_auction_volume)" 300000 \
	"rebalance: all copies are bought at the close"
ok "  which is more than half of the day's volume" \
	test "$(sum rebalance ADD volume)" -lt 600000
is "$(sum luld_pause ABC auctions)" 1 "luld_pause: an auction ends the pause"
is "$(volume luld_pause 15:04:22 15:09:21)" 0 "  in which nothing is traded"
is "$(exch-report trades -f csv luld_pause.xst | awk -F, '
	substr($1, 12) < "15:04:22" {
		print $4
	}' | sort -n | sed -n 2p)" 38.00 "  5 % below the reference"
is "$(volume breaker 15:05:00 15:20:00)" 0 \
	"breaker: nothing is traded in 15 minutes"
ok "  and something before" test "$(volume breaker 15:00 15:05:00)" -gt 10000
ok "  and behind them" test "$(volume breaker 15:20:00 15:30)" -gt 10000

# ---- liquidity ----

# wide FROM TO: mean spread in the drought, in hundredths of a cent.
wide() {
	exch-report depth -n 1 --every 5s -f csv liquidity_drought.xst |
		awk -F, -v from="$1" -v to="$2" '{
			t = substr($1, 12)
		}
		t > from && t < to && $7 != "" && $9 != "" {
			n++
			sum += $9 - $7
		}
		END {
			printf "%d\n", sum / n * 10000
		}'
}
before=$(wide 16:02 16:10)
during=$(wide 16:12 16:20)
after=$(wide 16:22 16:30)
ok "liquidity_drought: the spread is three times as wide ($before $during)" \
	test "$during" -gt $((3 * before))
ok "  and comes back ($after)" test "$after" -lt $((2 * before))

# deep TIME: shares on both sides of 50 levels.
deep() {
	exch-report depth -n 50 --at "$1" -f csv cancel_storm.xst |
		awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				if ($i ~ /_qty_/)
					at[i]
			next
		}
		{
			for (i in at)
				sum += $i
			print sum
		}'
}
before=$(deep 15:04:59)
after=$(deep 15:05:01)
ok "cancel_storm: nine parts of ten of the book go ($before, $after)" \
	test "$after" -lt $((before / 10))

# ---- outages ----

# gained ACCOUNT FILE: by all trades.
gained() {
	exch-report pnl -f csv "$2" | awk -F, -v account="$1" 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
		}
		$at["what"] == "of" && $at["account"] == account {
			print int($at["net"])
		}'
}
exch-sim -D until=10:10:00.000001 -o whole.xst "$dir/feed_outage.scn"
ok "feed_outage: it costs DEAF 900 and more" test \
	"$(gained DEAF feed_outage.xst)" -lt "$(($(gained DEAF whole.xst) - 900))"
ok "  who would have gained what HEARS gains, and more" test \
	"$(gained DEAF whole.xst)" -gt "$(gained HEARS whole.xst)"

# bought FILE: what DEAF buys, net, from the news to the end of the outage.
bought() {
	exch-report statement --account DEAF -f csv "$1" |
		awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
		}
		substr($at["time"], 12, 12) >= "15:10:30.000" &&
		    substr($at["time"], 12, 12) < "15:12:00.000" {
			n += $at["qty"]
		}
		END {
			print n + 0
		}'
}
ok "  he buys what falls, all that he may" \
	test "$(bought feed_outage.xst)" -ge 1500
ok "  which he does not when he hears" test "$(bought whole.xst)" -lt 1000

# ---- a default ----

cp "$dir"/member_default.*.csv .
exch-risk watch -q --limits member_default.limits.csv -o watched.xst \
	member_default.xst
exch-replay -q -f csv --type alert watched.xst |
	columns account,severity,rule >got
is "$(cat got)" "1,warning,loss
1,critical,loss" "member_default: the loss nears the margin and passes it"
exch-settle -q --default-fund member_default.fund.csv \
	--defaults member_default.defaults.csv --until settled \
	-o settled.xst watched.xst
exch-settle report -q -f csv waterfall settled.xst >layers.csv
columns defaulter,layer,account,amount <layers.csv | head -n 3 >got
is "$(cat got)" "1,margin,1,60000.00
1,own-fund,1,10000.00
1,capital,ccp,20000.00" "  three layers are used up"
columns layer <layers.csv | uniq -c | tail -n 2 >got
is "$(awk '{ print $1, $2 }' got)" "5 mutual
1 all" "  the fund of the others has the rest"
columns layer,amount <layers.csv | awk -F, '
	$1 == "all" { all = $2; next }
	{ sum += $2 }
	END { printf "%.0f %.0f\n", sum, all }' >got
lost=$(($(gained FALCO member_default.xst) * -1))
is "$(cat got)" "$lost $lost" "  all of it is what FALCO has lost"
exits 0 "  the ledger balances" exch-settle report -q -o x trial-balance \
	settled.xst
exits 0 "  and agrees with the trades" exch-settle report -q -o x reconcile \
	settled.xst
is "$(unbalanced settled.xst)" 0 "  every entry balances"
exch-sim -q -D quantity=200 "$dir/member_default.scn" |
	exch-settle -q --default-fund member_default.fund.csv \
		--defaults member_default.defaults.csv --until settled |
	exch-settle report -q -f csv waterfall | columns layer >got
is "$(cat got)" "margin
all" "  a smaller loss ends in the margin"

# ---- surveillance ----

# alarmed SCENARIO PATTERN ACCOUNT
alarmed() {
	exch-report surveil -q -f csv \
		--parameters "$src/data/report/surveillance.csv" "$1.xst" >alerts
	ok "$1: $2 by $3 is found" \
		grep -q "^[^,]*,$2,[^,]*,ABC,[^,]*$3" alerts
}
alarmed spoofing spoofing SPOOF
alarmed layering layering LAYER
alarmed quote_stuffing stuffing STUFF
alarmed wash_trades wash 'WASH1 WASH2'
alarmed ramping ramping RAMP
alarmed ignition momentum IGNITE
finish
