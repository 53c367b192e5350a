#!/usr/bin/python3
"""Files like those that defeat meshers, made from nothing: `tools/bench_made.py DIR` writes them.

Each stands for a kind of submission: implants with needle triangles, lattices from implicit
surfaces, segmented bones with stairs, crossing parts, open sheets, heaps of triangles, CAD files of
several solids. Deterministic (one seed for each file). Needs python3-gmsh and python3-vtk9.
"""
import pathlib
import sys

import gmsh
import numpy
import vtk
from vtk.util import numpy_support

from bench_triangles import write_stl


# ---- surfaces ----------------------------------------------------------------------------------

def grid_surface(points, closed_u=True):
    """Triangles [n,3,3] of a grid of points [along][around], with flat ends."""
    rows, around = points.shape[:2]
    triangles = []
    for i in range(rows - 1):
        for j in range(around if closed_u else around - 1):
            a, b = points[i, j], points[i, (j + 1) % around]
            c, d = points[i + 1, (j + 1) % around], points[i + 1, j]
            triangles += [(a, b, c), (a, c, d)]
    if closed_u:
        for row, turned in ((points[0], True), (points[-1], False)):
            middle = row.mean(axis=0)
            for j in range(around):
                pair = (row[j], row[(j + 1) % around])
                triangles.append((middle, *(pair[::-1] if turned else pair)))
    return numpy.array(triangles)


def implicit_surface(value, low, high, step, decimate=0.0):
    """The surface value = 0 (negative inside) by marching cubes, [n,3,3]; optionally thinned."""
    axes = [numpy.arange(a - 2 * step, b + 2.01 * step, step) for a, b in zip(low, high)]
    x, y, z = numpy.meshgrid(*axes, indexing="ij")
    image = vtk.vtkImageData()
    image.SetDimensions(*x.shape)
    image.SetSpacing(step, step, step)
    image.SetOrigin(*(a[0] for a in axes))
    data = numpy_support.numpy_to_vtk(value(x, y, z).ravel(order="F").astype("f8"), deep=True)
    image.GetPointData().SetScalars(data)
    contour = vtk.vtkMarchingCubes()
    contour.SetInputData(image)
    contour.SetValue(0, 0)
    contour.Update()
    return from_polydata(thinned(contour.GetOutput(), decimate))


def thinned(polydata, share):
    if share == 0:
        return polydata
    decimate = vtk.vtkQuadricDecimation()
    decimate.SetInputData(polydata)
    decimate.SetTargetReduction(share)
    decimate.Update()
    return decimate.GetOutput()


def from_polydata(polydata):
    points = numpy_support.vtk_to_numpy(polydata.GetPoints().GetData()).astype(float)
    faces = numpy_support.vtk_to_numpy(polydata.GetPolys().GetData()).reshape(-1, 4)[:, 1:]
    triangles = points[faces]
    volume = numpy.einsum("ij,ij->", triangles[:, 0], numpy.cross(triangles[:, 1], triangles[:, 2]))
    return triangles if volume > 0 else triangles[:, [0, 2, 1]]


def ellipsoid(centre, radii, turn=0.0, n=24):
    u, v = numpy.meshgrid(numpy.linspace(0.02, numpy.pi - 0.02, n),
                          numpy.linspace(0, 2 * numpy.pi, 2 * n, endpoint=False), indexing="ij")
    p = numpy.stack([radii[0] * numpy.sin(u) * numpy.cos(v), radii[1] * numpy.sin(u) * numpy.sin(v),
                     -radii[2] * numpy.cos(u)], axis=-1)
    c, s = numpy.cos(turn), numpy.sin(turn)
    return grid_surface(p @ numpy.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]) + centre)


def with_needles(triangles, count, random, share=1e-4):
    """Splits edges beside one of their ends: needles with the shape number `share`."""
    points, index = numpy.unique(triangles.reshape(-1, 3).astype("f4"), axis=0, return_inverse=True)
    points, faces = list(points.astype(float)), index.reshape(-1, 3).tolist()
    by_edge = {}
    for f, face in enumerate(faces):
        for k in range(3):
            by_edge.setdefault(frozenset((face[k], face[(k + 1) % 3])), []).append(f)
    edges = sorted(tuple(sorted(e)) for e, f in by_edge.items() if len(f) == 2)
    used = set()
    for e in random.permutation(len(edges))[:4 * count]:
        a, b = edges[e]
        pair = by_edge[frozenset((a, b))]
        if count == 0 or used & set(pair):
            continue
        used |= set(pair)
        count -= 1
        new = len(points)
        points.append(points[a] + share * (points[b] - points[a]))
        for f in pair:
            face = faces[f]
            k = next(i for i in range(3) if {face[i], face[(i + 1) % 3]} == {a, b})
            first, second, apex = face[k], face[(k + 1) % 3], face[(k + 2) % 3]
            faces[f] = [first, new, apex]
            faces.append([new, second, apex])
    return numpy.array(points)[numpy.array(faces)]


def pushed_through(triangles, count, depth, random):
    """Moves some points inwards so far that their triangles cross the surface."""
    points, index = numpy.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    faces = index.reshape(-1, 3)
    normals = numpy.zeros_like(points)
    area = numpy.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    for k in range(3):
        numpy.add.at(normals, faces[:, k], area)
    normals /= numpy.maximum(numpy.linalg.norm(normals, axis=1), 1e-30)[:, None]
    chosen = random.choice(len(points), count, replace=False)
    points[chosen] -= depth * normals[chosen]
    return points[faces]


# ---- the files ---------------------------------------------------------------------------------

def stem(random):
    along = numpy.unique(numpy.concatenate([numpy.linspace(0, 1, 40), 0.7 + 1e-4 * numpy.arange(4)]))
    turn = numpy.linspace(0, 2 * numpy.pi, 60, endpoint=False)
    rows = []
    for t in along:
        a, b = 5 + 14 * t ** 2, 4 + 6 * t
        section = numpy.stack([a * numpy.sign(numpy.cos(turn)) * numpy.abs(numpy.cos(turn)) ** 0.5,
                               b * numpy.sign(numpy.sin(turn)) * numpy.abs(numpy.sin(turn)) ** 0.5,
                               0 * turn], axis=1)
        bend = 0.9 * max(0.0, t - 0.6)
        section[:, 2] += section[:, 0] * numpy.sin(bend)
        rows.append(section + [60 * max(0.0, t - 0.6) ** 2, 0, 200 * t])
    return with_needles(grid_surface(numpy.array(rows)), 300, random)


def lattice_value(x, y, z):
    cell, radius = 4.2, 0.55
    value = numpy.full(x.shape, 1e9)
    u, v, w = (((c + cell / 2) % cell) - cell / 2 for c in (x, y, z))
    for sx, sy in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        d = (u * sx + v * sy + w) / 3
        value = numpy.minimum(value, numpy.sqrt((u - d * sx) ** 2 + (v - d * sy) ** 2 + (w - d) ** 2))
    inside = numpy.maximum.reduce([numpy.abs(x) - 8.4, numpy.abs(y) - 8.4, numpy.abs(z) - 10.5])
    plates = numpy.abs(numpy.abs(z) - 10) - 0.5
    return numpy.maximum(numpy.minimum(value - radius, plates), inside)


def lattice(random):
    surface = implicit_surface(lattice_value, (-8.4, -8.4, -10.5), (8.4, 8.4, 10.5), 0.29, 0.91)
    return pushed_through(surface, 6, 0.5, random)


def wing(x, y, z):
    """A curved plate of 3 to 8 mm with a hole and a socket, like half a pelvis."""
    r = numpy.sqrt((x - 60) ** 2 + (z - 20) ** 2)
    plate = numpy.abs(y - 30 - 25 * numpy.cos(x / 40) * numpy.sin(z / 60)) - (1.5 + 0.03 * r)
    outline = ((x - 55) / 60) ** 2 + ((z - 60) / 80) ** 2 - 1
    hole = 14 - numpy.sqrt((x - 40) ** 2 + (z - 5) ** 2)
    socket = numpy.sqrt((x - 60) ** 2 + (y - 34) ** 2 + (z - 25) ** 2) - 22
    cup = 16 - numpy.sqrt((x - 60) ** 2 + (y - 52) ** 2 + (z - 25) ** 2)
    body = numpy.maximum(numpy.maximum(plate, 12 * outline), hole)
    return numpy.maximum(numpy.minimum(body, socket), cup)


def pelvis(random):
    right = implicit_surface(wing, (-10, -20, -25), (120, 70, 145), 2.2, 0.6)
    left = right[:, [0, 2, 1]] * [-1, 1, 1] - [20, 0, 0]
    crumbs = [ellipsoid((300 * random.random(3) - 150) * [1, 0, 1] + [0, 120, 0], (1.5, 1, 1), 0, 5)
              for _ in range(4)]
    whole = pushed_through(numpy.concatenate([right, left]), 4, 9, random)
    keep = numpy.ones(len(whole), bool)
    keep[[700, 4000]] = False
    return numpy.concatenate([whole[keep], whole[[5, 6]], *crumbs])


def femur(_random):
    def value(x, y, z):
        bow = 10 * numpy.sin(numpy.pi * z / 160)
        radius = 13 + 14 * numpy.exp(-(z / 25) ** 2) + 3 * numpy.sin(3 * numpy.arctan2(y, x - bow))
        shaft = numpy.maximum(numpy.hypot(x - bow, y) - radius, numpy.abs(z - 70) - 75)
        head = numpy.sqrt((x - 42) ** 2 + y ** 2 + (z - 150) ** 2) - 22
        t = numpy.clip(((x - 8) * 34 + (z - 122) * 28) / (34 ** 2 + 28 ** 2), 0, 1)
        neck = numpy.sqrt((x - 8 - 34 * t) ** 2 + y ** 2 + (z - 122 - 28 * t) ** 2) - 14
        solid = numpy.minimum(numpy.minimum(shaft, head), neck)
        return numpy.where(solid < 0, -1.0, 1.0)  # voxels: stairs
    return implicit_surface(value, (-35, -35, -5), (70, 35, 175), 0.9)


def bones26(random):
    parts = []
    for i in range(26):
        centre = numpy.array([60 * (i % 5), 14 * (i // 5), 8 * random.standard_normal()])
        parts.append(ellipsoid(centre, (35, 8 + 3 * random.random(), 6), random.normal(0, 0.2), 12))
    return numpy.concatenate(parts)


def screw(random):
    around, turns = 16, 24
    steps = turns * around
    rows = []
    t = numpy.arange(steps + 1) * 2 * numpy.pi / around
    for radius, shift in ((1.9, 0), (1.9, 0.7), (2.75, 1.1), (2.75, 1.3), (1.9, 1.75)):
        rows.append(numpy.stack([radius * numpy.cos(t), radius * numpy.sin(t),
                                 1.75 * t / (2 * numpy.pi) + shift], axis=1))
    thread = grid_surface(numpy.array(rows).transpose(1, 0, 2), closed_u=False)
    rod = grid_surface(numpy.array([[(r * numpy.cos(a), r * numpy.sin(a), z) for a in
                                     numpy.linspace(0, 2 * numpy.pi, 24, endpoint=False)]
                                    for r, z in ((0.2, -3), (1.9, 0), (1.9, 43), (5, 45), (5, 49))]))
    return numpy.concatenate([thread, rod[:-1]])


def cup_with_rim(random):
    """Half a shell with a chamfered rim and needles, as CAD exports it."""
    turn = numpy.linspace(0, 2 * numpy.pi, 96, endpoint=False)
    rows = []
    for angle in numpy.linspace(0.03, numpy.pi / 2, 10):
        rows.append((26 * numpy.sin(angle), -26 * numpy.cos(angle)))
    rows += [(25.7, 0.3), (22.4, 0.3), (22.1, 0.0)]
    for angle in numpy.linspace(numpy.pi / 2, 0.03, 10)[1:]:
        rows.append((22.1 * numpy.sin(angle), -22.1 * numpy.cos(angle)))
    points = numpy.array([[(r * numpy.cos(a), r * numpy.sin(a), z) for a in turn] for r, z in rows])
    return with_needles(grid_surface(points), 60, random, 1e-3)


def sheet_with_holes(random):
    """A closed casting with four holes in its skin that can be filled."""
    surface = ellipsoid(numpy.zeros(3), (60, 40, 25), 0.3, 40)
    middle = surface.mean(axis=1)
    for centre in ((58, 3, 2), (-20, 36, 3), (5, -10, 24), (10, 8, -23)):
        surface = surface[numpy.linalg.norm(middle - centre, axis=1) > 6]
        middle = surface.mean(axis=1)
    return surface


def many_holes(random):
    surface = ellipsoid(numpy.zeros(3), (50, 30, 40), 0.1, 50)
    keep = numpy.ones(len(surface), bool)
    keep[random.choice(len(surface), 106, replace=False)] = False
    return surface[keep]


def open_sheet(random):
    x, y = numpy.meshgrid(numpy.linspace(0, 80, 60), numpy.linspace(0, 50, 40), indexing="ij")
    return grid_surface(numpy.stack([x, y, 4 * numpy.sin(x / 9) * numpy.cos(y / 7)], axis=-1), False)


def soup(random):
    return random.uniform(0, 50, (100, 3, 3))


def big_soup(random):
    return random.uniform(0, 80, (5000, 1, 3)) + random.normal(0, 3, (5000, 3, 3))


def hourglass(_random):
    turn = numpy.linspace(0, 2 * numpy.pi, 32, endpoint=False)
    return grid_surface(numpy.array([[(r * numpy.cos(a), r * numpy.sin(a), z) for a in turn]
                                     for r, z in ((20, -30), (10, -15), (0, 0), (10, 15), (20, 30))]))


def gyroid(_random):
    def value(x, y, z):
        k = 2 * numpy.pi / 6
        g = numpy.sin(k * x) * numpy.cos(k * y) + numpy.sin(k * y) * numpy.cos(k * z) + numpy.sin(
            k * z) * numpy.cos(k * x)
        return numpy.maximum(numpy.abs(g) - 0.45, numpy.maximum.reduce(
            [numpy.abs(x) - 9, numpy.abs(y) - 9, numpy.abs(z) - 9]) * 0.9)
    return implicit_surface(value, (-9, -9, -9), (9, 9, 9), 0.4, 0.7)


def relief(random):
    """A coin with crossing letters of thin blocks sunk into it, 7 shells and open seams."""
    turn = numpy.linspace(0, 2 * numpy.pi, 200, endpoint=False)
    coin = grid_surface(numpy.array([[(r * numpy.cos(a), r * numpy.sin(a), z) for a in turn]
                                     for r, z in ((20, 0), (20.3, 0.3), (20.3, 3.7), (20, 4))]))
    parts = [coin]
    for i in range(6):
        low = numpy.array([-14 + 5 * i, -4 + 2 * (i % 3), 3.5])
        parts.append(box(low, low + [6.5, 1.2, 1.3]))
    return with_needles(numpy.concatenate(parts), 200, random, 1e-3)[3:]


def box(low, high):
    p = numpy.array([[x, y, z] for z in (low[2], high[2]) for y in (low[1], high[1])
                     for x in (low[0], high[0])])
    faces = [(0, 2, 3), (0, 3, 1), (4, 5, 7), (4, 7, 6), (0, 1, 5), (0, 5, 4), (2, 6, 7), (2, 7, 3),
             (0, 4, 6), (0, 6, 2), (1, 3, 7), (1, 7, 5)]
    return p[numpy.array(faces)]


def thin_plate(_random):
    return numpy.concatenate([box((0, 0, 0), (60, 40, 0.4))])


def two_boxes_touching(_random):
    return numpy.concatenate([box((0, 0, 0), (20, 20, 20)), box((20, 5, 5), (35, 15, 15))])


SURFACES = {"stem": stem, "lattice": lattice, "pelvis": pelvis, "femur_stairs": femur,
            "bones26": bones26, "screw": screw, "cup_rim": cup_with_rim, "casting_holes":
            sheet_with_holes, "many_holes": many_holes, "open_sheet": open_sheet, "soup": soup,
            "soup_5000": big_soup, "hourglass": hourglass, "gyroid": gyroid, "relief": relief,
            "thin_plate": thin_plate, "touching_boxes": two_boxes_touching}


# ---- CAD ---------------------------------------------------------------------------------------

def cage_solids():
    """Two overlapping solids with some 1100 faces: a ribbed wall with pins, and a plate."""
    occ = gmsh.model.occ
    wall = (3, occ.addBox(0, 0, 0, 126, 266, 60))
    holes = [(3, occ.addCylinder(9 + 12 * i, 12 + 14.2 * j, -1, 0, 0, 62, 4))
             for i in range(10) for j in range(18)]
    teeth = [(3, occ.addWedge(4 + 12 * i, 3 + 14.2 * j, 60, 4, 2.4, 5, -1, 1.5))
             for i in range(10) for j in range(18)]
    body, _ = occ.cut([wall], holes)
    body, _ = occ.fuse(body, teeth)
    plate = occ.addBox(20, 40, 40, 80, 180, 41)
    occ.synchronize()
    return body, plate


def write_cage(folder):
    cage_solids()
    gmsh.write(str(folder / "cage.step"))
    gmsh.option.setNumber("Mesh.MeshSizeMax", 60)
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", 6)
    gmsh.model.mesh.generate(2)
    tags, xyz, _ = gmsh.model.mesh.getNodes()
    place = numpy.zeros(int(max(tags)) + 1, int)
    place[numpy.array(tags, int)] = numpy.arange(len(tags))
    corners = numpy.concatenate([numpy.array(
        gmsh.model.mesh.getElementsByType(2, tag)[1], int) for _, tag in gmsh.model.getEntities(2)])
    write_stl(folder / "cage_crossing.stl",
              numpy.array(xyz).reshape(-1, 3)[place[corners]].reshape(-1, 3, 3) / 10)


def write_assembly(folder):
    occ = gmsh.model.occ
    for i in range(10):
        if i % 2:
            occ.addCylinder(18 * i, 0, 0, 25, 0, 0, 8)
        else:
            occ.addBox(18 * i, -10, -10, 20.5, 20, 20)
    occ.synchronize()
    gmsh.write(str(folder / "assembly10.step"))


def write_filleted(folder):
    """A bracket with fillets that nearly meet and a step of 0.05 mm."""
    occ = gmsh.model.occ
    base = [(3, occ.addBox(0, 0, 0, 40, 20, 4)), (3, occ.addBox(0, 0, 3.95, 4, 20, 26)),
            (3, occ.addCylinder(20, 10, 0, 0, 0, 9, 5)), (3, occ.addBox(36, 4, 0, 4.05, 12, 3.95))]
    body, _ = occ.fuse(base[:1], base[1:])
    body, _ = occ.cut(body, [(3, occ.addCylinder(20, 10, -1, 0, 0, 12, 2.45)),
                             (3, occ.addCylinder(-1, 10, 20, 8, 0, 0, 3))])
    occ.synchronize()
    gmsh.write(str(folder / "bracket_step.step"))


def write_screw(folder):
    occ = gmsh.model.occ
    parts = [(3, occ.addCylinder(0, 0, 0, 0, 0, 40, 1.9)), (3, occ.addSphere(0, 0, 42, 4))]
    for i in range(20):
        parts.append((3, occ.addCone(0, 0, 1.5 * i + 2, 0, 0, 0.9, 2.75, 1.7)))
    body, _ = occ.fuse(parts[:1], parts[1:])
    body, _ = occ.cut(body, [(3, occ.addBox(-1.2, -1.2, 43, 2.4, 2.4, 5))])
    occ.synchronize()
    gmsh.write(str(folder / "ridged_screw.step"))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, make) in enumerate(SURFACES.items()):
        triangles = make(numpy.random.default_rng(number))
        write_stl(folder / f"{name}.stl", triangles)
        print(f"{name}: {len(triangles)} triangles", file=sys.stderr)
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    for write in (write_cage, write_assembly, write_filleted, write_screw):
        gmsh.clear()
        gmsh.model.add("part")
        write(folder)
    gmsh.finalize()


if __name__ == "__main__":
    main()
