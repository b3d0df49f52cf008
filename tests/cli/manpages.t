#!/bin/sh
# Every example of every page runs and exits with 0.  Files that a page does
# not show are there under their usual names: the sample day plain and
# compressed, as orders and matched, a timetable.
. "${srcdir:-.}/tests/cli/lib.sh"

opts="--date 2026-01-05 --tz America/New_York"
mkdir files
cp "$src/data/sample.pcap.zst" files
cp "$src/scenarios/abuse/hand.txt" "$src/scenarios/abuse/probe.txt" files
cp -R "$src/data/risk" "$src/data/report" files
# shellcheck disable=SC2086 # a list of options
exch-replay $opts -o files/orders.xst files/sample.pcap.zst &&
	exch-match -o files/day.xst files/orders.xst &&
	"$bin/data/gen-sample" >files/day.pcap 2>gen.err
result $? "the files of the examples can be made"
printf '%s\n' '09:15 call open' '09:25 closed' '09:30 continuous' \
	'14:57 call close' '15:00 closed' >files/sse.times

signs=false
if command -v openssl >/dev/null &&
	grep -q '^#define HAVE_LIBCRYPTO 1' "$bin/config.h"; then
	signs=:
fi

for page in "$src"/man/*.[1-8]; do
	name=${page##*/}
	[ "$name" != exch-tutorial.7 ] || continue
	rm -rf examples work
	mkdir examples
	cp -R files work
	awk -v dir="$scratch/examples" -f "$src/tests/cli/examples.awk" \
		"$page"
	count=0
	for f in examples/*.cmd examples/*.file; do
		[ -f "$f" ] && echo "$f"
	done | sort >list
	while read -r f; do
		stem=${f%.*}
		case $f in
		*.file)
			cp "$f" "work/$(cat "$stem.name")"
			continue
			;;
		esac
		count=$((count + 1))
		what="$name:$(cat "$stem.line"): $(head -n 1 "$f")"
		if grep -q 'jq ' "$f" && ! command -v jq >/dev/null; then
			skip "$what" "no jq"
			continue
		fi
		if grep -q '^parallel ' "$f" && ! command -v parallel >/dev/null; then
			skip "$what" "no parallel"
			continue
		fi
		if ! "$signs" && grep -q 'openssl\|--sign\|--key' "$f"; then
			skip "$what" "no openssl, or built without"
			continue
		fi
		(cd work && timeout 120 sh "../$f") >"$stem.got" 2>&1 </dev/null
		is $? 0 "$what" ||
			head -n 20 "$stem.got" | sed 's/^/# /'
	done <list
	case $name in
	*.[15])
		is "$((count > 0))" 1 "$name has examples"
		;;
	esac
done

# The pages are well formed.
if command -v mandoc >/dev/null; then
	for page in "$src"/man/*.[1-8]; do
		name=${page##*/}
		mandoc -T lint -W warning "$page" >lint.out 2>&1
		same lint.out /dev/null "$name: mandoc -T lint is silent"
	done
else
	skip "mandoc -T lint" "no mandoc"
fi
finish
