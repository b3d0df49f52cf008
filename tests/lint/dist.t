#!/bin/sh
# The archive: all files that git keeps, but what is git's own, and none that it
# does not know; and every test of the tree is one that "make check" runs.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

if ! [ -e "$src/.git" ] || ! git -C "$src" rev-parse >/dev/null 2>&1; then
	skip "the archive's files" "no git repository"
	finish
fi
# What make is told by its own caller is none of this one's business.
unset MAKEFLAGS MFLAGS MAKELEVEL
"${MAKE:-make}" -s -C "$bin" list-files >list 2>err
result $? "make says what it has" || sed 's/^/# /' err
sed -n 's/^dist: //p' list | sort -u >dist
sed -n 's/^test: //p' list | sort -u >tests
git -C "$src" ls-files | sort >kept
[ -s dist ] && [ -s tests ] && [ -s kept ]
result $? "there are files of each"

# within A B: lines of B that are none of A, nor in a directory that is.
within() {
	awk 'NR == FNR { has[$0]; next }
	{
		for (p = $0; !(p in has) && sub(/\/[^\/]*$/, "", p);)
			continue
		if (!(p in has))
			print
	}' "$1" "$2"
}
# none NAME: no line is left in "bad".
none() {
	sed 's/^/# /' bad
	[ ! -s bad ]
	result $? "$1"
}
within dist kept | grep -Ev '(^|/)\.git[a-z]*$' >bad
none "every file that is kept is in the archive"
# What autotools make is ignored by git and belongs there.
awk '{ do print; while (sub(/\/[^\/]*$/, "")) }' kept | sort -u >known
comm -13 known dist | while read -r f; do
	git -C "$src" check-ignore -q "$f" || echo "$f"
done >bad
none "every file of the archive is kept"
grep '\.t$' kept | comm -23 - tests >bad
none "every test of the tree is run"
finish
