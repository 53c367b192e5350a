#!/usr/bin/python3
"""`tools/bench meshing --speed`: seconds of the mesher on large input, beside their targets.

A femur of 5,924 triangles, each cut into sixteen (94,784), and a vertebra of 15,000, both of
shared/geometry, through proofload-mesh as the service runs it: diagnosis (open, no repair allowed),
repair and new triangles with the volume (one triangle in a thousand deleted), one body and two of
about 500,000 cells, the first beside raw Gmsh (classify, HXT) at a size of as many cells, and the
mesh of three runs by its hash.

Usage: bench_speed.py [--json]
Seconds are those of computing, of the program and its children, on one core.
"""
import hashlib
import json
import os
import pathlib
import sys
import tempfile

import numpy

import bench_peers
from bench_triangles import read_stl, split_once, write_stl

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SHARED = SOURCE.parent / "shared/geometry"
BINARIES = pathlib.Path(os.environ.get("PROOFLOAD_BIN", SOURCE / "build/release/bin"))
MATERIAL = {"youngs_modulus_mpa": 1000, "poisson_ratio": 0.3}
BOND = {1: [], 2: [{"between": ["bone", "foot"], "kind": "bonded"}]}
SECONDS = 600
VERTEBRA_MM = 0.8  # element size of about 500,000 cells
PAIR_MM = 0.82


def bone(name, size=None, **more):
    body = {"name": "bone", "file": name, "length_unit": "mm", "material": MATERIAL, **more}
    return {**body, "element_size_mm": size} if size else body


def foot(size):
    """The foot of cases/strut/real_vertebra."""
    return {"name": "foot", "priority": 50, "material": MATERIAL, "element_size_mm": size,
            "shape": {"cylinder": {"from_mm": [0, 5, 10.2], "to_mm": [0, 5, 30], "diameter_mm": 14}}}


def mesh(folder, bodies):
    """(exit code, seconds, MB, mesh.json, SHA-256 of the mesh)."""
    level = folder / "design/0"
    level.mkdir(parents=True, exist_ok=True)
    for old in level.glob("mesh.*"):
        old.unlink()
    (folder / "design/design.json").write_text(json.dumps(
        {"schema": "proofload/v1", "name": "speed", "bodies": bodies, "interfaces": BOND[len(bodies)]}))
    (level / "request.json").write_text('{"level": 0, "element_size_factor": 1}')
    code, seconds, memory = bench_peers.run_limited(
        [BINARIES / "proofload-mesh", level, "--case-folder", folder], SECONDS)
    facts, made = level / "mesh.json", level / "mesh.h5"
    return (code, seconds, memory, json.loads(facts.read_text()) if facts.exists() else {},
            hashlib.sha256(made.read_bytes()).hexdigest() if made.exists() else "")


def quality(facts):
    if "cells_count" not in facts:
        return "no mesh"
    return (f"{facts['cells_count']} cells, least dihedral {facts['min_dihedral_deg']:.1f} degrees, "
            f"mean gamma {facts['mean_gamma']:.2f}")


def rows(folder):
    femur = split_once(split_once(read_stl(SHARED / "comodo_femur.stl")))
    hundred_thousand = len(femur) / 1e5
    write_stl(folder / "open.stl", femur[femur[:, :, 2].mean(axis=1) < femur[:, :, 2].max() - 15])
    code, seconds, _, _, _ = mesh(folder, [bone("open.stl", repair={"allow": "none"})])
    yield "diagnosis, for 100,000 triangles", seconds / hundred_thousand, 2, f"exit code {code}"

    kept = numpy.random.default_rng(1).random(len(femur)) > 0.001
    write_stl(folder / "holes.stl", femur[kept])
    _, seconds, _, facts, _ = mesh(folder, [bone("holes.stl")])
    yield f"repair to volume, {kept.sum()} triangles", seconds, 10, quality(facts)

    vertebra = read_stl(SHARED / "comodo_vertebra.stl")
    write_stl(folder / "vertebra.stl", vertebra)
    _, seconds, _, facts, _ = mesh(folder, [bone("vertebra.stl", VERTEBRA_MM)])
    yield "one body", seconds, 60, quality(facts)
    (_, other, _), _, cells = bench_peers.run_gmsh(folder / "vertebra.stl", "classify", VERTEBRA_MM,
                                                   folder, SECONDS)
    yield "  raw Gmsh on it", other, None, f"{0 if cells is None else len(cells)} cells"

    runs = [mesh(folder, [bone("vertebra.stl", PAIR_MM), foot(PAIR_MM)])]
    yield "two bodies that share a face", runs[0][1], 120, quality(runs[0][3])
    runs += [mesh(folder, [bone("vertebra.stl", PAIR_MM), foot(PAIR_MM)]) for _ in range(2)]
    same = max([run[4] for run in runs].count(run[4]) for run in runs) if runs[0][4] else 0
    yield "the same bytes, of 3 runs", same, 3, runs[0][4][:16]


def main():
    if not SHARED.exists():
        print("shared/geometry is not there: nothing to measure", file=sys.stderr)
        return 3
    bench_peers.install()
    result = []
    with tempfile.TemporaryDirectory() as name:
        for what, value, target, remark in rows(pathlib.Path(name)):
            print(f"{what:40s} {value:8.2f}  target {'–' if target is None else target:>4}  {remark}",
                  file=sys.stderr if "--json" in sys.argv else sys.stdout, flush=True)
            result.append({"row": what, "value": value, "target": target, "remark": remark})
    if "--json" in sys.argv:
        print(json.dumps({"rows": result}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
