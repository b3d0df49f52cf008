# The book of a lesson as lines of text, or the part of it between two
# commands; see lessons.sh.
#
# what=book	STREAM.json DEPTH.csv ORDERS.csv
# what=events	STREAM.json STREAM.text: the text of lines FROM+1 to TO
#
# The book is drawn order by order, each level in the order in which it would
# trade: displayed before hidden, then by the latest record that gave the
# order its place.  What levels display is added up and has to be what the
# report `depth' says of them; if not, the drawing says so.

function field(name,    s) {
	if (!match($0, "\"" name "\":[^,}]*"))
		return ""
	s = substr($0, RSTART, RLENGTH)
	sub(/^[^:]*:/, "", s)
	gsub(/"/, "", s)
	return s
}

FNR == 1 { file++; split("", at) }

# ---- events ----

# Lines of the text are those of the JSON but for schemas.
what == "events" && file == 1 {
	if (!/"t":"schema"/)
		json[++records] = FNR
	next
}
what == "events" {
	if (json[FNR] > from && json[FNR] <= to)
		print
	next
}

# ---- the book ----

file == 1 {
	t = field("t")
	if (t == "instrument" && !(field("symbol") in known)) {
		symbols[++nsymbols] = field("symbol")
		known[field("symbol")] = 1
	}
	if (t == "new" && /[";]parent:/)
		waits[field("order")] = "child"
	else if (t == "new" && /[";]request:/)
		waits[field("order")] = "answer"
	else if (t == "new" && /"ordflags":"[^"]*request/)
		waits[field("order")] = "request"
	else if (t == "triggered")
		delete waits[field("order")]
	if (t == "ack" || t == "restated" || t == "triggered")
		place[field("order")] = FNR
	else if (t == "replaced" && field("kept") == 0)
		place[field("new_order")] = FNR
	else if (t == "replaced" && field("new_order") != field("order"))
		place[field("new_order")] = place[field("order")]
	next
}
FNR == 1 {
	n = split($0, names, ",")
	split("", at)
	for (i = 1; i <= n; i++)
		at[names[i]] = i
	next
}
{ split($0, cell, ",") }
file == 2 {
	# The last row of an instrument counts.
	for (i = 0; i < 10; i++) {
		depth[cell[at["symbol"]], "B", i] = \
		    cell[at["bid_px_" i]] " " cell[at["bid_qty_" i]]
		depth[cell[at["symbol"]], "S", i] = \
		    cell[at["ask_px_" i]] " " cell[at["ask_qty_" i]]
	}
	next
}
cell[at["state"]] == "resting" {
	n = ++orders
	symbol[n] = cell[at["symbol"]]
	id[n] = cell[at["order"]]
	side[n] = cell[at["side"]] == "B" ? "B" : "S"
	who[n] = "#" id[n] " " cell[at["account"]]
	type[n] = cell[at["type"]]
	tif[n] = cell[at["tif"]]
	price[n] = cell[at["working_price"]]
	limit[n] = cell[at["price"]]
	open[n] = cell[at["leaves"]]
	shown[n] = cell[at["displayed"]]
	stop[n] = cell[at["stop_price"]]
	status = cell[at["status"]]
	inbook[n] = status != "inactive" && status != "suspended"
}

# Does order a trade before order b of its side?
function first(a, b) {
	if ((price[a] == "") != (price[b] == ""))
		return price[a] == ""
	if (price[a] + 0 != price[b] + 0)
		return side[a] == "B" ? price[a] + 0 > price[b] + 0 : \
		    price[a] + 0 < price[b] + 0
	if ((shown[a] > 0) != (shown[b] > 0))
		return shown[a] > 0
	return place[id[a]] < place[id[b]]
}

# queue[1..]: the orders of a side in the book; returns their number.
function sort(sym, s,    i, j, n) {
	n = 0
	for (i = 1; i <= orders; i++) {
		if (symbol[i] != sym || side[i] != s || !inbook[i])
			continue
		for (j = ++n; j > 1 && first(i, queue[j - 1]); j--)
			queue[j] = queue[j - 1]
		queue[j] = i
	}
	return n
}

function quantity(n) {
	if (shown[n] == 0)
		return "(" open[n] ")"
	if (open[n] != shown[n])
		return shown[n] " (+" open[n] - shown[n] ")"
	return shown[n]
}

function at_price(n) { return price[n] == "" ? "market" : price[n] }

# Do the orders in queue[] add up to the levels of the other report?
function check(sym, s, n,    i, levels, sum, px) {
	levels = sum = 0
	for (i = 1; i <= n + 1; i++) {
		if (i <= n && (shown[queue[i]] == 0 || price[queue[i]] == ""))
			continue
		if (sum > 0 && (i > n || price[queue[i]] != px)) {
			if (depth[sym, s, levels++] != px " " sum)
				print "depth differs at " px
			sum = 0
		}
		if (i <= n) {
			px = price[queue[i]]
			sum += shown[queue[i]]
		}
	}
	if (length(depth[sym, s, levels]) > 1)
		print "depth has more than the orders"
}

# An order that is alive and in no book.
function apart(n,    s, word) {
	word = "waits"
	s = who[n] (side[n] == "B" ? " buy " : " sell ") open[n]
	if (limit[n] != "")
		s = s " @ " limit[n]
	else if (type[n] == "market")
		s = s " @ market"
	if (type[n] ~ /^(stop|stop-limit|mit|lit)$/) {
		word = "parked"
		if (stop[n] == "")
			s = s " trailing"
		else
			s = s (type[n] ~ /it$/ && type[n] !~ /^stop/ ? \
			    " touched " : " stop ") stop[n]
	} else if (type[n] != "limit" && type[n] != "market") {
		s = s " " type[n]
	}
	if (tif[n] ~ /^(ato|atc|gfa)$/)
		s = s " " tif[n]
	if (id[n] in waits) {
		word = "waits"
		s = s " " waits[id[n]]
	}
	print word ": " s
}

function draw(sym,    i, nbuy, nsell, left, right, any) {
	if (nsymbols > 1)
		print sym
	nbuy = sort(sym, "B")
	check(sym, "B", nbuy)
	for (i = 1; i <= nbuy; i++)
		left[i] = who[queue[i]] "  " quantity(queue[i]) "  " \
		    at_price(queue[i])
	nsell = sort(sym, "S")
	check(sym, "S", nsell)
	for (i = 1; i <= nsell; i++)
		right[i] = at_price(queue[i]) "  " quantity(queue[i]) "  " \
		    who[queue[i]]
	if (nbuy + nsell > 0)
		printf "%26s | %s\n", "bids", "offers"
	for (i = 1; i <= nbuy || i <= nsell; i++) {
		any = sprintf("%26s | %s", i <= nbuy ? left[i] : "", \
		    i <= nsell ? right[i] : "")
		sub(/ +$/, "", any)
		print any
	}
	any = nbuy + nsell
	for (i = 1; i <= orders; i++)
		if (symbol[i] == sym && !inbook[i]) {
			apart(i)
			any = 1
		}
	if (!any)
		print "(the book is empty)"
}

END {
	if (what == "book")
		for (i = 1; i <= nsymbols; i++)
			draw(symbols[i])
}
