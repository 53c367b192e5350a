#!/usr/bin/python3
"""`tools/bench meshing`: files and damaged copies of them through proofload-mesh, beside peers.

Each file becomes a case of one body; proofload-mesh runs as the service runs it, with limits of
time and memory. Where the only complaint is the unit and it names one, the file runs again with
that unit (`asked` says so). Raw Gmsh (both routes) and TetGen get the same triangles and element
size; their meshes and ours are measured by the same functions, except our Bezier bound.

Usage: bench_meshing.py [DIR ...] [--quick] [--peers | --alone] [--json] [--write] [--resume FILE]
                        [--peer-seconds N]
  (nothing)  the files of shared/geometry, ten kinds of damage to every triangulated one, the peers
  --quick    the files alone, a few minutes; --peers: with the peers even so
  --alone    a full run without the peers
  --resume   keeps each result in FILE as it comes and takes what is there already
  --peer-seconds N  instead of 95 for each peer on a file as it came (30 on a damaged copy)
  --write    puts the table into docs/meshing.md
Seconds are those of computing, of the program and its children. Peers (python3-gmsh, tetgen) and
measuring tools (python3-vtk9, python3-h5py-serial) are installed if they are missing.
`bench_made.py DIR` makes more files.
"""
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

import numpy

import bench_peers
import bench_table
from bench_triangles import READERS, boundary, hausdorff, mutations_of

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SHARED = SOURCE.parent / "shared/geometry"
ENDINGS = (".stl", ".obj", ".ply", ".off", ".step", ".stp", ".iges", ".igs", ".brep", ".msh", ".vtk",
           ".vtp", ".3mf")
CAD = (".step", ".stp")
SECONDS = 300
PEER_SECONDS, PEER_SECONDS_DAMAGED = 95, 30  # each route, on a file as it came and on a copy
UNITS = {"mm": 1, "cm": 10, "m": 1000, "inch": 25.4, "um": 0.001}


# ---- ours --------------------------------------------------------------------------------------

def mesh_ours(program, path, unit, folder):
    """One run of proofload-mesh; (exit code, seconds, MB, facts, problems)."""
    level = folder / "design/0"
    shutil.rmtree(folder / "design", ignore_errors=True)
    level.mkdir(parents=True)
    body = {"name": "part", "file": path.name, "length_unit": unit,
            "material": {"youngs_modulus_mpa": 1000, "poisson_ratio": 0.3}}
    (folder / "design/design.json").write_text(json.dumps(
        {"schema": "proofload/v1", "name": path.name, "bodies": [body]}))
    (level / "request.json").write_text('{"level": 0, "element_size_factor": 1}')
    code, seconds, memory = bench_peers.run_limited(
        [program, level, "--case-folder", path.parent], SECONDS)

    def read(name):
        try:
            return json.loads((level / name).read_text())
        except (OSError, ValueError):
            return None
    return code, seconds, memory, read("mesh.json"), read("problems.json")


def classify(code, facts, problems):
    if code is None:
        return "timeout"
    if code == 0 and facts and facts.get("cells_count"):
        return "mesh"
    typed = problems and all(p.get("code") and p.get("message") for p in problems)
    return "diagnosis" if code in (3, 4) and typed else "crash"


def proposed_unit(problems):
    """The unit the refusal names, if the unit is all it complains about."""
    if not problems or len(problems) != 1 or problems[0]["code"] not in ("UNIT_SUSPECT",
                                                                        "GEOMETRY_UNIT"):
        return None
    found = re.findall(r"\b(mm|cm|m|inch|um)\b", problems[0]["remedy"].split(":", 1)[-1])
    return found[0] if found else None


def distance_from(triangles, mesh_file):
    """Hausdorff distance (mm) of our mesh's outside from the file's triangles; None: not measured."""
    try:
        import h5py
        with h5py.File(mesh_file) as data:
            points, cells = data["nodes"][:].reshape(-1, 3), data["cells"][:].reshape(-1, 10)
    except (ImportError, OSError, KeyError):
        return None
    return hausdorff(points[boundary(cells[:, :4])], triangles)


def fill_mesh_facts(entry, facts, triangles, folder):
    body = facts["bodies"][0]
    entry.update(cells=round(facts["cells_count"]), element_size_mm=facts["element_size_mm"],
                 min_dihedral_deg=facts["min_dihedral_deg"], mean_gamma=facts["mean_gamma"],
                 first_percentile_dihedral_deg=facts.get("first_percentile_dihedral_deg"),
                 min_jacobian_ratio=facts["min_jacobian_ratio"], method=facts.get("method", ""),
                 geometry_volume_mm3=body["geometry_volume_mm3"],
                 volume_change=body["volume_mm3"] / body["geometry_volume_mm3"] - 1)
    repairs = facts.get("repairs", [])
    if repairs:
        last = repairs[-1]
        entry.update(repair=last.get("step"), repair_volume_change=last.get("volume_change"),
                     repair_hausdorff_mm=last.get("hausdorff_mm"))
    if triangles is not None:
        entry["hausdorff_mm"] = distance_from(triangles, folder / "design/0/mesh.h5")


def bench_file(program, path, change, folder, peer_seconds):
    entry = {"file": path.name if not change else f"{path.stem.rsplit('.', 1)[0]} {change}"}
    code, seconds, memory, facts, problems = mesh_ours(program, path, "mm", folder)
    unit = proposed_unit(problems) if code == 3 else None
    if unit:
        entry["asked"] = f"unit: {unit}"
        code, seconds, memory, facts, problems = mesh_ours(program, path, unit, folder)
    entry.update(outcome=classify(code, facts, problems), seconds=round(seconds, 2),
                 memory_mb=round(memory))
    reader = READERS.get(path.suffix.lower())
    triangles = reader(path) * UNITS[unit or "mm"] if reader and peer_seconds else None
    if entry["outcome"] == "mesh":
        fill_mesh_facts(entry, facts, triangles, folder)
    elif problems:
        entry["problems"] = [{k: p.get(k) for k in ("code", "message")} for p in problems]
    elif code is not None:
        entry["exit_code"] = code
    if peer_seconds and (reader or path.suffix.lower() in CAD):
        limit = min(peer_seconds, PEER_SECONDS_DAMAGED) if change else peer_seconds
        entry["peers"] = bench_peers.peers(path, triangles, size_for(entry, triangles),
                                           volume_for(entry, triangles), folder, limit)
    return entry


def size_for(entry, triangles):
    """Our element size, else a fifteenth of the largest extent."""
    if "element_size_mm" in entry or triangles is None:
        return entry.get("element_size_mm", 5.0)
    points = triangles.reshape(-1, 3)
    return float((points.max(axis=0) - points.min(axis=0)).max() / 15)


def volume_for(entry, triangles):
    if "geometry_volume_mm3" in entry or triangles is None:
        return entry.get("geometry_volume_mm3", 0)
    crossed = numpy.cross(triangles[:, 1], triangles[:, 2])
    return abs(float(numpy.einsum("ij,ij->", triangles[:, 0], crossed))) / 6


# ---- all files ---------------------------------------------------------------------------------

def files_of(folder):
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS)


def jobs_of(sources, scratch, quick):
    for path in sources:
        yield path, ""
        if not quick and path.suffix.lower() in READERS:
            yield from mutations_of(path, scratch)


def kept_in(resume):
    """Results of an earlier run by file."""
    if not resume or not pathlib.Path(resume).exists():
        return {}
    lines = pathlib.Path(resume).read_text().splitlines()
    return {entry["file"]: entry for entry in map(json.loads, lines)}


def run(folders, quick, peer_seconds, resume, program):
    """Runs everything, peers with so many seconds (0: none); the list of results."""
    sources = [p for f in folders or [SHARED] for p in files_of(pathlib.Path(f))]
    if peer_seconds:
        bench_peers.install()
    files, kept = [], kept_in(resume)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        for path, change in jobs_of(sources, scratch, quick):
            title = path.name if not change else f"{path.stem.rsplit('.', 1)[0]} {change}"
            entry = kept.get(title)
            if entry is None:
                entry = bench_file(program, path.resolve(), change, scratch, peer_seconds)
                if resume:
                    with open(resume, "a", encoding="utf-8") as out:
                        out.write(json.dumps(entry) + "\n")
            print(bench_table.line(entry), file=sys.stderr, flush=True)
            files.append(entry)
    return files


def options():
    flags, folders, resume, peer_seconds = set(), [], None, PEER_SECONDS
    arguments = sys.argv[1:]
    while arguments:
        word = arguments.pop(0)
        if word == "--resume" and arguments:
            resume = arguments.pop(0)
        elif word == "--peer-seconds" and arguments:
            peer_seconds = float(arguments.pop(0))
        elif word in ("--quick", "--peers", "--alone", "--json", "--write"):
            flags.add(word)
        elif word.startswith("--") or not pathlib.Path(word).is_dir():
            print(__doc__, file=sys.stderr)
            sys.exit(3)
        else:
            folders.append(word)
    with_peers = ("--quick" not in flags or "--peers" in flags) and "--alone" not in flags
    return flags, folders, resume, peer_seconds if with_peers else 0


def main():
    flags, folders, resume, peer_seconds = options()
    binaries = pathlib.Path(os.environ.get("PROOFLOAD_BIN", SOURCE / "build/release/bin"))
    program = binaries / "proofload-mesh"
    if not program.exists():
        print(f"{program} is missing: run tools/build", file=sys.stderr)
        return 3
    files = run(folders, "--quick" in flags, peer_seconds, resume, program)
    if "--json" in flags:
        print(json.dumps({"files": files}, indent=1))
    else:
        for name, value in bench_table.summary(files):
            print(f"{name:58s} {value:>14s}")
    if "--write" in flags:
        kept = sys.argv.index("--resume") + 1 if resume else None  # a path of this machine: not printed
        words = [w for i, w in enumerate(sys.argv) if i and i != kept and w != "--resume"]
        bench_table.write(SOURCE / "docs/meshing.md", files, words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
