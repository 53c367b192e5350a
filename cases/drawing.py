"""What the make_geometry.py scripts share: solids drawn with Gmsh's OpenCASCADE, written as STEP.

Needs Debian's python3-gmsh. Lengths in mm. The same drawing gives the same file.
"""
import pathlib
import re

import gmsh

occ = gmsh.model.occ


def write_step(path):
    """STEP without the time of writing."""
    gmsh.write(str(path))
    text = pathlib.Path(path).read_text(encoding="ascii")
    pathlib.Path(path).write_text(
        re.sub(r"'\d{4}-\d\d-\d\dT[\d:]+'", "'2026-01-01T00:00:00'", text), encoding="ascii")


def draw(script, name, build):
    """Calls `build`, keeps the solids alone, writes them as `name` beside `script`."""
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setString("Geometry.OCCTargetUnit", "MM")
    build()
    occ.synchronize()
    occ.remove([e for d in (2, 1, 0) for e in gmsh.model.getEntities(d)], recursive=False)
    occ.synchronize()
    write_step(pathlib.Path(script).resolve().parent / name)
    gmsh.finalize()


def elliptic_quarter(inner, outer, height):
    """Extrudes a quarter of an elliptic ring from z = 0; semi-axes along x and y."""
    def arc(axes):
        centre = occ.addPoint(0, 0, 0)
        start, end = occ.addPoint(axes[0], 0, 0), occ.addPoint(0, axes[1], 0)
        return start, end, occ.addEllipseArc(start, centre, start, end)

    low, high = arc(inner), arc(outer)
    loop = occ.addCurveLoop([occ.addLine(low[0], high[0]), high[2],
                             occ.addLine(high[1], low[1]), -low[2]])
    occ.extrude([(2, occ.addPlaneSurface([loop]))], 0, 0, height)
