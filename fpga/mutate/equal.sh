#!/bin/sh
# Proves that mutants of the lane are as good as the RTL without a fault: those
# that `survivors' has as proven.  Prints a row for each.
#
#	equal.sh [-t SECONDS] SOURCE BUILD WORK-DIRECTORY
#
# Both lanes are scaled down (exch_same.sv) and begin with a reset; commands
# are any bits, ports may wait and a reset may come at any time.  That their
# ports never differ is shown for any number of cycles, by yosys-abc.  A mutant
# that is killed has to be refuted in the same way, or nothing above is worth
# anything.  Exits with 1 when one is not proven, 77 when a tool is missing.
set -eu

seconds=300
while getopts t: o; do
	case $o in
	t) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
src=$(cd "$1" && pwd)
bin=$(cd "$2" && pwd)
mkdir -p "$3/rtl"
work=$(cd "$3" && pwd)

# shellcheck source=fpga/common.sh
. "$src/fpga/common.sh"
need yosys yosys-abc

# All mutants; yosys 0.23 reads no space within a name.
# shellcheck disable=SC2046 # a list of files
"$bin/fpga/mutate/mutate" "$work/rtl" $(lane_sources "$src/fpga/rtl") \
	>"$work/list"
cp "$src/fpga/rtl/exch_tables.svh" "$work/rtl"
for file in "$work"/rtl/*.sv; do
	sed 's/\([A-Za-z_]\.\|::\) \([A-Za-z_]\)/\1\2/g' "$file" >"$work/tight"
	mv "$work/tight" "$file"
done
sources=$(lane_sources "$work/rtl" | tr '\n' ' ')

# lane MUTANT NAME: one lane as a design of that name.
lane() {
	run_yosys "$2" "read_verilog -sv -formal -defer -I$work/rtl $sources \
			$src/fpga/mutate/exch_same.sv
		chparam -set M $1 exch_same
		hierarchy -top exch_same
		prep -flatten -top exch_same
		async2sync
		memory_map
		opt -full
		rename -top $2
		write_rtlil $work/$2.il"
}

# decide MUTANT COMMAND: what the solver says of both lanes is in $work/said.
decide() {
	lane "$1" changed
	run_yosys both "read_rtlil $work/plain.il
		read_rtlil $work/changed.il
		miter -equiv -flatten plain changed miter
		hierarchy -top miter
		setundef -init -zero
		setundef -undriven -anyseq
		opt -fast
		techmap
		opt -fast
		dffunmap
		abc -g AND -fast
		opt_clean
		write_aiger -I -zinit $work/both.aig"
	timeout "$seconds" nice yosys-abc -c "read_aiger $work/both.aig; strash
		; scorr; $2" >"$work/said" 2>&1 || :
}

lane 0 plain
bad=0
row() {
	printf '%-14s %5s  %-44s %s\n' "$@"
}
row file line fault result
awk -F '\t' 'NR == FNR { if ($1 == "proven") is[$2, $3] = 1; next }
	($2, $5) in is { print $1 "\t" $2 "\t" $3 "\t" $5 }' \
	"$src/fpga/mutate/survivors" "$work/list" >"$work/proven"
while IFS='	' read -r id file line text; do
	decide "$id" "pdr -T $seconds"
	answer=proven
	grep -q 'Property proved' "$work/said" || {
		answer="NOT PROVEN"
		bad=1
	}
	row "$file" "$line" "$text" "$answer"
done <"$work/proven"

IFS='	' read -r id file line _ text <<end
$(grep '	exch_core.sv	.*	crosses = .*\[<= -> <\]' "$work/list")
end
decide "$id" "bmc3 -F 60"
answer=refuted
grep -q 'was asserted in frame' "$work/said" || {
	answer="NOT REFUTED"
	bad=1
}
row "$file" "$line" "$text" "$answer"
exit $bad
