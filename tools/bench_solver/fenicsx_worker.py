"""Quadratic elasticity in FEniCSx on the mesh, forces and supports of one level.

Usage: fenicsx_worker.py LEVEL.json THRESHOLD[,THRESHOLD ...] (under mpiexec)
The clock starts when all modules are loaded and the forms are compiled. Prints JSON.
"""
import json
import sys
import time

import h5py
import numpy
import ufl
from dolfinx import cpp, fem, la
from dolfinx.mesh import create_mesh
from mpi4py import MPI
from petsc4py import PETSc

COMM = MPI.COMM_WORLD


def forms(mesh, lame):
    """Four-point rule and quadratic geometry, as in the other programs."""
    space = fem.VectorFunctionSpace(mesh, ("CG", 2))
    mu, lam = lame
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)

    def strain(w):
        return ufl.sym(ufl.grad(w))
    stress = lam * ufl.tr(strain(u)) * ufl.Identity(3) + 2 * mu * strain(u)
    dx = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 2})
    return space, fem.form(ufl.inner(stress, strain(v)) * dx)


def make_mesh(nodes, cells):
    """Cells in VTK order on rank 0; FEniCSx spreads them."""
    order = cpp.io.perm_vtk(cpp.mesh.CellType.tetrahedron, 10)
    element = ufl.VectorElement("Lagrange", ufl.Cell("tetrahedron", geometric_dimension=3), 2)
    return create_mesh(COMM, cells[:, order].astype(numpy.int64), nodes, ufl.Mesh(element))


def lame_functions(mesh, values):
    """Lame constants cell by cell; `values` [n_cells, 2] in the order of the input."""
    space = fem.FunctionSpace(mesh, ("DG", 0))
    mu, lam = fem.Function(space), fem.Function(space)
    original = mesh.topology.original_cell_index
    n_local = mesh.topology.index_map(3).size_local
    for function, column in ((mu, 0), (lam, 1)):
        function.x.array[:n_local] = values[original[:n_local], column]
        function.x.scatter_forward()
    return mu, lam


def warm_up():
    """Compiles, in the cache of FEniCSx, what the clock shall not see."""
    corners = numpy.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    edges = [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)]
    nodes = numpy.vstack([corners, [(corners[a] + corners[b]) / 2 for a, b in edges]])
    first = COMM.rank == 0
    cells = numpy.arange(10).reshape(1, 10) if first else numpy.zeros((0, 10), int)
    mesh = make_mesh(nodes if first else numpy.zeros((0, 3)), cells)
    forms(mesh, lame_functions(mesh, numpy.ones((1, 2))))


def input_nodes(mesh, space):
    """Node of the input for each local block of unknowns, ghosts included."""
    by_geometry = numpy.array(mesh.geometry.input_global_indices, dtype=numpy.int64)
    n_cells = mesh.topology.index_map(3).size_local + mesh.topology.index_map(3).num_ghosts
    node = numpy.zeros(space.dofmap.index_map.size_local + space.dofmap.index_map.num_ghosts,
                       dtype=numpy.int64)
    for cell in range(n_cells):
        node[space.dofmap.cell_dofs(cell)] = by_geometry[mesh.geometry.dofmap.links(cell)]
    return node


def rigid_modes(space):
    x = space.tabulate_dof_coordinates()
    x = x - COMM.allreduce(x.sum(axis=0)) / COMM.allreduce(len(x))
    modes = [la.create_petsc_vector(space.dofmap.index_map, 3) for _ in range(6)]
    for i, mode in enumerate(modes):
        with mode.localForm() as local:
            values = numpy.zeros((len(x), 3))
            if i < 3:
                values[:, i] = 1
            else:
                a, b = [(0, 1), (1, 2), (2, 0)][i - 3]
                values[:, a], values[:, b] = -x[:, b], x[:, a]
            local.array[:] = values.ravel()
    for i in range(6):
        for _ in range(2):
            for j in range(i):
                modes[i].axpy(-modes[i].dot(modes[j]), modes[j])
        modes[i].normalize()
    return PETSc.NullSpace().create(vectors=modes)


def solve(matrix, b, threshold):
    """Conjugate gradients with smoothed aggregation, watching the residual itself."""
    options = PETSc.Options()
    options["mg_levels_ksp_type"] = "chebyshev"
    options["mg_levels_pc_type"] = "jacobi"
    options["pc_gamg_threshold"] = threshold
    solver = PETSc.KSP().create(COMM)
    solver.setOperators(matrix)
    solver.setType("cg")
    solver.getPC().setType("gamg")
    solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
    solver.setTolerances(rtol=1e-8, max_it=1000)
    solver.setFromOptions()
    start = time.time()
    solver.setUp()
    set_up = time.time()
    x = b.duplicate()
    solver.solve(b, x)
    done = time.time()
    row = {"threshold": threshold, "iterations": solver.getIterationNumber(),
           "converged": solver.getConvergedReason() > 0, "setup_s": set_up - start,
           "solve_s": done - set_up}
    solver.destroy()
    return row, x


def run(problem, thresholds):
    warm_up()
    COMM.barrier()
    start = time.time()
    first = COMM.rank == 0
    with h5py.File(problem["mesh"]) as file:
        nodes = file["nodes"][()].reshape(-1, 3)
        cells = file["cells"][()].reshape(-1, 10) if first else numpy.zeros((0, 10), int)
        values = numpy.array(problem["lame"])[file["cell_body"][()].ravel()]
    n_nodes = len(nodes)
    mesh = make_mesh(nodes if first else nodes[:0], cells)
    del nodes, cells
    read = time.time()
    space, form = forms(mesh, lame_functions(mesh, values))
    started_mapping = time.time()
    node = input_nodes(mesh, space)
    right = numpy.fromfile(problem["right_side"]).reshape(2, -1, 3)
    mapping = time.time() - started_mapping  # needed by the comparison only
    held = numpy.flatnonzero(right[1][node, 0] > 0.5).astype(numpy.int32)
    support = fem.dirichletbc(numpy.zeros(3), held, space)
    matrix = fem.petsc.assemble_matrix(form, [support])
    matrix.assemble()
    matrix.setNearNullSpace(rigid_modes(space))
    b = la.create_petsc_vector(space.dofmap.index_map, 3)
    n_own = space.dofmap.index_map.size_local
    b.array[:] = (right[0][node[:n_own]] * (right[1][node[:n_own]] < 0.5)).ravel()
    assembled = time.time()
    rows, x = [], None
    for threshold in thresholds:
        row, x = solve(matrix, b, threshold)
        row["wall_s"] = assembled - start - mapping + row["setup_s"] + row["solve_s"]
        rows.append(row)
    parts = COMM.gather((node[:n_own], x.array.reshape(-1, 3).copy()))
    if first:
        u = numpy.zeros((n_nodes, 3))
        for where, part in parts:
            u[where] = part
        u.tofile(problem["displacement"])
        print(json.dumps({"read_s": read - start, "assemble_s": assembled - read - mapping,
                          "solves": rows}))


if __name__ == "__main__":
    with open(sys.argv[1]) as problem_file:
        run(json.load(problem_file), [float(t) for t in sys.argv[2].split(",")])
