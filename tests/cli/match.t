#!/bin/sh
# exch-match as a program: what its options promise beyond the rules of the
# market, which tests/unit and tests/prop know.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >day.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:00  ANN buy 300 ABC @ 10.00
09:10  BOB sell 200 ABC @ 10.00
09:40  CARL sell 300 ABC @ 9.99
15:57  ANN buy 50 ABC @ 9.99
15:58  BOB sell 50 ABC @ 9.99
END
cat >table <<'END'
08:00  call open
09:30  continuous
15:55  call close
16:00  closed
END
exch-replay day.txt >day.xst
result $? "input is made"

# ---- the timetable ----

exch-match -t table --tz UTC -f text day.xst >whole
is "$(grep -c ' phase ' whole)" 4 "a timetable makes its phases"
has whole 'exec .*close auction' "the last of them after the input's end"

mkfifo pipe
cat table >pipe &
exch-match -t pipe --tz UTC -f text day.xst >piped
wait
same piped whole "a timetable may come through a pipe"

echo '09:30 halt - ABD' | exch-match -t /dev/stdin --tz UTC -f text day.xst \
	2>err | grep -c ' phase ' >out
is "$(cat out)" 0 "a line for an instrument that is not there does nothing"
has err '^exch-match: 1 lines of the timetable were passed over' "and is told"

# The end is cut off, and every record is there.
exch-match -q -t table --tz UTC -f json day.xst >whole.json
exch-replay -f json day.txt | sed '$d' >cut.json
exits 3 "an input without an end" sh -c \
	'exch-match -q -t table --tz UTC -f json cut.json >got.json 2>err'
sed '$d' got.json >got
head -n "$(wc -l <got)" whole.json >want
same got want "gives the beginning of what the whole one gives"
exits 1 "and no auction that its cut-off orders would miss" \
	grep -q '"auction".*close' got.json
exits 0 "an end that is not asked for" sh -c \
	'exch-match -q --partial -t table --tz UTC -f json cut.json >got.json'
sed '$d' got.json >got
sed '$d' whole.json >want
same got want "is the end all the same"

# ---- matched again ----

# What one matcher made is left out, whatever it is; the commands, and so the
# events, stay.
cat >deals.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30  ANN quote bid 10 @ 9.99 offer 10 @ 10.01
       BOB buy 4 @ 10.01
       BOB buy 20 @ 9.90 show 5
       CARL sell 30 stop 9.99
       BOB sell 12 @ 9.99
       CARL buy 5 @ 10.05 request as ask
       ANN sell 5 @ 10.02 answers ask as ann
       CARL accept ann for ask
       block 1000 @ 10 buyer ANN seller BOB
       break 1
       break 2 with 5 @ 10
       cancel all
END
exch-replay deals.txt | exch-match -o deals.xst
# events FILE: all records but those that compare.
events() {
	exch-match -q --rematch -f text "$1" |
		grep -v -e ' expect ' -e ' source ' -e '^end'
}
exch-replay deals.txt | exch-match -f text | grep -v -e ' source ' -e '^end' \
	>once
for type in exec restated triggered trade bust mass-done; do
	has once "[A ] $type " "there is a record $type"
done
events deals.xst >twice
same twice once "matched again the events are the same"
exch-match -q --rematch -o again.xst deals.xst
events again.xst >thrice
same thrice once "and once more"
# The market is in the SOURCE record, by its name and by what its files hold;
# another one is told, for it makes other executions.
markets=$src/data/markets
# market FILE MARKET: what the answers' SOURCE record should say.
market() {
	hash=$(sha256sum <"$2" | cut -c 1-16)
	is "$(exch-replay -q -f json "$1" | sed -n \
		's/.*"t":"source".*exch-match.* \(market=[^ "]*\).*/\1/p')" \
		"market=$(basename "$2" .market):$hash" "SOURCE names the market"
}
exch-replay deals.txt | exch-match -q --market "$markets/nasdaq.market" \
	-o listed.xst
market listed.xst "$markets/nasdaq.market"
exits 0 "matched under the same market" exch-match --rematch \
	--market "$markets/nasdaq.market" -o again.xst listed.xst 2>said
is "$(grep -c 'was matched with' said)" 0 "  nothing is told of it"
exits 0 "  and again" exch-match --rematch \
	--market "$markets/nasdaq.market" -o thrice.xst again.xst 2>said
is "$(grep -c 'was matched with' said)" 0 "  nothing, either"
for options in "" "-j 2"; do
	# shellcheck disable=SC2086
	exits 0 "under none $options" exch-match --rematch $options \
		-o other.xst listed.xst 2>said
	is "$(grep -c 'market=nasdaq:[0-9a-f]\{16\}, and now with market=none:' \
		said)" 1 "  is told"
done
{
	cat "$markets/nasdaq.market"
	echo "# another version"
} >nasdaq.market
cp -R "$src/data/calendars" .
exits 0 "under another version of it" exch-match --rematch \
	--market nasdaq.market -o other.xst again.xst 2>said
has said 'with market=nasdaq:[0-9a-f]*, and now with market=nasdaq:' "is told"
exits 0 "under a market what had none" exch-match --rematch \
	--market "$markets/xetra.market" -o other.xst deals.xst 2>said
has said 'with market=none, and now with market=xetra:' "is told, too"
exits 0 "-q" exch-match -q --rematch -o other.xst listed.xst 2>said
is "$(cat said)" "" "says nothing"
exits 2 "without --rematch it is refused" exch-match -q -o no.xst deals.xst
printf '%s\n' 'instrument ABC tick 0.01' \
	'09:30 block 10 @ 5 buyer A seller B' >block.txt
exch-replay block.txt | exch-match -o block.xst
exits 2 "so is one with a block only" exch-match -q -o no.xst block.xst

# id OPTION...: the stream's own.
id() {
	exch-match -t table "$@" -f json day.xst |
		sed -n '1s/.*"id":"\([0-9a-f]*\)".*/\1/p'
}

one=$(id --tz UTC)
is "$(id --tz UTC)" "$one" "the stream's id is the same for the same options"
[ "$(id --tz UTC --date 2026-01-06)" != "$one" ]
result $? "another date is another stream"
[ "$(id --tz +01:00)" != "$one" ]
result $? "and so is another zone"

# ---- instruments that are no good ----

exch-replay -f json day.txt | sed 's/"tick":0.01/"tick":0/' >bad.json
exits 1 "a tick of 0 is bad content" sh -c \
	'exch-match -f json bad.json >out 2>err'
has out '"t":"error"' "told in the stream"
has err 'source 1, record 1: instrument refused' "where it stands"
has err '1 record had bad content' "and at the end"
exits 3 "--strict stops there" sh -c \
	'exch-match --strict -f json bad.json >out 2>err'
exits 1 "before any order" grep -q '"t":"reject"' out
has out '"status":"error"' "with an end that says so"

# ---- the zone of a timetable ----

{ echo 'zone Asia/Tokyo'; cat day.txt; } >tokyo.txt
exits 0 "the zone that a scenario names" sh -c 'exch-replay tokyo.txt |
	exch-match -t table -f text >out'
is "$(grep ' phase ' out)" "$(exch-replay tokyo.txt |
	exch-match -t table --tz Asia/Tokyo -f text | grep ' phase ')" \
	"is that of the timetable"
has out '00:30:00.* phase ' "09:30 there is 00:30 UTC"
# What is announced at midnight in Tokyo is of the day before in UTC.
dated() {
	exch-replay -f json "$@" | sed -n '1s/.*"date":\([0-9]*\).*/\1/p'
}
printf '%s\n' 'date 2026-01-05' 'zone Asia/Tokyo' \
	'instrument ABC tick 0.01' '08:30 A buy 1 @ 1' >dated.txt
is "$(dated dated.txt)" 20260105 "the date that a scenario names"
is "$(dated --date 2026-01-07 --tz UTC dated.txt)" 20260105 \
	"goes before that of the options"
exch-replay --tz UTC -f json dated.txt | sed 1q >out
has out '"text":"zone=Asia/Tokyo' "and so does its zone"
sed 1,2d dated.txt >undated.txt
is "$(dated --date 2026-01-07 --tz Asia/Tokyo undated.txt)" 20260107 \
	"which count where it names none"
exch-replay dated.txt | exch-match -t table -f json >out
has out '"time":"2026-01-05T00:30:00.*"phase":' \
	"the timetable is of the day of the scenario"

# ---- far times ----

printf 'name m\nindicative 1ms\n' >m.market
printf '%s\n' 'date 2026-01-05' 'zone UTC' 'instrument ABC tick 0.01' \
	'10:00 phase call open ABC' '10:00:01 A buy 5 ABC @ 10' \
	'10:00:01 B sell 5 ABC @ 10' \
	'10:00:02 A cancel 99' >far.txt
exch-replay -f json far.txt | sed '/"t":"cancel"/s/"time":"[^"]*"/"time":'\
'"18446744073709551614"/' >far.json
timeout -s KILL 20 exch-match -q -f json --market m.market far.json >out
result $? "the last time there is comes to an end"
is "$(grep -c '"t":"auction"' out)" 1 "and nothing new is told once only"
printf '%s\n' 'name m' 'luld above 0 5%' >m.market
{ sed -n 1,2p far.txt; echo 'instrument ABC tick 0.01 reference 10'
	echo '10:00 phase continuous ABC'; echo '10:00:01 A buy 5 ABC @ 10.50'
	echo '10:00:02 A cancel 99'; } >far2.txt
exch-replay -f json far2.txt | sed '/"t":"cancel"/s/"time":"2026/"time":"2526/' \
	>far.json
exch-match -q -f json --market m.market far.json >out 2>err &
pid=$!
sleep 0.5
kill -TERM $pid
wait $pid
is $? 143 "a signal ends events that no record asks for"

# An order of one unit at a time trades for longer than anybody waits.
printf '%s\n' 'instrument ABC tick 0.01' \
	'09:30 A sell 9000000000000000000 ABC @ 10.00 show 1' \
	'09:31 B buy 9000000000000000000 ABC @ 10.00' >parts.txt
exch-replay -q -o parts.xst parts.txt
for j in 1 2; do
	timeout -k 60 -s TERM 1 exch-match -q -j $j parts.xst >out.xst
	is $? 124 "-j $j: a signal ends a command that does not end"
	exits 4 "  a full disk as well" timeout -s KILL 60 \
		exch-match -q -j $j -o /dev/full parts.xst 2>err
done
timeout -k 60 -s TERM 1 exch-match -q -o cut.xst parts.xst
is "$(ls | grep -c cut.xst)" 0 "  and leaves no file"
# a busy machine may take more than a second to say anything
timeout -k 60 -s TERM 4 exch-match -q parts.xst |
	exch-report summary >out 2>err
has out '^Stream  *stopped by a signal' "what left until then says so"
# timeout(1) itself asks twice, and a tool may have heard it the first time
mkfifo two
exch-report summary <two >out 2>err &
reader=$!
exch-match -q parts.xst >two &
pid=$!
sleep 2
kill -TERM $pid
sleep 0.02
kill -TERM $pid 2>/dev/null
wait $pid
is $? 143 "asked twice at once it ends"
wait $reader
has out '^Stream  *stopped by a signal' "  in order"

# ---- wrong usage that only the input shows ----

exch-match -o matched.xst day.xst
echo precious >keep.xst
exits 2 "a stream that was matched already" sh -c \
	'exch-match -q -o keep.xst matched.xst 2>err'
has err 'matched already' "is told"
is "$(cat keep.xst)" precious "and leaves the old file of -o"
exits 2 "a timetable without a zone" sh -c \
	'exch-match -q -o keep.xst -t table day.xst 2>err'
is "$(cat keep.xst)" precious "does so, too"
printf 'name m\nsession 09:00 continuous\n' >m.market
exits 2 "a market with sessions and without a zone" sh -c \
	'exch-match -q --market m.market day.xst >out 2>err'
has err '^exch-match: m.market: the zone .* add a line "zone NAME" or --tz' \
	"as well"

exits 2 "a zone that is none, where nothing asks for it" \
	sh -c 'exch-match --tz Nowhere/Else day.xst >out 2>err'

finish
