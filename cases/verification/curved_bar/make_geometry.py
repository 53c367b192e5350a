#!/usr/bin/python3
"""Draws bars.step: half of three bent round bars about the y axis (needs python3-gmsh)."""
import math
import os
import re

import gmsh

BARS = ((20.0, 60.0), (50.0, 40.0), (100.0, 25.0))  # radius of the centreline in mm, degrees
SECTION = 2.75                                      # radius of the section, mm
occ = gmsh.model.occ


def half_bar(radius, degrees):
    """Half a disc (y > 0) at z = 0, turned about the y axis from +x towards +z."""
    centre = occ.addPoint(radius, 0, 0)
    low, side, high = (occ.addPoint(radius - SECTION, 0, 0), occ.addPoint(radius, SECTION, 0),
                       occ.addPoint(radius + SECTION, 0, 0))
    loop = occ.addCurveLoop([occ.addCircleArc(low, centre, side),
                             occ.addCircleArc(side, centre, high), occ.addLine(high, low)])
    occ.revolve([(2, occ.addPlaneSurface([loop]))], 0, 0, 0, 0, -1, 0, math.radians(degrees))


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
    for radius, degrees in BARS:
        half_bar(radius, degrees)
    occ.synchronize()
    occ.remove([e for d in (2, 1, 0) for e in gmsh.model.getEntities(d)], recursive=False)
    occ.synchronize()
    write_step(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bars.step"))
    gmsh.finalize()


if __name__ == "__main__":
    main()
