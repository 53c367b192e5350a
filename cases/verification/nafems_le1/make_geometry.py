#!/usr/bin/python3
"""Draws membrane.step: a quarter of an elliptic ring, half its thickness (needs python3-gmsh)."""
import os
import re

import gmsh

INNER, OUTER, HEIGHT = (2000.0, 1000.0), (3250.0, 2750.0), 50.0  # mm, semi-axes along x and y
occ = gmsh.model.occ


def arc(axes):
    """Quarter ellipse from (a, 0) to (0, b)."""
    centre = occ.addPoint(0, 0, 0)
    start, end = occ.addPoint(axes[0], 0, 0), occ.addPoint(0, axes[1], 0)
    return start, end, occ.addEllipseArc(start, centre, start, end)


def write_step(path):
    """STEP without the time of writing: the same drawing gives the same file."""
    gmsh.write(path)
    with open(path, encoding="ascii") as stream:
        text = stream.read()
    with open(path, "w", encoding="ascii") as stream:
        stream.write(re.sub(r"'\d{4}-\d\d-\d\dT[\d:]+'", "'2026-01-01T00:00:00'", text))


def main():
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setString("Geometry.OCCTargetUnit", "MM")
    inner, outer = arc(INNER), arc(OUTER)
    loop = occ.addCurveLoop([occ.addLine(inner[0], outer[0]), outer[2],
                             occ.addLine(outer[1], inner[1]), -inner[2]])
    occ.extrude([(2, occ.addPlaneSurface([loop]))], 0, 0, HEIGHT)
    occ.synchronize()
    occ.remove([e for d in (2, 1, 0) for e in gmsh.model.getEntities(d)], recursive=False)
    occ.synchronize()
    write_step(os.path.join(os.path.dirname(os.path.abspath(__file__)), "membrane.step"))
    gmsh.finalize()


if __name__ == "__main__":
    main()
