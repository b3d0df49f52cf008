# TWAP: it buys 2,000 in twenty parts, one after the other, over the run.  A
# part waits at the best bid for three quarters of its time; what is left of it
# then is bought at the offer.  The clock alone wakes it.
$1 == "exch" { print "ready protocol=1 name=twap sub=bbo wake=timer" }
$1 == "end" && !part { part = $2 / 20 }
$1 == "instrument" && symbol == "" { symbol = $2 }
$1 == "bbo" && $3 == symbol { bid = $4; offer = $6 }
$1 == "filled" { left -= $7; live = $8 > 0 }
$1 == "cancelled" || $1 == "rejected" { live = 0 }
$1 == "turn" { turn = $2; now = $3; rings = 0 }
$1 == "timer" { rings = 1; step++ }

$1 == "." {
	if (turn == 1)
		wake(1 / 8) # the market is known by then
	if (rings && step % 2 == 1 && step < 40) {
		left += 100
		order(bid, "")
		wake(3 / 4)
	} else if (rings && step <= 40) {
		if (live)
			print "cancel " orders
		order(offer, "ioc ")
		wake(1 / 4)
	}
	print "."
	fflush()
}

# A whole number of this size needs its format.
function wake(parts) { printf "wake %.0f\n", now + part * parts }

function order(price, how) {
	if (left > 0 && price != "" && price != "-") {
		printf "buy %d %s @ %s %sas %d\n", left, symbol, price, how, ++orders
		live = 1
	}
}
