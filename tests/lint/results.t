#!/bin/sh
# What a test has to say goes to standard output: a result whose line is sent to
# /dev/null or /dev/full counts nowhere, whatever it is.  Commands that are
# tested write into a file, or the whole is "sh -c '... >/dev/full'".
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# lost FILE...: FILE:LINE of such results.  A statement goes on behind a
# backslash and within quotes; what is quoted is another command's.
lost() {
	awk '
	FNR == 1 { whole = "" }
	whole == "" && !/^[ \t]*(if |! )*(ok|is|exits|said|result|has|same|skip|told)[ \t]/ { next }
	{
		if (whole == "")
			first = FNR
		whole = whole $0 " "
		line = whole
		gsub(/\\["\047\\]/, "", line)
		gsub(/\047[^\047]*\047/, "", line)
		gsub(/"[^"]*"/, "", line)
		if (line ~ /["\047]/ || line ~ /\\ *$/)
			next
		whole = ""
		if (line ~ /(^|[^0-9&>])(1|&)?>>?[ \t]*\/dev\/(null|full)/)
			print FILENAME ":" first
	}' "$@"
}

# With lines that are lost, so that it finds some.
cat >t <<'T'
ok "said" true
ok "lost" true >/dev/null
exits 0 "lost, in two lines" true \
	>/dev/full
is "$(cat x >/dev/null |
	cat >/dev/null)" "" "said"
exits 4 "said" sh -c 'cat >/dev/full'
	is 1 1 "lost, within" 2>err >/dev/null
ok "said" true 2>/dev/null
ok "lost, all" true >/dev/null 2>&1
true >/dev/null
T
is "$(lost t | tr '\n' ' ')" "t:2 t:3 t:8 t:10 " "a result that goes nowhere is found"

(cd "$src" && ls tests/*/*.t tests/*/*.sh) | grep -v '^tests/lint/results\.t$' >files
# shellcheck disable=SC2046 # names of this tree have no blanks
(cd "$src" && lost $(cat "$scratch/files")) >bad
sed 's/^/# goes nowhere: /' bad
is "$(wc -l <bad | tr -d ' ')" 0 "no test has one"

# One that may not be executed says nothing either.
(cd "$src" && for f in tests/*/*.t; do
	[ -x "$f" ] || echo "$f"
done) >bad
sed 's/^/# not executable: /' bad
is "$(wc -l <bad | tr -d ' ')" 0 "every test may be executed"

finish
