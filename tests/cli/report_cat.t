#!/bin/sh
# exch-report cat: events of the Consolidated Audit Trail.  Judges are a
# validator in awk that knows the specification and not our tables
# (tests/tools/cat.awk), jq, bzip2(1), and the other reports through sqlite3.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

judge=$src/tests/tools/cat.awk
golden=$src/tests/golden/report
report() {
	exch-report cat --rules "$src/data/report" "$@"
}
make() {
	report -f csv --parties parties.csv --imid SIMX --crd 456 "$@"
}

cat >parties.csv <<'P'
account,imid,fdid,holder,role,capacity
ANN,123:ANNB,,,,
BOB,BOBX,,,,
HOUSE,,H-001,,house,principal
P
exch-replay "$golden/cat.txt" | exch-match -q -o all.xst
result $? "a day with every kind of event is matched"
make all.xst >all.csv
result $? "and told"
same all.csv "$golden/cat.csv" "the same bytes every time"
is "$(cut -d , -f 4 all.csv | sort | uniq -c | tr -s ' \n' ' ')" \
	" 1 MENO 8 MEOA 2 MEOC 1 MEOE 1 MEOJ 2 MEOM 8 MEOT " "each kind is there"
is "$(sed -n 's/^[^,]*,,\([^,]*\),.*/\1/p' all.csv | sort -u | wc -l)" \
	"$(wc -l <all.csv)" "no firmROEID twice"

# ---- what the specification's examples say ----

# The line of 44 fields and the time of the specification.
cat >line.csv <<'L'
NEW,,20261120_1,MEOA,SIMX,20261120T093000.000000001,O1,XYZ,20261120T093000.123456789,false,false,,456:SIMX,123:ABC,F,R1,,,false,ATS,B,10.01,100,,LMT,DAY=20261120,REG,NA,,false,,1,S,10.01,10.01,100,LIM,10,500,10.02,300,S,20261120T093000.123000000,false
L
exits 0 "the line of the specification has no fault" \
	report --check -o said line.csv
report --show -f json line.csv >line.json &&
	report --show -f csv line.json >line.back
same line.back line.csv "to JSON and back it is the same bytes"
printf '%s\n' 'date 2017-01-07' 'zone UTC' 'instrument ABC tick 0.01' \
	'02:30 ANN buy 1 @ 1' >when.txt
exch-replay when.txt | exch-match -q | report -f csv >when.csv
is "$(cut -d , -f 9 when.csv)" 20170106T213000.000000000 "UTC is told as Eastern time"
sed 's/20261120T093000.123456789/1483842600123456789/
s/20261120_1/20170107_1/; s/20261120T093000.123000000/20170107T213000.123456789/' \
	line.csv >ns.csv
exits 0 "1483842600123456789 is 20170107T213000.123456789" \
	report --check -o said ns.csv
sed 's/20170107T213000.123456789/20170107T213000.123456790/' ns.csv >later.csv
exits 1 "and no nanosecond more" report --check -o said later.csv
for day in 1:20261120 2:20261123 3:20261127 4:20261130; do
	case $day in
	1:*) at='2026-11-20 16:15' ;;
	2:*) at='2026-11-20 16:15:00.000000001' ;;
	3:*) at='2026-11-26 12:00' ;; # Thanksgiving
	4:*) at='2026-11-27 13:15:01' ;; # an early day
	esac
	printf '%s\n' "date ${at% *}" 'zone America/New_York' \
		'instrument ABC tick 0.01' "${at#* } ANN buy 1 @ 1" >when.txt
	exch-replay when.txt | exch-match -q | report -f csv >when.csv
	is "$(cut -d , -f 26 when.csv)" "DAY=${day#*:}" "the trading day of $at"
done

# ---- every generated file is one ----

n=0
for scenario in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt \
	"$golden/day.txt" "$golden/deals.txt" "$golden/cat.txt"; do
	case $scenario in
	*/future.txt) continue ;; # a spread's price below zero is left out
	esac
	exch-replay -q "$scenario" 2>/dev/null | exch-match -q -o s.xst 2>/dev/null
	report -q -f csv -o s.csv s.xst 2>/dev/null
	report -q -f json -o s.json s.xst 2>/dev/null
	if ! awk -f "$judge" s.csv >said || ! report --check s.csv >>said ||
		! report --check s.json >>said ||
		! report --show -f json s.csv | cmp -s - s.json ||
		! report --show -f csv s.json | cmp -s - s.csv; then
		echo "# $scenario"
		sed 's/^/# /' said
		n=$((n + 1))
	fi
done
is $n 0 "of every scenario: both validators, both forms and back"
if command -v jq >/dev/null; then
	make -f json all.xst | jq -r 'def pairs: to_entries | map(.key +
		(if .value == true then "" else "=" + (.value | tostring) end)) |
		join("|");
	[.actionType, .firmROEID, .type, .orderID, .symbol, .eventTimestamp, .side,
	(.timeInForce // {} | pairs), (.handlingInstructions // {} | pairs),
	(.buyDetails // [] | map(.orderID, .side) | join("@"))] |
	map(. // "") | join(",")' >got
	awk -F, -v OFS=, '
	function at(e, list, a) { split(list, a, " "); return a[e] }
	{ t = h = s = d = ""; time = $9; id = $7 }
	$4 == "MEOA" { s = $21; t = $26; h = $29 }
	$4 == "MENO" { s = $18; t = $23; h = $25 }
	$4 == "MEOM" { time = $12; s = $27; t = $33; h = $36 }
	$4 == "MEOJ" || $4 == "MEOE" { time = $12 }
	$4 == "MEOC" { time = $10 }
	$4 == "MEOE" { s = $16; t = $13 }
	$4 == "MEOT" { id = ""; split($22, a, "@"); d = a[2] "@" a[3] }
	{ print $1, $3, $4, id, $8, time, s, t, h, d }' all.csv >want
	same got want "jq reads in JSON what stands in CSV"
else
	skip "jq reads in JSON what stands in CSV" "no jq"
fi

# ---- mutations: what is wrong is found by both ----

report -f csv --imid SIMX all.xst >own.csv
awk -f "$judge" all.csv >said
result $? "the validator accepts what is mutated below"
# code, event, position, what stands there then
cat >mutations <<'M'
2002 MEOA 1 WHAT
2002 MEOA 1
2026 MEOA 2 17
2032 MEOA 3 20261120-1
2032 MEOA 3 20261320_1
2033 MEOA 3 20261119_1
2032 MEOC 3
2105 MEOA 4 MEOX
2105 MEOA 4 meoa
2000 MEOA 5 12:SIMX
2063 MEOA 6 20261120
2063 MEOA 6
2061 MEOC 7
2061 MEOA 7 a|b
2061 MEOA 7 12345678901234567890123456789012345678901234567890123456789012345
2096 MEOA 8
2096 MEOT 8 A@B
2027 MEOA 9 20261120T093000
2027 MEOA 9 20261120T093000.12
2027 MEOA 9 20261120T093000.1234567891
2027 MEOA 9 20261120T253000.123
2027 MEOA 9 20260229T093000.123
2027 MEOA 9 20261120-093000.123
2000 MEOA 10 maybe
2143 MEOA 11 true
2144 MEOA 12 20261120T093000.123
2089 MEOA 13
2189 MEOA 14 456:SIMX
2000 MEOA 15 X
2018 MEOA 20 ZZ
2095 MEOA 21 S
2095 MEOA 21
2067 MEOA 22 .25
2067 MEOA 22 10.
2067 MEOA 22 1e3
2067 MEOA 22 -1
2067 MEOA 22 12345678901
2067 MEOA 22 1.123456789
2067 MEOA 22
2076 MEOA 23
2076 MEOA 23 1.1234567
2076 MEOA 23 1234567890123
2062 MEOA 25 LIM
2067 MEOA 25 MKT
2101 MEOA 26 DAY
2101 MEOA 26 DAY=2026
2101 MEOA 26 FOK
2104 MEOA 27 DAY
2000 MEOA 28 NO
2000 MEOA 29 ALO|WHAT
2000 MEOA 29 STOP
2000 MEOA 29 DISQ=ten
2092 MEOA 32 x
2048 MEOA 32
2000 MEOA 33 T
2000 MEOA 34 x
2048 MEOA 37
2049 MEOT 30 NA
2000 MEOT 30 X
2049 MEOT 31
2049 MEOT 31 20261120T235959.000000000
2207 MEOM 23 1
2191 MEOM 10 77
2040 MEOM 31 1000000
2190 MEOM 10 7 same
2000 MEOM 26 X
2000 MEOC 13
2000 MEOC 15 V
2207 MEOT 14 1
2207 MEOT 32 1
2102 MEOT 7
2014 MEOT 12 true
2014 MEOT 13 20261120T093100.000000000
2000 MEOT 18 B
2169 MEOT 19
2169 MEOT 24 M
2108 MEOT 21 BOTH
2115 MEOT 21 BUY
2115 MEOT 22
2115 MEOT 22 20261120T093003.000000000@4@B
2115 MEOT 22 20261120T093003.000000000@4@SL@@@@@
2115 MEOT 23 20261120T093001.000000000@2@B@@@@@
2114 MEOT 22 20261120T093003.000000000@4@B@@F1@P@@
2148 MEOT 23 @@SL@@@@@
2245 MEOT 22 @@B@@F1@@@
3502 MEOT 22 20261120T093003.000000000@99@B@@@@@
3501 MEOC 7 99
3601 MEOC 10 20261120T080000.000000000
2133 MEOA 47 x
2207 MEOE 15 x
M
mutate() {
	awk -F, -v OFS=, -v event="$1" -v at="$2" -v to="$3" '
	!done && $4 == event { done = 1; $at = to }
	{ print }' all.csv
}
n=0
while read -r code event at to how; do
	if [ "$how" = same ]; then
		awk -F, -v OFS=, '$4 == "MEOM" && $10 != "" && !done {
			done = 1; $9 = $6; $10 = $7 } { print }' all.csv >m.csv
	else
		mutate "$event" "$at" "$to" >m.csv
	fi
	awk -f "$judge" m.csv >judged && echo "# accepted by the judge: $event $at '$to'"
	got=0
	report --check -f csv -o found m.csv || got=$?
	if [ $got != 1 ] || ! cut -d , -f 5 found | grep -q "^$code\$"; then
		echo "# $code $event $at '$to': exit $got"
		sed 's/^/# /' found
		n=$((n + 1))
	fi
	[ -s judged ] || n=$((n + 1))
done <mutations
is "$n" 0 "$(wc -l <mutations) mutations of fields are found by both"
# lines: twice, cut, too long, none
sed -n '1p' all.csv >>twice.csv && cat all.csv >>twice.csv
exits 1 "a line that stands twice" report --check -f csv -o found twice.csv
is "$(sed 1d found | cut -d , -f 1,5 | tr '\n' ' ')" "2,3003 2,3001 " \
	"is a firmROEID and an order twice"
awk -f "$judge" twice.csv >said
is $? 1 "and so says the validator"
grep MEOT all.csv | head -n 1 | sed 's/,20261120_[0-9]*,/,20261120_999,/' |
	cat all.csv - >twice.csv
report --check -f csv twice.csv >found
is "$(sed 1d found | cut -d , -f 5)" 3002 "a trade twice"
sed '3,$s/^\([^,]*,[^,]*,[^,]*,[^,]*\),.*/\1/' all.csv >m.csv
exits 1 "fields that are missing" report --check -f csv -o found m.csv
sed '1s/^.*$/NEW/' all.csv >m.csv
report --check -f csv m.csv >found
is "$(sed -n 2p found | cut -d , -f 1,5)" 1,2153 "a line that is no event"
tac all.csv >turned.csv
exits 0 "events may come in any order" report --check -o found turned.csv
grep -v '^$' all.csv | sed 's/$/\r/' >crlf.csv
exits 0 "and lines end with CR and LF" report --check -o found crlf.csv
awk 'BEGIN { for (i = 0; i < 4000000; i++) printf "0123456789abcdefghijklmno" }
	END { print "" }' </dev/null >long.csv
cat all.csv >>long.csv
exits 1 "a line of 100 MB is told" report --check -f csv -o found long.csv
is "$(sed 1d found | cut -d , -f 1,5)" 1,2132 "and passed over"
printf 'NEW,\0,\0\n{"a":\n\377\376\n' >bad.csv
exits 1 "NULs and bytes" report --check -f csv -o found bad.csv
for line in '{' '{}' '{"type":1}' '{"type":"MEOA","type":"MEOA"}' '[[[[' \
	'{"type":"MEOA","side":{}}' '{"type":"MEOT","buyDetails":[{"x":1}]}' \
	'{"type":"MEOT","buyDetails":[' '{"type":"MEOA","price":"10"}' \
	'{"type":"MEOA","symbol":"A\u0042"}' '{"type":"MEOA","x":1}' \
	'{"type":"MEOA"} x' '{"type":"MEOA","timeInForce":{"DAY":true}}'; do
	printf '%s\n' "$line" >bad.json
	report --check -o found bad.json
	is $? 1 "no event: $line"
done
make -f json all.xst | sed -n '/"MENO"/s/"negotiatedTradeFlag"/"aggregatedOrders":[{"orderID":"7","a,b":"|"}],&/p' >meno.json
has meno.json aggregatedOrders "an order that stands for others"
exits 0 "has an array that no table tells of" report --check -o found meno.json
report --show -f json meno.json >got
same got meno.json "which stays as it is"
exits 3 "and cannot be told in CSV" sh -c \
	"exch-report cat --rules '$src/data/report' --show -f csv meno.json >got 2>said"
printf '' >empty.csv
exits 0 "a file without events" report --check -o found empty.csv
exits 2 "--check and --show" sh -c \
	"exch-report cat --check --show --rules '$src/data/report' all.csv 2>said"

# ---- files ----

if report --into . -f csv --submitter S all.xst 2>&1 | grep -q libbz2; then
	skip "files" "built without libbz2"
else
	rm -f ./*OrderEvents*
	mkdir out
	make --into out --submitter SUBID --group FileGroup1 --first 123 \
		--split 10 all.xst >said
	is "$?$(wc -c <said)" 00 "files are written, and nothing else"
	is "$(find out -type f | sed "s,.*/,," | sort | tr '\n' ' ')" \
"SUBID_SIMX_20261120_FileGroup1_OrderEvents_000123.csv.bz2 \
SUBID_SIMX_20261120_FileGroup1_OrderEvents_000124.csv.bz2 \
SUBID_SIMX_20261120_FileGroup1_OrderEvents_000125.csv.bz2 " "under their names"
	bzip2 -dc out/*.bz2 | sed 's/_FileGroup1-/_/' >got
	same got all.csv "bzip2 reads them"
	sed 's/,20261120_/,20261120_FileGroup1-/' all.csv |
		awk -F, '{ split($3, a, "_"); print a[2] }' >want
	bzip2 -dc out/*.bz2 | awk -F, '{ sub(/^[0-9]*_/, "", $3); print $3 }' >got
	same got want "the group is in firmROEID"
	cat out/*.bz2 | report --check >found
	is $? 0 "together they have no fault"
	cp out/*123.csv.bz2 SUBID_SIMX_2026112_OrderEvents_1.csv.bz2
	report --check -f csv SUBID_SIMX_2026112_OrderEvents_1.csv.bz2 >found
	is "$(sed -n 2p found | cut -d , -f 1,5)" ,1104 "a name that is none"
	head -c 500 out/*123.csv.bz2 >cut.bz2
	exits 3 "a file cut in its compression" sh -c \
		"exch-report cat --rules '$src/data/report' --check cut.bz2 >found 2>said"
	has said 'ends early' "is told"
	before=$(cksum out/*)
	make --into out --submitter SUBID --group FileGroup1 --first 122 \
		--split 10 all.xst 2>said
	is $? 3 "a file that is there is not replaced"
	has said 'there is such a file already' "and is told"
	is "$(cksum out/*)" "$before" "all stays as it was, none is added"
	make --into nowhere all.xst 2>said
	is $? 4 "no such directory"
	exits 2 "files have a form" sh -c "exch-report cat --into out \
		--rules '$src/data/report' all.xst 2>said; test \$? = 2 -o \$? = 3 && exit 2"
	mkdir none days
	exch-replay /dev/null --date 2026-11-20 2>/dev/null |
		exch-match -q 2>/dev/null | make --into none 2>said
	printf '%s\n' 'date 2026-11-19' 'zone America/New_York' \
		'instrument ABC tick 0.01' '16:14 ANN buy 1 @ 1' \
		'16:16 ANN buy 1 @ 1' >days.txt
	exch-replay days.txt | exch-match -q | make --into days
	is "$(find days -type f | sed "s,.*/,," | sort | tr '\n' ' ')" \
"SIMX_SIMX_20261119_OrderEvents_000001.csv.bz2 \
SIMX_SIMX_20261120_OrderEvents_000001.csv.bz2 " "a file for each trading day"
	bzip2 -c all.xst >all.xst.bz2
	make all.xst.bz2 | cmp -s - all.csv
	result $? "a stream compressed by bzip2 is read"
fi

# ---- bad input ----

report -f csv all.xst >/dev/full 2>said
is $? 4 "a full disk is told"
printf '%s\n' 'account,imid,fdid' 'ANN,AB CD,' >p.csv
exits 3 "an imid with a blank" sh -c \
	"exch-report cat --rules '$src/data/report' --parties p.csv all.xst >said 2>&1"
printf '%s\n' 'account,imid,fdid' 'ANN,,"F,1"' >p.csv
exits 3 "an fdid with a comma" sh -c \
	"exch-report cat --rules '$src/data/report' --parties p.csv all.xst >said 2>&1"
has said 'p.csv:2' "and where"
exch-match -q -f json all.cmd >all.json 2>/dev/null ||
	exch-replay "$golden/cat.txt" | exch-match -q -f json >all.json
for symbol in 'X|Z' 'X@Z' 'X\\"Z' 'X,Z' 'XÄZ'; do
	sed "s/\"symbol\":\"XYZ\"/\"symbol\":\"$symbol\"/" all.json |
		report -f csv >got 2>said
	is "$?$(wc -l <got)" 10 "a symbol $symbol has no events"
	has said 'none of CAT' "and that is told"
done
sed 's/"symbol":"XYZ"/"symbol":"X|Z"/' all.json >odd.json
printf 'symbol,listed\nX|Z,XYZ\n' >products.csv
make --products products.csv odd.json >got
same got all.csv "--products gives it another one"
for name in 'A,N' 'A"N' 'A|N' 'A@N' '=AN'; do
	n=$(printf '%s' "$name" | sed 's/"/\\\\"/g')
	sed "s/\"name\":\"ANN\"/\"name\":\"$n\"/" all.json | report -f csv >got
	awk -f "$judge" got >said
	result $? "an account called $name"
done
exch-replay "$golden/cat.txt" | report -f csv >got 2>said
is "$?$(wc -c <got)" 30 "orders without answers give nothing"
has said 'put exch-match in the pipe' "and it is said what is missing"
exits 2 "another zone than the Eastern" sh -c \
	"exch-report cat --tz UTC --rules '$src/data/report' all.xst >said 2>&1"
report -f csv --nbbo none all.xst >got && awk -f "$judge" got >said
result $? "--nbbo none"
is "$(awk -F, '$4 == "MEOA" { print $42, $43 }' got | sort -u)" "NA " \
	"tells of no market"

# ---- the tables are the truth ----

mkdir rules
cp "$src"/data/report/cat-*.csv rules
mkdir calendars
cp "$src/data/calendars/us-equities.csv" calendars
sed '/,choice:side/s/^1970-01-01,,MEOA,21/1970-01-01,2026-01-01,MEOA,21/' \
	"$src/data/report/cat-fields.csv" >rules/cat-fields.csv
exch-report cat --rules rules -f csv all.xst >got 2>said
is $? 3 "a position that no row tells"
has said 'MEOA has no position 21' "is named"
sed '/,orderType,LMT,/s/LMT/LIMIT/' "$src/data/report/cat-choices.csv" \
	>rules/cat-choices.csv
cp "$src/data/report/cat-fields.csv" rules
exch-report cat --rules rules -f csv all.xst |
	awk -F, '$4 == "MEOA" && $22 != "" { print $25 }' | sort -u >got
is "$(cat got)" LIMIT "values come from the table of choices"

# ---- a day of an exchange: nothing is lost ----

day=$data/derived/sse600519_20230207
if ! [ -r "$day.orders.csv" ] || ! command -v sqlite3 >/dev/null; then
	skip "the day of 600519" "no real data, or no sqlite3"
	finish
fi
exch-replay --date 2023-02-07 --tz Asia/Shanghai --symbol 600519 --tick 0.01 \
	"$day.orders.csv" >orders.xst
exch-match --ladder plain-high -q orders.xst >day.xst
report -f csv -o day.csv day.xst
result $? "the day of 600519 is told"
exch-report orders -f csv -o orders.csv day.xst
awk -f "$judge" day.csv >said
result $? "the validator finds no fault"
report --check day.csv >said
result $? "nor does --check"
awk -F, -v OFS=, '
$4 == "MEOA" { print "in", $7, $23 }
$4 == "MEOC" { print "out", $7, $13 }
$4 == "MEOT" { split($22, b, "@"); split($23, s, "@")
	print "fill", b[2], $16; print "fill", s[2], $16 }' day.csv >sums.csv
sqlite3 -csv >got <<'S'
create table e(kind text, id text, qty integer);
.import sums.csv e
.import orders.csv o
select count(*), count(distinct id) from e where kind = 'in';
select count(*) from o where state <> 'rejected';
select count(*) from o left join (select id, sum(kind = 'in') n,
	sum(case kind when 'in' then qty end) qin,
	coalesce(sum(case kind when 'fill' then qty end), 0) fill,
	coalesce(sum(case kind when 'out' then qty end), 0) gone
	from e group by id) x on x.id = o."order"
	where o.state <> 'rejected' and (x.n is not 1 or x.qin <> o.qty or
	x.fill <> o.filled or x.qin <> x.fill + o.cancelled + o.leaves or
	(x.gone <> o.cancelled and o.state <> 'expired'));
S
n=$(sqlite3 -csv ":memory:" '.import orders.csv o' \
	"select count(*) from o where state <> 'rejected'")
is "$(tr '\n' ' ' <got)" "$n,$n $n 0 " \
	"each order once, and its events add up to what orders says"
# The same of the history; what expires is told by its absence.
exch-store -q day.db day.xst
sqlite3 day.db <"$src/tests/tools/order_sums.sql" |
	awk '{ print $1, $2, $3, $4, $5 + $6 }' >want
awk -F, '
$1 == "in" { n[$2]++; came[$2] = $3 }
$1 == "out" { gone[$2] += $3 }
$1 == "fill" { filled[$2] += $3 }
END {
	for (o in came)
		print o, came[o], filled[o] + 0, gone[o] + 0,
			came[o] - filled[o] - gone[o] (n[o] > 1 ? " twice" : "")
}' sums.csv | sort -n >got
same got want "and to what sqlite3 finds of each in the history"
finish
