# A market maker: an order of 100 at the best bid and one at the best offer.
# It adds to what it holds, bought or sold short, below 500 only; from 300 on it
# does so one tick further back.  exch-agent(7) explains the lines.
# maker.py and maker.c are the same strategy and say the same.
$1 == "exch" { print "ready protocol=1 name=maker sub=bbo wake=bbo,own" }
$1 == "instrument" && symbol == "" { symbol = $2; tick = $4; digits = $10 }

# Prices are counted in ticks: those are whole numbers, and exact.
$1 == "bbo" && $3 == symbol && $4 != "-" && $6 != "-" {
	bid = int($4 / tick + 0.5)
	offer = int($6 / tick + 0.5)
}
$1 == "filled" { held += $5 == "buy" ? $7 : -$7 }
$1 == "filled" && $8 == 0 || $1 == "cancelled" || $1 == "rejected" {
	for (side in tag)
		if (tag[side] == $4)
			tag[side] = 0
}
$1 == "." {
	if (bid) {
		keep("buy", bid - (held >= 300), held < 500)
		keep("sell", offer + (held <= -300), held > -500)
	}
	print "."
	fflush()
}

# Its order of a side shall stand at this price, or not at all.
function keep(side, at, wanted) {
	if (tag[side] && (!wanted || price[side] != at)) {
		print "cancel " tag[side]
		tag[side] = 0
	}
	if (tag[side] || !wanted)
		return
	tag[side] = ++orders
	price[side] = at
	printf "%s 100 %s @ %.*f post-only as %d\n", side, symbol, digits, at * tick, orders
}
