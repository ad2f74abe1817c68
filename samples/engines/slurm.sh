#!/bin/sh
# sh slurm.sh TASKS LIST OUT [OPTION OF SBATCH...]
# Reads the inputs in LIST by an array of as many tasks, and merges the shards into OUT/result once all are done.
# LIST and OUT lie on a file system that all nodes share, and modwaste is on the PATH there.
set -eu
tasks=$1 list=$2 out=$3
shift 3
mkdir -p "$out/log"
export MODWASTE_LIST="$list" MODWASTE_OUT="$out"

# A task that is requeued (a node died, was preempted or drained) goes on where it was. Damaged cases are no failure of the
# task: else the dependent job would wait for ever.
array=$(sbatch --parsable --job-name=modwaste --array="0-$((tasks - 1))" --requeue --open-mode=append \
  --output="$out/log/%a.txt" "$@" <<'JOB'
#!/bin/sh
exec modwaste batch --files-from "$MODWASTE_LIST" --out "$MODWASTE_OUT/shard-$SLURM_ARRAY_TASK_ID" \
  --shard auto --resume --damaged-ok --jobs "${SLURM_CPUS_PER_TASK:-1}"
JOB
)
sbatch --parsable --job-name=modwaste-merge --dependency="afterok:$array" --kill-on-invalid-dep=yes --requeue \
  --output="$out/log/merge.txt" "$@" <<'JOB'
#!/bin/sh
exec modwaste batch-merge "$MODWASTE_OUT"/shard-* --out "$MODWASTE_OUT/result" --force --damaged-ok
JOB
