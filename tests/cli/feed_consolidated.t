#!/bin/sh
# exch-feed consolidated: a day at two venues that can be followed by hand,
# and days of many venues against awk over the depth of each.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'S'
date 2026-01-05
instrument ABC.X tick 0.01
instrument ABC.Y tick 0.005
instrument DEF tick 0.01
09:30:00 ann buy 100 ABC.X @ 10.00
09:30:01 bob sell 300 ABC.Y @ 10.02
09:30:02 cay buy 50 ABC.Y @ 10.00
09:30:03 cay buy 20 ABC.Y @ 9.995
09:30:04 ann sell 40 ABC.X @ 10.01
09:30:05 cay buy 70 ABC.Y @ 10.01
09:30:06 cay buy 10 ABC.Y @ 10.015
09:30:07 dan sell 5 DEF @ 3.00
09:30:08 cay sell 90 ABC.Y @ 10.00
S
exch-replay -q day.txt | exch-match -q >day.xst
result $? "a small day is matched"
exch-feed consolidated -n 2 -f csv day.xst | cut -c 12-19,31- >got
cat >want <<'C'
head
09:30:00,ABC,,10.00,100,X,,,,,,,,,
09:30:01,ABC,,10.00,100,X,,,,10.02,300,Y,,,
09:30:02,ABC,,10.00,150,X+Y,,,,10.02,300,Y,,,
09:30:03,ABC,,10.00,150,X+Y,9.995,20,Y,10.02,300,Y,,,
09:30:04,ABC,,10.00,150,X+Y,9.995,20,Y,10.01,40,X,10.02,300,Y
09:30:05,ABC,locked,10.01,70,Y,10.00,150,X+Y,10.01,40,X,10.02,300,Y
09:30:06,ABC,crossed,10.015,10,Y,10.01,70,Y,10.01,40,X,10.02,300,Y
09:30:07,DEF,,,,,,,,3.00,5,,,,
09:30:08,ABC,,10.00,140,X+Y,9.995,20,Y,10.01,40,X,10.02,300,Y
C
sed 1d got >rows
sed 1d want >rows.want
same rows rows.want "sums of each level, and who has it"
is "$(exch-feed consolidated -n 2 -f csv day.xst | head -n 1)" \
	"time,symbol,state,bid_px_0,bid_qty_0,bid_venues_0,bid_px_1,bid_qty_1,bid_venues_1,ask_px_0,ask_qty_0,ask_venues_0,ask_px_1,ask_qty_1,ask_venues_1" \
	"the columns"
is "$(exch-feed consolidated -n 1 -f json day.xst | sed -n 6p)" \
	'{"time":"2026-01-05T09:30:05.000000000Z","symbol":"ABC","state":"locked","bid_px_0":10.01,"bid_qty_0":70,"bid_venues_0":"Y","ask_px_0":10.01,"ask_qty_0":40,"ask_venues_0":"X"}' \
	"as JSON"
is "$(exch-feed consolidated --at 09:30:06.5 -f text day.xst | sed -n 2,5p |
	tr -s ' ')" \
	"09:30:06.500000000 ABC crossed 0 10.015 10 Y 10.01 40 X
09:30:06.500000000 ABC crossed 1 10.01 70 Y 10.02 300 Y
09:30:06.500000000 ABC crossed 2 10.00 150 X+Y - - -
09:30:06.500000000 ABC crossed 3 9.995 20 Y - - -" \
	"as text: a line for each level"
is "$(exch-feed consolidated -n 1 --at 09:30:05.5 -f csv day.xst | sed 1d |
	cut -d, -f2-)" \
	"ABC,locked,10.01,70,Y,10.01,40,X
DEF,,,,,,," "--at: a row for each thing"
is "$(exch-feed consolidated -n 1 --every 1s --changed -f csv day.xst |
	sed 1d | cut -c 12-19,31-36 | tr '\n' ' ')" \
	"09:30:00,ABC,, 09:30:01,ABC,, 09:30:02,ABC,, 09:30:04,ABC,, 09:30:05,ABC,l 09:30:06,ABC,c 09:30:07,DEF,, 09:30:08,ABC,, " \
	"--changed: not when the change is below what is shown"

### the best of it is nbbo's, and one venue's is its depth

exch-feed nbbo --every 1s -f csv day.xst | sed 1d |
	awk -F, -v OFS=, '{ print $1, $2, $9, $3, $4, $5, $6, $7, $8 }' >want
exch-feed consolidated --every 1s -n 1 -f csv day.xst | sed 1d >got
same got want "its best level is that of nbbo"
exch-feed consolidated -s ABC.X -f csv day.xst | sed 1d |
	awk -F, -v OFS=, '{ s = $1
		for (i = 4; i <= NF; i += 3) s = s "," $i "," $(i + 1)
		print s }' >got
exch-feed depth -s ABC.X -f csv day.xst | sed 1d | cut -d, -f 1,7- >want
same got want "--symbols: of this venue only, all levels"

### five venues against awk over the depth of each of them

awk -v seed=7 'function rnd(n) { x = (x * 1103515245 + 12345) % 2147483648
		return int(x / 65536) % n }
	BEGIN { x = seed; print "date 2026-01-05"
	for (v = 1; v <= 5; v++) print "instrument ABC.V" v " tick 0.01"
	for (i = 0; i < 1500; i++) {
		b = rnd(2); p = 1000 + rnd(12) + (b ? -8 : -3)
		printf "%02d:%02d:%02d.%03d p%d %s %d ABC.V%d @ %.2f\n", 10,
			i / 60, i % 60, rnd(1000), rnd(9), b ? "buy" : "sell",
			1 + rnd(90), 1 + rnd(5), p / 100 } }' >many.txt
exch-replay -q many.txt | exch-match -q >many.xst
result $? "a day at five venues is matched"
exch-feed depth -n 1000 --every 1s -f csv many.xst | awk -F, '
	NR == 1 { for (i = 7; $i != "ask_px_0"; i++) ; ask = i; next }
	{ v = substr($2, index($2, ".") + 1); t[$1] = 1
	  for (i = 7; i <= NF; i += 2) {
		if ($i == "") continue
		k = $1 SUBSEP (i >= ask) SUBSEP int($i * 100 + 0.5)
		q[k] += $(i + 1)
		w[k] = w[k] (w[k] == "" ? "" : "+") v } }
	END { for (at in t) {
		s = ""
		for (side = 0; side < 2; side++) {
			n = 0
			for (j = 0; j < 40 && n < 4; j++) {
				p = side ? 985 + j : 1024 - j
				k = at SUBSEP side SUBSEP p
				if (!(k in q)) continue
				n++
				if (n == 1) best[side] = p
				s = s sprintf(",%.2f,%d,%s", p / 100, q[k], w[k])
			}
			if (n == 0) best[side] = side ? 9999 : 0
			for (; n < 4; n++) s = s ",,,"
		}
		st = best[0] < best[1] ? "" : best[0] == best[1] ? "locked" : "crossed"
		print at ",ABC," st s } }' | sort >want
exch-feed consolidated -n 4 --every 1s -f csv many.xst | sed 1d >got
same got want "every second of it, four levels a side"
[ "$(grep -c crossed got)" -gt 50 ] && [ "$(grep -c 'V1+V2' got)" -gt 50 ]
result $? "with books that cross, and levels that several have"
exch-feed consolidated -n 1000 --at 10:20 -f csv many.xst | sed 1d |
	awk -F, '{ for (i = 5; i <= NF; i += 3) s += $i } END { print s }' >got
exch-feed depth -n 1000 --at 10:20 -f csv many.xst | sed 1d |
	awk -F, '{ for (i = 8; i <= NF; i += 2) s += $i } END { print s }' >want
same got want "nothing is lost of a thousand levels"

### bad input

exits 3 "not a stream" sh -c "exch-feed consolidated day.txt >got 2>err"
exits 2 "no levels" sh -c "exch-feed consolidated -n 0 day.xst 2>err"
exits 3 "orders that nobody matched" sh -c \
	"exch-replay -q day.txt | exch-feed consolidated >got 2>err"

finish
