#!/bin/sh
# What people decide at the gate: held orders, limits that change, the switch.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >limits.csv <<'EOF'
scope,name,symbol,size,position,hold,approvers
all,,,500,900,size position,ann bob
account,3,,,,none,
member,ALPHA,,,400,,
EOF
cat >accounts.csv <<'EOF'
account,member,balance
1,ALPHA,100000
2,BETA,100000
3,BETA,100000
EOF
cat >orders.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
09:30  A1  sell 600 @ 10.02 as big
+1s    A2  buy 100 @ 10.02
+1s    A3  buy 600 @ 10.02
+1s    approve big by eve because no reason
+1s    approve big by ann because it is   a hedge
+1s    approve big by bob
+1s    A2  buy 700 @ 10.01 as two
+1s    refuse two by bob
+1s    A2  buy 701 @ 10.01 as three
+1s    cancel three
+1s    limit size 50 of A2 by bob because loud
+1s    A2  buy 60 @ 10.00
+1s    switch off member BETA by bob because fire
+1s    A2  buy 10 @ 10.00
+1s    A2  sell 110 @ 10.05
+1s    A2  sell 100 @ 10.05
+1s    switch on member BETA by bob
+1s    A2  buy 10 @ 10.00
EOF
exch-replay -q -o orders.xst orders.txt
result $? "a scenario"

# Events and verdicts without their time.
said_of() {
	exch-replay -q -f text "$1" | sed -n 's/^[^ ]* ABC  *//p; s/^[^ ]*   *\(kill\|limit\|mass\)/\1/p' |
		grep '^risk\|^ack\|^exec\|^reject\|^cancelled\|(gate)$'
}

exch-risk -q -l limits.csv -a accounts.csv -o front.xst orders.xst
exch-match -q -o front-matched.xst front.xst
said_of front-matched.xst >got
cat >want <<'EOF'
risk         hold the new of order 1, account 1: size 600 of 500 as 1
ack          order 2
risk         reject the new of order 3, account 3: size 600 of 500
reject       new of order 3: risk-size
risk         reject the decision of order 1, account 1: authority
risk         hold the decision of order 1, account 1: position 600 of 400 as 1
new          sell 600 @ 10.02 limit day order 1 account 1 (gate)
ack          order 1
exec         100 @ 10.02 buy 2 sell 1 (seller took)
risk         hold the new of order 4, account 2: size 700 of 500 as 2
risk         reject the new of order 4, account 2: size 700 of 500 as 2
new          buy 700 @ 10.01 limit day order 4 account 2 (gate)
reject       new of order 4: risk-size
risk         hold the new of order 5, account 2: size 701 of 500 as 3
reject       cancel of order 5: unknown-order
risk         reject the new of order 5, account 2: size 701 of 500 as 3
new          buy 701 @ 10.01 limit day order 5 account 2 (gate)
reject       new of order 5: risk-size
risk         hold the new of order 6, account 2: size 60 of 50 as 4
risk         reject the new of order 6, account 2: kill as 4
new          buy 60 @ 10.00 limit day order 6 account 2 (gate)
reject       new of order 6: risk-kill
mass-cancel  cancel all of account 2 (gate)
risk         reject the new of order 7, account 2: kill
reject       new of order 7: risk-kill
risk         reject the new of order 8, account 2: kill
reject       new of order 8: risk-kill
risk         reject the new of order 9, account 2: kill
reject       new of order 9: risk-kill
ack          order 10
EOF
same got want "in front: held, released, refused, withdrawn and killed"
exch-match -q --risk limits.csv --accounts accounts.csv -o inner.xst \
	orders.xst
# With fills: what makes a position smaller goes on, in the limit of that day.
said_of inner.xst | sed '/order 8, account 2\|new of order 8/d; /: kill\( as\|$\)/d
	/risk-kill/d' >got
sed '/order 8, account 2\|new of order 8/d; /: kill\( as\|$\)/d; /risk-kill/d
	/^mass-cancel/d' want | sed '/^ack          order 10/i\
risk         hold the new of order 9, account 2: size 100 of 50 as 5' >want2
same got want2 "within the matcher the same, and who is killed may reduce"

exch-match -q -f text orders.xst 2>/dev/null | grep -c '^.* ack ' >acks
is "$(cat acks)" 10 "without a gate nobody is asked"

# Replaced while it is held: the old one can be approved no more.
cat >replaced.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
09:30  A1  buy 1 @ 9.00
+1s    A2  buy 600 @ 10.00 as one
+1s    replace one with 100
+1s    approve one by ann
+1s    A2  buy 601 @ 10.00 as two
+1s    approve two by ann
EOF
exch-replay -q -o replaced.xst replaced.txt
cat >want <<'EOF'
risk         hold the new of order 2, account 2: size 600 of 500 as 1
reject       replace of order 2: unknown-order
risk         reject the new of order 2, account 2: size 600 of 500 as 1
new          buy 600 @ 10.00 limit day order 2 account 2 (gate)
reject       new of order 2: risk-size
risk         reject the decision of order 2, account 0: not-held
EOF
exch-risk -q -l limits.csv -a accounts.csv replaced.xst | exch-match -q -o r.xst
said_of r.xst | sed '/order 3/d; /ack/d' >got
same got want "in front: who replaces what is held withdraws it"
exch-match -q --risk limits.csv --accounts accounts.csv -o r.xst replaced.xst
said_of r.xst | sed '/order 3/d; /ack/d' >got
same got want "and within the matcher"
said_of r.xst | grep -c 'ack .*order 3' >got
is "$(cat got)" 1 "another that is held goes on"

# But not whoever says so.
exch-replay -q -f json replaced.xst |
	sed '/"t":"replace"/s/"account":0/"account":1/' >other.json
exch-replay -q -o other.xst other.json
exch-match -q --risk limits.csv --accounts accounts.csv -o r.xst other.xst
said_of r.xst | grep -c 'replace of order 2, account 2: account\|ack .*order 2' >got
is "$(cat got)" 2 "another account's replacement is refused: it stays held"

# Whose accounts a member has no table says: nothing can act upon it.
cat >members.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
account A1 member NOPE
09:30  limit size 5 member NOPE by bob
+1s    limit size 6 member BETA by bob
+1s    switch off member NOPE by bob
+1s    A1 buy 7 @ 10.00
+1s    A2 buy 7 @ 10.00
EOF
exch-replay -q -o members.xst members.txt
exch-match -q --risk limits.csv --accounts accounts.csv -o m.xst members.xst
exch-risk report -q changes -f csv m.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "effect") e = i; next }
	{ print $e }' >got
printf '%s\n' none yes none >want
same got want "a member that the table does not have: no effect, and it is told"
said_of m.xst | grep 'ABC\|order [12]' >got
printf '%s\n' 'ack          order 1' \
	'risk         hold the new of order 2, account 2: size 7 of 6 as 1' >want
same got want "and one that it has is limited"

# ---- members by the stream ----

cat >told.csv <<'EOF'
scope,name,size
all,,500
member,ALPHA,100
member,BETA,50
EOF
cat >some.csv <<'EOF'
account,member
1,ALPHA
2,
3,
EOF
cat >told.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
account A1 member BETA
account A2 member BETA
09:30  A1  buy 60 @ 10.00 as one
+1s    A1  buy 101 @ 10.00
+1s    A2  buy 51 @ 10.00
+1s    A2  buy 50 @ 10.00 as two
+1s    A3  buy 400 @ 10.00 as three
+1s    limit size 40 member BETA by bob
+1s    A2  buy 41 @ 10.00
+1s    switch off member BETA by bob
+1s    A2  buy 1 @ 10.00
+1s    A1  buy 1 @ 10.00
+1s    switch on member BETA by bob
+1s    A2  buy 2 @ 10.00
EOF
exch-replay -q -o told.xst told.txt
of_members() {
	exch-replay -q -f csv --type risk "$1" | awk -F , 'NR > 1 {
		print $8 "," $12 "," $13 "," $15 }'
}
cat >want <<'EOF'
2,1,size,new
3,2,size,new
6,2,size,new
7,2,kill,new
EOF
exch-risk -q -l told.csv -a some.csv -o f.xst told.xst
of_members f.xst >got
same got want "the stream says whose account it is, and the table comes first"
exch-match -q --risk told.csv --accounts some.csv -o m.xst told.xst
of_members m.xst >got
same got want "so within the matcher"
exch-match -q -j 2 --risk told.csv --accounts some.csv -o j.xst told.xst
same m.xst j.xst "with threads, too"
exch-replay -q -f csv --type cancelled m.xst | awk -F , 'NR > 1 { print $8 }' >got
is "$(cat got)" 4 "the switch cancels what its accounts have"
exch-risk -l told.csv -a some.csv -f bin told.xst 2>&1 >/dev/null |
	grep -c '^exch-risk: 1 ACCOUNT records had no effect' >got
is "$(cat got)" 1 "a record that says another member is told"
# Without a table all is as the stream says.
exch-risk -q -l told.csv -o f.xst told.xst
of_members f.xst >got
cat >want <<'EOF'
1,1,size,new
2,1,size,new
3,2,size,new
6,2,size,new
7,2,kill,new
8,1,kill,new
EOF
same got want "without a table the stream alone"

# It counts from the record on, also for what its member was told before; who
# has come to the market already stays whose he was.
cat >late.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01
account A1 member BETA
account A2 member NEW
account A3 member NEW
09:30  A3  buy 60 @ 10.00
+1s    A1  buy 10 @ 10.00
+1s    switch off member BETA by bob
+1s    A2  buy 60 @ 10.00
+1s    A3  buy 60 @ 10.00
EOF
exch-replay -q -f json late.txt | awk '
	/"t":"account"/ && /"member":"NEW"/ {
		sub(/"NEW"/, "\"BETA\"")
		late[++nlate] = $0
		next
	}
	{ print }
	/"t":"kill"/ {
		for (i = 1; i <= nlate; i++)
			print late[i]
	}' | awk '
	/"seq":/ { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"") }
	{ print }' >late.json
exch-replay -q -o late.xst late.json
result $? "a stream in which two accounts are announced late"
exch-match --risk told.csv -o m.xst late.xst 2>said
of_members m.xst >got
is "$(cat got)" "3,2,kill,new" "one is stopped as its member is, one is not"
grep -c '^exch-match: 1 ACCOUNT records had no effect' said >got
is "$(cat got)" 1 "and that is told"
exch-risk -q -l told.csv -o f.xst late.xst
of_members f.xst >got
is "$(cat got)" "3,2,kill,new" "in front, too"
# Of many that are held none is passed over.
{
	printf 'instrument ABC tick 0.01\n09:30 A1 sell 600 @ 10.00\n'
	yes '+1ms A1 sell 600 @ 10.00' | head -n 999
	printf '+1s %s\n' 'cancel all of A1' 'approve 1 by bob'
} >many.txt
exch-replay -q -o many.xst many.txt
exch-risk -l limits.csv -a accounts.csv -f bin many.xst 2>said |
	exch-replay -q -f text | grep -c '^.*(gate)$' >got
is "$(cat got)" 1000 "a thousand are withdrawn"
sed 's/cancel all of A1/switch off of A1/' many.txt >many2.txt
exch-replay -q -o many.xst many2.txt
exch-match -q --risk limits.csv --accounts accounts.csv -f text many.xst |
	grep -c 'reject .*risk-kill' >got
is "$(cat got)" 1000 "and a thousand are refused when a switch is pulled"

# ---- the reports ----

report() {
	exch-risk report "$@" 2>/dev/null
}
report overrides -f csv inner.xst | cut -d , -f 3-12 >got
cat >want <<'EOF'
order,account,decision,effect,by,why,rule,limit,observed,ref
1,1,approve,none,eve,no reason,size,500,600,1
1,1,approve,held,ann,it is   a hedge,size,500,600,1
1,1,approve,released,bob,,position,400,600,1
4,2,refuse,refused,bob,,size,500,700,2
EOF
same got want "who decided what, why, and what came of it"
report changes -f csv front.xst | cut -d , -f 2-10 >got
cat >want <<'EOF'
what,symbol,account,member,value,by,why,effect,rule
size,,2,,50,bob,loud,yes,
kill,,,BETA,,bob,fire,yes,
release,,,BETA,,bob,,yes,
EOF
same got want "what was changed, and by whom"

# ---- approve and refuse ----

grep -v 'approve\|refuse' orders.txt >plain.txt
exch-replay -q -o plain.xst plain.txt
exch-risk -q -l limits.csv -a accounts.csv -o held.xst plain.xst
gate() {
	exch-risk -q -l limits.csv -a accounts.csv | exch-match -q -o "$1"
}
exch-risk approve 1 --by ann --why 'a hedge' --of held.xst plain.xst |
	exch-risk refuse 2 --by bob --why no --at 2026-01-05T09:30:04Z \
		--of held.xst | gate decided.xst
report overrides -f csv decided.xst | cut -d , -f 1,3-8 >got
cat >want <<'EOF'
time,order,account,decision,effect,by,why
2026-01-05T09:30:00.000000000Z,1,1,approve,held,ann,a hedge
2026-01-05T09:30:04.000000000Z,4,2,refuse,refused,bob,no
EOF
same got want "decisions by the numbers of what is held"
try() {
	exch-risk "$@" -o /dev/null -f bin plain.xst 2>said
	echo "$? $(sed 's/^exch-risk [a-z]*: //' said | head -n 1)"
}
is "$(try approve 9 --by a --why b --of held.xst)" \
	"3 held.xst: nothing is held as 9 there" "a number that nothing has"
is "$(try approve x --by a --why b --of held.xst | cut -c 1-50)" \
	"2 the first operand is the number of what is held," "no number"
is "$(try refuse 1 --why b --of held.xst | cut -c 1-15)" "2 who decides? " \
	"nobody"
is "$(try refuse 1 --by a --of held.xst | cut -c 1-7)" "2 why? " "no reason"
is "$(try refuse 1 --by a --why b | cut -c 1-20)" "2 where was it held?" \
	"nowhere"
is "$(try refuse 1 --by a --why b --of held.xst --at 2026-01-05T09:00:00Z |
	cut -c 1-38)" "3 plain.xst: --at is before the order " "too early"

# ---- bad lines, and records that change nothing ----

# limit WORDS SAID: what the scenario's limit is told to be.
limit() {
	printf 'instrument ABC tick 0.01\n09:30 A1 buy 5 @ 1\n+1s limit %s\n' \
		"$1" >bad.txt
	exch-replay -q -o bad.xst bad.txt 2>said
	is "$? $(sed 's/[^"]*//' said)" "3 $2" "limit $1"
}
limit 'size 9223372036854775808' \
	'"9223372036854775808" is larger, or finer, than numbers can say'
limit 'size 1.5' '"1.5" is larger, or finer, than numbers can say'
limit 'credit -0.01' '"-0.01" is below 0'
limit 'concentration 99999999999999999%' \
	'"99999999999999999%" is larger, or finer, than numbers can say'
limit 'per 9999999999999999999s' \
	'"9999999999999999999s" is longer than 24h'
limit 'per 25h' '"25h" is longer than 24h'
limit 'per 5' '"5"'

for line in 'approve' 'approve 1 because' 'limit' 'limit x 5' 'limit size x' \
	'limit size 5 by 12345678901234567' 'switch' 'switch off of' \
	'refuse 1 of A1' 'limit per 5' 'limit size -1'; do
	printf 'instrument ABC tick 0.01\n09:30 A1 buy 5 @ 1\n+1s %s\n' \
		"$line" >bad.txt
	exch-replay -q -o bad.xst bad.txt 2>said
	is "$? $(grep -c '^exch-replay: bad.txt:3' said)" "3 1" "$line"
done
for line in 'limit size 5 of member BETA' 'limit size 5 group G' \
	'limit group-gross 5 of A1' 'switch off of member BETA' \
	'limit group-x 5 group G'; do
	printf 'instrument ABC tick 0.01\n09:30 A1 buy 5 @ 1\n+1s %s\n' \
		"$line" >bad.txt
	exch-replay -q -o bad.xst bad.txt 2>>words
done
cat >want <<'EOF'
exch-replay: bad.txt:3:21: expected an account behind of: for a member write member M alone, found "member"
exch-replay: bad.txt:3:18: expected of ACCOUNT or member M (groups have limits of their own, such as group-gross), found "group"
exch-replay: bad.txt:3:25: expected group G, of whose accounts the limit is, found "of"
exch-replay: bad.txt:3:19: expected an account behind of: for a member write member M alone, found "member"
exch-replay: bad.txt:3:11: "group-x" is not a limit (size, value, position, collar, margin-long, margin-short, concentration, messages, per, duplicate, open-orders, credit, sector, loss, group-open-orders, group-position, group-gross, group-notional, group-credit, group-loss)
EOF
same words want "whose limits they are"
printf 'instrument ABC tick 0.01\n09:30 limit size 5\n' >all.txt
is "$(exch-replay -q -f text all.txt | sed -n 's/.* limit  *//p')" \
	"size 5 for all" "a limit of all"
cat >all.txt <<'EOF'
09:30  limit collar 0.095
+1s    limit value 1000.5 of A1
+1s    limit duplicate 1500us
+1s    limit duplicate 250ms
+1s    limit per 90s
+1s    limit open-orders 7
EOF
exch-replay -q -o all.xst all.txt
exch-replay -q -f text all.xst | sed -n 's/.* limit  *//p' >got
cat >want <<'EOF'
collar 9.5% for all
value 1000.50 for account 1
duplicate 1500us for all
duplicate 250ms for all
per 90s for all
open-orders 7 for all
EOF
same got want "values are as people write them"
exch-risk report changes -q -f csv all.xst | cut -d , -f 2,6 >got
cat >want <<'EOF'
what,value
collar,0.095
value,1000.50
duplicate,1500000
duplicate,250000000
per,90000000000
open-orders,7
EOF
same got want "also in a report, with times in ns"
cat >odd.txt <<'EOF'
instrument ABC tick 0.01
09:30  approve 7 by ann
+1s    limit messages 0 of A1
+1s    limit credit 5 ABC of A1
+1s    limit concentration 5% of A1
+1s    switch off member NOBODY
EOF
exch-replay -q -o odd.xst odd.txt
exch-risk -q -l limits.csv -a accounts.csv -f csv --type risk odd.xst | sed 1d |
	cut -d , -f 13-15 | sort | uniq -c | sed 's/^ *//' >got
cat >want <<'EOF'
3 impossible,reject,limit
1 not-held,reject,decision
1 unknown,reject,kill
EOF
same got want "what cannot be is said not to be, and why"
cat >why.txt <<'EOF'
instrument ABC tick 0.01
09:30  A1 sell 600 @ 10.02 as big
+1s    approve big by eve
+1s    approve 7 by ann
+1s    limit size 5 member NOBODY
+1s    limit group-gross 5 group NOGROUP
+1s    limit messages 0 of A1
+1s    switch off member NOBODY
+1s    A2 buy 100 @ 10.00
EOF
exch-replay -q -o why.xst why.txt
exch-risk -l limits.csv -a accounts.csv -f text why.xst 2>said |
	sed -n 's/.* risk  *//p' >got
cat >want <<'EOF'
hold the new of order 1, account 1: size 600 of 500 as 1
reject the decision of order 1, account 1: authority
reject the decision of order 7, account 0: not-held
reject the limit, account 0: unknown
reject the limit, account 0: unknown
reject the limit, account 1: impossible
reject the kill, account 0: unknown
EOF
same got want "each has its reason"
is "$(cat said)" "exch-risk: 8 commands, 6 refused: authority 1, not-held 1, \
unknown 3, impossible 1; 1 held, 1 of them still" \
	"and counts as the command that it is"
exch-match --risk limits.csv --accounts accounts.csv why.xst -f text \
	2>said | sed -n 's/.* risk  *//p' >got
same got want "within the matcher, too"
is "$(cut -d : -f 1-2 said)" "exch-match: 8 commands, 6 refused" \
	"and it counts so"
for order in 1 7; do
	exch-risk -l limits.csv -a accounts.csv --explain $order why.xst \
		2>&1 >/dev/null | sed -n 's/.*Z decision of order //p'
done >got
cat >want <<'EOF'
1, account 1: who decides is none of the approvers
7, account 0: nothing is held that this could decide on
EOF
same got want "and is explained"
# Held twice, for one rule and then another, it is one order.
exch-risk -l limits.csv -a accounts.csv orders.xst 2>&1 >/dev/null |
	sed 's/.*; //' >got
is "$(cat got)" "4 held" "each that was held is counted once"

printf 'scope,hold,approvers\nall,size,ann abcdefghijklmnopq\n' >bad.csv
exch-risk -l bad.csv orders.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk: bad.csv:2:10: 'ann abcdefghijklmnopq' has \
'abcdefghijklmnopq': expected names of at most 16 bytes each" "a long approver"
printf 'scope,hold\nall,size nonsense\n' >bad.csv
exch-risk -l bad.csv orders.xst >/dev/null 2>said
is "$? $(cut -d : -f 1-4 said)" "3 exch-risk: bad.csv:2:5" "a rule of no name"
is "$(sed "s/.*'nonsense'/'nonsense'/; s/none, per.*group-loss/.../" said)" \
	"'nonsense' is none; expected some of ..., self-trade, \
day-trader-equity, day-trader-power" "is told with all that are names"

# ---- a stream that nobody judges, and one that has been matched ----

cat >idle.txt <<'EOF'
instrument ABC tick 0.01
09:30  A1 sell 10 @ 10.02
+1s    switch off of A1 by bob
+1s    limit size 5 of A1 by bob
+1s    A2 buy 10 @ 10.02
EOF
exch-replay -q -o idle.xst idle.txt
none="exch-match: 2 LIMIT, KILL or DECISION records had no effect: only a gate \
acts upon them; add --risk FILE, exch-match(1), GATE"
for j in 1 2; do
	exch-match -j $j -f bin -o matched.xst idle.xst 2>said
	is "$(cat said)" "$none" "a switch that nobody has is told, -j $j"
done
exch-match -q -f bin -o matched.xst idle.xst 2>said
is "$(cat said)" "" "not with --quiet"
exch-match --risk limits.csv --accounts accounts.csv -f bin idle.xst \
	2>&1 >/dev/null | grep -c 'no effect' >got
is "$(cat got)" 0 "nor with a gate"
exch-risk -q -l limits.csv -a accounts.csv idle.xst |
	exch-match -f bin 2>said >/dev/null
is "$(cat said)" "" "nor behind one"
exch-risk -l limits.csv -a accounts.csv -f bin matched.xst 2>said >/dev/null
is "$(sed -n 1p said)" "exch-risk: the stream was matched already, and this \
gate looks at no execution: exch-match --rematch --risk FILE does" \
	"a gate in front behind a matcher says what it does not see"
exch-risk -l limits.csv -a accounts.csv -f bin idle.xst 2>&1 >/dev/null |
	grep -c matched >got
is "$(cat got)" 0 "and only there"
for tool in "exch-risk -l" "exch-match --risk"; do
	$tool limits.csv --accounts accounts.csv --explain 77 -f bin idle.xst 2>&1 \
		>/dev/null | grep -c 'order 77 was not judged'
	$tool limits.csv --accounts accounts.csv --explain 1 -f bin idle.xst 2>&1 \
		>/dev/null | grep -c 'was not judged'
done >got
is "$(tr '\n' ' ' <got)" "1 0 1 0 " "an order that never came is said not to"

# ---- a day: journal, card and threads make the same of it ----

exch-replay -q --date 2026-01-05 --tz America/New_York -f json \
	"$src/data/sample.pcap.zst" | awk -f "$src/tests/cli/decide.awk" |
	exch-replay -q -o day.xst
result $? "a day with decisions"
cat >day.csv <<'EOF'
scope,name,symbol,size,value,position,messages,per,duplicate,open-orders,hold,approvers
all,,,299,400000.00,2000,40,10m,20s,40,size value position,ann
account,7,ALFA,200,,,,,,,,
EOF
exch-match -q --risk day.csv --digest -o ref.xst day.xst 2>ref.digest
exch-replay -f csv --type risk ref.xst 2>/dev/null | sed 1d |
	cut -d , -f 13-15 | sort | uniq -c |
	awk '$1 > 20 { print $2 }' | tr '\n' ' ' >got
is "$(cat got)" "duplicate,reject,new kill,reject,new \
not-held,reject,decision open-orders,reject,new \
position,hold,decision position,hold,new position,reject,new \
position,reject,replace size,hold,new size,reject,new size,reject,replace \
throttle,reject,new throttle,reject,replace " "in which everything comes"
exch-replay -f csv --type new ref.xst 2>/dev/null | grep -c ',gate,' >got
test "$(cat got)" -gt 1000
result $? "and thousands are released or refused"
journal="exch-match --risk day.csv --journal j --segment-size 500000"
$journal -q -o out.xst day.xst
ok "with a journal: the same file" cmp out.xst ref.xst
last=$(find j -name '0*.xst' | sort | tail -n 1)
dd if="$last" of=cut.tmp bs=300001 count=1 2>/dev/null && mv cut.tmp "$last"
$journal -v -o out.xst day.xst 2>said
ok "a journal that was cut: the same file" cmp out.xst ref.xst
has said 'the snapshot at record [0-9]* is put back' "behind a snapshot"
exch-match -q --risk day.csv -e fpga --card soft -o card.xst day.xst
ok "with a card: the same file" cmp card.xst ref.xst

# What the stream says of members is in the state that is put back.
exch-replay -q -f json day.xst | awk '
	function put(line, i) {
		i = index(line, "\"seq\":\"")
		rest = substr(line, i + 7)
		print substr(line, 1, i + 6) ++seq substr(rest, index(rest, "\""))
	}
	index($0, "\"t\":\"new\"") && !told++ {
		i = index($0, "\"time\":")
		time = substr($0, i, index(substr($0, i), ",") - 1)
		for (id = 1; id <= 9; id++)
			put("{\"t\":\"account\",\"source\":1,\"seq\":\"0\"," time \
				",\"id\":" id ",\"member\":\"" (id % 2 ? "ODD" : \
				"EVEN") "\",\"text\":\"\"}")
	}
	index($0, "\"t\":\"end\"") { sub(/[0-9]+/, seq) }
	index($0, "\"seq\":") { put($0); next }
	{ print }' >told.json
exch-replay -q -o told.xst told.json
result $? "a day whose accounts have members by the stream"
{
	cat day.csv
	echo 'member,ODD,,199,,,,,,,,'
} >told.csv
exch-match -q --risk told.csv -o ref2.xst told.xst
exch-replay -q -f csv --type risk ref2.xst | awk -F , '
	$13 == "size" && $9 == 199' | wc -l >got
test "$(cat got)" -gt 100
result $? "are asked for less"
journal="exch-match --risk told.csv --journal j2 --segment-size 500000"
$journal -q -o out2.xst told.xst
last=$(find j2 -name '0*.xst' | sort | tail -n 1)
dd if="$last" of=cut.tmp bs=300001 count=1 2>/dev/null && mv cut.tmp "$last"
$journal -v -o out2.xst told.xst 2>said
ok "a journal that was cut: the same file" cmp out2.xst ref2.xst
has said 'the snapshot at record [0-9]* is put back' "behind a snapshot"

exch-risk -q -l day.csv -o front.xst day.xst
exch-match -q --digest -o /dev/null -f bin front.xst 2>want
exch-match -q --digest -j 2 -o /dev/null -f bin front.xst 2>got
same got want "behind a gate in front: the same on two threads"
exch-match -q --digest --risk day.csv -o twice.xst front.xst 2>/dev/null
result $? "and behind another gate"
report overrides -f csv front.xst | cut -d , -f 1-12 >want
report overrides -f csv twice.xst | cut -d , -f 1-12 >got
same got want "which has no say in what the first one holds"
report overrides -f csv front.xst | sed 1d | cut -d , -f 5,6 | sort | uniq -c |
	awk '{ print $2 }' | tr '\n' ' ' >got
is "$(cat got)" "approve,held approve,none approve,released refuse,none \
refuse,refused " "with every outcome"
finish
