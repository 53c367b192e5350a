"""What `tools/bench meshing` prints: a line for each file, a summary, the page docs/meshing.md."""
import pathlib

from bench_peers import NAMES

GOOD_DIHEDRAL, GOOD_GAMMA, GOOD_RATIO = 5, 0.75, 0.1
BEGIN, END = "<!-- written by tools/bench meshing --write -->\n", "<!-- end -->\n"


def number(value, form="{:.3g}", missing="–"):
    return missing if value is None else form.format(value)


def in_short(result):
    """A result of ours or of a peer in a few words."""
    words = [f"{result['outcome']} {result['seconds']:.1f} s {result['memory_mb']} MB"]
    if result["outcome"] == "mesh":
        words.append(f"{result['cells']} cells {result['min_dihedral_deg']:.1f}/"
                     f"{number(result.get('first_percentile_dihedral_deg'), '{:.0f}')}° "
                     f"γ {result['mean_gamma']:.2f}")
        change = result.get("volume_change")
        words.append(number(None if change is None else 100 * change, "V {:+.2f} %"))
        if result.get("hausdorff_mm") is not None:
            words.append(f"H {result['hausdorff_mm']:.2g} mm")
    return " ".join(words)


def line(entry):
    words = [f"{entry['file'][:36]:36s} {in_short(entry)}"]
    if entry["outcome"] == "mesh":
        words.append(f"bound {entry['min_jacobian_ratio']:.2f} {entry.get('repair', '')}")
    words += [f"{p['code']}: {p['message'][:90]}" for p in entry.get("problems", [])[:3]]
    words += [f"| {name}: {in_short(peer)}" for name, peer in entry.get("peers", {}).items()]
    return "  ".join(words)


def summary(files):
    """(name, value) pairs over all files."""
    good = [f for f in files if f["outcome"] == "mesh"]
    rows = [("files", str(len(files))),
            ("a mesh or a located diagnosis",
             str(sum(f["outcome"] in ("mesh", "diagnosis") for f in files))),
            ("meshes", str(len(good)))]
    if not good:
        return rows
    rows += [(f"meshes with every dihedral angle above {GOOD_DIHEDRAL} degrees",
              str(sum(f["min_dihedral_deg"] >= GOOD_DIHEDRAL for f in good))),
             ("least dihedral angle, degrees", f"{min(f['min_dihedral_deg'] for f in good):.1f}"),
             ("least first percentile of dihedral angles, degrees",
              f"{min(f.get('first_percentile_dihedral_deg') or 0 for f in good):.1f}"),
             ("least mean gamma", f"{min(f['mean_gamma'] for f in good):.3f}"),
             ("least Bezier bound", f"{min(f['min_jacobian_ratio'] for f in good):.3f}"),
             ("largest volume change, mesh against geometry, %",
              f"{max(abs(100 * f['volume_change']) for f in good):.2f}"),
             ("longest run, s", f"{max(f['seconds'] for f in files):.0f}"),
             ("most memory, MB", str(max(f["memory_mb"] for f in files)))]
    for name in NAMES:
        ran = [f["peers"][name] for f in files if name in f.get("peers", {})]
        if not ran:
            continue
        meshed = [p for p in ran if p["outcome"] == "mesh"]
        rows += [(f"{name}: meshes, of {len(ran)}", str(len(meshed))),
                 (f"{name}: every dihedral angle above {GOOD_DIHEDRAL} degrees",
                  str(sum(p["min_dihedral_deg"] >= GOOD_DIHEDRAL for p in meshed))),
                 (f"{name}: crashes and time-outs",
                  str(sum(p["outcome"] in ("crash", "timeout") for p in ran)))]
    rows += overhead(good)
    return rows


def overhead(good):
    """Our seconds and cells over raw Gmsh's where that gave a good mesh of the same file."""
    ratios = []
    for f in good:
        peers = [p for n, p in f.get("peers", {}).items() if n.startswith("gmsh")
                 and p["outcome"] == "mesh" and p["min_dihedral_deg"] >= GOOD_DIHEDRAL]
        if peers and " " not in f["file"]:
            ratios.append(f["seconds"] / min(p["seconds"] for p in peers))
    if not ratios:
        return []
    middle = sorted(ratios)[len(ratios) // 2]
    return [(f"our seconds over raw Gmsh's quicker good route, median of {len(ratios)} files",
             f"{middle:.2f}")]


def our_cells(entry):
    if entry["outcome"] != "mesh":
        codes = sorted({p["code"] for p in entry.get("problems", [])})
        return f"{entry['outcome']} {' '.join(codes)}, {entry['seconds']:.1f} s"
    return (f"{in_short(entry)[5:]}, bound {entry['min_jacobian_ratio']:.2f}"
            + (f", {entry['repair']}" if entry.get("repair") else ""))


def page(files):
    lines = ["| file | ours | " + " | ".join(NAMES) + " |", "|---|---|" + "---|" * len(NAMES)]
    for f in files:
        found = f.get("peers", {})
        shown = [found.get(name) or (found.get("gmsh step") if name == NAMES[0] else None)
                 for name in NAMES]
        cells = ["–" if p is None else in_short(p).removeprefix("mesh ") for p in shown]
        asked = f" ({f['asked']})" if f.get("asked") else ""
        lines.append(f"| {f['file']}{asked} | {our_cells(f)} | " + " | ".join(cells) + " |")
    head = ["| | |", "|---|---|"] + [f"| {name} | {value} |" for name, value in summary(files)]
    return "\n".join(head) + "\n\n" + "\n".join(lines) + "\n"


def write(path: pathlib.Path, files, words):
    """Puts summary and table between the marks of the page."""
    text = path.read_text()
    before, rest = text.split(BEGIN)
    made = f"Made by `tools/bench meshing {' '.join(words)}`.\n\n"
    path.write_text(before + BEGIN + "\n" + made + page(files) + "\n" + END + rest.split(END)[1])
