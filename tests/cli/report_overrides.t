#!/bin/sh
# exch-report overrides: who asked, who decided and why, on which rule, and what
# became of the order; the decisions are those of exch-risk report overrides.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >limits.csv <<'E'
scope,name,symbol,size,position,hold,approvers
all,,,500,900,size position,ann bob
member,ALPHA,,,400,,
E
cat >accounts.csv <<'E'
account,member,balance
1,ALPHA,100000
2,BETA,100000
E
cat >orders.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
09:30  A1  sell 600 @ 10.02 as big
+1s    A2  buy 100 @ 10.02
+1s    approve big by eve because no reason
+1s    approve big by ann because it is, "a hedge"
+1s    approve big by bob because =1+1
+1s    A2  buy 700 @ 10.01 as two
+1s    refuse two by bob
+1s    A2  buy 50 @ 10.03
+1s    A2  sell 550 @ 10.05 as four
+1s    approve four by ann because agreed
+1s    replace four with 100 @ 10.06 id 90 as next
+1s    A1  buy 30 @ 10.06
+1s    approve two by bob because too late
+1s    cancel next
+1s    A2  buy 800 @ 9.00 as three
E
exch-replay -q -o orders.xst orders.txt &&
	exch-risk -q -l limits.csv -a accounts.csv orders.xst |
	exch-match -q -o day.xst
result $? "a day"
exch-report overrides -f csv -o got day.xst
result $? "its overrides"
cat >want <<'E'
time,symbol,order,account,asked,side,type,price,qty,rule,limit,observed,decision,by,why,effect,because,state,reason,filled,gone,leaves,last_order,last_time,ref,source,seq
2026-01-05T09:30:02.000000000Z,ABC,1,A1,2026-01-05T09:30:00.000000000Z,S,limit,10.02,600,size,500,600,approve,eve,no reason,none,authority,partially-filled,,180,0,420,1,2026-01-05T09:30:11.000000000Z,1,1,6
2026-01-05T09:30:03.000000000Z,ABC,1,A1,2026-01-05T09:30:00.000000000Z,S,limit,10.02,600,size,500,600,approve,ann,"it is, ""a hedge""",held,position,partially-filled,,180,0,420,1,2026-01-05T09:30:11.000000000Z,1,1,7
2026-01-05T09:30:04.000000000Z,ABC,1,A1,2026-01-05T09:30:00.000000000Z,S,limit,10.02,600,position,400,600,approve,bob,'=1+1,released,,partially-filled,,180,0,420,1,2026-01-05T09:30:11.000000000Z,1,1,8
2026-01-05T09:30:06.000000000Z,ABC,3,A2,2026-01-05T09:30:05.000000000Z,B,limit,10.01,700,size,500,700,refuse,bob,,refused,,rejected,risk-size,0,700,0,3,2026-01-05T09:30:06.000000000Z,2,1,10
2026-01-05T09:30:09.000000000Z,ABC,5,A2,2026-01-05T09:30:08.000000000Z,S,limit,10.05,550,size,500,550,approve,ann,agreed,released,,cancelled,user,0,100,0,90,2026-01-05T09:30:13.000000000Z,3,1,13
2026-01-05T09:30:12.000000000Z,ABC,3,,,,,,,,,,approve,bob,too late,none,not-held,,,,,,,,,1,16
E
same got want "each decision, with what became of the order"
# The reason may have commas: cells are counted from both ends.
exch-risk report overrides -q -f csv -o risk.csv day.xst
sed 1d risk.csv | cut -d, -f1-3 >want
sed 1d got | cut -d, -f1-3 >one
same one want "the decisions of exch-risk report"
sed 1d risk.csv | sed 's/.*,\([^,]*,[^,]*\)$/\1/' >want
sed 1d got | sed 's/.*,\([^,]*,[^,]*\)$/\1/' >one
same one want "each by its record"
is "$(sed 1d risk.csv | grep -c ',released,')" "$(grep -c ',released,' got)" \
	"as many of them let an order pass"
exch-report overrides -f json day.xst | sed -n 1p >first
has first '"decision":"approve","by":"eve","why":"no reason","effect":"none","because":"authority"' \
	"as JSON"
exch-report overrides day.xst >page
has page ' authority ' "for people"
printf 'date 2026-01-05\ninstrument ABC tick 0.01\n09:30 A1 buy 5 @ 1\n' |
	exch-replay -q | exch-match -q | exch-report overrides -f csv >none
is "$(wc -l <none | tr -d ' ')" 1 "a day without decisions has a header"
exits 3 "a stream without answers" exch-report overrides -o x orders.xst 2>err
has err 'exch-match' "what it lacks"

finish
