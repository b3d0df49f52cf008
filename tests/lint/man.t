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
[ "$tap_n" -gt 0 ] || result 1 "there are manuals"

finish
