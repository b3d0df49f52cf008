# Shared by the tests of markets that come with a list of digests: every one is
# the same each time and in the engine's hands behind a pipe.
# shellcheck shell=sh

# digest FILE: what a tool has said on standard error.
digest() { sed -n 's/^\(sha256:[0-9a-f]*\) .*/\1/p' "$1"; }

# held FILE: leaves its matched day in NAME.xst, with NAME of the file.
# A market by itself is run by exch-sim, orders by hand by both.
held() {
	held_dir=${1%/*}
	held_file=${1##*/}
	held_name=${held_file%.*}
	exch-sim --digest -o "$held_name.xst" "$1" 2>err
	is "$?" 0 "$held_name runs"
	held_one=$(digest err)
	is "$held_one $held_file" "$(grep " $held_file\$" "$held_dir/DIGESTS")" \
		"  and is the one that it was"
	case $held_file in
	*.scn)
		exch-sim --digest "$1" >/dev/null 2>err
		is "$(digest err)" "$held_one" "  the same again"
		exch-sim --orders -o orders.xst "$1" 2>err
		;;
	*)
		exch-replay -o orders.xst "$1" 2>err
		is "$(cat err)" "" "  and is read without a word"
		;;
	esac
	held_market=$(held_rules "$1")
	for held_j in 1 2; do
		exch-match ${held_market:+-m "$held_dir/$held_market"} \
			-j $held_j --digest orders.xst >/dev/null 2>err
		is "$(digest err)" "$held_one" \
			"  and behind a pipe with -j $held_j"
	done
	case $(sed -n 1p "$1") in
	'# '*) result 0 "  it begins by saying what it shows" ;;
	*) result 1 "  it begins by saying what it shows" ;;
	esac
}

# held_rules FILE: the market's file that it names, with what it sets.
held_rules() {
	awk '$1 == "set" {
		value[$2] = $3
	}
	$1 == "market" {
		for (name in value)
			sub("\\$" name, value[name], $2)
		print $2
	}' "$1"
}

# all_held FILE...: every one of them, and there is no digest of another.
all_held() {
	held_count=0
	for f in "$@"; do
		held_count=$((held_count + 1))
		held "$f"
	done
	is "$held_count" "$(grep -c '^sha256:' "${1%/*}/DIGESTS")" \
		"every one has a digest"
}

# installed: a directory with exch-report as it is where its tables are
# installed, too.
# shellcheck disable=SC2154 # lib.sh has set src and bin
installed() {
	mkdir -p installed
	cat >installed/exch-report <<-EOF
		#!/bin/sh
		report=\$1
		shift
		case \$report in
		surveil | plot)
			set -- --parameters "$src/data/report/surveillance.csv" "\$@" ;;
		esac
		exec "$bin/exch-report" "\$report" "\$@"
	EOF
	chmod +x installed/exch-report
}

# all_shown FILE...: the commands that their first lines show run, in a copy of
# their directory, and say something.
all_shown() {
	cp -R "${1%/*}" shown
	installed
	for f in "$@"; do
		sed -n '/^#/!q; s/^#     \(exch-[^#]*\).*/\1/p' "$f" >commands
		ok "${f##*/} shows commands" test -s commands
		while read -r command; do
			(PATH=$PWD/installed:$PATH && cd shown &&
				sh -c "$command") >out 2>err </dev/null
			is "$?$(cat err)" 0 "  $command"
			case $command in
			*\>*) cat "shown/${command##*>}" >>out ;;
			esac
			ok "    says something" test -s out
		done <commands
	done
}
