# A day as a capture of ITCH and of DEEP+, and two groups of multicast to send it to:
# what is common to the tests of exch-replay --backup.  Sourced behind lib.sh; who
# does sets $a and $b to the groups.
mcast=$bin/tests/tools/mcast
cat >day.txt <<'EOF'
date 2023-02-07
zone Asia/Shanghai
instrument ABC tick 0.01
instrument XYZ tick 0.01
09:30 phase continuous
+1s A buy 100 ABC @ 10.02 as a1
+1s B sell 60 ABC @ 10.00 as b1
+1s C sell 50 ABC @ 10.05 as c1
+1s D sell 30 ABC @ 10.02 as d1
+1s E buy 40 XYZ @ 10.01 as e1
+1s reduce e1 by 4
+1s F buy 70 ABC @ 10.06 as f1
+1s G sell 20 XYZ @ 10.01 as g1
+1s H sell 80 ABC @ 10.09 as h1
+1s I buy 25 ABC @ 10.09 as i1
+1s replace e1 with 50 @ 10.02 as e2
+1s J sell 45 XYZ @ 10.00 as j1
+1s cancel h1
EOF
when='--date 2023-02-07 --tz Asia/Shanghai'
exch-replay -q day.txt | exch-match -q -o day.xst
exch-feed itch --tz Asia/Shanghai -o day.itch day.xst
exch-feed itch --tz Asia/Shanghai --framing moldudp64 -o day.pcap day.xst
exch-feed itch --tz Asia/Shanghai --framing moldudp64 --session OTHER \
	-o other.pcap day.xst
"$bin/tests/tools/deepplus" <day.itch >plus.pcap
# shellcheck disable=SC2086 # a list of words, here and below
exch-replay -q $when -o day.want day.pcap
exch-replay -q -o plus.want plus.pcap

# shellcheck source=tests/cli/live_lib.sh
. "$src/tests/cli/live_lib.sh"
# first OPTION... and second: send what comes in to the feed.
first() {
	"$mcast" "$@" "${a%:*}" "${a#*:}"
}
second() {
	"$mcast" "$@" "${b%:*}" "${b#*:}"
}
# both FILE OPTION...
both() {
	file=$1
	shift
	# shellcheck disable=SC2086
	listen "$file" $when --join "$a" --backup "$b" --idle 30s "$@"
	until_says "$file.err" "joined $b" "$reader"
}
# What happened: executions, and whatever was asked but for what a change says
# once more; without the numbers of records.
executions() {
	exch-replay -q -f csv --type expect "$1" | cut -d , -f 4-
}
told() {
	exch-replay -q -f json "$1" | sed -n \
		's/.*"t":"notice".*"time":"\([^"]*\)".*"text":"backup \(.*\)".*/\1 \2/p'
}

# iex PROTOCOL [SESSION [SYMBOL]]: segments of DEEP (32772) or TOPS (32771), by lines
# of "TIME KIND ..." with seconds from 09:30: `level SIDE QTY PRICE`, `quote BIDQTY
# BID ASK ASKQTY`, `trade QTY PRICE`, `end`.  Behind a trade there may be a symbol.
iex() {
	awk -v protocol="$1" -v session="${2:-7}" -v symbol="${3:-ABC}" '
	function le(v, n, t) {
		t = ""
		while (n-- > 0) {
			t = t sprintf("%02x", v % 256)
			v = int(v / 256)
		}
		return t
	}
	# nanoseconds need 61 bits: in two parts, of which 10^9 is 5^9 x 2^9
	function ns(sec, i, c, t, x) {
		for (i = 0; i < 8; i++)
			x[i] = 0
		for (i = 0; i < 4; i++) {
			x[i] = sec % 256
			sec = int(sec / 256)
		}
		c = 0
		for (i = 0; i < 8; i++) {
			c += x[i] * 1000000000
			x[i] = c % 256
			c = int(c / 256)
		}
		t = ""
		for (i = 0; i < 8; i++)
			t = t sprintf("%02x", x[i])
		return t
	}
	function segment(m) {
		m = le(length(m) / 2, 2) m
		printf "0100%s01000000%s%s0100", le(protocol, 2),
			le(session, 4), le(length(m) / 2, 2)
		print le(0, 8) le(++number, 8) le(0, 8) m
	}
	BEGIN {
		name["ABC"] = "4142432020202020"
		name["XYZ"] = "58595a2020202020"
	}
	{
		t = ns(1675733400 + $1)
		abc = name[$2 == "trade" && $5 != "" ? $5 : symbol]
	}
	$2 == "level" {
		segment(($3 == "buy" ? "38" : "35") "01" t abc le($4, 4) \
			le($5 * 10000, 8))
	}
	$2 == "quote" {
		segment("5100" t abc le($3, 4) le($4 * 10000, 8) \
			le($5 * 10000, 8) le($6, 4))
	}
	$2 == "trade" {
		segment("5400" t abc le($3, 4) le($4 * 10000, 8) le(NR, 8))
	}
	$2 == "end" { segment("5343" t) }'
}
