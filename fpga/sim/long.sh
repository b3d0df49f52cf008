#!/bin/sh
# Many random commands in lock-step: over all kinds of flow, a lane whose ports
# are always ready and one whose ports stall, and the card of many symbols with
# a memory that answers late and in any order.  Prints the row of each run and
# what they come to.
#
#	long.sh LOCKSTEP MODULE-DIRECTORY COMMANDS [FLOW...]
#
# FLOWs select their runs, so that several processes can share the work.
# 96 of a hundred are the lane's, 4 the card's, a tenth of those with caches of
# some entries.  Exits with 1 at the first difference, 77 without modules.
set -eu

lockstep=$1
modules=$2
all=$3
shift 3
chosen=" ${*:-all} "
kinds="dense sparse one sweep storm edge deep full ice"

[ -e "$modules/exch-card-vsim.so" ] || {
	echo "long.sh: built without verilator or a C++ compiler" >&2
	exit 77
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
total=0

# run COMMANDS SEED MODULE OPTIONS PROFILE [OPTION...]
run() {
	n=$1 seed=$2 module=$3 words=$4 kind=$5
	shift 5
	"$lockstep" --commands "$n" --seed "$seed" --profile "$kind" "$@" \
		--options "$words" "$modules/exch-card-$module.so" \
		>"$scratch/said" 2>"$scratch/err" || {
		echo "exch-card-$module.so, $words, $kind, seed $seed:"
		cat "$scratch/said" "$scratch/err"
		exit 1
	}
	echo "$module,$words,$(sed -n 2p "$scratch/said")"
	total=$((total + n))
}

echo "module,options,$("$lockstep" --commands 1 \
	"$modules/exch-card-vsim.so" 2>"$scratch/err" | sed -n 1p)"
lane=$((all * 96 / 100 / 18 + 1))
card=$((all / 500 + 1))
tiny=$((all / 2250 + 1))
k=100
for kind in $kinds; do
	k=$((k + 1))
	case $chosen in
	" all " | *" $kind "*) ;;
	*) continue ;;
	esac
	run $lane $k vsim stall=0,seed=1 "$kind"
	run $lane $((k + 20)) vsim stall=30,seed=$k "$kind"
	run $card $((k + 40)) hbm hbm=20-200,seed=$k "$kind"
	run $card $((k + 60)) hbm hbm=20-200,stall=20,seed=$k "$kind" \
		--spread 50
	run $tiny $((k + 80)) tiny hbm=1-90,stall=10,seed=$k "$kind" --spread 5
done
echo "# $total commands, no difference"
