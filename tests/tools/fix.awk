# Reads FIX of which SOH was made a line end (tr '\001' '\n'), from the
# field table of the protocol alone:
#
#	awk -v what=check -f fix.awk	frames, numbers and groups are right
#	awk -v what=hex -f fix.awk	each message as a dump for text2pcap
#	awk -v what=lines -f fix.awk	each message in a line, with bars
#	awk -v what=book -v till=YYYYMMDD-HH:MM:SS.sss -f fix.awk
#					levels after all messages up to then:
#					symbol,side,price,quantity
#	awk -v what=orders -f fix.awk	the last state of each order: number,
#					symbol,ordered,filled,mean,leaves,status
BEGIN {
	for (i = 0; i < 256; i++)
		ord[sprintf("%c", i)] = i
}

function bad(why) {
	print "# message " number ": " why
	wrong = 1
	exit 1
}

# The bytes of a text, and of the SOH behind it.
function bytes(s,   i, v) {
	v = 1
	for (i = 1; i <= length(s); i++)
		v += ord[substr(s, i, 1)]
	return v
}

function value(i) { return substr(field[i], index(field[i], "=") + 1) }
function tag(i) { return substr(field[i], 1, index(field[i], "=") - 1) }

# The value of a tag, its first in the message.
function of(t,   i) {
	for (i = 1; i <= n; i++)
		if (tag(i) == t)
			return value(i)
	return ""
}

function check(   i, size, sum, groups) {
	if (field[1] != "8=FIX.4.4" || tag(2) != 9 || tag(3) != 35)
		bad("does not begin as messages do")
	if (tag(n) != 10 || length(value(n)) != 3)
		bad("does not end with its sum")
	for (i = 1; i < n; i++) {
		if (field[i] !~ /^[1-9][0-9]*=./)
			bad("field " i " is none: " field[i])
		if (tag(i) == 10)
			bad("its sum is not last")
		sum += bytes(field[i])
		if (i > 2)
			size += length(field[i]) + 1
	}
	if (value(2) != size)
		bad("length " value(2) ", not " size)
	if (value(n) != sprintf("%03d", sum % 256))
		bad("sum " value(n) ", not " sum % 256)
	if (of(34) != ++number)
		bad("number " of(34))
	if (of(52) !~ /^20[0-9][0-9][01][0-9][0-3][0-9]-[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9][0-9][0-9]$/)
		bad("time " of(52))
	if (of(35) ~ /[WX]/) {
		for (i = 1; i <= n; i++)
			groups += tag(i) == 269
		if (groups != of(268))
			bad(of(268) " entries, there are " groups)
	}
	if (of(35) == 8)
		check_report()
	kinds[of(35)]++
}

# Parts of coins are no whole numbers here.
function differs(a, b) { return sprintf("%.9f", a) != sprintf("%.9f", b) }

function check_report(   live) {
	live = index("2348C", of(39)) == 0
	if (live && differs(of(14) + of(151), of(38)))
		bad("filled and left are not what was ordered")
	if (!live && of(151) + 0 != 0)
		bad("something is left of what is over")
	if (of(39) == 2 && differs(of(14), of(38)))
		bad("filled, and not with all")
	if ((of(150) == "F") != (of(32) != ""))
		bad("an execution without a quantity, or the other way")
	if (index("045CDEF8", of(150)) == 0)
		bad("of no kind: " of(150))
}

function hex(   i, k, at, text, c) {
	for (i = 1; i <= n; i++) {
		text = field[i] "\001"
		for (k = 1; k <= length(text); k++) {
			if (at % 16 == 0)
				printf "%s%06x", at == 0 ? "" : "\n", at
			printf " %02x", ord[substr(text, k, 1)]
			at++
		}
	}
	print "\n"
}

function lines(   i, s) {
	for (i = 1; i <= n; i++)
		s = s field[i] "|"
	print s
}

# An entry of a group is over: it is applied.
function apply(act, type, symbol, px, qty,   k) {
	if (type == 2)
		return
	k = symbol "," (type == 0 ? "B" : "S") "," px
	if (act == 0 && k in level)
		bad("new, and is there: " k)
	if (act > 0 && !(k in level))
		bad("is not there: " k)
	if (act == 2)
		delete level[k]
	else
		level[k] = qty
}

function book(   i, act, type, symbol, px, qty, open) {
	if (till != "" && of(52) > till)
		return
	if (of(35) == "W")
		symbol = of(55)
	for (i = 1; i <= n; i++) {
		if (tag(i) == (of(35) == "W" ? 269 : 279)) {
			if (open)
				apply(act, type, symbol, px, qty)
			open = 1
			act = 0
		}
		if (tag(i) == 279) act = value(i)
		if (tag(i) == 269) type = value(i)
		if (tag(i) == 55) symbol = value(i)
		if (tag(i) == 270) px = value(i)
		if (tag(i) == 271) qty = value(i)
	}
	if (open)
		apply(act, type, symbol, px, qty)
}

function orders() {
	if (of(35) != 8 || of(150) == 8)
		return
	if (of(41) != "" && of(41) != of(11))
		delete last[number_of[of(41) "," of(55)]]
	number_of[of(11) "," of(55)] = of(37) "," of(55)
	last[of(37) "," of(55)] = of(38) "," of(14) "," \
		sprintf("%.4f", of(6)) "," of(151) "," of(39)
}

function message() {
	if (n == 0)
		return
	if (what == "check") check()
	else if (what == "hex") hex()
	else if (what == "lines") lines()
	else if (what == "book") { number++; book() }
	else if (what == "orders") orders()
	n = 0
}

/^8=FIX/ { message() }
{ field[++n] = $0 }
END {
	if (wrong)
		exit 1
	message()
	for (k in level)
		print k "," level[k]
	for (k in last)
		print k "," last[k]
	if (what == "check") {
		for (k in kinds)
			printf "%s %d ", k, kinds[k]
		print number
	}
}
