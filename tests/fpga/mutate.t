#!/bin/sh
# Faults in the RTL are found by the lock-step: a few, and one that is none.
# `make check-rtl' runs ten of them, `make mutate' judges hundreds.
. "${srcdir:-.}/tests/cli/lib.sh"

"$bin/fpga/mutate/mutate" . "$src"/fpga/rtl/*.sv >all 2>err
result $? "faults are made" || sed 's/^/# /' err
ok "more than a thousand" test "$(wc -l <all)" -gt 1000
ok "told with file, line and what changes" grep -q \
	'exch_core.sv	[0-9]*	compare	crosses = .*\[<= -> <\]' all
# Each instance of a module has the port that chooses.
for top in lane card; do
	is "$(grep -c '(\.mutant, ' exch_$top.sv)" \
		"$(grep -c '^	exch_[a-z]* #(' exch_$top.sv)" \
		"each instance of the $top knows which one"
done
mkdir few
"$bin/fpga/mutate/mutate" --number 10 --seed 3 few "$src"/fpga/rtl/*.sv >chosen
"$bin/fpga/mutate/mutate" --number 10 --seed 3 few "$src"/fpga/rtl/*.sv >again
"$bin/fpga/mutate/mutate" --also "$src/fpga/rtl/exch_core.sv" few \
	"$src/fpga/rtl/exch_bit.sv" >bit
ok "the same ones by the same seed" cmp chosen again
is "$(wc -l <chosen)" 10 "as many as are asked for"
is "$(cut -f2 bit | sort -u)" exch_bit.sv "and in the files that are meant"

if [ "${EXCH_RTL_COMMANDS:-0}" -lt 1000000 ]; then
	skip "most of ten are found" "by make check-rtl only: a model is built"
	finish
	exit
fi
"$src/fpga/mutate/mutate.sh" -q -n 10 -s 3 "$src" "$bin" work >said 2>err
status=$?
if [ "$status" -eq 77 ]; then
	skip "most of ten are found" "$(cat err)"
	finish
	exit
fi
is "$status" 0 "most of ten are found" || sed 's/^/# /' said err
ok "and counted" grep -q '^all  *10 ' said
finish
