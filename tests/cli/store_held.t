#!/bin/sh
# exch-store: an order that a gate held, and released or refused later, is one
# order in tables, sums and ratios; histories that had it twice are mended.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

cat >limits.csv <<'END'
scope,name,symbol,size,position,hold,approvers
all,,,500,900,size position,ann bob
END
cat >day.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30 A1 sell 600 @ 10.02 as released
+1s A2 buy 100 @ 10.02
+1s approve released by ann
+1s A2 buy 700 @ 10.01 as refused
+1s refuse refused by bob
+1s A2 buy 701 @ 10.01 as withdrawn
+1s cancel withdrawn
+1s A1 sell 800 @ 10.03 as waits
END
exch-replay day.txt | exch-risk -q -l limits.csv -o gated.xst
exch-match -q -o day.xst gated.xst
exch-store -q day.db day.xst
result $? "a day on which orders were held"
is "$(exch-replay -q -f csv --type new day.xst | sed 1d | wc -l)" 8 \
	"the stream has three of them twice"
sqlite3 day.db "SELECT order_id, account, qty, state FROM asked
	ORDER BY id" >got
cat >want <<'END'
1|1|600|accepted
2|2|100|accepted
3|2|700|refused
4|2|701|refused
5|1|800|held
END
same got want "each is one order, in its last state"
is "$(sqlite3 day.db "SELECT count(*) FROM orders WHERE flags & 32")" 0 \
	"that of the command that was held"
exch-store query -f csv day.db ratio >got
printf 'account,orders,fills,ratio\n1,2,1,2.0\n2,3,1,3.0\n' >want
same got want "orders for each execution"
exch-store query -f csv day.db accepted >got
printf 'account,orders,refused\n1,2,0\n2,3,2\n' >want
same got want "accepted and refused"
exch-store rollup -q day.db
is "$(sqlite3 day.db "SELECT group_concat(account || ':' || orders)
	FROM daily_accounts")" "1:2,2:3" "sums of the day"
exits 0 "everything fits" exch-store verify -o verify day.db
exch-replay --digest day.xst 2>want >/dev/null
exch-replay --digest day.db 2>got >/dev/null
same got want "the stream comes back with both"

# The gate within the matcher; and what a matcher has not answered.
exch-replay day.txt | exch-match -q --risk limits.csv | exch-store -q inner.db
sqlite3 inner.db "SELECT order_id, state FROM asked ORDER BY id" >got
sqlite3 day.db "SELECT order_id, state FROM asked ORDER BY id" >want
same got want "a gate within the matcher"
exch-store -q gated.db gated.xst
is "$(sqlite3 gated.db "SELECT group_concat(state) FROM asked")" \
	"held,unanswered,held,held,held" "in front of it"

# In two loads, one of which ends while it is held.
{
	sed '/approve/,$d' day.txt
	awk 'BEGIN { for (i = 0; i < 9000; i++)
		print "+1ms A2 buy 1 @ 9." 10 + i % 80 }'
	echo "+1s approve released by ann"
} >long.txt
exch-replay -q -o long.xst long.txt
exch-risk -q -l limits.csv long.xst | exch-match -q -o whole.xst
head -c $(($(wc -c <whole.xst) / 2)) whole.xst >half.xst
exch-store -q half.db half.xst 2>err
sqlite3 half.db "SELECT state FROM asked WHERE order_id = '1'" >got
is "$(cat got)" held "half a day: it is held"
exch-store -q half.db whole.xst
is "$(sqlite3 half.db "SELECT group_concat(state) FROM asked
	WHERE order_id = '1'")" accepted "the whole: it is one, and accepted"
exits 0 "it fits" exch-store verify -o verify half.db

# Version 2 had them twice, in the sums, too.
cp day.db old.db
sqlite3 old.db "INSERT INTO orders SELECT id + 1, source, seq, time, instrument,
	flags | 32, order_id, price, qty, account, side, ordtype, tif, ordflags
	FROM orders WHERE order_id = 1; PRAGMA user_version = 2"
ok "a history of version 2" exch-store migrate old.db 2>err
has err 'from version 2 to 4' "is told"
sqlite3 old.db "SELECT * FROM orders" >got
sqlite3 day.db "SELECT * FROM orders" >want
same got want "has one row for each afterwards"
ok "and its days" exch-store rollup old.db 2>err
has err '1 streams were added up' "are added up again"
exits 0 "it fits" exch-store verify -o verify old.db

finish
