#!/bin/sh
# Kills of exch-match with a journal at random moments: nothing is lost and
# nothing comes twice.  `make check-kills' does the same a thousand times.
. "${srcdir:-.}/tests/cli/lib.sh"

# shellcheck disable=SC2086 # a list of options
exch-replay --date 2026-01-05 --tz America/New_York -o in.xst \
	"$src/data/sample.pcap.zst"
result $? "an input"
kills=${EXCH_KILLS:-20}
seed=${EXCH_SEED:-1}
ok "sync batch: $kills kills" \
	"$bin/tests/tools/kills" "$kills" "$seed" batch 1000000 in.xst
ok "sync none" \
	"$bin/tests/tools/kills" $((kills / 4)) "$seed" none 300000 in.xst
ok "sync batch, one to three threads from life to life" \
	"$bin/tests/tools/kills" $((kills / 2)) "$seed" batch 1000000 in.xst 3
finish
