#!/bin/sh
# What measures runs: the short form of "make bench" gives a row per stage
# and flow, and a paced load gets all its answers.  How long anything takes
# is not looked at.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cd "$bin" || exit 1
BENCH_SIZES=20000 BENCH_SYMBOLS=1 BENCH_RUNS=1 BENCH_SHAPES='dense zipf-1000' \
	BENCH_COMMANDS=20000 BENCH_COUNT=no BENCH_DIR="$scratch/days" \
	sh "$src/bench/bench.sh" >"$scratch/rows.csv" 2>"$scratch/err"
result $? 'bench.sh' || sed 's/^/# /' "$scratch/err"
cd "$scratch" || exit 1
is "$(sed 1d rows.csv | cut -d, -f4 | sort | uniq -c | awk '{
	printf "%s%s %d", (NR > 1 ? ", " : ""), $2, $1 }')" \
	'embed 1, engine 2, gate 2, gate-limit 1, guarded 2, itch 2, journal-batch 1, journal-none 1, match 1, match-j2 1, move 1, pipe 1, pipe-xst 1, recover 1, replay 1, report 1' \
	'a row for each'
is "$(awk -F, 'NR == 1 { n = NF } NF != n || (NR > 1 && $7 <= 0)' rows.csv)" '' \
	'and each has its columns, and took time'

ok 'every rule of the gate that is measured refuses somebody' \
	"$bin/bench/gate" --verdicts --shape dense --commands 50000

"$bin/bench/latency" --rate 20000 --seconds 1 --histogram -- exch-match >out 2>err
result $? 'a paced load is answered' || sed 's/^/# /' err
is "$(tail -n 1 out | cut -d, -f4,5)" '20000,20000' 'every order of it'
is "$(awk '/^# <=/ { n += $5 } END { print n }' out)" 20000 \
	'and each is in a class of times'
"$bin/bench/latency" --rate 50000 --seconds 1 --burst 4 --burst-ms 100 -- \
	exch-match >out 2>err
is "$(tail -n 1 out | cut -d, -f4,5)" '65000,65000' 'so are those of a burst'
exits 4 'a filter that fails is noticed' \
	"$bin/bench/latency" --rate 1000 --seconds 1 -- false

# Simulated markets, and a program that listens to one.
cd "$bin" || exit 1
BENCH_MINUTES=1 BENCH_RUNS=1 BENCH_COUNT=no SIM_LATENCIES=50ms \
	sh "$src/bench/sim.sh" >"$scratch/rows.csv" 2>"$scratch/err"
result $? 'sim.sh' || sed 's/^/# /' "$scratch/err"
cd "$scratch" || exit 1
is "$(awk -F, 'NF == 10 && $4 + 0 > 1000 && $5 + 0 > $4 + 0 {
	printf "%s ", $3 }' rows.csv)" \
	'zero cst hawkes queue mike ' 'flow of each model, and what came of it'
is "$(awk -F, 'NF == 10 && $4 ~ /^[at]/ && $6 + 0 > 100 && $7 > 2 * $6 {
	printf "%s ", $4 }' rows.csv)" 'all trades ' \
	'a program is told lines, in turns'

# What is published, to a file and live.
cd "$bin" || exit 1
BENCH_MESSAGES=20000 BENCH_SYMBOLS='1 20' BENCH_RUNS=1 BENCH_COUNT=no \
	BENCH_DIR="$scratch/days" PUBLISH_RATES= \
	sh "$src/bench/publish.sh" >"$scratch/rows.csv" 2>"$scratch/err"
result $? 'publish.sh' || sed 's/^/# /' "$scratch/err"
cd "$scratch" || exit 1
sed '/^$/q' rows.csv | sed '1d; $d' >table.csv
is "$(wc -l <table.csv)" 30 'a row for each feed, form and origin'
is "$(awk -F, 'NF != 12 || $6 < 10000 || $7 < 100 || $9 <= 0' table.csv)" '' \
	'with messages that went in and rows that came out'
is "$(awk -F, '$5 ~ /^top/ { print $3, $4, $7 }' table.csv | sort -u |
	wc -l)" 6 'the same number of quotes in every form'
day=days/l1-20000-1.matched
"$bin/bench/publish" --stream $day --rate 5000 --seconds 1 --histogram -- \
	exch-feed top -f bin >out 2>err
result $? 'quotes at a pace' || sed 's/^/# /' err
n=$(tail -n 1 out | cut -d, -f3)
# the first 5000 events, which are begun by commands
is "$n" "$(exch-replay -q -f json $day | awk '
	/^{"t":"(new|cancel|replace|mass-cancel|quote)"/ { if (++n > 5000) exit }
	{ print }' | exch-feed top -q --partial -f csv | sed 1d |
	wc -l)" 'each is received'
is "$(awk '/^# <=/ { n += $5 } END { print n }' out)" "$n" \
	'and is in a class of times'
exits 4 'a publisher that fails is noticed' \
	"$bin/bench/publish" --stream $day --rate 1000 --seconds 1 -- false
group=239.77.$(($$ / 250 % 250)).$(($$ % 250 + 1)):26400
if exch-feed itch -q --live "$group" --interface lo --linger 1ms $day 2>err
then
	"$bin/bench/publish" --stream $day --rate 2000 --seconds 1 \
		--group "$group" -- exch-feed itch -q --live "$group" \
		--interface lo --linger 100ms >out 2>err
	result $? 'ITCH at a pace' || sed 's/^/# /' err
	ok 'with messages' [ "$(tail -n 1 out | cut -d, -f3)" -gt 1000 ]
else
	skip 'ITCH at a pace' 'no multicast on the loopback here'
fi

finish
