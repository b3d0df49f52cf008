#!/bin/sh
# The gate within the matcher: exch-match --risk.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >orders.txt <<'EOT'
instrument ABC tick 0.01
09:30  ANN  sell 100 @ 10.01
+1s    BEN  sell 600 @ 10.02
+1s    CIA  buy 60 @ 10.02
+1s    CIA  buy 840 @ 10.00
+1s    CIA  cancel 4
+1s    CIA  buy 840 @ 10.00
+1s    CIA  buy 1 @ 9.00
EOT
cat >limits.csv <<'EOT'
scope,name,size,position
all,,900,900
account,2,100,
EOT
printf 'scope,size\n' >none.csv
exch-replay -q -o orders.xst orders.txt
result $? "a scenario"
exch-match --risk limits.csv -f text orders.xst 2>said |
	sed -n 's/^[^ ]* ABC  *//p' | grep 'risk\|reject\|exec' >got
cat >want <<'EOT'
risk         reject the new of order 2, account 2: size 600 of 100
reject       new of order 2: risk-size
exec         60 @ 10.01 buy 3 sell 1 (buyer took)
risk         reject the new of order 6, account 3: position 901 of 900
reject       new of order 6: risk-position
EOT
same got want "what is filled and what is cancelled counts as that"
is "$(cat said)" "exch-match: 6 commands, 2 refused: size 1, position 1" \
	"and it is counted"
exch-risk -q -l limits.csv orders.xst | exch-match -q -f text |
	grep -c ' risk ' >front
is "$(cat front)" 3 "a gate in front is stricter"
exch-risk -q -l limits.csv orders.xst |
	exch-match -q --risk none.csv -f text | grep -c 'reject .*risk-' >both
is "$(cat both)" 3 "and holds beside one within"
exch-match -q -f text -o - --risk limits.csv orders.xst | sed -n \
	's/.*exch-match [0-9.]* //p' >options
is "$(sed 's/ limits=[0-9a-f]\{16\}$//' options)" \
	"ladder=plain-ref phase=continuous timetable=none" \
	"the tables are among the options"

# ---- a day: without limits nothing is another ----

exch-replay -q --date 2026-01-05 --tz America/New_York -f json \
	"$src/data/sample.pcap.zst" | awk '
	/^{"t":"new"/ { sub(/"account":0/, "\"account\":" NR % 40 + 1) }
	{ print }' >day.json
exch-replay -q -o day.xst day.json
for rules in plain iex xetra; do
	o=
	[ $rules = plain ] || o="--market $src/data/markets/$rules.market"
	# shellcheck disable=SC2086 # several options
	exch-match -q $o --digest -o 1.xst day.xst 2>want
	# shellcheck disable=SC2086 # several options
	exch-match -q $o --digest --risk none.csv -o 2.xst day.xst 2>got
	same got want "$rules: a gate without limits changes nothing"
done

# ---- a journal: the gate comes back as it was ----

cat >limits.csv <<'EOT'
scope,name,symbol,size,value,position,messages,per,duplicate,open-orders,credit
all,,,3000,400000.00,2000,40,10m,20s,40,900000.00
account,7,ALFA,200,,,,,,,
EOT
exch-match -q --risk limits.csv --digest -o ref.xst day.xst 2>ref.digest
result $? "a day with limits"
exch-replay -f csv --type risk ref.xst 2>/dev/null | sed 1d |
	cut -d , -f 13 | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ' >rules
is "$(cat rules)" "credit duplicate open-orders position size throttle value " "which are met"
journal="exch-match --risk limits.csv --journal j --segment-size 500000"
$journal -q -o out.xst day.xst
ok "with a journal: the same file" cmp out.xst ref.xst
exch-match -v --recover --risk limits.csv --digest -o rec.xst j 2>said
ok "--recover: the same file" cmp rec.xst ref.xst
has said 'the state at record [0-9]* is that of its snapshot' \
	"and the same state at a snapshot"
cut_at() {
	dd if="$1" of=cut.tmp bs="$2" count=1 2>/dev/null && mv cut.tmp "$1"
}
last=$(find j -name '0*.xst' | sort | tail -n 1)
cut_at "$last" 300001
$journal -v -o out.xst day.xst 2>said
ok "a journal that was cut: the same file" cmp out.xst ref.xst
has said 'the snapshot at record [0-9]* is put back' "behind a snapshot"
sed 's/3000/3001/' limits.csv >other.csv
exch-match -q --risk other.csv --journal j -o out.xst day.xst 2>said
is "$? $(grep -c 'the journal was written with journal-options=.* limits=[0-9a-f]\{16\}, and now it is limits=[0-9a-f]\{16\}$' said)" \
	"2 1" "another table is another run, and both are named"

# ---- rules of all that an account has ----

cat >whole.txt <<'EOT'
instrument ABC tick 0.01 reference 10.00
instrument DEF tick 0.01
instrument GHI tick 0.01 reference 10.00
09:30  A1  sell 1000 ABC @ 10.00
+1s    A1  sell 1000 DEF @ 20.00
+1s    A1  sell 1000 GHI @ 10.00
+1s    A2  buy 100 ABC @ 10.00
+1s    A2  buy 101 ABC @ 10.00
+1s    A2  buy 100 DEF @ 20.00
+1s    A3  buy 80 ABC @ 10.00
+1s    A3  buy 40 ABC @ 10.00
+1s    A3  buy 16 DEF @ 20.00
+1s    A4  buy 100 ABC @ 10.00
+1s    A1  cancel 1 ABC
+1s    A5  buy 10 ABC @ 9.00
+1s    A4  sell 50 ABC @ 9.00
+1s    A4  sell 10 ABC @ 9.00
+1s    A4  buy 10 GHI @ 10.00
+1s    A4  sell 10 ABC @ 9.00
+1s    A6  buy 5 ABC @ 9.91
+1s    A6  buy 5 ABC @ 9.90
EOT
cat >accounts.csv <<'EOT'
account,balance
1,1000000
2,1000
3,2000
4,2000
5,2000
6,2000
EOT
cat >whole.csv <<'EOT'
scope,name,margin-long,concentration,sector,loss,collar,collar-of
account,2,50%,,,,,
account,3,,60%,50%,,,
account,4,,,,50,,
account,6,,,,,10%,last
EOT
printf 'symbol,sector\nABC,X\nDEF,X\n' >instruments.csv
exch-replay -q -o whole.xst whole.txt
result $? "a scenario of two instruments"
exch-match -q --risk whole.csv --accounts accounts.csv \
	--instruments instruments.csv -o judged.xst whole.xst
exch-replay -f csv --type risk judged.xst 2>/dev/null | awk -F , \
	'NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 }' >got
cat >want <<'EOT'
5,2,margin,1000000000,1005000000
6,2,margin,1000000000,1500000000
8,3,sector,500000,600000
9,3,sector,500000,560000
14,4,loss,50000000,100000000
16,6,collar,900000000,910000000
EOT
same got want "each rule says no where it has to"
explained() {
	exch-match --risk whole.csv --accounts accounts.csv \
		--instruments instruments.csv --explain "$1" whole.xst 2>&1 \
		>/dev/null | sed -n "s/.*of order $1, account/account/p"
}
is "$(explained 5)" "account 2: margin would be 1005.00 of an equity of \
1000.00" "margin in words"
exch-risk -l whole.csv whole.xst >/dev/null 2>said
is "$? $(cat said)" "3 exch-risk: whole.csv:2: margin, concentration, sector, \
losses, notional, day traders and the last price depend on executions: they are limits of exch-match \
--risk" "a gate in front cannot know"

# ---- margin by the rules of a day ----

cat >dated.txt <<'EOT'
instrument ABC tick 0.01 reference 50.00
instrument LOW tick 0.01 reference 2.00
instrument TEN tick 0.01 reference 10.00
09:30  A1  sell 1 ABC @ 50.00
+1s    A2  buy 100 ABC @ 50.00
+1s    A2  buy 1 ABC @ 50.00
+1s    A3  sell 100 ABC @ 50.00
+1s    A3  sell 1 ABC @ 50.00
+1s    A4  buy 201 ABC @ 50.00
+1s    A4  buy 200 ABC @ 50.00
+1s    A5  sell 801 LOW @ 2.00
+1s    A5  sell 800 LOW @ 2.00
+1s    A6  sell 401 TEN @ 10.00
+1s    A6  sell 400 TEN @ 10.00
+1s    A7  sell 11 TEN @ 10.00
+1s    A7  sell 10 TEN @ 10.00
EOT
cat >accounts.csv <<'EOT'
account,balance
1,
2,2500.00
3,2500.00
4,2500.00
5,2000.00
6,2000.00
7,100.00
EOT
cat >dated.csv <<'EOT'
scope,name,margin-rule,margin-short
all,,initial,
account,4,keep,
account,5,keep,
account,6,keep,
account,7,keep,100%
account,1,none,
EOT
exch-replay -q -o dated.xst dated.txt
dated() {
	exch-match -q --accounts accounts.csv --risk dated.csv --margin "$@" \
		dated.xst | exch-replay -f csv --type risk 2>/dev/null |
		awk -F , 'NR > 1 { print $8 "," $13 "," $9 "," $10 }'
}
dated "$src/data/risk/margin.csv" --date 2026-06-04 >got
cat >want <<'EOT'
3,margin,2500000000,2525000000
5,margin,2500000000,2525000000
6,margin,2500000000,2512500000
8,margin,2000000000,2002500000
10,margin,2000000000,2005000000
12,margin,100000000,110000000
EOT
same got want "half at the start, and then a quarter, or so much a share"
sed 's/keep-long,25%/keep-long,30%/' "$src/data/risk/margin.csv" >other.csv
is "$(dated other.csv --date 2026-06-04 | grep -c '^7,margin,2500000000,3')" 1 \
	"another table, other rates"
sed 's/^\(2020-01-01\),,\(.*keep-long\)/\1,2026-06-04,\2/' \
	"$src/data/risk/margin.csv" >other.csv
exch-match --risk dated.csv --margin other.csv --date 2026-06-04 -o no.xst \
	dated.xst 2>said
is "$? $(cat said)" "3 exch-match: other.csv: no row tells 'keep-long' for \
2026-06-04" "a day without a rate"
exch-match --risk dated.csv -o no.xst dated.xst 2>said
is "$? $(cat said)" "2 exch-match: dated.csv: a margin-rule goes by dated \
rates: add --margin FILE, such as risk/margin.csv of the package" "no rates"
exch-risk -l dated.csv dated.xst >/dev/null 2>said
is "$? $(grep -c 'depend on executions' said)" "3 1" "nor in front"

# ---- cash ----

cat >cash.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1  buy 10 ABC @ 10.00
+1s    A1  deposit 100.00
+1s    A1  buy 10 ABC @ 10.00
+1s    A1  withdraw 0.01
+1s    A1  buy 1 ABC @ 0.01
EOT
printf 'scope,credit\nall,0\n' >cash.csv
exch-replay -q -o cash.xst cash.txt
exch-match -q --risk cash.csv cash.xst | exch-replay -f csv --type risk \
	2>/dev/null | awk -F , 'NR > 1 { print $8 "," $13 "," $10 }' >got
printf '1,credit,100000000\n3,credit,20000\n' >want
same got want "what is deposited can be spent at once, and what is gone not"
exch-risk -q -l cash.csv cash.xst | exch-replay -f csv --type risk \
	2>/dev/null | awk -F , 'NR > 1 { print $8 "," $13 "," $10 }' >got
same got want "in front, too"
is "$(exch-replay -f csv --type deposit cash.xst 2>/dev/null | cut -d , -f 8,9 |
	tr '\n' ' ')" "amount,account 100.00,1 -0.01,1 " "records of it"
for line in 'deposit 5' 'A1 deposit' 'A1 deposit x' 'A1 withdraw -1' \
	'A1 deposit 5 6'; do
	printf 'instrument ABC tick 0.01\n09:30 %s\n' "$line" >bad.txt
	exch-replay -q -o bad.xst bad.txt 2>said
	is "$? $(grep -c '^exch-replay: bad.txt:2' said)" "3 1" "$line"
done

# ---- no price, and no end ----

cat >market.txt <<'EOF'
instrument ABC tick 0.01
09:30 A1 buy 60 @ market
+1s   A1 buy 40 @ market
+1s   A1 sell 40 @ market
EOF
printf 'scope,position,credit\nall,50,1000.00\n' >market.csv
exch-replay -q -o market.xst market.txt
exch-match -q --risk market.csv -f csv --type risk market.xst 2>/dev/null |
	awk -F , 'NR > 1 { print $8 "," $13 "," $9 "," $10 }' >got
printf '%s\n' 1,position,50,60 2,credit,1000000000,9223372036854775807 >want
same got want "rules have their order for orders without a price, too"
# The dearest that a buy may come to is above a reference below 0, too.
cat >below.txt <<'EOF'
instrument FUT tick 0.01 kind future reference -10.00
09:30 A1 buy 10 @ market
+1s   A2 buy 10 @ market
EOF
printf 'account,balance\n1,-90.01\n2,-90.00\n' >below.acc
printf 'scope,credit,collar\nall,0,10%%\n' >below.csv
exch-replay -q -o below.xst below.txt
exch-match -q --risk below.csv --accounts below.acc -f csv --type risk \
	below.xst 2>/dev/null | awk -F , 'NR > 1 { print $8 "," $13 "," $10 }' >got
is "$(cat got)" "1,credit,10000" "the edge of a collar around less than nothing"
cat >huge.txt <<'EOF'
instrument ABC tick 0.01
09:30 A1 buy 5000000000000000000 @ 0.01
+1s   A2 sell 5000000000000000000 @ 0.01
+1s   A1 buy 5000000000000000000 @ 0.01
+1s   A3 sell 5000000000000000000 @ 0.01
EOF
exch-replay -q -o huge.xst huge.txt
exch-match -q --risk none.csv -f csv --type risk huge.xst 2>/dev/null >huge
is "$? $(awk -F , 'NR > 1 { print $8 "," $13 "," $9 }' huge)" \
	"0 3,position,9223372036854775807" "nobody has more than can be counted"

# ---- said twice ----

cat >twice.txt <<'EOF'
instrument ABC tick 0.01
09:30 A1 buy 100 @ 10.00 client 5
+1s   A1 buy 100 @ 10.00 client 5
+1s   A1 buy 100 @ 9.99
+1s   A2 sell 100 @ 10.00
+1s   A1 buy 1 @ 9.98
+1s   A2 buy 1 @ 10.00 client 7 ioc
+1s   A2 buy 1 @ 10.00 client 7 ioc
+1s   A2 buy 300 @ 9.97
+1s   A2 buy 1 @ 9.97
EOF
printf 'scope,position\nall,200\n' >twice.csv
# The number under which order 1 was said again goes to another account.
exch-replay -q -f json twice.txt | sed 's/"order":"4"/"order":"2"/' >twice.json
exch-match -q --risk twice.csv -o twice.xst twice.json
exch-replay -f csv --type risk twice.xst 2>/dev/null |
	awk -F , 'NR > 1 { print $8 "," $12 "," $13 "," $10 }' >got
printf '%s\n' 5,1,position,201 9,2,position,201 >want
same got want "an order that is said again does not count twice"
exch-risk report -f csv positions twice.xst | sed 1d | cut -d , -f 1,4 |
	tr '\n' ' ' >got
is "$(cat got)" "1,100 2,-100 " "nor is its number its account's for ever"

# ---- what does not go together ----

silent() {
	"$@" >/dev/null 2>said
}
exits 2 "accounts without a gate" silent exch-match --accounts none.csv \
	orders.xst
has said '--clients, --margin, --day-trades and --explain go with --risk' "which is said"
exits 2 "a shard" silent exch-match --risk none.csv --shard 1/2 orders.xst
has said 'depends on the others, so there is no --shard' "which is said"
exits 2 "two engines" silent exch-match --risk none.csv -e both --card soft \
	orders.xst
has said 'put exch-risk in front' "which is said"
exits 3 "no such file" silent exch-match --risk nothing.csv orders.xst
printf 'scope,size\nall,x\n' >bad.csv
echo scope,size >none.csv
exch-match --risk none.csv -o none.xst orders.xst 2>err
has err 'none.csv: the table has no rows: nothing has a limit' \
	"an empty table is told"
exits 3 "a table with an error" silent exch-match --risk bad.csv orders.xst
has said '^exch-match: bad.csv:2:5: ' "which has a position"
cp none.csv over.csv
exits 2 "an output over a table" silent exch-match --risk over.csv \
	-o over.csv orders.xst
same over.csv none.csv "which is as it was"
printf 'scope,symbol,size\nall,NOSUCH,5\n' >bad.csv
exch-match --risk bad.csv -j 2 -f bin -o /dev/null orders.xst 2>said
has said 'bad.csv:2: there is no instrument .NOSUCH.' "a name nobody knows"
has said '^exch-match: --risk matches on one thread$' "and one thread"

# ---- tables of many rows, in any order ----

cat >many.txt <<'EOT'
instrument ABC tick 0.01
instrument DEF tick 0.01
instrument GHI tick 0.01
09:30  A1  buy 1 ABC @ 1.00
+1s    A2  buy 1 ABC @ 1.00
+1s    A1  buy 1 DEF @ 1.00
+1s    A2  buy 1 DEF @ 1.00
+1s    A1  buy 1 GHI @ 1.00
+1s    A2  buy 1 GHI @ 1.00
EOT
exch-replay -q -o many.xst many.txt
awk 'BEGIN { print "symbol,account"
	for (i = 0; i < 30000; i++) {
		printf "Z%05d,\nA%05d,2\n", 29999 - i, i
		if (i % 10000 == 3) print "GHI,"
		if (i % 10000 == 7) { print "DEF,3"; print "DEF,1" }
	} }' >many.csv
printf 'scope,size\nall,5\n' >five.csv
exch-match -q --risk five.csv --restricted many.csv many.xst |
	exch-replay -q -f csv --type risk - | cut -d , -f 8,12,13 | sed 1d >got
printf '%s\n' 3,1,permission 5,1,permission 6,2,permission >want
same got want "what may not be traded, among 60,000 rows"
# All of ABC and GHI are in one sector, which first names it behind many.
awk 'BEGIN { print "symbol,sector"
	for (i = 0; i < 30000; i++) printf "S%05d,SEC%d\n", 29999 - i, i % 999
	print "GHI,METALS"; print "ABC,METALS"; print "DEF,OTHER" }' >many.csv
printf 'scope,sector\nall,60%%\n' >sixty.csv
printf 'account,balance\n1,4\n2,\n' >rich.csv
exch-match -q --risk sixty.csv --accounts rich.csv --instruments many.csv \
	many.xst | exch-replay -q -f csv --type risk - |
	cut -d , -f 8,12,13,10 | sed 1d >got
# Account 2 has nothing but what it buys: 1 of 1, and then 1 of 1 again.
printf '%s\n' 2,1000000,2,sector 4,1000000,2,sector 6,1000000,2,sector >want
same got want "sectors, among as many"

# ---- a position beyond 64 bits ----

cat >beyond.txt <<'EOT'
instrument ABC tick 0.01
09:30  A1  sell 9000000000000000000 @ 0.01
+1s    A2  buy 9000000000000000000 @ 0.01
+1s    A1  sell 10 @ 0.01
+1s    A2  buy 10 @ 0.01
+1s    break 2 ABC with 900000000000000000 @ 0.01
+1s    A2  sell 5 @ 0.01
EOT
exch-replay -q -o beyond.xst beyond.txt
printf 'scope,open-orders\nall,5\n' >open.csv
exch-match -q --risk open.csv -f csv --csv-multi -o got beyond.xst 2>said
is "$? $(cat said)" "3 exch-match: beyond.xst: source 1, record 8: the position \
of account 2 in 'ABC' is beyond 64 bits: the gate cannot judge what comes \
behind it" "ends the run, and is told with its record"

# ---- a bust of what was executed in another contract ----

cat >fut.txt <<'EOT'
date 2026-01-05
instrument FUT tick 1 kind future multiplier 50 currency USD
09:30  A1  sell 9 FUT @ 100
+1s    A2  buy 1 FUT @ 100
+1s    break 1 FUT
+1s    A2  buy 2 FUT @ 100
EOT
# again FROM TO: with another multiplier from before the bust on.
again() {
	sed "s/multiplier 50/multiplier $1/" fut.txt | exch-replay -q -f json |
		awk -v from="$1" -v to="$2" '
	/"t":"instrument"/ { again = $0 }
	/"t":"break"/ {
		sub("\"multiplier\":" from, "\"multiplier\":" to, again)
		sub(/T00:00:00/, "T09:30:02", again)
		sub(/"seq":"[0-9]*"/, "\"seq\":\"6\"", again)
		print again
		more = 1
	}
	more && match($0, /"seq":"[0-9]*"/) {
		n = substr($0, RSTART + 7, RLENGTH - 8) + 1
		sub(/"seq":"[0-9]*"/, "\"seq\":\"" n "\"")
	}
	{ sub(/"records":"7"/, "\"records\":\"8\""); print }'
}
# traded CREDIT: how many of both buys.
traded() {
	printf 'scope,name,credit\naccount,2,%s\n' "$1" >credit.csv
	exch-match -q --risk credit.csv -f text fut.json | grep -c ' exec '
}
# What was paid, 5,000, comes back: then 2 x 10 x 100 are 2,000 alone.
again 50 10 >fut.json
is "$(traded 5000)" 2 "gives back what was paid"
# What was paid, 1,000, comes back, and no more: then 2 x 50 x 100 are 10,000.
again 10 50 >fut.json
is "$(traded 9999) $(traded 10000)" "1 2" "and no more than that"

finish
