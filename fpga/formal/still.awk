# From an and-inverter graph (ASCII) and its map to BLIF with one output: a
# register of the matcher or its tables would change although `held' is set.
# Registers are inputs here, as anything may be in them.  The count of what is
# cleared after a reset is no part of it: nothing else looks at it.
function var(l) { return "n" int(l / 2) }
function term(l) { return l % 2 ? "0" : "1" }
NR == FNR {
	if ($1 ~ /latch$/ && $4 ~ /^(core|qty|inf|ice|nxt|prv|lvl|leaf|mid|top|ctx)\./)
		ours[$2] = 1
	if ($4 == "core.clr")
		count[$2] = 1
	if ($1 == "output" && $4 == "held")
		held = $2
	next
}
FNR == 1 {
	inputs = $3; latches = $4; outputs = $5; ands = $6
	printf ".model still\n.inputs"
	for (i = 1; i <= inputs + latches; i++)
		printf " n%d", i
	printf "\n.outputs moves\n.names n0\n"
	next
}
FNR <= 1 + inputs { next }
FNR <= 1 + inputs + latches {
	k = FNR - 2 - inputs
	if (k in ours && !(k in count)) {
		printf ".names %s %s x%d\n", var($1), var($2), k
		# differ: 1 and not next, or 0 and next
		printf "1%s 1\n0%s 1\n", term($2 % 2 ? $2 - 1 : $2 + 1), term($2)
		any = any " x" k
		n++
	}
	next
}
FNR <= 1 + inputs + latches + outputs {
	if (FNR - 2 - inputs - latches == held)
		printf ".names %s held\n%s 1\n", var($1), term($1)
	next
}
NF == 3 && $1 ~ /^[0-9]+$/ && seen++ < ands {
	printf ".names %s %s %s\n%s%s 1\n", var($2), var($3), var($1), term($2), term($3)
}
END {
	printf ".names%s any\n", any
	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++)
			printf "%s", i == j ? "1" : "-"
		print " 1"
	}
	print ".names any held moves\n11 1\n.end"
}
