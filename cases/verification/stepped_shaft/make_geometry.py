#!/usr/bin/python3
"""Draws shafts.step: a quarter of three stepped shafts, one above the other (needs python3-gmsh)."""
import math
import os
import re

import gmsh

SHAFTS = ((12.0, 10.0, 1.0), (15.0, 10.0, 1.25), (20.0, 10.0, 5.0))  # D, d, r in mm
SHOULDER, LENGTH, DISTANCE = 15.0, 40.0, 100.0
occ = gmsh.model.occ


def quarter(large, small, radius, z):
    """Revolves the half section r(z) about the z axis by a quarter turn."""
    points = [(0, 0), (large / 2, 0), (large / 2, SHOULDER), (small / 2 + radius, SHOULDER),
              (small / 2, SHOULDER + radius), (small / 2, LENGTH), (0, LENGTH)]
    tags = [occ.addPoint(r, 0, z + h) for r, h in points]
    centre = occ.addPoint(small / 2 + radius, 0, z + SHOULDER + radius)
    curves = []
    for i, tag in enumerate(tags):
        following = tags[(i + 1) % len(tags)]
        if points[i] == points[(i + 1) % len(tags)]:
            continue
        curves.append(occ.addCircleArc(tag, centre, following) if i == 3
                      else occ.addLine(tag, following))
    face = occ.addPlaneSurface([occ.addCurveLoop(curves)])
    occ.revolve([(2, face)], 0, 0, 0, 0, 0, 1, math.pi / 2)


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
    for i, (large, small, radius) in enumerate(SHAFTS):
        quarter(large, small, radius, i * DISTANCE)
    occ.synchronize()
    occ.remove([e for d in (2, 1, 0) for e in gmsh.model.getEntities(d)], recursive=False)
    occ.synchronize()
    write_step(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shafts.step"))
    gmsh.finalize()


if __name__ == "__main__":
    main()
