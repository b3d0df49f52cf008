#!/bin/sh
# Who may include whom (the table of the design), and where the headers of
# other projects may stand.
. "${srcdir:-.}/tests/cli/lib.sh"

# part: what it may include besides itself.
cat >allowed <<'EOF'
src/base
src/rec base
src/ref base
src/book base
src/card base book
src/match base rec ref book card
src/sock base
src/journal base rec match sock
src/feed base rec ref sock
src/replay base rec ref book
src/risk base rec ref
src/settle base rec ref
src/plot base
src/report base rec ref book plot
src/md base rec ref book report
src/store base rec ref
src/embed base rec ref book match
src/sim base rec ref book match feed replay md
cmd/common base rec
EOF

# includes OPEN CLOSE DIR...: "FILE HEADER" for what stands between these.
includes() {
	open=$1 close=$2
	shift 2
	find "$@" -name '*.[ch]' | sort | xargs awk -v src="$src/" \
		-v form="^#[ ]*include $open[^$close]*$close" '
		$0 ~ form {
			sub(/^#[ ]*include ./, "")
			sub(/[">].*/, "")
			print substr(FILENAME, length(src) + 1), $0
		}'
}

# "dir/x.h" gives dir; a bare "x.h" is a neighbour.
while read -r part may; do
	own=${part#*/}
	includes '"' '"' "$src/$part" | awk -v own="$own" -v may=" $may " '
		{
			dir = $2
			if (!sub(/\/.*/, "", dir))
				dir = own
			if (dir != own && index(may, " " dir " ") == 0)
				print "# " $1 " includes " $2
		}' >bad
	cat bad
	[ ! -s bad ]
	result $? "$part includes only what it may"
done <allowed

for dir in "$src"/src/*/; do
	part=${dir#"$src"/}
	part=${part%/}
	grep -q "^$part\$\|^$part " allowed || echo "# $part has no row"
done >bad
cat bad
[ ! -s bad ]
result $? "every part has a row"

# Our headers show nobody else's types; each library has one file of ours.
system=' assert.h cpuid.h ctype.h errno.h fcntl.h getopt.h immintrin.h
inttypes.h limits.h nmmintrin.h poll.h pthread.h sched.h signal.h stdarg.h stdbool.h stddef.h
spawn.h stdint.h stdio.h stdlib.h string.h strings.h sys/mman.h sys/stat.h
sys/types.h sys/wait.h time.h unistd.h config.h math.h sys/resource.h
stdatomic.h search.h arpa/inet.h x86intrin.h sys/uio.h sys/ioctl.h sys/socket.h netdb.h netinet/in.h netinet/tcp.h net/if.h sys/prctl.h dirent.h emmintrin.h smmintrin.h '
system=$(echo "$system" | tr '\n' ' ')
includes '<' '>' "$src/src" "$src/cmd" |
	awk -v known="$system" 'index(known, " " $2 " ") == 0' >foreign
[ -s foreign ]
result $? "there are headers of other projects"

awk '$1 ~ /\.h$/ { print "# " $1 " includes <" $2 ">" }' foreign >bad
cat bad
[ ! -s bad ]
result $? "none of them in a header of ours"

awk '{ n[$2]++; who[$2] = who[$2] " " $1 }
	END { for (h in n) if (n[h] > 1) print "# <" h "> in" who[h] }' \
	foreign >bad
cat bad
[ ! -s bad ]
result $? "each in one file only"

cat >home <<'EOF'
csv.h src/base/
zstd.h src/rec/
zlib.h src/rec/
bzlib.h src/rec/
pcap.h src/feed/
pcap/pcap.h src/feed/
dlfcn.h src/card/
link.h src/card/
sqlite3.h src/store/
curses.h cmd/exch-feed/
libxml/xmlreader.h src/report/
libxml/xmlschemas.h src/report/
openssl/err.h src/report/
openssl/evp.h src/report/
openssl/pem.h src/report/
EOF
awk 'NR == FNR { home[$1] = $2; next }
	index($1, home[$2]) != 1 || home[$2] == "" {
		print "# " $1 " includes <" $2 ">" }' home foreign >bad
cat bad
[ ! -s bad ]
result $? "each in the part it belongs to"

finish
