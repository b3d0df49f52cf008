#!/bin/sh
# The tour in README.md can be taken: its commands run in order, from the
# source directory, and each prints something.
. "${srcdir:-.}/tests/cli/lib.sh"

# Commands are indented by four columns; those that set up a shell are not
# for a test, and what they write goes to the scratch directory.
awk '/^## / { tour = /tour/ } tour && /^    / { print substr($0, 5) }' \
	"$src/README.md" | grep -v '^PATH=' | sed "s|/tmp/|$scratch/|g" >tour
is "$(grep -c exch- tour | awk '{ print ($1 >= 9) }')" 1 "the tour has commands"

# One shell, a mark between commands: heredocs stay whole.
awk 'doc { print; if ($0 == "END") { doc = 0; print "echo @" } next }
	/<<.END/ { doc = 1; print; next }
	{ print; print "echo \"@ $?\"" }' tour >tour.sh
cd "$src" || exit 1
sh "$scratch/tour.sh" >"$scratch/out" 2>"$scratch/err" </dev/null
cd "$scratch" || exit 1
is "$(grep -c '^@ [1-9]' out)" 0 "every command exits with 0" ||
	sed 's/^/# /' err
is "$(grep -v '^sha256:' err | head -n 5)" "" "nobody complains"
has out 'exec *50 @ 10.02 buy 3 sell 2' "the last one trades as it says"
has out '"t":"end"' "JSON comes to its end"
has err '^sha256:' "the digest is told"
finish
