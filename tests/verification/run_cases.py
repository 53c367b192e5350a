#!/usr/bin/python3
"""Runs one verification case and compares named quantities with published values.

    run_cases.py CASE_FOLDER --bin BUILD/bin [--work DIR] [--meshes N]

The case is run as a user runs it (`proofload run CASE --level quick`), then, from the design that run
resolved, at each further size, on each solver path, once turned and moved, and once spoiled by its
negative control, which must miss. Exits 0 when every number is met and the control misses, else 1.
--meshes N instead: N meshes of about the sizes in turn, none like another, each compared. A number met on
one mesh by luck is missed on some other; run it when a case is new or the mesher has changed.

expected.yaml:
  sizes: [1.0, 0.7]             factors on every element size; the first is the reference run
  paths: [assembled, matrix_free]
  solver_tolerance: 1.0e-10     relative residual; default 1e-8
  rotate: true                  or {about: [1, 2, 3], degrees: 37, shift_mm: [1000, -1000, 1000]}
  checks: - {quantity, load_case, body, value, tolerance | absolute_tolerance, kind, source}
            instead of a tolerance: at_most, at_least; `over`, `minus`: another quantity of the same
            load case to divide by or subtract first; `sizes_from`: only at this size factor or finer
  orders: - {quantity, load_case, at_least, kind, source}   slope over all sizes
  negative_control: {patch: {bodies.0.material.youngs_modulus_mpa: 1}, must_fail: [quantity]}
"""
import argparse
import copy
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

KINDS = ("analytical", "benchmark", "experiment", "other_code", "regression")


class Failure(Exception):
    """The case could not be run or is not written as it must be."""


# ---------------------------------------------------------------- programs

def environment():
    return dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")


def call(command, accepted=(0,)):
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    if done.returncode not in accepted:
        lines = (done.stdout + done.stderr).strip().splitlines()[-12:]
        raise Failure("%s\nended with %d:\n%s" % (" ".join(command), done.returncode,
                                                  "\n".join(lines)))


def problems(folder):
    path = os.path.join(folder, "problems.json")
    return open(path).read() if os.path.exists(path) else "no problems.json"


def run_whole(args, expected, work):
    """The run a user makes; returns the resolved design and what was solved."""
    out = os.path.join(work, "run")
    call([os.path.join(args.bin, "proofload"), "run", args.case, "--out", out, "--level", "quick",
          "--tolerance", str(tolerance_of(expected)), "--json"], accepted=(0, 1, 2))
    design = os.path.join(out, "designs", "implant")
    with open(os.path.join(design, "design.json")) as file:
        value = json.load(file)
    return value, read_level(os.path.join(design, "level0"))


def read_level(level):
    """Quantities of a solved level and its cell size (cube root of volume per cell)."""
    path = os.path.join(level, "solve.json")
    if not os.path.exists(path):
        raise Failure("no solve.json in %s: %s" % (level, problems(level)))
    with open(path) as file:
        solved = json.load(file)
    with open(os.path.join(level, "mesh.json")) as file:
        mesh = json.load(file)
    volume = sum(body["volume_mm3"] for body in mesh["bodies"])
    solved["cell_size_mm"] = (volume / mesh["cells_count"]) ** (1 / 3)
    return solved


def run_level(args, expected, value, name, work, factor=1.0, path="auto"):
    """Meshes and solves a design given as a dict."""
    level = os.path.join(work, name, "level0")
    os.makedirs(level)
    with open(os.path.join(work, name, "design.json"), "w") as file:
        json.dump(value, file)
    with open(os.path.join(level, "request.json"), "w") as file:
        json.dump({"level": 0, "element_size_factor": factor}, file)
    call([os.path.join(args.bin, "proofload-mesh"), level, "--case-folder", args.case])
    return solve_level(args, expected, level, path)


def solve_level(args, expected, level, path):
    call(["mpiexec", "--oversubscribe", "--bind-to", "none", "-n", str(args.ranks),
          os.path.join(args.bin, "proofload-solve"), level, "--path", path, "--tolerance",
          str(tolerance_of(expected))])
    return read_level(level)


def tolerance_of(expected):
    return float(expected.get("solver_tolerance", 1e-8))


# ---------------------------------------------------------------- turning and moving

def multiply(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def transpose(a):
    return [list(row) for row in zip(*a)]


class Motion:
    """x -> R x + t, applied to every vector-valued field of a case."""

    def __init__(self, request):
        request = request if isinstance(request, dict) else {}
        axis = request.get("about", [1, 2, 3])
        angle = math.radians(request.get("degrees", 37.0))
        self.shift = request.get("shift_mm", [1000.0, -1000.0, 1000.0])
        length = math.sqrt(sum(a * a for a in axis))
        n = [a / length for a in axis]
        skew = [[0, -n[2], n[1]], [n[2], 0, -n[0]], [-n[1], n[0], 0]]
        square = multiply(skew, skew)
        self.matrix = [[float(i == j) + math.sin(angle) * skew[i][j] +
                        (1 - math.cos(angle)) * square[i][j] for j in range(3)] for i in range(3)]

    def vector(self, v):
        return [sum(row[k] * v[k] for k in range(3)) for row in self.matrix]

    def point(self, p):
        return [a + b for a, b in zip(self.vector(p), self.shift)]

    def angles(self):
        """Degrees about x, then y, then z that give the matrix."""
        r = self.matrix
        return [math.degrees(math.atan2(r[2][1], r[2][2])),
                math.degrees(math.asin(-r[2][0])),
                math.degrees(math.atan2(r[1][0], r[0][0]))]

    def body(self, body):
        if body.get("rotate_deg") or body.get("shift_mm"):
            raise Failure("a body that is turned already cannot be turned by the runner")
        axes = body.get("material", {}).get("orthotropic")
        if axes is not None:
            axes.setdefault("axis_1", [1, 0, 0])
            axes.setdefault("axis_2", [0, 1, 0])
            self.fields(axes, [], ["axis_1", "axis_2"])
        field = body.get("modulus_field")
        if field is not None:
            if field.get("points_mm"):
                flat = field["points_mm"]
                field["points_mm"] = [x for i in range(0, len(flat), 3)
                                      for x in self.point(flat[i:i + 3])]
            else:
                field["point_mm"] = self.point(field.get("point_mm") or [0, 0, 0])
                self.fields(field, [], ["gradient_per_mm"])
        self.fields(body.get("oversize", {}), ["point_mm"], ["direction"])
        body["rotate_deg"] = self.angles()
        body["shift_mm"] = list(self.shift)

    def place(self, place):
        if "box" in place:
            raise Failure("a box place cannot be turned; use another kind")
        if "plane" in place:
            plane = place["plane"]
            length = math.sqrt(sum(a * a for a in plane["normal"]))
            plane["normal"] = self.vector([a / length for a in plane["normal"]])
            plane["offset_mm"] += sum(a * b for a, b in zip(plane["normal"], self.shift))
        for kind, points, vectors in (("cylinder", ["point_mm"], ["direction"]),
                                      ("sphere", ["center_mm"], []),
                                      ("normal", [], ["direction"])):
            self.fields(place.get(kind, {}), points, vectors)
        self.fields(place, ["nearest_mm"], [])

    def fields(self, message, points, vectors):
        for name in points:
            if message.get(name):
                message[name] = self.point(message[name])
        for name in vectors:
            if message.get(name):
                message[name] = self.vector(message[name])

    def held(self, axes):
        """Axes that are held must be held as well after turning: all three, or those R keeps."""
        for names in (("x", "y", "z"), ("rx", "ry", "rz")):
            chosen = [i for i, name in enumerate(names) if name in axes]
            for i in chosen:
                image = [row[i] for row in self.matrix]
                if any(abs(image[j]) > 1e-12 for j in range(3) if j not in chosen):
                    raise Failure("turning mixes held and free directions: choose `about`")

    def support(self, support):
        self.held(support.get("fix", []))
        for kind in ("rigid", "distributed"):
            self.fields(support.get(kind, {}), ["point_mm"], [])
            self.held(support.get(kind, {}).get("fix", []))

    def load(self, load):
        for kind in ("distributed", "rigid"):
            self.fields(load.get(kind, {}), ["point_mm", "acts_at_mm"], ["force_n", "moment_nmm"])
        self.fields(load, [], ["traction_mpa", "gravity_mm_per_s2"])
        given = load.get("prescribed_mm", {})
        if given.get("gradient"):
            flat = given["gradient"]
            gradient = [flat[0:3], flat[3:6], flat[6:9]]
            turned = multiply(multiply(self.matrix, gradient), transpose(self.matrix))
            given["gradient"] = [value for row in turned for value in row]
            given["point_mm"] = self.point(given.get("point_mm") or [0, 0, 0])
        elif given:
            self.held([axis for axis in "xyz" if axis in given])
            turned = self.vector([given.get(axis, 0.0) for axis in "xyz"])
            for i, axis in enumerate("xyz"):
                if axis in given:
                    given[axis] = turned[i]

    def probe(self, probe):
        self.fields(probe, ["point_mm"], [])
        probe["axis_x"] = self.vector(probe.get("axis_x") or [1, 0, 0])
        probe["axis_y"] = self.vector(probe.get("axis_y") or [0, 1, 0])

    def case(self, value):
        turned = copy.deepcopy(value)
        for body in turned["bodies"]:
            self.body(body)
        for place in turned.get("places", {}).values():
            self.place(place)
        for support in turned.get("supports", []):
            self.support(support)
        for load_case in turned["load_cases"]:
            for support in load_case.get("supports", []):
                self.support(support)
            for load in load_case["loads"]:
                self.load(load)
        for probe in turned.get("probes", []):
            self.probe(probe)
        for ball in turned.get("mesh", {}).get("refine", []):
            self.fields(ball, ["center_mm"], [])
        return turned


# ---------------------------------------------------------------- comparing

def patched(value, changes):
    """A copy with the values at paths such as bodies.0.material.youngs_modulus_mpa replaced."""
    result = copy.deepcopy(value)
    for path, new in changes.items():
        at = result
        keys = path.split(".")
        for i, key in enumerate(keys):
            key = int(key) if isinstance(at, list) else key
            if i == len(keys) - 1:
                if isinstance(at, list) and key == len(at):
                    at.append(new)
                else:
                    at[key] = new
            elif isinstance(at, list):
                at = at[key]
            else:
                at = at.setdefault(key, {})
    return result


def find(solved, name, check):
    found = [q for q in solved["quantities"]
             if q["name"] == name and q.get("load_case", "") == check.get("load_case", "")
             and ("body" not in check or q.get("body", "") == check["body"])
             and ("method" not in check or q.get("method", "") == check["method"])
             and ("face" not in check or q.get("place", {}).get("face", "") == check["face"])]
    if len(found) != 1:
        raise Failure("%d quantities '%s' in load case '%s'" % (len(found), name,
                                                                check.get("load_case", "")))
    return found[0].get("value"), found[0].get("reason", "")


def value_of(solved, check):
    """The number to compare; None with the reason when there is none."""
    value, reason = find(solved, check["quantity"], check)
    other = {key: check[key] for key in ("load_case",) if key in check}
    for key, combine in (("over", lambda a, b: a / b), ("minus", lambda a, b: a - b)):
        if key in check and value is not None:
            second, reason = find(solved, check[key], other)
            value = None if second is None else combine(value, second)
    return value, reason


def judge(value, check):
    """(met, what was asked, how far off)."""
    if "at_most" in check:
        return value <= check["at_most"], "<= %g" % check["at_most"], value / check["at_most"]
    if "at_least" in check:
        return value >= check["at_least"], ">= %g" % check["at_least"], check["at_least"] / value
    exact = float(check["value"])
    if "absolute_tolerance" in check:
        allowed = float(check["absolute_tolerance"])
    else:
        allowed = float(check["tolerance"]) * abs(exact)
    off = abs(value - exact) / allowed if allowed > 0 else math.inf
    return off <= 1, "%.7g +- %.2g" % (exact, allowed), off


class Report:
    def __init__(self):
        self.misses = 0
        self.rows = []

    def add(self, run, check, solved):
        """True when met."""
        value, reason = value_of(solved, check)
        name = check["quantity"] + "".join(" %s %s" % (k, check[k]) for k in ("over", "minus")
                                           if k in check)
        label = "/".join(x for x in (check.get("load_case", ""), check.get("body", ""), name) if x)
        if value is None:
            self.rows.append((run, label, "absent", reason, "", "MISS"))
            return False
        met, asked, off = judge(value, check)
        self.rows.append((run, label, "%.8g" % value, asked, "%.3f" % off,
                          "ok" if met else "MISS"))
        return met

    def compare(self, run, expected, solved, factor=1.0):
        for check in expected["checks"]:
            if factor <= float(check.get("sizes_from", math.inf)):
                self.misses += not self.add(run, check, solved)

    def order(self, check, levels):
        pairs = []
        for solved in levels:
            value, reason = value_of(solved, check)
            if not value or value <= 0:
                raise Failure("%s: %s" % (check["quantity"], reason or "no positive value"))
            pairs.append((math.log(solved["cell_size_mm"]), math.log(value)))
        mean = [sum(p[i] for p in pairs) / len(pairs) for i in (0, 1)]
        slope = (sum((x - mean[0]) * (y - mean[1]) for x, y in pairs) /
                 sum((x - mean[0]) ** 2 for x, _ in pairs))
        met = slope >= check["at_least"]
        self.rows.append(("order", check["load_case"] + "/" + check["quantity"], "%.4f" % slope,
                          ">= %g" % check["at_least"], "", "ok" if met else "MISS"))
        return met

    def show(self):
        titles = ("run", "quantity", "found", "expected", "off/tol", "")
        rows = [titles] + self.rows
        widths = [max(len(str(row[i])) for row in rows) for i in range(6)]
        for row in rows:
            print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def check_expected(expected):
    """A verification case must have what makes it one."""
    for key in ("checks", "negative_control", "sizes", "rotate"):
        if not expected.get(key):
            raise Failure("expected.yaml has no '%s'" % key)
    if len(expected["sizes"]) < 2:
        raise Failure("expected.yaml wants two sizes or more")
    for check in expected["checks"] + expected.get("orders", []):
        if check.get("kind") not in KINDS or not check.get("source"):
            raise Failure("'%s' wants a kind (%s) and a source" % (check["quantity"],
                                                                   ", ".join(KINDS)))


# ---------------------------------------------------------------- one case

def run_control(args, expected, value, work, report):
    """The spoilt case must miss every quantity named."""
    control = expected["negative_control"]
    spoilt = patched(value, control["patch"])
    spoilt_report = Report()
    sizes = expected["sizes"] if expected.get("orders") else expected["sizes"][:1]
    levels = [run_level(args, expected, spoilt, "control_%d" % i, work, factor)
              for i, factor in enumerate(sizes)]
    for name in control["must_fail"]:
        checks = [c for c in expected["checks"] if c["quantity"] == name]
        orders = [c for c in expected.get("orders", []) if c["quantity"] == name]
        if not checks + orders:
            raise Failure("must_fail names '%s', which is not checked" % name)
        met = [spoilt_report.add("control", c, levels[0]) for c in checks]
        met += [spoilt_report.order(c, levels) for c in orders]
        report.misses += all(met)
        state = "passes: the test is blind" if all(met) else "misses, as it must"
        report.rows.append(("control", name, state, "", "", "MISS" if all(met) else "ok"))


def run_case(args, work):
    with open(os.path.join(args.case, "expected.yaml")) as file:
        expected = yaml.safe_load(file)
    check_expected(expected)
    report = Report()
    value, solved = run_whole(args, expected, work)
    report.compare("run", expected, solved)
    levels = [solved]
    for i, factor in enumerate(expected["sizes"][1:], start=1):
        levels.append(run_level(args, expected, value, "size_%d" % i, work, factor))
        report.compare("size %g" % factor, expected, levels[-1], factor)
    for check in expected.get("orders", []):
        report.misses += not report.order(check, levels)
    for path in expected.get("paths", ["assembled", "matrix_free"]):
        level = os.path.join(work, "run", "designs", "implant", "level0")
        other = os.path.join(work, "path_" + path, "level0")
        shutil.copytree(level, other)
        shutil.copy(os.path.join(level, "..", "design.json"), os.path.join(other, ".."))
        os.remove(os.path.join(other, "solve.json"))
        report.compare(path, expected, solve_level(args, expected, other, path))
    turned = Motion(expected["rotate"]).case(value)
    report.compare("turned", expected, run_level(args, expected, turned, "turned", work))
    run_control(args, expected, value, work, report)
    report.show()
    return report.misses


def run_meshes(args, work):
    """The same design on meshes that differ only as those of two machines may."""
    with open(os.path.join(args.case, "expected.yaml")) as file:
        expected = yaml.safe_load(file)
    value, _ = run_whole(args, expected, work)
    report = Report()
    for i in range(1, args.meshes + 1):
        size = expected["sizes"][i % len(expected["sizes"])]
        factor = size * (1 + 0.004 * (i // 2) * (-1) ** i)
        request = expected["rotate"] if isinstance(expected["rotate"], dict) else {}
        motion = Motion(dict(request, degrees=17 * i if i % 2 else request.get("degrees", 37)))
        solved = run_level(args, expected, motion.case(value), "mesh_%d" % i, work, factor)
        report.compare("mesh %d" % i, expected, solved, size)
    report.show()
    return report.misses


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", help="folder with case.yaml and expected.yaml")
    parser.add_argument("--bin", required=True, help="folder of the programs")
    parser.add_argument("--ranks", type=int, default=1, help="MPI ranks of each solve")
    parser.add_argument("--work", help="folder for the runs; default: a temporary one")
    parser.add_argument("--meshes", type=int, default=0, help="compare on so many meshes only")
    args = parser.parse_args()
    args.case = os.path.abspath(args.case)
    work = args.work or tempfile.mkdtemp(prefix="proofload-verification-")
    os.makedirs(work, exist_ok=True)
    try:
        misses = run_meshes(args, work) if args.meshes else run_case(args, work)
    except Failure as failure:
        print("%s: %s" % (os.path.basename(args.case), failure), file=sys.stderr)
        return 1
    finally:
        if not args.work:
            shutil.rmtree(work, ignore_errors=True)
    print("%s: %s" % (os.path.basename(args.case),
                      "%d misses" % misses if misses
                      else "all met" if args.meshes else "all met, control misses"))
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
