# A day whose accounts have what they do decided: for tests of gates.
function put(s) { sub(/"seq":"[0-9]*"/, "\"seq\":\"" ++seq "\"", s); print s }
function rec(type, rest) {
	put("{\"t\":\"" type "\",\"source\":1,\"seq\":\"0\",\"time\":\"" time \
		"\"," rest "}")
}
function cell(name,   s) {
	s = substr($0, index($0, "\"" name "\":") + length(name) + 3)
	gsub(/"/, "", s)
	sub(/[,}].*/, "", s)
	return s
}
/^{"t":"new"/ { n++; sub(/"account":0/, "\"account\":" NR % 40 + 1) }
/"seq"/ { put($0); if (!/^{"t":"new"/) next }
/^{"t":"end"/ { sub(/"records":"?[0-9]*"?/, "\"records\":\"" seq "\"") }
!/"seq"/ { print; next }
{
	time = substr($0, index($0, "\"time\":") + 8, 30)
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
