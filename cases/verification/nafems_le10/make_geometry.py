#!/usr/bin/python3
"""Draws plate.step: a quarter of a thick elliptic ring in two layers (needs python3-gmsh)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import drawing  # noqa: E402

INNER, OUTER, HALF = (2000.0, 1000.0), (3250.0, 2750.0), 300.0  # mm, semi-axes along x and y


def build():
    for height in (-HALF, HALF):
        drawing.elliptic_quarter(INNER, OUTER, height)


if __name__ == "__main__":
    drawing.draw(__file__, "plate.step", build)
