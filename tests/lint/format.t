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
while read -r f; do
	"$tool" --dry-run -Werror "$f" >out 2>&1
	result $? "${f#"$src"/}" || sed 's/^/# /' out | head -n 12
done <files

finish
