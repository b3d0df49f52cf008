#!/bin/sh
# exch-feed synthetic: a calendar spread whose rows can be followed by hand,
# random days and the sample day against a model in awk over the depth of the
# legs, phases, units, tables that are refused, and the manual's example.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# day NAME: what exch-match makes of NAME.txt, in NAME.xst.
day() {
	exch-replay -q "$1.txt" | exch-match -q >"$1.xst"
}

# rows NAME OPTION...: without the date, seconds, and the header.
rows() {
	rows_day=$1
	shift
	exch-feed synthetic -f csv "$@" "$rows_day.xst" | sed 1d |
		cut -c 12-19,31-
}

### a calendar spread that is traded, and one with other ratios that is not

cat >cal.txt <<'S'
date 2026-01-05
instrument NEAR tick 0.01
instrument FAR tick 0.01
instrument CAL tick 0.01
09:30:00 ann buy 100 NEAR @ 80.00
09:30:01 ann sell 60 NEAR @ 80.05
09:30:02 bob buy 40 FAR @ 79.50
09:30:03 bob sell 70 FAR @ 79.58
09:30:04 cay buy 10 CAL @ 0.41
09:30:05 cay sell 25 CAL @ 0.55
09:30:06 cay sell 25 CAL @ 0.42
09:30:07 dan buy 30 CAL @ 0.42
09:30:08 ann buy 50 NEAR @ 80.03
09:30:09 cay sell 5 CAL @ 0.43
09:30:10 dan buy 5 CAL @ 0.43
09:30:11 bob buy 5 FAR @ 79.56
09:30:12 ann buy 5 NEAR @ 79.00
09:30:13 bob buy 60 FAR @ 79.58
S
cat >cal.csv <<'C'
# bought the first, sold the second
name,leg,ratio
CAL,NEAR,1
CAL,FAR,-1
TWO,NEAR,2
TWO,FAR,-0.5
C
day cal
result $? "a small day is matched"
# CAL is bought by buying NEAR at its offer and selling FAR to its bid.
# 02 ask 80.05 - 79.50, of 60 and 40	bid: FAR has no offer yet
# 03 bid 80.00 - 79.58, of 100 and 70
# 05 own 25 and implied 40 at 0.55
# 06 own ask is where the implied bid is
# 07 takes those 25, 5 rest at 0.42 beside the implied 70
# 08 bid 80.03 - 79.58, of 50 and 70	09 own ask 0.43 is below it
# 11 ask 80.05 - 79.56, of 60 and 5
# 12 below the touch: no row
# 13 of FAR 60 of 70 are gone
cat >want <<'C'
09:30:02,CAL,,,,,,0.55,40,implied,,,,,,,,0.55,40,FAR
09:30:03,CAL,,,0.42,70,implied,0.55,40,implied,,,,,0.42,70,FAR,0.55,40,FAR
09:30:04,CAL,,,0.42,70,implied,0.55,40,implied,0.41,10,,,0.42,70,FAR,0.55,40,FAR
09:30:05,CAL,,,0.42,70,implied,0.55,65,both,0.41,10,0.55,25,0.42,70,FAR,0.55,40,FAR
09:30:06,CAL,,locked,0.42,70,implied,0.42,25,own,0.41,10,0.42,25,0.42,70,FAR,0.55,40,FAR
09:30:07,CAL,,,0.42,75,both,0.55,65,both,0.42,5,0.55,25,0.42,70,FAR,0.55,40,FAR
09:30:08,CAL,,,0.45,50,implied,0.55,65,both,0.42,5,0.55,25,0.45,50,NEAR,0.55,40,FAR
09:30:09,CAL,,crossed,0.45,50,implied,0.43,5,own,0.42,5,0.43,5,0.45,50,NEAR,0.55,40,FAR
09:30:10,CAL,,,0.45,50,implied,0.55,65,both,0.42,5,0.55,25,0.45,50,NEAR,0.55,40,FAR
09:30:11,CAL,,,0.45,50,implied,0.49,5,implied,0.42,5,0.55,25,0.45,50,NEAR,0.49,5,FAR
09:30:13,CAL,,,0.45,10,implied,0.49,5,implied,0.42,5,0.55,25,0.45,10,FAR,0.49,5,FAR
C
rows cal -l cal.csv | grep ,CAL, >got
same got want "a calendar spread, its own quotes beside it"
# TWO: 02 ask 2 x 80.05 - 0.5 x 79.50, of 60/2 and 40/0.5
# 03 bid 2 x 80.00 - 0.5 x 79.58, of 100/2 and 70/0.5	08 50/2
# 11 ask 2 x 80.05 - 0.5 x 79.56, of 60/2 and 5/0.5	13 of 10/0.5
cat >want <<'C'
09:30:02,TWO,,,,,,120.35,30,implied,,,,,,,,120.35,30,NEAR
09:30:03,TWO,,,120.21,50,implied,120.35,30,implied,,,,,120.21,50,NEAR,120.35,30,NEAR
09:30:08,TWO,,,120.27,25,implied,120.35,30,implied,,,,,120.27,25,NEAR,120.35,30,NEAR
09:30:11,TWO,,,120.27,25,implied,120.32,10,implied,,,,,120.27,25,NEAR,120.32,10,FAR
09:30:13,TWO,,,120.27,20,implied,120.32,10,implied,,,,,120.27,20,FAR,120.32,10,FAR
C
rows cal -l cal.csv | grep ,TWO, >got
same got want "other ratios, parts of one among them"
is "$(exch-feed synthetic -l cal.csv -n 2 -f csv cal.xst | head -n 1)" \
	"time,symbol,phase,state,bid_px,bid_qty,bid_from,ask_px,ask_qty,ask_from,own_bid_px,own_bid_qty,own_ask_px,own_ask_qty,bid_px_0,bid_qty_0,bid_leg_0,bid_px_1,bid_qty_1,bid_leg_1,ask_px_0,ask_qty_0,ask_leg_0,ask_px_1,ask_qty_1,ask_leg_1" \
	"the columns"
is "$(exch-feed synthetic -l cal.csv -f json cal.xst | grep 30:09)" \
	'{"time":"2026-01-05T09:30:09.000000000Z","symbol":"CAL","phase":null,"state":"crossed","bid_px":0.45,"bid_qty":50,"bid_from":"implied","ask_px":0.43,"ask_qty":5,"ask_from":"own","own_bid_px":0.42,"own_bid_qty":5,"own_ask_px":0.43,"own_ask_qty":5,"bid_px_0":0.45,"bid_qty_0":50,"bid_leg_0":"NEAR","ask_px_0":0.55,"ask_qty_0":40,"ask_leg_0":"FAR"}' \
	"as JSON"
# Levels: of 70 FAR at 79.58 NEAR has 50 at 80.03, the other 20 at 80.00;
# TWO needs 2 x NEAR for half of FAR.
is "$(exch-feed synthetic -l cal.csv -n 3 --at 09:30:11.5 -f text cal.xst |
	sed 1d | tr -s ' ' | cut -d' ' -f 2-)" \
	"CAL - - own 0.42 5 - 0.55 25 -
CAL - - 0 0.45 50 NEAR 0.49 5 FAR
CAL - - 1 0.42 20 FAR 0.55 40 FAR
TWO - - 0 120.27 25 NEAR 120.32 10 FAR
TWO - - 1 120.21 50 NEAR 120.35 20 NEAR" \
	"as text: a line for each level"

### times

is "$(rows cal -l cal.csv --at 09:30:02.5,09:30:12.5 | cut -d, -f 1-9)" \
	"09:30:02,CAL,,,,,,0.55,40
09:30:02,TWO,,,,,,120.35,30
09:30:12,CAL,,,0.45,50,implied,0.49,5
09:30:12,TWO,,,120.27,25,implied,120.32,10" "--at: a row for each synthetic"
is "$(rows cal -l cal.csv --every 5s --changed | cut -d, -f 1-6)" \
	"09:30:05,CAL,,,0.42,70
09:30:05,TWO,,,120.21,50
09:30:10,CAL,,,0.45,50
09:30:10,TWO,,,120.27,25" "--every --changed: what is new"
rows cal -l cal.csv --every 1s | awk -F, '{ k = $2; t = $1; $1 = ""
	if (was[k] != $0 && $0 !~ /^ [A-Z]* *$/) print t $0; was[k] = $0 }' >got
rows cal -l cal.csv | awk -F, '{ t = $1; $1 = ""; print t $0 }' >want
same got want "each second of it says what the events do"

# Three years of milliseconds in which nothing happens are passed over.
cat >gap.txt <<'S'
date 2026-01-05
instrument NEAR tick 0.01
instrument FAR tick 0.01
09:30:00 ann buy 100 NEAR @ 80.00
09:30:00 bob sell 50 FAR @ 79.00
date 2029-01-05
09:30:00 ann buy 100 NEAR @ 80.01
S
day gap
is "$(timeout 300 exch-feed synthetic -l cal.csv --every 1ms --changed -f csv \
	gap.xst | grep CAL | cut -d, -f 1-6)" \
	"2026-01-05T09:30:00.000000000Z,CAL,,,1.00,50
2029-01-05T09:30:00.000000000Z,CAL,,,1.01,50" "a gap of years"

### phases: what does not trade gives no side

cat >phase.txt <<'S'
date 2026-01-05
instrument NEAR tick 0.01
instrument FAR tick 0.01
instrument CAL tick 0.01
09:00:00 phase call open
09:00:01 ann buy 100 NEAR @ 80.00
09:00:01 ann sell 40 NEAR @ 79.90
09:00:02 bob sell 70 FAR @ 79.58
09:00:03 cay buy 10 CAL @ 0.41
09:30:00 phase continuous
09:31:00 phase halt FAR
09:31:30 bob sell 5 FAR @ 79.50
09:32:00 phase continuous FAR
09:33:00 phase halt CAL
09:33:30 cay sell 10 CAL @ 0.50
09:34:00 phase continuous CAL
16:00:00 phase closed
S
day phase
# The call leaves 60 NEAR at 80.00; FAR comes back with 5 at a better offer.
cat >want <<'C'
09:00:00,CAL,call,,,,,,,,,,,,,,,,,
09:30:00,CAL,,,0.42,60,implied,,,,0.41,10,,,0.42,60,NEAR,,,
09:31:00,CAL,halt,,0.41,10,own,,,,0.41,10,,,,,,,,
09:32:00,CAL,,,0.50,5,implied,,,,0.41,10,,,0.50,5,FAR,,,
09:33:00,CAL,halt,,0.50,5,implied,,,,,,,,0.50,5,FAR,,,
09:34:00,CAL,,locked,0.50,5,implied,0.50,10,own,0.41,10,0.50,10,0.50,5,FAR,,,
16:00:00,CAL,closed,,,,,,,,,,,,,,,,,
C
rows phase -l cal.csv | grep ,CAL, >got
same got want "calls, halts of a leg and of the spread, and the end"
is "$(rows phase -l cal.csv --at 09:31:45,09:33:45,17:00 | grep ,CAL, |
	cut -d, -f 2-10)" \
	"CAL,halt,,0.41,10,own,,,
CAL,halt,,0.50,5,implied,,,
CAL,closed,,,,,,," "the same at times"

### a leg that comes late, and one that loses a side

cat >late.txt <<'S'
date 2026-01-05
instrument NEAR tick 0.01
09:30:00 ann buy 100 NEAR @ 80.00
09:30:01 ann sell 60 NEAR @ 80.05
instrument FAR tick 0.005
09:31:01 bob buy 40 FAR @ 79.505
09:31:02 bob sell 40 FAR @ 79.60
09:31:03 cay sell 40 FAR @ 79.50
09:31:04 cay sell 100 NEAR @ 80.00
S
day late
is "$(rows late -l cal.csv | grep ,CAL, | cut -d, -f 1-10)" \
	"09:31:01,CAL,,,,,,0.545,40,implied
09:31:02,CAL,,,0.400,40,implied,0.545,40,implied
09:31:03,CAL,,,0.400,40,implied,,,
09:31:04,CAL,,,,,,,," "a leg comes late; sides go, and leave none"

### quantities and prices are exact

# A third of BTC: the ask is 80000.5 x 0.333333333 - 3000.50, and of 0.777
# there are 2.331000002331 thirds, of which the coarser unit keeps 2.331.
cat >units.txt <<'S'
date 2026-01-05
instrument BTC unit 0.001 tick 0.5 lot 0.001 kind crypto currency USD
instrument ETH unit 0.00001 tick 0.01 lot 0.00001 kind crypto currency USD
09:30:00 ann buy 1.234 BTC @ 80000
09:30:01 ann sell 0.777 BTC @ 80000.5
09:30:02 ann buy 11.23456 ETH @ 3000.50
09:30:03 ann sell 3.70212 ETH @ 3001
S
printf 'name,leg,ratio\nX,BTC,0.333333333\nX,ETH,-1\n' >units.csv
day units
is "$(rows units -l units.csv | tail -n 1 | cut -d, -f 5-10,15-)" \
	"23665.66664,3.702,implied,23666.3333066665,2.331,implied,23665.66664,3.702,BTC,23666.3333066665,2.331,BTC" \
	"ten decimals of a price, the coarser unit of quantity"
# The unit of the synthetic's own quotes counts: 5 by 2 is 2.5, and 1.5 rest.
cat >finer.txt <<'S'
date 2026-01-05
instrument A tick 0.01
instrument X tick 0.01 unit 0.1
09:30:00 ann buy 5 A @ 10.00
09:30:01 ann buy 1.5 X @ 20.00
S
printf 'name,leg,ratio\nX,A,2\n' >finer.csv
day finer
is "$(rows finer -l finer.csv | tail -n 1)" \
	"09:30:01,X,,,20.00,4,both,,,,20.00,1.5,,,20.00,2.5,A,,," \
	"the unit of its own quotes"
# 2 x 9e9 x 9e9, which is 1.62e38 in 10^-18, fits 127 bits, 3 x does not.
cat >wide.txt <<'S'
date 2026-01-05
instrument A tick 1000 kind future
instrument B tick 1000 kind future
instrument C tick 1000 kind future
09:30:00 ann buy 1 A @ 9000000000
09:30:01 ann buy 18000000000 B @ 9000000000
09:30:02 ann buy 9000000000 C @ 9000000000
S
printf 'name,leg,ratio\nX,C,9000000000\nX,B,9000000000\n' >wide.csv
day wide
is "$(rows wide -l wide.csv)" \
	"09:30:02,X,,,162000000000000000000,1,implied,,,,,,,,162000000000000000000,1,C,,," \
	"sums of more than 64 bits"
printf 'name,leg,ratio\nOK,A,1\nX,A,9000000000\nX,B,9000000000\nX,C,9000000000\n' \
	>wide.csv
exits 3 "a sum of more than 128 bits" sh -c \
	"exch-feed synthetic -l wide.csv -f csv wide.xst >got 2>err"
has err '^exch-feed: wide.csv:3: the price of X does not fit 128 bits$' \
	"is told with its line"
is "$(sed 1d got | cut -d, -f 2-7)" "OK,,,9000000000,1,implied" \
	"what came before it is written"
exits 3 "the same into a file" sh -c \
	"exch-feed synthetic -l wide.csv -f csv -o file wide.xst 2>err"
[ ! -e file ]
result $? "which does not appear"
# A leg that is sold has a price below 0: 10 x -0.50 + 5.
cat >below.txt <<'S'
date 2026-01-05
instrument S tick 0.01 kind future
instrument T tick 0.01 kind future
09:30:00 ann buy 100 S @ -0.50
09:30:01 ann sell 7 T @ -5.00
S
printf 'name,leg,ratio\nX,S,10\nX,T,-1\nY,S,-0.000000001\n' >below.csv
day below
is "$(rows below -l below.csv | cut -d, -f 1-10)" \
	"09:30:00,Y,,,,,,0.0000000005,100000000000,implied
09:30:01,X,,,0.00,7,implied,,," "prices below 0, the least ratio that there is"

### random days against awk, with quotes of the synthetics' own

cat >random.awk <<'A'
function rnd(n) { x = (x * 1103515245 + 12345) % 2147483648
	return int(x / 65536) % n }
BEGIN { x = seed; print "date 2026-01-05"
	split("A B C D CAL FLY", s, " ")
	split("1000 2000 1500 500 -1000 -500", mid, " ")
	for (v = 1; v <= 6; v++) print "instrument " s[v] " tick 0.01 kind future"
	for (i = 0; i < 2000; i++) {
		v = 1 + rnd(6); b = rnd(2); p = mid[v] + rnd(12) + (b ? -8 : -3)
		printf "%02d:%02d:%02d.%03d p%d %s %d %s @ %.2f\n", 10,
			i / 60, i % 60, rnd(1000), rnd(9), b ? "buy" : "sell",
			1 + rnd(90), s[v], p / 100 } }
A
cat >random.csv <<'C'
name,leg,ratio
CAL,A,1
CAL,B,-1
FLY,A,1
FLY,C,-2
FLY,B,1
BSK,A,0.25
BSK,B,0.5
BSK,C,1.125
BSK,D,3
ONE,D,-0.1
BIG,D,60
BIG,A,-40
C
for seed in 7 8; do
	awk -v seed=$seed -f random.awk >random.txt
	day random
	for n in 1 4; do
		exch-feed depth -n $n -f csv random.xst >depth.csv
		awk -F, -v levels=$n -v dec=2 \
			-f "$src/tests/tools/synthetic.awk" \
			random.csv depth.csv >want
		exch-feed synthetic -n $n -l random.csv -f csv random.xst |
			sed 1d >got
		same got want "a random day, seed $seed, $n levels"
	done
done
[ "$(grep -c crossed got)" -gt 50 ] && [ "$(grep -c ,both, got)" -gt 20 ] &&
	[ "$(grep -c ,0,D, got)" -gt 50 ]
result $? "with crossed ones, ties, and less than one at the touch"

### thousands of synthetics: each is what it is alone

awk 'BEGIN { print "name,leg,ratio"; split("A B C D", s, " ")
	for (i = 0; i < 3000; i++)
		printf "S%d,%s,%d\nS%d,%s,%d\n", i, s[i % 4 + 1], i % 7 + 1,
			i, s[(i + 1) % 4 + 1], -(i % 5) - 1 }' >many.csv
head -n 700 random.txt >some.txt
day some
exch-feed synthetic -l many.csv -f csv some.xst >all
(head -n 1 many.csv && grep '^S1234,' many.csv) >one.csv
exch-feed synthetic -l one.csv -f csv some.xst | sed 1d >want
grep ,S1234, all >got
same got want "of three thousand each is as it is alone"
exch-feed synthetic -l many.csv -f csv some.xst >again
same again all "the same again"
[ "$(wc -l <want)" -gt 50 ]
result $? "and it has rows"

### the sample day, matched and as it was displayed

exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q >matched.xst
exch-replay -q --raw --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" >raw.xst
exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" >venue.xst
cat >sample.csv <<'C'
name,leg,ratio
PAIR,ALFA,2
PAIR,BRVO,-0.75
BSK,ALFA,0.25
BSK,BRVO,0.5
BSK,CHRL,1
C
for f in matched raw venue; do
	exch-feed stats -q --phases -f csv $f.xst >phases.csv
	exch-feed depth -q -n 3 --every 1m -f csv $f.xst >depth.csv
	awk -F, -v levels=3 -v dec=4 -v sampled=1 \
		-f "$src/tests/tools/synthetic.awk" \
		sample.csv phases.csv depth.csv >want
	exch-feed synthetic -q -n 3 -l sample.csv --every 1m -f csv $f.xst |
		sed 1d >got
	same got want "the sample day, $f, every minute"
done
[ "$(grep -c ,halt, got)" -gt 3 ]
result $? "with a leg that is halted"

### legs that are not there, and units that do not fit

printf 'name,leg,ratio\nCAL,NEAR,1\nCAL,FAR,-1\nX,NEAR,1\nX,GONE,1\nY,GONE,2\n' \
	>gone.csv
exits 1 "a leg that the stream does not have" sh -c \
	"exch-feed synthetic -l gone.csv -f csv cal.xst >got 2>err"
has err "^exch-feed: --legs: the stream has no instrument 'GONE'\$" \
	"is named, once"
grep -q ,CAL, got && ! grep -q ,X, got
result $? "has no side; the others go on"
sed 's/Y,GONE/Y,ALSO/' gone.csv >two.csv
exits 1 "two of them" sh -c \
	"exch-feed synthetic -l two.csv -f csv cal.xst >got 2>err"
has err "no instrument 'GONE', nor others of the table\$" "are told so"

# refused WHAT TEXT TABLE-LINE...: on a day of NEAR and FAR as they are told.
unit() {
	unit_what=$1
	unit_text=$2
	printf '%s\n' 'date 2026-01-05' "instrument NEAR tick 0.01 $3" \
		"instrument FAR tick 0.01 $4" \
		'09:30:00 ann buy 100 NEAR @ 80.00' \
		'09:30:01 ann buy 100 FAR @ 80.00' "${5-}" \
		'09:30:02 ann buy 100 NEAR @ 80.01' >unit.txt
	day unit
	exits 3 "$unit_what" sh -c \
		"exch-feed synthetic -l cal.csv -f csv unit.xst >got 2>err"
	has err "^exch-feed: cal.csv:4: $unit_text: they have no sum\$" \
		"$unit_what: why"
}
unit "currencies" "NEAR has prices in USD and FAR in EUR" \
	"currency USD" "currency EUR"
unit "a currency and none" "NEAR has prices in USD and FAR in no currency" \
	"currency USD" ""
unit "money and percent" \
	"the price of NEAR is money, that of FAR percent" "" "kind bond"
unit "a currency that changes" "NEAR has prices in USD and FAR in EUR" \
	"currency USD" "currency USD" "instrument FAR tick 0.01 currency EUR"
printf 'date 2026-01-05\ninstrument NEAR tick 0.01\ninstrument FAR tick 0.01\n%s' \
	'instrument CAL tick 0.01 currency CHF
09:30:00 ann buy 1 CAL @ 1.00
' >own.txt
day own
exits 3 "an own currency" sh -c \
	"exch-feed synthetic -l cal.csv -f csv own.xst >got 2>err"
has err "^exch-feed: cal.csv:3: NEAR has prices in no currency and CAL in CHF" \
	"which is told, too"

### tables that are refused

# refused TEXT LINE...: a table of these lines.
refused() {
	refused_text=$1
	shift
	printf '%s\n' "$@" >bad.csv
	exch-feed synthetic -l bad.csv -f csv cal.xst >got 2>err
	is "$? $(cat err)" "3 exch-feed: bad.csv:$refused_text" "refused: $*"
}
h=name,leg,ratio
refused "1: the table of legs has no row" $h
refused "3: the table of legs has no row" "# remark" $h "# more"
refused "2:5: '0' is no ratio: a leg is bought (above 0) or sold (below)" \
	$h X,A,0
refused "3:5: '0.000' is no ratio: a leg is bought (above 0) or sold (below)" \
	$h X,A,1 X,B,0.000
refused "4: line 2 has the same leg of the same synthetic" \
	$h X,A,1 X,B,-1 X,A,2
refused "4:1: 'X' is the name of the synthetic of line 2: its legs have to stand together" \
	$h X,A,1 Y,B,-1 X,C,2
refused "3:3: 'X' is itself a synthetic, of line 2: a leg is an instrument" \
	$h X,A,1 Y,X,1
refused "2:3: 'Y' is itself a synthetic, of line 4: a leg is an instrument" \
	$h X,Y,1 X,A,1 Y,A,1
refused "2:3: 'X' is itself a synthetic, of line 2: a leg is an instrument" \
	$h X,X,1
refused "2:5: 'x' is no 'ratio': expected a number of at most nine decimals" \
	$h X,A,x
refused "2:5: '1.0000000001' is no 'ratio': expected a number of at most nine decimals" \
	$h X,A,1.0000000001
refused "2:5: '' is no 'ratio': expected a number of at most nine decimals" \
	$h X,A,
refused "2:3: '' is no 'leg': expected a name of at most 24 bytes" $h X,,1
refused "2:1: '' is no 'name': expected a name of at most 24 bytes" $h ,A,1
refused "1:10: 'rato' is no column of a table of legs; did you mean 'ratio'?" \
	name,leg,rato X,A,1
refused "1: column 'ratio' is missing in the header of a table of legs" \
	name,leg X,A
refused "2: a row of 2 fields; the header has 3" $h X,A

### options

exits 2 "without a table" sh -c \
	"exch-feed synthetic -f csv cal.xst 2>err"
has err "'synthetic' needs --legs FILE" "which is asked for"
exits 2 "a table for another feed" sh -c \
	"exch-feed top -l cal.csv -f csv cal.xst 2>err"
exits 2 "a table that would be written over" sh -c \
	"exch-feed synthetic -l cal.csv -o cal.csv cal.xst 2>err"
exits 3 "a table that is not there" sh -c \
	"exch-feed synthetic -l nix.csv cal.xst 2>err"
exits 2 "no levels" sh -c \
	"exch-feed synthetic -l cal.csv -n 0 cal.xst 2>err"
exits 3 "orders that nobody matched" sh -c \
	"exch-replay -q cal.txt | exch-feed synthetic -l cal.csv >got 2>err"

### the manual's example says what it says

mkdir examples work
awk -v dir="$scratch/examples" -f "$src/tests/cli/examples.awk" \
	"$src/man/exch-feed.1"
shown=0
for f in examples/*.file examples/*.cmd; do
	case $f in
	*.file)
		cp "$f" "work/$(cat "${f%.file}.name")"
		continue
		;;
	esac
	grep -q spreads "$f" || continue
	(cd work && sh "../$f") >shown.got 2>&1
	[ -s "${f%.cmd}.out" ] || continue
	shown=$((shown + 1))
	same shown.got "${f%.cmd}.out" "exch-feed(1), example $shown"
done
is "$shown" 2 "there are two that show rows"

finish
