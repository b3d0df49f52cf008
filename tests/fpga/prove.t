#!/bin/sh
# What the matcher is made of is proven part by part, and a bug in a part is
# found.  `make prove' and `make prove-bugs' have the matcher itself.
. "${srcdir:-.}/tests/cli/lib.sh"

if ! command -v yosys >/dev/null || ! command -v yosys-abc >/dev/null; then
	skip "proofs" "yosys is not installed"
	finish
	exit
fi

rtl=$src/fpga/rtl
"$src/fpga/formal/prove.sh" -p "$rtl" work >said 2>&1
result $? "nothing is broken" || sed 's/^/# /' said
while read -r name text; do
	ok "proven: $text" grep -q "^$name  .*proven (pdr)" said
done <"$src/fpga/formal/parts.txt"

"$src/fpga/formal/bugs.sh" "$rtl" bugs ram skid >said 2>&1
result $? "bugs that are seeded are found" || sed 's/^/# /' said

# A bug that does not apply is not taken for one that is found.
mkdir other
cp "$rtl"/*.sv* other
sed -i 's/bypass/by_pass/g' other/exch_ram.sv
gone() {
	"$src/fpga/formal/bugs.sh" other bugs ram >said 2>&1
}
exits 1 "a bug that has no place is told" gone
finish
