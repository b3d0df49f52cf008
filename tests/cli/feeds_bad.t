#!/bin/sh
# exch-replay: feeds with faults in them.  What is wrong is told with its place, and
# what is right before and behind it is there.
. "${srcdir:-.}/tests/cli/lib.sh"

# ---- FIX ----

# Bodies of messages with their heads and sums, but that number $1 lies about its
# length; bars stand for SOH.
fix() {
	awk -v lie="$1" 'BEGIN {
		for (c = 1; c < 128; c++)
			code[sprintf("%c", c)] = c
	}
	{
		m = "8=FIX.4.4|9=" (NR == lie ? 5000 : length($0)) "|" $0
		sum = 0
		for (i = 1; i <= length(m); i++) {
			c = substr(m, i, 1)
			sum += c == "|" ? 1 : code[c]
		}
		printf "%s10=%03d|\n", m, sum % 256
	}'
}
five() {
	for i in 1 2 3 4 5; do
		echo "35=D|49=C1|56=EX|34=$i|52=20260202-09:30:0$i|11=a$i|55=ABC|54=1|38=100|40=2|44=10.0$i|"
	done | fix "$1"
}
orders() {
	exch-replay -q -f csv --type new "$1" | awk -F, 'NR > 1 { print $9 }' |
		tr '\n' ' '
}

five 0 >good.fix
exch-replay --tick 0.01 -o good.xst good.fix
is "$(orders good.xst)" "10.01 10.02 10.03 10.04 10.05 " "five orders of a log"
five 2 >lie.fix
exch-replay --tick 0.01 -o lie.xst lie.fix 2>err
is $? 1 "a length that goes beyond the end"
at=$(head -n 1 lie.fix | wc -c)
has err "lie.fix:byte $at: FIX message: BodyLength (9) goes beyond the end" \
	"is told with its place"
is "$(orders lie.xst)" "10.01 10.03 10.04 10.05 " "and hides nothing"
head -c 500 good.fix >cut.fix
exch-replay --tick 0.01 -o cut.xst cut.fix 2>err
is $? 3 "a log that is cut"
has err 'cut.fix:byte [0-9]*: the input ends inside a message' "is cut"
printf 'nothing of it\n' >none.fix
exch-replay --as fix --tick 0.01 -o none.xst none.fix 2>err
is $? 3 "--as fix of what is none"
has err 'none.fix: no message of FIX is in it' "is told"
printf '35=D|49=C1|56=EX|34=1|52=20260202-09:30:01|11=%01000d|55=ABC|54=1|38=1|40=1|\n' 0 |
	fix 0 >long.fix
exch-replay --tick 0.01 -o long.xst long.fix 2>err
has err 'FIX message D: 11=0000[0]* is too long' "the field that is too long"

# ---- OUCH ----

cat >day.txt <<'END_OF_DAY'
date 2026-02-02
instrument ABC tick 0.01
09:30 ann buy 100 ABC @ 10.01
+1s ann buy 100 ABC @ 10.02
+1s ann buy 100 ABC @ 10.03
+1s ann buy 100 ABC @ 10.04
END_OF_DAY
exch-replay -q day.txt | exch-match -q | exch-feed ouch -q -o entry.pcap -
exch-replay -q -o entry.xst entry.pcap
is "$(orders entry.xst)" "10.0100 10.0200 10.0300 10.0400 " "four orders of a capture"

# The place of the first message of a client: its length, U and O.
at=$(od -An -v -tu1 entry.pcap | tr -s ' ' '\n' | sed '/^$/d' |
	awk 'last == 85 && $1 == 79 { print NR - 2; exit } { last = $1 }')
damage() {
	cp entry.pcap damaged.pcap
	printf '%b' "$1" | dd of=damaged.pcap bs=1 seek=$((at + $2)) conv=notrunc \
		2>/dev/null
	exch-replay -o damaged.xst damaged.pcap 2>err
}
damage '?' 1
is $? 1 "a first message that is none of OUCH"
has err 'damaged.pcap:packet [0-9]*, byte [0-9]*: 1 message from here on is not OUCH' \
	"is told"
is "$(orders damaged.xst)" "10.0200 10.0300 10.0400 " "and the others are read"
damage '\0377\0377' -2
is $? 1 "a length of 65535"
has err 'no packet of SoupBinTCP' "is told"
is "$(orders damaged.xst)" "10.0200 10.0300 10.0400 " "and swallows nothing"

# ---- the wrong kind ----

exch-replay --as iextp entry.pcap -o none.xst 2>err
is $? 3 "--as of what is not there"
has err 'none of the [0-9]* packets carries IEX-TP .*: without --as iextp' \
	"says what was asked for"

# ---- watch lists ----

exch-match -q entry.xst -o matched.xst
exch-feed top -q --symbols ABC,X1,X2,X3 -o top.txt matched.xst 2>err
is $? 1 "three of four symbols are unknown"
exch-feed top --symbols ABC,X1,X2,X3 -o top.txt matched.xst 2>err
has err "the stream has no instrument 'X1', nor 2 others of the list" "are told"
exch-feed top --symbols X1 -o top.txt matched.xst 2>err
has err "the stream has no instrument 'X1'\$" "and one alone is, too"

finish
