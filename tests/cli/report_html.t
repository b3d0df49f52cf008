#!/bin/sh
# The day as a page and as pictures: what the page says is what the reports of
# that name say; it is well-formed, needs nothing but itself, and a browser
# finds no fault with it; names of strangers do no harm.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

report() {
	exch-report "$@" --rules "$src/data/report"
}

have() {
	command -v "$1" >/dev/null
}

# well FILE NAME: XML as others read it.
well() {
	if have xmllint; then
		ok "$2 is well-formed" xmllint --noout "$1"
	else
		skip "$2 is well-formed" "no xmllint"
	fi
}

# sound FILE NAME: what no xmllint asks for.  Every picture has its title and
# its description, and is told of by both; no id comes twice, no link leads
# nowhere; nothing is of elsewhere, and nothing would run.
sound() {
	awk '
	function bad(what) { print "# line " NR ": " what; n++ }
	{
		line = $0
		while (match(line, / id="[^"]*"/)) {
			id = substr(line, RSTART + 5, RLENGTH - 6)
			if (seen[id]++) bad("id " id " twice")
			line = substr(line, RSTART + RLENGTH)
		}
		line = $0
		while (match(line, /(href|src|aria-labelledby)="[^"]*"/)) {
			to = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			sub(/^[^"]*"/, "", to); sub(/"$/, "", to)
			if (to == "data:,") continue
			k = split(to, part, " ")
			for (i = 1; i <= k; i++) {
				sub(/^#/, "", part[i])
				want[part[i]] = NR
			}
		}
	}
	/<svg/ { open++; svg++ }
	/<title id=/ { titles++ }
	/<desc id=/ { descs++ }
	/<script|javascript:|@import|url\(|<iframe|<object|<link rel="style/ {
		bad("something of elsewhere")
	}
	{
		line = $0
		gsub(/http:\/\/www\.w3\.org\/(2000\/svg|1999\/xhtml)/, "", line)
		if (line ~ /https?:\/\//) bad("an address")
	}
	/[^a-z](nan|inf)[^a-z]/ { bad("a number that is none") }
	END {
		for (i in want) if (!(i in seen)) { print "# no id " i; n++ }
		if (titles != svg || descs != svg) {
			print "# " svg " pictures, " titles " titles, " descs " descriptions"
			n++
		}
		exit n > 0 || svg == 0 && ARGV[2] == ""
	}' "$1"
	result $? "$2: pictures have words, nothing is of elsewhere"
}

exch-replay -q --accounts zipf:40 --date 2026-01-05 --tz America/New_York \
	-o orders.xst "$src/data/sample.pcap.zst"
exch-match -q -o day.xst orders.xst
result $? "the sample day is matched"

# ---- the page ----

report html -q -o day.html day.xst
is $? 0 "a page of the sample day"
exch-match -q orders.xst | report html -q >again.html
ok "the same bytes through a pipe" cmp -s day.html again.html
# Without alerts, which change with what surveil learns: they come last.
sed -e '/<figure id="alerts">/,/<\/figure>/d' -e '/<li id="alerts">/d' \
	day.html >golden.html
is "$(sha256sum <golden.html | cut -d ' ' -f 1)" \
	"$(cat "$src/tests/golden/report/html.sha256")" "which are these"
well day.html "the page"
sound day.html "the page"
if have xmllint; then
	# It was written before there was SVG in HTML, and some of its elements.
	xmllint --html --noout day.html 2>said
	is "$(grep 'error :' said | grep -vc 'Tag [a-z]* invalid')" 0 \
		"nor is there anything wrong with it as HTML"
else
	skip "nor is there anything wrong with it as HTML" "no xmllint"
fi
is "$(grep -c '<section id="i[0-9]' day.html)" 5 "five instruments have pictures"
has day.html 'UTC-05:00' "times are of the stream's own zone"
has day.html "$(exch-match --digest orders.xst 2>&1 >/dev/null |
	sed -n 's/^\(sha256:[0-9a-f]*\) .*/\1/p')" "it says which stream it is of"
report html -q --top 2 -o two.html day.xst
is "$(grep -c '<section id="i[0-9]' two.html)" 2 "--top 2: two of them"
is "$(awk '/<section id="others"/,/<\/section>/' two.html |
	grep -c '<tr><td><bdi>')" 3 "and three in a table"
sound two.html "that page, too"

# rows FIRST: of the first table behind a line, its cells with commas
rows() {
	awk -v from="$1" '
		index($0, from) { on = 1 }
		on && /<tr>/ && /<t[dh]/ {
			gsub(/<t[dh][^>]*><bdi>|<t[dh][^>]*>/, "")
			gsub(/<\/bdi>/, ""); gsub(/<\/t[dh]>/, ",")
			gsub(/<tr[^>]*>|<\/tr>|,$/, "")
			gsub(/,<\/tr>$/, ""); sub(/,$/, "")
			print
		}
		on && /<\/table>/ { exit }' day.html
}

# What stands in the page is what the reports say.
report summary -q -f csv day.xst | awk -F, -v OFS=, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["scope"] == "instrument" { print $at["symbol"], $at["trades"],
		$at["volume"], $at["turnover"], $at["currency"], $at["vwap"],
		$at["open"], $at["high"], $at["low"], $at["close"],
		$at["spread"], $at["orders"], $at["cancels"], $at["rejects"],
		$at["resting"], $at["fidelity"] }' | sort >want
rows '<h2>Summary' | sed 1d | sort >got
same got want "the summary is that of exch-report summary"
rows '<h3>Price and volume of ALFA' >price.csv
report trades -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["symbol"] == "ALFA" && $at["kind"] != "bust" {
		n++; q += $at["qty"] }
	END { print n, q }' >want
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ n += $at["trades"]; q += $at["volume"] }
	END { print n, q }' price.csv >got
same got want "trades and volume of all bins are those of the day"
report bars -q -i 5m --tz America/New_York -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["symbol"] == "ALFA" { print substr($at["time"], 12, 5),
		$at["open"], $at["high"], $at["low"], $at["close"], $at["volume"] }' >want
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ print substr($1, 1, 5), $at["open"], $at["high"], $at["low"],
		$at["last"], $at["volume"] }' price.csv >got
same got want "and each bin is a bar of five minutes"
# The book at the end of a bin is that of exch-report depth at that time, but
# where something happened at that very nanosecond: there the bin ends before.
report plot depth -q --symbols ALFA --data day.xst | awk -F '\t' '
	/^$/ { exit }
	at != "" { print at, old }
	{ old = $2 " " $4 " " $3 " " $5; split($1, t, ":") }
	!/^#/ { m = t[1] * 60 + t[2] + 5; at = sprintf("%02d:%02d", m / 60, m % 60) }
	/^#/ { at = "" }' >got
report depth -q -n 1 --every 5m --tz America/New_York -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	function val(v) { return v == "" ? "-" : v }
	$at["symbol"] == "ALFA" { print substr($at["time"], 12, 5),
		val($at["bid_px_0"]), val($at["bid_qty_0"]),
		val($at["ask_px_0"]), val($at["ask_qty_0"]) }' >all
awk 'NR == FNR { want[$1] = $0; next }
	{ n++; bad += want[$1] != $0 }
	want[$1] != $0 && bad < 4 { print "# got  " $0 "; want " want[$1] }
	END { exit n < 150 || bad > 4 }' all got
result $? "the depth of bins is that of exch-report depth"
report plot spread -q --symbols ALFA --data day.xst |
	awk -F '\t' '!/^#/ { a += $2 * $3; q += $3 } END { printf "%.4f\n", a / q }' >got
report summary -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["symbol"] == "ALFA" { printf "%.4f\n", $at["spread"] }' >want
same got want "spreads of all bins are the spread of the summary"
rows '<h3>Refusals' | sed 1d | sed 's/^refused: //' | sort >got
exch-replay -q -f csv --type reject day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ n[$at["code"]]++ }
	END { for (c in n) print c "," n[c] }' | sort >want
same got want "refusals, counted"
# Gains at the end of the day are what pnl says, account by account.
report pnl -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["what"] == "all" { printf "%s,%.2f\n", $at["account"], $at["net"] }' |
	sort >pnl.csv
report plot pnl -q --data day.xst | awk -F '\t' '
	NR == 1 { n = (NF - 1) / 2; for (i = 2; i <= n + 1; i++) name[i] = $i; next }
	{ for (i = 2; i <= n + 1; i++) last[i] = $i }
	END { for (i in name) { sub(/^account /, "", name[i])
		printf "%s,%.2f\n", name[i], last[i] } }' | sort >got
is "$(wc -l <got | tr -d ' ')" 6 "six accounts are drawn"
comm -23 got pnl.csv >differ
is "$(wc -l <differ | tr -d ' ')" 0 "with the gains that exch-report pnl tells" ||
	cat differ

# Positions at the end of the day, too.
report pnl -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["what"] == "of" { held[$at["account"]] += $at["position"]
		worth[$at["account"]] += $at["value"] }
	END { for (i in held) printf "%s,%d,%.2f\n", i, held[i], worth[i] }' |
	sort >pnl.csv
report plot inventory -q --data day.xst | awk -F '\t' '
	NR == 1 { n = (NF - 1) / 2; for (i = 2; i <= n + 1; i++) name[i] = $i; next }
	{ for (i = 2; i <= n + 1; i++) { last[i] = $i; worth[i] = $(i + n) } }
	END { for (i in name) { sub(/^account /, "", name[i])
		printf "%s,%d,%.2f\n", name[i], last[i], worth[i] } }' | sort >got
is "$(wc -l <got | tr -d ' ')" 6 "the same six have positions"
comm -23 got pnl.csv >differ
is "$(wc -l <differ | tr -d ' ')" 0 "which exch-report pnl tells, with their worth" ||
	cat differ

# ---- a browser ----

# It is told to find no host at all, and writes down what it asked for.  What it
# asks its maker for by itself is none of the page's.
browser=$(command -v chromium || command -v chromium-browser ||
	command -v google-chrome)
look() {
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu \
		--user-data-dir="$scratch/profile" --disable-sync \
		--disable-background-networking --no-first-run \
		--disable-component-update --disable-default-apps \
		--host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr \
		--log-net-log="$scratch/net.json" "$@" 2>log
}
if [ -z "$browser" ]; then
	skip "a browser draws it" "no chromium"
elif ! look --screenshot="$scratch/blank.png" about:blank >/dev/null ||
	[ ! -s blank.png ]; then
	# it is not the page's fault: nothing is drawn here at all
	skip "a browser draws it" \
		"${browser##*/} is there and draws nothing: see below"
	tail -n 3 log | sed 's/^/# /'
else
	look --window-size=1280,1200 --screenshot="$scratch/wide.png" \
		"file://$scratch/day.html" >/dev/null
	ok "a browser draws it" test -s wide.png
	is "$(grep -c CONSOLE log)" 0 "and has nothing to say of it" ||
		grep CONSOLE log | sed 's/^/# /'
	grep -o '"url":"[^"]*"' net.json | sort -u |
		grep -v -e '"file://' -e '"data:' -e '"chrome' -e '"devtools' \
			-e '"about:' -e '"blob:' \
			-e '"https*://[a-z0-9.]*\.google\(apis\)*\.com/' >urls
	is "$(wc -l <urls | tr -d ' ')" 0 "no request leaves the file" ||
		sed 's/^/# /' urls
	look --window-size=400,1200 --screenshot="$scratch/narrow.png" \
		"file://$scratch/day.html" >/dev/null
	ok "on a narrow screen, too" test -s narrow.png
	look --print-to-pdf="$scratch/day.pdf" --no-pdf-header-footer \
		"file://$scratch/day.html" >/dev/null
	ok "and on paper" test "$(head -c 5 day.pdf)" = "%PDF-"
fi

# ---- pictures by themselves ----

for name in price depth spread auctions pnl inventory latency size fidelity rejects alerts; do
	report plot $name -q -o $name.svg day.xst
	got=$?
	report plot $name -q -o again.svg day.xst
	cmp -s $name.svg again.svg || got="not the same"
	well $name.svg "$name"
	if grep -q '<rect class="bg"' $name.svg && ! grep -q '<path' $name.svg; then
		is "$got" 1 "$name: a sentence, and the answer is no"
	else
		is "$got" 0 "$name: the same bytes twice"
		sound $name.svg $name
	fi
done
report plot price -q --data day.xst >price.txt
awk -F '\t' -v OFS=, '!/^#/ { print $2, $3, $4, $5, $7 }' price.txt >got
awk -F, -v OFS=, 'NR > 1 { print $2, $3, $4, $5, $7 }' price.csv >want
same got want "columns are the numbers of the page"
report plot price -q --symbols DLTA --data day.xst >dlta.txt
awk -F '\t' '!/^#/ { q += $7 } END { print q }' dlta.txt >got
report summary -q -f csv day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["symbol"] == "DLTA" { print $at["volume"] }' >want
same got want "--symbols: of that one"

if have gnuplot; then
	for name in price depth latency fidelity alerts; do
		report plot $name -q -o $name.png day.xst
		report plot $name -q -o $name.pdf day.xst
		is "$(head -c 4 $name.png | tail -c 3) $(head -c 4 $name.pdf)" \
			'PNG %PDF' "$name: PNG and PDF by gnuplot"
	done
	report plot price -q -o one.pdf day.xst
	sleep 1.1
	report plot price -q -o two.pdf day.xst
	ok "a PDF has the same bytes a second later" cmp -s one.pdf two.pdf
else
	skip "PNG and PDF by gnuplot" "no gnuplot"
fi
(
	PATH=$bin
	export PATH
	exch-report plot price -q --rules "$src/data/report" -o no.png day.xst 2>said
	echo $? >rc
)
is "$(cat rc)" 2 "without gnuplot there is no PNG"
has said 'the package gnuplot-nox' "and the package is named"
ok "nor a file" test ! -e no.png

# ---- names of strangers ----

printf '%s\n' 'date 2024-03-07' 'instrument ABC tick 0.01' \
	'09:30:00 ACC1 buy 100 ABC @ 10.01' '09:30:01 ACC2 sell 40 ABC @ 10.01' \
	'09:32:00 ACC1 buy 10 ABC @ 9.99' >few.txt
exch-replay -q few.txt | exch-match -q -f json >few.json
# markup, quotes, a control character, letters from the right, a formula, what
# gnuplot and shells would read
sed 's/ABC/<a\&\\"b'"'"'\\u0001\xd7\x90\xd7\x91`/g; s/ACC1/=<script>\&/g' \
	few.json | exch-replay -q - >names.xst
report html -q -o names.html names.xst
is $? 0 "names with markup in them"
well names.html "that page"
sound names.html "that page"
has names.html '<h2><bdi>&lt;a&amp;&quot;b&#39;?' "they are text"
has names.html '=&lt;script&gt;&amp;' "those of accounts, too"
for name in price depth pnl; do
	report plot $name -q -o names.svg names.xst
	well names.svg "$name with such names"
	if have gnuplot; then
		report plot $name -q -o names.png names.xst
		is "$(head -c 4 names.png | tail -c 3)" PNG "$name: gnuplot, too"
	fi
done

# ---- a real day ----

sse=$data/derived/sse600519_20230207
if [ -r "$sse.moldudp64.pcap" ]; then
	exch-replay -q --date 2023-02-07 --tz Asia/Shanghai \
		"$sse.moldudp64.pcap" | exch-match -q -o sse.xst
	report html -q -o sse.html sse.xst
	is $? 0 "a day of Shanghai"
	well sse.html "its page"
	sound sse.html "its page"
	has sse.html '2432171.*4373671735.48.*1798.2583' "with the true totals"
	is "$(report plot price -q --data sse.xst |
		awk -F '\t' '!/^#/ { q += $7 } END { print q }')" 2432171 \
		"which its bins add up to"
	is "$(report plot fidelity -q --data sse.xst | sed 1d | tr '\t' ' ')" \
		"exact 18139" "and all of its executions are exact"
	has sse.html '09:25:00 to 15:00\|09:15:00.*UTC+08:00' "in its own zone"
else
	skip "a day of Shanghai" "no real data: set EXCH_TESTDATA"
fi

# ---- little or nothing ----

printf '%s\n' 'date 2026-11-20' 'instrument ABC tick 0.01' |
	exch-replay -q | exch-match -q >empty.xst
report html -q -o empty.html empty.xst
is $? 0 "a day on which nothing happened"
well empty.html "its page"
has empty.html 'Nothing was compared' "which says why it has no pictures"
has empty.html 'Nobody&#39;s account traded' "and what would help"
report plot price -q -o empty.svg empty.xst
is $? 1 "a picture of nothing"
well empty.svg "a picture of nothing"
printf '%s\n' 'date 2026-11-20' 'instrument ABC tick 0.01' \
	'10:00 A buy 1 ABC @ 1.00' | exch-replay -q | exch-match -q >one.xst
report html -q -o one.html one.xst
is $? 0 "a day of one order"
well one.html "its page"
sound one.html "its page"

printf 'scope,size,position\nall,3000,4000\n' >limits.csv
exch-risk -q -l limits.csv orders.xst | exch-match -q |
	exch-risk watch -q -l limits.csv -o risk.xst
report html -q -o risk.html risk.xst
is $? 0 "a day with a gate and a monitor"
well risk.html "its page"
sound risk.html "its page"
has risk.html 'gate refused: size' "refusals of the gate"
n=$(exch-replay -q -f csv --type alert risk.xst | sed 1d | wc -l)
is "$(report plot alerts -q --data risk.xst | grep -c '	alert: ')" \
	"$((n))" "every alert is a mark"

# ---- usage ----

exits 2 "no name" report plot 2>said
has said 'plot NAME \[FILE\]' "is told"
exits 2 "a name that is none" report plot nothing day.xst 2>said
has said "it is one of price, depth, spread" "is told with those that are"
exits 2 "--top 0" report html --top 0 day.xst 2>said
has said "no number from 1 to 64" "is told"
exits 2 "-f with a page" report html -f csv day.xst 2>said
exits 2 "--data with a page" report html --data day.xst 2>said
exits 1 "an instrument that is none" report html -q --symbols NIX -o nix.html day.xst
report html -q day.xst >/dev/full 2>said
is $? 4 "a full disk"

finish
