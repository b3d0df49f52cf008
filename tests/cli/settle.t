#!/bin/sh
# exch-settle: the worked example of netting, sums that are 0 by a query over
# the records, several models, calendars, fails and what is refused.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- three people, one security: the example of the lesson ----

cat >three.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    block 400 ABC @ 9.98 buyer CIA seller ANN
X
day three.txt >three.xst
exch-settle -o net.xst three.xst 2>said
is $? 0 "a day is settled"
exch-settle report -q -f csv nets net.xst |
	columns date,account,against,qty,cash,gross_cash,market >got
cat >want <<'X'
2026-10-12,1,ccp,600,-6008.00,13992.00,52.00
2026-10-12,2,ccp,-300,2965.00,17035.00,-65.00
2026-10-12,3,ccp,-300,3043.00,11027.00,13.00
X
same got want "net shares 600, -300, -300; money -6008, 2965, 3043; marks 52, -65, 13"
rows cash account,amount net.xst >got
printf '%s\n' 1,-6008.00 2,2965.00 3,3043.00 >want
same got want "and the cash of each"
has said 'traded 21027.00, to be paid 6008.00, 28.6 %' \
	"of 21,027 traded 28.6 % are to be paid in"
is "$(rows obligation qty,cash net.xst | awk -F, '{ q += $1; c += $2 }
	END { print NR, q, c }')" "6 0 0" "two obligations for each trade, which cancel"
is "$(unbalanced net.xst)" 0 "every entry balances"
exch-settle report -q -f csv trial-balance net.xst >got
cat >want <<'X'
unit,ledger,accounts,debit,credit
ABC,due,3,600,600
ABC,all,3,600,600
USD,due,3,6008.00,6008.00
USD,all,3,6008.00,6008.00
X
same got want "the trial balance before settlement"
exch-settle -q --until settled three.xst >done.xst
exch-settle report -q -f csv balances done.xst >got
cat >want <<'X'
account,ledger,unit,amount
1,holding,ABC,600
1,holding,USD,-6008.00
2,holding,ABC,-300
2,holding,USD,2965.00
3,holding,ABC,-300
3,holding,USD,3043.00
X
same got want "settled: nothing is due, and the counterparty has nothing"

# The same three bilaterally: no pair nets, three deliveries remain.
exch-settle -m 1 --bilateral -o pairs.xst three.xst 2>said
has said '3 to settle' "bilaterally three deliveries remain"
has said 'to be paid 21027.00, 100.0 %' "and all of the cash"
exch-settle report -q -f csv nets pairs.xst | columns account,against,qty,cash >got
cat >want <<'X'
1,2,1000,-10000.00
2,1,-1000,10000.00
1,3,-400,3992.00
3,1,400,-3992.00
2,3,700,-7035.00
3,2,-700,7035.00
X
same got want "the nets of the pairs"

# ---- who does not deliver ----

# Ben has his 300, Cia nothing: Ann gets Ben's.
cat >had.csv <<'X'
account,symbol,quantity,price
2,ABC,300,9.00
X
exch-settle -q --opening had.csv --until settled three.xst >fail.xst
rows fail account,qty,cash,reason,age fail.xst >got
cat >want <<'X'
1,300,-3030.00,other,0
3,-300,3030.00,securities,0
X
same got want "300 fail on both sides, marked at 10.10"
rows posting account,amount,why fail.xst | grep mark | sort -u >got
printf '%s\n' 1,26.00,mark 1,-26.00,mark 3,13.00,mark 3,-13.00,mark \
	4294967295,13.00,mark 4294967295,-13.00,mark \
	4294967295,26.00,mark 4294967295,-26.00,mark | sort -u >want
same got want "Ann gets 26.00 and Cia 13.00 of it"
is "$(unbalanced fail.xst)" 0 "and every entry balances"
exch-settle report -q -f csv balances fail.xst | grep ABC >got
cat >want <<'X'
1,holding,ABC,300
1,due,ABC,300
2,outside,ABC,-300
3,due,ABC,-300
ccp,due,ABC,0
X
sed -i '/,0$/d' want
same got want "what is due is the counterparty's to deliver and to get"
exch-settle -q --opening had.csv --until 2026-10-15 three.xst >later.xst
is "$(rows fail account,age later.xst | tr '\n' ' ')" \
	"1,0 3,0 1,1 3,1 1,2 3,2 1,3 3,3 " "fails age by settlement days"

# ---- close-outs: Regulation SHO, Rule 204, by settlement days ----

exch-settle -q --opening had.csv --calendar "$src/data/settle/dtc.csv" \
	--until 2026-10-14 -o shoq.xst three.xst
exch-settle report -q -f csv --calendar "$src/data/settle/dtc.csv" fails shoq.xst |
	columns date,account,age,short_by,long_by | head -n 2 >got
printf '%s\n' 2026-10-13,1,0,, 2026-10-13,3,0,2026-10-14,2026-10-16 >want
same got want "short sales are closed out on the next day, long ones on the third"
exch-settle report -q -f csv fails shoq.xst | columns short_by,long_by |
	sort -u >got
echo , >want
same got want "without a calendar no day is told"
printf 'date,event,from,to,note\n2026-13-01,closed,,,\n' >bad.csv
exits 3 "a calendar with a bad day" exch-settle report --calendar bad.csv \
	-o x.csv fails shoq.xst 2>said

# ---- penalties: 10,000 liquid shares at 25.00 for 3 days are 75.00; bonds ----

cat >owes.txt <<'X'
date 2026-10-09
instrument SHR tick 0.01 currency EUR reference 25.00
instrument BND tick 0.01 currency EUR kind bond reference 99.50
10:00  block 10000 SHR @ 25.00 buyer ANN seller BEN
+1s    block 5000000 BND @ 99.00 buyer ANN seller BEN
X
day owes.txt >owes.xst
printf 'account,symbol,quantity,price\n9,ABC,1,1.00\n' >none.csv
for how in "-m 1" "-m 3"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --opening none.csv --until 2026-10-14 \
		--penalties "$src/data/settle/penalties.csv" -o owes.set owes.xst
	exch-settle report -q -f csv penalties owes.set |
		columns account,symbol,amount | sort | uniq -c |
		awk '{ print $1, $2 }' >got
	cat >want <<'X'
3 1,BND,99.50
3 1,SHR,25.00
3 2,BND,-99.50
3 2,SHR,-25.00
X
	same got want "three days of shares cost 75.00, two of bonds 199.00 ($how)"
	is "$(exch-settle report -q -f csv balances owes.set | grep penalty)" \
		"1,penalty,EUR,373.50
2,penalty,EUR,-373.50" "and stand in their ledger ($how)"
	is "$(unbalanced owes.set)" 0 "every entry balances ($how)"
done
# Of two who wait each has its part, and all of it is given.
cat >wait.txt <<'X'
date 2026-10-09
instrument SHR tick 0.01 currency EUR reference 25.00
10:00  block 7 SHR @ 25.00 buyer ANN seller BEN
+1s    block 4 SHR @ 25.00 buyer CIA seller BEN
X
day wait.txt | exch-settle -q --opening none.csv --until settled \
	--penalties "$src/data/settle/penalties.csv" >wait.set
is "$(rows penalty account,amount wait.set | sort | tr '\n' ' ')" \
	"1,0.0175 2,-0.0275 3,0.01 " "those who wait share what was paid"
printf 'from,until,class,points,source\n2027-01-01,,liquid,1,x\n' >late.csv
exits 3 "a table without the day" exch-settle -q --opening none.csv \
	--until settled --penalties late.csv -o x.xst owes.xst 2>said

# ---- calendars: FACTS on Columbus Day and Veterans Day ----

for pair in 2026-10-09:2026-10-13 2026-10-12:2026-10-13 \
	2026-11-10:2026-11-12 2026-11-11:2026-11-12; do
	sed "s/^date .*/date ${pair%:*}/" three.txt >one.txt
	day one.txt | exch-settle -q --calendar "$src/data/settle/dtc.csv" >one.xst
	is "$(rows net date one.xst | sort -u)" "${pair#*:}" \
		"traded on ${pair%:*}, settled on ${pair#*:}"
done
for pair in 2017-09-01:2017-09-06 2017-09-05:2017-09-07 2024-05-27:2024-05-29 \
	2024-05-28:2024-05-29; do
	sed "s/^date .*/date ${pair%:*}/" three.txt >one.txt
	day one.txt |
		exch-settle -q --cycle "$src/data/settle/cycles-us.csv" >one.xst
	is "$(rows net date one.xst | sort -u)" "${pair#*:}" \
		"the cycle of ${pair%:*} settles on ${pair#*:}"
done
day three.txt | exch-settle -q --cycle 0 >zero.xst
is "$(exch-settle report -q -f csv balances zero.xst | grep -c holding)" 6 \
	"of 0 days all settles on the trade date"

# ---- several days ----

sed 's/^date .*/date 2026-10-12/' three.txt >monday.txt
day monday.txt >monday.xst
exch-settle -q -o friday.st three.xst
exch-settle -q --from friday.st --until settled -o both.st monday.xst
is $? 0 "Monday goes on where Friday ended"
exch-settle report -q -f csv balances both.st >got
cat >want <<'X'
account,ledger,unit,amount
1,holding,ABC,1200
1,holding,USD,-12016.00
2,holding,ABC,-600
2,holding,USD,5930.00
3,holding,ABC,-600
3,holding,USD,6086.00
X
same got want "and both days settle"
is "$(unbalanced both.st)" 0 "every entry balances"
for how in "" "-m 1" "-m 2 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --opening had.csv --until 2026-10-13 -o f.st three.xst
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --opening had.csv -o f1.st three.xst
	printf 'date 2026-10-13\ninstrument XYZ tick 0.01 currency USD\n' >quiet.txt
	printf '10:00 block 1 XYZ @ 1.00 buyer DOT seller EVE\n' >>quiet.txt
	day quiet.txt >quiet.xst
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --need securities --from f1.st -o f2.st quiet.xst
	rows fail account,symbol,qty,cash,date,age,reason f.st >want
	rows fail account,symbol,qty,cash,date,age,reason f2.st >got
	same got want "a day of other instruments: the same fails (${how:-model 3})"
	is "$(unbalanced f2.st)" 0 "every entry balances (${how:-model 3})"
	exch-settle report -q -f csv balances f.st | grep ABC >want
	exch-settle report -q -f csv balances f2.st | grep ABC >got
	same got want "and the same balances (${how:-model 3})"
done
# Nets go on with what they are of: of the last day of T+2 and the first one of
# T+1 all is due on 29 May 2024, whether they are settled one by one or not.
cat >days.txt <<'X'
date 2024-05-24
instrument ABC tick 0.01 currency USD
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller ANN
+1s    block 50 ABC @ 10.01 buyer CIA seller BEN
X
sed 's/2024-05-24/2024-05-28/; s/1000 ABC/20 ABC/' days.txt >days2.txt
day days.txt >days.xst
day days2.txt >days2.xst
for model in 1 2; do
	set -- -q -m $model -c "$src/data/settle/cycles-us.csv" --calendar \
		"$src/data/settle/dtc.csv"
	exch-settle "$@" --bilateral -o d1.st days.xst
	exch-settle "$@" --bilateral --from d1.st --until settled \
		-o d2.st days2.xst
	rows net account,qty,cash,gross_qty,gross_cash,trades d2.st | sort -u >got
	cat >want <<'X'
1,-380,3870.00,2420,24270.00,4
2,-100,1001.00,100,1001.00,2
2,380,-3870.00,2420,24270.00,4
3,100,-1001.00,100,1001.00,2
X
	same got want "nets keep what they are of, model $model"
	exits 3 "one by one" exch-settle "$@" --from d1.st -o x.st \
		days2.xst 2>said
	has said 'it is a net of two accounts: add --bilateral' "has no nets"
	exch-settle "$@" -o alone.st days.xst
	exits 3 "as pairs" exch-settle "$@" --bilateral --from alone.st \
		-o x.st days2.xst 2>said
	has said 'it is of one trade, settled without --bilateral' "no trades"
done
exits 3 "not the same day twice" exch-settle -q --from both.st -o x.st monday.xst 2>said
has said 'this stream is of 20261012' "and why"
exits 3 "nor under another model" exch-settle -q -m 1 --from friday.st -o x.st \
	monday.xst 2>said
exits 3 "nor what was not settled" exch-settle -q --from three.xst -o x.st \
	monday.xst 2>said
exits 2 "nor with another opening" exch-settle -q --from friday.st \
	--opening had.csv -o x.st monday.xst 2>said

# ---- trades that are broken ----

cat >broken.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    break 1 ABC
+1s    break 2 ABC with 600 @ 10.00
X
day broken.txt >broken.xst
for how in "" "-m 1" "-m 1 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle $how -o b.xst broken.xst 2>said
	has said '3 trades, 2 broken' "broken and corrected (${how:-model 3})"
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --until settled broken.xst |
		exch-settle report -q -f csv balances >got
	cat >want <<'X'
account,ledger,unit,amount
2,holding,ABC,600
2,holding,USD,-6000.00
3,holding,ABC,-600
3,holding,USD,6000.00
X
	same got want "and only the correction settles (${how:-model 3})"
done
exch-settle -q -o b.xst broken.xst
is "$(rows obligation status b.xst | sort | uniq -c | tr -s ' \n' ' ')" \
	" 4 broken 6 open " "obligations of both"
exits 1 "one that is not remembered is told" \
	exch-settle -q --remember 1 -o b.xst broken.xst 2>said
has said 'broken that are not remembered' "with what to do"

# ---- cash: models 1 to 3 ----

cat >cash.csv <<'X'
account,balance
1,5000.00
2,0
3,0
X
cat >rich.csv <<'X'
account,symbol,quantity,price
2,ABC,1000,9.00
3,ABC,700,9.00
1,ABC,400,9.00
X
for how in "-m 1" "-m 2" "-m 1 --bilateral" "-m 2 --bilateral" "-m 3"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how -a cash.csv --opening rich.csv --until settled \
		three.xst >m.xst
	is "$(unbalanced m.xst)" 0 "every entry balances ($how)"
	# A fail is marked whether or not one can pay.
	marked=$(rows posting account,ledger,amount,why m.xst |
		awk -F, '$1 == 2 && $2 == "holding" && $4 == "mark" { print $3 }')
	exch-settle report -q -f csv balances m.xst |
		sed "s/^2,holding,USD,${marked:-none}\$//" >b
	is "$(awk -F, '$2 == "holding" && $4 < 0' b)" "" \
		"nobody has less than nothing ($how)"
	exch-settle report -q -f csv trial-balance m.xst >t
	is $? 0 "the ledger balances ($how)"
done
exch-settle -q -m 2 --whole -a cash.csv --opening rich.csv --until settled \
	three.xst >m.xst
is "$(rows fail account,qty,reason m.xst | tr '\n' ' ')" \
	"1,1000,cash 2,-1000,cash 2,700,cash 3,-700,cash 3,400,cash 1,-400,cash " \
	"Ann cannot pay, so Ben cannot, so Cia cannot: all is unwound"
sed 's/,5000/,6009/' cash.csv >more.csv
exch-settle -q -m 2 --whole -a more.csv --opening rich.csv --until settled \
	three.xst >m.xst
is "$(rows fail account m.xst)" "" "with one more in cash all of it settles"

# The net of a pair may be delivered and paid by the same: Ann gives 50 shares
# and 1,000, Cia pays 300 more than she got, and neither has any cash.
cat >odd.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00:00 block 100 ABC @ 10.00 buyer BEN seller ANN
10:00:01 block 50 ABC @ 40.00 buyer ANN seller BEN
10:00:02 block 10 ABC @ 40.00 buyer CIA seller BEN
10:00:03 block 10 ABC @ 10.00 buyer BEN seller CIA
X
day odd.txt >odd.xst
cat >poor.csv <<'X'
account,balance
1,10.00
2,0
3,0
X
for how in "-m 1 --bilateral" "-m 2 --bilateral" "-m 2 --bilateral --whole"; do
	# shellcheck disable=SC2086 # options
	exch-settle $how --need both -a poor.csv --opening rich.csv \
		--until settled odd.xst >m.xst 2>said
	is "$(rows fail account,qty,reason m.xst | sort | tr '\n' ' ')" \
		"1,0,cash 1,50,cash 2,-50,cash 3,0,cash " \
		"who cannot pay does not deliver and pay ($how)"
	is "$(grep -c 'owed cash' said)" 0 "and owes nothing ($how)"
done

# A chain: each can deliver, or pay, when the one beside it has settled.  Going
# through all of them again would be some 5,000,000 tries.
awk 'BEGIN {
	print "date 2026-10-09"
	print "instrument ABC tick 0.01 currency USD reference 10.10"
	print "10:00 block 1 ABC @ 10.00 buyer P2 seller P1"
	for (i = 2; i <= 4000; i++)
		print "+1us block 1 ABC @ 10.00 buyer P" i + 1 " seller P" i
}' >chain.txt
day chain.txt >chain.xst
printf '%s\n' account,symbol,quantity,price 2,ABC,1,9.00 >first.csv
printf '%s\n' account,balance 4001,10.00 >last.csv
for how in "-m 1 --opening first.csv" "-m 2 --opening first.csv" \
	"-m 2 --bilateral --whole --opening first.csv" "-m 1 -a last.csv" \
	"-m 1 --whole -a last.csv"; do
	# shellcheck disable=SC2086 # options
	exch-settle -v $how --until settled -o m.xst chain.xst 2>said
	has said ' 4000 settled, 0 fails' "a chain settles ($how)"
	tries=$(sed -n 's/.* \([0-9]*\) times settling was tried/\1/p' said)
	ok "with ${tries:-no} tries, at most two for each ($how)" \
		test "${tries:-8001}" -le 8000
done

# ---- the sample day ----

opts="--date 2026-01-05 --tz America/New_York --accounts zipf:1000"
# shellcheck disable=SC2086 # options
exch-replay -q $opts "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-settle --calendar "$src/data/settle/dtc.csv" --until settled \
	-o sample-settled.xst sample.xst 2>said
is $? 0 "the sample day is settled"
has said ' 0 fails, 0 open after 2026-01-06' "with nothing left open"
is "$(unbalanced sample-settled.xst)" 0 "every entry balances"
ok "the ledger balances" \
	exch-settle report -q -o trial trial-balance sample-settled.xst
# By a query of its own: net positions are what the trades say, but for those of
# which the venue broke its own, and cancel.
exch-report -q trades -f csv sample.xst |
	columns symbol,qty,price,buy_order,sell_order,kind >trades.csv
rows new symbol,order,account sample.xst >orders.csv
rows replaced symbol,order,new_order sample.xst >replaced.csv
rows expect symbol,match,qty,price,buy,sell sample.xst >expect.csv
rows bust symbol,match sample.xst >bust.csv
rows net symbol,account,qty,cash sample-settled.xst >nets.csv
if command -v sqlite3 >/dev/null; then
	cat >query.sql <<'X'
.mode csv
create table o(symbol, id, account int);
create table r(symbol, old, id);
create table t(symbol, qty int, price, buy, sell, kind);
create table e(symbol, match, qty int, price, buy, sell);
create table b(symbol, match);
create table n(symbol, account int, qty int, cash);
.import orders.csv o
.import replaced.csv r
.import trades.csv t
.import expect.csv e
.import bust.csv b
.import nets.csv n
delete from t where rowid in (select t.rowid from b
	cross join e on e.symbol = b.symbol and e.match = b.match
	cross join t on t.symbol = e.symbol and t.buy = e.buy
	and t.sell = e.sell and t.qty = e.qty and t.price + 0 = e.price + 0);
select changes();
create index o1 on o(symbol, id);
create index r1 on r(symbol, old);
-- The account of an order that was replaced is that of the first one.
create table who as with recursive w(symbol, id, account) as (
	select symbol, id, account from o
	union select r.symbol, r.id, w.account from w join r
	on r.symbol = w.symbol and r.old = w.id where r.old <> r.id)
	select * from w;
create index w1 on who(symbol, id);
create table q as select symbol, account, sum(qty) qty, sum(cash) cash from (
	select t.symbol, coalesce(w.account, 0) account, qty,
		-round(qty * price * 1000000) cash
	from t left join who w on w.symbol = t.symbol and w.id = t.buy
	where t.buy <> '' or t.sell <> ''
	union all
	select t.symbol, coalesce(w.account, 0), -qty,
		round(qty * price * 1000000)
	from t left join who w on w.symbol = t.symbol and w.id = t.sell
	where t.buy <> '' or t.sell <> '') group by 1, 2;
create index q1 on q(symbol, account);
select count(*) > 100 from n;
select count(*) from n left join q using (symbol, account)
	where q.qty is not n.qty or q.cash <> round(n.cash * 1000000);
select count(*) from (select sum(qty) s, sum(round(cash * 1000000)) c from n
	group by symbol) where s <> 0 or c <> 0;
X
	is "$(sqlite3 <query.sql 2>&1 | tr '\n' ' ')" "1 1 0 0 " \
		"nets are those of a query over trades and orders, and cancel"
else
	skip "nets by a query" "no sqlite3"
fi
exch-settle -q --until settled -o once sample.xst
exch-settle -q --until settled -o again sample.xst
same again once "again, the same bytes"
exch-settle -q sample.xst | exch-replay -q -f csv --type exec >passed
exch-replay -q -f csv --type exec sample.xst >were
same passed were "the records of the stream pass"

# ---- what is refused ----

exits 3 "a stream that was settled already" \
	exch-settle -q -o x.xst sample-settled.xst 2>said
has said 'settled already' "and why"
exits 2 "model 4" exch-settle -m 4 three.xst 2>said
exits 2 "bilateral nets under model 3" exch-settle --bilateral three.xst 2>said
exits 2 "a cycle of 31 days" exch-settle -c 31 three.xst 2>said
exits 2 "a wrong day" exch-settle --until 2026-13-01 three.xst 2>said
exits 3 "a cycle that is no table" exch-settle -c three.txt three.xst 2>said
has said 'three.txt:' "and where it is wrong"
printf 'from,until,kind,days,source\n2027-01-01,,,1,x\n' >later.csv
exits 1 "a day before the table begins" \
	exch-settle -q -c later.csv -o x.xst three.xst 2>said
exch-settle -c later.csv -o x.xst three.xst 2>said
has said "no row tells 'days' for 2026-10-09" "is told"
sed 's/^date .*/date 2031-10-09/' three.txt >one.txt
day one.txt >one.xst
exits 3 "a day that no calendar knows" exch-settle -q -o x.xst \
	--calendar "$src/data/settle/dtc.csv" one.xst 2>said
exits 2 "no report" exch-settle report 2>said
exits 2 "no such report" exch-settle report sums three.xst 2>said

finish
