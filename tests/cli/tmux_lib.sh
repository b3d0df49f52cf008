# A terminal for tests, in tmux: sourced behind lib.sh.
# shellcheck shell=sh
# shellcheck disable=SC2154 # what lib.sh sets

command -v tmux >/dev/null || skip_all "tmux is not installed"
nth=0 # a server may take its time to end
unset TMUX
tmux() {
	command tmux -f /dev/null -S "$scratch/tmux.$nth" "$@"
}
trap 'tmux kill-server 2>/dev/null; cd / && rm -rf "$scratch"' EXIT

# in_terminal COLSxROWS COMMAND: a new one; its status comes behind.
in_terminal() {
	tmux kill-server 2>/dev/null
	nth=$((nth + 1))
	cat >run <<-END
		cd "$scratch"
		PATH=$bin:\$PATH
		export PATH
		trap : INT QUIT
		$2
		echo "left with \$?"
		exec sleep 600
	END
	tmux new-session -d -x "${1%x*}" -y "${1#*x}" "sh run" &&
		tmux set -g status off >/dev/null
}
keys() {
	tmux send-keys "$@"
}
# sees PATTERN: the screen comes to have it, and is whole, which is known by
# its staying as it is; where the clock runs it never does.
sees() {
	tries=0
	while tmux capture-pane -p >screen 2>/dev/null; do
		grep -q -e "$1" screen && {
			stays
			return 0
		}
		tries=$((tries + 1))
		[ $tries -lt 200 ] || break
		sleep 0.1
	done
	sed 's/^/# /' screen
	return 1
}
stays() {
	for _ in 1 2 3 4 5 6; do
		mv screen before
		sleep 0.1
		tmux capture-pane -p >screen 2>/dev/null || mv before screen
		cmp -s before screen && return
	done
}
