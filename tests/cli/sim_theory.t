#!/bin/sh
# What theory says of flows holds behind the engine, in the stream, and by
# another's measure: exch-report realism.
. "${srcdir:-.}/tests/cli/lib.sh"

# measure LINE: the table of exch-report realism for ten minutes of a flow.
measure() {
	cat >day.txt <<EOF
date 2026-01-05
instrument ABC tick 0.01 lot 1 reference 1000.00
seed 5
begin 14:30
end 14:40
$1
EOF
	exch-sim -o day.xst day.txt && exch-report realism -f csv day.xst >r.csv
}

# figure STATISTIC
figure() {
	awk -F, -v what="$1" '$2 == what { print $5 }' r.csv
}

# within STATISTIC LEAST MOST NAME
within() {
	awk -v v="$(figure "$1")" -v least="$2" -v most="$3" 'BEGIN {
		exit !(v != "" && v >= least && v <= most) }'
	result $? "$4" || echo "# $(figure "$1") is not in $2 .. $3"
}

# p = mu / 2 alpha is 40 ticks, eps = 2 delta / mu is 0.1: the spread is
# p (0.423 + 0.395 sqrt(eps) + 0.822 eps) = 25.2 ticks, exch-models(7).
measure 'flow zero ABC market-rate 80 limit-rate 1 cancel-rate 4 window 400'
within spread-mean 24.2 26.2 "zero: the mean spread"
within arrival-variation 0.99 1.01 "zero: arrivals are Poisson"
within sign-acf-1 -0.03 0.03 "zero: signs have no memory"
# 800 limits a second by 80 market orders.
within adds-per-taker 9.7 10.3 "zero: limit orders for each market order"

measure 'flow hawkes ABC'
within arrival-variation 2 9 "hawkes: arrivals come in bursts"
within sign-acf-1 0.15 0.5 "hawkes: signs have memory"

finish
