#!/bin/sh
# exch-report aml: each pattern by hand and what stays just outside of it, a
# history from a table and from exch-store; and days of many deposits against
# window functions of sqlite3.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

table=$src/data/report/aml.csv
aml() {
	exch-report aml -q -f csv --rules "$src/data/report" "$@"
}
# matched FILE.txt: FILE.xst
matched() {
	exch-replay "$1.txt" | exch-match -q -o "$1.xst"
}

# ---- structuring: exch-regulatory(7), MONEY LAUNDERING ----

cat >under.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 ANN deposit 9500.00
09:30 BOB deposit 9500.00
10:00 ANN deposit 8000.00
10:30 BOB deposit 10000.01
11:00 ANN deposit 10000.00
11:30 BOB deposit 7999.99
12:00 BOB deposit 9500.00
13:00 ANN deposit 9000.00
14:00 CID withdraw 9900.00
14:01 CID withdraw 9900.00
14:02 CID deposit 9900.00
14:03 CID withdraw 9900.00
T
matched under
aml -o got.csv under.xst
result $? "reported"
is "$(cut -d, -f 1-3,6-10 got.csv)" "pattern,kind,who,start,end,count,amount,limit
structuring,deposits,ANN,2024-03-07T09:00:00.000000000Z,2024-03-07T13:00:00.000000000Z,4,36500.00,10000.00
structuring,withdrawals,CID,2024-03-07T14:00:00.000000000Z,2024-03-07T14:03:00.000000000Z,3,29700.00,10000.00
through,in-and-out,CID,2024-03-07T14:02:00.000000000Z,2024-03-07T14:03:00.000000000Z,1,9900.00,9900.00" \
	"at the threshold and 20 % below it; neither more, nor less, nor mixed"
exch-replay -f json under.xst | grep '"t":"deposit"' >deposits
is "$(sed -n 2p got.csv | cut -d, -f 11)" "$(grep '"account":1[,}]' deposits |
	sed 's/.*"seq":"\([0-9]*\)".*/1:\1/' | tr '\n' ' ' | sed 's/ $//')" \
	"and the records are named"
sed 's/^\(.*structuring,count,\)3/\14/' "$table" >four.csv
is "$(aml --aml-parameters four.csv under.xst | grep -v ^through |
	cut -d, -f 3 | tr '\n' ' ')" "who ANN " "four are needed"
printf '%s\n' account,group ANN,KIN BOB,KIN >parties.csv
is "$(aml --parties parties.csv under.xst | sed -n 2p | cut -d, -f 1-3,8,9)" \
	"structuring,deposits,KIN,6,55500.00" "accounts of a group are one person"

# A day is 24 hours.
cat >slow.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
00:00 ANN deposit 9500.00
+20h ANN deposit 9500.00
+5h ANN deposit 9500.00
+25h ANN deposit 9500.00
+12h ANN deposit 9500.00
+12h ANN deposit 9500.00
T
matched slow
is "$(aml slow.xst | sed -n 2p | cut -d, -f 6-9)" \
	"2024-03-09T02:00:00.000000000Z,2024-03-10T02:00:00.000000000Z,3,28500.00" \
	"three within 24 hours, and those before are another thing"

# ---- passing through ----

cat >through.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 MM sell 100000 ABC @ 10.00
09:01 ANN deposit 50000.00
09:02 BOB deposit 50000.00
09:03 BOB buy 501 ABC @ 10.00
09:04 CID deposit 50000.00
09:05 CID buy 500 ABC @ 10.00
10:00 ANN withdraw 39999.99
10:01 BOB withdraw 40000.00
10:02 CID withdraw 40000.00
10:03 DOT deposit 4999.99
10:04 DOT withdraw 4999.99
10:05 ANN withdraw 0.01
T
matched through
is "$(aml through.xst | cut -d, -f 1-3,8-10)" "pattern,kind,who,count,amount,limit
through,in-and-out,ANN,1,40000.00,50000.00
through,in-and-out,CID,1,40000.00,50000.00" \
	"80 % again, of which 10 % was traded; not 10.02 %, not little" ||
	aml through.xst

# Any deposit may be the first: a cent of before does not hide what follows.
sed 's/through,window,48/through,window,2/' "$table" >two.csv
cat >slide.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 ANN deposit 1.00
10:30 ANN deposit 20000.00
11:30 ANN withdraw 20000.00
11:40 BOB deposit 20000.00
13:41 BOB withdraw 20000.00
T
matched slide
is "$(aml --aml-parameters two.csv slide.xst | cut -d, -f 1,3,6,8-10)" "pattern,who,start,count,amount,limit
through,ANN,2024-03-07T10:30:00.000000000Z,1,20000.00,20000.00" \
	"the window slides; two hours and a minute are too long"

# One alert does not hide the next; withdrawals go on with theirs.
cat >next.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 ANN deposit 20000.00
09:10 ANN withdraw 16000.00
09:20 ANN withdraw 4000.00
09:30 ANN deposit 30000.00
09:40 ANN withdraw 30000.00
T
matched next
is "$(aml next.xst | sed 1d | cut -d, -f 3,6,7,9,10)" "ANN,2024-03-07T09:00:00.000000000Z,2024-03-07T09:20:00.000000000Z,20000.00,20000.00
ANN,2024-03-07T09:30:00.000000000Z,2024-03-07T09:40:00.000000000Z,30000.00,30000.00" \
	"and both are told with all of their cash"

# Little ones do not push out a large one.
{
	printf '%s\n' 'date 2024-03-07' \
		'instrument ABC tick 0.01 currency USD' \
		'09:00 ANN deposit 20000.00'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		printf '+1s ANN deposit 0.0%d\n' $((i % 9 + 1))
		printf '+1s ANN withdraw 0.01\n'
	done
	echo '+1h ANN withdraw 20000.00'
} >noise.txt
matched noise
is "$(aml noise.xst | sed 1d | cut -d, -f 1,6)" \
	"through,2024-03-07T09:00:00.000000000Z" "among forty of a few cents"

# ---- velocity ----

cat >fast.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 ANN deposit 10000.00
09:01 BOB deposit 10000.01
09:02 ANN buy 10000 ABC @ 10.00
09:03 BOB sell 10000 ABC @ 10.00
09:04 CID buy 9999 ABC @ 10.00
09:05 DOT sell 9999 ABC @ 10.00
T
matched fast
is "$(aml fast.xst | cut -d, -f 1-3,5,8-10)" "pattern,kind,who,currency,count,amount,limit
velocity,cash,ANN,USD,1,100000.00,100000.00" \
	"ten times the cash at hand; not of nothing, nor a cent more of cash"
cat >history.csv <<'T'
account,last,balance,usual
ANN,2024-03-06,0.01,100.00
BOB,2024-03-06,-0.01,
CID,2024-03-06,,10000
T
is "$(aml --history history.csv fast.xst | cut -d, -f 1-3,9,10)" "pattern,kind,who,amount,limit
velocity,cash,BOB,100000.00,100000.00
velocity,usual,ANN,100000.00,1000.00" \
	"cash from before counts, and what is usual; less than 100,000 is nothing"
(
	cat fast.txt
	echo '+1s break 1 ABC'
) >broken.txt
matched broken
is "$(aml broken.xst | wc -l)" 1 "a broken trade is no turnover"

# Days are those of the zone that the stream names.
exch-replay --tz America/New_York fast.txt | exch-match -q -o night.xst
aml night.xst >unsaid
aml --tz America/New_York night.xst >said
same unsaid said "days are local where nobody says another zone"
is "$(aml --tz UTC night.xst | cut -d, -f 6 | sed -n 2p)" \
	"2024-03-07T14:03:00.000000000+00:00" "unless one says it"

# ---- accounts that wake ----

cat >history.csv <<'T'
account,last
ANN,2023-09-09
BOB,2023-09-10
2,2020-01-01
CID,
T
cat >wake.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 ANN deposit 6000.00
09:01 BOB deposit 60000.00
09:02 CID deposit 60000.00
09:03 MM sell 1000 ABC @ 10.00
09:04 ANN buy 400 ABC @ 10.00
+24h  ANN deposit 1000000.00
T
matched wake
aml --history history.csv wake.xst >got.csv
is "$(cut -d, -f 1-4,8-12 got.csv)" "pattern,kind,who,account,count,amount,limit,records,evidence
dormant,woke,ANN,ANN,2,10000.00,10000.00,1:3 2:3,last=20230909 silent>=180d within=24h" \
	"180 days, not 179; within a day, by deposits and trades"
is "$(aml wake.xst | wc -l)" 1 "without a history nobody has slept"

# What a broken trade leaves is not enough.
cat >again.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01 currency USD
09:00 MM sell 5000 ABC @ 10.00
      ANN buy 5000 ABC @ 10.00
09:05 break 1 ABC
T
matched again
is "$(aml --history history.csv again.xst | wc -l)" 1 \
	"an account whose trade was broken did not wake"
(
	cat again.txt
	echo '09:06 ANN deposit 10000.00'
) >deposited.txt
matched deposited
is "$(aml --history history.csv deposited.xst | cut -d, -f 1,3,7-9 | tail -n 1)" \
	"dormant,ANN,2024-03-07T09:06:00.000000000Z,1,10000.00" "before it moves something else"

# A history of another day, by exch-store.
if command -v sqlite3 >/dev/null; then
	sed 's/^date .*/date 2023-06-01/' fast.txt >old.txt
	matched old
	exch-store load -q old.db old.xst
	sqlite3 -csv -header old.db "
		SELECT a.text AS account, max(d) AS last,
			printf('%.2f', sum(c) / 1e6 / count(DISTINCT d)) AS usual
		FROM (SELECT buy_account n, cash c,
				date(time / 1000000000, 'unixepoch') d
			FROM executions
			UNION ALL SELECT sell_account, cash,
				date(time / 1000000000, 'unixepoch')
			FROM executions)
		JOIN accounts a ON a.number = n GROUP BY n" >store.csv
	is "$(sed -n 2p store.csv)" "ANN,2023-06-01,100000.00" \
		"a history of exch-store is such a table"
	is "$(aml --history store.csv wake.xst | sed 1d | cut -d, -f 1,3,9,12)" \
		"dormant,ANN,10000.00,last=20230601 silent>=180d within=24h
dormant,BOB,60000.00,last=20230601 silent>=180d within=24h
dormant,CID,60000.00,last=20230601 silent>=180d within=24h" "and says who slept" ||
		aml --history store.csv wake.xst
	sed 's/USD$/USD/; s/10000 ABC/100000 ABC/' fast.txt >much.txt
	matched much
	is "$(aml --history store.csv much.xst | grep usual | cut -d, -f 3,9,10 |
		tr '\n' ' ')" "ANN,1000000.00,1000000.00 BOB,1000000.00,1000000.00 " \
		"and what was usual"

	# ---- many deposits, in SQL ----

	awk 'BEGIN {
		srand(7)
		print "date 2024-03-04"
		print "instrument ABC tick 0.01 currency USD"
		print "00:00 A1 deposit 1.00"
		for (i = 0; i < 3000; i++)
			printf "+%dm A%d %s %d.%02d\n", 1 + rand() * 9,
			    1 + rand() * 60,
			    rand() < 0.6 ? "deposit" : "withdraw",
			    6000 + rand() * 6000, rand() * 100
	}' >many.txt
	matched many
	aml many.xst | awk -F, '$1 == "structuring" { print $3, $2 }' |
		sort -u >got
	exch-store load -q many.db many.xst
	sqlite3 -separator ' ' many.db "
		WITH m AS (SELECT account a, amount < 0 o, time t,
			abs(amount) c FROM deposits
			WHERE abs(amount) BETWEEN 8000000000 AND 10000000000),
		w AS (SELECT a, o, count(*) OVER x n, sum(c) OVER x s FROM m
			WINDOW x AS (PARTITION BY a, o ORDER BY t
			RANGE BETWEEN 86400000000000 PRECEDING
			AND CURRENT ROW))
		SELECT DISTINCT b.text, CASE o WHEN 1 THEN 'withdrawals'
			ELSE 'deposits' END
		FROM w JOIN accounts b ON b.number = a
		WHERE n >= 3 AND s > 10000000000" | sort >want
	same got want "who splits amounts is whom sqlite3 finds"
	is "$(($(wc -l <want) > 10 && $(wc -l <want) < 110))" 1 \
		"some do, and some do not"
else
	for n in 1 2 3 4 5; do skip "against the history ($n)" "no sqlite3"; done
fi

# ---- bad input ----

sed 's/structuring,count/structuring,counts/' "$table" >bad.csv
exits 3 "a parameter that there is not" \
	aml --aml-parameters bad.csv under.xst 2>err
has err "bad.csv:[0-9]*:.*'counts' is no parameter" "is refused where it stands"
for x in structuring,count,33 structuring,margin,101 structuring,window,87841 \
	through,window,10000000 dormant,window,6000000; do
	sed "s/${x%,*},[0-9]*/$x/" "$table" >bad.csv
	exits 3 "$x" aml --aml-parameters bad.csv under.xst 2>err
	has err "bad.csv:[0-9]*:.*'${x##*,}' is more than" "where it stands"
done
sed 's/structuring,count,3/structuring,count,32/' "$table" >most.csv
exits 0 "a count of 32" aml --aml-parameters most.csv -o out under.xst
sed '/through,least/d' "$table" >bad.csv
aml --aml-parameters bad.csv under.xst >out 2>err
result $(($? == 0)) "a parameter that is missing"
has err "'through least' for 2024-03-07" "is named, with its day"
printf '%s\n' account,last ANN,2024-03-06 ANN,2024-03-05 >bad.csv
exits 3 "an account twice" aml --history bad.csv under.xst 2>err
printf '%s\n' account,last ANN,2024-02-30 >bad.csv
exits 3 "a day that there is not" aml --history bad.csv under.xst 2>err
has err "bad.csv:2:5" "where it stands"
echo 'date 2024-03-07' >empty.txt
matched empty
is "$(aml empty.xst | wc -l)" 1 "an empty day has a header"
exch-replay fast.txt | aml >out 2>err
is $? 3 "a stream without answers"
finish
