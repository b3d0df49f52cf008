#!/bin/sh
# exch-match --engine fpga and both: the same bytes as by the software alone,
# for all scenarios and lessons of the tree and for the bundled day.  By the
# matcher in RTL where that was built, and by the software in its place always.
# EXCH_CARD_ALL: by each of them with each engine; else the software with both,
# which has all that fpga has, and the RTL without being compared once more.
. "${srcdir:-.}/tests/fpga/lib.sh"

# same_digest CARD FILE OPTION...: what the card makes of it, by $engine.
same_digest() {
	card=$1
	file=$2
	shift 2
	(cd "$where" && exch-match "$@" --digest -o "$scratch/soft.xst" \
		"$file") >said 2>&1
	got=$? want=$(tail -n 1 said)
	(cd "$where" && exch-match -v --engine "$engine" --card "$card" "$@" \
		--digest -o "$scratch/card.xst" "$file") >said 2>err
	[ $? = "$got" ] && [ "$(tail -n 1 err)" = "$want" ] &&
		cmp soft.xst card.xst
}

exch-replay --date 2026-01-05 --tz America/New_York -o day.orders \
	"$src/data/sample.pcap.zst" 2>err
result $? "the bundled day is read"

sse=$data/derived/sse600519_20230207
if [ -r "$sse.orders.csv" ]; then
	set -- --date 2023-02-07 --tz Asia/Shanghai
	exch-replay "$@" --symbol 600519 --tick 0.01 -o sse.orders \
		"$sse.orders.csv" &&
		exch-replay "$@" -o feed.orders "$sse.moldudp64.pcap"
	result $? "so is a day of Shanghai"
fi

# Three owners who meet themselves and each other, with all that may end an
# order at once.
awk 'function any(n) {
	x = (x * 69069 + 1) % 4294967296
	return int(x / 65536) % n
}
BEGIN {
	x = 7
	split("ANN BEN CIA", who, " ")
	split("ioc,,fok,post-only", how, ",")
	print "instrument ABC tick 0.01"
	for (i = 0; i < 4000; i++) {
		t = sprintf("09:%02d:%02d", 30 + i / 240, i / 4 % 60)
		k = any(20)
		price = "@ 10." (10 + any(30))
		old = "o" (n - any(30))
		if (k < 3 && n > 30)
			print t, "cancel", old
		else if (k < 5 && n > 30)
			print t, "replace", old, "with", 1 + any(90), price
		else
			print t, who[1 + any(3)], any(2) ? "sell" : "buy",
			    1 + any(90), k == 7 ? "@ market" : price,
			    k < 10 ? how[k - 5] : "", "as o" ++n
	}
}' | exch-replay -o own.orders
result $? "orders of three owners"

by() {
	engine=$3
	where=$scratch
	for f in "$src"/scenarios/*.txt "$src"/scenarios/classes/*.txt; do
		exch-replay -o orders.xst "$f"
		same_digest "$1" "$scratch/orders.xst" ||
			echo "# differs: $f" >>differ
	done
	others=0 lessons=0
	for f in "$src"/scenarios/ordertypes/*.txt; do
		opts=$(sed -n 's/^#! exch-match //p' "$f")
		where=${f%/*}
		exch-replay -o orders.xst "$f"
		# shellcheck disable=SC2086 # several options
		if same_digest "$1" "$scratch/orders.xst" $opts; then
			lessons=$((lessons + 1))
		elif grep -q 'another allocation needs --engine soft' err; then
			others=$((others + 1))
		else
			echo "# differs: $f"
		fi >>differ
	done
	cat differ
	[ ! -s differ ]
	result $? "$2: scenarios and lessons have the same bytes"
	ok "$2: nearly all lessons" test "$lessons" -ge 80
	is "$others" 12 "$2: another allocation is refused by name"
	where=$scratch
	ok "$2: so has the bundled day" \
		same_digest "$1" "$scratch/day.orders"
	n=$(sed -n 's/.*card: \([0-9]*\) commands.*/\1/p' err)
	ok "$2: of which it did most" test "${n:-0}" -gt 150000
	if [ -e sse.orders ]; then
		ok "$2: and a day of Shanghai with its auctions" same_digest \
			"$1" "$scratch/sse.orders" --date 2023-02-07 \
			--tz Asia/Shanghai --market "$src/data/markets/sse.market"
		ok "$2: as its feed shows it" \
			same_digest "$1" "$scratch/feed.orders"
		ok "$2: and without a market's rules" same_digest \
			"$1" "$scratch/sse.orders"
		n=$(sed -n 's/.*card: \([0-9]*\) commands.*/\1/p' err)
		ok "$2: of which the card did nearly all" \
			test "${n:-0}" -gt 58000
	else
		skip "$2: a day of Shanghai" "no real data: set EXCH_TESTDATA"
	fi
	for mode in none newest oldest both decrement; do
		ok "$2: owners that meet, self-trade $mode" same_digest "$1" \
			"$scratch/own.orders" --self-trade $mode
		tail -n 1 err >>modes
	done
	is "$(sort -u modes | wc -l)" 5 "$2: each of them makes something else"
	rm -f modes
	rm -f differ
}

: >differ
by soft "both, software" both
if [ -n "$EXCH_CARD_ALL" ]; then
	by soft "software" fpga
	[ ! -e "$bin/fpga/exch-card-vsim.so" ] ||
		by "$bin/fpga/exch-card-vsim.so" "both, RTL" both
fi
if [ -e "$bin/fpga/exch-card-vsim.so" ]; then
	by "$bin/fpga/exch-card-vsim.so" "RTL" fpga
	exch-match -q --engine fpga --card-stats -o out.xst day.orders 2>err
	result $? "the module of the build is found"
	ok "it tells its cycles" grep -q '^cancel  *[0-9]*  *[0-9.]*  *[0-9]*$' err
	ok "and the simulated time" grep -q 'ns simulated at 250 MHz$' err
else
	skip "the matcher in RTL" "built without verilator or a C++ compiler"
fi

# ---- wrong answers ----

# Every kind of event once, and the numbers at which they come.
{ every_kind
	echo '09:37 phase halt'
	echo '09:38 FAY buy 10 @ 9.97'; } >all.txt
exch-replay -o all.xst all.txt
result $? "orders that make every kind of event"
exch-match -v -e fpga --card soft -o all.out all.xst 2>err
result $? "are matched"
n=$(exch-match -e fpga --card soft --card-stats -o all.out all.xst 2>&1 |
	sed -n 's/.*commands, \([0-9]*\) events.*/\1/p')
ok "there are some" test "${n:-0}" -ge 10
event=0 missed=
while [ "$event" -lt "${n:-0}" ]; do
	# A bit of every field: kind, flags, symbol, slot, maker, price,
	# quantity, left, sequence, index.
	for fault in flip=$event.0 flip=$event.8 flip=$event.9 \
		flip=$event.10 flip=$event.16 flip=$event.32 flip=$event.64 \
		flip=$event.96 flip=$event.128 flip=$event.160 \
		flip=$event.192 flip=$event.240 flip=$event.255 lose=$event
	do
		exch-match -e fpga --card soft,"$fault" all.xst -o x 2>err
		[ $? = 4 ] && grep -q 'exch-match: .*card: [A-Z]* .* due [A-Z]' err ||
			missed="$missed $fault"
	done
	event=$((event + 1))
done
is "$missed" "" "any wrong or lost event ends the run, and is told"
is "$(exch-match -e fpga --card soft,lose="$n" --digest -o x all.xst 2>&1)" \
	"$(exch-match --digest -o x all.xst 2>&1)" "and none beyond the last"
exch-match -e fpga --card soft,flip=2.128 -f json all.xst >out 2>err
is "$(grep -c . err)" 1 "one message"
is "$(grep -c '"t":"ack"' out),$(grep -c '"t":"exec"' out)" "2,0" \
	"what was told before stands, and nothing of that command"

# ---- a journal, and a kill: the card is filled again ----

exch-match --digest -o want.xst day.orders 2>want
exch-match -e fpga --card soft --journal j --segment-size 500000 --from 0 \
	day.orders 2>err | head -c 3000000 >cut.xst
exch-match -v -e fpga --card soft --journal j --segment-size 500000 --digest \
	-o whole.xst day.orders 2>err
result $? "a run whose reader has gone goes on by its journal"
is "$(tail -n 1 err)" "$(tail -n 1 want)" "to the same end"

head -c 6000000 day.orders | exch-match -q -e fpga --card soft --journal k \
	--segment-size 500000 -o parts.xst 2>err
exch-match -v -e fpga --card soft --journal k --segment-size 500000 \
	-o parts.xst day.orders 2>err
exch-match -q -o want.xst day.orders
ok "a run that was cut goes on" cmp parts.xst want.xst
has err 'the snapshot at record [1-9][0-9]* is put back' "from a snapshot"
has err 'card: [1-9][0-9]* commands, ' "with its instruments on the card"

# ---- what cannot be ----

rm -f x
exits 2 "no such module" exch-match -e fpga --card none.so day.orders -o x 2>err
ok "is told with what to do" \
	grep -q 'no card at ./none.so.*build with Verilator' err
mkdir dir
head -c 8000 "$bin/tests/tools/oldcard.so" >cut.so
exits 2 "a module that is cut short" \
	exch-match -e fpga --card cut.so day.orders -o x 2>err
ok "is told to be so" grep -q 'cut.so: a module that is cut short' err
exits 2 "a directory" exch-match -e fpga --card dir day.orders -o x 2>err
ok "is none, either" grep -q 'no card at ./dir.*Is a directory' err
exits 2 "a module of another interface" exch-match -e fpga \
	--card "$bin/tests/tools/oldcard.so" day.orders -o x 2>err
ok "is told with what to do" grep -q \
	'oldcard.so: a module of interface .*build both from the same sources' err
abi=$(sed -n 's/^#define EXCH_CARD_ABI \([0-9]*\).*/\1/p' "$src/src/card/card.h")
ok "the manual says which interface" grep -q \
	"has to be the program's, ${abi:-none} now" "$src/man/exch-fpga.7"
exits 2 "a library without a matcher" exch-match -e fpga \
	--card "$bin/tests/tools/nocard.so" day.orders -o x 2>err
ok "is told by what it lacks" grep -q 'it has no exch_card_module' err
exits 2 "a card and a part of the instruments" \
	exch-match -e fpga --card soft --shard 1/2 day.orders -o x 2>err
exits 2 "an allocation that a card does not do" exch-match -e fpga \
	--card soft --allocation pro-rata day.orders -o x 2>err
ok "is refused by what it needs" \
	grep -q 'another allocation needs --engine soft' err
exits 2 "the same of one that has a journal" exch-match -e fpga --card soft \
	--allocation pro-rata --journal jx --lease lx day.orders -o x 2>err
ok "of all that nothing is written" test ! -e x -a ! -e jx -a ! -e lx
exits 2 "no module at all" \
	exch-match -e fpga --card "$src/README.md" day.orders -o x 2>err
if [ -n "${sanitizers-}" ]; then
	skip "too little memory" "sanitizers need more than any limit"
elif [ -e "$bin/fpga/exch-card-hbm.so" ]; then
	died='' short=0
	for kb in 20000 30000 40000 50000 60000 70000 90000 120000 200000; do
		for module in vsim hbm; do
			(
				ulimit -c 0
				ulimit -v $kb
				exch-match -q -e fpga --card \
					"$bin/fpga/exch-card-$module.so" \
					-o x all.xst
			) 2>err
			[ $? -lt 128 ] || died="$died $module.$kb"
			! grep -q 'card [a-z]*: \(out of memory\|it cannot\)' err ||
				short=$((short + 1))
		done
	done
	is "$died" "" "too little memory ends no run by a signal"
	ok "and is told" test "$short" -ge 2
else
	skip "too little memory" "built without verilator or a C++ compiler"
fi
rm -f x
exits 2 "options a card does not know" \
	exch-match -e fpga --card soft,no=1 day.orders -o x 2>err
ok "are named" grep -q 'no=1: no such option' err
exits 2 "a card without the engine" exch-match --card soft day.orders -o x 2>err
exits 2 "a card and threads" exch-match -e fpga --card soft -j 2 day.orders \
	-o x 2>err
exits 2 "an engine that is none" exch-match -e gpu day.orders -o x 2>err

# ---- more instruments than a card has symbols ----

if [ -e "$bin/fpga/exch-card-hbm.so" ]; then
	# Orders that rest, trade, and go, of 400 instruments; the first eight
	# of them before the others are announced.
	awk 'BEGIN {
		for (i = 0; i < 2400; i++) {
			n = i < 200 ? i % 8 : i * 7 % 400
			if (!(n in seen)) print "instrument S" n " tick 0.01"
			seen[n] = 1
			printf "09:%02d:%02d T%d %s %d S%d @ 10.%02d%s\n",
				30 + i / 120, i / 2 % 60, i % 5, i % 7 < 3 ? "sell" : "buy",
				1 + i * 13 % 90, n, i * 31 % 40 + (i % 7 < 3) * 9,
				i % 3 ? "" : " as o" i
			if (i % 12 == 11) printf "09:%02d:%02d cancel o%d\n",
				30 + i / 120, i / 2 % 60, i - i % 3 - 6
		}
	}' >many.txt
	exch-replay -o many.xst many.txt
	result $? "orders of 400 instruments"
	exch-match --digest -o soft.xst many.xst >want
	exch-match -v -e fpga --digest -o card.xst many.xst >got 2>err
	result $? "are matched without --card" || sed 's/^/# /' err
	ok "as by the software" cmp soft.xst card.xst
	exits 2 "are too many for a card of 8 symbols" exch-match -e fpga \
		--card "$bin/fpga/exch-card-vsim.so" -o x many.xst 2>err
	ok "and told by name" grep -q "instrument S[0-9]* is one more than" err
	where=$scratch engine=both
	ok "on the card of many symbols" same_digest \
		"$bin/fpga/exch-card-hbm.so" "$scratch/many.xst"
	# All but cancels of orders that have traded already.
	ok "which did all orders" grep -q '; 2400 orders matched' err
	# The whole day in the long form.
	slice=$scratch/day.orders
	if [ -z "${EXCH_RTL_COMMANDS-}" ]; then
		slice=$scratch/slice.orders
		exch-replay --to 14:40 -o slice.orders day.orders
	fi
	ok "the bundled day, too" same_digest \
		"$bin/fpga/exch-card-hbm.so" "$slice"
	n=$(sed -n 's/.*card: \([0-9]*\) commands.*/\1/p' err)
	ok "of which it did most" test "${n:-0}" -gt 10000
	exch-match -e fpga --card "$bin/fpga/exch-card-hbm.so" --card-stats \
		-o x many.xst 2>err
	ok "which tells what it had to fetch" grep -q '^orders  *[1-9]' err
	ok "and how long that took" grep -q '^32  *0  *0  *[1-9]' err
else
	skip "many instruments" "built without verilator or a C++ compiler"
fi

# ---- a market whose orders are not for a card ----

exch-match -e fpga --card soft --market "$src/data/markets/nasdaq.market" \
	--date 2026-01-05 -o x day.orders 2>err
ok "a card that has nothing to do is told" \
	grep -q 'none of 169371 commands was for the card' err

# ---- what the card cannot hold is done ashore ----

# ashore WHY NAME: of orders.txt something is, for that, with the same bytes.
ashore() {
	exch-replay -o orders.xst orders.txt
	exch-match --digest -o x orders.xst 2>want
	exch-match -e both --card soft -v --digest -o x orders.xst 2>err
	is "$(tail -n 1 err)" "$(tail -n 1 want)" "$2: the same bytes"
	ok "$2: ashore for $1" grep -q "; ashore:.* $1 [1-9]" err
}
cat >orders.txt <<'END'
instrument ABC tick 0.01
09:30 ANN buy 100 @ 10.00
09:30 BEN sell 4294967295 @ 10.01 as most
09:30 CIA sell 4294967296 @ 10.02 as more
09:31 DEE buy 5000000000 @ 10.02
09:31 EVE buy 0 @ 10.00
09:31 EVE buy 10 @ 10.00
09:32 FAY sell 5 @ 10.00
END
ashore quantity "more than 32 bits of lots"
ok "of which nothing is refused but nothing" \
	grep -q '7 commands, 6 accepted, 1 rejected' err
cat >orders.txt <<'END'
instrument ABC tick 0.01
09:30 ANN buy 100 @ 10.00
09:30 BEN sell 100 @ 10.01
09:31 CIA buy 50 @ 5000.00
09:31 CIA sell 60 @ 4000.00
09:32 DEE buy 10 @ 0.01
09:32 EVE sell 10 @ 9000.00
09:33 FAY buy 200 @ 8999.00
09:34 GUS sell 1000 @ 0.01
09:35 HAL buy 20 @ 9000.00
END
ashore prices "prices beyond the card's levels"
finish
