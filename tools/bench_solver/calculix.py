"""The same mesh, supports and nodal forces through CalculiX."""
import re

import h5py
import numpy

from machine import Run


def read_mesh(level):
    with h5py.File(level.folder / "mesh.h5") as file:
        names = "".join(map(chr, file["body_names"][()].ravel())).split()
        return (file["nodes"][()].reshape(-1, 3), file["cells"][()].reshape(-1, 10),
                file["cell_body"][()].ravel(), names)


def read_right_side(level):
    """Forces [n, 3] and held nodes, in the order of the mesh file."""
    values = numpy.fromfile(level.right_side).reshape(2, -1, 3)
    return values[0], numpy.flatnonzero(values[1][:, 0] > 0.5)


def write_deck(level, path, solver, buckling=0):
    """Numbers of at most 20 characters: CalculiX reads no more of a field. `buckling`: so many lowest
    factors instead of a static solution."""
    analysis = f"*BUCKLE,SOLVER={solver}\n{buckling}" if buckling else f"*STATIC,SOLVER={solver}"
    nodes, cells, cell_body, names = read_mesh(level)
    force, held = read_right_side(level)
    with open(path, "w") as deck:
        deck.write("*NODE,NSET=NALL\n")
        numpy.savetxt(deck, numpy.column_stack([numpy.arange(1, len(nodes) + 1), nodes]),
                      fmt="%d,%.13g,%.13g,%.13g")
        for body, name in enumerate(names):
            mine = numpy.flatnonzero(cell_body == body)
            deck.write(f"*ELEMENT,TYPE=C3D10,ELSET=B{body}\n")
            numpy.savetxt(deck, numpy.column_stack([mine + 1, cells[mine] + 1]), fmt="%d",
                          delimiter=",")
            modulus, ratio = level.materials[name]
            deck.write(f"*MATERIAL,NAME=M{body}\n*ELASTIC\n{modulus:.13g},{ratio:.13g}\n"
                       f"*SOLID SECTION,ELSET=B{body},MATERIAL=M{body}\n")
        deck.write("*NSET,NSET=HELD\n")
        numpy.savetxt(deck, held + 1, fmt="%d,")
        deck.write(f"*BOUNDARY\nHELD,1,3,0\n*STEP\n{analysis}\n*CLOAD\n")
        for node, direction in numpy.argwhere(force != 0):
            deck.write(f"{node + 1},{direction + 1},{force[node, direction]:.13g}\n")
        deck.write("*NODE FILE\nU\n*END STEP\n" if buckling else
                   "*EL FILE\nS\n*NODE PRINT,NSET=NALL\nU\n*END STEP\n")


def read_displacement(path, n_nodes):
    """Seven digits is what CalculiX writes at best."""
    u = numpy.zeros((n_nodes, 3))
    with open(path) as file:
        for line in file:
            parts = line.split()
            if len(parts) == 4 and re.match(r"^\d+$", parts[0]):
                u[int(parts[0]) - 1] = [float(p) for p in parts[1:]]
    return u


def program(level, name):
    return Run(["ccx", "-i", name], threads=2, folder=level.scratch,
               extra={"CCX_NPROC_EQUATION_SOLVER": "2", "CCX_NPROC_STIFFNESS": "2"}).check(name)


def run_buckling(level, count):
    """Row of *BUCKLE with SPOOLES; wall time of the whole program."""
    deck = level.scratch / "calculix_buckle.inp"
    write_deck(level, deck, "SPOOLES", count)
    result = program(level, deck.stem)
    table = deck.with_suffix(".dat").read_text().split("F A C T O R   O U T P U T")[1]
    factors = [float(m[1]) for m in re.finditer(r"^\s*\d+\s+(\S*E[+-]\d+)\s*$", table, re.M)]
    return {"program": "CalculiX, *BUCKLE, SPOOLES", "key": "calculix_buckle", "wall_s": result.wall,
            "cpu_s": result.cpu, "memory_mb": result.memory_mb, "load": result.load,
            "factors": factors[:count]}


def run(level, solver):
    """Row of one run; wall time of the whole program."""
    name = f"calculix_{solver.split()[0].lower()}"
    deck = level.scratch / f"{name}.inp"
    if not deck.exists():
        write_deck(level, deck, solver)
    result = program(level, name)
    u = read_displacement(level.scratch / f"{name}.dat", len(read_mesh(level)[0]))
    u.tofile(level.scratch / f"{name}.bin")
    iterations = re.findall(r"iterations\s*=\s*(\d+)|after\s+(\d+)\s+iterations", result.output)
    last = next((int(a or b) for a, b in reversed(iterations)), None)
    return {"program": f"CalculiX, {solver}", "key": name, "wall_s": result.wall,
            "cpu_s": result.cpu, "memory_mb": result.memory_mb, "load": result.load,
            "iterations": last, "phases": {}, "displacement": f"{name}.bin"}
