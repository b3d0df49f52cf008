#!/bin/sh
# exch-report large-trader: the thresholds of 13h-1 by hand, groups, options,
# breaks, months; and the sample day against sqlite3.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

table=$src/data/report/large-trader.csv
large() {
	exch-report large-trader -q -f csv --rules "$src/data/report" "$@"
}

# ---- by hand: exch-regulatory(7), LARGE TRADERS ----

cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
instrument ABCC kind option tick 0.01 currency USD multiplier 100 strike 9 expiry 2024-06-21 underlying ABC
instrument BND kind bond tick 0.01 currency USD
09:30:00 BOB sell 700000 ABC @ 10.00
+1s      CID sell 500000 ABC @ 10.00
+1s      ANN buy 1200000 ABC @ 10.00
+1s      DOT buy 799999 ABC @ 10.00
+1s      ANN sell 799999 ABC @ 10.00
+1s      EVE sell 12000 ABCC @ 1.50
+1s      FAY buy 12000 ABCC @ 1.50
+1s      BOB sell 9000000 BND @ 99.00
+1s      ANN buy 9000000 BND @ 99.00
T
exch-replay day.txt | exch-match -q -o day.xst
result $? "matched"
large -o day.csv day.xst
result $? "reported"
# ANN has 1,999,999 shares and 19,999,990.00: neither is large
is "$(wc -l <day.csv)" 1 "one share less is not large, nor is a bond"
large --near 99 -o near.csv day.xst
is "$(cut -d, -f 1-4,5-10 near.csv)" "who,accounts,period,begin,measure,currency,amount,threshold,percent,over
ANN,1,day,20240307,shares,,1999999,2000000,100.00,no
ANN,1,day,20240307,value,USD,19999990.00,20000000.00,100.00,no" \
	"--near 99: it was near"
(
	cat day.txt
	echo '+1s DOT buy 1 ABC @ 10.00'
	echo '+1s ANN sell 1 ABC @ 10.00'
) >one.txt
exch-replay one.txt | exch-match -q -o one.xst
large -o one.csv one.xst
is "$(cut -d, -f 1,3,5,7,9-11,12 one.csv)" "who,period,measure,amount,percent,over,trades,reached
ANN,day,shares,2000000,100.00,yes,4,2024-03-07T09:30:10.000000000Z
ANN,day,value,20000000.00,100.00,yes,4,2024-03-07T09:30:10.000000000Z" \
	"one more, and both are reached, nothing is netted"
seq=$(exch-report trades -f csv one.xst | tail -n 1 | sed 's/.*,//')
is "$(sed -n 2p one.csv | cut -d, -f 13)" "$seq" \
	"the record that reached it is named"
(
	cat one.txt
	echo '+1s break 4 ABC'
) >broken.txt
exch-replay broken.txt | exch-match -q -o broken.xst
large -o broken.csv broken.xst
is "$(wc -l <broken.csv)" 1 "a broken trade does not count"

# Options: 12,000 x 100 shares at 10.00, whatever was paid for them.
cat >low.csv <<'T'
from,until,period,measure,currency,threshold,source
2020-01-01,,day,shares,,1200000,a test
2020-01-01,,day,value,USD,12000000,a test
2020-01-01,,month,shares,,1200000,a test
2020-01-01,,month,value,EUR,1,a test
2025-01-01,,month,value,USD,1,a test
T
large --thresholds low.csv -o low.csv.out day.xst
is "$(grep -E '^(EVE|FAY),' low.csv.out | cut -d, -f 1,3-7,9,14)" "FAY,day,20240307,shares,,1200000,100.00,a test
EVE,day,20240307,shares,,1200000,100.00,a test
FAY,day,20240307,value,USD,12000000.00,100.00,a test
EVE,day,20240307,value,USD,12000000.00,100.00,a test
FAY,month,202403,shares,,1200000,100.00,a test
EVE,month,202403,shares,,1200000,100.00,a test" \
	"options are what they are about; other days and currencies do not hold"

# The strike, not a reference, before the shares have a price.
sed '/[0-9] ABC @/d; s/+1s \( *EVE\)/09:30 \1/; s/ABC tick 0.01 currency USD/& reference 5.00/' day.txt \
	>ref.txt
exch-replay ref.txt | exch-match -q -o ref.xst
large --thresholds low.csv --near 0 ref.xst >out
is "$(grep ^EVE,1,day,20240307,value out | cut -d, -f 7)" 10800000.00 \
	"an option counts at its strike, not at a reference"

# BOB and CID are one person.
printf '%s\n' account,group BOB,TWINS CID,TWINS >parties.csv
large --thresholds low.csv --parties parties.csv -o twins.csv day.xst
is "$(grep ^TWINS twins.csv | cut -d, -f 1-7)" "TWINS,2,day,20240307,shares,,1200000
TWINS,2,day,20240307,value,USD,12000000.00
TWINS,2,month,202403,shares,,1200000" "accounts of a group count together"

# A day ends at midnight of the zone.
cat >late.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
23:00:00 BOB sell 2000000 ABC @ 1.00
+1s      ANN buy 1000000 ABC @ 1.00
+2h      ANN buy 1000000 ABC @ 1.00
T
exch-replay late.txt | exch-match -q -o late.xst
is "$(large late.xst | wc -l)" 1 "two days of a million each are not large"
is "$(large --tz America/New_York late.xst | cut -d, -f 1,4 | tr '\n' ' ')" \
	"who,begin ANN,20240307 BOB,20240307 " "one day of New York is"

sed 's/^23:00/18:00/' late.txt | exch-replay --tz America/New_York - |
	exch-match -q -o zone.xst
is "$(exch-report trades -f json zone.xst | wc -l)" 2 "a stream of New York"
large zone.xst >unsaid
large --tz America/New_York zone.xst >said
is "$(large --tz UTC zone.xst | wc -l), $(wc -l <said)" "1, 3" \
	"is large there, and not in UTC"
same unsaid said "has its days where nobody says another zone"

# ---- currencies that the table does not name ----

sed 's/currency USD/currency EUR/' one.txt >eur.txt
exch-replay eur.txt | exch-match -q -o eur.xst
told() {
	exch-report large-trader -f csv --rules "$src/data/report" "$@"
}
exits 1 "a currency without a threshold" told -o eur.csv eur.xst 2>err
is "$(cut -d, -f 1,3,5 eur.csv | tr '\n' ' ')" \
	"who,period,measure ANN,day,shares " "shares are large in any"
has err '10 sides of trades in EUR: the table of thresholds has no value' \
	"and the sides are told"
sed 's/ currency USD//' one.txt >bare.txt
exch-replay bare.txt | exch-match -q -o bare.xst
exits 1 "instruments without a currency" told -o out bare.xst 2>err
has err 'in instruments without a currency' "are told as well"
sed 's/,day,shares,,/,day,shares,USD,/' "$table" >bad.csv
exits 3 "shares in a currency" large --thresholds bad.csv day.xst 2>err
has err "bad.csv:7:.*'USD' is a currency, of which shares have none" \
	"where it stands"

# ---- the sample day, in SQL ----

if command -v sqlite3 >/dev/null; then
	exch-replay --date 2026-01-05 --tz America/New_York \
		--accounts zipf:200 "$src/data/sample.pcap.zst" |
		exch-match -q -o sample.xst
	cat >sample.csv <<'T'
from,until,period,measure,currency,threshold,source
2026-01-01,,day,shares,,20000,a test
2026-01-01,,day,value,,4000000.01,a test
T
	large --thresholds sample.csv sample.xst |
		awk -F, 'NR > 1 { print $1, $4, $5, $7, $11 }' | sort >got
	exch-report audit -q --tz America/New_York -f csv -o audit.csv sample.xst
	exch-replay -f json sample.xst |
		awk -f "$src/tests/tools/broken.awk" >broken.csv
	cat >q.sql <<'S'
CREATE TABLE broken (buy, sell, price, qty);
.mode csv
.import broken.csv broken
.import audit.csv audit
.mode list
.separator " "
CREATE TABLE e AS SELECT account a,
	replace(substr(time, 1, 10), '-', '') d, CAST(qty AS INTEGER) q,
	CAST(round(price * 10000) AS INTEGER) p
	FROM audit WHERE event = 'executed' AND account <> ''
	AND NOT EXISTS (SELECT 1 FROM broken x WHERE audit.qty = x.qty
	AND round(audit.price * 10000) = round(x.price * 10000)
	AND audit."order" = CASE side WHEN 'B' THEN x.buy ELSE x.sell END);
SELECT a, d, 'shares', sum(q), count(*) FROM e GROUP BY a, d
	HAVING sum(q) >= 20000;
SELECT a, d, 'value', printf('%d.%02d', sum(p * q) / 10000,
	sum(p * q) / 100 % 100), count(*) FROM e GROUP BY a, d
	HAVING sum(p * q) >= 40000000100;
S
	sqlite3 sample.db <q.sql | sort >want
	# amounts have more than two decimals where there are any
	sed 's/\(\.[0-9][0-9]\)[0-9]* /\1 /' got >short
	same short want "who is large on the sample day is what sqlite3 says"
	is "$(($(wc -l <want) > 10 && $(wc -l <want) < 300))" 1 \
		"some are, and some are not"
else
	skip "the sample day in SQL" "no sqlite3"
	skip "some are, and some are not" "no sqlite3"
fi

# ---- bad input ----

exits 2 "--near 101" large --near 101 day.xst 2>err
has err 'no percentage from 0 to 100' "and why"
sed 's/,day,shares,,2000000/,week,shares,,2000000/' "$table" >bad.csv
exits 3 "a period that is none" large --thresholds bad.csv day.xst 2>err
has err "bad.csv:7:.*'week'" "where it stands"
sed 's/^2011-10-03,,month,value/2011-10-03,,day,value/' "$table" >bad.csv
exits 3 "two thresholds for the same" large --thresholds bad.csv day.xst 2>err
sed '/month/d; /value/d' "$table" >some.csv
exits 0 "nothing is asked of some" large --thresholds some.csv -o out one.xst
is "$(wc -l <out)" 2 "and one row is left"
exch-replay day.txt | exch-report large-trader --thresholds "$table" >out 2>err
is $? 3 "a stream without answers"
exch-replay --date 2026-01-05 --tz America/New_York "$src/data/sample.pcap.zst" |
	exch-match -q | exch-report large-trader -f csv --thresholds "$table" \
	>out 2>err
has err 'sides of trades, whose account the stream does not tell' \
	"a stream without accounts says so"
finish
