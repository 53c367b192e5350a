"""Raw Gmsh (both ways from triangles to a volume) and TetGen for `tools/bench meshing`."""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

import numpy

from bench_triangles import boundary, hausdorff, quality, write_stl

MEMORY_BYTES = 6 << 30
WALL = 8  # times the seconds of computing
PACKAGES = ("python3-gmsh", "tetgen", "python3-vtk9", "python3-h5py-serial")
NAMES = ("gmsh classify", "gmsh direct", "tetgen")

RAW_GMSH = '''
import math, sys
import gmsh, numpy
path, route, size, answer = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
gmsh.initialize()
gmsh.option.setNumber("General.Terminal", 0)
gmsh.option.setNumber("Mesh.Algorithm3D", 10)
gmsh.option.setNumber("Mesh.MeshSizeMax", size)
if route == "step":
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
tags, xyz, _ = gmsh.model.mesh.getNodes()
numpy.savez(answer, corners=gmsh.model.mesh.getElementsByType(4)[1], tags=tags, xyz=xyz)
'''


def set_limits(seconds):
    """For a child before it starts: memory, and seconds that each of its processes may compute."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))


def resident_mb(pid):
    """Resident MB of a process and its direct children."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = sum(int(pathlib.Path(f"/proc/{p}/statm").read_text().split()[1])
                    for p in [pid, *children])
        return pages * resource.getpagesize() / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


def computed_seconds():
    """Seconds that ended children and theirs have computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_limited(command, seconds):
    """(exit code or None on time-out, seconds computed, peak MB of the process and its children).

    The limit is one of computing, so that a busy machine does not change the outcome; by the clock
    it is WALL times as long.
    """
    start, before = time.monotonic(), computed_seconds()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=lambda: set_limits(seconds),
                               start_new_session=True)
    peak, code = 0.0, None
    while code is None and time.monotonic() - start < WALL * seconds:
        try:
            code = process.wait(0.05)
        except subprocess.TimeoutExpired:
            peak = max(peak, resident_mb(process.pid))
    if code is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        code = None
    return code, computed_seconds() - before, peak


def measured(points, cells, triangles, volume):
    """Quality, volume against the geometry's, distance from the file's triangles (if any)."""
    result, filled = quality(points, cells)
    result["volume_change"] = filled / volume - 1 if volume > 0 else None
    if triangles is not None:
        result["hausdorff_mm"] = hausdorff(points[boundary(cells)], triangles)
    return result


def outcome(code, cells):
    if code is None:
        return "timeout"
    if code == 0 and cells is not None and len(cells) > 0:
        return "mesh"
    return "crash" if code < 0 else "no mesh"


def run_gmsh(path, route, size, folder, seconds):
    answer = folder / "raw.npz"
    answer.unlink(missing_ok=True)
    run = run_limited(["/usr/bin/python3", "-c", RAW_GMSH, path, route, size, answer], seconds)
    if run[0] != 0 or not answer.exists():
        return run, None, None
    data = numpy.load(answer)
    index = numpy.zeros(int(data["tags"].max(initial=0)) + 1, dtype=int)
    index[data["tags"].astype(int)] = numpy.arange(len(data["tags"]))
    return run, data["xyz"].reshape(-1, 3), index[data["corners"].astype(int)].reshape(-1, 4)


def write_off(path, triangles):
    points, index = numpy.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    with path.open("w") as out:
        out.write(f"OFF\n{len(points)} {len(triangles)} 0\n")
        out.writelines(f"{x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in points)
        out.writelines(f"3 {a} {b} {c}\n" for a, b, c in index.reshape(-1, 3))


def run_tetgen(off, size, folder, seconds):
    for old in folder.glob("peer.1.*"):
        old.unlink()
    run = run_limited(["tetgen", f"-pq1.414a{size ** 3 / 6:.6g}Q", off], seconds)
    nodes, cells = folder / "peer.1.node", folder / "peer.1.ele"
    if run[0] != 0 or not (nodes.exists() and cells.exists()):
        return run, None, None
    table = numpy.loadtxt(nodes, comments="#", skiprows=1, ndmin=2)
    tets = numpy.loadtxt(cells, comments="#", skiprows=1, dtype=int, ndmin=2)
    return run, table[:, 1:4], tets[:, 1:5] - int(table[0, 0])


def entry_of(answer, triangles, volume):
    (code, seconds, memory), points, cells = answer
    result = {"outcome": outcome(code, cells), "seconds": round(seconds, 2),
              "memory_mb": round(memory)}
    if result["outcome"] == "mesh":
        result.update(measured(points, cells, triangles, volume))
    return result


def peers(path, triangles, size, volume, folder, seconds):
    """Each peer's result for a file at an element size; triangles in mm, None for CAD."""
    if triangles is None:
        return {"gmsh step": entry_of(run_gmsh(path, "step", size, folder, seconds), None, volume)}
    off, stl = folder / "peer.off", folder / "peer.stl"  # neither reads every STL
    write_off(off, triangles)
    write_stl(stl, triangles)
    return {"gmsh classify": entry_of(run_gmsh(stl, "classify", size, folder, seconds), triangles,
                                      volume),
            "gmsh direct": entry_of(run_gmsh(stl, "direct", size, folder, seconds), triangles,
                                    volume),
            "tetgen": entry_of(run_tetgen(off, size, folder, seconds), triangles, volume)}


def install():
    """Fetches what is missing of the peers and of what measures them."""
    missing = [p for p in PACKAGES if subprocess.run(
        ["dpkg", "-s", p], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0]
    if missing and os.getuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
                       stdout=sys.stderr, stderr=sys.stderr, check=False)
