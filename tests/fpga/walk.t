#!/bin/sh
# One order cycle by cycle: what exch-fpga(7) shows is what the module says.
. "${srcdir:-.}/tests/cli/lib.sh"

# The block of the manual that begins with those words.
sed -n '/^   cycle  where  what$/,/^\.Ed/p' "$src/man/exch-fpga.7" |
	sed '/^\.Ed/d' >shown
ok "the manual shows an order on its way" grep -q 'door ' shown

card=$bin/fpga/exch-card-probe.so
if [ ! -e "$card" ]; then
	skip "so does the module" "built without verilator or a C++ compiler"
	finish
	exit
fi
exch-replay -q -o in.xst "$src/scenarios/pipeline.txt"
exch-match -u -q -e fpga --card "$card,trace=trace.txt,vcd=wave.vcd" \
	-o out.xst in.xst
result $? "the scenario is matched"
if [ -c /dev/full ]; then
	exits 4 "a trace on a full disk ends the run" exch-match -q -e fpga \
		--card "$card,trace=/dev/full" -o full.xst \
		in.xst 2>err
	ok "which is told" grep -q 'the file of trace= cannot be written' err
fi
{
	sed -n 1p trace.txt
	sed -n '/door .* no\. 3:/,$p' trace.txt
} >said
same said shown "the module says the same"
is "$(grep -c ' V  ' trace.txt),$(grep -c '  event  ' trace.txt)" "4,4" \
	"three orders, four times V, four events"

# Three orders that come to rest, and when each is where.
sed -n '/^cycle  *0  *1/,/^\.Ed/p' "$src/man/exch-fpga.7" |
	sed '/^\.Ed/d' >shown
cat >rest.txt <<'END'
instrument ABC tick 0.01
09:30 ANN sell 100 @ 10.01
09:31 BEN sell 50 @ 10.01
09:32 CIA sell 50 @ 10.02
END
exch-replay -q rest.txt | exch-match -q -e fpga --card "$card,trace=rest" \
	-o out.xst
awk '
function put(what, n) {
	at[n, $1] = what
	last = $1
}
$2 == "door" { put("door", ++door) }
$2 == "begins" { put("read", ++begins) }
$2 == "V" { put("V", ++v) }
$2 == "X" { put("X", ++x) }
$2 == "event" { put("event", ++event) }
END {
	line = "cycle    "
	for (i = 0; i <= last; i++)
		line = line sprintf("%-6s", i)
	print line
	for (n = 1; n <= 3; n++) {
		line = "order " n "  "
		for (i = 0; i <= last; i++)
			line = line sprintf("%-6s", at[n, i])
		print line
	}
}' rest | sed 's/ *$//' >said
same said shown "orders that wait follow each other as the manual draws it"

# The signals, as every viewer of waves reads them.
is "$(sed -n 's/^.timescale *\(.*\) .end/\1/p' wave.vcd)" 1ns \
	"the waves are in ns"
for name in clk s_valid m_valid seen_state qty_waddr; do
	ok "they have $name" grep -q "\$var wire .* $name " wave.vcd
done
n=$(sed -n 's/^ *\([0-9]*\)  event .*/\1/p' trace.txt | tail -n 1)
is "$(sed -n 's/^#//p' wave.vcd | tail -n 1)" $((4 * n + 2)) \
	"and end with the last event"
mv wave.vcd before.vcd
exch-replay -q "$src/scenarios/pipeline.txt" | exch-match -u -q -e fpga \
	--card "$card,vcd=wave.vcd" -o out.xst
ok "the same bytes each time" cmp wave.vcd before.vcd
exits 2 "waves that cannot be written" exch-match -e fpga \
	--card "$card,vcd=/no/such/file" -o x out.xst 2>err
has err 'the file of vcd= cannot be made' "are refused"
finish
