"""Lowest buckling factors beside CalculiX, and beside a static solution of our own."""
import json
import shutil

import calculix
import peers
from machine import tell
from problems import BUCKLING_FACTORS


class Static:
    """The same level without its buckling analysis."""

    def __init__(self, level):
        self.folder = level.scratch / "static/level0"
        shutil.copytree(level.folder, self.folder)
        design = json.loads((level.folder.parent / "design.json").read_text())
        design["analyses"].pop("buckling")
        (self.folder.parent / "design.json").write_text(json.dumps(design))


def ours(level, name, key):
    row = peers.proofload(level)
    facts = json.loads((level.folder / "solve.json").read_text())
    row.update(program=name, key=key, factors=[
        q["value"] for q in facts["quantities"]
        if q["name"] == "buckling_load_factor" and q.get("method", "").startswith("linear")])
    return row


def best(rows):
    """The fastest of several runs of one program, with the largest memory of them."""
    row = min(rows, key=lambda r: r["wall_s"])
    return dict(row, runs=len(rows), memory_mb=max(r["memory_mb"] for r in rows))


def compare(level):
    tell(f"{level.name}: {level.size['unknowns']} unknowns")
    static = Static(level)
    own, plain = [], []
    for turn in range(3):
        own.append(ours(level, "Proofload", "proofload"))
        plain.append(ours(static, "Proofload, static only", "static"))
        if turn == 0:
            peer = dict(calculix.run_buckling(level, BUCKLING_FACTORS), runs=1)
    rows = [best(own), best(plain), peer]
    for row in rows:
        tell(f"  {row['program']}: {row['wall_s']:.2f} s, {row['memory_mb']:.0f} MB, "
             + " ".join(f"{f:.6g}" for f in row["factors"]))
    return {"name": level.name, "what": level.what, **level.size, "rows": rows}
