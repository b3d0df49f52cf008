#!/bin/sh
# The kill switch: what it stops, what a release is worth, and that a gate that
# is put back from a snapshot has forgotten none of it.
. "${srcdir:-.}/tests/cli/lib.sh"

# ---- a release of what nobody stopped has no effect ----

cat >off.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01
instrument DEF tick 0.01
account ANN member BETA
account BOB member ALFA
09:30  switch on by eve because all
+1s    switch on ABC by eve because abc
+1s    switch on of ANN by eve because ann
+1s    switch on ABC of ANN by eve because ann in abc
+1s    switch on member BETA by eve because beta
+1s    switch on ABC member BETA by eve because beta in abc
+1s    switch off of ANN by eve because ann off
+1s    switch on by eve because not all
+1s    switch on member BETA by eve because not beta
+1s    switch on ABC of ANN by eve because not in abc
+1s    ANN buy 5 ABC @ 1.00
+1s    switch on of ANN by eve because ann again
+1s    ANN buy 5 ABC @ 1.00
+1s    switch on of ANN by eve because ann once more
+1s    switch off ABC member BETA by eve because beta off
+1s    switch on member BETA by eve because not everywhere
+1s    BOB buy 5 ABC @ 1.00
+1s    ANN buy 5 ABC @ 1.00
+1s    ANN buy 5 DEF @ 1.00
+1s    switch on ABC member BETA by eve because beta again
+1s    ANN buy 5 ABC @ 1.00
+1s    switch off ABC by eve because abc off
+1s    switch on by eve because still not all
+1s    switch on ABC by eve because abc again
+1s    switch off member NOPE by eve because nope off
+1s    switch on member NOPE by eve because nope
EOT
printf 'scope,size\nall,1000\n' >limits.csv
exch-replay -q -o off.xst off.txt
result $? "a scenario of switches"
cat >want <<'EOT'
release,all,none,not-stopped
release,abc,none,not-stopped
release,ann,none,not-stopped
release,ann in abc,none,not-stopped
release,beta,none,not-stopped
release,beta in abc,none,not-stopped
kill,ann off,yes,
release,not all,none,not-stopped
release,not beta,none,not-stopped
release,not in abc,none,not-stopped
release,ann again,yes,
release,ann once more,none,not-stopped
kill,beta off,yes,
release,not everywhere,none,not-stopped
release,beta again,yes,
kill,abc off,yes,
release,still not all,none,not-stopped
release,abc again,yes,
kill,nope off,none,unknown
release,nope,none,unknown
EOT
# A gate in front cannot know what one behind has stopped for its loss.
sed '/^release,ann\(,\| once more\)/s/none.*/yes,/' want >want.front
effects() {
	exch-risk report changes -f csv "$1" 2>/dev/null |
		awk -F , 'NR > 1 { print $2 "," $8 "," $9 "," $10 }'
}
reasons() {
	exch-replay -q -f csv --type risk "$1" | awk -F , '
		NR > 1 && $15 != "new" { print $13 }' | sort | uniq -c |
		awk '{ printf "%s %s;", $1, $2 }'
}
exch-match --risk limits.csv -o inner.xst off.xst 2>said
effects inner.xst >got
same got want "within the matcher each says whether it had an effect"
is "$(reasons inner.xst)" "12 not-stopped;2 unknown;" "and why it had none"
is "$(exch-replay -q -f text inner.xst | grep -c ' reject .*risk-kill$')" 2 \
	"what was stopped was refused"
is "$(cut -d : -f 1-2 said)" "exch-match: 26 commands, 16 refused" "and counted"
exch-risk -q -l limits.csv -o front.xst off.xst
effects front.xst >got
same got want.front "in front all but what it cannot know"
exch-risk -q -l limits.csv off.xst -f bin |
	exch-match -q --risk limits.csv -o both.xst
effects both.xst >got
same got want "and behind that the gate that knows"

# ---- one that the gate itself has stopped ----

cat >loss.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
09:30  MAKER  sell 100 @ 10.00
+1s    MAKER  buy 100 @ 9.00
+1s    LOSER  buy 100 @ 10.00
+1s    OTHER  sell 10 @ 9.00
+1s    LOSER  buy 1 @ 8.00
+1s    switch on of LOSER by eve because go on
+1s    switch on of LOSER by eve because twice
EOT
cat >loss.csv <<'EOT'
scope,name,loss,on-loss
account,2,40,suspend
EOT
printf 'account,balance\n1,10000\n2,10000\n3,10000\n' >accounts.csv
exch-replay -q -o loss.xst loss.txt
exch-match -q --risk loss.csv --accounts accounts.csv -o m.xst loss.xst
is "$(exch-replay -q -f text m.xst | grep -c 'reject .*risk-\(loss\|kill\)$')" 1 \
	"a loss stops an account"
effects m.xst >got
printf 'release,go on,yes,\nrelease,twice,none,not-stopped\n' >want
same got want "and it is released once"

# One that acts and does not suspend is released, too, and acts again.
sed 's/suspend/cancel/' loss.csv >cancel.csv
cat >cancel.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
09:30  MAKER  sell 100 @ 10.00
+1s    MAKER  buy 100 @ 9.00
+1s    LOSER  buy 100 @ 10.00
+1s    LOSER  buy 1 @ 8.00
+1s    OTHER  sell 10 @ 9.00
+1s    LOSER  buy 1 @ 8.00
+1s    switch on of LOSER by eve because again
+1s    MAKER  buy 10 @ 8.50
+1s    OTHER  sell 95 @ 8.50
EOT
exch-replay -q -o cancel.xst cancel.txt
exch-match -q --risk cancel.csv --accounts accounts.csv -o m.xst cancel.xst
effects m.xst >got
echo 'release,again,yes,' >want
same got want "what has acted for a loss is released"
is "$(exch-replay -q -f text m.xst | grep -c 'mass-cancel .*(gate)$')" 2 \
	"and acts again"

# ---- who comes late ----

# A release of nothing leaves nothing: whose account it is can still be told.
cat >nothing.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01
account ANN member BETA
account BOB member ALFA
account LATE member BETA
09:30  BOB buy 1 ABC @ 1.00
+1s    switch on ABC of ANN by eve because nothing
+1s    switch off ABC member BETA by eve because stop
+1s    ANN buy 5 ABC @ 1.00
+1s    LATE buy 5 ABC @ 1.00
+1s    switch on ABC member BETA by eve because go
+1s    LATE buy 5 ABC @ 1.00
EOT
# ANN is announced behind the release, LATE behind the switch.
exch-replay -q -f json nothing.txt | awk '
	/"t":"account"/ && /"name":"ANN"/ { ann = $0; next }
	/"t":"account"/ && /"name":"LATE"/ { late = $0; next }
	{ print }
	/"t":"kill"/ && ann != "" { print ann; ann = ""; next }
	/"t":"kill"/ && late != "" { print late; late = "" }' | awk '
	/"seq":/ { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"") }
	{ print }' | exch-replay -q -o nothing.xst
exch-match -q --risk limits.csv -o m.xst nothing.xst
effects m.xst >got
printf '%s\n' release,nothing,none,not-stopped kill,stop,yes, release,go,yes, >want
same got want "a release of nothing makes nobody late"
refused() {
	exch-replay -q -f csv --type risk "$1" | awk -F , '
		NR > 1 && $13 == "kill" { n[$12]++ }
		END { for (a in n) print a "," n[a] }' | sort -n
}
is "$(refused m.xst | tr '\n' ' ')" "1,1 3,1 " "who comes later is stopped, too"

# ---- two gates ----

# What the one in front cannot know, or ask for, may have an effect behind it.
cat >two.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
09:30  MAKER  sell 100 @ 10.00
+1s    MAKER  buy 100 @ 9.00
+1s    limit loss 40 of A2 by eve because loss
+1s    A2  buy 100 @ 10.00
+1s    OTHER  sell 10 @ 9.00
+1s    A2  buy 1 @ 8.00
+1s    A2  sell 50 @ 9.00
+1s    switch off member BETA by eve because fire
+1s    switch off member NOPE by eve because nobody
EOT
exch-replay -q -o two.xst two.txt
printf 'account,balance,member\n1,10000,ALFA\n2,10000,BETA\n3,10000,ALFA\n' >of.csv
exch-risk -q -l limits.csv -o front.xst two.xst
effects front.xst >got
printf '%s\n' ,loss,none,impossible kill,fire,none,unknown \
	kill,nobody,none,unknown | sed 's/^,/loss,/' >want
same got want "in front neither has an effect"
exch-match -q --risk limits.csv --accounts of.csv -o both.xst front.xst
effects both.xst >got
printf '%s\n' loss,loss,yes, kill,fire,yes, kill,nobody,none,unknown >want
same got want "behind it they have"
is "$(exch-replay -q -f text both.xst | grep -c 'reject .*risk-loss$')" 1 \
	"and the loss is looked at"
exch-risk watch -q -l limits.csv --accounts of.csv -o w.xst both.xst
exch-replay -q -f csv --type alert w.xst | grep -c ',critical,loss,' >got
is "$(cat got)" 1 "also by watch"
exch-match -q --rematch --risk limits.csv --accounts of.csv -o again.xst both.xst
effects again.xst >got
same got want "and when it is matched again"
exch-risk report changes -f csv --account 2 both.xst 2>/dev/null |
	cut -d , -f 8 >got
printf 'why\nloss\n' >want
same got want "--account is those for just that one"

# A decision on what only the gate behind holds.
cat >held.txt <<'EOT'
date 2026-01-05
instrument ABC tick 0.01
09:30  ANN buy 600 ABC @ 1.00 as big
+1s    approve big by eve because fine
EOT
printf 'scope,size,hold\nall,500,size\n' >hold.csv
exch-replay -q held.txt | exch-risk -q -l limits.csv |
	exch-match -q --risk hold.csv -o held.xst
exch-risk report overrides -f csv held.xst 2>/dev/null | cut -d , -f 5,6 >got
printf 'decision,effect\napprove,released\n' >want
same got want "what it lets go is told as released"
exch-risk report decisions -f csv held.xst 2>/dev/null | cut -d , -f 6 | sort -u |
	tr '\n' ' ' >got
is "$(cat got)" "hold reject verdict " "and no decision of its own"

# ---- a snapshot has all of it ----

# Members are stopped at the beginning, in all or in one instrument; some are
# released; their accounts are announced behind thousands of orders.
awk 'BEGIN {
	print "date 2026-01-05\ninstrument ABC tick 0.01\ninstrument DEF tick 0.01"
	print "instrument GHI tick 0.01"
	for (i = 1; i <= 8; i++)
		printf "account M%d member MEM%d\n", i, i
	print "account REST member OTHER\n09:30 REST buy 1 ABC @ 1.00"
	for (i = 1; i <= 8; i++)
		printf "+1ms switch off %s member MEM%d by eve\n", \
			(i > 4 ? "DEF" : ""), i
	for (i = 1; i <= 8; i += 3)
		printf "+1ms switch on %s member MEM%d by eve\n", \
			(i > 4 ? "DEF" : ""), i
	print "+1ms switch off ABC of REST by eve\n+1ms switch off GHI by eve"
	for (i = 0; i < 3000; i++)
		printf "+1ms REST %s 1 DEF @ 1.%02d\n", \
			(i % 2 ? "buy" : "sell"), i % 7
	for (i = 1; i <= 8; i++)
		printf "account L%d member MEM%d\n", i, i
	for (i = 1; i <= 8; i++)
		printf "+1ms L%d buy 1 ABC @ 1.00\n+1ms L%d buy 1 DEF @ 1.00\n" \
			"+1ms M%d buy 1 DEF @ 1.00\n", i, i, i
	print "+1ms REST buy 1 ABC @ 1.00\n+1ms REST buy 1 GHI @ 1.00"
	for (i = 1; i <= 8; i++)
		printf "+1ms switch on %s member MEM%d by eve\n", \
			(i > 4 ? "DEF" : ""), i
	for (i = 1; i <= 8; i++)
		printf "+1ms L%d buy 1 DEF @ 1.00\n", i
	print "+1ms switch on GHI by eve\n+1ms REST buy 1 GHI @ 1.00"
	print "+1ms switch off by eve"
	for (i = 0; i < 2600; i++)
		printf "+1ms REST buy 1 DEF @ 1.00\n"
	print "+1ms switch on by eve\n+1ms REST buy 1 DEF @ 1.00"
}' >late.txt
# Accounts of a scenario are all announced before its first order.
exch-replay -q -f json late.txt | awk '
	/"t":"account"/ && /"name":"L[1-8]"/ {
		late[++n] = $0
		next
	}
	/"t":"new"/ && /"account":1[0-9]/ {
		for (; n > 0; n--)
			print late[n]
	}
	{ print }' | awk '
	/"seq":/ { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"") }
	{ print }' >late.json
exch-replay -q -o late.xst late.json
result $? "members that are stopped before their accounts are known"
exch-match -q --risk limits.csv --digest -o ref.xst late.xst 2>ref.digest
refused ref.xst >got
# MEM1, MEM4 and MEM7 are released; of MEM2 and MEM3 both orders are refused.
cat >want <<'EOT'
2,1
3,1
5,1
6,1
8,1
9,2602
11,2
12,2
14,1
15,1
17,1
EOT
same got want "stop whoever comes later, until they are released"
journal="exch-match --risk limits.csv --journal j --segment-size 65536"
$journal -q -o out.xst late.xst
ok "with a journal: the same file" cmp out.xst ref.xst
last=$(find j -name '0*.xst' | sort | tail -n 1)
size=$(wc -c <"$last")
for part in 1 2 3; do
	dd if="$last" of=cut.tmp bs=$((size * (4 - part) / 4)) count=1 \
		2>/dev/null && mv cut.tmp "$last"
	$journal -v -o out.xst late.xst 2>said
	has said 'the snapshot at record [0-9]* is put back' "put back, $part"
	ok "the same file, $part" cmp out.xst ref.xst
done
exch-match -v --recover --risk limits.csv --digest -o rec.xst j 2>said
has said 'the state at record [0-9]* is that of its snapshot' \
	"and the same state"
ok "and file when all is recovered" cmp rec.xst ref.xst
finish
