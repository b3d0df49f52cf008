# Shared by the tests that need a cluster, behind lib.sh:
# . "$src/tests/cli/slurm_lib.sh"
#
# A Slurm of one node, this machine, with its key, its state and its ports
# below $scratch: what runs or is configured elsewhere is not touched, and
# whoever runs the tests is its only user.
# shellcheck shell=sh

PATH=$PATH:/usr/sbin:/sbin
slurm=$scratch/slurm

# slurm_missing: the first program that is not installed.
slurm_missing() {
	for p in munged slurmctld slurmd sbatch sinfo scancel squeue; do
		command -v $p >/dev/null || {
			echo "no $p"
			return 0
		}
	done
	return 1
}

slurm_conf() {
	host=$(hostname -s)
	me=$(id -un)
	cat <<-EOF
		ClusterName=one
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$1
		SlurmdPort=$(($1 + 1))
		SlurmUser=$me
		SlurmdUser=$me
		AuthType=auth/munge
		AuthInfo=socket=$slurm/munge.sock
		CredType=cred/munge
		StateSaveLocation=$slurm/state
		SlurmdSpoolDir=$slurm/spool
		SlurmctldPidFile=$slurm/slurmctld.pid
		SlurmdPidFile=$slurm/slurmd.pid
		MailProg=/bin/true
		ProctrackType=proctrack/pgid
		TaskPlugin=task/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		AccountingStorageType=accounting_storage/none
		JobAcctGatherType=jobacct_gather/none
		KillWait=1
		SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
		NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	EOF
}

# slurm_up: until an idle node is there; 1 if there is none after a while.
slurm_up() {
	mkdir "$slurm" "$slurm/state" "$slurm/spool"
	head -c 64 /dev/urandom >"$slurm/key"
	chmod 400 "$slurm/key"
	slurm_conf $((20000 + $$ % 5000 * 2)) >"$slurm/slurm.conf"
	SLURM_CONF=$slurm/slurm.conf
	export SLURM_CONF
	munged --foreground --force --key-file="$slurm/key" \
		--socket="$slurm/munge.sock" --pid-file="$slurm/munged.pid" \
		--log-file="$slurm/munged.log" --seed-file="$slurm/seed" \
		>"$slurm/log" 2>&1 &
	slurm_pids=$!
	for _ in $(seq 100); do
		[ ! -S "$slurm/munge.sock" ] || break
		sleep 0.1
	done
	slurmctld -D -c >>"$slurm/log" 2>&1 &
	slurm_pids="$! $slurm_pids"
	slurmd -D -c >>"$slurm/log" 2>&1 &
	slurm_pids="$! $slurm_pids"
	for _ in $(seq 300); do
		sinfo -h 2>/dev/null | grep -q idle && return 0
		sleep 0.1
	done
	sed 's/^/# /' "$slurm/log"
	return 1
}

# slurm_down: the node first, then who rules it.
slurm_down() {
	for p in $slurm_pids; do
		kill "$p" 2>/dev/null
		wait "$p" 2>/dev/null
	done
	slurm_pids=
}

slurm_pids=
trap 'slurm_down; cd / && rm -rf "$scratch"' EXIT
