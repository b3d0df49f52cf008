#!/bin/sh
# Several venues of one thing in exch-sim, and the router between them: splits,
# fees, misses and fill rates by hand; what it sends is never more than it was
# given; trade-throughs that one venue makes and a router does not; mistakes with
# line and column.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >head.inc <<'EOF2'
date 2026-01-05
instrument ABC.AAA tick 0.01 lot 100 reference 10.00 currency USD mic AAAA
instrument ABC.BBB tick 0.01 lot 100 reference 10.00 currency USD mic BBBB
begin 09:30
end 09:31
09:30:01 MM sell 300 ABC.AAA @ 10.00
         MM sell 200 ABC.BBB @ 10.00 as best
         MM sell 500 ABC.AAA @ 10.01
         MM sell 400 ABC.BBB @ 10.02
EOF2

# run NAME LINE...: the scenario of two books and these lines, into NAME.xst.
run() {
	run_name=$1
	shift
	{ echo 'include head.inc'; printf '%s\n' "$@"; } >"$run_name.scn"
	exch-sim -q -o "$run_name.xst" "$run_name.scn"
}
# trades NAME: seconds since 09:30, venue, price, quantity of each.
trades() {
	exch-report trades -f csv "$1.xst" | awk -F, 'NR > 1 {
		split(substr($1, 12), t, ":")
		printf "%.9f %s %s %s\n", (t[2] - 30) * 60 + t[3],
			substr($2, 5), $4, $5
	}'
}
# bought NAME ACCOUNT: how much, in all.
bought() {
	exch-report pnl -f csv "$1.xst" | awk -F, -v who="$2" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		$1 == "of" && $2 == who { sum += $at["bought"] - $at["sold"] }
		END { print sum + 0 }'
}
# through NAME ACCOUNT: trade-throughs, and those of sweeps.
through() {
	exch-report bestex -f csv --account "$2" "$1.xst" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == "class" { a += $at["through"]; b += $at["through_sweep"] }
		END { print a + 0, b + 0 }'
}

# ---- by price, then by fee ----

run split 'venue AAA maker -0.2bp taker 0.3bp' 'venue BBB taker 0.1bp' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s'
trades split >got
cat >want <<'EOF2'
2.000000001 BBB 10.00 200
2.000000001 AAA 10.00 300
2.000000001 AAA 10.01 400
EOF2
same got want "the cheaper venue of one price first, then the next price"
run split2 'venue AAA maker -0.2bp taker 0.3bp' 'venue BBB taker 0.4bp' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s'
trades split2 | head -n 1 >got
echo '2.000000001 AAA 10.00 300' >want
same got want "which one is by the fee"

# 2,000 at 0.1 bp and 7,004 at 0.3 bp are 0.23012.
exch-sim -q --results r.db -o /dev/null split.scn
is "$(sqlite3 r.db "SELECT fees FROM result WHERE account = 'R'" 2>&1)" \
	0.23012 "each venue has its own fee"
sed 's/^agent R.*/&\nfees of R taker 1bp/' split.scn >own.scn
exch-sim -q --results r.db -o /dev/null own.scn
is "$(sqlite3 r.db "SELECT max(fees) FROM result WHERE account = 'R'" 2>&1)" \
	0.9004 "an agent's own fees hold everywhere"

# With a fee of 15 bp 10.00 at AAA is 10.015, more than 10.01 at BBB would be.
cat >net.inc <<'EOF2'
venue AAA taker 15bp
09:30:01.5 MM sell 300 ABC.BBB @ 10.01
agent R router on ABC.AAA,ABC.BBB quantity 6 start 2s protect $protect
EOF2
for p in yes no; do
	run net "set protect $p" 'include net.inc'
	trades net >net.$p
done
printf '%s\n' '2.000000001 AAA 10.00 300' '2.000000001 BBB 10.00 200' \
	'2.000000001 BBB 10.01 100' | sort >want
sort net.yes >got
same got want "protect: the better price, whatever it costs"
printf '%s\n' '2.000000001 BBB 10.00 200' '2.000000001 BBB 10.01 300' \
	'2.000000001 AAA 10.00 100' >want
same net.no want "without it what is paid with the fee decides"

# ---- what is shown, who is near ----

run size 'agent R router on ABC.AAA,ABC.BBB quantity 4 start 2s policy size'
trades size >got
printf '%s\n' '2.000000001 AAA 10.00 300' '2.000000001 BBB 10.00 100' >want
same got want "policy size: who shows more of a price first"
run fast 'venue AAA latency entry 40us' 'venue BBB latency entry 15us' \
	'latency of R entry 5us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 4 start 2s policy fast'
trades fast >got
printf '%s\n' '2.000020000 BBB 10.00 200' '2.000045000 AAA 10.00 200' >want
same got want "policy fast: who is near first; a venue's way is behind its own"
run together 'venue AAA latency entry 40us' 'venue BBB latency entry 15us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 4 start 2s together yes'
trades together >got
printf '%s\n' '2.000040000 AAA 10.00 300' '2.000040000 BBB 10.00 100' >want
same got want "together: all arrive at one time"

# ---- misses ----

# What BBB shows is gone while a child is on its way; the answer is there
# 100 us later, and the rest goes where the next best price is.
run miss 'venue BBB latency entry 50us response 50us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 5 start 2s' \
	'09:30:02.000020 cancel best'
trades miss >got
printf '%s\n' '2.000000001 AAA 10.00 300' '2.000100001 AAA 10.01 200' >want
same got want "a miss is routed again, when it is known"
run halt 'venue BBB latency entry 50us response 50us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 8 start 2s' \
	'09:30:02.000020 halt ABC.BBB'
trades halt >got
printf '%s\n' '2.000000001 AAA 10.00 300' '2.000000001 AAA 10.01 300' \
	'2.000100001 AAA 10.01 200' >want
same got want "so is what came to a venue that had been halted"

# What is told late is believed late: at 2 s a first child takes the 300 of
# AAA, whose book still shows them for another millisecond.
run late 'venue AAA latency feed 1ms' \
	'agent R router on ABC.AAA quantity 8 start 2s'
trades late >got
printf '%s\n' '2.000000001 AAA 10.00 300' '2.000000001 AAA 10.01 500' >want
same got want "levels of one venue go as one child"
run late2 'venue AAA latency feed 1ms' \
	'agent R router on ABC.AAA quantity 4 start 2s limit 10.00' \
	'09:30:02.0005 MM sell 200 ABC.AAA @ 10.00'
trades late2 >got
printf '%s\n' '2.000000001 AAA 10.00 300' '2.001500001 AAA 10.00 100' >want
same got want "a venue is asked again when what it shows is new"
is "$(exch-report audit -f csv late2.xst | grep -c 'accepted.*,R,B,')" 2 \
	"and not before: two children in all"

# ---- what is left ----

run wait 'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s limit 10.00' \
	'09:30:05 MM sell 600 ABC.BBB @ 9.99'
trades wait | tail -n 1 >got
echo '5.000000001 BBB 9.99 400' >want
same got want "the rest waits"
run cancel 'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s limit 10.00 rest cancel' \
	'09:30:05 MM sell 600 ABC.BBB @ 9.99'
is "$(bought cancel R)" 500 "or is given up"
run post 'venue AAA maker 0.2bp' 'venue BBB maker -0.1bp' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s limit 10.00 rest post over 10s' \
	'09:30:04 S sell 100 ABC.BBB @ 10.00 ioc' \
	'09:30:05 S sell 100 ABC.AAA @ 10.00' \
	'09:30:13 S sell 100 ABC.BBB @ 10.00 ioc'
trades post | tail -n 2 >got
printf '%s\n' '4.000000000 BBB 10.00 100' '5.000000002 AAA 10.00 100' >want
same got want "or posted, where makers pay least, and withdrawn for a price elsewhere"
is "$(bought post R)" 700 "and withdrawn at the end"

# ---- refusals ----

# sent NAME: when R sent something, to which venue.
sent() {
	exch-replay -q -f text "$1.xst" |
		sed -n 's/^09:30:0\([2-9][0-9.]*\) ABC\.\([A-Z]*\)  *new  *buy .*/\1 \2/p'
}
# A limit outside the band, in two venues: each is asked once, and again after a
# second; a turn after the other it would be asked all the time.
printf '%s\n' 'name band' 'band static 5%' >band.market
run refused 'market band.market' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s limit 9.00 rest post over 2s'
sent refused >got
cat >want <<'EOF2'
2.000000001 AAA
2.000000002 BBB
3.000000002 AAA
3.000000003 BBB
EOF2
same got want "who refuses a posting is left alone for a while, the next best is asked"
# BBB takes what AAA does not, and all that is left rests there.
printf '%s\n' 'name pair' 'venue AAA band.market' >pair.market
run refused2 'market pair.market' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s limit 9.00 rest post' \
	'09:30:05 S sell 900 ABC.BBB @ 9.00'
is "$(sent refused2 | wc -l | tr -d ' ') $(bought refused2 R)" "2 900" \
	"nothing of it is lost"
# So are children that are to be executed at once: 10.20 is offered, but no
# longer to be had since 10.00 was paid.
printf '%s\n' 'name last' 'band dynamic 1%' >last.market
for rest in wait cancel; do
	run last.$rest 'market last.market' \
		'         MM sell 300 ABC.AAA @ 10.20' \
		'09:30:01.5 X buy 800 ABC.AAA @ 10.01' \
		"agent R router on ABC.AAA quantity 3 start 2s over 2s rest $rest"
done
sent last.wait >got
printf '%s\n' '2.000000001 AAA' '3.000000002 AAA' >want
same got want "a child that is refused goes nowhere for a while"
is "$(sent last.cancel)" '2.000000001 AAA' "or is given up"
# What is shown is R's own: the first miss may have been anybody's, the second
# is not.
printf '%s\n' 'name own' 'self-trade newest' >own.market
run own2 'market own.market' '09:30:01 R sell 100 ABC.AAA @ 9.99' \
	'agent R router on ABC.AAA quantity 1 start 2s limit 9.99 over 2s' \
	'09:30:02.7 MM sell 100 ABC.AAA @ 9.98'
sent own2 >got
cat >want <<'EOF2'
2.000000001 AAA
2.000000002 AAA
2.700000001 AAA
EOF2
same got want "two misses in a row end when the venue shows something new"
is "$(bought own2 R)" 100 "  which is had"

# ---- one venue only, and never too much ----

run one 'agent R router on ABC.AAA quantity 4 start 2s'
is "$(bought one R)" 400 "one venue is enough"
cat >busy.scn <<'EOF2'
date 2026-01-05
instrument ABC.AAA tick 0.01 lot 100 reference 100.00 currency USD mic AAAA
instrument ABC.BBB tick 0.01 lot 100 reference 100.00 currency USD mic BBBB
begin 09:30
end 09:32
seed 4
set policy cost
set together no
venue AAA maker -0.2bp taker 0.3bp latency entry lognormal 80us 0.4 feed lognormal 200us 0.4 response 90us
venue BBB maker 0.1bp taker 0.1bp latency all lognormal 250us 0.5
flow zero ABC.AAA market-rate 3 limit-rate 0.4 cancel-rate 0.1 window 12
flow zero ABC.BBB market-rate 3 limit-rate 0.4 cancel-rate 0.1 window 12
agent R router on ABC.AAA,ABC.BBB quantity 300 start 20s policy $policy together $together
agent N sweep on ABC.AAA side sell quantity 60 start 20s over 60s slices 10
latency of R all 50us
EOF2
for policy in cost size fast; do
	for together in no yes; do
		exch-sim -q -D policy=$policy -D together=$together -o busy.xst busy.scn
		is "$(bought busy R)" 30000 \
			"policy $policy, together $together: all of it, and no more"
	done
done
exch-sim -q -o a.xst busy.scn && exch-sim -q -o b.xst busy.scn
ok "twice the same bytes" cmp a.xst b.xst
got=$(exch-sim -q --orders busy.scn | exch-match --digest 2>&1 >/dev/null)
want=$(exch-sim -q --digest -o /dev/null busy.scn 2>&1)
is "$got" "$want" "the engine of exch-match says the same"

# ---- trade-throughs ----

sed '/^venue/d; /^latency/d' busy.scn >near.scn
exch-sim -q -o near.xst near.scn
is "$(through near R)" "0 0" "a router that is nowhere late trades through nothing"
through near N >got
grep -q '^[1-9][0-9]* 0$' got
result $? "who takes from one venue does"
# By hand: 600 of BBB pass 10.00 and 10.01 of AAA twice, at 10.02.
run naive 'agent N sweep on ABC.BBB quantity 6 start 2s'
is "$(through naive N)" "1 0" "one of two executions is beyond a better price"
run iso 'venue AAA latency entry 40us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 9 start 2s sweep yes' \
	'agent N sweep on ABC.BBB quantity 1 start 3s'
is "$(through iso R)" "0 0" "nothing where parts are executed by price"
# AAA is far: 10.02 of BBB is taken while 10.00 stands there.
run iso2 'venue AAA latency entry 40us' \
	'agent R router on ABC.AAA,ABC.BBB quantity 14 start 2s sweep yes'
is "$(through iso2 R)" "0 1" "a sweep is told apart"

# ---- a dark pool ----

cat >dark.market <<'EOF2'
name dark
midpoint min 200
EOF2
cat >pool.market <<'EOF2'
name pool
venue DARK dark.market
EOF2
# matched NAME: what exch-match makes of NAME.txt, into NAME.xst, on one thread
# and on two.
matched() {
	exch-replay -q "$1.txt" | exch-match -q --market pool.market -o "$1.xst"
	exch-replay -q "$1.txt" | exch-match -q -j 2 --market pool.market -o j2.xst
	ok "$1: two threads say the same" cmp "$1.xst" j2.xst
}
cat >mid.txt <<'EOF2'
date 2026-01-05
instrument ABC.AAA tick 0.01
instrument ABC.BBB tick 0.01
instrument ABC.DARK tick 0.01
instrument DEF.AAA tick 0.01
09:30:00 S sell 900 ABC.DARK peg mid hidden
+1s MM buy 100 ABC.AAA @ 9.98
    MM buy 100 DEF.AAA @ 9.00
    MM sell 100 DEF.AAA @ 9.01
    B buy 200 ABC.DARK peg mid hidden ioc
+1s MM sell 100 ABC.BBB @ 10.03 as o
    B buy 300 ABC.DARK peg mid hidden ioc
+1s B buy 200 ABC.DARK @ 10.00 peg mid hidden
+1s MM buy 100 ABC.BBB @ 9.99 as b
    B buy 200 ABC.DARK peg mid hidden ioc
+1s MM buy 100 ABC.AAA @ 10.03 as lock
    B buy 200 ABC.DARK peg mid hidden ioc
+1s MM buy 100 ABC.AAA @ 10.04
    B buy 200 ABC.DARK peg mid hidden ioc
+1s cancel o
    MM sell 100 ABC.BBB @ 10.06
    B buy 300 ABC.DARK peg mid hidden ioc
    B buy 300 ABC.DARK peg mid hidden ioc min-each 250
+1s B buy 200 ABC.DARK @ 10.00
    B buy 200 ABC.DARK peg mid
    B buy 100 ABC.DARK peg mid hidden
    B buy 200 ABC.DARK peg primary hidden
EOF2
matched mid
# One-sided at 1 s; (9.98 + 10.03) / 2 at 2 s, (9.99 + 10.03) / 2 at 4 s; locked
# at 5 s, crossed at 6 s; (10.04 + 10.06) / 2 at 7 s, where 400 are left.
trades mid >got
cat >want <<'EOF2'
2.000000000 DARK 10.005 300
4.000000000 DARK 10.01 200
7.000000000 DARK 10.05 300
EOF2
same got want "executions at the middle, none while it is none"
is "$(exch-report audit -f csv mid.xst | grep -c no-liquidity)" 3 \
	"who takes at once is cancelled while there is none"
exch-match --market pool.market mid.xst --rematch -f text -q 2>/dev/null |
	sed -n 's/.* reject  *new of order [0-9]*: //p' | tr '\n' ' ' >got
is "$(cat got)" "type flags qty peg " "what it does not take"
is "$(exch-feed nbbo --symbol ABC.DARK -f csv mid.xst | awk -F, '
	NR > 1 && ($3 != "" || $6 != "")' | wc -l | tr -d ' ')" 0 \
	"nobody sees its book"

# Against exch-feed, which knows nothing of pegs: what trades in the pool trades
# at the middle of the best prices that it shows, when these do not meet.
cat >mids.scn <<'EOF2'
date 2026-01-05
market plain.market
instrument ABC.AAA tick 0.01 lot 100 reference 40.00
instrument ABC.BBB tick 0.01 lot 100 reference 40.00
instrument ABC.DARK tick 0.01 lot 100 reference 40.00
seed 6
begin 09:30
end 09:32
flow zero ABC.AAA market-rate 2 limit-rate 0.5 cancel-rate 0.1 window 12
flow zero ABC.BBB market-rate 2 limit-rate 0.5 cancel-rate 0.1 window 12
agent N1 noise on ABC.DARK rate 20 quantity 4 depth 3 orders 60
agent N2 noise on ABC.DARK rate 20 quantity 4 depth 3 orders 60
EOF2
printf '%s\n' 'name any' 'midpoint' >any.market
printf '%s\n' 'name plain' 'venue DARK any.market' >plain.market
exch-sim -q -o mids.xst mids.scn
exch-feed nbbo -f csv mids.xst >nbbo.csv
exch-report trades -f csv mids.xst | grep ABC.DARK >dark.csv
awk -F, 'FILENAME == "nbbo.csv" {
		if (FNR > 1) {
			n++
			at[n] = $1
			mid[n] = $3 != "" && $6 != "" && $9 == "" ? $3 + $6 : 0
		}
		next
	}
	{
		while (k < n && at[k + 1] <= $1)
			k++
		d = mid[k] - 2 * $4
		trades++
		good += mid[k] != 0 && d < 1e-6 && d > -1e-6
	}
	END { print trades - good, (trades > 200) }' nbbo.csv dark.csv >got
is "$(cat got)" "0 1" "$(wc -l <dark.csv | tr -d ' ') executions at the middle"

# In exch-sim: 4 lots of the parent's 9 at the middle, the rest where it is
# shown; the pool has 10 ms to its gate.
cat >pool.scn <<'EOF2'
date 2026-01-05
market pool.market
instrument ABC.AAA tick 0.01 lot 100 currency USD mic AAAA
instrument ABC.DARK tick 0.01 lot 100 currency USD mic DARK
begin 09:30
end 09:31
set again 1s
venue DARK maker 0.05bp taker 0.1bp latency entry 5ms response 5ms
agent S sweep on ABC.DARK side sell quantity 3 start 1s limit 9.90
agent P router on ABC.DARK side sell quantity 4 start 1s limit 9.90 rest wait
agent R router on ABC.AAA,ABC.DARK quantity 9 start 2s dark 50 again $again
09:30:00 MM buy 1000 ABC.AAA @ 9.98
         MM sell 1000 ABC.AAA @ 10.02
         Q sell 400 ABC.DARK peg mid hidden
09:30:04 Q sell 200 ABC.DARK peg mid hidden
EOF2
exch-sim -q -o pool.xst pool.scn
result $? "a router and a dark pool"
trades pool >got
cat >want <<'EOF2'
2.000000001 AAA 10.02 500
2.005000000 DARK 10.00 400
EOF2
same got want "a share is asked for in the dark, the rest is taken where it is shown"
is "$(bought pool R)" 900 "all of it"
got=$(exch-sim -q --orders pool.scn | exch-match --digest --market pool.market 2>&1 >/dev/null)
is "$got" "$(exch-sim -q --digest -o /dev/null pool.scn 2>&1)" \
	"the engine of exch-match says the same"

# Less than the pool takes is not sent there: a third of 3 lots is none, and
# the pool wants 2, so all 3 are asked for; of the last one nothing.
cat >few.scn <<'EOF2'
date 2026-01-05
market pool.market
instrument ABC.AAA tick 0.01 lot 100
instrument ABC.DARK tick 0.01 lot 100
begin 09:30
end 09:31
agent R router on ABC.AAA,ABC.DARK quantity 3 start 2s limit 10.01 dark 33
09:30:00 MM buy 1000 ABC.AAA @ 9.98
         MM sell 1000 ABC.AAA @ 10.02
         Q sell 200 ABC.DARK peg mid hidden
EOF2
exch-sim -q -o few.xst few.scn
trades few >got
echo '2.000000001 DARK 10.00 200' >want
same got want "a dark venue is asked for what it takes"
is "$(exch-report audit -f csv few.xst | grep -c ',R,B,.*accepted\|accepted.*,R,B,')" 1 \
	"and for nothing less"

# Who may hear everything of the pool hears its executions, and no more.
cat >spy.sh <<'EOF2'
while read -r l && [ "$l" != . ]; do :; done
printf 'ready protocol=1 sub=l2:5,l3,trades wake=all\n.\n'
while read -r l; do
	case $l in
	.) echo . ;;
	*) echo "$l" >>"$1" ;;
	esac
done
EOF2
sed '/^agent N1/i\
strategy SPY on ABC.DARK run sh spy.sh seen.dark\
strategy LIT on ABC.AAA run sh spy.sh seen.lit' mids.scn >spied.scn
exch-sim -q -o spied.xst spied.scn
cut -d ' ' -f 1 seen.dark | sort | uniq | tr '\n' ' ' >got
is "$(cat got)" "end trade turn " "its executions are all that is told of it"
is "$(grep -c '^trade' seen.dark)" "$(exch-report trades -f csv spied.xst |
	grep -c ABC.DARK)" "each of them"
has seen.lit '^level' "of another venue more is told"

# Nobody is there: the fill rate goes 1, 1/2, 1/4, ... by a memory of 1/2, and the
# time to the next question 1, 2, 4, ... times 1 s, from the answer on.
cat >miss2.scn <<'EOF2'
date 2026-01-05
market pool.market
instrument ABC.AAA tick 0.01 lot 100
instrument ABC.DARK tick 0.01 lot 100
begin 09:30
end 09:31
agent R router on ABC.AAA,ABC.DARK quantity 9 start 2s limit 9.99
09:30:00 MM buy 1000 ABC.AAA @ 9.98
         MM sell 1000 ABC.AAA @ 10.02
EOF2
exch-sim -q miss2.scn -f text | sed -n 's/^09:30:\([0-9.]*\) ABC.DARK  *new .*/\1/p' >got
cat >want <<'EOF2'
02.000000001
04.000000002
08.000000003
16.000000004
32.000000005
EOF2
same got want "a dark venue that gives nothing is asked ever less"

# ---- halts, lines that are down, a pool, everything late ----

cat >rough.scn <<'EOF2'
date 2026-01-05
market pool.market
instrument ABC.AAA tick 0.01 lot 100 reference 100.00 currency USD mic AAAA
instrument ABC.BBB tick 0.01 lot 100 reference 100.00 currency USD mic BBBB
instrument ABC.DARK tick 0.01 lot 100 reference 100.00 currency USD mic DARK
begin 09:30
end 09:31
seed 1
set policy cost
set together no
set rest wait
set protect yes
set side buy
set limit 0
venue AAA latency entry lognormal 80us 0.9 feed lognormal 2ms 0.9 response 90us
venue BBB latency all lognormal 250us 0.9
venue DARK latency all lognormal 900us 0.5
flow zero ABC.AAA market-rate 10 limit-rate 1 cancel-rate 0.3 window 12
flow zero ABC.BBB market-rate 10 limit-rate 1 cancel-rate 0.3 window 12
agent N1 noise on ABC.DARK rate 20 quantity 4 depth 3 orders 60
agent R router on ABC.AAA,ABC.BBB,ABC.DARK side $side quantity 500 start 5s over 40s policy $policy together $together rest $rest protect $protect limit $limit dark 60 again 500ms
latency of R all lognormal 50us 0.5
outage of R response from 09:30:10 to 09:30:11
outage of R feed from 09:30:15 to 09:30:16
09:30:20 halt ABC.AAA
09:30:22 resume ABC.AAA
09:30:25 halt
09:30:26 resume
EOF2
for seed in 1 2 3; do
	for how in 'wait no' 'post yes' 'cancel no'; do
		exch-sim -q --seed $seed -D policy=size -D limit=100.02 \
			-D rest="${how% *}" -D together="${how#* }" \
			-o rough.xst rough.scn
		result $? "seed $seed, ${how% *}: it runs"
		got=$(bought rough R)
		[ "$got" -gt 0 ] && [ "$got" -le 50000 ]
		result $? "  and buys $got, which is no more than it was to"
	done
done
want=$(exch-sim -q --seed 2 --digest -o /dev/null rough.scn 2>&1)
exch-sim -q --seed 2 --orders -o rough.xst rough.scn
for j in 1 2; do
	is "$(exch-match -j $j --digest --market pool.market rough.xst 2>&1 \
		>/dev/null)" "$want" "exch-match -j $j says the same"
done

# ---- the consolidated book ----

exch-sim -q split.scn | exch-feed consolidated --levels 2 -f csv >book.csv
awk -F, '$1 ~ /30:01.0/ { last = $0 } END { print last }' book.csv | cut -d, -f 4- >got
cat >want <<'EOF2'
,,,,,,10.00,500,AAA+BBB,10.01,500,AAA
EOF2
same got want "exch-feed shows the venues as one book"
exch-sim -q split.scn | exch-feed nbbo -f csv | tail -n 1 | cut -d, -f 6- >got
echo '10.01,100,AAA,,-1.0000' >want
same got want "and what the router left of it"

# ---- one tag for two orders ----

# An order that is said second may be the first to arrive, where another venue
# is nearer; whatever is said of its tag means the order that was said first.
cp "$src/scenarios/agents/awk.sh" .
cat >tags.awk <<'EOF2'
$1 == "exch" { print "ready protocol=1 sub=none wake=own,timer" }
$1 == "turn" && $2 == 1 { gsub(/;/, "\n", first); print first "\nwake +1s" }
$1 == "timer" { print "cancel 5" }
$1 == "." { print "."; fflush() }
EOF2
# told WHAT LINES: what a program hears that says these in its first turn, and
# "cancel 5" after a second.
told() {
	run tags 'venue AAA latency new 10ms cancel 2ms replace 12ms' \
		'venue BBB latency new 1ms cancel 1ms replace 1ms' \
		"strategy S record tags.out run sh awk.sh -v 'first=$2' -f tags.awk"
	grep -E '^> (accepted|rejected|filled|cancelled|replaced)' tags.out |
		cut -c 3- >got
	same got want "$1"
}
cat >want <<'EOF2'
rejected 1000000 ABC.BBB 5 duplicate
accepted 10000000 ABC.AAA 5 5
cancelled 1002000000 ABC.AAA 5 100 user
EOF2
told "the second of a tag is refused, although it is there first" \
	'buy 100 ABC.AAA @ 9.00 as 5;buy 200 ABC.BBB @ 9.00 as 5'
cat >want <<'EOF2'
rejected 1000000 ABC.BBB 5 duplicate
rejected 2000000 - 5 unknown-order
accepted 10000000 ABC.AAA 5 5
cancelled 1002000000 ABC.AAA 5 100 user
EOF2
told "  a cancel between them was of the first, which was not there" \
	'buy 100 ABC.AAA @ 9.00 as 5;cancel 5;buy 200 ABC.BBB @ 9.00 as 5'
cat >want <<'EOF2'
rejected 1000000 ABC.BBB 5 duplicate
accepted 10000000 ABC.AAA 5 5
replaced 12000000 ABC.AAA 5 9.00 300
cancelled 1002000000 ABC.AAA 5 300 user
EOF2
told "  a replacement behind them is one of the first" \
	'buy 100 ABC.AAA @ 9.00 as 5;buy 200 ABC.BBB @ 9.00 as 5;replace 5 with 300'
cat >want <<'EOF2'
rejected 1000000 ABC.BBB 5 duplicate
rejected 1000000 ABC.BBB 5 duplicate
accepted 10000000 ABC.AAA 5 5
cancelled 1002000000 ABC.AAA 5 100 user
EOF2
told "  a third is refused as well" \
	'buy 100 ABC.AAA @ 9.00 as 5;buy 200 ABC.BBB @ 9.00 as 5;buy 300 ABC.BBB @ 9.00 as 5'
cat >want <<'EOF2'
accepted 1000000 ABC.BBB 5 5
cancelled 1000000 ABC.BBB 5 100 ioc
rejected 1000000 ABC.BBB 5 duplicate
rejected 1000000001 - 5 unknown-order
EOF2
told "  and so it is at one venue, also when the first is gone by then" \
	'buy 100 ABC.BBB @ 9.00 ioc as 5;buy 200 ABC.BBB @ 9.00 as 5'
# ---- mistakes ----

# bad WHERE-AND-WHAT LINE...
bad() {
	bad_want=$1
	shift
	{ sed '/^09:30/,$d' head.inc; printf '%s\n' "$@"; } >bad.scn
	exits 3 "refused: $*" exch-sim -o none.xst bad.scn 2>err
	has err "$bad_want" "said: $bad_want"
}
bad 'bad.scn:6:6: expected the name of a venue' 'venue'
bad 'bad.scn:6:7: there is no instrument at CCC so far' 'venue CCC'
bad 'bad.scn:7:7: venue AAA was told before' 'venue AAA' 'venue AAA'
bad 'bad.scn:6:17: expected a rate such as 0.2bp' 'venue AAA maker 5'
bad 'bad.scn:6:17: a fee is no more than the whole value' 'venue AAA maker 200%'
bad 'bad.scn:6:17: expected a rate' 'venue AAA maker 99999999999999999999bp'
bad 'bad.scn:6:24: latency: "5q" is not a time' 'venue AAA latency feed 5q'
bad 'bad.scn:6:11: expected maker or taker and a rate, or latency' \
	'venue AAA tkaer 1bp'
bad 'bad.scn:6:19: no instrument "ABC.ZZZ" yet' \
	'agent R router on ABC.ZZZ quantity 1'
bad 'bad.scn:6:32: agent R: what is posted needs a limit' \
	'agent R router quantity 1 rest post'
bad 'bad.scn:7:7: agent R: a router trades one thing' \
	'instrument DEF.AAA tick 0.01' 'agent R router quantity 1'
bad 'bad.scn:7:7: agent R: the venues of a router have not one lot' \
	'instrument ABC.CCC tick 0.01 lot 10' 'agent R router quantity 1'

finish
