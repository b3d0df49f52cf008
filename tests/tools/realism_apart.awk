# How far two lists of FACT VALUE are apart: FACT METRIC DISTANCE, by the classes
# of exch-models(7).

# A class by its middle: ones below 16, then eighths of powers of two.
function middle(v,	w) {
	if (v < 16)
		return v
	for (w = 2; v >= w * 16; w *= 2)
		;
	return int(v / w) * w + (w - 1) / 2
}

FNR == 1 { file++ }
{
	v = middle($2)
	n[file, $1, v]++
	all[file, $1]++
	fact[$1]
	value[v] = v
}

END {
	for (k in value) {
		x = value[k]
		for (i = nv++; i > 0 && of[i] > x; i--)
			of[i + 1] = of[i]
		of[i + 1] = x
	}
	for (f in fact) {
		p = q = l1 = w1 = mean = 0
		for (i = 1; i <= nv; i++) {
			a = n[1, f, of[i]] / all[1, f]
			b = n[2, f, of[i]] / all[2, f]
			l1 += a < b ? b - a : a - b
			mean += a * of[i]
			p += a
			q += b
			if (i < nv)
				w1 += (p < q ? q - p : p - q) * (of[i + 1] - of[i])
		}
		print f, "l1", l1
		print f, "w1-by-mean", w1 / mean
	}
}
