# Order records (exch-report rts24 -f csv), judged by the text of RTS 24 alone:
#	awk -f regulatory.awk -f rts24.awk FILE
# Says what is wrong and exits 1.
# Variables: totals=1 prints NEWO, initial, traded, taken and left quantities.
BEGIN {
	FS = ","
	n = split("1 3 6", x, " ")
	events = " NEWO TRIG REME REMA REMH CHME CHMO CAME CAMO REMO EXPI PARF FILL "
}

function bad(what) {
	print NR ": " what
	wrong = 1
}

function code(f, list) {
	if ($f != "" && index(" " list " ", " " $f " ") == 0)
		bad("field " f " '" $f "'")
}

function money(f) {
	if ($f != "" && !is_decimal($f, 18, 13))
		bad("price " f " '" $f "'")
}

function number(f) {
	if ($f != "" && (!is_decimal($f, 18, 17) || $f ~ /^-/))
		bad("quantity " f " '" $f "'")
}

NR == 1 {
	if (NF != 51)
		bad(NF " columns")
	for (i = 1; i <= NF; i++)
		if ($i !~ ("^" i "_[a-z0-9_]+$"))
			bad("column " i " is called " $i)
	next
}

NF != 51 { bad(NF " cells"); next }

{
	if ($1 != "" && !is_lei($1)) bad("member " $1)
	code(2, "true false")
	if ($3 != "" && !is_lei($3) && !is_person($3) && $3 != "AGGR" &&
	    $3 != "PNAL")
		bad("client " $3)
	code(7, "DEAL MTCH AOTC")
	code(8, "true false")
	if (!is_time($9)) bad("time " $9)
	if (before != "" && $9 < before) bad("time goes back")
	before = $9
	code(10, "DAVY GTCV GTTV GTDV GTSV GATV GADV GASV IOCV FOKV")
	code(11, "SESR VFAR VFCR")
	if ($12 != "" && !is_time($12)) bad("validity " $12)
	if (($10 == "GTTV" || $10 == "GTDV") && $12 == "") bad("no end")
	if ($13 != "" && !is_time($13)) bad("priority " $13)
	if ($13 > $9) bad("priority before its event")
	if ($15 != ++seq) bad("sequence " $15)
	if ($16 !~ /^[A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9]$/ && mic != "none")
		bad("MIC " $16)
	if ($18 == "" || (isin != "none" && !is_isin($18))) bad("ISIN " $18)
	for (i = 24; i <= 28; i++) money(i)
	code(31, "MONE PERC YIEL BAPO")
	code(34, "UNIT NOML MONE")
	for (i = 36; i <= 41; i++) number(i)
	money(50)
	number(51)
}

$21 == "" {
	if ($49 == "") bad("nothing happened")
	next
}

{
	o = $17 " " $20
	if (index(events, " " $21 " ") == 0) bad("event " $21)
	if (!is_date($19)) bad("date " $19)
	if ($32 != "BUYI" && $32 != "SELL") bad("side " $32)
	code(33, "ACTI INAC FIRM INDI")
	if ($36 == "" || $37 == "" || $38 == "") bad("quantities are missing")
	if ($38 + 0 > $37 + 0) bad("more is displayed than there is")
	trade = $21 == "PARF" || $21 == "FILL"
	if (trade != ($28 != "") || trade != ($39 != "") || trade != ($48 != ""))
		bad("a trade without price, quantity or number")
	if (!trade && $44 != "") bad("aggressive without a trade")
	code(44, "PASV AGRE")
}

$21 == "REMO" { if (o in live || o in gone) bad("refused: " o " again"); gone[o]; next }

$21 == "NEWO" {
	if (o in live || o in gone) bad("NEWO again: " o)
	live[o] = $37
	entered += $37
	orders++
	if ($36 != $37) bad("a new order that is not whole")
	next
}

!(o in live) { bad($21 " of " o ", which does not live"); next }

{
	left = live[o]
	if (trade) {
		traded += $39
		if ($37 + $39 != left) bad("arithmetic of " o)
		if (($21 == "FILL") != ($37 == 0)) bad("full or partial: " o)
	} else if ($21 == "CAME" || $21 == "CAMO" || $21 == "EXPI") {
		taken += left
		if ($37 != 0) bad("something is left of " o)
	} else {
		# amended: what it has now is what it brought, more or less
		entered += $37 - left
	}
	live[o] = $37
	if ($21 == "FILL" || $21 == "CAME" || $21 == "CAMO" || $21 == "EXPI") {
		delete live[o]
		gone[o]
	}
}

END {
	for (o in live)
		rest += live[o]
	if (entered != traded + taken + rest)
		bad("in " entered ", traded " traded ", taken " taken ", left " rest)
	if (totals)
		printf "%d %d %d %d %d\n", orders, entered, traded, taken, rest
	exit wrong
}
