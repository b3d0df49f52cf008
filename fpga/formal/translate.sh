# Read by prove.sh and bugs.sh: tools, and the designs as and-inverter graphs.
# shellcheck shell=sh disable=SC2154 # $rtl, $work and $here are theirs

# shellcheck source=fpga/common.sh
. "$here/../common.sh"
need yosys yosys-abc

# translate DESIGN: from $rtl to $work.  parts; run: the matcher from an empty
# book on; step: from anywhere between two steps; reset: from anywhere.
translate() {
	top=exch_fv
	init="setattr -set init 5'd1 exch_fv/core.st
		setundef -init -zero"
	how="-zinit"
	free=
	param=
	case $1 in
	parts)
		top=exch_fvp
		init="setundef -init -zero"
		;;
	run)
		param="chparam -set STEP 0 exch_fv"
		;;
	step | reset)
		param="chparam -set STEP $([ "$1" = step ] && echo 1 || echo 2) exch_fv"
		init=
		how=
		free="logic; undc; strash;"
		;;
	esac
	files="$(core_sources "$rtl" | tr '\n' ' ') $here/exch_fvt.sv"
	if [ "$1" = parts ]; then
		files="$files $rtl/exch_skid.sv $here/exch_fvp.sv"
	else
		files="$files $here/exch_fvb.sv $here/exch_fvi.sv $here/exch_fv.sv"
	fi
	run_yosys "$1" "
		read_verilog -sv -formal -defer -I$rtl $files
		$param
		hierarchy -top $top
		prep -flatten -top $top
		check
		async2sync
		memory_map
		opt -full
		$init
		setundef -undriven -anyseq
		techmap
		opt -fast
		dffunmap
		abc -g AND -fast
		opt_clean
		write_aiger -I $how -vmap $work/$1.map $work/$1.aig
		write_aiger -I $how -ascii $work/$1.aag"
	# A register that was looked at by a name that is gone has no driver.
	if grep -q 'no driver' "$work/$1.log"; then
		grep 'no driver' "$work/$1.log" >&2
		exit 4
	fi
	yosys-abc -c "read_aiger $work/$1.aig; $free strash; scorr
		; write_aiger $work/$1.small.aig" >"$work/$1.said" 2>&1
}

# outputs DESIGN NAME: the numbers of its bits.
outputs() {
	awk -v n="$2" '$1 == "output" && $4 == n { print $2 }' "$work/$1.map"
}
