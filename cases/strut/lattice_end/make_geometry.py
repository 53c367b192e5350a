#!/usr/bin/python3
"""Writes lattice.stl, the lattice end of a strut: a cubic lattice of square beams.

Coordinates in mm, those of the vertebra's file. 5 x 5 x 2 cells of 2.8 mm: beams of 0.85 mm, pores of
1.95 mm. The surface is that of all beams together, closed, without inner walls.
"""
import pathlib
import struct

CELLS = (5, 5, 2)
BEAM, PORE = 0.85, 1.95
CORNER = (-7.5, -1.5, 10.2)


def coordinate(axis, index):
    """Even indices begin a beam, odd ones a pore."""
    return CORNER[axis] + index // 2 * (BEAM + PORE) + index % 2 * BEAM


def filled(cell):
    """Beams run where two of the three coordinates lie in a beam's band."""
    inside = all(0 <= c < 2 * n + 1 for c, n in zip(cell, CELLS))
    return inside and sum(c % 2 == 0 for c in cell) >= 2


def faces():
    """Squares between filled and empty cells, corners in outward order."""
    for x in range(2 * CELLS[0] + 1):
        for y in range(2 * CELLS[1] + 1):
            for z in range(2 * CELLS[2] + 1):
                if filled((x, y, z)):
                    yield from faces_of((x, y, z))


def faces_of(cell):
    for axis in range(3):
        for step in (0, 1):
            beyond = list(cell)
            beyond[axis] += 1 if step else -1
            if filled(beyond):
                continue
            corners = []
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                corner = list(cell)
                corner[axis] += step
                corner[(axis + 1) % 3] += u
                corner[(axis + 2) % 3] += v
                corners.append(tuple(coordinate(k, corner[k]) for k in range(3)))
            yield corners if step else corners[::-1]


def main():
    triangles = [t for a, b, c, d in faces() for t in ((a, b, c), (a, c, d))]
    data = b"cubic lattice, mm".ljust(80) + struct.pack("<I", len(triangles))
    for triangle in triangles:
        data += struct.pack("<3f", 0, 0, 0)
        data += b"".join(struct.pack("<3f", *point) for point in triangle) + b"\0\0"
    pathlib.Path(__file__).resolve().with_name("lattice.stl").write_bytes(data)
    print(len(triangles), "triangles")


if __name__ == "__main__":
    main()
