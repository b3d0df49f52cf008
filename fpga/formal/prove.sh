#!/bin/sh
# Proves what exch_fv.sv and exch_fvp.sv say, and prints a table of it.
#
#	prove.sh [-t SECONDS] [-k] [-p] RTL-DIRECTORY WORK-DIRECTORY [NAME...]
#
# Parts are proven alone (pdr).  Of the matcher, what holds between its steps
# is shown to hold behind a reset in any state, and each property, and each
# thing that holds, to be kept by any one step, wherever it begins: so all are
# true always.  That what waits does not move is shown as well.  What has to
# be possible is found from an empty book on.  What a solver does not decide
# in SECONDS is said to be open, and looked for from an empty book on, up to a
# depth that is told.
#
# -p: only the parts.  -k: keep what was translated before.  NAMEs select.
# Exits with 1 when something is broken, or not found that has to be possible;
# 77 when a tool is missing.
set -eu

seconds=300
keep=
parts=
while getopts t:kp o; do
	case $o in
	t) seconds=$OPTARG ;;
	k) keep=1 ;;
	p) parts=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
# shellcheck disable=SC2034 # translate.sh uses it
rtl=$1
work=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=fpga/formal/translate.sh
. "$here/translate.sh"
mkdir -p "$work"
chosen=" $* "
began=$(date +%s)
broken=0
open=0

row() {
	printf '%-10s %-54s %-22s %5s\n' "$@"
}

wanted() {
	[ "$chosen" = "  " ] || case $chosen in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# engine DESIGN OUTPUT COMMAND: what the solver says of it is in $work/said.
engine() {
	timeout "$seconds" yosys-abc -c "read_aiger $work/$1.small.aig
		; cone -s -O $2; scleanup; strash; $3" 2>&1 |
		tr '\r' '\n' >"$work/said" || :
}

said() { sed -n "s/.*$1.*/\1/p" "$work/said" | tail -n 1; }

# check DESIGN NAME COMMAND GOOD: every bit of NAME gives the answer GOOD.
check() {
	answer=$4
	for bit in $(outputs "$1" "$2"); do
		engine "$1" "$bit" "$3"
		at=$(said 'asserted in frame \([0-9]*\)')
		if [ -n "$at" ]; then
			answer="BROKEN in cycle $at"
			return
		fi
		grep -q "$4" "$work/said" || answer=open
	done
}

# As far as no counterexample is found from an empty book on.
bounded() {
	least=
	for bit in $(outputs run "$1"); do
		engine run "$bit" "bmc3 -T $((seconds / 2))"
		at=$(said 'asserted in frame \([0-9]*\)')
		if [ -n "$at" ]; then
			answer="BROKEN in cycle $at"
			return
		fi
		depth=$(said 'asserted in \([0-9]*\) frames')
		if [ -n "$depth" ] && { [ -z "$least" ] || [ "$depth" -lt "$least" ]; }; then
			least=$depth
		fi
	done
	answer="open, none in ${least:-0} cycles"
}

tell() {
	case $answer in
	BROKEN* | NOT*) broken=$((broken + 1)) ;;
	open*) open=$((open + 1)) ;;
	esac
	row "$1" "$2" "$answer" $(($(date +%s) - start))
}

part() {
	start=$(date +%s)
	check parts "bad_$1" "pdr -T $seconds" 'Property proved'
	case $answer in Property*) answer="proven (pdr)" ;; esac
	tell "$@"
}

step() {
	start=$(date +%s)
	check step "bad_$1" 'bmc3 -g -F 8' 'asserted in 8 frames'
	case $answer in
	asserted*) answer="proven (step)" ;;
	BROKEN*) answer="step $answer" ;;
	open) bounded "bad_$1" ;;
	esac
	case $answer in *BROKEN*) broken=$((broken + 1)) ;; esac
	tell "$@"
}

reset() {
	start=$(date +%s)
	answer="proven (24 cycles)"
	timeout "$seconds" yosys-abc -c "read_aiger $work/reset.small.aig
		; bmc3 -F 24" 2>&1 | tr '\r' '\n' >"$work/said" || :
	at=$(said 'asserted in frame \([0-9]*\)')
	if [ -n "$at" ]; then
		answer="BROKEN in cycle $at"
	elif ! grep -q 'asserted in 24 frames' "$work/said"; then
		answer=open
	fi
	tell "$@"
}

# Who waits keeps everything: no register has another next value, whatever
# all of them have now.
waits() {
	start=$(date +%s)
	awk -f "$here/still.awk" "$work/run.map" "$work/run.aag" >"$work/still.blif"
	yosys-abc -c "read_blif $work/still.blif; strash; iprove" >"$work/said" 2>&1
	answer="NOT PROVEN"
	grep -q UNSATISFIABLE "$work/said" && answer="proven (sat)"
	tell "$@"
}

possible() {
	start=$(date +%s)
	engine run "$(awk -v b="$1" '$1 == "output" && $4 == "met" && $3 == b { print $2 }' "$work/run.map")" bmc3
	at=$(said 'asserted in frame \([0-9]*\)')
	answer="in cycle $at"
	[ -n "$at" ] || answer="NOT FOUND"
	tell "p$1" "$2"
}

design() {
	if [ -z "$keep" ] || [ ! -e "$work/$1.small.aig" ]; then translate "$1"; fi
}

group() {
	while read -r name text; do
		if wanted "$name"; then "$1" "$name" "$text"; fi
	done <"$here/$2"
}

row name what result sec
design parts
group part parts.txt
if [ -z "$parts" ]; then
	for d in reset step run; do
		design $d
	done
	if wanted reset; then reset reset "behind a reset in any state all below holds"; fi
	if wanted waits; then waits waits "nothing moves while an event or a table is waited for"; fi
	echo "# the events of any step"
	group step events.txt
	echo "# what holds between steps"
	group step between.txt
	echo "# what has to be possible, from an empty book on"
	while read -r name text; do
		if wanted "p$name"; then possible "$name" "$text"; fi
	done <"$here/possible.txt"
fi
echo "# $broken broken, $open open, $(($(date +%s) - began)) seconds"
[ "$broken" -eq 0 ]
