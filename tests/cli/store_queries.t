#!/bin/sh
# The twenty questions of exch-schema(5): their SQL, as the page has it,
# against answers that reports and awk make of the stream without a database.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir ex work
awk -v dir="$scratch/ex" -f "$src/tests/cli/examples.awk" \
	"$src/man/exch-schema.5"
cp "$src/data/sample.pcap.zst" work
for f in ex/*.file; do
	cp "$f" "work/$(cat "${f%.file}.name")"
done
# The page's own history, and the same stream beside it.
cd work || exit 1
pipe=$(grep -l 'exch-store day.db' ../ex/*.cmd)
sed 's/exch-store day.db/exch-store --pass day.db >day.xst/' "$pipe" >pipe.sh
ok "the page's history" sh pipe.sh
grep -l '^sqlite3 day.db' ../ex/*.cmd >list
awk -v after="$pipe" '$0 > after' list >sql
xargs grep -L 'sha256sum\|ATTACH\|SELECT chain FROM audit WHERE' <sql >questions
is "$(wc -l <questions)" 20 "twenty questions"

# ask N: the answer to it, sorted.
ask() {
	sh "$(sed -n "$1p" questions)" | LC_ALL=C sort >"got.$1"
}
for t in exec new replaced reject risk position trade cancelled miss source; do
	exch-replay -q -f csv --type $t day.xst | sed 1d >$t.csv
done
for r in summary trades; do
	exch-report $r -f csv day.xst >$r.csv
done
exch-report bars -i 5m -f csv day.xst >bars.csv
exch-report audit -f csv day.xst >audit.csv

# answered N NAME: what the file said says is the answer.
answered() {
	ask "$1"
	LC_ALL=C sort <said >"want.$1"
	[ -s "want.$1" ] || result 1 "$1: something is to be found"
	same "got.$1" "want.$1" "$1. $2"
}
# Numbers as numbers, in answers and in what is wanted.
plain='function num(x) { x = sprintf("%.6f", x)
	sub(/0+$/, "", x); sub(/\.$/, "", x); return x }'
# The account of an order: that of its NEW, or of the one it replaces.
owners='FILENAME == "new.csv" { own[$6 "," $8] = $11; next }
	FILENAME == "replaced.csv" {
		if (!(($6 "," $9) in own)) own[$6 "," $9] = own[$6 "," $8]
		next
	}
	function buyer() { return own[$6 "," $9] }
	function seller() { return own[$6 "," $10] }'

awk -F, "$plain"' $1 == "instrument" { print "1|" $2 "|" $10 "|" $11 "|" \
	num($12) "|" num($14) "|" num($15) "|" num($16) "|" num($17) }' \
	summary.csv >said
answered 1 "traded, and prices"

awk -F, "$plain"' NR > 1 && $9 == "exec" { printf "%.6f %d %s|%s|%s|%s|%s\n",
	$4 * $5, NR, $1, $2, num($4), $5, num($4 * $5) }' trades.csv |
	sort -k 1,1nr -k 2,2n | head -n 10 | cut -d' ' -f3- >said
answered 2 "largest fills"

awk -F, '$5 == "ALFA" && $6 == 9 {
	e = $4 == "accepted" ? "asked,accepted" : $4 == "executed" ? "bought" : $4
	n = split(e, w, ",")
	for (i = 1; i <= n; i++) print w[i] }' audit.csv >events
ask 3
cut -d'|' -f2 got.3 | sort >a
sort events >b
same a b "3. what became of order 9"

awk -F, '$1 == "instrument" { printf "%s|%.3f\n", $2, $13 }' summary.csv |
	sort >want.4
ask 4
awk -F'|' '{ printf "%s|%.3f\n", $1, $2 }' got.4 | sort >a
same a want.4 "4. average prices"

awk -F, 'NR > 1 && $9 != "bust" { h = substr($1, 12, 2); n[h]++; v[h] += $5 }
	END { for (h in n) print h "|" n[h] "|" v[h] }' trades.csv >said
answered 5 "by the hour"

awk -F, 'NR > 1 && $2 == "ALFA" && $7 > 0 {
	print substr($1, 12, 5) "|" $5 + 0 "|" $4 + 0 "|" $7 }' bars.csv |
	sort >want.6
ask 6
awk -F'|' '{ print substr($1, 12, 5) "|" $2 + 0 "|" $3 + 0 "|" $4 }' got.6 |
	sort >a
same a want.6 "6. bars of five minutes"

awk -F, 'FILENAME == "new.csv" { a[$6 "," $8] = $11; n[$11]++; next }
	$10 == "new" { r[a[$6 "," $8]]++ }
	END { for (k in n) print k "|" n[k] "|" r[k] + 0 }' new.csv reject.csv >said
answered 7 "accepted and refused"

awk -F, '{ n[$10 "|" $9]++ } END { for (k in n) print k "|" n[k] }' \
	reject.csv >said
answered 8 "why refused"

awk -F, '{ n[$12 "|" $13 "|" $14]++ }
	END { for (k in n) print k "|" n[k] }' risk.csv >said
answered 9 "whom the gate stopped"

awk -F, "$plain$owners"' function side(a, q, c, k) {
		if (a == "" || a == 0) return
		k = a "|" $5; n[k]++; net[k] += q; cash[k] += c
		if (q > 0) b[k] += q; else s[k] -= q
	}
	{ side(buyer(), $12, -$11 * $12); side(seller(), -$12, $11 * $12) }
	END { for (k in n) print "1|" k "|" n[k] "|" b[k] + 0 "|" s[k] + 0 \
		"|" net[k] "|" num(cash[k]) }' new.csv replaced.csv exec.csv >said
answered 10 "bought and sold"

awk -F, "$owners"' { k = buyer() "|" seller(); n[k]++; v[k] += $12 }
	END { for (k in n) print v[k] "|" k "|" n[k] }' \
	new.csv replaced.csv exec.csv | sort -t'|' -k1,1nr -k2,2n -k3,3n |
	head -n 10 | awk -F'|' '{ print $2 "|" $3 "|" $4 "|" $1 }' >said
answered 11 "who with whom"

awk -F, "$owners"' buyer() == seller() && buyer() != "" {
	n[buyer()]++; v[buyer()] += $12 }
	END { for (k in n) print k "|" n[k] "|" v[k] }' \
	new.csv replaced.csv exec.csv >said
answered 12 "with themselves"

awk -F, "$owners"' FILENAME == "position.csv" { p[$14 "|" $5] = $8; next }
	{ net[buyer() "|" $5] += $12; net[seller() "|" $5] -= $12 }
	END { for (k in p) if (k in net) print k "|" p[k] "|" net[k] }' \
	new.csv replaced.csv exec.csv position.csv >said
answered 13 "positions and executions"
awk -F'|' '$3 != $4' got.13 >differ
same differ /dev/null "13. they agree"

awk -F, '$14 != "none" { k = $5 "|" $14; n[k]++; v[k] += $12 }
	END { for (k in n) print k "|" n[k] "|" v[k] }' trade.csv >said
answered 14 "auctions"

awk -F, 'function ns(t) { return (substr(t, 9, 2) * 86400 + \
		substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + \
		substr(t, 18, 2)) * 1000 + int(substr(t, 21, 9) / 1000000) }
	function tail(t) { return substr(t, 21, 9) % 1000000 }
	FILENAME == "new.csv" { k = $6 "," $8; at[k] = ns($4); f[k] = tail($4)
		q[k] = $10; next }
	$10 == "user" && $11 == 0 { k = $6 "," $8
		if (!(k in q) || q[k] != $9) next
		ms = ns($4) - at[k] - (tail($4) < f[k])
		n[ms < 1000 ? "under 1 s" : ms < 60000 ? "under 1 min" : "longer"]++ }
	END { for (k in n) print k "|" n[k] }' new.csv cancelled.csv >said
answered 15 "how long orders lived"

awk -F, "$owners"' { f[buyer()]++; f[seller()]++ }
	END { for (k in f) if (k != "") print k "|" f[k] }' \
	new.csv replaced.csv exec.csv >fills
awk -F, '{ n[$11]++ } END { for (k in n) print k "|" n[k] }' new.csv >orders
awk -F'|' 'FILENAME == "fills" { f[$1] = $2; next } $1 in f {
	print $1 "|" $2 "|" f[$1] }' fills orders | sort >want.16
ask 16
cut -d'|' -f1-3 got.16 >a
same a want.16 "16. orders and fills"
awk -F'|' '{ d = $2 / $3 - $4 } d > 0.0051 || d < -0.0051' got.16 >differ
same differ /dev/null "16. and how many for each"

awk -F, "$owners"' $13 != "none" { b = buyer(); s = seller()
	t = $13 == "buy" ? b : s; g = $13 == "buy" ? s : b
	took[t] += $12; gave[g] += $12; all[t]; all[g] }
	END { for (k in all) print k "|" took[k] + 0 "|" gave[k] + 0 }' \
	new.csv replaced.csv exec.csv >said
answered 17 "who took and gave"

awk -F, '{ n[$16]++ } END { for (k in n) print k "|" n[k] }' miss.csv >said
answered 18 "misses"

# Nothing that the gate let through was broken: on the day without it one was.
exch-replay -q --date 2026-01-05 --tz America/New_York sample.pcap.zst |
	exch-match -q -o plain.xst
mv day.db gated.db
exch-store day.db plain.xst
exch-replay -q -f csv --type bust plain.xst | sed 1d >bust.csv
exch-replay -q -f csv --type expect plain.xst | sed 1d >expect.csv
awk -F, "$plain"'FILENAME == "bust.csv" { b[$6 "," $8]; next }
	($6 "," $8) in b { print $4 "|" $5 "|" num($11) "|" $12 }' \
	bust.csv expect.csv >want.19
ask 19
cut -d'|' -f1-4 got.19 >a
[ -s want.19 ]
result $? "19. a trade was broken"
same a want.19 "19. broken trades"
mv day.db plain.db
mv gated.db day.db

# By their names: the same answers, and restricted.
awk '/^\.Ss [0-9]*\. / { sub(/^.*\\&/, ""); title = $0 }
	/^\.Cm / { if (title != "") print $2 "|" title; title = "" }' \
	"$src/man/exch-schema.5" >want
exch-store query | sed 's/  */|/' >got
same got want "exch-store query lists the questions of the page"
cp want names
n=0
while IFS='|' read -r name _; do
	n=$((n + 1))
	db=day.db order=
	[ "$name" != broken ] || db=plain.db
	[ "$name" != order ] || order="--order 9"
	sed "s/^sqlite3 day.db/sqlite3 -csv -header $db/" \
		"$(sed -n "${n}p" questions)" >q.sh
	# It quotes more than has to be.
	sh q.sh | tr -d '\r"' >want.q
	# shellcheck disable=SC2086 # two words, or none
	exch-store query -f csv $order $db "$name" | tr -d '"' >got.q
	same got.q want.q "$n. query $name answers as its SQL does"
done <want
is "$(sqlite3 day.db "EXPLAIN QUERY PLAN SELECT * FROM bars_of_day" |
	grep -c 'SCAN executions')" 1 "bars go through the executions once"
exch-store query -f csv day.db bars >got
sqlite3 -csv -header day.db "SELECT * FROM bars_of_day ORDER BY symbol" |
	tr -d '\r' >want
same got want "as CSV"
exch-store query -f json --instr DLTA day.db vwap >got
printf '{"symbol":"DLTA","vwap":%s}\n' "$(exch-store query -f csv \
	--instr DLTA day.db vwap | sed -n 's/DLTA,//p')" >want
same got want "as JSON"
exch-store query day.db bars | sed 's/  */ /g; s/^ //' >got
sqlite3 -separator ' ' -header day.db \
	"SELECT * FROM bars_of_day ORDER BY symbol" >want
same got want "as text"
exch-store query -f csv --instr ALFA day.db bars >got
exch-store query -f csv --instr 1 day.db bars >want
same got want "an instrument by its symbol and by its number"
sqlite3 -csv -header day.db "SELECT * FROM bars_of_day WHERE symbol = 'ALFA'" |
	tr -d '\r' >want
same got want "is what is left"
exch-store query -f csv --instr 2 day.db minutes | sed 1d | tr , '|' >got
sqlite3 day.db "SELECT strftime('%Y-%m-%dT%H:%M:%S.000000000Z', b.t,
	'unixepoch'), min(b.price) / 1e9, max(b.price) / 1e9, sum(b.qty),
	'2026-01-05'
	FROM (SELECT time / 300000000000 * 300 AS t, price, qty FROM tape
	WHERE instrument = 2) b GROUP BY b.t" >want
same got want "also where the question names another"
exch-store query -f csv --account 3 day.db accounts | sed 1d | tr , '|' >got
sqlite3 day.db "SELECT * FROM account_days WHERE account = 3 ORDER BY symbol" \
	>want
[ -s want ]
result $? "an account has something"
same got want "and nothing of those it traded with"
exch-store query -f csv --account 3 --instr ALFA day.db refused | sed 1d |
	tr , '|' >got
sqlite3 day.db "SELECT r.command, r.why, count(*) AS n FROM refusals r
	JOIN rejects j USING (id) JOIN orders o ON o.order_id = j.order_id
	AND o.instrument = j.instrument WHERE o.account = 3 AND r.symbol = 'ALFA'
	AND o.id = (SELECT max(id) FROM orders x WHERE x.order_id = j.order_id
	AND x.instrument = j.instrument)
	GROUP BY 1, 2 ORDER BY n DESC, 1, 2" >want
same got want "answers to its orders"
exch-store query -f csv --order 12 day.db order | sed 1d | cut -d, -f1-5 |
	tr , '|' >got
sqlite3 day.db "SELECT id, event, price, qty, code FROM order_history
	WHERE order_id = 12 AND instrument = 1 ORDER BY id, event" >want
same got want "another order"
exch-store query -f csv --date 2026-01-05 day.db made >got
exch-store query -f csv day.db made >want
same got want "its day"
exits 0 "and one of which nothing is there" \
	exch-store query -f csv --date 2026-01-06 -o got day.db made 2>err
is "$(wc -l <got)" 1 "is a heading"
has err "day.db: nothing in it answers 'made' as it is restricted" "and is told"
exch-store query -q --date 2026-01-06 day.db made 2>err >got
same err /dev/null "if it is wanted"
exch-store query -f csv -o got day.db broken 2>err
has err "day.db: nothing in it answers 'broken'$" "and without a restriction"
exch-store query -o got day.db bars 2>err
same err /dev/null "where there is something nothing is told"
exch-store query -f csv --instr "x' OR 1 --" day.db bars >got
is "$(wc -l <got)" 1 "a symbol is no SQL"
exits 2 "no such question" exch-store query day.db other 2>err
has err "'other' is no question" "is told"
exits 2 "no order" exch-store query --order x day.db order 2>err
exits 2 "which order" exch-store query day.db order 2>err
has err "which order? add --order NUMBER" "is asked"
exits 2 "an order of another question" exch-store query --order 9 day.db bars 2>err
has err "--order is not an option of query bars" "is told"
exits 2 "a stream of another command" exch-store verify --stream 1 day.db 2>err
has err "--stream is not an option of verify" "is told"
exits 2 "a format of another command" exch-store list -f csv day.db 2>err
exits 2 "a restriction of another command" exch-store list --instr 1 day.db 2>err

# One stream of several, and a symbol of digits.
printf '%s\n' "date 2026-01-05" "instrument ABC tick 0.01" \
	"09:31 A1 sell 55 @ 10.00" "+1s A2 buy 55 @ 10.00" >digits.txt
for n in 1 2; do
	printf '%s\n' "date 2026-01-0$((n + 4))" "instrument S600519 tick 0.01" \
		"instrument S2 tick 0.01" "instrument ONE tick 0.01" \
		"09:30 A1 sell 10$n S600519 @ 10.00" "+1s A2 buy 10$n S600519 @ 10.00" \
		"+1s A1 sell 20$n S2 @ 10.00" "+1s A2 buy 20$n S2 @ 10.00" \
		"+1s A1 sell 30$n ONE @ 10.00" "+1s A2 buy 30$n ONE @ 10.00" |
		exch-replay -f json | sed 's/"S\([0-9]*\)"/"\1"/' | exch-match -q |
		exch-store -q digits.db -
done
volume() {
	exch-store query -f csv "$@" digits.db bars | awk -F, 'NR == 1 {
		for (i = 1; i <= NF; i++) if ($i == "volume") c = i }
		NR > 1 { print $c }' | sort | tr '\n' ' '
}
is "$(volume --stream 2)" "102 202 302 " "of one stream"
is "$(volume --date 2026-01-05)" "101 201 301 " "of a day"
is "$(volume --stream 2 --date 2026-01-05)" "" "of both: nothing"
is "$(volume --instr 600519)" "101 102 " "a symbol that is a number"
is "$(volume --instr 2)" "201 202 " "is meant before the number"
is "$(volume --instr 3)" "301 302 " "which is meant otherwise"

# Several days are told apart, and times are of one form everywhere.
exch-store query -f csv --order 1 digits.db order | sed 1d |
	awk -F, '{ print $6, substr($7, 1, 10) }' | sort | uniq -c |
	sed 's/^ *//' >got
printf '%s\n' "3 2026-01-05 2026-01-05" "3 2026-01-06 2026-01-06" >want
same got want "order: a day each"
exch-store query -f csv digits.db minutes >got
cat >want <<'END'
t,low,high,volume,day
2026-01-05T09:30:00.000000000Z,10.0,10.0,101,2026-01-05
2026-01-06T09:30:00.000000000Z,10.0,10.0,102,2026-01-06
END
same got want "minutes: a day each"
sed 's/2026-01-05/2026-01-06/' digits.txt | exch-replay -q |
	exch-match -q | exch-store -q --label more digits.db -
is "$(exch-store query -f csv digits.db minutes | cut -d, -f4 | tail -n 2 |
	tr '\n' ' ')" "102 55 " "and a stream each"
while IFS='|' read -r name _; do
	for db in plain.db day.db; do
		order=
		[ "$name" != order ] || order="--order 9"
		# shellcheck disable=SC2086 # two words, or none
		exch-store query -q -f json $order $db "$name"
	done
done <names | sed 's/"[^"]*":\("[^"]*"\|[^,}]*\)/\n&\n/g' >cells
grep -c '"[0-9-]*T[0-9:.]*Z"' cells >got
grep '[0-9]T[0-9][0-9]:\|:[0-9]\{15,\}$\|^"t":\|^"time":\|^"broken":' cells |
	grep -v '^"id":' | grep -v \
	':"[0-9]\{4\}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]\{9\}Z"$' \
	>other
same other /dev/null "a time has one form in all answers"
is "$(($(cat got) > 50))" 1 "and many have one"

# The chain made by a shell from its table.
sqlite3 -separator ' ' day.db "SELECT n, stream, kind, position, records,
	bytes, content, note FROM audit ORDER BY n" >links
chain=
while read -r link; do
	case $link in
	*\ head\ * | *\ data\ *) link="$link " ;;
	esac
	chain=$(printf '%s %s\n' "$chain" "$link" | sha256sum | cut -c1-64)
done <links
records=$(exch-replay --digest day.xst 2>&1 >/dev/null |
	sed -n 's/^sha256:[^ ]* //p')
exch-store list day.db | tail -n 1 | cut -d, -f5 >got
is "$(cat got)" "$records" "20. records"
sqlite3 day.db "SELECT text FROM sources ORDER BY number" |
	sed "s/.*/2026-01-05|&|$records|complete|$chain/" >said
answered 20 "who made it, and the tip of the chain"
awk -F, '$8 <= 4 { print $11 }' source.csv | sort >a
sqlite3 day.db "SELECT text FROM sources" | sort >b
same a b "20. the tools of the stream"
finish
