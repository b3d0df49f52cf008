#!/bin/sh
# The gate in front: each rule by its order and its words, tables that are
# refused, and a matcher that acts on the verdicts alike whatever its threads,
# parts, journals and speed bumps.
. "${srcdir:-.}/tests/cli/lib.sh"

# ---- every rule ----

cat >limits.csv <<'EOF'
# for all, for a member, for an account
scope,name,symbol,size,value,position,collar,messages,per,duplicate,open-orders,credit
all,,,500,9000.00,900,,,,,,
account,3,,,,,,2,10s,,,
account,4,,,,,,,,1s,,
account,5,,,,,,,,,1,
account,6,,,,,,,,,,1000.00
account,7,,,,,0.05,,,,,
member,LOW,,10,,,,,,,,
EOF
cat >accounts.csv <<'EOF'
account,member,status,kyc,sanctions,short
1,,,,,
2,,suspended,,,
3,,,,,
4,,,,,
5,,,,,
6,,,,,
7,,,,,
8,LOW,,,,
9,,,,,no
11,,,pending,,
12,,,,yes,
EOF
printf 'symbol,account\nABC,1\n' >restricted.csv
cat >in.txt <<'EOF'
instrument ABC tick 0.01 reference 10.00
instrument XYZ tick 0.01 reference 10.00
09:30  A1  buy 1 XYZ @ 10.00
+1s    A1  buy 1 ABC @ 10.00
+1s    A2  buy 1 XYZ @ 10.00
+1s    A3  buy 1 XYZ @ 9.90
+1s    A3  buy 2 XYZ @ 9.90
+1s    A3  buy 3 XYZ @ 9.90
+9s    A3  buy 4 XYZ @ 9.90
+1s    A4  buy 1 XYZ @ 9.90
+0.5s  A4  buy 1 XYZ @ 9.90
+0.5s  A4  buy 1 XYZ @ 9.90
+1s    A5  buy 1 XYZ @ 9.90
+1s    A5  buy 1 XYZ @ 9.91
+1s    A6  buy 50 XYZ @ 10.00
+1s    A6  buy 50 XYZ @ 10.01
+1s    A6  buy 5 XYZ @ market
+1s    A7  sell 1 XYZ @ 10.50
+1s    A7  sell 1 XYZ @ 10.51
+1s    A8  sell 10 XYZ @ 10.60
+1s    A8  sell 11 XYZ @ 10.60
+1s    A9  sell 1 XYZ @ 10.60
+1s    A10 sell 1 XYZ @ 10.60
+1s    A11 sell 1 XYZ @ 10.60
+1s    A12 sell 1 XYZ @ 10.60
+1s    A1  sell 501 XYZ @ 10.60
+1s    A1  sell 500 XYZ @ 18.00
+1s    A1  sell 500 XYZ @ 18.01
+1s    A1  sell 400 XYZ @ 18.00
+1s    A1  sell 1 XYZ @ 18.00
EOF
exch-replay -q -o in.xst in.txt
result $? "a scenario"
cat >want <<'EOF'
2,1,permission,0,0
3,2,account,0,0
6,3,throttle,2,3
9,4,duplicate,1000000000,500000000
12,5,open-orders,1,2
14,6,credit,1000000000,1000500000
15,6,value,9000000000,9223372036854775807
17,7,collar,500000000,510000000
19,8,size,10,11
20,9,permission,0,1
21,10,account,0,0
22,11,account,0,0
23,12,account,0,0
24,1,size,500,501
26,1,value,9000000000,9005000000
28,1,position,900,901
EOF
risk="exch-risk -l limits.csv -a accounts.csv -r restricted.csv"
$risk -f csv --type risk in.xst 2>said |
	awk -F , 'NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 }' >got
same got want "each rule says no where it has to"
is "$(cat said)" "exch-risk: 28 commands, 16 refused: account 4, \
permission 2, throttle 1, size 2, value 2, collar 1, duplicate 1, \
open-orders 1, position 1, credit 1" "and counts it"
$risk in.xst 2>/dev/null | exch-match -f csv --type reject 2>/dev/null |
	sed 1d | cut -d , -f 8,9 >got
awk -F , '{ print $1 ",risk-" $3 }' want >codes
same got codes "the matcher refuses just these, with the rule's code"

# ---- references that are told again, and more than numbers can say ----

cat >ref.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
09:30  A1 buy 1 ABC @ 10.00
+1s    A1 buy 1 ABC @ 99.00
EOT
exch-replay -q -f json ref.txt | awk '
	/"t":"instrument"/ { again = $0; sub(/"reference":10.00/, "\"reference\":null", again) }
	{ print }
	/"t":"new"/ && again != "" { print again; again = "" }' | awk '
	/"seq":/ { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"") }
	/"t":"end"/ { next }
	{ print }' >ref.json
exch-replay -q --partial -o ref.xst ref.json 2>/dev/null
printf 'scope,collar\nall,10%%\n' >collar.csv
exch-risk -q --partial -l collar.csv -f csv --type risk ref.xst 2>/dev/null |
	sed 1d | cut -d , -f 13 >got
is "$(cat got)" collar "an announcement without a reference keeps the old one"

cat >wrap.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1 buy 9000000000000000000 ABC @ 1.00
+1s    A1 buy 9000000000000000000 ABC @ 1.00
+1s    A1 buy 446744073709551615 ABC @ 1.00
+1s    A1 buy 900 ABC @ 1.00
EOT
exch-replay -q -f json wrap.txt | sed '/"t":"new"/ {
	/"qty":900,/! s/"source":1,/&"flags":"imposed",/ }' >wrap.json
grep -c '"imposed"' wrap.json >got
is "$(cat got)" 3 "three orders that the venue imposed"
exch-replay -q -o wrap.xst wrap.json
printf 'scope,position\nall,1000\n' >most.csv
exch-risk -q -l most.csv -o out.tmp wrap.xst 2>said
is "$? $(sed 's/.*: the position/the position/' said)" "3 the position of account 1 in \
'ABC' is beyond 64 bits: the gate cannot judge what comes behind it" \
	"orders beyond all numbers end it"

# What somebody approved is counted, too.
cat >most.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1 buy 9000000000000000000 ABC @ 1.00 as one
+1s    approve one by eve
+1s    A1 buy 9000000000000000000 ABC @ 1.00 as two
+1s    approve two by eve
+1s    A1 buy 900 ABC @ 1.00
EOT
printf 'scope,position,hold\nall,1000,position\n' >most.csv
exch-replay -q most.txt | exch-risk -q -l most.csv -o out.tmp 2>said
is "$? $(grep -c "the position of account 1 in 'ABC' is beyond 64 bits" said)" "3 1" \
	"approved beyond all numbers, it ends, too"
# A replacement counts instead of what it replaces.
sed 's/900 ABC/1 ABC/' wrap.txt | sed -n '1,2p' >replaced.txt
echo '+1s    replace 1 with 5000000000000000000 @ 1.00' >>replaced.txt
exch-replay -q -f json replaced.txt | sed '/"t":"new"\|"t":"replace"/ {
	s/"source":1,/&"flags":"imposed",/ }' | exch-replay -q -o replaced.xst
exch-risk -q -l limits.csv -o out.tmp replaced.xst
is "$?" 3 "in front both are counted"
exch-match -q --risk limits.csv -o out.tmp replaced.xst
result $? "within the matcher one of them"

# ---- what is no subcommand ----

exch-risk reprot out.xst >/dev/null 2>said
is "$? $(sed -n 1p said)" "2 exch-risk: 'reprot' is no subcommand, and no \
file: did you mean 'report'?; the subcommands are approve, refuse, report and \
watch" "a misspelt subcommand"
exch-risk frobnicate -l limits.csv >/dev/null 2>said
is "$? $(sed -n 1p said)" "2 exch-risk: 'frobnicate' is no subcommand, and no \
file; the subcommands are approve, refuse, report and watch" "one like none"
for word in Report REPORT; do
	exch-risk "$word" out.xst >/dev/null 2>said
	is "$? $(grep -c "'$word' is no subcommand" said)" "2 1" "$word"
done
$risk -q wacth >/dev/null 2>said
is "$? $(grep -c "'wacth' is no .* did you mean 'watch'" said)" "2 1" \
	"behind options, too"
$risk -q watch >/dev/null 2>said
is "$? $(sed -n 1p said)" "2 exch-risk: 'watch' is a subcommand, and stands first" \
	"one that stands behind them"
exch-risk - - -l limits.csv <in.xst >/dev/null 2>said
is "$?" 2 "two streams"
exch-replay -q -o twice.xst - - <in.xst 2>said
is "$? $(cat said)" "2 exch-replay: standard input: it is read once, and \
stands there twice: name a file instead" "standard input twice"
cp in.xst reprot
exch-risk reprot >/dev/null 2>said
is "$? $(sed -n 1p said)" "2 exch-risk: which limits? Add --limits FILE: \
exch-tables(5)" "a file of that name is a file"
$risk -q -f bin reprot >/dev/null
result $? "and is read"
$risk -q missing.xst >/dev/null 2>said
is "$? $(grep -c subcommand said)" "3 0" "a file that is missing is a file, too"

# ---- words ----

explained() {
	$risk --explain "$1" in.xst 2>&1 >/dev/null |
		sed -n "s/.*of order $1, account/account/p"
}
is "$(explained 1)" "account 1: it passes" "an order that passes"
is "$(explained 6)" "account 3: message 3 where it may send 2" "a throttle"
is "$(explained 9)" "account 4: the same came 500000000 ns before, not \
within 1000000000 ns" "a duplicate"
is "$(explained 14)" "account 6: cash could be short by 1000.50, at most \
1000.00" "credit"
is "$(explained 15)" "account 6: worth any amount, at most 9000.00" \
	"an order without a price"
is "$(explained 17)" "account 7: 0.51 off the reference, at most 0.5" \
	"a collar"
is "$($risk -f text in.xst 2>/dev/null | grep -c ' risk ')" 16 \
	"text has a line for each"

# ---- nothing is changed but by verdicts ----

echo 'scope,size' >none.csv
exch-risk -q -l none.csv in.xst | exch-replay --digest 2>got >/dev/null
exch-replay --digest in.xst 2>want >/dev/null
same got want "without limits every record goes on as it was"
$risk -q in.xst >once.xst
$risk -q once.xst -f json >twice.json
is "$(grep -c '"t":"risk"' twice.json)" 16 "what was stopped in front is not judged again"

# ---- a day, on several threads, in parts, through a journal ----

exch-replay -q --date 2026-01-05 --tz America/New_York -f json \
	"$src/data/sample.pcap.zst" | awk '
	/^{"t":"new"/ { sub(/"account":0/, "\"account\":" NR % 40 + 1) }
	{ print }' >day.json
cat >limits.csv <<'EOF'
scope,name,symbol,size,value,position,messages,per,duplicate,open-orders,credit
all,,,3000,400000.00,20000,40,1s,5ms,900,9000000.00
account,7,ALFA,200,,,,,,,
EOF
exch-risk -q -l limits.csv -o day.xst day.json
for rules in plain iex; do
	o=
	[ $rules = plain ] || o="--market $src/data/markets/$rules.market"
	# shellcheck disable=SC2086 # several options
	exch-match -q $o -o 1.xst day.xst
	# shellcheck disable=SC2086 # several options
	exch-match -q $o -j 3 -o 3.xst day.xst
	same 3.xst 1.xst "$rules: three threads"
	if [ $rules = plain ]; then
		for k in 1 2; do
			exch-match -q --shard $k/2 -o part$k.xst day.xst
		done
		exch-replay --digest -q part1.xst part2.xst 2>got >/dev/null
		exch-replay --digest -q 1.xst 2>want >/dev/null
		same got want "$rules: two parts"
	fi
	exch-report summary -f csv 1.xst 2>/dev/null >page
	# shellcheck disable=SC2086 # several options
	exch-match -q $o -f csv --type reject day.xst 2>/dev/null |
		grep -c ',risk-' >refused
	exch-replay -f csv --type risk day.xst 2>/dev/null | sed 1d |
		wc -l >verdicts
	is "$(($(cat refused)))" "$(($(cat verdicts)))" \
		"$rules: as many refused as there are verdicts"
	is "$(($(cat refused) > 1000))" 1 "$rules: and there are many"
done

# A run ends between a verdict and its command, and another goes on.
n=$(exch-replay -f json day.xst | awk '/"t":"risk"/ { r = NR }
	r && /"t":"new"/ && NR == r + 1 && NR > 3000 { print NR; exit }')
exch-replay -f json day.xst >whole.json
head -n $((n - 1)) whole.json >cut.json
exch-match -q --journal j --segment-size 1000000 -o out.xst cut.json 2>/dev/null
is $? 3 "an input that ends behind a verdict"
exch-match -q --journal j --segment-size 1000000 -o out.xst whole.json
result $? "is gone on with"
exch-match -q -o 1.xst whole.json
exch-replay --digest -q out.xst 2>got >/dev/null
exch-replay --digest -q 1.xst 2>want >/dev/null
same got want "and nothing was forgotten"

# ---- a verdict whose command does not come ----

# In the place of order 3 only its verdict, and that order at the end.
$risk -q -f json in.xst >judged.json
sed '/"t":"risk"/{/"order":"3"/!d;}' judged.json |
	awk '/"t":"new".*"order":"3"/ {
			late = $0
			sub(/"seq":"[0-9]*"/, "\"seq\":\"900\"", late)
			next
		}
		/"t":"end"/ { print late }
		{ print }' >stray.json
is "$(grep -c '"t":"risk"' stray.json)" 1 "a verdict without its command"
exch-match -q --partial -f csv --type ack stray.json 2>/dev/null |
	awk -F , 'NR > 1 { print $8 }' >got
is "$(head -n 3 got | tr '\n' ' ')$(tail -n 1 got)" "1 2 4 3" \
	"refuses no other, and not that one later"

# ---- records without their form ----

sed '/"t":"new".*"order":"2"/s/"order":"2"/"order":"2x"/' judged.json |
	exch-risk -q -l none.csv - >/dev/null 2>said
is "$? $(grep -c 2x said)" "3 1" "a number that is none"

# ---- tables ----

refused() {
	printf '%s\n' "$1" >bad.csv
	exch-risk -l bad.csv in.xst >/dev/null 2>said
	is "$? $(sed 's/^exch-risk: //' said)" "3 $2" "$3"
}
refused 'scope,sise
all,1' "bad.csv:1:7: 'sise' is no column of a table of limits; did you mean \
'size'?" "a column that is none"
refused 'scope,size
all,5OO' "bad.csv:2:5: '5OO' is no 'size': expected a whole number from \
0 to 9223372036854775806" "a number that is none"
refused 'scope,size
all,-1' "bad.csv:2:5: '-1' is no 'size': expected a whole number from \
0 to 9223372036854775806" "a limit below 0"
refused 'scope,name,size
account,x7,5' "bad.csv:2: 'x7' is no account: expected its number" \
	"an account that is none"
refused 'scope,symbol,credit
all,ABC,5' "bad.csv:2: messages, per, duplicate, open-orders, credit, \
loss, sector, on-loss and day-trader are of accounts: expected none beside a \
symbol" "credit in one instrument"
refused 'scope,name,size
all,,5
account,7,1
all,,6' "bad.csv:4: limits for the same stand in line 2 already" "twice"
exch-risk -l limits.csv -a limits.csv in.xst >/dev/null 2>said
is "$? $(grep -c 'scope. is no column of a table of accounts' said)" "3 1" \
	"another table in its place"
printf 'account\n5\n6\n5\n' >bad.csv
exch-risk -l none.csv -a bad.csv in.xst >/dev/null 2>said
is "$? $(tail -n 1 said)" \
	"3 exch-risk: bad.csv:4: account 5 stands in line 2 already" \
	"an account twice"
printf 'account,member,group\n1,M,G\n2,M,\n' >full.csv
for row in member,NOONE group,LOW account,10; do
	printf 'scope,name,size\nall,,5\n%s,\n' "$row" >bad.csv
	exch-risk -l bad.csv -a full.csv in.xst 2>>nobodies >/dev/null
	echo $? >>nobodies
	exch-risk -q -l bad.csv in.xst 2>>nobodies >/dev/null
	echo $? >>nobodies
done
cat >want <<'EOF'
exch-risk: bad.csv:3:8: 'NOONE' is no member: expected one of the column 'member' of full.csv
3
0
exch-risk: bad.csv:3:7: 'LOW' is no group: expected one of the column 'group' of full.csv
3
exch-risk: bad.csv:3:7: 'LOW' is a group, and no table says whose accounts are in it: expected --accounts FILE
3
exch-risk: bad.csv:3:9: '10' is no account: expected one of the column 'account' of full.csv
3
0
EOF
same nobodies want "limits for nobody; an account needs no table"
printf 'scope,name,size\nall,,5\nmember,NOONE,\n' >bad.csv
exch-risk -l bad.csv -f bin in.xst 2>&1 >/dev/null | sed -n 1p >got
is "$(cat got)" "exch-risk: bad.csv:3: no account is of member 'NOONE'" \
	"a member that the stream does not tell either"
printf 'account,member\n1,M\n2,\n' >part.csv
exch-risk -l bad.csv -a part.csv -f bin in.xst 2>&1 >/dev/null | sed -n 1p >got
is "$(cat got)" "exch-risk: bad.csv:3: no account is of member 'NOONE'" \
	"also where the table leaves it to the stream"
printf 'scope,name,symbol,size\nall,,NOSUCH,5\n' >bad.csv
printf 'symbol\nNONE\nABC\n' >never.csv
exch-risk -l bad.csv -a accounts.csv -r never.csv in.xst 2>&1 >/dev/null |
	grep there >said
is "$(cat said)" "exch-risk: bad.csv:2: there is no instrument 'NOSUCH'
exch-risk: never.csv:2: there is no instrument 'NONE'" "names nobody knows"
cp none.csv over.csv
exch-risk -l over.csv -o ./over.csv in.xst 2>said
is "$? $(grep -c 'would be replaced' said)" "2 1" "an output over a table"
same over.csv none.csv "which is as it was"
silent() {
	"$@" >/dev/null 2>&1
}
exits 2 "no limits" silent exch-risk in.xst
exits 3 "no such file" silent exch-risk -l nothing.csv in.xst
head -c 700 day.xst >cut.xst
exits 3 "an input that is cut" silent exch-risk -l none.csv cut.xst
exits 2 "an order that is no number" silent exch-risk -l none.csv \
	--explain x in.xst
exits 2 "two orders" silent exch-risk -l none.csv --explain 1 --explain 2 in.xst
exits 2 "silently" silent exch-risk -q -l none.csv --explain 1 in.xst
exits 2 "within the matcher, too" silent exch-match -q --risk none.csv \
	--explain 1 in.xst

# ---- clients ----

cat >clients.csv <<'T'
client,status,kyc,sanctions,products
GOOD,,,,equity bond
BAD,,,yes,
NEW,,pending,,
GONE,closed,,,
T
cat >owned.csv <<'T'
account,client,products
1,GOOD,
2,BAD,
3,NEW,
4,GONE,
5,,equity
6,GOOD,bond option
T
cat >kinds.txt <<'T'
instrument ABC tick 0.01
instrument BND tick 0.01 kind bond
instrument OPT tick 0.01 kind option expiry 2026-12-18 strike 10 underlying ABC
09:30  A1  buy 1 ABC @ 1.00
+1s    A1  buy 1 BND @ 1.00
+1s    A1  buy 1 OPT @ 1.00
+1s    A2  buy 1 ABC @ 1.00
+1s    A3  buy 1 ABC @ 1.00
+1s    A4  buy 1 ABC @ 1.00
+1s    A5  buy 1 ABC @ 1.00
+1s    A5  buy 1 BND @ 1.00
+1s    A6  buy 1 BND @ 1.00
+1s    A6  buy 1 OPT @ 1.00
+1s    A6  buy 1 ABC @ 1.00
T
exch-replay -q -o kinds.xst kinds.txt
result $? "instruments of several kinds"
printf 'scope,size\n' >none.csv
exch-risk -q -l none.csv -a owned.csv --clients clients.csv -f csv --type risk \
	kinds.xst | sed 1d | cut -d , -f 8,13 >got
cat >want <<'T'
3,permission
4,account
5,account
6,account
8,permission
10,permission
11,permission
T
same got want "accounts may do what they and their clients may"
exch-match -q --risk none.csv --accounts owned.csv --clients clients.csv \
	kinds.xst | exch-replay -q -f csv --type risk - | sed 1d |
	cut -d , -f 8,13 >got
same got want "within the matcher, too"
printf 'account,client\n1,NOBODY\n' >owned.csv
exch-risk -l none.csv -a owned.csv --clients clients.csv kinds.xst 2>said \
	>/dev/null
is "$? $(tail -n 1 said)" "3 exch-risk: owned.csv:2: client 'NOBODY' is in no line \
of clients.csv" "a client that there is not"
printf 'client\nA\nB\nA\n' >clients.csv
exch-risk -l none.csv --clients clients.csv kinds.xst 2>said >/dev/null
is "$? $(cat said)" "3 exch-risk: clients.csv:4: client 'A' stands in line 2 \
already" "a client that comes twice"

# A buy below 0 may never be filled: what it would bring is no credit for others.
cat >below.txt <<'EOF'
date 2026-01-05
instrument AAA tick 0.01
instrument BBB tick 0.01
09:30  A1  buy 100 AAA @ -1000.00
+1s    A1  buy 11 BBB @ 100.00
+1s    A1  buy 10 BBB @ 100.00
EOF
exch-replay -q -o below.xst below.txt
printf 'scope,name,credit\naccount,1,1000\n' >credit.csv
exch-risk -q -l credit.csv -f csv --type risk below.xst | sed 1d |
	cut -d , -f 8,9,10,13 >got
echo 2,1000000000,1100000000,credit >want
same got want "an open buy at a price below 0 is no credit"

# A sell below 0 costs: 600, and 500 more; both sides of a quote together, too.
cat >costs.txt <<'EOF'
date 2026-01-05
instrument AAA tick 0.01
instrument BBB tick 0.01
09:30  A1  sell 60 AAA @ -10.00
+1s    A1  sell 50 AAA @ -10.00
+1s    A1  buy 5 BBB @ 100.00
+1s    A2  quote AAA bid 60 @ 10.00 offer 50 @ -10.00
+1s    A2  quote AAA bid 50 @ 10.00 offer 50 @ -10.00
+1s    A3  sell 1000 AAA @ 10.00
EOF
exch-replay -q -o costs.xst costs.txt
printf 'scope,name,credit\nall,,1000\n' >credit.csv
exch-risk -q -l credit.csv -f csv --type risk costs.xst | sed 1d |
	cut -d , -f 8,9,10,12,13 >got
cat >want <<'EOF'
2,1000000000,1100000000,1,credit
3,1000000000,1100000000,1,credit
4,1000000000,1100000000,2,credit
EOF
same got want "a sell below 0 costs what it may have to pay"

finish
