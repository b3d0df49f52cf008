#!/bin/sh
# Loadings of flows, as the stream shows them: how often market orders of two
# instruments are on one side in a second, and by how much buys are more than
# sells, against the formulas of exch-models(7); returns of mid-prices; and what
# a flow does is its own business, whichever others there are.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# market LOADINGS...: of AAA, BBB and CCC.
market() {
	cat <<-EOF
		date 2026-01-05
		instrument AAA tick 0.01 lot 100 reference 40.00
		instrument BBB tick 0.01 lot 100 reference 20.00
		instrument CCC tick 0.01 lot 100 reference 90.00
		seed 5
		begin 10:00
		end 10:30
		flow zero AAA window 15 $1
		flow zero BBB window 15 $2
		flow zero CCC window 15 $3
	EOF
}
digest() { exch-sim --digest -q -o "$2" "$1" 2>&1 | sed 's/ .*//'; }

market 'loading 0.6' 'loading -0.5' 'loading 0.4' >moved.scn
one=$(digest moved.scn moved.xst)
is "${#one}" 71 "a market whose flows have loadings"
is "$(digest moved.scn again.xst)" "$one" "  is the same again"
exch-sim --orders -q -o orders.xst moved.scn
for j in 1 2; do
	is "$(exch-match -j $j --digest -q -o x.xst orders.xst 2>&1 |
		sed 's/ .*//')" "$one" "  and in the engine's hands with -j $j"
done

# ---- sides ----

exch-replay -q -f csv --type new moved.xst >new.csv
# Each pair: is the mean of s t over pairs of market orders in a second, theory,
# its error; then the correlation of buys less sells, theory, its error.
awk -F, -v loadings='0.6 -0.5 0.4' '
	NR == 1 {
		for (i = 1; i <= NF; i++)
			at[$i] = i
		next
	}
	$at["ordtype"] == "market" {
		split(substr($at["time"], 12), h, ":")
		t = int((h[1] - 10) * 3600 + h[2] * 60 + h[3])
		i = $at["instr"]
		sum[i, t] += $at["side"] == "buy" ? 1 : -1
		n[i, t]++
		buys[i] += $at["side"] == "buy"
		all[i]++
	}
	function pair(i, j, a, b,    t, x, y, m, xy, xx, yy, sx, sy, off, is, r,
	    p, want) {
		for (t = 0; t < 1800; t++) {
			x = sum[i, t]
			y = sum[j, t]
			m += n[i, t] * n[j, t]
			xy += x * y
			xx += x * x
			yy += y * y
			sx += x
			sy += y
			off += (x * y - a * b * n[i, t] * n[j, t]) ^ 2
		}
		r = (xy - sx * sy / 1800) / \
		    sqrt((xx - sx ^ 2 / 1800) * (yy - sy ^ 2 / 1800))
		p = (1 + 1800 / (a ^ 2 * all[i])) * (1 + 1800 / (b ^ 2 * all[j]))
		want = (a * b > 0 ? 1 : -1) / sqrt(p)
		print i j, xy / m, a * b, sqrt(off) / m, r, want, \
		    (1 - want ^ 2) / sqrt(1800)
	}
	END {
		split(loadings, l, " ")
		for (i = 1; i < 3; i++)
			for (j = i + 1; j <= 3; j++)
				pair(i, j, l[i], l[j])
		for (i = 1; i <= 3; i++) {
			m = 0
			for (t = 0; t < 1800; t++)
				m += sum[i, t] ^ 2
			print "fair" i, buys[i] / all[i], 0.5, sqrt(m) / all[i] / 2
		}
	}' new.csv >sides
sed 's/^/# /' sides
# within NAME COLUMN: four errors at most, and the error tells something.
# shellcheck disable=SC2317 # called by ok
within() {
	awk -v name="$1" -v c="$2" '
		$1 == name {
			off = $c - $(c + 1)
			off = off < 0 ? -off : off
			fine = off < 4 * $(c + 2) && $(c + 2) < 0.03
		}
		END { exit !fine }' sides
}
for pair in 12 13 23; do
	ok "$pair: sides have the correlation a b" within $pair 2
	ok "  and their sums what follows for Poisson arrivals" within $pair 5
done
for i in 1 2 3; do
	ok "as many buy as sell in $i" within "fair$i" 2
done

# ---- prices ----

exch-feed top --every 10s -f csv moved.xst |
	awk -F, -f "$src/tests/tools/returns.awk" >returns
sed 's/^/# /' returns
# moves A B SIGN: by more than four errors of what is independent.
# shellcheck disable=SC2317
moves() {
	awk -v a="$1" -v b="$2" -v sign="$3" '
		a " " b == $1 " " $2 || b " " a == $1 " " $2 {
			fine = $4 > 100 && sign * $3 > 4 / sqrt($4)
		}
		END { exit !fine }' returns
}
ok "returns of 10 s: AAA goes against BBB" moves AAA BBB -1
ok "  and with CCC" moves AAA CCC 1
ok "  BBB against CCC" moves BBB CCC -1

# ---- others ----

# orders STREAM: of AAA.
orders() {
	exch-replay -q -f csv --type new "$1" |
		awk -F, '$5 == "AAA" { print $4, $9, $10, $12, $13 }'
}
orders moved.xst >want
# AAA stands last; what is against it is not there, what is with it has no coin.
market '' '' '' | awk '
	/^instrument AAA/ || /BBB/ { if (/AAA/) last = $0; next }
	/^seed/ { print last }
	/^flow zero AAA/ { flow = $0 " loading 0.6"; next }
	{ print }
	END { print flow }' >alone.scn
exch-sim -q -o alone.xst alone.scn
orders alone.xst >got
ok "AAA has orders" test "$(wc -l <want)" -gt 10000
same got want "  which are the same whoever else is there, in any order"

for kind in zero cst hawkes queue mike; do
	for words in '' 'loading 0 loading-step 3s' 'loading 0.3'; do
		market "$words" "$words" "$words" |
			sed "s/zero/$kind/; s/window 15//; s/10:30/10:01/" >x.scn
		digest x.scn x.xst
	done >digests
	is "$(sed -n 2p digests)" "$(sed -n 1p digests)" \
		"$kind: a loading of 0 is none"
	is "$(uniq digests | wc -l | tr -d ' ')" 2 "  another is one"
done

# ---- mistakes ----

# refused PLACE SENTENCE WORDS
refused() {
	market "$3" '' '' >bad.scn
	exch-sim -q -o x.xst bad.scn 2>err
	is "$?$(cat err)" "3exch-sim: bad.scn:8:$1: $2" "refused: $3"
}
refused 33 'loading: 1.5 is not within -1 and 1' 'loading 1.5'
refused 33 'loading: -1.01 is not within -1 and 1' 'loading -1.01'
refused 33 'loading: "much" is not a number' 'loading much'
refused 50 'loading-step: 10ns is not within 1us and 24h' \
	'loading 0.6 loading-step 10ns'
refused 38 'loading-step: "5" is not a time such as 50us, 10ms or 2s' \
	'loading-step 5'
finish
