#!/bin/sh
# The RTL out of any state: flip-flops and tables begin as chance wants, or a
# reset comes in the middle of work; what follows is the same as ever.
. "${srcdir:-.}/tests/cli/lib.sh"

card=$bin/fpga/exch-card-vsim.so
if [ ! -e "$card" ]; then
	skip "any state" "built without verilator or a C++ compiler"
	finish
	exit
fi
lockstep() {
	"$bin/fpga/sim/lockstep" --commands 5000 --profile ice "$@" \
		>said 2>err
}

lockstep "$card"
sed -n 2p said | cut -d, -f3,4 >clean
for seed in 1 2 3; do
	lockstep --options random=$seed "$card"
	result $? "random $seed: the same events" || sed 's/^/# /' said err
	is "$(sed -n 2p said | cut -d, -f3,4)" "$(cat clean)" \
		"as many as from a clean state"
done
lockstep --seed 4 --batch 100 --reset 1500 --options random=4,stall=30 "$card"
result $? "resets in the middle of work" || sed 's/^/# /' said err
is "$(grep '^resets' said)" "resets,3" "as many as it takes"

finish
