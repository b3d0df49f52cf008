#!/bin/sh
# The manuals as mandoc wants them.
. "${srcdir:-.}/tests/cli/lib.sh"

command -v mandoc >/dev/null || skip_all "mandoc is not installed"

for page in "$src"/man/*.[1-9]; do
	[ -f "$page" ] || continue
	# Its style hints about other systems' pages are not asked for.
	mandoc -T lint -W warning "$page" >out 2>&1
	result $? "${page##*/}" || sed 's/^/# /' out
done
# A quote in a macro's line ends there: a reader would copy another command.
grep -n '^\.D[l1] .*"' "$src"/man/*.[1-9] >out
same out /dev/null "quotes in examples are written by their name"
[ "$tap_n" -gt 1 ] || result 1 "there are manuals"

finish
