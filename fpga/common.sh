# shellcheck shell=sh disable=SC2154
# What the scripts here share.  To be sourced; `work' is their directory.

# need TOOL...: ends with 77 when one is missing.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null || {
			echo "${0##*/}: $tool is not installed" >&2
			exit 77
		}
	done
}

# Files of the matcher in the directory $1, and of a lane around it; the
# package comes first.
core_sources() {
	for module in p ram ffs bit check event core; do
		echo "$1/exch_$module.sv"
	done
}

lane_sources() {
	core_sources "$1"
	for module in skid door lane; do
		echo "$1/exch_$module.sv"
	done
}

# Those of the card of many symbols.
card_sources() {
	core_sources "$1"
	for module in skid cache post fetch window card; do
		echo "$1/exch_$module.sv"
	done
}

# run_yosys NAME SCRIPT: ends with 4 when it fails; $work has its log.
run_yosys() {
	nice yosys -q -l "$work/$1.log" -p "$2" >"$work/$1.said" 2>&1 || {
		tail -n 5 "$work/$1.said" >&2
		echo "${0##*/}: yosys failed; $work/$1.log" >&2
		exit 4
	}
}
