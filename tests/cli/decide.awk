# A day whose accounts have what they do decided: for tests of gates.
# No regular expression looks at a whole line: some awks take ages for that.
function value_at(name) { # where the value of a cell begins; 0: there is none
	i = index($0, "\"" name "\":")
	return i == 0 ? 0 : i + length(name) + 3
}
function cell(name,   s, n) {
	s = substr($0, value_at(name), 48)
	n = index(s, ",")
	s = substr(s, 1, n - 1)
	return substr(s, 1, 1) == "\"" ? substr(s, 2, n - 3) : s
}
function put(line,   i, rest) { # with its number in the stream
	i = index(line, "\"seq\":\"")
	rest = substr(line, i + 7)
	print substr(line, 1, i + 6) ++seq substr(rest, index(rest, "\""))
}
function rec(type, rest) {
	put("{\"t\":\"" type "\",\"source\":1,\"seq\":\"0\",\"time\":\"" time \
		"\"," rest "}")
}
{
	kind = substr($0, 7, 3)
	if (kind == "end")
		sub(/"records":"?[0-9]*"?/, "\"records\":\"" seq "\"")
	if (index($0, "\"seq\":\"") == 0) {
		print
		next
	}
	if (kind != "new" || substr($0, 10, 1) != "\"") {
		put($0)
		next
	}
	n++
	at = value_at("account")
	$0 = substr($0, 1, at - 1) NR % 40 + 1 substr($0, at + 1)
	put($0)
	time = cell("time")
	if (cell("qty") >= 300)
		held[++nheld] = "\"instr\":" cell("instr") ",\"order\":\"" \
			cell("order") "\""
	if (nheld > 4 && n % 3 == 0) {
		rec("decision", held[nheld - 4] \
			",\"ref\":\"0\",\"by\":\"ann\",\"verdict\":\"" \
			(n % 4 ? "pass" : "reject") "\",\"text\":\"at " n "\"")
		nheld = 0
	}
	who = int(n / 1000) % 40 + 1
	if (n % 1000 == 0)
		rec("limit", "\"instr\":0,\"value\":" 500 + n % 3000 \
			",\"member\":\"\",\"by\":\"bob\",\"account\":" who \
			",\"what\":\"position\",\"text\":\"\"")
	if (n % 3000 == 0)
		rec("kill", "\"instr\":0,\"member\":\"\",\"by\":\"bob\"," \
			"\"account\":" who ",\"on\":\"kill\",\"text\":\"\"")
	if (n % 3000 == 1500)
		rec("kill", "\"instr\":0,\"member\":\"\",\"by\":\"bob\"," \
			"\"account\":" (who + 39 - 1) % 40 + 1 \
			",\"on\":\"release\",\"text\":\"\"")
}
