#!/bin/sh
# exch-feed quality: a display in which everything is wrong, once each; gaps,
# and latency against awk over the times of capture; bad input.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# rec SEQ TIME TYPE FIELDS: a record of instrument ABC.
rec() {
	printf '{"t":"%s","source":1,"seq":"%s","time":"2026-01-05T%s.000000000Z","symbol":"ABC","instr":1,%s}\n' \
		"$3" "$1" "$2" "$4"
}
head='{"t":"header","major":1,"minor":0,"start":"2026-01-05T09:30:00.000000000Z","id":"bd6033d5ae366c463f72262aed40cb0a","date":20260105,"source":1,"text":""}'
abc() {
	printf '{"t":"instrument","source":1,"seq":"1","time":"2026-01-05T09:30:00.000000000Z","symbol":"ABC","instr":1,"isin":"","mic":"","currency":"USD","kind":"equity","px_decimals":2,"qty_exponent":0,"iflags":0,"tick":0.01,"lot":1,"min_qty":0,"max_qty":null,"reference":null,"strike":null,"multiplier":1,"expiry":null,"underlying":0,"tick_table":0,"settle_days":2}\n'
}
{
	echo "$head"
	abc
	rec 2 09:30:01 book-add '"order":"1","price":10.00,"qty":100,"side":"buy","mpid":""'
	rec 3 09:30:02 book-add '"order":"2","price":10.02,"qty":50,"side":"sell","mpid":""'
	# locked for 3 s, then crossed for 4 s
	rec 4 09:30:03 book-add '"order":"3","price":10.02,"qty":10,"side":"buy","mpid":""'
	rec 5 09:30:06 book-add '"order":"4","price":10.03,"qty":10,"side":"buy","mpid":""'
	rec 6 09:30:10 book-delete '"order":"4"'
	rec 7 09:30:10 book-delete '"order":"3"'
	# a print 0.05 above the offer, one inside, one far away
	rec 8 09:30:11 book-print '"match":"7","price":10.07,"qty":5,"order":"0","side":"none","kind":"hidden","cross":"none"'
	rec 9 09:30:12 book-print '"match":"8","price":10.01,"qty":5,"order":"0","side":"none","kind":"hidden","cross":"none"'
	rec 10 09:30:13 book-add '"order":"5","price":199.99,"qty":5,"side":"sell","mpid":""'
	# numbers 11 to 13 were left out; not on the grid; not above zero
	rec 14 09:30:14 book-add '"order":"6","price":9.995,"qty":5,"side":"buy","mpid":""'
	rec 15 09:30:14 book-add '"order":"7","price":0.00,"qty":5,"side":"buy","mpid":""'
	# nobody knows it; told twice; back in time; two minutes of silence
	rec 16 09:30:15 book-delete '"order":"99"'
	rec 17 09:30:16 book-reduce '"order":"1","qty":10'
	rec 18 09:30:16 book-reduce '"order":"1","qty":10'
	rec 19 09:30:14 book-reduce '"order":"1","qty":10'
	rec 20 09:32:16 book-reduce '"order":"1","qty":10'
	printf '{"t":"gap","source":1,"seq":"21","time":"2026-01-05T09:32:17.000000000Z","session":"S","first":"40","count":"17"}\n'
	echo '{"t":"end","records":"18","status":"complete"}'
} >bad.json
exch-replay -q --raw bad.json >bad.xst 2>err
result $? "a display with everything wrong"
exch-feed quality -f csv bad.xst >got.csv 2>err
is $? 0 "is looked at without an error"
awk -F, -v OFS=, 'NR > 1 { print $1, $2, $3, $4, substr($5, 12, 8), $7, $8, $9 }' \
	got.csv >got
cat >want <<'C'
1,,records,18,09:30:00,,,
1,,gaps,1,09:32:17,messages,17,17
1,,errors,0,,,,
1,,left-out,1,09:30:14,messages,3,3
1,,duplicates,0,,,,
1,,backwards,1,09:30:14,s,2.000000000,2.000000000
1,,bad-content,1,09:30:14,,,
1,,latency,0,,s,,
1,,early,0,,s,,
,ABC,stale,1,09:30:16,s,120.000000000,120.000000000
,ABC,repeats,0,,,,
,ABC,restarts,0,,,,
,ABC,crossed,1,09:30:06,s,4.000000000,4.000000000
,ABC,locked,1,09:30:03,s,3.000000000,3.000000000
,ABC,not-above-zero,1,09:30:14,,,
,ABC,off-tick,1,09:30:14,,,
,ABC,far-price,1,09:30:13,,,
,ABC,outside,1,09:30:11,price,0.05,
,ABC,unknown-order,1,09:30:15,,,
,ABC,misses,0,,,,
C
sed -i 's/,repeats,0,,,,/,repeats,1,09:30:16,,,/' want
same got want "each is found once"
exch-feed quality --alarms -f csv bad.xst >got
cat >want <<'C'
time,symbol,check,seconds,bid_px,ask_px,price
2026-01-05T09:30:03.000000000Z,ABC,locked,3.000000000,10.02,10.02,
2026-01-05T09:30:06.000000000Z,ABC,crossed,4.000000000,10.03,10.02,
2026-01-05T09:30:11.000000000Z,ABC,outside,,10.00,10.02,10.07
2026-01-05T09:30:13.000000000Z,ABC,far-price,,10.00,10.02,199.99
2026-01-05T09:30:14.000000000Z,ABC,off-tick,,10.00,10.02,9.995
2026-01-05T09:30:14.000000000Z,ABC,not-above-zero,,10.00,10.02,0.00
2026-01-05T09:30:15.000000000Z,ABC,unknown-order,,10.00,10.02,
2026-01-05T09:30:16.000000000Z,ABC,repeats,,10.00,10.02,
2026-01-05T09:30:16.000000000Z,ABC,stale,120.000000000,10.00,10.02,
C
same got want "--alarms"
is "$(exch-feed quality --stale 3m -f csv bad.xst | grep -c ',stale,0,')" 1 \
	"--stale: how long silence may be"
exch-feed quality bad.xst >got
for what in '^Sources$' '^Latency: cannot be told' '^Instruments$' \
	'^       1  -             18     1        17       0         3    0     1    1$' \
	'^  ABC         1        1         0        1       1    1    1    1        1        1       0$'; do
	has got "$what" "the page has $what"
done

### what is no alarm: a call that is crossed, a sweep, an auction

cat >day.txt <<'S'
date 2026-01-05
instrument ABC tick 0.01
09:00:00   phase call open
09:00:01   ann buy 100 ABC @ 10.10
09:00:02   bob sell 60 ABC @ 9.98
09:30:00   phase continuous
09:30:10   bob sell 20 ABC @ 10.20
09:30:11   bob sell 20 ABC @ 10.21
09:30:12   bob sell 20 ABC @ 10.22
09:30:20   cay buy 60 ABC @ 10.22
S
exch-replay -q day.txt | exch-match -q >day.xst
exch-feed quality --alarms -f csv day.xst >got
is "$(sed 1d got | grep -v stale)" "" "a clean day has no alarms"
exch-feed itch -q -o day.itch day.xst
exch-replay -q --raw --tz UTC --date 2026-01-05 day.itch >display.xst
result $? "its display is read"
exch-feed quality --alarms -f csv display.xst >got
is "$(sed 1d got | grep -v stale | cut -d, -f 1,3)" \
	"2026-01-05T09:00:02.000000000Z,crossed" \
	"nor its display, but for the call, of which ITCH knows nothing"

### the sample day, with gaps and with times of capture

when='--date 2026-01-05 --tz America/New_York'
# shellcheck disable=SC2086 # a list of words
exch-replay -q $when --raw --capture-time "$src/data/sample.pcap.zst" >raw.xst
result $? "the sample day with times of capture"
exch-feed quality -f csv raw.xst >got.csv
is "$(grep -c ',\(crossed\|locked\|outside\|unknown-order\|off-tick\|repeats\),0,' got.csv)" \
	30 "no alarm of its books"
# The 99.9th percentile and the others are of classes a sixteenth wide.
exch-replay -q --raw -f json raw.xst | awk '
	function tail(t) { return substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + substr(t, 18, 2) }
	!/"t":"notice"/ && match($0, /"ext":"(capture-time|2):0:[0-9]+/) {
		x = substr($0, RSTART, RLENGTH); sub(/.*:/, "", x)
		match($0, /"time":"[^"]*/); t = substr($0, RSTART + 8, RLENGTH - 8)
		# of the time of day: as far as numbers of awk are exact
		c = substr(x, 1, length(x) - 9) % 86400; ns = substr(x, length(x) - 8)
		printf "%d\n", (c - tail(t)) * 1e9 + ns - substr(t, 21, 9)
	}' | sort -n >late
n=$(wc -l <late | tr -d ' ')
is "$(awk -F, '$3 == "latency" { print $4 }' got.csv)" "$n" "so many have one"
[ "$n" -gt 100000 ]
result $? "$n of them"
for at in 500:10 990:11 999:12; do
	want=$(sed -n "$(((n * ${at%:*} + 999) / 1000))p" late)
	got=$(awk -F, -v c="${at#*:}" '$3 == "latency" { printf "%d", $c * 1e9 + 0.5 }' got.csv)
	ok "permille ${at%:*}: $want ns is told as $got" \
		test "$got" -ge "$want" -a $((got * 16)) -le $((want * 17 + 16))
done
is "$(awk -F, '$3 == "latency" { printf "%d", $8 * 1e9 + 0.5 }' got.csv)" \
	"$(tail -n 1 late)" "the longest"

### bad input

exits 3 "not a stream" sh -c "exch-feed quality day.txt >got 2>err"
exits 2 "--alarms is not for top" sh -c "exch-feed top --alarms day.xst 2>err"
exits 2 "--stale needs a time" sh -c "exch-feed quality --stale soon day.xst 2>err"
has err "'soon' is no time" "is told"
exits 1 "no such instrument" sh -c "exch-feed quality -s NONE day.xst >got 2>err"
head -c 5000000 raw.xst >cut.xst
exits 3 "a stream that was cut" sh -c "exch-feed quality -f csv cut.xst >got 2>err"
has got ',records,' "what was whole is looked at"

finish
