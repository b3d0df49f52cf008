#!/bin/sh
# Which lines and branches of the RTL does the lock-step reach?  Builds the
# lane, and the card with many symbols, with Verilator's counters, runs every
# profile on both, and prints what was not reached and is not explained in
# `waivers', or is explained and was reached.
#
#	coverage.sh SOURCE BUILD WORK-DIRECTORY
#
# Exits with 1 when there is such a place, 77 when a tool is missing.
# WORK-DIRECTORY/points has all counts; html/ the pages of genhtml, if there.
#
# The lane that is run has 3 symbols, 100,000 prices of 17 bits and 16,384
# slots, the card small caches; all else is as wide as in the modules.
set -eu

src=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
mkdir -p "$3"
work=$(cd "$3" && pwd)
levels=100000
commands=${EXCH_RTL_COMMANDS:-100000}

rm -f "$work"/*.so
# shellcheck source=fpga/common.sh
. "$src/fpga/common.sh"
need "${VERILATOR:-verilator}" verilator_coverage "${CXX:-g++}"

core="exch_p.sv exch_ram.sv exch_ffs.sv exch_skid.sv exch_bit.sv
	exch_door.sv exch_check.sv exch_event.sv exch_core.sv"
lane="$core exch_lane.sv"
card="$core exch_cache.sv exch_post.sv exch_fetch.sv exch_window.sv
	exch_card.sv"

# build NAME TOP "FILES AND PARAMETERS" "DEFINITIONS OF THE SHIM"
build() {
	rm -rf "$work/vl.$1"
	mkdir -p "$work/vl.$1"
	cd "$src/fpga/rtl"
	root=$("${VERILATOR:-verilator}" --getenv VERILATOR_ROOT)
	# shellcheck disable=SC2086 # lists of words
	"${VERILATOR:-verilator}" --cc -O3 --coverage-line --prefix Vcard \
		--x-assign fast --x-initial fast -Wno-fatal \
		--Mdir "$work/vl.$1" --top-module "$2" $3
	cd "$work/vl.$1"
	make -s -f Vcard.mk OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O1 \
		CXXFLAGS='-fPIC -fvisibility=hidden' CXX="${CXX:-g++}" \
		Vcard__ALL.a verilated.o verilated_threads.o \
		verilated_cov.o >make.log
	# shellcheck disable=SC2086
	"${CXX:-g++}" -shared -fPIC -fvisibility=hidden -O2 -DVM_COVERAGE=1 \
		$4 -I"$src/src" -I"$src/fpga/sim" -I. -isystem "$root/include" \
		-o "../$1.so" "$src/fpga/sim/vsim.cc" Vcard__ALL.a \
		verilated.o verilated_threads.o verilated_cov.o \
		-static-libstdc++ -lpthread
}

both() {
	build lane exch_lane \
		"-GSYMS=3 -GYB=2 -GSB=14 -GLEVELS=$levels $lane" \
		"-DCARD_SYMS=3 -DCARD_LEVELS=$levels -DCARD_SLOTS=16384" &&
		build card exch_card "-GORDERS=5 -GLVLS=4 -GLEAFS=4 $card" \
			-DCARD_HBM
}

# `set -e' does not hold in a condition.
(both) >"$work/build.log" 2>&1 || :
if [ ! -e "$work/lane.so" ] || [ ! -e "$work/card.so" ]; then
	tail "$work/build.log" >&2
	echo "coverage.sh: the models could not be built: $work/build.log" >&2
	exit 4
fi

# run NAME COMMANDS PROFILE OPTIONS...
run() {
	name=$1
	n=$2
	profile=$3
	shift 3
	runs=$((runs + 1))
	EXCH_COVERAGE=$work/$name.$runs.dat "$bin/fpga/sim/lockstep" \
		--commands "$n" --profile "$profile" --seed "$runs" "$@" \
		"$work/$name.so" >"$work/said" 2>&1 || {
		cat "$work/said" >&2
		exit 1
	}
}

rm -f "$work"/*.dat
runs=0
for profile in dense sparse one sweep storm edge deep ice; do
	run lane "$commands" "$profile"
	run lane "$commands" "$profile" --options stall=30,seed=7
	run card "$((commands / 4))" "$profile" --spread 5 \
		--options hbm=1-90,stall=10,seed=5
	run card "$((commands / 4))" "$profile" --options hbm=20-200,seed=6
done

verilator_coverage --write "$work/all.dat" --write-info "$work/all.info" \
	"$work"/*.*.dat >"$work/said" 2>&1
if command -v genhtml >/dev/null; then
	(cd "$src/fpga/rtl" &&
		genhtml -q -o "$work/html" "$work/all.info") >/dev/null 2>&1 ||
		echo "coverage.sh: genhtml failed" >&2
fi

# A point of the counters: fields with their names between bytes 1 and 2.
tr '\001\002' '\t=' <"$work/all.dat" | awk -F '\t' '
	/^C / {
		file = line = what = ""
		for (i = 2; i <= NF; i++) {
			if ($i ~ /^f=/) file = substr($i, 3)
			if ($i ~ /^l=/) line = substr($i, 3)
			if ($i ~ /^o=/) what = substr($i, 3)
		}
		n = $NF
		sub(/.*[^0-9]/, "", n)
		sub(/.*\//, "", file)
		sum[file "\t" line "\t" what] += n
	}
	END { for (k in sum) print k "\t" sum[k] }' |
	sort -k1,1 -k2,2n -k3,3 >"$work/points"

awk -F '\t' -v rtl="$src/fpga/rtl" -v known="$src/fpga/coverage/waivers" \
	-f "$src/fpga/coverage/table.awk" "$work/points"
