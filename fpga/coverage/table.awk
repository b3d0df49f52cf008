# The table of a coverage run, from its points: file, line, what (a block, a
# branch, ...) and count, tabs between; see coverage.sh.
#
# In `known' a waiver is a line of file, what and the text of the source line,
# tabs between, and the reason follows in lines that begin with a tab.
function text(file, line,    n, s) {
	if (!((file, 1) in source)) {
		n = 0
		while ((getline s <(rtl "/" file)) > 0) {
			gsub(/^[ \t]+|[ \t]*(\/\/.*)?$/, "", s)
			source[file, ++n] = s
		}
	}
	return source[file, line]
}

BEGIN {
	while ((getline s <known) > 0)
		if (s !~ /^(#|\t|$)/)
			waiver[s]
}

{
	key = $1 FS $3 FS text($1, $2)
	points[$1]++
	all++
	if ($4 > 0) {
		hit[$1]++
		hits++
		if (key in waiver)
			met[key]
		next
	}
	if (key in waiver) {
		waived[$1]++
		used[key]
	} else {
		print $1 ":" $2 ": not reached: " $3 ": " text($1, $2)
		bad = 1
	}
}

END {
	for (key in waiver)
		if (!(key in used)) {
			print (key in met ? "reached" : "not there") \
				", but waived: " key
			bad = 1
		}
	printf "%-14s %7s %7s %7s\n", "file", "points", "reached", "waived"
	for (f in points)
		printf "%-14s %7d %7d %7d\n", f, points[f], hit[f],
			waived[f] | "sort"
	close("sort")
	if (all == 0)
		bad = 1
	exit bad
}
