#!/usr/bin/python3
"""Draws panel.step: Cook's tapered panel, half its thickness (needs python3-gmsh)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import drawing  # noqa: E402
from drawing import occ  # noqa: E402

CORNERS = ((0, 0), (48, 44), (48, 60), (0, 44))  # mm
HALF_THICKNESS = 0.5


def build():
    points = [occ.addPoint(x, y, 0) for x, y in CORNERS]
    lines = [occ.addLine(points[i], points[(i + 1) % 4]) for i in range(4)]
    face = occ.addPlaneSurface([occ.addCurveLoop(lines)])
    occ.extrude([(2, face)], 0, 0, HALF_THICKNESS)


if __name__ == "__main__":
    drawing.draw(__file__, "panel.step", build)
