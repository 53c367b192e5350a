#!/usr/bin/env python3
"""Runs one case of cases/invalid and holds its messages against expected.yaml.

Usage: run_invalid.py BIN_DIR CASE_DIR. The exit code must be the expected one, and each expected
problem must be among those listed: code, and where given path, line and a piece of the remedy.
Every problem must have a message and a remedy.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml


def matches(problem, expected):
    return (problem["code"] == expected["code"]
            and ("path" not in expected or problem["path"] == expected["path"])
            and ("line" not in expected or problem["line"] == expected["line"])
            and expected.get("remedy", "") in problem["remedy"]
            and expected.get("message", "") in problem["message"])


def main():
    programs, case = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    expected = yaml.safe_load((case / "expected.yaml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [programs / "proofload", "run", case, "--level", "quick", "--ranks", "1", "--json",
             "--out", folder + "/run"], capture_output=True, text=True, timeout=120)
    failures = []
    if run.returncode != expected["exit_code"]:
        failures.append(f"exit code {run.returncode}, expected {expected['exit_code']}")
    try:
        problems = json.loads(run.stdout)["problems"]
    except (ValueError, KeyError):
        problems = []
        failures.append("standard output is not the JSON document with the problems")
    for wanted in expected["problems"]:
        if not any(matches(problem, wanted) for problem in problems):
            failures.append(f"not among the problems: {wanted}")
    for problem in problems:
        if not problem["message"] or not problem["remedy"]:
            failures.append(f"message or remedy is missing: {problem}")
    for line in failures:
        print(line)
    if failures:
        print(json.dumps(problems, indent=1), run.stdout[-2000:], run.stderr[-2000:], sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
