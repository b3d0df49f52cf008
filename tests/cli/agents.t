#!/bin/sh
# The example programs of scenarios/agents, asked by tests/tools/askagent: one
# strategy in three languages says the same, and each does what it says.
. "${srcdir:-.}/tests/cli/lib.sh"

ask=$bin/tests/tools/askagent
ex=$src/scenarios/agents
awk="sh '$ex/awk.sh' -f"

# ---- one strategy in three languages ----
"$ask" -n 3000 -r awk.txt "$awk '$ex/maker.awk'" >awk.out 2>err
is "$?$(cat err)" 0 "maker.awk runs"
grep '^<' awk.txt >awk.said
has awk.txt '^> filled .* buy ' "it buys"
has awk.txt '^> filled .* sell ' "and sells"
# Within its limits, and on both sides of the market as long as it may be.
awk '$2 == "filled" {
		held += $6 == "buy" ? $8 : -$8
		most = held > most ? held : most
		least = held < least ? held : least
	}
	END { print (least >= -600 && most <= 600 && most - least >= 500) }' \
	awk.txt >held
is "$(cat held)" 1 "and holds no more than it may"
if command -v python3 >/dev/null; then
	"$ask" -n 3000 -r py.txt "python3 '$ex/maker.py'" >py.out 2>err
	is "$?$(cat err)" 0 "maker.py runs"
	grep '^<' py.txt >py.said
	same py.said awk.said "maker.py says what maker.awk says, byte by byte"
	same py.txt awk.txt "and is told the same"
else
	skip "maker.py" "no python3"
fi
if command -v "${CC:-cc}" >/dev/null; then
	"${CC:-cc}" -O1 -o maker "$ex/maker.c" 2>err
	is "$?$(cat err)" 0 "maker.c is compiled"
	"$ask" -n 3000 -r c.txt ./maker >c.out 2>err
	is "$?$(cat err)" 0 "maker.c runs"
	grep '^<' c.txt >c.said
	same c.said awk.said "maker.c says what maker.awk says, byte by byte"
	same c.txt awk.txt "and is told the same"
else
	skip "maker.c" "no compiler called ${CC:-cc}"
fi

# ---- the others ----
# Bought in twenty parts, none of them before its time.
"$ask" -n 20000 -r twap.txt "$awk '$ex/twap.awk'" >out 2>err
is "$?$(cat err)" 0 "twap.awk runs"
awk '$1 == ">" && $2 == "turn" { now = $4 }
	$2 == "filled" {
		sum += $8
		if (sum > 100 * (1 + int(now / 1e9)))
			early++
	}
	END { print sum, early + 0 }' twap.txt >got
is "$(cat got)" "2000 0" "it has bought 2,000, in steps"
# Sold at the bid of one what it buys below that at the offer of the other.
"$ask" -n 2000 -i 2 -l 3 -r arb.txt "$awk '$ex/arbitrage.awk'" >out 2>err
is "$?$(cat err)" 0 "arbitrage.awk runs"
awk '$1 == "<" && $2 == "sell" { q = $3; here = $4; p = $6 + 0; n++ }
	$1 == "<" && $2 == "buy" {
		if ($3 != q || $4 == here || $6 + 0 >= p)
			bad++
	}
	END { print (n > 10), bad + 0 }' arb.txt >got
is "$(cat got)" "1 0" "it sells above what it buys for"
if command -v python3 >/dev/null; then
	"$ask" -n 3000 -l 2 -r mom.txt "python3 '$ex/momentum.py'" >out 2>err
	is "$?$(cat err)" 0 "momentum.py runs"
	awk '$2 == "filled" {
			held += $6 == "buy" ? $8 : -$8
			if (held != 500 && held != -500)
				bad++
			n++
		}
		END { print (n > 3), bad + 0 }' mom.txt >got
	is "$(cat got)" "1 0" "it is 500 long or short, and turns"
else
	skip "momentum.py" "no python3"
fi

# ---- the page shows what its program says ----
mkdir page
awk -v dir="$scratch/page" -f "$src/tests/cli/examples.awk" \
	"$src/man/exch-agent.7"
for f in page/*.file; do
	cp "$f" "$(cat "${f%.file}.name")"
done
count=0
for f in page/*.cmd; do
	[ -s "${f%.cmd}.out" ] || continue
	sh "$f" >got 2>&1
	same got "${f%.cmd}.out" "exch-agent(7): $(head -n 1 "$f")"
	count=$((count + 1))
done
is "$((count > 0))" 1 "the page has examples"
# Fed by the simulator it goes the same way.
"$ask" -n 100 "$awk buyer.awk" >out 2>err
is "$?$(cat err)" 0 "its program runs behind a pipe, too"

# ---- they are short, and their transcripts answer for them ----
for f in "$ex"/*.awk "$ex"/*.py "$ex"/*.c; do
	is "$(($(wc -l <"$f") < 40))" 1 "${f##*/} has less than 40 lines"
done
"$ask" -n 3000 -R awk.txt >again.out 2>err
is "$?$(cat err)" 0 "a replay of maker.awk"
same again.out awk.out "gives the same commands"
finish
