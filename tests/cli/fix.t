#!/bin/sh
# exch-replay of FIX logs: a flow of orders as FIX against the same flow as an
# order CSV, a log of a real engine where it is there, and logs that are cut,
# garbled, incomplete or strange.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# to_fix SEPARATOR PREFIX: lines "TYPE SENDER FIELDS", fields with bars between
# them, as messages with length, number, time and sum.  @ in a field 34 or 52
# of the line takes the place of ours.
to_fix() {
	awk -v sep="$1" -v prefix="$2" '
	BEGIN { for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i }
	{ seq = ++n[$2]; body = "35=" $1 "|49=" $2 "|56=EXCH|34=" seq "|52=" \
		sprintf("20260105-14:%02d:%02d.%03d", 30 + NR / 60000 % 30,
			NR / 1000 % 60, NR % 1000) "|" $3 "|"
	  m = "8=FIX.4.4|9=" length(body) "|" body
	  sum = 0
	  for (i = 1; i <= length(m); i++) {
		c = substr(m, i, 1)
		sum += c == "|" ? 1 : ord[c]
	  }
	  m = m sprintf("10=%03d|", sum % 256)
	  gsub(/\|/, sep, m)
	  printf "%s%s", prefix == "" ? "" : prefix NR " : ", m
	  if (prefix != "") print "" }'
}
soh=$(printf '\001')
replay() {
	exch-replay -q --tick 0.01 "$@"
}

# ---- a flow ----

# Random orders, cancels and replacements, in both forms; replacements ask for
# what is to be open, since nothing is told filled.
awk 'BEGIN { srand(7); print "time,symbol,action,order,side,qty,price,new_order,account" >"flow.csv"
	for (i = 1; i <= 4000; i++) {
		t = sprintf("2026-01-05T14:%02d:%02d.%03dZ", 30 + i / 60000 % 30,
			i / 1000 % 60, i % 1000)
		r = rand(); k = 1 + int(rand() * id)
		sym = "S" (id % 3)
		if (r < 0.7 || id == 0) {
			sym = "S" (++id % 3); owner[id] = "CLIENT" int(rand() * 4)
			side = rand() < 0.5; px = sprintf("%.2f", 10 + int(rand() * 20) / 100)
			q = 1 + int(rand() * 9)
			print t "," sym ",new," id "," (side ? "buy" : "sell") "," q \
				"," px ",," owner[id] >"flow.csv"
			print "D " owner[id] " 11=C" id "|55=" sym "|54=" 2 - side \
				"|38=" q "|40=2|44=" px "|59=0" >"flow.txt"
			of[id] = sym
		} else if (r < 0.85) {
			print t "," of[k] ",cancel," k ",,,,," owner[k] >"flow.csv"
			print "F " owner[k] " 11=X" i "|41=C" k "|55=" of[k] \
				"|54=1" >"flow.txt"
		} else {
			id++; of[id] = of[k]; owner[id] = owner[k]
			px = sprintf("%.2f", 10 + int(rand() * 20) / 100)
			q = 1 + int(rand() * 9)
			print t "," of[k] ",replace," k ",," q "," px "," id "," \
				owner[k] >"flow.csv"
			print "G " owner[k] " 11=C" id "|41=C" k "|55=" of[k] \
				"|54=1|38=" q "|40=2|44=" px >"flow.txt"
		}
	} }'
# told FILE: what happened, without our numbers of the client.
told() {
	replay "$1" | exch-match -q | exch-report trades -q -f csv |
		cut -d, -f 1-5,8
	replay "$1" | exch-match -q | exch-report orders -q -f csv |
		awk -F, -v OFS=, 'NR > 1 { print $1, $2, $4, $5, $8, $9, $10, $14 }'
}
told flow.csv >want
to_fix "$soh" "" <flow.txt >flow.fix
told flow.fix >got
same got want "a flow as FIX and as CSV"
ok "in which something happened" test "$(grep -c filled want)" -gt 500
to_fix '|' '2026-01-05 INFO out ' <flow.txt >flow.log
told flow.log >got
same got want "a log that people read, with times before"
is "$(replay -f csv --type new flow.fix | cksum)" \
	"$(cat flow.fix | replay -f csv --type new | cksum)" "by a pipe"
ok "known by its look" sh -c "exch-replay -v --tick 0.01 flow.fix 2>&1 >out | grep -q 'messages D'"

# ---- what an order can say ----

cat >terms.txt <<'END'
D A 11=17|1=ANNA|55=ABC|54=1|38=100|40=2|44=10.01|59=0|18=6
D A 11=b|55=ABC|54=5|38=100|40=1|59=3
D A 11=c|55=ABC|54=2|38=100|40=4|44=9.9|99=10|59=1
D A 11=d|55=ABC|54=1|38=1000|40=2|44=9|111=100|110=50|59=4
D A 11=e|55=ABC|54=1|38=10|40=2|44=9|59=6|126=20260105-15:00:00
D A 11=f|55=ABC|54=1|38=10|40=2|44=9|59=3|18=f
D A 11=g|55=ABC|54=1|38=10|40=2|44=9|59=0|18=f
D A 11=h|55=ABC|54=1|38=10|40=1|59=3|18=f
END
to_fix "$soh" "" <terms.txt >terms.fix
replay -f text terms.fix | grep ' new ' | sed 's/.* ABC *//' >got
cat >want <<'END'
new          buy 100 @ 10.01 limit day order 1 account 1 post-only client 17
new          sell 100 market ioc order 2 account 2
new          sell 100 @ 9.90 stop-limit gtc order 3 account 2 stop 10.00
new          buy 1000 @ 9.00 limit fok order 4 account 2 show 100 min 50
new          buy 10 @ 9.00 limit gtt order 5 account 2 until 2026-01-05T15:00:00.000000000Z
new          buy 10 @ 9.00 limit ioc order 6 account 2 sweep
new          buy 10 @ 9.00 limit day order 7 account 2
new          buy 10 market ioc order 8 account 2
END
same got want "types, times in force, accounts, shown and least quantities"

# What reports say was filled is in the quantity of a replacement.
{
	echo "D A 11=a|55=ABC|54=1|38=100|40=2|44=10"
	echo "8 EXCH 11=a|37=1|17=1|150=F|39=1|55=ABC|54=1|38=100|14=30|151=70|6=10"
	echo "G A 11=b|41=a|55=ABC|54=1|38=90|40=2|44=10"
} | sed 's/^8 EXCH/8 EXCH/' | to_fix "$soh" "" |
	sed "s/49=EXCH${soh}56=EXCH/49=EXCH${soh}56=A/" >filled.fix
# the sum of the report is another one now
exch-replay -q -f text --tick 0.01 filled.fix >got 2>err
has err "CheckSum (10) is not" "a report that was changed is told"

# ---- a real log ----

real=$data/fix/fix.4.1.set.1
if [ -r "$real" ]; then
	exch-replay -v --tick 0.01 -f text "$real" >got 2>err
	is "$(grep -c ' new ' got) $(grep -c ' cancel ' got)" "3 2" \
		"orders and cancels of a log of FIX 4.1"
	is "$(awk '/^  messages/ && NF == 3 { printf "%s %s ", $2, $3 }' err)" \
		"0 2 3 2 8 5 A 2 D 3 F 2 " "all of its messages"
	ok "nothing to say of them" sh -c "! grep -q 'FIX message' err"
else
	skip "a real log" "no real data: set EXCH_TESTDATA"
fi

# ---- bad input ----

head -n 3 terms.txt | to_fix "$soh" "" >small.fix
n=$(wc -c <small.fix)
i=1
while [ $i -lt "$n" ]; do
	head -c $i small.fix >cut.fix
	exch-replay -q --as fix --tick 0.01 -f text cut.fix >out 2>err
	rc=$?
	m=$(grep -c ' new ' out)
	case $rc in
	0) [ "$m" -gt 0 ] && [ -z "$(cat err)" ] || echo "$i: $m, no word" ;;
	3) grep -q 'ends inside a message\|no message of FIX' err || echo "$i: $(cat err)" ;;
	*) echo "$i: $rc" ;;
	esac
	i=$((i + 1))
done >wrong
# cut at the end of a message nothing is missing, as in the text before one
grep -v ': 0, no word$' wrong >really
sed 's/^/# /' really
is "$(wc -c <really)" 0 "cut at every byte"
ok "nearly always told" test "$(wc -l <wrong)" -lt 12

# A byte that is another one, at every place but the last line's end.
awk -v n="$n" 'BEGIN { for (i = 0; i < n; i++) print i }' >places
while read -r i; do
	{
		head -c "$i" small.fix
		tail -c +"$((i + 1))" small.fix | head -c 1 | tr '\000-\377' '\001-\377\000'
		tail -c +"$((i + 2))" small.fix
	} >flip.fix
	exch-replay -q --as fix --tick 0.01 flip.fix >out 2>err
	[ $? -le 3 ] && [ -s err ] || echo "$i"
done <places >wrong
is "$(cat wrong)" "" "every byte that is another one is told"

# say LINE...: what is said of a log of these.
say() {
	printf '%s\n' "$@" | to_fix "$soh" "" >say.fix
	exch-replay -q --tick 0.01 -f text say.fix 2>&1 >out
}
d='D A 11=a|55=ABC|54=1|38=100|40=2|44=10'
is "$(say "$d" | wc -c)" 0 "this one is right"
while IFS='~' read -r line want; do
	say "$line" >err
	has err "$want" "$line"
done <<'END'
D A 11=a|55=ABC|54=1|40=2|44=10~FIX message D has no field 38
D A 11=a|55=ABC|54=1|38=1.5|40=2|44=10~38=1.5 is no whole number
D A 11=a|55=ABC|54=7|38=1|40=2|44=10~54=7 is neither 1 buy, 2 sell, 5 nor 6 short
D A 11=a|55=ABC|54=1|38=1|40=P|44=10~40=P is not 1 market
D A 11=a|55=ABC|54=1|38=1|40=2~has no field 44
D A 11=a|55=ABC|54=1|38=1|40=2|44=x~44=x is no price
D A 11=a|55=ABC|54=1|38=1|40=2|44=1|59=6~has no field 126
D A 11=a|55=ABC|54=1|38=1|40=2|44=1|59=9~59=9 is not 0 day
D A 11=a|55=AVERYLONGSYMBOLTHATISNOTONE|54=1|38=1|40=2|44=1~is longer than 24 bytes
D A 55=ABC|54=1|38=1|40=2|44=1~has no field 11
F A 11=a|55=ABC|54=1~has no field 41
G A 11=b|41=a|55=ABC|54=1|38=0|40=2|44=1~38=0 is not more than was filled
END
printf '%s\n' "$d" "0 A 112=x" "$d" | to_fix "$soh" "" >gap.fix
{
	head -c "$(printf '%s\n' "$d" | to_fix "$soh" "" | wc -c)" gap.fix
	printf '%s\n' "$d" "0 A 112=x" "$d" | to_fix "$soh" "" | tail -c \
		"$(printf '%s\n' "$d" "0 A 112=x" "$d" | to_fix "$soh" "" |
			tr '\001' '\n' | awk '/^8=FIX/ { n++; s[n] = 0 }
			{ s[n] += length($0) + 1 } END { print s[3] }')"
} >gap2.fix
exch-replay -q --tick 0.01 gap2.fix >out 2>err
has err "FIX messages 2 to 2 of A are missing" "a message that is missing"
exits 2 "without a price step" exch-replay -q flow.fix 2>err
has err "add --tick STEP" "is told"
printf '8=FIX.4.2\0019=99999999\00135=D\00110=000\001' >long.fix
exch-replay -q --as fix --tick 0.01 long.fix >out 2>err
has err "BodyLength (9) is no length" "a length beyond all"

finish
