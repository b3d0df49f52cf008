#!/bin/sh
# Every option of --help stands in the manual and the other way round.
. "${srcdir:-.}/tests/cli/lib.sh"

# The command of a page: a page exch-risk-report is about exch-risk report.
# shellcheck disable=SC2086 # a command and perhaps a word
of_command() {
	if command -v "$1" >/dev/null; then
		"$1" --help
	else
		${1%-*} "${1##*-}" --help
	fi
}

# "-f" and "--format", one a line.
of_help() {
	of_command "$1" | sed -n 's/^  *\(-[^ ].*\)/\1/p' |
		awk '{
			for (i = 1; i <= 2 && i <= NF; i++) {
				sub(/,$/, "", $i)
				if ($i ~ /^--?[A-Za-z]/)
					print $i
			}
		}' | sort -u
}

# Words after Fl are options until another macro comes; a comma or bar
# leaves Fl open, as mdoc does.
of_manual() {
	awk '/^\.It Fl/ {
		open = 0
		for (i = 2; i <= NF; i++) {
			if ($i == "Fl")
				open = 1
			else if ($i ~ /^[A-Z][a-z]$/)
				open = 0
			else if (open && $i ~ /^-?[A-Za-z]/)
				print "-" $i
		}
	}' "$1" | sort -u
}

for page in "$src"/man/exch-*.1; do
	tool=${page##*/}
	tool=${tool%.1}
	[ -f "$page" ] || continue
	of_help "$tool" >"$tool.help"
	of_manual "$page" >"$tool.man"
	[ -s "$tool.help" ]
	result $? "$tool --help names options"
	comm -23 "$tool.help" "$tool.man" >bad
	sed 's/^/# not in the manual: /' bad
	[ ! -s bad ]
	result $? "$tool: every option has its manual entry"
	comm -13 "$tool.help" "$tool.man" >bad
	sed 's/^/# not an option: /' bad
	[ ! -s bad ]
	result $? "$tool: every manual entry is an option"
done

for tool in "$src"/cmd/exch-*/; do
	tool=${tool%/}
	tool=${tool##*/}
	[ -f "$src/man/$tool.1" ]
	result $? "$tool has a manual"
done

finish
