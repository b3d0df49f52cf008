#!/bin/sh
# exch-report latency: stages of a day whose answers come later than what they
# answer, counted by hand; and those of the sample day by another way.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'T'
date 2024-03-07
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30:00 ANN sell 100 ABC @ 10.00
+1s      BOB buy 40 ABC @ 10.00
+1s      BOB buy 60 ABC @ 10.00
+1s      ANN sell 100 ABC @ 10.00 as gone
+1s      cancel gone
+1s      ANN sell 100 XYZ @ 10.00 as there
+1s      replace there with 100 @ 10.01
+1s      ANN sell 100 XYZ @ 10.005
+500ms   BOB buy 100 XYZ @ 10.01
T
# Acknowledgements come after 250 us, executions after 1 ms, what becomes of
# cancels and replacements after 2 and 3 ms, refusals after 4 ms.
exch-replay day.txt | exch-match -q -f json | sed '
	/"t":"ack"/s/\.\([05]\)00000000Z/.\100250000Z/
	/"t":"exec"/s/\.\([05]\)00000000Z/.\101000000Z/
	/"t":"cancelled"/s/\.\([05]\)00000000Z/.\102000000Z/
	/"t":"replaced"/s/\.\([05]\)00000000Z/.\103000000Z/
	/"t":"reject"/s/\.\([05]\)00000000Z/.\104000000Z/' >late.json
result $? "matched, and answered late"
exch-report latency -f csv --by account late.json >got
# The first order lives from 0 s to its last execution at 2.001 s.  Best
# prices of ABC changed at 0.00025, 1.001, 2.001 and 3.00025 s, of XYZ at
# 5.00025 and 6.003 s.
awk -F, '{ print $1, $2, $3, $4, $5, $10 }' got >short
cat >short.want <<'T'
stage account count least mean most
data-to-command ANN 4 0.997000000 0.998875000 0.999750000
data-to-command BOB 3 0.999000000 1.165250000 1.497000000
order-to-ack ANN 3 0.000250000 0.000250000 0.000250000
order-to-ack BOB 3 0.000250000 0.000250000 0.000250000
order-to-reject ANN 1 0.004000000 0.004000000 0.004000000
cancel-to-answer ANN 1 0.002000000 0.002000000 0.002000000
replace-to-answer ANN 1 0.003000000 0.003000000 0.003000000
order-to-execution ANN 2 1.001000000 1.751000000 2.501000000
order-to-execution BOB 3 0.001000000 0.001000000 0.001000000
order-to-filled ANN 2 2.001000000 2.251000000 2.501000000
order-to-filled BOB 3 0.001000000 0.001000000 0.001000000
T
same short short.want "stages by account"
exch-report latency -f csv --by symbol late.json | grep '^order-to-ack' |
	cut -d, -f 2,3 >got
printf '%s\n' ABC,4 XYZ,2 >want
same got want "by instrument"
exch-report latency late.json >text
is "$(wc -l <text)" 8 "as text: a line for each stage"

# Classes of times hold what they say, and all of it.
exch-report latency -f csv --histogram late.json >classes
awk -F, 'NR > 1 { n[$1] += $4; last[$1] = $5; if ($2 > $3) bad++ }
	END { print n["order-to-ack"], n["data-to-command"],
		last["data-to-command"], bad + 0 }' classes >got
echo "6 7 100.00 0" >want
same got want "--histogram"
is "$(grep '^order-to-ack' classes)" \
	"order-to-ack,0.000245760,0.000253951,6,100.00" "a sixteenth wide"

# ---- when it was captured ----

sample="$src/data/sample.pcap.zst"
when='--date 2026-01-05 --tz America/New_York'
# shellcheck disable=SC2086 # a list of options
exch-replay $when --capture-time --count 20000 "$sample" | exch-match -q -o cap.xst
exch-feed quality -f csv cap.xst >quality.csv 2>/dev/null
exch-report latency -q -f csv cap.xst >lat.csv
got=$(sed -n 's/^capture,\([0-9]*\),.*/\1/p' lat.csv)
[ "${got:-0}" -gt 500 ]
result $? "captured records are there"
is "$got" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["check"] == "latency" { n += $at["count"] } END { print n }' \
	quality.csv)" "as many as exch-feed says"

# ---- nothing, and what is refused ----

echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report latency -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
exits 2 "no such dimension" exch-report latency --by colour empty.xst 2>err
exch-replay day.txt >day.cmd
exits 3 "not matched" exch-report latency -o none day.cmd 2>err
has err 'put exch-match in the pipe' "and told what to do"
finish
