# Correlation of returns of mid-prices, of each pair of symbols, from
# exch-feed top --every TIME -f csv: SYMBOL SYMBOL CORRELATION RETURNS.
# A time at which one of the two has no bid or no offer is left out.
NR > 1 && !($1 in seen) {
	seen[$1]
	time[++times] = $1
}
NR > 1 && !($2 in known) {
	known[$2]
	symbol[++symbols] = $2
}
NR > 1 && $3 != "" && $5 != "" {
	log_mid[$2, $1] = log($3 + $5)
}

function there(s, t) {
	return (s, time[t]) in log_mid && (s, time[t - 1]) in log_mid
}
function moved(s, t) {
	return log_mid[s, time[t]] - log_mid[s, time[t - 1]]
}
function pair(a, b,    t, x, y, xy, xx, yy, n) {
	for (t = 2; t <= times; t++) {
		if (!there(a, t) || !there(b, t))
			continue
		x = moved(a, t)
		y = moved(b, t)
		xy += x * y
		xx += x * x
		yy += y * y
		n++
	}
	print a, b, xy / sqrt(xx * yy), n
}

END {
	for (i = 1; i < symbols; i++)
		for (j = i + 1; j <= symbols; j++)
			pair(symbol[i], symbol[j])
}
