#!/bin/sh
# exch-feed nbbo: a day at two venues that can be followed by hand, the same
# against awk over the top of each venue, and bad input.
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
09:30:03 cay buy 20 ABC.Y @ 10.005
09:30:04 ann sell 40 ABC.X @ 10.01
09:30:05 cay buy 70 ABC.Y @ 10.01
09:30:06 cay buy 10 ABC.Y @ 10.015
09:30:07 dan sell 5 DEF @ 3.00
09:30:08 cay sell 90 ABC.Y @ 10.00
S
exch-replay -q day.txt | exch-match -q >day.xst
result $? "a small day is matched"
exch-feed nbbo -f csv day.xst | cut -c 12-19,31- >got
cat >want <<'C'
head
09:30:00,ABC,10.00,100,X,,,,,1.0000
09:30:01,ABC,10.00,100,X,10.02,300,Y,,-0.5000
09:30:02,ABC,10.00,150,X+Y,10.02,300,Y,,-0.3333
09:30:03,ABC,10.005,20,Y,10.02,300,Y,,-0.8750
09:30:04,ABC,10.005,20,Y,10.01,40,X,,-0.3333
09:30:05,ABC,10.01,70,Y,10.01,40,X,locked,0.2727
09:30:06,ABC,10.015,10,Y,10.01,40,X,crossed,-0.6000
09:30:07,DEF,,,,3.00,5,,,-1.0000
09:30:08,ABC,10.005,10,Y,10.01,40,X,,-0.6000
C
sed 1d got >rows
sed 1d want >rows.want
same rows rows.want "sizes are added, who has them is told"
is "$(exch-feed nbbo -f csv day.xst | head -n 1)" \
	"time,symbol,bid_px,bid_qty,bid_venues,ask_px,ask_qty,ask_venues,state,imbalance" \
	"the columns"
is "$(exch-feed nbbo -f json day.xst | sed -n 6p)" \
	'{"time":"2026-01-05T09:30:05.000000000Z","symbol":"ABC","bid_px":10.01,"bid_qty":70,"bid_venues":"Y","ask_px":10.01,"ask_qty":40,"ask_venues":"X","state":"locked","imbalance":0.2727}' \
	"as JSON"
is "$(exch-feed nbbo --at 09:30:05.5 -f csv day.xst | sed 1d | cut -d, -f2-)" \
	"ABC,10.01,70,Y,10.01,40,X,locked,0.2727
DEF,,,,,,,," "--at: a row for each thing"
exch-feed nbbo -s ABC.X -f csv day.xst | sed 1d | cut -d, -f3-8 >got
exch-feed top -s ABC.X -f csv day.xst | sed 1d | awk -F, -v OFS=, '
	{ print $3, $4, ($4 == "" ? "" : "X"), $5, $6, ($6 == "" ? "" : "X") }' >want
same got want "--symbols: of these venues only"

### the sample day, each share at one venue

exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q >sample.xst
exch-feed nbbo -q -f csv sample.xst | cut -d, -f1-4,6,7 >got
exch-feed top -q -f csv sample.xst >want
same got want "without venues it is the top"

### bad input

exits 3 "not a stream" sh -c "exch-feed nbbo day.txt >got 2>err"
exits 2 "--levels is not for it" sh -c "exch-feed nbbo -n 3 day.xst 2>err"
exits 3 "orders that nobody matched" sh -c \
	"exch-replay -q day.txt | exch-feed nbbo >got 2>err"

finish
