#!/bin/sh
# exch-settle --fees: what the venue charges and gives back is posted on the
# trade date, paid on the next settlement day, and comes to what a query over the
# executions says.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- by hand ----

# BEN rests with 100 and ANN takes 60: ANN 60 x 0.003 = 0.18, BEN is given back
# 60 x 0.002 = 0.12.  Blocks of 10,000.00 and 200.00 cost 0.01 %: ANN 1.00, BEN
# 1.00 and 0.02; CIA, of a member that pays half, 200.00 x 0.005 % = 0.01.  What
# CIA takes is broken.  So ANN has 1.18, BEN 1.02 - 0.12 = 0.90 and CIA 0.01.
cat >fees.csv <<'X'
scope,name,symbol,maker-unit,taker-unit,auction
all,,,-0.002,0.003,0.01%
member,HALF,,-0.001,0.0015,0.005%
X
cat >accounts.csv <<'X'
account,member,balance
1,,20000.00
2,,0
3,HALF,1000.00
X
cat >day.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  ANN buy 1 ABC @ 1.00
+1s    BEN sell 100 ABC @ 10.00
+1s    ANN buy 60 ABC @ 10.00
+1s    block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 20 ABC @ 10.00 buyer CIA seller BEN
+1s    CIA buy 10 ABC @ 10.00
+1s    break 4 ABC
X
day day.txt >day.xst
exch-settle -q --fees fees.csv -a accounts.csv -o day.set day.xst
is "$(rows posting account,ledger,amount,why,date day.set | grep ',fee,')" \
	"1,fees,-1.18,fee,2026-10-09
4294967293,fees,1.18,fee,2026-10-09
2,fees,-0.90,fee,2026-10-09
4294967293,fees,0.90,fee,2026-10-09
3,fees,-0.01,fee,2026-10-09
4294967293,fees,0.01,fee,2026-10-09" "fees of the trade date, of what was not broken"
exch-settle -q --fees fees.csv -a accounts.csv --until settled -o day.set day.xst
exch-settle report -q -f csv balances day.set | grep USD | grep -v outside >got
cat >want <<'X'
1,holding,USD,9398.82
2,holding,USD,10799.10
3,holding,USD,799.99
venue,holding,USD,2.09
X
same got want "paid on the next settlement day, and the venue has them"
is "$(unbalanced day.set)" 0 "every entry balances"
ok "nothing differs" exch-settle report -q -o differs reconcile day.set

# A day later: what was posted is paid once, when the next settlement day comes.
exch-settle -q --fees fees.csv -a accounts.csv -o friday.set day.xst
sed 's/^date .*/date 2026-10-12/' day.txt >monday.txt
day monday.txt >monday.xst
exch-settle -q --fees fees.csv --from friday.set --until settled -o both.set \
	monday.xst
# Without the table of accounts nobody is of a member: CIA pays 0.02 then.
is "$(exch-settle report -q -f csv balances both.set | grep '^venue')" \
	"venue,holding,USD,4.19" "two days of fees, each paid once"
is "$(unbalanced both.set)" 0 "every entry balances"
# With the table it pays 0.01 on both days, and has no other cash for it.
exch-settle -q --fees fees.csv -a accounts.csv --from friday.set \
	--until settled -o both.set monday.xst
exch-settle report -q -f csv balances both.set | grep USD | grep -v outside >got
cat >want <<'X'
1,holding,USD,-1202.36
2,holding,USD,21598.20
3,holding,USD,599.98
venue,holding,USD,4.18
X
same got want "two days of fees of members"
is "$(exch-replay -q -f json both.set | grep -c '"t":"fail"')" 0 \
	"nobody is asked for the cash of the table"
exch-settle -q --fees fees.csv -a accounts.csv --from friday.set \
	--until settled -o again.set monday.xst
same again.set both.set "again, the same bytes"
printf 'account,member,balance\n1,,0\n2,,0\n3,HALF,7.00\n' >others.csv
exch-settle -q --fees fees.csv -a others.csv --from friday.set \
	--until settled -o again.set monday.xst
exch-settle report -q -f csv balances again.set | grep USD | grep -v outside >got
same got want "the balances in it do not count"

# Tiers count what was traded that day: the first 30 at 1.00 each, the rest at
# 0.50 once 30 were traded; of two executions of 30 so 30.00 and 15.00.
cat >tiers.csv <<'X'
scope,name,from,taker-unit
all,,0,1.00
all,,30,0.50
X
cat >tiers.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD
10:00  BEN sell 100 ABC @ 10.00
+1s    ANN buy 30 ABC @ 10.00
+1s    ANN buy 30 ABC @ 10.00
X
day tiers.txt | exch-settle -q --fees tiers.csv --until settled >tiers.set
is "$(exch-settle report -q -f csv balances tiers.set | grep '^venue')" \
	"venue,holding,USD,45.00" "a tier begins with what was traded before"
# A venue that gives back more than it takes owes it.
printf 'scope,name,maker-unit\nall,,-0.01\n' >rebates.csv
day tiers.txt | exch-settle -q --fees rebates.csv --until settled >rebates.set
is "$(exch-settle report -q -f csv balances rebates.set | grep '^venue\|^1,.*USD')" \
	"1,holding,USD,600.60
venue,holding,USD,-0.60" "and pays rebates"

# ---- the sample day, against a query of its own ----

opts="--date 2026-01-05 --tz America/New_York --accounts zipf:1000"
# shellcheck disable=SC2086 # options
exch-replay -q $opts "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
printf '%s\n' scope,name,symbol,maker-unit,taker-unit,auction-unit \
	all,,,-0.0020,0.0030,0.0010 account,1,,0.0000,0.0040,0.0010 >venue.csv
exch-settle -q --fees venue.csv --until settled -o sample.set sample.xst
exch-settle -q --until settled -o free.set sample.xst
rows exec symbol,buy,sell,qty,aggressor sample.xst >exec.csv
rows new symbol,order,account sample.xst >orders.csv
rows replaced symbol,order,new_order sample.xst >replaced.csv
rows trade symbol,buy,sell,qty,aggressor sample.xst >>exec.csv
# One that the venue broke, by its own number, costs nothing.
rows expect symbol,match,buy,sell,qty sample.xst >expect.csv
rows bust symbol,match sample.xst >bust.csv
if command -v sqlite3 >/dev/null; then
	cat >query.sql <<'X'
.mode csv
create table o(symbol, id, account int);
create table r(symbol, old, id);
create table t(symbol, buy, sell, qty int, aggressor);
create table e(symbol, match, buy, sell, qty int);
create table b(symbol, match);
.import orders.csv o
.import replaced.csv r
.import exec.csv t
.import expect.csv e
.import bust.csv b
delete from t where rowid in (select t.rowid from b
	cross join e on e.symbol = b.symbol and e.match = b.match
	cross join t on t.symbol = e.symbol and t.buy = e.buy
	and t.sell = e.sell and t.qty = e.qty);
create index o1 on o(symbol, id);
create index r1 on r(symbol, old);
create table who as with recursive w(symbol, id, account) as (
	select symbol, id, account from o
	union select r.symbol, r.id, w.account from w join r
	on r.symbol = w.symbol and r.old = w.id where r.old <> r.id)
	select * from w;
create index w1 on who(symbol, id);
create table side as
	select account, qty, case aggressor when 'buy' then 't' when 'sell' then 'm'
		else 'a' end how from t join who w on w.symbol = t.symbol and w.id = t.buy
	union all
	select account, qty, case aggressor when 'sell' then 't' when 'buy' then 'm'
		else 'a' end from t join who w on w.symbol = t.symbol and w.id = t.sell;
-- In units of 0.0001.
select sum(qty * case how when 'a' then 10 when 't' then iif(account = 1, 40, 30)
	else iif(account = 1, 0, -20) end) from side where account <> 0;
select sum(qty * case how when 'a' then 10 when 't' then 40 else 0 end) from side
	where account = 1;
X
	sqlite3 <query.sql >want 2>&1
	exch-settle report -q -f csv balances sample.set |
		awk -F, '$1 == "venue" && $2 == "holding" { printf "%.0f\n", $4 * 10000 }' >got
	for s in free sample; do
		exch-settle report -q -f csv balances $s.set |
			awk -F, '$1 == 1 && $2 == "holding" && $4 ~ /[.]/ { print $4 }'
	done | awk '{ v[NR] = $1 } END { printf "%.0f\n", (v[1] - v[2]) * 10000 }' >>got
	same got want "the venue has what all executions cost, and each its own"
	ok "which is something" test "$(head -n 1 got)" -ne 0
else
	skip "fees by a query" "no sqlite3"
fi
is "$(exch-settle report -q -f csv balances sample.set | grep -c ',fees,')" 0 \
	"all of it is paid"
is "$(unbalanced sample.set)" 0 "every entry balances"
ok "nothing differs" exch-settle report -q -o differs reconcile sample.set
exch-settle -q --fees venue.csv --until settled -o again.set sample.xst
same again.set sample.set "again, the same bytes"

# ---- what is refused ----

printf 'scope,name,maker\nall,,2\n' >bad.csv
exits 3 "a rate above 1" exch-settle -q --fees bad.csv -o x.set day.xst 2>said
has said 'bad.csv:2:' "with where it is wrong"
printf 'scope,name,maker\nall,,1%%\nall,,2%%\n' >bad.csv
exits 3 "the same row twice" exch-settle -q --fees bad.csv -o x.set day.xst 2>said
# Names that the table of accounts does not have; without one there are any.
printf 'scope,name,maker\nall,,1%%\naccount,2,2%%\naccount,4,1%%\n' >bad.csv
exits 3 "an account that is none" exch-settle -q --accounts accounts.csv \
	--fees bad.csv -o x.set day.xst 2>said
has said "bad.csv:4:9: '4' is no account" "with line and column"
printf 'maker,scope,name\n1%%,all,\n1%%,member,HALV\n' >bad.csv
exits 3 "a member that is none" exch-settle -q --accounts accounts.csv \
	--fees bad.csv -o x.set day.xst 2>said
has said "bad.csv:3:11: 'HALV' is no member" "with line and column"
{ cat accounts.csv && echo 2,,5.00; } >twice.csv
exits 3 "an account that stands there twice" exch-settle -q \
	--accounts twice.csv -o x.set day.xst 2>said
has said "twice.csv:5: line 3 is about that account already" "is told where"
exits 0 "without the table it may be anybody" exch-settle --fees bad.csv \
	-o x.set day.xst 2>said
has said "bad.csv:3: without --accounts nobody is of member 'HALV'" \
	"but rows for members are told, which charge nobody"
printf 'maker,scope,name\n1%%,all,\n1%%,member,HALF\n' >good.csv
exits 0 "with the table" exch-settle --accounts accounts.csv --fees good.csv \
	-o x.set day.xst 2>said
is "$(grep -c 'without --accounts' said)" 0 "they are not told"

finish
