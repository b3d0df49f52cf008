# How far two days are apart where one thing depends on another, and in spreads
# by time, as exch-models(7) defines it: FACT METRIC VALUE, and the part of the
# first day that has a counterpart, in percent.  Four tables of exch-report depth
# -n 1 -f csv: of both days with --every 1s, and of both as they changed.  All
# values are kept by their classes, and nothing by blocks.  -v open="09:30:00-11:30:00
# 13:00:00-14:57:00": continuous trading, ends not included; without it all is.

function seconds(s) {
	s = substr(s, index(s, "T") + 1)
	return substr(s, 1, 2) * 3600 + substr(s, 4, 2) * 60 + substr(s, 7, 12)
}

# How much of [from, to) is open.
function overlap(from, to,	k, w, p, i, a, b, sum) {
	if (open == "")
		return to - from
	k = split(open, w, " ")
	for (i = 1; i <= k; i++) {
		split(w[i], p, "-")
		a = seconds("T" p[1])
		b = seconds("T" p[2])
		a = from > a ? from : a
		b = to < b ? to : b
		sum += b > a ? b - a : 0
	}
	return sum
}

function ticks(px) { return int(px * 100 + 0.5) }

# A class by its middle: ones below 16, then eighths of powers of two.
function middle(v,	w) {
	if (v < 16)
		return v
	for (w = 2; v >= w * 16; w *= 2)
		;
	return int(v / w) * w + (w - 1) / 2
}

# 0 to `ones' - 1 by themselves, then powers of two.
function power(v, ones,	w) {
	if (v < ones)
		return v
	for (w = ones; v >= 2 * w; w *= 2)
		;
	return w
}

function count(day, what, class, v, weight) {
	n[day, what, class, v] += weight
	all[day, what, class] += weight
	classes[what, class] = class
	value[v] = v
}

# What stood until t, hour by hour.
function stand(day, t,	hour, next_hour, stood) {
	for (; held != "" && last < t; last = next_hour) {
		hour = int(last / 3600)
		next_hour = (hour + 1) * 3600 < t ? (hour + 1) * 3600 : t
		stood = overlap(last, next_hour)
		if (stood <= 0)
			continue
		count(day, "spread-given-hour", hour, middle(held), stood)
		count(day, "spread", 0, middle(held), stood)
	}
}

# A table ends with its last change, a day when it is no longer open.
function end_day() {
	if (file > 2 && open != "")
		stand(file - 2, 86400)
}

FNR == 1 {
	end_day()
	file++
	for (i = 1; i <= NF; i++)
		at[$i] = i
	last = held = ""
	next
}
{
	t = seconds($1)
	bid = $at["bid_px_0"]
	ask = $at["ask_px_0"]
	both = bid != "" && ask != "" && bid + 0 <= ask + 0
	spread = both ? ticks(ask) - ticks(bid) : ""
}
file > 2 {
	stand(file - 2, t)
	held = spread
	last = t
	next
}
{
	if (!both || overlap(t, t + 0.5) == 0) {
		first = ""
		next
	}
	mid[t] = ticks(ask) + ticks(bid)
	if (first == "" || t != last + 1)
		first = t
	last = t
	count(file, "ask-given-spread", power(spread, 16),
		middle($at["ask_qty_0"]), 1)
	if (t - first < 60)
		next
	v = 0
	for (i = t - 59; i <= t; i++)
		v += (mid[i] - mid[i - 1]) ^ 2
	count(file, "spread-given-volatility", power(v, 1), middle(spread), 1)
}

# Values of both days, ascending.
function sort(	k, i, j, x) {
	for (k in value)
		v_of[++nv] = value[k]
	for (i = 2; i <= nv; i++) {
		x = v_of[i]
		for (j = i - 1; j > 0 && v_of[j] > x; j--)
			v_of[j + 1] = v_of[j]
		v_of[j + 1] = x
	}
}

function apart(what,	k, c, i, a, b, p, q, w, l1, w1, mean, got, of) {
	for (k in classes) {
		if (index(k, what SUBSEP) != 1)
			continue
		c = classes[k]
		w = all[1, what, c]
		of += w
		if (w == 0 || all[2, what, c] == 0)
			continue
		got += w
		p = q = 0
		for (i = 1; i <= nv; i++) {
			a = n[1, what, c, v_of[i]] / w
			b = n[2, what, c, v_of[i]] / all[2, what, c]
			l1 += w * (a < b ? b - a : a - b)
			mean += w * a * v_of[i]
			p += a
			q += b
			if (i < nv)
				w1 += w * (p < q ? q - p : p - q) * \
					(v_of[i + 1] - v_of[i])
		}
	}
	print what, "l1", l1 / got, int(100 * got / of)
	print what, "w1-by-mean", w1 / mean, int(100 * got / of)
}

END {
	end_day()
	sort()
	apart("spread")
	apart("spread-given-hour")
	apart("ask-given-spread")
	apart("spread-given-volatility")
}
