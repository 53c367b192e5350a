#!/usr/bin/python3
"""Draws panel.step: Cook's tapered panel, half its thickness (needs python3-gmsh)."""
import os
import re

import gmsh

CORNERS = ((0, 0), (48, 44), (48, 60), (0, 44))  # mm
HALF_THICKNESS = 0.5
occ = gmsh.model.occ


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
    points = [occ.addPoint(x, y, 0) for x, y in CORNERS]
    lines = [occ.addLine(points[i], points[(i + 1) % 4]) for i in range(4)]
    face = occ.addPlaneSurface([occ.addCurveLoop(lines)])
    occ.extrude([(2, face)], 0, 0, HALF_THICKNESS)
    occ.synchronize()
    occ.remove([e for d in (2, 1, 0) for e in gmsh.model.getEntities(d)], recursive=False)
    occ.synchronize()
    write_step(os.path.join(os.path.dirname(os.path.abspath(__file__)), "panel.step"))
    gmsh.finalize()


if __name__ == "__main__":
    main()
