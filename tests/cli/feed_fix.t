#!/bin/sh
# exch-feed fix-books and fix-orders: FIX 4.4, read again by an awk script and
# by tshark, against the books, orders and trades of the same stream.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

fields() {
	tr '\001' '\n'
}
fix() {
	what=$1
	shift
	awk -v what="$what" "$@" -f "$src/tests/tools/fix.awk"
}
# head_of N FILE: its first messages.
head_of() {
	fields <"$2" | awk -v n="$1" '/^8=FIX/ && ++m > n { exit } { print }'
}

exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q -o day.xst
exch-feed fix-books -q -n 7 -o books.fix day.xst
exch-feed fix-orders -q -o orders.fix day.xst

# ---- frames ----

head_of 6000 books.fix | fix check >said
ok "frames of books, their lengths, sums and numbers" grep -q ' 6000$' said
head_of 6000 orders.fix | fix check >said
ok "and of reports, and what is ordered, filled and left" grep -q ' 6000$' said
for s in "$src"/scenarios/*/*.txt; do
	exch-replay -q "$s" 2>/dev/null | exch-match -q >s.xst 2>/dev/null || continue
	exch-feed fix-orders -q -o s.fix s.xst 2>/dev/null
	[ -s s.fix ] || continue
	fields <s.fix | fix check >said || echo "$s: $(cat said)"
	exch-feed fix-books -q -o s.fix s.xst 2>/dev/null
	[ -s s.fix ] || continue
	fields <s.fix | fix check >said || echo "$s: $(cat said)"
	echo "$s" >>done
done >wrong
sed 's/^/# /' wrong
is "$(wc -c <wrong)" 0 "of all scenarios, too"
ok "of which there are many" test "$(wc -l <done)" -gt 60

# ---- books ----

# depth_at TIME...: symbol,side,price,quantity of exch-feed depth.
depth_at() {
	exch-feed depth -q -f csv -n 7 "$@" day.xst | awk -F, '
	NR == 1 { for (i = 1; $i != "bid_px_0"; i++) ; bid = i
		for (; $i != "ask_px_0"; i++) ; ask = i; next }
	{ for (k in row) { split(k, p, ","); if (p[1] == $2) delete row[k] }
	  for (i = 0; i < 14; i += 2) {
		if ($(bid + i) != "") row[$2 ",B," $(bid + i) "," $(bid + i + 1)]
		if ($(ask + i) != "") row[$2 ",S," $(ask + i) "," $(ask + i + 1)] } }
	END { for (k in row) print k }' | sort
}
for at in 09:30:00.000 13:00:00.000 15:30:00.000 20:59:59.999; do
	fields <books.fix | fix book -v till=20260105-$at | sort >got
	depth_at --at "${at}999999" >want
	same got want "snapshots and changes give the book of $at"
done
ok "which is one" test "$(wc -l <want)" -gt 20
fields <books.fix | fix book | sort >got
depth_at >want
same got want "and the last one"
fields <books.fix | awk -F= '
	$1 == 279 { act = $2 } $1 == 269 { type = $2 }
	$1 == 271 && type == 2 { v += $2; n++ } END { print n, v }' >got
exch-feed trades -q -f csv day.xst | awk -F, '
	NR > 1 && $9 != "bust" { v += $5; n++ } END { print n, v }' >want
same got want "all trades are told"
exch-replay -q --date 2026-01-05 --tz America/New_York --raw \
	"$src/data/sample.pcap.zst" | exch-feed fix-books -q | fields >raw.txt
awk -F= '$1 == 269 { type = $2 } $1 == 271 && type == 2 { v += $2 }
	END { print v }' raw.txt >got
for type in book-exec book-print; do
	exch-replay -q --date 2026-01-05 --tz America/New_York --raw -f csv \
		--type $type "$src/data/sample.pcap.zst"
done | awk -F, '$1 == "book-exec" && $12 == 1 { n += $9 } $1 == "book-print" { n += $10 }
	END { print n }' >want
same got want "also those that a feed displays"
ok "and time does not go back" awk -F= '$1 == 52 { if ($2 < last) bad = 1
	last = $2 } END { exit bad }' raw.txt
exch-feed fix-books -q -n 1 -s DLTA --every 1m day.xst | fields |
	awk -F= '$1 == 55 { s[$2] } $1 == 268 && $2 > 4 { print "many" }
	END { for (k in s) print k }' >got
is "$(cat got)" DLTA "one instrument, one level, once a minute"

# ---- orders ----

# What an order that ends was good for depends on what was cancelled before.
fields <orders.fix | fix orders | sed 's/,[0-9.]*\(,[^,]*,[^,]*,[^,]*,[4C]\)$/,\1/' |
	sort >got
exch-report orders -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["state"] == "rejected" || $c["state"] == "replaced" { next }
	{ st = $c["state"] == "filled" ? 2 : $c["state"] == "cancelled" ? 4 : \
		$c["state"] == "expired" ? "C" : $c["filled"] > 0 ? 1 : 0
	  print $c["order"] "," $c["symbol"] "," \
		(st == 4 || st == "C" ? "" : $c["qty"] - $c["cancelled"]) \
		"," $c["filled"] "," \
		sprintf("%.4f", $c["avg_price"]) "," $c["leaves"] "," st }' |
	sort >want
same got want "what each order has come to"
ok "of which there are many" test "$(wc -l <want)" -gt 10000
fields <orders.fix | awk -F= '$1 == 54 { side = $2 } $1 == 32 { v[side] += $2 }
	END { print v[1], v[2] }' >got
exch-report trades -q -f csv day.xst | awk -F, '
	NR > 1 && $9 != "bust" && $9 != "hidden" && $9 != "cross" &&
		$9 != "imposed" { v += $5 } END { print v, v }' >want
same got want "both sides of all executions"

exch-replay -q - >refused.xst <<'END'
date 2026-01-05
instrument ABC tick 0.01
account ANNA
09:30:00 ANNA sell 100 @ 10.01
09:30:01 ANNA sell 100 @ 10.015
END
exch-match -q refused.xst >r.xst 2>/dev/null
exch-feed fix-orders -q r.xst 2>/dev/null | fields | fix lines >got
ok "an account" grep -q '|1=ANNA|' got
ok "one that is refused" grep -q '|150=8|39=8|.*|103=[0-9]*|58=.*|38=100|151=0|14=0|6=0' got

# A replaced order goes on under another number of its client, what is refused
# names the one that stands, and a reason that nobody knows has no word.
exch-replay -q - <<'END' | exch-match -q >client.xst 2>/dev/null
date 2026-01-05
instrument ABC tick 0.01
account BOB
09:30:00 BOB buy 10 @ 10.00 client 5 as c
09:30:01 replace c with 5 @ 9.99 client 6 as d
09:30:02 replace d with 5 @ 9.991 client 7
09:30:03 BOB buy 10 @ 9.00 as e
09:30:04 cancel e
END
exch-feed fix-orders -q client.xst | fields | fix lines >got
ok "the client's number before" grep -q '|11=6|.*|150=5|.*|41=5|' got
ok "and of what stands" grep -q '|35=9|.*|11=6|41=6|' got
ok "ours where there is none" grep -q '|11=#[0-9]*|.*|150=4|' got
exch-replay -q -f json client.xst | sed 's/"reason":"user"/"reason":200/' |
	exch-replay -q - -o odd.xst
exch-feed fix-orders -q odd.xst | fields | fix lines >got
ok "a reason of another version" grep -q '|150=4|39=4|' got

# ---- tshark ----

if command -v tshark >/dev/null && command -v text2pcap >/dev/null; then
	for f in books orders; do
		head_of 500 $f.fix | fix hex >hex
		text2pcap -q -T 5001,9876 hex $f.pcap >/dev/null 2>&1
		tshark -r $f.pcap -d tcp.port==9876,fix -T fields -E occurrence=f \
			-e fix.MsgSeqNum -e fix.checksum_good -e _ws.malformed \
			-e _ws.expert.message >got 2>/dev/null
		awk '{ print NR "\t1\t\t" }' got >want
		same got want "tshark has nothing to say of $f"
		is "$(wc -l <got)" 500 "and reads all of them"
	done
	tshark -r orders.pcap -d tcp.port==9876,fix -T fields -E occurrence=f \
		-e fix.OrderID -e fix.OrderQty -e fix.LeavesQty >got 2>/dev/null
	head_of 500 orders.fix | awk -F= -v OFS='\t' '$1 == 37 { id = $2 }
		$1 == 38 { qty = $2 } $1 == 151 { print id, qty, $2 }' >want
	same got want "the same fields"
else
	skip "what tshark says" "tshark is not installed"
fi

# ---- bad input ----

exits 2 "-f" exch-feed fix-books -f csv day.xst 2>err
exits 3 "nobody has matched it" sh -c \
	"exch-replay -q '$src/scenarios/ordertypes/iceberg.txt' | exch-feed fix-orders -o x"
head -c 900000 day.xst >cut.xst
exits 3 "a stream that is cut" exch-feed fix-orders -o cut.fix cut.xst 2>err
fields <cut.fix | fix check >said
ok "gives whole messages" grep -q '^[89] [0-9]' said
is "$(exch-feed fix-books -q day.xst | cksum)" \
	"$(exch-feed fix-books -q day.xst | cksum)" "the same bytes again"

finish
