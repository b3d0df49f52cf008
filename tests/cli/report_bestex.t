#!/bin/sh
# exch-report bestex: two venues of one thing followed by hand, with fees,
# breaks and one account; and the sample day against sqlite3, by the
# definitions of exch-tca(7), from the rows of audit.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# cells FILE ROW COLUMN...: "value value ..." of a row of a CSV, from 1.
cells() {
	cells_file=$1
	cells_row=$2
	shift 2
	awk -F, -v row="$cells_row" -v want="$*" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == row + 1 {
			n = split(want, w, " ")
			for (i = 1; i <= n; i++)
				printf "%s%s", $at[w[i]], i < n ? " " : "\n"
		}' "$cells_file"
}

# ---- by hand: exch-tca(7), BEST EXECUTION ----

cat >two.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD isin US0378331005 mic XAAA
instrument ABCB tick 0.01 currency USD isin US0378331005 mic XBBB
09:30:00 MM buy 100 ABC @ 10.00
         MM sell 100 ABC @ 10.04
         MO buy 100 ABCB @ 10.01
         MO sell 100 ABCB @ 10.03
+1s      ANN buy 50 ABC @ 10.04 ioc
+1s      ANN sell 20 ABCB @ 10.01 ioc
+1s      ANN buy 10 ABCB @ 9.00 ioc
         BOB buy 5 ABC @ 9.90 as b
+1s      cancel b
T
cat >fees.csv <<'T'
scope,name,symbol,maker-unit,taker-unit,auction
all,,,-0.002,0.003,0
T
exch-replay two.txt | exch-match -q -o two.xst
result $? "matched"
exits 0 "two venues" exch-report bestex -f csv --fees fees.csv -o two.csv two.xst
is "$(cells two.csv 1 what class currency venue rank orders executed executed_pct withdrawn zero_fill)" \
	"class equity USD   8 4 50.00 2 1" "the class: orders"
is "$(cells two.csv 2 what venue rank orders executed withdrawn zero_fill passive_pct aggressive_pct)" \
	"venue XAAA 1 4 2 1 0 50.00 50.00" "the larger venue: orders"
is "$(cells two.csv 2 executions value value_pct orders_pct)" \
	"2 1004.00 71.49 50.00" "its executions"
is "$(cells two.csv 2 quoted_bp effective_bp eq_ratio better_pct at_pct worse_pct improvement)" \
	"19.9203 39.8406 200.00 0.00 0.00 100.00 -0.50" \
	"it is held against the better quote of the other"
is "$(cells two.csv 2 fees fees_bp all_in_bp passive_mean aggressive_mean)" \
	"0.05 2.9880 22.9083 1.000000000 0.000000000" "and its fees count"
is "$(cells two.csv 3 venue rank quoted_bp effective_bp eq_ratio at_pct improvement fees_bp all_in_bp zero_fill)" \
	"XBBB 2 19.9800 19.9800 100.00 100.00 0.00 2.9970 12.9870 1" \
	"the other one was at the quote"
is "$(cells two.csv 1 effective_bp all_in_bp improvement fees)" \
	"34.1783 20.0797 -0.50 0.07" "both together"
exch-report bestex -f csv --fees fees.csv --top 1 -o top.csv two.xst
is "$(cut -d, -f 1,4,15 top.csv | tr '\n' ' ')" \
	"what,venue,value class,,1404.40 venue,XAAA,1004.00 rest,,400.40 " \
	"--top 1: the rest is one row"
exch-report bestex -f csv --fees fees.csv --account ANN -o ann.csv two.xst
is "$(cells ann.csv 1 orders executed value aggressive_pct fees)" \
	"3 2 702.20 100.00 0.21" "--account: its own orders and sides"

# ANN has passed 10.03 of XBBB; what is sold at 10.01 is the best bid.
is "$(cells two.csv 1 through through_sweep)" "1 0" "one trade-through"
is "$(cells two.csv 2 venue through)" "XAAA 1" "at the venue that had it"
exch-report bestex -f csv --account MM -o mm.csv two.xst
is "$(cells mm.csv 1 through)" 0 "who rested is not asked"

# The same of symbols with a venue; two things of one venue; a sweep; quotes
# that cross.
cat >dots.txt <<'T'
date 2024-03-07
instrument ABC.A tick 0.01 currency USD mic XAAA
instrument ABC.B tick 0.01 currency USD mic XBBB
instrument DEF.A tick 0.01 currency USD mic XAAA
instrument DEF.B tick 0.01 currency USD mic XAAA
09:30:00 MM sell 100 ABC.A @ 10.04
         MO sell 100 ABC.B @ 10.03
         MM sell 100 DEF.A @ 10.04
         MM sell 100 DEF.B @ 10.03
+1s      ANN buy 10 ABC.A @ 10.04 ioc sweep
+1s      ANN buy 10 ABC.A @ 10.04 ioc
+1s      ANN buy 10 DEF.A @ 10.04 ioc
+1s      MO buy 10 ABC.A @ 10.03
+1s      BOB buy 10 ABC.A @ 10.04 ioc
+1s      MO buy 10 ABC.B @ 10.02
         MM buy 10 ABC.A @ 10.03 as x
         cancel x
         CAT sell 10 ABC.A @ 10.01 ioc
T
exch-replay -q dots.txt | exch-match -q -o dots.xst
for who in ANN BOB CAT; do
	exch-report bestex -f csv --account $who -o dots.csv dots.xst
	echo "$who $(cells dots.csv 1 executions through through_sweep)"
done >got
cat >want <<'T'
ANN 3 1 1
BOB 1 1 0
CAT 1 0 0
T
same got want "trade-throughs by hand: sweeps, two things of one venue"
# The mark is of what is taken at once, and of no order that rests.
printf '%s\n' 'instrument ABC.A tick 0.01' '09:30 ANN buy 1 ABC.A @ 9 sweep' |
	exch-replay -q | exch-match -q -f text >rests
is "$(sed -n 's/.* reject  *//p' rests)" "new of order 1: flags" \
	"a sweep that would rest is refused"

# Quotes that flicker: of two venues, 10.03 and 10.02 are new at 1 s and 2 s.
cat >flicker.txt <<'T'
date 2024-03-07
instrument ABC.A tick 0.01 currency USD mic XAAA
instrument ABC.B tick 0.01 currency USD mic XBBB
instrument ABC.C tick 0.01 currency USD mic XCCC
09:30:00 MM sell 100 ABC.A @ 10.04
         MO sell 100 ABC.B @ 10.05
         MP sell 100 ABC.C @ 10.06
+1s      MO sell 100 ABC.B @ 10.03 as x
+1s      ANN buy 1 ABC.A @ 10.04 ioc
+1ns     BOB buy 1 ABC.A @ 10.04 ioc
         MP sell 100 ABC.C @ 10.02 as y
         BOB buy 1 ABC.A @ 10.04 ioc
         cancel x
         CAT buy 1 ABC.A @ 10.04 ioc
         cancel y
+1ms     MP sell 100 ABC.C @ 10.02
         MP buy 100 ABC.C @ 9.99 as z
+500ms   cancel z
         DAN buy 1 ABC.A @ 10.04 ioc
+2s      MO buy 100 ABC.B @ 9.98
+200ms   MP buy 100 ABC.C @ 9.99
+1ms     MM buy 100 ABC.A @ 9.97
         EVE sell 1 ABC.A @ 9.97 ioc
T
exch-replay -q flicker.txt | exch-match -q -o flicker.xst
for who in ANN BOB CAT DAN EVE; do
	exch-report bestex -f csv --account $who -o flicker.csv flicker.xst
	echo "$who $(cells flicker.csv 1 executions through through_sweep through_flicker)"
done >got
# ANN: 10.05 was there a second before.  BOB: it is longer ago, and that 10.06
# of C is not does not help.  CAT: C alone is better, and flickers.  DAN: what it
# had before it was gone counts.  EVE: a side that was empty was no price.
cat >want <<'T'
ANN 1 0 0 1
BOB 2 2 0 0
CAT 1 0 0 1
DAN 1 0 0 1
EVE 1 1 0 0
T
same got want "quotes that flicker, by hand"

# What is one thing does not depend on who is announced first.  A name without a
# point has a venue of its own; where XAAA has two of a name its points are none.
# passed LINE...: executions of ANN, who pays 10.04 at ABC, and those beyond a
# better price.
passed() {
	{
		echo 'date 2024-03-07'
		for of in "$@"; do
			echo "instrument ${of%:*} tick 0.01 currency USD mic ${of#*:}"
		done
		echo '09:30:00 MM sell 100 ABC @ 10.04'
		echo '         MO sell 100 ABC.B @ 10.03'
		echo '+1s      ANN buy 10 ABC @ 10.04 ioc'
	} >bare.txt
	exch-replay -q bare.txt | exch-match -q |
		exch-report bestex -f csv --account ANN -o bare.csv
	cells bare.csv 1 executions through
}
is "$(passed ABC:XAAA ABC.B:XBBB) $(passed ABC.B:XBBB ABC:XAAA)" "1 1 1 1" \
	"a name without a point, in either order"
is "$(passed ABC:XAAA ABC.B:XBBB ABC.C:XAAA) $(passed ABC.C:XAAA ABC.B:XBBB ABC:XAAA)" \
	"1 0 1 0" "two of a name at one exchange: points are no venues"
# A broken execution never was, its order was executed all the same.
(
	cat two.txt
	echo '+1s break 1 ABC'
) >broken.txt
exch-replay broken.txt | exch-match -q -o broken.xst
exch-report bestex -f csv --fees fees.csv -o broken.csv broken.xst
is "$(awk -F, '$4 == "XAAA"' broken.csv | cut -d, -f 7,14,15,18,24,25,31)" \
	"2,0,0.00,,,0.00,2" "broken: nothing is left of it"

# ---- the sample day, in SQL ----

if command -v sqlite3 >/dev/null; then
	cat >rate.csv <<'T'
scope,name,symbol,maker,taker,auction
all,,,-0.01%,0.02%,0.01%
T
	exch-replay --date 2026-01-05 --tz America/New_York \
		--accounts zipf:50 "$src/data/sample.pcap.zst" |
		exch-match -q -o day.xst
	exch-report bestex -f csv --fees rate.csv -o day.csv day.xst
	exch-report audit -f csv -o audit.csv day.xst
	# what the venue broke, by the orders of the execution it names
	exch-replay -f json day.xst |
		awk -f "$src/tests/tools/broken.awk" >broken.csv
	is "$(wc -l <broken.csv | tr -d ' ')" 1 "one execution was broken"
	cat >q.sql <<'S'
.mode csv
.import audit.csv audit
.mode list
.separator " "
-- prices in 10^-4, quantities are shares: everything is a whole number
CREATE TABLE e AS SELECT account, "order" o, symbol, side, liquidity l,
	CAST(round(price * 10000) AS INTEGER) p, CAST(qty AS INTEGER) q,
	CASE WHEN bid = '' OR ask = '' THEN NULL
	ELSE CAST(round(bid * 10000) AS INTEGER) END b,
	CASE WHEN bid = '' OR ask = '' THEN NULL
	ELSE CAST(round(ask * 10000) AS INTEGER) END a
	FROM audit WHERE event = 'executed';
CREATE TABLE broken (buy, sell, price, qty);
.mode csv
.import broken.csv broken
.mode list
.separator " "
DELETE FROM e WHERE EXISTS (SELECT 1 FROM broken x WHERE e.q = x.qty + 0
	AND e.p = CAST(round(x.price * 10000) AS INTEGER)
	AND e.o IN (x.buy, x.sell)
	AND (e.side = 'B') = (e.o = x.buy));
UPDATE e SET a = NULL, b = NULL WHERE b > a;
SELECT count(*), printf('%.2f', sum(p * q) / 10000.0) FROM e;
SELECT printf('%.4f %.4f %.2f', 1e4 * sum((a - b) * q) / sum(p * q),
	1e4 * sum(CASE side WHEN 'B' THEN 2 * p - a - b ELSE a + b - 2 * p END
	* q) / sum(p * q),
	100.0 * sum(CASE side WHEN 'B' THEN 2 * p - a - b ELSE a + b - 2 * p
	END * q) / sum((a - b) * q))
	FROM e WHERE l = 'taker' AND a IS NOT NULL;
SELECT printf('%.2f', sum(CASE side WHEN 'B' THEN a - p ELSE p - b END * q)
	/ 10000.0) FROM e WHERE l = 'taker' AND a IS NOT NULL;
SELECT count(*) FROM e WHERE l = 'taker' AND a IS NULL;
SELECT (SELECT count(*) FROM audit WHERE event = 'accepted'),
	count(DISTINCT symbol || ' ' || o) FROM e;
S
	sqlite3 day.db <q.sql | tr '\n' ' ' >sql
	cells day.csv 1 executions value quoted_bp effective_bp eq_ratio \
		improvement unquoted orders | tr '\n' ' ' >got
	# new ids by replacing are not new orders: those are left out here
	sed 's/ [0-9]* $/ /' sql >want
	is "$(cat got)" "$(cat want)" "the class of the day is what sqlite3 says"
	exch-report fees -f csv --fees rate.csv day.xst >fees
	is "$(cells day.csv 1 fees)" \
		"$(awk -F, '$1 == "total" { print $12 }' fees)" \
		"and its fees are those of fees"
else
	skip "the class of the day is what sqlite3 says" "no sqlite3"
	skip "and its fees are those of fees" "no sqlite3"
fi

# ---- bad input ----

exits 2 "--top 0" exch-report bestex --top 0 two.xst 2>err
has err "'0' is no number from 1 to 1000" "and why"
exch-replay two.txt | exch-report bestex >out 2>err
is $? 3 "a stream without answers"
has err 'put exch-match in' "and what to do"
echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report bestex -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 3 "a bad table of fees" exch-report bestex --fees two.txt two.xst 2>err
finish
