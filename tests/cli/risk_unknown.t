#!/bin/sh
# exch-risk report: what nobody can value never looks as if nothing were
# required; what is too large is told; outputs and tables that cannot be are
# told before the stream.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/risk_lib.sh
. "$src/tests/cli/risk_lib.sh"

lacks="'P' has no price, or no volatility: add --prices or --vols; 2 positions \
are not valued, and what depends on them is not known"

# ---- a mark below the model's lowest price implies no volatility ----

cat >mix.txt <<'E'
instrument ABC tick 0.01 currency USD reference 100
instrument P tick 0.01 kind option right put underlying ABC strike 200 expiry 2026-04-06 multiplier 100 currency USD
09:30 A1 buy 1 ABC @ 100
09:30 A2 sell 1 ABC @ 100
09:30 A1 buy 10 P @ 90
09:30 A2 sell 10 P @ 90
E
day mix
printf 'date,rate\n2026-01-01,5%%\n' >rates.csv
printf 'date,vol\n2026-01-01,20%%\n' >vols.csv
printf 'date,symbol,close\n2025-12-30,ABC,100\n2025-12-31,ABC,104\n' >closes.csv
says 1 "exch-risk report: $lacks" "margin" \
	report --rates rates.csv -f csv margin mix.xst
grep portfolio out >got
printf '%s\n' 1,A1,,portfolio,, 1,A1,ABC,portfolio,, 2,A2,,portfolio,, \
	2,A2,ABC,portfolio,, >want
same got want "portfolio margin is not known, of the account and of the root"
is "$(cell out ^2,.*cross requirement)" "" "nor what margining together saves"
report --rates rates.csv --vols vols.csv -q -f csv margin mix.xst >got
is "$? $(cell got ^2,A2,,portfolio requirement)" "0 14985.00" \
	"with a volatility it is"
# A put deep in the money: 30% and 90 x 10 x 100 that it is worth.
report --rates rates.csv -f csv accounts mix.xst >got 2>said
is "$? $(cell got ^2, maintenance) $(wc -c <said)" "0 90030.00 0" \
	"maintenance is what it is worth, as the rule says"
says 1 "exch-risk report: $lacks" "stress" \
	report --rates rates.csv -f csv stress mix.xst
is "$(cell out ^2, profit) $(cell out ^2, unknown)" " 1" \
	"a part of a profit is none"
says 1 "exch-risk report: $lacks" "greeks" \
	report --rates rates.csv -f csv greeks mix.xst
says 1 "exch-risk report: $lacks" "var" \
	report --rates rates.csv -p closes.csv -f csv var mix.xst
is "$(cell out ^2, days) $(cell out ^2, history_var) $(cell out ^2, normal_var)" \
	"  " "no value at risk"
says 1 "exch-risk report: $lacks" "page" \
	report --rates rates.csv -p closes.csv page mix.xst
has out "<td>2</td></tr>" "whose scenarios say how many are not valued"
exits 1 "quiet or not" report --rates rates.csv -q -o got margin mix.xst

# ---- options that are worth next to nothing ----

# 4 x 100 x 0.375, for 0.01 is below what the model could ever say of it.
sed 's/@ 90/@ 0.01/; s/ 10 P/ 4 P/' mix.txt >cheap.txt
day cheap
report --rates rates.csv -q -f csv margin cheap.xst >got
is "$(cell got ^2,.*maintenance requirement)" 180.00 \
	"a naked short one keeps the least of portfolio margin"

# ---- an underlying below 0, and one without a price ----

cat >below.txt <<'E'
instrument OIL tick 0.01 kind future multiplier 10 currency USD
instrument P tick 0.01 kind option right put underlying OIL strike 20 expiry 2026-04-06 multiplier 10 currency USD
09:30 A1 buy 1 OIL @ -37
09:30 A2 sell 1 OIL @ -37
09:30 A1 buy 10 P @ 60
09:30 A2 sell 10 P @ 60
E
day below
printf 'date,symbol,vol,scan\n2026-01-01,OIL,20%%,30\n' >scan.csv
says 1 "exch-risk report: $lacks" "an underlying below 0" \
	report --rates rates.csv --vols scan.csv -f csv margin below.xst
is "$(cell out ^2,A2,,portfolio requirement)$(cell out ^2,.*OIL,span requirement)" \
	"" "has neither portfolio margin nor SPAN"
# 10 x 37 of the future and 10 x 10 x 60 of the puts.
is "$(cell out ^2,.*maintenance requirement)" 6370.00 "but all it is worth"

printf 'account,symbol,quantity,price\n1,ABC,-50,9\n2,ABC,50,9\n' >opening.csv
cat >other.txt <<'E'
instrument ABC tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
09:30 A1 buy 1 XYZ @ 100
09:30 A2 sell 1 XYZ @ 100
09:30 A3 buy 1 XYZ @ 100
09:30 A4 sell 1 XYZ @ 100
E
day other
says 1 "exch-risk report: 'ABC' has no price: add --prices; 2 positions are not \
valued, and what depends on them is not known" "short without a price" \
	report --opening opening.csv -f csv accounts other.xst
for c in equity maintenance required call utilisation; do
	is "$(cell out ^1, $c):$(cell out ^1, unmarked)" ":1" \
		"what lacks leaves no $c"
done
is "$(cell out ^3, required)" 100.00 "others have theirs"
report --opening opening.csv page other.xst >out 2>/dev/null
is $? 1 "a page"
has out "2 accounts hold something without a price" "tells it, too"
has out '<b class="bad">-</b><span>margin calls' "has no sum of calls"
is "$(grep -c 'not known</td>' out)" 2 "nor what they use of their equity"
says 0 "" "who is asked for has all" \
	report --opening opening.csv --account 3 -f csv accounts other.xst

# ---- what is more than cash can say ----

cat >big.txt <<'E'
instrument ABC tick 0.01 reference 100
09:30 A1 buy 1000000000 @ 1000
09:30 A2 sell 1000000000 @ 1000
E
day big
printf 'date,symbol,close\n2025-12-30,ABC,1\n2025-12-31,ABC,11\n2026-01-02,ABC,10\n' \
	>absurd.csv
for r in var page; do
	says 3 "exch-risk report: the profit or loss of account 1 on the day \
2025-12-31 is more than cash can say, most of it in 'ABC', which moved by 1000%: \
look for a wrong price in --prices" "an absurd price: $r" \
		report -p absurd.csv -o v.out "$r" big.xst
done
ok "and no output" test ! -e v.out

# ---- what is told before the stream ----

# A stream that never comes: whoever reads it first would wait for ever.
mkfifo endless
sleep 60 >endless &
writer=$!
says 4 "exch-risk report: /nonexistent/x: cannot create: No such file or \
directory" "an output that cannot be" \
	report -o /nonexistent/x positions endless
printf 'date,symbol,close\n' >empty.csv
says 3 "exch-risk report: empty.csv: the table has no rows: value at risk needs \
closing prices" "a table without rows" report -p empty.csv -o late var endless
kill "$writer"
says 2 "exch-risk report: big.xst: it is read and would be replaced: name \
another file with -o" "the stream itself" report -o big.xst positions big.xst
head -c 200 big.xst >cut.xst
exits 3 "a stream that is cut" report -o late positions cut.xst
is "$(find . -name '.late*' -o -name late)" "" "leaves nothing behind"

# An option that is over is for the settlement, and makes nothing unknown.
cat >over.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01 currency USD reference 100
instrument P tick 0.01 kind option right put underlying ABC strike 90 expiry 2025-12-30 multiplier 100 currency USD
09:30 A1 buy 1 ABC @ 100
09:30 A2 sell 1 ABC @ 100
EOT
exch-replay -q over.txt | exch-match -q -o over.xst
printf 'account,symbol,quantity,price\n1,P,5,1.00\n' >over.csv
for what in accounts margin; do
	exch-risk report --rules "$src/data/risk" -f csv --opening over.csv $what \
		over.xst >got 2>said
	is "$? $(grep -c 'no price, or no volatility' said)" "0 0" "$what of what is over"
done
finish
