# The JSON of a stream (exch-stream(5)): "buy,sell,price,qty" of each execution of
# the venue's own that the venue broke later, found by the number of its EXPECT.
function value(name,	a) {
	if (!match($0, "\"" name "\":\"?[^\",}]*"))
		return ""
	a = substr($0, RSTART, RLENGTH)
	sub(/^"[a-z]*":"?/, "", a)
	return a
}
/"t":"expect"/ {
	of[value("instr"), value("match")] = value("buy") "," value("sell") "," \
	    value("price") "," value("qty")
}
/"t":"bust"/ { print of[value("instr"), value("match")] }
