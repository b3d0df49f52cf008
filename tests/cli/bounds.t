#!/bin/sh
# Who holds several things is told yes by bounds and no by a walk: limits that
# change in between, prices that move a little or a lot, and instruments that
# are announced again count at once.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >orders.txt <<'EOF'
date 2026-01-05
instrument AAA tick 0.01
instrument BBB tick 0.01
instrument CCC tick 0.01
instrument DDD tick 0.01
09:30  A1  buy 10 AAA @ 10.00
+1s    A1  buy 10 BBB @ 10.00
+1s    A1  buy 10 CCC @ 10.00
+1s    A1  buy 10 DDD @ 10.00
+1s    limit margin-long 300% of A1
+1s    A1  buy 1 DDD @ 10.00
+1s    limit margin-long 10% of A1
+1s    A1  buy 1 DDD @ 10.00
+1s    A2  sell 10 AAA @ 10.00
+1s    A3  buy 1 AAA @ 9.90
+1s    A2  sell 1 AAA @ 9.90
+1s    A1  buy 1 CCC @ 10.00
+1s    A3  buy 1 AAA @ 4.00
+1s    A2  sell 1 AAA @ 4.00
+1s    A1  buy 1 CCC @ 10.00
+1s    A3  buy 1 AAA @ 3.99
+1s    A2  sell 1 AAA @ 3.99
+1s    A1  buy 1 CCC @ 10.00
+1s    A3  buy 1 AAA @ 4.00
+1s    A2  sell 1 AAA @ 4.00
+1s    A1  buy 1 CCC @ 10.00
+1s    A1  sell 3000 BBB @ 10.00
+1s    A1  buy 1 CCC @ 10.00
EOF
printf 'account,balance\n1,1000\n2,1000000\n3,1000000\n' >accounts.csv
printf 'scope,name,margin-long,margin-short,loss\naccount,1,10%%,30%%,60\n' \
	>limits.csv
exch-replay -q -o orders.xst orders.txt
result $? "a scenario of four instruments"
exch-match -q --risk limits.csv --accounts accounts.csv -o judged.xst \
	orders.xst
exch-replay -f csv --type risk judged.xst 2>/dev/null | awk -F , \
	'NR > 1 { print $8 "," $12 "," $13 "," $9 "," $10 }' >got
# Order 5: 3 times 410.00 of four instruments.  Order 16: ten AAA from 10.00 to
# 3.99.  Order 20: 3,000 BBB at 30 %, 4.00 of AAA, 13.00 of CCC, 11.00 of DDD.
cat >want <<'EOF'
5,1,margin,1000000000,1230000000
16,1,loss,60000000,60100000
20,1,margin,940000000,9028000000
EOF
same got want "each is refused when it has to be, and not before"

finish
