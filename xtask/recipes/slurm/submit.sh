#!/bin/bash
# Grades a folder of submissions on a Slurm cluster:
#   submit.sh SUBMISSIONS OUT SHARDS [arguments of cargo xtask grade …]
# All three folders (this checkout, SUBMISSIONS, OUT) lie on a disk that every node sees.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[[ $# -ge 3 ]] || { sed -n '2,4s/^# //p' "$0"; exit 2; }
LABS=$(cd "$here/../../.." && pwd)
SUBMISSIONS=$(realpath "$1")
OUT=$(realpath -m "$2")
SHARDS=$3
GRADE_ARGS="${*:4}"
export LABS SUBMISSIONS OUT SHARDS GRADE_ARGS
mkdir -p "$OUT/shards"

# Built once, here, so that the tasks do not wait for each other; and a reference that loses a point stops everything.
# shellcheck disable=SC2086
(cd "$LABS" && cargo xtask grade --solutions --out "$OUT/references" $GRADE_ARGS)

cd "$OUT" # where the logs go
array=$(sbatch --parsable --array="1-$SHARDS" "$here/grade.sbatch")
# A task that could not grade somebody ends with 1, and its other rows count: hence not `afterok`.
merge=$(sbatch --parsable --dependency="afterany:$array" "$here/merge.sbatch")
echo "array $array, then merge $merge: $OUT/index.html"
