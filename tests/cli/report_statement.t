#!/bin/sh
# exch-report statement: a day by hand, with fees, settlement and a broken
# trade; balances are those of the ledger; and the paper for printers.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >fees.csv <<'X'
scope,name,symbol,maker-unit,taker-unit,auction
all,,,-0.002,0.003,0.01%
X
printf '%s\n' account,member,balance 1,,20000.00 2,,500.00 >accounts.csv
cat >day.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  ANN buy 1 ABC @ 1.00
+1s    BEN sell 100 ABC @ 10.00
+1s    ANN buy 60 ABC @ 10.00
+1s    block 20 ABC @ 10.50 buyer ANN seller BEN
+1s    ANN buy 10 ABC @ 10.00
+1s    break 3 ABC
X
exch-replay day.txt | exch-match -q -o day.xst
exch-settle -q --fees fees.csv -a accounts.csv --until settled -o day.set day.xst
exch-report statement -f csv --account ANN day.set >got
cut -d, -f 1,3-12 got >short
cat >want <<'X'
time,what,symbol,qty,price,cash,currency,position,balance,ref,date
2026-10-09T10:00:02.000000000Z,buy,ABC,60,10.00,-600.00,USD,60,,1,
2026-10-09T10:00:03.000000000Z,buy,ABC,20,10.50,-210.00,USD,80,,2,
2026-10-09T10:00:04.000000000Z,buy,ABC,10,10.00,-100.00,USD,90,,3,
2026-10-09T10:00:05.000000000Z,broken,ABC,-10,10.00,100.00,USD,80,,3,
X
grep ',buy,\|,broken,\|^time' short >trades
same trades want "trades, and the position they make"
# Ledger: 20,000.00 less 810.00 and fees of 0.18 and 0.021.
is "$(sed -n 's/.*,closing,//p' short)" "ABC,,,,,80,,,
ABC,,,,,,80,,
,,,,USD,,19189.799,," "at the end"
awk -F, '$3 == "closing" && $10 != "" { print $4, $8, $10 }' got | sort >closing
exch-settle report -q -f csv balances day.set | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["account"] == 1 && $at["ledger"] == "holding"' >holding
sed 's/.*,holding,//' holding >ledger
[ "$(wc -l <ledger)" -eq 2 ] && grep -q '19189\.799' ledger &&
	grep -q '80' ledger
result $? "as the ledger has it"
awk -F, 'NR > 1 && $7 != "" && $10 != "" { s += $7; if (s - $10 > 1e-6 ||
	$10 - s > 1e-6) bad++ } END { print bad + 0, s }' got >sum
is "$(cat sum)" "0 19189.8" "each balance is the sum of the lines before it"

# Everybody, with nothing of the counterparty or the venue.
exch-report statement -f csv day.set >all
is "$(cut -d, -f 2 all | sort -u | tr '\n' ' ')" "ANN BEN account " "all accounts"
grep ',ANN,\|^time' all >ann
same ann got "and Ann's lines among them"
exch-report statement -f csv --account 2 day.xst >got
is "$(grep -c ',sell,' got)" 3 "without a ledger: trades"

# ---- a paper ----

cat >parties.csv <<'X'
account,name,address
.ANN,".so /etc/passwd \\n(.z",'quoted' street
X
sed 's/ANN/.ANN/' day.txt | exch-replay - | exch-match -q -o odd.xst
exch-report statement --roff --account .ANN --parties parties.csv \
	-o paper.roff odd.xst
result $? "as roff"
is "$(grep -c '^[.'"'"']' paper.roff)" \
	"$(grep -c '^\.\(ie\|el\|nr\|ll\|po\|ps\|vs\|ft\|br\|sp\|TS\|TH\|TE\)\|^'"'"'." t$' \
	paper.roff)" "names are no requests"
if command -v groff >/dev/null; then
	groff -t -ms -Tascii -P-cbou paper.roff >paper.txt 2>err
	result $? "groff takes it"
	is "$(cat err)" "" "without a word"
	grep -F -q '.so /etc/passwd' paper.txt &&
		grep -F -q "'quoted' street" paper.txt
	result $? "names stand there letter by letter"
	is "$(grep -c ' buy ' paper.txt)" 3 "with all trades"
	if groff -t -ms -Tpdf paper.roff >paper.pdf 2>/dev/null; then
		is "$(head -c 5 paper.pdf)" "%PDF-" "as PDF"
	else
		skip "as PDF" "groff has no PDF device"
	fi
else
	skip "groff takes it" "groff is not installed"
fi
exits 2 "a paper is of one account" exch-report statement --roff day.xst 2>err
exits 2 "and no table" exch-report statement --roff -f csv --account 1 day.xst 2>err
echo 'date 2024-03-07' | exch-replay - | exch-match -q -o empty.xst
exits 0 "an empty day" exch-report statement -f csv -o empty.csv empty.xst
is "$(wc -l <empty.csv)" 1 "has no row"
finish
