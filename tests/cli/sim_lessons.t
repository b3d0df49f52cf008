#!/bin/sh
# The lessons of scenarios/lessons: each is the same every time and in the
# engine's hands behind a pipe; every command of their first lines runs and says
# something; and what they say is to be seen is there, the answers of the README,
# too.
#
# A change that is meant to change them writes their digests anew:
#     cd scenarios/lessons && for f in *.txt *.scn; do
#             echo "$(exch-sim --digest -q -o /dev/null $f 2>&1 |
#                     sed 's/ .*//') $f"
#     done
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/scenario_lib.sh
. "$src/tests/cli/scenario_lib.sh"

dir=$src/scenarios/lessons
all_held "$dir"/*.txt "$dir"/*.scn
is "$held_count" 10 "there are ten"

# ---- the commands that a head shows ----

all_shown "$dir"/*.txt "$dir"/*.scn
for f in "$dir"/*.txt "$dir"/*.scn; do
	has "$f" '^# Question:' "${f##*/} ends with a question"
	has "$dir/README.md" "${f##*/}" "  and stands in the list"
done

# figures REPORT COLUMNS FILE [OPTION ...]: of the accounts of a market, a line
# each that begins with the name.
figures() {
	figures_report=$1
	figures_columns=$2
	figures_file=$3
	shift 3
	exch-sim "$@" "$dir/$figures_file" 2>err |
		exch-report "$figures_report" -f csv |
		awk -F, -v names="$figures_columns" 'NR == 1 {
			n = split(names, want, " ")
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		!("what" in at) || $at["what"] == "of" {
			line = $at["account"]
			for (i = 1; i <= n; i++)
				line = line " " $at[want[i]]
			print line
		}'
}
# of ACCOUNT: its line of the file `got`, without the name.
of() { sed -n "s/^$1 //p" got; }
# holds WHAT CONDITION: of numbers, as awk writes it.
holds() { ok "$1 ($2)" awk "BEGIN { exit !($2) }" </dev/null; }
# trades FILE: quantity, price, buyer's and seller's order of executions.
trades() {
	exch-replay "$1" | exch-match | exch-report trades -f csv |
		awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		{
			print $at["qty"], $at["price"], $at["buy_order"], \
			    $at["sell_order"]
		}'
}

# ---- 1 to 5: orders by hand ----

is "$(trades "$dir/01-priority.txt")" "100 10.00 5 2
100 10.00 5 3
50 10.01 5 1" "01: the better price first, then who came first"
sed 's/DORA sell 100 @ 10.02/DORA sell 100 @ 10.00/' \
	"$dir/01-priority.txt" >answer.txt
is "$(trades answer.txt | tail -n 1)" "50 10.00 5 4" \
	"01: DORA is third at 10.00"

figures tca "filled arrival_bp quoted" 02-slippage.txt >got
is "$(of EVE)" "100 10.0000 0.020000" "02: EVE pays half a spread"
is "$(of FAY)" "400 27.5000 0.020000" "02: FAY pays for four levels"
sed 's/FAY  buy  400 @ market/FAY  buy  400 @ 10.02/' \
	"$dir/02-slippage.txt" >answer.txt
exch-replay answer.txt | exch-match |
	exch-report tca -f csv | grep '^FAY,' | cut -d, -f 6,9,14 >got
is "$(cat got)" "200,2003.00,15.0000" "02: with a limit she gets half of it"

for half in 0.5 1 2 3 4 6; do
	figures pnl "executions net spread move" 03-spread.scn -D half=$half >got
	echo "$half $(of MM)"
done >halves
# shellcheck disable=SC2016 # awk's
ok "03: near the middle he trades most" awk '
	NR > 1 && $2 >= last { bad = 1 }
	{ last = $2 }
	END { exit bad || NR != 6 }' halves
best() { sort -k 3,3nr "$1" | sed -n '1s/ .*//p'; }
is "$(best halves)" 3 "03: three ticks gain most"
holds "03: and both ends keep half of it at most" \
	"$(awk '{ net[$1] = $3 }
	END { print net["0.5"] * 2 "<" net[3] " && " net[6] * 1.5 "<" net[3] }' halves)"
# shellcheck disable=SC2016 # awk's
ok "03: all lose by what moves" awk '$5 >= 0 { bad = 1 } END { exit bad }' halves
for half in 1 2 3 4; do
	figures pnl "executions net" 03-spread.scn --seed 5 -D half=$half >got
	echo "$half $(of MM)"
done >halves
is "$(best halves)" 2 "03: with another seed it is two"

is "$(trades "$dir/04-queue.txt")" "50 10.00 2 5
70 10.00 4 5" "04: BOB keeps his place, CARL does not"
figures tca "ahead ahead_at_fill" 04-queue.txt >got
is "$(of DORA)" "300 50" "04: 300 stood before DORA, and 50 traded"
sed 's/CARL replace c with 150/CARL buy 50 @ 10.00/' \
	"$dir/04-queue.txt" >answer.txt
is "$(trades answer.txt | tail -n 1)" "70 10.00 3 6" \
	"04: a second order leaves the first where it is"

is "$(trades "$dir/05-auction.txt")" "200 10.01 1 4
100 10.01 1 5
150 10.01 2 5
50 10.02 2 7" "05: 450 at 10.01, and trading goes on with what is left"
exch-replay "$dir/05-auction.txt" | exch-match -f text | grep auction >got
has got 'open 450 @ 10.01 imbalance 50 buy' "05: 50 more are wanted"
grep -v DORA "$dir/05-auction.txt" | sed 's/^          EVE/09:27     EVE/' >answer.txt
is "$(trades answer.txt | sed -n 1p | cut -d ' ' -f 2)" 10.04 \
	"05: without DORA it opens at 10.04"

# ---- 6: latency ----

# net LATE: what FAST and SLOW gained, and their executions.
net() {
	figures pnl "net executions" 06-latency.scn -D "late=$1" >got
	read -r fast fast_n <<-EOF
		$(of FAST)
	EOF
	read -r slow slow_n <<-EOF
		$(of SLOW)
	EOF
}
net 2s
holds "06: SLOW trades more, and loses where FAST gains" \
	"$fast > 0 && $slow < 0 && $slow_n > 1.5 * $fast_n"
net 1s
holds "06: after a second he gains less by each trade" \
	"$slow > 0 && $slow / $slow_n < $fast / $fast_n / 2"
net 1ms
holds "06: both gain when both are fast" "$fast > 0 && $slow > 0"

# ---- 7: information ----

figures pnl "net spread move" 07-informed.scn >got
tip=$(of TIP) mm=$(of MM)
figures pnl "net spread move" 07-informed.scn -D news=0 >got
calm_tip=$(of TIP) calm_mm=$(of MM)
holds "07: with the news TIP gains, without it loses" \
	"${tip%% *} > 4000 && ${calm_tip%% *} < -4000"
is "$(echo "$tip" | cut -d ' ' -f 2)" "$(echo "$calm_tip" | cut -d ' ' -f 2)" \
	"07: and has paid the same spread"
holds "07: MM earns more spread and keeps less" \
	"$(echo "$mm $calm_mm" | awk '{
		print $2 ">" $5 " && " $1 "<" $4 * 0.6
	}')"
for news in 50 0; do
	exch-sim -D news=$news "$dir/07-informed.scn" |
		exch-report trades -f csv | awk -F, '
			substr($1, 12) < "09:50:00.0" {
				print $3, $4, $5, $6, $7
			}' >"before.$news"
done
ok "07: there was trading before the news" \
	test "$(wc -l <before.0)" -gt 1000
same before.50 before.0 "07: and it is the same, trade by trade"
figures tca "markout_bp_5m" 07-informed.scn >got
holds "07: five minutes later TIP has gained" "$(of TIP) > 30"
figures pnl "net" 07-informed.scn -D half=3 >got
holds "07: three ticks are enough for MM" "$(of MM) > ${calm_mm%% *}"

# ---- 8: impact ----

for how in sweep twap vwap pov; do
	figures tca "filled arrival_bp" 08-impact.scn -D how=$how >got
	echo "$how $(of BUYER)"
done >bought
is "$(cut -d ' ' -f 1,2 bought)" "sweep 15000
twap 40000
vwap 40000
pov 40000" "08: all at once is not to be had"
# shellcheck disable=SC2016 # awk's
ok "08: the smaller the pieces the less they cost" awk '
	$3 <= 0 || (NR > 1 && $3 * 1.3 > last) { bad = 1 }
	{ last = $3 }
	END { exit bad || NR != 4 }' bought
is "$(sed 's/.* //; s/\..*//' bought | tr '\n' ' ')" "14 7 5 3 " \
	"08: by as many basis points as it says"

# ---- 9: a crash ----

# lows RULES: the day's lowest price, and the close of 10:14 (15:14 UTC).
lows() {
	exch-sim -D "rules=$1" "$dir/09-crash.scn" |
		exch-report bars -i 1m -f csv | awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		low == "" || $at["low"] + 0 < low {
			low = $at["low"] + 0
		}
		substr($1, 12, 5) >= "15:04" && substr($1, 12, 5) < "15:14" &&
		    $at["high"] < 39 {
			below++
		}
		END {
			print low, below + 0
		}'
}
is "$(lows open)" "35.74 10" "09: down to 35.74, ten minutes below 39"
is "$(lows pause)" "37.62 1" "09: with a pause to 37.62, in one"
exch-sim -D rules=pause -f text "$dir/09-crash.scn" 2>err |
	grep -e phase -e 'auction  ' >got
is "$(grep -c 'halt reason LUDP' got)" 1 "09: trading pauses once"
has got '15:09:57.* @ 39.99 .*(result)' "09: and begins again at 39.99"
for rules in open pause; do
	figures pnl net 09-crash.scn -D rules=$rules | grep FUND | sort
done >funds
# shellcheck disable=SC2016 # awk's
ok "09: FUND1 to FUND3 gain less with the pause" awk '
	NR <= 3 { gain[$1] = $2 }
	NR > 3 && $2 > gain[$1] / 2 { bad = 1 }
	END { exit bad || NR != 6 }' funds

# ---- 10: a backtest ----

for fill in touch ghost l2:power2 l2:risk-averse market; do
	figures pnl "executions net" 10-deceit.scn -D fill=$fill >got
	echo "$fill $(of MM)"
done >fills
gain() { awk -v fill="$1" -v at="$2" '$1 == fill { print $at }' fills; }
holds "10: touch counts three times the executions" \
	"$(gain touch 2) > 3 * $(gain market 2)"
holds "10: and more than three times the gain" \
	"$(gain touch 3) > 3 * $(gain market 3) && $(gain market 3) > 0"
for fill in ghost l2:power2; do
	holds "10: $fill comes close" \
		"$(gain $fill 3) > $(gain market 3) / 1.5 && $(gain $fill 3) < 1.5 * $(gain market 3)"
done
# What a model of levels gives is executed by whole lots, as everywhere.
exch-sim -D fill=l2:power2 "$dir/10-deceit.scn" | exch-report trades -f csv |
	awk -F, '$5 ~ /^[0-9]+$/ && $5 % 100 != 0' >parts
same parts /dev/null "10: no model executes parts of a lot"
finish
