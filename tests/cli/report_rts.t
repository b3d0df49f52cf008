#!/bin/sh
# exch-report rts24 and rts22: the example of exch-regulatory(7) byte for byte,
# records and reports judged by validators that share nothing with the tool
# (tests/tools), files damaged one by one, and a real day against exch-store.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

tools=$src/tests/tools
rules=$src/data/report
report() {
	exch-report -r "$rules" "$@"
}
valid24() {
	awk -f "$tools/regulatory.awk" -f "$tools/rts24.awk" "$@"
}
valid22() {
	awk -f "$tools/regulatory.awk" -f "$tools/auth016.awk" "$@"
}
xml=no
grep -q '^#define HAVE_LIBXML2 1' "$bin/config.h" && xml=yes

# ---- the example ----

cat >example.txt <<'T'
date 2026-11-20
instrument SAP tick 0.01 isin DE0007164600 mic XSIM currency EUR
14:30:00 SELLER sell 100 SAP @ 10.01
14:30:01.0002 BUYER buy 100 SAP @ 10.01
T
cat >example.csv <<'T'
account,imid,lei,role,capacity,country,decision,execution
BUYER,SIMX,9845EXCHSIMFIRM00160,house,principal,DE,ALGO1,ALGO1
SELLER,,529900T8BM49AURSDO55,house,principal,,,
T
cat >want.xml <<'T'
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:auth.016.001.01"><FinInstrmRptgTxRpt><Tx><New>
<TxId>SIMX20261120T1</TxId><ExctgPty>9845EXCHSIMFIRM00160</ExctgPty><InvstmtPtyInd>true</InvstmtPtyInd><SubmitgPty>9845EXCHSIMFIRM00160</SubmitgPty>
<Buyr><AcctOwnr><Id><LEI>9845EXCHSIMFIRM00160</LEI></Id></AcctOwnr></Buyr><Sellr><AcctOwnr><Id><LEI>529900T8BM49AURSDO55</LEI></Id></AcctOwnr></Sellr>
<OrdrTrnsmssn><TrnsmssnInd>false</TrnsmssnInd></OrdrTrnsmssn>
<Tx><TradDt>2026-11-20T14:30:01.000200Z</TradDt><TradgCpcty>DEAL</TradgCpcty><Qty><Unit>100</Unit></Qty><Pric><Pric><MntryVal><Amt Ccy="EUR">10.01</Amt></MntryVal></Pric></Pric><TradVn>XSIM</TradVn><CtryOfBrnch>DE</CtryOfBrnch><TradPlcMtchgId>TV000001</TradPlcMtchgId></Tx>
<FinInstrm><Id>DE0007164600</Id></FinInstrm><InvstmtDcsnPrsn><Algo>ALGO1</Algo></InvstmtDcsnPrsn><ExctgPrsn><Algo>ALGO1</Algo></ExctgPrsn>
<AddtlAttrbts><SctiesFincgTxInd>false</SctiesFincgTxInd></AddtlAttrbts></New></Tx></FinInstrmRptgTxRpt></Document>
T
exch-replay example.txt | exch-match -q >example.xst
ok "the example is reported" report rts22 --parties example.csv \
	--firm 9845EXCHSIMFIRM00160 -o got.xml example.xst
same got.xml want.xml "and is the one of the manual"
ok "the validator takes it" valid22 got.xml
exits 2 "without parties nobody reports" report rts22 example.xst 2>err
has err -- '--parties' "and the option is named"
exits 2 "a LEI that is none is refused" report rts22 --parties example.csv \
	--firm 9845EXCHSIMFIRM00161 example.xst 2>err
has err 'wrong check digits' "with the reason"

# ---- a day with all that happens to orders ----

cat >day.txt <<'T'
date 2026-11-20
zone Europe/Berlin
instrument SAP tick 0.01 isin DE0007164600 mic XSIM currency EUR
instrument BND tick 0.0001 isin US0378331005 mic XSIM currency EUR kind bond
instrument FUT tick 0.5 mic XSIM currency EUR kind future multiplier 10 expiry 2026-12-18 underlying SAP
account ANN member M2
account BOB member M1
account CARL member M1
09:00 phase call open SAP
09:00:01 ANN sell 50 SAP @ 10.00
09:00:02 BOB buy 50 SAP @ 10.02
09:05 phase continuous
15:30:00.5 ANN sell 300 SAP @ 10.01 as s
15:30:01.0002 BOB buy 100 SAP @ 10.01
15:30:02 replace s with 150 @ 10.02 id 77
15:30:03 CARL buy 500 SAP @ 10.02 show 100 as c
15:30:04 ANN short 120 SAP @ market
15:30:05 cancel c by 50
15:30:06 cancel c
15:30:07 BOB buy 10 SAP @ 10.001
15:30:08 BOB buy 10 SAP @ 10.00 until 2026-11-20T16:00:00+01:00
2026-11-20T14:31:00Z ANN sell 5 SAP @ 10.00 stop 10.00 as st
15:31:01 CARL sell 7 SAP @ 8.99
+1s BOB buy 7 SAP @ 8.99
+1s BOB buy 20 SAP @ 9.50 min 10 ioc
+1s ANN sell 1,000,000 BND @ 99.5678
+1s CARL buy 1,000,000 BND @ 99.5678 fok
+1s ANN sell 2 FUT @ -1.5
+1s BOB buy 2 FUT @ -1.5
+1s ANN quote SAP bid 5 @ 9.90 offer 5 @ 10.10
+1s ANN quote SAP bid 6 @ 9.91 offer 5 @ 10.10
+1s block 500 SAP @ 10.00 buyer CARL seller ANN report 900
+1s break 2 SAP
+1s break 1 BND with 500,000 @ 99.5
17:30 phase end
T
cat >parties.csv <<'T'
account,member,imid,lei,role,capacity,country,decision,execution,first_names,surname,born
M1,,SIMX,9845EXCHSIMFIRM00160,house,principal,DE,,,,,
M2,,OTHR,529900T8BM49AURSDO55,house,principal,FR,,,,,
BOB,M1,,,house,principal,DE,ALGO1,ALGO1,,,
ANN,M2,,,maker,principal,FR,ALGO2,FR19700203MARIECURIE,,,
CARL,M1,,,client,agency,IE,,,John,O'Brian,1980-01-13
T
printf '%s\n' 'symbol,name,cfi,underlying,delivery' \
	'FUT,Future of SAP,FFSCSX,DE0007164600,CASH' >products.csv
exch-replay day.txt | exch-match -q >day.xst
result $? "the day is matched"
exits 1 "its records are made, and something is told" report rts24 \
	--parties parties.csv --products products.csv -f csv -o day.csv \
	day.xst 2>err
has err 'FUT has no ISIN' "an instrument without ISIN"
valid24 -v isin=none -v totals=1 day.csv >totals
result $? "the validator takes them"
cat totals

# field N of the rows of an event
cells() {
	awk -F, -v e="$1" -v f="$2" '$21 == e { print $f }' day.csv |
		sort -u | tr '\n' ' '
}
for event in NEWO TRIG REME REMA CAME REMO EXPI PARF FILL; do
	grep -q ",$event," day.csv
	result $? "something is $event"
done
is "$(awk -F, '$20 == 3 && $21 == "REME" { print $24, $36, $37 }' day.csv)" \
	"10.02 250 150" "a replaced order keeps its code and has a new quantity"
has day.csv 'IE19800113JOHN#OBRIA' "a person is called by country, birth, names"
has day.csv ',GTTV,,2026-11-20T15:00:00.000000Z,' "an end in another zone is UTC"
has day.csv ',FIRM,' "quotes are firm"
has day.csv ',STOP,' "a stop order is one"
has day.csv ',CALL OPEN,' "the auction is a phase"
is "$(cells FILL 44)" " AGRE PASV " "of an auction nobody is passive"

report rts22 --parties parties.csv --products products.csv -o day.xml \
	day.xst 2>err
is $? 1 "its reports are made, and what is to be put right is told"
valid22 -v reports=1 day.xml >reports
result $? "the validator takes them"
is "$(grep -c ^Cxl reports)" 4 "two trades were broken: four reports go"
sort reports | uniq -d >twice
is "$(cat twice)" "" "no number comes twice"
# what is cancelled was reported before
awk '$1 == "New" { new[$2] } $1 == "Cxl" && !($2 in new) { print $2 }' \
	reports >never
is "$(cat never)" "" "cancelled are reports that were made"
has day.xml '<Pctg>99.5678</Pctg>' "bonds are in percent"
has day.xml '<NmnlVal Ccy="EUR">1000000</NmnlVal>' "of a nominal"
has day.xml '<Amt Ccy="EUR">1.5</Amt><Sgn>false</Sgn>' "a price below zero"
has day.xml '<ShrtSellgInd>SESH</ShrtSellgInd>' "a short sale"
has day.xml '<UndrlygInstrm><Othr><Sngl><ISIN>DE0007164600</ISIN>' "a future"
has day.xml '<Prtry>CONCAT</Prtry>' "a person"
has day.xml '<Unit>500</Unit>' "a trade agreed outside the book"
has day.xml '<NmnlVal Ccy="EUR">500000</NmnlVal>' "a corrected one"

# The same trades have the same number in both.
awk -F, 'NR > 1 && $48 != "" { print $48 }' day.csv | sort -u >in24
sed -n 's/.*<TradPlcMtchgId>\([^<]*\)<.*/\1/p' day.xml | sort -u >in22
comm -23 in24 in22 >only24
is "$(cat only24)" "" "trades of the records are in the reports"

report rts22 --parties parties.csv --products products.csv -q \
	--ccp 213800WAVVOPS85N2205 --submitting 5493001KJTIIGC8Y1R12 day.xst >ccp.xml
valid22 ccp.xml
result $? "with a counterparty and a sender"
has ccp.xml '<SubmitgPty>5493001KJTIIGC8Y1R12</SubmitgPty>' "who sends"
has ccp.xml '<LEI>213800WAVVOPS85N2205</LEI>' "who is on the other side"
report rts22 --parties parties.csv --products products.csv -q day.xst >again.xml
same again.xml day.xml "the same bytes every time"

# ---- files: ours are right, damaged ones are not ----

# damaged NAME SED-SCRIPT: both must refuse the records.
damaged24() {
	sed "$2" day.csv >bad.csv
	if cmp -s bad.csv day.csv; then
		result 1 "rts24, $1: nothing was damaged"
		return
	fi
	report rts24 --check bad.csv >faults 2>&1
	is $? 1 "rts24 --check, $1"
	valid24 -v isin=none bad.csv >/dev/null
	is $? 1 "and the validator"
}
report rts24 --check day.csv >faults
is $? 0 "our records are right"
is "$(wc -l <faults)" 1 "no fault is told"
damaged24 "a wrong LEI" 's/529900T8BM49AURSDO55/529900T8BM49AURSDO56/'
damaged24 "a wrong capacity" '3,99s/,DEAL,/,DEEL,/'
damaged24 "a time of another form" 's/T14:30:06.000000Z/T14:30:06Z/'
damaged24 "an event that is none" 's/,PARF,/,PART,/'
damaged24 "a side that is none" 's/,BUYI,/,BUY,/'
damaged24 "a comma too many" '7s/$/,/'
damaged24 "a row is missing" '/,CAME,/d;/,NEWO,/{2,6d;}'
damaged24 "a price with too many decimals" \
	's/,10.02,/,10.02000000000001,/'
damaged24 "a wrong person" 's/IE19800113JOHN#OBRIA/IE19801313JOHN#OBRIA/'
damaged24 "another header" '1s/21_event/21_events/;1s/,8_/,9_/'
report rts24 --show day.csv >shown
has shown '2026-11-20T14:30:01.000200Z *9845EXCHSIMFIRM00160 *SAP .*FILL .*BUYI' \
	"records for people"

# damaged22 NAME SED-SCRIPT
damaged22() {
	sed "$2" day.xml >bad.xml
	if cmp -s bad.xml day.xml; then
		result 1 "rts22, $1: nothing was damaged"
		return
	fi
	if [ $xml = yes ]; then
		report rts22 --check bad.xml >faults 2>&1
		is $? 1 "rts22 --check, $1"
	else
		skip "rts22 --check, $1" "built without libxml2"
	fi
	valid22 bad.xml >/dev/null
	is $? 1 "and the validator"
}
if [ $xml = yes ]; then
	report rts22 --check want.xml >faults
	is $? 0 "the example is right"
	report rts22 --show want.xml >shown
	has shown '^ *1 *30 *quantity *100$' "reports for people"
else
	report rts22 --check want.xml 2>err
	has err 'libxml2' "without libxml2 that is said"
fi
damaged22 "a wrong LEI" 's/9845EXCHSIMFIRM00160/9845EXCHSIMFIRM00161/'
damaged22 "a wrong ISIN" 's/DE0007164600/DE0007164601/'
damaged22 "elements that change places" \
	's/\(<TxId>[^/]*<.TxId>\)\(<ExctgPty>[^/]*<.ExctgPty>\)/\2\1/'
damaged22 "one that is missing" 's/<TradVn>XSIM<.TradVn>//'
damaged22 "one that is none" 's/<TradVn>XSIM<.TradVn>/<TradVn>XSIM<\/TradVn><Venue>X<\/Venue>/'
damaged22 "a capacity that is none" 's/AOTC/AGNT/'
damaged22 "a time of another form" 's/\.000200Z/.0002Z/'
damaged22 "a price below zero" 's/<Amt Ccy="EUR">1.5/<Amt Ccy="EUR">-1.5/'
damaged22 "too many decimals" 's/99.5678/99.56780000001/'
damaged22 "a person that is none" 's/IE19800113JOHN#OBRIA/IE19801313JOHN#OBRIA/'
damaged22 "a currency that is none" 's/Ccy="EUR">10/Ccy="EURO">10/'
damaged22 "another message" 's/auth.016.001.01/auth.016.001.99/'
damaged22 "an end that is missing" 's/<.AddtlAttrbts>//'
if [ $xml = yes ]; then
	cat day.xml >twice.xml
	sed 's/SIMX20261120T2</SIMX20261120T1</' day.xml >twice.xml
	report rts22 --check twice.xml >faults
	has faults 'number of a report before it' "numbers come once"
	printf '%s\n' '<!DOCTYPE Document [<!ENTITY a "aaaa">]>' >doctype.xml
	cat want.xml >>doctype.xml
	exits 1 "a document type is not read" report rts22 --check doctype.xml
	exits 1 "nor is what is no XML" report rts22 --check day.csv
	cat >small.xsd <<'T'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="urn:iso:std:iso:20022:tech:xsd:auth.016.001.01">
<xs:element name="Document"><xs:complexType><xs:sequence>
<xs:any processContents="skip"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>
T
	ok "a schema that it meets" report rts22 --check --xsd small.xsd want.xml
	sed 's/<xs:any /<xs:any minOccurs="2" maxOccurs="2" /' small.xsd >other.xsd
	exits 1 "and one that it breaks" report rts22 --check --xsd other.xsd \
		want.xml
	exits 3 "one that is none" report rts22 --check --xsd day.txt want.xml \
		2>err
	is "$(cat err)" "exch-report: day.txt:1: is no schema that libxml2 can \
use: Start tag expected, '<' not found" "  is told in one line, and why"
	report rts22 --check /dev/null >faults
	is $? 1 "a file of nothing"
	has faults 'the file is empty' "  is told to be empty"
	# The address answers, with what is no schema, if anybody asks it.
	port=$("$bin/tests/tools/takeovers" port)
	"$bin/tests/tools/relay" "127.0.0.1:$port" - x >/dev/null 2>&1 &
	relay=$!
	sleep 1
	sed "s|^<xs:element|<xs:import namespace='urn:x' \
 schemaLocation='http://127.0.0.1:$port/x.xsd'/>&|" small.xsd >net.xsd
	ok "no schema is asked for over the network" \
		report rts22 --check --xsd net.xsd want.xml
	kill "$relay"
	wait "$relay" 2>/dev/null
fi
if command -v xmllint >/dev/null; then
	for f in want day ccp; do
		ok "$f.xml is XML" xmllint --noout $f.xml
	done
else
	skip "reports are XML" "no xmllint"
fi

# ---- who is wrong is told, and what he did is there ----

sed 's/529900T8BM49AURSDO55/529900T8BM49AURSDO54/' parties.csv >wrong.csv
report rts22 --parties wrong.csv -o wrong.xml day.xst 2>err
is $? 1 "a LEI with wrong check digits"
has err "account ANN: the member's LEI '529900T8BM49AURSDO54' has wrong check" \
	"is told with the account"
is "$(grep -c '<New>' wrong.xml)" "$(grep -c '<New>' day.xml)" \
	"and its reports are there"
sed '/^CARL/d' parties.csv >wrong.csv
report rts22 --parties wrong.csv -o wrong.xml day.xst 2>err
has err 'account CARL: no row of --parties' "somebody unknown is told"
valid22 wrong.xml
result $? "the others' reports are right"
sed 's/1980-01-13//' parties.csv >wrong.csv
report rts22 --parties wrong.csv -o wrong.xml day.xst 2>err
has err 'account CARL: the client has neither a LEI nor a number' \
	"a person without a day of birth"

# ---- names that are none of ours ----

{
	echo 'date 2026-11-20'
	echo 'instrument =A<&> tick 0.01 isin DE0007164600 mic XSIM currency EUR'
	echo '10:00 <b>&x sell 1 =A<&> @ 1.00'
	echo '10:00 =evil buy 1 =A<&> @ 1.00'
} >names.txt
cat >names.csv <<'T'
account,lei,role,capacity,country,decision,execution,first_names,surname,born
<b>&x,9845EXCHSIMFIRM00160,house,principal,DE,=1+1,<algo>&,,,
M,529900T8BM49AURSDO55,house,principal,DE,,,,,
=evil,,client,agency,DE,,,Jürgen <b>,"Öz & ""Co""",1949-12-31
T
exch-replay names.txt | exch-match -q >names.xst
report rts24 --parties names.csv -f csv -q names.xst >names24.csv
has names24.csv ",'=1+1," "no formula"
has names24.csv ',A,DE0007164600,' "the book has letters only"
report rts22 --parties names.csv -q names.xst >names.xml
has names.xml '<Algo>&lt;algo&gt;&amp;</Algo>' "names are escaped"
valid22 names.xml
result $? "and the validator takes them"
[ $xml = no ] || ok "so does --check" report rts22 --check names.xml

# ---- little or nothing ----

printf '%s\n' 'date 2026-11-20' 'instrument ABC tick 0.01' |
	exch-replay | exch-match -q >empty.xst
report rts24 -f csv empty.xst >empty.csv
is $? 0 "an empty day"
is "$(wc -l <empty.csv)" 1 "has a header"
report rts22 --parties parties.csv empty.xst >empty.xml
is $? 0 "and no reports"
is "$(cat empty.xml)" '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:auth.016.001.01"><FinInstrmRptgTxRpt></FinInstrmRptgTxRpt></Document>' \
	"in a file that is one"
exits 3 "what was not matched is told" sh -c \
	"exch-replay day.txt | exch-report -q -r '$rules' rts24 >/dev/null 2>&1"
exits 4 "a full disk is told" sh -c \
	"exch-report -q -r '$rules' rts24 day.xst >/dev/full 2>/dev/null"
exits 4 "by the reports, too" sh -c \
	"exch-report -q -r '$rules' rts22 --parties parties.csv day.xst >/dev/full 2>/dev/null"
report rts24 -f json -q day.xst >day.json
if command -v jq >/dev/null; then
	is "$(jq -r 'select(."21_event" == "NEWO") | ."37_remaining_quantity"' \
		day.json | awk '{ s += $1 } END { print s }')" \
		"$(awk -F, '$21 == "NEWO" { s += $37 } END { print s }' day.csv)" \
		"JSON adds up as CSV"
else
	skip "JSON adds up as CSV" "no jq"
fi

# ---- a real day ----

day=$data/derived/sse600519_20230207
if [ ! -r "$day.orders.csv" ]; then
	skip "the day of 600519" "no real data: set EXCH_TESTDATA"
	finish
fi
printf '%s\n' '09:15 call open' '09:25:00.8 continuous' '14:57 call close' \
	'15:00 closed' >timetable
exch-replay --date 2023-02-07 --tz Asia/Shanghai --symbol 600519 \
	--tick 0.01 "$day.orders.csv" |
	exch-match -q --ladder plain-high --timetable timetable >sse.xst
report rts24 -f csv -q -o sse.csv sse.xst
valid24 -v isin=none -v mic=none -v totals=1 sse.csv >totals
result $? "every order once, and in = traded + taken + left"
if command -v sqlite3 >/dev/null; then
	exch-store -q sse.db sse.xst
	is "$(cut -d ' ' -f 1-4 totals)" "$(sqlite3 -separator ' ' sse.db "
		SELECT (SELECT count(*) FROM acks),
		(SELECT sum(o.qty) FROM orders o
			WHERE o.order_id IN (SELECT order_id FROM acks)),
		(SELECT 2 * sum(qty) FROM executions),
		(SELECT sum(qty) FROM cancels)")" \
		"as the history counts them"
	sqlite3 sse.db <"$src/tests/tools/order_sums.sql" >want
	awk -F, '
	NR == 1 || $21 == "" || $21 == "REMO" { next }
	$21 == "NEWO" { n[$20]++; came[$20] = left[$20] = $37; next }
	$21 == "PARF" || $21 == "FILL" { filled[$20] += $39 }
	$21 == "CAME" || $21 == "CAMO" { gone[$20] += left[$20] - $37 }
	$21 == "EXPI" { past[$20] += left[$20] - $37 }
	{ left[$20] = $37 }
	END {
		for (o in came)
			print o, came[o], filled[o] + 0, gone[o] + 0,
				past[o] + 0, left[o] (n[o] > 1 ? " twice" : "")
	}' sse.csv | sort -n >got
	same got want "and each order as sqlite3 finds it there"
else
	skip "as the history counts them" "no sqlite3"
	skip "and each order as sqlite3 finds it there" "no sqlite3"
fi
is "$(awk -F, 'NR > 1 && $48 != "" { print $48 }' sse.csv | sort | uniq -c |
	awk '$1 != 2' | wc -l)" 0 "every trade has two sides"
finish
