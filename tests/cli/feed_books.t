#!/bin/sh
# exch-feed top, depth and orders: books of every scenario, of streams that
# nobody has matched, and of levels; watch lists, times, and bad input.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# The book that the acts of `orders` leave, against the last rows of depth:
# symbol, side, price, quantity.
left() {
	exch-feed orders -q -f csv "$1" | awk -F, '
	function bad(why) { print "row " NR ": " why ": " $0 }
	NR == 1 { next }
	{ k = $2 " " $4 }
	$3 == "add" {
		if (k in qty)
			bad("is there")
		side[k] = $5; px[k] = $6; qty[k] = $7 + 0
		if ($7 != $8)
			bad("all of it")
		next
	}
	!(k in qty) { bad("is not there"); next }
	{ qty[k] -= $7
	  if (sprintf("%.9f", qty[k]) != sprintf("%.9f", $8))
		bad("left")
	  if ($8 + 0 == 0)
		delete qty[k] }
	END {
		for (k in qty) {
			split(k, p, " ")
			if (px[k] != "")
				sum[p[1] "," side[k] "," px[k]] += qty[k]
		}
		for (l in sum)
			printf "%s,%.9f\n", l, sum[l]
	}' | sort
}
last() {
	exch-feed depth -q -n 1000 -f csv "$1" | awk -F, '
	NR == 1 { for (i = 7; $i != "ask_px_0"; i++) ; ask = i; next }
	{ row[$2] = $0 }
	END {
		for (s in row) {
			n = split(row[s], c, ",")
			for (i = 7; i < n; i += 2)
				if (c[i] != "")
					printf "%s,%s,%s,%.9f\n", s, \
					    i < ask ? "B" : "S", c[i], c[i + 1]
		}
	}' | sort
}

books=0
bad=
for f in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt; do
	exch-replay -q "$f" 2>/dev/null | exch-match -q >s.xst 2>/dev/null
	[ -s s.xst ] || continue
	left s.xst >got
	last s.xst >want
	books=$((books + $(wc -l <want)))
	cmp -s got want || bad="$bad $f"
	exch-feed top -q -f csv s.xst >top
	exch-feed depth -q --changed -n 1 -f csv s.xst | cut -d, -f1,2,7- >one
	sed 1d top >top.rows
	sed 1d one >one.rows
	cmp -s top.rows one.rows || bad="$bad $f(top)"
done
is "$bad" "" "the acts of every scenario leave the book that depth shows"
[ "$books" -gt 100 ]
result $? "and there are $books levels in them"

### a day that can be followed by hand

cat >day.txt <<'S'
date 2026-01-05
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30:00   ann buy 100 ABC @ 10.00
09:30:00.5 bob sell 300 ABC @ 10.02
09:30:01   ann buy 50 XYZ @ 7.00
09:30:01.2 cay buy 40 ABC @ 10.01
09:30:01.8 cay buy 400 ABC @ 10.02
09:30:05   bob sell 10 ABC @ 10.00
S
exch-replay day.txt | exch-match >day.xst
result $? "a small day is matched"
exch-feed top -f csv day.xst >top.csv
cat >want <<'C'
time,symbol,bid_px,bid_qty,ask_px,ask_qty
2026-01-05T09:30:00.000000000Z,ABC,10.00,100,,
2026-01-05T09:30:00.500000000Z,ABC,10.00,100,10.02,300
2026-01-05T09:30:01.000000000Z,XYZ,7.00,50,,
2026-01-05T09:30:01.200000000Z,ABC,10.01,40,10.02,300
2026-01-05T09:30:01.800000000Z,ABC,10.02,100,,
2026-01-05T09:30:05.000000000Z,ABC,10.02,90,,
C
same top.csv want "top: a row for each event that changes it"
exch-feed orders -f csv -s ABC day.xst | cut -d, -f2-8 >orders.csv
cat >want <<'C'
symbol,action,order,side,price,qty,left
ABC,add,1,B,10.00,100,100
ABC,add,2,S,10.02,300,300
ABC,add,4,B,10.01,40,40
ABC,execute,2,S,10.02,300,0
ABC,add,5,B,10.02,100,100
ABC,execute,5,B,10.02,10,90
C
same orders.csv want "orders: what happens to each displayed order"
is "$(exch-feed orders -f json day.xst | sed -n 4p)" \
	'{"time":"2026-01-05T09:30:01.200000000Z","symbol":"ABC","action":"add","order":"4","side":"B","price":10.01,"qty":40,"left":40,"match":null}' \
	"orders as JSON"
is "$(exch-feed top day.xst | tail -n 1)" \
	"09:30:05.000000000  ABC             10.02         90            -          -" "top as text"

### which instruments, and when

exch-feed top -s XYZ -f csv day.xst | sed 1d >got
is "$(cut -d, -f2 got | sort -u)" XYZ "--symbols: only these"
exch-feed top -s XYZ,ABC -f csv day.xst >got
same got top.csv "all of them by name"
exits 1 "a name the stream does not have" sh -c \
	"exch-feed top -s ABC,NONE day.xst >got 2>err"
has err "'NONE'" "it is named"
exch-feed top --every 1s --changed -f csv day.xst | sed 1d | cut -d, -f1-6 >got
cat >want <<'C'
2026-01-05T09:30:00.000000000Z,ABC,10.00,100,,
2026-01-05T09:30:01.000000000Z,ABC,10.00,100,10.02,300
2026-01-05T09:30:01.000000000Z,XYZ,7.00,50,,
2026-01-05T09:30:02.000000000Z,ABC,10.02,100,,
2026-01-05T09:30:05.000000000Z,ABC,10.02,90,,
C
same got want "--every with --changed: what has changed, once a second"
is "$(exch-feed top --every 1s -f csv day.xst | sed 1d | wc -l | tr -d ' ')" \
	12 "--every: both instruments each second"
is "$(exch-feed top --at 09:30:03 -s ABC -f csv day.xst | sed 1d)" \
	"2026-01-05T09:30:03.000000000Z,ABC,10.02,100,," "--at"
exits 2 "--at with --every" sh -c \
	"exch-feed top --at 09:30 --every 1s day.xst 2>err"
exits 2 "--symbols is not for bars" sh -c \
	"exch-feed bars -s ABC day.xst 2>err"
exch-feed top --imbalance 2 -f csv -s ABC day.xst | cut -c 12-19,31- |
	sed 1d >got
cat >want <<'C'
09:30:00,ABC,10.00,100,,,100,0,1.0000
09:30:00,ABC,10.00,100,10.02,300,100,300,-0.5000
09:30:01,ABC,10.01,40,10.02,300,140,300,-0.3636
09:30:01,ABC,10.02,100,,,140,0,1.0000
09:30:05,ABC,10.02,90,,,130,0,1.0000
C
same got want "--imbalance: over two levels a side"
exch-feed top --imbalance 1 -f csv day.xst | sed 1d | cut -d, -f1-6 >got
sed 1d top.csv >want
same got want "over one level: a row whenever top has one"
exits 2 "--imbalance of nothing" sh -c \
	"exch-feed top --imbalance 0 day.xst 2>err"
exits 2 "--imbalance is not for depth" sh -c \
	"exch-feed depth --imbalance 3 day.xst 2>err"
exits 2 "--levels is not for top" sh -c "exch-feed top -n 3 day.xst 2>err"
is "$(exch-feed depth -f csv day.xst | awk -F, 'NR == 1 { print NF }')" 86 \
	"depth: twenty levels unless told"

### who tells the books

exch-replay day.txt >asked.xst
exits 3 "orders that nobody matched" sh -c "exch-feed top asked.xst >got 2>err"
has err 'exch-match | exch-feed top' "what is missing is said"

# A display: the same book, with and without its orders.
cat >display.json <<'J'
{"t":"header","major":1,"minor":0,"start":"2026-01-05T09:30:00.000000000Z","id":"bd6033d5ae366c463f72262aed40cb0a","date":20260105,"source":1,"text":""}
J
exch-replay --raw "$src/data/sample.pcap.zst" --date 2026-01-05 \
	--tz America/New_York >raw.xst &&
	exch-replay --date 2026-01-05 --tz America/New_York \
		"$src/data/sample.pcap.zst" >venue.xst &&
	exch-match -q venue.xst >engine.xst
result $? "the sample day in three forms"
for s in raw venue engine; do
	exch-feed top -q -f csv $s.xst >$s.top
	left $s.xst >got
	last $s.xst >want
	[ -s want ]
	result $? "$s: something rests"
	same got want "$s: acts and depth agree"
done
same venue.top engine.top "a venue's executions and the engine's: one top"
for s in raw venue; do
	exch-feed depth -q -n 5 --every 1m -f csv $s.xst | cut -d, -f1,2,7- >$s.5
done
same raw.5 venue.5 "the display and what it was made of: one book"

# Sums of depth's levels; the quotient rounded by awk, far from any tie.
exch-feed depth -q -n 7 --every 1m -f csv engine.xst | awk -F, '
	NR > 1 { b = a = 0
		for (i = 8; i <= 20; i += 2) { b += $i; a += $(i + 14) }
		printf "%s,%s,%s,%s,%s,%s,%d,%d,%s\n", $1, $2, $7, $8, $21, $22,
			b, a, b + a ? sprintf("%.4f", (b - a) / (b + a)) : "" }
	' >want
exch-feed top -q --imbalance 7 --every 1m -f csv engine.xst | sed 1d >got
awk -F, 'NR == FNR { w[FNR] = $0; n = FNR; next }
	{ split(w[FNR], f, ","); d = f[9] - $9
	  sub(/,[^,]*$/, "", w[FNR]); e = ($9 == "") != (f[9] == "")
	  sub(/,[^,]*$/, "")
	  if (w[FNR] != $0 || e || d * d > 1.1e-8) print FNR ": " $0 }
	END { if (FNR != n || n < 1000) print n " rows and " FNR }' want got >bad
is "$(cat bad)" "" "--imbalance 7: sums of the levels of depth, all day"

### bad input

exits 3 "not a stream" sh -c "exch-feed top day.txt >got 2>err"
exits 2 "no such feed" sh -c "exch-feed tops day.xst 2>err"
has err "'tops'" "it is named"
head -c 700 day.xst >cut.xst
exits 3 "a stream that was cut" sh -c "exch-feed top cut.xst >got 2>err"

# ---- an event whose last word is an auction in which nothing traded ----

cat >call.txt <<'EOF'
date 2023-02-07
zone UTC
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:20 phase call open
+1s buy 100 ABC @ 10.02
+1s sell 60 ABC @ 10.00
+1s buy 20 XYZ @ 10.01
09:25 phase continuous
09:30 sell 10 ABC @ 10.02
EOF
exch-replay -q call.txt | exch-match -q -o call.xst
is "$(exch-feed depth -q -n 1 -f csv call.xst | grep T09:25 | cut -d , -f 2,3,7,8)" \
	"ABC,1,10.02,40" "the book behind it is shown at its time"
is "$(exch-feed itch --tz UTC call.xst |
	exch-replay -q --raw --as itch50 --date 2023-02-07 --tz UTC -f csv \
		--type book-print - | sed 1d | cut -d , -f 4,5,9,10)" \
	"2023-02-07T09:25:00.000000000Z,ABC,10.0200,60" \
	"and so is its print in ITCH"

finish
