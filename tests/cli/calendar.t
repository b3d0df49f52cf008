#!/bin/sh
# Calendars: holidays, early closes, where the table is looked for, what is
# said of a wrong one; and sessions in the weeks in which the clocks of
# America and Europe change.
. "${srcdir:-.}/tests/cli/lib.sh"

# day DATE: a stream of that day without orders, in day.xst.
day() {
	printf 'date %s\nzone UTC\ninstrument ABC tick 0.01\n' "$1" |
		exch-replay >day.xst
}

# phases OPTION ...: time and phase of every change in day.xst.
phases() {
	exch-match -f csv --type phase "$@" day.xst 2>err |
		awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		{ print $at["time"], $at["phase"], $at["cross"] }' |
		sed 's/:00.000000000Z//'
}

us="--market $src/data/markets/nasdaq.market"
day 2026-11-25
# shellcheck disable=SC2086 # two words
is "$(phases $us | tail -n 2)" "2026-11-25T21:00 call close
2026-11-25T21:00 end none" "an ordinary day"
is "$(cat err)" "" "without a word"
day 2026-11-26
# shellcheck disable=SC2086
is "$(phases $us)" "2026-11-26T05:00 closed none" "a holiday"
day 2026-11-27
# shellcheck disable=SC2086
is "$(phases $us)" "2026-11-27T09:00 continuous none
2026-11-27T14:30 call open
2026-11-27T14:30 continuous none
2026-11-27T18:00 call close
2026-11-27T18:00 end none" "an early close moves the rows"
day 2026-11-28
# shellcheck disable=SC2086
is "$(phases $us)" "2026-11-28T05:00 closed none" "a Saturday"
day 2023-11-23
# shellcheck disable=SC2086
is "$(phases $us | wc -l)" 5 "a year the table does not know"
ok "is told" grep -q 'knows nothing of 2023' err

# 2026: America changes on 8 March and 1 November, Europe on 29 March and
# 25 October; the sessions keep their local times.
open() {
	day "$1"
	phases --market "$src/data/markets/$2.market" |
		sed -n 's/ continuous none//p' | sed -n 1p
}
is "$(open 2026-03-06 nasdaq) $(open 2026-03-06 xetra)" \
	"2026-03-06T09:00 2026-03-06T08:00" "both in winter"
is "$(open 2026-03-09 nasdaq) $(open 2026-03-09 xetra)" \
	"2026-03-09T08:00 2026-03-09T08:00" "America in summer"
is "$(open 2026-03-30 nasdaq) $(open 2026-03-30 lse)" \
	"2026-03-30T08:00 2026-03-30T07:00" "both in summer"
is "$(open 2026-10-26 nasdaq) $(open 2026-10-26 xetra)" \
	"2026-10-26T08:00 2026-10-26T08:00" "Europe in winter again"
is "$(open 2026-11-02 nasdaq)" "2026-11-02T09:00" "and America"

# The night itself, in a market that does not sleep: 01:30 is before the
# change, 12:00 behind it.
printf '01:30 continuous\n12:00 closed\n' >night
day 2026-03-29
is "$(phases -t night --tz Europe/Berlin)" "2026-03-29T00:30 continuous none
2026-03-29T10:00 closed none" "the night of an hour less"
day 2026-10-25
is "$(phases -t night --tz Europe/Berlin)" "2026-10-24T23:30 continuous none
2026-10-25T11:00 closed none" "the night of an hour more"

# ---- the option, and where the market's table is looked for ----

mkdir calendars
printf 'date,event,from,to,note\n2026-01-05,closed,,,mine\n' >calendars/own.csv
printf 'name m\nzone UTC\ncalendar own\nsession 09:00 continuous\n' >m.market
day 2026-01-05
is "$(phases --market m.market)" "2026-01-05T00:00 closed none" \
	"the table stands beside the market's file"
mkdir markets
cp m.market markets
is "$(phases --market markets/m.market)" "2026-01-05T00:00 closed none" \
	"or beside its directory"
printf 'date,event,from,to,note\n2026-01-06,closed,,,other\n' >other.csv
is "$(phases --market m.market --calendar other.csv)" \
	"2026-01-05T09:00 continuous none" "the option goes before it"
is "$(phases -t night --tz UTC --calendar calendars/own.csv)" \
	"2026-01-05T00:00 closed none" "and works with any timetable"
exch-match --calendar other.csv day.xst >out 2>err
is $? 2 "without a timetable it is wrong usage"
printf 'date,event,from,to,note\n2026-01-05,early,13:00,16:00,\n' >other.csv
exch-match --market m.market --calendar other.csv day.xst >out 2>err
is $? 3 "a wrong table ends the run"
is "$(cat err)" "exch-match: other.csv:2:24: '16:00' is not before the time it replaces" \
	"with line and column"
is "$(wc -c <out)" 0 "and nothing is written"
rm calendars/own.csv
exch-match --market m.market day.xst >out 2>err
is $? 3 "a table that is not there"
ok "is named" grep -q 'calendars/own\.csv' err
ok "and what to do" grep -q '^exch-match: m\.market: .*--calendar' err

# ---- times of day in a market's rules, with no timetable at all ----

cat >late.market <<'X'
name    late
zone    America/New_York
breaker index SPX
breaker fall  7% halt 15m
breaker until 15:25
luld    above 3.00 5% double
luld    double 15:35
X
# late TIME OPTION ...: what happens, in UTC, when the index falls then, and
# by 21:00.
late() {
	cat >late.txt <<X
date 2026-11-27
zone America/New_York
instrument SPX tick 0.01 reference 5000
instrument ABC tick 0.01 reference 20.00
$1 value SPX @ 4650
21:00 value SPX @ 5000
X
	shift
	exch-replay late.txt | exch-match --market late.market -f text "$@" 2>err |
		awk '$2 == "ABC" && $3 != "instrument" {
			print substr($1, 1, 5), $4, $5, $6
		}'
}
is "$(late 15:24)" "05:00 luld lower=19 upper=21
20:24 halt reason MWC1
20:39 continuous reason MWCQ
20:39 luld lower=18 upper=22" "a moment before the last level may halt"
is "$(late 15:25)" "05:00 luld lower=19 upper=21
20:35 luld lower=18 upper=22" "and then"
early="--calendar $src/data/calendars/us-equities.csv"
# shellcheck disable=SC2086 # two words
is "$(late 12:24 $early)" "05:00 luld lower=19 upper=21
17:24 halt reason MWC1
17:39 continuous reason MWCQ
17:39 luld lower=18 upper=22" "an early close moves these times"
# shellcheck disable=SC2086
is "$(late 12:25 $early)" "05:00 luld lower=19 upper=21
17:35 luld lower=18 upper=22" "as it moves the timetable"
is "$(cat err)" "" "without a word"
printf 'instrument ABC tick 0.01\n' | exch-replay -f csv --type instrument |
	exch-match --market late.market >out 2>err
is $? 2 "they need a date"
ok "and say so" grep -q 'late\.market: the stream does not tell its date' err

for f in "$src"/data/calendars/*.csv; do
	exits 0 "${f##*/} is taken" exch-match --market m.market \
		--calendar "$f" -o out day.xst
done
finish
