#!/usr/bin/env python3
"""Holds the manifests and workflows against what they must say, and against their schemas where those are installed."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent


def load(name):
    return yaml.safe_load((HERE / name).read_text())


def fits(value, kind, where):
    """Holds a value against a type of the API, as the client library knows it: names, and what is required."""
    from kubernetes.client import models

    if match := re.fullmatch(r"list\[(.*)\]", kind):
        assert isinstance(value, list), f"{where}: must be a list"
        for index, item in enumerate(value):
            fits(item, match[1], f"{where}[{index}]")
    elif match := re.fullmatch(r"dict\((.*), (.*)\)", kind):
        for key, item in value.items():
            fits(item, match[2], f"{where}.{key}")
    elif (model := getattr(models, kind, None)) is not None:
        names = {outer: inner for inner, outer in model.attribute_map.items()}
        for key, item in value.items():
            assert key in names, f"{where}: {kind} has no {key}"
            fits(item, model.openapi_types[names[key]], f"{where}.{key}")
        model(**{names[key]: item for key, item in value.items()})
    elif kind in ("str", "int", "bool", "float"):
        assert type(value).__name__ == kind, f"{where}: {value!r} must be {kind}"


def job(name):
    manifest = load(f"kubernetes/{name}")
    assert (manifest["apiVersion"], manifest["kind"]) == ("batch/v1", "Job")
    pod = manifest["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert pod["securityContext"]["seccompProfile"]["type"] != "Unconfined"
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert {m["name"] for m in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
    if importlib.util.find_spec("kubernetes.client"):
        fits(manifest, "V1Job", name)
    else:
        print(f"{name}: not held against the API's types (pip install kubernetes)")
    shards = {entry["name"]: entry["value"] for entry in container["env"]}["SHARDS"]
    return manifest, int(shards), container


def kubernetes():
    grade, shards, container = job("job.yaml")
    spec = grade["spec"]
    assert spec["completionMode"] == "Indexed" and spec["completions"] == spec["parallelism"] == shards
    # The shell's arithmetic, done by a shell: index 0 is shard 1, and all shards go where merge looks.
    print_it = container["args"][0].replace("cargo xtask", "echo")
    for index in (0, shards - 1):
        said = subprocess.run(
            ["/bin/sh", "-c", print_it],
            env={"JOB_COMPLETION_INDEX": str(index), "SHARDS": str(shards)},
            capture_output=True, text=True, check=True,
        ).stdout
        assert f"--shard {index + 1}/{shards} --out /class/shards/{index + 1} " in said, said
    _, same, container = job("merge.yaml")
    assert same == shards
    print_it = container["args"][0].replace("cargo xtask", "echo")
    said = subprocess.run(
        ["/bin/sh", "-c", print_it], env={"SHARDS": "3", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    ).stdout
    assert said == "merge /class/shards/1 /class/shards/2 /class/shards/3 --out /class/grades\n", said


def classroom():
    check, grade = load("github-classroom/check.yml"), load("github-classroom/grade.yml")
    for workflow in (check, grade):
        assert workflow["permissions"] == {"contents": "read"}
        for step in (step for job in workflow["jobs"].values() for step in job["steps"]):
            # What others choose reaches a shell as a variable only.
            assert "${{" not in step.get("run", ""), step
    # YAML takes the key `on` for true.
    assert "pull_request_target" not in str(check[True]) and "secrets." not in str(check)
    assert grade["jobs"]["grade"]["needs"] == "collect" and grade["jobs"]["merge"]["needs"] == "grade"
    graded = grade["jobs"]["grade"]
    assert "CLASSROOM_TOKEN" not in str(graded) and not graded["strategy"]["fail-fast"]
    shards = graded["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1))
    if importlib.util.find_spec("check_jsonschema"):
        files = [HERE / "github-classroom/check.yml", HERE / "github-classroom/grade.yml"]
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    else:
        print("workflows: not held against GitHub's schema (pip install check-jsonschema)")


kubernetes()
classroom()
print("ok: the manifests and workflows say what they must")
