#!/usr/bin/python3
"""`tools/bench meshing`: files and damaged copies of them through proofload-mesh, beside peers.

Each file becomes a case of one body; proofload-mesh runs as the service runs it, with limits of
time and memory. Where the only complaint is the unit and it names one, the file runs again with
that unit (`asked` says so). Raw Gmsh (both routes) and TetGen get the same file and element size.

Usage: bench_meshing.py [DIR ...] [--quick] [--peers | --alone] [--json]
Full runs add ten kinds of damage to every triangulated file and the peers; peers are installed
(python3-gmsh, tetgen) if they are missing.
"""
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SHARED = SOURCE.parent / "shared/geometry"
ENDINGS = (".stl", ".obj", ".ply", ".off", ".step", ".stp", ".iges", ".igs", ".brep", ".msh", ".vtk",
           ".vtp", ".3mf")
SECONDS = 300
PEER_SECONDS = 95
MEMORY_BYTES = 6 << 30


# ---- triangles for the mutations -------------------------------------------------------------

def read_stl(path):
    data = path.read_bytes()
    count = int.from_bytes(data[80:84], "little") if len(data) >= 84 else 0
    if len(data) == 84 + 50 * count:
        record = numpy.dtype([("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
        return numpy.frombuffer(data, record, count, 84)["v"].astype(float)
    numbers = re.findall(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)", data)
    return numpy.array(numbers, dtype=float).reshape(-1, 3, 3)


def read_obj(path):
    points, corners = [], []
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if words[:1] == ["v"]:
            points.append([float(x) for x in words[1:4]])
        elif words[:1] == ["f"]:
            face = [int(w.split("/")[0]) for w in words[1:]]
            face = [i - 1 if i > 0 else len(points) + i for i in face]
            corners += [(face[0], face[k - 1], face[k]) for k in range(2, len(face))]
    return numpy.array(points)[numpy.array(corners)]


READERS = {".stl": read_stl, ".obj": read_obj}


def write_stl(path, triangles):
    record = numpy.zeros(len(triangles), [("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
    record["v"] = triangles
    path.write_bytes(b"mutated".ljust(80) + len(triangles).to_bytes(4, "little") + record.tobytes())


def by_point(triangles, change):
    """Applies `change` to the distinct points, so that the surface stays joined."""
    points, index = numpy.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    return change(points)[index].reshape(-1, 3, 3)


def deleted(triangles, random):
    return triangles[random.random(len(triangles)) >= 0.01]


def flipped(triangles, random):
    result = triangles.copy()
    chosen = random.random(len(triangles)) < 0.1
    result[chosen] = result[chosen][:, [0, 2, 1]]
    return result


def duplicated(triangles, random):
    return numpy.concatenate([triangles, triangles[random.random(len(triangles)) < 0.05]])


def second_copy(triangles, _random):
    points = triangles.reshape(-1, 3)
    shift = 0.3 * (points.max(axis=0) - points.min(axis=0)) * [0.31, 0.87, 0.53]
    return numpy.concatenate([triangles, triangles + shift])


def noise(triangles, random):
    return by_point(triangles, lambda p: p + random.normal(0, 0.05, p.shape))


def stairs(triangles, _random):
    return by_point(triangles, lambda p: numpy.round(p / 0.5) * 0.5)


def float16(triangles, _random):
    return by_point(triangles, lambda p: p.astype(numpy.float16).astype(float))


def scaled(factor):
    return lambda triangles, _random: triangles * factor


MUTATIONS = {"1 % deleted": deleted, "10 % flipped": flipped, "5 % duplicated": duplicated,
             "second copy": second_copy, "noise 0.05": noise, "stairs 0.5": stairs,
             "float16": float16, "times 0.001": scaled(0.001), "times 25.4": scaled(25.4),
             "times 10": scaled(10)}


def mutations_of(path, folder):
    """Writes the damaged copies of one file, in mm (a file in metres is scaled first)."""
    triangles = READERS[path.suffix.lower()](path)
    points = triangles.reshape(-1, 3)
    if (points.max(axis=0) - points.min(axis=0)).max() < 1:
        triangles = triangles * 1000
    for number, (name, mutate) in enumerate(MUTATIONS.items()):
        copy = folder / f"{path.stem}.{number}.stl"
        write_stl(copy, mutate(triangles, numpy.random.default_rng(number + 1)))
        yield copy, name


# ---- one program with limits -----------------------------------------------------------------

def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_limited(command, seconds):
    """(exit code or None on time-out, wall seconds, peak MB of the process and its children)."""
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=limit_memory,
                               start_new_session=True)
    peak, code = 0.0, None
    while code is None and time.monotonic() - start < seconds:
        try:
            code = process.wait(0.05)
        except subprocess.TimeoutExpired:
            peak = max(peak, resident_mb(process.pid))
    if code is None:
        os.killpg(process.pid, 9)
        process.wait()
    return code, time.monotonic() - start, peak


def resident_mb(pid):
    """Resident MB of a process and its direct children."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = sum(int(pathlib.Path(f"/proc/{p}/statm").read_text().split()[1])
                    for p in [pid, *children])
        return pages * resource.getpagesize() / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


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
    code, seconds, memory = run_limited([program, level, "--case-folder", path.parent], SECONDS)
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


def fill_mesh_facts(entry, facts):
    body = facts["bodies"][0]
    entry.update(cells=round(facts["cells_count"]), element_size_mm=facts["element_size_mm"],
                 min_dihedral_deg=facts["min_dihedral_deg"], mean_gamma=facts["mean_gamma"],
                 first_percentile_dihedral_deg=facts.get("first_percentile_dihedral_deg"),
                 min_jacobian_ratio=facts["min_jacobian_ratio"], method=facts.get("method", ""),
                 volume_change=body["volume_mm3"] / body["geometry_volume_mm3"] - 1)
    repairs = facts.get("repairs", [])
    if repairs:
        last = repairs[-1]
        entry.update(repair=last.get("step"), repair_volume_change=last.get("volume_change"),
                     repair_hausdorff_mm=last.get("hausdorff_mm"))
    remeshed = [re.search(r"moved by up to (\S+) mm", f.get("message", ""))
                for f in facts.get("findings", []) if f.get("code") == "E8"]
    moved = [float(m.group(1)) for m in remeshed if m]
    if moved:
        entry["hausdorff_mm"] = max(moved)


def bench_file(program, path, change, folder):
    entry = {"file": path.name if not change else f"{path.stem.rsplit('.', 1)[0]} {change}"}
    code, seconds, memory, facts, problems = mesh_ours(program, path, "mm", folder)
    unit = proposed_unit(problems) if code == 3 else None
    if unit:
        entry["asked"] = f"unit: {unit}"
        code, seconds, memory, facts, problems = mesh_ours(program, path, unit, folder)
    entry.update(outcome=classify(code, facts, problems), seconds=round(seconds, 2),
                 memory_mb=round(memory))
    if entry["outcome"] == "mesh":
        fill_mesh_facts(entry, facts)
    elif problems:
        entry["problems"] = [{k: p.get(k) for k in ("code", "message")} for p in problems]
    elif code is not None:
        entry["exit_code"] = code
    return entry


# ---- peers -------------------------------------------------------------------------------------

RAW_GMSH = '''
import json, math, sys, time
import gmsh
path, route, size, answer = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
start = time.time()
gmsh.initialize()
gmsh.option.setNumber("General.Terminal", 0)
gmsh.option.setNumber("Mesh.Algorithm3D", 10)
gmsh.option.setNumber("Mesh.MeshSizeMax", size)
if path.lower().endswith((".step", ".stp")):
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", 16)
    gmsh.model.occ.importShapes(path)
    gmsh.model.occ.synchronize()
else:
    gmsh.merge(path)
    if route == "classify":
        gmsh.model.mesh.classifySurfaces(math.radians(40), True, True, math.pi)
        gmsh.model.mesh.createGeometry()
    else:
        gmsh.model.mesh.createTopology()
    loop = gmsh.model.geo.addSurfaceLoop([tag for _, tag in gmsh.model.getEntities(2)])
    gmsh.model.geo.addVolume([loop])
    gmsh.model.geo.synchronize()
gmsh.model.mesh.generate(3)
tets, corners = gmsh.model.mesh.getElementsByType(4)
def least(name):
    return min(gmsh.model.mesh.getElementQualities(tets, name))
gamma = gmsh.model.mesh.getElementQualities(tets, "gamma")
tags, xyz, _ = gmsh.model.mesh.getNodes()
json.dump({"cells": len(tets), "mean_gamma": float(gamma.mean()), "seconds": time.time() - start,
           "corners": [int(c) for c in corners], "tags": [int(t) for t in tags],
           "xyz": [float(x) for x in xyz]}, open(answer, "w"))
'''


def least_dihedral(points, cells):
    """Smallest dihedral angle of tetrahedra, degrees; 0 for cells without volume."""
    p = points[cells]
    normals = []
    for i in range(4):
        a, b, c = (p[:, (i + k) % 4] for k in (1, 2, 3))
        n = numpy.cross(b - a, c - a)
        n *= numpy.sign(numpy.einsum("ij,ij->i", n, p[:, i] - a))[:, None]
        normals.append(n / numpy.maximum(numpy.linalg.norm(n, axis=1), 1e-300)[:, None])
    least = 180.0
    for i in range(4):
        for j in range(i + 1, 4):
            cosine = -numpy.einsum("ij,ij->i", normals[i], normals[j])
            least = min(least, numpy.degrees(numpy.arccos(numpy.clip(cosine, -1, 1))).min())
    return float(least)


def as_text(path, folder):
    """Peers read neither files in metres nor all binary STL: the same triangles as OFF."""
    triangles = READERS[path.suffix.lower()](path)
    points, index = numpy.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    copy = folder / "peer.off"
    with copy.open("w") as out:
        out.write(f"OFF\n{len(points)} {len(triangles)} 0\n")
        out.writelines(f"{x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in points)
        out.writelines(f"3 {a} {b} {c}\n" for a, b, c in index.reshape(-1, 3))
    stl = folder / "peer.stl"
    write_stl(stl, triangles)
    return copy, stl


def judge_peer(code, seconds, memory, cells=None, points=None):
    result = {"seconds": round(seconds, 2), "memory_mb": round(memory)}
    if code is None:
        result["outcome"] = "timeout"
    elif code != 0 or cells is None or len(cells) == 0:
        result["outcome"] = "crash" if code is not None and code < 0 else "no mesh"
    else:
        result.update(outcome="mesh", cells=len(cells),
                      min_dihedral_deg=round(least_dihedral(points, cells), 3))
    return result


def run_gmsh(path, route, size, folder):
    answer = folder / "raw.json"
    answer.unlink(missing_ok=True)
    code, seconds, memory = run_limited(
        ["/usr/bin/python3", "-c", RAW_GMSH, path, route, size, answer], PEER_SECONDS)
    if code != 0 or not answer.exists():
        return judge_peer(code if code != 0 else 1, seconds, memory)
    data = json.loads(answer.read_text())
    index = numpy.zeros(max(data["tags"], default=0) + 1, dtype=int)
    index[data["tags"]] = numpy.arange(len(data["tags"]))
    cells = index[numpy.array(data["corners"], dtype=int)].reshape(-1, 4)
    return judge_peer(code, seconds, memory, cells, numpy.array(data["xyz"]).reshape(-1, 3))


def run_tetgen(off, size, folder):
    for old in folder.glob("peer.1.*"):
        old.unlink()
    code, seconds, memory = run_limited(["tetgen", f"-pq1.414a{size ** 3 / 6:.6g}Q", off],
                                        PEER_SECONDS)
    nodes, cells = folder / "peer.1.node", folder / "peer.1.ele"
    if code != 0 or not (nodes.exists() and cells.exists()):
        return judge_peer(code if code != 0 else 1, seconds, memory)
    table = numpy.loadtxt(nodes, comments="#", skiprows=1, ndmin=2)
    tets = numpy.loadtxt(cells, comments="#", skiprows=1, dtype=int, ndmin=2)
    return judge_peer(code, seconds, memory, tets[:, 1:5] - int(table[0, 0]), table[:, 1:4])


def peers(path, size, folder):
    if path.suffix.lower() in (".step", ".stp"):
        return {"gmsh": run_gmsh(path, "step", size, folder)}
    if path.suffix.lower() not in READERS:
        return {}
    off, stl = as_text(path, folder)
    return {"gmsh classify": run_gmsh(stl, "classify", size, folder),
            "gmsh direct": run_gmsh(stl, "direct", size, folder),
            "tetgen": run_tetgen(off, size, folder)}


def install_peers():
    missing = [p for p in ("python3-gmsh", "tetgen") if subprocess.run(
        ["dpkg", "-s", p], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0]
    if missing and os.getuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
                       stdout=sys.stderr, stderr=sys.stderr, check=False)
    return shutil.which("tetgen") is not None


# ---- all files ---------------------------------------------------------------------------------

def natural_size(path, folder):
    """An element size where ours made none: a fifteenth of the largest extent."""
    if path.suffix.lower() not in READERS:
        return 5.0
    points = READERS[path.suffix.lower()](path).reshape(-1, 3)
    return float((points.max(axis=0) - points.min(axis=0)).max() / 15)


def files_of(folder):
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS)


def jobs_of(sources, scratch, quick):
    for path in sources:
        yield path, ""
        if not quick and path.suffix.lower() in READERS:
            yield from mutations_of(path, scratch)


def tell(entry):
    words = [f"{entry['file'][:38]:38s} {entry['outcome']:9s} {entry['seconds']:6.1f} s "
             f"{entry['memory_mb']:5d} MB"]
    if entry["outcome"] == "mesh":
        scale = f"{entry['cells']:7d} cells  dihedral {entry['min_dihedral_deg']:5.1f}"
        words.append(f"{scale}  gamma {entry['mean_gamma']:.2f}  bound "
                     f"{entry['min_jacobian_ratio']:.2f}  volume {100 * entry['volume_change']:+.2f} %"
                     f"  moved {entry.get('hausdorff_mm', 0):.3g} mm  {entry.get('repair', '')}")
    for problem in entry.get("problems", [])[:3]:
        words.append(f"{problem['code']}: {problem['message'][:90]}")
    for name, peer in entry.get("peers", {}).items():
        words.append(f"| {name}: {peer['outcome']} {peer['seconds']} s "
                     f"{peer.get('min_dihedral_deg', '')}")
    print("  ".join(words), file=sys.stderr, flush=True)


def summary_of(files):
    good = [f for f in files if f["outcome"] == "mesh"]
    result = {"files": len(files), "mesh": len(good),
              "answered": sum(f["outcome"] in ("mesh", "diagnosis") for f in files)}
    for name in ("gmsh classify", "gmsh direct", "tetgen"):
        ran = [f["peers"][name] for f in files if name in f.get("peers", {})]
        if ran:
            result[f"{name}: least dihedral above 1 degree"] = sum(
                p.get("min_dihedral_deg", 0) > 1 for p in ran)
            result[f"{name}: files"] = len(ran)
    if good:
        result["least dihedral angle"] = min(f["min_dihedral_deg"] for f in good)
        result["least mean gamma"] = min(f["mean_gamma"] for f in good)
        result["least Bezier bound"] = min(f["min_jacobian_ratio"] for f in good)
        result["largest volume change"] = max(abs(f["volume_change"]) for f in good)
        result["slowest"] = max(f["seconds"] for f in files)
    return result


def run(folders, quick, with_peers, binaries):
    """Runs everything; returns {"files": [...], "summary": {...}}."""
    sources = [p for f in folders or [SHARED] for p in files_of(pathlib.Path(f))]
    with_peers = with_peers and install_peers()
    files = []
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        for path, change in jobs_of(sources, scratch, quick):
            entry = bench_file(binaries / "proofload-mesh", path.resolve(), change, scratch)
            if with_peers:
                size = natural_size(path, scratch)
                entry["peers"] = peers(path.resolve(), size, scratch)
            tell(entry)
            files.append(entry)
    return {"files": files, "summary": summary_of(files)}


def main():
    quick = "--quick" in sys.argv
    folders = [a for a in sys.argv[1:] if not a.startswith("--")]
    binaries = pathlib.Path(os.environ.get("PROOFLOAD_BIN", SOURCE / "build/release/bin"))
    if not (binaries / "proofload-mesh").exists():
        print(f"{binaries}/proofload-mesh is missing: run tools/build", file=sys.stderr)
        return 3
    result = run(folders, quick, (not quick or "--peers" in sys.argv) and "--alone" not in sys.argv,
                 binaries)
    if "--json" in sys.argv:
        print(json.dumps(result, indent=1))
    else:
        for name, value in result["summary"].items():
            print(f"{name:44s} {value!s:>12s}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
