#!/usr/bin/env python3
"""Runs one case of cases/invalid or cases/told and holds its messages against expected.yaml.

Usage: run_invalid.py BIN_DIR CASE_DIR. The exit code must be the expected one, and each expected
problem must be among those listed: code, and where given path, line and a piece of the remedy.
Every problem must have a message and a remedy. A case that is not refused has `findings` instead:
it is meshed, and each must be told with code, severity and message, in which {16 ± 0.2} stands for
a number measured on the mesh, by its exact value and how far it may be off.
"""
import json
import pathlib
import re
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


def says(message, expected):
    parts = re.split(r"\{(\S+) ± (\S+)\}", expected)
    found = re.search(r"(-?[\d.]+)".join(map(re.escape, parts[::3])), message)
    return found is not None and all(abs(float(number) - float(exact)) <= float(off) for number, exact, off
                                     in zip(found.groups(), parts[1::3], parts[2::3]))


def is_told(finding, expected):
    return (finding["code"] == expected["code"] and finding["severity"] == expected["severity"]
            and says(finding["message"], expected["message"]))


def missing_findings(document, expected):
    """Lines on what was not told."""
    told = document.get("findings", [])
    lines = [f"not told: {wanted}" for wanted in expected if not any(is_told(f, wanted) for f in told)]
    return lines + [f"told: {f['code']} {f['severity']} {f['message']}" for f in told] if lines else []


def main():
    programs, case = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    expected = yaml.safe_load((case / "expected.yaml").read_text())
    findings = expected.get("findings")
    command = ["check"] if findings else ["run", "--level", "quick", "--ranks", "1"]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [programs / "proofload", *command, case, "--json", "--out", folder + "/run"],
            capture_output=True, text=True, timeout=120)
    failures = []
    if run.returncode != expected["exit_code"]:
        failures.append(f"exit code {run.returncode}, expected {expected['exit_code']}")
    try:
        document = json.loads(run.stdout)
    except ValueError:
        document = {}
        failures.append("standard output is not a JSON document")
    problems = document.get("problems", [])
    if findings:
        failures += missing_findings(document, findings)
    for wanted in expected.get("problems", []):
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
