#!/bin/sh
# exch-feed on a day of the Shanghai exchange: its books stand as the exchange
# published them, whoever tells them (data/README.md section 1).
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/derived/sse600519_20230207
[ -r "$day.moldudp64.pcap" ] || skip_all "no real data: set EXCH_TESTDATA"
when='--date 2023-02-07 --tz Asia/Shanghai'
cat >timetable <<'T'
09:15	call	open
09:25	closed
09:30	continuous
11:30	closed
13:00	continuous
14:57	call	close
15:00	closed
T
# shellcheck disable=SC2086 # a list of words
exch-replay $when --symbol 600519 --tick 0.01 "$day.orders.csv" |
	exch-match $when --ladder plain-high --timetable timetable >orders.xst &&
	exch-replay $when --raw "$day.moldudp64.pcap" >raw.xst &&
	exch-replay $when "$day.moldudp64.pcap" >venue.xst &&
	exch-match venue.xst >engine.xst
result $? "the day in four forms"
zstd -qdc "$day.depth10.csv.zst" >snapshots.csv

# Snapshots that have their row, each not before the row of the one before.
# A feed shows the auctions' trades as one: only volumes are compared there.
found() {
	exch-feed depth --changed -f csv "$1" | awk -F, -v trades="$2" '
	function levels(at,   s, i) {
		for (i = at; i < at + 20; i += 2)
			s = s sprintf(",%.4f,%d", $i, $(i + 1))
		return s
	}
	function line(bids, asks, v, t, n) {
		return (trades ? n : "") "," v "," sprintf("%.2f", t) \
		    levels(bids) levels(asks)
	}
	BEGIN { i = 0 }
	FNR == 1 { file++; next }
	file == 1 { want[n++] = line(9, 29, $3, $4 / 100000, $2) }
	file == 2 {
		s = line(7, 47, $4, $5, $3)
		while (i < n && s == want[i])
			i++
	}
	END { print i }' snapshots.csv -
}
for form in orders engine venue raw; do
	is "$(found $form.xst "$([ $form != orders ] || echo 1)")" 4858 \
		"twenty levels stand at every snapshot: $form"
done

exch-feed top -f csv venue.xst >venue.top
exch-feed top -f csv engine.xst >engine.top
same venue.top engine.top "the venue's executions and the engine's: one top"

# The acts are the messages that the feed had.
is "$(exch-feed orders -f csv raw.xst | awk -F, 'NR > 1 { n[$3]++ }
	END { print n["add"], n["execute"], n["delete"], n["reduce"] + 0 }')" \
	"31612 19231 14152 0" "an act for each A, for each E and C, for each D"
is "$(exch-feed orders -f csv engine.xst | awk -F, 'NR > 1 {
	k = $4
	if ($3 == "add") left[k] = $7
	else { if (!(k in left)) bad++
	       left[k] -= $7
	       if (left[k] != $8) bad++
	       if (left[k] == 0) delete left[k] }
	if ($3 == "execute") { n++; q += $7 } }
	END { for (k in left) rest++; print n, q, rest, bad + 0 }')" \
	"18139 2349250 3362 0" "executions, shares, and the orders left resting"

finish
