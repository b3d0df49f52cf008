#!/bin/sh
# Proves the properties of exch_fv.sv, one after another, and prints a table
# of what was found: proved without a bound (pdr), or no counterexample up to
# a number of cycles after reset (bmc3), or broken, with the cycle.
#
#	prove.sh [-t SECONDS] RTL-DIRECTORY WORK-DIRECTORY [NUMBER...]
#
# SECONDS is for each attempt on each property; depths depend on it and on the
# machine.  Before the proofs, what has to be possible is shown to be
# possible.  NUMBERs select properties.  Exits with 1 when one is broken or
# something possible was not found, 77 when a tool is missing.
set -eu

seconds=60
while getopts t: o; do
	case $o in
	t) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
rtl=$1
work=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)

. "$here/../common.sh"
need yosys yosys-abc
mkdir -p "$work"

# State 1 is idle: the proofs begin behind the clearing of the tables.
run_yosys fv "
	read_verilog -sv -formal -defer $(core_sources "$rtl" | tr '\n' ' ') \
		$here/exch_fv.sv
	hierarchy -top exch_fv
	prep -flatten -top exch_fv
	async2sync
	memory_map
	opt -full
	setattr -set init 5'd1 exch_fv/core.st
	setundef -init -zero
	setundef -undriven -anyseq
	techmap
	opt -fast
	dffunmap
	abc -g AND -fast
	opt_clean
	write_aiger -I -zinit $work/fv.aig"

# engine ENGINE OUTPUT: what yosys-abc says of it is in $work/said.
engine() {
	nice timeout $((seconds + 60)) yosys-abc -c "read_aiger $work/fv.aig
		; strash; cone -s -O $2; scleanup; strash; scorr;
		$1 -T $seconds" 2>&1 | tr '\r' '\n' >"$work/said"
}

said() { sed -n "s/.*$1.*/\1/p" "$work/said" | tail -n 1; }

bad=0
row() {
	printf '%-3s %-52s %-5s %-16s %5s\n' "$@"
}

began() { start=$(date +%s); }
took() { echo $(($(date +%s) - start)); }

possible() {
	began
	engine bmc3 $((32 + $1))
	at=$(said 'asserted in frame \([0-9]*\)')
	result="met at $at"
	if [ -z "$at" ]; then
		result="NOT MET"
		bad=1
	fi
	row "p$1" "$2" bmc3 "$result" "$(took)"
}

property() {
	began
	engine pdr "$1"
	if grep -q 'Property proved' "$work/said"; then
		row "$1" "$2" pdr unbounded "$(took)"
		return
	fi
	at=$(said 'asserted in frame \([0-9]*\)')
	if [ -z "$at" ]; then
		began
		engine bmc3 "$1"
		at=$(said 'asserted in frame \([0-9]*\)')
	fi
	if [ -n "$at" ]; then
		bad=1
		row "$1" "$2" bmc3 "BROKEN at $at" "$(took)"
		return
	fi
	depth=$(said 'No output asserted in \([0-9]*\) frames')
	result="to cycle $depth"
	if [ -z "$depth" ]; then
		result="NO ANSWER"
		bad=1
	fi
	row "$1" "$2" bmc3 "$result" "$(took)"
}

chosen=" $* "
row no property with result sec
while read -r n text; do
	[ "$chosen" = "  " ] || case $chosen in
	*" $n "*) ;;
	*) continue ;;
	esac
	case $n in
	p*) possible "${n#p}" "$text" ;;
	*) property "$n" "$text" ;;
	esac
done <<LIST
p0 a trade ends a command
p1 a maker leaves and the taker goes on
p2 what is left of a taker rests
p3 fill or kill kills
p4 fill or kill fills with two makers
p5 an iceberg shows its next part
p6 post-only is rejected
p7 self-trade prevention cuts and goes on
p8 a replacement enters the book
p9 the older of two orders trades
0 the book is not crossed
1 a leaf word is in the map exactly if it has bits
2 a map word is in the top exactly if it has bits
3 a side has a best exactly if its bitmaps have bits
4 the best is the lowest key of the bitmaps
5 the first order is live with the quantity that is told
6 the level has the same first and last order
7 the one behind the first is the next of the queue
8 the first order has side, price and owner
9 live are those that were told to rest and not to go
10 no live order has nothing
11 nothing waits for an event when idle
16 a trade keeps to the limit
17 what trades, rests and expires is the quantity
18 a trade has a quantity
19 a maker is live and keeps what it does not trade
20 first in, first out within a price
21 the better price trades first
22 one last event a command, and nothing after it
23 events have the command's number and count from 0
24 fill or kill: all or none
25 post-only never takes
26 an event stays until it is taken
27 a reject is the only event
28 who does not rest does not rest
29 only new and replaced orders take
30 a maker is of the other side
LIST
exit $bad
