#!/bin/sh
# Bits of the tables of the simulated RTL turn over, each in a run of its own:
# an event is not what is due, and that is told, or all of them are as ever.
# `make check-flips' turns a thousand bits in each way.
. "${srcdir:-.}/tests/cli/lib.sh"

card=$bin/fpga/exch-card-probe.so
[ -e "$card" ] || skip_all "built without verilator or a C++ compiler"
flips=${EXCH_FLIPS:-12}

# count FILE: what became of them, from the words in it.
count() {
	for what in noticed harmless unspent wrong; do
		printf '%s %s, ' "$(grep -c "^$what" "$1")" $what
	done | sed 's/, $//'
}

# turned: whether the bit has turned over before the end.
turned() {
	[ -s told ] || echo unspent
}

# ---- in lock-step ----

# fate STATUS: of a run that has said something.
fate() {
	case $1,$(turned),$(sed -n '$p' said) in
	0,unspent,*) echo unspent ;;
	0,*) echo "harmless $(cat told)" ;;
	1,,'a difference'* | 1,,'no answer'* | 1,,'one answer too'*)
		echo "noticed $(cat told)"
		;;
	*) echo "wrong $(cat told)" ;;
	esac
}

# judge NAME: all fates are good ones.
judge() {
	echo "# $1: $(count fates)"
	grep '^wrong' fates
	is "$(grep -c '^wrong' fates)" 0 "$1: a difference, or none"
}

i=0
while [ $i -lt "$flips" ]; do
	for profile in dense sparse sweep deep; do
		i=$((i + 1))
		rm -f told
		"$bin/fpga/sim/lockstep" --profile $profile --seed $i \
			--commands 4000 --options flips=$i.9000,told=told \
			"$card" >said 2>err
		fate $?
	done
done >fates
judge "$i bits in lock-step"
ok "some make one" grep -q '^noticed' fates
ok "some do not" grep -q '^harmless' fates

# Of the memory behind a card of many symbols.
i=0
while [ $i -lt $((flips / 4)) ]; do
	i=$((i + 1))
	flip=$((i * 37 % 600)).$((i * 13 % 128))
	echo "$flip" >told
	"$bin/fpga/sim/lockstep" --profile sweep --seed $i --commands 2000 \
		--spread 2 --options flip=$flip "$bin/fpga/exch-card-tiny.so" \
		>said 2>err
	fate $?
done >fates
judge "$i bits of a memory"
ok "some of them make one" grep -q '^noticed' fates

# ---- in a run ----

"$bin/data/gen-sample" --messages 20000 2>err |
	exch-replay -q --date 2026-01-05 --tz America/New_York -o in.xst
exch-match -q -f json in.xst >ref.json
exch-match -q -e fpga --card "$card" --card-stats -o x in.xst 2>err
cycles=$(sed -n 's/^\([0-9]*\) cycles, .*/\1/p' err)
ok "a run has some time" test "${cycles:-0}" -gt 20000

# All that was told is right, even if it ends early.
is_right() {
	grep -v '"t":"end"' out >got
	head -c "$(wc -c <got)" ref.json | cmp -s - got
}

: >fates
i=0
while [ $i -lt "$flips" ]; do
	i=$((i + 1))
	rm -f told
	exch-match -q -f json -e fpga --card \
		"$card,flips=$i.$cycles,told=told" in.xst >out 2>err
	case $?,$(turned),$(is_right || echo wrong),$(grep -c ': card: ' err) in
	0,unspent,,0) echo unspent ;;
	0,,,0) cmp -s out ref.json && echo "harmless $(cat told)" || echo "wrong $i" ;;
	4,,,1) echo "noticed $(cat told)" ;;
	*) echo "wrong $i" ;;
	esac
done >fates
echo "# $i bits in a run: $(count fates)"
grep '^wrong' fates
is "$(grep -c '^wrong' fates)" 0 \
	"$i bits in a run: told, or of no effect, and no wrong record"

ok "some are noticed there" grep -q '^noticed' fates

# ---- one of which we know ----

# What the first order shows, and then it trades.
cat >two.txt <<'END'
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
09:31 BEN buy 100 @ 10.01
END
exch-replay -o two.xst two.txt
exits 4 "an order that is larger on the card" exch-match -u -e fpga \
	--card "$card,flip=4.ctx.0.178,told=told" -o x two.xst 2>err
has err 'due TRADE 100 .*; told' "is noticed when it trades"
is "$(cat told)" "cycle 4: bit 178 of ctx[0]: no bid; ask 65535: slots 0 to \
0, 100 shown; now no bid; ask 65535: slots 0 to 0, 108 shown" \
	"the module tells what it did"
exits 4 "a card that is lost" exch-match -e fpga \
	--card "$card,lost=5" -o x two.xst 2>err
has err 'due .*; told none' "is noticed"
for o in flip=1 flip=1.qty.0.34 flip=1.qty.1048576.0 flip=1.quantity.0.0 \
	flips= flips=1.0 lost=x told=/no/such/file; do
	exits 2 "$o is refused" \
		exch-match -e fpga --card "$card,$o" -o x two.xst 2>err
	has err "$o: no such option" "by name"
done
finish
