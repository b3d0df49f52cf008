#!/bin/sh
# exch-replay --step, driven by lines in a terminal of tmux.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/tmux_lib.sh
. "$src/tests/cli/tmux_lib.sh"

# line TEXT: a line, and the question behind what follows it.
line() {
	keys "$1" Enter
}

cat >day.txt <<'EOF'
date 2026-01-05
zone America/New_York
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30:00 ANN buy 100 ABC @ 10.01
09:30:01 BOB sell 40 ABC @ 10.01
09:30:02 BOB buy 5 XYZ @ 20.00
09:45:00 CID sell 60 ABC @ 10.01
09:46:00 CID buy 7 ABC @ 10.00
EOF
exch-replay -q day.txt >orders.xst && exch-match -q orders.xst >day.xst
result $? "a day"

# Everything, an event at a time, is what -f text has.
in_terminal 150x50 'exch-replay --step day.xst >shown'
for n in 1 2 3 4; do
	ok "question $n" sees "^step> *\$"
	is "$(grep -c ' new ' shown)" "$n" "behind $n commands"
	is "$(tail -n 1 shown | grep -c 'ack\|exec')" 1 "and all of their events"
	line help
	ok "what it does not know is answered with what it does" \
		sees "Enter or n .*the next event"
	tmux send-keys -R
	line n
done
ok "it ends by itself" sees "left with 0"
exch-replay -f text day.xst >want
same shown want "and all of it was shown"

in_terminal 150x50 'exch-replay --step orders.xst'
ok "of orders that nobody has matched an event is a command" sees "^step> *\$"
is "$(grep -c ' new ' screen) $(grep -c 'account *1 is ANN' screen)" "1 1" \
	"with the account that it brings"
is "$(grep -c BOB screen)" 0 "and not with the next one's"
line 2
ok "two at once" sees "XYZ *new"
is "$(grep -c ' new ' screen)" 3 "are two"
line q
ok "q leaves" sees "left with 0"
is "$(grep -c 'end of stream' screen)" 0 "before the end"

in_terminal 150x50 'exch-replay --step --tz America/New_York day.xst'
ok "it waits" sees "^step> *\$"
line "t 09:31"
ok "to a time of the day where the market is" sees "^2 events passed"
ok "that is followed" sees "sell 60 @ 10.01"
is "$(grep -c ' new ' screen)" 2 "without what was passed"
line "t 9x"
ok "a time that is none is told" sees 't: "9x" is neither'
line /nonesuch
ok "what never comes" sees "1 events passed, none of them is the one"
ok "is the end" sees "end of stream: .* complete"

in_terminal 150x50 'exch-replay --step day.xst'
ok "again" sees "^step> *\$"
line /XYZ
ok "to a symbol" sees "buy 5 @ 20.00"
line /exec
ok "to a type of record, with its command" sees "exec *60 @ 10.01"
is "$(grep -c 'sell 60 @ 10.01' screen) $(grep -c 'sell 40' screen)" "1 0" \
	"and not what lies between"
keys C-c
ok "an interrupt ends it" sees "left with 130"

in_terminal 150x50 'cat day.xst | exch-replay --step --from 14:45 - | cat'
ok "between pipes the terminal is asked" sees "sell 60 .*"
is "$(grep -c ' new ' screen)" 1 "and --from counts"
keys C-d
ok "no more lines is q" sees "left with 0"

exits 2 "csv is no text" exch-replay --step -f csv day.xst 2>err
has err "--step shows text" "is told"
if command -v setsid >/dev/null; then
	exits 2 "without a terminal" setsid -w exch-replay --step day.xst 2>err
	has err "there is no terminal to ask" "is told"
else
	skip "without a terminal" "no setsid"
fi

finish
