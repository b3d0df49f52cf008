#!/bin/sh
# exch-sim's agents in a real market, by numbers, and exch-models(7) against
# what exch-sim models says of them.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

head='date 2026-01-05
begin 09:30
end 09:40
seed 1'
# trades FILE: seconds since 09:30, price, quantity, taker's side of each.
trades() {
	exch-report trades -f csv "$1" | awk -F, 'NR > 1 {
		split(substr($1, 12), t, ":")
		s = (t[1] - 9) * 3600 + (t[2] - 30) * 60 + t[3]
		printf "%.9f %s %s %s\n", s, $4, $5, $8
	}'
}
# of FILE ACCOUNT COLUMN: of the row of exch-report pnl for all instruments.
of() {
	exch-report pnl -f csv "$1" | awk -F, -v who="$2" -v what="$3" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$1 == "of" && $2 == who {
			sum += $at[what]
		}
		END {
			print sum + 0
		}'
}

# ---- by the clock ----

cat >twap.txt <<EOF
$head
instrument ABC tick 0.01 lot 10 reference 10.00
agent T twap side sell quantity 70 slices 4 start 60s over 2m
09:30 BIG buy 100,000 @ 9.99
EOF
exch-sim -o twap.xst twap.txt
trades twap.xst >got
cat >want <<'EOF'
60.000000001 9.99 170 S
90.000000001 9.99 180 S
120.000000001 9.99 170 S
150.000000001 9.99 180 S
EOF
same got want "twap: equal slices, at their times, a step later"

cat >pov.txt <<EOF
$head
instrument ABC tick 0.01 reference 10.00
agent P pov side buy quantity 100000 share 20
flow zero ABC market-rate 20 size 1,2,5,20
09:30 BIG sell 1,000,000 @ 10.05
      BIG buy 1,000,000 @ 9.95
EOF
exch-sim -o pov.xst pov.txt 2>err
exch-report trades -f csv pov.xst |
	awk -F, 'NR > 1 { n += $5 } END { print n }' >volume
own=$(of pov.xst P bought)
echo "# $own of $(cat volume)"
awk -v own="$own" '{ d = $1 * 0.2 - own; exit !(d > -1 && d < 1 && own > 100) }' \
	volume
result $? "pov: a fifth of all that was traded, within a lot"

# ---- here and there ----

cat >arb.txt <<EOF
$head
instrument ABC.X tick 0.01 lot 100 reference 10.00
instrument ABC.Y tick 0.01 lot 100 reference 10.00
agent A arbitrage on ABC.X,ABC.Y
09:31 ANN sell 500 ABC.X @ 10.00
09:32 BOB buy  800 ABC.Y @ 10.03
09:33 ANN sell 400 ABC.X @ 10.01
EOF
exch-sim -o arb.xst arb.txt
trades arb.xst >got
cat >want <<'EOF'
120.000000001 10.00 500 B
120.000000001 10.03 500 S
180.000000001 10.01 300 B
180.000000001 10.03 300 S
EOF
same got want "arbitrage: both at once, as much as is there"
is "$(of arb.xst A cash)" 21 "arbitrage: gains 500 x 0.03 + 300 x 0.02"
# fees RATE: how many trades there are then.
fees() {
	{
		cat arb.txt
		echo "fees taker $1"
	} >dear.txt
	exch-sim dear.txt | exch-report trades -f csv | awk 'END { print NR - 1 }'
}
is "$(fees 9bp)" 4 "arbitrage: 0.09 % of both is less than 0.02"
is "$(fees 14bp)" 2 "  0.14 % is less than 0.03"
is "$(fees 15bp)" 0 "  0.15 % is not"

# ---- an opinion ----

# $mean is the scenario's.
cat >value.txt <<EOF
$head
instrument ABC tick 0.01 lot 100 reference 100.00
set mean 101
agent M maker quantity 2 half-spread 2 limit 40
agent N noise rate 2
agent V1 value rate 1 noise 5 sigma 0 mean \$mean limit 100000
agent V2 value rate 1 noise 5 sigma 0 mean \$mean limit 100000
agent V3 value rate 1 noise 5 sigma 0 mean \$mean limit 100000
09:30 ANN buy 30,000 @ 99.90
      ANN sell 30,000 @ 100.10
EOF
# off FILE: mean distance of the middle from 101.00 in the first and the last
# minute.
off() {
	exch-report depth -n 1 --every 1s -f csv "$1" | awk -F, '
		NR > 1 && $7 != "" && $9 != "" {
			d = ($7 + $9) / 2 - 101
			t = substr($1, 12, 5)
			n[t]++
			sum[t] += d < 0 ? -d : d
		}
		END {
			print sum["09:30"] / n["09:30"], \
				sum["09:39"] / n["09:39"]
		}'
}
exch-sim -o value.xst value.txt
off value.xst >got
echo "# $(cat got)"
awk '{ exit !($1 > 3 * $2 && $2 < 0.1) }' got
result $? "value: the price is drawn to what it is worth"
exch-sim -D mean=100 -o value.xst value.txt
off value.xst >got
awk '{ exit !($2 > 0.9) }' got
result $? "value: and stays where it is worth as much"

# ---- accounts ----

cat >wash.txt <<EOF
$head
instrument ABC tick 0.01 lot 100 reference 10.00
agent W washer start 60s times 6
09:30 ANN buy 1000 @ 9.90
      ANN sell 1000 @ 10.10
EOF
exch-sim wash.txt | exch-report trades -f csv >got
is "$(awk 'END { print NR - 1 }' got)" 6 "washer: trades with itself"
printf 'name strict\nself-trade oldest\n' >strict.market
{
	echo 'market strict.market'
	cat wash.txt
} >strict.txt
exch-sim strict.txt | exch-report trades -f csv >got
is "$(awk 'END { print NR - 1 }' got)" 0 "washer: unless the market forbids it"

# ---- the largest price ----

# Twice of it, and a tick more, are no prices: they must not become some below
# zero, at which nobody sells.
cat >far.txt <<'EOF'
instrument ABC tick 0.01 reference 40.00
seed 3
begin 09:30
end 09:31
agent N noise market 0 rate 5 quantity 1
09:30 ANN sell 100 @ 9223372036.85
EOF
exch-sim far.txt | exch-replay -q -f csv --type new >got
is "$(awk -F, 'NR == 1 {
		for (i = 1; i <= NF; i++)
			c[$i] = i
		next
	}
	{ n[$c["side"]]++ }
	END { print (n["buy"] > 100), (n["sell"] > 100) }' got)" "1 1" \
	"noise is on both sides of the largest price there is"

# ---- a closed market ----

# night DATE TIME END: closed at 09:10 of the first day, until then.
night() {
	cat >night.txt <<EOF2
date 2026-01-05
instrument ABC tick 0.01 lot 100 reference 10.00
seed 3
begin 09:00
agent N noise rate 20
agent V value rate 20
09:10 phase closed
date $1
$2 phase continuous
end $3
EOF2
	exch-sim -v -f json -o night.json night.txt 2>err
	sed -n 's/.*, \([0-9]* turns\) of agents/\1/p' err
}
night 2026-01-05 09:20 09:30 >short.turns
night 2026-01-12 09:20 09:30 >long.turns
grep '"t":"new"' night.json >orders
ok "agents that act by chance trade behind a pause of a week" \
	grep -q '2026-01-12T09:2' orders
is "$(grep -cE '"time":"2026-01-(05T09:1[1-9]|0[6-9]|1[01])' orders)" 0 \
	"  and not within it"
same long.turns short.turns "  which costs no more turns than ten minutes"

# ---- mistakes ----

# says TEXT LINE: a scenario with this line fails and says so.
says() {
	{
		echo "$head"
		echo 'instrument ABC tick 0.01 reference 10.00'
		echo 'instrument DEF tick 0.01 lot 10'
		echo "$2"
	} >bad.txt
	exch-sim bad.txt >/dev/null 2>err
	is "$?" 3 "refused: $2"
	has err "$1" "  $1"
}
says 'bad.txt:[0-9]*:27: step: 1us is not within 1ms and 10000s' \
	'agent X value on ABC step 1us'
says 'again: 0 is not within 1ns and 24h' \
	'agent X router on ABC quantity 1 again 0'
says 'bad.txt:[0-9]*:18: ABC is named twice' 'agent X maker on ABC,DEF,ABC'

# ---- the page ----

exch-sim models | awk '
	/^[a-z]/ {
		kind = $1 == "agent" ? $2 : ""
		sub(/:$/, "", kind)
	}
	/^ / && kind != "" {
		print kind, $1, $2
	}' | sort >has.txt
awk '
	/^\.Sh / {
		in_it = /AGENTS/
	}
	in_it && /^\.Ss / {
		kind = $2
		sub(/:$/, "", kind)
	}
	in_it && /^\.It Cm .* Ta / {
		print kind, $3, $5
	}' "$src/man/exch-models.7" | sort >page.txt
same page.txt has.txt "exch-models(7) has every agent, parameter and default"
ok "there are eighteen" test "$(cut -d' ' -f1 has.txt | uniq | wc -l)" -eq 18
finish
