#!/bin/sh
# Every header compiles alone and can be included twice.
. "${srcdir:-.}/tests/cli/lib.sh"

cc=${CC:-cc}
command -v "$cc" >/dev/null || skip_all "no compiler called $cc"

find "$src/src" "$src/cmd" "$src/tests" -name '*.h' | sort >headers
while read -r h; do
	printf '#include "%s"\n#include "%s"\n' "$h" "$h" >one.c
	"$cc" -std=gnu11 -fsyntax-only -Wall -Wextra -Werror \
		-Wno-unused-function -DHAVE_CONFIG_H -I"$bin" -I"$src/src" \
		-I"$src/cmd" -I"$src/tests" one.c >out 2>&1
	result $? "${h#"$src"/}" || sed 's/^/# /' out | head -n 20
done <headers

finish
