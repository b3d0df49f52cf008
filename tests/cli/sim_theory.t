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

# ---- instruments that move together ----

# market LOADING_A LOADING_B SEED: two and one of its own, for four hours, and the
# correlations of returns of their mid-prices over a minute, with how many there are.
market() {
	{
		printf '%s\n' 'date 2026-01-05' "seed $3" 'begin 09:30' 'end 13:30'
		for i in "A $1" "B $2" 'C 0'; do
			symbol=${i%% *}
			value="value on $symbol rate 2 noise 1 sigma 1 shade 0"
			value="$value limit 100000 quantity 3 loading ${i#* }"
			cat <<-EOF
				instrument $symbol tick 0.01 lot 100 reference 40.00
				agent ${symbol}M adaptive on $symbol quantity 3 limit 400
				agent ${symbol}1 $value
				agent ${symbol}2 $value
				agent ${symbol}N noise on $symbol rate 1 quantity 2 orders 60
			EOF
		done
	} >together.txt
	exch-sim -q together.txt |
		exch-report depth -n 1 --every 60s -f csv | awk -F, '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$at["bid_px_0"] != "" && $at["ask_px_0"] != "" {
			t = $at["time"]
			s = $at["symbol"]
			mid = $at["bid_px_0"] + $at["ask_px_0"]
			if (s in last) {
				r[s, t] = mid - last[s]
				times[t]
			}
			last[s] = mid
		}
		function correlation(x, y,   t, n, u, v, su, sv, uu, vv, uv) {
			for (t in times) {
				if (!((x, t) in r) || !((y, t) in r))
					continue
				u = r[x, t]
				v = r[y, t]
				n++
				su += u
				sv += v
				uu += u * u
				vv += v * v
				uv += u * v
			}
			printf "%d %.4f ", n, (uv - su * sv / n) / \
			    sqrt((uu - su * su / n) * (vv - sv * sv / n))
		}
		END {
			correlation("A", "B")
			correlation("A", "C")
		}'
}
# asked WANT N GOT WHAT: within the interval of 99 of 100 estimates from N pairs, by
# Fisher's z.
asked() {
	awk -v want="$1" -v n="$2" -v got="$3" '
	function z(r) {
		return log((1 + r) / (1 - r)) / 2
	}
	BEGIN {
		d = (z(got) - z(want)) * sqrt(n - 3)
		exit !(n > 200 && d > -2.576 && d < 2.576)
	}'
	result $? "$4 ($3 of $2 pairs)"
}
while read -r a b want seed; do
	market "$a" "$b" "$seed" >got
	read -r n ab m ac <got
	asked "$want" "$n" "$ab" "loadings $a and $b: correlation $want"
	asked 0 "$m" "$ac" "  and none with one that has no loading"
done <<'EOF'
0.9 0.9 0.81 1
0.7 0.7 0.49 2
0.9 -0.8 -0.72 3
0 0 0 4
EOF
finish
