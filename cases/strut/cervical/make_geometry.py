#!/usr/bin/python3
"""Draws strut.step, the solid part of the cervical strut (needs Debian's python3-gmsh).

Coordinates in mm: x to the side, y backwards, z upwards; mirror plane z = 44. The side view (y, z)
is two straight flanges joined tangentially by a circular arc that bulges forwards, and two shelves
that reach back over the endplates. All sizes stand in README.md.
"""
import math
import pathlib
import sys

import gmsh

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from drawing import occ, write_step  # noqa: E402

HEIGHT, WIDTH, DEPTH = 88.0, 10.0, 5.0
FLANGE, TILT = 12.0, math.radians(8.0)
SHELF_REACH, SHELF_LOW, SHELF_THICK = 11.0, 3.0, 3.5
FILLET = 2.0                                     # on both sides of a shelf

Z1 = FLANGE * math.cos(TILT)                     # height where the lower flange ends
RADIUS = (HEIGHT / 2 - Z1) / math.sin(TILT)      # of the back face's arc
CENTRE_Y = RADIUS * math.cos(TILT)


def local(n, t):
    """(y, z) of a point n behind the lower flange's back face and t above its upper end."""
    return (n * math.cos(TILT) - t * math.sin(TILT), Z1 + n * math.sin(TILT) + t * math.cos(TILT))


def point(yz, mirrored=False):
    return occ.addPoint(0, yz[0], HEIGHT - yz[1] if mirrored else yz[1])


def face(curves):
    return occ.addPlaneSurface([occ.addCurveLoop(curves)])


def column():
    """Side view of flange, arc, flange."""
    centre = occ.addPoint(0, CENTRE_Y, HEIGHT / 2)
    back = [point(local(0, -FLANGE)), point(local(0, 0)), point(local(0, 0), True),
            point(local(0, -FLANGE), True)]
    front = [point(local(-DEPTH, -FLANGE)), point(local(-DEPTH, 0)), point(local(-DEPTH, 0), True),
             point(local(-DEPTH, -FLANGE), True)]
    return face([occ.addLine(back[0], back[1]), occ.addCircleArc(back[1], centre, back[2]),
                 occ.addLine(back[2], back[3]), occ.addLine(back[3], front[3]),
                 occ.addLine(front[3], front[2]), occ.addCircleArc(front[2], centre, front[1]),
                 occ.addLine(front[1], front[0]), occ.addLine(front[0], back[0])])


def shelf(mirrored):
    """Side view of a protrusion; it begins inside the column."""
    low, high = SHELF_LOW, SHELF_LOW + SHELF_THICK
    corners = [point(local(n, t), mirrored)
               for n, t in ((-1, low), (SHELF_REACH, low), (SHELF_REACH, high), (-1, high))]
    return face([occ.addLine(corners[i], corners[(i + 1) % 4]) for i in range(4)])


def concave_edges(t_corner):
    """Edges across the width where a shelf's face at t_corner meets the column's back face."""
    occ.synchronize()
    found = []
    for _, edge in gmsh.model.getEntities(1):
        low_x, low_y, low_z, high_x, high_y, high_z = gmsh.model.getBoundingBox(1, edge)
        y, z = (low_y + high_y) / 2, (low_z + high_z) / 2
        for height in (z, HEIGHT - z):
            t = -y * math.sin(TILT) + (height - Z1) * math.cos(TILT)
            n = y * math.cos(TILT) + (height - Z1) * math.sin(TILT)
            on_corner = abs(t - t_corner) < 0.05 and abs(n) < 0.5
            if high_x - low_x > WIDTH - 0.1 and on_corner:
                found.append(edge)
    return found


def main():
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    solids = []
    for side in (column(), shelf(False), shelf(True)):
        occ.translate([(2, side)], -WIDTH / 2, 0, 0)
        solids += [entity for entity in occ.extrude([(2, side)], WIDTH, 0, 0) if entity[0] == 3]
    fused, _ = occ.fuse(solids[:1], solids[1:])
    inner, outer = concave_edges(SHELF_LOW + SHELF_THICK), concave_edges(SHELF_LOW)
    assert len(fused) == 1 and len(inner) == 2 and len(outer) == 2, (fused, inner, outer)
    solid = occ.fillet([fused[0][1]], inner + outer, [FILLET])[0][1]
    occ.synchronize()
    assert len(gmsh.model.getEntities(3)) == 1
    print("volume %.2f mm3, radius of the back face %.2f mm" % (occ.getMass(3, solid), RADIUS))
    write_step(pathlib.Path(__file__).resolve().parent / "strut.step")
    gmsh.finalize()


if __name__ == "__main__":
    main()
