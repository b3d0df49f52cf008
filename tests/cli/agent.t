#!/bin/sh
# Programs behind a pipe, asked by tests/tools/askagent: those that behave,
# and those that hang, die, say too much, too little or the wrong thing.
. "${srcdir:-.}/tests/cli/lib.sh"

ask=$bin/tests/tools/askagent
# shellcheck disable=SC2016 # for another shell
hello='while read -r l && [ "$l" != . ]; do :; done'
ready='echo "ready protocol=1 sub=bbo,trades"; echo .'
# Answers a turn with the lines given.
turn() {
	printf '%s; printf "%%s\\n" %s .\n' "$hello" "$*"
}

# says STATUS NAME MESSAGE OPTIONS...: how it ends, and the whole message.
says() {
	want=$1 name=$2 message=$3
	shift 3
	got=0
	"$ask" "$@" >out 2>err || got=$?
	is "$got" "$want" "$name"
	is "$(cat err)" "$message" "$name: says so"
}

# ---- who behaves ----
cat >one.sh <<EOF
$hello
$ready
n=0
while read -r word rest; do
	case \$word in
	.)
		n=\$((n + 1))
		[ \$n -ne 1 ] || echo "buy 100 @ 99.50 as 7"
		[ \$n -ne 2 ] || printf 'busy 3us\ncancel 7\ncancel 99\n'
		[ \$n -ne 3 ] || printf '# a thought\n\nwake +5ms\nbusy 1us\nbusy 1us\ncancel all\r\n'
		echo .
		;;
	esac
done
EOF
says 0 "a program that behaves" "" -n 5 "sh one.sh"
cat >want <<'EOF'
levels=1 orders=0 trades=1 wakes=1fff
new instr=1 tag=7 buy limit day none qty=100 price=99.500000000 busy=0
cancel instr=0 tag=7 busy=3000
cancel instr=0 tag=99 busy=3000
wake instr=0 tag=0 at=7000000 busy=0
cancel-all instr=0 tag=0 busy=2000
EOF
same out want "is understood"
says 0 "with a transcript" "" -n 5 -r run.txt "sh one.sh"
same out want "it does the same"
has run.txt '^> rejected 1000000 - 99 unknown-order$' \
	"another's order is none of its own"
is "$(head -n 1 run.txt) $(tail -n 1 run.txt)" \
	"exch-transcript 1 tested = 6" "the transcript is whole"
ls run.txt.* >left 2>/dev/null
same left /dev/null "and alone"
says 0 "replay" "" -n 5 -R run.txt
same out want "without the program it does the same"
# Further ahead, the answers come later: orders do, and the market does not.
says 0 "four turns ahead" "" -n 40 -a 4 -r ahead.txt "sh one.sh"
cp out first
says 0 "four turns ahead, replayed" "" -n 40 -a 4 -R ahead.txt
same out first "is the same"
says 0 "once more" "" -n 40 -a 4 -r again.txt "sh one.sh"
same again.txt ahead.txt "and so is a second transcript"
if command -v zstd >/dev/null; then
	says 0 "compressed" "" -n 5 -r run.txt.zst "sh one.sh"
	zstd -dqc run.txt.zst >plain
	same plain run.txt "a compressed transcript is the same"
	says 0 "compressed, replayed" "" -n 5 -R run.txt.zst
	same out want "and is read"
else
	skip "compressed transcripts" "no zstd"
fi
# At the end it may end, too.
says 0 "ends at the end" "" -n 1 "$hello; $ready; $hello"
has out levels "and was there"

# ---- transcripts that differ ----
says 1 "another market" \
	"askagent: run.txt:18: the program was told \"bbo 1000000 ABC 100.00 400 100.02 700\", and would be told \"bbo 1000000 ABC 100.01 700 100.03 700\" now; turn 2, 1000000 ns after the beginning" \
	-n 5 -s 2 -R run.txt
says 1 "a shorter run" \
	"askagent: run.txt:6: the program was told \"end 5000000\", and would be told \"end 3000000\" now; this was to answer the greeting" \
	-n 3 -R run.txt
sed 's/^> agent tested/> agent other/' run.txt >bad.txt
says 1 "another greeting" \
	'askagent: bad.txt:3: the program was told "agent other", and would be told "agent tested" now; this was to answer the greeting' \
	-n 5 -R bad.txt
sed 's/^< cancel 7/< cancle 7/' run.txt >bad.txt
is "$(grep -n cancle bad.txt)" "21:< cancle 7" "an answer is changed"
says 3 "an answer that was changed" \
	'askagent: bad.txt:21:1: expected cancel, not "cancle"; turn 2, 1000000 ns after the beginning' \
	-n 5 -R bad.txt
sed 20q run.txt >bad.txt
says 3 "a transcript that was cut" \
	"askagent: bad.txt:20: the transcript ends before the program's answer" \
	-n 5 -R bad.txt
sed '$d' run.txt >bad.txt
says 3 "one without its last line" \
	"askagent: bad.txt:45: the transcript was cut: its last line is missing" \
	-n 5 -R bad.txt
sed '1s/tested/other/' run.txt >bad.txt
says 1 "another agent's" \
	"askagent: bad.txt:1: this is the transcript of the agent other, not of tested" \
	-n 5 -R bad.txt
sed '1s/1/2/' run.txt >bad.txt
says 3 "a newer one" \
	"askagent: bad.txt:1: a transcript of a newer version than 1" \
	-n 5 -R bad.txt
says 3 "no transcript" \
	"askagent: one.sh:1: this is no transcript: it does not begin with exch-transcript" \
	-n 5 -R one.sh
says 3 "none at all" "askagent: none.txt: cannot open" -n 5 -R none.txt
says 4 "nowhere to write" "askagent: none/x.txt: cannot create" \
	-n 5 -r none/x.txt "sh one.sh"
says 3 "both" "askagent: agent tested: either record or replay: leave one of them out" \
	-r a -R b "sh one.sh"
says 3 "neither" "askagent: agent tested: a program needs its command" -n 5

# ---- greetings ----
says 3 "no program" \
	"askagent: agent tested: it has ended with status 127, there is no such command; this was to answer the greeting" \
	"exec ./nobody 2>/dev/null"
says 3 "an echo" \
	'askagent: agent tested:1: expected "ready protocol=1 ...", not "exch"; this was to answer the greeting' \
	cat
says 3 "noise for ever" \
	'askagent: agent tested:1: expected "ready protocol=1 ...", not "y"; this was to answer the greeting' \
	yes
says 3 "a newer program" \
	"askagent: agent tested:1: it speaks version 2 of the protocol, and this is version 1 of exch-agent(7): a newer program needs a newer simulator; this was to answer the greeting" \
	"echo ready protocol=2 later=7; echo .; cat >/dev/null"
says 3 "a full stop alone" \
	'askagent: agent tested:1: expected "ready protocol=1 ..." before the full stop; this was to answer the greeting' \
	"echo .; cat >/dev/null"

# ---- turns ----
says 3 "it dies" \
	"askagent: agent tested:2: it has ended with status 3; turn 1, 0 ns after the beginning" \
	"$hello; $ready; exit 3"
says 3 "it is killed" \
	"askagent: agent tested:2: it was ended by signal 9; turn 1, 0 ns after the beginning" \
	"$hello; $ready; kill -9 \$\$"
says 3 "it dies in a line" \
	"askagent: agent tested:2: it has ended with status 0, in the middle of a line; turn 1, 0 ns after the beginning" \
	"$hello; $ready; printf 'buy 10'"
says 3 "it ends in order, but too soon" \
	"askagent: agent tested:2: it has ended with status 0; turn 1, 0 ns after the beginning" \
	"$hello; $ready"
says 3 "a word that nobody knows" \
	'askagent: agent tested:4:1: expected buy, not "bye"; turn 1, 0 ns after the beginning' \
	"$hello; $ready; $(turn "'# well'" "'bye 5'"); cat >/dev/null"
says 3 "the reason is in what it said before it died" \
	'askagent: agent tested:3:1: expected buy, sell, short, short-exempt, cancel, replace, wake, busy or a full stop, not "Traceback"; turn 1, 0 ns after the beginning' \
	"$hello; $ready; echo Traceback of something; exit 1"
says 3 "it answers twice" \
	"askagent: agent tested:5: it says more than it was asked behind the end; the last turn was answered" \
	-n 3 "$hello; $ready; $(turn .); $(turn); $(turn)"
says 3 "it fails behind the end" \
	"askagent: agent tested:3: it has ended with status 5 behind the end; the last turn was answered" \
	-n 1 "$hello; $ready; $(turn); exit 5"
says 3 "a line without end" \
	"askagent: agent tested:2: it writes a line of more than 512 bytes; turn 1, 0 ns after the beginning" \
	"$hello; $ready; tr '\\0' x </dev/zero"
says 3 "millions of orders" \
	"askagent: agent tested:65538: it says more than 65536 lines in one turn; turn 1, 0 ns after the beginning" \
	-q "$hello; $ready; yes 'buy 1 @ 1 as 1'"
is "$(wc -l <out)" 0 "and nothing is printed"

# ---- time ----
silent='and was ended: it hangs, or its answers are not flushed (in awk: fflush(), and mawk needs -W interactive)'
says 124 "it hangs at once" \
	"askagent: agent tested: it said nothing for 1000 ms, $silent; this was to answer the greeting" \
	-p 1000 "sleep 100"
tail='and was ended: its answer lacks a line "." at the end, or is not flushed (in awk: fflush())'
says 124 "its answer has no end" \
	"askagent: agent tested:1: it said \"ready protocol=1\" and then nothing for 1000 ms, $tail; this was to answer the greeting" \
	-p 1000 "$hello; echo ready protocol=1; sleep 100"
says 124 "  nor has its line" \
	"askagent: agent tested: it said \".\" without a line feed and then nothing for 1000 ms, $tail; this was to answer the greeting" \
	-p 1000 "$hello; printf .; sleep 100"
says 124 "it hangs in a turn" \
	"askagent: agent tested:2: it said nothing for 1000 ms, $silent; turn 1, 0 ns after the beginning" \
	-p 1000 "$hello; $ready; sleep 100"
says 124 "it does not end" \
	"askagent: agent tested:3: it said nothing for 1000 ms, and was ended behind the end; the last turn was answered" \
	-n 1 -p 1000 "$hello; $ready; $(turn); sleep 100"
says 0 "slow, but within its time" "" \
	-n 3 -p 3000 "$hello; $ready; $(turn); sleep 0.3; $(turn); $(turn)"
says 124 "it reads nothing, and says nothing" \
	"askagent: agent tested:2: it said nothing for 1000 ms, $silent; turn 1, 0 ns after the beginning" \
	-n 2000 -l 1000 -a 1000 -p 1000 "$hello; $ready; sleep 100"
says 3 "it closes its input" \
	"askagent: agent tested:2: it has ended with status 0; turn 1, 0 ns after the beginning" \
	-n 2000 -l 1000 -a 1000 "$hello; $ready; exec <&-; sleep 0.1"
says 124 "it closes its input and stays" \
	"askagent: agent tested:2: it does not read any more, says nothing, and was ended; turn 1, 0 ns after the beginning" \
	-n 2000 -l 1000 -a 1000 -p 1000 "$hello; $ready; exec <&-; sleep 100"
# What it started ends with it: of one that is dead, nobody need have taken
# the status yet.
says 124 "it hangs, and so does its child" \
	"askagent: agent tested:2: it said nothing for 1000 ms, $silent; turn 1, 0 ns after the beginning" \
	-p 1000 "$hello; $ready; sleep 98 & echo \$! >child; wait"
state=$(ps -o stat= -p "$(cat child)" 2>/dev/null)
case $state in
'' | Z*) result 0 "the child has gone as well" ;;
*) result 1 "the child has gone as well: $state" ;;
esac

# ---- much in both directions ----
cat >much.sh <<'EOF'
yes 'cancel 5' | head -n 20000 >block
echo . >>block
echo ready protocol=1
echo .
i=0
while [ $i -lt 100 ]; do
	cat block
	i=$((i + 1))
done
exec cat >/dev/null
EOF
says 0 "one that says all before it reads" "" \
	-q -n 100 -l 2000 -a 100 "sh much.sh"

# ---- no memory ----
# The n-th allocation fails, until none does.
for how in "-r memory.txt" "-R run.txt"; do
	n=1 bad=0
	while [ $n -lt 200 ]; do
		got=0
		# shellcheck disable=SC2086 # an option and its value
		"$ask" -q -n 5 -m $n $how "sh one.sh" >out 2>err || got=$?
		[ $got -ne 0 ] || break
		if [ $got -ne 4 ] || [ ! -s err ]; then
			bad=$((bad + 1))
		fi
		n=$((n + 1))
	done
	is "$((n > 10 && n < 200)) $bad" "1 0" "without memory it says so: $how"
done
ls memory.txt.* >left 2>/dev/null
same left /dev/null "and leaves no file"

# ---- failures in transcripts ----
says 3 "it dies while it is recorded" \
	"askagent: agent tested:3: it has ended with status 3; turn 2, 1000000 ns after the beginning" \
	-n 5 -r died.txt "$hello; $ready; $(turn); exit 3"
is "$(tail -n 1 died.txt)" \
	"! agent tested:3: it has ended with status 3; turn 2, 1000000 ns after the beginning" \
	"the transcript says why it ends"
says 3 "the failure is replayed" \
	"askagent: died.txt:19: agent tested:3: it has ended with status 3; turn 2, 1000000 ns after the beginning" \
	-n 5 -R died.txt
says 3 "it says something wrong while it is recorded" \
	'askagent: agent tested:3:1: expected cancel, not "cancle"; turn 1, 0 ns after the beginning' \
	-n 5 -r died.txt "$hello; $ready; $(turn "'cancle 5'"); cat >/dev/null"
says 3 "and again" \
	'askagent: died.txt:15:1: expected cancel, not "cancle"; turn 1, 0 ns after the beginning' \
	-n 5 -R died.txt

finish
