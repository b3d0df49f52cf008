# Takes the examples out of an mdoc page: commands to run, what they print,
# and files to write first.  Used by manpages.t and tutorial.t:
#
#	awk -v dir=DIR -f examples.awk PAGE
#
# makes DIR/NNN.cmd, DIR/NNN.out when the page shows output, and DIR/NNN.file
# with DIR/NNN.name for text under a comment `.\" file NAME'.
#
# A command is a line `.Dl $ COMMAND', or in a literal display a line
# `$ COMMAND' with its output below; one that ends in a backslash goes on.

function plain(s) {
	gsub(/\\&/, "", s)
	gsub(/\\-/, "-", s)
	gsub(/\\\(dq/, "\"", s)
	gsub(/\\\(aq/, "'", s)
	gsub(/\\\(ti/, "~", s)
	gsub(/\\\(ha/, "^", s)
	gsub(/\\\(ga/, "`", s)
	gsub(/\\(e|\(rs)/, "\\", s)
	return s
}

function begin(kind) {
	n++
	stem = sprintf("%s/%03d.", dir, n)
	at = stem kind
}

function command(s) {
	begin("cmd")
	print FNR > (stem "line")
	close(stem "line")
	print plain(s) > at
}

/^\.\\" file / { name = $3; next }
/^\.Dl \$ / {
	sub(/^\.Dl \$ /, "")
	command($0)
	more = /\\e$/
	close(at)
	next
}
more && /^\.Dl / {
	sub(/^\.Dl /, "")
	print plain($0) >> at
	more = /\\e$/
	close(at)
	next
}
/^\.Bd / {
	display = 1
	if (name != "") {
		begin("file")
		print name > (stem "name")
		close(stem "name")
		writing = 1
		printf "" > at
	}
	next
}
/^\.Ed/ {
	if (display && at != "")
		close(at)
	display = writing = shown = 0
	name = ""
	next
}
!display { next }
writing { print plain($0) > at; next }
/^\$ / {
	if (at != "")
		close(at)
	sub(/^\$ /, "")
	command($0)
	shown = 1
	more = /\\e$/
	if (!more) {
		close(at)
		at = stem "out"
		printf "" > at
	}
	next
}
shown && more {
	print plain($0) > at
	more = /\\e$/
	if (!more) {
		close(at)
		at = stem "out"
		printf "" > at
	}
	next
}
shown { print plain($0) > at }
