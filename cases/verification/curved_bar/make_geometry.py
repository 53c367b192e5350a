#!/usr/bin/python3
"""Draws bars.step: half of three bent round bars about the y axis (needs python3-gmsh)."""
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import drawing  # noqa: E402
from drawing import occ  # noqa: E402

BARS = ((20.0, 60.0), (50.0, 40.0), (100.0, 25.0))  # radius of the centreline in mm, degrees
SECTION = 2.75                                      # radius of the section, mm


def half_bar(radius, degrees):
    """Half a disc (y > 0) at z = 0, turned about the y axis from +x towards +z."""
    centre = occ.addPoint(radius, 0, 0)
    low, side, high = (occ.addPoint(radius - SECTION, 0, 0), occ.addPoint(radius, SECTION, 0),
                       occ.addPoint(radius + SECTION, 0, 0))
    loop = occ.addCurveLoop([occ.addCircleArc(low, centre, side),
                             occ.addCircleArc(side, centre, high), occ.addLine(high, low)])
    occ.revolve([(2, occ.addPlaneSurface([loop]))], 0, 0, 0, 0, -1, 0, math.radians(degrees))


def build():
    for radius, degrees in BARS:
        half_bar(radius, degrees)


if __name__ == "__main__":
    drawing.draw(__file__, "bars.step", build)
