# What exch-feed synthetic -f csv shows, from the rows of exch-feed depth: a
# model that knows nothing but those and the table.
#
#	awk -F, -v levels=N -v dec=2 [-v sampled=1] -f synthetic.awk
#	    LEGS [PHASES] DEPTH
#
# LEGS has its rows behind one header line, DEPTH is of N levels, PHASES of
# stats --phases, for samples only.  Numbers are whole ones of 10^-8: ratios
# and prices have four decimals at most.  `dec` are the decimals of all prices.

function whole(s) { return int(s * 10000 + (s < 0 ? -0.5 : 0.5)) }
function floor(a, b) { return (a - a % b) / b }

# A price of 10^-8: at least `dec` decimals, and no noughts behind those.
function price(v,   s, n) {
	s = sprintf("%.8f", v / 100000000)
	n = 8
	while (n-- > dec && s ~ /0$/)
		sub(/0$/, "", s)
	return s
}

# The levels of a side of synthetic i: px[], qty[], leg[] from 0; how many.
function walk(i, side,   j, k, m, of, least, which, sum, go) {
	m = 0
	for (j = first[i]; j <= last[i]; j++) {
		at[j] = 0
		of = ratio[j] > 0 ? side : 1 - side
		if (!((name[j], of, 0) in bp))
			return 0
		left[j] = bq[name[j], of, 0] * 10000
	}
	for (go = 1; go && m < levels;) {
		sum = 0
		for (j = first[i]; j <= last[i]; j++) {
			of = ratio[j] > 0 ? side : 1 - side
			k = floor(left[j], ratio[j] < 0 ? -ratio[j] : ratio[j])
			if (j == first[i] || k < least) {
				least = k
				which = name[j]
			}
			sum += ratio[j] * bp[name[j], of, at[j]]
		}
		if (least > 0 || m == 0) {
			px[m] = sum
			qty[m] = least
			leg[m++] = which
		}
		for (j = first[i]; j <= last[i]; j++) {
			of = ratio[j] > 0 ? side : 1 - side
			k = ratio[j] < 0 ? -ratio[j] : ratio[j]
			left[j] -= least * k
			if (left[j] >= k)
				continue
			if (++at[j] == levels ||
			    !((name[j], of, at[j]) in bp))
				go = 0
			else
				left[j] = bq[name[j], of, at[j]] * 10000
		}
	}
	return m
}

function line(i,   side, n, s, k, best, own, ph, j, o, implied) {
	ph = ""
	for (j = first[i]; j <= last[i] && ph == ""; j++)
		ph = phase[name[j]]
	implied = ph == ""
	if (ph == "")
		ph = phase[sum_of[i]]
	for (side = 0; side < 2; side++) {
		n = implied ? walk(i, side) : 0
		s = ""
		for (k = 0; k < levels; k++)
			s = s (k < n ? "," price(px[k]) "," qty[k] "," leg[k] : ",,,")
		deep[side] = s
		o = (sum_of[i], side, 0) in bp && phase[sum_of[i]] == ""
		own = o ? bp[sum_of[i], side, 0] * 10000 : 0
		oq = o ? bq[sum_of[i], side, 0] : 0
		own_[side] = o ? "," price(own) "," oq : ",,"
		k = n > 0 && qty[0] > 0
		has[side] = 1
		if (k && o && px[0] == own)
			best = price(own) "," oq + qty[0] ",both"
		else if (o && (!k || (side ? own < px[0] : own > px[0])))
			best = price(own) "," oq ",own"
		else if (k)
			best = price(px[0]) "," qty[0] ",implied"
		else
			has[side] = 0
		if (!has[side])
			best = ",,"
		top[side] = best
		val[side] = o && (!k || (side ? own < px[0] : own > px[0])) ? own : px[0]
	}
	s = ""
	if (has[0] && has[1] && val[0] >= val[1])
		s = val[0] == val[1] ? "locked" : "crossed"
	return sum_of[i] "," ph "," s "," top[0] "," top[1] own_[0] own_[1] \
	    deep[0] deep[1]
}

function show(i, time,   s) {
	s = line(i)
	if (!sampled && s == was[i])
		return
	was[i] = s
	print time "," s
}

FNR == 1 {
	# the table, perhaps phases, and depth
	kind = ++file == 1 ? "legs" : file == ARGC - 1 ? "depth" : "phases"
	if (kind != "depth")
		next
	for (i = 7; $i != "ask_px_0"; i++)
		;
	ask = i
	for (none = ",,,,,,,,,,,,"; i > 7; i -= 2)
		none = none ",,,,,,"
	# nothing is shown of what nobody has
	for (i = 1; i <= n; i++)
		was[i] = sum_of[i] none
	next
}
kind == "legs" {
	if (n == 0 || sum_of[n] != $1) {
		sum_of[++n] = $1
		first[n] = ++row
	} else
		row++
	last[n] = row
	name[row] = $2
	ratio[row] = whole($3)
	next
}
kind == "phases" {
	if ($3 != "auction") {
		told[++phases] = $1
		told_of[phases] = $2
		told_as[phases] = $3 == "continuous" ? "" : $3
	}
	next
}
{
	if (sampled && $1 != now) {
		if (now != "")
			for (i = 1; i <= n; i++)
				show(i, now)
		now = $1
		while (done < phases && told[done + 1] <= now) {
			done++
			if (told_of[done] != "")
				phase[told_of[done]] = told_as[done]
			else {
				for (j = 1; j <= row; j++)
					phase[name[j]] = told_as[done]
				for (i = 1; i <= n; i++)
					phase[sum_of[i]] = told_as[done]
			}
		}
	}
	for (k = 0; k < levels; k++)
		for (side = 0; side < 2; side++) {
			i = side ? ask + 2 * k : 7 + 2 * k
			delete bp[$2, side, k]
			if ($i == "")
				continue
			bp[$2, side, k] = whole($i)
			bq[$2, side, k] = $(i + 1)
		}
	if (sampled)
		next
	for (i = 1; i <= n; i++) {
		k = sum_of[i] == $2
		for (j = first[i]; j <= last[i]; j++)
			k += name[j] == $2
		if (k)
			show(i, $1)
	}
}
END {
	if (sampled)
		for (i = 1; i <= n; i++)
			show(i, now)
}
