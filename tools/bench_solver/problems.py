"""The models of the comparison, made of built-in shapes or drawn here."""
import json
import pathlib
import subprocess
import sys

from machine import BIN, Run, tell

TITANIUM = "{youngs_modulus_mpa: 113800, poisson_ratio: 0.342}"


def three_blocks(ends):
    """A titanium strut of 10 x 5 x 58 mm between wide blocks of another material."""
    def block(name, low, high, x, y, material):
        return (f"  - {{name: {name}, material: {material}, "
                f"shape: {{box: {{min_mm: [{-x}, {-y}, {low}], max_mm: [{x}, {y}, {high}]}}}}}}\n")
    return (block("lower", 0, 15, 10, 8, ends) + block("middle", 15, 73, 5, 2.5, TITANIUM)
            + block("upper", 73, 88, 10, 8, ends)
            + "interfaces:\n  - {between: [lower, middle], kind: bonded}\n"
              "  - {between: [middle, upper], kind: bonded}")


STRUT = ("  - {name: strut, material: %s, shape: {plate_with_hole: {min_mm: [-5, -2.5, 0], "
         "max_mm: [5, 2.5, 88], hole_center_mm: [0, 0, 78], hole_direction: [0, 1, 0], "
         "hole_diameter_mm: 4}}}" % TITANIUM)
ROD = ("  - {name: rod, material: %s, shape: {cylinder: {from_mm: [0, 0, 0], "
       "to_mm: [0, 0, 220], diameter_mm: 5.5}}}" % TITANIUM)
COLUMN = ("  - {name: column, material: %s, shape: {cylinder: {from_mm: [0, 0, 0], "
          "to_mm: [0, 0, 200], diameter_mm: 5.5}}}" % TITANIUM)
SHELL = ("  - {name: shell, material: %s, file: shell.step, length_unit: mm}" % TITANIUM)

# name: (what it is, bodies, height of the loaded end in mm, element size in mm)
PROBLEMS = {
    "strut": ("titanium strut 10 x 5 x 88 mm with a hole", STRUT, 88, 0.5),
    "rod": ("round rod, length 40 diameters", ROD, 220, 0.75),
    "contrast": ("titanium between ends 1000 times softer",
                 three_blocks("{youngs_modulus_mpa: 114, poisson_ratio: 0.3}"), 88, 0.9),
    "soft_ends": ("titanium between polyethylene, Poisson's ratio 0.46",
                  three_blocks("{youngs_modulus_mpa: 800, poisson_ratio: 0.46}"), 88, 0.9),
    "nearly_incompressible": ("titanium between ends of Poisson's ratio 0.49",
                              three_blocks("{youngs_modulus_mpa: 800, poisson_ratio: 0.49}"), 88,
                              0.9),
    "shell": ("perforated plate 40 x 40 x 0.6 mm, 64 holes", SHELL, 40, 0.33),
    "buckling_rod": ("round rod of 200 mm, buckling", COLUMN, 200, 0.9),
    "buckling_strut": ("titanium strut with a hole, buckling", STRUT, 88, 0.6),
}
BUCKLING_FACTORS = 4


def draw_shell(path):
    """A plate across y with a grid of holes; OpenCASCADE talks on standard output."""
    subprocess.run(["/usr/bin/python3", __file__, path], stdout=subprocess.DEVNULL, check=True)


def draw_shell_here(path):
    import gmsh
    gmsh.initialize(["", "-v", "0"])
    plate = [(3, gmsh.model.occ.addBox(-20, -0.3, 0, 40, 0.6, 40))]
    holes = [(3, gmsh.model.occ.addCylinder(-17.5 + 5 * i, -1, 2.5 + 5 * k, 0, 2, 0, 1.5))
             for i in range(8) for k in range(8)]
    gmsh.model.occ.cut(plate, holes)
    gmsh.model.occ.synchronize()
    gmsh.write(str(path))
    gmsh.finalize()


class Level:
    """The meshed problem: folder, mesh and materials by body."""

    def __init__(self, name, folder):
        self.name = name
        self.what, bodies, height, size = PROBLEMS[name]
        case = pathlib.Path(folder, name)
        case.mkdir(parents=True, exist_ok=True)
        buckling = name.startswith("buckling")
        push = [0, 0, -10] if buckling else [1, 0.5, -10]
        analyses = (f"analyses: {{static: {{}}, buckling: {{count: {BUCKLING_FACTORS}}}}}\n"
                    if buckling else "")
        if name == "shell":
            draw_shell(case / "shell.step")
        (case / "case.yaml").write_text(
            f"schema: proofload/v1\nname: {name}\nbodies:\n{bodies}\nplaces:\n"
            "  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}}\n"
            f"  head: {{plane: {{normal: [0, 0, 1], offset_mm: {height}}}}}\n"
            "supports:\n  - {name: ground, at: foot, fix: [x, y, z]}\n"
            f"load_cases:\n  - name: push\n    loads: [{{at: head, traction_mpa: {push}}}]\n"
            f"{analyses}mesh: {{element_size_mm: {size}}}\n")
        tell(f"meshing: {self.what}")
        run = Run([BIN / "proofload", "run", case, "--out", case / "run", "--ranks", "2",
                   "--level", "quick"])
        levels = sorted((case / "run/designs").glob("*/level0"))
        if not levels or not (levels[0] / "solve.json").exists():
            run.check("mesh of " + name)
            raise RuntimeError(f"no solved level of {name}")
        self.folder = levels[0]
        self.scratch = case
        self.estimate = [line for _, line in run.lines if "estimated" in line]
        design = json.loads((self.folder.parent / "design.json").read_text())
        self.materials = {body["name"]: (float(body["material"]["youngs_modulus_mpa"]),
                                         float(body["material"]["poisson_ratio"]))
                          for body in design["bodies"]}


if __name__ == "__main__":
    draw_shell_here(sys.argv[1])
