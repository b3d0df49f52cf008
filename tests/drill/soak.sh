#!/bin/sh
# make soak: load for an hour, with kills of the primary, of its standby and
# of the reader of the results (tests/tools/soak.c).  Run in the build
# directory.  Prints how long results stayed away, and how much of the time
# they were there; exits with 1 when one was lost or came twice.
#
# From the environment:
#	SOAK_SECONDS	how long				(3600)
#	SOAK_PACE	records of input per second		(20000)
#	SOAK_EVERY	ms between disturbances, on the average	(5000)
#	SOAK_MESSAGES	of a day				(500000)
#	SOAK_SEED	of the disturbances			(1)
#	SOAK_DIR	where to work		(a directory under TMPDIR)
set -eu
export LC_ALL=C TZ=UTC0
bin=$(pwd)
dir=${SOAK_DIR-$(mktemp -d "${TMPDIR:-/tmp}/exch-soak.XXXXXX")}
mkdir -p "$dir"
cd "$dir"
[ -n "${SOAK_DIR-}" ] || trap 'cd / && rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
PATH=$bin:$PATH

"$bin/data/gen-sample" --messages "${SOAK_MESSAGES-500000}" 2>gen.err |
	exch-replay -q --date 2026-01-05 --tz America/New_York -o day.xst
"$bin/tests/tools/soak" "${SOAK_SECONDS-3600}" "${SOAK_SEED-1}" \
	"${SOAK_PACE-20000}" "${SOAK_EVERY-5000}" day.xst
