#!/bin/sh
# exch-models(7) against exch-sim models: each model of flow has its section,
# and each of its parameters stands there with the default that it has.
. "${srcdir:-.}/tests/cli/lib.sh"

ok "the models are listed" sh -c 'exch-sim models >models.txt'
# As rows there are as many parameters.
exch-sim models -f csv >models.csv
is "$(sed 1d models.csv | wc -l)" "$(grep -c '^    ' models.txt)" \
	"a row for each parameter"
is "$(exch-sim models -f json | wc -l)" "$(sed 1d models.csv | wc -l)" \
	"  and as JSON"
has models.csv '^flow,zero,window,30,ticks,no,' "  with its default"

exch-sim models maker zero >got
is "$(grep '^[a-z]' got | cut -d : -f 1 | tr '\n' ' ')" "flow zero agent maker " \
	"those that are named"
exch-sim models -f csv agent >got
is "$(sed 1d got | cut -d , -f 1 | sort -u)" agent "all of a sort"
exits 2 "one that there is not" exch-sim models makr 2>err
has err "nothing is called 'makr'" "  is told"

# "KIND PARAMETER DEFAULT"; long lists are told by how many numbers they have.
awk '/^[a-z]/ { kind = $1 == "flow" ? $2 : "" ; sub(/:$/, "", kind) }
	/^ / && kind != "" { print kind, $1, $3 == "numbers" ? "-" : $2 }
	' models.txt >has.txt

# The same of the page; what all models have is in a section of its own.
awk '
	/^\.Sh / { in_it = /FLOW MODELS/ }
	in_it && /^\.Ss / {
		kind = $2
		sub(/:$/, "", kind)
		if (kind == "Sizes" || kind == "Loadings") kind = "all"
	}
	in_it && /^\.It Cm / { name = $3 }
	in_it && name != "" && /^Default / {
		value = $2
		sub(/[.,;]$/, "", value)
		print kind, name, value
		name = ""
	}
	in_it && /^\.It Cm excite/ { print kind, name, "-"; name = "" }
	' "$src/man/exch-models.7" >page.txt

common=' size | size-shares | size-sigma | profile | profile-shape | loading | loading-step '
while read -r kind name value; do
	case $common in
	*" $name "*) at=all ;;
	*) at=$kind ;;
	esac
	[ "$value" = - ] && [ "$name" != excite ] && continue
	grep -qxF -- "$at $name $value" page.txt
	result $? "$kind $name has the default $value"
done <has.txt

is "$(grep -c '' <has.txt)" 81 "parameters of all models"
# Nothing is described that is not there.
while read -r kind name value; do
	if [ "$kind" = all ]; then
		grep -q " $name $value\$" has.txt
	else
		grep -qxF -- "$kind $name $value" has.txt
	fi
	result $? "the page's $kind $name $value is there"
done <page.txt

finish
