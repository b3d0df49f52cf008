#!/bin/sh
# The sources as clang-format 14 writes them; other versions differ.
. "${srcdir:-.}/tests/cli/lib.sh"

for tool in clang-format-14 clang-format; do
	case $("$tool" --version 2>/dev/null) in
	*version\ 14.*) break ;;
	esac
	tool=
done
[ -n "$tool" ] || skip_all "clang-format 14 is not installed"

find "$src/src" "$src/cmd" "$src/tests" "$src/bench" "$src/data" \
	"$src/fpga" -name '*.[ch]' -o -name '*.cc' | sort >files
# All in a few runs: starting it takes longer than a file.
xargs "$tool" --dry-run -Werror <files >out 2>&1
all=$?
while read -r f; do
	! grep -F -m 12 "$f:" out >lines
	result $? "${f#"$src"/}" || sed 's/^/# /' lines
done <files
result $all "nothing to say about any of them"

finish
