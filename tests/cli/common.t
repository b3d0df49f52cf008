#!/bin/sh
# What all tools have in common: options, messages, exit codes, where the
# output goes, terminals, signals and live pipes.  Shown on exch-match, a
# filter, fed by exch-replay.
. "${srcdir:-.}/tests/cli/lib.sh"

# day FILE N: a scenario of N orders that trade with each other.
day() {
	awk -v n="$2" 'BEGIN {
		print "date 2023-02-07"
		print "instrument ABC tick 0.01"
		for (i = 0; i < n; i++)
			printf "%02d:%02d:%02d.%03d ACC%d %s 100 ABC @ %.2f\n",
			    9 + int(i / 72000), int(i / 1200) % 60,
			    int(i / 20) % 60, i % 20 * 50, i % 3 + 1,
			    i % 2 ? "buy" : "sell", 10 + i * 7 % 13 / 100
	}' >"$1"
}

day small.txt 20
day big.txt 20000
exch-replay small.txt >small.xst && exch-replay big.txt >big.xst
result $? "input is made"

# says STATUS PATTERN NAME COMMAND...: exit status and what it complains.
says() {
	says_want=$1
	says_pattern=$2
	says_name=$3
	shift 3
	says_got=0
	"$@" >out 2>err </dev/null || says_got=$?
	is "$says_got" "$says_want" "$says_name: status $says_want"
	has err "$says_pattern" "$says_name: message"
}

# temporary NAME: is there a file that -o NAME has begun?
temporary() {
	for t in ".$1".*; do
		[ -e "$t" ] && return 0
	done
	return 1
}

# ---- options ----

for tool in exch-replay exch-match exch-report exch-feed; do
	"$tool" --help >out 2>err
	result $? "$tool --help"
	has out "^Usage: $tool " "$tool --help is on standard output"
	is "$(cat err)" "" "$tool --help says nothing else"
	is "$("$tool" -V)" \
		"$tool $(sed -n 's/^#define EXCH_VERSION "\(.*\)"/\1/p' \
			"$src/src/base/version.h")" "$tool -V"
	exits 4 "$tool --help on a full disk" sh -c \
		"$tool --help >/dev/full 2>/dev/null"
done

says 2 "no option --frobnicate" "unknown long option" exch-match --frobnicate
says 2 "no option -Y" "unknown letter" exch-match -Y
says 2 "needs FILE" "argument missing" exch-match -o
says 2 "needs N" "argument missing, long" exch-match --seed
says 2 "takes no argument" "argument too many" exch-match --quiet=3
says 2 "'xml' is not" "no such format" exch-match -f xml
says 2 "'1e5' is not" "no such number" exch-match --seed 1e5
says 2 "is not" "number too large" exch-match --flush-us 99999999999
says 2 "'often' is not" "no such choice" exch-match --progress often
says 2 "type needs -f csv" "type without csv" exch-match --type exec
says 2 "csv-multi needs" "csv-multi without csv" exch-match --csv-multi
says 2 "trailer needs" "trailer without csv" exch-match --trailer
says 2 "exclude" "type and csv-multi" \
	exch-match -f csv --csv-multi --type exec
says 2 "no record type 'frob'" "no such type" \
	exch-match -f csv --type frob small.xst
says 2 "too many" "two inputs" exch-match small.xst big.xst
has err "Try 'exch-match --help'" "the way to the help"
says 3 "^exch-match: -h: cannot open: No such file" \
	"after -- there are no options" exch-match -- -h

# ---- input ----

says 3 "^exch-match: none.xst: cannot open: No such file" "no such file" \
	exch-match none.xst
says 3 "^exch-match: \.: cannot open: Is a directory" "a directory" exch-match .
says 3 "standard input.*empty" "nothing" exch-match
says 3 "not an exch stream" "something else" exch-match "$src/LICENSE"
esc=$(printf 'a\033[31mb')
says 3 'a\\x1b\[31mb' "unprintable bytes are escaped" exch-match "$esc"
exch-match - <small.xst >one
result $? "- is standard input"
exch-match <small.xst >two
result $? "and so is nothing"
same two one "with the same result"
exch-match small.xst >three
result $? "and a file gives it, too"
same three one "the same again"
says 4 "standard input" "closed standard input" \
	sh -c 'exch-match <&-'

head -c 3000 big.xst >cut.xst
says 3 "^exch-match: cut.xst:" "a cut stream" exch-match -f json cut.xst
exch-match -f json -q cut.xst 2>/dev/null | tail -n 1 >last
has last '"t":"end".*"status":"upstream' "our end tells it"
n=$(wc -c <big.xst)
head -c $((n - 100)) big.xst | exch-match -q 2>/dev/null >cut2.xst
says 3 "complete only up to here" "noticed further down" \
	exch-match --rematch cut2.xst
says 3 "complete only up to here" "even with -q" \
	exch-match -q --rematch cut2.xst

# ---- output ----

exch-match --digest big.xst >pipe.xst 2>pipe.sum
has pipe.sum '^sha256:[0-9a-f]\{64\} [0-9]*$' "digest line"
rm -f o.xst
(umask 027 && exch-match --digest -o o.xst big.xst 2>file.sum)
result $? "-o"
same file.sum pipe.sum "the digest does not depend on where it goes"
is "$(stat -c %a o.xst)" 640 "mode by the umask"
exits 1 "no temporary file is left" temporary o.xst
exits 0 "what -o wrote is read" exch-match --rematch -o p.xst o.xst

echo precious >keep.xst
chmod 604 keep.xst
ln -s keep.xst link.xst
exits 3 "-o with unusable input" exch-match -q -o keep.xst "$src/LICENSE" \
	2>/dev/null
is "$(cat keep.xst)" precious "leaves the old file"
exits 0 "-o through a link" exch-match -o link.xst small.xst
[ -h link.xst ] && ! grep -q precious keep.xst
result $? "writes its target"
is "$(stat -c %a keep.xst)" 604 "whose mode stays"
exits 4 "-o into nowhere" exch-match -o nowhere/x.xst small.xst 2>err
has err "^exch-match: nowhere/x.xst: cannot create: No such" "is told"
mkfifo fifo
cat fifo >through &
exits 0 "-o to a fifo" exch-match -o fifo small.xst
wait
exch-match small.xst | cat >via
same through via "is written in place"

exch-match --digest -o o.xst.zst big.xst 2>zst.sum
result $? "-o x.zst"
same zst.sum pipe.sum "compression keeps the digest"
is "$(od -An -tx1 -N4 o.xst.zst | tr -d ' ')" 28b52ffd "a zstd frame"
exch-match -z big.xst |
	exch-match --rematch --digest -o /dev/null 2>again.sum
exch-match --rematch --digest -o /dev/null pipe.xst 2>direct.sum
same again.sum direct.sum "-z into a pipe is read back"
if command -v zstd >/dev/null; then
	zstd -dcq o.xst.zst | exch-match --rematch --digest -o /dev/null 2>unz.sum
	same unz.sum direct.sum "zstd reads it"
else
	skip "zstd reads it" "zstd is not installed"
fi

for how in -u "--flush-us 0" "--checksum -u"; do
	# shellcheck disable=SC2086 # two words
	exch-match --digest $how big.xst 2>how.sum | cat >/dev/null
	same how.sum pipe.sum "$how changes nothing but the moment"
done

exits 4 "closed standard output" sh -c \
	'exch-match small.xst >&- 2>/dev/null'

# The type of a CSV decides its rows; -f csv alone takes the tool's own.
exch-match -f csv --type exec small.xst >exec.csv
is "$(sed 1d exec.csv | cut -d, -f1 | sort -u)" exec "--type exec"
exch-match -f csv small.xst >first.csv 2>err
is "$(cut -d, -f1 first.csv | sort -u)" "$(printf 'ack\ntype')" \
	"without it the first"
has err 'one type.*--type NAME for another, --csv-multi for all' \
	"and what is left out is told"
for args in "--csv-multi" "--type exec" "-q"; do
	# shellcheck disable=SC2086 # words
	exch-match -f csv $args small.xst 2>err >/dev/null
	is "$(cat err)" "" "$args: nothing to tell"
done

# Lines of text have times of day: another day is said.
days() {
	exch-replay -f text | cut -c 1-14 | grep -v '^[se]'
}
is "$(printf '%s\n' 'date 2026-01-05' 'instrument ABC tick 1' \
	'23:59 buy 1 @ 1' 'date 2026-01-06' '00:01 buy 1 @ 1' '00:02 buy 1 @ 1' |
	days)" "00:00:00.00000
00:00:00.00000
23:59:00.00000
day 2026-01-06
00:01:00.00000
00:02:00.00000" "text: a line where another day begins"
is "$(printf '%s\n' 'date 2026-01-05' 'zone +09:00' 'instrument ABC tick 1' \
	'09:00 buy 1 @ 1' | days)" "day 2026-01-04
15:00:00.00000
15:00:00.00000
day 2026-01-05
00:00:00.00000" "and where the first is not that of the header"

# ---- zones ----

for zone in ../../etc/passwd /etc/passwd Mars/Olympus +25:00 ''; do
	says 2 "no time zone '$zone'" "zone '$zone'" \
		exch-replay --tz "$zone" small.txt
done
exch-replay --tz +08:00 small.txt >z1 && exch-replay --tz UTC small.txt >z2
result $? "zones that need no file"
cmp -s z1 z2
[ $? -eq 1 ]
result $? "give different times"

# ---- terminals ----

# tty COMMAND: run by sh with a terminal for all three streams.
tty_run() {
	script -qec "$1" /dev/null </dev/null | tr -d '\r' >tty.out
}
if command -v script >/dev/null && [ "$(script -qec 'echo x' /dev/null \
	</dev/null | tr -d '\r')" = x ]; then
	script -qec 'exch-match; echo status $?' /dev/null </dev/null |
		tr -d '\r' >tty.out
	has tty.out "^exch-match: standard input: input is a terminal" \
		"a terminal is no input"
	has tty.out "^status 2" "and a usage error"
	tty_run "exch-match small.xst"
	exch-match -f text small.xst >wanted
	same tty.out wanted "a terminal gets text"
	tty_run "exch-match -f bin small.xst | head -c 4; echo"
	tty_run "exch-match -f bin small.xst"
	has tty.out "^XST1" "and binary when asked for"
	tty_run "exch-match -z small.xst; echo status \$?"
	has tty.out "^status 2" "but nothing compressed"
	rm -f hold
	mkfifo hold
	(cat small.xst && sleep 2) >hold &
	tty_run "exch-match -o /dev/null hold 2>&1; true"
	has tty.out "records/s" "progress on a terminal"
	wait
else
	skip "terminals" "script(1) does not work here"
fi
exch-match small.xst 2>err >/dev/null
is "$(cat err)" "" "no progress without a terminal"

# ---- signals and live pipes ----

# start: exch-match between two fifos; its output comes to `live` through
# a pipe, because files are written in whole blocks.
start() {
	rm -f hold away live
	mkfifo hold away
	cat away >live &
	cat=$!
	exch-match -f json hold >away 2>err &
	pid=$!
	exec 9>hold
}

# soon FILE PATTERN: within ten seconds.
soon() {
	soon_i=0
	while ! grep -q -e "$2" "$1" && [ "$soon_i" -lt 100 ]; do
		sleep 0.1
		soon_i=$((soon_i + 1))
	done
}

start
cat small.xst >&9
soon live '"t":"exec"'
has live '"t":"exec"' "output appears while input waits"
kill -USR1 "$pid"
soon err 'records/s'
has err "^exch-match: .*records/s" "SIGUSR1 shows progress"
exec 9>&-
wait "$pid"
is $? 0 "and does no harm"
wait "$cat"

# The input stays open without an end, so that only the signal ends it.
head -c $((n - 200)) big.xst >open.xst
start
cat open.xst >&9
soon live '"t":"exec"'
kill -TERM "$pid"
wait "$pid" 2>/dev/null
is $? 143 "SIGTERM kills"
exec 9>&-
wait "$cat"
tail -n 1 live >last
has last '"t":"end".*"status":"signal' "after an orderly end"
is "$(cat err)" "" "without words"

echo precious >keep.xst
exch-match -o keep.xst hold 2>err &
pid=$!
exec 9>hold
cat open.xst >&9
sleep 0.5
ok "-o writes a temporary file" temporary keep.xst
kill -TERM "$pid"
wait "$pid" 2>/dev/null
is $? 143 "SIGTERM with -o"
exec 9>&-
exits 1 "the temporary file is removed" temporary keep.xst
is "$(cat keep.xst)" precious "and the old one is there"

# So do tools that do nothing but read.
exch-match -q big.xst >matched.xst && head -c 20000 matched.xst >open.xst
for tool in "exch-report summary" "exch-feed top" \
	"exch-risk report positions" "exch-settle report totals" \
	"exch-settle"; do
	# shellcheck disable=SC2086 # a tool and its first operand
	timeout --preserve-status -k 10 0.5 $tool -o keep.xst <hold \
		>/dev/null 2>&1 &
	pid=$!
	exec 9>hold
	cat open.xst >&9
	wait "$pid"
	is "$? $(cat keep.xst)" "143 precious" "$tool: SIGTERM while it waits"
	exec 9>&-
done

{
	exch-match -f text big.xst 2>err
	echo $? >status
} | head -n 1 >/dev/null
is "$(cat status)" 141 "a closed pipe kills"
is "$(cat err)" "" "in silence"

# ---- processors ----

says 2 "is no list of processors" "no list" exch-match --cpu 0,x
says 2 "is no list of processors" "nor a list with a hole" exch-match --cpu 0,,1
says 2 "is no list of processors" "nor one that goes back" exch-match --cpu 3-1
says 2 "is no list of processors" "nor a number too large" \
	exch-match --cpu 99999999999
says 2 "not all of them are there" "a processor that is not there" \
	exch-match --cpu 1023
first=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' \
	/proc/self/status 2>/dev/null)
if [ -n "$first" ]; then
	mkfifo held
	exch-match --cpu "$first" <held >/dev/null 2>&1 &
	pid=$!
	exec 9>held
	# until it has read its options
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		on=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' \
			"/proc/$pid/status")
		[ "$on" != "$first" ] || break
		sleep 0.2
	done
	is "$on" "$first" "--cpu keeps it there"
	exec 9>&-
	wait "$pid"
else
	skip "--cpu keeps it there" "no /proc"
fi

# What is read is not written over.
cp small.xst same.xst
cp same.xst kept.xst
for tool in "exch-replay" "exch-match" "exch-report summary" "exch-feed depth"; do
	# shellcheck disable=SC2086 # a tool and its first operand
	exits 2 "$tool: its input as its output" $tool -o same.xst same.xst 2>err
	has err "same.xst: it is read and would be replaced" "is refused"
	cmp -s same.xst kept.xst
	result $? "and is as it was"
done

finish
