#!/bin/sh
# Names: extern symbols carry the prefix, the libraries call nothing that
# prints, exits or looks at clock and environment, and the tree names
# neither the machine it was made on nor unfinished work.
. "${srcdir:-.}/tests/cli/lib.sh"

if command -v nm >/dev/null; then
	for lib in "$bin"/src/*/lib*.a "$bin"/cmd/common/lib*.a; do
		nm -g --defined-only "$lib" 2>/dev/null |
			awk 'NF == 3 && $3 !~ /^exch_|^__(odr|asan|start|stop)/ {
				print "# " $3 }' >bad
		cat bad
		[ ! -s bad ]
		result $? "${lib##*/}: extern names begin with exch_"
	done
	# check.c is the exception: a broken invariant ends the program.
	never='printf|fprintf|vprintf|vfprintf|puts|putchar|fputs|perror|exit'
	never="$never|_exit|abort|getenv|secure_getenv|setenv|setlocale|time"
	never="$never|clock_gettime|gettimeofday|localtime_r|gmtime_r|mktime"
	never="$never|signal|sigaction|rand|random|srand|getrandom|strtod"
	never="$never|__(printf|fprintf|vprintf|vfprintf)_chk"
	for lib in "$bin"/src/*/lib*.a; do
		nm -u "$lib" 2>/dev/null |
			awk -v never="^($never)\$" '
				/:$/ { member = $1; next }
				{ sub(/@.*/, "", $2) }
				$2 ~ never && member !~ /check\.o/ {
					print "# " member " " $2 }' >bad
		cat bad
		[ ! -s bad ]
		result $? "${lib##*/}: does not print, exit or look around"
	done
else
	skip "extern names" "nm is not installed"
fi

# The words are split so that this file does not find itself.
todo='TO''DO|FIX''ME|X''XX'
if [ -e "$src/.git" ] && git -C "$src" rev-parse >/dev/null 2>&1; then
	(cd "$src" && git ls-files) >files
else
	# An unpacked archive: leave out what the build made.
	(cd "$src" && find . -type f) | sed 's|^\./||' | grep -Ev \
		'^(_?build|_inst|autom4te|configure(~|$)|aclocal|config\.h|Makefile\.in$)' \
		>files
fi
(cd "$src" && xargs grep -lI . <"$OLDPWD/files" 2>/dev/null) >text
[ -s text ]
result $? "there are files"

(cd "$src" && xargs grep -nwE "$todo" <"$OLDPWD/text") >bad
sed 's/^/# /' bad
[ ! -s bad ]
result $? "no unfinished work is left in the files"

# Absolute paths of people's directories, and of this very tree.
(cd "$src" && xargs grep -nE '(^|[^a-zA-Z0-9_.])/(home|Users)/[a-z]' \
	<"$OLDPWD/text") >bad
case $src in
/?*/?*)
	(cd "$src" && xargs grep -nF "$src" <"$OLDPWD/text") >>bad
	;;
esac
sed 's/^/# /' bad
[ ! -s bad ]
result $? "no path of a machine"

find "$src/src" "$src/cmd" "$src/tests" "$src/bench" -name '*.[ch]' |
	xargs awk -v src="$src/" '
		FNR == 1001 { print "# " substr(FILENAME, length(src) + 1) }' >bad
cat bad
[ ! -s bad ]
result $? "no file is longer than 1,000 lines"

find "$src/src" "$src/cmd" -name '*.c' | xargs awk -v src="$src/" '
	function end() {
		if (name != "" && first != "#include <config.h>")
			print "# " name " does not begin with config.h"
	}
	FNR == 1 {
		end()
		name = substr(FILENAME, length(src) + 1)
		first = ""
		if ($0 !~ /^\/\*/)
			print "# " name " does not say what it is for"
	}
	first == "" && /^#include/ { first = $0 }
	END { end() }' >bad
cat bad
[ ! -s bad ]
result $? "every source says what it is for and begins with config.h"

finish
