# The events of a stream as lessons tell them: lines of `exch-match -f text'
# without times, acknowledgements and commands.

# Phases the venue changes by itself have a reason.
($2 == "phase" || $3 == "phase") && / reason / {
	sub(/^[^ ]+ +/, "")
	sub(/^[^ ]+ +phase/, "phase")
	sub(/ +/, " ")
	print
	next
}
# The value of an index is a command.
$3 == "trade" && $4 == 0 { next }
$3 ~ /^(exec|cancelled|restated|triggered|reject|replaced|auction|notice|mass-done|trade|bust)$/ {
	sub(/^[^ ]+ [^ ]+ +/, "")
	sub(/ +/, " ")
	print
	next
}
$2 == "mass-done" {
	sub(/^[^ ]+ +/, "")
	sub(/ +/, " ")
	print
}
