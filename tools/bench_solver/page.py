"""Tables of results, and the generated blocks of docs/performance.md.

Each block stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; a run replaces those it has
measured and leaves the rest of the page alone.
"""
import datetime
import re

from machine import SOURCE

PAGE = SOURCE / "docs/performance.md"


def number(value, digits=3):
    if value is None:
        return "–"
    return f"{value:.{digits}g}" if abs(value) < 1000 else f"{value:,.0f}"


def head(columns):
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def measured_on(result, loads):
    machine = result["machine"]
    return (f"Measured {datetime.date.today()} on {machine['cores']} cores of {machine['cpu']}, "
            f"{machine['memory_gb']} GB, 2 ranks or threads, at commit {machine['commit']}; load "
            f"average {min(loads):.1f} to {max(loads):.1f}.")


def comparison_block(result, comparison):
    rows = comparison["rows"]
    own = next(row for row in rows if row["key"] == "proofload")
    lines = [f"**{comparison['what']}**: {comparison['cells']:,} cells, "
             f"{comparison['unknowns']:,} unknowns. "
             + measured_on(result, [row["load"] for row in rows]), ""]
    lines += head(["program", "runs", "wall s", "times ours", "CPU s", "peak PSS MB", "times ours",
                   "iterations", "residual", "energy differs by"])
    for row in sorted(rows, key=lambda r: r["wall_s"]):
        lines.append("| " + " | ".join([
            row["program"], str(row["runs"]), number(row["wall_s"]),
            number(row["wall_s"] / own["wall_s"]), number(row["cpu_s"]), number(row["memory_mb"]),
            number(row["memory_mb"] / own["memory_mb"]),
            "–" if row["iterations"] is None else str(row["iterations"]),
            number(row["residual"], 2), number(row["energy_error"], 2)]) + " |")
    lines.append("")
    for row in rows:
        if row["phases"]:
            lines.append(f"- {row['program']}: " + ", ".join(
                f"{name} {seconds:.2f} s" for name, seconds in row["phases"].items())
                + (f"; said before it began: {row['forecast']}" if "forecast" in row else ""))
        if "swept" in row:
            lines.append("- FEniCSx by threshold: " + ", ".join(
                f"{s['threshold']:g}: {s['iterations']} iterations, {s['wall_s']:.1f} s"
                for s in row["swept"]))
    speed = comparison["speed"]
    floor = 42 / speed["triad_gb_per_s"], 354 / speed["fma_gflop_per_s"]
    lines.append(
        f"- Operator: {speed['apply_ns']:.2f} ns per unknown, {speed['apply_ns_of_eight']:.2f} per "
        f"unknown and load of eight; in single precision, as the cycles use it, "
        f"{speed['apply_ns_single']:.2f} and {speed['apply_ns_of_eight_single']:.2f}; limits measured beside it: triad "
        f"{speed['triad_gb_per_s']:.0f} GB/s and multiply-add {speed['fma_gflop_per_s']:.0f} "
        f"Gflop/s, which for 42 bytes and 354 operations an unknown make {floor[0]:.2f} and "
        f"{floor[1]:.2f} ns.")
    return lines


def loads_block(result):
    loads = result["loads"]
    return [f"Eight load cases on the strut: {loads['eight_s']:.2f} s after set-up, one "
            f"{loads['one_s']:.2f} s, ratio {loads['ratio']:.2f}."]


def buckling_block(result, found):
    own = next(row for row in found["rows"] if row["key"] == "proofload")
    lines = [f"**{found['what']}**: {found['cells']:,} cells, {found['unknowns']:,} unknowns. "
             + measured_on(result, [row["load"] for row in found["rows"]]), ""]
    lines += head(["program", "runs", "wall s", "times ours", "CPU s", "peak PSS MB", "times ours",
                   "factors"])
    for row in sorted(found["rows"], key=lambda r: r["wall_s"]):
        lines.append("| " + " | ".join([
            row["program"], str(row["runs"]), number(row["wall_s"]),
            number(row["wall_s"] / own["wall_s"]), number(row["cpu_s"]), number(row["memory_mb"]),
            number(row["memory_mb"] / own["memory_mb"]),
            ", ".join(f"{f:.6g}" for f in row["factors"]) or "–"]) + " |")
    return lines


def sizes_block(result):
    lines = [measured_on(result, [row["load"] for row in result["sizes"]]), ""]
    lines += head(["unknowns", "iterations", "set-up s", "set-up and solve s", "whole program s",
                   "CPU s", "peak PSS MB", "GB per million", "operator ns"])
    for row in result["sizes"]:
        lines.append("| " + " | ".join([
            f"{row['unknowns']:,}", str(row["iterations"]), number(row["setup_s"]),
            number(row["solve_s"]), number(row["wall_s"]), number(row["cpu_s"]),
            number(row["memory_mb"]), number(row["memory_mb"] * 1e3 / row["unknowns"]),
            number(row["apply_ns"])]) + " |")
    return lines


def blocks(result):
    found = {c["name"]: comparison_block(result, c) for c in result["comparisons"]}
    if "loads" in result:
        found["loads"] = loads_block(result)
    found.update({b["name"]: buckling_block(result, b) for b in result["bucklings"]})
    if result["sizes"]:
        found["sizes"] = sizes_block(result)
    return found


def table(result):
    ratios = ", ".join(f"{name} {value:.1f}" for name, value in result["ratios"].items())
    return "\n\n".join(["\n".join(lines) for lines in blocks(result).values()]
                       + ["peer / Proofload: " + ratios])


def write(result):
    text = PAGE.read_text()
    for name, lines in blocks(result).items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        if begin not in text:
            text += f"\n{begin}\n{end}\n"
        body = "\n".join(lines)
        text = re.sub(re.escape(begin) + ".*?" + re.escape(end),
                      lambda _: f"{begin}\n{body}\n{end}", text, flags=re.S)
    PAGE.write_text(text)
