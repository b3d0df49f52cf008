#!/bin/sh
# The network between a primary and its standby is cut: never two that
# release results.  `make check-cuts' cuts a hundred times.
. "${srcdir:-.}/tests/cli/lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "network namespaces need root"
exch-replay -q --date 2026-01-05 --tz America/New_York -o in.xst \
	"$src/data/sample.pcap.zst"
"$bin/tests/tools/cuts" "${EXCH_CUTS:-3}" "${EXCH_SEED:-1}" in.xst >said
status=$?
[ $status -ne 77 ] || skip_all "$(cat said)"
result $status "${EXCH_CUTS:-3} cuts: one primary at a time, nothing lost, \
nothing twice"
sed 's/^#* */# /' said
finish
