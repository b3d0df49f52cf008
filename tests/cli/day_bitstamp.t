#!/bin/sh
# Five hours of bitcoin in dollars: the orders of the log against a table that
# others made of it, and the engine's trades against the venue's; and bad lines,
# which need no real data.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# ---- lines ----

cat >small.log <<'END'
1430438404518 order_created {"price": "236.47", "amount": "2.00000000", "datetime": "1430438404", "id": 1, "order_type": 0}
1430438404635 order_created {"price": "236.40", "amount": "0.5", "datetime": "1430438404", "id": 2, "order_type": 1}
1430438404636 order_changed {"price": "236.47", "amount": "1.50000000", "datetime": "1430438404", "id": 1, "order_type": 0}
1430438404637 order_deleted {"price": "236.40", "amount": "0.00000000", "datetime": "1430438404", "id": 2, "order_type": 1}
1430438404645 trade {"price": 236.47, "amount": 0.5, "id": 8111041}
1430438404646 order_deleted {"price": "236.08", "amount": "2.00000000", "datetime": "1430438337", "id": 77, "order_type": 0}
1430438404700 order_deleted {"price": "236.47", "amount": "1.50000000", "datetime": "1430438404", "id": 1, "order_type": 0}
END
exch-replay -q -o small.xst small.log
is "$(exch-replay -q -f json small.xst | sed -n 's/.*"t":"\(new\|cancel\)".*"order":"\([0-9]*\)".*"qty":\([0-9.nul]*\).*/\1 \2 \3/p')" \
	"new 1 2.00000000
new 2 0.50000000
cancel 1 null" "what was asked, and nothing of an order that nobody saw come"
exch-match -q small.xst | exch-feed trades -q -f csv >trades
is "$(awk -F, 'NR > 1 { print $4, $5, $8 }' trades)" "236.47 0.5 S" \
	"the engine makes the trade"
i=0
while IFS='|' read -r what why; do
	i=$((i + 1))
	printf '%s\n%s\n' "$(head -n 1 small.log)" "$what" >bad.log
	exch-replay -o bad.xst bad.log 2>said
	is $? 1 "bad: $why"
	has said "bad.log:2:[0-9]*: $why\$" "is told with its line"
done <<'END'
order_created {}|it does not begin with a time
99999999999999999999 order_created {}|it does not begin with a time
1430438404518 order_created {"price": "236.47", "amount": "2.0", "order_type": 0}|"id" is no number
1430438404518 order_created {"price": "x", "amount": "2.0", "id": 5, "order_type": 0}|"price" is no price
1430438404518 order_created {"price": "-1", "amount": "2.0", "id": 5, "order_type": 0}|"price" is no price
1430438404518 order_created {"price": "1", "amount": "2.000000001", "id": 5, "order_type": 0}|"amount" is no quantity
1430438404518 order_created {"price": "1", "amount": "999999999999", "id": 5, "order_type": 0}|"amount" is no quantity
1430438404518 order_created {"price": "1", "amount": "0", "id": 5, "order_type": 0}|an order for nothing is created
1430438404518 order_created {"price": "1", "amount": "1", "id": 5, "order_type": 2}|"order_type" is neither 0 nor 1
1430438404518 order_created {"price": "1", "amount": "1", "id": 1, "order_type": 0}|an order is created twice
END
n=$(wc -c <small.log) wrong=0
for cut in $(seq 150 7 $((n - 2))); do
	head -c "$cut" small.log >cut.log
	exch-replay -o cut.xst cut.log 2>said
	case $? in
	0 | 1 | 3) ;;
	*) wrong=$((wrong + 1)) ;;
	esac
done
is "$wrong" 0 "cut anywhere"

# ---- a real day ----

log=$data/bitstamp/2015-05-01.log.xz
if ! [ -r "$log" ] || ! command -v xz >/dev/null; then
	skip "no real data: set EXCH_TESTDATA"
	finish
fi
xz -dc "$log" >day.log
exch-replay -v -o day.xst day.log 2>stats.txt
result $? "five hours are read"
is "$(awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }' stats.txt)" \
	"b 5011 c 24894 d 24918 m 602 t 575 " "events by kind"
# that table cut its volumes off: some lack the last of eight decimals
xz -dc "$data/bitstamp/orders.csv.xz" | awk -F, '$6 == "created" {
	printf "%s %d %.2f %d %s\n", $1, $2 % 86400000, $4, $5,
		$7 == "bid" ? "buy" : "sell" }' | sort >want
exch-replay -q -f json day.xst | sed -n 's/.*"t":"new".*T\([0-9]*\):\([0-9]*\):\([0-9]*\)\.\([0-9]\{3\}\)[0-9]*Z.*"order":"\([0-9]*\)","price":\([0-9.]*\),"qty":\([0-9]*\)\.\([0-9]*\),.*"side":"\([a-z]*\)".*/\5 \1 \2 \3 \4 \6 \7\8 \9/p' |
	awk '{ printf "%s %d %.2f %d %s\n", $1,
		(($2 * 60 + $3) * 60 + $4) * 1000 + $5, $6, $7, $8 }' | sort >got
is "$(paste -d ' ' got want | awk '$1 != $6 || $2 != $7 || $3 != $8 || $5 != $10 ||
	($4 != $9 && $4 != $9 + 1)' | wc -l)" 0 \
	"each order is that of the table which others made"
is "$(wc -l <got) $(wc -l <want)" "24894 24894" "all of them"

exch-match -q -o matched.xst day.xst
exch-feed trades -q -f csv matched.xst |
	awk -F, 'NR > 1 { printf "%.2f %.8f\n", $4, $5 }' | sort >engine
sed -n 's/.* trade {"price": \([0-9.]*\), "amount": \([0-9.e-]*\).*/\1 \2/p' day.log |
	awk '{ printf "%.2f %.8f\n", $1, $2 }' | sort >venue
is "$(wc -l <venue)" 575 "trades of the venue"
equal=$(comm -12 engine venue | wc -l)
echo "# $equal of 575 trades are the engine's, who made $(wc -l <engine)"
# 209 orders that rested before the log began took part in others
ok "three in four by price and amount alike" test "$equal" -ge 432
finish
