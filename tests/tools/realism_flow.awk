# Facts of orders, as exch-models(7) defines them, from a matched stream of one
# instrument as JSON: signs and times are kept, and every mean is taken in a
# second pass.

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
	if (get("kept") == 1)
		next
	if (open && born[id] == "open")
		deletes++
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
	if (get("cross") == "none") {
		id = who == "buy" ? b : s
		if (id != taker)
			sign[++takers] = who == "buy" ? 1 : -1
		taker = id
	}
}
/^{"t":"cancelled"/ {
	id = get("order")
	if (id == coming)
		left = get("open") == 0 ? 0 : left - (get("qty") + 0)
	else if (get("open") == 0) {
		if (open && born[id] == "open" && get("reason") != "imposed")
			deletes++
		delete born[id]
	}
}
/"flags":"[^"]*last/ && /^{"t":"(ack|exec|cancelled|replaced)"/ {
	if (coming != "" && left > 0) {
		born[coming] = open && taker == "" ? "open" : "else"
		if (born[coming] == "open") {
			adds++
			placed(coming)
		}
		rests[coming] = side[coming] " " coming_price
	}
	coming = taker = ""
}

function placed(id) {
	hundreds += left == 100
	odd += left < 100
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
}
