#!/bin/sh
# How many faults in the RTL does the lock-step find?  Makes mutants of it
# (mutate.c), all in one model of which an option chooses one, runs each until
# its events differ or stop, and prints a table.
#
#	mutate.sh [-c] [-n NUMBER] [-s SEED] [-qk] SOURCE BUILD WORK-DIRECTORY
#
# NUMBER mutants (240; 0: all) are chosen by SEED: of the matcher and its lane,
# or with -c of what the card of many symbols has around the matcher.  Those
# that survive should stand in `survivors' with the reason;
# WORK-DIRECTORY/left has those that do not.  Exits with 1 when one does not
# stand there, or does and was killed, or when fewer than 95 of 100 were killed
# of those that are not equivalent; 77 when a tool is missing.  -q: short runs
# only, by which nothing is judged but that most die.  -k: by the model that
# stands in WORK-DIRECTORY.
#
# A mutant that has the same events in all runs but took other cycles for them
# is dead too, and counted apart: lock-step's figures are looked at.
#
# The lane that is run has 3 symbols, 100,000 prices of 17 bits and 16,384
# slots; the card 5 symbols, and caches of 16 and 32 entries; all else is as
# wide as in the modules.
set -eu

number=240
seed=1
quick=
keep=
card=
while getopts cn:s:qk o; do
	case $o in
	c) card=1 ;;
	n) number=$OPTARG ;;
	s) seed=$OPTARG ;;
	q) quick=1 ;;
	k) keep=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
src=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
mkdir -p "$3"
work=$(cd "$3" && pwd)
levels=100000
slots=16384

# shellcheck source=fpga/common.sh
. "$src/fpga/common.sh"
need "${VERILATOR:-verilator}" "${CXX:-g++}"

core="exch_p.sv exch_ram.sv exch_ffs.sv exch_skid.sv exch_bit.sv
	exch_check.sv exch_event.sv exch_core.sv"
if [ -z "$card" ]; then
	top=exch_lane
	also=
	rtl="$core exch_door.sv exch_lane.sv"
	symbols=3
	parameters="-GSYMS=3 -GYB=2"
	defined=
else
	top=exch_card
	also=$core
	rtl="exch_cache.sv exch_post.sv exch_fetch.sv exch_window.sv
		exch_card.sv"
	symbols=5
	parameters="-GSYMS=5 -GYB=3 -GORDERS=5 -GLVLS=4 -GLEAFS=4 -GPB=7"
	defined=-DCARD_HBM
fi

build() {
	rm -rf "$work/vl"
	mkdir -p "$work/vl"
	cd "$src/fpga/rtl"
	set --
	for file in $also; do
		set -- "$@" --also "$file"
	done
	# shellcheck disable=SC2086 # a list of words
	"$bin/fpga/mutate/mutate" --number "$number" --seed "$seed" "$@" \
		"$work" $rtl >"$work/list"
	cp ./*.svh "$work"
	cd "$work"
	optimize=-O1
	[ -z "$quick" ] || optimize=-O0
	# shellcheck disable=SC2086
	"${VERILATOR:-verilator}" --cc -O3 --prefix Vcard --x-assign fast \
		--x-initial unique -Wno-fatal -Wno-lint $parameters -GSB=14 \
		-GLEVELS=$levels --Mdir vl --top-module $top $also $rtl
	cd vl
	make -s -f Vcard.mk OPT_FAST=$optimize OPT_SLOW=-O0 \
		OPT_GLOBAL=-O1 CXXFLAGS='-fPIC -fvisibility=hidden' \
		CXX="${CXX:-g++}" \
		Vcard__ALL.a verilated.o verilated_threads.o >make.log
	"${CXX:-g++}" -shared -fPIC -fvisibility=hidden -O2 $defined \
		-DCARD_MUTANTS -DCARD_SYMS=$symbols -DCARD_LEVELS=$levels \
		-DCARD_SLOTS=$slots -I"$src/src" -I"$src/fpga/sim" -I. \
		-isystem "$("${VERILATOR:-verilator}" --getenv VERILATOR_ROOT)/include" \
		-o ../card.so "$src/fpga/sim/vsim.cc" Vcard__ALL.a \
		verilated.o verilated_threads.o -static-libstdc++ -lpthread
	cd ..
}

# Commands, profile, seed, commands until a reset (0: none), further options of
# the card: short runs first, as most mutants are dead soon.
lane_runs() {
	cat <<-end
		300 edge 1 0 stall=0
		2000 dense 2 0 stall=0
		2000 ice 16 300 random=1
	end
	[ -n "$quick" ] && return
	cat <<-end
		3000 ice 3 0 stall=30,seed=3
		5000 one 14 0 stall=30,seed=14
		5000 sweep 4 0 stall=0
		10000 sparse 5 0 stall=50,seed=5
		20000 edge 6 0 stall=0
		50000 dense 7 0 stall=30,seed=7
		50000 sweep 8 0 stall=20,seed=8
		50000 one 9 0 stall=0
		50000 sparse 10 0 stall=0
		50000 storm 11 0 stall=30,seed=11
		100000 edge 12 0 stall=10,seed=12
		100000 ice 15 0 stall=0
		100000 deep 13 0 stall=10,seed=13
	end
}

card_runs() {
	cat <<-end
		300 dense 1 0 hbm=1-20
		2000 ice 2 0 hbm=1-40,stall=20,seed=2
		2000 edge 3 300 hbm=5-30,random=1
	end
	[ -n "$quick" ] && return
	cat <<-end
		5000 storm 4 0 hbm=20-60
		5000 one 5 0 hbm=1-40,stall=25,seed=5
		10000 dense 6 0 hbm=20-200,stall=25,seed=6
		10000 sweep 7 0 hbm=1-90,stall=10,seed=7
		10000 sparse 8 0 hbm=27-35,stall=50,seed=8
		20000 edge 9 0 hbm=1-40,stall=10,seed=9
		20000 storm 10 0 hbm=1-40,stall=25,seed=9
		20000 deep 11 0 hbm=20-60
		20000 ice 12 5000 hbm=1-90,stall=30,random=2
	end
}

# run MUTANT COMMANDS PROFILE SEED RESET OPTIONS
run() {
	status=0
	"$bin/fpga/sim/lockstep" --commands "$2" --profile "$3" \
		--seed "$4" --batch 100 --reset "$5" \
		--options "$6,mutant=$1" "$work/card.so" \
		>"$work/said" 2>"$work/err" </dev/null || status=$?
	grep -q 'does not come out of reset' "$work/err" && status=1
	return $status
}

# The mutant's fate: by which run it died, or that it lives.
try() {
	n=0
	slower=0
	while read -r commands profile seed_ reset options; do
		n=$((n + 1))
		status=0
		run "$1" "$commands" "$profile" "$seed_" "$reset" \
			"$options" || status=$?
		case $status in
		0)
			[ "$1" != 0 ] || cp "$work/said" "$work/figures.$n"
			[ "$slower" != 0 ] ||
				cmp -s "$work/said" "$work/figures.$n" ||
				slower=$n
			;;
		1)
			if cat "$work/said" "$work/err" |
				grep -q '^no answer\|of reset'; then
				echo "stopped	$n"
			else
				echo "differed	$n"
			fi
			return
			;;
		*)
			echo "mutate.sh: $1: lockstep ended with $status" >&2
			cat "$work/said" "$work/err" >&2
			echo "failed	$n"
			return
			;;
		esac
	done <"$work/runs"
	if [ "$slower" = 0 ]; then
		echo "lives	0"
	else
		echo "cycles	$slower"
	fi
}

# `set -e' does not hold in a condition.
[ -n "$keep" ] || rm -f "$work/card.so"
[ -n "$keep" ] || (build) >"$work/build.log" 2>&1 || :
if [ ! -e "$work/card.so" ]; then
	tail "$work/build.log" >&2
	echo "mutate.sh: the model could not be built: $work/build.log" >&2
	exit 4
fi
if [ -n "$card" ]; then card_runs; else lane_runs; fi >"$work/runs"
case $(try 0) in
lives*) ;;
*)
	cat "$work/said" "$work/err" >&2
	echo "mutate.sh: the RTL without a fault differs" >&2
	exit 4
	;;
esac

: >"$work/fates"
while IFS='	' read -r id file line kind text; do
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(try "$id")" "$id" "$file" \
		"$line" "$kind" "$text" >>"$work/fates"
	[ ! -t 2 ] || printf '\r%s ' "$id" >&2
done <"$work/list"

known=$src/fpga/mutate/survivors
[ -z "$quick" ] || known=/dev/null
awk -F '\t' -v known="$known" -v left="$work/left" -v quick="$quick" \
	-f "$src/fpga/mutate/table.awk" "$work/fates"
