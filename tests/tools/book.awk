# The book that ITCH 5.0 makes, from messages behind their lengths, by the table
# of the specification and nothing of ours: stocks with their states, then the
# orders that are displayed, first come first.
#
#	od -An -v -tu1 -w1 FILE | awk -v upto=N -f book.awk
#
# With `upto` only that many messages are taken.

function u(at, n,   v) {
	for (v = 0; n > 0; n--)
		v = v * 256 + m[at++]
	return v
}

function text(at, n,   s) {
	for (s = ""; n > 0; n--)
		s = s sprintf("%c", m[at++])
	return s
}

function enter(id, stock, side, shares, price) {
	is[id] = ++came
	who[came] = id
	left[id] = shares
	rest[id] = stock " " side " " price
}

function less(id, shares) {
	left[id] -= shares
	if (left[id] <= 0)
		delete is[id]
}

function decode(   t, id, new) {
	t = text(0, 1)
	id = u(11, 8)
	if (t == "R")
		told[u(1, 2)] = text(11, 8) " " u(21, 4)
	else if (t == "H")
		state[u(1, 2)] = text(19, 1) " " text(21, 4)
	else if (t == "A")
		enter(id, u(1, 2), text(19, 1), u(20, 4), u(32, 4))
	else if (t == "E" || t == "C" || t == "X")
		less(id, u(19, 4))
	else if (t == "D")
		delete is[id]
	else if (t == "U") {
		new = u(19, 8)
		split(rest[id], part, " ")
		delete is[id]
		enter(new, part[1], part[2], u(27, 4), u(31, 4))
	}
}

{
	if (want == 0 && half == 0) {
		high = $1
		half = 1
	} else if (half == 1) {
		want = high * 256 + $1
		half = have = 0
		if (want == 0)
			exit
	} else {
		m[have++] = $1
		if (have == want) {
			want = 0
			if (upto == "" || n < upto)
				decode()
			n++
		}
	}
}

END {
	for (i = 0; i < 65536; i++)
		if (i in told)
			print i, told[i], state[i]
	for (i = 1; i <= came; i++)
		if (is[who[i]] == i)
			print who[i], rest[who[i]], left[who[i]]
}
