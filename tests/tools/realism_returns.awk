# Facts of returns, as exch-models(7) defines them, from exch-report depth
# -f csv -n 1 --every 1s: all returns are kept, and every mean is taken in a
# second pass.  -v open="01:30:00-03:30:00 05:00:00-06:57:00": continuous
# trading, ends not included; without it everything is.

function seconds(s) {
	return substr(s, 1, 2) * 3600 + substr(s, 4, 2) * 60 + substr(s, 7, 2)
}

function is_open(t,	n, w, p, i) {
	if (open == "")
		return 1
	n = split(open, w, " ")
	for (i = 1; i <= n; i++) {
		split(w[i], p, "-")
		if (t >= seconds(p[1]) && t < seconds(p[2]))
			return 1
	}
	return 0
}

NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
{
	t = seconds(substr($1, 12, 8))
	bid = $at["bid_px_0"]
	ask = $at["ask_px_0"]
	if (is_open(t) && bid != "" && ask != "" && bid + 0 <= ask + 0)
		mid[t] = (bid + ask) / 2
	if (first == "")
		first = t
	last = t
}

function kurtosis(span,	t, n, i, m, m2, m4, r) {
	n = 0
	for (t = first; t <= last; t++) {
		if (t % span != 0 || !whole(t, span))
			continue
		r[++n] = log(mid[t] / mid[t - span])
		m += r[n]
	}
	m /= n
	for (i = 1; i <= n; i++) {
		m2 += (r[i] - m) ^ 2
		m4 += (r[i] - m) ^ 4
	}
	return n < 50 ? "" : (m4 / n) / (m2 / n) ^ 2 - 3
}

# A midpoint every second from t - span to t.
function whole(t, span,	i) {
	for (i = t - span; i <= t; i++)
		if (!(i in mid))
			return 0
	return 1
}

function correlation(lag, size,	t, n, k, m, v, c, x) {
	for (t = first; t <= last; t++)
		if (whole(t, 1)) {
			x[t] = log(mid[t] / mid[t - 1])
			if (size && x[t] < 0)
				x[t] = -x[t]
			n++
			m += x[t]
		}
	m /= n
	for (t in x)
		v += (x[t] - m) ^ 2
	for (t in x) {
		# no second without a return between both
		if (!whole(t + 0, lag + 1))
			continue
		k++
		c += (x[t] - m) * (x[t - lag] - m)
	}
	return c / k / (v / n)
}

function hill(	t, n, i, j, k, gap, x, y, sum) {
	for (t = first; t <= last; t++)
		if (whole(t, 1)) {
			y = log(mid[t] / mid[t - 1])
			x[++n] = y < 0 ? -y : y
		}
	for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
		for (i = gap + 1; i <= n; i++) {
			y = x[i]
			for (j = i; j > gap && x[j - gap] < y; j -= gap)
				x[j] = x[j - gap]
			x[j] = y
		}
	k = int(n / 20)
	for (i = 1; i <= k; i++)
		sum += log(x[i] / x[k + 1])
	return n < 1000 ? "" : k / sum
}

END {
	k1 = kurtosis(1)
	k60 = kurtosis(60)
	print "kurtosis-1s", k1
	print "kurtosis-5s", kurtosis(5)
	print "kurtosis-10s", kurtosis(10)
	print "kurtosis-60s", k60
	print "kurtosis-60s-by-1s", k60 == "" ? "" : k60 / k1
	print "hill", hill()
	print "acf-1", correlation(1, 0)
	print "abs-acf-1", correlation(1, 1)
	print "abs-acf-5", correlation(5, 1)
	print "abs-acf-20", correlation(20, 1)
}
