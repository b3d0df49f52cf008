#!/bin/sh
# exch-report on a day small enough to be followed by hand: every report in
# every form against tests/golden/report, and what it does when the input or
# the command line is not what it should be.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

golden=$src/tests/golden/report
exch-replay "$golden/day.txt" >day.cmd &&
	exch-match --digest --ladder plain-high day.cmd >day.xst 2>day.sum
result $? "the day is matched"

# The version of the software is no part of what a report is.
version=$(exch-report -V)
version=${version##* }
golden() {
	sed "s/\(exch-[a-z]*\) $version/\1 VERSION/" "$1" >"$1.v"
	same "$1.v" "$golden/$1" "$1"
}

for report in summary trades orders depth bars fidelity audit; do
	for form in text csv json; do
		case $report in
		depth) args="-n 2 --changed" ;;
		bars) args=--fill ;;
		*) args= ;;
		esac
		want=0
		[ "$report" = fidelity ] && want=3
		# shellcheck disable=SC2086
		exits $want "$report as $form is made" exch-report -q -f $form \
			-o "$report.$form" $args $report day.xst
		golden "$report.$form"
	done
done
exch-report depth -n 2 --at 09:15,09:30:04,12:00 --tz America/New_York \
	day.xst >depth-at.text
golden depth-at.text
exch-report depth -n 2 --every 30m -f csv day.xst >depth-every.csv
golden depth-every.csv
exch-report summary --tz America/New_York --digest day.xst >local.text \
	2>digest
golden local.text
same digest day.sum "the digest is that of the tool before"
grep -F -q "$(cat day.sum)" local.text
result $? "and stands on the page"
exch-report trades -f csv --tz America/New_York day.xst >local.csv
has local.csv '^2024-03-07T09:30:01.000000000-05:00,ABC,3,' "local times"

# ---- prices in 32nds: for people, and as decimals for programs ----

exch-replay "$src/scenarios/classes/bond.txt" | exch-match -q -o bond.xst
result $? "bonds are matched"
for report in summary trades orders depth bars audit; do
	exch-report $report -f text bond.xst >bond.text
	result $? "$report of bonds"
	has bond.text ' 99-1[56][+ ]*' "$report: 32nds as text"
	for form in csv json; do
		exch-report $report -f $form bond.xst >bond.$form
		has bond.$form '[,:"]99\.5156250*' "$report: decimals as $form"
		is "$(grep -c '99-1' bond.$form)" 0 "$report: no 32nds as $form"
	done
done
exch-report depth --at 10:00 -n 1 bond.xst >bond.text
has bond.text '99-15' "depth as a ladder: the best price"
has bond.text 'last 99-15$' "and the last one"
exch-report summary -f text bond.xst >bond.text
has bond.text '1493495.15625  USD  *99.500010  *99-16+  *99-16+  *99-15  *99-15$' \
	"the page: turnover by a hundredth, VWAP decimal, prices in 32nds"

# ---- a day of deals: what is outside the book, broken or corrected ----

exch-replay "$golden/deals.txt" | exch-match -q -o deals.xst
result $? "a day of deals is matched"
for report in summary trades orders bars audit depth; do
	args=
	[ "$report" = depth ] && args="-n 2 --changed"
	# shellcheck disable=SC2086
	exch-report -f csv -o "deals-$report.csv" $args $report deals.xst
	golden "deals-$report.csv"
done
exch-report summary deals.xst >deals.text
golden deals.text

# ---- what concerns no instrument has no row ----

printf '%s\n' 'instrument BTC unit 0.01 tick 1 kind crypto currency USD' \
	'09:30 A buy 0.5 @ 9 session 1' 'disconnect session 1' |
	exch-replay | exch-match -q -o mass.xst
exch-report summary -f csv mass.xst >mass.csv
is "$(cut -d , -f 1-6 mass.csv)" "scope,symbol,currency,orders,cancels,expired
instrument,BTC,USD,1,1,0
total,,USD,1,1,0" "a mass cancel of all instruments is none's"
is "$(exch-report depth --at 10:00 -f csv mass.xst | cut -d , -f 1-3)" \
	"time,symbol,trades
2000-01-03T10:00:00.000000000Z,BTC,0" "and has no depth"

# ---- the audit's manifest ----

exch-report audit -f csv --manifest manifest.txt day.xst >audit.again
same audit.again audit.csv "the audit is the same bytes every time"
# hashes that may have the version in them: report_signed.t has those
sed '/^check=/d; /^config\.[0-9]/d' manifest.txt >manifest.new
mv manifest.new manifest.txt
golden manifest.txt
sum=$(sha256sum <audit.csv)
is "$(sed -n 's/^sha256=//p' manifest.txt)" "${sum%% *}" "its hash is right"
is "$(sed -n 's/^rows=//p' manifest.txt)" \
	"$(($(wc -l <audit.csv) - 1))" "its rows are counted"

# ---- forms of input and output ----

exch-match --ladder plain-high -f json day.cmd | exch-report >from-json
exch-report <day.xst >from-bin
same from-json from-bin "a stream as JSON gives the same report"
is "$(exch-report -z trades day.xst | zstd -dc | cksum)" \
	"$(exch-report trades day.xst | cksum)" "compressed output"
exch-report trades -f csv day.xst | head -n 1 >/dev/null
result $? "a reader may stop early"
exits 4 "a full disk is told" sh -c \
	'exch-report trades day.xst >/dev/full 2>/dev/null'
if command -v jq >/dev/null; then
	cat ./*.json | jq -e . >/dev/null
	result $? "JSON is JSON"
	is "$(jq -r 'select(.event == "executed" and .side == "B") | .qty' \
		audit.json | awk '{ s += $1 } END { print s }')" 341.25 \
		"and adds up"
else
	skip "JSON is JSON" "no jq"
	skip "and adds up" "no jq"
fi

# ---- many instruments ----

awk 'BEGIN {
	print "date 2024-03-07"
	for (i = 1; i <= 25; i++)
		printf "instrument S%02d tick 0.01 currency EUR\n", i
	for (i = 1; i <= 25; i++) {
		printf "09:30 ACC1 buy %d S%02d @ 10.00\n", i, i
		printf "09:30 ACC2 sell %d S%02d @ 10.00\n", i, i
	}
}' >many.txt
exch-replay many.txt | exch-match >many.xst
exch-report summary many.xst >page
is "$(sed -n '/^Trading/,/^Orders/s/^  \(S[0-9]*\) .*/\1/p' page | xargs)" \
	"S25 S24 S23 S22 S21 S20 S19 S18 S17 S16 S15 S14 S13 S12 S11 S10 \
S09 S08 S07 S06" "the page shows those with the largest turnover"
has page 'more instruments.*: 5$' "and how many it left out"
has page '^  total  *25  *325  *3250.00  EUR$' "the total is of all"
is "$(exch-report summary --all many.xst | grep -c '^  S')" 50 \
	"--all shows all"
is "$(exch-report -f csv summary many.xst | grep -c ^instrument)" 25 \
	"and so does CSV"

# ---- live pipes and signals ----

# until COMMAND...: wait for it to succeed, ten seconds at most.
until_ok() {
	i=0
	until "$@" 2>/dev/null; do
		i=$((i + 1))
		[ $i -lt 100 ] || return 1
		sleep 0.1
	done
}
exch-match --ladder plain-high -f json day.cmd >day.json
mkfifo pipe
exch-report -f csv trades pipe >live 2>/dev/null &
pid=$!
exec 3>pipe
head -n 30 day.json >&3
until_ok grep -q ',ABC,2,' live
result $? "rows are written while the stream still runs"
tail -n +31 day.json >&3
exec 3>&-
wait $pid
result $? "and the report ends with it"
same live trades.csv "with nothing missing"

exch-report summary pipe >stopped 2>/dev/null &
pid=$!
exec 3>pipe
head -n 30 day.json >&3
sleep 0.5
kill -TERM $pid
wait $pid
is $? 143 "a signal ends it"
exec 3>&-
has stopped '^Stream  *stopped by a signal' "after the report so far"

# A time far ahead asks for more rows than anybody waits for.
sed "s/2024-03-07T14:33:03/2524-03-07T14:33:03/; s/2024-03-07T21/2524-03-07T21/" \
	day.json >far.json
for report in "depth --every 1s" "bars --fill --interval 1s"; do
	# shellcheck disable=SC2086
	exch-report -f csv $report far.json >/dev/null 2>&1 &
	pid=$!
	sleep 0.5
	kill -TERM $pid
	wait $pid
	is $? 143 "$report: a signal ends it between two records"
done

# Of samples between two records the first alone can show a change.
timeout 60 exch-report -f csv depth --every 1ms --changed far.json >far.csv
is $? 0 "a change in five hundred years"
exch-report -f csv depth --every 1s day.xst >every.csv
awk -F , '{ head = $1 FS $2 FS $3 FS $4 FS $5 FS $6 FS
	book = substr($0, length(head) + 1)
	if (book !~ /[0-9]/ && !($2 in shown)) next
	if (NR == 1 || shown[$2] != book) print
	shown[$2] = book }' every.csv >changed.want
exch-report -f csv depth --every 1s --changed day.xst >changed.csv
ok "changed samples are those that differ from the one before" \
	cmp changed.want changed.csv
ok "and there are some" test "$(wc -l <changed.csv)" -gt 5

# ---- the ends of what a stream can hold ----

# Behind the last bar there is no time left.
printf '%s\n' 'instrument ABC tick 0.01' '09:30 A sell 100 ABC @ 10.00' \
	'09:31 B buy 60 ABC @ 10.00' '09:32 B buy 40 ABC @ 10.00' |
	exch-replay | exch-match -q -f json >plain.json
sed 's/2000-01-03T09:31:00.000000000Z/18446744073700000000/
	s/2000-01-03T09:32:00.000000000Z/18446744073709551614/' \
	plain.json >last.json
timeout 60 exch-report bars -f csv last.json | tail -n +2 >bars.csv
is "$(cut -d , -f 1,7,10 bars.csv)" "2554-07-21T23:34:00.000000000Z,100,2" \
	"a bar at the end of time"
# And none before the first one, which begins in the year before.
sed 's/2000-01-03T09:30/1970-01-01T00:00/; s/2000-01-03T09:31/1970-01-01T01:00/
	s/2000-01-03T09:32/1970-01-01T06:00/' plain.json |
	exch-report bars --tz America/New_York -i 3h -f csv >bars.csv
is "$(tail -n +2 bars.csv | cut -d , -f 1,7)" \
	"1969-12-31T19:00:00.000000000-05:00,60
1970-01-01T00:00:00.000000000-05:00,40" "bars at its beginning"

# A spread as wide as prices go is quoted, and its mean no price.
printf '%s\n' 'instrument ABC tick 0.000000001 kind future' \
	'09:30 A sell 1 ABC @ 9223372036.854775806 as S' \
	'09:30 B buy 1 ABC @ -9223372036.854775807' '09:31 A cancel S' |
	exch-replay | exch-match -q -o wide.xst
exch-report summary -f csv wide.xst >wide.csv
is "$(grep ^instrument wide.csv | cut -d , -f 18-20)" ",,60.000000000" \
	"the widest spread"

# ---- bad command lines and bad input ----

says() {
	says_want=$1
	says_pattern=$2
	shift 2
	says_got=0
	"$@" >out 2>err </dev/null || says_got=$?
	is "$says_got" "$says_want" "$*: status $says_want"
	has err "$says_pattern" "$*: message"
}

says 2 'exch-report summary day.xst' exch-report day.xst
says 2 'exch-report summary -' exch-report -
says 2 "no report is called 'frob': it is one of summary, trades" \
	exch-report frob
says 2 "'b' is too many" exch-report trades a b
says 2 "not an option of the report 'trades'" exch-report trades -n 3 day.xst
says 2 "'bars', but of tca, confirms, tax, pnl, statement, bestex" \
	exch-report bars --account ANN day.xst
says 2 "not an option of the report 'summary'" exch-report --fill
says 2 'exclude' exch-report depth --every 1s --at 10:00 day.xst
says 2 'manifest needs -f csv' exch-report audit --manifest m day.xst
says 2 'number from 1 to 1000' exch-report depth -n 0 day.xst
says 2 'is no time of day' exch-report depth --at 10:00,,11:00 day.xst
says 2 'is neither event nor' exch-report depth --every 1x day.xst
says 2 'is no time from' exch-report bars -i 25h day.xst
says 2 'no time zone' exch-report trades --tz Nowhere/There day.xst
says 2 'is not text|csv|json' exch-report -f bin summary day.xst
says 3 'cannot open' exch-report summary no-such-file
says 3 'empty' exch-report

for report in trades orders depth bars audit; do
	says 3 "put exch-match in the pipe" exch-report $report day.cmd
done
says 3 "put exch-match in the pipe" exch-report fidelity day.cmd
says 3 "nothing was compared" exch-report fidelity day.xst
is "$(cat out)" "" "and no figures are shown"
says 3 "nothing was compared" exch-report fidelity -q day.xst
says 3 "put exch-match in the pipe" exch-report trades -q day.cmd
exits 0 "a summary of commands alone" exch-report -o page summary day.cmd
has page 'commands without an answer.*: 2[0-9]$' "says so on the page"

# What was whole is reported, and that it was not all. JSON can be cut
# between records.
lines=$(grep -n '"t":"exec"' day.json | sed -n '3s/:.*//p')
head -n "$lines" day.json >cut.json
says 3 'end' exch-report -f csv trades cut.json
is "$(wc -l <out)" 4 "three trades of a cut stream"
exch-report -f csv trades cut.json 2>/dev/null >out
head -n 4 trades.csv | cmp -s - out
result $? "they are the first three"
exits 0 "--partial accepts it" exch-report -q --partial -o out trades cut.json
exch-report summary cut.json >out 2>/dev/null
has out '^Stream  *cut or damaged' "the page says it"
sed '$s/complete/signal/' day.json >stopped.json
says 3 'stopped by a signal' exch-report trades stopped.json
sed '/"t":"new"/s/"order":"6"/"order":"66"/' day.json >hole.json
says 1 'speak of orders that the stream does not hold' \
	exch-report orders hole.json

# An id that no instrument can have names none; the answers then speak of
# orders that nobody entered.
sed '/"t":"new"/s/"instr":[0-9]*/"instr":4294967295/' day.json >wild.json
exits 1 "instrument ids above every limit" \
	exch-report -q -o page summary wild.json
has page '^Trading' "cost no report"

exits 3 "-o with unusable input" exch-report -q -o keep summary "$src/LICENSE" \
	2>/dev/null
[ ! -e keep ]
result $? "leaves no file"

# A day that ends while one instrument's call goes on: the other's last
# auction is of a day that is not over yet.
cat >longer.market <<'END'
name longer
monitor 5% 2m
END
cat >longer.txt <<'END'
instrument ABC tick 0.01 reference 10.00
instrument XYZ tick 0.01 reference 10.00
17:30  phase call close
       ANN buy 10 ABC @ 12.00
       BOB sell 10 ABC @ 12.00
       ANN buy 20 XYZ @ 10.00 gtc
       BOB sell 10 XYZ @ 10.00
17:35  phase end
END
exch-replay longer.txt | exch-match --market longer.market -o longer.xst
exch-report orders -f csv longer.xst >longer.csv 2>err
is "$?$(cat err)" 0 "an auction behind the end of another's day is no error"
is "$(awk -F, 'NR > 1 { print $3, $10 }' longer.csv | sort)" "1 10
2 10
3 10
4 10" "and its executions count"

# A record without a time, as damage may leave it, is no instant to wait for.
exch-replay -f json longer.txt |
	sed '/"order":"3"/s/"time":"[^"]*"/"time":"18446744073709551615"/' |
	exch-match >timeless.xst 2>err
exits 0 "samples end where time does" \
	timeout 20 exch-report depth --every 1m -f csv -o samples.csv timeless.xst
ok "and are those of the day" test "$(wc -l <samples.csv)" -lt 50

# Bands and limit states are told last of an event: it has its samples, too.
lessons=$src/scenarios/ordertypes
exch-replay "$lessons/luld-double.txt" |
	exch-match --market "$lessons/luld.market" -o notice.xst
is "$(exch-report depth -n 1 -f csv notice.xst | sed 1d | cut -d, -f 1,3,7-)" \
	"2000-01-03T15:34:50.000000000Z,0,28.80,10,,
2000-01-03T15:34:59.000000000Z,0,,,,
2000-01-03T15:35:00.000000000Z,0,29.00,10,,
2000-01-03T15:35:00.000000000Z,1,29.00,6,," \
	"an event that ends with a notice is one of its own"

# An index nobody trades: its values are trades of nothing.
exch-replay "$lessons/breaker-halt.txt" |
	exch-match --market "$lessons/breaker.market" -o index.xst
for report in summary trades orders depth bars audit; do
	exits 0 "$report of a day with an index" \
		exch-report $report -f csv -o index.csv index.xst
done
is "$(exch-report bars --interval 1h -f csv index.xst | grep SPX)" \
	"2000-01-03T10:00:00.000000000Z,SPX,4650.01,4800.00,4600.00,4600.00,0,0.00,,4" \
	"bars of an index have no volume"

finish
