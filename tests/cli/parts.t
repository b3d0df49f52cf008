#!/bin/sh
# Shards as processes of their own, merged: the records of one process, for
# every scenario, the sample day and random flows; or a refusal that says
# what to do, where they would have to know of each other.
. "${srcdir:-.}/tests/cli/lib.sh"

# parts N OPTION...: in.xst in N parts, all of which have to say the same of
# whether it can be done.  0: merged as one says it; 2: refused.
parts() {
	n=$1
	shift
	list='' bad=0 k=1
	rm -f "$scratch"/[0-9].err
	exch-match --digest "$@" "$scratch/in.xst" 2>"$scratch/one.err" |
		cat >"$scratch/one.xst"
	grep '^sha256' "$scratch/one.err" >"$scratch/one.sum" || return 1
	while [ $k -le "$n" ]; do
		exch-match --shard $k/"$n" "$@" "$scratch/in.xst" \
			>"$scratch/$k.part" 2>"$scratch/$k.err" || bad=$?
		list="$list $scratch/$k.part"
		k=$((k + 1))
	done
	grep -q ': use -j$' "$scratch"/[0-9].err && return 2
	# shellcheck disable=SC2086 # several files
	exch-replay --digest $list 2>"$scratch/merged.err" >"$scratch/merged"
	grep '^sha256' "$scratch/merged.err" >"$scratch/merged.sum"
	cmp -s "$scratch/one.sum" "$scratch/merged.sum"
}

lessons=0 refused=''
for f in "$src"/scenarios/*.txt "$src"/scenarios/*/*.txt; do
	lessons=$((lessons + 1))
	exch-replay -o in.xst "$f"
	opts=$(sed -n 's/^#! exch-match //p' "$f")
	for n in 2 3; do
		# shellcheck disable=SC2086 # several options
		(cd "${f%/*}" && parts $n $opts)
		code=$?
		[ $code -eq 2 ] && refused="$refused ${f##*/}/$n"
		[ $code -ne 1 ]
		result $? "${f##*/} in $n parts"
	done
done
ok "there were scenarios" test "$lessons" -gt 80
is "$refused" " breaker-close.txt/2 breaker-close.txt/3\
 breaker-halt.txt/2 breaker-halt.txt/3 eligibility.txt/2 eligibility.txt/3\
 random-end.txt/2 random-end.txt/3 speed-bump.txt/2 speed-bump.txt/3" \
	"what was refused: an index, a speed bump, calls that outlast the day"

exch-replay --date 2026-01-05 --tz America/New_York -o in.xst \
	"$src/data/sample.pcap.zst" 2>/dev/null
for m in '' nasdaq xetra lse; do
	ok "the sample day${m:+ by the rules of $m}" parts 3 \
		${m:+--market "$src/data/markets/$m.market"} \
		--tz America/New_York
done

# ---- random flows ----

# flows FROM TO OPTION...: of those that can be done, how many were.
flows() {
	from=$1 to=$2
	shift 2
	done=0 wrong=''
	while [ "$from" -le "$to" ]; do
		opts=$("$bin/tests/prop/diff_match" --make --seed "$from" \
			--commands 700 --out in.xst "$@" |
			sed 's/.*exch-match //; s/ -f json.*//')
		# shellcheck disable=SC2086 # several options
		parts $((2 + from % 2)) $opts --tz UTC --date 2023-11-16
		case $? in
		0) done=$((done + 1)) ;;
		1) wrong="$wrong $from" ;;
		esac
		from=$((from + 1))
	done
}
flows 100 159
is "$wrong" "" "random flows of all profiles"
ok "  of which half could be done ($done of 60)" test "$done" -ge 30
for m in crypto euronext lse sse xetra; do
	flows 1 6 --market "$src/data/markets/$m.market"
	is "$wrong" "" "random flows by the rules of $m"
	ok "  of which some could be done ($done of 6)" test "$done" -ge 1
done

# ---- what is merged ----

exch-replay -o in.xst "$src/scenarios/ordertypes/mass-cancel.txt"
for k in 1 2; do
	exch-match --shard $k/2 -o $k.part in.xst
	exch-match --shard $k/2 <in.xst >$k.turn
	exch-match --shard $k/2 --phase call -o $k.call in.xst
done
exch-match -o one.xst in.xst
exch-match -f json in.xst >one.json
exch-replay -f json 2.part 1.part >merged.json
same merged.json one.json "in any order: the same stream, as JSON"
exch-replay -o merged.xst 1.part 2.part
same merged.xst one.xst "  and the same bytes in a file"
mkfifo a b
exch-match --shard 1/2 <in.xst >a &
exch-match --shard 2/2 <in.xst >b &
exch-replay -o merged.xst a b
same merged.xst one.xst "  and through pipes"
wait

# refuses NAME PATTERN FILE...
refuses() {
	name=$1 pattern=$2
	shift 2
	exch-replay "$@" >out 2>err
	code=$?
	[ $code -ge 2 ] && grep -q "$pattern" err
	result $? "$name" || sed 's/^/# /' err
}
exch-match --shard 1/3 -o 1.of3 in.xst
exch-match --shard 2/3 -o 2.of3 in.xst
refuses "one is missing" 'shard 3 of 3 is missing' 1.of3 2.of3
refuses "one is there twice" 'this shard is there already' 1.part 1.part
refuses "one of other numbers" 'a shard of another run' 1.part 2.of3
refuses "one of other options" 'a shard of another run' 1.part 2.call
refuses "one that dealt otherwise" 'a shard of another run' 1.part 2.turn
refuses "one that is whole" 'no shard' 1.part one.xst
refuses "one symbol only" 'merged as they are' --symbol ABC 1.part 2.part
head -c $(($(wc -c <2.part) - 100)) 2.part >2.cut
exch-replay -f json 1.part 2.cut >out 2>err
is "$?" 3 "one that was cut: status 3"
grep -q '2.cut' err
result $? "  which is told"
# The same stream without its last record, and whole.
exch-replay -f json in.xst >in.json
n=$(sed -n '$s/.*"records":"\([0-9]*\)".*/\1/p' in.json)
sed -n '$!p' in.json | sed '$d' >short.json
echo "{\"t\":\"end\",\"records\":\"$((n - 1))\",\"status\":\"complete\"}" \
	>>short.json
# Through pipes, so that both are dealt in turn.
tail -n +1 in.json | exch-match --shard 1/2 >1.long
tail -n +1 short.json | exch-match --shard 2/2 >2.short
refuses "one of a shorter input" 'ends before that of the other' 1.long 2.short
refuses "  in whatever order" 'ends before that of the other' 2.short 1.long

# One alone is a stream like others, and is not matched again.
ok "one alone can be looked at" sh -c 'exch-replay -f text 1.part >out'
exits 0 "a report of it is made" sh -c 'exch-report trades 1.part >out 2>err'
has err 'only the events of shard 1/2 are here' "  and says what it is of"
exch-report trades one.xst >out 2>err
is "$?, $(cat err)" "0, " "a report of the whole says nothing"
exits 2 "and is not matched again" sh -c 'exch-match 1.part >out 2>err'

# ---- wrong use ----
for bad in 0/2 3/2 2 /2 1/65 a/b; do
	exits 2 "--shard $bad" sh -c "exch-match --shard $bad in.xst >out 2>err"
done
exits 2 "--shard with -j" \
	sh -c "exch-match --shard 1/2 -j 2 in.xst >out 2>err"

finish
