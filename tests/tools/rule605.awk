# The statistics of exch-report 605 for market orders and marketable limits of
# one instrument, made once more from other reports of the same day:
#	awk -f rule605.awk DEPTH AUDIT
# DEPTH: depth -n 1 --changed -f csv, the best prices after each event;
# AUDIT: audit -f csv, in whose rows stands the quote before each event.
# Prints orders, shares, executed, effective, quoted, improved, amount, at,
# outside and realised after one second, over both kinds together.
function secs(t) {
	return substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + substr(t, 18, 12)
}

# The midpoint at the last event not after t, times two; "" for none.
function twice_mid(t,    lo, hi, m) {
	lo = 0
	hi = n
	while (lo < hi) {
		m = int((lo + hi + 1) / 2)
		if (when[m] <= t)
			lo = m
		else
			hi = m - 1
	}
	return lo > 0 ? mid[lo] : ""
}

BEGIN { FS = "," }
FNR == 1 {
	file++
	split("", at)
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
file == 1 {
	b = $at["bid_px_0"]
	a = $at["ask_px_0"]
	when[++n] = secs($at["time"])
	mid[n] = a != "" && b != "" && a >= b ? a + b : ""
	last = when[n]
	next
}
{ end = secs($at["time"]) }
$at["event"] == "accepted" && $at["phase"] == "continuous" {
	bid = $at["bid"]
	ask = $at["ask"]
	buy = $at["side"] == "B"
	limit = $at["limit_price"]
	if (bid == "" || ask == "" || bid + 0 > ask + 0)
		next
	if (limit != "" && (buy ? limit + 0 < ask + 0 : limit + 0 > bid + 0))
		next
	if ($at["tif"] == "ioc" || $at["tif"] == "fok")
		next
	o = $at["order"]
	live[o]
	B[o] = bid
	A[o] = ask
	orders++
	shares += $at["qty"]
	next
}
$at["event"] == "executed" && ($at["order"] in live) {
	o = $at["order"]
	p = $at["price"]
	q = $at["qty"]
	s = $at["side"] == "B" ? 1 : -1
	executed += q
	effective += s * (2 * p - B[o] - A[o]) * q
	quoted += (A[o] - B[o]) * q
	far = s > 0 ? A[o] : B[o]
	better = s * (far - p)
	if (better > 0.0000001) {
		improved += q
		amount += better * q
	} else if (better > -0.0000001)
		par += q
	else
		outside += q
	due[++k] = secs($at["time"]) + 1
	P[k] = p
	Q[k] = q
	S[k] = s
}
END {
	for (i = 1; i <= k; i++) {
		if (due[i] > end + 0.0000001)
			continue
		m = twice_mid(due[i])
		if (m == "")
			continue
		after += Q[i]
		realised += S[i] * (2 * P[i] - m) * Q[i]
	}
	printf "%d %d %d %.6f %.6f %d %.2f %d %d %.6f\n", orders, shares,
	    executed, effective / executed, quoted / executed, improved,
	    amount, par, outside, realised / after
}
