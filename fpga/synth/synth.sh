#!/bin/sh
# Resources of a lane in the part it is meant for, and two estimates of its
# timing, one row each with the limit that it has to keep; and what the card of
# many symbols takes, for which there is none.
#
#	synth.sh RTL-DIRECTORY WORK-DIRECTORY
#
# No tool here knows the delays of that part, and nothing is placed and routed
# in it.  The estimates are of two tools for other parts, calibrated on
# PicoRV32, whose README tells what Vivado reaches: 1.5 ns in xcvu3p-2.
# There `sta' says 3.00 ns (factor 0.50), and hx8k 83.5 MHz, 12.0 ns (8.0).
# A limit that a design does not keep is an aim, and the row says "broken".
# Exits with 1 when a limit is broken, 77 when a tool is missing.
set -eu

rtl=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../common.sh"
need yosys nextpnr-ice40
mkdir -p "$work"
sources=$(lane_sources "$rtl" | tr '\n' ' ')

# 65,536 orders, the large tables in UltraRAM.
run_yosys xcup "read_verilog -sv -defer $sources
	hierarchy -top exch_lane -chparam SB 16
	synth_xilinx -family xcup -noiopad -noclkbuf -flatten -abc9 \
		-top exch_lane
	tee -q -o $work/stat stat
	write_verilog -noattr $work/mapped.v"

# RAM without its parameters, for delays.v to say what it is.
awk '/^  U?RAM[0-9A-Z]* #\($/ { print "  " $1; skip = 1; next }
	skip && /^  \)/ { sub(/^  \)/, ""); skip = 0 }
	!skip' "$work/mapped.v" >"$work/bare.v"
run_yosys sta "read_verilog -lib -specify +/xilinx/cells_sim.v
	read_verilog -lib -specify -overwrite $here/delays.v
	read_verilog $work/bare.v
	hierarchy -top exch_lane
	sta"

card=$(card_sources "$rtl" | tr '\n' ' ')
run_yosys card "read_verilog -sv -defer $card
	hierarchy -top exch_card
	synth_xilinx -family xcup -noiopad -noclkbuf -flatten -abc9 \
		-top exch_card
	tee -q -o $work/stat.card stat"

run_yosys ice "read_verilog -sv -defer $sources $here/exch_ice.sv
	synth_ice40 -abc9 -device hx -top exch_ice -json $work/ice.json"
nice nextpnr-ice40 --hx8k --package ct256 --json "$work/ice.json" --seed 1 \
	--freq 42 --pcf-allow-unconstrained >"$work/ice.pnr" 2>&1 || {
	tail -n 5 "$work/ice.pnr" >&2
	echo "synth.sh: nextpnr-ice40 failed; $work/ice.pnr" >&2
	exit 4
}

# The cells that match $1, each counted $2 times.
cells() {
	awk -v m="^($1)\$" -v by="$2" '$1 ~ m && NF == 2 { n += $2 * by }
		END { print n + 0 }' "$stat"
}

# count FILE: what is in it, in the part's own terms.
count() {
	stat=$1
	# A LUT RAM of eight outputs takes eight LUT.
	lut=$(($(cells 'LUT[1-6]|INV' 1) + $(cells 'RAM[0-9]+M[0-9]+' 8)))
	ff=$(cells 'FD[RSCP]E' 1)
	bram=$(($(cells RAMB36E2 2) + $(cells RAMB18E2 1)))
	uram=$(cells URAM288 1)
}

count "$work/stat"
sta=$(sed -n "s/^Latest arrival time in .* is \([0-9]*\):.*/\1/p" \
	"$work/sta.log")
mhz=$(sed -n 's/.*Max frequency for clock.*: \([0-9.]*\) MHz.*/\1/p' \
	"$work/ice.pnr" | tail -n 1)
lc=$(sed -n 's/.*ICESTORM_LC: *\([0-9]*\)\/.*/\1/p' "$work/ice.pnr" |
	tail -n 1)

bad=0
row() { # measure, value, comparison, limit, remark
	if awk -v v="$2" -v l="$4" -v c="$3" 'BEGIN {
		if (v == "") exit 1
		if (c == "<=") exit v + 0 > l + 0
		if (c == ">=") exit v + 0 < l + 0
		exit v + 0 != l + 0
	}'; then
		verdict=ok
	else
		verdict=broken
		bad=1
	fi
	printf '%-22s %8s  %2s %6s  %-6s  %s\n' "$1" "$2" "$3" "$4" \
		$verdict "$5"
}

# measure, value, what the part has, remark
of() {
	printf '%-22s %8s %10s  %-6s  %s\n' "$1" "$2" "of $3" "" "$4"
}

guess() { awk "BEGIN { printf \"%.0f\", $1 }"; }

printf '%-22s %8s  %9s  %-6s  %s\n' measure value limit "" remark
row "LUT" "$lut" "<=" 8000 "xcup, mapped, 131,072 prices, 65,536 orders"
row "FF" "$ff" "<=" 4000 ""
row "URAM288" "$uram" "==" 66 "orders and levels"
row "RAMB18" "$bram" "==" 16 "leaf words of the bitmaps"
row "sta, ps" "$sta" "<=" 6000 \
	"estimated: $(guess "1e6 / (0.50 * ${sta:-1})") MHz in an UltraScale+ -2"
row "hx8k scaled, MHz" "$mhz" ">=" 42 \
	"estimated: $(guess "8.0 * ${mhz:-0}") MHz; $lc of 7,680 cells"
count "$work/stat.card"
of "card, LUT" "$lut" 1303680 "estimated: 5,000 symbols, 1,048,576 orders"
of "card, FF" "$ff" 2607360 ""
of "card, URAM288" "$uram" 960 "caches, middle bitmap"
of "card, RAMB18" "$bram" 4032 "best levels, top bitmap, tags"
echo "the longest path by sta, from its end, with picoseconds:"
sed -n '/^Latest arrival/,/primary input/p' "$work/sta.log" |
	awk 'NR > 1 && / \(/ { print "  " $1 " " $2 " " $3 }'
exit $bad
