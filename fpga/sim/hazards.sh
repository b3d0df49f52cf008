#!/bin/sh
# Shows that lock-step meets what a card of many symbols has to mind: the RTL
# is changed so that it does not, one thing at a time, and a difference has to
# be found.  Prints a row for each: the commands until then.
#
#	hazards.sh VERILATOR-COMMAND CXX-COMMAND SOURCE-DIR WORK-DIR LOCKSTEP
#
# All changes are in one module, `bug=N' in its options says which is alive.
# Exits with 1 when one is not found, 77 without Verilator.
set -eu

verilator=$1
cxx=$2
src=$(cd "$3" && pwd)
work=$4
lockstep=$5

command -v "${verilator%% *}" >/dev/null || {
	echo "hazards.sh: verilator is not installed" >&2
	exit 77
}
rm -rf "$work"
mkdir -p "$work/rtl"
cp "$src"/fpga/rtl/*.sv* "$work/rtl"

n=0
bugs=
# bug FILE OLD NEW WHAT: in FILE, OLD is there once, and bug number n makes NEW
# of it.
bug() {
	n=$((n + 1))
	[ "$(grep -cF "$2" "$work/rtl/$1")" = 1 ] || {
		echo "hazards.sh: $1 has no such place: $2" >&2
		exit 4
	}
	awk -v old="$2" -v new="(exch_card.bug == 8'd$n ? ($3) : ($2))" '
		(i = index($0, old)) != 0 {
			$0 = substr($0, 1, i - 1) new substr($0, i + length(old))
		}
		{ print }' "$work/rtl/$1" >"$work/new"
	mv "$work/new" "$work/rtl/$1"
	bugs="$bugs$n,$4
"
}

bug exch_fetch.sv '!stale[rid]' "1'b1" \
	'a line is kept that was written while it was fetched'
bug exch_fetch.sv '!fill_waits' "1'b1" \
	'and one of which a write stands in line'
bug exch_fetch.sv '!waits' "1'b1" \
	'a line is fetched while a write to it is on its way'
bug exch_cache.sv "tag != {1'b1, tag_of(asked)}" '!tag[TB]' \
	'an entry that made way is taken for the one that came'
bug exch_window.sv "older[i] == '0" "1'b1" \
	'a command passes an older one of its symbol'
bug exch_window.sv "clash == '0" "1'b1" \
	'and so does one that goes round the window'
bug exch_window.sv "bars[i] || s_bar" "1'b0" \
	'a barrier is passed'

awk '{ print } !done && /^\tinput logic rst,$/ {
	print "\tinput logic [7:0] bug,"; done = 1 }' \
	"$work/rtl/exch_card.sv" >"$work/new"
mv "$work/new" "$work/rtl/exch_card.sv"

(
	cd "$work"
	set --
	for m in p ram ffs skid bit check event core cache post fetch window card; do
		set -- "$@" "rtl/exch_$m.sv"
	done
	$verilator --cc -O3 --x-assign fast --x-initial fast -Wno-fatal -Irtl \
		--prefix Vcard -GORDERS=5 -GLVLS=4 -GLEAFS=4 -GPB=7 \
		--Mdir vl --top-module exch_card "$@"
	cd vl
	${MAKE:-make} -s -f Vcard.mk OPT_FAST=-O1 OPT_SLOW=-O0 \
		CXXFLAGS='-fPIC' CXX="$cxx" Vcard__ALL.a verilated.o \
		verilated_threads.o
	root=$(sed -n 's/^VERILATOR_ROOT = //p' Vcard.mk)
	$cxx -shared -fPIC -O2 -I"$src/src" -I"$src/fpga/sim" -I. \
		-isystem "$root/include" -DCARD_HBM -DCARD_BUGS \
		-o ../bugs.so "$src/fpga/sim/vsim.cc" Vcard__ALL.a verilated.o \
		verilated_threads.o -lpthread
) >"$work/log" 2>&1 || {
	tail -n 5 "$work/log" >&2
	echo "hazards.sh: no module; $work/log" >&2
	exit 4
}

# Commands until a difference, or "none": runs of different kinds in turn.
find_bug() {
	for profile in dense storm one sweep; do
		for latency in 1-40 20-200; do
			"$lockstep" --profile $profile --seed 7 --spread 5 \
				--commands 40000 --options \
				"hbm=$latency,stall=25,seed=9,bug=$1" \
				"$work/bugs.so" >"$work/said" 2>&1 && continue
			echo "$profile, hbm=$latency: $(sed -n \
				's/.* after \([0-9]* events\)$/\1/p;/not in its place/p' \
				"$work/said")"
			return
		done
	done
	echo none
}

bad=0
if [ "$(find_bug 0)" != none ]; then
	echo "hazards.sh: a difference without a change" >&2
	exit 1
fi
echo "change,found"
printf '%s' "$bugs" | {
	while IFS=, read -r k what; do
		found=$(find_bug "$k")
		[ "$found" != none ] || bad=1
		echo "$what,$found"
	done
	exit $bad
}
