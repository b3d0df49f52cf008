#!/bin/sh
# Many symbols and a memory behind them, in RTL, against the software's books.
# The small caches of exch-card-tiny.so make lines leave all the time.
# `make check-rtl' runs more commands.
. "${srcdir:-.}/tests/cli/lib.sh"

if command -v verilator >/dev/null; then
	(cd "$src/fpga/rtl" && verilator --lint-only -Wall -y . \
		--top-module exch_card exch_p.sv exch_card.sv) >said 2>&1
	result $? "no warning in the RTL" || sed 's/^/# /' said
else
	skip "no warning in the RTL" "verilator is not installed"
fi

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
for profile in dense sparse one sweep storm edge deep; do
	lockstep --profile $profile --seed 22 --commands "$few" --spread 5 \
		--options hbm=1-90,stall=10,seed=5 "$tiny"
	result $? "small caches, $profile: the same events" ||
		sed 's/^/# /' said err
done
# An order more often than it fits; of those that leave some are on their way.
dropped=$(sed -n '/^late,/{n;s/^[0-9]*,[0-9]*,[0-9]*,\([0-9]*\),.*/\1/p;}' said)
ok "lines were written while they were fetched" test "$dropped" -gt 0

# Who finds nobody before it, and all it needs on the chip.
lockstep --plain --batch 1 --profile dense --spread 20 --commands 5000 "$hbm"
is "$(sed -n '2s/.*,\([0-9]*\),[0-9]*,[0-9]*$/\1/p' said)" 4 \
	"then the first event may come after four cycles"

exits 2 "a latency that is none" \
	"$bin/fpga/sim/lockstep" --options hbm=9 "$hbm" 2>err
ok "is refused" grep -q 'hbm=9: no such option' err
finish
