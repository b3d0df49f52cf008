#!/bin/sh
# exch-tutorial(7) does what it says: its files are written, its commands
# run in order, and they print what the page shows.
. "${srcdir:-.}/tests/cli/lib.sh"

page=$src/man/exch-tutorial.7
mkdir examples work
awk -v dir="$scratch/examples" -f "$src/tests/cli/examples.awk" "$page"
cp "$src/data/sample.pcap.zst" work
cd work || exit 1

for f in ../examples/*.cmd ../examples/*.file; do
	echo "$f"
done | sort >../list
while read -r f; do
	stem=${f%.*}
	case $f in
	*.file)
		cp "$f" "$(cat "$stem.name")"
		continue
		;;
	esac
	what="line $(cat "$stem.line"): $(head -n 1 "$f")"
	# An example may well show how something is refused.
	sh "$f" >"$stem.got" 2>&1 </dev/null
	status=$?
	if [ -f "$stem.out" ]; then
		same "$stem.got" "$stem.out" "$what"
	else
		is "$status" 0 "$what" || sed 's/^/# /' "$stem.got"
	fi
done <../list
is "$(awk 'END { print (NR > 15) }' ../list)" 1 "the page has examples"
finish
