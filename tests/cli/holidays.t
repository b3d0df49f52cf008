#!/bin/sh
# The tables of data/calendars and the calendars of data/settle against the
# rules of venues and of settlement: Easter by the Gregorian computus, the n-th
# Mondays of a month, substitute days, half days.
# The tables are written by hand, the days here are computed.
. "${srcdir:-.}/tests/cli/lib.sh"

cat >rules.awk <<'A'
# Days since 1 March of year 0, of which the third was a Friday.
function number(y, m, d) {
	if (m < 3) {
		y--
		m += 12
	}
	d += 365 * y + int(y / 4) - int(y / 100) + int(y / 400)
	return d + int((153 * (m - 3) + 2) / 5) - 1
}
# 0 is Sunday.
function weekday(y, m, d) { return (number(y, m, d) + 3) % 7 }
function day(y, m, d, what) {
	print sprintf("%04d-%02d-%02d", y, m, d) "," what
}
# If it is a weekday.
function day_if(y, m, d, what) {
	if (weekday(y, m, d) % 6 != 0)
		day(y, m, d, what)
}
# The n-th such weekday of a month.
function nth(y, m, w, n) {
	return 1 + (w - weekday(y, m, 1) + 7) % 7 + 7 * (n - 1)
}
# The last Monday of a month of 31 days.
function last_monday(y, m) { return 31 - (weekday(y, m, 31) + 6) % 7 }
# Easter Sunday as a day of March, 31 and more being April.
function easter(y,    a, b, c, h, l, i) {
	a = y % 19
	b = int(y / 100)
	c = y % 100
	h = (19 * a + b - int(b / 4) - int((b - int((b + 8) / 25) + 1) / 3) + 15) % 30
	l = (32 + 2 * (b % 4) + 2 * int(c / 4) - h - c % 4) % 7
	i = h + l - 7 * int((a + 11 * h + 22 * l) / 451)
	return 22 + i
}
function march(y, d, what) {
	if (d > 31)
		day(y, 4, d - 31, what)
	else
		day(y, 3, d, what)
}
# On a Saturday the Friday before, on a Sunday the Monday behind it.
function observed(y, m, d) {
	if (weekday(y, m, d) == 6)
		day(y, m, d - 1, "closed,,")
	else
		day(y, m, d + (weekday(y, m, d) == 0), "closed,,")
}
function us(y,    early) {
	early = "early,15:25,12:25"
	if (y == 2025)
		day(y, 1, 9, "closed,,")
	if (weekday(y, 7, 4) > 1 && weekday(y, 7, 4) < 6)
		day(y, 7, 3, early)
	day(y, 11, nth(y, 11, 4, 4) + 1, early)
	if (weekday(y, 12, 25) > 1 && weekday(y, 12, 25) < 6)
		day(y, 12, 24, early)
	us_holidays(y)
}
# On which nothing settles, either.
function us_holidays(y) {
	# Not on the Friday before: there the year of accounts ends.
	if (weekday(y, 1, 1) != 6)
		observed(y, 1, 1)
	day(y, 1, nth(y, 1, 1, 3), "closed,,")
	day(y, 2, nth(y, 2, 1, 3), "closed,,")
	march(y, easter(y) - 2, "closed,,")
	day(y, 5, last_monday(y, 5), "closed,,")
	observed(y, 6, 19)
	observed(y, 7, 4)
	day(y, 9, nth(y, 9, 1, 1), "closed,,")
	day(y, 11, nth(y, 11, 4, 4), "closed,,")
	observed(y, 12, 25)
}
# Banks are closed on two days more, and make up for a Sunday only.
function dtc(y) {
	us_holidays(y)
	day(y, 10, nth(y, 10, 1, 2), "closed,,")
	if (weekday(y, 11, 11) != 6)
		day(y, 11, 11 + (weekday(y, 11, 11) == 0), "closed,,")
}
function target(y) {
	day_if(y, 1, 1, "closed,,")
	march(y, easter(y) - 2, "closed,,")
	march(y, easter(y) + 1, "closed,,")
	day_if(y, 5, 1, "closed,,")
	day_if(y, 12, 25, "closed,,")
	day_if(y, 12, 26, "closed,,")
}
function european(y, eve) {
	day_if(y, 1, 1, "closed,,")
	march(y, easter(y) - 2, "closed,,")
	march(y, easter(y) + 1, "closed,,")
	day_if(y, 5, 1, "closed,,")
	day_if(y, 12, 24, eve)
	day_if(y, 12, 25, "closed,,")
	day_if(y, 12, 26, "closed,,")
	day_if(y, 12, 31, eve)
}
# The last weekday up to then.
function half_day(y, d,    w) {
	w = weekday(y, 12, d)
	day(y, 12, d - (w == 6 ? 1 : w == 0 ? 2 : 0), "early,16:30,12:30")
}
function london(y,    w) {
	w = weekday(y, 1, 1)
	day(y, 1, w == 6 ? 3 : w == 0 ? 2 : 1, "closed,,")
	march(y, easter(y) - 2, "closed,,")
	march(y, easter(y) + 1, "closed,,")
	day(y, 5, nth(y, 5, 1, 1), "closed,,")
	day(y, 5, last_monday(y, 5), "closed,,")
	day(y, 8, last_monday(y, 8), "closed,,")
	half_day(y, 24)
	# Two days: those of them that are no weekdays are made up for.
	w = weekday(y, 12, 25)
	day(y, 12, w == 6 || w == 0 ? 27 : 25, "closed,,")
	day(y, 12, w == 5 || w == 6 ? 28 : 26, "closed,,")
	half_day(y, 31)
}
BEGIN {
	if (venue == "easter")
		print easter(2000), easter(2008), easter(2011), easter(2019),
		    easter(2038), easter(2049) ",",
		    weekday(2000, 1, 3) == 1 ? "Monday" : "?"
	for (y = first; y <= last; y++) {
		if (venue == "us-equities")
			us(y)
		else if (venue == "xetra")
			european(y, "closed,,")
		else if (venue == "euronext")
			european(y, "early,17:30,14:00")
		else if (venue == "lse")
			london(y)
		else if (venue == "dtc")
			dtc(y)
		else if (venue == "target")
			target(y)
	}
}
A

# The rules themselves, on days that are known from elsewhere.
is "$(awk -v venue=easter -f rules.awk)" "54 23 55 52 56 49, Monday" \
	"Easter in six years, and a Monday"
awk -v venue=lse -v first=2022 -v last=2022 -f rules.awk >got
ok "a New Year on a Saturday" grep -q '^2022-01-03,closed' got
ok "a Christmas Day on a Sunday" grep -q '^2022-12-27,closed' got
ok "and Boxing Day on its Monday" grep -q '^2022-12-26,closed' got
ok "the half day is a Friday" grep -q '^2022-12-23,early' got
awk -v venue=us-equities -v first=2021 -v last=2022 -f rules.awk >got
is "$(grep -c '^2021-12-31\|^2022-01-0' got)" 0 \
	"America does not make up for a New Year on a Saturday"
ok "but for Christmas" grep -q '^2021-12-24,closed' got

# days TABLE LAST: it has the days of 2024 to that year.
days() {
	name=${1##*/}
	awk -v venue="$name" -v first=2024 -v last="$2" -f rules.awk |
		sort >want
	sed -n 's/^\([0-9][^,]*,[^,]*,[^,]*,[^,]*\),.*/\1/p' \
		"$src/data/$1.csv" >got
	same got want "$name has the days of 2024 to $2 by its rules"
}
for venue in us-equities xetra euronext lse; do
	days calendars/$venue 2027
done
days settle/dtc 2028
days settle/target 2028
finish
