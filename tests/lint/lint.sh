#!/bin/sh
# make lint: everything that judges the text of the tree.  Run from the
# build tree with $srcdir set; tools that are not installed are named and
# left out.  Exits 1 when there was a finding.
set -u
src=$(cd "${srcdir:?}" && pwd) || exit 2
bad=0

# have TOOL: is it there?  Says so when it is not.
have() {
	[ -n "$1" ] && command -v "$1" >/dev/null && return 0
	echo "lint: $2 is not installed, left out"
	return 1
}

for t in layers headers options man format names results dist; do
	echo "lint: $t"
	sh "$src/tests/lint/$t.t" >lint.out || bad=1
	grep -v '^ok\|^1\.\.' lint.out
	grep '# SKIP' lint.out
done
rm -f lint.out

# One file a time: version 14 confuses va_lists of several.
if have "${CLANG_TIDY:-}" clang-tidy; then
	echo "lint: clang-tidy"
	find "$src/src" "$src/cmd" -name '*.c' | sort >lint.files
	while read -r f; do
		# The path to a finding takes pages: run it by hand for that.
		"$CLANG_TIDY" --quiet "$f" -- -std=gnu11 -DHAVE_CONFIG_H \
			-I. -I"$src/src" -I"$src/cmd" >lint.out 2>/dev/null ||
			bad=1
		grep -E ': (error|warning): ' lint.out
	done <lint.files
	rm -f lint.files lint.out
fi

if have "${SHELLCHECK:-}" shellcheck; then
	echo "lint: shellcheck"
	# 1090, 1091: sourced by a name made at run time; 2154: set there;
	# 2002: a test of pipes wants its cat.
	find "$src/tests" "$src/bench" "$src/data" \
		-name '*.t' -o -name '*.sh' | sort >lint.files
	for f in quickstart autogen.sh; do
		[ -f "$src/$f" ] && echo "$src/$f"
	done >>lint.files
	xargs "$SHELLCHECK" -s sh -e SC1090,SC1091,SC2154,SC2002 <lint.files || bad=1
	rm -f lint.files
fi

[ "$bad" -eq 0 ] && echo "lint: nothing found"
exit "$bad"
