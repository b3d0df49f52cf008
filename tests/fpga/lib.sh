# For tests of the matcher in RTL, to be sourced by them.
. "${srcdir:-.}/tests/cli/lib.sh"

# no_warning TOP: Verilator has nothing to say of that module and what it needs.
no_warning() {
	if command -v verilator >/dev/null; then
		(cd "$src/fpga/rtl" && verilator --lint-only -Wall -y . \
			--top-module "$1" exch_p.sv "$1.sv") >said 2>&1
		result $? "no warning in the RTL" || sed 's/^/# /' said
	else
		skip "no warning in the RTL" "verilator is not installed"
	fi
}

# A scenario with every operation and kind of event.
every_kind() {
	cat <<'END'
instrument ABC tick 0.01
09:30 ANN buy 100 @ 10.00 as a
09:30 BEN buy 100 @ 10.00 as b
09:31 CIA sell 150 @ 10.00
09:32 reduce b by 20
09:33 DEE buy 50 @ 9.99 as d
09:34 replace d with 60 @ 9.98
09:35 EVE sell 10 @ 10.05 ioc
09:36 cancel b
END
}
