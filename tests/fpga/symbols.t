#!/bin/sh
# Many symbols and a memory behind them, in RTL, against the software's books.
# The small caches of exch-card-tiny.so make lines leave all the time.
# `make check-rtl' runs more commands.
. "${srcdir:-.}/tests/fpga/lib.sh"

no_warning exch_card

hbm=$bin/fpga/exch-card-hbm.so
tiny=$bin/fpga/exch-card-tiny.so
commands=${EXCH_RTL_COMMANDS:-20000}
few=$((commands / 5))
lockstep() {
	"$bin/fpga/sim/lockstep" "$@" >said 2>err
}

if [ ! -e "$hbm" ]; then
	skip "lock-step" "built without verilator or a C++ compiler"
	finish
	exit
fi

for profile in dense sparse edge; do
	lockstep --profile $profile --seed 21 --commands "$commands" \
		--options hbm=20-200,stall=30,seed=4 "$hbm"
	result $? "5,000 symbols, $profile: the same events" ||
		sed 's/^/# /' said err
done
for profile in dense sparse one sweep storm edge deep ice; do
	lockstep --profile $profile --seed 22 --commands "$few" --spread 5 \
		--options hbm=1-90,stall=10,seed=5 "$tiny"
	result $? "small caches, $profile: the same events" ||
		sed 's/^/# /' said err
done
# An order more often than it fits; of those that leave some are on their way.
dropped=$(sed -n '/^late,/{n;s/^[0-9]*,[0-9]*,[0-9]*,\([0-9]*\),.*/\1/p;}' said)
ok "lines were written while they were fetched" test "$dropped" -gt 0

# Who finds nobody before it, and all it needs on the chip: lockstep fails
# when that is not after four cycles.  More symbols in the long run.
symbols=$((commands / 200))
[ "$symbols" -le 5000 ] || symbols=5000
lockstep --plain --batch 1 --profile dense --spread "$symbols" \
	--commands $((symbols * 40)) --options hbm=20-40 "$hbm"
result $? "the first event comes after four cycles, of one at a time" ||
	sed 's/^/# /' said err
is "$(sed -n 's/^first_near,4,.*/4/p;s/^near_symbols,//p' said | tr '\n' ' ')" \
	"4 $symbols " "of every symbol"
lockstep --profile sparse --seed 23 --commands "$few" --options \
	hbm=20-200 "$hbm"
result $? "also where others wait for the memory" || sed 's/^/# /' said err
ok "of some" grep -q '^first_near,4,[1-9]' said

# Reset while it is at work, and begun with anything in its registers.
for card in "$hbm" "$tiny" "$bin/fpga/exch-card-vsim.so"; do
	lockstep --commands "$few" --seed 24 --spread 8 --reset $((few / 3)) \
		--options random=6,stall=20 "$card"
	result $? "after a reset, ${card##*-}: the same events" ||
		sed 's/^/# /' said err
done
is "$(grep -c '^resets,[2-4]$' said)" 1 "there were some"

exits 2 "more symbols than the module has" \
	"$bin/fpga/sim/lockstep" --symbols 5001 "$hbm" 2>err
ok "are refused by name" grep -q '5000 symbols, .*: too few symbols' err
exits 2 "more slots" "$bin/fpga/sim/lockstep" --slots 1048577 "$hbm" 2>err
ok "too" grep -q 'too few slots' err
exits 2 "more levels, of the lane" "$bin/fpga/sim/lockstep" --levels 131073 \
	"$bin/fpga/exch-card-vsim.so" 2>err
ok "and they" grep -q 'too few levels' err
exits 2 "a latency that is none" \
	"$bin/fpga/sim/lockstep" --options hbm=9 "$hbm" 2>err
ok "is refused" grep -q 'hbm=9: no such option' err
finish
