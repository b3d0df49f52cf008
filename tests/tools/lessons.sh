#!/bin/sh
# Draws lessons, and fills exch-lessons(7) with the drawings:
#
#	lessons.sh draw LESSON [COMMAND ...]
#	lessons.sh fill PAGE DIR
#
# `draw' runs a lesson and prints the book before each of the commands that
# are named by their numbers (the last one, if none is), what happens from
# there on, and the book at the end; with `alone' for the commands, all that
# happens and no book.  `fill' prints PAGE, whose comments
#
#	.\" lesson NAME [COMMAND ...]
#
# each stand before a literal display, with the displays made anew from
# DIR/NAME.txt.  So a person writes the sentences and nobody the drawings.
#
# The tools are looked for in PATH.  A lesson is matched once, as a whole,
# and the stream that comes out is cut where a command comes in: cutting the
# lesson would not do, as a market with a timetable goes on to its end.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/lessons.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

# book LINES: the book after the first lines of all.json.
book() {
	head -n "$1" "$tmp/all.json" >"$tmp/part.json"
	for report in depth orders; do
		exch-report "$report" -q --partial -f csv "$tmp/part.json" \
			>"$tmp/$report.csv"
	done
	awk -v what=book -f "$here/lessons.awk" "$tmp/part.json" \
		"$tmp/depth.csv" "$tmp/orders.csv"
}

# events FROM TO: what happens in these lines of all.json, indented.
events() {
	awk -v from="$1" -v to="$2" -v what=events -f "$here/lessons.awk" \
		"$tmp/all.json" "$tmp/all.text" |
		awk -f "$here/events.awk" | sed 's/^/    /'
}

draw() {
	lesson=$1
	shift
	options=$(sed -n 's/^#! exch-match //p' "$lesson")
	exch-replay -o "$tmp/in.xst" "$lesson"
	for form in json text; do
		# shellcheck disable=SC2086 # several options
		(cd "$(dirname "$lesson")" &&
			exch-match $options -f $form "$tmp/in.xst") \
			>"$tmp/all.$form"
	done
	[ -z "$options" ] || printf 'exch-match %s\n\n' "$options"

	# The words of every command, and the last line of all.json before it:
	# a command is one record.
	awk '/^#/ || /^(instrument|account) / { next }
	{
		line = $0
		sub(/[ \t]*#.*/, "", line)
		sub(/^[ \t]+/, "", line)
		gsub(/[ \t]+/, " ", line)
		if (line != "")
			print line
	}' "$lesson" >"$tmp/words"
	awk '/"source":1,"seq"/ && !/"t":"(schema|instrument|account)"/ {
		print NR - 1
	}' "$tmp/all.json" >"$tmp/cuts"
	if [ "$(wc -l <"$tmp/words")" -ne "$(wc -l <"$tmp/cuts")" ]; then
		echo "lessons.sh: $lesson has other commands than records" >&2
		exit 1
	fi
	paste -d ' ' "$tmp/cuts" "$tmp/words" >"$tmp/commands"
	total=$(wc -l <"$tmp/commands")
	[ $# -gt 0 ] || set -- "$total"
	alone=0
	if [ "$1" = alone ]; then
		alone=1
		set -- 1
	fi
	first=$1
	if [ "$first" -lt 1 ] || [ "$first" -gt "$total" ]; then
		echo "lessons.sh: $lesson has no command $first" >&2
		exit 2
	fi
	end=$(wc -l <"$tmp/all.json")
	number=0
	while read -r at words; do
		number=$((number + 1))
		[ "$number" -ge "$first" ] || continue
		[ "$number" -eq "$first" ] || events "$before" "$at"
		before=$at
		if [ "$alone" -eq 0 ] && [ "$number" -eq "$1" ]; then
			[ "$number" -eq "$first" ] || echo
			book "$at"
			echo
			[ $# -eq 1 ] || shift
		fi
		printf '%s\n' "$words"
	done <"$tmp/commands"
	events "$before" "$end"
	if [ "$alone" -eq 1 ]; then
		return
	fi
	echo
	book "$end"
}

fill() {
	dir=$1
	skip=0
	while IFS= read -r row; do
		case $row in
		'.\" lesson '*)
			what=${row#'.\" lesson '}
			printf '%s\n' "$row"
			skip=1
			;;
		.Bd*)
			printf '%s\n' "$row"
			[ "$skip" -eq 1 ] || continue
			skip=2
			# shellcheck disable=SC2086 # a name and numbers
			set -- $what
			name=$1
			shift
			(draw "$dir/$name.txt" "$@") </dev/null
			;;
		.Ed)
			skip=0
			printf '%s\n' "$row"
			;;
		*)
			[ "$skip" -eq 2 ] || printf '%s\n' "$row"
			;;
		esac
	done
}

case ${1-} in
draw)
	shift
	draw "$@"
	;;
fill)
	[ $# -eq 3 ] || exit 2
	fill "$3" <"$2"
	;;
*)
	echo "usage: lessons.sh draw LESSON [COMMAND ...]" >&2
	echo "       lessons.sh fill PAGE DIR" >&2
	exit 2
	;;
esac
