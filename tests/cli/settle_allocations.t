#!/bin/sh
# exch-settle --allocations: blocks that are handed on at their average price,
# with nothing lost; what stays; days; and what is refused.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

# ---- parts, by hand ----

# 100 + 50 + 1 = 151 shares for 1000.00 + 501.50 + 10.10 = 1511.60: on average
# 10.0105960265.  60 % of 151 is 90.6: 90 shares for 1511.60 x 90 / 151 =
# 900.953642 (.384), and the other 61 for all the rest of it, 610.646358.
# The seller gives 100 away for 1511.60 x 100 / 151 = 1001.059603 (2.649), 30
# for what 130 have cost, 1301.377483 (.444), less that, and keeps 21.
cat >avg.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 100 ABC @ 10.00 buyer ANN seller BEN
+1s    block 50 ABC @ 10.03 buyer ANN seller BEN
+1s    block 1 ABC @ 10.10 buyer ANN seller BEN
X
cat >parts.csv <<'X'
account,symbol,side,order,to,shares,ratio
1,,,,11,,60%
1,,,,12,,40%
2,ABC,sell,,21,100,
2,ABC,sell,,22,30,
X
day avg.txt >avg.xst
for how in "" "-m 1" "-m 2" "-m 1 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle $how --allocations parts.csv --until settled -o avg.set \
		avg.xst 2>said
	exch-settle report -q -f csv allocations avg.set |
		columns date,account,to,what,qty,price,cash >got
	cat >want <<'X'
2026-10-12,1,11,part,90,10.010596026,-900.953642
2026-10-12,1,12,part,61,10.010596026,-610.646358
2026-10-12,2,21,part,-100,10.010596026,1001.059603
2026-10-12,2,22,part,-30,10.010596026,300.31788
2026-10-12,2,2,rest,-21,10.010596026,210.222517
X
	same got want "parts at the average price (${how:-model 3})"
	exch-settle report -q -f csv balances avg.set >got
	cat >want <<'X'
account,ledger,unit,amount
2,holding,ABC,-21
2,holding,USD,210.222517
11,holding,ABC,90
11,holding,USD,-900.953642
12,holding,ABC,61
12,holding,USD,-610.646358
21,holding,ABC,-100
21,holding,USD,1001.059603
22,holding,ABC,-30
22,holding,USD,300.31788
X
	same got want "and they settle there, to the last millionth"
	has said '2 blocks divided into 4 parts, 1 with a rest' "which is told"
	is "$(unbalanced avg.set)" 0 "every entry balances"
	ok "trades, parts, nets and ledger agree" \
		exch-settle report -q -o differs reconcile avg.set
done
exch-settle --allocations parts.csv -o avg.set avg.xst 2>said
has said 'traded 1511.60, allocated 2812.977483, to be paid 1511.60' \
	"what was handed on is told beside what was traded"
rows obligation account,qty avg.set | tail -n 8 | tr '\n' ' ' >got
printf %s "11,90 1,-90 12,61 1,-61 2,100 21,-100 2,30 22,-30 " >want
same got want "each part has its two obligations"

# A part that was dropped, or one obligation of it, is found.
exch-replay -q -f json avg.set >avg.json
for drop in '"allocation",.*"to":11,' '"obligation",.*"qty":"-61",' \
	'"obligation",.*"account":21,'; do
	sed "/\"t\":$drop/d" avg.json >less.json
	is "$(($(wc -l <avg.json) - $(wc -l <less.json)))" 1 "one record less"
	exits 1 "without $drop something differs" exch-settle report -q \
		--partial -o differs reconcile less.json 2>said
done

# ---- which rule it is ----

# What an order has goes by its own rule; the one for a symbol goes before that
# for all, and that of a day before all days.
cat >rules.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD
instrument XYZ tick 0.01 currency USD
10:00  block 5 ABC @ 9.00 buyer ANN seller BEN
+1s    BEN sell 100 ABC @ 10.00
+1s    BEN sell 100 XYZ @ 20.00
+1s    ANN buy 30 ABC @ 10.00
+1s    ANN buy 20 ABC @ 10.00
+1s    ANN buy 10 XYZ @ 20.00
+1s    BEN buy 7 ABC @ 9.00
+1s    ANN sell 7 ABC @ 9.00
X
day rules.txt >rules.xst
order=$(rows new order,qty rules.xst | awk -F, '$2 == 30 { print $1 }')
cat >rules.csv <<X
account,symbol,side,order,date,to,shares,ratio
1,,,,,71,,100%
1,ABC,buy,$order,,72,,100%
1,ABC,sell,,,73,,50%
1,ABC,buy,,2026-10-09,74,,100%
1,ABC,buy,,2026-10-12,75,1,
X
exch-settle --allocations rules.csv -o rules.set rules.xst 2>said
exch-settle report -q -f csv allocations rules.set |
	columns order,symbol,to,qty >got
cat >want <<X
$order,ABC,72,30
,ABC,74,25
,ABC,73,-3
,ABC,1,-4
,XYZ,71,10
X
same got want "the rule that says most of it, and 3 of 7 are half of them"
has said '1 rows of allocations were of nothing' "one for another day is idle"

# ---- what is broken, and days ----

cat >broken.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer ANN seller BEN
+1s    break 1 ABC
+1s    break 2 ABC with 600 @ 10.00
X
day broken.txt >broken.xst
exch-settle -q --allocations parts.csv -o broken.set broken.xst
exch-settle report -q -f csv allocations broken.set | columns to,qty,cash >got
cat >want <<'X'
11,360,-3600.00
12,240,-2400.00
21,-100,1000.00
22,-30,300.00
2,-470,4700.00
X
same got want "of broken trades nothing, of a correction what it says"

sed 's/^date .*/date 2026-10-12/' avg.txt >monday.txt
day monday.txt >monday.xst
exch-settle -q --allocations parts.csv -o friday.set avg.xst
exch-settle -q --allocations parts.csv --from friday.set --until settled \
	-o both.set monday.xst
exch-settle report -q -f csv balances both.set >got
cat >want <<'X'
account,ledger,unit,amount
2,holding,ABC,-42
2,holding,USD,420.445034
11,holding,ABC,180
11,holding,USD,-1801.907284
12,holding,ABC,122
12,holding,USD,-1221.292716
21,holding,ABC,-200
21,holding,USD,2002.119206
22,holding,ABC,-60
22,holding,USD,600.63576
X
same got want "on Monday the same again, with what Friday left"

# ---- the sample day ----

opts="--date 2026-01-05 --tz America/New_York --accounts zipf:1000"
# shellcheck disable=SC2086 # options
exch-replay -q $opts "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
# Odd accounts give all away, even ones keep a millionth of it or so.
awk 'BEGIN {
	print "account,to,ratio"
	for (i = 1; i <= 1000; i++) {
		printf "%d,%d,33.3333%%\n%d,%d,0.333333\n", i, 10000 + i, i, 20000 + i
		printf "%d,%d,%s\n", i, 30000 + i, i % 2 ? "0.333334" : "0.333333"
	}
}' >thirds.csv
exch-settle --allocations thirds.csv --until settled -o sample.set sample.xst \
	2>said
is $? 0 "a day of a thousand accounts is divided"
# By a query of its own: what all parts and the rest of a block come to is what
# was traded; shares are at most one apart from a third, and none is lost.  What
# was broken on that day is in no block.
rows obligation symbol,account,qty,cash,match,status sample.set |
	grep -E ',(open|broken)$' >due.csv
exch-settle report -q -f csv allocations sample.set |
	columns symbol,account,side,to,qty,cash >given.csv
if command -v sqlite3 >/dev/null; then
	cat >query.sql <<'X'
.mode csv
create table d(symbol, account int, qty int, cash, match, status);
create table g(symbol, account int, side, recipient int, qty int, cash);
.import due.csv d
delete from d where (symbol, match) in
	(select symbol, match from d where status = 'broken');
.import given.csv g
create table a as select symbol, account, side, sum(qty) qty,
	sum(round(cash * 1000000)) cash from g group by 1, 2, 3;
create table b as select symbol, account, iif(qty > 0, 'buy', 'sell') side,
	sum(qty) qty, sum(round(cash * 1000000)) cash from d
	where length(match) < 15 and account <> 0 group by 1, 2, 3;
select count(*) > 100 from a;
select (select count(*) from b) - (select count(*) from a);
select count(*) from b left join a using (symbol, account, side)
	where b.qty is not a.qty or b.cash is not a.cash;
select count(*) from g join b using (symbol, account, side)
	where recipient > 10000 and abs(g.qty * 3 - b.qty) > 3;
select count(*) from g where recipient = account and account % 2 = 1;
select count(*) from (select sum(qty) s, sum(round(cash * 1000000)) c from d
	group by symbol) where s <> 0 or c <> 0;
X
	is "$(sqlite3 <query.sql 2>&1 | tr '\n' ' ')" "1 0 0 0 0 0 " \
		"parts and rests are what was traded, by a query of its own"
else
	skip "parts by a query" "no sqlite3"
fi
is "$(unbalanced sample.set)" 0 "every entry balances"
ok "the ledger balances" exch-settle report -q -o trial trial-balance sample.set
ok "nothing differs" exch-settle report -q -o differs reconcile sample.set
exch-settle -q --allocations thirds.csv --until settled sample.xst >again.set
same again.set sample.set "again, the same bytes"

# ---- what is refused ----

# refused LINE[:COLUMN] WORDS TEXT NAME: the table, with where it is wrong.
refused() {
	printf '%b' "$3" >bad.csv
	exits 3 "$4" exch-settle -q --allocations bad.csv -o x.set avg.xst 2>said
	has said "bad.csv:$1: .*$2" "$1 says why"
}
head='account,symbol,side,order,date,to,shares,ratio\n'
refused 2:11 "is no 'ratio'" "${head}1,,,,,11,,0\n" "a ratio of 0"
refused 2:10 "is no 'shares'" "${head}1,,,,,11,0,\n" "no shares"
refused 2:10 "is no 'shares'" "${head}1,,,,,11,-5,\n" "fewer than none"
refused 2:11 "is no 'ratio'" "${head}1,,,,,11,,100.1%\n" "more than all of it"
refused 3 "comes to 100.0001 %" "${head}1,,,,,11,,60%\n1,,,,,12,,0.400001\n" \
	"ratios of more than all of it"
refused 2 "neither how many" "${head}1,,,,,11,,\n" "neither shares nor ratio"
refused 2 "both how many" "${head}1,,,,,11,5,50%\n" "both"
refused 3 "line 2 divides the same block by shares" \
	"${head}1,ABC,,,,11,5,\n1,ABC,,,,12,,50%\n" "one by shares, one by ratio"
refused 4 "line 2 gives the same account" \
	"${head}1,,,,,11,,50%\n1,ABC,,,,11,,50%\n1,,,,,11,,10%\n" \
	"an account twice in a rule"
refused 2 "is the account that trades, 1" "${head}1,,,,,1,,50%\n" \
	"to the one that trades"
refused 2:1 "is no 'account'" "${head}0,,,,,11,,50%\n" "of nobody"
refused 2:7 "is no 'to'" "${head}1,,,,,4294967293,,50%\n" \
	"to the central counterparty"
refused 2:4 "is no 'side'" "${head}1,,both,,,11,,50%\n" "a side that is none"
refused 2:6 "is no 'date'" "${head}1,,,,2026-02-30,11,,50%\n" "a day that is none"
refused 1:12 "is no column" "account,to,part\n1,11,50%\n" "a column that is none"
refused 3 "20 of ABC are more than the 11 that are left of what account 1 bought" \
	"${head}1,ABC,buy,,,11,140,\n1,ABC,buy,,,12,20,\n" "shares beyond the block"
refused 2 "account 1 has traded nothing" \
	"${head}1,XYZ,,,2026-10-09,11,140,\n" "shares of what was not traded"
printf 'account,balance\n1,0\n2,0\n11,0\n' >accounts.csv
printf '%b' "${head}1,,,,,11,,50%\n1,,,,,12,,50%\n" >bad.csv
exits 3 "to an account that there is not" exch-settle -q -a accounts.csv \
	--allocations bad.csv -o x.set avg.xst 2>said
has said "bad.csv:3: 'to': account 12 is not in the table" "and which"
printf '%b' "${head}3,,,,,11,,50%\n" >bad.csv
exits 3 "of an account that there is not" exch-settle -q -a accounts.csv \
	--allocations bad.csv -o x.set avg.xst 2>said
has said "bad.csv:2: 'account': account 3 is not in the table" "and which"

# ---- broken after its trade date: what was handed on goes back ----

# Without the 50 of the second trade the 101 cost 1010.10 together: 60 %
# are 60.6, 60 shares for 600.059406, and 41 for 410.040594.  The seller gives
# 100 away, and of the 30 the one that is left.
grep -v ' 50 ABC' avg.txt >never.txt
day never.txt >never.xst
# The table for what was never more.
sed 's/,30,/,1,/' parts.csv >less.csv
# On Monday before it settles, and on Tuesday when it has.
for date in 2026-10-12 2026-10-13; do
	{ cat avg.txt; printf 'date %s\n10:00  break 2 ABC\n' $date; } >late.txt
	day late.txt >late.xst
	for how in "" "-m 1" "-m 2" "-m 1 --bilateral" "-c 2" "-c 2 -m 1"; do
		what="$date, ${how:-model 3}"
		# shellcheck disable=SC2086 # options
		exch-settle -q $how --allocations parts.csv --until settled \
			-o late.set late.xst
		is "$(rows bust match late.set)" 2 "a trade is broken later ($what)"
		exch-settle report -q -f csv balances late.set >got
		# shellcheck disable=SC2086 # options
		exch-settle -q $how --allocations less.csv --until settled \
			-o never.set never.xst
		exch-settle report -q -f csv balances never.set >want
		same got want "in the end it is as if it had never been ($what)"
		is "$(unbalanced late.set)" 0 "every entry balances ($what)"
		case $how in # nets of pairs are not compared over days
		*bilateral) ;;
		*)
			exits 0 "it reconciles ($what)" \
				exch-settle report -q -o x reconcile late.set
			;;
		esac
	done
done
exch-settle -q --allocations parts.csv --until settled -o late.set late.xst
rows allocation account,to,qty,cash,date late.set | sed 1,5d >got
cat >want <<'X'
1,11,-90,900.953642,2026-10-14
1,12,-61,610.646358,2026-10-14
1,11,60,-600.059406,2026-10-14
1,12,41,-410.040594,2026-10-14
2,21,100,-1001.059603,2026-10-14
2,22,30,-300.31788,2026-10-14
2,21,-100,1000.09901,2026-10-14
2,22,-1,10.00099,2026-10-14
X
same got want "parts go back at what they were given for, and are made again"
exits 1 "what is not remembered stays" exch-settle -q --remember 1 \
	--allocations parts.csv --until settled -o x.set late.xst

finish
