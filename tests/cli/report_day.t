#!/bin/sh
# Reports of a day of the Shanghai exchange against what the exchange
# published: its totals, its trades, its 4,858 snapshots (data/README.md
# section 1).
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/derived/sse600519_20230207
[ -r "$day.orders.csv" ] || skip_all "no real data: set EXCH_TESTDATA"
when='--date 2023-02-07 --tz Asia/Shanghai'
printf '%s\n' '09:15 call open' '09:25:00.8 continuous' '14:57 call close' \
	'15:00 closed' >timetable
# shellcheck disable=SC2086
exch-replay $when --symbol 600519 --tick 0.01 "$day.orders.csv" |
	exch-match --ladder plain-high --timetable timetable >orders.xst &&
	exch-replay $when "$day.moldudp64.pcap" | exch-match >feed.xst
result $? "the day is matched, from orders and from the feed"

# The value of a column in the first row of a CSV.
cell() {
	awk -F, -v c="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		NR == 2 { print $at[c] }' "$1"
}

# ---- summary ----

facts() {
	exch-report summary -f csv "$1.xst" >"$1.csv"
	exch-report summary "$1.xst" >"$1.page"
	while read -r column want; do
		is "$(cell "$1.csv" "$column" | sed 's/\(\.[0-9][0-9]\)00$/\1/')" \
			"$want" "$1: $column"
	done
}
facts orders <<'T'
symbol 600519
trades 18685
volume 2432171
turnover 4373671735.48
vwap 1798.2583
open 1808.08
high 1808.80
low 1787.73
close 1797.00
open_auction_price 1808.08
open_auction_volume 42718
close_auction_price 1797.00
close_auction_volume 40203
cancels 14152
rejects 0
resting 3362
T
facts feed <<'T'
volume 2432171
turnover 4373671735.48
vwap 1798.2583
open 1808.08
high 1808.80
low 1787.73
close 1797.00
open_auction_volume 42718
close_auction_volume 40203
resting 3362
expected 18139
exact 18139
missed 0
imposed 0
fidelity 100.00
T
has orders.page '600519  *18685  *2432171  *4373671735.48  *1798.2583 ' \
	"the page, from orders"
has feed.page 'exact  *18139  *100.00$' "the page, from the feed"

# ---- trades ----

exch-report trades -f csv orders.xst | awk -F, -v OFS=, 'NR > 1 {
	print $3, sprintf("%.4f", $4), $5, $6, $7, $8 }' >got
awk -F, -v OFS=, 'NR > 1 { print $1, $3, $4, $5, $6, $7 }' \
	"$day.trades.csv" >want
is "$(wc -l <want)" 18685 "there are 18,685 true trades"
same got want "all of them, in order, with orders and aggressor"

# ---- depth ----

zstd -qdc "$day.depth10.csv.zst" >snapshots.csv

# Snapshots that have their row, each not before the row of the one before.
# A feed shows the auctions' trades as one: only volumes are compared there.
found() {
	exch-report depth -f csv "$1" | awk -F, -v trades="$2" '
	function line(at, v, t, n,   s, i) {
		s = (trades ? n : "") "," v "," sprintf("%.2f", t)
		for (i = at; i < at + 40; i += 2)
			s = s sprintf(",%.4f,%d", $i, $(i + 1))
		return s
	}
	BEGIN { i = 0 }
	FNR == 1 { file++; next }
	file == 1 { want[n++] = line(9, $3, $4 / 100000, $2) }
	file == 2 {
		s = line(7, $4, $5, $3)
		while (i < n && s == want[i])
			i++
	}
	END { print i }' snapshots.csv -
}
is "$(found orders.xst 1)" 4858 "ten levels at every snapshot, from orders"
is "$(found feed.xst 0)" 4858 "ten levels at every snapshot, from the feed"

exch-report depth -n 1 --at 10:00 --tz Asia/Shanghai -f csv orders.xst >at.csv
has at.csv '^2023-02-07T10:00:00.000000000+08:00,600519,' "a row at ten"
awk -F, '$1 <= "10:00:00" && NR > 1 { v = $3 } END { print v }' \
	snapshots.csv >lower
awk -F, '$1 >= "10:00:00" && NR > 1 { print $3; exit }' snapshots.csv >upper
v=$(cell at.csv volume)
[ "$v" -ge "$(cat lower)" ] && [ "$v" -le "$(cat upper)" ]
result $? "its volume stands between the snapshots around"

# ---- bars, orders, audit: they add up to the same day ----

is "$(exch-report bars -i 1h -f csv orders.xst | awk -F, 'NR > 1 {
	v += $7; t += $8; n += $10
	if (h == "" || $4 > h) h = $4
	if (l == "" || $5 < l) l = $5 }
	END { printf "%d %.2f %d %.2f %.2f", v, t, n, h, l }')" \
	"2432171 4373671735.48 18685 1808.80 1787.73" "bars add up"
is "$(exch-report orders -f csv orders.xst | awk -F, 'NR > 1 {
	n++; filled += $10; state[$14]++
	if ($9 != $10 + $12 + $13) bad++ }
	END { print n, filled / 2, state["resting"], bad + 0 }')" \
	"44278 2432171 3362 0" "orders add up"
exch-report audit -f csv --manifest manifest orders.xst >audit.csv
is "$(awk -F, 'NR > 1 { n[$4]++; if ($4 == "executed") q += $10 }
	END { print n["accepted"], n["executed"] / 2, n["cancelled"],
	    n["auction"], q / 2 }' audit.csv)" \
	"44278 18685 14152 2 2432171" "the audit adds up"
is "$(awk -F, 'NR > 1 && $6 != "" {
	left[$6] = $11
	if ($4 == "accepted") open[$6] = $10
	else open[$6] -= $10
	if (open[$6] != $11) bad++ }
	END { for (o in left) if (left[o] > 0) n++; print n, bad + 0 }' \
	audit.csv)" "3362 0" "leaves follow from what happened before"
is "$(sed -n 's/^rows=//p' manifest)" "$(($(wc -l <audit.csv) - 1))" \
	"the manifest has its rows"

finish
