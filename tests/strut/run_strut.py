#!/usr/bin/env python3
"""Runs one case of cases/strut complete, as a user would, and holds it against expected.yaml.

Usage: run_strut.py BIN_DIR CASE_DIR [GEOMETRY_DIR]. Checked: the run is computed, every design has at
least the levels the case asks for, the expected values are met by the finest level, residuals and
balance of every solve, the page and its pictures. A case that needs a file of GEOMETRY_DIR is
skipped (exit 77) where that is absent.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

FILES = dict.fromkeys(("real_vertebra", "foot_and_screw", "lattice_end"),
                      ("bone", "comodo_vertebra.stl"))


# Only the first mesh level: what is asked of them is a mesh and balanced reactions.
QUICK = ("foot_and_screw", "lattice_end")


def matches(quantity, check):
    return (quantity["name"] == check["quantity"]
            and all(quantity.get(key, "") == check[key]
                    for key in ("design", "load_case", "body") if key in check))


def check_values(report, checks):
    failures = []
    for check in checks:
        found = [q for q in report["quantities"] if matches(q, check) and "value" in q]
        allowed = check.get("absolute_tolerance", abs(check["value"]) * check.get("tolerance", 0))
        good = [q for q in found if abs(q["value"] - check["value"]) <= allowed]
        for q in found:
            print(f"{check['quantity']:22s} {check.get('load_case', ''):16s} {q['value']:14.6g} "
                  f"reference {check['value']:g} ({check['kind']})")
        if not good:
            failures.append(f"{check['quantity']} {check.get('load_case', '')}: no value within "
                            f"{allowed:g} of {check['value']:g}")
    return failures


def check_designs(report, least_levels):
    failures = []
    for design in report["designs"]:
        levels = design.get("levels", [])
        if len(levels) < least_levels:
            failures.append(f"{design['name']}: {len(levels)} levels, {design.get('reason', '')}")
        for level in levels:
            for solve in level.get("solves", []):
                if not solve.get("residual", 1) <= 1e-8 * 1.0001:
                    failures.append(f"{design['name']}: residual {solve.get('residual')}")
                if not solve.get("imbalance", 1) <= 1e-6:
                    failures.append(f"{design['name']}: imbalance {solve.get('imbalance')}")
    return failures


def main():
    programs, case = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    extra = []
    if case.name in FILES:
        body, name = FILES[case.name]
        file = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "") / name
        if not file.is_file():
            print(f"skipped: {file} is not here; it is not part of the project")
            return 77
        extra = ["--file", f"{body}={file}"]
    if case.name in QUICK:
        extra += ["--level", "quick"]
    expected = yaml.safe_load((case / "expected.yaml").read_text())
    wanted = yaml.safe_load((case / "case.yaml").read_text()).get("accuracy", {})
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([programs / "proofload", "run", case, "--out", folder + "/run",
                              "--ranks", "2", *extra], capture_output=True, text=True)
        if run.returncode not in (0, 1, 2):
            print(f"exit code {run.returncode}", run.stdout[-3000:], run.stderr[-3000:], sep="\n")
            return 1
        report_folder = pathlib.Path(folder, "run/report")
        report = json.loads((report_folder / "report.json").read_text())
        failures = check_values(report, expected["checks"])
        least_levels = 1 if case.name in QUICK else wanted.get("min_levels", 2)
        failures += check_designs(report, least_levels)
        if not (report_folder / "report.html").is_file():
            failures.append("there is no report.html")
        if not list((report_folder / "pictures").glob("*.png")):
            failures.append("there are no pictures")
        if not list((report_folder / "fields").glob("*.vtu")):
            failures.append("there are no fields")
    print(report["verdict"], *report.get("reasons", []), sep="\n  ")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
