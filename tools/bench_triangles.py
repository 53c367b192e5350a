"""Triangles and tetrahedra for `tools/bench meshing`: readers, damage, measures."""
import re

import numpy


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


# ---- measures ----------------------------------------------------------------------------------

def facets_outwards(points, cells):
    """Area vectors [cells, 4, 3] of the faces of tetrahedra, outwards; face i is opposite corner i."""
    p = points[cells]
    normals = numpy.empty((len(cells), 4, 3))
    for i in range(4):
        a, b, c = (p[:, (i + k) % 4] for k in (1, 2, 3))
        n = numpy.cross(b - a, c - a) / 2
        away = numpy.einsum("ij,ij->i", n, p[:, i] - a) > 0
        normals[:, i] = numpy.where(away[:, None], -n, n)
    return normals


def quality(points, cells):
    """Least dihedral angle and its first percentile (degrees), mean of 3 r_in / R_circ, volume."""
    normals = facets_outwards(points, cells)
    area = numpy.maximum(numpy.linalg.norm(normals, axis=2), 1e-300)
    unit = normals / area[:, :, None]
    least = numpy.full(len(cells), 180.0)
    for i in range(4):
        for j in range(i + 1, 4):
            cosine = -numpy.einsum("ij,ij->i", unit[:, i], unit[:, j])
            least = numpy.minimum(least, numpy.degrees(numpy.arccos(numpy.clip(cosine, -1, 1))))
    p = points[cells]
    u, v, w = (p[:, k] - p[:, 0] for k in (1, 2, 3))
    six = numpy.abs(numpy.einsum("ij,ij->i", numpy.cross(u, v), w))
    square = [numpy.einsum("ij,ij->i", x, x)[:, None] for x in (u, v, w)]
    radius = numpy.linalg.norm(square[0] * numpy.cross(v, w) + square[1] * numpy.cross(w, u)
                               + square[2] * numpy.cross(u, v), axis=1) / 2
    gamma = 1.5 * six ** 2 / numpy.maximum(area.sum(axis=1) * radius, 1e-300)
    return {"cells": len(cells), "min_dihedral_deg": float(least.min()),
            "first_percentile_dihedral_deg": float(numpy.percentile(least, 1)),
            "mean_gamma": float(gamma.mean())}, float(six.sum() / 6)


def boundary(cells):
    """Faces of one tetrahedron only, [n, 3]."""
    faces = numpy.concatenate([cells[:, [1, 2, 3]], cells[:, [0, 2, 3]], cells[:, [0, 1, 3]],
                               cells[:, [0, 1, 2]]])
    key, first, count = numpy.unique(numpy.sort(faces, axis=1), axis=0, return_index=True,
                                     return_counts=True)
    return faces[first[count == 1]]


def polydata(triangles):
    import vtk
    from vtk.util import numpy_support
    corners, index = numpy.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    data, cells, points = vtk.vtkPolyData(), vtk.vtkCellArray(), vtk.vtkPoints()
    points.SetData(numpy_support.numpy_to_vtk(corners, deep=True))
    face = numpy.hstack([numpy.full((len(triangles), 1), 3), index.reshape(-1, 3)])
    cells.SetCells(len(triangles), numpy_support.numpy_to_vtkIdTypeArray(
        numpy.ascontiguousarray(face, dtype=numpy.int64).ravel(), deep=True))
    data.SetPoints(points)
    data.SetPolys(cells)
    return data


def split_once(triangles):
    """Each triangle in four, so that the measured corners lie closer together."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    d, e, f = (a + b) / 2, (b + c) / 2, (c + a) / 2
    return numpy.stack([numpy.stack(t, axis=1) for t in
                        ((a, d, f), (d, b, e), (f, e, c), (d, e, f))]).reshape(-1, 3, 3)


def hausdorff(first, second):
    """Greatest distance (mm) of corners and edge middles of either surface from the other's
    triangles; None where VTK is not at hand."""
    try:
        import vtk
    except ImportError:
        return None
    measure = vtk.vtkHausdorffDistancePointSetFilter()
    measure.SetTargetDistanceMethodToPointToCell()
    measure.SetInputData(0, polydata(split_once(first)))
    measure.SetInputData(1, polydata(split_once(second)))
    measure.Update()
    return measure.GetHausdorffDistance()
