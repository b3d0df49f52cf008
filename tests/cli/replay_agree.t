#!/bin/sh
# exch-replay: what several inputs say of one account or one symbol, and the
# numbers that each of them has for it.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# shown STREAM...: the records of the last run, as text without their times.
shown() {
	exch-replay -q -f text "$@" 2>/dev/null | cut -c 20-
}

# members STREAM...: accounts with their members, at last.
members() {
	exch-replay -q -f json "$@" 2>/dev/null | grep '"t":"account"' |
		sed 's/.*"member":"\([A-Z]*\)".*"text":"\([a-z]*\)".*/\2 \1/' |
		awk '{ m[$1] = $2 } END { for (a in m) print a, m[a] }' | sort
}

# stream NAME: of the scenario on standard input.
stream() {
	{ echo "date 2026-01-05" && cat; } >"$1.txt"
	exch-replay -q -o "$1.xst" "$1.txt"
}

# ---- the member of an account ----

stream a <<'S'
instrument ABC tick 0.01
account ann member A
09:30:00 ann buy 100 ABC @ 10.00 id 1
09:30:04 ann sell 40 ABC @ 10.01 id 3
S
stream b <<'S'
instrument XYZ tick 0.01
account bob member B
account ann member B
09:30:01 ann sell 300 XYZ @ 10.02 id 1
09:30:02 bob buy 50 XYZ @ 10.00 id 2
S
stream open <<'S'
instrument XYZ tick 0.01
09:30:01 bob sell 300 XYZ @ 10.02 id 1
09:30:02 ann buy 50 XYZ @ 10.00 id 2
S
for how in "" --by-time; do
	# shellcheck disable=SC2086 # nothing, or an option
	exits 1 "another member $how" sh -c \
		'exch-replay $1 -o out.xst a.xst b.xst 2>err' - "$how"
	has err "b.xst:record 3: account 'ann' is of member 'B' here and of 'A' in record 2 of input 1, which holds" \
		"is told with stream and position"
	is "$(members out.xst)" "ann A
bob B" "the first one holds"
	has "$(shown out.xst >text && echo text)" \
		"error .*record 3: account 'ann' is of member 'B'" \
		"and the stream says so, too"
	exits 1 "the other way round" sh -c \
		'exch-replay $1 -o out.xst b.xst a.xst 2>err' - "$how"
	has err "a.xst:record 2: account 'ann' is of member 'A' here and of 'B' in record 3 of input 1" \
		"it is told likewise"
	# Whoever does not know does not contradict.
	for both in "a.xst open.xst" "open.xst a.xst"; do
		# shellcheck disable=SC2086
		exch-replay $how -o out.xst $both 2>err
		result $? "no member, $both $how"
		is "$(members out.xst)" "ann A
bob " "is no other member, and the one that is known comes out"
	done
done
exits 3 "--strict" sh -c \
	'exch-replay --strict --by-time -o out.xst a.xst b.xst 2>err'
has err "b.xst:record 3: account 'ann'" "stops there"
exits 1 "of scenarios" sh -c 'exch-replay -o out.xst a.txt b.txt 2>err'
has err "b.txt: account 'ann' is of member 'B' here and of 'A' in input 1, " \
	"it is told, too"
exits 1 "of a scenario behind a stream" sh -c \
	'exch-replay -o out.xst a.xst b.txt 2>err'
has err "b.txt: account 'ann' is .* in record 2 of input 1, " "likewise"

# The gate counts by what came out, whoever came first.
printf 'scope,name,size\nmember,A,60\n' >limits.csv
for both in "a.xst open.xst" "open.xst a.xst"; do
	# shellcheck disable=SC2086
	is "$(exch-replay -q --by-time $both |
		exch-risk -q --limits limits.csv -f json 2>/dev/null |
		grep '"t":"risk"' | grep -c '"verdict":"reject"')" 1 \
		"one order of the member is too big, $both"
done

# ---- one symbol ----

stream more <<'S'
instrument ABC tick 0.01
09:30:01 bob sell 300 ABC @ 10.02 id 11
S
ok "one symbol of two streams" sh -c \
	'exch-replay --by-time -o out.xst a.xst more.xst 2>err'
is "$(cat err)" "exch-replay: more.xst has ABC as a.xst has: its orders meet in one book; --venue tells venues apart" \
	"is told"
is "$(exch-replay --by-time -o out.xst --symbol XYZ a.xst b.xst more.xst 2>&1 |
	grep -c 'meet in one book')" 0 "unless it is not asked for"
stream late <<'S'
instrument ABC tick 0.05
09:31:00 bob sell 300 ABC @ 10.00 id 11
S
sed 's/date .*/date 2026-01-06/' late.txt >next.txt
exch-replay -q -o next.xst next.txt
is "$(exch-replay --by-time a.xst next.xst 2>&1 >out.xst)" "" \
	"what begins when the other is over is no other"
is "$(exch-replay a.xst late.xst 2>&1 >out.xst)" "" \
	"nor what is read afterwards"
for term in "tick 0.05" "tick 0.01 lot 10" "tick 0.01 currency EUR" \
	"tick 0.01 kind future"; do
	{
		echo "date 2026-01-05"
		echo "instrument ABC $term"
		echo "09:30:01 bob sell 300 ABC @ 10.00 id 11"
	} >other.txt
	exch-replay -q -o other.xst other.txt 2>err || cat err
	{
		echo "date 2026-01-05"
		echo "instrument ABC tick 0.01 currency USD"
		echo "09:30:04 bob sell 300 ABC @ 10.00 id 11"
	} >dollar.txt
	exch-replay -q -o dollar.xst dollar.txt
	word=${term##tick 0.01 }
	exits 2 "another ${word% *}" sh -c \
		'exch-replay --by-time -o out.xst dollar.xst other.xst 2>err'
	has err "other.xst:record 1: ABC has another ${word% *} than in dollar.xst: .* --venue" \
		"is refused by name"
done
exits 2 "one file twice" sh -c \
	'exch-replay --by-time -o out.xst a.xst ./a.xst 2>err'
has err "./a.xst: this is the same file as a.xst" "is told"
ln -s a.xst link.xst
exits 2 "by a link" sh -c \
	'exch-replay --by-time -o out.xst - link.xst <a.xst 2>err'
has err "link.xst: this is the same file as standard input" "likewise"

# ---- matched, and not ----

exch-match -q -o done.xst a.xst
for how in "" --by-time; do
	for both in "done.xst open.xst" "open.xst done.xst"; do
		# shellcheck disable=SC2086
		exch-replay $how -o out.xst $both 2>err
		has err "done.xst was matched and open.xst was not: its orders have no answers" \
			"$both $how: told"
	done
done
stream paid <<'S'
09:30:00 ann deposit 100
S
exch-match -q -o too.xst open.xst
for both in "done.xst too.xst" "a.xst open.xst" "done.xst paid.xst"; do
	# shellcheck disable=SC2086
	is "$(exch-replay --by-time $both 2>&1 >out.xst)" "" "$both: not told"
done

# ---- numbers ----

# Ann and UND have other numbers in n.xst than behind m.xst.
stream m <<'S'
instrument ABC tick 0.01
09:30:00 bob buy 10 ABC @ 1.00 id 1
S
stream n <<'S'
instrument UND tick 0.01
instrument OPT tick 0.01 kind option underlying UND strike 10 expiry 2026-02-20
09:30:00 ann buy 10 OPT @ 1.00 id 1
09:30:01 cancel 1 OPT of ann
09:30:02 kill of ann
09:30:03 ann deposit 100
09:30:04 limit size 5 of ann by eve
S
# numbers STREAM: of what names an account, that account's; of what names an
# instrument, that instrument's.
numbers() {
	exch-replay -q -f json "$1" >json
	echo "ann $(sed -n 's/.*"account".*"id":\([0-9]*\).*"text":"ann".*/\1/p' json)"
	grep -v '"symbol":"ABC"' json |
		sed -n 's/"account:0:/"account":/
			s/.*"t":"\([a-z-]*\)".*"account":\([0-9]*\).*/\1 \2/p'
	sed -n 's/.*"instr":\([0-9]*\),"symbol":"UND".*/UND \1/p' json
	sed -n 's/.*"underlying":\([1-9]\).*/of \1/p' json
}
is "$(numbers n.xst)" "ann 1
new 1
cancel 1
mass-cancel 1
deposit 1
limit 1
UND 1
of 1" "whoever is alone is number 1"
exch-replay -q --by-time -o out.xst m.xst n.xst
is "$(numbers out.xst)" "ann 2
new 2
cancel 2
mass-cancel 2
deposit 2
limit 2
UND 2
of 2" "and number 2 behind another, wherever that stands"

# Numbers that nobody counts up to.
printf 'instrument ABC tick 0.01\naccount big\n09:30 big buy 1 @ 1.00\n' >far.txt
printf 'instrument DEF tick 0.01\naccount own\n09:31 own buy 1 @ 1.00\n' >near.txt
exch-replay -q -o near.xst near.txt
for id in 4294967295 4294967040 4000000000 1048576; do
	exch-replay -q -f json far.txt | sed "/\"t\":\"account\"/ s/\"id\":1/\"id\":$id/
		/\"t\":\"new\"/ s/\"account\":1/\"account\":$id/" |
		exch-replay -q -o far.xst
	(
		ulimit -v 2000000
		exch-replay -q -o out.xst far.xst near.xst
	)
	is "$? $(exch-replay -q -f csv --type new out.xst | cut -d , -f 11 |
		sed 1d | tr '\n' ' ')" "0 1 2 " "account $id"
done
finish
