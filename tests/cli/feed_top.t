#!/bin/sh
# exch-feed top -f bin: the best bid and offer as a stream of its own.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# The rows of the table, from the quotes as records: another way to the same
# text, which has all decimals of a quantity.
quotes() {
	exch-replay -q -f csv --type book-top "$1" | awk -F, -v OFS=, '
		function qty(v) {
			if (v ~ /[.]/)
				sub(/[.]?0*$/, "", v)
			return v + 0 > 0 ? v : ""
		}
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i
			print "time,symbol,bid_px,bid_qty,ask_px,ask_qty"
			next }
		{ print $at["time"], $at["symbol"],
			$at["bid"], qty($at["bid_qty"]),
			$at["ask"], qty($at["ask_qty"]) }'
}

runs=0
bad=
for f in "$src"/scenarios/*.txt; do
	exch-replay -q "$f" 2>/dev/null | exch-match -q >s.xst 2>/dev/null
	[ -s s.xst ] || continue
	for how in '' '--every 1m' '--every 7s --changed'; do
		# shellcheck disable=SC2086 # options
		{
			exch-feed top -q $how -f csv s.xst >want
			exch-feed top -q $how -f bin s.xst >q.xst
		}
		quotes q.xst >got
		[ "$(wc -l <want)" -gt 1 ] && runs=$((runs + 1))
		cmp -s got want || bad="$bad ${f##*/}$how"
	done
done
is "$bad" '' 'the quotes are the rows of the table, for every scenario'
ok 'and there are some' [ "$runs" -gt 15 ]

exch-replay -q "$src/scenarios/first.txt" | exch-match -q >day.xst
exch-feed top -f bin -o q.xst day.xst
exch-feed top -f csv q.xst >again
exch-feed top -f csv day.xst >want
same again want 'a feed of the quotes is the feed'
is "$(exch-replay -q -f json q.xst | sed -n 's/^{"t":"\([^"]*\)","source":\([0-9]*\).*/\1 \2/p' |
	grep -v -e schema -e 'source ' | sort -u)" "$(printf '%s\n' 'book-top 3' \
	'instrument 3')" 'all records are its own, and nobody is named'
exch-feed top -f bin -z -o q.zst day.xst
exch-replay -q -o plain.xst q.zst
exch-replay -q -o q2.xst q.xst
same plain.xst q2.xst 'it can be compressed'
exch-feed top -f bin day.xst | cat >piped.xst
is "$(exch-replay -q --digest -o /dev/null piped.xst 2>&1)" \
	"$(exch-replay -q --digest -o /dev/null q.xst 2>&1)" \
	'a pipe has the same records'

# An INSTRUMENT that exch-match refuses holds for nobody.
cat >two.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30:00 ann sell 40 ABC @ 10.01
09:30:01 bob buy 70 ABC @ 10.00
END
exch-replay -q -f json two.txt | awk '
	/"t":"instrument"/ { i = $0 }
	/"t":"end"/ { sub(/"seq":"1"/, "\"seq\":\"6\"", i)
		sub(/"tick":0.01/, "\"tick\":0.07", i); print i
		sub(/"5"/, "\"6\"") }
	{ print }' >three.json
exits 1 'exch-match refuses another tick while orders rest' \
	exch-match -q -o three.xst three.json
exch-feed top -f bin three.xst | exch-replay -q -f csv --type instrument >in.csv
is "$(sed 1d in.csv | wc -l)" 1 'and its quotes are announced once'

# What was cut is not whole here, either.
head -c 1000 day.xst >cut.xst
exits 3 'a cut stream is told' exch-feed top -q -f bin -o cut.q cut.xst
exits 3 'and so are its quotes' exch-feed top -q -f csv -o /dev/null cut.q

exits 2 'depth is no stream' exch-feed depth -f bin day.xst 2>err
has err 'bin is a stream of quotes' 'and it is said'
exits 2 'a quote has no imbalance' exch-feed top --imbalance 3 -f bin day.xst \
	2>err
has err 'with --imbalance' 'which is said, too'
exits 2 'reports have no binary form' exch-report summary -f bin day.xst 2>err

# Whole events are taken where they lie, but with --digest one record after the
# other: the same rows.
exch-replay -q --date 2026-01-05 --tz America/New_York -o orders.xst \
	"$src/data/sample.pcap.zst"
exch-match -q -o matched.xst orders.xst
exch-replay -q --raw --date 2026-01-05 --tz America/New_York -o raw.xst \
	"$src/data/sample.pcap.zst"
exch-feed top -q -f bin -o quotes.xst raw.xst
exch-replay -q -f json quotes.xst | awk '	# Quotes as a feed of levels tells them: prices that have gone, and what
	# has come; the last of an event has the flag that says so.
	function field(name,  v) {
		v = $0
		sub(".*\"" name "\":", "", v)
		sub("[,}].*", "", v)
		return v
	}
	function level(side, px, qty) {
		out[++n] = "\"side\":\"" side "\",\"price\":" px ",\"qty\":" qty
	}
	function move(k, side, px, qty) {
		if (was[k] != px && was[k] != "" && was[k] != "null")
			level(side, was[k], 0)
		if (px != "null" && (was[k] != px || had[k] != qty))
			level(side, px, qty)
		was[k] = px
		had[k] = qty
	}
	/"t":"end"/ { sub(/"records":"[0-9]*"/, "\"records\":\"" seq "\"") }
	!/"t":"book-top"/ {
		seq += /"seq":/
		if (!/"rtype":56/)
			print
		next
	}
	{
		n = 0
		i = field("instr")
		move(i "b", "buy", field("bid"), field("bid_qty"))
		move(i "s", "sell", field("ask"), field("ask_qty"))
		for (k = 1; k <= n; k++)
			printf "{\"t\":\"book-level\",\"source\":%s,\"seq\":\"%d\"," \
			    "%s\"time\":%s,\"instr\":%s,%s}\n", field("source"), \
			    ++seq, k == n ? "\"flags\":\"last\"," : "", \
			    field("time"), i, out[k]
	}' >levels.json
exch-replay -q -o levels.xst levels.json
exch-feed top -q -f csv -o want raw.xst
for f in quotes levels; do
	exch-feed top -q -f csv -o got $f.xst
	same got want "$f of the day: the feed that they were made of"
done
bad=
for f in matched raw orders quotes levels; do
	for how in 'top' 'top --every 500ms' 'top --every 3s --changed' \
		'top --at 09:30,10:00:00.5,16:00,23:00 --tz America/New_York' \
		'top -s BRVO,CHRL' 'top --imbalance 3' 'depth -n 2 --changed' \
		'depth -n 3 --every 10s' 'depth -n 1'; do
		# shellcheck disable=SC2086 # options
		{
			exch-feed $how -f csv $f.xst >short 2>&1
			exch-feed $how --digest -f csv $f.xst >long 2>digest
		}
		[ "$(wc -l <long)" -gt 10 ] && cmp -s short long ||
			bad="$bad; $f: $how"
	done
done
is "$bad" '' 'the short way and the long way give the same rows'

finish
