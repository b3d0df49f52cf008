#!/bin/sh
# exch-settle report instructions and confirmations: what is to be settled and
# what was, with the names of ISO 20022, as tables and as XML.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
# shellcheck source=tests/cli/settle_lib.sh
. "$src/tests/cli/settle_lib.sh"

for n in 023 025; do
	sed "s|@NAMESPACE@|urn:iso:std:iso:20022:tech:xsd:sese.$n.001.09|" \
		"$src/tests/cli/settle_messages.rng" >$n.rng
done
# valid 023|025 FILE NAME: well-formed, and of the structure that its grammar has.
valid() {
	if ! command -v xmllint >/dev/null; then
		skip "$3" "no xmllint"
		return
	fi
	xmllint --noout --relaxng "$1.rng" "$2" >said 2>&1
	result $? "$3" || head -n 5 said | sed 's/^/# /'
}

# ---- by hand: the example of netting, with what is not there ----

# A +600 for 6008.00, B -300 for 2965.00, C -300 for 3043.00.  C has 100 to
# deliver, B all: of A's 600 so 400 come, for 6008.00 x 400 / 600 = 4005.333333;
# C delivers 100 of 300 for 3043.00 / 3 = 1014.333333.  What is left, A's 200 and
# C's, is marked at 10.10: each pays or gets the difference at once.  On the next
# day C has the rest: 200 for 2020.00.
cat >three.txt <<'X'
date 2026-10-09
instrument ABC tick 0.01 currency USD reference 10.10
10:00  block 1000 ABC @ 10.00 buyer ANN seller BEN
+1s    block 700 ABC @ 10.05 buyer BEN seller CIA
+1s    block 400 ABC @ 9.98 buyer CIA seller ANN
X
cat >had.csv <<'X'
account,symbol,quantity,price
2,ABC,300,9.00
3,ABC,100,9.00
X
day three.txt >three.xst
exch-settle -q --opening had.csv --until settled -o three.set three.xst
exch-settle report -q -f csv instructions three.set |
	columns SctiesMvmntTp,Pmt,SttlmDt,OthrId,SttlmQty,SfkpgAcct,DlvrgSttlmPties,RcvgSttlmPties,SttlmAmt,Ccy,CdtDbtInd >got
cat >want <<'X'
RECE,APMT,2026-10-12,ABC,600,1,ccp,1,6008.00,USD,DBIT
DELI,APMT,2026-10-12,ABC,300,2,2,ccp,2965.00,USD,CRDT
DELI,APMT,2026-10-12,ABC,300,3,3,ccp,3043.00,USD,CRDT
X
same got want "an instruction for each net"
exch-settle report -q -f csv confirmations three.set |
	columns SctiesMvmntTp,FctvSttlmDt,PrtlSttlm,SttldQty,RmngToBeSttldQty,SfkpgAcct,SttldAmt,CdtDbtInd >got
cat >want <<'X'
RECE,2026-10-12,PAIN,400,200,1,4005.333333,DBIT
DELI,2026-10-12,,300,0,2,2965.00,CRDT
DELI,2026-10-12,PAIN,100,200,3,1014.333333,CRDT
X
same got want "a confirmation for what was delivered, whole or in part"
exch-settle report -q -f csv instructions three.set | columns TxId >ids
exch-settle report -q -f csv confirmations three.set |
	columns AcctOwnrTxId >refs
same refs ids "confirmations name their instructions"
is "$(exch-settle report -q -f csv confirmations three.set |
	columns AcctSvcrTxId | sort -u | grep -vcxFf ids)" 3 \
	"and have identities of their own"

# The next day: the same instructions by their identities, and the rest of them.
printf 'date 2026-10-13\ninstrument XYZ tick 0.01 currency USD\n' >tuesday.txt
printf 'instrument ABC tick 0.01 currency USD reference 10.10\n' >>tuesday.txt
printf '09:00 block 200 ABC @ 10.10 buyer CIA seller DOT\n' >>tuesday.txt
day tuesday.txt >tuesday.xst
exch-settle -q --opening had.csv --until 2026-10-12 -o monday.set three.xst
exch-settle -q --from monday.set --until settled -o tuesday.set tuesday.xst
exch-settle report -q -f csv confirmations tuesday.set |
	columns AcctOwnrTxId,SfkpgAcct,SttldQty,FctvSttlmDt | sort >got
{ sed -n '1s/$/,1,200,2026-10-13/p; 3s/$/,3,200,2026-10-13/p' ids; } | sort >want
grep -Ff want got >both
same both want "what was left is confirmed by the identity of the day before"

for how in "" "-m 1" "-m 2 --bilateral"; do
	# shellcheck disable=SC2086 # options
	exch-settle -q $how --until settled -o all.set three.xst
	exch-settle report -q --xml -o in.xml instructions all.set
	valid 023 in.xml "instructions are well-formed and of their structure (${how:-model 3})"
	exch-settle report -q --xml -o co.xml confirmations all.set
	valid 025 co.xml "confirmations, too"
	# By counting: who receives a quantity has its delivery.
	exch-settle report -q -f csv instructions all.set |
		columns TxId,SctiesMvmntTp,SttlmQty,SttlmAmt >in
	exch-settle report -q -f csv confirmations all.set |
		columns AcctOwnrTxId,SctiesMvmntTp,SttldQty,SttldAmt >co
	sort in >want
	sort co >got
	same got want "when all settles each instruction is confirmed"
	is "$(awk -F, '{ s += $2 == "DELI" ? -$3 : $3 } END { print s }' in)" 0 \
		"quantities add up to 0"
	is "$(cut -d, -f1 in | sort | uniq -d)" "" "each has an identity of its own"
	is "$(grep -c '<SctiesSttlmTxInstr>' in.xml)" "$(wc -l <in)" \
		"as many in XML as in the table"
done
if command -v xmllint >/dev/null; then
	sed '/<SttlmParams>/d' in.xml >bad.xml
	ok "without an element it is not valid" \
		sh -c '! xmllint --noout --relaxng 023.rng bad.xml 2>said'
fi
is "$(wc -l <in)" 6 "three pairs have six nets"
exch-settle -q -m 1 --until settled -o one.set three.xst
is "$(exch-settle report -q -f csv instructions one.set | wc -l)" 7 \
	"three trades have six obligations"

# What XML cannot have is written in another way; a bond has its nominal.
cat >odd.txt <<'X'
date 2026-10-09
instrument A&B<C tick 0.01 currency EUR kind bond
10:00  block 1000 A&B<C @ 99.50 buyer ANN seller BEN
+1s    block 7 A&B<C @ 99.50 buyer ANN seller BEN
+1s    break 2 A&B<C
X
day odd.txt >odd.xst
exch-settle -q -m 1 -o odd.set odd.xst
exch-settle report -q --xml -o odd.xml instructions odd.set
valid 023 odd.xml "an odd symbol is well-formed"
has odd.xml '<Id>A&amp;B&lt;C</Id>' "with its signs as XML has them"
has odd.xml '<FaceAmt>1000</FaceAmt>' "a bond by its nominal"
is "$(grep -c '<TxId>' odd.xml)" 2 "and what was broken is not to be settled"
exch-settle report -q --xml -o none.xml confirmations odd.set
valid 025 none.xml "nothing is well-formed, too"

# ---- parts of blocks and reported trades ----

cat >parts.csv <<'X'
account,to,ratio
1,11,60%
1,12,40%
X
cat >two.csv <<'X'
report,account,against,symbol,side,quantity,amount,traded,settles
1,1,2,ABC,buy,100,1000.00,2026-10-09,2026-10-13
2,2,1,ABC,sell,100,1000.00,2026-10-09,2026-10-13
X
exch-settle -q -m 1 --allocations parts.csv --reported two.csv --until settled \
	-o both.set three.xst
exch-settle report -q -f csv instructions both.set |
	columns TxId,SctiesMvmntTp,SttlmQty,SttlmAmt | sort >want
exch-settle report -q -f csv confirmations both.set |
	columns AcctOwnrTxId,SctiesMvmntTp,SttldQty,SttldAmt | sort >got
same got want "parts and reported trades are instructed and confirmed"
# Three trades, one reported, and two blocks of the first account in two parts.
is "$(wc -l <want)" 16 "each by both sides"
is "$(cut -d, -f1 want | sort | uniq -d)" "" "with an identity of its own"

# ---- the sample day ----

opts="--date 2026-01-05 --tz America/New_York --accounts zipf:1000"
# shellcheck disable=SC2086 # options
exch-replay -q $opts "$src/data/sample.pcap.zst" | exch-match -q -o sample.xst
exch-settle -q --until settled -o sample.set sample.xst
exch-settle report -q -f csv instructions sample.set |
	columns TxId,SctiesMvmntTp,SttlmQty,SttlmAmt,CdtDbtInd | sort >want
exch-settle report -q -f csv confirmations sample.set |
	columns AcctOwnrTxId,SctiesMvmntTp,SttldQty,SttldAmt,CdtDbtInd | sort >got
same got want "all that is instructed on the sample day is confirmed"
ok "which is much" test "$(wc -l <want)" -gt 1000
is "$(awk -F, '{ q += $2 == "DELI" ? -$3 : $3
	c += ($5 == "DBIT" ? -1 : 1) * int($4 * 1000000 + 0.5) }
	END { printf "%d %d\n", q, c }' want)" "0 0" "and adds up to 0"
rows net qty,cash sample.set | awk -F, '$1 != 0 || $2 != 0' | wc -l >nets
is "$(wc -l <want)" "$(tr -d ' ' <nets)" "one for each net"
exch-settle report -q --xml -o sample.xml confirmations sample.set
valid 025 sample.xml "XML of the sample day"
exch-settle report -q --xml -o again.xml confirmations sample.set
same again.xml sample.xml "again, the same bytes"
ok "nothing differs" exch-settle report -q -o differs reconcile sample.set

exits 2 "--xml is for messages" exch-settle report --xml nets three.set 2>said
exits 2 "and a form of its own" \
	exch-settle report --xml -f csv instructions three.set 2>said

finish
