#!/bin/sh
# Seeds bugs (bugs/*.sed, each an edit of one file of the RTL) and sees that
# each breaks the property that it names, from an empty book on.
#
#	bugs.sh [-t SECONDS] RTL-DIRECTORY WORK-DIRECTORY [NAME...]
#
# Exits with 1 when one is not found, 77 when a tool is missing.
set -eu

seconds=300
while getopts t: o; do
	case $o in
	t) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
source=$1
under=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
rtl=$source
work=$under
# shellcheck source=fpga/formal/translate.sh
. "$here/translate.sh"

missed=0
said() { sed -n 's/.*asserted in frame \([0-9]*\).*/\1/p' "$work/said" | tail -n 1; }

# The first lines of a bug are "# file design property", and what it is.
bug() {
	read -r _ file design property <"$here/bugs/$1.sed"
	start=$(date +%s)
	rtl=$under/$1
	work=$under/$1
	mkdir -p "$rtl"
	cp "$source"/*.sv* "$rtl"
	sed -f "$here/bugs/$1.sed" "$source/$file" >"$rtl/$file"
	if cmp -s "$source/$file" "$rtl/$file"; then
		answer="NO SUCH PLACE"
		missed=1
	else
		translate "$design"
		at=
		for bit in $(outputs "$design" "bad_$property"); do
			timeout "$seconds" yosys-abc -c "read_aiger $work/$design.small.aig
				; cone -s -O $bit; scleanup; strash; bmc3" 2>&1 |
				tr '\r' '\n' >"$work/said" || :
			at=$(said)
			[ -z "$at" ] || break
		done
		answer="broken in cycle $at"
		[ -n "$at" ] || {
			answer="NOT FOUND"
			missed=1
		}
	fi
	printf '%-8s %-52s %-9s %-20s %5s\n' "$1" "$(sed -n '2s/^# //p' "$here/bugs/$1.sed")" \
		"$property" "$answer" $(($(date +%s) - start))
}

[ $# -gt 0 ] || set -- "$here"/bugs/*.sed
printf '%-8s %-52s %-9s %-20s %5s\n' bug what property result sec
for name; do
	name=${name##*/}
	bug "${name%.sed}"
done
exit $missed
