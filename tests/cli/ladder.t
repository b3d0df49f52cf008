#!/bin/sh
# exch-feed ladder, driven by keys in a terminal of tmux, its screens read as
# text and compared with what exch-feed depth and trades have.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

grep -q '^#define HAVE_NCURSES 1' "$bin/config.h" ||
	skip_all "built without ncurses"
# shellcheck source=tests/cli/tmux_lib.sh
. "$src/tests/cli/tmux_lib.sh"

# book: the levels of the screen, bids from the best on, then offers.
book() {
	awk -v half="$1" '
	NR == 4 { at = index($0, "price") + 4; next }
	NR > 4 && NR <= 4 + half {
		px = substr($0, 1, at); sub(/.* /, "", px)
		rest = substr($0, at + 1); split(rest, f, " ")
		if (px != "") ask[++n] = px "," f[1]
		next }
	NR > 5 + half && NF > 1 && !/pause/ {
		px = substr($0, 1, at); k = split(px, f, " ")
		if (k > 1) bid[++m] = f[k] "," f[k - 1] }
	END { for (i = 1; i <= m; i++) print bid[i]
		for (i = n; i >= 1; i--) print ask[i] }' screen
}
# depth_at TIME SYMBOL LEVELS FILE: the same of exch-feed depth.
depth_at() {
	exch-feed depth -q -f csv -n "$3" --at "$1" -s "$2" "$4" | awk -F, -v n="$3" '
	NR == 1 { for (i = 1; $i != "bid_px_0"; i++) ; bid = i
		for (; $i != "ask_px_0"; i++) ; ask = i; next }
	{ for (i = 0; i < 2 * n; i += 2) if ($(bid + i) != "")
		print $(bid + i) "," $(bid + i + 1)
	  for (i = 0; i < 2 * n; i += 2) if ($(ask + i) != "")
		print $(ask + i) "," $(ask + i + 1) }'
}

exch-replay -q --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" | exch-match -q -o day.xst

# ---- a file, from a time on ----

in_terminal 80x24 "exch-feed ladder ALFA --from 15:00 day.xst"
ok "it stands at the time asked for" sees '15:00:00.000000.*paused'
book 9 >got
depth_at 15:00 ALFA 9 day.xst >want
same got want "its book is that of depth"
is "$(grep -c . want)" 18 "of nine levels a side"
exch-feed trades -q -f csv day.xst | awk -F, '
	NR > 1 && $2 == "ALFA" && $1 <= "2026-01-05T15:00" {
	row[++n] = substr($1, 12, 8) " " $5 " " $4 }
	END { for (i = n; i > n - 19; i--) print row[i] }' >want
awk 'NR > 4 && NR < 24 { s = substr($0, 55); sub(/[-+]/, "", s)
	$0 = s; print $1, $2, $3 }' screen >got
same got want "its tape is that of trades"
has screen "trades $(exch-feed trades -q -f csv day.xst | awk -F, '
	NR > 1 && $2 == "ALFA" && $1 <= "2026-01-05T15:00" && $9 != "bust"' |
	wc -l)\$" "and counts them"

# ---- keys ----

exch-feed orders -q -f csv -s ALFA day.xst | awk -F, '
	NR > 1 && $1 > "2026-01-05T15:00" { print substr($1, 12, 15); exit }' >first
keys n
ok "a step goes to the next event" sees "$(cat first).*paused"
keys ' '
ok "it goes on at its pace" sees ' 1x *$'
keys + + + + + + + + + +
ok "and time passes" sees '^ ALFA  *15:0[1-9].* 1024x *$'
keys - - - - - - - - - -
ok "slower again" sees ' 1x *$'
keys + +
ok "faster" sees ' 4x *$'
keys - - -
ok "slower" sees ' 0.5x *$'
keys ' '
ok "it pauses" sees ' paused *$'
keys g
ok "a time is asked for" sees '^go to (such as 14:57): *$'
keys 25:99 Enter
ok "that must be one" sees '^that is no time of day'
keys g 14:00 Enter
ok "and not be over" sees '^that is over: begin again with --from'
keys g 1x BSpace 9:30 Enter
ok "it goes there" sees '19:30:00.000000.*paused'
book 9 >got
depth_at 19:30 ALFA 9 day.xst >want
same got want "and has the book of then"
keys Tab
ok "the next instrument" sees '^ BRVO '
book 9 >got
depth_at 19:30 BRVO 9 day.xst >want
same got want "and its book"

# Nothing is seen before its time, whatever is asked for between two records.
cat >sparse.txt <<'END'
date 2026-01-05
instrument ABC tick 0.01
09:30:00 A buy 100 @ 10.00
09:31:00 A buy 200 @ 10.01
09:40:00 A buy 300 @ 10.02
END
exch-replay -q sparse.txt | exch-match -q -o sparse.xst
in_terminal 80x24 "exch-feed ladder ABC --from 09:31 sparse.xst"
ok "a quiet instrument" sees '09:31:00.000000.*paused'
keys g 09:35 Enter
ok "at a time between two records" sees '09:35:00.000000.*paused'
ok "has the book of then" grep -q '200  *10.01 *$' screen
ok "and not of later" sh -c '! grep -q 10.02 screen'
keys q
in_terminal 80x24 "exch-feed ladder ABC --from 09:20 sparse.xst"
ok "before the first record it waits, too" sees '09:20:00.000000.*paused'
keys C-\\
keys q
ok "a key that would break off does not" sees '^left with 0'
cat >wide.txt <<'END'
date 2026-01-05
instrument BTC tick 0.01
09:30:00 A buy 123456789 @ 67890.12
09:30:01 B sell 123456789 @ 67890.12
09:30:02 B sell 12345678901234 @ 123456789.12
END
exch-replay -q wide.txt | exch-match -q -o wide.xst
in_terminal 80x24 "exch-feed ladder BTC --speed max wide.xst"
ok "large numbers" sees 'end of the stream'
ok "are cut to what can be read" grep -q ' ~123456789  *~12345678M' screen
ok "and prints of them" grep -q ' ~123M  *67890.12$' screen
keys q

# ---- terminals ----

in_terminal 80x24 "exch-feed ladder BRVO --from 15:30 day.xst"
ok "another one" sees '15:30:00.000000.*paused'
tmux resize-window -x 56 -y 12
ok "a smaller terminal has no tape" sees '^ *price *offer *$\|bid *price *offer$'
ok "and fewer levels" sees '15:30:00.000000'
book 3 >got
depth_at 15:30 BRVO 3 day.xst >want
same got want "which are the best"
tmux resize-window -x 20 -y 5
ok "one without room says so" sees '^too small'
tmux resize-window -x 120 -y 50
ok "a large one" sees 'pause .*q quit'
book 22 >got
depth_at 15:30 BRVO 22 day.xst >want
same got want "has many levels"
tmux capture-pane -e -p >screen
ok "in colour" grep -q "$(printf '\033\\[3[12]m')" screen
keys q
ok "q leaves, and all is well" sees '^left with 0'

in_terminal 80x24 "NO_COLOR=1 exch-feed ladder ALFA --from 10:00 day.xst"
ok "without colour" sees '10:00:00.000000.*paused'
tmux capture-pane -e -p >screen
ok "there is none" sh -c "! grep -q '$(printf '\033\\[3[12]m')' screen"
keys C-c
ok "an interrupt gives the terminal back" sees '^left with 130'
in_terminal 80x24 "TERM=vt100 exch-feed ladder ALFA --from 10:00 day.xst"
ok "an old terminal" sees '10:00:00.000000.*paused'
in_terminal 80x24 "TERM=nonesuch exch-feed ladder ALFA day.xst"
ok "one that nobody knows" sees 'this terminal is not known: set TERM'
ok "is an error" sees '^left with [1-4]'
in_terminal 80x24 "TERM=dumb exch-feed ladder ALFA day.xst"
ok "one that cannot place anything" sees 'this terminal is not known: set TERM'

# ---- a pipe ----

in_terminal 80x24 "exch-replay -q --date 2026-01-05 --tz America/New_York \
	'$src/data/sample.pcap.zst' | exch-match -q | exch-feed ladder DLTA"
ok "a pipe runs through" sees 'end of the stream'
book 9 >got
exch-feed depth -q -f csv -n 9 -s DLTA day.xst | sed -n '1p;$p' >last.csv
awk -F, 'NR == 1 { for (i = 1; $i != "bid_px_0"; i++) ; bid = i
		for (; $i != "ask_px_0"; i++) ; ask = i; next }
	{ for (i = bid; i < bid + 18; i += 2) if ($i != "") print $i "," $(i + 1)
	  for (i = ask; i < ask + 18; i += 2) if ($i != "") print $i "," $(i + 1)
	}' last.csv >want
same got want "its last book stays to be seen"
keys q
ok "until it is left" sees '^left with 0'

# It hears keys while nothing comes.
head -c 200000 day.xst >part.xst
mkfifo fifo
in_terminal 80x24 "(cat part.xst; exec sleep 600) >fifo & exch-feed ladder ALFA <fifo"
ok "what has come is shown" sees '^ ALFA .*as it comes'
keys q
ok "and it can be left" sees '^left with 0'

# ---- what goes wrong ----

in_terminal 80x24 "exch-feed ladder NONE --speed max day.xst"
ok "an instrument that never comes" sees 'not announced so far'
ok "to the end" sees 'end of the stream'
keys q
ok "is told behind the screen" sees "the stream has no instrument 'NONE'"
ok "with its status" sees '^left with 1'
head -c 100000 day.xst >cut.xst
in_terminal 80x24 "exch-feed ladder ALFA --speed max cut.xst"
ok "a stream that breaks off" sees 'end of the stream'
keys q
ok "is told so, too" sees 'cut.xst'
ok "with its own" sees '^left with 3'
in_terminal 80x24 "exch-replay -q '$src/scenarios/ordertypes/iceberg.txt' |
	exch-feed ladder ABC"
ok "nobody has matched it" sees 'end of the stream'
keys q
ok "and that is said" sees 'put exch-match in the pipe'

exits 2 "no symbol" exch-feed ladder 2>err
has err "'ladder' is of one symbol: exch-feed ladder SYMBOL \[FILE\]" "is told"
exits 2 "two of them" exch-feed ladder A,B day.xst 2>err
exits 2 "two files" exch-feed ladder A day.xst day.xst 2>err
for o in "-f csv" "-o x" "--speed 0" "--speed -1" "--speed fast" "--from 25:00" \
	"--every 1s"; do
	# shellcheck disable=SC2086 # two words
	exits 2 "ladder $o" exch-feed ladder ABC $o day.xst 2>err
done
exits 2 "--speed elsewhere" exch-feed depth --speed 1 day.xst 2>err
ok "no terminal" sh -c '! exch-feed ladder ALFA day.xst >out 2>err'
has err "standard output is none: exch-feed depth writes books" "is told"
is "$(wc -c <out)" 0 "and nothing is written"

finish
