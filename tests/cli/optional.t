#!/bin/sh
# Without ncurses, bzip2, libxml2, OpenSSL and Verilator everything else builds
# and works, and says what was left out.  Configured once more with none of them,
# from what this build has found out of the rest; compiled anew is what asks for
# one of them, and linked with the other objects of this build.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

unset MAKEFLAGS MAKELEVEL MFLAGS
if ! [ -f "$bin/config.log" ] || ! [ -x "$src/configure" ]; then
	skip_all "the tree was not configured here"
fi

# What configure found, but for these; pkg-config knows nothing of them.
sed -n "/^## Cache variables/,/^## Output variables/p" "$bin/config.log" |
	sed -n "s/^\(ac_cv_[A-Za-z0-9_]*\)=\(.*\)/\1=\2/p" |
	grep -v -e '^ac_cv_env_' -e bzlib -e lib_bz2 -e prog_VERILATOR \
		-e prog_CXX -e path_PKG >cache
cat >>cache <<'C'
ac_cv_header_bzlib_h=no
ac_cv_prog_VERILATOR=
C
mkdir tools
cat >tools/pkg-config <<'P'
#!/bin/sh
case $* in *ncurses* | *libxml* | *libcrypto*) exit 1 ;; esac
exec "$REAL" "$@"
P
chmod +x tools/pkg-config
REAL=$(command -v pkg-config) || skip_all "pkg-config is not installed"
export REAL
# value NAME...: variables of this build's Makefile, a line each.
{
	echo 'include Makefile'
	echo 'value:'
	# shellcheck disable=SC2016 # make's own
	echo '	@$(foreach v,$(NAMES),echo "$($(v))";)'
} >value.mk
value() {
	make -s -C "$bin" -f "$scratch/value.mk" value NAMES="$*"
}
cc=$(value CC)
(
	PATH=$scratch/tools:$PATH
	export PATH
	"$src/configure" --no-create --cache-file=cache CC="$cc" \
		PKG_CONFIG="$scratch/tools/pkg-config" >configured 2>warned &&
		./config.status -q config.h
)
result $? "configured with none of them" || tail -n 5 warned | sed 's/^/# /'
for lib in NCURSES BZLIB LIBXML2 LIBCRYPTO; do
	is "$(grep -c "^#define HAVE_$lib " config.h)" 0 "no $lib"
done
for what in 'no ncurses: exch-feed ladder' 'no libbz2: ' 'no libxml2: ' \
	'no libcrypto: '; do
	has warned "$what" "it says: $what..."
done
diff config.h "$bin/config.h" | grep '^[<>] #def' |
	grep -v 'HAVE_\(NCURSES\|BZLIB\|BZLIB_H\|LIBXML2\|LIBCRYPTO\) ' >other
is "$(cat other)" "" "and all else as before"

# Each source that asks for one of them is compiled: no other could differ.
(cd "$src" && grep -l 'HAVE_\(NCURSES\|BZLIB\|LIBXML2\|LIBCRYPTO\)\b' \
	src/*/*.c cmd/*/*.c) >sources
(cd "$src" && grep -l 'HAVE_\(NCURSES\|BZLIB\|LIBXML2\|LIBCRYPTO\)\b' \
	src/*/*.h cmd/*/*.h) >headers
is "$(cat headers)" "" "no header asks for one"
flags=$(value SRC_CFLAGS)
while read -r f; do
	o=${f##*/}
	# shellcheck disable=SC2086 # words
	$cc -DHAVE_CONFIG_H -I. -I"$src/src" -I"$src/cmd" $flags -g -O1 \
		-c -o "${o%.c}.o" "$src/$f"
	result $? "$f"
done <sources

# link TOOL OBJECT...: of this build, but for those objects, without the libraries.
link() {
	tool=$1
	shift
	objects=
	skipped=" $* "
	for o in $(value "exch_${tool}_OBJECTS"); do
		name=${o##*-}
		case $skipped in
		*" $name "*) ;;
		*) objects="$objects $bin/$o" ;;
		esac
	done
	libs=
	for l in $(value "exch_${tool}_LDADD" LIBS); do
		case $l in
		-lncurses* | -ltinfo* | -lbz2 | -lxml2 | -lcrypto) ;;
		src/* | cmd/*) libs="$libs $bin/$l" ;;
		*) libs="$libs $l" ;;
		esac
	done
	# shellcheck disable=SC2046,SC2086 # words
	$cc $(value AM_LDFLAGS) -o "exch-$tool" $objects "$@" $libs
	result $? "exch-$tool is linked"
}
link report sign.o xmlin.o pack_bzip2.o
link feed ladder_screen.o pack_bzip2.o
link replay pack_bzip2.o
for tool in report feed replay; do
	if command -v ldd >/dev/null; then
		ldd "./exch-$tool" | grep -e ncurses -e bz2 -e xml2 -e crypto >needs
		is "$(cat needs)" "" "exch-$tool needs none of them"
	fi
done

# ---- what was left out is told, and the rest is there ----

printf 'date 2026-01-05\ninstrument ABC tick 0.01\n' >day.txt
printf '09:30 A1 sell 100 @ 10.00\n+1s A2 buy 100 @ 10.00\n' >>day.txt
exch-replay -q day.txt | exch-match -q -o day.xst
./exch-replay -q -o got.xst day.txt
exch-replay -q -o want.xst day.txt
same got.xst want.xst "a day is read as before"
for report in summary audit; do
	./exch-report $report day.xst >got
	exch-report $report day.xst >want
	same got want "$report is the same"
done
printf 'a key\n' >key
chmod 600 key
exits 2 "no signature" ./exch-report audit -f csv --manifest m --sign key \
	-o a.csv day.xst 2>err
has err 'built without OpenSSL' "is told"
[ ! -e a.csv ] && [ ! -e m ]
result $? "before anything is written"
./exch-report audit -f csv --manifest m -o a.csv day.xst
exits 0 "hashes are verified" ./exch-report verify -o rows m
exits 2 "signatures are not" ./exch-report verify --key key m 2>err
has err 'built without OpenSSL' "which is told, too"
echo '<a/>' >a.xml
exits 2 "XML is not read" ./exch-report rts22 --rules "$src/data/report" \
	--check -o out a.xml 2>err
has err 'reading XML needs libxml2' "which is told"
if command -v bzip2 >/dev/null; then
	bzip2 -c day.xst >day.xst.bz2
	./exch-report summary day.xst.bz2 >out 2>err
	[ $? -ge 2 ] && grep -q 'bzip2' err
	result $? "nor is bzip2"
else
	skip "nor is bzip2" "bzip2 is not installed"
fi
./exch-feed ladder ABC day.xst >out 2>err
[ $? -ge 2 ] && grep -q 'built without ncurses' err
result $? "and there is no ladder"
./exch-feed top day.xst >got
exch-feed top day.xst >want
same got want "but the quotes are"

finish
