#!/bin/sh
# exch-risk watch: positions beside what a query over trades and orders says,
# gains that add up to nothing, alerts, and tables that are refused.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# columns NAME,...: of a CSV, by their names
columns() {
	awk -F, -v OFS=, -v want="$1" '
	NR == 1 { n = split(want, w, ","); for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ for (i = 1; i <= n; i++) printf "%s%s", $at[w[i]], i < n ? "," : "\n" }'
}

# positions STREAM: account, instrument, quantity, realised, unrealised, fees
# as they are at the end
positions() {
	exch-replay -q -f csv --type position "$1" |
		columns account,symbol,qty,realised,unrealised,fees |
		sort -t, -k1n -k2
}

# sums: gains in millionths, and symbols whose quantities do not cancel
sums() {
	awk -F, '
	function units(s,   sign, p) {
		sign = s ~ /^-/ ? -1 : 1; sub(/^-/, "", s); p = s
		sub(/[.].*/, "", p); sub(/^[^.]*[.]?/, "", s)
		return sign * (p * 1000000 + substr(s "000000", 1, 6))
	}
	{ gain += units($4) + units($5); q[$2] += $3 }
	END { for (s in q) open += q[s] != 0; print gain + 0, open + 0 }'
}

# by_query MATCHED: account, symbol and quantity, by SQL over orders and trades,
# but for those of which the venue broke its own
by_query() {
	exch-replay -q -f csv --type new "$1" |
		columns symbol,order,account >orders.csv
	exch-replay -q -f csv --type replaced "$1" |
		columns symbol,order,new_order >replaced.csv
	exch-replay -q -f csv --type expect "$1" |
		columns symbol,match,qty,price,buy,sell >expect.csv
	exch-replay -q -f csv --type bust "$1" |
		columns symbol,match >bust.csv
	exch-report -q trades -f csv "$1" |
		columns symbol,kind,qty,price,buy_order,sell_order >trades.csv
	cat >query.sql <<'Q'
.mode csv
create table o(symbol, id, account);
create table r(symbol, old, id);
create table t(symbol, kind, qty int, price, buy, sell);
create table e(symbol, match, qty int, price, buy, sell);
create table b(symbol, match);
.import orders.csv o
.import replaced.csv r
.import trades.csv t
.import expect.csv e
.import bust.csv b
delete from t where rowid in (select t.rowid from b
	cross join e on e.symbol = b.symbol and e.match = b.match
	cross join t on t.symbol = e.symbol and t.buy = e.buy
	and t.sell = e.sell and t.qty = e.qty and t.price + 0 = e.price + 0);
create index o1 on o(symbol, id);
create index r1 on r(symbol, id);
-- An order's account is that of the first it comes from.
create table w as
with recursive c(symbol, id, at) as (
	select symbol, id, id from o
	union select symbol, id, id from r
	union select c.symbol, c.id, r.old from c join r
	on r.symbol = c.symbol and r.id = c.at and r.old <> r.id)
select distinct c.symbol, c.id, o.account from c join o
on o.symbol = c.symbol and o.id = c.at;
create index w1 on w(symbol, id);
select cast(account as int), symbol, sum(q) from (
	select w.account, t.symbol, t.qty q from t join w
	on w.symbol = t.symbol and w.id = t.buy where t.kind = 'exec'
	union all
	select w.account, t.symbol, -t.qty from t join w
	on w.symbol = t.symbol and w.id = t.sell where t.kind = 'exec')
group by 1, 2 order by 1, 2;
Q
	sqlite3 :memory: <query.sql | tr -d '\r"'
}

# check_day NAME MATCHED: of a whole day
check_day() {
	exch-risk watch -q --fees fees.csv -o watched.xst "$2"
	result $? "$1: it is watched"
	positions watched.xst >got
	is "$(sums <got)" '0 0' "$1: gains of all add up to nothing, and shares"
	exch-replay -q -f csv --type exec "$2" >want
	exch-replay -q -f csv --type exec watched.xst >passed
	same passed want "$1: every execution went through"
	if command -v sqlite3 >/dev/null; then
		by_query "$2" >want
		cut -d, -f 1-3 got >got.qty
		same got.qty want "$1: positions are those of a query"
	else
		skip "$1: positions are those of a query" 'no sqlite3'
	fi
	ok "$1: some hold something" test "$(awk -F, '$3 != 0' got |
		wc -l)" -gt 20
}

cat >fees.csv <<'T'
scope,name,from,maker,taker,auction,taker-unit,least,most
all,,,-0.002%,0.02%,0.01%,,,
all,,100000,-0.003%,0.015%,0.01%,,,
account,1,,,,,0.003,0.5,100
T

# ---- the bundled day ----

exch-replay -q --date 2026-01-05 --tz America/New_York --accounts zipf:50 \
	"$src/data/sample.pcap.zst" | exch-match -q -o day.xst
check_day 'the bundled day' day.xst
cp watched.xst first.xst
cp got average
exch-risk watch -q --fees fees.csv -o again.xst day.xst
same again.xst first.xst 'the same bytes every time'
exch-risk watch -q --lots fifo -o fifo.xst day.xst
positions fifo.xst >fifo
is "$(cut -d, -f 1-3 fifo | cksum)" "$(cut -d, -f 1-3 average | cksum)" \
	'lot by lot the positions are the same'
cut -d, -f 4 fifo >fifo.realised
cut -d, -f 4 average >average.realised
exits 1 'and what is realised is not' cmp -s fifo.realised average.realised
is "$(sums <fifo)" '0 0' 'gains add up to nothing, too'
exch-risk watch -q --every 1h day.xst |
	exch-replay -q -f csv --type position - | columns time | sort -u |
	sed 's/.*T//' >times
ok 'positions come every hour' test "$(wc -l <times)" -gt 3
is "$(sed '$d' times | grep -cv ':00:00.000000000Z')" 0 \
	'on the hour, and at the end'

# ---- a real day ----

sse=$data/derived/sse600519_20230207
if [ -r "$sse.orders.csv" ]; then
	when='--date 2023-02-07 --tz Asia/Shanghai'
	cat >timetable <<'T'
09:15	call	open
09:25	closed
09:30	continuous
11:30	closed
13:00	continuous
14:57	call	close
15:00	closed
T
	printf 'scope,size,position\nall,50000,20000\n' >limits.csv
	# shellcheck disable=SC2086 # a list of words
	exch-replay -q $when --symbol 600519 --tick 0.01 \
		--accounts zipf:500 "$sse.orders.csv" |
		exch-risk -q -l limits.csv |
		exch-match -q $when --ladder plain-high \
			--timetable timetable -o sse.xst
	result $? 'the day of Shanghai goes through gate and matcher'
	check_day 'Shanghai' sse.xst
else
	skip 'the day of Shanghai' 'no real data: set EXCH_TESTDATA'
fi

# ---- alerts ----

cat >orders.txt <<'T'
instrument ABC tick 0.01
09:30  ANN  sell 300 @ 10.00
+1s    BEN  buy 60 @ 10.00
+1s    BEN  buy 25 @ 10.00
+1s    BEN  buy 20 @ 10.00
+1s    BEN  buy 1 @ 10.00
+1s    CIA  buy 60 @ 9.90
+1s    BEN  sell 60 @ 9.90
T
exch-replay -q orders.txt | exch-match -q -o m.xst
cat >limits.csv <<'T'
scope,name,position,credit
all,,100,
account,2,100,900
T
exch-risk watch -l limits.csv -o a.xst m.xst 2>err
result $? 'without being asked to fail it does not'
exch-replay -q -f csv --type alert a.xst |
	columns account,severity,rule,limit,observed,text >got
cat >want <<'T'
1,warning,position,100,85,position limit nearly reached
2,warning,position,100,85,position limit nearly reached
2,warning,credit,900000000,850000000,credit limit nearly reached
1,critical,position,100,105,position limit passed
2,critical,position,100,105,position limit passed
2,critical,credit,900000000,1050000000,credit limit passed
2,info,position,100,46,position limit kept again
2,info,credit,900000000,466000000,credit limit kept again
T
sort got >got.sorted
sort want >want.sorted
same got.sorted want.sorted 'each limit is told when it is neared, passed and kept'
has err '3 limits passed, 3 nearly reached, 2 kept again' 'and counted'
exits 1 'a limit passed is a failure when asked for' \
	exch-risk watch -q -l limits.csv --fail-on-breach -o a.xst m.xst
printf 'scope,position\nall,1000\n' >wide.csv
exits 0 'none passed is none' \
	exch-risk watch -q -l wide.csv --fail-on-breach -o a.xst m.xst
exch-risk watch -q -l limits.csv --warn 100% m.xst |
	exch-replay -q -f csv --type alert - | columns severity | sort |
	uniq -c | awk '{ print $2, $1 }' >n
is "$(cat n)" 'critical 3
info 2' 'no warnings at 100%'
# Losses and shares of the whole, and limits that change meanwhile.
cat >change.txt <<'T'
instrument ABC tick 0.01
09:30  ANN  sell 300 @ 10.00
+1s    BEN  buy 90 @ 10.00
+1s    limit loss 5 of BEN
+1s    limit position 10 ABC of BEN
+1s    CIA  buy 60 @ 9.90
+1s    BEN  sell 60 @ 9.90
+1s    limit position 100 ABC of BEN
+1s    CIA  buy 10 @ 9.90
+1s    BEN  sell 10 @ 9.90
T
printf 'scope,name,position,concentration\naccount,2,80,75%%\n' >change.csv
printf 'account,balance\n2,1000\n' >rich.csv
exch-replay -q change.txt | exch-match -q | exch-risk watch -q -l change.csv \
	-a rich.csv | exch-replay -q -f csv --type alert - |
	columns account,severity,rule,limit,observed >got
cat >want <<'T'
2,critical,position,80,90
2,critical,concentration,750000,900000
2,critical,loss,5000000,9000000
2,info,concentration,750000,299698
2,info,position,100,20
T
same got want 'losses, shares, and limits from then on'
# Groups: their sums, what some set off against others, and limits that change.
cat >group.csv <<'T'
account,balance,group
1,,
2,500.00,OWNER
3,500.00,OWNER
4,,OTHER
T
cat >group.txt <<'T'
instrument ABC tick 0.01 reference 10.00
09:30  A1  sell 1000 @ 10.00
+1s    A1  buy 1000 @ 9.00
+1s    A2  buy 60 @ 10.00
+1s    A3  buy 30 @ 10.00
+1s    A4  buy 30 @ 10.00
+1s    A3  buy 11 @ 10.00
+1s    A3  sell 82 @ 9.00
+1s    A3  withdraw 1029
+1s    A2  sell 60 @ 9.00
+1s    limit group-gross 50 ABC group OTHER
+1s    limit group-loss 1000 group OWNER
+1s    limit group-loss 5 group NOBODY
+1s    A3  buy 1 @ 10.00
+1s    A4  buy 30 @ 10.00
T
cat >limits.group <<'T'
scope,name,symbol,position,gross,notional,credit,loss
group,OWNER,,100,120,1000,200,100
group,OWNER,ABC,90,,,,
T
exch-replay -q group.txt | exch-match -q -o group.xst
exch-risk watch -q -l limits.group -a group.csv group.xst |
	exch-replay -q -f csv --type alert - |
	columns time,account,severity,rule,limit,observed,text |
	sed 's/.*09:30:\(..\)[^,]*/\1/' >got
# After 07 the cash is 1000 - 600 - 410 + 738 - 1029 = -301.  At 9.00 60 and -41
# have lost 1010 - 738 - 19 x 9 = 101; at 12 -40 at 10.00 have lost 1020 - 738 -
# 540 + 400 = 142.
cat >want <<'T'
03,3,warning,group-position,90,90,group-position limit nearly reached by OWNER
03,3,warning,group-notional,1000000000,900000000,group-notional limit nearly reached by OWNER
05,3,critical,group-position,90,101,group-position limit passed by OWNER
05,3,warning,group-gross,120,101,group-gross limit nearly reached by OWNER
05,3,critical,group-notional,1000000000,1010000000,group-notional limit passed by OWNER
06,3,info,group-position,90,19,group-position limit kept again by OWNER
06,3,warning,group-notional,1000000000,909000000,group-notional limit nearly reached by OWNER
06,3,critical,group-loss,100000000,101000000,group-loss limit passed by OWNER
07,3,critical,group-credit,200000000,301000000,group-credit limit passed by OWNER
08,2,info,group-gross,120,41,group-gross limit kept again by OWNER
08,2,info,group-notional,1000000000,369000000,group-notional limit kept again by OWNER
08,2,info,group-credit,200000000,-239000000,group-credit limit kept again by OWNER
12,3,info,group-loss,1000000000,142000000,group-loss limit kept again by OWNER
13,4,critical,group-gross,50,60,group-gross limit passed by OTHER
T
same got want 'groups are watched as a whole'
exits 1 'one that is passed is a breach' exch-risk watch -q -l limits.group \
	-a group.csv --fail-on-breach -o a2.xst group.xst
exits 3 'without a table of accounts nobody is of a group' \
	exch-risk watch -q -l limits.group -o a2.xst group.xst 2>said
is "$(cat said)" "exch-risk watch: limits.group:2:7: 'OWNER' is a group, and no \
table says whose accounts are in it: expected --accounts FILE" 'which is said'
exch-replay -q -f text a.xst >text
has text 'account 2 has 46 marked 9.9' 'a position in words'
exch-risk watch -q -l limits.csv -f json m.xst >a.json
exch-replay -q -f json a.json >b.json
grep '"t":"alert"\|"t":"position"' a.json >a.ours
grep '"t":"alert"\|"t":"position"' b.json >b.ours
is "$(wc -l <b.ours | tr -d ' ')" 11 'both are read back from text'
sed 's/.*"instr"//' a.ours >a.rest
sed 's/.*"instr"//' b.ours >b.rest
same b.rest a.rest 'as they were'

printf 'account,symbol,quantity,price\n2,ABC,-120,9.5\n' >p.csv
cat >cash.txt <<'T'
instrument ABC tick 0.01
09:30  ANN  sell 10 @ 10.00
+1s    BEN  withdraw 901
+1s    BEN  deposit 500
T
exch-replay -q cash.txt | exch-match -q |
	exch-risk watch -q -l limits.csv --opening p.csv |
	exch-replay -q -f csv --type alert - |
	columns account,severity,rule,observed >got
cat >want <<'T'
2,critical,position,120
2,critical,credit,901000000
2,info,credit,401000000
T
same got want 'so are what there was before, and cash that comes and goes'

# A quantity and a mark that make more than cash can be.
cat >worth.txt <<'T'
instrument ABC tick 0.01
09:30  A1  sell 9000000000000 @ 0.01
+1s    A2  buy 9000000000000 @ 0.01
+1s    A3  sell 1 @ 9000000000.00
+1s    A4  buy 1 @ 9000000000.00
+1s    A2  sell 1 @ 8999999999.00
+1s    A3  buy 1 @ 8999999999.00
T
exch-replay -q worth.txt | exch-match -q -o worth.xst
printf 'scope,concentration\nall,50%%\n' >share.csv
exch-risk watch -l share.csv worth.xst 2>err |
	exch-replay -q -f csv --type position - | columns account,unrealised >got
cat >want <<'T'
1,-9223372036854.775808
2,9223372036854.775807
3,0.00
4,-1.00
T
same got want 'it is the largest number there is'
has err '2 positions are worth more than numbers can say' 'which is told'

# ---- members of the stream ----

cat >mem.txt <<'T'
date 2026-01-05
instrument ABC tick 0.01 reference 10.00
account A1 member ALFA
account A2 member BETA
09:30  A1  sell 100 @ 10.00
+1s    A2  buy 40 @ 10.00
+1s    limit position 200 member BETA by eve
+1s    A2  buy 40 @ 10.00
T
exch-replay -q mem.txt | exch-match -q -o mem.xst 2>/dev/null
printf 'scope,name,position\nmember,BETA,30\nmember,NOPE,1\n' >mem.csv
exch-risk watch -l mem.csv -o mem.w mem.xst 2>err
cat >want <<'T'
2,critical,position,30,40
2,info,position,200,80
T
exch-replay -q -f csv --type alert mem.w | columns \
	account,severity,rule,limit,observed >got
same got want 'limits of a member are of the accounts that the stream gives it'
has err 'mem.csv:3: no account is of member NOPE' 'and one that has none is told'
printf 'account,member\n2,ALFA\n' >memtable.csv
exch-risk watch -l mem.csv -a memtable.csv -o mem.w mem.xst 2>err
is "$? $(sed 's/:.*//' err)" '3 exch-risk watch' 'by a table that is whole it is refused'

# Two instruments of one symbol: what was held before is held once.
exch-replay -q -f json mem.xst | awk '
	/"t":"instrument"/ { print; sub(/"instr":1,/, "\"instr\":2,"); print; next }
	/"t":"end"/ { next }
	{ print }' | awk '/"seq":/ { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"") }
	{ print }' >dup.json
exch-replay -q --partial -o dup.xst dup.json 2>/dev/null
printf 'account,symbol,quantity,price\n3,ABC,50,1\n' >had.csv
exch-risk watch -q --partial --opening had.csv dup.xst 2>/dev/null |
	exch-replay -q --partial -f csv --type position - 2>/dev/null |
	columns account,qty | grep '^3,' >got
is "$(cat got)" '3,50' 'an opening position is of the first one'

# ---- tables and options ----

printf 'account,symbol,quantity,price\n2,ABC,40,9.5\n' >p.csv
exch-risk watch -q --opening p.csv m.xst | exch-replay -q -f csv --type position - |
	columns account,qty,trades >got
has got '^2,86,5' 'what was there before counts'
printf 'account,symbol,quantity,price\n2,ABC,many,9.5\n' >bad.csv
exits 3 'a table that is none' exch-risk watch -q --opening bad.csv m.xst 2>err
has err "bad.csv:2:7: 'many' is no 'quantity'" 'is refused with its place'
for t in opening,account,symbol,quantity,price:9,ABC,40,9.5 \
	fees,name,scope,maker:GAMMA,member,1%; do
	table=${t%%,*} t=${t#*,}
	printf '%s\n' "${t%:*}" '# a remark' "${t#*:}" >bad.csv
	printf 'account,member\n2,BETA\n' >two.csv
	exits 3 "$table of nobody" exch-risk watch -q --accounts two.csv \
		--"$table" bad.csv -o a2.xst group.xst 2>said
	cat said >>nobodies
done
is "$(cat nobodies)" "exch-risk watch: bad.csv:3:1: '9' is no account: \
expected one of the column 'account' of two.csv
exch-risk watch: bad.csv:3:1: 'GAMMA' is no member: expected one of the \
column 'member' of two.csv" 'which is said'
printf 'scope,maker\nall,200%%\n' >bad.csv
exits 3 'fees beyond all are refused' \
	exch-risk watch -q --fees bad.csv m.xst 2>err
printf 'scope,name,from,maker\nall,,,1%%\naccount,5,7,1%%\naccount,5,7,2%%\n' >bad.csv
exits 3 'fees told twice are refused' \
	exch-risk watch -q --fees bad.csv m.xst 2>err
has err 'bad.csv:4: fees for the same stand in line 3 already' 'by both lines'
{
	echo scope,name,maker
	seq 1 100000 | sed 's/.*/account,&,0.01%/'
} >wide.csv
exits 0 'a hundred thousand accounts may have fees of their own' \
	exch-risk watch -q --fees wide.csv -o a.xst m.xst
exits 2 'no share' exch-risk watch --warn 120% m.xst 2>err
exits 2 'no method' exch-risk watch --lots lifo m.xst 2>err
exits 2 'no limits, no failure' exch-risk watch --fail-on-breach m.xst 2>err
has err 'Add --limits FILE' 'and what to do is told'
n=$(wc -c <m.xst)
head -c $((n - 40)) m.xst >cut.xst
exits 3 'a stream that is cut is told' \
	exch-risk watch -q -o c.xst cut.xst 2>err

finish
