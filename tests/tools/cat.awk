# Are these lines events of the Consolidated Audit Trail, in CSV, as an ATS
# reports them?  Written from the specification alone (4.1.0 r15): it knows
# nothing of the tables that exch-report has.
#
#	awk -f cat.awk FILE
#
# prints LINE, FIELD and what is wrong, and exits with 1 if anything is.

function layout(event, text) { N[event] = split(text, a, " ");
	for (i = 1; i <= N[event]; i++) L[event, i] = a[i] }

function choice(field, text, a, k, n) { n = split(text, a, " ");
	known[field] = 1
	for (k = 1; k <= n; k++) C[field, a[k]] = 1 }

BEGIN {
	FS = ","
	order = "actionType! errorROEID firmROEID! type! CATReporterIMID orderKeyDate! orderID! symbol! "
	trade = "actionType! errorROEID firmROEID! type! CATReporterIMID tradeKeyDate! tradeID! symbol! "
	nbbo = "nbbPrice* nbbQty* nboPrice* nboQty* nbboSource* nbboTimestamp "
	book = "seqNum* atsDisplayInd* displayPrice* workingPrice* displayQty* atsOrderType* " nbbo
	less = "seqNum* atsDisplayInd* displayPrice workingPrice displayQty " nbbo
	terms = "side! price quantity! minQty "
	how = "orderType! timeInForce! tradingSession! "
	layout("MENO", order "eventTimestamp! manualFlag! electronicDupFlag! electronicTimestamp manualOrderKeyDate manualOrderID deptType! solicitationFlag! RFQID " \
		terms how "handlingInstructions custDspIntrFlag! firmDesignatedID! accountHolderType! affiliateFlag! infoBarrierID aggregatedOrders negotiatedTradeFlag! representativeInd! " book "netPrice BFMMFlag")
	layout("MEOA", order "eventTimestamp! manualFlag! electronicDupFlag! electronicTimestamp receiverIMID! senderIMID! senderType! routedOrderID manualOrderKeyDate manualOrderID affiliateFlag! deptType! " \
		terms how "isoInd! handlingInstructions custDspIntrFlag! infoBarrierID " book "solicitationFlag! pairedOrderID netPrice")
	layout("MEOM", order "priorOrderKeyDate priorOrderID originatingIMID eventTimestamp! manualFlag! manualOrderKeyDate manualOrderID electronicDupFlag! electronicTimestamp receiverIMID senderIMID senderType routedOrderID requestTimestamp - - - initiator! " \
		terms "leavesQty " how "isoInd! handlingInstructions custDspIntrFlag! infoBarrierID aggregatedOrders representativeInd! " book "netPrice BFMMFlag")
	layout("MEOJ", order "priorOrderKeyDate priorOrderID originatingIMID eventTimestamp! manualFlag! electronicTimestamp initiator! price quantity minQty leavesQty " less)
	layout("MEOC", order "originatingIMID eventTimestamp! manualFlag! electronicTimestamp cancelQty! leavesQty! initiator! seqNum* requestTimestamp infoBarrierID")
	layout("MEOE", order "priorOrderKeyDate priorOrderID originatingIMID eventTimestamp! timeInForce! tradingSession! - side price quantity minQty orderType! " less)
	layout("MEOT", trade "eventTimestamp! manualFlag! electronicTimestamp cancelFlag! cancelTimestamp - - quantity! price! capacity! tapeTradeID marketCenterID sideDetailsInd! buyDetails sellDetails reportingExceptionCode seqNum* " nbbo "- clearingFirm counterparty multiLegInd! infoBarrierID")
	choice("actionType", "NEW COR RPR")
	choice("side", "B SL SS SX")
	choice("orderType", "LMT MKT CAB")
	choice("capacity", "A P R")
	choice("initiator", "C F")
	choice("senderType", "E F O")
	choice("isoInd", "ISOD ISOI NA")
	choice("nbboSource", "D S H NA")
	choice("atsDisplayInd", "Y S A N")
	choice("accountHolderType", "A E F I O V P X")
	choice("sideDetailsInd", "BUY SELL NA")
	choice("tradingSession", "PRE PREREG REG REGPOST POST PREPOST ALL FOR")
	choice("deptType", "A T O ATS")
	choice("timeInForce flag", "GTC GTM IOC IOR")
	choice("timeInForce value", "DAY GTD GTT GTX GFD")
	choice("handlingInstructions flag", "ALO AOK AON AUC DNR DNI DIR FOK IO LOC LOO MOC MOO MTL NH RAR RSV STP TS SLD M P R d")
	choice("handlingInstructions value", "DISP DISQ STOP WDP TMO CASH SOQ SLQ STOPF")
	split("31 29 31 30 31 30 31 31 30 31 30 31", last, " ")
	times = "eventTimestamp orderKeyDate tradeKeyDate priorOrderKeyDate electronicTimestamp cancelTimestamp requestTimestamp nbboTimestamp manualOrderKeyDate"
	n = split(times, a, " "); for (i = 1; i <= n; i++) kind[a[i]] = "time"
	n = split("price displayPrice workingPrice nbbPrice nboPrice netPrice", a, " ")
	for (i = 1; i <= n; i++) kind[a[i]] = "price"
	n = split("quantity minQty leavesQty cancelQty displayQty nbbQty nboQty", a, " ")
	for (i = 1; i <= n; i++) kind[a[i]] = "qty"
	n = split("manualFlag electronicDupFlag affiliateFlag solicitationFlag custDspIntrFlag negotiatedTradeFlag BFMMFlag multiLegInd cancelFlag", a, " ")
	for (i = 1; i <= n; i++) kind[a[i]] = "flag"
	kind["seqNum"] = kind["errorROEID"] = "number"
	kind["timeInForce"] = kind["handlingInstructions"] = "pairs"
	kind["buyDetails"] = kind["sellDetails"] = "sides"
}

function bad(field, why) { print FNR, field, why; faults++ }

function is_date(s, m, d, y) {
	if (s !~ /^[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]$/) return 0
	y = substr(s, 1, 4) + 0; m = substr(s, 5, 2) + 0; d = substr(s, 7, 2) + 0
	if (y < 1970 || m < 1 || m > 12 || d < 1 || d > last[m]) return 0
	return m != 2 || d < 29 || (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
}

function is_time(s, f) {
	if (!is_date(substr(s, 1, 8)) || substr(s, 9, 1) !~ /[T ]/) return 0
	if (substr(s, 10, 6) !~ /^([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]$/) return 0
	f = substr(s, 16)
	return f == "" || (f ~ /^\.[0-9]+$/ && length(f) >= 4 && length(f) <= 10)
}

function numeric(s, whole, part, p) {
	if (s !~ /^[0-9]+(\.[0-9]+)?$/) return 0
	p = index(s, ".")
	if (p == 0) return length(s) <= whole
	return p - 1 <= whole && length(s) - p <= part
}

function is_pairs(field, s, a, k, n, p, name) {
	n = split(s, a, "|")
	for (k = 1; k <= n; k++) {
		p = index(a[k], "=")
		name = p ? substr(a[k], 1, p - 1) : a[k]
		if (!((field (p ? " value" : " flag"), name) in C)) return 0
		if (name ~ /^(DAY|GTD|GTX)$/ && !is_date(substr(a[k], p + 1))) return 0
		if (name == "GTT" && !is_time(substr(a[k], p + 1))) return 0
		if (name ~ /^(STOP|DISP)$/ && !numeric(substr(a[k], p + 1), 10, 8)) return 0
		if (name == "DISQ" && !numeric(substr(a[k], p + 1), 12, 6)) return 0
	}
	return n > 0
}

# orderKeyDate@orderID@side@@firmDesignatedID@accountHolderType@IMID@BFMM
function is_sides(s, buys, a, m, k, n) {
	n = split(s, a, "|")
	for (k = 1; k <= n; k++) {
		if (split(a[k], m, "@") != 8) return 0
		if (m[4] != "" || (m[2] == "") == (m[5] == "")) return 0
		if ((m[2] == "") != (m[1] == "") || (m[5] == "") != (m[6] == "")) return 0
		if (m[1] != "" && !is_time(m[1])) return 0
		if (m[6] != "" && !(("accountHolderType", m[6]) in C)) return 0
		if (buys ? m[3] != "B" : m[3] !~ /^(SL|SS|SX)$/) return 0
		if (m[2] != "")
			named[++nnamed] = m[1] "@" m[2] "@" v["symbol"] " " v["eventTimestamp"] " " FNR
	}
	return n > 0
}

function text(name, s) {
	if (s !~ /^[ -~]*$/ || s ~ /[,|"@]/) return 0
	if (name == "symbol") return length(s) <= 22 && s !~ /^ /
	if (name ~ /IMID$/) return s ~ /^([0-9]+:)?[A-Za-z0-9-]+$/ && length(s) <= 31 && (name != "CATReporterIMID" || s !~ /:/)
	if (name == "firmROEID") return is_date(substr(s, 1, 8)) && substr(s, 9, 1) == "_" && length(s) > 9
	return length(s) <= 64
}

function field(name, s, k) {
	k = kind[name]
	if (k == "time") return is_time(s)
	if (k == "price") return numeric(s, 10, 8)
	if (k == "qty") return numeric(s, 12, 6)
	if (k == "number") return s ~ /^[0-9]+$/ && length(s) <= 20
	if (k == "flag") return tolower(s) ~ /^(true|false)$/
	if (k == "pairs") return is_pairs(name, s)
	if (k == "sides") return is_sides(s, name == "buyDetails")
	if (name in known) return ((name, s) in C)
	return text(name, s)
}

function true(s) { return tolower(s) == "true" }

function together(e, x, k) {
	if ((v["actionType"] == "RPR") != (v["errorROEID"] != "")) bad("errorROEID", "with actionType")
	if (substr(v["firmROEID"], 1, 8) != substr(v["eventTimestamp"], 1, 8)) bad("firmROEID", "another date")
	if (!true(v["manualFlag"])) {
		if (length(v["eventTimestamp"]) < 19) bad("eventTimestamp", "no milliseconds")
		if (true(v["electronicDupFlag"])) bad("electronicDupFlag", "not manual")
		if (v["electronicTimestamp"] != "") bad("electronicTimestamp", "not manual")
	}
	if (v["orderType"] == "LMT" && v["price"] == "" && v["netPrice"] == "") bad("price", "none of a limit")
	if (v["orderType"] == "MKT" && v["price"] != "") bad("price", "of a market order")
	if (v["price"] != "" && v["netPrice"] != "") bad("netPrice", "and price")
	if (v["leavesQty"] != "" && v["quantity"] != "" && v["leavesQty"] + 0 > v["quantity"] + 0) bad("leavesQty", "more than all")
	if (v["senderIMID"] != "" && v["senderIMID"] == v["receiverIMID"]) bad("senderIMID", "is the receiver")
	if ((v["priorOrderID"] == "") != (v["priorOrderKeyDate"] == "")) bad("priorOrderID", "half a key")
	if (v["priorOrderID"] != "" && v["priorOrderID"] == v["orderID"] && v["priorOrderKeyDate"] == v["orderKeyDate"]) bad("priorOrderID", "is the order")
	if (v["nbboSource"] == "NA") {
		if (v["nbboTimestamp"] != "" || v["nbbPrice"] + v["nbbQty"] + v["nboPrice"] + v["nboQty"] != 0) bad("nbboSource", "NA with values")
	} else if (v["nbboSource"] != "") {
		if (v["nbboTimestamp"] == "") bad("nbboTimestamp", "missing")
		if (v["nbboTimestamp"] > v["eventTimestamp"]) bad("nbboTimestamp", "later than the event")
	}
	if (e == "MEOT") {
		if ((v["sideDetailsInd"] != "SELL") != (v["buyDetails"] != "")) bad("buyDetails", "and sideDetailsInd")
		if ((v["sideDetailsInd"] != "BUY") != (v["sellDetails"] != "")) bad("sellDetails", "and sideDetailsInd")
		if (true(v["cancelFlag"]) != (v["cancelTimestamp"] != "")) bad("cancelTimestamp", "and cancelFlag")
		if ((v["tapeTradeID"] == "") == (v["reportingExceptionCode"] == "")) bad("tapeTradeID", "and its exception")
		if (!true(v["cancelFlag"]) && trades[v["tradeKeyDate"] "@" v["tradeID"] "@" v["symbol"]]++) bad("tradeID", "came before")
	} else {
		x = v["orderKeyDate"] "@" v["orderID"] "@" v["symbol"]
		if (e == "MEOA" || e == "MENO" || (e == "MEOM" && v["priorOrderID"] != "")) {
			if (x in made) bad("orderID", "came before")
			made[x] = v["eventTimestamp"]
		} else
			named[++nnamed] = x " " v["eventTimestamp"] " " FNR
		if (v["priorOrderID"] != "")
			named[++nnamed] = v["priorOrderKeyDate"] "@" v["priorOrderID"] "@" v["symbol"] " " v["eventTimestamp"] " " FNR
	}
	if (ids[v["firmROEID"]]++) bad("firmROEID", "came before")
}

{
	if (length($0) > 8190) { bad("-", "too long"); next }
	e = $4
	if (!(e in N)) { bad("type", "no event"); next }
	if (NF > N[e]) bad("-", "too many fields")
	split("", v)
	before = faults
	ats = none = 0
	for (i = 1; i <= N[e]; i++) {
		name = L[e, i]
		need = substr(name, length(name))
		sub(/[!*]$/, "", name)
		if (name == "-") { if ($i != "") bad(i, "not blank"); continue }
		v[name] = $i
		if (need == "!" && $i == "") bad(name, "missing")
		if (need == "*") { if ($i == "") none++; else ats++ }
	}
	if (ats && none) bad("-", "half of the fields of an ATS")
	for (i = 1; i <= N[e]; i++) {
		name = L[e, i]
		sub(/[!*]$/, "", name)
		if (name != "-" && $i != "" && !field(name, $i)) bad(name, "cannot be: " $i)
	}
	if (faults == before) together(e)
}

END {
	for (i = 1; i <= nnamed; i++) {
		split(named[i], a, " ")
		if (!(a[1] in made)) { print a[3], "orderID", "no such order: " a[1]; faults++ }
		else if (a[2] < made[a[1]]) { print a[3], "eventTimestamp", "before its order"; faults++ }
	}
	exit faults > 0
}
