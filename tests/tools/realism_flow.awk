# Facts of orders, as exch-models(7) defines them, from a matched stream of one
# instrument as JSON: signs and times are kept, and every mean is taken in a
# second pass.  -v book=1: also what needs a book, which is searched from one
# end to the other after every event.  -v levels=FILE: the level of each order that
# joins or is withdrawn goes there.  -v curves=FILE: all effects.

function get(key,	s) {
	if (!match($0, "\"" key "\":(\"[^\"]*\"|[^,}]*)"))
		return ""
	s = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/"/, "", s)
	return s
}

# Time of day in seconds.
function now(	s) {
	s = get("time")
	return substr(s, 12, 2) * 3600 + substr(s, 15, 2) * 60 + substr(s, 18, 12)
}

BEGIN { nlags = split("1 2 5 10 20 50 100", lags, " ") }

# ---- the book ----

function put(id, s, p, n) {
	at[id] = s " " p
	left_of[id] = n
	stands[at[id]] += n
	joined[id] = now()
}

function cut(id, n) {
	stands[at[id]] -= n
	left_of[id] -= n
	if (stands[at[id]] <= 0)
		delete stands[at[id]]
	if (left_of[id] <= 0)
		delete at[id]
}

# In ticks, or "".
function best(s,	k, w, b, t) {
	b = ""
	for (k in stands) {
		split(k, w, " ")
		t = int(w[2] * 100 + 0.5)
		if (w[1] == s && (b == "" || (s == "buy" ? t > b : t < b)))
			b = t
	}
	return b
}

# Levels of a side before a price, and this one; those behind the tenth are one.
function level(s, px,	k, w, n) {
	n = 1
	for (k in stands) {
		split(k, w, " ")
		if (w[1] == s && (s == "buy" ? w[2] > px + 1e-9 : w[2] < px - 1e-9))
			n++
	}
	return n > 11 ? 11 : n
}

function withdrawn(id) {
	if (!open || born[id] != "open")
		return
	deletes++
	left_side = side[id] == "buy" ? 1 : -1
	life[deletes] = now() - joined[id]
	split(at[id], where, " ")
	if (levels != "")
		print "withdrawal-level", level(where[1], where[2]) >levels
}

# The midpoint before event n - lag and now, in half ticks.
function effect(kind, lag) {
	if (n_events >= lag && kind_of[n_events - lag] != "") {
		kind = kind_of[n_events - lag] " " lag
		effects[kind]++
		moved[kind] += sign_of[n_events - lag] * \
			(middle - middle_of[n_events - lag])
	}
}

function end_event(	was, now_bid, now_ask, is) {
	if (!book)
		return
	now_bid = best("buy")
	now_ask = best("sell")
	was = bid != "" && ask != ""
	is = open && now_bid != "" && now_ask != ""
	if (taker != "" || joined_side || left_side || was != is) {
		if (!was || !is)
			n_events = 0
		else {
			middle = bid + ask
			for (lag_at = 1; lag_at <= nlags; lag_at++)
				effect("", lags[lag_at])
			what = now_bid + now_ask == middle ? 0 : 1
			middle_of[n_events] = middle
			kind_of[n_events] = taker != "" ? "mo" what : joined_side ? "lo" what : "ca" what
			sign_of[n_events] = taker != "" ? taker_side : joined_side ? joined_side : -left_side
			n_events++
		}
	}
	bid = now_bid
	ask = now_ask
	joined_side = left_side = 0
}

/^{"t":"source"/ && /phase=continuous/ { open = 1 }
/^{"t":"phase"/ {
	open = get("phase") == "continuous"
	if (!open)
		came = ""
}
/^{"t":"(new|cancel|replace)"/ && !/imposed/ {
	if (!open)
		next
	t = now()
	if (came != "")
		wait[++nwaits] = t - came
	came = t
}
/^{"t":"new"/ {
	id = get("order")
	side[id] = get("side")
	qty[id] = (get("qty") + 0)
	price[id] = get("price")
}
/^{"t":"replace"/ { new_price = get("price") }
/^{"t":"ack"/ {
	coming = get("order")
	left = qty[coming]
	coming_price = price[coming]
	taker = ""
}
/^{"t":"replaced"/ {
	id = get("order")
	taker = ""
	if (get("kept") == 1) {
		if (left_of[id] > (get("qty") + 0))
			cut(id, left_of[id] - get("qty"))
		next
	}
	withdrawn(id)
	cut(id, left_of[id])
	delete born[id]
	coming = get("new_order")
	side[coming] = side[id]
	left = (get("qty") + 0)
	coming_price = new_price
}
/^{"t":"exec"/ {
	who = get("aggressor")
	n = (get("qty") + 0)
	b = get("buy")
	s = get("sell")
	if (b == coming || s == coming)
		left -= n
	if (b in at)
		cut(b, n)
	if (s in at)
		cut(s, n)
	if (get("cross") == "none") {
		id = who == "buy" ? b : s
		if (id != taker)
			sign[++takers] = who == "buy" ? 1 : -1
		taker_side = who == "buy" ? 1 : -1
		taker = id
	}
}
/^{"t":"cancelled"/ {
	id = get("order")
	if (id == coming)
		left = get("open") == 0 ? 0 : left - (get("qty") + 0)
	else if (id in at) {
		if (get("open") == 0 && get("reason") != "imposed")
			withdrawn(id)
		cut(id, get("open") == 0 ? left_of[id] : (get("qty") + 0))
		if (get("open") == 0)
			delete born[id]
	}
}
/"flags":"[^"]*last/ && /^{"t":"(ack|exec|cancelled|replaced)"/ {
	if (coming != "" && left > 0) {
		born[coming] = open && taker == "" ? "open" : "else"
		if (born[coming] == "open")
			placed(coming)
		put(coming, side[coming], coming_price, left)
	}
	end_event()
	coming = taker = ""
}

function placed(id,	far) {
	adds++
	hundreds += left == 100
	odd += left < 100
	if (levels != "")
		print "order-level", level(side[id], coming_price) >levels
	joined_side = side[id] == "buy" ? 1 : -1
	far = int(coming_price * 100 + 0.5)
	if (side[id] == "buy" ? bid == "" : ask == "")
		return
	far = side[id] == "buy" ? bid - far : far - ask
	places++
	place[far < 0 ? "inside" : far == 0 ? "at-best" : far <= 5 ? \
		"behind-1-5" : far <= 20 ? "behind-6-20" : "behind-more"]++
}

function correlation(lag,	i, m, v, c) {
	for (i = 1; i <= takers; i++)
		m += sign[i]
	m /= takers
	for (i = 1; i <= takers; i++)
		v += (sign[i] - m) ^ 2
	for (i = lag + 1; i <= takers; i++)
		c += (sign[i] - m) * (sign[i - lag] - m)
	return c / (takers - lag) / (v / takers)
}

function exponent(	k, c, x, y, sx, sy, sxx, sxy) {
	for (k = 1; k <= 100; k++) {
		c = correlation(k)
		if (c <= 2 / sqrt(takers))
			break
		x = log(k)
		y = log(c)
		sx += x
		sy += y
		sxx += x * x
		sxy += x * y
	}
	k--
	return k < 5 ? "" : -(k * sxy - sx * sy) / (k * sxx - sx * sx)
}

END {
	if (takers >= 1000) {
		print "sign-acf-1", correlation(1)
		print "sign-acf-10", correlation(10)
		print "sign-exponent", exponent()
	}
	for (i = 1; i <= nwaits; i++)
		m += wait[i]
	m /= nwaits
	for (i = 1; i <= nwaits; i++)
		v += (wait[i] - m) ^ 2
	print "arrival-variation", sqrt(v / nwaits) / m
	print "arrival-mean", m
	print "hundreds", hundreds / adds
	print "odd-lots", odd / adds
	print "adds-per-taker", adds / takers
	print "deletes-per-add", deletes / adds
	if (!book)
		exit
	for (k in place)
		print k, place[k] / places
	for (k in effects) {
		split(k, w, " ")
		if (effects[k] < 100)
			continue
		if (w[2] ~ /^10*$/)
			print w[1] "-" w[2], moved[k] / effects[k] / 2
		if (curves != "")
			print w[1] "-apart", w[2], moved[k] / effects[k] / 2 >curves
	}
	for (i = 1; i <= deletes; i++)
		print "life", life[i] >lives
}
