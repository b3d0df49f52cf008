#!/bin/sh
# What positions are valued at: --mark of exch-risk watch and report.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'EOT'
instrument ABC tick 0.01 reference 9.50
instrument DEF tick 0.01 reference 2.00
09:30  A1  sell 10 ABC @ 10.00
+1s    A2  buy 10 ABC @ 10.00
+1s    A1  sell 10 ABC @ 10.21
+1s    A3  buy 10 ABC @ 10.10
+1s    A1  sell 10 ABC @ 10.24
+1s    A1  sell 5 DEF @ 2.50
+1s    A2  buy 5 DEF @ 2.50
+1s    A1  sell 1 DEF @ 2.60
+1s    phase call close
+1s    A1  sell 7 ABC @ 10.15
+1s    A3  buy 7 ABC @ 10.15
+1s    phase continuous
+1s    A2  sell 1 ABC @ 10.10
EOT
exch-replay day.txt | exch-match -q -o day.xst
result $? "a day with a closing auction"
marks() {
	exch-risk report --mark "$1" -f csv positions day.xst 2>/dev/null |
		awk -F , '$1 == 2 { print $3, $6 }' | tr '\n' ' '
}
is "$(marks last)" "ABC 10.10 DEF 2.50 " "the last price"
is "$(exch-risk report -f csv positions day.xst | awk -F , '$1 == 2 {
	print $3, $6 }' | tr '\n' ' ')" "$(marks last)" "which is the default"
is "$(marks close)" "ABC 10.15 DEF 2.50 " \
	"the close, and without one the last price"
is "$(marks reference)" "ABC 9.50 DEF 2.00 " "the reference"
is "$(marks mid)" "ABC 10.155 DEF 2.50 " \
	"the middle, and with an empty side the last price"
# As a book changes its middle does, without a trade.
exch-risk watch -q --mark mid --every 1s -f csv --type position day.xst |
	awk -F , '$4 ~ /09:30:0[456]/ && $14 == 2 { print $4, $9 }' |
	sed 's/^.*T//' >got
printf '%s\n' '09:30:04.000000000Z 10.155' '09:30:05.000000000Z 10.155' \
	'09:30:06.000000000Z 10.155' >want
same got want "a watch follows the book"
exch-risk watch -q --mark mid --digest -o 1.xst day.xst 2>got
exch-risk watch -q --mark mid --digest -f json day.xst 2>want >1.json
same got want "in every form the same"
exch-risk watch -q --mark mid -f text -o - day.xst | grep -c 'mark=mid' >got
is "$(cat got)" 1 "it is one of the options that the stream names"

silent() {
	"$@" >/dev/null 2>said
}
exits 2 "a mark that nobody knows" silent exch-risk watch --mark noon day.xst
has said "'noon' is none of last, mid, reference and close" "is told"
exits 2 "in the report, too" silent exch-risk report --mark noon positions \
	day.xst

finish
