#!/usr/bin/env bash
# Makes the autograder of one lab from the last commit: pack.sh lab-05 lab-05.zip
# In the environment: VISIBILITY (hidden, after_due_date, after_published, visible), SALT, GRADE_ARGS.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[[ $# = 2 ]] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
printf '%s=%q\n' LAB "$1" VISIBILITY "${VISIBILITY:-after_published}" SALT "${SALT:-}" GRADE_ARGS "${GRADE_ARGS:-}" >"$config/config"
zip=$(realpath -m "$2")
cd "$here/../../.."
git archive --format=zip --output="$zip" \
    --add-file="$config/config" --add-file="$here/setup.sh" --add-file="$here/run_autograder" \
    --prefix=repository/ HEAD
echo "$zip: upload it as the autograder of $1"
