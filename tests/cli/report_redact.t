#!/bin/sh
# exch-report audit --redact: nothing of people is left, the same key gives the
# same names, and they are HMAC-SHA256 as openssl computes it.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >limits.csv <<'E'
scope,size,hold,approvers
all,500,size,ann bob
E
cat >accounts.csv <<'E'
account,member,balance
1,HOUSE,100000
E
cat >orders.txt <<'E'
date 2026-01-05
instrument ABC tick 0.01
09:30  CLIENT1  sell 600 @ 10.01 id 1001 client 7777 as big
+1s    approve big by bob because CLIENT1 phoned
+1s    CLIENT2  buy 100 @ 10.01 id 1002
+1s    replace big with 400 @ 10.02 id 1003
+1s    limit size 5000 member HOUSE by ann because of CLIENT2
+1s    CLIENT2  sell 5 @ 10.015 id 1004
+1s    halt ABC reason T1
E
exch-replay -q orders.txt |
	exch-risk -q -l limits.csv -a accounts.csv 2>/dev/null |
	exch-match -q -o day.xst
result $? "a day"
cat >reviews.csv <<'E'
alert,status,by,note,accounts
wash-ABC-CLIENT1-1767605400,closed,ann,CLIENT1 explained,CLIENT1 CLIENT2
E
printf '0123456789abcdef0123456789abcdef' >key
printf 'another key that is long enough.' >other
printf 'short' >short
cp key open
chmod 600 key other short
chmod 644 open
audit() {
	exch-report audit -q -f csv --reviews reviews.csv "$@" day.xst
}
audit -o plain.csv
audit --redact key -o a.csv
result $? "it is redacted"
for word in CLIENT HOUSE ann bob phoned 1001 1002 1003 1004 7777; do
	has plain.csv "$word" "$word is in the whole audit"
	is "$(grep -c "$word" a.csv)" 0 "and not in the redacted one"
done
# What else there is stays what it was.
cells() {
	sed 's/"[^"]*"/x/g' "$1" | cut -d, -f1-5,8-12,14-18,20,21,23-31,34-39,41-46,48,51
}
cells plain.csv >want
cells a.csv >got
same got want "all other cells are the same"
has a.csv ',T1,venue,' "codes of the venue, too"
is "$(grep -c ',redacted,' a.csv)" 3 "texts of people are gone"
audit --redact key -o b.csv
same b.csv a.csv "the same key gives the same bytes"
audit --redact other -o c.csv
for f in a c; do
	cut -d, -f7 $f.csv | grep '^[0-9a-f]\{16\}$' | sort -u >$f.names
done
ok "accounts have names" test -s a.names
is "$(comm -12 a.names c.names | wc -l | tr -d ' ')" 0 \
	"another key gives others"
paste -d, plain.csv a.csv >both
awk -F, 'NR > 1 && $6 != "" && NF == 104 { print $6, $58 }' both | sort -u >map
is "$(cut -d' ' -f1 map | sort | uniq -d | wc -l | tr -d ' ')" 0 \
	"an order has one name"
is "$(cut -d' ' -f2 map | sort | uniq -d | wc -l | tr -d ' ')" 0 \
	"and no two of them the same"
if command -v openssl >/dev/null; then
	want=$(printf 'account:CLIENT1' |
		openssl dgst -sha256 -hmac "$(cat key)" -r | cut -c1-16)
	has a.csv ",$want,S,10.01," "HMAC-SHA256, as openssl has it"
	hex=$(printf 'order:1001' |
		openssl dgst -sha256 -hmac "$(cat key)" -r | cut -c1-16)
	if command -v python3 >/dev/null; then
		has a.csv ",$(python3 -c "print(int('$hex', 16))")," \
			"of orders as a number"
	else
		skip "of orders as a number" "no python3"
	fi
else
	skip "HMAC-SHA256" "openssl is not installed"
fi
audit --redact key --manifest m.txt -o d.csv
has m.txt '^options=reviews=[0-9a-f]* redact=[0-9a-f]\{16\}$' \
	"the manifest tells which key, and not the key"
is "$(grep -c "$(cat key)" m.txt)" 0 "which it does not hold"

refused() {
	rm -f x.csv
	exch-report audit -q -f csv --redact "$1" -o x.csv day.xst 2>err
	code=$?
	[ "$code" -ge 2 ] && [ ! -e x.csv ]
	result $? "$1 is no key"
	has err "$1: $2" "and why"
}
refused short 'the key has 5 bytes'
refused open 'others can read this key'
refused none 'cannot open'
: >empty
chmod 600 empty
refused empty 'the key has 0 bytes'
exits 2 "other reports have no such option" exch-report trades --redact key \
	-o x.csv day.xst 2>err

finish
