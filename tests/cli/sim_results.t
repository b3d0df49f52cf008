#!/bin/sh
# What came of runs, in a database: figures against those of exch-report and
# against sums made by awk from its tables; keys; databases that are none.
. "${srcdir:-.}/tests/cli/lib.sh"

if ! command -v sqlite3 >/dev/null; then
	skip_all "no sqlite3"
fi

cat >quiet.txt <<'EOF'
date 2026-01-05
zone America/New_York
instrument ABC tick 0.01 lot 100 reference 100.00 currency USD
seed 7
set rate 0.5
set half 1
include who.txt
begin 09:30
end 10:00
latency all 200us
EOF
cat >who.txt <<'EOF'
flow zero ABC accounts 50 market-rate $rate limit-rate 0.2 cancel-rate 0.1 window 12
agent MM maker quantity 2 half-spread $half
agent FAR maker quantity 1 half-spread 50
fees maker -0.1bp taker 0.3bp
EOF

# dump FILE: its rows as text.
dump() { sqlite3 "$1" .dump; }
ask() { sqlite3 "$@" 2>&1; }

# ---- a run ----
ok "a run with its results" exch-sim --digest --results r.db -o day.xst \
	quiet.txt 2>err
is "$(ask r.db 'SELECT digest FROM run')" "$(grep sha256 err)" \
	"the digest of the stream"
is "$(ask r.db 'SELECT scenario, seed, version, variables FROM run')" \
	"quiet.txt|7|$(exch-sim --version | sed -n '1s/.* //p')|half=1
rate=0.5" "name, seed, version and variables, those of the scenario, too"
exch-sim -v -o same.xst quiet.txt 2>err
same same.xst day.xst "the stream is the same without"
is "$(ask r.db "SELECT 'exch-sim: ' || commands || ' commands, ' || events ||
	' events, ' FROM run")" "$(sed 's/[0-9]* turns.*//' err)" \
	"commands and events"
is "$(ask r.db 'SELECT (ended - began) / 1000000000 FROM run')" 1800 \
	"from when to when"

cp r.db once.db
exch-sim --results r.db -o /dev/null quiet.txt
same r.db once.db "a second time changes no byte"
exch-sim --results r.db -o /dev/null -D half=1 quiet.txt
is "$(ask r.db 'SELECT count(*) FROM run')" 2 "a value by -D is another run"
exch-sim --results r.db -o /dev/null --seed 8 quiet.txt
is "$(ask r.db 'SELECT count(*) FROM run')" 3 "so is another seed"
echo '# more' >>who.txt
exch-sim --results r.db -o /dev/null quiet.txt
is "$(ask r.db 'SELECT count(*), count(DISTINCT inputs) FROM run')" "4|2" \
	"so is a change in a file that is included"
is "$(ask once.db "SELECT orders > 0, fills, fill_ratio, volume, pnl, sharpe,
	drawdown, inventory, maker_share, markout_1s FROM result
	WHERE account = 'FAR'")" "1|0|0.0|0.0|0.0||0.0|0.0||" \
	"an agent that has not traded has nothing of what is by executions"

# ---- the figures ----
# figure NAME: of MM in the database at hand, as the view shows it.
figure() { ask "$db" "SELECT printf('%.9f', $1) FROM result WHERE account = 'MM'"; }
# close A B NAME: the same but for a part in 10^5 and what was rounded away.
close() {
	awk -v a="$1" -v b="$2" -v r="${4:-0.00005}" 'BEGIN {
		d = a - b
		d = d < 0 ? -d : d
		exit !(a != "" && b != "" && d <= r + 0.00001 * (b < 0 ? -b : b))
	}'
	result $? "$3" || echo "# $1, and it should be $2"
}

# cell FILE COLUMN: of the row of MM.
cell() {
	awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i }
		NR > 1 && /(^|,)MM,/ { print $c; exit }' "$1"
}
# reported STREAM: what exch-report tells of it, too.
reported() {
	exch-report pnl -f csv "$1" >pnl.csv 2>err
	exch-report tca -f csv --by account "$1" >tca.csv 2>err
	close "$(figure 'pnl + fees')" "$(cell pnl.csv gross)" "the gain is exch-report's"
	close "$(figure fills)" "$(cell pnl.csv executions)" "so are executions,"
	close "$(figure orders)" "$(cell tca.csv orders)" "  orders,"
	close "$(figure volume)" "$(cell tca.csv filled)" "  volume,"
	close "$(figure turnover)" "$(cell tca.csv value)" "  turnover,"
	# (which is cut to two digits there, not rounded)
	close "$(figure '100 * fill_ratio')" "$(cell tca.csv fill_ratio)" "  fill ratio," 0.01
	close "$(figure markout_1s)" "$(cell tca.csv markout_bp_1s)" "  and markouts, 1 s,"
	close "$(figure markout_10s)" "$(cell tca.csv markout_bp_10s)" "    10 s,"
	close "$(figure markout_60s)" "$(cell tca.csv markout_bp_1m)" "    1 min"
}

# All else, from executions and whose orders they were.
cat >figures.awk <<'EOF'
function seconds(s) {
	return substr(s, 12, 2) * 3600 + substr(s, 15, 2) * 60 + substr(s, 18, 12)
}
function until(t) {
	while (minute < t && minute <= end) {
		n++
		change = gain - before
		before = gain
		sum += change
		sq += change * change
		minute += 60
	}
	area += pos * (t - now)
	abs += (pos < 0 ? -pos : pos) * (t - now)
	now = t
}
function side(sign, own) {
	fills++
	pos += sign * $5
	cash -= sign * $4 * $5
	fees += $4 * $5 * (own ? 0.3 : -0.1) / 10000
	if (!own)
		made += $5
	all += $5
	if (pos > most || -pos > most)
		most = pos < 0 ? -pos : pos
}
FNR == NR { who[$1] = $2; next }
FNR == 1 { now = 14.5 * 3600; minute = now + 60; end = now + 1800; next }
{
	until(seconds($1))
	if (who[$6] == "MM")
		side(1, $8 == "B")
	if (who[$7] == "MM")
		side(-1, $8 == "S")
	gain = cash + pos * $4 - fees
	if (gain > peak)
		peak = gain
	if (peak - gain > fall)
		fall = peak - gain
}
END {
	until(end) # and the last minute ends with the run
	n++
	sum += gain - before
	sq += (gain - before) ^ 2
	mean = sum / n
	printf "fills %d\nfees %.9f\ndrawdown %.9f\n", fills, fees, fall
	printf "inventory %.9f\ninventory_abs %.9f\n", area / 1800, abs / 1800
	printf "inventory_max %d\nmaker_share %.9f\n", most, made / all
	printf "sharpe %.9f\n", mean / sqrt((sq - n * mean * mean) / (n - 1))
}
EOF
# summed STREAM
summed() {
	exch-report orders -f csv "$1" 2>err | cut -d, -f3,4 >orders.csv
	exch-report trades -f csv "$1" >trades.csv 2>err
	awk -F, -f figures.awk orders.csv trades.csv >by-awk
	while read -r name value; do
		close "$(figure "$name")" "$value" "$name, by awk"
	done <by-awk
	is "$(wc -l <by-awk | tr -d ' ')" 8 "all of them were compared"
}

db=once.db
reported day.xst
close "$(figure ahead)" "$(cell tca.csv ahead)" "what is ahead is exch-report's" 0.005
summed day.xst

# On paper: the market takes no notice, the figures do.
{
	echo 'set fill market'
	cat quiet.txt
	# shellcheck disable=SC2016 # a variable of the scenario
	echo 'fill $fill'
} >filled.txt
for fill in market touch l2:power2 ghost; do
	db=$fill.db
	exch-sim -D fill="$fill" --results "$db" -o filled.xst filled.txt 2>err
	is "$(ask "$db" "SELECT fills > 20 FROM agent WHERE account = 'MM'")" 1 \
		"fill $fill: it is executed"
	reported filled.xst
	summed filled.xst
done
exch-sim -D fill=touch --orders --results commands.db -o /dev/null filled.txt
ask commands.db "SELECT * FROM result" >a
ask touch.db "SELECT * FROM result" >b
same a b "fill touch: the same where the stream has commands only"

# Two currencies have no sum.
cat >two.txt <<'EOF'
instrument ABC tick 0.01 lot 100 reference 100.00 currency USD
instrument DEF tick 0.01 lot 100 reference 100.00 currency EUR
begin 09:30
end 09:40
flow zero ABC market-rate 2 limit-rate 0.2 cancel-rate 0.1 window 12
flow zero DEF market-rate 2 limit-rate 0.2 cancel-rate 0.1 window 12
agent MM maker half-spread 1
EOF
exch-sim --results two.db -o /dev/null two.txt
is "$(ask two.db 'SELECT currency, pnl, turnover, fills > 9, volume > 0 FROM agent')" \
	"|||1|1" "money of two currencies is not added"

# ---- a program that is not what it was ----
cat >prog.sh <<'EOF'
while read -r l && [ "$l" != . ]; do :; done
printf 'ready protocol=1 sub=bbo\n.\n'
while read -r l; do
	[ "$l" != . ] || echo .
done
EOF
cat >prog.txt <<'EOF'
instrument ABC tick 0.01 lot 100 reference 100.00
begin 09:30
end 09:31
09:30 buy 100 ABC @ 98
strategy P run sh prog.sh
EOF
exits 0 "a program trades" exch-sim --results p.db -o /dev/null prog.txt
cp p.db p0.db
# shellcheck disable=SC2016 # for another shell
sed 's/|| echo ./|| { [ -n "$n" ] || echo "buy 100 @ 99 as 1"; n=1; echo .; }/' \
	prog.sh >prog2.sh
mv prog2.sh prog.sh
got=0
exch-sim --results p.db -o /dev/null prog.txt 2>err || got=$?
if grep -q 'other records' err; then
	is "$got" 1 "another program behind the same line is noticed"
else
	result 1 "another program behind the same line is noticed"
	sed 's/^/# /' err
fi
same p.db p0.db "  and what was there stays"

# ---- several at once ----
for seed in 1 2 3 4; do
	exch-sim --results many.db --seed $seed -o /dev/null quiet.txt &
done
wait
is "$(ask many.db 'SELECT count(*) FROM run')" 4 "four runs into one at once"
for seed in 4 3 2 1; do
	exch-sim --results turned.db --seed $seed -o /dev/null quiet.txt
done
dump many.db >a
dump turned.db >b
same a b "and in another order the rows are the same"

# ---- what cannot be ----
# says STATUS NAME WORDS COMMAND...
says() {
	want=$1 name=$2 words=$3
	shift 3
	got=0
	"$@" >out 2>err || got=$?
	is "$got" "$want" "$name"
	grep -q "$words" err
	result $? "$name: says so" || sed 's/^/# /' err
}
says 2 "a scenario from a pipe" "name the scenario's file" \
	exch-sim --results x.db - <quiet.txt
says 2 "a device" 'no regular file' \
	exch-sim --results /dev/null -o /dev/null quiet.txt
[ ! -e /dev/null-journal ]
result $? "  and nothing is made beside it"
mkfifo scenario.pipe
cat quiet.txt >scenario.pipe &
says 2 "a scenario from a pipe with a name" 'scenario.pipe: a pipe' \
	exch-sim --results x.db -o x.xst scenario.pipe
wait
echo 'include who.pipe' | cat quiet.txt - >piped.txt
mkfifo who.pipe
echo '# nothing' >who.pipe &
says 3 "or what it includes" 'piped.txt:11:9: who.pipe: a pipe' \
	exch-sim --results x.db -o x.xst piped.txt
wait
[ ! -e x.xst ]
result $? "  makes nothing"
cp quiet.txt text.db
says 3 "a file that is no database" 'text.db: this is no database' \
	exch-sim --results text.db -o x.xst quiet.txt
same text.db quiet.txt "  stays as it was"
[ ! -e x.xst ]
result $? "  and there was no run"
ask foreign.db 'CREATE TABLE t (x)'
says 3 "somebody else's database" 'but not one of results' \
	exch-sim --results foreign.db -o /dev/null quiet.txt
cp once.db old.db
ask old.db 'PRAGMA user_version = 99'
says 3 "one of another version" 'of version 99, this program knows 1' \
	exch-sim --results old.db -o /dev/null quiet.txt
says 3 "a directory that is not there" 'no/r.db: cannot open' \
	exch-sim --results no/r.db -o /dev/null quiet.txt
says 2 "the output over the database" 'would be replaced' \
	exch-sim --results r.db -o r.db quiet.txt
says 2 "a comparison as a stream" 'text, csv or json' \
	exch-sim compare -f bin once.db

# Somebody holds it for longer than is waited.
if command -v mkfifo >/dev/null; then
	mkfifo pipe
	cp once.db held.db
	sqlite3 held.db <pipe >/dev/null 2>&1 &
	exec 3>pipe
	printf '%s\n' 'BEGIN EXCLUSIVE;' '.output held' 'SELECT 1;' '.output' >&3
	n=0
	while [ ! -s held ] && [ $n -lt 100 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	says 4 "a database that is locked" 'another program writes it' \
		exch-sim --results held.db -o /dev/null quiet.txt
	exec 3>&-
	wait
fi

# No room: a file may grow to 4 KiB.
(
	trap '' XFSZ
	ulimit -f 8
	exch-sim --results small.db -o /dev/null quiet.txt 2>err
	echo $? >status
)
is "$(cat status)" 4 "no room for it"
grep -q 'small.db: cannot read or write' err
result $? "no room for it: says so" || sed 's/^/# /' err

# ---- by hand ----
# 300 sold at 9.99.  A second later, to the nanosecond, the middle goes from 10.00
# to 10.005, and that is what the sale is marked by: 0.015 of 9.99 lost.
cat >hand.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 lot 10 reference 10.00 currency USD
begin 09:30
end 09:40
agent S sweep side sell quantity 30 start 10s
09:30 BIG buy 1,000 @ 9.99
      BIG sell 1,000 @ 10.01
09:30:11.000000001 BIG buy 100 @ 10.00
EOF
exch-sim --results hand.db -o /dev/null hand.txt
is "$(ask hand.db "SELECT inventory_max, printf('%.6f', markout_1s) FROM result")" \
	"300.0|-15.015015" "by hand: held at most, and a markout"
# It bids what is offered, and offers behind 70: only what rests has a place.
cat >hand.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 lot 10 reference 10.00 currency USD
begin 09:30
end 09:40
agent C canceller levels 1 distance 1 quantity 1 at 5m
09:29 BIG sell 100 @ 9.99
      BIG sell 70 @ 10.01
EOF
rm hand.db
exch-sim --results hand.db -o /dev/null hand.txt
is "$(ask hand.db "SELECT fills, ahead FROM result")" "1|70.0" \
	"what crosses has nothing ahead"

# ---- comparing ----
for half in 1 2 4; do
	for seed in 1 2 3 4 5; do
		exch-sim --results c.db -D half=$half --seed $seed -o /dev/null \
			quiet.txt
	done
done
ok "a comparison" exch-sim compare c.db --by half -f csv -o c.csv
# The 0.975 quantile of Student's t with 4 degrees is 2.776 in the table of the
# NIST/SEMATECH handbook.
ask -csv c.db "WITH x AS (SELECT value, seed, account, pnl / 1e6 AS v FROM agent
	JOIN run USING (key) JOIN variable USING (key)
	WHERE name = 'half' AND account = 'MM'), d AS (
	SELECT value, '' AS minus, v FROM x UNION ALL
	SELECT a.value, b.value, a.v - b.v FROM x a JOIN x b USING (seed)
	WHERE a.value > b.value)
	SELECT value, minus, count(*), avg(v),
	2.776 * sqrt(sum((v - m) * (v - m)) / 4 / 5)
	FROM d JOIN (SELECT value AS w, minus AS n, avg(v) AS m FROM d GROUP BY 1, 2)
	ON value = w AND minus = n GROUP BY 1, 2 ORDER BY minus, value" |
	tr -d '"\r' >want
is "$(wc -l <want | tr -d ' ')" 6 "three values and their differences"
while IFS=, read -r value minus n mean half; do
	row=$(awk -F, -v v="$value" -v m="$minus" '$3 == "MM" && $4 == v &&
		$5 == m && $6 == "pnl" { print $7, $8, ($10 - $9) / 2 }' c.csv)
	is "${row%% *}" "$n" "half $value minus '$minus': runs"
	row=${row#* }
	close "${row% *}" "$mean" "  mean"
	awk -v a="${row#* }" -v b="$half" \
		'BEGIN { exit !(a > b * 0.9997 && a < b * 1.0003) }'
	result $? "  half of the interval" || echo "# ${row#* }, not $half"
done <want
# With one and two degrees the quantile has a closed form.
for n in 2 3; do
	cp c.db few.db
	ask few.db "DELETE FROM agent WHERE key IN
		(SELECT key FROM run WHERE CAST(seed AS INTEGER) > $n)"
	exch-sim compare few.db --by half -f csv >few.csv
	ask -separator ' ' few.db "SELECT pnl / 1e6 FROM agent
		JOIN run USING (key) JOIN variable USING (key)
		WHERE name = 'half' AND value = '1' AND account = 'MM'" |
		awk -v n=$n '{ sum += $1; two += $1 * $1 } END {
			p = 0.475 * atan2(0, -1)
			t = n == 2 ? sin(p) / cos(p) : 0.95 / sqrt(0.04875)
			printf "%.9f\n", t * sqrt((two - sum * sum / n) / (n - 1) / n)
		}' >want
	awk -F, '$3 == "MM" && $4 == 1 && $5 == "" && $6 == "pnl" {
		printf "%.9f\n", ($10 - $9) / 2 }' few.csv >got
	close "$(cat got)" "$(cat want)" "half an interval of $n runs" 0.0001
done
# Gains of 1 to 22: their deviation is the square root of 22 * 23 / 12, and the
# quantile for 21 degrees 2.079614, by numerical integration.
cp c.db many.db
ask many.db "DELETE FROM agent WHERE account <> 'MM' OR key NOT IN (SELECT key
	FROM run JOIN variable USING (key)
	WHERE name = 'half' AND value = '1' AND seed = '1');
	UPDATE agent SET pnl = 1000000;
	CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL
	SELECT i + 1 FROM n WHERE i < 22) SELECT i FROM n;
	INSERT INTO run SELECT key || i, inputs, scenario, i, variables, digest,
	version, began, ended, commands, events FROM run, n
	WHERE key IN (SELECT key FROM agent);
	INSERT INTO variable SELECT key || i, 'half', '1' FROM agent, n;
	INSERT INTO agent (key, account, pnl)
	SELECT key || i, 'MM', i * 1000000 FROM agent, n"
exch-sim compare many.db --by half -f csv | awk -F, '$6 == "pnl" {
	printf "%d %.9f\n", $7, ($10 - $9) / 2 * sqrt(22) / sqrt(22 * 23 / 12) }' >got
is "$(cut -d ' ' -f 1 got)" 22 "gains of 22 runs"
close "$(cut -d ' ' -f 2 got)" 2.079614 "half an interval of them"
exch-sim compare c.db --by half -f csv --figures fees,pnl >got
awk -F, 'NR == 1 || $6 == "pnl" || $6 == "fees"' c.csv >want
same got want "two figures alone"
says 2 "one that there is not" "'gain' is none of orders, fills" \
	exch-sim compare c.db --figures pnl,gain
says 2 "a run by a variable" 'by goes with compare' exch-sim --by half quiet.txt
says 2 "a run with several seeds" 'seeds goes with sweep' \
	exch-sim --seeds 1..3 quiet.txt
exch-sim compare c.db >text
grep -q 'half=4 rate=0.5' text
result $? "without --by all variables stand together"
ok "as JSON" sh -c 'exch-sim compare c.db -f json | grep -q "\"figure\":\"sharpe\""'
says 2 "a variable that no run has" 'has a variable x' \
	exch-sim compare c.db --by x
says 3 "nothing there" 'cannot open' exch-sim compare none.db
[ ! -e none.db ]
result $? "  and nothing is made"
exch-sim --results one.db -o /dev/null quiet.txt
exch-sim compare one.db -f csv | awk -F, '$6 == "pnl" && $3 == "MM" {
	exit !($7 == 1 && $8 != "" && $9 == "" && $10 == "") }'
result $? "one run has a mean and no interval"
cp one.db twice.db
for value in half=1 rate=0.5; do
	exch-sim --results twice.db -D $value -o /dev/null quiet.txt
done
is "$(ask twice.db 'SELECT count(DISTINCT key), count(DISTINCT digest)
	FROM run')" "3|1" "one run, three times with keys of their own"
exch-sim compare one.db >a
exch-sim compare twice.db >b
same b a "  counts once"
exch-sim compare --by half one.db >a
exch-sim compare --by half twice.db >b
same b a "  also by a variable"
cp one.db gone.db
ask gone.db 'DROP TABLE agent'
says 3 "a table is gone" 'gone.db: the tables are not those that are expected' \
	exch-sim compare gone.db
cp one.db short.db
ask short.db "UPDATE run SET inputs = 'x'"
exch-sim compare -f csv short.db | awk -F, 'NR > 1 && $2 != "x" { exit 1 }'
result $? "inputs that are short are no more than that"
finish
