# Shared by the tests of broken trades, behind lib.sh:
# . "${srcdir:-.}/tests/cli/broken_lib.sh"
# The sample day has a trade that the venue broke, by its own number; the
# engine's is found by hand here, in the JSON of the stream.
# shellcheck shell=sh disable=SC2034 # variables of those who read this

# field NAME: of the JSON lines on standard input.
field() {
	sed -n "s/.*\"$1\":\"*\([^\",}]*\).*/\1/p"
}

# sample_orders FORMAT: the commands of the sample day.
sample_orders() {
	exch-replay --date 2026-01-05 --tz America/New_York \
		--accounts zipf:50 -f "$1" "$src/data/sample.pcap.zst"
}

# unbroken FROM TO: the JSON of a day in which nobody broke anything.
unbroken() {
	n=$(sed -n 's/.*"t":"end","records":"*\([0-9]*\).*/\1/p' "$1")
	sed "/\"t\":\"bust\"/d; s/\(\"t\":\"end\",\"records\":\"*\)$n/\1$((n - 1))/" \
		"$1" | exch-replay -o "$2" -
}

# The day (day.xst, day.json) and the same without the break (whole.xst); the
# venue's record of the trade (expect), its number ($venue), the number that
# the engine gave it ($engine), and what it was worth ($qty, $cash).
broken_day() {
	sample_orders bin | exch-match -q -o day.xst
	exch-replay -f json day.xst >day.json
	grep '"t":"bust"' day.json >bust
	is "$(wc -l <bust | tr -d ' ')" 1 "the sample day has one"
	venue=$(field match <bust)
	grep '"t":"expect"' day.json | grep "\"instr\":$(field instr <bust)," |
		grep "\"match\":\"$venue\"" >expect
	is "$(wc -l <expect | tr -d ' ')" 1 "of one execution of the venue"
	qty=$(field qty <expect)
	line=$(grep '"t":"exec"' day.json |
		grep "\"buy\":\"$(field buy <expect)\"" |
		grep "\"sell\":\"$(field sell <expect)\"" |
		grep "\"price\":$(field price <expect),")
	engine=$(echo "$line" | field match)
	is "$(echo "$line" | wc -l | tr -d ' ') $(echo "$line" | field qty)" \
		"1 $qty" "that one of the engine's is the same as"
	[ "$engine" != "$venue" ]
	result $? "with another number"
	cash=$(echo "SELECT printf('%.2f', $(field price <expect) * $qty);" |
		sqlite3)
	echo "# $qty at $(field price <expect), $cash"
	unbroken day.json whole.xst
}

# Another quantity of the venue's is a miss (missed.xst): there is no trade of
# that number, and the break takes nothing from others that have it.
missed_day() {
	sample_orders json |
		sed "/\"t\":\"expect\"/{/\"match\":\"$venue\"/s/\"qty\":$qty,/\"qty\":$((qty - 1)),/
		}" | exch-replay - | exch-match -q -o missed.xst
	exch-replay -f json missed.xst >missed.json
	grep '"t":"miss"' missed.json >miss
	is "$(wc -l <miss | tr -d ' ') $(field cause <miss)" "1 qty" "a miss"
}
