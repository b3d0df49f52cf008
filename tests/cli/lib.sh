# Shared by the test scripts: . "${srcdir:-.}/tests/cli/lib.sh"
#
# Gives $src (source tree), $bin (build tree, first in PATH), $data (real
# captures, may not exist) and a scratch directory to work in, which is
# removed at the end.  Prints TAP; a script ends with "finish".
# shellcheck shell=sh

LC_ALL=C
TZ=UTC0
export LC_ALL TZ
unset CDPATH

src=$(cd "${srcdir:-.}" && pwd) || exit 1
bin=$(cd "${top_builddir:-.}" && pwd) || exit 1
data=${EXCH_TESTDATA:-$src/../shared/data}
case $data in
/*) ;;
*) data=$PWD/$data ;;
esac
PATH=$bin:$PATH
export PATH
scratch=$(mktemp -d "${TMPDIR:-/tmp}/exch-test.XXXXXX") || exit 1
trap 'cd / && rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$scratch" || exit 1

tap_n=0
tap_bad=0

# result STATUS NAME: passes when STATUS is 0.
result() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_bad=$((tap_bad + 1))
		return 1
	fi
}

# ok NAME COMMAND...: passes when the command succeeds.
ok() {
	ok_name=$1
	shift
	if "$@"; then
		result 0 "$ok_name"
	else
		ok_status=$?
		result 1 "$ok_name"
		echo "# exit status $ok_status: $*"
		return 1
	fi
}

# exits STATUS NAME COMMAND...: passes when it exits with STATUS.
exits() {
	exits_want=$1
	exits_name=$2
	shift 2
	exits_got=0
	"$@" || exits_got=$?
	is "$exits_got" "$exits_want" "$exits_name"
}

# is GOT WANT NAME
is() {
	if [ "$1" = "$2" ]; then
		result 0 "$3"
	else
		result 1 "$3"
		printf '%s\n' "$1" | sed 's/^/# got  /'
		printf '%s\n' "$2" | sed 's/^/# want /'
		return 1
	fi
}

# same FILE WANTED NAME: the same bytes; text differences are shown.
same() {
	if cmp -s "$1" "$2"; then
		result 0 "$3"
	else
		result 1 "$3"
		diff -u "$2" "$1" 2>&1 | head -n 30 | sed 's/^/# /'
		return 1
	fi
}

# has FILE PATTERN NAME: some line matches the basic regular expression.
has() {
	if grep -q -e "$2" "$1"; then
		result 0 "$3"
	else
		result 1 "$3"
		head -n 10 "$1" | sed 's/^/# /'
		return 1
	fi
}

# skip NAME WHY: one assertion that could not be made.
skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# skip_all WHY: leave the script.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$tap_n"
	[ "$tap_bad" -eq 0 ]
	exit
}
