#!/bin/sh
# exch-replay: which records pass, when, and of which inputs: --symbol,
# --from, --to, --count, --speed, --raw, several operands, streams.
. "${srcdir:-.}/tests/cli/lib.sh"

# show FILE...: what happens, without framing, sequence and zeros.
show() {
	exch-replay -f json "$@" 2>err | grep -v '"t":"\(header\|schema\|source\|end\)"' |
		sed 's/"source":[0-9]*,"seq":"[0-9]*",//; s/000000000Z/Z/
			s/"time":"2026-01-05T//; s/"symbol":"//'
}

# digest FILE...: of the records.
digest() {
	exch-replay --digest "$@" 2>&1 >/dev/null | grep '^sha256:'
}

types() {
	sed 's/^{"t":"\([a-z-]*\)".*/\1/' | uniq -c | awk '{print $1 $2}' |
		paste -sd ' ' -
}

# ---- commands ----

cat >day.txt <<'END'
date 2026-01-05
zone UTC
instrument ABC tick 0.01
instrument XYZ tick 0.01
account ANN
09:00 phase call open
09:10 ANN buy 100 ABC @ 10.01
09:20 BOB sell 100 XYZ @ 10.01
09:30 phase continuous
09:40 buy 100 ABC @ 10.02
09:50 sell 100 ABC @ 10.03
10:00 sell 100 XYZ @ 10.04
10:10 cancel 1 ABC
END
is "$(show day.txt | types)" \
	"2instrument 1account 1phase 1new 1account 1new 1phase 3new 1cancel" \
	"all of it"
is "$(show --count 3 day.txt | types)" \
	"2instrument 1account 1phase 1new 1account 1new 1phase 1new" \
	"--count 3: three orders and what stands before the third"
is "$(show --count 0 day.txt | types)" \
	"2instrument 1account 1phase" "--count 0 ends at the first order"
is "$(show --to 09:50 day.txt | types)" \
	"2instrument 1account 1phase 1new 1account 1new 1phase 1new" \
	"--to leaves out its own time"
is "$(show --from 09:50 day.txt | types)" \
	"2instrument 1account 1phase 1account 1phase 2new 1cancel" \
	"--from keeps it, and phases and accounts of before"
has err "3 records before --from were left out" "and says what is missing"
is "$(show --from 09:40 --to 10:00 day.txt | grep -c '"t":"new"')" 2 "both"
is "$(show --from 2026-01-05T09:50:00Z day.txt)" \
	"$(show --from 09:50 day.txt)" "a whole time"
is "$(show --from 10:50 --tz +01:00 day.txt)" \
	"$(show --from 09:50 day.txt)" "a time in a zone"
sed 's/^zone UTC/zone +09:00/' day.txt >east.txt
is "$(show --from 09:50 --to 10:10 east.txt | types)" \
	"2instrument 1account 1phase 1account 1phase 2new" \
	"without --tz in the zone that the scenario names"
is "$(show --from 00:50 --tz UTC east.txt)" \
	"$(show --from 09:50 east.txt)" "which --tz goes before"
is "$(show --symbol XYZ day.txt | types)" \
	"1instrument 1account 1phase 1account 1new 1phase 1new" "--symbol"
is "$(show --symbol XYZ --symbol ABC day.txt)" "$(show day.txt)" \
	"--symbol twice"
is "$(show --symbol XYZ,ABC day.txt)" "$(show day.txt)" "--symbol with two"
exits 1 "a symbol that nobody knows" sh -c \
	'exch-replay --symbol ABC,QQQ day.txt >out 2>err'
has err "no input knows the symbol QQQ" "is named"

# ---- several inputs ----

cat >more.csv <<'END'
time,symbol,order,side,qty,account
2026-01-05T11:00:00Z,XYZ,50,B,10,BOB
2026-01-05T11:00:01Z,NEW,51,B,10,CARL
END
cat >last.txt <<'END'
date 2026-01-05
12:00 BOB buy 1 NEW @ 1
END
show --tick 1 day.txt more.csv last.txt >all
is "$(grep -c '"t":"instrument"' all)" 3 "instruments are brought together"
is "$(grep -c '"t":"account"' all)" 3 "so are accounts"
has all '"new".*11:00:00.Z.*XYZ","instr":2,.*"account":2' \
	"a symbol and a name known before"
has all '"new".*11:00:01.Z.*NEW","instr":3,.*"account":3' "new ones"
has all '"new".*12:00:00.Z.*NEW","instr":3,"order":"52".*"account":2' \
	"an order without a number is numbered on"
is "$(show --tick 1 - more.csv last.txt <day.txt | cksum)" \
	"$(cksum <all)" "standard input among them"
exch-replay -o day.xst day.txt
is "$(show --tick 1 day.xst more.csv last.txt | cksum)" "$(cksum <all)" \
	"a stream among them"
cat >other.txt <<'END'
date 2026-01-05
instrument XYZ tick 0.01
instrument ABC tick 0.01
12:00 buy 7 XYZ @ 1 id 70
END
exch-replay -o other.xst other.txt
show day.txt other.xst >both
has both '"new".*XYZ","instr":2,"order":"70"' \
	"a stream's own numbers give way to the first input's"

# ---- streams ----

want=$(digest day.txt)
is "$(digest day.xst)" "$want" "a stream is copied"
is "$(exch-replay day.xst | exch-replay | exch-replay --digest 2>&1 \
	>/dev/null)" "$want" "again and again"
is "$(show --symbol XYZ day.xst)" "$(show --symbol XYZ day.txt)" \
	"a stream is filtered as what it was made of: --symbol"
is "$(show --from 09:50 --to 10:10 day.xst)" \
	"$(show --from 09:50 --to 10:10 day.txt)" "--from and --to"
is "$(show --count 2 day.xst)" "$(show --count 2 day.txt)" "--count"
exch-match -o matched.xst day.xst
is "$(digest matched.xst)" "$(exch-match --digest day.xst 2>&1 >/dev/null)" \
	"a matched stream is copied"
exch-replay --symbol ABC matched.xst >abc.xst
is "$(exch-replay -f json abc.xst | grep -c '"instr":2')" 0 \
	"and filtered with its events"
exits 0 "and still whole" sh -c 'exch-replay abc.xst >/dev/null'

# ---- a displayed book ----

# fidelity FILE: executions expected, exact and imposed.
fidelity() {
	awk -F, '$1 == "total" {v[$2] += $4} END {
		print v["expected"] + 0, v["exact"] + 0, v["imposed"] + 0
	}' "$1"
}

# book LINES: a raw stream of one instrument from short lines.
book() {
	printf '%s\n' '{"t":"header","major":1,"minor":0,"start":"2026-01-05T09:00:00.000000000Z","id":"00000000000000000000000000000000","date":20260105,"source":1,"text":"raw=yes\n"}'
	awk 'BEGIN { n = 0 }
	function rec(type, rest) {
		n++
		printf "{\"t\":\"%s\",\"source\":1,\"seq\":\"%d\",\"time\":\"2026-01-05T%s.000000000Z\",\"instr\":1,%s}\n", type, n, t, rest
	}
	{ t = $1 }
	$2 == "instrument" { rec("instrument", "\"symbol\":\"ABC\",\"isin\":\"\",\"mic\":\"\",\"currency\":\"\",\"kind\":\"equity\",\"px_decimals\":2,\"qty_exponent\":0,\"iflags\":0,\"tick\":0.01,\"lot\":1,\"min_qty\":1,\"max_qty\":null,\"reference\":null,\"strike\":null,\"multiplier\":1,\"expiry\":null,\"underlying\":0,\"tick_table\":0,\"settle_days\":0") }
	$2 == "add" { rec("book-add", sprintf("\"order\":\"%s\",\"price\":%s,\"qty\":%s,\"side\":\"%s\",\"mpid\":\"\"", $3, $6, $5, $4)) }
	$2 == "exec" { rec("book-exec", sprintf("\"order\":\"%s\",\"qty\":%s,\"match\":\"%d\",\"price\":null,\"printable\":1", $3, $4, n)) }
	$2 == "reduce" { rec("book-reduce", sprintf("\"order\":\"%s\",\"qty\":%s", $3, $4)) }
	$2 == "delete" { rec("book-delete", sprintf("\"order\":\"%s\"", $3)) }
	$2 == "replace" { rec("book-replace", sprintf("\"order\":\"%s\",\"new_order\":\"%s\",\"price\":%s,\"qty\":%s", $3, $4, $6, $5)) }
	END { printf "{\"t\":\"end\",\"records\":\"%d\",\"status\":\"complete\"}\n", n }'
}

book >raw.json <<'END'
09:00:00 instrument
09:00:01 add 1 buy 100 10.00
09:00:02 add 2 buy 100 10.00
09:00:03 add 3 buy 100 9.99
09:00:04 add 4 sell 100 10.05
09:00:05 reduce 1 30
09:00:06 replace 2 5 80 10.00
09:00:07 add 6 buy 50 10.00
09:00:08 delete 3
09:00:09 exec 1 20
09:00:10 exec 1 50
09:00:11 exec 5 80
09:00:11 exec 6 10
09:00:12 delete 4
END
exits 0 "a raw stream" sh -c 'exch-replay -o whole.xst raw.json 2>err'
is "$(show whole.xst | types)" \
	"1instrument 4new 1cancel 1replace 1new 1cancel 1new 1expect 1new 1expect 1new 2expect 1cancel" \
	"has its aggressors put back"
exch-match whole.xst | exch-report fidelity -f csv >fid
is "$(fidelity fid)" "4 4 0" "and matches exactly"
show --from 09:00:10 raw.json >win
is "$(types <win)" "1instrument 5new 1expect 1new 2expect 1cancel" \
	"--from: the resting orders, then the rest of the day"
is "$(sed -n '/"t":"new"/{s/.*"order":"\([0-9]*\)","price":\([0-9.]*\),"qty":\([0-9]*\),.*/\1 \3 @ \2/p;}' win |
	head -n 4 | paste -sd ';' -)" \
	"1 50 @ 10.00;4 100 @ 10.05;5 80 @ 10.00;6 50 @ 10.00" \
	"with what is left of them, in the order of their display"
is "$(grep -c '"flags":"snapshot+imposed"' win)" 4 "marked as what they are"
exch-replay --from 09:00:10 raw.json 2>err | exch-match |
	exch-report fidelity -f csv >fid

# ---- pace ----

cat >slow.txt <<'END'
instrument ABC tick 0.01
09:30 buy 1 @ 1
+0.1s buy 1 @ 1
+0.3s sell 1 @ 1
END
millis() {
	date +%s%3N
}
before=$(millis)
is "$(digest --speed 1 slow.txt)" "$(digest slow.txt)" \
	"the speed does not change the records"
took=$(($(millis) - before))
ok "speed 1: 400 ms take 400 ms ($took)" \
	test "$took" -ge 400 -a "$took" -lt 3000
before=$(millis)
exch-replay --speed 0.5x slow.txt >out
took=$(($(millis) - before))
ok "speed 0.5x: they take 800 ms ($took)" \
	test "$took" -ge 800 -a "$took" -lt 4000
before=$(millis)
exch-replay --speed 1000 slow.txt >out
took=$(($(millis) - before))
ok "speed 1000: hardly any time ($took)" test "$took" -lt 2000
sed 's/+0.3s/+1h/' slow.txt >far.txt
timeout 2 exch-replay --speed 1 -f json far.txt >out 2>err
is $? 124 "an hour is waited for"
is "$(grep -c '"t":"new"' out)" 2 "with everything before it written"
is "$(tail -n 1 out)" '{"t":"end","records":"3","status":"signal"}' \
	"and an end that says why"
sed 's/"status":"signal"/"status":"complete"/' out >burst.json
exits 0 "--speed of a stream" sh -c \
	'exch-replay --speed 10 burst.json >out'

# A book's execution waits for nothing that comes later.
sed 's/T09:00:12/T10:00:12/' raw.json >late.json
timeout 2 exch-replay --speed 100 -f json late.json >out 2>err
is "$(grep -c '"t":"expect"' out)" 4 "the last executions before a pause"

timeout 2 exch-replay --from 09:40 --to 09:29 raw.json >out 2>err
is $? 2 "a window that ends before it begins is refused"
is "$(grep -c 'is not after --from' err)" 1 "and said to be"

# ---- a real day ----

sse=$data/derived/sse600519_20230207
if [ ! -f "$sse.moldudp64.pcap" ]; then
	skip "a window of a real day" "no $sse.moldudp64.pcap"
	finish
fi
opts="--date 2023-02-07 --tz Asia/Shanghai"
# shellcheck disable=SC2086 # a list of options
exch-replay $opts --from 10:00 --to 11:00 "$sse.moldudp64.pcap" >win.xst
is $? 0 "an hour of a real day"
exch-match -o win.match win.xst
# The exchange's own trades of that hour.
truth=$(awk -F, '$2 >= "10:00:00" && $2 < "11:00:00"' "$sse.trades.csv" |
	wc -l)
exch-report fidelity -f csv win.match >fid
is "$(fidelity fid)" "$truth $truth 0" \
	"all $truth executions are matched exactly"
# shellcheck disable=SC2086
exch-replay $opts --to 11:00 "$sse.moldudp64.pcap" | exch-match -o day.match
for f in win day; do
	exch-report depth -f csv --at 02:20:00,02:40:00,02:59:59 $f.match \
		>$f.csv
	# Counts and sums of trades are of what each of them has seen.
	cut -d, -f 1,2,7- $f.csv >$f.depth
done
is "$(wc -l <day.depth)" "$(wc -l <win.depth)" "three books of ten levels"
same win.depth day.depth "and the book is that of the whole day"
finish
