# What the scripts of make bench have in common; read by each of them.
# shellcheck shell=sh disable=SC2034 # variables of those who read this

export LC_ALL=C TZ=UTC0
runs=${BENCH_RUNS-5}
# Counting instructions takes a minute a row, and valgrind.
count=${BENCH_COUNT-yes}
command -v valgrind >/dev/null || count=no
# The generated days are of this date.
when='--date 2026-01-05 --tz America/New_York'

machine=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null |
	head -n 1 | tr -s ' ,' ' ')
machine="${machine:-$(uname -m)} x$(nproc 2>/dev/null || echo 1)"
compiler=${CC_NAME-$( (${CC-cc} --version || true) 2>/dev/null | head -n 1)}
compiler=$(echo "$compiler" | tr -d ',')

# figure WORD FILE: the last number of a line "  WORD ... N" of exch-replay -v.
figure() {
	awk -v w="$1" '$1 == w && NF == 2 { print $2; exit }' "$2"
}
