"""`tools/bench solver`: the same meshes through Proofload, CalculiX, FEniCSx and MUMPS.

Usage: tools/bench solver [--quick] [--json] [--no-write] [PROBLEM | sizes ...]
  --quick     the strut of about 650,000 unknowns alone, beside CalculiX (SPOOLES, once) and FEniCSx
              (two thresholds)
  PROBLEM     strut, rod, contrast, soft_ends, nearly_incompressible, shell; buckling_rod and
              buckling_strut: four lowest factors beside CalculiX *BUCKLE and a static solution of our own
  sizes       Proofload alone from 100,000 to 10 million unknowns
  --json      {"ratios": ..., "rows": ...} on standard output; ratios are peer / Proofload
  --no-write  leaves docs/performance.md as it is
Results are the best of the runs of each program, all interleaved. The residual is recomputed by
proofload-bench-level from the displacement each program gave back. Needs a build (tools/build;
PROOFLOAD_BIN for another folder of programs).
"""
import json
import sys
import tempfile

import peers
from machine import BIN, Run, facts, mpi, tell

SIZES = "sizes"


def judged(level, row):
    """Residual and energy of a displacement file by our operator."""
    if "displacement" in row:
        run = Run(mpi([BIN / "proofload-bench-level", level.folder, "judge", "--file",
                       level.scratch / row["displacement"]])).check("judge")
        row.update({k: v for k, v in json.loads(run.output).items() if k != "read_seconds"})
    return row


def better(rows, row):
    """Keeps the fastest run of each program and counts them."""
    old = rows.get(row["key"])
    best = row if old is None or row["wall_s"] < old["wall_s"] else old
    best["runs"] = (old["runs"] if old else 0) + 1
    best["walls_s"] = (old["walls_s"] if old else []) + [row["wall_s"]]
    best["memory_mb"] = max(row["memory_mb"], old["memory_mb"] if old else 0)
    rows[row["key"]] = best
    tell(f"  {row['program']}: {row['wall_s']:.2f} s, CPU {row['cpu_s']:.1f} s, "
         f"{row['memory_mb']:.0f} MB, {row['iterations']} iterations, load {row['load']:.1f}")


def prepare(name, folder):
    import calculix
    from problems import Level
    level = Level(name, folder)
    level.right_side = level.scratch / "right_side.bin"
    level.body_names = calculix.read_mesh(level)[3]
    run = Run(mpi([BIN / "proofload-bench-level", level.folder, "right_side", "--file",
                   level.right_side])).check("right side")
    level.size = json.loads(run.output)
    return level


def attempt(rows, run, *arguments):
    """Row of a peer's run; a peer that fails is told and leaves the others their rows."""
    try:
        row = run(*arguments)
    except RuntimeError as error:
        tell(f"  no row: {error}")
        return None
    better(rows, row)
    return row


def compare(level, calculix_solvers, with_mumps, thresholds):
    """All programs in turn, ours between any two of them."""
    import calculix
    tell(f"{level.name}: {level.size['unknowns']} unknowns")
    rows, swept = {}, []
    for turn in range(2):
        better(rows, peers.proofload(level))
        if turn == 0:
            row = attempt(rows, peers.fenicsx, level, thresholds)
            if row:
                swept, thresholds = row["swept"], [row["threshold"]]
                row["memory_mb"] = 0.0  # of several solvers in a row; the later run counts
        elif swept:
            attempt(rows, peers.fenicsx, level, thresholds)
        better(rows, peers.proofload(level))
        if turn < len(calculix_solvers):
            attempt(rows, calculix.run, level, calculix_solvers[turn])
    if with_mumps:
        for action in ("direct", "assembled"):
            attempt(rows, peers.own_matrix, level, action)
            better(rows, peers.proofload(level))
    if swept:
        rows["fenicsx"]["swept"] = swept
    own = Run(mpi([BIN / "proofload-bench-level", level.folder, "matrix_free"])).check("energy")
    rows["proofload"].update({k: json.loads(own.output)[k] for k in ("residual", "energy")})
    speed = json.loads(Run(mpi([BIN / "proofload-bench-level", level.folder, "speed"]))
                       .check("speed").output)
    for row in rows.values():
        judged(level, row)
        row["energy_error"] = abs(row["energy"] / rows["proofload"]["energy"] - 1)
        row["problem"], row["unknowns"] = level.name, level.size["unknowns"]
    return {"name": level.name, "what": level.what, **level.size, "speed": speed,
            "rows": list(rows.values())}


def eight_loads(level, runs):
    """Solve phase of eight loads over that of one."""
    def solve_seconds(loads):
        run = Run(mpi([BIN / "proofload-bench-level", level.folder, "matrix_free", "--loads",
                       str(loads)])).check("loads")
        found = json.loads(run.output)
        return found["seconds"] - found["setup_seconds"]
    one = min(solve_seconds(1) for _ in range(runs))
    eight = min(solve_seconds(8) for _ in range(runs))
    return {"one_s": one, "eight_s": eight, "ratio": eight / one}


def alone(unknowns):
    """A generated strut through our solver alone, for the sizes at which peers do not fit."""
    import re
    tell(f"alone: {unknowns} unknowns")
    run = Run(mpi([BIN / "proofload-bench-solver", "--unknowns", str(unknowns)])).check("alone")

    def figure(pattern):
        return float(re.search(pattern, run.output).group(1))
    return {"unknowns": int(figure(r"unknowns (\d+)")), "wall_s": run.wall, "cpu_s": run.cpu,
            "memory_mb": run.memory_mb, "iterations": int(figure(r"(\d+) iterations")),
            "setup_s": figure(r"set-up (\S+) s"), "solve_s": figure(r"all loads (\S+) s"),
            "apply_ns": figure(r"apply\s+(\S+) ns"), "load": run.load}


def ratios(comparison):
    """Peer over Proofload for each peer of a comparison; spooles is plain `calculix`."""
    rows = {row["key"]: row for row in comparison["rows"]}
    own, found = rows["proofload"], {}
    for key, row in rows.items():
        if key == "proofload":
            continue
        name = "calculix" if key == "calculix_spooles" else key
        found[f"{name}_wall"] = row["wall_s"] / own["wall_s"]
        found[f"{name}_memory"] = row["memory_mb"] / own["memory_mb"]
    return found


def measure(quick, wanted):
    from problems import PROBLEMS
    comparisons, bucklings, sizes, result = [], [], [], {}
    names = wanted or (["strut"] if quick else [*PROBLEMS, SIZES])
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if name == SIZES:
                continue
            level = prepare(name, folder)
            if name.startswith("buckling"):
                import buckling
                bucklings.append(buckling.compare(level))
                continue
            first = name == "strut"
            solvers = ["SPOOLES"] + ([] if quick else ["ITERATIVE CHOLESKY"]) if first else []
            comparisons.append(compare(level, solvers, first and not quick,
                                       peers.QUICK_THRESHOLDS if quick else peers.THRESHOLDS))
            if first:
                result["loads"] = eight_loads(level, 2 if quick else 3)
                result["estimate"] = level.estimate
    if SIZES in names:
        sizes = [alone(n) for n in (100000, 300000, 650000, 2000000, 5000000, 10000000)]
    result.update(ratios=ratios(comparisons[0]) if comparisons else {}, comparisons=comparisons,
                  bucklings=bucklings, sizes=sizes, machine=facts(), quick=quick,
                  rows=[row for comparison in comparisons + bucklings for row in comparison["rows"]])
    return result


def main():
    flags = {a for a in sys.argv[1:] if a.startswith("--")}
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")]
    if flags - {"--quick", "--json", "--no-write"}:
        print(__doc__, file=sys.stderr)
        return 3
    try:
        if wanted != [SIZES]:
            peers.install()
        from problems import PROBLEMS
        unknown = [name for name in wanted if name not in [*PROBLEMS, SIZES]]
        if unknown:
            tell(f"no problem {', '.join(unknown)}; there are {', '.join(PROBLEMS)}, {SIZES}")
            return 3
        result = measure("--quick" in flags, wanted)
    except RuntimeError as error:
        tell(str(error))
        return 4
    import page
    if "--no-write" not in flags:
        page.write(result)
    print(json.dumps(result, indent=1) if "--json" in flags else page.table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
