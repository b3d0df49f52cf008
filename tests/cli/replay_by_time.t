#!/bin/sh
# exch-replay --venue and --by-time: what is traded in two places is told apart
# and brought together by time, against sort(1) over the lines of both; streams
# that are cut, and what is no stream.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# commands STREAM...: without framing and directory, and without what tells
# where a record stood.
commands() {
	exch-replay -q -f json "$@" |
		grep '"t":"\(new\|cancel\|replace\|expect\|exec\|phase\)"' |
		sed 's/"source":[0-9]*,"seq":"[0-9]*",//;s/"instr":[0-9]*,//'
}

cat >x.txt <<'S'
date 2026-01-05
instrument ABC tick 0.01
instrument ONLY tick 0.01
09:30:00 ann buy 100 ABC @ 10.00 id 1
09:30:02 ann buy 10 ONLY @ 3.00 id 2
09:30:04 bob sell 40 ABC @ 10.01 id 3
S
cat >y.txt <<'S'
date 2026-01-05
instrument ABC tick 0.005
09:30:01 bob sell 300 ABC @ 10.02 id 1
09:30:02 cay buy 50 ABC @ 10.00 id 2
09:30:03 cay buy 20 ABC @ 10.005 id 3
09:30:05 bob buy 70 ABC @ 10.01 id 4
S

# ---- venues ----

exch-replay -q --venue X -o x.xst x.txt
exch-replay -q -o plain.xst y.txt
exch-replay -q --venue Y -o y.xst plain.xst
is "$(exch-replay -q -f json x.xst | grep '"t":"instrument"' |
	grep -o '"symbol":"[A-Z.]*"')" '"symbol":"ABC.X"
"symbol":"ONLY.X"' "each symbol has its venue behind it"
is "$(commands y.xst | sed 's/ABC\.Y/ABC/')" "$(commands plain.xst)" \
	"in a stream, too, of which nothing else changes"
is "$(exch-replay -q --venue X --symbol ONLY x.txt | exch-replay -q -f json |
	grep -c '"symbol":"ONLY.X"')" 2 "--symbol knows them without"
exits 1 "a symbol that nobody knows" sh -c \
	'exch-replay --venue X --symbol ABC.X x.txt >out 2>err'
has err "no input knows the symbol ABC.X" "is named as it was asked for"
sed 's/ABC/ABCDEFGHIJKLMNOPQRSTUVW/' x.txt >long.txt
exits 3 "a symbol that gets too long" sh -c \
	'exch-replay --venue X long.txt >out 2>err'
has err "'ABCDEFGHIJKLMNOPQRSTUVW.X' is longer than the 24 bytes" "is told"
ok "and one byte less is not" sh -c \
	"sed 's/VW/V/' long.txt | exch-replay -q --venue X >out"
for name in "" A.B TOOLONGAA 'A B'; do
	exits 2 "--venue '$name' is no name" sh -c \
		'exch-replay --venue "$1" x.txt >out 2>err' - "$name"
done

# ---- by time ----

exch-replay -q --by-time -o both.xst x.xst y.xst
result $? "two venues together"
is "$(commands both.xst | grep -o '09:30:0[0-9]\|symbol":"[A-Z.]*"' |
	sed 's/symbol":"//;s/"//' | paste -d ' ' - -)" "09:30:00 ABC.X
09:30:01 ABC.Y
09:30:02 ONLY.X
09:30:02 ABC.Y
09:30:03 ABC.Y
09:30:04 ABC.X
09:30:05 ABC.Y" "by time, and by operand at the same one" ||
	commands both.xst | sed 's/^/# /'
is "$(exch-replay -q --by-time y.xst x.xst | exch-replay -q -f json |
	grep '"t":"new"' | grep 09:30:02 | grep -o 'symbol":"[A-Z.]*')" \
	'symbol":"ABC.Y
symbol":"ONLY.X' "the other way round"
is "$(exch-replay -q -f json both.xst | grep -c '"t":"account"')" 3 \
	"accounts are one by their names"
is "$(exch-match -q both.xst | exch-feed nbbo -q -f csv |
	tail -n 1 | cut -d, -f2-)" "ABC,10.01,70,Y,10.01,40,X,locked,0.2727" \
	"exch-feed nbbo sees one thing at both"
is "$(exch-replay -q --by-time --to 09:30:03 x.xst y.xst |
	exch-replay -q -f json | grep -c '"t":"new"')" 4 "--to ends all"
is "$(exch-replay -q --by-time x.xst | exch-replay -q -f json |
	grep -c '"t":"new"')" 3 "one alone is as good"
# shellcheck disable=SC2094 # two times, as two operands
is "$(exch-replay -q --by-time - y.xst <x.xst | exch-replay -q --digest \
	2>&1 >/dev/null)" "$(exch-replay -q --digest both.xst 2>&1 >/dev/null)" \
	"standard input among them"

# What a stream has behind a later time stays behind it.
cat >back.csv <<'S'
time,symbol,order,side,price,qty
2026-01-05T09:30:03Z,B,1,B,1,1
2026-01-05T09:30:01Z,B,2,B,1,1
2026-01-05T09:30:04Z,B,3,B,1,1
S
cat >fore.csv <<'S'
time,symbol,order,side,price,qty
2026-01-05T09:30:00Z,F,1,B,1,1
2026-01-05T09:30:02Z,F,2,B,1,1
2026-01-05T09:30:03Z,F,3,B,1,1
S
for i in back fore; do
	exch-replay -q --tick 1 -o $i.xst $i.csv
done
is "$(commands --by-time back.xst fore.xst |
	grep -o 'symbol":"[BF]","order":"[0-9]' | tr -dc '[:alnum:]\n' |
	sed 's/symbol//;s/order//' | paste -s -d ' ' -)" "F1 F2 B1 B2 F3 B3" \
	"times that go back do not part a stream from its order"

# ---- a day at two venues ----

day="--date 2026-01-05 --tz America/New_York"
for v in X Y; do
	# shellcheck disable=SC2086 # several options
	exch-replay -q $day --venue $v -o $v.xst "$src/data/sample.pcap.zst"
	# shellcheck disable=SC2086
	exch-replay -q $day --raw --venue $v -o $v.raw.xst \
		"$src/data/sample.pcap.zst"
done
exch-replay -q --by-time -o day.xst X.xst Y.xst
commands day.xst >got
# Stable: of one time X comes first, and each in its own order.
{ commands X.xst && commands Y.xst; } >lines
awk 'match($0, /[0-9-]*T[0-9:.]*Z/) { print substr($0, RSTART, RLENGTH) "\t" $0 }' \
	lines | sort -s -t "$(printf '\t')" -k1,1 | cut -f2- >want
is "$(wc -l <got)" "$(wc -l <lines)" "no command is lost, and none is new"
same got want "in the order of sort(1) over both"
exch-match -q day.xst | exch-report fidelity -q -f csv >got
is "$(grep '^total,exact' got)" "total,exact,,78304,100.00,,,,,,,,,," \
	"each venue's executions are made as it made them"
exch-replay -q --by-time X.raw.xst Y.raw.xst | exch-match -q |
	exch-report fidelity -q -f csv >got.raw
same got.raw got "also from what was displayed, together, at both"
exch-match -q -o X.done.xst X.xst
exch-match -q -o Y.done.xst Y.xst
# Without where its record stands: 2 to 9 of the columns.
executions() {
	exch-report trades -q -f csv "$1" | cut -d, -f2-9 | grep ',exec$'
}
exch-replay -q --by-time X.done.xst Y.done.xst >done.xst
executions done.xst | sort >got
{ executions X.done.xst && executions Y.done.xst; } | sort >want
is "$(wc -l <want)" 78304 "two venues that were matched, each by itself"
same got want "have their own executions together"

# ---- what is wrong with it ----

exits 2 "what is no stream" sh -c \
	'exch-replay --by-time x.xst y.txt >out 2>err'
has err "y.txt: only streams are brought together by time, and this is scenario" \
	"is named"
exits 3 "one that is missing" sh -c \
	'exch-replay --by-time x.xst none.xst >out 2>err'
has err "none.xst" "likewise"
head -c $(($(wc -c <X.xst) / 2)) X.xst >cut.xst
exits 3 "one that is cut" sh -c \
	'exch-replay --by-time -o cut.out.xst cut.xst Y.xst 2>err'
has err "cut.xst:.*stream ends without its end block" "is named"
is "$(commands --partial cut.out.xst 2>told | grep -c 'ALFA\.Y')" \
	"$(commands Y.xst | grep -c 'ALFA\.Y')" "and the other one goes on"
exits 3 "an empty one" sh -c \
	': >empty.xst; exch-replay --by-time x.xst empty.xst >out 2>err'
has err "empty.xst: the input is empty" "is told"
finish
