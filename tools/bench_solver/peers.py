"""Peers: FEniCSx and, with MUMPS, our own assembled matrix; installing what is missing."""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

from machine import BIN, Run, mpi, tell

HERE = pathlib.Path(__file__).resolve().parent
THRESHOLDS = [-1, 0, 0.01, 0.02, 0.05]
QUICK_THRESHOLDS = [0, 0.02]  # the two that have won
PACKAGES = ["calculix-ccx", "python3-dolfinx", "python3-h5py", "python3-gmsh"]


def missing():
    importlib.invalidate_caches()  # what was installed since the first look
    have = {"calculix-ccx": shutil.which("ccx"),
            **{f"python3-{name}": importlib.util.find_spec(name)
               for name in ("dolfinx", "h5py", "gmsh")}}
    return [package for package in PACKAGES if not have[package]]


def install():
    """Installs the peers with apt; raises RuntimeError that says what to do if it may not."""
    packages = missing()
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    tell("installing the peers: " + " ".join(packages))
    for step in (["apt-get", "update"], command):
        done = subprocess.run(root + step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode != 0 or missing():
        raise RuntimeError("the peers are missing and could not be installed; as root: "
                           "apt-get install " + " ".join(packages))


def fenicsx(level, thresholds):
    """One process group; the best threshold's row, all thresholds in `swept`."""
    lame = []
    for name in level.body_names:
        modulus, ratio = level.materials[name]
        lame.append([modulus / (2 * (1 + ratio)),
                     modulus * ratio / ((1 + ratio) * (1 - 2 * ratio))])
    problem = level.scratch / "fenicsx.json"
    problem.write_text(json.dumps({"mesh": str(level.folder / "mesh.h5"), "lame": lame,
                                   "right_side": str(level.right_side),
                                   "displacement": str(level.scratch / "fenicsx.bin")}))
    result = Run(mpi(["/usr/bin/python3", HERE / "fenicsx_worker.py", problem,
                      ",".join(map(str, thresholds))]), folder=level.scratch).check("FEniCSx")
    found = json.loads(result.output.strip().splitlines()[-1])
    solved = [row for row in found["solves"] if row["converged"]]
    if not solved:
        raise RuntimeError("FEniCSx does not converge at any threshold")
    best = min(solved, key=lambda row: row["wall_s"])
    return {"program": "FEniCSx, CG and GAMG", "key": "fenicsx", "wall_s": best["wall_s"],
            "cpu_s": result.cpu, "memory_mb": result.memory_mb, "load": result.load,
            "iterations": best["iterations"], "threshold": best["threshold"],
            "swept": found["solves"], "displacement": "fenicsx.bin",
            "phases": {"read": found["read_s"], "assemble": found["assemble_s"],
                       "set-up": best["setup_s"], "solve": best["solve_s"]}}


def own_matrix(level, action):
    """Our assembled matrix by MUMPS (`direct`) or by CG with GAMG (`assembled`)."""
    result = Run(mpi([BIN / "proofload-bench-level", level.folder, action])).check(action)
    found = json.loads(result.output)
    name = "MUMPS" if action == "direct" else "CG and GAMG"
    return {"program": f"our assembled matrix, {name}", "key": f"own_{action}",
            "wall_s": result.wall, "cpu_s": result.cpu, "memory_mb": result.memory_mb,
            "load": result.load, "iterations": found["iterations"],
            "residual": found["residual"], "energy": found["energy"],
            "phases": {"read": found["read_seconds"], "set-up": found["setup_seconds"]}}


PHASES = [("reading the mesh", "start"), ("placing", "read"), ("solving", "model"),
          ("reading stress", "set-up and solve"), ("solved", "stress and writing")]


def proofload(level):
    """The program itself, from mesh.h5 to nodal stress in result.h5; whole wall time."""
    result = Run(mpi([BIN / "proofload-solve", level.folder])).check("proofload-solve")
    facts = json.loads((level.folder / "solve.json").read_text())
    phases, last = {}, 0.0
    for when, line in result.lines:
        message = json.loads(line).get("message", "") if line.startswith("{") else ""
        for start, name in PHASES:
            if message.startswith(start):
                phases[name], last = when - last, when
        if " load cases, about " in message:
            forecast = message.split(", ", 1)[1]
    phases["end"] = result.wall - last
    solve = facts["solves"][0]
    phases["set-up"] = solve["setup_seconds"]
    phases["solve"] = phases.pop("set-up and solve", 0) - solve["setup_seconds"]
    return {"program": "Proofload", "key": "proofload", "wall_s": result.wall,
            "cpu_s": result.cpu, "memory_mb": result.memory_mb, "load": result.load,
            "iterations": solve["iterations_count"], "unknowns": facts["unknowns_count"],
            "residual": solve["residual"], "phases": phases, "path": solve["path"],
            "forecast": forecast}
