# Identifiers and formats of regulatory reports, written from the standards and
# sharing nothing with src/report: for rts24.awk and auth016.awk.

# Letters to numbers from 10, modulo 97 digit by digit.
function is_lei(s,    i, c, v, r, d) {
	if (s !~ /^[A-Z0-9]+$/ || length(s) != 20)
		return 0
	r = 0
	for (i = 1; i <= 20; i++) {
		c = substr(s, i, 1)
		v = index("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c) - 1
		d = v < 10 ? v "" : v ""
		r = v < 10 ? (r * 10 + v) % 97 : (r * 100 + v) % 97
	}
	return r == 1
}

function is_isin(s,    i, v, digits, sum, d, n) {
	if (s !~ /^[A-Z][A-Z][A-Z0-9]+$/ || length(s) != 12)
		return 0
	digits = ""
	for (i = 1; i <= 12; i++)
		digits = digits (index("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		    substr(s, i, 1)) - 1)
	n = length(digits)
	for (i = n; i >= 1; i--) {
		d = substr(digits, i, 1) * ((n - i) % 2 == 1 ? 2 : 1)
		sum += d > 9 ? d - 9 : d
	}
	return sum % 10 == 0
}

function is_concat(s) {
	return length(s) == 20 &&
	    s ~ /^[A-Z][A-Z]/ && is_date(substr(s, 3, 4) "-" substr(s, 7, 2) \
		"-" substr(s, 9, 2)) &&
	    substr(s, 11, 5) ~ /^[A-Z]+#*$/ && substr(s, 16) ~ /^[A-Z]+#*$/
}

function is_person(s) {
	return is_concat(s) || s ~ /^[A-Z][A-Z][A-Z0-9]+$/
}

# At most n digits, m of them behind the point.
function is_decimal(s, n, m,    p, whole, frac) {
	if (s !~ /^-?[0-9]+(\.[0-9]+)?$/)
		return 0
	sub(/^-/, "", s)
	p = index(s, ".")
	whole = p ? p - 1 : length(s)
	frac = p ? length(s) - p : 0
	return whole + frac <= n && frac <= m
}

function is_time(s,    mo, da) {
	if (length(s) != 27 || s !~ /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[012][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]+Z$/)
		return 0
	mo = substr(s, 6, 2) + 0
	da = substr(s, 9, 2) + 0
	return mo >= 1 && mo <= 12 && da >= 1 && da <= 31 &&
	    substr(s, 12, 2) < 24
}

function is_date(s) {
	return length(s) == 10 && is_time(s "T00:00:00.000000Z")
}
