# ITCH 5.0 from a file of messages behind their lengths, by the table of the
# specification and nothing of ours: one line each, fields as they stand.
#
#	od -An -v -tu1 -w1 FILE | awk -f itch.awk
#
# References become their number in the order in which they are first named,
# so that two feeds of one day can be compared.

function u(at, n,   v) {
	for (v = 0; n > 0; n--)
		v = v * 256 + m[at++]
	return v
}

function text(at, n,   s) {
	for (s = ""; n > 0; n--)
		s = s sprintf("%c", m[at++])
	sub(/ +$/, "", s)
	return s
}

function ref(at,   key) {
	key = m[at] " " m[at + 1] " " m[at + 2] " " m[at + 3] " " \
		m[at + 4] " " m[at + 5] " " m[at + 6] " " m[at + 7]
	if (!(key in known))
		known[key] = ++refs
	return known[key]
}

function decode(   t) {
	t = text(0, 1)
	printf "%s %.0f %d", t, u(5, 6), u(1, 2)
	if (t == "S")
		printf " %s", text(11, 1)
	else if (t == "R")
		printf " %s %d", text(11, 8), u(21, 4)
	else if (t == "H")
		printf " %s %s %s", text(11, 8), text(19, 1), text(21, 4)
	else if (t == "A")
		printf " %d %s %d %s %d", ref(11), text(19, 1), u(20, 4), \
			text(24, 8), u(32, 4)
	else if (t == "E")
		printf " %d %d", ref(11), u(19, 4)
	else if (t == "C")
		printf " %d %d %s %d", ref(11), u(19, 4), text(31, 1), u(32, 4)
	else if (t == "X")
		printf " %d %d", ref(11), u(19, 4)
	else if (t == "D")
		printf " %d", ref(11)
	else if (t == "U")
		printf " %d %d %d %d", ref(11), ref(19), u(27, 4), u(31, 4)
	else if (t == "P")
		printf " %s %d %s %d", text(19, 1), u(20, 4), text(24, 8), u(32, 4)
	else if (t == "Q")
		printf " %.0f %s %d %s", u(11, 8), text(19, 8), u(27, 4), text(39, 1)
	else if (t == "B")
		printf " %.0f", u(11, 8)
	else if (t == "I")
		printf " %.0f %.0f %s %s %d %d %d %s", u(11, 8), u(19, 8), \
			text(27, 1), text(28, 8), u(36, 4), u(40, 4), u(44, 4), \
			text(48, 1)
	printf "\n"
}

BEGIN {
	length_of = "S12 R39 H25 A36 E31 C36 X23 D19 U35 P44 Q40 B19 I50"
}

{
	if (have < 2) {
		head = head * 256 + $1
		if (++have == 2 && head == 0)
			print "end"
	} else {
		m[have++ - 2] = $1 + 0
	}
	if (have >= 2 && have == head + 2) {
		if (head > 0) {
			want = length_of
			if (!sub(".*" text(0, 1), "", want) || want + 0 != head)
				print "LENGTH", text(0, 1), head
			decode()
		}
		have = head = 0
	}
}

END {
	if (have > 0)
		print "CUT"
}
