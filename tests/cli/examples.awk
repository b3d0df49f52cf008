# Takes the examples out of an mdoc page: commands to run, what they print,
# and files to write first.  Used by manpages.t and tutorial.t:
#
#	awk -v dir=DIR -f examples.awk PAGE
#
# makes DIR/NNN.cmd, DIR/NNN.out when the page shows output, and DIR/NNN.file
# with DIR/NNN.name for text under a comment `.\" file NAME'.
#
# A command is a line `.Dl $ COMMAND', or in a literal display a line
# `$ COMMAND' with its output below; one that ends in a backslash or a bar
# goes on.

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

# Does the command go on in the next line?
function goes_on(s) { return s ~ /(\\e|\|)$/ }

# The command is whole: what follows is its output.
function output() {
	close(at)
	at = stem "out"
	printf "" > at
}

/^\.\\" file / { name = $3; next }
/^\.Dl \$ / {
	sub(/^\.Dl \$ /, "")
	command($0)
	more = goes_on($0)
	close(at)
	next
}
more && /^\.Dl / {
	sub(/^\.Dl /, "")
	print plain($0) >> at
	more = goes_on($0)
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
	display = writing = shown = more = 0
	name = ""
	next
}
!display { next }
# `$ cat NAME' and `$ cat > NAME' show a file: that is how it comes about.
/^\$ cat (> )?[A-Za-z0-9_.-]+$/ {
	if (at != "")
		close(at)
	begin("file")
	print $NF > (stem "name")
	close(stem "name")
	writing = 1
	printf "" > at
	next
}
/^\$ / {
	if (at != "")
		close(at)
	sub(/^\$ /, "")
	command($0)
	shown = 1
	writing = 0
	more = goes_on($0)
	if (!more)
		output()
	next
}
writing { print plain($0) > at; next }
shown && more {
	print plain($0) > at
	more = goes_on($0)
	if (!more)
		output()
	next
}
shown { print plain($0) > at }
