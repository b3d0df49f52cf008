# Which orders of a matched stream were executed, and which ones the queue
# models of exch-backtest(7) expect to be: the figures of exch-report
# queue-audit -f csv, by the simplest program that could be right.
#
# Every event is kept: what stood at each price that it changed, before and
# after, and what traded there.  Then each order walks through all events of
# its price, from the one behind the one in which it joined to its last.
#
#	exch-match -f json ... | awk -f queue_audit.awk [-v symbol=NAME]

# The value of a key of the record at hand, without quotes.
function get(key,	s) {
	if (!match($0, "\"" key "\":(\"[^\"]*\"|[^,}]*)"))
		return ""
	s = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/"/, "", s)
	return s
}

function other(side) { return side == "buy" ? "sell" : "buy" }

# ---- the book, and what an event does to it ----

function touch(level) {
	if (level in touched)
		return
	touched[level] = 1
	before[level] = stands[level] + 0
}

# So much of an order goes, by an execution (1), by wish (0), or neither.
function take(id, n, how,	level) {
	level = at[id]
	touch(level)
	stands[level] -= n
	left[id] -= n
	if (how == 1) {
		traded[level] += n
		hit[now[id]] += n
		real[now[id]] = 1
	} else if (how == 2)
		apart[level] = 1
	if (left[id] > 0)
		return
	if (how == 0)
		deleted[level] = 1
	last_of[now[id]] = count[level] + 1
	gone[now[id]] = 1
	delete at[id]
}

# It joins the queue of its price.
function join(id, side, price, n,	level) {
	level = side " " price
	touch(level)
	at[id] = level
	left[id] = n
	now[id] = ++all
	asked[all] = phase == "continuous" && !(id in restated) && price != "null"
	where[all] = level
	size[all] = n
	ahead_of[all] = stands[level] + 0
	first_of[all] = count[level] + 1
	stands[level] += n
	changed[all] = 0
	name[all] = id
}

# The event is over: what came in rests now.
function over(	level, k, i) {
	if (coming != "" && coming_left > 0)
		join(coming, coming_side, coming_price, coming_left)
	coming = ""
	for (level in touched) {
		k = ++count[level]
		was[level, k] = before[level]
		is[level, k] = stands[level]
		trade[level, k] = traded[level] + 0
		del[level, k] = deleted[level] + 0
		odd[level, k] = apart[level] + 0
	}
	for (i in hit)
		met[i, count[where[i]]] = hit[i]
	for (i in shrunk)
		own[i, count[where[i]]] = shrunk[i]
	split("", touched)
	split("", before)
	split("", traded)
	split("", deleted)
	split("", apart)
	split("", hit)
	split("", shrunk)
}

symbol != "" && get("symbol") != symbol && !/^{"t":"phase"/ { next }
/^{"t":"source"/ && /exch-match/ { phase = "continuous" }
/^{"t":"phase"/ {
	if (symbol == "" || get("symbol") == "" || get("symbol") == symbol)
		phase = get("phase")
}
/^{"t":"new"/ {
	id = get("order")
	side[id] = get("side")
	price[id] = get("price")
	qty[id] = (get("qty") + 0)
	if (get("flags") ~ /snapshot/)
		restated[id] = 1
	else
		delete restated[id]
}
/^{"t":"replace"/ { new_price = get("price") }
/^{"t":"ack"/ {
	id = get("order")
	coming = id
	coming_side = side[id]
	coming_price = price[id]
	coming_left = qty[id]
}
/^{"t":"replaced"/ {
	id = get("order")
	if (get("kept") == 1) {
		if (left[id] > (get("qty") + 0)) {
			take(id, left[id] - (get("qty") + 0), 0)
			shrunk[now[id]] = left[id]
		}
	} else if (id in at) {
		split(at[id], part, " ")
		take(id, left[id], 0)
		coming = get("new_order")
		coming_side = part[1]
		coming_price = new_price
		coming_left = (get("qty") + 0)
	}
}
/^{"t":"exec"/ {
	for (i = 1; i <= 2; i++) {
		which = i == 1 ? "buy" : "sell"
		id = get(which)
		if (id == coming)
			coming_left -= (get("qty") + 0)
		else if (id in at) {
			take(id, (get("qty") + 0), get("cross") == "none" ? 1 : 2)
			shrunk[now[id]] = left[id]
		}
	}
}
/^{"t":"cancelled"/ {
	id = get("order")
	n = get("open") == 0 && id in at ? left[id] : (get("qty") + 0)
	if (id == coming)
		coming_left = get("open") == 0 ? 0 : coming_left - n
	else if (id in at) {
		imposed = get("reason") == "imposed"
		if (imposed && get("ext") !~ /cause:1:/) # not an auction
			odd_one[now[id]] = 1
		take(id, n, imposed ? 2 : 0)
		shrunk[now[id]] = left[id]
	}
}
/"flags":"[^"]*last/ && /^{"t":"(ack|exec|cancelled|replaced)"/ { over() }

# ---- the models ----

function weight(m, x) {
	return m == "power1" ? x : m == "power2" ? x * x : \
		m == "power3" ? x * x * x : log(1 + x)
}

# One event for one model; the new queue ahead, below 0 when it is used up.
function step(m, a, b, af, t, mine, d,	rest, back, gone, p) {
	if (m == "touch")
		return t > 0 ? -1 : a
	rest = b - (t - mine)
	if (rest < 0)
		rest = 0
	a -= t
	if (a <= -0.5)
		return a
	if (a < 0)
		a = 0
	if (m == "any-delete" && d)
		a = 0
	if (m ~ /power|log/ && af < rest) {
		gone = rest - af
		back = rest - a
		if (back < 0)
			back = 0
		p = a <= 0 ? 1 : weight(m, back) / (weight(m, back) + weight(m, a))
		p *= gone
		if (p > back)
			p = back
		a -= gone - p
		if (a < 0)
			a = 0
	}
	return a < af ? a : af
}

function walk(o, m,	level, k, end, a, mine_before, mine_after) {
	level = where[o]
	end = (o in gone) ? last_of[o] : count[level]
	a = ahead_of[o]
	mine_before = size[o]
	for (k = first_of[o] + 1; k <= end; k++) {
		mine_after = mine_before
		if ((o, k) in own)
			mine_after = own[o, k]
		if (k == end && (o in gone))
			mine_after = 0
		if (odd[level, k]) {
			if (a > is[level, k] - mine_after)
				a = is[level, k] - mine_after
		} else
			a = step(m, a, was[level, k] - mine_before, \
				is[level, k] - mine_after, trade[level, k], \
				met[o, k] + 0, del[level, k])
		if (a <= -0.5)
			return 1
		mine_before = mine_after
	}
	return 0
}

function contested(o,	level, k, end) {
	level = where[o]
	end = (o in gone) ? last_of[o] : count[level]
	for (k = first_of[o] + 1; k <= end; k++)
		if (trade[level, k] > 0 && !odd[level, k])
			return 1
	return 0
}

function share(part, whole) {
	return whole == 0 ? "" : sprintf("%.2f", int(part * 10000 / whole) / 100)
}

END {
	over()
	n = split("touch risk-averse any-delete power1 power2 power3 log", model, " ")
	for (o = 1; o <= all; o++) {
		if (!asked[o] || (o in odd_one) || !contested(o))
			continue
		orders++
		filled += real[o]
		for (i = 1; i <= n; i++) {
			said = walk(o, model[i])
			predicted[i] += said
			missed[i] += real[o] && !said
			false[i] += said && !real[o]
		}
	}
	for (i = 1; i <= n; i++) {
		good = orders - missed[i] - false[i]
		off = missed[i] - false[i]
		off = off < 0 ? -off : off
		if (i != 3 && (i == 1 || good > most || (good == most && off < least))) {
			best = i
			most = good
			least = off
		}
	}
	print "symbol,model,orders,filled,predicted,false_fills,missed,accuracy,false_percent,missed_percent,predicted_to_filled,best"
	for (i = 1; i <= n; i++)
		printf "%s,%s,%d,%d,%d,%d,%d,%s,%s,%s,%s,%d\n",
			symbol == "" ? "total" : symbol, model[i], orders, filled,
			predicted[i], false[i], missed[i],
			share(orders - missed[i] - false[i], orders),
			share(false[i], orders - filled), share(missed[i], filled),
			filled == 0 ? "" : sprintf("%.4f", int(predicted[i] * 10000 / filled) / 10000),
			(orders > 0 && i == best)
}
