#!/usr/bin/python3
"""Draws shafts.step: a quarter of three stepped shafts, one above the other (needs python3-gmsh)."""
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import drawing  # noqa: E402
from drawing import occ  # noqa: E402

SHAFTS = ((12.0, 10.0, 1.0), (15.0, 10.0, 1.25), (20.0, 10.0, 5.0))  # D, d, r in mm
SHOULDER, LENGTH, DISTANCE = 15.0, 40.0, 100.0


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


def build():
    for i, (large, small, radius) in enumerate(SHAFTS):
        quarter(large, small, radius, i * DISTANCE)


if __name__ == "__main__":
    drawing.draw(__file__, "shafts.step", build)
