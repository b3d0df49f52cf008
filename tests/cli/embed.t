#!/bin/sh
# What "make install" gives to other programs: the archive, its headers and
# exch.pc are enough to build bench/embed.c and the example of
# exch-engine(3), and the engine in there says what exch-match says.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cc=${CC:-cc}
command -v "${cc%% *}" >/dev/null || skip_all "no compiler called $cc"
command -v pkg-config >/dev/null || skip_all "no pkg-config"
command -v make >/dev/null || skip_all "no make"
[ -z "${sanitizers-}" ] || skip_all "the archive needs the sanitizers' own"

root=$scratch/root
unset MAKEFLAGS MFLAGS MAKELEVEL
(cd "$bin" && make -s install-data install-exec DESTDIR="$root") >out 2>&1
result $? 'it is installed' || sed 's/^/# /' out
pc=$(find "$root" -name exch.pc)
PKG_CONFIG_PATH=${pc%/*}
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
ok 'pkg-config knows it' pkg-config --exists exch

# build FILE: the program from the file, with nothing of this tree.
build() {
	# shellcheck disable=SC2046,SC2086 # lists of options
	"$cc" -std=gnu11 -Wall -Wextra -Werror -O2 "$1" -o "${1%.c}" \
		$(pkg-config --cflags exch | sed "s|-I/usr/include||") \
		$(pkg-config --libs exch) >out 2>&1 || {
		sed 's/^/# /' out
		return 1
	}
}

cp "$src/bench/embed.c" .
ok 'the example of bench/ is built' build embed.c
ok 'and runs' sh -c './embed >first'
ok 'and runs with a file' sh -c './embed all >second'
ok 'and says the same of events and state' sh -c \
	'sed 1d first | cut -d, -f1,2,4 >a; sed 1d second | cut -d, -f1,2,4 >b
	[ -s a ] && cmp a b'

"$bin/tests/tools/raw" commands <all | exch-match >day.xst
result $? 'exch-match takes the same commands'
"$bin/tests/tools/raw" own <all >ours
"$bin/tests/tools/raw" events <day.xst >theirs
ok 'there are many events' test "$(wc -c <ours)" -gt 1000000
is "$(sha256sum <ours)" "$(sha256sum <theirs)" 'exch-match says the same ones'

mkdir examples
awk -v dir="$PWD/examples" -f "$src/tests/cli/examples.awk" \
	"$src/man/exch-engine.3"
for f in examples/*.file; do
	cp "$f" "$(cat "${f%.file}.name")"
done
ok 'the example of the manual page is built' build hello.c
is "$(./hello)" '100 at 10.00' 'and says what the page says'

# Names: all that the archive defines for others begins with exch_.
if command -v nm >/dev/null; then
	find "$root" -name libexch.a -exec nm -g --defined-only {} + |
		awk 'NF == 3 { print $3 }' >names
	ok 'the archive has names' grep -q '^exch_embed_submit$' names
	is "$(grep -v '^exch_' names)" '' 'and all begin with exch_'
fi

finish
