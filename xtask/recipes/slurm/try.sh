#!/bin/bash
# Tries the recipe: three submissions of lab 01 in two shards, on a Slurm of one machine that lives in a temporary
# folder, against the same class graded without Slurm. Needs root, and Debian's slurm-wlm and munge; takes minutes, so
# it is no part of CI.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
labs=$(cd "$here/../../.." && pwd)
[[ $EUID = 0 ]] || { echo "slurmd wants root"; exit 2; }
for program in slurmctld slurmd munged; do
    command -v $program >/dev/null || { echo "$program is missing: apt-get install slurm-wlm munge"; exit 2; }
done

dir=$(mktemp -d)
chmod 755 "$dir"
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$dir"
}
trap finish EXIT

mkdir -p "$dir"/{munge,state,spool} && chmod 755 "$dir/munge"
head -c 1024 /dev/urandom >"$dir/munge/key" && chmod 400 "$dir/munge/key"
munged --foreground --force --key-file "$dir/munge/key" --socket "$dir/munge/socket" \
    --pid-file "$dir/munge/pid" --log-file "$dir/munge/log" --seed-file "$dir/munge/seed" &
started+=($!)

host=$(hostname -s)
cat >"$dir/slurm.conf" <<CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf
slurmctld -D -f "$SLURM_CONF" >"$dir/slurmctld.log" 2>&1 & started+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" >"$dir/slurmd.log" 2>&1 & started+=($!)
for _ in $(seq 60); do
    sinfo --noheader --format=%t 2>/dev/null | grep -q idle && break
    sleep 1
done
sinfo || { tail "$dir"/*.log; exit 1; }

"$here/../class.sh" "$dir/handed-in"
# The array asks for more than a small machine has.
export SBATCH_MEM_PER_NODE=0 SLURM_CPUS_PER_TASK=1
out=$dir/grades
"$here/submit.sh" "$dir/handed-in" "$out" 2 --lab lab-01
for _ in $(seq 600); do
    [[ -z $(squeue --noheader) ]] && break
    sleep 1
done
tail -n 20 "$out"/*.log
(cd "$labs" && cargo xtask grade "$dir/handed-in" --lab lab-01 --out "$dir/alone")
diff "$dir/alone/gradebook.csv" "$out/gradebook.csv"
diff -r "$dir/alone/gradescope" "$out/gradescope"
cat "$out/gradebook.csv"
echo "ok: two tasks and a merge give what one machine gives"
