# A scenario of one instrument with long queues at close prices, for tests that
# compare two ways to count: awk -v seed=N -v steps=N -f random_day.awk
function rnd(n) {
	seed = (seed * 16807) % 2147483647
	return seed % n
}

function later() { return sprintf("+%dms", 1 + rnd(4) * rnd(700)) }

BEGIN {
	print "date 2024-03-07\ninstrument ABC tick 0.01"
	print "09:30:00 ANN buy 10 ABC @ 9.00"
	middle = 1000
	for (i = 1; i <= steps; i++) {
		middle += rnd(40) == 0 ? rnd(3) - 1 : 0
		side = rnd(2) ? "buy" : "sell"
		px = side == "buy" ? middle - rnd(3) : middle + 1 + rnd(3)
		what = rnd(20)
		k = n - rnd(12)
		if (what < 9)
			printf "%s A%d %s %d ABC @ %.2f as o%d\n", later(), rnd(9),
				side, 1 + rnd(140), px / 100, ++n
		else if (what >= 16)
			printf "%s B%d %s %d ABC @ %.2f ioc\n", later(), rnd(9),
				side, 1 + rnd(170),
				(middle + (side == "buy" ? 2 : -1)) / 100
		else if (k > 0 && !(k in out) && what < 15) {
			print later() " cancel o" k
			out[k] = 1
		} else if (k > 0 && !(k in out))
			printf "%s replace o%d with %d\n", later(), k, 1 + rnd(140)
	}
}
