#!/bin/sh
# A sweep as an array of Slurm, on a node of one machine: that all its tasks
# do their jobs, that one which was cancelled is done by another array, and
# that the database is the one that a shell makes.
. "${srcdir:-.}/tests/cli/lib.sh"
. "$src/tests/cli/slurm_lib.sh"

if why=$(slurm_missing); then
	skip_all "$why"
fi
command -v sqlite3 >/dev/null || skip_all "no sqlite3"

cat >quiet.txt <<'EOF'
date 2026-01-05
instrument ABC tick 0.01 lot 100 reference 100.00 currency USD
set half 1
begin 09:30
end 09:40
flow zero ABC accounts 50 market-rate 0.5 limit-rate 0.2 cancel-rate 0.1 window 12
agent MM maker quantity 2 half-spread $half
latency all 200us
EOF
sweep() {
	exch-sim sweep -q -D half=1..3 --seeds 1..4 --jobs-file "$1.txt" \
		--dir "$1" quiet.txt
}
# array FILE LIST: the manual page's, of the tasks in the list.
array() {
	cat <<-EOF
		#!/bin/sh
		#SBATCH --array=1-12%50
		#SBATCH --output=tasks.log
		#SBATCH --open-mode=append
		sed -n "\${SLURM_ARRAY_TASK_ID}p" $1 | sh
	EOF
}

result 0 "munged, slurmctld and slurmd are there"
slurm_up
result $? "a node is idle" || finish

sweep shell
sh shell.txt
ok "a shell has done them all" exch-sim merge -o shell.db shell

# ---- undisturbed ----
sweep whole
array whole.txt >whole.sh
ok "an array" timeout 300 sbatch -Q --wait whole.sh
exits 0 "all runs are done" exch-sim sweep -q --status whole -o status
ok "merged" exch-sim merge -o whole.db whole
same whole.db shell.db "the database that a shell makes, byte for byte"
[ ! -s tasks.log ]
result $? "no task has said anything" || sed 's/^/# /' tasks.log

# ---- cancelled in the middle ----
sweep torn
array torn.txt >torn.sh
job=$(sbatch --parsable torn.sh)
for _ in $(seq 300); do
	[ "$(find torn/done -type f | wc -l)" -lt 2 ] || break
	sleep 0.02
done
scancel "$job"
for _ in $(seq 300); do
	[ -n "$(squeue -h -j "$job" 2>/dev/null)" ] || break
	sleep 0.1
done
done_first=$(find torn/done -type f | wc -l)
[ "$done_first" -ge 2 ] && [ "$done_first" -lt 12 ]
result $? "an array was cancelled when some of it was done" ||
	echo "# $done_first of 12"
exits 1 "runs are missing" exch-sim sweep -q --status -f csv torn -o status
is "$(($(wc -l <status) - 1))" $((12 - done_first)) "  as many as were not done"
find torn/done -type f -printf '%p %i %T@\n' >before
ok "the same array again" timeout 300 sbatch -Q --wait torn.sh
exits 0 "all runs are done" exch-sim sweep -q --status torn -o status
find torn/done -type f -printf '%p %i %T@\n' >after
is "$(grep -c -x -F -f before after)" "$done_first" "what was done is left alone"
ok "merged" exch-sim merge -o torn.db torn
same torn.db shell.db "the same database again"

# ---- one that fails ----
sweep bad
sed -i '5s/.*/exch-sim sweep --job 99 --dir bad/' bad.txt
array bad.txt >bad.sh
exits 2 "sbatch has the exit status of a job that failed" \
	timeout 300 sbatch -Q --wait bad.sh
exch-sim sweep -q --status -f csv bad -o status
is "$(sed 1d status)" "5,missing,,1,half=2" "  and the others are done"
finish
