#!/usr/bin/env python3
"""Who may know whom, from the sources: include directions, third-party headers, shipped cases.

Usage: check_layout.py SOURCE_DIR | --self-test
"""
import pathlib
import re
import sys
import tempfile

# room: (folders, other rooms it may include, third-party header prefixes it may include)
GENERAL = {"Eigen", "google/protobuf", "spdlog", "nlohmann", "gtest", "gmock"}
ROOMS = {
    "core": (["core", "include/proofload/core"], [], {"yaml-cpp", "openssl"}),
    "io": (["core/io", "include/proofload/io"], ["core"], {"hdf5.h", "H5"}),
    "meshing": (["meshing", "include/proofload/meshing"], ["core", "io"], 
                {"gmsh.h", "CGAL", "boost", "vtk", "CLI", "tbb"}),
    "fatigue": (["solver/fatigue", "include/proofload/fatigue"], ["core"], set()),
    "assessment": (["solver/assessment", "include/proofload/assessment"],
                   ["core", "io", "fatigue"], {"CLI"}),
    "solver": (["solver", "include/proofload/solver"], ["core", "io"],
               {"petsc", "slepc", "deal.II", "mpi.h", "CLI", "immintrin.h"}),
    "pipeline": (["service/pipeline", "service/launcher", "include/proofload/pipeline"],
                 ["core", "assessment"], {"seccomp.h", "CLI"}),
    "report": (["service/report", "include/proofload/report"], ["core", "io"],
               {"vtk", "kainjow", "EGL", "GL/", "CLI", "openssl"}),
    "service": (["service/store", "service/rpc", "include/proofload/service"],
                ["core", "pipeline"], {"grpc", "sqlite3.h", "openssl", "CLI", "google/rpc"}),
    "client": (["service/client"], ["core", "pipeline", "service"], {"grpc", "CLI", "google/rpc"}),
}
# Third-party headers that only the rooms above may see.
FENCED = ["yaml-cpp", "openssl", "hdf5.h", "gmsh.h", "CGAL", "petsc", "slepc", "deal.II", "mpi.h",
          "vtk", "kainjow", "EGL", "GL/", "grpc", "sqlite3.h", "seccomp.h", "CLI"]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.M)


def room_of(path):
    best = None
    for room, (folders, _, _) in ROOMS.items():
        for folder in folders:
            if str(path).startswith(folder + "/") and (best is None or len(folder) > best[0]):
                best = (len(folder), room)
    return best[1] if best else None


def sources(root):
    for pattern in ("*.h", "*.cc", "*.cpp"):
        for top in ("core", "meshing", "solver", "service", "include"):
            for path in sorted((root / top).rglob(pattern)):
                yield path.relative_to(root)


def check(root):
    problems = []
    case_names = {p.name for family in ("strut", "validation") for p in (root / "cases" / family).glob("*")
                  if p.is_dir()}
    for path in sources(root):
        room = room_of(path)
        text = (root / path).read_text()
        if room is None:
            problems.append(f"{path}: belongs to no room")
            continue
        _, may_use, third_party = ROOMS[room]
        for header in INCLUDE.findall(text):
            match = re.match(r"proofload/(\w+)/", header)
            if match and match.group(1) != "v1":
                other = match.group(1)
                if other != room and other not in may_use:
                    problems.append(f"{path}: room {room} may not include room {other} ({header})")
            for fence in FENCED:
                if header.startswith(fence) and not any(header.startswith(t) for t in third_party):
                    problems.append(f"{path}: room {room} may not include {header}")
        if str(path).startswith("include/proofload/io") and "hdf5.h" in text:
            problems.append(f"{path}: hdf5.h stays inside core/io")
        for name in case_names:
            if re.search(rf"strut/{name}\b|\"{name}\"|cases/", text):
                problems.append(f"{path}: names a shipped case ({name})")
                break
    return problems


def self_test():
    """The check must see each kind of trespass."""
    trespasses = {
        "core/a.cc": '#include <CGAL/Surface_mesh.h>\n',
        "meshing/b.cc": '#include "proofload/solver/model.h"\n',
        "solver/fatigue/c.cc": '#include "proofload/io/mesh_file.h"\n',
        "service/rpc/d.cc": '#include <petscksp.h>\n',
        "include/proofload/io/e.h": '#include <hdf5.h>\n',
        "core/f.cc": 'const char* kCase = "cases/strut/cervical";\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "cases/strut/cervical").mkdir(parents=True)
        for name, text in trespasses.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        problems = check(root)
    missed = [name for name in trespasses if not any(p.startswith(name) for p in problems)]
    for name in missed:
        print(f"not caught: {name}")
    return 1 if missed else 0


def main():
    if sys.argv[1] == "--self-test":
        return self_test()
    problems = check(pathlib.Path(sys.argv[1]))
    print("\n".join(problems) if problems else "every include keeps to its room")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
