# Arbitrage: one thing under two symbols, such as two venues'.  Where the bid of
# one is above the offer of the other, it sells here what it buys there, as
# much as both show, both at once and for that moment only.
$1 == "exch" { print "ready protocol=1 name=arbitrage sub=bbo wake=bbo" }
$1 == "instrument" && n < 2 { symbol[++n] = $2 }
$1 == "bbo" { bid[$3] = $4; nbid[$3] = $5; offer[$3] = $6; noffer[$3] = $7 }

$1 == "." {
	if (n == 2) {
		take(symbol[1], symbol[2])
		take(symbol[2], symbol[1])
	}
	print "."
	fflush()
}

function take(here, there,    qty) {
	if (bid[here] == "" || bid[here] == "-" || offer[there] == "" || offer[there] == "-")
		return
	qty = nbid[here] + 0 < noffer[there] + 0 ? nbid[here] : noffer[there]
	if (bid[here] + 0 <= offer[there] + 0 || qty <= 0)
		return
	printf "sell %s %s @ %s ioc as %d\n", qty, here, bid[here], ++orders
	printf "buy %s %s @ %s ioc as %d\n", qty, there, offer[there], ++orders
	nbid[here] -= qty # until the market says what is left
	noffer[there] -= qty
}
