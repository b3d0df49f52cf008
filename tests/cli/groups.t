#!/bin/sh
# Limits of groups of accounts: at the gate within the matcher, and in front.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >accounts.csv <<'EOT'
account,balance,group,short
1,,,
2,500.00,OWNER,
3,500.00,OWNER,
4,500.00,OWNER,
5,,OTHER,
EOT
cat >orders.txt <<'EOT'
instrument ABC tick 0.01 reference 10.00
instrument DEF tick 0.01 reference 1.00
09:30  A1  sell 1000 ABC @ 10.00
+1s    A1  buy 1000 ABC @ 9.00
+1s    A2  buy 60 ABC @ 10.00
+1s    A3  buy 41 ABC @ 10.00
+1s    A3  buy 40 ABC @ 10.00
+1s    A4  sell 30 ABC @ 9.00
+1s    A4  sell 21 ABC @ 9.00
+1s    A4  sell 20 ABC @ 9.00
+1s    A2  sell 60 ABC @ 9.00
+1s    A5  buy 500 ABC @ 10.00
+1s    A2  buy 100 DEF @ 1.00
+1s    A3  buy 51 DEF @ 1.00
+1s    A2  replace 11 DEF with 49 @ 1.00
+1s    A3  buy 51 DEF @ 1.00
EOT
exch-replay -q -o orders.xst orders.txt
result $? "a scenario"
cat >limits.csv <<'EOT'
scope,name,symbol,position,gross
group,OWNER,,100,
group,OWNER,ABC,,150
EOT
verdicts() {
	exch-replay -f csv --type risk 2>/dev/null |
		awk -F , 'NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 }'
}
gate() {
	exch-match -q --accounts accounts.csv --risk "$@"
}
gate limits.csv -o out.xst orders.xst
verdicts <out.xst >got
cat >want <<'EOT'
4,3,group-position,100,101
7,4,group-gross,150,151
12,3,group-position,100,151
EOT
same got want "what one has is set off against the other's, and gross is not"
exch-replay -f csv --type reject out.xst 2>/dev/null | sed 1d |
	cut -d , -f 8,9 | tr '\n' ' ' >got
is "$(cat got)" \
	"4,risk-group-position 7,risk-group-gross 12,risk-group-position " \
	"with codes of their own"
exch-match --accounts accounts.csv --risk limits.csv --explain 7 orders.xst \
	2>&1 >/dev/null | sed -n 's/.*of order 7, //p' >got
is "$(cat got)" "account 4 of the group OWNER: the group's positions could \
add up to 151, at most 150" "in words"
sed 's/OWNER/NOBODY/' limits.csv >nobody.csv
exits 3 "a name nobody has" exch-match --accounts accounts.csv \
	--risk nobody.csv -o none.xst orders.xst 2>said
is "$(cat said)" "exch-match: nobody.csv:2:7: 'NOBODY' is no group: expected \
one of the column 'group' of accounts.csv" "which is said"
printf 'scope,name,position\ngroup,OTHER,1000\n' >other.csv
exch-match -q --accounts accounts.csv --risk other.csv -o none.xst orders.xst
is "$(verdicts <none.xst | wc -l)" 0 "without limits of its group none"

# In front all that was sent counts.
exch-risk -q -a accounts.csv -l limits.csv orders.xst | verdicts >got
cat >want <<'EOT'
4,3,group-position,100,101
7,4,group-gross,150,151
9,2,group-position,100,110
12,3,group-position,100,151
11,2,group-position,100,149
13,3,group-position,100,151
EOT
same got want "a gate in front is stricter"

# ---- each limit ----

one() {
	printf 'scope,name,%s\ngroup,OWNER,%s\n' "$1" "$2" >one.csv
	gate one.csv -o one.xst orders.xst
	is "$(verdicts <one.xst | tr '\n' ' ')" "$3" "$1"
}
one open-orders 0 "3,2,group-open-orders,0,1 4,3,group-open-orders,0,1 \
5,3,group-open-orders,0,1 6,4,group-open-orders,0,1 \
7,4,group-open-orders,0,1 8,4,group-open-orders,0,1 \
9,2,group-open-orders,0,1 11,2,group-open-orders,0,1 \
12,3,group-open-orders,0,1 13,3,group-open-orders,0,1 "
one credit 0 ""
printf 'account,balance,group\n1,,\n2,700.00,OWNER\n3,300.00,OWNER\n4,0,OWNER\n5,,\n' \
	>accounts.csv
one credit 9.99 "4,3,group-credit,9990000,10000000 "
one notional 999.99 "4,3,group-notional,999990000,1010000000 \
5,3,group-notional,999990000,1000000000 \
8,4,group-notional,999990000,1179000000 "
one loss 29.99 "7,4,group-loss,29990000,141000000 \
8,4,group-loss,29990000,141000000 11,2,group-loss,29990000,90000000 \
12,3,group-loss,29990000,90000000 13,3,group-loss,29990000,90000000 "

# ---- a block between two of a group adds to both ----

cat >block.txt <<'EOT'
instrument ABC tick 0.01
09:30 A1 buy 1 @ 1.00
+1s   block 50 @ 10.00 buyer A2 seller A3
+1s   block 26 @ 10.00 buyer A2 seller A3
+1s   block 25 @ 10.00 buyer A2 seller A3
+1s   block 100 @ 10.00 buyer A2 seller A1
EOT
exch-replay -q -o block.xst block.txt
printf 'scope,name,gross\ngroup,OWNER,150\n' >block.csv
gate block.csv -o out.xst block.xst
verdicts <out.xst >got
printf '%s\n' 3,2,group-gross,150,152 5,2,group-gross,150,250 >want
same got want "a block within the group counts for both"

# ---- limits that change, also where no row is for a group ----

printf 'account,balance,group\n1,,\n2,500.00,OWNER\n3,500.00,OWNER\n4,,OTHER\n' \
	>accounts.csv
cat >move.txt <<'EOT'
instrument ABC tick 0.01 reference 10.00
instrument DEF tick 0.01 reference 10.00
09:30  A1  sell 1000 ABC @ 10.00
+1s    A2  buy 60 ABC @ 10.00
+1s    A3  buy 40 ABC @ 9.00
+1s    limit group-position 100 ABC group OWNER by BOSS because today
+1s    A3  buy 1 ABC @ 9.00
+1s    limit group-position 200 group OWNER
+1s    A3  buy 1 ABC @ 9.00
+1s    A3  buy 200 DEF @ 9.00
+1s    A3  buy 1 DEF @ 9.00
+1s    limit group-gross 101 ABC group OWNER
+1s    limit group-position 102 ABC group OWNER
+1s    A2  buy 1 ABC @ 9.00
+1s    A2  buy 1 ABC @ 9.00
+1s    limit group-open-orders 3 group OWNER
+1s    A2  buy 1 DEF @ 1.00
+1s    limit group-credit 5 ABC group OWNER
+1s    limit group-loss 5 group NOBODY
+1s    limit group-credit 1000 group OTHER
+1s    A4  buy 101 ABC @ 10.00
+1s    A4  buy 100 ABC @ 10.00
+1s    limit group-notional 500.00 group OTHER
+1s    A4  buy 1 ABC @ 9.99
EOT
exch-replay -q -o move.xst move.txt
result $? "limits of groups in a scenario"
printf 'scope,size\nall,2000\n' >plain.csv
gate plain.csv -o out.xst move.xst
result $? "a table without a group"
exch-replay -f csv --type risk out.xst 2>/dev/null | awk -F , '
	NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 "," $15 }' >got
cat >want <<'EOT'
4,3,group-position,100,101,new
5,3,group-position,100,101,new
7,3,group-position,200,201,new
9,2,group-gross,101,102,new
10,2,group-open-orders,3,4,new
0,0,impossible,0,0,limit
0,0,unknown,0,0,limit
11,4,group-credit,1000000000,1010000000,new
13,4,group-notional,500000000,1010000000,new
EOT
same got want "each holds from its record on, the symbol before none"
exch-replay -q -f text out.xst |
	sed -n 's/^.* limit  *\(group-\)/\1/p' | sort | uniq | head -n 2 >got
is "$(cat got)" "group-credit 1000.00 for group OTHER
group-credit 5.00 for group OWNER" "text tells whose limit it is"
exch-risk report changes -f csv out.xst 2>/dev/null |
	cut -d , -f 2,5,6,9 >got
cat >want <<'EOT'
what,member,value,effect
group-position,OWNER,100,yes
group-position,OWNER,200,yes
group-gross,OWNER,101,yes
group-position,OWNER,102,yes
group-open-orders,OWNER,3,yes
group-credit,OWNER,5.00,none
group-loss,NOBODY,5.00,none
group-credit,OTHER,1000.00,yes
group-notional,OTHER,500.00,yes
EOT
same got want "and is reported with the group's name"
exch-risk -q -a accounts.csv -l plain.csv move.xst |
	exch-replay -f csv --type risk 2>/dev/null |
	awk -F , 'NR > 1 && $15 == "limit"' | wc -l >got
is "$(tr -d ' ' <got)" 3 "notional is not for a gate in front"
exch-replay -q -f json move.xst >move.json
exch-replay -q -o again.xst move.json
exch-match -q --accounts accounts.csv --risk plain.csv again.xst |
	verdicts >got
is "$(wc -l <got | tr -d ' ')" 9 "through text and back"
for line in 'limit group-gross 5' 'limit group-gross 5 of A2' \
	'limit gross 5 group G' 'limit group-gross -1 group G' \
	'limit position 5 group G' \
	'limit group-gross 5 group SEVENTEEN-LETTERS'; do
	printf 'instrument ABC tick 0.01\n09:30 %s\n' "$line" >bad.txt
	exits 3 "$line" exch-replay -q -o bad.xst bad.txt 2>said
done
# What a scenario cannot say.
sed '/"what":"group-gross"/s/"account":0/"account":2/' move.json >two.json
exch-replay -q -o two.xst two.json
exch-match -q --accounts accounts.csv --risk plain.csv -f csv --type risk \
	two.xst 2>/dev/null | grep -c "impossible\|unknown" >got
is "$(cat got)" 3 "one that names an account, too, has no effect"

# ---- a deposit, and one that is held ----

cat >cash.txt <<'EOT'
instrument ABC tick 0.01
09:30 A1 buy 1 @ 1.00
+1s   A2 buy 100 @ 10.01
+1s   A3 deposit 1.00
+1s   A2 buy 100 @ 10.01
EOT
exch-replay -q -o cash.xst cash.txt
cat >cash.csv <<'EOT'
scope,name,credit,hold
group,OWNER,0,
account,2,,group-credit
EOT
gate cash.csv -f csv --type risk -o - cash.xst 2>/dev/null |
	awk -F , 'NR > 1 { print $8 "," $13 "," $14 }' >got
is "$(cat got)" "2,group-credit,hold" "what one brings another may spend"

# ---- self-trade: nobody meets what is his own ----

cat >accounts.csv <<'EOT'
account,group
1,
2,OWNER
3,OWNER
4,OWNER
EOT
cat >own.txt <<'EOT'
instrument ABC tick 0.005
09:30  A1  sell 10 @ 10.05
+1s    A2  sell 10 @ 10.02
+1s    A3  buy 10 @ 10.01
+1s    A2  buy 5 @ 10.01
+1s    A2  buy 5 @ 10.02
+1s    A3  buy 5 @ 10.02
+1s    A4  buy 5 @ 10.02
+1s    A2  replace 4 with 5 @ 10.03
+1s    A2  sell 5 @ market
+1s    A2  sell 5 @ market stop 9.00
+1s    A2  cancel 4
+1s    A2  buy 5 @ market
+1s    A2  cancel 2
+1s    A2  buy 1 @ 10.04
+1s    A1  quote bid 1 @ 10.01 offer 1 @ 10.045
+1s    A1  quote bid 1 @ 10.045 offer 1 @ 10.06
+1s    A1  quote bid 1 @ 10.05 offer 1 @ 10.06
+1s    A1  buy 1 @ 10.06
+1s    block 5 @ 10.00 buyer A2 seller A2
+1s    block 5 @ 10.00 buyer A2 seller A3
+1s    block 5 @ 10.00 buyer A4 seller A3
EOT
exch-replay -q -o own.xst own.txt
result $? "orders of one owner"
cat >own.csv <<'EOT'
scope,name,self-trade
all,,account
account,3,group
account,4,allow
EOT
gate own.csv -o out.xst own.xst
verdicts <out.xst >got
cat >want <<'EOT'
5,2,self-trade,10020000000,10020000000
6,3,self-trade,10020000000,10020000000
4,2,self-trade,10020000000,10030000000
8,2,self-trade,10010000000,9223372036854775807
10,2,self-trade,10020000000,9223372036854775807
12,1,self-trade,10050000000,10050000000
14,1,self-trade,10050000000,10060000000
15,2,self-trade,10000000000,10000000000
16,3,self-trade,10000000000,10000000000
17,3,self-trade,10000000000,10000000000
EOT
same got want "each by its account, its group, or not at all"
exch-match -q --self-trade newest --accounts accounts.csv --risk own.csv \
	own.xst | exch-replay -f csv --type reject 2>/dev/null | sed 1d |
	cut -d , -f 8,9 >got
awk -F , '{ print $1 ",risk-self-trade" }' want >codes
same got codes "the gate comes before the prevention of the market"
exch-match --accounts accounts.csv --risk own.csv --explain 6 own.xst 2>&1 \
	>/dev/null | sed -n 's/.*of order 6, //p' >got
is "$(cat got)" "account 3 of the group OWNER: at 10.02 it would meet one of \
its own at 10.02" "in words"
exch-risk -q -a accounts.csv -l own.csv own.xst | verdicts >got
sed 's/^14,1,.*/14,1,self-trade,10045000000,10060000000/
	s/^12,1,.*/11,2,self-trade,10020000000,10040000000\
12,1,self-trade,10045000000,10045000000\
12,1,self-trade,10045000000,10050000000/' want >front
same got front "in front what is gone counts, too"
cat >hold.csv <<'EOT'
scope,name,self-trade,hold
all,,account,self-trade
EOT
gate hold.csv -f csv --type risk -o - own.xst 2>/dev/null | awk -F , '
	NR > 1 && $8 == 5 { print $13 "," $14 "," $11 }' >got
is "$(cat got)" "self-trade,hold,1" "or held"

# ---- a journal: sums come back ----

exch-replay -q --date 2026-01-05 --tz America/New_York -f json \
	"$src/data/sample.pcap.zst" | awk '
	/^{"t":"new"/ { sub(/"account":0/, "\"account\":" NR % 40 + 1) }
	{ print }' >day.json
exch-replay -q -o day.xst day.json
awk 'BEGIN { print "account,group"
	for (a = 1; a <= 41; a++) print a ",G" a % 4 }' >accounts.csv
cat >limits.csv <<'EOT'
scope,name,symbol,position,gross,open-orders,credit,self-trade
group,G0,,900,,,,
group,G1,ALFA,,2000,,,
group,G2,,,,120,,
group,G3,,,,,900000.00,
all,,,,,,,group
EOT
gate limits.csv --digest -o ref.xst day.xst 2>want
exch-replay -f csv --type risk ref.xst 2>/dev/null | sed 1d |
	cut -d , -f 13 | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ' >got
is "$(cat got)" "group-credit group-gross group-open-orders group-position \
self-trade " \
	"a day that meets them"
journal="exch-match --accounts accounts.csv --risk limits.csv --journal j \
	--segment-size 500000"
$journal -q -o j.xst day.xst
last=$(find j -name '0*.xst' | sort | tail -n 1)
dd if="$last" of=cut.tmp bs=300001 count=1 2>/dev/null && mv cut.tmp "$last"
$journal -v -o j.xst day.xst 2>said
ok "a journal that was cut: the same file" cmp j.xst ref.xst
has said 'the snapshot at record [0-9]* is put back' "behind a snapshot"

# ---- tables that are refused ----

refused() {
	printf '%s\n' "$1" >bad.csv
	exch-risk -l bad.csv orders.xst >/dev/null 2>said
	is "$? $(cat said)" "3 exch-risk: $2" "$3"
}
refused 'scope,name,size
group,G,5' "bad.csv:2: a group has no 'size': expected position, gross, \
notional, open-orders, credit and loss alone" "a limit of orders"
refused 'scope,name,messages
group,G,5' "bad.csv:2: a group has no 'messages': expected position, \
gross, notional, open-orders, credit and loss alone" "a limit of accounts"
refused 'scope,name,symbol,loss,on-loss
all,,,,
group,G,,5,liquidate' "bad.csv:3: a group has no 'on-loss': expected position, \
gross, notional, open-orders, credit and loss alone" "an action on its breach"
for column in hold,size approvers,BOSS self-trade,account stop-loss,5 \
	margin-rule,keep duplicate,1s sector,5% collar,5%; do
	printf 'scope,name,%s\ngroup,G,%s\n' "${column%,*}" "${column#*,}" \
		>bad.csv
	exch-risk -l bad.csv orders.xst >/dev/null 2>said
	has said "bad.csv:2: a group has no '${column%,*}'" "${column%,*}"
done
refused 'scope,name,gross
account,3,5' "bad.csv:2: gross and notional are of groups: expected none \
beside another scope" "a limit of groups"
refused 'scope,name,gross
group,,5' "bad.csv:2: a scope group without the group's name" "no name"
refused 'scope,name,position
all,,7
group,OWNER,5' "bad.csv:3:7: 'OWNER' is a group, and no table says whose \
accounts are in it: expected --accounts FILE" "a group, and no accounts"
printf 'scope,name,notional\ngroup,G,5\n' >bad.csv
printf 'account,group\n1,G\n' >of_g.csv
exch-risk -l bad.csv -a of_g.csv orders.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk: bad.csv:2: margin, concentration, sector, losses, notional, day \
traders and the last price depend on executions: they are limits of exch-match --risk" \
	"what a gate in front cannot know"
printf 'scope,name,maker\ngroup,G,0.01\n' >bad.csv
exch-risk watch --fees bad.csv ref.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk watch: bad.csv:2: groups have limits, and \
accounts pay fees: expected all, member or account" "fees of a group"

finish
