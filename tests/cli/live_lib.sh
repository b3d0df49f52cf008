# Shared by the tests of live feeds, behind lib.sh, with day.xst made:
# . "${srcdir:-.}/tests/cli/live_lib.sh"
# shellcheck shell=sh

# A group of our own, so that other runs are not heard.
group() {
	echo "239.$1.$(($$ / 250 % 250)).$(($$ % 250 + 1)):$2"
}
# find_port GROUP OPTION: $port, where nobody listens, and $at, by --OPTION.
# Ports given to anybody who connects are above.
find_port() {
	port=$((10000 + $$ * 7 % 20000))
	for i in 1 2 3 4 5 6 7 8 9 10; do
		exch-feed itch --live "$1" --interface lo --linger 1ms \
			"--$2" "127.0.0.1:$port" day.xst 2>err && break
		port=$((port + 1))
	done
	at=127.0.0.1:$port
}
# until_says FILE WORD PID: while the process lives.
until_says() {
	for i in $(seq 600); do
		grep -q "$2" "$1" && break
		kill -0 "$3" 2>/dev/null || break
		sleep 0.1
	done
}
# listen FILE OPTION...: read what comes into FILE, behind the shell's back.
listen() {
	to=$1
	shift
	exch-replay -v --interface lo -o "$to" "$@" 2>"$to.err" &
	reader=$!
	until_says "$to.err" joined "$reader"
}
# heard WANT NAME: the reader's exit status.
heard() {
	status=0
	wait "$reader" || status=$?
	is "$status" "$1" "$2" || sed 's/^/# /' "$to.err"
}
# number FILE WHAT: of the statistics.
number() {
	awk -v what="$2" 'index($0, "  " what " ") == 1 { n += $NF } END { print n + 0 }' "$1"
}
