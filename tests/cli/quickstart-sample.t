#!/bin/sh
# The bundled day: it is what its generator makes, it reproduces in full,
# and every displayed execution is the one the generator made.
. "${srcdir:-.}/tests/cli/lib.sh"

day=$src/data/sample.pcap.zst
set -- --date 2026-01-05 --tz America/New_York

"$bin/data/gen-sample" --trades truth >made.pcap 2>gen.err
result $? "the generator runs"
is "$(sha256sum <made.pcap | cut -c1-64)" "$(cat "$src/data/sample.sha256")" \
	"it makes the capture whose SHA-256 is recorded"
if command -v zstd >/dev/null; then
	zstd -dc "$day" >shipped.pcap
	ok "the bundled capture is that capture" cmp shipped.pcap made.pcap
else
	skip "the bundled capture is that capture" "no zstd"
fi

exits 0 "exch-replay reads the bundled day" \
	exch-replay -v "$@" -o day.orders "$day" 2>replay.err
exits 0 "exch-match matches it" \
	exch-match --digest -o day.events day.orders 2>match.err
same match.err "$src/data/sample.digest" "its digest is the recorded one"
exits 0 "exch-report summarises it" exch-report -o page summary day.events

# What the generator said at its end is what the reader found.
said=$(sed -n 's/.*: \([0-9]*\) messages.*/\1/p' gen.err)
read_n=$(awk '$1 == "messages" && NF == 2 { print $2 }' replay.err)
is "$read_n" "$said" "exch-replay counts the messages that were made"

# The truth, execution by execution.  The engine names both orders; the
# resting one is the other side's than the aggressor.
exch-report -f csv -o fills.csv trades day.events
result $? "exch-report lists the trades"
exch-match --rematch -f csv --type exec -o exec.csv day.events
result $? "executions come out as CSV"
awk -F, '
NR == 1 {
	for (i = 1; i <= NF; i++)
		col[$i] = i
	next
}
{
	ref = $col["aggressor"] == "buy" ? $col["sell"] : $col["buy"]
	gsub(/"/, "", ref)
	printf "%s,%s,%s,%.4f\n", $col["symbol"], ref, $col["qty"], $col["price"]
}' exec.csv >got
same got truth "every displayed execution: symbol, order, quantity, price"
is "$(awk 'END { print (NR > 30000) }' truth)" 1 "  and there are plenty"

# Fidelity as the page gives it.
awk '/^Fidelity/ { f = 1 } f && $1 == "exact" { print $2, $3 }' page >fid
is "$(cat fid)" "$(awk 'END { print NR, "100.00" }' truth)" \
	"the page says all of them are exact"
awk '/^Fidelity/ { f = 1 } f && $1 == "imposed"' page >imposed
same imposed /dev/null "  and none was imposed"

# Crosses: the generator holds 5 + 5 + 2.
is "$(awk '/^Auctions/ { a = 1; next } a && NF == 0 { exit }
	a && $2 ~ /^(open|close|halt)$/ { n++ } END { print n }' page)" 12 \
	"the page lists the twelve crosses"
finish
