#!/usr/bin/python3
"""Draws membrane.step: a quarter of an elliptic ring, half its thickness (needs python3-gmsh)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import drawing  # noqa: E402

INNER, OUTER, HEIGHT = (2000.0, 1000.0), (3250.0, 2750.0), 50.0  # mm, semi-axes along x and y


def build():
    drawing.elliptic_quarter(INNER, OUTER, HEIGHT)


if __name__ == "__main__":
    drawing.draw(__file__, "membrane.step", build)
