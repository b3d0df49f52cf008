#!/bin/sh
# Standbys with cards: any pair of software and cards, killed, and with cards
# that go wrong.  `make check-card-standby' has a hundred kills and a hundred
# faults of each kind.
. "${srcdir:-.}/tests/cli/lib.sh"

# Nobody is waited for longer than that many seconds.
limit="timeout 120"
match="$limit exch-match"
probe=$bin/fpga/exch-card-probe.so
kills=${EXCH_TAKEOVERS:-1}
faults=${EXCH_FAULTS:-2}
seed=${EXCH_SEED:-1}

"$bin/data/gen-sample" --messages "${EXCH_MESSAGES:-20000}" 2>err |
	exch-replay -q --date 2026-01-05 --tz America/New_York -o in.xst &&
	exch-match -q -o ref.xst in.xst
result $? "an input, and a run alone"

# drill NAME KIND KILLS FAULTS CARD...: and its figures as comments.
drill() {
	name=$1
	kind=$2
	shift 2
	mkdir drill && cd drill || exit 1
	"$bin/tests/tools/takeovers" "$1" "$seed" "$kind" ../in.xst \
		"$2" "$3" ${4:+"$4"} ${5:+"$5"} ${6:+"$6"} ${7:+"$7"} \
		${8:+"$8"} >../said
	result $? "$kind: $name"
	cd .. || exit 1
	rm -rf drill
	sed 's/^/# /' said
}

# ---- pairs ----

if [ -e "$probe" ]; then
	drill "a card in RTL follows a card" link "$kills" 0 "$probe"
	drill "software and cards by turns, and faults" dir "$kills" \
		"$faults" - "$probe" soft
	has said '^[1-9][0-9]* faults of cards' "dir: there were some"
	drill "all pairs of three kinds, and faults" link "$kills" "$faults" \
		- soft "$probe" "$probe" soft
else
	drill "software and cards by turns, and faults" link "$kills" \
		"$faults" - soft
	skip "a card in RTL" "built without verilator or a C++ compiler"
fi

# ---- a lease is given back ----

port() {
	"$bin/tests/tools/takeovers" port
}

# until FILE WORDS
until_said() {
	"$bin/tests/tools/takeovers" until "$1" "$2" >/dev/null
}

# Of ten minutes: who waited for its end would wait too long.
p=$(port)
$match --standby "127.0.0.1:$p" --journal j2 --lease lease,600000 \
	-o out.xst in.xst 2>s.err &
standby=$!
$match -e fpga --card soft,lose=5000 --journal j1 --lease lease,600000 \
	--serve "127.0.0.1:$p" --standby-sync wait -o out.xst in.xst 2>p.err
is $? 4 "a primary whose card answers no more ends"
has p.err '^exch-match: .*card: .* due .*; told' "and says why"
until_said s.err 'taken over at record'
result $? "its standby takes over at once" || kill $standby
wait $standby
is $? 0 "and ends its work"
ok "the output is that of a run alone" cmp out.xst ref.xst

# ---- a primary that fails before it has released anything in this life ----

rm -rf j1 j2 out.xst lease
head -c 700000 in.xst | $match -q --journal j1 -o out.xst 2>err
is $? 3 "a day that breaks off"

# fails PORT: it goes on with a card that fails before that, served at PORT
fails() {
	$match -q -e fpga --card soft,lose=5000 --journal j1 \
		--lease lease,600000 --serve "127.0.0.1:$1" \
		--standby-sync wait -o out.xst in.xst 2>p.err
	is $? 4 "a primary fails where its journal has more"
}
p=$(port) q=$(port)
$match --standby "127.0.0.1:$q" --journal j2 --lease lease,600000 \
	-o out.xst in.xst 2>s.err &
standby=$!
$limit "$bin/tests/tools/relay" "127.0.0.1:$q" "127.0.0.1:$p" hold \
	>said &
relay=$!
fails "$p"
until_said s.err 'does not name this journal'
result $? "a standby that has nothing is not named"
is "$(grep -c 'taken over' s.err)" 0 "and does not take over"
kill $standby
wait $standby
wait $relay
is $? 0 "nothing is left of the line between them"
rm -rf j2
p=$(port)
$match --standby "127.0.0.1:$p" --journal j2 --lease lease,600000 \
	-o out.xst in.xst 2>s.err &
standby=$!
fails "$p"
until_said s.err 'taken over at record'
result $? "one that has all is, though it comes late" || kill $standby
wait $standby
is $? 0 "and ends the work"
ok "to the output of a run alone" cmp out.xst ref.xst

# ---- without a standby: software goes on by hand ----

rm -rf j1 out.xst
$match -q -e fpga --card soft,flip=4000.161 --journal j1 -o out.xst in.xst \
	2>err
is $? 4 "a run alone whose card goes wrong ends"
$match -q --journal j1 -o out.xst in.xst 2>err
result $? "the same without a card goes on"
ok "to the same output" cmp out.xst ref.xst
rm -rf j1 out.xst
head -c 700000 in.xst | $match -q --journal j1 --segment-size 200000 \
	-o out.xst 2>err
is $? 3 "an input that is cut"
$match -v -e fpga --card soft --journal j1 --segment-size 200000 \
	-o out.xst in.xst 2>err
result $? "what software began a card ends"
has err 'the snapshot at record [0-9]* is put back' "from a snapshot"
ok "to the same output as well" cmp out.xst ref.xst

# ---- states are compared, whatever made them ----

rm -rf j1 j2 out.xst
p=$(port)
$match -q -e fpga --card soft --standby "127.0.0.1:$p" --journal j2 \
	2>s.err &
standby=$!
$match -q --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
	-o out.xst in.xst 2>p.err
result $? "a primary by itself, its standby with a card"
wait $standby
result $? "have the same states"

# ---- a standby's card goes wrong ----

rm -rf j1 j2 out.xst
p=$(port)
$match --journal j1 --serve "127.0.0.1:$p" --standby-sync wait \
	-o out.xst in.xst 2>p.err &
primary=$!
$match -q -e fpga --card soft,flip=3000.0 --standby "127.0.0.1:$p" \
	--journal j2 2>s.err
is $? 4 "a standby whose card goes wrong ends"
has s.err 'card: [A-Z]* .* due .*; told' "and says why"
until_said p.err 'the standby is gone: card: '
result $? "to the primary as well"
$match -q --standby "127.0.0.1:$p" --journal j2 2>s.err
result $? "the same without a card goes on with its journal"
wait $primary
result $? "and the primary, which has waited for it"
ok "has the same output" cmp out.xst ref.xst
finish
