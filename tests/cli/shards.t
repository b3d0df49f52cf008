#!/bin/sh
# Several threads give what one gives: the same bytes in files, the same
# digest through pipes, for every scenario, the sample day, and what is
# asked of all instruments at once.
. "${srcdir:-.}/tests/cli/lib.sh"

# one DIR OPTION...: standard input, matched in that directory by one
# thread; then by more.
one() {
	dir=$1
	shift
	(cd "$dir" && exch-match -o "$scratch/1.xst" "$@" "$scratch/in.xst") \
		2>1.err
	echo $? >>1.err
}
several() {
	dir=$1
	shift
	for j in 2 3 5; do
		(cd "$dir" && exch-match -j $j -o "$scratch/$j.xst" "$@" \
			"$scratch/in.xst") 2>$j.err
		echo $? >>$j.err
		cmp -s 1.xst $j.xst && cmp -s 1.err $j.err || return 1
		# From a pipe nobody can look ahead.
		(cd "$dir" && exch-match -j $j "$@") <in.xst >$j.pipe 2>$j.err
		echo $? >>$j.err
		exch-replay --digest 1.xst 2>1.sum >/dev/null
		exch-replay --digest $j.pipe 2>$j.sum >/dev/null
		cmp -s 1.sum $j.sum && cmp -s 1.err $j.err || return 1
	done
}

lessons=0
for f in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt; do
	lessons=$((lessons + 1))
	exch-replay -o in.xst "$f"
	opts=$(sed -n 's/^#! exch-match //p' "$f")
	# shellcheck disable=SC2086 # several options
	one "${f%/*}" $opts
	# shellcheck disable=SC2086 # several options
	ok "${f##*/}" several "${f%/*}" $opts
done
ok "there were scenarios" test "$lessons" -gt 80

# ---- the sample day, by rules of venues ----

exch-replay --date 2026-01-05 --tz America/New_York -o in.xst \
	"$src/data/sample.pcap.zst" 2>/dev/null
one .
ok "the sample day" several .
for m in nasdaq xetra iex; do
	one . --market "$src/data/markets/$m.market" \
		--tz America/New_York 2>/dev/null
	ok "the sample day by the rules of $m" several . \
		--market "$src/data/markets/$m.market" --tz America/New_York
done
is "$(exch-match -v -j 2 in.xst 2>&1 >/dev/null |
	awk '/threads executed/ { print ($5 > 1000) }')" 1 \
	"the threads executed most of it"

# ---- shares ----

cat >shares.csv <<'END'
symbol,volume
DEMO,10
"A,B",3
NEVER,5
END
one .
ok "by a table of volumes" several . --shard-table shares.csv
printf 'symbol,volume\nA,x\n' >bad.csv
exits 3 "a table with a word for a volume" sh -c \
	"exch-match -j 2 --shard-table bad.csv in.xst >out 2>err"
grep -q 'bad.csv:2: a row is a symbol and a volume' err
result $? "  is told with its line"
exits 2 "-j 0" sh -c "exch-match -j 0 in.xst >out 2>err"
exits 2 "-j 65" sh -c "exch-match -j 65 in.xst >out 2>err"

# ---- what goes through at once ----

# A slow sender: what was sent is answered before more comes.
exch-replay -u "$src/scenarios/first.txt" | cat >in.xst
mkfifo slow
exch-match -j 2 <slow | cat >answers &
exec 3>slow
size=$(wc -c <in.xst)
head -c $((size - 80)) in.xst >&3
tries=0
while [ ! -s answers ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
until [ "$(exch-replay --partial -f csv --type exec answers 2>/dev/null |
	wc -l)" -gt 1 ] || [ $tries -ge 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
ok "a slow sender is answered" test $tries -lt 200
tail -c 80 in.xst >&3
exec 3>&-
wait
is "$(exch-replay --digest answers 2>&1 >/dev/null)" \
	"$(exch-match in.xst | exch-replay --digest 2>&1 >/dev/null)" \
	"  and gets it all"

# A cut stream: what was whole is in the output, with the same status.
exch-replay --date 2026-01-05 --tz America/New_York \
	"$src/data/sample.pcap.zst" 2>/dev/null | head -c 200000 >in.xst
for j in 1 2; do
	exch-match -j $j --digest -o $j.xst in.xst 2>$j.err
	echo $? >>$j.err
done
same 2.err 1.err "a cut stream: the same words and digest"
same 2.xst 1.xst "  and the same bytes"

# Matched already.
exch-match 1.xst >a.xst 2>a.err
exch-match -j 2 1.xst >b.xst 2>b.err
same b.err a.err "a stream that was matched already is refused alike"
exch-match --partial --rematch 1.xst -o a.xst
exch-match --partial --rematch -j 2 1.xst -o b.xst
same b.xst a.xst "  and matched again alike"

finish
