# A file of auth.016.001.01, judged by the order of its elements as the message
# has it, and by formats and check digits:
#	awk -f regulatory.awk -f auth016.awk FILE
# Says what is wrong and exits 1; reports=1 prints "New NUMBER" and "Cxl NUMBER".
function bad(what) {
	print NR ": " what
	wrong = 1
}

BEGIN {
	RS = "<"
	order["Document"] = " FinInstrmRptgTxRpt "
	order["Tx/New"] = " TxId ExctgPty InvstmtPtyInd SubmitgPty Buyr Sellr OrdrTrnsmssn Tx FinInstrm InvstmtDcsnPrsn ExctgPrsn AddtlAttrbts TechAttrbts SplmtryData "
	order["New/Tx"] = " TradDt TradgCpcty Qty DerivNtnlChng Pric NetAmt TradVn CtryOfBrnch UpFrntPmt TradPlcMtchgId CmplxTradCmpntId "
	order["Tx/Cxl"] = " TxId ExctgPty SubmitgPty TechAttrbts SplmtryData "
	order["Id/Prsn"] = " FrstNm Nm BirthDt Othr "
	order["New/AddtlAttrbts"] = " WvrInd ShrtSellgInd OTCPstTradInd RskRdcgTx SctiesFincgTxInd "
	order["Othr/FinInstrmGnlAttrbts"] = " Id FullNm ClssfctnTp NtnlCcy "
	order["Othr/DerivInstrmAttrbts"] = " XpryDt PricMltplr UndrlygInstrm OptnTp StrkPric OptnExrcStyle DlvryTp "
	must["Tx/New"] = "TxId ExctgPty InvstmtPtyInd SubmitgPty Buyr Sellr OrdrTrnsmssn Tx FinInstrm ExctgPrsn AddtlAttrbts"
	must["New/Tx"] = "TradDt TradgCpcty Qty Pric TradVn"
	must["Tx/Cxl"] = "TxId ExctgPty SubmitgPty"
}

NR == 1 { if ($0 !~ /^[ \n]*$/) bad("text before the root"); next }

{
	end = index($0, ">")
	if (!end) { bad("no tag: " $0); next }
	tag = substr($0, 1, end - 1)
	text = substr($0, end + 1)
	gsub(/\n/, "", text)
}

tag ~ /^\// {
	name = substr(tag, 2)
	if (name != path[depth]) bad("</" name "> closes " path[depth])
	if (key(depth) in must) {
		k = split(must[key(depth)], need, " ")
		for (i = 1; i <= k; i++)
			if (index(seen[depth], " " need[i] " ") == 0)
				bad(need[i] " is missing in " name)
	}
	if (leaf)
		value(name, content)
	leaf = 0
	depth--
	if (depth < 0 || (text != "")) bad("text behind </" name ">")
	next
}

{
	name = tag
	sub(/ .*/, "", name)
	if (depth == 0 && tag != "Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:auth.016.001.01\"")
		bad("root " tag)
	if (key(depth) in order) {
		list = order[key(depth)]
		at = index(list, " " name " ")
		if (!at) bad(name " in " path[depth])
		if (at < last[depth]) bad(name " stands too late")
		last[depth] = at
	}
	seen[depth] = seen[depth] " " name " "
	attribute = tag
	if (!sub(/^[A-Za-z]+ Ccy="/, "", attribute)) attribute = ""
	depth++
	path[depth] = name
	last[depth] = 0
	seen[depth] = ""
	leaf = 1
	content = text
	if (attribute != "" && depth > 1 && attribute !~ /^[A-Z][A-Z][A-Z]"$/)
		bad("currency " attribute)
}

function key(d) {
	return d < 2 ? path[d] : path[d - 1] "/" path[d]
}

function value(name, s,    up) {
	up = path[depth - 1]
	if (s == "") bad(name " is empty")
	if (name == "LEI" || name == "ExctgPty" || name == "SubmitgPty") {
		if (!is_lei(s)) bad(name " " s)
	} else if (name == "ISIN" || (name == "Id" && up == "FinInstrm")) {
		if (!is_isin(s)) bad("ISIN " s)
	} else if (name == "Id" && up == "Othr") {
		if (!is_person(s)) bad("person " s)
	} else if (name == "TradDt") {
		if (!is_time(s)) bad("time " s)
	} else if (name == "BirthDt" || name == "XpryDt") {
		if (!is_date(s)) bad("date " s)
	} else if (name == "Amt") {
		if (!is_decimal(s, 18, 13) || s ~ /^-/) bad("amount " s)
	} else if (name == "Unit") {
		if (!is_decimal(s, 18, 17)) bad("quantity " s)
	} else if (name == "NmnlVal") {
		if (!is_decimal(s, 18, 5)) bad("nominal " s)
	} else if (name == "Pctg") {
		if (!is_decimal(s, 11, 10)) bad("percent " s)
	} else if (name == "TradVn") {
		if (s !~ /^[A-Z0-9]+$/ || length(s) != 4) bad("venue " s)
	} else if (name == "TradgCpcty") {
		if (s !~ /^(DEAL|MTCH|AOTC)$/) bad("capacity " s)
	} else if (name == "CtryOfBrnch") {
		if (s !~ /^[A-Z][A-Z]$/) bad("country " s)
	} else if (name == "TxId") {
		if (s !~ /^[A-Z0-9]+$/ || length(s) > 52) bad("number " s)
		if (reports) print path[depth - 1], s
	} else if (name ~ /Ind$/ && name !~ /^(WvrInd|ShrtSellgInd|OTCPstTradInd)$/) {
		if (s != "true" && s != "false") bad(name " " s)
	}
}

END {
	if (depth != 0) bad("not closed: " path[depth])
	exit wrong
}
