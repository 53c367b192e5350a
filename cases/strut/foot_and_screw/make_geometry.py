#!/usr/bin/python3
"""Draws strut_end.step, the end of a strut that stands on a vertebra (needs Debian's python3-gmsh).

Coordinates in mm, those of the vertebra's file: x to the side, y forwards, z upwards. A foot plate
with rounded corners and, rising from it through a fillet, the strut's column.
"""
import pathlib
import sys

import gmsh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from drawing import draw, occ  # noqa: E402

FOOT = (-7.0, -1.0, 10.2, 14.0, 17.0, 4.2)     # corner x, y, z and extents
COLUMN = (-5.0, 1.0, 14.4, 10.0, 6.5, 19.6)
CORNER, FILLET = 2.0, 1.5


def along(edge, axis):
    box = gmsh.model.getBoundingBox(1, edge)
    extent = [box[3 + k] - box[k] for k in range(3)]
    return all((extent[k] > 0.1) == (k == axis) for k in range(3))


def at_height(edge, z):
    box = gmsh.model.getBoundingBox(1, edge)
    return abs(box[2] - z) < 1e-3 and abs(box[5] - z) < 1e-3


def rounded(corner, radius):
    """A box whose upright edges are rounded."""
    solid = occ.addBox(*corner)
    occ.synchronize()
    edges = [e for _, e in gmsh.model.getBoundary([(3, solid)], recursive=False, combined=False,
                                                  oriented=False)]
    upright = {e for _, e in gmsh.model.getBoundary([(2, f) for f in edges], combined=False,
                                                    oriented=False) if along(e, 2)}
    return occ.fillet([solid], sorted(upright), [radius])[0][1]


def build():
    foot, column = rounded(FOOT, CORNER), rounded(COLUMN, CORNER)
    solid = occ.fuse([(3, foot)], [(3, column)])[0][0][1]
    occ.synchronize()
    top_of_foot = FOOT[2] + FOOT[5]
    root = [e for _, e in gmsh.model.getEntities(1)
            if at_height(e, top_of_foot) and inside_column(e)]
    occ.fillet([solid], root, [FILLET])


def inside_column(edge):
    box = gmsh.model.getBoundingBox(1, edge)
    return (box[0] > COLUMN[0] - 0.1 and box[3] < COLUMN[0] + COLUMN[3] + 0.1 and
            box[1] > COLUMN[1] - 0.1 and box[4] < COLUMN[1] + COLUMN[4] + 0.1)


if __name__ == "__main__":
    draw(__file__, "strut_end.step", build)
