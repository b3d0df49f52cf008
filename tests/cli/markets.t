#!/bin/sh
# The markets of the tree: every one is taken, says whose rules it is
# modelled on, and trades a day of two orders as any market would.
. "${srcdir:-.}/tests/cli/lib.sh"

for valid in day gtc; do
	exch-replay >$valid.xst 2>err <<X
date 2026-01-05
zone UTC
instrument ABC tick 0.01 lot 1 reference 10.00

12:00 phase continuous
12:00 ANN sell 100 @ 10.00 $valid
12:01 BOB buy  100 @ 10.00 $valid
X
	is "$?$(cat err)" 0 "the day is read: $valid"
done

count=0
for f in "$src"/data/markets/*.market; do
	[ -f "$f" ] || continue
	count=$((count + 1))
	name=${f##*/}
	valid=$(awk '$1 == "valid" && / day/ { print "day" }' "$f")
	cp "${valid:-gtc}.xst" input
	# Times of the sessions are the exchange's; the day brings its own.
	grep -v -e '^session' -e '^calendar' "$f" >rules
	exch-match -f csv --type exec --market rules input >got 2>err
	is "$?$(cat err)" 0 "$name is taken"
	is "$(sed 1d got | wc -l)" 1 "$name trades"
	exch-match --market "$f" input >out 2>err
	is "$?$(cat err)" 0 "$name is taken with its sessions"
	case $(sed -n 1p "$f") in
	'# '*) result 0 "$name begins by saying what it is" ;;
	*) result 1 "$name begins by saying what it is" ;;
	esac
	is "$(awk '$1 == "name" { print $2 }' "$f").market" "$name" \
		"$name has its own name"
done
ok "there are markets" test "$count" -ge 10

printf 'name odd\nallocation fifo\nladder sideways\n' >odd
exch-match --market odd input >out 2>err
is "$?" 3 "a market that makes no sense is refused"
ok "with its file and line" grep -q 'odd:3' err
is "$(wc -c <out)" 0 "and nothing is matched"
exch-match --market none.market input >out 2>err
is "$?" 3 "a market that is not there"
ok "is named" grep -q 'none\.market' err

finish
