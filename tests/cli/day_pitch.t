#!/bin/sh
# The first minutes of a morning in PITCH: the volume of each symbol as the
# file's own lines add up, and as it was counted by others.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

day=$data/pitch/pitch_example_data
[ -r "$day" ] || skip_all "no real data: set EXCH_TESTDATA"
what='--date 2008-10-01 --tz America/New_York'

# shellcheck disable=SC2086
exch-replay -v $what "$day" 2>stats.txt | exch-match -v -o day.xst 2>match.txt
result $? "20,000 lines are recognised, replayed and matched"
is "$(awk '$1 == "messages" && NF == 3 { printf "%s %s ", $2, $3 }' stats.txt)" \
	"A 10361 E 20 P 27 X 9592 " "messages by type"
has match.txt ' 20 of 20 executions exact, 0 missed, 0 imposed' \
	"every execution exact"

exch-report -f csv --all summary day.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
	$c["symbol"] != "" && $c["volume"] > 0 { print $c["volume"], $c["symbol"] }' |
	sort -k 1,1nr -k 2 >got
cat >want <<'X'
5000 OIH
2000 SPY
1209 DRYS
577 ZVZZT
495 AAPL
400 PTR
400 UYG
320 FXP
229 DIA
210 BAC
X
head -10 got >first
same first want "the ten symbols that traded most"
is "$(awk '{ n += $1 } END { print n }' got)" 11440 "shares of all"

# The same from the lines alone: the symbol of E is that of its order.
sed 's/^S//' "$day" | awk '
	substr($0, 9, 1) == "A" { of[substr($0, 10, 12)] = substr($0, 29, 6) }
	substr($0, 9, 1) == "E" { n[of[substr($0, 10, 12)]] += substr($0, 22, 6) }
	substr($0, 9, 1) == "P" { n[substr($0, 29, 6)] += substr($0, 23, 6) }
	END { for (s in n) { t = s; sub(/ *$/, "", t); print n[s], t } }' |
	sort -k 1,1nr -k 2 >want
same got want "and all as the lines add up"

# Cut anywhere in its last line it says so, and loses nothing before it.
head -c 5000 "$day" >cut
# shellcheck disable=SC2086
exch-replay $what -o cut.xst cut 2>said
is $? 3 "cut in the middle of a line"
whole=$(wc -l <cut)
has said "cut:$((whole + 1)): the input ends with half a line" "is said with it"
is "$(exch-replay -f csv --type new cut.xst 2>/dev/null | sed 1d | wc -l)" \
	"$(head -"$whole" "$day" | grep -c '^S........A')" "what came before is there"

finish
