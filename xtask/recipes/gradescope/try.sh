#!/usr/bin/env bash
# Tries the autograder of lab 01 on three submissions, in a folder laid out like Gradescope's container. Minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
AUTOGRADER=$(mktemp -d)
export AUTOGRADER
trap 'rm -rf "$AUTOGRADER"' EXIT
VISIBILITY=visible "$here/pack.sh" lab-01 "$AUTOGRADER/autograder.zip"
unzip -q "$AUTOGRADER/autograder.zip" -d "$AUTOGRADER/source"
bash "$AUTOGRADER/source/setup.sh"
"$here/../class.sh" "$AUTOGRADER/class"

# ada uploads the folder, bob only src/, eve drops the files on the page.
lab=lab-01-perceptron
declare -A uploads=([ada]=. [bob]=$lab [eve]=$lab/src)
for student in ada bob eve; do
    rm -rf "$AUTOGRADER/submission" "$AUTOGRADER/results"
    cp -r "$AUTOGRADER/class/$student/${uploads[$student]}" "$AUTOGRADER/submission"
    bash "$AUTOGRADER/source/run_autograder"
    cp "$AUTOGRADER/results/results.json" "$AUTOGRADER/$student.json"
done
python3 - "$AUTOGRADER" <<'PY'
import json, sys
def total(student):
    tests = json.load(open(f"{sys.argv[1]}/{student}.json"))["tests"]
    return sum(test["score"] for test in tests), sum(test["max_score"] for test in tests)
(ada, full), (bob, _), (eve, _) = total("ada"), total("bob"), total("eve")
assert ada == full > bob > eve == 0, (ada, bob, eve, full)
print(f"ok: ada {ada}/{full}, bob {bob}, eve {eve}")
PY
