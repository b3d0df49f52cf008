#!/bin/sh
# Pictures of small days by themselves: bins that become wider, gains that are
# those of pnl, and what cannot be drawn.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

report() {
	exch-report "$@" --rules "$src/data/report"
}

# ---- a quote, and silence behind it ----

cat >quiet.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01
10:00:00 A buy 10 ABC @ 1.00
10:00:00 B sell 10 ABC @ 1.05
10:05:00 A buy 1 ABC @ 0.99
T
exch-replay -q quiet.txt | exch-match -q -o quiet.xst
for last in 10:05:00 10:00:07 10:00:00.3 13:17:03 23:00:00; do
	sed "s/^10:05:00/$last/" quiet.txt | exch-replay -q |
		exch-match -q -o quiet.xst
	report plot spread -q --data quiet.xst >data
	awk -F '\t' '
		/^#/ || NF < 2 { next }
		{ n++; bad += $3 > 100 || (n > 1 && before != 100); before = $3 }
		END { exit n < 2 || bad > 0 }' data
	result $? "until $last: each bin was quoted all of it, and not more" ||
		sed -n '1,5s/^/# /p' data
done

# ---- a package that is not installed ----

# Thresholds of surveil are for pictures that have its alerts.
mkdir nothing
for name in price depth spread auctions pnl inventory latency size fidelity \
	rejects; do
	exch-report plot $name -q --rules nothing --data quiet.xst >data 2>said
	test $? -lt 2 -a -s data
	result $? "$name without tables of rules" || sed 's/^/# /' said
done
exits 2 "a picture that is none, without them" exch-report plot none \
	--rules nothing quiet.xst 2>said
has said "it is one of price" "is told as ever"
exits 3 "a table that is asked for" exch-report plot inventory -q \
	--parameters no.csv quiet.xst 2>said
has said 'no\.csv' "is read"

# ---- gains are those of pnl ----

# A block is no price of the market: until the first one it is the reference.
cat >block.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01 currency USD reference 5.00
10:00:00 block 1000 ABC @ 10.00 buyer ANN seller BOB
10:00:01 MM buy 1 ABC @ 9.00
T
exch-replay -q block.txt | exch-match -q -o block.xst
exch-report pnl -q -f csv block.xst | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["what"] == "all" { printf "%s %.2f\n", $at["account"], $at["net"] }' |
	sort >want
report plot pnl -q --data block.xst | awk -F '\t' '
	NR == 1 { for (i = 2; i <= 3; i++) name[i] = $i; next }
	{ for (i = 2; i <= 3; i++) last[i] = $i }
	END { for (i in name) printf "%s %.2f\n", name[i], last[i] }' | sort >got
same got want "what has not traded is worth its reference"
has got 'ANN -5000.00' "which is half of what it was bought for"

# Whose lines: agents of a simulation first, or those that are asked for.
cat >agents.txt <<'T'
instrument ABC tick 0.01 reference 10.00 currency USD
seed 4
begin 09:00
end 09:05
flow zero ABC as CROWD accounts 20 market-rate 2
agent ONE noise rate 1 market 100
agent TWO noise rate 1 market 100
T
exch-sim -q -o agents.xst agents.txt
# drawn OPTION ...: the names of the lines of gains.
drawn() {
	report plot "$@" -q --data agents.xst | awk -F '\t' '
		NR == 1 {
			for (i = 2; i <= (NF + 1) / 2; i++)
				printf "%s%s", (i > 2 ? " " : ""), $i
		}'
}
is "$(drawn pnl | tr ' ' '\n' | head -n 2 | sort | tr '\n' ' ')" "ONE TWO " \
	"agents come before the crowd"
is "$(drawn pnl | wc -w)" 6 "  of whom the others are"
is "$(drawn inventory)" "$(drawn pnl)" "  and positions are of the same"
exch-sim -q --orders agents.txt | exch-match -q -o agents.xst
is "$(drawn pnl | tr ' ' '\n' | head -n 2 | sort | tr '\n' ' ')" "ONE TWO " \
	"  behind a pipe, too"
is "$(drawn pnl --accounts CROWD-7,TWO | tr ' ' '\n' | sort | tr '\n' ' ')" \
	"CROWD-7 TWO " "--accounts says which"
report plot pnl -q --accounts NOBODY -o none.svg agents.xst
is $? 1 "  and of nobody there is no picture"
has none.svg 'None of the accounts that --accounts names' "  but why"

# Each account has a scale of its own: as high as its panel is drawn.
cat >large.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01 currency USD reference 10.00
10:00 BANK sell 60000 ABC @ 10.00
10:01 ANN buy 3 ABC @ 10.00
10:02 WHALE buy 50000 ABC @ 10.00
10:03 ANN sell 8 ABC @ 9.99
10:03 BOB buy 8 ABC @ 9.99
T
exch-replay -q large.txt | exch-match -q -o large.xst
report plot inventory -q -o large.svg large.xst
for label in 'BANK: -50003 to 0' 'WHALE: 0 to 50000' 'ANN: -5 to 3' 'BOB: 0 to 8'
do
	has large.svg ">$label<" "the reach of ${label%%:*}"
done
# what a path spans up and down: its first point, and where it goes by V
awk '/<path class="l l[0-3]" d=/ && n++ < 4 {
		sub(/.*d="M[0-9.]* /, ""); sub(/".*/, "")
		lo = hi = $0 + 0
		for (k = split($0, part, "V"); k > 1; k--) {
			v = part[k] + 0
			lo = v < lo ? v : lo; hi = v > hi ? v : hi
		}
		flat += hi - lo < 40
	}
	END { exit n < 4 || flat > 0 }' large.svg
result $? "whose panel each fills, beside one of 50,000"
has large.svg '>worth (USD)<' "and one scale shows who is large"
# A long name is cut before its values are, and turns none of them.
isolate=$(printf '\342\201\250')
pop=$(printf '\342\201\251')
dots=$(printf '\342\200\246')
alef=$(printf '\327\220')
long=ANN-OF-A-VERY-LONG-NAME
for name in $long "$long$alef"; do
	sed "s/ ANN / $name /" large.txt | exch-replay -q | exch-match -q |
		report plot inventory -q -o long.svg
	want="ANN-OF-A-VERY-LONG$dots: -5 to 3"
	case $name in *"$alef")
		want="${isolate}ANN-OF-A-VERY-LON$dots$pop: -5 to 3" ;;
	esac
	has long.svg ">$want<" "the reach of $name"
done

# Accounts with alerts come before larger gains, agents before them.
printf 'scope,name,position\naccount,2,2\n' >limits.csv
for i in 1 2 3 4 5 6 7; do
	echo "10:0$i:30 C$i buy 100 ABC @ 10.00"
done >crowd
sed '/WHALE/d' large.txt | sort -s -k 1,1 - crowd | grep '^1' >lines
{ grep -v '^1' large.txt; cat lines; } | sed 's/^10:03 B/10:03:00 B/' >alerts.txt
exch-replay -q alerts.txt | exch-match -q | exch-risk watch -q -l limits.csv \
	-o alerts.xst
is "$(report plot inventory -q --data alerts.xst | awk -F '\t' 'NR == 1 {
	print $2 }')" ANN "an account with an alert is drawn before all others"
report plot pnl -q -o alerts.svg alerts.xst
has alerts.svg 'accounts: those with alerts, then those that gained' "which is told"
printf 'scope,position\nall,2\n' >limits.csv
exch-replay -q alerts.txt | exch-match -q | exch-risk watch -q -l limits.csv |
	report plot pnl -q -o alerts.svg
has alerts.svg 'more with alerts are not drawn: --accounts' "  and who is not"

# Pieces and parts of a coin add up to nothing that anybody could read.
cat >parts.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01 currency USD
instrument COIN kind crypto tick 0.01 unit 0.001 currency USD
10:00:00 ANN buy 100 ABC @ 10.00
         BOB sell 100 ABC @ 10.00
10:00:01 ANN sell 0.5 COIN @ 4000.00
         BOB buy 0.5 COIN @ 4000.00
T
exch-replay -q parts.txt | exch-match -q | report plot inventory -q --data >got
is "$(awk -F '\t' 'NR == 1 { print $2 "," $3 "," NF }
	END { print $2 "," $3 }' got)" "ANN,BOB,3
-1000.00,1000.00" "where units differ positions are shown by their worth"

# Bins of so many accounts are kept, and the picture does not say more.
awk -v n=1024 'BEGIN {
	print "date 2026-11-20\ninstrument ABC tick 0.01 currency USD"
	print "10:00 MM sell 9000 ABC @ 1.00"
	for (i = 1; i < n; i++) print "+1ms A" i " buy 1 ABC @ 1.00" }' >many.txt
exch-replay -q many.txt | exch-match -q | report plot pnl -q -o some.svg
has some.svg 'of 1024 accounts: those that gained or lost most\.' "1,024 accounts"
echo '+1ms LAST buy 1 ABC @ 1.00' >>many.txt
exch-replay -q many.txt | exch-match -q | report plot pnl -q -o more.svg
has more.svg 'of 1025 .* most of the first 1,024 that traded\.' "and one more"

# ---- what rested for less than a bin ----

cat >short.txt <<'T'
date 2026-11-20
instrument ABC tick 0.01
10:00:00 A buy 10 ABC @ 1.00
+10us    B sell 10 ABC @ 1.00
+1h      B sell 10 ABC @ 1.00 ioc
T
exch-replay -q short.txt | exch-match -q -o short.xst
exits 1 "no book at the end of any bin" report plot depth -o x.svg short.xst 2>said
has said 'No order of ABC rested at the end of a bin of' "is told as it is"

# ---- columns, or a picture ----

exits 2 "--data with -o x.png" report plot price --data -o x.png block.xst 2>said
has said '--data gives columns of numbers' "is told"
ok "nor is there a file" test ! -e x.png
exits 0 "--data in a file" report plot price -q --data -o x.txt short.xst

# ---- gnuplot ----

if command -v gnuplot >/dev/null; then
	report plot price -q -o plain.png short.xst
	mkdir home
	printf '%s\n' 'set output "elsewhere"' 'exit' >home/.gnuplot
	HOME=$scratch/home report plot price -q -o own.png short.xst
	ok "a file of the user's changes no picture" cmp -s plain.png own.png
else
	skip "a file of the user's changes no picture" "no gnuplot"
fi
mkdir silent
printf '#!/bin/sh\ncat >/dev/null\n' >silent/gnuplot
chmod +x silent/gnuplot
(
	PATH=$scratch/silent:$PATH
	report plot price -q -o none.png short.xst 2>said
	echo $? >rc
)
is "$(cat rc)" 4 "no picture of gnuplot is an error"
has said 'gnuplot gave no picture' "that is told"
ok "and no file" test ! -e none.png

# Tables of the package lie where the program does.
mkdir -p moved/bin moved/share/exch
cp "$bin/exch-report" moved/bin
cp -R "$src/data/report" moved/share/exch
ok "tables beside the program" \
	moved/bin/exch-report surveil -o moved.text quiet.xst
rm moved/share/exch/report/surveillance.csv
exits 3 "and nowhere else" \
	moved/bin/exch-report surveil -o moved.text quiet.xst 2>err
has err 'moved/bin/\.\./share/exch/report/surveillance.csv' "as it says"

# A table of the package that is not where it should be.
exits 3 'a table that is not there' \
	exch-report plot alerts --rules nowhere -o none.svg quiet.xst 2>err
has err 'nowhere/surveillance.csv' 'it is named'
has err '--rules DIR names data/report' 'and what says where it is'

finish
