#!/bin/sh
# The matcher in RTL against the software's book, event by event.
# `make check-rtl' runs millions of commands.
. "${srcdir:-.}/tests/fpga/lib.sh"

no_warning exch_lane

card=$bin/fpga/exch-card-vsim.so
commands=${EXCH_RTL_COMMANDS:-30000}
lockstep() {
	"$bin/fpga/sim/lockstep" --commands "$commands" "$@" "$card"
}

if [ ! -e "$card" ]; then
	skip "lock-step" "built without verilator or a C++ compiler"
	finish
	exit
fi

for profile in dense sparse one sweep storm edge deep ice; do
	lockstep --profile $profile --seed 11 >said 2>err
	result $? "$profile: the same events" || sed 's/^/# /' said err
	lockstep --profile $profile --seed 12 --options stall=40,seed=3 \
		>said 2>err
	result $? "$profile: with ports that stall" || sed 's/^/# /' said err
done

if [ "$commands" -ge 1000000 ]; then
	# Until every slot has an order.
	"$bin/fpga/sim/lockstep" --commands 4000000 --profile full "$card" \
		>said 2>err
	result $? "full: the same events" || sed 's/^/# /' said err
fi

# The first event of whoever finds nobody before it.
lockstep --plain --batch 1 --profile storm >said
is "$(sed -n '2s/.*,\([0-9]*\),[0-9]*,[0-9]*$/\1/p' said)" 4 \
	"the first event comes after four cycles"

# What is compared with can be told apart: limits that differ.
differs() {
	"$bin/fpga/sim/lockstep" --levels 1000 --commands 100000 "$card" >said
}
exits 1 "a difference is found" differs
ok "and told with its command" grep -q '^command: seq [0-9]* op ' said

lockstep --profile dense --options trace=trace.txt --commands 20 >/dev/null
ok "a trace says what is done in which cycle" \
	grep -q '^ *[0-9]*  V  *NEW: ' trace.txt
exits 2 "an option that is none" lockstep --options no=1 2>err
ok "is refused by name" grep -q 'no=1: no such option' err
exits 2 "a file that is no module" \
	"$bin/fpga/sim/lockstep" "$src/README.md" 2>err
finish
